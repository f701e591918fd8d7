/* SPDX-License-Identifier: MIT */
/* Messages that come by themselves: once for each record and occasion, at the customer's time. */
#include "unit/message/message_world.h"

#define HOUR (INT64_C(3600) * WORLD_SECOND)
#define DAY (24 * HOUR)

#define BIRTHDAY                                                                                  \
    "{'name':'birthday','trigger':'date','entity':'customer','date_field':'birth_date',"         \
    "'every_year':'%s','at':'00:05:00','missed':'skip','actions':[{'operation':'message.send',"  \
    "'args':{'customer_id':{'$field':'id'},'channel':'sms','template':'birthday',"               \
    "'local_time':'10:00:00','expires_after':'PT12H','once':{'$join':['birthday ',"              \
    "{'$field':'id'},' ',{'$event':'data.due'}]}}}]}"

static void trigger_setup(world *w, const char *calendar, const char *more)
{
    char rule[1200];

    snprintf(rule, sizeof rule, BIRTHDAY, calendar);
    world_do(w, "message.setup", world_args(
        "{'definition':{'templates':[{'code':'birthday','channel':'sms','language':'en',"
        "'purpose':'service','body':'Happy birthday, {{name}}!'}],'rules':[%s%s]}}", rule, more));
}

static void trigger_born(world *w, const char *date)
{
    world_do(w, "customer.update", world_args(
        "{'id':'%s','birth_date':'%s','last_write_wins':true}", w->customer, date));
}

static int64_t trigger_orders(world *w, const char *where)
{
    return office_count(&w->o, "message.count", world_args("{'where':%s}", where));
}

START_TEST(trigger__comes_once_a_year_at_the_customers_time)
{
    world w; /* it is Saturday, 21 November 2026, 10:00 in UTC */
    world_open(&w, _i);
    trigger_setup(&w, "gregorian", "");
    trigger_born(&w, "1990-11-22");
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    world_clock = WORLD_START + 13 * HOUR + 10 * 60 * WORLD_SECOND; /* ten past midnight in Rome */
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    ck_assert_int_eq(trigger_orders(&w, "{'next_at':'2026-11-22T09:00:00Z'}"), 1);
    world_clock = WORLD_START + 23 * HOUR;
    ck_assert_int_eq(world_tick(&w, "sent"), 1);
    ck_assert_str_eq(w.post.body, "Happy birthday, Ada Bianchi!");
    for (int i = 0; i < 370; i++) {
        world_clock += DAY;
        world_do(&w, "engine.tick", "{}");
    }
    ck_assert_int_eq(w.post.n, 2);
    ck_assert_int_eq(trigger_orders(&w, "{'at':{'$gte':'2027-11-21T22:00:00Z'}}"), 1);
    office_close(&w.o);
}
END_TEST

static const struct {
    const char *calendar, *born, *day;
    int would;
} years[] = {
    { "gregorian", "1996-02-29", "2027-02-28", 1 },
    { "gregorian", "1996-02-29", "2027-03-01", 0 },
    { "gregorian", "1996-02-29", "2028-02-28", 0 },
    { "gregorian", "1996-02-29", "2028-02-29", 1 },
    { "gregorian", "2000-04-30", "2027-04-30", 1 },
    { "gregorian", "2000-12-31", "2027-12-31", 1 },
    { "gregorian", "2000-12-31", "2027-12-30", 0 },
    { "gregorian", "2026-11-20", "2026-11-20", 0 }, /* the day itself is none */
    { "gregorian", "2026-11-20", "2027-11-20", 1 },
    { "gregorian", "1907-05-01", "2026-05-01", 1 },
    { "solar_hijri", "2021-03-20", "2026-03-20", 1 }, /* 30 Esfand 1399; 29 Esfand 1404 */
    { "solar_hijri", "2021-03-20", "2025-03-20", 1 }, /* 30 Esfand 1403 */
    { "solar_hijri", "2021-03-20", "2025-03-19", 0 },
    { "solar_hijri", "1990-03-21", "2028-03-20", 1 }, /* 1 Farvardin */
    { "solar_hijri", "1990-03-21", "2028-03-21", 0 },
};
enum { YEARS = sizeof years / sizeof years[0] };

START_TEST(trigger__knows_leap_years_of_both_calendars)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    trigger_setup(&w, years[_i].calendar, "");
    trigger_born(&w, years[_i].born);
    acrm_value *out = office_call(&w.o, "message.rehearse", world_args(
        "{'rule':'birthday','day':'%s'}", years[_i].day));
    ck_assert_int_eq(office_number(out, "would"), years[_i].would);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), (size_t)years[_i].would);
    const acrm_value *item = acrm_value_at(acrm_value_get(out, "items"), 0);
    if (years[_i].would) {
        ck_assert_str_eq(office_text(item, "body"), "Happy birthday, Ada Bianchi!");
        ck_assert_str_eq(office_text(item, "to"), "+393331234567");
    }
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w.o, "message.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(trigger__what_waits_goes_with_the_date)
{
    world w;
    world_open(&w, _i);
    trigger_setup(&w, "gregorian",
                  ",{'name':'moved','trigger':'changed','entity':'customer','fields':"
                  "['birth_date'],'actions':[{'operation':'message.recall','args':{'once':"
                  "{'$join':['birthday ',{'$field':'id'},' ',{'$today':true}]}}}]}");
    trigger_born(&w, "1990-11-22");
    world_clock = WORLD_START + 14 * HOUR;
    ck_assert_int_eq(world_tick(&w, "sent"), 0);
    ck_assert_int_eq(trigger_orders(&w, "{'status':'queued'}"), 1);
    trigger_born(&w, "1990-11-25"); /* it was a mistake */
    ck_assert_int_eq(trigger_orders(&w, "{'status':'cancelled'}"), 1);
    world_clock += 4 * DAY - 5 * HOUR; /* the 25th, 19:00 in UTC */
    world_do(&w, "engine.tick", "{}");
    ck_assert_int_eq(trigger_orders(&w, "{'status':'queued'}"), 1);
    ck_assert_int_eq(w.post.n, 0);
    office_close(&w.o);
}
END_TEST

