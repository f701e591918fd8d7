/* SPDX-License-Identifier: MIT */
/*
 * Many readers on one file: two and eight threads get customers by id, against one, which shows
 * whether they stand in each other's way (by the clock where cores are free; by the processor time
 * of a read everywhere); and eight while another one writes, against the same by hand in C and SQL
 * beside the same writer. Sessions are opened before, and have read before.
 */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

enum { READERS = 8, BATCH = 1000 };

typedef struct world {
    char path[64];
    acrm_engine *engine;
    acrm_session *sessions[READERS];
    char (*ids)[40];
    unsigned char (*keys)[16];
    long size;
    int readers;
    long each;         /* reads of each reader */
    atomic_bool stop;  /* the writer */
} world;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static acrm_session *session_of(const world *w)
{
    acrm_session *session = NULL;

    if (acrm_session_new(w->engine, "system", &session, NULL) != ACRM_OK)
        fail("session", "");
    return session;
}

static unsigned hex(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void keep_id(world *w, long i, const char *text)
{
    int n = 0;

    snprintf(w->ids[i], sizeof w->ids[i], "%s", text);
    for (const char *p = text; *p && n < 16; p++)
        if (*p != '-') {
            w->keys[i][n++] = (unsigned char)(hex(p[0]) << 4 | hex(p[1]));
            p++;
        }
}

static void fill(world *w)
{
    acrm_session *session = session_of(w);
    char *json = malloc(BATCH * 64 + 64);

    for (long done = 0; done < w->size; done += BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = done; i < done + BATCH && i < w->size; i++)
            len += (size_t)sprintf(json + len, "%s{\"name\":\"Company %ld\"}", i > done ? "," : "",
                                   i);
        strcpy(json + len, "]}");
        acrm_buf *out = NULL;
        acrm_value *made = NULL;
        if (acrm_call_json(session, "customer.create_many", json, strlen(json), &out, NULL) ||
            acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &made, NULL))
            fail("customer.create_many", "");
        const acrm_value *ids = acrm_value_get(made, "ids");
        for (size_t i = 0; i < acrm_value_count(ids); i++)
            keep_id(w, done + (long)i, acrm_value_text(acrm_value_at(ids, i), NULL));
        acrm_value_free(made);
        acrm_buf_free(out);
    }
    free(json);
    acrm_session_free(session);
}

/* --- Readers and the writer --- */

static long next_of(const world *w, uint64_t *chance)
{
    *chance = *chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (long)((*chance >> 33) % (uint64_t)w->size);
}

typedef struct reader {
    const world *w;
    acrm_session *session;
} reader;

static void *read_ours(void *user)
{
    const world *w = ((const reader *)user)->w;
    acrm_session *session = ((const reader *)user)->session;
    uint64_t chance = (uint64_t)(uintptr_t)&session;
    acrm_value *args = NULL;

    if (acrm_value_new(NULL, &args) || acrm_value_set_map(args))
        fail("arguments", "");
    acrm_value *id = acrm_value_put(args, "id");
    for (long i = 0; i < w->each; i++) {
        acrm_value *out = NULL;
        (void)acrm_value_set_text(id, w->ids[next_of(w, &chance)], 36);
        if (acrm_call(session, "customer.get", args, &out, NULL) != ACRM_OK)
            fail("customer.get", "");
        bench_keep(out);
        acrm_value_free(out);
    }
    acrm_value_free(args);
    return NULL;
}

static void *read_by_hand(void *user)
{
    const world *w = ((const reader *)user)->w;
    uint64_t chance = (uint64_t)(uintptr_t)&user;
    sqlite3 *db = NULL;
    sqlite3_stmt *begin, *get, *end;

    if (sqlite3_open_v2(w->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) ||
        sqlite3_prepare_v2(db, "BEGIN", -1, &begin, NULL) ||
        sqlite3_prepare_v2(db, "SELECT * FROM customer WHERE id=?1", -1, &get, NULL) ||
        sqlite3_prepare_v2(db, "COMMIT", -1, &end, NULL))
        fail("open", sqlite3_errmsg(db));
    sqlite3_busy_timeout(db, 10000);
    for (long i = 0; i < w->each; i++) {
        acrm_value *out = NULL;
        if (acrm_value_new(NULL, &out) || acrm_value_set_map(out))
            fail("result", "");
        sqlite3_step(begin);
        sqlite3_reset(begin);
        sqlite3_bind_blob(get, 1, w->keys[next_of(w, &chance)], 16, SQLITE_STATIC);
        if (sqlite3_step(get) != SQLITE_ROW)
            fail("get", sqlite3_errmsg(db));
        for (int c = 0; c < sqlite3_column_count(get); c++) {
            acrm_value *to = acrm_value_put(out, sqlite3_column_name(get, c));
            if (sqlite3_column_type(get, c) == SQLITE_INTEGER)
                (void)acrm_value_set_int(to, sqlite3_column_int64(get, c));
            else if (sqlite3_column_type(get, c) == SQLITE_TEXT)
                (void)acrm_value_set_text(to, (const char *)sqlite3_column_text(get, c),
                                          (size_t)sqlite3_column_bytes(get, c));
        }
        sqlite3_reset(get);
        sqlite3_step(end);
        sqlite3_reset(end);
        bench_keep(out);
        acrm_value_free(out);
    }
    sqlite3_finalize(begin);
    sqlite3_finalize(get);
    sqlite3_finalize(end);
    sqlite3_close(db);
    return NULL;
}

