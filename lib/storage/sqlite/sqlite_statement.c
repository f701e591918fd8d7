/* SPDX-License-Identifier: MIT */
/* Prepared statements: made once, kept per table or by their text, and run. */
#include "storage/sqlite/sqlite_internal.h"

#include <string.h>

static const char *const sqlite_commands[ACRM__SQLITE_COMMANDS] = {
    [ACRM__SQLITE_BEGIN] = "BEGIN",
    [ACRM__SQLITE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [ACRM__SQLITE_COMMIT] = "COMMIT",
    [ACRM__SQLITE_ROLLBACK] = "ROLLBACK",
    [ACRM__SQLITE_SAVEPOINT] = "SAVEPOINT acrm",
    [ACRM__SQLITE_RELEASE] = "RELEASE acrm",
    [ACRM__SQLITE_ROLLBACK_TO] = "ROLLBACK TO acrm",
    [ACRM__SQLITE_SNAPSHOT] = "PRAGMA user_version",
};

static int32_t sqlite_prepare_text(acrm__sqlite_conn *conn, acrm__sqlite_statement *s,
                                   const char *text, size_t len, unsigned flags, acrm_error **err)
{
    int rc = sqlite3_prepare_v3(conn->db, text, (int)len + 1, flags, &s->stmt, NULL);

    if (rc != SQLITE_OK)
        return acrm__sqlite_fail(conn, rc, "read", err);
    s->n_cells = (uint32_t)sqlite3_column_count(s->stmt);
    if (s->n_cells == 0)
        return ACRM_OK;
    s->cells = acrm__alloc(&conn->storage->allocator, s->n_cells * sizeof *s->cells);
    if (s->cells)
        return ACRM_OK;
    acrm__sqlite_finalise(conn, s);
    return acrm__error_nomem(err);
}

int32_t acrm__sqlite_prepare(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, acrm_error **err)
{
    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    return sqlite_prepare_text(conn, s, conn->sql.text.data, conn->sql.text.len,
                               SQLITE_PREPARE_PERSISTENT, err);
}

void acrm__sqlite_finalise(acrm__sqlite_conn *conn, acrm__sqlite_statement *s)
{
    sqlite3_finalize(s->stmt);
    acrm__free(&conn->storage->allocator, s->cells, s->n_cells * sizeof *s->cells);
    *s = (acrm__sqlite_statement){ .stmt = NULL };
}

void acrm__sqlite_bind(acrm__sqlite_statement *s, int i, const acrm_cell *cell)
{
    switch (cell->type) {
    case ACRM_CELL_INT:
        sqlite3_bind_int64(s->stmt, i, cell->integer);
        break;
    case ACRM_CELL_REAL:
        sqlite3_bind_double(s->stmt, i, cell->real);
        break;
    case ACRM_CELL_TEXT: /* a NULL pointer would bind NULL */
        sqlite3_bind_text(s->stmt, i, cell->data ? cell->data : "", (int)cell->size,
                          SQLITE_STATIC);
        break;
    case ACRM_CELL_BLOB:
        sqlite3_bind_blob(s->stmt, i, cell->data ? cell->data : "", (int)cell->size,
                          SQLITE_STATIC);
        break;
    default:
        sqlite3_bind_null(s->stmt, i);
        break;
    }
}

int32_t acrm__sqlite_run(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, const char *doing,
                         acrm_error **err)
{
    int rc = sqlite3_step(s->stmt);

    conn->statements++;
    if (rc == SQLITE_DONE || rc == SQLITE_ROW) {
        sqlite3_reset(s->stmt);
        return ACRM_OK;
    }
    int32_t st = acrm__sqlite_fail(conn, rc, doing, err);
    sqlite3_reset(s->stmt);
    return st;
}

/* Texts are read as the bytes they are: asked for a text, SQLite would copy it to end it with a
 * NUL. */
static void sqlite_read_bytes(sqlite3_value *value, int32_t type, acrm_cell *cell)
{
    const void *data = sqlite3_value_blob(value);

    *cell = (acrm_cell){ .type = type, .data = data ? data : "",
                         .size = (uint32_t)sqlite3_value_bytes(value) };
}

/* The values of the row at hand; they live until the next step. */
static void sqlite_read_row(acrm__sqlite_statement *s)
{
    for (uint32_t i = 0; i < s->n_cells; i++) {
        sqlite3_value *value = sqlite3_column_value(s->stmt, (int)i);
        acrm_cell *cell = &s->cells[i];

        switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            *cell = (acrm_cell){ .type = ACRM_CELL_INT, .integer = sqlite3_value_int64(value) };
            break;
        case SQLITE_FLOAT:
            *cell = (acrm_cell){ .type = ACRM_CELL_REAL, .real = sqlite3_value_double(value) };
            break;
        case SQLITE_TEXT:
            sqlite_read_bytes(value, ACRM_CELL_TEXT, cell);
            break;
        case SQLITE_BLOB:
            sqlite_read_bytes(value, ACRM_CELL_BLOB, cell);
            break;
        default:
            *cell = (acrm_cell){ .type = ACRM_CELL_NULL };
            break;
        }
    }
}

