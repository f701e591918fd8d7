/* SPDX-License-Identifier: MIT */
/* Actions: operations with templates for arguments, checked before they are kept and run later. */
#include "modules/process/process.h"

#include <stdio.h>
#include <string.h>

enum { ACTION_DEPTH_MAX = 8 };

typedef struct action_check {
    acrm__call *call;
    const acrm__scene *scene;
    const acrm__opinfo *op;
    const acrm__entity *entity; /* whose fields are arguments too; NULL: none */
    acrm_value *faults;
} action_check;

static const char *action_place(acrm__call *call, const char *place, const char *key)
{
    const char *text = acrm__arena_format(call->arena, "%.300s/%.64s", place, key);

    return text ? text : "";
}

/* --- Templates anywhere in a value --- */

static int32_t action_templates(const action_check *c, const acrm_value *value, const char *place,
                                int32_t depth)
{
    int32_t st = ACRM_OK;

    if (acrm__is_template(value)) {
        const char *fault = acrm__template_fault(c->call, c->scene, value);
        return fault ? acrm__fault(c->faults, action_place(c->call, place,
                                                           acrm_value_key(value, 0, NULL)),
                                   "template", "%s", fault)
                     : ACRM_OK;
    }
    if (acrm_value_type(value) != ACRM_MAP && acrm_value_type(value) != ACRM_LIST)
        return ACRM_OK;
    if (depth == ACTION_DEPTH_MAX)
        return acrm__fault(c->faults, place, "limit", "arguments nest at most %d deep",
                           ACTION_DEPTH_MAX);
    for (size_t i = 0; i < acrm_value_count(value) && st == ACRM_OK; i++) {
        char number[24];
        const char *key = acrm_value_key(value, i, NULL);
        snprintf(number, sizeof number, "%zu", i);
        st = action_templates(c, acrm_value_at(value, i),
                              action_place(c->call, place, key ? key : number), depth + 1);
    }
    return st;
}

/* --- Arguments --- */

static const acrm__fieldinfo *action_parameter(const acrm__opinfo *op, const char *name)
{
    for (uint32_t i = 0; i < op->n_in; i++)
        if (strcmp(op->in[i].def.name, name) == 0)
            return &op->in[i];
    return NULL;
}

static bool action_holds_template(const acrm_value *value)
{
    for (size_t i = 0; i < acrm_value_count(value); i++)
        if (acrm__is_template(acrm_value_at(value, i)))
            return true;
    return acrm__is_template(value);
}

static int32_t action_value(const action_check *c, const acrm__fieldinfo *field,
                            const acrm_value *value, const char *place)
{
    int32_t type = field->def.type;
    acrm_cell cell;

    if (action_holds_template(value))
        return action_templates(c, value, place, 0);
    if (field->def.flags & ACRM__LIST)
        return acrm_value_type(value) == ACRM_LIST
                   ? action_templates(c, value, place, 0)
                   : acrm__fault(c->faults, place, "type", "expected a list");
    if (type == ACRM__T_RECORD || type == ACRM__T_FILTER || type == ACRM__T_MAP)
        return acrm_value_type(value) == ACRM_MAP
                   ? action_templates(c, value, place, 0)
                   : acrm__fault(c->faults, place, "type", "expected an object");
    if (type == ACRM__T_JSON)
        return action_templates(c, value, place, 0);
    return acrm__decode(c->call, field, value, place, &cell, c->faults);
}

static int32_t action_own_field(const action_check *c, const char *key, size_t len,
                                const acrm_value *value, const char *place)
{
    uint32_t n = c->entity ? acrm__entity_field(c->entity, key, len) : UINT32_MAX;

    if (c->entity && n == UINT32_MAX && acrm__entity_inverse(c->entity, key, len))
        return action_templates(c, value, place, 0);
    if (n == UINT32_MAX || c->entity->fields[n].def.flags & ACRM__HIDDEN)
        return acrm__fault(c->faults, place, "unknown_field", "%.100s takes no %.64s; see: "
                           "autocrm describe %.100s", c->op->name, key, c->op->name);
    if (c->entity->fields[n].def.flags & ACRM__READ_ONLY)
        return acrm__fault(c->faults, place, "read_only", "%.64s is set by the library", key);
    return action_value(c, &c->entity->fields[n], value, place);
}

static bool action_is_option(const char *key)
{
    return strcmp(key, "reason") == 0 || strcmp(key, "idempotency_key") == 0;
}

static int32_t action_args(const action_check *c, const acrm_value *args, const char *place)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < acrm_value_count(args) && st == ACRM_OK; i++) {
        size_t len;
        const char *key = acrm_value_key(args, i, &len);
        const acrm_value *value = acrm_value_at(args, i);
        const char *where = action_place(c->call, place, key);
        const acrm__fieldinfo *parameter = action_parameter(c->op, key);
        if (action_is_option(key))
            st = action_templates(c, value, where, 0);
        else if (parameter)
            st = action_value(c, parameter, value, where);
        else
            st = action_own_field(c, key, len, value, where);
    }
    for (uint32_t i = 0; i < c->op->n_in && st == ACRM_OK; i++) {
        const acrm__field *parameter = &c->op->in[i].def;
        if (parameter->flags & ACRM__REQUIRED && !acrm_value_get(args, parameter->name))
            st = acrm__fault(c->faults, action_place(c->call, place, parameter->name), "required",
                             "%.100s needs %.64s", c->op->name, parameter->name);
    }
    return st;
}

