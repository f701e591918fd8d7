/* SPDX-License-Identifier: MIT */
/* Day-count conventions, as exact fractions of a year. */
#include "autocrm/day_count.h"

#include "engines/finance/finance_internal.h"

#include <string.h>

static const struct {
    const char *name;
    int32_t convention;
    const char *formula;
} day_count_names[] = {
    { "30/360 US", ACRM_DAYS_30_360_US,
      "(360 * years + 30 * months + days) / 360; the last of February is a 30th, a 31st too, "
      "at the end only after a 30th" },
    { "30/360 Bond Basis", ACRM_DAYS_30_360_BOND,
      "(360 * years + 30 * months + days) / 360; a 31st is a 30th, at the end only after a 30th" },
    { "30E/360", ACRM_DAYS_30E_360,
      "(360 * years + 30 * months + days) / 360; a 31st is a 30th" },
    { "30E/360 ISDA", ACRM_DAYS_30E_360_ISDA,
      "(360 * years + 30 * months + days) / 360; a month's last is a 30th, but not February's at "
      "termination" },
    { "ACT/360", ACRM_DAYS_ACT_360, "days / 360" },
    { "ACT/365F", ACRM_DAYS_ACT_365F, "days / 365" },
    { "ACT/ACT ISDA", ACRM_DAYS_ACT_ACT_ISDA,
      "days in leap years / 366 + days in other years / 365" },
    { "ACT/ACT ICMA", ACRM_DAYS_ACT_ACT_ICMA,
      "over regular periods: days in it / (days of the period * periods in a year)" },
};
enum { DAY_COUNT_NAMES = sizeof day_count_names / sizeof day_count_names[0] };

const char *acrm_day_count_name(int32_t convention)
{
    for (size_t i = 0; i < DAY_COUNT_NAMES; i++)
        if (day_count_names[i].convention == convention)
            return day_count_names[i].name;
    return NULL;
}

const char *acrm_day_count_formula(int32_t convention)
{
    for (size_t i = 0; i < DAY_COUNT_NAMES; i++)
        if (day_count_names[i].convention == convention)
            return day_count_names[i].formula;
    return NULL;
}