int32_t acrm__sqlite_rows(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, uint32_t limit,
                          acrm_row_fn row, void *user, uint32_t *n, bool *stopped,
                          acrm_error **err)
{
    int32_t st = ACRM_OK;
    int rc = SQLITE_ROW;

    conn->statements++;
    s->busy = true;
    while (st == ACRM_OK && (limit == 0 || *n < limit)) {
        rc = sqlite3_step(s->stmt);
        if (rc != SQLITE_ROW)
            break;
        ++*n;
        sqlite_read_row(s);
        st = row(user, s->cells, s->n_cells);
    }
    if (st > 0) {
        *stopped = true;
        st = ACRM_OK;
    } else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        st = acrm__sqlite_fail(conn, rc, "read", err);
    }
    sqlite3_reset(s->stmt);
    s->busy = false;
    return st;
}

int32_t acrm__sqlite_command(acrm__sqlite_conn *conn, int32_t command, acrm_error **err)
{
    acrm__sqlite_statement *s = &conn->commands[command];
    int32_t st = ACRM_OK;

    if (!s->stmt)
        st = sqlite_prepare_text(conn, s, sqlite_commands[command],
                                 strlen(sqlite_commands[command]), SQLITE_PREPARE_PERSISTENT, err);
    if (st == ACRM_OK)
        st = acrm__sqlite_run(conn, s, command == ACRM__SQLITE_COMMIT ? "write" : "use", err);
    return st;
}

int32_t acrm__sqlite_exec(acrm__sqlite_conn *conn, const char *sql, const char *doing,
                          acrm_error **err)
{
    acrm__sqlite_statement s = { .stmt = NULL };
    int32_t st = sqlite_prepare_text(conn, &s, sql, strlen(sql), 0, err);

    if (st == ACRM_OK)
        st = acrm__sqlite_run(conn, &s, doing, err);
    acrm__sqlite_finalise(conn, &s);
    return st;
}

int32_t acrm__sqlite_exec_sql(acrm__sqlite_conn *conn, acrm_error **err)
{
    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    return acrm__sqlite_exec(conn, conn->sql.text.data, "change", err);
}

static void sqlite_table_free(acrm__sqlite_conn *conn, acrm__sqlite_table *t)
{
    const acrm_allocator *a = &conn->storage->allocator;

    if (!t)
        return;
    acrm__str_free(&t->all);
    acrm__sqlite_finalise(conn, &t->insert);
    acrm__sqlite_finalise(conn, &t->insert_many);
    acrm__sqlite_finalise(conn, &t->remove);
    acrm__sqlite_finalise(conn, &t->find);
    acrm__sqlite_finalise(conn, &t->search_insert);
    acrm__sqlite_finalise(conn, &t->search_remove);
    for (uint32_t i = 0; i < t->n_columns && t->lookups; i++)
        acrm__sqlite_finalise(conn, &t->lookups[i]);
    acrm__free(a, t->lookups, t->n_columns * sizeof *t->lookups);
    for (acrm__sqlite_update *next, *u = t->updates; u; u = next) {
        next = u->next;
        acrm__sqlite_finalise(conn, &u->statement);
        acrm__free(a, u, sizeof *u + u->n_columns * sizeof *u->columns);
    }
    acrm__free(a, t, sizeof *t);
}

