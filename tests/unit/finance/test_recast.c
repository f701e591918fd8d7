/* SPDX-License-Identifier: MIT */
/* Partial prepayment and restructuring, against schedules, annuities and a slow recomputation. */
#include "autocrm/servicing.h"
#include "support/suite.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { DUES = 400 };

static uint64_t state = 20260922;

static int64_t pick(int64_t n)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state >> 33) % (uint64_t)n);
}

/* A monthly annuity of the schedule engine, as dues. */
static size_t annuity_dues(int64_t principal, int64_t rate, int32_t periods, int32_t start,
                           int32_t day_count, acrm_due *dues)
{
    static acrm_schedule_row rows[DUES];
    acrm_finance_terms terms;
    acrm_schedule_summary summary = { .struct_size = sizeof summary };

    acrm_finance_terms_init(&terms);
    terms.price = principal;
    terms.rate = rate;
    terms.periods = periods;
    terms.start_day = start;
    terms.day_count = day_count;
    ck_assert_int_eq(acrm_schedule(&terms, rows, DUES, &summary, NULL), ACRM_OK);
    for (int32_t i = 0; i < summary.rows; i++) {
        dues[i] = (acrm_due){ .number = rows[i].number, .day = rows[i].due_day };
        dues[i].due[ACRM_PART_PRINCIPAL] = rows[i].principal;
        dues[i].due[ACRM_PART_INTEREST] = rows[i].interest;
    }
    return (size_t)summary.rows;
}

static void pay(acrm_due *dues, size_t n)
{
    for (size_t i = 0; i < n; i++)
        memcpy(dues[i].paid, dues[i].due, sizeof dues[i].paid);
}

static acrm_recast_terms terms_of(int32_t mode, int64_t rate, int32_t day_count, int32_t start)
{
    return (acrm_recast_terms){ .struct_size = sizeof(acrm_recast_terms),
                                .mode = mode,
                                .interest = { .rate = rate,
                                              .round_unit = 1,
                                              .day_count = day_count,
                                              .per_year = 12 },
                                .start_day = start };
}

/* The calls without their steps. */
static int32_t prepay(const acrm_recast_terms *terms, const acrm_due *dues, size_t n, int32_t day,
                      int64_t amount, acrm_due *rows, acrm_recast_result *got, acrm_issue *issue)
{
    return acrm_prepay(terms, dues, n, day, amount, rows, DUES, got, NULL, 0, NULL, issue);
}

static int32_t restructure(const acrm_recast_terms *terms, const acrm_due *dues, size_t n,
                           int32_t day, acrm_due *rows, size_t rows_max, acrm_recast_result *got,
                           acrm_issue *issue)
{
    return acrm_restructure(terms, dues, n, day, rows, rows_max, got, NULL, 0, NULL, issue);
}

static int64_t owed(const acrm_due *dues, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += dues[i].due[ACRM_PART_PRINCIPAL] - dues[i].paid[ACRM_PART_PRINCIPAL];
    return sum;
}

/* With nothing odd, lowering is the plain annuity of the principal left. */
START_TEST(prepay__lower_is_the_annuity_of_what_is_left)
{
    for (int32_t round = 0; round < 1500; round++) {
        acrm_due dues[DUES];
        acrm_due rows[DUES];
        int32_t start = 20000 + (int32_t)pick(28);
        int64_t rate = pick(20) == 0 ? 0 : 1000000 + pick(300000000);
        size_t n = annuity_dues(1000000 + pick(9000000), rate, 6 + (int32_t)pick(115), start,
                                ACRM_DAYS_NOMINAL, dues);
        size_t passed = 1 + (size_t)pick((int64_t)n - 4);
        acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, rate, ACRM_DAYS_NOMINAL, start);
        acrm_recast_result got = { .struct_size = sizeof got };

        pay(dues, passed);
        int64_t amount = owed(dues, n) / (2 + pick(9));
        ck_assert_int_eq(prepay(&terms, dues, n, dues[passed - 1].day, amount, rows, &got, NULL),
                         ACRM_OK);
        acrm_annuity annuity = { .struct_size = sizeof annuity,
                                 .periods = (int32_t)(n - passed),
                                 .periods_per_year = 12,
                                 .rate = rate,
                                 .present = owed(dues, n) - amount };
        acrm_exact_amount exact = { .struct_size = sizeof exact };
        ck_assert_int_eq(acrm_annuity_value(&annuity, ACRM_ANNUITY_PAYMENT, 0, &exact, NULL),
                         ACRM_OK);
        ck_assert_msg(got.instalment == exact.rounded, "%" PRId64 " is not %" PRId64,
                      got.instalment, exact.rounded);
        ck_assert_int_eq(got.dues, annuity.periods);
        ck_assert_int_eq(owed(rows, (size_t)got.dues), annuity.present);
        ck_assert_int_eq(rows[0].number, dues[passed].number);
    }
}
END_TEST

