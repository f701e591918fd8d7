/* SPDX-License-Identifier: MIT */
/*
 * The rate search against a second implementation on random contracts: dates from a calendar built
 * day by day, months stepped one at a time, and the equation bisected in long double. The seed is
 * printed; ACRM_TEST_SEED and ACRM_TEST_ROUNDS override it and the count.
 */
#include "autocrm/apr.h"
#include "support/suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DAYS = 20000, FLOWS_MAX = 24 };

struct ymd {
    int year, month, day;
};

static struct ymd calendar[DAYS]; /* from 1990-01-01 */
static int32_t first_of[DAYS / 28]; /* index of the first day of the n-th month since 1990-01 */
static const int32_t calendar_start = 7305;

static int month_length(int year, int month)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return lengths[month - 1] +
           (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

static void build_calendar(void)
{
    struct ymd d = { 1990, 1, 1 };

    for (int32_t i = 0; i < DAYS; i++) {
        calendar[i] = d;
        if (d.day == 1)
            first_of[(d.year - 1990) * 12 + d.month - 1] = i;
        if (++d.day > month_length(d.year, d.month)) {
            d.day = 1;
            if (++d.month > 12) {
                d.month = 1;
                d.year++;
            }
        }
    }
}

static uint64_t state;

static uint32_t pick(uint32_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % n);
}

/* The calendar index n months before (after, if negative) another, days up to 28 only. */
static int32_t months_before(int32_t index, int n)
{
    struct ymd d = calendar[index];

    return first_of[(d.year - 1990) * 12 + d.month - 1 - n] + d.day - 1;
}

/* One contract: calendar indices and amounts, + advanced, - paid. */
struct contract {
    int32_t method, unit_kind, unit_count, n;
    int32_t day[FLOWS_MAX];
    double amount[FLOWS_MAX];
    long double whole[FLOWS_MAX], odd[FLOWS_MAX]; /* second implementation's times */
    long double per_year;
};

/* Whole months back from `to` until the next would pass `from`; the days left. */
static int slow_months(int32_t from, int32_t to, int32_t *left)
{
    int n = 0;

    while (months_before(to, n + 1) >= from)
        n++;
    *left = months_before(to, n) - from;
    return n;
}

static void slow_time(struct contract *c, int k)
{
    int32_t from = c->day[0];
    int32_t to = c->day[k];
    int32_t left = 0;
    long double *whole = &c->whole[k];
    long double *odd = &c->odd[k];

    if (c->method == ACRM_APR_EU_DAYS_365 || c->method == ACRM_APR_EU_DAYS_365_25) {
        *whole = (to - from) / (c->method == ACRM_APR_EU_DAYS_365 ? 365.0L : 365.25L);
        *odd = 0;
        return;
    }
    if (c->method == ACRM_APR_EU_ANNEX_I) { /* both parts in years */
        if (c->unit_kind == ACRM_UNIT_WEEK) {
            *whole = (to - from) / 7 / 52.0L;
            left = (to - from) % 7;
        } else {
            int n = slow_months(from, to, &left);
            if (c->unit_kind == ACRM_UNIT_YEAR) {
                left = months_before(to, n / 12 * 12) - from;
                n -= n % 12;
            }
            *whole = n / 12.0L;
        }
        struct ymd stop = calendar[from + left];
        int32_t back = first_of[(stop.year - 1991) * 12 + stop.month - 1] +
                       (stop.day == 29 && stop.month == 2 ? 28 : stop.day) - 1;
        *odd = left / (long double)(from + left - back);
        return;
    }
    long double units;
    switch (c->unit_kind) {
    case ACRM_UNIT_DAY:
        units = (to - from) / (long double)c->unit_count;
        break;
    case ACRM_UNIT_WEEK:
        units = (to - from) / (7.0L * c->unit_count);
        break;
    case ACRM_UNIT_YEAR: {
        int n = slow_months(from, to, &left);
        if (left == 0)
            units = n / 12.0L;
        else
            units = n / 12 + (months_before(to, n / 12 * 12) - from) / 365.0L;
        break;
    }
    default: {
        int n = slow_months(from, to, &left);
        units = (n * 30 + left) /
                (c->unit_kind == ACRM_UNIT_SEMIMONTH ? 15.0L : 30.0L * c->unit_count);
        break;
    }
    }
    *whole = floorl(units + 1e-12L);
    *odd = units - *whole < 1e-12L ? 0 : units - *whole;
}

/* Advances less payments, s being ln(1 + X) of a year (EU) or ln(1 + i) of a unit-period (US). */
static long double slow_value(const struct contract *c, long double s)
{
    long double sum = 0;

    for (int k = 0; k < c->n; k++) {
        bool us = c->method == ACRM_APR_US_REGZ;
        long double factor = us ? expl(c->whole[k] * s) * (1 + c->odd[k] * expm1l(s))
                                : expl((c->whole[k] + c->odd[k]) * s);
        sum += c->amount[k] / factor;
    }
    return sum;
}

static long double slow_percent(const struct contract *c)
{
    long double lo = logl(0.1L);
    long double hi = logl(51);

    for (int turn = 0; turn < 52; turn++) {
        long double middle = (lo + hi) / 2;
        if (slow_value(c, middle) < 0)
            lo = middle;
        else
            hi = middle;
    }
    return 100 * expm1l(lo) * (c->method == ACRM_APR_US_REGZ ? c->per_year : 1);
}

