/* SPDX-License-Identifier: MIT */
/* Events to endpoints: once each and in order, and again when they fail. */
#include "unit/webhook/webhook_world.h"

#include "support/alloc_fail.h"

#include <sys/wait.h>

#define DAY INT64_C(86400)

START_TEST(delivery__brings_events_signed_once_and_in_order)
{
    world w;
    world_open(&w, _i);
    world_happen(&w, "before");
    const char *id = world_endpoint(&w, ",'source':'/crm/7'");
    for (int i = 0; i < 50; i++)
        world_happen(&w, (char[]){ (char)('a' + i % 26), (char)('a' + i / 26), 0 });
    ck_assert_int_eq(w.receivers[0].n, 0); /* the library sends in ticks only */
    ck_assert_int_eq(world_tick(&w, "delivered"), 50);
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    const receiver *r = &w.receivers[0];
    ck_assert_int_eq(r->n, 50);
    ck_assert_int_eq(r->forged, 0);
    ck_assert(!r->disorder);
    ck_assert_int_eq(r->attempt, 1);
    ck_assert_ptr_nonnull(strstr(r->body, "\"type\":\"lost_reason.created\""));
    ck_assert_ptr_nonnull(strstr(r->body, "\"source\":\"/crm/7\""));
    acrm_value *out = office_call(&w.o, "webhook.status", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(office_number(out, "behind"), 0);
    ck_assert_int_eq(office_number(out, "waiting"), 0);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__is_what_types_and_condition_ask_for)
{
    static const struct {
        const char *args;
        int n;
    } rows[] = {
        { ",'types':['lost_reason.created']", 2 },
        { ",'types':['lost_reason.*']", 3 },
        { ",'types':['lead_level.created','lost_reason.upd*']", 1 },
        { ",'types':['customer.*']", 0 },
        { ",'condition':{'name':'Two'}", 1 },
        { ",'condition':{'old_name':'One','name':{'$ne':'One'}}", 1 },
        { ",'condition':{'name':{'$exists':true}}", 1 },
        { ",'condition':{'name':2}", 0 }, /* another type: none */
        { ",'condition':{'type':{'$startswith':'lost_'},'seq':{'$gt':0}}", 3 },
        { ",'condition':{'$or':[{'name':'Two'},{'actor':'nobody'}]}", 1 },
        { ",'condition':{'at':{'$gt':'2027-01-01T00:00:00Z'}}", 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world w;
        world_open(&w, OFFICE_MEMORY);
        world_endpoint(&w, rows[i].args);
        world_happen(&w, "One");
        world_happen(&w, "Other");
        acrm_value *out = office_call(&w.o, "lost_reason.list", "{\"where\":{\"code\":\"One\"}}");
        const acrm_value *one = acrm_value_at(acrm_value_get(out, "items"), 0);
        world_do(&w, "lost_reason.update", world_args("{'id':'%s','version':1,'name':'Two'}",
                                                      office_text(one, "id")));
        acrm_value_free(out);
        ck_assert_msg(world_tick(&w, "delivered") == rows[i].n, "%s", rows[i].args);
        office_close(&w.o);
    }
}
END_TEST

START_TEST(delivery__is_tried_again_by_the_schedule)
{
    static const int64_t pauses[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };
    world w;
    world_open(&w, _i);
    const char *id = world_endpoint(&w, "");
    char first[40];
    world_happen(&w, "a");
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_RETRY, .code = 503 };
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(world_tick(&w, "failed"), 1);
        ck_assert_int_eq(w.receivers[0].attempt, i + 1);
        if (i == 0)
            snprintf(first, sizeof first, "%s", w.receivers[0].id);
        ck_assert_str_eq(w.receivers[0].id, first); /* the same in every attempt */
        if (i == 9)
            break;
        world_clock += pauses[i] * WORLD_SECOND * 9 / 10 - 1;
        ck_assert_int_eq(world_tick(&w, "failed"), 0);
        world_clock += pauses[i] * WORLD_SECOND / 5 + 2;
    }
    acrm_value *out = world_delivery(&w, id);
    ck_assert_str_eq(office_text(out, "status"), "dead");
    ck_assert_int_eq(office_number(out, "code"), 503);
    ck_assert_int_eq(office_number(out, "attempts"), 10);
    world_clock += 10 * DAY * WORLD_SECOND / 86400;
    ck_assert_int_eq(world_tick(&w, "failed"), 0);
    ck_assert_int_eq(w.receivers[0].forged, 0);
    /* By hand it goes once more. */
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_ACCEPTED, .code = 204 };
    world_do(&w, "webhook.replay", world_args("{'delivery_id':'%s'}", office_text(out, "id")));
    acrm_value_free(out);
    world_clock += 400 * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    ck_assert_str_eq(w.receivers[0].id, first);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__waits_as_long_as_the_other_side_asks)
{
    world w;
    world_open(&w, _i);
    world_endpoint(&w, "");
    world_happen(&w, "a");
    world_happen(&w, "b");
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_RETRY, .code = 429,
                                         .retry_after = 3600 };
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_DELIVERED };
    world_clock += INT64_C(3599) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 0); /* neither of them */
    world_clock += WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 2);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__of_one_endpoint_does_not_wait_for_another)
{
    world w;
    world_open(&w, _i);
    world_endpoint(&w, "");
    world_endpoint(&w, "");
    for (int i = 0; i < 30; i++)
        world_happen(&w, (char[]){ (char)('a' + i % 26), (char)('a' + i / 26), 0 });
    w.receivers[0].status = -1; /* hangs up */
    w.takes = WORLD_SECOND;
    /* The second endpoint's creation is an event for the first. */
    acrm_value *out = office_call(&w.o, "engine.tick", "{}");
    const acrm_value *told = acrm_value_get(out, "webhooks");
    ck_assert_int_eq(office_number(told, "delivered"), 30);
    ck_assert_int_le(w.receivers[0].n, 4); /* once a pause, not once an event */
    ck_assert_int_eq(w.receivers[1].n, 30);
    ck_assert(!w.receivers[1].disorder);
    acrm_value_free(out);
    w.receivers[0].status = 0;
    world_clock += INT64_C(40000) * WORLD_SECOND;
    world_tick(&w, "delivered");
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__ends_when_the_endpoint_is_gone)
{
    world w;
    world_open(&w, _i);
    const char *id = world_endpoint(&w, ",'types':['lost_reason.*']");
    world_happen(&w, "a");
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_REFUSED, .code = 410 };
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    acrm_value *out = office_call(&w.o, "webhook_endpoint.get", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "enabled")), 0);
    ck_assert_str_eq(office_text(out, "disabled_reason"), "gone");
    acrm_value_free(out);
    out = office_call(&w.o, "event.list", "{\"types\":[\"webhook_endpoint.disabled\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    world_happen(&w, "b");
    ck_assert_int_eq(world_tick(&w, "failed"), 0);
    /* It goes on from where it was left. */
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_DELIVERED };
    world_do(&w, "webhook_endpoint.enable", world_args("{'id':'%s'}", id));
    world_happen(&w, "c");
    ck_assert_int_eq(world_tick(&w, "delivered"), 2);
    world_do(&w, "webhook_endpoint.disable", world_args("{'id':'%s'}", id));
    world_happen(&w, "d");
    world_do(&w, "webhook_endpoint.enable", world_args("{'id':'%s','skip':true}", id));
    world_happen(&w, "e");
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__ends_after_five_days_of_failures)
{
    world w;
    world_open(&w, _i);
    const char *id = world_endpoint(&w, "");
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_RETRY, .code = 500 };
    for (int day = 0; day <= 5; day++) {
        world_happen(&w, (char[]){ (char)('a' + day), 0 });
        acrm_value *out = office_call(&w.o, "webhook_endpoint.get", world_args("{'id':'%s'}", id));
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "enabled")), 1);
        acrm_value_free(out);
        world_tick(&w, "failed");
        world_clock += DAY * WORLD_SECOND;
    }
    acrm_value *out = office_call(&w.o, "webhook_endpoint.get", world_args("{'id':'%s'}", id));
    ck_assert_str_eq(office_text(out, "disabled_reason"), "failing");
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__keeps_to_the_rate)
{
    world w;
    world_open(&w, _i);
    world_endpoint(&w, ",'per_minute':10");
    for (int i = 0; i < 25; i++)
        world_happen(&w, (char[]){ (char)('a' + i), 0 });
    ck_assert_int_eq(world_tick(&w, "delivered"), 10);
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    world_clock += INT64_C(30) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 5);
    world_clock += INT64_C(60) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 10);
    ck_assert(!w.receivers[0].disorder);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__is_repeated_by_hand_for_a_time)
{
    world w;
    world_open(&w, _i);
    const char *id = world_endpoint(&w, "");
    for (int i = 0; i < 10; i++) {
        world_clock = WORLD_START + i * INT64_C(3600) * WORLD_SECOND;
        world_happen(&w, (char[]){ (char)('a' + i), 0 });
    }
    ck_assert_int_eq(world_tick(&w, "delivered"), 10);
    static const struct {
        const char *range;
        int n;
    } rows[] = {
        { "'since':'2026-11-21T15:00:00Z'", 5 },
        { "'since':'2026-11-21T15:00:00.000001Z'", 4 },
        { "'since':'2026-11-21T11:00:00Z','until':'2026-11-21T13:00:00Z'", 2 },
        { "'since':'2027-01-01T00:00:00Z'", 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        w.receivers[0].last_sequence = 0;
        acrm_value *out = office_call(&w.o, "webhook.replay", world_args(
            "{'endpoint_id':'%s',%s}", id, rows[i].range));
        ck_assert_int_eq(office_number(out, "count"), rows[i].n);
        acrm_value_free(out);
        ck_assert_int_eq(world_tick(&w, "delivered"), rows[i].n);
        ck_assert(!w.receivers[0].disorder);
    }
    ck_assert_int_eq(office_count(&w.o, "webhook_delivery.count", "{}"), 10);
    /* What was forgotten is made anew from the feed. */
    world_clock += INT64_C(40) * DAY * WORLD_SECOND;
    world_tick(&w, "delivered");
    ck_assert_int_eq(office_count(&w.o, "webhook_delivery.count", "{}"), 0);
    acrm_value *out = office_call(&w.o, "webhook.replay", world_args(
        "{'endpoint_id':'%s','since':'2026-11-21T11:00:00Z'}", id));
    ck_assert_int_eq(office_number(out, "count"), 9);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__comes_again_under_its_id_when_the_process_is_killed)
{
    world w;
    char id[40];
    int status = 0;

    world_open(&w, OFFICE_SQLITE);
    world_endpoint(&w, "");
    world_happen(&w, "a");
    acrm_session_free(w.o.session);
    acrm_close(w.o.engine);
    int pipes[2];
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) { /* ends as soon as the message was handed over */
        w.dies_to = pipes[1];
        world_engine(&w);
        world_tick(&w, "delivered");
        _exit(1);
    }
    close(pipes[1]);
    ck_assert_int_eq(read(pipes[0], id, 36), 36);
    close(pipes[0]);
    id[36] = '\0';
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 7);
    world_engine(&w);
    ck_assert_int_eq(world_tick(&w, "delivered"), 0); /* the other may still be at it */
    world_clock += INT64_C(901) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    ck_assert_str_eq(w.receivers[0].id, id);
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__is_handed_over_by_one_process_at_a_time)
{
    world w;
    world_open(&w, OFFICE_SQLITE);
    world_endpoint(&w, "");
    world_happen(&w, "a");
    world_happen(&w, "b");
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.meanwhile, NULL), ACRM_OK);
    ck_assert_int_eq(world_tick(&w, "delivered"), 2); /* and another tick within each of them */
    ck_assert_int_eq(w.receivers[0].n, 2);
    acrm_session_free(w.meanwhile);
    office_close(&w.o);
}
END_TEST

