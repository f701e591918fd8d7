/* SPDX-License-Identifier: MIT */
#include "autocrm/calendar.h"
#include "base/civil.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <string.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))
#define HOUR (3600 * ACRM__SECOND_US)

enum { MOST = 400 };

static int64_t at(const char *text)
{
    int64_t us = 0;

    ck_assert_msg(acrm__instant_parse(text, strlen(text), &us), "%s", text);
    return us;
}

static int32_t day_of(const char *text)
{
    int32_t day = 0;

    ck_assert_msg(acrm__date_parse(text, strlen(text), &day), "%s", text);
    return day;
}

static void assert_instant(int64_t got, const char *want, const char *what)
{
    char text[ACRM__INSTANT_SIZE];

    acrm__instant_print(got, text);
    ck_assert_msg(got == at(want), "%s: %s, not %s", what, text, want);
}

static int32_t seconds_of(const cJSON *text)
{
    int32_t seconds = 0;
    const char *s = cJSON_GetStringValue(text);

    ck_assert(acrm__time_parse(s, strlen(s), true, &seconds));
    return seconds;
}

/* A definition with room of its own. */
typedef struct draft {
    acrm_calendar_definition d;
    acrm_calendar_hours hours[MOST];
    acrm_calendar_dated shifts[MOST], breaks[MOST];
    acrm_calendar_holiday holidays[MOST];
    acrm_zone *zone;
} draft;

static void def_start(draft *def, const char *zone)
{
    memset(def, 0, sizeof *def);
    ck_assert_int_eq(acrm_zone_load(zone, NULL, NULL, &def->zone, NULL), ACRM_OK);
    def->d = (acrm_calendar_definition){
        .struct_size = sizeof def->d, .zone = def->zone, .hours = def->hours,
        .shifts = def->shifts, .breaks = def->breaks, .holidays = def->holidays,
    };
}

static void def_hours(draft *def, int32_t weekday, int32_t from_h, int32_t to_h)
{
    def->hours[def->d.hours_count++] = (acrm_calendar_hours){ weekday, from_h * 3600,
                                                              to_h * 3600 };
}

static void def_week(draft *def, int32_t last_weekday, int32_t from_h, int32_t to_h)
{
    for (int32_t weekday = 1; weekday <= last_weekday; weekday++)
        def_hours(def, weekday, from_h, to_h);
}

static void def_holiday(draft *def, const char *name, int32_t kind, int32_t month, int32_t day,
                        int32_t days)
{
    def->holidays[def->d.holidays_count++] = (acrm_calendar_holiday){
        .name = name, .kind = kind, .month = month, .day = day, .days = days };
}

static acrm_calendar *def_make(draft *def)
{
    acrm_calendar *calendar = NULL;
    acrm_issue issue = { .allowed = "" };

    int32_t status = acrm_calendar_new(&def->d, NULL, &calendar, &issue);
    ck_assert_msg(status == ACRM_OK, "%d %s", status, issue.allowed);
    acrm_zone_free(def->zone); /* the calendar keeps its own copy */
    def->zone = NULL;
    return calendar;
}

static void def_of_case(draft *def, const cJSON *one)
{
    static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    const cJSON *item = NULL, *inner = NULL;

    def_start(def, vector_text(one, "timezone"));
    for (int32_t w = 0; w < 7; w++)
        cJSON_ArrayForEach(item, vector_find(vector_get(one, "hours"), names[w]))
            def->hours[def->d.hours_count++] = (acrm_calendar_hours){
                w + 1, seconds_of(cJSON_GetArrayItem(item, 0)),
                seconds_of(cJSON_GetArrayItem(item, 1)) };
    cJSON_ArrayForEach(item, vector_find(one, "holidays"))
        def_holiday(def, NULL, ACRM_HOLIDAY_ONCE, 0, day_of(item->valuestring), 1);
    cJSON_ArrayForEach(item, vector_find(one, "breaks"))
        def->breaks[def->d.breaks_count++] = (acrm_calendar_dated){
            day_of(vector_text(item, "date")), seconds_of(vector_get(item, "from")),
            seconds_of(vector_get(item, "to")) };
    cJSON_ArrayForEach(item, vector_find(one, "date_hours")) {
        ck_assert_int_gt(cJSON_GetArraySize(item), 0);
        cJSON_ArrayForEach(inner, item)
            def->shifts[def->d.shifts_count++] = (acrm_calendar_dated){
                day_of(item->string), seconds_of(cJSON_GetArrayItem(inner, 0)),
                seconds_of(cJSON_GetArrayItem(inner, 1)) };
    }
}

