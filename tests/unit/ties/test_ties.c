/* SPDX-License-Identifier: MIT */
/* Relationships from both sides, households, networks, VIP, and what merging makes of them. */
#include "support/speak.h"
#include "support/suite.h"

#include <stdlib.h>

static const char *item_text(const acrm_value *out, size_t i, const char *key)
{
    return office_text(acrm_value_at(acrm_value_get(out, "items"), i), key);
}

static const char *other_name(const acrm_value *out, size_t i)
{
    const acrm_value *item = acrm_value_at(acrm_value_get(out, "items"), i);
    return office_text(acrm_value_get(item, "customer"), "name");
}

START_TEST(relationship__is_seen_from_both_sides)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");
    id bob = make(&o, "customer.create", "{'name':'Bob'}");
    id firm = make(&o, "customer.create", "{'kind':'company','name':'Firm'}");

    make(&o, "customer.relate", "{'id':'%s','type':'child','to':'%s','notes':'elder'}", bob.text,
         ann.text);
    make(&o, "customer.relate", "{'id':'%s','type':'employee','to':'%s','since':'2020-01-01'}",
         ann.text, firm.text);
    acrm_value *out = call(&o, "customer.relationships", "{'id':'%s'}", bob.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    ck_assert_str_eq(item_text(out, 0, "role"), "parent");
    ck_assert_str_eq(item_text(out, 0, "notes"), "elder");
    ck_assert_str_eq(other_name(out, 0), "Ann");
    acrm_value_free(out);
    out = call(&o, "customer.relationships", "{'id':'%s','role':'child'}", ann.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    ck_assert_str_eq(other_name(out, 0), "Bob");
    acrm_value_free(out);
    out = call(&o, "customer.relationships", "{'id':'%s'}", firm.text);
    ck_assert_str_eq(item_text(out, 0, "role"), "employee");
    ck_assert_str_eq(item_text(out, 0, "since"), "2020-01-01");
    acrm_value_free(out);
    out = call(&o, "customer.fleet", "{'id':'%s'}", firm.text);
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "people"), 0), "name"), "Ann");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(relationship__what_cannot_be_is_refused_by_name)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");
    id bob = make(&o, "customer.create", "{'name':'Bob'}");
    const char *relate = "customer.relate";

    make(&o, relate, "{'id':'%s','type':'spouse','to':'%s','until':'2001-01-01'}", ann.text,
         bob.text);
    make(&o, relate, "{'id':'%s','type':'spouse','to':'%s','since':'2010-01-01'}", bob.text,
         ann.text); /* again, and over before */
    refused(&o, ACRM_E_CONFLICT, "duplicate", relate, "{'id':'%s','type':'spouse','to':'%s'}",
            ann.text, bob.text);
    refused(&o, ACRM_E_INVALID, "self", relate, "{'id':'%s','type':'spouse','to':'%s'}",
            ann.text, ann.text);
    refused(&o, ACRM_E_INVALID, "kind", relate, "{'id':'%s','type':'employer','to':'%s'}",
            ann.text, bob.text);
    refused(&o, ACRM_E_NOTFOUND, "reference", relate, "{'id':'%s','type':'rival','to':'%s'}",
            ann.text, bob.text);
    refused(&o, ACRM_E_INVALID, "range", relate, "{'id':'%s','type':'friend','to':'%s',"
            "'since':'2020-02-02','until':'2020-02-01'}", ann.text, bob.text);
    refused(&o, ACRM_E_CONFLICT, "duplicate", "relationship_type.create",
            "{'code':'child','name':'x','inverse_code':'y'}");
    refused(&o, ACRM_E_INVALID, "required", "relationship_type.create",
            "{'code':'z','name':'x'}");
    refused(&o, ACRM_E_INVALID, "symmetric", "relationship_type.create",
            "{'code':'z','name':'x','symmetric':true,'inverse_code':'y'}");
    acrm_value *out = call(&o, "customer.relationships", "{'id':'%s'}", ann.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1); /* the other ended */
    acrm_value_free(out);
    out = call(&o, "customer.relationships", "{'id':'%s','ended':true}", ann.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(household__shows_who_lives_together)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");
    id bob = make(&o, "customer.create", "{'name':'Bob'}");
    id firm = make(&o, "customer.create", "{'kind':'company','name':'Firm'}");
    id home = make(&o, "household.create", "{'name':'Lee','head_id':'%s','members':["
                   "{'customer_id':'%s','role':'partner'}]}", ann.text, bob.text);

    refused(&o, ACRM_E_INVALID, "kind", "household_member.create",
            "{'household_id':'%s','customer_id':'%s'}", home.text, firm.text);
    refused(&o, ACRM_E_CONFLICT, "duplicate", "household_member.create",
            "{'household_id':'%s','customer_id':'%s'}", home.text, bob.text);
    acrm_value *out = call(&o, "household.view", "{'id':'%s'}", home.text);
    const acrm_value *members = acrm_value_get(out, "members");
    ck_assert_uint_eq(acrm_value_count(members), 2);
    ck_assert_str_eq(office_text(acrm_value_at(members, 0), "role"), "head");
    ck_assert_str_eq(office_text(acrm_value_get(acrm_value_at(members, 1), "customer"), "name"),
                     "Bob");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(fleet__shows_vehicles_and_who_drives_them)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");
    id firm = make(&o, "customer.create", "{'kind':'company','name':'Firm'}");
    id van = make(&o, "vehicle.create", "{'make':'Fiat','model':'Ducato','plate':'AB 123'}");
    id old = make(&o, "vehicle.create", "{'make':'Fiat','model':'Fiorino'}");
    id home = make(&o, "household.create", "{'name':'Lee','head_id':'%s'}", ann.text);
    static const char own[] = "{'vehicle_id':'%s','customer_id':'%s','role':'%s'%s}";

    make(&o, "vehicle_ownership.create", own, van.text, firm.text, "fleet", "");
    make(&o, "vehicle_ownership.create", own, van.text, ann.text, "driver", "");
    make(&o, "vehicle_ownership.create", own, old.text, firm.text, "fleet",
         ",'from_date':'2010-01-01','to_date':'2011-01-01'");
    acrm_value *out = call(&o, "customer.fleet", "{'id':'%s'}", firm.text);
    ck_assert_int_eq(office_number(out, "count"), 1); /* the other is gone */
    const acrm_value *one = acrm_value_at(acrm_value_get(out, "vehicles"), 0);
    ck_assert_str_eq(office_text(acrm_value_get(one, "vehicle"), "model"), "Ducato");
    const acrm_value *driver = acrm_value_at(acrm_value_get(one, "users"), 0);
    ck_assert_str_eq(office_text(driver, "name"), "Ann");
    ck_assert_str_eq(office_text(driver, "role"), "driver");
    acrm_value_free(out);
    out = call(&o, "household.view", "{'id':'%s'}", home.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "vehicles")), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(network__goes_two_steps_and_tells_each_tie_once)
{
    office o;
    office_open(&o, _i);
    static const char *const names[] = { "A", "B", "C", "D" };
    id people[4];

    for (int i = 0; i < 4; i++)
        people[i] = make(&o, "customer.create", "{'name':'%s'}", names[i]);
    for (int i = 0; i < 3; i++)
        make(&o, "customer.relate", "{'id':'%s','type':'friend','to':'%s'}", people[i].text,
             people[i + 1].text);
    make(&o, "household.create", "{'name':'H','head_id':'%s','members':[{'customer_id':'%s'}]}",
         people[0].text, people[2].text);
    for (int steps = 1; steps <= 2; steps++) {
        acrm_value *out = call(&o, "customer.network", "{'id':'%s','steps':%d}", people[0].text,
                               steps);
        /* C is one step away by the household, D two. */
        ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "customers")), steps == 1 ? 3 : 4);
        ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "ties")), steps == 1 ? 3 : 4);
        acrm_value_free(out);
    }
    office_close(&o);
}
END_TEST

