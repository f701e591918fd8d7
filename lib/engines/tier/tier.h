/* SPDX-License-Identifier: MIT */
/*
 * Tiers of a club by qualifying points: up at once, down at review. Pure: the same entries give the
 * same history for ever, however they came in.
 *
 * Days are days of the programme's zone; a window is a run of whole days.
 */
#ifndef ACRM_ENGINES_TIER_H
#define ACRM_ENGINES_TIER_H

#include "autocrm/calendar.h"

#include <stdbool.h>

enum {
    ACRM__TIER_COUNT_MAX = 32,
    ACRM__TIER_NEVER = INT32_MAX /* no review */
};
#define ACRM__TIER_POINTS_MAX INT64_C(1000000000000000) /* of all entries together */

/* Over which days points count, and when the tier is reviewed (at midnight, before anything of
 * that day). */
enum {
    ACRM__TIER_ROLLING = 1,     /* the last `days` days; every day, when what is too old is gone */
    ACRM__TIER_CALENDAR_YEAR,   /* the year so far; on 1 January for the year that ended */
    ACRM__TIER_JALALI_YEAR,     /* the same by the Solar Hijri calendar, on 1 Farvardin */
    ACRM__TIER_MEMBER_YEAR,     /* years from the day of joining; on its anniversaries */
    ACRM__TIER_TIER_YEAR        /* the year that ends with the day; on anniversaries of the day on
                                   which the tier was reached */
};

typedef struct acrm__tier_scheme {
    const int64_t *from;  /* points of each tier, lowest first: 0, then rising */
    const int64_t *until; /* (nullable) where each ends, for the check only; INT64_MAX: nowhere */
    size_t n_tiers;
    int32_t window;
    int32_t days;         /* of ROLLING: 1 to 3660 */
    bool one_down;        /* a review lowers by one tier at most, else to what the points hold; not
                             with ROLLING */
    const acrm_zone *zone; /* NULL: UTC */
} acrm__tier_scheme;

typedef struct acrm__tier_entry {
    int64_t at;     /* in order; microseconds */
    int64_t points; /* negative: taken back */
    int32_t grant;  /* a tier given by hand, which the next review does not take back (ROLLING: none
                       of the next `days` days); -1: none */
    /* Of the engine: */
    int32_t day;
    int64_t sum;    /* of all points up to and with this entry */
} acrm__tier_entry;

enum {
    ACRM__TIER_JOINED = 1,
    ACRM__TIER_ROSE,
    ACRM__TIER_FELL,
    ACRM__TIER_GRANTED
};

typedef struct acrm__tier_step {
    int64_t at;
    int32_t from, to;
    int32_t cause;
    int64_t sum; /* of the window that brought it about */
} acrm__tier_step;

typedef struct acrm__tier_state {
    int32_t tier;
    int64_t since;       /* when it was reached */
    int32_t since_day;
    int32_t window_from; /* first day that counts for rising now */
    int64_t sum;         /* of that window */
    int32_t review_day;  /* next review that may lower it; ACRM__TIER_NEVER */
    int32_t floor, hold; /* before the day `hold` no review lowers it below `floor` */
} acrm__tier_state;

typedef int32_t (*acrm__tier_step_fn)(void *user, const acrm__tier_step *step);

/* What would keep and lift a tier. */
typedef struct acrm__tier_forecast {
    int32_t review_day;    /* ACRM__TIER_NEVER: nothing is to be lost */
    int32_t review_tier;   /* what it would be then, without further points */
    int64_t keep_missing;  /* points to be earned before, to keep the tier */
    int64_t rise_missing;  /* points to the next tier today; 0: it is the highest */
    int32_t rise_until;    /* last day on which what counts today all counts */
    int64_t falling;       /* points that no longer count on the day after that */
} acrm__tier_forecast;

/* ACRM_OK or ACRM_E_INVALID; issue->row is the tier. */
int32_t acrm__tier_check(const acrm__tier_scheme *scheme, acrm_issue *issue);
/* The highest tier that a sum reaches. */
int32_t acrm__tier_of(const acrm__tier_scheme *scheme, int64_t sum);
/* The day an instant lies in. ACRM_OK, ACRM_E_INVALID out of range. */
int32_t acrm__tier_day(const acrm__tier_scheme *scheme, int64_t at, int32_t *day);
/* The instant at which a day begins. */
int32_t acrm__tier_midnight(const acrm__tier_scheme *scheme, int32_t day, int64_t *at);
/* The first day that counts on a day, for rising. */
int32_t acrm__tier_window_from(const acrm__tier_scheme *scheme, int32_t joined_day, int32_t day);
/*
 * From joining until `now`, which is not before the last entry. Entries before joining are refused.
 * Fills in the entries' day and sum. `step` (nullable) is told of each change in turn.
 * ACRM_OK; ACRM_E_INVALID with the issue filled in (row: the entry); ACRM_E_LIMIT when points
 * overflow; or what step returned.
 */
int32_t acrm__tier_replay(const acrm__tier_scheme *scheme, int64_t joined_at,
                          acrm__tier_entry *entries, size_t n, int64_t now,
                          acrm__tier_step_fn step, void *user, acrm__tier_state *out,
                          acrm_issue *issue);
/* After a replay, of its entries and state. */
int32_t acrm__tier_foresee(const acrm__tier_scheme *scheme, int64_t joined_at,
                           const acrm__tier_entry *entries, size_t n, int64_t now,
                           const acrm__tier_state *state, acrm__tier_forecast *out);

#endif
