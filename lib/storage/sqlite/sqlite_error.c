/* SPDX-License-Identifier: MIT */
/* What SQLite says, as errors that name the place and the remedy and never hold values of rows. */
#include "storage/sqlite/sqlite_internal.h"

#include <errno.h>
#include <string.h>

typedef struct sqlite_cause {
    int rc; /* primary or extended */
    int32_t code;
    const char *reason;
    const char *text; /* behind "cannot <doing> <path>: " */
} sqlite_cause;

/* Extended codes before their primary ones. */
static const sqlite_cause sqlite_causes[] = {
    { SQLITE_IOERR_NOMEM, ACRM_E_NOMEM, "memory", "out of memory" },
    { SQLITE_BUSY, ACRM_E_BUSY, "busy",
      "another session or program is using it; try again when it has finished" },
    { SQLITE_LOCKED, ACRM_E_BUSY, "busy",
      "another session or program is using it; try again when it has finished" },
    { SQLITE_FULL, ACRM_E_FULL, "full", "no space left; make room and try again" },
    { SQLITE_READONLY, ACRM_E_READONLY, "read_only",
      "it cannot be written; check the permissions of the file and its folder" },
    { SQLITE_CORRUPT, ACRM_E_CORRUPT, "corrupt",
      "the file is damaged or cut short; restore a backup" },
    { SQLITE_NOTADB, ACRM_E_CORRUPT, "foreign",
      "it is not an autocrm database; check the path" },
    { SQLITE_CANTOPEN, ACRM_E_STORE, "open",
      "the file cannot be opened; check the path and the permissions of the file and its folder" },
    { SQLITE_PERM, ACRM_E_STORE, "open",
      "access was refused; check the permissions of the file and its folder" },
    { SQLITE_AUTH, ACRM_E_STORE, "open", "access was refused" },
    { SQLITE_NOMEM, ACRM_E_NOMEM, "memory", "out of memory" },
    { SQLITE_INTERRUPT, ACRM_E_INTERRUPTED, "interrupted", "interrupted" },
    { SQLITE_TOOBIG, ACRM_E_LIMIT, "limit", "a value or statement is too large" },
    { SQLITE_PROTOCOL, ACRM_E_BUSY, "busy", "the file's locks are contended; try again" },
    { SQLITE_NOLFS, ACRM_E_STORE, "open", "the file system has no large files" },
    { SQLITE_IOERR, ACRM_E_STORE, "io",
      "reading or writing the file failed; check the disk and the system's log" },
};

static bool sqlite_out_of_space(sqlite3 *db, int rc)
{
    int system = db && (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(db) : 0;

    return system == ENOSPC || system == EFBIG || system == EDQUOT;
}

/* The column of "UNIQUE constraint failed: table.column, table.other". */
static void sqlite_constraint_column(const char *message, char *column, size_t size)
{
    const char *dot = strchr(message, '.');
    size_t len = dot ? strcspn(dot + 1, ",") : 0;

    if (len >= size)
        len = 0;
    if (len > 0)
        memcpy(column, dot + 1, len);
    column[len] = '\0';
}

static int32_t sqlite_fail_constraint(sqlite3 *db, int rc, acrm_error **err)
{
    char column[128];

    sqlite_constraint_column(sqlite3_errmsg(db), column, sizeof column);
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return acrm__error(err, ACRM_E_CONFLICT, "duplicate", column,
                           "another record already has this value of %s", column);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return acrm__error(err, ACRM_E_INVALID, "reference", NULL,
                           "a record refers to another one that does not exist");
    case SQLITE_CONSTRAINT_NOTNULL:
        return acrm__error(err, ACRM_E_INVALID, "required", column, "%s needs a value", column);
    default:
        return acrm__error(err, ACRM_E_INVALID, "type", column,
                           "a value breaks a rule of the database");
    }
}

/* SQLITE_ERROR has no finer code; only its text tells limits from mistakes. */
static int32_t sqlite_fail_generic(sqlite3 *db, int rc, const char *doing, acrm_error **err)
{
    const char *message = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

    if (strcmp(message, "integer overflow") == 0)
        return acrm__error(err, ACRM_E_LIMIT, "overflow", NULL,
                           "the sum does not fit into 64 bits");
    if (strncmp(message, "too many", 8) == 0 || strstr(message, "too large")
        || strstr(message, "overflow"))
        return acrm__error(err, ACRM_E_LIMIT, "limit", NULL,
                           "the query is too large; use fewer conditions or values");
    /* Errors of the search module repeat what was searched for. */
    if (strncmp(message, "fts5", 4) == 0)
        message = "the search was refused";
    return acrm__error(err, ACRM_E_STORE, "sqlite", NULL, "cannot %s: %s", doing, message);
}

int32_t acrm__sqlite_fail_db(sqlite3 *db, int rc, const char *path, const char *doing,
                             acrm_error **err)
{
    int primary = rc & 0xff;

    if (sqlite_out_of_space(db, rc))
        primary = rc = SQLITE_FULL;
    if (primary == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM)
        return acrm__error_nomem(err);
    if (primary == SQLITE_CONSTRAINT && db)
        return sqlite_fail_constraint(db, rc, err);
    for (size_t i = 0; i < sizeof sqlite_causes / sizeof sqlite_causes[0]; i++) {
        const sqlite_cause *cause = &sqlite_causes[i];
        if (cause->rc == rc || cause->rc == primary)
            return acrm__error(err, cause->code, cause->reason, NULL, "cannot %s %s: %s", doing,
                               path, cause->text);
    }
    return sqlite_fail_generic(db, rc, doing, err);
}

int32_t acrm__sqlite_fail(acrm__sqlite_conn *conn, int rc, const char *doing, acrm_error **err)
{
    /* A wait for a lock ends early when interrupted, and then looks busy. */
    if ((rc & 0xff) == SQLITE_BUSY && atomic_load(&conn->interrupted))
        rc = SQLITE_INTERRUPT;
    return acrm__sqlite_fail_db(conn->db, rc, conn->storage->path, doing, err);
}

int32_t acrm__sqlite_may_read(acrm__sqlite_conn *conn, acrm_error **err)
{
    if (conn->state == ACRM__SQLITE_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no transaction is open");
    return acrm__sqlite_may_look(conn, err);
}

int32_t acrm__sqlite_may_look(acrm__sqlite_conn *conn, acrm_error **err)
{
    if (atomic_load_explicit(&conn->interrupted, memory_order_relaxed))
        return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
    if (conn->state != ACRM__SQLITE_IDLE && sqlite3_get_autocommit(conn->db))
        return acrm__error(err, ACRM_E_STORE, "rolled_back", NULL,
                           "the transaction was rolled back by an earlier failure");
    return ACRM_OK;
}

int32_t acrm__sqlite_may_write(acrm__sqlite_conn *conn, acrm_error **err)
{
    int32_t st = acrm__sqlite_may_read(conn, err);

    if (st == ACRM_OK && conn->state != ACRM__SQLITE_WRITING)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL,
                         "a change within a transaction that only reads");
    return st;
}
