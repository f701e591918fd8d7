/* SPDX-License-Identifier: MIT */
/* Fuzzes plans: any tasks and links. What is computed must agree with itself, what is refused for a
 * circle must have one. */
#include "autocrm/planning.h"
#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TASKS = 16, LINKS = 48 };

static acrm_calendar *fuzz_calendar(void)
{
    static const acrm_calendar_hours hours[] = { { 1, 32400, 61200 }, { 5, 79200, 21600 } };
    acrm_calendar_definition definition = { .struct_size = sizeof definition, .hours = hours,
                                            .hours_count = 2 };
    acrm_calendar *calendar = NULL;

    fuzz_check(acrm_calendar_new(&definition, NULL, &calendar, NULL) == ACRM_OK);
    return calendar;
}

static int64_t fuzz_instant(fuzz_bytes *in)
{
    int64_t value = fuzz_take(in, 2);
    return value % 5 == 0 ? fuzz_take(in, 8) : value > 0 ? value * 3600000000 : ACRM_PLAN_NONE;
}

static void fuzz_agree(const acrm_plan *plan, const acrm_plan_times *times, int64_t finish)
{
    for (size_t i = 0; i < plan->tasks_count; i++) {
        const acrm_plan_times *t = &times[i];
        fuzz_check(t->earliest_start <= t->earliest_finish && t->earliest_finish <= finish);
        fuzz_check(t->total_float >= 0 && t->earliest_finish <= t->latest_finish);
    }
    for (size_t i = 0; i < plan->links_count; i++) {
        const acrm_plan_link *l = &plan->links[i];
        const acrm_plan_task *to = &plan->tasks[l->to];
        int64_t from = l->kind == ACRM_PLAN_START_START ? times[l->from].earliest_start
                                                        : times[l->from].earliest_finish;
        fuzz_check(to->started_at != ACRM_PLAN_NONE || times[l->to].earliest_start >= from);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes in = { data, size };
    acrm_calendar *calendar = fuzz_calendar();
    const acrm_calendar *calendars[] = { calendar };
    acrm_plan_task tasks[TASKS];
    acrm_plan_link links[LINKS];
    acrm_plan_times times[TASKS];
    int32_t cycle[TASKS];
    size_t length = 0;
    int64_t finish = 0;
    acrm_issue issue = { "", "", 0 };
    acrm_plan plan = { .struct_size = sizeof plan, .tasks = tasks, .links = links,
                       .calendars = calendars, .calendars_count = 1 };

    plan.start = fuzz_instant(&in);
    plan.now = fuzz_instant(&in);
    plan.tasks_count = (size_t)(fuzz_take(&in, 1) & (TASKS - 1));
    plan.links_count = (size_t)(fuzz_take(&in, 1) & 31);
    for (size_t i = 0; i < plan.tasks_count; i++) {
        tasks[i].duration = fuzz_take(&in, 2) * 600000000;
        tasks[i].not_before = fuzz_instant(&in);
        tasks[i].started_at = fuzz_instant(&in);
        tasks[i].finished_at = fuzz_instant(&in);
        tasks[i].calendar = (int32_t)(fuzz_take(&in, 1) % 2);
        tasks[i].skipped = (int32_t)fuzz_take(&in, 1) & 1;
    }
    for (size_t i = 0; i < plan.links_count; i++)
        links[i] = (acrm_plan_link){ (int32_t)fuzz_take(&in, 1) % TASKS,
                                     (int32_t)fuzz_take(&in, 1) % TASKS,
                                     (int32_t)fuzz_take(&in, 1) % 3, 0,
                                     fuzz_take(&in, 2) * 600000000 };
    int32_t st = acrm_plan_compute(&plan, NULL, times, &finish, &issue);
    if (st == ACRM_OK)
        fuzz_agree(&plan, times, finish);
    if (acrm_plan_cycle(plan.tasks_count, links, plan.links_count, NULL, cycle, &length) ==
        ACRM_OK) {
        fuzz_check(length <= plan.tasks_count);
        fuzz_check(st != ACRM_OK || length == 0);
    }
    acrm_calendar_free(calendar);
    return 0;
}
