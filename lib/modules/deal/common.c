/* SPDX-License-Identifier: MIT */
/* What the files of the module deal share. */
#include "modules/deal/deal.h"

#include "base/civil.h"
#include "base/text.h"
#include "kernel/crud.h"

#include <sodium.h>

acrm_value *acrm__deal_map(acrm__call *call)
{
    acrm_value *map = acrm__value_in(call->arena);
    return map && acrm_value_set_map(map) == ACRM_OK ? map : NULL;
}

acrm_value *acrm__deal_value(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    const acrm__fieldinfo *info = &rec->entity->fields[field];
    int32_t digits = info->def.type == ACRM__T_MONEY
                         ? acrm__money_digits(rec->entity, field, rec->cells) : 0;
    acrm_value *value = acrm__value_in(call->arena);

    if (value && !acrm__is_null(rec, field) &&
        acrm__encode(call, info, &rec->cells[field], digits, value) != ACRM_OK)
        return NULL;
    return value;
}

const char *acrm__deal_money(acrm__call *call, int64_t amount, int32_t digits)
{
    char text[32];
    size_t len = acrm__print_decimal(amount, digits, text);

    return acrm__arena_text(call->arena, text, len);
}

const char *acrm__deal_rate(acrm__call *call, int64_t rate)
{
    char text[32];
    size_t len = acrm__print_decimal(rate, 9, text);

    while (text[len - 1] == '0')
        len--;
    if (text[len - 1] == '.')
        len--;
    return acrm__arena_text(call->arena, text, len);
}

int32_t acrm__deal_verdict(acrm__call *call, int32_t st, const acrm_value *faults)
{
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

int32_t acrm__deal_put(acrm__call *call, acrm__rec *rec, uint32_t field, const acrm_value *value)
{
    return acrm__deal_put_as(call, rec, field, value, rec->entity->fields[field].def.name);
}

int32_t acrm__deal_put_as(acrm__call *call, acrm__rec *rec, uint32_t field,
                          const acrm_value *value, const char *name)
{
    acrm_value *faults = acrm__value_in(call->arena);

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    if (!value)
        return ACRM_OK;
    int32_t st = acrm__decode(call, &rec->entity->fields[field], value, name, &rec->cells[field],
                              faults);
    if (st == ACRM_OK && rec->entity->fields[field].def.type == ACRM__T_MONEY)
        st = acrm__decode_money(rec->entity, field, rec->cells, name, faults);
    return acrm__deal_verdict(call, st, faults);
}

int32_t acrm__deal_follow(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm__rec **out)
{
    acrm__call system = acrm__deal_system(call);
    const acrm__fieldinfo *info = &rec->entity->fields[field];
    const unsigned char *id = acrm__id(rec, field);

    *out = NULL;
    return id ? acrm__load_or_null(&system, acrm__entity_of(call, info->def.target), id, out)
              : ACRM_OK;
}

int32_t acrm__deal_run(acrm__call *call, const char *operation, const unsigned char id[16],
                       acrm_value *more, acrm_value **out)
{
    acrm__call system = acrm__deal_system(call);
    acrm_value *args = more ? more : acrm__deal_map(call);

    if (!args || !acrm__put_text(args, "id", acrm__id_text(call, id)))
        return acrm__nomem(call);
    return acrm__run(&system, operation, args, out);
}

/* --- Numbers --- */

static int32_t deal_next(acrm__call *call, const char *series, int64_t *out)
{
    const acrm__term term = { F_deal_counter__series, ACRM_FILTER_EQ, acrm__cell_text(series) };
    acrm__rec *counter = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "deal_counter", .terms = &term,
                                                       .n_terms = 1, .as_system = true },
                                &counter);

    if (st != ACRM_OK)
        return st;
    bool fresh = !counter;
    if (fresh)
        counter = acrm__new(call, "deal_counter");
    if (!counter)
        return acrm__nomem(call);
    acrm__set(counter, F_deal_counter__series, acrm__cell_text(series));
    *out = acrm__int(counter, F_deal_counter__last) + 1;
    acrm__set(counter, F_deal_counter__last, acrm__cell_int(*out));
    return fresh ? acrm__insert(call, counter) : acrm__update(call, counter);
}

int32_t acrm__deal_number(acrm__call *call, const char *letter, const acrm__rec *dealer,
                          const char **out)
{
    const char *code = dealer ? acrm__text(dealer, acrm__field_of(dealer->entity, "code")) : NULL;
    acrm__civil date;
    int64_t n = 0;

    acrm__civil_from_day(acrm__today(call), &date);
    const char *series = acrm__arena_format(call->arena, "%s-%s%s%d", letter, code ? code : "",
                                            code ? "-" : "", (int)date.year);
    int32_t st = series ? deal_next(call, series, &n) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    *out = acrm__arena_format(call->arena, "%s-%06lld", series, (long long)n);
    return *out ? ACRM_OK : acrm__nomem(call);
}

/* --- Proofs and days --- */

const char *acrm__deal_hash(acrm__call *call, const void *data, size_t len)
{
    unsigned char hash[ACRM__HASH_BYTES];
    char hex[2 * ACRM__HASH_BYTES + 1];

    crypto_generichash(hash, sizeof hash, data, len, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return acrm__arena_text(call->arena, hex, sizeof hex - 1);
}

bool acrm__deal_past(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    return !acrm__is_null(rec, field) && acrm__int(rec, field) < acrm__today(call);
}
