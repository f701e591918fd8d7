/* SPDX-License-Identifier: MIT */
/* Rows by their key: insert, update, remove. The search text is a column of the row. */
#include "storage/postgres/postgres_internal.h"

#include "storage/check.h"

#include <string.h>

enum { ROWS_BATCH = 64 };

static bool rows_searched(const acrm_table *table)
{
    return table->flags & ACRM_TABLE_SEARCH;
}

/* The server's texts hold no zero byte. */
static int32_t rows_check_cell(const acrm_table *table, uint32_t column, const acrm_cell *cell,
                               acrm_error **err)
{
    int32_t st = acrm__storage_check_cell(table, column, cell, err);

    if (st == ACRM_OK && cell->type == ACRM_CELL_TEXT && cell->size > 0
        && memchr(cell->data, '\0', cell->size))
        st = acrm__error(err, ACRM_E_INVALID, "type", table->columns[column].name,
                         "the value for %s.%s has a zero byte", table->name,
                         table->columns[column].name);
    return st;
}

static void rows_placeholder(acrm__postgres_conn *conn, int32_t type, const acrm_cell *cell)
{
    acrm__str_putc(&conn->sql.text, '$');
    acrm__str_int(&conn->sql.text, (int64_t)conn->params.n + 1);
    acrm__postgres_param(conn, type, cell);
}

static void rows_search(acrm__postgres_conn *conn, const char *search)
{
    acrm_cell words = { .type = ACRM_CELL_NULL };

    if (search)
        words = acrm__postgres_words(&conn->sql, search, strlen(search), false);
    rows_placeholder(conn, ACRM_CELL_TEXT, &words);
    acrm__sql_puts(&conn->sql, "::tsvector");
}

static void rows_insert_head(acrm__postgres_conn *conn, const acrm_table *table)
{
    acrm__arena_reset(&conn->arena);
    acrm__sql_clear(&conn->sql);
    acrm__postgres_params_clear(conn);
    acrm__sql_puts(&conn->sql, "INSERT INTO ");
    acrm__sql_name(&conn->sql, table->name);
    acrm__sql_puts(&conn->sql, "(");
    acrm__sql_columns(&conn->sql, table);
    acrm__sql_puts(&conn->sql, rows_searched(table) ? ",_search) VALUES" : ") VALUES");
}

static void rows_insert_values(acrm__postgres_conn *conn, const acrm_table *table,
                               const acrm_cell *cells, const char *search)
{
    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__sql_puts(&conn->sql, i > 0 ? "," : "(");
        rows_placeholder(conn, table->columns[i].type, &cells[i]);
    }
    if (rows_searched(table)) {
        acrm__sql_puts(&conn->sql, ",");
        rows_search(conn, search);
    }
    acrm__sql_puts(&conn->sql, ")");
}

/* Run conn->sql behind a savepoint, so that a rule it breaks leaves the transaction alive. */
static int32_t rows_guarded(acrm__postgres_conn *conn, const acrm_table *table, PGresult **out,
                            acrm_error **err)
{
    acrm__str text = conn->sql.text;
    acrm__postgres_params params = conn->params;

    acrm__str_init(&conn->sql.text, &conn->storage->allocator);
    conn->params = (acrm__postgres_params){ .n = 0 };
    int32_t st = acrm__postgres_late_text(conn, "SAVEPOINT acrm", ACRM__POSTGRES_LATE, err);
    acrm__str_free(&conn->sql.text);
    acrm__postgres_params_free(conn);
    conn->sql.text = text;
    conn->params = params;
    if (st != ACRM_OK)
        return st;
    st = acrm__postgres_ask(conn, true, table, "write", out, err);
    if (st == ACRM_E_CONFLICT || st == ACRM_E_INVALID || st == ACRM_E_LIMIT)
        conn->doomed = conn->pq->status(conn->db) != CONNECTION_OK;
    if (conn->doomed)
        return st;
    int32_t ended = ACRM_OK;
    if (st != ACRM_OK)
        ended = acrm__postgres_late_text(conn, "ROLLBACK TO acrm", ACRM__POSTGRES_LATE, NULL);
    if (ended == ACRM_OK)
        ended = acrm__postgres_late_text(conn, "RELEASE acrm", ACRM__POSTGRES_LATE, NULL);
    if (ended != ACRM_OK)
        conn->doomed = true;
    return st;
}

/* A row that is there already: which of the unique indexes says so, only an error tells. */
static int32_t rows_duplicate(acrm__postgres_conn *conn, const acrm_table *table,
                              const acrm_cell *cells, const char *search, acrm_error **err)
{
    PGresult *result = NULL;

    rows_insert_head(conn, table);
    rows_insert_values(conn, table, cells, search);
    int32_t st = rows_guarded(conn, table, &result, err);
    conn->pq->clear(result);
    return st;
}

/* Whether nothing but an outage can be said about a new row. */
static bool rows_late(const acrm_table *table)
{
    bool late = table->flags & ACRM_TABLE_LATE;

    for (uint32_t i = 0; i < table->n_indexes; i++)
        late = late && !(table->indexes[i].flags & ACRM_INDEX_UNIQUE);
    return late;
}

