/* SPDX-License-Identifier: MIT */
/* Credentials: found by login, made and given passwords by staff, changed by their owners. */
#include "base/text.h"
#include "modules/signin/signin.h"

#include <string.h>

/* --- Logins --- */

int32_t acrm__signin_login(acrm__call *call, const char *text, const char **out)
{
    acrm_phone phone = { .struct_size = sizeof phone };
    acrm__str lower;
    const char *copy = NULL;

    acrm__str_init(&lower, &call->arena->allocator);
    bool mail = strchr(text, '@') && acrm__email_normalise(text, strlen(text), &lower);
    if (!mail && acrm__phone_parse(call, text, strlen(text), NULL, &phone) == ACRM_OK &&
        phone.e164[0])
        copy = acrm__arena_text(call->arena, phone.e164, strlen(phone.e164));
    else if (!lower.failed)
        copy = acrm__arena_text(call->arena, mail ? lower.data : text,
                                mail ? lower.len : strlen(text));
    acrm__str_free(&lower);
    *out = copy;
    return copy ? ACRM_OK : acrm__nomem(call);
}

static int32_t account_by(acrm__call *call, const char *entity, uint32_t field, acrm_cell value,
                          acrm__rec **out)
{
    const acrm__term is = { field, ACRM_FILTER_EQ, value };

    return acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &is, .n_terms = 1,
                                                 .as_system = true }, out);
}

int32_t acrm__signin_find(acrm__call *call, const char *login, acrm__rec **out)
{
    const acrm__entity *users = acrm__entity_of(call, "user");
    const char *normal = NULL;
    acrm__rec *user = NULL, *customer = NULL;
    int32_t st = account_by(call, "user", acrm__field_of(users, "login"), acrm__cell_text(login),
                            &user);

    *out = NULL;
    if (st == ACRM_OK && user)
        return acrm__int(user, acrm__field_of(users, "active"))
                   ? account_by(call, "credential", F_credential__user_id, user->cells[F_ID], out)
                   : ACRM_OK;
    if (st == ACRM_OK)
        st = acrm__signin_login(call, login, &normal);
    if (st == ACRM_OK)
        st = account_by(call, "credential", F_credential__login, acrm__cell_text(normal), out);
    if (st != ACRM_OK || !*out || acrm__is_null(*out, F_credential__customer_id))
        return st;
    st = account_by(call, "customer", F_ID, (*out)->cells[F_credential__customer_id], &customer);
    *out = customer ? *out : NULL;
    return st;
}

int32_t acrm__signin_login_of(acrm__call *call, const acrm__rec *credential, const char **out)
{
    const unsigned char *id = acrm__id(credential, F_credential__user_id);
    acrm__rec *user = NULL;

    *out = acrm__text(credential, F_credential__login);
    if (!id)
        return ACRM_OK;
    int32_t st = account_by(call, "user", F_ID, acrm__cell_id(id), &user);
    *out = user ? acrm__text(user, acrm__field_of(user->entity, "login")) : NULL;
    return st;
}

/* --- Writing --- */

int32_t acrm__credential_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__call system = acrm__signin_system(call);
    int64_t n = 0;

    if (!before || acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    return acrm__signin_finish_all(&system, rec, "credential", &n);
}

int32_t acrm__signin_keep_hash(acrm__call *call, acrm__rec *credential, const char *hash,
                               bool must_change)
{
    int64_t n = 0;

    acrm__set(credential, F_credential__hash, acrm__cell_text(hash));
    acrm__set(credential, F_credential__password_at, acrm__cell_int(call->now));
    acrm__set(credential, F_credential__must_change, acrm__cell_int(must_change));
    int32_t st = acrm__update(call, credential);
    return st == ACRM_OK ? acrm__signin_finish_all(call, credential, "password", &n) : st;
}

