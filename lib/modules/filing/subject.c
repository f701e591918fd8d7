/* SPDX-License-Identifier: MIT */
/* The record that something is filed with: any record of any entity, its customer and dealer. */
#include "kernel/inside.h"
#include "modules/filing/filing.h"

#include <string.h>

/* The customer itself, the one whose key seals the record, or the one it names. */
static acrm_cell subject_customer(const acrm__rec *record)
{
    const acrm__entity *entity = record->entity;
    const uint32_t fields[] = { entity->subject, entity->customer,
                                acrm__field_of(entity, "customer_id") };

    if (strcmp(entity->def->name, "customer") == 0)
        return record->cells[F_ID];
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (fields[i] == UINT32_MAX)
            continue;
        const acrm__field *def = &entity->fields[fields[i]].def;
        if (def->type == ACRM__T_REF && strcmp(def->target, "customer") == 0)
            return record->cells[fields[i]];
    }
    return acrm__cell_null();
}

int32_t acrm__filing_subject(acrm__call *call, const char *entity, const char *entity_arg,
                             const unsigned char id[16], const char *id_arg, acrm__filed *out)
{
    const acrm__entity *known = acrm__registry_entity(call->session->registry, entity,
                                                      strlen(entity));

    if (!known)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", entity_arg,
                          "there is no entity %.64s", entity);
    int32_t st = acrm__load(call, known->def->name, id, id_arg, &out->record);
    if (st != ACRM_OK)
        return st;
    out->customer = subject_customer(out->record);
    out->dealer = known->dealer == UINT32_MAX ? acrm__cell_null()
                                              : out->record->cells[known->dealer];
    return ACRM_OK;
}

int32_t acrm__filing_subject_arg(acrm__call *call, acrm__filed *out)
{
    unsigned char id[16];

    acrm__arg_id(call, "id", id);
    return acrm__filing_subject(call, acrm__arg_text(call, "entity"), "entity", id, "id", out);
}
