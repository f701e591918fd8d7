/* SPDX-License-Identifier: MIT */
/* Counting segments and keeping snapshots of them, against SQL written by hand on the same file. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum { SEGMENT_BATCH = 1000 };

#define PLAIN "{\"region\":\"Fars\",\"vip_level\":{\"$gte\":5}}"
#define PLAIN_SQL "c.region='Fars' AND c.vip_level>=5"
#define RELATED "{\"contact_points\":{\"$any\":{\"channel\":\"email\",\"valid\":true}}}"
#define RELATED_SQL                                                                               \
    "EXISTS (SELECT 1 FROM contact_point p WHERE p.customer_id=c.id AND p.deleted_at IS NULL "    \
    "AND p.channel='email' AND p.valid=1)"

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    sqlite3 *db; /* the hand's own connection to the same file */
    char path[80], segment[40], snapshots[2][40];
    const char *filter, *sql;
    uint64_t counter;
} world;

static void fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "");
    exit(EXIT_FAILURE);
}

/* Run an operation; keep the id of its result. */
static void call(world *w, const char *operation, const char *json, char id[40])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, err);
    const char *at = id ? strstr(acrm_buf_data(out), "\"id\":\"") : NULL;
    if (at)
        snprintf(id, 40, "%.36s", at + 6);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static void sql_check(world *w, int rc, const char *sql)
{
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
        return;
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(w->db));
    exit(EXIT_FAILURE);
}

static void sql_run(world *w, const char *sql)
{
    sql_check(w, sqlite3_exec(w->db, sql, NULL, NULL, NULL), sql);
}

static int64_t sql_number(world *w, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    sql_check(w, sqlite3_prepare_v2(w->db, sql, -1, &stmt, NULL), sql);
    sql_check(w, sqlite3_step(stmt), sql);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

/* Ids in order of time, as the library's are: random ones would make the hand's index slow. */
static void sql_id(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    world *w = sqlite3_user_data(context);
    unsigned char id[16];

    (void)argc, (void)argv;
    randombytes_buf(id, sizeof id);
    w->counter++;
    for (int i = 0; i < 8; i++)
        id[i] = (unsigned char)(w->counter >> (56 - 8 * i));
    sqlite3_result_blob(context, id, sizeof id, SQLITE_TRANSIENT);
}

/* --- Sides --- */

static void ours_count(void *user, long ops)
{
    world *w = user;
    char json[256];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", w->segment);
    for (long i = 0; i < ops; i++)
        call(w, "segment.count", json, NULL);
}

static void hand_count(void *user, long ops)
{
    world *w = user;
    char sql[512];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM customer c WHERE c.deleted_at IS NULL AND %s",
             w->sql);
    for (long i = 0; i < ops; i++) {
        int64_t n = sql_number(w, sql);
        bench_keep(&n);
    }
}

static void forget(void *user, long ops)
{
    (void)ops;
    sql_run(user, "DELETE FROM segment_member; UPDATE segment_snapshot SET previous_id=NULL;"
                  "DELETE FROM segment_snapshot; PRAGMA wal_checkpoint(TRUNCATE)");
}

static void ours_snapshot(void *user, long ops)
{
    world *w = user;
    char json[256];

    snprintf(json, sizeof json, "{\"id\":\"%s\",\"events\":0}", w->segment);
    for (long i = 0; i < ops; i++)
        call(w, "segment.snapshot", json, NULL);
}

static void hand_snapshot(void *user, long ops)
{
    world *w = user;
    char sql[1024];

    snprintf(sql, sizeof sql, "BEGIN IMMEDIATE;"
             "INSERT INTO segment_snapshot(id,version,created_at,updated_at,segment_id,taken_at,"
             "filter,size) SELECT new_id(),1,1,1,id,1,filter,0 FROM segment;"
             "INSERT INTO segment_member(id,version,created_at,updated_at,snapshot_id,customer_id)"
             " SELECT new_id(),1,1,1,(SELECT max(id) FROM segment_snapshot),c.id FROM customer c"
             " WHERE c.deleted_at IS NULL AND %s;"
             "UPDATE segment_snapshot SET size=changes();COMMIT", w->sql);
    for (long i = 0; i < ops; i++)
        sql_run(w, sql);
}

static void ours_compare(void *user, long ops)
{
    world *w = user;
    char json[256];

    snprintf(json, sizeof json, "{\"id\":\"%s\",\"with_id\":\"%s\",\"limit\":0}", w->snapshots[1],
             w->snapshots[0]);
    for (long i = 0; i < ops; i++)
        call(w, "segment.compare", json, NULL);
}

