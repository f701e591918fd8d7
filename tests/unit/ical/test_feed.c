/* SPDX-License-Identifier: MIT */
/* agenda.ical and activity.ical: what is in a feed, for whom, and what was called off. */
#include "unit/sales/sales_world.h"

#include "ical_reader.h"

static sales_world w;
static char sara[37], ben[37], anna[37], visit[37], call_off[37];

static void feed_fill(int storage)
{
    char dealer[37], id[37];

    w = sales_new(storage);
    sales_create(w.system, "dealer.create", dealer,
                 "{'name':'North, Ltd','code':'N','street':'Via Roma 1','city':'Torino'}");
    acrm_value *roles = sales_call(w.system, "role.list", "{'where':{'name':'salesperson'}}");
    sales_create(w.system, "user.create", sara,
                 "{'name':'Sara','login':'sara','email':'sara@example.com','dealer_id':'%s',"
                 "'role_id':'%s'}", dealer, sales_text(roles, "items.0.id"));
    sales_create(w.system, "user.create", ben, "{'name':'Ben','login':'ben','dealer_id':'%s',"
                 "'role_id':'%s'}", dealer, sales_text(roles, "items.0.id"));
    acrm_value_free(roles);
    sales_create(w.system, "customer.create", anna,
                 "{'name':'Anna Bianchi','dealer_id':'%s','owner_id':'%s','contact_points':["
                 "{'channel':'email','value':'anna@example.it'}]}", dealer, sara);
    sales_create(w.system, "activity.create", visit,
                 "{'customer_id':'%s','kind':'visit','subject':'Tagliando; freni','owner_id':'%s',"
                 "'dealer_id':'%s','notes':'pays late','due_at':'2026-11-24T09:00:00Z',"
                 "'duration':'PT1H30M'}", anna, sara, dealer);
    sales_create(w.system, "activity.create", id,
                 "{'customer_id':'%s','kind':'task','subject':'Order brochure','owner_id':'%s',"
                 "'dealer_id':'%s','due_at':'2026-11-24T12:00:00Z'}", anna, sara, dealer);
    sales_create(w.system, "activity.create", call_off,
                 "{'customer_id':'%s','kind':'call','subject':'Ring','owner_id':'%s',"
                 "'dealer_id':'%s','due_at':'2026-11-25T12:00:00Z'}", anna, sara, dealer);
    sales_do(w.system, "activity.cancel", "{'id':'%s'}", call_off);
    sales_create(w.system, "activity.create", id,
                 "{'customer_id':'%s','kind':'meeting','subject':'Gone','owner_id':'%s',"
                 "'dealer_id':'%s','due_at':'2026-11-26T12:00:00Z'}", anna, ben, dealer);
    sales_do(w.system, "activity.delete", "{'id':'%s','last_write_wins':true}", id);
}

static char *feed_text(acrm_session *session, const char *operation, const char *args,
                       const char *id, int64_t events, int64_t cancelled)
{
    acrm_value *out = sales_call(session, operation, args, id);
    size_t len = 0;
    const char *text = acrm_value_text(acrm_value_get(out, "ical"), &len);

    ck_assert_int_eq(sales_int(out, "events"), events);
    ck_assert_int_eq(sales_int(out, "cancelled"), cancelled);
    char *unfolded = ical_unfold(text, len);
    acrm_value_free(out);
    return unfolded;
}