static int64_t slow_interest(int64_t balance, int64_t rate, int32_t days)
{
    return (int64_t)floorl((long double)balance * rate * days / 365 / 1e9L + 0.5L);
}

/* Random day in a period, ACT/365F: each new due recomputed. */
START_TEST(prepay__each_mode_gives_way_as_it_says)
{
    for (int32_t round = 0; round < 3000; round++) {
        acrm_due dues[DUES];
        acrm_due rows[DUES];
        int32_t start = 20000 + (int32_t)pick(365);
        int64_t rate = pick(20) == 0 ? 0 : 1000000 + pick(300000000);
        size_t n = annuity_dues(1000000 + pick(9000000), rate, 6 + (int32_t)pick(80), start,
                                ACRM_DAYS_ACT_365F, dues);
        size_t passed = (size_t)pick((int64_t)n - 3);
        int32_t last = passed > 0 ? dues[passed - 1].day : start;
        int32_t day = last + (int32_t)pick(dues[passed].day - last);
        acrm_recast_terms terms = terms_of((int32_t)pick(3), rate, ACRM_DAYS_ACT_365F, start);
        acrm_recast_result got = { .struct_size = sizeof got };

        pay(dues, passed);
        dues[n - 1].due[ACRM_PART_FEE] = 500;
        int64_t before = owed(dues, n);
        int64_t amount = 1 + pick(before - 1);
        ck_assert_int_eq(prepay(&terms, dues, n, day, amount, rows, &got, NULL), ACRM_OK);
        int64_t balance = before - amount;
        int64_t interest_sum = 0;
        ck_assert_int_eq(got.principal, balance);
        ck_assert_int_eq(owed(rows, (size_t)got.dues), balance);
        for (int32_t i = 0; i < got.dues; i++) {
            const acrm_due *was = &dues[passed + (size_t)i];
            int64_t interest = slow_interest(balance, rate, rows[i].day - (i == 0 ? day
                                                                             : rows[i - 1].day));
            interest += i == 0 ? slow_interest(before, rate, day - last) : 0;
            ck_assert_int_eq(rows[i].day, was->day);
            ck_assert_int_eq(rows[i].due[ACRM_PART_INTEREST], interest);
            ck_assert_int_ge(rows[i].due[ACRM_PART_PRINCIPAL], 0);
            int64_t payment = interest + rows[i].due[ACRM_PART_PRINCIPAL];
            bool is_last = i + 1 == got.dues;
            if (terms.mode == ACRM_RECAST_LAST)
                ck_assert(rows[i].due[ACRM_PART_PRINCIPAL] == was->due[ACRM_PART_PRINCIPAL] ||
                          is_last);
            else if (!is_last && payment != interest)
                ck_assert_int_eq(payment, got.instalment);
            /* The instalment is level: the last one differs by roundings only. */
            if (terms.mode == ACRM_RECAST_LOWER && is_last &&
                got.instalment > rows[0].due[ACRM_PART_INTEREST])
                ck_assert_int_le(llabs(payment - got.instalment), 3 * got.dues);
            if (terms.mode == ACRM_RECAST_SHORTEN)
                ck_assert_int_le(payment, dues[passed].due[ACRM_PART_PRINCIPAL] +
                                              dues[passed].due[ACRM_PART_INTEREST]);
            balance -= rows[i].due[ACRM_PART_PRINCIPAL];
            interest_sum += interest;
        }
        ck_assert_int_eq(balance, 0);
        ck_assert_int_eq(got.interest, interest_sum);
        ck_assert_int_eq(rows[got.dues - 1].due[ACRM_PART_FEE], 500);
        if (terms.mode == ACRM_RECAST_LOWER)
            ck_assert_int_le(got.dues, (int64_t)(n - passed));
    }
}
END_TEST

