/* SPDX-License-Identifier: MIT */
/* What happens to a subject, told to its clocks. */
#include "engines/sla/sla_internal.h"

#include <assert.h>
#include <string.h>

int32_t acrm_sla_new(const acrm_allocator *allocator, acrm_sla **out)
{
    acrm_allocator a = acrm__allocator(allocator);

    if (!out)
        return ACRM_E_MISUSE;
    acrm_sla *sla = acrm__alloc_zero(&a, sizeof *sla);
    if (!sla)
        return ACRM_E_NOMEM;
    sla->allocator = a;
    sla->last = ACRM_SLA_NONE;
    sla->neglect_at = sla->neglected = ACRM_SLA_NONE;
    *out = sla;
    return ACRM_OK;
}

void acrm_sla_free(acrm_sla *sla)
{
    if (!sla)
        return;
    acrm_allocator a = sla->allocator;
    acrm__free(&a, sla->clocks, sla->clocks_cap * sizeof *sla->clocks);
    acrm__free(&a, sla->live, sla->live_cap * sizeof *sla->live);
    acrm__free(&a, sla->pauses, sla->pauses_cap * sizeof *sla->pauses);
    acrm__free(&a, sla->spans, sla->spans_cap * sizeof *sla->spans);
    acrm__free(&a, sla, sizeof *sla);
}

/* --- Room --- */

static int32_t sla_room(acrm_sla *sla, void **items, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 8;

    if (n < *cap)
        return ACRM_OK;
    if (n >= ACRM_SLA_ENTRIES_MAX)
        return ACRM_E_LIMIT;
    void *grown = acrm__resize(&sla->allocator, *items, *cap * size, more * size);
    if (!grown)
        return ACRM_E_NOMEM;
    *items = grown;
    *cap = more;
    return ACRM_OK;
}

/* --- Clocks --- */

static const acrm_sla_target *sla_target(const acrm_sla *sla, int32_t clock)
{
    return &sla->terms->targets[sla->priority * ACRM_SLA_CLOCKS + clock - 1];
}

static int32_t sla_start(acrm_sla *sla, int32_t clock, int64_t key, int64_t at)
{
    void *clocks = sla->clocks, *live = sla->live;

    int32_t st = sla_room(sla, &clocks, sla->clocks_n, &sla->clocks_cap, sizeof *sla->clocks);
    sla->clocks = clocks;
    if (st == ACRM_OK)
        st = sla_room(sla, &live, sla->live_n, &sla->live_cap, sizeof *sla->live);
    sla->live = live;
    if (st != ACRM_OK)
        return st;
    acrm__sla_clock *c = &sla->clocks[sla->clocks_n];
    *c = (acrm__sla_clock){ .clock = clock, .cycle = sla->cycle, .key = key, .start = at,
                            .stop = ACRM_SLA_NONE, .breached = ACRM_SLA_NONE,
                            .target = *sla_target(sla, clock),
                            .calendar = sla->terms->calendar };
    acrm__sla_compute(sla, c);
    sla->live[sla->live_n++] = sla->clocks_n++;
    return ACRM_OK;
}

static acrm__sla_clock *sla_live(acrm_sla *sla, size_t n)
{
    return &sla->clocks[sla->live[n]];
}

static bool sla_is_live(const acrm_sla *sla, int32_t clock)
{
    for (size_t i = 0; i < sla->live_n; i++)
        if (sla->clocks[sla->live[i]].clock == clock)
            return true;
    return false;
}

/* Stop the open clocks of a mask; time has passed to `at` already. */
static void sla_stop(acrm_sla *sla, int32_t clocks, int64_t at)
{
    size_t kept = 0;

    for (size_t i = 0; i < sla->live_n; i++) {
        acrm__sla_clock *c = sla_live(sla, i);
        if (clocks & (1 << c->clock)) {
            c->stop = at;
            c->next = ACRM_SLA_NONE;
        } else {
            sla->live[kept++] = sla->live[i];
        }
    }
    sla->live_n = kept;
}

