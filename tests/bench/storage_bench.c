/* SPDX-License-Identifier: MIT */
/*
 * The SQLite adapter against hand-written SQLite on the same file with the same settings: one
 * connection of each, the same table of 22 columns with three indexes and a search index.
 */
#include "bench.h"

#include "storage/storage.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <unistd.h>

enum {
    C_ID, C_VERSION, C_CREATED, C_CREATED_BY, C_UPDATED, C_UPDATED_BY, C_DELETED, C_NAME, C_PHONE,
    C_EMAIL, C_LEVEL, C_AMOUNT, C_SCORE, C_DEALER, C_CITY, C_STREET, C_ZIP, C_NOTE, C_SOURCE,
    C_BORN, C_SEEN, C_LANGUAGE, C_COUNT,
    BATCH = 1000
};

#define C_TEXT(n) { n, ACRM_CELL_TEXT, 0, NULL }
#define C_INT(n) { n, ACRM_CELL_INT, 0, NULL }
static const acrm_column storage_columns[C_COUNT] = {
    { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL }, C_INT("version"),
    { "created_at", ACRM_CELL_INT, ACRM_COLUMN_NOT_NULL, NULL }, C_TEXT("created_by"),
    C_INT("updated_at"), C_TEXT("updated_by"), C_INT("deleted_at"), C_TEXT("name"),
    C_TEXT("phone"), C_TEXT("email"), C_TEXT("level"), C_INT("amount"),
    { "score", ACRM_CELL_REAL, 0, NULL }, C_TEXT("dealer"), C_TEXT("city"), C_TEXT("street"),
    C_TEXT("zip"), C_TEXT("note"), C_TEXT("source"), C_INT("born"), C_INT("seen"),
    C_TEXT("language"),
};
static const uint32_t storage_by_created[] = { C_CREATED, C_ID };
static const uint32_t storage_by_phone[] = { C_PHONE };
static const uint32_t storage_by_dealer[] = { C_DEALER, C_CREATED };
static const acrm_index storage_indexes[] = {
    { "created", storage_by_created, 2, 0 },
    { "phone", storage_by_phone, 1, 0 },
    { "dealer", storage_by_dealer, 2, 0 },
};
static const acrm_table storage_table = {
    .name = "customer", .flags = ACRM_TABLE_SEARCH, .columns = storage_columns,
    .n_columns = C_COUNT, .deleted_at = C_DELETED, .indexes = storage_indexes, .n_indexes = 3,
};

typedef struct storage_world {
    acrm_storage_ops ops;
    void *self, *conn;
    sqlite3 *db;
    sqlite3_stmt *insert, *search, *get, *phone, *one, *list, *page, *group, *month, *update;
    long rows, size;
    uint64_t seed;
    int64_t sum; /* of what was read */
    char path[64];
} storage_world;

static void storage_must(int32_t st, const char *what)
{
    if (st != ACRM_OK) {
        fprintf(stderr, "storage_bench: %s: %s\n", what, acrm_status_name(st));
        exit(EXIT_FAILURE);
    }
}

static uint64_t storage_random(storage_world *w)
{
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return w->seed >> 33;
}

typedef struct storage_row {
    acrm_cell cells[C_COUNT];
    unsigned char id[16];
    char name[48], phone[24], email[48], dealer[16];
} storage_row;

static void storage_id(unsigned char id[16], uint64_t n)
{
    memset(id, 0, 16);
    for (int i = 0; i < 8; i++) /* time-ordered */
        id[i] = (unsigned char)(n >> (56 - 8 * i));
    id[15] = (unsigned char)(n * 151);
}

