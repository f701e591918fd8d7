/* SPDX-License-Identifier: MIT */
/* Earning: exact points of each rule that fits, then factors, caps and stacking. */
#include "engines/earning/earning.h"

#include "autocrm/status.h"
#include "base/money.h"

#include <assert.h>

__extension__ typedef __int128 earning_wide;

enum { EARNING_FACTOR_ONE = ACRM__EARNING_ONE * ACRM__EARNING_ONE };

static int32_t earning_refuse(acrm_issue *issue, int32_t status, const char *field,
                              const char *allowed, int64_t row)
{
    if (issue)
        *issue = (acrm_issue){ field, allowed, row };
    return status;
}

/* --- Checking --- */

static bool earning_cap_sound(const acrm__earning_rule *rule, const acrm__earning_cap *cap)
{
    return cap->limit >= 1 && cap->limit <= ACRM__EARNING_POINTS_MAX &&
           cap->period >= ACRM__EARNING_EVENT && cap->period <= ACRM__EARNING_EVER &&
           !(cap->times && cap->period == ACRM__EARNING_EVENT) &&
           (cap->times || rule->gives != ACRM__EARNING_FACTOR);
}

/* The field that is wrong, or NULL. */
static const char *earning_fault(const acrm__earning_rule *rule, const char **allowed)
{
    int64_t most = rule->gives == ACRM__EARNING_RATE     ? ACRM__EARNING_RATE_MAX
                   : rule->gives == ACRM__EARNING_FACTOR ? ACRM__EARNING_FACTOR_MAX
                                                         : ACRM__EARNING_POINTS_MAX;

    *allowed = "rate, fixed or factor";
    if (rule->gives < ACRM__EARNING_RATE || rule->gives > ACRM__EARNING_FACTOR)
        return "gives";
    *allowed = "0 to 1000000 points for a unit, to 100000000 fixed ones, or a factor to 1000";
    if (rule->number < 0 || rule->number > most)
        return "number";
    *allowed = "above 0";
    if (rule->gives == ACRM__EARNING_RATE && rule->unit < 1)
        return "unit";
    *allowed = "0 to 1000";
    if (rule->share < 0 || rule->share > ACRM__EARNING_FACTOR_MAX)
        return "qualifying";
    *allowed = "an end after the beginning";
    if (rule->from >= rule->until)
        return "until";
    *allowed = "at most 8, each above 0: points of an event or a period, times in a period; of a "
               "factor only times";
    if (rule->n_caps > ACRM__EARNING_CAPS_MAX)
        return "caps";
    for (uint32_t i = 0; i < rule->n_caps; i++)
        if (!earning_cap_sound(rule, &rule->caps[i]))
            return "caps";
    return NULL;
}

int32_t acrm__earning_check(const acrm__earning_scheme *scheme, acrm_issue *issue)
{
    const char *allowed;

    if (scheme->n_rules > ACRM__EARNING_RULES_MAX)
        return earning_refuse(issue, ACRM_E_INVALID, "rules", "at most 1000", -1);
    if (scheme->stacking != ACRM__EARNING_SUM && scheme->stacking != ACRM__EARNING_BEST)
        return earning_refuse(issue, ACRM_E_INVALID, "stacking", "sum or best", -1);
    if (scheme->factors < ACRM__EARNING_SUM || scheme->factors > ACRM__EARNING_BEST)
        return earning_refuse(issue, ACRM_E_INVALID, "factors", "sum, product or best", -1);
    for (size_t i = 0; i < scheme->n_rules; i++) {
        const char *field = earning_fault(&scheme->rules[i], &allowed);
        if (field)
            return earning_refuse(issue, ACRM_E_INVALID, field, allowed, (int64_t)i);
    }
    return ACRM_OK;
}

/* --- One event --- */

typedef struct earning_run {
    const acrm__earning_scheme *scheme;
    const acrm__earning_event *event;
    const acrm__earning_world *world;
    acrm__earning_share *shares;
    acrm_issue *issue;
    int64_t factor; /* of all factors together, times EARNING_FACTOR_ONE */
} earning_run;

/* Which rules fit; an exclusive one puts all others aside. */
static int32_t earning_choose(earning_run *run)
{
    size_t alone = SIZE_MAX;

    for (size_t i = 0; i < run->scheme->n_rules; i++) {
        const acrm__earning_rule *rule = &run->scheme->rules[i];
        bool fits = false;
        run->shares[i] = (acrm__earning_share){ .cap = -1 };
        if (run->event->at < rule->from || run->event->at >= rule->until)
            continue;
        int32_t st = run->world->fits(run->world->self, i, &fits);
        if (st != ACRM_OK)
            return st;
        run->shares[i].outcome = fits ? ACRM__EARNING_GAVE : ACRM__EARNING_UNFIT;
        if (fits && rule->exclusive && alone == SIZE_MAX)
            alone = i;
    }
    for (size_t i = 0; alone != SIZE_MAX && i < run->scheme->n_rules; i++)
        if (i != alone && run->shares[i].outcome == ACRM__EARNING_GAVE)
            run->shares[i].outcome = ACRM__EARNING_EXCLUDED;
    return ACRM_OK;
}

