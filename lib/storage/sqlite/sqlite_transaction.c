/* SPDX-License-Identifier: MIT */
/* Transactions and savepoints, and what changed since the last one. */
#include "storage/sqlite/sqlite_internal.h"

int32_t acrm__sqlite_begin(void *conn, int32_t write, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;

    if (c->state != ACRM__SQLITE_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "a transaction is open");
    if (atomic_load(&c->interrupted))
        return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
    if (write && c->storage->flags & ACRM__SQLITE_READONLY)
        return acrm__error(err, ACRM_E_READONLY, "read_only", NULL, "%s was opened read-only",
                           c->storage->path);
    int32_t st = acrm__sqlite_command(c, write ? ACRM__SQLITE_BEGIN_WRITE : ACRM__SQLITE_BEGIN,
                                      err);
    if (st == ACRM_OK)
        c->state = write ? ACRM__SQLITE_WRITING : ACRM__SQLITE_READING;
    return st;
}

void acrm__sqlite_rollback(void *conn)
{
    acrm__sqlite_conn *c = conn;

    /* Some failures have rolled back already. Out of memory, the command may not even prepare;
     * SQLite's own path needs none. */
    if (!sqlite3_get_autocommit(c->db)
        && acrm__sqlite_command(c, ACRM__SQLITE_ROLLBACK, NULL) != ACRM_OK)
        sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
    c->state = ACRM__SQLITE_IDLE;
    c->savepoints = 0;
}

int32_t acrm__sqlite_commit(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = acrm__sqlite_may_read(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_command(c, ACRM__SQLITE_COMMIT, err);
    if (st != ACRM_OK) {
        acrm__sqlite_rollback(c);
        return st;
    }
    c->state = ACRM__SQLITE_IDLE;
    c->savepoints = 0;
    return ACRM_OK;
}

int32_t acrm__sqlite_savepoint(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = acrm__sqlite_may_read(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_command(c, ACRM__SQLITE_SAVEPOINT, err);
    if (st == ACRM_OK)
        c->savepoints++;
    return st;
}

static int32_t sqlite_may_end(acrm__sqlite_conn *c, acrm_error **err)
{
    int32_t st = acrm__sqlite_may_read(c, err);

    if (st == ACRM_OK && c->savepoints == 0)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no savepoint is open");
    return st;
}

int32_t acrm__sqlite_release(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = sqlite_may_end(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_command(c, ACRM__SQLITE_RELEASE, err);
    if (st == ACRM_OK)
        c->savepoints--;
    return st;
}

int32_t acrm__sqlite_rollback_to(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    int32_t st = sqlite_may_end(c, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_command(c, ACRM__SQLITE_ROLLBACK_TO, err);
    return st == ACRM_OK ? acrm__sqlite_release(c, err) : st;
}

int64_t acrm__sqlite_change_mark(void *conn)
{
    acrm__sqlite_conn *c = conn;
    unsigned version = 0;

    /* The number is brought up to date when the transaction first reads. */
    if (sqlite3_txn_state(c->db, "main") == SQLITE_TXN_NONE)
        acrm__sqlite_command(c, ACRM__SQLITE_SNAPSHOT, NULL);
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
    return version;
}
