/* SPDX-License-Identifier: MIT */
/** The annual percentage rate by US and EU law, and conversions between ways to quote a rate. */
#ifndef AUTOCRM_APR_H
#define AUTOCRM_APR_H

#include "autocrm/day_count.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the rate is defined and how time is measured. */
enum {
    /** US Regulation Z, 12 CFR 1026 Appendix J, actuarial method: nominal rate a year; whole
     *  unit-periods compound, the odd part of one bears simple interest. */
    ACRM_APR_US_REGZ = 1,
    /** Directive 2008/48/EC Annex I (remarks as amended by 2011/90/EU; the same equation and
     *  remarks in 2014/17/EU and (EU) 2023/2225): effective rate a year; whole months, weeks or
     *  years counted back from the flow, odd days over 365 or 366. */
    ACRM_APR_EU_ANNEX_I = 2,
    /** Directive 98/7/EC, calendar basis: effective rate, days over 365. */
    ACRM_APR_EU_DAYS_365 = 3,
    /** The same with days over 365.25, the other year length that directive's examples allow. */
    ACRM_APR_EU_DAYS_365_25 = 4
};

/** Where the times of the flows come from. */
enum {
    ACRM_APR_BY_DATE = 0,  /**< acrm_flow.day; the library writes the times */
    ACRM_APR_BY_PERIOD = 1 /**< the caller fills the times; days are not read */
};

/** Unit-periods (US) and regular periods (EU). */
enum {
    ACRM_UNIT_AUTO = 0, /**< found from the dates: Appendix J (b)(4); needs ACRM_APR_BY_DATE */
    ACRM_UNIT_DAY = 1,
    ACRM_UNIT_WEEK = 2,
    ACRM_UNIT_SEMIMONTH = 3,
    ACRM_UNIT_MONTH = 4,
    ACRM_UNIT_YEAR = 5
};

/** Kinds of flow. */
enum {
    ACRM_FLOW_ADVANCE = 1, /**< the lender pays out; always counts */
    ACRM_FLOW_PAYMENT = 2, /**< the borrower pays an instalment; always counts */
    ACRM_FLOW_CHARGE = 3   /**< the borrower pays a fee, premium or tax; counts by its mask */
};

/** What a charge counts for: bits of acrm_flow.counts. */
enum {
    ACRM_COUNTS_US = 1, /**< a finance charge of 12 CFR 1026.4 */
    ACRM_COUNTS_EU = 2  /**< part of the total cost of credit, 2008/48/EC article 3(g) */
};

/** What the search for the rate found. */
enum {
    ACRM_APR_UNIQUE = 1,   /**< exactly one rate solves the equation */
    ACRM_APR_NONE = 2,     /**< no rate does, e.g. nothing is repaid */
    ACRM_APR_SEVERAL = 3,  /**< more than one does; see roots */
    ACRM_APR_OUTSIDE = 4,  /**< the one rate lies outside the range searched */
    ACRM_APR_UNDECIDED = 5 /**< the count of rates could not be proven within the work limit */
};

/** Limits of the engine. */
enum {
    ACRM_APR_FLOWS_MAX = 100000,     /**< flows in one call */
    ACRM_APR_ROOTS_MAX = 8,          /**< roots reported */
    ACRM_APR_DECIMALS_MAX = 9,       /**< decimals of the rounded percentage */
    ACRM_APR_WHOLE_MAX = 10000000,   /**< absolute value of acrm_flow_time.whole */
    ACRM_APR_PERCENT_MAX = 100000000 /**< largest rate searched, in percent; the smallest is
                                      *   -99.9999, in the US -99.9999 times unit-periods a year */
};

/**
 * One movement of money. The layout is fixed for good.
 * @since 0.1
 */
typedef struct acrm_flow {
    int64_t amount; /**< minor units of the currency, > 0 */
    int32_t kind;   /**< ACRM_FLOW_... */
    int32_t counts; /**< charges: mask of ACRM_COUNTS_...; 0 for the others */
    int32_t day;    /**< days since 1970-01-01; ACRM_APR_BY_DATE only */
} acrm_flow;

