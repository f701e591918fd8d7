/* SPDX-License-Identifier: MIT */
/*
 * Filter trees as SQL conditions. SQL's third truth value stands for false everywhere but under
 * NOT, where IS NOT TRUE brings it back to two.
 */
#include "storage/sql/sql.h"

#include <string.h>

typedef void (*sql_node_fn)(acrm__sql *sql, const acrm__sql_scope *scope,
                            const acrm_filter_node *node);

enum { SQL_CHAIN_MAX = 8 }; /* longer chains are written as balanced pairs */

static const char *const sql_compare_ops[] = {
    [ACRM_FILTER_EQ] = " = ", [ACRM_FILTER_LT] = " < ", [ACRM_FILTER_LE] = " <= ",
    [ACRM_FILTER_GT] = " > ", [ACRM_FILTER_GE] = " >= ",
};

static void sql_constant(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    (void)scope;
    acrm__sql_puts(sql, node->op == ACRM_FILTER_TRUE ? "TRUE" : "FALSE");
}

/*
 * AND and OR. Databases limit how deep an expression nests, and read a chain of n terms as n
 * levels; halving it makes that log2(n).
 */
static void sql_chain(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *nodes,
                      uint32_t n, const char *op)
{
    acrm__sql_puts(sql, "(");
    if (n > SQL_CHAIN_MAX) {
        sql_chain(sql, scope, nodes, n / 2, op);
        acrm__sql_puts(sql, op);
        sql_chain(sql, scope, nodes + n / 2, n - n / 2, op);
    } else {
        for (uint32_t i = 0; i < n; i++) {
            if (i > 0)
                acrm__sql_puts(sql, op);
            acrm__sql_filter(sql, scope, &nodes[i]);
        }
    }
    acrm__sql_puts(sql, ")");
}

static void sql_logic(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    bool all = node->op == ACRM_FILTER_AND;

    if (node->n_children == 0)
        acrm__sql_puts(sql, all ? "TRUE" : "FALSE");
    else
        sql_chain(sql, scope, node->children, node->n_children, all ? " AND " : " OR ");
}

static void sql_not(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    acrm__sql_puts(sql, "((");
    acrm__sql_filter(sql, scope, &node->children[0]);
    acrm__sql_puts(sql, ") IS NOT TRUE)");
}

/* column op value */
static void sql_relation(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column, int32_t op,
                         const acrm_cell *value)
{
    int32_t verdict = ACRM__SQL_BY_VALUE;
    acrm_cell exact = *value;

    if (sql->dialect->inexact)
        verdict = acrm__sql_exact(scope->table->columns[column].type, &op, &exact);
    if (verdict == ACRM__SQL_NEVER) {
        acrm__sql_puts(sql, "FALSE");
        return;
    }
    acrm__sql_column(sql, scope, column);
    if (verdict == ACRM__SQL_ALWAYS) {
        acrm__sql_puts(sql, " IS NOT NULL");
        return;
    }
    acrm__sql_puts(sql, sql_compare_ops[op]);
    acrm__sql_bind(sql, &exact);
}

static void sql_compare(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    if (node->values[0].type != ACRM_CELL_NULL) {
        sql_relation(sql, scope, node->column, node->op, &node->values[0]);
    } else if (node->op != ACRM_FILTER_EQ) {
        acrm__sql_puts(sql, "FALSE");
    } else {
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " IS NULL");
    }
}

static void sql_differ(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    if (node->values[0].type == ACRM_CELL_NULL) {
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " IS NOT NULL");
        return;
    }
    acrm__sql_puts(sql, "(NOT ");
    sql_relation(sql, scope, node->column, ACRM_FILTER_EQ, &node->values[0]);
    acrm__sql_puts(sql, " OR ");
    acrm__sql_column(sql, scope, node->column);
    acrm__sql_puts(sql, " IS NULL)");
}

static void sql_in(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    const int32_t type = scope->table->columns[node->column].type;
    uint32_t values = 0;
    bool null = false;

    acrm__sql_puts(sql, "(");
    for (uint32_t i = 0; i < node->n_values; i++) {
        acrm_cell value = node->values[i];
        int32_t op = ACRM_FILTER_EQ;
        null = null || value.type == ACRM_CELL_NULL;
        if (value.type == ACRM_CELL_NULL
            || (sql->dialect->inexact && acrm__sql_exact(type, &op, &value) == ACRM__SQL_NEVER))
            continue;
        if (values++ == 0) {
            acrm__sql_column(sql, scope, node->column);
            acrm__sql_puts(sql, " IN (");
        } else {
            acrm__sql_puts(sql, ",");
        }
        acrm__sql_bind(sql, &value);
    }
    acrm__sql_puts(sql, values ? ")" : "FALSE");
    if (null) {
        acrm__sql_puts(sql, " OR ");
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " IS NULL");
    }
    acrm__sql_puts(sql, ")");
}

static void sql_contains(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    sql->dialect->contains(sql, scope, node->column, &node->values[0]);
}

/* Length of the code point that ends at `end`, and its value; the text is valid UTF-8. */
static size_t sql_last_code_point(const unsigned char *text, size_t end, uint32_t *cp)
{
    size_t len = 1;

    while (len < 4 && len < end && (text[end - len] & 0xc0) == 0x80)
        len++;
    static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    *cp = text[end - len] & masks[len];
    for (size_t i = end - len + 1; i < end; i++)
        *cp = *cp << 6 | (text[i] & 0x3f);
    return len;
}

