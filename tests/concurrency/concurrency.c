/* SPDX-License-Identifier: MIT */
/*
 * Races: many threads and processes do the same at once on one database. No update is lost, nothing
 * is done twice, nobody sees a transaction by half.
 *
 * ACRM_RACES in the environment: how much each does, in percent (100 by default).
 */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */

#include "autocrm/autocrm.h"
#include "simulation/server.h"
#include "support/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MEMORY, SQLITE, POSTGRES };
enum { WORKERS = 6, PROCESSES = 3, BUSY_TRIES = 1000, KEYS = 64, DAY_US_PER_S = 1000000 };

/* What all workers share, in whatever process they are. */
typedef struct shared {
    atomic_llong done, refused, wrong, now;
    atomic_int arrived[KEYS]; /* how often each message was handed over */
    char keys[KEYS][40];
    char ids[4][40];          /* of what the race is about */
    char word[200];           /* what went wrong first */
} shared;

static shared *all;
static char path[64], url[256];
static acrm_engine *engine; /* of this process */

static int much(int n)
{
    const char *text = getenv("ACRM_RACES");
    int percent = text ? atoi(text) : 100;

    return n * percent / 100 > 0 ? n * percent / 100 : 1;
}

/* --- The place --- */

/* Each reading is later than the one before. */
static int64_t race_now(void *self)
{
    return atomic_fetch_add(&((shared *)self)->now, 1);
}

/* Counts each message; slow enough for others to come in between. */
static int32_t race_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    const struct timespec slow = { .tv_nsec = 200000 };
    shared *s = self;

    for (int i = 0; i < KEYS; i++)
        if (strcmp(s->keys[i], message->key) == 0)
            atomic_fetch_add(&s->arrived[i], 1);
    nanosleep(&slow, NULL);
    sent->outcome = ACRM_SENT_ACCEPTED;
    return 0;
}

static acrm_engine *race_open(int storage)
{
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "counting",
                                       .channels = ACRM_CHANNEL_SMS, .self = all,
                                       .submit = race_submit };
    const acrm_clock clock = { .struct_size = sizeof clock, .self = all, .now = race_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .transports = &transport, .n_transports = 1,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_engine *out = NULL;
    acrm_error *err = NULL;

    if (acrm_open(storage == MEMORY ? "memory:" : storage == SQLITE ? path : url, &options, &out,
                  &err) != ACRM_OK)
        fprintf(stderr, "it does not open: %s\n", acrm_error_json(err));
    acrm_error_free(err);
    return out;
}

static void race_wrong(const char *what, const char *why)
{
    if (atomic_fetch_add(&all->wrong, 1) == 0)
        snprintf(all->word, sizeof all->word, "%s: %s", what, why);
}

/* A call, tried again while others are in the way. Its status; what went wrong is told. */
static int32_t race_try(acrm_session *session, const char *operation, const char *json,
                        acrm_value **out)
{
    acrm_error *err = NULL;
    acrm_buf *text = NULL;
    int32_t st = ACRM_E_BUSY;

    for (int i = 0; i < BUSY_TRIES && st == ACRM_E_BUSY; i++) {
        acrm_error_free(err);
        err = NULL;
        st = acrm_call_json(session, operation, json, strlen(json), &text, &err);
    }
    if (st != ACRM_OK && st != ACRM_E_CONFLICT)
        race_wrong(operation, err ? acrm_error_json(err) : "");
    acrm_error_free(err);
    if (st == ACRM_OK && out)
        (void)acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), out, NULL);
    acrm_buf_free(text);
    return st;
}

static int64_t race_number(acrm_session *session, const char *operation, const char *json,
                           const char *key)
{
    acrm_value *out = NULL;
    int64_t n = -1;

    if (race_try(session, operation, json, &out) == ACRM_OK)
        n = acrm_value_int(acrm_value_get(out, key));
    acrm_value_free(out);
    return n;
}

static void race_id(acrm_session *session, const char *operation, const char *json, char id[40])
{
    acrm_value *out = NULL;

    ck_assert_int_eq(race_try(session, operation, json, &out), ACRM_OK);
    snprintf(id, 40, "%s", acrm_value_text(acrm_value_get(out, "id"), NULL));
    acrm_value_free(out);
}

