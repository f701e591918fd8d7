/* SPDX-License-Identifier: MIT */
#include "autocrm/phone.h"
#include "autocrm/port/phone.h"
#include "engines/phone/phone.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static acrm_phone parse(const char *region, const char *text)
{
    acrm_phone phone = { .struct_size = sizeof phone };

    ck_assert_int_eq(acrm_phone_parse(text, strlen(text), region, &phone), ACRM_OK);
    return phone;
}

static const struct {
    const char *what; /* the rule under test, in words */
    const char *region, *text;
    int32_t validity;
    const char *e164, *extension, *reason;
} parse_cases[] = {
    /* international and trunk prefixes */
    { "00 without a region", NULL, "0044 20 7946 0958", 1, "+442079460958", "", "" },
    { "011 from the United States", "US", "011 98 21 8877 6655", 1, "+982188776655", "", "" },
    { "0011 from Australia", "AU", "0011 39 06 12345678", 1, "+390612345678", "", "" },
    { "8 10 from Russia", "RU", "8~10 98 912 345 6789", 1, "+989123456789", "", "" },
    { "one of several prefixes", "BR", "0021 98 912 345 6789", 1, "+989123456789", "", "" },
    { "00 also where it is not the prefix", "US", "0098 912 345 6789", 1, "+989123456789", "",
      "" },
    { "trunk 0 after the calling code", "IR", "+98 (0)912 345 6789", 1, "+989123456789", "", "" },
    { "(0) in a country without trunk", "ES", "+34 (0) 912 34 56 78", 1, "+34912345678", "", "" },
    { "(0) belongs to an Italian number", "IT", "+39 (0)6 12345678", 1, "+390612345678", "", "" },
    { "(0) before an Italian mobile does not", "IT", "+39 (0) 333 1234567", 1, "+393331234567",
      "", "" },
    { "(0) after a prefix", "DE", "00 39 (0) 333 1234567", 1, "+393331234567", "", "" },
    { "trunk 06 of Hungary", "HU", "06 20 123 4567", 1, "+36201234567", "", "" },
    { "trunk 8 of Kazakhstan", "KZ", "8 701 123 45 67", 1, "+77011234567", "", "" },
    { "trunk 8 0 of Belarus", "BY", "8 029 491 19 11", 1, "+375294911911", "", "" },
    { "old prefixes of Mexico", "MX", "044 55 1234 5678", 1, "+525512345678", "", "" },
    { "the old mobile 1 of Mexico", "MX", "+52 1 55 1234 5678", 1, "+525512345678", "", "" },
    { "carrier code of Brazil", "BR", "0 15 11 91234 5678", 1, "+5511912345678", "", "" },
    { "15 of Buenos Aires", "AR", "011 15 2345 6789", 1, "+5491123456789", "", "" },
    { "15 after three digits", "AR", "0261 15 234 5678", 1, "+5492612345678", "", "" },
    { "15 after four digits", "AR", "02964 15 412345", 1, "+5492964412345", "", "" },
    { "a calling code without plus", "DE", "49 151 23456789", 1, "+4915123456789", "", "" },
    { "region in small letters", "ir", "0912 345 6789", 1, "+989123456789", "", "" },
    /* signs and scripts */
    { "full width", "JP", "\uff0b\uff18\uff11\uff08\uff13\uff09\uff11\uff12\uff13\uff14\uff0d5678",
      1, "+81312345678", "", "" },
    { "bidirectional marks", "IR", "\u202a+98 912 345 6789\u202c", 1, "+989123456789", "", "" },
    { "zero-width non-joiner inside", "IR", "0912\u200c345\u200c6789", 1, "+989123456789", "",
      "" },
    { "plus typed last, right to left", "IR", "989123456789+", 1, "+989123456789", "", "" },
    { "mixed scripts", "IR", "\u06f0\u06f9\u06f1\u06f2 \u0663\u0664\u0665 6789", 1,
      "+989123456789", "", "" },
    { "words before the number", "IR", "\u0645\u0648\u0628\u0627\u06cc\u0644: 09123456789", 1,
      "+989123456789", "", "" },
    { "tel URI", NULL, "tel:+98-912-345-6789", 1, "+989123456789", "", "" },
    { "tel URI with a context", NULL, "tel:2125552368;phone-context=+1", 1, "+12125552368", "",
      "" },
    { "context, then extension", NULL, "tel:2125552368;phone-context=+1;ext=7", 1, "+12125552368",
      "7", "" },
    /* extensions */
    { "x", "US", "212 555 2368x42", 1, "+12125552368", "42", "" },
    { "EXT.", "US", "212 555 2368 EXT. 42", 1, "+12125552368", "42", "" },
    { "#", "US", "212 555 2368 #42", 1, "+12125552368", "42", "" },
    { "pause", "US", "2125552368,,42", 1, "+12125552368", "42", "" },
    { "Italian", "IT", "06 12345678 int. 9", 1, "+390612345678", "9", "" },
    { "Persian, with Persian digits", "IR", "021 88776655 \u062f\u0627\u062e\u0644\u06cc \u06f1",
      1, "+982188776655", "1", "" },
    { "Chinese", "CN", "010 62345678 \u8f6c 801", 1, "+861062345678", "801", "" },
    /* wrong */
    { "nothing", "IR", "", 7, "", "", "no_digits" },
    { "only blanks", "IR", " \t ", 7, "", "", "no_digits" },
    { "only words", "IR", "no phone", 7, "", "", "no_digits" },
    { "text behind", "IR", "09123456789 (home)", 7, "", "", "unexpected_text" },
    { "text inside", "IR", "0912 call 3456789", 7, "", "", "unexpected_text" },
    { "an extension without digits", "IR", "09123456789 x", 7, "", "", "unexpected_text" },
    { "too long an extension", "US", "2125552368 x123456789012345678901", 7, "", "",
      "unexpected_text" },
    { "two numbers", "IR", "09123456789, 09351234567", 7, "", "", "several_numbers" },
    { "two numbers with plus", "IR", "+989123456789 +989351234567", 7, "", "",
      "several_numbers" },
    { "two pluses", "IR", "++989123456789", 7, "", "", "unexpected_text" },
    { "malformed UTF-8", "IR", "0912\xff", 7, "", "", "malformed_utf8" },
    { "no region", NULL, "0912 345 6789", 6, "", "", "no_region" },
    { "calling code of nobody", "IR", "+999 123 4567", 6, "", "", "calling_code_unassigned" },
    { "a calling code does not start with 0", "IR", "+0912 345 6789", 6, "", "",
      "calling_code_unassigned" },
    { "plan that never uses it", "US", "+1 123 555 2368", 3, "", "", "prefix_not_in_use" },
    { "unknown leading digits", "IT", "+39 6 12345678", 2, "+39612345678", "", "prefix_unknown" },
    { "short", "IR", "0912 345", 4, "", "", "too_few_digits" },
    { "long", "IR", "0912 345 67890", 5, "", "", "too_many_digits" },
    { "digits without end", "IR", "+98912345678901234567890123456789012345", 5, "", "",
      "too_many_digits" },
};

