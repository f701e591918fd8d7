/* SPDX-License-Identifier: MIT */
#include "base/civil.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <math.h>
#include <string.h>

/* The plain second implementation: one date after the other. */
START_TEST(civil__walks_every_day_of_every_year)
{
    acrm__civil walk = { 1, 1, 1 }, got;
    int32_t back = 0, weekday = 1; /* 0001-01-01 was a Monday */

    for (int32_t day = ACRM__DAY_MIN; day <= ACRM__DAY_MAX; day++) {
        acrm__civil_from_day(day, &got);
        if (memcmp(&got, &walk, sizeof got) != 0 ||
            !acrm__civil_to_day(walk.year, walk.month, walk.day, &back) || back != day ||
            acrm__weekday(day) != weekday)
            ck_abort_msg("day %d is not %d-%d-%d", day, walk.year, walk.month, walk.day);
        weekday = weekday % 7 + 1;
        if (++walk.day > acrm__civil_month_length(walk.year, walk.month)) {
            walk.day = 1;
            if (++walk.month > 12) {
                walk.month = 1;
                walk.year++;
            }
        }
    }
    ck_assert_int_eq(walk.year, 10000);
}
END_TEST

START_TEST(civil__refuses_dates_that_are_not)
{
    static const acrm__civil bad[] = {
        { 0, 1, 1 },    { 10000, 1, 1 }, { 2023, 2, 29 }, { 1900, 2, 29 }, { 2024, 0, 1 },
        { 2024, 13, 1 }, { 2024, 4, 31 }, { 2024, 1, 0 },  { 2024, 1, 32 }, { -1, -1, -1 },
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t day = 77;
        ck_assert(!acrm__civil_to_day(bad[i].year, bad[i].month, bad[i].day, &day));
        ck_assert_int_eq(day, 77);
    }
    ck_assert(acrm__civil_valid(2000, 2, 29));
    ck_assert(acrm__civil_valid(2024, 2, 29));
}
END_TEST

static const struct {
    const char *from;
    int64_t months;
    const char *to; /* NULL: refused */
} month_cases[] = {
    { "2024-01-31", 1, "2024-02-29" },  { "2023-01-31", 1, "2023-02-28" },
    { "2024-02-29", 12, "2025-02-28" }, { "2024-03-31", -1, "2024-02-29" },
    { "2024-12-15", 1, "2025-01-15" },  { "2024-01-15", -1, "2023-12-15" },
    { "2024-01-15", 0, "2024-01-15" },  { "2024-05-31", -25, "2022-04-30" },
    { "9999-12-01", 1, NULL },          { "0001-01-01", -1, NULL },
    { "2024-01-01", INT64_MAX, NULL },  { "2024-01-01", INT64_MIN, NULL },
};

START_TEST(civil__adds_months_and_clamps_to_the_last_day)
{
    int32_t from = 0, to = 77;
    char text[ACRM__DATE_SIZE];

    ck_assert(acrm__date_parse(month_cases[_i].from, 10, &from));
    bool ok = acrm__civil_add_months(from, month_cases[_i].months, &to);
    ck_assert_int_eq(ok, month_cases[_i].to != NULL);
    if (!ok) {
        ck_assert_int_eq(to, 77);
        return;
    }
    ck_assert_uint_eq(acrm__date_print(to, text), 10);
    ck_assert_str_eq(text, month_cases[_i].to);
}
END_TEST