/* 20 000.00 at 6 % for 48 months with 8 000.00 left for the end is 321.82: as if restructured. */
START_TEST(restructure__keeps_a_balloon)
{
    acrm_due dues[] = { { .day = 20000, .due = { 0, 0, 0, 2000000 } } };
    acrm_due rows[48];
    acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 60000000, ACRM_DAYS_NOMINAL, 20000);
    acrm_recast_result got = { .struct_size = sizeof got };

    terms.balloon = 800000;
    terms.periods = 48;
    terms.step_months = 1;
    terms.first_due_day = 20031;
    ck_assert_int_eq(restructure(&terms, dues, 1, 20000, rows, 48, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.instalment, 32182);
    ck_assert_int_eq(got.dues, 48);
    ck_assert_int_gt(rows[47].due[ACRM_PART_PRINCIPAL], 800000);
    ck_assert_int_eq(owed(rows, 48), 2000000);
}
END_TEST

START_TEST(restructure__adds_or_forgives_arrears_and_grants_time)
{
    acrm_due dues[DUES];
    acrm_due rows[DUES];
    size_t n = annuity_dues(1200000, 120000000, 24, 20000, ACRM_DAYS_ACT_365F, dues);
    acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 90000000, ACRM_DAYS_ACT_365F, 20000);
    acrm_recast_result got = { .struct_size = sizeof got };

    pay(dues, 6);
    dues[6].due[ACRM_PART_PENALTY] = 1234;
    dues[7].due[ACRM_PART_FEE] = 500;
    int32_t day = dues[7].day + 10;
    int64_t principal = owed(dues, n);
    int64_t early = owed(dues + 8, n - 8);
    int64_t earned = slow_interest(early, 90000000, 10);
    int64_t interest = dues[6].due[ACRM_PART_INTEREST] + dues[7].due[ACRM_PART_INTEREST] + earned;
    terms.capitalise = 1 << ACRM_PART_INTEREST | 1 << ACRM_PART_FEE;
    terms.periods = 36;
    terms.step_months = 1;
    terms.interest_only = 3;
    terms.first_due_day = day + 40;
    ck_assert_int_eq(restructure(&terms, dues, n, day, rows, DUES, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.dues, 36);
    ck_assert_int_eq(got.capitalised, interest + 500);
    ck_assert_int_eq(got.forgiven, 1234);
    ck_assert_int_eq(got.principal, principal + interest + 500);
    ck_assert_int_eq(owed(rows, 36), got.principal);
    for (int32_t i = 0; i < 3; i++)
        ck_assert_int_eq(rows[i].due[ACRM_PART_PRINCIPAL], 0);
    for (int32_t i = 3; i < 35; i++)
        ck_assert_int_eq(rows[i].due[ACRM_PART_PRINCIPAL] + rows[i].due[ACRM_PART_INTEREST],
                         got.instalment);
    ck_assert_int_eq(rows[0].due[ACRM_PART_INTEREST], slow_interest(got.principal, 90000000, 40));
    ck_assert_int_eq(rows[35].number, 36);
    /* The last one differs by what rounding left, less than half a unit for each due. */
    int64_t last = rows[35].due[ACRM_PART_PRINCIPAL] + rows[35].due[ACRM_PART_INTEREST];
    ck_assert_int_le(llabs(last - got.instalment), 36);
}
END_TEST

