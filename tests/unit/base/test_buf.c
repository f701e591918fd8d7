/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <string.h>

START_TEST(str__is_a_c_string_from_the_start_to_the_end)
{
    acrm__str s;

    acrm__str_init(&s, NULL);
    ck_assert_str_eq(s.data, "");
    acrm__str_clear(&s);
    acrm__str_cut(&s, 0);
    acrm__str_add(&s, "abcdef", 3);
    acrm__str_putc(&s, '-');
    acrm__str_puts(&s, "xyz");
    acrm__str_int(&s, INT64_MIN);
    acrm__str_format(&s, "|%5d|%s", 42, "");
    ck_assert_str_eq(s.data, "abc-xyz-9223372036854775808|   42|");
    ck_assert_uint_eq(s.len, strlen(s.data));
    acrm__str_cut(&s, 5);
    ck_assert_str_eq(s.data, "abc-x");
    acrm__str_cut(&s, 50);
    ck_assert_uint_eq(s.len, 5);
    acrm__str_clear(&s);
    ck_assert_str_eq(s.data, "");
    acrm__str_add(&s, "a\0b", 3);
    ck_assert_uint_eq(s.len, 3);
    acrm__str_free(&s);
    ck_assert_str_eq(s.data, "");
}
END_TEST

START_TEST(str__grows_by_any_way_of_adding)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    char text[700];
    acrm__str s;

    memset(text, 'z', sizeof text);
    text[sizeof text - 1] = '\0';
    acrm__str_init(&s, &port);
    for (size_t i = 1; i < sizeof text; i += 7) {
        size_t before = s.len;

        acrm__str_format(&s, "%.*s", (int)i, text);
        acrm__str_add(&s, text, i);
        ck_assert_uint_eq(s.len, before + 2 * i);
        ck_assert_uint_eq(strlen(s.data), s.len);
    }
    ck_assert_uint_eq(strspn(s.data, "z"), s.len);
    ck_assert_int_lt(state.count, 12);
    acrm__str_free(&s);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(str__becomes_a_buffer_and_begins_anew)
{
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__str s;
    acrm_buf *buf = NULL;
    acrm_buf *empty = NULL;
    long count = 0;

    acrm__str_init(&s, &port);
    acrm__str_puts(&s, "hello");
    count = state.count;
    ck_assert_int_eq(acrm__str_to_buf(&s, &buf), ACRM_OK);
    ck_assert_int_eq(state.count, count); /* nothing can fail once the text is there */
    ck_assert_uint_eq(s.len, 0);
    ck_assert_int_eq(acrm__str_to_buf(&s, &empty), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(buf), "hello");
    ck_assert_uint_eq(acrm_buf_len(buf), 5);
    ck_assert_str_eq(acrm_buf_data(empty), "");
    ck_assert_uint_eq(acrm_buf_len(empty), 0);
    acrm_buf_free(buf);
    acrm_buf_free(empty);
    acrm__str_free(&s);
    ck_assert_uint_eq(state.live_bytes, 0);
    ck_assert_str_eq(acrm_buf_data(NULL), "");
    ck_assert_uint_eq(acrm_buf_len(NULL), 0);
    acrm_buf_free(NULL);
}
END_TEST

START_TEST(str__remembers_a_failed_allocation)
{
    char text[400];

    memset(text, 'z', sizeof text);
    text[sizeof text - 1] = '\0';
    for (long n = 1; n <= 3; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm_buf *buf = NULL;
        acrm__str s;

        acrm__str_init(&s, &port);
        acrm__str_puts(&s, "a");
        acrm__str_puts(&s, text);
        acrm__str_format(&s, "%s%s", text, text);
        ck_assert(s.failed);
        acrm__str_puts(&s, "b");
        ck_assert_uint_eq(strlen(s.data), s.len);
        ck_assert_ptr_null(strchr(s.data, 'b'));
        ck_assert_int_eq(acrm__str_to_buf(&s, &buf), ACRM_E_NOMEM);
        ck_assert_ptr_null(buf);
        acrm__str_clear(&s);
        ck_assert(!s.failed);
        acrm__str_free(&s);
        ck_assert_uint_eq(state.live_bytes, 0);
    }
}
END_TEST

START_TEST(str__refuses_absurd_sizes)
{
    acrm__str s;

    acrm__str_init(&s, NULL);
    ck_assert_ptr_null(acrm__str_room(&s, SIZE_MAX));
    ck_assert(s.failed);
    acrm__str_free(&s);
}
END_TEST

static Suite *buf_suite(void)
{
    Suite *suite = suite_create("buf");
    TCase *tc = tcase_create("buf");

    tcase_add_test(tc, str__is_a_c_string_from_the_start_to_the_end);
    tcase_add_test(tc, str__grows_by_any_way_of_adding);
    tcase_add_test(tc, str__becomes_a_buffer_and_begins_anew);
    tcase_add_test(tc, str__remembers_a_failed_allocation);
    tcase_add_test(tc, str__refuses_absurd_sizes);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(buf_suite)