/* The March equinox in days since 1970-01-01 of terrestrial time: Meeus, chapter 27. */
static double equinox(int year)
{
    static const double terms[][3] = {
        { 485, 324.96, 1934.136 },   { 203, 337.23, 32964.467 },  { 199, 342.08, 20.186 },
        { 182, 27.85, 445267.112 },  { 156, 73.14, 45036.886 },   { 136, 171.52, 22518.443 },
        { 77, 222.54, 65928.934 },   { 74, 296.72, 3034.906 },    { 70, 243.58, 9037.513 },
        { 58, 119.81, 33718.147 },   { 52, 297.17, 150.678 },     { 50, 21.02, 2281.226 },
        { 45, 247.54, 29929.562 },   { 44, 325.15, 31555.956 },   { 29, 60.93, 4443.417 },
        { 18, 155.12, 67555.328 },   { 17, 288.79, 4562.452 },    { 16, 198.04, 62894.029 },
        { 14, 199.76, 31436.921 },   { 12, 95.39, 14577.848 },    { 12, 287.11, 31931.756 },
        { 12, 320.81, 34777.259 },   { 9, 227.73, 1222.114 },     { 8, 15.45, 16859.074 },
    };
    const double radian = acos(-1.0) / 180.0;
    double y = (year - 2000) / 1000.0, sum = 0;
    double mean = 2451623.80984 + 365242.37404 * y + 0.05169 * y * y - 0.00411 * y * y * y -
                  0.00057 * y * y * y * y;
    double t = (mean - 2451545.0) / 36525.0, w = (35999.373 * t - 2.47) * radian;

    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        sum += terms[i][0] * cos((terms[i][1] + terms[i][2] * t) * radian);
    return mean + 0.00001 * sum / (1 + 0.0334 * cos(w) + 0.0007 * cos(2 * w)) - 2440587.5;
}

/* Seconds that terrestrial time is ahead of the Earth's rotation, straight between known values. */
static double delta_t(double year)
{
    static const double known[][2] = {
        { 1790, 15 }, { 1800, 13.7 }, { 1830, 7.5 }, { 1860, 7.9 }, { 1870, 1.6 }, { 1900, -2.8 },
        { 1910, 10.4 }, { 1920, 21.2 }, { 1950, 29.1 }, { 1980, 50.5 }, { 2000, 63.8 },
        { 2024, 69.2 }, { 2050, 93 }, { 2100, 203 }, { 2150, 328 }, { 2260, 600 },
    };
    size_t i = 0;

    while (known[i + 1][0] < year)
        i++;
    return known[i][1] + (known[i + 1][1] - known[i][1]) * (year - known[i][0]) /
                             (known[i + 1][0] - known[i][0]);
}

START_TEST(jalali__every_year_begins_by_the_equinox)
{
    for (int32_t year = ACRM__JALALI_YEAR_MIN; year <= ACRM__JALALI_YEAR_MAX; year++) {
        double tehran = equinox(year + 621) - delta_t(year + 621) / 86400 + 3.5 / 24;
        int32_t want = (int32_t)ceil(tehran - 0.5), got = 0;

        ck_assert(acrm__jalali_to_day(year, 1, 1, &got));
        ck_assert_msg(got == want, "year %d begins on day %d, not %d", year, want, got);
    }
}
END_TEST

START_TEST(jalali__walks_every_day_of_the_table)
{
    acrm__civil walk = { ACRM__JALALI_YEAR_MIN, 1, 1 }, got;
    int32_t back = 0;

    for (int32_t day = ACRM__JALALI_DAY_MIN; day <= ACRM__JALALI_DAY_MAX; day++) {
        ck_assert(acrm__jalali_from_day(day, &got));
        ck_assert(acrm__jalali_to_day(walk.year, walk.month, walk.day, &back));
        if (memcmp(&got, &walk, sizeof got) != 0 || back != day)
            ck_abort_msg("day %d is not %d-%d-%d", day, walk.year, walk.month, walk.day);
        if (++walk.day > acrm__jalali_month_length(walk.year, walk.month)) {
            walk.day = 1;
            if (++walk.month > 12) {
                walk.month = 1;
                walk.year++;
            }
        }
    }
    ck_assert_int_eq(walk.year, ACRM__JALALI_YEAR_MAX + 1);
    ck_assert_int_eq(walk.month, 1);
    ck_assert_int_eq(walk.day, 1);
}
END_TEST

