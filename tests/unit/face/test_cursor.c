/* SPDX-License-Identifier: MIT */
/* Cursors: every record once, whatever the size of a page. */
#include "autocrm/engine.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

enum { ROLES = 25 };

static acrm_engine *engine;
static acrm_session *session;

static void setup(void)
{
    char args[160];

    ck_assert_int_eq(acrm_open("memory:", NULL, &engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    for (int i = 0; i < ROLES; i++) {
        int n = snprintf(args, sizeof args, "{\"name\":\"cursor_%02d\",\"permissions\":[]}", i);
        ck_assert_int_eq(acrm_call_json(session, "role.create", args, (size_t)n, NULL, NULL),
                         ACRM_OK);
    }
}

static acrm_value *arguments(const char *json)
{
    acrm_value *args = NULL;
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
    return args;
}

static acrm_cursor *cursor(const char *operation, const char *json)
{
    acrm_value *args = arguments(json);
    acrm_cursor *c = NULL;

    ck_assert_int_eq(acrm_cursor_new(session, operation, args, &c, NULL), ACRM_OK);
    acrm_value_free(args); /* the cursor has its own */
    return c;
}

START_TEST(cursor__gives_every_record_once_for_any_page_size)
{
    static const int sizes[] = { 1, 2, 5, 24, 25, 26, 1000 };
    char args[160], want[16];
    const acrm_value *item;

    setup();
    snprintf(args, sizeof args,
             "{\"where\":{\"name\":{\"$startswith\":\"cursor_\"}},\"order\":[\"-name\"],"
             "\"limit\":%d}", sizes[_i]);
    acrm_cursor *c = cursor("role.list", args);
    for (int i = ROLES - 1; i >= 0; i--) {
        ck_assert_int_eq(acrm_cursor_next(c, &item, NULL), ACRM_OK);
        snprintf(want, sizeof want, "cursor_%02d", i);
        ck_assert_str_eq(acrm_value_text(acrm_value_get(item, "name"), NULL), want);
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(acrm_cursor_next(c, &item, NULL), ACRM_OK);
        ck_assert_ptr_null(item);
    }
    acrm_cursor_free(c);
    acrm_session_free(session);
    acrm_close(engine);
}
END_TEST

START_TEST(cursor__walks_feeds_too_and_outlives_its_handles)
{
    const acrm_value *item;
    int n = 0;

    setup();
    acrm_cursor *c = cursor("event.list", "{\"limit\":7,\"types\":[\"role.created\"]}");
    acrm_session_free(session);
    acrm_close(engine);
    do {
        ck_assert_int_eq(acrm_cursor_next(c, &item, NULL), ACRM_OK);
        n += item != NULL;
    } while (item);
    ck_assert_int_ge(n, ROLES);
    acrm_cursor_free(c);
    acrm_cursor_free(NULL);
}
END_TEST

START_TEST(cursor__tells_what_is_wrong_and_can_be_asked_again)
{
    const acrm_value *item = NULL;
    acrm_error *err = NULL;
    acrm_cursor *c;
    acrm_value *list = arguments("[]");

    setup();
    c = cursor("role.list", "{\"where\":{\"nmae\":1}}");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(acrm_cursor_next(c, &item, &err), ACRM_E_INVALID);
        ck_assert_str_eq(acrm_error_reason(err), "unknown_field");
        acrm_error_free(err);
        err = NULL;
    }
    acrm_cursor_free(c);
    c = cursor("role.count", "{}");
    ck_assert_int_eq(acrm_cursor_next(c, &item, &err), ACRM_E_INVALID);
    acrm_error_free(err);
    acrm_cursor_free(c);
    ck_assert_ptr_null(item);
    c = NULL;
    ck_assert_int_eq(acrm_cursor_new(session, "role.list", list, &c, NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_cursor_new(NULL, "role.list", NULL, &c, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_cursor_new(session, NULL, NULL, &c, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_cursor_next(NULL, &item, NULL), ACRM_E_MISUSE);
    ck_assert_ptr_null(c);
    acrm_value_free(list);
    acrm_session_free(session);
    acrm_close(engine);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("cursor");
    TCase *t = tcase_create("cursor");

    tcase_add_loop_test(t, cursor__gives_every_record_once_for_any_page_size, 0, 7);
    tcase_add_test(t, cursor__walks_feeds_too_and_outlives_its_handles);
    tcase_add_test(t, cursor__tells_what_is_wrong_and_can_be_asked_again);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
