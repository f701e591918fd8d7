/* SPDX-License-Identifier: MIT */
/*
 * Times that come again: cron expressions, a subset of the RRULE of RFC 5545 (section 3.3.10), and
 * fixed spans. Pure: the zone and the beginning are arguments.
 */
#ifndef ACRM_ENGINES_RECURRENCE_RECURRENCE_H
#define ACRM_ENGINES_RECURRENCE_RECURRENCE_H

#include "autocrm/calendar.h"
#include "base/civil.h"

#include <stdbool.h>

enum {
    ACRM__EVERY_SPAN = 0, /* a fixed time apart */
    ACRM__EVERY_DAY,
    ACRM__EVERY_WEEK,
    ACRM__EVERY_MONTH,
    ACRM__EVERY_YEAR,
    ACRM__EVERY_CRON      /* any day that fits */
};

enum { ACRM__RECURRENCE_DAYS_MAX = 40 };

typedef struct acrm__recurrence {
    int32_t kind;
    int64_t span;          /* microseconds */
    int32_t interval;      /* every n-th day, week, month, year */
    int32_t calendar;      /* ACRM_DATE_... whose months and years they are */
    uint64_t minutes;      /* bit n: minute n */
    uint32_t hours;
    uint32_t month_days;   /* bit n: day n from the first */
    uint32_t last_days;    /* bit n: the n-th day from the last */
    uint32_t months;
    uint32_t weekdays;     /* bit 1 Monday .. 7 Sunday */
    int8_t nth[ACRM__RECURRENCE_DAYS_MAX];     /* "the second Tuesday": 2 ... */
    int8_t nth_day[ACRM__RECURRENCE_DAYS_MAX]; /* ... and 2; -1: the last one */
    int32_t n_nth;
    bool either;           /* cron: day of month or weekday, when both are given */
    int64_t start;         /* nothing comes before it, and intervals count from it */
    int32_t start_day;     /* its local date */
} acrm__recurrence;

/*
 * Read "30 8 * * 1-5", "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9" (with RSCALE=PERSIAN of RFC 7529 by the
 * Solar Hijri calendar) or "every PT15M". What an RRULE leaves out
 * comes from the local time of `start`. `zone` NULL: UTC. NULL, or a text that says what is wrong.
 */
const char *acrm__recurrence_parse(const char *text, const acrm_zone *zone, int64_t start,
                                   acrm__recurrence *out);
/* The first time after an instant; false when there is none within 40 years. A wall-clock time that
 * the clock jumps over comes as much later, one that occurs twice comes the first time only. */
bool acrm__recurrence_next(const acrm__recurrence *r, const acrm_zone *zone, int64_t after,
                           int64_t *out);
/* The last time not after an instant; false when there is none. */
bool acrm__recurrence_last(const acrm__recurrence *r, const acrm_zone *zone, int64_t until,
                           int64_t *out);
/* The date of a day in its calendar. */
void acrm__recurrence_date(const acrm__recurrence *r, int32_t day, acrm__civil *date);

#endif
