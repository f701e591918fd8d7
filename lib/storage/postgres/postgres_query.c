/* SPDX-License-Identifier: MIT */
/*
 * Queries and look-ups. An answer is taken whole, so that callbacks may ask again by the same
 * connection; one that turns out to be long is asked for anew through a cursor, part by part.
 */
#include "storage/postgres/postgres_internal.h"

#include "storage/check.h"

#include <stdio.h>

int32_t acrm__postgres_give(acrm__postgres_conn *conn, const PGresult *result, acrm_row_fn row,
                            void *user, bool *stopped, acrm_error **err)
{
    int n_rows = conn->pq->ntuples(result);
    uint32_t n = (uint32_t)conn->pq->nfields(result);
    acrm_cell *cells = acrm__alloc(&conn->storage->allocator, n * sizeof *cells);
    int32_t st = cells ? ACRM_OK : acrm__error_nomem(err);

    conn->running++;
    for (int i = 0; i < n_rows && st == ACRM_OK; i++) {
        st = acrm__postgres_row(conn->pq, result, i, cells, err);
        if (st == ACRM_OK)
            st = row(user, cells, n);
        if (st == ACRM_OK && atomic_load_explicit(&conn->interrupted, memory_order_relaxed))
            st = acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
    }
    conn->running--;
    acrm__free(&conn->storage->allocator, cells, n * sizeof *cells);
    if (st > 0)
        *stopped = true;
    return st > 0 ? ACRM_OK : st;
}

/* What one page of a query or a look-up is written by. */
typedef struct query_page {
    const acrm_query *query;
    const acrm__sql_page *page;
    acrm_row_fn row;
    void *user;
    uint32_t limit; /* 0: all rows */
} query_page;

static int32_t query_fetch(acrm__postgres_conn *conn, const query_page *p, uint64_t cursor,
                           uint32_t *n, bool *stopped, acrm_error **err)
{
    char text[64];
    int32_t st = ACRM_OK;
    uint32_t got = ACRM__POSTGRES_ROWS;

    snprintf(text, sizeof text, "FETCH %d FROM acrm%llu", ACRM__POSTGRES_ROWS,
             (unsigned long long)cursor);
    while (st == ACRM_OK && !*stopped && got == ACRM__POSTGRES_ROWS) {
        PGresult *result = NULL;
        st = acrm__postgres_may_look(conn, err);
        if (st != ACRM_OK)
            break;
        acrm__sql_clear(&conn->sql);
        acrm__sql_puts(&conn->sql, text);
        acrm__postgres_params_clear(conn);
        st = acrm__postgres_ask(conn, false, NULL, "read", &result, err);
        if (st != ACRM_OK)
            break;
        got = (uint32_t)conn->pq->ntuples(result);
        *n += got;
        st = acrm__postgres_give(conn, result, p->row, p->user, stopped, err);
        conn->pq->clear(result);
    }
    return st;
}

/* Within a transaction. */
static int32_t query_long(acrm__postgres_conn *conn, const query_page *p, uint32_t *n,
                          bool *stopped, acrm_error **err)
{
    uint64_t cursor = conn->next_number++;
    char text[64];

    acrm__arena_reset(&conn->arena);
    acrm__sql_clear(&conn->sql);
    acrm__str_format(&conn->sql.text, "DECLARE acrm%llu NO SCROLL CURSOR FOR ",
                     (unsigned long long)cursor);
    acrm__sql_select(&conn->sql, p->query, p->page, p->limit);
    acrm__postgres_params_bound(conn);
    int32_t st = acrm__postgres_late(conn, false, err);
    if (st == ACRM_OK)
        st = query_fetch(conn, p, cursor, n, stopped, err);
    if (!conn->doomed) {
        snprintf(text, sizeof text, "CLOSE acrm%llu", (unsigned long long)cursor);
        acrm__sql_clear(&conn->sql);
        acrm__sql_puts(&conn->sql, text);
        acrm__postgres_params_clear(conn);
        int32_t closed = acrm__postgres_late(conn, false, st == ACRM_OK ? err : NULL);
        st = st == ACRM_OK ? closed : st;
    }
    return st;
}

