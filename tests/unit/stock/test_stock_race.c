/* SPDX-License-Identifier: MIT */
/* Many threads of many processes want the same few vehicles: none is reserved or sold twice. */
#include "stock_world.h"

#include <pthread.h>
#include <sys/wait.h>

enum { RACE_CARS = 3, RACE_PROCESSES = 3, RACE_THREADS = 2, RACE_TURNS = 12 };

typedef struct racer {
    pthread_t thread;
    acrm_engine *engine;
    char customer[40];
    char (*cars)[40];
    unsigned seed;
    int failed;
} racer;

/* 0, or -1 for a failure that is none of losing. */
static int race_call(racer *r, acrm_session *session, const char *operation, const char *json,
                     bool *won, char id[40])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK)
        return -1;
    int32_t st = acrm_call(session, operation, args, &out, &err);
    const char *text = st == ACRM_OK ? office_text(out, "id") : NULL;
    *won = st == ACRM_OK;
    if (text && id)
        snprintf(id, 40, "%s", text);
    bool fine = st == ACRM_OK || st == ACRM_E_CONFLICT || st == ACRM_E_BUSY;
    if (!fine)
        fprintf(stderr, "%s: %s\n", operation, acrm_error_json(err));
    acrm_error_free(err);
    acrm_value_free(args);
    acrm_value_free(out);
    r->failed += !fine;
    return fine ? 0 : -1;
}

static void *race_run(void *user)
{
    racer *r = user;
    acrm_session *session = NULL;
    char json[256], held[40] = "";
    bool won = false;

    if (acrm_session_new(r->engine, "system", &session, NULL) != ACRM_OK) {
        r->failed++;
        return NULL;
    }
    for (int i = 0; i < RACE_TURNS; i++) {
        r->seed = r->seed * 1103515245 + 12345;
        const char *car = r->cars[r->seed / 65536 % RACE_CARS];
        bool firm = r->seed / 1048576 % 2;
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"customer_id\":\"%s\",\"queue\":%s}", car,
                 r->customer, r->seed / 4194304 % 4 ? "false" : "true");
        (void)race_call(r, session, "vehicle.reserve", json, &won, held);
        if (won && !firm) {
            snprintf(json, sizeof json, "{\"reservation_id\":\"%s\"}", held);
            (void)race_call(r, session, "vehicle.release", json, &won, NULL);
            continue;
        }
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"customer_id\":\"%s\"}", car, r->customer);
        (void)race_call(r, session, "vehicle.sell", json, &won, NULL);
        snprintf(json, sizeof json, "{\"id\":\"%s\"}", car);
        if (won)
            (void)race_call(r, session, "vehicle.unsell", json, &won, NULL);
    }
    acrm_session_free(session);
    return NULL;
}

/* A process of its own, with an engine of its own; never returns. */
static void race_process(const char *path, char (*cars)[40], char (*customers)[40], unsigned seed)
{
    const acrm_options options = { .struct_size = sizeof options, .flags = ACRM_OPEN_SYNC_NORMAL };
    racer racers[RACE_THREADS];
    acrm_engine *engine = NULL;
    int failed = 0;

    if (acrm_open(path, &options, &engine, NULL) != ACRM_OK)
        _exit(2);
    for (int i = 0; i < RACE_THREADS; i++) {
        racers[i] = (racer){ .engine = engine, .cars = cars, .seed = seed * 7 + (unsigned)i };
        snprintf(racers[i].customer, sizeof racers[i].customer, "%s", customers[i]);
        if (pthread_create(&racers[i].thread, NULL, race_run, &racers[i]) != 0)
            _exit(3);
    }
    for (int i = 0; i < RACE_THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
        failed += racers[i].failed;
    }
    acrm_close(engine);
    _exit(failed ? 4 : 0);
}

/* What happened to a vehicle, in order: nobody gets what somebody has. */
static void race_check(world *w, const char *car)
{
    acrm_value *events = office_call(&w->o, "event.list", world_args(
        "{'limit':10000,'types':['vehicle.sold','vehicle.unsold']}"));
    const acrm_value *items = acrm_value_get(events, "items");
    int balance = 0, sales = 0;

    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *event = acrm_value_at(items, i);
        if (strcmp(office_text(event, "record"), car) != 0)
            continue;
        bool sold = strcmp(office_text(event, "type"), "vehicle.sold") == 0;
        balance += sold ? 1 : -1;
        sales += sold;
        ck_assert_msg(balance == 0 || balance == 1, "sold twice");
    }
    acrm_value_free(events);
    ck_assert_int_gt(sales, 0);
    int64_t has = office_count(&w->o, "vehicle_reservation.count", world_args(
        "{'where':{'vehicle_id':'%s','state':{'$in':['held','used']}}}", car));
    const char *status = world_status(w, car);
    ck_assert_int_le(has, 1);
    ck_assert_str_eq(status, has == 0 ? "in_stock" : balance ? "sold" : "reserved");
}

START_TEST(stock_race__no_vehicle_is_reserved_or_sold_twice)
{
    world w;
    char cars[RACE_CARS][40], customers[RACE_PROCESSES * RACE_THREADS][40];
    pid_t children[RACE_PROCESSES];
    int status = 0;

    world_open(&w, OFFICE_SQLITE);
    for (int i = 0; i < RACE_CARS; i++)
        world_car(&w, cars[i], "");
    for (int i = 0; i < RACE_PROCESSES * RACE_THREADS; i++)
        world_keep(&w, customers[i], "customer.create", world_args("{'name':'C%d'}", i));
    acrm_session_free(w.o.session); /* no engine is used across fork() */
    acrm_close(w.o.engine);
    fflush(NULL);
    for (int i = 0; i < RACE_PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            race_process(w.o.path, cars, customers + i * RACE_THREADS, (unsigned)i + 1);
        ck_assert_int_gt(children[i], 0);
    }
    for (int i = 0; i < RACE_PROCESSES; i++) {
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "process %d: %d", i, status);
    }
    ck_assert_int_eq(acrm_open(w.o.path, NULL, &w.o.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.o.session, NULL), ACRM_OK);
    for (int i = 0; i < RACE_CARS; i++)
        race_check(&w, cars[i]);
    acrm_value *proof = office_call(&w.o, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(proof, "ok")));
    acrm_value_free(proof);
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("stock_race");
    TCase *t = tcase_create("stock_race");

    tcase_add_test(t, stock_race__no_vehicle_is_reserved_or_sold_twice);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
