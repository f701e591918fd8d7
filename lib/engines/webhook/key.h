/* SPDX-License-Identifier: MIT */
/* Webhook keys, read. */
#ifndef ACRM_ENGINES_WEBHOOK_KEY_H
#define ACRM_ENGINES_WEBHOOK_KEY_H

#include "autocrm/webhook.h"
#include "base/alloc.h"

enum { ACRM__WEBHOOK_BYTES = 64 };

/* Wipe it after use. */
typedef struct acrm__webhook_key {
    int32_t kind;
    size_t len;
    unsigned char bytes[ACRM__WEBHOOK_BYTES]; /* of ED25519: seed and public key */
} acrm__webhook_key;

int32_t acrm__webhook_key_read(const char *text, acrm__webhook_key *out, acrm_error **err);
/* acrm_webhook_sign() with memory from an allocator. */
int32_t acrm__webhook_sign(const acrm_allocator *allocator, const char *key, const char *id,
                           int64_t timestamp, const void *payload, size_t len, char *out,
                           acrm_error **err);
/* A new key from `random` bytes: 32 of HMAC and of ED25519. */
void acrm__webhook_key_print(int32_t kind, const unsigned char random[32],
                             char out[ACRM_WEBHOOK_KEY_MAX]);

#endif
