/* SPDX-License-Identifier: MIT */
/* Opening the database, with its key, and with the ways out that engine.tick takes. */
#define _DEFAULT_SOURCE /* timegm */
#define _XOPEN_SOURCE 700 /* strptime */
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static unsigned char open_secret[ACRM_KEY_BYTES];

static int32_t open_key(void *self, unsigned char key[ACRM_KEY_BYTES])
{
    (void)self;
    memcpy(key, open_secret, ACRM_KEY_BYTES);
    return ACRM_OK;
}

static bool open_key_read(const char *path)
{
    example_text text = { 0 };
    bool ok = example_read_file(path, 256, &text) && text.len >= 2 * ACRM_KEY_BYTES;

    for (size_t i = 0; ok && i < ACRM_KEY_BYTES; i++) {
        char pair[3] = { text.data[2 * i], text.data[2 * i + 1], '\0' };
        char *end = NULL;
        open_secret[i] = (unsigned char)strtoul(pair, &end, 16);
        ok = end == pair + 2;
    }
    if (text.data)
        memset(text.data, 0, text.cap);
    example_text_free(&text);
    return ok;
}

/* A database elsewhere: by its name, in this folder, as the command line tool has it. */
static void open_address_key(const char *db, example_text *path)
{
    const char *rest = strstr(db, "://") + 3;
    size_t end = strcspn(rest, "?"), start = end;

    while (start > 0 && rest[start - 1] != '/')
        start--;
    if (start > 0 && start < end)
        example_putf(path, "%.*s.key", (int)(end - start), rest + start);
    else
        example_put(path, "postgres.key");
}

/* FILE.key, or what --key says. */
static bool open_key_find(const server_options *o, bool *found)
{
    const char *db = strncmp(o->db, "sqlite:", 7) == 0 ? o->db + 7 : o->db;
    example_text path = { 0 };

    *found = false;
    if (strcmp(db, "memory:") == 0 && !o->key)
        return true;
    if (o->key)
        example_put(&path, o->key);
    else if (strstr(db, "://"))
        open_address_key(db, &path);
    else
        example_putf(&path, "%s.key", db);
    *found = path.data && (o->key || access(path.data, F_OK) == 0);
    bool ok = !*found || open_key_read(path.data);
    if (!ok)
        server_fail("this is no key file that can be read", path.data);
    example_text_free(&path);
    return ok;
}

static bool open_ways(server *s)
{
    const server_options *o = &s->options;
    example_fault fault = { "" };

    for (int i = 0; i < o->n_outbox; i++)
        if (!example_outbox_add(&s->outbox, o->outbox[i], stdout, &fault)) {
            server_fail("--outbox", fault.text);
            return false;
        }
    for (int i = 0; i < o->n_connectors; i++)
        if (!example_connectors_add(&s->connectors, o->connectors[i],
                                    getenv("AUTOCRM_CONNECTOR_TOKEN"), &fault)) {
            server_fail("--connector", fault.text);
            return false;
        }
    return true;
}

/* --now: a clock that stands still. */
static int64_t open_still_us;

static int64_t open_clock(void *self)
{
    (void)self;
    return open_still_us;
}

static bool open_now(const char *text)
{
    struct tm parts = { 0 };
    char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    double part = end ? strtod(end, &end) : 0;

    open_still_us = (int64_t)timegm(&parts) * 1000000 + (int64_t)(part * 1e6 + 0.5);
    return end && part < 1 && strcmp(end, "Z") == 0;
}

bool server_open(server *s)
{
    const acrm_keys keys = { .struct_size = sizeof keys, .get = open_key };
    const acrm_clock clock = { .struct_size = sizeof clock, .now = open_clock };
    acrm_options options = { .struct_size = sizeof options, .zone = s->options.zone };
    acrm_error *error = NULL;
    bool found;

    if (!open_key_find(&s->options, &found) || !open_ways(s))
        return false;
    if (s->options.now && !open_now(s->options.now))
        return server_fail("--now takes an instant such as 2026-11-21T08:00:00Z, not",
                         s->options.now) == 0;
    options.clock = s->options.now ? &clock : NULL;
    options.keys = found ? &keys : NULL;
    options.flags = strcmp(s->options.db, "memory:") == 0 ? 0 : ACRM_OPEN_NO_CREATE;
    options.transports = s->outbox.transports;
    options.n_transports = s->outbox.n;
    options.connectors = s->connectors.connectors;
    options.n_connectors = s->connectors.n;
    if (acrm_open(s->options.db, &options, &s->engine, &error) != ACRM_OK)
        server_fail("the database", acrm_error_message(error));
    acrm_error_free(error);
    return s->engine != NULL;
}

void server_shut(server *s)
{
    acrm_close(s->engine);
    example_outbox_close(&s->outbox, NULL, NULL);
    example_connectors_close(&s->connectors);
    memset(open_secret, 0, sizeof open_secret);
}
