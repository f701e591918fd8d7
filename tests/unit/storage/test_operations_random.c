/* SPDX-License-Identifier: MIT */
/*
 * Random operations give the same results, errors and events on the three storages: each engine has
 * the same clock and the same random bytes, so that even ids are equal and results compare as text.
 * ACRM_TEST_SEED=N repeats a run, ACRM_TEST_ROUNDS=N makes it longer.
 */
#include "autocrm/autocrm.h"
#include "support/postgres.h"
#include "support/suite.h"

#include <inttypes.h>

enum { STORES = 3, STEPS = 250, IDS_MAX = 64 };

static const char *const operation_stores[STORES] = { "memory", "SQLite", "PostgreSQL" };

typedef struct operation_office {
    acrm_engine *engine;
    acrm_session *session;
    uint64_t random;
} operation_office;

static operation_office offices[STORES];
static postgres_server server;
static int64_t operation_clock;
static uint64_t operation_state;
static char operation_ids[IDS_MAX][40];
static int operation_n_ids;

static uint64_t operation_mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int below(int n)
{
    return (int)(operation_mix(&operation_state) % (uint64_t)n);
}

static int64_t operation_now(void *self)
{
    (void)self;
    return operation_clock;
}

static void operation_fill(void *self, void *bytes, size_t len)
{
    unsigned char *to = bytes;

    for (size_t i = 0; i < len; i++)
        to[i] = (unsigned char)operation_mix(self);
}

static void operation_open(int store, const char *where)
{
    operation_office *o = &offices[store];
    const acrm_clock clock = { .struct_size = sizeof clock, .now = operation_now };
    const acrm_random random = { .struct_size = sizeof random, .self = &o->random,
                                 .fill = operation_fill };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .random = &random };
    acrm_error *err = NULL;

    o->random = 7;
    ck_assert_msg(acrm_open(where, &options, &o->engine, &err) == ACRM_OK, "%s",
                  acrm_error_message(err));
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, &err), ACRM_OK);
}

/* --- Random calls --- */

static const char *const operation_names[] = { "Ali", "ALI", "Reza", "Zo\xc3\xab", "zoe", "O'Neil",
                                               "\xd8\xb9\xd9\x84\xdb\x8c", "100%", "a_b", "\\\\" };
static const char *const operation_cities[] = { "Paris", "paris", "Roma", "", "Z\xc3\xbcrich" };
static const char *const operation_compare[] = { "eq", "ne", "lt", "lte", "gt", "gte",
                                                 "contains", "starts" };

#define PICK(array) (array)[below((int)(sizeof(array) / sizeof(array)[0]))]

static const char *some_id(void)
{
    return operation_n_ids == 0 || below(20) == 0 ? "01890a5d-ac96-774b-bcce-b302099a8057"
                                                  : operation_ids[below(operation_n_ids)];
}

static size_t write_condition(char *to, size_t room, int depth)
{
    size_t len;

    switch (depth > 0 ? below(7) : below(4)) {
    case 0:
        return (size_t)snprintf(to, room, "{\"name\":{\"$%s\":\"%s\"}}", PICK(operation_compare),
                                PICK(operation_names));
    case 1:
        return (size_t)snprintf(to, room, "{\"city\":%s}",
                                below(2) ? "null" : "{\"$in\":[\"Paris\",\"Roma\",null]}");
    case 2:
        return (size_t)snprintf(to, room, "{\"vip_level\":{\"$%s\":%d}}",
                                operation_compare[below(6)], below(4));
    case 3:
        return (size_t)snprintf(to, room, "{\"$search\":\"%s\"}", PICK(operation_names));
    case 4:
        len = (size_t)snprintf(to, room, "{\"$not\":");
        len += write_condition(to + len, room - len, depth - 1);
        return len + (size_t)snprintf(to + len, room - len, "}");
    default:
        len = (size_t)snprintf(to, room, "{\"$%s\":[", below(2) ? "and" : "or");
        len += write_condition(to + len, room - len, depth - 1);
        len += (size_t)snprintf(to + len, room - len, ",");
        len += write_condition(to + len, room - len, depth - 1);
        return len + (size_t)snprintf(to + len, room - len, "]}");
    }
}

static void write_list(char *to, size_t room)
{
    static const char *const orders[] = { "name", "-name", "city", "-city", "created_at",
                                          "-vip_level" };
    size_t len = (size_t)snprintf(to, room, "{\"limit\":%d,\"order\":[\"%s\",\"%s\"],\"where\":",
                                  1 + below(9), PICK(orders), PICK(orders));

    len += write_condition(to + len, room - len, 3);
    snprintf(to + len, room - len, "}");
}

static void write_aggregate(char *to, size_t room)
{
    static const char *const groups[] = { "\"city\"", "\"kind\"", "\"vip_level\"",
                                          "{\"field\":\"created_at\",\"bucket\":\"month\"}" };
    size_t len = (size_t)snprintf(to, room, "{\"group\":[%s],\"measures\":[\"count\","
                                  "{\"max\":\"vip_level\"},{\"min\":\"name\"},"
                                  "{\"avg\":\"vip_level\"}],\"where\":", PICK(groups));

    len += write_condition(to + len, room - len, 2);
    snprintf(to + len, room - len, "}");
}

