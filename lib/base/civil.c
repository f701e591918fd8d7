/* SPDX-License-Identifier: MIT */
/* Civil time: day numbers, Gregorian and Solar Hijri dates, and the buckets of an instant. */
#include "base/civil.h"

#include <assert.h>

enum {
    CIVIL_ERA_DAYS = 146097,  /* 400 Gregorian years */
    CIVIL_ERA_SHIFT = 719468, /* days from 0000-03-01 to 1970-01-01 */
    CIVIL_JALALI_YEARS = ACRM__JALALI_YEAR_MAX - ACRM__JALALI_YEAR_MIN + 1,
    CIVIL_JALALI_LONG = 186 /* days of the six months of 31 days that open a Jalali year */
};

static const uint8_t civil_month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

/*
 * Leap years in 1178 .. y - 1 for y = 1178 .. 1634. A Solar Hijri year begins on the day whose
 * noon in Tehran (UTC+03:30) first follows the March equinox, so this is astronomy, not
 * arithmetic: computed from the mean equinox with its 24 periodic terms (Meeus, Astronomical
 * Algorithms, chapter 27) and the Earth's rotation, and recomputed by the unit test. The table
 * ends before 1635, where the equinox falls within two minutes of noon and the length of the
 * day that far ahead is not known well enough to tell.
 */
static const uint8_t civil_jalali_leaps[CIVIL_JALALI_YEARS + 1] = {
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, /* 1178 */
    5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, /* 1198 */
    9, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, /* 1218 */
    14, 15, 15, 15, 15, 15, 16, 16, 16, 16, 17, 17, 17, 17, 18, 18, 18, 18, 19, 19, /* 1238 */
    19, 19, 20, 20, 20, 20, 21, 21, 21, 21, 22, 22, 22, 22, 23, 23, 23, 23, 23, 24, /* 1258 */
    24, 24, 24, 25, 25, 25, 25, 26, 26, 26, 26, 27, 27, 27, 27, 28, 28, 28, 28, 29, /* 1278 */
    29, 29, 29, 30, 30, 30, 30, 31, 31, 31, 31, 31, 32, 32, 32, 32, 33, 33, 33, 33, /* 1298 */
    34, 34, 34, 34, 35, 35, 35, 35, 36, 36, 36, 36, 37, 37, 37, 37, 38, 38, 38, 38, /* 1318 */
    39, 39, 39, 39, 39, 40, 40, 40, 40, 41, 41, 41, 41, 42, 42, 42, 42, 43, 43, 43, /* 1338 */
    43, 44, 44, 44, 44, 45, 45, 45, 45, 46, 46, 46, 46, 47, 47, 47, 47, 47, 48, 48, /* 1358 */
    48, 48, 49, 49, 49, 49, 50, 50, 50, 50, 51, 51, 51, 51, 52, 52, 52, 52, 53, 53, /* 1378 */
    53, 53, 54, 54, 54, 54, 55, 55, 55, 55, 55, 56, 56, 56, 56, 57, 57, 57, 57, 58, /* 1398 */
    58, 58, 58, 59, 59, 59, 59, 60, 60, 60, 60, 61, 61, 61, 61, 62, 62, 62, 62, 63, /* 1418 */
    63, 63, 63, 63, 64, 64, 64, 64, 65, 65, 65, 65, 66, 66, 66, 66, 67, 67, 67, 67, /* 1438 */
    68, 68, 68, 68, 69, 69, 69, 69, 70, 70, 70, 70, 71, 71, 71, 71, 71, 72, 72, 72, /* 1458 */
    72, 73, 73, 73, 73, 74, 74, 74, 74, 75, 75, 75, 75, 76, 76, 76, 76, 77, 77, 77, /* 1478 */
    77, 78, 78, 78, 78, 79, 79, 79, 79, 79, 80, 80, 80, 80, 81, 81, 81, 81, 82, 82, /* 1498 */
    82, 82, 83, 83, 83, 83, 84, 84, 84, 84, 85, 85, 85, 85, 86, 86, 86, 86, 87, 87, /* 1518 */
    87, 87, 87, 88, 88, 88, 88, 89, 89, 89, 89, 90, 90, 90, 90, 91, 91, 91, 91, 92, /* 1538 */
    92, 92, 92, 93, 93, 93, 93, 94, 94, 94, 94, 95, 95, 95, 95, 95, 96, 96, 96, 96, /* 1558 */
    97, 97, 97, 97, 98, 98, 98, 98, 99, 99, 99, 99, 100, 100, 100, 100, 101, 101, 101, 101, /* 1578 */
    102, 102, 102, 102, 103, 103, 103, 103, 103, 104, 104, 104, 104, 105, 105, 105, 105, 106, 106, 106, /* 1598 */
    106, 107, 107, 107, 107, 108, 108, 108, 108, 109, 109, 109, 109, 110, 110, 110, 110, /* 1618 */
};

