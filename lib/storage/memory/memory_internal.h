/* SPDX-License-Identifier: MIT */
/* The inside of the memory adapter, shared by its files only. */
#ifndef ACRM_STORAGE_MEMORY_MEMORY_INTERNAL_H
#define ACRM_STORAGE_MEMORY_MEMORY_INTERNAL_H

#include "base/alloc.h"
#include "base/error.h"
#include "engines/filter/eval.h"
#include "storage/storage.h"

#include <pthread.h>
#include <stdatomic.h>

/* A row never changes: an update puts a new one in its place. Counted, because the undo log and
 * the former shapes of a table hold it too. One block of memory with all its data. */
typedef struct acrm__memory_row {
    uint32_t refs;
    uint32_t n_cells;   /* columns added later are not there: NULL */
    size_t size;        /* of the block */
    const char *search; /* or NULL */
    acrm_cell cells[];
} acrm__memory_row;

typedef struct acrm__memory_column {
    const char *name;
    const char *references; /* table, or NULL */
} acrm__memory_column;

typedef struct acrm__memory_index {
    const char *name;
    uint32_t *columns;
    uint32_t n_columns;
    uint32_t flags;
} acrm__memory_index;

/* A table as it is kept. A schema change makes a new one, so that the old one can come back. */
typedef struct acrm__memory_table {
    acrm__arena arena; /* of the declaration */
    const char *name;
    acrm__memory_column *columns;
    uint32_t n_columns;
    uint32_t deleted_at;
    acrm__memory_index *indexes;
    uint32_t n_indexes;
    acrm__memory_row **rows; /* in order of the key, column 0 */
    size_t n_rows, cap_rows;
} acrm__memory_table;

typedef struct acrm__memory_storage {
    acrm_allocator allocator;
    int32_t busy_ms;
    pthread_mutex_t lock; /* guards the next three; who holds the data needs no lock for it */
    pthread_cond_t freed;
    uint32_t readers;
    bool writer;
    atomic_llong commits;
    int64_t version;
    uint64_t shape; /* raised by each schema change */
    acrm__memory_table **tables;
    uint32_t n_tables, cap_tables;
} acrm__memory_storage;

/* What to put back when undone. */
enum { ACRM__MEMORY_UNDO_ROW, ACRM__MEMORY_UNDO_TABLE, ACRM__MEMORY_UNDO_VERSION };

typedef struct acrm__memory_undo {
    int32_t kind;
    uint32_t table;            /* its place in storage->tables */
    acrm__memory_row *before;  /* ROW: NULL when it was inserted */
    acrm__memory_row *after;   /* ROW: NULL when it was removed */
    acrm__memory_table *shape; /* TABLE: NULL when it was created */
    int64_t version;
} acrm__memory_undo;

/* How a declared table lies upon the kept one. */
typedef struct acrm__memory_view {
    const acrm_table *table;
    const acrm_column *columns;
    uint32_t n_columns;
    uint64_t shape;
    uint32_t place;            /* in storage->tables */
    acrm__memory_table *kept;
    uint32_t *map;             /* declared column -> kept column */
    bool same;                 /* the map changes nothing */
} acrm__memory_view;

enum { ACRM__MEMORY_IDLE = 0, ACRM__MEMORY_READING, ACRM__MEMORY_WRITING };

typedef struct acrm__memory_conn {
    acrm__memory_storage *storage;
    int32_t state;
    atomic_int interrupted;
    int64_t own_commits;
    int64_t statements;
    acrm__memory_undo *log;
    size_t n_log, cap_log;
    size_t *marks; /* lengths of the log at the savepoints */
    size_t n_marks, cap_marks;
    acrm__memory_view **views; /* by table number */
    uint32_t n_views;
} acrm__memory_conn;

/* memory.c */
int32_t acrm__memory_may_read(acrm__memory_conn *conn, acrm_error **err);
int32_t acrm__memory_may_write(acrm__memory_conn *conn, acrm_error **err);
int32_t acrm__memory_view_of(acrm__memory_conn *conn, const acrm_table *table,
                             acrm__memory_view **out, acrm_error **err);
