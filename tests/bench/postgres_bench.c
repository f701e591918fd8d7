/* SPDX-License-Identifier: MIT */
/*
 * The library on PostgreSQL against the same statements written by hand with libpq, each prepared
 * once and waited for, on the same server; round trips of each operation; and two hosts that share
 * the sending of messages against one.
 */
#include "bench.h"
#include "support/postgres.h"

#include "autocrm/autocrm.h"
#include "kernel/inside.h"
#include "storage/storage.h"

enum { PAGE = 50, MESSAGES = 200, SENDING_US = 2000, COLUMNS_MAX = 200 };

typedef struct world {
    postgres_server server;
    char name[16], url[256], id[40];
    acrm_engine *engine;
    acrm_session *session;
    PGconn *hand; /* in a schema of its own with the same tables */
    long size, done;
} world;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static char *call(acrm_session *session, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, acrm_error_json(err));
    char *text = strdup(acrm_buf_data(out));
    acrm_buf_free(out);
    return text;
}

static void enter(const char *url, const acrm_transport *transport, acrm_engine **engine,
                  acrm_session **session)
{
    const acrm_options options = { .struct_size = sizeof options, .transports = transport,
                                   .n_transports = transport ? 1 : 0 };
    acrm_error *err = NULL;

    if (acrm_open(url, &options, engine, &err) != ACRM_OK ||
        acrm_session_new(*engine, "system", session, &err) != ACRM_OK)
        fail("open", acrm_error_json(err));
}

static void fill(world *w, acrm_session *session)
{
    char *json = malloc(1000 * 80 + 64);

    for (long done = 0; done < w->size; done += 1000) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = done; i < done + 1000 && i < w->size; i++)
            len += (size_t)sprintf(json + len, "%s{\"kind\":\"company\",\"name\":\"Company %ld\"}",
                                   i > done ? "," : "", i);
        strcpy(json + len, "]}");
        free(call(session, "customer.create_many", json));
    }
    free(json);
}

/* --- By hand --- */

static PGresult *hand(world *w, const char *name, int n, const char *const *values,
                      const int *lengths)
{
    int formats[COLUMNS_MAX];

    for (int i = 0; i < n; i++)
        formats[i] = 1;
    PGresult *result = PQexecPrepared(w->hand, name, n, values, lengths, formats, 1);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail(name, PQerrorMessage(w->hand));
    return result;
}

static void hand_do(world *w, const char *name)
{
    PQclear(hand(w, name, 0, NULL, NULL));
}

static void hand_prepare(world *w, const char *name, const char *sql, int n, const Oid *types)
{
    PGresult *result = PQprepare(w->hand, name, sql, n, types);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail(sql, PQerrorMessage(w->hand));
    PQclear(result);
}

/* The tables that a create writes to, and a row of each, as the library wrote it. */
static const char *const hand_tables[] = { "acrm_key", "acrm_subject_key", "customer", "acrm_audit",
                                           "acrm_event" };
enum { HAND_TABLES = sizeof hand_tables / sizeof hand_tables[0] };
static PGresult *hand_rows[HAND_TABLES];

