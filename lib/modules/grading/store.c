/* SPDX-License-Identifier: MIT */
/*
 * Computing a batch and writing what changed. Rows that are new are appended together, those that
 * differ are amended, those that say the same are left alone.
 */
#include "modules/grading/grading.h"

#include "kernel/inside.h"
#include "kernel/registry.h"

#include <stdlib.h>
#include <string.h>

/* --- Rows that are kept --- */

enum { STORE_CUSTOMER = 0, STORE_ID, STORE_FIRST };

typedef struct store_compare {
    acrm__batch *batch;
    uint32_t at;
    acrm_cell *cells; /* room for one profile */
} store_compare;

static int32_t store_row(void *user, const acrm_cell *cells, uint32_t n)
{
    store_compare *compare = user;
    acrm__person *p = acrm__batch_at(compare->batch, &compare->at, &cells[STORE_CUSTOMER]);

    (void)n;
    if (!p)
        return 0;
    p->stored = true;
    memcpy(p->row, cells[STORE_ID].data, 16);
    acrm__profile_cells(compare->batch, p, compare->cells);
    const uint32_t computed = F_customer_profile__computed_on - F_customer_profile__currency;
    const uint32_t due = F_customer_profile__due_at - F_customer_profile__currency;
    const acrm_cell *state = &cells[STORE_FIRST + F_customer_profile__state -
                                    F_customer_profile__currency];
    for (uint32_t i = 0; i < ACRM__PROFILE_CELLS && !p->changed; i++)
        p->changed = i != computed && i != due &&
                     !acrm__cell_equal(&cells[STORE_FIRST + i], &compare->cells[i]);
    p->state_was = p->state;
    for (int32_t s = ACRM__STATE_NEW; s <= ACRM__STATE_LOST; s++)
        if (strlen(acrm__profile_state_name(s)) == state->size && state->data &&
            memcmp(acrm__profile_state_name(s), state->data, state->size) == 0)
            p->state_was = s;
    p->changed_on = (int32_t)cells[STORE_FIRST + computed].integer;
    p->due_was = cells[STORE_FIRST + due].type == ACRM_CELL_INT ? cells[STORE_FIRST + due].integer
                                                                 : INT64_MIN;
    return 0;
}

static int32_t store_read(acrm__batch *batch)
{
    const acrm__entity *profile = acrm__entity_of(batch->call, "customer_profile");
    acrm_expression select[STORE_FIRST + ACRM__PROFILE_CELLS] = {
        [STORE_CUSTOMER] = { .column = F_customer_profile__customer_id },
        [STORE_ID] = { .column = F_ID },
    };
    acrm_cell cells[ACRM__PROFILE_CELLS];
    const acrm_order order = { .expression = STORE_CUSTOMER };
    acrm_query query = { .n_select = STORE_FIRST + ACRM__PROFILE_CELLS, .select = select,
                         .n_order = 1, .order = &order };
    store_compare compare = { .batch = batch, .cells = cells };

    for (uint32_t i = 0; i < ACRM__PROFILE_CELLS; i++)
        select[STORE_FIRST + i] = (acrm_expression){ .column = F_customer_profile__currency + i };
    return acrm__batch_query(batch, profile, &query, NULL, 0, NULL, store_row, &compare);
}

/* --- Events --- */

static int32_t store_event(acrm__batch *batch, const acrm__person *p)
{
    acrm__call *call = batch->call;
    acrm_value *data = NULL;

    if (batch->events && (*batch->events)-- <= 0)
        return ACRM_OK;
    data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "from", acrm__profile_state_name(p->state_was)) &&
              acrm__put_text(data, "to", acrm__profile_state_name(p->state));
    return ok ? acrm__emit(call, "customer.state_changed", "customer", p->id, data)
              : acrm__nomem(call);
}

/* --- Writing --- */

typedef struct store_rows {
    acrm__batch *batch;
    const acrm__entity *entity;
    acrm_cell *cells;
    uint32_t n;
} store_rows;

