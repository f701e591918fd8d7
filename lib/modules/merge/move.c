/* SPDX-License-Identifier: MIT */
/*
 * Moving references: every field that the registry knows to name a customer, custom ones and pairs
 * of entity and id too, and every row that names one that goes, deleted rows too. A row that the
 * survivor has the same of collapses: it is deleted, and what refers to it moves on to the twin.
 *
 * The cost is that of the rows: each field is looked up by its index once, and each row is read,
 * written, audited and noted once, in memory that is given back before the next.
 */
#include "modules/merge/merge.h"

#include <string.h>

/* References to `from` become references to `to`. */
typedef struct move_pair {
    struct move_pair *next;
    const acrm__entity *entity;
    unsigned char from[16], to[16];
} move_pair;

typedef struct move_run {
    acrm__merge *merge;
    move_pair *first, **last;
    acrm__arena *arena; /* of the call: what must outlive the row */
} move_run;

/* --- One row --- */

static int32_t move_push(move_run *run, const acrm__entity *entity, const unsigned char from[16],
                         const unsigned char to[16])
{
    move_pair *pair = acrm__arena_zero(run->arena, sizeof *pair);

    if (!pair)
        return acrm__nomem(run->merge->call);
    pair->entity = entity;
    memcpy(pair->from, from, 16);
    memcpy(pair->to, to, 16);
    *run->last = pair;
    run->last = &pair->next;
    return ACRM_OK;
}

/* The same record by the columns of a key, in which a NULL is never the same. `swapped`: with the
 * two fields of `apart` exchanged. */
static int32_t move_by_key(acrm__call *call, const acrm__rec *rec, const uint32_t *columns,
                           uint32_t n, bool swapped, acrm__rec **out)
{
    acrm__term terms[ACRM__SAME_MAX + 1];
    const uint32_t *apart = rec->entity->apart;
    uint32_t used = 0;

    for (uint32_t i = 0; i < n && i < ACRM__SAME_MAX; i++) {
        uint32_t from = columns[i];
        if (swapped && (from == apart[0] || from == apart[1]))
            from = from == apart[0] ? apart[1] : apart[0];
        if (acrm__is_null(rec, from))
            return ACRM_OK;
        terms[used++] = (acrm__term){ columns[i], ACRM_FILTER_EQ, rec->cells[from] };
    }
    terms[used++] = (acrm__term){ F_ID, ACRM_FILTER_NE, rec->cells[F_ID] };
    return acrm__find_one(call, &(acrm__select){ .entity = rec->entity->def->name, .terms = terms,
                                                 .n_terms = used, .as_system = true }, out);
}

static bool move_has(const uint32_t *columns, uint32_t n, uint32_t field)
{
    for (uint32_t i = 0; i < n; i++)
        if (columns[i] == field)
            return true;
    return field == UINT32_MAX;
}

int32_t acrm__merge_twin(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm__rec **out)
{
    const acrm__entity *entity = rec->entity;
    int32_t st = ACRM_OK;

    *out = NULL;
    for (uint32_t i = 0; i < entity->table.n_indexes && st == ACRM_OK && !*out; i++) {
        const acrm_index *index = &entity->table.indexes[i];
        if (index->flags & ACRM_INDEX_UNIQUE && move_has(index->columns, index->n_columns, field))
            st = move_by_key(call, rec, index->columns, index->n_columns, false, out);
    }
    if (st != ACRM_OK || *out || field == UINT32_MAX || entity->n_same == 0 ||
        !move_has(entity->same, entity->n_same, field))
        return st;
    st = move_by_key(call, rec, entity->same, entity->n_same, false, out);
    if (st == ACRM_OK && !*out && entity->mirror != UINT32_MAX && acrm__int(rec, entity->mirror))
        st = move_by_key(call, rec, entity->same, entity->n_same, true, out);
    return st;
}

