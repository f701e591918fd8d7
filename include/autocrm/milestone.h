/* SPDX-License-Identifier: MIT */
/**
 * Milestone chains: the way of an order as data, and what its dates become.
 *
 * A chain is a directed graph without cycles: each milestone comes some days after the last of
 * those before it. Nothing here knows a clock or a database: the same facts give the same dates,
 * in whatever order they came in and however often.
 *
 * A definition is a JSON object; docs/orders.md has every key:
 *
 *     {"tolerance": 2, "milestones": [
 *       {"code": "registration"},
 *       {"code": "payment", "after": ["registration"], "days": 7, "gate": true},
 *       {"code": "delivery", "after": ["payment"], "days": 3, "business": true}]}
 *
 * Source of the dates: the critical path method (early dates); of the stop points and of the
 * furthest valid milestone: docs/orders.md.
 */
#ifndef AUTOCRM_MILESTONE_H
#define AUTOCRM_MILESTONE_H

#include "autocrm/calendar.h"
#include "autocrm/error.h"
#include "autocrm/issue.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A checked chain; immutable, may be used by any number of threads at once. */
typedef struct acrm_milestone_chain acrm_milestone_chain;

/** Limits, and the day that means none. */
enum {
    ACRM_MILESTONE_MAX = 64,           /**< milestones of a chain */
    ACRM_MILESTONE_DAYS_MAX = 3660,    /**< lead time of one */
    ACRM_MILESTONE_NO_DAY = -2147483647 - 1 /**< there is no such day */
};

/** What a milestone is: bits of acrm_milestone_flags(). */
enum {
    ACRM_MILESTONE_BUSINESS = 1, /**< its days are business days of the calendar */
    ACRM_MILESTONE_OPTIONAL = 2, /**< it may be left out */
    ACRM_MILESTONE_GATE = 4,     /**< nothing behind it counts before it is reached */
    ACRM_MILESTONE_VISIBLE = 8,  /**< the customer may see it */
    ACRM_MILESTONE_END = 16      /**< the last one: nothing comes after it */
};

/** What is told of a milestone. */
enum {
    ACRM_MILESTONE_REACHED = 1,   /**< it happened at `at`, on `day` */
    ACRM_MILESTONE_RETRACTED = 2, /**< that it happened was not so; beats all told until `at` */
    ACRM_MILESTONE_EXPECTED = 3,  /**< somebody's forecast: it will happen on `day` */
    ACRM_MILESTONE_SKIPPED = 4    /**< an optional one is left out */
};

/** What an expected date follows from. */
enum {
    ACRM_MILESTONE_BY_START = -1,    /**< the beginning of the order and the lead time */
    ACRM_MILESTONE_BY_FORECAST = -2, /**< the forecast */
    ACRM_MILESTONE_BY_HOLD = -3,     /**< a stop point */
    ACRM_MILESTONE_BY_TODAY = -4,    /**< it is overdue: it cannot be before today */
    ACRM_MILESTONE_BY_FACT = -5      /**< it was reached */
};

/** One thing that was told. Its members are fixed for good. @since 0.1 */
typedef struct acrm_milestone_event {
    int64_t at;        /**< when it happened, or of a forecast when it was made, microseconds UTC */
    int64_t revision;  /**< the teller's own counter; the highest is believed; 0: none */
    int32_t milestone; /**< number of the milestone in the chain */
    int32_t kind;      /**< ACRM_MILESTONE_REACHED ... */
    int32_t rank;      /**< of the teller; the highest is believed, whatever the revision */
    int32_t day;       /**< the day of it, a day number */
    int32_t tentative; /**< of a forecast: 1 when it is no more than a guess */
} acrm_milestone_event;

/** A stop point: from the first day until before the last the lead time does not run. Its members
 * are fixed for good. @since 0.1 */
typedef struct acrm_milestone_hold {
    int32_t milestone; /**< number of the milestone that waits */
    int32_t from;      /**< first day */
    int32_t until;     /**< first day after it; ACRM_MILESTONE_NO_DAY: nobody knows */
} acrm_milestone_hold;

/** A milestone of an order. Its members are fixed for good. @since 0.1 */
typedef struct acrm_milestone_state {
    int64_t reached_at; /**< when it was reached; of acrm_milestone_fold() */
    int32_t reached;    /**< day; ACRM_MILESTONE_NO_DAY: not yet */
    int32_t forecast;   /**< day of a forecast, or ACRM_MILESTONE_NO_DAY */
    int32_t guess;      /**< 1: that forecast is tentative */
    int32_t skipped;    /**< 1: left out */
    int32_t disputed;   /**< 1: equal tellers give different times; the earliest one counts */
    int32_t planned;    /**< day of the plan, or ACRM_MILESTONE_NO_DAY */
    int32_t promised;   /**< day that was promised, or ACRM_MILESTONE_NO_DAY */
    int32_t expected;   /**< result: day on which it was or will be reached */
    int32_t tentative;  /**< result: 1 when that day rests on a guess, an open stop or a delay */
    int32_t slip;       /**< result: days after the promise (without one: the plan); or negative */
    int32_t because;    /**< result: number of the milestone before it that decides, or
                             ACRM_MILESTONE_BY_* */
} acrm_milestone_state;

