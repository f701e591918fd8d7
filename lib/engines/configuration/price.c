/* SPDX-License-Identifier: MIT */
/* What a choice costs, component by component. */
#include "engines/configuration/configuration.h"

#include "base/money.h"

#include <string.h>

enum { PRICING_WHOLE = 1000000, PRICING_RATE_MAX = 10 * PRICING_WHOLE };

/* The packages that options come with for nothing: of several the one whose rule is first. */
typedef struct pricing_content {
    acrm__options held; /* those that come with one */
    uint32_t rule[ACRM_CONFIGURATION_OPTIONS_MAX], package[ACRM_CONFIGURATION_OPTIONS_MAX];
} pricing_content;

static void pricing_packages(const acrm_configuration *c, const uint64_t *in,
                             pricing_content *content)
{
    memset(content->held.bits, 0, c->words * sizeof *content->held.bits);
    for (uint32_t i = 0; i < c->n_packages; i++) {
        const acrm__package *p = &c->packages[i];
        if (!acrm__option_in(in, p->option))
            continue;
        for (uint32_t o = acrm__option_both(c, p->content, in, 0); o != ACRM_CONFIGURATION_NONE;
             o = acrm__option_both(c, p->content, in, o + 1)) {
            if (acrm__option_in(content->held.bits, o) && content->rule[o] < p->rule)
                continue;
            acrm__option_put(content->held.bits, o);
            content->rule[o] = p->rule;
            content->package[o] = p->option;
        }
    }
}

static int64_t pricing_gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* num / den with one rounding; what the rounding added, in lowest terms. */
static bool pricing_tax(int64_t sum, const acrm_configuration_prices *prices,
                        acrm_configuration_total *out)
{
    __extension__ typedef __int128 wide;
    int64_t rate = prices->tax_millionths;
    int64_t den = prices->includes_tax ? PRICING_WHOLE + rate : PRICING_WHOLE;
    int64_t tax, other;

    if (!acrm__money_ratio(sum, rate, den, prices->rounding == ACRM_CONFIGURATION_HALF_EVEN
                                               ? ACRM__ROUND_HALF_EVEN
                                               : ACRM__ROUND_HALF_UP, &tax))
        return false;
    if (prices->includes_tax ? !acrm__money_sub(sum, tax, &other)
                             : !acrm__money_add(sum, tax, &other))
        return false;
    int64_t excess = (int64_t)((wide)tax * den - (wide)sum * rate);
    int64_t common = pricing_gcd(excess, den);
    *out = (acrm_configuration_total){ .struct_size = out->struct_size,
                                       .net = prices->includes_tax ? other : sum,
                                       .tax = tax,
                                       .total = prices->includes_tax ? sum : other,
                                       .rounded_num = excess / common,
                                       .rounded_den = den / common };
    return true;
}

static int32_t pricing_refuse(acrm_issue *issue, int32_t status, const char *field,
                              const char *allowed, int64_t row)
{
    if (issue)
        *issue = (acrm_issue){ field, allowed, row };
    return status;
}

typedef struct pricing_run {
    const acrm_configuration *c;
    const acrm_configuration_prices *prices;
    pricing_content content;
    acrm_configuration_line *lines;
    size_t cap, count;
    int64_t sum;
    acrm_issue *issue;
} pricing_run;

static int32_t pricing_line(pricing_run *run, uint32_t option)
{
    const acrm_configuration *c = run->c;
    acrm_configuration_line line = { .option = option, .why = ACRM_LINE_CHOSEN,
                                     .package = ACRM_CONFIGURATION_NONE };

    if (acrm__option_in(c->offered, option) && !acrm__option_in(c->optional, option)) {
        line.why = ACRM_LINE_STANDARD;
    } else if (acrm__option_in(run->content.held.bits, option)) {
        line.why = ACRM_LINE_INCLUDED;
        line.package = run->content.package[option];
    } else if (run->prices->priced && !run->prices->priced[option]) {
        return pricing_refuse(run->issue, ACRM_E_NOTFOUND, "amounts", "a price", option);
    } else {
        line.amount = run->prices->amounts[option];
    }
    if (!acrm__money_add(run->sum, line.amount, &run->sum))
        return pricing_refuse(run->issue, ACRM_E_LIMIT, "amounts", "a sum in 64 bits", option);
    if (run->count < run->cap)
        run->lines[run->count] = line;
    run->count++;
    return ACRM_OK;
}

/* The lines of what is in the vehicle, added up. */
static int32_t pricing_lines(pricing_run *run, const uint64_t *in)
{
    int32_t st = ACRM_OK;

    pricing_packages(run->c, in, &run->content);
    for (uint32_t w = 0; w < run->c->words; w++)
        for (uint64_t left = in[w]; st == ACRM_OK && left; left &= left - 1)
            st = pricing_line(run, w * 64 + (uint32_t)__builtin_ctzll(left));
    return st;
}

static int32_t pricing_check(const acrm_configuration_prices *prices, acrm_issue *issue)
{
    if (prices->tax_millionths < 0 || prices->tax_millionths > PRICING_RATE_MAX)
        return pricing_refuse(issue, ACRM_E_INVALID, "tax_millionths", "0 to 10000000", -1);
    if (prices->rounding < ACRM_CONFIGURATION_HALF_UP ||
        prices->rounding > ACRM_CONFIGURATION_HALF_EVEN)
        return pricing_refuse(issue, ACRM_E_INVALID, "rounding", "HALF_UP or HALF_EVEN", -1);
    return ACRM_OK;
}

int32_t acrm_configuration_price(const acrm_configuration *configuration, const uint32_t *chosen,
                                 size_t chosen_count, const acrm_configuration_prices *prices,
                                 acrm_configuration_line *lines, size_t cap, size_t *count,
                                 acrm_configuration_total *out, acrm_issue *issue)
{
    const acrm_configuration *c = configuration;
    acrm__options set;
    acrm__vehicle made;
    pricing_run run;

    if (!c || (chosen_count && !chosen) || !prices || prices->struct_size < sizeof *prices ||
        (c->options && !prices->amounts) || (cap && !lines) || !count || !out ||
        out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    int32_t st = pricing_check(prices, issue);
    if (st == ACRM_OK)
        st = acrm__options_read(c, chosen, chosen_count, &set, issue);
    if (st != ACRM_OK)
        return st;
    acrm__vehicle_make(c, set.bits, &made);
    run.c = c; /* the content is large, and filled in as needed */
    run.prices = prices;
    run.lines = lines;
    run.cap = cap;
    run.count = 0;
    run.sum = prices->base;
    run.issue = issue;
    st = pricing_lines(&run, made.in.bits);
    if (st == ACRM_OK && !pricing_tax(run.sum, prices, out))
        st = pricing_refuse(issue, ACRM_E_LIMIT, "amounts", "a sum in 64 bits", -1);
    if (st == ACRM_OK)
        *count = run.count;
    return st;
}
