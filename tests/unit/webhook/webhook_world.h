/* SPDX-License-Identifier: MIT */
/* A database with a clock, and a receiver of webhooks that verifies what it is sent and answers as
 * the test tells it. */
#ifndef TESTS_UNIT_WEBHOOK_WORLD_H
#define TESTS_UNIT_WEBHOOK_WORLD_H

#include "autocrm/webhook.h"
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z */
#define WORLD_SECOND INT64_C(1000000)

enum { WORLD_KEYS = 3, WORLD_SEEN_MAX = 64 };

/* One address and what came to it. */
typedef struct receiver {
    char url[64], key[WORLD_KEYS][100]; /* keys it knows; "" none */
    int n, forged;
    int64_t last_sequence;
    bool disorder;
    char body[4000], id[40], signature[400], first_header[200];
    int attempt;
    acrm_sent answer;
    int32_t status;
} receiver;

typedef struct world {
    office o;
    receiver receivers[4];
    int n;
    int dies_to;   /* not 0: tells the id there and ends when something is handed over */
    acrm_session *meanwhile; /* ticks too while something is handed over */
    bool within;   /* that tick */
    int64_t takes; /* microseconds that the clock moves on with each request */
} world;

static int64_t world_clock;

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

static const char *world_header(const acrm_outgoing *message, const char *name)
{
    for (uint32_t i = 0; i < message->n_headers; i++)
        if (strcmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    return "";
}

static bool world_genuine(const receiver *r, const acrm_outgoing *message)
{
    for (int i = 0; i < WORLD_KEYS; i++) {
        const char *key = r->key[i];
        if (*key && acrm_webhook_verify(&key, 1, world_header(message, "webhook-id"),
                                        world_header(message, "webhook-timestamp"),
                                        world_header(message, "webhook-signature"), message->body,
                                        strlen(message->body), world_clock / WORLD_SECOND, 300,
                                        NULL) == ACRM_OK)
            return true;
    }
    return false;
}

static void world_take(receiver *r, const acrm_outgoing *message)
{
    acrm_value *body = NULL;

    ck_assert_int_eq(message->channel, ACRM_CHANNEL_WEBHOOK);
    ck_assert_str_eq(world_header(message, "content-type"), "application/cloudevents+json");
    ck_assert_str_eq(world_header(message, "webhook-id"), message->key);
    ck_assert_int_eq(acrm_value_parse(NULL, message->body, strlen(message->body), &body, NULL),
                     ACRM_OK);
    ck_assert_str_eq(office_text(body, "specversion"), "1.0");
    const char *sequence = office_text(body, "sequence");
    if (sequence) {
        int64_t seq = strtoll(sequence, NULL, 10);
        r->disorder |= seq <= r->last_sequence;
        r->last_sequence = seq;
    }
    acrm_value_free(body);
    r->n++;
    r->forged += !world_genuine(r, message);
    r->attempt = message->attempt;
    snprintf(r->body, sizeof r->body, "%s", message->body);
    snprintf(r->id, sizeof r->id, "%s", message->key);
    snprintf(r->signature, sizeof r->signature, "%s", world_header(message, "webhook-signature"));
    r->first_header[0] = '\0';
    if (message->n_headers > 4)
        snprintf(r->first_header, sizeof r->first_header, "%s=%s", message->headers[4].name,
                 message->headers[4].value);
}

static int32_t world_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    world *w = self;

    world_clock += w->takes;
    for (int i = 0; i < w->n; i++) {
        receiver *r = &w->receivers[i];
        if (strcmp(r->url, message->to) != 0)
            continue;
        world_take(r, message);
        if (w->meanwhile && !w->within) {
            w->within = true;
            ck_assert_int_eq(acrm_call_json(w->meanwhile, "engine.tick", "{}", 2, NULL, NULL),
                             ACRM_OK);
            w->within = false;
        }
        if (w->dies_to)
            _exit(write(w->dies_to, message->key, 36) == 36 ? 7 : 8);
        *sent = r->answer;
        return r->status;
    }
    ck_abort_msg("nobody is at %s", message->to);
    return 0;
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

static void world_engine_with(world *w, const acrm_allocator *allocator)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "test",
                                       .channels = ACRM_CHANNEL_WEBHOOK, .self = w,
                                       .submit = world_submit };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL,
                                   .allocator = allocator,
                                   .transports = &transport, .n_transports = 1 };
    acrm_error *err = NULL;

    ck_assert_msg(acrm_open(w->o.path, &options, &w->o.engine, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
}

static void world_engine(world *w)
{
    world_engine_with(w, NULL);
}

static void world_open(world *w, int storage)
{
    *w = (world){ .n = 0 };
    world_clock = WORLD_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_webhook_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    world_engine(w);
}

static void world_do(world *w, const char *operation, const char *args)
{
    acrm_value_free(office_call(&w->o, operation, args));
}

/* An endpoint and its receiver, which knows the key; `more` begins with a comma. Its id. */
static const char *world_endpoint(world *w, const char *more)
{
    static char ids[4][40];
    receiver *r = &w->receivers[w->n];
    char *id = ids[w->n];

    *r = (receiver){ .answer = { .struct_size = sizeof(acrm_sent),
                                 .outcome = ACRM_SENT_DELIVERED, .code = 200 } };
    snprintf(r->url, sizeof r->url, "https://example.com/%d", w->n);
    w->n++;
    acrm_value *out = office_call(&w->o, "webhook_endpoint.create",
                                  world_args("{'name':'Shop','url':'%s'%s}", r->url, more));
    const char *key = office_text(out, "secret");
    snprintf(r->key[0], sizeof r->key[0], "%s", key ? key : office_text(out, "public_key"));
    snprintf(id, sizeof ids[0], "%s", office_text(out, "id"));
    acrm_value_free(out);
    return id;
}

/* One event or several. */
static void world_happen(world *w, const char *name)
{
    world_do(w, "lost_reason.create", world_args("{'code':'%s','name':'%s'}", name, name));
}

/* engine.tick; one of the numbers of its "webhooks". */
static int64_t world_tick(world *w, const char *what)
{
    acrm_value *out = office_call(&w->o, "engine.tick", "{\"limit\":100000}");
    int64_t n = office_number(acrm_value_get(out, "webhooks"), what);

    acrm_value_free(out);
    return n;
}

/* The only delivery of an endpoint, or the one of a sequence: one of its texts. */
static acrm_value *world_delivery(world *w, const char *endpoint)
{
    acrm_value *list = office_call(&w->o, "webhook_delivery.list", world_args(
        "{'where':{'endpoint_id':'%s'}}", endpoint));
    const acrm_value *items = acrm_value_get(list, "items");

    ck_assert_uint_eq(acrm_value_count(items), 1);
    acrm_value *out = office_call(&w->o, "webhook_delivery.get", world_args(
        "{'id':'%s'}", office_text(acrm_value_at(items, 0), "id")));
    acrm_value_free(list);
    return out;
}

#endif
