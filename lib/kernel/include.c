/* SPDX-License-Identifier: MIT */
/* Related records put into rendered ones: one query for each relation, however many records. */
#include "kernel/crud.h"

#include <string.h>

enum { INCLUDE_ROWS_MAX = 10000 };

typedef struct include_run {
    acrm__call *call;
    acrm__view view;
    uint32_t link;      /* in the related table: what matches */
    uint32_t from;      /* in the record: what it matches */
    bool to_one;
    const char *name;
    acrm__rec *const *records;
    acrm_value *const *items;
    size_t n;
    int64_t rows;
} include_run;

/* The records it belongs to: several may refer to the same one. */
static int32_t include_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    include_run *run = user;

    (void)n_cells;
    if (++run->rows > INCLUDE_ROWS_MAX)
        return acrm__fail(run->call, ACRM_E_LIMIT, "limit", "include",
                          "more than %d related records: list them by themselves",
                          INCLUDE_ROWS_MAX);
    for (size_t i = 0; i < run->n; i++) {
        if (!acrm__cell_equal(&run->records[i]->cells[run->from], &cells[run->link]))
            continue;
        acrm_value *place = acrm_value_get(run->items[i], run->name);
        acrm_value *item = run->to_one ? place : acrm_value_add(place);
        if (!item)
            return ACRM_E_NOMEM;
        int32_t st = acrm__view_render(run->call, &run->view, cells, item);
        if (st != ACRM_OK)
            return st;
    }
    return 0;
}

static int32_t include_places(include_run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        acrm_value *place = acrm_value_put(run->items[i], run->name);
        if (!place || (!run->to_one && acrm_value_set_list(place) != ACRM_OK))
            return acrm__nomem(run->call);
    }
    return ACRM_OK;
}

static int32_t include_query(include_run *run, const acrm__entity *entity)
{
    acrm__call *call = run->call;
    acrm_cell *keys = acrm__arena_array(call->arena, run->n ? run->n : 1, sizeof *keys);
    acrm_filter_node *in = acrm__arena_zero(call->arena, sizeof *in);
    acrm_order order[] = { { run->link, 0 }, { F_ID, 0 } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .order = order,
                         .n_order = run->link == F_ID ? 1 : 2 };
    uint32_t n = 0;

    if (!keys || !in)
        return acrm__nomem(call);
    for (size_t i = 0; i < run->n; i++)
        if (!acrm__is_null(run->records[i], run->from))
            keys[n++] = run->records[i]->cells[run->from];
    if (n == 0)
        return ACRM_OK;
    *in = (acrm_filter_node){ .op = ACRM_FILTER_IN, .column = run->link, .values = keys,
                              .n_values = n };
    int32_t st = acrm__where_visible(call, entity, in, ACRM__DELETED_WITHOUT, &query.where);
    return st == ACRM_OK ? acrm__query(call, &query, include_row, run) : st;
}

static int32_t include_one(acrm__call *call, const acrm__entity *entity, const char *name,
                           size_t len, include_run *run)
{
    const acrm__registry *r = call->session->registry;
    const acrm__inverse *inverse = acrm__entity_inverse(entity, name, len);
    uint32_t ref = acrm__entity_relation(entity, name, len);
    const acrm__entity *related;

    if (inverse) {
        related = r->entities[inverse->entity];
        run->link = inverse->field;
        run->from = F_ID;
        run->to_one = false;
    } else if (ref != UINT32_MAX && acrm__may_see_field(call, entity, ref)) {
        related = r->entities[entity->fields[ref].target];
        run->link = F_ID;
        run->from = ref;
        run->to_one = true;
    } else {
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "include",
                          "%s has no relation %.*s", entity->def->name, (int)len, name);
    }
    run->name = name;
    run->rows = 0;
    int32_t st = acrm__view_make(call, related, NULL, &run->view);
    if (st == ACRM_OK)
        st = include_places(run);
    return st == ACRM_OK ? include_query(run, related) : st;
}

int32_t acrm__include(acrm__call *call, const acrm__entity *entity, const acrm_value *include,
                      acrm__rec *const *records, acrm_value *const *items, size_t n)
{
    include_run run = { .call = call, .records = records, .items = items, .n = n };

    for (size_t i = 0; i < acrm_value_count(include); i++) {
        size_t len;
        const char *name = acrm_value_text(acrm_value_at(include, i), &len);
        int32_t st = include_one(call, entity, name, len, &run);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}
