/* SPDX-License-Identifier: MIT */
/* Domain events: appending them to the feed, and running the modules' reactions. */
#include "base/json.h"
#include "kernel/inside.h"

#include <string.h>

/* --- Raising --- */

/* A type fits itself, "lead.*" for all of one entity, and "*". */
bool acrm__event_fits(const char *pattern, const char *type, size_t len)
{
    size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*')
        return len >= n - 1 && strncmp(pattern, type, n - 1) == 0;
    return n == len && memcmp(pattern, type, n) == 0;
}

static bool events_awaited(const char *type)
{
    size_t len = strlen(type);

    for (size_t m = 0; acrm__modules[m]; m++)
        for (const acrm__reaction *r = acrm__modules[m]->reactions; r && r->type; r++)
            if (acrm__event_fits(r->type, type, len))
                return true;
    return false;
}

static int32_t events_queue(acrm__call *call, const char *type, const char *entity,
                            const unsigned char id[16], const acrm_value *data,
                            const acrm_cell *before)
{
    acrm_session *session = call->session;
    acrm__queued_event *queued = acrm__arena_zero(call->arena, sizeof *queued);

    if (!queued)
        return acrm__nomem(call);
    queued->event = (acrm__event){ .type = type, .entity = entity, .data = data,
                                    .before = before };
    if (id)
        memcpy(queued->event.id, id, sizeof queued->event.id);
    queued->depth = call->depth;
    queued->cause = call->cause;
    if (session->events_tail)
        session->events_tail->next = queued;
    else
        session->events_head = queued;
    session->events_tail = queued;
    return ACRM_OK;
}

static int32_t events_append(acrm__call *call, const char *type, const char *entity,
                             const unsigned char id[16], const acrm_value *data)
{
    acrm_session *session = call->session;
    acrm__chain *chain = &session->chain;
    acrm__str json;
    int32_t st = acrm__chain_load(call);

    if (st != ACRM_OK)
        return st;
    acrm__str_init(&json, &session->engine->allocator);
    if (data)
        acrm__json_write(&json, data, 0);
    const acrm_cell cells[] = {
        [ACRM__EVENT_SEQ] = acrm__cell_int(chain->event_seq + 1),
        [ACRM__EVENT_AT] = acrm__cell_int(call->now),
        [ACRM__EVENT_TYPE] = acrm__cell_text(type),
        [ACRM__EVENT_ENTITY] = acrm__cell_text(entity),
        [ACRM__EVENT_RECORD] = acrm__cell_id(id),
        [ACRM__EVENT_ACTOR] = acrm__cell_text(acrm__actor_text(call)),
        [ACRM__EVENT_DATA] = data ? acrm__cell_textn(json.data, json.len) : acrm__cell_null(),
    };
    st = json.failed ? acrm__nomem(call) : acrm__trace_insert(call, ACRM__TABLE_EVENT, cells);
    acrm__str_free(&json);
    if (st != ACRM_OK)
        return st;
    chain->event_seq++;
    chain->changed = true;
    return ACRM_OK;
}

static int32_t events_emit(acrm__call *call, const char *type, const char *entity,
                           const unsigned char id[16], const acrm_value *data,
                           const acrm_cell *before)
{
    acrm_session *session = call->session;
    int32_t st;

    if (session->n_events >= ACRM__EVENTS_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL,
                          "one transaction may raise at most %d events", ACRM__EVENTS_MAX);
    st = events_append(call, type, entity, id, data);
    if (st != ACRM_OK)
        return st;
    session->n_events++;
    return events_awaited(type) ? events_queue(call, type, entity, id, data, before) : ACRM_OK;
}

int32_t acrm__emit(acrm__call *call, const char *type, const char *entity,
                   const unsigned char id[16], const acrm_value *data)
{
    return events_emit(call, type, entity, id, data, NULL);
}

int32_t acrm__emit_change(acrm__call *call, const char *type, const acrm__rec *rec,
                          const acrm_value *data)
{
    return events_emit(call, type, rec->entity->def->name, acrm__id(rec, F_ID), data,
                       rec->told ? rec->told : rec->before);
}

/* --- Reacting --- */

static int32_t events_react_one(acrm__call *call, const acrm__queued_event *queued)
{
    const acrm__event *event = &queued->event;
    size_t len = strlen(event->type);
    int32_t st = ACRM_OK;

    if (queued->depth >= ACRM__CALL_DEPTH_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "depth", NULL,
                          "reactions to %s raise each other without end", event->type);
    acrm__call inner = *call;
    inner.depth = queued->depth + 1;
    inner.cause = queued->cause;
    inner.as_system = true;
    for (size_t m = 0; acrm__modules[m] && st == ACRM_OK; m++) {
        const acrm__reaction *r = acrm__modules[m]->reactions;
        for (; r && r->type && st == ACRM_OK; r++) {
            if (!acrm__event_fits(r->type, event->type, len))
                continue;
            /* Reactions see neither the operation's arguments nor its result. */
            acrm_value *args = acrm__value_in(call->arena), *out = acrm__value_in(call->arena);
            if (!args || !out || acrm_value_set_map(args) || acrm_value_set_map(out))
                return acrm__nomem(call);
            inner.args = args;
            inner.out = out;
            st = r->run(&inner, event);
        }
    }
    return st;
}

int32_t acrm__react(acrm__call *call)
{
    acrm_session *session = call->session;
    int32_t st = ACRM_OK;

    while (session->events_head && st == ACRM_OK) {
        acrm__queued_event *queued = session->events_head;
        session->events_head = queued->next;
        if (!session->events_head)
            session->events_tail = NULL;
        st = events_react_one(call, queued);
    }
    return st;
}
