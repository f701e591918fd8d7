/* SPDX-License-Identifier: MIT */
/* Filter nodes in an arena, with what can be decided at once folded away. */
#include "engines/filter/filter_internal.h"

#include <assert.h>
#include <string.h>

static bool filter_push(acrm__filter_parser *p, acrm__filter_list *list,
                        const acrm_filter_node *node)
{
    if (list->n == list->cap) {
        uint32_t cap = list->cap == 0 ? 4 : 2 * list->cap;
        acrm_filter_node *nodes = acrm__arena_array(p->arena, cap, sizeof *nodes);
        if (nodes == NULL)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
        if (list->n > 0)
            memcpy(nodes, list->nodes, list->n * sizeof *nodes);
        list->nodes = nodes;
        list->cap = cap;
    }
    list->nodes[list->n++] = *node;
    return true;
}

bool acrm__filter_add(acrm__filter_parser *p, acrm__filter_list *list,
                      const acrm_filter_node *node)
{
    int32_t neutral = list->op == ACRM_FILTER_AND ? ACRM_FILTER_TRUE : ACRM_FILTER_FALSE;

    assert(list->op == ACRM_FILTER_AND || list->op == ACRM_FILTER_OR);
    if (node->op == neutral)
        return true;
    if (node->op == ACRM_FILTER_TRUE || node->op == ACRM_FILTER_FALSE) {
        list->decided = true;
        return true;
    }
    if (node->op != list->op)
        return filter_push(p, list, node);
    for (uint32_t i = 0; i < node->n_children; i++)
        if (!filter_push(p, list, &node->children[i]))
            return false;
    return true;
}

static bool filter_same_row(const acrm_filter_node *a, const acrm_filter_node *b)
{
    return b->op == ACRM_FILTER_RELATED && a->column == b->column && a->related == b->related &&
           a->related_column == b->related_column;
}

/*
 * Conditions on the one row that a reference leads to are asked of it together. Only right for
 * references to a key: there the row that satisfies the one is the row that satisfies the other.
 */
static bool filter_merge_rows(acrm__filter_parser *p, acrm__filter_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        acrm_filter_node *node = &list->nodes[i];
        acrm__filter_list inner = { .op = ACRM_FILTER_AND };
        uint32_t kept = i + 1;
        if (node->op != ACRM_FILTER_RELATED || node->related_column != 0)
            continue;
        for (uint32_t k = i + 1; k < list->n; k++) {
            const acrm_filter_node *other = &list->nodes[k];
            if (!filter_same_row(node, other)) {
                list->nodes[kept++] = *other;
                continue;
            }
            if ((inner.n == 0 && !acrm__filter_add(p, &inner, &node->children[0])) ||
                !acrm__filter_add(p, &inner, &other->children[0]))
                return false;
        }
        if (kept == list->n)
            continue;
        list->n = kept;
        acrm_filter_node *child = acrm__arena_array(p->arena, 1, sizeof *child);
        if (child == NULL)
            return acrm__filter_stop(p, ACRM_E_NOMEM);
        if (!acrm__filter_done(p, &inner, child)) /* as deep as relations are followed */
            return false;
        node->children = child;
    }
    return true;
}

bool acrm__filter_done(acrm__filter_parser *p, acrm__filter_list *list, acrm_filter_node *out)
{
    bool is_and = list->op == ACRM_FILTER_AND;

    if (is_and && !list->decided && !filter_merge_rows(p, list))
        return false;
    if (list->decided)
        *out = (acrm_filter_node){ .op = is_and ? ACRM_FILTER_FALSE : ACRM_FILTER_TRUE };
    else if (list->n == 0)
        *out = (acrm_filter_node){ .op = is_and ? ACRM_FILTER_TRUE : ACRM_FILTER_FALSE };
    else if (list->n == 1)
        *out = list->nodes[0];
    else
        *out = (acrm_filter_node){
            .op = list->op, .children = list->nodes, .n_children = list->n
        };
    return true;
}

static bool filter_over(acrm__filter_parser *p, acrm_filter_node *node, acrm_filter_node over)
{
    acrm_filter_node *child = acrm__arena_array(p->arena, 1, sizeof *child);

    if (child == NULL)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    *child = *node;
    *node = over;
    node->children = child;
    node->n_children = 1;
    return true;
}

bool acrm__filter_not(acrm__filter_parser *p, acrm_filter_node *node)
{
    switch (node->op) {
    case ACRM_FILTER_TRUE:
        node->op = ACRM_FILTER_FALSE;
        return true;
    case ACRM_FILTER_FALSE:
        node->op = ACRM_FILTER_TRUE;
        return true;
    case ACRM_FILTER_EQ: /* NE is the exact opposite, with null too */
        node->op = ACRM_FILTER_NE;
        return true;
    case ACRM_FILTER_NE:
        node->op = ACRM_FILTER_EQ;
        return true;
    case ACRM_FILTER_NOT: {
        acrm_filter_node inner = node->children[0];
        *node = inner;
        return true;
    }
    default:
        return filter_over(p, node, (acrm_filter_node){ .op = ACRM_FILTER_NOT });
    }
}

bool acrm__filter_related(acrm__filter_parser *p, const acrm__filter_field *relation,
                          acrm_filter_node *node)
{
    if (node->op == ACRM_FILTER_FALSE)
        return true;
    return filter_over(p, node, (acrm_filter_node){ .op = ACRM_FILTER_RELATED,
                                                    .column = relation->column,
                                                    .related = relation->table,
                                                    .related_column = relation->related_column });
}

bool acrm__filter_compare(acrm__filter_parser *p, int32_t op, uint32_t column,
                          const acrm_cell *value, acrm_filter_node *out)
{
    acrm_cell *cell = acrm__arena_array(p->arena, 1, sizeof *cell);

    if (cell == NULL)
        return acrm__filter_stop(p, ACRM_E_NOMEM);
    if (value != NULL)
        *cell = *value;
    *out = (acrm_filter_node){ .op = op, .column = column, .values = cell, .n_values = 1 };
    return true;
}