static char day_count_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool day_count_same_name(const char *a, const char *b)
{
    while (*a != '\0' && day_count_upper(*a) == day_count_upper(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

int32_t acrm_day_count_by_name(const char *name, int32_t *convention)
{
    if (name == NULL || convention == NULL)
        return ACRM_E_MISUSE;
    for (size_t i = 0; i < DAY_COUNT_NAMES; i++) {
        if (day_count_same_name(name, day_count_names[i].name)) {
            *convention = day_count_names[i].convention;
            return ACRM_OK;
        }
    }
    return ACRM_E_NOTFOUND;
}

static int64_t day_count_gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static acrm_year_fraction day_count_reduced(int64_t num, int64_t den, int32_t days,
                                            int32_t leap_days)
{
    int64_t common = day_count_gcd(num, den);

    return (acrm_year_fraction){
        .num = num / common, .den = den / common, .days = days, .leap_days = leap_days
    };
}

/* The end-of-February rule looks at both dates before either is changed. */
static void day_count_us(int32_t start, int32_t end, int32_t *d1, int32_t *d2)
{
    bool start_is_last = acrm__date_of(start).month == 2 && acrm__month_end(start);
    bool end_is_last = acrm__date_of(end).month == 2 && acrm__month_end(end);

    if (start_is_last && end_is_last)
        *d2 = 30;
    if (start_is_last)
        *d1 = 30;
    if (*d2 == 31 && *d1 >= 30)
        *d2 = 30;
    if (*d1 == 31)
        *d1 = 30;
}

static int32_t day_count_thirty(const acrm_day_count_rule *rule, int32_t start, int32_t end)
{
    acrm__civil a = acrm__date_of(start);
    acrm__civil b = acrm__date_of(end);
    int32_t d1 = a.day;
    int32_t d2 = b.day;

    if (start == end) /* else a termination on the last of February would give -2 */
        return 0;
    switch (rule->convention) {
    case ACRM_DAYS_30_360_US:
        day_count_us(start, end, &d1, &d2);
        break;
    case ACRM_DAYS_30_360_BOND:
        d1 = d1 == 31 ? 30 : d1;
        d2 = d2 == 31 && d1 == 30 ? 30 : d2;
        break;
    case ACRM_DAYS_30E_360_ISDA:
        if (acrm__month_end(start))
            d1 = 30;
        if (d2 == 31 || (acrm__month_end(end) && end != rule->termination))
            d2 = 30;
        break;
    default: /* 30E/360 */
        d1 = d1 == 31 ? 30 : d1;
        d2 = d2 == 31 ? 30 : d2;
        break;
    }
    return 360 * (b.year - a.year) + 30 * (b.month - a.month) + (d2 - d1);
}

static acrm_year_fraction day_count_isda(int32_t start, int32_t end)
{
    int32_t first_year = acrm__date_of(start).year;
    int32_t last_year = acrm__date_of(end).year;
    int32_t leap_days = 0;

    for (int32_t year = first_year; year <= last_year; year++) {
        if (!acrm__civil_leap(year))
            continue;
        int32_t from = 0;
        acrm__civil_to_day(year, 1, 1, &from);
        int32_t to = from + 366;
        leap_days += (to < end ? to : end) - (from > start ? from : start);
    }
    int32_t days = end - start;
    return day_count_reduced((int64_t)leap_days * 365 + (int64_t)(days - leap_days) * 366,
                             (int64_t)365 * 366, days, leap_days);
}

/* The k-th regular date, counted from the anchor. */
static int32_t day_count_regular(const acrm_day_count_rule *rule, int32_t k)
{
    int32_t day_of_month = rule->month_end ? 31 : acrm__date_of(rule->anchor).day;

    return acrm__day_in_month(rule->anchor, k * rule->period_months, day_of_month);
}

/* The index of the regular period that holds `day`. */
static int32_t day_count_regular_at(const acrm_day_count_rule *rule, int32_t day)
{
    acrm__civil a = acrm__date_of(rule->anchor);
    acrm__civil b = acrm__date_of(day);
    int32_t k = ((b.year - a.year) * 12 + b.month - a.month) / rule->period_months;

    while (day_count_regular(rule, k) > day)
        k--;
    while (day_count_regular(rule, k + 1) <= day)
        k++;
    return k;
}

static acrm_year_fraction day_count_icma(const acrm_day_count_rule *rule, int32_t start,
                                         int32_t end)
{
    int64_t a_year = 12 / rule->period_months;
    int32_t k1 = day_count_regular_at(rule, start);
    int32_t k2 = day_count_regular_at(rule, end);
    int32_t from1 = day_count_regular(rule, k1);
    int64_t length1 = day_count_regular(rule, k1 + 1) - from1;
    int32_t from2 = day_count_regular(rule, k2);
    int64_t length2 = day_count_regular(rule, k2 + 1) - from2;

    /* From the start of start's period to the end, less what lies before the start. */
    int64_t num = (int64_t)(k2 - k1) * length1 * length2 + (end - from2) * length1 -
                  (start - from1) * length2;
    return day_count_reduced(num, a_year * length1 * length2, end - start, 0);
}

static int32_t day_count_icma_check(const acrm_day_count_rule *rule, acrm_issue *issue)
{
    /* A margin of one year at both ends keeps every regular date in range. */
    if (rule->anchor < ACRM_DAY_MIN + 366 || rule->anchor > ACRM_DAY_MAX - 366)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.anchor", -1, "0002-01-01..9998-12-31");
    if (rule->period_months < 1 || rule->period_months > 12 || 12 % rule->period_months != 0)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.period_months", -1, "1, 2, 3, 4, 6, 12");
    if (rule->month_end != 0 && rule->month_end != 1)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.month_end", -1, "0, 1");
    return ACRM_OK;
}

static int32_t day_count_check(const acrm_day_count_rule *rule, int32_t start, int32_t end,
                               acrm_issue *issue)
{
    bool icma = rule->convention == ACRM_DAYS_ACT_ACT_ICMA;
    int32_t margin = icma ? 366 : 0;
    const char *days = icma ? "0002-01-01..9998-12-31" : "0001-01-01..9999-12-31";

    if (acrm_day_count_name(rule->convention) == NULL)
        return acrm__issue(issue, ACRM_E_INVALID, "rule.convention", -1, "1..8");
    if (start < ACRM_DAY_MIN + margin || start > ACRM_DAY_MAX - margin)
        return acrm__issue(issue, ACRM_E_INVALID, "start", -1, days);
    if (end < start || end > ACRM_DAY_MAX - margin)
        return acrm__issue(issue, ACRM_E_INVALID, "end", -1, "start..9999-12-31");
    return icma ? day_count_icma_check(rule, issue) : ACRM_OK;
}

int32_t acrm_day_count(const acrm_day_count_rule *rule, int32_t start, int32_t end,
                       acrm_year_fraction *out, acrm_issue *issue)
{
    if (rule == NULL || out == NULL || rule->struct_size != sizeof *rule)
        return ACRM_E_MISUSE;

    int32_t status = day_count_check(rule, start, end, issue);
    if (status != ACRM_OK)
        return status;
    switch (rule->convention) {
    case ACRM_DAYS_ACT_360:
        *out = day_count_reduced(end - start, 360, end - start, 0);
        break;
    case ACRM_DAYS_ACT_365F:
        *out = day_count_reduced(end - start, 365, end - start, 0);
        break;
    case ACRM_DAYS_ACT_ACT_ISDA:
        *out = day_count_isda(start, end);
        break;
    case ACRM_DAYS_ACT_ACT_ICMA:
        *out = day_count_icma(rule, start, end);
        break;
    default: {
        int32_t days = day_count_thirty(rule, start, end);
        *out = day_count_reduced(days, 360, days, 0);
        break;
    }
    }
    return ACRM_OK;
}