static void hand_insert_prepare(world *w, int table)
{
    char sql[8192], sample[128];
    Oid types[COLUMNS_MAX];
    size_t len;

    snprintf(sample, sizeof sample, "SELECT * FROM %s.%s LIMIT 1", w->name, hand_tables[table]);
    PGresult *row = PQexecParams(w->hand, sample, 0, NULL, NULL, NULL, NULL, 1);
    if (PQntuples(row) != 1)
        fail(sample, PQerrorMessage(w->hand));
    len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %s(", hand_tables[table]);
    for (int i = 0; i < PQnfields(row); i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s\"%s\"", i ? "," : "",
                                PQfname(row, i));
    len += (size_t)snprintf(sql + len, sizeof sql - len, ") VALUES(");
    for (int i = 0; i < PQnfields(row); i++) {
        types[i] = PQftype(row, i);
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s$%d", i ? "," : "", i + 1);
    }
    snprintf(sql + len, sizeof sql - len, ")");
    hand_prepare(w, hand_tables[table], sql, PQnfields(row), types);
    hand_rows[table] = row;
}

/* The row again, with another key. */
static void hand_insert(world *w, int table, int64_t n)
{
    const PGresult *row = hand_rows[table];
    const char *values[COLUMNS_MAX];
    int lengths[COLUMNS_MAX];
    char key[16] = "by hand";

    for (int i = 0; i < PQnfields(row); i++) {
        values[i] = PQgetisnull(row, 0, i) ? NULL : PQgetvalue(row, 0, i);
        lengths[i] = PQgetlength(row, 0, i);
    }
    for (int i = 0; i < 8; i++)
        key[8 + i] = (char)(n >> (56 - 8 * i));
    values[0] = lengths[0] == 8 ? key + 8 : key;
    PQclear(hand(w, hand_tables[table], PQnfields(row), values, lengths));
}

static void hand_create(void *user, long ops)
{
    world *w = user;

    for (long i = 0; i < ops; i++) {
        hand_do(w, "begin");
        hand_do(w, "gate");
        for (int t = 0; t < HAND_TABLES; t++)
            hand_insert(w, t, 1000000 + w->done);
        hand_do(w, "head");
        hand_do(w, "commit");
        w->done++;
    }
}

static void hand_read(world *w, const char *name, const char *value, int length)
{
    PGresult *result;

    hand_do(w, "read");
    hand_do(w, "look");
    result = hand(w, name, value ? 1 : 0, &value, &length);
    for (int r = 0; r < PQntuples(result); r++)
        for (int i = 0; i < PQnfields(result); i++)
            bench_keep(PQgetvalue(result, r, i));
    PQclear(result);
    hand_do(w, "rollback");
}

static void hand_get(void *user, long ops)
{
    const PGresult *row = hand_rows[2];

    for (long i = 0; i < ops; i++)
        hand_read(user, "get", PQgetvalue(row, 0, 0), 16);
}

static void hand_list(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        hand_read(user, "list", NULL, 0);
}

/* The columns of a customer, as the library asks for them. */
static void hand_select(char *sql, size_t size)
{
    const PGresult *row = hand_rows[2];
    size_t len = (size_t)snprintf(sql, size, "SELECT ");

    for (int i = 0; i < PQnfields(row); i++)
        if (strcmp(PQfname(row, i), "_search") != 0)
            len += (size_t)snprintf(sql + len, size - len, "%s\"%s\"", i ? "," : "",
                                    PQfname(row, i));
}

static void hand_open(world *w)
{
    static const Oid bytea = 17;
    char name[16], url[256], sql[4096];
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    postgres_schema(&w->server, name, sizeof name, url, sizeof url);
    enter(url, NULL, &engine, &session);
    fill(w, session);
    acrm_session_free(session);
    acrm_close(engine);
    w->hand = PQconnectdb(url);
    hand_prepare(w, "begin", "BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL);
    hand_prepare(w, "read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL);
    hand_prepare(w, "gate", "UPDATE acrm_store SET writes=writes+1 RETURNING version,writes", 0,
                 NULL);
    hand_prepare(w, "look", "SELECT version,writes FROM acrm_store", 0, NULL);
    hand_prepare(w, "head", "UPDATE acrm_meta SET bytes=bytes WHERE id='chain_head\\000\\000"
                            "\\000\\000\\000\\000'::bytea", 0, NULL);
    hand_prepare(w, "commit", "COMMIT", 0, NULL);
    hand_prepare(w, "rollback", "ROLLBACK", 0, NULL);
    for (int t = 0; t < HAND_TABLES; t++)
        hand_insert_prepare(w, t);
    hand_select(sql, sizeof sql);
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql), " FROM %s.customer WHERE id=$1 LIMIT 1",
             w->name);
    hand_prepare(w, "get", sql, 1, &bytea);
    hand_select(sql, sizeof sql);
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql),
             " FROM customer WHERE deleted_at IS NULL ORDER BY created_at DESC NULLS LAST,id DESC"
             " LIMIT %d", PAGE + 1);
    hand_prepare(w, "list", sql, 0, NULL);
}

/* --- Ours --- */

/* As a program calls it, which wants values and no text. */
static void ours(world *w, const char *operation, const char *json, long ops)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK)
        fail(json, "");
    for (long i = 0; i < ops; i++) {
        if (acrm_call(w->session, operation, args, &out, &err) != ACRM_OK)
            fail(operation, acrm_error_json(err));
        bench_keep(out);
        acrm_value_free(out);
    }
    acrm_value_free(args);
}

static void ours_create(void *user, long ops)
{
    ours(user, "customer.create", "{\"kind\":\"company\",\"name\":\"Company\"}", ops);
}

static void ours_get(void *user, long ops)
{
    world *w = user;
    char json[80];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", w->id);
    ours(w, "customer.get", json, ops);
}

static void ours_list(void *user, long ops)
{
    ours(user, "customer.list", "{\"limit\":50,\"order\":[\"-created_at\"]}", ops);
}

/* --- Hosts that tick --- */

static int32_t slow_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    const struct timespec t = { .tv_nsec = SENDING_US * 1000L };

    (void)self;
    bench_keep(message->body);
    nanosleep(&t, NULL);
    sent->outcome = ACRM_SENT_ACCEPTED;
    return 0;
}

static const acrm_transport slow = { .struct_size = sizeof slow, .name = "slow",
                                     .channels = ACRM_CHANNEL_SMS, .submit = slow_submit };

