/* SPDX-License-Identifier: MIT */
/** Blob port: where the content of attachments is kept. Without it, in the database itself. */
#ifndef AUTOCRM_PORT_BLOB_H
#define AUTOCRM_PORT_BLOB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Characters of a key: small hexadecimal digits, safe as a file name. */
enum { ACRM_BLOB_KEY_CHARS = 32 };

/**
 * Blob port. Set struct_size; the library copies the struct. What it is given is encrypted
 * already, each blob with a key of its own that only the database has. A blob is written once, from
 * its beginning to its end, and never changed.
 *
 * The functions are called by the sessions' threads, different blobs in parallel. They return
 * ACRM_OK or a negative ACRM_E_*, must not call into the library, throw or longjmp.
 *
 * A transaction that is rolled back removes the blobs it had written; one that removes
 * blobs does so after its commit. A machine that stops in between leaves a blob that no
 * attachment names: it cannot be read by anybody, and takes room only.
 */
typedef struct acrm_blobs {
    uint32_t struct_size; /**< sizeof(acrm_blobs), as you compiled it */
    uint32_t flags;       /**< 0 */
    void *self;           /**< handed to the functions that name it */
    /* 0.1 */
    /** Begin a blob. @param key 32 characters and a NUL, never used before
     * @param[out] writer handed to append, commit and abort_ */
    int32_t (*create)(void *self, const char *key, void **writer);
    /** Add bytes to its end. */
    int32_t (*append)(void *writer, const void *bytes, size_t len);
    /** Keep it. The writer ends, also when this fails: then nothing is kept. */
    int32_t (*commit)(void *writer);
    /** Give it up. The writer ends, and nothing is kept. */
    void (*abort_)(void *writer);
    /** Read bytes of a kept blob.
     * @return how many were put into buf, 0 at or behind its end, ACRM_E_NOTFOUND when there is no
     *         such blob, or another negative ACRM_E_* */
    int64_t (*read)(void *self, const char *key, uint64_t offset, void *buf, size_t cap);
    /** Remove a blob; ACRM_OK when there is none. */
    int32_t (*remove)(void *self, const char *key);
} acrm_blobs;

#ifdef __cplusplus
}
#endif

#endif
