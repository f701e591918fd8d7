/* SPDX-License-Identifier: MIT */
/*
 * Searches for valid choices. A broken rule can be mended by some options only: in any valid choice
 * one of them differs. So each is changed in turn, and what was tried before stays as it is. That
 * reaches every valid choice, none of them twice.
 */
#include "engines/configuration/configuration.h"

#include <string.h>

typedef struct search_level {
    acrm__options ways; /* options one of which must be changed */
    uint32_t current;   /* the one that is; NONE: not begun */
} search_level;

typedef struct search_run {
    const acrm_configuration *c;
    search_level *levels;
    acrm__options chosen, frozen;
    acrm__vehicle vehicle;
    acrm__broken broken;
    uint32_t steps, steps_max;
    uint64_t *used;           /* (nullable) rules that led on, as bits */
    const uint64_t *disabled; /* (nullable) rules that are not judged, as bits */
    bool cut;                 /* something was left out for want of changes */
} search_run;

/* --- Ways to change what is in the vehicle --- */

/* The chosen option through which one that was brought came in. */
static uint32_t search_root(const search_run *s, uint32_t option)
{
    const acrm_configuration *c = s->c;

    /* Packages stand before those in them: one pass from the end goes all the way up. */
    for (uint32_t i = c->n_packages; i-- > 0 && !acrm__option_in(s->chosen.bits, option);) {
        const acrm__package *p = &c->packages[i];
        if (acrm__option_in(p->content, option) && acrm__option_in(c->optional, p->option) &&
            acrm__option_in(s->vehicle.brought.bits, p->option))
            option = p->option;
    }
    return option;
}

/* All that brings an option in when it is chosen. */
static void search_bringers(const search_run *s, uint32_t option, uint64_t *ways)
{
    const acrm_configuration *c = s->c;
    acrm__options set = { { 0 } };

    acrm__option_put(set.bits, option);
    for (uint32_t i = c->n_packages; i-- > 0;) {
        const acrm__package *p = &c->packages[i];
        if (acrm__option_in(c->optional, p->option) &&
            acrm__options_meet(c, p->content, set.bits))
            acrm__option_put(set.bits, p->option);
    }
    for (uint32_t w = 0; w < c->words; w++)
        ways[w] |= set.bits[w];
}

static const acrm__standard *search_standard(const acrm_configuration *c, uint32_t option)
{
    for (uint32_t i = 0; i < c->n_standards; i++)
        if (c->standards[i].option == option)
            return &c->standards[i];
    return NULL;
}

static void search_take_out(const search_run *s, uint32_t option, uint64_t *ways)
{
    const acrm_configuration *c = s->c;

    if (acrm__option_in(s->vehicle.brought.bits, option)) {
        acrm__option_put(ways, search_root(s, option));
        return;
    }
    const acrm__standard *standard = search_standard(c, option);
    for (uint32_t o = standard ? acrm__option_both(c, standard->mates, standard->mates, 0)
                               : ACRM_CONFIGURATION_NONE;
         o != ACRM_CONFIGURATION_NONE;
         o = acrm__option_both(c, standard->mates, standard->mates, o + 1))
        search_bringers(s, o, ways);
}

static void search_put_in(const search_run *s, uint32_t option, uint64_t *ways)
{
    const acrm_configuration *c = s->c;

    if (!acrm__option_in(c->offered, option))
        return;
    if (acrm__option_in(c->optional, option)) {
        search_bringers(s, option, ways);
        return;
    }
    /* A standard one that was displaced: beside what displaced it the group would be broken. */
    const acrm__standard *standard = search_standard(c, option);
    uint32_t mate = standard
                        ? acrm__option_both(c, standard->mates, s->vehicle.brought.bits, 0)
                        : ACRM_CONFIGURATION_NONE;
    if (mate != ACRM_CONFIGURATION_NONE)
        acrm__option_put(ways, search_root(s, mate));
    if (s->disabled) /* unless the group is not judged */
        search_bringers(s, option, ways);
}

