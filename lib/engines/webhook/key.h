/* SPDX-License-Identifier: MIT */
/* Webhook keys, read. */
#ifndef ACRM_ENGINES_WEBHOOK_KEY_H
#define ACRM_ENGINES_WEBHOOK_KEY_H

#include "autocrm/webhook.h"

enum { ACRM__WEBHOOK_BYTES = 64 };

/* Wipe it after use. */
typedef struct acrm__webhook_key {
    int32_t kind;
    size_t len;
    unsigned char bytes[ACRM__WEBHOOK_BYTES]; /* of ED25519: seed and public key */
} acrm__webhook_key;

int32_t acrm__webhook_key_read(const char *text, acrm__webhook_key *out, acrm_error **err);
/* A new key from `random` bytes: 32 of HMAC and of ED25519. */
void acrm__webhook_key_print(int32_t kind, const unsigned char random[32],
                             char out[ACRM_WEBHOOK_KEY_MAX]);

#endif