START_TEST(jalali__refuses_what_the_table_does_not_know)
{
    acrm__civil got;
    int32_t day = 77;

    ck_assert(!acrm__jalali_from_day(ACRM__JALALI_DAY_MIN - 1, &got));
    ck_assert(!acrm__jalali_from_day(ACRM__JALALI_DAY_MAX + 1, &got));
    ck_assert(!acrm__jalali_from_day(INT32_MIN, &got));
    ck_assert(!acrm__jalali_from_day(INT32_MAX, &got));
    ck_assert(!acrm__jalali_to_day(ACRM__JALALI_YEAR_MIN - 1, 1, 1, &day));
    ck_assert(!acrm__jalali_to_day(ACRM__JALALI_YEAR_MAX + 1, 1, 1, &day));
    ck_assert(!acrm__jalali_to_day(INT32_MIN, 1, 1, &day));
    ck_assert(!acrm__jalali_to_day(1404, 12, 30, &day));
    ck_assert(!acrm__jalali_to_day(1403, 0, 1, &day));
    ck_assert(!acrm__jalali_to_day(1403, 13, 1, &day));
    ck_assert(!acrm__jalali_leap(INT32_MAX));
    ck_assert(!acrm__jalali_leap(INT32_MIN));
    ck_assert_int_eq(day, 77);
    ck_assert_int_eq(acrm__jalali_month_length(1403, 12), 30);
    ck_assert_int_eq(acrm__jalali_month_length(1404, 12), 29);
}
END_TEST

static bool jalali_of_text(const char *text, acrm__civil *out)
{
    return sscanf(text, "%d-%d-%d", &out->year, &out->month, &out->day) == 3;
}

static bool jalali_day(const char *text, int32_t *day)
{
    acrm__civil date;

    return jalali_of_text(text, &date) &&
           acrm__jalali_to_day(date.year, date.month, date.day, day);
}

static void check_jalali_pair(const cJSON *one)
{
    static const char *const names[] = { "monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday" };
    const char *id = vector_id(one);
    const char *gregorian = vector_text(one, "gregorian");
    acrm__civil want, got;
    int32_t day = 0, back = 0, first = 0;

    ck_assert(acrm__date_parse(gregorian, strlen(gregorian), &day));
    ck_assert(jalali_of_text(vector_text(one, "jalali"), &want));
    ck_assert(acrm__jalali_from_day(day, &got));
    ck_assert_msg(memcmp(&got, &want, sizeof got) == 0, "%s", id);
    ck_assert(acrm__jalali_to_day(want.year, want.month, want.day, &back));
    ck_assert_msg(back == day, "%s", id);
    ck_assert_str_eq(names[acrm__weekday(day) - 1], vector_text(one, "weekday"));
    ck_assert(acrm__jalali_to_day(want.year, 1, 1, &first));
    ck_assert_msg(day - first + 1 == vector_int(one, "day_of_year"), "%s", id);
}

static void check_jalali_leap_years(const cJSON *one)
{
    const cJSON *next = vector_get(one, "expect")->child;

    for (int32_t y = (int32_t)vector_int(one, "from"); y <= vector_int(one, "to"); y++) {
        bool want = next && next->valueint == y;
        ck_assert_msg(acrm__jalali_leap(y) == want, "%d", y);
        if (want)
            next = next->next;
    }
    ck_assert(next == NULL);
}

START_TEST(jalali__agrees_with_every_published_fact)
{
    cJSON *data = vectors_load("jalali.json");
    size_t done = 0;

    VECTORS_EACH(one, data)
    {
        const char *kind = vector_has(one, "kind") ? vector_text(one, "kind") : "pair";
        int32_t day = 0, want = 0;

        if (strcmp(kind, "pair") == 0) {
            check_jalali_pair(one);
        } else if (strcmp(kind, "leap_years") == 0) {
            check_jalali_leap_years(one);
        } else if (strcmp(kind, "valid_date") == 0) {
            ck_assert_msg(jalali_day(vector_text(one, "jalali"), &day) ==
                              cJSON_IsTrue(vector_get(one, "expect")), "%s", vector_id(one));
        } else if (strcmp(kind, "add_days") == 0) {
            ck_assert(jalali_day(vector_text(one, "jalali"), &day));
            ck_assert(jalali_day(vector_text(one, "expect"), &want));
            ck_assert_msg(day + vector_int(one, "days") == want, "%s", vector_id(one));
        } else {
            ck_abort_msg("unknown kind %s", kind);
        }
        done++;
    }
    ck_assert_uint_ge(done, 90);
    cJSON_Delete(data);
}
END_TEST

