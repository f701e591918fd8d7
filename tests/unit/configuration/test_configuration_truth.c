/* SPDX-License-Identifier: MIT */
/* Configurations against a plain solver that tries every choice of small random catalogues. */
#include "autocrm/configuration.h"
#include "support/suite.h"

#include <stdbool.h>
#include <string.h>

enum { CATALOGUES = 2000, OPTIONS = 9, RULES = 9, LIST = 4 };

/* Check's own assertions note each success, which takes longer than what they look at. */
#define SAME(a, b)                                                                                \
    do {                                                                                          \
        if ((a) != (b))                                                                           \
            ck_abort_msg("%s is not %s", #a, #b);                                                 \
    } while (0)

typedef struct plain_rule {
    int kind;
    unsigned when, then;
} plain_rule;

typedef struct plain {
    unsigned n, rules;
    unsigned char offered[OPTIONS];
    unsigned optional, standard;
    plain_rule rule[RULES];
    unsigned judged; /* rules that are */
} plain;

static uint32_t dice_state;

static unsigned dice(unsigned sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

/* --- The plain solver: sets of options as the bits of a number --- */

static unsigned plain_brought(const plain *p, unsigned chosen)
{
    unsigned before;

    do {
        before = chosen;
        for (unsigned r = 0; r < p->rules; r++)
            if (p->rule[r].kind == ACRM_OPTION_PACKAGE && (p->rule[r].when & chosen & p->optional))
                chosen |= p->rule[r].then;
    } while (chosen != before);
    return chosen;
}

static unsigned plain_vehicle(const plain *p, unsigned chosen)
{
    unsigned brought = plain_brought(p, chosen), in = brought;

    for (unsigned o = 0; o < p->n; o++) {
        bool displaced = false;
        for (unsigned r = 0; r < p->rules; r++)
            displaced |= p->rule[r].kind >= ACRM_OPTION_AT_MOST_ONE && p->rule[r].when == 0 &&
                         (p->rule[r].then >> o & 1) && (p->rule[r].then & p->optional & brought);
        if ((p->standard >> o & 1) && !displaced)
            in |= 1u << o;
    }
    return in;
}

static bool plain_holds(const plain_rule *rule, unsigned in)
{
    unsigned some = rule->then & in;

    if ((rule->when & in) != rule->when)
        return true;
    switch (rule->kind) {
    case ACRM_OPTION_REQUIRES:
    case ACRM_OPTION_PACKAGE:
        return some == rule->then;
    case ACRM_OPTION_REQUIRES_ANY:
        return some != 0;
    case ACRM_OPTION_EXCLUDES:
        return some == 0;
    case ACRM_OPTION_AT_MOST_ONE:
        return (some & (some - 1)) == 0;
    default:
        return some != 0 && (some & (some - 1)) == 0;
    }
}

static bool plain_valid(const plain *p, unsigned chosen)
{
    unsigned in = plain_vehicle(p, chosen);

    if (in & ~(p->optional | p->standard))
        return false;
    for (unsigned r = 0; r < p->rules; r++)
        if ((p->judged >> r & 1) && !plain_holds(&p->rule[r], in))
            return false;
    return true;
}

/* What is in some valid choice; 0 with *any false: there is none. */
static unsigned plain_possible(const plain *p, bool *any)
{
    unsigned possible = 0;

    *any = false;
    for (unsigned e = 0; e < 1u << p->n; e++)
        if (plain_valid(p, e)) {
            possible |= plain_vehicle(p, e);
            *any = true;
        }
    return possible;
}

static bool plain_circle(const plain *p)
{
    for (unsigned o = 0; o < p->n; o++) {
        unsigned in = 1u << o, before, content = 0;
        do {
            before = content;
            for (unsigned r = 0; r < p->rules; r++)
                if (p->rule[r].kind == ACRM_OPTION_PACKAGE && (p->rule[r].when & (in | content)))
                    content |= p->rule[r].then;
        } while (content != before);
        if (content & in)
            return true;
    }
    return false;
}

/* --- Random catalogues --- */

static unsigned random_set(unsigned n, unsigned least)
{
    unsigned set = 0, want = least + dice(3);

    for (unsigned i = 0; i < want; i++)
        set |= 1u << dice(n);
    return set;
}

static void random_catalogue(plain *p)
{
    memset(p, 0, sizeof *p);
    p->n = 2 + dice(OPTIONS - 1);
    p->rules = dice(RULES + 1);
    for (unsigned o = 0; o < p->n; o++) {
        unsigned roll = dice(20);
        p->offered[o] = roll < 12 ? ACRM_OPTION_OPTIONAL
                      : roll < 18 ? ACRM_OPTION_STANDARD : ACRM_OPTION_NOT_OFFERED;
        if (p->offered[o] == ACRM_OPTION_OPTIONAL)
            p->optional |= 1u << o;
        else if (p->offered[o] == ACRM_OPTION_STANDARD)
            p->standard |= 1u << o;
    }
    for (unsigned r = 0; r < p->rules; r++) {
        plain_rule *rule = &p->rule[r];
        rule->kind = (int)(1 + dice(6));
        rule->when = rule->kind == ACRM_OPTION_PACKAGE ? 1u << dice(p->n)
                   : rule->kind >= ACRM_OPTION_AT_MOST_ONE && dice(3) ? 0
                   : random_set(p->n, dice(4) ? 1 : 0);
        rule->then = random_set(p->n, 1);
        p->judged |= 1u << r;
    }
}

static size_t list_of(unsigned set, uint32_t *list)
{
    size_t n = 0;

    for (unsigned o = 0; o < OPTIONS; o++)
        if (set >> o & 1)
            list[n++] = o;
    return n;
}

static unsigned set_of(const unsigned char *flags, unsigned n)
{
    unsigned set = 0;

    for (unsigned o = 0; o < n; o++)
        set |= (unsigned)flags[o] << o;
    return set;
}

static int32_t compile(const plain *p, acrm_configuration **out)
{
    uint32_t lists[RULES][2][OPTIONS];
    acrm_option_rule rules[RULES];
    acrm_issue issue = { NULL, NULL, 0 };

    for (unsigned r = 0; r < p->rules; r++) {
        rules[r] = (acrm_option_rule){ .kind = p->rule[r].kind, .when = lists[r][0],
                                       .then = lists[r][1] };
        rules[r].when_count = list_of(p->rule[r].when, lists[r][0]);
        rules[r].then_count = list_of(p->rule[r].then, lists[r][1]);
    }
    acrm_configuration_definition definition = { .struct_size = sizeof definition,
        .offered = p->offered, .options_count = p->n, .rules = rules, .rules_count = p->rules };
    return acrm_configuration_new(&definition, NULL, out, &issue);
}

/* --- What must agree --- */

static void agree_on_validity(const plain *p, const acrm_configuration *c)
{
    for (unsigned e = 0; e < 1u << p->n; e++) {
        uint32_t list[OPTIONS];
        unsigned char vehicle[OPTIONS];
        acrm_configuration_breach breaches[64];
        size_t count = 0;
        SAME(acrm_configuration_check(c, list, list_of(e, list), vehicle, breaches, 64,
                                                  &count, NULL), ACRM_OK);
        unsigned in = plain_vehicle(p, e);
        SAME(set_of(vehicle, p->n), in);
        SAME(count == 0, plain_valid(p, e));
        unsigned broken = 0;
        for (size_t i = 0; i < count && i < 64; i++)
            if (breaches[i].reason != ACRM_BREACH_NOT_OFFERED)
                broken |= 1u << breaches[i].rule;
        for (unsigned r = 0; count <= 64 && r < p->rules; r++)
            SAME(broken >> r & 1, !plain_holds(&p->rule[r], in));
    }
}

static void agree_on_nearest(const plain *p, const acrm_configuration *c)
{
    for (int i = 0; i < 6; i++) {
        unsigned start = dice(1u << p->n);
        int least = -1;
        uint32_t list[OPTIONS];
        unsigned char flags[OPTIONS] = { 0 };
        acrm_configuration_proposal out = { .struct_size = sizeof out };
        for (unsigned e = 0; e < 1u << p->n; e++) {
            int far = __builtin_popcount(e ^ start);
            if ((least < 0 || far < least) && plain_valid(p, e))
                least = far;
        }
        SAME(acrm_configuration_nearest(c, list, list_of(start, list), 1000000, flags,
                                                    &out, NULL), ACRM_OK);
        SAME(out.outcome, least < 0 ? ACRM_SEARCH_IMPOSSIBLE : ACRM_SEARCH_FOUND);
        if (least < 0)
            continue;
        SAME((int)out.changes, least);
        SAME(__builtin_popcount(set_of(flags, p->n) ^ start), least);
        SAME(plain_valid(p, set_of(flags, p->n)), true);
    }
}

static void agree_on_core(const plain *p, const acrm_configuration *c, uint32_t option)
{
    uint32_t rules[RULES];
    size_t count = 0;
    plain part = *p;
    bool any;

    SAME(acrm_configuration_core(c, option, 0, rules, RULES, &count), ACRM_OK);
    part.judged = 0;
    for (size_t i = 0; i < count; i++)
        part.judged |= 1u << rules[i];
    unsigned core = part.judged;
    for (int left = -1; left < (int)count; left++) {
        part.judged = left < 0 ? core : core & ~(1u << rules[left]);
        unsigned possible = plain_possible(&part, &any);
        bool can = option == ACRM_CONFIGURATION_NONE ? any : possible >> option & 1;
        SAME(can, left >= 0);
    }
}

static void agree_on_contradictions(const plain *p, const acrm_configuration *c)
{
    acrm_configuration_contradiction list[OPTIONS + RULES];
    size_t count = 0, at = 0;
    bool any;
    unsigned possible = plain_possible(p, &any);

    SAME(acrm_configuration_contradictions(c, 0, list, OPTIONS + RULES, &count),
                     ACRM_OK);
    if (!any) {
        SAME(count, 1);
        SAME(list[0].kind, ACRM_CONTRADICTION_NOTHING);
        agree_on_core(p, c, ACRM_CONFIGURATION_NONE);
        return;
    }
    for (unsigned o = 0; o < p->n; o++)
        if (((p->optional | p->standard) & ~possible) >> o & 1) {
            SAME(at < count, true);
            SAME(list[at].kind, ACRM_CONTRADICTION_OPTION);
            SAME(list[at++].option, o);
            agree_on_core(p, c, o);
        }
    for (unsigned r = 0; r < p->rules; r++)
        if (p->rule[r].kind >= ACRM_OPTION_AT_MOST_ONE && !(p->rule[r].then & possible) &&
            (p->rule[r].then & (p->optional | p->standard))) {
            SAME(at < count, true);
            SAME(list[at].kind, ACRM_CONTRADICTION_GROUP);
            SAME(list[at++].rule, r);
        }
    SAME(at, count);
}

START_TEST(configuration__agrees_with_trying_every_choice)
{
    int circles = 0, impossible = 0;
    bool any;

    dice_state = 20261122;
    for (int i = 0; i < CATALOGUES; i++) {
        plain p;
        acrm_configuration *c = NULL;
        random_catalogue(&p);
        if (plain_circle(&p)) {
            ck_assert_int_eq(compile(&p, &c), ACRM_E_INVALID);
            circles++;
            continue;
        }
        ck_assert_int_eq(compile(&p, &c), ACRM_OK);
        agree_on_validity(&p, c);
        agree_on_nearest(&p, c);
        agree_on_contradictions(&p, c);
        (void)plain_possible(&p, &any);
        impossible += !any;
        acrm_configuration_free(c);
    }
    ck_assert_int_gt(circles, 50);
    ck_assert_int_gt(impossible, 50);
    ck_assert_int_lt(circles + impossible, CATALOGUES / 2);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("configuration_truth");
    TCase *t = tcase_create("configuration_truth");

    tcase_add_test(t, configuration__agrees_with_trying_every_choice);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
