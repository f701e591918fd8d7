/* SPDX-License-Identifier: MIT */
/* Whole lives of contracts: schedule, payments, prepayment, settlement and the rate all agree. */
#include "autocrm/apr.h"
#include "autocrm/finance.h"
#include "autocrm/servicing.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <math.h>

enum { DUES = 400, FLOWS = DUES + 8 };

static uint64_t state = 20261204;

static int64_t pick(int64_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state >> 33) % (uint64_t)n);
}

/* A monthly annuity at a nominal rate, its rows and its dues. */
static size_t make(int64_t principal, int64_t rate, int32_t periods, int32_t start,
                   acrm_schedule_row *rows, acrm_due *dues)
{
    acrm_finance_terms terms;
    acrm_schedule_summary summary = { .struct_size = sizeof summary };

    acrm_finance_terms_init(&terms);
    terms.price = principal;
    terms.rate = rate;
    terms.periods = periods;
    terms.start_day = start;
    ck_assert_int_eq(acrm_schedule(&terms, rows, DUES, &summary, NULL), ACRM_OK);
    for (int32_t i = 0; i < summary.rows; i++) {
        dues[i] = (acrm_due){ .number = rows[i].number, .day = rows[i].due_day };
        dues[i].due[ACRM_PART_PRINCIPAL] = rows[i].principal;
        dues[i].due[ACRM_PART_INTEREST] = rows[i].interest;
    }
    return (size_t)summary.rows;
}

static acrm_settlement_quote quote_on(const acrm_due *dues, size_t n, int64_t rate, int32_t start,
                                      int32_t day)
{
    acrm_settlement_terms terms = { .struct_size = sizeof terms,
                                    .start_day = start,
                                    .interest = { .rate = rate, .round_unit = 1, .per_year = 12 } };
    acrm_settlement_quote quote = { .struct_size = sizeof quote };

    ck_assert_int_eq(acrm_settlement(&terms, dues, n, day, &quote, NULL, 0, NULL, NULL), ACRM_OK);
    return quote;
}

/* Example 24 of the Commission: 200 000 at 5 % over 240 months; 166 909.73 are left after 60. The
 * example rounds at the end, a schedule in each row. */
START_TEST(life__settles_the_commissions_example_after_sixty_payments)
{
    static acrm_schedule_row rows[DUES];
    static acrm_due dues[DUES];
    int32_t start = vector_day_of("2015-01-01");
    size_t n = make(20000000, 50000000, 240, start, rows, dues);

    ck_assert_int_eq(rows[0].total, 131991);
    for (size_t i = 0; i < 60; i++)
        memcpy(dues[i].paid, dues[i].due, sizeof dues[i].paid);
    acrm_settlement_quote quote = quote_on(dues, n, 50000000, start, dues[59].day);
    ck_assert_int_eq(quote.total, rows[59].closing);
    ck_assert_int_le(llabs(quote.total - 16690973), 60);
}
END_TEST

/* Paid on the day each time, nothing is overdue, and what is left is the schedule's balance. */
START_TEST(life__punctual_payments_follow_the_schedule)
{
    static acrm_schedule_row rows[DUES];
    static acrm_due dues[DUES];
    acrm_allocated allocated[8];
    acrm_allocation order;

    acrm_allocation_init(&order);
    for (int32_t round = 0; round < 200; round++) {
        int32_t start = 20000 + (int32_t)pick(365);
        int64_t rate = pick(300000000);
        size_t n = make(100000 + pick(9000000), rate, 3 + (int32_t)pick(80), start, rows, dues);
        for (size_t i = 0; i < n; i++) {
            acrm_bucket bucket = { .age_min = 1, .age_max = INT32_MAX };
            acrm_arrears_options options = { .struct_size = sizeof options, .held_bucket = -1 };
            acrm_arrears_result arrears = { .struct_size = sizeof arrears };
            size_t n_rows = 0;
            int64_t rest = -1;

            ck_assert_int_eq(acrm_allocate(&order, dues, n, dues[i].day, rows[i].total, allocated,
                                           8, &n_rows, &rest, NULL),
                             ACRM_OK);
            ck_assert_int_eq(rest, 0);
            acrm_settlement_quote quote = quote_on(dues, n, rate, start, dues[i].day);
            ck_assert_int_eq(quote.total, rows[i].closing);
            ck_assert_int_eq(acrm_arrears(&options, dues, n, dues[i].day + 5, &bucket, 1, &arrears,
                                          NULL, 0, NULL, NULL),
                             ACRM_OK);
            ck_assert_int_eq(arrears.total, 0);
        }
    }
}
END_TEST

