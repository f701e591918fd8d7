/* SPDX-License-Identifier: MIT */
/* Blobs: content of any size, encrypted piece by piece, in the database or by the blob port. */
#ifndef ACRM_KERNEL_BLOB_H
#define ACRM_KERNEL_BLOB_H

#include "autocrm/port/blob.h"
#include "kernel/call.h"

enum {
    ACRM__BLOB_KEY_BYTES = 32,
    ACRM__BLOB_HASH_BYTES = 32,   /* SHA-256 of the content */
    ACRM__BLOB_PIECE = 65536      /* bytes encrypted at once: all the memory that is needed */
};

typedef struct acrm__blob_writer acrm__blob_writer;

/* Begin one, in a write transaction. Makes its name and the key it is encrypted with. The writer is
 * memory of the call; it must be ended or cancelled. */
int32_t acrm__blob_begin(acrm__call *call, char name[ACRM_BLOB_KEY_CHARS + 1],
                         unsigned char key[ACRM__BLOB_KEY_BYTES], acrm__blob_writer **out);
int32_t acrm__blob_write(acrm__blob_writer *w, const void *bytes, size_t len);
/* The writer ends, also on failure. */
int32_t acrm__blob_end(acrm__blob_writer *w, unsigned char hash[ACRM__BLOB_HASH_BYTES]);
void acrm__blob_cancel(acrm__blob_writer *w); /* nothing is kept; NULL does nothing */

/* Give the content to `piece` in pieces, each known to be genuine; then its hash. ACRM_E_CORRUPT
 * with reason "blob" when it is not whole or was changed. */
typedef int32_t (*acrm__blob_fn)(void *user, const unsigned char *bytes, size_t len);
int32_t acrm__blob_read(acrm__call *call, const char *name,
                        const unsigned char key[ACRM__BLOB_KEY_BYTES], acrm__blob_fn piece,
                        void *user, unsigned char hash[ACRM__BLOB_HASH_BYTES]);
/* Remove it with this transaction. */
int32_t acrm__blob_remove(acrm__call *call, const char *name);

/* Of transactions: what the port wrote is removed when they are undone, what they removed when
 * they are done. */
struct acrm__blob_trace;
void acrm__blob_committed(acrm_session *session);
/* Undo back to a trace that was the newest then (NULL: all). */
void acrm__blob_undone(acrm_session *session, const struct acrm__blob_trace *back_to);

#endif