START_TEST(phone_parse__follows_the_table)
{
    acrm_phone got = parse(parse_cases[_i].region, parse_cases[_i].text);

    ck_assert_msg(got.validity == parse_cases[_i].validity &&
                      strcmp(got.e164, parse_cases[_i].e164) == 0 &&
                      strcmp(got.extension, parse_cases[_i].extension) == 0 &&
                      strcmp(got.reason, parse_cases[_i].reason) == 0,
                  "%s: %d %s x%s %s", parse_cases[_i].what, (int)got.validity, got.e164,
                  got.extension, got.reason);
}
END_TEST

static const struct {
    const char *e164, *country;
} owner_cases[] = {
    { "+12125552368", "US" },  { "+14165550199", "CA" },  { "+18765550123", "JM" },
    { "+18095550123", "DO" },  { "+17875550123", "PR" },  { "+79123456789", "RU" },
    { "+77011234567", "KZ" },  { "+76123456789", "KZ" },  { "+442079460958", "GB" },
    { "+441481123456", "GG" }, { "+447624123456", "IM" }, { "+390612345678", "IT" },
    { "+390669812345", "VA" }, { "+4721234567", "NO" },   { "+4779123456", "SJ" },
    { "+262639123456", "YT" }, { "+35818123456", "AX" },  { "+59994351234", "CW" },
    { "+80012345678", "001" }, { "+881612345678", "001" },
};

START_TEST(phone_parse__tells_countries_of_one_code_apart)
{
    acrm_phone got = parse(NULL, owner_cases[_i].e164);

    ck_assert_msg(strcmp(got.country, owner_cases[_i].country) == 0, "%s: %s",
                  owner_cases[_i].e164, got.country);
}
END_TEST

