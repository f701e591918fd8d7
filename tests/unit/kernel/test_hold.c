/* SPDX-License-Identifier: MIT */
/* Sessions held at one state. */
#include "unit/kernel/world.h"

static world w;
static acrm_session *reader;

static void setup(int storage)
{
    w = world_new(storage);
    world_do(w.system, "brand.create", "{'name':'first'}");
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &reader, NULL), ACRM_OK);
}

static void teardown(void)
{
    acrm_session_free(reader);
    world_free(&w);
}

static int64_t brands(acrm_session *session)
{
    return world_count(session, "brand.count", "{}");
}

START_TEST(hold__what_others_write_is_seen_when_it_is_let_go)
{
    setup(WORLD_SQLITE);
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_OK);
    world_do(w.system, "brand.create", "{'name':'second'}");
    ck_assert_int_eq(brands(w.system), 2);
    ck_assert_int_eq(brands(reader), 1);
    acrm_value *page = world_call(reader, "brand.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(page, "items")), 1);
    acrm_value_free(page);
    ck_assert_int_eq(acrm_session_hold(reader, 0, NULL), ACRM_OK);
    ck_assert_int_eq(brands(reader), 2);
    teardown();
}
END_TEST

START_TEST(hold__again_is_at_the_state_of_then)
{
    setup(WORLD_SQLITE);
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_OK);
    world_do(w.system, "brand.create", "{'name':'second'}");
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_OK);
    ck_assert_int_eq(brands(reader), 2);
    world_do(w.system, "brand.create", "{'name':'third'}");
    ck_assert_int_eq(brands(reader), 2);
    teardown(); /* held: it is let go */
}
END_TEST

START_TEST(hold__a_schema_that_others_change_is_that_of_the_state)
{
    setup(WORLD_SQLITE);
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_OK);
    world_do(w.system, "schema.add_field",
             "{'entity':'brand','name':'x_colour','type':'text','help':'Colour'}");
    ck_assert_int_eq(brands(reader), 1);
    ck_assert_int_eq(acrm_session_hold(reader, 0, NULL), ACRM_OK);
    acrm_value *page = world_call(reader, "brand.list", "{'fields':['x_colour']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(page, "items")), 1);
    acrm_value_free(page);
    teardown();
}
END_TEST

START_TEST(hold__who_holds_does_not_write)
{
    setup(_i);
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_OK);
    world_refuse(reader, ACRM_E_MISUSE, "held", "brand.create", "{'name':'x'}");
    world_refuse(reader, ACRM_E_MISUSE, "held", "engine.tick", "{}");
    world_refuse(reader, ACRM_E_NOTFOUND, "operation", "brand.paint", "{}");
    ck_assert_int_eq(acrm_session_set_principal(reader, "system", NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(brands(reader), 1);
    ck_assert_int_eq(acrm_session_hold(reader, 0, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_hold(reader, 0, NULL), ACRM_OK);
    world_do(reader, "brand.create", "{'name':'x'}");
    ck_assert_int_eq(brands(w.system), 2);
    teardown();
}
END_TEST

START_TEST(hold__nothing_is_held_when_it_fails)
{
    setup(_i);
    ck_assert_int_eq(acrm_session_hold(NULL, 1, NULL), ACRM_E_MISUSE);
    acrm_interrupt(reader, 1);
    ck_assert_int_eq(acrm_session_hold(reader, 1, NULL), ACRM_E_INTERRUPTED);
    acrm_interrupt(reader, 0);
    world_do(reader, "brand.create", "{'name':'x'}");
    ck_assert_int_eq(brands(reader), 2);
    teardown();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("hold");
    TCase *t = tcase_create("hold");

    tcase_add_test(t, hold__what_others_write_is_seen_when_it_is_let_go);
    tcase_add_test(t, hold__again_is_at_the_state_of_then);
    tcase_add_test(t, hold__a_schema_that_others_change_is_that_of_the_state);
    tcase_add_loop_test(t, hold__who_holds_does_not_write, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, hold__nothing_is_held_when_it_fails, 0, WORLD_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
