/* SPDX-License-Identifier: MIT */
/* The rules of the schedule one by one: dates, grace, steps, charges, faults, explanations. */
#include "autocrm/finance.h"
#include "base/civil.h"
#include "support/suite.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS = 130 };

__extension__ typedef __int128 wide;

static acrm_schedule_row rows[ROWS];
static acrm_schedule_summary sum;

static acrm_finance_terms loan_of(int64_t price, int64_t rate, int32_t periods)
{
    acrm_finance_terms terms;

    acrm_finance_terms_init(&terms);
    terms.price = price;
    terms.rate = rate;
    terms.periods = periods;
    return terms;
}

static void run(const acrm_finance_terms *terms)
{
    acrm_issue issue = { 0 };

    sum = (acrm_schedule_summary){ .struct_size = sizeof sum };
    int32_t status = acrm_schedule(terms, rows, ROWS, &sum, &issue);
    ck_assert_msg(status == ACRM_OK, "%d %s: %s", status, issue.field, issue.allowed);
}

static int32_t day(int32_t year, int32_t month, int32_t dom)
{
    int32_t out = 0;

    ck_assert(acrm__civil_to_day(year, month, dom, &out));
    return out;
}

/* Figures of issue trackers and of hand computation. */
static const struct {
    const char *rule;
    int64_t price, rate, balloon;
    int32_t periods;
    int64_t instalment, last;
} known[] = {
    { "the last instalment takes the rest", 10000000, 45000000, 0, 60, 186430, 186443 },
    { "a balloon lowers the instalments", 2000000, 60000000, 800000, 48, 32182, 32186 },
    { "a rate of zero works", 1200000, 0, 0, 36, 33333, 33345 },
    { "one instalment takes all", 100000, 120000000, 0, 1, 101000, 101000 },
};

START_TEST(schedule__gives_known_figures)
{
    acrm_finance_terms t = loan_of(known[_i].price, known[_i].rate, known[_i].periods);

    t.balloon = known[_i].balloon;
    run(&t);
    ck_assert_msg(sum.instalment == known[_i].instalment, "%s: %" PRId64, known[_i].rule,
                  sum.instalment);
    ck_assert_msg(sum.last_instalment == known[_i].last, "%s: %" PRId64, known[_i].rule,
                  sum.last_instalment);
}
END_TEST

START_TEST(schedule__keeps_the_end_of_the_month)
{
    acrm_finance_terms t = loan_of(1200000, 60000000, 4);

    t.start_day = day(2026, 1, 31);
    run(&t);
    ck_assert_int_eq(rows[0].due_day, day(2026, 2, 28));
    ck_assert_int_eq(rows[1].due_day, day(2026, 3, 31));
    ck_assert_int_eq(rows[2].due_day, day(2026, 4, 30));
    t.first_due_day = day(2026, 2, 28); /* given, but the regular one: it changes nothing */
    run(&t);
    ck_assert_int_eq(rows[1].due_day, day(2026, 3, 31));
    t.start_day = day(2026, 2, 15); /* now it is a 28th ... */
    run(&t);
    ck_assert_int_eq(rows[1].due_day, day(2026, 3, 28));
    t.month_end = 1; /* ... or an end of month */
    run(&t);
    ck_assert_int_eq(rows[1].due_day, day(2026, 3, 31));
}
END_TEST

START_TEST(schedule__walks_solar_hijri_months)
{
    acrm_finance_terms t = loan_of(1200000, 180000000, 7);
    int32_t want = 0;

    ck_assert(acrm__jalali_to_day(1403, 6, 31, &t.start_day));
    t.calendar = ACRM_CALENDAR_JALALI;
    run(&t);
    for (int32_t i = 0; i < 7; i++) { /* Mehr to Bahman have 30 days, Esfand 1403 has 30 */
        int32_t month = (6 + i) % 12 + 1;
        int32_t year = i < 6 ? 1403 : 1404;
        ck_assert(acrm__jalali_to_day(year, month, i < 6 ? 30 : 31, &want));
        ck_assert_int_eq(rows[i].due_day, want);
    }
}
END_TEST

