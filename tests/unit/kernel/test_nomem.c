/* SPDX-License-Identifier: MIT */
/* Every allocation of a day's work fails once: an error, no leak, and nothing half done. */
#include "support/alloc_fail.h"
#include "unit/kernel/world.h"

static const acrm_clock clock_port = { .struct_size = sizeof clock_port, .now = world_now };
static const acrm_random random_port = { .struct_size = sizeof random_port, .fill = world_fill };

static acrm_engine *engine;
static acrm_session *session;

/* One step: an operation with its arguments; "" stands for the whole description. */
typedef struct step {
    const char *operation, *args;
    bool frugal; /* does without some memory: the cache of customers' keys */
} step;

static const step writes[] = {
    { "role.create", "{'name':'r','permissions':['*'],'scopes':{'*':'own','note':'dealer'},"
                     "'field_rules':{'deal':{'hidden':['price']}}}" },
    { "client.create", "{'name':'Ada','grade':'A','secret':'4711'}", .frugal = true },
    { "deal.create", "{'title':'t','price':5}" },
    { "world.set_timer", "{'kind':'world.trace','subject':'0190163d-8694-739b-aea5-966c26f8ad91',"
                         "'due_at':'2026-11-21T10:00:00Z','data':{'word':'x'}}" },
    { "world.set_timer", "{'kind':'world.broken','subject':'0190163d-8694-739b-aea5-966c26f8ad91',"
                         "'due_at':'2026-11-21T10:00:00Z'}" },
    { "engine.tick", "{}" },
    { "schema.add_entity", "{'name':'x_e','help':'h','fields':[{'name':'x_kind','type':'enum',"
                           "'choices':['a','b'],'preset':'a','help':'h'}]}" },
    { "schema.add_field", "{'entity':'deal','name':'x_e_id','type':'ref','target':'x_e',"
                          "'inverse':'x_deals','help':'h'}" },
    { "schema.retire", "{'entity':'deal','field':'x_e_id'}" },
};
static const step reads[] = {
    { "audit.verify", "{}" },
    { "audit.list", "{'newest_first':true,'limit':3}" },
    { "event.list", "{'types':['deal.*','role.created'],'cloudevents':true}" },
    { "engine.info", "{'counts':true}" },
    { "engine.check", "{}" },
    { "timer.list", "{'where':{'attempts':1}}" },
    { "", "" },
};

static int32_t run(const step *s)
{
    char json[512];
    acrm_buf *buf = NULL;
    acrm_error *err = NULL;
    int32_t st;

    snprintf(json, sizeof json, "%s", s->args);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    if (s->operation[0])
        st = acrm_call_json(session, s->operation, json, strlen(json), &buf, &err);
    else
        st = acrm_describe(engine, "openapi", &buf, &err);
    ck_assert_int_eq(st == ACRM_OK, buf != NULL);
    ck_assert_int_eq(st, acrm_error_code(err));
    acrm_buf_free(buf);
    acrm_error_free(err);
    return st;
}

/* Entries of the audit that verify, or -1. */
static int64_t proven(void)
{
    acrm_value *out = NULL;
    int64_t entries = -1;

    ck_assert_int_eq(acrm_call(session, "audit.verify", NULL, &out, NULL), ACRM_OK);
    if (acrm_value_bool(acrm_value_get(out, "ok")))
        entries = acrm_value_int(acrm_value_get(out, "entries"));
    acrm_value_free(out);
    return entries;
}

static void expect_survival(const step *s, alloc_fail *state, bool writes_rows)
{
    for (long n = 1;; n++) {
        int64_t before = writes_rows ? proven() : 0;
        ck_assert_int_ge(before, 0);
        state->count = 0;
        state->failures = 0;
        state->fail_at = n;
        int32_t st = run(s);
        bool failed = state->failures > 0;
        state->fail_at = 0;
        if (st == ACRM_OK) {
            if (!failed)
                return;
            ck_assert_msg(!writes_rows || s->frugal, "%s went through without memory",
                          s->operation);
            continue;
        }
        ck_assert_msg(st == ACRM_E_NOMEM, "%s: %s", s->operation, acrm_status_name(st));
        ck_assert_msg(!writes_rows || proven() == before, "%s left a trace", s->operation);
    }
}

START_TEST(nomem__fails_each_operation_without_a_trace)
{
    alloc_fail state = { .fail_at = 0 };
    acrm_allocator port = alloc_fail_port(&state);
    const acrm_options options = { .struct_size = sizeof options, .allocator = &port,
                                   .clock = &clock_port, .random = &random_port };

    world_clock = WORLD_START;
    world_breaks = ACRM_E_CONFLICT;
    ck_assert_int_eq(acrm_open("memory:", &options, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++)
        expect_survival(&writes[i], &state, true);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++)
        expect_survival(&reads[i], &state, false);
    acrm_session_free(session);
    acrm_close(engine);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(nomem__opens_nothing_and_leaks_nothing)
{
    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        const acrm_options options = { .struct_size = sizeof options, .allocator = &port };
        acrm_error *err = NULL;
        engine = NULL;
        session = NULL;
        int32_t st = acrm_open("memory:", &options, &engine, &err);
        if (st == ACRM_OK)
            st = acrm_session_new(engine, "system", &session, &err);
        ck_assert_int_eq(st == ACRM_OK, session != NULL);
        ck_assert_msg(st == (state.failures ? ACRM_E_NOMEM : ACRM_OK), "%ld: %s", n,
                      acrm_error_json(err));
        acrm_error_free(err);
        acrm_session_free(session);
        acrm_close(engine);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0)
            return;
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("nomem");
    TCase *t = tcase_create("nomem");

    tcase_add_test(t, nomem__fails_each_operation_without_a_trace);
    tcase_add_test(t, nomem__opens_nothing_and_leaks_nothing);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
