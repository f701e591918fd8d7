/* SPDX-License-Identifier: MIT */
/* Numbers of cases: one series a dealer and year, without gaps. */
#include "modules/care/care.h"

#include "base/civil.h"

static int32_t number_next(acrm__call *call, const char *series, int64_t *out)
{
    acrm__term term = { F_case_counter__series, ACRM_FILTER_EQ, acrm__cell_text(series) };
    acrm__rec *counter;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case_counter", .terms = &term,
                                                       .n_terms = 1, .as_system = true },
                                &counter);
    if (st != ACRM_OK)
        return st;
    bool fresh = !counter;
    if (fresh) {
        counter = acrm__new(call, "case_counter");
        if (!counter)
            return acrm__nomem(call);
        acrm__set(counter, F_case_counter__series, acrm__cell_text(series));
    }
    *out = acrm__int(counter, F_case_counter__last) + 1;
    acrm__set(counter, F_case_counter__last, acrm__cell_int(*out));
    return fresh ? acrm__insert(call, counter) : acrm__update(call, counter);
}

int32_t acrm__care_number(acrm__call *call, acrm__rec *rec, const acrm__rec *dealer)
{
    const char *code = dealer ? acrm__text(dealer, acrm__field_of(dealer->entity, "code")) : NULL;
    acrm_local local;
    acrm__civil date;
    int64_t n = 0;

    int32_t st = acrm__care_local(call, dealer, acrm__int(rec, F_case__opened_at), &local);
    if (st != ACRM_OK)
        return st;
    acrm__civil_from_day(local.day, &date);
    const char *series = acrm__arena_format(call->arena, "%s%s%d", code ? code : "",
                                            code ? "-" : "", (int)date.year);
    if (!series)
        return acrm__nomem(call);
    st = number_next(call, series, &n);
    if (st != ACRM_OK)
        return st;
    const char *number = acrm__arena_format(call->arena, "%s-%06lld", series, (long long)n);
    if (!number)
        return acrm__nomem(call);
    acrm__set(rec, F_case__number, acrm__cell_text(number));
    return ACRM_OK;
}