static const struct {
    const char *from;
    int64_t months;
    const char *to;
} jalali_month_cases[] = {
    { "1403-06-31", 1, "1403-07-30" },  { "1403-11-30", 1, "1403-12-30" },
    { "1403-12-30", 12, "1404-12-29" }, { "1404-01-31", -1, "1403-12-30" },
    { "1404-12-29", 1, "1405-01-29" },  { "1400-01-01", -12, "1399-01-01" },
    { "1633-12-01", 1, NULL },          { "1178-01-01", -1, NULL },
    { "1400-01-01", INT64_MAX, NULL },
};

START_TEST(jalali__adds_months_and_clamps_to_the_last_day)
{
    int32_t from = 0, got = 77, want = 0;

    ck_assert(jalali_day(jalali_month_cases[_i].from, &from));
    bool ok = acrm__jalali_add_months(from, jalali_month_cases[_i].months, &got);
    ck_assert_int_eq(ok, jalali_month_cases[_i].to != NULL);
    if (ok)
        ck_assert(jalali_day(jalali_month_cases[_i].to, &want));
    ck_assert_int_eq(got, ok ? want : 77);
}
END_TEST

static const struct {
    const char *text;
    const char *printed; /* NULL: refused */
    int64_t us;
} instant_cases[] = {
    { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 0 },
    { "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", -1 },
    { "2022-09-21T16:30:00+04:30", "2022-09-21T12:00:00Z", INT64_C(1663761600000000) },
    { "2022-09-21t16:30:00.5+0430", "2022-09-21T12:00:00.500000Z", INT64_C(1663761600500000) },
    { "2022-09-21 08:00:00-04", "2022-09-21T12:00:00Z", INT64_C(1663761600000000) },
    { "2022-09-21T12:00:00.000001z", "2022-09-21T12:00:00.000001Z", INT64_C(1663761600000001) },
    { "2024-02-29T23:30:00-01:00", "2024-03-01T00:30:00Z", INT64_C(1709253000000000) },
    { "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", ACRM__INSTANT_MIN },
    { "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", ACRM__INSTANT_MAX },
    { "2016-12-31T23:59:60Z", NULL, 0 },       /* a leap second */
    { "2023-02-29T00:00:00Z", NULL, 0 },       { "2023-02-28T24:00:00Z", NULL, 0 },
    { "2023-02-28T00:60:00Z", NULL, 0 },       { "2023-02-28T00:00:00", NULL, 0 },
    { "2023-02-28", NULL, 0 },                 { "", NULL, 0 },
    { "2023-02-28T00:00:00.Z", NULL, 0 },      { "2023-02-28T00:00:00.1234567Z", NULL, 0 },
    { "2023-02-28T00:00:00+24:00", NULL, 0 },  { "2023-02-28T00:00:00+3:30", NULL, 0 },
    { "2023-02-28T00:00:00+03:60", NULL, 0 },  { "2023-02-28T00:00:00+03-30", NULL, 0 },
    { "2023-02-28T00:00:00Z ", NULL, 0 },      { "2023-2-28T00:00:00Z", NULL, 0 },
    { "2023-02-28T0:00:00ZZ", NULL, 0 },       { "2023/02/28T00:00:00Z", NULL, 0 },
    { "2023-02-28X00:00:00Z", NULL, 0 },       { "0001-01-01T00:00:00+00:01", NULL, 0 },
    { "9999-12-31T23:59:59-00:01", NULL, 0 },  { "0000-12-31T00:00:00Z", NULL, 0 },
    { "2023-02-28T00:00:00+", NULL, 0 },       { "2023-02-28T00:00:00.5", NULL, 0 },
    { "+023-02-28T00:00:00Z", NULL, 0 },
};

