/* SPDX-License-Identifier: MIT */
/* Checked arithmetic on minor units: exact 128-bit products, one named rounding. */
#include "base/money.h"

__extension__ typedef __int128 money_wide;

bool acrm__money_add(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum = 0;

    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool acrm__money_sub(int64_t a, int64_t b, int64_t *out)
{
    int64_t difference = 0;

    if (__builtin_sub_overflow(a, b, &difference))
        return false;
    *out = difference;
    return true;
}

bool acrm__money_mul(int64_t a, int64_t factor, int64_t *out)
{
    int64_t product = 0;

    if (__builtin_mul_overflow(a, factor, &product))
        return false;
    *out = product;
    return true;
}

/* Whether a quotient truncated to `quotient`, with a remainder, goes one away from zero. */
static bool money_rounds_up(int32_t rounding, bool negative, int half, money_wide quotient)
{
    switch (rounding) {
    case ACRM__ROUND_HALF_UP:
        return half >= 0;
    case ACRM__ROUND_HALF_EVEN:
        return half > 0 || (half == 0 && quotient % 2 != 0);
    case ACRM__ROUND_UP:
        return true;
    case ACRM__ROUND_FLOOR:
        return negative;
    case ACRM__ROUND_CEILING:
        return !negative;
    default: /* ACRM__ROUND_DOWN */
        return false;
    }
}

bool acrm__money_ratio(int64_t a, int64_t num, int64_t den, int32_t rounding, int64_t *out)
{
    money_wide product = (money_wide)a * num;
    bool negative = (product < 0) != (den < 0);
    money_wide quotient = 0;
    money_wide rest = 0;

    if (den == 0)
        return false;
    quotient = product / den;
    rest = product % den;
    if (rest != 0) {
        money_wide twice = (rest < 0 ? -rest : rest) * 2;
        money_wide whole = den < 0 ? -(money_wide)den : den;
        int half = twice > whole ? 1 : twice == whole ? 0 : -1;

        if (money_rounds_up(rounding, negative, half, quotient))
            quotient += negative ? -1 : 1;
    }
    if (quotient < INT64_MIN || quotient > INT64_MAX)
        return false;
    *out = (int64_t)quotient;
    return true;
}

/* How many remainders of `whole` * weight / `sum` are above the given one. */
static size_t money_above(money_wide whole, const int64_t *weights, size_t n, money_wide sum,
                          money_wide rest)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += whole * weights[i] % sum > rest ? 1 : 0;
    return count;
}

bool acrm__money_allocate(int64_t total, const int64_t *weights, size_t n, int64_t *parts)
{
    money_wide whole = total < 0 ? -(money_wide)total : total;
    money_wide sum = 0;
    money_wide left = whole;
    money_wide low = 0;
    money_wide high = 0;
    size_t ties = 0;
    int sign = total < 0 ? -1 : 1;

    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0)
            return false;
        sum += weights[i];
    }
    if (sum == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        money_wide part = whole * weights[i] / sum;

        parts[i] = (int64_t)(sign * part);
        left -= part;
    }
    /* The smallest remainder that at most `left` others exceed, found by halving, so that no
     * memory is needed; those above it get one unit, then the first ones equal to it. */
    for (high = sum - 1; low < high;) {
        money_wide middle = low + (high - low) / 2;

        if (money_above(whole, weights, n, sum, middle) <= (size_t)left)
            high = middle;
        else
            low = middle + 1;
    }
    ties = (size_t)left - money_above(whole, weights, n, sum, low);
    for (size_t i = 0; i < n; i++) {
        money_wide rest = whole * weights[i] % sum;

        if (rest == low && ties > 0)
            ties--;
        else if (rest <= low)
            continue;
        parts[i] += sign;
    }
    return true;
}
