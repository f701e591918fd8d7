/* SPDX-License-Identifier: MIT */
/* The inside of the service level clocks. */
#ifndef ACRM_LIB_ENGINES_SLA_SLA_INTERNAL_H
#define ACRM_LIB_ENGINES_SLA_SLA_INTERNAL_H

#include "autocrm/sla.h"
#include "base/alloc.h"

/* A stretch in which the clocks of a mask stand still. */
typedef struct acrm__sla_pause {
    int64_t key;
    int64_t from, to; /* to INT64_MAX: until resumed */
    int32_t clocks;
} acrm__sla_pause;

typedef struct acrm__sla_clock {
    int32_t clock, cycle;
    int64_t key;
    int64_t start, stop; /* stop ACRM_SLA_NONE while open */
    acrm_sla_target target; /* as it was when the clock stopped, or is */
    const acrm_calendar *calendar;
    int64_t due;
    int64_t next;     /* next mark, or the breach, that has not fired */
    int64_t breached;
    int64_t fired;
} acrm__sla_clock;

struct acrm_sla {
    acrm_allocator allocator;
    const acrm_sla_terms *terms; /* NULL before CREATED */
    int32_t priority;
    int32_t cycle;
    bool open;
    int64_t last;     /* what happened last, or time passed to */
    int64_t touched, neglect_at, neglected;
    acrm__sla_clock *clocks;
    size_t clocks_n, clocks_cap;
    size_t *live; /* numbers of the open clocks */
    size_t live_n, live_cap;
    acrm__sla_pause *pauses; /* by ascending from */
    size_t pauses_n, pauses_cap;
    acrm_span *spans; /* scratch: room for every pause */
    size_t spans_cap;
};

/* sla_clock.c */
/* The pauses that hold a clock, into sla->spans; their number. */
size_t acrm__sla_spans(acrm_sla *sla, int32_t clock);
/* When so much of a clock's time has been used; ACRM_SLA_NONE: never, as things stand. */
int64_t acrm__sla_reach(const acrm_sla *sla, const acrm__sla_clock *c, size_t n_spans,
                        int64_t amount);
/* Work out due and next anew. */
void acrm__sla_compute(acrm_sla *sla, acrm__sla_clock *c);
/* Fire what is reached before `to`. */
void acrm__sla_fire(acrm_sla *sla, acrm__sla_clock *c, int64_t to);
/* Time used until an instant, and in which it stood still. */
void acrm__sla_used(acrm_sla *sla, const acrm__sla_clock *c, int64_t until, int64_t *elapsed,
                    int64_t *paused);
/* Since when nobody worked on the subject for too long. */
void acrm__sla_compute_neglect(acrm_sla *sla);

#endif