/* --- No update is lost: a number is read, and written one higher --- */

enum { UPDATES = 12 };

static void update_found(acrm_session *s)
{
    ck_assert_int_eq(race_try(s, "schema.add_field", "{\"entity\":\"customer\",\"name\":\"x_n\","
                              "\"type\":\"int\",\"help\":\"N\"}", NULL), ACRM_OK);
    race_id(s, "customer.create", "{\"name\":\"Ada\",\"x_n\":0}", all->ids[0]);
}

static void update_work(acrm_session *s, int worker)
{
    char get[80], json[160];
    int left = much(UPDATES);

    (void)worker;
    snprintf(get, sizeof get, "{\"id\":\"%s\"}", all->ids[0]);
    while (left > 0 && atomic_load(&all->wrong) == 0) {
        acrm_value *seen = NULL;
        if (race_try(s, "customer.get", get, &seen) != ACRM_OK)
            break;
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"version\":%lld,\"x_n\":%lld}", all->ids[0],
                 (long long)acrm_value_int(acrm_value_get(seen, "version")),
                 (long long)acrm_value_int(acrm_value_get(seen, "x_n")) + 1);
        acrm_value_free(seen);
        left -= race_try(s, "customer.update", json, NULL) == ACRM_OK;
    }
}

static void update_check(acrm_session *s)
{
    char get[80];

    snprintf(get, sizeof get, "{\"id\":\"%s\"}", all->ids[0]);
    ck_assert_int_eq(race_number(s, "customer.get", get, "x_n"), WORKERS * much(UPDATES));
}

/* --- One of a kind: a unique value, and the record of an idempotency key --- */

enum { KINDS = 10 };

static void kind_work(acrm_session *s, int worker)
{
    char json[120];

    for (int i = 0; i < KINDS; i++) {
        int n = (i + worker) % KINDS;
        snprintf(json, sizeof json, "{\"name\":\"D\",\"code\":\"D%d\"}", n);
        int32_t st = race_try(s, "dealer.create", json, NULL);
        atomic_fetch_add(st == ACRM_OK ? &all->done : &all->refused, 1);
        snprintf(json, sizeof json, "{\"name\":\"C\",\"idempotency_key\":\"k%d\"}", n);
        if (race_try(s, "customer.create", json, NULL) != ACRM_OK)
            race_wrong("customer.create", "a key used again was refused");
    }
}

static void kind_check(acrm_session *s)
{
    ck_assert_int_eq(atomic_load(&all->done), KINDS);
    ck_assert_int_eq(atomic_load(&all->refused), (WORKERS - 1) * KINDS);
    ck_assert_int_eq(race_number(s, "dealer.count", "{}", "count"), KINDS);
    ck_assert_int_eq(race_number(s, "customer.count", "{}", "count"), KINDS);
}

/* --- Nothing is spent twice, and readers see whole transactions --- */

enum { POINTS = 100, PRICE = 7, SPENDINGS = 6, MOVES = 15 };

static void points_found(acrm_session *s)
{
    char json[200], club[40], customer[40];

    race_id(s, "loyalty_program.create", "{\"code\":\"club\",\"name\":\"Club\"}", club);
    for (int i = 0; i < 2; i++) {
        race_id(s, "customer.create", "{\"name\":\"Ada\"}", customer);
        snprintf(json, sizeof json, "{\"program_id\":\"%s\",\"customer_id\":\"%s\"}", club,
                 customer);
        race_id(s, "member.create", json, all->ids[i]);
        snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"points\":%d,\"source_id\":\"e%d\"}",
                 all->ids[i], POINTS, i);
        ck_assert_int_eq(race_try(s, "loyalty.earn", json, NULL), ACRM_OK);
    }
}

static void spend_work(acrm_session *s, int worker)
{
    char json[200];

    (void)worker;
    for (int i = 0; i < SPENDINGS; i++) {
        snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"points\":%d}", all->ids[0], PRICE);
        int32_t st = race_try(s, "loyalty.redeem", json, NULL);
        atomic_fetch_add(st == ACRM_OK ? &all->done : &all->refused, 1);
    }
}

