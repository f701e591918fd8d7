/* SPDX-License-Identifier: MIT */
/* The schema: its version, tables and indexes brought to their declaration. */
#include "storage/sqlite/sqlite_internal.h"

#include <string.h>

static const char *const sqlite_types[] = {
    [ACRM_CELL_INT] = " INTEGER", [ACRM_CELL_REAL] = " REAL",
    [ACRM_CELL_TEXT] = " TEXT",   [ACRM_CELL_BLOB] = " BLOB",
};

int32_t acrm__sqlite_schema_version(void *conn, int64_t *version, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    sqlite3_stmt *stmt = NULL;
    int32_t st = acrm__sqlite_may_read(c, err);

    if (st != ACRM_OK)
        return st;
    int rc = sqlite3_prepare_v2(c->db, "PRAGMA user_version", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *version = sqlite3_column_int64(stmt, 0);
    else
        st = acrm__sqlite_fail(c, rc, "read", err);
    sqlite3_finalize(stmt);
    return st;
}

int32_t acrm__sqlite_set_schema_version(void *conn, int64_t version, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK && (version < 0 || version > INT32_MAX))
        st = acrm__error(err, ACRM_E_INVALID, "range", NULL, "a schema version fits 31 bits");
    if (st != ACRM_OK)
        return st;
    acrm__sql_clear(&c->sql);
    acrm__str_format(&c->sql.text, "PRAGMA user_version = %d", (int)version);
    return acrm__sqlite_exec_sql(c, err);
}

/* Whether `sql`, which has two parameters, gives a row; *text is its first column, if asked for. */
static int32_t sqlite_exists(acrm__sqlite_conn *conn, const char *sql, const char *first,
                             const char *second, bool *found, const char *same, acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
    int32_t st = ACRM_OK;

    if (rc == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, first, -1, SQLITE_STATIC);
        if (second)
            sqlite3_bind_text(stmt, 2, second, -1, SQLITE_STATIC);
        if (same)
            sqlite3_bind_text(stmt, 3, same, -1, SQLITE_STATIC);
        rc = sqlite3_step(stmt);
    }
    *found = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        st = acrm__sqlite_fail(conn, rc, "read", err);
    sqlite3_finalize(stmt);
    return st;
}

bool acrm__sqlite_lean(const acrm_table *table)
{
    return table->flags & ACRM_TABLE_LEAN && table->columns[0].type != ACRM_CELL_INT;
}

bool acrm__sqlite_numbered(const acrm_table *table)
{
    return table->columns[0].type != ACRM_CELL_INT && !acrm__sqlite_lean(table);
}

void acrm__sqlite_write_column(acrm__sql *sql, const acrm_table *table, uint32_t i, bool added)
{
    const acrm_column *column = &table->columns[i];

    acrm__sql_name(sql, column->name);
    acrm__sql_puts(sql, sqlite_types[column->type]);
    if (i == 0 && column->type == ACRM_CELL_INT)
        acrm__sql_puts(sql, " PRIMARY KEY");
    else if (i == 0)
        acrm__sql_puts(sql, acrm__sqlite_lean(table) ? " NOT NULL PRIMARY KEY"
                                                     : " NOT NULL UNIQUE");
    else if (column->flags & ACRM_COLUMN_NOT_NULL && !added) /* old rows have nothing there */
        acrm__sql_puts(sql, " NOT NULL");
    if (column->references) {
        acrm__sql_puts(sql, " REFERENCES ");
        acrm__sql_name(sql, column->references->name);
        acrm__sql_puts(sql, "(");
        acrm__sql_name(sql, column->references->columns[0].name);
        acrm__sql_puts(sql, ") DEFERRABLE INITIALLY DEFERRED");
    }
}

void acrm__sqlite_write_begin(acrm__sql *sql, const acrm_table *table, const char *suffix)
{
    acrm__sql_puts(sql, "CREATE TABLE ");
    if (suffix)
        acrm__sql_name_of(sql, table->name, suffix);
    else
        acrm__sql_name(sql, table->name);
    /* A row number of our own: an implicit one may change when the file is vacuumed, and the
     * search index refers to it. */
    acrm__sql_puts(sql, acrm__sqlite_numbered(table) ? "(_row INTEGER PRIMARY KEY," : "(");
}

void acrm__sqlite_write_end(acrm__sql *sql, const acrm_table *table)
{
    acrm__sql_puts(sql, acrm__sqlite_lean(table) ? ") STRICT, WITHOUT ROWID" : ") STRICT");
}

static int32_t sqlite_create(acrm__sqlite_conn *conn, const acrm_table *table, acrm_error **err)
{
    acrm__sql *sql = &conn->sql;

    acrm__sql_clear(sql);
    acrm__sqlite_write_begin(sql, table, NULL);
    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sqlite_write_column(sql, table, i, false);
    }
    acrm__sqlite_write_end(sql, table);
    return acrm__sqlite_exec_sql(conn, err);
}

