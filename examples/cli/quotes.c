/* SPDX-License-Identifier: MIT */
/* Quotes side by side: a column for each. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static char *quotes_head(const acrm_value *quote)
{
    cli_text text = { 0 };

    cli_addf(&text, "%s/%lld", cli_get_text(quote, "number"),
             (long long)acrm_value_int(acrm_value_get(quote, "version_no")));
    return text.data;
}

bool cli_quotes(const acrm_value *operation, const acrm_value *result)
{
    const acrm_value *quotes = acrm_value_get(result, "quotes");
    const acrm_value *rows = acrm_value_get(result, "rows");
    const char *name = cli_get_text(operation, "name");
    size_t n = acrm_value_count(quotes) + 2;

    if (!name || strcmp(name, "quote.compare") != 0)
        return false;
    cli_table *table = cli_table_new((int)n, acrm_value_count(rows));
    table->heads[0] = cli_copy("kind", 4);
    table->heads[1] = cli_copy("name", 4);
    for (size_t k = 2; k < n; k++) {
        table->heads[k] = quotes_head(acrm_value_at(quotes, k - 2));
        table->right[k] = true;
    }
    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *row = acrm_value_at(rows, i), *values = acrm_value_get(row, "values");
        char **cells = &table->cells[i * n];
        cells[0] = cli_cell(acrm_value_get(row, "kind"));
        cells[1] = cli_cell(acrm_value_get(row, "name"));
        for (size_t k = 2; k < n; k++)
            cells[k] = cli_cell(acrm_value_at(values, k - 2));
    }
    cli_table_print(table, 0, CLI_CUT);
    cli_table_free(table);
    return true;
}
