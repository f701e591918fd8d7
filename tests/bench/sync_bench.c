/* SPDX-License-Identifier: MIT */
/* A feed of ten rows per order read in, against hand-written SQL that puts the rows it made into
 * the same tables, with the same indexes, in transactions of the same size. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sqlite3.h>
#include <unistd.h>

enum { SYNC_ROWS = 10, SYNC_STEP = 250, SYNC_COLUMNS_MAX = 64 };

static const char *const sync_tables[] = { "vehicle_order", "order_milestone", "order_event",
                                           "sync_run", "sync_row", "acrm_event", "acrm_audit",
                                           "timer" };

enum { SYNC_TABLES = sizeof sync_tables / sizeof sync_tables[0] };

typedef struct sync_world {
    char start[64], ours[64], baseline[64]; /* databases */
    char *feed;
    size_t len, at;
    long rows;
    sqlite3_value **cells[SYNC_TABLES]; /* what there is to write */
    long counts[SYNC_TABLES];
    int columns[SYNC_TABLES];
} sync_world;

static void sync_need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "sync_bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static void sync_remove(const char *path)
{
    char side[80];

    unlink(path);
    snprintf(side, sizeof side, "%s-wal", path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", path);
    unlink(side);
}

static void sync_copy(const char *from, const char *to)
{
    char bytes[65536];
    size_t n;
    FILE *in = fopen(from, "rb"), *out;

    sync_remove(to);
    out = fopen(to, "wb");
    sync_need(in && out, "copy");
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0)
        sync_need(fwrite(bytes, 1, n, out) == n, "copy");
    fclose(in);
    sync_need(fclose(out) == 0, "copy");
}

/* --- The feed --- */

static void sync_make(sync_world *w, long orders)
{
    static const char *const rows[SYNC_ROWS] = {
        "\"type\":\"order\",\"model\":\"S\",\"seq\":1",
        "\"type\":\"milestone\",\"code\":\"registration\"",
        "\"type\":\"draw\",\"result\":\"won\"",
        "\"type\":\"allocation\",\"result\":\"allocated\"",
        "\"type\":\"forecast\",\"code\":\"customs\",\"on\":\"2029-09-01\"",
        "\"type\":\"payment\"",
        "\"type\":\"milestone\",\"code\":\"production\"",
        "\"type\":\"milestone\",\"code\":\"shipping\"",
        "\"type\":\"release\"",
        "\"type\":\"milestone\",\"code\":\"plate\"",
    };

    w->rows = orders * SYNC_ROWS;
    w->feed = malloc((size_t)w->rows * 140 + 100);
    sync_need(w->feed != NULL, "memory");
    w->len = (size_t)sprintf(w->feed, "{\"format\":\"autocrm.sync/1\"}\n");
    for (long i = 0; i < orders; i++)
        for (int k = 0; k < SYNC_ROWS; k++)
            w->len += (size_t)sprintf(w->feed + w->len,
                "{%s,\"order\":\"F%07ld\",\"at\":\"2025-%02d-%02ldT%02d:00:00Z\"}\n", rows[k], i,
                k + 1, 1 + i % 28, (int)(i % 24));
}

static int64_t sync_read(void *user, void *dst, size_t cap)
{
    sync_world *w = user;
    size_t n = w->len - w->at < cap ? w->len - w->at : cap;

    memcpy(dst, w->feed + w->at, n);
    w->at += n;
    return (int64_t)n;
}

/* --- Ours --- */

static void sync_ours(void *user, long ops)
{
    static const char args[] = "{\"source\":\"maker\"}";
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    sync_world *w = user;
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    (void)ops;
    w->at = 0;
    sync_need(acrm_open(w->ours, &options, &engine, NULL) == ACRM_OK &&
              acrm_session_new(engine, "system", &session, NULL) == ACRM_OK, "open");
    acrm_session_set_input(session, sync_read, w);
    if (acrm_call_json(session, "sync.import", args, strlen(args), NULL, &err) != ACRM_OK)
        sync_need(false, acrm_error_json(err));
    acrm_session_free(session);
    acrm_close(engine);
}

/* --- By hand --- */

static sqlite3_stmt *sync_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;

    sync_need(sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK, sqlite3_errmsg(db));
    return s;
}

