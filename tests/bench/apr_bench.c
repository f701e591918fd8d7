/* SPDX-License-Identifier: MIT */
/*
 * The annual percentage rate of dated loans, against bare Newton iterations on the same flows with
 * their times worked out beforehand: one that raises a power for each flow, and one that multiplies
 * from flow to flow, which only flows a whole period apart allow.
 */
#include "autocrm/apr.h"
#include "bench.h"

#include <math.h>

enum { FLOWS_MAX = 481 };

typedef struct apr_loan {
    acrm_apr_options options;
    acrm_flow flows[FLOWS_MAX];
    acrm_flow_time times[FLOWS_MAX];
    double amount[FLOWS_MAX], whole[FLOWS_MAX], odd[FLOWS_MAX];
    size_t n;
    double w;
} apr_loan;

static void apr_ours(void *user, long ops)
{
    apr_loan *loan = user;

    for (long i = 0; i < ops; i++) {
        acrm_apr_result result = { .struct_size = sizeof result };
        acrm_apr(&loan->options, loan->flows, loan->n, loan->times, &result, NULL);
        bench_keep(&result);
    }
}

static void apr_newton_powers(void *user, long ops)
{
    const apr_loan *loan = user;

    for (long i = 0; i < ops; i++) {
        double rate = 0.1 / loan->w;
        double step = 1;
        for (int turn = 0; turn < 50 && fabs(step) > 1e-12; turn++) {
            double value = 0;
            double slope = 0;
            for (size_t k = 0; k < loan->n; k++) {
                double simple = 1 + loan->odd[k] * rate;
                double term = loan->amount[k] * pow(1 + rate, -loan->whole[k]) / simple;
                value += term;
                slope -= term * (loan->whole[k] / (1 + rate) + loan->odd[k] / simple);
            }
            step = value / slope;
            rate -= step;
        }
        bench_keep(&rate);
    }
}

static void apr_newton_chained(void *user, long ops)
{
    const apr_loan *loan = user;

    for (long i = 0; i < ops; i++) {
        double rate = 0.1 / loan->w;
        double step = 1;
        for (int turn = 0; turn < 50 && fabs(step) > 1e-12; turn++) {
            double v = 1 / (1 + rate);
            double simple = 1 + loan->odd[1] * rate;
            double power = pow(v, loan->whole[1]) / simple;
            double value = loan->amount[0];
            double slope = 0;
            for (size_t k = 1; k < loan->n; k++) {
                double term = loan->amount[k] * power;
                value += term;
                slope -= term * (loan->whole[k] * v + loan->odd[1] / simple);
                power *= v;
            }
            step = value / slope;
            rate -= step;
        }
        bench_keep(&rate);
    }
}

/* A loan of n monthly payments with a first period of one month and some days. */
static void apr_make(apr_loan *loan, int32_t method, long n)
{
    static const int32_t lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int32_t day = 17899; /* 2019-01-03 */
    acrm_apr_result result = { .struct_size = sizeof result };

    loan->options = (acrm_apr_options){ .struct_size = sizeof loan->options,
                                        .method = method,
                                        .unit_kind = ACRM_UNIT_MONTH,
                                        .unit_count = 1,
                                        .decimals = 2,
                                        .start_day = ACRM_DAY_NONE };
    loan->n = (size_t)n + 1;
    loan->w = 12;
    loan->flows[0] = (acrm_flow){ .amount = 2000000, .kind = ACRM_FLOW_ADVANCE, .day = day };
    day += 43; /* 2019-02-15 */
    for (long k = 1; k <= n; k++) {
        loan->flows[k] = (acrm_flow){ .amount = (int64_t)(2000000 * (1 + 0.004 * (double)n) /
                                                          (double)n),
                                      .kind = ACRM_FLOW_PAYMENT,
                                      .day = day };
        long month = k % 12; /* 0 January; leap days only move the day, as in real schedules */
        day += lengths[month] + (month == 1 && (2019 + k / 12) % 4 == 0 ? 1 : 0);
    }
    acrm_apr(&loan->options, loan->flows, loan->n, loan->times, &result, NULL);
    for (size_t k = 0; k < loan->n; k++) {
        double odd = (double)loan->times[k].odd_num / loan->times[k].odd_den;
        bool us = method == ACRM_APR_US_REGZ;
        loan->amount[k] = (double)loan->flows[k].amount * (k == 0 ? 1 : -1);
        loan->whole[k] = loan->times[k].whole + (us ? 0 : 12 * odd);
        loan->odd[k] = us ? odd : 0;
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 12, 60, 480 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        static apr_loan us;
        static apr_loan eu;
        if (!bench_wants_size(&b, sizes[i], 12))
            continue;
        apr_make(&us, ACRM_APR_US_REGZ, sizes[i]);
        apr_make(&eu, ACRM_APR_EU_ANNEX_I, sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "apr.us", .size = sizes[i], .goal = 2,
                                            .ours = apr_ours, .baseline = apr_newton_powers,
                                            .user = &us });
        bench_compare(&b, &(bench_measure){ .name = "apr.us_chained", .size = sizes[i],
                                            .ours = apr_ours, .baseline = apr_newton_chained,
                                            .user = &us });
        bench_compare(&b, &(bench_measure){ .name = "apr.eu", .size = sizes[i], .goal = 2,
                                            .ours = apr_ours, .baseline = apr_newton_powers,
                                            .user = &eu });
    }
    return bench_end(&b);
}