/* The arguments of a random call; its operation. */
static const char *write_call(char *to, size_t room)
{
    switch (below(12)) {
    case 0: case 1: case 2:
        snprintf(to, room, "{\"kind\":\"%s\",\"name\":\"%s %d\",\"city\":\"%s\",\"contact_points\":"
                 "[{\"channel\":\"phone\",\"value\":\"+3933312345%02d\"}]}",
                 below(2) ? "person" : "company", PICK(operation_names), below(5),
                 PICK(operation_cities), below(30));
        return "customer.create";
    case 3: case 4:
        snprintf(to, room, "{\"id\":\"%s\",%s,\"city\":\"%s\"}", some_id(),
                 below(3) ? "\"last_write_wins\":true" : "\"version\":1", PICK(operation_cities));
        return "customer.update";
    case 5:
        snprintf(to, room, "{\"id\":\"%s\",\"level\":%d,\"reason\":\"so\"}", some_id(), below(5));
        return "customer.set_vip";
    case 6:
        if (below(3) == 0) {
            snprintf(to, room, "{\"id\":\"%s\"}", some_id());
            return "customer.restore";
        }
        snprintf(to, room, "{\"id\":\"%s\",\"last_write_wins\":true}", some_id());
        return "customer.delete";
    case 7:
        snprintf(to, room, "{\"id\":\"%s\",\"include\":[\"contact_points\"]}", some_id());
        return "customer.get";
    case 8:
        snprintf(to, room, "{\"code\":\"D%d\",\"name\":\"Dealer %d\"}", below(4), below(9));
        return "dealer.create"; /* codes are unique */
    case 9:
        write_aggregate(to, room);
        return "customer.aggregate";
    case 10:
        snprintf(to, room, "{\"id\":\"%s\",\"others\":[\"%s\"],\"reason\":\"so\"}", some_id(),
                 some_id());
        return "customer.merge";
    default:
        write_list(to, room);
        return "customer.list";
    }
}

/* --- The same answer --- */

/* The result, or the whole error, as text; the caller frees it. */
static char *operation_say(int store, const char *operation, const char *json, int32_t *st)
{
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    *st = acrm_call_json(offices[store].session, operation, json, strlen(json), &out, &err);
    char *text = strdup(*st == ACRM_OK ? acrm_buf_data(out) : acrm_error_json(err));
    acrm_buf_free(out);
    acrm_error_free(err);
    return text;
}

/* Ask all; keep the id of what was made. */
static void operation_ask(int step, const char *operation, const char *json)
{
    int32_t st, other;
    char *said = operation_say(0, operation, json, &st);

    for (int s = 1; s < STORES; s++) {
        char *also = operation_say(s, operation, json, &other);
        ck_assert_msg(strcmp(said, also) == 0, "step %d: %s %s\n%s: %s\n%s: %s", step, operation,
                      json, operation_stores[0], said, operation_stores[s], also);
        free(also);
    }
    if (st == ACRM_OK && strcmp(operation, "customer.create") == 0)
        snprintf(operation_ids[operation_n_ids++ % IDS_MAX], sizeof operation_ids[0], "%.36s",
                 strstr(said, "\"id\":\"") + 6);
    if (operation_n_ids > IDS_MAX)
        operation_n_ids = IDS_MAX;
    free(said);
}

START_TEST(operations__are_the_same_on_every_storage)
{
    const char *seed = getenv("ACRM_TEST_SEED"), *rounds = getenv("ACRM_TEST_ROUNDS");
    int steps = rounds ? (int)strtol(rounds, NULL, 10) * STEPS : STEPS;
    char json[4096], name[16], url[256];

    operation_state = seed ? strtoull(seed, NULL, 10) : 20261122;
    printf("operations: seed %" PRIu64 ", %d steps\n", operation_state, steps);
    operation_clock = INT64_C(1770000000000000);
    ck_assert_int_eq(postgres_schema(&server, name, sizeof name, url, sizeof url), 0);
    operation_open(0, "memory:");
    operation_open(1, "sqlite::memory:");
    operation_open(2, url);
    for (int step = 0; step < steps; step++) {
        operation_clock += below(1000) * INT64_C(60000000);
        const char *operation = write_call(json, sizeof json);
        operation_ask(step, operation, json);
    }
    operation_ask(steps, "event.list", "{\"limit\":1000}");
    operation_ask(steps, "audit.verify", "{}"); /* the same hash too */
    operation_ask(steps, "engine.tick", "{}");
    for (int s = 0; s < STORES; s++) {
        acrm_session_free(offices[s].session);
        acrm_close(offices[s].engine);
    }
}
END_TEST

static Suite *operations_suite(void)
{
    Suite *suite = suite_create("operations_random");
    TCase *tc = tcase_create("differential");

    tcase_add_test(tc, operations__are_the_same_on_every_storage);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    int failed = 1;

    if (postgres_find(&server) != 0)
        return 77; /* no server is installed */
    SRunner *runner = srunner_create(operations_suite());
    if (postgres_open(&server) == 0) {
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
    }
    srunner_free(runner);
    postgres_close(&server);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
