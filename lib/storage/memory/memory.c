/* SPDX-License-Identifier: MIT */
/* The memory adapter of the storage port: connections, locks, transactions with an undo log. */
#include "storage/memory/memory_internal.h"

#include <string.h>
#include <time.h>

enum { MEMORY_BUSY_MS = 10000 };

int32_t acrm__memory_fail_interrupted(acrm_error **err)
{
    return acrm__error(err, ACRM_E_INTERRUPTED, "interrupted", NULL, "interrupted");
}

int32_t acrm__memory_may_read(acrm__memory_conn *conn, acrm_error **err)
{
    if (atomic_load(&conn->interrupted))
        return acrm__memory_fail_interrupted(err);
    if (conn->state == ACRM__MEMORY_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no transaction is open");
    conn->statements++;
    return ACRM_OK;
}

int32_t acrm__memory_may_write(acrm__memory_conn *conn, acrm_error **err)
{
    int32_t st = acrm__memory_may_read(conn, err);

    if (st == ACRM_OK && conn->state != ACRM__MEMORY_WRITING)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL,
                         "a change within a transaction that only reads");
    return st;
}

static void memory_view_free(const acrm_allocator *a, acrm__memory_view *view)
{
    if (view) {
        acrm__free(a, view->map, view->n_columns * sizeof *view->map);
        acrm__free(a, view, sizeof *view);
    }
}

static int32_t memory_view_map(acrm__memory_view *view, acrm_error **err)
{
    view->same = true;
    for (uint32_t i = 0; i < view->n_columns; i++) {
        view->map[i] = acrm__memory_find_column(view->kept, view->columns[i].name);
        if (view->map[i] == UINT32_MAX)
            return acrm__error(err, ACRM_E_STORE, "schema", NULL, "no such column: %s.%s",
                               view->table->name, view->columns[i].name);
        view->same = view->same && view->map[i] == i;
    }
    return ACRM_OK;
}

static int32_t memory_view_new(acrm__memory_conn *conn, const acrm_table *table,
                               acrm__memory_view **out, acrm_error **err)
{
    const acrm_allocator *a = &conn->storage->allocator;
    uint32_t place = acrm__memory_find_table(conn->storage, table->name);

    if (place == UINT32_MAX)
        return acrm__error(err, ACRM_E_STORE, "schema", NULL, "no such table: %s", table->name);
    acrm__memory_view *view = acrm__alloc_zero(a, sizeof *view);
    uint32_t *map = acrm__alloc(a, table->n_columns * sizeof *map);
    if (!view || !map) {
        acrm__free(a, view, sizeof *view);
        acrm__free(a, map, table->n_columns * sizeof *map);
        return acrm__error_nomem(err);
    }
    *view = (acrm__memory_view){
        .table = table, .columns = table->columns, .n_columns = table->n_columns,
        .shape = conn->storage->shape, .place = place, .kept = conn->storage->tables[place],
        .map = map,
    };
    int32_t st = memory_view_map(view, err);
    if (st != ACRM_OK) {
        memory_view_free(a, view);
        return st;
    }
    memory_view_free(a, conn->views[table->number]);
    conn->views[table->number] = view;
    *out = view;
    return ACRM_OK;
}

int32_t acrm__memory_view_of(acrm__memory_conn *conn, const acrm_table *table,
                             acrm__memory_view **out, acrm_error **err)
{
    if (table->number >= conn->n_views) {
        uint32_t n = table->number + 16;
        acrm__memory_view **grown = acrm__resize(&conn->storage->allocator, conn->views,
                                                 conn->n_views * sizeof(*grown),
                                                 n * sizeof(*grown));
        if (!grown)
            return acrm__error_nomem(err);
        for (uint32_t i = conn->n_views; i < n; i++)
            grown[i] = NULL;
        conn->views = grown;
        conn->n_views = n;
    }
    acrm__memory_view *view = conn->views[table->number];
    if (!view || view->table != table || view->columns != table->columns
        || view->n_columns != table->n_columns || view->shape != conn->storage->shape)
        return memory_view_new(conn, table, out, err);
    *out = view;
    return ACRM_OK;
}