int32_t acrm__postgres_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                              const char *search, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    PGresult *result = NULL;
    bool late = rows_late(table);
    bool set = table->flags & ACRM_TABLE_SET;
    int32_t st = acrm__postgres_may_write(c, err);

    for (uint32_t i = 0; st == ACRM_OK && i < table->n_columns; i++)
        st = rows_check_cell(table, i, &cells[i], err);
    if (st != ACRM_OK)
        return st;
    rows_insert_head(c, table);
    rows_insert_values(c, table, cells, search);
    if (set || !late)
        acrm__sql_puts(&c->sql, " ON CONFLICT DO NOTHING");
    if (set || late)
        return acrm__postgres_late(c, true, err);
    st = acrm__postgres_ask(c, true, table, "write", &result, err);
    if (st == ACRM_OK && strcmp(c->pq->cmd_tuples(result), "1") != 0)
        st = rows_duplicate(c, table, cells, search, err);
    c->pq->clear(result);
    return st;
}

int32_t acrm__postgres_insert_many(void *conn, const acrm_table *table, const acrm_cell *cells,
                                   uint32_t n_rows, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = acrm__postgres_may_write(c, err);

    for (uint64_t i = 0; st == ACRM_OK && i < (uint64_t)n_rows * table->n_columns; i++)
        st = rows_check_cell(table, (uint32_t)(i % table->n_columns), &cells[i], err);
    while (st == ACRM_OK && n_rows > 0) {
        uint32_t n = n_rows < ROWS_BATCH ? n_rows : ROWS_BATCH;
        PGresult *result = NULL;
        rows_insert_head(c, table);
        for (uint32_t i = 0; i < n; i++) {
            acrm__sql_puts(&c->sql, i > 0 ? "," : "");
            rows_insert_values(c, table, cells + (size_t)i * table->n_columns, NULL);
        }
        st = acrm__postgres_ask(c, true, table, "write", &result, err);
        c->pq->clear(result);
        cells += (size_t)n * table->n_columns;
        n_rows -= n;
    }
    return st;
}

/* Whether one of the columns takes part in a unique index: its values, or which rows count. */
static bool rows_may_collide(const acrm_table *table, const uint32_t *columns, uint32_t n)
{
    for (uint32_t i = 0; i < table->n_indexes; i++) {
        const acrm_index *index = &table->indexes[i];
        if (!(index->flags & ACRM_INDEX_UNIQUE))
            continue;
        for (uint32_t c = 0; c < n; c++) {
            if (index->flags & ACRM_INDEX_LIVE && columns[c] == table->deleted_at)
                return true;
            for (uint32_t k = 0; k < index->n_columns; k++)
                if (index->columns[k] == columns[c])
                    return true;
        }
    }
    return false;
}

static void rows_where_key(acrm__postgres_conn *conn, const acrm_table *table,
                           const acrm_cell *key)
{
    acrm__sql_puts(&conn->sql, " WHERE ");
    acrm__sql_name(&conn->sql, table->columns[0].name);
    acrm__sql_puts(&conn->sql, "=");
    rows_placeholder(conn, key->type, key);
}

static void rows_update_text(acrm__postgres_conn *conn, const acrm_table *table,
                             const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns)
{
    acrm__arena_reset(&conn->arena);
    acrm__sql_clear(&conn->sql);
    acrm__postgres_params_clear(conn);
    acrm__sql_puts(&conn->sql, "UPDATE ");
    acrm__sql_name(&conn->sql, table->name);
    for (uint32_t i = 0; i < n_columns; i++) {
        acrm__sql_puts(&conn->sql, i > 0 ? "," : " SET ");
        acrm__sql_name(&conn->sql, table->columns[columns[i]].name);
        acrm__sql_puts(&conn->sql, "=");
        rows_placeholder(conn, table->columns[columns[i]].type, &cells[i]);
    }
}

/* Run conn->sql, which changes at most one row. */
static int32_t rows_change(acrm__postgres_conn *conn, const acrm_table *table, bool guarded,
                           int32_t *changed, acrm_error **err)
{
    PGresult *result = NULL;
    int32_t st;

    if (!changed && !guarded)
        return acrm__postgres_late(conn, true, err);
    st = guarded ? rows_guarded(conn, table, &result, err)
                 : acrm__postgres_ask(conn, true, table, "write", &result, err);
    if (st == ACRM_OK && changed)
        *changed = strcmp(conn->pq->cmd_tuples(result), "1") == 0;
    conn->pq->clear(result);
    return st;
}

int32_t acrm__postgres_update(void *conn, const acrm_table *table, const acrm_cell *key,
                              const uint32_t *columns, const acrm_cell *cells,
                              uint32_t n_columns, const char *search_old, const char *search_new,
                              int32_t *changed, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = acrm__postgres_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_update(table, key, columns, cells, n_columns, err);
    for (uint32_t i = 0; st == ACRM_OK && i < n_columns; i++)
        st = rows_check_cell(table, columns[i], &cells[i], err);
    if (st != ACRM_OK)
        return st;
    rows_update_text(c, table, columns, cells, n_columns);
    if (rows_searched(table) && (search_old || search_new)) {
        acrm__sql_puts(&c->sql, ",_search=");
        rows_search(c, search_new);
    }
    rows_where_key(c, table, key);
    return rows_change(c, table, rows_may_collide(table, columns, n_columns), changed, err);
}

int32_t acrm__postgres_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                              const char *search, int32_t *changed, acrm_error **err)
{
    acrm__postgres_conn *c = conn;
    int32_t st = acrm__postgres_may_write(c, err);

    (void)search;
    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, 0, key, err);
    if (st != ACRM_OK)
        return st;
    acrm__sql_clear(&c->sql);
    acrm__postgres_params_clear(c);
    acrm__sql_puts(&c->sql, "DELETE FROM ");
    acrm__sql_name(&c->sql, table->name);
    rows_where_key(c, table, key);
    return rows_change(c, table, false, changed, err);
}
