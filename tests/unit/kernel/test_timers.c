/* SPDX-License-Identifier: MIT */
/* Timers: they fire when due, once, and what fails is tried again and then shown. */
#include "unit/kernel/world.h"

static world w;

static const char a[] = "0190163d-8694-739b-aea5-966c26f8ad91";
static const char b[] = "0190163d-8694-739b-aea5-966c26f8ad92";

static void advance(int64_t seconds)
{
    world_clock += seconds * 1000000;
}

static void tick(int64_t fired, int64_t failed, int64_t incidents, const char *next)
{
    acrm_value *out = world_call(w.system, "engine.tick", "{}");

    ck_assert_int_eq(world_int(out, "fired"), fired);
    ck_assert_int_eq(world_int(out, "failed"), failed);
    ck_assert_int_eq(world_int(out, "incidents"), incidents);
    ck_assert_str_eq(world_text(out, "next_due_at"), next);
    acrm_value_free(out);
}

static void set(const char *kind, const char *subject, const char *due)
{
    world_do(w.system, "world.set_timer", "{'kind':'%s','subject':'%s','due_at':'%s'}", kind,
             subject, due);
}

static void expect_traces(const char *const *want, size_t n)
{
    acrm_value *out = world_call(w.system, "trace.list", "{}");
    const acrm_value *items = acrm_value_get(out, "items");

    ck_assert_uint_eq(acrm_value_count(items), n);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(world_text(acrm_value_at(items, i), "text"), want[i]);
    acrm_value_free(out);
}

START_TEST(timers__fire_when_due_and_only_once)
{
    static const char *const want[] = { "world.trace due 60 attempts 0 data x" };

    w = world_new(_i);
    tick(0, 0, 0, "(none)");
    world_do(w.system, "world.set_timer",
             "{'kind':'world.trace','subject':'%s','due_at':'2026-11-21T10:01:00Z',"
             "'data':{'word':'x'}}", a);
    tick(0, 0, 0, "2026-11-21T10:01:00Z");
    advance(59);
    tick(0, 0, 0, "2026-11-21T10:01:00Z");
    advance(1);
    tick(1, 0, 0, "(none)");
    tick(0, 0, 0, "(none)");
    expect_traces(want, 1);
    world_free(&w);
}
END_TEST

START_TEST(timers__of_one_kind_and_subject_are_one_that_moves)
{
    static const char *const want[] = { "world.trace due 120 attempts 0 data none",
                                        "world.trace due 180 attempts 0 data none" };

    w = world_new(_i);
    set("world.trace", a, "2026-11-21T10:01:00Z");
    set("world.trace", a, "2026-11-21T10:02:00Z");
    set("world.trace", b, "2026-11-21T10:03:00Z");
    set("world.again", a, "2026-11-21T10:04:00Z");
    world_do(w.system, "world.cancel_timer", "{'kind':'world.again','subject':'%s'}", a);
    world_do(w.system, "world.cancel_timer", "{'kind':'world.again','subject':'%s'}", b);
    ck_assert_int_eq(world_count(w.system, "timer.count", "{}"), 2);
    advance(3600);
    tick(2, 0, 0, "(none)");
    expect_traces(want, 2);
    world_free(&w);
}
END_TEST

START_TEST(timers__may_set_themselves_anew)
{
    w = world_new(_i);
    set("world.again", a, "2026-11-21T10:00:00Z");
    tick(1, 0, 0, "2026-11-21T11:00:00Z");
    advance(3600);
    tick(1, 0, 0, "2026-11-21T12:00:00Z");
    ck_assert_int_eq(world_count(w.system, "timer.count", "{}"), 1);
    world_free(&w);
}
END_TEST

/* Minutes after each failure: 1, 5, 30, 2 h, 8 h; the sixth makes it an incident. */
START_TEST(timers__that_fail_wait_longer_and_then_are_incidents)
{
    static const char *const next[] = { "2026-11-21T10:01:00Z", "2026-11-21T10:06:00Z",
                                        "2026-11-21T10:36:00Z", "2026-11-21T12:36:00Z",
                                        "2026-11-21T20:36:00Z" };
    static const int64_t wait[] = { 60, 300, 1800, 7200, 28800 };
    char id[37];

    w = world_new(_i);
    world_breaks = ACRM_E_CONFLICT;
    set("world.broken", a, "2026-11-21T10:00:00Z");
    set("world.trace", b, "2026-11-21T10:00:00Z");
    for (int i = 0; i < 5; i++) {
        tick(i == 0, 1, 0, next[i]);
        tick(0, 0, 0, next[i]);
        advance(wait[i]);
    }
    tick(0, 1, 1, "(none)");
    tick(0, 0, 0, "(none)");
    ck_assert_int_eq(world_count(w.system, "trace.count", "{}"), 1);
    acrm_value *out = world_call(w.system, "timer.list", "{'where':{'state':'incident'}}");
    ck_assert_int_eq(world_int(out, "items.0.attempts"), 6);
    ck_assert_str_eq(world_text(out, "items.0.last_error"), "broken: broken");
    snprintf(id, sizeof id, "%s", world_text(out, "items.0.id"));
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'types':['timer.incident']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    world_breaks = 0;
    world_do(w.system, "timer.retry", "{'id':'%s'}", id);
    tick(1, 0, 0, "(none)");
    ck_assert_int_eq(world_count(w.system, "trace.count", "{'text':'half done'}"), 1);
    world_refuse(w.system, ACRM_E_NOTFOUND, "reference", "timer.retry", "{'id':'%s'}", id);
    world_free(&w);
}
END_TEST

