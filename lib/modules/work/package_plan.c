/* SPDX-License-Identifier: MIT */
/* The plan of a package as things are: times, what is critical, becomes ready, or is late. */
#include "modules/work/package.h"

#include "base/civil.h"
#include "kernel/wall.h"

enum { PLAN_CALENDARS_MAX = 64 };

static const char plan_timer[] = "work_package.watch";

static bool plan_over(const acrm__rec *task)
{
    return acrm__package_is(task, F_work_package_task__state, "done") ||
           acrm__package_is(task, F_work_package_task__state, "skipped");
}

static int64_t plan_instant(const acrm__rec *task, uint32_t field)
{
    return acrm__is_null(task, field) ? ACRM_PLAN_NONE : acrm__int(task, field);
}

/* --- Loading and computing --- */

int32_t acrm__package_load(acrm__call *call, acrm__rec *package, acrm__package_state *out)
{
    acrm__term term = { F_work_package_task__package_id, ACRM_FILTER_EQ, package->cells[F_ID] };

    *out = (acrm__package_state){ .package = package };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "work_package_task", .terms = &term,
        .n_terms = 1, .order = F_ID, .as_system = true }, &out->graph.tasks);
    return st == ACRM_OK ? acrm__package_links(call, &out->graph, F_work_package_task__code,
                                               F_work_package_task__depends_on)
                         : st;
}

int32_t acrm__package_calendar(acrm__call *call, const acrm__rec *package, const acrm__rec *task,
                               const acrm__work_calendar **out)
{
    const unsigned char *own = acrm__id(task, F_work_package_task__calendar_id);

    return acrm__calendar_of(call, own ? own : acrm__id(package, F_work_package__calendar_id),
                             "calendar_id", out);
}

/* The index of a task's calendar among those of the plan. */
static int32_t plan_calendar(acrm__call *call, const acrm__package_state *state,
                             const acrm__rec *task, acrm_plan *plan, int32_t *out)
{
    const acrm_calendar **list = (const acrm_calendar **)(uintptr_t)plan->calendars;
    const acrm__work_calendar *calendar = NULL;

    int32_t st = acrm__package_calendar(call, state->package, task, &calendar);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < plan->calendars_count; i++)
        if (list[i] == calendar->calendar) {
            *out = (int32_t)i;
            return ACRM_OK;
        }
    if (plan->calendars_count == PLAN_CALENDARS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "calendar_id",
                          "a work package has at most %d calendars", PLAN_CALENDARS_MAX);
    *out = (int32_t)plan->calendars_count;
    list[plan->calendars_count++] = calendar->calendar;
    return ACRM_OK;
}

static acrm_plan_task plan_task(const acrm__rec *task, bool progress)
{
    acrm_plan_task out = {
        .duration = acrm__int(task, F_work_package_task__duration) * ACRM__SECOND_US,
        .not_before = ACRM_PLAN_NONE, .started_at = ACRM_PLAN_NONE,
        .finished_at = ACRM_PLAN_NONE,
    };

    if (!progress)
        return out;
    out.started_at = plan_instant(task, F_work_package_task__started_at);
    out.finished_at = plan_instant(task, F_work_package_task__finished_at);
    if (acrm__package_is(task, F_work_package_task__state, "skipped")) {
        out.skipped = 1;
        out.started_at = out.finished_at = ACRM_PLAN_NONE;
    }
    return out;
}

int32_t acrm__package_compute(acrm__call *call, acrm__package_state *state, int64_t now)
{
    size_t n = state->graph.tasks.count;
    acrm_plan_task *tasks = acrm__arena_array(call->arena, n + 1, sizeof *tasks);
    const acrm_calendar **calendars = acrm__arena_array(call->arena, PLAN_CALENDARS_MAX,
                                                        sizeof *calendars);
    acrm_plan plan = { .struct_size = sizeof plan, .tasks = tasks, .tasks_count = n,
                       .start = acrm__int(state->package, F_work_package__started_at),
                       .links = state->graph.links, .links_count = state->graph.n_links,
                       .calendars = calendars, .now = now };
    acrm_issue issue = { "", "", 0 };
    int32_t st = ACRM_OK;

    state->times = acrm__arena_array(call->arena, n + 1, sizeof *state->times);
    if (!tasks || !calendars || !state->times)
        return acrm__nomem(call);
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        tasks[i] = plan_task(state->graph.tasks.items[i], now != ACRM_PLAN_NONE);
        st = plan_calendar(call, state, state->graph.tasks.items[i], &plan, &tasks[i].calendar);
    }
    if (st != ACRM_OK)
        return st;
    st = acrm_plan_compute(&plan, &call->session->engine->allocator, state->times,
                           &state->finish, &issue);
    if (st == ACRM_OK || st == ACRM_E_NOMEM)
        return st == ACRM_OK ? st : acrm__nomem(call);
    return acrm__fail(call, st, "plan", "id", "the work package cannot be planned: %s %s",
                      st == ACRM_E_LIMIT ? "its calendars have no more open time" : issue.field,
                      issue.allowed);
}

