/* SPDX-License-Identifier: MIT */
/* Filter trees on rows in memory. */
#include "engines/filter/eval.h"

#include <string.h>

typedef struct eval_run {
    const acrm__filter_row *row;
    const acrm__filter_relations *relations;
    uint32_t depth;
} eval_run;

typedef int32_t (*eval_fn)(const eval_run *run, const acrm_filter_node *node, bool *truth);

static int eval_sign(bool below, bool above)
{
    return (int)above - (int)below;
}

/* Exact: an integer beyond 2^53 has no double of its own. */
static int eval_compare_mixed(int64_t integer, double real)
{
    const double limit = 9223372036854775808.0; /* 2^63 */

    if (real >= limit)
        return -1;
    if (real < -limit)
        return 1;
    int64_t whole = (int64_t)real;
    if (integer != whole)
        return eval_sign(integer < whole, integer > whole);
    double rest = real - (double)whole;
    return eval_sign(rest > 0, rest < 0);
}

static int eval_compare_bytes(const acrm_cell *a, const acrm_cell *b)
{
    uint32_t common = a->size < b->size ? a->size : b->size;
    int order = common > 0 ? memcmp(a->data, b->data, common) : 0;

    return order != 0 ? order : eval_sign(a->size < b->size, a->size > b->size);
}

static int eval_class(int32_t type)
{
    return type == ACRM_CELL_REAL ? ACRM_CELL_INT : type;
}

int acrm__cell_compare(const acrm_cell *a, const acrm_cell *b)
{
    int class_a = eval_class(a->type);
    int class_b = eval_class(b->type);

    if (class_a != class_b)
        return class_a - class_b;
    if (class_a == ACRM_CELL_NULL)
        return 0;
    if (class_a != ACRM_CELL_INT)
        return eval_compare_bytes(a, b);
    if (a->type == ACRM_CELL_INT && b->type == ACRM_CELL_INT)
        return eval_sign(a->integer < b->integer, a->integer > b->integer);
    if (a->type == ACRM_CELL_INT)
        return eval_compare_mixed(a->integer, b->real);
    if (b->type == ACRM_CELL_INT)
        return -eval_compare_mixed(b->integer, a->real);
    return eval_sign(a->real < b->real, a->real > b->real);
}

static int32_t eval_constant(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    (void)run;
    *truth = node->op == ACRM_FILTER_TRUE;
    return ACRM_OK;
}

/* AND stops at the first false child, OR at the first true one. */
static int32_t eval_logic(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    bool all = node->op == ACRM_FILTER_AND;
    bool result = all;

    for (uint32_t i = 0; i < node->n_children && result == all; i++) {
        int32_t st = acrm__filter_eval(&node->children[i], run->row, run->relations,
                                       run->depth + 1, &result);
        if (st != ACRM_OK)
            return st;
    }
    *truth = result;
    return ACRM_OK;
}

static int32_t eval_not(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    if (node->n_children != 1)
        return ACRM_E_INVALID;
    int32_t st = acrm__filter_eval(&node->children[0], run->row, run->relations, run->depth + 1,
                                   truth);
    if (st == ACRM_OK)
        *truth = !*truth;
    return st;
}

static const acrm_cell *eval_cell(const eval_run *run, const acrm_filter_node *node)
{
    return node->column < run->row->table->n_columns ? &run->row->cells[node->column] : NULL;
}

static int32_t eval_compare(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    const acrm_cell *cell = eval_cell(run, node);

    if (!cell || node->n_values != 1)
        return ACRM_E_INVALID;
    int order = acrm__cell_compare(cell, &node->values[0]);
    bool known = cell->type != ACRM_CELL_NULL && node->values[0].type != ACRM_CELL_NULL;
    switch (node->op) {
    case ACRM_FILTER_EQ:
        *truth = order == 0;
        break;
    case ACRM_FILTER_NE:
        *truth = order != 0;
        break;
    case ACRM_FILTER_LT:
        *truth = known && order < 0;
        break;
    case ACRM_FILTER_LE:
        *truth = known && order <= 0;
        break;
    case ACRM_FILTER_GT:
        *truth = known && order > 0;
        break;
    default:
        *truth = known && order >= 0;
        break;
    }
    return ACRM_OK;
}