START_TEST(timers__of_no_known_kind_fail_by_name)
{
    w = world_new(_i);
    set("world.unheard", a, "2026-11-21T10:00:00Z");
    tick(0, 1, 0, "2026-11-21T10:01:00Z");
    acrm_value *out = world_call(w.system, "timer.list", "{}");
    ck_assert_ptr_nonnull(strstr(world_text(out, "items.0.last_error"), "world.unheard"));
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* A full disk is not the timer's fault: nothing of the batch may have happened. */
START_TEST(timers__are_not_blamed_for_an_outage)
{
    w = world_new(_i);
    set("world.trace", a, "2026-11-21T10:00:00Z");
    set("world.broken", b, "2026-11-21T10:00:01Z");
    advance(10);
    world_breaks = ACRM_E_FULL;
    world_refuse(w.system, ACRM_E_FULL, "broken", "engine.tick", "{}");
    ck_assert_int_eq(world_count(w.system, "trace.count", "{}"), 0);
    ck_assert_int_eq(world_count(w.system, "timer.count", "{'attempts':0}"), 2);
    world_breaks = 0;
    tick(2, 0, 0, "(none)");
    world_free(&w);
}
END_TEST

START_TEST(timers__are_done_in_the_order_of_their_due_times_up_to_a_limit)
{
    w = world_new(_i);
    for (int i = 0; i < 250; i++)
        world_do(w.system, "world.set_timer",
                 "{'kind':'world.trace','subject':'0190163d-8694-739b-aea5-966c26f8a%03x',"
                 "'due_at':'2026-11-21T10:%02d:%02dZ'}", i, (249 - i) / 60, (249 - i) % 60);
    advance(3600);
    acrm_value *out = world_call(w.system, "engine.tick", "{'limit':240}");
    ck_assert_int_eq(world_int(out, "fired"), 240);
    ck_assert_str_eq(world_text(out, "next_due_at"), "2026-11-21T10:04:00Z");
    acrm_value_free(out);
    out = world_call(w.system, "engine.tick", "{'until':'2026-11-21T10:04:04Z'}");
    ck_assert_int_eq(world_int(out, "fired"), 5);
    ck_assert_str_eq(world_text(out, "next_due_at"), "2026-11-21T10:04:05Z");
    acrm_value_free(out);
    world_refuse(w.system, ACRM_E_INVALID, "range", "engine.tick",
                 "{'until':'2026-11-21T12:00:00Z'}");
    out = world_call(w.system, "trace.list", "{'limit':1000}");
    for (size_t i = 0; i < 245; i++) {
        char want[80];
        snprintf(want, sizeof want, "world.trace due %zu attempts 0 data none", i);
        ck_assert_str_eq(world_text(acrm_value_at(acrm_value_get(out, "items"), i), "text"),
                         want);
    }
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* What waits must cost nothing: the same statements for ten timers as for a thousand. */
START_TEST(timers__cost_what_is_due_and_not_what_waits)
{
    int64_t cost[2];

    w = world_new(WORLD_SQLITE);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < (round ? 1000 : 10); i++)
            world_do(w.system, "world.set_timer",
                     "{'kind':'world.trace','subject':'0190163d-8694-739b-aea5-966c26f%02d%03x',"
                     "'due_at':'2030-11-21T10:00:00Z'}", round, i);
        set("world.trace", a, "2026-11-21T10:00:00Z");
        int64_t before = acrm_session_statements(w.system);
        tick(1, 0, 0, "2030-11-21T10:00:00Z");
        cost[round] = acrm_session_statements(w.system) - before;
    }
    ck_assert_int_eq(cost[0], cost[1]);
    ck_assert_int_lt(cost[0], 20);
    world_free(&w);
}
END_TEST

START_TEST(timers__that_only_wait_leave_the_writer_alone)
{
    acrm_session *writer = NULL;

    w = world_new(WORLD_SQLITE);
    set("world.trace", a, "2030-11-21T10:00:00Z");
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &writer, NULL), ACRM_OK);
    ck_assert_int_eq(w.engine->storage.begin(writer->conn, 1, NULL), ACRM_OK);
    tick(0, 0, 0, "2030-11-21T10:00:00Z");
    w.engine->storage.rollback(writer->conn);
    acrm_session_free(writer);
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("timers");
    TCase *t = tcase_create("timers");

    tcase_add_loop_test(t, timers__fire_when_due_and_only_once, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, timers__of_one_kind_and_subject_are_one_that_moves, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, timers__may_set_themselves_anew, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, timers__that_fail_wait_longer_and_then_are_incidents, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, timers__of_no_known_kind_fail_by_name, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, timers__are_not_blamed_for_an_outage, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, timers__are_done_in_the_order_of_their_due_times_up_to_a_limit, 0,
                        WORLD_STORAGES);
    tcase_add_test(t, timers__that_only_wait_leave_the_writer_alone);
    tcase_add_test(t, timers__cost_what_is_due_and_not_what_waits);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
