/* SPDX-License-Identifier: MIT */
/**
 * Storage port: how the library keeps its rows. Shipped adapters: SQLite,
 * PostgreSQL (where it was built with libpq) and memory.
 *
 * An adapter moves rows of cells, runs filter trees with ordering, keyset paging, grouping and
 * aggregates, takes transactions and savepoints, and applies schema changes. It knows nothing of
 * customers or leads. Semantics every adapter must share are stated here; tests/conformance
 * checks them.
 *
 * Comparisons are two-valued: a comparison with a NULL cell is false, except EQ and NE with a NULL
 * value, which test for NULL; NE of a value is true for a NULL cell (as in MongoDB). NOT negates
 * the resulting truth. Text compares by its UTF-8 bytes. NULL sorts first ascending.
 */
#ifndef AUTOCRM_PORT_STORAGE_H
#define AUTOCRM_PORT_STORAGE_H

#include "autocrm/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Types of a cell. */
enum {
    ACRM_CELL_NULL = 0,
    ACRM_CELL_INT = 1,  /**< integer */
    ACRM_CELL_REAL = 2, /**< real; finite */
    ACRM_CELL_TEXT = 3, /**< data, size; UTF-8 */
    ACRM_CELL_BLOB = 4  /**< data, size; ids are BLOBs of 16 bytes */
};

/** One value of a row. data is lent: by the library to the adapter for the length of the call, by
 * the adapter to a row callback for the length of the callback. */
typedef struct acrm_cell {
    int32_t type;
    uint32_t size;
    int64_t integer;
    double real;
    const void *data;
} acrm_cell;

/** Flags of a column. */
enum {
    ACRM_COLUMN_NOT_NULL = 1
};

/** Flags of an index. */
enum {
    ACRM_INDEX_UNIQUE = 1,
    ACRM_INDEX_LIVE = 2 /**< only rows whose deleted_at column (see acrm_table) is NULL */
};

/** Flags of a table. */
enum {
    ACRM_TABLE_SEARCH = 1, /**< rows carry search text; see insert() and ACRM_FILTER_SEARCH */
    ACRM_TABLE_LEAN = 2,   /**< clustered by its key, without a separate row number */
    ACRM_TABLE_LATE = 4,   /**< its keys are made by the library and never collide: a failed
                                insert may be told by a later call of the transaction, by commit
                                at the latest, after which it must be rolled back */
    ACRM_TABLE_SET = 8     /**< a row is its key: the insert of one that is there may be ACRM_OK
                                and change nothing, and a failed one be told later as above */
};

typedef struct acrm_table acrm_table;

typedef struct acrm_column {
    const char *name;
    int32_t type; /**< ACRM_CELL_INT, _REAL, _TEXT or _BLOB */
    uint32_t flags;
    const acrm_table *references; /**< (nullable) the table whose key this column holds */
} acrm_column;

typedef struct acrm_index {
    const char *name;
    const uint32_t *columns;
    uint32_t n_columns;
    uint32_t flags;
} acrm_index;

/** A table. Column 0 is its key: a BLOB of 16 bytes (an id), or an INT or TEXT of the library's;
 * it is never NULL and never changes. A table is not both searched and lean. The struct outlives
 * every connection that was given it; adapters may cache by `number`. */
struct acrm_table {
    const char *name;
    uint32_t number; /**< dense, unique within the engine for as long as it is open */
    uint32_t flags;
    const acrm_column *columns;
    uint32_t n_columns;
    uint32_t deleted_at; /**< index of the soft-delete column, or UINT32_MAX */
    const acrm_index *indexes;
    uint32_t n_indexes;
};

/** Operators of a filter node. */
enum {
    ACRM_FILTER_TRUE = 0,
    ACRM_FILTER_FALSE = 1,
    ACRM_FILTER_AND = 2,      /**< children, all; empty is true */
    ACRM_FILTER_OR = 3,       /**< children, any; empty is false */
    ACRM_FILTER_NOT = 4,      /**< one child */
    ACRM_FILTER_EQ = 5,       /**< column, values[0] */
    ACRM_FILTER_NE = 6,
    ACRM_FILTER_LT = 7,
    ACRM_FILTER_LE = 8,
    ACRM_FILTER_GT = 9,
    ACRM_FILTER_GE = 10,
    ACRM_FILTER_IN = 11,      /**< column equals any of values (a NULL among them tests for NULL) */
    ACRM_FILTER_CONTAINS = 12,/**< text column contains values[0], byte for byte */
    ACRM_FILTER_STARTS = 13,  /**< text column starts with values[0], byte for byte */
    ACRM_FILTER_RELATED = 14, /**< some row of `related` whose `related_column` equals this row's
                                   `column` satisfies children[0]; rows with deleted_at are not
                                   looked at */
    ACRM_FILTER_SEARCH = 15   /**< every word of values[0] (normalised, space-separated, 64 at most)
                                   is the beginning of some word of the row's search text. Words
                                   are of ASCII letters and digits in lower case and of anything
                                   beyond ASCII */
};

