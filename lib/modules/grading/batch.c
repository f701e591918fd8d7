/* SPDX-License-Identifier: MIT */
/* A batch of customers in order of their ids, and rows about them that pass in the same order. */
#include "modules/grading/grading.h"

#include "kernel/registry.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_ID = 0, BATCH_DEALER, BATCH_GRADE, BATCH_RESTRICTED, BATCH_ERASED, BATCH_COLUMNS };

typedef struct batch_take {
    acrm__batch *batch;
    uint32_t at;
} batch_take;

static void batch_fill(acrm__person *person, const acrm_cell *cells)
{
    const acrm_cell *grade = &cells[BATCH_GRADE];

    person->found = true;
    person->hidden = cells[BATCH_RESTRICTED].type != ACRM_CELL_NULL ||
                     cells[BATCH_ERASED].type != ACRM_CELL_NULL;
    person->has_dealer = cells[BATCH_DEALER].type == ACRM_CELL_BLOB;
    if (person->has_dealer)
        memcpy(person->dealer, cells[BATCH_DEALER].data, 16);
    if (grade->type == ACRM_CELL_TEXT && grade->size < sizeof person->grade)
        memcpy(person->grade, grade->data, grade->size);
}

static int32_t batch_row(void *user, const acrm_cell *cells, uint32_t n)
{
    batch_take *take = user;
    acrm__batch *batch = take->batch;
    acrm__person *person;

    (void)n;
    if (batch->listed) {
        person = acrm__batch_at(batch, &take->at, &cells[BATCH_ID]);
        if (!person)
            return 0;
    } else {
        person = &batch->people[batch->n++];
        memcpy(person->id, cells[BATCH_ID].data, 16);
    }
    batch_fill(person, cells);
    return 0;
}

static int32_t batch_customers(acrm__batch *batch, uint32_t max)
{
    const acrm__entity *customer = acrm__entity_of(batch->call, "customer");
    const acrm_expression select[BATCH_COLUMNS] = {
        [BATCH_ID] = { .column = F_ID },
        [BATCH_DEALER] = { .column = acrm__field_of(customer, "dealer_id") },
        [BATCH_GRADE] = { .column = acrm__field_of(customer, "grade") },
        [BATCH_RESTRICTED] = { .column = acrm__field_of(customer, "restricted_at") },
        [BATCH_ERASED] = { .column = acrm__field_of(customer, "erased_at") },
    };
    const acrm_order order = { .expression = 0 };
    acrm_query query = { .struct_size = sizeof query, .table = &customer->table,
                         .n_select = BATCH_COLUMNS, .select = select, .n_order = 1,
                         .order = &order, .limit = batch->listed ? 0 : max };
    const acrm__term after = { F_ID, ACRM_FILTER_GT, acrm__cell_id(batch->low) };
    const acrm__term live = { F_DELETED_AT, ACRM_FILTER_EQ, acrm__cell_null() };
    const acrm__term terms[] = { live, after };
    batch_take take = { .batch = batch };

    if (batch->listed)
        return acrm__batch_query(batch, customer, &query, NULL, 0, NULL, batch_row, &take);
    query.where = acrm__where(batch->call, terms, 2);
    return query.where ? acrm__query(batch->call, &query, batch_row, &take)
                       : acrm__nomem(batch->call);
}

static int32_t batch_room(acrm__call *call, acrm__batch *batch, uint32_t max)
{
    batch->call = call;
    batch->n = 0;
    batch->today = acrm__today(call);
    int32_t st = acrm__grading_open(call, &batch->grading);
    if (st != ACRM_OK)
        return st;
    batch->policy = &batch->grading->policy;
    batch->people = acrm__arena_array(call->arena, max ? max : 1, sizeof *batch->people);
    return batch->people ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__batch_range(acrm__call *call, acrm__batch *batch, const unsigned char after[16],
                          uint32_t max)
{
    int32_t st = batch_room(call, batch, max);

    batch->listed = false;
    memcpy(batch->low, after, 16);
    return st == ACRM_OK ? batch_customers(batch, max) : st;
}

static int batch_order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

int32_t acrm__batch_list(acrm__call *call, acrm__batch *batch, const unsigned char (*ids)[16],
                         uint32_t n)
{
    unsigned char *sorted = acrm__arena_alloc(call->arena, (size_t)n * 16 + 1);
    int32_t st = batch_room(call, batch, n);

    batch->listed = true;
    batch->ids = acrm__arena_array(call->arena, n ? n : 1, sizeof *batch->ids);
    if (st == ACRM_OK && (!sorted || !batch->ids))
        st = acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    memcpy(sorted, ids, (size_t)n * 16);
    qsort(sorted, n, 16, batch_order);
    for (uint32_t i = 0; i < n; i++) {
        const unsigned char *id = sorted + (size_t)i * 16;
        if (batch->n > 0 && memcmp(batch->people[batch->n - 1].id, id, 16) == 0)
            continue;
        memcpy(batch->people[batch->n].id, id, 16);
        batch->ids[batch->n++] = acrm__cell_blob(id, 16);
    }
    return batch_customers(batch, n);
}

/* --- Rows about them --- */

int32_t acrm__batch_query(acrm__batch *batch, const acrm__entity *entity, acrm_query *query,
                          const acrm__term *terms, size_t n_terms, const acrm_filter_node *where,
                          acrm_row_fn row, void *user)
{
    const acrm_cell null = acrm__cell_null();
    acrm_cell low = acrm__cell_blob(batch->low, 16), high;
    acrm_filter_node nodes[16];
    uint32_t n = 1, customer = query->select[0].column;

    if (batch->n == 0)
        return ACRM_OK;
    high = acrm__cell_blob(batch->people[batch->n - 1].id, 16);
    nodes[n++] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = F_DELETED_AT,
                                     .values = &null, .n_values = 1 };
    if (batch->listed) {
        nodes[n++] = (acrm_filter_node){ .op = batch->n == 1 ? ACRM_FILTER_EQ : ACRM_FILTER_IN,
                                         .column = customer, .values = batch->ids,
                                         .n_values = batch->n };
    } else {
        nodes[n++] = (acrm_filter_node){ .op = ACRM_FILTER_GT, .column = customer, .values = &low,
                                         .n_values = 1 };
        nodes[n++] = (acrm_filter_node){ .op = ACRM_FILTER_LE, .column = customer,
                                         .values = &high, .n_values = 1 };
    }
    for (size_t i = 0; i < n_terms; i++)
        nodes[n++] = (acrm_filter_node){ .op = terms[i].op, .column = terms[i].field,
                                         .values = &terms[i].value, .n_values = 1 };
    if (where)
        nodes[n++] = *where;
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = n - 1,
                                   .children = nodes + 1 };
    query->struct_size = sizeof *query;
    query->table = &entity->table;
    query->where = nodes;
    return acrm__query(batch->call, query, row, user);
}

acrm__person *acrm__batch_at(acrm__batch *batch, uint32_t *at, const acrm_cell *id)
{
    if (id->type != ACRM_CELL_BLOB || id->size != 16)
        return NULL;
    for (; *at < batch->n; (*at)++) {
        int order = memcmp(batch->people[*at].id, id->data, 16);
        if (order == 0)
            return &batch->people[*at];
        if (order > 0)
            break;
    }
    return NULL;
}
