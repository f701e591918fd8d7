/* SPDX-License-Identifier: MIT */
/* The SQLite adapter of the storage port: opening files and connections. */
#include "storage/sqlite/sqlite_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SQLITE_PAGE_MIN = 512 }; /* bytes; no database is shorter */

static int64_t sqlite_statements(void *conn)
{
    return ((acrm__sqlite_conn *)conn)->statements;
}

static void sqlite_destroy(void *self)
{
    acrm__sqlite_storage *storage = self;
    acrm_allocator allocator = storage->allocator;

    sqlite3_close_v2(storage->anchor);
    acrm__free(&allocator, storage->path, storage->path_size);
    acrm__free(&allocator, storage, sizeof *storage);
}

static const acrm_storage_ops sqlite_ops = {
    .struct_size = sizeof sqlite_ops,
    .connect = acrm__sqlite_connect,
    .disconnect = acrm__sqlite_disconnect,
    .destroy = sqlite_destroy,
    .begin = acrm__sqlite_begin,
    .commit = acrm__sqlite_commit,
    .rollback = acrm__sqlite_rollback,
    .savepoint = acrm__sqlite_savepoint,
    .release = acrm__sqlite_release,
    .rollback_to = acrm__sqlite_rollback_to,
    .change_mark = acrm__sqlite_change_mark,
    .schema_version = acrm__sqlite_schema_version,
    .set_schema_version = acrm__sqlite_set_schema_version,
    .ensure_table = acrm__sqlite_ensure_table,
    .drop_index = acrm__sqlite_drop_index,
    .drop_column = acrm__sqlite_drop_column,
    .insert = acrm__sqlite_insert,
    .insert_many = acrm__sqlite_insert_many,
    .update = acrm__sqlite_update_row,
    .remove = acrm__sqlite_remove,
    .lookup = acrm__sqlite_lookup,
    .query = acrm__sqlite_query_rows,
    .interrupt = acrm__sqlite_interrupt,
    .backup = acrm__sqlite_backup,
    .check = acrm__sqlite_check,
    .scrub = acrm__sqlite_scrub,
    .statements = sqlite_statements,
};

static int sqlite_open_flags(const acrm__sqlite_storage *storage)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;

    if (storage->memory)
        return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    if (storage->flags & ACRM__SQLITE_READONLY)
        return flags | SQLITE_OPEN_READONLY;
    if (storage->flags & ACRM__SQLITE_NO_CREATE)
        return flags | SQLITE_OPEN_READWRITE;
    return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

int32_t acrm__sqlite_open(const acrm_allocator *allocator, const char *path, uint32_t flags,
                          acrm_storage_ops *ops, void **self, acrm_error **err)
{
    acrm_allocator a = acrm__allocator(allocator);
    bool memory = strcmp(path, ":memory:") == 0;

    if (sqlite3_threadsafe() == 0)
        return acrm__error(err, ACRM_E_UNSUPPORTED, "sqlite", NULL,
                           "this SQLite was built without threads; use one built with them");
    acrm__sqlite_storage *storage = acrm__alloc_zero(&a, sizeof *storage);
    if (!storage)
        return acrm__error_nomem(err);
    storage->allocator = a;
    storage->flags = flags;
    storage->busy_ms = ACRM__SQLITE_BUSY_MS;
    storage->memory = memory;
    storage->path_size = memory ? 64 : strlen(path) + 1;
    storage->path = acrm__alloc(&a, storage->path_size);
    if (!storage->path) {
        sqlite_destroy(storage);
        return acrm__error_nomem(err);
    }
    if (!memory) {
        memcpy(storage->path, path, storage->path_size);
    } else {
        /* A name of its own among the databases in memory of this process. */
        sqlite3_snprintf((int)storage->path_size, storage->path, "file:/acrm-%p?vfs=memdb",
                         (void *)storage);
        int rc = sqlite3_open_v2(storage->path, &storage->anchor, sqlite_open_flags(storage),
                                 NULL);
        if (rc != SQLITE_OK) {
            int32_t st = acrm__sqlite_fail_db(storage->anchor, rc, "memory", "open", err);
            sqlite_destroy(storage);
            return st;
        }
    }
    *ops = sqlite_ops;
    ops->flags = memory ? ACRM_STORAGE_BACKUP
                 : flags & ACRM__SQLITE_SYNC_NORMAL ? ACRM_STORAGE_BACKUP
                 : ACRM_STORAGE_BACKUP | ACRM_STORAGE_DURABLE;
    *self = storage;
    return ACRM_OK;
}