/* --- What becomes ready --- */

/* What a task waits for has happened. */
static bool plan_free(const acrm__package_state *state, int32_t task)
{
    for (size_t i = 0; i < state->graph.n_links; i++) {
        const acrm_plan_link *link = &state->graph.links[i];
        const acrm__rec *from = state->graph.tasks.items[link->from];
        bool begun = link->kind == ACRM_PLAN_START_START &&
                     !acrm__is_null(from, F_work_package_task__started_at);
        if (link->to == task && !begun && !plan_over(from))
            return false;
    }
    return true;
}

static int32_t plan_ready(acrm__call *call, const acrm__package_state *state, acrm__rec *task)
{
    const acrm__work_calendar *calendar = NULL;
    int64_t at = 0;

    acrm__set(task, F_work_package_task__state, acrm__cell_text("ready"));
    acrm__set(task, F_work_package_task__ready_at, acrm__cell_int(call->now));
    if (!acrm__is_null(task, F_work_package_task__target)) {
        int32_t st = acrm__package_calendar(call, state->package, task, &calendar);
        if (st == ACRM_OK && acrm_calendar_add(calendar->calendar, call->now,
                acrm__int(task, F_work_package_task__target) * ACRM__SECOND_US, &at) != ACRM_OK)
            st = acrm__fail(call, ACRM_E_LIMIT, "range", "target",
                            "the calendar has no more open time for the target of a task");
        if (st != ACRM_OK)
            return st;
        acrm__set(task, F_work_package_task__target_at, acrm__cell_int(at));
    }
    return acrm__emit(call, "work_package_task.ready", "work_package_task", acrm__id(task, F_ID),
                      NULL);
}

static int32_t plan_states(acrm__call *call, acrm__package_state *state, size_t *open)
{
    int32_t st = ACRM_OK;

    *open = 0;
    for (size_t i = 0; i < state->graph.tasks.count && st == ACRM_OK; i++) {
        acrm__rec *task = state->graph.tasks.items[i];
        if (acrm__package_is(task, F_work_package_task__state, "waiting") &&
            plan_free(state, (int32_t)i))
            st = plan_ready(call, state, task);
        *open += !plan_over(task);
    }
    return st;
}

/* --- What is late --- */

static int32_t plan_emit(acrm__call *call, const char *type, const acrm__package_state *state,
                         const acrm__rec *rec)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool task = rec != state->package;
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "work_package_id",
                             acrm__id_text(call, acrm__id(state->package, F_ID))) &&
              acrm__put_text(data, "expected_finish", acrm__instant_text(call, state->finish));

    if (ok && task)
        ok = acrm__put_text(data, "task", acrm__text(rec, F_work_package_task__code));
    if (ok && !task)
        ok = acrm__put_text(data, "planned_finish", acrm__instant_text(
                 call, acrm__int(rec, F_work_package__planned_finish)));
    return ok ? acrm__emit(call, type, rec->entity->def->name, acrm__id(rec, F_ID), data)
              : acrm__nomem(call);
}

/* A bound that has passed: noted once, and it stays. */
static int32_t plan_latch(acrm__call *call, const acrm__package_state *state, acrm__rec *task,
                          uint32_t bound, uint32_t latch, const char *event)
{
    if (acrm__is_null(task, bound) || !acrm__is_null(task, latch) || plan_over(task) ||
        call->now <= acrm__int(task, bound))
        return ACRM_OK;
    acrm__set(task, latch, task->cells[bound]);
    return plan_emit(call, event, state, task);
}