/* The options of which one must be changed to mend a rule. */
static void search_mend(const search_run *s, uint32_t rule, uint64_t *ways)
{
    const acrm_configuration *c = s->c;
    const uint64_t *when = acrm__rule_when(c, rule), *then = when + c->words;
    const uint64_t *in = s->vehicle.in.bits;
    int32_t kind = c->kinds[rule];
    uint32_t first = acrm__option_both(c, then, in, 0), o;

    for (o = acrm__option_both(c, when, when, 0); o != ACRM_CONFIGURATION_NONE;
         o = acrm__option_both(c, when, when, o + 1))
        search_take_out(s, o, ways);
    if (kind == ACRM_OPTION_REQUIRES || kind == ACRM_OPTION_PACKAGE) {
        search_put_in(s, acrm__option_only(c, then, in, 0), ways);
    } else if (first == ACRM_CONFIGURATION_NONE) {
        for (o = acrm__option_both(c, then, then, 0); o != ACRM_CONFIGURATION_NONE;
             o = acrm__option_both(c, then, then, o + 1))
            search_put_in(s, o, ways);
    } else {
        search_take_out(s, first, ways);
        if (kind != ACRM_OPTION_EXCLUDES)
            search_take_out(s, acrm__option_both(c, then, in, first + 1), ways);
    }
}

/* --- One choice --- */

enum { SEARCH_VALID = 1, SEARCH_GO_ON, SEARCH_DEAD };

typedef struct search_look {
    acrm__options *best; /* the fewest ways so far */
    uint32_t fewest;
    uint32_t apart;      /* breaches without a way in common: as many changes are needed */
    acrm__options taken; /* the ways of those */
} search_look;

/* Take in a breach; false: it cannot be mended any more. */
static bool search_breach(const search_run *s, search_look *look, acrm__options *ways)
{
    const acrm_configuration *c = s->c;

    for (uint32_t w = 0; w < c->words; w++)
        ways->bits[w] &= ~s->frozen.bits[w];
    uint32_t n = acrm__option_common(c, ways->bits, ways->bits);
    if (!acrm__options_meet(c, ways->bits, look->taken.bits)) {
        look->apart++;
        for (uint32_t w = 0; w < c->words; w++)
            look->taken.bits[w] |= ways->bits[w];
    }
    if (n >= look->fewest)
        return true;
    look->fewest = n;
    memcpy(look->best->bits, ways->bits, c->words * sizeof *ways->bits);
    return n > 0;
}

/* Look at the choice as it is; `ways` are to be tried when it is to go on. */
static int32_t search_look_at(search_run *s, uint32_t remaining, acrm__options *ways)
{
    const acrm_configuration *c = s->c;
    search_look look = { .best = ways, .fewest = UINT32_MAX };
    uint32_t by = ACRM_CONFIGURATION_NONE;
    bool open = true;

    acrm__vehicle_make(c, s->chosen.bits, &s->vehicle);
    const uint64_t *in = s->vehicle.in.bits;
    for (uint32_t o = acrm__option_only(c, in, c->offered, 0);
         open && o != ACRM_CONFIGURATION_NONE; o = acrm__option_only(c, in, c->offered, o + 1)) {
        acrm__options mend = { { 0 } };
        search_take_out(s, o, mend.bits);
        open = search_breach(s, &look, &mend);
    }
    acrm__rules_broken(c, in, &s->broken);
    for (uint32_t r = acrm__broken_next(c, &s->broken, 0); open && r != ACRM_CONFIGURATION_NONE;
         r = acrm__broken_next(c, &s->broken, r + 1)) {
        acrm__options mend;
        uint32_t fewest = look.fewest;
        if (s->disabled && s->disabled[r / 64] >> r % 64 & 1)
            continue;
        memset(mend.bits, 0, c->words * sizeof *mend.bits);
        search_mend(s, r, mend.bits);
        open = search_breach(s, &look, &mend);
        if (look.fewest < fewest)
            by = r;
    }
    if (s->used && by != ACRM_CONFIGURATION_NONE)
        s->used[by / 64] |= UINT64_C(1) << by % 64;
    if (look.fewest == UINT32_MAX)
        return SEARCH_VALID;
    if (!open)
        return SEARCH_DEAD;
    s->cut |= look.apart > remaining;
    return look.apart > remaining ? SEARCH_DEAD : SEARCH_GO_ON;
}

/* --- The way through all of them --- */

static void search_flip(search_run *s, uint32_t option)
{
    s->chosen.bits[option / 64] ^= UINT64_C(1) << option % 64;
}

/* Go to the next choice from a level; false: all were tried. */
static bool search_next(search_run *s, search_level *level)
{
    const acrm_configuration *c = s->c;
    uint32_t from = 0;

    if (level->current != ACRM_CONFIGURATION_NONE) {
        search_flip(s, level->current);
        from = level->current + 1;
    }
    level->current = acrm__option_both(c, level->ways.bits, level->ways.bits, from);
    if (level->current == ACRM_CONFIGURATION_NONE) {
        for (uint32_t w = 0; w < c->words; w++)
            s->frozen.bits[w] &= ~level->ways.bits[w];
        return false;
    }
    search_flip(s, level->current);
    acrm__option_put(s->frozen.bits, level->current);
    return true;
}

