/* SPDX-License-Identifier: MIT */
/*
 * An allocator that counts and, on demand, fails: the n-th allocation, once or from then on. It
 * also checks that the library tells the true size of what it gives back. To fail each allocation
 * of a scenario in turn:
 *
 *     for (long n = 1;; n++) {
 *         alloc_fail state = { .fail_at = n };
 *         acrm_allocator port = alloc_fail_port(&state);
 *         int32_t status = scenario(&port);
 *         ck_assert_uint_eq(state.live_bytes, 0);
 *         if (state.failures == 0)
 *             break; // it went through, and status should be ACRM_OK
 *         ck_assert_int_eq(status, ACRM_E_NOMEM);
 *     }
 */
#ifndef TESTS_SUPPORT_ALLOC_FAIL_H
#define TESTS_SUPPORT_ALLOC_FAIL_H

#include "autocrm/port/allocator.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct alloc_fail {
    long fail_at;  /* the allocation that fails, from 1; 0: none */
    bool for_ever; /* and all after it */
    long count;    /* allocations and growths asked for so far */
    long failures; /* refused so far */
    size_t live_bytes;
    size_t live_blocks;
    size_t peak_bytes;
} alloc_fail;

/* In front of each block. */
typedef struct alloc_fail_head {
    _Alignas(16) size_t size;
} alloc_fail_head;

static inline void *alloc_fail_resize(void *self, void *ptr, size_t old_size, size_t new_size)
{
    alloc_fail *state = self;
    alloc_fail_head *old = ptr ? (alloc_fail_head *)ptr - 1 : NULL;
    alloc_fail_head *head = NULL;

    ck_assert_uint_eq(old ? old->size : 0, old_size);
    if (new_size > 0) {
        state->count++;
        if (state->fail_at > 0
            && (state->count == state->fail_at
                || (state->for_ever && state->count > state->fail_at))) {
            state->failures++;
            return NULL;
        }
        head = malloc(sizeof *head + new_size);
        ck_assert_ptr_nonnull(head);
        head->size = new_size;
        /* Nothing may rely on what fresh memory holds, nor on a block that does not move. */
        memset(head + 1, 0xA5, new_size);
        if (old)
            memcpy(head + 1, ptr, old_size < new_size ? old_size : new_size);
        state->live_bytes += new_size;
        state->live_blocks++;
    }
    if (old) {
        state->live_bytes -= old_size;
        state->live_blocks--;
        memset(ptr, 0x5A, old_size);
        free(old);
    }
    if (state->live_bytes > state->peak_bytes)
        state->peak_bytes = state->live_bytes;
    return head ? head + 1 : NULL;
}

static inline acrm_allocator alloc_fail_port(alloc_fail *state)
{
    return (acrm_allocator){
        .struct_size = sizeof(acrm_allocator), .self = state, .resize = alloc_fail_resize
    };
}

#endif