static int32_t plan_lateness(acrm__call *call, acrm__package_state *state)
{
    acrm__rec *package = state->package;
    bool delayed = state->finish > acrm__int(package, F_work_package__planned_finish);
    bool known = !acrm__is_null(package, F_work_package__delayed_at);
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < state->graph.tasks.count && st == ACRM_OK; i++) {
        acrm__rec *task = state->graph.tasks.items[i];
        st = plan_latch(call, state, task, F_work_package_task__planned_finish,
                        F_work_package_task__late_at, "work_package_task.late");
        if (st == ACRM_OK)
            st = plan_latch(call, state, task, F_work_package_task__target_at,
                            F_work_package_task__target_missed_at,
                            "work_package_task.target_missed");
    }
    if (st != ACRM_OK || delayed == known)
        return st;
    acrm__set(package, F_work_package__delayed_at,
              delayed ? acrm__cell_int(call->now) : acrm__cell_null());
    return plan_emit(call, delayed ? "work_package.delayed" : "work_package.caught_up", state,
                     package);
}

/* --- When to look again --- */

static void plan_sooner(acrm__call *call, int64_t at, int64_t *next)
{
    at += ACRM__SECOND_US; /* it is late once the instant has passed */
    if (at > call->now && at < *next)
        *next = at;
}

static int32_t plan_watch(acrm__call *call, const acrm__package_state *state)
{
    bool on_plan = acrm__is_null(state->package, F_work_package__delayed_at);
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < state->graph.tasks.count; i++) {
        const acrm__rec *task = state->graph.tasks.items[i];
        bool begun = !acrm__is_null(task, F_work_package_task__started_at);
        if (plan_over(task))
            continue;
        if (acrm__is_null(task, F_work_package_task__late_at))
            plan_sooner(call, acrm__int(task, F_work_package_task__planned_finish), &next);
        if (acrm__is_null(task, F_work_package_task__target_missed_at) &&
            !acrm__is_null(task, F_work_package_task__target_at))
            plan_sooner(call, acrm__int(task, F_work_package_task__target_at), &next);
        if (on_plan) /* from then on the end of the package moves */
            plan_sooner(call, begun ? state->times[i].latest_finish : state->times[i].latest_start,
                        &next);
    }
    if (next == INT64_MAX)
        return acrm__timer_cancel(call, plan_timer, acrm__id(state->package, F_ID));
    return acrm__timer_set(call, plan_timer, "work_package", acrm__id(state->package, F_ID), next,
                           NULL);
}

/* --- All of it --- */

static int32_t plan_save(acrm__call *call, acrm__package_state *state)
{
    int32_t st = acrm__update(call, state->package);

    for (size_t i = 0; i < state->graph.tasks.count && st == ACRM_OK; i++)
        st = acrm__update(call, state->graph.tasks.items[i]);
    return st;
}

static int32_t plan_done(acrm__call *call, acrm__package_state *state)
{
    acrm__set(state->package, F_work_package__status, acrm__cell_text("done"));
    acrm__set(state->package, F_work_package__finished_at, acrm__cell_int(call->now));
    int32_t st = acrm__timer_cancel(call, plan_timer, acrm__id(state->package, F_ID));
    return st == ACRM_OK ? plan_emit(call, "work_package.done", state, state->package) : st;
}

int32_t acrm__package_replan(acrm__call *call, acrm__package_state *state)
{
    size_t open = 0;

    int32_t st = plan_states(call, state, &open);
    if (st == ACRM_OK)
        st = acrm__package_compute(call, state, call->now);
    if (st != ACRM_OK)
        return st;
    acrm__set(state->package, F_work_package__expected_finish, acrm__cell_int(state->finish));
    st = plan_lateness(call, state);
    if (st == ACRM_OK)
        st = open == 0 ? plan_done(call, state) : plan_watch(call, state);
    return st == ACRM_OK ? plan_save(call, state) : st;
}

int32_t acrm__package_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__package_state state;
    acrm__rec *package = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "work_package", .terms = &term,
                                                       .n_terms = 1 }, &package);
    if (st != ACRM_OK || !package || !acrm__package_is(package, F_work_package__status, "active"))
        return st;
    st = acrm__package_load(call, package, &state);
    return st == ACRM_OK ? acrm__package_replan(call, &state) : st;
}