static int32_t store_flush(store_rows *rows)
{
    int32_t st = rows->n == 0 ? ACRM_OK
                              : acrm__append_many(rows->batch->call, rows->entity, rows->cells,
                                                  rows->n);

    rows->n = 0;
    return st;
}

static int32_t store_new(store_rows *rows, const acrm__person *p)
{
    acrm_cell *row = rows->cells + (size_t)rows->n++ * rows->entity->n_fields;

    row[F_customer_profile__customer_id] = acrm__cell_id(p->id);
    acrm__profile_cells(rows->batch, p, row + F_customer_profile__currency);
    return rows->n == ACRM__APPEND_ROWS ? store_flush(rows) : ACRM_OK;
}

static int32_t store_changed(store_rows *rows, const acrm__person *p, bool all)
{
    uint32_t fields[ACRM__PROFILE_CELLS];
    acrm_cell cells[ACRM__PROFILE_CELLS];
    uint32_t due = ACRM__PROFILE_CELLS - 1;

    acrm__profile_cells(rows->batch, p, cells);
    for (uint32_t i = 0; i < ACRM__PROFILE_CELLS; i++)
        fields[i] = F_customer_profile__currency + i;
    if (!all)
        return acrm__amend(rows->batch->call, rows->entity, p->row, fields + due, cells + due, 1,
                           NULL);
    return acrm__amend(rows->batch->call, rows->entity, p->row, fields, cells,
                       ACRM__PROFILE_CELLS, NULL);
}

/* Who is gone, hidden or refused has no profile, and no grade. */
static int32_t store_gone(acrm__batch *batch, const acrm__person *p)
{
    acrm_session *s = batch->call->session;
    const acrm__entity *profile = acrm__entity_of(batch->call, "customer_profile");
    const acrm_cell key = acrm__cell_blob(p->row, 16);
    int32_t changed;

    int32_t st = p->stored ? s->engine->storage.remove(s->conn, &profile->table, &key, NULL,
                                                       &changed, batch->call->err)
                           : ACRM_OK;
    return st == ACRM_OK ? acrm__grade_end(batch->call, p->id, false) : st;
}

static int32_t store_one(store_rows *rows, acrm__person *p)
{
    acrm__batch *batch = rows->batch;
    int64_t due = INT64_MIN;
    int32_t st = ACRM_OK;

    if (!p->found || p->hidden)
        return p->stored || p->grade[0] ? store_gone(batch, p) : ACRM_OK;
    if (p->next_on != ACRM__GRADING_NO_DAY)
        (void)acrm__day_start(batch->call, p->next_on, &due);
    if (!p->stored)
        st = store_new(rows, p);
    else if (p->changed || due != p->due_was)
        st = store_changed(rows, p, p->changed);
    batch->changed += !p->stored || p->changed;
    return st == ACRM_OK && p->stored && p->state != p->state_was ? store_event(batch, p) : st;
}