/* The text is normalised and its words are separated by spaces, so the tokenizer that takes every
 * byte beyond ASCII as a part of a word finds exactly those words. */
static int32_t sqlite_create_search(acrm__sqlite_conn *conn, const acrm_table *table,
                                    acrm_error **err)
{
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "CREATE VIRTUAL TABLE IF NOT EXISTS ");
    acrm__sql_name_of(&conn->sql, table->name, "search");
    acrm__sql_puts(&conn->sql, " USING fts5(text, content='', tokenize='ascii', detail=none,"
                               " columnsize=0)");
    return acrm__sqlite_exec_sql(conn, err);
}

static int32_t sqlite_add_column(acrm__sqlite_conn *conn, const acrm_table *table, uint32_t column,
                                 acrm_error **err)
{
    bool found = false;
    int32_t st = sqlite_exists(conn, "SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2",
                               table->name, table->columns[column].name, &found, NULL, err);

    if (st == ACRM_OK && !found && column == 0)
        st = acrm__sql_foreign(table, err);
    if (st != ACRM_OK || found)
        return st;
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "ALTER TABLE ");
    acrm__sql_name(&conn->sql, table->name);
    acrm__sql_puts(&conn->sql, " ADD COLUMN ");
    acrm__sqlite_write_column(&conn->sql, table, column, true);
    return acrm__sqlite_exec_sql(conn, err);
}

/* The columns that are missing, then the form that is declared. */
static int32_t sqlite_complete(acrm__sqlite_conn *conn, const acrm_table *table, acrm_error **err)
{
    acrm__str made;

    acrm__str_init(&made, &conn->storage->allocator);
    int32_t st = acrm__sqlite_made(conn, table, &made, err);
    for (uint32_t i = 0; st == ACRM_OK && i < table->n_columns; i++)
        if (!acrm__sqlite_made_with(conn, table, i, made.data))
            st = sqlite_add_column(conn, table, i, err);
    acrm__str_free(&made);
    return st == ACRM_OK ? acrm__sqlite_rebuild(conn, table, err) : st;
}

static int32_t sqlite_drop_index_named(acrm__sqlite_conn *conn, const char *table,
                                       const char *index, acrm_error **err)
{
    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "DROP INDEX IF EXISTS ");
    acrm__sql_name_of(&conn->sql, table, index);
    return acrm__sqlite_exec_sql(conn, err);
}

/* Lists are ordered by a column and then by the key, look-ups by the key: with the key as its last
 * column an index gives that order by itself. Row numbers are in every index already. */
static bool sqlite_wants_key(const acrm_table *table, const acrm_index *index)
{
    if (index->flags & ACRM_INDEX_UNIQUE || table->columns[0].type == ACRM_CELL_INT
        || acrm__sqlite_lean(table))
        return false;
    for (uint32_t i = 0; i < index->n_columns; i++)
        if (index->columns[i] == 0)
            return false;
    return true;
}

static void sqlite_write_index(acrm__sql *sql, const acrm_table *table, const acrm_index *index)
{
    acrm__sql_clear(sql);
    acrm__sql_puts(sql, index->flags & ACRM_INDEX_UNIQUE ? "CREATE UNIQUE INDEX "
                                                         : "CREATE INDEX ");
    acrm__sql_name_of(sql, table->name, index->name);
    acrm__sql_puts(sql, " ON ");
    acrm__sql_name(sql, table->name);
    acrm__sql_puts(sql, "(");
    for (uint32_t i = 0; i < index->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sql_name(sql, table->columns[index->columns[i]].name);
    }
    if (sqlite_wants_key(table, index)) {
        acrm__sql_puts(sql, ",");
        acrm__sql_name(sql, table->columns[0].name);
    }
    acrm__sql_puts(sql, ")");
    if (index->flags & ACRM_INDEX_LIVE && table->deleted_at != UINT32_MAX) {
        acrm__sql_puts(sql, " WHERE ");
        acrm__sql_name(sql, table->columns[table->deleted_at].name);
        acrm__sql_puts(sql, " IS NULL");
    }
}

/* SQLite keeps the text an index was made with: the same text is the same index. */
static int32_t sqlite_ensure_index(acrm__sqlite_conn *conn, const acrm_table *table,
                                   const acrm_index *index, acrm_error **err)
{
    bool found = false;

    sqlite_write_index(&conn->sql, table, index);
    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    int32_t st = sqlite_exists(conn, "SELECT 1 FROM sqlite_schema WHERE type = 'index'"
                                     " AND name = ?1 || '__' || ?2 AND sql = ?3",
                               table->name, index->name, &found, conn->sql.text.data, err);
    if (st != ACRM_OK || found)
        return st;
    st = sqlite_drop_index_named(conn, table->name, index->name, err);
    if (st != ACRM_OK)
        return st;
    sqlite_write_index(&conn->sql, table, index);
    return acrm__sqlite_exec_sql(conn, err);
}

static bool sqlite_declared(const acrm_table *table, const char *index)
{
    for (uint32_t i = 0; i < table->n_indexes; i++)
        if (strcmp(table->indexes[i].name, index) == 0)
            return true;
    return false;
}