/* Closed: 2026-05-01 to 03 (a holiday and a weekend), 2026-05-30 and 31 (a weekend). */
static int32_t may_open(void *user, int32_t civil)
{
    int32_t *calls = user;

    ++*calls;
    return !((civil >= day(2026, 5, 1) && civil <= day(2026, 5, 3)) ||
             (civil >= day(2026, 5, 30) && civil <= day(2026, 5, 31)));
}

static const struct {
    int32_t move, due_month, due_dom, pay_month, pay_dom;
    const char *rule;
} moves[] = {
    { ACRM_MOVE_NONE, 5, 1, 5, 1, "not moved" },
    { ACRM_MOVE_FOLLOWING, 5, 1, 5, 4, "over the whole row of closed days" },
    { ACRM_MOVE_PRECEDING, 5, 1, 4, 30, "back into April" },
    { ACRM_MOVE_MODIFIED_PRECEDING, 5, 1, 5, 4, "not into April" },
    { ACRM_MOVE_FOLLOWING, 5, 31, 6, 1, "into June" },
    { ACRM_MOVE_MODIFIED_FOLLOWING, 5, 31, 5, 29, "not into June" },
    { ACRM_MOVE_NEXT_DUE, 5, 1, 6, 1, "together with the next one" },
    { ACRM_MOVE_FOLLOWING, 5, 15, 5, 15, "an open day stays" },
};

START_TEST(schedule__moves_to_open_days_until_one_is_found)
{
    acrm_finance_terms t = loan_of(1200000, 60000000, 3);
    int32_t calls = 0;

    t.start_day = day(2026, 3, 20);
    t.first_due_day = day(2026, moves[_i].due_month, moves[_i].due_dom);
    t.move = moves[_i].move;
    t.open = may_open;
    t.open_user = &calls;
    run(&t);
    ck_assert_int_eq(rows[0].due_day, t.first_due_day);
    ck_assert_msg(rows[0].pay_day == day(2026, moves[_i].pay_month, moves[_i].pay_dom), "%s",
                  moves[_i].rule);
    ck_assert_int_eq((rows[0].flags & ACRM_ROW_MOVED) != 0, rows[0].pay_day != rows[0].due_day);
    ck_assert_int_eq(calls > 0, t.move != ACRM_MOVE_NONE);
}
END_TEST

static int32_t never_open(void *user, int32_t civil)
{
    (void)civil;
    return *(int32_t *)user;
}

START_TEST(schedule__gives_up_when_no_day_is_open)
{
    acrm_finance_terms t = loan_of(1200000, 60000000, 3);
    acrm_issue issue = { 0 };
    int32_t answer = 0;

    t.start_day = day(2026, 3, 20);
    t.move = ACRM_MOVE_FOLLOWING;
    t.open = never_open;
    t.open_user = &answer;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "open");
    answer = ACRM_E_STORE; /* the callback's own failure is handed on */
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_STORE);
    acrm_solution found = { .struct_size = sizeof found };
    t.day_count = ACRM_DAYS_ACT_360;
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_PRICE, 1000, &found, &issue),
                     ACRM_E_STORE);
}
END_TEST

/* A long first period of 1 month and 15 days: 12 000.00 at 7.3 %, 12 months, ACT/365F. The odd
 * days are 24.00 a day / 10 = 2.40 a day, 36.00 in all. */
