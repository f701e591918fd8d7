/* SPDX-License-Identifier: MIT */
/*
 * What other modules do with cases, called by name: service levels are told what happens to a case,
 * a process is started for it, calendars are asked. All of it follows from the events of cases, in
 * the same transaction. Where no policy or process is laid down, nothing is done.
 */
#include "modules/care/care.h"

#include "base/civil.h"

static bool outside_put_id(acrm__call *call, acrm_value *args, const char *key,
                           const unsigned char *id)
{
    return !id || acrm__put_text(args, key, acrm__id_text(call, id));
}

/* --- Service levels --- */

/* Whether anything is promised about cases. */
static int32_t outside_promised(acrm__call *call, bool *out)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *policy = acrm__registry_entity(r, "sla_policy", strlen("sla_policy"));
    acrm__rec *found = NULL;

    *out = false;
    if (!policy)
        return ACRM_OK;
    const acrm__term terms[] = {
        { acrm__field_of(policy, "entity"), ACRM_FILTER_EQ, acrm__cell_text("case") },
        { acrm__field_of(policy, "enabled"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "sla_policy", .terms = terms,
                                                       .n_terms = 2, .as_system = true }, &found);
    *out = found != NULL;
    return st;
}

static int32_t outside_watch(acrm__call *call, acrm__rec *rec)
{
    acrm_value *args = acrm__care_map(call), *answer = NULL;
    unsigned char *id = acrm__arena_alloc(call->arena, 16);
    bool promised = false;

    int32_t st = outside_promised(call, &promised);
    if (st != ACRM_OK || !promised)
        return st;
    bool ok = args && id && acrm__put_text(args, "entity", "case") &&
              outside_put_id(call, args, "id", acrm__id(rec, F_ID)) &&
              acrm__put_text(args, "at",
                             acrm__instant_text(call, acrm__int(rec, F_case__opened_at)));
    st = ok ? acrm__run(call, "sla.start", args, &answer) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    const char *item = acrm__get_text(answer, "item_id");
    if (item && acrm__uuid_parse(item, strlen(item), id))
        acrm__set(rec, F_case__sla_item_id, acrm__cell_id(id));
    return ACRM_OK;
}

/* Tell the clocks of a case; `at` 0: it happens now. */
static int32_t outside_tell(acrm__call *call, const acrm__rec *rec, const char *kind, int64_t at)
{
    acrm_value *args = acrm__care_map(call);
    bool priority = strcmp(kind, "priority") == 0;
    bool ok = args && outside_put_id(call, args, "id", acrm__id(rec, F_ID)) &&
              acrm__put_text(args, "kind", kind) &&
              (at == 0 || acrm__put_text(args, "at", acrm__instant_text(call, at))) &&
              (!priority || acrm__put_text(args, "priority", acrm__text(rec, F_case__priority)));

    return ok ? acrm__run(call, "sla.happen", args, NULL) : acrm__nomem(call);
}

static int32_t outside_pause(acrm__call *call, acrm__rec *rec)
{
    acrm_value *args = acrm__care_map(call), *answer = NULL;
    bool limited = !acrm__is_null(rec, F_case__waiting_until);
    int64_t until = acrm__int(rec, F_case__waiting_until);
    bool ok = args && outside_put_id(call, args, "id", acrm__id(rec, F_ID)) &&
              acrm__put_text(args, "reason", acrm__text(rec, F_case__stop_reason)) &&
              (!limited || acrm__put_text(args, "until", acrm__instant_text(call, until)));

    if (acrm__is_null(rec, F_case__stop_reason))
        return ACRM_OK;
    int32_t st = ok ? acrm__run(call, "sla.pause", args, &answer) : acrm__nomem(call);
    const char *ends = st == ACRM_OK ? acrm__get_text(answer, "until") : NULL;
    if (!ends || !acrm__instant_parse(ends, strlen(ends), &until))
        return st;
    /* The reason may not let it wait that long. */
    acrm__set(rec, F_case__waiting_until, acrm__cell_int(until));
    return acrm__timer_set(call, "case.resume", "case", acrm__id(rec, F_ID), until, NULL);
}

static int32_t outside_paused(acrm__call *call, const acrm__rec *rec, bool *out)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *pause = acrm__registry_entity(r, "sla_pause", strlen("sla_pause"));
    acrm__rec *found = NULL;

    *out = false;
    if (!pause)
        return ACRM_OK;
    const acrm__term terms[] = {
        { acrm__field_of(pause, "item_id"), ACRM_FILTER_EQ, rec->cells[F_case__sla_item_id] },
        { acrm__field_of(pause, "state"), ACRM_FILTER_EQ, acrm__cell_text("running") },
    };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "sla_pause", .terms = terms,
                                                       .n_terms = 2, .as_system = true }, &found);
    *out = found != NULL;
    return st;
}