/* The login a credential is to have, and whose it is. */
static int32_t account_fill(acrm__call *call, acrm__rec *rec, const char **login)
{
    bool user = acrm__arg(call, "user_id") != NULL;
    const char *given = acrm__arg_text(call, "login");
    acrm__rec *whom = NULL;

    *login = NULL;
    if (user == (acrm__arg(call, "customer_id") != NULL))
        return acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                          "give either user_id or customer_id");
    if (user == (given != NULL))
        return acrm__fail(call, ACRM_E_INVALID, user ? "unknown_argument" : "required", "login",
                          user ? "a user signs in with the user's own login"
                               : "give the e-mail address or number the customer signs in with");
    int32_t st = acrm__load_arg(call, user ? "user" : "customer",
                                user ? "user_id" : "customer_id", &whom);
    if (st != ACRM_OK)
        return st;
    if (user) {
        *login = acrm__text(whom, acrm__field_of(whom->entity, "login"));
        acrm__set(rec, F_credential__user_id, whom->cells[F_ID]);
        acrm__set(rec, F_credential__dealer_id,
                  whom->cells[acrm__field_of(whom->entity, "dealer_id")]);
        return ACRM_OK;
    }
    acrm__set(rec, F_credential__customer_id, whom->cells[F_ID]);
    st = acrm__signin_login(call, given, login);
    if (st == ACRM_OK && !strchr(*login, '@') && **login != '+')
        st = acrm__fail(call, ACRM_E_INVALID, "format", "login",
                        "a customer's login is an e-mail address, or a telephone number with its "
                        "country's code");
    acrm__set(rec, F_credential__login, acrm__cell_text(*login));
    return st;
}

/* --- credential.create, credential.set_password --- */

/* The password given, as a hash; NULL: there is none. */
static int32_t account_hash(acrm__call *call, const char *login, const char *field,
                            const char **out)
{
    const char *password = acrm__arg_text(call, field);
    acrm__signin_policy policy;

    *out = NULL;
    if (!password)
        return ACRM_OK;
    int32_t st = acrm__signin_policy_read(call, &policy);
    if (st == ACRM_OK)
        st = acrm__signin_password_check(call, &policy, login, password, field);
    return st == ACRM_OK ? acrm__signin_hash(call, &policy, password, out) : st;
}

int32_t acrm__credential_create(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    const char *login = NULL, *hash = NULL;
    acrm__rec *rec = acrm__new(call, "credential");
    int32_t st = rec ? account_fill(call, rec, &login) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = account_hash(call, login, "password", &hash);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_credential__hash, acrm__cell_text(hash));
    acrm__set(rec, F_credential__password_at, hash ? acrm__cell_int(call->now)
                                                   : acrm__cell_null());
    acrm__set(rec, F_credential__must_change,
              acrm__cell_int(hash && acrm__arg_bool(call, "must_change", true)));
    st = acrm__insert(&system, rec);
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return acrm__signin_end(&system, st);
}

int32_t acrm__credential_set_password(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    const char *login = NULL, *hash = NULL;
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "credential", "id", &rec);

    if (st == ACRM_OK)
        st = acrm__signin_login_of(&system, rec, &login);
    if (st == ACRM_OK)
        st = account_hash(call, login, "password", &hash);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    st = acrm__load_arg(call, "credential", "id", &rec);
    if (st == ACRM_OK)
        st = acrm__signin_keep_hash(&system, rec, hash, acrm__arg_bool(call, "must_change", true));
    if (st == ACRM_OK)
        st = acrm__signin_trace(&system, rec, "password", "staff");
    if (st == ACRM_OK)
        st = acrm__render(call, rec, call->out);
    return acrm__signin_end(&system, st);
}

/* --- credential.change_password --- */

static int32_t account_own(acrm__call *call, acrm__rec **out)
{
    const acrm__principal *p = &call->session->principal;
    bool user = p->kind == ACRM__PRINCIPAL_USER;

    if (p->kind == ACRM__PRINCIPAL_SYSTEM)
        return acrm__fail(call, ACRM_E_INVALID, "nobody", NULL,
                          "the system has no password; credential.set_password sets others'");
    if (strncmp(p->source, "token:", 6) == 0)
        return acrm__fail(call, ACRM_E_DENIED, "permission", NULL,
                          "a program does not change its owner's password");
    int32_t st = account_by(call, "credential",
                            user ? F_credential__user_id : F_credential__customer_id,
                            acrm__cell_id(p->id), out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "reference", NULL, "there is no credential");
    return st;
}

typedef struct account_change {
    acrm__signin_policy policy;
    acrm__signin_gate gate;
    acrm__rec *rec;
    const char *login, *old, *hash;
    bool right;
} account_change;

static int32_t account_change_first(acrm__call *call, account_change *c)
{
    const char *normal = NULL;
    int32_t st = account_own(call, &c->rec);

    if (st == ACRM_OK)
        st = acrm__signin_login_of(call, c->rec, &c->login);
    if (st == ACRM_OK)
        st = acrm__signin_login(call, c->login ? c->login : "", &normal);
    if (st == ACRM_OK)
        st = acrm__signin_policy_read(call, &c->policy);
    if (st == ACRM_OK)
        st = acrm__signin_password_check(call, &c->policy, c->login, acrm__arg_text(call, "new"),
                                         "new");
    if (st == ACRM_OK)
        st = acrm__signin_gate_enter(call, &c->policy, "login", normal, NULL, &c->gate);
    if (st == ACRM_OK)
        c->old = acrm__text(c->rec, F_credential__hash);
    return st;
}

