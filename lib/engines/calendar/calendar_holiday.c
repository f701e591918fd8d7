/* SPDX-License-Identifier: MIT */
/* On which days a holiday falls. */
#include "base/alloc.h"
#include "engines/calendar/calendar_internal.h"

#include <string.h>

void acrm__calendar_holiday_runs(const acrm_calendar_holiday *holiday, int32_t first, int32_t last,
                                 acrm__calendar_run_fn *run, void *user)
{
    acrm__civil from = { 0 }, to = { 0 };
    int32_t day = 0;

    if (holiday->kind == ACRM_HOLIDAY_ONCE) {
        if (holiday->day <= last && holiday->day + holiday->days > first)
            run(user, holiday->day, holiday->day + holiday->days - 1);
        return;
    }
    /* A run that began within the 92 days before may reach into the span. */
    bool jalali = holiday->kind == ACRM_HOLIDAY_JALALI_YEARLY;
    int32_t early = first - ACRM_CALENDAR_HOLIDAY_DAYS_MAX;
    if (jalali && (!acrm__jalali_from_day(early, &from) || !acrm__jalali_from_day(last, &to)))
        return;
    if (!jalali) {
        acrm__civil_from_day(early, &from);
        acrm__civil_from_day(last, &to);
    }
    for (int32_t year = from.year; year <= to.year; year++) {
        bool comes = jalali ? acrm__jalali_to_day(year, holiday->month, holiday->day, &day)
                            : acrm__civil_to_day(year, holiday->month, holiday->day, &day);
        if (comes && day <= last && day + holiday->days > first)
            run(user, day, day + holiday->days - 1);
    }
}

static void calendar_holiday_found(void *user, int32_t first, int32_t last)
{
    (void)first;
    (void)last;
    *(bool *)user = true;
}

int32_t acrm_calendar_holiday_name(const acrm_calendar *calendar, int32_t day, const char **name)
{
    if (!calendar || !name)
        return ACRM_E_MISUSE;
    if (day < acrm__calendar_first_day(ACRM_CALENDAR_YEAR_FIRST) ||
        day >= acrm__calendar_first_day(ACRM_CALENDAR_YEAR_LAST + 1))
        return ACRM_E_LIMIT;
    for (size_t i = 0; i < calendar->holidays_n; i++) {
        bool found = false;
        acrm__calendar_holiday_runs(&calendar->holidays[i], day, day, calendar_holiday_found,
                                    &found);
        if (found) {
            *name = calendar->holidays[i].name;
            return ACRM_OK;
        }
    }
    return ACRM_E_NOTFOUND;
}

/* Copies the names behind the array of holidays, and the holidays of one list with them. */
static char *calendar_put_holidays(acrm_calendar *calendar, const acrm_calendar_holiday *list,
                                   size_t n, char *names)
{
    for (size_t i = 0; i < n; i++) {
        acrm_calendar_holiday *copy = &calendar->holidays[calendar->holidays_n++];
        size_t size = list[i].name ? strlen(list[i].name) + 1 : 1;
        *copy = list[i];
        copy->name = names;
        memcpy(names, list[i].name ? list[i].name : "", size);
        names += size;
    }
    return names;
}

int32_t acrm__calendar_copy_holidays(acrm_calendar *calendar, const acrm_calendar_holiday *first,
                                     size_t first_n, const acrm_calendar_holiday *second,
                                     size_t second_n)
{
    size_t size = (first_n + second_n) * sizeof *first;

    if (size == 0)
        return ACRM_OK;
    for (size_t i = 0; i < first_n; i++)
        size += first[i].name ? strlen(first[i].name) + 1 : 1;
    for (size_t i = 0; i < second_n; i++)
        size += second[i].name ? strlen(second[i].name) + 1 : 1;
    calendar->holidays = acrm__alloc(&calendar->allocator, size);
    if (!calendar->holidays)
        return ACRM_E_NOMEM;
    calendar->holidays_size = size;
    char *names = (char *)(calendar->holidays + first_n + second_n);
    names = calendar_put_holidays(calendar, first, first_n, names);
    calendar_put_holidays(calendar, second, second_n, names);
    return ACRM_OK;
}
