/* SPDX-License-Identifier: MIT */
/* What happens to the tasks of a package: begun, done, blocked, skipped, given to another. */
#include "modules/work/package.h"

#include "base/civil.h"

/* A task of a package that is at work, its package with it. */
typedef struct task_run {
    acrm__call *call;
    acrm__call system; /* the package is written past the caller's scope */
    acrm__package_state state;
    acrm__rec *task;
} task_run;

static int32_t task_load(acrm__call *call, task_run *run)
{
    acrm__rec *seen, *package;

    *run = (task_run){ .call = call, .system = *call };
    run->system.as_system = true;
    int32_t st = acrm__load_arg(call, "work_package_task", "id", &seen);
    if (st == ACRM_OK)
        st = acrm__load(&run->system, "work_package",
                        acrm__id(seen, F_work_package_task__package_id), "package_id", &package);
    if (st == ACRM_OK && !acrm__package_is(package, F_work_package__status, "active"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the work package is %s",
                        acrm__text(package, F_work_package__status));
    if (st == ACRM_OK)
        st = acrm__package_load(&run->system, package, &run->state);
    for (size_t i = 0; st == ACRM_OK && i < run->state.graph.tasks.count; i++)
        if (memcmp(acrm__id(run->state.graph.tasks.items[i], F_ID), acrm__id(seen, F_ID), 16) == 0)
            run->task = run->state.graph.tasks.items[i];
    return st == ACRM_OK && !run->task ? ACRM_E_NOTFOUND : st;
}

static int32_t task_need(const task_run *run, const char *const *states)
{
    for (; *states; states++)
        if (acrm__package_is(run->task, F_work_package_task__state, *states))
            return ACRM_OK;
    return acrm__fail(run->call, ACRM_E_CONFLICT, "state", "id", "the task %.64s is %s",
                      acrm__text(run->task, F_work_package_task__code),
                      acrm__text(run->task, F_work_package_task__state));
}

static int32_t task_end(task_run *run, const char *event)
{
    int32_t st = acrm__package_replan(&run->system, &run->state);

    if (st == ACRM_OK)
        st = acrm__emit(run->call, event, "work_package_task", acrm__id(run->task, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(run->call, run->task, run->call->out) : st;
}

/* When it happened: not in the future, and not before the task could. */
static int32_t task_at(const task_run *run, int64_t *at)
{
    *at = run->call->now;
    if (acrm__arg_time(run->call, "at", at) && *at > run->call->now)
        return acrm__fail(run->call, ACRM_E_INVALID, "range", "at", "at lies in the future");
    if (!acrm__is_null(run->task, F_work_package_task__started_at) &&
        *at < acrm__int(run->task, F_work_package_task__started_at))
        return acrm__fail(run->call, ACRM_E_INVALID, "range", "at", "the task began later");
    return ACRM_OK;
}

/* The task that is asked for, if it is in one of the states. */
static int32_t task_begin(acrm__call *call, const char *const *states, task_run *run)
{
    int32_t st = task_load(call, run);

    return st == ACRM_OK ? task_need(run, states) : st;
}

int32_t acrm__package_task_start(acrm__call *call)
{
    static const char *const states[] = { "ready", NULL };
    const unsigned char *actor = acrm__actor(call);
    task_run run;
    int64_t at;

    int32_t st = task_load(call, &run);
    if (st == ACRM_OK)
        st = task_need(&run, states);
    if (st == ACRM_OK)
        st = task_at(&run, &at);
    if (st != ACRM_OK)
        return st;
    acrm__set(run.task, F_work_package_task__state, acrm__cell_text("active"));
    acrm__set(run.task, F_work_package_task__started_at, acrm__cell_int(at));
    if (acrm__is_null(run.task, F_work_package_task__owner_id) && actor)
        acrm__set(run.task, F_work_package_task__owner_id, acrm__cell_id(actor));
    return task_end(&run, "work_package_task.started");
}

static int32_t task_worked(task_run *run, int64_t at)
{
    const acrm__work_calendar *calendar = NULL;
    int64_t started = acrm__int(run->task, F_work_package_task__started_at), worked = 0;

    int32_t st = acrm__package_calendar(&run->system, run->state.package, run->task, &calendar);
    if (st != ACRM_OK)
        return st;
    if (acrm_calendar_between(calendar->calendar, started, at, &worked) != ACRM_OK)
        return acrm__fail(run->call, ACRM_E_LIMIT, "range", "at",
                          "the time lies outside the years of the calendar");
    acrm__set(run->task, F_work_package_task__worked, acrm__cell_int(worked / ACRM__SECOND_US));
    return ACRM_OK;
}

/* A task nobody said had begun is done in no time. */
int32_t acrm__package_task_finish(acrm__call *call)
{
    static const char *const states[] = { "ready", "active", NULL };
    task_run run;
    int64_t at;

    int32_t st = task_load(call, &run);
    if (st == ACRM_OK)
        st = task_need(&run, states);
    if (st == ACRM_OK)
        st = task_at(&run, &at);
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(run.task, F_work_package_task__started_at))
        acrm__set(run.task, F_work_package_task__started_at, acrm__cell_int(at));
    acrm__set(run.task, F_work_package_task__state, acrm__cell_text("done"));
    acrm__set(run.task, F_work_package_task__finished_at, acrm__cell_int(at));
    acrm__set(run.task, F_work_package_task__on_time, acrm__cell_int(
                  at <= acrm__int(run.task, F_work_package_task__planned_finish)));
    if (acrm__arg(call, "note"))
        acrm__set(run.task, F_work_package_task__note,
                  acrm__cell_text(acrm__arg_text(call, "note")));
    st = task_worked(&run, at);
    return st == ACRM_OK ? task_end(&run, "work_package_task.done") : st;
}

int32_t acrm__package_task_block(acrm__call *call)
{
    static const char *const states[] = { "ready", "active", NULL };
    task_run run;

    int32_t st = task_begin(call, states, &run);
    if (st != ACRM_OK)
        return st;
    acrm__set(run.task, F_work_package_task__state, acrm__cell_text("blocked"));
    acrm__set(run.task, F_work_package_task__blocked_reason,
              acrm__cell_text(acrm__arg_text(call, "reason")));
    return task_end(&run, "work_package_task.blocked");
}

int32_t acrm__package_task_unblock(acrm__call *call)
{
    static const char *const states[] = { "blocked", NULL };
    task_run run;

    int32_t st = task_begin(call, states, &run);
    if (st != ACRM_OK)
        return st;
    bool begun = !acrm__is_null(run.task, F_work_package_task__started_at);
    acrm__set(run.task, F_work_package_task__state, acrm__cell_text(begun ? "active" : "ready"));
    return task_end(&run, "work_package_task.unblocked");
}

int32_t acrm__package_task_skip(acrm__call *call)
{
    static const char *const states[] = { "waiting", "ready", "active", "blocked", NULL };
    task_run run;

    int32_t st = task_begin(call, states, &run);
    if (st != ACRM_OK)
        return st;
    acrm__set(run.task, F_work_package_task__state, acrm__cell_text("skipped"));
    acrm__set(run.task, F_work_package_task__blocked_reason,
              acrm__cell_text(acrm__arg_text(call, "reason")));
    return task_end(&run, "work_package_task.skipped");
}

int32_t acrm__package_task_reassign(acrm__call *call)
{
    static const char *const states[] = { "waiting", "ready", "active", "blocked", NULL };
    acrm__rec *user = NULL;
    task_run run;

    int32_t st = task_load(call, &run);
    if (st == ACRM_OK)
        st = task_need(&run, states);
    if (st == ACRM_OK && acrm__arg(call, "user_id"))
        st = acrm__load_arg(call, "user", "user_id", &user);
    if (st == ACRM_OK && user && !acrm__int(user, acrm__field_of(user->entity, "active")))
        st = acrm__fail(call, ACRM_E_INVALID, "inactive", "user_id", "the user is not active");
    if (st == ACRM_OK)
        st = acrm__package_owner(&run.system, run.task, user ? &user->cells[F_ID] : NULL,
                                 acrm__id(run.state.package, F_work_package__dealer_id));
    return st == ACRM_OK ? task_end(&run, "work_package_task.reassigned") : st;
}

/* A longer or shorter task changes the plan. */
int32_t acrm__package_task_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    if (!before || !acrm__changed(rec, F_work_package_task__duration))
        return ACRM_OK;
    return acrm__timer_set(call, "work_package.watch", "work_package",
                           acrm__id(rec, F_work_package_task__package_id), call->now, NULL);
}
