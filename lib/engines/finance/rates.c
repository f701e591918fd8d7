/* SPDX-License-Identifier: MIT */
/* Conversions between nominal, effective, periodic and flat rates and the lease money factor. */
#include "autocrm/apr.h"
#include "engines/finance/finance_internal.h"

#include <math.h>

/* The largest rate taken and given, in percent. */
#define RATES_PERCENT_MAX 1e8

/* (1 - (1 + i)^-n) / i, or what it tends to when i does to 0; in advance, times 1 + i. */
static double rates_annuity(double i, double n, bool advance)
{
    double value = fabs(i) < 1e-14 ? n : -expm1(-n * log1p(i)) / i;

    return advance ? value * (1 + i) : value;
}

/* The periodic rate at which n instalments of (1 + total) / n repay 1; total is the flat interest
 * of the whole term. The annuity falls as the rate rises, so bisection on ln(1 + i) cannot miss. */
static double rates_from_flat(double total, double n, bool advance)
{
    double sought = n / (1 + total);
    double lo = 0;
    double hi = 40;

    for (int32_t turn = 0; turn < 200 && hi - lo > 1e-17; turn++) {
        double middle = lo + (hi - lo) / 2;
        if (middle == lo || middle == hi)
            break;
        if (rates_annuity(expm1(middle), n, advance) > sought)
            lo = middle;
        else
            hi = middle;
    }
    return expm1(lo + (hi - lo) / 2);
}

static double rates_to_periodic(const acrm_rate_terms *terms, int32_t from, double value)
{
    double m = terms->per_year;

    switch (from) {
    case ACRM_RATE_NOMINAL:
        return value / 100 / m;
    case ACRM_RATE_EFFECTIVE:
        return expm1(log1p(value / 100) / m);
    case ACRM_RATE_PERIODIC:
        return value / 100;
    case ACRM_RATE_MONEY_FACTOR:
        return value * 24 / m;
    default:
        return rates_from_flat(value / 100 * terms->periods / m, terms->periods,
                               terms->advance != 0);
    }
}

static double rates_from_periodic(const acrm_rate_terms *terms, int32_t to, double i)
{
    double m = terms->per_year;

    switch (to) {
    case ACRM_RATE_NOMINAL:
        return i * m * 100;
    case ACRM_RATE_EFFECTIVE:
        return expm1(m * log1p(i)) * 100;
    case ACRM_RATE_PERIODIC:
        return i * 100;
    case ACRM_RATE_MONEY_FACTOR:
        return i * m / 24;
    default:
        return (terms->periods / rates_annuity(i, terms->periods, terms->advance != 0) - 1) * m /
               terms->periods * 100;
    }
}

static int32_t rates_check(const acrm_rate_terms *terms, int32_t from, int32_t to, double value,
                           acrm_issue *issue)
{
    bool flat = from == ACRM_RATE_FLAT || to == ACRM_RATE_FLAT;
    double percent = from == ACRM_RATE_MONEY_FACTOR ? value * 2400 : value;

    if (from < ACRM_RATE_NOMINAL || from > ACRM_RATE_MONEY_FACTOR)
        return acrm__issue(issue, ACRM_E_INVALID, "from", -1, "1..5");
    if (to < ACRM_RATE_NOMINAL || to > ACRM_RATE_MONEY_FACTOR)
        return acrm__issue(issue, ACRM_E_INVALID, "to", -1, "1..5");
    if (terms->per_year < 1 || terms->per_year > 366)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.per_year", -1, "1..366");
    if (flat && (terms->periods < 1 || terms->periods > 12000))
        return acrm__issue(issue, ACRM_E_INVALID, "terms.periods", -1, "1..12000");
    if (flat && terms->advance != 0 && terms->advance != 1)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.advance", -1, "0, 1");
    if (from == ACRM_RATE_FLAT && !(value >= 0))
        return acrm__issue(issue, ACRM_E_INVALID, "value", -1, "0..100000000 percent");
    if (!(percent >= -99.9999 && percent <= RATES_PERCENT_MAX)) /* false for a NaN too */
        return acrm__issue(issue, ACRM_E_INVALID, "value", -1, "-99.9999..100000000 percent");
    return ACRM_OK;
}

int32_t acrm_rate_convert(const acrm_rate_terms *terms, int32_t from, int32_t to, double value,
                          double *out, acrm_issue *issue)
{
    if (terms == NULL || out == NULL || terms->struct_size != sizeof *terms)
        return ACRM_E_MISUSE;

    int32_t status = rates_check(terms, from, to, value, issue);
    if (status != ACRM_OK)
        return status;
    double periodic = rates_to_periodic(terms, from, value);
    double result = from == to ? value : rates_from_periodic(terms, to, periodic);
    double percent = to == ACRM_RATE_MONEY_FACTOR ? result * 2400 : result;
    /* In advance, instalments as large as the principal repay it at once: no rate is so high. */
    if (!(percent <= RATES_PERCENT_MAX) || periodic * 100 > RATES_PERCENT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "value", -1,
                           "a rate whose result is at most 100000000 percent");
    *out = result;
    return ACRM_OK;
}

const char *acrm_rate_formula(int32_t rate, int32_t to_periodic)
{
    static const char *const formulas[][2] = {
        [ACRM_RATE_NOMINAL] = { "nominal = i * m", "i = nominal / m" },
        [ACRM_RATE_EFFECTIVE] = { "effective = (1 + i)^m - 1", "i = (1 + effective)^(1/m) - 1" },
        [ACRM_RATE_PERIODIC] = { "periodic = i", "i = periodic" },
        [ACRM_RATE_FLAT] = { "flat = (n / annuity(i, n) - 1) * m / n",
                             "i where n / annuity(i, n) = 1 + flat * n / m" },
        [ACRM_RATE_MONEY_FACTOR] = { "money factor = i * m / 24", "i = money factor * 24 / m" },
    };

    if (rate < ACRM_RATE_NOMINAL || rate > ACRM_RATE_MONEY_FACTOR)
        return NULL;
    return formulas[rate][to_periodic != 0];
}
