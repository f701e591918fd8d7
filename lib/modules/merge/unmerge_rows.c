/* SPDX-License-Identifier: MIT */
/* What a merge moved goes back, the last thing first, and what came about since is told. */
#include "base/json.h"
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"

#include <string.h>

enum { ROWS_CONFLICTS_SHOWN = 1000, ROWS_SINCE_SHOWN = 20, ROWS_PROGRESS = 1024 };

int32_t acrm__unmerge_conflict(acrm__unmerge *undo, const char *what, const char *entity,
                               const unsigned char id[16], const char *field)
{
    undo->n_conflicts++;
    if (acrm_value_count(undo->conflicts) >= ROWS_CONFLICTS_SHOWN)
        return ACRM_OK;
    acrm_value *item = acrm__add_map(undo->conflicts);
    bool ok = item && acrm__put_text(item, "conflict", what) &&
              acrm__put_text(item, "entity", entity) &&
              acrm__put_text(item, "id", acrm__id_text(undo->call, id)) &&
              acrm__put_text(item, "field", field) &&
              acrm__put_text(item, "now", undo->restore ? "restored" : "kept");
    return ok ? ACRM_OK : acrm__nomem(undo->call);
}

/* --- Whether somebody changed a row since --- */

/* Merging and undoing raise the version too; the audit tells who did. */
static int32_t rows_changed(acrm__unmerge *undo, const acrm__rec *rec, int64_t version, bool *out)
{
    acrm__call *call = undo->call;
    const acrm__term terms[] = {
        { ACRM__AUDIT_RECORD, ACRM_FILTER_EQ, rec->cells[F_ID] },
        { ACRM__AUDIT_SEQ, ACRM_FILTER_GT,
          undo->record->cells[F_customer_merge__audit_seq] },
        { ACRM__AUDIT_OPERATION, ACRM_FILTER_NE, acrm__cell_text("customer.merge") },
        { ACRM__AUDIT_OPERATION, ACRM_FILTER_NE, acrm__cell_text("customer.unmerge") },
    };
    static const acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    int64_t n = 0;

    *out = acrm__int(rec, F_VERSION) != version;
    if (!*out || rec->entity->def->flags & ACRM__NO_AUDIT)
        return ACRM_OK;
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_AUDIT], .n_select = 1,
                               .select = &count, .where = acrm__where(call, terms, 4) };
    int32_t st = query.where ? acrm__query(call, &query, acrm__merge_take_count, &n)
                             : acrm__nomem(call);
    *out = n > 0;
    return st;
}

/* --- One item --- */

typedef struct rows_item {
    const acrm__rec *item;
    const char *entity, *field;
    const unsigned char *id;
    acrm__rec *rec;
    uint32_t number; /* of the field */
} rows_item;

static bool rows_same(const unsigned char *a, const unsigned char *b)
{
    return a && b ? memcmp(a, b, 16) == 0 : a == b;
}

/* A record deleted by the merge lives again, unless its place was taken meanwhile. */
static int32_t rows_revive(acrm__unmerge *undo, rows_item *it, bool changed)
{
    acrm__rec *twin = NULL;

    if (acrm__is_null(it->rec, F_DELETED_AT))
        return ACRM_OK;
    if (changed && !undo->restore)
        return acrm__unmerge_conflict(undo, "row_deleted", it->entity, it->id, NULL);
    int32_t st = acrm__merge_twin(undo->call, it->rec, UINT32_MAX, &twin);
    if (st == ACRM_OK && twin)
        return acrm__unmerge_conflict(undo, "taken", it->entity, it->id, NULL);
    if (st == ACRM_OK)
        acrm__set(it->rec, F_DELETED_AT, acrm__cell_null());
    return st;
}

/* The reference goes back. *moved_on: it leads elsewhere by now, and is left so unless restored. */
static int32_t rows_reference(acrm__unmerge *undo, rows_item *it, bool *moved_on)
{
    const unsigned char *now = acrm__id(it->rec, it->number);
    const unsigned char *from = acrm__id(it->item, F_customer_merge_item__from_id);

    *moved_on = false;
    if (rows_same(now, from))
        return ACRM_OK;
    if (!rows_same(now, acrm__id(it->item, F_customer_merge_item__to_id))) {
        int32_t st = acrm__unmerge_conflict(undo, "moved_on", it->entity, it->id, it->field);
        *moved_on = true;
        if (st != ACRM_OK || !undo->restore)
            return st;
    }
    acrm__set(it->rec, it->number, acrm__cell_blob(from, 16));
    return ACRM_OK;
}

static int32_t rows_back(acrm__unmerge *undo, rows_item *it)
{
    const char *action = acrm__text(it->item, F_customer_merge_item__action);
    bool dead = strcmp(action, "collapsed") == 0 || strcmp(action, "dropped") == 0;
    bool changed = false, moved_on;

    int32_t st = rows_changed(undo, it->rec,
                              acrm__int(it->item, F_customer_merge_item__row_version), &changed);
    if (st == ACRM_OK)
        st = rows_reference(undo, it, &moved_on);
    if (st != ACRM_OK || (moved_on && !undo->restore))
        return st;
    bool deleted = !acrm__is_null(it->rec, F_DELETED_AT);
    if (dead) {
        st = rows_revive(undo, it, changed);
    } else if (changed && deleted) {
        st = acrm__unmerge_conflict(undo, "row_deleted", it->entity, it->id, NULL);
        if (st == ACRM_OK && undo->restore)
            acrm__set(it->rec, F_DELETED_AT, acrm__cell_null());
    } else if (changed && !moved_on && !rows_same(it->id, acrm__id(undo->survivor, F_ID))) {
        st = acrm__unmerge_conflict(undo, "row_changed", it->entity, it->id, NULL);
    }
    if (st == ACRM_OK)
        st = acrm__repoint(undo->call, it->rec);
    undo->n_moved += st == ACRM_OK;
    return st;
}

