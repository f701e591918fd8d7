/* SPDX-License-Identifier: MIT */
/* The ready-made definitions of examples/definitions load as they are. */
#include "unit/care/care_world.h"

static const struct {
    const char *file, *operation;
} definitions[] = {
    { "case_types", "case_type.create_many" },
    { "case_root_causes", "root_cause.create_many" },
    { "case_priorities", "case_priority_rule.create_many" },
    { "case_legal_rules", "case_legal_rule.create_many" },
    { "complaint_sla", "sla_policy.create" },
    { "delivery_preparation", "work_package_template.create" },
    { "pre_delivery_inspection", "work_package_template.create" },
};

static void load(sales_world *w, const char *file, const char *operation)
{
    char path[300], json[16384];
    acrm_error *err = NULL;

    snprintf(path, sizeof path, "%s/../../examples/definitions/%s.json", ACRM_TEST_DATA, file);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    size_t len = fread(json, 1, sizeof json, in);
    fclose(in);
    int32_t st = acrm_call_json(w->system, operation, json, len, NULL, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", file, acrm_error_json(err));
}

START_TEST(definitions__load_and_work)
{
    care_world c = care_new(_i);
    char vehicle[37];

    for (size_t i = 0; i < sizeof definitions / sizeof definitions[0]; i++)
        load(&c.w, definitions[i].file, definitions[i].operation);
    acrm_value *out = sales_call(c.system, "case.open", "{'type':'vehicle_complaint',"
        "'customer_id':'%s','subject':'Brakes squeak','topic':'brakes'}", c.customer_id);
    ck_assert_str_eq(sales_text(out, "case.priority"), "urgent");
    ck_assert_str_eq(sales_text(out, "case.legal_explanation.country"), "IR");
    ck_assert_int_eq(sales_count(c.system, "sla_item", "{}"), 1);
    acrm_value_free(out);
    sales_create(c.system, "vehicle.create", vehicle, "{'vin':'1M8GDM9AXKP042788'}");
    out = sales_call(c.system, "work_package.start",
                     "{'entity':'vehicle','id':'%s','service':'inspection'}", vehicle);
    acrm_value *plan = sales_call(c.system, "work_package.plan", "{'id':'%s'}",
                                  sales_text(out, "id"));
    ck_assert_uint_eq(sales_length(plan, "tasks"), 9);
    acrm_value_free(plan);
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

Suite *definitions_suite(void);
Suite *definitions_suite(void)
{
    Suite *s = suite_create("definitions");
    TCase *tc = tcase_create("definitions");

    tcase_add_loop_test(tc, definitions__load_and_work, 0, SALES_STORAGES);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(definitions_suite)