static void storage_make(storage_row *row, long n)
{
    static const char *const levels[] = { "H", "A", "B", "C", "N" };
    acrm_cell *c = row->cells;

    memset(c, 0, sizeof row->cells);
    storage_id(row->id, (uint64_t)n);
    snprintf(row->name, sizeof row->name, "person%ld family%ld", n % 5000, n % 1777);
    snprintf(row->phone, sizeof row->phone, "+98912%07ld", n);
    snprintf(row->email, sizeof row->email, "p%ld@example.com", n);
    snprintf(row->dealer, sizeof row->dealer, "dealer%ld", n % 100);
    const char *texts[C_COUNT] = {
        [C_CREATED_BY] = "user:0190", [C_UPDATED_BY] = "user:0190", [C_NAME] = row->name,
        [C_PHONE] = row->phone, [C_EMAIL] = row->email, [C_LEVEL] = levels[n % 5],
        [C_DEALER] = row->dealer, [C_CITY] = "Tehran", [C_STREET] = "12 Some Long Street",
        [C_ZIP] = "1234567890", [C_NOTE] = "called twice, prefers the evening",
        [C_SOURCE] = "web", [C_LANGUAGE] = "fa",
    };
    for (int i = 0; i < C_COUNT; i++) {
        c[i].type = storage_columns[i].type;
        c[i].integer = i == C_CREATED ? 1700000000000000 + n * 60000000 : n % 1000;
        c[i].real = (double)(n % 100);
        c[i].data = texts[i];
        c[i].size = texts[i] ? (uint32_t)strlen(texts[i]) : 0;
    }
    c[C_ID].data = row->id;
    c[C_ID].size = 16;
    c[C_DELETED].type = ACRM_CELL_NULL;
}

/* ---- ours ---- */

static int32_t storage_sum(void *user, const acrm_cell *cells, uint32_t n)
{
    storage_world *w = user;

    for (uint32_t i = 0; i < n; i++)
        w->sum += cells[i].integer + cells[i].size + (cells[i].type == ACRM_CELL_REAL);
    return 0;
}

static void storage_insert(storage_world *w, long n)
{
    storage_row row;

    storage_make(&row, n);
    storage_must(w->ops.insert(w->conn, &storage_table, row.cells, row.name, NULL), "insert");
}

static void ours_insert_batch(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++) {
        if (i % BATCH == 0)
            storage_must(w->ops.begin(w->conn, 1, NULL), "begin");
        storage_insert(w, w->rows++);
        if (i % BATCH == BATCH - 1 || i == ops - 1)
            storage_must(w->ops.commit(w->conn, NULL), "commit");
    }
}

static void ours_insert_one(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++) {
        storage_must(w->ops.begin(w->conn, 1, NULL), "begin");
        storage_insert(w, w->rows++);
        storage_must(w->ops.commit(w->conn, NULL), "commit");
    }
}

static acrm_cell storage_random_id(storage_world *w, unsigned char id[16])
{
    storage_id(id, storage_random(w) % (uint64_t)w->size);
    return (acrm_cell){ .type = ACRM_CELL_BLOB, .size = 16, .data = id };
}

