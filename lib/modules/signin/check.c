/* SPDX-License-Identifier: MIT */
/* Whose token a request carries, and who a session "signin:UUID" or "token:UUID" acts as. */
#include "base/json.h"
#include "kernel/entities.h"
#include "modules/signin/signin.h"

#include <sodium.h>
#include <string.h>

enum { CHECK_CSRF = 18 /* bytes */ };

static int32_t check_ended(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_DENIED, "signed_out", "token",
                      "this sign-in has ended, or never was");
}

int32_t acrm__signin_csrf(acrm__call *call, const char *token, const char **out)
{
    unsigned char hash[ACRM__HASH_BYTES];
    char text[CHECK_CSRF * 4 / 3 + 1];

    acrm__keyed_hash(call->session->engine, "signin.csrf", token, strlen(token), hash);
    (void)sodium_bin2base64(text, sizeof text, hash, CHECK_CSRF,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    *out = acrm__arena_text(call->arena, text, strlen(text));
    return *out ? ACRM_OK : acrm__nomem(call);
}

/* --- The rows --- */

/* What the two kinds of tokens have in common. */
typedef struct check_kind {
    const char *prefix, *entity, *word;
    uint32_t user, customer, hash, expires, ended, seen;
} check_kind;

static const check_kind check_kinds[] = {
    { "acs_", "signin_session", "signin", F_signin_session__user_id,
      F_signin_session__customer_id, F_signin_session__hash, F_signin_session__expires_at,
      F_signin_session__ended_at, F_signin_session__seen_at },
    { "act_", "access_token", "token", F_access_token__user_id, F_access_token__customer_id,
      F_access_token__hash, F_access_token__expires_at, F_access_token__revoked_at,
      F_access_token__used_at },
};

static bool check_lives(const acrm__call *call, const check_kind *kind, const acrm__rec *rec)
{
    if (!rec || !acrm__is_null(rec, kind->ended) || acrm__int(rec, kind->expires) <= call->now)
        return false;
    return kind != &check_kinds[0] ||
           acrm__int(rec, kind->seen) +
                   acrm__int(rec, F_signin_session__idle) * ACRM__SIGNIN_SECOND > call->now;
}

static int32_t check_find(acrm__call *call, const char *token, const check_kind **kind,
                          acrm__rec **out)
{
    unsigned char hash[ACRM__HASH_BYTES];

    *kind = NULL;
    for (size_t i = 0; i < sizeof check_kinds / sizeof check_kinds[0]; i++)
        if (strncmp(token, check_kinds[i].prefix, 4) == 0)
            *kind = &check_kinds[i];
    if (!*kind)
        return check_ended(call);
    acrm__signin_token_hash(call, token, hash);
    const acrm__term is = { (*kind)->hash, ACRM_FILTER_EQ, acrm__cell_blob(hash, sizeof hash) };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = (*kind)->entity, .terms = &is,
                                                       .n_terms = 1, .as_system = true }, out);
    return st == ACRM_OK && !check_lives(call, *kind, *out) ? check_ended(call) : st;
}

int32_t acrm__signin_by_token(acrm__call *call, const char *token, acrm__rec **out)
{
    const check_kind *kind;
    int32_t st = check_find(call, token, &kind, out);

    return st == ACRM_OK && kind != &check_kinds[0] ? check_ended(call) : st;
}

/* --- signin.check --- */

/* It was used: kept to the minute, so that most requests write nothing. Where it cannot be written,
 * a request is answered all the same. */
