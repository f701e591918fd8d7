/* SPDX-License-Identifier: MIT */
/* The whole library with a clock that is set, and calls with JSON in which ' stands for ". */
#ifndef TESTS_UNIT_WORK_WORLD_H
#define TESTS_UNIT_WORK_WORLD_H

#include "support/office.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

static int64_t world_now;

static inline int64_t world_clock(void *self)
{
    (void)self;
    return world_now;
}

static inline void world_open(office *o, int storage, int64_t now)
{
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = world_clock };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };

    world_now = now;
    if (storage == OFFICE_MEMORY) {
        snprintf(o->path, sizeof o->path, "memory:");
    } else {
        snprintf(o->path, sizeof o->path, "/tmp/acrm_world_%ld.db", (long)getpid());
        unlink(o->path);
    }
    ck_assert_int_eq(acrm_open(o->path, &options, &o->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, NULL), ACRM_OK);
}

static inline char *world_json(const char *format, va_list args)
{
    char text[4096];

    vsnprintf(text, sizeof text, format, args);
    char *json = strdup(text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    return json;
}

/* The caller frees the result. */
__attribute__((format(printf, 3, 4))) static inline acrm_value *
world_call(office *o, const char *operation, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = world_json(format, args);
    va_end(args);
    acrm_value *out = office_call(o, operation, json);
    free(json);
    return out;
}

__attribute__((format(printf, 3, 4))) static inline void
world_do(office *o, const char *operation, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = world_json(format, args);
    va_end(args);
    acrm_value_free(office_call(o, operation, json));
    free(json);
}

/* A new record's id, or what else `key` names. */
__attribute__((format(printf, 5, 6))) static inline void
world_make(office *o, char id[40], const char *operation, const char *key, const char *format,
           ...)
{
    va_list args;

    va_start(args, format);
    char *json = world_json(format, args);
    va_end(args);
    acrm_value *out = office_call(o, operation, json);
    snprintf(id, 40, "%s", office_text(out, key));
    acrm_value_free(out);
    free(json);
}

__attribute__((format(printf, 6, 7))) static inline void
world_refused(office *o, const char *operation, int32_t status, const char *field,
              const char *reason, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = world_json(format, args);
    va_end(args);
    office_refused(o, operation, json, status, field, reason);
    free(json);
}

/* Events of a type so far. */
static inline size_t world_events(office *o, const char *type)
{
    acrm_value *out = world_call(o, "event.list", "{'types':['%s'],'limit':10000}", type);
    size_t n = acrm_value_count(acrm_value_get(out, "items"));

    acrm_value_free(out);
    return n;
}

static inline void world_tick(office *o)
{
    acrm_value *out = world_call(o, "engine.tick", "{}");

    if (office_number(out, "failed") > 0) {
        acrm_value *timers = world_call(o, "timer.list", "{'where':{'last_error':{'$ne':null}}}");
        ck_abort_msg("a timer failed: %s",
                     office_text(acrm_value_at(acrm_value_get(timers, "items"), 0), "last_error"));
    }
    acrm_value_free(out);
}

#endif
