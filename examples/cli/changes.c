/* SPDX-License-Identifier: MIT */
/* What the rows of a dry run would change: a line for each field, as a table. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { CHANGES_ROW, CHANGES_OUTCOME, CHANGES_FIELD, CHANGES_FROM, CHANGES_TO, CHANGES_COLUMNS };

static void changes_put(cli_table *table, size_t row, int column, const char *text)
{
    if (text)
        table->cells[row * CHANGES_COLUMNS + (size_t)column] = cli_copy(text, strlen(text));
}

static void changes_head(cli_table *table, size_t row, const acrm_value *item)
{
    table->cells[row * CHANGES_COLUMNS] = cli_cell(acrm_value_get(item, "row"));
    changes_put(table, row, CHANGES_OUTCOME, cli_get_text(item, "outcome"));
    changes_put(table, row, CHANGES_FIELD, cli_get_text(item, "column"));
    changes_put(table, row, CHANGES_TO, cli_get_text(item, "message"));
}

void cli_import_changes(const acrm_value *changes)
{
    static const char *const heads[] = { "row", "outcome", "field", "from", "to" };
    size_t rows = 0, at = 0;

    for (size_t i = 0; i < acrm_value_count(changes); i++) {
        size_t n = acrm_value_count(acrm_value_get(acrm_value_at(changes, i), "changes"));
        rows += n > 0 ? n : 1;
    }
    if (rows == 0)
        return;
    cli_table *table = cli_table_new(CHANGES_COLUMNS, rows);
    for (int i = 0; i < CHANGES_COLUMNS; i++)
        table->heads[i] = cli_copy(heads[i], strlen(heads[i]));
    table->right[CHANGES_ROW] = true;
    for (size_t i = 0; i < acrm_value_count(changes); i++) {
        const acrm_value *item = acrm_value_at(changes, i);
        const acrm_value *map = acrm_value_get(item, "changes");
        size_t n = acrm_value_count(map);
        changes_head(table, at, item);
        for (size_t k = 0; k < n; k++) {
            const acrm_value *change = acrm_value_at(map, k);
            changes_put(table, at + k, CHANGES_FIELD, acrm_value_key(map, k, NULL));
            const acrm_value *to = acrm_value_get(change, "to");
            const acrm_value *value = acrm_value_get(to, "value"); /* of a contact point */
            table->cells[(at + k) * CHANGES_COLUMNS + CHANGES_FROM] =
                cli_cell(acrm_value_get(change, "from"));
            table->cells[(at + k) * CHANGES_COLUMNS + CHANGES_TO] = cli_cell(value ? value : to);
        }
        at += n > 0 ? n : 1;
    }
    cli_table_print(table, 0, CLI_CHOSEN);
    cli_table_free(table);
}
