/* SPDX-License-Identifier: MIT */
/* Ordering one text to many customers against the same rows written by hand, and what a tick costs
 * when a great many messages wait. */
#define _DEFAULT_SOURCE /* timegm */

#include "bench.h"
#include "message_baseline.h"

#include "autocrm/autocrm.h"

#include <sys/stat.h>
#include <unistd.h>

enum { MESSAGE_BATCH = 1000, MESSAGE_DUE = 256 };

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    char path[80], hand[90];
    long size, sent;
    int runs; /* names of runs */
} world;

static int64_t world_clock;

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

static int32_t world_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    world *w = self;

    bench_keep(message->body);
    w->sent++;
    sent->outcome = ACRM_SENT_ACCEPTED;
    return 0;
}

static void fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "");
    exit(EXIT_FAILURE);
}

static void call(world *w, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, err);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static void fill(world *w)
{
    char *json = malloc(MESSAGE_BATCH * 200 + 64);

    for (long done = 0; done < w->size; done += MESSAGE_BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = done; i < done + MESSAGE_BATCH && i < w->size; i++)
            len += (size_t)sprintf(json + len, "%s{\"name\":\"Customer %ld\",\"city\":\"Pisa\","
                "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"+39333%07ld\"}]}",
                i > done ? "," : "", i, i);
        strcpy(json + len, "]}");
        call(w, "customer.create_many", json);
    }
    free(json);
}

static void copy(const char *from, const char *to)
{
    sqlite3 *db = NULL;
    char sql[200];

    unlink(to);
    snprintf(sql, sizeof sql, "VACUUM INTO '%s'", to);
    if (sqlite3_open(from, &db) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "copy: %s\n", sqlite3_errmsg(db));
        exit(EXIT_FAILURE);
    }
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
    if (sqlite3_open(to, &db) == SQLITE_OK)
        sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    sqlite3_close(db);
}

static void world_open(world *w, long size)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "bench",
                                       .channels = ACRM_CHANNEL_SMS, .self = w,
                                       .submit = world_submit };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .transports = &transport, .n_transports = 1 };
    acrm_error *err = NULL;

    *w = (world){ .size = size };
    world_clock = baseline_now();
    snprintf(w->path, sizeof w->path, "/tmp/acrm_message_bench_%ld.db", (long)getpid());
    snprintf(w->hand, sizeof w->hand, "%s.hand", w->path);
    unlink(w->path);
    if (acrm_open(w->path, &options, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        fail("open", err);
    call(w, "message_template.create", "{\"code\":\"offer\",\"channel\":\"sms\",\"language\":"
         "\"en\",\"purpose\":\"service\",\"body\":\"Dear {{name}}, your car is due for its "
         "service. Call us or answer YES, and we bring you a courtesy car.\"}");
    fill(w);
}

static void world_close(world *w)
{
    char path[100];
    static const char *const ends[] = { "", "-wal", "-shm" };

    acrm_session_free(w->session);
    acrm_close(w->engine);
    for (int i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s%s", i < 3 ? w->path : w->hand, ends[i % 3]);
        unlink(path);
    }
}

/* --- Ordering --- */

static void ours_order(void *user, long ops)
{
    world *w = user;
    char json[200];

    (void)ops;
    snprintf(json, sizeof json, "{\"run\":\"run %d\",\"channel\":\"sms\",\"template\":\"offer\","
             "\"where\":{},\"not_before\":\"2099-01-01T00:00:00Z\"}", ++w->runs);
    call(w, "message.send_many", json);
}

static void hand_order(void *user, long ops)
{
    world *w = user;
    message_baseline m;
    char code[40];

    (void)ops;
    snprintf(code, sizeof code, "run %d", w->runs);
    message_baseline_open(&m, w->hand);
    if (message_baseline_run(&m, code) != w->size)
        fail("by hand: not everybody", NULL);
    message_baseline_close(&m);
}

/* --- Ticking --- */

static void due_order(void *user, long ops)
{
    world *w = user;
    char json[200];

    (void)ops;
    snprintf(json, sizeof json, "{\"run\":\"due %d\",\"channel\":\"sms\",\"template\":\"offer\","
             "\"where\":{},\"limit\":%d}", ++w->runs, MESSAGE_DUE);
    call(w, "message.send_many", json);
    w->sent = 0;
}

static double tick_once(world *w)
{
    double begin;

    due_order(w, 0);
    int64_t statements = acrm_session_statements(w->session);
    begin = bench_now_us();
    call(w, "engine.tick", "{}");
    begin = (bench_now_us() - begin) / MESSAGE_DUE;
    statements = acrm_session_statements(w->session) - statements;
    if (w->sent != MESSAGE_DUE)
        fail("tick: not all of them left", NULL);
    fprintf(stderr, "statements of a message in a tick of %d: %.2f\n", MESSAGE_DUE,
            (double)statements / MESSAGE_DUE);
    return begin;
}

/* The same number due, with few and with many waiting. */
static void ticks(bench *b, world *w, long waiting)
{
    double few[BENCH_RUNS_MAX], many[BENCH_RUNS_MAX];

    for (int i = 0; i < b->runs; i++)
        few[i] = tick_once(w);
    for (long n = 0; n < waiting; n += w->size)
        ours_order(w, 0);
    for (int i = 0; i < b->runs; i++)
        many[i] = tick_once(w);
    bench_print(b, "message.tick_waiting", waiting, bench_median(many, b->runs),
                bench_median(few, b->runs), "us/op", 1.2);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < 3; i++) {
        world w;
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        world_open(&w, sizes[i] > 100000 ? 100000 : sizes[i]);
        if (bench_wanted(&b, "message.enqueue") && sizes[i] <= 100000) {
            copy(w.path, w.hand);
            bench_compare(&b, &(bench_measure){ .name = "message.enqueue", .size = sizes[i],
                          .goal = 2, .ours = ours_order, .baseline = hand_order, .user = &w,
                          .ops = w.size });
        }
        if (bench_wanted(&b, "message.tick_waiting"))
            ticks(&b, &w, sizes[i]);
        world_close(&w);
    }
    return bench_end(&b);
}