int32_t acrm__memory_reserve_undo(acrm__memory_conn *conn, acrm_error **err)
{
    if (conn->n_log < conn->cap_log)
        return ACRM_OK;
    size_t cap = conn->cap_log ? conn->cap_log * 2 : 64;
    acrm__memory_undo *grown = acrm__resize(&conn->storage->allocator, conn->log,
                                            conn->cap_log * sizeof *grown, cap * sizeof *grown);
    if (!grown)
        return acrm__error_nomem(err);
    conn->log = grown;
    conn->cap_log = cap;
    return ACRM_OK;
}

void acrm__memory_push_undo(acrm__memory_conn *conn, const acrm__memory_undo *undo)
{
    conn->log[conn->n_log++] = *undo;
}

/* Drop what an entry holds for the undoing that will not come. */
static void memory_undo_free(acrm__memory_storage *storage, const acrm__memory_undo *undo)
{
    acrm__memory_row_unref(&storage->allocator, undo->before);
    acrm__memory_row_unref(&storage->allocator, undo->after);
    acrm__memory_table_free(&storage->allocator, undo->shape);
}

static void memory_undo_table(acrm__memory_storage *storage, acrm__memory_undo *undo)
{
    acrm__memory_table_free(&storage->allocator, storage->tables[undo->table]);
    storage->tables[undo->table] = undo->shape;
    if (!undo->shape)
        storage->n_tables--; /* made last, so it is the last */
    undo->shape = NULL;
    storage->shape++;
}

static void memory_undo_to(acrm__memory_conn *conn, size_t mark)
{
    acrm__memory_storage *storage = conn->storage;

    while (conn->n_log > mark) {
        acrm__memory_undo *undo = &conn->log[--conn->n_log];
        if (undo->kind == ACRM__MEMORY_UNDO_ROW)
            acrm__memory_set_row(&storage->allocator, storage->tables[undo->table], undo->after,
                                 undo->before);
        else if (undo->kind == ACRM__MEMORY_UNDO_TABLE)
            memory_undo_table(storage, undo);
        else
            storage->version = undo->version;
        memory_undo_free(storage, undo);
    }
}

/* Waits for the others to finish: a writer for everybody, a reader for the writer. */
static int32_t memory_begin(void *conn, int32_t write, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_storage *storage = c->storage;
    struct timespec until;
    int32_t st = ACRM_OK;
    int rc = 0;

    if (c->state != ACRM__MEMORY_IDLE)
        return acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "a transaction is open");
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += storage->busy_ms / 1000;
    until.tv_nsec += (long)(storage->busy_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&storage->lock);
    while (rc == 0 && !atomic_load(&c->interrupted)
           && (storage->writer || (write && storage->readers > 0)))
        rc = pthread_cond_timedwait(&storage->freed, &storage->lock, &until);
    if (atomic_load(&c->interrupted)) {
        st = acrm__memory_fail_interrupted(err);
    } else if (rc != 0) {
        st = acrm__error(err, ACRM_E_BUSY, "busy", NULL,
                         "another session is using the storage; try again when it has finished");
    } else {
        storage->writer = write;
        storage->readers += !write;
        c->state = write ? ACRM__MEMORY_WRITING : ACRM__MEMORY_READING;
    }
    pthread_mutex_unlock(&storage->lock);
    return st;
}

static void memory_end(acrm__memory_conn *conn)
{
    acrm__memory_storage *storage = conn->storage;

    conn->n_marks = 0;
    pthread_mutex_lock(&storage->lock);
    if (conn->state == ACRM__MEMORY_WRITING)
        storage->writer = false;
    else
        storage->readers--;
    conn->state = ACRM__MEMORY_IDLE;
    pthread_cond_broadcast(&storage->freed);
    pthread_mutex_unlock(&storage->lock);
}

