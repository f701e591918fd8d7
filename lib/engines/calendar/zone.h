/* SPDX-License-Identifier: MIT */
/* A time zone's inside: the moments at which its offset from UTC changes. */
#ifndef ACRM_LIB_ENGINES_CALENDAR_ZONE_H
#define ACRM_LIB_ENGINES_CALENDAR_ZONE_H

#include "autocrm/calendar.h"

#include <stdbool.h>

typedef struct acrm__zone_change {
    int64_t at;     /* UTC second from which on the offset holds */
    int32_t offset; /* seconds ahead of UTC */
    int32_t dst;    /* 1 during daylight saving time */
} acrm__zone_change;

/* One block of memory, so that a calendar keeps a plain copy. */
struct acrm_zone {
    acrm_allocator allocator;
    size_t size;          /* of the block */
    size_t n;             /* changes, at least one */
    int64_t repeats_from; /* the changes of the 400 years from here repeat; INT64_MAX: none do */
    acrm__zone_change changes[]; /* ascending; the first one's `at` is INT64_MIN */
};

#define ACRM__ZONE_PERIOD (INT64_C(146097) * 86400) /* 400 Gregorian years, whole weeks too */

/* A rule of a POSIX TZ text (RFC 9636, section 3.3.1): the day of a change and its time. */
typedef struct acrm__zone_day {
    char kind;    /* 'M' month.week.weekday, 'J' 1..365 without 29 February, 'D' 0..365 */
    int32_t month, week, weekday; /* 'M': 1..12, 1..5 (5 is the last), 0 Sunday .. 6 */
    int32_t day;  /* 'J' and 'D' */
    int32_t time; /* seconds after local midnight, may be negative or beyond the day */
} acrm__zone_day;

typedef struct acrm__zone_rule {
    bool has_dst;
    int32_t standard, dst; /* offsets ahead of UTC, seconds */
    acrm__zone_day start, end;
} acrm__zone_rule;

bool acrm__zone_rule_parse(const char *text, size_t len, acrm__zone_rule *rule);
/* The UTC seconds at which daylight saving begins and ends in a year. */
void acrm__zone_rule_year(const acrm__zone_rule *rule, int32_t year, int64_t *start, int64_t *end);

/* The change in force at a UTC second; the listed times are *shift seconds too early there. */
const acrm__zone_change *acrm__zone_find(const acrm_zone *zone, int64_t second, int64_t *shift);
/* A local wall-clock second as UTC: in a gap moved forward by it, a doubled one its first. */
int64_t acrm__zone_to_utc(const acrm_zone *zone, int64_t local, int32_t *kind);
/*
 * The same for many wall clocks in a row: remembers for which local seconds, far from any change,
 * one offset holds. Start it with the zone and zeros.
 */
typedef struct acrm__zone_cursor {
    const acrm_zone *zone;
    int64_t from, to;
    int32_t offset;
} acrm__zone_cursor;

int64_t acrm__zone_cursor_utc(acrm__zone_cursor *cursor, int64_t local);
/* The system's files. */
int32_t acrm__zone_read_file(void *directory, const char *name, void *buffer, size_t size,
                             size_t *len);

#endif
