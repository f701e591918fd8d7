/* SPDX-License-Identifier: MIT */
/* customer.profile and grade.explain: computed at the moment, with every reason; nothing is
 * written. */
#include "modules/grading/grading.h"

#include "base/json.h"
#include "kernel/registry.h"

#include <string.h>

enum { EXPLAIN_HISTORY = 20 };

/* The customer, who must be visible to the session, alone in a batch. */
static int32_t explain_gather(acrm__call *call, const char *arg, acrm__batch *batch,
                              acrm_value *reasons)
{
    acrm__rec *customer = NULL;
    unsigned char ids[1][16];
    int32_t st = acrm__load_arg(call, "customer", arg, &customer);

    if (st != ACRM_OK)
        return st;
    memcpy(ids[0], acrm__id(customer, F_ID), 16);
    st = acrm__batch_list(call, batch, (const unsigned char (*)[16])ids, 1);
    if (st == ACRM_OK && reasons) {
        batch->service = acrm__put_list(reasons, "next_service");
        batch->repurchase = acrm__put_list(reasons, "repurchase");
        if (!batch->service || !batch->repurchase)
            return acrm__nomem(call);
    }
    if (st == ACRM_OK)
        st = acrm__batch_gather(batch);
    if (st == ACRM_OK && batch->people[0].hidden)
        st = acrm__fail(call, ACRM_E_CONFLICT, "not_profiled", arg,
                        "the customer refused to be profiled, or the data is restricted");
    return st;
}