static void add(acrm_flow *flows, size_t *n, int32_t kind, int32_t day, int64_t amount)
{
    if (amount > 0)
        flows[(*n)++] = (acrm_flow){ .amount = amount, .kind = kind, .day = day };
}

static double us_rate(const acrm_flow *flows, size_t n)
{
    static acrm_flow_time times[FLOWS];
    acrm_apr_options options = { .struct_size = sizeof options,
                                 .method = ACRM_APR_US_REGZ,
                                 .unit_kind = ACRM_UNIT_MONTH,
                                 .unit_count = 1,
                                 .start_day = ACRM_DAY_NONE };
    acrm_apr_result result = { .struct_size = sizeof result };

    ck_assert_int_eq(acrm_apr(&options, flows, n, times, &result, NULL), ACRM_OK);
    ck_assert_int_eq(result.outcome, ACRM_APR_UNIQUE);
    return result.percent;
}

/* Without charges the annual percentage rate is the nominal one, whatever is repaid early, or
 * written anew at the same rate, on a due day: all that was paid and is still due discounts to the
 * loan. Days up to 28 keep every period a whole month. */
START_TEST(life__early_repayment_and_restructuring_do_not_change_the_rate)
{
    static acrm_schedule_row rows[DUES];
    static acrm_due dues[DUES];
    static acrm_due after[DUES];
    static acrm_flow flows[FLOWS];
    int32_t start = vector_day_of("2024-05-17");

    for (int32_t round = 0; round < 400; round++) {
        int64_t principal = 2000000 + pick(9000000);
        int64_t rate = 5000000 + pick(250000000);
        size_t n = make(principal, rate, 12 + (int32_t)pick(80), start, rows, dues);
        size_t passed = 1 + (size_t)pick((int64_t)n - 6);
        bool early = pick(3) != 0;
        int32_t day = dues[passed - 1].day;
        size_t n_flows = 0;
        acrm_recast_terms terms = { .struct_size = sizeof terms,
                                    .mode = (int32_t)pick(early ? 3 : 2),
                                    .interest = { .rate = rate, .round_unit = 1, .per_year = 12 },
                                    .start_day = start,
                                    .instalment = early ? 0 : rows[0].total,
                                    .capitalise = 1 << ACRM_PART_INTEREST,
                                    .periods = 300,
                                    .step_months = 1,
                                    .first_due_day = dues[passed].day };
        acrm_recast_result got = { .struct_size = sizeof got };

        add(flows, &n_flows, ACRM_FLOW_ADVANCE, start, principal);
        for (size_t i = 0; i < passed; i++) {
            bool missed = !early && i + 1 == passed;
            if (!missed)
                memcpy(dues[i].paid, dues[i].due, sizeof dues[i].paid);
            add(flows, &n_flows, ACRM_FLOW_PAYMENT, dues[i].day, missed ? 0 : rows[i].total);
        }
        int64_t amount = rows[passed - 1].closing / (3 + pick(6));
        int32_t status = early ? acrm_prepay(&terms, dues, n, day, amount, after, DUES, &got, NULL,
                                             0, NULL, NULL)
                               : acrm_restructure(&terms, dues, n, day, after, DUES, &got, NULL, 0,
                                                  NULL, NULL);
        ck_assert_int_eq(status, ACRM_OK);
        if (early)
            add(flows, &n_flows, ACRM_FLOW_PAYMENT, day, amount);
        for (int32_t i = 0; i < got.dues; i++)
            add(flows, &n_flows, ACRM_FLOW_PAYMENT, after[i].day,
                after[i].due[ACRM_PART_PRINCIPAL] + after[i].due[ACRM_PART_INTEREST]);
        double percent = us_rate(flows, n_flows);
        ck_assert_msg(fabs(percent - (double)rate / 1e7) < 1e-3, "round %d: %.6f is not %.6f",
                      round, percent, (double)rate / 1e7);
    }
}
END_TEST

static Suite *contract_life_suite(void)
{
    Suite *suite = suite_create("contract_life");
    TCase *tc = tcase_create("contract_life");

    tcase_add_test(tc, life__settles_the_commissions_example_after_sixty_payments);
    tcase_add_test(tc, life__punctual_payments_follow_the_schedule);
    tcase_add_test(tc, life__early_repayment_and_restructuring_do_not_change_the_rate);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(contract_life_suite)