/**
 * A flow's place in time, from the start of the term. The layout is fixed for good.
 *
 * US: whole unit-periods and the odd fraction of one, 0 <= odd < 1. EU: whole regular periods and
 * the odd days as a fraction of a YEAR; both are negative or zero for a charge before the first
 * drawdown. Day methods: whole days, no odd part.
 * @since 0.1
 */
typedef struct acrm_flow_time {
    int32_t whole;
    int32_t odd_num;
    int32_t odd_den; /**< > 0 */
} acrm_flow_time;

/**
 * How to compute. Set struct_size to sizeof(acrm_apr_options).
 * @since 0.1
 */
typedef struct acrm_apr_options {
    uint32_t struct_size;
    int32_t method;     /**< ACRM_APR_US_REGZ ... */
    int32_t timing;     /**< ACRM_APR_BY_DATE or ACRM_APR_BY_PERIOD */
    int32_t unit_kind;  /**< ACRM_UNIT_...; the day methods ignore it */
    int32_t unit_count; /**< units in a unit-period: days 1..365, weeks 1..52, months 1..12; 1 for
                         *   the others, and always 1 for the EU; ignored with ACRM_UNIT_AUTO */
    int32_t decimals;   /**< of the rounded percentage, 0..9; the EU asks for at least 1 */
    int32_t start_day;  /**< US, by date: the day the finance charge begins to be earned, when that
                         *   is before the first advance; else ACRM_DAY_NONE. Not for the EU. */
    double percent_low;  /**< only rates above this are looked for; both 0: the widest range */
    double percent_high; /**< and below this; narrow it where several rates solve the equation */
} acrm_apr_options;

/**
 * The rate and how it came about. Set struct_size to sizeof(acrm_apr_result) before the call.
 * @since 0.1
 */
typedef struct acrm_apr_result {
    uint32_t struct_size;
    int32_t outcome;          /**< ACRM_APR_UNIQUE ... */
    double percent;           /**< the rate, unrounded; NaN unless the outcome is UNIQUE */
    int64_t percent_scaled;   /**< percent times 10^decimals, half up; 0 unless UNIQUE */
    double period_rate;       /**< rate of one unit-period (not percent); NaN unless UNIQUE */
    double periods_per_year;  /**< w: 12, 52, 365 ... */
    int32_t unit_kind;        /**< the unit-period used, also when it was found */
    int32_t unit_count;
    int32_t start_day;        /**< day of time 0; ACRM_DAY_NONE with ACRM_APR_BY_PERIOD */
    int32_t iterations;       /**< evaluations of the equation */
    int64_t advanced;         /**< sum of the advances, minor units */
    int64_t paid;             /**< sum of the payments */
    int64_t charges_counted;  /**< sum of the charges that count for the method */
    int64_t charges_left_out; /**< sum of those that do not */
    int32_t sign_changes_one; /**< 1 = one root by the rule of signs; 0 = a search counted them */
    int32_t root_count;       /**< roots found, at most ACRM_APR_ROOTS_MAX of them in roots */
    double roots[8];          /**< all rates that solve the equation, in percent, ascending */
    const char *formula;      /**< (transfer none) static id: "us.regz.j.b8", "eu.annex1" ... */
} acrm_apr_result;

