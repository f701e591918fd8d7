/* SPDX-License-Identifier: MIT */
/*
 * Random schemas, rows, changes and queries give the same answers in memory, on SQLite and, where
 * there is a server, on PostgreSQL (some of the rounds, or all with ACRM_TEST_ROUNDS). The seed is
 * printed; ACRM_TEST_SEED=N repeats a run, ACRM_TEST_ROUNDS=N makes it longer or shorter.
 */
#include "base/alloc.h"
#include "storage/storage.h"
#include "support/suite.h"
#if defined(ACRM_HAVE_POSTGRES)
#include "support/postgres.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MEMORY, SQLITE, POSTGRES, STORES_MAX };

static const char *const random_names[] = { "memory", "SQLite", "PostgreSQL" };

enum {
    ROUNDS = 240,          /* schemas */
    POSTGRES_ROUNDS = 40,  /* of them */
    QUERIES = 100,         /* of each */
    CHANGES = 20,          /* in random transactions, before and between the queries */
    SAVEPOINTS_MAX = 8,
    TABLES = 4,
    COLUMNS_MAX = 7,
    INDEXES_MAX = 3,
    IDS = 24,              /* different keys of a table */
    ROWS_MAX = 4096,
    FILTER_DEPTH = 4
};

typedef struct random_store {
    acrm_storage_ops ops;
    void *self, *conn;
} random_store;

typedef struct random_world {
    uint64_t state;
    acrm__arena arena; /* of the schema */
    acrm__arena query; /* of one query */
    acrm_table tables[TABLES];
    random_store stores[STORES_MAX];
    int n_stores;
    bool live[TABLES][IDS];
    const char *search[TABLES][IDS]; /* the text each row has, as the port wants to be told */
    uint64_t seed;
    int round, step;
} random_world;

#if defined(ACRM_HAVE_POSTGRES)
static postgres_server random_server;
static char random_schema_name[16];
#endif

