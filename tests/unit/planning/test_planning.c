/* SPDX-License-Identifier: MIT */
/* Plans: by hand where the answer is known, and random ones against a model that steps through the
 * hours. */
#include "autocrm/planning.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <stdio.h>

#define HOUR INT64_C(3600000000)
#define START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z, a Saturday */

enum { TASKS = 12, LINKS = 30, CALENDARS = 3, HOURS = 24 * 7 * 60, ROUNDS = 400 };

/* Monday to Friday 9 to 17, and Saturday to Wednesday 8 to 12 and 13 to 16, in UTC. */
static acrm_calendar *calendars[CALENDARS];

static acrm_calendar *calendar(const acrm_calendar_hours *hours, size_t n)
{
    acrm_calendar_definition definition = { .struct_size = sizeof definition, .hours = hours,
                                            .hours_count = n };
    acrm_calendar *out = NULL;

    ck_assert_int_eq(acrm_calendar_new(&definition, NULL, &out, NULL), ACRM_OK);
    return out;
}

static void make_calendars(void)
{
    acrm_calendar_hours west[5], east[10], night = { 5, 22 * 3600, 6 * 3600 };
    static const int32_t days[] = { 6, 7, 1, 2, 3 };

    for (int32_t i = 0; i < 5; i++) {
        west[i] = (acrm_calendar_hours){ i + 1, 9 * 3600, 17 * 3600 };
        east[2 * i] = (acrm_calendar_hours){ days[i], 8 * 3600, 12 * 3600 };
        east[2 * i + 1] = (acrm_calendar_hours){ days[i], 13 * 3600, 16 * 3600 };
    }
    calendars[0] = calendar(west, 5);
    calendars[1] = calendar(east, 10);
    calendars[2] = calendar(&night, 1);
}

static void free_calendars(void)
{
    for (int i = 0; i < CALENDARS; i++)
        acrm_calendar_free(calendars[i]);
}

static acrm_plan plan_of(const acrm_plan_task *tasks, size_t n, const acrm_plan_link *links,
                         size_t n_links)
{
    return (acrm_plan){ .struct_size = sizeof(acrm_plan), .start = START, .now = ACRM_PLAN_NONE,
                        .tasks = tasks, .tasks_count = n, .links = links,
                        .links_count = n_links,
                        .calendars = (const acrm_calendar *const *)calendars,
                        .calendars_count = CALENDARS };
}

static acrm_plan_task task(int64_t hours, int32_t on)
{
    return (acrm_plan_task){ hours * HOUR, ACRM_PLAN_NONE, ACRM_PLAN_NONE, ACRM_PLAN_NONE, on, 0 };
}

static acrm_plan_link after(int32_t from, int32_t to, int64_t lag)
{
    return (acrm_plan_link){ from, to, ACRM_PLAN_FINISH_START, 0, lag * HOUR };
}

/* --- By hand --- */

START_TEST(plan__goes_over_the_weekend_and_finds_the_critical_path)
{
    /* Wash (2) and check (6) both before the hand-over (1), papers (3) after the check begins. */
    acrm_plan_task tasks[] = { task(2, 0), task(6, 0), task(1, 0), task(3, 0) };
    acrm_plan_link links[] = { after(0, 2, 0), after(1, 2, 1),
                               { 1, 3, ACRM_PLAN_START_START, 0, 1 * HOUR } };
    acrm_plan_times times[4];
    int64_t finish = 0;

    make_calendars();
    acrm_plan plan = plan_of(tasks, 4, links, 3);
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, &finish, NULL), ACRM_OK);
    int64_t monday = START + 47 * HOUR; /* 9:00 */
    ck_assert_int_eq(times[0].earliest_start, monday);
    ck_assert_int_eq(times[1].earliest_finish, monday + 6 * HOUR);
    ck_assert_int_eq(times[2].earliest_start, monday + 7 * HOUR); /* the lag */
    ck_assert_int_eq(finish, monday + 8 * HOUR);
    ck_assert_int_eq(times[3].earliest_start, monday + 1 * HOUR);
    ck_assert_int_eq(times[0].total_float, 5 * HOUR);
    ck_assert_int_eq(times[0].free_float, 5 * HOUR);
    ck_assert_int_eq(times[3].total_float, 4 * HOUR);
    static const int32_t critical[] = { 0, 1, 1, 0 };
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(times[i].critical, critical[i]);
    free_calendars();
}
END_TEST

