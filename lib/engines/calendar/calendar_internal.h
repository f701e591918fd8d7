/* SPDX-License-Identifier: MIT */
/* A calendar's inside: for each year a cumulative table of its openings, shared by like years. */
#ifndef ACRM_LIB_ENGINES_CALENDAR_CALENDAR_INTERNAL_H
#define ACRM_LIB_ENGINES_CALENDAR_CALENDAR_INTERNAL_H

#include "base/civil.h"
#include "engines/calendar/zone.h"

enum {
    ACRM__CALENDAR_YEARS = ACRM_CALENDAR_YEAR_LAST - ACRM_CALENDAR_YEAR_FIRST + 1,
    ACRM__CALENDAR_WORDS = 12 /* of 32 days: a year and the day before it */
};

/*
 * The openings of one year. Seconds are counted from the year's first one. In the pool stand n
 * starts, then n + 1 counts of the open seconds before each opening; the last count is the total.
 */
typedef struct acrm__calendar_table {
    uint32_t pool;
    int32_t n;
    uint32_t day_bits[ACRM__CALENDAR_WORDS]; /* business days, bit 0 is 1 January */
    int32_t day_before[ACRM__CALENDAR_WORDS + 1]; /* business days before each word */
} acrm__calendar_table;

typedef struct acrm__calendar_year {
    int64_t start; /* UTC second of the local midnight it begins with */
    int64_t open;  /* open seconds in the years before it */
    int32_t days;  /* business days in the years before it */
    uint32_t table;
} acrm__calendar_year;

struct acrm_calendar {
    acrm_allocator allocator;
    acrm_zone *zone;
    acrm__calendar_table *tables;
    size_t tables_n, tables_size;
    int32_t *pool;
    size_t pool_n, pool_size;
    acrm_calendar_holiday *holidays; /* the names stand behind the array, in the same block */
    size_t holidays_n, holidays_size;
    /* One more than there are years: the end of the last one. */
    acrm__calendar_year years[ACRM__CALENDAR_YEARS + 1];
};

/* Spans of seconds that are put together to a year's table. */
typedef struct acrm__calendar_spans {
    acrm_span *at;
    size_t n, size;
} acrm__calendar_spans;

/* calendar_check.c */
int32_t acrm__calendar_check(const acrm_calendar_definition *definition, acrm_issue *issue);

/* calendar_spans.c: sets of spans; a set is sorted and its spans do not touch. */
void acrm__calendar_push(acrm__calendar_spans *spans, int64_t from, int64_t to);
void acrm__calendar_make_set(acrm__calendar_spans *spans);
void acrm__calendar_subtract(const acrm__calendar_spans *a, const acrm__calendar_spans *b,
                             acrm__calendar_spans *out);
void acrm__calendar_common(const acrm__calendar_spans *a, const acrm__calendar_spans *b,
                           acrm__calendar_spans *out);

/* calendar_holiday.c */
/* Calls back for each run of days of a holiday that meets first..last. */
typedef void acrm__calendar_run_fn(void *user, int32_t first, int32_t last);
void acrm__calendar_holiday_runs(const acrm_calendar_holiday *holiday, int32_t first, int32_t last,
                                 acrm__calendar_run_fn *run, void *user);

/* calendar_tables.c: what a plain calendar and an intersection are put together with. */
int32_t acrm__calendar_start(const acrm_zone *zone, const acrm_allocator *allocator,
                             acrm_calendar **out);
int32_t acrm__calendar_add_table(acrm_calendar *calendar, const acrm__calendar_spans *set,
                                 int32_t year, const uint32_t *day_bits, uint32_t *table);
int32_t acrm__calendar_copy_holidays(acrm_calendar *calendar, const acrm_calendar_holiday *first,
                                     size_t first_n, const acrm_calendar_holiday *second,
                                     size_t second_n);
int32_t acrm__calendar_finish(acrm_calendar *calendar, const char *field, acrm_issue *issue);
/* The first day of a year, 1970 to 2255. */
int32_t acrm__calendar_first_day(int32_t year);

#endif
