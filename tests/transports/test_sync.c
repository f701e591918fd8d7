/* SPDX-License-Identifier: MIT */
/*
 * Feeds of another sales system, asked for over HTTP on a line that breaks in the middle of its
 * answers: nothing of a broken answer is taken in, and what was asked again ends in the same orders
 * as the same feed read from a file.
 */
#include "connectors.h"
#include "server.h"
#include "support/suite.h"

#define ORDERS "12"
#define PAGES 3 /* that many rows make */
#define START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z */
#define HOUR INT64_C(3600000000)
#define END (START + 48 * HOUR) /* when both are compared: a slip is counted until now */

typedef struct office {
    int64_t now;
    acrm_engine *engine;
    acrm_session *session;
} office;

static int64_t office_now(void *self)
{
    return ((const office *)self)->now;
}

static acrm_value *office_do(office *o, const char *operation, const char *json)
{
    acrm_value *value = NULL;
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    int32_t st = acrm_call_json(o->session, operation, json, strlen(json), &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &value, NULL),
                     ACRM_OK);
    acrm_buf_free(out);
    return value;
}

static int64_t office_count(office *o, const char *entity)
{
    char operation[40];

    snprintf(operation, sizeof operation, "%s.count", entity);
    acrm_value *out = office_do(o, operation, "{}");
    int64_t count = acrm_value_int(acrm_value_get(out, "count"));
    acrm_value_free(out);
    return count;
}

static void office_open(office *o, const acrm_connector *connector)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .self = o, .now = office_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .connectors = connector, .n_connectors = connector != NULL };

    o->now = START;
    ck_assert_int_eq(acrm_open("memory:", &options, &o->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, NULL), ACRM_OK);
    acrm_value_free(office_do(o, "sync_source.create",
                              "{\"code\":\"maker\",\"connector\":\"sales\"}"));
}

static void office_close(office *o)
{
    acrm_session_free(o->session);
    acrm_close(o->engine);
}

/* What is known of the orders and their events, but for ids. */
static char *office_orders(office *o)
{
    static const struct {
        const char *operation, *args;
    } lists[] = {
        { "vehicle_order.list", "{\"limit\":1000,\"order\":[\"number\"],\"fields\":[\"number\","
                                "\"model\",\"milestone\",\"expected_on\",\"slip\",\"state\"]}" },
        { "order_event.list",
          "{\"limit\":1000,\"order\":[\"occurred_at\",\"code\",\"type\",\"kind\",\"expected_on\"],"
          "\"fields\":[\"occurred_at\",\"code\",\"type\",\"kind\",\"expected_on\",\"tentative\","
          "\"revision\",\"note\"]}" },
    };
    char *all = calloc(1, 1 << 20);

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        acrm_value *page = office_do(o, lists[i].operation, lists[i].args);
        const acrm_value *items = acrm_value_get(page, "items");
        for (size_t k = 0; k < acrm_value_count(items); k++) {
            const acrm_value *item = acrm_value_at(items, k);
            for (size_t f = 0; f < acrm_value_count(item); f++) {
                acrm_buf *text = NULL;
                if (strcmp(acrm_value_key(item, f, NULL), "id") == 0)
                    continue;
                ck_assert_int_eq(acrm_value_print(acrm_value_get(item, acrm_value_key(item, f,
                                                                                      NULL)),
                                                  0, &text), ACRM_OK);
                ck_assert_uint_lt(strlen(all) + acrm_buf_len(text) + 2, 1 << 20);
                strcat(strcat(all, acrm_buf_data(text)), " ");
                acrm_buf_free(text);
            }
            strcat(all, "\n");
        }
        acrm_value_free(page);
    }
    return all;
}

