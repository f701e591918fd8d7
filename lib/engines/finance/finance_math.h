/* SPDX-License-Identifier: MIT */
/* Exact products and quotients in 128 bits, rounding, and discount factors in fixed point. */
#ifndef ENGINES_FINANCE_MATH_H
#define ENGINES_FINANCE_MATH_H

#include "autocrm/finance.h"

#include <assert.h>
#include <stdbool.h>

__extension__ typedef __int128 acrm__i128;
__extension__ typedef unsigned __int128 acrm__u128;

/* A non-negative fraction; num, den and their sum stay below 2^62. */
typedef struct acrm__ratio {
    int64_t num, den;
} acrm__ratio;

/* A non-negative amount: whole minor units and 2^-64ths of one. */
typedef struct acrm__q64 {
    uint64_t whole, part;
} acrm__q64;

/* What a rounding returns for a result above ACRM_FINANCE_AMOUNT_MAX. */
#define ACRM__OVER INT64_MAX

/* Is the multiple above the exact value the right one? cmp: the part above the multiple below,
 * compared with half a unit; below: that multiple, in units. */
static inline bool acrm__rounds_up(int32_t mode, int cmp, bool inexact, uint64_t below)
{
    switch (mode) {
    case ACRM_ROUND_HALF_UP:
        return cmp >= 0;
    case ACRM_ROUND_HALF_EVEN:
        return cmp > 0 || (cmp == 0 && (below & 1) != 0);
    case ACRM_ROUND_HALF_DOWN:
        return cmp > 0;
    case ACRM_ROUND_UP:
        return inexact;
    default:
        return false;
    }
}

/* num / den to a multiple of unit, for numbers that need more than 64 bits. */
int64_t acrm__round_wide(acrm__u128 num, acrm__u128 den, int64_t unit, int32_t mode);

/* num / den (num >= 0, den > 0) to a multiple of unit (> 0); ACRM__OVER when it is too large. */
static inline int64_t acrm__round(acrm__u128 num, uint64_t den, int64_t unit, int32_t mode)
{
    acrm__u128 by = (acrm__u128)den * (uint64_t)unit;

    if ((num | by) >> 63 != 0)
        return acrm__round_wide(num, by, unit, mode);

    uint64_t d = (uint64_t)by;
    uint64_t below = (uint64_t)num / d;
    uint64_t rest = (uint64_t)num - below * d;
    int cmp = (rest * 2 > d) - (rest * 2 < d);
    uint64_t units = below + (acrm__rounds_up(mode, cmp, rest != 0, below) ? 1 : 0);

    return units > (uint64_t)(ACRM_FINANCE_AMOUNT_MAX / unit) ? ACRM__OVER
                                                             : (int64_t)units * unit;
}

/* base * ratio, rounded. */
static inline int64_t acrm__round_part(int64_t base, acrm__ratio ratio, int64_t unit, int32_t mode)
{
    return acrm__round((acrm__u128)(uint64_t)base * (uint64_t)ratio.num, (uint64_t)ratio.den, unit,
                       mode);
}

/* A q64 to a multiple of unit. A value within 2^-36 of a whole or of a half is taken for it, which
 * is more than the error of any q64 made here. */
int64_t acrm__round_q64(acrm__q64 value, int64_t unit, int32_t mode);

/* Parts per trillion of the q64's part, rounded to the nearest; *whole takes a carry. */
int64_t acrm__q64_ppt(acrm__q64 value, int64_t *whole);

/* The fraction num / den, in lowest terms if it must be; false when it does not fit. */
bool acrm__ratio_make(acrm__u128 num, acrm__u128 den, acrm__ratio *out);
/* The sum in lowest terms; false when it does not fit. */
bool acrm__ratio_add(acrm__ratio a, acrm__ratio b, acrm__ratio *out);

/*
 * Discount factors and sums of them are unsigned fixed point with 112 fraction bits. Factors are
 * at most 1 and sums at most ACRM_FINANCE_PERIODS_MAX < 2^16, so each fits 128 bits; a product
 * loses less than 2^-112.
 */
enum { ACRM__Q112_BITS = 112 };
#define ACRM__Q112_ONE ((acrm__u128)1 << ACRM__Q112_BITS)

/* (a * b) >> shift, shift in 1..127; the result must fit 128 bits. */
static inline acrm__u128 acrm__mul_shift(acrm__u128 a, acrm__u128 b, int shift)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64);
    uint64_t b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    acrm__u128 low = (acrm__u128)a0 * b0;
    acrm__u128 mid1 = (acrm__u128)a1 * b0 + (uint64_t)(low >> 64);
    acrm__u128 mid2 = (acrm__u128)a0 * b1 + (uint64_t)mid1;
    acrm__u128 high = (acrm__u128)a1 * b1 + (uint64_t)(mid1 >> 64) + (uint64_t)(mid2 >> 64);
    acrm__u128 bottom = mid2 << 64 | (uint64_t)low;

    assert(high >> shift == 0);
    return high << (128 - shift) | bottom >> shift;
}

static inline acrm__u128 acrm__q112_mul(acrm__u128 a, acrm__u128 b)
{
    return acrm__mul_shift(a, b, ACRM__Q112_BITS);
}

/* 1 / (1 + ratio). */
acrm__u128 acrm__q112_discount(acrm__ratio ratio);

/* v^n, and the sum of v^1 ... v^n. */
void acrm__q112_powers(acrm__u128 v, int32_t n, acrm__u128 *power, acrm__u128 *sum);

/* amount * factor, in minor units with 76 fraction bits; amount up to ACRM_FINANCE_AMOUNT_MAX. */
enum { ACRM__Q76_BITS = 76 };
static inline acrm__u128 acrm__q76_of(int64_t amount, acrm__u128 factor)
{
    return acrm__mul_shift((acrm__u128)(uint64_t)amount, factor,
                           ACRM__Q112_BITS - ACRM__Q76_BITS);
}

/* An amount with 76 fraction bits over a factor or sum; false when that is not below 2^56. */
bool acrm__q76_over(acrm__u128 amount, acrm__u128 divisor, acrm__q64 *out);

#endif
