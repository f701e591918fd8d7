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

bool acrm__month_end(int32_t day)
{
    acrm__civil d = acrm__date_of(day);

    return d.day == acrm__civil_month_length(d.year, d.month);
}

int32_t acrm__day_in_month(int32_t day, int32_t months, int32_t day_of_month)
{
    acrm__civil d = acrm__date_of(day);
    int64_t count = (int64_t)d.year * 12 + d.month - 1 + months;

    if (count < 12)
        return ACRM_DAY_MIN;
    if (count >= (int64_t)10000 * 12)
        return ACRM_DAY_MAX;
    int32_t year = (int32_t)(count / 12);
    int32_t month = (int32_t)(count % 12) + 1;
    int32_t last = acrm__civil_month_length(year, month);
    int32_t result = ACRM_DAY_MIN;

    acrm__civil_to_day(year, month, day_of_month < last ? day_of_month : last, &result);
    return result;
}
