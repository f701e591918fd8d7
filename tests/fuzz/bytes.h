/* SPDX-License-Identifier: MIT */
/* Numbers out of a fuzz target's bytes, and its assertion. */
#ifndef TESTS_FUZZ_BYTES_H
#define TESTS_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fuzz_bytes {
    const uint8_t *data;
    size_t left;
} fuzz_bytes;

/* The next `count` bytes, 1 to 8, as a signed little-endian number; 0 for those used up. */
static inline int64_t fuzz_take(fuzz_bytes *in, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count && in->left > 0; i++, in->data++, in->left--)
        value |= (uint64_t)*in->data << 8 * i;
    uint64_t sign = UINT64_C(1) << (8 * count - 1);
    return (int64_t)((value ^ sign) - sign);
}

static inline void fuzz_check(bool right)
{
    if (!right)
        __builtin_trap();
}

#endif
