/* SPDX-License-Identifier: MIT */
/* Calendars as records: written, refused, in force at once, asked. */
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdlib.h>

/* JSON with ' for ". The caller frees the result. */
static char *quoted(const char *text)
{
    char *json = strdup(text);

    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    return json;
}

static acrm_value *ask(office *o, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static acrm_value *ask(office *o, const char *operation, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *json = quoted(text);
    acrm_value *out = office_call(o, operation, json);
    free(json);
    return out;
}

static void id_of(office *o, const char *json, char id[40])
{
    acrm_value *out = ask(o, "calendar.create", "%s", json);

    snprintf(id, 40, "%s", office_text(out, "id"));
    acrm_value_free(out);
}

static void expect(office *o, const char *operation, const char *key, const char *want,
                   const char *args)
{
    acrm_value *out = ask(o, operation, "%s", args);
    const char *text = office_text(out, key);

    ck_assert_msg(text && strcmp(text, want) == 0, "%s %s: %s, expected %s", operation, args,
                  text ? text : "null", want);
    acrm_value_free(out);
}

static void refused(office *o, const char *operation, const char *text, int32_t status,
                    const char *field, const char *reason)
{
    char *json = quoted(text);

    office_refused(o, operation, json, status, field, reason);
    free(json);
}

#define TEHRAN                                                                               \
    "'name':'Tehran','zone':'Asia/Tehran','hours':{'sat':['08:00-12:00','13:00-17:00'],"     \
    "'sun':['08:00-12:00','13:00-17:00'],'wed':['22:00-06:00']}"

START_TEST(calendar__a_new_database_has_a_default)
{
    office o;
    office_open(&o, _i);

    /* Friday 16:00 UTC and two hours: an hour is left, then Monday's first. */
    expect(&o, "calendar.add", "at", "2026-11-23T09:00:00Z",
           "{'at':'2026-11-20T16:00:00Z','amount':'PT2H'}");
    expect(&o, "calendar.subtract", "at", "2026-11-20T16:00:00Z",
           "{'at':'2026-11-23T09:00:00Z','amount':'PT2H'}");
    expect(&o, "calendar.between", "amount", "PT2H",
           "{'from':'2026-11-20T16:00:00Z','until':'2026-11-23T09:00:00Z'}");
    expect(&o, "calendar.next_open", "at", "2026-11-23T08:00:00Z",
           "{'at':'2026-11-21T16:00:00Z'}");
    expect(&o, "calendar.is_open", "opens_at", "2026-11-23T08:00:00Z",
           "{'at':'2026-11-21T16:00:00Z'}");
    expect(&o, "calendar.days", "at", "2026-11-24T16:00:00Z",
           "{'at':'2026-11-20T16:00:00Z','days':2}");
    acrm_value *out = ask(&o, "calendar.days", "{'from':'2026-11-20','until':'2026-11-25'}");
    ck_assert_int_eq(office_number(out, "days"), 3);
    acrm_value_free(out);
    out = ask(&o, "calendar.between", "{'spans':['2026-11-20T16:00:00Z','2026-11-23T09:00:00Z',"
              "'2026-11-23T09:00:00Z','2026-11-20T16:00:00Z']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "each")), 2);
    ck_assert_int_eq(acrm_value_int(acrm_value_at(acrm_value_get(out, "each"), 0)), 7200);
    ck_assert_int_eq(acrm_value_int(acrm_value_at(acrm_value_get(out, "each"), 1)), -7200);
    acrm_value_free(out);
    refused(&o, "calendar.between", "{'spans':['2026-11-20T16:00:00Z']}", ACRM_E_INVALID, "spans",
            "required");
    refused(&o, "calendar.between", "{'spans':['2026-11-20T16:00:00Z','2026-11-20T17:00:00Z'],"
            "'dealer_ids':[]}", ACRM_E_INVALID, "dealer_ids", "required");
    office_close(&o);
}
END_TEST

START_TEST(calendar__days_and_parents_are_in_force_at_once)
{
    office o;
    char id[40], narrow[40], args[400];
    office_open(&o, _i);

    id_of(&o, "{" TEHRAN ",'days':[{'name':'Nowruz','repeats':'jalali_yearly','month':1,'day':1,"
              "'days':4}]}", id);
    /* 1 Farvardin 1405 is Saturday 2026-03-21; the first open day after it is Saturday 28. */
    snprintf(args, sizeof args, "{'id':'%s','at':'2026-03-20T12:00:00Z'}", id);
    expect(&o, "calendar.next_open", "at", "2026-03-25T18:30:00Z", args);
    acrm_value_free(ask(&o, "calendar_day.create",
                        "{'calendar_id':'%s','name':'Stocktaking','kind':'shift',"
                        "'date':'2026-03-25','hours':['10:00-11:00']}", id));
    expect(&o, "calendar.next_open", "at", "2026-03-25T06:30:00Z", args);
    acrm_value_free(ask(&o, "calendar_day.create",
                        "{'calendar_id':'%s','name':'Repairs','kind':'break',"
                        "'date':'2026-03-25','hours':['10:00-10:30']}", id));
    expect(&o, "calendar.next_open", "at", "2026-03-25T07:00:00Z", args);

    snprintf(args, sizeof args,
             "{'name':'Narrow','zone':'UTC','hours':{'sat':['00:00-06:00'],"
             "'sun':['00:00-24:00']},'parents':[{'parent_id':'%s'}]}", id);
    id_of(&o, args, narrow);
    snprintf(args, sizeof args, "{'id':'%s','at':'2026-11-20T12:00:00Z'}", narrow);
    expect(&o, "calendar.next_open", "at", "2026-11-21T04:30:00Z", args);
    expect(&o, "calendar.is_open", "closes_at", "2026-11-21T06:00:00Z", args);
    /* A holiday of the parent reaches the child. */
    acrm_value_free(ask(&o, "calendar_day.create",
                        "{'calendar_id':'%s','name':'Feast','date':'2026-11-21'}", id));
    expect(&o, "calendar.next_open", "at", "2026-11-22T04:30:00Z", args);
    snprintf(args, sizeof args, "{'calendar_id':'%s','parent_id':'%s'}", id, narrow);
    refused(&o, "calendar_parent.create", args, ACRM_E_INVALID, "parent_id", "cycle");
    office_close(&o);
}
END_TEST

START_TEST(calendar__a_preview_tells_the_dates)
{
    office o;
    char id[40];
    office_open(&o, _i);

    id_of(&o, "{" TEHRAN ",'days':[{'name':'Feast','date':'2026-11-22'}]}", id);
    acrm_value *out = ask(&o, "calendar.preview", "{'id':'%s','from':'2026-11-18','days':5}", id);
    const acrm_value *items = acrm_value_get(out, "items");
    const acrm_value *wed = acrm_value_at(items, 0), *thu = acrm_value_at(items, 1);
    const acrm_value *sun = acrm_value_at(items, 4);

    ck_assert_uint_eq(acrm_value_count(items), 5);
    ck_assert_str_eq(office_text(wed, "weekday"), "wed");
    ck_assert_str_eq(office_text(wed, "jalali"), "1405-08-27");
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(wed, "open"), 0), NULL),
                     "22:00-24:00");
    ck_assert_str_eq(office_text(thu, "amount"), "PT6H");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(thu, "business_day")), 0);
    ck_assert_str_eq(office_text(sun, "holiday"), "Feast");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(sun, "open")), 0);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

