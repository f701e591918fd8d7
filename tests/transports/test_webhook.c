/* SPDX-License-Identifier: MIT */
/* Webhooks from an event in a database to a real HTTP server, and what its answers lead to. */
#include "server.h"
#include "support/suite.h"
#include "transports.h"

#include <autocrm/webhook.h>

#include <stdarg.h>
#include <time.h>

typedef struct town {
    server servers[2];
    example_http *http;
    acrm_engine *engine;
    acrm_session *session;
    char id[2][40], key[2][100];
} town;

static int64_t town_ahead; /* seconds that the clock is ahead of the real one */

static int64_t town_now(void *self)
{
    struct timespec now;

    (void)self;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)(now.tv_sec + town_ahead) * 1000000 + now.tv_nsec / 1000;
}

static acrm_value *town_call(town *t, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static acrm_value *town_call(town *t, const char *operation, const char *format, ...)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;
    char json[1000];
    va_list list;

    va_start(list, format);
    vsnprintf(json, sizeof json, format, list);
    va_end(list);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
    int32_t st = acrm_call(t->session, operation, args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    acrm_value_free(args);
    return out;
}

static void town_open(town *t)
{
    example_fault fault = { "" };

    *t = (town){ .engine = NULL };
    town_ahead = 0;
    t->http = example_http_open(&(example_http_options){ .private_too = true, .timeout_ms = 700 },
                                &fault);
    ck_assert_msg(t->http != NULL, "%s", fault.text);
    acrm_transport transport = example_http_transport(t->http);
    const acrm_clock clock = { .struct_size = sizeof clock, .now = town_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .transports = &transport, .n_transports = 1 };
    ck_assert_int_eq(acrm_open("memory:", &options, &t->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(t->engine, "system", &t->session, NULL), ACRM_OK);
    for (int i = 0; i < 2; i++) {
        server_start(&t->servers[i], "http_server.py", NULL);
        acrm_value *out = town_call(t, "webhook_endpoint.create",
                                    "{'name':'%d','url':'http://127.0.0.1:%d/hook','internal':true,"
                                    "'types':['lost_reason.*'],'headers':'X-Tenant: 7'}", i,
                                    t->servers[i].port);
        snprintf(t->id[i], sizeof t->id[i], "%s", server_text(out, "id"));
        snprintf(t->key[i], sizeof t->key[i], "%s", server_text(out, "secret"));
        acrm_value_free(out);
    }
}

static void town_close(town *t)
{
    acrm_session_free(t->session);
    acrm_close(t->engine);
    example_http_close(t->http);
    for (int i = 0; i < 2; i++)
        server_stop(&t->servers[i]);
}

static void town_happen(town *t, int from, int n)
{
    for (int i = from; i < from + n; i++)
        acrm_value_free(town_call(t, "lost_reason.create", "{'code':'r%d','name':'R'}", i));
}

static int64_t town_tick(town *t, const char *what)
{
    acrm_value *out = town_call(t, "engine.tick", "{}");
    int64_t n = acrm_value_int(acrm_value_get(acrm_value_get(out, "webhooks"), what));

    acrm_value_free(out);
    return n;
}

/* The n-th request is genuine, by the library's own verifying. */
static void town_genuine(const town *t, int i, int n)
{
    acrm_value *got = server_got(&t->servers[i], "request", n);
    const acrm_value *headers = acrm_value_get(got, "headers");
    const char *body = server_text(got, "body"), *key = t->key[i];
    acrm_error *err = NULL;

    ck_assert_str_eq(server_text(got, "method"), "POST");
    ck_assert_str_eq(server_text(headers, "content-type"), "application/cloudevents+json");
    ck_assert_str_eq(server_text(headers, "X-Tenant"), "7");
    int32_t st = acrm_webhook_verify(&key, 1, server_text(headers, "webhook-id"),
                                     server_text(headers, "webhook-timestamp"),
                                     server_text(headers, "webhook-signature"), body, strlen(body),
                                     town_now(NULL) / 1000000, ACRM_WEBHOOK_TOLERANCE, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    acrm_value_free(got);
}

START_TEST(webhook__arrives_signed_at_a_real_server)
{
    town t;

    town_open(&t);
    acrm_value *out = town_call(&t, "webhook.test", "{'id':'%s'}", t.id[0]);
    ck_assert_str_eq(server_text(out, "status"), "delivered");
    ck_assert_int_eq(acrm_value_int(acrm_value_get(out, "code")), 200);
    acrm_value_free(out);
    town_happen(&t, 0, 20);
    ck_assert_int_eq(town_tick(&t, "delivered"), 40);
    ck_assert_int_eq(server_count(&t.servers[0], "request"), 21);
    ck_assert_int_eq(server_count(&t.servers[1], "request"), 20);
    for (int n = 1; n <= 20; n++) {
        town_genuine(&t, 0, n);
        town_genuine(&t, 1, n);
    }
    ck_assert_int_eq(town_tick(&t, "delivered"), 0);
    town_close(&t);
}
END_TEST

START_TEST(webhook__one_server_that_fails_keeps_nothing_from_another)
{
    static const struct {
        const char *mode;
        int64_t code;
    } rows[] = {
        { "status 500", 500 }, { "status 302\nLocation: https://example.com/", 302 },
        { "slow 3", 0 }, { "drop", 0 }, { "garbage", 0 }, { "status 404", 404 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        town t;
        town_open(&t);
        server_mode(&t.servers[0], rows[i].mode);
        town_happen(&t, 0, 5);
        acrm_value *told = town_call(&t, "engine.tick", "{}");
        const acrm_value *hooks = acrm_value_get(told, "webhooks");
        ck_assert_int_eq(acrm_value_int(acrm_value_get(hooks, "delivered")), 5);
        ck_assert_int_eq(acrm_value_int(acrm_value_get(hooks, "failed")), 1);
        acrm_value_free(told);
        acrm_value *out = town_call(&t, "webhook_delivery.list",
                                    "{'where':{'endpoint_id':'%s','attempts':1}}", t.id[0]);
        const acrm_value *first = acrm_value_at(acrm_value_get(out, "items"), 0);
        ck_assert_msg(acrm_value_int(acrm_value_get(first, "code")) == rows[i].code, "%s",
                      rows[i].mode);
        ck_assert_str_ne(server_text(first, "reason"), "");
        acrm_value_free(out);
        server_mode(&t.servers[0], "");
        town_ahead += 30;
        ck_assert_int_eq(town_tick(&t, "delivered"), 5);
        town_close(&t);
    }
}
END_TEST

START_TEST(webhook__waits_and_ends_as_the_server_says)
{
    town t;

    town_open(&t);
    server_mode(&t.servers[0], "status 429\nRetry-After: 120");
    town_happen(&t, 0, 1);
    ck_assert_int_eq(town_tick(&t, "failed"), 1);
    server_mode(&t.servers[0], "status 410");
    town_ahead = 110;
    ck_assert_int_eq(town_tick(&t, "failed"), 0);
    town_ahead = 125;
    ck_assert_int_eq(town_tick(&t, "failed"), 1);
    acrm_value *out = town_call(&t, "webhook_endpoint.get", "{'id':'%s'}", t.id[0]);
    ck_assert_str_eq(server_text(out, "disabled_reason"), "gone");
    acrm_value_free(out);
    town_happen(&t, 1, 3);
    ck_assert_int_eq(town_tick(&t, "delivered"), 3);
    town_close(&t);
}
END_TEST

static Suite *webhook_suite(void)
{
    Suite *s = suite_create("transport_webhook");
    TCase *t = tcase_create("webhook");

    tcase_add_test(t, webhook__arrives_signed_at_a_real_server);
    tcase_add_test(t, webhook__one_server_that_fails_keeps_nothing_from_another);
    tcase_add_test(t, webhook__waits_and_ends_as_the_server_says);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(webhook_suite)
