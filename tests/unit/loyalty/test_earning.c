/* SPDX-License-Identifier: MIT */
/* Earning: the rules one by one, random schemes against a plain model, challenges. */
#include "autocrm/status.h"
#include "base/civil.h"
#include "base/money.h"
#include "engines/earning/earning.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE ACRM__EARNING_ONE

enum { RULES = 8 };

typedef struct world {
    bool fits[RULES];
    uint32_t lines[RULES]; /* bits of the lines that fit */
    int64_t given[RULES], times[RULES];
    int32_t fail;
} world;

static int32_t world_fits(void *self, size_t rule, bool *out)
{
    const world *w = self;

    *out = w->fits[rule];
    return w->fail;
}

static int32_t world_line(void *self, size_t rule, size_t line, bool *out)
{
    const world *w = self;

    *out = (w->lines[rule] >> line & 1) != 0;
    return ACRM_OK;
}

static int32_t world_given(void *self, size_t rule, int32_t period, int64_t *points,
                           int64_t *times)
{
    const world *w = self;

    ck_assert_int_ne(period, ACRM__EARNING_EVENT);
    *points = w->given[rule];
    *times = w->times[rule];
    return ACRM_OK;
}

#define ALWAYS .from = INT64_MIN, .until = INT64_MAX
#define GIVES .spendable = true, .share = ONE, ALWAYS
#define RATE(points, per) .gives = ACRM__EARNING_RATE, .number = (points), .unit = (per), GIVES
#define FIXED(points) .gives = ACRM__EARNING_FIXED, .number = (points) * ONE, GIVES
#define DOWN .rounding = ACRM__ROUND_DOWN
#define FACTOR(times) .gives = ACRM__EARNING_FACTOR, .number = (times), ALWAYS
#define CAP(period_, times_, limit_) \
    .caps = { { .period = ACRM__EARNING_##period_, .times = (times_), .limit = (limit_) } }, \
    .n_caps = 1

static const struct {
    const char *rule;
    acrm__earning_rule rules[4];
    int32_t stacking, factors;
    int64_t amount;
    int64_t lines[3];
    size_t n_lines;
    int64_t given, times; /* of every rule before */
    int64_t spendable, qualifying;
    int32_t outcomes[4];
} cases[] = {
    { "a point for each 10.00, floored", { { RATE(ONE, 1000), DOWN } }, 1, 1, 2999, { 0 }, 0, 0,
      0, 2, 2, { ACRM__EARNING_GAVE } },
    { "half up when the rule says so", { { RATE(ONE, 1000), .rounding = ACRM__ROUND_HALF_UP } },
      1, 1, 2500, { 0 }, 0, 0, 0, 3, 3, { ACRM__EARNING_GAVE } },
    { "half even", { { RATE(ONE, 1000), .rounding = ACRM__ROUND_HALF_EVEN } }, 1, 1, 2500, { 0 },
      0, 0, 0, 2, 2, { ACRM__EARNING_GAVE } },
    { "up", { { RATE(ONE, 1000), .rounding = ACRM__ROUND_UP } }, 1, 1, 2001, { 0 }, 0, 0, 0, 3, 3,
      { ACRM__EARNING_GAVE } },
    { "by order: lines are added first", { { RATE(ONE, 1000), DOWN } }, 1, 1, 0, { 999, 999, 999
      }, 3, 0, 0, 2, 2, { ACRM__EARNING_GAVE } },
    { "by line: each is floored", { { RATE(ONE, 1000), DOWN, .per_line = true } }, 1, 1, 0, { 999,
      1999, 1999 }, 3, 0, 0, 2, 2, { ACRM__EARNING_GAVE } },
    { "two rules add up", { { RATE(ONE, 1000), DOWN }, { FIXED(50) } }, 1, 1, 5000, { 0 }, 0, 0,
      0, 55, 55, { ACRM__EARNING_GAVE, ACRM__EARNING_GAVE } },
    { "or only the best counts", { { RATE(ONE, 1000), DOWN }, { FIXED(50) } }, ACRM__EARNING_BEST,
      1, 5000, { 0 }, 0, 0, 0, 50, 50, { ACRM__EARNING_LESS, ACRM__EARNING_GAVE } },
    { "an exclusive rule stands alone", { { RATE(ONE, 1000), DOWN }, { FIXED(7), .exclusive = true
      }, { FIXED(9), .exclusive = true }, { FACTOR(2 * ONE) } }, 1, 1, 5000, { 0 }, 0, 0, 0, 7, 7,
      { ACRM__EARNING_EXCLUDED, ACRM__EARNING_GAVE, ACRM__EARNING_EXCLUDED, ACRM__EARNING_EXCLUDED
      } },
    { "factors add what they add", { { FIXED(100) }, { FACTOR(2 * ONE) }, { FACTOR(3 * ONE) } },
      1, ACRM__EARNING_SUM, 0, { 0 }, 0, 0, 0, 400, 400, { ACRM__EARNING_GAVE,
      ACRM__EARNING_FACTORED, ACRM__EARNING_FACTORED } },
    { "or multiply", { { FIXED(100) }, { FACTOR(2 * ONE) }, { FACTOR(3 * ONE) } }, 1,
      ACRM__EARNING_PRODUCT, 0, { 0 }, 0, 0, 0, 600, 600, { ACRM__EARNING_GAVE,
      ACRM__EARNING_FACTORED, ACRM__EARNING_FACTORED } },
    { "or the best one counts", { { FIXED(100) }, { FACTOR(2 * ONE) }, { FACTOR(3 * ONE) } }, 1,
      ACRM__EARNING_BEST, 0, { 0 }, 0, 0, 0, 300, 300, { ACRM__EARNING_GAVE,
      ACRM__EARNING_FACTORED, ACRM__EARNING_FACTORED } },
    { "a factor comes before rounding", { { RATE(ONE, 1000), DOWN }, { FACTOR(15000) } }, 1, 1,
      1999, { 0 }, 0, 0, 0, 2, 2, { ACRM__EARNING_GAVE, ACRM__EARNING_FACTORED } },
    { "no factor applies to a plain rule", { { FIXED(100), .plain = true }, { FACTOR(2 * ONE) } },
      1, 1, 0, { 0 }, 0, 0, 0, 100, 100, { ACRM__EARNING_GAVE, ACRM__EARNING_FACTORED } },
    { "a cap on the event", { { FIXED(100), CAP(EVENT, false, 30) } }, 1, 1, 0, { 0 }, 0, 0, 0,
      30, 30, { ACRM__EARNING_GAVE } },
    { "a cap on the day takes what is left", { { FIXED(100), CAP(DAY, false, 130) } }, 1, 1, 0, {
      0 }, 0, 90, 1, 40, 40, { ACRM__EARNING_GAVE } },
    { "one that is reached leaves nothing", { { FIXED(100), CAP(MONTH, false, 90) } }, 1, 1, 0, {
      0 }, 0, 90, 1, 0, 0, { ACRM__EARNING_GAVE } },
    { "a cap on how often", { { FIXED(100), CAP(YEAR, true, 2) } }, 1, 1, 0, { 0 }, 0, 200, 2, 0,
      0, { ACRM__EARNING_GAVE } },
    { "a factor only so often", { { FIXED(100) }, { FACTOR(2 * ONE), CAP(EVER, true, 1) } }, 1, 1,
      0, { 0 }, 0, 0, 1, 100, 100, { ACRM__EARNING_GAVE, ACRM__EARNING_GAVE } },
    { "points that only count for the tier", { { .gives = ACRM__EARNING_FIXED, .number = 100 *
      ONE, .share = ONE, ALWAYS } }, 1, 1, 0, { 0 }, 0, 0, 0, 0, 100, { ACRM__EARNING_GAVE } },
    { "points that do not count for it", { { RATE(ONE, 100), DOWN }, { RATE(ONE, 100), DOWN } },
      1, 1, 999, { 0 }, 0, 0, 0, 18, 18, { ACRM__EARNING_GAVE, ACRM__EARNING_GAVE } },
    { "half of them count", { { .gives = ACRM__EARNING_FIXED, .number = 101 * ONE, .spendable =
      true, .share = ONE / 2, .from = INT64_MIN, .until = INT64_MAX } }, 1, 1, 0, { 0 }, 0, 0, 0,
      101, 50, { ACRM__EARNING_GAVE } },
    { "not in force yet, and no more", { { .gives = ACRM__EARNING_FIXED, .number = ONE, .from =
      1001, .until = INT64_MAX }, { .gives = ACRM__EARNING_FIXED, .number = ONE, .from =
      INT64_MIN, .until = 1000 } }, 1, 1, 0, { 0 }, 0, 0, 0, 0, 0, { ACRM__EARNING_ASLEEP,
      ACRM__EARNING_ASLEEP } },
};

START_TEST(earning__follows_the_table)
{
    acrm__earning_share shares[4];
    acrm__earning_sum sum = { -1, -1 };
    world w = { .fail = ACRM_OK };
    size_t n = 0;

    while (n < 4 && cases[_i].rules[n].gives)
        n++;
    for (size_t i = 0; i < n; i++) {
        w.fits[i] = true;
        w.lines[i] = ~0u;
        w.given[i] = cases[_i].given;
        w.times[i] = cases[_i].times;
    }
    const acrm__earning_scheme scheme = { cases[_i].rules, n, cases[_i].stacking == 1
                                          ? ACRM__EARNING_SUM : cases[_i].stacking,
                                          cases[_i].factors };
    const acrm__earning_event event = { 1000, cases[_i].amount, cases[_i].lines,
                                        cases[_i].n_lines };
    const acrm__earning_world asked = { &w, world_fits, world_line, world_given };
    acrm_issue issue = { "", "", 0 };

    ck_assert_msg(acrm__earning_check(&scheme, &issue) == ACRM_OK, "%s: %s", cases[_i].rule,
                  issue.field);
    ck_assert_int_eq(acrm__earn(&scheme, &event, &asked, shares, &sum, &issue), ACRM_OK);
    ck_assert_msg(sum.spendable == cases[_i].spendable && sum.qualifying == cases[_i].qualifying,
                  "%s: %ld, %ld", cases[_i].rule, (long)sum.spendable, (long)sum.qualifying);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(shares[i].outcome == cases[_i].outcomes[i], "%s: rule %zu is %d",
                      cases[_i].rule, i, shares[i].outcome);
}
END_TEST

START_TEST(earning__refuses_overflow_and_faults_with_their_place)
{
    acrm__earning_rule rules[2] = { { FIXED(1) }, { RATE(ACRM__EARNING_RATE_MAX, 1), DOWN } };
    acrm__earning_scheme scheme = { rules, 2, ACRM__EARNING_SUM, ACRM__EARNING_SUM };
    acrm__earning_event event = { .at = 0, .amount = INT64_MAX };
    acrm__earning_share shares[2];
    acrm__earning_sum sum = { -7, -7 };
    world w = { .fits = { true, true } };
    const acrm__earning_world asked = { &w, world_fits, world_line, world_given };
    acrm_issue issue = { "", "", -1 };

    ck_assert_int_eq(acrm__earn(&scheme, &event, &asked, shares, &sum, &issue), ACRM_E_LIMIT);
    ck_assert_str_eq(issue.field, "points");
    ck_assert_int_eq(issue.row, 1);
    ck_assert_int_eq(sum.spendable, -7);
    event.amount = -1;
    ck_assert_int_eq(acrm__earn(&scheme, &event, &asked, shares, &sum, &issue), ACRM_E_INVALID);
    event.amount = 0;
    w.fail = ACRM_E_STORE;
    ck_assert_int_eq(acrm__earn(&scheme, &event, &asked, shares, &sum, &issue), ACRM_E_STORE);

    rules[1].unit = 0;
    ck_assert_int_eq(acrm__earning_check(&scheme, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "unit");
    ck_assert_int_eq(issue.row, 1);
    rules[1].unit = 1;
    rules[1].until = rules[1].from;
    ck_assert_int_eq(acrm__earning_check(&scheme, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "until");
    rules[1].until = INT64_MAX;
    rules[0].n_caps = 1;
    rules[0].caps[0] = (acrm__earning_cap){ ACRM__EARNING_EVENT, true, 1 };
    ck_assert_int_eq(acrm__earning_check(&scheme, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "caps");
}
END_TEST

/* --- A plain model: long double is exact enough for the small numbers drawn here --- */

static int64_t model_points(const acrm__earning_rule *r, int64_t amount, int64_t factor)
{
    /* All whole: points times 10^12 times the unit. */
    __extension__ unsigned __int128 above = (unsigned __int128)r->number * (uint64_t)factor;
    __extension__ unsigned __int128 below = (unsigned __int128)ONE * ONE * ONE;

    if (r->gives == ACRM__EARNING_RATE) {
        above *= (uint64_t)amount;
        below *= (uint64_t)r->unit;
    }
    if (r->rounding == ACRM__ROUND_UP)
        return (int64_t)((above + below - 1) / below);
    if (r->rounding == ACRM__ROUND_HALF_UP)
        return (int64_t)((2 * above + below) / (2 * below));
    return (int64_t)(above / below);
}

static void model_earn(const acrm__earning_scheme *s, const acrm__earning_event *e,
                       const world *w, int64_t points[RULES], acrm__earning_sum *sum)
{
    int64_t factor = ONE * ONE, most = -1;
    bool in[RULES], factors = false;
    size_t alone = RULES, best = RULES;

    for (size_t i = 0; i < s->n_rules; i++) {
        in[i] = w->fits[i] && e->at >= s->rules[i].from && e->at < s->rules[i].until;
        points[i] = 0;
        if (in[i] && s->rules[i].exclusive && alone == RULES)
            alone = i;
    }
    for (size_t i = 0; i < s->n_rules; i++) {
        const acrm__earning_rule *r = &s->rules[i];
        if (!in[i] || (alone != RULES && alone != i) || r->gives != ACRM__EARNING_FACTOR ||
            (r->n_caps && w->times[i] >= r->caps[0].limit))
            continue;
        if (s->factors == ACRM__EARNING_SUM)
            factor += r->number * ONE - ONE * ONE;
        else if (s->factors == ACRM__EARNING_PRODUCT)
            factor = factor / ONE * r->number;
        else if (!factors || r->number * ONE > factor)
            factor = r->number * ONE;
        factors = true;
    }
    if (factor < 0)
        factor = 0;
    for (size_t i = 0; i < s->n_rules; i++) {
        const acrm__earning_rule *r = &s->rules[i];
        int64_t amount = e->n_lines ? 0 : e->amount, by_line = 0, f = r->plain ? ONE * ONE : factor;
        if (!in[i] || (alone != RULES && alone != i) || r->gives == ACRM__EARNING_FACTOR)
            continue;
        for (size_t k = 0; k < e->n_lines; k++)
            if (w->lines[i] >> k & 1) {
                amount += e->lines[k];
                by_line += model_points(r, e->lines[k], f);
            }
        points[i] = r->gives == ACRM__EARNING_RATE && e->n_lines && r->per_line
                        ? by_line : model_points(r, amount, f);
        if (r->n_caps) {
            const acrm__earning_cap *c = &r->caps[0];
            int64_t left = c->period == ACRM__EARNING_EVENT ? c->limit
                           : c->times ? (w->times[i] < c->limit ? points[i] : 0)
                                      : c->limit - w->given[i];
            if (left < 0)
                left = 0;
            if (points[i] > left)
                points[i] = left;
        }
        if (points[i] > most) {
            most = points[i];
            best = i;
        }
    }
    *sum = (acrm__earning_sum){ 0, 0 };
    for (size_t i = 0; i < s->n_rules; i++) {
        if (s->stacking == ACRM__EARNING_BEST && i != best)
            points[i] = 0;
        sum->spendable += s->rules[i].spendable ? points[i] : 0;
        sum->qualifying += points[i] * s->rules[i].share / ONE;
    }
}

static void random_rule(acrm__earning_rule *r)
{
    static const int32_t modes[] = { ACRM__ROUND_DOWN, ACRM__ROUND_UP, ACRM__ROUND_HALF_UP };

    *r = (acrm__earning_rule){
        .gives = 1 + rand() % 3, .number = rand() % (5 * ONE), .unit = 1 + rand() % 5000,
        .rounding = modes[rand() % 3],
        .per_line = rand() % 2, .exclusive = rand() % 12 == 0, .plain = rand() % 4 == 0,
        .spendable = rand() % 4 != 0, .share = rand() % 3 * ONE / 2,
        .from = rand() % 6 ? INT64_MIN : 1001, .until = rand() % 6 ? INT64_MAX : 1100,
    };
    if (r->gives == ACRM__EARNING_FACTOR && rand() % 2)
        r->number = ONE + rand() % 4 * ONE / 2;
    if (rand() % 3 == 0) {
        r->n_caps = 1;
        r->caps[0] = (acrm__earning_cap){ 1 + rand() % 5, r->gives == ACRM__EARNING_FACTOR ||
                                          rand() % 2, 1 + rand() % 30 };
        if (!r->caps[0].times && rand() % 3 == 0)
            r->caps[0].period = ACRM__EARNING_EVENT;
    }
}

START_TEST(earning__agrees_with_a_plain_model)
{
    const char *given = getenv("ACRM_TEST_SEED");
    unsigned first = given ? (unsigned)atoi(given) : 1, rounds = given ? 1 : 20000;

    for (unsigned seed = first; seed < first + rounds; seed++) {
        acrm__earning_rule rules[RULES];
        acrm__earning_share shares[RULES];
        acrm__earning_sum sum, want;
        int64_t lines[4], points[RULES];
        world w = { .fail = ACRM_OK };
        srand(seed);
        acrm__earning_scheme scheme = { rules, (size_t)(1 + rand() % RULES),
                                        rand() % 2 ? ACRM__EARNING_SUM : ACRM__EARNING_BEST,
                                        1 + rand() % 3 };
        acrm__earning_event event = { .at = rand() % 2 ? 1050 : 1000, .lines = lines };
        event.n_lines = (size_t)(rand() % 4);
        event.amount = event.n_lines ? 0 : rand() % 100000;
        size_t factors = 0;
        for (size_t i = 0; i < scheme.n_rules; i++) {
            random_rule(&rules[i]);
            /* Two factors are exact as a product; of more the model says nothing. */
            if (rules[i].gives == ACRM__EARNING_FACTOR && ++factors > 2)
                rules[i].gives = ACRM__EARNING_FIXED;
            if (rules[i].gives != ACRM__EARNING_FACTOR && rules[i].gives != ACRM__EARNING_RATE)
                rules[i].n_caps = 0;
            w.fits[i] = rand() % 4 != 0;
            w.lines[i] = (uint32_t)rand();
            w.given[i] = rand() % 40;
            w.times[i] = rand() % 40;
        }
        for (size_t i = 0; i < event.n_lines; i++)
            lines[i] = rand() % 50000;
        const acrm__earning_world asked = { &w, world_fits, world_line, world_given };
        ck_assert_int_eq(acrm__earning_check(&scheme, NULL), ACRM_OK);
        ck_assert_int_eq(acrm__earn(&scheme, &event, &asked, shares, &sum, NULL), ACRM_OK);
        model_earn(&scheme, &event, &w, points, &want);
        ck_assert_msg(sum.spendable == want.spendable && sum.qualifying == want.qualifying,
                      "seed %u: %ld, %ld, not %ld, %ld", seed, (long)sum.spendable,
                      (long)sum.qualifying, (long)want.spendable, (long)want.qualifying);
        for (size_t i = 0; i < scheme.n_rules; i++)
            ck_assert_msg((shares[i].outcome == ACRM__EARNING_GAVE &&
                           rules[i].gives != ACRM__EARNING_FACTOR ? shares[i].points : 0) ==
                              points[i], "seed %u: rule %zu", seed, i);
    }
}
END_TEST

/* --- Challenges --- */

static const struct {
    const char *rule;
    acrm__challenge challenge;
    struct { const char *date; int64_t amount; } events[6];
    int64_t met[6];
    int64_t value, best, times;
} challenges[] = {
    { "three events", { ACRM__CHALLENGE_COUNT, 3, ACRM__EARNING_EVER, 0, false },
      { { "2026-01-01", 1 }, { "2026-02-01", 1 }, { "2027-03-01", 1 }, { "2027-04-01", 1 } },
      { 0, 0, 1, 0 }, 4, 4, 1 },
    { "three a year", { ACRM__CHALLENGE_COUNT, 2, ACRM__EARNING_YEAR, 0, false },
      { { "2026-12-30", 1 }, { "2027-01-01", 1 }, { "2027-12-31", 1 }, { "2028-01-01", 1 },
        { "2028-01-01", 1 } }, { 0, 0, 1, 0, 1 }, 2, 2, 2 },
    { "an amount, again and again", { ACRM__CHALLENGE_SUM, 100, ACRM__EARNING_EVER, 0, true },
      { { "2026-01-01", 60 }, { "2026-01-02", 60 }, { "2026-01-03", 280 } }, { 0, 1, 3 }, 0, 300,
      4 },
    { "months on end; two in one month are one", { ACRM__CHALLENGE_STREAK, 3, 0,
      ACRM__EARNING_MONTH, false }, { { "2025-11-01", 0 }, { "2025-12-31", 0 },
      { "2025-12-31", 0 }, { "2026-01-01", 0 }, { "2026-02-01", 0 } }, { 0, 0, 0, 1, 0 }, 4, 4,
      1 },
    { "a gap begins anew", { ACRM__CHALLENGE_STREAK, 2, 0, ACRM__EARNING_WEEK, true },
      { { "2026-01-04", 0 }, { "2026-01-05", 0 }, { "2026-01-19", 0 }, { "2026-01-26", 0 },
        { "2026-02-02", 0 }, { "2026-02-09", 0 } }, { 0, 1, 0, 1, 0, 1 }, 4, 4, 3 },
};

START_TEST(challenge__follows_the_table)
{
    acrm__challenge_state state = { 0 };

    for (size_t i = 0; i < 6 && challenges[_i].events[i].date; i++) {
        int32_t day;
        ck_assert(acrm__date_parse(challenges[_i].events[i].date, 10, &day));
        int64_t met = acrm__challenge_step(&challenges[_i].challenge, &state, day,
                                           challenges[_i].events[i].amount);
        ck_assert_msg(met == challenges[_i].met[i], "%s: event %zu: %ld", challenges[_i].rule, i,
                      (long)met);
    }
    ck_assert_msg(state.value == challenges[_i].value && state.best == challenges[_i].best &&
                  state.times == challenges[_i].times, "%s: %ld %ld %ld", challenges[_i].rule,
                  (long)state.value, (long)state.best, (long)state.times);
}
END_TEST

START_TEST(period__begins_where_its_number_changes)
{
    for (int32_t period = ACRM__EARNING_DAY; period <= ACRM__EARNING_YEAR; period++)
        for (int32_t day = -800; day < 30000; day++) {
            int32_t start = acrm__period_start(period, day);
            ck_assert_int_le(start, day);
            ck_assert_int_eq(acrm__period_of(period, start), acrm__period_of(period, day));
            ck_assert_int_eq(acrm__period_of(period, start - 1) + 1,
                             acrm__period_of(period, day));
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("earning");
    TCase *tc = tcase_create("earning");

    tcase_add_loop_test(tc, earning__follows_the_table, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tc, earning__refuses_overflow_and_faults_with_their_place);
    tcase_add_test(tc, earning__agrees_with_a_plain_model);
    tcase_add_loop_test(tc, challenge__follows_the_table, 0,
                        sizeof challenges / sizeof *challenges);
    tcase_add_test(tc, period__begins_where_its_number_changes);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
