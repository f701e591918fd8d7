/* SPDX-License-Identifier: MIT */
/* Sign-ins: whose token a request carries against getting a record by its id, a session that is
 * made to act as who signed in against one opened for it, and a password against bare Argon2. */
#include "bench.h"

#include "kernel/inside.h"
#include "modules/signin/signin.h"

#include <sodium.h>
#include <unistd.h>

enum { SIGNIN_CHUNK = 50000, SIGNIN_SAMPLE = 4096 };
#define SIGNIN_PASSWORD "correct horse battery"

typedef struct signin_side {
    acrm_engine *engine;
    acrm_session *session;
    char path[64], user[48], inside[48];
    acrm_value *check[SIGNIN_SAMPLE], *get[SIGNIN_SAMPLE]; /* arguments */
    unsigned char credential[16], user_id[16];
    char hash[crypto_pwhash_STRBYTES];
} signin_side;

static void signin_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static acrm_value *signin_call(signin_side *s, const char *operation, const char *json)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(s->session, operation, args, &out, &err) != ACRM_OK)
        signin_die(operation, err);
    acrm_value_free(args);
    return out;
}

static void signin_text(char to[48], const acrm_value *map, const char *prefix, const char *key)
{
    snprintf(to, 48, "%s%s", prefix, acrm_value_text(acrm_value_get(map, key), NULL));
}