START_TEST(trigger__comes_to_nobody_who_is_gone_and_never_too_late)
{
    world w;
    world_open(&w, _i);
    trigger_setup(&w, "gregorian", "");
    trigger_born(&w, "1990-11-22");
    world_clock = WORLD_START + 14 * HOUR;
    world_do(&w, "engine.tick", "{}");
    world_clock = WORLD_START + 36 * HOUR; /* thirteen hours after it was to leave */
    ck_assert_int_eq(world_tick(&w, "refused"), 1);
    ck_assert_int_eq(trigger_orders(&w, "{'reason':'too_late'}"), 1);
    world_do(&w, "privacy.erase", world_args("{'customer_id':'%s','basis':'request',"
                                             "'reason':'asked for'}", w.customer));
    for (int i = 0; i < 370; i++) {
        world_clock += DAY;
        world_do(&w, "engine.tick", "{}");
    }
    ck_assert_int_eq(w.post.n, 0);
    office_close(&w.o);
}
END_TEST

START_TEST(trigger__greets_on_a_holiday_by_its_own_calendar)
{
    static const char *const nowruz[] = { "2027-03-21T06:00:00Z", "2028-03-20T06:00:00Z",
                                          "2029-03-20T06:00:00Z" };
    world w;
    world_open(&w, _i);
    world_do(&w, "message.setup", world_args(
        "{'definition':{'templates':[{'code':'nowruz','channel':'sms','language':'en',"
        "'purpose':'service','body':'Happy Nowruz, {{name}}!'}],'schedules':[{'code':'nowruz',"
        "'rule':'RSCALE=PERSIAN;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYHOUR=7;BYMINUTE=0'}],"
        "'rules':[{'name':'greeting','trigger':'schedule','schedule':'nowruz','entity':'customer',"
        "'condition':{'language':'it'},'actions':[{'operation':'message.send','args':"
        "{'customer_id':{'$field':'id'},'channel':'sms','template':'nowruz'}}]}]}}"));
    acrm_value *out = office_call(&w.o, "schedule.list", "{}");
    char id[40];
    snprintf(id, sizeof id, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "schedule.preview", world_args("{'id':'%s','limit':3}", id));
    const acrm_value *times = acrm_value_get(out, "items");
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(acrm_value_text(acrm_value_at(times, i), NULL), nowruz[i]);
    acrm_value_free(out);
    world_clock += 120 * DAY; /* 21 March 2027, 10:00 */
    world_do(&w, "engine.tick", "{}");
    world_do(&w, "engine.tick", "{}");
    ck_assert_int_eq(w.post.n, 1);
    ck_assert_str_eq(w.post.body, "Happy Nowruz, Ada Bianchi!");
    office_close(&w.o);
}
END_TEST

START_TEST(trigger__a_definition_is_loaded_over_what_is_there)
{
    world w;
    world_open(&w, _i);
    trigger_setup(&w, "gregorian", "");
    acrm_value *out = office_call(&w.o, "message.setup", world_args(
        "{'definition':{'templates':[{'code':'birthday','channel':'sms','language':'en',"
        "'purpose':'service','body':'Many happy returns!'}],'rules':[{'name':'birthday',"
        "'trigger':'date','entity':'customer','date_field':'birth_date','actions':["
        "{'operation':'message.recall','args':{'once':'x'}}]}]}}"));
    ck_assert_int_eq(office_number(out, "created"), 0);
    ck_assert_int_eq(office_number(out, "updated"), 2);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&w.o, "automation_rule.count", "{}"), 1);
    office_refused(&w.o, "message.setup", world_args("{'definition':{'rules':[{'name':'x',"
        "'trigger':'schedule','schedule':'none','actions':[]}]}}"), ACRM_E_NOTFOUND, "schedule",
        "reference");
    office_refused(&w.o, "message.setup", world_args("{'definition':{'templates':['x']}}"),
                   ACRM_E_INVALID, "templates", "type");
    office_refused(&w.o, "message.setup", world_args("{'definition':{'rules':[{}]}}"),
                   ACRM_E_INVALID, "name", "required");
    office_refused(&w.o, "message.rehearse", world_args("{'rule':'none'}"), ACRM_E_NOTFOUND,
                   "rule", "reference");
    office_close(&w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("message_trigger");
    TCase *c = tcase_create("trigger");

    tcase_add_loop_test(c, trigger__comes_once_a_year_at_the_customers_time, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, trigger__knows_leap_years_of_both_calendars, 0, YEARS);
    tcase_add_loop_test(c, trigger__what_waits_goes_with_the_date, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, trigger__comes_to_nobody_who_is_gone_and_never_too_late, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(c, trigger__greets_on_a_holiday_by_its_own_calendar, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, trigger__a_definition_is_loaded_over_what_is_there, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, c);
    return s;
}

ACRM_TEST_MAIN(suite)
