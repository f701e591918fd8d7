/* SPDX-License-Identifier: MIT */
/* Due days, open days, and what part of the yearly rate each period costs. */
#include "engines/finance/schedule_internal.h"

#include "base/civil.h"
#include "engines/finance/finance_internal.h"

static const struct {
    int8_t months, days;
    int16_t a_year;
} dates_periods[] = {
    [ACRM_PERIOD_MONTH] = { 1, 0, 12 },     [ACRM_PERIOD_QUARTER] = { 3, 0, 4 },
    [ACRM_PERIOD_HALF_YEAR] = { 6, 0, 2 },  [ACRM_PERIOD_YEAR] = { 12, 0, 1 },
    [ACRM_PERIOD_FOUR_WEEKS] = { 0, 28, 13 }, [ACRM_PERIOD_TWO_WEEKS] = { 0, 14, 26 },
    [ACRM_PERIOD_WEEK] = { 0, 7, 52 },      [ACRM_PERIOD_DAY] = { 0, 1, 365 },
};

enum { DATES_SEARCH_DAYS = 366 }; /* an open day must be found within a year */

static bool dates_jalali(const acrm__plan *plan)
{
    return plan->t->calendar == ACRM_CALENDAR_JALALI;
}

static bool dates_split(const acrm__plan *plan, int32_t day, acrm__civil *out)
{
    if (dates_jalali(plan))
        return acrm__jalali_from_day(day, out);
    if (day < ACRM_DAY_MIN || day > ACRM_DAY_MAX)
        return false;
    acrm__civil_from_day(day, out);
    return true;
}

/* 0 for a year out of range. */
static int32_t dates_month_length(const acrm__plan *plan, int32_t year, int32_t month)
{
    if (dates_jalali(plan))
        return acrm__jalali_month_length(year, month);
    return year >= 1 && year <= 9999 ? acrm__civil_month_length(year, month) : 0;
}

/* The day of a month (counted from month 0 of year 0) that due days aim at. */
static bool dates_in_month(const acrm__plan *plan, int32_t month, int32_t dom, int32_t *out)
{
    int32_t year = (int32_t)acrm__floor_div(month, 12);
    int32_t m = (int32_t)acrm__floor_mod(month, 12) + 1;
    int32_t length = dates_month_length(plan, year, m);
    int32_t day = dom < length ? dom : length;

    return dates_jalali(plan) ? acrm__jalali_to_day(year, m, day, out)
                              : acrm__civil_to_day(year, m, day, out);
}

/* The due day of an index; 0 is the first. */
static int32_t dates_due(const acrm__plan *plan, int32_t index, int32_t *out)
{
    int32_t months = dates_periods[plan->t->period].months;
    bool found = true;

    if (index == 0)
        *out = plan->first_due;
    else if (months > 0)
        found = dates_in_month(plan, plan->first_month + index * months, plan->aim_dom, out);
    else
        *out = plan->first_due + index * dates_periods[plan->t->period].days;
    if (!found || *out < ACRM_DAY_MIN || *out > ACRM_DAY_MAX)
        return acrm__issue(plan->issue, ACRM_E_INVALID, "periods", -1,
                           "due days within the calendar's range");
    return ACRM_OK;
}

/* Walks from a day to an open one; *same tells whether it is in the month the walk began in. */
static int32_t dates_walk(const acrm__plan *plan, int32_t day, int32_t by, int32_t *out,
                          bool *same)
{
    const acrm_finance_terms *t = plan->t;
    acrm__civil from;
    acrm__civil to;

    for (int32_t i = 0; i <= DATES_SEARCH_DAYS; i++) {
        int32_t at = day + i * by;
        if (!dates_split(plan, at, &to))
            break;
        int32_t open = t->open(t->open_user, at);
        if (open < 0)
            return open;
        if (open > 0) {
            (void)dates_split(plan, day, &from);
            *same = from.month == to.month && from.year == to.year;
            *out = at;
            return ACRM_OK;
        }
    }
    return acrm__issue(plan->issue, ACRM_E_INVALID, "open", -1, "an open day within a year");
}