START_TEST(instant__reads_and_prints_rfc_3339)
{
    const char *text = instant_cases[_i].text;
    int64_t us = 77;
    char printed[ACRM__INSTANT_SIZE];

    bool ok = acrm__instant_parse(text, strlen(text), &us);
    ck_assert_msg(ok == (instant_cases[_i].printed != NULL), "%s", text);
    if (!ok) {
        ck_assert_int_eq(us, 77);
        return;
    }
    ck_assert_msg(us == instant_cases[_i].us, "%s", text);
    ck_assert_uint_eq(acrm__instant_print(us, printed), strlen(instant_cases[_i].printed));
    ck_assert_str_eq(printed, instant_cases[_i].printed);
}
END_TEST

START_TEST(date__takes_exactly_ten_characters)
{
    static const char *const bad[] = { "2024-1-01", "2024-01-011", "2024_01-01", "2024-01-0a",
                                       "", "20240101", "-024-01-01", "2024-01-1 " };
    int32_t day = 77;
    char text[ACRM__DATE_SIZE];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!acrm__date_parse(bad[i], strlen(bad[i]), &day), "%s", bad[i]);
    ck_assert_int_eq(day, 77);
    ck_assert(acrm__date_parse("2026-11-21 and more", 10, &day));
    ck_assert_uint_eq(acrm__date_print(day, text), 10);
    ck_assert_str_eq(text, "2026-11-21");
}
END_TEST

static const struct {
    const char *text;
    bool allow_24;
    int32_t seconds; /* -1: refused */
} time_cases[] = {
    { "08:30:00", false, 30600 }, { "08:30", false, 30600 },  { "23:59:59", false, 86399 },
    { "24:00", false, -1 },       { "24:00", true, 86400 },   { "24:00:00", true, 86400 },
    { "24:00:01", true, -1 },     { "24:01", true, -1 },      { "25:00", true, -1 },
    { "8:30", false, -1 },        { "08:60", false, -1 },     { "08:30:60", false, -1 },
    { "08-30", false, -1 },       { "08:30-00", false, -1 },  { "08:3", false, -1 },
    { "", false, -1 },            { "-1:30", false, -1 },
};

START_TEST(time__reads_minutes_or_seconds)
{
    const char *text = time_cases[_i].text;
    int32_t seconds = -1;
    char printed[ACRM__TIME_SIZE];

    bool ok = acrm__time_parse(text, strlen(text), time_cases[_i].allow_24, &seconds);
    ck_assert_msg(ok == (time_cases[_i].seconds >= 0), "%s", text);
    ck_assert_msg(seconds == time_cases[_i].seconds, "%s", text);
    if (ok) {
        ck_assert_uint_eq(acrm__time_print(seconds, printed), 8);
        ck_assert_int_eq(strncmp(printed, text, strlen(text)), 0);
    }
}
END_TEST

static const struct {
    const char *text;
    const char *printed; /* NULL: refused */
    acrm__duration want;
} duration_cases[] = {
    { "PT4H", "PT4H", { 0, 0, 14400 } },
    { "P180D", "P180D", { 0, 180, 0 } },
    { "-P1W", "-P7D", { 0, -7, 0 } },
    { "+P1D", "P1D", { 0, 1, 0 } },
    { "P1Y6M", "P1Y6M", { 18, 0, 0 } },
    { "P1M", "P1M", { 1, 0, 0 } },
    { "PT1M", "PT1M", { 0, 0, 60 } },
    { "P1Y2M3W4DT5H6M7S", "P1Y2M25DT5H6M7S", { 14, 25, 18367 } },
    { "PT36H", "PT36H", { 0, 0, 129600 } },
    { "PT90M", "PT1H30M", { 0, 0, 5400 } },
    { "-PT1S", "-PT1S", { 0, 0, -1 } },
    { "PT0S", "PT0S", { 0, 0, 0 } },
    { "P0D", "PT0S", { 0, 0, 0 } },
    { "P10000Y", "P10000Y", { 120000, 0, 0 } },
    { "P", NULL, { 0 } },      { "PT", NULL, { 0 } },      { "", NULL, { 0 } },
    { "P1", NULL, { 0 } },     { "4H", NULL, { 0 } },      { "P4H", NULL, { 0 } },
    { "PT4D", NULL, { 0 } },   { "P1DT", NULL, { 0 } },    { "P1M1Y", NULL, { 0 } },
    { "P1D1D", NULL, { 0 } },  { "PT1H1H", NULL, { 0 } },  { "PT1.5H", NULL, { 0 } },
    { "--P1D", NULL, { 0 } },  { "P-1D", NULL, { 0 } },    { "P1D ", NULL, { 0 } },
    { "-", NULL, { 0 } },      { "PT1HT1M", NULL, { 0 } }, { "p1d", NULL, { 0 } },
    { "P10000Y1M", NULL, { 0 } },                 { "P3652059D", NULL, { 0 } },
    { "P99999999999999999999D", NULL, { 0 } },    { "PT999999999999H", NULL, { 0 } },
};

