/* SPDX-License-Identifier: MIT */
/** Allocator port: one function through which an engine takes and gives back all its memory. */
#ifndef AUTOCRM_PORT_ALLOCATOR_H
#define AUTOCRM_PORT_ALLOCATOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Allocator port. Set struct_size; the library copies the struct. The function may be called from
 * any thread that uses the engine. Without this port the C library's realloc and free are used.
 */
typedef struct acrm_allocator {
    uint32_t struct_size; /**< sizeof(acrm_allocator), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to resize */
    /**
     * Allocate (ptr NULL), resize, or free (new_size 0). Returns NULL on failure, and always for
     * new_size 0; on failure the old block stays as it was. Aligned for any type.
     */
    void *(*resize)(void *self, void *ptr, size_t old_size, size_t new_size);
} acrm_allocator;

#ifdef __cplusplus
}
#endif

#endif
