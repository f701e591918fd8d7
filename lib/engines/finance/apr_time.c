/* SPDX-License-Identifier: MIT */
/* Time between flows: unit-periods of Appendix J (b)(3) to (b)(5), and Annex I remark (c). */
#include "engines/finance/apr_internal.h"

static bool apr_is_eu(int32_t method)
{
    return method != ACRM_APR_US_REGZ;
}

static bool apr_is_days(int32_t method)
{
    return method == ACRM_APR_EU_DAYS_365 || method == ACRM_APR_EU_DAYS_365_25;
}

acrm__apr_date acrm__apr_date_of(int32_t day)
{
    acrm__civil d = acrm__date_of(day);

    return (acrm__apr_date){ .day = day,
                             .month = d.year * 12 + d.month - 1,
                             .dom = d.day,
                             .last = acrm__civil_month_length(d.year, d.month) };
}

/*
 * The day of the month to look for when measuring back from `to`. The end of a short month stands
 * for the series' day (`dom`), so that from 31 January to 28 February is one month; two month-ends
 * are always whole months apart.
 */
static int32_t apr_day_sought(acrm__apr_date from, acrm__apr_date to, int32_t dom)
{
    if (to.dom != to.last)
        return to.dom;
    if (from.dom == from.last)
        return 31;
    return dom > to.dom ? dom : to.dom;
}

/* Whole months from `from` to `to`, measured back from `to`, and the days left before them. */
static int32_t apr_months_back(acrm__apr_date from, acrm__apr_date to, int32_t dom, int32_t *days)
{
    int32_t day = apr_day_sought(from, to, dom);
    int32_t back = day < from.last ? day : from.last; /* the day reached in `from`'s own month */

    if (back >= from.dom) {
        *days = back - from.dom;
        return to.month - from.month;
    }
    int32_t next = from.month + 1;
    int32_t length = day > 28 ? acrm__civil_month_length(next / 12, next % 12 + 1) : 28;
    *days = from.last - from.dom + (day < length ? day : length);
    return to.month - next;
}

/* The same in whole years and days. */
static int32_t apr_years_back(acrm__apr_date from, acrm__apr_date to, int32_t dom, int32_t *days)
{
    int32_t day = apr_day_sought(from, to, dom);
    int32_t years = apr_months_back(from, to, dom, days) / 12;

    *days = acrm__day_in_month(to.day, -12 * years, day) - from.day;
    return years;
}

/* The length of the year that ends on a day: 366 when it holds a 29 February. */
static int32_t apr_year_length(int32_t day)
{
    acrm__civil d = acrm__date_of(day);
    bool past = d.month > 2 || (d.month == 2 && d.day == 29);

    return acrm__civil_leap(past ? d.year : d.year - 1) ? 366 : 365;
}

static acrm_flow_time apr_whole_and_rest(int64_t total, int32_t unit)
{
    return (acrm_flow_time){ .whole = (int32_t)(total / unit),
                             .odd_num = (int32_t)(total % unit),
                             .odd_den = unit };
}

/* Appendix J (b)(5). */
static acrm_flow_time apr_span_us(const acrm__apr_clock *clock, acrm__apr_date from,
                                  acrm__apr_date to, int32_t dom)
{
    int32_t days = 0;
    int32_t months;

    switch (clock->unit_kind) {
    case ACRM_UNIT_DAY:
        return apr_whole_and_rest((int64_t)to.day - from.day, clock->unit_count);
    case ACRM_UNIT_WEEK:
        return apr_whole_and_rest((int64_t)to.day - from.day, 7 * clock->unit_count);
    case ACRM_UNIT_SEMIMONTH:
        months = apr_months_back(from, to, dom, &days);
        return apr_whole_and_rest((int64_t)months * 30 + days, 15);
    case ACRM_UNIT_MONTH:
        months = apr_months_back(from, to, dom, &days);
        if (clock->unit_count > 1)
            return apr_whole_and_rest((int64_t)months * 30 + days, 30 * clock->unit_count);
        /* 1 January to 31 March: two months back is 31 January, and 30 days are left. */
        return (acrm_flow_time){ .whole = months + days / 30,
                                 .odd_num = days % 30,
                                 .odd_den = 30 };
    default: /* a year */
        months = apr_months_back(from, to, dom, &days);
        if (days == 0)
            return (acrm_flow_time){ .whole = months / 12,
                                     .odd_num = months % 12,
                                     .odd_den = 12 };
        months = apr_years_back(from, to, dom, &days);
        return (acrm_flow_time){ .whole = months + days / 365,
                                 .odd_num = days % 365,
                                 .odd_den = 365 };
    }
}