static int32_t outside_resume(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *args = acrm__care_map(call);
    bool ok = args && outside_put_id(call, args, "id", acrm__id(rec, F_ID)), paused = false;

    int32_t st = outside_paused(call, rec, &paused);
    if (st != ACRM_OK || !paused) /* it may have ended by itself, or was never agreed to */
        return st;
    return ok ? acrm__run(call, "sla.resume", args, NULL) : acrm__nomem(call);
}

int32_t acrm__care_stop_reason(acrm__call *call, const acrm__rec *rec, const char **code)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *entity = acrm__registry_entity(r, "stop_reason", strlen("stop_reason"));
    const char *asked = acrm__arg_text(call, "stop_reason");
    const char *waiting = acrm__arg_text(call, "waiting_for");
    const char *longer = acrm__arena_format(call->arena, "waiting_for_%s", waiting);
    const char *tried[] = { asked ? asked : waiting, asked ? NULL : longer };

    *code = NULL;
    if (!longer)
        return acrm__nomem(call);
    for (size_t i = 0; entity && i < 2 && tried[i] && !*code; i++) {
        acrm__term term = { acrm__field_of(entity, "code"), ACRM_FILTER_EQ,
                            acrm__cell_text(tried[i]) };
        acrm__rec *found = NULL;
        int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "stop_reason",
            .terms = &term, .n_terms = 1, .as_system = true }, &found);
        if (st != ACRM_OK)
            return st;
        *code = found ? tried[i] : NULL;
    }
    if (*code || (!asked && acrm__is_null(rec, F_case__sla_item_id)))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "reference", "stop_reason",
                      "there is no stop_reason %.64s; name one, so that the clocks of this case "
                      "know whether they stand still", tried[0]);
}

/* --- Processes --- */

int32_t acrm__care_check_process(acrm__call *call, const char *code)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *entity = acrm__registry_entity(r, "process_definition",
                                                       strlen("process_definition"));
    acrm__rec *found = NULL;
    int32_t st = ACRM_OK;

    if (!code)
        return ACRM_OK;
    if (entity) {
        const acrm__term terms[] = {
            { acrm__field_of(entity, "code"), ACRM_FILTER_EQ, acrm__cell_text(code) },
            { acrm__field_of(entity, "status"), ACRM_FILTER_EQ, acrm__cell_text("active") },
            { acrm__field_of(entity, "entity"), ACRM_FILTER_EQ, acrm__cell_text("case") },
        };
        st = acrm__find_one(call, &(acrm__select){ .entity = "process_definition",
            .terms = terms, .n_terms = 3, .as_system = true }, &found);
    }
    if (st == ACRM_OK && !found)
        st = acrm__fail(call, ACRM_E_INVALID, "process", "process",
                        "there is no active process %.100s for cases; load and activate it first",
                        code);
    return st;
}

static int32_t outside_send(acrm__call *call, const acrm__rec *rec, const char *code,
                            acrm_value **answer)
{
    acrm_value *args = acrm__care_map(call);
    bool ok = args && acrm__put_text(args, "code", code) &&
              outside_put_id(call, args, "subject_id", acrm__id(rec, F_ID));

    return ok ? acrm__run(call, "process.start", args, answer) : acrm__nomem(call);
}

/* A process that cannot start does not lose the case. */
static int32_t outside_process(acrm__call *call, acrm__rec *rec)
{
    unsigned char *id = acrm__arena_alloc(call->arena, 16);
    acrm__call inner = *call;
    acrm_value *answer = NULL;
    acrm_error *err = NULL;
    acrm__rec *type;

    int32_t st = id ? acrm__care_follow(call, rec, F_case__type_id, &type) : acrm__nomem(call);
    if (st != ACRM_OK || acrm__is_null(type, F_case_type__process))
        return st;
    st = acrm__savepoint(call);
    if (st != ACRM_OK)
        return st;
    inner.err = &err;
    st = outside_send(&inner, rec, acrm__text(type, F_case_type__process), &answer);
    if (st == ACRM_OK) {
        const char *instance = acrm__get_text(answer, "id");
        st = acrm__release(call);
        if (instance && acrm__uuid_parse(instance, strlen(instance), id))
            acrm__set(rec, F_case__process_id, acrm__cell_id(id));
    } else if (st == ACRM_E_NOTFOUND || st == ACRM_E_INVALID || st == ACRM_E_CONFLICT ||
               st == ACRM_E_DENIED) {
        st = acrm__rollback_to(call);
        if (st == ACRM_OK)
            st = acrm__care_emit(call, "case.process_failed", rec);
    } else if (call->err && !*call->err) {
        *call->err = err;
        err = NULL;
    }
    acrm_error_free(err);
    return st;
}

/* --- What follows from the events of cases --- */

