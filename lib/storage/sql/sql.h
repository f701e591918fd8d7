/* SPDX-License-Identifier: MIT */
/*
 * SQL text for the storage port, with the values to bind. What differs between databases is in the
 * dialect.
 */
#ifndef ACRM_STORAGE_SQL_SQL_H
#define ACRM_STORAGE_SQL_SQL_H

#include "autocrm/port/storage.h"
#include "base/alloc.h"
#include "base/buf.h"

typedef struct acrm__sql acrm__sql;

/* A table within a statement, by its alias: a letter and a number. */
typedef struct acrm__sql_scope {
    const acrm_table *table;
    char letter;
    uint32_t number;
} acrm__sql_scope;

typedef struct acrm__sql_dialect {
    bool numbered;            /* placeholders are $1, $2 ..., else ? */
    bool inexact;             /* an integer and a real are compared as reals */
    bool blobs_unordered;     /* there is no least or greatest of byte strings */
    const char *nulls_first;  /* behind an ascending order term, where NULL does not sort first */
    const char *nulls_last;   /* behind a descending one */
    const char *average_of;   /* behind what an average is taken of, to make it a real */
    /* Append the start of the bucket of a column. */
    void (*bucket)(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_expression *e);
    /* Append the condition that a text column contains a text, byte for byte. */
    void (*contains)(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column,
                     const acrm_cell *text);
    /* Append the condition that the row's search text has all the words; there is at least one. */
    void (*search)(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_cell *words);
} acrm__sql_dialect;

/* A statement in the making. Zero cells are kept: `arena` holds texts made for binding. */
struct acrm__sql {
    const acrm__sql_dialect *dialect;
    acrm__arena *arena;
    acrm__str text;
    acrm_cell *binds; /* lent data */
    uint32_t n_binds, cap_binds;
    uint32_t n_related; /* aliases given so far */
    const acrm__str *columns; /* (nullable) the kept result of acrm__sql_all_columns() */
};

void acrm__sql_init(acrm__sql *sql, const acrm_allocator *allocator, acrm__arena *arena,
                    const acrm__sql_dialect *dialect);
void acrm__sql_free(acrm__sql *sql);
void acrm__sql_clear(acrm__sql *sql);
/* ACRM_OK, or ACRM_E_NOMEM when memory ran out on the way. */
int32_t acrm__sql_status(const acrm__sql *sql);

void acrm__sql_puts(acrm__sql *sql, const char *text);
void acrm__sql_name(acrm__sql *sql, const char *name);       /* quoted */
void acrm__sql_name_of(acrm__sql *sql, const char *table, const char *suffix); /* table__suffix */
void acrm__sql_bind(acrm__sql *sql, const acrm_cell *value); /* a placeholder */
void acrm__sql_column(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column);
void acrm__sql_columns(acrm__sql *sql, const acrm_table *table); /* all names, with commas */

/* The same as a query selects them; long enough to be worth keeping. */
void acrm__sql_all_columns(acrm__sql *sql, const acrm_table *table);

/*
 * A comparison of a column with a number of the other kind, made one with its own kind: *op and
 * *value are changed so that it is exact where the database would round. Other values stay.
 */
enum {
    ACRM__SQL_BY_VALUE = 0,
    ACRM__SQL_ALWAYS, /* true for every row that has a value */
    ACRM__SQL_NEVER
};
int32_t acrm__sql_exact(int32_t column_type, int32_t *op, acrm_cell *value);

/* The condition for a checked filter tree: true exactly for the rows that match, else false or
 * NULL. */
void acrm__sql_filter(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_filter_node *node);

/*
 * A page after a keyset position is read as one or more statements, one after the other until the
 * limit is reached, because no single condition lets an index be entered at the position when
 * directions differ or NULLs are in play.
 */
typedef struct acrm__sql_page {
    int32_t kind;  /* ACRM__PAGE_* */
    uint32_t term; /* of a STEP or its NULLS: the terms before it are equal to the position */
} acrm__sql_page;

enum {
    ACRM__PAGE_ALL = 0,   /* no position */
    ACRM__PAGE_ROW = 1,   /* (a, b) > (?, ?) */
    ACRM__PAGE_LOGIC = 2, /* a > ? OR (a = ? AND b > ?) */
    ACRM__PAGE_STEP = 3,  /* a = ? AND b > ? */
    ACRM__PAGE_NULLS = 4, /* a = ? AND b IS NULL: what a descending STEP does not reach */
    ACRM__PAGES_MAX = 32
};

/* The pages of a checked query, in order. Returns their number. */
uint32_t acrm__sql_pages(const acrm_query *query, acrm__sql_page pages[ACRM__PAGES_MAX]);
/* The SELECT of one page; the last bind is its limit. */
void acrm__sql_select(acrm__sql *sql, const acrm_query *query, const acrm__sql_page *page,
                      int64_t limit);

/* A table of that name which has no key of ours is another program's. */
int32_t acrm__sql_foreign(const acrm_table *table, acrm_error **err);

#endif