START_TEST(schedule__treats_a_long_first_period_as_asked)
{
    acrm_finance_terms t = loan_of(1200000, 73000000, 12);

    t.day_count = ACRM_DAYS_ACT_365F;
    t.start_day = day(2026, 1, 1);
    run(&t); /* regular: first due 1 February */
    int64_t regular = sum.instalment;
    t.start_day = day(2025, 12, 17);
    t.first_due_day = day(2026, 2, 1);

    t.first_period = ACRM_FIRST_ADD;
    run(&t);
    ck_assert_int_eq(sum.instalment, regular);
    ck_assert_int_eq(rows[0].total, regular + 3600);
    ck_assert_int_eq(rows[1].total, regular);

    t.first_period = ACRM_FIRST_OWN_LINE;
    run(&t);
    ck_assert_int_eq(sum.rows, 13);
    ck_assert_int_eq(rows[0].kind, ACRM_ROW_FIRST_INTEREST);
    ck_assert_int_eq(rows[0].total, 3600);
    ck_assert_int_eq(rows[0].due_day, day(2026, 1, 1));
    ck_assert_int_eq(rows[1].total, regular);

    t.first_period = ACRM_FIRST_SPREAD;
    run(&t);
    ck_assert_int_eq(rows[0].total, rows[1].total);
    ck_assert_int_gt(sum.instalment, regular + 3600 / 12 - 20);
    ck_assert_int_lt(sum.instalment, regular + 3600 / 12 + 20);
}
END_TEST

/* Each row costs what acrm_day_count() says of its days, for all conventions; ACT/ACT ICMA makes
 * regular periods equal, as the nominal rate does. */
START_TEST(schedule__counts_days_by_every_convention)
{
    acrm_finance_terms t = loan_of(5000000, 83000000, 30);
    acrm_day_count_rule rule = { .struct_size = sizeof rule,
                                 .convention = _i,
                                 .period_months = 1,
                                 .anchor = day(2026, 1, 31),
                                 .month_end = 1,
                                 .termination = day(2028, 7, 31) };

    t.start_day = day(2026, 1, 31);
    t.day_count = _i;
    run(&t);
    ck_assert_int_eq(rows[29].due_day, rule.termination);
    for (int i = 0; i < 30; i++) {
        acrm_year_fraction f;
        ck_assert_int_eq(acrm_day_count(&rule, rows[i].from_day, rows[i].due_day, &f, NULL),
                         ACRM_OK);
        wide num = (wide)rows[i].opening * t.rate * f.num;
        wide den = (wide)ACRM_RATE_ONE * f.den;
        ck_assert_int_eq(rows[i].interest, (int64_t)((num + den / 2) / den));
    }
    if (_i == ACRM_DAYS_ACT_ACT_ICMA) {
        int64_t instalment = sum.instalment;
        t.day_count = ACRM_DAYS_NOMINAL;
        run(&t);
        ck_assert_int_eq(sum.instalment, instalment);
    }
}
END_TEST

START_TEST(schedule__grants_grace)
{
    acrm_finance_terms t = loan_of(1200000, 120000000, 12);

    t.grace_principal = 3; /* 1 % a month of 12 000.00 */
    run(&t);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(rows[i].total, 12000);
        ck_assert_int_eq(rows[i].principal, 0);
        ck_assert_uint_eq(rows[i].flags, ACRM_ROW_INTEREST_ONLY);
    }
    ck_assert_int_gt(rows[3].principal, 0);

    t.grace_principal = 0;
    t.grace_interest = 2; /* capitalised: 12 000, 12 120, 12 241.20 */
    run(&t);
    ck_assert_int_eq(rows[0].total, 0);
    ck_assert_int_eq(rows[2].opening, 1224120);
    ck_assert_int_eq(sum.principal, 1200000);

    t.unpaid = ACRM_UNPAID_WITH_NEXT; /* two months wait for the third */
    run(&t);
    ck_assert_int_eq(rows[2].opening, 1200000);
    ck_assert_int_eq(rows[2].interest, 36000);
    ck_assert_int_eq(rows[2].total, sum.instalment + 24000);
    ck_assert_int_eq(rows[3].total, sum.instalment);

    t.grace_interest = 0;
    t.interest_free = 12;
    run(&t);
    ck_assert_int_eq(sum.interest, 0);
    ck_assert_int_eq(sum.instalment, 100000);
}
END_TEST

