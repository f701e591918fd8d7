/* SPDX-License-Identifier: MIT */
/*
 * Gathering: entries of the audit and the event feed that bulk work writes are held back and put
 * down together. A savepoint puts down what came before it, so that going back to it drops what
 * came after.
 */
#include "kernel/chain.h"

enum { GATHER_TABLES = 2 };

struct acrm__gather {
    acrm__arena arena;
    struct {
        acrm_cell cells[ACRM__APPEND_ROWS * ACRM__AUDIT_COLUMNS];
        uint32_t n_rows;
    } held[GATHER_TABLES];
};

static const uint32_t gather_tables[GATHER_TABLES] = { ACRM__TABLE_AUDIT, ACRM__TABLE_EVENT };

int32_t acrm__rows_insert(acrm__call *call, const acrm_table *table, const acrm_cell *cells,
                          uint32_t n_rows)
{
    acrm_session *s = call->session;
    const acrm_storage_ops *storage = &s->engine->storage;
    int32_t st = ACRM_OK;

    if (storage->insert_many)
        return storage->insert_many(s->conn, table, cells, n_rows, call->err);
    for (uint32_t i = 0; st == ACRM_OK && i < n_rows; i++)
        st = storage->insert(s->conn, table, cells + (size_t)i * table->n_columns, NULL,
                             call->err);
    return st;
}

int32_t acrm__gather(acrm__call *call)
{
    acrm_session *s = call->session;

    s->gather = acrm__alloc_zero(&s->engine->allocator, sizeof *s->gather);
    if (!s->gather)
        return acrm__nomem(call);
    acrm__arena_init(&s->gather->arena, &s->engine->allocator);
    return ACRM_OK;
}

int32_t acrm__gather_flush(acrm__call *call)
{
    struct acrm__gather *g = call->session->gather;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; g && i < GATHER_TABLES && st == ACRM_OK; i++) {
        if (g->held[i].n_rows)
            st = acrm__rows_insert(call, &acrm__tables[gather_tables[i]], g->held[i].cells,
                                   g->held[i].n_rows);
        g->held[i].n_rows = 0;
    }
    if (g)
        acrm__arena_reset(&g->arena);
    return st;
}

void acrm__gather_drop(acrm_session *session)
{
    struct acrm__gather *g = session->gather;

    for (uint32_t i = 0; g && i < GATHER_TABLES; i++)
        g->held[i].n_rows = 0;
}

void acrm__gather_end(acrm_session *session)
{
    if (!session->gather)
        return;
    acrm__arena_free(&session->gather->arena);
    acrm__free(&session->engine->allocator, session->gather, sizeof *session->gather);
    session->gather = NULL;
}

int32_t acrm__trace_insert(acrm__call *call, uint32_t table, const acrm_cell *cells)
{
    acrm_session *s = call->session;
    const acrm_table *to = &acrm__tables[table];
    struct acrm__gather *g = s->gather;
    uint32_t i = 0;

    if (!g)
        return s->engine->storage.insert(s->conn, to, cells, NULL, call->err);
    while (gather_tables[i] != table)
        i++;
    acrm_cell *copy = acrm__cells_copy(&g->arena, cells, to->n_columns);
    if (!copy)
        return acrm__nomem(call);
    for (uint32_t k = 0; k < to->n_columns; k++)
        g->held[i].cells[g->held[i].n_rows * to->n_columns + k] = copy[k];
    return ++g->held[i].n_rows == ACRM__APPEND_ROWS ? acrm__gather_flush(call) : ACRM_OK;
}
