/* SPDX-License-Identifier: MIT */
/* The annual percentage rate: checks of the input, and the result with how it came about. */
#include "autocrm/apr.h"

#include "engines/finance/apr_internal.h"

#include <math.h>

static const struct {
    const char *formula;
    int32_t counts_bit;
} apr_methods[] = {
    [ACRM_APR_US_REGZ] = { "us.regz.j.b8", ACRM_COUNTS_US },
    [ACRM_APR_EU_ANNEX_I] = { "eu.annex1.months", ACRM_COUNTS_EU },
    [ACRM_APR_EU_DAYS_365] = { "eu.98_7.days365", ACRM_COUNTS_EU },
    [ACRM_APR_EU_DAYS_365_25] = { "eu.98_7.days365_25", ACRM_COUNTS_EU },
};

static int32_t apr_check_options(const acrm_apr_options *options, acrm_issue *issue)
{
    if (options->method < ACRM_APR_US_REGZ || options->method > ACRM_APR_EU_DAYS_365_25)
        return acrm__issue(issue, ACRM_E_INVALID, "options.method", -1, "1..4");
    if (options->timing != ACRM_APR_BY_DATE && options->timing != ACRM_APR_BY_PERIOD)
        return acrm__issue(issue, ACRM_E_INVALID, "options.timing", -1, "0, 1");
    if (options->decimals < 0 || options->decimals > ACRM_APR_DECIMALS_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "options.decimals", -1, "0..9");
    if (options->start_day != ACRM_DAY_NONE &&
        (options->method != ACRM_APR_US_REGZ || options->timing != ACRM_APR_BY_DATE ||
         !acrm__day_ok(options->start_day)))
        return acrm__issue(issue, ACRM_E_INVALID, "options.start_day", -1,
                           "none, or a date with the US method by date");
    if ((options->percent_low != 0 || options->percent_high != 0) &&
        !(options->percent_low >= -99.9999 && options->percent_low < options->percent_high &&
          options->percent_high <= ACRM_APR_PERCENT_MAX)) /* false for a NaN too */
        return acrm__issue(issue, ACRM_E_INVALID, "options.percent_low", -1,
                           "-99.9999 <= percent_low < percent_high <= 100000000, or both 0");
    return ACRM_OK;
}

/* Adds without wrapping; the totals must fit as the amounts do. */
static bool apr_sum(int64_t *sum, int64_t amount)
{
    if (amount > INT64_MAX - *sum)
        return false;
    *sum += amount;
    return true;
}

static int64_t *apr_total_of(const acrm_flow *flow, int32_t counts_bit, acrm_apr_result *totals)
{
    switch (flow->kind) {
    case ACRM_FLOW_ADVANCE:
        return &totals->advanced;
    case ACRM_FLOW_PAYMENT:
        return &totals->paid;
    case ACRM_FLOW_CHARGE:
        return flow->counts & counts_bit ? &totals->charges_counted : &totals->charges_left_out;
    default:
        return NULL;
    }
}

/* Checks one flow at a time and adds up the totals. */
static int32_t apr_check_flows(const acrm_apr_options *options, const acrm_flow *flows, size_t n,
                               acrm_apr_result *totals, acrm_issue *issue)
{
    int32_t before[ACRM_FLOW_CHARGE + 1] = { ACRM_DAY_MIN, ACRM_DAY_MIN, ACRM_DAY_MIN,
                                             ACRM_DAY_MIN };
    int64_t all = 0;
    int32_t bit = apr_methods[options->method].counts_bit;
    bool by_date = options->timing == ACRM_APR_BY_DATE;

    for (size_t k = 0; k < n; k++) {
        const acrm_flow *flow = &flows[k];
        int64_t *total = apr_total_of(flow, bit, totals);
        if (total == NULL)
            return acrm__issue(issue, ACRM_E_INVALID, "flows.kind", (int64_t)k, "1, 2, 3");
        if (flow->counts & ~(flow->kind == ACRM_FLOW_CHARGE ? ACRM_COUNTS_US | ACRM_COUNTS_EU : 0))
            return acrm__issue(issue, ACRM_E_INVALID, "flows.counts", (int64_t)k,
                               "0..3 for a charge, else 0");
        if (flow->amount <= 0 || !apr_sum(&all, flow->amount))
            return acrm__issue(issue, ACRM_E_INVALID, "flows.amount", (int64_t)k,
                               "above 0, the sum of all within 9223372036854775807");
        *total += flow->amount;
        if (!by_date)
            continue;
        if (!acrm__day_ok(flow->day))
            return acrm__issue(issue, ACRM_E_INVALID, "flows.day", (int64_t)k,
                               "0001-01-01..9999-12-31");
        if (flow->kind != ACRM_FLOW_CHARGE && flow->day < before[flow->kind])
            return acrm__issue(issue, ACRM_E_INVALID, "flows.day", (int64_t)k,
                               "not before the advance or payment above it");
        before[flow->kind] = flow->day;
    }
    return ACRM_OK;
}

