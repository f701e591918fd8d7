/* SPDX-License-Identifier: MIT */
/* The arguments of a call against the operation's parameters: every fault is named at once. */
#include "kernel/crud.h"

#include <string.h>

static bool arguments_is_option(const acrm__call *call, const char *key)
{
    if ((call->info->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS)) != ACRM__OP_WRITE)
        return false;
    for (const char *const *option = acrm__write_options; *option; option++)
        if (strcmp(*option, key) == 0)
            return true;
    return false;
}

static const acrm__fieldinfo *arguments_parameter(const acrm__opinfo *op, const char *key)
{
    for (uint32_t i = 0; i < op->n_in; i++)
        if (strcmp(op->in[i].def.name, key) == 0)
            return &op->in[i];
    return NULL;
}

static int32_t arguments_value(acrm__call *call, const acrm__fieldinfo *parameter,
                               const acrm_value *value, const char *path, acrm_value *faults)
{
    acrm_cell cell;
    int32_t type = acrm_value_type(value);

    switch (parameter->def.type) {
    case ACRM__T_RECORD:
    case ACRM__T_FILTER:
    case ACRM__T_MAP:
        if (type == ACRM_MAP || type == ACRM_NULL)
            return ACRM_OK;
        return acrm__fault(faults, path, "type", "%s must be an object", path);
    case ACRM__T_JSON:
        return ACRM_OK;
    default:
        return acrm__decode(call, parameter, value, path, &cell, faults);
    }
}

static int32_t arguments_list(acrm__call *call, const acrm__fieldinfo *parameter,
                              const acrm_value *list, const char *key, acrm_value *faults)
{
    if (acrm_value_type(list) == ACRM_NULL)
        return ACRM_OK;
    if (acrm_value_type(list) != ACRM_LIST)
        return acrm__fault(faults, key, "type", "%s must be a list", key);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        bool plain = acrm_value_type(item) == ACRM_MAP && parameter->def.type == ACRM__T_RECORD;
        if (plain)
            continue;
        char *path = acrm__arena_format(call->arena, "%s[%zu]", key, i);
        if (!path)
            return ACRM_E_NOMEM;
        int32_t st = acrm_value_type(item) == ACRM_NULL
            ? acrm__fault(faults, path, "type", "%s must not be null", path)
            : arguments_value(call, parameter, item, path, faults);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t arguments_unknown(acrm__call *call, const char *key, acrm_value *faults)
{
    return acrm__fault(faults, key, "unknown_field", "%s has no parameter %s", call->info->name,
                       key);
}

static int32_t arguments_one(acrm__call *call, const char *key, const acrm_value *value,
                             acrm_value *faults)
{
    const acrm__fieldinfo *parameter = arguments_parameter(call->info, key);
    bool takes_fields = call->info->verb == ACRM__VERB_CREATE ||
                        call->info->verb == ACRM__VERB_UPDATE;

    if (!parameter && arguments_is_option(call, key)) {
        bool is_bool = strcmp(key, "dry_run") == 0;
        int32_t type = acrm_value_type(value);
        if (type != (is_bool ? ACRM_BOOL : ACRM_TEXT) && type != ACRM_NULL)
            return acrm__fault(faults, key, "type", "%s must be %s", key,
                               is_bool ? "true or false" : "text");
        return ACRM_OK;
    }
    if (!parameter)
        return takes_fields ? ACRM_OK : arguments_unknown(call, key, faults);
    if (parameter->def.flags & ACRM__LIST)
        return arguments_list(call, parameter, value, key, faults);
    return arguments_value(call, parameter, value, key, faults);
}

int32_t acrm__check_arguments(acrm__call *call)
{
    acrm_value *faults = acrm__value_in(call->arena);
    int32_t st = faults ? acrm_value_set_list(faults) : ACRM_E_NOMEM;

    for (size_t i = 0; i < acrm_value_count(call->args) && st == ACRM_OK; i++)
        st = arguments_one(call, acrm_value_key(call->args, i, NULL),
                           acrm_value_at(call->args, i), faults);
    for (uint32_t i = 0; i < call->info->n_in && st == ACRM_OK; i++) {
        const acrm__field *parameter = &call->info->in[i].def;
        if (parameter->flags & ACRM__REQUIRED && !acrm__arg(call, parameter->name))
            st = acrm__fault(faults, parameter->name, "required", "%s is required",
                             parameter->name);
    }
    if (st != ACRM_OK)
        return acrm__nomem(call);
    if (acrm_value_count(faults) == 0)
        return ACRM_OK;
    return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
}
