/* SPDX-License-Identifier: MIT */
/* Dates of random chains against a plain critical path model that goes from day to day, and beliefs
 * from random tales in random order. */
#include "autocrm/milestone.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CHAINS = 4000, COUNT_MAX = 12, HOLDS_MAX = 4, FIRST = 20454 /* 2026-01-01, a Thursday */ };

typedef struct world {
    uint64_t seed;
    int count, start, today, n_holds;
    struct { int days; bool business, optional, after[COUNT_MAX]; } m[COUNT_MAX];
    acrm_milestone_state s[COUNT_MAX];
    acrm_milestone_hold holds[HOLDS_MAX];
    char json[4096];
} world;

static int pick(world *w, int n)
{
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((w->seed >> 33) % (uint64_t)n);
}

/* Milestone i comes after some before it; the last after all that would else be ends. */
static void make(world *w)
{
    size_t at = 0;

    w->count = 2 + pick(w, COUNT_MAX - 1);
    w->start = FIRST + pick(w, 30);
    w->today = w->start + pick(w, 40);
    memset(w->m, 0, sizeof w->m);
    for (int i = 0; i < w->count; i++) {
        w->m[i].days = pick(w, 9);
        w->m[i].business = pick(w, 2);
        w->m[i].optional = i + 1 < w->count && pick(w, 4) == 0;
        for (int k = 0; k < i; k++)
            w->m[i].after[k] = pick(w, 3) == 0;
        w->s[i] = (acrm_milestone_state){
            .reached = pick(w, 4) ? ACRM_MILESTONE_NO_DAY : w->start + pick(w, 20),
            .forecast = pick(w, 5) ? ACRM_MILESTONE_NO_DAY : w->start + pick(w, 40),
            .guess = pick(w, 2), .planned = w->start + pick(w, 30),
            .promised = pick(w, 2) ? ACRM_MILESTONE_NO_DAY : w->start + pick(w, 30) };
        w->s[i].skipped = w->m[i].optional && w->s[i].reached == ACRM_MILESTONE_NO_DAY &&
                          pick(w, 2);
    }
    for (int i = 0; i + 1 < w->count; i++) {
        bool inner = false;
        for (int k = i + 1; k < w->count; k++)
            inner = inner || w->m[k].after[i];
        w->m[w->count - 1].after[i] |= !inner;
    }
    w->n_holds = pick(w, HOLDS_MAX + 1);
    for (int i = 0; i < w->n_holds; i++) {
        int32_t from = w->start + pick(w, 30);
        w->holds[i] = (acrm_milestone_hold){ pick(w, w->count), from,
            pick(w, 3) ? from + pick(w, 9) : ACRM_MILESTONE_NO_DAY };
    }
    at += (size_t)snprintf(w->json, sizeof w->json, "{\"milestones\":[");
    for (int n = 0; n < w->count; n++) { /* in any order */
        int i = w->count % 2 ? w->count - 1 - n : n;
        at += (size_t)snprintf(w->json + at, sizeof w->json - at,
            "%s{\"code\":\"m%d\",\"days\":%d,\"business\":%s,\"optional\":%s,\"after\":[",
            n ? "," : "", i, w->m[i].days, w->m[i].business ? "true" : "false",
            w->m[i].optional ? "true" : "false");
        for (int k = 0, c = 0; k < w->count; k++)
            if (w->m[i].after[k])
                at += (size_t)snprintf(w->json + at, sizeof w->json - at, "%s\"m%d\"",
                                       c++ ? "," : "", k);
        at += (size_t)snprintf(w->json + at, sizeof w->json - at, "]}");
    }
    snprintf(w->json + at, sizeof w->json - at, "]}");
}

/* --- The model --- */

static bool working(int day)
{
    return (day + 3) % 7 < 5; /* 1970-01-01 was a Thursday: day 4 is a Monday */
}

static bool held(const world *w, int n, int day)
{
    for (int i = 0; i < w->n_holds; i++) {
        const acrm_milestone_hold *h = &w->holds[i];
        int until = h->until != ACRM_MILESTONE_NO_DAY ? h->until
                    : h->from > w->today ? h->from : w->today;
        if (h->milestone == n && day >= h->from && day < until)
            return true;
    }
    return false;
}

static int model(const world *w, int n)
{
    int base = w->start, days = w->m[n].days;
    bool first = true;

    if (w->s[n].reached != ACRM_MILESTONE_NO_DAY)
        return w->s[n].reached;
    for (int k = 0; k < n; k++)
        if (w->m[n].after[k]) {
            int before = model(w, k);
            base = first || before > base ? before : base;
            first = false;
        }
    if (w->s[n].skipped)
        return base;
    if (w->s[n].forecast != ACRM_MILESTONE_NO_DAY) {
        base = w->s[n].forecast > base ? w->s[n].forecast : base;
        days = 0;
    }
    int day = base;
    while (days > 0 || held(w, n, day)) {
        day++;
        if (!held(w, n, day) && (!w->m[n].business || working(day)))
            days--;
    }
    return day < w->today ? w->today : day;
}

