/* SPDX-License-Identifier: MIT */
/**
 * Grades of customers, or of anything else: weighted rules, recency, frequency and money in fixed
 * bands or quintiles, bands over up to three axes, and hysteresis. Pure computing in whole numbers.
 *
 * A scheme is a JSON definition (docs/grading.md has its members), compiled once against a table of
 * inputs and then asked about any number of subjects. Each axis measures a subject: by the points
 * of its rules, or by one input itself. The bands of an axis are checked for gaps and overlaps, and
 * so is the map that leads from bands to grades, cell by cell. A day as input counts the days
 * since: today less the day.
 */
#ifndef AUTOCRM_SCORING_H
#define AUTOCRM_SCORING_H

#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    ACRM_SCORING_AXES_MAX = 3,
    ACRM_SCORING_RULES_MAX = 64,
    ACRM_SCORING_BANDS_MAX = 24,  /**< of an axis, and rows of a rule's table */
    ACRM_SCORING_GRADES_MAX = 24,
    ACRM_SCORING_PARTS_MAX = 10,  /**< of quantiles */
    ACRM_SCORING_POINTS_MAX = 1000000,
    ACRM_SCORING_NONE = -1        /**< no grade, no band */
};

/** No day. */
#define ACRM_SCORING_NO_DAY INT32_MIN

/** Types of an input. */
enum {
    ACRM_SCORING_INT = 1,   /**< a whole number */
    ACRM_SCORING_MONEY = 2, /**< minor units; in definitions decimal text with `digits` decimals */
    ACRM_SCORING_DAY = 3    /**< a day since 1970-01-01; it counts as the days since then */
};

/** An input. Set struct_size in each element to the same value. @since 0.1 */
typedef struct acrm_scoring_input {
    uint32_t struct_size; /**< sizeof(acrm_scoring_input), as you compiled it */
    int32_t type;         /**< ACRM_SCORING_INT ... */
    const char *name;     /**< as definitions call it */
    int32_t digits;       /**< of money: decimals, 0 to 9; else 0 */
} acrm_scoring_input;

/** Why a subject has the grade it has. */
enum {
    ACRM_SCORING_SAME = 0,        /**< it had it before */
    ACRM_SCORING_MOVED = 1,       /**< from another one, or from none */
    ACRM_SCORING_HELD_MARGIN = 2, /**< it would be lower, by less than the margin */
    ACRM_SCORING_HELD_STAY = 3    /**< it would be lower, for less than the days of stay */
};

/** What is known of a subject. Set struct_size. @since 0.1 */
typedef struct acrm_scoring_facts {
    uint32_t struct_size;
    const int64_t *values;          /**< one for each input */
    const unsigned char *present;   /**< one for each input: 1 when there is a value */
    const unsigned char *conditions; /**< (nullable without conditions) one for each: 1 holds */
    const int64_t *cuts[ACRM_SCORING_AXES_MAX]; /**< of axes in quantiles: acrm_scoring_cut() */
    int32_t today;                  /**< day since 1970-01-01 */
    int32_t grade;                  /**< the one until now, or ACRM_SCORING_NONE */
    int32_t below_since;            /**< since when it would be lower, or ACRM_SCORING_NO_DAY */
} acrm_scoring_facts;

/** The answer. Set struct_size. @since 0.1 */
typedef struct acrm_scoring_result {
    uint32_t struct_size;
    int32_t grade;       /**< number of the grade, 0 the best */
    int32_t computed;    /**< the same without hysteresis */
    int32_t why;         /**< ACRM_SCORING_SAME ... */
    int32_t below_since; /**< to be kept for the next time */
    int32_t next_on;     /**< the first later day on which the answer may differ though nothing
                              happened, or ACRM_SCORING_NO_DAY */
    int64_t measures[ACRM_SCORING_AXES_MAX];
    int32_t bands[ACRM_SCORING_AXES_MAX]; /**< number of the band in the definition */
    int64_t points[ACRM_SCORING_RULES_MAX];
} acrm_scoring_result;

/** A compiled scheme; immutable, may be used by any number of threads at once. */
typedef struct acrm_scoring acrm_scoring;

