/* SPDX-License-Identifier: MIT */
/* A member's statement of points as a table for people. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const char *const points_heads[] = { "when", "what", "points", "balance", "lots", "for" };

enum { POINTS_COLUMNS = sizeof points_heads / sizeof points_heads[0] };

static bool points_is(const acrm_value *lot, const char *key, const char *bucket)
{
    const char *text = cli_get_text(lot, key);

    return text && strcmp(text, bucket) == 0;
}

/* Points of each lot and the day on which it ends: 30 of 2026-01-10, 5 of 2026-03-01. */
static char *points_lots(const acrm_value *item)
{
    const acrm_value *lots = acrm_value_get(item, "lots");
    cli_text text = { 0 };

    cli_add(&text, "", 0);
    for (size_t i = 0; i < acrm_value_count(lots); i++) {
        const acrm_value *lot = acrm_value_at(lots, i);
        const char *end = cli_get_text(lot, "expires_on");
        if (points_is(lot, "debit", "settled"))
            continue;
        cli_addf(&text, "%s%lld%s%s%s", text.len ? ", " : "",
                 (long long)acrm_value_int(acrm_value_get(lot, "points")),
                 points_is(lot, "credit", "settled") ? " owed" : "", end ? " to " : "",
                 end ? end : "");
    }
    return text.data;
}

static char *points_cell(const acrm_value *item, int column)
{
    long long change = (long long)acrm_value_int(acrm_value_get(item, "change"));
    long long pending = (long long)acrm_value_int(acrm_value_get(item, "pending"));
    const char *source = cli_get_text(item, "source");
    cli_text text = { 0 };

    cli_add(&text, "", 0);
    switch (column) {
    case 2:
        if (pending > 0)
            cli_addf(&text, "(%lld)", pending);
        else
            cli_addf(&text, "%+lld", change);
        return text.data;
    case 4:
        free(text.data);
        return points_lots(item);
    case 5:
        cli_addf(&text, "%s", source ? source : "");
        return text.data;
    default:
        free(text.data);
        return cli_cell(acrm_value_get(item, column == 0 ? "at" : column == 1 ? "kind"
                                                                              : "balance"));
    }
}

bool cli_points(const acrm_value *operation, const acrm_value *result)
{
    const acrm_value *items = acrm_value_get(result, "items");
    const char *name = cli_get_text(operation, "name");

    if (!name || strcmp(name, "loyalty.statement") != 0)
        return false;
    printf("%s, %s to %s\n\n", cli_get_text(result, "program"), cli_get_text(result, "from"),
           cli_get_text(result, "to"));
    printf("opening  %lld\n", (long long)acrm_value_int(acrm_value_get(result, "opening")));
    if (acrm_value_count(items)) {
        cli_table *table = cli_table_new(POINTS_COLUMNS, acrm_value_count(items));
        for (int k = 0; k < POINTS_COLUMNS; k++) {
            table->heads[k] = cli_copy(points_heads[k], strlen(points_heads[k]));
            for (size_t i = 0; i < table->rows; i++)
                table->cells[i * POINTS_COLUMNS + (size_t)k] =
                    points_cell(acrm_value_at(items, i), k);
        }
        putchar('\n');
        cli_table_print(table, 0, CLI_CUT);
        cli_table_free(table);
        putchar('\n');
    }
    printf("closing  %lld\n", (long long)acrm_value_int(acrm_value_get(result, "closing")));
    if (acrm_value_int(acrm_value_get(result, "pending")))
        printf("pending  %lld\n", (long long)acrm_value_int(acrm_value_get(result, "pending")));
    return true;
}
