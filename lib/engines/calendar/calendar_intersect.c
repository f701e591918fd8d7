/* SPDX-License-Identifier: MIT */
/* The calendar that is open when two others are. */
#include "base/alloc.h"
#include "engines/calendar/calendar_internal.h"

#include <string.h>

/* What a year of the intersection depends on: tables, and where they lie beside each other. */
typedef struct calendar_pair_key {
    int64_t end;         /* of the first one's year, counted from its start */
    int64_t start[3];    /* of the second one's years that reach into it */
    uint32_t table, days_table; /* of the same year, of the first and the second one */
    uint32_t other[3];   /* the second one's tables */
    int32_t others;
} calendar_pair_key;

typedef struct calendar_pair {
    const acrm_calendar *a, *b;
    acrm_calendar *out;
    acrm__calendar_spans open_a, open_b, set;
    calendar_pair_key keys[ACRM__CALENDAR_YEARS];
} calendar_pair;

/* Adds a year's openings as far as they lie between two UTC seconds. */
static void calendar_push_year(const acrm_calendar *calendar, const acrm__calendar_year *year,
                               int64_t start, int64_t end, acrm__calendar_spans *out)
{
    const acrm__calendar_table *table = &calendar->tables[year->table];
    const int32_t *starts = calendar->pool + table->pool, *counts = starts + table->n;

    for (int32_t i = 0; i < table->n; i++) {
        int64_t from = year->start + starts[i], to = from + counts[i + 1] - counts[i];
        acrm__calendar_push(out, from > start ? from : start, to < end ? to : end);
    }
}

static int32_t calendar_pair_year(calendar_pair *pair, int32_t y)
{
    const acrm__calendar_year *year = &pair->a->years[y], *other = NULL;
    uint32_t day_bits[ACRM__CALENDAR_WORDS];
    calendar_pair_key key;

    memset(&key, 0, sizeof key);
    key.end = year[1].start - year->start;
    key.table = year->table;
    key.days_table = pair->b->years[y].table;
    pair->open_a.n = pair->open_b.n = 0;
    /* Zones are less than three days apart, so only the years beside it can reach in. */
    for (int32_t j = y > 0 ? y - 1 : 0; j <= y + 1 && j < ACRM__CALENDAR_YEARS; j++) {
        other = &pair->b->years[j];
        if (other[1].start <= year->start || other->start >= year[1].start)
            continue;
        key.start[key.others] = other->start - year->start;
        key.other[key.others++] = other->table;
        calendar_push_year(pair->b, other, year->start, year[1].start, &pair->open_b);
    }
    for (uint32_t t = 0; t < pair->out->tables_n; t++)
        if (memcmp(&pair->keys[t], &key, sizeof key) == 0) {
            pair->out->years[y].table = t;
            return ACRM_OK;
        }

    calendar_push_year(pair->a, year, year->start, year[1].start, &pair->open_a);
    acrm__calendar_make_set(&pair->open_b); /* openings that meet at a year's end are one */
    acrm__calendar_common(&pair->open_a, &pair->open_b, &pair->set);
    for (size_t w = 0; w < ACRM__CALENDAR_WORDS; w++)
        day_bits[w] = pair->a->tables[key.table].day_bits[w] &
                      pair->b->tables[key.days_table].day_bits[w];
    int32_t status = acrm__calendar_add_table(pair->out, &pair->set,
                                              ACRM_CALENDAR_YEAR_FIRST + y, day_bits,
                                              &pair->out->years[y].table);
    if (status == ACRM_OK)
        memcpy(&pair->keys[pair->out->years[y].table], &key, sizeof key);
    return status;
}

static size_t calendar_longest(const acrm_calendar *calendar)
{
    int32_t n = 0;

    for (size_t i = 0; i < calendar->tables_n; i++)
        n = calendar->tables[i].n > n ? calendar->tables[i].n : n;
    return (size_t)n;
}

int32_t acrm_calendar_intersect(const acrm_calendar *a, const acrm_calendar *b,
                                const acrm_allocator *allocator, acrm_calendar **out,
                                acrm_issue *issue)
{
    if (!a || !b || !out)
        return ACRM_E_MISUSE;

    acrm_allocator own = acrm__allocator(allocator);
    size_t longest_a = calendar_longest(a), longest_b = 3 * calendar_longest(b);
    size_t spans_n = 2 * (longest_a + longest_b);
    acrm_span *spans = acrm__alloc(&own, spans_n * sizeof *spans);
    calendar_pair *pair = acrm__alloc(&own, sizeof *pair);
    acrm_calendar *made = NULL;
    int32_t status = ACRM_E_NOMEM;

    if (!spans || !pair)
        goto done;
    status = acrm__calendar_start(a->zone, &own, &made);
    if (status != ACRM_OK)
        goto done;
    pair->a = a;
    pair->b = b;
    pair->out = made;
    pair->open_a = (acrm__calendar_spans){ .at = spans, .size = longest_a };
    pair->open_b = (acrm__calendar_spans){ .at = spans + longest_a, .size = longest_b };
    pair->set = (acrm__calendar_spans){ .at = spans + longest_a + longest_b,
                                        .size = longest_a + longest_b };
    for (int32_t y = 0; status == ACRM_OK && y < ACRM__CALENDAR_YEARS; y++)
        status = calendar_pair_year(pair, y);
    if (status == ACRM_OK)
        status = acrm__calendar_copy_holidays(made, a->holidays, a->holidays_n, b->holidays,
                                              b->holidays_n);
    if (status == ACRM_OK)
        status = acrm__calendar_finish(made, "b", issue);
    if (status == ACRM_OK) {
        *out = made;
        made = NULL;
    }
done:
    acrm__free(&own, spans, spans_n * sizeof *spans);
    acrm__free(&own, pair, sizeof *pair);
    acrm_calendar_free(made);
    return status;
}