static int32_t apr_check_times(const acrm__apr_clock *clock, const acrm_flow_time *times, size_t n,
                               acrm_issue *issue)
{
    bool us = clock->method == ACRM_APR_US_REGZ;

    for (size_t k = 0; k < n; k++) {
        const acrm_flow_time *t = &times[k];
        int32_t whole_min = us ? 0 : -ACRM_APR_WHOLE_MAX;
        if (t->whole < whole_min || t->whole > ACRM_APR_WHOLE_MAX)
            return acrm__issue(issue, ACRM_E_INVALID, "times.whole", (int64_t)k,
                               us ? "0..10000000" : "-10000000..10000000");
        if (t->odd_den < 1)
            return acrm__issue(issue, ACRM_E_INVALID, "times.odd_den", (int64_t)k,
                               "1..2147483647");
        /* The US odd part is less than a unit-period; EU years may be written as one fraction. */
        if (us ? t->odd_num < 0 || t->odd_num >= t->odd_den
               : fabs((double)t->odd_num) > 1000.0 * t->odd_den)
            return acrm__issue(issue, ACRM_E_INVALID, "times.odd_num", (int64_t)k,
                               us ? "0..odd_den - 1" : "-1000..1000 years");
    }
    return ACRM_OK;
}

/* The rate of a root s = ln(1 + i), in percent a year. */
static double apr_percent(const acrm__apr_clock *clock, double s)
{
    return 100 * (clock->method == ACRM_APR_US_REGZ ? clock->per_year * expm1(s)
                                                    : expm1(s * clock->per_year));
}

/* ... and the root of a rate. */
static double apr_root_of(const acrm__apr_clock *clock, double percent)
{
    return clock->method == ACRM_APR_US_REGZ ? log1p(percent / 100 / clock->per_year)
                                             : log1p(percent / 100) / clock->per_year;
}

/* The range of roots to search. */
static void apr_range(const acrm_apr_options *options, const acrm__apr_clock *clock,
                      acrm__apr_equation *equation)
{
    bool widest = options->percent_low == 0 && options->percent_high == 0;
    double lowest = clock->method == ACRM_APR_US_REGZ ? -99.9999 * clock->per_year : -99.9999;

    equation->low = apr_root_of(clock, widest ? lowest : options->percent_low);
    equation->high = apr_root_of(clock, widest ? ACRM_APR_PERCENT_MAX : options->percent_high);
}

static void apr_report(const acrm__apr_clock *clock, int32_t decimals, acrm_apr_result *out)
{
    double scale = 1;
    int32_t shown = out->root_count < ACRM_APR_ROOTS_MAX ? out->root_count : ACRM_APR_ROOTS_MAX;

    out->period_rate = out->percent = NAN;
    if (out->outcome == ACRM_APR_UNIQUE) {
        for (int32_t i = 0; i < decimals; i++)
            scale *= 10;
        out->period_rate = expm1(out->roots[0]);
        out->percent = apr_percent(clock, out->roots[0]);
        out->percent_scaled = (int64_t)floor(out->percent * scale + 0.5);
    }
    for (int32_t i = 0; i < shown; i++)
        out->roots[i] = apr_percent(clock, out->roots[i]);
    out->periods_per_year = clock->per_year;
    out->unit_kind = clock->unit_kind;
    out->unit_count = clock->unit_count;
    out->start_day = clock->origin.day;
    out->formula = apr_methods[clock->method].formula;
}

