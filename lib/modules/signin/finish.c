/* SPDX-License-Identifier: MIT */
/* Sign-ins end: by who signed in, by staff, and when the account is not what it was. */
#include "modules/signin/signin.h"

#include <string.h>

static int32_t finish_one(acrm__call *call, acrm__rec *rec, const char *reason)
{
    acrm__rec *credential = NULL;

    acrm__set(rec, F_signin_session__ended_at, acrm__cell_int(call->now));
    acrm__set(rec, F_signin_session__end_reason, acrm__cell_text(reason));
    call->session->access_changed = true; /* of sessions that it runs */
    int32_t st = acrm__update(call, rec);
    const acrm__term is = { F_ID, ACRM_FILTER_EQ, rec->cells[F_signin_session__credential_id] };
    if (st == ACRM_OK)
        st = acrm__find_one(call, &(acrm__select){ .entity = "credential", .terms = &is,
                                                   .n_terms = 1, .as_system = true,
                                                   .with_deleted = true }, &credential);
    return st == ACRM_OK && credential ? acrm__signin_trace(call, credential, "ended", reason) : st;
}

int32_t acrm__signin_finish_all(acrm__call *call, const acrm__rec *credential, const char *reason,
                                int64_t *n)
{
    const acrm__term terms[] = {
        { F_signin_session__credential_id, ACRM_FILTER_EQ, credential->cells[F_ID] },
        { F_signin_session__ended_at, ACRM_FILTER_EQ, acrm__cell_null() },
        { F_signin_session__expires_at, ACRM_FILTER_GT, acrm__cell_int(call->now) },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "signin_session", .terms = terms,
                                                   .n_terms = 3, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = finish_one(call, found.items[i], reason);
    *n += (int64_t)found.count;
    return st;
}

/* --- By who signed in --- */

int32_t acrm__signin_out(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__rec *rec = NULL;
    int32_t st = acrm__signin_by_token(&system, acrm__arg_text(call, "token"), &rec);

    return st == ACRM_OK ? finish_one(&system, rec, "signed_out") : st;
}

static int32_t finish_everywhere(acrm__call *call, const acrm__rec *credential,
                                 const char *reason)
{
    bool user = !acrm__is_null(credential, F_credential__user_id);
    int64_t n = 0, tokens = 0;
    int32_t st = acrm__signin_finish_all(call, credential, reason, &n);

    if (st == ACRM_OK && acrm__arg_bool(call, "tokens", false))
        st = acrm__signin_revoke_all(call, user ? F_access_token__user_id
                                                : F_access_token__customer_id,
                                     &credential->cells[user ? F_credential__user_id
                                                             : F_credential__customer_id],
                                     &tokens);
    if (st == ACRM_OK && !(acrm__put_int(call->out, "ended", n) &&
                           acrm__put_int(call->out, "revoked", tokens)))
        st = acrm__nomem(call);
    return st;
}

int32_t acrm__signin_out_everywhere(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__rec *rec = NULL, *credential = NULL;
    int32_t st = acrm__signin_by_token(&system, acrm__arg_text(call, "token"), &rec);

    if (st == ACRM_OK)
        st = acrm__load(&system, "credential", acrm__id(rec, F_signin_session__credential_id),
                        NULL, &credential);
    return st == ACRM_OK ? finish_everywhere(&system, credential, "everywhere") : st;
}

/* --- By a list of them --- */

int32_t acrm__signin_session_end(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "signin_session", "id", &rec);

    if (st == ACRM_OK && acrm__is_null(rec, F_signin_session__ended_at))
        st = finish_one(&system, rec, "staff");
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__signin_session_end_all(acrm__call *call)
{
    acrm__call system = acrm__signin_system(call);
    acrm__rec *credential = NULL;
    int32_t st = acrm__load_arg(call, "credential", "credential_id", &credential);

    return st == ACRM_OK ? finish_everywhere(&system, credential, "staff") : st;
}

/* --- What users and customers become --- */

static int32_t finish_find(acrm__call *call, uint32_t field, const unsigned char *id,
                           acrm__rec **out)
{
    const acrm__term is = { field, ACRM_FILTER_EQ, acrm__cell_id(id) };

    return acrm__find_one(call, &(acrm__select){ .entity = "credential", .terms = &is,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int32_t finish_gone(acrm__call *call, uint32_t of_credential, uint32_t of_token,
                           const unsigned char *id, const char *reason, bool tokens)
{
    const acrm_cell whose = acrm__cell_id(id);
    acrm__rec *credential = NULL;
    int64_t n = 0;
    int32_t st = finish_find(call, of_credential, id, &credential);

    if (st == ACRM_OK && credential)
        st = acrm__signin_finish_all(call, credential, reason, &n);
    return st == ACRM_OK && tokens ? acrm__signin_revoke_all(call, of_token, &whose, &n) : st;
}

static int32_t finish_move(acrm__call *call, const unsigned char *id, const acrm__rec *user,
                           uint32_t dealer)
{
    acrm__rec *credential = NULL;
    int32_t st = finish_find(call, F_credential__user_id, id, &credential);

    if (st != ACRM_OK || !credential)
        return st;
    acrm__set(credential, F_credential__dealer_id, user->cells[dealer]);
    return acrm__update(call, credential);
}

int32_t acrm__signin_follow_user(acrm__call *call, const acrm__event *event)
{
    const acrm__entity *entity = acrm__entity_of(call, "user");
    const acrm_value *changes = acrm_value_get(event->data, "changes");
    uint32_t active = acrm__field_of(entity, "active");
    uint32_t dealer = acrm__field_of(entity, "dealer_id");
    acrm__call system = acrm__signin_system(call);
    acrm__rec *user = NULL;
    int32_t st = acrm__load_any(&system, entity, event->id, &user);

    if (st != ACRM_OK || !user)
        return st;
    bool gone = !acrm__is_null(user, F_DELETED_AT) || !acrm__int(user, active);
    bool role = acrm_value_get(changes, "role_id") != NULL;
    if (gone || role)
        st = finish_gone(&system, F_credential__user_id, F_access_token__user_id, event->id,
                         gone ? "inactive" : "role", gone);
    if (st == ACRM_OK && acrm_value_get(changes, "dealer_id"))
        st = finish_move(&system, event->id, user, dealer);
    return st;
}

int32_t acrm__signin_follow_customer(acrm__call *call, const acrm__event *event)
{
    acrm__call system = acrm__signin_system(call);

    return finish_gone(&system, F_credential__customer_id, F_access_token__customer_id, event->id,
                       "inactive", true);
}