static void memory_rollback(void *conn)
{
    acrm__memory_conn *c = conn;

    if (c->state == ACRM__MEMORY_IDLE)
        return;
    memory_undo_to(c, 0);
    memory_end(c);
}

static int32_t memory_commit(void *conn, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    int32_t st = acrm__memory_may_read(c, err);
    const char *dangling = st == ACRM_OK ? acrm__memory_dangling(c) : NULL;

    if (dangling)
        st = acrm__error(err, ACRM_E_INVALID, "reference", NULL,
                         "a record refers to another one that does not exist (%s)", dangling);
    if (st != ACRM_OK) {
        memory_rollback(c);
        return st;
    }
    if (c->n_log > 0) {
        atomic_fetch_add(&c->storage->commits, 1);
        c->own_commits++;
    }
    for (size_t i = 0; i < c->n_log; i++)
        memory_undo_free(c->storage, &c->log[i]);
    c->n_log = 0;
    memory_end(c);
    return ACRM_OK;
}

static int32_t memory_savepoint(void *conn, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    int32_t st = acrm__memory_may_read(c, err);

    if (st != ACRM_OK)
        return st;
    if (c->n_marks == c->cap_marks) {
        size_t cap = c->cap_marks + 16;
        size_t *grown = acrm__resize(&c->storage->allocator, c->marks,
                                     c->cap_marks * sizeof *grown, cap * sizeof *grown);
        if (!grown)
            return acrm__error_nomem(err);
        c->marks = grown;
        c->cap_marks = cap;
    }
    c->marks[c->n_marks++] = c->n_log;
    return ACRM_OK;
}

static int32_t memory_may_end(acrm__memory_conn *c, acrm_error **err)
{
    int32_t st = acrm__memory_may_read(c, err);

    if (st == ACRM_OK && c->n_marks == 0)
        st = acrm__error(err, ACRM_E_MISUSE, "transaction", NULL, "no savepoint is open");
    return st;
}

static int32_t memory_release(void *conn, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    int32_t st = memory_may_end(c, err);

    if (st == ACRM_OK)
        c->n_marks--;
    return st;
}

static int32_t memory_rollback_to(void *conn, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    int32_t st = memory_may_end(c, err);

    if (st == ACRM_OK)
        memory_undo_to(c, c->marks[--c->n_marks]);
    return st;
}

/* A read that stands alone is a transaction of its own. */
static int32_t memory_lookup(void *conn, const acrm_table *table, uint32_t column,
                             const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                             acrm_error **err)
{
    bool alone = ((acrm__memory_conn *)conn)->state == ACRM__MEMORY_IDLE;
    int32_t st = alone ? memory_begin(conn, 0, err) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    st = acrm__memory_lookup(conn, table, column, value, limit, row, user, err);
    if (alone)
        memory_rollback(conn);
    return st;
}

static int32_t memory_query(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                            acrm_error **err)
{
    bool alone = ((acrm__memory_conn *)conn)->state == ACRM__MEMORY_IDLE;
    int32_t st = alone ? memory_begin(conn, 0, err) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    st = acrm__memory_query_rows(conn, query, row, user, err);
    if (alone)
        memory_rollback(conn);
    return st;
}

static int64_t memory_change_mark(void *conn)
{
    acrm__memory_conn *c = conn;

    return atomic_load(&c->storage->commits) - c->own_commits;
}

static int32_t memory_schema_version(void *conn, int64_t *version, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    int32_t st = acrm__memory_may_read(c, err);

    if (st == ACRM_OK)
        *version = c->storage->version;
    return st;
}

