/* SPDX-License-Identifier: MIT */
/*
 * The inside of the PostgreSQL adapter, shared by its files only.
 *
 * A connection is always in libpq's pipeline mode. What needs no answer is only sent ("late"): it
 * travels with the next statement that does need one, and both take one round trip. An error of a
 * late statement dooms the transaction, which can then only be rolled back.
 *
 * One row of one table, the gate, is the right to write: a writing transaction begins by counting
 * it on, and so waits for the one before it. It also tells who wrote since, and keeps the schema's
 * version.
 */
#ifndef ACRM_STORAGE_POSTGRES_POSTGRES_INTERNAL_H
#define ACRM_STORAGE_POSTGRES_POSTGRES_INTERNAL_H

#include "base/alloc.h"
#include "base/error.h"
#include "storage/postgres/postgres_pq.h"
#include "storage/sql/sql.h"
#include "storage/storage.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    ACRM__POSTGRES_BUSY_MS = 10000,
    ACRM__POSTGRES_IDLE_MS = 60000, /* how long a writer may leave the server without a word */
    ACRM__POSTGRES_SENT_MAX = 256,    /* statements sent but not answered */
    ACRM__POSTGRES_KEPT_MAX = 512,    /* prepared statements, more or less */
    ACRM__POSTGRES_KEPT_BYTES = 8192, /* longer statements are not prepared */
    ACRM__POSTGRES_CHAINS = 256,
    ACRM__POSTGRES_PARAMS_MAX = 65535, /* by the protocol */
    ACRM__POSTGRES_NAME_MAX = 63,      /* bytes of an identifier, by the server's own default */
    ACRM__POSTGRES_ROWS = 1000,        /* longer results are fetched in parts of this size */
    ACRM__POSTGRES_SHAPE_AFTER = 8,    /* tables asked for one by one, in a transaction */
    ACRM__POSTGRES_CHANGED_MAX = 64,
    ACRM__POSTGRES_BOUNDED = 5000      /* a result known to be no longer is taken at once */
};

/* Object numbers of types, which never change. */
enum {
    ACRM__POSTGRES_BYTEA = 17,
    ACRM__POSTGRES_INT8 = 20,
    ACRM__POSTGRES_INT4 = 23,
    ACRM__POSTGRES_TEXT = 25,
    ACRM__POSTGRES_FLOAT8 = 701,
    ACRM__POSTGRES_NUMERIC = 1700
};

#define ACRM__POSTGRES_LOOK "SELECT version,writes FROM acrm_store"

/* What becomes of an answer. */
enum {
    ACRM__POSTGRES_LATE = 0, /* nothing, but a failure dooms the transaction */
    ACRM__POSTGRES_PREPARE,  /* a failure also makes the statement unknown */
    ACRM__POSTGRES_GATE,     /* the gate's row is noted */
    ACRM__POSTGRES_WANTED,   /* given to the caller */
    ACRM__POSTGRES_SYNC
};

typedef struct acrm__postgres_kept {
    struct acrm__postgres_kept *next; /* of equal hashes */
    uint64_t hash, number;
    size_t len;
    char text[]; /* the statement and, behind a NUL, a letter for each parameter's type */
} acrm__postgres_kept;

typedef struct acrm__postgres_params {
    uint32_t n, cap;
    bool failed;      /* no memory, or too many */
    const char **values;
    int *lengths;
    int *formats;     /* all binary */
    Oid *types;
    uint64_t *numbers; /* in network order */
} acrm__postgres_params;

typedef struct acrm__postgres_storage {
    acrm_allocator allocator;
    acrm__pq pq;
    uint32_t flags;
    int32_t busy_ms, idle_ms;
    char *url;   /* never told to anybody */
    size_t url_size;
    char place[160]; /* host and database, for messages */
} acrm__postgres_storage;

enum { ACRM__POSTGRES_IDLE = 0, ACRM__POSTGRES_READING, ACRM__POSTGRES_WRITING };

/* A reference that waits for its table to be made. */
typedef struct acrm__postgres_reference {
    const acrm_table *table;
    uint32_t column;
} acrm__postgres_reference;

/* What tables there are, read at once when a transaction asks for many; and those that were changed
 * since, which are asked for one by one. */
