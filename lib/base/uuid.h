/* SPDX-License-Identifier: MIT */
/* UUID version 7 (RFC 9562): time-ordered ids, monotonic and safe against clocks that go back. */
#ifndef ACRM_BASE_UUID_H
#define ACRM_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct acrm__uuid {
    unsigned char bytes[16];
} acrm__uuid;

/* State of a generator: zero to begin with; one per engine, guarded by its owner. */
typedef struct acrm__uuid_state {
    uint64_t last_ms;
    uint32_t counter; /* 12 bits rand_a used as a counter within the millisecond */
} acrm__uuid_state;

/*
 * Make the next id. `now_us` is the clock (microseconds), `random` ten fresh random bytes. Ids of
 * one state always increase: within a millisecond by the counter, seeded below its half; when it
 * runs over, or the clock goes back, the last millisecond is kept or advanced by one
 * (RFC 9562, section 6.2, method 1).
 */
acrm__uuid acrm__uuid_v7(acrm__uuid_state *state, int64_t now_us, const unsigned char random[10]);

/* Canonical text, 36 characters and a NUL. */
void acrm__uuid_print(const unsigned char bytes[16], char dst[37]);
/* Accepts exactly the 36-character form, either case; any version. */
bool acrm__uuid_parse(const char *text, size_t len, unsigned char dst[16]);
/* Milliseconds since 1970 of a version 7 id. */
int64_t acrm__uuid_ms(const unsigned char bytes[16]);

#endif
