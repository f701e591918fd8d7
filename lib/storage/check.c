/* SPDX-License-Identifier: MIT */
/* What the shipped adapters check of their arguments, so that they refuse the same ones. */
#include "storage/check.h"

#include "base/error.h"

#include <math.h>

/* How many values and children a node takes. */
enum { NODE_LEAF = 0, NODE_LIST = 1, NODE_ONE = 2 };

static const struct {
    uint8_t values;   /* LEAF: none, ONE: one, LIST: any number */
    uint8_t children;
    bool column;      /* `column` is looked at */
    bool null_value;  /* a NULL among the values has a meaning */
} check_nodes[] = {
    [ACRM_FILTER_TRUE] = { NODE_LEAF, NODE_LEAF, false, false },
    [ACRM_FILTER_FALSE] = { NODE_LEAF, NODE_LEAF, false, false },
    [ACRM_FILTER_AND] = { NODE_LEAF, NODE_LIST, false, false },
    [ACRM_FILTER_OR] = { NODE_LEAF, NODE_LIST, false, false },
    [ACRM_FILTER_NOT] = { NODE_LEAF, NODE_ONE, false, false },
    [ACRM_FILTER_EQ] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_NE] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_LT] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_LE] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_GT] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_GE] = { NODE_ONE, NODE_LEAF, true, true },
    [ACRM_FILTER_IN] = { NODE_LIST, NODE_LEAF, true, true },
    [ACRM_FILTER_CONTAINS] = { NODE_ONE, NODE_LEAF, true, false },
    [ACRM_FILTER_STARTS] = { NODE_ONE, NODE_LEAF, true, false },
    [ACRM_FILTER_RELATED] = { NODE_LEAF, NODE_ONE, true, false },
    [ACRM_FILTER_SEARCH] = { NODE_ONE, NODE_LEAF, false, false },
};

enum { CHECK_NODES = sizeof check_nodes / sizeof check_nodes[0] };

static bool check_number(int32_t type)
{
    return type == ACRM_CELL_INT || type == ACRM_CELL_REAL;
}

/* NULL fits everywhere here; a number is compared with any number. */
static bool check_comparable(int32_t column, const acrm_cell *cell)
{
    if (cell->type == ACRM_CELL_REAL && isnan(cell->real))
        return false;
    return cell->type == ACRM_CELL_NULL || cell->type == column
           || (check_number(cell->type) && check_number(column));
}

int32_t acrm__storage_check_cell(const acrm_table *table, uint32_t column, const acrm_cell *cell,
                                 acrm_error **err)
{
    const acrm_column *c = &table->columns[column];

    if (cell->type == ACRM_CELL_NULL) {
        if (c->flags & ACRM_COLUMN_NOT_NULL || column == 0)
            return acrm__error(err, ACRM_E_INVALID, "required", c->name, "%s.%s needs a value",
                               table->name, c->name);
        return ACRM_OK;
    }
    if (cell->type != c->type || (cell->type == ACRM_CELL_REAL && !isfinite(cell->real)))
        return acrm__error(err, ACRM_E_INVALID, "type", c->name,
                           "the value for %s.%s is not of the column's type", table->name, c->name);
    return ACRM_OK;
}

static int32_t check_misuse(acrm_error **err, const char *what)
{
    return acrm__error(err, ACRM_E_INVALID, "query", NULL, "%s", what);
}

int32_t acrm__storage_check_value(const acrm_table *table, uint32_t column, const acrm_cell *value,
                                  acrm_error **err)
{
    if (column >= table->n_columns)
        return check_misuse(err, "a value for a column that the table does not have");
    if (value->type == ACRM_CELL_NULL || !check_comparable(table->columns[column].type, value))
        return acrm__error(err, ACRM_E_INVALID, "type", table->columns[column].name,
                           "the value to find in %s.%s is not of the column's type", table->name,
                           table->columns[column].name);
    return ACRM_OK;
}

int32_t acrm__storage_check_update(const acrm_table *table, const acrm_cell *key,
                                   const uint32_t *columns, const acrm_cell *cells,
                                   uint32_t n_columns, acrm_error **err)
{
    int32_t st = acrm__storage_check_value(table, 0, key, err);

    if (st == ACRM_OK && n_columns == 0)
        st = check_misuse(err, "an update of no column");
    for (uint32_t i = 0; st == ACRM_OK && i < n_columns; i++) {
        if (columns[i] == 0 || columns[i] >= table->n_columns)
            st = check_misuse(err, "an update of the key or of a column that does not exist");
        else
            st = acrm__storage_check_cell(table, columns[i], &cells[i], err);
    }
    return st;
}