START_TEST(schedule__skips_months)
{
    acrm_finance_terms t = loan_of(1200000, 60000000, 24);

    t.start_day = day(2026, 3, 15);
    t.skip_months = 1u << 6 | 1u << 7; /* July and August */
    run(&t);
    for (int i = 0; i < 24; i++) {
        acrm__civil date;
        acrm__civil_from_day(rows[i].due_day, &date);
        bool summer = date.month == 7 || date.month == 8;
        ck_assert_int_eq((rows[i].flags & ACRM_ROW_HOLIDAY) != 0, summer);
        ck_assert_int_eq(rows[i].total == 0, summer);
        if (!summer && i < 23)
            ck_assert_int_eq(rows[i].total, sum.instalment);
    }
}
END_TEST

START_TEST(schedule__steps_and_reports_negative_amortisation)
{
    acrm_finance_step steps[] = { { 1, ACRM_STEP_SHARE, 50000000 },
                                  { 13, ACRM_STEP_SHARE, ACRM_RATE_ONE },
                                  { 25, ACRM_STEP_AMOUNT, 100000 } };
    acrm_finance_terms t = loan_of(3000000, 120000000, 36);

    t.steps = steps;
    t.steps_len = 3;
    run(&t); /* a twentieth of the instalment is less than 1 % of the loan */
    ck_assert_int_eq(sum.first_negative, 1);
    ck_assert_int_eq(sum.negative_rows, 12);
    ck_assert_int_gt(rows[12].opening, 3000000);
    ck_assert_int_eq(rows[12].total, sum.instalment);
    ck_assert_int_eq(rows[24].total, 100000);
    ck_assert_int_eq(rows[35].closing, 0);
    ck_assert_int_lt(rows[35].total - 100000, 40);
    ck_assert_int_gt(rows[35].total - 100000, -40);

    t.steps_len = 0;
    t.instalment = 29999; /* one short of the interest */
    run(&t);
    ck_assert_int_eq(sum.negative_rows, 35);
}
END_TEST

START_TEST(schedule__computes_fixed_profits)
{
    acrm_finance_terms t = loan_of(1200000, 0, 12);

    t.kind = ACRM_FINANCE_MURABAHA;
    t.profit = 78000;
    run(&t);
    ck_assert_int_eq(sum.instalment, 106500);
    ck_assert_int_eq(rows[0].interest, 6500);
    t.spread = ACRM_SPREAD_DIGITS; /* 78 digits: 12, 11, 10 ... */
    run(&t);
    ck_assert_int_eq(rows[0].interest, 12000);
    ck_assert_int_eq(rows[11].interest, 1000);
    ck_assert_int_eq(sum.interest, 78000);

    t = loan_of(1200000, 65000000, 12);
    t.kind = ACRM_FINANCE_FLAT; /* 6.5 % of the loan for one year */
    run(&t);
    ck_assert_int_eq(sum.interest, 78000);

    t.kind = ACRM_FINANCE_INTEREST_ONLY; /* 65.00 a month, and the loan at the end */
    run(&t);
    ck_assert_int_eq(sum.instalment, 6500);
    ck_assert_int_eq(rows[12].kind, ACRM_ROW_BALLOON);
    ck_assert_int_eq(rows[12].total, 1200000);
}
END_TEST

