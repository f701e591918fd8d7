/* SPDX-License-Identifier: MIT */
/* Conditions on one field: its operators, with one value or a list of them. */
#include "engines/filter/filter_internal.h"
#include "engines/filter/nearest.h"

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

static const acrm_filter_node filter_false = { .op = ACRM_FILTER_FALSE };

static bool filter_count_values(acrm__filter_parser *p, const acrm__filter_place *place, size_t n)
{
    if (n > ACRM__FILTER_VALUES_MAX || p->values + n > ACRM__FILTER_VALUES_MAX)
        return acrm__filter_limit(p, place, "values", ACRM__FILTER_VALUES_MAX);
    p->values += (uint32_t)n;
    return true;
}

/*
 * Each operator gives a node that is false on null, and whether to negate it. The negation is
 * put outside the relations passed on the way, where a missing row reads as null.
 */
bool acrm__filter_finish(acrm__filter_parser *p, const acrm__filter_target *target, bool negate,
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
static bool filter_comparison(acrm__filter_parser *p, const acrm__filter_target *target, int op,
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
    return acrm__filter_finish(p, target, negate, out);
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
static bool filter_list_node(acrm__filter_parser *p, const acrm__filter_target *target,
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
    if (!acrm__filter_finish(p, target, negate, &node) || !acrm__filter_add(p, &terms, &node))
        return false;
    if (list->null &&
        !(acrm__filter_compare(p, ACRM_FILTER_NE, column, NULL, &node) &&
          acrm__filter_finish(p, target, !negate, &node) && acrm__filter_add(p, &terms, &node)))
        return false;
    return acrm__filter_done(p, &terms, out);
}

static bool filter_list(acrm__filter_parser *p, const acrm__filter_target *target, int op,
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

/* One operator of a field. */
static bool filter_operator(acrm__filter_parser *p, const acrm__filter_target *target, int op,
                            const acrm_value *value, const acrm__filter_place *place,
                            uint32_t depth, acrm_filter_node *out)
{
    const acrm__filter_field *field = &target->field;
    uint32_t needs = filter_ops[op].needs;

    *out = filter_false;
    if (!acrm__filter_term(p, place))
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
               acrm__filter_finish(p, target, !acrm_value_bool(value), out);
    case FILTER_OP_NOT:
        return acrm__filter_condition(p, target, value, place, depth + 1, out) &&
               acrm__filter_not(p, out);
    default:
        return filter_comparison(p, target, op, value, place, out);
    }
}

/* The value of a field: something to equal, or a map of operators. */
bool acrm__filter_condition(acrm__filter_parser *p, const acrm__filter_target *target,
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
        const acrm__filter_place at = acrm__filter_at(place, value, i);
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
