/* SPDX-License-Identifier: MIT */
/* What the names in a mapping mean: fields, channels, related records, references by a field. */
#include "modules/integration/upsert.h"

#include <string.h>

bool acrm__upsert_is_channel(const char *name)
{
    static const char *const channels[] = { "phone", "email", "address", "messenger", "fax",
                                            "web" };

    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
        if (strcmp(channels[i], name) == 0)
            return true;
    return false;
}

static bool target_fault(acrm_value *faults, const char *place, const char *reason,
                         const char *format, const char *a, const char *b)
{
    (void)acrm__fault(faults, place, reason, format, a, b);
    return false;
}

static bool target_writable(const acrm__call *call, const acrm__entity *entity, uint32_t n,
                            const char *place, acrm_value *faults)
{
    uint32_t flags = entity->fields[n].def.flags;

    if (n < F_SYSTEM_COUNT || flags & (ACRM__READ_ONLY | ACRM__HIDDEN) ||
        !acrm__may_write_field(call, entity, n))
        return target_fault(faults, place, "read_only", "%s of %s cannot be imported",
                            entity->fields[n].def.name, entity->def->name);
    return true;
}

/* A child of the plan with this relation and item, or a new one. */
static int32_t target_child(acrm__call *call, acrm__upsert_plan *plan,
                            const acrm__inverse *inverse, const char *item, const acrm_value *set)
{
    for (uint32_t i = 0; item[0] && i < plan->n_children; i++)
        if (plan->children[i].relation == inverse->name &&
            strcmp(plan->children[i].item, item) == 0)
            return (int32_t)i;
    if (plan->n_children == ACRM__UPSERT_CHILDREN_MAX)
        return -1;
    acrm__upsert_child *child = &plan->children[plan->n_children];
    *child = (acrm__upsert_child){ .entity = call->session->registry->entities[inverse->entity],
                                   .parent = inverse->field, .relation = inverse->name,
                                   .item = item, .set = set };
    child->contact = strcmp(child->entity->def->name, "contact_point") == 0;
    return (int32_t)plan->n_children++;
}

/* Constants of a channel: {"channel": "phone"} over what the mapping sets. */
static const acrm_value *target_channel_set(acrm__call *call, const acrm__upsert_plan *plan,
                                            const char *channel, const acrm_value *set)
{
    acrm_value *own = acrm__value_in(call->arena);
    bool ok = own && acrm_value_set_map(own) == ACRM_OK;

    for (size_t i = 0; ok && i < acrm_value_count(set); i++)
        ok = acrm__put_value(own, acrm_value_key(set, i, NULL), acrm_value_at(set, i));
    if (ok && channel)
        ok = acrm__put_text(own, "channel", channel);
    if (ok && plan->country && !acrm_value_get(own, "country"))
        ok = acrm__put_text(own, "country", plan->country);
    return ok ? own : NULL;
}

static bool target_related(acrm__call *call, acrm__upsert_plan *plan, const char *name,
                           const acrm_value *options, const char *place, acrm_value *faults,
                           acrm__upsert_target *out)
{
    const acrm__entity *entity = plan->entity;
    bool channel = strcmp(entity->def->name, "customer") == 0 && acrm__upsert_is_channel(name);
    const char *path = channel ? "contact_points.value" : name;
    const char *dot = strchr(path, '.'), *item = acrm__get_text(options, "item");
    size_t len = dot ? (size_t)(dot - path) : strlen(path);
    const acrm_value *set = acrm_value_get(options, "set");
    const acrm__inverse *inverse = acrm__entity_inverse(entity, path, len);

    if (!inverse)
        return false;
    const acrm__entity *other = call->session->registry->entities[inverse->entity];
    if (other->def->flags & ACRM__NO_CREATE)
        return target_fault(faults, place, "read_only", "%s of %s cannot be imported",
                            inverse->name, entity->def->name);
    if (strcmp(other->def->name, "contact_point") == 0)
        set = target_channel_set(call, plan, channel ? name : NULL, set);
    out->child = target_child(call, plan, inverse, item ? item : "", set);
    if (out->child < 0)
        return target_fault(faults, place, "limit", "too many related records in a row%s%s", "",
                            "");
    out->field = dot ? acrm__entity_field(other, dot + 1, strlen(dot + 1)) : UINT32_MAX;
    if (dot && out->field == UINT32_MAX)
        return target_fault(faults, place, "unknown_field", "%s has no field %s",
                            other->def->name, dot + 1);
    return !dot || target_writable(call, other, out->field, place, faults);
}

/* The field by which a reference names its record must find it quickly. */
static bool target_by(const acrm__call *call, const acrm__entity *entity, uint32_t field,
                      const char *by, const char *place, acrm_value *faults, uint32_t *out)
{
    const acrm__fieldinfo *f = &entity->fields[field];

    if (f->target == UINT32_MAX)
        return target_fault(faults, place, "type", "%s is no reference: \"by\" says nothing%s",
                            f->def.name, "");
    const acrm__entity *other = call->session->registry->entities[f->target];
    *out = acrm__entity_field(other, by, strlen(by));
    if (*out == UINT32_MAX || other->fields[*out].def.flags & ACRM__HIDDEN)
        return target_fault(faults, place, "unknown_field", "%s has no field %s",
                            other->def->name, by);
    uint32_t flags = other->fields[*out].def.flags;
    if (flags & (ACRM__UNIQUE | ACRM__INDEXED) ||
        (flags & ACRM__ENCRYPTED && other->fields[*out].blind != UINT32_MAX))
        return true;
    return target_fault(faults, place, "index", "%s.%s has no index: every row would go through "
                        "all records; name a field that has one", other->def->name, by);
}

/* "dealer.code": the dealer_id of the dealer with this code. */
static bool target_reference(const acrm__call *call, const acrm__upsert_plan *plan,
                             const char *name, const char *place, acrm_value *faults,
                             acrm__upsert_target *out, bool *found)
{
    const char *dot = strchr(name, '.');

    *found = false;
    if (!dot)
        return false;
    out->field = acrm__entity_relation(plan->entity, name, (size_t)(dot - name));
    if (out->field == UINT32_MAX)
        return false;
    *found = true;
    return target_writable(call, plan->entity, out->field, place, faults) &&
           target_by(call, plan->entity, out->field, dot + 1, place, faults, &out->by);
}

bool acrm__upsert_target_find(acrm__call *call, acrm__upsert_plan *plan, const char *name,
                              const acrm_value *options, const char *place, acrm_value *faults,
                              acrm__upsert_target *out)
{
    const acrm__entity *entity = plan->entity;
    const char *by = acrm__get_text(options, "by");
    size_t before = acrm_value_count(faults);
    bool found;

    *out = (acrm__upsert_target){ .child = -1, .by = UINT32_MAX };
    out->field = acrm__entity_field(entity, name, strlen(name));
    if (out->field != UINT32_MAX && !(entity->fields[out->field].def.flags & ACRM__HIDDEN))
        return target_writable(call, entity, out->field, place, faults) &&
               (!by || target_by(call, entity, out->field, by, place, faults, &out->by));
    if (target_reference(call, plan, name, place, faults, out, &found) || found)
        return acrm_value_count(faults) == before;
    if (target_related(call, plan, name, options, place, faults, out))
        return true;
    if (acrm_value_count(faults) > before)
        return false;
    const char *near = acrm__entity_suggest(entity, name, strlen(name));
    return near ? target_fault(faults, place, "unknown_field",
                               "there is no field %s; did you mean %s?", name, near)
                : target_fault(faults, place, "unknown_field", "%s has no field %s",
                               entity->def->name, name);
}
