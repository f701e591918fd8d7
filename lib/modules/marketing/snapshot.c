/* SPDX-License-Identifier: MIT */
/* Snapshots: who was in a segment at an instant, and who came and went between two of them. */
#include "base/uuid.h"
#include "kernel/inside.h"
#include "modules/marketing/entities.h"
#include "modules/marketing/marketing.h"

#include <string.h>

enum { SNAPSHOT_STEP = 4096, SNAPSHOT_DROP_STEP = 1000 };

static int32_t snapshot_ids(acrm__call *call, const acrm__rec *snapshot, acrm__ids *out)
{
    const acrm__entity *member = acrm__entity_of(call, "segment_member");
    acrm__term of = { F_segment_member__snapshot_id, ACRM_FILTER_EQ, snapshot->cells[F_ID] };
    const acrm_filter_node *where = acrm__where(call, &of, 1);

    return where ? acrm__ids_read(call, out, &member->table, F_segment_member__customer_id, where)
                 : acrm__nomem(call);
}

int32_t acrm__segment_snapshot_page(acrm__call *call, const acrm__rec *snapshot, uint32_t limit,
                                    acrm__recs *out)
{
    unsigned char *after = acrm__arena_alloc(call->arena, 16);
    const char *text = acrm__arg_text(call, "after");
    acrm__term terms[] = {
        { F_segment_member__snapshot_id, ACRM_FILTER_EQ, snapshot->cells[F_ID] },
        { F_segment_member__customer_id, ACRM_FILTER_GT, acrm__cell_null() },
    };

    if (!after)
        return acrm__nomem(call);
    if (text && !acrm__uuid_parse(text, strlen(text), after))
        return acrm__fail(call, ACRM_E_INVALID, "format", "after",
                          "after must be the next of a page of this snapshot");
    terms[1].value = acrm__cell_id(after);
    return acrm__find(call, &(acrm__select){ .entity = "segment_member", .terms = terms,
        .n_terms = text ? 2 : 1, .order = F_segment_member__customer_id, .limit = limit,
        .as_system = true }, out);
}

/* --- Taking one --- */

/* The last one by the same user: two who see different customers would compare unlike things. */
static int32_t snapshot_previous(acrm__call *call, const acrm__rec *segment, acrm__rec **out)
{
    acrm__term terms[] = {
        { F_segment_snapshot__segment_id, ACRM_FILTER_EQ, segment->cells[F_ID] },
        { F_segment_snapshot__owner_id, ACRM_FILTER_EQ, acrm__cell_id(acrm__actor(call)) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "segment_snapshot", .terms = terms,
        .n_terms = 2, .descending = true, .as_system = true }, out);
}

static int32_t snapshot_who(acrm__call *call, const acrm__rec *segment, acrm__ids *out)
{
    const acrm__entity *customer = acrm__entity_of(call, "customer");
    const acrm_filter_node *where = NULL;
    acrm_value *filter = NULL;

    int32_t st = acrm__segment_read_filter(call, segment, F_segment__filter, &filter);
    if (st == ACRM_OK)
        st = acrm__filter(call, customer, filter, "filter", &where);
    if (st == ACRM_OK)
        st = acrm__where_visible(call, customer, where, ACRM__DELETED_WITHOUT, &where);
    return st == ACRM_OK ? acrm__ids_read(call, out, &customer->table, F_ID, where) : st;
}

static int32_t snapshot_members(acrm__call *call, const acrm__rec *snapshot, const acrm__ids *who)
{
    const acrm__entity *member = acrm__entity_of(call, "segment_member");
    acrm_cell *cells = acrm__arena_array(call->arena,
                                         (size_t)ACRM__APPEND_ROWS * member->n_fields,
                                         sizeof *cells);
    int32_t st = cells ? ACRM_OK : acrm__nomem(call);

    for (size_t i = 0, n; st == ACRM_OK && i < who->count; i += n) {
        n = who->count - i < ACRM__APPEND_ROWS ? who->count - i : ACRM__APPEND_ROWS;
        for (size_t k = 0; k < n; k++) {
            acrm_cell *row = cells + k * member->n_fields;
            row[F_segment_member__snapshot_id] = snapshot->cells[F_ID];
            row[F_segment_member__customer_id] = acrm__cell_blob(who->items + 16 * (i + k), 16);
        }
        st = acrm__append_many(call, member, cells, (uint32_t)n);
        if (st == ACRM_OK && i % SNAPSHOT_STEP == 0)
            st = acrm__progress(call, "snapshot", (int64_t)(i + n), (int64_t)who->count);
    }
    return st;
}