/* splitmix64 */
static uint64_t random_next(random_world *w)
{
    uint64_t z = w->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t random_below(random_world *w, uint32_t n)
{
    return (uint32_t)(random_next(w) % n);
}

static bool random_chance(random_world *w, uint32_t percent)
{
    return random_below(w, 100) < percent;
}

static void *random_zero(acrm__arena *arena, size_t n, size_t size)
{
    void *ptr = acrm__arena_array(arena, n, size);

    ck_assert_ptr_nonnull(ptr);
    return ptr;
}

static acrm_cell random_text(const char *text)
{
    return (acrm_cell){ .type = ACRM_CELL_TEXT, .size = (uint32_t)strlen(text), .data = text };
}

static acrm_cell random_id(acrm__arena *arena, uint32_t n)
{
    unsigned char *id = random_zero(arena, 16, 1);

    id[3] = 7;
    id[15] = (unsigned char)n;
    return (acrm_cell){ .type = ACRM_CELL_BLOB, .size = 16, .data = id };
}

static const char *const random_texts[] = {
    "", "a", "ab", "abc", "abd", "b", "B", "a b", "%", "a%", "_", "'", "\"", "\\", "z\xc3\xa9",
    "\xd8\xb9\xd9\x84\xdb\x8c", "\xd8\xb9\xd9\x84\xdb\x8c\xd8\xb1", "\xf4\x8f\xbf\xbf",
    "a\xf4\x8f\xbf\xbf", "a\xf4\x8f\xbf\xbf" "b", "\xed\x9f\xbf", "\xee\x80\x80", "\x7f",
    "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
};

static const char *const random_words[] = {
    "ali", "alireza", "reza", "rez", "0912", "09123", "\xd8\xb9\xd9\x84\xdb\x8c",
    "\xd8\xb9\xd9\x84\xdb\x8c\xd8\xb1\xd8\xb6\xd8\xa7", "x", "xy",
};

#define PICK(w, array) (array)[random_below(w, sizeof(array) / sizeof(array)[0])]

static int64_t random_integer(random_world *w)
{
    static const int64_t odd[] = { INT64_C(9007199254740992), INT64_C(9007199254740993),
                                   INT64_C(-9007199254740993), INT64_C(1000000000000000) };

    switch (random_below(w, 8)) {
    case 0:
        return PICK(w, odd);
    case 1: /* an instant of these centuries */
        return (int64_t)(random_next(w) % UINT64_C(4000000000000000)) - INT64_C(1000000000000000);
    case 2: /* a day */
        return (int64_t)random_below(w, 60000) - 20000;
    default:
        return (int64_t)random_below(w, 7) - 3;
    }
}

/* Sums of these are exact in any order. */
static double random_real(random_world *w)
{
    return ((double)random_below(w, 41) - 20) / 4;
}

static acrm_cell random_value(random_world *w, acrm__arena *arena, int32_t type)
{
    switch (type) {
    case ACRM_CELL_INT:
        return (acrm_cell){ .type = type, .integer = random_integer(w) };
    case ACRM_CELL_REAL:
        return (acrm_cell){ .type = type, .real = random_real(w) };
    case ACRM_CELL_TEXT:
        return random_text(random_chance(w, 60) ? random_texts[random_below(w, 6)]
                                                : PICK(w, random_texts));
    default:
        return random_id(arena, random_below(w, IDS));
    }
}

/* A value to compare a column with: numbers of either kind, now and then NULL. */
static acrm_cell random_operand(random_world *w, int32_t type, uint32_t null_percent)
{
    if (random_chance(w, null_percent))
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    if (type == ACRM_CELL_INT && random_chance(w, 15))
        type = ACRM_CELL_REAL;
    else if (type == ACRM_CELL_REAL && random_chance(w, 30))
        type = ACRM_CELL_INT;
    if (type == ACRM_CELL_REAL && random_chance(w, 5))
        return (acrm_cell){ .type = type,
                            .real = random_chance(w, 50) ? 9007199254740992.0 : -1e300 };
    return random_value(w, &w->query, type);
}

/* ---- schema ---- */

static void random_columns(random_world *w, acrm_table *t)
{
    static const int32_t key_types[] = { ACRM_CELL_BLOB, ACRM_CELL_BLOB, ACRM_CELL_INT,
                                         ACRM_CELL_TEXT };
    acrm_column *columns = random_zero(&w->arena, COLUMNS_MAX, sizeof *columns);

    t->n_columns = 3 + random_below(w, COLUMNS_MAX - 3);
    columns[0] = (acrm_column){ "id", PICK(w, key_types), ACRM_COLUMN_NOT_NULL, NULL };
    for (uint32_t i = 1; i < t->n_columns; i++) {
        columns[i] = (acrm_column){ .name = acrm__arena_format(&w->arena, "c%u \"q\"", i),
                                    .type = 1 + (int32_t)random_below(w, 4) };
        if (random_chance(w, 25))
            columns[i].flags = ACRM_COLUMN_NOT_NULL;
        const acrm_table *other = &w->tables[random_below(w, TABLES)];
        if (random_chance(w, 40) && other < t) { /* its key type is known */
            columns[i].references = other;
            columns[i].type = other->columns[0].type;
        }
    }
    t->columns = columns;
    if (random_chance(w, 60) && columns[t->n_columns - 1].type == ACRM_CELL_INT
        && !columns[t->n_columns - 1].references) {
        t->deleted_at = t->n_columns - 1;
        columns[t->deleted_at].flags = 0;
    }
}

static void random_indexes(random_world *w, acrm_table *t)
{
    acrm_index *indexes = random_zero(&w->arena, INDEXES_MAX, sizeof *indexes);

    t->n_indexes = random_below(w, INDEXES_MAX + 1);
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        uint32_t *columns = random_zero(&w->arena, 2, sizeof *columns);
        columns[0] = 1 + random_below(w, t->n_columns - 1);
        columns[1] = random_chance(w, 50) ? 0 : 1 + random_below(w, t->n_columns - 1);
        indexes[i] = (acrm_index){ .name = acrm__arena_format(&w->arena, "i%u", i),
                                   .columns = columns, .n_columns = 1 };
        if (columns[1] != columns[0] && random_chance(w, 70))
            indexes[i].n_columns = 2;
        if (random_chance(w, 30))
            indexes[i].flags |= ACRM_INDEX_LIVE;
        if (random_chance(w, 20))
            indexes[i].flags |= ACRM_INDEX_UNIQUE;
    }
    t->indexes = indexes;
}