/* Longer in all than an endpoint is kept from others, and than receivers believe a signature. */
START_TEST(delivery__to_slow_receivers_is_once_each)
{
    world w;
    char code[16];

    world_open(&w, OFFICE_SQLITE);
    for (int i = 0; i < 3; i++)
        world_endpoint(&w, "");
    for (int i = 0; i < 20; i++) {
        snprintf(code, sizeof code, "s%d", i);
        world_happen(&w, code);
    }
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.meanwhile, NULL), ACRM_OK);
    w.takes = INT64_C(20) * WORLD_SECOND;
    (void)world_tick(&w, "delivered");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(w.receivers[i].n, 20 + 2 - i); /* and the endpoints made after it */
        ck_assert_int_eq(w.receivers[i].forged, 0);
        ck_assert(!w.receivers[i].disorder);
    }
    acrm_session_free(w.meanwhile);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__of_who_was_stuck_is_left_to_whom_took_over)
{
    world w;

    world_open(&w, OFFICE_SQLITE);
    world_endpoint(&w, "");
    for (char code[] = "a"; *code < 'e'; ++*code)
        world_happen(&w, code);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.meanwhile, NULL), ACRM_OK);
    w.takes = INT64_C(1000) * WORLD_SECOND;
    (void)world_tick(&w, "delivered");
    ck_assert_int_eq(w.receivers[0].n, 5); /* the one it was stuck with went again */
    ck_assert_int_eq(office_count(&w.o, "webhook_delivery.count", "{\"where\":{\"status\":"
                                  "\"delivered\",\"attempts\":1}}"), 4);
    acrm_session_free(w.meanwhile);
    office_close(&w.o);
}
END_TEST

