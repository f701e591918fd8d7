/* SPDX-License-Identifier: MIT */
/* Duplicates: several cases about one thing become one main case and what belongs to it. */
#include "modules/care/care.h"

/* Duplicates of a duplicate belong to the main case too, so that there is one level only. */
static int32_t duplicate_move(acrm__call *call, const acrm__rec *from, const acrm__rec *to)
{
    acrm__term term = { F_case__duplicate_of_id, ACRM_FILTER_EQ, from->cells[F_ID] };
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "case", .terms = &term, .n_terms = 1,
                                                   .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__set(found.items[i], F_case__duplicate_of_id, to->cells[F_ID]);
        st = acrm__update(call, found.items[i]);
    }
    return st;
}

static int32_t duplicate_timers(acrm__call *call, const acrm__rec *rec)
{
    int32_t st = acrm__timer_cancel(call, "case.resume", acrm__id(rec, F_ID));
    return st == ACRM_OK ? acrm__timer_cancel(call, "case.callback", acrm__id(rec, F_ID)) : st;
}

int32_t acrm__care_duplicate(acrm__call *call)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec, *of;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st == ACRM_OK)
        st = acrm__load_arg(call, "case", "of_id", &of);
    if (st == ACRM_OK && !acrm__is_null(of, F_case__duplicate_of_id))
        st = acrm__care_follow(call, of, F_case__duplicate_of_id, &of);
    if (st == ACRM_OK && acrm__care_same(acrm__id(rec, F_ID), acrm__id(of, F_ID)))
        st = acrm__fail(call, ACRM_E_INVALID, "cycle", "of_id",
                        "a case cannot be a duplicate of itself");
    if (st == ACRM_OK)
        st = duplicate_move(&system, rec, of);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__duplicate_of_id, of->cells[F_ID]);
    st = duplicate_timers(&system, rec);
    if (st == ACRM_OK)
        st = acrm__update(&system, rec);
    if (st == ACRM_OK)
        st = acrm__care_save(&system, of); /* brings the new one to its state */
    if (st == ACRM_OK)
        st = acrm__care_emit(call, "case.merged", rec);
    if (st == ACRM_OK)
        st = acrm__load(&system, "case", acrm__id(rec, F_ID), NULL, &rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