/* Each step says what was multiplied, and the steps add up to the dues. */
START_TEST(prepay__explains_each_figure)
{
    acrm_due dues[DUES];
    acrm_due rows[DUES];
    acrm_explain_line lines[DUES];
    size_t n_lines = 0;
    size_t n = annuity_dues(1200000, 120000000, 24, 20000, ACRM_DAYS_ACT_365F, dues);
    acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 120000000, ACRM_DAYS_ACT_365F, 20000);
    acrm_recast_result got = { .struct_size = sizeof got };

    ck_assert_int_eq(acrm_prepay(&terms, dues, n, 20010, 200000, rows, DUES, &got, lines, DUES,
                                 &n_lines, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(n_lines, 26);
    ck_assert_str_eq(lines[0].figure, "earned");
    ck_assert_int_eq(lines[0].base, 1200000);
    ck_assert_int_eq(lines[0].days, 10);
    ck_assert_str_eq(lines[1].figure, "instalment");
    ck_assert_int_eq(lines[1].rounded, got.instalment);
    ck_assert_int_le(llabs(lines[1].whole - got.instalment), 1);
    int64_t balance = 1000000;
    int64_t interest = lines[0].rounded;
    for (size_t i = 0; i < 24; i++) {
        const acrm_explain_line *line = &lines[2 + i];
        ck_assert_str_eq(line->figure, "interest");
        ck_assert_int_eq(line->base, balance);
        ck_assert_int_eq(line->days, rows[i].day - (i == 0 ? 20010 : rows[i - 1].day));
        ck_assert_int_eq(llroundl((long double)line->base * line->num / line->den),
                         line->rounded);
        balance -= rows[i].due[ACRM_PART_PRINCIPAL];
        interest += line->rounded;
    }
    ck_assert_int_eq(interest, got.interest);
    /* Room for fewer lines is no fault. */
    ck_assert_int_eq(acrm_prepay(&terms, dues, n, 20010, 200000, rows, DUES, &got, lines, 1,
                                 &n_lines, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(n_lines, 26);
}
END_TEST

/* 31 January, then the last of February, then 31 March. */
START_TEST(restructure__month_ends_come_back_after_a_short_month)
{
    acrm_due dues[] = { { .day = 20089, .due = { 0, 0, 0, 300000 } } }; /* 2025-01-01 */
    acrm_due rows[3];
    acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 0, ACRM_DAYS_NOMINAL, 20089);
    acrm_recast_result got = { .struct_size = sizeof got };

    terms.periods = 3;
    terms.step_months = 1;
    terms.first_due_day = 20119; /* 2025-01-31 */
    ck_assert_int_eq(restructure(&terms, dues, 1, 20089, rows, 3, &got, NULL), ACRM_OK);
    ck_assert_int_eq(rows[1].day, 20147);
    ck_assert_int_eq(rows[2].day, 20178);
    ck_assert_int_eq(rows[2].due[ACRM_PART_PRINCIPAL], 100000);
    terms.step_months = 0;
    terms.step_days = 14;
    ck_assert_int_eq(restructure(&terms, dues, 1, 20089, rows, 3, &got, NULL), ACRM_OK);
    ck_assert_int_eq(rows[2].day, 20119 + 28);
}
END_TEST

START_TEST(recast__refuses_bad_input_by_field)
{
    acrm_due dues[DUES];
    acrm_due rows[DUES];
    acrm_issue issue = { 0 };
    acrm_recast_result got = { .struct_size = sizeof got, .principal = 7 };
    size_t n = annuity_dues(1200000, 120000000, 24, 20000, ACRM_DAYS_ACT_365F, dues);
    int32_t day = dues[5].day;

    pay(dues, 6);
#define PREPAY(change, amount, status, name)                                                      \
    do {                                                                                          \
        acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 120000000, ACRM_DAYS_ACT_365F,      \
                                           20000);                                                \
        change;                                                                                   \
        ck_assert_int_eq(prepay(&terms, dues, n, day, amount, rows, &got, &issue),                \
                         status);                                                                 \
        ck_assert_str_eq(issue.field, name);                                                      \
    } while (0)
    PREPAY(terms.mode = 3, 1000, ACRM_E_INVALID, "terms.mode");
    PREPAY(terms.instalment = -1, 1000, ACRM_E_INVALID, "terms.instalment");
    PREPAY(terms.start_day = dues[0].day + 1, 1000, ACRM_E_INVALID, "terms.start_day");
    PREPAY(terms.balloon = 10000000, 1000, ACRM_E_INVALID, "terms.balloon");
    PREPAY(terms.interest.rounding = 9, 1000, ACRM_E_INVALID, "interest.rounding");
    PREPAY((void)0, 0, ACRM_E_INVALID, "amount");
    PREPAY((void)0, owed(dues, n), ACRM_E_INVALID, "amount");
    PREPAY(terms.mode = ACRM_RECAST_SHORTEN; terms.instalment = 5, 1000, ACRM_E_INVALID,
                                                                  "terms.instalment");
    PREPAY(terms.mode = ACRM_RECAST_SHORTEN; terms.instalment = 20000, 1000, ACRM_E_INVALID,
                                                                  "terms.instalment");
    dues[5].paid[ACRM_PART_PRINCIPAL]--;
    PREPAY((void)0, 1000, ACRM_E_CONFLICT, "dues.paid");
    dues[5].paid[ACRM_PART_PRINCIPAL]++;
    dues[9].paid[ACRM_PART_INTEREST]++;
    PREPAY((void)0, 1000, ACRM_E_CONFLICT, "dues.paid");
    dues[9].paid[ACRM_PART_INTEREST]--;

#define RESTRUCTURE(change, status, name)                                                         \
    do {                                                                                          \
        acrm_recast_terms terms = terms_of(ACRM_RECAST_LOWER, 120000000, ACRM_DAYS_ACT_365F,      \
                                           20000);                                                \
        terms.periods = 12;                                                                       \
        terms.step_months = 1;                                                                    \
        terms.first_due_day = day + 30;                                                           \
        change;                                                                                   \
        ck_assert_int_eq(restructure(&terms, dues, n, day, rows, DUES, &got, &issue),             \
                         status);                                                                 \
        ck_assert_str_eq(issue.field, name);                                                      \
    } while (0)
    /* The schedule engine's limit is ours too. */
    RESTRUCTURE(terms.interest.rate = ACRM_FINANCE_RATE_MAX; terms.periods = 30000;
                terms.step_months = 3; dues[23].due[ACRM_PART_PRINCIPAL] = 900000000000000,
                                       ACRM_E_LIMIT, "terms");
    dues[23].due[ACRM_PART_PRINCIPAL] = 1000;
    RESTRUCTURE(terms.mode = ACRM_RECAST_LAST, ACRM_E_INVALID, "terms.mode");
    RESTRUCTURE(terms.mode = ACRM_RECAST_SHORTEN, ACRM_E_INVALID, "terms.instalment");
    RESTRUCTURE(terms.periods = 0, ACRM_E_INVALID, "terms.periods");
    RESTRUCTURE(terms.interest_only = 12, ACRM_E_INVALID, "terms.interest_only");
    RESTRUCTURE(terms.capitalise = 8, ACRM_E_INVALID, "terms.capitalise");
    RESTRUCTURE(terms.step_months = 13, ACRM_E_INVALID, "terms.step_months");
    RESTRUCTURE(terms.step_months = 0, ACRM_E_INVALID, "terms.step_days");
    RESTRUCTURE(terms.first_due_day = day, ACRM_E_INVALID, "terms.first_due_day");
    RESTRUCTURE(terms.first_due_day = ACRM_DAY_MAX, ACRM_E_INVALID, "terms.first_due_day");
    RESTRUCTURE(terms.balloon = 900000000, ACRM_E_INVALID, "terms.balloon");
    ck_assert_int_eq(got.principal, 7);
}
END_TEST

static Suite *recast_suite(void)
{
    Suite *suite = suite_create("recast");
    TCase *tc = tcase_create("recast");

    tcase_add_test(tc, prepay__lower_is_the_annuity_of_what_is_left);
    tcase_add_test(tc, prepay__each_mode_gives_way_as_it_says);
    tcase_add_test(tc, restructure__keeps_a_balloon);
    tcase_add_test(tc, restructure__adds_or_forgives_arrears_and_grants_time);
    tcase_add_test(tc, prepay__explains_each_figure);
    tcase_add_test(tc, restructure__month_ends_come_back_after_a_short_month);
    tcase_add_test(tc, recast__refuses_bad_input_by_field);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(recast_suite)
