/* SPDX-License-Identifier: MIT */
/* The stock: keeping a vehicle for a customer and giving it up, against updating it twice; and a
 * request to another system, ordered and answered, against two updates. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

typedef struct stock_world {
    acrm_engine *engine;
    acrm_session *session;
    char path[64], car[40], customer[40];
    long turn;
} stock_world;

static int32_t stock_ask(void *self, const acrm_connector_request *request,
                         acrm_connector_answer *answer)
{
    (void)self;
    (void)request;
    answer->outcome = ACRM_ASKED_ANSWERED;
    return answer->write(answer->to, "{}", 2);
}

static void stock_call(stock_world *w, const char *operation, const char *json, char id[40])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(w->session, operation, args, &out, &err) != ACRM_OK) {
        fprintf(stderr, "%s: %s\n", operation, acrm_error_json(err));
        exit(EXIT_FAILURE);
    }
    if (id)
        snprintf(id, 40, "%s", acrm_value_text(acrm_value_get(out, "id"), NULL));
    bench_keep(out);
    acrm_value_free(args);
    acrm_value_free(out);
}

static void stock_open(stock_world *w, long vehicles)
{
    const acrm_connector port = { .struct_size = sizeof port, .name = "guide", .ask = stock_ask };
    const acrm_options options = { .struct_size = sizeof options, .connectors = &port,
                                   .n_connectors = 1, .flags = ACRM_OPEN_SYNC_NORMAL };

    snprintf(w->path, sizeof w->path, "/tmp/acrm_stock_%ld.db", (long)getpid());
    if (acrm_open(w->path, &options, &w->engine, NULL) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    stock_call(w, "customer.create", "{\"name\":\"Ada\"}", w->customer);
    for (long i = 0; i < vehicles; i++)
        stock_call(w, "vehicle.create", "{\"status\":\"in_stock\",\"model\":\"Panda\"}", w->car);
}

static void stock_close(stock_world *w)
{
    char other[80];

    acrm_session_free(w->session);
    acrm_close(w->engine);
    unlink(w->path);
    snprintf(other, sizeof other, "%s-wal", w->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", w->path);
    unlink(other);
}

static void stock_reserve(void *user, long ops)
{
    stock_world *w = user;
    char json[200], id[40];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"customer_id\":\"%s\"}", w->car, w->customer);
        stock_call(w, "vehicle.reserve", json, id);
        snprintf(json, sizeof json, "{\"reservation_id\":\"%s\"}", id);
        stock_call(w, "vehicle.release", json, NULL);
    }
}

static void stock_update(void *user, long ops)
{
    stock_world *w = user;
    char json[200];

    for (long i = 0; i < 2 * ops; i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"last_write_wins\":true,\"colour\":\"c%ld\"}",
                 w->car, w->turn++);
        stock_call(w, "vehicle.update", json, NULL);
    }
}

static void stock_answer(void *user, long ops)
{
    stock_world *w = user;

    for (long i = 0; i < ops; i++) {
        stock_call(w, "connector.request", "{\"connector\":\"guide\",\"name\":\"price\"}", NULL);
        stock_call(w, "engine.tick", "{}", NULL);
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 1000, 10000, 100000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        stock_world w = { .turn = 0 };
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        stock_open(&w, sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "stock.reserve_and_release", .size = sizes[i],
                      .goal = 3.0, .ours = stock_reserve, .baseline = stock_update, .user = &w });
        bench_compare(&b, &(bench_measure){ .name = "connector.request_and_tick",
                      .size = sizes[i], .goal = 4.0, .ours = stock_answer,
                      .baseline = stock_update, .user = &w });
        stock_close(&w);
    }
    return bench_end(&b);
}
