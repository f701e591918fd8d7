/* SPDX-License-Identifier: MIT */
#include "base/number.h"
#include "base/text.h"
#include "support/suite.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEED = 20 };

static uint64_t number_state = SEED;

static uint64_t number_random(void)
{
    number_state = number_state * 6364136223846793005 + 1442695040888963407;
    return number_state ^ number_state >> 29;
}

START_TEST(number__integers_are_exact_or_refused)
{
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } rows[] = {
        { "0", true, 0 }, { "-0", true, 0 }, { "+5", true, 5 }, { "007", true, 7 },
        { "9223372036854775807", true, INT64_MAX }, { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 },
        { "99999999999999999999", false, 0 }, { "", false, 0 }, { "-", false, 0 },
        { "+", false, 0 }, { "--1", false, 0 }, { "1 ", false, 0 }, { " 1", false, 0 },
        { "1.0", false, 0 }, { "1e3", false, 0 }, { "0x1", false, 0 }, { "\xDB\xB1", false, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t out = 77;

        ck_assert_msg(acrm__parse_int(rows[i].text, strlen(rows[i].text), &out) == rows[i].good,
                      "\"%s\"", rows[i].text);
        ck_assert_int_eq(out, rows[i].good ? rows[i].value : 77);
    }
}
END_TEST

START_TEST(number__decimals_are_scaled_and_never_rounded)
{
    static const struct {
        const char *text;
        int32_t digits;
        bool good;
        int64_t value;
    } rows[] = {
        { "1250000.50", 2, true, 125000050 }, { "1250000.5", 2, true, 125000050 },
        { "-0.05", 2, true, -5 }, { "+0.05", 2, true, 5 }, { "0", 2, true, 0 },
        { "7", 3, true, 7000 }, { "7.500", 1, true, 75 }, { "7.000", 0, true, 7 },
        { "7.501", 2, false, 0 }, { "0.1", 0, false, 0 },
        { "92233720368547758.07", 2, true, INT64_MAX },
        { "-92233720368547758.08", 2, true, INT64_MIN },
        { "92233720368547758.08", 2, false, 0 }, { "-92233720368547758.09", 2, false, 0 },
        { "92233720368547759", 2, false, 0 }, { "1", 19, false, 0 }, { "0", 19, true, 0 },
        { "", 2, false, 0 }, { ".5", 2, false, 0 }, { "5.", 2, false, 0 }, { "1,5", 2, false, 0 },
        { "1.2.3", 2, false, 0 }, { "1e2", 2, false, 0 }, { "-", 2, false, 0 },
        { "1.5x", 2, false, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t out = 77;

        ck_assert_msg(acrm__parse_decimal(rows[i].text, strlen(rows[i].text), rows[i].digits, &out)
                          == rows[i].good,
                      "\"%s\"", rows[i].text);
        ck_assert_int_eq(out, rows[i].good ? rows[i].value : 77);
    }
}
END_TEST

START_TEST(number__decimals_print_all_their_digits)
{
    static const struct {
        int64_t scaled;
        int32_t digits;
        const char *text;
    } rows[] = {
        { 0, 0, "0" }, { 0, 2, "0.00" }, { 5, 2, "0.05" }, { -5, 2, "-0.05" }, { 100, 2, "1.00" },
        { 125000050, 2, "1250000.50" }, { 7, 0, "7" }, { INT64_MIN, 0, "-9223372036854775808" },
        { INT64_MIN, 18, "-9.223372036854775808" }, { INT64_MAX, 3, "9223372036854775.807" },
        { 1, 18, "0.000000000000000001" },
    };
    char text[32];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t back = 0;
        size_t len = acrm__print_decimal(rows[i].scaled, rows[i].digits, text);

        ck_assert_str_eq(text, rows[i].text);
        ck_assert_uint_eq(len, strlen(text));
        ck_assert(acrm__parse_decimal(text, len, rows[i].digits, &back));
        ck_assert_int_eq(back, rows[i].scaled);
    }
}
END_TEST

START_TEST(number__reals_print_short)
{
    static const struct {
        double real;
        const char *text;
    } rows[] = {
        { 0.0, "0" }, { -0.0, "0" }, { 1.0, "1" }, { -1.5, "-1.5" }, { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" }, { 1e21, "1e21" }, { 1e16, "1e16" },
        { 9007199254740991.0, "9007199254740991" },
        { 1e-6, "0.000001" }, { 1e-7, "1e-7" }, { 1.5e-7, "1.5e-7" }, { 5e-324, "5e-324" },
        { DBL_MIN, "2.2250738585072014e-308" }, { DBL_MAX, "1.7976931348623157e308" },
        { 9007199254740993.0, "9.007199254740992e15" }, { 123456789.125, "123456789.125" },
        { 1.0 / 3, "0.3333333333333333" }, { 2e-323, "2e-323" }, { 100.0, "100" },
    };
    char text[32];

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = acrm__print_real(rows[i].real, text);

        ck_assert_str_eq(text, rows[i].text);
        ck_assert_uint_eq(len, strlen(text));
    }
}
END_TEST

