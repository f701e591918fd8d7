/* SPDX-License-Identifier: MIT */
/* Codes of six digits, sent by SMS or mail: to sign in with, or to set a new password. */
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

enum { CODE_DIGITS = 6, CODE_WRONG_MAX = 5 };

static void code_make(acrm__call *call, char code[CODE_DIGITS + 1])
{
    unsigned char bytes[8];
    uint64_t n = 0;

    acrm__random_bytes(call->session->engine, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        n = n << 8 | bytes[i];
    for (int32_t i = CODE_DIGITS - 1; i >= 0; i--, n /= 10)
        code[i] = (char)('0' + n % 10);
    code[CODE_DIGITS] = '\0';
}

/* Of one credential: the same code is another for somebody else. */
static void code_hash(acrm__call *call, const acrm__rec *credential, const char *code,
                      unsigned char hash[ACRM__HASH_BYTES])
{
    unsigned char both[16 + CODE_DIGITS] = { 0 };

    memcpy(both, acrm__id(credential, F_ID), 16);
    memcpy(both + 16, code, CODE_DIGITS);
    acrm__keyed_hash(call->session->engine, "signin.code", both, sizeof both, hash);
}

static int32_t code_find(acrm__call *call, const acrm__rec *credential, acrm__rec **out)
{
    const acrm__term is = { F_signin_code__credential_id, ACRM_FILTER_EQ,
                            credential->cells[F_ID] };

    return acrm__find_one(call, &(acrm__select){ .entity = "signin_code", .terms = &is,
                                                 .n_terms = 1, .as_system = true }, out);
}

/* --- signin.request_code --- */

static int32_t code_order(acrm__call *call, const acrm__signin_policy *policy,
                          const acrm__rec *credential)
{
    acrm__rec *rec = acrm__new(call, "signin_code"), *older = NULL;
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char code[CODE_DIGITS + 1];
    bool can = false;

    if (!rec || !hash)
        return acrm__nomem(call);
    code_make(call, code);
    code_hash(call, credential, code, hash);
    acrm__set(rec, F_signin_code__credential_id, credential->cells[F_ID]);
    acrm__set(rec, F_signin_code__purpose, acrm__cell_text(acrm__arg_text(call, "purpose")));
    acrm__set(rec, F_signin_code__hash, acrm__cell_blob(hash, ACRM__HASH_BYTES));
    acrm__set(rec, F_signin_code__next_at, acrm__cell_int(call->now));
    acrm__set(rec, F_signin_code__expires_at,
              acrm__cell_int(call->now + policy->code_life * ACRM__SIGNIN_SECOND));
    int32_t st = acrm__signin_compose(call, policy, credential, code, rec, &can);
    sodium_memzero(code, sizeof code);
    if (st != ACRM_OK || !can)
        return st;
    st = code_find(call, credential, &older);
    if (st == ACRM_OK && older)
        st = acrm__purge(call, older);
    return st == ACRM_OK ? acrm__insert(call, rec) : st;
}

static int32_t code_request(acrm__call *call, acrm__signin_policy *policy)
{
    const char *text = acrm__arg_text(call, "login"), *login = NULL;
    acrm__signin_gate gate;
    acrm__rec *credential = NULL;
    int32_t st = acrm__signin_policy_read(call, policy);

    if (st == ACRM_OK)
        st = acrm__signin_login(call, text, &login);
    if (st == ACRM_OK)
        st = acrm__signin_gate_enter(call, policy, "code", login, acrm__arg_text(call, "peer"),
                                     &gate);
    if (st == ACRM_OK)
        st = acrm__signin_find(call, text, &credential);
    if (st == ACRM_OK && credential)
        st = code_order(call, policy, credential);
    return st == ACRM_OK ? acrm__signin_trace(call, credential, "asked",
                                              acrm__arg_text(call, "purpose")) : st;
}

int32_t acrm__signin_request_code(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__signin_policy policy;
    int32_t st = acrm__begin(&system);

    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, code_request(&system, &policy));
    if (st != ACRM_OK)
        return st;
    const char *at = acrm__instant_text(call, call->now + policy.code_life * ACRM__SIGNIN_SECOND);
    return at && acrm__put_text(call->out, "expires_at", at) ? ACRM_OK : acrm__nomem(call);
}

/* --- Typed in --- */

typedef struct code_attempt {
    const char *purpose;
    acrm__signin_policy policy;
    acrm__signin_gate gate;
    acrm__rec *credential, *code;
    bool right;
} code_attempt;

