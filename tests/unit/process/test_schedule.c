/* SPDX-License-Identifier: MIT */
/* Schedules: when they come due, and that each time is done once whatever happens in between. */
#include "engines/recurrence/recurrence.h"
#include "unit/process/works.h"

#include "base/civil.h"

static const struct {
    const char *rule, *zone, *start, *after;
    const char *want[3];
} times[] = {
    { "30 8 * * 1-5", NULL, "2026-11-01T00:00:00Z", "2026-11-20T08:30:00Z",
      { "2026-11-23T08:30:00Z", "2026-11-24T08:30:00Z", "2026-11-25T08:30:00Z" } },
    { "*/20 9 1 * *", NULL, "2026-01-01T00:00:00Z", "2026-02-01T09:20:00Z",
      { "2026-02-01T09:40:00Z", "2026-03-01T09:00:00Z", "2026-03-01T09:20:00Z" } },
    { "0 0 13 * 5", NULL, "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z", /* either holds */
      { "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-06T00:00:00Z" } },
    { "0 12 29 2 *", NULL, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
      { "2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z", "2036-02-29T12:00:00Z" } },
    { "0 9 * * 7", "Asia/Tehran", "2026-01-01T00:00:00Z", "2026-11-21T00:00:00Z",
      { "2026-11-22T05:30:00Z", "2026-11-29T05:30:00Z", "2026-12-06T05:30:00Z" } },
    /* The clock jumps over half past two: an hour later, once; and twice in autumn: the first. */
    { "30 2,3 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-28T12:00:00Z",
      { "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-30T01:30:00Z" } },
    { "30 2 * * *", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-10-24T12:00:00Z",
      { "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z" } },
    { "FREQ=MONTHLY;BYDAY=2TU;BYHOUR=9", NULL, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
      { "2026-01-13T09:00:00Z", "2026-02-10T09:00:00Z", "2026-03-10T09:00:00Z" } },
    { "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=30", NULL, "2026-01-01T00:00:00Z",
      "2026-01-31T00:00:00Z",
      { "2026-02-27T17:30:00Z", "2026-03-27T17:30:00Z", "2026-04-24T17:30:00Z" } },
    { "FREQ=MONTHLY;BYMONTHDAY=-1", NULL, "2026-01-31T07:15:00Z", "2026-01-31T07:15:00Z",
      { "2026-02-28T07:15:00Z", "2026-03-31T07:15:00Z", "2026-04-30T07:15:00Z" } },
    { "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", NULL, "2026-11-02T06:00:00Z",
      "2026-11-02T06:00:00Z",
      { "2026-11-08T06:00:00Z", "2026-11-16T06:00:00Z", "2026-11-22T06:00:00Z" } },
    { "FREQ=YEARLY", NULL, "2024-02-29T10:00:00Z", "2024-03-01T00:00:00Z",
      { "2028-02-29T10:00:00Z", "2032-02-29T10:00:00Z", "2036-02-29T10:00:00Z" } },
    { "FREQ=DAILY;INTERVAL=3", NULL, "2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z",
      { "2026-11-04T10:00:00Z", "2026-11-07T10:00:00Z", "2026-11-10T10:00:00Z" } },
    { "every PT90M", NULL, "2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z",
      { "2026-11-01T11:30:00Z", "2026-11-01T13:00:00Z", "2026-11-01T14:30:00Z" } },
};

static int64_t instant(const char *text)
{
    int64_t us = 0;

    ck_assert(acrm__instant_parse(text, strlen(text), &us));
    return us;
}

START_TEST(recurrence__comes_due_when_it_says)
{
    acrm_zone *zone = NULL;
    acrm__recurrence r;

    if (times[_i].zone)
        ck_assert_int_eq(acrm_zone_load(times[_i].zone, NULL, NULL, &zone, NULL), ACRM_OK);
    const char *fault = acrm__recurrence_parse(times[_i].rule, zone, instant(times[_i].start), &r);
    ck_assert_msg(fault == NULL, "%s: %s", times[_i].rule, fault);
    int64_t at = instant(times[_i].after);
    for (size_t i = 0; i < 3; i++) {
        char text[ACRM__INSTANT_SIZE];
        int64_t last;
        ck_assert(acrm__recurrence_next(&r, zone, at, &at));
        acrm__instant_print(at, text);
        ck_assert_str_eq(text, times[_i].want[i]);
        ck_assert(acrm__recurrence_last(&r, zone, at, &last));
        ck_assert_int_eq(last, at);
        ck_assert(acrm__recurrence_last(&r, zone, at + 30000000, &last));
        ck_assert_int_eq(last, at);
    }
    acrm_zone_free(zone);
}
END_TEST

START_TEST(recurrence__refuses_what_it_cannot_mean)
{
    static const char *const bad[] = {
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
        "5-1 * * * *", "*/0 * * * *", "a * * * *", "0 0 30 2 *", "FREQ=HOURLY", "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=2MO",
        "FREQ=MONTHLY;BYDAY=6MO", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20270101", "every", "every 5", "every PT1S",
        "every P1M", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    };
    acrm__recurrence r;

    ck_assert_msg(acrm__recurrence_parse(bad[_i], NULL, instant("2026-01-01T00:00:00Z"), &r)
                      != NULL, "%s", bad[_i]);
}
END_TEST

