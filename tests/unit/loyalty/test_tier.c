/* SPDX-License-Identifier: MIT */
/* Tiers: rule by rule, and random histories against a model that lives through every day. */
#include "base/civil.h"
#include "engines/tier/tier.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t thresholds[] = { 0, 100, 300 };

static int32_t day_of(const char *date)
{
    int32_t day = 0;

    ck_assert(acrm__date_parse(date, 10, &day));
    return day;
}

static int64_t noon(const char *date)
{
    return day_of(date) * ACRM__DAY_US + ACRM__DAY_US / 2;
}

static acrm__tier_scheme scheme_of(int32_t window, bool one_down)
{
    return (acrm__tier_scheme){ .from = thresholds, .n_tiers = 3, .window = window, .days = 365,
                                .one_down = one_down };
}

/* --- Stories --- */

typedef struct story_entry {
    const char *date;
    int64_t points;
    int32_t grant; /* 0: none, else the tier */
} story_entry;

static const struct {
    const char *rule;
    int32_t window;
    bool one_down;
    const char *joined;
    story_entry entries[5];
    const char *now;
    int32_t tier;
    const char *since;  /* the day */
    const char *review; /* NULL: never */
    int64_t sum;
} stories[] = {
    { "nothing earned: the lowest, with nothing to review", ACRM__TIER_CALENDAR_YEAR, false,
      "2025-03-10", { { 0 } }, "2025-06-01", 0, "2025-03-10", NULL, 0 },
    { "up at once, at the very threshold", ACRM__TIER_CALENDAR_YEAR, false, "2025-03-10",
      { { "2025-04-01", 99, 0 }, { "2025-04-02", 1, 0 } }, "2025-06-01", 1, "2025-04-02",
      "2026-01-01", 100 },
    { "a jump over a tier is one step", ACRM__TIER_CALENDAR_YEAR, false, "2025-03-10",
      { { "2025-04-01", 300, 0 } }, "2025-06-01", 2, "2025-04-01", "2026-01-01", 300 },
    { "the year in which it was reached keeps it through the next", ACRM__TIER_CALENDAR_YEAR,
      false, "2025-03-10", { { "2025-04-01", 300, 0 } }, "2026-12-31", 2, "2025-04-01",
      "2027-01-01", 0 },
    { "then a year without points takes it all", ACRM__TIER_CALENDAR_YEAR, false, "2025-03-10",
      { { "2025-04-01", 300, 0 } }, "2027-01-01", 0, "2027-01-01", NULL, 0 },
    { "or one tier at a time", ACRM__TIER_CALENDAR_YEAR, true, "2025-03-10",
      { { "2025-04-01", 300, 0 } }, "2027-01-01", 1, "2027-01-01", "2028-01-01", 0 },
    { "a year by the Solar Hijri calendar ends with Esfand", ACRM__TIER_JALALI_YEAR, false,
      "2025-03-10", { { "2025-03-20", 100, 0 } }, "2026-03-21", 0, "2026-03-21", NULL, 0 },
    { "a member's year runs from joining", ACRM__TIER_MEMBER_YEAR, false, "2024-02-29",
      { { "2024-05-01", 100, 0 } }, "2026-02-27", 1, "2024-05-01", "2026-02-28", 0 },
    { "one who joined on 29 February is reviewed on the 28th", ACRM__TIER_MEMBER_YEAR, false,
      "2024-02-29", { { "2024-05-01", 100, 0 } }, "2026-02-28", 0, "2026-02-28", NULL, 0 },
    { "a tier's year runs from the day it was reached", ACRM__TIER_TIER_YEAR, false,
      "2024-01-01", { { "2024-05-01", 60, 0 }, { "2024-07-01", 40, 0 } }, "2025-06-30", 1,
      "2024-07-01", "2025-07-01", 40 },
    { "and is reviewed for the year before that day", ACRM__TIER_TIER_YEAR, false, "2024-01-01",
      { { "2024-05-01", 60, 0 }, { "2024-07-01", 40, 0 }, { "2025-06-01", 60, 0 } },
      "2025-07-01", 1, "2024-07-01", "2026-07-01", 60 },
    { "points count through the last of so many days", ACRM__TIER_ROLLING, false, "2024-01-01",
      { { "2025-01-10", 100, 0 } }, "2026-01-09", 1, "2025-01-10", "2026-01-10", 100 },
    { "and no longer on the next", ACRM__TIER_ROLLING, false, "2024-01-01",
      { { "2025-01-10", 100, 0 } }, "2026-01-10", 0, "2026-01-10", NULL, 0 },
    { "what is taken back lowers at the next review only", ACRM__TIER_ROLLING, false,
      "2024-01-01", { { "2025-01-10", 100, 0 }, { "2025-02-10", -1, 0 } }, "2025-02-10", 1,
      "2025-01-10", "2025-02-11", 99 },
    { "which is the day after", ACRM__TIER_ROLLING, false, "2024-01-01",
      { { "2025-01-10", 100, 0 }, { "2025-02-10", -1, 0 } }, "2025-02-11", 0, "2025-02-11", NULL,
      99 },
    { "a tier given by hand outlives one review", ACRM__TIER_CALENDAR_YEAR, false, "2025-03-10",
      { { "2025-04-01", 0, 2 } }, "2026-06-01", 2, "2025-04-01", "2027-01-01", 0 },
    { "and falls with the one after", ACRM__TIER_CALENDAR_YEAR, false, "2025-03-10",
      { { "2025-04-01", 0, 2 } }, "2027-01-01", 0, "2027-01-01", NULL, 0 },
    { "what rose above it falls back to it", ACRM__TIER_CALENDAR_YEAR, false, "2024-03-10",
      { { "2024-04-01", 300, 0 }, { "2025-04-01", 0, 1 } }, "2026-01-01", 1, "2026-01-01",
      "2027-01-01", 0 },
};

