/* SPDX-License-Identifier: MIT */
/* References: each must name a live record that the session may see. What was found is remembered
 * for the rest of the transaction, so that bulk work asks once. */
#include "kernel/inside.h"

#include <string.h>

enum { REFERENCES_SLOTS = 256 };

typedef struct references_slot {
    uint64_t epoch;
    uint32_t entity; /* number + 1; 0: empty */
    bool as_system;
    unsigned char id[16];
} references_slot;

static references_slot *references_slot_of(acrm__call *call, uint32_t entity,
                                           const unsigned char id[16])
{
    acrm_session *s = call->session;
    uint32_t tail;

    if (!s->reference_cache)
        s->reference_cache = acrm__alloc_zero(&s->engine->allocator,
                                              REFERENCES_SLOTS * sizeof(references_slot));
    if (!s->reference_cache)
        return NULL;
    memcpy(&tail, id + 12, sizeof tail);
    return (references_slot *)s->reference_cache + ((tail ^ entity) & (REFERENCES_SLOTS - 1));
}

void acrm__references_forget(acrm_session *session)
{
    session->reference_epoch[true]++;
    acrm__references_doubt(session);
}

void acrm__references_doubt(acrm_session *session)
{
    session->reference_epoch[false]++;
}

void acrm__references_free(acrm_session *session)
{
    acrm__free(&session->engine->allocator, session->reference_cache,
               REFERENCES_SLOTS * sizeof(references_slot));
    session->reference_cache = NULL;
}

static void references_keep(acrm__call *call, references_slot *slot, uint32_t entity,
                            const unsigned char id[16], bool as_system)
{
    *slot = (references_slot){ .entity = entity + 1, .as_system = as_system,
                               .epoch = call->session->reference_epoch[as_system] };
    memcpy(slot->id, id, sizeof slot->id);
}

/* Kept only where something was looked for before: a lone create needs no such memory. */
void acrm__references_see(acrm__call *call, const acrm__rec *rec, bool as_system)
{
    const unsigned char *id = acrm__id(rec, F_ID);
    uint32_t entity = rec->entity->number;

    if (call->session->reference_cache && call->session->in_transaction == 2)
        references_keep(call, references_slot_of(call, entity, id), entity, id, as_system);
}

void acrm__references_remember(acrm__call *call, const acrm__rec *rec)
{
    if (call->as_system)
        acrm__references_see(call, rec, true);
}

static int32_t references_check(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                acrm_value *faults)
{
    const acrm__fieldinfo *f = &rec->entity->fields[field];
    const acrm__entity *target = call->session->registry->entities[f->target];
    const unsigned char *id = acrm__id(rec, field);
    acrm__rec *found = NULL;

    references_slot *slot = references_slot_of(call, target->number, id);
    if (!slot)
        return ACRM_E_NOMEM;
    if (slot->entity == target->number + 1 && memcmp(slot->id, id, 16) == 0 &&
        slot->as_system == call->as_system &&
        slot->epoch == call->session->reference_epoch[slot->as_system])
        return ACRM_OK;
    int32_t st = acrm__load_or_null(call, target, id, &found);
    if (st != ACRM_OK)
        return st;
    if (!found)
        return acrm__fault(faults, f->def.name, "reference", "%s names no %s", f->def.name,
                           target->def->name);
    /* A reference to a merged record becomes one to the record it stands for. */
    if (memcmp(acrm__id(found, F_ID), id, 16) != 0) {
        rec->cells[field] = found->cells[F_ID];
        return ACRM_OK;
    }
    references_keep(call, slot, target->number, id, call->as_system);
    return ACRM_OK;
}

int32_t acrm__check_references(acrm__call *call, const acrm__rec *rec, acrm_value *faults)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        if (rec->entity->fields[i].target == UINT32_MAX || !acrm__id(rec, i) ||
            !acrm__changed(rec, i))
            continue;
        int32_t st = references_check(call, rec, i, faults);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}
