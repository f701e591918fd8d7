/* SPDX-License-Identifier: MIT */
/* The grammar of filters: objects, dotted names, operators. */
#include "engines/filter/filter_internal.h"

#include "base/error.h"
#include "base/text.h"
#include "engines/filter/nearest.h"

#include <assert.h>
#include <string.h>

/* Operators on a field. */
enum {
    FILTER_OP_EQ,
    FILTER_OP_NE,
    FILTER_OP_LT,
    FILTER_OP_LTE,
    FILTER_OP_GT,
    FILTER_OP_GTE,
    FILTER_OP_IN,
    FILTER_OP_NIN,
    FILTER_OP_CONTAINS,
    FILTER_OP_STARTSWITH,
    FILTER_OP_EXISTS,
    FILTER_OP_NOT,
    FILTER_OP_COUNT
};

static const struct {
    const char *name;
    uint32_t needs; /* ACRM__OPS_*; 0: any field */
    int32_t node;   /* the node, before negation */
} filter_ops[] = {
    [FILTER_OP_EQ] = { "$eq", ACRM__OPS_EQUAL, ACRM_FILTER_EQ },
    [FILTER_OP_NE] = { "$ne", ACRM__OPS_EQUAL, ACRM_FILTER_EQ },
    [FILTER_OP_LT] = { "$lt", ACRM__OPS_ORDER, ACRM_FILTER_LT },
    [FILTER_OP_LTE] = { "$lte", ACRM__OPS_ORDER, ACRM_FILTER_LE },
    [FILTER_OP_GT] = { "$gt", ACRM__OPS_ORDER, ACRM_FILTER_GT },
    [FILTER_OP_GTE] = { "$gte", ACRM__OPS_ORDER, ACRM_FILTER_GE },
    [FILTER_OP_IN] = { "$in", ACRM__OPS_EQUAL, ACRM_FILTER_IN },
    [FILTER_OP_NIN] = { "$nin", ACRM__OPS_EQUAL, ACRM_FILTER_IN },
    [FILTER_OP_CONTAINS] = { "$contains", ACRM__OPS_TEXT, ACRM_FILTER_CONTAINS },
    [FILTER_OP_STARTSWITH] = { "$startswith", ACRM__OPS_TEXT, ACRM_FILTER_STARTS },
    [FILTER_OP_EXISTS] = { "$exists", ACRM__OPS_EXISTS, ACRM_FILTER_NE },
    [FILTER_OP_NOT] = { "$not", 0, ACRM_FILTER_NOT },
};

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

/* A field found by its path: through `n_hops` to-one relations. */
typedef struct filter_target {
    acrm__filter_field hops[ACRM__FILTER_DEPTH_MAX];
    uint32_t n_hops;
    acrm__filter_scope scope; /* that holds the field */
    acrm__filter_field field;
} filter_target;

static bool filter_object(acrm__filter_parser *p, const acrm__filter_scope *scope,
                          const acrm_value *filter, const acrm__filter_place *place,
                          uint32_t depth, acrm_filter_node *out);

static const acrm_filter_node filter_false = { .op = ACRM_FILTER_FALSE };

static int filter_index(const char *const *names, const char *name)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static acrm__filter_place filter_at(const acrm__filter_place *parent, const acrm_value *map,
                                    size_t n)
{
    acrm__filter_place place = { .parent = parent };

    place.name = acrm_value_key(map, n, &place.len);
    return place;
}

static bool filter_count_term(acrm__filter_parser *p, const acrm__filter_place *place)
{
    p->terms++;
    return p->terms <= ACRM__FILTER_TERMS_MAX ||
           acrm__filter_limit(p, place, "terms", ACRM__FILTER_TERMS_MAX);
}

static bool filter_count_values(acrm__filter_parser *p, const acrm__filter_place *place, size_t n)
{
    if (n > ACRM__FILTER_VALUES_MAX || p->values + n > ACRM__FILTER_VALUES_MAX)
        return acrm__filter_limit(p, place, "values", ACRM__FILTER_VALUES_MAX);
    p->values += (uint32_t)n;
    return true;
}

