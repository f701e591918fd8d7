/* SPDX-License-Identifier: MIT */
/* Milestone chains: what is believed of what was told, and the dates that follow. */
#include "engines/milestone/milestone.h"

#include "base/civil.h"
#include "base/error.h"

#include <string.h>

enum { MILESTONE_WALK_MAX = 30000 };

/* --- A chain --- */

int32_t acrm_milestone_new(const acrm_allocator *allocator, const acrm_value *definition,
                           acrm_milestone_chain **out, acrm_error **err)
{
    acrm_allocator own = acrm__allocator(allocator);

    if (!definition || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "a definition and a place for the chain are needed");
    acrm_milestone_chain *chain = acrm__alloc_zero(&own, sizeof *chain);
    if (!chain)
        return acrm__error_nomem(err);
    acrm__arena_init(&chain->own, &own);
    acrm_value *copy = acrm__value_in(&chain->own), *faults = acrm__value_in(&chain->own);
    int32_t st = copy && faults && acrm__value_copy(copy, definition) &&
                         acrm_value_set_list(faults) == ACRM_OK
                     ? ACRM_OK : ACRM_E_NOMEM;
    chain->definition = copy;
    if (st == ACRM_OK)
        st = acrm__milestone_read(chain, faults);
    if (st == ACRM_OK && acrm_value_count(faults) == 0) {
        *out = chain;
        return ACRM_OK;
    }
    st = st == ACRM_OK ? acrm__error_fields(err, ACRM_E_INVALID, faults) : acrm__error_nomem(err);
    acrm_milestone_free(chain);
    return st;
}

void acrm_milestone_free(acrm_milestone_chain *chain)
{
    if (!chain)
        return;
    acrm_allocator own = chain->own.allocator;
    acrm__arena_free(&chain->own);
    acrm__free(&own, chain, sizeof *chain);
}

static const acrm__milestone *milestone_at(const acrm_milestone_chain *chain, size_t n)
{
    return chain && n < (size_t)chain->count ? &chain->items[n] : NULL;
}

size_t acrm_milestone_count(const acrm_milestone_chain *chain)
{
    return chain ? (size_t)chain->count : 0;
}

int32_t acrm_milestone_tolerance(const acrm_milestone_chain *chain)
{
    return chain ? chain->tolerance : 0;
}

const char *acrm_milestone_code(const acrm_milestone_chain *chain, size_t n)
{
    const acrm__milestone *m = milestone_at(chain, n);

    return m ? m->code : NULL;
}

int32_t acrm_milestone_find(const acrm_milestone_chain *chain, const char *code)
{
    for (int32_t i = 0; chain && code && i < chain->count; i++)
        if (strcmp(chain->items[i].code, code) == 0)
            return i;
    return ACRM_E_NOTFOUND;
}

uint32_t acrm_milestone_flags(const acrm_milestone_chain *chain, size_t n)
{
    const acrm__milestone *m = milestone_at(chain, n);

    return m ? m->flags : 0;
}

const acrm_value *acrm_milestone_data(const acrm_milestone_chain *chain, size_t n)
{
    const acrm__milestone *m = milestone_at(chain, n);

    return m ? m->data : NULL;
}

int32_t acrm_milestone_precedes(const acrm_milestone_chain *chain, size_t before, size_t n)
{
    const acrm__milestone *m = milestone_at(chain, n);

    return m && milestone_at(chain, before) ? (int32_t)(m->before >> before & 1) : 0;
}

static int32_t milestone_refuse(acrm_issue *issue, const char *field, const char *allowed,
                                size_t row)
{
    if (issue)
        *issue = (acrm_issue){ field, allowed, (int64_t)row };
    return ACRM_E_INVALID;
}

static bool milestone_day_fits(int32_t day)
{
    return day >= ACRM__DAY_MIN && day <= ACRM__DAY_MAX;
}

/* --- What is believed --- */