void acrm__sqlite_set_busy(void *self, int32_t milliseconds)
{
    ((acrm__sqlite_storage *)self)->busy_ms = milliseconds;
}

/* Waits for a lock in growing steps, and no longer when interrupted. */
static int sqlite_busy(void *user, int count)
{
    static const uint8_t delays[] = { 1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50 };
    enum { DELAYS = sizeof delays };
    acrm__sqlite_conn *conn = user;
    int waited = 0;

    for (int i = 0; i < count && i < DELAYS; i++)
        waited += delays[i];
    if (count > DELAYS)
        waited += (count - DELAYS) * delays[DELAYS - 1];
    if (waited >= conn->storage->busy_ms || atomic_load(&conn->interrupted))
        return 0;
    sqlite3_sleep(delays[count < DELAYS ? count : DELAYS - 1]);
    return 1;
}

static int sqlite_progress(void *user)
{
    acrm__sqlite_conn *conn = user;

    return atomic_load_explicit(&conn->interrupted, memory_order_relaxed);
}

void acrm__sqlite_interrupt(void *conn, int32_t on)
{
    acrm__sqlite_conn *c = conn;

    atomic_store(&c->interrupted, on != 0);
    if (on)
        sqlite3_interrupt(c->db);
}

/* SQLite names few causes; look at the file first. */
static int32_t sqlite_look(const acrm__sqlite_storage *storage, acrm_error **err)
{
    struct stat info;
    const char *path = storage->path;
    bool must_exist = storage->flags & (ACRM__SQLITE_READONLY | ACRM__SQLITE_NO_CREATE);

    if (storage->memory)
        return ACRM_OK;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT && must_exist)
            return acrm__error(err, ACRM_E_NOTFOUND, "open", NULL,
                               "there is no database %s; check the path or create it first", path);
        if (errno == ENOENT)
            return ACRM_OK;
        if (errno == ENOTDIR)
            return acrm__error(err, ACRM_E_STORE, "open", NULL,
                               "cannot open %s: a part of the path is not a folder", path);
        return acrm__error(err, ACRM_E_STORE, "open", NULL,
                           "cannot open %s: access was refused; check the permissions of its "
                           "folder", path);
    }
    if (S_ISDIR(info.st_mode))
        return acrm__error(err, ACRM_E_INVALID, "open", NULL,
                           "%s is a folder; give the path of a file in it", path);
    if (info.st_size > 0 && info.st_size < SQLITE_PAGE_MIN) /* SQLite would start it anew */
        return acrm__error(err, ACRM_E_CORRUPT, "foreign", NULL,
                           "%s is not an autocrm database, or only the beginning of one; check "
                           "the path or restore a backup", path);
    if (!must_exist && access(path, W_OK) != 0)
        return acrm__error(err, ACRM_E_READONLY, "read_only", NULL,
                           "%s cannot be written; change its permissions or open it read-only",
                           path);
    return ACRM_OK;
}

/* One number that a PRAGMA gives. */
static int32_t sqlite_number(acrm__sqlite_conn *conn, const char *sql, int64_t *out,
                             acrm_error **err)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL);
    int32_t st = ACRM_OK;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    else
        st = acrm__sqlite_fail(conn, rc, "open", err);
    sqlite3_finalize(stmt);
    return st;
}