static void assert_local(const char *zone_name, int64_t us, const char *want, const char *id)
{
    acrm_zone *zone = NULL;
    acrm_local local = { .struct_size = sizeof local };
    char text[64], date[ACRM__DATE_SIZE], time[ACRM__TIME_SIZE];

    ck_assert_int_eq(acrm_zone_load(zone_name, NULL, NULL, &zone, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_zone_to_local(zone, us, &local), ACRM_OK);
    acrm__date_print(local.day, date);
    acrm__time_print(local.second, time);
    int32_t minutes = abs(local.offset_s) / 60;
    snprintf(text, sizeof text, "%sT%s%c%02d:%02d", date, time, local.offset_s < 0 ? '-' : '+',
             minutes / 60, minutes % 60);
    ck_assert_msg(strcmp(text, want) == 0, "%s: %s, not %s", id, text, want);
    acrm_zone_free(zone);
}

START_TEST(calendar__agrees_with_every_published_fact)
{
    cJSON *data = vectors_load("business_time.json");
    static draft def;
    size_t done = 0;

    VECTORS_EACH(one, data)
    {
        const char *op = vector_text(one, "op");
        int64_t start = at(vector_text(one, "start")), got = 0;
        acrm_span pauses[16];
        const cJSON *item = NULL;
        size_t n = 0;

        def_of_case(&def, one);
        acrm_calendar *calendar = def_make(&def);
        cJSON_ArrayForEach(item, vector_find(one, "pauses"))
            pauses[n++] = (acrm_span){ at(cJSON_GetArrayItem(item, 0)->valuestring),
                                       at(cJSON_GetArrayItem(item, 1)->valuestring) };
        if (strcmp(op, "between") == 0) {
            ck_assert_int_eq(acrm_calendar_elapsed(calendar, start, at(vector_text(one, "end")),
                                                   pauses, n, &got), ACRM_OK);
            ck_assert_msg(got == vector_int(one, "expect.minutes") * 60 * ACRM__SECOND_US, "%s",
                          vector_id(one));
        } else {
            ck_assert_int_eq(
                strcmp(op, "add") == 0
                    ? acrm_calendar_deadline(calendar, start,
                                             vector_int(one, "minutes") * 60 * ACRM__SECOND_US,
                                             pauses, n, &got)
                    : acrm_calendar_next_open(calendar, start, &got), ACRM_OK);
            assert_instant(got, vector_text(one, "expect.instant"), vector_id(one));
            assert_local(vector_text(one, "timezone"), got, vector_text(one, "expect.local"),
                         vector_id(one));
        }
        acrm_calendar_free(calendar);
        done++;
    }
    ck_assert_uint_ge(done, 40);
    cJSON_Delete(data);
}
END_TEST

/* Monday to Friday 9 to 17, with the holidays of a dealer in Berlin. */
static acrm_calendar *office(void)
{
    static draft def;

    def_start(&def, "Europe/Berlin");
    def_week(&def, 5, 9, 17);
    def_holiday(&def, "Christmas", ACRM_HOLIDAY_YEARLY, 12, 25, 2);
    def_holiday(&def, "Closed between the years", ACRM_HOLIDAY_YEARLY, 12, 30, 4);
    def_holiday(&def, "Moving house", ACRM_HOLIDAY_ONCE, 0, day_of("2025-06-11"), 2);
    def_holiday(&def, NULL, ACRM_HOLIDAY_JALALI_YEARLY, 1, 1, 1);
    return def_make(&def);
}

static const struct {
    const char *what, *start;
    int32_t n;
    const char *want;
} day_cases[] = {
    { "the next business day, same time", "2025-06-09T10:30:00Z", 1, "2025-06-10T10:30:00Z" },
    { "over a holiday of two days", "2025-06-10T10:30:00Z", 1, "2025-06-13T10:30:00Z" },
    { "over the weekend", "2025-06-13T10:30:00Z", 1, "2025-06-16T10:30:00Z" },
    { "from a weekend", "2025-06-14T10:30:00Z", 1, "2025-06-16T10:30:00Z" },
    { "after hours moves on to the next opening", "2025-06-09T18:00:00Z", 1,
      "2025-06-13T07:00:00Z" },
    { "before hours moves on to the opening", "2025-06-09T02:00:00Z", 1, "2025-06-10T07:00:00Z" },
    { "keeps the wall clock over a clock change", "2025-03-28T09:00:00Z", 1,
      "2025-03-31T08:00:00Z" },
    { "0 is the next opening", "2025-06-14T10:30:00Z", 0, "2025-06-16T07:00:00Z" },
    { "back a day", "2025-06-16T10:30:00Z", -1, "2025-06-13T10:30:00Z" },
    { "back from a weekend", "2025-06-15T10:30:00Z", -1, "2025-06-13T10:30:00Z" },
    { "back, after hours stays at the closing", "2025-06-10T18:00:00Z", -1,
      "2025-06-09T15:00:00Z" },
    { "a year of 250 business days", "2025-06-09T10:30:00Z", 250, "2026-06-04T10:30:00Z" },
};

START_TEST(calendar__adds_business_days)
{
    acrm_calendar *calendar = office();
    int64_t got = 0;

    ck_assert_int_eq(acrm_calendar_add_days(calendar, at(day_cases[_i].start), day_cases[_i].n,
                                            &got), ACRM_OK);
    assert_instant(got, day_cases[_i].want, day_cases[_i].what);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__knows_business_days_and_holiday_names)
{
    acrm_calendar *calendar = office();
    const char *name = "untouched";
    int32_t is = 0, days = 0;

    ck_assert_int_eq(acrm_calendar_is_business_day(calendar, day_of("2025-06-10"), &is), ACRM_OK);
    ck_assert_int_eq(is, 1);
    ck_assert_int_eq(acrm_calendar_is_business_day(calendar, day_of("2025-06-12"), &is), ACRM_OK);
    ck_assert_int_eq(is, 0);
    ck_assert_int_eq(acrm_calendar_is_business_day(calendar, day_of("2025-06-14"), &is), ACRM_OK);
    ck_assert_int_eq(is, 0);
    ck_assert_int_eq(acrm_calendar_business_days(calendar, day_of("2025-06-09"),
                                                 day_of("2025-06-16"), &days), ACRM_OK);
    ck_assert_int_eq(days, 3);
    ck_assert_int_eq(acrm_calendar_business_days(calendar, day_of("2025-06-16"),
                                                 day_of("2025-06-09"), &days), ACRM_OK);
    ck_assert_int_eq(days, -3);

    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2025-06-10"), &name),
                     ACRM_E_NOTFOUND);
    ck_assert_str_eq(name, "untouched");
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2025-06-12"), &name), ACRM_OK);
    ck_assert_str_eq(name, "Moving house");
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2031-01-02"), &name), ACRM_OK);
    ck_assert_str_eq(name, "Closed between the years");
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2031-01-03"), &name),
                     ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2025-03-21"), &name), ACRM_OK);
    ck_assert_str_eq(name, "");
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("2025-03-20"), &name),
                     ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_calendar_holiday_name(calendar, day_of("1969-12-31"), &name),
                     ACRM_E_LIMIT);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__counts_back_to_the_latest_instant)
{
    acrm_calendar *calendar = office();
    int64_t got = 0, back = 0;

    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-10T08:00:00Z"), -HOUR, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-10T07:00:00Z", "to the opening itself, not the evening before");
    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-10T08:00:00Z"), -2 * HOUR, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-09T14:00:00Z", "over the night");
    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-14T08:00:00Z"), 0, &got), ACRM_OK);
    assert_instant(got, "2025-06-14T08:00:00Z", "nothing added is the start itself");
    ck_assert_int_eq(acrm_calendar_between(calendar, at("2025-06-10T08:00:00Z"),
                                           at("2025-06-09T14:00:00Z"), &back), ACRM_OK);
    ck_assert_int_eq(back, -2 * HOUR);
    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-10T08:00:00.5Z"), HOUR, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-10T09:00:00.5Z", "parts of a second are kept");
    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-10T14:59:59.999999Z"), 1, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-10T15:00:00Z", "the last microsecond");
    ck_assert_int_eq(acrm_calendar_add(calendar, at("2025-06-10T14:59:59.999999Z"), 2, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-13T07:00:00.000001Z", "the first of the next opening");
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__tells_open_and_closed_at_both_ends)
{
    static const struct {
        const char *at;
        int32_t open;
        const char *next, *previous;
    } rows[] = {
        { "2025-06-10T06:59:59.999999Z", 0, "2025-06-10T07:00:00Z", "2025-06-09T15:00:00Z" },
        { "2025-06-10T07:00:00Z", 1, "2025-06-10T07:00:00Z", "2025-06-10T07:00:00Z" },
        { "2025-06-10T14:59:59.999999Z", 1, "2025-06-10T14:59:59.999999Z",
          "2025-06-10T14:59:59.999999Z" },
        { "2025-06-10T15:00:00Z", 0, "2025-06-13T07:00:00Z", "2025-06-10T15:00:00Z" },
        { "2025-12-31T12:00:00Z", 0, "2026-01-05T08:00:00Z", "2025-12-29T16:00:00Z" },
    };
    acrm_calendar *calendar = office();

    for (int i = 0; i < ROWS(rows); i++) {
        int64_t us = at(rows[i].at), got = 0;
        int32_t open = 7;
        acrm_span span = { 0, 0 };
        ck_assert_int_eq(acrm_calendar_is_open(calendar, us, &open), ACRM_OK);
        ck_assert_int_eq(open, rows[i].open);
        ck_assert_int_eq(acrm_calendar_next_open(calendar, us, &got), ACRM_OK);
        assert_instant(got, rows[i].next, "next");
        ck_assert_int_eq(acrm_calendar_period(calendar, us, &span), ACRM_OK);
        ck_assert(span.from <= got && got < span.to && span.to - span.from == 8 * HOUR);
        ck_assert_int_eq(acrm_calendar_previous_open(calendar, us, &got), ACRM_OK);
        assert_instant(got, rows[i].previous, "previous");
    }
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__of_all_hours_is_one_opening)
{
    static draft def;
    acrm_span span = { 0, 0 };
    int64_t amount = 0;

    def_start(&def, "America/New_York");
    def_week(&def, 7, 0, 24);
    acrm_calendar *calendar = def_make(&def);
    ck_assert_int_eq(acrm_calendar_period(calendar, at("2025-06-10T15:00:00Z"), &span), ACRM_OK);
    assert_instant(span.from, "1970-01-01T05:00:00Z", "from");
    assert_instant(span.to, "2255-01-01T05:00:00Z", "to");
    ck_assert_int_eq(acrm_calendar_between(calendar, span.from, span.to - 1, &amount), ACRM_OK);
    ck_assert_int_eq(amount, span.to - 1 - span.from);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__stops_at_its_last_shift_and_its_last_year)
{
    static draft def;
    int64_t got = 77;
    int32_t day = 77;
    acrm_span span = { 77, 77 };

    def_start(&def, "UTC");
    def.shifts[def.d.shifts_count++] = (acrm_calendar_dated){ day_of("2024-05-01"), 3600, 7200 };
    acrm_calendar *calendar = def_make(&def);
    int64_t start = at("2024-01-01T00:00:00Z"), late = at("2024-06-01T00:00:00Z");

    ck_assert_int_eq(acrm_calendar_add(calendar, start, HOUR, &got), ACRM_OK);
    assert_instant(got, "2024-05-01T02:00:00Z", "the whole shift");
    got = 77;
    ck_assert_int_eq(acrm_calendar_add(calendar, start, HOUR + 1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add(calendar, start, INT64_MAX, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add(calendar, start, -1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add(calendar, late, INT64_MIN, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_next_open(calendar, late, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_period(calendar, late, &span), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_previous_open(calendar, start, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add_days(calendar, late, 1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add_days(calendar, start, -1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add_days(calendar, start, INT32_MAX, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add_days(calendar, start, INT32_MIN, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add(calendar, INT64_MIN, 1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_add(calendar, INT64_MAX, 1, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_between(calendar, start, INT64_MAX, &got), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_is_business_day(calendar, INT32_MAX, &day), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_is_business_day(calendar, day_of("2255-01-01"), &day),
                     ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_calendar_business_days(calendar, 0, INT32_MIN, &day), ACRM_E_LIMIT);
    ck_assert_int_eq(got, 77);
    ck_assert_int_eq(day, 77);
    ck_assert_int_eq(span.from, 77);
    acrm_calendar_free(calendar);
}
END_TEST

static const struct {
    const char *what;
    const char *pauses[3][2];
    const char *want;
    int64_t elapsed; /* hours of business time to 15:00 UTC on 10 June */
} pause_cases[] = {
    { "no pause", { { NULL } }, "2025-06-10T09:00:00Z", 13 },
    { "a pause over the night takes no time",
      { { "2025-06-09T15:00:00Z", "2025-06-10T07:00:00Z" } }, "2025-06-10T09:00:00Z", 13 },
    { "two hours in the morning", { { "2025-06-10T07:00:00Z", "2025-06-10T09:00:00Z" } },
      "2025-06-10T11:00:00Z", 11 },
    { "a pause that begins at the deadline",
      { { "2025-06-10T09:00:00Z", "2025-06-10T10:00:00Z" } }, "2025-06-10T09:00:00Z", 12 },
    { "a pause from before the start", { { "2025-06-01T00:00:00Z", "2025-06-09T11:00:00Z" } },
      "2025-06-10T10:00:00Z", 12 },
    { "overlapping pauses count once",
      { { "2025-06-09T11:00:00Z", "2025-06-09T13:00:00Z" },
        { "2025-06-09T12:00:00Z", "2025-06-09T14:00:00Z" },
        { "2025-06-09T12:30:00Z", "2025-06-09T12:40:00Z" } },
      "2025-06-10T12:00:00Z", 10 },
    { "a pause moved into the deadline's way",
      { { "2025-06-10T08:00:00Z", "2025-06-10T09:00:00Z" },
        { "2025-06-10T09:30:00Z", "2025-06-10T10:30:00Z" } },
      "2025-06-10T11:00:00Z", 11 },
};

START_TEST(calendar__stands_still_in_pauses)
{
    acrm_calendar *calendar = office();
    int64_t start = at("2025-06-09T10:00:00Z"), end = at("2025-06-10T15:00:00Z"), got = 0;
    acrm_span pauses[3];
    size_t n = 0;

    for (; n < 3 && pause_cases[_i].pauses[n][0]; n++)
        pauses[n] = (acrm_span){ at(pause_cases[_i].pauses[n][0]),
                                 at(pause_cases[_i].pauses[n][1]) };
    ck_assert_int_eq(acrm_calendar_deadline(calendar, start, 7 * HOUR, pauses, n, &got), ACRM_OK);
    assert_instant(got, pause_cases[_i].want, pause_cases[_i].what);
    ck_assert_int_eq(acrm_calendar_elapsed(calendar, start, end, pauses, n, &got), ACRM_OK);
    ck_assert_msg(got == pause_cases[_i].elapsed * HOUR, "%s: %lld", pause_cases[_i].what,
                  (long long)got);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__refuses_disordered_pauses)
{
    acrm_calendar *calendar = office();
    acrm_span backwards = { 2, 1 }, disordered[2] = { { 5, 6 }, { 4, 7 } };
    int64_t got = 77;

    ck_assert_int_eq(acrm_calendar_deadline(calendar, 0, 1, &backwards, 1, &got),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_calendar_deadline(calendar, 0, 1, disordered, 2, &got),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_calendar_elapsed(calendar, 0, 1, disordered, 2, &got), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_calendar_deadline(calendar, 0, -1, NULL, 0, &got), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_calendar_deadline(calendar, 0, 1, NULL, 1, &got), ACRM_E_MISUSE);
    ck_assert_int_eq(got, 77);
    acrm_calendar_free(calendar);
}
END_TEST

START_TEST(calendar__intersection_is_open_when_both_are)
{
    static draft dealer, technician;
    int64_t got = 0;
    int32_t is = 0;
    const char *name = NULL;
    acrm_calendar *both = NULL, *none = NULL;

    def_start(&dealer, "Europe/Berlin");
    def_week(&dealer, 5, 9, 17);
    def_holiday(&dealer, "Fair", ACRM_HOLIDAY_ONCE, 0, day_of("2025-06-11"), 1);
    def_start(&technician, "America/New_York");
    def_week(&technician, 4, 6, 10); /* 12 to 16 in Berlin */
    def_holiday(&technician, "Leave", ACRM_HOLIDAY_ONCE, 0, day_of("2025-06-10"), 1);
    technician.breaks[technician.d.breaks_count++] =
        (acrm_calendar_dated){ day_of("2025-06-09"), 8 * 3600, 9 * 3600 };
    acrm_calendar *a = def_make(&dealer), *b = def_make(&technician);

    ck_assert_int_eq(acrm_calendar_intersect(a, b, NULL, &both, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_calendar_add(both, at("2025-06-09T07:00:00Z"), 4 * HOUR, &got),
                     ACRM_OK);
    assert_instant(got, "2025-06-12T11:00:00Z", "three hours on Monday, one on Thursday");
    ck_assert_int_eq(acrm_calendar_is_business_day(both, day_of("2025-06-10"), &is), ACRM_OK);
    ck_assert_int_eq(is, 0);
    ck_assert_int_eq(acrm_calendar_is_business_day(both, day_of("2025-06-09"), &is), ACRM_OK);
    ck_assert_int_eq(is, 1);
    ck_assert_int_eq(acrm_calendar_holiday_name(both, day_of("2025-06-10"), &name), ACRM_OK);
    ck_assert_str_eq(name, "Leave");
    ck_assert_int_eq(acrm_calendar_holiday_name(both, day_of("2025-06-11"), &name), ACRM_OK);
    ck_assert_str_eq(name, "Fair");
    acrm_calendar_free(both);
    acrm_calendar_free(b);

    def_start(&technician, "Europe/Berlin");
    def_hours(&technician, 7, 9, 17);
    b = def_make(&technician);
    acrm_issue issue = { .field = NULL };
    ck_assert_int_eq(acrm_calendar_intersect(a, b, NULL, &none, &issue), ACRM_E_INVALID);
    ck_assert(none == NULL);
    ck_assert_str_eq(issue.field, "b");
    acrm_calendar_free(a);
    acrm_calendar_free(b);
}
END_TEST

static const acrm_calendar_hours one_hour[] = { { 1, 3600, 7200 } };
static const acrm_calendar_hours bad_weekday[] = { { 1, 3600, 7200 }, { 8, 3600, 7200 } };
static const acrm_calendar_hours zero_length[] = { { 1, 3600, 3600 } };
static const acrm_calendar_hours late_from[] = { { 1, 86400, 3600 } };
static const acrm_calendar_hours late_to[] = { { 1, 3600, 86401 } };
static const acrm_calendar_hours zero_to[] = { { 1, 3600, 0 } };
static const acrm_calendar_dated bad_dated[] = { { 0, 3600, 7200 }, { 0, -1, 7200 } };
static const acrm_calendar_dated bad_day[] = { { INT32_MAX, 3600, 7200 } };
#define HOLIDAY(...) (const acrm_calendar_holiday[]){ { NULL, __VA_ARGS__ } }
#define FINE .hours = one_hour, .hours_count = 1

static const struct {
    const char *what;
    acrm_calendar_definition d;
    const char *field;
    int64_t row;
    int32_t status;
} bad_cases[] = {
    { "nothing at all", { .hours = NULL }, "hours", -1, ACRM_E_INVALID },
    { "an unknown weekday", { .hours = bad_weekday, .hours_count = 2 }, "hours", 1,
      ACRM_E_INVALID },
    { "an interval without length", { .hours = zero_length, .hours_count = 1 }, "hours", 0,
      ACRM_E_INVALID },
    { "a start at 24:00", { .hours = late_from, .hours_count = 1 }, "hours", 0, ACRM_E_INVALID },
    { "an end behind 24:00", { .hours = late_to, .hours_count = 1 }, "hours", 0, ACRM_E_INVALID },
    { "an end at 0:00", { .hours = zero_to, .hours_count = 1 }, "hours", 0, ACRM_E_INVALID },
    { "a negative time", { FINE, .shifts = bad_dated, .shifts_count = 2 }, "shifts", 1,
      ACRM_E_INVALID },
    { "a day out of range", { FINE, .breaks = bad_day, .breaks_count = 1 }, "breaks", 0,
      ACRM_E_INVALID },
    { "too many breaks", { FINE, .breaks = bad_day, .breaks_count = 10001 }, "breaks", 10000,
      ACRM_E_LIMIT },
    { "a list without a place", { .hours_count = 1 }, NULL, 0, ACRM_E_MISUSE },
    { "an unknown kind", { FINE, .holidays = HOLIDAY(9, 1, 1, 1), .holidays_count = 1 },
      "holidays", 0, ACRM_E_INVALID },
    { "30 February", { FINE, .holidays = HOLIDAY(2, 2, 30, 1), .holidays_count = 1 },
      "holidays", 0, ACRM_E_INVALID },
    { "31 Mehr", { FINE, .holidays = HOLIDAY(3, 7, 31, 1), .holidays_count = 1 }, "holidays", 0,
      ACRM_E_INVALID },
    { "month 13", { FINE, .holidays = HOLIDAY(2, 13, 1, 1), .holidays_count = 1 }, "holidays", 0,
      ACRM_E_INVALID },
    { "no days", { FINE, .holidays = HOLIDAY(2, 1, 1, 0), .holidays_count = 1 }, "holidays", 0,
      ACRM_E_INVALID },
    { "93 days", { FINE, .holidays = HOLIDAY(2, 1, 1, 93), .holidays_count = 1 }, "holidays", 0,
      ACRM_E_INVALID },
    { "a month for one date", { FINE, .holidays = HOLIDAY(1, 1, 1, 1), .holidays_count = 1 },
      "holidays", 0, ACRM_E_INVALID },
};

START_TEST(calendar__refuses_an_unsound_definition)
{
    acrm_calendar_definition d = bad_cases[_i].d;
    acrm_calendar *calendar = NULL;
    acrm_issue issue = { .field = NULL };

    d.struct_size = sizeof d;
    ck_assert_msg(acrm_calendar_new(&d, NULL, &calendar, &issue) == bad_cases[_i].status, "%s",
                  bad_cases[_i].what);
    ck_assert(calendar == NULL);
    if (bad_cases[_i].field) {
        ck_assert_str_eq(issue.field, bad_cases[_i].field);
        ck_assert_int_eq(issue.row, bad_cases[_i].row);
    }
}
END_TEST

START_TEST(calendar__closed_by_its_holidays_for_ever_is_an_error)
{
    static draft def;
    acrm_calendar *calendar = NULL;

    def_start(&def, "UTC");
    def_week(&def, 7, 9, 17);
    for (int32_t month = 1; month <= 12; month++)
        def_holiday(&def, "closed", ACRM_HOLIDAY_YEARLY, month, 1, 31);
    ck_assert_int_eq(acrm_calendar_new(&def.d, NULL, &calendar, NULL), ACRM_E_INVALID);
    ck_assert(calendar == NULL);
    acrm_zone_free(def.zone);
}
END_TEST

typedef struct counting {
    int64_t blocks, bytes, left; /* allocations until the first failure; negative: none fails */
} counting;

static void *counting_resize(void *self, void *ptr, size_t old_size, size_t new_size)
{
    counting *c = self;

    if (new_size == 0) {
        c->blocks -= ptr != NULL;
        c->bytes -= (int64_t)old_size;
        free(ptr);
        return NULL;
    }
    if (c->left == 0)
        return NULL;
    c->left -= c->left > 0;
    void *made = realloc(ptr, new_size);
    c->blocks += ptr == NULL;
    c->bytes += (int64_t)new_size - (int64_t)(ptr ? old_size : 0);
    return made;
}

START_TEST(calendar__survives_every_allocation_failure)
{
    static draft def;
    counting c = { .left = 0 };
    acrm_allocator port = { .struct_size = sizeof port, .self = &c, .resize = counting_resize };
    int32_t status = ACRM_E_NOMEM;
    int64_t nth = 0;

    def_start(&def, "Europe/Berlin");
    def_week(&def, 5, 9, 17);
    def_holiday(&def, "Moving house", ACRM_HOLIDAY_ONCE, 0, day_of("2025-06-11"), 2);
    for (; status != ACRM_OK; nth++) {
        acrm_zone *zone = NULL;
        acrm_calendar *one = NULL, *both = NULL;

        ck_assert_int_lt(nth, 200);
        c.left = nth;
        status = acrm_zone_load("Europe/Berlin", NULL, &port, &zone, NULL);
        def.d.zone = zone;
        if (status == ACRM_OK)
            status = acrm_calendar_new(&def.d, &port, &one, NULL);
        if (status == ACRM_OK)
            status = acrm_calendar_intersect(one, one, &port, &both, NULL);
        ck_assert(status == ACRM_OK || status == ACRM_E_NOMEM);
        c.left = -1;
        acrm_zone_free(zone);
        acrm_calendar_free(one);
        acrm_calendar_free(both);
        ck_assert_int_eq(c.blocks, 0);
        ck_assert_int_eq(c.bytes, 0);
    }
    ck_assert_int_gt(nth, 8);
    acrm_zone_free(def.zone);
}
END_TEST

START_TEST(calendar__refuses_misuse)
{
    acrm_calendar *calendar = NULL;
    acrm_calendar_definition d = { .struct_size = 8 };
    int64_t us = 0;
    int32_t n = 0;
    acrm_span span;
    const char *name = NULL;

    ck_assert_int_eq(acrm_calendar_new(NULL, NULL, &calendar, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_new(&d, NULL, &calendar, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_intersect(NULL, NULL, NULL, &calendar, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_add(NULL, 0, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_between(NULL, 0, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_deadline(NULL, 0, 0, NULL, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_elapsed(NULL, 0, 0, NULL, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_next_open(NULL, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_previous_open(NULL, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_is_open(NULL, 0, &n), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_period(NULL, 0, &span), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_is_business_day(NULL, 0, &n), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_business_days(NULL, 0, 0, &n), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_add_days(NULL, 0, 0, &us), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_calendar_holiday_name(NULL, 0, &name), ACRM_E_MISUSE);
    acrm_calendar_free(NULL);
}
END_TEST

START_TEST(date__converts_at_the_border)
{
    int32_t day = 77, y = 77, m = 77, d = 77;

    ck_assert_int_eq(acrm_date_to_day(ACRM_DATE_JALALI, 1403, 12, 30, &day), ACRM_OK);
    ck_assert_int_eq(day, day_of("2025-03-20"));
    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_JALALI, day + 1, &y, &m, &d), ACRM_OK);
    ck_assert(y == 1404 && m == 1 && d == 1);
    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_GREGORIAN, day, &y, &m, &d), ACRM_OK);
    ck_assert(y == 2025 && m == 3 && d == 20);
    ck_assert_int_eq(acrm_date_add_months(ACRM_DATE_JALALI, day, 12, &day), ACRM_OK);
    ck_assert_int_eq(day, day_of("2026-03-20"));
    ck_assert_int_eq(acrm_date_add_months(ACRM_DATE_GREGORIAN, day, -1, &day), ACRM_OK);
    ck_assert_int_eq(day, day_of("2026-02-20"));
    ck_assert_int_eq(acrm_date_month_length(ACRM_DATE_JALALI, 1404, 12), 29);
    ck_assert_int_eq(acrm_date_month_length(ACRM_DATE_GREGORIAN, 2024, 2), 29);
    ck_assert_int_eq(acrm_date_month_length(ACRM_DATE_GREGORIAN, 2024, 13), 0);
    ck_assert_int_eq(acrm_date_month_length(3, 2024, 2), 0);
    ck_assert_int_eq(acrm_date_weekday(0), 4);
    ck_assert_int_eq(acrm_date_weekday(INT32_MAX), 0);
    ck_assert_int_eq(acrm_date_to_day(ACRM_DATE_JALALI, 1404, 12, 30, &d), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_to_day(3, 2024, 1, 1, &d), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_to_day(ACRM_DATE_JALALI, 1404, 12, 29, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_date_from_day(3, 0, &y, &m, &d), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_GREGORIAN, INT32_MIN, &y, &m, &d),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_JALALI, INT32_MIN, &y, &m, &d),
                     ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_JALALI, 0, NULL, &m, &d), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_date_add_months(3, 0, 1, &d), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_date_add_months(ACRM_DATE_JALALI, 0, 1, NULL), ACRM_E_MISUSE);
    ck_assert(y == 2025 && m == 3 && d == 20);
}
END_TEST

static Suite *calendar_suite(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tc = tcase_create("calendar");

    tcase_add_test(tc, calendar__agrees_with_every_published_fact);
    tcase_add_loop_test(tc, calendar__adds_business_days, 0, ROWS(day_cases));
    tcase_add_test(tc, calendar__knows_business_days_and_holiday_names);
    tcase_add_test(tc, calendar__counts_back_to_the_latest_instant);
    tcase_add_test(tc, calendar__tells_open_and_closed_at_both_ends);
    tcase_add_test(tc, calendar__of_all_hours_is_one_opening);
    tcase_add_test(tc, calendar__stops_at_its_last_shift_and_its_last_year);
    tcase_add_loop_test(tc, calendar__stands_still_in_pauses, 0, ROWS(pause_cases));
    tcase_add_test(tc, calendar__refuses_disordered_pauses);
    tcase_add_test(tc, calendar__intersection_is_open_when_both_are);
    tcase_add_loop_test(tc, calendar__refuses_an_unsound_definition, 0, ROWS(bad_cases));
    tcase_add_test(tc, calendar__closed_by_its_holidays_for_ever_is_an_error);
    tcase_add_test(tc, calendar__survives_every_allocation_failure);
    tcase_add_test(tc, calendar__refuses_misuse);
    tcase_add_test(tc, date__converts_at_the_border);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(calendar_suite)
