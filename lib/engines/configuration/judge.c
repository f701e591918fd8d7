/* SPDX-License-Identifier: MIT */
/* What a choice makes of a vehicle, and which rules that breaks. */
#include "engines/configuration/configuration.h"

#include <string.h>

/* --- Sets --- */

static uint32_t configuration_first(const acrm_configuration *c, const uint64_t *a,
                                    const uint64_t *b, uint64_t flip, uint32_t from)
{
    for (uint32_t w = from / 64; w < c->words; w++) {
        uint64_t both = a[w] & (b[w] ^ flip);
        if (w == from / 64)
            both &= ~UINT64_C(0) << from % 64;
        if (both)
            return w * 64 + (uint32_t)__builtin_ctzll(both);
    }
    return ACRM_CONFIGURATION_NONE;
}

uint32_t acrm__option_both(const acrm_configuration *c, const uint64_t *a, const uint64_t *b,
                           uint32_t from)
{
    return configuration_first(c, a, b, 0, from);
}

uint32_t acrm__option_only(const acrm_configuration *c, const uint64_t *a, const uint64_t *b,
                           uint32_t from)
{
    return configuration_first(c, a, b, ~UINT64_C(0), from);
}

bool acrm__options_meet(const acrm_configuration *c, const uint64_t *a, const uint64_t *b)
{
    for (uint32_t w = 0; w < c->words; w++)
        if (a[w] & b[w])
            return true;
    return false;
}

uint32_t acrm__option_common(const acrm_configuration *c, const uint64_t *a, const uint64_t *b)
{
    uint32_t n = 0;

    for (uint32_t w = 0; w < c->words; w++)
        n += (uint32_t)__builtin_popcountll(a[w] & b[w]);
    return n;
}

int32_t acrm__options_read(const acrm_configuration *c, const uint32_t *list, size_t n,
                           acrm__options *out, acrm_issue *issue)
{
    memset(out->bits, 0, c->words * sizeof *out->bits);
    for (size_t i = 0; i < n; i++) {
        if (list[i] >= c->options || acrm__option_in(out->bits, list[i])) {
            if (issue)
                *issue = (acrm_issue){ "chosen", list[i] >= c->options ? "the number of an option"
                                                                       : "each option once",
                                       (int64_t)i };
            return ACRM_E_INVALID;
        }
        acrm__option_put(out->bits, list[i]);
    }
    return ACRM_OK;
}

/* --- The vehicle --- */

void acrm__vehicle_make(const acrm_configuration *c, const uint64_t *chosen, acrm__vehicle *out)
{
    uint64_t *brought = out->brought.bits, *in = out->in.bits;

    memcpy(brought, chosen, c->words * sizeof *brought);
    for (uint32_t i = 0; i < c->n_packages; i++) {
        const acrm__package *p = &c->packages[i];
        if (acrm__option_in(brought, p->option) && acrm__option_in(c->optional, p->option))
            for (uint32_t w = 0; w < c->words; w++)
                brought[w] |= p->content[w];
    }
    for (uint32_t w = 0; w < c->words; w++)
        in[w] = brought[w] | c->fixed[w];
    for (uint32_t i = 0; i < c->n_standards; i++)
        if (!acrm__options_meet(c, c->standards[i].mates, brought))
            acrm__option_put(in, c->standards[i].option);
}

/* More than one of a group, or none where one must be. */
static bool configuration_group_broken(const acrm_configuration *c, const uint64_t *then,
                                       const uint64_t *in, bool must)
{
    uint64_t some = 0, several = 0;

    for (uint32_t w = 0; w < c->words; w++) {
        uint64_t both = then[w] & in[w];
        several |= some && both ? both : both & (both - 1);
        some |= both;
    }
    return several || (must && !some);
}

static bool configuration_broken(const acrm_configuration *c, uint32_t rule, const uint64_t *in)
{
    const uint64_t *when = acrm__rule_when(c, rule), *then = when + c->words;

    for (uint32_t w = 0; w < c->words; w++)
        if (when[w] & ~in[w])
            return false;
    switch (c->kinds[rule]) {
    case ACRM_OPTION_REQUIRES:
    case ACRM_OPTION_PACKAGE:
        for (uint32_t w = 0; w < c->words; w++)
            if (then[w] & ~in[w])
                return true;
        return false;
    case ACRM_OPTION_REQUIRES_ANY:
        return !acrm__options_meet(c, then, in);
    case ACRM_OPTION_EXCLUDES:
        return acrm__options_meet(c, then, in);
    default:
        return configuration_group_broken(c, then, in,
                                          c->kinds[rule] == ACRM_OPTION_EXACTLY_ONE);
    }
}

/* Most rules are about something that is not in it: those are not looked at. */
void acrm__rules_broken(const acrm_configuration *c, const uint64_t *in, acrm__broken *out)
{
    memset(out->bits, 0, ((size_t)c->rules + 63) / 64 * sizeof *out->bits);
    for (uint32_t w = 0; w < c->words; w++)
        for (uint64_t left = in[w]; left; left &= left - 1) {
            uint32_t o = w * 64 + (uint32_t)__builtin_ctzll(left);
            for (uint32_t i = c->starts[o]; i < c->starts[o + 1]; i++)
                if (configuration_broken(c, c->sorted[i], in))
                    out->bits[c->sorted[i] / 64] |= UINT64_C(1) << c->sorted[i] % 64;
        }
    for (uint32_t i = c->starts[c->options]; i < c->rules; i++)
        if (configuration_broken(c, c->sorted[i], in))
            out->bits[c->sorted[i] / 64] |= UINT64_C(1) << c->sorted[i] % 64;
}

