/* SPDX-License-Identifier: MIT */
/*
 * Guarded records: while the guard field of a record is set, only who has the right
 * privacy.see_restricted sees it, and what is about it. Sessions learn with their rights whether
 * there is any such record at all, so that the usual query has no more to look at.
 */
#include "kernel/inside.h"

enum { GUARD_VIA_MAX = 4 };

static const char guard_right[] = "privacy.see_restricted";

int32_t acrm__guard_look(acrm__call *call)
{
    acrm_session *session = call->session;
    const acrm__registry *r = session->registry;
    acrm__call system = *call;
    int32_t st = ACRM_OK;

    session->principal.guarded = false;
    if (session->principal.kind != ACRM__PRINCIPAL_USER || acrm__may(session, guard_right))
        return ACRM_OK;
    system.as_system = true;
    for (uint32_t e = 0; st == ACRM_OK && e < r->n_entities; e++) {
        const acrm__entity *entity = r->entities[e];
        const acrm__term set = { entity->guard, ACRM_FILTER_GT, acrm__cell_int(0) };
        acrm__rec *any = NULL;
        if (entity->guard == UINT32_MAX)
            continue;
        st = acrm__find_one(&system, &(acrm__select){ .entity = entity->def->name, .terms = &set,
                                                      .n_terms = 1, .with_deleted = true }, &any);
        session->principal.guarded = session->principal.guarded || any;
    }
    return st;
}

/* The record that decides about records of this entity: through its subject, or as it is seen. */
static uint32_t guard_way(const acrm__entity *entity)
{
    uint32_t subject = entity->subject;

    if (subject != UINT32_MAX && entity->fields[subject].target != UINT32_MAX)
        return subject;
    return entity->via;
}

int32_t acrm__guard_node(acrm__call *call, const acrm__entity *entity, int32_t depth,
                         const acrm_filter_node **out)
{
    const acrm__registry *r = call->session->registry;
    const acrm_filter_node *inner = NULL;
    uint32_t way = guard_way(entity);

    *out = NULL;
    if (!call->session->principal.guarded || call->as_system || depth > GUARD_VIA_MAX)
        return ACRM_OK;
    if (entity->guard != UINT32_MAX) {
        const acrm__term set = { entity->guard, ACRM_FILTER_NE, acrm__cell_null() };
        *out = acrm__where(call, &set, 1);
        return *out ? ACRM_OK : acrm__nomem(call);
    }
    if (way == UINT32_MAX || entity->fields[way].target == UINT32_MAX)
        return ACRM_OK;
    const acrm__entity *target = r->entities[entity->fields[way].target];
    int32_t st = acrm__guard_node(call, target, depth + 1, &inner);
    if (st != ACRM_OK || !inner)
        return st;
    acrm_filter_node *node = acrm__arena_zero(call->arena, sizeof *node);
    if (!node)
        return acrm__nomem(call);
    *node = (acrm_filter_node){ .op = ACRM_FILTER_RELATED, .column = way,
                                .related = &target->table, .related_column = F_ID,
                                .n_children = 1, .children = inner };
    *out = node;
    return ACRM_OK;
}

int32_t acrm__guard_hides(acrm__call *call, const acrm__rec *rec, bool *out)
{
    const acrm__registry *r = call->session->registry;
    const acrm__entity *entity = rec->entity;
    const acrm_cell *cells = rec->cells;

    *out = false;
    if (!call->session->principal.guarded || call->as_system)
        return ACRM_OK;
    for (int32_t depth = 0; depth <= GUARD_VIA_MAX; depth++) {
        uint32_t way = guard_way(entity);
        if (entity->guard != UINT32_MAX) {
            *out = cells[entity->guard].type != ACRM_CELL_NULL;
            return ACRM_OK;
        }
        if (way == UINT32_MAX || entity->fields[way].target == UINT32_MAX ||
            cells[way].type != ACRM_CELL_BLOB)
            return ACRM_OK;
        entity = r->entities[entity->fields[way].target];
        int32_t st = acrm__row_by_key(call, &entity->table, &cells[way], &cells);
        if (st != ACRM_OK || !cells)
            return st;
    }
    return ACRM_OK;
}
