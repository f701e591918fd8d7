/* SPDX-License-Identifier: MIT */
/*
 * An endpoint's filter over events. What an event's data holds differs from type to type, so a name
 * has the type of what the filter compares it with; a value of another type counts as none.
 */
#include "base/value.h"
#include "modules/webhook/webhook.h"

#include <string.h>

enum { CONDITION_NAMES_MAX = 64, CONDITION_DEPTH_MAX = 12, CONDITION_UNKNOWN = -1 };

static const struct {
    const char *name;
    int32_t type;
} condition_fixed[] = {
    { "type", ACRM_FILTER_TYPE_TEXT },  { "entity", ACRM_FILTER_TYPE_TEXT },
    { "record", ACRM_FILTER_TYPE_ID },  { "actor", ACRM_FILTER_TYPE_TEXT },
    { "at", ACRM_FILTER_TYPE_INSTANT }, { "seq", ACRM_FILTER_TYPE_INT },
};

/* --- Which names a filter has --- */

static int32_t condition_type(const acrm_value *operand, int32_t depth)
{
    int32_t found = CONDITION_UNKNOWN;

    switch (acrm_value_type(operand)) {
    case ACRM_TEXT:
        return ACRM_FILTER_TYPE_TEXT;
    case ACRM_BOOL:
        return ACRM_FILTER_TYPE_BOOL;
    case ACRM_INT:
    case ACRM_REAL:
        return ACRM_FILTER_TYPE_REAL;
    case ACRM_LIST:
    case ACRM_MAP:
        for (size_t i = 0; depth < CONDITION_DEPTH_MAX && i < acrm_value_count(operand); i++) {
            const char *key = acrm_value_type(operand) == ACRM_MAP
                                  ? acrm_value_key(operand, i, NULL) : "";
            if (found == CONDITION_UNKNOWN && strcmp(key, "$exists") != 0)
                found = condition_type(acrm_value_at(operand, i), depth + 1);
        }
        return found;
    default:
        return CONDITION_UNKNOWN;
    }
}

static int32_t condition_add(acrm__call *call, acrm__webhook_condition *c, const char *name,
                             int32_t type)
{
    for (size_t i = 0; i < sizeof condition_fixed / sizeof condition_fixed[0]; i++)
        if (strcmp(condition_fixed[i].name, name) == 0)
            type = condition_fixed[i].type;
    for (uint32_t i = 0; i < c->n; i++)
        if (strcmp(c->names[i], name) == 0) {
            if (c->fields[i].type == ACRM_FILTER_TYPE_JSON && type != CONDITION_UNKNOWN)
                c->fields[i].type = type;
            return ACRM_OK;
        }
    if (c->n == CONDITION_NAMES_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "condition",
                          "a condition has at most %d names", CONDITION_NAMES_MAX);
    c->names[c->n] = name;
    /* Of what is only asked for its presence any value will do. */
    c->fields[c->n++] = (acrm_filter_field){
        .struct_size = sizeof(acrm_filter_field), .name = name,
        .type = type == CONDITION_UNKNOWN ? ACRM_FILTER_TYPE_JSON : type };
    return ACRM_OK;
}

static int32_t condition_walk(acrm__call *call, acrm__webhook_condition *c,
                              const acrm_value *filter, int32_t depth)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && depth < CONDITION_DEPTH_MAX &&
                       i < acrm_value_count(filter); i++) {
        const acrm_value *value = acrm_value_at(filter, i);
        const char *key = acrm_value_type(filter) == ACRM_MAP ? acrm_value_key(filter, i, NULL)
                                                              : "$";
        if (key[0] == '$')
            st = condition_walk(call, c, value, depth + 1);
        else
            st = condition_add(call, c, key, condition_type(value, 0));
    }
    return st;
}