START_TEST(tier__follows_the_story)
{
    const acrm__tier_scheme scheme = scheme_of(stories[_i].window, stories[_i].one_down);
    acrm__tier_entry entries[5];
    acrm__tier_state state;
    acrm_issue issue = { "", "", 0 };
    size_t n = 0;

    for (; n < 5 && stories[_i].entries[n].date; n++) {
        const story_entry *e = &stories[_i].entries[n];
        entries[n] = (acrm__tier_entry){ .at = noon(e->date), .points = e->points,
                                         .grant = e->grant ? e->grant : -1 };
    }
    int32_t st = acrm__tier_replay(&scheme, day_of(stories[_i].joined) * ACRM__DAY_US, entries, n,
                                   noon(stories[_i].now), NULL, NULL, &state, &issue);
    ck_assert_msg(st == ACRM_OK, "%s: %s", stories[_i].rule, issue.field);
    ck_assert_msg(state.tier == stories[_i].tier, "%s: tier %d", stories[_i].rule, state.tier);
    ck_assert_msg(state.since_day == day_of(stories[_i].since), "%s: since %d",
                  stories[_i].rule, state.since_day);
    int32_t review = stories[_i].review ? day_of(stories[_i].review) : ACRM__TIER_NEVER;
    ck_assert_msg(state.review_day == review, "%s: review %d, not %d", stories[_i].rule,
                  state.review_day, review);
    ck_assert_msg(state.sum == stories[_i].sum, "%s: sum %ld", stories[_i].rule,
                  (long)state.sum);
}
END_TEST

/* --- Forecasts --- */

START_TEST(tier__foresees_what_keeps_and_lifts)
{
    acrm__tier_entry entries[] = {
        { .at = noon("2025-02-01"), .points = 80, .grant = -1 },
        { .at = noon("2025-04-01"), .points = 40, .grant = -1 },
    };
    acrm__tier_scheme scheme = scheme_of(ACRM__TIER_ROLLING, false);
    int64_t joined = noon("2024-01-01"), now = noon("2025-06-01");
    acrm__tier_forecast seen;
    acrm__tier_state state;

    ck_assert_int_eq(acrm__tier_replay(&scheme, joined, entries, 2, now, NULL, NULL, &state, NULL),
                     ACRM_OK);
    ck_assert_int_eq(acrm__tier_foresee(&scheme, joined, entries, 2, now, &state, &seen), ACRM_OK);
    ck_assert_int_eq(seen.review_day, day_of("2026-02-01"));
    ck_assert_int_eq(seen.review_tier, 0);
    ck_assert_int_eq(seen.keep_missing, 60);
    ck_assert_int_eq(seen.rise_missing, 180);
    ck_assert_int_eq(seen.rise_until, day_of("2026-01-31"));
    ck_assert_int_eq(seen.falling, 80);

    scheme = scheme_of(ACRM__TIER_CALENDAR_YEAR, false);
    ck_assert_int_eq(acrm__tier_replay(&scheme, joined, entries, 2, now, NULL, NULL, &state, NULL),
                     ACRM_OK);
    ck_assert_int_eq(acrm__tier_foresee(&scheme, joined, entries, 2, now, &state, &seen), ACRM_OK);
    ck_assert_int_eq(seen.review_day, day_of("2026-01-01"));
    ck_assert_int_eq(seen.review_tier, 1);
    ck_assert_int_eq(seen.keep_missing, 0);
    ck_assert_int_eq(seen.rise_until, day_of("2025-12-31"));
    ck_assert_int_eq(seen.falling, 120);
}
END_TEST

