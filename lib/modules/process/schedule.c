/* SPDX-License-Identifier: MIT */
/* Schedules: times that come again, each done once, with a say in what was missed. */
#include "base/civil.h"
#include "base/error.h"
#include "base/json.h"
#include "engines/recurrence/recurrence.h"
#include "modules/process/entities.h"
#include "modules/process/rule.h"

#include <string.h>

enum { SCHEDULE_CLOSED_MAX = 1000, SCHEDULE_GRACE_S = 600 };

static const char schedule_kind[] = "schedule.due";

typedef struct schedule_clock {
    acrm__recurrence recurrence;
    acrm_zone *zone;
} schedule_clock;

/* --- When --- */

static int32_t schedule_open(acrm__call *call, const acrm__rec *rec, schedule_clock *out)
{
    const char *zone = acrm__text(rec, F_schedule__zone);
    int64_t start = acrm__is_null(rec, F_schedule__starts_at)
                        ? acrm__int(rec, F_CREATED_AT) : acrm__int(rec, F_schedule__starts_at);
    int32_t st = acrm__zone_open(call, zone, "zone", &out->zone);

    if (st != ACRM_OK)
        return st;
    const char *fault = acrm__recurrence_parse(acrm__text(rec, F_schedule__rule), out->zone, start,
                                               &out->recurrence);
    if (fault) {
        acrm_zone_free(out->zone);
        return acrm__fail(call, ACRM_E_INVALID, "format", "rule", "%s", fault);
    }
    return ACRM_OK;
}

/* Ask the calendar by an operation: whether it is open at an instant, or when it next is. */
static int32_t schedule_ask(acrm__call *call, const acrm__rec *rec, const char *operation,
                            int64_t at, acrm_value **out)
{
    const char *name = acrm__text(rec, F_schedule__calendar);
    acrm_value *args = acrm__value_in(call->arena);
    acrm__rec *calendar = NULL;
    acrm__call system = *call;

    system.as_system = true;
    int32_t st = acrm__calendar_find(&system, name, &calendar);
    if (st == ACRM_OK && !calendar)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "calendar",
                        "there is no calendar %.64s", name);
    if (st != ACRM_OK)
        return st;
    const char *id = acrm__id_text(call, acrm__id(calendar, F_ID));
    const char *text = acrm__instant_text(call, at);
    bool ok = args && id && text && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", id) && acrm__put_text(args, "at", text);
    return ok ? acrm__run(&system, operation, args, out) : acrm__nomem(call);
}

static int32_t schedule_closed(acrm__call *call, const acrm__rec *rec, int64_t at, bool *closed)
{
    acrm_value *out = NULL;

    *closed = false;
    if (acrm__is_null(rec, F_schedule__calendar))
        return ACRM_OK;
    int32_t st = schedule_ask(call, rec, "calendar.is_open", at, &out);
    if (st == ACRM_OK)
        *closed = !acrm_value_bool(acrm_value_get(out, "open"));
    return st;
}

/* The next time after an instant, as the calendar has it; *any false: there is none. */
static int32_t schedule_next(acrm__call *call, const acrm__rec *rec, const schedule_clock *clock,
                             int64_t after, bool *any, int64_t *at)
{
    const char *closed_rule = acrm__text(rec, F_schedule__closed);
    bool skips = closed_rule && strcmp(closed_rule, "skip") == 0;
    bool closed = true;
    int32_t st = ACRM_OK;

    for (int32_t i = 0; st == ACRM_OK && closed && i < SCHEDULE_CLOSED_MAX; i++) {
        *any = acrm__recurrence_next(&clock->recurrence, clock->zone, after, at);
        closed = false;
        if (*any && skips)
            st = schedule_closed(call, rec, *at, &closed);
        after = *at;
    }
    if (closed)
        *any = false;
    if (*any && !acrm__is_null(rec, F_schedule__ends_at) &&
        *at >= acrm__int(rec, F_schedule__ends_at))
        *any = false;
    return st;
}

/* When the work of a time is done: at once, or when the calendar opens. */
static int32_t schedule_moved(acrm__call *call, const acrm__rec *rec, int64_t at, int64_t *out)
{
    const char *closed = acrm__text(rec, F_schedule__closed);
    acrm_value *answer = NULL;

    *out = at;
    if (!closed || strcmp(closed, "next") != 0 || acrm__is_null(rec, F_schedule__calendar))
        return ACRM_OK;
    int32_t st = schedule_ask(call, rec, "calendar.next_open", at, &answer);
    const char *text = st == ACRM_OK ? acrm__get_text(answer, "at") : NULL;
    if (text)
        (void)acrm__instant_parse(text, strlen(text), out);
    return st;
}