/* ---- conditions on one field ---- */

/*
 * Each operator gives a node that is false on null, and whether to negate it. The negation is
 * put outside the relations passed on the way, where a missing row reads as null.
 */
static bool filter_finish(acrm__filter_parser *p, const filter_target *target, bool negate,
                          acrm_filter_node *node)
{
    for (uint32_t i = target->n_hops; i-- > 0;)
        if (!acrm__filter_related(p, &target->hops[i], node))
            return false;
    return !negate || acrm__filter_not(p, node);
}

/* Both of two comparisons. */
static bool filter_both(acrm__filter_parser *p, const acrm_filter_node *a,
                        const acrm_filter_node *b, acrm_filter_node *out)
{
    acrm__filter_list both = { .op = ACRM_FILTER_AND };

    return acrm__filter_add(p, &both, a) && acrm__filter_add(p, &both, b) &&
           acrm__filter_done(p, &both, out);
}

/* A comparison with a whole day: after it means from its end on, up to it means before its end. */
static bool filter_day(acrm__filter_parser *p, uint32_t column, int op,
                       const acrm__filter_operand *day, acrm_filter_node *out)
{
    const acrm_cell until = { .type = ACRM_CELL_INT, .integer = day->until };
    acrm_filter_node from;
    acrm_filter_node to;

    switch (op) {
    case FILTER_OP_GT:
        return acrm__filter_compare(p, ACRM_FILTER_GE, column, &until, out);
    case FILTER_OP_LTE:
        return acrm__filter_compare(p, ACRM_FILTER_LT, column, &until, out);
    case FILTER_OP_LT:
    case FILTER_OP_GTE:
        return acrm__filter_compare(p, filter_ops[op].node, column, &day->cell, out);
    default:
        return acrm__filter_compare(p, ACRM_FILTER_GE, column, &day->cell, &from) &&
               acrm__filter_compare(p, ACRM_FILTER_LT, column, &until, &to) &&
               filter_both(p, &from, &to, out);
    }
}

/* An amount in a currency compares with amounts in that currency only. */
static bool filter_money(acrm__filter_parser *p, const acrm__filter_field *field, int op,
                         const acrm__filter_operand *money, acrm_filter_node *out)
{
    acrm_filter_node currency;
    acrm_filter_node amount;

    return acrm__filter_compare(p, ACRM_FILTER_EQ, field->currency, money->cells, &currency) &&
           acrm__filter_compare(p, filter_ops[op].node, field->column, &money->cell, &amount) &&
           filter_both(p, &currency, &amount, out);
}

static bool filter_text_op(acrm__filter_parser *p, uint32_t column, int op,
                           const acrm__filter_operand *operand, acrm_filter_node *out)
{
    if (operand->cell.size == 0) /* any text holds and starts with the empty one */
        return acrm__filter_compare(p, ACRM_FILTER_NE, column, NULL, out);
    return acrm__filter_compare(p, filter_ops[op].node, column, &operand->cell, out);
}