static size_t sql_put_code_point(unsigned char *to, uint32_t cp)
{
    if (cp < 0x80) {
        to[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (unsigned char)(0xc0 | cp >> 6);
        to[1] = (unsigned char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (unsigned char)(0xe0 | cp >> 12);
        to[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3f));
        to[2] = (unsigned char)(0x80 | (cp & 0x3f));
        return 3;
    }
    to[0] = (unsigned char)(0xf0 | cp >> 18);
    to[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3f));
    to[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3f));
    to[3] = (unsigned char)(0x80 | (cp & 0x3f));
    return 4;
}

/* The first text after all those that start with `prefix`; size 0: there is none. */
static acrm_cell sql_successor(acrm__sql *sql, const acrm_cell *prefix)
{
    acrm_cell next = { .type = ACRM_CELL_TEXT };
    size_t end = prefix->size;

    while (end > 0) {
        uint32_t cp = 0;
        end -= sql_last_code_point(prefix->data, end, &cp);
        if (cp == 0x10ffff)
            continue;
        unsigned char *copy = acrm__arena_alloc(sql->arena, end + 4);
        if (!copy) {
            sql->text.failed = true;
            break;
        }
        if (end > 0)
            memcpy(copy, prefix->data, end);
        next.data = copy;
        next.size = (uint32_t)(end + sql_put_code_point(copy + end,
                                                        cp == 0xd7ff ? 0xe000 : cp + 1));
        break;
    }
    return next;
}

/* As a range, which an index answers. */
static void sql_starts(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    acrm_cell next = sql_successor(sql, &node->values[0]);

    acrm__sql_puts(sql, "(");
    acrm__sql_column(sql, scope, node->column);
    acrm__sql_puts(sql, " >= ");
    acrm__sql_bind(sql, &node->values[0]);
    if (next.size > 0) {
        acrm__sql_puts(sql, " AND ");
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " < ");
        acrm__sql_bind(sql, &next);
    }
    acrm__sql_puts(sql, ")");
}

static bool sql_leads_index(const acrm_table *table, uint32_t column)
{
    for (uint32_t i = 0; i < table->n_indexes; i++)
        if (table->indexes[i].columns[0] == column)
            return true;
    return column == 0;
}

/* Whether a condition leads to few rows by an index: then it is better asked first, once. */
static bool sql_selective(const acrm_table *table, const acrm_filter_node *node)
{
    const acrm_filter_node *terms = node;
    uint32_t n = 1;

    if (node->op == ACRM_FILTER_AND) {
        terms = node->children;
        n = node->n_children;
    }
    for (uint32_t i = 0; i < n; i++) {
        const acrm_filter_node *t = &terms[i];
        if (t->op == ACRM_FILTER_SEARCH)
            return true;
        if ((t->op == ACRM_FILTER_EQ || t->op == ACRM_FILTER_IN || t->op == ACRM_FILTER_STARTS)
            && t->n_values > 0 && t->values[0].type != ACRM_CELL_NULL
            && sql_leads_index(table, t->column))
            return true;
    }
    return false;
}

static void sql_related(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    acrm__sql_scope inner = { .table = node->related, .letter = 'r', .number = sql->n_related++ };
    bool first = sql_selective(node->related, &node->children[0])
                 || !sql_leads_index(node->related, node->related_column);

    if (first) {
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " IN (SELECT ");
        acrm__sql_column(sql, &inner, node->related_column);
    } else {
        acrm__sql_puts(sql, "EXISTS (SELECT 1");
    }
    acrm__sql_puts(sql, " FROM ");
    acrm__sql_name(sql, inner.table->name);
    acrm__sql_puts(sql, " AS r");
    acrm__str_int(&sql->text, inner.number);
    acrm__sql_puts(sql, " WHERE ");
    if (!first) {
        acrm__sql_column(sql, &inner, node->related_column);
        acrm__sql_puts(sql, " = ");
        acrm__sql_column(sql, scope, node->column);
        acrm__sql_puts(sql, " AND ");
    }
    if (inner.table->deleted_at != UINT32_MAX) {
        acrm__sql_column(sql, &inner, inner.table->deleted_at);
        acrm__sql_puts(sql, " IS NULL AND ");
    }
    acrm__sql_filter(sql, &inner, &node->children[0]);
    acrm__sql_puts(sql, ")");
}

static void sql_search(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    const char *text = node->values[0].data;

    for (uint32_t i = 0; i < node->values[0].size; i++) {
        if (text[i] != ' ') {
            sql->dialect->search(sql, scope, &node->values[0]);
            return;
        }
    }
    acrm__sql_puts(sql, "TRUE"); /* no words: none is missing */
}

static const sql_node_fn sql_nodes[] = {
    [ACRM_FILTER_TRUE] = sql_constant,   [ACRM_FILTER_FALSE] = sql_constant,
    [ACRM_FILTER_AND] = sql_logic,       [ACRM_FILTER_OR] = sql_logic,
    [ACRM_FILTER_NOT] = sql_not,         [ACRM_FILTER_EQ] = sql_compare,
    [ACRM_FILTER_NE] = sql_differ,       [ACRM_FILTER_LT] = sql_compare,
    [ACRM_FILTER_LE] = sql_compare,      [ACRM_FILTER_GT] = sql_compare,
    [ACRM_FILTER_GE] = sql_compare,      [ACRM_FILTER_IN] = sql_in,
    [ACRM_FILTER_CONTAINS] = sql_contains, [ACRM_FILTER_STARTS] = sql_starts,
    [ACRM_FILTER_RELATED] = sql_related, [ACRM_FILTER_SEARCH] = sql_search,
};

/* Recursive, but never deeper than ACRM__STORAGE_DEPTH_MAX: the tree was checked. */
void acrm__sql_filter(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node)
{
    sql_nodes[node->op](sql, scope, node);
}
