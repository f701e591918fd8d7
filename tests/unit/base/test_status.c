/* SPDX-License-Identifier: MIT */
#include "autocrm/status.h"
#include "support/suite.h"

#include <string.h>

START_TEST(status__every_code_has_its_own_name_and_text)
{
    int32_t code = 1;
    size_t n = 0;

    for (const char *name; (name = acrm_status_at(n, &code)) != NULL; n++) {
        ck_assert_str_eq(acrm_status_name(code), name);
        ck_assert_int_eq(code, -(int32_t)n);
        ck_assert(strlen(acrm_status_text(code)) > 0);
    }
    ck_assert_uint_eq(n, 16);
}
END_TEST

START_TEST(status__an_unknown_code_is_named_unknown)
{
    ck_assert_str_eq(acrm_status_name(-9999), "ACRM_E_UNKNOWN");
    ck_assert_str_eq(acrm_status_text(-9999), "unknown failure");
}
END_TEST

static Suite *status_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tc = tcase_create("status");

    tcase_add_test(tc, status__every_code_has_its_own_name_and_text);
    tcase_add_test(tc, status__an_unknown_code_is_named_unknown);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(status_suite)