/* Search with so many changes at most. FOUND: s->chosen and s->vehicle are it. */
static int32_t search_go(search_run *s, uint32_t changes)
{
    uint32_t depth = 0;
    bool forward = true;

    s->cut = false;
    for (;;) {
        search_level *level = &s->levels[depth];
        if (forward) {
            if (s->steps >= s->steps_max)
                return ACRM_SEARCH_LIMIT;
            s->steps++;
            int32_t seen = search_look_at(s, changes - depth, &level->ways);
            if (seen == SEARCH_VALID)
                return ACRM_SEARCH_FOUND;
            level->current = ACRM_CONFIGURATION_NONE;
            forward = seen == SEARCH_GO_ON;
        }
        if (forward || level->current != ACRM_CONFIGURATION_NONE)
            forward = search_next(s, level);
        if (forward)
            depth++;
        else if (depth-- == 0)
            return ACRM_SEARCH_IMPOSSIBLE;
    }
}

static int32_t search_open(search_run *s, const acrm_configuration *c, uint32_t steps_max)
{
    *s = (search_run){ .c = c, .steps_max = steps_max ? steps_max : ACRM_CONFIGURATION_STEPS };
    s->levels = acrm__alloc(&c->work, (c->options + (size_t)2) * sizeof *s->levels);
    return s->levels ? ACRM_OK : ACRM_E_NOMEM;
}

static void search_close(search_run *s)
{
    acrm__free(&s->c->work, s->levels,
               (s->c->options + (size_t)2) * sizeof *s->levels);
}

/* --- The nearest --- */