static int32_t explain_grades(acrm__call *call, const acrm__batch *batch, acrm_value *list)
{
    const acrm__term terms[] = {
        { F_customer_grade__customer_id, ACRM_FILTER_EQ, acrm__cell_id(batch->people[0].id) },
        { F_customer_grade__until, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer_grade", .terms = terms,
        .n_terms = 2, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = acrm__add_map(list);
        bool ok = item &&
                  acrm__put_text(item, "kind", acrm__text(found.items[i],
                                                          F_customer_grade__kind)) &&
                  acrm__put_text(item, "grade", acrm__text(found.items[i],
                                                           F_customer_grade__grade)) &&
                  acrm__put_text(item, "since",
                                 acrm__instant_text(call, acrm__int(found.items[i],
                                                                    F_customer_grade__since)));
        st = ok ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__customer_profile(acrm__call *call)
{
    acrm__batch batch = { .which = ACRM__SCHEMES_ALL };
    acrm__rec *rec = acrm__new(call, "customer_profile");
    acrm_value *profile = acrm_value_put(call->out, "profile");
    acrm_value *reasons = acrm__put_map(call->out, "reasons");
    acrm_value *grades = acrm__put_list(call->out, "grades");

    if (!rec || !profile || !reasons || !grades)
        return acrm__nomem(call);
    int32_t st = explain_gather(call, "id", &batch, reasons);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_customer_profile__customer_id, acrm__cell_id(batch.people[0].id));
    acrm__profile_cells(&batch, &batch.people[0], rec->cells + F_customer_profile__currency);
    st = acrm__render(call, rec, profile);
    return st == ACRM_OK ? explain_grades(call, &batch, grades) : st;
}

/* --- grade.explain --- */

static int32_t explain_history(acrm__call *call, const acrm__batch *batch, const char *kind,
                               acrm_value *list)
{
    const acrm__term terms[] = {
        { F_customer_grade__customer_id, ACRM_FILTER_EQ, acrm__cell_id(batch->people[0].id) },
        { F_customer_grade__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "customer_grade", .terms = terms,
        .n_terms = 2, .descending = true, .limit = EXPLAIN_HISTORY, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const acrm__rec *row = found.items[i];
        acrm_value *item = acrm__add_map(list), *inputs = NULL;
        bool held = !acrm__is_null(row, F_customer_grade__until);
        st = acrm__scheme_parse(call, row, F_customer_grade__inputs, &inputs);
        bool ok = item &&
                  acrm__put_text(item, "grade", acrm__text(row, F_customer_grade__grade)) &&
                  acrm__put_text(item, "previous", acrm__text(row, F_customer_grade__previous)) &&
                  acrm__put_text(item, "since", acrm__instant_text(
                                     call, acrm__int(row, F_customer_grade__since))) &&
                  acrm__put_text(item, "until", held ? acrm__instant_text(
                                     call, acrm__int(row, F_customer_grade__until)) : NULL) &&
                  acrm__put_text(item, "cause", acrm__text(row, F_customer_grade__cause)) &&
                  (!inputs || acrm__put_value(item, "inputs", inputs));
        if (st == ACRM_OK && !ok)
            st = acrm__nomem(call);
    }
    return st;
}

static const acrm__scheme *explain_scheme(const acrm__grading *grading, const char *kind)
{
    for (uint32_t i = 0; i < grading->n_schemes; i++)
        if (strcmp(grading->schemes[i].kind, kind) == 0)
            return &grading->schemes[i];
    return NULL;
}

static bool explain_by_hand(acrm__call *call, const acrm__grade_row *row)
{
    if (!row->by_hand[0])
        return true;
    acrm_value *item = acrm__put_map(call->out, "by_hand");
    return item && acrm__put_text(item, "grade", row->by_hand) &&
           acrm__put_bool(item, "floor", row->floor) &&
           acrm__put_text(item, "until", row->by_hand_until == ACRM__GRADING_NO_DAY
                                             ? NULL : acrm__date_text(call, row->by_hand_until));
}

static bool explain_day(acrm__call *call, const char *key, int32_t day)
{
    return acrm__put_text(call->out, key, day == ACRM_SCORING_NO_DAY
                                              ? NULL : acrm__date_text(call, day));
}

static bool explain_result(acrm__call *call, const acrm__grade_ask *ask,
                           const acrm_scoring_facts *facts, const acrm_scoring_result *out)
{
    const acrm__grade_row *row = &ask->rows[0];
    acrm_value *now = acrm_value_put(call->out, "explanation");

    return now && acrm_scoring_explain(ask->scoring, facts, out, now) == ACRM_OK &&
           acrm__put_text(call->out, "kind", ask->scheme->kind) &&
           acrm__put_int(call->out, "revision", ask->scheme->revision) &&
           acrm__put_text(call->out, "scheme_id", acrm__id_text(call, ask->scheme->id)) &&
           acrm__put_text(call->out, "grade", row->found ? row->grade : NULL) &&
           explain_day(call, "next_review", out->next_on) &&
           explain_day(call, "below_since", out->below_since) && explain_by_hand(call, row);
}

int32_t acrm__grade_explain(acrm__call *call)
{
    const char *kind = acrm__arg_text(call, "kind");
    acrm__batch batch = { .which = ACRM__SCHEMES_ALL };
    const acrm_scoring *scoring = NULL;
    acrm_scoring_facts facts;
    acrm_scoring_result out;
    acrm__grade_ask ask;
    int32_t st = explain_gather(call, "customer_id", &batch, NULL);
    const acrm__scheme *scheme = st == ACRM_OK ? explain_scheme(batch.grading, kind) : NULL;

    if (st == ACRM_OK && !scheme)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "kind",
                          "no scheme of the kind %.64s is in force", kind);
    if (st == ACRM_OK)
        st = acrm__scheme_scoring(call, scheme->id, &scoring);
    if (st == ACRM_OK)
        st = acrm__grade_prepare(&batch, scheme, scoring, &ask);
    if (st == ACRM_OK && !ask.ready)
        return acrm__fail(call, ACRM_E_CONFLICT, "quantiles", "kind",
                          "its quantiles were not cut yet: run grade.run first");
    if (st == ACRM_OK)
        st = acrm__grade_answer(&batch, &ask, 0, &facts, &out);
    if (st == ACRM_OK && !explain_result(call, &ask, &facts, &out))
        st = acrm__nomem(call);
    acrm_value *history = st == ACRM_OK ? acrm__put_list(call->out, "history") : NULL;
    if (st == ACRM_OK && !history)
        st = acrm__nomem(call);
    return st == ACRM_OK ? explain_history(call, &batch, kind, history) : st;
}
