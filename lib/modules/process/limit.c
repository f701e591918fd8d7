/* SPDX-License-Identifier: MIT */
/* Time limits of phases and of whole processes: when they fall due and what happens then. */
#include "modules/process/entities.h"
#include "modules/process/step.h"

#include "base/civil.h"

#include <string.h>

static const char limit_phase[] = "process.limit", limit_whole[] = "process.total";

/* --- When --- */

static int32_t limit_calendar(acrm__call *call, const char *name, const char **out)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__calendar_find(call, name, &rec);

    if (st == ACRM_OK && !rec)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", "calendar",
                        "the calendar %.64s is gone", name);
    if (st == ACRM_OK)
        *out = acrm__id_text(call, acrm__id(rec, F_ID));
    return st == ACRM_OK && !*out ? acrm__nomem(call) : st;
}

/* Ask the calendar for the instant that lies `key` = days or amount after another. */
static int32_t limit_ask(acrm__call *call, const char *operation, const char *calendar,
                         const char *key, int64_t n, int64_t *at)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    const char *from = acrm__instant_text(call, *at);
    acrm__duration span = { .seconds = n };
    char amount[ACRM__DURATION_SIZE];
    acrm__call system = *call;

    system.as_system = true;
    acrm__duration_print(&span, amount);
    bool ok = args && from && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", calendar) && acrm__put_text(args, "at", from) &&
              (strcmp(key, "days") == 0 ? acrm__put_int(args, key, n)
                                        : acrm__put_text(args, key, amount));
    int32_t st = ok ? acrm__run(&system, operation, args, &out) : acrm__nomem(call);
    const char *text = st == ACRM_OK ? acrm__get_text(out, "at") : NULL;
    if (st == ACRM_OK && (!text || !acrm__instant_parse(text, strlen(text), at)))
        st = acrm__fail(call, ACRM_E_CORRUPT, "calendar", NULL, "the calendar gave no instant");
    return st;
}

/* Days are business days, the rest is business time. */
static int32_t limit_business(acrm__call *call, const acrm__chart_limit *limit, int64_t from,
                              int64_t *due)
{
    const char *calendar;
    int32_t st = limit_calendar(call, limit->calendar, &calendar);

    *due = from;
    if (st == ACRM_OK && limit->span.days)
        st = limit_ask(call, "calendar.days", calendar, "days", limit->span.days, due);
    if (st == ACRM_OK && limit->span.seconds)
        st = limit_ask(call, "calendar.add", calendar, "amount", limit->span.seconds, due);
    return st;
}

static int32_t limit_at(acrm__call *call, const acrm__chart_limit *limit, int64_t from,
                        int64_t *due)
{
    int64_t day = acrm__floor_div(from, ACRM__DAY_US), rest = acrm__floor_mod(from, ACRM__DAY_US);
    int32_t moved;

    if (limit->calendar)
        return limit_business(call, limit, from, due);
    if (!acrm__civil_add_months((int32_t)day, limit->span.months, &moved))
        return acrm__fail(call, ACRM_E_INVALID, "range", NULL, "the limit %.64s leads out of range",
                          limit->after);
    *due = (moved + (int64_t)limit->span.days) * ACRM__DAY_US + rest +
           limit->span.seconds * ACRM__SECOND_US;
    return ACRM_OK;
}

static const acrm__chart_limit *limit_of(const acrm__walk *walk)
{
    int32_t at = acrm__chart_phase_of(walk->chart,
                                      acrm__text(walk->instance, F_process_instance__phase));

    return &walk->chart->phases[at].limit;
}

int32_t acrm__limit_plan(acrm__call *call, acrm__walk *walk)
{
    const acrm__chart_limit *limit = limit_of(walk);
    int64_t from = acrm__int(walk->instance, F_process_instance__phase_since), due = 0;
    int64_t total = acrm__int(walk->instance, F_process_instance__total_due_at);
    int32_t st = limit->after ? limit_at(call, limit, from, &due) : ACRM_OK;

    acrm__set(walk->instance, F_process_instance__due_at,
              limit->after ? acrm__cell_int(due) : acrm__cell_null());
    acrm__set(walk->instance, F_process_instance__overdue,
              acrm__cell_int(total != 0 && total <= call->now));
    return st;
}