static void hand_compare(void *user, long ops)
{
    world *w = user;
    const char *sql = "SELECT count(*) FROM segment_member a WHERE a.snapshot_id=(SELECT %s(id) "
                      "FROM segment_snapshot) AND NOT EXISTS (SELECT 1 FROM segment_member b "
                      "WHERE b.customer_id=a.customer_id AND b.snapshot_id=(SELECT %s(id) FROM "
                      "segment_snapshot))";
    char both[2][512];

    snprintf(both[0], sizeof both[0], sql, "max", "min");
    snprintf(both[1], sizeof both[1], sql, "min", "max");
    for (long i = 0; i < ops; i++) {
        int64_t n = sql_number(w, both[0]) + sql_number(w, both[1]);
        bench_keep(&n);
    }
}

/* --- The world --- */

static void fill(world *w, long size)
{
    static const char *const regions[] = { "Tehran", "Isfahan", "Fars", "Lombardia", "Lazio" };
    char *json = malloc(SEGMENT_BATCH * 300 + 64);

    for (long done = 0; done < size; done += SEGMENT_BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = done; i < done + SEGMENT_BATCH && i < size; i++) {
            len += (size_t)sprintf(json + len, "%s{\"name\":\"Customer %ld\",\"region\":\"%s\","
                                   "\"vip_level\":%ld", i > done ? "," : "", i,
                                   regions[i * 7 % 5], i * 13 % 10);
            if (i % 4 == 0)
                len += (size_t)sprintf(json + len, ",\"contact_points\":[{\"channel\":\"email\","
                                       "\"value\":\"c%ld@example.com\"}]", i);
            len += (size_t)sprintf(json + len, "}");
        }
        strcpy(json + len, "]}");
        call(w, "customer.create_many", json, NULL);
    }
    free(json);
}

static void world_open(world *w, long size)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    *w = (world){ .counter = 1 };
    snprintf(w->path, sizeof w->path, "/tmp/acrm_segment_bench_%ld.db", (long)getpid());
    unlink(w->path);
    if (acrm_open(w->path, &options, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        fail("open", err);
    fill(w, size);
    sql_check(w, sqlite3_open(w->path, &w->db), "open");
    sql_run(w, "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000");
    sql_check(w, sqlite3_create_function(w->db, "new_id", 0, SQLITE_UTF8, w, sql_id, NULL, NULL),
              "new_id");
}

static void world_close(world *w)
{
    char side[100];

    sqlite3_close(w->db);
    acrm_session_free(w->session);
    acrm_close(w->engine);
    unlink(w->path);
    snprintf(side, sizeof side, "%s-wal", w->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", w->path);
    unlink(side);
}

/* The same members, by both: else the figures mean nothing. */
static void check(world *w)
{
    char sql[512], json[512];
    acrm_buf *out = NULL;

    snprintf(sql, sizeof sql, "SELECT count(*) FROM customer c WHERE c.deleted_at IS NULL AND %s",
             w->sql);
    snprintf(json, sizeof json, "{\"filter\":%s}", w->filter);
    if (acrm_call_json(w->session, "segment.count", json, strlen(json), &out, NULL) != ACRM_OK)
        fail("segment.count", NULL);
    if (strtoll(strchr(acrm_buf_data(out), ':') + 1, NULL, 10) != sql_number(w, sql))
        fail("the two sides count differently", NULL);
    acrm_buf_free(out);
}

static void measure(bench *b, world *w, long size, const char *kind, const char *filter,
                    const char *sql)
{
    char json[512], name[60];

    w->filter = filter;
    w->sql = sql;
    check(w);
    forget(w, 0);
    sql_run(w, "DELETE FROM segment");
    snprintf(json, sizeof json, "{\"name\":\"%s\",\"filter\":%s}", kind, filter);
    call(w, "segment.create", json, w->segment);
    snprintf(name, sizeof name, "segment.count_%s", kind);
    bench_compare(b, &(bench_measure){ .name = name, .size = size, .goal = 1.5,
        .ours = ours_count, .baseline = hand_count, .user = w });
    snprintf(name, sizeof name, "segment.snapshot_%s", kind);
    bench_compare(b, &(bench_measure){ .name = name, .size = size, .goal = 1.5, .ops = 1,
        .ours = ours_snapshot, .baseline = hand_snapshot, .before = forget, .user = w });
    forget(w, 0);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"events\":0}", w->segment);
    for (int i = 0; i < 2; i++)
        call(w, "segment.snapshot", json, w->snapshots[i]);
    snprintf(name, sizeof name, "segment.compare_%s", kind);
    bench_compare(b, &(bench_measure){ .name = name, .size = size, .goal = 1.5,
        .ours = ours_compare, .baseline = hand_compare, .user = w });
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        world w;
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        world_open(&w, sizes[i]);
        measure(&b, &w, sizes[i], "plain", PLAIN, PLAIN_SQL);
        measure(&b, &w, sizes[i], "related", RELATED, RELATED_SQL);
        world_close(&w);
    }
    return bench_end(&b);
}