/* Drop one index of ours that nothing declares any more; *found is false when there is none. */
static int32_t sqlite_drop_stale_one(acrm__sqlite_conn *conn, const acrm_table *table,
                                     bool *found, acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    const size_t prefix = strlen(table->name) + 2;
    int rc = sqlite3_prepare_v2(conn->db, "SELECT name FROM sqlite_schema WHERE type = 'index'"
                                          " AND tbl_name = ?1"
                                          " AND substr(name, 1, length(?1) + 2) = ?1 || '__'",
                                -1, &stmt, NULL);

    *found = false;
    acrm__sql_clear(&conn->sql);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, table->name, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK && !*found && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        *found = name && !sqlite_declared(table, name + prefix);
        if (*found) {
            acrm__sql_puts(&conn->sql, "DROP INDEX ");
            acrm__sql_name(&conn->sql, name);
        }
        rc = SQLITE_OK;
    }
    int32_t st = rc == SQLITE_OK || rc == SQLITE_DONE ? ACRM_OK
                                                      : acrm__sqlite_fail(conn, rc, "read", err);
    sqlite3_finalize(stmt);
    return st == ACRM_OK && *found ? acrm__sqlite_exec_sql(conn, err) : st;
}

static int32_t sqlite_drop_stale(acrm__sqlite_conn *conn, const acrm_table *table,
                                 acrm_error **err)
{
    bool found = true;
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && found)
        st = sqlite_drop_stale_one(conn, table, &found, err);
    return st;
}

int32_t acrm__sqlite_ensure_table(void *conn, const acrm_table *table, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    bool found = false;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK && c->running > 0)
        st = acrm__error(err, ACRM_E_MISUSE, "schema", NULL, "a table changed during a read");
    if (st == ACRM_OK && table->flags & ACRM_TABLE_SEARCH && acrm__sqlite_lean(table))
        st = acrm__error(err, ACRM_E_INVALID, "schema", NULL,
                         "table %s cannot be both lean and searched", table->name);
    if (st == ACRM_OK)
        st = sqlite_exists(c, "SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view')"
                           " AND name = ?1", table->name, NULL, &found, NULL, err);
    if (st == ACRM_OK)
        st = found ? sqlite_complete(c, table, err) : sqlite_create(c, table, err);
    if (st == ACRM_OK && table->flags & ACRM_TABLE_SEARCH)
        st = sqlite_create_search(c, table, err);
    if (st == ACRM_OK && found)
        st = sqlite_drop_stale(c, table, err);
    for (uint32_t i = 0; st == ACRM_OK && i < table->n_indexes; i++)
        st = sqlite_ensure_index(c, table, &table->indexes[i], err);
    return st;
}

int32_t acrm__sqlite_drop_index(void *conn, const acrm_table *table, const char *index,
                                acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = acrm__sqlite_may_write(c, err);

    return st == ACRM_OK ? sqlite_drop_index_named(c, table->name, index, err) : st;
}

/* Drop one index that holds the column; *found is false when there is none left. */
static int32_t sqlite_drop_index_of(acrm__sqlite_conn *conn, const char *table, const char *column,
                                    bool *found, acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db,
                                "SELECT i.name FROM pragma_index_list(?1) AS i WHERE EXISTS"
                                " (SELECT 1 FROM pragma_index_info(i.name) WHERE name = ?2)",
                                -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 2, column, -1, SQLITE_STATIC);
        rc = sqlite3_step(stmt);
    }
    *found = rc == SQLITE_ROW;
    acrm__sql_clear(&conn->sql);
    if (*found) {
        acrm__sql_puts(&conn->sql, "DROP INDEX ");
        acrm__sql_name(&conn->sql, (const char *)sqlite3_column_text(stmt, 0));
    }
    int32_t st = rc == SQLITE_ROW || rc == SQLITE_DONE ? ACRM_OK
                                                       : acrm__sqlite_fail(conn, rc, "read", err);
    sqlite3_finalize(stmt);
    return st == ACRM_OK && *found ? acrm__sqlite_exec_sql(conn, err) : st;
}

int32_t acrm__sqlite_drop_column(void *conn, const acrm_table *table, const char *column,
                                 acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    bool found = false;
    int32_t st = acrm__sqlite_may_write(c, err);

    if (st == ACRM_OK)
        st = sqlite_exists(c, "SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2", table->name,
                           column, &found, NULL, err);
    if (st != ACRM_OK || !found)
        return st;
    while (st == ACRM_OK && found)
        st = sqlite_drop_index_of(c, table->name, column, &found, err);
    if (st != ACRM_OK)
        return st;
    acrm__sql_clear(&c->sql);
    acrm__sql_puts(&c->sql, "ALTER TABLE ");
    acrm__sql_name(&c->sql, table->name);
    acrm__sql_puts(&c->sql, " DROP COLUMN ");
    acrm__sql_name(&c->sql, column);
    return acrm__sqlite_exec_sql(c, err);
}
