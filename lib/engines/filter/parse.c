/* SPDX-License-Identifier: MIT */
/* The grammar of filters: objects, dotted names, relations. */
#include "engines/filter/filter_internal.h"

#include "base/error.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

/* Operators on a whole record, and on a to-many relation. */
static const char *const filter_logic[] = { "$and", "$or", "$nor", "$not", "$search", NULL };
static const char *const filter_many[] = { "$any", "$all", "$none", NULL };

enum {
    FILTER_LOGIC_AND,
    FILTER_LOGIC_OR,
    FILTER_LOGIC_NOR,
    FILTER_LOGIC_NOT,
    FILTER_LOGIC_SEARCH
};

enum {
    FILTER_MANY_ANY,
    FILTER_MANY_ALL,
    FILTER_MANY_NONE
};

static bool filter_object(acrm__filter_parser *p, const acrm__filter_scope *scope,
                          const acrm_value *filter, const acrm__filter_place *place,
                          uint32_t depth, acrm_filter_node *out);

static const acrm_filter_node filter_nothing = { .op = ACRM_FILTER_FALSE };

static int filter_index(const char *const *names, const char *name)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* ---- to-many relations ---- */

static bool filter_relation(acrm__filter_parser *p, const acrm__filter_target *target,
                            const acrm_value *value, const acrm__filter_place *place,
                            uint32_t depth, acrm_filter_node *out)
{
    const acrm__filter_scope scope = { target->field.entity, target->field.table };
    acrm__filter_list all = { .op = ACRM_FILTER_AND };
    size_t n = acrm_value_count(value);

    *out = filter_nothing;
    if (acrm_value_type(value) != ACRM_MAP || n == 0)
        return acrm__filter_fault(p, place, "operator",
                                  "a relation to many takes {\"$any\": {...}}, $all or $none");
    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = acrm__filter_at(place, value, i);
        acrm_filter_node node = filter_nothing;
        int op = filter_index(filter_many, at.name);
        if (op < 0) {
            if (!acrm__filter_fault(p, &at, "operator",
                                    "a relation to many takes $any, $all or $none"))
                return false;
            continue;
        }
        if (!acrm__filter_term(p, &at) ||
            !filter_object(p, &scope, acrm_value_at(value, i), &at, depth + 1, &node) ||
            (op == FILTER_MANY_ALL && !acrm__filter_not(p, &node)) ||
            !acrm__filter_related(p, &target->field, &node) ||
            !acrm__filter_finish(p, target, op != FILTER_MANY_ANY, &node) ||
            !acrm__filter_add(p, &all, &node))
            return false;
    }
    return acrm__filter_done(p, &all, out);
}

/* ---- names ---- */

static bool filter_unknown(acrm__filter_parser *p, const acrm__filter_scope *scope,
                           const char *name, size_t len, const acrm__filter_place *place)
{
    const acrm__filter_schema *schema = p->schema;
    const char *near = schema->suggest == NULL ? NULL :
                       schema->suggest(schema->self, scope->entity, name, len);

    return acrm__filter_fault(p, place, "unknown_field", "there is no field \"%.*s\"%s%s%s",
                              acrm__filter_clip(name, len), name,
                              near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                              near == NULL ? "" : "\"?");
}

/* A part of a path that should lead on to the next part, or its end that should not. */
static bool filter_wrong_kind(acrm__filter_parser *p, const acrm__filter_field *found,
                              const char *name, size_t len, const acrm__filter_place *place)
{
    int shown = acrm__filter_clip(name, len);

    if (found->kind == ACRM__FILTER_TO_ONE)
        return acrm__filter_fault(p, place, "operator",
                                  "\"%.*s\" is a relation; name a field of it, \"%.*s.id\"",
                                  shown, name, shown, name);
    if (found->kind == ACRM__FILTER_TO_MANY)
        return acrm__filter_fault(p, place, "operator",
                                  "\"%.*s\" leads to many; use {\"%.*s\": {\"$any\": {...}}}",
                                  shown, name, shown, name);
    return acrm__filter_fault(p, place, "unknown_field", "\"%.*s\" is a field and leads no further",
                              shown, name);
}