START_TEST(delivery__is_lost_by_no_failed_allocation)
{
    alloc_fail state = { .fail_at = 0 };
    const acrm_allocator port = alloc_fail_port(&state);
    world w;

    world_open(&w, OFFICE_MEMORY);
    office_close(&w.o);
    world_engine_with(&w, &port);
    world_endpoint(&w, ",'kind':'ed25519','headers':'X-A: b','condition':{'seq':{'$gt':0}}");
    bool done = false;
    for (long n = 1; !done; n++) {
        acrm_error *err = NULL;
        char code[24];
        snprintf(code, sizeof code, "n%ld", n);
        world_happen(&w, code);
        w.receivers[0].n = 0;
        state.count = state.failures = 0;
        state.fail_at = n;
        int32_t st = acrm_call_json(w.o.session, "engine.tick", "{}", 2, NULL, &err);
        ck_assert_int_eq(st, state.failures ? ACRM_E_NOMEM : ACRM_OK);
        acrm_error_free(err);
        done = state.failures == 0;
        state.fail_at = 0;
        world_clock += INT64_C(1000) * WORLD_SECOND; /* what was being handed over is let go */
        world_tick(&w, "delivered");
        ck_assert_msg(w.receivers[0].n >= 1 && w.receivers[0].n <= 2, "%ld: %d", n,
                      w.receivers[0].n);
        ck_assert_ptr_nonnull(strstr(w.receivers[0].body, "lost_reason.created"));
    }
    ck_assert_int_eq(w.receivers[0].forged, 0);
    acrm_value *out = office_call(&w.o, "webhook_endpoint.list", "{\"where\":{\"enabled\":true}}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    office_close(&w.o);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(delivery__of_many_events_is_once_each)
{
    /* In memory what is due is looked for row by row. */
    const int many = _i == OFFICE_MEMORY ? 1000 : 10000, part = 1000;
    world w;

    world_open(&w, _i);
    for (int i = 0; i < 3; i++)
        world_endpoint(&w, ",'types':['lost_reason.*']");
    for (int i = 0; i < many; i += part) {
        acrm_value *args = NULL, *out = NULL;
        char code[16];
        ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
        ck_assert_int_eq(acrm_value_set_map(args), ACRM_OK);
        acrm_value *records = acrm_value_put(args, "records");
        ck_assert_int_eq(acrm_value_set_list(records), ACRM_OK);
        for (int k = 0; k < part; k++) {
            acrm_value *record = acrm_value_add(records);
            ck_assert_int_eq(acrm_value_set_map(record), ACRM_OK);
            int len = snprintf(code, sizeof code, "r%d", i + k);
            acrm_value_set_text(acrm_value_put(record, "code"), code, (size_t)len);
            acrm_value_set_text(acrm_value_put(record, "name"), code, (size_t)len);
        }
        ck_assert_int_eq(acrm_call(w.o.session, "lost_reason.create_many", args, &out, NULL),
                         ACRM_OK);
        acrm_value_free(args);
        acrm_value_free(out);
    }
    ck_assert_int_eq(world_tick(&w, "delivered"), 3 * many);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(w.receivers[i].n, many);
        ck_assert_int_eq(w.receivers[i].forged, 0);
        ck_assert(!w.receivers[i].disorder);
    }
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    office_close(&w.o);
}
END_TEST

static Suite *delivery_suite(void)
{
    Suite *s = suite_create("webhook_delivery");
    TCase *t = tcase_create("delivery");

    tcase_add_loop_test(t, delivery__brings_events_signed_once_and_in_order, 0, OFFICE_STORAGES);
    tcase_add_test(t, delivery__is_what_types_and_condition_ask_for);
    tcase_add_loop_test(t, delivery__is_tried_again_by_the_schedule, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__waits_as_long_as_the_other_side_asks, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__of_one_endpoint_does_not_wait_for_another, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__ends_when_the_endpoint_is_gone, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__ends_after_five_days_of_failures, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__keeps_to_the_rate, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, delivery__is_repeated_by_hand_for_a_time, 0, OFFICE_STORAGES);
    tcase_add_test(t, delivery__is_handed_over_by_one_process_at_a_time);
    tcase_add_test(t, delivery__to_slow_receivers_is_once_each);
    tcase_add_test(t, delivery__of_who_was_stuck_is_left_to_whom_took_over);
    tcase_add_test(t, delivery__is_lost_by_no_failed_allocation);
    tcase_add_loop_test(t, delivery__of_many_events_is_once_each, 0, OFFICE_STORAGES);
    tcase_add_test(t, delivery__comes_again_under_its_id_when_the_process_is_killed);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(delivery_suite)
