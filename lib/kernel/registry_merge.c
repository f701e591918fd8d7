/* SPDX-License-Identifier: MIT */
/* What the registry knows for merging records: which fields refer to an entity, which records
 * become one when others do, and that all those references are found without a scan. */
#include "kernel/registry.h"

#include <string.h>

/* --- Which fields refer to an entity --- */

static bool registry_merge_refers(const acrm__fieldinfo *f, const acrm__entity *target)
{
    if (f->def.flags & ACRM__PINNED)
        return false;
    return f->def.type == ACRM__T_REF ? f->target == target->number : f->kind != UINT32_MAX;
}

bool acrm__reference_next(const acrm__registry *r, const acrm__entity *target,
                          acrm__reference *out)
{
    uint32_t e = out->entity ? out->entity->number : 0;
    uint32_t i = out->entity ? out->field + 1 : F_SYSTEM_COUNT;

    for (; e < r->n_entities; e++, i = F_SYSTEM_COUNT) {
        const acrm__entity *entity = r->entities[e];
        for (; i < entity->n_fields; i++) {
            if (!registry_merge_refers(&entity->fields[i], target))
                continue;
            *out = (acrm__reference){ .entity = entity, .field = i,
                                      .kind = entity->fields[i].kind };
            return true;
        }
    }
    return false;
}

/* --- Which entities collapse --- */

/* Whether a record's identity hangs on a reference to something that collapses. */
static bool registry_merge_hangs(const acrm__registry *r, const acrm__entity *entity,
                                 const uint32_t *columns, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const acrm__fieldinfo *f = &entity->fields[columns[i]];
        if (f->kind != UINT32_MAX ||
            (f->target != UINT32_MAX && r->entities[f->target]->collapses))
            return true;
    }
    return false;
}

static bool registry_merge_collapses(const acrm__registry *r, const acrm__entity *entity)
{
    for (uint32_t i = 0; i < entity->table.n_indexes; i++) {
        const acrm_index *index = &entity->table.indexes[i];
        if (index->flags & ACRM_INDEX_UNIQUE &&
            registry_merge_hangs(r, entity, index->columns, index->n_columns))
            return true;
    }
    return registry_merge_hangs(r, entity, entity->same, entity->n_same);
}

void acrm__registry_collapses(acrm__registry *r)
{
    bool more = true;

    for (uint32_t i = 0; i < r->n_entities; i++)
        r->entities[i]->collapses = r->entities[i]->merged != UINT32_MAX;
    while (more) {
        more = false;
        for (uint32_t i = 0; i < r->n_entities; i++) {
            acrm__entity *entity = r->entities[i];
            if (entity->collapses || !registry_merge_collapses(r, entity))
                continue;
            entity->collapses = more = true;
        }
    }
}

/* --- That references to them are indexed --- */

/* Rows that are never kept as deleted ones are all found by an index of the living. */
static bool registry_merge_indexed(const acrm__entity *entity, uint32_t field)
{
    bool purged = (entity->def->flags & ACRM__NO_AUDIT) != 0;

    for (uint32_t i = 0; i < entity->table.n_indexes; i++) {
        const acrm_index *index = &entity->table.indexes[i];
        if (index->columns[0] == field && (purged || !(index->flags & ACRM_INDEX_LIVE)))
            return true;
    }
    return false;
}

bool acrm__registry_index_references(acrm__registry *r, acrm__entity *entity)
{
    bool again = false;

    for (uint32_t i = F_SYSTEM_COUNT; i < entity->n_fields; i++) {
        acrm__fieldinfo *f = &entity->fields[i];
        bool refers = f->kind != UINT32_MAX ||
                      (f->target != UINT32_MAX && r->entities[f->target]->collapses);
        if (!refers || f->def.flags & ACRM__PINNED || registry_merge_indexed(entity, i))
            continue;
        f->def.flags |= ACRM__INDEXED;
        again = true;
    }
    return again;
}