/* Follow a dotted name. *found stays false after a fault. */
static bool filter_follow(acrm__filter_parser *p, const acrm__filter_scope *scope,
                          const acrm__filter_place *place, uint32_t depth,
                          acrm__filter_target *target, bool *found)
{
    const char *name = place->name;
    const char *end = name + place->len;

    target->scope = *scope;
    target->n_hops = 0;
    for (;;) {
        const char *dot = memchr(name, '.', (size_t)(end - name));
        size_t len = (size_t)((dot != NULL ? dot : end) - name);
        acrm__filter_field next = { .currency = UINT32_MAX };
        int32_t status = p->schema->resolve(p->schema->self, target->scope.entity, name, len,
                                            &next);
        if (status == ACRM_E_NOTFOUND)
            return filter_unknown(p, &target->scope, name, len, place);
        if (status == ACRM_E_UNSUPPORTED)
            return acrm__filter_fault(p, place, "operator",
                                      "\"%.*s\" cannot be filtered on",
                                      acrm__filter_clip(name, len), name);
        if (status != ACRM_OK)
            return acrm__filter_stop(p, status);
        if ((dot != NULL) != (next.kind == ACRM__FILTER_TO_ONE))
            return filter_wrong_kind(p, &next, name, len, place);
        if (dot == NULL) {
            target->field = next;
            *found = true;
            return true;
        }
        if (depth + target->n_hops >= ACRM__FILTER_DEPTH_MAX)
            return acrm__filter_limit(p, place, "levels", ACRM__FILTER_DEPTH_MAX);
        target->hops[target->n_hops++] = next;
        target->scope = (acrm__filter_scope){ next.entity, next.table };
        name = dot + 1;
    }
}

/* ---- objects ---- */

static bool filter_name(acrm__filter_parser *p, const acrm__filter_scope *scope,
                        const acrm_value *value, const acrm__filter_place *place, uint32_t depth,
                        acrm_filter_node *out)
{
    acrm__filter_target target;
    bool found = false;

    *out = filter_nothing;
    if (!filter_follow(p, scope, place, depth, &target, &found))
        return false;
    if (!found)
        return true;
    depth += target.n_hops;
    if (target.field.kind == ACRM__FILTER_TO_MANY)
        return filter_relation(p, &target, value, place, depth, out);
    assert(target.field.type >= ACRM__FT_ID && target.field.type <= ACRM__FT_BYTES);
    return acrm__filter_condition(p, &target, value, place, depth, out);
}

static bool filter_search(acrm__filter_parser *p, const acrm__filter_scope *scope,
                          const acrm_value *value, const acrm__filter_place *place,
                          acrm_filter_node *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    acrm_cell cell = { .type = ACRM_CELL_TEXT };
    acrm__str words;

    if ((scope->table->flags & ACRM_TABLE_SEARCH) == 0)
        return acrm__filter_fault(p, place, "operator", "these records have no search text");
    if (acrm_value_type(value) != ACRM_TEXT)
        return acrm__filter_fault(p, place, "type", "$search takes text");
    if (len > ACRM__FILTER_SEARCH_MAX)
        return acrm__filter_limit(p, place, "bytes to search for", ACRM__FILTER_SEARCH_MAX);
    acrm__str_init(&words, &p->arena->allocator);
    acrm__fold(text, len, &words);
    cell.size = (uint32_t)words.len;
    cell.data = words.failed ? NULL : acrm__arena_text(p->arena, words.data, words.len);
    acrm__str_free(&words);
    if (cell.data == NULL)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    if (cell.size == 0) { /* no word: every one of them is found */
        *out = (acrm_filter_node){ .op = ACRM_FILTER_TRUE };
        return true;
    }
    return acrm__filter_compare(p, ACRM_FILTER_SEARCH, 0, &cell, out);
}

/* The list of $and, $or and $nor. */
static bool filter_logic_list(acrm__filter_parser *p, const acrm__filter_scope *scope, int logic,
                              const acrm_value *value, const acrm__filter_place *place,
                              uint32_t depth, acrm_filter_node *out)
{
    acrm__filter_list list = { .op = logic == FILTER_LOGIC_AND ? ACRM_FILTER_AND : ACRM_FILTER_OR };
    size_t n = acrm_value_count(value);

    if (acrm_value_type(value) != ACRM_LIST)
        return acrm__filter_fault(p, place, "type", "%s takes a list of filters",
                                  filter_logic[logic]);
    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = { .parent = place, .index = i };
        acrm_filter_node node;
        if (!acrm__filter_term(p, &at) ||
            !filter_object(p, scope, acrm_value_at(value, i), &at, depth + 1, &node) ||
            !acrm__filter_add(p, &list, &node))
            return false;
    }
    return acrm__filter_done(p, &list, out) &&
           (logic != FILTER_LOGIC_NOR || acrm__filter_not(p, out));
}