int32_t acrm_configuration_nearest(const acrm_configuration *configuration,
                                   const uint32_t *chosen, size_t chosen_count,
                                   uint32_t steps_max, unsigned char *proposed,
                                   acrm_configuration_proposal *out, acrm_issue *issue)
{
    const acrm_configuration *c = configuration;
    acrm__options start;
    search_run s;

    if (!c || (chosen_count && !chosen) || !proposed || !out || out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    int32_t st = acrm__options_read(c, chosen, chosen_count, &start, issue);
    if (st == ACRM_OK)
        st = search_open(&s, c, steps_max);
    if (st != ACRM_OK)
        return st;
    uint32_t changes = 0;
    int32_t outcome;
    do {
        s.chosen = start;
        memset(&s.frozen, 0, sizeof s.frozen);
        outcome = search_go(&s, changes);
    } while (outcome == ACRM_SEARCH_IMPOSSIBLE && s.cut && ++changes <= c->options);
    for (uint32_t o = 0; outcome == ACRM_SEARCH_FOUND && o < c->options; o++)
        proposed[o] = acrm__option_in(s.chosen.bits, o);
    out->outcome = outcome;
    out->changes = outcome == ACRM_SEARCH_IMPOSSIBLE ? 0 : changes;
    out->steps = s.steps;
    search_close(&s);
    return ACRM_OK;
}

/* --- Contradictions --- */

/* Whether there is a valid choice with an option (NONE: any). */
static int32_t search_with(search_run *s, uint32_t option)
{
    s->steps = 0;
    memset(&s->chosen, 0, sizeof s->chosen);
    memset(&s->frozen, 0, sizeof s->frozen);
    if (option != ACRM_CONFIGURATION_NONE) {
        acrm__option_put(s->chosen.bits, option);
        acrm__option_put(s->frozen.bits, option);
    }
    return search_go(s, UINT32_MAX);
}

typedef struct search_findings {
    acrm_configuration_contradiction *items;
    size_t cap, count;
} search_findings;

static void search_tell(search_findings *f, int32_t kind, uint32_t option, uint32_t rule)
{
    if (f->count < f->cap)
        f->items[f->count] = (acrm_configuration_contradiction){ kind, option, rule };
    f->count++;
}

static void search_options(search_run *s, search_findings *f)
{
    const acrm_configuration *c = s->c;
    acrm__options possible = { { 0 } }, unknown = { { 0 } };

    memcpy(possible.bits, s->vehicle.in.bits, c->words * sizeof *possible.bits);
    for (uint32_t o = acrm__option_only(c, c->offered, possible.bits, 0);
         o != ACRM_CONFIGURATION_NONE; o = acrm__option_only(c, c->offered, possible.bits, o + 1)) {
        int32_t outcome = search_with(s, o);
        if (outcome == ACRM_SEARCH_FOUND) {
            for (uint32_t w = 0; w < c->words; w++)
                possible.bits[w] |= s->vehicle.in.bits[w];
            continue;
        }
        bool proven = outcome == ACRM_SEARCH_IMPOSSIBLE;
        if (!proven)
            acrm__option_put(unknown.bits, o);
        search_tell(f, proven ? ACRM_CONTRADICTION_OPTION : ACRM_CONTRADICTION_UNKNOWN, o,
                    ACRM_CONFIGURATION_NONE);
    }
    for (uint32_t r = 0; r < c->rules; r++) {
        const uint64_t *then = acrm__rule_then(c, r);
        if (c->kinds[r] >= ACRM_OPTION_AT_MOST_ONE && acrm__options_meet(c, then, c->offered) &&
            !acrm__options_meet(c, then, possible.bits) &&
            !acrm__options_meet(c, then, unknown.bits))
            search_tell(f, ACRM_CONTRADICTION_GROUP, ACRM_CONFIGURATION_NONE, r);
    }
}

int32_t acrm_configuration_contradictions(const acrm_configuration *configuration,
                                          uint32_t steps_max,
                                          acrm_configuration_contradiction *list, size_t cap,
                                          size_t *count)
{
    search_findings found = { list, cap, 0 };
    search_run s;

    if (!configuration || (cap && !list) || !count)
        return ACRM_E_MISUSE;
    int32_t st = search_open(&s, configuration, steps_max);
    if (st != ACRM_OK)
        return st;
    int32_t outcome = search_with(&s, ACRM_CONFIGURATION_NONE);
    if (outcome == ACRM_SEARCH_FOUND)
        search_options(&s, &found);
    else
        search_tell(&found, outcome == ACRM_SEARCH_LIMIT ? ACRM_CONTRADICTION_UNKNOWN
                                                         : ACRM_CONTRADICTION_NOTHING,
                    ACRM_CONFIGURATION_NONE, ACRM_CONFIGURATION_NONE);
    search_close(&s);
    *count = found.count;
    return ACRM_OK;
}

/* --- Why --- */

/* From the rules that the proof went by, leave out one after the other, the last first. */
static void search_shrink(search_run *s, uint32_t option, uint64_t *used, uint64_t *disabled)
{
    size_t words = ((size_t)s->c->rules + 63) / 64;

    for (size_t w = 0; w < words; w++)
        disabled[w] = ~used[w];
    s->used = NULL;
    s->disabled = disabled;
    if (search_with(s, option) != ACRM_SEARCH_IMPOSSIBLE)
        memset(disabled, 0, words * sizeof *disabled); /* the groups left out had a part in it */
    for (uint32_t r = s->c->rules; r-- > 0;) {
        uint64_t bit = UINT64_C(1) << r % 64;
        if (disabled[r / 64] & bit)
            continue;
        disabled[r / 64] |= bit;
        if (search_with(s, option) != ACRM_SEARCH_IMPOSSIBLE)
            disabled[r / 64] &= ~bit;
    }
}

int32_t acrm_configuration_core(const acrm_configuration *configuration, uint32_t option,
                                uint32_t steps_max, uint32_t *rules, size_t cap, size_t *count)
{
    const acrm_configuration *c = configuration;
    size_t found = 0;
    search_run s;

    if (!c || (cap && !rules) || !count)
        return ACRM_E_MISUSE;
    if (option != ACRM_CONFIGURATION_NONE && option >= c->options)
        return ACRM_E_INVALID;
    int32_t st = search_open(&s, c, steps_max);
    if (st != ACRM_OK)
        return st;
    size_t words = ((size_t)c->rules + 63) / 64 + 1, bytes = 2 * words * sizeof(uint64_t);
    uint64_t *used = acrm__alloc_zero(&c->work, bytes);
    if (!used) {
        search_close(&s);
        return ACRM_E_NOMEM;
    }
    s.used = used;
    if (search_with(&s, option) == ACRM_SEARCH_IMPOSSIBLE) {
        search_shrink(&s, option, used, used + words);
        for (uint32_t r = 0; r < c->rules; r++) {
            if (used[words + r / 64] >> r % 64 & 1)
                continue;
            if (found < cap)
                rules[found] = r;
            found++;
        }
    }
    acrm__free(&c->work, used, bytes);
    search_close(&s);
    *count = found;
    return ACRM_OK;
}