/** A node of a filter tree, which nests 64 deep at most (ACRM_E_LIMIT). Values are of the column's
 * type or NULL; a number may be compared with any number, exactly. Column
 * numbers refer to the table that the node is evaluated on: the
 * query's, or the `related` table of the nearest RELATED node above. */
typedef struct acrm_filter_node {
    int32_t op;
    uint32_t column;
    const acrm_cell *values;
    uint32_t n_values;
    uint32_t n_children;
    const struct acrm_filter_node *children; /**< an array of n_children nodes */
    const acrm_table *related;
    uint32_t related_column;
} acrm_filter_node;

/** Units of a date bucket. The bucket's value is the instant (or day number) at which it starts;
 * NULL for a value outside the years 1 to 9999. The hour of a day number is the day. */
enum {
    ACRM_BUCKET_NONE = 0,
    ACRM_BUCKET_HOUR = 1,
    ACRM_BUCKET_DAY = 2,
    ACRM_BUCKET_WEEK = 3, /**< ISO 8601: from Monday */
    ACRM_BUCKET_MONTH = 4,
    ACRM_BUCKET_QUARTER = 5,
    ACRM_BUCKET_YEAR = 6
};

/** Aggregates. COUNT needs no column; the others skip NULL cells and are NULL over nothing, 0 for
 * COUNT_DISTINCT. */
enum {
    ACRM_AGGREGATE_NONE = 0,
    ACRM_AGGREGATE_COUNT = 1,
    ACRM_AGGREGATE_SUM = 2, /**< of integers: an integer; overflow is ACRM_E_LIMIT */
    ACRM_AGGREGATE_MIN = 3,
    ACRM_AGGREGATE_MAX = 4,
    ACRM_AGGREGATE_AVG = 5, /**< a real */
    ACRM_AGGREGATE_COUNT_DISTINCT = 6
};

/** A to-one join. In expressions, source 0 is the query's table and source k is joins[k-1]. */
typedef struct acrm_join {
    uint32_t source;         /**< the source that holds the reference */
    uint32_t column;         /**< its column */
    const acrm_table *table; /**< the table referred to by its key; no row gives NULL cells */
} acrm_join;

typedef struct acrm_expression {
    uint32_t source;
    uint32_t column;
    int32_t aggregate;
    int32_t bucket;         /**< on an INT column */
    int32_t bucket_is_days; /**< 1: the column holds day numbers; 0: microseconds UTC */
    int32_t offset_minutes; /**< of the zone in which buckets start, for microseconds */
} acrm_expression;

typedef struct acrm_order {
    uint32_t expression; /**< index into select */
    int32_t descending;
} acrm_order;

/** A query. Without aggregates: rows in the given order, after the keyset position; rows equal in
 * all order terms come in any order. With them: one row per group of the first n_group expressions
 * of select, aggregates behind them, and no position. At most 16 joins and 16 order terms. */
typedef struct acrm_query {
    uint32_t struct_size;
    uint32_t flags; /**< 0 */
    const acrm_table *table;
    const acrm_filter_node *where; /**< NULL: all rows, deleted ones too */
    const acrm_join *joins;
    uint32_t n_joins;
    uint32_t n_select; /**< 0: all columns of the table */
    const acrm_expression *select;
    uint32_t n_group; /**< the first n_group of select are the grouping key */
    uint32_t n_order;
    const acrm_order *order; /**< with n_select 0, `expression` is a column number of the table */
    const acrm_cell *after;  /**< NULL, or one cell per order term: rows strictly after it */
    uint32_t limit;          /**< 0: no limit */
} acrm_query;

/** Takes a row. It may read by the same connection, but not write to the tables being read.
 * @return 0 to go on, 1 to stop without error, a negative ACRM_E_* to fail */
typedef int32_t (*acrm_row_fn)(void *user, const acrm_cell *cells, uint32_t n_cells);

/** What an adapter can do. */
enum {
    ACRM_STORAGE_DURABLE = 1, /**< committed data survives a crash of the machine */
    ACRM_STORAGE_BACKUP = 2   /**< backup() works */
};

/**
 * Storage port. Set struct_size; the library copies the struct. `self` is given to
 * acrm_open_storage(). A connection belongs to one session and is used by one thread at a time;
 * connections of one storage are used in parallel. Functions return ACRM_OK or an ACRM_E_* code
 * and, on failure, may hand out an error (acrm_error_new()). They must not call into the library's
 * sessions, throw or longjmp.
 */