static int32_t rows_item_back(acrm__unmerge *undo, const unsigned char item_id[16])
{
    acrm__call *call = undo->call;
    acrm__rec *item = NULL;
    rows_item it = { .number = UINT32_MAX };

    int32_t st = acrm__load(call, "customer_merge_item", item_id, "id", &item);
    if (st != ACRM_OK)
        return st;
    it.item = item;
    it.entity = acrm__text(item, F_customer_merge_item__entity);
    it.field = acrm__text(item, F_customer_merge_item__field);
    it.id = acrm__id(item, F_customer_merge_item__record_id);
    const acrm__entity *entity = acrm__entity_of(call, it.entity);
    if (entity)
        it.number = acrm__field_of(entity, it.field);
    if (it.number == UINT32_MAX) /* a custom one that was retired */
        return acrm__unmerge_conflict(undo, "entity_gone", it.entity, it.id, it.field);
    st = acrm__load_any(call, entity, it.id, &it.rec);
    if (st == ACRM_OK && !it.rec)
        return acrm__unmerge_conflict(undo, "row_gone", it.entity, it.id, it.field);
    return st == ACRM_OK ? rows_back(undo, &it) : st;
}

/* --- All items, from the last --- */

static int32_t rows_items(acrm__unmerge *undo, acrm__merge_ids *ids)
{
    static const acrm_expression columns[] = {
        { .column = F_ID }, { .column = F_customer_merge_item__position },
    };
    static const acrm_order last_first = { .expression = 1, .descending = 1 };
    acrm__call *call = undo->call;
    const acrm__term terms[] = {
        { F_customer_merge_item__merge_id, ACRM_FILTER_EQ, undo->record->cells[F_ID] },
        { F_customer_merge_item__action, ACRM_FILTER_NE, acrm__cell_text("field") },
    };
    const acrm_query query = { .struct_size = sizeof query, .n_select = 2, .select = columns,
                               .table = &acrm__entity_of(call, "customer_merge_item")->table,
                               .where = acrm__where(call, terms, 2), .n_order = 1,
                               .order = &last_first };

    *ids = (acrm__merge_ids){ .arena = call->arena };
    return query.where ? acrm__query(call, &query, acrm__merge_take_id, ids) : acrm__nomem(call);
}

int32_t acrm__unmerge_rows(acrm__unmerge *undo)
{
    acrm__call *call = undo->call;
    acrm__arena *arena = call->arena, scratch;
    acrm__merge_ids ids;

    int32_t st = rows_items(undo, &ids);
    acrm__arena_init(&scratch, &arena->allocator);
    call->arena = &scratch;
    for (size_t i = 0; st == ACRM_OK && i < ids.count; i++) {
        const struct acrm__queued_event *told = call->session->events_tail;
        st = rows_item_back(undo, ids.items[i]);
        acrm__merge_sweep(call, told, arena, &scratch);
        if (st == ACRM_OK && i % ROWS_PROGRESS == ROWS_PROGRESS - 1)
            st = acrm__progress(call, "unmerge", (int64_t)i + 1, (int64_t)ids.count);
    }
    call->arena = arena;
    acrm__arena_free(&scratch);
    return st;
}

/* --- What came to the survivor since --- */

static int32_t rows_since_of(acrm__unmerge *undo, const acrm__reference *ref, acrm_value *list)
{
    acrm__call *call = undo->call;
    acrm__merge_ids ids = { .arena = call->arena };
    int32_t st = acrm__merge_find_ids(call, ref, undo->customer,
                                      acrm__id(undo->survivor, F_ID),
                                      acrm__id(undo->record, F_customer_merge__end_id), &ids);

    if (st != ACRM_OK || ids.count == 0)
        return st;
    acrm_value *item = acrm__add_map(list);
    bool ok = item && acrm__put_text(item, "entity", ref->entity->def->name) &&
              acrm__put_text(item, "field", ref->entity->fields[ref->field].def.name) &&
              acrm__put_int(item, "count", (int64_t)ids.count);
    acrm_value *shown = ok ? acrm__put_list(item, "ids") : NULL;
    ok = shown != NULL;
    for (size_t i = 0; ok && i < ids.count && i < ROWS_SINCE_SHOWN; i++)
        ok = acrm__add_text(shown, acrm__id_text(call, ids.items[i]));
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__unmerge_since(acrm__unmerge *undo, acrm_value *list)
{
    acrm__reference ref = { NULL, 0, 0 };
    int32_t st = ACRM_OK;

    while (st == ACRM_OK &&
           acrm__reference_next(undo->call->session->registry, undo->customer, &ref))
        if (!(ref.entity->def->flags & ACRM__NO_AUDIT))
            st = rows_since_of(undo, &ref, list);
    return st;
}
