/* SPDX-License-Identifier: MIT */
/* The schedule against a second implementation over random contracts, with its invariants. */
#include "schedule_oracle.h"
#include "support/suite.h"

#include <inttypes.h>
#include <time.h>

enum { RANDOM_CONTRACTS = 100000, RANDOM_SOLUTIONS = 3000 };

static uint64_t random_state;

/* SplitMix64: any seed is as good as any other. */
static uint64_t random_next(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static int64_t pick(int64_t low, int64_t high)
{
    return low + (int64_t)(random_next() % (uint64_t)(high - low + 1));
}

static bool one_in(int n)
{
    return pick(1, n) == 1;
}

/* Fridays and a tenth of the other days are closed; the days around 1 January too. */
static int32_t open_days(void *user, int32_t day)
{
    uint32_t mixed = (uint32_t)day * UINT32_C(2654435761);

    (void)user;
    return day % 7 != 1 && mixed >> 16 > 6553 && (day % 365 > 9);
}

static acrm_finance_charge charges[3];
static acrm_finance_step steps[3];

static void dates_of(acrm_finance_terms *t)
{
    static const int32_t counts[] = { ACRM_DAYS_NOMINAL,  ACRM_DAYS_NOMINAL,
                                      ACRM_DAYS_ACT_360,  ACRM_DAYS_ACT_365F,
                                      ACRM_DAYS_30E_360,  ACRM_DAYS_ACT_ACT_ISDA };

    t->start_day = (int32_t)pick(12000, 24000);
    t->calendar = one_in(3);
    t->day_count = counts[pick(0, 5)];
    if (one_in(3))
        t->first_due_day = t->start_day + (int32_t)pick(0, 70);
    t->due_dom = one_in(6) ? (int32_t)pick(1, 31) : 0;
    t->month_end = one_in(3);
    t->first_period = (int32_t)pick(0, 2);
    if (one_in(3)) {
        t->move = (int32_t)pick(0, 5);
        t->open = open_days;
        t->move_interest = one_in(2);
    }
    if (one_in(6))
        t->skip_months = (uint32_t)pick(0, 0xfff) & (uint32_t)pick(0, 0xfff);
}

static void charges_of(acrm_finance_terms *t)
{
    t->charges = charges;
    t->charges_len = (size_t)pick(1, 3);
    for (size_t i = 0; i < t->charges_len; i++) {
        int32_t when = (int32_t)pick(0, 3);
        charges[i] = (acrm_finance_charge){
            .kind = one_in(2),
            .when = when,
            .basis = (int32_t)pick(0, when >= ACRM_CHARGE_PERIODIC ? 3 : 2),
            .flags = (uint32_t)pick(0, 3),
            .amount = pick(0, 50000),
            .rate = pick(0, 30000000),
        };
    }
}

static void steps_of(acrm_finance_terms *t)
{
    int32_t from = 0;

    t->steps = steps;
    for (t->steps_len = 0; t->steps_len < 3 && from < t->periods; t->steps_len++) {
        from = (int32_t)pick(from + 1, t->periods);
        steps[t->steps_len] = (acrm_finance_step){ .from = from, .what = ACRM_STEP_SHARE };
        steps[t->steps_len].value = pick(500000000, 1500000000);
        if (one_in(4)) {
            steps[t->steps_len].what = ACRM_STEP_AMOUNT;
            steps[t->steps_len].value = pick(0, t->price / t->periods);
        }
    }
}

static void contract_of(acrm_finance_terms *t)
{
    static const int64_t units[] = { 1, 1, 1, 10, 100, 1000 };

    acrm_finance_terms_init(t);
    t->kind = one_in(2) ? ACRM_FINANCE_ANNUITY : (int32_t)pick(0, 5);
    t->timing = one_in(3);
    t->period = one_in(2) ? ACRM_PERIOD_MONTH : (int32_t)pick(0, 7);
    t->periods = (int32_t)(one_in(10) ? pick(61, 120) : pick(1, 60));
    if (t->period == ACRM_PERIOD_YEAR || t->period == ACRM_PERIOD_HALF_YEAR)
        t->periods = (int32_t)pick(1, 15);
    t->rate = one_in(12) ? 0 : one_in(2) ? pick(1, 60) * 2500000 : pick(1, 400000000);
    t->price = one_in(4) ? pick(1, 3000000000) : pick(100000, 9000000);
    t->deposit = one_in(2) ? pick(0, t->price / 2) : 0;
    t->trade_in = one_in(3) ? pick(0, t->price / 3) : 0;
    t->trade_in_debt = one_in(6) ? pick(0, t->price / 3) : 0;
    if (t->kind != ACRM_FINANCE_INTEREST_ONLY && one_in(3))
        t->balloon = pick(0, (t->price - t->deposit - t->trade_in) / 2);
    if (t->kind == ACRM_FINANCE_ANNUITY && one_in(3)) { /* the library has a short cut for these */
        t->tail = one_in(4) ? pick(0, 5000) : 0;
        return;
    }
    if (t->kind == ACRM_FINANCE_MURABAHA) {
        t->rate = 0;
        t->profit = pick(0, t->price);
    }
    t->grace_principal = one_in(5) ? (int32_t)pick(0, t->periods - 1) : 0;
    t->grace_interest = one_in(5) ? (int32_t)pick(0, t->periods - 1) : 0;
    t->interest_free = one_in(8) ? (int32_t)pick(0, t->periods) : 0;
    t->unpaid = one_in(2);
    t->spread = one_in(2);
    t->rounding = (int32_t)pick(0, 4);
    t->instalment_rounding = (int32_t)pick(0, 4);
    t->round_unit = units[pick(0, 3)];
    t->instalment_unit = units[pick(0, 5)];
    t->tail = one_in(8) ? pick(0, 500) : 0;
    if (one_in(3)) {
        t->tax_on = (int32_t)pick(0, 4);
        t->tax_rate = pick(0, 250000000);
        t->tax_financed = one_in(2);
    }
    if (one_in(2))
        dates_of(t);
    if (one_in(3))
        charges_of(t);
    if (t->kind == ACRM_FINANCE_ANNUITY && one_in(6))
        steps_of(t);
    else if (t->kind == ACRM_FINANCE_ANNUITY && one_in(8))
        t->instalment = pick(1, t->price);
}

static const char *field_differs(const acrm_schedule_row *a, const acrm_schedule_row *b)
{
    return a->number != b->number         ? "number"
           : a->kind != b->kind           ? "kind"
           : a->from_day != b->from_day   ? "from_day"
           : a->due_day != b->due_day     ? "due_day"
           : a->pay_day != b->pay_day     ? "pay_day"
           : a->opening != b->opening     ? "opening"
           : a->accrued != b->accrued     ? "accrued"
           : a->interest != b->interest   ? "interest"
           : a->principal != b->principal ? "principal"
           : a->fee != b->fee             ? "fee"
           : a->insurance != b->insurance ? "insurance"
           : a->tax != b->tax             ? "tax"
           : a->total != b->total         ? "total"
           : a->counted != b->counted     ? "counted"
           : a->closing != b->closing     ? "closing"
           : a->flags != b->flags         ? "flags"
                                          : NULL;
}

/* Not ck_assert_msg, which makes a system call each time, also when all is well. */
#define PROMISE(condition)                                                                        \
    do {                                                                                          \
        if (!(condition))                                                                         \
            ck_abort_msg("seed %" PRIu64 " contract %d: " #condition, seed, n);                   \
    } while (0)

/* What holds for every schedule. */
static void check_invariants(const acrm_finance_terms *t, const acrm_schedule_row *rows,
                             const acrm_schedule_summary *sum, uint64_t seed, int n)
{
    int64_t principal = 0, interest = 0, total = 0;
    int32_t negative = 0;

    PROMISE(sum->rows >= 1 && sum->rows <= t->periods + 2);
    PROMISE(rows[0].opening == sum->financed);
    for (int32_t i = 0; i < sum->rows; i++) {
        const acrm_schedule_row *r = &rows[i];
        PROMISE(i == 0 || r->opening == rows[i - 1].closing);
        PROMISE(r->closing == r->opening - r->principal && r->closing >= 0);
        PROMISE(r->total == r->principal + r->interest + r->fee + r->insurance + r->tax);
        PROMISE(r->total >= 0 && r->interest >= 0 && r->counted <= r->total);
        PROMISE(((r->flags & ACRM_ROW_LAST) != 0) == (i == sum->rows - 1));
        PROMISE(i == 0 || r->due_day >= rows[i - 1].due_day);
        PROMISE(i == 0 || r->pay_day >= rows[i - 1].pay_day);
        principal += r->principal;
        interest += r->interest;
        total += r->total;
        negative += (r->flags & ACRM_ROW_NEGATIVE) != 0;
    }
    PROMISE(rows[sum->rows - 1].closing == 0);
    PROMISE(principal == sum->financed && sum->principal == principal);
    PROMISE(interest == sum->interest && total == sum->total);
    PROMISE(negative == sum->negative_rows && (negative > 0) == (sum->first_negative > 0));
}

/* Is an exact value so near to where rounding turns that a long double cannot tell the side? */
static bool near_turn(const acrm_finance_terms *t, long double exact)
{
    long double half = (long double)t->instalment_unit / 2;
    long double steps_of_half = exact / half;
    long double off = steps_of_half - (long double)(int64_t)(steps_of_half + 0.5L);

    return (off < 0 ? -off : off) * half < 1e-5L + exact * 1e-13L;
}

static void check_level(const acrm_finance_terms *t, const oracle *o,
                        const acrm_schedule_summary *sum, uint64_t seed, int n)
{
    long double exact = (long double)sum->exact_whole + (long double)sum->exact_ppt / 1e12L;
    long double gap = exact - o->exact;

    PROMISE((gap < 0 ? -gap : gap) < 1e-6L + o->exact * 1e-13L);
    long double moved = (long double)sum->instalment - o->exact;
    PROMISE((moved < 0 ? -moved : moved) < (long double)t->instalment_unit + 1e-5L);
    if (!near_turn(t, o->exact)) {
        oracle_wide million = 1000000;
        PROMISE(sum->instalment ==
                oracle_round((oracle_wide)(o->exact * 1e6L), million, t->instalment_unit,
                             t->instalment_rounding));
    }
}

static void check_contract(uint64_t seed, int n, int *refused, int *turning)
{
    static oracle o;
    acrm_finance_terms t;
    acrm_schedule_row rows[ORACLE_ROWS];
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    acrm_issue issue = { 0 };

    contract_of(&t);
    bool loan = oracle_prepare(&o, &t);
    int32_t status = acrm_schedule(&t, rows, ORACLE_ROWS, &sum, &issue);
    if (!loan || status != ACRM_OK) {
        bool steps_too_large = status == ACRM_E_INVALID && strcmp(issue.field, "steps") == 0 &&
                               oracle_left(&o, 0) < 1e-3L;
        PROMISE(status == ACRM_E_INVALID && (!loan || steps_too_large));
        ++*refused;
        return;
    }
    check_invariants(&t, rows, &sum, seed, n);
    PROMISE(sum.financed == o.loan && sum.upfront == o.upfront);
    PROMISE(sum.price_tax == o.price_tax && sum.advance_counted == o.advance_counted);
    if (t.kind == ACRM_FINANCE_ANNUITY || t.kind >= ACRM_FINANCE_FLAT) {
        check_level(&t, &o, &sum, seed, n);
        *turning += t.instalment == 0 && near_turn(&t, o.exact);
    }
    oracle_rows(&o, sum.instalment);
    PROMISE(sum.rows == o.n_rows);
    for (int32_t i = 0; i < sum.rows; i++) {
        const char *field = field_differs(&rows[i], &o.rows[i]);
        if (field != NULL)
            ck_abort_msg("seed %" PRIu64 " contract %d row %d: %s", seed, n, i, field);
    }
}

static uint64_t seed_of_run(void)
{
    const char *given = getenv("ACRM_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    printf("seed %" PRIu64 "\n", seed);
    return seed;
}

START_TEST(schedule__agrees_with_a_second_implementation)
{
    uint64_t seed = seed_of_run();
    int refused = 0, turning = 0;

    oracle_count_days();
    for (int n = 0; n < RANDOM_CONTRACTS; n++) {
        random_state = seed * RANDOM_CONTRACTS + (uint64_t)n;
        check_contract(seed, n, &refused, &turning);
    }
    ck_assert_int_lt(refused, RANDOM_CONTRACTS / 20);
    printf("%d contracts, %d refused by both, %d near a turn\n", RANDOM_CONTRACTS, refused,
           turning);
}
END_TEST

/* The unknowns with the members they stand for; the instalment rises with the first two. */
static const struct {
    int32_t unknown;
    size_t at;
} unknowns[] = {
    { ACRM_SOLVE_RATE, offsetof(acrm_finance_terms, rate) },
    { ACRM_SOLVE_PRICE, offsetof(acrm_finance_terms, price) },
    { ACRM_SOLVE_DEPOSIT, offsetof(acrm_finance_terms, deposit) },
    { ACRM_SOLVE_BALLOON, offsetof(acrm_finance_terms, balloon) },
    { ACRM_SOLVE_TRADE_IN, offsetof(acrm_finance_terms, trade_in) },
};

/* A contract's own instalment brings its own value back, and the interval cannot be wider. */
static void check_solution(const acrm_finance_terms *t, int64_t instalment, uint64_t seed, int n)
{
    int which = (int)pick(0, 4);
    acrm_finance_terms other = *t;
    acrm_solution got = { .struct_size = sizeof got };
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    int64_t *member = (int64_t *)(void *)((char *)&other + unknowns[which].at);
    int64_t own = *member;

    *member = pick(0, 1000); /* what is sought is not looked at */
    PROMISE(acrm_finance_solve(&other, unknowns[which].unknown, instalment, &got, NULL) ==
            ACRM_OK);
    PROMISE(got.solutions != ACRM_SOLUTIONS_NONE);
    PROMISE(got.lowest <= own && own <= got.highest);
    PROMISE(got.lowest <= got.value && got.value <= got.highest);
    PROMISE(got.instalment == instalment);
    PROMISE(got.reach_low <= instalment && instalment <= got.reach_high);
    *member = got.value;
    PROMISE(acrm_schedule(&other, NULL, 0, &sum, NULL) == ACRM_OK && sum.instalment == instalment);
    *member = got.lowest - 1;
    PROMISE(acrm_schedule(&other, NULL, 0, &sum, NULL) != ACRM_OK || sum.instalment != instalment);
    *member = got.highest + 1;
    PROMISE(acrm_schedule(&other, NULL, 0, &sum, NULL) != ACRM_OK || sum.instalment != instalment);
}

/* Paying it each period, fewer periods would need more. */
static void check_term(const acrm_finance_terms *t, int64_t instalment, uint64_t seed, int n)
{
    acrm_finance_terms other = *t;
    acrm_solution got = { .struct_size = sizeof got };
    acrm_schedule_summary sum = { .struct_size = sizeof sum };

    PROMISE(acrm_finance_solve(&other, ACRM_SOLVE_TERM, instalment, &got, NULL) == ACRM_OK);
    if (got.solutions == ACRM_SOLUTIONS_NONE)
        return;
    other.periods = (int32_t)got.value;
    PROMISE(acrm_schedule(&other, NULL, 0, &sum, NULL) == ACRM_OK);
    PROMISE(sum.exact_whole <= instalment);
    other.periods--;
    PROMISE(acrm_schedule(&other, NULL, 0, &sum, NULL) != ACRM_OK || sum.exact_whole >= instalment);
}

START_TEST(solve__brings_random_unknowns_back)
{
    uint64_t seed = seed_of_run();

    for (int n = 0; n < RANDOM_SOLUTIONS; n++) {
        acrm_finance_terms t;
        acrm_schedule_summary sum = { .struct_size = sizeof sum };

        random_state = seed * RANDOM_CONTRACTS + (uint64_t)n;
        contract_of(&t);
        t.instalment = 0;
        if (acrm_schedule(&t, NULL, 0, &sum, NULL) != ACRM_OK || sum.instalment < 1)
            continue;
        if (t.kind == ACRM_FINANCE_ANNUITY && t.steps_len == 0 && one_in(8))
            check_term(&t, sum.instalment, seed, n);
        else
            check_solution(&t, sum.instalment, seed, n);
    }
}
END_TEST

static Suite *schedule_random_suite(void)
{
    Suite *suite = suite_create("schedule_random");
    TCase *tc = tcase_create("schedule_random");

    tcase_add_test(tc, schedule__agrees_with_a_second_implementation);
    tcase_add_test(tc, solve__brings_random_unknowns_back);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(schedule_random_suite)
