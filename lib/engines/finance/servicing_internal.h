/* SPDX-License-Identifier: MIT */
/* What the files of the servicing engine share: checks of the dues, interest of a stretch. */
#ifndef ENGINES_FINANCE_SERVICING_INTERNAL_H
#define ENGINES_FINANCE_SERVICING_INTERNAL_H

#include "autocrm/servicing.h"
#include "engines/finance/finance_internal.h"
#include "engines/finance/finance_math.h"

/* Order, ranges, and a total within ACRM_FINANCE_AMOUNT_MAX (returned in *total, may be NULL). */
int32_t acrm__dues_check(const acrm_due *dues, size_t n_dues, int64_t *total, acrm_issue *issue);

/* Field names must be those of the struct the rule stands in: they begin with "interest.". */
int32_t acrm__interest_check(const acrm_interest *interest, bool nominal_ok, acrm_issue *issue);

static inline int64_t acrm__unpaid(const acrm_due *due, int32_t part)
{
    return due->due[part] - due->paid[part];
}

static inline int64_t acrm__unpaid_all(const acrm_due *due)
{
    int64_t sum = 0;

    for (int32_t part = 0; part < ACRM_PARTS; part++)
        sum += acrm__unpaid(due, part);
    return sum;
}

/* An array that is not there though it has rows. */
static inline bool acrm__no_array(const void *rows, size_t n)
{
    return n > 0 && rows == NULL;
}

/* How many dues fall before a day, and up to and on it: the array is in order. */
size_t acrm__dues_before(const acrm_due *dues, size_t n_dues, int32_t day);
static inline size_t acrm__dues_upto(const acrm_due *dues, size_t n_dues, int32_t day)
{
    return acrm__dues_before(dues, n_dues, day + 1);
}

/* A stretch of days, and the period it lies in, which ACRM_DAYS_NOMINAL measures it by. */
typedef struct acrm__stretch {
    int32_t from, to;
    int32_t period_from, period_to;
} acrm__stretch;

/* rate * fraction of a year; ACRM_E_LIMIT when that needs more than an acrm__ratio. */
int32_t acrm__interest_ratio(const acrm_interest *interest, acrm__stretch stretch,
                             acrm__ratio *ratio, int32_t *days);

/* base * rate * fraction of a year, rounded. Writes the step to *line unless that is NULL.
 * ACRM_E_LIMIT when the result passes ACRM_FINANCE_AMOUNT_MAX. */
int32_t acrm__interest(const acrm_interest *interest, int64_t base, acrm__stretch stretch,
                       int64_t *amount, acrm_explain_line *line);

/* base * num / den (num >= 0, den > 0), rounded by the rule. */
int32_t acrm__share(const acrm_interest *rule, int64_t base, int64_t num, int64_t den,
                    int64_t *amount, acrm_explain_line *line);

int32_t acrm__allocation_check(const acrm_allocation *allocation, acrm_issue *issue);
int32_t acrm__penalty_check(const acrm_penalty_rule *rule, acrm_issue *issue);

/* acrm_allocate() and acrm_penalty_charge() on arguments that are checked already. */
int32_t acrm__allocate(const acrm_allocation *allocation, acrm_due *dues, size_t n_dues,
                       int32_t day, int64_t amount, acrm_allocated *rows, size_t rows_max,
                       size_t *n_rows, int64_t *rest, acrm_issue *issue);
int32_t acrm__penalty_charge(const acrm_penalty_rule *rule, acrm_due *dues, size_t n_dues,
                             int32_t from, int32_t to, int64_t total, int64_t *charged,
                             acrm_penalty_line *lines, size_t lines_max, size_t *n_lines,
                             acrm_issue *issue);

#endif
