/* SPDX-License-Identifier: MIT */
/* Tags: one of a kind however they are spelled, on records of any entity, found by filters. */
#include "unit/filing/filing_world.h"

static void put(office *o, const filing_id id, const char *names)
{
    acrm_value_free(office_call(o, "tag.add", filing_args("{'id':'%s','names':[%s],"
                                                          "'create':true}", id, names)));
}

START_TEST(tag__is_known_by_its_folded_name)
{
    office o;
    office_open(&o, _i);
    acrm_value *out = office_call(&o, "tag.create",
                                  "{\"name\":\" V.I.P. \",\"colour\":\"#ffAA00\"}");

    ck_assert_str_eq(office_text(out, "name"), "v i p");
    ck_assert_str_eq(office_text(out, "label"), " V.I.P. ");
    office_refused(&o, "tag.create", "{\"name\":\"v-i-p\"}", ACRM_E_CONFLICT, "name", "duplicate");
    office_refused(&o, "tag.update",
                   filing_args("{'id':'%s','version':1,'name':'x'}", office_text(out, "id")),
                   ACRM_E_INVALID, "name", "read_only");
    acrm_value_free(office_call(&o, "tag.update", filing_args("{'id':'%s','version':1,"
        "'label':'Very important'}", office_text(out, "id"))));
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

static const struct {
    const char *operation, *args;
    int32_t status;
    const char *field, *reason;
} tag_refusals[] = {
    { "tag.create", "{'name':'--'}", ACRM_E_INVALID, "name", "format" },
    { "tag.create", "{'name':'x','colour':'red'}", ACRM_E_INVALID, "colour", "format" },
    { "tag.create", "{'name':'x','colour':'#12345g'}", ACRM_E_INVALID, "colour", "format" },
    { "tag.create", "{'name':'x','scope_entity':'spaceship'}", ACRM_E_INVALID, "scope_entity",
      "unknown_entity" },
    { "tagging.create", "{}", ACRM_E_NOTFOUND, "", "unknown_operation" },
};

START_TEST(tag__what_cannot_be_is_refused_by_name)
{
    office o;
    office_open(&o, _i);
    for (size_t i = 0; i < sizeof tag_refusals / sizeof tag_refusals[0]; i++) {
        acrm_error *err = NULL;
        const char *args = filing_args("%s", tag_refusals[i].args);
        ck_assert_int_eq(acrm_call_json(o.session, tag_refusals[i].operation, args, strlen(args),
                                        NULL, &err), tag_refusals[i].status);
        if (*tag_refusals[i].field)
            ck_assert_str_eq(acrm_error_field(err), tag_refusals[i].field);
        if (*tag_refusals[i].field)
            ck_assert_str_eq(acrm_error_reason(err), tag_refusals[i].reason);
        acrm_error_free(err);
    }
    ck_assert_int_eq(office_count(&o, "tag.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(tag__is_put_on_and_taken_off)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value_free(office_call(&o, "tag.create", "{\"name\":\"VIP\"}"));

    office_refused(&o, "tag.add", filing_args("{'id':'%s','names':['vip','gold']}",
                   staff.customer), ACRM_E_NOTFOUND, "names", "reference");
    ck_assert_int_eq(office_count(&o, "tagging.count", "{}"), 0); /* nothing half done */
    acrm_value *out = office_call(&o, "tag.add", filing_args("{'id':'%s','names':['vip','Vip',"
                                  "'Gold'],'create':true}", staff.customer));
    ck_assert_int_eq(office_number(out, "changed"), 2);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "names")), 2);
    acrm_value_free(out);
    ck_assert_uint_eq(filing_items(&o, "tag.list_for", filing_args("{'id':'%s'}", staff.customer),
                                   "items"), 2);
    out = office_call(&o, "tag.remove", filing_args("{'id':'%s','names':['GOLD']}",
                                                    staff.customer));
    ck_assert_int_eq(office_number(out, "changed"), 1);
    acrm_value_free(out);
    out = office_call(&o, "tag.remove", filing_args("{'id':'%s','names':['gold']}",
                                                    staff.customer));
    ck_assert_int_eq(office_number(out, "changed"), 0);
    acrm_value_free(out);
    put(&o, staff.customer, "'gold'"); /* on again */
    ck_assert_int_eq(office_count(&o, "tagging.count", "{}"), 2);
    ck_assert_int_eq(office_count(&o, "tagging.count", "{\"deleted\":\"with\"}"), 3);
    office_refused(&o, "tag.add", filing_args("{'entity':'ship','id':'%s','names':['vip']}",
                   staff.customer), ACRM_E_INVALID, "entity", "unknown_entity");
    office_refused(&o, "tag.add", filing_args("{'entity':'dealer','id':'%s','names':['vip']}",
                   staff.customer), ACRM_E_NOTFOUND, "id", "reference");
    office_close(&o);
}
END_TEST

START_TEST(tag__a_tag_in_use_stays)
{
    office o;
    filing_staff staff;
    filing_id vip;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    filing_make(&o, "tag.create", "{\"name\":\"vip\"}", vip);
    put(&o, staff.customer, "'vip'");

    office_refused(&o, "tag.delete", filing_args("{'id':'%s','version':1}", vip),
                   ACRM_E_CONFLICT, "id", "in_use");
    acrm_value_free(office_call(&o, "tag.remove", filing_args("{'id':'%s','names':['vip']}",
                                                              staff.customer)));
    acrm_value_free(office_call(&o, "tag.delete", filing_args("{'id':'%s','version':1}", vip)));
    office_close(&o);
}
END_TEST