START_TEST(duration__reads_and_prints_iso_8601)
{
    const char *text = duration_cases[_i].text;
    acrm__duration got = { 0, 0, 0 }, again = { 0, 0, 0 };
    char printed[ACRM__DURATION_SIZE];

    bool ok = acrm__duration_parse(text, strlen(text), &got);
    ck_assert_msg(ok == (duration_cases[_i].printed != NULL), "%s", text);
    ck_assert_msg(memcmp(&got, &duration_cases[_i].want, sizeof got) == 0, "%s", text);
    if (!ok)
        return;
    size_t n = acrm__duration_print(&got, printed);
    ck_assert_str_eq(printed, duration_cases[_i].printed);
    ck_assert_uint_eq(n, strlen(printed));
    ck_assert(acrm__duration_parse(printed, n, &again));
    ck_assert(memcmp(&got, &again, sizeof got) == 0);
}
END_TEST

START_TEST(duration__prints_the_extremes_and_refuses_mixed_signs)
{
    char printed[ACRM__DURATION_SIZE];
    acrm__duration mixed = { 1, -1, 0 }, huge = { INT32_MIN, INT32_MIN, INT64_MIN };
    acrm__duration most = { INT32_MIN, INT32_MIN, -INT64_MAX };

    ck_assert_uint_eq(acrm__duration_print(&mixed, printed), 0);
    ck_assert_uint_eq(acrm__duration_print(&huge, printed), 0);
    ck_assert_uint_lt(acrm__duration_print(&most, printed), ACRM__DURATION_SIZE);
    ck_assert_str_eq(printed, "-P178956970Y8M2147483648DT2562047788015215H30M7S");
}
END_TEST

static const struct {
    acrm__bucket bucket;
    int32_t offset_min;
    const char *at, *start;
} bucket_cases[] = {
    { ACRM__BUCKET_HOUR, 0, "2024-05-17T13:59:59.999999Z", "2024-05-17T13:00:00Z" },
    { ACRM__BUCKET_HOUR, 210, "2024-05-17T13:20:00Z", "2024-05-17T12:30:00Z" },
    { ACRM__BUCKET_HOUR, 0, "1969-12-31T23:59:59Z", "1969-12-31T23:00:00Z" },
    { ACRM__BUCKET_DAY, 0, "2024-05-17T13:59:59Z", "2024-05-17T00:00:00Z" },
    { ACRM__BUCKET_DAY, 210, "2024-05-17T20:30:00Z", "2024-05-17T20:30:00Z" },
    { ACRM__BUCKET_DAY, 210, "2024-05-17T20:29:59Z", "2024-05-16T20:30:00Z" },
    { ACRM__BUCKET_DAY, -300, "1969-12-31T04:00:00Z", "1969-12-30T05:00:00Z" },
    { ACRM__BUCKET_WEEK, 0, "2024-05-19T23:00:00Z", "2024-05-13T00:00:00Z" },
    { ACRM__BUCKET_WEEK, 60, "2024-05-19T23:00:00Z", "2024-05-19T23:00:00Z" },
    { ACRM__BUCKET_WEEK, 0, "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z" },
    { ACRM__BUCKET_MONTH, 0, "2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z" },
    { ACRM__BUCKET_MONTH, 120, "2024-02-29T23:00:00Z", "2024-02-29T22:00:00Z" },
    { ACRM__BUCKET_QUARTER, 0, "2024-06-30T23:59:59Z", "2024-04-01T00:00:00Z" },
    { ACRM__BUCKET_QUARTER, 0, "2024-12-01T00:00:00Z", "2024-10-01T00:00:00Z" },
    { ACRM__BUCKET_YEAR, 0, "2024-12-31T23:59:59Z", "2024-01-01T00:00:00Z" },
    { ACRM__BUCKET_YEAR, 0, "0001-12-31T23:59:59Z", "0001-01-01T00:00:00Z" },
    { ACRM__BUCKET_YEAR, 60, "0001-12-31T00:00:00Z", NULL },
    { ACRM__BUCKET_DAY, 1441, "2024-05-17T13:59:59Z", NULL },
};