static const struct {
    const char *operation, *args, *field, *reason;
    int32_t status;
} faults[] = {
    { "calendar.create", "{'name':'A','hours':{'monday':['08:00-12:00']}}", "hours.monday",
      "weekday", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':'08:00-12:00'}}", "hours.mon", "type",
      ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':['08:00-12:00']}", "hours", "type",
      ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00','8-17']}}", "hours.mon[1]",
      "interval", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-25:00']}}", "hours.mon[0]",
      "interval", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-08:00']}}", "hours.mon[0]",
      "empty_interval", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00','11:00-13:00']}}",
      "hours.mon[1]", "overlap", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'sun':['22:00-06:00'],'mon':['05:00-13:00']}}",
      "hours.mon[0]", "overlap", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{}}", "hours", "never_open", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','zone':'Asia/Nowhere','hours':{'mon':['08:00-12:00']}}",
      "zone", "zone", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','zone':'../etc/passwd','hours':{'mon':['08:00-12:00']}}",
      "zone", "zone", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'kind':'holiday','date':'2026-02-30'}]}", "days[0].date", "format", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'repeats':'yearly','month':2,'day':30}]}", "day", "date", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'repeats':'jalali_yearly','month':12,'day':31}]}", "day", "date", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'repeats':'yearly','date':'2026-01-01'}]}", "date", "not_allowed", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'date':'2026-01-05','until':'2026-01-04'}]}", "until", "range", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'kind':'shift','date':'2026-01-05'}]}", "hours", "required", ACRM_E_INVALID },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'kind':'shift','date':'2026-01-05','hours':['09:00-10:00']},{'name':'C','kind':'shift',"
      "'date':'2026-01-04','until':'2026-01-06','hours':['11:00-12:00']}]}", "date", "overlap",
      ACRM_E_CONFLICT },
    { "calendar.create", "{'name':'A','hours':{'mon':['08:00-12:00']},'days':[{'name':'B',"
      "'kind':'break','repeats':'yearly','month':1,'day':1,'hours':['09:00-10:00']}]}",
      "repeats", "repeats", ACRM_E_INVALID },
    { "calendar.add", "{'amount':'PT9000000H'}", "at", "range", ACRM_E_LIMIT },
    { "calendar.days", "{}", "days", "choice", ACRM_E_INVALID },
};

