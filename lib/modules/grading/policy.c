/* SPDX-License-Identifier: MIT */
/* The policy of profiles, checked as it is written; and what is in force, kept by the session. */
#include "modules/grading/grading.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "kernel/inside.h"

#include <string.h>

static const char policy_keep[] = "grading";

int32_t acrm__grading_outdate(acrm__call *call)
{
    return acrm__keep_outdate(call, policy_keep);
}

int32_t acrm__scheme_parse(acrm__call *call, const acrm__rec *rec, uint32_t field,
                           acrm_value **out)
{
    const acrm_cell *cell = &rec->cells[field];
    acrm__json_fault fault;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    return st == ACRM_OK ? st : acrm__json_error(call->err, st, &fault);
}

/* --- Checks --- */

static int32_t policy_place(acrm__call *call, size_t row, const char *key, const char *message)
{
    const char *place = acrm__arena_format(call->arena, "/model_cycles/%zu%s", row, key);

    return place ? acrm__fail(call, ACRM_E_INVALID, "type", place, "%s", message)
                 : acrm__nomem(call);
}

static int32_t policy_cycle(acrm__call *call, const acrm_value *item, size_t row,
                            acrm__model_cycle *out)
{
    const acrm_value *months = acrm_value_get(item, "months");

    *out = (acrm__model_cycle){ .make = acrm__get_text(item, "make"),
                                .model = acrm__get_text(item, "model"),
                                .months = acrm_value_int(months) };
    if (!out->make)
        return policy_place(call, row, "/make", "expected the make as text");
    if (acrm_value_get(item, "model") && !out->model)
        return policy_place(call, row, "/model", "expected the model as text");
    if (acrm_value_type(months) != ACRM_INT || out->months < 1 || out->months > 1200)
        return policy_place(call, row, "/months", "expected 1 to 1200 months");
    return ACRM_OK;
}

static int32_t policy_cycles(acrm__call *call, const acrm__rec *rec, acrm__policy *out)
{
    acrm_value *list = NULL;
    int32_t st = acrm__scheme_parse(call, rec, F_profile_policy__model_cycles, &list);

    if (st != ACRM_OK || !list)
        return st;
    if (acrm_value_type(list) != ACRM_LIST ||
        acrm_value_count(list) > ACRM__GRADING_CYCLES_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "type", "model_cycles",
                          "model_cycles must be a list of at most %d", ACRM__GRADING_CYCLES_MAX);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++)
        st = policy_cycle(call, acrm_value_at(list, i), i, &out->cycles[out->n_cycles++]);
    return st;
}

static int32_t policy_only_one(acrm__call *call, const acrm__rec *rec)
{
    const acrm__term terms[] = {
        { F_profile_policy__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };
    acrm__rec *other = NULL;

    if (!acrm__int(rec, F_profile_policy__active) || !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "profile_policy", .terms = terms,
        .n_terms = acrm__is_null(rec, F_ID) ? 1 : 2, .as_system = true }, &other);
    if (st == ACRM_OK && other)
        st = acrm__fail(call, ACRM_E_CONFLICT, "active", "active",
                        "another profile_policy is active; put it out of force first");
    return st;
}

/* Schemes in force count in its currency, and grade the profiles that it keeps. */
static int32_t policy_needed(acrm__call *call, const acrm__rec *rec, const acrm__rec *before)
{
    const acrm__term active = { F_grade_scheme__status, ACRM_FILTER_EQ,
                                acrm__cell_text("active") };
    bool ends = !acrm__int(rec, F_profile_policy__active) || !acrm__is_null(rec, F_DELETED_AT);
    int64_t n = 0;

    if (!before || !acrm__int(before, F_profile_policy__active) ||
        (!ends && !acrm__changed(rec, F_profile_policy__currency)))
        return ACRM_OK;
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "grade_scheme", .terms = &active,
        .n_terms = 1, .as_system = true }, &n);
    if (st == ACRM_OK && n > 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "schemes", ends ? "active" : "currency",
                        "%lld schemes in force need it: retire them first", (long long)n);
    return st;
}

int32_t acrm__policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *currency = acrm__text(rec, F_profile_policy__currency);
    acrm__policy *policy = acrm__arena_zero(call->arena, sizeof *policy);

    if (!policy)
        return acrm__nomem(call);
    if (currency && (strlen(currency) != 3 || acrm__currency_digits(currency, 3) < 0))
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "currency must be an ISO 4217 code, such as EUR");
    if (acrm__int(rec, F_profile_policy__lost_days) <= acrm__int(rec,
                                                                  F_profile_policy__active_days))
        return acrm__fail(call, ACRM_E_INVALID, "range", "lost_days",
                          "lost_days must be above active_days: between them a customer is "
                          "passive");
    int32_t st = policy_cycles(call, rec, policy);
    if (st == ACRM_OK)
        st = policy_only_one(call, rec);
    if (st == ACRM_OK)
        st = policy_needed(call, rec, before);
    return st == ACRM_OK ? acrm__grading_outdate(call) : st;
}

