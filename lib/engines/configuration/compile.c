/* SPDX-License-Identifier: MIT */
/* Definitions of what is offered, compiled into sets of bits. */
#include "engines/configuration/configuration.h"

#include <string.h>

/* While it is being made, what will be constant is written here. */
typedef struct configuration_making {
    acrm_configuration *c;
    const acrm_configuration_definition *from;
    uint64_t *masks;
    acrm_issue *issue;
} configuration_making;

static int32_t configuration_fault(acrm_issue *issue, int32_t status, const char *field,
                                   const char *allowed, size_t row)
{
    if (issue)
        *issue = (acrm_issue){ field, allowed, (int64_t)row };
    return status;
}

/* --- What is refused --- */

static int32_t configuration_list(const configuration_making *m, const uint32_t *list, size_t n,
                                  const char *field, size_t rule, uint64_t *set)
{
    if (n > m->from->options_count || (n && !list))
        return configuration_fault(m->issue, ACRM_E_INVALID, field, "a list of options", rule);
    for (size_t i = 0; i < n; i++) {
        if (list[i] >= m->from->options_count || acrm__option_in(set, list[i]))
            return configuration_fault(m->issue, ACRM_E_INVALID, field,
                                       "numbers of options, each once", rule);
        acrm__option_put(set, list[i]);
    }
    return ACRM_OK;
}

static int32_t configuration_rule(const configuration_making *m, size_t i)
{
    const acrm_option_rule *rule = &m->from->rules[i];
    uint64_t *when = m->masks + i * 2 * m->c->words;

    if (rule->kind < ACRM_OPTION_REQUIRES || rule->kind > ACRM_OPTION_EXACTLY_ONE)
        return configuration_fault(m->issue, ACRM_E_INVALID, "rules.kind",
                                   "ACRM_OPTION_REQUIRES ... EXACTLY_ONE", i);
    if (rule->kind == ACRM_OPTION_PACKAGE && rule->when_count != 1)
        return configuration_fault(m->issue, ACRM_E_INVALID, "rules.when",
                                   "of a package: the package alone", i);
    if (rule->then_count == 0)
        return configuration_fault(m->issue, ACRM_E_INVALID, "rules.then", "at least one", i);
    int32_t st = configuration_list(m, rule->when, rule->when_count, "rules.when", i, when);
    return st == ACRM_OK ? configuration_list(m, rule->then, rule->then_count, "rules.then", i,
                                              when + m->c->words)
                         : st;
}

/* --- Packages: in an order in which each comes before those in it --- */

static int32_t configuration_packages(const configuration_making *m)
{
    acrm_configuration *c = m->c;
    acrm__options pending = { { 0 } };
    uint32_t n = 0, left;

    for (uint32_t r = 0; r < c->rules; r++)
        n += c->kinds[r] == ACRM_OPTION_PACKAGE;
    if (n > ACRM_CONFIGURATION_PACKAGES_MAX)
        return configuration_fault(m->issue, ACRM_E_LIMIT, "rules", "at most 1024 packages", n);
    acrm__package *sorted = acrm__arena_array(c->arena, n + 1, sizeof *sorted);
    uint32_t *waiting = acrm__arena_array(c->arena, n + 1, sizeof *waiting);
    if (!sorted || !waiting)
        return ACRM_E_NOMEM;
    left = 0;
    for (uint32_t r = 0; r < c->rules; r++)
        if (c->kinds[r] == ACRM_OPTION_PACKAGE)
            waiting[left++] = r;
    while (left > 0) { /* those without undone packages in them are done next, from the end */
        uint32_t kept = 0;
        memset(&pending, 0, sizeof pending);
        for (uint32_t i = 0; i < left; i++)
            acrm__option_put(pending.bits, c->firsts[waiting[i]]);
        for (uint32_t i = 0; i < left; i++) {
            uint32_t r = waiting[i];
            const uint64_t *content = acrm__rule_then(c, r);
            if (acrm__options_meet(c, content, pending.bits))
                waiting[kept++] = r;
            else
                sorted[--n] = (acrm__package){ c->firsts[r], r, content };
        }
        if (kept == left)
            return configuration_fault(m->issue, ACRM_E_INVALID, "rules.then",
                                       "packages that do not hold each other", waiting[0]);
        c->n_packages += left - kept;
        left = kept;
    }
    c->packages = sorted;
    return ACRM_OK;
}

/* --- Standard options and what displaces them --- */

static int32_t configuration_standards(const configuration_making *m, uint64_t *fixed)
{
    acrm_configuration *c = m->c;
    acrm__standard *list = acrm__arena_array(c->arena, c->options + 1, sizeof *list);

    if (!list)
        return ACRM_E_NOMEM;
    for (uint32_t o = 0; o < c->options; o++) {
        acrm__options mates = { { 0 } };
        bool any = false;
        if (m->from->offered[o] != ACRM_OPTION_STANDARD)
            continue;
        for (uint32_t r = 0; r < c->rules; r++) {
            const uint64_t *then = acrm__rule_then(c, r);
            if (c->kinds[r] < ACRM_OPTION_AT_MOST_ONE ||
                c->firsts[r] != ACRM_CONFIGURATION_NONE || !acrm__option_in(then, o))
                continue;
            for (uint32_t w = 0; w < c->words; w++)
                any |= (mates.bits[w] |= then[w] & c->optional[w]) != 0;
        }
        if (!any) {
            acrm__option_put(fixed, o);
            continue;
        }
        uint64_t *kept = acrm__arena_array(c->arena, c->words, sizeof *kept);
        if (!kept)
            return ACRM_E_NOMEM;
        memcpy(kept, mates.bits, c->words * sizeof *kept);
        list[c->n_standards++] = (acrm__standard){ o, kept };
    }
    c->fixed = fixed;
    c->standards = list;
    return ACRM_OK;
}