START_TEST(calendar__what_cannot_be_meant_is_refused_with_its_place)
{
    office o;
    office_open(&o, OFFICE_MEMORY);
    refused(&o, faults[_i].operation, faults[_i].args, faults[_i].status, faults[_i].field,
            faults[_i].reason);
    ck_assert_int_eq(office_count(&o, "calendar.count", "{}"), 1);
    office_close(&o);
}
END_TEST

START_TEST(calendar__a_file_that_is_no_zone_is_refused)
{
    office o;
    office_open(&o, OFFICE_MEMORY);
    if (access("/usr/share/zoneinfo/leapseconds", R_OK) == 0)
        refused(&o, "calendar.create",
                "{'name':'A','zone':'leapseconds','hours':{'mon':['08:00-12:00']}}",
                ACRM_E_CORRUPT, "zone", "zone_file");
    office_close(&o);
}
END_TEST

START_TEST(calendar__exactly_one_is_the_default)
{
    office o;
    char first[40], second[40];
    office_open(&o, _i);

    acrm_value *out = ask(&o, "calendar.list", "{}");
    snprintf(first, sizeof first, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    id_of(&o, "{'name':'Round','hours':{'mon':['00:00-24:00'],'tue':['00:00-24:00']},"
              "'is_default':true}", second);
    ck_assert_int_eq(office_count(&o, "calendar.count", "{\"where\":{\"is_default\":true}}"), 1);
    out = ask(&o, "calendar.get", "{'id':'%s'}", first);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "is_default")), 0);
    acrm_value_free(out);
    char args[200];
    snprintf(args, sizeof args, "{'id':'%s','is_default':false,'last_write_wins':true}", second);
    refused(&o, "calendar.update", args, ACRM_E_CONFLICT, "is_default", "default");
    snprintf(args, sizeof args, "{'id':'%s','last_write_wins':true}", second);
    refused(&o, "calendar.delete", args, ACRM_E_CONFLICT, "is_default", "default");
    office_close(&o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("work_calendar");
    TCase *tc = tcase_create("calendar");

    tcase_add_loop_test(tc, calendar__a_new_database_has_a_default, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, calendar__days_and_parents_are_in_force_at_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, calendar__a_preview_tells_the_dates, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, calendar__what_cannot_be_meant_is_refused_with_its_place, 0,
                        sizeof faults / sizeof faults[0]);
    tcase_add_test(tc, calendar__a_file_that_is_no_zone_is_refused);
    tcase_add_loop_test(tc, calendar__exactly_one_is_the_default, 0, OFFICE_STORAGES);
    suite_add_tcase(s, tc);
    return s;
}

ACRM_TEST_MAIN(suite)
