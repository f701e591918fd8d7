/* SPDX-License-Identifier: MIT */
/* The cadence: when each level must be contacted, what neglect is, and how levels fall. */
#include "unit/sales/sales_world.h"

static sales_world w;
static char dealer[37], seller[37], lead[37];

/* A lead of a level with a seller. */
static void begin(int storage, const char *level)
{
    char fields[128];

    w = sales_new(storage);
    sales_dealer(&w, dealer, "N", "");
    sales_seller(&w, seller, "n", dealer, "");
    snprintf(fields, sizeof fields, "'level':'%s','owner_id':'%s'", level, seller);
    sales_lead(&w, lead, 1, fields);
}

static void expect_due(const char *want)
{
    sales_expect(&w, "lead", lead, "next_contact_at", want);
    acrm_value *open = sales_call(w.system, "activity.list",
                                  "{'where':{'lead_id':'%s','status':'open','automatic':true}}",
                                  lead);
    ck_assert_uint_eq(sales_length(open, "items"), 1); /* moved, not doubled */
    ck_assert_str_eq(sales_text(open, "items.0.due_at"), want);
    acrm_value_free(open);
}

static const struct {
    const char *level, *first, *then; /* contacted at the hour it came in, 2026-11-21T10:00 */
} levels[] = {
    { "O", "2026-11-28T10:00:00Z", "2026-11-28T11:00:00Z" },
    { "H", "2026-11-22T10:00:00Z", "2026-11-23T11:00:00Z" },
    { "A", "2026-11-23T10:00:00Z", "2026-11-25T11:00:00Z" },
    { "B", "2026-11-24T10:00:00Z", "2026-11-28T11:00:00Z" },
    { "C", "2026-11-28T10:00:00Z", "2026-12-06T11:00:00Z" },
};

START_TEST(cadence__of_each_level)
{
    begin(_i % 2, levels[_i / 2].level);
    expect_due(levels[_i / 2].first);
    sales_expect(&w, "lead", lead, "status", "accepted");
    sales_advance(SALES_HOUR);
    sales_do(w.system, "lead.contact", "{'id':'%s'}", lead);
    expect_due(levels[_i / 2].then);
    sales_expect(&w, "lead", lead, "status", "working");
    sales_expect(&w, "lead", lead, "first_contact_at", "2026-11-21T11:00:00Z");
    ck_assert_int_eq(sales_count(w.system, "activity", "{'status':'done'}"), 1);
    sales_free(&w);
}
END_TEST

/* Monday to Friday, 08:00 to 17:00; it came in on a Saturday. */
START_TEST(cadence__counts_business_time_where_its_level_says_so)
{
    char id[37], customer[37], calendar[37];

    w = sales_new(_i);
    acrm_value *out = sales_call(w.system, "calendar.list", "{'where':{'name':'Standard'}}");
    snprintf(calendar, sizeof calendar, "%s", sales_text(out, "items.0.id"));
    acrm_value_free(out);
    out = sales_call(w.system, "lead_level.list", "{'where':{'code':'H'}}");
    snprintf(id, sizeof id, "%s", sales_text(out, "items.0.id"));
    acrm_value_free(out);
    sales_do(w.system, "lead_level.update", "{'id':'%s','last_write_wins':true,'first_contact':"
             "'PT4H','contact_every':'PT10H','calendar_id':'%s'}", id, calendar);
    sales_create(w.system, "customer.create", customer, "{'name':'Ada'}");
    sales_create(w.system, "lead.create", lead, "{'customer_id':'%s','level':'H'}", customer);
    sales_expect(&w, "lead", lead, "next_contact_at", "2026-11-23T12:00:00Z");
    sales_do(w.system, "lead.contact", "{'id':'%s'}", lead);
    sales_expect(&w, "lead", lead, "next_contact_at", "2026-11-24T09:00:00Z");
    sales_free(&w);
}
END_TEST