static void *write_on(void *user)
{
    world *w = user;
    acrm_session *session = session_of(w);
    static const char json[] = "{\"name\":\"New\"}";

    while (!atomic_load(&w->stop))
        if (acrm_call_json(session, "customer.create", json, sizeof json - 1, NULL, NULL))
            fail("customer.create", "");
    acrm_session_free(session);
    return NULL;
}

static void read_all(world *w, int readers, void *(*read)(void *), long ops)
{
    pthread_t threads[READERS];
    reader each[READERS];

    w->each = ops / readers + 1;
    for (int i = 0; i < readers; i++) {
        each[i] = (reader){ w, w->sessions[i] };
        if (pthread_create(&threads[i], NULL, read, &each[i]) != 0)
            fail("thread", "");
    }
    for (int i = 0; i < readers; i++)
        pthread_join(threads[i], NULL);
}

static void eight(void *user, long ops)
{
    read_all(user, READERS, read_ours, ops);
}

static void two(void *user, long ops)
{
    read_all(user, 2, read_ours, ops);
}

static void alone(void *user, long ops)
{
    read_all(user, 1, read_ours, ops);
}

static void by_hand(void *user, long ops)
{
    read_all(user, READERS, read_by_hand, ops);
}

/* Of the whole process: nobody else runs meanwhile. */
static double spent_us(const void *user, bool ours)
{
    struct timespec t;

    (void)user;
    (void)ours;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure(bench *b, long size)
{
    world w = { .size = size };
    const acrm_options options = { .struct_size = sizeof options, .flags = ACRM_OPEN_SYNC_NORMAL };
    pthread_t writer;
    char side[80];

    snprintf(w.path, sizeof w.path, "/tmp/acrm_readers_%ld.db", (long)getpid());
    unlink(w.path);
    w.ids = calloc((size_t)size, sizeof *w.ids);
    w.keys = calloc((size_t)size, sizeof *w.keys);
    if (!w.ids || !w.keys || acrm_open(w.path, &options, &w.engine, NULL) != ACRM_OK)
        fail(w.path, "");
    fill(&w);
    for (int i = 0; i < READERS; i++)
        w.sessions[i] = session_of(&w);
    eight(&w, 80000);
    bench_compare(b, &(bench_measure){ .name = "readers.two", .size = size, .goal = 0.56,
                      .ours = two, .baseline = alone, .spent_us = spent_us, .user = &w,
                      .ops = 80000 });
    bench_compare(b, &(bench_measure){ .name = "readers.scale", .size = size,
                      .goal = 1.12 / (double)sysconf(_SC_NPROCESSORS_ONLN), .ours = eight,
                      .baseline = alone, .spent_us = spent_us, .user = &w, .ops = 80000 });
    if (pthread_create(&writer, NULL, write_on, &w) != 0)
        fail("thread", "");
    bench_compare(b, &(bench_measure){ .name = "readers.beside_a_writer", .size = size,
                      .goal = 1.3, .ours = eight, .baseline = by_hand, .user = &w, .ops = 80000 });
    atomic_store(&w.stop, true);
    pthread_join(writer, NULL);
    for (int i = 0; i < READERS; i++)
        acrm_session_free(w.sessions[i]);
    acrm_close(w.engine);
    unlink(w.path);
    snprintf(side, sizeof side, "%s-wal", w.path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", w.path);
    unlink(side);
    free(w.ids);
    free(w.keys);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 1000, 10000, 100000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (bench_wants_size(&b, sizes[i], sizes[0]))
            measure(&b, sizes[i]);
    return bench_end(&b);
}