static void random_schema(random_world *w)
{
    for (uint32_t i = 0; i < TABLES; i++) {
        acrm_table *t = &w->tables[i];
        *t = (acrm_table){ .name = acrm__arena_format(&w->arena, "t%u", i), .number = i * 3,
                           .deleted_at = UINT32_MAX };
        random_columns(w, t);
        random_indexes(w, t);
        if (random_chance(w, 50))
            t->flags = ACRM_TABLE_SEARCH;
        else if (random_chance(w, 30))
            t->flags = ACRM_TABLE_LEAN;
    }
}

/* ---- changes ---- */

/* All stores must say the same as the first. */
static int32_t random_agree(random_world *w, const char *what, const int32_t *st)
{
    for (int s = 1; s < w->n_stores; s++)
        ck_assert_msg(st[s] == st[0],
                      "seed %" PRIu64 " round %d step %d: %s: %s says %s, %s says %s", w->seed,
                      w->round, w->step, what, random_names[0], acrm_status_name(st[0]),
                      random_names[s], acrm_status_name(st[s]));
    return st[0];
}

static acrm_cell random_key(random_world *w, const acrm_table *t, uint32_t n)
{
    if (t->columns[0].type == ACRM_CELL_INT)
        return (acrm_cell){ .type = ACRM_CELL_INT, .integer = (int64_t)n - 3 };
    if (t->columns[0].type == ACRM_CELL_TEXT)
        return random_text(acrm__arena_format(&w->query, "k%02u", n));
    return random_id(&w->query, n);
}

/* The key of a row that is there, most of the time. */
static acrm_cell random_reference(random_world *w, const acrm_table *t)
{
    uint32_t n = random_below(w, IDS);

    for (uint32_t i = 0; i < IDS && !w->live[t - w->tables][n]; i++)
        n = (n + 1) % IDS;
    if (!w->live[t - w->tables][n])
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    return random_key(w, t, random_chance(w, 1) ? random_below(w, IDS) : n);
}

static acrm_cell random_cell(random_world *w, const acrm_table *t, uint32_t column)
{
    const acrm_column *c = &t->columns[column];

    if (column == t->deleted_at)
        return random_chance(w, 70) ? (acrm_cell){ .type = ACRM_CELL_NULL }
                                    : (acrm_cell){ .type = ACRM_CELL_INT, .integer = 5 };
    if (!(c->flags & ACRM_COLUMN_NOT_NULL && random_chance(w, 98)) && random_chance(w, 20))
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    if (c->references)
        return random_reference(w, c->references);
    return random_value(w, &w->query, c->type);
}

static const char *random_search_text(random_world *w)
{
    char text[256] = "";

    for (uint32_t n = random_below(w, 4); n > 0; n--) {
        strncat(text, *text ? " " : "", sizeof text - strlen(text) - 1);
        strncat(text, PICK(w, random_words), sizeof text - strlen(text) - 1);
    }
    return acrm__arena_text(&w->arena, text, strlen(text));
}

static void random_insert(random_world *w, uint32_t table, uint32_t n)
{
    const acrm_table *t = &w->tables[table];
    acrm_cell cells[COLUMNS_MAX];
    const char *search = t->flags & ACRM_TABLE_SEARCH ? random_search_text(w) : NULL;
    int32_t st[STORES_MAX];

    cells[0] = random_key(w, t, n);
    for (uint32_t i = 1; i < t->n_columns; i++)
        cells[i] = random_cell(w, t, i);
    for (int s = 0; s < w->n_stores; s++)
        st[s] = w->stores[s].ops.insert(w->stores[s].conn, t, cells, search, NULL);
    if (random_agree(w, "insert", st) != ACRM_OK)
        return;
    w->search[table][n] = search;
    w->live[table][n] = true;
}

