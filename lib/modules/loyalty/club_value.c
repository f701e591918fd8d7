/* SPDX-License-Identifier: MIT */
/* Sums, decimals, JSON, filters and programmes, as all of the club needs them. */
#include "modules/loyalty/club.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "engines/filter/parse.h"

#include <string.h>

__extension__ typedef __int128 club_wide;

enum { CLUB_PRICE_DIGITS = 9 };

typedef struct club_totals {
    int64_t sum, count;
} club_totals;

static int32_t club_total(void *user, const acrm_cell *cells, uint32_t n)
{
    club_totals *totals = user;

    (void)n;
    totals->sum = cells[0].type == ACRM_CELL_INT ? cells[0].integer : 0;
    totals->count = cells[1].integer;
    return ACRM_OK;
}

int32_t acrm__club_sum(acrm__call *call, const char *entity, const acrm__term *terms, size_t n,
                       uint32_t field, int64_t *sum, int64_t *count)
{
    const acrm_expression select[] = {
        { .column = field, .aggregate = ACRM_AGGREGATE_SUM },
        { .aggregate = ACRM_AGGREGATE_COUNT },
    };
    acrm_query query = { .struct_size = sizeof query, .select = select, .n_select = 2,
                         .table = &acrm__entity_of(call, entity)->table,
                         .where = acrm__where(call, terms, n) };
    club_totals totals = { 0, 0 };

    if (!query.where)
        return acrm__nomem(call);
    int32_t st = acrm__query(call, &query, club_total, &totals);
    if (sum)
        *sum = totals.sum;
    if (count)
        *count = totals.count;
    return st;
}

int32_t acrm__club_choice(const char *choices, const char *text)
{
    size_t len = text ? strlen(text) : 0;

    for (int32_t n = 0; text && choices; n++) {
        size_t own = strcspn(choices, "|");
        if (own == len && memcmp(choices, text, len) == 0)
            return n;
        choices = choices[own] ? choices + own + 1 : NULL;
    }
    return -1;
}

int32_t acrm__club_json(acrm__call *call, const acrm__rec *rec, uint32_t field,
                        acrm__arena *arena, acrm_value **out)
{
    const acrm_cell *json = &rec->cells[field];
    acrm__json_fault fault;

    *out = NULL;
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(arena, json->data, json->size, out, &fault);
    return st == ACRM_OK ? st : acrm__json_error(call->err, st, &fault);
}

int32_t acrm__club_set_json(acrm__call *call, acrm__rec *rec, uint32_t field,
                            const acrm_value *value)
{
    acrm__str text;
    const char *kept = NULL;

    acrm__str_init(&text, &call->arena->allocator);
    if (acrm__json_write(&text, value, 0) == ACRM_OK && !text.failed)
        kept = acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(rec, field, acrm__cell_text(kept));
    return ACRM_OK;
}

int32_t acrm__club_fail(acrm__call *call, int32_t code, const char *reason, const char *place,
                        const char *field, const char *message)
{
    const char *path = acrm__arena_format(call->arena, "%s%s", place ? place : "", field);

    return path ? acrm__fail(call, code, reason, path, "%s: %s", path, message)
                : acrm__nomem(call);
}

int32_t acrm__club_decimal(acrm__call *call, const acrm__rec *rec, uint32_t field,
                           const char *place, int32_t digits, int64_t *out)
{
    const acrm_cell *cell = &rec->cells[field];
    const char *name = rec->entity->fields[field].def.name;

    if (cell->type != ACRM_CELL_TEXT)
        return acrm__club_fail(call, ACRM_E_INVALID, "required", place, name, "is required");
    if (acrm__parse_decimal(cell->data, cell->size, digits, out))
        return ACRM_OK;
    return acrm__club_fail(call, ACRM_E_INVALID, "range", place, name,
                           digits == ACRM__EARNING_DIGITS
                               ? "has more than 4 decimals, or is too large"
                               : "has more decimals than the currency, or is too large");
}

int32_t acrm__club_cost(acrm__call *call, int64_t points, const char *price, int32_t digits,
                        const char **out)
{
    int64_t each, scale = 1;
    char text[32];

    *out = NULL;
    if (!price)
        return ACRM_OK;
    if (!acrm__parse_decimal(price, strlen(price), CLUB_PRICE_DIGITS, &each))
        return acrm__fail(call, ACRM_E_LIMIT, "range", "price", "a price has at most 9 decimals");
    for (int32_t i = digits; i < CLUB_PRICE_DIGITS; i++)
        scale *= 10;
    club_wide exact = (club_wide)points * each;
    club_wide whole = (exact + (exact < 0 ? -scale / 2 : scale / 2)) / scale;
    if (whole > INT64_MAX || whole < -INT64_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "range", NULL, "the cost is too large");
    size_t len = acrm__print_decimal((int64_t)whole, digits, text);
    *out = acrm__arena_text(call->arena, text, len);
    return *out ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__club_filter(acrm__call *call, const char *entity, const acrm__rec *rec,
                          uint32_t field, const char *place, acrm__arena *arena,
                          const acrm_filter_node **out)
{
    const char *name = rec->entity->fields[field].def.name;
    const char *path = acrm__arena_format(call->arena, "%s%s", place ? place : "", name);
    acrm__call parse = *call;
    acrm_value *filter;

    *out = NULL;
    int32_t st = path ? acrm__club_json(call, rec, field, arena, &filter) : acrm__nomem(call);
    if (st != ACRM_OK || !filter)
        return st;
    parse.arena = arena;
    parse.as_system = true;
    st = acrm__filter(&parse, acrm__entity_of(call, entity), filter, path, out);
    if (st == ACRM_OK && acrm__filter_relative(filter))
        return acrm__club_fail(call, ACRM_E_INVALID, "operator", place, name,
                               "it may not depend on the moment or on who asks");
    return st;
}

int32_t acrm__club_digits(const acrm__rec *program)
{
    const char *code = acrm__text(program, F_loyalty_program__currency);
    int32_t digits = code ? acrm__currency_digits(code, strlen(code)) : 2;

    return digits < 0 ? 2 : digits;
}

/* --- Keeps by programme --- */

typedef struct club_part {
    struct club_part *next;
    unsigned char program[16];
} club_part;

int32_t acrm__club_keep(acrm__call *call, const char *name, const unsigned char program[16],
                        size_t size, acrm__keep **keep, void **out, bool *fresh)
{
    int32_t st = acrm__keep_open(call, name, keep);

    *fresh = false;
    if (st != ACRM_OK)
        return st;
    for (club_part *part = (*keep)->data; part; part = part->next)
        if (memcmp(part->program, program, 16) == 0) {
            *out = part + 1;
            return ACRM_OK;
        }
    club_part *part = acrm__arena_zero(&(*keep)->arena, sizeof *part + size);
    if (!part)
        return acrm__nomem(call);
    memcpy(part->program, program, 16);
    *fresh = true;
    *out = part + 1;
    return ACRM_OK;
}

void acrm__club_kept(acrm__keep *keep, void *thing)
{
    club_part *part = (club_part *)thing - 1;

    part->next = keep->data;
    keep->data = part;
}
