/* SPDX-License-Identifier: MIT */
/* A connector that answers as a test tells it, and remembers what it was asked. */
#ifndef TESTS_SUPPORT_FAKE_CONNECTOR_H
#define TESTS_SUPPORT_FAKE_CONNECTOR_H

#include "autocrm/port/connector.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAKE_REPLIES = 16, FAKE_KEYS = 64 };

typedef struct fake_reply {
    int32_t outcome;
    const char *body;   /* NULL: none */
    const char *reason; /* NULL: none */
    int32_t code, retry_after;
    int32_t returns;    /* of the function; not 0: it failed */
} fake_reply;

typedef struct fake_connector {
    fake_reply replies[FAKE_REPLIES]; /* one after the other; the last one again and again */
    int n_replies;
    int asked;
    int32_t attempt;
    char key[40], name[65], body[8192];
    char keys[FAKE_KEYS][40];
    int32_t written; /* what write said last */
    void (*meanwhile)(void *user); /* NULL: nothing happens while it is asked */
    void *user;
    int dies_to;     /* not 0: tells the key there and ends when it is asked */
} fake_connector;

static inline int32_t fake_connector_ask(void *self, const acrm_connector_request *request,
                                         acrm_connector_answer *answer)
{
    fake_connector *f = (fake_connector *)self;
    int last = f->n_replies > 0 ? f->n_replies - 1 : 0;
    const fake_reply *reply = &f->replies[f->asked < last ? f->asked : last];

    snprintf(f->key, sizeof f->key, "%s", request->key);
    snprintf(f->keys[f->asked % FAKE_KEYS], sizeof f->keys[0], "%s", request->key);
    snprintf(f->name, sizeof f->name, "%s", request->name);
    snprintf(f->body, sizeof f->body, "%.*s", (int)request->body_len, request->body);
    f->attempt = request->attempt;
    f->asked++;
    if (f->dies_to)
        _exit(write(f->dies_to, request->key, 36) == 36 ? 7 : 8);
    if (f->meanwhile)
        f->meanwhile(f->user);
    answer->outcome = reply->outcome;
    answer->code = reply->code;
    answer->retry_after = reply->retry_after;
    if (reply->reason)
        snprintf(answer->reason, sizeof answer->reason, "%s", reply->reason);
    if (reply->body)
        f->written = answer->write(answer->to, reply->body, strlen(reply->body));
    return reply->returns;
}

static inline acrm_connector fake_connector_port(fake_connector *f, const char *name)
{
    acrm_connector port = { .struct_size = sizeof port, .name = name, .self = f,
                            .ask = fake_connector_ask };

    return port;
}

#endif
