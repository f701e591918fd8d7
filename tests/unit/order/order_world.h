/* SPDX-License-Identifier: MIT */
/* A database with a clock to be set, for the tests of orders, draws, allocations and syncs. */
#ifndef TESTS_UNIT_ORDER_WORLD_H
#define TESTS_UNIT_ORDER_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_DAY INT64_C(86400000000)
#define WORLD_START (INT64_C(1767571200000000) + 9 * INT64_C(3600000000)) /* Mon 2026-01-05 09:00 */

typedef struct world {
    office o;
    char id[40]; /* of what world_made() made last */
} world;

static int64_t world_clock;

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

/* JSON with ' for ", formatted. Lives until the sixteenth call after it. */
static const char *world_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *world_args(const char *format, ...)
{
    static char rooms[16][4096];
    static int turn;
    char *room = rooms[turn++ & 15];
    va_list args;

    va_start(args, format);
    vsnprintf(room, sizeof rooms[0], format, args);
    va_end(args);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void world_open(world *w, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    acrm_error *err = NULL;

    world_clock = WORLD_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_order_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    ck_assert_int_eq(acrm_open(w->o.path, &options, &w->o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
}

static void world_do(world *w, const char *operation, const char *json)
{
    acrm_value_free(office_call(&w->o, operation, json));
}

/* The id of what an operation made. */
static const char *world_made(world *w, const char *operation, const char *json)
{
    acrm_value *made = office_call(&w->o, operation, json);

    snprintf(w->id, sizeof w->id, "%s", office_text(made, "id"));
    acrm_value_free(made);
    return w->id;
}

/* What an operation gives at a path such as "milestones/2/slip", as a text. */
static const char *world_at(const acrm_value *value, const char *path)
{
    static char texts[8][80];
    static int turn;
    char *text = texts[turn++ & 7], key[64];

    while (value && *path) {
        size_t n = strcspn(path, "/");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        value = acrm_value_type(value) == ACRM_LIST
                    ? acrm_value_at(value, (size_t)strtoul(key, NULL, 10))
                    : acrm_value_get(value, key);
        path += n + (path[n] == '/');
    }
    switch (acrm_value_type(value)) {
    case ACRM_TEXT: snprintf(text, 80, "%.79s", acrm_value_text(value, NULL)); break;
    case ACRM_INT: snprintf(text, 80, "%lld", (long long)acrm_value_int(value)); break;
    case ACRM_BOOL: snprintf(text, 80, "%s", acrm_value_bool(value) ? "true" : "false"); break;
    default: snprintf(text, 80, "%s", value ? "null" : "absent");
    }
    return text;
}

static const char *world_ask(world *w, const char *operation, const char *json, const char *path)
{
    acrm_value *out = office_call(&w->o, operation, json);
    const char *text = world_at(out, path);

    acrm_value_free(out);
    return text;
}

#endif