/* Of tellers: more than 0 when a is to be believed over b, 0 when they are equals. */
static int milestone_authority(const acrm_milestone_event *a, const acrm_milestone_event *b)
{
    if (a->rank != b->rank)
        return a->rank > b->rank ? 1 : -1;
    return (a->revision > b->revision) - (a->revision < b->revision);
}

/* Of equals: a before b, so that no two that differ are neither. */
static bool milestone_earlier(const acrm_milestone_event *a, const acrm_milestone_event *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    return a->day != b->day ? a->day < b->day : a->tentative < b->tentative;
}

/* The events that decide about one milestone; NULL: there is none. */
typedef struct milestone_word {
    const acrm_milestone_event *reached, *retracted, *expected, *skipped;
    bool disputed;
} milestone_word;

static void milestone_hear(milestone_word *word, const acrm_milestone_event *e)
{
    const acrm_milestone_event **slot = e->kind == ACRM_MILESTONE_REACHED     ? &word->reached
                                        : e->kind == ACRM_MILESTONE_RETRACTED ? &word->retracted
                                        : e->kind == ACRM_MILESTONE_EXPECTED  ? &word->expected
                                                                              : &word->skipped;
    int order = *slot ? milestone_authority(e, *slot) : 1;

    if (order < 0)
        return;
    if (e->kind == ACRM_MILESTONE_REACHED) {
        word->disputed = order == 0 && (word->disputed || e->at != (*slot)->at);
        if (order == 0 && !milestone_earlier(e, *slot))
            return;
    } else if (order == 0 && !milestone_earlier(*slot, e)) {
        return;
    }
    *slot = e;
}

static void milestone_believe(const milestone_word *word, acrm_milestone_state *state)
{
    const acrm_milestone_event *reached = word->reached, *retracted = word->retracted;

    if (reached && retracted) {
        int order = milestone_authority(retracted, reached);
        if (order > 0 || (order == 0 && retracted->at >= reached->at))
            reached = NULL;
    }
    state->reached = reached ? reached->day : ACRM_MILESTONE_NO_DAY;
    state->reached_at = reached ? reached->at : 0;
    state->disputed = reached && word->disputed;
    state->forecast = word->expected ? word->expected->day : ACRM_MILESTONE_NO_DAY;
    state->guess = word->expected && word->expected->tentative;
    state->skipped = word->skipped && !reached;
}

int32_t acrm_milestone_fold(const acrm_milestone_chain *chain, const acrm_milestone_event *events,
                            size_t n, acrm_milestone_state *states, size_t n_states,
                            acrm_issue *issue)
{
    milestone_word words[ACRM_MILESTONE_MAX];

    if (!chain || (!events && n > 0) || !states || n_states != (size_t)chain->count)
        return ACRM_E_MISUSE;
    memset(words, 0, sizeof words);
    for (size_t i = 0; i < n; i++) {
        const acrm_milestone_event *e = &events[i];
        if (e->milestone < 0 || e->milestone >= chain->count)
            return milestone_refuse(issue, "milestone", "a number of the chain", i);
        if (e->kind < ACRM_MILESTONE_REACHED || e->kind > ACRM_MILESTONE_SKIPPED)
            return milestone_refuse(issue, "kind", "ACRM_MILESTONE_REACHED to _SKIPPED", i);
        if (!milestone_day_fits(e->day))
            return milestone_refuse(issue, "day", "a day of the years 1 to 9999", i);
        if (e->kind == ACRM_MILESTONE_SKIPPED &&
            !(chain->items[e->milestone].flags & ACRM_MILESTONE_OPTIONAL))
            return milestone_refuse(issue, "milestone", "an optional one", i);
        milestone_hear(&words[e->milestone], e);
    }
    for (int32_t i = 0; i < chain->count; i++)
        milestone_believe(&words[i], &states[i]);
    return ACRM_OK;
}

/* --- Dates --- */