/* Updates are numbered within their cycle. */
static int32_t sla_start_update(acrm_sla *sla, int64_t at)
{
    int64_t spans = 0;

    for (size_t i = 0; i < sla->clocks_n; i++)
        spans += sla->clocks[i].clock == ACRM_SLA_UPDATE && sla->clocks[i].cycle == sla->cycle;
    return sla_start(sla, ACRM_SLA_UPDATE, spans, at);
}

/* Silence is not measured while the first response is still owed: that one comes first. */
static int32_t sla_start_all(acrm_sla *sla, int64_t at)
{
    bool promised = sla_target(sla, ACRM_SLA_FIRST_RESPONSE)->amount > 0;
    int32_t st = sla_start(sla, ACRM_SLA_FIRST_RESPONSE, 0, at);

    if (st == ACRM_OK && !promised)
        st = sla_start_update(sla, at);
    return st == ACRM_OK ? sla_start(sla, ACRM_SLA_RESOLUTION, 0, at) : st;
}

static void sla_compute_all(acrm_sla *sla)
{
    for (size_t i = 0; i < sla->live_n; i++)
        acrm__sla_compute(sla, sla_live(sla, i));
    acrm__sla_compute_neglect(sla);
}

static void sla_touch(acrm_sla *sla, int64_t at)
{
    sla->touched = at;
    sla->neglected = ACRM_SLA_NONE;
    acrm__sla_compute_neglect(sla);
}

/* --- Pauses --- */

static int32_t sla_add_pause(acrm_sla *sla, acrm__sla_pause pause)
{
    void *pauses = sla->pauses, *spans = sla->spans;

    int32_t st = sla_room(sla, &pauses, sla->pauses_n, &sla->pauses_cap, sizeof *sla->pauses);
    sla->pauses = pauses;
    if (st == ACRM_OK)
        st = sla_room(sla, &spans, sla->pauses_n, &sla->spans_cap, sizeof *sla->spans);
    sla->spans = spans;
    if (st != ACRM_OK)
        return st;
    size_t at = sla->pauses_n++;
    for (; at > 0 && sla->pauses[at - 1].from > pause.from; at--)
        sla->pauses[at] = sla->pauses[at - 1];
    sla->pauses[at] = pause;
    return ACRM_OK;
}

static int32_t sla_pause(acrm_sla *sla, const acrm_sla_happening *h)
{
    int64_t to = h->until == ACRM_SLA_NONE ? INT64_MAX : h->until;

    for (size_t i = 0; i < sla->pauses_n; i++)
        if (sla->pauses[i].key == h->key)
            return ACRM_OK;
    return sla_add_pause(sla, (acrm__sla_pause){ h->key, h->at, to, h->clocks });
}

static void sla_resume(acrm_sla *sla, int64_t key, int64_t at)
{
    for (size_t i = 0; i < sla->pauses_n; i++)
        if ((key == 0 || sla->pauses[i].key == key) && sla->pauses[i].to > at)
            sla->pauses[i].to = at;
}

/* --- Resolved and reopened --- */

static void sla_resolve(acrm_sla *sla, int64_t at)
{
    if (!sla->open)
        return;
    sla_stop(sla, ~0, at);
    sla_resume(sla, 0, at);
    sla->open = false;
    sla->neglect_at = ACRM_SLA_NONE;
}

/* The time it was resolved counts as a pause, so that the clock goes on where it stood. */
static int32_t sla_continue(acrm_sla *sla, int64_t at)
{
    for (size_t i = sla->clocks_n; i-- > 0;) {
        acrm__sla_clock *c = &sla->clocks[i];
        if (c->clock != ACRM_SLA_RESOLUTION)
            continue;
        int32_t st = sla_add_pause(sla, (acrm__sla_pause){ ACRM_SLA_NONE, c->stop, at,
                                                           1 << ACRM_SLA_RESOLUTION });
        if (st != ACRM_OK)
            return st;
        c->stop = ACRM_SLA_NONE;
        c->target = *sla_target(sla, c->clock);
        c->calendar = sla->terms->calendar;
        sla->live[sla->live_n++] = i; /* it has been there before */
        return ACRM_OK;
    }
    return ACRM_OK;
}