/* $eq $ne $lt $lte $gt $gte $contains $startswith with one value. */
static bool filter_comparison(acrm__filter_parser *p, const filter_target *target, int op,
                              const acrm_value *value, const acrm__filter_place *place,
                              acrm_filter_node *out)
{
    uint32_t column = target->field.column;
    bool negate = op == FILTER_OP_NE;
    acrm__filter_operand operand;

    *out = filter_false;
    if (!acrm__filter_operand_of(p, &target->field, value, place, &operand))
        return false;
    switch (operand.kind) {
    case ACRM__OPERAND_BAD:
        return true;
    case ACRM__OPERAND_NULL:
        if (op != FILTER_OP_EQ && op != FILTER_OP_NE)
            return acrm__filter_fault(p, place, "type", "%s does not compare with null",
                                      filter_ops[op].name);
        negate = op == FILTER_OP_EQ;
        if (!acrm__filter_compare(p, ACRM_FILTER_NE, column, NULL, out))
            return false;
        break;
    case ACRM__OPERAND_DAY:
        if (!filter_day(p, column, op, &operand, out))
            return false;
        break;
    case ACRM__OPERAND_MONEY:
        if (!filter_money(p, &target->field, op, &operand, out))
            return false;
        break;
    case ACRM__OPERAND_CELLS:
        if (operand.n_cells > 1)
            return acrm__filter_fault(p, place, "type",
                                      "the variable is a list; use $in or $nin");
        if (operand.n_cells == 0) /* nothing compares with a variable without a value */
            break;
        operand.cell = operand.cells[0];
        /* fall through */
    default:
        if (op == FILTER_OP_CONTAINS || op == FILTER_OP_STARTSWITH) {
            if (!filter_text_op(p, column, op, &operand, out))
                return false;
        } else if (!acrm__filter_compare(p, filter_ops[op].node, column, &operand.cell, out)) {
            return false;
        }
        break;
    }
    return filter_finish(p, target, negate, out);
}

/* The values of $in and $nin. */
typedef struct filter_cells {
    acrm_cell *cells;
    uint32_t n;
    uint32_t cap;
    bool null;
} filter_cells;

static bool filter_add_cells(acrm__filter_parser *p, filter_cells *list, const acrm_cell *cells,
                             uint32_t n)
{
    if (list->n + n > list->cap) {
        uint32_t cap = list->n + n > 2 * list->cap ? list->n + n : 2 * list->cap;
        acrm_cell *grown = acrm__arena_array(p->arena, cap, sizeof *grown);
        if (grown == NULL)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
        if (list->n > 0)
            memcpy(grown, list->cells, list->n * sizeof *grown);
        list->cells = grown;
        list->cap = cap;
    }
    if (n > 0)
        memcpy(list->cells + list->n, cells, n * sizeof *cells);
    list->n += n;
    return true;
}

static bool filter_add_value(acrm__filter_parser *p, const acrm__filter_field *field,
                             const acrm_value *value, const acrm__filter_place *place,
                             filter_cells *list)
{
    acrm__filter_operand operand;

    if (!acrm__filter_operand_of(p, field, value, place, &operand))
        return false;
    switch (operand.kind) {
    case ACRM__OPERAND_CELL:
        return filter_add_cells(p, list, &operand.cell, 1);
    case ACRM__OPERAND_NULL:
        list->null = true;
        return true;
    case ACRM__OPERAND_DAY:
        return acrm__filter_fault(p, place, "type",
                                  "a list needs instants; for whole days use $or");
    case ACRM__OPERAND_MONEY:
        return acrm__filter_fault(p, place, "type",
                                  "a list needs bare amounts; with currencies use $or");
    case ACRM__OPERAND_CELLS:
        return operand.n_cells == 0 || filter_add_cells(p, list, operand.cells, operand.n_cells);
    default:
        return true;
    }
}

/* Null among the values: null or one of the others; for $nin a value and none of the others. */
static bool filter_list_node(acrm__filter_parser *p, const filter_target *target,
                             const filter_cells *list, bool negate, acrm_filter_node *out)
{
    uint32_t column = target->field.column;
    acrm__filter_list terms = { .op = negate ? ACRM_FILTER_AND : ACRM_FILTER_OR };
    acrm_filter_node node = filter_false;

    if (list->n == 1) {
        if (!acrm__filter_compare(p, ACRM_FILTER_EQ, column, &list->cells[0], &node))
            return false;
    } else if (list->n > 1) {
        node = (acrm_filter_node){
            .op = ACRM_FILTER_IN, .column = column, .values = list->cells, .n_values = list->n
        };
    }
    if (!filter_finish(p, target, negate, &node) || !acrm__filter_add(p, &terms, &node))
        return false;
    if (list->null &&
        !(acrm__filter_compare(p, ACRM_FILTER_NE, column, NULL, &node) &&
          filter_finish(p, target, !negate, &node) && acrm__filter_add(p, &terms, &node)))
        return false;
    return acrm__filter_done(p, &terms, out);
}

