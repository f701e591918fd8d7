/* SPDX-License-Identifier: MIT */
/* Who it could be: candidates and possible duplicates as tables, with what speaks for each. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { SUSPECTS_SHOWN = 50 };

/* "name 84 (slip, order), phone, birth_date" */
static char *suspects_why(const acrm_value *signs)
{
    cli_text out = { 0 };

    cli_add(&out, "", 0);
    for (size_t i = 0; i < acrm_value_count(signs); i++) {
        const acrm_value *sign = acrm_value_at(signs, i);
        int64_t similarity = acrm_value_int(acrm_value_get(sign, "similarity"));
        char *how = cli_cell(acrm_value_get(sign, "how"));
        cli_addf(&out, "%s%s", i ? "; " : "", cli_get_text(sign, "field"));
        if (similarity < 100)
            cli_addf(&out, " %d (%s)", (int)similarity, how);
        else if (strcmp(how, "equal") != 0)
            cli_addf(&out, " (%s)", how);
        free(how);
    }
    return out.data;
}

static void suspects_put(cli_table *table, size_t row, int column, char *cell)
{
    table->cells[row * (size_t)table->columns + (size_t)column] = cell;
}

static cli_table *suspects_table(const char *const *heads, int columns, size_t rows)
{
    cli_table *table = cli_table_new(columns, rows);

    for (int i = 0; i < columns; i++) {
        table->heads[i] = cli_copy(heads[i], strlen(heads[i]));
        table->right[i] = strcmp(heads[i], "score") == 0;
    }
    return table;
}

static void suspects_print(cli_table *table)
{
    if (table->rows == 0)
        puts("(none)");
    else
        cli_table_print(table, 0, CLI_WRAP);
    cli_table_free(table);
}

/* --- customer.match --- */

static void suspects_match(const acrm_value *out)
{
    static const char *const heads[] = { "score", "same", "name", "customer_id", "rule", "why" };
    const acrm_value *list = acrm_value_get(out, "candidates");
    const char *same = cli_get_text(out, "customer_id");
    cli_table *table = suspects_table(heads, 6, acrm_value_count(list));

    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *item = acrm_value_at(list, i);
        for (int k = 0; k < 5; k++)
            suspects_put(table, i, k, cli_cell(acrm_value_get(item, heads[k])));
        char *why = suspects_why(acrm_value_get(item, "signs"));
        if (!*why) { /* no rule holds: the exact signs alone */
            free(why);
            why = cli_cell(acrm_value_get(item, "reasons"));
        }
        suspects_put(table, i, 5, why);
    }
    suspects_print(table);
    if (same)
        printf("\nknown: %s\n", same);
    else
        puts("\nnobody is surely the same");
}

/* --- customer.identify --- */

static void suspects_identify(const acrm_value *out)
{
    static const char *const heads[] = { "score", "name", "kind", "city", "id", "reasons" };
    const acrm_value *list = acrm_value_get(out, "items");
    cli_table *table = suspects_table(heads, 6, acrm_value_count(list));

    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *item = acrm_value_at(list, i);
        const acrm_value *customer = acrm_value_get(item, "customer");
        for (int k = 0; k < 6; k++)
            suspects_put(table, i, k, cli_cell(acrm_value_get(k == 0 || k == 5 ? item : customer,
                                                              heads[k])));
    }
    suspects_print(table);
}

/* --- customer.duplicates: what the scan did, and the review list --- */

static acrm_value *suspects_open_pairs(cli *c)
{
    acrm_value *args = cli_map(), *out = NULL;
    static const char *const include[] = { "customer", "other" };

    acrm_value *where = cli_put(args, "where");
    acrm_value_set_map(where);
    cli_put_text(where, "status", "open");
    cli_put_int(args, "limit", SUSPECTS_SHOWN);
    acrm_value *order = cli_put(args, "order");
    acrm_value_set_list(order);
    cli_set_text(cli_push(order), "-score");
    acrm_value *names = cli_put(args, "include");
    acrm_value_set_list(names);
    for (size_t i = 0; i < sizeof include / sizeof include[0]; i++)
        cli_set_text(cli_push(names), include[i]);
    if (acrm_call(c->session, "duplicate_candidate.list", args, &out, NULL) != ACRM_OK)
        out = NULL; /* not this session's to see */
    acrm_value_free(args);
    return out;
}

static void suspects_duplicates(cli *c, const acrm_value *out)
{
    static const char *const heads[] = { "score", "automatic", "customer", "other", "id", "why" };
    static const char *const counts[] = { "keys", "compared", "found", "automatic", "changed",
                                          "too_common" };
    acrm_value *pairs = suspects_open_pairs(c);
    const acrm_value *list = acrm_value_get(pairs, "items");
    cli_table *table = suspects_table(heads, 6, acrm_value_count(list));

    for (size_t i = 0; i < table->rows; i++) {
        const acrm_value *item = acrm_value_at(list, i);
        for (int k = 0; k < 5; k++)
            suspects_put(table, i, k, cli_cell(acrm_value_get(item, heads[k])));
        suspects_put(table, i, 5, suspects_why(acrm_value_get(item, "signs")));
    }
    suspects_print(table);
    putchar('\n');
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *cell = cli_cell(acrm_value_get(out, counts[i]));
        printf("%s%s %s", i ? ", " : "", counts[i], cell);
        free(cell);
    }
    puts(acrm_value_bool(acrm_value_get(out, "finished")) ? "" : "; not finished: call it again");
    if (acrm_value_type(acrm_value_get(pairs, "next")) == ACRM_TEXT)
        puts("(more: autocrm duplicate_candidate list)");
    acrm_value_free(pairs);
}

bool cli_suspects(cli *c, const acrm_value *operation, const acrm_value *out)
{
    const char *name = cli_get_text(operation, "name");

    if (c->csv || c->quiet)
        return false;
    if (strcmp(name, "customer.match") == 0)
        suspects_match(out);
    else if (strcmp(name, "customer.identify") == 0)
        suspects_identify(out);
    else if (strcmp(name, "customer.duplicates") == 0)
        suspects_duplicates(c, out);
    else
        return false;
    return true;
}