/* The first due day from an index on that is open; the last one moves on instead. */
static int32_t dates_next_due(const acrm__plan *plan, int32_t index, int32_t *out)
{
    int32_t due = 0;
    int32_t end = index + DATES_SEARCH_DAYS; /* else a century of closed days took very long */
    bool same = false;
    int32_t status = dates_due(plan, index, &due);

    end = end < plan->t->periods - 1 ? end : plan->t->periods - 1;
    for (; status == ACRM_OK && index < end; index++) {
        int32_t open = plan->t->open(plan->t->open_user, due);
        if (open < 0)
            return open;
        if (open > 0) {
            *out = due;
            return ACRM_OK;
        }
        status = dates_due(plan, index + 1, &due);
    }
    return status == ACRM_OK ? dates_walk(plan, due, 1, out, &same) : status;
}

/* Where the instalment of an index goes that is due on a day. */
int32_t acrm__plan_pay_day(const acrm__plan *plan, int32_t index, int32_t due, int32_t *out)
{
    int32_t move = plan->t->move;
    int32_t by = move == ACRM_MOVE_PRECEDING || move == ACRM_MOVE_MODIFIED_PRECEDING ? -1 : 1;
    bool same = true;

    if (move == ACRM_MOVE_NONE) {
        *out = due;
        return ACRM_OK;
    }
    if (move == ACRM_MOVE_NEXT_DUE)
        return dates_next_due(plan, index, out);
    int32_t status = dates_walk(plan, due, by, out, &same);
    if (status == ACRM_OK && !same &&
        (move == ACRM_MOVE_MODIFIED_FOLLOWING || move == ACRM_MOVE_MODIFIED_PRECEDING))
        status = dates_walk(plan, due, -by, out, &same);
    return status;
}

static int32_t dates_ratio(const acrm__plan *plan, int64_t num, int64_t den, acrm__ratio *out)
{
    if (!acrm__ratio_make((acrm__u128)(uint64_t)plan->t->rate * (uint64_t)num,
                          (acrm__u128)ACRM_RATE_ONE * (uint64_t)den, out))
        return acrm__issue(plan->issue, ACRM_E_LIMIT, "rate", -1,
                           "a rate and a fraction of a year with fewer digits");
    return ACRM_OK;
}

/* Rate times the fraction of a year by the day-count convention. */
static int32_t dates_counted(const acrm__plan *plan, int32_t from, int32_t to, acrm__ratio *out,
                             int32_t *days)
{
    acrm_year_fraction fraction;
    int32_t status = acrm_day_count(&plan->rule, from, to, &fraction, plan->issue);

    if (status != ACRM_OK)
        return status;
    *days = fraction.days;
    return dates_ratio(plan, fraction.num, fraction.den, out);
}

/* Nominal: whole periods back from `to`, the due day of an index, and the odd days as 1/365. */
static int32_t dates_nominal_odd(const acrm__plan *plan, int32_t from, int32_t index, int32_t to,
                                 acrm__ratio *out)
{
    acrm__plan quiet = *plan;
    int32_t periods = 0;
    int32_t before = 0;
    acrm__ratio days;

    quiet.issue = NULL; /* a day before the calendar's range is before `from` too: no fault */
    while (to > from && dates_due(&quiet, index - periods - 1, &before) == ACRM_OK &&
           before >= from) {
        to = before;
        periods++;
    }
    int32_t status = dates_ratio(plan, to - from, 365, &days);
    if (status == ACRM_OK)
        status = dates_ratio(plan, periods, dates_periods[plan->t->period].a_year, out);
    if (status == ACRM_OK && !acrm__ratio_add(*out, days, out))
        status = acrm__issue(plan->issue, ACRM_E_LIMIT, "rate", -1, "a rate with fewer digits");
    return status;
}