static bool filter_list(acrm__filter_parser *p, const filter_target *target, int op,
                        const acrm_value *value, const acrm__filter_place *place,
                        acrm_filter_node *out)
{
    filter_cells list = { 0 };

    *out = filter_false;
    if (acrm_value_type(value) == ACRM_LIST) {
        size_t n = acrm_value_count(value);
        if (!filter_count_values(p, place, n))
            return false;
        list.cap = (uint32_t)n;
        list.cells = n == 0 ? NULL : acrm__arena_array(p->arena, n, sizeof *list.cells);
        if (n > 0 && list.cells == NULL)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
        for (size_t i = 0; i < n; i++) {
            const acrm__filter_place at = { .parent = place, .index = i };
            if (!filter_add_value(p, &target->field, acrm_value_at(value, i), &at, &list))
                return false;
        }
    } else if (!acrm__filter_is_value(value)) {
        return acrm__filter_fault(p, place, "type", "%s takes a list", filter_ops[op].name);
    } else if (!filter_add_value(p, &target->field, value, place, &list)) {
        return false;
    }

    return filter_list_node(p, target, &list, op == FILTER_OP_NIN, out);
}

static const char *filter_op_at(const void *user, size_t n)
{
    (void)user;
    return n < FILTER_OP_COUNT ? filter_ops[n].name : NULL;
}

static bool filter_bad_op(acrm__filter_parser *p, const acrm__filter_field *field,
                          const acrm__filter_place *place)
{
    const char *near = acrm__nearest(place->name, place->len, filter_op_at, NULL);

    if (place->name[0] != '$')
        return acrm__filter_fault(p, place, "operator",
                                  "%s is compared with a value or with operators such as "
                                  "{\"$eq\": ...}", acrm__filter_type_name(field));
    if (near != NULL)
        return acrm__filter_fault(p, place, "operator", "no such operator; did you mean %s?",
                                  near);
    return acrm__filter_fault(p, place, "operator",
                              "no such operator; there are $eq $ne $lt $lte $gt $gte $in $nin "
                              "$contains $startswith $exists $not");
}

static bool filter_condition(acrm__filter_parser *p, const filter_target *target,
                             const acrm_value *value, const acrm__filter_place *place,
                             uint32_t depth, acrm_filter_node *out);

/* One operator of a field. */
static bool filter_operator(acrm__filter_parser *p, const filter_target *target, int op,
                            const acrm_value *value, const acrm__filter_place *place,
                            uint32_t depth, acrm_filter_node *out)
{
    const acrm__filter_field *field = &target->field;
    uint32_t needs = filter_ops[op].needs;

    *out = filter_false;
    if (!filter_count_term(p, place))
        return false;
    if ((op == FILTER_OP_EQ || op == FILTER_OP_NE) && acrm_value_type(value) == ACRM_NULL)
        needs = ACRM__OPS_EXISTS;
    if ((acrm__filter_ops(field) & needs) != needs)
        return acrm__filter_fault(p, place, "operator", "%s cannot be used on %s; it takes %s",
                                  filter_ops[op].name, acrm__filter_type_name(field),
                                  acrm__filter_ops_text(field));
    switch (op) {
    case FILTER_OP_IN:
    case FILTER_OP_NIN:
        return filter_list(p, target, op, value, place, out);
    case FILTER_OP_EXISTS:
        if (acrm_value_type(value) != ACRM_BOOL)
            return acrm__filter_fault(p, place, "type", "$exists takes true or false");
        return acrm__filter_compare(p, ACRM_FILTER_NE, field->column, NULL, out) &&
               filter_finish(p, target, !acrm_value_bool(value), out);
    case FILTER_OP_NOT:
        return filter_condition(p, target, value, place, depth + 1, out) &&
               acrm__filter_not(p, out);
    default:
        return filter_comparison(p, target, op, value, place, out);
    }
}

