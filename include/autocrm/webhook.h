/* SPDX-License-Identifier: MIT */
/**
 * Webhook signatures by the Standard Webhooks specification 1.0: for receivers, who verify what
 * they are sent, and for senders. No engine and no session is needed.
 *
 * A signature is over id, timestamp and body, joined by full stops, of the bytes exactly as they
 * are sent: verify before the body is parsed. Two schemes:
 *
 *     v1,...   HMAC-SHA256; both sides have the same secret, "whsec_" and the base64 of 24 to 64
 *              bytes
 *     v1a,...  Ed25519; the sender has "whsk_" and the base64 of the seed of 32 bytes (or of seed
 *              and public key, 64), the receiver has "whpk_" and the base64 of 32
 *
 * The padding of a key's base64 may be missing, and so may "whsec_".
 */
#ifndef AUTOCRM_WEBHOOK_H
#define AUTOCRM_WEBHOOK_H

#include "autocrm/error.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of keys. */
enum {
    ACRM_WEBHOOK_HMAC = 1,    /**< whsec_: signs and verifies */
    ACRM_WEBHOOK_ED25519 = 2, /**< whsk_: signs, and verifies too */
    ACRM_WEBHOOK_PUBLIC = 3   /**< whpk_: verifies only */
};

/** Sizes of texts with their NUL, and the usual tolerance in seconds. */
enum {
    ACRM_WEBHOOK_KEY_MAX = 96,
    ACRM_WEBHOOK_SIGNATURE_MAX = 96,
    ACRM_WEBHOOK_TOLERANCE = 300
};

/**
 * Tell what a key is, and whether it is well made.
 * @param key       the key's text
 * @param[out] kind ACRM_WEBHOOK_HMAC, _ED25519 or _PUBLIC; untouched on failure
 * @param[out] err  (transfer full)(optional) never quotes the key
 * @return ACRM_OK, ACRM_E_INVALID (reason "key": unknown prefix, no base64, wrong length, halves
 *         that do not belong together), ACRM_E_MISUSE (NULL)
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_webhook_key_check(const char *key, int32_t *kind, acrm_error **err);

/**
 * The public key of a secret Ed25519 key, to be given to receivers.
 * @param key      whsk_ key
 * @param[out] out of ACRM_WEBHOOK_KEY_MAX bytes: the whpk_ key; untouched on failure
 * @param[out] err (transfer full)(optional)
 * @return ACRM_OK, ACRM_E_INVALID (reason "key": not a whsk_ key), ACRM_E_MISUSE (NULL)
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_webhook_public_key(const char *key, char *out, acrm_error **err);

/**
 * Sign a message.
 * @param key       whsec_ or whsk_ key
 * @param id        the header webhook-id
 * @param timestamp the header webhook-timestamp: seconds since 1970 UTC, from 0 on
 * @param payload   (nullable when len is 0) the body's bytes
 * @param len       their number
 * @param[out] out  of ACRM_WEBHOOK_SIGNATURE_MAX bytes: "v1,..." or "v1a,...", one element of the
 *                  header webhook-signature, which is a list separated by blanks; untouched on
 *                  failure
 * @param[out] err  (transfer full)(optional)
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the key is none that signs (reason "key"), the timestamp is negative
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_webhook_sign(const char *key, const char *id, int64_t timestamp,
                                   const void *payload, size_t len, char *out, acrm_error **err);

/**
 * Verify a message that was received. Compares in constant time; does not tell a wrong key from a
 * changed message. Keep the ids of accepted messages for as long as the tolerance, if acting on one
 * twice would do harm: one that is sent again under its id verifies again.
 * @param keys       the keys that may have signed it, of any kind: several while one is replaced
 * @param n_keys     their number, from 1 on
 * @param id         the header webhook-id
 * @param timestamp  the header webhook-timestamp
 * @param signatures the header webhook-signature; elements of other versions are passed over
 * @param payload    (nullable when len is 0) the body's bytes, as received
 * @param len        their number
 * @param now        seconds since 1970 UTC
 * @param tolerance  seconds that the timestamp may differ from now, either way, inclusive;
 *                   ACRM_WEBHOOK_TOLERANCE unless there is a reason
 * @param[out] err   (transfer full)(optional) its reason is one of those below
 * @return ACRM_OK: it is genuine; or
 *   ACRM_E_DENIED   it is not to be trusted: "timestamp" (no number), "too_old", "too_new",
 *                   "signature" (none that fits)
 *   ACRM_E_INVALID  one of the keys is wrong (reason "key"), the tolerance is negative
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   NULL, or no key
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_webhook_verify(const char *const *keys, uint32_t n_keys, const char *id,
                                     const char *timestamp, const char *signatures,
                                     const void *payload, size_t len, int64_t now,
                                     int32_t tolerance, acrm_error **err);

#ifdef __cplusplus
}
#endif

#endif
