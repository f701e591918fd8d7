/* SPDX-License-Identifier: MIT */
/* Queries: the statements of one query, kept by their text and run one after the other. */
#include "storage/sqlite/sqlite_internal.h"

#include "storage/check.h"

/* Writing out all columns of a wide table takes as long as finding a row of it. */
static int32_t sqlite_keep_columns(acrm__sqlite_conn *conn, const acrm_table *table,
                                   const acrm__str **out, acrm_error **err)
{
    acrm__sqlite_table *t = NULL;
    int32_t st = acrm__sqlite_table_of(conn, table, &t, err);

    if (st != ACRM_OK)
        return st;
    if (t->all.len == 0) {
        acrm__sql_clear(&conn->sql);
        acrm__sql_all_columns(&conn->sql, table);
        acrm__str_add(&t->all, conn->sql.text.data, conn->sql.text.len);
        if (conn->sql.text.failed || t->all.failed) {
            acrm__str_clear(&t->all);
            return acrm__error_nomem(err);
        }
    }
    *out = &t->all;
    return ACRM_OK;
}

static int32_t sqlite_query_page(acrm__sqlite_conn *conn, const acrm_query *query,
                                 const acrm__sql_page *page, acrm_row_fn row, void *user,
                                 uint32_t *n, bool *stopped, acrm_error **err)
{
    acrm__sqlite_statement spare = { .stmt = NULL };
    acrm__sqlite_statement *s = NULL;
    const acrm__str *columns = NULL;
    uint32_t limit = query->limit > 0 ? query->limit - *n : 0;
    uint32_t rows = 0;
    int32_t st = ACRM_OK;

    if (query->n_select == 0)
        st = sqlite_keep_columns(conn, query->table, &columns, err);
    if (st != ACRM_OK)
        return st;
    acrm__sqlite_enter(conn);
    conn->sql.columns = columns;
    acrm__sql_select(&conn->sql, query, page, limit);
    st = acrm__sqlite_query_of(conn, &spare, &s, err);
    if (st == ACRM_OK) {
        for (uint32_t i = 0; i < conn->sql.n_binds; i++)
            acrm__sqlite_bind(s, (int)i + 1, &conn->sql.binds[i]);
        st = acrm__sqlite_rows(conn, s, limit, row, user, &rows, stopped, err);
        *n += rows;
    }
    acrm__sqlite_finalise(conn, &spare);
    acrm__sqlite_leave(conn);
    return st;
}

int32_t acrm__sqlite_query_rows(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                                acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sql_page pages[ACRM__PAGES_MAX];
    bool stopped = false;
    uint32_t n = 0;
    int32_t st = acrm__sqlite_may_look(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_query(query, err);
    if (st != ACRM_OK)
        return st;
    uint32_t n_pages = acrm__sql_pages(query, pages);
    bool alone = n_pages > 1 && c->state == ACRM__SQLITE_IDLE; /* yet all pages see one state */
    if (alone)
        st = acrm__sqlite_begin(c, 0, err);
    for (uint32_t i = 0; i < n_pages && st == ACRM_OK && !stopped; i++) {
        if (query->limit > 0 && n == query->limit)
            break;
        st = sqlite_query_page(c, query, &pages[i], row, user, &n, &stopped, err);
    }
    if (alone)
        acrm__sqlite_rollback(c);
    return st;
}
