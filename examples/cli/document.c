/* SPDX-License-Identifier: MIT */
/* Results that are a document of their own: written as they are, for a file or another program. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

bool cli_document(const acrm_value *operation, const acrm_value *result)
{
    static const struct {
        const char *operation, *field;
    } documents[] = {
        { "activity.ical", "ical" },
        { "agenda.ical", "ical" },
        { "appraisal.sheet", "html" },
        { "commission.export", "csv" },
        { "customer.export_vcard", "vcard" },
        { "privacy.certificate", "text" },
        { "quote.render", "html" },
        { "sales_contract.render", "html" },
        { "work_package.gantt", "svg" },
        { "privacy.export", NULL }, /* all of it, as JSON */
    };
    const char *name = cli_get_text(operation, "name");

    for (size_t i = 0; name && i < sizeof documents / sizeof documents[0]; i++) {
        size_t len = 0;
        if (strcmp(name, documents[i].operation) != 0)
            continue;
        if (!documents[i].field) {
            char *json = cli_print(result, 2);
            puts(json);
            free(json);
            return true;
        }
        const char *text = acrm_value_text(acrm_value_get(result, documents[i].field), &len);
        fwrite(text ? text : "", 1, len, stdout);
        return text != NULL;
    }
    return false;
}
