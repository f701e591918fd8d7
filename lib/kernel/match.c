/* SPDX-License-Identifier: MIT */
/* Whether a loaded record satisfies a filter, without asking the storage unless it names others. */
#include "engines/filter/eval.h"
#include "kernel/inside.h"

static bool match_searches(const acrm_filter_node *node)
{
    if (node->op == ACRM_FILTER_SEARCH)
        return true;
    if (node->op == ACRM_FILTER_RELATED)
        return false; /* looked at by the storage */
    for (uint32_t i = 0; i < node->n_children; i++) /* as deep as a filter nests, 64 at most */
        if (match_searches(&node->children[i]))
            return true;
    return false;
}

static int32_t match_any_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    (void)cells;
    (void)n_cells;
    *(bool *)user = true;
    return 1;
}

static int32_t match_related(void *self, const acrm_filter_node *node, const acrm_cell *value,
                             uint32_t depth, bool *truth)
{
    acrm__call *call = self;
    acrm_cell null = acrm__cell_null();
    acrm_filter_node nodes[4] = {
        { .op = ACRM_FILTER_AND, .n_children = 3, .children = nodes + 1 },
        { .op = ACRM_FILTER_EQ, .column = node->related_column, .values = value, .n_values = 1 },
        node->children[0],
        { .op = ACRM_FILTER_TRUE },
    };
    acrm_query query = { .struct_size = sizeof query, .table = node->related, .where = nodes,
                         .limit = 1 };

    (void)depth;
    *truth = false;
    if (node->related->deleted_at != UINT32_MAX)
        nodes[3] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = node->related->deleted_at,
                                       .values = &null, .n_values = 1 };
    return acrm__query(call, &query, match_any_row, truth);
}

int32_t acrm__matches(acrm__call *call, const acrm__rec *rec, const acrm_filter_node *where,
                      bool *out)
{
    acrm__filter_row row = { .table = &rec->entity->table, .cells = rec->cells };
    acrm__filter_relations relations = { .self = call, .any = match_related };
    acrm__term same = { F_ID, ACRM_FILTER_EQ, rec->cells[F_ID] };
    acrm__select select = { .entity = rec->entity->def->name, .terms = &same, .n_terms = 1,
                            .where = where, .as_system = true, .with_deleted = true };
    int64_t n = 0;

    if (!match_searches(where)) {
        int32_t st = acrm__filter_eval(where, &row, &relations, 0, out);
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    }
    int32_t st = acrm__count(call, &select, &n);
    if (st == ACRM_OK)
        *out = n > 0;
    return st;
}
