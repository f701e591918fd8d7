/* SPDX-License-Identifier: MIT */
/* Sets of time spans: union, difference and intersection. */
#include "engines/calendar/calendar_internal.h"

#include <assert.h>

void acrm__calendar_push(acrm__calendar_spans *spans, int64_t from, int64_t to)
{
    if (from >= to)
        return;
    assert(spans->n < spans->size);
    spans->at[spans->n++] = (acrm_span){ from, to };
}

/* Shell's sort: no memory, no recursion, and nearly sorted input is quick. */
static void calendar_sort(acrm_span *at, size_t n)
{
    static const size_t gaps[] = { 29524, 9841, 3280, 1093, 364, 121, 40, 13, 4, 1 };

    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (size_t i = gaps[g]; i < n; i++) {
            acrm_span moving = at[i];
            size_t j = i;
            for (; j >= gaps[g] && at[j - gaps[g]].from > moving.from; j -= gaps[g])
                at[j] = at[j - gaps[g]];
            at[j] = moving;
        }
}

void acrm__calendar_make_set(acrm__calendar_spans *spans)
{
    size_t n = 0;

    calendar_sort(spans->at, spans->n);
    for (size_t i = 0; i < spans->n; i++) {
        if (n > 0 && spans->at[i].from <= spans->at[n - 1].to) {
            if (spans->at[i].to > spans->at[n - 1].to)
                spans->at[n - 1].to = spans->at[i].to;
        } else {
            spans->at[n++] = spans->at[i];
        }
    }
    spans->n = n;
}

void acrm__calendar_subtract(const acrm__calendar_spans *a, const acrm__calendar_spans *b,
                             acrm__calendar_spans *out)
{
    size_t j = 0;

    out->n = 0;
    for (size_t i = 0; i < a->n; i++) {
        int64_t from = a->at[i].from;
        while (j < b->n && b->at[j].to <= from)
            j++;
        for (size_t k = j; k < b->n && b->at[k].from < a->at[i].to; k++) {
            acrm__calendar_push(out, from, b->at[k].from);
            from = b->at[k].to;
        }
        acrm__calendar_push(out, from, a->at[i].to);
    }
}

void acrm__calendar_common(const acrm__calendar_spans *a, const acrm__calendar_spans *b,
                           acrm__calendar_spans *out)
{
    out->n = 0;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        acrm_span x = a->at[i], y = b->at[j];
        acrm__calendar_push(out, x.from > y.from ? x.from : y.from, x.to < y.to ? x.to : y.to);
        if (x.to < y.to)
            i++;
        else
            j++;
    }
}