int32_t acrm_apr(const acrm_apr_options *options, const acrm_flow *flows, size_t n_flows,
                 acrm_flow_time *times, acrm_apr_result *out, acrm_issue *issue)
{
    if (options == NULL || out == NULL || options->struct_size != sizeof *options ||
        out->struct_size != sizeof *out || (n_flows > 0 && (flows == NULL || times == NULL)))
        return ACRM_E_MISUSE;
    if (n_flows == 0)
        return acrm__issue(issue, ACRM_E_INVALID, "flows", -1, "1..100000 rows");
    if (n_flows > ACRM_APR_FLOWS_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "flows", -1, "1..100000 rows");

    acrm_apr_result result = { .struct_size = sizeof result };
    acrm__apr_clock clock = { .method = options->method,
                              .unit_kind = options->unit_kind,
                              .unit_count = options->unit_count,
                              .origin = { .day = ACRM_DAY_NONE } };
    int32_t status = apr_check_options(options, issue);
    if (status == ACRM_OK)
        status = apr_check_flows(options, flows, n_flows, &result, issue);
    if (status == ACRM_OK && options->timing == ACRM_APR_BY_DATE) {
        status = acrm__apr_measure(options, flows, n_flows, times, &clock, issue);
        if (status == ACRM_OK)
            status = acrm__apr_times(&clock, flows, n_flows, times, issue);
    } else if (status == ACRM_OK) {
        status = acrm__apr_unit(&clock, issue);
        if (status == ACRM_OK)
            status = apr_check_times(&clock, times, n_flows, issue);
    }
    if (status != ACRM_OK)
        return status;

    acrm__apr_equation equation = { .flows = flows,
                                    .times = times,
                                    .n = n_flows,
                                    .counts_bit = apr_methods[options->method].counts_bit,
                                    .simple_odd = options->method == ACRM_APR_US_REGZ,
                                    .odd_unit = clock.odd_unit };
    apr_range(options, &clock, &equation);
    acrm__apr_solve(&equation, &result);
    apr_report(&clock, options->decimals, &result);
    *out = result;
    return ACRM_OK;
}

int32_t acrm_apr_present(const acrm_apr_options *options, const acrm_apr_result *result,
                         const acrm_flow *flow, const acrm_flow_time *time, double *out)
{
    if (options == NULL || options->struct_size != sizeof *options || result == NULL ||
        result->struct_size != sizeof *result || flow == NULL || time == NULL || out == NULL)
        return ACRM_E_MISUSE;

    acrm__apr_clock clock = { .method = options->method,
                              .unit_kind = result->unit_kind,
                              .unit_count = result->unit_count };
    int32_t status = apr_check_options(options, NULL);
    if (status == ACRM_OK)
        status = acrm__apr_unit(&clock, NULL);
    if (status == ACRM_OK && time->odd_den < 1)
        status = ACRM_E_INVALID;
    if (status == ACRM_OK && result->outcome != ACRM_APR_UNIQUE)
        status = ACRM_E_NOTFOUND;
    if (status != ACRM_OK)
        return status;
    acrm__apr_equation equation = { .flows = flow,
                                    .times = time,
                                    .n = 1,
                                    .counts_bit = apr_methods[options->method].counts_bit,
                                    .simple_odd = options->method == ACRM_APR_US_REGZ,
                                    .odd_unit = clock.odd_unit };
    *out = acrm__apr_sign(&equation, 0) * (double)flow->amount *
           acrm__apr_discount(&equation, log1p(result->period_rate), time);
    return ACRM_OK;
}

int32_t acrm_apr_interval(const acrm_apr_options *options, int32_t from, int32_t to,
                          acrm_flow_time *out, acrm_issue *issue)
{
    if (options == NULL || out == NULL || options->struct_size != sizeof *options)
        return ACRM_E_MISUSE;

    acrm__apr_clock clock = { .method = options->method,
                              .unit_kind = options->unit_kind,
                              .unit_count = options->unit_count };
    int32_t status = apr_check_options(options, issue);
    if (status == ACRM_OK)
        status = acrm__apr_unit(&clock, issue);
    if (status != ACRM_OK)
        return status;
    if (!acrm__day_ok(from))
        return acrm__issue(issue, ACRM_E_INVALID, "from", -1, "0001-01-01..9999-12-31");
    if (!acrm__day_ok(to) || to < from)
        return acrm__issue(issue, ACRM_E_INVALID, "to", -1, "from..9999-12-31");
    *out = acrm__apr_span(&clock, acrm__apr_date_of(from), acrm__apr_date_of(to), 0);
    return ACRM_OK;
}
