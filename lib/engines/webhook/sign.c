/* SPDX-License-Identifier: MIT */
/* Signing and verifying webhooks: HMAC-SHA256 and Ed25519 over id, timestamp and body. */
#include "engines/webhook/key.h"

#include "base/error.h"
#include "base/text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIGN_NUMBER_MAX = 18, /* digits of a timestamp */
    SIGN_KEYS_MAX = 16
};

/* What is signed, in its parts. */
typedef struct sign_content {
    const char *id;
    const char *timestamp;
    const void *payload;
    size_t len;
} sign_content;

/* --- The two schemes --- */

static void sign_hmac(const acrm__webhook_key *key, const sign_content *content,
                      unsigned char mac[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;
    static const unsigned char stop[] = ".";

    crypto_auth_hmacsha256_init(&state, key->bytes, key->len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)content->id, strlen(content->id));
    crypto_auth_hmacsha256_update(&state, stop, 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)content->timestamp,
                                  strlen(content->timestamp));
    crypto_auth_hmacsha256_update(&state, stop, 1);
    if (content->len > 0)
        crypto_auth_hmacsha256_update(&state, content->payload, content->len);
    crypto_auth_hmacsha256_final(&state, mac);
}

/* Ed25519 reads what it signs twice, so it must lie together. */
static bool sign_join(const acrm_allocator *allocator, const sign_content *content,
                      acrm__str *out)
{
    acrm__str_init(out, allocator);
    acrm__str_puts(out, content->id);
    acrm__str_putc(out, '.');
    acrm__str_puts(out, content->timestamp);
    acrm__str_putc(out, '.');
    acrm__str_add(out, content->len > 0 ? content->payload : "", content->len);
    return !out->failed;
}

int32_t acrm__webhook_sign(const acrm_allocator *allocator, const char *key, const char *id,
                           int64_t timestamp, const void *payload, size_t len, char *out,
                           acrm_error **err)
{
    acrm__webhook_key read;
    unsigned char bytes[crypto_sign_BYTES];
    size_t n = crypto_auth_hmacsha256_BYTES;
    const char *version = "v1,";
    acrm__str joined;
    char number[32];

    if (!key || !id || !out || (!payload && len > 0))
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "key, id, payload or out is NULL");
    if (timestamp < 0)
        return acrm__error(err, ACRM_E_INVALID, "range", "timestamp",
                           "the timestamp is before 1970");
    number[acrm__print_decimal(timestamp, 0, number)] = '\0';
    const sign_content content = { id, number, payload, len };
    int32_t st = acrm__webhook_key_read(key, &read, err);
    if (st != ACRM_OK)
        return st;
    if (read.kind == ACRM_WEBHOOK_HMAC) {
        sign_hmac(&read, &content, bytes);
    } else if (read.kind == ACRM_WEBHOOK_ED25519) {
        version = "v1a,";
        n = crypto_sign_BYTES;
        if (sign_join(allocator, &content, &joined))
            (void)crypto_sign_detached(bytes, NULL, (const unsigned char *)joined.data, joined.len,
                                       read.bytes);
        else
            st = acrm__error_nomem(err);
        acrm__str_free(&joined);
    } else {
        st = acrm__error(err, ACRM_E_INVALID, "key", "key", "a whpk_ key verifies only");
    }
    sodium_memzero(&read, sizeof read);
    if (st != ACRM_OK)
        return st;
    size_t at = strlen(version);
    memcpy(out, version, at);
    (void)sodium_bin2base64(out + at, ACRM_WEBHOOK_SIGNATURE_MAX - at, bytes, n,
                            sodium_base64_VARIANT_ORIGINAL);
    return ACRM_OK;
}

int32_t acrm_webhook_sign(const char *key, const char *id, int64_t timestamp,
                          const void *payload, size_t len, char *out, acrm_error **err)
{
    const acrm_allocator allocator = acrm__allocator(NULL);

    return acrm__webhook_sign(&allocator, key, id, timestamp, payload, len, out, err);
}

/* --- Verifying --- */

