/* SPDX-License-Identifier: MIT */
/* The parts of the finance engine's arithmetic that are not on its fastest path. */
#include "engines/finance/finance_math.h"

int64_t acrm__round_wide(acrm__u128 num, acrm__u128 den, int64_t unit, int32_t mode)
{
    acrm__u128 below = num / den;
    acrm__u128 rest = num - below * den;
    acrm__u128 other = den - rest;
    int cmp = (rest > other) - (rest < other);

    if (below > (acrm__u128)(ACRM_FINANCE_AMOUNT_MAX / unit))
        return ACRM__OVER;
    int64_t units = (int64_t)below +
                    (acrm__rounds_up(mode, cmp, rest != 0, (uint64_t)below) ? 1 : 0);
    return units > ACRM_FINANCE_AMOUNT_MAX / unit ? ACRM__OVER : units * unit;
}

enum { MATH_SNAP = 1 << 28 }; /* 2^-36 of a minor unit, in 2^-64ths */

static acrm__q64 math_snapped(acrm__q64 value)
{
    const uint64_t half = UINT64_C(1) << 63;

    if (value.part <= MATH_SNAP)
        value.part = 0;
    else if (value.part >= half - MATH_SNAP && value.part <= half + MATH_SNAP)
        value.part = half;
    else if (value.part >= UINT64_MAX - MATH_SNAP)
        value = (acrm__q64){ .whole = value.whole + 1 };
    return value;
}

int64_t acrm__round_q64(acrm__q64 value, int64_t unit, int32_t mode)
{
    acrm__q64 v = math_snapped(value);
    uint64_t u = (uint64_t)unit;
    uint64_t below = v.whole / u;
    acrm__u128 rest = (acrm__u128)(v.whole - below * u) << 64 | v.part;
    acrm__u128 half = (acrm__u128)u << 63;
    int cmp = (rest > half) - (rest < half);
    uint64_t units = below + (acrm__rounds_up(mode, cmp, rest != 0, below) ? 1 : 0);

    return units > (uint64_t)(ACRM_FINANCE_AMOUNT_MAX / unit) ? ACRM__OVER
                                                             : (int64_t)units * unit;
}

int64_t acrm__q64_ppt(acrm__q64 value, int64_t *whole)
{
    const uint64_t trillion = UINT64_C(1000000000000);
    uint64_t ppt = (uint64_t)(((acrm__u128)value.part * trillion + (UINT64_C(1) << 63)) >> 64);

    *whole = (int64_t)value.whole + (ppt == trillion ? 1 : 0);
    return ppt == trillion ? 0 : (int64_t)ppt;
}

static int math_low_zeros(acrm__u128 a)
{
    return (uint64_t)a != 0 ? __builtin_ctzll((uint64_t)a)
                            : 64 + __builtin_ctzll((uint64_t)(a >> 64));
}

/* Stein's algorithm: shifts and subtractions instead of divisions. */
static acrm__u128 math_gcd(acrm__u128 a, acrm__u128 b)
{
    if (a == 0)
        return b;
    int twos = math_low_zeros(a | b);
    a >>= math_low_zeros(a);
    while (b != 0) {
        b >>= math_low_zeros(b);
        if (a > b) {
            acrm__u128 swap = a;
            a = b;
            b = swap;
        }
        b -= a;
    }
    return a << twos;
}

static bool math_ratio_fits(acrm__u128 num, acrm__u128 den, acrm__ratio *out)
{
    if ((num + den) >> 62 != 0)
        return false;
    *out = (acrm__ratio){ .num = (int64_t)num, .den = (int64_t)den };
    return true;
}

bool acrm__ratio_make(acrm__u128 num, acrm__u128 den, acrm__ratio *out)
{
    assert(den > 0);
    if (math_ratio_fits(num, den, out))
        return true;
    acrm__u128 common = math_gcd(num, den);
    return math_ratio_fits(num / common, den / common, out);
}

bool acrm__ratio_add(acrm__ratio a, acrm__ratio b, acrm__ratio *out)
{
    acrm__u128 num = (acrm__u128)(uint64_t)a.num * (uint64_t)b.den +
                     (acrm__u128)(uint64_t)b.num * (uint64_t)a.den;
    acrm__u128 den = (acrm__u128)(uint64_t)a.den * (uint64_t)b.den;
    acrm__u128 common = math_gcd(num, den); /* always, so that a sum of many stays small */

    return math_ratio_fits(num / common, den / common, out);
}

acrm__u128 acrm__q112_discount(acrm__ratio ratio)
{
    uint64_t sum = (uint64_t)ratio.num + (uint64_t)ratio.den;

    if (ratio.num == 0)
        return ACRM__Q112_ONE;
    acrm__u128 top = (acrm__u128)(uint64_t)ratio.den << 64;
    acrm__u128 high = top / sum;
    acrm__u128 rest = top - high * sum;
    return (high << 48) + (rest << 48) / sum;
}

/* By doubling: sum(2m) = sum(m) + v^m sum(m), sum(m + 1) = v + v sum(m); all terms positive, so
 * that nothing cancels and a rate of zero is no special case. */
void acrm__q112_powers(acrm__u128 v, int32_t n, acrm__u128 *power, acrm__u128 *sum)
{
    assert(n >= 0 && n <= ACRM_FINANCE_PERIODS_MAX);
    *power = ACRM__Q112_ONE;
    *sum = 0;
    if (n == 0)
        return;

    acrm__u128 p = v; /* the highest bit of n is used up */
    acrm__u128 s = v;
    for (int bit = 30 - __builtin_clz((unsigned)n); bit >= 0; bit--) {
        s += acrm__q112_mul(p, s);
        p = acrm__q112_mul(p, p);
        if ((n >> bit & 1) != 0) {
            s = v + acrm__q112_mul(v, s);
            p = acrm__q112_mul(p, v);
        }
    }
    *power = p;
    *sum = s;
}

/* Long division with digits of 32 bits. A divisor below 2^96 leaves room for the next digit; the
 * low bits dropped for it are 2^-95 of its value. */
bool acrm__q76_over(acrm__u128 amount, acrm__u128 divisor, acrm__q64 *out)
{
    int left = 64 + ACRM__Q112_BITS - ACRM__Q76_BITS; /* quotient bits still to come */

    if (divisor == 0)
        return false;
    if (divisor >> 96 != 0) {
        int drop = 32 - __builtin_clzll((uint64_t)(divisor >> 64));
        divisor >>= drop;
        left -= drop;
    }
    acrm__u128 quotient = amount / divisor;
    acrm__u128 rest = amount - quotient * divisor;
    while (left > 0) {
        int bits = left < 32 ? left : 32;
        if (quotient >> (120 - bits) != 0)
            return false;
        rest <<= bits;
        acrm__u128 digit = rest / divisor;
        rest -= digit * divisor;
        quotient = quotient << bits | digit;
        left -= bits;
    }
    *out = (acrm__q64){ .whole = (uint64_t)(quotient >> 64), .part = (uint64_t)quotient };
    return true;
}
