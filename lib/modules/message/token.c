/* SPDX-License-Identifier: MIT */
/*
 * Tokens of links: which message, which link, what for, until when. The keyed hash of these is both
 * signature and nonce of their encryption, so the same link has the same token in every attempt.
 */
#include "kernel/inside.h"
#include "modules/message/tracking.h"

#include <sodium.h>
#include <string.h>

enum {
    TOKEN_SIGNATURE = 16,
    TOKEN_PLAIN = 1 + 16 + 2 + 4,
    TOKEN_BYTES = TOKEN_SIGNATURE + TOKEN_PLAIN
};
_Static_assert((TOKEN_BYTES * 4 + 2) / 3 + 1 == ACRM__TOKEN_TEXT, "as base64 without padding");

static void token_sign(const acrm_engine *engine, const unsigned char plain[TOKEN_PLAIN],
                       unsigned char signature[TOKEN_SIGNATURE])
{
    unsigned char hash[ACRM__HASH_BYTES];

    acrm__keyed_hash(engine, "link.token", plain, TOKEN_PLAIN, hash);
    memcpy(signature, hash, TOKEN_SIGNATURE);
}

/* There and back. */
static void token_mask(const acrm_engine *engine, const unsigned char signature[TOKEN_SIGNATURE],
                       unsigned char text[TOKEN_PLAIN])
{
    unsigned char stream[ACRM__HASH_BYTES];

    acrm__keyed_hash(engine, "link.mask", signature, TOKEN_SIGNATURE, stream);
    for (int32_t i = 0; i < TOKEN_PLAIN; i++)
        text[i] ^= stream[i];
}

void acrm__token_print(const acrm_engine *engine, const acrm__token *token,
                       char out[ACRM__TOKEN_TEXT])
{
    unsigned char bytes[TOKEN_BYTES], *plain = bytes + TOKEN_SIGNATURE;

    plain[0] = (unsigned char)token->purpose;
    memcpy(plain + 1, token->message, 16);
    plain[17] = (unsigned char)(token->link >> 8);
    plain[18] = (unsigned char)token->link;
    for (int32_t i = 0; i < 4; i++)
        plain[19 + i] = (unsigned char)(token->expires >> (24 - 8 * i));
    token_sign(engine, plain, bytes);
    token_mask(engine, bytes, plain);
    (void)sodium_bin2base64(out, ACRM__TOKEN_TEXT, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool acrm__token_read(const acrm_engine *engine, const char *text, int32_t purpose,
                      acrm__token *out)
{
    unsigned char bytes[TOKEN_BYTES], *plain = bytes + TOKEN_SIGNATURE;
    unsigned char signature[TOKEN_SIGNATURE];
    size_t n = 0;

    if (strlen(text) != ACRM__TOKEN_TEXT - 1 ||
        sodium_base642bin(bytes, sizeof bytes, text, ACRM__TOKEN_TEXT - 1, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || n != sizeof bytes)
        return false;
    token_mask(engine, bytes, plain);
    token_sign(engine, plain, signature);
    if (sodium_memcmp(signature, bytes, sizeof signature) != 0 || plain[0] != purpose)
        return false;
    *out = (acrm__token){ .purpose = purpose, .link = (uint32_t)(plain[17] << 8 | plain[18]) };
    memcpy(out->message, plain + 1, 16);
    for (int32_t i = 0; i < 4; i++)
        out->expires = out->expires << 8 | plain[19 + i];
    return true;
}
