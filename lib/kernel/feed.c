/* SPDX-License-Identifier: MIT */
/* Reading the feed of events: in order, as far as who reads may see, plain or as CloudEvents. */
#include "base/json.h"
#include "kernel/chain.h"

#include <string.h>

enum {
    FEED_LIMIT = 100,
    FEED_LOOK = 10 /* so many times the limit is looked at for who sees only a part */
};

int32_t acrm__feed_head(acrm__call *call, int64_t *out)
{
    acrm__chain chain = { .valid = false };
    bool intact = false;

    if (call->session->in_transaction == 2 && call->session->chain.changed) {
        *out = call->session->chain.event_seq; /* with what this transaction raised */
        return ACRM_OK;
    }
    int32_t st = acrm__chain_read(call, &chain, &intact);
    if (st == ACRM_OK)
        *out = chain.event_seq;
    return st;
}

/* --- Reading --- */

typedef struct feed_rows {
    acrm__call *call;
    acrm__feed_event *items;
    uint32_t n, cap;
} feed_rows;

static const char *feed_text(acrm__call *call, const acrm_cell *cell, bool *ok)
{
    const char *text = cell->type == ACRM_CELL_TEXT
                           ? acrm__arena_text(call->arena, cell->data, cell->size) : NULL;

    *ok = *ok && (text || cell->type != ACRM_CELL_TEXT);
    return text;
}

static int32_t feed_row(void *user, const acrm_cell *cells, uint32_t n)
{
    feed_rows *rows = user;
    const acrm_cell *record = &cells[ACRM__EVENT_RECORD], *data = &cells[ACRM__EVENT_DATA];
    bool ok = true;

    (void)n;
    if (rows->n == rows->cap) {
        uint32_t cap = rows->cap ? 2 * rows->cap : 64;
        acrm__feed_event *more = acrm__arena_array(rows->call->arena, cap, sizeof *more);
        if (!more)
            return ACRM_E_NOMEM;
        if (rows->n)
            memcpy(more, rows->items, rows->n * sizeof *more);
        rows->items = more;
        rows->cap = cap;
    }
    acrm__feed_event *event = &rows->items[rows->n++];
    *event = (acrm__feed_event){ .seq = cells[ACRM__EVENT_SEQ].integer,
                                 .at = cells[ACRM__EVENT_AT].integer,
                                 .type = feed_text(rows->call, &cells[ACRM__EVENT_TYPE], &ok),
                                 .entity = feed_text(rows->call, &cells[ACRM__EVENT_ENTITY], &ok),
                                 .actor = feed_text(rows->call, &cells[ACRM__EVENT_ACTOR], &ok),
                                 .data = feed_text(rows->call, data, &ok),
                                 .data_len = data->size };
    if (record->type == ACRM_CELL_BLOB && record->size == 16)
        event->record = memcpy(event->id, record->data, 16);
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

/* Exact types as equality, patterns ending in a star as STARTS, any of which may hold. */
static const acrm_filter_node *feed_types(acrm__call *call, const acrm_value *types)
{
    size_t n = acrm_value_count(types);
    acrm_filter_node *nodes = acrm__arena_array(call->arena, n + 1, sizeof *nodes);
    acrm_cell *values = acrm__arena_array(call->arena, n + 1, sizeof *values);

    if (!nodes || !values)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t len = 0;
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

int32_t acrm__feed_read(acrm__call *call, const acrm__feed_range *range, acrm__feed_event **items,
                        uint32_t *n)
{
    static const acrm_order by_seq = { .expression = ACRM__EVENT_SEQ };
    const acrm__term terms[] = {
        { ACRM__EVENT_SEQ, ACRM_FILTER_GT, acrm__cell_int(range->after) },
        { ACRM__EVENT_SEQ, ACRM_FILTER_LE, acrm__cell_int(range->until) },
        { ACRM__EVENT_ENTITY, ACRM_FILTER_EQ, acrm__cell_text(range->entity) },
    };
    feed_rows rows = { .call = call };
    const acrm_filter_node *where = acrm__where(call, terms, range->entity ? 3 : 2);

    if (where && range->types) {
        const acrm_filter_node *any = feed_types(call, range->types);
        where = any ? acrm__and(call, where, any) : NULL;
    }
    if (!where)
        return acrm__nomem(call);
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_EVENT], .where = where,
                               .n_order = 1, .order = &by_seq, .limit = range->limit };
    int32_t st = acrm__query(call, &query, feed_row, &rows);
    if (st == ACRM_OK) {
        *items = rows.items;
        *n = rows.n;
    }
    return st;
}