/* --- work_package.plan and work_package.progress --- */

static int32_t plan_load_arg(acrm__call *call, acrm__package_state *state)
{
    acrm__call system = *call;
    acrm__rec *package;

    system.as_system = true;
    int32_t st = acrm__load_arg(call, "work_package", "id", &package);
    if (st == ACRM_OK)
        st = acrm__package_load(&system, package, state);
    return st == ACRM_OK ? acrm__package_compute(&system, state, call->now) : st;
}

static bool plan_put_hours(acrm_value *map, const char *key, int64_t us)
{
    return acrm__put_int(map, key, us / ACRM__SECOND_US);
}

static bool plan_put_instant(acrm__call *call, acrm_value *map, const char *key,
                             const acrm__rec *rec, uint32_t field)
{
    return acrm__put_text(map, key, acrm__is_null(rec, field)
                                        ? NULL : acrm__instant_text(call, acrm__int(rec, field)));
}

/* The tasks that a task waits for last: why it cannot begin earlier. */
static bool plan_put_because(const acrm__package_state *state, int32_t task, acrm_value *map)
{
    acrm_value *list = acrm__put_list(map, "after");
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < state->graph.n_links; i++)
        if (state->graph.links[i].to == task)
            ok = acrm__add_text(list, acrm__text(
                     state->graph.tasks.items[state->graph.links[i].from],
                     F_work_package_task__code));
    return ok;
}

static bool plan_put_task(acrm__call *call, const acrm__package_state *state,
                          const acrm__wall *wall, size_t i, acrm_value *map)
{
    const acrm__rec *task = state->graph.tasks.items[i];
    const acrm_plan_times *times = &state->times[i];
    const unsigned char *owner = acrm__id(task, F_work_package_task__owner_id);

    return acrm__put_text(map, "id", acrm__id_text(call, acrm__id(task, F_ID))) &&
           acrm__put_text(map, "code", acrm__text(task, F_work_package_task__code)) &&
           acrm__put_text(map, "name", acrm__text(task, F_work_package_task__name)) &&
           acrm__put_text(map, "state", acrm__text(task, F_work_package_task__state)) &&
           acrm__put_text(map, "owner_id", owner ? acrm__id_text(call, owner) : NULL) &&
           plan_put_because(state, (int32_t)i, map) &&
           acrm__put_text(map, "start", acrm__wall_text(call, wall, times->earliest_start)) &&
           acrm__put_text(map, "finish", acrm__wall_text(call, wall, times->earliest_finish)) &&
           plan_put_instant(call, map, "planned_start", task,
                            F_work_package_task__planned_start) &&
           plan_put_instant(call, map, "planned_finish", task,
                            F_work_package_task__planned_finish) &&
           acrm__put_text(map, "expected_start",
                          acrm__instant_text(call, times->earliest_start)) &&
           acrm__put_text(map, "expected_finish",
                          acrm__instant_text(call, times->earliest_finish)) &&
           acrm__put_text(map, "latest_start", acrm__instant_text(call, times->latest_start)) &&
           acrm__put_text(map, "latest_finish", acrm__instant_text(call, times->latest_finish)) &&
           plan_put_hours(map, "total_float_seconds", times->total_float) &&
           plan_put_hours(map, "free_float_seconds", times->free_float) &&
           acrm__put_bool(map, "critical", times->critical != 0) &&
           plan_put_instant(call, map, "target_at", task, F_work_package_task__target_at);
}

/* The critical tasks in the order of their times. */
static bool plan_put_critical(acrm__call *call, const acrm__package_state *state)
{
    acrm_value *list = acrm__put_list(call->out, "critical_path");
    size_t n = state->graph.tasks.count;
    bool ok = list != NULL;
    int64_t after = INT64_MIN;
    size_t last = 0;

    for (size_t k = 0; ok && k < n; k++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) {
            int64_t at = state->times[i].earliest_start;
            bool later = at > after || (at == after && k > 0 && i > last);
            if (state->times[i].critical && later &&
                (best == n || at < state->times[best].earliest_start))
                best = i;
        }
        if (best == n)
            break;
        after = state->times[best].earliest_start;
        last = best;
        ok = acrm__add_text(list, acrm__text(state->graph.tasks.items[best],
                                             F_work_package_task__code));
    }
    return ok;
}

