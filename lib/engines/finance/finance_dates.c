/* SPDX-License-Identifier: MIT */
/* Month arithmetic on civil day numbers, and the filling of faults. */
#include "engines/finance/finance_internal.h"

int32_t acrm__issue(acrm_issue *issue, int32_t status, const char *field, int64_t row,
                    const char *allowed)
{
    if (issue != NULL)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = row };
    return status;
}

bool acrm__leap_year(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int32_t acrm__month_days(int32_t year, int32_t month)
{
    static const int8_t finance_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return finance_days[month - 1] + (month == 2 && acrm__leap_year(year) ? 1 : 0);
}

/* Years are counted from March, so that the leap day is the last of its year; 400 of them are
 * 146097 days. 719468 is the day number of 0000-03-01, negated. */
acrm__date acrm__date_of(int32_t day)
{
    int32_t z = day + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t of_era = z - era * 146097;
    int32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int32_t m = (5 * of_year + 2) / 153;
    int32_t month = m < 10 ? m + 3 : m - 9;

    return (acrm__date){ .year = years + era * 400 + (month <= 2 ? 1 : 0),
                         .month = month,
                         .day = of_year - (153 * m + 2) / 5 + 1 };
}

int32_t acrm__day_of(int32_t year, int32_t month, int32_t day)
{
    int32_t y = year - (month <= 2 ? 1 : 0);
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t of_era = y - era * 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool acrm__month_end(int32_t day)
{
    acrm__date d = acrm__date_of(day);

    return d.day == acrm__month_days(d.year, d.month);
}

int32_t acrm__day_in_month(int32_t day, int32_t months, int32_t day_of_month)
{
    acrm__date d = acrm__date_of(day);
    int64_t count = (int64_t)d.year * 12 + d.month - 1 + months;

    if (count < 12)
        return ACRM_DAY_MIN;
    if (count >= (int64_t)10000 * 12)
        return ACRM_DAY_MAX;
    int32_t year = (int32_t)(count / 12);
    int32_t month = (int32_t)(count % 12) + 1;
    int32_t last = acrm__month_days(year, month);

    return acrm__day_of(year, month, day_of_month < last ? day_of_month : last);
}