uint32_t acrm__broken_next(const acrm_configuration *c, const acrm__broken *broken, uint32_t from)
{
    for (uint32_t w = from / 64; w < (c->rules + 63) / 64; w++) {
        uint64_t left = broken->bits[w];
        if (w == from / 64)
            left &= ~UINT64_C(0) << from % 64;
        if (left)
            return w * 64 + (uint32_t)__builtin_ctzll(left);
    }
    return ACRM_CONFIGURATION_NONE;
}

/* --- Breaches --- */

typedef struct configuration_report {
    acrm_configuration_breach *items;
    size_t cap, count;
} configuration_report;

static void configuration_tell(configuration_report *report, int32_t reason, uint32_t rule,
                               uint32_t option, uint32_t other)
{
    if (report->count < report->cap)
        report->items[report->count] = (acrm_configuration_breach){ reason, rule, option, other };
    report->count++;
}

/* The package that brought what is not offered; NONE: it was chosen. */
static uint32_t configuration_bringer(const acrm_configuration *c, const uint64_t *brought,
                                      const uint64_t *chosen, uint32_t option)
{
    for (uint32_t i = 0; i < c->n_packages && !acrm__option_in(chosen, option); i++) {
        const acrm__package *p = &c->packages[i];
        if (acrm__option_in(p->content, option) && acrm__option_in(brought, p->option) &&
            acrm__option_in(c->optional, p->option))
            return p->rule;
    }
    return ACRM_CONFIGURATION_NONE;
}

static void configuration_tell_rule(const acrm_configuration *c, uint32_t rule,
                                    const uint64_t *in, configuration_report *report)
{
    const uint64_t *then = acrm__rule_then(c, rule);
    uint32_t by = c->firsts[rule], first = acrm__option_both(c, then, in, 0), o;

    switch (c->kinds[rule]) {
    case ACRM_OPTION_REQUIRES:
    case ACRM_OPTION_PACKAGE:
        for (o = acrm__option_only(c, then, in, 0); o != ACRM_CONFIGURATION_NONE;
             o = acrm__option_only(c, then, in, o + 1))
            configuration_tell(report, c->kinds[rule] == ACRM_OPTION_PACKAGE ? ACRM_BREACH_PACKAGE
                                                                             : ACRM_BREACH_MISSING,
                               rule, o, by);
        return;
    case ACRM_OPTION_REQUIRES_ANY:
        configuration_tell(report, ACRM_BREACH_MISSING, rule, ACRM_CONFIGURATION_NONE, by);
        return;
    case ACRM_OPTION_EXCLUDES:
        break;
    default:
        if (first == ACRM_CONFIGURATION_NONE) {
            configuration_tell(report, ACRM_BREACH_NONE_CHOSEN, rule, first, by);
            return;
        }
        by = first;
    }
    for (o = first; o != ACRM_CONFIGURATION_NONE; o = acrm__option_both(c, then, in, o + 1))
        if (c->kinds[rule] == ACRM_OPTION_EXCLUDES)
            configuration_tell(report, ACRM_BREACH_EXCLUDED, rule, o, by);
        else if (o != first)
            configuration_tell(report, ACRM_BREACH_TOO_MANY, rule, o, by);
}

int32_t acrm_configuration_check(const acrm_configuration *configuration, const uint32_t *chosen,
                                 size_t chosen_count, unsigned char *vehicle,
                                 acrm_configuration_breach *breaches, size_t cap, size_t *count,
                                 acrm_issue *issue)
{
    const acrm_configuration *c = configuration;
    configuration_report report = { breaches, cap, 0 };
    acrm__options set;
    acrm__vehicle made;
    acrm__broken broken;

    if (!c || (chosen_count && !chosen) || (cap && !breaches) || !count)
        return ACRM_E_MISUSE;
    int32_t st = acrm__options_read(c, chosen, chosen_count, &set, issue);
    if (st != ACRM_OK)
        return st;
    acrm__vehicle_make(c, set.bits, &made);
    const uint64_t *in = made.in.bits;
    for (uint32_t o = acrm__option_only(c, in, c->offered, 0); o != ACRM_CONFIGURATION_NONE;
         o = acrm__option_only(c, in, c->offered, o + 1)) {
        uint32_t rule = configuration_bringer(c, made.brought.bits, set.bits, o);
        configuration_tell(&report, ACRM_BREACH_NOT_OFFERED, rule, o,
                           rule == ACRM_CONFIGURATION_NONE ? rule : c->firsts[rule]);
    }
    acrm__rules_broken(c, in, &broken);
    for (uint32_t r = acrm__broken_next(c, &broken, 0); r != ACRM_CONFIGURATION_NONE;
         r = acrm__broken_next(c, &broken, r + 1))
        configuration_tell_rule(c, r, in, &report);
    for (uint32_t o = 0; vehicle && o < c->options; o++)
        vehicle[o] = acrm__option_in(in, o);
    *count = report.count;
    return ACRM_OK;
}