/* The value of a field: something to equal, or a map of operators. */
static bool filter_condition(acrm__filter_parser *p, const filter_target *target,
                             const acrm_value *value, const acrm__filter_place *place,
                             uint32_t depth, acrm_filter_node *out)
{
    acrm__filter_list all = { .op = ACRM_FILTER_AND };
    size_t n = acrm_value_count(value);

    *out = filter_false;
    if (depth > ACRM__FILTER_DEPTH_MAX)
        return acrm__filter_limit(p, place, "levels", ACRM__FILTER_DEPTH_MAX);
    if (acrm_value_type(value) == ACRM_LIST)
        return acrm__filter_fault(p, place, "type", "a list of values needs {\"$in\": [...]}");
    if (acrm_value_type(value) != ACRM_MAP || acrm__filter_is_value(value))
        return filter_operator(p, target, FILTER_OP_EQ, value, place, depth, out);
    if (n == 0)
        return acrm__filter_fault(p, place, "operator", "there is no operator in {}");

    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = filter_at(place, value, i);
        acrm_filter_node node = filter_false;
        int op = 0;
        while (op < FILTER_OP_COUNT && strcmp(filter_ops[op].name, at.name) != 0)
            op++;
        if (op == FILTER_OP_COUNT ? !filter_bad_op(p, &target->field, &at) :
            !filter_operator(p, target, op, acrm_value_at(value, i), &at, depth, &node))
            return false;
        if (!acrm__filter_add(p, &all, &node))
            return false;
    }
    return acrm__filter_done(p, &all, out);
}

/* ---- to-many relations ---- */

static bool filter_relation(acrm__filter_parser *p, const filter_target *target,
                            const acrm_value *value, const acrm__filter_place *place,
                            uint32_t depth, acrm_filter_node *out)
{
    const acrm__filter_scope scope = { target->field.entity, target->field.table };
    acrm__filter_list all = { .op = ACRM_FILTER_AND };
    size_t n = acrm_value_count(value);

    *out = filter_false;
    if (acrm_value_type(value) != ACRM_MAP || n == 0)
        return acrm__filter_fault(p, place, "operator",
                                  "a relation to many takes {\"$any\": {...}}, $all or $none");
    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = filter_at(place, value, i);
        acrm_filter_node node = filter_false;
        int op = filter_index(filter_many, at.name);
        if (op < 0) {
            if (!acrm__filter_fault(p, &at, "operator",
                                    "a relation to many takes $any, $all or $none"))
                return false;
            continue;
        }
        if (!filter_count_term(p, &at) ||
            !filter_object(p, &scope, acrm_value_at(value, i), &at, depth + 1, &node) ||
            (op == FILTER_MANY_ALL && !acrm__filter_not(p, &node)) ||
            !acrm__filter_related(p, &target->field, &node) ||
            !filter_finish(p, target, op != FILTER_MANY_ANY, &node) ||
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
                          filter_target *target, bool *found)
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
    filter_target target;
    bool found = false;

    *out = filter_false;
    if (!filter_follow(p, scope, place, depth, &target, &found))
        return false;
    if (!found)
        return true;
    depth += target.n_hops;
    if (target.field.kind == ACRM__FILTER_TO_MANY)
        return filter_relation(p, &target, value, place, depth, out);
    assert(target.field.type >= ACRM__FT_ID && target.field.type <= ACRM__FT_BYTES);
    return filter_condition(p, &target, value, place, depth, out);
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
        if (!filter_count_term(p, &at) ||
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

    *out = filter_false;
    if (!filter_count_term(p, place))
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

    *out = filter_false;
    if (depth > ACRM__FILTER_DEPTH_MAX)
        return acrm__filter_limit(p, place, "levels", ACRM__FILTER_DEPTH_MAX);
    if (acrm_value_type(filter) != ACRM_MAP)
        return acrm__filter_fault(p, place, "type", "expected a filter such as {\"name\": value}");
    for (size_t i = 0; i < n; i++) {
        const acrm__filter_place at = filter_at(place, filter, i);
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