typedef struct milestone_path {
    const acrm_milestone_chain *chain;
    const acrm_calendar *calendar;
    const acrm_milestone_hold *holds;
    size_t n_holds;
    acrm_milestone_state *states;
    int32_t start, today;
} milestone_path;

/* The first day after a stop point; one without an end lasts until today. */
static int32_t milestone_hold_end(const milestone_path *p, const acrm_milestone_hold *hold)
{
    if (hold->until != ACRM_MILESTONE_NO_DAY)
        return hold->until;
    return hold->from > p->today ? hold->from : p->today;
}

static bool milestone_is_held(const milestone_path *p, int32_t n, int32_t day)
{
    for (size_t i = 0; i < p->n_holds; i++)
        if (p->holds[i].milestone == n && p->holds[i].from <= day &&
            day < milestone_hold_end(p, &p->holds[i]))
            return true;
    return false;
}

/* Whether a hold of this milestone without an end is known, and whether it has any. */
static bool milestone_has_hold(const milestone_path *p, int32_t n, bool *open)
{
    bool any = false;

    *open = false;
    for (size_t i = 0; i < p->n_holds; i++)
        if (p->holds[i].milestone == n) {
            any = true;
            *open = *open || p->holds[i].until == ACRM_MILESTONE_NO_DAY;
        }
    return any;
}

/* So many days that count after `from`, and then to a day that is not held. */
static int32_t milestone_walk(const milestone_path *p, int32_t n, int32_t from, int32_t days,
                              bool held, int32_t *out)
{
    bool business = p->calendar && p->chain->items[n].flags & ACRM_MILESTONE_BUSINESS;
    int32_t day = from, steps = 0, open = 1;

    if (!business && !held) {
        *out = from + days;
        return milestone_day_fits(*out) ? ACRM_OK : ACRM_E_LIMIT;
    }
    while (days > 0 || (held && milestone_is_held(p, n, day))) {
        if (++day > ACRM__DAY_MAX || ++steps > MILESTONE_WALK_MAX)
            return ACRM_E_LIMIT;
        if (held && milestone_is_held(p, n, day))
            continue;
        if (business && acrm_calendar_is_business_day(p->calendar, day, &open) != ACRM_OK)
            return ACRM_E_LIMIT;
        days -= open ? 1 : 0;
    }
    *out = day;
    return ACRM_OK;
}

/* The last of those before it: its date, and whether any of them is tentative. */
static int32_t milestone_base(const milestone_path *p, const acrm__milestone *m,
                              acrm_milestone_state *state)
{
    int32_t base = p->start;

    state->because = ACRM_MILESTONE_BY_START;
    state->tentative = 0;
    for (int32_t i = 0; i < p->chain->count; i++) {
        if (!(m->after >> i & 1))
            continue;
        if (state->because < 0 || p->states[i].expected > base) {
            base = p->states[i].expected;
            state->because = i;
        }
        if (p->states[i].tentative)
            state->tentative = 1;
    }
    return base;
}

static int32_t milestone_expect(const milestone_path *p, int32_t n)
{
    const acrm__milestone *m = &p->chain->items[n];
    acrm_milestone_state *state = &p->states[n];
    bool open = false;
    int32_t free_day = 0;
    int32_t base = milestone_base(p, m, state);

    if (state->skipped) {
        state->expected = base;
        return ACRM_OK;
    }
    bool held = milestone_has_hold(p, n, &open);
    int32_t days = m->days;
    if (state->forecast != ACRM_MILESTONE_NO_DAY) {
        if (state->forecast >= base) {
            base = state->forecast;
            state->because = ACRM_MILESTONE_BY_FORECAST;
        }
        state->tentative |= state->guess;
        days = 0;
    }
    int32_t st = milestone_walk(p, n, base, days, held, &state->expected);
    if (st == ACRM_OK && held)
        st = milestone_walk(p, n, base, days, false, &free_day);
    if (st != ACRM_OK)
        return st;
    if (held && free_day < state->expected)
        state->because = ACRM_MILESTONE_BY_HOLD;
    state->tentative |= open ? 1 : 0;
    if (state->expected < p->today) {
        state->expected = p->today;
        state->because = ACRM_MILESTONE_BY_TODAY;
        state->tentative = 1;
    }
    return ACRM_OK;
}