static void random_update(random_world *w, uint32_t table, uint32_t n)
{
    const acrm_table *t = &w->tables[table];
    acrm_cell cells[COLUMNS_MAX];
    uint32_t columns[COLUMNS_MAX];
    acrm_cell key = random_key(w, t, n);
    const char *old = NULL;
    const char *new = NULL;
    int32_t st[STORES_MAX];
    int32_t changed[STORES_MAX] = { -1, -1, -1 };
    uint32_t n_columns = 0;

    for (uint32_t i = 1; i < t->n_columns; i++) {
        if (!random_chance(w, 40))
            continue;
        columns[n_columns] = i;
        cells[n_columns++] = random_cell(w, t, i);
    }
    if (n_columns == 0)
        return;
    if (t->flags & ACRM_TABLE_SEARCH && w->search[table][n] && random_chance(w, 50)) {
        old = w->search[table][n];
        new = random_search_text(w);
    }
    for (int s = 0; s < w->n_stores; s++)
        st[s] = w->stores[s].ops.update(w->stores[s].conn, t, &key, columns, cells, n_columns, old,
                                        new, &changed[s], NULL);
    if (random_agree(w, "update", st) != ACRM_OK)
        return;
    random_agree(w, "rows updated", changed);
    if (new && changed[0])
        w->search[table][n] = new;
}

static void random_remove(random_world *w, uint32_t table, uint32_t n)
{
    const acrm_table *t = &w->tables[table];
    acrm_cell key = random_key(w, t, n);
    int32_t st[STORES_MAX];
    int32_t changed[STORES_MAX] = { -1, -1, -1 };

    for (int s = 0; s < w->n_stores; s++)
        st[s] = w->stores[s].ops.remove(w->stores[s].conn, t, &key, w->search[table][n],
                                        &changed[s], NULL);
    if (random_agree(w, "remove", st) == ACRM_OK) {
        random_agree(w, "rows removed", changed);
        w->search[table][n] = NULL;
        w->live[table][n] = false;
    }
}

#define ALL(w, call) random_all(w, #call, offsetof(acrm_storage_ops, call))

/* One of the functions of transactions, on each store. */
static int32_t random_all(random_world *w, const char *name, size_t offset)
{
    int32_t st[STORES_MAX];

    for (int s = 0; s < w->n_stores; s++) {
        int32_t (*call)(void *conn, acrm_error **err);
        memcpy(&call, (const char *)&w->stores[s].ops + offset, sizeof call);
        st[s] = call(w->stores[s].conn, NULL);
    }
    return random_agree(w, name, st);
}

/* What the test knows of the rows, to go back to. */
typedef struct random_known {
    bool live[TABLES][IDS];
    const char *search[TABLES][IDS];
} random_known;

static void random_remember(const random_world *w, random_known *known)
{
    memcpy(known->live, w->live, sizeof w->live);
    memcpy(known->search, w->search, sizeof w->search);
}

static void random_recall(random_world *w, const random_known *known)
{
    memcpy(w->live, known->live, sizeof w->live);
    memcpy(w->search, known->search, sizeof w->search);
}

/* A savepoint begun, kept or undone. */
static void random_nest(random_world *w, random_known *saved, int *depth)
{
    if (*depth == 0 || (*depth < SAVEPOINTS_MAX && random_chance(w, 50))) {
        ALL(w, savepoint);
        random_remember(w, &saved[(*depth)++]);
    } else if (random_chance(w, 50)) {
        ALL(w, release);
        --*depth;
    } else {
        ALL(w, rollback_to);
        random_recall(w, &saved[--*depth]);
    }
}

