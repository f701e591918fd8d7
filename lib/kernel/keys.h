/* SPDX-License-Identifier: MIT */
/*
 * Keys that records share: a table from 64-bit keys to records, kept by whoever makes the keys. The
 * rows of one key lie together, so that finding who shares it is one short range, and passing over
 * all of them one walk.
 */
#ifndef ACRM_KERNEL_KEYS_H
#define ACRM_KERNEL_KEYS_H

#include "kernel/call.h"

typedef struct acrm__key_row {
    unsigned char id[16]; /* of the row: the key, big-endian, and what tells its records apart */
    unsigned char record[16];
} acrm__key_row;

/* Give a record a key, which it may have already; take it away, which it may have lost. */
int32_t acrm__key_add(acrm__call *call, uint64_t key, const unsigned char record[16]);
int32_t acrm__key_remove(acrm__call *call, uint64_t key, const unsigned char record[16]);
/* Rows of one key, `room` at most. */
int32_t acrm__key_find(acrm__call *call, uint64_t key, acrm__key_row *rows, uint32_t room,
                       uint32_t *count);
/* Rows of all keys in their order, behind the row id `after` (NULL: from the first). */
int32_t acrm__key_walk(acrm__call *call, const unsigned char *after, acrm__key_row *rows,
                       uint32_t room, uint32_t *count);
uint64_t acrm__key_of(const acrm__key_row *row);

#endif