START_TEST(schedule__adds_charges_and_tax)
{
    acrm_finance_charge charges[] = {
        { ACRM_CHARGE_FEE, ACRM_CHARGE_UPFRONT, ACRM_CHARGE_FIXED, ACRM_CHARGE_IN_APR, 15000, 0 },
        { ACRM_CHARGE_FEE, ACRM_CHARGE_FINANCED, ACRM_CHARGE_OF_LOAN, ACRM_CHARGE_IN_APR, 0,
          20000000 },
        { ACRM_CHARGE_INSURANCE, ACRM_CHARGE_PERIODIC, ACRM_CHARGE_OF_BALANCE, 0, 0, 1000000 },
        { ACRM_CHARGE_FEE, ACRM_CHARGE_PERIODIC, ACRM_CHARGE_FIXED,
          ACRM_CHARGE_IN_APR | ACRM_CHARGE_TAXED, 500, 0 },
        { ACRM_CHARGE_FEE, ACRM_CHARGE_FINAL, ACRM_CHARGE_OF_PRICE, 0, 0, 1000000 },
    };
    acrm_finance_terms t = loan_of(2000000, 60000000, 10);

    t.deposit = 400000;
    t.trade_in = 700000;
    t.trade_in_debt = 100000;
    t.charges = charges;
    t.charges_len = 5;
    t.tax_on = ACRM_TAX_INTEREST;
    t.tax_rate = 200000000;
    run(&t);
    /* 10 000.00 and 2 % of it are financed. */
    ck_assert_int_eq(sum.financed, 1020000);
    ck_assert_int_eq(sum.upfront, 15000);
    ck_assert_int_eq(sum.advance_counted, 1020000 - 20000 - 15000);
    ck_assert_int_eq(rows[0].interest, 5100);
    ck_assert_int_eq(rows[0].tax, 1020 + 100); /* 20 % of the interest, and of the taxed fee */
    ck_assert_int_eq(rows[0].insurance, 1020); /* a thousandth of the balance */
    ck_assert_int_eq(rows[0].fee, 500);
    ck_assert_int_eq(rows[0].counted, sum.instalment + 1020 + 500 + 100);
    ck_assert_int_eq(rows[9].fee, 500 + 2000);

    t.charges_len = 0;
    t.tax_on = ACRM_TAX_PRICE_NET_TRADE_IN;
    t.tax_financed = 1;
    run(&t);
    ck_assert_int_eq(sum.price_tax, 260000); /* 20 % of 13 000.00 */
    ck_assert_int_eq(sum.financed, 1260000);
}
END_TEST

START_TEST(schedule__rounds_instalments_to_multiples)
{
    acrm_finance_terms t = loan_of(1000000, 60000000, 36);

    t.instalment_unit = 10000; /* 304.22 becomes 400.00: six instalments fewer */
    t.instalment_rounding = ACRM_ROUND_UP;
    run(&t);
    ck_assert_int_eq(sum.instalment, 40000);
    ck_assert_int_eq(sum.rows, 27);
    ck_assert_int_eq(rows[26].closing, 0);
    int64_t rest = rows[26].principal;
    t.tail = rest; /* a rest this small is paid along */
    run(&t);
    ck_assert_int_eq(sum.rows, 26);
}
END_TEST

/* Each fault names its member and what is allowed. */
static const struct {
    const char *field;
    size_t at;
    int64_t value;
    int32_t status;
} faults[] = {
#define INT32(m, v) { #m, offsetof(acrm_finance_terms, m), v, ACRM_E_INVALID }
#define INT64(m, v) { #m, offsetof(acrm_finance_terms, m) | 1, v, ACRM_E_INVALID }
    INT32(kind, -1), INT32(kind, 6), INT32(timing, 2), INT32(period, 8), INT32(periods, 0),
    INT32(periods, -1), INT32(periods, INT32_MAX), INT32(day_count, 9), INT32(day_count, -1),
    INT64(rate, -1), INT64(rate, INT64_MAX), INT64(price, -1), INT64(price, INT64_MAX),
    INT64(price, 0), INT64(deposit, INT64_MIN), INT64(trade_in, -1), INT64(trade_in_debt, -1),
    INT64(balloon, -1), INT64(balloon, 1000001), INT64(instalment, -1), INT64(profit, 1),
    INT32(grace_principal, 12), INT32(grace_interest, 12), INT32(interest_free, 13),
    INT32(unpaid, 2), INT32(calendar, 2), INT32(start_day, INT32_MAX), INT32(due_dom, 32),
    INT32(first_due_day, 19999), INT32(month_end, 2), INT32(first_period, 3), INT32(move, 6),
    INT32(move_interest, 2), INT32(spread, 2), INT32(rounding, 5), INT32(instalment_rounding, 5),
    INT64(round_unit, 0), INT64(instalment_unit, -5), INT64(tail, -1), INT32(tax_on, 5),
    INT32(tax_financed, 2), INT64(tax_rate, -1), INT32(skip_months, 0x1000),
#undef INT64
#undef INT32
};