/* One transaction of random changes and savepoints, kept or not. */
static void random_change(random_world *w, int changes, uint32_t insert_percent)
{
    random_known saved[SAVEPOINTS_MAX];
    random_known before;
    int depth = 0;

    random_remember(w, &before);
    for (int s = 0; s < w->n_stores; s++)
        ck_assert_int_eq(w->stores[s].ops.begin(w->stores[s].conn, 1, NULL), ACRM_OK);
    for (int i = 0; i < changes; i++, w->step++) {
        uint32_t table = random_below(w, TABLES);
        uint32_t n = random_below(w, IDS);
        acrm__arena_reset(&w->query);
        if (random_chance(w, 8))
            random_nest(w, saved, &depth);
        else if (random_chance(w, insert_percent))
            random_insert(w, table, n);
        else if (random_chance(w, 80))
            random_update(w, table, n);
        else
            random_remove(w, table, n);
    }
    if (random_chance(w, 90) && ALL(w, commit) == ACRM_OK)
        return;
    random_recall(w, &before);
    for (int s = 0; s < w->n_stores; s++)
        w->stores[s].ops.rollback(w->stores[s].conn);
}

/* ---- queries ---- */

static void random_filter(random_world *w, const acrm_table *t, acrm_filter_node *node, int depth);

static void random_children(random_world *w, const acrm_table *t, acrm_filter_node *node,
                            uint32_t n, int depth)
{
    acrm_filter_node *children = random_zero(&w->query, n ? n : 1, sizeof *children);

    for (uint32_t i = 0; i < n; i++)
        random_filter(w, t, &children[i], depth - 1);
    node->children = children;
    node->n_children = n;
}

static void random_values(random_world *w, int32_t type, acrm_filter_node *node, uint32_t n,
                          uint32_t null_percent)
{
    acrm_cell *values = random_zero(&w->query, n ? n : 1, sizeof *values);

    for (uint32_t i = 0; i < n; i++)
        values[i] = random_operand(w, type, null_percent);
    node->values = values;
    node->n_values = n;
}

/* A relation between any two columns of one type. */
static bool random_related(random_world *w, const acrm_table *t, acrm_filter_node *node, int depth)
{
    const acrm_table *other = &w->tables[random_below(w, TABLES)];

    node->related = other;
    node->related_column = random_below(w, other->n_columns);
    node->column = random_below(w, t->n_columns);
    if (other->columns[node->related_column].type != t->columns[node->column].type)
        return false;
    random_children(w, other, node, 1, depth);
    return true;
}

static bool random_search(random_world *w, const acrm_table *t, acrm_filter_node *node)
{
    acrm_cell *words = random_zero(&w->query, 1, sizeof *words);

    if (!(t->flags & ACRM_TABLE_SEARCH))
        return false;
    *words = random_text(random_search_text(w));
    if (words->size > 3 && random_chance(w, 40)
        && !(((const unsigned char *)words->data)[words->size - 1] & 0x80))
        words->size--; /* the beginning of a word */
    node->values = words;
    node->n_values = 1;
    return true;
}

static void random_filter(random_world *w, const acrm_table *t, acrm_filter_node *node, int depth)
{
    int32_t op = (int32_t)random_below(w, ACRM_FILTER_SEARCH + 1);

    *node = (acrm_filter_node){ .op = op };
    if (depth == 0 && (op == ACRM_FILTER_AND || op == ACRM_FILTER_OR || op == ACRM_FILTER_NOT
                       || op == ACRM_FILTER_RELATED))
        node->op = op = ACRM_FILTER_EQ;
    if (op == ACRM_FILTER_RELATED && random_related(w, t, node, depth))
        return;
    if (op == ACRM_FILTER_SEARCH && random_search(w, t, node))
        return;
    node->column = random_below(w, t->n_columns);
    int32_t type = t->columns[node->column].type;
    if ((op == ACRM_FILTER_CONTAINS || op == ACRM_FILTER_STARTS) && type == ACRM_CELL_TEXT) {
        random_values(w, type, node, 1, 0);
        return;
    }
    if (op == ACRM_FILTER_AND || op == ACRM_FILTER_OR) {
        random_children(w, t, node, random_below(w, random_chance(w, 5) ? 30 : 4), depth);
    } else if (op == ACRM_FILTER_NOT) {
        random_children(w, t, node, 1, depth);
    } else if (op == ACRM_FILTER_IN) {
        random_values(w, type, node, random_below(w, 5), 15);
    } else if (op > ACRM_FILTER_FALSE) {
        if (op > ACRM_FILTER_GE)
            node->op = ACRM_FILTER_EQ;
        random_values(w, type, node, 1, 15);
    }
}