int32_t acrm__limit_plan_total(acrm__call *call, acrm__walk *walk)
{
    const acrm__chart_limit *limit = &walk->chart->limit;
    int64_t due = 0;

    if (!limit->after)
        return ACRM_OK;
    int32_t st = limit_at(call, limit, acrm__int(walk->instance, F_process_instance__started_at),
                          &due);
    acrm__set(walk->instance, F_process_instance__total_due_at, acrm__cell_int(due));
    return st;
}

/* --- Timers --- */

int32_t acrm__limit_set(acrm__call *call, const acrm__walk *walk)
{
    const acrm__rec *instance = walk->instance;
    const unsigned char *id = acrm__id(instance, F_ID);
    bool had = instance->before && !acrm__is_null(instance, F_process_instance__phase_since);

    if (acrm__is_null(instance, F_process_instance__due_at))
        return had ? acrm__timer_cancel(call, limit_phase, id) : ACRM_OK;
    return acrm__timer_by(call, limit_phase, "process_instance", id,
                          acrm__int(instance, F_process_instance__due_at));
}

int32_t acrm__limit_total(acrm__call *call, const acrm__walk *walk)
{
    const acrm__rec *instance = walk->instance;

    if (acrm__is_null(instance, F_process_instance__total_due_at))
        return ACRM_OK;
    return acrm__timer_set(call, limit_whole, "process_instance", acrm__id(instance, F_ID),
                           acrm__int(instance, F_process_instance__total_due_at), NULL);
}

int32_t acrm__limit_clear(acrm__call *call, const acrm__rec *instance)
{
    const unsigned char *id = acrm__id(instance, F_ID);
    int32_t st = acrm__timer_cancel(call, limit_phase, id);

    return st == ACRM_OK ? acrm__timer_cancel(call, limit_whole, id) : st;
}

/* --- What happens then --- */

static int32_t limit_transition(acrm__call *call, acrm__walk *walk, int32_t transition)
{
    acrm_value *refusals = acrm__value_in(call->arena);

    if (!refusals || acrm_value_set_list(refusals) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__walk_refusals(call, walk, transition, false, refusals);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(refusals); i++)
        if (strcmp(acrm__get_text(acrm_value_at(refusals, i), "reason"), "waits") != 0)
            return acrm__error_fields(call->err, ACRM_E_CONFLICT, refusals);
    return st == ACRM_OK ? acrm__walk_take(call, walk, transition, "limit", NULL) : st;
}

static int32_t limit_then(acrm__call *call, acrm__walk *walk, const acrm__chart_limit *limit)
{
    const acrm__scene scene = { .entity = walk->subject->entity, .record = walk->subject,
                                .instance = walk->instance };
    int32_t st = ACRM_OK;

    if (limit->actions)
        st = acrm__actions_run(call, &scene, limit->actions, NULL);
    if (st != ACRM_OK)
        return st;
    if (limit->transition != ACRM__CHART_NONE)
        return limit_transition(call, walk, limit->transition);
    if (limit->escalate)
        return acrm__process_emit(call, "process.escalated", walk->instance, "role",
                                  limit->escalate);
    const char *type = acrm__arena_format(call->arena, "process.%s", limit->event);
    return type ? acrm__process_emit(call, type, walk->instance, NULL, NULL) : acrm__nomem(call);
}

static int32_t limit_passed(acrm__call *call, const acrm__timer *timer, bool whole)
{
    const uint32_t field = whole ? F_process_instance__total_due_at : F_process_instance__due_at;
    acrm__call system = *call;
    acrm__walk walk;

    system.as_system = true;
    int32_t st = acrm__walk_load(&system, timer->subject, &walk);
    if (st != ACRM_OK || !acrm__is_open(walk.instance) || acrm__is_null(walk.instance, field))
        return st;
    int64_t due = acrm__int(walk.instance, field);
    if (due > call->now) /* the timer was set for a phase left meanwhile */
        return acrm__timer_by(&system, timer->kind, timer->entity, timer->subject, due);
    acrm__set(walk.instance, F_process_instance__overdue, acrm__cell_int(1));
    st = acrm__update(&system, walk.instance);
    if (st == ACRM_OK)
        st = acrm__process_emit(&system, "process.overdue", walk.instance, "limit",
                                whole ? "whole" : "phase");
    return st == ACRM_OK ? limit_then(&system, &walk, whole ? &walk.chart->limit : limit_of(&walk))
                         : st;
}

int32_t acrm__limit_due(acrm__call *call, const acrm__timer *timer)
{
    return limit_passed(call, timer, false);
}

int32_t acrm__limit_total_due(acrm__call *call, const acrm__timer *timer)
{
    return limit_passed(call, timer, true);
}