START_TEST(schedule__names_the_faulty_member)
{
    acrm_finance_terms t = loan_of(1000000, 60000000, 12);
    acrm_issue issue = { 0 };
    char *member = (char *)&t + (faults[_i].at & ~(size_t)1);
    acrm_schedule_summary untouched = { .struct_size = sizeof untouched };
    acrm_schedule_summary before = untouched;

    t.start_day = 20000;
    if ((faults[_i].at & 1) != 0)
        memcpy(member, &faults[_i].value, sizeof(int64_t));
    else
        memcpy(member, &(int32_t){ (int32_t)faults[_i].value }, sizeof(int32_t));
    int32_t status = acrm_schedule(&t, rows, ROWS, &untouched, &issue);
    ck_assert_msg(status == faults[_i].status, "%s: %d", faults[_i].field, status);
    ck_assert_str_eq(issue.field, faults[_i].field);
    ck_assert_uint_gt(strlen(issue.allowed), 0);
    ck_assert_mem_eq(&untouched, &before, sizeof before);
}
END_TEST

START_TEST(schedule__refuses_what_contradicts_or_overflows)
{
    acrm_finance_terms t = loan_of(1000000, 60000000, 12);
    acrm_finance_step step = { 13, 0, 1 };
    acrm_finance_charge charge = { 0, 0, 3, 0, 0, 0 };
    acrm_issue issue = { 0 };

    ck_assert_int_eq(acrm_schedule(NULL, rows, ROWS, NULL, NULL), ACRM_E_MISUSE);
    t.struct_size--;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, NULL), ACRM_E_MISUSE);
    t.struct_size++;
    ck_assert_int_eq(acrm_schedule(&t, NULL, 1, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_schedule(&t, rows, 11, NULL, &issue), ACRM_E_LIMIT);
    ck_assert_str_eq(issue.field, "rows_max");

    t.skip_months = 1; /* needs dates */
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "start_day");
    t.skip_months = 0;

    t.steps = &step;
    t.steps_len = 1;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "steps.from");
    ck_assert_int_eq(issue.row, 0);
    step = (acrm_finance_step){ 1, ACRM_STEP_SHARE, ACRM_RATE_ONE };
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_OK);
    t.steps_len = 0;

    t.charges = &charge;
    t.charges_len = 1;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "charges.basis");
    t.charges_len = 0;

    t.rate = ACRM_FINANCE_RATE_MAX; /* ten times the loan each year, never paid */
    t.period = ACRM_PERIOD_YEAR;
    t.instalment = 1;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_LIMIT);

    t.instalment = 0; /* a century of capitalised interest: discounted to nothing, with steps too */
    t.periods = 110;
    t.grace_interest = 105;
    t.steps_len = 1;
    ck_assert_int_eq(acrm_schedule(&t, rows, ROWS, NULL, &issue), ACRM_E_LIMIT);

    t = loan_of(ACRM_FINANCE_AMOUNT_MAX, ACRM_FINANCE_RATE_MAX, ACRM_FINANCE_PERIODS_MAX);
    t.period = ACRM_PERIOD_YEAR;
    ck_assert_int_eq(acrm_schedule(&t, NULL, 0, NULL, &issue), ACRM_E_LIMIT);
    t.period = ACRM_PERIOD_DAY;
    t.start_day = day(9990, 1, 1);
    ck_assert_int_eq(acrm_schedule(&t, NULL, 0, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "periods");
}
END_TEST