/* ACT/ACT ICMA needs a due day that no short month has cut. */
static int32_t dates_icma_anchor(const acrm__plan *plan, int32_t *out)
{
    acrm__civil date;
    int32_t status = ACRM_OK;

    for (int32_t index = 0; index < 5; index++) {
        status = dates_due(plan, index, out);
        if (status != ACRM_OK)
            return status;
        acrm__civil_from_day(*out, &date);
        if (date.day == plan->aim_dom)
            break;
    }
    return ACRM_OK;
}

static int32_t dates_rule(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    bool behind = plan->advance && plan->balloon > 0;
    int32_t status = ACRM_OK;

    plan->rule = (acrm_day_count_rule){ .struct_size = sizeof plan->rule,
                                        .convention = t->day_count,
                                        .termination = ACRM_DAY_NONE,
                                        .period_months = dates_periods[t->period].months,
                                        .month_end = plan->aim_dom == 31 };
    if (t->day_count == ACRM_DAYS_30E_360_ISDA)
        status = dates_due(plan, t->periods - (behind ? 0 : 1), &plan->rule.termination);
    if (t->day_count == ACRM_DAYS_ACT_ACT_ICMA)
        status = dates_icma_anchor(plan, &plan->rule.anchor);
    return status;
}

static int32_t dates_aim(const acrm__plan *plan, const acrm__civil *date)
{
    bool last = date->day == dates_month_length(plan, date->year, date->month);

    return plan->t->month_end && last ? 31 : date->day;
}

/* Settles the first due day and the day of the month to aim at. A first due day that is given but
 * is the regular one aims where the start day does: 31 January, 28 February, 31 March. */
static int32_t dates_first_due(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    acrm__civil start;
    acrm__civil first;
    int32_t regular = 0;

    if (!dates_split(plan, t->start_day, &start))
        return acrm__issue(plan->issue, ACRM_E_INVALID, "start_day", -1, "a day of the calendar");
    plan->aim_dom = t->due_dom != 0 ? t->due_dom : dates_aim(plan, &start);
    plan->first_due = t->start_day;
    plan->first_month = start.year * 12 + start.month - 1;

    int32_t status = dates_due(plan, plan->advance ? 0 : 1, &regular);
    if (status != ACRM_OK)
        return status;
    plan->first_due = t->first_due_day != ACRM_DAY_NONE ? t->first_due_day : regular;
    if (!dates_split(plan, plan->first_due, &first))
        return acrm__issue(plan->issue, ACRM_E_INVALID, "first_due_day", -1,
                           "a day of the calendar");
    if (plan->first_due != regular && t->due_dom == 0)
        plan->aim_dom = dates_aim(plan, &first);
    plan->first_month = first.year * 12 + first.month - 1;
    return ACRM_OK;
}

/* The ratios of the first period: as it is, as if regular, and the odd part apart. */
static int32_t dates_first_ratios(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int32_t to = plan->first_due;
    int32_t days = 0;
    int32_t status = ACRM_OK;
    bool whole = t->start_day == plan->regular_from;
    bool own = t->start_day < plan->regular_from && t->first_period == ACRM_FIRST_OWN_LINE;

    if (t->move_interest)
        status = acrm__plan_pay_day(plan, 0, plan->first_due, &to);
    if (status != ACRM_OK)
        return status;
    if (!plan->nominal) {
        status = dates_counted(plan, t->start_day < to ? t->start_day : to, to, &plan->first,
                               &plan->first_days);
        if (status == ACRM_OK)
            status = dates_counted(plan, plan->regular_from < to ? plan->regular_from : to, to,
                                   &plan->first_regular, &days);
        if (status == ACRM_OK && own)
            status = dates_counted(plan, t->start_day, plan->regular_from, &plan->odd,
                                   &plan->odd_days);
    } else {
        plan->first_regular = plan->advance ? (acrm__ratio){ 0, 1 } : plan->regular;
        plan->first = plan->first_regular;
        if (!whole)
            status = dates_nominal_odd(plan, t->start_day, 0, plan->first_due, &plan->first);
        if (status == ACRM_OK && own)
            status = dates_nominal_odd(plan, t->start_day, plan->advance ? 0 : -1,
                                       plan->regular_from, &plan->odd);
    }
    plan->own_line = own && t->interest_free == 0 && !plan->flat;
    if (plan->own_line) {
        plan->first = plan->first_regular;
        plan->first_days = days;
    }
    return status;
}