static acrm_value *signin_args(const char *format, const char *text)
{
    acrm_value *args = NULL;
    char json[160];

    snprintf(json, sizeof json, format, text);
    if (acrm_value_parse(NULL, json, strlen(json), &args, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    return args;
}

/* --- A database with so many sign-ins --- */

static void signin_row(acrm__call *call, signin_side *s, acrm__rec *rec, long i, long every)
{
    char token[ACRM__SIGNIN_TOKEN], id[37];
    unsigned char hash[ACRM__HASH_BYTES], key[16];

    acrm__signin_token_make(call, "acs_", token);
    acrm__signin_token_hash(call, token, hash);
    acrm__engine_uuid(s->engine, call->now + i, key);
    acrm__set(rec, F_ID, acrm__cell_blob(key, sizeof key));
    acrm__set(rec, F_signin_session__hash, acrm__cell_blob(hash, sizeof hash));
    if (acrm__append(call, rec) != ACRM_OK)
        signin_die("append", *call->err);
    if (i % every || i / every >= SIGNIN_SAMPLE)
        return;
    acrm__uuid_print(key, id);
    s->check[i / every] = signin_args("{\"token\":\"%s\",\"seen\":false}", token);
    s->get[i / every] = signin_args("{\"id\":\"%s\"}", id);
}

static void signin_rows(signin_side *s, long n)
{
    long every = n > SIGNIN_SAMPLE ? n / SIGNIN_SAMPLE : 1;
    acrm_error *err = NULL;
    acrm__call call;

    if (acrm__session_enter(s->session, &err) != ACRM_OK)
        signin_die("enter", err);
    acrm__call_init(&call, s->session, &err);
    call.as_system = true;
    for (long done = 0; done < n; done += SIGNIN_CHUNK) {
        if (acrm__begin(&call) != ACRM_OK)
            signin_die("begin", err);
        acrm__rec *rec = acrm__new(&call, "signin_session");
        acrm__set(rec, F_signin_session__credential_id, acrm__cell_id(s->credential));
        acrm__set(rec, F_signin_session__user_id, acrm__cell_id(s->user_id));
        acrm__set(rec, F_signin_session__method, acrm__cell_text("password"));
        acrm__set(rec, F_signin_session__change_only, acrm__cell_int(0));
        acrm__set(rec, F_signin_session__idle, acrm__cell_int(86400));
        acrm__set(rec, F_signin_session__seen_at, acrm__cell_int(call.now));
        acrm__set(rec, F_signin_session__expires_at,
                  acrm__cell_int(call.now + INT64_C(86400000000)));
        for (long i = done; i < n && i < done + SIGNIN_CHUNK; i++)
            signin_row(&call, s, rec, i, every);
        if (acrm__commit(&call) != ACRM_OK)
            signin_die("commit", err);
        acrm__arena_reset(call.arena);
    }
    acrm__session_leave(s->session);
}

static void signin_open(signin_side *s, long n)
{
    acrm_error *err = NULL;
    char json[200];

    *s = (signin_side){ .engine = NULL };
    snprintf(s->path, sizeof s->path, "/tmp/acrm_signin_bench_%ld.db", (long)getpid());
    unlink(s->path);
    if (acrm_open(s->path, NULL, &s->engine, &err) != ACRM_OK ||
        acrm_session_new(s->engine, "system", &s->session, &err) != ACRM_OK)
        signin_die(s->path, err);
    acrm_value *roles = signin_call(s, "role.list", "{\"where\":{\"name\":\"salesperson\"}}");
    acrm_value *dealer = signin_call(s, "dealer.create", "{\"name\":\"N\",\"code\":\"N\"}");
    snprintf(json, sizeof json, "{\"name\":\"A\",\"login\":\"a\",\"role_id\":\"%s\","
             "\"dealer_id\":\"%s\"}",
             acrm_value_text(acrm_value_get(acrm_value_at(acrm_value_get(roles, "items"), 0),
                                            "id"), NULL),
             acrm_value_text(acrm_value_get(dealer, "id"), NULL));
    acrm_value *user = signin_call(s, "user.create", json);
    signin_text(s->user, user, "user:", "id");
    snprintf(json, sizeof json, "{\"user_id\":\"%s\",\"password\":\"" SIGNIN_PASSWORD "\","
             "\"must_change\":false}", s->user + 5);
    acrm_value *credential = signin_call(s, "credential.create", json);
    acrm_value *in = signin_call(s, "signin.password", "{\"login\":\"a\",\"password\":\""
                                 SIGNIN_PASSWORD "\"}");
    signin_text(s->inside, in, "", "principal");
    acrm__uuid_parse(s->user + 5, 36, s->user_id);
    acrm__uuid_parse(acrm_value_text(acrm_value_get(credential, "id"), NULL), 36, s->credential);
    acrm_value_free(roles);
    acrm_value_free(dealer);
    acrm_value_free(user);
    acrm_value_free(credential);
    acrm_value_free(in);
    signin_rows(s, n);
}

static void signin_close(signin_side *s)
{
    char side[80];

    for (size_t i = 0; i < SIGNIN_SAMPLE; i++) {
        acrm_value_free(s->check[i]);
        acrm_value_free(s->get[i]);
    }
    acrm_session_free(s->session);
    acrm_close(s->engine);
    unlink(s->path);
    snprintf(side, sizeof side, "%s-wal", s->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", s->path);
    unlink(side);
}

/* --- The measures --- */

static void signin_do(signin_side *s, const char *operation, acrm_value *const *args, long ops)
{
    acrm_error *err = NULL;

    for (long i = 0; i < ops; i++) {
        acrm_value *out = NULL;
        size_t k = (size_t)(i * 1009) % SIGNIN_SAMPLE;
        if (acrm_call(s->session, operation, args[k], &out, &err) != ACRM_OK)
            signin_die(operation, err);
        acrm_value_free(out);
    }
}

static void signin_check(void *user, long ops)
{
    signin_do(user, "signin.check", ((signin_side *)user)->check, ops);
}

static void signin_get(void *user, long ops)
{
    signin_do(user, "signin_session.get", ((signin_side *)user)->get, ops);
}

static void signin_act(signin_side *s, const char *principal, long ops)
{
    acrm_error *err = NULL;

    for (long i = 0; i < ops; i++) {
        acrm_session *session = NULL;
        if (acrm_session_new(s->engine, principal, &session, &err) != ACRM_OK)
            signin_die(principal, err);
        acrm_session_free(session);
    }
}

static void signin_inside(void *user, long ops)
{
    signin_side *s = user;
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    if (acrm_session_new(s->engine, "system", &session, &err) != ACRM_OK)
        signin_die("session", err);
    for (long i = 0; i < ops; i++)
        if (acrm_session_set_principal(session, i % 2 ? s->inside : s->user, &err) != ACRM_OK)
            signin_die(s->inside, err);
    acrm_session_free(session);
}

static void signin_user(void *user, long ops)
{
    signin_act(user, ((signin_side *)user)->user, ops);
}

static void signin_whole(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        acrm_value_free(signin_call(user, "signin.password",
                                    "{\"login\":\"a\",\"password\":\"" SIGNIN_PASSWORD "\"}"));
}

static void signin_bare(void *user, long ops)
{
    signin_side *s = user;

    for (long i = 0; i < ops; i++)
        if (crypto_pwhash_str_verify(s->hash, SIGNIN_PASSWORD, strlen(SIGNIN_PASSWORD)) != 0)
            exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);
    static signin_side s;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        signin_open(&s, sizes[i]);
        if (crypto_pwhash_str(s.hash, SIGNIN_PASSWORD, strlen(SIGNIN_PASSWORD), 2,
                              19456 * 1024) != 0)
            return EXIT_FAILURE;
        bench_compare(&b, &(bench_measure){ .name = "signin.check", .size = sizes[i], .goal = 1.5,
                          .ours = signin_check, .baseline = signin_get, .user = &s });
        if (i == 0) {
            bench_compare(&b, &(bench_measure){ .name = "signin.act_as", .size = sizes[i],
                              .goal = 0.1, .ops = 50, .ours = signin_inside,
                              .baseline = signin_user, .user = &s });
            bench_compare(&b, &(bench_measure){ .name = "signin.password", .size = sizes[i],
                              .goal = 1.2, .ours = signin_whole, .baseline = signin_bare,
                              .user = &s, .ops = 5 });
        }
        signin_close(&s);
    }
    return bench_end(&b);
}
