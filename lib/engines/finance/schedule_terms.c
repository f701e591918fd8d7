/* SPDX-License-Identifier: MIT */
/* The defaults of a contract's terms, their ranges, and what they may not be together. */
#include "engines/finance/schedule_internal.h"

#include "base/civil.h"
#include "engines/finance/finance_internal.h"

#include <string.h>

#define TERMS_AMOUNT "0..1000000000000000"
#define TERMS_RATE "0..10000000000"

typedef struct terms_int32 {
    const char *name;
    size_t at;
    int32_t min, max;
    const char *allowed;
} terms_int32;

typedef struct terms_int64 {
    const char *name;
    size_t at;
    int64_t min, max;
    const char *allowed;
} terms_int64;

#define AT(member) #member, offsetof(acrm_finance_terms, member)

static const terms_int32 terms_int32s[] = {
    { AT(kind), 0, 5, "0..5" },
    { AT(timing), 0, 1, "0, 1" },
    { AT(period), 0, 7, "0..7" },
    { AT(periods), 1, ACRM_FINANCE_PERIODS_MAX, "1..36525" },
    { AT(day_count), 0, ACRM_DAYS_ACT_ACT_ICMA, "0..8" },
    { AT(grace_principal), 0, ACRM_FINANCE_PERIODS_MAX - 1, "0..periods - 1" },
    { AT(grace_interest), 0, ACRM_FINANCE_PERIODS_MAX - 1, "0..periods - 1" },
    { AT(interest_free), 0, ACRM_FINANCE_PERIODS_MAX, "0..periods" },
    { AT(unpaid), 0, 1, "0, 1" },
    { AT(calendar), 0, 1, "0, 1" },
    { AT(due_dom), 0, 31, "0..31" },
    { AT(month_end), 0, 1, "0, 1" },
    { AT(first_period), 0, 2, "0..2" },
    { AT(move), 0, 5, "0..5" },
    { AT(move_interest), 0, 1, "0, 1" },
    { AT(spread), 0, 1, "0, 1" },
    { AT(rounding), 0, 4, "0..4" },
    { AT(instalment_rounding), 0, 4, "0..4" },
    { AT(tax_on), 0, 4, "0..4" },
    { AT(tax_financed), 0, 1, "0, 1" },
};

static const terms_int64 terms_int64s[] = {
    { AT(rate), 0, ACRM_FINANCE_RATE_MAX, TERMS_RATE },
    { AT(price), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(deposit), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(trade_in), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(trade_in_debt), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(balloon), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(instalment), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(profit), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(round_unit), 1, ACRM_FINANCE_UNIT_MAX, "1..1000000000" },
    { AT(instalment_unit), 1, ACRM_FINANCE_UNIT_MAX, "1..1000000000" },
    { AT(tail), 0, ACRM_FINANCE_AMOUNT_MAX, TERMS_AMOUNT },
    { AT(tax_rate), 0, ACRM_FINANCE_RATE_MAX, TERMS_RATE },
};

#undef AT

enum {
    TERMS_INT32S = sizeof terms_int32s / sizeof terms_int32s[0],
    TERMS_INT64S = sizeof terms_int64s / sizeof terms_int64s[0]
};

void acrm_finance_terms_init(acrm_finance_terms *terms)
{
    if (terms == NULL)
        return;
    *terms = (acrm_finance_terms){ .struct_size = sizeof *terms,
                                   .periods = 1,
                                   .start_day = ACRM_DAY_NONE,
                                   .first_due_day = ACRM_DAY_NONE,
                                   .round_unit = 1,
                                   .instalment_unit = 1 };
}

static int32_t terms_fault(acrm_issue *issue, const char *field, const char *allowed)
{
    return acrm__issue(issue, ACRM_E_INVALID, field, -1, allowed);
}

static int32_t terms_check_ranges(const acrm_finance_terms *t, acrm_issue *issue)
{
    for (size_t i = 0; i < TERMS_INT32S; i++) {
        const terms_int32 *m = &terms_int32s[i];
        int32_t value = *(const int32_t *)(const void *)((const char *)t + m->at);
        if (value < m->min || value > m->max)
            return terms_fault(issue, m->name, m->allowed);
    }
    for (size_t i = 0; i < TERMS_INT64S; i++) {
        const terms_int64 *m = &terms_int64s[i];
        int64_t value = *(const int64_t *)(const void *)((const char *)t + m->at);
        if (value < m->min || value > m->max)
            return terms_fault(issue, m->name, m->allowed);
    }
    return ACRM_OK;
}

static int32_t terms_check_kind(const acrm_finance_terms *t, acrm_issue *issue)
{
    if (t->grace_principal >= t->periods)
        return terms_fault(issue, "grace_principal", "0..periods - 1");
    if (t->grace_interest >= t->periods)
        return terms_fault(issue, "grace_interest", "0..periods - 1");
    if (t->interest_free > t->periods)
        return terms_fault(issue, "interest_free", "0..periods");
    if (t->kind == ACRM_FINANCE_INTEREST_ONLY && t->balloon != 0)
        return terms_fault(issue, "balloon", "0: the whole principal falls due at the end");
    if (t->kind == ACRM_FINANCE_MURABAHA && t->rate != 0)
        return terms_fault(issue, "rate", "0: the profit is agreed");
    if (t->kind != ACRM_FINANCE_MURABAHA && t->profit != 0)
        return terms_fault(issue, "profit", "0 unless kind is murabaha");
    if (t->kind != ACRM_FINANCE_ANNUITY && t->instalment != 0)
        return terms_fault(issue, "instalment", "0 unless kind is annuity");
    if (t->kind != ACRM_FINANCE_ANNUITY && t->steps_len != 0)
        return terms_fault(issue, "steps", "none unless kind is annuity");
    return ACRM_OK;
}