static const struct {
    int32_t method, unit_kind, unit_count;
    double per_year;
    int step_months, step_days;
} kinds[] = {
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1, 12, 1, 0 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 3, 4, 3, 0 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_SEMIMONTH, 1, 24, 0, 15 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_WEEK, 1, 52, 0, 7 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_WEEK, 4, 13, 0, 28 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_DAY, 10, 36.5, 0, 10 },
    { ACRM_APR_US_REGZ, ACRM_UNIT_YEAR, 1, 1, 12, 0 },
    { ACRM_APR_EU_ANNEX_I, ACRM_UNIT_MONTH, 1, 12, 1, 0 },
    { ACRM_APR_EU_ANNEX_I, ACRM_UNIT_WEEK, 1, 52, 0, 14 },
    { ACRM_APR_EU_ANNEX_I, ACRM_UNIT_YEAR, 1, 1, 12, 0 },
    { ACRM_APR_EU_DAYS_365, 0, 0, 365, 1, 0 },
    { ACRM_APR_EU_DAYS_365_25, 0, 0, 365.25, 1, 0 },
};

/* Random dates on days 1 to 28: where month-ends need no rule. */
static struct contract random_contract(acrm_flow *flows)
{
    uint32_t kind = pick(sizeof kinds / sizeof kinds[0]);
    struct contract c = { .method = kinds[kind].method,
                          .unit_kind = kinds[kind].unit_kind,
                          .unit_count = kinds[kind].unit_count,
                          .per_year = kinds[kind].per_year };
    int advances = 1 + (int)pick(2);
    int payments = 1 + (int)pick(10);
    int32_t day = first_of[24 + pick(120)] + (int32_t)pick(28);
    int64_t lent = 0;

    for (int k = 0; k < advances + payments; k++) {
        int64_t amount = 10000 + pick(5000000);
        if (k < advances) {
            lent += amount;
        } else {
            amount = lent * (70 + (int64_t)pick(150)) / 100 / payments;
            amount += pick(3) == 0 ? (int64_t)pick((uint32_t)(amount / 10 + 1)) : 0;
            amount = amount < 1 ? 1 : amount;
        }
        c.day[k] = day;
        c.amount[k] = (double)(k < advances ? amount : -amount);
        flows[k] = (acrm_flow){ .amount = amount,
                                .kind = k < advances        ? ACRM_FLOW_ADVANCE
                                        : pick(4) != 0      ? ACRM_FLOW_PAYMENT
                                                            : ACRM_FLOW_CHARGE,
                                .day = day + calendar_start };
        flows[k].counts = flows[k].kind == ACRM_FLOW_CHARGE ? ACRM_COUNTS_US | ACRM_COUNTS_EU : 0;
        int steps = pick(5) == 0 ? 2 : 1;
        day = kinds[kind].step_months > 0 ? months_before(day, -kinds[kind].step_months * steps)
                                          : day + kinds[kind].step_days * steps;
        if (pick(6) == 0)
            day += (int32_t)pick(20);
        while (calendar[day].day > 28)
            day++;
    }
    c.n = advances + payments;
    for (int k = 0; k < c.n; k++)
        slow_time(&c, k);
    return c;
}

START_TEST(apr_random__agrees_with_bisection_in_long_double)
{
    const char *seed = getenv("ACRM_TEST_SEED");
    const char *wanted = getenv("ACRM_TEST_ROUNDS");
    long rounds = wanted != NULL ? strtol(wanted, NULL, 10) : 100000;
    acrm_flow flows[FLOWS_MAX];
    acrm_flow_time times[FLOWS_MAX];
    long outside = 0;

    state = seed != NULL ? strtoull(seed, NULL, 10) : 20260417;
    printf("seed %llu, %ld contracts\n", (unsigned long long)state, rounds);
    build_calendar();
    for (long round = 0; round < rounds; round++) {
        struct contract c = random_contract(flows);
        acrm_apr_options options = { .struct_size = sizeof options,
                                     .method = c.method,
                                     .unit_kind = c.unit_kind,
                                     .unit_count = c.unit_count,
                                     .start_day = ACRM_DAY_NONE };
        acrm_apr_result got = { .struct_size = sizeof got };
        int32_t status = acrm_apr(&options, flows, (size_t)c.n, times, &got, NULL);
        long double expected = slow_percent(&c);
        long double per_unit = expected / 100 / (c.method == ACRM_APR_US_REGZ ? c.per_year : 1);
        if (per_unit > 49.9L || per_unit < -0.899L) {
            outside++;
            continue;
        }
        ck_assert_msg(status == ACRM_OK && got.outcome == ACRM_APR_UNIQUE, "round %ld: %d %d",
                      round, status, got.outcome);
        long double error = fabsl(got.percent - expected) / fmaxl(1, fabsl(expected));
        ck_assert_msg(error < 5e-10L, "round %ld method %d unit %d x %d: %.12f is not %.12Lf",
                      round, c.method, c.unit_count, c.unit_kind, got.percent, expected);
        ck_assert_msg(got.iterations < 60, "round %ld: %d evaluations", round, got.iterations);
    }
    ck_assert_int_lt(outside, rounds / 20 + 1);
}
END_TEST

static Suite *apr_random_suite(void)
{
    Suite *suite = suite_create("apr_random");
    TCase *tc = tcase_create("apr_random");

    tcase_add_test(tc, apr_random__agrees_with_bisection_in_long_double);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(apr_random_suite)