typedef struct acrm__postgres_shape {
    PGresult *columns, *indexes;
    uint32_t n_asked;
    const acrm_table *changed[ACRM__POSTGRES_CHANGED_MAX];
    uint32_t n_changed;
} acrm__postgres_shape;

typedef struct acrm__postgres_conn {
    acrm__postgres_storage *storage;
    const acrm__pq *pq; /* the storage's */
    PGconn *db;
    pthread_mutex_t lock; /* of cancel and waiting */
    PGcancel *cancel;
    bool waiting;
    atomic_int interrupted;
    int32_t state;     /* ACRM__POSTGRES_IDLE, READING, WRITING */
    int32_t savepoints;
    int32_t lost;      /* transactions in a row that lost to others */
    bool doomed;       /* only a rollback is possible */
    bool fresh;        /* nothing of this transaction has been answered yet */
    bool stale;        /* the server may know statements that we do not */
    uint32_t running;  /* queries with callbacks under way */
    int64_t statements, round_trips;
    int64_t version;   /* of the schema, as the transaction began */
    int64_t writes;    /* the gate's count as we know it */
    int64_t mark;      /* raised when somebody else counted it on */
    int64_t pending_writes; /* the count if this transaction commits */
    uint64_t next_number;   /* of statements and cursors */
    unsigned char sent[ACRM__POSTGRES_SENT_MAX + 8];
    uint32_t n_sent;
    acrm__arena arena;
    acrm__sql sql;
    acrm__postgres_params params;
    acrm__postgres_kept *kept[ACRM__POSTGRES_CHAINS];
    uint32_t n_kept;
    acrm__postgres_reference *references;
    uint32_t n_references, cap_references;
    acrm__postgres_shape shape;
} acrm__postgres_conn;

extern const acrm__sql_dialect acrm__postgres_dialect;

/* postgres_error.c */
/* What the server or the connection says, as an error; `table` is looked at for the column of a
 * broken rule. */
int32_t acrm__postgres_fail(acrm__postgres_conn *conn, const PGresult *result,
                            const acrm_table *table, const char *doing, acrm_error **err);
int32_t acrm__postgres_fail_connect(const acrm__postgres_storage *storage, PGconn *db,
                                    acrm_error **err);
int32_t acrm__postgres_may_look(acrm__postgres_conn *conn, acrm_error **err);
int32_t acrm__postgres_may_read(acrm__postgres_conn *conn, acrm_error **err);
int32_t acrm__postgres_may_write(acrm__postgres_conn *conn, acrm_error **err);

/* postgres_connect.c */
/* The next statement finds the connection lost. */
void acrm__postgres_hang_up(acrm__postgres_conn *conn);
/* Connect again after a loss, outside of a transaction or at its very beginning. */
int32_t acrm__postgres_reconnect(acrm__postgres_conn *conn, acrm_error **err);

/* postgres_wire.c */
void acrm__postgres_params_clear(acrm__postgres_conn *conn);
void acrm__postgres_params_free(acrm__postgres_conn *conn);
/* Add a parameter of the type ACRM_CELL_*; data is lent until the statement is sent. */
void acrm__postgres_param(acrm__postgres_conn *conn, int32_t type, const acrm_cell *cell);
/* The values bound to conn->sql, as its parameters. */
void acrm__postgres_params_bound(acrm__postgres_conn *conn);
/* Send the statement in conn->sql with conn->params and wait for its answer, which the caller
 * frees. `repeat`: it is prepared and kept. */
int32_t acrm__postgres_ask(acrm__postgres_conn *conn, bool repeat, const acrm_table *table,
                           const char *doing, PGresult **out, acrm_error **err);
/* Send it without waiting. */
int32_t acrm__postgres_late(acrm__postgres_conn *conn, bool repeat, acrm_error **err);
/* The same with a text that has no parameters. */
int32_t acrm__postgres_late_text(acrm__postgres_conn *conn, const char *text, int32_t kind,
                                 acrm_error **err);
int32_t acrm__postgres_ask_text(acrm__postgres_conn *conn, const char *text, const char *doing,
                                PGresult **out, acrm_error **err);