START_TEST(feed__holds_the_agenda_of_a_user)
{
    feed_fill(_i);
    acrm_session *session = sales_user(&w, sara);
    char *text = feed_text(session, "agenda.ical",
                           "{'zone':'Europe/Rome','name':'Sara','alarm':'PT15M'%.0s}", "", 3, 1);
    ck_assert(ical_has_line(text, "X-WR-CALNAME:Sara"));
    ck_assert(ical_has_line(text, "DTSTART;TZID=Europe/Rome:20261124T100000"));
    ck_assert(ical_has_line(text, "DTEND;TZID=Europe/Rome:20261124T113000"));
    ck_assert(ical_has_line(text, "SUMMARY:Tagliando\\; freni - Anna Bianchi"));
    ck_assert(ical_has_line(text, "DESCRIPTION:pays late"));
    ck_assert(ical_has_line(text, "LOCATION:North\\, Ltd\\, Via Roma 1\\, Torino"));
    ck_assert_int_eq(ical_count(text, "STATUS:CANCELLED"), 1);
    ck_assert_int_eq(ical_count(text, "BEGIN:VALARM"), 2);
    ck_assert_int_eq(ical_count(text, "ORGANIZER"), 0);
    ck_assert_int_eq(ical_time_of(text, "DTSTART"), 1795510800);
    free(text);
    acrm_session_free(session);
    sales_free(&w);
}
END_TEST

START_TEST(feed__of_a_customer_holds_appointments_and_nobodys_notes)
{
    feed_fill(_i);
    char *text = feed_text(w.system, "agenda.ical", "{'customer_id':'%s'}", anna, 3, 2);
    ck_assert(ical_has_line(text, "DTSTART:20261124T090000Z"));
    ck_assert(ical_has_line(text, "SUMMARY:Tagliando\\; freni"));
    ck_assert_ptr_null(strstr(text, "pays late"));
    ck_assert_ptr_null(strstr(text, "brochure"));
    ck_assert_int_eq(ical_count(text, "STATUS:CANCELLED"), 2);
    free(text);
    sales_free(&w);
}
END_TEST

START_TEST(feed__raises_the_sequence_with_each_change)
{
    feed_fill(_i);
    sales_do(w.system, "activity.update", "{'id':'%s','due_at':'2026-11-24T10:00:00Z',"
             "'last_write_wins':true}", visit);
    char *text = feed_text(w.system, "activity.ical", "{'id':'%s'}", visit, 1, 0);
    ck_assert(ical_has_line(text, "METHOD:REQUEST"));
    ck_assert(ical_has_line(text, "SEQUENCE:1"));
    ck_assert(ical_has_line(text, "DTSTART:20261124T100000Z"));
    ck_assert(ical_has_line(text, "ORGANIZER;CN=Sara:mailto:sara@example.com"));
    ck_assert(ical_has_line(text, "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:"
                                  "mailto:anna@example.it"));
    ck_assert_ptr_null(strstr(text, "pays late"));
    free(text);
    sales_do(w.system, "activity.delete", "{'id':'%s','last_write_wins':true}", visit);
    text = feed_text(w.system, "activity.ical", "{'id':'%s'}", visit, 1, 1);
    ck_assert(ical_has_line(text, "METHOD:CANCEL"));
    ck_assert(ical_has_line(text, "STATUS:CANCELLED"));
    ck_assert(ical_has_line(text, "SEQUENCE:2"));
    free(text);
    sales_free(&w);
}
END_TEST

START_TEST(feed__keeps_to_who_asks_and_names_what_is_wrong)
{
    feed_fill(_i);
    acrm_session *session = sales_user(&w, ben);
    char *text = feed_text(session, "agenda.ical", "{%.0s}", "", 1, 1); /* the one he lost */
    free(text);
    sales_refuse(w.system, ACRM_E_INVALID, "zone", "agenda.ical", "{'zone':'Mars/North'}");
    sales_refuse(w.system, ACRM_E_NOTFOUND, "reference", "activity.ical", "{'id':'%s'}", anna);
    acrm_session_free(session);
    sales_free(&w);
}
END_TEST

static Suite *feed_suite(void)
{
    Suite *suite = suite_create("ical_feed");
    TCase *tc = tcase_create("ical_feed");

    tcase_add_loop_test(tc, feed__holds_the_agenda_of_a_user, 0, SALES_STORAGES);
    tcase_add_loop_test(tc, feed__of_a_customer_holds_appointments_and_nobodys_notes, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(tc, feed__raises_the_sequence_with_each_change, 0, SALES_STORAGES);
    tcase_add_loop_test(tc, feed__keeps_to_who_asks_and_names_what_is_wrong, 0, SALES_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(feed_suite)