static bool filter_logical(acrm__filter_parser *p, const acrm__filter_scope *scope,
                           const acrm_value *value, const acrm__filter_place *place,
                           uint32_t depth, acrm_filter_node *out)
{
    int logic = filter_index(filter_logic, place->name);

    *out = filter_nothing;
    if (!acrm__filter_term(p, place))
        return false;
    switch (logic) {
    case FILTER_LOGIC_AND:
    case FILTER_LOGIC_OR:
    case FILTER_LOGIC_NOR:
        return filter_logic_list(p, scope, logic, value, place, depth, out);
    case FILTER_LOGIC_NOT:
        return filter_object(p, scope, value, place, depth + 1, out) && acrm__filter_not(p, out);
    case FILTER_LOGIC_SEARCH:
        return filter_search(p, scope, value, place, out);
    default:
        return acrm__filter_fault(p, place, "operator",
                                  "a filter takes names of fields, $and, $or, $nor, $not and "
                                  "$search");
    }
}

static bool filter_object(acrm__filter_parser *p, const acrm__filter_scope *scope,
                          const acrm_value *filter, const acrm__filter_place *place,
                          uint32_t depth, acrm_filter_node *out)
{
    acrm__filter_list all = { .op = ACRM_FILTER_AND };
    size_t n = acrm_value_count(filter);

    *out = filter_nothing;
    if (depth > ACRM__FILTER_DEPTH_MAX)
        return acrm__filter_limit(p, place, "levels", ACRM__FILTER_DEPTH_MAX);
    if (acrm_value_type(filter) != ACRM_MAP)
        return acrm__filter_fault(p, place, "type", "expected a filter such as {\"name\": value}");
    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = acrm__filter_at(place, filter, i);
        const acrm_value *value = acrm_value_at(filter, i);
        acrm_filter_node node;
        if (!(at.name[0] == '$' ? filter_logical(p, scope, value, &at, depth, &node) :
                                  filter_name(p, scope, value, &at, depth, &node)) ||
            !acrm__filter_add(p, &all, &node))
            return false;
    }
    return acrm__filter_done(p, &all, out);
}

int32_t acrm__filter_parse(acrm__arena *arena, const acrm__filter_schema *schema,
                           const acrm__filter_context *context, const void *entity,
                           const acrm_table *table, const acrm_value *filter, const char *place,
                           const acrm_filter_node **out, acrm_error **err)
{
    const acrm__filter_place root = { .name = place, .len = strlen(place) };
    const acrm__filter_scope scope = { entity, table };
    acrm__filter_parser p = { .arena = arena, .schema = schema, .context = context, .err = err };
    acrm_filter_node *node = acrm__arena_array(arena, 1, sizeof *node);

    assert(schema->resolve != NULL && table != NULL);
    if (node == NULL)
        return acrm__error_nomem(err);
    if (acrm_value_type(filter) == ACRM_NULL) {
        node->op = ACRM_FILTER_TRUE;
    } else if (!filter_object(&p, &scope, filter, &root, 1, node)) {
        if (p.status == ACRM_E_NOMEM)
            return acrm__error_nomem(err);
        if (p.status != ACRM_E_LIMIT)
            return acrm__error(err, p.status, NULL, place, "the filter could not be read");
        return p.status;
    }
    if (p.faults != NULL)
        return acrm__error_fields(err, ACRM_E_INVALID, p.faults);
    *out = node;
    return ACRM_OK;
}

/* Bounded: what is asked about has parsed, so it is no deeper than the limits allow. */
bool acrm__filter_relative(const acrm_value *filter)
{
    size_t n = acrm_value_count(filter);

    if (acrm__filter_is_value(filter))
        return true;
    for (size_t i = 0; i < n; i++)
        if (acrm__filter_relative(acrm_value_at(filter, i)))
            return true;
    return false;
}
