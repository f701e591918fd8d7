/* SPDX-License-Identifier: MIT */
/* What became due while nobody touched an account, as a part of engine.tick: account by account, by
 * an index of when each wakes, so that it costs what wakes. */
#include "modules/loyalty/ledger_ops.h"

#include "modules/loyalty/ledger_book.h"

#include <string.h>

enum { TICK_BATCH = 100 };

typedef struct tick_batch {
    acrm__call *call;
    unsigned char ids[TICK_BATCH][16], programs[TICK_BATCH][16];
    size_t count;
    acrm_cell after[2]; /* when and which the last one was */
    unsigned char last[16];
    bool begun;
} tick_batch;

static int32_t tick_row(void *user, const acrm_cell *cells, uint32_t n)
{
    tick_batch *batch = user;

    (void)n;
    memcpy(batch->ids[batch->count], cells[0].data, 16);
    memcpy(batch->programs[batch->count++], cells[1].data, 16);
    memcpy(batch->last, cells[0].data, 16);
    batch->after[0] = acrm__cell_int(cells[2].integer);
    batch->after[1] = acrm__cell_id(batch->last);
    batch->begun = true;
    return 0;
}

/* The next accounts that wake, in a read of its own. */
static int32_t tick_find(acrm__call *call, tick_batch *batch)
{
    static const acrm_expression columns[] = {
        { .column = F_ID }, { .column = F_points_account__program_id },
        { .column = F_points_account__wake_at },
    };
    static const acrm_order order[] = { { 2, 0 }, { 0, 0 } };
    const acrm__term terms[] = {
        { F_points_account__wake_at, ACRM_FILTER_GT, acrm__cell_int(INT64_MIN) },
        { F_points_account__wake_at, ACRM_FILTER_LE, acrm__cell_int(call->now) },
    };
    const acrm_query query = { .struct_size = sizeof query, .select = columns, .n_select = 3,
                               .table = &acrm__entity_of(call, "points_account")->table,
                               .where = acrm__where(call, terms, 2), .order = order, .n_order = 2,
                               .after = batch->begun ? batch->after : NULL, .limit = TICK_BATCH };

    batch->count = 0;
    if (!query.where)
        return acrm__nomem(call);
    int32_t st = acrm__transaction_begin(call, false);
    if (st != ACRM_OK)
        return st;
    st = acrm__query(call, &query, tick_row, batch);
    acrm__transaction_rollback(call->session);
    return st;
}

typedef struct tick_one {
    const unsigned char *account, *program;
} tick_one;

static int32_t tick_settle(acrm__call *call, void *user)
{
    const tick_one *one = user;
    acrm__book_account *account = NULL;
    acrm__rec *program = NULL;
    acrm__book book;
    int32_t st = acrm__load(call, "loyalty_program", one->program, "program_id", &program);

    if (st == ACRM_OK)
        st = acrm__book_open(call, program, &book);
    if (st == ACRM_OK)
        st = acrm__book_account_by_id(&book, one->account, &account);
    if (st == ACRM_OK)
        st = acrm__book_settle(&book, account, call->now);
    return st == ACRM_OK ? acrm__book_close(&book) : st;
}

/* One that fails stays as it is, for loyalty.verify to tell why, and keeps no other back. */
static int32_t tick_batch_do(acrm__call *call, const tick_batch *batch, int64_t *done)
{
    int32_t st = acrm__begin(call);

    for (size_t i = 0; st == ACRM_OK && i < batch->count; i++) {
        tick_one one = { batch->ids[i], batch->programs[i] };
        acrm_error *failure = NULL;
        st = acrm__attempt(call, tick_settle, &one, &failure);
        *done += st == ACRM_OK && !failure;
        acrm_error_free(failure);
    }
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

int32_t acrm__ledger_tick(acrm__call *call)
{
    tick_batch batch = { .call = call };
    int64_t done = 0;
    int32_t st;

    do {
        st = tick_find(call, &batch);
        if (st == ACRM_OK && batch.count)
            st = tick_batch_do(call, &batch, &done);
        acrm__arena_reset(call->arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "points", done, done);
    } while (st == ACRM_OK && batch.count == TICK_BATCH);
    return st;
}