static int32_t check_limit(acrm_error **err, const char *what)
{
    return acrm__error(err, ACRM_E_LIMIT, "limit", NULL, "%s", what);
}

static int32_t check_words(const acrm_cell *value, acrm_error **err)
{
    const char *text = value->data;
    uint32_t words = 0;

    for (uint32_t i = 0; i < value->size; i++)
        words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    if (words > ACRM__STORAGE_WORDS_MAX)
        return check_limit(err, "too many words in one search (64 at most)");
    return ACRM_OK;
}

static int32_t check_column_values(const acrm_table *table, const acrm_filter_node *node,
                                   acrm_error **err)
{
    const acrm_column *column = &table->columns[node->column];
    bool text = node->op == ACRM_FILTER_CONTAINS || node->op == ACRM_FILTER_STARTS;

    if (text && column->type != ACRM_CELL_TEXT)
        return check_misuse(err, "a text condition on a column that holds no text");
    for (uint32_t i = 0; i < node->n_values; i++) {
        const acrm_cell *value = &node->values[i];
        if (!check_comparable(column->type, value)
            || (value->type == ACRM_CELL_NULL && !check_nodes[node->op].null_value))
            return acrm__error(err, ACRM_E_INVALID, "type", column->name,
                               "a condition on %s.%s has a value of another type", table->name,
                               column->name);
    }
    return ACRM_OK;
}

/* One node without its children. */
static int32_t check_node(const acrm_table *table, const acrm_filter_node *node, acrm_error **err)
{
    if (node->op < 0 || node->op >= CHECK_NODES)
        return check_misuse(err, "unknown operator in a filter");
    if (check_nodes[node->op].values != NODE_LIST
        && node->n_values != (check_nodes[node->op].values == NODE_ONE))
        return check_misuse(err, "wrong number of values in a filter");
    if (check_nodes[node->op].children != NODE_LIST
        && node->n_children != (check_nodes[node->op].children == NODE_ONE))
        return check_misuse(err, "wrong number of children in a filter");
    if (check_nodes[node->op].column && node->column >= table->n_columns)
        return check_misuse(err, "a filter names a column that the table does not have");
    if (node->op == ACRM_FILTER_SEARCH) {
        if (!(table->flags & ACRM_TABLE_SEARCH) || node->values[0].type != ACRM_CELL_TEXT)
            return check_misuse(err, "a search in a table that carries no search text");
        return check_words(&node->values[0], err);
    }
    if (node->op == ACRM_FILTER_RELATED
        && (!node->related || node->related_column >= node->related->n_columns))
        return check_misuse(err, "a filter names a relation that does not exist");
    return check_nodes[node->op].column ? check_column_values(table, node, err) : ACRM_OK;
}

/* Walks the tree with its own stack. */
static int32_t check_filter(const acrm_table *table, const acrm_filter_node *root, acrm_error **err)
{
    struct {
        const acrm_table *table;
        const acrm_filter_node *next, *end;
    } stack[ACRM__STORAGE_DEPTH_MAX] = { { table, root, root + 1 } };
    uint32_t depth = 1;

    while (depth > 0) {
        if (stack[depth - 1].next == stack[depth - 1].end) {
            depth--;
            continue;
        }
        const acrm_filter_node *node = stack[depth - 1].next++;
        const acrm_table *at = stack[depth - 1].table;
        int32_t st = check_node(at, node, err);
        if (st != ACRM_OK)
            return st;
        if (node->n_children == 0)
            continue;
        if (depth == ACRM__STORAGE_DEPTH_MAX)
            return check_limit(err, "the filter is nested too deeply (64 levels at most)");
        stack[depth].table = node->op == ACRM_FILTER_RELATED ? node->related : at;
        stack[depth].next = node->children;
        stack[depth].end = node->children + node->n_children;
        depth++;
    }
    return ACRM_OK;
}