START_TEST(solve__brings_every_unknown_back)
{
    static const struct {
        int32_t unknown;
        size_t at;
        bool term;
    } unknowns[] = {
        { ACRM_SOLVE_RATE, offsetof(acrm_finance_terms, rate), false },
        { ACRM_SOLVE_PRICE, offsetof(acrm_finance_terms, price), false },
        { ACRM_SOLVE_DEPOSIT, offsetof(acrm_finance_terms, deposit), false },
        { ACRM_SOLVE_BALLOON, offsetof(acrm_finance_terms, balloon), false },
        { ACRM_SOLVE_TRADE_IN, offsetof(acrm_finance_terms, trade_in), false },
    };
    acrm_finance_charge fee = { ACRM_CHARGE_FEE, ACRM_CHARGE_FINANCED, ACRM_CHARGE_OF_PRICE, 0, 0,
                                15000000 };
    acrm_finance_terms t = loan_of(2499000, 69900000, 48);

    t.deposit = 300000;
    t.trade_in = 200000;
    t.balloon = 500000;
    t.charges = &fee;
    t.charges_len = 1;
    t.start_day = day(2026, 1, 31);
    t.day_count = ACRM_DAYS_ACT_365F;
    t.kind = _i == 0 ? ACRM_FINANCE_ANNUITY : ACRM_FINANCE_EQUAL_PRINCIPAL;
    run(&t);
    for (size_t i = 0; i < sizeof unknowns / sizeof unknowns[0]; i++) {
        acrm_solution got = { .struct_size = sizeof got };
        acrm_finance_terms other = t;
        int64_t *member = (int64_t *)(void *)((char *)&other + unknowns[i].at);
        int64_t want = *member;
        *member = 0;
        ck_assert_int_eq(
            acrm_finance_solve(&other, unknowns[i].unknown, sum.instalment, &got, NULL), ACRM_OK);
        ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_ONE);
        ck_assert_msg(got.lowest <= want && want <= got.highest, "%d: %" PRId64 " to %" PRId64,
                      unknowns[i].unknown, got.lowest, got.highest);
        ck_assert_int_eq(got.instalment, sum.instalment);
        *member = got.value;
        acrm_schedule_summary again = { .struct_size = sizeof again };
        ck_assert_int_eq(acrm_schedule(&other, NULL, 0, &again, NULL), ACRM_OK);
        ck_assert_int_eq(again.instalment, sum.instalment);
        *member = got.highest + 1; /* and the interval is as wide as it can be */
        if (acrm_schedule(&other, NULL, 0, &again, NULL) == ACRM_OK)
            ck_assert_int_ne(again.instalment, sum.instalment);
    }
}
END_TEST

START_TEST(solve__says_when_there_is_none_or_any)
{
    acrm_finance_terms t = loan_of(2000000, 60000000, 48);
    acrm_solution got = { .struct_size = sizeof got };

    /* 100.00 is the interest: it never ends. */
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_TERM, 10000, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_NONE);
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_TERM, 10100, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_ONE);
    /* Without interest it is 416.67 at least. */
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_RATE, 41000, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_NONE);
    ck_assert_int_eq(got.reach_low, 41667);
    ck_assert_int_eq(got.value, 0);
    ck_assert_int_gt(got.lowest, got.highest);
    /* A free loan costs the same at every rate. */
    t.interest_free = 48;
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_RATE, 41667, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_ALL);
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_RATE, 41668, &got, NULL), ACRM_OK);
    ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_NONE);
    ck_assert_int_eq(acrm_finance_solve(&t, 7, 41668, &got, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_finance_solve(&t, ACRM_SOLVE_RATE, 0, &got, NULL), ACRM_E_INVALID);
}
END_TEST