/**
 * Read and check a chain. Every fault is named at once.
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param definition the chain, a map; copied
 * @param[out] out   (transfer full) acrm_milestone_free() it; untouched on failure
 * @param[out] err   (transfer full)(optional) `field` is the JSON pointer of the first fault,
 *                   `reason` one of "required", "type", "format", "range", "unknown_key",
 *                   "duplicate", "reference", "cycle", "no_end", "limit"
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the definition has faults
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   @p definition or @p out is NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_milestone_new(const acrm_allocator *allocator, const acrm_value *definition,
                                    acrm_milestone_chain **out, acrm_error **err);

/** Free. @param chain (nullable) @since 0.1 */
ACRM_API void acrm_milestone_free(acrm_milestone_chain *chain);

/** The number of milestones. Any thread. @since 0.1 */
ACRM_API size_t acrm_milestone_count(const acrm_milestone_chain *chain);

/** How many days late an order may be before it is said to slip. Any thread. @since 0.1 */
ACRM_API int32_t acrm_milestone_tolerance(const acrm_milestone_chain *chain);

/** The code of the n-th milestone in the order of the definition. @return (nullable)(transfer none)
 * NULL past the last. Any thread. @since 0.1 */
ACRM_API const char *acrm_milestone_code(const acrm_milestone_chain *chain, size_t n);

/** The number of a milestone. @return its number, or ACRM_E_NOTFOUND. Any thread. @since 0.1 */
ACRM_API int32_t acrm_milestone_find(const acrm_milestone_chain *chain, const char *code);

/** What a milestone is. @return ACRM_MILESTONE_BUSINESS ... as bits; 0 past the last. Any thread.
 * @since 0.1 */
ACRM_API uint32_t acrm_milestone_flags(const acrm_milestone_chain *chain, size_t n);

/** The definition's object of a milestone, for what this part does not look at (name, documents).
 * @return (nullable)(transfer none) NULL past the last. Any thread. @since 0.1 */
ACRM_API const acrm_value *acrm_milestone_data(const acrm_milestone_chain *chain, size_t n);

/** Whether milestone @p before comes before @p n, at once or by way of others. @return 1 or 0. Any
 * thread. @since 0.1 */
ACRM_API int32_t acrm_milestone_precedes(const acrm_milestone_chain *chain, size_t before,
                                         size_t n);

/**
 * What is to be believed of all that was told: per milestone the highest rank, of that the highest
 * revision, of that the earliest time it was reached. The order of the events and repeats of them
 * change nothing.
 * @param events     (nullable when n is 0)
 * @param n          their number
 * @param[out] states one per milestone: what is no result of acrm_milestone_plan() is set, but
 *                   planned and promised; untouched on failure
 * @param n_states   must be the number of milestones
 * @param[out] issue (optional) `row` is the event
 * @return ACRM_OK, ACRM_E_INVALID (unknown milestone or kind, a day out of range, one left out that
 *         is not optional), ACRM_E_MISUSE (NULL, wrong number of states). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_milestone_fold(const acrm_milestone_chain *chain,
                                     const acrm_milestone_event *events, size_t n,
                                     acrm_milestone_state *states, size_t n_states,
                                     acrm_issue *issue);

/**
 * The expected dates. One that was reached has its day. Another comes its lead time after the last
 * one before it, or on the day of its forecast if that is not earlier than those before it; the
 * days of its stop points do not count, and it is not before today. One left out passes on the date
 * of those before it.
 * @param start      day on which the order began
 * @param today      day it is
 * @param calendar   (nullable) business days; NULL: all days are
 * @param holds      (nullable when n_holds is 0) stop points, in any order
 * @param n_holds    their number
 * @param[in,out] states one per milestone; the results are set
 * @param n_states   must be the number of milestones
 * @param[out] issue (optional) `row` is the hold
 * @return ACRM_OK, ACRM_E_INVALID (a day out of range, a hold of no milestone or that ends before
 *         it begins), ACRM_E_LIMIT (a date past the year 9999, or the calendar has no business day
 *         within 30,000 days), ACRM_E_MISUSE (NULL, wrong number of states). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_milestone_plan(const acrm_milestone_chain *chain, int32_t start,
                                     int32_t today, const acrm_calendar *calendar,
                                     const acrm_milestone_hold *holds, size_t n_holds,
                                     acrm_milestone_state *states, size_t n_states,
                                     acrm_issue *issue);

/** Whether what was reached counts: every gate before it is reached or left out. @return 1 or 0.
 * Any thread. @since 0.1 */
ACRM_API int32_t acrm_milestone_valid(const acrm_milestone_chain *chain,
                                      const acrm_milestone_state *states, size_t n);

/** How far the order is: the furthest of the milestones that were reached and count. @return its
 * number, or -1: none. Any thread. @since 0.1 */
ACRM_API int32_t acrm_milestone_furthest(const acrm_milestone_chain *chain,
                                         const acrm_milestone_state *states);

#ifdef __cplusplus
}
#endif

#endif
