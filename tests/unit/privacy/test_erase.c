/* SPDX-License-Identifier: MIT */
/* privacy.erase: what it takes out, what it leaves; nothing of a person stays anywhere. */
#include "unit/privacy/person.h"

#define ERASE "{'customer_id':'%s','basis':'GDPR Art. 17(1)(b)','reason':'asked by letter'}"

static void erase_backup_is_clean(const person *p)
{
    char path[96], args[140];

    snprintf(path, sizeof path, "%s.copy", p->w.path);
    unlink(path);
    snprintf(args, sizeof args, "{'path':'%s'}", path);
    sales_do(p->w.system, "engine.backup", "%s", args);
    ck_assert_int_eq(person_in_files(path), 0);
    unlink(path);
}

START_TEST(erase__leaves_nothing_of_a_person_anywhere)
{
    person p;

    person_make(&p, _i);
    ck_assert_int_gt(person_in_answers(&p.w), 25);
    if (_i == SALES_SQLITE)
        ck_assert_int_gt(person_in_files(p.w.path), 25);
    sales_do(p.w.system, "privacy.erase", ERASE, p.id);
    ck_assert_int_eq(person_in_answers(&p.w), 0);
    sales_do(p.w.system, "privacy.sweep", "{%.0s}", "");
    ck_assert_int_eq(person_in_answers(&p.w), 0);
    if (_i == SALES_SQLITE) {
        ck_assert_int_eq(person_in_files(p.w.path), 0);
        erase_backup_is_clean(&p);
    }
    acrm_value *out = sales_call(p.w.system, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

static Suite *erase_suite(void)
{
    Suite *suite = suite_create("privacy_erase");
    TCase *tc = tcase_create("privacy_erase");

    tcase_add_loop_test(tc, erase__leaves_nothing_of_a_person_anywhere, 0, SALES_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(erase_suite)