static void random_joins(random_world *w, acrm_query *q)
{
    acrm_join *joins = random_zero(&w->query, 3, sizeof *joins);
    uint32_t n = random_below(w, 4);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t source = random_below(w, q->n_joins + 1);
        const acrm_table *holder = source == 0 ? q->table : joins[source - 1].table;
        uint32_t column = random_below(w, holder->n_columns);
        const acrm_table *other = &w->tables[random_below(w, TABLES)];
        if (holder->columns[column].type == other->columns[0].type)
            joins[q->n_joins++] = (acrm_join){ source, column, other };
    }
    q->joins = joins;
}

static acrm_expression random_expression(random_world *w, const acrm_query *q)
{
    static const int32_t offsets[] = { 0, 210, -300, 45 };
    acrm_expression e = { .source = random_below(w, q->n_joins + 1) };
    const acrm_table *t = e.source == 0 ? q->table : q->joins[e.source - 1].table;

    e.column = random_below(w, t->n_columns);
    if (t->columns[e.column].type == ACRM_CELL_INT && random_chance(w, 50)) {
        e.bucket = 1 + (int32_t)random_below(w, 6);
        e.bucket_is_days = random_chance(w, 50);
        e.offset_minutes = PICK(w, offsets);
    }
    return e;
}

static void random_aggregate(random_world *w, const acrm_query *q, acrm_expression *e)
{
    const acrm_table *t = e->source == 0 ? q->table : q->joins[e->source - 1].table;
    int32_t type = t->columns[e->column].type;

    e->aggregate = 1 + (int32_t)random_below(w, 6);
    if (e->aggregate == ACRM_AGGREGATE_SUM && type != ACRM_CELL_INT && type != ACRM_CELL_REAL)
        e->aggregate = ACRM_AGGREGATE_MIN;
    /* The mean of large integers depends on the order in which they are added. */
    if (e->aggregate == ACRM_AGGREGATE_AVG && type != ACRM_CELL_REAL)
        e->aggregate = ACRM_AGGREGATE_MAX;
}

/* Order terms; with `total`, the key is the last of them. */
static void random_order(random_world *w, acrm_query *q, uint32_t n_columns, bool total)
{
    acrm_order *order = random_zero(&w->query, 4, sizeof *order);

    for (uint32_t n = random_below(w, 4); n > 0; n--)
        order[q->n_order++] = (acrm_order){ random_below(w, n_columns), random_chance(w, 50) };
    if (total)
        order[q->n_order++] = (acrm_order){ 0, random_chance(w, 50) };
    if (random_chance(w, 40)) /* one direction: the form that indexes like best */
        for (uint32_t i = 0; i < q->n_order; i++)
            order[i].descending = order[0].descending;
    q->order = order;
}

static void random_position(random_world *w, acrm_query *q)
{
    acrm_cell *after = random_zero(&w->query, q->n_order, sizeof *after);

    for (uint32_t i = 0; i < q->n_order; i++) {
        uint32_t column = q->order[i].expression;
        const acrm_expression e = q->n_select ? q->select[column]
                                              : (acrm_expression){ .column = column };
        const acrm_table *t = e.source == 0 ? q->table : q->joins[e.source - 1].table;
        after[i] = e.column == 0 && e.source == 0 && e.bucket == 0
                       ? random_key(w, t, random_below(w, IDS))
                       : random_operand(w, t->columns[e.column].type, 20);
    }
    q->after = after;
}

