/* SPDX-License-Identifier: MIT */
/* The pieces of the module signin. Nothing here is told to anybody but the host: its operations
 * answer the same for a login that is known and one that is not. */
#ifndef ACRM_MODULES_SIGNIN_SIGNIN_H
#define ACRM_MODULES_SIGNIN_SIGNIN_H

#include "kernel/inside.h"
#include "modules/signin/entities.h"

#define ACRM__SIGNIN_SECOND INT64_C(1000000)
#define ACRM__SIGNIN_MINUTE (60 * ACRM__SIGNIN_SECOND)

enum {
    ACRM__SIGNIN_TOKEN = 48,    /* a token's text with its end */
    ACRM__SIGNIN_PASSWORD = 1024 /* bytes of a password */
};

/* policy.c: the signin_policy, or its defaults; spans in seconds. */
typedef struct acrm__signin_policy {
    int64_t password_min, memory_kib, passes, idle, lifetime, code_life, lock_after, lock_for;
    const acrm_value *refused; /* NULL: none of its own */
} acrm__signin_policy;
int32_t acrm__signin_policy_read(acrm__call *call, acrm__signin_policy *out);
int32_t acrm__signin_policy_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Whether a password may be used with a login (NULL: none); `field` is named by the error. */
int32_t acrm__signin_password_check(acrm__call *call, const acrm__signin_policy *policy,
                                    const char *login, const char *password, const char *field);

/* password.c: Argon2id. It takes a while: never within a transaction. */
int32_t acrm__signin_hash(acrm__call *call, const acrm__signin_policy *policy,
                          const char *password, const char **out);
/* Whether it is the password of the hash. Without one (NULL) it takes as long and is not. */
int32_t acrm__signin_verify(acrm__call *call, const acrm__signin_policy *policy, const char *hash,
                            const char *password, bool *out);
bool acrm__signin_outdated(const acrm__signin_policy *policy, const char *hash);

/* throttle.c: attempts are counted before they are made, so that many at once are too. */
typedef struct acrm__signin_gate {
    acrm__rec *login, *peer; /* NULL: not counted */
    bool locks;              /* the attempt, if it fails, locks the account */
} acrm__signin_gate;
/* Count an attempt by a login from a peer (may be NULL), in a write transaction of its own. Fails
 * with ACRM_E_LIMIT while it is too early. `kind` is "login" or "code". */
int32_t acrm__signin_gate_enter(acrm__call *call, const acrm__signin_policy *policy,
                                const char *kind, const char *login, const char *peer,
                                acrm__signin_gate *out);
/* It was no failure. Within a write transaction. */
int32_t acrm__signin_gate_open(acrm__call *call, acrm__signin_gate *gate);
/* The row of a login, or NULL. */
int32_t acrm__signin_gate_find(acrm__call *call, const char *kind, const char *text,
                               acrm__rec **out);

/* account.c */
/* The credential that a login means, or NULL. */
int32_t acrm__signin_find(acrm__call *call, const char *login, acrm__rec **out);
/* A login in its one form, by which attempts are counted too. */
int32_t acrm__signin_login(acrm__call *call, const char *text, const char **out);
/* The login of a credential: its own, or the user's; NULL: it has none. */
int32_t acrm__signin_login_of(acrm__call *call, const acrm__rec *credential, const char **out);
/* Keep a new hash of a credential and end its sign-ins. In a write transaction. */
int32_t acrm__signin_keep_hash(acrm__call *call, acrm__rec *credential, const char *hash,
                               bool must_change);
int32_t acrm__credential_create(acrm__call *call);
int32_t acrm__credential_set_password(acrm__call *call);
int32_t acrm__credential_change_password(acrm__call *call);
int32_t acrm__credential_unlock(acrm__call *call);
int32_t acrm__credential_status(acrm__call *call);
int32_t acrm__credential_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* trace.c: an entry in the audit and, of a known credential, an event "signin.<action>". */
int32_t acrm__signin_trace(acrm__call *call, const acrm__rec *credential, const char *action,
                           const char *word);
/* Of those that take transactions of their own: a copy of the call past all row scopes, and the end
 * of a transaction by its status. */
acrm__call acrm__signin_system(const acrm__call *call);
int32_t acrm__signin_end(acrm__call *call, int32_t st);
/* The answer to everything that is wrong. */
int32_t acrm__signin_refuse(acrm__call *call);

/* start.c */
int32_t acrm__signin_start(acrm__call *call, const acrm__signin_policy *policy,
                           acrm__rec *credential, const char *method);
int32_t acrm__signin_password(acrm__call *call);

/* token.c: random bytes as text with a prefix of four characters, and their keyed hash. */
void acrm__signin_token_make(acrm__call *call, const char *prefix, char text[ACRM__SIGNIN_TOKEN]);
void acrm__signin_token_hash(acrm__call *call, const char *text,
                             unsigned char hash[ACRM__HASH_BYTES]);
int32_t acrm__access_token_create(acrm__call *call);
int32_t acrm__access_token_revoke(acrm__call *call);

/* check.c */
int32_t acrm__signin_check(acrm__call *call);
int32_t acrm__signin_csrf(acrm__call *call, const char *token, const char **out);
int32_t acrm__signin_principal(acrm__call *call, const char *text, acrm__principal *out);
int32_t acrm__signin_me(acrm__call *call);
/* The running sign-in of a token's text, or ACRM_E_DENIED. */
int32_t acrm__signin_by_token(acrm__call *call, const char *token, acrm__rec **out);

/* finish.c */
/* End the running sign-ins of a credential, for a reason of signin_session.end_reason. */
int32_t acrm__signin_finish_all(acrm__call *call, const acrm__rec *credential, const char *reason,
                                int64_t *n);
int32_t acrm__signin_out(acrm__call *call);
int32_t acrm__signin_out_everywhere(acrm__call *call);
int32_t acrm__signin_session_end(acrm__call *call);
int32_t acrm__signin_session_end_all(acrm__call *call);
/* What users and customers become has consequences. */
int32_t acrm__signin_follow_user(acrm__call *call, const acrm__event *event);
int32_t acrm__signin_follow_customer(acrm__call *call, const acrm__event *event);
int32_t acrm__signin_revoke_all(acrm__call *call, uint32_t field, const acrm_cell *whose,
                                int64_t *n);

/* code.c */
int32_t acrm__signin_request_code(acrm__call *call);
int32_t acrm__signin_code(acrm__call *call);
int32_t acrm__signin_reset(acrm__call *call);
/* deliver.c: write the text of a code, and seal it with where it goes. */
int32_t acrm__signin_compose(acrm__call *call, const acrm__signin_policy *policy,
                             const acrm__rec *credential, const char *code, acrm__rec *rec,
                             bool *can);
/* Part of engine.tick: codes are sent, and what is over is forgotten. */
int32_t acrm__signin_tick(acrm__call *call);

#endif