/* Set the timer for the time after an instant; it holds which time it is for. */
static int32_t schedule_plan(acrm__call *call, acrm__rec *rec, const schedule_clock *clock,
                             int64_t after)
{
    const unsigned char *id = acrm__id(rec, F_ID);
    acrm_value *data = acrm__value_in(call->arena);
    bool any = false;
    int64_t at = 0, due = 0;
    int32_t st = schedule_next(call, rec, clock, after, &any, &at);

    if (st == ACRM_OK && any)
        st = schedule_moved(call, rec, at, &due);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_schedule__next_at, any ? acrm__cell_int(due) : acrm__cell_null());
    if (!any)
        return acrm__timer_cancel(call, schedule_kind, id);
    const char *text = acrm__instant_text(call, at);
    if (!data || !text || acrm_value_set_map(data) != ACRM_OK || !acrm__put_text(data, "for", text))
        return acrm__nomem(call);
    return acrm__timer_set(call, schedule_kind, "schedule", id, due, data);
}

/* --- Writing one --- */

static int32_t schedule_check(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *faults = acrm__value_in(call->arena), *args = NULL, *action;
    const char *operation = acrm__text(rec, F_schedule__operation);
    const acrm_cell *json = &rec->cells[F_schedule__args];
    const acrm__scene nothing = { 0 };
    acrm__json_fault fault;
    int32_t st = ACRM_OK;

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    if (operation) {
        action = acrm__value_in(call->arena);
        if (json->type == ACRM_CELL_TEXT)
            st = acrm__json_read(call->arena, json->data, json->size, &args, &fault);
        if (st == ACRM_OK && (!action || acrm_value_set_map(action) != ACRM_OK ||
                              !acrm__put_text(action, "operation", operation) ||
                              (args && !acrm__put_value(action, "args", args))))
            st = ACRM_E_NOMEM;
        if (st == ACRM_OK)
            st = acrm__action_check(call, &nothing, action, "", faults);
    }
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    return acrm_value_count(faults) > 0 ? acrm__error_fields(call->err, ACRM_E_INVALID, faults)
                                        : ACRM_OK;
}

/* Whether what tells the times changed; the library's own stamps do not. */
static bool schedule_retimed(const acrm__rec *rec)
{
    static const uint32_t fields[] = { F_schedule__rule, F_schedule__zone, F_schedule__calendar,
                                       F_schedule__closed, F_schedule__starts_at,
                                       F_schedule__ends_at, F_schedule__active, F_DELETED_AT };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (acrm__changed(rec, fields[i]))
            return true;
    return false;
}

int32_t acrm__schedule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool live = acrm__int(rec, F_schedule__active) && acrm__is_null(rec, F_DELETED_AT);
    schedule_clock clock;
    bool closed;

    if (acrm__is_null(rec, F_schedule__rule) || acrm__is_null(rec, F_schedule__code))
        return ACRM_OK; /* refused next, by name */
    int32_t st = schedule_check(call, rec);

    if (st != ACRM_OK || (before && !schedule_retimed(rec)))
        return st;
    if (!live) {
        acrm__set(rec, F_schedule__next_at, acrm__cell_null());
        return acrm__timer_cancel(call, schedule_kind, acrm__id(rec, F_ID));
    }
    st = schedule_open(call, rec, &clock);
    if (st != ACRM_OK)
        return st;
    st = schedule_closed(call, rec, call->now, &closed); /* the calendar is there */
    if (st == ACRM_OK)
        st = schedule_plan(call, rec, &clock, call->now);
    acrm_zone_free(clock.zone);
    return st;
}

/* --- Falling due --- */

static int32_t schedule_run(acrm__call *call, void *user)
{
    const acrm__rec *rec = user;
    const acrm_cell *json = &rec->cells[F_schedule__args];
    const acrm__scene nothing = { 0 };
    acrm_value *args = NULL, *list = acrm__value_in(call->arena), *action = NULL;
    acrm__json_fault fault;
    int32_t st = ACRM_OK;

    if (json->type == ACRM_CELL_TEXT)
        st = acrm__json_read(call->arena, json->data, json->size, &args, &fault);
    if (st == ACRM_OK && list && acrm_value_set_list(list) == ACRM_OK)
        action = acrm__add_map(list);
    bool ok = action &&
              acrm__put_text(action, "operation", acrm__text(rec, F_schedule__operation)) &&
              (!args || acrm__put_value(action, "args", args));
    return ok ? acrm__actions_run(call, &nothing, list, NULL) : acrm__nomem(call);
}

int32_t acrm__schedule_act(acrm__call *call, const acrm__rec *schedule)
{
    const unsigned char *user = acrm__id(schedule, F_schedule__run_as_id);
    acrm__rec copy = *schedule;

    return user ? acrm__act_as(call, user, schedule_run, &copy) : schedule_run(call, &copy);
}