/* Tick until nothing is due, in a process of its own that begins at a byte from the pipe. */
static pid_t host_start(const char *url, int ready, int go)
{
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    char byte = 0;

    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    enter(url, &slow, &engine, &session);
    if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
        _exit(1);
    for (;;) {
        char *said = call(session, "engine.tick", "{}");
        const char *at = strstr(said, "\"sent\":");
        int sent = at ? atoi(at + 7) : 0;
        free(said);
        if (sent == 0)
            break;
    }
    _exit(0);
}

static double hosts_tick(const char *url, int hosts)
{
    int ready[2], go[2], status;
    char bytes[8] = { 0 };

    if (pipe(ready) != 0 || pipe(go) != 0)
        fail("pipe", "");
    for (int i = 0; i < hosts; i++)
        host_start(url, ready[1], go[0]);
    for (int i = 0; i < hosts; i++)
        if (read(ready[0], bytes, 1) != 1)
            fail("host", "");
    double begin = bench_now_us();
    if (write(go[1], bytes, (size_t)hosts) != hosts)
        fail("host", "");
    for (int i = 0; i < hosts; i++)
        wait(&status);
    double took = bench_now_us() - begin;
    close(ready[0]), close(ready[1]), close(go[0]), close(go[1]);
    return took;
}

static void order_messages(world *w)
{
    static int run;
    char json[160];

    snprintf(json, sizeof json, "{\"run\":\"run %d\",\"channel\":\"sms\",\"template\":\"offer\","
             "\"where\":{\"city\":\"Pisa\"}}", ++run);
    free(call(w->session, "message.send_many", json));
}

static void compare_hosts(bench *b, world *w)
{
    double one[BENCH_RUNS_MAX], two[BENCH_RUNS_MAX];
    int runs = b->runs < 3 ? b->runs : 3;
    char json[200];

    if (!bench_wanted(b, "postgres.two_hosts"))
        return;
    free(call(w->session, "message_template.create", "{\"code\":\"offer\",\"channel\":\"sms\","
              "\"language\":\"en\",\"purpose\":\"service\",\"body\":\"Dear {{name}}, come.\"}"));
    for (int i = 0; i < MESSAGES; i++) {
        snprintf(json, sizeof json, "{\"name\":\"Customer %d\",\"city\":\"Pisa\","
                 "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"+39333%07d\"}]}", i, i);
        free(call(w->session, "customer.create", json));
    }
    for (int i = 0; i < runs; i++) {
        order_messages(w);
        one[i] = hosts_tick(w->url, 1) / MESSAGES;
        order_messages(w);
        two[i] = hosts_tick(w->url, 2) / MESSAGES;
    }
    bench_print(b, "postgres.two_hosts", MESSAGES, bench_median(two, runs),
                bench_median(one, runs), "us/op", 1 / 1.6);
}

/* --- All --- */

static const struct {
    const char *name, *trips;
    bench_fn ours, by_hand;
    int by_hand_trips;
} measures[] = {
    { "postgres.create", "postgres.create.round_trips", ours_create, hand_create, 9 },
    { "postgres.get", "postgres.get.round_trips", ours_get, hand_get, 4 },
    { "postgres.list", "postgres.list.round_trips", ours_list, hand_list, 4 },
};

static void compare(bench *b, world *w)
{
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++) {
        if (!bench_wanted(b, measures[i].name))
            continue;
        measures[i].ours(w, 3);
        int64_t before = acrm__postgres_round_trips(w->session->conn);
        measures[i].ours(w, 10);
        double trips = (double)(acrm__postgres_round_trips(w->session->conn) - before) / 10;
        bench_print(b, measures[i].trips, w->size, trips, measures[i].by_hand_trips,
                    "round trips/op", 0);
        bench_compare(b, &(bench_measure){ .name = measures[i].name, .size = w->size, .goal = 1.3,
                                           .ours = measures[i].ours,
                                           .baseline = measures[i].by_hand, .user = w });
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 1000, 10000, 100000 };
    bench b = bench_begin(argc, argv);
    static world w;

    if (postgres_open(&w.server) != 0) {
        fprintf(stderr, "no PostgreSQL server could be started\n");
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        w.size = sizes[i];
        postgres_schema(&w.server, w.name, sizeof w.name, w.url, sizeof w.url);
        enter(w.url, NULL, &w.engine, &w.session);
        fill(&w, w.session);
        char *said = call(w.session, "customer.list", "{\"limit\":1}");
        snprintf(w.id, sizeof w.id, "%.36s", strstr(said, "\"id\":\"") + 6);
        free(said);
        hand_open(&w);
        postgres_admin(&w.server, "VACUUM ANALYZE");
        compare(&b, &w);
        if (i == 0)
            compare_hosts(&b, &w);
        for (int t = 0; t < HAND_TABLES; t++)
            PQclear(hand_rows[t]);
        PQfinish(w.hand);
        acrm_session_free(w.session);
        acrm_close(w.engine);
    }
    postgres_close(&w.server);
    return bench_end(&b);
}