/* Annex I remark (c): whole periods back from the flow, then days over the length of the year that
 * goes back from where the whole periods stop. */
static acrm_flow_time apr_span_eu(const acrm__apr_clock *clock, acrm__apr_date from,
                                  acrm__apr_date to, int32_t dom)
{
    int32_t days = 0;
    int32_t whole;

    switch (clock->unit_kind) {
    case ACRM_UNIT_DAY: /* the day methods */
        return (acrm_flow_time){ .whole = to.day - from.day, .odd_num = 0, .odd_den = 1 };
    case ACRM_UNIT_WEEK:
        whole = (to.day - from.day) / 7;
        days = (to.day - from.day) % 7;
        break;
    case ACRM_UNIT_MONTH:
        whole = apr_months_back(from, to, dom, &days);
        break;
    default: /* a year */
        whole = apr_years_back(from, to, dom, &days);
        break;
    }
    if (days == 0)
        return (acrm_flow_time){ .whole = whole, .odd_num = 0, .odd_den = 1 };
    return (acrm_flow_time){ .whole = whole,
                             .odd_num = days,
                             .odd_den = apr_year_length(from.day + days) };
}

acrm_flow_time acrm__apr_span(const acrm__apr_clock *clock, acrm__apr_date from, acrm__apr_date to,
                              int32_t dom)
{
    return apr_is_eu(clock->method) ? apr_span_eu(clock, from, to, dom)
                                    : apr_span_us(clock, from, to, dom);
}

int32_t acrm__apr_times(const acrm__apr_clock *clock, const acrm_flow *flows, size_t n,
                        acrm_flow_time *times, acrm_issue *issue)
{
    for (size_t k = 0; k < n; k++) {
        int32_t dom = flows[k].kind == ACRM_FLOW_ADVANCE ? clock->advance_dom : clock->payment_dom;
        acrm__apr_date date = { .day = flows[k].day,
                                .month = times[k].whole,
                                .dom = times[k].odd_num,
                                .last = times[k].odd_den };

        if (date.day >= clock->origin.day) {
            times[k] = acrm__apr_span(clock, clock->origin, date, dom);
        } else if (apr_is_eu(clock->method)) {
            acrm_flow_time t = acrm__apr_span(clock, date, clock->origin, 0);
            times[k] = (acrm_flow_time){ -t.whole, -t.odd_num, t.odd_den };
        } else {
            return acrm__issue(issue, ACRM_E_INVALID, "flows.day", (int64_t)k,
                               "not before the start of the term");
        }
    }
    return ACRM_OK;
}

/* The day of the month on which all flows of a kind recur; 31 when all are month-ends of different
 * lengths; 0 when they follow no such rule, or one that no month is too short for. */
static int32_t apr_series_dom(const acrm_flow *flows, const acrm_flow_time *dates, size_t n,
                              int32_t kind)
{
    int32_t longest = 0;
    int32_t shortest = 32;
    bool ends = true;

    for (size_t k = 0; k < n; k++) {
        if (flows[k].kind != kind)
            continue;
        int32_t dom = dates[k].odd_num;
        ends = ends && dom == dates[k].odd_den;
        longest = dom > longest ? dom : longest;
        shortest = dom < shortest ? dom : shortest;
    }
    if (longest <= 28)
        return 0;
    if (ends && shortest != longest)
        return 31;
    for (size_t k = 0; k < n; k++) {
        int32_t last = dates[k].odd_den;
        if (flows[k].kind == kind && dates[k].odd_num != (longest < last ? longest : last))
            return 0;
    }
    return longest;
}

enum { APR_MONTHS = 13, APR_WEEKS = 53 };

/* How often each standard interval occurs between the dates. */
typedef struct apr_census {
    int32_t months[APR_MONTHS];
    int32_t weeks[APR_WEEKS];
    int32_t four_weeks_and_month;
    int32_t days;
    int32_t semimonths;
    int64_t total_days;
    int32_t intervals;
} apr_census;

static void apr_census_add(apr_census *census, acrm__apr_date from, acrm__apr_date to, int32_t dom)
{
    int32_t odd = 0;
    int32_t days = to.day - from.day;

    if (days <= 0)
        return;
    int32_t months = apr_months_back(from, to, dom, &odd);
    bool whole_months = odd == 0 && months >= 1 && months <= 12;
    bool whole_weeks = days % 7 == 0 && days / 7 < APR_WEEKS;
    if (whole_months)
        census->months[months]++;
    if (whole_weeks)
        census->weeks[days / 7]++;
    if (whole_months && whole_weeks && days == 28)
        census->four_weeks_and_month++;
    if (days == 1)
        census->days++;
    census->intervals++;
    census->total_days += days;
}