/* Wait for all answers. */
int32_t acrm__postgres_settle(acrm__postgres_conn *conn, acrm_error **err);
/* See that what was sent gets there, without waiting. */
void acrm__postgres_push(acrm__postgres_conn *conn);
/* Run several statements in one text, outside of the pipeline; `table` as above. */
int32_t acrm__postgres_script(acrm__postgres_conn *conn, const char *text,
                              const acrm_table *table, acrm_error **err);
int32_t acrm__postgres_script_sql(acrm__postgres_conn *conn, const acrm_table *table,
                                  acrm_error **err); /* the text in conn->sql */
/* See that a reading transaction has begun, and that the gate is known as it is now. */
int32_t acrm__postgres_arrive(acrm__postgres_conn *conn, acrm_error **err);
/* Forget the prepared statements. */
void acrm__postgres_forget(acrm__postgres_conn *conn);
/* The cells of a row of an answer. ACRM_E_LIMIT for a sum beyond 64 bits. */
int32_t acrm__postgres_row(const acrm__pq *pq, const PGresult *result, int row, acrm_cell *cells,
                           acrm_error **err);

/* postgres_dialect.c: words as the text of a tsvector, or as that of a tsquery of prefixes */
acrm_cell acrm__postgres_words(acrm__sql *sql, const char *text, size_t size, bool query);

/* postgres_query.c */
/* Give the rows of an answer to the callback. */
int32_t acrm__postgres_give(acrm__postgres_conn *conn, const PGresult *result, acrm_row_fn row,
                            void *user, bool *stopped, acrm_error **err);

/* postgres_schema.c */
/* Add the references of new columns: at commit, when all tables are made and filled. */
int32_t acrm__postgres_add_references(acrm__postgres_conn *conn, acrm_error **err);
/* Forget what tables there are: a transaction has ended, or a part of it was undone. */
void acrm__postgres_forget_shape(acrm__postgres_conn *conn);
/* The name of an index, which is cut where it would be too long. */
void acrm__postgres_index_name(const acrm_table *table, const char *index,
                               char out[ACRM__POSTGRES_NAME_MAX + 1]);

/* The callbacks of the port. */
int32_t acrm__postgres_connect(void *self, void **conn, acrm_error **err);
void acrm__postgres_disconnect(void *conn);
int32_t acrm__postgres_begin(void *conn, int32_t write, acrm_error **err);
int32_t acrm__postgres_commit(void *conn, acrm_error **err);
void acrm__postgres_rollback(void *conn);
int32_t acrm__postgres_savepoint(void *conn, acrm_error **err);
int32_t acrm__postgres_release(void *conn, acrm_error **err);
int32_t acrm__postgres_rollback_to(void *conn, acrm_error **err);
int64_t acrm__postgres_change_mark(void *conn);
int32_t acrm__postgres_schema_version(void *conn, int64_t *version, acrm_error **err);
int32_t acrm__postgres_set_schema_version(void *conn, int64_t version, acrm_error **err);
int32_t acrm__postgres_ensure_table(void *conn, const acrm_table *table, acrm_error **err);
int32_t acrm__postgres_drop_index(void *conn, const acrm_table *table, const char *index,
                                  acrm_error **err);
int32_t acrm__postgres_drop_column(void *conn, const acrm_table *table, const char *column,
                                   acrm_error **err);
int32_t acrm__postgres_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                              const char *search, acrm_error **err);
int32_t acrm__postgres_insert_many(void *conn, const acrm_table *table, const acrm_cell *cells,
                                   uint32_t n_rows, acrm_error **err);
int32_t acrm__postgres_update(void *conn, const acrm_table *table, const acrm_cell *key,
                              const uint32_t *columns, const acrm_cell *cells,
                              uint32_t n_columns, const char *search_old, const char *search_new,
                              int32_t *changed, acrm_error **err);
int32_t acrm__postgres_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                              const char *search, int32_t *changed, acrm_error **err);
int32_t acrm__postgres_lookup(void *conn, const acrm_table *table, uint32_t column,
                              const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                              acrm_error **err);
int32_t acrm__postgres_query(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                             acrm_error **err);
void acrm__postgres_interrupt(void *conn, int32_t on);

#endif
