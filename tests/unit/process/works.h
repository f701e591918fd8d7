/* SPDX-License-Identifier: MIT */
/* An office with a clock that tests set, and short forms for calls. */
#ifndef TESTS_UNIT_PROCESS_WORKS_H
#define TESTS_UNIT_PROCESS_WORKS_H

#include "autocrm/port/clock.h"
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct works {
    office o;
    int64_t now;
} works;

static int64_t works_now(void *self)
{
    return ((works *)self)->now;
}

enum { WORKS_NOON = 1795262400 }; /* 2026-11-21T12:00:00Z, a Saturday */

static inline void works_connect(works *w)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .self = w, .now = works_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_open(w->o.path, &options, &w->o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
}

static inline void works_open(works *w, int storage)
{
    w->now = (int64_t)WORKS_NOON * 1000000;
    if (storage == OFFICE_MEMORY) {
        snprintf(w->o.path, sizeof w->o.path, "memory:");
    } else {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_works_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    works_connect(w);
}

static inline void works_close(works *w)
{
    office_close(&w->o);
}

static inline void works_advance(works *w, int64_t seconds)
{
    w->now += seconds * 1000000;
}

/* JSON with single quotes for double ones, formatted. */
static inline char *works_json(const char *format, va_list args)
{
    size_t cap = 16384;
    char *text = malloc(cap);

    ck_assert_int_lt(vsnprintf(text, cap, format, args), (int)cap);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    return text;
}

__attribute__((format(printf, 3, 4)))
static inline acrm_value *works_call(works *w, const char *operation, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = works_json(format, args);
    va_end(args);
    acrm_value *out = office_call(&w->o, operation, json);
    free(json);
    return out;
}

__attribute__((format(printf, 3, 4)))
static inline void works_do(works *w, const char *operation, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = works_json(format, args);
    va_end(args);
    acrm_value_free(office_call(&w->o, operation, json));
    free(json);
}

/* The id of what is made. */
__attribute__((format(printf, 4, 5)))
static inline void works_make(works *w, char id[37], const char *operation, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *json = works_json(format, args);
    va_end(args);
    acrm_value *out = office_call(&w->o, operation, json);
    snprintf(id, 37, "%s", office_text(out, "id"));
    acrm_value_free(out);
    free(json);
}

/* The error as JSON, to be freed; NULL: the call went through. */
__attribute__((format(printf, 4, 5)))
static inline char *works_error(works *w, int32_t *status, const char *operation,
                                const char *format, ...)
{
    acrm_error *err = NULL;
    va_list args;

    va_start(args, format);
    char *json = works_json(format, args);
    va_end(args);
    *status = acrm_call_json(w->o.session, operation, json, strlen(json), NULL, &err);
    char *text = *status == ACRM_OK ? NULL : strdup(acrm_error_json(err));
    acrm_error_free(err);
    free(json);
    return text;
}

__attribute__((format(printf, 3, 4)))
static inline int64_t works_count(works *w, const char *entity, const char *format, ...)
{
    char operation[80];
    va_list args;

    snprintf(operation, sizeof operation, "%s.count", entity);
    va_start(args, format);
    char *json = works_json(format, args);
    va_end(args);
    int64_t n = office_count(&w->o, operation, json);
    free(json);
    return n;
}

/* One field of a record as text; the caller frees it. */
static inline char *works_field(works *w, const char *entity, const char *id, const char *field)
{
    char operation[80];

    snprintf(operation, sizeof operation, "%s.get", entity);
    acrm_value *out = works_call(w, operation, "{'id':'%s'}", id);
    const acrm_value *value = acrm_value_get(out, field);
    acrm_buf *buf = NULL;
    ck_assert_int_eq(acrm_value_print(value, 0, &buf), ACRM_OK);
    char *text = strdup(acrm_value_text(value, NULL) ? acrm_value_text(value, NULL)
                                                     : acrm_buf_data(buf));
    acrm_buf_free(buf);
    acrm_value_free(out);
    return text;
}

static inline void works_expect(works *w, const char *entity, const char *id, const char *field,
                                const char *want)
{
    char *got = works_field(w, entity, id, field);

    ck_assert_str_eq(got, want);
    free(got);
}

static inline void works_tick(works *w)
{
    works_do(w, "engine.tick", "{'limit':100000}");
}

#endif
