/* SPDX-License-Identifier: MIT */
/* Quotes side by side: what they share and where they differ. */
#include "modules/deal/deal.h"

enum { COMPARE_MAX = 10 };

static const uint32_t compare_fields[] = {
    F_quote__state, F_quote__valid_until, F_quote__currency, F_quote__list_total,
    F_quote__discount_total, F_quote__net_total, F_quote__tax_total, F_quote__rebate_total,
    F_quote__total, F_quote__trade_in_total, F_quote__debt_total, F_quote__payable,
    F_quote__deposit_total, F_quote__due, F_quote__payment, F_quote__financed,
    F_quote__instalment, F_quote__periods, F_quote__balloon, F_quote__finance_total,
    F_quote__apr };

static int32_t compare_load(acrm__call *call, acrm__rec *quotes[COMPARE_MAX], size_t *n)
{
    const acrm_value *ids = acrm__arg(call, "ids");
    int32_t st = ACRM_OK;

    *n = acrm_value_count(ids);
    if (*n < 2 || *n > COMPARE_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "ids", "2 to %d quotes are compared",
                          COMPARE_MAX);
    for (size_t i = 0; st == ACRM_OK && i < *n; i++) {
        unsigned char id[16];
        const char *text = acrm_value_text(acrm_value_at(ids, i), NULL);
        if (!text || !acrm__uuid_parse(text, strlen(text), id))
            return acrm__fail(call, ACRM_E_INVALID, "format", "ids", "ids must be ids of quotes");
        st = acrm__load(call, "quote", id, "ids", &quotes[i]);
    }
    return st;
}

/* One row: a name, and a value for each quote. */
static acrm_value *compare_row(acrm_value *rows, const char *kind, const char *name)
{
    acrm_value *row = acrm__add_map(rows);

    return row && acrm__put_text(row, "kind", kind) && acrm__put_text(row, "name", name)
               ? acrm__put_list(row, "values") : NULL;
}

static int32_t compare_totals(acrm__call *call, acrm__rec *const *quotes, size_t n,
                              acrm_value *rows)
{
    const acrm__entity *entity = quotes[0]->entity;

    for (size_t f = 0; f < sizeof compare_fields / sizeof compare_fields[0]; f++) {
        const char *name = entity->fields[compare_fields[f]].def.name;
        acrm_value *values = NULL;
        bool any = false;
        for (size_t i = 0; i < n; i++)
            any = any || !acrm__is_null(quotes[i], compare_fields[f]);
        values = any ? compare_row(rows, "total", name) : NULL;
        for (size_t i = 0; any && i < n; i++) {
            const acrm_value *value = acrm__deal_value(call, quotes[i], compare_fields[f]);
            if (!values || !value || !acrm__add_value(values, value))
                return acrm__nomem(call);
        }
    }
    return ACRM_OK;
}

/* --- Lines: the same kind, code and name stand in one row --- */

static bool compare_same(const acrm__rec *a, const acrm__rec *b)
{
    return acrm__cell_equal(&a->cells[F_quote_line__kind], &b->cells[F_quote_line__kind]) &&
           acrm__cell_equal(&a->cells[F_quote_line__code], &b->cells[F_quote_line__code]) &&
           acrm__cell_equal(&a->cells[F_quote_line__name], &b->cells[F_quote_line__name]);
}

static const acrm__rec *compare_find(const acrm__recs *lines, const acrm__rec *like)
{
    for (size_t i = 0; i < lines->count; i++)
        if (compare_same(lines->items[i], like))
            return lines->items[i];
    return NULL;
}

static int32_t compare_line(acrm__call *call, const acrm__recs *lines, size_t n,
                            const acrm__rec *line, acrm_value *rows)
{
    const char *name = acrm__text(line, F_quote_line__name);
    const char *code = acrm__text(line, F_quote_line__code);
    const char *kind = acrm__text(line, F_quote_line__kind);
    acrm_value *values = compare_row(rows, kind, name ? name : code ? code : kind);

    for (size_t i = 0; values && i < n; i++) {
        const acrm__rec *own = compare_find(&lines[i], line);
        acrm_value *value = own ? acrm__deal_value(call, own, F_quote_line__quoted)
                                : acrm__value_in(call->arena);
        if (!value || !acrm__add_value(values, value))
            return acrm__nomem(call);
    }
    return values ? ACRM_OK : acrm__nomem(call);
}

static int32_t compare_lines(acrm__call *call, acrm__rec *const *quotes, size_t n,
                             acrm_value *rows)
{
    acrm__recs lines[COMPARE_MAX];
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < n; i++)
        st = acrm__quote_lines(call, quotes[i], &lines[i]);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        for (size_t k = 0; st == ACRM_OK && k < lines[i].count; k++) {
            bool told = compare_find(&lines[i], lines[i].items[k]) != lines[i].items[k];
            for (size_t before = 0; before < i; before++)
                told = told || compare_find(&lines[before], lines[i].items[k]);
            if (!told)
                st = compare_line(call, lines, n, lines[i].items[k], rows);
        }
    }
    return st;
}

int32_t acrm__quote_compare(acrm__call *call)
{
    acrm_value *heads = acrm__put_list(call->out, "quotes");
    acrm_value *rows = acrm__put_list(call->out, "rows");
    acrm__rec *quotes[COMPARE_MAX];
    size_t n = 0;
    int32_t st = heads && rows ? compare_load(call, quotes, &n) : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        acrm_value *head = acrm__add_map(heads);
        if (!head || !acrm__put_text(head, "id", acrm__id_text(call, acrm__id(quotes[i], F_ID))) ||
            !acrm__put_text(head, "number", acrm__text(quotes[i], F_quote__number)) ||
            !acrm__put_int(head, "version_no", acrm__int(quotes[i], F_quote__version_no)))
            st = acrm__nomem(call);
    }
    if (st == ACRM_OK)
        st = compare_lines(call, quotes, n, rows);
    return st == ACRM_OK ? compare_totals(call, quotes, n, rows) : st;
}
