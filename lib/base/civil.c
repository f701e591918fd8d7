/* SPDX-License-Identifier: MIT */
/* Civil time: day numbers, Gregorian and Solar Hijri dates, and the buckets of an instant. */
#include "base/civil.h"

#include <assert.h>

enum {
    CIVIL_ERA_DAYS = 146097,  /* 400 Gregorian years */
    CIVIL_ERA_SHIFT = 719468, /* days from 0000-03-01 to 1970-01-01 */
    CIVIL_JALALI_LONG = 186 /* days of the six months of 31 days that open a Jalali year */
};

static const uint8_t civil_month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

/*
 * A Solar Hijri year begins on the day whose noon in Tehran (UTC+03:30) first follows the March
 * equinox, so its table is astronomy, not arithmetic: computed from the mean equinox with its 24
 * periodic terms (Meeus, Astronomical Algorithms, chapter 27) and the Earth's rotation, and
 * recomputed by the unit test. It ends before 1635, where the equinox falls within two minutes
 * of noon and the length of the day that far ahead is not known well enough to tell.
 *
 * A row tells how many leap years there were from 1178 on before each of twenty years; what is
 * kept of it is on which day, counted from 1178-01-01, the year begins. The last one is 1634.
 */
#define YEAR(y, leaps) ((y) - ACRM__JALALI_YEAR_MIN) * 365 + (leaps)
#define YEARS(y, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)                      \
    YEAR(y, a), YEAR((y) + 1, b), YEAR((y) + 2, c), YEAR((y) + 3, d), YEAR((y) + 4, e),           \
        YEAR((y) + 5, f), YEAR((y) + 6, g), YEAR((y) + 7, h), YEAR((y) + 8, i),                   \
        YEAR((y) + 9, j), YEAR((y) + 10, k), YEAR((y) + 11, l), YEAR((y) + 12, m),                \
        YEAR((y) + 13, n), YEAR((y) + 14, o), YEAR((y) + 15, p), YEAR((y) + 16, q),               \
        YEAR((y) + 17, r), YEAR((y) + 18, s), YEAR((y) + 19, t)