/* --- Seeing --- */

int32_t acrm__feed_sees(acrm__call *call, const acrm__feed_event *event, bool *out)
{
    const acrm__registry *r = call->session->registry;
    acrm__rec *rec = NULL;

    *out = acrm__sees_all(call) && (call->as_system || !call->session->principal.guarded);
    if (*out || !event->entity || !event->record)
        return ACRM_OK;
    const acrm__entity *entity = acrm__registry_entity(r, event->entity, strlen(event->entity));
    const char *get = acrm__arena_format(call->arena, "%s.get", event->entity);
    if (!get)
        return acrm__nomem(call);
    if (!entity || !acrm__may(call->session, get))
        return ACRM_OK;
    int32_t st = acrm__load_any(call, entity, event->record, &rec);
    *out = st == ACRM_OK && rec;
    return st;
}

/* Without the fields of `changes` that the session may not see. */
static bool feed_changes(acrm__call *call, const acrm__entity *entity, const acrm_value *from,
                         acrm_value *to)
{
    bool ok = to != NULL;

    for (size_t i = 0; ok && i < acrm_value_count(from); i++) {
        size_t len = 0;
        const char *key = acrm_value_key(from, i, &len);
        uint32_t field = acrm__entity_field(entity, key, len);
        if (field == UINT32_MAX || acrm__may_see_field(call, entity, field))
            ok = acrm__put_value(to, key, acrm_value_at(from, i));
    }
    return ok;
}

int32_t acrm__feed_data(acrm__call *call, const acrm__feed_event *event, const acrm_value **out)
{
    const acrm__registry *r = call->session->registry;
    acrm_value *data = NULL, *shown;
    acrm__json_fault fault;

    *out = NULL;
    if (!event->data)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, event->data, event->data_len, &data, &fault);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call)
                                  : acrm__fail(call, ACRM_E_CORRUPT, "event", "data",
                                               "the data of event %lld is no JSON",
                                               (long long)event->seq);
    *out = data;
    const acrm_value *changes = acrm_value_get(data, "changes");
    const acrm__entity *entity =
        event->entity ? acrm__registry_entity(r, event->entity, strlen(event->entity)) : NULL;
    if (call->as_system || !entity || acrm_value_type(changes) != ACRM_MAP)
        return ACRM_OK;
    shown = acrm__value_in(call->arena);
    bool ok = shown && acrm_value_set_map(shown) == ACRM_OK;
    for (size_t i = 0; ok && i < acrm_value_count(data); i++) {
        const acrm_value *value = acrm_value_at(data, i);
        const char *key = acrm_value_key(data, i, NULL);
        ok = value == changes ? feed_changes(call, entity, changes, acrm__put_map(shown, key))
                              : acrm__put_value(shown, key, value);
    }
    *out = shown;
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- Rendering --- */