typedef struct snapshot_news {
    acrm__call *call;
    const acrm_value *data;
} snapshot_news;

static int32_t snapshot_tell(void *user, int32_t kind, const unsigned char id[16])
{
    snapshot_news *news = user;

    if (kind == ACRM__IDS_STAYED)
        return ACRM_OK;
    return acrm__emit(news->call, kind == ACRM__IDS_ENTERED ? "segment.entered" : "segment.left",
                      "customer", id, news->data);
}

/* An event about each customer who came or went, or one about the segment when they are many. */
static int32_t snapshot_events(acrm__call *call, const acrm__rec *snapshot,
                               const acrm__ids *before, const acrm__ids *who, int64_t *counts)
{
    int64_t changes = counts[ACRM__IDS_ENTERED] + counts[ACRM__IDS_LEFT];
    const unsigned char *segment = acrm__id(snapshot, F_segment_snapshot__segment_id);
    snapshot_news news = { .call = call };
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "segment_id", acrm__id_text(call, segment)) &&
              acrm__put_text(data, "snapshot_id",
                             acrm__id_text(call, acrm__id(snapshot, F_ID)));

    if (!ok)
        return acrm__nomem(call);
    news.data = data;
    if (changes <= acrm__arg_int(call, "events", 0))
        return acrm__ids_compare(before, who, counts, snapshot_tell, &news);
    ok = acrm__put_int(data, "entered", counts[ACRM__IDS_ENTERED]) &&
         acrm__put_int(data, "left", counts[ACRM__IDS_LEFT]);
    return ok ? acrm__emit(call, "segment.changed", "segment", segment, data) : acrm__nomem(call);
}

