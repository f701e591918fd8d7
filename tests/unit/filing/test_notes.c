/* SPDX-License-Identifier: MIT */
/* Notes: on records of any entity, on the timeline of the customer, seen by whom they are for. */
#include "unit/filing/filing_world.h"

START_TEST(note__stands_on_the_timeline_of_its_customer)
{
    office o;
    filing_staff staff;
    filing_id lead;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    filing_make(&o, "lead.create", filing_args("{'customer_id':'%s'}", staff.customer), lead);
    acrm_value_free(office_call(&o, "note.create", filing_args("{'subject_id':'%s',"
        "'text':'Prefers red','pinned':true}", staff.customer)));
    acrm_value_free(office_call(&o, "note.create", filing_args("{'subject_entity':'lead',"
        "'subject_id':'%s','text':'Call on Monday','at':'2026-01-01T08:00:00Z'}", lead)));

    acrm_value *out = office_call(&o, "customer.timeline", filing_args("{'id':'%s'}",
                                                                       staff.customer));
    const acrm_value *items = acrm_value_get(out, "items");
    int notes = 0;
    for (size_t i = 0; i < acrm_value_count(items); i++)
        notes += strcmp(office_text(acrm_value_at(items, i), "entity"), "note") == 0;
    ck_assert_int_eq(notes, 2);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "lead.count",
        "{\"where\":{\"filed_notes\":{\"$any\":{\"$search\":\"monday\"}}}}"), 1);
    ck_assert_int_eq(office_count(&o, "note.count", "{\"where\":{\"$search\":\"prefers\"}}"), 1);
    office_close(&o);
}
END_TEST

START_TEST(note__is_made_along_with_its_record)
{
    office o;
    filing_id id;
    office_open(&o, _i);
    filing_make(&o, "customer.create", "{\"name\":\"Ada\",\"filed_notes\":[{\"text\":\"first\"}]}",
                id);
    acrm_value_free(office_call(&o, "dealer.create", "{\"name\":\"North\",\"code\":\"N\","
                                "\"filed_notes\":[{\"text\":\"on a dealer\"}]}"));
    ck_assert_int_eq(office_count(&o, "note.count", filing_args(
        "{'where':{'subject_entity':'customer','subject_id':'%s','customer_id':'%s'}}", id, id)),
        1);
    ck_assert_int_eq(office_count(&o, "note.count",
        "{\"where\":{\"subject_entity\":\"dealer\",\"customer_id\":null}}"), 1);
    office_close(&o);
}
END_TEST

START_TEST(note__what_cannot_be_is_refused_by_name)
{
    office o;
    filing_staff staff;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    office_refused(&o, "note.create", "{\"text\":\"x\"}", ACRM_E_INVALID, "subject_id",
                   "required");
    office_refused(&o, "note.create", filing_args("{'subject_id':'%s'}", staff.customer),
                   ACRM_E_INVALID, "text", "required");
    office_refused(&o, "note.create", filing_args("{'subject_id':'%s','text':'x',"
                   "'subject_entity':'ship'}", staff.customer), ACRM_E_INVALID, "subject_entity",
                   "unknown_entity");
    office_refused(&o, "note.create", filing_args("{'subject_id':'%s','text':'x'}", staff.north),
                   ACRM_E_NOTFOUND, "subject_id", "reference");
    office_refused(&o, "note.create", filing_args("{'subject_id':'%s','text':'x',"
                   "'visibility':'private'}", staff.customer), ACRM_E_INVALID, "visibility",
                   "author");
    ck_assert_int_eq(office_count(&o, "note.count", "{}"), 0);
    office_close(&o);
}
END_TEST