/* What the import made: the rows that were not there before it. */
static void sync_load(sync_world *w)
{
    sqlite3 *db = NULL;
    char sql[300];

    sync_need(sqlite3_open(w->ours, &db) == SQLITE_OK, "open");
    snprintf(sql, sizeof sql, "ATTACH '%s' AS start", w->start);
    sync_need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "attach");
    for (int t = 0; t < SYNC_TABLES; t++) {
        bool seq = strcmp(sync_tables[t], "acrm_event") == 0 ||
                   strcmp(sync_tables[t], "acrm_audit") == 0;
        long cap = 0;
        snprintf(sql, sizeof sql, "SELECT * FROM main.%s WHERE %s NOT IN (SELECT %s FROM "
                 "start.%s)", sync_tables[t], seq ? "seq" : "id", seq ? "seq" : "id",
                 sync_tables[t]);
        sqlite3_stmt *s = sync_prepare(db, sql);
        w->columns[t] = sqlite3_column_count(s);
        while (sqlite3_step(s) == SQLITE_ROW) {
            if (w->counts[t] == cap) {
                cap = cap ? cap * 2 : 1024;
                w->cells[t] = realloc(w->cells[t], (size_t)(cap * w->columns[t]) *
                                                       sizeof *w->cells[t]);
                sync_need(w->cells[t] != NULL, "memory");
            }
            for (int c = 0; c < w->columns[t]; c++)
                w->cells[t][w->counts[t] * w->columns[t] + c] =
                    sqlite3_value_dup(sqlite3_column_value(s, c));
            w->counts[t]++;
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(db);
}

static void sync_baseline(void *user, long ops)
{
    sync_world *w = user;
    sqlite3 *db = NULL;
    sqlite3_stmt *inserts[SYNC_TABLES];
    long done[SYNC_TABLES] = { 0 }, steps = w->rows / SYNC_STEP;
    char sql[64 + 2 * SYNC_COLUMNS_MAX];

    (void)ops;
    sync_need(sqlite3_open(w->baseline, &db) == SQLITE_OK &&
              sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                           "PRAGMA foreign_keys=ON", NULL, NULL, NULL) == SQLITE_OK, "open");
    for (int t = 0; t < SYNC_TABLES; t++) {
        int n = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?", sync_tables[t]);
        for (int c = 1; c < w->columns[t]; c++)
            n += snprintf(sql + n, sizeof sql - (size_t)n, ",?");
        snprintf(sql + n, sizeof sql - (size_t)n, ")");
        inserts[t] = sync_prepare(db, sql);
    }
    for (long step = 1; step <= steps; step++) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int t = 0; t < SYNC_TABLES; t++)
            for (; done[t] * steps < w->counts[t] * step; done[t]++) {
                for (int c = 0; c < w->columns[t]; c++)
                    sqlite3_bind_value(inserts[t], c + 1,
                                       w->cells[t][done[t] * w->columns[t] + c]);
                sync_need(sqlite3_step(inserts[t]) == SQLITE_DONE, sqlite3_errmsg(db));
                sqlite3_reset(inserts[t]);
            }
        sync_need(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
    }
    for (int t = 0; t < SYNC_TABLES; t++)
        sqlite3_finalize(inserts[t]);
    sqlite3_close(db);
}

static void sync_fresh(void *user, long ops)
{
    sync_world *w = user;

    (void)ops;
    sync_copy(w->start, w->ours);
    sync_copy(w->start, w->baseline);
}

static void sync_begin(sync_world *w)
{
    static const char source[] = "{\"code\":\"maker\"}";
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    snprintf(w->start, sizeof w->start, "/tmp/acrm_sync_%ld.db", (long)getpid());
    snprintf(w->ours, sizeof w->ours, "/tmp/acrm_sync_%ld_ours.db", (long)getpid());
    snprintf(w->baseline, sizeof w->baseline, "/tmp/acrm_sync_%ld_hand.db", (long)getpid());
    sync_remove(w->start);
    sync_need(acrm_open(w->start, NULL, &engine, NULL) == ACRM_OK &&
              acrm_session_new(engine, "system", &session, NULL) == ACRM_OK &&
              acrm_call_json(session, "sync_source.create", source, strlen(source), NULL, NULL) ==
                  ACRM_OK, "begin");
    acrm_session_free(session);
    acrm_close(engine);
    sync_fresh(w, 0);
    sync_ours(w, 1);
    sync_load(w);
}

static void sync_end(sync_world *w)
{
    for (int t = 0; t < SYNC_TABLES; t++) {
        for (long i = 0; i < w->counts[t] * w->columns[t]; i++)
            sqlite3_value_free(w->cells[t][i]);
        free(w->cells[t]);
    }
    free(w->feed);
    sync_remove(w->start);
    sync_remove(w->ours);
    sync_remove(w->baseline);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        sync_world w = { .at = 0 };
        if ((b.quick && i > 0) || (b.size ? b.size != sizes[i] : i > 1))
            continue;
        sync_make(&w, sizes[i] / SYNC_ROWS);
        sync_begin(&w);
        bench_compare(&b, &(bench_measure){ .name = "sync.import", .size = sizes[i], .goal = 2.0,
                      .ours = sync_ours, .baseline = sync_baseline, .before = sync_fresh,
                      .user = &w, .ops = 1 });
        sync_end(&w);
    }
    return bench_end(&b);
}