static acrm_query random_query(random_world *w, bool *ordered)
{
    acrm_query q = { .struct_size = sizeof q, .table = &w->tables[random_below(w, TABLES)] };
    acrm_filter_node *where = random_zero(&w->query, 1, sizeof *where);
    acrm_expression *select = random_zero(&w->query, 8, sizeof *select);
    bool grouped = random_chance(w, 30);

    if (random_chance(w, 85)) {
        random_filter(w, q.table, where, (int)random_below(w, FILTER_DEPTH + 1));
        q.where = where;
    }
    *ordered = false;
    q.select = select;
    if (grouped || random_chance(w, 40)) {
        random_joins(w, &q);
        q.n_select = 1 + random_below(w, 4);
        for (uint32_t i = 0; i < q.n_select; i++)
            select[i] = random_expression(w, &q);
    }
    if (grouped) {
        q.n_group = random_below(w, q.n_select + 1);
        for (uint32_t i = q.n_group; i < q.n_select; i++)
            random_aggregate(w, &q, &select[i]);
        random_order(w, &q, q.n_select, false);
        return q;
    }
    *ordered = random_chance(w, 80);
    if (q.n_select && *ordered)
        select[0] = (acrm_expression){ .column = 0 };
    random_order(w, &q, q.n_select ? q.n_select : q.table->n_columns, *ordered);
    if (*ordered && random_chance(w, 60))
        random_position(w, &q);
    if (*ordered && random_chance(w, 50))
        q.limit = 1 + random_below(w, 12);
    return q;
}

/* ---- answers ---- */

typedef struct random_answer {
    acrm__arena *arena;
    const char *rows[ROWS_MAX];
    uint32_t n;
} random_answer;

static int32_t random_take(void *user, const acrm_cell *cells, uint32_t n)
{
    random_answer *answer = user;
    char text[2048];
    size_t len = 0;

    for (uint32_t i = 0; i < n; i++) {
        const acrm_cell *c = &cells[i];
        char *to = text + len;
        size_t room = sizeof text - len;
        int more = 0;
        if (c->type == ACRM_CELL_INT)
            more = snprintf(to, room, "%" PRId64 "|", c->integer);
        else if (c->type == ACRM_CELL_REAL)
            more = snprintf(to, room, "%.17gr|", c->real);
        else if (c->type == ACRM_CELL_TEXT)
            more = snprintf(to, room, "'%.*s'|", (int)c->size, (const char *)c->data);
        else if (c->type == ACRM_CELL_BLOB)
            more = snprintf(to, room, "#%u|", ((const unsigned char *)c->data)[15]);
        else
            more = snprintf(to, room, "-|");
        ck_assert_int_lt(more, (int)room);
        len += (size_t)more;
    }
    ck_assert_uint_lt(answer->n, ROWS_MAX);
    answer->rows[answer->n++] = acrm__arena_text(answer->arena, text, len);
    return 0;
}

static int random_by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static random_answer random_answers[STORES_MAX];

static void random_compare(const random_world *w, const random_answer *a, const random_answer *b,
                           const char *name)
{
    ck_assert_msg(a->n == b->n, "seed %" PRIu64 " round %d step %d: %u rows from %s, %u from %s",
                  w->seed, w->round, w->step, a->n, random_names[0], b->n, name);
    for (uint32_t i = 0; i < a->n; i++)
        ck_assert_msg(strcmp(a->rows[i], b->rows[i]) == 0,
                      "seed %" PRIu64 " round %d step %d row %u: %s from %s, %s from %s", w->seed,
                      w->round, w->step, i, a->rows[i], random_names[0], b->rows[i], name);
}

static void random_ask(random_world *w)
{
    bool ordered = false;
    int32_t st[STORES_MAX];

    acrm__arena_reset(&w->query);
    acrm_query query = random_query(w, &ordered);
    for (int s = 0; s < w->n_stores; s++) {
        random_answer *answer = &random_answers[s];
        acrm_error *err = NULL;
        answer->arena = &w->query;
        answer->n = 0;
        st[s] = w->stores[s].ops.query(w->stores[s].conn, &query, random_take, answer, &err);
        ck_assert_msg(st[s] == ACRM_OK, "seed %" PRIu64 " round %d step %d: store %d: %s", w->seed,
                      w->round, w->step, s, acrm_error_message(err));
        if (!ordered)
            qsort(answer->rows, answer->n, sizeof answer->rows[0], random_by_text);
    }
    for (int s = 1; s < w->n_stores; s++)
        random_compare(w, &random_answers[0], &random_answers[s], random_names[s]);
}

