/* SPDX-License-Identifier: MIT */
/*
 * Attempts, counted by login and by peer address. A login that does not exist is counted like one
 * that does, so that nothing can be told from being held up.
 */
#include "modules/signin/signin.h"

#include <string.h>

enum {
    THROTTLE_FREE_LOGIN = 3, /* failures that cost no wait */
    THROTTLE_FREE_PEER = 30, /* many may sit behind one address */
    THROTTLE_WAIT_LOGIN = 60,
    THROTTLE_WAIT_PEER = 900,
    THROTTLE_WAIT_CODE = 30, /* between two codes; doubled by each further one */
    THROTTLE_WAIT_MAX = 86400
};

static void throttle_key(acrm__call *call, const char *kind, const char *text,
                         unsigned char hash[ACRM__HASH_BYTES])
{
    const char *purpose = strcmp(kind, "peer") == 0   ? "signin.peer"
                          : strcmp(kind, "code") == 0 ? "signin.asked" : "signin.login";

    acrm__keyed_hash(call->session->engine, purpose, text, strlen(text), hash);
}

int32_t acrm__signin_gate_find(acrm__call *call, const char *kind, const char *text,
                               acrm__rec **out)
{
    unsigned char hash[ACRM__HASH_BYTES];

    throttle_key(call, kind, text, hash);
    const acrm__term is = { F_signin_throttle__key, ACRM_FILTER_EQ,
                            acrm__cell_blob(hash, sizeof hash) };
    return acrm__find_one(call, &(acrm__select){ .entity = "signin_throttle", .terms = &is,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int64_t throttle_double(int64_t first, int64_t times, int64_t most)
{
    int64_t wait = first;

    for (int64_t i = 0; i < times && wait < most; i++)
        wait *= 2;
    return wait < most ? wait : most;
}

/* Seconds to wait after so many failures in a row. */
static int64_t throttle_wait(const acrm__signin_policy *policy, const char *kind, int64_t n)
{
    if (strcmp(kind, "code") == 0)
        return throttle_double(THROTTLE_WAIT_CODE, n - 1, 3600);
    if (strcmp(kind, "peer") == 0)
        return n <= THROTTLE_FREE_PEER
                   ? 0 : throttle_double(2, n - THROTTLE_FREE_PEER - 1, THROTTLE_WAIT_PEER);
    if (n >= policy->lock_after)
        return throttle_double(policy->lock_for, n / policy->lock_after - 1, THROTTLE_WAIT_MAX);
    return n <= THROTTLE_FREE_LOGIN
               ? 0 : throttle_double(2, n - THROTTLE_FREE_LOGIN - 1, THROTTLE_WAIT_LOGIN);
}

static int32_t throttle_refuse(acrm__call *call, int64_t until, const char *field)
{
    int64_t seconds = (until - call->now + ACRM__SIGNIN_SECOND - 1) / ACRM__SIGNIN_SECOND;
    acrm_value *list = acrm__value_in(call->arena);
    acrm_value *map = list && acrm_value_set_list(list) == ACRM_OK ? acrm__add_map(list) : NULL;
    const char *text = acrm__arena_format(call->arena, "too many attempts; try again in %lld "
                                          "seconds", (long long)seconds);

    if (!map || !text || !acrm__put_text(map, "field", field) ||
        !acrm__put_text(map, "reason", "throttled") || !acrm__put_text(map, "message", text) ||
        !acrm__put_int(map, "retry_after", seconds))
        return acrm__nomem(call);
    return acrm__error_fields(call->err, ACRM_E_LIMIT, list);
}

/* The row to count in, as it was; ACRM_E_LIMIT while it is too early. */
static int32_t throttle_look(acrm__call *call, const char *kind, const char *text,
                             acrm__rec **out)
{
    int32_t st = acrm__signin_gate_find(call, kind, text, out);
    int64_t forget = (strcmp(kind, "peer") == 0 ? 60 : 24 * 60) * ACRM__SIGNIN_MINUTE;

    if (st != ACRM_OK)
        return st;
    if (!*out) {
        unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
        *out = acrm__new(call, "signin_throttle");
        if (!hash || !*out)
            return acrm__nomem(call);
        throttle_key(call, kind, text, hash);
        acrm__set(*out, F_signin_throttle__kind, acrm__cell_text(kind));
        acrm__set(*out, F_signin_throttle__key, acrm__cell_blob(hash, ACRM__HASH_BYTES));
        return ACRM_OK;
    }
    if (acrm__int(*out, F_signin_throttle__until) > call->now)
        return throttle_refuse(call, acrm__int(*out, F_signin_throttle__until),
                               strcmp(kind, "peer") == 0 ? "peer" : "login");
    if (acrm__int(*out, F_signin_throttle__last_at) + forget < call->now)
        acrm__set(*out, F_signin_throttle__failures, acrm__cell_int(0));
    return ACRM_OK;
}

static int32_t throttle_count(acrm__call *call, const acrm__signin_policy *policy, acrm__rec *rec)
{
    const char *kind = acrm__text(rec, F_signin_throttle__kind);
    int64_t n = acrm__int(rec, F_signin_throttle__failures) + 1;
    int64_t wait = throttle_wait(policy, kind, n);

    acrm__set(rec, F_signin_throttle__failures, acrm__cell_int(n));
    acrm__set(rec, F_signin_throttle__last_at, acrm__cell_int(call->now));
    acrm__set(rec, F_signin_throttle__until,
              wait ? acrm__cell_int(call->now + wait * ACRM__SIGNIN_SECOND) : acrm__cell_null());
    return rec->before ? acrm__update(call, rec) : acrm__insert(call, rec);
}

int32_t acrm__signin_gate_enter(acrm__call *call, const acrm__signin_policy *policy,
                                const char *kind, const char *login, const char *peer,
                                acrm__signin_gate *out)
{
    acrm__signin_gate gate = { .locks = false };
    int32_t st = peer ? throttle_look(call, "peer", peer, &gate.peer) : ACRM_OK;

    if (st == ACRM_OK)
        st = throttle_look(call, kind, login, &gate.login);
    if (st == ACRM_OK && peer)
        st = throttle_count(call, policy, gate.peer);
    if (st == ACRM_OK)
        st = throttle_count(call, policy, gate.login);
    if (st != ACRM_OK)
        return st;
    gate.locks = strcmp(kind, "login") == 0 &&
                 acrm__int(gate.login, F_signin_throttle__failures) >= policy->lock_after;
    *out = gate;
    return ACRM_OK;
}

int32_t acrm__signin_gate_open(acrm__call *call, acrm__signin_gate *gate)
{
    acrm__rec *rows[] = { gate->login, gate->peer };
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < 2; i++) {
        acrm__rec *now = NULL;
        if (!rows[i])
            continue;
        const acrm__term is = { F_ID, ACRM_FILTER_EQ, rows[i]->cells[F_ID] };
        st = acrm__find_one(call, &(acrm__select){ .entity = "signin_throttle", .terms = &is,
                                                   .n_terms = 1, .as_system = true }, &now);
        if (st != ACRM_OK || !now)
            continue;
        /* An account begins anew; an address only has this attempt taken back, or one account of
         * one's own would be a way to try all others. */
        int64_t n = acrm__int(now, F_signin_throttle__failures) - 1;
        if (i == 0 || n <= 0) {
            st = acrm__purge(call, now);
            continue;
        }
        acrm__set(now, F_signin_throttle__failures, acrm__cell_int(n));
        acrm__set(now, F_signin_throttle__until, acrm__cell_null());
        st = acrm__update(call, now);
    }
    return st;
}
