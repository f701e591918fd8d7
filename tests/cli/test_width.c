/* SPDX-License-Identifier: MIT */
/* Tests of the command line tool's columns, instants and near misses. */
#include "../../examples/cli/cli.h"
#include "support/suite.h"

#include <string.h>

static const struct {
    const char *text;
    int width;
} width_cases[] = {
    { "", 0 },
    { "Ali", 3 },
    { "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85", 4 },         /* Persian: one column a letter */
    { "\xd9\x85\xd9\x90\xd8\xb1", 2 },                 /* a vowel mark takes none */
    { "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1", 3 },     /* nor does the non-joiner */
    { "e\xcc\x81", 1 },                                /* a combining accent */
    { "\xe5\x8c\x97\xe4\xba\xac", 4 },                 /* Chinese: two each */
    { "\xed\x95\x9c", 2 },                             /* Korean */
    { "\xef\xbc\xa1", 2 },                             /* fullwidth A */
    { "\xf0\x9f\x9a\x97", 2 },                         /* a car */
    { "\xe5\x8c", 1 },                                 /* cut in the middle: no crash */
};

START_TEST(width__counts_columns_of_a_terminal)
{
    ck_assert_int_eq(cli_width(width_cases[_i].text), width_cases[_i].width);
}
END_TEST

START_TEST(width__never_cuts_a_letter)
{
    ck_assert_uint_eq(cli_fit("\xe5\x8c\x97\xe4\xba\xac", 3), 3);
    ck_assert_uint_eq(cli_fit("\xe5\x8c\x97\xe4\xba\xac", 4), 6);
    ck_assert_uint_eq(cli_fit("\xd9\x85\xd9\x90\xd8\xb1", 1), 4); /* the mark stays */
    ck_assert_uint_eq(cli_fit("abc", 0), 0);
}
END_TEST

static const struct {
    const char *text;
    int64_t micros; /* -1: refused */
} instant_cases[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2026-03-02T08:00:00Z", INT64_C(1772438400000000) },
    { "2026-03-02T08:00", INT64_C(1772438400000000) },
    { "2026-03-02 11:30:00+03:30", INT64_C(1772438400000000) },
    { "2026-03-02T03:00:00.5-05:00", INT64_C(1772438400500000) },
    { "2026-03-02", INT64_C(1772409600000000) },
    { "2024-02-29", INT64_C(1709164800000000) },
    { "2026-13-01", -1 },
    { "2026-03-02T24:00", -1 },
    { "2026-03-02T08:00:00Zx", -1 },
    { "yesterday", -1 },
    { "", -1 },
};

START_TEST(instant__is_read_as_rfc_3339)
{
    int64_t micros = -1;
    bool ok = cli_parse_instant(instant_cases[_i].text, &micros);

    ck_assert_int_eq(ok, instant_cases[_i].micros != -1);
    if (ok)
        ck_assert(micros == instant_cases[_i].micros);
}
END_TEST

START_TEST(nearest__finds_a_mistyped_name)
{
    static char lead[] = "lead", user[] = "user", customer[] = "customer";
    char *items[] = { lead, user, customer };
    cli_names names = { .count = 3, .items = items };

    ck_assert_str_eq(cli_nearest(&names, "laed"), "lead");
    ck_assert_str_eq(cli_nearest(&names, "custmer"), "customer");
    ck_assert_str_eq(cli_nearest(&names, "cust"), "customer");
    ck_assert_ptr_null(cli_nearest(&names, "quux"));
    ck_assert_int_eq(cli_distance("kitten", "sitting"), 3);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("cli");
    TCase *t = tcase_create("cli");

    tcase_add_loop_test(t, width__counts_columns_of_a_terminal, 0,
                        sizeof width_cases / sizeof width_cases[0]);
    tcase_add_test(t, width__never_cuts_a_letter);
    tcase_add_loop_test(t, instant__is_read_as_rfc_3339, 0,
                        sizeof instant_cases / sizeof instant_cases[0]);
    tcase_add_test(t, nearest__finds_a_mistyped_name);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