/* What is left of caps: points may be cut down to *points; true when a limit of times is reached
 * (then nothing is left). */
static int32_t earning_cap(earning_run *run, size_t n, int64_t *points)
{
    const acrm__earning_rule *rule = &run->scheme->rules[n];
    acrm__earning_share *share = &run->shares[n];
    int64_t full = *points;

    for (uint32_t i = 0; i < rule->n_caps; i++) {
        const acrm__earning_cap *cap = &rule->caps[i];
        int64_t given = 0, times = 0, left;
        int32_t st = cap->period == ACRM__EARNING_EVENT
                         ? ACRM_OK
                         : run->world->given(run->world->self, n, cap->period, &given, &times);
        if (st != ACRM_OK)
            return st;
        if (cap->times)
            left = times >= cap->limit ? 0 : *points;
        else
            left = given >= cap->limit ? 0 : cap->limit - (given > 0 ? given : 0);
        if (left < *points || (cap->times && times >= cap->limit && share->cap < 0)) {
            *points = left < *points ? left : *points;
            share->cap = (int32_t)i;
        }
    }
    share->cut = full - *points;
    return ACRM_OK;
}

/* All factors that fit, as one. */
static int32_t earning_factors(earning_run *run)
{
    int64_t factor = EARNING_FACTOR_ONE;
    bool first = true;

    for (size_t i = 0; i < run->scheme->n_rules; i++) {
        const acrm__earning_rule *rule = &run->scheme->rules[i];
        int64_t own = rule->number * ACRM__EARNING_ONE, left = 1;
        if (rule->gives != ACRM__EARNING_FACTOR ||
            run->shares[i].outcome != ACRM__EARNING_GAVE)
            continue;
        int32_t st = earning_cap(run, i, &left);
        if (st != ACRM_OK)
            return st;
        run->shares[i].cut = 0;
        if (left == 0)
            continue; /* it fits, but has been used up */
        run->shares[i].outcome = ACRM__EARNING_FACTORED;
        run->shares[i].factor = own;
        if (run->scheme->factors == ACRM__EARNING_SUM)
            factor += own - EARNING_FACTOR_ONE;
        else if (run->scheme->factors == ACRM__EARNING_PRODUCT)
            factor = (int64_t)((earning_wide)factor * own / EARNING_FACTOR_ONE);
        else if (first || own > factor)
            factor = own;
        first = false;
        if (factor > ACRM__EARNING_FACTOR_MAX * ACRM__EARNING_ONE)
            return earning_refuse(run->issue, ACRM_E_LIMIT, "factor",
                                  "at most 1000, all factors together", (int64_t)i);
    }
    run->factor = factor < 0 ? 0 : factor; /* factors below 1 may add up to less than nothing */
    return ACRM_OK;
}

static bool earning_round(earning_wide above, earning_wide below, int32_t rounding, int64_t *out)
{
    earning_wide whole = above / below, rest = above % below;
    bool half = rest >= below - rest;
    bool tie = rest == below - rest;

    if (rounding == ACRM__ROUND_UP || rounding == ACRM__ROUND_CEILING)
        whole += rest > 0;
    else if (rounding == ACRM__ROUND_HALF_UP)
        whole += half;
    else if (rounding == ACRM__ROUND_HALF_EVEN)
        whole += half && (!tie || (whole & 1));
    if (whole > ACRM__EARNING_POINTS_MAX)
        return false;
    *out = (int64_t)whole;
    return true;
}

/* Points of a rule for an amount (of a fixed one, whatever it is). */
static bool earning_points(const earning_run *run, size_t n, earning_wide amount, int64_t *out)
{
    const acrm__earning_rule *rule = &run->scheme->rules[n];
    earning_wide above = rule->number, below = (earning_wide)ACRM__EARNING_ONE;

    if (rule->gives == ACRM__EARNING_RATE) {
        if (__builtin_mul_overflow(above, amount, &above))
            return false;
        below *= rule->unit;
    }
    if (run->shares[n].factor != EARNING_FACTOR_ONE) {
        if (__builtin_mul_overflow(above, (earning_wide)run->shares[n].factor, &above))
            return false;
        below *= EARNING_FACTOR_ONE;
    }
    return earning_round(above, below, rule->rounding, out);
}