/* --- Bad schemes --- */

START_TEST(tier__refuses_gaps_and_overlaps)
{
    static const struct {
        int64_t from[3], until[3];
        const char *field;
        int64_t row;
    } cases[] = {
        { { 10, 100, 300 }, { 100, 300, INT64_MAX }, "from", 0 },
        { { 0, 100, 100 }, { 100, 100, INT64_MAX }, "from", 2 },
        { { 0, 200, 100 }, { 200, 100, INT64_MAX }, "from", 2 },
        { { 0, 100, 300 }, { 90, 300, INT64_MAX }, "until", 0 },
        { { 0, 100, 300 }, { 100, 310, INT64_MAX }, "until", 1 },
        { { 0, 100, 300 }, { 100, 300, 900 }, "until", 2 },
    };
    acrm_issue issue;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        acrm__tier_scheme scheme = scheme_of(ACRM__TIER_CALENDAR_YEAR, false);
        scheme.from = cases[i].from;
        scheme.until = cases[i].until;
        ck_assert_int_eq(acrm__tier_check(&scheme, &issue), ACRM_E_INVALID);
        ck_assert_str_eq(issue.field, cases[i].field);
        ck_assert_int_eq(issue.row, cases[i].row);
    }
    acrm__tier_scheme scheme = scheme_of(ACRM__TIER_ROLLING, true);
    ck_assert_int_eq(acrm__tier_check(&scheme, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "downgrade");
    scheme.one_down = false;
    ck_assert_int_eq(acrm__tier_check(&scheme, &issue), ACRM_OK);
    scheme.days = 0;
    ck_assert_int_eq(acrm__tier_check(&scheme, &issue), ACRM_E_INVALID);
}
END_TEST

START_TEST(tier__refuses_what_is_out_of_order_or_too_much)
{
    acrm__tier_scheme scheme = scheme_of(ACRM__TIER_CALENDAR_YEAR, false);
    acrm__tier_entry entries[] = {
        { .at = noon("2025-02-01"), .points = ACRM__TIER_POINTS_MAX, .grant = -1 },
        { .at = noon("2025-01-01"), .points = 1, .grant = -1 },
    };
    acrm__tier_state state;
    acrm_issue issue;
    int64_t joined = noon("2024-01-01"), now = noon("2025-06-01");

    ck_assert_int_eq(acrm__tier_replay(&scheme, joined, entries, 2, now, NULL, NULL, &state,
                                       &issue), ACRM_E_INVALID);
    ck_assert_int_eq(issue.row, 1);
    entries[1].at = entries[0].at;
    ck_assert_int_eq(acrm__tier_replay(&scheme, joined, entries, 2, now, NULL, NULL, &state,
                                       &issue), ACRM_E_LIMIT);
    entries[1].points = 0;
    entries[1].grant = 3;
    ck_assert_int_eq(acrm__tier_replay(&scheme, joined, entries, 2, now, NULL, NULL, &state,
                                       &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "grant");
}
END_TEST

START_TEST(tier__begins_days_at_midnight_of_the_zone)
{
    acrm__tier_scheme scheme = scheme_of(ACRM__TIER_CALENDAR_YEAR, false);
    acrm__tier_entry entry = { .points = 100, .grant = -1 };
    acrm_zone *zone = NULL;
    acrm__tier_state state;
    int64_t midnight;

    ck_assert_int_eq(acrm_zone_load("Asia/Tehran", NULL, NULL, &zone, NULL), ACRM_OK);
    scheme.zone = zone;
    ck_assert_int_eq(acrm__tier_midnight(&scheme, day_of("2026-01-01"), &midnight), ACRM_OK);
    ck_assert_int_eq(midnight, day_of("2025-12-31") * ACRM__DAY_US + 73800 * ACRM__SECOND_US);
    for (int late = 0; late < 2; late++) { /* the last microsecond of 2025, or the first after */
        entry.at = midnight - 1 + late;
        ck_assert_int_eq(acrm__tier_replay(&scheme, noon("2025-01-01"), &entry, 1, midnight, NULL,
                                           NULL, &state, NULL), ACRM_OK);
        ck_assert_int_eq(state.tier, 1);
        ck_assert_int_eq(state.since_day, day_of(late ? "2026-01-01" : "2025-12-31"));
        ck_assert_int_eq(state.review_day, day_of("2027-01-01"));
        ck_assert_int_eq(state.sum, late ? 100 : 0);
    }
    acrm_zone_free(zone);
}
END_TEST

/* --- A model that lives through every day --- */

enum { MODEL_ENTRIES = 60, MODEL_STEPS = 400 };

typedef struct model {
    acrm__tier_scheme scheme;
    int32_t joined;
    const acrm__tier_entry *entries;
    size_t n;
    int32_t tier, floor, hold;
    int32_t since, granted; /* day numbers */
    acrm__tier_step steps[MODEL_STEPS];
    size_t n_steps;
} model;

static int32_t anniversary(int32_t day, int32_t years)
{
    acrm__civil c;
    int32_t out = 0;

    acrm__civil_from_day(day, &c);
    if (!acrm__civil_to_day(c.year + years, c.month, c.day, &out))
        ck_assert(acrm__civil_to_day(c.year + years, 2, 28, &out));
    return out;
}

static bool is_anniversary(int32_t of, int32_t day)
{
    for (int32_t years = 1; years < 40; years++)
        if (anniversary(of, years) == day)
            return true;
    return false;
}

static bool model_counts(const model *m, int32_t entry, int32_t day)
{
    acrm__civil a, b;

    switch (m->scheme.window) {
    case ACRM__TIER_ROLLING:
        return entry > day - m->scheme.days;
    case ACRM__TIER_CALENDAR_YEAR:
        acrm__civil_from_day(entry, &a);
        acrm__civil_from_day(day, &b);
        return a.year == b.year;
    case ACRM__TIER_JALALI_YEAR:
        ck_assert(acrm__jalali_from_day(entry, &a) && acrm__jalali_from_day(day, &b));
        return a.year == b.year;
    case ACRM__TIER_MEMBER_YEAR:
        for (int32_t d = entry + 1; d <= day; d++)
            if (is_anniversary(m->joined, d))
                return false;
        return true;
    default:
        return entry >= anniversary(day + 1, -1);
    }
}

static int64_t model_sum(const model *m, int32_t day, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        int32_t entry = (int32_t)acrm__floor_div(m->entries[i].at, ACRM__DAY_US);
        if (entry <= day && model_counts(m, entry, day))
            sum += m->entries[i].points;
    }
    return sum;
}

