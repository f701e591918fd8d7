/* SPDX-License-Identifier: MIT */
/* Online backup and the integrity check. */
#include "storage/sqlite/sqlite_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SQLITE_BACKUP_PAGES = 1024 }; /* copied between two calls of progress */

/* Take the name for ourselves: a backup never writes over a file. */
static int32_t sqlite_backup_reserve(const char *path, acrm_error **err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

    if (fd >= 0) {
        close(fd);
        return ACRM_OK;
    }
    if (errno == EEXIST)
        return acrm__error(err, ACRM_E_INVALID, "exists", NULL,
                           "%s exists already; give a new name for the backup", path);
    if (errno == EROFS || errno == EACCES)
        return acrm__error(err, ACRM_E_READONLY, "read_only", NULL,
                           "cannot write the backup %s: check the permissions of its folder", path);
    if (errno == ENOSPC || errno == EDQUOT)
        return acrm__error(err, ACRM_E_FULL, "full", NULL,
                           "cannot write the backup %s: no space left", path);
    return acrm__error(err, ACRM_E_STORE, "open", NULL,
                       "cannot write the backup %s: check the path", path);
}

/* The conn's read transaction keeps the source still, so that writers do not restart the copy. */
static int32_t sqlite_backup_copy(acrm__sqlite_conn *conn, sqlite3_backup *backup,
                                  int32_t (*progress)(void *user, int64_t done, int64_t total),
                                  void *user, int *rc, acrm_error **err)
{
    *rc = SQLITE_OK;
    while (*rc == SQLITE_OK) {
        if (atomic_load(&conn->interrupted))
            return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
        *rc = sqlite3_backup_step(backup, SQLITE_BACKUP_PAGES);
        int64_t total = sqlite3_backup_pagecount(backup);
        int64_t done = total - sqlite3_backup_remaining(backup);
        if (progress && (*rc == SQLITE_OK || *rc == SQLITE_DONE)
            && progress(user, done, total) != 0)
            return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL,
                               "the backup was ended by its progress callback");
    }
    return ACRM_OK;
}

static int32_t sqlite_backup_to(acrm__sqlite_conn *conn, const char *path,
                                int32_t (*progress)(void *user, int64_t done, int64_t total),
                                void *user, acrm_error **err)
{
    sqlite3 *to = NULL;
    int32_t st = ACRM_OK;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
                                            | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
                             NULL);

    if (rc == SQLITE_OK) {
        sqlite3_backup *backup = sqlite3_backup_init(to, "main", conn->db, "main");
        if (backup) {
            st = sqlite_backup_copy(conn, backup, progress, user, &rc, err);
            int end = sqlite3_backup_finish(backup);
            rc = rc == SQLITE_DONE ? end : rc;
        } else {
            rc = sqlite3_extended_errcode(to);
        }
    }
    /* A copy is one file: it needs no log beside it until it is opened to be written. */
    if (st == ACRM_OK && rc == SQLITE_OK)
        rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (st == ACRM_OK && rc != SQLITE_OK)
        st = acrm__sqlite_fail_db(to, rc, path, "write the backup", err);
    sqlite3_close_v2(to);
    return st;
}

int32_t acrm__sqlite_backup(void *conn, const char *path,
                            int32_t (*progress)(void *user, int64_t done, int64_t total),
                            void *user, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    bool own = c->state == ACRM__SQLITE_IDLE;

    if (c->state == ACRM__SQLITE_WRITING)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL,
                           "a backup within a transaction that writes");
    int32_t st = own ? acrm__sqlite_begin(c, 0, err) : ACRM_OK;
    if (st == ACRM_OK) {
        st = acrm__sqlite_command(c, ACRM__SQLITE_SNAPSHOT, err);
        if (st == ACRM_OK)
            st = sqlite_backup_reserve(path, err);
        if (st == ACRM_OK) {
            st = sqlite_backup_to(c, path, progress, user, err);
            if (st != ACRM_OK)
                unlink(path);
        }
    }
    if (own)
        acrm__sqlite_rollback(c);
    return st;
}

int32_t acrm__sqlite_check(void *conn, acrm_error **err)
{
    acrm__sqlite_conn *c = conn;
    sqlite3_stmt *stmt = NULL;
    int32_t st = ACRM_OK;
    int rc = sqlite3_prepare_v2(c->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW) {
        st = acrm__sqlite_fail(c, rc, "check", err);
    } else {
        const char *fault = (const char *)sqlite3_column_text(stmt, 0);
        if (!fault || strcmp(fault, "ok") != 0)
            st = acrm__error(err, ACRM_E_CORRUPT, "corrupt", NULL,
                             "%s is damaged (%.200s); restore a backup", c->storage->path,
                             fault ? fault : "out of memory");
    }
    sqlite3_finalize(stmt);
    return st;
}