/**
 * The annual percentage rate of a set of flows.
 *
 * The equation: the advances, each divided by its discount factor, equal the payments and counted
 * charges so divided. A factor is (1 + f i)(1 + i)^t for the US, (1 + X)^t for the EU. The rate is
 * w i for the US, X for the EU. That exactly one rate solves it is proven, by the rule of signs or
 * by a search that excludes other rates; when none or several do, the outcome says so and percent
 * is NaN.
 *
 * @param options    method, timing, unit
 * @param flows      the flows, 1..ACRM_APR_FLOWS_MAX; by date, the advances must be in ascending
 *                   order among themselves, and so must the payments
 * @param n_flows    count of @p flows and of @p times
 * @param times      room for one row a flow, owned by the caller: written when timed by date (the
 *                   working room and the explanation at once), read when timed by period
 * @param[out] out   the result; untouched on failure
 * @param[out] issue (optional) the fault; untouched on success
 * @return ACRM_OK, whatever the outcome, or
 *   ACRM_E_MISUSE   a NULL, or a wrong struct_size
 *   ACRM_E_LIMIT    more than ACRM_APR_FLOWS_MAX flows
 *   ACRM_E_INVALID  no flows, an unknown constant, an amount of zero or less, totals past int64,
 *                   a date out of range or order, a US flow before the start, a bad time,
 *                   decimals or range
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_apr(const acrm_apr_options *options, const acrm_flow *flows, size_t n_flows,
                          acrm_flow_time *times, acrm_apr_result *out, acrm_issue *issue);

/**
 * What a flow is worth at time 0 at the rate that was found: an advance above 0, a payment or a
 * charge that counts below 0, a charge left out 0. Over all flows they sum to 0.
 *
 * @param options   as given to acrm_apr()
 * @param result    what it found
 * @param flow      one of the flows
 * @param time      its row of times
 * @param[out] out  minor units; untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or a wrong struct_size, ACRM_E_INVALID for a bad option
 *   or time, ACRM_E_NOTFOUND when the outcome is not ACRM_APR_UNIQUE
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_apr_present(const acrm_apr_options *options, const acrm_apr_result *result,
                                  const acrm_flow *flow, const acrm_flow_time *time, double *out);

/**
 * The time from one day to a later one as the method measures it: Appendix J (b)(5), Annex I
 * remark (c), or days.
 *
 * @param options    method and unit (not ACRM_UNIT_AUTO)
 * @param from, to   days; @p to must not be before @p from
 * @param[out] out   the interval; untouched on failure
 * @param[out] issue (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or a wrong struct_size, or ACRM_E_INVALID
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_apr_interval(const acrm_apr_options *options, int32_t from, int32_t to,
                                   acrm_flow_time *out, acrm_issue *issue);

/** Ways to quote a rate. */
enum {
    ACRM_RATE_NOMINAL = 1,     /**< percent a year, compounded per_year times */
    ACRM_RATE_EFFECTIVE = 2,   /**< percent a year, compounded once */
    ACRM_RATE_PERIODIC = 3,    /**< percent a period */
    ACRM_RATE_FLAT = 4,        /**< percent a year on the first principal, for the whole term */
    ACRM_RATE_MONEY_FACTOR = 5 /**< lease rent factor: nominal percent / 2400 */
};

/**
 * What conversions depend on. Set struct_size to sizeof(acrm_rate_terms).
 * @since 0.1
 */
typedef struct acrm_rate_terms {
    uint32_t struct_size;
    int32_t per_year; /**< compounding periods a year, 1..366 */
    int32_t periods;  /**< flat rates: equal instalments of the term, 1..12000; else not read */
    int32_t advance;  /**< flat rates: 1 = instalments at the start of a period, 0 = at its end */
} acrm_rate_terms;

/**
 * Convert a rate from one way of quoting it to another.
 *
 * A flat rate r over n instalments is the nominal rate at which n instalments of
 * (1 + r n / per_year) / n repay 1; it is found by iteration.
 *
 * @param terms      compounding and term
 * @param from, to   ACRM_RATE_...
 * @param value      the rate in the unit of @p from, finite, within -99.9999..1e8 percent (flat
 *                   rates from 0)
 * @param[out] out   the rate in the unit of @p to; untouched on failure
 * @param[out] issue (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or wrong struct_size, or ACRM_E_INVALID
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_rate_convert(const acrm_rate_terms *terms, int32_t from, int32_t to,
                                   double value, double *out, acrm_issue *issue);

/**
 * How acrm_rate_convert() gets from a way of quoting a rate to the rate i of a period (fractions,
 * not percent; m periods a year, n instalments), or back.
 * @param rate         ACRM_RATE_...
 * @param to_periodic  1: to i; 0: from i
 * @return (transfer none) static text; NULL for an unknown way
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_rate_formula(int32_t rate, int32_t to_periodic);

#ifdef __cplusplus
}
#endif

#endif