START_TEST(plan__slips_with_what_really_happened)
{
    acrm_plan_task tasks[] = { task(4, -1), task(4, -1), task(2, -1), task(1, -1) };
    acrm_plan_link links[] = { after(0, 1, 0), after(1, 2, 0), after(0, 3, 0) };
    acrm_plan_times times[4];
    int64_t finish = 0;

    make_calendars();
    acrm_plan plan = plan_of(tasks, 4, links, 3);
    tasks[0].started_at = START - HOUR; /* earlier than planned */
    tasks[0].finished_at = START + 2 * HOUR;
    tasks[1].started_at = START + 3 * HOUR; /* and an hour of rest */
    plan.now = START + 9 * HOUR; /* two hours over, and still not done */
    tasks[3].skipped = 1;
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, &finish, NULL), ACRM_OK);
    ck_assert_int_eq(times[0].latest_finish, START + 2 * HOUR);
    ck_assert_int_eq(times[0].critical, 0);
    ck_assert_int_eq(times[1].earliest_finish, START + 9 * HOUR);
    ck_assert_int_eq(times[2].earliest_start, START + 9 * HOUR);
    ck_assert_int_eq(finish, START + 11 * HOUR);
    ck_assert_int_eq(times[1].critical, 1);
    ck_assert_int_eq(times[3].critical, 0);
    ck_assert_int_eq(times[3].earliest_finish, START + 2 * HOUR);
    plan.now = START + 4 * HOUR;
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, &finish, NULL), ACRM_OK);
    ck_assert_int_eq(finish, START + 9 * HOUR); /* 3 + 4 + 2 */
    free_calendars();
}
END_TEST

START_TEST(plan__of_nothing_ends_where_it_begins)
{
    int64_t finish = 0;
    acrm_plan plan = { .struct_size = sizeof plan, .start = START, .now = ACRM_PLAN_NONE };

    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, NULL, &finish, NULL), ACRM_OK);
    ck_assert_int_eq(finish, START);
}
END_TEST

/* --- What is refused --- */

START_TEST(plan__names_the_circle)
{
    acrm_plan_task tasks[] = { task(1, -1), task(1, -1), task(1, -1), task(1, -1), task(1, -1) };
    /* 0 leads into the circle 1 2 3, and 4 hangs on it. */
    acrm_plan_link links[] = { after(0, 1, 0), after(1, 2, 0), after(2, 3, 0), after(3, 1, 0),
                               after(3, 4, 0) };
    acrm_plan_times times[5] = { { .earliest_start = 7 } };
    acrm_issue issue = { NULL, NULL, 0 };
    int32_t cycle[5];
    size_t length = 99;

    acrm_plan plan = plan_of(tasks, 5, links, 5);
    plan.calendars_count = 0;
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, NULL, &issue), ACRM_E_INVALID);
    ck_assert_str_eq(issue.field, "links");
    ck_assert_int_eq(times[0].earliest_start, 7);
    ck_assert_int_eq(acrm_plan_cycle(5, links, 5, NULL, cycle, &length), ACRM_OK);
    ck_assert_uint_eq(length, 3);
    for (size_t i = 0; i < 3; i++) { /* each is followed by the one that waits for it */
        int32_t next = cycle[(i + 1) % 3];
        ck_assert_int_eq(next, cycle[i] == 3 ? 1 : cycle[i] + 1);
    }
    ck_assert_int_eq(acrm_plan_cycle(5, links, 3, NULL, cycle, &length), ACRM_OK);
    ck_assert_uint_eq(length, 0);
    links[0].to = 0; /* of one */
    ck_assert_int_eq(acrm_plan_cycle(5, links, 1, NULL, cycle, &length), ACRM_OK);
    ck_assert_uint_eq(length, 1);
    ck_assert_int_eq(cycle[0], 0);
    links[0].to = 9;
    ck_assert_int_eq(acrm_plan_cycle(5, links, 1, NULL, cycle, &length), ACRM_E_INVALID);
}
END_TEST

static const struct {
    const char *what, *field;
    acrm_plan_task task;
    acrm_plan_link link;
} refused[] = {
    { "a negative duration", "tasks.duration", { -1, 0, 0, 0, -1, 0 }, { 0, 1, 1, 0, 0 } },
    { "no such calendar", "tasks.calendar", { 0, 0, 0, 0, 3, 0 }, { 0, 1, 1, 0, 0 } },
    { "not before beyond all years", "tasks.not_before", { 0, INT64_MAX, 0, 0, -1, 0 },
      { 0, 1, 1, 0, 0 } },
    { "done before it began", "tasks.finished_at", { 0, 0, 2, 1, -1, 0 }, { 0, 1, 1, 0, 0 } },
    { "done without a beginning", "tasks.started_at", { 0, 0, ACRM_PLAN_NONE, 1, -1, 0 },
      { 0, 1, 1, 0, 0 } },
    { "a link from no task", "links.from", { 0, 0, 0, 0, -1, 0 }, { -1, 1, 1, 0, 0 } },
    { "a link to no task", "links.to", { 0, 0, 0, 0, -1, 0 }, { 0, 2, 1, 0, 0 } },
    { "a link of no kind", "links.kind", { 0, 0, 0, 0, -1, 0 }, { 0, 1, 3, 0, 0 } },
    { "a negative lag", "links.lag", { 0, 0, 0, 0, -1, 0 }, { 0, 1, 1, 0, -1 } },
};

