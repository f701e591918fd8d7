/* SPDX-License-Identifier: MIT */
/* Rows one at a time by their key: insert, update, remove, look up. */
#include "storage/sqlite/sqlite_internal.h"

#include "storage/check.h"

#include <string.h>

enum { SQLITE_VALUES_MAX = 32766 }; /* bound to one statement, by SQLite's own default */

/* Search text of a row, taken out or put in. */
static int32_t sqlite_search_write(acrm__sqlite_conn *conn, const acrm__sqlite_table *t,
                                   acrm__sqlite_statement *s, bool insert, int64_t row,
                                   const char *text, acrm_error **err)
{
    int32_t st = ACRM_OK;

    if (!s->stmt) {
        acrm__sql_clear(&conn->sql);
        acrm__sql_puts(&conn->sql, "INSERT INTO ");
        acrm__sql_name_of(&conn->sql, t->table->name, "search");
        if (insert) {
            acrm__sql_puts(&conn->sql, "(rowid,text) VALUES(?,?)");
        } else { /* the index holds no text, so it must be told what it once got */
            acrm__sql_puts(&conn->sql, "(");
            acrm__sql_name_of(&conn->sql, t->table->name, "search");
            acrm__sql_puts(&conn->sql, ",rowid,text) VALUES('delete',?,?)");
        }
        st = acrm__sqlite_prepare(conn, s, err);
        if (st != ACRM_OK)
            return st;
    }
    sqlite3_bind_int64(s->stmt, 1, row);
    sqlite3_bind_text(s->stmt, 2, text, -1, SQLITE_STATIC);
    return acrm__sqlite_run(conn, s, "write", err);
}

static int32_t sqlite_insert_prepare(acrm__sqlite_conn *conn, const acrm__sqlite_table *t,
                                     acrm__sqlite_statement *s, uint32_t rows, acrm_error **err)
{
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "INSERT INTO ");
    acrm__sql_name(&conn->sql, t->table->name);
    acrm__sql_puts(&conn->sql, "(");
    acrm__sql_columns(&conn->sql, t->table);
    acrm__sql_puts(&conn->sql, ") VALUES");
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = 0; i < t->n_columns; i++)
            acrm__sql_puts(&conn->sql, i > 0 ? ",?" : row > 0 ? ",(?" : "(?");
        acrm__sql_puts(&conn->sql, ")");
    }
    return acrm__sqlite_prepare(conn, s, err);
}

int32_t acrm__sqlite_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                            const char *search, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sqlite_table *t = NULL;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_table_of(c, table, &t, err);
    if (st == ACRM_OK && !t->insert.stmt)
        st = sqlite_insert_prepare(c, t, &t->insert, 1, err);
    for (uint32_t i = 0; st == ACRM_OK && i < table->n_columns; i++) {
        st = acrm__storage_check_cell(table, i, &cells[i], err);
        if (st == ACRM_OK)
            acrm__sqlite_bind(&t->insert, (int)i + 1, &cells[i]);
    }
    if (st == ACRM_OK)
        st = acrm__sqlite_run(c, &t->insert, "write", err);
    if (st == ACRM_OK && search && table->flags & ACRM_TABLE_SEARCH)
        st = sqlite_search_write(c, t, &t->search_insert, true,
                                 sqlite3_last_insert_rowid(c->db), search, err);
    return st;
}

/* One statement for many rows: its cursors stay where the last row went. */
static int32_t sqlite_insert_batch(acrm__sqlite_conn *c, acrm__sqlite_table *t,
                                   const acrm_cell *cells, acrm_error **err)
{
    const acrm_table *table = t->table;
    int32_t st = ACRM_OK;

    if (!t->insert_many.stmt)
        st = sqlite_insert_prepare(c, t, &t->insert_many, ACRM__SQLITE_ROWS, err);
    for (uint32_t i = 0; st == ACRM_OK && i < ACRM__SQLITE_ROWS * table->n_columns; i++) {
        st = acrm__storage_check_cell(table, i % table->n_columns, &cells[i], err);
        if (st == ACRM_OK)
            acrm__sqlite_bind(&t->insert_many, (int)i + 1, &cells[i]);
    }
    return st == ACRM_OK ? acrm__sqlite_run(c, &t->insert_many, "write", err) : st;
}

int32_t acrm__sqlite_insert_many(void *conn, const acrm_table *table, const acrm_cell *cells,
                                 uint32_t n_rows, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sqlite_table *t = NULL;
    bool fits = ACRM__SQLITE_ROWS * table->n_columns <= SQLITE_VALUES_MAX;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_table_of(c, table, &t, err);
    while (st == ACRM_OK && n_rows > 0) {
        uint32_t n = fits && n_rows >= ACRM__SQLITE_ROWS ? ACRM__SQLITE_ROWS : 1;
        st = n > 1 ? sqlite_insert_batch(c, t, cells, err)
                   : acrm__sqlite_insert(conn, table, cells, NULL, err);
        cells += (size_t)n * table->n_columns;
        n_rows -= n;
    }
    return st;
}