static void apr_census_take(apr_census *census, const acrm__apr_clock *clock,
                            const acrm_flow *flows, size_t n, int32_t kind)
{
    int32_t dom = kind == ACRM_FLOW_ADVANCE ? clock->advance_dom : clock->payment_dom;
    acrm__apr_date before = clock->origin;
    acrm__apr_date before_that = clock->origin;
    int32_t odd = 0;

    for (size_t k = 0; k < n; k++) {
        if (flows[k].kind != kind)
            continue;
        acrm__apr_date date = acrm__apr_date_of(flows[k].day);
        int32_t half = before.day - before_that.day;
        apr_census_add(census, before, date, dom);
        /* Two uneven halves of one month: a first count stands for both. */
        if (half >= 13 && half <= 18 && date.day > before.day &&
            apr_months_back(before_that, date, dom, &odd) == 1 && odd == 0)
            census->semimonths += census->semimonths == 0 ? 2 : 1;
        before_that = before;
        before = date;
    }
}

typedef struct apr_choice {
    int32_t kind, count, length, times;
} apr_choice;

/* Frequent beats rare, and among equals the shorter period wins: (b)(4)(i)(A). */
static void apr_consider(apr_choice *best, int32_t kind, int32_t count, int32_t length,
                         int32_t times)
{
    if (times < 2 || times < best->times || (times == best->times && length >= best->length))
        return;
    *best = (apr_choice){ .kind = kind, .count = count, .length = length, .times = times };
}

/* The standard period nearest to the average, the lower of two equally near: (b)(4)(i)(B). */
static void apr_consider_average(const apr_census *census, apr_choice *best, int32_t kind,
                                 int32_t count, int32_t length)
{
    int64_t off = census->total_days - (int64_t)length * census->intervals;
    int64_t best_off = census->total_days - (int64_t)best->length * census->intervals;

    off = off < 0 ? -off : off;
    best_off = best_off < 0 ? -best_off : best_off;
    if (best->kind == 0 || off < best_off || (off == best_off && length < best->length))
        *best = (apr_choice){ .kind = kind, .count = count, .length = length, .times = 0 };
}

static apr_choice apr_average(const apr_census *census)
{
    apr_choice best = { 0 };

    for (int32_t m = 1; m < 12; m++)
        apr_consider_average(census, &best, ACRM_UNIT_MONTH, m, 30 * m);
    apr_consider_average(census, &best, ACRM_UNIT_YEAR, 1, 365);
    apr_consider_average(census, &best, ACRM_UNIT_SEMIMONTH, 1, 15);
    for (int32_t w = 1; w < 52; w++)
        apr_consider_average(census, &best, ACRM_UNIT_WEEK, w, 7 * w);
    apr_consider_average(census, &best, ACRM_UNIT_DAY, 1, 1);
    return best;
}

static apr_choice apr_most_frequent(const apr_census *census)
{
    apr_choice best = { 0 };

    for (int32_t m = 1; m < 12; m++)
        apr_consider(&best, ACRM_UNIT_MONTH, m, 30 * m, census->months[m]);
    apr_consider(&best, ACRM_UNIT_YEAR, 1, 365, census->months[12]);
    apr_consider(&best, ACRM_UNIT_SEMIMONTH, 1, 15, census->semimonths);
    for (int32_t w = 1; w < APR_WEEKS; w++) {
        bool only_february = w == 4 && census->weeks[w] == census->four_weeks_and_month;
        if (!only_february)
            apr_consider(&best, ACRM_UNIT_WEEK, w, 7 * w, census->weeks[w]);
    }
    apr_consider(&best, ACRM_UNIT_DAY, 1, 1, census->days);
    return best.times > 0 || census->intervals == 0 ? best : apr_average(census);
}

/* A single advance repaid at once: the term is the unit-period, a year at most. */
static apr_choice apr_single(const acrm__apr_clock *clock, int32_t day)
{
    int32_t odd = 0;
    int32_t days = day - clock->origin.day;
    int32_t months = 0;

    if (days > 0)
        months = apr_months_back(clock->origin, acrm__apr_date_of(day), 0, &odd);

    if (months >= 12)
        return (apr_choice){ .kind = ACRM_UNIT_YEAR, .count = 1 };
    if (months >= 1 && odd == 0)
        return (apr_choice){ .kind = ACRM_UNIT_MONTH, .count = months };
    return (apr_choice){ .kind = ACRM_UNIT_DAY, .count = days > 0 ? days : 1 };
}