START_TEST(bucket__starts_on_the_local_boundary)
{
    const char *at = bucket_cases[_i].at, *want = bucket_cases[_i].start;
    int64_t us = 0, start = 77;
    char text[ACRM__INSTANT_SIZE];

    ck_assert(acrm__instant_parse(at, strlen(at), &us));
    bool ok = acrm__bucket_start(bucket_cases[_i].bucket, us, bucket_cases[_i].offset_min, &start);
    ck_assert_msg(ok == (want != NULL), "%s", at);
    if (ok) {
        acrm__instant_print(start, text);
        ck_assert_str_eq(text, want);
    } else {
        ck_assert_int_eq(start, 77);
    }
}
END_TEST

START_TEST(floor__rounds_down_for_negatives)
{
    ck_assert_int_eq(acrm__floor_div(-1, 86400), -1);
    ck_assert_int_eq(acrm__floor_mod(-1, 86400), 86399);
    ck_assert_int_eq(acrm__floor_div(-86400, 86400), -1);
    ck_assert_int_eq(acrm__floor_mod(-86400, 86400), 0);
    ck_assert_int_eq(acrm__floor_div(86399, 86400), 0);
    ck_assert_int_eq(acrm__floor_div(INT64_MIN, 1), INT64_MIN);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

static Suite *civil_suite(void)
{
    Suite *suite = suite_create("civil");
    TCase *tc = tcase_create("civil");

    tcase_add_test(tc, floor__rounds_down_for_negatives);
    tcase_add_test(tc, civil__walks_every_day_of_every_year);
    tcase_add_test(tc, civil__refuses_dates_that_are_not);
    tcase_add_loop_test(tc, civil__adds_months_and_clamps_to_the_last_day, 0, ROWS(month_cases));
    tcase_add_test(tc, jalali__every_year_begins_by_the_equinox);
    tcase_add_test(tc, jalali__walks_every_day_of_the_table);
    tcase_add_test(tc, jalali__refuses_what_the_table_does_not_know);
    tcase_add_test(tc, jalali__agrees_with_every_published_fact);
    tcase_add_loop_test(tc, jalali__adds_months_and_clamps_to_the_last_day, 0,
                        ROWS(jalali_month_cases));
    tcase_add_loop_test(tc, instant__reads_and_prints_rfc_3339, 0, ROWS(instant_cases));
    tcase_add_test(tc, date__takes_exactly_ten_characters);
    tcase_add_loop_test(tc, time__reads_minutes_or_seconds, 0, ROWS(time_cases));
    tcase_add_loop_test(tc, duration__reads_and_prints_iso_8601, 0, ROWS(duration_cases));
    tcase_add_test(tc, duration__prints_the_extremes_and_refuses_mixed_signs);
    tcase_add_loop_test(tc, bucket__starts_on_the_local_boundary, 0, ROWS(bucket_cases));
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(civil_suite)