static void ours_lookup(void *user, long ops)
{
    storage_world *w = user;
    unsigned char id[16];

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    for (long i = 0; i < ops; i++) {
        acrm_cell key = storage_random_id(w, id);
        storage_must(w->ops.lookup(w->conn, &storage_table, C_ID, &key, 1, storage_sum, w, NULL),
                     "lookup");
    }
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

static void ours_get(void *user, long ops)
{
    storage_world *w = user;
    unsigned char id[16];

    for (long i = 0; i < ops; i++) {
        acrm_cell key = storage_random_id(w, id);
        storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
        storage_must(w->ops.lookup(w->conn, &storage_table, C_ID, &key, 1, storage_sum, w, NULL),
                     "lookup");
        storage_must(w->ops.commit(w->conn, NULL), "commit");
    }
}

static void ours_phone(void *user, long ops)
{
    storage_world *w = user;
    char phone[24];

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    for (long i = 0; i < ops; i++) {
        int len = snprintf(phone, sizeof phone, "+98912%07ld",
                           (long)(storage_random(w) % (uint64_t)w->size));
        acrm_cell key = { .type = ACRM_CELL_TEXT, .size = (uint32_t)len, .data = phone };
        storage_must(w->ops.lookup(w->conn, &storage_table, C_PHONE, &key, 10, storage_sum, w,
                                   NULL), "lookup");
    }
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

/* The look-up that the fast path cannot do: two terms, one row. */
static void ours_find_one(void *user, long ops)
{
    static const acrm_cell null = { .type = ACRM_CELL_NULL };
    static const acrm_order by_id = { C_ID, 0 };
    storage_world *w = user;
    char phone[24];

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    for (long i = 0; i < ops; i++) {
        int len = snprintf(phone, sizeof phone, "+98912%07ld",
                           (long)(storage_random(w) % (uint64_t)w->size));
        const acrm_cell value = { .type = ACRM_CELL_TEXT, .size = (uint32_t)len, .data = phone };
        const acrm_filter_node terms[] = {
            { .op = ACRM_FILTER_EQ, .column = C_PHONE, .values = &value, .n_values = 1 },
            { .op = ACRM_FILTER_EQ, .column = C_DELETED, .values = &null, .n_values = 1 },
        };
        const acrm_filter_node where = { .op = ACRM_FILTER_AND, .n_children = 2,
                                         .children = terms };
        const acrm_query query = { .struct_size = sizeof query, .table = &storage_table,
                                   .where = &where, .n_order = 1, .order = &by_id, .limit = 1 };
        storage_must(w->ops.query(w->conn, &query, storage_sum, w, NULL), "query");
    }
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

/* Fifty rows of a level, newest first; `after` NULL or a position. */
static void storage_list(storage_world *w, const acrm_cell *after)
{
    static const acrm_order order[] = { { C_CREATED, 1 }, { C_ID, 1 } };
    static const acrm_cell level = { .type = ACRM_CELL_TEXT, .size = 1, .data = "A" };
    static const acrm_cell null = { .type = ACRM_CELL_NULL };
    static const acrm_filter_node terms[] = {
        { .op = ACRM_FILTER_EQ, .column = C_LEVEL, .values = &level, .n_values = 1 },
        { .op = ACRM_FILTER_EQ, .column = C_DELETED, .values = &null, .n_values = 1 },
    };
    static const acrm_filter_node where = { .op = ACRM_FILTER_AND, .n_children = 2,
                                            .children = terms };
    const acrm_query query = { .struct_size = sizeof query, .table = &storage_table,
                               .where = &where, .n_order = 2, .order = order, .after = after,
                               .limit = 50 };

    storage_must(w->ops.query(w->conn, &query, storage_sum, w, NULL), "query");
}

static void ours_list(void *user, long ops)
{
    storage_world *w = user;

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    for (long i = 0; i < ops; i++)
        storage_list(w, NULL);
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

static void ours_page(void *user, long ops)
{
    storage_world *w = user;
    unsigned char id[16];

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    for (long i = 0; i < ops; i++) {
        long n = (long)(storage_random(w) % (uint64_t)w->size);
        const acrm_cell after[] = {
            { .type = ACRM_CELL_INT, .integer = 1700000000000000 + n * 60000000 },
            { .type = ACRM_CELL_BLOB, .size = 16, .data = id },
        };
        storage_id(id, (uint64_t)n);
        storage_list(w, after);
    }
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

static void storage_grouped(storage_world *w, const acrm_expression *key)
{
    const acrm_expression select[] = {
        *key, { .aggregate = ACRM_AGGREGATE_COUNT },
        { .column = C_AMOUNT, .aggregate = ACRM_AGGREGATE_SUM },
    };
    const acrm_order order = { 0, 0 };
    static const acrm_cell null = { .type = ACRM_CELL_NULL };
    const acrm_filter_node where = { .op = ACRM_FILTER_EQ, .column = C_DELETED, .values = &null,
                                     .n_values = 1 };
    const acrm_query query = { .struct_size = sizeof query, .table = &storage_table,
                               .where = &where, .n_select = 3, .select = select, .n_group = 1,
                               .n_order = 1, .order = &order };

    storage_must(w->ops.begin(w->conn, 0, NULL), "begin");
    storage_must(w->ops.query(w->conn, &query, storage_sum, w, NULL), "query");
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

static void ours_group(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        storage_grouped(user, &(acrm_expression){ .column = C_LEVEL });
}

static void ours_month(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        storage_grouped(user, &(acrm_expression){ .column = C_CREATED,
                                                  .bucket = ACRM_BUCKET_MONTH });
}

static void ours_update(void *user, long ops)
{
    static const uint32_t columns[] = { C_VERSION, C_UPDATED, C_AMOUNT };
    storage_world *w = user;
    unsigned char id[16];
    int32_t changed = 0;

    storage_must(w->ops.begin(w->conn, 1, NULL), "begin");
    for (long i = 0; i < ops; i++) {
        acrm_cell key = storage_random_id(w, id);
        const acrm_cell cells[] = { { .type = ACRM_CELL_INT, .integer = i },
                                    { .type = ACRM_CELL_INT, .integer = i * 7 },
                                    { .type = ACRM_CELL_INT, .integer = i * 3 } };
        storage_must(w->ops.update(w->conn, &storage_table, &key, columns, cells, 3, NULL, NULL,
                                   &changed, NULL), "update");
    }
    storage_must(w->ops.commit(w->conn, NULL), "commit");
}

/* ---- by hand ---- */

static void raw_must(storage_world *w, int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        fprintf(stderr, "storage_bench: %s\n", sqlite3_errmsg(w->db));
        exit(EXIT_FAILURE);
    }
}

static void raw_exec(storage_world *w, const char *sql)
{
    raw_must(w, sqlite3_exec(w->db, sql, NULL, NULL, NULL));
}

static void raw_sum(storage_world *w, sqlite3_stmt *s)
{
    int rc = SQLITE_ROW;
    int n = sqlite3_column_count(s);

    while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
        for (int i = 0; i < n; i++) {
            switch (sqlite3_column_type(s, i)) {
            case SQLITE_INTEGER:
                w->sum += sqlite3_column_int64(s, i);
                break;
            case SQLITE_FLOAT:
                w->sum += sqlite3_column_double(s, i) >= 0;
                break;
            case SQLITE_TEXT:
                bench_keep(sqlite3_column_text(s, i));
                w->sum += sqlite3_column_bytes(s, i);
                break;
            case SQLITE_BLOB:
                bench_keep(sqlite3_column_blob(s, i));
                w->sum += sqlite3_column_bytes(s, i);
                break;
            default:
                break;
            }
        }
    }
    raw_must(w, rc);
    sqlite3_reset(s);
}

static void raw_insert(storage_world *w, long n)
{
    storage_row row;
    sqlite3_stmt *s = w->insert;

    storage_make(&row, n);
    for (int i = 0; i < C_COUNT; i++) {
        const acrm_cell *c = &row.cells[i];
        if (c->type == ACRM_CELL_INT)
            sqlite3_bind_int64(s, i + 1, c->integer);
        else if (c->type == ACRM_CELL_REAL)
            sqlite3_bind_double(s, i + 1, c->real);
        else if (c->type == ACRM_CELL_TEXT)
            sqlite3_bind_text(s, i + 1, c->data, (int)c->size, SQLITE_STATIC);
        else if (c->type == ACRM_CELL_BLOB)
            sqlite3_bind_blob(s, i + 1, c->data, (int)c->size, SQLITE_STATIC);
        else
            sqlite3_bind_null(s, i + 1);
    }
    raw_must(w, sqlite3_step(s));
    sqlite3_reset(s);
    sqlite3_bind_int64(w->search, 1, sqlite3_last_insert_rowid(w->db));
    sqlite3_bind_text(w->search, 2, row.name, -1, SQLITE_STATIC);
    raw_must(w, sqlite3_step(w->search));
    sqlite3_reset(w->search);
}

static void raw_insert_batch(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++) {
        if (i % BATCH == 0)
            raw_exec(w, "BEGIN IMMEDIATE");
        raw_insert(w, w->rows++);
        if (i % BATCH == BATCH - 1 || i == ops - 1)
            raw_exec(w, "COMMIT");
    }
}

static void raw_insert_one(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++) {
        raw_exec(w, "BEGIN IMMEDIATE");
        raw_insert(w, w->rows++);
        raw_exec(w, "COMMIT");
    }
}

static void raw_gets(storage_world *w, long ops)
{
    unsigned char id[16];

    for (long i = 0; i < ops; i++) {
        storage_random_id(w, id);
        sqlite3_bind_blob(w->get, 1, id, 16, SQLITE_STATIC);
        raw_sum(w, w->get);
    }
}

static void raw_get(void *user, long ops)
{
    raw_gets(user, ops);
}

static void raw_lookup(void *user, long ops)
{
    raw_exec(user, "BEGIN");
    raw_gets(user, ops);
    raw_exec(user, "COMMIT");
}

static void raw_phones(storage_world *w, sqlite3_stmt *stmt, long ops)
{
    char phone[24];

    raw_exec(w, "BEGIN");
    for (long i = 0; i < ops; i++) {
        int len = snprintf(phone, sizeof phone, "+98912%07ld",
                           (long)(storage_random(w) % (uint64_t)w->size));
        sqlite3_bind_text(stmt, 1, phone, len, SQLITE_STATIC);
        raw_sum(w, stmt);
    }
    raw_exec(w, "COMMIT");
}

static void raw_phone(void *user, long ops)
{
    storage_world *w = user;

    raw_phones(w, w->phone, ops);
}

static void raw_find_one(void *user, long ops)
{
    storage_world *w = user;

    raw_phones(w, w->one, ops);
}

static void raw_list(void *user, long ops)
{
    storage_world *w = user;

    raw_exec(w, "BEGIN");
    for (long i = 0; i < ops; i++) {
        sqlite3_bind_text(w->list, 1, "A", 1, SQLITE_STATIC);
        raw_sum(w, w->list);
    }
    raw_exec(w, "COMMIT");
}

static void raw_page(void *user, long ops)
{
    storage_world *w = user;
    unsigned char id[16];

    raw_exec(w, "BEGIN");
    for (long i = 0; i < ops; i++) {
        long n = (long)(storage_random(w) % (uint64_t)w->size);
        storage_id(id, (uint64_t)n);
        sqlite3_bind_text(w->page, 1, "A", 1, SQLITE_STATIC);
        sqlite3_bind_int64(w->page, 2, 1700000000000000 + n * 60000000);
        sqlite3_bind_blob(w->page, 3, id, 16, SQLITE_STATIC);
        raw_sum(w, w->page);
    }
    raw_exec(w, "COMMIT");
}

static void raw_group(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++)
        raw_sum(w, w->group);
}

static void raw_month(void *user, long ops)
{
    storage_world *w = user;

    for (long i = 0; i < ops; i++)
        raw_sum(w, w->month);
}

static void raw_update(void *user, long ops)
{
    storage_world *w = user;
    unsigned char id[16];

    raw_exec(w, "BEGIN IMMEDIATE");
    for (long i = 0; i < ops; i++) {
        storage_random_id(w, id);
        sqlite3_bind_int64(w->update, 1, i);
        sqlite3_bind_int64(w->update, 2, i * 7);
        sqlite3_bind_int64(w->update, 3, i * 3);
        sqlite3_bind_blob(w->update, 4, id, 16, SQLITE_STATIC);
        raw_must(w, sqlite3_step(w->update));
        sqlite3_reset(w->update);
    }
    raw_exec(w, "COMMIT");
}

#define RAW_COLUMNS                                                                               \
    "id,version,created_at,created_by,updated_at,updated_by,deleted_at,name,phone,email,level,"   \
    "amount,score,dealer,city,street,zip,note,source,born,seen,language"

static void raw_prepare(storage_world *w)
{
    const struct {
        sqlite3_stmt **stmt;
        const char *sql;
    } all[] = {
        { &w->insert, "INSERT INTO customer(" RAW_COLUMNS
                      ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" },
        { &w->search, "INSERT INTO customer__search(rowid,text) VALUES(?,?)" },
        { &w->get, "SELECT " RAW_COLUMNS " FROM customer WHERE id=?" },
        { &w->phone, "SELECT " RAW_COLUMNS " FROM customer WHERE phone=? ORDER BY id LIMIT 10" },
        { &w->one, "SELECT " RAW_COLUMNS " FROM customer WHERE phone=? AND deleted_at IS NULL"
                   " ORDER BY id LIMIT 1" },
        { &w->list, "SELECT " RAW_COLUMNS " FROM customer WHERE level=? AND deleted_at IS NULL"
                    " ORDER BY created_at DESC,id DESC LIMIT 50" },
        { &w->page, "SELECT " RAW_COLUMNS " FROM customer WHERE level=? AND deleted_at IS NULL"
                    " AND (created_at,id)<(?,?) ORDER BY created_at DESC,id DESC LIMIT 50" },
        { &w->group, "SELECT level,count(*),sum(amount) FROM customer WHERE deleted_at IS NULL"
                     " GROUP BY level ORDER BY level" },
        { &w->month, "SELECT strftime('%Y-%m-01',created_at/1000000,'unixepoch'),count(*),"
                     "sum(amount) FROM customer WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1" },
        { &w->update, "UPDATE customer SET version=?,updated_at=?,amount=? WHERE id=?" },
    };

    raw_must(w, sqlite3_open_v2(w->path, &w->db,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
    raw_exec(w, "PRAGMA foreign_keys=ON");
    raw_exec(w, "PRAGMA synchronous=FULL");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        raw_must(w, sqlite3_prepare_v3(w->db, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                       all[i].stmt, NULL));
}

static void storage_begin(storage_world *w, long size)
{
    *w = (storage_world){ .size = size, .seed = 1 };
    snprintf(w->path, sizeof w->path, "storage_bench-%ld.db", (long)getpid());
    storage_must(acrm__sqlite_open(NULL, w->path, 0, &w->ops, &w->self, NULL), "open");
    storage_must(w->ops.connect(w->self, &w->conn, NULL), "connect");
    storage_must(w->ops.begin(w->conn, 1, NULL), "begin");
    storage_must(w->ops.ensure_table(w->conn, &storage_table, NULL), "table");
    storage_must(w->ops.commit(w->conn, NULL), "commit");
    ours_insert_batch(w, size);
    raw_prepare(w);
}

static void storage_end(storage_world *w)
{
    char name[80];
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    sqlite3_stmt *all[] = { w->insert, w->search, w->get, w->phone, w->one, w->list, w->page,
                            w->group, w->month, w->update };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(w->db);
    w->ops.disconnect(w->conn);
    w->ops.destroy(w->self);
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", w->path, suffixes[i]);
        unlink(name);
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    static const struct {
        const char *name;
        double goal;
        bench_fn ours, baseline;
        long ops; /* 0: as many as it takes */
    } measures[] = {
        { "storage.lookup_id", 1.3, ours_lookup, raw_lookup, 0 },
        { "storage.get_in_own_transaction", 1.3, ours_get, raw_get, 0 },
        { "storage.lookup_phone", 1.3, ours_phone, raw_phone, 0 },
        { "storage.find_one", 1.3, ours_find_one, raw_find_one, 0 },
        { "storage.list_50", 1.2, ours_list, raw_list, 0 },
        { "storage.list_50_after", 1.2, ours_page, raw_page, 0 },
        { "storage.aggregate", 1.1, ours_group, raw_group, 0 },
        { "storage.aggregate_by_month", 1.1, ours_month, raw_month, 0 },
        { "storage.update", 1.25, ours_update, raw_update, 2000 },
        { "storage.insert_batch", 1.25, ours_insert_batch, raw_insert_batch, 4000 },
        { "storage.insert_one_durable", 1.25, ours_insert_one, raw_insert_one, 300 },
    };
    bench b = bench_begin(argc, argv);

    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        storage_world w;
        if (!bench_wants_size(&b, sizes[s], sizes[0]))
            continue;
        storage_begin(&w, sizes[s]);
        for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
            bench_compare(&b, &(bench_measure){
                .name = measures[i].name, .size = sizes[s], .goal = measures[i].goal,
                .ours = measures[i].ours, .baseline = measures[i].baseline, .user = &w,
                .ops = measures[i].ops });
        bench_keep(&w.sum);
        storage_end(&w);
    }
    return bench_end(&b);
}