static int32_t sla_reopen(acrm_sla *sla, int64_t at)
{
    int32_t st;

    if (sla->open)
        return ACRM_OK;
    sla->open = true;
    switch (sla->terms->reopen) {
    case ACRM_SLA_NEW_CYCLE:
        sla->cycle++;
        st = sla_start_all(sla, at);
        break;
    case ACRM_SLA_RESTART:
        sla->cycle++;
        st = sla_start_update(sla, at);
        if (st == ACRM_OK)
            st = sla_start(sla, ACRM_SLA_RESOLUTION, 0, at);
        break;
    default:
        st = sla_continue(sla, at);
        if (st == ACRM_OK)
            st = sla_start_update(sla, at);
        break;
    }
    return st;
}

/* --- What happens --- */

static int32_t sla_reply(acrm_sla *sla, int64_t at)
{
    if (!sla->open)
        return ACRM_OK;
    sla_stop(sla, 1 << ACRM_SLA_FIRST_RESPONSE | 1 << ACRM_SLA_NEXT_RESPONSE |
                      1 << ACRM_SLA_UPDATE, at);
    return sla_start_update(sla, at);
}

static int32_t sla_message(acrm_sla *sla, const acrm_sla_happening *h)
{
    if (!sla->open || sla_is_live(sla, ACRM_SLA_FIRST_RESPONSE))
        return ACRM_OK;
    for (size_t i = 0; i < sla->live_n; i++)
        if (sla_live(sla, i)->clock == ACRM_SLA_NEXT_RESPONSE && sla_live(sla, i)->key == h->key)
            return ACRM_OK;
    return sla_start(sla, ACRM_SLA_NEXT_RESPONSE, h->key, h->at);
}

static void sla_retarget(acrm_sla *sla, const acrm_sla_happening *h)
{
    if (h->kind == ACRM_SLA_TERMS)
        sla->terms = h->terms;
    sla->priority = h->priority;
    for (size_t i = 0; i < sla->live_n; i++) {
        acrm__sla_clock *c = sla_live(sla, i);
        c->target = *sla_target(sla, c->clock);
        c->calendar = sla->terms->calendar;
    }
}

/* What was announced stays so, also when it is learned later that it came otherwise. */
static void sla_fired(acrm_sla *sla, const acrm_sla_happening *h)
{
    for (size_t i = 0; i < sla->clocks_n; i++) {
        acrm__sla_clock *c = &sla->clocks[i];
        if (!(h->clocks & (1 << c->clock)) || c->cycle != h->cycle || c->key != h->key)
            continue;
        if (h->fired & 1 && c->breached == ACRM_SLA_NONE)
            c->breached = h->until;
        c->fired |= h->fired;
        if (c->stop == ACRM_SLA_NONE)
            acrm__sla_compute(sla, c);
    }
}

static int32_t sla_created(acrm_sla *sla, const acrm_sla_happening *h)
{
    sla->terms = h->terms;
    sla->priority = h->priority;
    sla->cycle = 1;
    sla->open = true;
    return sla_start_all(sla, h->at);
}

