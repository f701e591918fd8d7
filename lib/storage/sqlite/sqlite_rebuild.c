/* SPDX-License-Identifier: MIT */
/*
 * A table that an earlier revision made in a form that ALTER TABLE cannot mend (its key, what a
 * column refers to, a column that may be empty now) is made anew with all its rows, and with the
 * columns that nothing declares any more.
 */
#include "storage/sqlite/sqlite_internal.h"

#include <string.h>

/* Whether the definition in conn->sql is one of those in the text that made the table. */
static bool rebuild_has(acrm__sqlite_conn *conn, const char *made)
{
    const char *piece = conn->sql.text.data;
    size_t len = conn->sql.text.len;

    for (const char *p = made; (p = strstr(p, piece)) != NULL; p += len)
        if (p > made && (p[-1] == ',' || p[-1] == '(' || p[-1] == ' ') &&
            (p[len] == ',' || p[len] == ')'))
            return true;
    return false;
}

static bool rebuild_has_column(acrm__sqlite_conn *conn, const acrm_table *table, uint32_t column,
                               bool added, const char *made)
{
    acrm__sql_clear(&conn->sql);
    acrm__sqlite_write_column(&conn->sql, table, column, added);
    return acrm__sql_status(&conn->sql) != ACRM_OK || rebuild_has(conn, made);
}

bool acrm__sqlite_made_with(acrm__sqlite_conn *conn, const acrm_table *table, uint32_t column,
                            const char *made)
{
    return rebuild_has_column(conn, table, column, false, made) ||
           rebuild_has_column(conn, table, column, true, made);
}

static bool rebuild_needed(acrm__sqlite_conn *conn, const acrm_table *table, const char *made)
{
    bool numbered = strstr(made, "(_row INTEGER PRIMARY KEY,") != NULL;
    bool lean = strstr(made, "WITHOUT ROWID") != NULL;

    if (numbered != acrm__sqlite_numbered(table) || lean != acrm__sqlite_lean(table))
        return true;
    for (uint32_t i = 0; i < table->n_columns; i++)
        if (!acrm__sqlite_made_with(conn, table, i, made))
            return true;
    return false;
}

static void rebuild_declared(acrm__str *out, const acrm_table *table)
{
    acrm__str_puts(out, ",_row,");
    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__str_puts(out, table->columns[i].name);
        acrm__str_putc(out, ',');
    }
}

/* Appends the one text that a statement about the table gives. */
static int32_t rebuild_ask(acrm__sqlite_conn *conn, const acrm_table *table, const char *sql,
                           const char *second, acrm__str *out, acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_text(stmt, 1, table->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 2, second, -1, SQLITE_STATIC);
        rc = sqlite3_step(stmt);
    }
    int32_t st = rc == SQLITE_ROW ? ACRM_OK : acrm__sqlite_fail(conn, rc, "read", err);
    if (rc == SQLITE_ROW)
        acrm__str_add(out, (const char *)sqlite3_column_text(stmt, 0),
                      (size_t)sqlite3_column_bytes(stmt, 0));
    sqlite3_finalize(stmt);
    return st == ACRM_OK && out->failed ? acrm__error_nomem(err) : st;
}

int32_t acrm__sqlite_made(acrm__sqlite_conn *conn, const acrm_table *table, acrm__str *out,
                          acrm_error **err)
{
    return rebuild_ask(conn, table, "SELECT sql FROM sqlite_schema WHERE type IN ('table', 'view')"
                                    " AND name = ?1", NULL, out, err);
}

typedef struct rebuild {
    acrm__str made;     /* the text that made the table */
    acrm__str declared; /* ",id,version," */
    acrm__str names;    /* of what is copied */
    acrm__str left;     /* ",\"old\" TEXT": what nothing declares any more */
    acrm__sql script;
} rebuild;

static int32_t rebuild_look(acrm__sqlite_conn *conn, const acrm_table *table, rebuild *r,
                            acrm_error **err)
{
    const char *row = acrm__sqlite_numbered(table) ? "" : "_row"; /* what is not copied */

    rebuild_declared(&r->declared, table);
    if (r->declared.failed)
        return acrm__error_nomem(err);
    int32_t st = rebuild_ask(conn, table,
                             "SELECT group_concat('\"' || name || '\"')"
                             " FROM pragma_table_xinfo(?1) WHERE name <> ?2", row, &r->names, err);
    if (st == ACRM_OK)
        st = rebuild_ask(conn, table,
                         "SELECT coalesce(group_concat(',\"' || name || '\" ' || type, ''), '')"
                         " FROM pragma_table_xinfo(?1) WHERE instr(?2, ',' || name || ',') = 0",
                         r->declared.data, &r->left, err);
    return st;
}

static void rebuild_write(acrm__sqlite_conn *conn, const acrm_table *table, rebuild *r)
{
    acrm__sql *sql = &r->script;

    acrm__sqlite_write_begin(sql, table, "new");
    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sqlite_write_column(sql, table, i,
                                  !rebuild_has_column(conn, table, i, false, r->made.data));
    }
    acrm__str_add(&sql->text, r->left.data, r->left.len);
    acrm__sqlite_write_end(sql, table);
    acrm__sql_puts(sql, ";INSERT INTO ");
    acrm__sql_name_of(sql, table->name, "new");
    acrm__sql_puts(sql, "(");
    acrm__str_add(&sql->text, r->names.data, r->names.len);
    acrm__sql_puts(sql, ") SELECT ");
    acrm__str_add(&sql->text, r->names.data, r->names.len);
    acrm__sql_puts(sql, " FROM ");
    acrm__sql_name(sql, table->name);
    acrm__sql_puts(sql, ";DROP TABLE ");
    acrm__sql_name(sql, table->name);
    acrm__sql_puts(sql, ";ALTER TABLE ");
    acrm__sql_name_of(sql, table->name, "new");
    acrm__sql_puts(sql, " RENAME TO ");
    acrm__sql_name(sql, table->name);
}

/* References are not looked at meanwhile: every row is there again with its key. */
static int32_t rebuild_run(acrm__sqlite_conn *conn, const acrm_table *table, rebuild *r,
                           acrm_error **err)
{
    int32_t st = rebuild_look(conn, table, r, err);

    if (st != ACRM_OK)
        return st;
    rebuild_write(conn, table, r);
    if (acrm__sql_status(&r->script) != ACRM_OK || acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    int rc = sqlite3_exec(conn->db, r->script.text.data, NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        st = acrm__sqlite_fail(conn, rc, "upgrade", err);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    return st;
}

int32_t acrm__sqlite_rebuild(acrm__sqlite_conn *conn, const acrm_table *table, acrm_error **err)
{
    const acrm_allocator *allocator = &conn->storage->allocator;
    rebuild r;

    acrm__str_init(&r.made, allocator);
    acrm__str_init(&r.declared, allocator);
    acrm__str_init(&r.names, allocator);
    acrm__str_init(&r.left, allocator);
    acrm__sql_init(&r.script, allocator, &conn->arena, &acrm__sqlite_dialect);
    int32_t st = acrm__sqlite_made(conn, table, &r.made, err);
    if (st == ACRM_OK && rebuild_needed(conn, table, r.made.data))
        st = rebuild_run(conn, table, &r, err);
    acrm__sql_free(&r.script);
    acrm__str_free(&r.left);
    acrm__str_free(&r.names);
    acrm__str_free(&r.declared);
    acrm__str_free(&r.made);
    return st;
}