static void spend_check(acrm_session *s)
{
    char json[80];

    snprintf(json, sizeof json, "{\"member_id\":\"%s\"}", all->ids[0]);
    ck_assert_int_eq(atomic_load(&all->done), POINTS / PRICE);
    ck_assert_int_eq(race_number(s, "loyalty.balance", json, "available"), POINTS % PRICE);
}

/* The odd ones give points from one to the other; the even ones always see the same sum. */
static void move_work(acrm_session *s, int worker)
{
    char json[200];

    for (int i = 0; i < much(MOVES); i++) {
        if (worker % 2) {
            snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"to_id\":\"%s\",\"points\":%d}",
                     all->ids[i % 2], all->ids[(i + 1) % 2], 1 + worker);
            (void)race_try(s, "loyalty.transfer", json, NULL);
            continue;
        }
        acrm_value *out = NULL;
        if (race_try(s, "loyalty.verify", "{}", &out) == ACRM_OK) {
            const acrm_value *sums = acrm_value_get(out, "sums");
            if (!acrm_value_bool(acrm_value_get(out, "ok")) ||
                acrm_value_int(acrm_value_get(sums, "issued")) != -4 * POINTS)
                race_wrong("loyalty.verify", "points were seen on the way");
        }
        acrm_value_free(out);
    }
}

static void move_check(acrm_session *s)
{
    acrm_value *out = NULL;

    ck_assert_int_eq(race_try(s, "loyalty.verify", "{}", &out), ACRM_OK);
    ck_assert(acrm_value_bool(acrm_value_get(out, "ok")));
    acrm_value_free(out);
}

/* --- Each timer fires once, each message is handed over once --- */

enum { TIMERS = 30, MESSAGES = 24 };

static void tick_found(acrm_session *s)
{
    char json[400], id[40];

    ck_assert_int_eq(race_try(s, "process_definition.load",
        "{\"activate\":true,\"definition\":{\"code\":\"way\",\"name\":\"Way\",\"entity\":"
        "\"customer\",\"start\":\"new\",\"phases\":[{\"code\":\"new\",\"limit\":{\"after\":\"P1D\","
        "\"transition\":\"ring\"}},{\"code\":\"done\",\"end\":true}],\"transitions\":[{\"name\":"
        "\"ring\",\"from\":[\"new\"],\"to\":\"done\",\"actions\":[{\"operation\":"
        "\"activity.create\",\"args\":{\"kind\":\"task\",\"subject\":\"ring\",\"due_at\":"
        "{\"$now\":\"P1D\"}}}]}]}}", NULL), ACRM_OK);
    for (int i = 0; i < much(TIMERS); i++) {
        race_id(s, "customer.create", "{\"name\":\"Ada\",\"contact_points\":[{\"channel\":"
                "\"phone\",\"value\":\"+989121112233\"}]}", id);
        snprintf(json, sizeof json, "{\"code\":\"way\",\"subject_id\":\"%s\"}", id);
        ck_assert_int_eq(race_try(s, "process.start", json, NULL), ACRM_OK);
        if (i >= much(MESSAGES))
            continue;
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"channel\":\"sms\",\"purpose\":"
                 "\"service\",\"body\":\"Hello\"}", id);
        race_id(s, "message.send", json, all->keys[i]);
    }
    atomic_fetch_add(&all->now, INT64_C(2) * 86400 * DAY_US_PER_S);
}

static void tick_work(acrm_session *s, int worker)
{
    (void)worker;
    for (int i = 0; i < 4; i++) {
        int64_t fired = race_number(s, "engine.tick", "{\"limit\":7}", "fired");
        if (fired > 0)
            atomic_fetch_add(&all->done, fired);
    }
    int64_t fired = race_number(s, "engine.tick", "{}", "fired");
    atomic_fetch_add(&all->done, fired);
}

static void tick_check(acrm_session *s)
{
    ck_assert_int_eq(atomic_load(&all->done), much(TIMERS));
    ck_assert_int_eq(race_number(s, "activity.count", "{\"where\":{\"subject\":\"ring\"}}",
                                 "count"), much(TIMERS));
    for (int i = 0; i < much(MESSAGES); i++)
        ck_assert_msg(atomic_load(&all->arrived[i]) == 1, "message %d was handed over %d times", i,
                      atomic_load(&all->arrived[i]));
}