int32_t acrm__webhook_condition_new(acrm__call *call, const acrm_value *filter,
                                    acrm__webhook_condition *out)
{
    acrm_error *err = NULL;

    *out = (acrm__webhook_condition){ .filter = NULL };
    if (!filter || acrm_value_type(filter) == ACRM_NULL)
        return ACRM_OK;
    out->names = acrm__arena_array(call->arena, CONDITION_NAMES_MAX, sizeof *out->names);
    out->fields = acrm__arena_array(call->arena, CONDITION_NAMES_MAX, sizeof *out->fields);
    if (!out->names || !out->fields)
        return acrm__nomem(call);
    int32_t st = condition_walk(call, out, filter, 0);
    if (st != ACRM_OK)
        return st;
    st = acrm_filter_new(&call->arena->allocator, out->fields, out->n, filter, &out->filter, &err);
    if (st == ACRM_E_NOMEM)
        st = acrm__nomem(call);
    else if (st != ACRM_OK)
        st = acrm__fail(call, st, acrm_error_reason(err), "condition", "%s",
                        acrm_error_message(err));
    acrm_error_free(err);
    return st;
}

void acrm__webhook_condition_free(acrm__webhook_condition *condition)
{
    acrm_filter_free(condition->filter);
    condition->filter = NULL;
}

/* --- Asking --- */

/* What the data says of a name: itself, or a changed field's new value, or as old_... the one
 * before. */
static const acrm_value *condition_value(const acrm_value *data, const char *name)
{
    const acrm_value *value = acrm_value_get(data, name);
    const acrm_value *changes = acrm_value_get(data, "changes");

    if (value)
        return value;
    value = acrm_value_get(changes, name);
    if (value)
        return acrm_value_at(value, 1);
    if (strncmp(name, "old_", 4) != 0)
        return NULL;
    value = acrm_value_get(changes, name + 4);
    return value ? acrm_value_at(value, 0) : NULL;
}

static bool condition_fits(int32_t type, const acrm_value *value)
{
    int32_t is = acrm_value_type(value);

    switch (type) {
    case ACRM_FILTER_TYPE_TEXT:
        return is == ACRM_TEXT;
    case ACRM_FILTER_TYPE_BOOL:
        return is == ACRM_BOOL;
    case ACRM_FILTER_TYPE_REAL:
        return is == ACRM_INT || is == ACRM_REAL;
    default:
        return true;
    }
}

static bool condition_own(acrm__call *call, const acrm__feed_event *event, acrm_value *record)
{
    const char *id = event->record ? acrm__id_text(call, event->record) : NULL;
    const char *at = acrm__instant_text(call, event->at);

    return at && (!event->record || id) && acrm__put_int(record, "seq", event->seq) &&
           acrm__put_text(record, "at", at) && acrm__put_text(record, "type", event->type) &&
           acrm__put_text(record, "entity", event->entity) &&
           acrm__put_text(record, "record", id) && acrm__put_text(record, "actor", event->actor);
}

int32_t acrm__webhook_condition_meets(acrm__call *call, const acrm__webhook_condition *condition,
                                      const acrm__feed_event *event, bool *out)
{
    acrm_value *record = acrm__value_in(call->arena);
    const acrm_value *data = NULL;
    acrm_error *err = NULL;
    int32_t matches = 0;

    *out = true;
    if (!condition->filter)
        return ACRM_OK;
    int32_t st = acrm__feed_data(call, event, &data);
    if (st != ACRM_OK)
        return st;
    bool ok = record && acrm_value_set_map(record) == ACRM_OK;
    for (uint32_t i = 0; ok && i < condition->n; i++) {
        const acrm_value *value = condition_value(data, condition->names[i]);
        if (value && condition_fits(condition->fields[i].type, value))
            ok = acrm__put_value(record, condition->names[i], value);
    }
    if (!ok || !condition_own(call, event, record)) /* whose names win over those of the data */
        return acrm__nomem(call);
    st = acrm_filter_match(condition->filter, record, call->now, &matches, &err);
    if (st == ACRM_OK)
        *out = matches != 0;
    else
        st = st == ACRM_E_NOMEM ? acrm__nomem(call)
                                : acrm__fail(call, st, acrm_error_reason(err), "condition", "%s",
                                             acrm_error_message(err));
    acrm_error_free(err);
    return st;
}
