/* SPDX-License-Identifier: MIT */
/* References by a natural key: the record that a text names, found once and remembered. */
#include "modules/integration/upsert.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { REFERENCE_SLOTS = 512, REFERENCE_TEXT = 64 };

struct acrm__upsert_cache {
    struct {
        uint32_t entity, by; /* entity + 1; 0: empty */
        char text[REFERENCE_TEXT];
        const acrm_value *id;
    } slots[REFERENCE_SLOTS];
};

/* Records of the entity that is imported come and go as rows are undone: they are not kept. */
static bool reference_slot(acrm__upsert_plan *plan, uint32_t entity, uint32_t by, const char *text,
                           uint32_t *out)
{
    size_t len = strlen(text);

    if (len >= REFERENCE_TEXT || entity == plan->entity->number)
        return false;
    if (!plan->cache)
        plan->cache = acrm__arena_zero(plan->arena, sizeof *plan->cache);
    *out = (uint32_t)(acrm__hash(text, len) ^ entity ^ by << 8) % REFERENCE_SLOTS;
    return plan->cache != NULL;
}

static int32_t reference_find(acrm__call *call, const acrm__entity *entity, uint32_t by,
                              const char *text, acrm__recs *out, acrm__upsert_fault *fault)
{
    const acrm__fieldinfo *f = &entity->fields[by];
    acrm_value *value = acrm__value_in(call->arena), *faults = acrm__value_in(call->arena);
    acrm__term term = { by, ACRM_FILTER_EQ, acrm__cell_null() };
    int32_t st = ACRM_OK;

    if (!value || !faults || acrm_value_set_list(faults) != ACRM_OK ||
        acrm_value_set_text(value, text, strlen(text)) != ACRM_OK)
        return acrm__nomem(call);
    if (f->def.flags & ACRM__ENCRYPTED) {
        term.field = f->blind;
        st = acrm__blind(call, entity, by, text, strlen(text), &term.value);
    } else {
        st = acrm__decode(call, f, value, f->def.name, &term.value, faults);
    }
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    if (term.value.type == ACRM_CELL_NULL) {
        fault->reason = "reference";
        snprintf(fault->message, sizeof fault->message, "no %s has such a %s", entity->def->name,
                 f->def.name);
        return ACRM_OK;
    }
    return acrm__find(call, &(acrm__select){ .entity = entity->def->name, .terms = &term,
                                             .n_terms = 1, .limit = 2 }, out);
}

int32_t acrm__upsert_reference(acrm__call *call, acrm__upsert_plan *plan, uint32_t entity,
                               uint32_t by, const char *text, const acrm_value **out,
                               acrm__upsert_fault *fault)
{
    const acrm__entity *target = call->session->registry->entities[entity];
    uint32_t slot = 0;
    acrm__recs found = { NULL, 0 };
    char id[37];

    bool cached = reference_slot(plan, entity, by, text, &slot);
    if (cached && plan->cache->slots[slot].entity == entity + 1 &&
        plan->cache->slots[slot].by == by && strcmp(plan->cache->slots[slot].text, text) == 0) {
        *out = plan->cache->slots[slot].id;
        return ACRM_OK;
    }
    int32_t st = reference_find(call, target, by, text, &found, fault);
    if (st != ACRM_OK || fault->reason)
        return st;
    if (found.count != 1) {
        fault->reason = found.count ? "ambiguous" : "reference";
        snprintf(fault->message, sizeof fault->message, "%s %s has this %s",
                 found.count ? "more than one" : "no", target->def->name,
                 target->fields[by].def.name);
        return ACRM_OK;
    }
    acrm_value *value = acrm__value_in(cached ? plan->arena : call->arena);
    acrm__uuid_print(acrm__id(found.items[0], F_ID), id);
    if (!value || acrm_value_set_text(value, id, 36) != ACRM_OK)
        return acrm__nomem(call);
    if (cached) {
        plan->cache->slots[slot].entity = entity + 1;
        plan->cache->slots[slot].by = by;
        plan->cache->slots[slot].id = value;
        memcpy(plan->cache->slots[slot].text, text, strlen(text) + 1);
    }
    *out = value;
    return ACRM_OK;
}
