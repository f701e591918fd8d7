/* SPDX-License-Identifier: MIT */
/* Makes a calendar of its definition: the openings of each year, like years told only once. */
#include "base/alloc.h"
#include "engines/calendar/calendar_internal.h"

#include <assert.h>
#include <string.h>

enum { CALENDAR_KEY_CHANGES = 4 };

/*
 * All that a year's openings depend on beside the weekly hours, the yearly holidays and what is
 * dated in that year. Years of equal keys have equal tables. Fully written, so memcmp compares.
 */
typedef struct calendar_key {
    int64_t at[CALENDAR_KEY_CHANGES]; /* clock changes, counted from the year's start */
    int32_t offset[CALENDAR_KEY_CHANGES + 1];
    int32_t changes;
    int32_t weekday, days;         /* of 1 January; of the year */
    int32_t nowruz, nowruz_before; /* the Solar Hijri new years, counted from 1 January */
    int32_t shared;                /* 0: a year like no other */
} calendar_key;

/* The work on one calendar; the year in hand counts its days from 31 December before it. */
typedef struct calendar_work {
    const acrm_calendar_definition *definition;
    acrm_calendar *calendar;
    acrm__calendar_spans open, closed, set;
    acrm__zone_cursor clock;
    calendar_key *keys; /* one for each table */
    bool jalali;        /* there are Solar Hijri holidays */
    int32_t first, last; /* days: 31 December before the year .. its last day */
    int64_t start, end;  /* UTC seconds of the year */
    uint32_t shifted[ACRM__CALENDAR_WORDS], shut[ACRM__CALENDAR_WORDS];
} calendar_work;

static bool calendar_bit(const uint32_t *bits, int32_t at)
{
    return bits[at / 32] >> at % 32 & 1;
}

static void calendar_set_bit(uint32_t *bits, int32_t at)
{
    bits[at / 32] |= UINT32_C(1) << at % 32;
}

static bool calendar_in_year(const calendar_work *work, int32_t day)
{
    return day >= work->first && day <= work->last;
}

/* Adds the UTC span of local seconds, cut off at the year's ends. */
static void calendar_push_local(calendar_work *work, acrm__calendar_spans *spans, int64_t from,
                                int64_t to)
{
    int64_t utc_from = acrm__zone_cursor_utc(&work->clock, from);
    int64_t utc_to = acrm__zone_cursor_utc(&work->clock, to);

    acrm__calendar_push(spans, utc_from > work->start ? utc_from : work->start,
                        utc_to < work->end ? utc_to : work->end);
}

/* Adds an interval of a day, which runs over midnight when its end is not behind its start. */
static void calendar_push_interval(calendar_work *work, acrm__calendar_spans *spans, int32_t day,
                                   int32_t from, int32_t to)
{
    int64_t midnight = (int64_t)day * ACRM__DAY_SECONDS;

    calendar_push_local(work, spans, midnight + from,
                        midnight + to + (to < from ? ACRM__DAY_SECONDS : 0));
}

static void calendar_shut_run(void *user, int32_t first, int32_t last)
{
    calendar_work *work = user;

    for (int32_t day = first > work->first ? first : work->first;
         day <= last && day <= work->last; day++)
        calendar_set_bit(work->shut, day - work->first);
}

/* Marks the days with shifts and the holidays. */
static void calendar_mark(calendar_work *work)
{
    const acrm_calendar_definition *d = work->definition;

    memset(work->shifted, 0, sizeof work->shifted);
    memset(work->shut, 0, sizeof work->shut);
    for (size_t i = 0; i < d->shifts_count; i++)
        if (calendar_in_year(work, d->shifts[i].day))
            calendar_set_bit(work->shifted, d->shifts[i].day - work->first);
    for (size_t i = 0; i < d->holidays_count; i++)
        acrm__calendar_holiday_runs(&d->holidays[i], work->first, work->last, calendar_shut_run,
                                    work);
}