int64_t acrm__floor_div(int64_t a, int64_t b)
{
    assert(b > 0);
    return a / b - (a % b < 0);
}

int64_t acrm__floor_mod(int64_t a, int64_t b)
{
    int64_t rest = a % b;

    assert(b > 0);
    return rest < 0 ? rest + b : rest;
}

bool acrm__civil_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int32_t acrm__civil_month_length(int32_t year, int32_t month)
{
    assert(month >= 1 && month <= 12);
    return civil_month_days[month - 1] + (month == 2 && acrm__civil_leap(year));
}

bool acrm__civil_valid(int32_t year, int32_t month, int32_t day)
{
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= acrm__civil_month_length(year, month);
}

/*
 * Years are counted from March, so that the leap day is a year's last one and the months before
 * it follow 153 days in 5 months.
 */
bool acrm__civil_to_day(int32_t year, int32_t month, int32_t day, int32_t *out)
{
    if (!acrm__civil_valid(year, month, day))
        return false;

    int32_t march_year = year - (month <= 2);
    int32_t era = march_year / 400; /* years begin at 1, so this never rounds a negative */
    int32_t of_era = march_year - era * 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    *out = era * CIVIL_ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           CIVIL_ERA_SHIFT;
    return true;
}

void acrm__civil_from_day(int32_t day, acrm__civil *out)
{
    assert(day >= ACRM__DAY_MIN && day <= ACRM__DAY_MAX);

    uint32_t since = (uint32_t)(day + CIVIL_ERA_SHIFT);
    uint32_t era = since / CIVIL_ERA_DAYS;
    uint32_t of_era = since - era * CIVIL_ERA_DAYS;
    uint32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * of_year + 2) / 153;

    out->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (int32_t)(month < 10 ? month + 3 : month - 9);
    out->year = (int32_t)(year + era * 400) + (out->month <= 2);
}

int32_t acrm__weekday(int32_t day)
{
    /* 1970-01-01 was a Thursday; the added weeks keep the dividend positive. */
    assert(day >= ACRM__DAY_MIN && day <= ACRM__DAY_MAX);
    return (day + 3 + 7 * 110000) % 7 + 1;
}

bool acrm__civil_add_months(int32_t day, int64_t months, int32_t *out)
{
    acrm__civil date;

    if (day < ACRM__DAY_MIN || day > ACRM__DAY_MAX || months < -ACRM__MONTHS_MAX ||
        months > ACRM__MONTHS_MAX)
        return false;
    acrm__civil_from_day(day, &date);

    int32_t count = date.year * 12 + date.month - 1 + (int32_t)months;
    if (count < 12 || count >= 10000 * 12)
        return false;

    int32_t year = count / 12, month = count % 12 + 1;
    int32_t length = acrm__civil_month_length(year, month);
    return acrm__civil_to_day(year, month, date.day < length ? date.day : length, out);
}

/* Days from the table's first day to the first day of a year, itself counted from the first. */
static int32_t civil_jalali_start(int32_t index)
{
    return index * 365 + civil_jalali_leaps[index];
}

bool acrm__jalali_leap(int32_t year)
{
    if (year < ACRM__JALALI_YEAR_MIN || year > ACRM__JALALI_YEAR_MAX)
        return false;

    int32_t index = year - ACRM__JALALI_YEAR_MIN;
    return civil_jalali_leaps[index + 1] != civil_jalali_leaps[index];
}

int32_t acrm__jalali_month_length(int32_t year, int32_t month)
{
    if (year < ACRM__JALALI_YEAR_MIN || year > ACRM__JALALI_YEAR_MAX || month < 1 || month > 12)
        return 0;
    if (month == 12)
        return 29 + acrm__jalali_leap(year);
    return month <= 6 ? 31 : 30;
}

