/* SPDX-License-Identifier: MIT */
/* One clock: when it is due, what it has reached, how much of its time is used. */
#include "engines/sla/sla_internal.h"

#include <assert.h>

enum { SLA_SHARE_WHOLE = 10000 };

size_t acrm__sla_spans(acrm_sla *sla, int32_t clock)
{
    size_t n = 0;

    for (size_t i = 0; i < sla->pauses_n; i++)
        if (sla->pauses[i].clocks & (1 << clock))
            sla->spans[n++] = (acrm_span){ sla->pauses[i].from, sla->pauses[i].to };
    return n;
}

/* The real time behind `start` in which an amount passes outside the pauses. */
static int64_t sla_reach_real(const acrm_sla *sla, int64_t start, size_t n_spans, int64_t amount)
{
    int64_t at = start;

    for (size_t i = 0; i < n_spans; i++) {
        acrm_span pause = sla->spans[i];
        if (pause.to <= at)
            continue;
        if (pause.from >= at) {
            if (amount <= pause.from - at)
                return at + amount;
            amount -= pause.from - at;
        } else if (amount == 0) {
            return at;
        }
        if (pause.to == INT64_MAX)
            return ACRM_SLA_NONE;
        at = pause.to;
    }
    return at + amount;
}

int64_t acrm__sla_reach(const acrm_sla *sla, const acrm__sla_clock *c, size_t n_spans,
                        int64_t amount)
{
    int64_t at = ACRM_SLA_NONE;

    if (amount < 0)
        amount = 0;
    if (c->target.around_the_clock)
        return sla_reach_real(sla, c->start, n_spans, amount);
    if (n_spans == 0)
        return acrm_calendar_add(c->calendar, c->start, amount, &at) == ACRM_OK ? at
                                                                               : ACRM_SLA_NONE;
    return acrm_calendar_deadline(c->calendar, c->start, amount, sla->spans, n_spans, &at) ==
                   ACRM_OK
               ? at : ACRM_SLA_NONE;
}

static int64_t sla_mark_amount(const acrm_sla_target *target, size_t mark)
{
    const acrm_sla_mark *m = &target->marks[mark];

    /* Whole parts first: a target of a century times 10000 would not fit. */
    return target->amount / SLA_SHARE_WHOLE * m->share_bp +
           target->amount % SLA_SHARE_WHOLE * m->share_bp / SLA_SHARE_WHOLE + m->offset;
}

/* What of a clock has not fired comes up at; NONE: nothing of it does. Bit 0 is the breach. */
static int64_t sla_bit_at(const acrm_sla *sla, const acrm__sla_clock *c, size_t n_spans, size_t bit)
{
    if (c->fired & (INT64_C(1) << bit) ||
        (bit > 0 && c->target.marks[bit - 1].share_bp == ACRM_SLA_UNUSED))
        return ACRM_SLA_NONE;
    return bit == 0 ? c->due
                    : acrm__sla_reach(sla, c, n_spans, sla_mark_amount(&c->target, bit - 1));
}

void acrm__sla_compute(acrm_sla *sla, acrm__sla_clock *c)
{
    size_t n_spans = acrm__sla_spans(sla, c->clock);

    c->due = c->next = ACRM_SLA_NONE;
    if (c->target.amount == 0)
        return;
    c->due = acrm__sla_reach(sla, c, n_spans, c->target.amount);
    for (size_t bit = 0; bit <= c->target.marks_count; bit++) {
        int64_t at = sla_bit_at(sla, c, n_spans, bit);
        if (at != ACRM_SLA_NONE && (c->next == ACRM_SLA_NONE || at < c->next))
            c->next = at;
    }
}

void acrm__sla_fire(acrm_sla *sla, acrm__sla_clock *c, int64_t to)
{
    if (c->next == ACRM_SLA_NONE || c->next >= to)
        return;
    size_t n_spans = acrm__sla_spans(sla, c->clock);
    for (size_t bit = 0; bit <= c->target.marks_count; bit++) {
        int64_t at = sla_bit_at(sla, c, n_spans, bit);
        if (at == ACRM_SLA_NONE || at >= to)
            continue;
        c->fired |= INT64_C(1) << bit;
        if (bit == 0 && c->breached == ACRM_SLA_NONE)
            c->breached = at;
    }
    acrm__sla_compute(sla, c);
}

/* Real time from one instant to another outside the pauses. */
static int64_t sla_real_used(const acrm_sla *sla, int64_t from, int64_t to, size_t n_spans)
{
    int64_t used = to - from, at = from;

    for (size_t i = 0; i < n_spans && at < to; i++) {
        int64_t a = sla->spans[i].from < at ? at : sla->spans[i].from;
        int64_t b = sla->spans[i].to > to ? to : sla->spans[i].to;
        if (a >= b)
            continue;
        used -= b - a;
        at = b;
    }
    return used;
}

void acrm__sla_used(acrm_sla *sla, const acrm__sla_clock *c, int64_t until, int64_t *elapsed,
                    int64_t *paused)
{
    size_t n_spans = acrm__sla_spans(sla, c->clock);
    int64_t all = 0, used = 0;

    if (until <= c->start) {
        *elapsed = *paused = 0;
        return;
    }
    if (c->target.around_the_clock) {
        all = until - c->start;
        used = sla_real_used(sla, c->start, until, n_spans);
    } else {
        if (acrm_calendar_between(c->calendar, c->start, until, &all) != ACRM_OK)
            all = 0;
        used = all;
        if (n_spans > 0 && acrm_calendar_elapsed(c->calendar, c->start, until, sla->spans,
                                                 n_spans, &used) != ACRM_OK)
            used = 0;
    }
    assert(used <= all);
    *elapsed = used;
    *paused = all - used;
}

void acrm__sla_compute_neglect(acrm_sla *sla)
{
    size_t n_spans = acrm__sla_spans(sla, ACRM_SLA_RESOLUTION);
    const acrm__sla_clock since = { .start = sla->touched, .calendar = sla->terms->calendar };

    sla->neglect_at = ACRM_SLA_NONE;
    if (sla->terms->neglect_after > 0 && sla->open && sla->neglected == ACRM_SLA_NONE)
        sla->neglect_at = acrm__sla_reach(sla, &since, n_spans, sla->terms->neglect_after);
}
