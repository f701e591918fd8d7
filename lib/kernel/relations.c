/* SPDX-License-Identifier: MIT */
/* Relations from the side that is referred to. */
#include "kernel/relations.h"

#include "kernel/crud.h"

bool acrm__relation_at(const acrm__call *call, const acrm__rec *record, uint32_t n,
                       acrm__relation *out)
{
    const acrm__inverse *inverse = &record->entity->inverses[n];

    if (n >= record->entity->n_inverses)
        return false;
    *out = (acrm__relation){ .name = inverse->name, .field = inverse->field, .record = record,
                             .entity = call->session->registry->entities[inverse->entity] };
    return true;
}

typedef struct relations_run {
    acrm__call *call;
    acrm__view view;
    acrm_value *items;
} relations_run;

static int32_t relations_row(void *user, const acrm_cell *cells, uint32_t n)
{
    relations_run *run = user;
    acrm_value *item = acrm_value_add(run->items);

    (void)n;
    return item ? acrm__view_render(run->call, &run->view, cells, item) : ACRM_E_NOMEM;
}

int32_t acrm__relation_list(acrm__call *call, const acrm__relation *relation,
                            const acrm_cell *before, uint32_t limit, acrm_value *items)
{
    const acrm__entity *entity = relation->entity;
    uint32_t dated = entity->timeline == UINT32_MAX ? F_ID : entity->timeline;
    acrm__term terms[] = {
        { relation->field, ACRM_FILTER_EQ, relation->record->cells[F_ID] },
        { dated, ACRM_FILTER_LT, acrm__cell_null() },
    };
    acrm_order order[] = { { dated, 1 }, { F_ID, 1 } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .order = order,
                         .n_order = dated == F_ID ? 1 : 2, .limit = limit };
    relations_run run = { .call = call, .items = items };
    bool bounded = before && before->type != ACRM_CELL_NULL;

    if (bounded)
        terms[1].value = *before;
    const acrm_filter_node *where = acrm__where(call, terms, bounded ? 2 : 1);
    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(call, entity, where, ACRM__DELETED_WITHOUT, &query.where);
    if (st == ACRM_OK)
        st = acrm__view_make(call, entity, NULL, &run.view);
    return st == ACRM_OK ? acrm__query(call, &query, relations_row, &run) : st;
}

int32_t acrm__relation_count(acrm__call *call, const acrm__relation *relation, int64_t *out)
{
    acrm__term term = { relation->field, ACRM_FILTER_EQ, relation->record->cells[F_ID] };

    return acrm__count(call, &(acrm__select){ .entity = relation->entity->def->name,
                                              .terms = &term, .n_terms = 1 }, out);
}
