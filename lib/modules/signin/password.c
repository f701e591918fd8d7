/* SPDX-License-Identifier: MIT */
/* Passwords are kept as Argon2id, in libsodium's text with its parameters. */
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

int32_t acrm__signin_hash(acrm__call *call, const acrm__signin_policy *policy,
                          const char *password, const char **out)
{
    char text[crypto_pwhash_STRBYTES];

    if (crypto_pwhash_str(text, password, strlen(password), (unsigned long long)policy->passes,
                          (size_t)policy->memory_kib * 1024) != 0)
        return acrm__nomem(call);
    *out = acrm__arena_text(call->arena, text, strlen(text));
    return *out ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__signin_verify(acrm__call *call, const acrm__signin_policy *policy, const char *hash,
                            const char *password, bool *out)
{
    char text[crypto_pwhash_STRBYTES] = "";

    /* Nothing has this hash; to find that takes as long as with one that fits. */
    const char *nobody = acrm__arena_format(
        call->arena, "$argon2id$v=19$m=%lld,t=%lld,p=1$bm9ib2R5IG5vYm9keSEhIQ$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        (long long)policy->memory_kib, (long long)policy->passes);
    if (!nobody)
        return acrm__nomem(call);
    const char *kept = hash ? hash : nobody;
    if (strlen(kept) >= sizeof text)
        return acrm__fail(call, ACRM_E_CORRUPT, "hash", NULL, "the hash of a password is damaged");
    memcpy(text, kept, strlen(kept) + 1);
    *out = crypto_pwhash_str_verify(text, password, strlen(password)) == 0 && hash;
    return ACRM_OK;
}

bool acrm__signin_outdated(const acrm__signin_policy *policy, const char *hash)
{
    char text[crypto_pwhash_STRBYTES] = "";

    if (strlen(hash) >= sizeof text)
        return true;
    memcpy(text, hash, strlen(hash) + 1);
    return crypto_pwhash_str_needs_rehash(text, (unsigned long long)policy->passes,
                                          (size_t)policy->memory_kib * 1024) != 0;
}
