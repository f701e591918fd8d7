/* SPDX-License-Identifier: MIT */
/* Keys of endpoints: made, shown once, kept encrypted, replaced while the old one signs along. */
#include "engines/webhook/key.h"
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <sodium.h>
#include <string.h>

static const char secret_context[] = "webhook_secret";

static int32_t secret_find(acrm__call *call, const acrm__rec *endpoint, acrm__recs *out)
{
    const acrm__term of = { F_webhook_secret__endpoint_id, ACRM_FILTER_EQ, endpoint->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "webhook_secret", .terms = &of,
                                             .n_terms = 1, .as_system = true }, out);
}

/* The key of the argument, or a new one. */
static int32_t secret_text(acrm__call *call, char text[ACRM_WEBHOOK_KEY_MAX], int32_t *kind)
{
    const char *given = acrm__arg_text(call, "secret"), *word = acrm__arg_text(call, "kind");
    unsigned char random[32];
    acrm_error *err = NULL;

    *kind = word && strcmp(word, "ed25519") == 0 ? ACRM_WEBHOOK_ED25519 : ACRM_WEBHOOK_HMAC;
    if (!given) {
        acrm__random_bytes(call->session->engine, random, sizeof random);
        acrm__webhook_key_print(*kind, random, text);
        sodium_memzero(random, sizeof random);
        return ACRM_OK;
    }
    int32_t st = acrm_webhook_key_check(given, kind, &err);
    if (st == ACRM_OK && (*kind == ACRM_WEBHOOK_PUBLIC || strlen(given) >= ACRM_WEBHOOK_KEY_MAX))
        st = acrm__fail(call, ACRM_E_INVALID, "key", "secret", "a whpk_ key does not sign");
    else if (st != ACRM_OK)
        st = acrm__fail(call, st, acrm_error_reason(err), "secret", "%s",
                        acrm_error_message(err));
    else
        memcpy(text, given, strlen(given) + 1);
    acrm_error_free(err);
    return st;
}

static int32_t secret_keep(acrm__call *call, const acrm__rec *endpoint, int32_t kind,
                           const char *text)
{
    acrm__rec *rec = acrm__new(call, "webhook_secret");
    char public_key[ACRM_WEBHOOK_KEY_MAX] = "";
    acrm_cell sealed = acrm__cell_null();

    if (!rec)
        return acrm__nomem(call);
    int32_t st = acrm__seal(call, NULL, secret_context, text, strlen(text), &sealed);
    if (st == ACRM_OK && kind == ACRM_WEBHOOK_ED25519)
        st = acrm_webhook_public_key(text, public_key, call->err);
    if (st != ACRM_OK)
        return st;
    const char *shown = acrm__arena_text(call->arena, public_key, strlen(public_key));
    acrm__set(rec, F_webhook_secret__endpoint_id, endpoint->cells[F_ID]);
    acrm__set(rec, F_webhook_secret__kind,
              acrm__cell_text(kind == ACRM_WEBHOOK_ED25519 ? "ed25519" : "hmac"));
    acrm__set(rec, F_webhook_secret__public_key, acrm__cell_text(*public_key ? shown : NULL));
    acrm__set(rec, F_webhook_secret__sealed, sealed);
    st = shown ? acrm__insert(call, rec) : acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    /* Receivers of Ed25519 never need the secret key, so it is not shown at all. */
    bool ok = kind == ACRM_WEBHOOK_ED25519
                  ? acrm__put_text(call->out, "public_key", shown)
                  : acrm__put_text(call->out, "secret", text);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__webhook_secret_make(acrm__call *call, const acrm__rec *endpoint)
{
    char text[ACRM_WEBHOOK_KEY_MAX];
    int32_t kind = 0, st = secret_text(call, text, &kind);

    if (st == ACRM_OK)
        st = secret_keep(call, endpoint, kind, text);
    sodium_memzero(text, sizeof text);
    return st;
}

int32_t acrm__webhook_secrets_load(acrm__call *call, const acrm__rec *endpoint,
                                   acrm__webhook_secrets *out)
{
    acrm__recs all = { NULL, 0 };
    int32_t st = secret_find(call, endpoint, &all);

    *out = (acrm__webhook_secrets){ .n = 0 };
    for (size_t i = all.count; st == ACRM_OK && i-- > 0 && out->n < ACRM__WEBHOOK_SECRETS_MAX;) {
        const acrm__rec *rec = all.items[i];
        const char *plain = NULL;
        size_t len = 0;
        if (!acrm__is_null(rec, F_webhook_secret__ends_at) &&
            acrm__int(rec, F_webhook_secret__ends_at) <= call->now)
            continue;
        st = acrm__unseal(call, NULL, secret_context, &rec->cells[F_webhook_secret__sealed],
                          &plain, &len);
        if (st == ACRM_OK && len >= ACRM_WEBHOOK_KEY_MAX)
            st = ACRM_E_CORRUPT;
        if (st == ACRM_OK)
            out->keys[out->n++] = plain;
    }
    return st;
}

void acrm__webhook_secrets_wipe(acrm__webhook_secrets *secrets)
{
    for (uint32_t i = 0; i < secrets->n; i++)
        sodium_memzero((char *)(uintptr_t)secrets->keys[i], strlen(secrets->keys[i]));
    secrets->n = 0;
}

int32_t acrm__webhook_secrets_end(acrm__call *call, const acrm__rec *endpoint, int64_t ends_at)
{
    acrm__recs all = { NULL, 0 };
    int32_t st = secret_find(call, endpoint, &all);

    for (size_t i = 0; st == ACRM_OK && i < all.count; i++) {
        acrm__rec *rec = all.items[i];
        bool ended = !acrm__is_null(rec, F_webhook_secret__ends_at);
        bool late = all.count - i >= ACRM__WEBHOOK_SECRETS_MAX;
        if (late || ends_at <= call->now ||
            (ended && acrm__int(rec, F_webhook_secret__ends_at) <= call->now)) {
            st = acrm__purge(call, rec);
        } else if (!ended || acrm__int(rec, F_webhook_secret__ends_at) > ends_at) {
            acrm__set(rec, F_webhook_secret__ends_at, acrm__cell_int(ends_at));
            st = acrm__update(call, rec);
        }
    }
    return st;
}