static int32_t check_seen(acrm__call *call, const check_kind *kind, const acrm__rec *rec)
{
    const acrm_cell now = acrm__cell_int(call->now);
    acrm_error *err = NULL;
    acrm__call own = *call;
    bool there = false;

    own.err = &err;
    int32_t st = acrm__begin(&own);
    if (st == ACRM_OK)
        st = acrm__signin_end(&own, acrm__amend(&own, rec->entity, acrm__id(rec, F_ID),
                                                &kind->seen, &now, 1, &there));
    if (st == ACRM_E_BUSY || st == ACRM_E_READONLY)
        st = ACRM_OK;
    if (st != ACRM_OK && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return st;
}

static int32_t check_tell(acrm__call *call, const check_kind *kind, const acrm__rec *rec,
                          const char *token, bool stale)
{
    bool user = !acrm__is_null(rec, kind->user), cookie = kind == &check_kinds[0];
    const char *who = acrm__id_text(call, acrm__id(rec, user ? kind->user : kind->customer));
    const char *id = acrm__id_text(call, acrm__id(rec, F_ID)), *csrf = NULL;
    const char *at = acrm__instant_text(call, acrm__int(rec, kind->expires));
    const char *principal = id ? acrm__arena_format(call->arena, "%s:%s", kind->word, id) : NULL;
    int32_t st = cookie ? acrm__signin_csrf(call, token, &csrf) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    bool ok = who && at && principal && acrm__put_text(call->out, "principal", principal) &&
              acrm__put_text(call->out, "kind", user ? "user" : "customer") &&
              acrm__put_text(call->out, "id", who) &&
              acrm__put_text(call->out, "expires_at", at) &&
              acrm__put_bool(call->out, "program", !cookie) &&
              acrm__put_bool(call->out, "must_change", cookie &&
                             acrm__int(rec, F_signin_session__change_only) != 0) &&
              acrm__put_text(call->out, "csrf", csrf) &&
              acrm__put_bool(call->out, "stale", stale);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__signin_check(acrm__call *call)
{
    const char *token = acrm__arg_text(call, "token");
    acrm__call system = acrm__signin_system(call);
    const check_kind *kind = NULL;
    acrm__rec *rec = NULL;
    int32_t st = check_find(&system, token, &kind, &rec);

    if (st != ACRM_OK)
        return st;
    bool stale = acrm__int(rec, kind->seen) + ACRM__SIGNIN_MINUTE <= call->now;
    if (stale && acrm__arg_bool(call, "seen", true)) {
        st = check_seen(&system, kind, rec);
        stale = false;
    }
    return st == ACRM_OK ? check_tell(&system, kind, rec, token, stale) : st;
}

/* --- Sessions that act as who signed in --- */

static int32_t check_limits(acrm__call *call, const acrm__rec *rec, acrm__principal *out)
{
    static const char change[] = "[\"credential.change_password\"]";
    bool token = strcmp(rec->entity->def->name, "access_token") == 0;
    acrm_value *limits = NULL;
    acrm__json_fault fault;
    acrm_cell list = token ? rec->cells[F_access_token__scopes]
                           : acrm__cell_text(change);

    if (!token && !acrm__int(rec, F_signin_session__change_only))
        return ACRM_OK;
    if (acrm__json_read(&out->arena, list.data, list.size, &limits, &fault) != ACRM_OK)
        return acrm__nomem(call); /* it was written as JSON */
    out->limits = limits;
    return ACRM_OK;
}

int32_t acrm__signin_principal(acrm__call *call, const char *text, acrm__principal *out)
{
    const check_kind *kind = &check_kinds[strncmp(text, "token:", 6) == 0];
    const acrm__term is = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(out->id) };
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = kind->entity, .terms = &is,
                                                       .n_terms = 1, .as_system = true }, &rec);

    if (st == ACRM_OK && !check_lives(call, kind, rec))
        st = acrm__fail(call, ACRM_E_DENIED, "signed_out", "principal",
                        "this sign-in has ended, or never was");
    if (st == ACRM_OK)
        st = check_limits(call, rec, out);
    if (st != ACRM_OK)
        return st;
    bool user = !acrm__is_null(rec, kind->user);
    out->ends_at = acrm__int(rec, kind->expires);
    return acrm__principal_as(call, user ? ACRM__PRINCIPAL_USER : ACRM__PRINCIPAL_CUSTOMER,
                              acrm__id(rec, user ? kind->user : kind->customer), out);
}

/* --- signin.me --- */

static int32_t me_person(acrm__call *call, const acrm__principal *p)
{
    static const char *const shown[] = { "name", "login", "language", "dealer_id" };
    acrm__call system = acrm__signin_system(call);
    acrm__rec *who = NULL, *role = NULL;
    bool user = p->kind == ACRM__PRINCIPAL_USER;
    int32_t st = acrm__load(&system, user ? "user" : "customer", p->id, NULL, &who);

    for (size_t i = 0; st == ACRM_OK && i < sizeof shown / sizeof shown[0]; i++) {
        uint32_t f = acrm__field_of(who->entity, shown[i]);
        const acrm_cell *cell = f == UINT32_MAX ? NULL : &who->cells[f];
        const char *text = !cell || cell->type == ACRM_CELL_NULL ? NULL
                           : cell->type == ACRM_CELL_BLOB ? acrm__id_text(call, cell->data)
                                                          : acrm__text(who, f);
        st = acrm__put_text(call->out, shown[i], text) ? ACRM_OK : acrm__nomem(call);
    }
    const acrm__term named = { F_role__name, ACRM_FILTER_EQ, acrm__cell_text("customer") };
    if (st == ACRM_OK && user)
        st = acrm__load(&system, "role", acrm__id(who, acrm__field_of(who->entity, "role_id")),
                        NULL, &role);
    else if (st == ACRM_OK)
        st = acrm__find_one(&system, &(acrm__select){ .entity = "role", .terms = &named,
                                                      .n_terms = 1 }, &role);
    if (st != ACRM_OK || !role)
        return st;
    return acrm__put_text(call->out, "role", acrm__text(role, F_role__name)) &&
                   acrm__put_text(call->out, "role_label", acrm__text(role, F_role__label))
               ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__signin_me(acrm__call *call)
{
    static const char *const kinds[] = { "system", "user", "customer" };
    const acrm__principal *p = &call->session->principal;
    const char *id = p->kind == ACRM__PRINCIPAL_SYSTEM ? NULL : acrm__id_text(call, p->id);
    bool ok = acrm__put_text(call->out, "principal", p->text) &&
              acrm__put_text(call->out, "kind", kinds[p->kind]) &&
              acrm__put_text(call->out, "id", id);

    if (!ok || (p->kind != ACRM__PRINCIPAL_SYSTEM && !id))
        return acrm__nomem(call);
    if (p->kind == ACRM__PRINCIPAL_SYSTEM)
        return ACRM_OK;
    const acrm_value *permissions = acrm_value_get(p->role, "permissions");
    ok = (!permissions || acrm__put_value(call->out, "permissions", permissions)) &&
         (!p->limits || acrm__put_value(call->out, "scopes", p->limits));
    return ok ? me_person(call, p) : acrm__nomem(call);
}