const int32_t acrm__jalali_starts[] = {
    YEARS(1178, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4),
    YEARS(1198, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9),
    YEARS(1218, 9, 10, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14),
    YEARS(1238, 14, 15, 15, 15, 15, 15, 16, 16, 16, 16, 17, 17, 17, 17, 18, 18, 18, 18, 19, 19),
    YEARS(1258, 19, 19, 20, 20, 20, 20, 21, 21, 21, 21, 22, 22, 22, 22, 23, 23, 23, 23, 23, 24),
    YEARS(1278, 24, 24, 24, 25, 25, 25, 25, 26, 26, 26, 26, 27, 27, 27, 27, 28, 28, 28, 28, 29),
    YEARS(1298, 29, 29, 29, 30, 30, 30, 30, 31, 31, 31, 31, 31, 32, 32, 32, 32, 33, 33, 33, 33),
    YEARS(1318, 34, 34, 34, 34, 35, 35, 35, 35, 36, 36, 36, 36, 37, 37, 37, 37, 38, 38, 38, 38),
    YEARS(1338, 39, 39, 39, 39, 39, 40, 40, 40, 40, 41, 41, 41, 41, 42, 42, 42, 42, 43, 43, 43),
    YEARS(1358, 43, 44, 44, 44, 44, 45, 45, 45, 45, 46, 46, 46, 46, 47, 47, 47, 47, 47, 48, 48),
    YEARS(1378, 48, 48, 49, 49, 49, 49, 50, 50, 50, 50, 51, 51, 51, 51, 52, 52, 52, 52, 53, 53),
    YEARS(1398, 53, 53, 54, 54, 54, 54, 55, 55, 55, 55, 55, 56, 56, 56, 56, 57, 57, 57, 57, 58),
    YEARS(1418, 58, 58, 58, 59, 59, 59, 59, 60, 60, 60, 60, 61, 61, 61, 61, 62, 62, 62, 62, 63),
    YEARS(1438, 63, 63, 63, 63, 64, 64, 64, 64, 65, 65, 65, 65, 66, 66, 66, 66, 67, 67, 67, 67),
    YEARS(1458, 68, 68, 68, 68, 69, 69, 69, 69, 70, 70, 70, 70, 71, 71, 71, 71, 71, 72, 72, 72),
    YEARS(1478, 72, 73, 73, 73, 73, 74, 74, 74, 74, 75, 75, 75, 75, 76, 76, 76, 76, 77, 77, 77),
    YEARS(1498, 77, 78, 78, 78, 78, 79, 79, 79, 79, 79, 80, 80, 80, 80, 81, 81, 81, 81, 82, 82),
    YEARS(1518, 82, 82, 83, 83, 83, 83, 84, 84, 84, 84, 85, 85, 85, 85, 86, 86, 86, 86, 87, 87),
    YEARS(1538, 87, 87, 87, 88, 88, 88, 88, 89, 89, 89, 89, 90, 90, 90, 90, 91, 91, 91, 91, 92),
    YEARS(1558, 92, 92, 92, 93, 93, 93, 93, 94, 94, 94, 94, 95, 95, 95, 95, 95, 96, 96, 96, 96),
    YEARS(1578, 97, 97, 97, 97, 98, 98, 98, 98, 99, 99, 99, 99, 100, 100,
          100, 100, 101, 101, 101, 101),
    YEARS(1598, 102, 102, 102, 102, 103, 103, 103, 103, 103, 104, 104, 104, 104, 105,
          105, 105, 105, 106, 106, 106),
    YEAR(1618, 106), YEAR(1619, 107), YEAR(1620, 107), YEAR(1621, 107), YEAR(1622, 107),
    YEAR(1623, 108), YEAR(1624, 108), YEAR(1625, 108), YEAR(1626, 108), YEAR(1627, 109),
    YEAR(1628, 109), YEAR(1629, 109), YEAR(1630, 109), YEAR(1631, 110), YEAR(1632, 110),
    YEAR(1633, 110), YEAR(1634, 110),
};
#undef YEARS
#undef YEAR

/* Month and day for each day of a Jalali year: looked up, as a branch on random days is slow. */
#define TEN(m, d)                                                                                 \
    (m) << 5 | (d), (m) << 5 | ((d) + 1), (m) << 5 | ((d) + 2), (m) << 5 | ((d) + 3),             \
        (m) << 5 | ((d) + 4), (m) << 5 | ((d) + 5), (m) << 5 | ((d) + 6), (m) << 5 | ((d) + 7),   \
        (m) << 5 | ((d) + 8), (m) << 5 | ((d) + 9)
#define THIRTY(m) TEN(m, 1), TEN(m, 11), TEN(m, 21)
#define THIRTY_ONE(m) THIRTY(m), (m) << 5 | 31
const uint16_t acrm__jalali_dates[] = {
    THIRTY_ONE(1), THIRTY_ONE(2), THIRTY_ONE(3), THIRTY_ONE(4), THIRTY_ONE(5), THIRTY_ONE(6),
    THIRTY(7),     THIRTY(8),     THIRTY(9),     THIRTY(10),    THIRTY(11),    THIRTY(12),
};
#undef THIRTY_ONE
#undef THIRTY
#undef TEN

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

bool acrm__jalali_leap(int32_t year)
{
    if (year < ACRM__JALALI_YEAR_MIN || year > ACRM__JALALI_YEAR_MAX)
        return false;

    int32_t index = year - ACRM__JALALI_YEAR_MIN;
    return acrm__jalali_starts[index + 1] - acrm__jalali_starts[index] == 366;
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
    *out = ACRM__JALALI_DAY_MIN + acrm__jalali_starts[year - ACRM__JALALI_YEAR_MIN] + before +
           day - 1;
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
