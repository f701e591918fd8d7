/* SPDX-License-Identifier: MIT */
/* A complaint from its opening to its reopening, under a service level policy, over a weekend
 * and a change of clocks. */
#include "unit/care/care_world.h"

static care_world c;
static char id[37];

/* Monday to Friday 9 to 17 in Berlin; 4 hours to answer, 16 to resolve. */
static void life_new(int storage)
{
    char calendar[37];

    c = care_new(storage);
    sales_clock = INT64_C(1792753200000000); /* Friday, 2026-10-23, 13:00 there, summer time */
    sales_create(c.system, "calendar.create", calendar, "{'name':'Desk','zone':'Europe/Berlin',"
                 "'hours':{'mon':['09:00-17:00'],'tue':['09:00-17:00'],'wed':['09:00-17:00'],"
                 "'thu':['09:00-17:00'],'fri':['09:00-17:00']}}");
    sales_do(c.system, "case_type.update", "{'id':'%s','calendar_id':'%s',"
             "'last_write_wins':true}", c.type, calendar);
    sales_do(c.system, "sla_policy.create", "{'name':'Complaints','entity':'case',"
             "'condition':{'kind':'complaint'},'calendar_id':'%s','targets':["
             "{'clock':'first_response','amount':'PT4H'},"
             "{'clock':'resolution','amount':'PT16H','warnings':['75%%']}],'escalations':["
             "{'position':1,'clock':'resolution','action':'raise_priority','raise_to':'urgent'}]}",
             calendar);
}

static void life_at(const char *local, int64_t to)
{
    (void)local;
    sales_clock = to * INT64_C(1000000);
    sales_do(c.system, "engine.tick", "{}");
}

static void life_clock(const char *clock, const char *field, const char *want)
{
    acrm_value *out = sales_call(c.system, "sla.status", "{'id':'%s'}", id);
    bool found = false;

    for (size_t i = 0; i < sales_length(out, "clocks"); i++) {
        const acrm_value *item = acrm_value_at(acrm_value_get(out, "clocks"), i);
        if (strcmp(sales_text(item, "clock"), clock) != 0)
            continue;
        found = true;
        ck_assert_msg(strcmp(sales_text(item, field), want) == 0, "%s of %s is %s, not %s", field,
                      clock, sales_text(item, field), want);
    }
    ck_assert_msg(found, "no clock %s", clock);
    acrm_value_free(out);
}

START_TEST(case_life__keeps_its_promises_in_business_time)
{
    life_new(_i);
    care_open(&c, id, "");
    ck_assert_int_eq(sales_count(c.system, "sla_item", "{'subject_id':'%s'}", id), 1);
    life_clock("first_response", "due_at", "2026-10-23T15:00:00Z");
    life_clock("resolution", "due_at", "2026-10-27T12:00:00Z"); /* 4 + 8 + 4 hours */
    life_at("Fri 16:00", 1792764000);
    sales_do(c.agent, "case.reply", "{'id':'%s','body':'We look at it'}", id);
    life_clock("first_response", "state", "met");
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'door ordered','waiting_for':'parts'}",
             id);
    care_expect(&c, id, "stop_reason", "waiting_for_parts");
    life_clock("resolution", "state", "paused");
    life_at("Tue 09:00, winter time", 1793088000);
    sales_do(c.agent, "case.resume", "{'id':'%s'}", id);
    life_clock("resolution", "due_at", "2026-10-28T13:00:00Z"); /* 3 hours used, 13 left */
    life_at("Wed 14:00", 1793192400);
    care_expect(&c, id, "resolution_missed_at", "(none)"); /* in time to the second */
    life_at("a second later", 1793192401);
    life_at("and an hour", 1793196000);
    ck_assert_int_eq(care_events(&c, "sla.breached", id), 1);
    care_expect(&c, id, "resolution_missed_at", "2026-10-28T13:00:00Z");
    care_expect(&c, id, "response_missed_at", "(none)");
    care_expect(&c, id, "priority", "urgent"); /* escalated */
    sales_do(c.agent, "case.resolve",
             "{'id':'%s','resolution':'Painted','root_cause':'defect'}", id);
    life_clock("resolution", "state", "missed");
    sales_do(c.agent, "case.tell", "{'id':'%s','body':'It is painted'}", id);
    sales_do(c.agent, "case.close", "{'id':'%s'}", id);
    care_expect(&c, id, "callback_at", "2026-10-30T14:00:00Z");
    life_at("Fri 15:00", 1793368800);
    ck_assert_int_eq(sales_count(c.system, "activity", "{'kind':'call','status':'open'}"), 1);
    sales_do(c.agent, "case.callback", "{'id':'%s','outcome':'dissatisfied',"
             "'notes':'It peels off'}", id);
    care_expect(&c, id, "status", "reopened");
    life_at("Mon 12:00", 1793617200);
    ck_assert_int_eq(care_events(&c, "sla.breached", id), 1); /* latched */
    acrm_value *out = sales_call(c.system, "sla.verify", "{'id':'%s'}", id);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    out = sales_call(c.system, "report.cases", "{}");
    ck_assert_int_eq(sales_int(out, "total.promised"), 1);
    ck_assert_int_eq(sales_int(out, "total.resolution_missed"), 1);
    ck_assert_int_eq(sales_int(out, "total.response_missed"), 0);
    acrm_value_free(out);
    out = sales_call(c.agent, "case.status", "{'id':'%s','zone':'Europe/Berlin'}", id);
    ck_assert_uint_ge(sales_length(out, "clocks"), 2);
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

START_TEST(case_life__stops_for_a_reason_that_clocks_know)
{
    life_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_INVALID, "reference", "case.stop",
                 "{'id':'%s','reason':'x','waiting_for':'other'}", id);
    sales_refuse(c.agent, ACRM_E_INVALID, "reference", "case.stop",
                 "{'id':'%s','reason':'x','stop_reason':'lunch'}", id);
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'which door?','waiting_for':'customer'}",
             id);
    /* The reason lets it wait 14 days. */
    care_expect(&c, id, "waiting_until", "2026-11-06T11:00:00Z");
    life_at("14 days later", 1793962800);
    care_expect(&c, id, "status", "open");
    life_clock("resolution", "state", "active");
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'which door?','waiting_for':'customer'}",
             id);
    sales_do(c.customer, "case.message", "{'id':'%s','body':'the left one'}", id);
    care_expect(&c, id, "status", "open");
    life_clock("resolution", "state", "active");
    sales_do(c.agent, "case.prioritise", "{'id':'%s','priority':'high'}", id);
    acrm_value *out = sales_call(c.system, "sla.status", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "priority"), "high");
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

START_TEST(case_life__goes_without_any_promise)
{
    c = care_new(_i);
    care_open(&c, id, "");
    care_expect(&c, id, "sla_item_id", "(none)");
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'x'}", id);
    sales_do(c.agent, "case.resume", "{'id':'%s'}", id);
    acrm_value *out = sales_call(c.agent, "case.status", "{'id':'%s'}", id);
    ck_assert_uint_eq(sales_length(out, "clocks"), 0);
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

Suite *case_life_suite(void);
Suite *case_life_suite(void)
{
    const TTest *const tests[] = {
        case_life__keeps_its_promises_in_business_time,
        case_life__stops_for_a_reason_that_clocks_know, case_life__goes_without_any_promise,
    };
    Suite *s = suite_create("case_life");
    TCase *tc = tcase_create("case_life");

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(tc, tests[i], 0, SALES_STORAGES);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(case_life_suite)