/* CloudEvents 1.0, with the extensions "sequence" (of the sequence extension) and "actor". */
int32_t acrm__feed_cloud(acrm__call *call, const acrm__feed_event *event, const char *source,
                         acrm_value *item)
{
    const char *seq = acrm__arena_format(call->arena, "%lld", (long long)event->seq);
    const char *at = acrm__instant_text(call, event->at);
    const acrm_value *data = NULL;
    bool ok = seq && at && acrm__put_text(item, "specversion", "1.0") &&
              acrm__put_text(item, "id", seq) && acrm__put_text(item, "source", source) &&
              acrm__put_text(item, "type", event->type) && acrm__put_text(item, "time", at) &&
              acrm__put_text(item, "sequence", seq) &&
              acrm__put_text(item, "actor", event->actor);

    if (ok && event->entity && event->record) {
        const char *subject = acrm__arena_format(call->arena, "%s/%s", event->entity,
                                                 acrm__id_text(call, event->record));
        ok = subject && acrm__put_text(item, "subject", subject);
    }
    int32_t st = ok ? acrm__feed_data(call, event, &data) : acrm__nomem(call);
    if (st == ACRM_OK && data &&
        !(acrm__put_text(item, "datacontenttype", "application/json") &&
          acrm__put_value(item, "data", data)))
        st = acrm__nomem(call);
    return st;
}

static int32_t feed_plain(acrm__call *call, const acrm__feed_event *event, acrm_value *item)
{
    const char *at = acrm__instant_text(call, event->at);
    const char *id = event->record ? acrm__id_text(call, event->record) : NULL;
    const acrm_value *data = NULL;
    int32_t st = acrm__feed_data(call, event, &data);

    if (st != ACRM_OK)
        return st;
    bool ok = at && acrm__put_int(item, "seq", event->seq) && acrm__put_text(item, "at", at) &&
              acrm__put_text(item, "type", event->type) &&
              acrm__put_text(item, "entity", event->entity) &&
              acrm__put_text(item, "record", id) && acrm__put_text(item, "actor", event->actor) &&
              (data ? acrm__put_value(item, "data", data) : acrm__put_null(item, "data"));
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- event.list --- */

typedef struct feed_page {
    const char *source; /* NULL: not as CloudEvents */
    acrm_value *items;
    uint32_t limit, shown;
    int64_t last;
} feed_page;

static int32_t feed_item(acrm__call *call, const acrm__feed_event *event, feed_page *page)
{
    bool sees = false;
    int32_t st = acrm__feed_sees(call, event, &sees);

    page->last = event->seq;
    if (st != ACRM_OK || !sees)
        return st;
    page->shown++;
    acrm_value *item = acrm__add_map(page->items);
    if (!item)
        return acrm__nomem(call);
    return page->source ? acrm__feed_cloud(call, event, page->source, item)
                        : feed_plain(call, event, item);
}

int32_t acrm__event_list(acrm__call *call)
{
    feed_page page = { .limit = (uint32_t)acrm__arg_int(call, "limit", FEED_LIMIT) };
    acrm__feed_range range = { .after = acrm__arg_int(call, "after", 0),
                               .types = acrm__arg(call, "types"),
                               .entity = acrm__arg_text(call, "entity") };
    acrm__feed_event *events = NULL;
    uint32_t n = 0, i = 0;

    if (acrm__arg_bool(call, "cloudevents", false))
        page.source = acrm__arg_text(call, "source");
    range.limit = page.limit + 1;
    if (!acrm__sees_all(call))
        range.limit = page.limit * FEED_LOOK + 1;
    int32_t st = acrm__feed_head(call, &range.until);
    if (st == ACRM_OK && range.after > range.until)
        return acrm__fail(call, ACRM_E_CONFLICT, "lost_cursor", "after",
                          "the feed ends at %lld: this is another database than the number is "
                          "of, or an older state of it", (long long)range.until);
    page.items = acrm__put_list(call->out, "items");
    if (st == ACRM_OK && !page.items)
        st = acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__feed_read(call, &range, &events, &n);
    while (st == ACRM_OK && i < n && i < range.limit - 1 && page.shown < page.limit)
        st = feed_item(call, &events[i++], &page);
    if (st != ACRM_OK)
        return st;
    bool more = i < n;
    int64_t last = more ? page.last : range.until;
    bool ok = acrm__put_int(call->out, "last_seq", last) &&
              (more ? acrm__put_int(call->out, "next", last)
                    : acrm__put_null(call->out, "next"));
    return ok ? ACRM_OK : acrm__nomem(call);
}