static int32_t sqlite_table_new(acrm__sqlite_conn *conn, const acrm_table *table,
                                acrm__sqlite_table **out, acrm_error **err)
{
    const acrm_allocator *a = &conn->storage->allocator;

    if (table->number >= conn->n_tables) {
        uint32_t n = table->number + 16;
        acrm__sqlite_table **grown = acrm__resize(a, conn->tables,
                                                  conn->n_tables * sizeof(*grown),
                                                  n * sizeof(*grown));
        if (!grown)
            return acrm__error_nomem(err);
        for (uint32_t i = conn->n_tables; i < n; i++)
            grown[i] = NULL;
        conn->tables = grown;
        conn->n_tables = n;
    }
    acrm__sqlite_table *t = acrm__alloc_zero(a, sizeof *t);
    if (!t)
        return acrm__error_nomem(err);
    t->table = table;
    t->columns = table->columns;
    t->n_columns = table->n_columns;
    acrm__str_init(&t->all, a);
    t->lookups = acrm__alloc_zero(a, t->n_columns * sizeof *t->lookups);
    if (!t->lookups) {
        acrm__free(a, t, sizeof *t);
        return acrm__error_nomem(err);
    }
    conn->tables[table->number] = t;
    *out = t;
    return ACRM_OK;
}

int32_t acrm__sqlite_table_of(acrm__sqlite_conn *conn, const acrm_table *table,
                              acrm__sqlite_table **out, acrm_error **err)
{
    acrm__sqlite_table *t = table->number < conn->n_tables ? conn->tables[table->number] : NULL;

    if (t && (t->table != table || t->columns != table->columns
              || t->n_columns != table->n_columns)) {
        if (conn->running > 0) /* a callback may hold statements of the old declaration */
            return acrm__error(err, ACRM_E_MISUSE, "schema", NULL,
                               "a table's declaration changed during a read");
        sqlite_table_free(conn, t);
        conn->tables[table->number] = t = NULL;
    }
    if (!t)
        return sqlite_table_new(conn, table, out, err);
    *out = t;
    return ACRM_OK;
}

static void sqlite_query_free(acrm__sqlite_conn *conn, acrm__sqlite_query *q)
{
    acrm__sqlite_finalise(conn, &q->statement);
    acrm__free(&conn->storage->allocator, q, sizeof *q + q->len + 1);
}

void acrm__sqlite_forget(acrm__sqlite_conn *conn)
{
    for (uint32_t i = 0; i < conn->n_tables; i++)
        sqlite_table_free(conn, conn->tables[i]);
    acrm__free(&conn->storage->allocator, conn->tables, conn->n_tables * sizeof(*conn->tables));
    conn->tables = NULL;
    conn->n_tables = 0;
    for (acrm__sqlite_query *older, *q = conn->newest; q; q = older) {
        older = q->older;
        sqlite_query_free(conn, q);
    }
    memset(conn->queries, 0, sizeof conn->queries);
    conn->newest = NULL;
    conn->oldest = NULL;
    conn->n_queries = 0;
}

void acrm__sqlite_fit(acrm__sqlite_conn *conn)
{
    int n = atomic_load_explicit(&conn->storage->connections, memory_order_relaxed);
    char sql[64];

    if (n <= conn->shares && (conn->shares == 1 || n > conn->shares / 2))
        return;
    if (n > ACRM__SQLITE_SHARES_MAX && conn->shares == ACRM__SQLITE_SHARES_MAX)
        return;
    conn->shares = 1; /* a power of two: who comes and goes seldom changes it */
    while (conn->shares < n && conn->shares < ACRM__SQLITE_SHARES_MAX)
        conn->shares *= 2;
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA cache_size = -%d",
                     ACRM__SQLITE_CACHE_KIB / conn->shares);
    sqlite3_exec(conn->db, sql, NULL, NULL, NULL); /* without memory it stays as it is */
}

void acrm__sqlite_enter(acrm__sqlite_conn *conn)
{
    if (conn->running++ == 0) {
        acrm__arena_reset(&conn->arena);
        acrm__sqlite_fit(conn);
    }
    acrm__sql_clear(&conn->sql);
}