START_TEST(plan__refuses_with_the_place)
{
    size_t n = sizeof refused / sizeof refused[0];
    acrm_plan_times times[2];

    make_calendars();
    for (size_t i = 0; i < n; i++) {
        acrm_plan_task tasks[] = { refused[i].task, task(1, -1) };
        acrm_issue issue = { NULL, NULL, 9 };
        acrm_plan plan = plan_of(tasks, 2, &refused[i].link, 1);
        ck_assert_msg(acrm_plan_compute(&plan, NULL, times, NULL, &issue) == ACRM_E_INVALID, "%s",
                      refused[i].what);
        ck_assert_str_eq(issue.field, refused[i].field);
        ck_assert_int_eq(issue.row, 0);
    }
    acrm_plan plan = plan_of(NULL, 2, NULL, 0);
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, NULL, NULL), ACRM_E_MISUSE);
    plan.struct_size = 3;
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, NULL, NULL), ACRM_E_MISUSE);
    plan = plan_of(NULL, ACRM_PLAN_TASKS_MAX + 1, NULL, 0);
    plan.tasks = &refused[0].task;
    ck_assert_int_eq(acrm_plan_compute(&plan, NULL, times, NULL, NULL), ACRM_E_LIMIT);
    free_calendars();
}
END_TEST

START_TEST(plan__survives_every_allocation_failure)
{
    acrm_plan_task tasks[] = { task(1, -1), task(1, -1) };
    acrm_plan_link link = after(0, 1, 0);
    acrm_plan_times times[2];
    int32_t cycle[2];
    size_t length;

    for (int what = 0; what < 2; what++)
        for (long n = 1;; n++) {
            alloc_fail state = { .fail_at = n };
            acrm_allocator port = alloc_fail_port(&state);
            acrm_plan plan = plan_of(tasks, 2, &link, 1);
            acrm_plan_link back[] = { link, after(1, 0, 0) };
            plan.calendars_count = 0;
            int32_t st = what ? acrm_plan_cycle(2, back, 2, &port, cycle, &length)
                              : acrm_plan_compute(&plan, &port, times, NULL, NULL);
            ck_assert_uint_eq(state.live_bytes, 0);
            ck_assert_int_eq(st, state.failures ? ACRM_E_NOMEM : ACRM_OK);
            if (!state.failures)
                break;
        }
}
END_TEST

/* --- The model: hours since the start, each open or not --- */

static uint64_t seed;

static int64_t random_below(int64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((seed >> 33) % (uint64_t)n);
}

static unsigned char open_at[CALENDARS + 1][HOURS];

static void model_open(void)
{
    for (int h = 0; h < HOURS; h++) {
        int hour = (h + 10) % 24, day = ((h + 10) / 24 + 5) % 7; /* 0 is Monday */
        bool east = day == 5 || day == 6 || day <= 2;
        open_at[0][h] = day < 5 && hour >= 9 && hour < 17;
        open_at[1][h] = east && hour >= 8 && hour < 16 && hour != 12;
        open_at[2][h] = (day == 4 && hour >= 22) || (day == 5 && hour < 6);
        open_at[CALENDARS][h] = 1;
    }
}

static const unsigned char *model_of(const acrm_plan_task *t)
{
    return open_at[t->calendar < 0 ? CALENDARS : t->calendar];
}

static int model_add(const unsigned char *open, int at, int hours)
{
    for (; hours > 0; at++) {
        ck_assert_int_lt(at, HOURS);
        hours -= open[at];
    }
    return at;
}

/* Every time again until nothing moves: no order of tasks is needed. */
static int model_plan(const acrm_plan *plan, int start[TASKS], int finish[TASKS])
{
    bool moved = true;
    int end = 0;

    for (size_t i = 0; i < plan->tasks_count; i++)
        start[i] = finish[i] = 0;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < plan->tasks_count; i++) {
            const acrm_plan_task *t = &plan->tasks[i];
            int at = t->not_before > START ? (int)((t->not_before - START) / HOUR) : 0;
            for (size_t l = 0; l < plan->links_count; l++) {
                const acrm_plan_link *link = &plan->links[l];
                int from = link->kind == ACRM_PLAN_START_START ? start[link->from]
                                                               : finish[link->from];
                if ((size_t)link->to != i)
                    continue;
                from = model_add(model_of(t), from, (int)(link->lag / HOUR));
                at = from > at ? from : at;
            }
            while (t->duration > 0 && !model_of(t)[at])
                at++;
            int done = model_add(model_of(t), at, (int)(t->duration / HOUR));
            moved = moved || at != start[i] || done != finish[i];
            start[i] = at;
            finish[i] = done;
        }
    }
    for (size_t i = 0; i < plan->tasks_count; i++)
        end = finish[i] > end ? finish[i] : end;
    return end;
}