static int32_t outside_event(acrm__call *call, const char *type, acrm__rec *rec)
{
    bool watched = !acrm__is_null(rec, F_case__sla_item_id);

    if (strcmp(type, "case.opened") == 0) {
        int32_t st = watched ? ACRM_OK : outside_watch(call, rec);
        return st == ACRM_OK ? outside_process(call, rec) : st;
    }
    if (!watched)
        return ACRM_OK;
    if (strcmp(type, "case.message_received") == 0)
        return outside_tell(call, rec, "message", acrm__int(rec, F_case__last_inbound_at));
    if (strcmp(type, "case.replied") == 0)
        return outside_tell(call, rec, "reply", acrm__int(rec, F_case__last_outbound_at));
    if (strcmp(type, "case.stopped") == 0)
        return outside_pause(call, rec);
    if (strcmp(type, "case.resumed") == 0)
        return outside_resume(call, rec);
    if (strcmp(type, "case.resolved") == 0 || strcmp(type, "case.merged") == 0)
        return outside_tell(call, rec, "resolved", 0);
    if (strcmp(type, "case.closed") == 0)
        return outside_tell(call, rec, "closed", 0);
    if (strcmp(type, "case.reopened") == 0)
        return outside_tell(call, rec, "reopened", 0);
    if (strcmp(type, "case.assigned") == 0 || strcmp(type, "case.handed_over") == 0)
        return outside_tell(call, rec, "touch", 0);
    return ACRM_OK;
}

static int32_t outside_load(acrm__call *system, const acrm__event *event, acrm__rec **out)
{
    return acrm__load_or_null(system, acrm__entity_of(system, "case"), event->id, out);
}

int32_t acrm__care_outside(acrm__call *call, const acrm__event *event)
{
    static const char *const own[] = { "case.created", "case.updated", "case.deleted",
                                       "case.restored", NULL };
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec = NULL;

    for (size_t i = 0; own[i]; i++)
        if (strcmp(event->type, own[i]) == 0)
            return ACRM_OK;
    int32_t st = outside_load(&system, event, &rec);
    if (st == ACRM_OK && rec)
        st = outside_event(&system, event->type, rec);
    return st == ACRM_OK && rec ? acrm__update(&system, rec) : st;
}

/* A priority that follows from what the case now is; a chain of escalation knows of its own. */
int32_t acrm__care_case_changed(acrm__call *call, const acrm__event *event)
{
    const acrm_value *changes = acrm_value_get(event->data, "changes");
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec = NULL;

    if (!acrm_value_get(changes, "priority") || !acrm_value_get(changes, "priority_explanation"))
        return ACRM_OK;
    int32_t st = outside_load(&system, event, &rec);
    if (st != ACRM_OK || !rec || acrm__is_null(rec, F_case__sla_item_id))
        return st;
    return outside_tell(&system, rec, "priority", 0);
}

int32_t acrm__care_breached(acrm__call *call, const acrm__event *event)
{
    const char *clock = acrm__get_text(event->data, "clock");
    const char *due = acrm__get_text(event->data, "due_at");
    uint32_t field = clock && strcmp(clock, "first_response") == 0 ? F_case__response_missed_at
                     : clock && strcmp(clock, "resolution") == 0   ? F_case__resolution_missed_at
                                                                   : 0;
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec = NULL;
    int64_t at = call->now;

    if (field == 0 || strcmp(event->entity, "case") != 0)
        return ACRM_OK;
    int32_t st = outside_load(&system, event, &rec);
    if (st != ACRM_OK || !rec || !acrm__is_null(rec, field))
        return st;
    if (due)
        (void)acrm__instant_parse(due, strlen(due), &at);
    acrm__set(rec, field, acrm__cell_int(at));
    return acrm__update(&system, rec);
}

/* --- Calendars --- */

static int32_t outside_calendar(acrm__call *call, const char *operation, acrm_value *args,
                                int64_t *at)
{
    acrm_value *answer = NULL;
    int32_t st = acrm__run(call, operation, args, &answer);
    const char *text = st == ACRM_OK ? acrm__get_text(answer, "at") : NULL;

    if (text && !acrm__instant_parse(text, strlen(text), at))
        st = acrm__fail(call, ACRM_E_CORRUPT, "calendar", NULL, "%s gave no instant", operation);
    return st;
}

int32_t acrm__care_next_open(acrm__call *call, const unsigned char *calendar, int64_t *at)
{
    acrm_value *args = acrm__care_map(call);
    bool ok = args && outside_put_id(call, args, "id", calendar) &&
              acrm__put_text(args, "at", acrm__instant_text(call, *at));

    return ok ? outside_calendar(call, "calendar.next_open", args, at) : acrm__nomem(call);
}

int32_t acrm__care_add_days(acrm__call *call, const unsigned char *calendar, int64_t days,
                            int64_t *at)
{
    acrm_value *args = acrm__care_map(call);
    bool ok = args && outside_put_id(call, args, "id", calendar) &&
              acrm__put_text(args, "at", acrm__instant_text(call, *at)) &&
              acrm__put_int(args, "days", days);

    return ok ? outside_calendar(call, "calendar.days", args, at) : acrm__nomem(call);
}