/* The row number of a key; *found is false when there is none. */
static int32_t sqlite_find(acrm__sqlite_conn *conn, acrm__sqlite_table *t, const acrm_cell *key,
                           int64_t *row, bool *found, acrm_error **err)
{
    int32_t st = ACRM_OK;

    if (!t->find.stmt) {
        acrm__sql_clear(&conn->sql);
        acrm__sql_puts(&conn->sql, "SELECT _rowid_ FROM ");
        acrm__sql_name(&conn->sql, t->table->name);
        acrm__sql_puts(&conn->sql, " WHERE ");
        acrm__sql_name(&conn->sql, t->table->columns[0].name);
        acrm__sql_puts(&conn->sql, " = ?");
        st = acrm__sqlite_prepare(conn, &t->find, err);
        if (st != ACRM_OK)
            return st;
    }
    acrm__sqlite_bind(&t->find, 1, key);
    conn->statements++;
    int rc = sqlite3_step(t->find.stmt);
    *found = rc == SQLITE_ROW;
    if (*found)
        *row = sqlite3_column_int64(t->find.stmt, 0);
    else if (rc != SQLITE_DONE)
        st = acrm__sqlite_fail(conn, rc, "read", err);
    sqlite3_reset(t->find.stmt);
    return st;
}

/* Replace the search text of the row with this key, before the row itself may go away. */
static int32_t sqlite_search_replace(acrm__sqlite_conn *conn, acrm__sqlite_table *t,
                                     const acrm_cell *key, const char *old, const char *new,
                                     acrm_error **err)
{
    int64_t row = 0;
    bool found = false;

    if (!(t->table->flags & ACRM_TABLE_SEARCH) || (!old && !new))
        return ACRM_OK;
    int32_t st = sqlite_find(conn, t, key, &row, &found, err);
    if (st == ACRM_OK && found && old)
        st = sqlite_search_write(conn, t, &t->search_remove, false, row, old, err);
    if (st == ACRM_OK && found && new)
        st = sqlite_search_write(conn, t, &t->search_insert, true, row, new, err);
    return st;
}

static int32_t sqlite_update_prepare(acrm__sqlite_conn *conn, const acrm__sqlite_table *t,
                                     acrm__sqlite_update *u, acrm_error **err)
{
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "UPDATE ");
    acrm__sql_name(&conn->sql, t->table->name);
    for (uint32_t i = 0; i < u->n_columns; i++) {
        acrm__sql_puts(&conn->sql, i > 0 ? "," : " SET ");
        acrm__sql_name(&conn->sql, t->table->columns[u->columns[i]].name);
        acrm__sql_puts(&conn->sql, "=?");
    }
    acrm__sql_puts(&conn->sql, " WHERE ");
    acrm__sql_name(&conn->sql, t->table->columns[0].name);
    acrm__sql_puts(&conn->sql, "=?");
    return acrm__sqlite_prepare(conn, &u->statement, err);
}

static void sqlite_update_free(acrm__sqlite_conn *conn, acrm__sqlite_update *u)
{
    acrm__sqlite_finalise(conn, &u->statement);
    acrm__free(&conn->storage->allocator, u, sizeof *u + u->n_columns * sizeof *u->columns);
}

/* The statement that changes these columns: kept in order of last use, up to a number. */
static int32_t sqlite_update_of(acrm__sqlite_conn *conn, acrm__sqlite_table *t,
                                const uint32_t *columns, uint32_t n, acrm__sqlite_update **out,
                                acrm_error **err)
{
    acrm__sqlite_update **link = &t->updates;
    uint32_t kept = 0;

    for (; *link; link = &(*link)->next) {
        acrm__sqlite_update *u = *link;
        if (u->n_columns == n && memcmp(u->columns, columns, n * sizeof *columns) == 0) {
            *link = u->next;
            u->next = t->updates;
            t->updates = u;
            *out = u;
            return ACRM_OK;
        }
        if (++kept == ACRM__SQLITE_UPDATES_MAX) {
            *link = NULL; /* the last of the list */
            sqlite_update_free(conn, u);
            break;
        }
    }
    acrm__sqlite_update *u = acrm__alloc_zero(&conn->storage->allocator,
                                              sizeof *u + n * sizeof *u->columns);
    if (!u)
        return acrm__error_nomem(err);
    u->n_columns = n;
    memcpy(u->columns, columns, n * sizeof *columns);
    int32_t st = sqlite_update_prepare(conn, t, u, err);
    if (st != ACRM_OK) {
        sqlite_update_free(conn, u);
        return st;
    }
    u->next = t->updates;
    t->updates = u;
    *out = u;
    return ACRM_OK;
}