static int32_t milestone_check(const milestone_path *p, acrm_issue *issue)
{
    if (!milestone_day_fits(p->start) || !milestone_day_fits(p->today))
        return milestone_refuse(issue, "start", "days of the years 1 to 9999", 0);
    for (size_t i = 0; i < p->n_holds; i++) {
        const acrm_milestone_hold *hold = &p->holds[i];
        bool ends = hold->until != ACRM_MILESTONE_NO_DAY;
        if (hold->milestone < 0 || hold->milestone >= p->chain->count)
            return milestone_refuse(issue, "holds.milestone", "a number of the chain", i);
        if (!milestone_day_fits(hold->from) || (ends && !milestone_day_fits(hold->until)))
            return milestone_refuse(issue, "holds.from", "days of the years 1 to 9999", i);
        if (ends && hold->until < hold->from)
            return milestone_refuse(issue, "holds.until", "not before from", i);
    }
    for (int32_t i = 0; i < p->chain->count; i++) {
        const acrm_milestone_state *s = &p->states[i];
        const int32_t days[] = { s->reached, s->forecast, s->planned, s->promised };
        for (size_t k = 0; k < 4; k++)
            if (days[k] != ACRM_MILESTONE_NO_DAY && !milestone_day_fits(days[k]))
                return milestone_refuse(issue, "states", "days of the years 1 to 9999", (size_t)i);
    }
    return ACRM_OK;
}

int32_t acrm_milestone_plan(const acrm_milestone_chain *chain, int32_t start, int32_t today,
                            const acrm_calendar *calendar, const acrm_milestone_hold *holds,
                            size_t n_holds, acrm_milestone_state *states, size_t n_states,
                            acrm_issue *issue)
{
    milestone_path p = { chain, calendar, holds, n_holds, states, start, today };

    if (!chain || (!holds && n_holds > 0) || !states || n_states != (size_t)chain->count)
        return ACRM_E_MISUSE;
    int32_t st = milestone_check(&p, issue);
    for (int32_t i = 0; st == ACRM_OK && i < chain->count; i++) {
        int32_t n = chain->order[i];
        acrm_milestone_state *s = &states[n];
        int32_t goal = s->promised != ACRM_MILESTONE_NO_DAY ? s->promised : s->planned;
        if (s->reached != ACRM_MILESTONE_NO_DAY) {
            s->expected = s->reached;
            s->because = ACRM_MILESTONE_BY_FACT;
            s->tentative = 0;
        } else {
            st = milestone_expect(&p, n);
        }
        s->slip = st != ACRM_OK || goal == ACRM_MILESTONE_NO_DAY ? 0 : s->expected - goal;
    }
    return st;
}

/* --- How far it is --- */

int32_t acrm_milestone_valid(const acrm_milestone_chain *chain, const acrm_milestone_state *states,
                             size_t n)
{
    const acrm__milestone *m = milestone_at(chain, n);

    if (!m || !states)
        return 0;
    for (int32_t i = 0; i < chain->count; i++)
        if (m->before >> i & 1 && chain->items[i].flags & ACRM_MILESTONE_GATE &&
            states[i].reached == ACRM_MILESTONE_NO_DAY && !states[i].skipped)
            return 0;
    return states[n].reached != ACRM_MILESTONE_NO_DAY;
}

int32_t acrm_milestone_furthest(const acrm_milestone_chain *chain,
                                const acrm_milestone_state *states)
{
    int32_t best = -1;

    for (int32_t i = 0; chain && states && i < chain->count; i++)
        if ((best < 0 || chain->items[i].rank >= chain->items[best].rank) &&
            acrm_milestone_valid(chain, states, (size_t)i))
            best = i;
    return best;
}
