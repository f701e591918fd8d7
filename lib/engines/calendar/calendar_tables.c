/* SPDX-License-Identifier: MIT */
/* Puts the tables of a calendar's years together, and takes them apart again. */
#include "base/alloc.h"
#include "engines/calendar/calendar_internal.h"

#include <assert.h>
#include <string.h>

int32_t acrm__calendar_first_day(int32_t year)
{
    int32_t day = 0;
    bool valid = acrm__civil_to_day(year, 1, 1, &day);

    assert(valid);
    (void)valid;
    return day;
}

int32_t acrm__calendar_start(const acrm_zone *zone, const acrm_allocator *allocator,
                             acrm_calendar **out)
{
    acrm_allocator own = acrm__allocator(allocator);
    acrm_zone utc = { .size = sizeof utc + sizeof(acrm__zone_change), .n = 1,
                      .repeats_from = INT64_MAX };
    acrm__zone_change always = { .at = INT64_MIN };
    size_t size = zone ? zone->size : utc.size;
    acrm_calendar *calendar = acrm__alloc_zero(&own, sizeof *calendar);
    acrm_zone *copy = acrm__alloc(&own, size);

    if (!calendar || !copy) {
        acrm__free(&own, calendar, sizeof *calendar);
        acrm__free(&own, copy, size);
        return ACRM_E_NOMEM;
    }
    if (zone) {
        memcpy(copy, zone, size);
    } else {
        *copy = utc;
        copy->changes[0] = always;
    }
    copy->allocator = own;
    calendar->allocator = own;
    calendar->zone = copy;
    for (int32_t y = 0; y <= ACRM__CALENDAR_YEARS; y++) {
        int64_t local = acrm__calendar_first_day(ACRM_CALENDAR_YEAR_FIRST + y) *
                        (int64_t)ACRM__DAY_SECONDS;
        calendar->years[y].start = acrm__zone_to_utc(copy, local, NULL);
    }
    *out = calendar;
    return ACRM_OK;
}

/* Makes room for `more` elements in a list that grows by doubling. */
static bool calendar_reserve(const acrm_allocator *allocator, void **list, size_t *size, size_t n,
                             size_t more, size_t element)
{
    size_t wanted = *size > 0 ? *size : 64;

    while (wanted < n + more)
        wanted *= 2;
    if (wanted == *size)
        return true;
    void *grown = acrm__resize(allocator, *list, *size * element, wanted * element);
    if (!grown)
        return false;
    *list = grown;
    *size = wanted;
    return true;
}

/* Of the days in question, keeps those on which something is open. */
static void calendar_mark_days(const acrm_calendar *calendar, const acrm__calendar_spans *set,
                               int32_t year, const uint32_t *day_bits,
                               acrm__calendar_table *table)
{
    int32_t first = acrm__calendar_first_day(year);
    int32_t days = acrm__calendar_first_day(year + 1) - first;
    acrm__zone_cursor clock = { .zone = calendar->zone };
    size_t i = 0;

    for (int32_t d = 0; d < days; d++) {
        if (!(day_bits[d / 32] >> d % 32 & 1))
            continue;
        int64_t local = (int64_t)(first + d) * ACRM__DAY_SECONDS;
        int64_t from = acrm__zone_cursor_utc(&clock, local);
        int64_t to = acrm__zone_cursor_utc(&clock, local + ACRM__DAY_SECONDS);
        while (i < set->n && set->at[i].to <= from)
            i++;
        if (i < set->n && set->at[i].from < to)
            table->day_bits[d / 32] |= UINT32_C(1) << d % 32;
    }
    for (size_t w = 0; w < ACRM__CALENDAR_WORDS; w++)
        table->day_before[w + 1] = table->day_before[w] +
                                   __builtin_popcount(table->day_bits[w]);
}

int32_t acrm__calendar_add_table(acrm_calendar *calendar, const acrm__calendar_spans *set,
                                 int32_t year, const uint32_t *day_bits, uint32_t *table)
{
    int64_t start = calendar->years[year - ACRM_CALENDAR_YEAR_FIRST].start;
    void *pool = calendar->pool, *tables = calendar->tables;

    bool room = calendar_reserve(&calendar->allocator, &pool, &calendar->pool_size,
                                 calendar->pool_n, 2 * set->n + 1, sizeof *calendar->pool);
    calendar->pool = pool;
    room = room && calendar_reserve(&calendar->allocator, &tables, &calendar->tables_size,
                                    calendar->tables_n, 1, sizeof *calendar->tables);
    calendar->tables = tables;
    if (!room)
        return ACRM_E_NOMEM;

    int32_t *starts = calendar->pool + calendar->pool_n, *counts = starts + set->n;
    counts[0] = 0;
    for (size_t i = 0; i < set->n; i++) {
        starts[i] = (int32_t)(set->at[i].from - start);
        counts[i + 1] = counts[i] + (int32_t)(set->at[i].to - set->at[i].from);
    }
    acrm__calendar_table *made = &calendar->tables[calendar->tables_n];
    *made = (acrm__calendar_table){ .pool = (uint32_t)calendar->pool_n, .n = (int32_t)set->n };
    calendar_mark_days(calendar, set, year, day_bits, made);
    calendar->pool_n += 2 * set->n + 1;
    *table = (uint32_t)calendar->tables_n++;
    return ACRM_OK;
}

int32_t acrm__calendar_finish(acrm_calendar *calendar, const char *field, acrm_issue *issue)
{
    acrm__calendar_year *year = calendar->years;

    for (size_t y = 0; y < ACRM__CALENDAR_YEARS; y++, year++) {
        const acrm__calendar_table *table = &calendar->tables[year->table];
        year[1].open = year->open + calendar->pool[table->pool + 2 * (size_t)table->n];
        year[1].days = year->days + table->day_before[ACRM__CALENDAR_WORDS];
    }
    if (year->open == 0) {
        if (issue)
            *issue = (acrm_issue){ .field = field, .allowed = "at least one open second",
                                   .row = -1 };
        return ACRM_E_INVALID;
    }
    /* Give back what doubling took too much; if that fails there is only more than needed. */
    int32_t *pool = acrm__resize(&calendar->allocator, calendar->pool,
                                 calendar->pool_size * sizeof *pool,
                                 calendar->pool_n * sizeof *pool);
    if (pool) {
        calendar->pool = pool;
        calendar->pool_size = calendar->pool_n;
    }
    return ACRM_OK;
}

void acrm_calendar_free(acrm_calendar *calendar)
{
    if (!calendar)
        return;
    acrm_allocator own = calendar->allocator;
    acrm__free(&own, calendar->pool, calendar->pool_size * sizeof *calendar->pool);
    acrm__free(&own, calendar->tables, calendar->tables_size * sizeof *calendar->tables);
    acrm__free(&own, calendar->holidays, calendar->holidays_size);
    acrm_zone_free(calendar->zone);
    acrm__free(&own, calendar, sizeof *calendar);
}
