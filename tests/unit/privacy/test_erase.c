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
        if (!under_server()) /* which has tools of its own */
            erase_backup_is_clean(&p);
    }
    acrm_value *out = sales_call(p.w.system, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

/* Fields that hold nothing for this person, and why. */
static const struct {
    const char *field, *why;
} erase_empty[] = {
    { "import_row.journal", "the import made leads, it updated no record" },
    { "import_row.raw", "rows with raw input belong to nobody yet; see test_rights.c" },
    { "case.resolution", "the case is open" },
    { "user.email", "of the staff" },
    { "process_step.note", "no process is under way" },
};

static bool erase_filled(const acrm_value *records, const char *field)
{
    for (size_t i = 0; i < acrm_value_count(records); i++) {
        const acrm_value *value = acrm_value_get(acrm_value_at(records, i), field);
        if (value && acrm_value_type(value) != ACRM_NULL)
            return true;
    }
    return false;
}

static void erase_check_field(const acrm_value *part, const char *field)
{
    char name[120];
    const acrm_value *records = acrm_value_get(part, "records");

    snprintf(name, sizeof name, "%s.%s", sales_text(part, "entity"), field);
    for (size_t i = 0; i < sizeof erase_empty / sizeof erase_empty[0]; i++)
        if (strcmp(erase_empty[i].field, name) == 0)
            return;
    ck_assert_msg(erase_filled(records, field), "%s holds nothing: this test would not see it "
                                                "survive", name);
}

START_TEST(erase__is_tried_on_every_personal_field_there_is)
{
    person p;

    person_make(&p, SALES_MEMORY);
    acrm_value *out = sales_call(p.w.system, "privacy.export", "{'customer_id':'%s',"
                                 "'history':false,'content':true}", p.id);
    const acrm_value *parts = acrm_value_get(out, "entities");
    int checked = 0;
    for (size_t e = 0; e < acrm_value_count(parts); e++) {
        const acrm_value *part = acrm_value_at(parts, e);
        const acrm_value *fields = acrm_value_get(part, "fields");
        for (size_t i = 0; i < acrm_value_count(fields); i++) {
            const acrm_value *field = acrm_value_at(fields, i);
            if (!acrm_value_bool(acrm_value_get(field, "personal")))
                continue;
            erase_check_field(part, sales_text(field, "name"));
            checked++;
        }
    }
    ck_assert_int_ge(checked, 35);
    for (size_t e = 0; e < acrm_value_count(parts); e++)
        if (strcmp(sales_text(acrm_value_at(parts, e), "entity"), "attachment") == 0)
            ck_assert_str_eq(sales_text(acrm_value_at(parts, e), "records.0.content"),
                             WORD "file");
    acrm_value_free(out);
    sales_free(&p.w);
}
END_TEST

static Suite *erase_suite(void)
{
    Suite *suite = suite_create("privacy_erase");
    TCase *tc = tcase_create("privacy_erase");

    tcase_add_loop_test(tc, erase__leaves_nothing_of_a_person_anywhere, 0, SALES_STORAGES);
    tcase_add_test(tc, erase__is_tried_on_every_personal_field_there_is);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(erase_suite)
