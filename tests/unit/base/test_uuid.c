/* SPDX-License-Identifier: MIT */
#include "base/uuid.h"
#include "support/suite.h"

#include <string.h>

static uint64_t uuid_state = 20;

static const unsigned char *uuid_random(void)
{
    static unsigned char bytes[10];

    for (size_t i = 0; i < sizeof bytes; i++) {
        uuid_state = uuid_state * 6364136223846793005 + 1442695040888963407;
        bytes[i] = (unsigned char)(uuid_state >> 56);
    }
    return bytes;
}

START_TEST(uuid__has_the_layout_of_rfc_9562)
{
    /* RFC 9562, appendix A.6: 2022-02-22 14:22:22.00 GMT-05:00. */
    static const unsigned char random[10] = { 0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C,
                                              0x0C, 0x07, 0x39, 0x8F };
    acrm__uuid_state state = { 0 };
    acrm__uuid id = acrm__uuid_v7(&state, INT64_C(0x017F22E279B0) * 1000 + 999, random);
    char text[37];

    acrm__uuid_print(id.bytes, text);
    /* The counter takes the place of 12 random bits, less its highest: 0x4C3 of 0xCC3. */
    ck_assert_str_eq(text, "017f22e2-79b0-74c3-98c4-dc0c0c07398f");
    ck_assert_int_eq(acrm__uuid_ms(id.bytes), 0x017F22E279B0);
}
END_TEST

START_TEST(uuid__always_increases_whatever_the_clock_does)
{
    static const int64_t clock_steps[] = { 0, 0, 1, 999, 1000, -5000, 0, -1000000000, 0, 2000000000,
                                           0, 3, -1, 500 };
    acrm__uuid_state state = { 0 };
    int64_t now = INT64_C(1700000000000000);
    acrm__uuid last = acrm__uuid_v7(&state, now, uuid_random());

    for (int i = 0; i < 200000; i++) {
        acrm__uuid id;

        if (i % 1000 == 0)
            now += clock_steps[i / 1000 % (int)(sizeof clock_steps / sizeof clock_steps[0])];
        id = acrm__uuid_v7(&state, now, uuid_random());
        if (memcmp(last.bytes, id.bytes, 16) >= 0)
            ck_abort_msg("id %d does not follow", i);
        if (id.bytes[6] >> 4 != 7 || id.bytes[8] >> 6 != 2)
            ck_abort_msg("id %d has another version or variant", i);
        last = id;
    }
}
END_TEST

START_TEST(uuid__a_full_millisecond_borrows_from_the_next)
{
    static const unsigned char high[10] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                            0xFF };
    acrm__uuid_state state = { 0 };
    acrm__uuid id;

    for (int i = 0; i <= 0xFFF - 0x7FF; i++)
        id = acrm__uuid_v7(&state, 5000000, high);
    ck_assert_int_eq(acrm__uuid_ms(id.bytes), 5000);
    id = acrm__uuid_v7(&state, 5000000, high);
    ck_assert_int_eq(acrm__uuid_ms(id.bytes), 5001);
    id = acrm__uuid_v7(&state, 5003000, high);
    ck_assert_int_eq(acrm__uuid_ms(id.bytes), 5003);
}
END_TEST

START_TEST(uuid__a_clock_before_1970_counts_as_zero)
{
    acrm__uuid_state state = { 0 };
    acrm__uuid a = acrm__uuid_v7(&state, -5, uuid_random());
    acrm__uuid b = acrm__uuid_v7(&state, INT64_MIN, uuid_random());

    ck_assert_int_eq(acrm__uuid_ms(a.bytes), 0);
    ck_assert_int_lt(memcmp(a.bytes, b.bytes, 16), 0);
}
END_TEST

START_TEST(uuid__text_and_bytes_round_trip)
{
    for (int i = 0; i < 1000; i++) {
        unsigned char bytes[16];
        unsigned char back[16];
        char text[37];

        memcpy(bytes, uuid_random(), 10);
        memcpy(bytes + 8, uuid_random(), 8);
        acrm__uuid_print(bytes, text);
        ck_assert_uint_eq(strlen(text), 36);
        ck_assert(acrm__uuid_parse(text, 36, back));
        ck_assert_mem_eq(bytes, back, 16);
        for (char *p = text; *p; p++)
            if (*p >= 'a')
                *p = (char)(*p - 'a' + 'A');
        memset(back, 0, sizeof back);
        ck_assert(acrm__uuid_parse(text, 36, back));
        ck_assert_mem_eq(bytes, back, 16);
    }
}
END_TEST

START_TEST(uuid__refuses_every_other_text)
{
    static const char good[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    unsigned char bytes[16] = "untouched......";
    char text[40];

    for (size_t i = 0; i < 36; i++)
        for (int c = 0; c < 256; c++) {
            bool fits = strchr("0123456789abcdefABCDEF", c) != NULL && c != 0;

            if (good[i] == '-')
                fits = c == '-';
            memcpy(text, good, sizeof good);
            text[i] = (char)c;
            if (!fits && acrm__uuid_parse(text, 36, bytes))
                ck_abort_msg("accepted \"%s\"", text);
        }
    ck_assert(!acrm__uuid_parse(good, 35, bytes));
    ck_assert(!acrm__uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", 37, bytes));
    ck_assert(!acrm__uuid_parse("{017f22e2-79b0-7cc3-98c4-dc0c0c07398", 36, bytes));
    ck_assert(!acrm__uuid_parse("", 0, bytes));
    ck_assert_str_eq((const char *)bytes, "untouched......");
}
END_TEST

static Suite *uuid_suite(void)
{
    Suite *suite = suite_create("uuid");
    TCase *tc = tcase_create("uuid");

    tcase_add_test(tc, uuid__has_the_layout_of_rfc_9562);
    tcase_add_test(tc, uuid__always_increases_whatever_the_clock_does);
    tcase_add_test(tc, uuid__a_full_millisecond_borrows_from_the_next);
    tcase_add_test(tc, uuid__a_clock_before_1970_counts_as_zero);
    tcase_add_test(tc, uuid__text_and_bytes_round_trip);
    tcase_add_test(tc, uuid__refuses_every_other_text);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(uuid_suite)