static int32_t eval_in(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    const acrm_cell *cell = eval_cell(run, node);

    if (!cell)
        return ACRM_E_INVALID;
    *truth = false;
    for (uint32_t i = 0; i < node->n_values && !*truth; i++)
        *truth = acrm__cell_compare(cell, &node->values[i]) == 0;
    return ACRM_OK;
}

/* Whether `text` holds `part` at its start, or anywhere. */
static bool eval_holds(const acrm_cell *text, const acrm_cell *part, bool anywhere)
{
    const char *bytes = text->data;

    if (part->size == 0)
        return true;
    if (part->size > text->size)
        return false;
    uint32_t last = anywhere ? text->size - part->size : 0;
    for (uint32_t i = 0; i <= last; i++)
        if (memcmp(bytes + i, part->data, part->size) == 0)
            return true;
    return false;
}

static int32_t eval_text(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    const acrm_cell *cell = eval_cell(run, node);

    if (!cell || node->n_values != 1 || node->values[0].type != ACRM_CELL_TEXT)
        return ACRM_E_INVALID;
    *truth = cell->type == ACRM_CELL_TEXT
             && eval_holds(cell, &node->values[0], node->op == ACRM_FILTER_CONTAINS);
    return ACRM_OK;
}

static int32_t eval_related(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    const acrm_cell *cell = eval_cell(run, node);

    if (!cell || node->n_children != 1 || !node->related
        || node->related_column >= node->related->n_columns)
        return ACRM_E_INVALID;
    if (!run->relations)
        return ACRM_E_UNSUPPORTED;
    *truth = false;
    if (cell->type == ACRM_CELL_NULL)
        return ACRM_OK;
    return run->relations->any(run->relations->self, node, cell, run->depth + 1, truth);
}

/* Whether some word of `text` begins with the `len` bytes of `word`. */
static bool eval_has_word(const char *text, const char *word, size_t len)
{
    while (*text != '\0') {
        if (strncmp(text, word, len) == 0)
            return true;
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return false;
}

static int32_t eval_search(const eval_run *run, const acrm_filter_node *node, bool *truth)
{
    if (node->n_values != 1 || node->values[0].type != ACRM_CELL_TEXT)
        return ACRM_E_INVALID;
    const char *text = run->row->search ? run->row->search : "";
    const char *words = node->values[0].data;
    uint32_t size = node->values[0].size;
    *truth = true;
    for (uint32_t i = 0, start = 0; i <= size && *truth; i++) {
        if (i < size && words[i] != ' ')
            continue;
        if (i > start)
            *truth = eval_has_word(text, words + start, i - start);
        start = i + 1;
    }
    return ACRM_OK;
}

static const eval_fn eval_nodes[] = {
    [ACRM_FILTER_TRUE] = eval_constant,  [ACRM_FILTER_FALSE] = eval_constant,
    [ACRM_FILTER_AND] = eval_logic,      [ACRM_FILTER_OR] = eval_logic,
    [ACRM_FILTER_NOT] = eval_not,        [ACRM_FILTER_EQ] = eval_compare,
    [ACRM_FILTER_NE] = eval_compare,     [ACRM_FILTER_LT] = eval_compare,
    [ACRM_FILTER_LE] = eval_compare,     [ACRM_FILTER_GT] = eval_compare,
    [ACRM_FILTER_GE] = eval_compare,     [ACRM_FILTER_IN] = eval_in,
    [ACRM_FILTER_CONTAINS] = eval_text,  [ACRM_FILTER_STARTS] = eval_text,
    [ACRM_FILTER_RELATED] = eval_related, [ACRM_FILTER_SEARCH] = eval_search,
};

/* Recursive, but no deeper than the limit. */
int32_t acrm__filter_eval(const acrm_filter_node *node, const acrm__filter_row *row,
                          const acrm__filter_relations *relations, uint32_t depth, bool *truth)
{
    const eval_run run = { .row = row, .relations = relations, .depth = depth };
    bool result = false;

    if (depth >= ACRM__FILTER_EVAL_DEPTH_MAX)
        return ACRM_E_LIMIT;
    if (node->op < 0 || (size_t)node->op >= sizeof eval_nodes / sizeof eval_nodes[0])
        return ACRM_E_INVALID;
    int32_t st = eval_nodes[node->op](&run, node, &result);
    if (st == ACRM_OK)
        *truth = result;
    return st;
}