/**
 * Compile a scheme.
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param inputs     the inputs; copied
 * @param n_inputs   their number, at most 1,000
 * @param definition the scheme, a map; copied
 * @param[out] out   (transfer full) acrm_scoring_free() it
 * @param[out] err   (transfer full)(optional) names every fault (up to 20): `field` is its place as
 *                   a JSON Pointer such as "/axes/0/bands/2/from", `reason` one of "required",
 *                   "type", "unknown", "duplicate", "choice", "gap", "overlap", "order", "limit"
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the definition is at fault
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   a pointer is NULL, or an input of an unknown struct_size or type
 * @since 0.1
 */
ACRM_API int32_t acrm_scoring_new(const acrm_allocator *allocator,
                                  const acrm_scoring_input *inputs, uint32_t n_inputs,
                                  const acrm_value *definition, acrm_scoring **out,
                                  acrm_error **err);

/** Free. @param scoring (nullable) @since 0.1 */
ACRM_API void acrm_scoring_free(acrm_scoring *scoring);

/** The filter of the n-th rule that has one, in the order of the rules, for the caller to judge.
 * @return (transfer none) a map that lives as long as @p scoring; NULL past the last, or for NULL.
 * @since 0.1 */
ACRM_API const acrm_value *acrm_scoring_condition(const acrm_scoring *scoring, uint32_t n);

/** Name of the n-th grade, 0 the best; NULL past the last, or for NULL. @since 0.1 */
ACRM_API const char *acrm_scoring_grade(const acrm_scoring *scoring, uint32_t n);

/** Number of a grade, or ACRM_SCORING_NONE. NULL gives NONE. @since 0.1 */
ACRM_API int32_t acrm_scoring_grade_of(const acrm_scoring *scoring, const char *name);

/**
 * Whether an axis is cut into quantiles, and how its key is made.
 * @param axis         0 to 2
 * @param[out] input   number of the input
 * @param[out] parts   how many parts
 * @param[out] reversed 1: the key is the value negated, 0: the value itself (of a day its number)
 * @return ACRM_OK, ACRM_E_NOTFOUND (no such axis, or it has bands of its own), ACRM_E_MISUSE (NULL)
 * @since 0.1
 */
ACRM_API int32_t acrm_scoring_quantiles(const acrm_scoring *scoring, uint32_t axis, int32_t *input,
                                        int32_t *parts, int32_t *reversed);

/**
 * Take one group of a population's keys, from the worst key upwards, and move the cuts. Equal keys
 * are one group, so that ties are never split: a key belongs to part 1 + parts * worse / total,
 * rounded down, where `worse` is how many have a smaller key.
 * @param parts   2 to ACRM_SCORING_PARTS_MAX
 * @param total   the population, above 0
 * @param worse   how many have a smaller key
 * @param key     the key of the group
 * @param[in,out] cuts  parts - 1 keys, the least of each part from the second on; begin with
 *                      INT64_MAX in all of them
 * @return ACRM_OK, ACRM_E_INVALID (parts, total or worse out of range), ACRM_E_MISUSE (NULL)
 * @since 0.1
 */
ACRM_API int32_t acrm_scoring_cut(int32_t parts, int64_t total, int64_t worse, int64_t key,
                                  int64_t *cuts);

/**
 * Grade a subject. Nothing is allocated.
 * @param[out] out  untouched on failure
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  a grade or day is out of range
 *   ACRM_E_CONFLICT an axis is in quantiles and its cuts are not given
 *   ACRM_E_MISUSE   NULL, or a struct_size too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_scoring_evaluate(const acrm_scoring *scoring,
                                       const acrm_scoring_facts *facts, acrm_scoring_result *out);

/**
 * Tell how an answer came about, point by point: grade, computed, why, axes (measure, band, and
 * what is missing to the next band up) and rules (value, points).
 * @param[out] into becomes a map
 * @return ACRM_OK, ACRM_E_NOMEM, ACRM_E_MISUSE
 * @since 0.1
 */
ACRM_API int32_t acrm_scoring_explain(const acrm_scoring *scoring, const acrm_scoring_facts *facts,
                                      const acrm_scoring_result *result, acrm_value *into);

#ifdef __cplusplus
}
#endif

#endif