/* --- Each rule acts once for each record --- */

enum { RULED = 6 };

static void rule_found(acrm_session *s)
{
    ck_assert_int_eq(race_try(s, "automation_rule.create",
        "{\"name\":\"new\",\"trigger\":\"created\",\"entity\":\"customer\",\"actions\":[{"
        "\"operation\":\"activity.create\",\"args\":{\"kind\":\"task\",\"subject\":\"welcome\","
        "\"due_at\":{\"$now\":\"P1D\"}}}]}", NULL), ACRM_OK);
}

static void rule_work(acrm_session *s, int worker)
{
    (void)worker;
    for (int i = 0; i < much(RULED); i++)
        if (race_try(s, "customer.create", "{\"name\":\"Ada\"}", NULL) != ACRM_OK)
            race_wrong("customer.create", "refused");
}

static void rule_check(acrm_session *s)
{
    ck_assert_int_eq(race_number(s, "customer.count", "{}", "count"), WORKERS * much(RULED));
    (void)race_number(s, "engine.tick", "{}", "fired");
    ck_assert_int_eq(race_number(s, "activity.count", "{\"where\":{\"subject\":\"welcome\"}}",
                                 "count"), WORKERS * much(RULED));
    ck_assert_int_eq(race_number(s, "automation_run.count", "{\"where\":{\"outcome\":\"done\"}}",
                                 "count"), WORKERS * much(RULED));
}

/* --- The schema changes while others work by it --- */

enum { FIELDS = 4 };

static void schema_work(acrm_session *s, int worker)
{
    char json[160];

    for (int i = 0; i < much(RULED); i++) {
        if (worker == 0 && i < FIELDS) {
            snprintf(json, sizeof json, "{\"entity\":\"customer\",\"name\":\"x_f%d\",\"type\":"
                     "\"int\",\"help\":\"F\"}", i);
            (void)race_try(s, "schema.add_field", json, NULL);
        }
        (void)race_try(s, "customer.create", "{\"name\":\"Ada\"}", NULL);
        (void)race_number(s, "customer.count", "{\"where\":{\"name\":\"Ada\"}}", "count");
    }
}

static void schema_check(acrm_session *s)
{
    char json[80];

    ck_assert_int_eq(race_number(s, "customer.count", "{}", "count"), WORKERS * much(RULED));
    for (int i = 0; i < FIELDS && i < much(RULED); i++) {
        snprintf(json, sizeof json, "{\"where\":{\"x_f%d\":null}}", i);
        ck_assert_int_eq(race_number(s, "customer.count", json, "count"), WORKERS * much(RULED));
    }
}

static const struct race {
    const char *name;
    void (*found)(acrm_session *s);
    void (*work)(acrm_session *s, int worker);
    void (*check)(acrm_session *s);
} races[] = {
    { "no update is lost", update_found, update_work, update_check },
    { "one of a kind", NULL, kind_work, kind_check },
    { "nothing is spent twice", points_found, spend_work, spend_check },
    { "readers see whole transactions", points_found, move_work, move_check },
    { "each timer fires once, each message leaves once", tick_found, tick_work, tick_check },
    { "each rule acts once", rule_found, rule_work, rule_check },
    { "the schema changes meanwhile", NULL, schema_work, schema_check },
};
enum { RACES = sizeof races / sizeof races[0] };

/* --- Running them --- */

typedef struct racer {
    pthread_t thread;
    const struct race *race;
    int worker;
} racer;

static void *run_worker(void *user)
{
    const racer *r = user;
    acrm_session *session = NULL;

    if (acrm_session_new(engine, "system", &session, NULL) != ACRM_OK)
        race_wrong(r->race->name, "no session");
    else
        r->race->work(session, r->worker);
    acrm_session_free(session);
    return NULL;
}

static void run_threads(const struct race *race, int from, int to)
{
    racer racers[WORKERS] = { 0 };

    for (int i = from; i < to; i++) {
        racers[i] = (racer){ .race = race, .worker = i };
        if (pthread_create(&racers[i].thread, NULL, run_worker, &racers[i]) != 0)
            abort();
    }
    for (int i = from; i < to; i++)
        pthread_join(racers[i].thread, NULL);
}