static int32_t earning_lines(earning_run *run, size_t n, int64_t *out)
{
    const acrm__earning_rule *rule = &run->scheme->rules[n];
    const acrm__earning_event *event = run->event;
    earning_wide amount = 0;
    int64_t total = 0, points;

    for (size_t i = 0; i < event->n_lines; i++) {
        bool fits = true;
        if (run->world->line_fits) {
            int32_t st = run->world->line_fits(run->world->self, n, i, &fits);
            if (st != ACRM_OK)
                return st;
        }
        if (!fits)
            continue;
        amount += event->lines[i];
        if (rule->per_line) {
            if (!earning_points(run, n, event->lines[i], &points))
                return ACRM_E_LIMIT;
            total += points; /* a thousand lines of a million million at most */
        }
    }
    if (!rule->per_line && !earning_points(run, n, amount, &total))
        return ACRM_E_LIMIT;
    *out = total;
    return total > ACRM__EARNING_POINTS_MAX ? ACRM_E_LIMIT : ACRM_OK;
}

/* What a rule gives, before stacking. */
static int32_t earning_give(earning_run *run, size_t n)
{
    const acrm__earning_rule *rule = &run->scheme->rules[n];
    acrm__earning_share *share = &run->shares[n];
    int32_t st = ACRM_OK;

    share->factor = rule->plain ? EARNING_FACTOR_ONE : run->factor;
    if (rule->gives == ACRM__EARNING_RATE && run->event->n_lines > 0)
        st = earning_lines(run, n, &share->points);
    else if (!earning_points(run, n, run->event->amount, &share->points))
        st = ACRM_E_LIMIT;
    if (st == ACRM_E_LIMIT)
        return earning_refuse(run->issue, st, "points", "at most 1000000000000 for an event",
                              (int64_t)n);
    return st == ACRM_OK ? earning_cap(run, n, &share->points) : st;
}

static void earning_best(const earning_run *run, size_t best)
{
    for (size_t i = 0; i < run->scheme->n_rules; i++)
        if (i != best && run->shares[i].outcome == ACRM__EARNING_GAVE &&
            run->scheme->rules[i].gives != ACRM__EARNING_FACTOR)
            run->shares[i].outcome = ACRM__EARNING_LESS;
}

static int32_t earning_add(const earning_run *run, acrm__earning_sum *sum)
{
    acrm__earning_sum all = { 0, 0 };

    for (size_t i = 0; i < run->scheme->n_rules; i++) {
        const acrm__earning_rule *rule = &run->scheme->rules[i];
        acrm__earning_share *share = &run->shares[i];
        if (share->outcome != ACRM__EARNING_GAVE || rule->gives == ACRM__EARNING_FACTOR)
            continue;
        share->spendable = rule->spendable ? share->points : 0;
        earning_wide counted = (earning_wide)share->points * rule->share / ACRM__EARNING_ONE;
        if (counted > ACRM__EARNING_POINTS_MAX)
            return earning_refuse(run->issue, ACRM_E_LIMIT, "qualifying",
                                  "at most 1000000000000 for an event", (int64_t)i);
        share->qualifying = (int64_t)counted;
        all.spendable += share->spendable;
        all.qualifying += share->qualifying;
        if (all.spendable > ACRM__EARNING_POINTS_MAX || all.qualifying > ACRM__EARNING_POINTS_MAX)
            return earning_refuse(run->issue, ACRM_E_LIMIT, "points",
                                  "at most 1000000000000 for an event", (int64_t)i);
    }
    *sum = all;
    return ACRM_OK;
}

int32_t acrm__earn(const acrm__earning_scheme *scheme, const acrm__earning_event *event,
                   const acrm__earning_world *world, acrm__earning_share *shares,
                   acrm__earning_sum *sum, acrm_issue *issue)
{
    earning_run run = { scheme, event, world, shares, issue, EARNING_FACTOR_ONE };
    size_t best = SIZE_MAX;

    assert(scheme && event && world && sum && (shares || scheme->n_rules == 0));
    if (event->n_lines > ACRM__EARNING_LINES_MAX)
        return earning_refuse(issue, ACRM_E_INVALID, "lines", "at most 1000", -1);
    if (event->amount < 0)
        return earning_refuse(issue, ACRM_E_INVALID, "amount", "0 or more", -1);
    for (size_t i = 0; i < event->n_lines; i++)
        if (event->lines[i] < 0)
            return earning_refuse(issue, ACRM_E_INVALID, "lines", "amounts of 0 or more",
                                  (int64_t)i);
    int32_t st = earning_choose(&run);
    if (st == ACRM_OK)
        st = earning_factors(&run);
    for (size_t i = 0; st == ACRM_OK && i < scheme->n_rules; i++) {
        if (shares[i].outcome != ACRM__EARNING_GAVE ||
            scheme->rules[i].gives == ACRM__EARNING_FACTOR)
            continue;
        st = earning_give(&run, i);
        if (best == SIZE_MAX || shares[i].points > shares[best].points)
            best = i;
    }
    if (st == ACRM_OK && scheme->stacking == ACRM__EARNING_BEST)
        earning_best(&run, best);
    return st == ACRM_OK ? earning_add(&run, sum) : st;
}