/* Room for one more entry, so that the change itself cannot fail. */
int32_t acrm__memory_reserve_undo(acrm__memory_conn *conn, acrm_error **err);
void acrm__memory_push_undo(acrm__memory_conn *conn, const acrm__memory_undo *undo);
int32_t acrm__memory_fail_interrupted(acrm_error **err);

/* memory_table.c */
/* A row of its own with copies of everything; NULL when memory is short. */
acrm__memory_row *acrm__memory_row_new(const acrm_allocator *a, const acrm_cell *cells,
                                       uint32_t n_cells, const char *search);
acrm__memory_row *acrm__memory_row_ref(acrm__memory_row *row);
void acrm__memory_row_unref(const acrm_allocator *a, acrm__memory_row *row);
void acrm__memory_table_free(const acrm_allocator *a, acrm__memory_table *t);
/* The place of a name among the kept tables or a table's columns, or UINT32_MAX. */
uint32_t acrm__memory_find_table(const acrm__memory_storage *storage, const char *name);
uint32_t acrm__memory_find_column(const acrm__memory_table *t, const char *name);
/* The place of a key, or where it belongs. */
bool acrm__memory_find_row(const acrm__memory_table *t, const acrm_cell *key, size_t *at);
const acrm_cell *acrm__memory_cell(const acrm__memory_row *row, uint32_t column);
/* Room for one more row. */
int32_t acrm__memory_reserve_row(const acrm_allocator *a, acrm__memory_table *t, acrm_error **err);
/* Put `after` in the place of `before`, either of which may be NULL. Cannot fail: a table never
 * gives back the room it once had. */
void acrm__memory_set_row(const acrm_allocator *a, acrm__memory_table *t,
                          const acrm__memory_row *before, acrm__memory_row *after);
int32_t acrm__memory_ensure_table(void *conn, const acrm_table *table, acrm_error **err);
int32_t acrm__memory_drop_index(void *conn, const acrm_table *table, const char *index,
                                acrm_error **err);
int32_t acrm__memory_drop_column(void *conn, const acrm_table *table, const char *column,
                                 acrm_error **err);

/* memory_rows.c */
/* The name of the first column of a unique index that `row` breaks against the others, or NULL. */
const char *acrm__memory_duplicate(const acrm__memory_table *t, const acrm__memory_row *row,
                                   const acrm__memory_row *except);
/* Whether all references of the changed rows hold; the name of the column that does not. */
const char *acrm__memory_dangling(acrm__memory_conn *conn);
int32_t acrm__memory_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                            const char *search, acrm_error **err);
int32_t acrm__memory_update(void *conn, const acrm_table *table, const acrm_cell *key,
                            const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns,
                            const char *search_old, const char *search_new, int32_t *changed,
                            acrm_error **err);
int32_t acrm__memory_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                            const char *search, int32_t *changed, acrm_error **err);
int32_t acrm__memory_lookup(void *conn, const acrm_table *table, uint32_t column,
                            const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                            acrm_error **err);

/* A query as it is answered: the matching rows become records of output cells, which are grouped,
 * sorted and given out. */
typedef struct acrm__memory_record {
    const struct acrm__memory_query *query;
    acrm_cell *cells;
} acrm__memory_record;

typedef struct acrm__memory_query {
    acrm__memory_conn *conn;
    const acrm_query *asked;
    acrm__arena arena;
    acrm__memory_view **views; /* of the sources */
    uint32_t n_cells;          /* of a record */
    acrm__memory_record *records;
    size_t n_records, cap_records;
} acrm__memory_query;

/* memory_query.c */
/* The cells of a row as its table is declared, NULLs for columns it does not have; NULL when
 * memory is short. */
const acrm_cell *acrm__memory_cells(const acrm__memory_view *view, const acrm__memory_row *row,
                                    acrm__arena *arena);
bool acrm__memory_add_record(acrm__memory_query *q, acrm_cell *cells);
int32_t acrm__memory_query_rows(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                                acrm_error **err);

/* memory_group.c */
/* Turn the records, one for each row, into one for each group. */
int32_t acrm__memory_group(acrm__memory_query *q, acrm_error **err);

#endif
