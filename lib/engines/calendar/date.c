/* SPDX-License-Identifier: MIT */
/* Gregorian and Solar Hijri dates at the library's border. */
#include "autocrm/calendar.h"
#include "base/civil.h"

int32_t acrm_date_to_day(int32_t kind, int32_t year, int32_t month, int32_t day, int32_t *out)
{
    if (!out)
        return ACRM_E_MISUSE;
    if (kind == ACRM_DATE_GREGORIAN && acrm__civil_to_day(year, month, day, out))
        return ACRM_OK;
    if (kind == ACRM_DATE_JALALI && acrm__jalali_to_day(year, month, day, out))
        return ACRM_OK;
    return ACRM_E_INVALID;
}

int32_t acrm_date_from_day(int32_t kind, int32_t day_number, int32_t *year, int32_t *month,
                           int32_t *day)
{
    acrm__civil date;

    if (!year || !month || !day)
        return ACRM_E_MISUSE;
    if (kind == ACRM_DATE_JALALI) {
        if (!acrm__jalali_from_day(day_number, &date))
            return ACRM_E_INVALID;
    } else {
        if (kind != ACRM_DATE_GREGORIAN || day_number < ACRM__DAY_MIN ||
            day_number > ACRM__DAY_MAX)
            return ACRM_E_INVALID;
        acrm__civil_from_day(day_number, &date);
    }
    *year = date.year;
    *month = date.month;
    *day = date.day;
    return ACRM_OK;
}

int32_t acrm_date_add_months(int32_t kind, int32_t day, int64_t months, int32_t *out)
{
    if (!out)
        return ACRM_E_MISUSE;
    if (kind == ACRM_DATE_GREGORIAN && acrm__civil_add_months(day, months, out))
        return ACRM_OK;
    if (kind == ACRM_DATE_JALALI && acrm__jalali_add_months(day, months, out))
        return ACRM_OK;
    return ACRM_E_INVALID;
}

int32_t acrm_date_month_length(int32_t kind, int32_t year, int32_t month)
{
    if (kind == ACRM_DATE_JALALI)
        return acrm__jalali_month_length(year, month);
    if (kind != ACRM_DATE_GREGORIAN || !acrm__civil_valid(year, month, 1))
        return 0;
    return acrm__civil_month_length(year, month);
}

int32_t acrm_date_weekday(int32_t day)
{
    return day < ACRM__DAY_MIN || day > ACRM__DAY_MAX ? 0 : acrm__weekday(day);
}
