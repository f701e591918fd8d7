/* SPDX-License-Identifier: MIT */
/* Money: integer minor units with an ISO 4217 currency; overflow is checked, rounding is named. */
#ifndef ACRM_BASE_MONEY_H
#define ACRM_BASE_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rounding modes for every division. */
enum {
    ACRM__ROUND_HALF_UP = 0,   /* half away from zero */
    ACRM__ROUND_HALF_EVEN = 1,
    ACRM__ROUND_DOWN = 2,      /* towards zero */
    ACRM__ROUND_UP = 3,        /* away from zero */
    ACRM__ROUND_FLOOR = 4,
    ACRM__ROUND_CEILING = 5
};

/* Minor-unit digits of a currency by ISO 4217 (JPY 0, EUR 2, KWD 3; IRR 0 in practice, as the
 * design's currency table says), or -1 for a code that is not in the table. The code is 3
 * upper-case letters. */
int32_t acrm__currency_digits(const char *code, size_t len);
/* The n-th currency of the table, NULL past the end. */
const char *acrm__currency_at(size_t n, int32_t *digits);

bool acrm__money_add(int64_t a, int64_t b, int64_t *out); /* false on overflow */
bool acrm__money_sub(int64_t a, int64_t b, int64_t *out);
bool acrm__money_mul(int64_t a, int64_t factor, int64_t *out);
/* a * num / den, exact product, one rounding; false when den is 0 or the result overflows. */
bool acrm__money_ratio(int64_t a, int64_t num, int64_t den, int32_t rounding, int64_t *out);
/* Split `total` by weights: parts sum to the total exactly, leftovers to the largest remainders
 * (first ones win ties). False when all weights are zero, one is negative, or n is 0. */
bool acrm__money_allocate(int64_t total, const int64_t *weights, size_t n, int64_t *parts);

#endif
