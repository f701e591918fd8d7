/* SPDX-License-Identifier: MIT */
/* The critical path method in business time: forward for the earliest times, backward for the
 * latest. */
#include "engines/planning/graph.h"

#include "base/civil.h"

#define PLANNING_DURATION_MAX (INT64_C(366) * 100 * ACRM__DAY_US)

typedef struct planning_run {
    const acrm_plan *plan;
    acrm__plan_graph graph;
    acrm_plan_times *times; /* work space */
    int64_t finish;
} planning_run;

/* --- What is refused --- */

static int32_t planning_fault(acrm_issue *issue, const char *field, const char *allowed,
                              size_t row)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = (int64_t)row };
    return ACRM_E_INVALID;
}

static bool planning_instant(int64_t at)
{
    return at == ACRM_PLAN_NONE || (at >= ACRM__INSTANT_MIN && at <= ACRM__INSTANT_MAX);
}

static const char planning_instants[] = "an instant of the years 1 to 9999, or none";

static int32_t planning_check_task(const acrm_plan *plan, size_t i, acrm_issue *issue)
{
    const acrm_plan_task *task = &plan->tasks[i];

    if (task->duration < 0 || task->duration > PLANNING_DURATION_MAX)
        return planning_fault(issue, "tasks.duration", "0 to a hundred years", i);
    if (task->calendar < -1 || (task->calendar >= 0 &&
                                (size_t)task->calendar >= plan->calendars_count))
        return planning_fault(issue, "tasks.calendar", "-1 or the index of a calendar", i);
    if (!planning_instant(task->not_before))
        return planning_fault(issue, "tasks.not_before", planning_instants, i);
    if (!planning_instant(task->started_at))
        return planning_fault(issue, "tasks.started_at", planning_instants, i);
    if (!planning_instant(task->finished_at))
        return planning_fault(issue, "tasks.finished_at", planning_instants, i);
    if (task->finished_at != ACRM_PLAN_NONE && task->finished_at < task->started_at)
        return planning_fault(issue, "tasks.finished_at", "not before started_at", i);
    if (task->finished_at != ACRM_PLAN_NONE && task->started_at == ACRM_PLAN_NONE)
        return planning_fault(issue, "tasks.started_at", "set when finished_at is", i);
    return ACRM_OK;
}

static int32_t planning_check_link(const acrm_plan *plan, size_t i, acrm_issue *issue)
{
    const acrm_plan_link *link = &plan->links[i];

    if (link->from < 0 || (size_t)link->from >= plan->tasks_count)
        return planning_fault(issue, "links.from", "the index of a task", i);
    if (link->to < 0 || (size_t)link->to >= plan->tasks_count)
        return planning_fault(issue, "links.to", "the index of a task", i);
    if (link->kind != ACRM_PLAN_FINISH_START && link->kind != ACRM_PLAN_START_START)
        return planning_fault(issue, "links.kind",
                              "ACRM_PLAN_FINISH_START or ACRM_PLAN_START_START", i);
    if (link->lag < 0 || link->lag > PLANNING_DURATION_MAX)
        return planning_fault(issue, "links.lag", "0 to a hundred years", i);
    return ACRM_OK;
}

static int32_t planning_check(const acrm_plan *plan, acrm_issue *issue)
{
    int32_t st = ACRM_OK;

    if (plan->tasks_count > ACRM_PLAN_TASKS_MAX || plan->links_count > ACRM_PLAN_LINKS_MAX)
        return ACRM_E_LIMIT;
    if (plan->start == ACRM_PLAN_NONE || !planning_instant(plan->start))
        return planning_fault(issue, "start", "an instant of the years 1 to 9999", 0);
    if (!planning_instant(plan->now))
        return planning_fault(issue, "now", planning_instants, 0);
    for (size_t i = 0; i < plan->tasks_count && st == ACRM_OK; i++)
        st = planning_check_task(plan, i, issue);
    for (size_t i = 0; i < plan->links_count && st == ACRM_OK; i++)
        st = planning_check_link(plan, i, issue);
    return st;
}

/* --- Business time of a task --- */

static const acrm_calendar *planning_calendar(const planning_run *run, int32_t task)
{
    int32_t n = run->plan->tasks[task].calendar;
    return n < 0 ? NULL : run->plan->calendars[n];
}

static int32_t planning_add(const acrm_calendar *calendar, int64_t at, int64_t amount,
                            int64_t *out)
{
    if (calendar && amount != 0)
        return acrm_calendar_add(calendar, at, amount, out);
    if (at + amount > ACRM__INSTANT_MAX || at + amount < ACRM__INSTANT_MIN)
        return ACRM_E_LIMIT;
    *out = at + amount;
    return ACRM_OK;
}

