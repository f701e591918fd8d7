/* SPDX-License-Identifier: MIT */
/* Domain events: appending them to the feed, running the modules' reactions, reading the feed. */
#include "base/json.h"
#include "kernel/inside.h"

#include <string.h>

enum { EVENTS_LIMIT = 100 };

/* --- Raising --- */

/* A type fits itself, "lead.*" for all of one entity, and "*". */
static bool events_fits(const char *pattern, const char *type, size_t len)
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
            if (events_fits(r->type, type, len))
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
    st = json.failed ? acrm__nomem(call)
                     : session->engine->storage.insert(session->conn,
                                                       &acrm__tables[ACRM__TABLE_EVENT], cells,
                                                       NULL, call->err);
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
    return events_emit(call, type, rec->entity->def->name, acrm__id(rec, F_ID), data, rec->before);
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
            if (!events_fits(r->type, event->type, len))
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

/* --- event.list --- */

typedef struct events_walk {
    acrm__call *call;
    acrm_value *items;
    const char *source; /* NULL: not as CloudEvents */
    uint32_t limit, n;
    int64_t last;
    bool more;
} events_walk;

static bool events_put_text(acrm_value *item, const char *key, const acrm_cell *cell)
{
    return cell->type == ACRM_CELL_TEXT ? acrm__put_textn(item, key, cell->data, cell->size)
                                        : acrm__put_null(item, key);
}

static bool events_put_plain(acrm_value *item, const acrm_cell *cells, const char *at,
                             const char *id)
{
    return acrm__put_int(item, "seq", cells[ACRM__EVENT_SEQ].integer) &&
           acrm__put_text(item, "at", at) &&
           events_put_text(item, "type", &cells[ACRM__EVENT_TYPE]) &&
           events_put_text(item, "entity", &cells[ACRM__EVENT_ENTITY]) &&
           acrm__put_text(item, "record", id) &&
           events_put_text(item, "actor", &cells[ACRM__EVENT_ACTOR]);
}

/* CloudEvents 1.0, with the extensions "sequence" (of the sequence extension) and "actor". */
static bool events_put_cloud(const events_walk *walk, acrm_value *item, const acrm_cell *cells,
                             const char *at, const char *id)
{
    acrm__arena *arena = walk->call->arena;
    const acrm_cell *entity = &cells[ACRM__EVENT_ENTITY];
    const char *seq = acrm__arena_format(arena, "%lld",
                                         (long long)cells[ACRM__EVENT_SEQ].integer);
    bool ok = seq && acrm__put_text(item, "specversion", "1.0") &&
              acrm__put_text(item, "id", seq) && acrm__put_text(item, "source", walk->source) &&
              events_put_text(item, "type", &cells[ACRM__EVENT_TYPE]) &&
              acrm__put_text(item, "time", at) && acrm__put_text(item, "sequence", seq) &&
              events_put_text(item, "actor", &cells[ACRM__EVENT_ACTOR]);

    if (ok && entity->type == ACRM_CELL_TEXT && id) {
        const char *subject = acrm__arena_format(arena, "%.*s/%s", (int)entity->size,
                                                 (const char *)entity->data, id);
        ok = subject && acrm__put_text(item, "subject", subject);
    }
    if (ok && cells[ACRM__EVENT_DATA].type == ACRM_CELL_TEXT)
        ok = acrm__put_text(item, "datacontenttype", "application/json");
    return ok;
}

static int32_t events_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    events_walk *walk = user;
    acrm__call *call = walk->call;
    const acrm_cell *data = &cells[ACRM__EVENT_DATA], *record = &cells[ACRM__EVENT_RECORD];
    acrm_value *value = NULL;
    acrm__json_fault fault;

    (void)n_cells;
    if (walk->n == walk->limit) {
        walk->more = true;
        return 1;
    }
    acrm_value *item = acrm__add_map(walk->items);
    const char *at = acrm__instant_text(call, cells[ACRM__EVENT_AT].integer);
    const char *id = record->type == ACRM_CELL_BLOB && record->size == 16
                         ? acrm__id_text(call, record->data) : NULL;
    if (!item || !at)
        return ACRM_E_NOMEM;
    bool ok = walk->source ? events_put_cloud(walk, item, cells, at, id)
                           : events_put_plain(item, cells, at, id);
    if (ok && data->type == ACRM_CELL_TEXT) {
        int32_t st = acrm__json_read(call->arena, data->data, data->size, &value, &fault);
        if (st != ACRM_OK)
            return st == ACRM_E_NOMEM ? st : ACRM_E_CORRUPT;
        ok = acrm__put_value(item, "data", value);
    } else if (ok && !walk->source) {
        ok = acrm__put_null(item, "data");
    }
    walk->n++;
    walk->last = cells[ACRM__EVENT_SEQ].integer;
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

/* Exact types as one IN, patterns ending in a star as STARTS, any of which may hold. */
static const acrm_filter_node *events_types(acrm__call *call, const acrm_value *types)
{
    size_t n = acrm_value_count(types);
    acrm_filter_node *nodes = acrm__arena_array(call->arena, n + 1, sizeof *nodes);
    acrm_cell *values = acrm__arena_array(call->arena, n + 1, sizeof *values);

    if (!nodes || !values)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *type = acrm_value_text(acrm_value_at(types, i), &len);
        bool star = len > 0 && type[len - 1] == '*';
        values[i] = acrm__cell_textn(type, star ? len - 1 : len);
        nodes[i + 1] = (acrm_filter_node){ .op = star ? ACRM_FILTER_STARTS : ACRM_FILTER_EQ,
                                           .column = ACRM__EVENT_TYPE, .values = &values[i],
                                           .n_values = 1 };
    }
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_OR, .n_children = (uint32_t)n,
                                   .children = nodes + 1 };
    return nodes;
}

int32_t acrm__event_list(acrm__call *call)
{
    static const acrm_order by_seq = { .expression = ACRM__EVENT_SEQ };
    const acrm_value *types = acrm__arg(call, "types");
    int64_t after = acrm__arg_int(call, "after", 0);
    const acrm__term terms[] = {
        { ACRM__EVENT_SEQ, ACRM_FILTER_GT, acrm__cell_int(after) },
        { ACRM__EVENT_ENTITY, ACRM_FILTER_EQ, acrm__cell_text(acrm__arg_text(call, "entity")) },
    };
    events_walk walk = { .call = call, .last = after,
                         .limit = (uint32_t)acrm__arg_int(call, "limit", EVENTS_LIMIT) };

    if (!acrm__sees_all(call))
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "the event feed is for sessions whose scope is all records");
    if (acrm__arg_bool(call, "cloudevents", false)) {
        walk.source = acrm__arg_text(call, "source");
        if (!walk.source)
            walk.source = "/autocrm";
    }
    const acrm_filter_node *where = acrm__where(call, terms,
                                                acrm__arg_text(call, "entity") ? 2 : 1);
    if (where && types) {
        const acrm_filter_node *any = events_types(call, types);
        where = any ? acrm__and(call, where, any) : NULL;
    }
    walk.items = acrm__put_list(call->out, "items");
    if (!where || !walk.items)
        return acrm__nomem(call);
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_EVENT], .where = where,
                               .n_order = 1, .order = &by_seq, .limit = walk.limit + 1 };
    int32_t st = acrm__query(call, &query, events_row, &walk);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "last_seq", walk.last) &&
              (walk.more ? acrm__put_int(call->out, "next", walk.last)
                         : acrm__put_null(call->out, "next"));
    return ok ? ACRM_OK : acrm__nomem(call);
}