void acrm__sqlite_leave(acrm__sqlite_conn *conn)
{
    conn->running--;
}

static void sqlite_query_unlink(acrm__sqlite_conn *conn, acrm__sqlite_query *q)
{
    if (q->newer)
        q->newer->older = q->older;
    else
        conn->newest = q->older;
    if (q->older)
        q->older->newer = q->newer;
    else
        conn->oldest = q->newer;
}

static void sqlite_query_push(acrm__sqlite_conn *conn, acrm__sqlite_query *q)
{
    q->newer = NULL;
    q->older = conn->newest;
    if (conn->newest)
        conn->newest->newer = q;
    else
        conn->oldest = q;
    conn->newest = q;
}

/* Make room for one more by dropping the one not used for longest; those being read stay. */
static void sqlite_query_evict(acrm__sqlite_conn *conn)
{
    acrm__sqlite_query *q = conn->oldest;

    while (q && q->statement.busy)
        q = q->newer;
    if (!q)
        return;
    acrm__sqlite_query **link = &conn->queries[q->hash % ACRM__SQLITE_QUERIES_MAX];
    while (*link != q)
        link = &(*link)->next;
    *link = q->next;
    sqlite_query_unlink(conn, q);
    sqlite_query_free(conn, q);
    conn->n_queries--;
}

static int32_t sqlite_query_new(acrm__sqlite_conn *conn, uint64_t hash,
                                acrm__sqlite_statement **out, acrm_error **err)
{
    size_t len = conn->sql.text.len;
    acrm__sqlite_query *q = acrm__alloc_zero(&conn->storage->allocator, sizeof *q + len + 1);

    if (!q)
        return acrm__error_nomem(err);
    q->hash = hash;
    q->len = len;
    q->text = (char *)(q + 1);
    memcpy(q->text, conn->sql.text.data, len + 1);
    int32_t st = acrm__sqlite_prepare(conn, &q->statement, err);
    if (st != ACRM_OK) {
        sqlite_query_free(conn, q);
        return st;
    }
    if (conn->n_queries >= ACRM__SQLITE_QUERIES_MAX)
        sqlite_query_evict(conn);
    q->next = conn->queries[hash % ACRM__SQLITE_QUERIES_MAX];
    conn->queries[hash % ACRM__SQLITE_QUERIES_MAX] = q;
    sqlite_query_push(conn, q);
    conn->n_queries++;
    *out = &q->statement;
    return ACRM_OK;
}

/* Of a statement's text, which is long, so eight bytes at a time. */
static uint64_t sqlite_hash(const char *text, size_t len)
{
    uint64_t hash = len;

    for (size_t i = 0; i < len; i += sizeof hash) {
        uint64_t word = 0;
        if (len - i >= sizeof word) /* a size the compiler knows */
            memcpy(&word, text + i, sizeof word);
        else
            memcpy(&word, text + i, len - i);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

int32_t acrm__sqlite_query_of(acrm__sqlite_conn *conn, acrm__sqlite_statement *spare,
                              acrm__sqlite_statement **out, acrm_error **err)
{
    const acrm__str *text = &conn->sql.text;

    if (acrm__sql_status(&conn->sql) != ACRM_OK)
        return acrm__error_nomem(err);
    *out = spare;
    if (text->len > ACRM__SQLITE_QUERY_BYTES)
        return acrm__sqlite_prepare(conn, spare, err);
    uint64_t hash = sqlite_hash(text->data, text->len);
    acrm__sqlite_query *q = conn->queries[hash % ACRM__SQLITE_QUERIES_MAX];
    while (q && (q->hash != hash || q->len != text->len
                 || memcmp(q->text, text->data, text->len) != 0))
        q = q->next;
    if (!q)
        return sqlite_query_new(conn, hash, out, err);
    if (q->statement.busy)
        return acrm__sqlite_prepare(conn, spare, err);
    if (q != conn->newest) {
        sqlite_query_unlink(conn, q);
        sqlite_query_push(conn, q);
    }
    *out = &q->statement;
    return ACRM_OK;
}
