/* SPDX-License-Identifier: MIT */
/* Field rules of a role, as bits per entity: rendering a list asks for every field of every row. */
#include "kernel/inside.h"

#include <string.h>

enum { FIELD_RULES_HIDDEN = 1, FIELD_RULES_READ_ONLY = 2 };

struct acrm__field_rules {
    struct acrm__field_rules *next;
    const acrm__entity *entity; /* of one registry: a newer one is looked up anew */
    unsigned char *bits;        /* one per field; NULL: no rule for any */
};

static void field_rules_mark(const acrm__entity *entity, const acrm_value *rules,
                             const char *list_name, unsigned char bit, unsigned char *bits)
{
    const acrm_value *list = acrm_value_get(rules, list_name);

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        size_t len;
        const char *name = acrm_value_text(acrm_value_at(list, i), &len);
        uint32_t field = name ? acrm__entity_field(entity, name, len) : UINT32_MAX;
        if (field != UINT32_MAX)
            bits[field] |= bit;
    }
}

static acrm__field_rules *field_rules_make(acrm__principal *principal, const acrm__entity *entity,
                                           const acrm_value *fields)
{
    const acrm_value *rules = acrm_value_get(fields, entity->def->name);
    acrm__field_rules *made = acrm__arena_zero(&principal->arena, sizeof *made);

    if (!made)
        return NULL;
    made->entity = entity;
    if (rules) {
        made->bits = acrm__arena_zero(&principal->arena, entity->n_fields);
        if (!made->bits)
            return NULL;
        field_rules_mark(entity, rules, "hidden", FIELD_RULES_HIDDEN, made->bits);
        field_rules_mark(entity, rules, "read_only", FIELD_RULES_READ_ONLY, made->bits);
    }
    made->next = principal->rules;
    principal->rules = made;
    return made;
}

static const acrm_value *field_rules_of(const acrm__call *call)
{
    return call->as_system ? NULL : acrm_value_get(call->session->principal.role, "fields");
}

bool acrm__has_field_rules(const acrm__call *call)
{
    return acrm_value_count(field_rules_of(call)) > 0;
}

/* Without memory for the bits everything counts as forbidden. */
static bool field_rules_forbid(const acrm__call *call, const acrm__entity *entity, uint32_t field,
                               unsigned char bits)
{
    acrm__principal *principal = &call->session->principal;
    const acrm_value *fields = field_rules_of(call);
    acrm__field_rules *rules;

    if (acrm_value_count(fields) == 0)
        return false;
    for (rules = principal->rules; rules && rules->entity != entity; rules = rules->next)
        ;
    if (!rules)
        rules = field_rules_make(principal, entity, fields);
    if (!rules)
        return true;
    return rules->bits && (rules->bits[field] & bits) != 0;
}

bool acrm__may_see_field(const acrm__call *call, const acrm__entity *entity, uint32_t field)
{
    if (entity->fields[field].def.flags & ACRM__HIDDEN)
        return false;
    return !field_rules_forbid(call, entity, field, FIELD_RULES_HIDDEN);
}

bool acrm__may_write_field(const acrm__call *call, const acrm__entity *entity, uint32_t field)
{
    return !field_rules_forbid(call, entity, field, FIELD_RULES_HIDDEN | FIELD_RULES_READ_ONLY);
}
