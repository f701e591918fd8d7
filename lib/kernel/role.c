/* SPDX-License-Identifier: MIT */
/* Roles as they are written: a slip in one would open or close more than was meant. */
#include "base/json.h"
#include "kernel/entities.h"
#include "kernel/inside.h"

#include <string.h>

static int32_t role_parse(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm_value **out)
{
    const acrm_cell *cell = &rec->cells[field];
    acrm__json_fault fault;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    return st == ACRM_OK ? ACRM_OK : acrm__nomem(call); /* it was written as JSON just before */
}

static int32_t role_permissions(acrm__call *call, const acrm_value *list)
{
    static const char shape[] = "abcdefghijklmnopqrstuvwxyz0123456789_.*";

    if (acrm_value_type(list) != ACRM_LIST)
        return acrm__fail(call, ACRM_E_INVALID, "type", "permissions",
                          "permissions must be a list of operations");
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *pattern = acrm_value_text(acrm_value_at(list, i), NULL);
        const char *star = pattern ? strchr(pattern, '*') : NULL;
        bool inside = star && star != pattern && star[1] != '\0';
        bool twice = star && strchr(star + 1, '*');
        if (!pattern || !*pattern || pattern[strspn(pattern, shape)] != '\0' || inside || twice)
            return acrm__fail(call, ACRM_E_INVALID, "format", "permissions",
                              "permissions[%zu] must be an operation such as lead.assign, "
                              "\"lead.*\", \"*.get\" or \"*\"", i);
    }
    return ACRM_OK;
}

static int32_t role_entity(acrm__call *call, const char *field, const char *name,
                           const acrm__entity **out)
{
    *out = acrm__entity_of(call, name);
    if (*out)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", field,
                      "%s: there is no entity named %.63s", field, name);
}

static int32_t role_scopes(acrm__call *call, const acrm_value *scopes)
{
    const acrm__entity *entity;

    if (acrm_value_type(scopes) != ACRM_MAP || !acrm_value_get(scopes, "*"))
        return acrm__fail(call, ACRM_E_INVALID, "required", "scopes",
                          "scopes must be a map that has \"*\", for all entities it does not name");
    for (size_t i = 0; i < acrm_value_count(scopes); i++) {
        const char *name = acrm_value_key(scopes, i, NULL);
        int32_t st = strcmp(name, "*") == 0 ? ACRM_OK : role_entity(call, "scopes", name, &entity);
        if (st != ACRM_OK)
            return st;
        if (acrm__scope_level(acrm_value_text(acrm_value_at(scopes, i), NULL)) < 0)
            return acrm__fail(call, ACRM_E_INVALID, "choice", "scopes",
                              "scopes: %.63s must be own, team, dealer, all or none", name);
    }
    return ACRM_OK;
}

static int32_t role_field_list(acrm__call *call, const acrm__entity *entity,
                               const acrm_value *list)
{
    if (acrm_value_type(list) != ACRM_LIST)
        return acrm__fail(call, ACRM_E_INVALID, "type", "field_rules",
                          "field_rules: %s must have lists of fields", entity->def->name);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        size_t len = 0;
        const char *name = acrm_value_text(acrm_value_at(list, i), &len);
        if (!name || acrm__entity_field(entity, name, len) == UINT32_MAX)
            return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "field_rules",
                              "field_rules: %s has no field %.63s", entity->def->name,
                              name ? name : "of that name");
    }
    return ACRM_OK;
}

static int32_t role_fields(acrm__call *call, const acrm_value *rules)
{
    const acrm__entity *entity;
    int32_t st = ACRM_OK;

    if (!rules)
        return ACRM_OK;
    if (acrm_value_type(rules) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "field_rules",
                          "field_rules must be a map of entities");
    for (size_t i = 0; i < acrm_value_count(rules) && st == ACRM_OK; i++) {
        const acrm_value *of = acrm_value_at(rules, i);
        st = role_entity(call, "field_rules", acrm_value_key(rules, i, NULL), &entity);
        for (size_t j = 0; j < acrm_value_count(of) && st == ACRM_OK; j++) {
            const char *kind = acrm_value_key(of, j, NULL);
            bool known = kind && (!strcmp(kind, "hidden") || !strcmp(kind, "read_only"));
            st = known ? role_field_list(call, entity, acrm_value_at(of, j))
                       : acrm__fail(call, ACRM_E_INVALID, "unknown_field", "field_rules",
                                    "field_rules: %s may have hidden and read_only",
                                    entity->def->name);
        }
    }
    return st;
}

static int32_t role_filters(acrm__call *call, const acrm_value *filters)
{
    const acrm__entity *entity;
    const acrm_filter_node *node;
    acrm__call inner = *call;
    int32_t st = ACRM_OK;

    if (!filters)
        return ACRM_OK;
    if (acrm_value_type(filters) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "row_filters",
                          "row_filters must be a map of entities");
    inner.as_system = true;
    for (size_t i = 0; i < acrm_value_count(filters) && st == ACRM_OK; i++) {
        st = role_entity(call, "row_filters", acrm_value_key(filters, i, NULL), &entity);
        if (st == ACRM_OK && entity->def->flags & ACRM__GLOBAL)
            return acrm__fail(call, ACRM_E_INVALID, "choice", "row_filters",
                              "row_filters: everybody sees every %s", entity->def->name);
        if (st == ACRM_OK)
            st = acrm__filter(&inner, entity, acrm_value_at(filters, i), "row_filters", &node);
    }
    return st;
}

int32_t acrm__role_before_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm_value *permissions, *scopes, *rules, *filters;
    int32_t st;

    if (before && !acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    st = role_parse(call, rec, F_role__permissions, &permissions);
    if (st == ACRM_OK)
        st = role_parse(call, rec, F_role__scopes, &scopes);
    if (st == ACRM_OK)
        st = role_parse(call, rec, F_role__field_rules, &rules);
    if (st == ACRM_OK)
        st = role_parse(call, rec, F_role__row_filters, &filters);
    if (st == ACRM_OK)
        st = role_permissions(call, permissions);
    if (st == ACRM_OK)
        st = role_scopes(call, scopes);
    if (st == ACRM_OK)
        st = role_fields(call, rules);
    return st == ACRM_OK ? role_filters(call, filters) : st;
}
