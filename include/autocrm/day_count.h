/* SPDX-License-Identifier: MIT */
/** Day counts: the exact fraction of a year between two civil dates, by the named conventions. */
#ifndef AUTOCRM_DAY_COUNT_H
#define AUTOCRM_DAY_COUNT_H

#include "autocrm/issue.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Day-count conventions. "30/360" alone names two rules that differ at the end of February, so
 * both are here under their own names.
 */
enum {
    ACRM_DAYS_30_360_US = 1,    /**< 30/360 with the end-of-February rule (US, SIFMA) */
    ACRM_DAYS_30_360_BOND = 2,  /**< 30/360 Bond Basis, ISDA 2006 section 4.16(f) */
    ACRM_DAYS_30E_360 = 3,      /**< 30E/360 Eurobond Basis, ISDA 2006 section 4.16(g) */
    ACRM_DAYS_30E_360_ISDA = 4, /**< 30E/360 (ISDA), section 4.16(h): a termination date matters */
    ACRM_DAYS_ACT_360 = 5,      /**< actual days over 360, section 4.16(e) */
    ACRM_DAYS_ACT_365F = 6,     /**< actual days over 365, "Fixed", section 4.16(d) */
    ACRM_DAYS_ACT_ACT_ISDA = 7, /**< days in leap years over 366, the others over 365, 4.16(b) */
    ACRM_DAYS_ACT_ACT_ICMA = 8  /**< days over period length times periods a year, ICMA rule 251 */
};

/** Civil dates the engines take: days since 1970-01-01, from year 1 to year 9999 (Gregorian). */
enum {
    ACRM_DAY_MIN = -719162,          /**< 0001-01-01 */
    ACRM_DAY_MAX = 2932896,          /**< 9999-12-31 */
    ACRM_DAY_NONE = -2147483647 - 1  /**< "no date", for optional members of type day */
};

/**
 * A convention and what it needs. Set struct_size to sizeof(acrm_day_count_rule) and the rest to
 * zero but for the members the convention reads.
 * @since 0.1
 */
typedef struct acrm_day_count_rule {
    uint32_t struct_size;
    int32_t convention;    /**< ACRM_DAYS_... */
    int32_t termination;   /**< 30E/360 ISDA: the day the contract ends, or ACRM_DAY_NONE */
    int32_t anchor;        /**< ACT/ACT ICMA: any regular period's first or last day */
    int32_t period_months; /**< ACT/ACT ICMA: months of a regular period: 1, 2, 3, 4, 6 or 12 */
    int32_t month_end;     /**< ACT/ACT ICMA: 1 = regular periods end with the month, 0 = not */
} acrm_day_count_rule;

/**
 * A fraction of a year, exact and in lowest terms, with the days it came from.
 * @since 0.1
 */
typedef struct acrm_year_fraction {
    int64_t num;       /**< numerator, >= 0 */
    int64_t den;       /**< denominator, > 0 */
    int32_t days;      /**< days counted: by 30-day months for the 30/360 family, else actual */
    int32_t leap_days; /**< ACT/ACT ISDA: how many of them lie in leap years; else 0 */
} acrm_year_fraction;

/**
 * The fraction of a year from one day to another. The first day counts, the last does not.
 *
 * ACT/ACT ICMA over an irregular period is split at the regular dates (anchor plus or minus whole
 * periods, kept inside shorter months) and the parts are added, as ISDA's paper on Actual/Actual
 * describes for long and short first and last periods.
 *
 * @param rule       the convention
 * @param start      first day, ACRM_DAY_MIN to ACRM_DAY_MAX
 * @param end        last day, @p start to ACRM_DAY_MAX
 * @param[out] out   the fraction; untouched on failure
 * @param[out] issue (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   @p rule or @p out is NULL, or rule's struct_size is wrong
 *   ACRM_E_INVALID  unknown convention, a day out of range, @p end before @p start, or an anchor,
 *                   period_months or month_end that ACT/ACT ICMA cannot use
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_day_count(const acrm_day_count_rule *rule, int32_t start, int32_t end,
                                acrm_year_fraction *out, acrm_issue *issue);

/**
 * A convention's name as the documentation writes it, e.g. "30E/360 ISDA".
 * @return (transfer none) static text; NULL for an unknown convention
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_day_count_name(int32_t convention);

/**
 * How a convention counts, in one line.
 * @return (transfer none) static text; NULL for an unknown convention
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_day_count_formula(int32_t convention);

/**
 * The convention of a name, e.g. "ACT/365F". Upper or lower case are the same; "30/360" alone is
 * refused because it names two rules.
 * @param name             the name, NUL-terminated
 * @param[out] convention  ACRM_DAYS_...; untouched on failure
 * @return ACRM_OK, ACRM_E_NOTFOUND for an unknown name, ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_day_count_by_name(const char *name, int32_t *convention);

#ifdef __cplusplus
}
#endif

#endif