static int32_t memory_set_schema_version(void *conn, int64_t version, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    const acrm__memory_undo undo = { .kind = ACRM__MEMORY_UNDO_VERSION,
                                     .version = c->storage->version };
    int32_t st = acrm__memory_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__memory_reserve_undo(c, err);
    if (st != ACRM_OK)
        return st;
    acrm__memory_push_undo(c, &undo);
    c->storage->version = version;
    return ACRM_OK;
}

static void memory_interrupt(void *conn, int32_t on)
{
    acrm__memory_conn *c = conn;

    atomic_store(&c->interrupted, on != 0);
    pthread_mutex_lock(&c->storage->lock);
    pthread_cond_broadcast(&c->storage->freed);
    pthread_mutex_unlock(&c->storage->lock);
}

static int64_t memory_statements(void *conn)
{
    return ((acrm__memory_conn *)conn)->statements;
}

static int32_t memory_connect(void *self, void **conn, acrm_error **err)
{
    acrm__memory_storage *storage = self;
    acrm__memory_conn *c = acrm__alloc_zero(&storage->allocator, sizeof *c);

    if (!c)
        return acrm__error_nomem(err);
    c->storage = storage;
    *conn = c;
    return ACRM_OK;
}

static void memory_disconnect(void *conn)
{
    acrm__memory_conn *c = conn;
    const acrm_allocator *a = &c->storage->allocator;

    memory_rollback(c);
    for (uint32_t i = 0; i < c->n_views; i++)
        memory_view_free(a, c->views[i]);
    acrm__free(a, c->views, c->n_views * sizeof(*c->views));
    acrm__free(a, c->log, c->cap_log * sizeof *c->log);
    acrm__free(a, c->marks, c->cap_marks * sizeof *c->marks);
    acrm__free(a, c, sizeof *c);
}

static void memory_destroy(void *self)
{
    acrm__memory_storage *storage = self;
    acrm_allocator allocator = storage->allocator;

    for (uint32_t i = 0; i < storage->n_tables; i++)
        acrm__memory_table_free(&allocator, storage->tables[i]);
    acrm__free(&allocator, storage->tables, storage->cap_tables * sizeof(*storage->tables));
    pthread_cond_destroy(&storage->freed);
    pthread_mutex_destroy(&storage->lock);
    acrm__free(&allocator, storage, sizeof *storage);
}

static const acrm_storage_ops memory_ops = {
    .struct_size = sizeof memory_ops,
    .connect = memory_connect,
    .disconnect = memory_disconnect,
    .destroy = memory_destroy,
    .begin = memory_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .savepoint = memory_savepoint,
    .release = memory_release,
    .rollback_to = memory_rollback_to,
    .change_mark = memory_change_mark,
    .schema_version = memory_schema_version,
    .set_schema_version = memory_set_schema_version,
    .ensure_table = acrm__memory_ensure_table,
    .drop_index = acrm__memory_drop_index,
    .drop_column = acrm__memory_drop_column,
    .insert = acrm__memory_insert,
    .update = acrm__memory_update,
    .remove = acrm__memory_remove,
    .lookup = memory_lookup,
    .query = memory_query,
    .interrupt = memory_interrupt,
    .statements = memory_statements,
};

int32_t acrm__memory_open(const acrm_allocator *allocator, acrm_storage_ops *ops, void **self,
                          acrm_error **err)
{
    acrm_allocator a = acrm__allocator(allocator);
    pthread_condattr_t monotonic;
    acrm__memory_storage *storage = acrm__alloc_zero(&a, sizeof *storage);

    if (!storage)
        return acrm__error_nomem(err);
    storage->allocator = a;
    storage->busy_ms = MEMORY_BUSY_MS;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&storage->lock, NULL);
    pthread_cond_init(&storage->freed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *ops = memory_ops;
    *self = storage;
    return ACRM_OK;
}

void acrm__memory_set_busy(void *self, int32_t milliseconds)
{
    ((acrm__memory_storage *)self)->busy_ms = milliseconds;
}