typedef struct random_plan {
    acrm_plan plan;
    acrm_plan_task tasks[TASKS];
    acrm_plan_link links[LINKS];
} random_plan;

static void random_make(random_plan *r, bool start_start)
{
    size_t n = (size_t)random_below(TASKS) + 1, links = 0;

    for (size_t i = 0; i < n; i++) {
        r->tasks[i] = task(random_below(20), (int32_t)random_below(CALENDARS) - 1);
        if (random_below(5) == 0)
            r->tasks[i].not_before = START + random_below(200) * HOUR;
    }
    for (size_t k = random_below(4) ? (size_t)random_below(LINKS) : 0; n > 1 && k > 0; k--) {
        int32_t from = (int32_t)random_below((int64_t)n - 1);
        int32_t to = from + 1 + (int32_t)random_below((int64_t)n - 1 - from);
        r->links[links] = after(from, to, random_below(3) ? 0 : random_below(10));
        if (start_start && random_below(3) == 0)
            r->links[links].kind = ACRM_PLAN_START_START;
        links++;
    }
    r->plan = plan_of(r->tasks, n, r->links, links);
}

/* Delay one task and ask the model when all ends. */
static int delayed(random_plan *r, size_t i, const acrm_plan_times *times, int64_t hours)
{
    int start[TASKS], finish[TASKS];
    int64_t kept = r->tasks[i].not_before;
    int from = (int)((times->earliest_start - START) / HOUR);

    r->tasks[i].not_before = START + model_add(model_of(&r->tasks[i]), from, (int)hours) * HOUR;
    int end = model_plan(&r->plan, start, finish);
    r->tasks[i].not_before = kept;
    return end;
}

/* The float is what a task can be delayed by, to the microsecond; the model knows whole hours. */
static void check_float(random_plan *r, size_t i, const acrm_plan_times *times, int end)
{
    int64_t slack = times->total_float / HOUR;

    ck_assert_int_ge(times->total_float, 0);
    ck_assert_int_le(times->free_float, times->total_float);
    ck_assert_int_eq(times->critical, times->total_float == 0);
    if (r->tasks[i].duration == 0)
        return;
    ck_assert_int_eq(delayed(r, i, times, slack), end);
    ck_assert_int_gt(delayed(r, i, times, slack + 1), end);
}

START_TEST(plan__agrees_with_a_model_that_steps_through_the_hours)
{
    random_plan r;
    acrm_plan_times times[TASKS];
    int start[TASKS], finish[TASKS];

    make_calendars();
    model_open();
    for (int round = 0; round < ROUNDS; round++) {
        int64_t ends = 0;
        seed = (uint64_t)round + 1;
        random_make(&r, round % 2);
        int end = model_plan(&r.plan, start, finish);
        int32_t st = acrm_plan_compute(&r.plan, NULL, times, &ends, NULL);
        ck_assert_msg(st == ACRM_OK, "seed %d: %d", round + 1, st);
        ck_assert_msg(ends == START + end * HOUR, "seed %d: the end", round + 1);
        for (size_t i = 0; i < r.plan.tasks_count; i++) {
            ck_assert_msg(times[i].earliest_start == START + start[i] * HOUR &&
                          times[i].earliest_finish == START + finish[i] * HOUR,
                          "seed %d: task %zu", round + 1, i);
            check_float(&r, i, &times[i], end);
        }
    }
    free_calendars();
}
END_TEST

Suite *planning_suite(void);
Suite *planning_suite(void)
{
    Suite *s = suite_create("planning");
    TCase *tc = tcase_create("planning");

    tcase_add_test(tc, plan__goes_over_the_weekend_and_finds_the_critical_path);
    tcase_add_test(tc, plan__slips_with_what_really_happened);
    tcase_add_test(tc, plan__of_nothing_ends_where_it_begins);
    tcase_add_test(tc, plan__names_the_circle);
    tcase_add_test(tc, plan__refuses_with_the_place);
    tcase_add_test(tc, plan__survives_every_allocation_failure);
    tcase_add_test(tc, plan__agrees_with_a_model_that_steps_through_the_hours);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(planning_suite)