/* *n counts the rows. `more`: the answer is longer than what was asked for at first, and none of
 * it was given. */
static int32_t query_short(acrm__postgres_conn *conn, const query_page *p, bool *more, uint32_t *n,
                           bool *stopped, acrm_error **err)
{
    bool bounded = p->limit > 0 && p->limit <= ACRM__POSTGRES_BOUNDED;
    int64_t limit = bounded ? p->limit : ACRM__POSTGRES_ROWS + 1;
    PGresult *result = NULL;

    acrm__arena_reset(&conn->arena);
    acrm__sql_clear(&conn->sql);
    acrm__sql_select(&conn->sql, p->query, p->page, limit);
    acrm__postgres_params_bound(conn);
    int32_t st = acrm__postgres_ask(conn, true, NULL, "read", &result, err);
    if (st != ACRM_OK)
        return st;
    *more = !bounded && conn->pq->ntuples(result) > ACRM__POSTGRES_ROWS;
    if (!*more) {
        *n += (uint32_t)conn->pq->ntuples(result);
        st = acrm__postgres_give(conn, result, p->row, p->user, stopped, err);
    }
    conn->pq->clear(result);
    return st;
}

static int32_t query_page_run(acrm__postgres_conn *conn, const query_page *p, uint32_t *n,
                              bool *stopped, acrm_error **err)
{
    bool more = false;
    int32_t st = query_short(conn, p, &more, n, stopped, err);

    if (st != ACRM_OK || !more)
        return st;
    bool alone = conn->state == ACRM__POSTGRES_IDLE;
    if (alone)
        st = acrm__postgres_begin(conn, 0, err);
    if (st == ACRM_OK)
        st = query_long(conn, p, n, stopped, err);
    if (alone)
        acrm__postgres_rollback(conn);
    return st;
}

int32_t acrm__postgres_query(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                             acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    acrm__sql_page pages[ACRM__PAGES_MAX];
    bool stopped = false;
    uint32_t n = 0;
    int32_t st = acrm__postgres_may_look(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_query(query, err);
    if (st != ACRM_OK)
        return st;
    uint32_t n_pages = acrm__sql_pages(query, pages);
    bool alone = n_pages > 1 && c->state == ACRM__POSTGRES_IDLE; /* yet all pages see one state */
    if (alone)
        st = acrm__postgres_begin(c, 0, err);
    for (uint32_t i = 0; i < n_pages && st == ACRM_OK && !stopped; i++) {
        if (query->limit > 0 && n == query->limit)
            break;
        const query_page page = { .query = query, .page = &pages[i], .row = row, .user = user,
                                  .limit = query->limit > 0 ? query->limit - n : 0 };
        st = query_page_run(c, &page, &n, &stopped, err);
    }
    if (alone)
        acrm__postgres_rollback(c);
    return st;
}

int32_t acrm__postgres_lookup(void *conn, const acrm_table *table, uint32_t column,
                              const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                              acrm_error **err)
{
    static const acrm_order by_key = { .expression = 0 };
    acrm__postgres_conn *c = conn;
    const acrm_filter_node equal = { .op = ACRM_FILTER_EQ, .column = column, .values = value,
                                     .n_values = 1 };
    const acrm_query query = { .struct_size = sizeof query, .table = table, .where = &equal,
                               .n_order = column == 0 ? 0 : 1, .order = &by_key };
    const acrm__sql_page all = { .kind = ACRM__PAGE_ALL };
    const query_page page = { .query = &query, .page = &all, .row = row, .user = user,
                              .limit = column == 0 ? 1 : limit };
    bool stopped = false;
    uint32_t n = 0;
    int32_t st = acrm__postgres_may_look(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, column, value, err);
    return st == ACRM_OK ? query_page_run(c, &page, &n, &stopped, err) : st;
}
