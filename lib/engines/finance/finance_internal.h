/* SPDX-License-Identifier: MIT */
/* What the files of the finance engine share: faults and month arithmetic. */
#ifndef ENGINES_FINANCE_INTERNAL_H
#define ENGINES_FINANCE_INTERNAL_H

#include "autocrm/day_count.h"
#include "autocrm/issue.h"
#include "base/civil.h"

#include <stdbool.h>

/* Stores the fault when the caller wants it, and returns the status, so that a check can end with
 * "return acrm__issue(...)". The texts must be static. */
int32_t acrm__issue(acrm_issue *issue, int32_t status, const char *field, int64_t row,
                    const char *allowed);

static inline bool acrm__day_ok(int32_t day)
{
    return day >= ACRM_DAY_MIN && day <= ACRM_DAY_MAX;
}

static inline acrm__civil acrm__date_of(int32_t day)
{
    acrm__civil date;

    acrm__civil_from_day(day, &date);
    return date;
}

bool acrm__month_end(int32_t day);

/* The day `months` later (or earlier), on day-of-month `day_of_month` or the month's last day when
 * the month is shorter. Counts from the month of `day`. Days outside the range are clamped. */
int32_t acrm__day_in_month(int32_t day, int32_t months, int32_t day_of_month);

#endif
