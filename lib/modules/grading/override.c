/* SPDX-License-Identifier: MIT */
/* Grades given by hand, and computing one customer at once. */
#include "modules/grading/grading.h"

#include <string.h>

static int32_t override_compute(acrm__call *call, const acrm__rec *customer)
{
    acrm__batch batch = { .which = ACRM__SCHEMES_ALL };
    acrm__call system = *call;
    unsigned char ids[1][16];

    system.as_system = true;
    memcpy(ids[0], acrm__id(customer, F_ID), 16);
    int32_t st = acrm__batch_list(&system, &batch, (const unsigned char (*)[16])ids, 1);
    if (st == ACRM_OK && !batch.policy->active)
        return acrm__fail(call, ACRM_E_CONFLICT, "policy", NULL,
                          "there is no active profile_policy to compute by");
    if (st == ACRM_OK)
        st = acrm__batch_compute(&batch);
    if (st == ACRM_OK && !acrm__put_int(call->out, "moved", batch.moved))
        st = acrm__nomem(call);
    return st;
}

static int32_t override_scheme(acrm__call *call, const char *kind, const char *grade)
{
    const acrm__grading *grading;
    const acrm_scoring *scoring;
    int32_t st = acrm__grading_open(call, &grading);

    for (uint32_t i = 0; st == ACRM_OK && i < grading->n_schemes; i++) {
        if (strcmp(grading->schemes[i].kind, kind) != 0)
            continue;
        st = acrm__scheme_scoring(call, grading->schemes[i].id, &scoring);
        if (st == ACRM_OK && grade && acrm_scoring_grade_of(scoring, grade) < 0)
            st = acrm__fail(call, ACRM_E_INVALID, "choice", "grade",
                            "the scheme has no grade %.16s", grade);
        return st;
    }
    return st == ACRM_OK ? acrm__fail(call, ACRM_E_NOTFOUND, "reference", "kind",
                                      "no scheme of the kind %.64s is in force", kind)
                         : st;
}

/* Takes the one that is there out of force; *any: there was one. */
static int32_t override_remove(acrm__call *call, const acrm__rec *customer, const char *kind,
                               bool *any)
{
    const acrm__term terms[] = {
        { F_grade_override__customer_id, ACRM_FILTER_EQ, customer->cells[F_ID] },
        { F_grade_override__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "grade_override", .terms = terms,
        .n_terms = 2, .as_system = true }, &found);

    *any = found.count > 0;
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = acrm__remove(call, found.items[i], NULL);
    return st;
}

int32_t acrm__grade_set(acrm__call *call)
{
    const char *kind = acrm__arg_text(call, "kind"), *grade = acrm__arg_text(call, "grade");
    acrm__rec *customer = NULL, *rec = acrm__new(call, "grade_override");
    int64_t until;
    bool limited = acrm__arg_time(call, "until", &until), any;
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);

    if (!rec)
        return acrm__nomem(call);
    if (st == ACRM_OK)
        st = override_scheme(call, kind, grade);
    if (st == ACRM_OK && limited && until < acrm__today(call))
        st = acrm__fail(call, ACRM_E_INVALID, "range", "until", "until must not be in the past");
    if (st == ACRM_OK)
        st = override_remove(call, customer, kind, &any);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_grade_override__customer_id, customer->cells[F_ID]);
    acrm__set(rec, F_grade_override__kind, acrm__cell_text(kind));
    acrm__set(rec, F_grade_override__grade, acrm__cell_text(grade));
    acrm__set(rec, F_grade_override__floor, acrm__cell_int(acrm__arg_bool(call, "floor", false)));
    acrm__set(rec, F_grade_override__until, limited ? acrm__cell_int(until) : acrm__cell_null());
    acrm__set(rec, F_grade_override__why, acrm__cell_text(acrm__arg_text(call, "why")));
    st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return st == ACRM_OK ? override_compute(call, customer) : st;
}

int32_t acrm__grade_release(acrm__call *call)
{
    const char *kind = acrm__arg_text(call, "kind");
    acrm__rec *customer = NULL;
    bool any = false;
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);

    if (st == ACRM_OK)
        st = override_remove(call, customer, kind, &any);
    if (st == ACRM_OK && !any)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "kind",
                          "no grade of the kind %.64s was given by hand", kind);
    return st == ACRM_OK ? override_compute(call, customer) : st;
}

int32_t acrm__grade_refresh(acrm__call *call)
{
    acrm__rec *customer = NULL;
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &customer);

    return st == ACRM_OK ? override_compute(call, customer) : st;
}