/* Whether one element of the list, "v1,..." without a NUL, is by this key. */
static bool sign_fits(const acrm__webhook_key *key, const sign_content *content,
                      const acrm__str *joined, const char *element, size_t len)
{
    bool hmac = key->kind == ACRM_WEBHOOK_HMAC;
    const char *version = hmac ? "v1," : "v1a,";
    size_t at = strlen(version), n = hmac ? crypto_auth_hmacsha256_BYTES : crypto_sign_BYTES;
    unsigned char theirs[(crypto_sign_BYTES + 2) / 3 * 3];
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    size_t got = 0;

    if (len != at + (n + 2) / 3 * 4 || memcmp(element, version, at) != 0 ||
        !acrm__base64_parse(element + at, len - at, theirs, &got) || got != n)
        return false;
    if (!hmac)
        return crypto_sign_verify_detached(theirs, (const unsigned char *)joined->data,
                                           joined->len, key->kind == ACRM_WEBHOOK_PUBLIC
                                               ? key->bytes : key->bytes + n / 2) == 0;
    sign_hmac(key, content, mac);
    return sodium_memcmp(mac, theirs, sizeof mac) == 0;
}

static bool sign_any(const acrm__webhook_key *keys, uint32_t n_keys, const sign_content *content,
                     const acrm__str *joined, const char *signatures)
{
    bool found = false;

    for (const char *at = signatures; *at && !found;) {
        size_t len = strcspn(at, " ");
        for (uint32_t i = 0; i < n_keys && !found; i++)
            found = sign_fits(&keys[i], content, joined, at, len);
        at += len + (at[len] == ' ');
    }
    return found;
}

static int32_t sign_timely(const char *timestamp, int64_t now, int32_t tolerance, acrm_error **err)
{
    size_t len = strlen(timestamp);
    int64_t at = 0;

    if (len == 0 || len > SIGN_NUMBER_MAX || strspn(timestamp, "0123456789") != len ||
        !acrm__parse_int(timestamp, len, &at))
        return acrm__error(err, ACRM_E_DENIED, "timestamp", "timestamp",
                           "webhook-timestamp is no number of seconds since 1970");
    if (at < now - tolerance)
        return acrm__error(err, ACRM_E_DENIED, "too_old", "timestamp",
                           "the message is more than %d seconds old", (int)tolerance);
    if (at > now + tolerance)
        return acrm__error(err, ACRM_E_DENIED, "too_new", "timestamp",
                           "the message is more than %d seconds in the future", (int)tolerance);
    return ACRM_OK;
}

static int32_t sign_read_keys(const char *const *keys, uint32_t n, acrm__webhook_key *out,
                              bool *join, acrm_error **err)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < n && st == ACRM_OK; i++) {
        st = keys[i] ? acrm__webhook_key_read(keys[i], &out[i], err)
                     : acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "a key is NULL");
        *join |= st == ACRM_OK && out[i].kind != ACRM_WEBHOOK_HMAC;
    }
    return st;
}

int32_t acrm_webhook_verify(const char *const *keys, uint32_t n_keys, const char *id,
                            const char *timestamp, const char *signatures, const void *payload,
                            size_t len, int64_t now, int32_t tolerance, acrm_error **err)
{
    const sign_content content = { id, timestamp, payload, len }, nothing = { "", "", NULL, 0 };
    const acrm_allocator allocator = acrm__allocator(NULL);
    acrm__webhook_key read[SIGN_KEYS_MAX];
    acrm__str joined;
    bool join = false; /* some key needs it */
    int32_t st = ACRM_OK;

    if (!keys || n_keys == 0 || !id || !timestamp || !signatures || (!payload && len > 0))
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "an argument is NULL, or no key given");
    if (n_keys > SIGN_KEYS_MAX || tolerance < 0 || now < 0 || now > INT64_MAX / 2)
        return acrm__error(err, ACRM_E_INVALID, "range", n_keys > SIGN_KEYS_MAX ? "keys" : "now",
                           "at most %d keys, a tolerance and an instant from 0 on",
                           (int)SIGN_KEYS_MAX);
    st = sign_timely(timestamp, now, tolerance, err);
    if (st == ACRM_OK)
        st = sign_read_keys(keys, n_keys, read, &join, err);
    if (st == ACRM_OK) {
        if (!sign_join(&allocator, join ? &content : &nothing, &joined))
            st = acrm__error_nomem(err);
        else if (!sign_any(read, n_keys, &content, &joined, signatures))
            st = acrm__error(err, ACRM_E_DENIED, "signature", "signature",
                             "no signature of this message is by one of the keys");
        acrm__str_free(&joined);
    }
    sodium_memzero(read, sizeof read);
    return st;
}