START_TEST(milestone__dates_are_those_of_a_critical_path)
{
    static const acrm_calendar_hours week[] = {
        { 1, 32400, 61200 }, { 2, 32400, 61200 }, { 3, 32400, 61200 },
        { 4, 32400, 61200 }, { 5, 32400, 61200 },
    };
    acrm_calendar_definition definition = { .struct_size = sizeof definition, .hours = week,
                                            .hours_count = 5 };
    acrm_calendar *calendar = NULL;
    world w = { .seed = 7 };
    int moved = 0;

    ck_assert_int_eq(acrm_calendar_new(&definition, NULL, &calendar, NULL), ACRM_OK);
    for (int turn = 0; turn < CHAINS; turn++) {
        acrm_milestone_chain *chain = NULL;
        acrm_milestone_state mixed[COUNT_MAX];
        acrm_milestone_hold holds[HOLDS_MAX];
        acrm_value *json = NULL;
        make(&w);
        ck_assert_int_eq(acrm_value_parse(NULL, w.json, strlen(w.json), &json, NULL), ACRM_OK);
        ck_assert_int_eq(acrm_milestone_new(NULL, json, &chain, NULL), ACRM_OK);
        for (int i = 0; i < w.count; i++) {
            char code[16];
            snprintf(code, sizeof code, "m%d", i);
            mixed[acrm_milestone_find(chain, code)] = w.s[i];
        }
        for (int i = 0; i < w.n_holds; i++) {
            char code[16];
            snprintf(code, sizeof code, "m%d", w.holds[i].milestone);
            holds[i] = w.holds[i];
            holds[i].milestone = acrm_milestone_find(chain, code);
        }
        ck_assert_int_eq(acrm_milestone_plan(chain, w.start, w.today, calendar, holds,
                                             (size_t)w.n_holds, mixed, (size_t)w.count, NULL),
                         ACRM_OK);
        for (int i = 0; i < w.count; i++) {
            char code[16];
            snprintf(code, sizeof code, "m%d", i);
            const acrm_milestone_state *s = &mixed[acrm_milestone_find(chain, code)];
            int want = model(&w, i);
            int goal = s->promised != ACRM_MILESTONE_NO_DAY ? s->promised : s->planned;
            ck_assert_msg(s->expected == want, "chain %d, m%d: %d, not %d\n%s", turn, i,
                          s->expected, want, w.json);
            ck_assert_int_eq(s->slip, want - goal);
            moved += s->slip != 0;
        }
        acrm_milestone_free(chain);
        acrm_value_free(json);
    }
    ck_assert_int_gt(moved, CHAINS);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(milestone__what_is_believed_has_no_order)
{
    acrm_milestone_chain *chain = NULL;
    acrm_value *json = NULL;
    world w = { .seed = 11 };

    w.count = 4;
    static const char text[] =
        "{\"milestones\":[{\"code\":\"a\"},"
        "{\"code\":\"b\",\"after\":[\"a\"],\"optional\":true},"
        "{\"code\":\"c\",\"after\":[\"a\"],\"gate\":true},"
        "{\"code\":\"d\",\"after\":[\"b\",\"c\"]}]}";
    ck_assert_int_eq(acrm_value_parse(NULL, text, strlen(text), &json, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_milestone_new(NULL, json, &chain, NULL), ACRM_OK);
    for (int turn = 0; turn < 3000; turn++) {
        acrm_milestone_event told[30], again[60];
        acrm_milestone_state one[4], two[4];
        int n = 1 + pick(&w, 30), m = 0;
        for (int i = 0; i < n; i++) {
            told[i] = (acrm_milestone_event){ .milestone = pick(&w, 4), .kind = 1 + pick(&w, 3),
                .at = pick(&w, 5), .day = FIRST + pick(&w, 3), .revision = pick(&w, 3),
                .rank = pick(&w, 2), .tentative = pick(&w, 2) };
            if (told[i].milestone == 1 && pick(&w, 5) == 0)
                told[i].kind = ACRM_MILESTONE_SKIPPED;
        }
        memset(one, 0, sizeof one);
        memset(two, 0, sizeof two);
        for (int i = 0; i < n; i++) /* each at a random place, some twice */
            for (int copies = 1 + pick(&w, 2); copies > 0; copies--) {
                int at = pick(&w, m + 1);
                memmove(&again[at + 1], &again[at], (size_t)(m - at) * sizeof *again);
                again[at] = told[i];
                m++;
            }
        ck_assert_int_eq(acrm_milestone_fold(chain, told, (size_t)n, one, 4, NULL), ACRM_OK);
        ck_assert_int_eq(acrm_milestone_fold(chain, again, (size_t)m, two, 4, NULL), ACRM_OK);
        ck_assert_int_eq(memcmp(one, two, sizeof one), 0);
    }
    acrm_milestone_free(chain);
    acrm_value_free(json);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("milestone_oracle");
    TCase *t = tcase_create("random");

    tcase_add_test(t, milestone__dates_are_those_of_a_critical_path);
    tcase_add_test(t, milestone__what_is_believed_has_no_order);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