/* The same filter on customers and on any other entity, custom ones too. */
START_TEST(tag__filters_of_every_entity_know_them)
{
    office o;
    filing_staff staff;
    filing_id thing;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value_free(office_call(&o, "schema.add_entity", "{\"name\":\"x_boat\",\"help\":\"A boat\","
        "\"fields\":[{\"name\":\"x_name\",\"type\":\"text\",\"help\":\"Name\"}]}"));
    filing_make(&o, "x_boat.create", "{\"x_name\":\"Nina\"}", thing);
    put(&o, staff.customer, "'vip','loyal'");
    put(&o, staff.other, "'loyal'");
    acrm_value_free(office_call(&o, "tag.add", filing_args("{'entity':'dealer','id':'%s',"
        "'names':['vip']}", staff.north)));
    acrm_value_free(office_call(&o, "tag.add", filing_args("{'entity':'x_boat','id':'%s',"
        "'names':['vip']}", thing)));

    const char *vip = "{\"where\":{\"tags\":{\"$any\":{\"name\":\"vip\"}}}}";
    ck_assert_int_eq(office_count(&o, "customer.count", vip), 1);
    ck_assert_int_eq(office_count(&o, "dealer.count", vip), 1);
    ck_assert_int_eq(office_count(&o, "x_boat.count", vip), 1);
    ck_assert_int_eq(office_count(&o, "lead.count", vip), 0);
    ck_assert_int_eq(office_count(&o, "customer.count",
        "{\"where\":{\"tags\":{\"$any\":{\"name\":\"loyal\"}}}}"), 2);
    ck_assert_int_eq(office_count(&o, "customer.count",
        "{\"where\":{\"tags\":{\"$none\":{\"name\":\"vip\"}}}}"), 1);
    ck_assert_int_eq(office_count(&o, "customer.count",
        "{\"where\":{\"dealer.tags\":{\"$any\":{\"name\":\"vip\"}}}}"), 1);
    acrm_value *out = office_call(&o, "customer.list", "{\"order\":[\"name\"],"
                                                       "\"include\":[\"tags\"]}");
    const acrm_value *first = acrm_value_at(acrm_value_get(out, "items"), 0);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(first, "tags")), 2);
    acrm_value_free(out);
    ck_assert_uint_eq(filing_items(&o, "tag.records", "{\"name\":\"Vip\"}", "items"), 3);
    ck_assert_uint_eq(filing_items(&o, "tag.records",
                                   "{\"name\":\"vip\",\"entity\":\"x_boat\"}", "items"), 1);
    out = office_call(&o, "customer.view360", filing_args("{'id':'%s'}", staff.customer));
    ck_assert_int_eq(office_number(acrm_value_get(acrm_value_get(out, "related"), "tags"),
                                   "count"), 2);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(tag__pages_of_records_end)
{
    office o;
    filing_id id, after = "";
    size_t seen = 0, pages = 0;
    office_open(&o, _i);
    for (int i = 0; i < 5; i++) {
        filing_make(&o, "customer.create", filing_args("{'name':'C%d'}", i), id);
        put(&o, id, "'vip'");
    }
    for (bool more = true; more; pages++) {
        acrm_value *out = office_call(&o, "tag.records", *after
            ? filing_args("{'name':'vip','limit':2,'after':'%s'}", after)
            : "{\"name\":\"vip\",\"limit\":2}");
        seen += acrm_value_count(acrm_value_get(out, "items"));
        more = office_text(out, "next") != NULL;
        snprintf(after, sizeof after, "%s", more ? office_text(out, "next") : "");
        acrm_value_free(out);
    }
    ck_assert_uint_eq(seen, 5);
    ck_assert_uint_eq(pages, 3);
    office_close(&o);
}
END_TEST

START_TEST(tag__who_may_not_see_a_record_may_not_tag_it)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    put(&o, staff.customer, "'vip'");
    put(&o, staff.other, "'vip'");
    office ann = filing_as(&o, "user", staff.ann);

    office_refused(&ann, "tag.add", filing_args("{'id':'%s','names':['vip']}", staff.other),
                   ACRM_E_NOTFOUND, "id", "reference");
    ck_assert_uint_eq(filing_items(&ann, "tag.records", "{\"name\":\"vip\"}", "items"), 1);
    ck_assert_uint_eq(filing_items(&ann, "tag.list_for", filing_args("{'id':'%s'}",
                                   staff.customer), "items"), 1);
    ck_assert_int_eq(office_count(&ann, "tagging.count", "{}"), 1);
    acrm_session_free(ann.session);
    office_close(&o);
}
END_TEST

START_TEST(tag__for_one_entity_only)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value_free(office_call(&o, "tag.create",
                                "{\"name\":\"wreck\",\"scope_entity\":\"dealer\"}"));
    office_refused(&o, "tag.add", filing_args("{'id':'%s','names':['wreck']}", staff.customer),
                   ACRM_E_INVALID, "names", "scope");
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("tags");
    TCase *t = tcase_create("tags");

    tcase_add_loop_test(t, tag__is_known_by_its_folded_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__what_cannot_be_is_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__is_put_on_and_taken_off, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__a_tag_in_use_stays, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__filters_of_every_entity_know_them, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__pages_of_records_end, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__who_may_not_see_a_record_may_not_tag_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, tag__for_one_entity_only, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
