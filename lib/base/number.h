/* SPDX-License-Identifier: MIT */
/* Numbers as JSON writes them: exact integers where they are integral, else the nearest double. */
#ifndef ACRM_BASE_NUMBER_H
#define ACRM_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct acrm__number {
    bool integral;   /* exactly, and within +-(2^53 - 1): `integer` is set */
    bool overflow;   /* beyond the range of a double: neither is set */
    int64_t integer;
    double real; /* the nearest double, ties to even */
} acrm__number;

/* Read a number by the grammar of RFC 8259 (no leading zero or plus, digits around a point) at the
 * start of the text. Returns its length, or 0 when there is none; *stop is then the offset of the
 * first byte that does not fit. */
size_t acrm__number_read(const char *text, size_t len, acrm__number *out, size_t *stop);

#endif