START_TEST(phone_parse__gives_the_place_of_the_fault)
{
    ck_assert_uint_eq(parse("IR", "0912 345x").reason_at, 8);
    ck_assert_uint_eq(parse("IR", "0912 3\xc3").reason_at, 6);
}
END_TEST

START_TEST(phone_parse__survives_hostile_bytes)
{
    enum { HUGE_TEXT = 1 << 20 };
    char *text = malloc(HUGE_TEXT);
    acrm_phone phone = { .struct_size = sizeof phone };

    ck_assert_ptr_nonnull(text);
    memset(text, '9', HUGE_TEXT);
    ck_assert_int_eq(acrm_phone_parse(text, HUGE_TEXT, "IR", &phone), ACRM_OK);
    ck_assert_int_eq(phone.validity, ACRM_PHONE_NOT_A_NUMBER);
    ck_assert_str_eq(phone.reason, "text_too_long");
    free(text);

    ck_assert_int_eq(acrm_phone_parse("+98\0" "9123456789", 14, NULL, &phone), ACRM_OK);
    ck_assert_str_eq(phone.reason, "unexpected_text");
    ck_assert_int_eq(acrm_phone_parse("\0" "+989123456789", 14, NULL, &phone), ACRM_OK);
    ck_assert_str_eq(phone.reason, "unexpected_text");
    ck_assert_int_eq(acrm_phone_parse("tel:2125552368;phone-context=+99999999999999999999999999999",
                                      61, NULL, &phone), ACRM_OK);
    ck_assert_int_ne(phone.validity, ACRM_PHONE_VALID);
}
END_TEST

