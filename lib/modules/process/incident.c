/* SPDX-License-Identifier: MIT */
/*
 * Incidents: work that failed, visible and resumable. Rules and schedules are tried again by a
 * timer of the incident, which waits longer each time; when that gives up, and for timers of other
 * kinds, a person decides.
 */
#include "kernel/entities.h"
#include "modules/process/entities.h"
#include "modules/process/rule.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

enum { INCIDENT_FIRST_S = 60, INCIDENT_TEXT = 280 };

static const char incident_kind[] = "incident.retry";

const char *acrm__trouble_text(acrm__call *call, const acrm_error *error)
{
    /* The message of an error holds no personal data (autocrm/error.h). */
    const char *text = acrm__arena_format(call->arena, "%.40s: %.*s", acrm_error_reason(error),
                                          INCIDENT_TEXT - 50, acrm_error_message(error));
    size_t len = text ? strlen(text) : 0;

    while (len > 0 && !acrm__utf8_valid(text, len)) /* cut within a character */
        len--;
    return text ? acrm__arena_text(call->arena, text, len) : NULL;
}

static bool incident_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);

    return text && strcmp(text, word) == 0;
}

/* --- Opening --- */

static int32_t incident_event(acrm__call *call, const acrm_value *event, acrm_cell *out)
{
    acrm__str json;

    *out = acrm__cell_null();
    if (!event)
        return ACRM_OK;
    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, event, 0);
    const char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    if (text)
        *out = acrm__cell_textn(text, json.len);
    acrm__str_free(&json);
    return text ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__incident_open(acrm__call *call, const acrm__trouble *trouble)
{
    acrm__rec *rec = acrm__new(call, "incident");
    const char *error = acrm__trouble_text(call, trouble->error);
    acrm_cell event;

    if (!rec || !error)
        return acrm__nomem(call);
    int32_t st = incident_event(call, trouble->event, &event);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_incident__source, acrm__cell_text(trouble->source));
    acrm__set(rec, F_incident__what, acrm__cell_text(trouble->what));
    acrm__set(rec, F_incident__state, acrm__cell_text("retrying"));
    acrm__set(rec, F_incident__error, acrm__cell_text(error));
    acrm__set(rec, F_incident__at, acrm__cell_int(call->now));
    acrm__set(rec, F_incident__entity, acrm__cell_text(trouble->entity));
    acrm__set(rec, F_incident__subject_id, acrm__cell_id(trouble->subject));
    acrm__set(rec, F_incident__rule_id, acrm__cell_id(trouble->rule));
    acrm__set(rec, F_incident__schedule_id, acrm__cell_id(trouble->schedule));
    acrm__set(rec, F_incident__event, event);
    st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__timer_set(call, incident_kind, "incident", acrm__id(rec, F_ID),
                                           call->now + INCIDENT_FIRST_S * INT64_C(1000000), NULL)
                         : st;
}

/* --- Doing it again --- */

static int32_t incident_rule(acrm__call *call, const acrm__rec *rec)
{
    const acrm_cell *json = &rec->cells[F_incident__event];
    const unsigned char *subject = acrm__id(rec, F_incident__subject_id);
    acrm_value *event = NULL;
    acrm__json_fault fault;
    acrm__rule rule;
    int64_t done;

    int32_t st = acrm__rule_load(call, acrm__id(rec, F_incident__rule_id), &rule);
    if (st == ACRM_OK && json->type == ACRM_CELL_TEXT)
        st = acrm__json_read(call->arena, json->data, json->size, &event, &fault);
    acrm__firing firing = { .rule = &rule, .event = event };
    if (st == ACRM_OK && subject && rule.entity)
        st = acrm__load(call, rule.entity->def->name, subject, "subject_id", &firing.record);
    if (st == ACRM_OK && firing.record)
        st = acrm__before_of(call, firing.record, acrm_value_get(event, "data"), &firing.before);
    return st == ACRM_OK ? acrm__rule_act(call, &firing, &done) : st;
}

static int32_t incident_timer(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *args = acrm__value_in(call->arena);
    const char *id = acrm__id_text(call, acrm__id(rec, F_incident__timer_id));

    if (!args || !id || acrm_value_set_map(args) != ACRM_OK || !acrm__put_text(args, "id", id))
        return acrm__nomem(call);
    return acrm__run(call, "timer.retry", args, NULL);
}

static int32_t incident_again(acrm__call *call, void *user)
{
    const acrm__rec *rec = user;
    acrm__call system = *call;
    acrm__rec *schedule;

    system.as_system = true;
    if (incident_is(rec, F_incident__source, "timer"))
        return incident_timer(&system, rec);
    if (!incident_is(rec, F_incident__source, "schedule"))
        return incident_rule(&system, rec);
    int32_t st = acrm__load(&system, "schedule", acrm__id(rec, F_incident__schedule_id), NULL,
                            &schedule);
    return st == ACRM_OK ? acrm__schedule_act(&system, schedule) : st;
}