/* --- Rules by what they begin with --- */

static int32_t configuration_sort(acrm_configuration *c)
{
    uint32_t *starts = acrm__arena_array(c->arena, c->options + (size_t)2, sizeof *starts);
    uint32_t *sorted = acrm__arena_array(c->arena, c->rules + (size_t)1, sizeof *sorted);

    if (!starts || !sorted)
        return ACRM_E_NOMEM;
    for (uint32_t r = 0; r < c->rules; r++)
        if (c->firsts[r] != ACRM_CONFIGURATION_NONE)
            starts[c->firsts[r] + 1]++;
    for (uint32_t o = 0; o < c->options; o++)
        starts[o + 1] += starts[o];
    uint32_t free_ones = starts[c->options];
    for (uint32_t r = 0; r < c->rules; r++) /* starts[o] moves on to the end of its own */
        sorted[c->firsts[r] == ACRM_CONFIGURATION_NONE ? free_ones++
                                                       : starts[c->firsts[r]]++] = r;
    for (uint32_t o = c->options; o > 0; o--)
        starts[o] = starts[o - 1];
    starts[0] = 0;
    c->starts = starts;
    c->sorted = sorted;
    return ACRM_OK;
}

/* --- All of it --- */

static int32_t configuration_make(configuration_making *m)
{
    acrm_configuration *c = m->c;
    const acrm_configuration_definition *from = m->from;

    c->options = (uint32_t)from->options_count;
    c->words = (c->options + 63) / 64 + (c->options == 0);
    c->rules = (uint32_t)from->rules_count;
    uint64_t *sets = acrm__arena_array(c->arena, 3 * (size_t)c->words, sizeof *sets);
    int32_t *kinds = acrm__arena_array(c->arena, c->rules + (size_t)1, sizeof *kinds);
    uint32_t *firsts = acrm__arena_array(c->arena, c->rules + (size_t)1, sizeof *firsts);
    m->masks = acrm__arena_array(c->arena, (c->rules + (size_t)1) * 2 * c->words,
                                 sizeof *m->masks);
    if (!sets || !kinds || !firsts || !m->masks)
        return ACRM_E_NOMEM;
    c->offered = sets;
    c->optional = sets + c->words;
    c->kinds = kinds;
    c->firsts = firsts;
    c->masks = m->masks;
    for (uint32_t o = 0; o < c->options; o++) {
        if (from->offered[o] > ACRM_OPTION_STANDARD)
            return configuration_fault(m->issue, ACRM_E_INVALID, "offered",
                                       "ACRM_OPTION_NOT_OFFERED ... STANDARD", o);
        if (from->offered[o] != ACRM_OPTION_NOT_OFFERED)
            acrm__option_put(sets, o);
        if (from->offered[o] == ACRM_OPTION_OPTIONAL)
            acrm__option_put(sets + c->words, o);
    }
    for (uint32_t r = 0; r < c->rules; r++) {
        int32_t st = configuration_rule(m, r);
        if (st != ACRM_OK)
            return st;
        kinds[r] = from->rules[r].kind;
        firsts[r] = from->rules[r].when_count ? from->rules[r].when[0] : ACRM_CONFIGURATION_NONE;
    }
    int32_t st = configuration_sort(c);
    if (st == ACRM_OK)
        st = configuration_packages(m);
    return st == ACRM_OK ? configuration_standards(m, sets + 2 * (size_t)c->words) : st;
}

int32_t acrm__configuration_make(const acrm_configuration_definition *definition,
                                 acrm__arena *arena, const acrm_allocator *work,
                                 acrm_configuration **out, acrm_issue *issue)
{
    if (definition->options_count > ACRM_CONFIGURATION_OPTIONS_MAX)
        return configuration_fault(issue, ACRM_E_LIMIT, "offered", "at most 1024 options",
                                   definition->options_count);
    if (definition->rules_count > ACRM_CONFIGURATION_RULES_MAX)
        return configuration_fault(issue, ACRM_E_LIMIT, "rules", "at most 20000 rules",
                                   definition->rules_count);
    acrm_configuration *c = acrm__arena_zero(arena, sizeof *c);
    if (!c)
        return ACRM_E_NOMEM;
    c->arena = arena;
    c->work = *work;
    configuration_making making = { c, definition, NULL, issue };
    int32_t st = configuration_make(&making);
    if (st == ACRM_OK)
        *out = c;
    return st;
}

int32_t acrm_configuration_new(const acrm_configuration_definition *definition,
                               const acrm_allocator *allocator, acrm_configuration **out,
                               acrm_issue *issue)
{
    acrm_configuration *made = NULL;

    if (!definition || !out || definition->struct_size < sizeof *definition ||
        (definition->options_count && !definition->offered) ||
        (definition->rules_count && !definition->rules))
        return ACRM_E_MISUSE;
    acrm_allocator memory = acrm__allocator(allocator);
    acrm__arena *own = acrm__alloc(&memory, sizeof *own);
    if (!own)
        return ACRM_E_NOMEM;
    acrm__arena_init(own, &memory);
    int32_t st = acrm__configuration_make(definition, own, &memory, &made, issue);
    if (st == ACRM_OK) {
        made->own = own;
        *out = made;
        return ACRM_OK;
    }
    acrm__arena_free(own);
    acrm__free(&memory, own, sizeof *own);
    return st;
}

void acrm_configuration_free(acrm_configuration *configuration)
{
    if (!configuration)
        return;
    acrm__arena *own = configuration->own;
    acrm_allocator memory = own->allocator;
    acrm__arena_free(own);
    acrm__free(&memory, own, sizeof *own);
}