START_TEST(phone_parse__refuses_misuse_and_leaves_out_untouched)
{
    acrm_phone phone = { .struct_size = sizeof phone, .validity = 99 };

    ck_assert_int_eq(acrm_phone_parse(NULL, 1, NULL, &phone), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_phone_parse("1", 1, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_phone_parse("1", 1, "QQ", &phone), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_phone_parse("1", 1, "", &phone), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_phone_parse("1", 1, "IRN", &phone), ACRM_E_INVALID);
    phone.struct_size = sizeof phone - 1;
    ck_assert_int_eq(acrm_phone_parse("1", 1, NULL, &phone), ACRM_E_MISUSE);
    ck_assert_int_eq(phone.validity, 99);
    phone.struct_size = sizeof phone;
    ck_assert_int_eq(acrm_phone_parse(NULL, 0, NULL, &phone), ACRM_OK);
    ck_assert_str_eq(phone.reason, "no_digits");
}
END_TEST

static const struct {
    const char *e164, *international, *national;
} format_cases[] = {
    { "+989123456789", "+98 912 345 6789", "0912 345 6789" },
    { "+982188776655", "+98 21 8877 6655", "021 8877 6655" },
    { "+390612345678", "+39 06 1234 5678", "06 1234 5678" },
    { "+393331234567", "+39 333 123 4567", "333 123 4567" },
    { "+79123456789", "+7 912 345 67 89", "8 912 345 67 89" },
    { "+8613812345678", "+86 138 1234 5678", "0138 1234 5678" },
    { "+12125552368", "+1 212 555 2368", "212 555 2368" },
    { "+33123456789", "+33 1 23 45 67 89", "01 23 45 67 89" },
    { "+36201234567", "+36 20 123 4567", "06 20 123 4567" },
    { "+919812345678", "+91 98123 45678", "098123 45678" },
};

START_TEST(phone_format__groups_for_people)
{
    char text[40];

    ck_assert_int_eq(acrm_phone_format(format_cases[_i].e164, ACRM_PHONE_INTERNATIONAL, text,
                                       sizeof text), ACRM_OK);
    ck_assert_str_eq(text, format_cases[_i].international);
    ck_assert_int_eq(acrm_phone_format(format_cases[_i].e164, ACRM_PHONE_NATIONAL, text,
                                       sizeof text), ACRM_OK);
    ck_assert_str_eq(text, format_cases[_i].national);
}
END_TEST

START_TEST(phone_format__refuses_what_is_no_e164)
{
    static const char *const wrong[] = { "", "+", "989123456789", "+98912x456789", "+98 912",
                                         "+9", "+9991234567", "+1234567890123456" };
    char text[40] = "kept";

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(acrm_phone_format(wrong[i], ACRM_PHONE_URI, text, sizeof text),
                         ACRM_E_INVALID);
    ck_assert_int_eq(acrm_phone_format("+989123456789", 0, text, sizeof text), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_phone_format("+989123456789", ACRM_PHONE_URI, text, 17), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_phone_format(NULL, ACRM_PHONE_URI, text, 17), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_phone_format("+989123456789", ACRM_PHONE_URI, NULL, 17), ACRM_E_MISUSE);
    ck_assert_str_eq(text, "kept");
    ck_assert_int_eq(acrm_phone_format("+989123456789", ACRM_PHONE_URI, text, 18), ACRM_OK);
    ck_assert_str_eq(text, "tel:+989123456789");
}
END_TEST

/* The table is hand-written; a rule with a slip in its grammar must not hide in it. */
START_TEST(phone_table__is_sorted_and_well_formed)
{
    const acrm__phone_country *row;
    size_t n = 0;

    for (; (row = acrm__phone_country_at(n)) != NULL; n++) {
        ck_assert_msg(acrm__phone_by_iso(row->iso) == row, "%s is not found", row->iso);
        ck_assert_msg(row->min <= row->max &&
                          row->max + 1 + (row->code >= 10) + (row->code >= 100) <= 15,
                      "%s: longer than E.164", row->iso);
        ck_assert_msg(strspn(row->trunk, "0123456789,") == strlen(row->trunk), "%s", row->iso);
        ck_assert_msg(strspn(row->intl, "0123456789,") == strlen(row->intl), "%s", row->iso);
        for (const char *p = row->rules; *p; p += *p == ' ') {
            size_t len = strcspn(p, " "), prefix;
            int area = 0, min = row->min, max = row->max, used = 0;

            ck_assert_msg(strchr("FMBTPSVNUX", *p) != NULL, "%s: %s", row->iso, p);
            prefix = strspn(p + 1, "0123456789.,-");
            ck_assert_msg(prefix > 0, "%s: %s", row->iso, p);
            used = (int)prefix + 1;
            if (p[used] == '/')
                ck_assert_msg(sscanf(p + used, "/%1d", &area) == 1 && (used += 2), "%s", p);
            if (p[used] == ':') {
                int fields = sscanf(p + used, ":%2d-%2d", &min, &max);

                max = fields == 1 ? min : max;
                used += 1 + (min > 9 ? 2 : 1) + (fields == 2 ? 1 + (max > 9 ? 2 : 1) : 0);
            }
            ck_assert_msg((size_t)used == len, "%s: %s", row->iso, p);
            ck_assert_msg(min <= max && min >= row->min && max <= row->max, "%s: %s", row->iso, p);
            p += len;
        }
    }
    ck_assert_uint_ge(n, 240);
}
END_TEST

START_TEST(phone_country_at__lists_all_with_their_codes)
{
    int32_t code = 0;
    size_t n = 0;

    for (const char *iso; (iso = acrm_phone_country_at(n, &code)) != NULL; n++)
        ck_assert_msg(strlen(iso) == 2 && code >= 1 && code <= 999, "%s", iso);
    ck_assert_uint_ge(n, 240);
    ck_assert_str_eq(acrm_phone_country_at(0, NULL), "AC");
}
END_TEST

#define LOOP(tc, test, cases) tcase_add_loop_test(tc, test, 0, sizeof cases / sizeof cases[0])

static Suite *phone_suite(void)
{
    Suite *suite = suite_create("phone");
    TCase *tc = tcase_create("phone");

    LOOP(tc, phone_parse__follows_the_table, parse_cases);
    LOOP(tc, phone_parse__tells_countries_of_one_code_apart, owner_cases);
    tcase_add_test(tc, phone_parse__gives_the_place_of_the_fault);
    tcase_add_test(tc, phone_parse__survives_hostile_bytes);
    tcase_add_test(tc, phone_parse__refuses_misuse_and_leaves_out_untouched);
    LOOP(tc, phone_format__groups_for_people, format_cases);
    tcase_add_test(tc, phone_format__refuses_what_is_no_e164);
    tcase_add_test(tc, phone_table__is_sorted_and_well_formed);
    tcase_add_test(tc, phone_country_at__lists_all_with_their_codes);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(phone_suite)