bool acrm__jalali_valid(int32_t year, int32_t month, int32_t day)
{
    return day >= 1 && day <= acrm__jalali_month_length(year, month);
}

bool acrm__jalali_to_day(int32_t year, int32_t month, int32_t day, int32_t *out)
{
    if (!acrm__jalali_valid(year, month, day))
        return false;

    int32_t before = month <= 7 ? (month - 1) * 31 : CIVIL_JALALI_LONG + (month - 7) * 30;
    *out = ACRM__JALALI_DAY_MIN + civil_jalali_start(year - ACRM__JALALI_YEAR_MIN) + before +
           day - 1;
    return true;
}

bool acrm__jalali_from_day(int32_t day, acrm__civil *out)
{
    if (day < ACRM__JALALI_DAY_MIN || day > ACRM__JALALI_DAY_MAX)
        return false;

    /* 2^21 / 5742 is a little under a year's mean length: never low, at most one year high. */
    uint32_t since = (uint32_t)(day - ACRM__JALALI_DAY_MIN);
    int32_t index = (int32_t)((since + 2) * 5742 >> 21);
    index -= (int32_t)since < civil_jalali_start(index);

    uint32_t of_year = since - (uint32_t)civil_jalali_start(index);
    bool late = of_year >= CIVIL_JALALI_LONG;
    uint32_t of_half = late ? of_year - CIVIL_JALALI_LONG : of_year;
    uint32_t month = late ? of_half / 30 : of_half / 31;

    out->year = ACRM__JALALI_YEAR_MIN + index;
    out->month = (int32_t)(month + (late ? 7 : 1));
    out->day = (int32_t)(of_half - month * (late ? 30 : 31) + 1);
    return true;
}

bool acrm__jalali_add_months(int32_t day, int64_t months, int32_t *out)
{
    acrm__civil date;

    if (months < -ACRM__MONTHS_MAX || months > ACRM__MONTHS_MAX ||
        !acrm__jalali_from_day(day, &date))
        return false;

    int32_t count = date.year * 12 + date.month - 1 + (int32_t)months;
    int32_t year = (int32_t)acrm__floor_div(count, 12);
    int32_t month = (int32_t)acrm__floor_mod(count, 12) + 1;
    int32_t length = acrm__jalali_month_length(year, month);
    return acrm__jalali_to_day(year, month, date.day < length ? date.day : length, out);
}

/* The first day of the bucket of days that holds a day. */
static int32_t civil_bucket_day(acrm__bucket bucket, int32_t day)
{
    acrm__civil date;
    int32_t first = day;

    if (bucket == ACRM__BUCKET_DAY)
        return day;
    if (bucket == ACRM__BUCKET_WEEK)
        return day - (acrm__weekday(day) - 1);
    acrm__civil_from_day(day, &date);
    if (bucket == ACRM__BUCKET_QUARTER)
        date.month -= (date.month - 1) % 3;
    else if (bucket == ACRM__BUCKET_YEAR)
        date.month = 1;
    bool valid = acrm__civil_to_day(date.year, date.month, 1, &first);
    assert(valid);
    (void)valid;
    return first;
}

bool acrm__bucket_start(acrm__bucket bucket, int64_t us, int32_t offset_min, int64_t *start)
{
    const int64_t hour_us = 3600 * ACRM__SECOND_US;

    if (us < ACRM__INSTANT_MIN || us > ACRM__INSTANT_MAX || offset_min < -1440 ||
        offset_min > 1440)
        return false;

    int64_t offset_us = offset_min * 60 * ACRM__SECOND_US, first = 0;
    int64_t local = us + offset_us;
    if (local < ACRM__INSTANT_MIN || local > ACRM__INSTANT_MAX)
        return false;
    if (bucket == ACRM__BUCKET_HOUR)
        first = acrm__floor_div(local, hour_us) * hour_us;
    else
        first = civil_bucket_day(bucket, (int32_t)acrm__floor_div(local, ACRM__DAY_US)) *
                ACRM__DAY_US;
    if (first - offset_us < ACRM__INSTANT_MIN)
        return false;
    *start = first - offset_us;
    return true;
}