static bool code_is(acrm__call *call, const code_attempt *a, const char *typed)
{
    unsigned char hash[ACRM__HASH_BYTES];
    const acrm_cell *kept = a->code ? &a->code->cells[F_signin_code__hash] : NULL;

    if (!kept || strlen(typed) != CODE_DIGITS ||
        strcmp(acrm__text(a->code, F_signin_code__purpose), a->purpose) != 0 ||
        acrm__int(a->code, F_signin_code__expires_at) <= call->now)
        return false;
    code_hash(call, a->credential, typed, hash);
    return kept->size == sizeof hash && sodium_memcmp(kept->data, hash, sizeof hash) == 0;
}

static int32_t code_wrong(acrm__call *call, code_attempt *a)
{
    int32_t st = ACRM_OK;

    if (a->code) {
        int64_t wrong = acrm__int(a->code, F_signin_code__wrong) + 1;
        acrm__set(a->code, F_signin_code__wrong, acrm__cell_int(wrong));
        st = wrong >= CODE_WRONG_MAX ? acrm__purge(call, a->code) : acrm__update(call, a->code);
    }
    return st == ACRM_OK ? acrm__signin_trace(call, a->credential,
                                              a->gate.locks ? "locked" : "failed", "code") : st;
}

/* Counted, looked up and compared; a wrong one is kept as such. */
static int32_t code_try(acrm__call *call, code_attempt *a)
{
    const char *text = acrm__arg_text(call, "login"), *login = NULL;
    int32_t st = acrm__signin_policy_read(call, &a->policy);

    if (st == ACRM_OK)
        st = acrm__signin_login(call, text, &login);
    if (st == ACRM_OK)
        st = acrm__signin_gate_enter(call, &a->policy, "login", login,
                                     acrm__arg_text(call, "peer"), &a->gate);
    if (st == ACRM_OK)
        st = acrm__signin_find(call, text, &a->credential);
    if (st == ACRM_OK && a->credential)
        st = code_find(call, a->credential, &a->code);
    if (st != ACRM_OK)
        return st;
    a->right = code_is(call, a, acrm__arg_text(call, "code"));
    return a->right ? ACRM_OK : code_wrong(call, a);
}

/* It is used up, and no failure. */
static int32_t code_use(acrm__call *call, code_attempt *a)
{
    acrm__rec *asked = NULL;
    const char *login = NULL;
    int32_t st = acrm__purge(call, a->code);

    if (st == ACRM_OK)
        st = acrm__signin_gate_open(call, &a->gate);
    if (st == ACRM_OK)
        st = acrm__signin_login(call, acrm__arg_text(call, "login"), &login);
    if (st == ACRM_OK)
        st = acrm__signin_gate_find(call, "code", login, &asked);
    return st == ACRM_OK && asked ? acrm__purge(call, asked) : st;
}

int32_t acrm__signin_code(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    code_attempt a = { .purpose = "signin" };
    int32_t st = acrm__begin(&system);

    if (st != ACRM_OK)
        return st;
    st = code_try(&system, &a);
    if (st == ACRM_OK && a.right)
        st = code_use(&system, &a);
    if (st == ACRM_OK && a.right)
        st = acrm__signin_start(&system, &a.policy, a.credential, "code");
    st = acrm__signin_end(&system, st);
    return st == ACRM_OK && !a.right ? acrm__signin_refuse(call) : st;
}

/* --- signin.reset --- */

static int32_t code_reset(acrm__call *call, code_attempt *a, const char *hash)
{
    unsigned char first[16];
    acrm__rec *now = NULL, *code = NULL;

    memcpy(first, acrm__id(a->code, F_ID), 16);
    int32_t st = acrm__signin_find(call, acrm__arg_text(call, "login"), &now);
    if (st == ACRM_OK && now)
        st = code_find(call, now, &code);
    if (st != ACRM_OK)
        return st;
    a->right = code && memcmp(acrm__id(code, F_ID), first, 16) == 0;
    if (!a->right) /* used meanwhile */
        return ACRM_OK;
    a->code = code;
    a->credential = now;
    st = code_use(call, a);
    if (st == ACRM_OK)
        st = acrm__signin_keep_hash(call, now, hash, false);
    return st == ACRM_OK ? acrm__signin_trace(call, now, "password", "reset") : st;
}

int32_t acrm__signin_reset(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    const char *password = acrm__arg_text(call, "password"), *hash = NULL;
    code_attempt a = { .purpose = "reset" };
    int32_t st = acrm__signin_policy_read(&system, &a.policy);

    if (st == ACRM_OK)
        st = acrm__signin_password_check(call, &a.policy, acrm__arg_text(call, "login"), password,
                                         "password");
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, code_try(&system, &a));
    if (st == ACRM_OK && !a.right)
        return acrm__signin_refuse(call);
    if (st == ACRM_OK)
        st = acrm__signin_hash(&system, &a.policy, password, &hash);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, code_reset(&system, &a, hash));
    return st == ACRM_OK && !a.right ? acrm__signin_refuse(call) : st;
}