static int32_t check_expression(const acrm_query *query, const acrm_expression *e, acrm_error **err)
{
    const acrm_table *table = e->source <= query->n_joins
                                  ? acrm__storage_source(query, e->source) : NULL;

    if (e->aggregate < ACRM_AGGREGATE_NONE || e->aggregate > ACRM_AGGREGATE_COUNT_DISTINCT)
        return check_misuse(err, "unknown aggregate");
    if (e->bucket < ACRM_BUCKET_NONE || e->bucket > ACRM_BUCKET_YEAR)
        return check_misuse(err, "unknown date bucket");
    if (e->aggregate == ACRM_AGGREGATE_COUNT)
        return ACRM_OK;
    if (!table || e->column >= table->n_columns)
        return check_misuse(err, "an expression names a column that does not exist");
    if (e->bucket != ACRM_BUCKET_NONE && table->columns[e->column].type != ACRM_CELL_INT)
        return check_misuse(err, "a date bucket on a column that holds no date");
    if ((e->aggregate == ACRM_AGGREGATE_SUM || e->aggregate == ACRM_AGGREGATE_AVG)
        && !check_number(table->columns[e->column].type))
        return check_misuse(err, "a sum or average of a column that holds no numbers");
    return ACRM_OK;
}

static int32_t check_select(const acrm_query *query, acrm_error **err)
{
    bool grouped = acrm__storage_grouped(query);

    if (query->n_group > query->n_select)
        return check_misuse(err, "more grouping terms than selected expressions");
    for (uint32_t i = 0; i < query->n_select; i++) {
        int32_t st = check_expression(query, &query->select[i], err);
        if (st != ACRM_OK)
            return st;
        bool aggregate = query->select[i].aggregate != ACRM_AGGREGATE_NONE;
        if (grouped && aggregate != (i >= query->n_group))
            return check_misuse(err, "grouping terms and aggregates in the wrong order");
    }
    return ACRM_OK;
}

static int32_t check_joins(const acrm_query *query, acrm_error **err)
{
    if (query->n_joins > ACRM__STORAGE_JOINS_MAX)
        return check_limit(err, "too many relations in one query (16 at most)");
    for (uint32_t i = 0; i < query->n_joins; i++) {
        const acrm_join *join = &query->joins[i];
        if (!join->table || join->source > i
            || join->column >= acrm__storage_source(query, join->source)->n_columns)
            return check_misuse(err, "a join that refers to nothing");
    }
    return ACRM_OK;
}

static int32_t check_order(const acrm_query *query, acrm_error **err)
{
    uint32_t n = query->n_select ? query->n_select : query->table->n_columns;

    if (query->n_order > ACRM__STORAGE_ORDER_MAX)
        return check_limit(err, "too many order terms (16 at most)");
    if (query->after && (query->n_order == 0 || acrm__storage_grouped(query)))
        return check_misuse(err, "a position needs an order and no grouping");
    for (uint32_t i = 0; i < query->n_order; i++) {
        acrm_expression whole;
        if (query->order[i].expression >= n)
            return check_misuse(err, "an order term that is not selected");
        if (!query->after)
            continue;
        const acrm_expression *e = acrm__storage_order_expression(query, i, &whole);
        const acrm_table *table = acrm__storage_source(query, e->source);
        if (!check_comparable(table->columns[e->column].type, &query->after[i]))
            return acrm__error(err, ACRM_E_INVALID, "type", table->columns[e->column].name,
                               "the position does not fit the order");
    }
    return ACRM_OK;
}

int32_t acrm__storage_check_query(const acrm_query *query, acrm_error **err)
{
    int32_t st = check_joins(query, err);

    if (st == ACRM_OK)
        st = check_select(query, err);
    if (st == ACRM_OK)
        st = check_order(query, err);
    if (st == ACRM_OK && query->where)
        st = check_filter(query->table, query->where, err);
    return st;
}

const acrm_table *acrm__storage_source(const acrm_query *query, uint32_t source)
{
    return source == 0 ? query->table : query->joins[source - 1].table;
}

bool acrm__storage_grouped(const acrm_query *query)
{
    /* Aggregates come last, so the last expression tells. */
    return query->n_group > 0
           || (query->n_select > 0
               && query->select[query->n_select - 1].aggregate != ACRM_AGGREGATE_NONE);
}

const acrm_expression *acrm__storage_order_expression(const acrm_query *query, uint32_t term,
                                                      acrm_expression *whole)
{
    if (query->n_select)
        return &query->select[query->order[term].expression];
    *whole = (acrm_expression){ .column = query->order[term].expression };
    return whole;
}