static int32_t terms_check_days(const acrm_finance_terms *t, acrm_issue *issue)
{
    bool jalali = t->calendar == ACRM_CALENDAR_JALALI;
    int32_t min = jalali ? ACRM__JALALI_DAY_MIN : ACRM_DAY_MIN;
    int32_t max = jalali ? ACRM__JALALI_DAY_MAX : ACRM_DAY_MAX;
    const char *range = jalali ? "1178-01-01..1633-12-29" : "0001-01-01..9999-12-31";

    if (t->skip_months > 0xfff)
        return terms_fault(issue, "skip_months", "bits 0..11");
    if (t->start_day == ACRM_DAY_NONE) {
        if (t->day_count != ACRM_DAYS_NOMINAL || t->skip_months != 0 ||
            t->move != ACRM_MOVE_NONE || t->first_due_day != ACRM_DAY_NONE)
            return terms_fault(issue, "start_day", "a day: the other terms need dates");
        return ACRM_OK;
    }
    if (t->start_day < min || t->start_day > max)
        return terms_fault(issue, "start_day", range);
    if (t->first_due_day != ACRM_DAY_NONE &&
        (t->first_due_day < t->start_day || t->first_due_day > max))
        return terms_fault(issue, "first_due_day", "start_day and later");
    if (t->move != ACRM_MOVE_NONE && t->open == NULL)
        return terms_fault(issue, "open", "a function: move needs it");
    if (t->day_count == ACRM_DAYS_ACT_ACT_ICMA && (jalali || t->period > ACRM_PERIOD_YEAR))
        return terms_fault(issue, "day_count", "ACT/ACT ICMA takes Gregorian months only");
    return ACRM_OK;
}

static int32_t terms_check_charges(const acrm_finance_terms *t, acrm_issue *issue)
{
    if (t->charges_len > ACRM_FINANCE_CHARGES_MAX || (t->charges_len > 0 && t->charges == NULL))
        return terms_fault(issue, "charges", "up to 64");
    for (size_t i = 0; i < t->charges_len; i++) {
        const acrm_finance_charge *c = &t->charges[i];
        const char *field = NULL;
        const char *allowed = TERMS_AMOUNT;

        if (c->kind < 0 || c->kind > ACRM_CHARGE_INSURANCE) {
            field = "charges.kind";
            allowed = "0, 1";
        } else if (c->when < 0 || c->when > ACRM_CHARGE_FINAL) {
            field = "charges.when";
            allowed = "0..3";
        } else if (c->basis < 0 || c->basis > ACRM_CHARGE_OF_BALANCE ||
                   (c->basis == ACRM_CHARGE_OF_BALANCE && c->when < ACRM_CHARGE_PERIODIC)) {
            field = "charges.basis";
            allowed = "0..3; of the balance only in a row";
        } else if (c->flags > (ACRM_CHARGE_IN_APR | ACRM_CHARGE_TAXED)) {
            field = "charges.flags";
            allowed = "0..3";
        } else if (c->amount < 0 || c->amount > ACRM_FINANCE_AMOUNT_MAX) {
            field = "charges.amount";
        } else if (c->rate < 0 || c->rate > ACRM_FINANCE_RATE_MAX) {
            field = "charges.rate";
            allowed = TERMS_RATE;
        }
        if (field != NULL)
            return acrm__issue(issue, ACRM_E_INVALID, field, (int64_t)i, allowed);
    }
    return ACRM_OK;
}

static int32_t terms_check_steps(const acrm_finance_terms *t, acrm_issue *issue)
{
    int32_t before = 0;

    if (t->steps_len > (size_t)t->periods || (t->steps_len > 0 && t->steps == NULL))
        return terms_fault(issue, "steps", "up to periods");
    for (size_t i = 0; i < t->steps_len; i++) {
        const acrm_finance_step *s = &t->steps[i];
        if (s->from <= before || s->from > t->periods)
            return acrm__issue(issue, ACRM_E_INVALID, "steps.from", (int64_t)i,
                               "1..periods, ascending");
        if (s->what != ACRM_STEP_SHARE && s->what != ACRM_STEP_AMOUNT)
            return acrm__issue(issue, ACRM_E_INVALID, "steps.what", (int64_t)i, "0, 1");
        int64_t max = s->what == ACRM_STEP_SHARE ? INT64_C(1000000000000)
                                                 : ACRM_FINANCE_AMOUNT_MAX;
        if (s->value < 0 || s->value > max)
            return acrm__issue(issue, ACRM_E_INVALID, "steps.value", (int64_t)i,
                               s->what == ACRM_STEP_SHARE ? "0..1000000000000" : TERMS_AMOUNT);
        before = s->from;
    }
    return ACRM_OK;
}

int32_t acrm__terms_check(const acrm_finance_terms *terms, acrm_issue *issue)
{
    int32_t status = terms_check_ranges(terms, issue);

    if (status == ACRM_OK)
        status = terms_check_kind(terms, issue);
    if (status == ACRM_OK)
        status = terms_check_days(terms, issue);
    if (status == ACRM_OK)
        status = terms_check_charges(terms, issue);
    if (status == ACRM_OK)
        status = terms_check_steps(terms, issue);
    return status;
}