static int32_t incident_settle(acrm__call *call, acrm__rec *rec, const char *state)
{
    acrm__set(rec, F_incident__state, acrm__cell_text(state));
    acrm__set(rec, F_incident__resolved_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__timer_cancel(call, incident_kind, acrm__id(rec, F_ID)) : st;
}

/* The timer of an incident: failing again it waits longer, until it becomes an incident itself. */
int32_t acrm__incident_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__call system = *call;
    acrm__rec *rec;

    system.as_system = true;
    int32_t st = acrm__load(&system, "incident", timer->subject, "id", &rec);
    if (st == ACRM_E_NOTFOUND ||
        (st == ACRM_OK && !incident_is(rec, F_incident__state, "retrying")))
        return ACRM_OK;
    if (st == ACRM_OK)
        st = incident_again(&system, rec);
    if (st == ACRM_OK)
        acrm__set(rec, F_incident__attempts, acrm__cell_int(timer->attempts + 2));
    return st == ACRM_OK ? incident_settle(&system, rec, "resolved") : st;
}

static int32_t incident_live(acrm__call *call, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "incident", "id", out);

    if (st == ACRM_OK && (incident_is(*out, F_incident__state, "resolved") ||
                          incident_is(*out, F_incident__state, "dismissed")))
        st = acrm__fail(call, ACRM_E_CONFLICT, "closed", "state", "this incident is settled");
    return st;
}

int32_t acrm__incident_retry(acrm__call *call)
{
    acrm_error *failure = NULL;
    acrm__rec *rec;
    int32_t st = incident_live(call, &rec);

    if (st == ACRM_OK)
        st = acrm__attempt(call, incident_again, rec, &failure);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_incident__attempts,
              acrm__cell_int(acrm__int(rec, F_incident__attempts) + 1));
    if (!failure) {
        st = incident_settle(call, rec, "resolved");
    } else {
        acrm__set(rec, F_incident__state, acrm__cell_text("open"));
        acrm__set(rec, F_incident__error, acrm__cell_text(acrm__trouble_text(call, failure)));
        acrm_error_free(failure);
        st = acrm__timer_cancel(call, incident_kind, acrm__id(rec, F_ID));
        if (st == ACRM_OK)
            st = acrm__update(call, rec);
    }
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__incident_dismiss(acrm__call *call)
{
    acrm__rec *rec;
    int32_t st = incident_live(call, &rec);

    if (st == ACRM_OK)
        st = incident_settle(call, rec, "dismissed");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* --- Timers that gave up --- */

static int32_t incident_given_up(acrm__call *call, const acrm__rec *timer)
{
    acrm__rec *rec;
    int32_t st = acrm__load(call, "incident", acrm__id(timer, F_timer__subject_id), NULL, &rec);

    if (st != ACRM_OK)
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    acrm__set(rec, F_incident__state, acrm__cell_text("open"));
    acrm__set(rec, F_incident__attempts,
              acrm__cell_int(acrm__int(timer, F_timer__attempts) + 1));
    return acrm__update(call, rec);
}

static int32_t incident_for_timer(acrm__call *call, const acrm__rec *timer, acrm__rec **out)
{
    const acrm__term same = { F_incident__timer_id, ACRM_FILTER_EQ, timer->cells[F_ID] };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "incident", .terms = &same,
                                                       .n_terms = 1, .as_system = true }, &rec);
    if (st != ACRM_OK)
        return st;
    if (!rec)
        rec = acrm__new(call, "incident");
    *out = rec;
    return rec ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__incident_of_timer(acrm__call *call, const acrm__event *event)
{
    acrm__rec *timer, *rec;
    int32_t st = acrm__load(call, "timer", event->id, NULL, &timer);

    if (st != ACRM_OK)
        return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
    if (incident_is(timer, F_timer__kind, incident_kind))
        return incident_given_up(call, timer);
    st = incident_for_timer(call, timer, &rec);
    if (st != ACRM_OK)
        return st;
    const char *error = acrm__text(timer, F_timer__last_error);
    error = error ? acrm__arena_text(call->arena, error,
                                     strlen(error) < INCIDENT_TEXT ? strlen(error) : INCIDENT_TEXT)
                  : "";
    if (!error)
        return acrm__nomem(call);
    size_t len = strlen(error);
    while (len > 0 && !acrm__utf8_valid(error, len))
        len--;
    acrm__set(rec, F_incident__source, acrm__cell_text("timer"));
    acrm__set(rec, F_incident__what, timer->cells[F_timer__kind]);
    acrm__set(rec, F_incident__state, acrm__cell_text("open"));
    acrm__set(rec, F_incident__error, acrm__cell_textn(error, len));
    acrm__set(rec, F_incident__at, acrm__cell_int(call->now));
    acrm__set(rec, F_incident__attempts, timer->cells[F_timer__attempts]);
    acrm__set(rec, F_incident__entity, timer->cells[F_timer__entity]);
    acrm__set(rec, F_incident__subject_id, timer->cells[F_timer__subject_id]);
    acrm__set(rec, F_incident__timer_id, timer->cells[F_ID]);
    acrm__set(rec, F_incident__resolved_at, acrm__cell_null());
    return rec->before ? acrm__update(call, rec) : acrm__insert(call, rec);
}
