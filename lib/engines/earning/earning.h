/* SPDX-License-Identifier: MIT */
/*
 * Points for an event by rules: what each rule gives, what caps, exclusions and stacking take away.
 * Pure: which rules fit the event and what they gave before is asked of the caller.
 */
#ifndef ACRM_ENGINES_EARNING_H
#define ACRM_ENGINES_EARNING_H

#include "autocrm/issue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ACRM__EARNING_DIGITS = 4, /* decimals of rates, factors and shares */
    ACRM__EARNING_ONE = 10000,
    ACRM__EARNING_CAPS_MAX = 8,
    ACRM__EARNING_RULES_MAX = 1000,
    ACRM__EARNING_LINES_MAX = 1000
};
#define ACRM__EARNING_RATE_MAX INT64_C(10000000000) /* a million points for a unit */
#define ACRM__EARNING_FACTOR_MAX INT64_C(10000000)  /* a thousandfold, all factors together */
#define ACRM__EARNING_POINTS_MAX INT64_C(1000000000000) /* of one event */

/* What a rule gives. */
enum {
    ACRM__EARNING_RATE = 1, /* points for each unit of the amount */
    ACRM__EARNING_FIXED,    /* points for the event */
    ACRM__EARNING_FACTOR    /* a factor on what the others give */
};

/* Periods in which a cap counts; they begin at midnight, weeks on Monday. */
enum {
    ACRM__EARNING_EVENT = 0,
    ACRM__EARNING_DAY,
    ACRM__EARNING_WEEK,
    ACRM__EARNING_MONTH,
    ACRM__EARNING_YEAR,
    ACRM__EARNING_EVER
};

typedef struct acrm__earning_cap {
    int32_t period;
    bool times;    /* how often the rule may give; otherwise how many points */
    int64_t limit;
} acrm__earning_cap;

typedef struct acrm__earning_rule {
    int32_t gives;
    int64_t number;    /* rate, points or factor, times ACRM__EARNING_ONE */
    int64_t unit;      /* of RATE: minor units of the amount, above 0 */
    int32_t rounding;  /* ACRM__ROUND_* of base/money.h */
    bool per_line;     /* of RATE: round each line by itself, not the order */
    bool exclusive;    /* when it fits it stands alone */
    bool plain;        /* no factor applies to it */
    bool spendable;    /* its points may be spent */
    int64_t share;     /* of them that count for the tier, times ACRM__EARNING_ONE */
    int64_t from, until; /* in force from <= at < until */
    acrm__earning_cap caps[ACRM__EARNING_CAPS_MAX];
    uint32_t n_caps;
} acrm__earning_rule;

/* How several rules that fit go together. */
enum { ACRM__EARNING_SUM = 1, ACRM__EARNING_PRODUCT, ACRM__EARNING_BEST };

typedef struct acrm__earning_scheme {
    const acrm__earning_rule *rules; /* in order: the first exclusive one wins, and the first of
                                        equals */
    size_t n_rules;
    int32_t stacking; /* of rates and fixed points: SUM, or only the BEST */
    int32_t factors;  /* SUM of what they add, PRODUCT, or only the BEST */
} acrm__earning_scheme;

typedef struct acrm__earning_event {
    int64_t at;
    int64_t amount;       /* minor units, not negative; without lines */
    const int64_t *lines; /* amounts of the lines, instead */
    size_t n_lines;
} acrm__earning_event;

/* What the engine asks; each returns ACRM_OK or what ends the computation. */
typedef struct acrm__earning_world {
    void *self;
    int32_t (*fits)(void *self, size_t rule, bool *out);
    int32_t (*line_fits)(void *self, size_t rule, size_t line, bool *out); /* NULL: all do */
    /* What the rule gave to the same member before, in the event's day, week ... */
    int32_t (*given)(void *self, size_t rule, int32_t period, int64_t *points, int64_t *times);
} acrm__earning_world;

/* What became of a rule. */
enum {
    ACRM__EARNING_ASLEEP = 0, /* not in force then */
    ACRM__EARNING_UNFIT,      /* its condition does not hold */
    ACRM__EARNING_EXCLUDED,   /* an exclusive rule stands alone */
    ACRM__EARNING_LESS,       /* another rule gives more, and only the best counts */
    ACRM__EARNING_FACTORED,   /* its factor was applied */
    ACRM__EARNING_GAVE        /* maybe nothing: see cut */
};

typedef struct acrm__earning_share {
    int32_t outcome;
    int32_t cap;       /* index of the cap that cut most, -1: none did */
    int64_t factor;    /* applied to it, times ACRM__EARNING_ONE squared */
    int64_t cut;       /* points that caps took away */
    int64_t points;    /* given, after caps */
    int64_t spendable, qualifying;
} acrm__earning_share;

typedef struct acrm__earning_sum {
    int64_t spendable, qualifying;
} acrm__earning_sum;

/* Whether a scheme is sound. ACRM_OK, or ACRM_E_INVALID with the issue filled in; row: the rule. */
int32_t acrm__earning_check(const acrm__earning_scheme *scheme, acrm_issue *issue);
/*
 * What an event earns. `shares` has room for one share of each rule.
 * ACRM_OK; ACRM_E_INVALID for a negative amount or too many lines; ACRM_E_LIMIT when a rule gives
 * more than ACRM__EARNING_POINTS_MAX (issue->row is the rule); or what the world returned.
 */
int32_t acrm__earn(const acrm__earning_scheme *scheme, const acrm__earning_event *event,
                   const acrm__earning_world *world, acrm__earning_share *shares,
                   acrm__earning_sum *sum, acrm_issue *issue);

/* The number of the period that a day lies in; neighbours differ by one. */
int64_t acrm__period_of(int32_t period, int32_t day);
/* The first day of the period that a day lies in; ACRM__DAY_MIN of EVER. */
int32_t acrm__period_start(int32_t period, int32_t day);

/* --- Challenges --- */

enum {
    ACRM__CHALLENGE_COUNT = 1, /* so many events */
    ACRM__CHALLENGE_SUM,       /* so great an amount in all */
    ACRM__CHALLENGE_STREAK     /* an event in so many periods on end */
};

typedef struct acrm__challenge {
    int32_t goal;
    int64_t target;  /* above 0 */
    int32_t every;   /* counts and sums begin anew each of these periods; EVER: never */
    int32_t unit;    /* of a streak: its periods */
    bool repeats;    /* it may be met again, in the same period too */
} acrm__challenge;

/* All zero at first. */
typedef struct acrm__challenge_state {
    int64_t value;   /* events, amount or periods on end so far */
    int64_t period;  /* of the last event: of `every`, or of the streak's unit */
    int64_t best;    /* longest streak, or highest value */
    int64_t times;   /* how often it was met */
    bool begun, met; /* met: in this period, and not again in it */
} acrm__challenge_state;

/* Take in the next event that fits, of a day not before the last one's; how often it was met by it
 * (a sum may reach its target several times at once). */
int64_t acrm__challenge_step(const acrm__challenge *challenge, acrm__challenge_state *state,
                             int32_t day, int64_t amount);

#endif
