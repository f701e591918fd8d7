/* SPDX-License-Identifier: MIT */
/** Key provider port: where the master key of encrypted fields comes from. */
#ifndef AUTOCRM_PORT_KEYS_H
#define AUTOCRM_PORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of a master key. */
enum { ACRM_KEY_BYTES = 32 };

/**
 * Key provider port. Set struct_size; the library copies the struct. Without it a key is made at
 * the first opening and kept in the database itself: erasure by dropping keys works, but whoever
 * has the file can read its encrypted fields.
 */
typedef struct acrm_keys {
    uint32_t struct_size; /**< sizeof(acrm_keys), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to get */
    /** Write the 32-byte master key. Asked once, when the engine opens; the library wipes its own
     * copy at the end. @return 0, or a negative ACRM_E_* which acrm_open() then returns */
    int32_t (*get)(void *self, unsigned char key[32]);
} acrm_keys;

#ifdef __cplusplus
}
#endif

#endif