static int32_t account_change_last(acrm__call *call, account_change *c)
{
    int32_t st = c->right ? account_own(call, &c->rec) : ACRM_OK;

    if (st != ACRM_OK)
        return st;
    const char *now = acrm__text(c->rec, F_credential__hash);
    c->right = c->right && now && strcmp(now, c->old) == 0;
    if (!c->right)
        return acrm__signin_trace(call, c->rec, c->gate.locks ? "locked" : "failed", "change");
    st = acrm__signin_gate_open(call, &c->gate);
    if (st == ACRM_OK)
        st = acrm__signin_keep_hash(call, c->rec, c->hash, false);
    return st == ACRM_OK ? acrm__signin_trace(call, c->rec, "password", "owner") : st;
}

int32_t acrm__credential_change_password(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    const char *old = acrm__arg_text(call, "old"), *fresh = acrm__arg_text(call, "new");
    account_change c = { .right = false };
    int32_t st = acrm__begin(&system);

    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, account_change_first(&system, &c));
    if (st == ACRM_OK && strcmp(old, fresh) == 0)
        st = acrm__fail(call, ACRM_E_INVALID, "same", "new", "it is the password of before");
    if (st == ACRM_OK)
        st = acrm__signin_verify(&system, &c.policy, c.old, old, &c.right);
    if (st == ACRM_OK && c.right)
        st = acrm__signin_hash(&system, &c.policy, fresh, &c.hash);
    if (st == ACRM_OK)
        st = acrm__begin(&system);
    if (st != ACRM_OK)
        return st;
    st = acrm__signin_end(&system, account_change_last(&system, &c));
    return st == ACRM_OK && !c.right ? acrm__signin_refuse(call) : st;
}

/* --- credential.unlock, credential.status --- */

static int32_t account_throttle(acrm__call *call, acrm__rec **rec, acrm__rec **throttle)
{
    acrm__call system = acrm__signin_system(call);
    const char *login = NULL, *normal = NULL;
    int32_t st = acrm__load_arg(call, "credential", "id", rec);

    *throttle = NULL;
    if (st == ACRM_OK)
        st = acrm__signin_login_of(&system, *rec, &login);
    if (st == ACRM_OK && login)
        st = acrm__signin_login(call, login, &normal);
    return st == ACRM_OK && normal ? acrm__signin_gate_find(&system, "login", normal, throttle)
                                   : st;
}

int32_t acrm__credential_unlock(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__rec *rec = NULL, *throttle = NULL;
    int32_t st = account_throttle(call, &rec, &throttle);

    if (st == ACRM_OK && throttle)
        st = acrm__purge(&system, throttle);
    if (st == ACRM_OK && throttle)
        st = acrm__signin_trace(&system, rec, "unlocked", "staff");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__credential_status(acrm__call *call)
{
    acrm__rec *rec = NULL, *throttle = NULL;
    int64_t n = 0;
    int32_t st = account_throttle(call, &rec, &throttle);

    if (st != ACRM_OK)
        return st;
    const acrm__term terms[] = {
        { F_signin_session__credential_id, ACRM_FILTER_EQ, rec->cells[F_ID] },
        { F_signin_session__ended_at, ACRM_FILTER_EQ, acrm__cell_null() },
        { F_signin_session__expires_at, ACRM_FILTER_GT, acrm__cell_int(call->now) },
    };
    st = acrm__count(call, &(acrm__select){ .entity = "signin_session", .terms = terms,
                                            .n_terms = 3, .as_system = true }, &n);
    if (st != ACRM_OK)
        return st;
    int64_t until = throttle ? acrm__int(throttle, F_signin_throttle__until) : 0;
    const char *at = until > call->now ? acrm__instant_text(call, until) : NULL;
    bool ok = (at || until <= call->now) &&
              acrm__put_bool(call->out, "password", !acrm__is_null(rec, F_credential__hash)) &&
              acrm__put_bool(call->out, "must_change",
                             acrm__int(rec, F_credential__must_change) != 0) &&
              acrm__put_int(call->out, "failures",
                            throttle ? acrm__int(throttle, F_signin_throttle__failures) : 0) &&
              acrm__put_text(call->out, "held_until", at) &&
              acrm__put_int(call->out, "sessions", n);
    return ok ? ACRM_OK : acrm__nomem(call);
}