START_TEST(cadence__counts_an_attempt_as_no_contact)
{
    begin(_i, "H");
    sales_advance(SALES_HOUR);
    sales_do(w.system, "lead.contact", "{'id':'%s','effective':false}", lead);
    sales_do(w.system, "lead.contact", "{'id':'%s','effective':false}", lead);
    expect_due("2026-11-22T10:00:00Z");
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "attempts"), 2);
    sales_expect(&w, "lead", lead, "first_contact_at", "(none)");
    sales_expect(&w, "lead", lead, "status", "accepted");
    sales_do(w.system, "lead.contact", "{'id':'%s'}", lead);
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "attempts"), 0);
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "contacts"), 1);
    ck_assert_int_eq(sales_count(w.system, "interaction", "{'effective':false}"), 2);
    sales_free(&w);
}
END_TEST

START_TEST(cadence__gives_way_to_an_agreed_date)
{
    begin(_i, "H");
    sales_refuse(w.system, ACRM_E_INVALID, "range", "lead.contact",
                 "{'id':'%s','next_at':'2026-11-21T10:00:00Z'}", lead);
    sales_do(w.system, "lead.contact", "{'id':'%s','next_at':'2026-12-24T15:00:00Z'}", lead);
    expect_due("2026-12-24T15:00:00Z");
    sales_do(w.system, "lead.set_level", "{'id':'%s','level':'A','reason':'test drive'}", lead);
    expect_due("2026-12-24T15:00:00Z");
    sales_do(w.system, "lead.contact", "{'id':'%s'}", lead); /* the next is the cadence's again */
    expect_due("2026-11-25T10:00:00Z");
    sales_free(&w);
}
END_TEST

START_TEST(cadence__follows_a_change_of_level)
{
    begin(_i, "C");
    sales_advance(SALES_HOUR);
    sales_do(w.system, "lead.update", "{'id':'%s','level':'H','last_write_wins':true}", lead);
    expect_due("2026-11-22T10:00:00Z");
    sales_expect(&w, "lead", lead, "level_since", "2026-11-21T11:00:00Z");
    sales_do(w.system, "lead.contact", "{'id':'%s','level':'C'}", lead);
    expect_due("2026-12-06T11:00:00Z");
    sales_advance(10 * SALES_DAY); /* promoted when its new date has long passed: due now */
    sales_do(w.system, "lead.set_level", "{'id':'%s','level':'H','reason':'quote'}", lead);
    expect_due("2026-12-01T11:00:00Z");
    sales_refuse(w.system, ACRM_E_INVALID, "reference", "lead.set_level",
                 "{'id':'%s','level':'Q','reason':'x'}", lead);
    sales_free(&w);
}
END_TEST

/* H: due after a day, neglect after another; the ladder goes on after 5/3 and 7/3 of that. */
START_TEST(cadence__raises_neglect_step_by_step)
{
    static const struct {
        int64_t at; /* seconds after the lead came in */
        int64_t step;
    } ladder[] = {
        { 2 * SALES_DAY - 1, 0 }, { 2 * SALES_DAY, 1 }, { 2 * SALES_DAY + 16 * SALES_HOUR - 1, 1 },
        { 2 * SALES_DAY + 16 * SALES_HOUR, 2 }, { 3 * SALES_DAY + 8 * SALES_HOUR - 1, 2 },
        { 3 * SALES_DAY + 8 * SALES_HOUR, 3 }, { 6 * SALES_DAY, 3 },
    };

    begin(_i, "H");
    for (size_t i = 0; i < sizeof ladder / sizeof ladder[0]; i++) {
        sales_clock = SALES_START + ladder[i].at * 1000000;
        sales_tick(&w);
        ck_assert_int_eq(sales_get_int(&w, "lead", lead, "neglect_step"), ladder[i].step);
        sales_events(&w, "lead.neglected", ladder[i].step);
    }
    acrm_value *list = sales_call(w.system, "lead.neglected", "{'dealer_id':'%s'}", dealer);
    ck_assert_uint_eq(sales_length(list, "items"), 1);
    ck_assert_str_eq(sales_text(list, "items.0.raised_to"), "reassign");
    ck_assert_str_eq(sales_text(list, "items.0.owner"), "Seller n");
    ck_assert_int_eq(sales_int(list, "items.0.overdue_minutes"), 5 * 24 * 60);
    acrm_value_free(list);
    sales_do(w.system, "lead.contact", "{'id':'%s','effective':false}", lead);
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "neglect_step"), 3);
    sales_do(w.system, "lead.contact", "{'id':'%s'}", lead);
    sales_expect(&w, "lead", lead, "neglected_at", "(none)");
    list = sales_call(w.system, "lead.neglected", "{}");
    ck_assert_uint_eq(sales_length(list, "items"), 0);
    acrm_value_free(list);
    sales_free(&w);
}
END_TEST

