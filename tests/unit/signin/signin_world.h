/* SPDX-License-Identifier: MIT */
/* A database with a clock of the test's, a transport that keeps what it was given, two users and a
 * customer. Argon2 is cheap here; that it is asked as often as it should be is counted. */
#ifndef TESTS_UNIT_SIGNIN_WORLD_H
#define TESTS_UNIT_SIGNIN_WORLD_H

#include "support/speak.h"
#include "support/suite.h"

#include <sodium.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z */
#define WORLD_GOOD "correct horse battery"
#define WORLD_OTHER "staple of an evening"

typedef struct world {
    office o;
    id role, manager, seller, north, ann, bob, ada; /* ann: dealer manager; bob: sales */
    id ann_key, ada_key;                            /* their credentials */
    int sent;
    acrm_sent answer;
    char to[64], body[400], subject[64];
    int32_t channel;
} world;

static const acrm_allocator *world_allocator; /* of engines opened from now on */
static int64_t world_clock;
static int world_verified;

/* The library's own call, seen on its way. */
int crypto_pwhash_str_verify(const char str[crypto_pwhash_STRBYTES], const char *const passwd,
                             unsigned long long len)
{
    world_verified++;
    return crypto_pwhash_argon2id_str_verify(str, passwd, len);
}

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

static void world_later(int64_t seconds)
{
    world_clock += seconds * 1000000;
}

static int32_t world_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    world *w = self;

    w->sent++;
    w->channel = message->channel;
    snprintf(w->to, sizeof w->to, "%s", message->to);
    snprintf(w->body, sizeof w->body, "%s", message->body);
    snprintf(w->subject, sizeof w->subject, "%s", message->subject ? message->subject : "");
    *sent = w->answer;
    return 0;
}

static id world_role(world *w, const char *name)
{
    acrm_value *list = call(&w->o, "role.list", "{'where':{'name':'%s'}}", name);
    id out;

    snprintf(out.text, sizeof out.text, "%s",
             office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
    acrm_value_free(list);
    return out;
}

static void world_engine(world *w)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_transport transport = {
        .struct_size = sizeof transport, .name = "test", .self = w, .submit = world_submit,
        .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL,
                                   .allocator = world_allocator,
                                   .transports = &transport, .n_transports = 1 };

    ck_assert_int_eq(acrm_open(w->o.path, &options, &w->o.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, NULL), ACRM_OK);
}

static void world_open(world *w, int storage)
{
    *w = (world){ .answer = { .struct_size = sizeof(acrm_sent),
                              .outcome = ACRM_SENT_ACCEPTED } };
    world_clock = WORLD_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_signin_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    world_engine(w);
    acrm_value_free(call(&w->o, "signin_policy.create", "{'memory_kib':1024,'passes':1}"));
    w->manager = world_role(w, "dealer_manager");
    w->seller = world_role(w, "salesperson");
    w->north = make(&w->o, "dealer.create", "{'name':'North','code':'N'}");
    w->ann = make(&w->o, "user.create", "{'name':'Ann','login':'Ann.M','email':'ann@example.com',"
                  "'dealer_id':'%s','role_id':'%s'}", w->north.text, w->manager.text);
    w->bob = make(&w->o, "user.create", "{'name':'Bob','login':'bob','phone':'+442079460123',"
                  "'dealer_id':'%s','role_id':'%s'}", w->north.text, w->seller.text);
    w->ada = make(&w->o, "customer.create", "{'name':'Ada','language':'fa'}");
    w->ann_key = make(&w->o, "credential.create", "{'user_id':'%s','password':'" WORLD_GOOD "',"
                      "'must_change':false}", w->ann.text);
    w->ada_key = make(&w->o, "credential.create", "{'customer_id':'%s','login':'+989121112233'}",
                      w->ada.text);
}

/* The text of one key of a result, kept until the sixteenth call after it. */
static const char *world_get(world *w, const char *key, const char *operation, const char *json)
{
    static char rooms[16][128];
    static int turn;
    char *room = rooms[turn = (turn + 1) % 16];
    acrm_value *out = call(&w->o, operation, "%s", json);
    const char *text = office_text(out, key);

    snprintf(room, sizeof rooms[0], "%s", text ? text : "");
    acrm_value_free(out);
    return room;
}

/* The token of somebody who signs in; "" when refused. */
static const char *world_signin(world *w, const char *login, const char *password)
{
    char json[512];

    snprintf(json, sizeof json, "{'login':'%s','password':'%s','peer':'192.0.2.7'}", login,
             password);
    return world_get(w, "token", "signin.password", json);
}

static void world_signin_fails(world *w, const char *login, const char *password)
{
    refused(&w->o, ACRM_E_DENIED, "signin", "signin.password", "{'login':'%s','password':'%s',"
            "'peer':'192.0.2.7'}", login, password);
}

static const char *world_principal(world *w, const char *token)
{
    char json[128];

    snprintf(json, sizeof json, "{'token':'%s'}", token);
    return world_get(w, "principal", "signin.check", json);
}

static void world_ended(world *w, const char *token)
{
    refused(&w->o, ACRM_E_DENIED, "signed_out", "signin.check", "{'token':'%s'}", token);
}

/* Ticks, and the six digits of what was sent. */
static const char *world_code(world *w)
{
    static char code[7];

    acrm_value_free(call(&w->o, "engine.tick", "{}"));
    const char *p = w->body;
    while (*p && strspn(p, "0123456789") != 6)
        p += strspn(p, "0123456789") ? strspn(p, "0123456789") : 1;
    snprintf(code, sizeof code, "%.6s", p);
    return code;
}

/* A session as somebody, used in place of the system's. */
static acrm_session *world_as(world *w, const char *principal)
{
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    ck_assert_msg(acrm_session_new(w->o.engine, principal, &session, &err) == ACRM_OK, "%s: %s",
                  principal, acrm_error_json(err));
    return session;
}

static int32_t world_try(acrm_session *session, const char *operation, const char *json)
{
    char text[512];

    snprintf(text, sizeof text, "%s", json);
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return acrm_call_json(session, operation, text, strlen(text), NULL, NULL);
}

#endif