static bool model_reviews(const model *m, int32_t day)
{
    acrm__civil c;

    switch (m->scheme.window) {
    case ACRM__TIER_ROLLING:
        return true;
    case ACRM__TIER_CALENDAR_YEAR:
        acrm__civil_from_day(day, &c);
        return c.month == 1 && c.day == 1;
    case ACRM__TIER_JALALI_YEAR:
        ck_assert(acrm__jalali_from_day(day, &c));
        return c.month == 1 && c.day == 1;
    case ACRM__TIER_MEMBER_YEAR:
        return is_anniversary(m->joined, day);
    default:
        return is_anniversary(m->since, day);
    }
}

static int32_t model_reach(const model *m, int64_t sum)
{
    int32_t tier = 0;

    for (size_t i = 0; i < m->scheme.n_tiers; i++)
        if (m->scheme.from[i] <= sum)
            tier = (int32_t)i;
    return tier;
}

static void model_set(model *m, int64_t at, int32_t day, int32_t to, int32_t cause, int64_t sum)
{
    ck_assert_uint_lt(m->n_steps, MODEL_STEPS);
    m->steps[m->n_steps++] = (acrm__tier_step){ at, m->tier, to, cause, sum };
    m->tier = to;
    m->since = day;
}

static void model_day(model *m, int32_t day, size_t *next)
{
    if (m->tier > 0 && model_reviews(m, day)) {
        int64_t sum = model_sum(m, m->scheme.window == ACRM__TIER_ROLLING ? day : day - 1, *next);
        int32_t to = model_reach(m, sum);
        bool held = m->scheme.window == ACRM__TIER_ROLLING ? day < m->hold : m->hold > 0;
        if (m->scheme.one_down && to < m->tier - 1)
            to = m->tier - 1;
        if (held && to < m->floor)
            to = m->floor;
        if (m->scheme.window != ACRM__TIER_ROLLING)
            m->hold = 0;
        if (to < m->tier)
            model_set(m, day * ACRM__DAY_US, day, to, ACRM__TIER_FELL, sum);
    }
    for (; *next < m->n && m->entries[*next].at < (day + 1) * ACRM__DAY_US; ++*next) {
        const acrm__tier_entry *e = &m->entries[*next];
        int64_t sum = model_sum(m, day, *next + 1);
        bool held = m->scheme.window == ACRM__TIER_ROLLING ? day < m->hold : m->hold > 0;
        if (model_reach(m, sum) > m->tier)
            model_set(m, e->at, day, model_reach(m, sum), ACRM__TIER_ROSE, sum);
        if (e->grant > m->tier)
            model_set(m, e->at, day, e->grant, ACRM__TIER_GRANTED, sum);
        if (e->grant > 0 && !(held && e->grant < m->floor)) {
            m->floor = e->grant;
            m->hold = m->scheme.window == ACRM__TIER_ROLLING ? day + m->scheme.days : 1;
        }
    }
}