typedef struct acrm_storage_ops {
    uint32_t struct_size; /**< sizeof(acrm_storage_ops), as you compiled it */
    uint32_t flags;       /**< ACRM_STORAGE_* */
    /* 0.1 */
    int32_t (*connect)(void *self, void **conn, acrm_error **err);
    void (*disconnect)(void *conn);
    void (*destroy)(void *self); /**< optional */

    /** Start a transaction; `write` 1 takes the right to write at once (waiting up to the
     * adapter's busy time, then ACRM_E_BUSY), 0 is a consistent read. Never nested. */
    int32_t (*begin)(void *conn, int32_t write, acrm_error **err);
    /** Failing leaves it rolled back. ACRM_E_INVALID with reason "reference" when a reference of a
     * changed row leads nowhere. */
    int32_t (*commit)(void *conn, acrm_error **err);
    void (*rollback)(void *conn); /**< nothing when no transaction is open */
    /** Savepoints nest: each release or rollback_to ends the innermost one. */
    int32_t (*savepoint)(void *conn, acrm_error **err);
    int32_t (*release)(void *conn, acrm_error **err);
    int32_t (*rollback_to)(void *conn, acrm_error **err);

    /** A number that has changed whenever another connection may have committed since it was last
     * asked within a transaction of this connection. Optional: NULL means it always may. */
    int64_t (*change_mark)(void *conn);
    /** The schema version kept with the data (0 in an empty store). ACRM_E_CORRUPT when the store
     * is not an autocrm database. Inside a transaction. */
    int32_t (*schema_version)(void *conn, int64_t *version, acrm_error **err);
    int32_t (*set_schema_version)(void *conn, int64_t version, acrm_error **err);
    /** Bring a table to its declaration: create it with its indexes, or add the missing columns
     * (NULL in old rows) and indexes. A durable store drops indexes that are declared no more.
     * Columns stay. Inside a write transaction; undone by its rollback. */
    int32_t (*ensure_table)(void *conn, const acrm_table *table, acrm_error **err);
    /** Drop one index or column by name, where present. */
    int32_t (*drop_index)(void *conn, const acrm_table *table, const char *index,
                          acrm_error **err);
    int32_t (*drop_column)(void *conn, const acrm_table *table, const char *column,
                           acrm_error **err);

    /** Insert one row; all columns are given. `search` is the row's search text (words normalised,
     * space-separated) for tables with ACRM_TABLE_SEARCH, else NULL. ACRM_E_CONFLICT with reason
     * "duplicate" and the index's first column as field when a unique index is violated (a NULL in
     * it never is), ACRM_E_INVALID with the column as field for a cell that does not fit: those
     * two have changed nothing. After any other failure the transaction must be rolled back. */
    int32_t (*insert)(void *conn, const acrm_table *table, const acrm_cell *cells,
                      const char *search, acrm_error **err);
    /** Change some columns of the row with this key. search_old and search_new: the text before
     * and after, both NULL when it did not change. *changed is 1, or 0 if there is no such row;
     * changed NULL: the caller does not need to know, and a failure may be told by a later call,
     * as for ACRM_TABLE_LATE. */
    int32_t (*update)(void *conn, const acrm_table *table, const acrm_cell *key,
                      const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns,
                      const char *search_old, const char *search_new, int32_t *changed,
                      acrm_error **err);
    /** Delete the row with this key for good. `search` is the row's search text, or NULL; changed
     * as for update(). */
    int32_t (*remove)(void *conn, const acrm_table *table, const acrm_cell *key,
                      const char *search, int32_t *changed, acrm_error **err);
    /** Rows whose `column` equals `value` (never NULL), in order of the key column, to `row`.
     * Deleted rows too, so an index of the living does not help here. The fast path for keys and
     * for columns that lead another index. limit 0: all. Outside a transaction, lookup and
     * query are each a consistent read of their own. */
    int32_t (*lookup)(void *conn, const acrm_table *table, uint32_t column,
                      const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                      acrm_error **err);
    int32_t (*query)(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                     acrm_error **err);
    /** Make the running call and later ones of this connection fail with ACRM_E_INTERRUPTED until
     * called with on = 0. May be called from another thread. Optional. */
    void (*interrupt)(void *conn, int32_t on);
    /** Copy the whole store to a new file while others work. Optional. */
    int32_t (*backup)(void *conn, const char *path,
                      int32_t (*progress)(void *user, int64_t done, int64_t total), void *user,
                      acrm_error **err);
    /** Check the store's own integrity; ACRM_E_CORRUPT with the first fault. Optional. */
    int32_t (*check)(void *conn, acrm_error **err);
    /** Statements executed on this connection so far, for tests and benchmarks. Optional. */
    int64_t (*statements)(void *conn);
    /** Leave no bytes of deleted or overwritten rows in the store's files, however long that
     * takes; outside a transaction. ACRM_E_BUSY while others are in the way. Optional: a store
     * without it keeps none. */
    int32_t (*scrub)(void *conn, acrm_error **err);
    /** Insert rows of a table without search text together: n_rows times all columns, row after
     * row. After any failure the transaction must be rolled back. Optional: without it insert() is
     * called for each row. */
    int32_t (*insert_many)(void *conn, const acrm_table *table, const acrm_cell *cells,
                           uint32_t n_rows, acrm_error **err);
} acrm_storage_ops;

#ifdef __cplusplus
}
#endif

#endif
