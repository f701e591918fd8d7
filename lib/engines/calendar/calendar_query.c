/* SPDX-License-Identifier: MIT */
/* Questions about business time, answered by searching the cumulative tables. */
#include "engines/calendar/calendar_internal.h"

#include <assert.h>

/*
 * A point of business time: how much of it lies before an instant, counted from the first year's
 * start. It stands still while the calendar is closed, so one point has an earliest instant (the
 * end of an opening) and a latest (the beginning of the next one).
 */
typedef struct calendar_point {
    int64_t open; /* microseconds */
    bool is_open;
    int32_t year; /* index of the year the instant lies in */
} calendar_point;

/* The last element that is not above a key; the first one must not be above it. */
static int32_t calendar_search(const int32_t *sorted, int32_t n, int32_t key)
{
    const int32_t *at = sorted;

    while (n > 1) {
        int32_t half = n / 2;
        at += at[half] <= key ? half : 0;
        n -= half;
    }
    return (int32_t)(at - sorted);
}

/* The index of the year that holds a UTC second, or -1. */
static int32_t calendar_year_at(const acrm_calendar *calendar, int64_t second)
{
    const int64_t mean = 31556952; /* seconds: the guess is at most one year off */
    const acrm__calendar_year *years = calendar->years;

    if (second < years[0].start || second >= years[ACRM__CALENDAR_YEARS].start)
        return -1;
    int32_t y = (int32_t)((second - years[0].start) / mean);
    y -= second < years[y].start;
    y += second >= years[y + 1].start;
    return y;
}

static bool calendar_point_of(const acrm_calendar *calendar, int64_t us, calendar_point *out)
{
    int64_t second = acrm__floor_div(us, ACRM__SECOND_US);
    int32_t y = calendar_year_at(calendar, second);

    if (y < 0)
        return false;

    const acrm__calendar_year *year = &calendar->years[y];
    const acrm__calendar_table *table = &calendar->tables[year->table];
    const int32_t *starts = calendar->pool + table->pool, *counts = starts + table->n;
    int32_t of_year = (int32_t)(second - year->start);

    *out = (calendar_point){ .open = year->open * ACRM__SECOND_US, .year = y };
    if (table->n == 0 || of_year < starts[0])
        return true;
    int32_t i = calendar_search(starts, table->n, of_year);
    int32_t in = of_year - starts[i], length = counts[i + 1] - counts[i];
    out->is_open = in < length;
    out->open += (counts[i] + (out->is_open ? in : length)) * ACRM__SECOND_US;
    if (out->is_open)
        out->open += us - second * ACRM__SECOND_US;
    return true;
}

/*
 * The instant of a point that lies in the opening which holds the open second `second`. With
 * the second before the point that is the earliest instant, with the one behind it the latest.
 */
static bool calendar_instant_of(const acrm_calendar *calendar, int64_t point, int64_t second,
                                int32_t hint, int64_t *us)
{
    const acrm__calendar_year *years = calendar->years;
    int32_t y = hint;

    if (second < 0 || second >= years[ACRM__CALENDAR_YEARS].open)
        return false;
    if (second < years[y].open || second >= years[y + 1].open) {
        int32_t n = ACRM__CALENDAR_YEARS;
        for (y = 0; n > 1;) {
            int32_t half = n / 2;
            y += years[y + half].open <= second ? half : 0;
            n -= half;
        }
    }

    const acrm__calendar_table *table = &calendar->tables[years[y].table];
    const int32_t *starts = calendar->pool + table->pool, *counts = starts + table->n;
    int32_t i = calendar_search(counts, table->n, (int32_t)(second - years[y].open));

    *us = point + (years[y].start + starts[i] - years[y].open - counts[i]) * ACRM__SECOND_US;
    return true;
}

static bool calendar_earliest(const acrm_calendar *calendar, int64_t point, int32_t hint,
                              int64_t *us)
{
    int64_t second = acrm__floor_div(point - 1, ACRM__SECOND_US);

    return calendar_instant_of(calendar, point, second, hint, us);
}

static bool calendar_latest(const acrm_calendar *calendar, int64_t point, int32_t hint,
                            int64_t *us)
{
    return calendar_instant_of(calendar, point, point / ACRM__SECOND_US, hint, us);
}

int32_t acrm_calendar_add(const acrm_calendar *calendar, int64_t start, int64_t amount,
                          int64_t *out)
{
    calendar_point point;
    int64_t us = start, target = 0;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (!calendar_point_of(calendar, start, &point) ||
        __builtin_add_overflow(point.open, amount, &target))
        return ACRM_E_LIMIT;
    if (amount > 0 && !calendar_earliest(calendar, target, point.year, &us))
        return ACRM_E_LIMIT;
    if (amount < 0 && (target < 0 || !calendar_latest(calendar, target, point.year, &us)))
        return ACRM_E_LIMIT;
    *out = us;
    return ACRM_OK;
}

int32_t acrm_calendar_between(const acrm_calendar *calendar, int64_t from, int64_t to,
                              int64_t *amount)
{
    calendar_point a, b;

    if (!calendar || !amount)
        return ACRM_E_MISUSE;
    if (!calendar_point_of(calendar, from, &a) || !calendar_point_of(calendar, to, &b))
        return ACRM_E_LIMIT;
    *amount = b.open - a.open;
    return ACRM_OK;
}

