/* SPDX-License-Identifier: MIT */
/*
 * engine.copy: the whole database into an empty storage, row by row and in one transaction there,
 * so that it is whole or not at all. What was read is hashed, and what was written is read and
 * hashed again. Sealed data, keys and the audit chain go along as they are.
 */
#include "kernel/chain.h"

#include <sodium.h>
#include <string.h>

enum { COPY_ROWS = 256, COPY_PROGRESS_ROWS = 4096 };

typedef struct copy_sum {
    crypto_generichash_state state;
    int64_t rows;
} copy_sum;

typedef struct copy_run {
    acrm__call *call;
    acrm_storage_ops to;
    void *self, *conn;
    const acrm_table *table;      /* being copied */
    const acrm__entity *entity;   /* NULL: a table of the kernel's own */
    acrm__arena batch;            /* cells waiting to be written */
    acrm_cell *cells;
    uint32_t n_waiting;
    copy_sum sum;
    int64_t done, total;          /* rows of all tables; each is read twice */
} copy_run;

/* Every cell is its type, its length and its bytes. */
static void copy_hash(copy_sum *sum, const acrm_cell *cells, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const acrm_cell *cell = &cells[i];
        bool bytes = cell->type == ACRM_CELL_TEXT || cell->type == ACRM_CELL_BLOB;
        unsigned char prefix[9] = { (unsigned char)cell->type };
        int64_t number = bytes ? (int64_t)cell->size : cell->integer;
        if (cell->type == ACRM_CELL_REAL)
            memcpy(&number, &cell->real, sizeof number);
        acrm__chain_put_int(prefix + 1, cell->type == ACRM_CELL_NULL ? 0 : number);
        (void)crypto_generichash_update(&sum->state, prefix, sizeof prefix);
        if (bytes && cell->size > 0)
            (void)crypto_generichash_update(&sum->state, cell->data, cell->size);
    }
    sum->rows++;
}

static int32_t copy_step(copy_run *run)
{
    if (++run->done % COPY_PROGRESS_ROWS != 0)
        return ACRM_OK;
    return acrm__progress(run->call, "copy", run->done, run->total);
}

/* --- Writing --- */

static int32_t copy_flush(copy_run *run)
{
    const acrm_table *table = run->table;
    acrm_error **err = run->call->err;
    int32_t st = ACRM_OK;

    if (run->to.insert_many && run->n_waiting > 0)
        st = run->to.insert_many(run->conn, table, run->cells, run->n_waiting, err);
    for (uint32_t i = 0; !run->to.insert_many && i < run->n_waiting && st == ACRM_OK; i++)
        st = run->to.insert(run->conn, table, run->cells + (size_t)i * table->n_columns, NULL, err);
    run->n_waiting = 0;
    run->cells = NULL;
    acrm__arena_reset(&run->batch);
    return st;
}

static int32_t copy_wait(copy_run *run, const acrm_cell *cells, uint32_t n)
{
    if (!run->cells)
        run->cells = acrm__arena_array(&run->batch, (size_t)COPY_ROWS * n, sizeof *cells);
    acrm_cell *row = run->cells ? run->cells + (size_t)run->n_waiting * n : NULL;
    for (uint32_t i = 0; row && i < n; i++) {
        row[i] = cells[i];
        if (cells[i].type != ACRM_CELL_TEXT && cells[i].type != ACRM_CELL_BLOB)
            continue;
        row[i].data = acrm__arena_text(&run->batch, cells[i].data, cells[i].size);
        if (!row[i].data)
            row = NULL;
    }
    if (!row)
        return acrm__nomem(run->call);
    return ++run->n_waiting == COPY_ROWS ? copy_flush(run) : ACRM_OK;
}

static int32_t copy_row(void *user, const acrm_cell *cells, uint32_t n)
{
    copy_run *run = user;
    const char *search = NULL;

    copy_hash(&run->sum, cells, n);
    int32_t st = copy_step(run);
    if (st != ACRM_OK)
        return st;
    if (!(run->table->flags & ACRM_TABLE_SEARCH))
        return copy_wait(run, cells, n);
    acrm__call inner = *run->call;
    inner.arena = &run->batch;
    acrm__arena_reset(&run->batch);
    st = acrm__search_text(&inner, run->entity, cells, &search);
    return st == ACRM_OK ? run->to.insert(run->conn, run->table, cells, search, run->call->err)
                         : st;
}

/* --- Reading again --- */

static int32_t copy_check_row(void *user, const acrm_cell *cells, uint32_t n)
{
    copy_run *run = user;

    copy_hash(&run->sum, cells, n);
    return copy_step(run);
}

/* --- Tables --- */

static void copy_sum_start(copy_sum *sum)
{
    sum->rows = 0;
    (void)crypto_generichash_init(&sum->state, NULL, 0, ACRM__HASH_BYTES);
}

static void copy_sum_end(copy_sum *sum, unsigned char hash[ACRM__HASH_BYTES])
{
    (void)crypto_generichash_final(&sum->state, hash, ACRM__HASH_BYTES);
}

