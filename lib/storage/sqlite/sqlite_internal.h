/* SPDX-License-Identifier: MIT */
/* The inside of the SQLite adapter, shared by its files only. */
#ifndef ACRM_STORAGE_SQLITE_SQLITE_INTERNAL_H
#define ACRM_STORAGE_SQLITE_SQLITE_INTERNAL_H

#include "base/alloc.h"
#include "base/error.h"
#include "storage/sql/sql.h"
#include "storage/storage.h"

#include <sqlite3.h>
#include <stdatomic.h>

enum {
    ACRM__SQLITE_APPLICATION_ID = 0x6143524d, /* "aCRM" */
    ACRM__SQLITE_BUSY_MS = 10000,
    ACRM__SQLITE_QUERIES_MAX = 128,  /* statements kept for queries, per connection */
    ACRM__SQLITE_QUERY_BYTES = 8192, /* longer ones are not kept */
    ACRM__SQLITE_UPDATES_MAX = 32,   /* sets of changed columns kept, per table */
    ACRM__SQLITE_CACHE_KIB = 2000,   /* of pages, for all connections together */
    ACRM__SQLITE_SHARES_MAX = 8      /* more connections than these have no smaller part of it */
};

/* A prepared statement with room for one row of its result. */
typedef struct acrm__sqlite_statement {
    sqlite3_stmt *stmt; /* NULL: not prepared yet */
    acrm_cell *cells;
    uint32_t n_cells;
    bool busy; /* being stepped: a callback that asks again gets another one */
} acrm__sqlite_statement;

typedef struct acrm__sqlite_update {
    acrm__sqlite_statement statement;
    struct acrm__sqlite_update *next; /* in order of last use */
    uint32_t n_columns;
    uint32_t columns[];
} acrm__sqlite_update;

/* What a connection keeps for a table. */
typedef struct acrm__sqlite_table {
    const acrm_table *table; /* what it was made for; a number may come back with new columns */
    const acrm_column *columns;
    uint32_t n_columns;
    acrm__str all;                        /* its columns as a query selects them */
    acrm__sqlite_statement insert;
    acrm__sqlite_statement insert_many;   /* ACRM__SQLITE_ROWS of them */
    acrm__sqlite_statement remove;
    acrm__sqlite_statement find;          /* the row number of a key */
    acrm__sqlite_statement search_insert;
    acrm__sqlite_statement search_remove;
    acrm__sqlite_statement *lookups;      /* by column */
    acrm__sqlite_update *updates;
} acrm__sqlite_table;

/* A kept query, in a list of last use and in a chain of equal hashes. */
typedef struct acrm__sqlite_query {
    acrm__sqlite_statement statement;
    struct acrm__sqlite_query *newer, *older, *next;
    uint64_t hash;
    size_t len;
    char *text;
} acrm__sqlite_query;

typedef struct acrm__sqlite_storage {
    acrm_allocator allocator;
    uint32_t flags;
    int32_t busy_ms;
    bool memory;
    atomic_int connections;
    sqlite3 *anchor; /* keeps a database in memory alive between connections */
    char *path;
    size_t path_size;
} acrm__sqlite_storage;

enum { ACRM__SQLITE_ROWS = 64 }; /* inserted by one statement */

enum { ACRM__SQLITE_IDLE = 0, ACRM__SQLITE_READING, ACRM__SQLITE_WRITING };

enum {
    ACRM__SQLITE_BEGIN,
    ACRM__SQLITE_BEGIN_WRITE,
    ACRM__SQLITE_COMMIT,
    ACRM__SQLITE_ROLLBACK,
    ACRM__SQLITE_SAVEPOINT,
    ACRM__SQLITE_RELEASE,
    ACRM__SQLITE_ROLLBACK_TO,
    ACRM__SQLITE_SNAPSHOT,
    ACRM__SQLITE_COMMANDS
};

typedef struct acrm__sqlite_conn {
    acrm__sqlite_storage *storage;
    sqlite3 *db;
    atomic_int interrupted;
    int32_t state;      /* ACRM__SQLITE_IDLE, READING, WRITING */
    int32_t savepoints;
    uint32_t running;   /* calls with statements being stepped */
    int64_t statements;
    int32_t shares;     /* how many share the pages' memory, as its part was made for */
    acrm__arena arena;  /* texts bound by running calls */
    acrm__sql sql;
    acrm__sqlite_statement commands[ACRM__SQLITE_COMMANDS];
    acrm__sqlite_table **tables; /* by number */
    uint32_t n_tables;
    acrm__sqlite_query *queries[ACRM__SQLITE_QUERIES_MAX]; /* chains */
    acrm__sqlite_query *newest, *oldest;
    uint32_t n_queries;
} acrm__sqlite_conn;

extern const acrm__sql_dialect acrm__sqlite_dialect;

/* sqlite_error.c: an error from what SQLite says last; `doing` completes "cannot ...". */
int32_t acrm__sqlite_fail(acrm__sqlite_conn *conn, int rc, const char *doing, acrm_error **err);
int32_t acrm__sqlite_fail_db(sqlite3 *db, int rc, const char *path, const char *doing,
                             acrm_error **err);
/* Refuse a call while interrupted, outside a transaction, or after SQLite ended it by itself. */
int32_t acrm__sqlite_may_read(acrm__sqlite_conn *conn, acrm_error **err);
/* The same for a lookup or query, which may also stand alone. */
int32_t acrm__sqlite_may_look(acrm__sqlite_conn *conn, acrm_error **err);
int32_t acrm__sqlite_may_write(acrm__sqlite_conn *conn, acrm_error **err);

/* sqlite_function.c */
int acrm__sqlite_register(sqlite3 *db);