int32_t acrm__sqlite_update_row(void *conn, const acrm_table *table, const acrm_cell *key,
                                const uint32_t *columns, const acrm_cell *cells,
                                uint32_t n_columns, const char *search_old,
                                const char *search_new, int32_t *changed, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sqlite_table *t = NULL;
    acrm__sqlite_update *u = NULL;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_update(table, key, columns, cells, n_columns, err);
    if (st == ACRM_OK)
        st = acrm__sqlite_table_of(c, table, &t, err);
    if (st == ACRM_OK)
        st = sqlite_update_of(c, t, columns, n_columns, &u, err);
    if (st != ACRM_OK)
        return st;
    for (uint32_t i = 0; i < n_columns; i++)
        acrm__sqlite_bind(&u->statement, (int)i + 1, &cells[i]);
    acrm__sqlite_bind(&u->statement, (int)n_columns + 1, key);
    st = acrm__sqlite_run(c, &u->statement, "write", err);
    if (st != ACRM_OK)
        return st;
    int32_t rows = sqlite3_changes(c->db);
    st = sqlite_search_replace(c, t, key, search_old, search_new, err);
    if (st == ACRM_OK && changed)
        *changed = rows;
    return st;
}

int32_t acrm__sqlite_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                            const char *search, int32_t *changed, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sqlite_table *t = NULL;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, 0, key, err);
    if (st == ACRM_OK)
        st = acrm__sqlite_table_of(c, table, &t, err);
    if (st == ACRM_OK)
        st = sqlite_search_replace(c, t, key, search, NULL, err);
    if (st == ACRM_OK && !t->remove.stmt) {
        acrm__sql_clear(&c->sql);
        acrm__sql_puts(&c->sql, "DELETE FROM ");
        acrm__sql_name(&c->sql, table->name);
        acrm__sql_puts(&c->sql, " WHERE ");
        acrm__sql_name(&c->sql, table->columns[0].name);
        acrm__sql_puts(&c->sql, "=?");
        st = acrm__sqlite_prepare(c, &t->remove, err);
    }
    if (st != ACRM_OK)
        return st;
    acrm__sqlite_bind(&t->remove, 1, key);
    st = acrm__sqlite_run(c, &t->remove, "write", err);
    if (st == ACRM_OK && changed)
        *changed = sqlite3_changes(c->db);
    return st;
}

/* At most one row can have a value of this column. */
static bool sqlite_unique_column(const acrm_table *table, uint32_t column)
{
    for (uint32_t i = 0; i < table->n_indexes; i++)
        if (table->indexes[i].flags == ACRM_INDEX_UNIQUE && table->indexes[i].n_columns == 1
            && table->indexes[i].columns[0] == column)
            return true;
    return column == 0;
}

static void sqlite_lookup_text(acrm__sql *sql, const acrm_table *table, uint32_t column)
{
    acrm__sql_puts(sql, "SELECT ");
    acrm__sql_columns(sql, table);
    acrm__sql_puts(sql, " FROM ");
    acrm__sql_name(sql, table->name);
    acrm__sql_puts(sql, " WHERE ");
    acrm__sql_name(sql, table->columns[column].name);
    acrm__sql_puts(sql, " = ?");
    if (!sqlite_unique_column(table, column)) {
        acrm__sql_puts(sql, " ORDER BY ");
        acrm__sql_name(sql, table->columns[0].name);
        acrm__sql_puts(sql, " LIMIT ?");
    }
}

int32_t acrm__sqlite_lookup(void *conn, const acrm_table *table, uint32_t column,
                            const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                            acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    acrm__sqlite_table *t = NULL;
    acrm__sqlite_statement spare = { .stmt = NULL };
    uint32_t n = 0;
    bool stopped = false;
    int32_t st = acrm__sqlite_may_look(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, column, value, err);
    if (st == ACRM_OK)
        st = acrm__sqlite_table_of(c, table, &t, err);
    if (st != ACRM_OK)
        return st;
    acrm__sqlite_enter(c);
    acrm__sqlite_statement *s = t->lookups[column].busy ? &spare : &t->lookups[column];
    if (!s->stmt) {
        sqlite_lookup_text(&c->sql, table, column);
        st = acrm__sqlite_prepare(c, s, err);
    }
    if (st == ACRM_OK) {
        acrm__sqlite_bind(s, 1, value);
        if (sqlite3_bind_parameter_count(s->stmt) > 1)
            sqlite3_bind_int64(s->stmt, 2, limit > 0 ? (int64_t)limit : -1);
        st = acrm__sqlite_rows(c, s, limit, row, user, &n, &stopped, err);
    }
    acrm__sqlite_finalise(c, &spare);
    acrm__sqlite_leave(c);
    return st;
}
