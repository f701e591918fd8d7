/* SPDX-License-Identifier: MIT */
/* Ids of the rows that refer to a record, read whole before the first of them is written. */
#include "modules/merge/merge.h"

#include <string.h>

int32_t acrm__merge_take_id(void *user, const acrm_cell *cells, uint32_t n)
{
    acrm__merge_ids *ids = user;

    (void)n;
    if (ids->count == ids->cap) {
        size_t cap = ids->cap ? ids->cap * 4 : 16;
        unsigned char (*items)[16] = acrm__arena_alloc(ids->arena, cap * sizeof *items);
        if (!items)
            return ACRM_E_NOMEM;
        if (ids->count)
            memcpy(items, ids->items, ids->count * sizeof *items);
        ids->items = items;
        ids->cap = cap;
    }
    memcpy(ids->items[ids->count++], cells[0].data, 16);
    return ACRM_OK;
}

int32_t acrm__merge_take_count(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].integer;
    return 1;
}

int32_t acrm__merge_find_ids(acrm__call *call, const acrm__reference *ref,
                             const acrm__entity *target, const unsigned char id[16],
                             const unsigned char after[16], acrm__merge_ids *ids)
{
    static const acrm_expression column = { .column = F_ID };
    acrm__term terms[4];
    size_t n = 0;

    terms[n++] = (acrm__term){ ref->field, ACRM_FILTER_EQ, acrm__cell_blob(id, 16) };
    if (ref->kind != UINT32_MAX)
        terms[n++] = (acrm__term){ ref->kind, ACRM_FILTER_EQ,
                                   acrm__cell_text(target->def->name) };
    /* Rows that are never kept deleted may be indexed as living ones only. */
    if (ref->entity->def->flags & ACRM__NO_AUDIT)
        terms[n++] = (acrm__term){ F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() };
    if (after)
        terms[n++] = (acrm__term){ F_ID, ACRM_FILTER_GT, acrm__cell_blob(after, 16) };
    *ids = (acrm__merge_ids){ .arena = call->arena };
    const acrm_query query = { .struct_size = sizeof query, .table = &ref->entity->table,
                               .where = acrm__where(call, terms, n), .n_select = 1,
                               .select = &column };
    return query.where ? acrm__query(call, &query, acrm__merge_take_id, ids)
                       : acrm__nomem(call);
}