static int32_t sla_apply(acrm_sla *sla, const acrm_sla_happening *h)
{
    switch (h->kind) {
    case ACRM_SLA_CREATED:
        return sla_created(sla, h);
    case ACRM_SLA_MESSAGE:
        return sla_message(sla, h);
    case ACRM_SLA_REPLY:
        return sla_reply(sla, h->at);
    case ACRM_SLA_PAUSED:
        return sla->open ? sla_pause(sla, h) : ACRM_OK;
    case ACRM_SLA_RESUMED:
        sla_resume(sla, h->key, h->at);
        return ACRM_OK;
    case ACRM_SLA_PRIORITY:
    case ACRM_SLA_TERMS:
        sla_retarget(sla, h);
        return ACRM_OK;
    case ACRM_SLA_RESOLVED:
    case ACRM_SLA_CLOSED:
        sla_resolve(sla, h->at);
        return ACRM_OK;
    case ACRM_SLA_REOPENED:
        return sla_reopen(sla, h->at);
    case ACRM_SLA_FIRED:
        sla_fired(sla, h);
        return ACRM_OK;
    default:
        return ACRM_OK;
    }
}

static int32_t sla_fault(acrm_issue *issue, const char *field, const char *allowed)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = -1 };
    return ACRM_E_INVALID;
}

static int32_t sla_check_happening(const acrm_sla *sla, const acrm_sla_happening *h,
                                   acrm_issue *issue)
{
    bool terms = h->kind == ACRM_SLA_CREATED || h->kind == ACRM_SLA_TERMS;
    const acrm_sla_terms *in_force = terms ? h->terms : sla->terms;

    if (h->kind < ACRM_SLA_CREATED || h->kind > ACRM_SLA_FIRED)
        return sla_fault(issue, "kind", "ACRM_SLA_CREATED to ACRM_SLA_FIRED");
    if ((h->kind == ACRM_SLA_CREATED) != (sla->terms == NULL))
        return sla_fault(issue, "kind", "ACRM_SLA_CREATED first, and only then");
    if (h->at < sla->last)
        return sla_fault(issue, "at", "not before what happened last");
    if (terms && (!h->terms || acrm_sla_check(h->terms, issue) != ACRM_OK))
        return h->terms ? ACRM_E_INVALID : ACRM_E_MISUSE;
    if ((terms || h->kind == ACRM_SLA_PRIORITY) &&
        (h->priority < 0 || (size_t)h->priority >= in_force->priorities_count))
        return sla_fault(issue, "priority", "a priority of the terms");
    if (h->kind == ACRM_SLA_PAUSED && h->until != ACRM_SLA_NONE && h->until < h->at)
        return sla_fault(issue, "until", "not before the pause begins");
    return ACRM_OK;
}

/* Work on it ends a neglect; what comes from outside does not. */
static bool sla_is_touch(int32_t kind)
{
    const int32_t touches = 1 << ACRM_SLA_CREATED | 1 << ACRM_SLA_REPLY | 1 << ACRM_SLA_TOUCH |
                            1 << ACRM_SLA_PAUSED | 1 << ACRM_SLA_RESUMED |
                            1 << ACRM_SLA_PRIORITY | 1 << ACRM_SLA_REOPENED;

    return (touches & 1 << kind) != 0;
}

/* Whether open clocks may fall due at another instant than before. */
static bool sla_moves(int32_t kind)
{
    return kind != ACRM_SLA_MESSAGE && kind != ACRM_SLA_REPLY && kind != ACRM_SLA_TOUCH &&
           kind != ACRM_SLA_FIRED;
}

int32_t acrm_sla_happen(acrm_sla *sla, const acrm_sla_happening *happening, acrm_issue *issue)
{
    if (!sla || !happening || happening->struct_size != sizeof *happening)
        return ACRM_E_MISUSE;
    int32_t st = sla_check_happening(sla, happening, issue);
    if (st != ACRM_OK)
        return st;
    if (sla->terms)
        acrm_sla_advance(sla, happening->at);
    sla->last = happening->at;
    st = sla_apply(sla, happening);
    if (st != ACRM_OK)
        return st;
    if (sla_moves(happening->kind))
        sla_compute_all(sla);
    if (sla_is_touch(happening->kind))
        sla_touch(sla, happening->at);
    return ACRM_OK;
}