/* No order in time: H falls to A after 7 days, then to B, then to C, and stays. */
START_TEST(cadence__lets_levels_fall_when_their_time_is_over)
{
    static const struct {
        int days;
        const char *level;
    } falls[] = { { 6, "H" }, { 7, "A" }, { 21, "A" }, { 22, "B" }, { 51, "B" }, { 52, "C" },
                  { 300, "C" } };

    begin(_i, "H");
    for (size_t i = 0; i < sizeof falls / sizeof falls[0]; i++) {
        sales_clock = SALES_START + falls[i].days * SALES_DAY * 1000000;
        sales_tick(&w);
        sales_expect(&w, "lead", lead, "level", falls[i].level);
    }
    sales_events(&w, "lead.level_fell", 3);
    sales_free(&w);
}
END_TEST

START_TEST(cadence__is_confirmed_by_the_same_level)
{
    begin(_i, "H");
    sales_advance(6 * SALES_DAY);
    sales_do(w.system, "lead.set_level", "{'id':'%s','level':'H','reason':'confirmed'}", lead);
    sales_advance(6 * SALES_DAY);
    sales_tick(&w);
    sales_expect(&w, "lead", lead, "level", "H");
    sales_advance(SALES_DAY);
    sales_tick(&w);
    sales_expect(&w, "lead", lead, "level", "A");
    sales_refuse(w.system, ACRM_E_INVALID, "choice", "lead_level.create",
                 "{'code':'X','rank':9,'first_contact':'P1D','contact_every':'P1D',"
                 "'next_if_silent':'X'}");
    sales_free(&w);
}
END_TEST

START_TEST(cadence__ends_with_the_lead)
{
    begin(_i, "H");
    sales_do(w.system, "lead.lose", "{'id':'%s','reason':'price','competitor':'Other',"
             "'win_back_at':'2027-03-01'}", lead);
    sales_expect(&w, "lead", lead, "next_contact_at", "(none)");
    ck_assert_int_eq(sales_count(w.system, "activity", "{'status':'open'}"), 0);
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "lead.contact", "{'id':'%s'}", lead);
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "lead.win", "{'id':'%s'}", lead);
    sales_advance(60 * SALES_DAY);
    sales_tick(&w);
    sales_events(&w, "lead.neglected", 0);
    ck_assert_int_eq(sales_count(w.system, "lead", "{}"), 1);
    sales_advance(60 * SALES_DAY);
    sales_tick(&w);
    ck_assert_int_eq(sales_count(w.system, "lead", "{'previous_lead_id':'%s','status':'new'}",
                                 lead), 1);
    sales_tick(&w);
    ck_assert_int_eq(sales_count(w.system, "lead", "{}"), 2);
    sales_free(&w);
}
END_TEST

