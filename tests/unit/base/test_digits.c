/* SPDX-License-Identifier: MIT */
#include "base/digits.h"
#include "support/suite.h"

static const struct {
    const char *what;
    const char *bytes;
    size_t len;
    uint32_t cp;
    size_t taken;
} utf8_cases[] = {
    { "ASCII", "A", 1, 'A', 1 },
    { "NUL is a code point", "\0", 1, 0, 1 },
    { "two bytes", "\xD9\xA0", 2, 0x660, 2 },
    { "three bytes", "\xEF\xBC\x95", 3, 0xFF15, 3 },
    { "four bytes", "\xF0\x9D\x9F\x8E", 4, 0x1D7CE, 4 },
    { "the last code point", "\xF4\x8F\xBF\xBF", 4, 0x10FFFF, 4 },
    { "only the first code point is taken", "\xD9\xA0\xD9\xA1", 4, 0x660, 2 },
    { "past the last code point", "\xF4\x90\x80\x80", 4, ACRM__UTF8_BAD, 1 },
    { "first byte of a five byte form", "\xF8\x88\x80\x80\x80", 5, ACRM__UTF8_BAD, 1 },
    { "overlong in two bytes", "\xC0\xB0", 2, ACRM__UTF8_BAD, 1 },
    { "overlong in three bytes", "\xE0\x80\xB0", 3, ACRM__UTF8_BAD, 1 },
    { "overlong in four bytes", "\xF0\x80\x80\xB0", 4, ACRM__UTF8_BAD, 1 },
    { "surrogate", "\xED\xA0\x80", 3, ACRM__UTF8_BAD, 1 },
    { "the code point before the surrogates", "\xED\x9F\xBF", 3, 0xD7FF, 3 },
    { "the code point after the surrogates", "\xEE\x80\x80", 3, 0xE000, 3 },
    { "stray continuation byte", "\x80", 1, ACRM__UTF8_BAD, 1 },
    { "cut after the first of two", "\xD9", 1, ACRM__UTF8_BAD, 1 },
    { "cut after the second of three", "\xEF\xBC", 2, ACRM__UTF8_BAD, 1 },
    { "cut after the third of four", "\xF0\x9D\x9F", 3, ACRM__UTF8_BAD, 1 },
    { "a letter where a continuation belongs", "\xD9" "A", 2, ACRM__UTF8_BAD, 1 },
};

START_TEST(utf8_next__follows_the_table)
{
    uint32_t cp = 12345;
    size_t taken = acrm__utf8_next(utf8_cases[_i].bytes, utf8_cases[_i].len, &cp);

    ck_assert_msg(taken == utf8_cases[_i].taken && cp == utf8_cases[_i].cp, "%s: %zu, U+%04X",
                  utf8_cases[_i].what, taken, (unsigned)cp);
}
END_TEST

START_TEST(utf8_next__takes_nothing_from_nothing)
{
    uint32_t cp = 12345;

    ck_assert_uint_eq(acrm__utf8_next("", 0, &cp), 0);
    ck_assert_uint_eq(cp, 12345);
}
END_TEST

static const struct {
    const char *what;
    uint32_t cp;
    int value;
} digit_cases[] = {
    { "before ASCII zero", '/', -1 },       { "ASCII zero", '0', 0 },
    { "ASCII nine", '9', 9 },               { "after ASCII nine", ':', -1 },
    { "a letter", 'a', -1 },                { "superscript two is not decimal", 0xB2, -1 },
    { "before the Arabic zero", 0x65F, -1 },
    { "Arabic", 0x663, 3 },                 { "Persian", 0x6F9, 9 },
    { "after the Persian nine", 0x6FA, -1 },
    { "Devanagari", 0x96B, 5 },             { "full width", 0xFF17, 7 },
    { "Chinese one is no decimal digit", 0x4E00, -1 },
    { "Kawi, of Unicode 15", 0x11F51, 1 },  { "Nag Mundari, of Unicode 15", 0x1E4F9, 9 },
    { "last mathematical nine", 0x1D7FF, 9 },
    { "the last digit of all", 0x1FBF9, 9 }, { "after it", 0x1FBFA, -1 },
    { "malformed text", ACRM__UTF8_BAD, -1 },
};

START_TEST(digit_value__follows_the_table)
{
    ck_assert_msg(acrm__digit_value(digit_cases[_i].cp) == digit_cases[_i].value, "%s",
                  digit_cases[_i].what);
}
END_TEST

START_TEST(digit_value__knows_the_680_digits_of_unicode_15)
{
    int count = 0, sum = 0;

    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        int value = acrm__digit_value(cp);

        if (value >= 0) {
            count++;
            sum += value;
        }
    }
    ck_assert_int_eq(count, 680);
    ck_assert_int_eq(sum, 68 * 45);
}
END_TEST

static const struct {
    const char *what;
    uint32_t cp;
    char plain;
} plain_cases[] = {
    { "capital", 'Q', 'Q' },           { "small", 'q', 'Q' },
    { "digit", '7', '7' },             { "Persian digit", 0x6F7, '7' },
    { "full-width A", 0xFF21, 'A' },   { "full-width Z", 0xFF3A, 'Z' },
    { "between them", 0xFF3B, '\0' },  { "full-width a", 0xFF41, 'A' },
    { "full-width z", 0xFF5A, 'Z' },   { "after it", 0xFF5B, '\0' },
    { "full-width 9", 0xFF19, '9' },   { "a sign", '-', '\0' },
    { "a letter with a mark", 0xC9, '\0' }, { "NUL", 0, '\0' },
    { "Cyrillic A is another letter", 0x410, '\0' },
    { "malformed text", ACRM__UTF8_BAD, '\0' },
};

START_TEST(plain_character__follows_the_table)
{
    ck_assert_msg(acrm__plain_character(plain_cases[_i].cp) == plain_cases[_i].plain, "%s",
                  plain_cases[_i].what);
}
END_TEST

START_TEST(digit_separator__takes_dashes_spaces_and_marks_only)
{
    static const uint32_t yes[] = { 0xA0, 0x200C, 0x200E, 0x202B, 0x2013, 0x2212, 0x3000, 0xFEFF,
                                    0xFF0D, 0xFF5E };
    static const uint32_t no[] = { 'a', 0xA1, 0x660, 0x6F0, 0x2016, 0x2070, 0xFF10, 0xFF5F,
                                   ACRM__UTF8_BAD };

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        ck_assert_msg(acrm__digit_separator(yes[i]), "U+%04X", (unsigned)yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        ck_assert_msg(!acrm__digit_separator(no[i]), "U+%04X", (unsigned)no[i]);
}
END_TEST

static Suite *digits_suite(void)
{
    Suite *suite = suite_create("digits");
    TCase *tc = tcase_create("digits");

    tcase_add_loop_test(tc, utf8_next__follows_the_table, 0,
                        sizeof utf8_cases / sizeof utf8_cases[0]);
    tcase_add_test(tc, utf8_next__takes_nothing_from_nothing);
    tcase_add_loop_test(tc, digit_value__follows_the_table, 0,
                        sizeof digit_cases / sizeof digit_cases[0]);
    tcase_add_test(tc, digit_value__knows_the_680_digits_of_unicode_15);
    tcase_add_loop_test(tc, plain_character__follows_the_table, 0,
                        sizeof plain_cases / sizeof plain_cases[0]);
    tcase_add_test(tc, digit_separator__takes_dashes_spaces_and_marks_only);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(digits_suite)