/* Make an empty file ours; another process may do the same at this moment. */
static int32_t sqlite_claim(acrm__sqlite_conn *conn, acrm_error **err)
{
    int64_t used = 0;
    char sql[64];
    int32_t st = acrm__sqlite_exec(conn, "BEGIN IMMEDIATE", "open", err);

    if (st != ACRM_OK)
        return st;
    st = sqlite_number(conn, "SELECT count(*) FROM sqlite_schema", &used, err);
    if (st == ACRM_OK && used == 0) {
        sqlite3_snprintf(sizeof sql, sql, "PRAGMA application_id = %d",
                         ACRM__SQLITE_APPLICATION_ID);
        st = acrm__sqlite_exec(conn, sql, "open", err);
    }
    if (st == ACRM_OK)
        st = acrm__sqlite_exec(conn, "COMMIT", "open", err);
    if (st != ACRM_OK)
        sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

static int32_t sqlite_identify(acrm__sqlite_conn *conn, acrm_error **err)
{
    int64_t pages = 0;
    int64_t id = 0;
    int32_t st = sqlite_number(conn, "PRAGMA page_count", &pages, err);

    if (st == ACRM_OK && pages == 0 && !(conn->storage->flags & ACRM__SQLITE_READONLY))
        st = sqlite_claim(conn, err);
    if (st == ACRM_OK)
        st = sqlite_number(conn, "PRAGMA application_id", &id, err);
    if (st == ACRM_OK && id != ACRM__SQLITE_APPLICATION_ID)
        st = acrm__error(err, ACRM_E_CORRUPT, "foreign", NULL,
                         "%s is not an autocrm database; check the path", conn->storage->path);
    return st;
}

/* Another process may be doing the same to a new file. SQLite's busy handler is not asked about the
 * lock that is needed once the mode was read, so the waiting is done here. */
static int32_t sqlite_log_ahead(acrm__sqlite_conn *conn, acrm_error **err)
{
    acrm_error *busy = NULL;

    sqlite3_busy_handler(conn->db, NULL, NULL);
    int32_t st = acrm__sqlite_exec(conn, "PRAGMA journal_mode = WAL", "open", &busy);
    for (int count = 0; st == ACRM_E_BUSY && sqlite_busy(conn, count); count++) {
        acrm_error_free(busy);
        busy = NULL;
        st = acrm__sqlite_exec(conn, "PRAGMA journal_mode = WAL", "open", &busy);
    }
    sqlite3_busy_handler(conn->db, sqlite_busy, conn);
    if (err)
        *err = busy;
    else
        acrm_error_free(busy);
    return st;
}

static int32_t sqlite_configure(acrm__sqlite_conn *conn, acrm_error **err)
{
    const acrm__sqlite_storage *storage = conn->storage;
    bool writes = !(storage->flags & ACRM__SQLITE_READONLY);

    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_handler(conn->db, sqlite_busy, conn);
    sqlite3_progress_handler(conn->db, 10000, sqlite_progress, conn);
    int rc = acrm__sqlite_register(conn->db);
    if (rc != SQLITE_OK)
        return acrm__sqlite_fail(conn, rc, "open", err);
    if (writes && sqlite3_db_readonly(conn->db, "main") == 1)
        return acrm__sqlite_fail(conn, SQLITE_READONLY, "open", err);
    int32_t st = sqlite_identify(conn, err);
    if (st == ACRM_OK && writes && !storage->memory)
        st = sqlite_log_ahead(conn, err);
    if (st == ACRM_OK)
        st = acrm__sqlite_exec(conn, storage->flags & ACRM__SQLITE_SYNC_NORMAL
                                         ? "PRAGMA synchronous = NORMAL"
                                         : "PRAGMA synchronous = FULL", "open", err);
    if (st == ACRM_OK && writes) /* whatever the library was compiled with */
        st = acrm__sqlite_exec(conn, "PRAGMA secure_delete = ON", "open", err);
    return st;
}

int32_t acrm__sqlite_connect(void *self, void **conn, acrm_error **err)
{
    acrm__sqlite_storage *storage = self;
    int32_t st = sqlite_look(storage, err);

    if (st != ACRM_OK)
        return st;
    acrm__sqlite_conn *c = acrm__alloc_zero(&storage->allocator, sizeof *c);
    if (!c)
        return acrm__error_nomem(err);
    c->storage = storage;
    atomic_fetch_add(&storage->connections, 1);
    acrm__arena_init(&c->arena, &storage->allocator);
    acrm__sql_init(&c->sql, &storage->allocator, &c->arena, &acrm__sqlite_dialect);
    int rc = sqlite3_open_v2(storage->path, &c->db, sqlite_open_flags(storage), NULL);
    if (rc != SQLITE_OK)
        st = acrm__sqlite_fail(c, rc, "open", err);
    else
        st = sqlite_configure(c, err);
    if (st != ACRM_OK) {
        acrm__sqlite_disconnect(c);
        return st;
    }
    acrm__sqlite_fit(c);
    sqlite3_db_release_memory(c->db); /* pages that the schema was read from */
    *conn = c;
    return ACRM_OK;
}

void acrm__sqlite_disconnect(void *conn)
{
    acrm__sqlite_conn *c = conn;
    acrm_allocator allocator = c->storage->allocator;

    acrm__sqlite_forget(c);
    for (int i = 0; i < ACRM__SQLITE_COMMANDS; i++)
        acrm__sqlite_finalise(c, &c->commands[i]);
    sqlite3_close_v2(c->db); /* rolls back what is open */
    atomic_fetch_sub(&c->storage->connections, 1);
    acrm__sql_free(&c->sql);
    acrm__arena_free(&c->arena);
    acrm__free(&allocator, c, sizeof *c);
}
