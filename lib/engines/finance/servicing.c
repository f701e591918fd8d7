/* SPDX-License-Identifier: MIT */
/* Checks of the dues of a contract, and the interest of a stretch of days. */
#include "engines/finance/servicing_internal.h"

int32_t acrm__dues_check(const acrm_due *dues, size_t n_dues, int64_t *total, acrm_issue *issue)
{
    int64_t sum = 0;

    if (n_dues > ACRM_DUES_MAX)
        return acrm__issue(issue, ACRM_E_LIMIT, "dues", -1, "0..36525 rows");
    for (size_t i = 0; i < n_dues; i++) {
        if (!acrm__day_ok(dues[i].day) || (i > 0 && dues[i].day < dues[i - 1].day))
            return acrm__issue(issue, ACRM_E_INVALID, "dues.day", (int64_t)i,
                               "0001-01-01..9999-12-31, not before the due above");
        for (int32_t part = 0; part < ACRM_PARTS; part++) {
            int64_t due = dues[i].due[part];
            if (due < 0 || due > ACRM_FINANCE_AMOUNT_MAX - sum)
                return acrm__issue(issue, ACRM_E_INVALID, "dues.due", (int64_t)i,
                                   "0..1000000000000000, the sum of all too");
            if (dues[i].paid[part] < 0 || dues[i].paid[part] > due)
                return acrm__issue(issue, ACRM_E_INVALID, "dues.paid", (int64_t)i, "0..due");
            sum += due;
        }
    }
    if (total != NULL)
        *total = sum;
    return ACRM_OK;
}

int32_t acrm__interest_check(const acrm_interest *interest, bool nominal_ok, acrm_issue *issue)
{
    if (interest->rate < 0 || interest->rate > ACRM_FINANCE_RATE_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "interest.rate", -1, "0..10000000000");
    if (interest->round_unit < 1 || interest->round_unit > ACRM_FINANCE_UNIT_MAX)
        return acrm__issue(issue, ACRM_E_INVALID, "interest.round_unit", -1, "1..1000000000");
    if (interest->rounding < ACRM_ROUND_HALF_UP || interest->rounding > ACRM_ROUND_DOWN)
        return acrm__issue(issue, ACRM_E_INVALID, "interest.rounding", -1, "0..4");
    if (interest->day_count < (nominal_ok ? ACRM_DAYS_NOMINAL : ACRM_DAYS_30_360_US) ||
        interest->day_count > ACRM_DAYS_ACT_ACT_ISDA)
        return acrm__issue(issue, ACRM_E_INVALID, "interest.day_count", -1,
                           nominal_ok ? "0..7" : "1..7");
    if (interest->day_count == ACRM_DAYS_NOMINAL &&
        (interest->per_year < 1 || interest->per_year > 366))
        return acrm__issue(issue, ACRM_E_INVALID, "interest.per_year", -1, "1..366");
    return ACRM_OK;
}

size_t acrm__dues_before(const acrm_due *dues, size_t n_dues, int32_t day)
{
    size_t lo = 0;

    for (size_t hi = n_dues; lo < hi;) {
        size_t middle = lo + (hi - lo) / 2;
        if (dues[middle].day < day)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

static int32_t servicing_part(const acrm_interest *rule, int64_t base, acrm__ratio ratio,
                              int64_t *amount, acrm_explain_line *line)
{
    int64_t rounded = acrm__round_part(base, ratio, rule->round_unit, rule->rounding);

    if (rounded == ACRM__OVER)
        return ACRM_E_LIMIT;
    if (line != NULL) {
        acrm__u128 product = (acrm__u128)(uint64_t)base * (uint64_t)ratio.num;
        acrm__u128 whole = product / (uint64_t)ratio.den;
        acrm__u128 rest = product - whole * (uint64_t)ratio.den;
        line->base = base;
        line->num = ratio.num;
        line->den = ratio.den;
        line->whole = (int64_t)whole;
        line->ppt = (int64_t)(rest * 1000000000000u / (uint64_t)ratio.den);
        line->rounded = rounded;
        line->unit = rule->round_unit;
        line->rounding = rule->rounding;
    }
    *amount = rounded;
    return ACRM_OK;
}

int32_t acrm__share(const acrm_interest *rule, int64_t base, int64_t num, int64_t den,
                    int64_t *amount, acrm_explain_line *line)
{
    acrm__ratio ratio;

    if (!acrm__ratio_make((acrm__u128)(uint64_t)num, (acrm__u128)(uint64_t)den, &ratio))
        return ACRM_E_LIMIT;
    return servicing_part(rule, base, ratio, amount, line);
}

int32_t acrm__interest_ratio(const acrm_interest *interest, acrm__stretch stretch,
                             acrm__ratio *ratio, int32_t *days)
{
    acrm__u128 num = (acrm__u128)(uint64_t)interest->rate;
    acrm__u128 den = ACRM_RATE_ONE;
    int32_t counted = stretch.to - stretch.from;

    if (interest->day_count == ACRM_DAYS_NOMINAL) {
        int32_t period = stretch.period_to - stretch.period_from;
        num *= (uint64_t)counted;
        den *= (acrm__u128)(uint64_t)interest->per_year * (uint64_t)(period > 0 ? period : 1);
    } else {
        acrm_day_count_rule rule = { .struct_size = sizeof rule,
                                     .convention = interest->day_count,
                                     .termination = ACRM_DAY_NONE };
        acrm_year_fraction fraction = { .den = 1 };
        int32_t status = acrm_day_count(&rule, stretch.from, stretch.to, &fraction, NULL);
        if (status != ACRM_OK)
            return status;
        num *= (uint64_t)fraction.num;
        den *= (uint64_t)fraction.den;
        counted = fraction.days;
    }
    *days = counted;
    return acrm__ratio_make(num, den, ratio) ? ACRM_OK : ACRM_E_LIMIT;
}

int32_t acrm__interest(const acrm_interest *interest, int64_t base, acrm__stretch stretch,
                       int64_t *amount, acrm_explain_line *line)
{
    acrm__ratio ratio = { 0, 1 };
    int32_t days = 0;
    int32_t status = acrm__interest_ratio(interest, stretch, &ratio, &days);

    if (status != ACRM_OK)
        return status;
    if (line != NULL)
        line->days = days;
    return servicing_part(interest, base, ratio, amount, line);
}
