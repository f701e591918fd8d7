/* SPDX-License-Identifier: MIT */
/* When the next time is: day by day, and the times of a day that fits. */
#include "engines/recurrence/recurrence.h"

#include "base/civil.h"

enum { RECURRENCE_HORIZON = 40 * 366, RECURRENCE_SHIFT = 4 * 3600 };

/* --- Does a day fit? --- */

void acrm__recurrence_date(const acrm__recurrence *r, int32_t day, acrm__civil *date)
{
    if (r->calendar != ACRM_DATE_JALALI ||
        acrm_date_from_day(r->calendar, day, &date->year, &date->month, &date->day) != ACRM_OK)
        acrm__civil_from_day(day, date);
}

static int32_t recurrence_month_length(const acrm__recurrence *r, const acrm__civil *date)
{
    return r->calendar == ACRM_DATE_JALALI
               ? acrm_date_month_length(r->calendar, date->year, date->month)
               : acrm__civil_month_length(date->year, date->month);
}

static bool recurrence_nth(const acrm__recurrence *r, const acrm__civil *date, int32_t weekday)
{
    int32_t length = recurrence_month_length(r, date);

    for (int32_t i = 0; i < r->n_nth; i++) {
        int32_t nth = r->nth[i] > 0 ? (date->day - 1) / 7 + 1 : -((length - date->day) / 7 + 1);
        if (r->nth_day[i] == weekday && r->nth[i] == nth)
            return true;
    }
    return false;
}

static bool recurrence_interval(const acrm__recurrence *r, int32_t day, const acrm__civil *date)
{
    acrm__civil start;
    int32_t apart = day - r->start_day;

    acrm__recurrence_date(r, r->start_day, &start);
    if (r->kind == ACRM__EVERY_WEEK) /* weeks from Monday */
        apart = (int32_t)(acrm__floor_div(day + 3, 7) - acrm__floor_div(r->start_day + 3, 7));
    else if (r->kind == ACRM__EVERY_MONTH)
        apart = (date->year - start.year) * 12 + date->month - start.month;
    else if (r->kind == ACRM__EVERY_YEAR)
        apart = date->year - start.year;
    return apart >= 0 && apart % r->interval == 0;
}

static bool recurrence_day(const acrm__recurrence *r, int32_t day)
{
    int32_t weekday = acrm__weekday(day);
    acrm__civil date;

    acrm__recurrence_date(r, day, &date);
    int32_t from_last = recurrence_month_length(r, &date) - date.day + 1;
    bool in_month = (r->month_days >> date.day & 1) || (r->last_days >> from_last & 1);
    bool in_week = r->n_nth ? recurrence_nth(r, &date, weekday) : (r->weekdays >> weekday & 1) != 0;

    if (!(r->months >> date.month & 1))
        return false;
    if (r->kind != ACRM__EVERY_CRON && !recurrence_interval(r, day, &date))
        return false;
    return r->either ? in_month || in_week : in_month && in_week;
}

/* --- The times of a day --- */

static bool recurrence_instant(const acrm_zone *zone, int32_t day, int32_t second, int64_t *us)
{
    *us = ((int64_t)day * ACRM__DAY_SECONDS + second) * ACRM__SECOND_US;
    return !zone || acrm_zone_to_instant(zone, day, second, us, NULL) == ACRM_OK;
}

/* The least instant of the day after another. Around a change of the clocks later wall-clock times
 * may come earlier, so those within a few hours are looked at too. */
static bool recurrence_in_day(const acrm__recurrence *r, const acrm_zone *zone, int32_t day,
                              int64_t after, int64_t *out)
{
    int64_t us;
    int32_t found = -1;

    for (int32_t hour = 0; hour < 24; hour++) {
        if (!(r->hours >> hour & 1))
            continue;
        if (found >= 0 && hour * 3600 > found + RECURRENCE_SHIFT)
            break;
        for (int32_t minute = 0; minute < 60; minute++) {
            int32_t second = hour * 3600 + minute * 60;
            if (!(r->minutes >> minute & 1) || !recurrence_instant(zone, day, second, &us) ||
                us <= after || us < r->start || (found >= 0 && us >= *out))
                continue;
            *out = us;
            if (found < 0)
                found = second;
        }
    }
    return found >= 0;
}

static int32_t recurrence_local(const acrm_zone *zone, int64_t us)
{
    acrm_local local = { .struct_size = sizeof local };

    if (zone && acrm_zone_to_local(zone, us, &local) == ACRM_OK)
        return local.day;
    return (int32_t)acrm__floor_div(us, ACRM__DAY_US);
}

bool acrm__recurrence_next(const acrm__recurrence *r, const acrm_zone *zone, int64_t after,
                           int64_t *out)
{
    if (after < r->start - 1)
        after = r->start - 1;
    if (r->kind == ACRM__EVERY_SPAN) {
        *out = r->start + ((after - r->start) / r->span + (after >= r->start)) * r->span;
        return *out <= ACRM__INSTANT_MAX;
    }
    int32_t day = recurrence_local(zone, after);
    for (int32_t i = 0; i < RECURRENCE_HORIZON && day + i <= ACRM__DAY_MAX; i++)
        if (recurrence_day(r, day + i) && recurrence_in_day(r, zone, day + i, after, out))
            return true;
    return false;
}

bool acrm__recurrence_last(const acrm__recurrence *r, const acrm_zone *zone, int64_t until,
                           int64_t *out)
{
    int64_t span = 60 * ACRM__SECOND_US, at = 0, next;

    if (until < r->start)
        return false;
    /* Go back twice as far each time until something lies in between, then forward to the last. */
    while (!acrm__recurrence_next(r, zone, until - span, &at) || at > until) {
        if (until - span < r->start)
            return false;
        span *= 2;
    }
    while (acrm__recurrence_next(r, zone, at, &next) && next <= until)
        at = next;
    *out = at;
    return true;
}