/* --- Stored schedules --- */

static works w;
static char schedule[37];

static int64_t marks(void)
{
    return works_count(&w, "customer", "{'where':{'name':'Tick'}}");
}

static void make(const char *more)
{
    works_make(&w, schedule, "schedule.create", "{'code':'s','operation':'customer.create',"
               "'args':{'name':'Tick'},%s}", more);
}

static const struct {
    const char *missed;
    int64_t after_week, on_time;
} policies[] = { { "once", 1, 1 }, { "each", 7, 1 }, { "skip", 0, 1 } };

START_TEST(schedule__what_was_missed_goes_by_its_policy)
{
    char more[128];

    works_open(&w, _i % 2);
    snprintf(more, sizeof more, "'rule':'0 8 * * *','missed':'%s'", policies[_i / 2].missed);
    make(more);
    works_expect(&w, "schedule", schedule, "next_at", "2026-11-22T08:00:00Z");
    works_advance(&w, 7 * 86400);
    works_tick(&w);
    works_tick(&w);
    ck_assert_int_eq(marks(), policies[_i / 2].after_week);
    w.now = instant("2026-11-29T08:00:00Z");
    works_tick(&w);
    works_tick(&w);
    ck_assert_int_eq(marks(), policies[_i / 2].after_week + policies[_i / 2].on_time);
    works_expect(&w, "schedule", schedule, "next_at", "2026-11-30T08:00:00Z");
    works_close(&w);
}
END_TEST

START_TEST(schedule__ends_rests_and_starts_anew)
{
    works_open(&w, _i);
    make("'rule':'every PT1H','ends_at':'2026-11-21T14:30:00Z','missed':'each'");
    works_advance(&w, 86400);
    works_tick(&w);
    ck_assert_int_eq(marks(), 2);
    works_expect(&w, "schedule", schedule, "next_at", "null");
    works_do(&w, "schedule.update", "{'id':'%s','ends_at':null,'last_write_wins':true}", schedule);
    works_advance(&w, 3600);
    works_tick(&w);
    ck_assert_int_eq(marks(), 3);
    works_do(&w, "schedule.update", "{'id':'%s','active':false,'last_write_wins':true}", schedule);
    works_advance(&w, 86400);
    works_tick(&w);
    ck_assert_int_eq(marks(), 3);
    works_close(&w);
}
END_TEST

START_TEST(schedule__keeps_to_a_calendar)
{
    works_open(&w, _i);
    works_do(&w, "calendar.create", "{'name':'Office','zone':'UTC','hours':{'mon':['09:00-17:00'],"
             "'tue':['09:00-17:00'],'wed':['09:00-17:00'],'thu':['09:00-17:00'],"
             "'fri':['09:00-17:00']}}");
    make("'rule':'0 12 * * *','calendar':'Office','closed':'skip'");
    works_expect(&w, "schedule", schedule, "next_at", "2026-11-23T12:00:00Z");
    works_do(&w, "schedule.update", "{'id':'%s','closed':'next','rule':'0 6 * * *',"
             "'last_write_wins':true}", schedule);
    works_expect(&w, "schedule", schedule, "next_at", "2026-11-23T09:00:00Z");
    works_close(&w);
}
END_TEST

START_TEST(schedule__a_failure_is_an_incident_and_the_next_time_comes)
{
    works_open(&w, _i);
    works_make(&w, schedule, "schedule.create", "{'code':'s','operation':'customer.update','args':"
               "{'id':'0190163d-8694-739b-aea5-966c26f8ad91','city':'X','last_write_wins':true},"
               "'rule':'0 8 * * *'}");
    works_advance(&w, 86400);
    works_tick(&w);
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'source':'schedule'}}"), 1);
    works_expect(&w, "schedule", schedule, "next_at", "2026-11-23T08:00:00Z");
    works_close(&w);
}
END_TEST

/* A year of hours, ticked at odd times by engines that come and go: each hour once. */
START_TEST(schedule__fires_once_whoever_ticks)
{
    works_open(&w, OFFICE_SQLITE);
    make("'rule':'every PT6H','missed':'each'");
    int64_t start = w.now;
    for (int i = 0; i < 60; i++) {
        works_advance(&w, 3600 * (1 + (i * 7) % 23));
        works_tick(&w);
        if (i % 5)
            continue;
        acrm_session_free(w.o.session);
        acrm_close(w.o.engine);
        works_connect(&w);
    }
    ck_assert_int_eq(marks(), (w.now - start) / (6 * INT64_C(3600000000)));
    works_close(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("schedule");
    TCase *t = tcase_create("schedule");

    tcase_add_loop_test(t, recurrence__comes_due_when_it_says, 0,
                        (int)(sizeof times / sizeof times[0]));
    tcase_add_loop_test(t, recurrence__refuses_what_it_cannot_mean, 0, 26);
    tcase_add_loop_test(t, schedule__what_was_missed_goes_by_its_policy, 0, 6);
    tcase_add_loop_test(t, schedule__ends_rests_and_starts_anew, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, schedule__keeps_to_a_calendar, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, schedule__a_failure_is_an_incident_and_the_next_time_comes, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, schedule__fires_once_whoever_ticks);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