/* The year's open spans, and the days that have hours of their own and are no holidays. */
static void calendar_collect(calendar_work *work, uint32_t *day_bits)
{
    const acrm_calendar_definition *d = work->definition;

    work->open.n = work->closed.n = 0;
    for (int32_t day = work->first; day <= work->last; day++) {
        int32_t weekday = acrm__weekday(day), at = day - work->first;
        bool hours = calendar_bit(work->shifted, at), shut = calendar_bit(work->shut, at);
        for (size_t i = 0; i < d->hours_count && !calendar_bit(work->shifted, at); i++)
            if (d->hours[i].weekday == weekday) {
                calendar_push_interval(work, &work->open, day, d->hours[i].from, d->hours[i].to);
                hours = true;
            }
        if (shut)
            calendar_push_local(work, &work->closed, (int64_t)day * ACRM__DAY_SECONDS,
                                (int64_t)(day + 1) * ACRM__DAY_SECONDS);
        if (hours && !shut && at > 0)
            calendar_set_bit(day_bits, at - 1);
    }
    for (size_t i = 0; i < d->shifts_count; i++)
        if (calendar_in_year(work, d->shifts[i].day))
            calendar_push_interval(work, &work->open, d->shifts[i].day, d->shifts[i].from,
                                   d->shifts[i].to);
    for (size_t i = 0; i < d->breaks_count; i++)
        if (calendar_in_year(work, d->breaks[i].day))
            calendar_push_interval(work, &work->closed, d->breaks[i].day, d->breaks[i].from,
                                   d->breaks[i].to);
}

/* Whether something is dated in the year in hand or on the day before it. */
static bool calendar_has_dated(const calendar_work *work)
{
    const acrm_calendar_definition *d = work->definition;

    for (size_t i = 0; i < d->shifts_count; i++)
        if (calendar_in_year(work, d->shifts[i].day))
            return true;
    for (size_t i = 0; i < d->breaks_count; i++)
        if (calendar_in_year(work, d->breaks[i].day))
            return true;
    for (size_t i = 0; i < d->holidays_count; i++)
        if (d->holidays[i].kind == ACRM_HOLIDAY_ONCE && d->holidays[i].day <= work->last &&
            d->holidays[i].day + d->holidays[i].days > work->first)
            return true;
    return false;
}

static void calendar_key_of(const calendar_work *work, int32_t year, calendar_key *key)
{
    const int64_t margin = 2 * ACRM__DAY_SECONDS;
    const acrm_zone *zone = work->calendar->zone;
    int64_t shift = 0;
    int32_t first = work->first + 1;

    memset(key, 0, sizeof *key);
    key->weekday = acrm__weekday(first);
    key->days = work->last - work->first;
    key->shared = !calendar_has_dated(work);
    if (work->jalali) {
        acrm__jalali_to_day(year - 621, 1, 1, &key->nowruz);
        acrm__jalali_to_day(year - 622, 1, 1, &key->nowruz_before);
        key->nowruz -= first;
        key->nowruz_before -= first;
    }

    const acrm__zone_change *change = acrm__zone_find(zone, work->start - margin, &shift);
    key->offset[0] = change->offset;
    for (change++; change < zone->changes + zone->n && change->at + shift < work->end + margin;
         change++) {
        if (key->changes == CALENDAR_KEY_CHANGES) {
            key->shared = 0;
            break;
        }
        key->at[key->changes++] = change->at + shift - work->start;
        key->offset[key->changes] = change->offset;
    }
}

