/* SPDX-License-Identifier: MIT */
/* What the files of the schedule share: the plan of a contract and the walk over its periods. */
#ifndef ENGINES_FINANCE_SCHEDULE_INTERNAL_H
#define ENGINES_FINANCE_SCHEDULE_INTERNAL_H

#include "engines/finance/finance_math.h"

/* Where the steps of a computation are recorded; a plan without one records nothing. */
typedef struct acrm__trace {
    acrm_explain_line *lines;
    size_t max, len;
    bool full;
} acrm__trace;

/*
 * A contract worked out as far as its rows need it. Due days are counted from the first one: its
 * index is 0, that of period k is k - 1. Ratios are rate times fraction of a year.
 */
typedef struct acrm__plan {
    const acrm_finance_terms *t;
    acrm_issue *issue;
    acrm__trace *trace;

    int64_t price_tax, loan, upfront, advance_counted;
    int64_t balloon; /* INTEREST_ONLY: the loan */

    bool dated, nominal, flat, advance;
    int32_t first_due, aim_dom;      /* aim_dom 31: month ends */
    int32_t first_month;             /* year * 12 + month - 1 of the first due day */
    int32_t regular_from;            /* where the regular part of the first period starts */
    acrm_day_count_rule rule;        /* for other than nominal */
    acrm__ratio regular;             /* nominal: a whole period */
    acrm__ratio first;               /* the first period as it is */
    acrm__ratio first_regular;       /* as it would be if it were regular */
    acrm__ratio odd;                 /* OWN_LINE: the days before the regular part */
    int32_t first_days, odd_days;    /* as the day-count convention counts them; else 0 */
    bool own_line;

    int32_t payers;   /* periods in which the regular payment is made */
    int32_t sharers;  /* flat: periods in which a share of the cost is paid */
    int64_t cost;     /* flat: the whole cost */
    acrm__q64 exact;  /* the regular instalment */
    int64_t level;    /* the same, rounded; ANNUITY and flat kinds */
} acrm__plan;

enum { ACRM__MODE_PAY, ACRM__MODE_INTEREST, ACRM__MODE_HOLIDAY };

/* One period, before any amount is known. Days are ACRM_DAY_NONE without dates. */
typedef struct acrm__period {
    int32_t mode;
    int32_t from, to; /* the days interest runs over */
    int32_t due, pay;
    int32_t days;     /* as counted by the day-count convention */
    acrm__ratio ratio;
} acrm__period;

/* schedule_terms.c: the ranges of the members, and what they may not be together. */
int32_t acrm__terms_check(const acrm_finance_terms *terms, acrm_issue *issue);

/* schedule_deal.c: from the price to the amount financed; and what one charge costs. */
int32_t acrm__plan_deal(acrm__plan *plan);
int64_t acrm__plan_charge(const acrm__plan *plan, const acrm_finance_charge *charge, int64_t base);
int64_t acrm__plan_tax(const acrm__plan *plan, const char *figure, int64_t base);

/* schedule_dates.c: the first due day, the ratios of the first period; and any period. k runs from
 * 1 to periods; periods + 1 is the balloon's. */
int32_t acrm__plan_dates(acrm__plan *plan);
int32_t acrm__plan_mode(const acrm__plan *plan, int32_t k, int32_t *mode);
int32_t acrm__plan_pay_day(const acrm__plan *plan, int32_t index, int32_t due, int32_t *out);
int32_t acrm__plan_period(const acrm__plan *plan, int32_t k, int32_t from, acrm__period *out);

/* schedule_plan.c: all of the above, and the regular instalment. trace may be NULL. */
int32_t acrm__plan_make(acrm__plan *plan, const acrm_finance_terms *terms, acrm__trace *trace,
                        acrm_issue *issue);

/* The instalment of period k by the steps; the level one without. */
int64_t acrm__plan_instalment(const acrm__plan *plan, int32_t k);

/* Flat kinds: the cost that the first `count` sharing periods have paid. */
int64_t acrm__plan_shared(const acrm__plan *plan, int32_t count);

/* schedule.c: the rows, one after the other. Start with `{ .k = 0 }`; done after the last row. */
typedef struct acrm__cursor {
    int32_t k;        /* the row to come; 0: not begun */
    int32_t from;     /* where its interest starts */
    int32_t shares;   /* flat: shares paid */
    int32_t payers;   /* regular payments made */
    int64_t shared;   /* flat: what the shares came to */
    int64_t balance;
    int64_t waiting;  /* interest that falls due on top of the next payment */
    int64_t part;     /* EQUAL_PRINCIPAL: the part of principal; 0: to be worked out */
    bool own_line, done;
} acrm__cursor;

int32_t acrm__schedule_next(const acrm__plan *plan, acrm__cursor *cursor, acrm_schedule_row *row);

/* schedule_explain.c: records one step; `base * num / den`, rounded. */
void acrm__trace_add(acrm__trace *trace, const acrm_explain_line *line);

/* base * ratio rounded as interest, charges and tax are, and recorded. */
static inline int64_t acrm__plan_part(const acrm__plan *plan, const char *figure,
                                      const char *formula, int64_t base, acrm__ratio ratio,
                                      int32_t days)
{
    const acrm_finance_terms *t = plan->t;
    int64_t rounded = acrm__round_part(base, ratio, t->round_unit, t->rounding);

    if (plan->trace != NULL)
        acrm__trace_add(plan->trace, &(acrm_explain_line){ .figure = figure,
                                                           .formula = formula,
                                                           .base = base,
                                                           .num = ratio.num,
                                                           .den = ratio.den,
                                                           .rounded = rounded,
                                                           .unit = t->round_unit,
                                                           .rounding = t->rounding,
                                                           .days = days });
    return rounded;
}

#endif