static bool plan_put_ends(acrm__call *call, const acrm__package_state *state,
                          const acrm__wall *wall)
{
    const acrm__rec *package = state->package;
    int64_t planned = acrm__int(package, F_work_package__planned_finish);

    return acrm__put_text(call->out, "id", acrm__id_text(call, acrm__id(package, F_ID))) &&
           acrm__put_text(call->out, "name", acrm__text(package, F_work_package__name)) &&
           acrm__put_text(call->out, "status", acrm__text(package, F_work_package__status)) &&
           plan_put_instant(call, call->out, "started_at", package,
                            F_work_package__started_at) &&
           plan_put_instant(call, call->out, "planned_finish", package,
                            F_work_package__planned_finish) &&
           acrm__put_text(call->out, "expected_finish",
                          acrm__instant_text(call, state->finish)) &&
           plan_put_instant(call, call->out, "finished_at", package,
                            F_work_package__finished_at) &&
           acrm__put_text(call->out, "planned", acrm__wall_text(call, wall, planned)) &&
           acrm__put_text(call->out, "expected", acrm__wall_text(call, wall, state->finish)) &&
           plan_put_hours(call->out, "delay_seconds",
                          state->finish > planned ? state->finish - planned : 0);
}

int32_t acrm__package_plan(acrm__call *call)
{
    acrm__package_state state;
    acrm__wall wall;
    int32_t st = plan_load_arg(call, &state);

    if (st == ACRM_OK)
        st = acrm__wall_open(call, &wall);
    if (st != ACRM_OK)
        return st;
    bool ok = plan_put_ends(call, &state, &wall) && plan_put_critical(call, &state);
    acrm_value *tasks = ok ? acrm__put_list(call->out, "tasks") : NULL;
    ok = tasks != NULL;
    for (size_t i = 0; ok && i < state.graph.tasks.count; i++) {
        acrm_value *item = acrm__add_map(tasks);
        ok = item && plan_put_task(call, &state, &wall, i, item);
    }
    acrm__wall_close(&wall);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static const char *const plan_states_all[] = { "waiting", "ready", "active", "blocked", "done",
                                               "skipped" };

int32_t acrm__package_progress(acrm__call *call)
{
    int64_t total = 0, over = 0, counts[sizeof plan_states_all / sizeof plan_states_all[0]] = { 0 };
    acrm__package_state state;
    acrm__wall wall;
    int32_t st = plan_load_arg(call, &state);

    if (st == ACRM_OK)
        st = acrm__wall_open(call, &wall);
    if (st != ACRM_OK)
        return st;
    acrm_value *by = acrm__put_map(call->out, "tasks"), *next = acrm__put_list(call->out, "next");
    acrm_value *late = acrm__put_list(call->out, "late");
    bool ok = by && next && late && plan_put_ends(call, &state, &wall);
    acrm__wall_close(&wall);
    for (size_t i = 0; ok && i < state.graph.tasks.count; i++) {
        const acrm__rec *task = state.graph.tasks.items[i];
        const char *code = acrm__text(task, F_work_package_task__code);
        const char *now = acrm__text(task, F_work_package_task__state);
        int64_t weight = acrm__int(task, F_work_package_task__duration) + 1;
        total += weight;
        over += plan_over(task) ? weight : 0;
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
            counts[k] += strcmp(plan_states_all[k], now) == 0;
        if (strcmp(now, "ready") == 0 || strcmp(now, "active") == 0)
            ok = acrm__add_text(next, code);
        if (ok && !plan_over(task) && !acrm__is_null(task, F_work_package_task__late_at))
            ok = acrm__add_text(late, code);
    }
    for (size_t k = 0; ok && k < sizeof counts / sizeof counts[0]; k++)
        ok = acrm__put_int(by, plan_states_all[k], counts[k]);
    ok = ok && acrm__put_int(call->out, "percent", total > 0 ? over * 100 / total : 0);
    return ok ? ACRM_OK : acrm__nomem(call);
}
