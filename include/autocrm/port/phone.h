/* SPDX-License-Identifier: MIT */
/** Phone normaliser port: the host's own judgement of telephone numbers in place of ours. */
#ifndef AUTOCRM_PORT_PHONE_H
#define AUTOCRM_PORT_PHONE_H

#include "autocrm/phone.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Phone normaliser port, for hosts with finer metadata of their own. Set struct_size; the library
 * copies the struct. Functions run on the thread that called the library, may be called from any
 * thread that uses the engine, and must not call into the library with the same session.
 */
typedef struct acrm_phone_normaliser {
    uint32_t struct_size; /**< sizeof(acrm_phone_normaliser), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to each function */
    /**
     * Does what acrm_phone_parse() promises. @p text is lent until the function returns; @p out
     * has struct_size set and everything else zero; reason must be static text or "". Returns
     * ACRM_OK, ACRM_E_UNSUPPORTED to leave this number to the library, or another ACRM_E_ code,
     * which fails the operation that asked.
     */
    int32_t (*normalise)(void *self, const char *text, size_t len, const char *region,
                         acrm_phone *out);
    void (*destroy)(void *self); /**< (optional) called once, when the library lets go of self */
} acrm_phone_normaliser;

#ifdef __cplusplus
}
#endif

#endif
