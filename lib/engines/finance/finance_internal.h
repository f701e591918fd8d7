/* SPDX-License-Identifier: MIT */
/* What the files of the finance engine share: faults and month arithmetic. */
#ifndef ENGINES_FINANCE_INTERNAL_H
#define ENGINES_FINANCE_INTERNAL_H

#include "autocrm/day_count.h"
#include "autocrm/issue.h"

#include <stdbool.h>

/* Stores the fault when the caller wants it, and returns the status, so that a check can end with
 * "return acrm__issue(...)". The texts must be static. */
int32_t acrm__issue(acrm_issue *issue, int32_t status, const char *field, int64_t row,
                    const char *allowed);

typedef struct acrm__date {
    int32_t year, month, day; /* month 1..12, day 1..31 */
} acrm__date;

static inline bool acrm__day_ok(int32_t day)
{
    return day >= ACRM_DAY_MIN && day <= ACRM_DAY_MAX;
}

bool acrm__leap_year(int32_t year);
acrm__date acrm__date_of(int32_t day);
int32_t acrm__day_of(int32_t year, int32_t month, int32_t day);
int32_t acrm__month_days(int32_t year, int32_t month);
bool acrm__month_end(int32_t day);

/* The day `months` later (or earlier), on day-of-month `day_of_month` or the month's last day when
 * the month is shorter. Counts from the month of `day`. Days outside the range are clamped to it. */
int32_t acrm__day_in_month(int32_t day, int32_t months, int32_t day_of_month);

#endif
