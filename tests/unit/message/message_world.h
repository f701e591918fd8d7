/* SPDX-License-Identifier: MIT */
/* A database with a clock, a customer and a transport that does what the test tells it. */
#ifndef TESTS_UNIT_MESSAGE_WORLD_H
#define TESTS_UNIT_MESSAGE_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z, a Saturday */
#define WORLD_SECOND INT64_C(1000000)

/* What the transport was handed, and what it answers. */
typedef struct post {
    int n;
    char to[200], name[200], subject[200], body[4000], key[40], unsubscribe[200];
    int attempt, channel;
    uint32_t n_files;
    char file[200];
    acrm_sent answer;
    int32_t status;
    int64_t takes;           /* microseconds that the clock moves on with each */
    acrm_session *meanwhile; /* of another host, which takes one while the first hands one over */
    const char *args;        /* of its tick */
    bool within;
} post;

typedef struct world {
    office o;
    char customer[40];
    post post;
} world;

static int64_t world_clock;

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

static int32_t world_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    post *p = self;

    ck_assert_uint_eq(message->struct_size, sizeof *message);
    world_clock += p->takes;
    if (p->meanwhile && !p->within) {
        p->within = true;
        ck_assert_int_eq(acrm_call_json(p->meanwhile, "engine.tick", p->args, strlen(p->args), NULL,
                                        NULL), ACRM_OK);
        p->within = false;
    }
    p->n++;
    snprintf(p->to, sizeof p->to, "%s", message->to);
    snprintf(p->name, sizeof p->name, "%s", message->name ? message->name : "");
    snprintf(p->subject, sizeof p->subject, "%s", message->subject ? message->subject : "");
    snprintf(p->body, sizeof p->body, "%s", message->body);
    snprintf(p->key, sizeof p->key, "%s", message->key);
    snprintf(p->unsubscribe, sizeof p->unsubscribe, "%s",
             message->unsubscribe ? message->unsubscribe : "");
    p->attempt = message->attempt;
    p->channel = message->channel;
    p->n_files = message->n_files;
    snprintf(p->file, sizeof p->file, "%s", "");
    if (message->n_files)
        snprintf(p->file, sizeof p->file, "%s|%s|%.*s", message->files[0].name,
                 message->files[0].media_type, (int)message->files[0].size,
                 (const char *)message->files[0].data);
    *sent = p->answer;
    if (p->answer.reference[0] == '#')
        snprintf(sent->reference, sizeof sent->reference, "ref-%d", p->n);
    return p->status;
}

/* JSON with ' for ", formatted. Lives until the second call after it. */
static const char *world_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *world_args(const char *format, ...)
{
    static char rooms[2][4096];
    static int turn;
    char *room = rooms[turn ^= 1];
    va_list args;

    va_start(args, format);
    vsnprintf(room, sizeof rooms[0], format, args);
    va_end(args);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void world_engine(world *w, uint32_t rate)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "test",
                                       .channels = ACRM_CHANNEL_SMS | ACRM_CHANNEL_EMAIL,
                                       .body_max = 1000, .files_max = 100, .rate = rate,
                                       .rate_window = 60,
                                       .self = &w->post, .submit = world_submit };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .zone = "Europe/Rome", .transports = &transport,
                                   .n_transports = 1 };
    acrm_error *err = NULL;

    ck_assert_msg(acrm_open(w->o.path, &options, &w->o.engine, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
}

static void world_do(world *w, const char *operation, const char *args)
{
    acrm_value_free(office_call(&w->o, operation, args));
}

static void world_open_at_rate(world *w, int storage, uint32_t rate)
{
    *w = (world){ .post.answer = { .struct_size = sizeof(acrm_sent),
                                   .outcome = ACRM_SENT_ACCEPTED, .reference = "#" } };
    world_clock = WORLD_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_message_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    world_engine(w, rate);
    acrm_value *out = office_call(&w->o, "customer.create", world_args(
        "{'name':'Ada Bianchi','language':'it','contact_points':["
        "{'channel':'phone','value':'+39 333 1234567'},"
        "{'channel':'email','value':'Ada@Example.com'},"
        "{'channel':'email','value':'ada.work@example.com','preferred':true}]}"));
    snprintf(w->customer, sizeof w->customer, "%s", office_text(out, "id"));
    acrm_value_free(out);
    world_do(w, "message_template.create", world_args(
        "{'code':'ready','channel':'sms','language':'en','purpose':'service',"
        "'body':'Dear {{name}}, your {{car}} is ready.'}"));
    world_do(w, "message_template.create", world_args(
        "{'code':'ready','channel':'sms','language':'it','purpose':'service',"
        "'body':'Gentile {{name}}, la Sua {{car}} è pronta.'}"));
    world_do(w, "message_template.create", world_args(
        "{'code':'offer','channel':'email','language':'en','purpose':'marketing','html':true,"
        "'subject':'For {{name}}','body':'<p>{{name}}: {{price | money}}</p>'}"));
}

static void world_open(world *w, int storage)
{
    world_open_at_rate(w, storage, 0);
}

/* Order a message; `more` begins with a comma when there is something. Its id. */
static const char *world_send(world *w, const char *more)
{
    static char id[40];
    acrm_value *out = office_call(&w->o, "message.send",
                                  world_args("{'customer_id':'%s'%s}", w->customer, more));

    snprintf(id, sizeof id, "%s", office_text(out, "id"));
    acrm_value_free(out);
    return id;
}

static const char *world_send_ready(world *w)
{
    return world_send(w, ",'channel':'sms','template':'ready','values':{'car':'E1'}");
}

/* engine.tick; one of the numbers of its "messages". */
static int64_t world_tick(world *w, const char *what)
{
    acrm_value *out = office_call(&w->o, "engine.tick", "{}");
    const acrm_value *told = acrm_value_get(out, "messages");
    int64_t n = office_number(told, what);

    acrm_value_free(out);
    return n;
}

/* Status and reason of a message. */
static void world_is(world *w, const char *id, const char *status, const char *reason)
{
    acrm_value *out = office_call(&w->o, "message.get", world_args("{'id':'%s'}", id));
    const char *got = office_text(out, "status"), *why = office_text(out, "reason");

    ck_assert_msg(strcmp(got, status) == 0 && strcmp(why ? why : "", reason) == 0,
                  "%s (%s), not %s (%s)", got, why ? why : "", status, reason);
    acrm_value_free(out);
}

#endif