START_TEST(agenda__shows_what_is_overdue_first)
{
    char task[37], id[37];
    static const char *const kinds[] = { "call", "follow_up", "visit" };

    begin(_i, "H"); /* due 2026-11-22T10:00 */
    sales_create(w.system, "activity.create", task,
                 "{'kind':'visit','subject':'Deliver','due_at':'2026-11-25T09:00:00Z',"
                 "'owner_id':'%s','dealer_id':'%s'}", seller, dealer);
    sales_create(w.system, "activity.create", id,
                 "{'kind':'call','subject':'Bank','due_at':'2026-11-21T09:00:00Z',"
                 "'owner_id':'%s','dealer_id':'%s'}", seller, dealer);
    acrm_session *session = sales_user(&w, seller);
    acrm_value *out = sales_call(session, "agenda.list", "{}");
    ck_assert_uint_eq(sales_length(out, "items"), 3);
    for (int i = 0; i < 3; i++) {
        char path[32];
        snprintf(path, sizeof path, "items.%d.kind", i);
        ck_assert_str_eq(sales_text(out, path), kinds[i]);
        snprintf(path, sizeof path, "items.%d.overdue", i);
        ck_assert_int_eq(acrm_value_bool(sales_at(out, path)), i == 0);
    }
    ck_assert_str_eq(sales_text(out, "items.1.customer"), "Customer 1");
    acrm_value_free(out);
    out = sales_call(session, "agenda.list", "{'from':'2026-11-22T00:00:00Z',"
                     "'until':'2026-11-24T00:00:00Z'}");
    ck_assert_uint_eq(sales_length(out, "items"), 1);
    acrm_value_free(out);

    /* A lead that is with the dealer alone is on the dealer's agenda. */
    char fields[64];
    snprintf(fields, sizeof fields, "'dealer_id':'%s','level':'A'", dealer);
    sales_lead(&w, id, 2, fields);
    out = sales_call(w.system, "agenda.list", "{'dealer_id':'%s'}", dealer);
    ck_assert_uint_eq(sales_length(out, "items"), 4);
    ck_assert_str_eq(sales_text(out, "items.2.kind"), "lead_contact");
    acrm_value_free(out);
    acrm_session_free(session);
    sales_free(&w);
}
END_TEST

START_TEST(activity__done_is_a_contact_of_its_lead)
{
    begin(_i, "H");
    acrm_value *open = sales_call(w.system, "activity.list", "{'where':{'status':'open'}}");
    char follow[37], task[37];
    snprintf(follow, sizeof follow, "%s", sales_text(open, "items.0.id"));
    acrm_value_free(open);
    sales_do(w.system, "activity.complete", "{'id':'%s','effective':false}", follow);
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "attempts"), 1);
    sales_expect(&w, "activity", follow, "status", "open");
    sales_refuse(w.system, ACRM_E_CONFLICT, "automatic", "activity.cancel", "{'id':'%s'}", follow);
    sales_refuse(w.system, ACRM_E_CONFLICT, "automatic", "activity.update",
                 "{'id':'%s','due_at':'2026-12-24T10:00:00Z','last_write_wins':true}", follow);
    sales_refuse(w.system, ACRM_E_CONFLICT, "automatic", "activity.delete",
                 "{'id':'%s','last_write_wins':true}", follow);
    sales_do(w.system, "activity.update", "{'id':'%s','notes':'n','last_write_wins':true}", follow);
    sales_do(w.system, "activity.complete", "{'id':'%s','outcome':'interested'}", follow);
    sales_expect(&w, "activity", follow, "status", "done");
    sales_expect(&w, "activity", follow, "outcome", "interested");
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "contacts"), 1);
    expect_due("2026-11-23T10:00:00Z");
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "activity.complete", "{'id':'%s'}", follow);

    sales_create(w.system, "activity.create", task,
                 "{'kind':'task','subject':'Paper','due_at':'2026-11-25T09:00:00Z',"
                 "'lead_id':'%s'}", lead);
    sales_do(w.system, "activity.complete", "{'id':'%s'}", task);
    ck_assert_int_eq(sales_get_int(&w, "lead", lead, "contacts"), 1);
    sales_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("cadence");
    TCase *cases = tcase_create("cadence");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, cadence__of_each_level, 0, 10);
    tcase_add_loop_test(cases, cadence__counts_business_time_where_its_level_says_so, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__counts_an_attempt_as_no_contact, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__gives_way_to_an_agreed_date, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__follows_a_change_of_level, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__raises_neglect_step_by_step, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__lets_levels_fall_when_their_time_is_over, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__is_confirmed_by_the_same_level, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, cadence__ends_with_the_lead, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, agenda__shows_what_is_overdue_first, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, activity__done_is_a_contact_of_its_lead, 0, SALES_STORAGES);
    suite_add_tcase(suite, cases);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