static int32_t copy_table(copy_run *run, const acrm_table *table, const acrm__entity *entity)
{
    static const acrm_order by_key = { .expression = 0 };
    acrm_session *session = run->call->session;
    const acrm_query all = { .struct_size = sizeof all, .table = table, .n_order = 1,
                             .order = &by_key };
    unsigned char given[ACRM__HASH_BYTES], taken[ACRM__HASH_BYTES];
    acrm_error **err = run->call->err;

    run->table = table;
    run->entity = entity;
    copy_sum_start(&run->sum);
    int32_t st = session->engine->storage.query(session->conn, &all, copy_row, run, err);
    if (st == ACRM_OK)
        st = copy_flush(run);
    if (st != ACRM_OK)
        return st;
    int64_t rows = run->sum.rows;
    copy_sum_end(&run->sum, given);
    copy_sum_start(&run->sum);
    st = run->to.query(run->conn, &all, copy_check_row, run, err);
    if (st != ACRM_OK)
        return st;
    copy_sum_end(&run->sum, taken);
    if (rows != run->sum.rows || memcmp(given, taken, sizeof given) != 0)
        return acrm__fail(run->call, ACRM_E_CORRUPT, "checksum", NULL,
                          "%s came out differently: %lld rows were read, %lld are there now; "
                          "nothing was kept", table->name, (long long)rows,
                          (long long)run->sum.rows);
    return ACRM_OK;
}

/* The n-th table; NULL behind the last. */
static const acrm_table *copy_table_at(const acrm__call *call, uint32_t n,
                                       const acrm__entity **entity)
{
    const acrm__registry *r = call->session->registry;

    *entity = NULL;
    if (n < ACRM__TABLE_COUNT)
        return &acrm__tables[n];
    if (n - ACRM__TABLE_COUNT >= r->n_entities)
        return NULL;
    *entity = r->entities[n - ACRM__TABLE_COUNT];
    return &(*entity)->table;
}

static int32_t copy_count_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user += 2 * cells[0].integer;
    return 0;
}

/* --- The whole --- */

static int32_t copy_prepare(copy_run *run)
{
    static const acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    const acrm__entity *entity;
    acrm_session *session = run->call->session;
    acrm_error **err = run->call->err;
    int64_t version = 0;

    int32_t st = run->to.schema_version(run->conn, &version, err);
    if (st == ACRM_OK && version != 0)
        return acrm__fail(run->call, ACRM_E_CONFLICT, "not_empty", "to",
                          "the place to copy to holds a database already; it was left as it is");
    for (uint32_t n = 0; st == ACRM_OK; n++) {
        const acrm_table *table = copy_table_at(run->call, n, &entity);
        const acrm_query rows = { .struct_size = sizeof rows, .table = table, .n_select = 1,
                                  .select = &count };
        if (!table)
            break;
        st = run->to.ensure_table(run->conn, table, err);
        if (st == ACRM_OK)
            st = session->engine->storage.query(session->conn, &rows, copy_count_row, &run->total,
                                                err);
    }
    return st;
}

/* Within a reading transaction here and a writing one there. */
static int32_t copy_all(copy_run *run)
{
    const acrm__entity *entity;
    int32_t st = copy_prepare(run);

    for (uint32_t n = 0; st == ACRM_OK; n++) {
        const acrm_table *table = copy_table_at(run->call, n, &entity);
        if (!table)
            break;
        st = copy_table(run, table, entity);
    }
    return st == ACRM_OK ? run->to.set_schema_version(run->conn, ACRM__SCHEMA_VERSION,
                                                      run->call->err)
                         : st;
}

static int32_t copy_there(copy_run *run)
{
    acrm__call *call = run->call;
    int32_t st = run->to.begin(run->conn, 1, call->err);

    if (st != ACRM_OK)
        return st;
    st = acrm__transaction_begin(call, false);
    if (st == ACRM_OK) {
        st = copy_all(run);
        acrm__transaction_rollback(call->session);
    }
    if (st == ACRM_OK)
        return run->to.commit(run->conn, call->err);
    run->to.rollback(run->conn);
    return st;
}

int32_t acrm__engine_copy(acrm__call *call)
{
    copy_run run = { .call = call };
    const acrm_allocator *allocator = &call->session->engine->allocator;
    int32_t st = acrm__note_taken(call, "copy");

    if (st == ACRM_OK)
        st = acrm__storage_open(allocator, acrm__arg_text(call, "to"), 0, &run.to, &run.self,
                                call->err);
    if (st != ACRM_OK)
        return st;
    acrm__arena_init(&run.batch, allocator);
    st = run.to.connect(run.self, &run.conn, call->err);
    if (st == ACRM_OK) {
        st = copy_there(&run);
        run.to.disconnect(run.conn);
    }
    if (run.to.destroy)
        run.to.destroy(run.self);
    acrm__arena_free(&run.batch);
    if (st == ACRM_OK && !acrm__put_int(call->out, "rows", run.done / 2))
        st = acrm__nomem(call);
    return st;
}
