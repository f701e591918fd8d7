/* SPDX-License-Identifier: MIT */
/* What the files of the rate search share: the measure of time and the equation. */
#ifndef ENGINES_FINANCE_APR_INTERNAL_H
#define ENGINES_FINANCE_APR_INTERNAL_H

#include "autocrm/apr.h"
#include "engines/finance/finance_internal.h"

/* A day, split once: calendars are slow beside the equation. */
typedef struct acrm__apr_date {
    int32_t day;
    int32_t month; /* year * 12 + month - 1 */
    int32_t dom;   /* day of the month */
    int32_t last;  /* days in the month */
} acrm__apr_date;

acrm__apr_date acrm__apr_date_of(int32_t day);

/* How time is measured: filled by acrm__apr_measure(). */
typedef struct acrm__apr_clock {
    int32_t method;
    int32_t unit_kind;
    int32_t unit_count;
    acrm__apr_date origin; /* time 0 */
    /* The day of the month on which a series of payments (advances) recurs, 31 for the last; 0
     * when there is no series. It tells which day of a longer month a short month's end means. */
    int32_t payment_dom;
    int32_t advance_dom;
    double per_year; /* w */
    double odd_unit; /* unit-periods in one unit of the odd part: 1, or w when it is in years */
} acrm__apr_clock;

/* Finds the unit-period and the series, and the origin of time. Flows are checked already. Leaves
 * each flow's month, day and month length in its row of times, for acrm__apr_times(). */
int32_t acrm__apr_measure(const acrm_apr_options *options, const acrm_flow *flows, size_t n,
                          acrm_flow_time *times, acrm__apr_clock *clock, acrm_issue *issue);

/* Fixes unit and w of a clock whose method, unit_kind and unit_count are set. */
int32_t acrm__apr_unit(acrm__apr_clock *clock, acrm_issue *issue);

/* Turns the rows of acrm__apr_measure() into times; ACRM_E_INVALID for a US flow before the
 * origin. */
int32_t acrm__apr_times(const acrm__apr_clock *clock, const acrm_flow *flows, size_t n,
                        acrm_flow_time *times, acrm_issue *issue);

/* The time between two days; dom as in the clock, 0 for none. */
acrm_flow_time acrm__apr_span(const acrm__apr_clock *clock, acrm__apr_date from, acrm__apr_date to,
                              int32_t dom);

/* The equation: what the root search needs to know of the flows. */
typedef struct acrm__apr_equation {
    const acrm_flow *flows;
    const acrm_flow_time *times;
    size_t n;
    int32_t counts_bit; /* charges with this bit are payments, the others nothing */
    bool simple_odd;    /* US: (1 + f i); else (1 + i)^f */
    double odd_unit;
    double low, high;          /* range of s = ln(1 + i) searched */
    double time_min, time_max; /* in unit-periods */
    int32_t evaluations;
} acrm__apr_equation;

/* +1 an advance, -1 a payment or counted charge, 0 a charge left out. */
static inline int32_t acrm__apr_sign(const acrm__apr_equation *eq, size_t k)
{
    if (eq->flows[k].kind == ACRM_FLOW_ADVANCE)
        return 1;
    bool counts = eq->flows[k].kind == ACRM_FLOW_PAYMENT ||
                  (eq->flows[k].counts & eq->counts_bit) != 0;
    return counts ? -1 : 0;
}

/* The discount factor of a time at s = ln(1 + i). */
double acrm__apr_discount(const acrm__apr_equation *eq, double s, const acrm_flow_time *time);

/* Finds the roots; fills outcome, roots, root_count, iterations and sign_changes_one. Roots are
 * ln(1 + i) a unit-period here. */
void acrm__apr_solve(acrm__apr_equation *eq, acrm_apr_result *out);

#endif
