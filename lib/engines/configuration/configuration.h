/* SPDX-License-Identifier: MIT */
/* The inside of configurations: sets of options as bits. */
#ifndef ACRM_ENGINES_CONFIGURATION_H
#define ACRM_ENGINES_CONFIGURATION_H

#include "autocrm/configuration.h"
#include "base/alloc.h"

#include <stdbool.h>

enum { ACRM__OPTION_WORDS = ACRM_CONFIGURATION_OPTIONS_MAX / 64 };

/* A set of options on the stack; only the first `words` are used. */
typedef struct acrm__options {
    uint64_t bits[ACRM__OPTION_WORDS];
} acrm__options;

typedef struct acrm__package {
    uint32_t option;
    uint32_t rule;
    const uint64_t *content;
} acrm__package;

typedef struct acrm__standard {
    uint32_t option;
    const uint64_t *mates; /* optional ones that take its place */
} acrm__standard;

struct acrm_configuration {
    acrm__arena *arena, *own; /* where it lies; own: freed with it */
    acrm_allocator work;      /* for searches */
    uint32_t options, words, rules;
    const uint64_t *offered, *optional;
    const uint64_t *fixed;           /* standard ones that nothing displaces */
    const int32_t *kinds;            /* of each rule */
    const uint64_t *masks;           /* of each rule: `when`, then `then` */
    const uint32_t *firsts;          /* of each rule: the first of `when` as given; NONE */
    const uint32_t *sorted, *starts; /* rules by their first option, then those without any; where
                                        those of each option start */
    const acrm__package *packages;   /* all, a package before those in it */
    uint32_t n_packages;
    const acrm__standard *standards; /* those that can be displaced */
    uint32_t n_standards;
};

/* What a choice makes. */
typedef struct acrm__vehicle {
    acrm__options brought; /* chosen, and what optional packages bring */
    acrm__options in;      /* all that is in the vehicle */
} acrm__vehicle;

static inline bool acrm__option_in(const uint64_t *set, uint32_t option)
{
    return set[option / 64] >> option % 64 & 1;
}

static inline void acrm__option_put(uint64_t *set, uint32_t option)
{
    set[option / 64] |= UINT64_C(1) << option % 64;
}

static inline const uint64_t *acrm__rule_when(const acrm_configuration *c, uint32_t rule)
{
    return c->masks + (size_t)rule * 2 * c->words;
}

static inline const uint64_t *acrm__rule_then(const acrm_configuration *c, uint32_t rule)
{
    return acrm__rule_when(c, rule) + c->words;
}

/* As acrm_configuration_new(), with all of it in an arena of the caller, which ends it. */
int32_t acrm__configuration_make(const acrm_configuration_definition *definition,
                                 acrm__arena *arena, const acrm_allocator *work,
                                 acrm_configuration **out, acrm_issue *issue);

/* The first option of a & b at or after `from`, or of a & ~b; NONE: there is none. */
uint32_t acrm__option_both(const acrm_configuration *c, const uint64_t *a, const uint64_t *b,
                           uint32_t from);
uint32_t acrm__option_only(const acrm_configuration *c, const uint64_t *a, const uint64_t *b,
                           uint32_t from);
bool acrm__options_meet(const acrm_configuration *c, const uint64_t *a, const uint64_t *b);
/* Number of options in a & b. */
uint32_t acrm__option_common(const acrm_configuration *c, const uint64_t *a, const uint64_t *b);

/* A list of options as a set. ACRM_E_INVALID out of range or twice. */
int32_t acrm__options_read(const acrm_configuration *c, const uint32_t *list, size_t n,
                           acrm__options *out, acrm_issue *issue);
void acrm__vehicle_make(const acrm_configuration *c, const uint64_t *chosen, acrm__vehicle *out);
/* The rules that are broken, as bits. */
typedef struct acrm__broken {
    uint64_t bits[(ACRM_CONFIGURATION_RULES_MAX + 63) / 64];
} acrm__broken;
void acrm__rules_broken(const acrm_configuration *c, const uint64_t *in, acrm__broken *out);
/* The first of them at or after a rule; ACRM_CONFIGURATION_NONE. */
uint32_t acrm__broken_next(const acrm_configuration *c, const acrm__broken *broken,
                           uint32_t from);

#endif