typedef struct told {
    const model *m;
    size_t n;
    unsigned seed;
} told;

static int32_t told_step(void *user, const acrm__tier_step *step)
{
    told *t = user;

    ck_assert_msg(t->n < t->m->n_steps, "seed %u: a step too many", t->seed);
    const acrm__tier_step *want = &t->m->steps[t->n++];
    ck_assert_msg(want->at == step->at && want->from == step->from && want->to == step->to &&
                      want->cause == step->cause && want->sum == step->sum,
                  "seed %u, window %d, step %zu: at %ld %d->%d cause %d sum %ld, not %ld %d->%d "
                  "cause %d sum %ld", t->seed, t->m->scheme.window, t->n,
                  (long)(step->at / ACRM__DAY_US), step->from, step->to, step->cause,
                  (long)step->sum, (long)(want->at / ACRM__DAY_US), want->from, want->to,
                  want->cause, (long)want->sum);
    return ACRM_OK;
}

START_TEST(tier__agrees_with_a_model_that_lives_every_day)
{
    const char *given = getenv("ACRM_TEST_SEED");
    unsigned first = given ? (unsigned)atoi(given) : 1, rounds = given ? 1 : 120;

    for (unsigned seed = first; seed < first + rounds; seed++) {
        acrm__tier_entry entries[MODEL_ENTRIES];
        model m = { .n = 0 };
        acrm__tier_state state;
        size_t next = 0;
        srand(seed);
        m.scheme = scheme_of(1 + (int32_t)(seed % 5), false);
        m.scheme.days = 1 + rand() % 400;
        m.scheme.one_down = seed % 5 && rand() % 2;
        m.joined = day_of("2019-12-20") + rand() % 900;
        m.n = (size_t)(rand() % MODEL_ENTRIES);
        int64_t at = m.joined * ACRM__DAY_US + rand() % 1000;
        for (size_t i = 0; i < m.n; i++) {
            at += rand() % 4 ? rand() % 40 * ACRM__DAY_US + rand() : rand() % 3 * (int64_t)1000;
            entries[i] = (acrm__tier_entry){
                .at = at, .points = rand() % 120 - 20, .grant = rand() % 12 ? -1 : 1 + rand() % 2
            };
        }
        m.entries = entries;
        int32_t today = (int32_t)(at / ACRM__DAY_US) + rand() % 900;
        m.n_steps = 0;
        model_set(&m, m.joined * ACRM__DAY_US, m.joined, 0, ACRM__TIER_JOINED, 0);
        for (int32_t day = m.joined; day <= today; day++)
            model_day(&m, day, &next);
        told t = { &m, 0, seed };
        acrm_issue issue = { "", "", -1 };
        int32_t st = acrm__tier_replay(&m.scheme, m.joined * ACRM__DAY_US, entries, m.n,
                                       (today + 1) * ACRM__DAY_US - 1, told_step, &t, &state,
                                       &issue);
        ck_assert_msg(st == ACRM_OK, "seed %u: %s of %ld", seed, issue.field, (long)issue.row);
        ck_assert_msg(t.n == m.n_steps, "seed %u: %zu steps of %zu", seed, t.n, m.n_steps);
        ck_assert_msg(state.tier == m.tier && state.sum == model_sum(&m, today, m.n),
                      "seed %u: the end", seed);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tier");
    TCase *tc = tcase_create("tier");

    tcase_add_loop_test(tc, tier__follows_the_story, 0, sizeof stories / sizeof *stories);
    tcase_add_test(tc, tier__foresees_what_keeps_and_lifts);
    tcase_add_test(tc, tier__refuses_gaps_and_overlaps);
    tcase_add_test(tc, tier__refuses_what_is_out_of_order_or_too_much);
    tcase_add_test(tc, tier__begins_days_at_midnight_of_the_zone);
    tcase_add_test(tc, tier__agrees_with_a_model_that_lives_every_day);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