/* Each with two threads and an engine of its own. */
static void run_processes(const struct race *race, int storage)
{
    pid_t children[PROCESSES];
    const int each = WORKERS / PROCESSES;

    fflush(NULL);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            engine = race_open(storage);
            if (engine)
                run_threads(race, i * each, (i + 1) * each);
            acrm_close(engine);
            _exit(!engine);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 1;
        waitpid(children[i], &status, 0);
        if (status != 0)
            race_wrong(race->name, "a process did not end well");
    }
}

static void race_remove(void)
{
    char side[80];

    unlink(path);
    snprintf(side, sizeof side, "%s-wal", path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", path);
    unlink(side);
}

/* The audit is a true chain, and tells what was written later of a later time. */
static void check_audit(acrm_session *session)
{
    acrm_value *page = NULL;
    char last[40] = "";
    char args[160] = "{\"limit\":1000}";

    ck_assert_int_eq(race_try(session, "audit.verify", "{}", &page), ACRM_OK);
    ck_assert(acrm_value_bool(acrm_value_get(page, "ok")));
    while (args[0]) {
        acrm_value_free(page);
        ck_assert_int_eq(race_try(session, "audit.list", args, &page), ACRM_OK);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            const char *at = acrm_value_text(acrm_value_get(acrm_value_at(items, i), "at"), NULL);
            ck_assert_str_le(last, at);
            snprintf(last, sizeof last, "%s", at);
        }
        const acrm_value *next = acrm_value_get(page, "next");
        args[0] = '\0';
        if (acrm_value_type(next) == ACRM_INT)
            snprintf(args, sizeof args, "{\"limit\":1000,\"after\":%lld}",
                     (long long)acrm_value_int(next));
    }
    ck_assert_str_ne(last, "");
    acrm_value_free(page);
}

static void run_race(const struct race *race, int storage, bool processes)
{
    acrm_session *session = NULL;

    all = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(all, MAP_FAILED);
    atomic_store(&all->now, INT64_C(1795255200000001));
    snprintf(path, sizeof path, "/tmp/acrm_race_%ld.db", (long)getpid());
    race_remove();
    if (storage == POSTGRES)
        server_schema(url, sizeof url);
    engine = race_open(storage);
    ck_assert_ptr_nonnull(engine);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    if (race->found)
        race->found(session);
    if (processes) {
        acrm_session_free(session); /* nothing open goes over a fork */
        acrm_close(engine);
        run_processes(race, storage);
        engine = race_open(storage);
        ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    } else {
        run_threads(race, 0, WORKERS);
    }
    ck_assert_msg(atomic_load(&all->wrong) == 0, "%s: %s", race->name, all->word);
    race->check(session);
    check_audit(session);
    acrm_session_free(session);
    acrm_close(engine);
    race_remove();
    munmap(all, sizeof *all);
    if (storage == POSTGRES)
        server_drop();
}

START_TEST(concurrency__threads_in_memory)
{
    run_race(&races[_i], MEMORY, false);
}
END_TEST

START_TEST(concurrency__threads_on_a_file)
{
    run_race(&races[_i], SQLITE, false);
}
END_TEST

START_TEST(concurrency__processes_on_a_file)
{
    run_race(&races[_i], SQLITE, true);
}
END_TEST

/* Of two threads each. */
START_TEST(concurrency__processes_on_a_server)
{
    if (server_start())
        run_race(&races[_i], POSTGRES, true);
}
END_TEST

static Suite *concurrency_suite(void)
{
    Suite *suite = suite_create("concurrency");
    TCase *tc = tcase_create("threads");

    tcase_add_loop_test(tc, concurrency__threads_in_memory, 0, RACES);
    tcase_add_loop_test(tc, concurrency__threads_on_a_file, 0, RACES);
    suite_add_tcase(suite, tc);
    tc = tcase_create("processes");
    tcase_add_loop_test(tc, concurrency__processes_on_a_file, 0, RACES);
    tcase_add_loop_test(tc, concurrency__processes_on_a_server, 0, RACES);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(concurrency_suite());

    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    server_end();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