START_TEST(number__hard_reals_round_to_nearest)
{
    static const struct {
        const char *text;
        double real;
    } rows[] = {
        /* Ties and their neighbours around 2^53 and 1. */
        { "9007199254740993", 9007199254740992.0 },
        { "9007199254740995", 9007199254740996.0 },
        { "9007199254740993.00000000000000000000000000000000000000001", 9007199254740994.0 },
        { "1.00000000000000011102230246251565404236316680908203125", 1.0 },
        { "1.00000000000000011102230246251565404236316680908203126", 0x1.0000000000001p0 },
        { "1.00000000000000011102230246251565404236316680908203124", 1.0 },
        { "1.00000000000000033306690738754696212708950042724609375", 0x1.0000000000002p0 },
        /* The border of subnormals, which once hung or misled several libraries. */
        { "2.2250738585072011e-308", 0x0.fffffffffffffp-1022 },
        { "2.2250738585072012e-308", 0x1p-1022 },
        { "4.9406564584124654e-324", 0x1p-1074 },
        { "2.4703282292062327e-324", 0.0 },
        { "2.4703282292062328e-324", 0x1p-1074 },
        { "1e-400", 0.0 }, { "1e-999999999999", 0.0 },
        { "0e999999999999", 0.0 },
        { "1.7976931348623158e308", DBL_MAX },
        { "123456789012345678901234567890e-10", 12345678901234567890.123456789 },
        { "0.000000000000000000000000000000000000000000000000000001e54", 1.0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double out = -1;

        ck_assert_msg(acrm__parse_real(rows[i].text, strlen(rows[i].text), &out), "%s",
                      rows[i].text);
        ck_assert_msg(out == rows[i].real, "%s: %a, not %a", rows[i].text, out, rows[i].real);
        ck_assert_msg(strtod(rows[i].text, NULL) == rows[i].real, "the row itself: %s",
                      rows[i].text);
    }
}
END_TEST

START_TEST(number__refuses_what_is_no_json_number_or_no_double)
{
    static const char *const texts[] = {
        "", "-", "+1", "01", "-01", "1.", ".5", "1.e1", "1e", "1e+", "1E-", "0x10", "inf", "nan",
        "Infinity", "1 ", " 1", "1,5", "1_0", "--1", "1.5.5", "1e5.5", "1e400", "-1e400",
        "1.7976931348623159e308", "1e999999999999999999999",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double out = 77;

        ck_assert_msg(!acrm__parse_real(texts[i], strlen(texts[i]), &out), "\"%s\"", texts[i]);
        ck_assert(out == 77);
    }
}
END_TEST

/* Digits, a point and an exponent at random, so that all paths are met. */
static void number_write(char *text)
{
    size_t len = 0;
    size_t whole = number_random() % 25;
    size_t places = number_random() % 40;

    if (number_random() % 2)
        text[len++] = '-';
    text[len++] = (char)('1' + number_random() % 9);
    for (size_t i = 0; i < whole; i++)
        text[len++] = (char)('0' + number_random() % 10);
    if (places > 0) {
        text[len++] = '.';
        for (size_t i = 0; i < places; i++)
            text[len++] = (char)('0' + number_random() % 10);
    }
    text[len] = '\0';
    if (number_random() % 3 == 0)
        (void)snprintf(text + len, 16, "e%d", (int)(number_random() % 700) - 350);
}

START_TEST(number__reading_agrees_with_strtod)
{
    char text[128];

    printf("number: seed %d\n", SEED);
    for (int i = 0; i < 60000; i++) {
        double out = 0;
        double expected = 0;
        bool read = false;

        number_write(text);
        expected = strtod(text, NULL); /* glibc rounds correctly; the tests keep the C locale */
        read = acrm__parse_real(text, strlen(text), &out);
        if (read != (isfinite(expected) != 0) || (read && out != expected))
            ck_abort_msg("%s: %a, not %a", text, out, expected);
    }
}
END_TEST

START_TEST(number__midpoints_between_doubles_are_decided_exactly)
{
    char text[1200];

    for (int i = 0; i < 3000; i++) {
        uint64_t bits = (number_random() << 32 ^ number_random()) & 0x7FFFFFFFFFFFFFFF;
        double real = 0;
        size_t last = 0;

        if (i % 3 == 0)
            bits &= 0x001FFFFFFFFFFFFF; /* small, subnormal */
        memcpy(&real, &bits, sizeof real);
        if (!isfinite(real) || !isfinite(nextafter(real, INFINITY)))
            continue;
        /* Long double has the 54 bits; 800 digits are all of them. Then a little less, and more. */
        long double middle = ((long double)real + (long double)nextafter(real, INFINITY)) / 2;
        (void)snprintf(text, sizeof text, "%.800Le", middle);
        last = strcspn(text, "e") - 1;
        for (int step = 0; step < 3; step++) {
            double out = 0;

            text[last] = "019"[step];
            if (step == 2)
                text[last - 300 - i % 400] = text[last - 300 - i % 400] == '0' ? '1' : '0';
            if (!acrm__parse_real(text, strlen(text), &out) || out != strtod(text, NULL))
                ck_abort_msg("%d, step %d: %a, not %a", i, step, out, strtod(text, NULL));
        }
    }
}
END_TEST

START_TEST(number__printing_reads_back_and_is_shortest)
{
    char text[32];
    char longer[64];

    for (int i = 0; i < 60000; i++) {
        uint64_t bits = number_random() << 32 ^ number_random();
        double real = 0;
        double back = 0;
        size_t len = 0;

        memcpy(&real, &bits, sizeof real);
        if (i % 4 == 0)
            real = (double)(number_random() % 1000000) / (double)(number_random() % 1000 + 1);
        if (!isfinite(real))
            continue;
        len = acrm__print_real(real, text);
        if (!acrm__parse_real(text, len, &back) || back != real || len > 30)
            ck_abort_msg("%a prints as %s", real, text);
        /* No precision below that of the digits printed gives the number back. */
        size_t digits = 0;
        for (const char *p = text; *p && *p != 'e'; p++)
            digits += *p >= '0' && *p <= '9' && (digits > 0 || *p != '0');
        for (const char *p = text + strcspn(text, "e"); p > text && p[-1] == '0' && digits > 1; p--)
            digits -= strchr(text, '.') ? 0 : 1;
        if (digits > 1 && digits < 18) {
            (void)snprintf(longer, sizeof longer, "%.*e", (int)digits - 2, real);
            if (strtod(longer, NULL) == real)
                ck_abort_msg("%s is longer than %s", text, longer);
        }
    }
}
END_TEST

START_TEST(number__a_million_digits_are_read_in_no_time)
{
    enum { DIGITS = 1000000 };
    char *text = malloc(DIGITS + 32);
    double out = 0;
    size_t len = 0;

    memset(text, '7', DIGITS);
    len = DIGITS + (size_t)sprintf(text + DIGITS, "e-%d", DIGITS - 1);
    ck_assert(acrm__parse_real(text, len, &out));
    ck_assert(out == 7.777777777777777777777);
    text[1] = '.';
    ck_assert(acrm__parse_real(text, DIGITS, &out));
    ck_assert(out == 7.777777777777777777777);
    memcpy(text, "0.", 2);
    memset(text + 2, '0', DIGITS - 2);
    len = DIGITS + (size_t)sprintf(text + DIGITS, "5e%d", DIGITS - 1);
    ck_assert(acrm__parse_real(text, len, &out));
    ck_assert(out == 5.0);
    free(text);
}
END_TEST

START_TEST(number__integral_means_exactly_and_within_53_bits)
{
    static const struct {
        const char *text;
        bool integral;
        int64_t integer;
    } rows[] = {
        { "1.0", true, 1 }, { "1e3", true, 1000 }, { "-1.50e1", true, -15 }, { "0e5", true, 0 },
        { "-0.0", true, 0 }, { "9007199254740991.0", true, 9007199254740991 },
        { "90071992547409910e-1", true, 9007199254740991 }, { "1000e-3", true, 1 },
        { "9007199254740992.0", false, 0 }, { "1e16", false, 0 }, { "0.5", false, 0 },
        { "1.00000000000000000000000000001", false, 0 }, { "1e-400", false, 0 },
        { "9007199254740990.99999999999", false, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm__number number;
        size_t stop = 0;
        size_t len = strlen(rows[i].text);

        ck_assert_uint_eq(acrm__number_read(rows[i].text, len, &number, &stop), len);
        ck_assert_msg(number.integral == rows[i].integral, "%s", rows[i].text);
        ck_assert_int_eq(number.integer, rows[i].integer);
    }
}
END_TEST

static Suite *number_suite(void)
{
    Suite *suite = suite_create("number");
    TCase *tc = tcase_create("number");

    tcase_add_test(tc, number__integers_are_exact_or_refused);
    tcase_add_test(tc, number__decimals_are_scaled_and_never_rounded);
    tcase_add_test(tc, number__decimals_print_all_their_digits);
    tcase_add_test(tc, number__reals_print_short);
    tcase_add_test(tc, number__hard_reals_round_to_nearest);
    tcase_add_test(tc, number__refuses_what_is_no_json_number_or_no_double);
    tcase_add_test(tc, number__reading_agrees_with_strtod);
    tcase_add_test(tc, number__midpoints_between_doubles_are_decided_exactly);
    tcase_add_test(tc, number__printing_reads_back_and_is_shortest);
    tcase_add_test(tc, number__a_million_digits_are_read_in_no_time);
    tcase_add_test(tc, number__integral_means_exactly_and_within_53_bits);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(number_suite)
