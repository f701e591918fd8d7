/* SPDX-License-Identifier: MIT */
/* Refuses a calendar's definition that is not sound, with the place of the fault. */
#include "engines/calendar/calendar_internal.h"

#include <string.h>

static int32_t calendar_fault(acrm_issue *issue, const char *field, const char *allowed,
                              size_t row, int32_t status)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = (int64_t)row };
    return status;
}

static bool calendar_times_valid(int32_t from, int32_t to)
{
    return from >= 0 && from < ACRM__DAY_SECONDS && to >= 1 && to <= ACRM__DAY_SECONDS &&
           from != to;
}

static const char calendar_times[] =
    "from 0..86399, to 1..86400 and not equal to from (a whole day is 0 to 86400)";

static int32_t calendar_check_dated(const acrm_calendar_dated *dated, size_t n, const char *field,
                                    acrm_issue *issue)
{
    for (size_t i = 0; i < n; i++) {
        if (dated[i].day < ACRM__DAY_MIN || dated[i].day > ACRM__DAY_MAX)
            return calendar_fault(issue, field, "a day of the years 1 to 9999", i,
                                  ACRM_E_INVALID);
        if (!calendar_times_valid(dated[i].from, dated[i].to))
            return calendar_fault(issue, field, calendar_times, i, ACRM_E_INVALID);
    }
    return ACRM_OK;
}

static const char *calendar_holiday_fault(const acrm_calendar_holiday *holiday)
{
    /* The longest month by number: Gregorian as in a leap year, Solar Hijri likewise. */
    int32_t longest = 0;

    if (holiday->name && !memchr(holiday->name, '\0', ACRM_CALENDAR_NAME_MAX + 1))
        return "a name of at most 200 bytes";
    if (holiday->days < 1 || holiday->days > ACRM_CALENDAR_HOLIDAY_DAYS_MAX)
        return "1..92 days";
    if (holiday->kind == ACRM_HOLIDAY_ONCE) {
        if (holiday->day < ACRM__DAY_MIN || holiday->day > ACRM__DAY_MAX)
            return "a day of the years 1 to 9999";
        return holiday->month == 0 ? NULL : "month 0 for a holiday on one date";
    }
    if (holiday->kind != ACRM_HOLIDAY_YEARLY && holiday->kind != ACRM_HOLIDAY_JALALI_YEARLY)
        return "kind ACRM_HOLIDAY_ONCE, _YEARLY or _JALALI_YEARLY";
    if (holiday->month < 1 || holiday->month > 12)
        return "month 1..12";
    longest = holiday->kind == ACRM_HOLIDAY_YEARLY
                  ? acrm__civil_month_length(2000, holiday->month)
                  : acrm__jalali_month_length(1403, holiday->month);
    return holiday->day >= 1 && holiday->day <= longest ? NULL : "a day the month has";
}

int32_t acrm__calendar_check(const acrm_calendar_definition *d, acrm_issue *issue)
{
    const struct {
        const char *field, *limit;
        const void *list;
        size_t n, max;
    } lists[] = {
        { "hours", "at most 168", d->hours, d->hours_count, ACRM_CALENDAR_HOURS_MAX },
        { "shifts", "at most 10000", d->shifts, d->shifts_count, ACRM_CALENDAR_DATED_MAX },
        { "breaks", "at most 10000", d->breaks, d->breaks_count, ACRM_CALENDAR_DATED_MAX },
        { "holidays", "at most 2000", d->holidays, d->holidays_count,
          ACRM_CALENDAR_HOLIDAYS_MAX },
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (lists[i].n > 0 && !lists[i].list)
            return ACRM_E_MISUSE;
        if (lists[i].n > lists[i].max)
            return calendar_fault(issue, lists[i].field, lists[i].limit, lists[i].max,
                                  ACRM_E_LIMIT);
    }
    for (size_t i = 0; i < d->hours_count; i++) {
        if (d->hours[i].weekday < 1 || d->hours[i].weekday > 7)
            return calendar_fault(issue, "hours", "weekday 1 (Monday) to 7 (Sunday)", i,
                                  ACRM_E_INVALID);
        if (!calendar_times_valid(d->hours[i].from, d->hours[i].to))
            return calendar_fault(issue, "hours", calendar_times, i, ACRM_E_INVALID);
    }
    for (size_t i = 0; i < d->holidays_count; i++) {
        const char *fault = calendar_holiday_fault(&d->holidays[i]);
        if (fault)
            return calendar_fault(issue, "holidays", fault, i, ACRM_E_INVALID);
    }
    int32_t status = calendar_check_dated(d->shifts, d->shifts_count, "shifts", issue);
    if (status == ACRM_OK)
        status = calendar_check_dated(d->breaks, d->breaks_count, "breaks", issue);
    return status;
}
