/* SPDX-License-Identifier: MIT */
/* Fuzz target: whatever the JSON reader takes, it prints so that it reads back the same. */
#include "base/json.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void json_must(int truth)
{
    if (!truth)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_value *value = NULL;
    acrm_value *again = NULL;
    acrm_error *error = NULL;
    acrm_buf *text = NULL;
    int32_t status = acrm_value_parse(NULL, (const char *)data, size, &value, &error);

    if (status != ACRM_OK) {
        const char *json = acrm_error_json(error);

        json_must(status == ACRM_E_INVALID || status == ACRM_E_LIMIT);
        json_must(acrm__utf8_valid(json, strlen(json)));
        acrm_error_free(error);
        return 0;
    }
    json_must(acrm__utf8_valid((const char *)data, size));
    for (int32_t indent = 0; indent < 3; indent += 2) {
        json_must(acrm_value_print(value, indent, &text) == ACRM_OK);
        json_must(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &again, NULL)
                  == ACRM_OK);
        json_must(acrm__value_equal(value, again));
        acrm_buf_free(text);
        acrm_value_free(again);
    }
    acrm_value_free(value);
    return 0;
}