static int32_t calendar_build_year(calendar_work *work, int32_t year)
{
    acrm_calendar *calendar = work->calendar;
    acrm__calendar_year *row = &calendar->years[year - ACRM_CALENDAR_YEAR_FIRST];
    uint32_t day_bits[ACRM__CALENDAR_WORDS] = { 0 };
    calendar_key key;

    work->first = acrm__calendar_first_day(year) - 1;
    work->last = acrm__calendar_first_day(year + 1) - 1;
    work->start = row[0].start;
    work->end = row[1].start;
    calendar_key_of(work, year, &key);
    for (uint32_t t = 0; key.shared && t < calendar->tables_n; t++)
        if (memcmp(&work->keys[t], &key, sizeof key) == 0) {
            row->table = t;
            return ACRM_OK;
        }

    calendar_mark(work);
    calendar_collect(work, day_bits);
    acrm__calendar_make_set(&work->open);
    acrm__calendar_make_set(&work->closed);
    acrm__calendar_subtract(&work->open, &work->closed, &work->set);
    int32_t status = acrm__calendar_add_table(calendar, &work->set, year, day_bits, &row->table);
    if (status == ACRM_OK)
        memcpy(&work->keys[row->table], &key, sizeof key);
    return status;
}

/* Room for the spans of the fullest year. */
static bool calendar_work_start(calendar_work *work, acrm__calendar_spans *all)
{
    const acrm_calendar_definition *d = work->definition;
    size_t busiest = 0, on[8] = { 0 };

    for (size_t i = 0; i < d->hours_count; i++) {
        size_t n = ++on[d->hours[i].weekday];
        busiest = n > busiest ? n : busiest;
    }
    for (size_t i = 0; i < d->holidays_count; i++)
        work->jalali = work->jalali || d->holidays[i].kind == ACRM_HOLIDAY_JALALI_YEARLY;
    work->open.size = 367 * busiest + d->shifts_count;
    work->closed.size = 367 + d->breaks_count;
    work->clock.zone = work->calendar->zone;
    work->set.size = work->open.size + work->closed.size;
    all->size = work->open.size + work->closed.size + work->set.size;
    all->at = acrm__alloc(&work->calendar->allocator, all->size * sizeof *all->at);
    work->keys = acrm__alloc(&work->calendar->allocator,
                             ACRM__CALENDAR_YEARS * sizeof *work->keys);
    if (!all->at || !work->keys)
        return false;
    work->open.at = all->at;
    work->closed.at = work->open.at + work->open.size;
    work->set.at = work->closed.at + work->closed.size;
    return true;
}

int32_t acrm_calendar_new(const acrm_calendar_definition *definition,
                          const acrm_allocator *allocator, acrm_calendar **out,
                          acrm_issue *issue)
{
    calendar_work work = { .definition = definition };
    acrm__calendar_spans all = { 0 };

    if (!definition || !out || definition->struct_size != sizeof *definition)
        return ACRM_E_MISUSE;
    int32_t status = acrm__calendar_check(definition, issue);
    if (status != ACRM_OK)
        return status;
    status = acrm__calendar_start(definition->zone, allocator, &work.calendar);
    if (status != ACRM_OK)
        return status;
    if (!calendar_work_start(&work, &all)) {
        status = ACRM_E_NOMEM;
        goto done;
    }
    for (int32_t year = ACRM_CALENDAR_YEAR_FIRST;
         status == ACRM_OK && year <= ACRM_CALENDAR_YEAR_LAST; year++)
        status = calendar_build_year(&work, year);
    if (status == ACRM_OK)
        status = acrm__calendar_copy_holidays(work.calendar, definition->holidays,
                                              definition->holidays_count, NULL, 0);
    if (status == ACRM_OK)
        status = acrm__calendar_finish(work.calendar, "hours", issue);
    if (status == ACRM_OK) {
        *out = work.calendar;
        work.calendar = NULL;
    }
done:;
    acrm_allocator own = acrm__allocator(allocator);
    acrm__free(&own, all.at, all.size * sizeof *all.at);
    acrm__free(&own, work.keys, ACRM__CALENDAR_YEARS * sizeof *work.keys);
    acrm_calendar_free(work.calendar);
    return status;
}