static int32_t action_keys(const action_check *c, const acrm_value *action, const char *place)
{
    const acrm_value *args = acrm_value_get(action, "args");
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < acrm_value_count(action) && st == ACRM_OK; i++) {
        const char *key = acrm_value_key(action, i, NULL);
        if (strcmp(key, "operation") != 0 && strcmp(key, "args") != 0)
            st = acrm__fault(c->faults, action_place(c->call, place, key), "unknown_key",
                             "an action has the keys operation and args");
    }
    if (st == ACRM_OK && args && acrm_value_type(args) != ACRM_MAP)
        st = acrm__fault(c->faults, action_place(c->call, place, "args"), "type",
                         "args must be an object");
    return st;
}

int32_t acrm__action_check(acrm__call *call, const acrm__scene *scene, const acrm_value *action,
                           const char *place, acrm_value *faults)
{
    const acrm__registry *r = call->session->registry;
    const char *name = acrm__get_text(action, "operation");
    action_check c = { .call = call, .scene = scene, .faults = faults };
    const char *where = action_place(call, place, "operation");

    if (!name)
        return acrm__fault(faults, where, "required", "operation is missing: which one to run");
    int32_t st = action_keys(&c, action, place);
    c.op = acrm__registry_op(r, name, strlen(name));
    if (st != ACRM_OK || !c.op) {
        const char *near = c.op ? NULL : acrm__registry_suggest_op(r, name, strlen(name));
        return st != ACRM_OK ? st
                             : acrm__fault(faults, where, "reference",
                                           "there is no operation %.100s%s%s%s", name,
                                           near ? "; did you mean " : "", near ? near : "",
                                           near ? "?" : "");
    }
    if ((c.op->op->flags & (ACRM__OP_WRITE | ACRM__OP_STEPS)) != ACRM__OP_WRITE)
        return acrm__fault(faults, where, "contradiction",
                           "%.100s cannot be an action: it does not write within a transaction",
                           name);
    if (c.op->entity != UINT32_MAX &&
        (c.op->verb == ACRM__VERB_CREATE || c.op->verb == ACRM__VERB_UPDATE))
        c.entity = r->entities[c.op->entity];
    return action_args(&c, acrm_value_get(action, "args"), action_place(call, place, "args"));
}

int32_t acrm__actions_check(acrm__call *call, const acrm__scene *scene, const acrm_value *actions,
                            const char *place, acrm_value *faults)
{
    int32_t st = ACRM_OK;

    if (acrm_value_type(actions) != ACRM_LIST || acrm_value_count(actions) == 0)
        return acrm__fault(faults, place, "required",
                           "give a list of at least one {\"operation\", \"args\"}");
    if (acrm_value_count(actions) > ACRM__CHART_ACTIONS_MAX)
        return acrm__fault(faults, place, "limit", "at most %d actions stand in one place",
                           ACRM__CHART_ACTIONS_MAX);
    for (size_t i = 0; i < acrm_value_count(actions) && st == ACRM_OK; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        const char *where = action_place(call, place, number);
        const acrm_value *action = acrm_value_at(actions, i);
        st = acrm_value_type(action) == ACRM_MAP
                 ? acrm__action_check(call, scene, action, where, faults)
                 : acrm__fault(faults, where, "type",
                               "an action is an object with operation and args");
    }
    return st;
}

/* --- Running --- */

static int32_t action_run(acrm__call *call, const acrm__scene *scene, const acrm_value *action)
{
    const char *name = acrm__get_text(action, "operation");
    const acrm_value *from = acrm_value_get(action, "args");
    acrm_value *args = acrm__value_in(call->arena);
    acrm_value *out = NULL;

    if (!args || acrm_value_set_map(args) != ACRM_OK)
        return acrm__nomem(call);
    if (!call->as_system && !acrm__may_run(call, name))
        return acrm__fail(call, ACRM_E_DENIED, "permission", NULL,
                          "the user of this rule may not call %.100s", name);
    int32_t st = from ? acrm__template_fill(call, scene, from, args) : ACRM_OK;
    return st == ACRM_OK ? acrm__run(call, name, args, &out) : st;
}

int32_t acrm__actions_run(acrm__call *call, const acrm__scene *scene, const acrm_value *actions,
                          int64_t *done)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < acrm_value_count(actions) && st == ACRM_OK; i++) {
        st = action_run(call, scene, acrm_value_at(actions, i));
        if (st == ACRM_OK && done)
            ++*done;
    }
    return st;
}