static void apr_find_unit(acrm__apr_clock *clock, const acrm_flow *flows, size_t n)
{
    apr_choice choice = { 0 };
    apr_census census = { 0 };
    size_t advances = 0;
    size_t payments = 0;
    int32_t last_payment = 0;

    for (size_t k = 0; k < n; k++) {
        advances += flows[k].kind == ACRM_FLOW_ADVANCE ? 1 : 0;
        if (flows[k].kind == ACRM_FLOW_PAYMENT) {
            payments++;
            last_payment = flows[k].day;
        }
    }
    if (advances == 1 && payments == 1 && !apr_is_eu(clock->method)) {
        choice = apr_single(clock, last_payment);
    } else {
        apr_census_take(&census, clock, flows, n, ACRM_FLOW_ADVANCE);
        apr_census_take(&census, clock, flows, n, ACRM_FLOW_PAYMENT);
        choice = apr_most_frequent(&census);
    }
    clock->unit_kind = choice.kind == 0 ? ACRM_UNIT_MONTH : choice.kind;
    clock->unit_count = choice.count == 0 ? 1 : choice.count;
    if (!apr_is_eu(clock->method))
        return;
    /* Annex I knows weeks, months and years; twelfths express all the others exactly or best. */
    if (clock->unit_kind != ACRM_UNIT_WEEK && clock->unit_kind != ACRM_UNIT_YEAR)
        clock->unit_kind = ACRM_UNIT_MONTH;
    clock->unit_count = 1;
}

/* Unit counts allowed for each ACRM_UNIT_..., and units a year. */
static const struct {
    int32_t count_max;
    double per_year;
    const char *allowed;
} apr_units[] = {
    [ACRM_UNIT_DAY] = { 365, 365, "1..365" }, [ACRM_UNIT_WEEK] = { 52, 52, "1..52" },
    [ACRM_UNIT_SEMIMONTH] = { 1, 24, "1" },   [ACRM_UNIT_MONTH] = { 12, 12, "1..12" },
    [ACRM_UNIT_YEAR] = { 1, 1, "1" },
};

int32_t acrm__apr_unit(acrm__apr_clock *clock, acrm_issue *issue)
{
    if (apr_is_days(clock->method)) {
        clock->unit_kind = ACRM_UNIT_DAY;
        clock->unit_count = 1;
        clock->per_year = clock->method == ACRM_APR_EU_DAYS_365 ? 365 : 365.25;
        clock->odd_unit = clock->per_year;
        return ACRM_OK;
    }
    bool eu = apr_is_eu(clock->method);
    int32_t kind = clock->unit_kind;
    if (kind < ACRM_UNIT_DAY || kind > ACRM_UNIT_YEAR ||
        (eu && kind != ACRM_UNIT_WEEK && kind != ACRM_UNIT_MONTH && kind != ACRM_UNIT_YEAR))
        return acrm__issue(issue, ACRM_E_INVALID, "options.unit_kind", -1,
                           eu ? "week, month, year, or auto by date"
                              : "day, week, semimonth, month, year, or auto by date");
    if (clock->unit_count < 1 || clock->unit_count > (eu ? 1 : apr_units[kind].count_max))
        return acrm__issue(issue, ACRM_E_INVALID, "options.unit_count", -1,
                           eu ? "1" : apr_units[kind].allowed);
    if (kind == ACRM_UNIT_MONTH && clock->unit_count == 12) { /* (b)(5)(v) */
        clock->unit_kind = ACRM_UNIT_YEAR;
        clock->unit_count = 1;
    }
    clock->per_year = apr_units[clock->unit_kind].per_year / clock->unit_count;
    clock->odd_unit = eu ? clock->per_year : 1;
    return ACRM_OK;
}

int32_t acrm__apr_measure(const acrm_apr_options *options, const acrm_flow *flows, size_t n,
                          acrm_flow_time *times, acrm__apr_clock *clock, acrm_issue *issue)
{
    int32_t origin = options->start_day;

    for (size_t k = 0; k < n; k++) {
        acrm__apr_date date = acrm__apr_date_of(flows[k].day);
        times[k] = (acrm_flow_time){ date.month, date.dom, date.last };
        if (origin == ACRM_DAY_NONE && flows[k].kind == ACRM_FLOW_ADVANCE)
            origin = date.day;
    }
    if (origin == ACRM_DAY_NONE)
        return acrm__issue(issue, ACRM_E_INVALID, "flows.kind", -1, "at least one advance");
    clock->origin = acrm__apr_date_of(origin);
    clock->payment_dom = apr_series_dom(flows, times, n, ACRM_FLOW_PAYMENT);
    clock->advance_dom = apr_series_dom(flows, times, n, ACRM_FLOW_ADVANCE);
    if (clock->unit_kind == ACRM_UNIT_AUTO && !apr_is_days(clock->method))
        apr_find_unit(clock, flows, n);
    return acrm__apr_unit(clock, issue);
}
