/* SPDX-License-Identifier: MIT */
/* Calls with JSON made by printf rules, in which ' stands for ", for tests with many of them. */
#ifndef TESTS_SUPPORT_SPEAK_H
#define TESTS_SUPPORT_SPEAK_H

#include "support/office.h"

#include <stdarg.h>

/* The caller frees the result. */
static inline acrm_value *call(office *o, const char *operation, const char *format, ...)
{
    char json[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    return office_call(o, operation, json);
}

static inline void refused(office *o, int32_t status, const char *reason, const char *operation,
                    const char *format, ...)
{
    char json[2048];
    acrm_error *err = NULL;
    va_list args;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    int32_t st = acrm_call_json(o->session, operation, json, strlen(json), NULL, &err);
    ck_assert_msg(st == status && strcmp(acrm_error_reason(err), reason) == 0, "%s: %s %s",
                  operation, json, err ? acrm_error_json(err) : "no error");
    acrm_error_free(err);
}

typedef struct id {
    char text[37];
} id;

static inline id make(office *o, const char *operation, const char *format, ...)
{
    char json[2048];
    va_list args;
    id out;

    va_start(args, format);
    vsnprintf(json, sizeof json, format, args);
    va_end(args);
    acrm_value *made = call(o, operation, "%s", json);
    snprintf(out.text, sizeof out.text, "%s", office_text(made, "id"));
    acrm_value_free(made);
    return out;
}

static inline int64_t count(office *o, const char *entity, const char *format, ...)
{
    char where[1024], operation[80];
    va_list args;

    va_start(args, format);
    vsnprintf(where, sizeof where, format, args);
    va_end(args);
    snprintf(operation, sizeof operation, "%s.count", entity);
    acrm_value *out = call(o, operation, "{'where':%s}", where);
    int64_t n = office_number(out, "count");
    acrm_value_free(out);
    return n;
}

#endif
