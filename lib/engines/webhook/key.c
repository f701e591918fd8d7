/* SPDX-License-Identifier: MIT */
/* Webhook keys: prefix and base64. */
#include "engines/webhook/key.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

enum { KEY_HMAC_MIN = 24, KEY_SEED = 32, KEY_TEXT_MAX = 88 };

static const struct {
    const char *prefix;
    int32_t kind;
} key_prefixes[] = {
    { "whsec_", ACRM_WEBHOOK_HMAC },
    { "whsk_", ACRM_WEBHOOK_ED25519 },
    { "whpk_", ACRM_WEBHOOK_PUBLIC },
};

/* The value of a base64 digit, or -1: by computing, since a table would tell by its cache lines
 * which places were read. */
static int32_t key_digit(unsigned char c)
{
    int32_t v = 0;

    v |= -(int32_t)(c >= 'A' && c <= 'Z') & (c - 'A' + 1);
    v |= -(int32_t)(c >= 'a' && c <= 'z') & (c - 'a' + 27);
    v |= -(int32_t)(c >= '0' && c <= '9') & (c - '0' + 53);
    v |= -(int32_t)(c == '+') & 63;
    v |= -(int32_t)(c == '/') & 64;
    return v - 1;
}

/* Unlike signatures, keys are read with padding missing and loose bits at the end: people copy them
 * about, and there is no second reading. */
static bool key_decode(const char *text, acrm__webhook_key *key)
{
    size_t len = strlen(text), pad = 0;
    uint32_t group = 0, bits = 0;

    while (pad < 2 && len > 0 && text[len - 1] == '=') {
        len--;
        pad++;
    }
    if (len > KEY_TEXT_MAX || len % 4 == 1 || (pad > 0 && (len + pad) % 4 != 0))
        return false;
    key->len = 0;
    for (size_t i = 0; i < len; i++) {
        int32_t digit = key_digit((unsigned char)text[i]);
        if (digit < 0)
            return false;
        group = group << 6 | (uint32_t)digit;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        if (key->len == sizeof key->bytes)
            return false;
        key->bytes[key->len++] = (unsigned char)(group >> bits);
    }
    return true;
}

/* Seed and public key; signing with a public key of another seed would give the seed away. */
static bool key_expand(acrm__webhook_key *key)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    bool whole = key->len == sizeof key->bytes;

    if (key->len != KEY_SEED && !whole)
        return false;
    (void)crypto_sign_seed_keypair(public_key, secret, key->bytes);
    bool fits = !whole || sodium_memcmp(secret, key->bytes, sizeof secret) == 0;
    memcpy(key->bytes, secret, sizeof key->bytes);
    key->len = sizeof key->bytes;
    sodium_memzero(secret, sizeof secret);
    return fits;
}

int32_t acrm__webhook_key_read(const char *text, acrm__webhook_key *out, acrm_error **err)
{
    bool good = false;

    *out = (acrm__webhook_key){ .kind = ACRM_WEBHOOK_HMAC };
    for (size_t i = 0; i < sizeof key_prefixes / sizeof key_prefixes[0]; i++) {
        size_t n = strlen(key_prefixes[i].prefix);
        if (strncmp(text, key_prefixes[i].prefix, n) != 0)
            continue;
        out->kind = key_prefixes[i].kind;
        text += n;
        break;
    }
    if (key_decode(text, out)) {
        if (out->kind == ACRM_WEBHOOK_ED25519)
            good = key_expand(out);
        else
            good = out->kind == ACRM_WEBHOOK_PUBLIC ? out->len == KEY_SEED
                                                    : out->len >= KEY_HMAC_MIN;
    }
    if (good)
        return ACRM_OK;
    sodium_memzero(out, sizeof *out);
    return acrm__error(err, ACRM_E_INVALID, "key", "key",
                       "a webhook key is whsec_ with the base64 of 24 to 64 bytes, whsk_ with that "
                       "of 32 or 64, or whpk_ with that of 32");
}

void acrm__webhook_key_print(int32_t kind, const unsigned char random[32],
                             char out[ACRM_WEBHOOK_KEY_MAX])
{
    const char *prefix = key_prefixes[kind - ACRM_WEBHOOK_HMAC].prefix;
    size_t n = strlen(prefix);

    memcpy(out, prefix, n);
    (void)sodium_bin2base64(out + n, ACRM_WEBHOOK_KEY_MAX - n, random, KEY_SEED,
                            sodium_base64_VARIANT_ORIGINAL);
}

int32_t acrm_webhook_key_check(const char *key, int32_t *kind, acrm_error **err)
{
    acrm__webhook_key read;

    if (!key || !kind)
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "key or kind is NULL");
    int32_t st = acrm__webhook_key_read(key, &read, err);
    if (st == ACRM_OK)
        *kind = read.kind;
    sodium_memzero(&read, sizeof read);
    return st;
}

int32_t acrm_webhook_public_key(const char *key, char *out, acrm_error **err)
{
    acrm__webhook_key read;

    if (!key || !out)
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "key or out is NULL");
    int32_t st = acrm__webhook_key_read(key, &read, err);
    if (st == ACRM_OK && read.kind != ACRM_WEBHOOK_ED25519)
        st = acrm__error(err, ACRM_E_INVALID, "key", "key", "only whsk_ keys have a public key");
    if (st == ACRM_OK)
        acrm__webhook_key_print(ACRM_WEBHOOK_PUBLIC, read.bytes + KEY_SEED, out);
    sodium_memzero(&read, sizeof read);
    return st;
}
