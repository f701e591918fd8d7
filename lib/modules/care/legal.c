/* SPDX-License-Identifier: MIT */
/* The deadline that the law sets for a case: how it is counted, and what is raised about it. */
#include "modules/care/care.h"

#include "base/civil.h"

typedef struct legal_run {
    acrm__call *call;
    acrm__rec *rec;
    const acrm__rec *dealer, *rule;
    const char *country, *country_of;
} legal_run;

static bool legal_fits(const legal_run *run, const acrm__rec *rule)
{
    const char *country = acrm__text(rule, F_case_legal_rule__country);
    const char *kind = acrm__text(rule, F_case_legal_rule__kind);
    const unsigned char *type = acrm__id(rule, F_case_legal_rule__type_id);

    if (country && (!run->country || strcmp(country, run->country) != 0))
        return false;
    if (kind && !acrm__care_is(run->rec, F_case__kind, kind))
        return false;
    return !type || acrm__care_same(type, acrm__id(run->rec, F_case__type_id));
}

static int32_t legal_country(legal_run *run)
{
    acrm__rec *customer;
    int32_t st = acrm__care_follow(run->call, run->rec, F_case__customer_id, &customer);

    if (st != ACRM_OK || !customer)
        return st;
    run->country = acrm__text(customer, acrm__field_of(customer->entity, "country"));
    run->country_of = "customer";
    if (!run->country && run->dealer) {
        run->country = acrm__text(run->dealer, acrm__field_of(run->dealer->entity, "country"));
        run->country_of = "dealer";
    }
    return ACRM_OK;
}

static int32_t legal_rule(legal_run *run)
{
    acrm__term active = { F_case_legal_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs rules;

    int32_t st = acrm__find(run->call, &(acrm__select){ .entity = "case_legal_rule",
        .terms = &active, .n_terms = 1, .order = F_case_legal_rule__position,
        .as_system = true }, &rules);
    if (st == ACRM_OK && rules.count > 0)
        st = legal_country(run);
    for (size_t i = 0; st == ACRM_OK && i < rules.count && !run->rule; i++)
        if (legal_fits(run, rules.items[i]))
            run->rule = rules.items[i];
    return st;
}

/* The last day of the deadline on the dealer's own dates. */
static int32_t legal_last_day(legal_run *run, int32_t first, int32_t *out)
{
    int64_t days = acrm__int(run->rule, F_case_legal_rule__days);
    int64_t at = acrm__int(run->rec, F_case__opened_at);
    acrm_local local;

    if (!acrm__care_is(run->rule, F_case_legal_rule__unit, "business_days")) {
        *out = first + (int32_t)days;
        return ACRM_OK;
    }
    int32_t st = acrm__care_add_days(run->call,
                                     acrm__id(run->rule, F_case_legal_rule__calendar_id), days,
                                     &at);
    if (st == ACRM_OK)
        st = acrm__care_local(run->call, run->dealer, at, &local);
    if (st == ACRM_OK)
        *out = local.day;
    return st;
}

static int32_t legal_explain(legal_run *run, int32_t first, int32_t last)
{
    acrm__call *call = run->call;
    const acrm__rec *rule = run->rule;
    acrm_value *map = acrm__care_map(call);
    bool ok = map && acrm__put_text(map, "rule_id", acrm__id_text(call, acrm__id(rule, F_ID))) &&
              acrm__put_text(map, "law", acrm__text(rule, F_case_legal_rule__law)) &&
              acrm__put_text(map, "country", run->country) &&
              acrm__put_text(map, "country_of", run->country ? run->country_of : NULL) &&
              acrm__put_int(map, "days", acrm__int(rule, F_case_legal_rule__days)) &&
              acrm__put_text(map, "unit", acrm__text(rule, F_case_legal_rule__unit)) &&
              acrm__put_text(map, "opened_on", acrm__date_text(call, first)) &&
              acrm__put_text(map, "last_day", acrm__date_text(call, last));

    return ok ? acrm__care_json(call, map, &run->rec->cells[F_case__legal_explanation])
              : acrm__nomem(call);
}

static int32_t legal_set(legal_run *run)
{
    acrm_local opened;
    int32_t last = 0;
    int64_t due = 0;

    int32_t st = acrm__care_local(run->call, run->dealer, acrm__int(run->rec, F_case__opened_at),
                                  &opened);
    if (st == ACRM_OK)
        st = legal_last_day(run, opened.day, &last);
    if (st == ACRM_OK)
        st = acrm__care_midnight(run->call, run->dealer, last + 1, &due);
    if (st != ACRM_OK)
        return st;
    acrm__set(run->rec, F_case__legal_due, acrm__cell_int(due));
    if (!acrm__is_null(run->rule, F_case_legal_rule__warn_before))
        acrm__set(run->rec, F_case__legal_warn_at,
                  acrm__cell_int(due - acrm__int(run->rule, F_case_legal_rule__warn_before) *
                                           ACRM__SECOND_US));
    return legal_explain(run, opened.day, last);
}

int32_t acrm__care_legal(acrm__call *call, acrm__rec *rec, const acrm__rec *dealer)
{
    static const uint32_t fields[] = { F_case__legal_due, F_case__legal_warn_at,
                                       F_case__legal_explanation };
    legal_run run = { .call = call, .rec = rec, .dealer = dealer };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        acrm__set(rec, fields[i], acrm__cell_null());
    int32_t st = legal_rule(&run);
    return st == ACRM_OK && run.rule ? legal_set(&run) : st;
}

int32_t acrm__care_legal_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *country = acrm__text(rec, F_case_legal_rule__country);

    (void)before;
    if (country && (strlen(country) != 2 || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
        return acrm__fail(call, ACRM_E_INVALID, "format", "country",
                          "country must be two capital letters (ISO 3166-1), such as IR");
    return ACRM_OK;
}

/* --- What is raised --- */

/* Telling the customer is what the law asks for. */
static bool legal_runs(const acrm__rec *rec)
{
    return !acrm__is_null(rec, F_case__legal_due) && acrm__is_null(rec, F_case__told_at) &&
           acrm__is_null(rec, F_case__legal_missed_at) && acrm__is_null(rec, F_DELETED_AT) &&
           acrm__is_null(rec, F_case__duplicate_of_id);
}

int32_t acrm__care_legal_timer(acrm__call *call, const acrm__rec *rec)
{
    int64_t warn = acrm__int(rec, F_case__legal_warn_at), due = acrm__int(rec, F_case__legal_due);
    bool warns = !acrm__is_null(rec, F_case__legal_warn_at) && warn > call->now;

    if (!legal_runs(rec))
        return acrm__timer_cancel(call, "case.legal", acrm__id(rec, F_ID));
    return acrm__timer_set(call, "case.legal", "case", acrm__id(rec, F_ID), warns ? warn : due,
                           NULL);
}

int32_t acrm__care_legal_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *rec = NULL;
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case", .terms = &term,
                                                       .n_terms = 1 }, &rec);
    if (st != ACRM_OK || !rec || !legal_runs(rec))
        return st;
    if (call->now < acrm__int(rec, F_case__legal_due)) {
        st = acrm__care_emit(call, "case.legal_warning", rec);
        return st == ACRM_OK ? acrm__timer_set(call, "case.legal", "case", timer->subject,
                                               acrm__int(rec, F_case__legal_due), NULL)
                             : st;
    }
    acrm__set(rec, F_case__legal_missed_at, rec->cells[F_case__legal_due]);
    st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__care_emit(call, "case.legal_missed", rec) : st;
}