static int32_t planning_between(const acrm_calendar *calendar, int64_t from, int64_t to,
                                int64_t *out)
{
    if (calendar && from != to)
        return acrm_calendar_between(calendar, from, to, out);
    *out = to - from;
    return ACRM_OK;
}

static bool planning_done(const acrm_plan_task *task)
{
    return task->finished_at != ACRM_PLAN_NONE;
}

/* --- Forward: earliest_start holds the latest of what a task waits for so far --- */

static void planning_not_before(int64_t *at, int64_t bound)
{
    if (bound > *at)
        *at = bound;
}

static int32_t planning_place(const planning_run *run, int32_t n)
{
    const acrm_plan_task *task = &run->plan->tasks[n];
    const acrm_calendar *calendar = planning_calendar(run, n);
    acrm_plan_times *times = &run->times[n];
    int64_t duration = task->skipped ? 0 : task->duration;
    int32_t st = ACRM_OK;

    if (planning_done(task)) {
        times->earliest_start = task->started_at;
        times->earliest_finish = task->finished_at;
        return ACRM_OK;
    }
    if (task->started_at != ACRM_PLAN_NONE) {
        times->earliest_start = task->started_at;
    } else {
        planning_not_before(&times->earliest_start, task->not_before);
        if (!task->skipped)
            planning_not_before(&times->earliest_start, run->plan->now);
        if (calendar && duration > 0)
            st = acrm_calendar_next_open(calendar, times->earliest_start,
                                         &times->earliest_start);
    }
    if (st == ACRM_OK)
        st = planning_add(calendar, times->earliest_start, duration, &times->earliest_finish);
    if (!task->skipped)
        planning_not_before(&times->earliest_finish, run->plan->now);
    return st;
}

static int32_t planning_forward(planning_run *run)
{
    const acrm__plan_graph *graph = &run->graph;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < graph->tasks; i++)
        run->times[i] = (acrm_plan_times){ .earliest_start = run->plan->start };
    for (size_t i = 0; i < graph->ordered && st == ACRM_OK; i++) {
        int32_t n = graph->order[i];
        st = planning_place(run, n);
        if (st == ACRM_OK)
            planning_not_before(&run->finish, run->times[n].earliest_finish);
        for (int32_t l = graph->first[n]; l >= 0 && st == ACRM_OK; l = graph->next[l]) {
            const acrm_plan_link *link = &run->plan->links[l];
            int64_t at = link->kind == ACRM_PLAN_START_START ? run->times[n].earliest_start
                                                             : run->times[n].earliest_finish;
            st = planning_add(planning_calendar(run, link->to), at, link->lag, &at);
            if (st == ACRM_OK)
                planning_not_before(&run->times[link->to].earliest_start, at);
        }
    }
    return st;
}

/* --- Backward --- */

/* How late a task may begin and end without moving the end of all, and end without moving any that
 * waits for it. */
typedef struct planning_limits {
    int64_t begin, end, free_end;
} planning_limits;

static void planning_no_later(int64_t *at, int64_t bound)
{
    if (bound < *at)
        *at = bound;
}

/* The last instant at which a task can begin no later than `at`: begun in a pause is begun behind
 * it, so that before a pause it is the last microsecond that is open. */
static int32_t planning_begin_by(const planning_run *run, int32_t n, int64_t *at)
{
    const acrm_plan_task *task = &run->plan->tasks[n];
    const acrm_calendar *calendar = planning_calendar(run, n);
    int32_t open = 1;

    if (!calendar || task->skipped || task->duration == 0)
        return ACRM_OK;
    int32_t st = acrm_calendar_is_open(calendar, *at, &open);
    if (st != ACRM_OK || open)
        return st;
    st = acrm_calendar_previous_open(calendar, *at, at);
    *at -= 1;
    return st;
}

/* What one link allows. */
static int32_t planning_bound(const planning_run *run, int32_t n, const acrm_plan_link *link,
                              planning_limits *limits)
{
    const acrm_plan_task *task = &run->plan->tasks[n], *next = &run->plan->tasks[link->to];
    const acrm_calendar *calendar = planning_calendar(run, link->to);
    int64_t bounds[2] = { run->times[link->to].latest_start,
                          run->times[link->to].earliest_start };
    int32_t st = ACRM_OK;
    bool starts = link->kind == ACRM_PLAN_START_START;

    /* What has begun waits for nothing more, and a beginning that is over binds no end. */
    if (next->started_at != ACRM_PLAN_NONE || (starts && task->started_at != ACRM_PLAN_NONE))
        return ACRM_OK;
    for (size_t i = 0; i < 2 && st == ACRM_OK; i++) {
        st = planning_add(calendar, bounds[i], -link->lag, &bounds[i]);
        if (st == ACRM_OK && starts)
            st = planning_begin_by(run, n, &bounds[i]);
        if (st == ACRM_OK && starts && i == 0)
            planning_no_later(&limits->begin, bounds[i]);
        if (st == ACRM_OK && starts)
            st = planning_add(planning_calendar(run, n), bounds[i],
                              task->skipped ? 0 : task->duration, &bounds[i]);
    }
    if (st != ACRM_OK)
        return st;
    planning_no_later(&limits->end, bounds[0]);
    planning_no_later(&limits->free_end, bounds[1]);
    return ACRM_OK;
}