static int32_t snapshot_make(acrm__call *call, const acrm__rec *segment, size_t size,
                             const acrm__rec *previous, const int64_t *counts, acrm__rec **out)
{
    acrm__rec *snapshot = acrm__new(call, "segment_snapshot");

    if (!snapshot)
        return acrm__nomem(call);
    acrm__set(snapshot, F_segment_snapshot__segment_id, segment->cells[F_ID]);
    acrm__set(snapshot, F_segment_snapshot__filter, segment->cells[F_segment__filter]);
    acrm__set(snapshot, F_segment_snapshot__taken_at, acrm__cell_int(call->now));
    acrm__set(snapshot, F_segment_snapshot__size, acrm__cell_int((int64_t)size));
    acrm__set(snapshot, F_segment_snapshot__owner_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(snapshot, F_segment_snapshot__dealer_id, segment->cells[F_segment__dealer_id]);
    if (previous) {
        acrm__set(snapshot, F_segment_snapshot__previous_id, previous->cells[F_ID]);
        acrm__set(snapshot, F_segment_snapshot__entered,
                  acrm__cell_int(counts[ACRM__IDS_ENTERED]));
        acrm__set(snapshot, F_segment_snapshot__left, acrm__cell_int(counts[ACRM__IDS_LEFT]));
    }
    *out = snapshot;
    return acrm__insert(call, snapshot);
}

static int32_t snapshot_take(acrm__call *call, acrm__ids *before, acrm__ids *who)
{
    acrm__rec *segment = NULL, *previous = NULL, *snapshot = NULL;
    int64_t counts[ACRM__IDS_KINDS] = { 0 };

    int32_t st = acrm__load_arg(call, "segment", "id", &segment);
    if (st == ACRM_OK)
        st = snapshot_previous(call, segment, &previous);
    if (st == ACRM_OK)
        st = snapshot_who(call, segment, who);
    if (st == ACRM_OK && previous)
        st = snapshot_ids(call, previous, before);
    if (st == ACRM_OK && previous)
        st = acrm__ids_compare(before, who, counts, NULL, NULL);
    if (st == ACRM_OK)
        st = snapshot_make(call, segment, who->count, previous, counts, &snapshot);
    if (st == ACRM_OK)
        st = snapshot_members(call, snapshot, who);
    if (st == ACRM_OK && previous)
        st = snapshot_events(call, snapshot, before, who, counts);
    return st == ACRM_OK ? acrm__render(call, snapshot, call->out) : st;
}

int32_t acrm__segment_snapshot(acrm__call *call)
{
    acrm__ids before, who;

    acrm__ids_init(&before, &call->arena->allocator);
    acrm__ids_init(&who, &call->arena->allocator);
    int32_t st = snapshot_take(call, &before, &who);
    acrm__ids_free(&before);
    acrm__ids_free(&who);
    return st;
}

/* --- Comparing two --- */

typedef struct snapshot_lists {
    acrm__call *call;
    acrm_value *lists[ACRM__IDS_STAYED]; /* entered, left */
    int64_t limit;
} snapshot_lists;

static int32_t snapshot_list(void *user, int32_t kind, const unsigned char id[16])
{
    snapshot_lists *out = user;
    char text[37];

    if (kind == ACRM__IDS_STAYED || (int64_t)acrm_value_count(out->lists[kind]) >= out->limit)
        return ACRM_OK;
    acrm__uuid_print(id, text);
    return acrm__add_text(out->lists[kind], text) ? ACRM_OK : acrm__nomem(out->call);
}

static int32_t snapshot_pair(acrm__call *call, acrm__rec **after, acrm__rec **before)
{
    int32_t st = acrm__load_arg(call, "segment_snapshot", "id", after);

    if (st != ACRM_OK)
        return st;
    if (acrm__arg_text(call, "with_id"))
        return acrm__load_arg(call, "segment_snapshot", "with_id", before);
    if (acrm__is_null(*after, F_segment_snapshot__previous_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "with_id",
                          "this is the first snapshot: name another one to compare it with");
    return acrm__load(call, "segment_snapshot",
                      acrm__id(*after, F_segment_snapshot__previous_id), "with_id", before);
}

static int32_t snapshot_compare(acrm__call *call, acrm__ids *was, acrm__ids *is)
{
    snapshot_lists lists = { .call = call, .limit = acrm__arg_int(call, "limit", 100) };
    int64_t counts[ACRM__IDS_KINDS];
    acrm__rec *after = NULL, *before = NULL;

    int32_t st = snapshot_pair(call, &after, &before);
    if (st == ACRM_OK)
        st = snapshot_ids(call, before, was);
    if (st == ACRM_OK)
        st = snapshot_ids(call, after, is);
    if (st != ACRM_OK)
        return st;
    lists.lists[ACRM__IDS_ENTERED] = acrm__put_list(call->out, "entered_ids");
    lists.lists[ACRM__IDS_LEFT] = acrm__put_list(call->out, "left_ids");
    if (!lists.lists[ACRM__IDS_ENTERED] || !lists.lists[ACRM__IDS_LEFT])
        return acrm__nomem(call);
    st = acrm__ids_compare(was, is, counts, snapshot_list, &lists);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "entered", counts[ACRM__IDS_ENTERED]) &&
              acrm__put_int(call->out, "left", counts[ACRM__IDS_LEFT]) &&
              acrm__put_int(call->out, "stayed", counts[ACRM__IDS_STAYED]);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__segment_compare(acrm__call *call)
{
    acrm__ids was, is;

    acrm__ids_init(&was, &call->arena->allocator);
    acrm__ids_init(&is, &call->arena->allocator);
    int32_t st = snapshot_compare(call, &was, &is);
    acrm__ids_free(&was);
    acrm__ids_free(&is);
    return st;
}

/* --- Giving one up --- */

int32_t acrm__segment_drop(acrm__call *call)
{
    acrm__rec *snapshot = NULL;
    acrm__recs page = { NULL, 1 };
    acrm__arena *arena = call->arena, scratch;
    int64_t dropped = 0;

    int32_t st = acrm__load_arg(call, "segment_snapshot", "id", &snapshot);
    if (st != ACRM_OK)
        return st;
    acrm__term of = { F_segment_member__snapshot_id, ACRM_FILTER_EQ, snapshot->cells[F_ID] };
    acrm__arena_init(&scratch, &arena->allocator);
    call->arena = &scratch; /* a million members leave no trace in the call's memory */
    while (st == ACRM_OK && page.count > 0) {
        st = acrm__find(call, &(acrm__select){ .entity = "segment_member", .terms = &of,
            .n_terms = 1, .limit = SNAPSHOT_DROP_STEP, .as_system = true }, &page);
        for (size_t i = 0; st == ACRM_OK && i < page.count; i++)
            st = acrm__purge(call, page.items[i]);
        dropped += st == ACRM_OK ? (int64_t)page.count : 0;
        acrm__arena_reset(&scratch);
        if (st == ACRM_OK)
            st = acrm__progress(call, "drop", dropped, acrm__int(snapshot,
                                                                 F_segment_snapshot__size));
    }
    call->arena = arena;
    acrm__arena_free(&scratch);
    if (st == ACRM_OK)
        st = acrm__remove(call, snapshot, NULL);
    if (st == ACRM_OK && !acrm__put_int(call->out, "members", dropped))
        st = acrm__nomem(call);
    return st;
}
