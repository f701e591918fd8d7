/* SPDX-License-Identifier: MIT */
/* Events: a gapless feed, reactions in the same transaction, and how the feed is read. */
#include "unit/kernel/world.h"

static world w;

START_TEST(events__are_numbered_without_gaps)
{
    w = world_new(_i);
    world_do(w.system, "brand.create", "{'name':'A'}");
    world_refuse(w.system, ACRM_E_INVALID, "required", "brand.create", "{}");
    world_do(w.system, "brand.create", "{'name':'B','dry_run':true}");
    world_breaks = ACRM_E_CONFLICT;
    world_refuse(w.system, ACRM_E_CONFLICT, "broken", "world.break", "{}");
    world_do(w.system, "brand.create_many",
             "{'records':[{'name':'C'},{},{'name':'D'}],'on_error':'skip'}");
    acrm_value *out = world_call(w.system, "event.list", "{}");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(world_int(acrm_value_at(items, i), "seq"), (int64_t)i + 1);
    ck_assert_str_eq(world_text(out, "items.0.type"), "brand.created");
    ck_assert_str_eq(world_text(out, "items.0.entity"), "brand");
    ck_assert_str_eq(world_text(out, "items.0.actor"), "system");
    ck_assert_str_eq(world_text(out, "items.0.at"), "2026-11-21T10:00:00Z");
    ck_assert_int_eq(world_int(out, "last_seq"), 3);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(events__are_read_on_from_a_number)
{
    w = world_new(_i);
    for (int i = 0; i < 5; i++)
        world_do(w.system, "world.emit", "{'type':'%s','data':{'n':%d}}",
                 i % 2 ? "world.odd" : "star.even", i);
    acrm_value *out = world_call(w.system, "event.list", "{'limit':2}");
    ck_assert_int_eq(world_int(out, "next"), 2);
    ck_assert_int_eq(world_int(out, "items.1.data.n"), 1);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'after':2,'limit':3}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 3);
    ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "next")), ACRM_NULL);
    ck_assert_int_eq(world_int(out, "last_seq"), 5);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'after':5}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 0);
    ck_assert_int_eq(world_int(out, "last_seq"), 5);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'types':['world.*']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'types':['world.odd','star.even']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 5);
    acrm_value_free(out);
    out = world_call(w.system, "event.list", "{'types':['world']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 0);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(events__come_as_cloudevents_if_asked_for)
{
    char id[37], subject[64];

    w = world_new(_i);
    world_create(w.system, "brand.create", id, "{'name':'A'}");
    snprintf(subject, sizeof subject, "brand/%s", id);
    acrm_value *out = world_call(w.system, "event.list",
                                 "{'cloudevents':true,'source':'/crm/42'}");
    const acrm_value *event = world_at(out, "items.0");
    ck_assert_str_eq(world_text(event, "specversion"), "1.0");
    ck_assert_str_eq(world_text(event, "id"), "1");
    ck_assert_str_eq(world_text(event, "source"), "/crm/42");
    ck_assert_str_eq(world_text(event, "type"), "brand.created");
    ck_assert_str_eq(world_text(event, "subject"), subject);
    ck_assert_str_eq(world_text(event, "time"), "2026-11-21T10:00:00Z");
    ck_assert_str_eq(world_text(event, "sequence"), "1");
    ck_assert_ptr_null(world_at(event, "seq"));
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(events__set_off_reactions_in_the_same_transaction)
{
    char id[37], want[128];

    w = world_new(_i);
    world_create(w.system, "deal.create", id, "{'title':'A'}");
    world_do(w.system, "deal.update", "{'id':'%s','version':1,'title':'B'}", id);
    acrm_value *out = world_call(w.system, "trace.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    snprintf(want, sizeof want, "deal.created deal %s", id);
    ck_assert_str_eq(world_text(out, "items.0.text"), want);
    snprintf(want, sizeof want, "deal.updated deal %s", id);
    ck_assert_str_eq(world_text(out, "items.1.text"), want);
    acrm_value_free(out);
    world_refuse(w.system, ACRM_E_CONFLICT, "reaction", "world.emit", "{'type':'world.fail'}");
    ck_assert_int_eq(world_count(w.system, "trace.count", "{}"), 2);
    out = world_call(w.system, "event.list", "{'types':['world.fail']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 0);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(events__that_raise_themselves_end_with_an_error)
{
    w = world_new(_i);
    world_refuse(w.system, ACRM_E_LIMIT, "depth", "world.emit", "{'type':'world.echo'}");
    world_do(w.system, "world.emit", "{'type':'world.quiet'}");
    acrm_value *out = world_call(w.system, "event.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

START_TEST(events__of_a_failed_call_are_not_reacted_to_later)
{
    w = world_new(_i);
    world_breaks = ACRM_E_CONFLICT;
    world_refuse(w.system, ACRM_E_CONFLICT, "broken", "world.break", "{}");
    world_do(w.system, "deal.create", "{'title':'A'}");
    ck_assert_int_eq(world_count(w.system, "trace.count", "{}"), 1);
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("events");
    TCase *t = tcase_create("events");

    tcase_add_loop_test(t, events__are_numbered_without_gaps, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, events__are_read_on_from_a_number, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, events__come_as_cloudevents_if_asked_for, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, events__set_off_reactions_in_the_same_transaction, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, events__that_raise_themselves_end_with_an_error, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, events__of_a_failed_call_are_not_reacted_to_later, 0, WORLD_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