static int32_t planning_late(planning_run *run, int32_t n)
{
    const acrm_plan_task *task = &run->plan->tasks[n];
    const acrm_calendar *calendar = planning_calendar(run, n);
    acrm_plan_times *times = &run->times[n];
    planning_limits limits = { INT64_MAX, run->finish, run->finish };
    int64_t duration = task->skipped ? 0 : task->duration;
    int32_t st = ACRM_OK;

    if (planning_done(task)) {
        times->latest_start = times->earliest_start;
        times->latest_finish = times->earliest_finish;
        return ACRM_OK;
    }
    for (int32_t l = run->graph.first[n]; l >= 0 && st == ACRM_OK; l = run->graph.next[l])
        st = planning_bound(run, n, &run->plan->links[l], &limits);
    times->latest_finish = limits.end;
    if (st == ACRM_OK)
        st = planning_add(calendar, limits.end, -duration, &times->latest_start);
    planning_no_later(&times->latest_start, limits.begin);
    if (task->started_at != ACRM_PLAN_NONE)
        times->latest_start = task->started_at;
    if (st == ACRM_OK)
        st = planning_between(calendar, times->earliest_finish, limits.end, &times->total_float);
    if (st == ACRM_OK)
        st = planning_between(calendar, times->earliest_finish, limits.free_end,
                              &times->free_float);
    times->critical = !task->skipped && times->total_float <= 0;
    return st;
}

static int32_t planning_backward(planning_run *run)
{
    int32_t st = ACRM_OK;

    for (size_t i = run->graph.ordered; i-- > 0 && st == ACRM_OK;)
        st = planning_late(run, run->graph.order[i]);
    return st;
}

/* --- The plan --- */

static int32_t planning_circle(const planning_run *run, acrm_issue *issue)
{
    for (size_t i = 0; i < run->plan->links_count; i++)
        if (run->graph.waiting[run->plan->links[i].from] > 0)
            return planning_fault(issue, "links", "no tasks that wait for each other", i);
    return ACRM_E_INVALID;
}

static int32_t planning_run_all(planning_run *run, const acrm_allocator *allocator,
                                acrm_issue *issue)
{
    const acrm_plan *plan = run->plan;
    int32_t st = acrm__plan_graph_make(&run->graph, plan->tasks_count, plan->links,
                                       plan->links_count, allocator);

    if (st != ACRM_OK)
        return st;
    if (run->graph.ordered < run->graph.tasks)
        st = planning_circle(run, issue);
    if (st == ACRM_OK)
        st = planning_forward(run);
    if (st == ACRM_OK)
        st = planning_backward(run);
    acrm__plan_graph_free(&run->graph);
    return st;
}

static bool planning_misused(const acrm_plan *plan, const acrm_plan_times *times)
{
    if (!plan || plan->struct_size < sizeof *plan)
        return true;
    if (plan->tasks_count > 0 && (!plan->tasks || !times))
        return true;
    return (plan->links_count > 0 && !plan->links) ||
           (plan->calendars_count > 0 && !plan->calendars);
}

int32_t acrm_plan_compute(const acrm_plan *plan, const acrm_allocator *allocator,
                          acrm_plan_times *times, int64_t *finish, acrm_issue *issue)
{
    planning_run run = { .plan = plan };
    acrm_allocator port = acrm__allocator(allocator);

    if (planning_misused(plan, times))
        return ACRM_E_MISUSE;
    for (size_t i = 0; i < plan->calendars_count; i++)
        if (!plan->calendars[i])
            return ACRM_E_MISUSE;
    int32_t st = planning_check(plan, issue);
    if (st != ACRM_OK)
        return st;
    size_t size = (plan->tasks_count + 1) * sizeof *run.times;
    run.finish = plan->start;
    run.times = acrm__alloc(&port, size);
    if (!run.times)
        return ACRM_E_NOMEM;
    st = planning_run_all(&run, &port, issue);
    for (size_t i = 0; st == ACRM_OK && i < plan->tasks_count; i++)
        times[i] = run.times[i];
    if (st == ACRM_OK && finish)
        *finish = run.finish;
    acrm__free(&port, run.times, size);
    return st;
}