static bool dates_month_skipped(const acrm__plan *plan, int32_t due)
{
    acrm__civil date;

    return plan->t->skip_months != 0 && dates_split(plan, due, &date) &&
           (plan->t->skip_months >> (date.month - 1) & 1) != 0;
}

int32_t acrm__plan_dates(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int32_t last = 0;
    int32_t status = dates_ratio(plan, 1, dates_periods[t->period].a_year, &plan->regular);

    plan->first = plan->advance ? (acrm__ratio){ 0, 1 } : plan->regular;
    plan->first_regular = plan->first;
    if (status != ACRM_OK || !plan->dated)
        return status;
    status = dates_first_due(plan);
    if (status == ACRM_OK) /* the last due day must exist before any row is made */
        status = dates_due(plan, t->periods - (plan->advance ? 0 : 1), &last);
    if (status == ACRM_OK && !plan->nominal)
        status = dates_rule(plan);
    plan->regular_from = plan->first_due;
    if (status == ACRM_OK && !plan->advance)
        status = dates_due(plan, -1, &plan->regular_from);
    return status == ACRM_OK ? dates_first_ratios(plan) : status;
}

static int32_t dates_mode(const acrm__plan *plan, int32_t k, int32_t due)
{
    const acrm_finance_terms *t = plan->t;

    if (k < t->periods && (k <= t->grace_interest || dates_month_skipped(plan, due)))
        return ACRM__MODE_HOLIDAY;
    if (k <= t->grace_principal || t->kind == ACRM_FINANCE_INTEREST_ONLY)
        return ACRM__MODE_INTEREST;
    return ACRM__MODE_PAY;
}

int32_t acrm__plan_mode(const acrm__plan *plan, int32_t k, int32_t *mode)
{
    int32_t due = ACRM_DAY_NONE;
    int32_t status = plan->dated ? dates_due(plan, k - 1, &due) : ACRM_OK;

    if (status == ACRM_OK)
        *mode = dates_mode(plan, k, due);
    return status;
}

int32_t acrm__plan_period(const acrm__plan *plan, int32_t k, int32_t from, acrm__period *out)
{
    const acrm_finance_terms *t = plan->t;
    int32_t status = ACRM_OK;

    out->from = from;
    out->due = ACRM_DAY_NONE;
    out->pay = ACRM_DAY_NONE;
    out->to = ACRM_DAY_NONE;
    out->days = 0;
    if (plan->dated) {
        status = dates_due(plan, k - 1, &out->due);
        if (status == ACRM_OK)
            status = acrm__plan_pay_day(plan, k - 1, out->due, &out->pay);
        if (status != ACRM_OK)
            return status;
        out->to = t->move_interest ? out->pay : out->due;
    }
    out->mode = dates_mode(plan, k, out->due);
    if (t->interest_free > 0 && k - (plan->advance ? 1 : 0) <= t->interest_free) {
        out->ratio = (acrm__ratio){ 0, 1 };
    } else if (k == 1) {
        out->ratio = plan->first;
        out->days = plan->first_days;
    } else if (plan->nominal) {
        out->ratio = plan->regular;
    } else {
        status = dates_counted(plan, from < out->to ? from : out->to, out->to, &out->ratio,
                               &out->days);
    }
    return status;
}