static int store_order(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* In order of the days on which they are due: the index of those days grows in few places then,
 * wherever the customers lie. */
static uint64_t *store_sorted(acrm__batch *batch)
{
    uint64_t *order = acrm__arena_array(batch->call->arena, batch->n + 1, sizeof *order);

    for (uint32_t i = 0; order && i < batch->n; i++)
        order[i] = (uint64_t)((int64_t)batch->people[i].next_on - INT32_MIN) << 32 | i;
    if (order)
        qsort(order, batch->n, sizeof *order, store_order);
    return order;
}

int32_t acrm__batch_store(acrm__batch *batch)
{
    acrm__call *call = batch->call;
    store_rows rows = { .batch = batch, .entity = acrm__entity_of(call, "customer_profile") };
    int32_t st = ACRM_OK;

    rows.cells = acrm__arena_array(call->arena, (size_t)ACRM__APPEND_ROWS * rows.entity->n_fields,
                                   sizeof *rows.cells);
    const uint64_t *order = store_sorted(batch);
    if (!rows.cells || !order)
        return acrm__nomem(call);
    for (uint32_t i = 0; st == ACRM_OK && i < batch->n; i++)
        st = store_one(&rows, &batch->people[order[i] & UINT32_MAX]);
    return st == ACRM_OK ? store_flush(&rows) : st;
}

int32_t acrm__batch_compute(acrm__batch *batch)
{
    int32_t st = acrm__batch_gather(batch);

    if (st == ACRM_OK)
        st = store_read(batch);
    if (st == ACRM_OK)
        st = acrm__batch_grades(batch);
    return st == ACRM_OK ? acrm__batch_store(batch) : st;
}

/* --- Profiles as they are kept --- */

enum { LOAD_CUSTOMER = 0, LOAD_ID, LOAD_DUE, LOAD_CHANGED, LOAD_FIRST };

typedef struct store_load {
    acrm__batch *batch;
    uint32_t at;
} store_load;

static int32_t store_load_row(void *user, const acrm_cell *cells, uint32_t n)
{
    store_load *load = user;
    acrm__person *p = acrm__batch_at(load->batch, &load->at, &cells[LOAD_CUSTOMER]);

    (void)n;
    if (!p)
        return 0;
    p->stored = true;
    memcpy(p->row, cells[LOAD_ID].data, 16);
    p->due_was = cells[LOAD_DUE].type == ACRM_CELL_INT ? cells[LOAD_DUE].integer : INT64_MIN;
    p->changed_on = (int32_t)cells[LOAD_CHANGED].integer;
    for (uint32_t i = 0; i < P_COUNT; i++) {
        p->present[i] = cells[LOAD_FIRST + i].type == ACRM_CELL_INT;
        p->values[i] = p->present[i] ? cells[LOAD_FIRST + i].integer : 0;
    }
    p->next_on = p->due_was == INT64_MIN ? ACRM__GRADING_NO_DAY
                                         : acrm__day_of(load->batch->call, p->due_was);
    return 0;
}

int32_t acrm__batch_load(acrm__batch *batch)
{
    acrm_expression select[LOAD_FIRST + P_COUNT] = {
        [LOAD_CUSTOMER] = { .column = F_customer_profile__customer_id },
        [LOAD_ID] = { .column = F_ID },
        [LOAD_DUE] = { .column = F_customer_profile__due_at },
        [LOAD_CHANGED] = { .column = F_customer_profile__computed_on },
    };
    const acrm_order order = { .expression = 0 };
    acrm_query query = { .n_select = LOAD_FIRST + P_COUNT, .select = select, .n_order = 1,
                         .order = &order };
    store_load load = { .batch = batch };

    for (uint32_t i = 0; i < P_COUNT; i++)
        select[LOAD_FIRST + i] = (acrm_expression){ .column = acrm__profile_numbers[i].field };
    int32_t st = acrm__batch_query(batch, acrm__entity_of(batch->call, "customer_profile"), &query,
                                   NULL, 0, NULL, store_load_row, &load);
    for (uint32_t i = 0; st == ACRM_OK && i < batch->n; i++)
        batch->people[i].found = batch->people[i].found && batch->people[i].stored;
    return st;
}

int32_t acrm__batch_due(acrm__batch *batch)
{
    static const uint32_t field = F_customer_profile__due_at;
    const acrm__entity *profile = acrm__entity_of(batch->call, "customer_profile");
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < batch->n; i++) {
        const acrm__person *p = &batch->people[i];
        int64_t due = INT64_MIN;
        if (!p->found || p->next_on == ACRM__GRADING_NO_DAY ||
            !acrm__day_start(batch->call, p->next_on, &due) ||
            (p->due_was != INT64_MIN && p->due_was <= due))
            continue;
        const acrm_cell cell = acrm__cell_int(due);
        st = acrm__amend(batch->call, profile, p->row, &field, &cell, 1, NULL);
    }
    return st;
}
