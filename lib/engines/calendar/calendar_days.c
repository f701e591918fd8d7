/* SPDX-License-Identifier: MIT */
/* Questions about business days: counted and found through the bits of each year's days. */
#include "engines/calendar/calendar_internal.h"

#include <assert.h>

/* A local date's year and its number in it, from 0. */
static bool calendar_locate(int32_t day, int32_t *y, int32_t *of_year)
{
    acrm__civil date;

    if (day < ACRM__DAY_MIN || day > ACRM__DAY_MAX)
        return false;
    acrm__civil_from_day(day, &date);
    if (date.year < ACRM_CALENDAR_YEAR_FIRST || date.year > ACRM_CALENDAR_YEAR_LAST)
        return false;
    *y = date.year - ACRM_CALENDAR_YEAR_FIRST;
    *of_year = day - acrm__calendar_first_day(date.year);
    return true;
}

/* The number of business days before a date. */
static int32_t calendar_rank(const acrm_calendar *calendar, int32_t y, int32_t of_year)
{
    const acrm__calendar_table *table = &calendar->tables[calendar->years[y].table];
    uint32_t below = table->day_bits[of_year / 32] & ((UINT32_C(1) << of_year % 32) - 1);

    return calendar->years[y].days + table->day_before[of_year / 32] +
           __builtin_popcount(below);
}

/* The business day with a number of others before it. */
static bool calendar_select(const acrm_calendar *calendar, int64_t rank, int32_t *day)
{
    const acrm__calendar_year *years = calendar->years;
    int32_t y = 0, word = 0, n = ACRM__CALENDAR_YEARS;

    if (rank < 0 || rank >= years[ACRM__CALENDAR_YEARS].days)
        return false;
    while (n > 1) {
        int32_t half = n / 2;
        y += years[y + half].days <= rank ? half : 0;
        n -= half;
    }

    const acrm__calendar_table *table = &calendar->tables[years[y].table];
    int32_t left = (int32_t)rank - years[y].days;
    while (table->day_before[word + 1] <= left)
        word++;
    uint32_t bits = table->day_bits[word];
    for (left -= table->day_before[word]; left > 0; left--)
        bits &= bits - 1;
    assert(bits != 0);
    *day = acrm__calendar_first_day(ACRM_CALENDAR_YEAR_FIRST + y) + word * 32 +
           __builtin_ctz(bits);
    return true;
}

int32_t acrm_calendar_is_business_day(const acrm_calendar *calendar, int32_t day, int32_t *out)
{
    int32_t y = 0, of_year = 0;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (!calendar_locate(day, &y, &of_year))
        return ACRM_E_LIMIT;
    const acrm__calendar_table *table = &calendar->tables[calendar->years[y].table];
    *out = (int32_t)(table->day_bits[of_year / 32] >> of_year % 32 & 1);
    return ACRM_OK;
}

int32_t acrm_calendar_business_days(const acrm_calendar *calendar, int32_t from, int32_t to,
                                    int32_t *days)
{
    int32_t y = 0, of_year = 0;

    if (!calendar || !days)
        return ACRM_E_MISUSE;
    if (!calendar_locate(from, &y, &of_year))
        return ACRM_E_LIMIT;
    int32_t before = calendar_rank(calendar, y, of_year);
    if (!calendar_locate(to, &y, &of_year))
        return ACRM_E_LIMIT;
    *days = calendar_rank(calendar, y, of_year) - before;
    return ACRM_OK;
}

int32_t acrm_calendar_add_days(const acrm_calendar *calendar, int64_t start, int32_t n,
                               int64_t *out)
{
    acrm_local local = { .struct_size = sizeof local };
    int32_t y = 0, of_year = 0, is_day = 0, day = 0;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (n == 0)
        return acrm_calendar_next_open(calendar, start, out);
    if (acrm_zone_to_local(calendar->zone, start, &local) != ACRM_OK ||
        acrm_calendar_is_business_day(calendar, local.day, &is_day) != ACRM_OK ||
        !calendar_locate(local.day, &y, &of_year))
        return ACRM_E_LIMIT;

    int64_t rank = (int64_t)calendar_rank(calendar, y, of_year) + n;
    if (n > 0)
        rank += is_day - 1; /* the first one on is the first behind the day itself */
    if (!calendar_select(calendar, rank, &day))
        return ACRM_E_LIMIT;
    int64_t second = acrm__zone_to_utc(calendar->zone,
                                       (int64_t)day * ACRM__DAY_SECONDS + local.second, NULL);
    int64_t at = second * ACRM__SECOND_US + local.microsecond;
    return n > 0 ? acrm_calendar_next_open(calendar, at, out)
                 : acrm_calendar_previous_open(calendar, at, out);
}