static bool calendar_pauses_valid(const acrm_span *pauses, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pauses[i].from > pauses[i].to || (i > 0 && pauses[i].from < pauses[i - 1].from))
            return false;
    return true;
}

int32_t acrm_calendar_deadline(const acrm_calendar *calendar, int64_t start, int64_t amount,
                               const acrm_span *pauses, size_t pauses_count, int64_t *out)
{
    int64_t due = 0, counted = start, paused = 0;

    if (!calendar || !out || (pauses_count > 0 && !pauses))
        return ACRM_E_MISUSE;
    if (amount < 0 || !calendar_pauses_valid(pauses, pauses_count))
        return ACRM_E_INVALID;
    int32_t status = acrm_calendar_add(calendar, start, amount, &due);
    for (size_t i = 0; status == ACRM_OK && i < pauses_count && pauses[i].from < due; i++) {
        int64_t from = pauses[i].from > counted ? pauses[i].from : counted;
        if (pauses[i].to <= from)
            continue;
        status = acrm_calendar_between(calendar, from, pauses[i].to, &paused);
        if (status == ACRM_OK && __builtin_add_overflow(amount, paused, &amount))
            status = ACRM_E_LIMIT;
        if (status == ACRM_OK)
            status = acrm_calendar_add(calendar, start, amount, &due);
        counted = pauses[i].to;
    }
    if (status == ACRM_OK)
        *out = due;
    return status;
}

int32_t acrm_calendar_elapsed(const acrm_calendar *calendar, int64_t from, int64_t to,
                              const acrm_span *pauses, size_t pauses_count, int64_t *amount)
{
    int64_t total = 0, part = 0, at = from;

    if (!calendar || !amount || (pauses_count > 0 && !pauses))
        return ACRM_E_MISUSE;
    if (!calendar_pauses_valid(pauses, pauses_count))
        return ACRM_E_INVALID;
    for (size_t i = 0; i < pauses_count && at < to && pauses[i].from < to; i++) {
        if (pauses[i].from > at) {
            int32_t status = acrm_calendar_between(calendar, at, pauses[i].from, &part);
            if (status != ACRM_OK)
                return status;
            total += part;
        }
        at = pauses[i].to > at ? pauses[i].to : at;
    }
    if (at < to) {
        int32_t status = acrm_calendar_between(calendar, at, to, &part);
        if (status != ACRM_OK)
            return status;
        total += part;
    }
    *amount = total;
    return ACRM_OK;
}

int32_t acrm_calendar_next_open(const acrm_calendar *calendar, int64_t at, int64_t *out)
{
    calendar_point point;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (!calendar_point_of(calendar, at, &point) ||
        !calendar_latest(calendar, point.open, point.year, out))
        return ACRM_E_LIMIT;
    return ACRM_OK;
}

int32_t acrm_calendar_previous_open(const acrm_calendar *calendar, int64_t at, int64_t *out)
{
    calendar_point point;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (!calendar_point_of(calendar, at, &point))
        return ACRM_E_LIMIT;
    if (point.is_open)
        *out = at;
    else if (!calendar_earliest(calendar, point.open, point.year, out))
        return ACRM_E_LIMIT;
    return ACRM_OK;
}

int32_t acrm_calendar_is_open(const acrm_calendar *calendar, int64_t at, int32_t *out)
{
    calendar_point point;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    if (!calendar_point_of(calendar, at, &point))
        return ACRM_E_LIMIT;
    *out = point.is_open;
    return ACRM_OK;
}

/* The opening that holds an open second; it goes on when the next year begins open. */
static acrm_span calendar_opening(const acrm_calendar *calendar, int32_t y, int32_t of_year)
{
    const acrm__calendar_year *year = &calendar->years[y];
    const acrm__calendar_table *table = &calendar->tables[year->table];
    const int32_t *starts = calendar->pool + table->pool, *counts = starts + table->n;
    int32_t i = calendar_search(starts, table->n, of_year);

    return (acrm_span){ year->start + starts[i],
                        year->start + starts[i] + counts[i + 1] - counts[i] };
}

int32_t acrm_calendar_period(const acrm_calendar *calendar, int64_t at, acrm_span *out)
{
    int64_t open = 0;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    int32_t status = acrm_calendar_next_open(calendar, at, &open);
    if (status != ACRM_OK)
        return status;

    const acrm__calendar_year *years = calendar->years;
    int64_t second = acrm__floor_div(open, ACRM__SECOND_US);
    int32_t y = calendar_year_at(calendar, second);
    acrm_span found = calendar_opening(calendar, y, (int32_t)(second - years[y].start));
    for (int32_t next = y + 1; next < ACRM__CALENDAR_YEARS && found.to == years[next].start;
         next++) {
        const acrm__calendar_table *table = &calendar->tables[years[next].table];
        if (table->n == 0 || calendar->pool[table->pool] != 0)
            break;
        found.to = calendar_opening(calendar, next, 0).to;
    }
    for (; y > 0 && found.from == years[y].start; y--) {
        int32_t last = (int32_t)(years[y].start - years[y - 1].start) - 1;
        const acrm__calendar_table *table = &calendar->tables[years[y - 1].table];
        if (table->n == 0 || calendar->pool[table->pool] > last)
            break;
        acrm_span before = calendar_opening(calendar, y - 1, last);
        if (before.to != found.from)
            break;
        found.from = before.from;
    }
    *out = (acrm_span){ found.from * ACRM__SECOND_US, found.to * ACRM__SECOND_US };
    return ACRM_OK;
}