static int32_t move_show(acrm__merge *merge, const acrm__merge_note *note)
{
    acrm__call *call = merge->call;
    const char *twin = note->twin ? acrm__id_text(call, note->twin) : NULL;
    acrm_value *item;

    merge->n_collapsed++;
    if (acrm_value_count(merge->collapsed) >= ACRM__MERGE_SHOWN)
        return ACRM_OK;
    item = acrm__add_map(merge->collapsed);
    bool ok = item && acrm__put_text(item, "action", note->action) &&
              acrm__put_text(item, "entity", note->rec->entity->def->name) &&
              acrm__put_text(item, "id", acrm__id_text(call, acrm__id(note->rec, F_ID))) &&
              acrm__put_text(item, "same_as", twin);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static bool move_names_twice(const acrm__rec *rec)
{
    const uint32_t *apart = rec->entity->apart;

    return apart[0] != UINT32_MAX && !acrm__is_null(rec, apart[0]) &&
           acrm__cell_equal(&rec->cells[apart[0]], &rec->cells[apart[1]]);
}

/* What is to become of a row whose reference has been set; `note` says it. */
static int32_t move_judge(move_run *run, const acrm__reference *ref, const move_pair *pair,
                          acrm__rec *rec, acrm__merge_note *note)
{
    acrm__call *call = run->merge->call;
    acrm__rec *twin = NULL;
    bool required = (ref->entity->fields[ref->field].def.flags & ACRM__REQUIRED) != 0;

    if (ref->entity == pair->entity && memcmp(acrm__id(rec, F_ID), pair->to, 16) == 0 &&
        !required) {
        note->action = "cleared";
        note->to = NULL;
        acrm__set(rec, ref->field, acrm__cell_null());
        return ACRM_OK;
    }
    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (move_names_twice(rec)) {
        note->action = "dropped";
        acrm__set(rec, F_DELETED_AT, acrm__cell_int(call->now));
        return ACRM_OK;
    }
    int32_t st = acrm__merge_twin(call, rec, ref->field, &twin);
    if (st != ACRM_OK || !twin)
        return st;
    note->action = "collapsed";
    note->twin = acrm__id(twin, F_ID);
    acrm__set(rec, F_DELETED_AT, acrm__cell_int(call->now));
    return ACRM_OK;
}

static int32_t move_row(move_run *run, const acrm__reference *ref, const move_pair *pair,
                        const unsigned char id[16])
{
    acrm__merge *merge = run->merge;
    acrm__call *call = merge->call;
    acrm__rec *rec = NULL;
    acrm__merge_note note = { .action = "moved", .field = ref->entity->fields[ref->field].def.name,
                              .from = pair->from, .to = pair->to };

    int32_t st = acrm__load_any(call, ref->entity, id, &rec);
    if (st != ACRM_OK || !rec)
        return st;
    acrm__set(rec, ref->field, acrm__cell_blob(pair->to, 16));
    st = move_judge(run, ref, pair, rec, &note);
    if (st == ACRM_OK)
        st = acrm__repoint(call, rec);
    note.rec = rec;
    if (st == ACRM_OK)
        st = acrm__merge_note_item(merge, &note);
    if (st == ACRM_OK && (note.twin || strcmp(note.action, "dropped") == 0))
        st = move_show(merge, &note);
    if (st == ACRM_OK && note.twin && ref->entity->collapses)
        st = move_push(run, ref->entity, id, note.twin);
    merge->moved[ref->entity->number]++;
    merge->n_moved++;
    return st;
}

/* --- All of them --- */

enum { MOVE_PROGRESS_ROWS = 1024 };

void acrm__merge_sweep(const acrm__call *call, const struct acrm__queued_event *told,
                       acrm__arena *arena, acrm__arena *scratch)
{
    if (call->session->events_tail != told)
        acrm__arena_adopt(arena, scratch);
    else
        acrm__arena_reset(scratch);
}

static int32_t move_reference(move_run *run, const acrm__reference *ref, const move_pair *pair)
{
    acrm__call *call = run->merge->call;
    acrm__arena scratch;
    acrm__merge_ids ids;

    int32_t st = acrm__merge_find_ids(call, ref, pair->entity, pair->from, NULL, &ids);
    if (st != ACRM_OK || ids.count == 0)
        return st;
    acrm__arena_init(&scratch, &run->arena->allocator);
    call->arena = &scratch;
    for (size_t i = 0; i < ids.count && st == ACRM_OK; i++) {
        const struct acrm__queued_event *told = call->session->events_tail;
        st = move_row(run, ref, pair, ids.items[i]);
        acrm__merge_sweep(call, told, run->arena, &scratch);
        if (st == ACRM_OK && i % MOVE_PROGRESS_ROWS == MOVE_PROGRESS_ROWS - 1)
            st = acrm__progress(call, "merge", (int64_t)i + 1, (int64_t)ids.count);
    }
    call->arena = run->arena;
    acrm__arena_free(&scratch);
    return st;
}

int32_t acrm__merge_move(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    const acrm__registry *r = call->session->registry;
    move_run run = { .merge = merge, .arena = call->arena };
    int32_t st = ACRM_OK;

    run.last = &run.first;
    for (size_t i = 0; i < merge->n_others && st == ACRM_OK; i++)
        st = move_push(&run, merge->customer, acrm__id(merge->others[i], F_ID),
                       acrm__id(merge->survivor, F_ID));
    for (const move_pair *pair = run.first; pair && st == ACRM_OK; pair = pair->next) {
        acrm__reference ref = { NULL, 0, 0 };
        while (st == ACRM_OK && acrm__reference_next(r, pair->entity, &ref))
            st = move_reference(&run, &ref, pair);
    }
    return st;
}