static void random_open(random_world *w)
{
    random_store *stores = w->stores;

    ck_assert_int_eq(acrm__memory_open(NULL, &stores[MEMORY].ops, &stores[MEMORY].self, NULL),
                     ACRM_OK);
    ck_assert_int_eq(acrm__sqlite_open(NULL, ":memory:", 0, &stores[SQLITE].ops,
                                       &stores[SQLITE].self, NULL), ACRM_OK);
#if defined(ACRM_HAVE_POSTGRES)
    char url[256];
    if (w->n_stores < STORES_MAX)
        return;
    ck_assert_int_eq(postgres_schema(&random_server, random_schema_name,
                                     sizeof random_schema_name, url, sizeof url), 0);
    ck_assert_int_eq(acrm__postgres_open(NULL, url, 0, &stores[POSTGRES].ops,
                                         &stores[POSTGRES].self, NULL), ACRM_OK);
#endif
}

static void random_round(random_world *w)
{
    acrm__arena_reset(&w->arena);
    memset(w->live, 0, sizeof w->live);
    memset(w->search, 0, sizeof w->search);
    random_schema(w);
    random_open(w);
    for (int s = 0; s < w->n_stores; s++) {
        random_store *store = &w->stores[s];
        ck_assert_int_eq(store->ops.connect(store->self, &store->conn, NULL), ACRM_OK);
        ck_assert_int_eq(store->ops.begin(store->conn, 1, NULL), ACRM_OK);
        for (uint32_t i = 0; i < TABLES; i++)
            ck_assert_int_eq(store->ops.ensure_table(store->conn, &w->tables[i], NULL), ACRM_OK);
        ck_assert_int_eq(store->ops.commit(store->conn, NULL), ACRM_OK);
    }
    for (int part = 0; part < 4; part++) {
        random_change(w, part == 0 ? 4 * CHANGES : CHANGES, part == 0 ? 90 : 40);
        for (int s = 0; s < w->n_stores; s++)
            ck_assert_int_eq(w->stores[s].ops.begin(w->stores[s].conn, 0, NULL), ACRM_OK);
        for (int i = 0; i < QUERIES / 4; i++, w->step++)
            random_ask(w);
        for (int s = 0; s < w->n_stores; s++)
            w->stores[s].ops.rollback(w->stores[s].conn);
    }
    for (int s = 0; s < w->n_stores; s++) {
        w->stores[s].ops.disconnect(w->stores[s].conn);
        w->stores[s].ops.destroy(w->stores[s].self);
    }
#if defined(ACRM_HAVE_POSTGRES)
    if (w->n_stores == STORES_MAX)
        ck_assert_int_eq(postgres_drop(&random_server, random_schema_name), 0);
#endif
}

START_TEST(storage__adapters_agree_on_random_queries)
{
    static random_world w;
    const char *seed = getenv("ACRM_TEST_SEED");
    const char *rounds = getenv("ACRM_TEST_ROUNDS");
    int n = rounds ? (int)strtol(rounds, NULL, 10) : ROUNDS;

    w.seed = seed ? strtoull(seed, NULL, 10) : 20240321;
    printf("storage: seed %" PRIu64 ", %d queries\n", w.seed, n * QUERIES);
    acrm__arena_init(&w.arena, NULL);
    acrm__arena_init(&w.query, NULL);
    bool server = false;
#if defined(ACRM_HAVE_POSTGRES)
    server = postgres_open(&random_server) == 0;
#endif
    for (w.round = 0; w.round < n; w.round++) {
        w.n_stores = server && (rounds || w.round < POSTGRES_ROUNDS) ? STORES_MAX : POSTGRES;
        w.state = w.seed * 1000003 + (uint64_t)w.round;
        w.step = 0;
        random_round(&w);
    }
#if defined(ACRM_HAVE_POSTGRES)
    postgres_close(&random_server);
#endif
    acrm__arena_free(&w.arena);
    acrm__arena_free(&w.query);
}
END_TEST

static Suite *storage_random_suite(void)
{
    Suite *suite = suite_create("storage_random");
    TCase *tc = tcase_create("differential");

    tcase_add_test(tc, storage__adapters_agree_on_random_queries);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(storage_random_suite)