START_TEST(vip__every_change_keeps_its_reason)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");

    refused(&o, ACRM_E_INVALID, "required", "customer.set_vip", "{'id':'%s','level':2}", ann.text);
    refused(&o, ACRM_E_INVALID, "range", "customer.set_vip",
            "{'id':'%s','level':10,'reason':'x'}", ann.text);
    acrm_value_free(call(&o, "customer.set_vip", "{'id':'%s','level':2,'reason':'mayor'}",
                         ann.text));
    acrm_value_free(call(&o, "customer.update", "{'id':'%s','last_write_wins':true,"
                         "'vip_level':0,'reason':'voted out'}", ann.text));
    acrm_value *out = call(&o, "vip_change.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 2);
    ck_assert_str_eq(item_text(out, 0, "reason"), "mayor");
    ck_assert_str_eq(item_text(out, 1, "reason"), "voted out");
    acrm_value_free(out);
    out = call(&o, "customer.view360", "{'id':'%s'}", ann.text);
    const acrm_value *changes = acrm_value_get(acrm_value_get(out, "related"), "vip_changes");
    ck_assert_int_eq(office_number(changes, "count"), 2);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* What becomes of ties when two of the tied are one. */
START_TEST(merge__drops_ties_to_oneself_and_collapses_doubles)
{
    office o;
    office_open(&o, _i);
    id ann = make(&o, "customer.create", "{'name':'Ann'}");
    id anna = make(&o, "customer.create", "{'name':'Anna'}");
    id bob = make(&o, "customer.create", "{'name':'Bob'}");
    id home = make(&o, "household.create", "{'name':'Lee','head_id':'%s','members':["
                   "{'customer_id':'%s'},{'customer_id':'%s'}]}", anna.text, ann.text, anna.text);

    make(&o, "customer.relate", "{'id':'%s','type':'sibling','to':'%s'}", ann.text, anna.text);
    make(&o, "customer.relate", "{'id':'%s','type':'spouse','to':'%s'}", ann.text, bob.text);
    make(&o, "customer.relate", "{'id':'%s','type':'spouse','to':'%s'}", bob.text, anna.text);
    make(&o, "customer.relate", "{'id':'%s','type':'parent','to':'%s'}", bob.text, anna.text);
    acrm_value *out = call(&o, "customer.merge", "{'id':'%s','others':['%s']}", ann.text,
                           anna.text);
    ck_assert_int_eq(office_number(out, "collapsed_rows"), 3); /* sibling, spouse, member */
    acrm_value_free(out);
    ck_assert_int_eq(count(&o, "relationship", "{}"), 2);
    ck_assert_int_eq(count(&o, "household_member", "{}"), 1);
    ck_assert_int_eq(count(&o, "household", "{'id':'%s','head_id':'%s'}", home.text, ann.text), 1);
    acrm_value_free(call(&o, "customer.unmerge", "{'id':'%s'}", anna.text));
    ck_assert_int_eq(count(&o, "relationship", "{}"), 4);
    ck_assert_int_eq(count(&o, "household_member", "{}"), 2);
    ck_assert_int_eq(count(&o, "household", "{'head_id':'%s'}", anna.text), 1);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("ties");
    TCase *t = tcase_create("ties");

    tcase_add_loop_test(t, relationship__is_seen_from_both_sides, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, relationship__what_cannot_be_is_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, household__shows_who_lives_together, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, fleet__shows_vehicles_and_who_drives_them, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, network__goes_two_steps_and_tells_each_tie_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, vip__every_change_keeps_its_reason, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, merge__drops_ties_to_oneself_and_collapses_doubles, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
