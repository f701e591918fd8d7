/* SPDX-License-Identifier: MIT */
/** Clock and randomness ports: the only sources of time and chance in the library. */
#ifndef AUTOCRM_PORT_CLOCK_H
#define AUTOCRM_PORT_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Clock port. Set struct_size; the library copies the struct. It is asked once per operation,
 * and by engine.tick once more before each round of webhooks.
 * Without it the system's real-time clock is read.
 */
typedef struct acrm_clock {
    uint32_t struct_size; /**< sizeof(acrm_clock), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to now */
    int64_t (*now)(void *self); /**< microseconds since 1970-01-01T00:00:00Z */
} acrm_clock;

/**
 * Randomness port. Set struct_size; the library copies the struct. Every random byte of the
 * library comes from here: record ids, jitter, keys and nonces. Without it libsodium's generator
 * is used. Replace it in simulations only: with a predictable one the same calls give the same
 * database, and its encryption protects nothing.
 */
typedef struct acrm_random {
    uint32_t struct_size; /**< sizeof(acrm_random), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to fill */
    void (*fill)(void *self, void *bytes, size_t len); /**< write @p len random bytes */
} acrm_random;

#ifdef __cplusplus
}
#endif

#endif