/* sqlite_statement.c */
int32_t acrm__sqlite_prepare(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, acrm_error **err);
void acrm__sqlite_finalise(acrm__sqlite_conn *conn, acrm__sqlite_statement *s);
/* Bind the i-th parameter, from 1, without copying. */
void acrm__sqlite_bind(acrm__sqlite_statement *s, int i, const acrm_cell *cell);
/* Bind, run to the end, reset. */
int32_t acrm__sqlite_run(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, const char *doing,
                         acrm_error **err);
/* Step through the rows until `limit` (0: all), giving them to `row`; *n counts them, *stopped is
 * set when the callback has had enough. Resets the statement. */
int32_t acrm__sqlite_rows(acrm__sqlite_conn *conn, acrm__sqlite_statement *s, uint32_t limit,
                          acrm_row_fn row, void *user, uint32_t *n, bool *stopped,
                          acrm_error **err);
int32_t acrm__sqlite_command(acrm__sqlite_conn *conn, int32_t command, acrm_error **err);
/* Run SQL text that is used once. */
int32_t acrm__sqlite_exec(acrm__sqlite_conn *conn, const char *sql, const char *doing,
                          acrm_error **err);
/* The same with the text in conn->sql. */
int32_t acrm__sqlite_exec_sql(acrm__sqlite_conn *conn, acrm_error **err);
/* The kept statements of a table, forgotten first when its declaration has changed. */
int32_t acrm__sqlite_table_of(acrm__sqlite_conn *conn, const acrm_table *table,
                              acrm__sqlite_table **out, acrm_error **err);
void acrm__sqlite_forget(acrm__sqlite_conn *conn); /* all kept statements but commands */
/* See that its pages take their part of the memory: one for all connections. */
void acrm__sqlite_fit(acrm__sqlite_conn *conn);
/* Start and end a call with rows; between them conn->sql may be used until the statement runs. */
void acrm__sqlite_enter(acrm__sqlite_conn *conn);
void acrm__sqlite_leave(acrm__sqlite_conn *conn);
/* The statement for the text in conn->sql: kept, or `spare` when it cannot be. */
int32_t acrm__sqlite_query_of(acrm__sqlite_conn *conn, acrm__sqlite_statement *spare,
                              acrm__sqlite_statement **out, acrm_error **err);

/* sqlite_schema.c: parts of the text that makes a table. */
bool acrm__sqlite_lean(const acrm_table *table);
bool acrm__sqlite_numbered(const acrm_table *table); /* its rows have a number of their own */
void acrm__sqlite_write_begin(acrm__sql *sql, const acrm_table *table, const char *suffix);
void acrm__sqlite_write_column(acrm__sql *sql, const acrm_table *table, uint32_t i, bool added);
void acrm__sqlite_write_end(acrm__sql *sql, const acrm_table *table);

/* sqlite_rebuild.c: the text that made a table; whether it tells a column as it is declared; and
 * give a table that has all columns the form that is declared. */
int32_t acrm__sqlite_made(acrm__sqlite_conn *conn, const acrm_table *table, acrm__str *out,
                          acrm_error **err);
bool acrm__sqlite_made_with(acrm__sqlite_conn *conn, const acrm_table *table, uint32_t column,
                            const char *made);
int32_t acrm__sqlite_rebuild(acrm__sqlite_conn *conn, const acrm_table *table, acrm_error **err);

/* The callbacks of the port. */
int32_t acrm__sqlite_connect(void *self, void **conn, acrm_error **err);
void acrm__sqlite_disconnect(void *conn);
int32_t acrm__sqlite_begin(void *conn, int32_t write, acrm_error **err);
int32_t acrm__sqlite_commit(void *conn, acrm_error **err);
void acrm__sqlite_rollback(void *conn);
int32_t acrm__sqlite_savepoint(void *conn, acrm_error **err);
int32_t acrm__sqlite_release(void *conn, acrm_error **err);
int32_t acrm__sqlite_rollback_to(void *conn, acrm_error **err);
int64_t acrm__sqlite_change_mark(void *conn);
int32_t acrm__sqlite_schema_version(void *conn, int64_t *version, acrm_error **err);
int32_t acrm__sqlite_set_schema_version(void *conn, int64_t version, acrm_error **err);
int32_t acrm__sqlite_ensure_table(void *conn, const acrm_table *table, acrm_error **err);
int32_t acrm__sqlite_drop_index(void *conn, const acrm_table *table, const char *index,
                                acrm_error **err);
int32_t acrm__sqlite_drop_column(void *conn, const acrm_table *table, const char *column,
                                 acrm_error **err);
int32_t acrm__sqlite_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                            const char *search, acrm_error **err);
int32_t acrm__sqlite_insert_many(void *conn, const acrm_table *table, const acrm_cell *cells,
                                 uint32_t n_rows, acrm_error **err);
int32_t acrm__sqlite_update_row(void *conn, const acrm_table *table, const acrm_cell *key,
                                const uint32_t *columns, const acrm_cell *cells,
                                uint32_t n_columns, const char *search_old,
                                const char *search_new, int32_t *changed, acrm_error **err);
int32_t acrm__sqlite_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                            const char *search, int32_t *changed, acrm_error **err);
int32_t acrm__sqlite_lookup(void *conn, const acrm_table *table, uint32_t column,
                            const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                            acrm_error **err);
int32_t acrm__sqlite_query_rows(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                                acrm_error **err);
void acrm__sqlite_interrupt(void *conn, int32_t on);
int32_t acrm__sqlite_backup(void *conn, const char *path,
                            int32_t (*progress)(void *user, int64_t done, int64_t total),
                            void *user, acrm_error **err);
int32_t acrm__sqlite_check(void *conn, acrm_error **err);
/* sqlite_scrub.c */
int32_t acrm__sqlite_scrub(void *conn, acrm_error **err);

#endif