/* The same feed as it is told well, from a file. */
static char *sync_well(void)
{
    static const char command[] = ACRM_TEST_PYTHON " " ACRM_TEST_SERVERS
        "/../../examples/outside-sales/outside_sales.py feed --orders " ORDERS;
    static char feed[1 << 18], args[1 << 19];
    acrm_value *map = NULL;
    acrm_buf *json = NULL;
    office o;

    FILE *in = popen(command, "r");
    ck_assert_ptr_nonnull(in);
    size_t len = fread(feed, 1, sizeof feed - 1, in);
    ck_assert_int_eq(pclose(in), 0);
    ck_assert_uint_gt(len, 1000);
    office_open(&o, NULL);
    ck_assert_int_eq(acrm_value_new(NULL, &map), ACRM_OK);
    ck_assert_int_eq(acrm_value_set_map(map), ACRM_OK);
    (void)acrm_value_set_text(acrm_value_put(map, "source"), "maker", 5);
    (void)acrm_value_set_text(acrm_value_put(map, "text"), feed, len);
    ck_assert_int_eq(acrm_value_print(map, 0, &json), ACRM_OK);
    snprintf(args, sizeof args, "%s", acrm_buf_data(json));
    o.now = END;
    acrm_value_free(office_do(&o, "sync.import", args));
    char *orders = office_orders(&o);
    ck_assert_int_eq(office_count(&o, "vehicle_order"), atoi(ORDERS));
    acrm_value_free(map);
    acrm_buf_free(json);
    office_close(&o);
    return orders;
}

/* Line by line. */
static void sync_same(const char *a, const char *b)
{
    while (*a || *b) {
        size_t n = strcspn(a, "\n"), k = strcspn(b, "\n");
        ck_assert_msg(n == k && memcmp(a, b, n) == 0, "%.*s\ninstead of\n%.*s", (int)n, a, (int)k,
                      b);
        a += n + (a[n] == '\n');
        b += k + (b[k] == '\n');
    }
}

static const struct {
    const char *cuts; /* of each page, one after the other */
    int breaks;
} broken[] = {
    { "half", 1 },
    { "nothing,head,half,end", 4 },
};

START_TEST(sync__takes_nothing_of_an_answer_that_broke_off)
{
    char cuts[40], orders[] = ORDERS;
    char *const options[] = { cuts, orders, NULL };
    example_fault fault;
    char url[80];
    server s;
    office o;

    snprintf(cuts, sizeof cuts, "%s", broken[_i].cuts);
    server_start(&s, "sales_server.py", options);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/feed", s.port);
    example_ask_http *http = example_ask_http_open(url, NULL, &fault);
    const acrm_connector connector = example_ask_http_connector(http, "sales");
    office_open(&o, &connector);
    acrm_value_free(office_do(&o, "sync.pull", "{\"source\":\"maker\"}"));
    for (int i = 0; i < broken[_i].breaks; i++) {
        acrm_value_free(office_do(&o, "engine.tick", "{}"));
        ck_assert_int_eq(server_count(&s, "request"), i + 1);
        ck_assert_int_eq(office_count(&o, "sync_row"), 0);
        ck_assert_int_eq(office_count(&o, "vehicle_order"), 0);
        o.now += HOUR;
    }
    for (int i = 0; i < PAGES * (broken[_i].breaks + 1); i++) {
        acrm_value_free(office_do(&o, "engine.tick", "{}"));
        o.now += HOUR;
    }
    ck_assert_int_eq(server_count(&s, "request"), PAGES * (broken[_i].breaks + 1));
    o.now = END;
    acrm_value_free(office_do(&o, "engine.tick", "{}"));
    char *well = sync_well(), *here = office_orders(&o);
    sync_same(here, well);
    free(well);
    free(here);
    office_close(&o);
    example_ask_http_close(http);
    server_stop(&s);
}
END_TEST

static Suite *sync_suite(void)
{
    Suite *suite = suite_create("sync");
    TCase *tc = tcase_create("sync");

    tcase_add_loop_test(tc, sync__takes_nothing_of_an_answer_that_broke_off, 0,
                        sizeof broken / sizeof broken[0]);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(sync_suite)