/* Everybody may list notes here; what they see is for the row scopes to say. */
static void widen(office *o)
{
    acrm_value *out = office_call(o, "role.list", "{}");
    const acrm_value *items = acrm_value_get(out, "items");

    for (size_t i = 0; i < acrm_value_count(items); i++)
        acrm_value_free(office_call(o, "role.update", filing_args(
            "{'id':'%s','last_write_wins':true,'permissions':['note.*','customer.*']}",
            office_text(acrm_value_at(items, i), "id"))));
    acrm_value_free(out);
}

START_TEST(note__is_seen_by_whom_it_is_for)
{
    static const struct {
        const char *visibility;
        bool author, colleague, stranger, customer;
    } cases[] = {
        { "private", true, false, false, false },
        { "internal", true, true, false, false },
        { "customer", true, true, false, true },
    };
    office o;
    filing_staff staff;
    filing_id id, eve;
    office_open(&o, _i);
    filing_staff_make(&o, &staff);
    acrm_value *bob = office_call(&o, "user.get", filing_args("{'id':'%s'}", staff.ann));
    filing_make(&o, "user.create", filing_args("{'name':'Eve','login':'eve','role_id':'%s',"
        "'dealer_id':'%s'}", office_text(bob, "role_id"), staff.north), eve);
    acrm_value_free(bob);
    widen(&o);
    office as[] = { filing_as(&o, "user", staff.ann), filing_as(&o, "user", eve),
                    filing_as(&o, "user", staff.bob), filing_as(&o, "customer", staff.customer) };

    filing_make(&as[0], "note.create", filing_args("{'subject_id':'%s','text':'x'}",
                                                   staff.customer), id);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool want[] = { cases[i].author, cases[i].colleague, cases[i].stranger,
                              cases[i].customer };
        acrm_value_free(office_call(&as[0], "note.update", filing_args("{'id':'%s',"
            "'last_write_wins':true,'visibility':'%s'}", id, cases[i].visibility)));
        for (size_t k = 0; k < sizeof want / sizeof want[0]; k++)
            ck_assert_msg(office_count(&as[k], "note.count", "{}") == want[k], "%s for %zu",
                          cases[i].visibility, k);
    }
    for (size_t k = 0; k < sizeof as / sizeof as[0]; k++)
        acrm_session_free(as[k].session);
    office_close(&o);
}
END_TEST

/* By the first roles, those who see their dealer's records see their own private notes too. */
START_TEST(note__is_seen_by_its_author_whatever_the_role)
{
    static const char *const roles[] = { "dealer_manager", "salesperson", "service_advisor",
                                         "call_centre" };
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        office o;
        filing_staff staff;
        filing_id id;
        office_open(&o, OFFICE_MEMORY);
        filing_staff_make(&o, &staff);
        acrm_value *out = office_call(&o, "role.list", filing_args("{'where':{'name':'%s'}}",
                                                                   roles[i]));
        acrm_value_free(office_call(&o, "user.update", filing_args("{'id':'%s',"
            "'last_write_wins':true,'role_id':'%s'}", staff.ann,
            office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"))));
        acrm_value_free(out);
        office ann = filing_as(&o, "user", staff.ann);
        filing_make(&ann, "note.create", filing_args("{'subject_id':'%s','text':'mine',"
            "'visibility':'private'}", staff.customer), id);
        acrm_value_free(office_call(&ann, "note.get", filing_args("{'id':'%s'}", id)));
        acrm_value_free(office_call(&o, "note.create", filing_args("{'subject_id':'%s',"
            "'text':'for all'}", staff.customer)));
        ck_assert_int_eq(office_count(&ann, "note.count", "{}"), 2);
        acrm_session_free(ann.session);
        office_close(&o);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("notes");
    TCase *t = tcase_create("notes");

    tcase_add_loop_test(t, note__stands_on_the_timeline_of_its_customer, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, note__is_made_along_with_its_record, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, note__what_cannot_be_is_refused_by_name, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, note__is_seen_by_whom_it_is_for, 0, OFFICE_STORAGES);
    tcase_add_test(t, note__is_seen_by_its_author_whatever_the_role);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