int32_t acrm_sla_advance(acrm_sla *sla, int64_t now)
{
    if (!sla || !sla->terms)
        return ACRM_E_MISUSE;
    if (now < sla->last)
        return ACRM_E_INVALID;
    for (size_t i = 0; i < sla->live_n; i++)
        acrm__sla_fire(sla, sla_live(sla, i), now);
    if (sla->neglect_at != ACRM_SLA_NONE && sla->neglect_at < now) {
        sla->neglected = sla->neglect_at;
        sla->neglect_at = ACRM_SLA_NONE;
    }
    return ACRM_OK;
}

/* --- How things stand --- */

size_t acrm_sla_count(const acrm_sla *sla)
{
    return sla ? sla->clocks_n : 0;
}

static bool sla_holds(const acrm_sla *sla, int32_t clocks, int64_t now)
{
    for (size_t i = 0; i < sla->pauses_n; i++)
        if (sla->pauses[i].clocks & clocks && sla->pauses[i].from <= now &&
            now < sla->pauses[i].to)
            return true;
    return false;
}

static int32_t sla_state(const acrm_sla *sla, const acrm__sla_clock *c, int64_t now)
{
    if (c->stop != ACRM_SLA_NONE)
        return c->fired & 1 ? ACRM_SLA_MISSED : ACRM_SLA_MET;
    return sla_holds(sla, 1 << c->clock, now) ? ACRM_SLA_STOPPED : ACRM_SLA_ACTIVE;
}

int32_t acrm_sla_clock_at(acrm_sla *sla, size_t n, int64_t now, acrm_sla_clock *out)
{
    if (!sla || !out || out->struct_size != sizeof *out)
        return ACRM_E_MISUSE;
    if (n >= sla->clocks_n)
        return ACRM_E_NOTFOUND;
    const acrm__sla_clock *c = &sla->clocks[n];
    acrm_sla_clock clock = { .struct_size = sizeof clock, .clock = c->clock, .cycle = c->cycle,
                             .state = sla_state(sla, c, now), .key = c->key, .start = c->start,
                             .stop = c->stop, .target = c->target.amount, .due = c->due,
                             .breached = c->breached, .fired = c->fired };
    acrm__sla_used(sla, c, c->stop == ACRM_SLA_NONE ? now : c->stop, &clock.elapsed,
                   &clock.paused);
    clock.left = clock.target > 0 ? clock.target - clock.elapsed : 0;
    *out = clock;
    return ACRM_OK;
}

static void sla_earlier(int64_t at, int64_t *next)
{
    if (at != ACRM_SLA_NONE && (*next == ACRM_SLA_NONE || at < *next))
        *next = at;
}

int32_t acrm_sla_summarise(acrm_sla *sla, int64_t now, acrm_sla_summary *out)
{
    int64_t next = ACRM_SLA_NONE;

    if (!sla || !sla->terms || !out || out->struct_size != sizeof *out)
        return ACRM_E_MISUSE;
    /* Behind its instant is when something is reached. */
    for (size_t i = 0; i < sla->live_n; i++)
        if (sla_live(sla, i)->next != ACRM_SLA_NONE)
            sla_earlier(sla_live(sla, i)->next + 1, &next);
    if (sla->neglect_at != ACRM_SLA_NONE)
        sla_earlier(sla->neglect_at + 1, &next);
    for (size_t i = 0; sla->open && i < sla->pauses_n; i++)
        if (sla->pauses[i].to > now && sla->pauses[i].to != INT64_MAX)
            sla_earlier(sla->pauses[i].to, &next);
    *out = (acrm_sla_summary){ .struct_size = sizeof *out, .open = sla->open,
                               .paused = sla->open && sla_holds(sla, ~0, now),
                               .cycle = sla->cycle, .touched = sla->touched,
                               .neglected = sla->neglected, .next = next };
    return ACRM_OK;
}