START_TEST(explain__tells_the_steps_that_were_taken)
{
    acrm_explain_line lines[ACRM_EXPLAIN_LINES_MAX];
    acrm_finance_terms t = loan_of(1687500, 52000000, 24);
    size_t n = 0;

    /* An exact tie, 16 875.00 * 5.2 / 1200 = 73.125, goes up. */
    ck_assert_int_eq(acrm_schedule_explain(&t, 0, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(lines[1].figure, "principal");
    ck_assert_str_eq(lines[1].formula, "instalment - interest");
    ck_assert_str_eq(lines[0].figure, "interest");
    ck_assert_int_eq(lines[0].base, 1687500);
    ck_assert_int_eq(lines[0].num, 52000000);
    ck_assert_int_eq(lines[0].den, INT64_C(12000000000));
    ck_assert_int_eq(lines[0].whole, 7312);
    ck_assert_int_eq(lines[0].ppt, INT64_C(500000000000));
    ck_assert_int_eq(lines[0].rounded, 7313);

    ck_assert_int_eq(acrm_schedule_explain(&t, -1, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    run(&t);
    ck_assert_str_eq(lines[n - 1].figure, "instalment");
    ck_assert_int_eq(lines[n - 1].rounded, sum.instalment);
    ck_assert_int_eq(lines[n - 1].whole, sum.exact_whole);
    ck_assert_int_eq(acrm_schedule_explain(&t, 24, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_schedule_explain(&t, 0, lines, 0, &n, NULL), ACRM_E_LIMIT);

    t.start_day = day(2026, 1, 1);
    t.day_count = ACRM_DAYS_ACT_365F;
    ck_assert_int_eq(acrm_schedule_explain(&t, 1, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    ck_assert_int_eq(lines[0].days, 28); /* February */
    ck_assert_int_eq(acrm_schedule_explain(&t, 0, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    ck_assert_int_eq(lines[0].days, 31);
    t.start_day = day(2025, 12, 17); /* fifteen odd days in a line of their own */
    t.first_due_day = day(2026, 2, 1);
    t.first_period = ACRM_FIRST_OWN_LINE;
    ck_assert_int_eq(acrm_schedule_explain(&t, 0, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    ck_assert_int_eq(lines[0].days, 15);

    t = loan_of(1200000, 65000000, 12);
    t.kind = ACRM_FINANCE_FLAT;
    ck_assert_int_eq(acrm_schedule_explain(&t, 11, lines, ACRM_EXPLAIN_LINES_MAX, &n, NULL),
                     ACRM_OK);
    ck_assert_int_eq(lines[0].rounded, 6500);
    ck_assert_int_eq(lines[1].rounded, 100000);
}
END_TEST

static Suite *schedule_suite(void)
{
    Suite *suite = suite_create("schedule");
    TCase *tc = tcase_create("schedule");

    tcase_add_loop_test(tc, schedule__gives_known_figures, 0, sizeof known / sizeof known[0]);
    tcase_add_test(tc, schedule__keeps_the_end_of_the_month);
    tcase_add_test(tc, schedule__walks_solar_hijri_months);
    tcase_add_loop_test(tc, schedule__moves_to_open_days_until_one_is_found, 0,
                        sizeof moves / sizeof moves[0]);
    tcase_add_test(tc, schedule__gives_up_when_no_day_is_open);
    tcase_add_test(tc, schedule__treats_a_long_first_period_as_asked);
    tcase_add_loop_test(tc, schedule__counts_days_by_every_convention, ACRM_DAYS_30_360_US,
                        ACRM_DAYS_ACT_ACT_ICMA + 1);
    tcase_add_test(tc, schedule__grants_grace);
    tcase_add_test(tc, schedule__skips_months);
    tcase_add_test(tc, schedule__steps_and_reports_negative_amortisation);
    tcase_add_test(tc, schedule__computes_fixed_profits);
    tcase_add_test(tc, schedule__adds_charges_and_tax);
    tcase_add_test(tc, schedule__rounds_instalments_to_multiples);
    tcase_add_loop_test(tc, schedule__names_the_faulty_member, 0,
                        sizeof faults / sizeof faults[0]);
    tcase_add_test(tc, schedule__refuses_what_contradicts_or_overflows);
    tcase_add_loop_test(tc, solve__brings_every_unknown_back, 0, 2);
    tcase_add_test(tc, solve__says_when_there_is_none_or_any);
    tcase_add_test(tc, explain__tells_the_steps_that_were_taken);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(schedule_suite)