static int32_t schedule_act(acrm__call *call, void *user)
{
    return acrm__schedule_act(call, user);
}

/* One time: the event, the operation of its own, the rules that wait for it. */
static int32_t schedule_once(acrm__call *call, acrm__rec *rec, int64_t at)
{
    const acrm__term waiting[] = {
        { F_automation_rule__schedule_id, ACRM_FILTER_EQ, rec->cells[F_ID] },
        { F_automation_rule__trigger, ACRM_FILTER_EQ, acrm__cell_text("schedule") },
        { F_automation_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm_value *data = acrm__value_in(call->arena);
    const char *text = acrm__instant_text(call, at);
    acrm_error *failure = NULL;
    acrm__recs rules = { NULL, 0 };

    if (!data || !text || acrm_value_set_map(data) != ACRM_OK ||
        !acrm__put_text(data, "due", text) ||
        !acrm__put_text(data, "code", acrm__text(rec, F_schedule__code)))
        return acrm__nomem(call);
    int32_t st = acrm__emit(call, "schedule.due", "schedule", acrm__id(rec, F_ID), data);
    if (st == ACRM_OK && !acrm__is_null(rec, F_schedule__operation))
        st = acrm__attempt(call, schedule_act, rec, &failure);
    if (st == ACRM_OK && failure)
        st = acrm__incident_open(call, &(acrm__trouble){
            .source = "schedule", .what = acrm__text(rec, F_schedule__code),
            .schedule = acrm__id(rec, F_ID), .error = failure });
    acrm_error_free(failure);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "automation_rule", .terms = waiting,
                                               .n_terms = 3, .as_system = true }, &rules);
    for (size_t i = 0; st == ACRM_OK && i < rules.count; i++)
        st = acrm__sweep_start(call, acrm__id(rules.items[i], F_ID), at);
    return st;
}

/* Which time is done now, after what was missed, and whether any is. */
static bool schedule_choose(const acrm__call *call, const acrm__rec *rec,
                            const schedule_clock *clock, int64_t *at)
{
    const char *missed = acrm__text(rec, F_schedule__missed);
    int64_t last;

    if (!missed || strcmp(missed, "each") == 0)
        return true;
    if (acrm__recurrence_last(&clock->recurrence, clock->zone, call->now, &last) && last > *at)
        *at = last;
    return strcmp(missed, "once") == 0 ||
           call->now - *at <= SCHEDULE_GRACE_S * ACRM__SECOND_US;
}

int32_t acrm__schedule_due(acrm__call *call, const acrm__timer *timer)
{
    const char *text = acrm__get_text(timer->data, "for");
    acrm__call system = *call;
    schedule_clock clock;
    int64_t at = timer->due_at;
    acrm__rec *rec;

    system.as_system = true;
    int32_t st = acrm__load(&system, "schedule", timer->subject, "id", &rec);
    if (st == ACRM_E_NOTFOUND)
        return ACRM_OK; /* deleted meanwhile */
    if (st == ACRM_OK)
        st = schedule_open(&system, rec, &clock);
    if (st != ACRM_OK)
        return st;
    if (text)
        (void)acrm__instant_parse(text, strlen(text), &at);
    if (schedule_choose(&system, rec, &clock, &at)) {
        st = schedule_once(&system, rec, at);
        acrm__set(rec, F_schedule__last_at, acrm__cell_int(at));
        acrm__set(rec, F_schedule__times, acrm__cell_int(acrm__int(rec, F_schedule__times) + 1));
    }
    if (st == ACRM_OK)
        st = schedule_plan(&system, rec, &clock, at);
    acrm_zone_free(clock.zone);
    return st == ACRM_OK ? acrm__update(&system, rec) : st;
}

/* --- schedule.preview --- */

int32_t acrm__schedule_preview(acrm__call *call)
{
    int64_t n = acrm__arg_int(call, "limit", 10), at = call->now;
    acrm_value *items = acrm__put_list(call->out, "items");
    schedule_clock clock;
    bool any = true;
    acrm__rec *rec;
    int32_t st = items ? acrm__load_arg(call, "schedule", "id", &rec) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = schedule_open(call, rec, &clock);
    if (st != ACRM_OK)
        return st;
    while (st == ACRM_OK && any && n-- > 0) {
        int64_t due = 0;
        st = schedule_next(call, rec, &clock, at, &any, &at);
        if (st == ACRM_OK && any)
            st = schedule_moved(call, rec, at, &due);
        const char *text = st == ACRM_OK && any ? acrm__instant_text(call, due) : NULL;
        if (st == ACRM_OK && any && (!text || !acrm__add_text(items, text)))
            st = acrm__nomem(call);
    }
    acrm_zone_free(clock.zone);
    return st;
}