/* --- What is in force --- */

static const char *policy_copy(acrm__keep *keep, const char *text)
{
    return text ? acrm__arena_text(&keep->arena, text, strlen(text)) : NULL;
}

static int32_t policy_read(acrm__call *call, acrm__keep *keep, acrm__policy *out)
{
    const acrm__term active = { F_profile_policy__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "profile_policy",
        .terms = &active, .n_terms = 1, .as_system = true }, &rec);

    if (st != ACRM_OK)
        return st;
    /* Without one, customer.profile still shows what these would make of a customer. */
    *out = (acrm__policy){ .active = rec != NULL, .currency = "EUR", .digits = 2,
                           .active_days = 365, .lost_days = 1095, .frequency_days = 1095,
                           .regular_min = 3, .service_days = 365, .service_km = 15000,
                           .km_per_year = 15000, .repurchase_months = 48, .replace_km = 150000 };
    if (!rec)
        return ACRM_OK;
    out->currency = policy_copy(keep, acrm__text(rec, F_profile_policy__currency));
    if (!out->currency)
        return acrm__nomem(call);
    out->digits = acrm__currency_digits(out->currency, 3);
    out->active_days = acrm__int(rec, F_profile_policy__active_days);
    out->lost_days = acrm__int(rec, F_profile_policy__lost_days);
    out->frequency_days = acrm__int(rec, F_profile_policy__frequency_days);
    out->regular_min = acrm__int(rec, F_profile_policy__regular_min);
    out->service_days = acrm__int(rec, F_profile_policy__service_days);
    out->service_km = acrm__int(rec, F_profile_policy__service_km);
    out->km_per_year = acrm__int(rec, F_profile_policy__km_per_year);
    out->repurchase_months = acrm__int(rec, F_profile_policy__repurchase_months);
    out->replace_km = acrm__int(rec, F_profile_policy__replace_km);
    st = policy_cycles(call, rec, out);
    for (uint32_t i = 0; st == ACRM_OK && i < out->n_cycles; i++) {
        bool model = out->cycles[i].model != NULL;
        out->cycles[i].make = policy_copy(keep, out->cycles[i].make);
        out->cycles[i].model = policy_copy(keep, out->cycles[i].model);
        if (!out->cycles[i].make || (model && !out->cycles[i].model))
            st = acrm__nomem(call);
    }
    return st;
}

static int32_t policy_cuts(acrm__call *call, const acrm__rec *rec, acrm__scheme *out)
{
    acrm_value *axes = NULL;
    int32_t st = acrm__scheme_parse(call, rec, F_grade_scheme__cuts, &axes);

    for (size_t a = 0; st == ACRM_OK && a < ACRM_SCORING_AXES_MAX; a++) {
        const acrm_value *keys = acrm_value_at(axes, a);
        out->cut[a] = acrm_value_type(keys) == ACRM_LIST;
        for (size_t k = 0; k < ACRM_SCORING_PARTS_MAX - 1; k++) {
            const char *text = acrm_value_text(acrm_value_at(keys, k), NULL);
            /* Kept as text: a JSON number would not hold every key. */
            if (!text || !acrm__parse_decimal(text, strlen(text), 0, &out->cuts[a][k]))
                out->cuts[a][k] = INT64_MAX;
        }
    }
    return st;
}

static int32_t policy_schemes(acrm__call *call, acrm__keep *keep, acrm__grading *out)
{
    const acrm__term active = { F_grade_scheme__status, ACRM_FILTER_EQ,
                                acrm__cell_text("active") };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "grade_scheme", .terms = &active,
        .n_terms = 1, .limit = ACRM__GRADING_SCHEMES_MAX, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__scheme *scheme = &out->schemes[out->n_schemes++];
        memcpy(scheme->id, acrm__id(found.items[i], F_ID), 16);
        scheme->kind = policy_copy(keep, acrm__text(found.items[i], F_grade_scheme__kind));
        if (!scheme->kind)
            return acrm__nomem(call);
        scheme->revision = acrm__int(found.items[i], F_grade_scheme__revision);
        scheme->main = strcmp(scheme->kind, "customer") == 0;
        st = policy_cuts(call, found.items[i], scheme);
    }
    return st;
}

int32_t acrm__grading_open(acrm__call *call, const acrm__grading **out)
{
    acrm__keep *keep;
    int32_t st = acrm__keep_open(call, policy_keep, &keep);

    if (st != ACRM_OK)
        return st;
    if (!keep->data) {
        acrm__grading *grading = acrm__arena_zero(&keep->arena, sizeof *grading);
        if (!grading)
            return acrm__nomem(call);
        st = policy_read(call, keep, &grading->policy);
        if (st == ACRM_OK)
            st = policy_schemes(call, keep, grading);
        if (st == ACRM_OK)
            keep->data = grading;
    }
    if (st == ACRM_OK)
        *out = keep->data;
    return st;
}
