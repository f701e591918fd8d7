/* SPDX-License-Identifier: MIT */
/*
 * Making the file forget: what was deleted or overwritten leaves no bytes behind.
 *
 * SQLite's secure_delete overwrites deleted cells, but copies stay behind: in the free middle of
 * pages whose cells moved to others, in the segments of the search index until they are merged,
 * and in the log until it is cut. So the index is merged into one segment, the file written anew,
 * and the log emptied.
 */
#include "storage/sqlite/sqlite_internal.h"

/* Merge the segments of every search index; a word that no row holds any more is then gone. */
static int32_t sqlite_scrub_search(acrm__sqlite_conn *conn, acrm_error **err)
{
    static const char list[] =
        "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE % USING fts5%'";
    sqlite3_stmt *stmt = NULL;
    int32_t st = ACRM_OK;
    int rc = sqlite3_prepare_v2(conn->db, list, -1, &stmt, NULL);

    while (rc == SQLITE_OK && st == ACRM_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        acrm__sql_clear(&conn->sql);
        acrm__sql_puts(&conn->sql, "INSERT INTO ");
        acrm__sql_name(&conn->sql, name ? name : "");
        acrm__sql_puts(&conn->sql, "(");
        acrm__sql_name(&conn->sql, name ? name : "");
        acrm__sql_puts(&conn->sql, ") VALUES('optimize')");
        st = acrm__sqlite_exec_sql(conn, err);
        rc = SQLITE_OK;
    }
    if (st == ACRM_OK && rc != SQLITE_DONE)
        st = acrm__sqlite_fail(conn, rc, "scrub", err);
    sqlite3_finalize(stmt);
    return st;
}

/* Everything in the log into the file, and the log to nothing; needs a moment without readers. */
static int32_t sqlite_scrub_log(acrm__sqlite_conn *conn, acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    int32_t st = ACRM_OK;
    int rc = sqlite3_prepare_v2(conn->db, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW)
        st = acrm__sqlite_fail(conn, rc, "scrub", err);
    else if (sqlite3_column_int(stmt, 0) != 0)
        st = acrm__error(err, ACRM_E_BUSY, "busy", NULL,
                         "others read the database: its log cannot be emptied now");
    sqlite3_finalize(stmt);
    return st;
}

int32_t acrm__sqlite_scrub(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;

    if (c->state != ACRM__SQLITE_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "scrub within a transaction");
    if (c->storage->memory)
        return ACRM_OK;
    int32_t st = acrm__sqlite_begin(c, 1, err);
    if (st == ACRM_OK) {
        st = sqlite_scrub_search(c, err);
        if (st == ACRM_OK)
            st = acrm__sqlite_commit(c, err);
        else
            acrm__sqlite_rollback(c);
    }
    if (st == ACRM_OK)
        st = acrm__sqlite_exec(c, "VACUUM", "scrub", err);
    return st == ACRM_OK ? sqlite_scrub_log(c, err) : st;
}
