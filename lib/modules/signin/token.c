/* SPDX-License-Identifier: MIT */
/* Tokens: 32 random bytes, shown once, of which only a keyed hash is kept. */
#include "base/json.h"
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

enum { TOKEN_PREFIX = 4, TOKEN_BYTES = 32, TOKEN_SCOPES_MAX = 256 };
_Static_assert(TOKEN_PREFIX + (TOKEN_BYTES * 4 + 2) / 3 + 1 == ACRM__SIGNIN_TOKEN, "as base64");

void acrm__signin_token_make(acrm__call *call, const char *prefix, char text[ACRM__SIGNIN_TOKEN])
{
    unsigned char bytes[TOKEN_BYTES];

    acrm__random_bytes(call->session->engine, bytes, sizeof bytes);
    memcpy(text, prefix, TOKEN_PREFIX);
    (void)sodium_bin2base64(text + TOKEN_PREFIX, ACRM__SIGNIN_TOKEN - TOKEN_PREFIX, bytes,
                            sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void acrm__signin_token_hash(acrm__call *call, const char *text,
                             unsigned char hash[ACRM__HASH_BYTES])
{
    acrm__keyed_hash(call->session->engine, "signin.token", text, strlen(text), hash);
}

/* --- Tokens of programs --- */

/* Each is a pattern, and one of which something is left within what who acts may do. */
static int32_t token_scopes(acrm__call *call, const char **out)
{
    static const char shape[] = "abcdefghijklmnopqrstuvwxyz0123456789_.*";
    const acrm_value *list = acrm__arg(call, "scopes");
    acrm__str json;

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *pattern = acrm_value_text(acrm_value_at(list, i), NULL);
        if (!pattern || !*pattern || pattern[strspn(pattern, shape)] != '\0')
            return acrm__fail(call, ACRM_E_INVALID, "format", "scopes",
                              "scopes[%zu] must be an operation such as lead.assign, \"lead.*\", "
                              "\"*.get\" or \"*\"", i);
    }
    if (acrm_value_count(list) == 0 || acrm_value_count(list) > TOKEN_SCOPES_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "scopes", "give from 1 to %d scopes",
                          TOKEN_SCOPES_MAX);
    acrm__str_init(&json, &call->arena->allocator);
    acrm__json_write(&json, list, 0);
    *out = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    acrm__str_free(&json);
    return *out ? ACRM_OK : acrm__nomem(call);
}

/* Whom it acts as: the one named, who must be seen, or who acts. */
static int32_t token_whom(acrm__call *call, acrm__rec *rec)
{
    const acrm__principal *p = &call->session->principal;
    acrm__rec *whom = NULL;
    bool user = acrm__arg(call, "user_id") != NULL, customer = acrm__arg(call, "customer_id");
    int32_t st = ACRM_OK;

    if (user && customer)
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                          "a token is a user's or a customer's");
    if (!user && !customer && p->kind == ACRM__PRINCIPAL_SYSTEM)
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id", "give the user's id");
    if (user || customer) {
        st = acrm__load_arg(call, user ? "user" : "customer", user ? "user_id" : "customer_id",
                            &whom);
        /* Somebody else's rights are given out by who has them all. */
        bool self = whom && memcmp(acrm__id(whom, F_ID), p->id, 16) == 0;
        if (st == ACRM_OK && !self && !acrm__sees_all(call))
            st = acrm__fail(call, ACRM_E_DENIED, "permission", NULL,
                            "this session may make tokens for itself only");
    } else {
        user = p->kind == ACRM__PRINCIPAL_USER;
    }
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, user ? F_access_token__user_id : F_access_token__customer_id,
              whom ? whom->cells[F_ID] : acrm__cell_id(p->id));
    return ACRM_OK;
}

int32_t acrm__access_token_create(acrm__call *call)
{
    acrm__rec *rec = acrm__new(call, "access_token");
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char text[ACRM__SIGNIN_TOKEN];
    const char *scopes = NULL;
    int64_t expires = 0;
    acrm__call system = acrm__signin_system(call);

    if (!rec || !hash)
        return acrm__nomem(call);
    if (call->session->principal.limits)
        return acrm__fail(call, ACRM_E_DENIED, "permission", NULL, "a token makes no tokens");
    if (acrm__arg_time(call, "expires_at", &expires) && expires <= call->now)
        return acrm__fail(call, ACRM_E_INVALID, "range", "expires_at", "expires_at lies behind");
    int32_t st = token_scopes(call, &scopes);
    if (st == ACRM_OK)
        st = token_whom(call, rec);
    if (st != ACRM_OK)
        return st;
    acrm__signin_token_make(call, "act_", text);
    acrm__signin_token_hash(call, text, hash);
    const char *ending = acrm__arena_text(call->arena, text + strlen(text) - 4, 4);
    acrm__set(rec, F_access_token__name, acrm__cell_text(acrm__arg_text(call, "name")));
    acrm__set(rec, F_access_token__scopes, acrm__cell_text(scopes));
    acrm__set(rec, F_access_token__hash, acrm__cell_blob(hash, ACRM__HASH_BYTES));
    acrm__set(rec, F_access_token__ending, acrm__cell_text(ending));
    acrm__set(rec, F_access_token__expires_at, acrm__cell_int(expires));
    st = ending ? acrm__insert(&system, rec) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    if (st == ACRM_OK && !acrm__put_text(call->out, "token", text))
        st = acrm__nomem(call);
    sodium_memzero(text, sizeof text);
    return st;
}

static int32_t token_revoke(acrm__call *call, acrm__rec *rec)
{
    acrm__set(rec, F_access_token__revoked_at, acrm__cell_int(call->now));
    call->session->access_changed = true; /* of sessions that it runs */
    return acrm__update(call, rec);
}

int32_t acrm__access_token_revoke(acrm__call *call)
{
    acrm__rec *rec;
    acrm__call system = acrm__signin_system(call);
    int32_t st = acrm__load_arg(call, "access_token", "id", &rec);

    if (st == ACRM_OK && acrm__is_null(rec, F_access_token__revoked_at))
        st = token_revoke(&system, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__signin_revoke_all(acrm__call *call, uint32_t field, const acrm_cell *whose,
                                int64_t *n)
{
    const acrm__term terms[] = {
        { field, ACRM_FILTER_EQ, *whose },
        { F_access_token__revoked_at, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "access_token", .terms = terms,
                                                   .n_terms = 2, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = token_revoke(call, found.items[i]);
    *n += (int64_t)found.count;
    return st;
}
