/* SPDX-License-Identifier: MIT */
/* Signing in with a password; the session that every way of signing in begins. */
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

static int32_t start_show(acrm__call *call, const acrm__rec *rec, const char *token)
{
    const char *csrf = NULL, *id = acrm__id_text(call, acrm__id(rec, F_ID));
    const char *at = acrm__instant_text(call, acrm__int(rec, F_signin_session__expires_at));
    const char *principal = id ? acrm__arena_format(call->arena, "signin:%s", id) : NULL;
    int32_t st = acrm__signin_csrf(call, token, &csrf);

    if (st != ACRM_OK)
        return st;
    bool ok = principal && at && acrm__put_text(call->out, "token", token) &&
              acrm__put_text(call->out, "csrf", csrf) &&
              acrm__put_text(call->out, "principal", principal) &&
              acrm__put_text(call->out, "session_id", id) &&
              acrm__put_text(call->out, "expires_at", at) &&
              acrm__put_bool(call->out, "must_change",
                             acrm__int(rec, F_signin_session__change_only) != 0);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__signin_start(acrm__call *call, const acrm__signin_policy *policy,
                           acrm__rec *credential, const char *method)
{
    acrm__rec *rec = acrm__new(call, "signin_session");
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char token[ACRM__SIGNIN_TOKEN];
    bool change = strcmp(method, "password") == 0 &&
                  acrm__int(credential, F_credential__must_change) != 0;

    if (!rec || !hash)
        return acrm__nomem(call);
    acrm__signin_token_make(call, "acs_", token);
    acrm__signin_token_hash(call, token, hash);
    acrm__set(rec, F_signin_session__credential_id, credential->cells[F_ID]);
    acrm__set(rec, F_signin_session__user_id, credential->cells[F_credential__user_id]);
    acrm__set(rec, F_signin_session__customer_id, credential->cells[F_credential__customer_id]);
    acrm__set(rec, F_signin_session__hash, acrm__cell_blob(hash, ACRM__HASH_BYTES));
    acrm__set(rec, F_signin_session__method, acrm__cell_text(method));
    acrm__set(rec, F_signin_session__peer, acrm__cell_text(acrm__arg_text(call, "peer")));
    acrm__set(rec, F_signin_session__agent, acrm__cell_text(acrm__arg_text(call, "agent")));
    acrm__set(rec, F_signin_session__change_only, acrm__cell_int(change));
    acrm__set(rec, F_signin_session__idle, acrm__cell_int(policy->idle));
    acrm__set(rec, F_signin_session__seen_at, acrm__cell_int(call->now));
    acrm__set(rec, F_signin_session__expires_at,
              acrm__cell_int(call->now + policy->lifetime * ACRM__SIGNIN_SECOND));
    int32_t st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = acrm__signin_trace(call, credential, "started", method);
    if (st == ACRM_OK)
        st = start_show(call, rec, token);
    sodium_memzero(token, sizeof token);
    return st;
}

/* --- With a password --- */

typedef struct start_attempt {
    acrm__signin_policy policy;
    acrm__signin_gate gate;
    acrm__rec *credential;
    const char *hash, *newer; /* newer: with the parameters of today; NULL: it has them */
    bool right;
} start_attempt;

/* Counted, and looked up. */
static int32_t start_first(acrm__call *call, start_attempt *a)
{
    const char *login = NULL;
    int32_t st = acrm__signin_policy_read(call, &a->policy);

    if (st == ACRM_OK)
        st = acrm__signin_login(call, acrm__arg_text(call, "login"), &login);
    if (st == ACRM_OK)
        st = acrm__signin_gate_enter(call, &a->policy, "login", login,
                                     acrm__arg_text(call, "peer"), &a->gate);
    if (st == ACRM_OK)
        st = acrm__signin_find(call, acrm__arg_text(call, "login"), &a->credential);
    if (st == ACRM_OK && a->credential)
        a->hash = acrm__text(a->credential, F_credential__hash);
    return st;
}

/* What was found may have changed while the hash was worked out. */
static int32_t start_same(acrm__call *call, start_attempt *a)
{
    acrm__rec *now = NULL;
    int32_t st = acrm__signin_find(call, acrm__arg_text(call, "login"), &now);

    if (st != ACRM_OK)
        return st;
    const char *hash = now ? acrm__text(now, F_credential__hash) : NULL;
    a->right = hash && strcmp(hash, a->hash) == 0;
    a->credential = a->right ? now : a->credential;
    return ACRM_OK;
}

static int32_t start_last(acrm__call *call, start_attempt *a)
{
    int32_t st = a->right ? start_same(call, a) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    if (!a->right)
        return acrm__signin_trace(call, a->credential, a->gate.locks ? "locked" : "failed",
                                  "password");
    st = acrm__signin_gate_open(call, &a->gate);
    if (st == ACRM_OK && a->newer) {
        acrm__set(a->credential, F_credential__hash, acrm__cell_text(a->newer));
        st = acrm__touch(call, a->credential);
    }
    return st == ACRM_OK ? acrm__signin_start(call, &a->policy, a->credential, "password") : st;
}

int32_t acrm__signin_password(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    const char *password = acrm__arg_text(call, "password");
    start_attempt a = { .right = false };
    int32_t st = acrm__begin(&system);

    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, start_first(&system, &a));
    if (st == ACRM_OK)
        st = acrm__signin_verify(&system, &a.policy, a.hash, password, &a.right);
    if (st == ACRM_OK && a.right && acrm__signin_outdated(&a.policy, a.hash))
        st = acrm__signin_hash(&system, &a.policy, password, &a.newer);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, start_last(&system, &a));
    return st == ACRM_OK && !a.right ? acrm__signin_refuse(call) : st;
}
