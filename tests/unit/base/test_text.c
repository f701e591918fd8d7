/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "support/suite.h"

#include <string.h>

START_TEST(utf8__faults_are_found_where_they_begin)
{
    static const struct {
        const char *rule;
        const char *text;
        size_t len;
        size_t fault;
    } rows[] = {
        { "empty", "", 0, 0 },
        { "ASCII", "hello world, more than eight", 28, 28 },
        { "two to four bytes", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x97", 9, 9 },
        { "the last code point", "\xF4\x8F\xBF\xBF", 4, 4 },
        { "a non-character is a code point", "\xEF\xBF\xBF", 3, 3 },
        { "NUL", "abc\0def", 7, 3 },
        { "NUL behind eight", "abcdefgh\0", 9, 8 },
        { "overlong", "a\xC0\x80", 3, 1 },
        { "overlong of three", "\xE0\x9F\xBF", 3, 0 },
        { "surrogate", "ab\xED\xA0\x80", 5, 2 },
        { "beyond U+10FFFF", "\xF4\x90\x80\x80", 4, 0 },
        { "stray continuation", "abcdefghij\x80", 11, 10 },
        { "cut short", "abc\xE2\x82", 5, 3 },
        { "interrupted", "\xE2\x82z", 3, 0 },
        { "five bytes", "\xF8\x88\x80\x80\x80", 5, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t fault = acrm__utf8_fault(rows[i].text, rows[i].len);

        ck_assert_msg(fault == rows[i].fault, "%s: %zu", rows[i].rule, fault);
        ck_assert(acrm__utf8_valid(rows[i].text, rows[i].len) == (fault == rows[i].len));
    }
}
END_TEST

START_TEST(utf8__is_checked_right_at_every_alignment)
{
    char text[64];

    for (size_t len = 1; len < 40; len++)
        for (size_t at = 0; at < len; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)0xFF;
            if (acrm__utf8_fault(text, len) != at)
                ck_abort_msg("length %zu, fault at %zu", len, at);
            text[at] = '\0';
            if (acrm__utf8_fault(text, len) != at)
                ck_abort_msg("length %zu, NUL at %zu", len, at);
        }
}
END_TEST

START_TEST(utf8__counts_and_widths)
{
    static const struct {
        const char *text;
        size_t count;
        size_t width;
    } rows[] = {
        { "", 0, 0 },
        { "abc", 3, 3 },
        { "Müller", 6, 6 },
        { "Mu\u0308ller", 7, 6 },
        { "سارا محمدی", 10, 10 },
        { "مُحَمَّد", 8, 4 },
        { "می\u200Cروم", 6, 5 },
        { "汽车公司", 4, 8 },
        { "ＢＭＷ", 3, 6 },
        { "ｶﾞ", 2, 2 },
        { "현대", 2, 4 },
        { "\u1112\u1161\u11AB", 3, 2 },
        { "a\U0001F697b", 3, 4 },
        { "\x1b[1m\x7F", 5, 3 },
        { "\xC2\x85", 1, 0 },
        { "soft\u00ADhyphen", 11, 11 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = strlen(rows[i].text);

        ck_assert_msg(acrm__utf8_count(rows[i].text, len) == rows[i].count, "count of \"%s\"",
                      rows[i].text);
        ck_assert_msg(acrm__utf8_width(rows[i].text, len) == rows[i].width, "width of \"%s\": %zu",
                      rows[i].text, acrm__utf8_width(rows[i].text, len));
    }
}
END_TEST

START_TEST(digits__of_every_script_become_ascii_and_all_else_stays)
{
    static const char text[] = "tel: ۰۹۱۲-٣٤٥ ６７ १ \U0001D7D8 \xFF ¹ é";
    acrm__str s;

    acrm__str_init(&s, NULL);
    acrm__str_puts(&s, ">");
    acrm__digits_ascii(text, sizeof text - 1, &s);
    ck_assert_str_eq(s.data, ">tel: 0912-345 67 1 0 \xFF ¹ é");
    acrm__str_clear(&s);
    acrm__digits_ascii("", 0, &s);
    ck_assert_str_eq(s.data, "");
    acrm__str_free(&s);
}
END_TEST

START_TEST(email__is_folded_or_refused)
{
    static const struct {
        const char *text;
        const char *folded; /* NULL: refused */
    } rows[] = {
        { "Anna.Mueller@Example.ORG", "anna.mueller@example.org" },
        { "  a@b.de \r\n", "a@b.de" },
        { "\u200Ea@b.de\u202C", "a@b.de" },
        { "ｓａｒａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "sara@example.com" },
        { "sara۱۲@example.ir", "sara12@example.ir" },
        { "o'brien+tag@sub.example.co.uk", "o'brien+tag@sub.example.co.uk" },
        { "\"john @ home\"@example.org", NULL }, /* white space, even quoted */
        { "\"john@home\"@example.org", "\"john@home\"@example.org" },
        { "müller@exämple.de", "müller@exämple.de" },
        { "user@localhost", "user@localhost" },
        { "", NULL },
        { "@", NULL },
        { "a@", NULL },
        { "@b.de", NULL },
        { "a.b.de", NULL },
        { "a@@b.de", NULL },
        { "a@b@c.de", NULL },
        { "a b@c.de", NULL },
        { "a@b..de", NULL },
        { "a@.de", NULL },
        { "a@b.de.", NULL },
        { ".a@b.de", NULL },
        { "a.@b.de", NULL },
        { "a..b@c.de", NULL },
        { "a@-b.de", NULL },
        { "a@b-.de", NULL },
        { "a@b_c.de", NULL },
        { "a,b@c.de", NULL },
        { "<a@b.de>", NULL },
        { "a\x01@b.de", NULL },
        { "a\xFF@b.de", NULL },
        { "\"@b.de", NULL },
        { "\"\"@b.de", NULL },
        { "\"a\\\"@b.de", NULL },
    };
    acrm__str s;

    acrm__str_init(&s, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool good = false;

        acrm__str_clear(&s);
        acrm__str_puts(&s, "|");
        good = acrm__email_normalise(rows[i].text, strlen(rows[i].text), &s);
        ck_assert_msg(good == (rows[i].folded != NULL), "\"%s\"", rows[i].text);
        ck_assert_str_eq(s.data + 1, good ? rows[i].folded : "");
    }
    acrm__str_free(&s);
    acrm__str_init(&s, NULL);
    ck_assert(!acrm__email_normalise("", 0, &s));
    ck_assert_str_eq(s.data, "");
    acrm__str_free(&s);
}
END_TEST

START_TEST(email__lengths_follow_rfc_5321)
{
    char text[400];
    acrm__str s;

    acrm__str_init(&s, NULL);
    for (size_t local = 63; local <= 66; local++) {
        memset(text, 'a', local);
        memcpy(text + local, "@b.de", 6);
        ck_assert(acrm__email_normalise(text, local + 5, &s) == (local <= 64));
    }
    for (size_t label = 62; label <= 65; label++) {
        memcpy(text, "a@", 2);
        memset(text + 2, 'b', label);
        memcpy(text + 2 + label, ".de", 4);
        ck_assert(acrm__email_normalise(text, label + 5, &s) == (label <= 63));
    }
    for (size_t all = 253; all <= 256; all++) {
        memset(text, 'a', all);
        text[60] = '@';
        for (size_t i = 100; i < all - 1; i += 50)
            text[i] = '.';
        ck_assert(acrm__email_normalise(text, all, &s) == (all <= 254));
    }
    acrm__str_free(&s);
}
END_TEST

START_TEST(base64__agrees_with_rfc_4648)
{
    static const char *const rows[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
    };
    unsigned char bytes[64];
    size_t len = 0;
    acrm__str s;

    acrm__str_init(&s, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acrm__str_clear(&s);
        acrm__base64_print(rows[i][0], strlen(rows[i][0]), &s);
        ck_assert_str_eq(s.data, rows[i][1]);
        ck_assert(acrm__base64_parse(s.data, s.len, bytes, &len));
        ck_assert_uint_eq(len, strlen(rows[i][0]));
        ck_assert_mem_eq(bytes, rows[i][0], len);
    }
    for (int n = 0; n < 256; n++) {
        unsigned char all[48];

        for (size_t i = 0; i < sizeof all; i++)
            all[i] = (unsigned char)(n * 31 + (int)i * 7);
        acrm__str_clear(&s);
        acrm__base64_print(all, (size_t)n % 48 + 1, &s);
        ck_assert(acrm__base64_parse(s.data, s.len, bytes, &len));
        ck_assert_uint_eq(len, (size_t)n % 48 + 1);
        ck_assert_mem_eq(bytes, all, len);
    }
    acrm__str_free(&s);
}
END_TEST

START_TEST(base64__refuses_every_other_text)
{
    static const char *const texts[] = {
        "Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm9-",
        "Zg==Zg==", "Zm=v", "\xC3\xA9==",
    };
    unsigned char bytes[64];
    size_t len = 77;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(!acrm__base64_parse(texts[i], strlen(texts[i]), bytes, &len), "%s",
                      texts[i]);
    ck_assert_uint_eq(len, 77);
}
END_TEST

START_TEST(hash__is_fnv_1a)
{
    ck_assert_uint_eq(acrm__hash("", 0), UINT64_C(0xCBF29CE484222325));
    ck_assert_uint_eq(acrm__hash("a", 1), UINT64_C(0xAF63DC4C8601EC8C));
    ck_assert_uint_eq(acrm__hash("foobar", 6), UINT64_C(0x85944171F73967E8));
}
END_TEST

static Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");

    tcase_add_test(tc, utf8__faults_are_found_where_they_begin);
    tcase_add_test(tc, utf8__is_checked_right_at_every_alignment);
    tcase_add_test(tc, utf8__counts_and_widths);
    tcase_add_test(tc, digits__of_every_script_become_ascii_and_all_else_stays);
    tcase_add_test(tc, email__is_folded_or_refused);
    tcase_add_test(tc, email__lengths_follow_rfc_5321);
    tcase_add_test(tc, base64__agrees_with_rfc_4648);
    tcase_add_test(tc, base64__refuses_every_other_text);
    tcase_add_test(tc, hash__is_fnv_1a);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(text_suite)
