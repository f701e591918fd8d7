/* SPDX-License-Identifier: MIT */
/* A database with a session of the system, for tests of modules through the public face. */
#ifndef TESTS_SUPPORT_OFFICE_H
#define TESTS_SUPPORT_OFFICE_H

#include "autocrm/autocrm.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct office {
    acrm_engine *engine;
    acrm_session *session;
    char path[64];
} office;

enum { OFFICE_MEMORY = 0, OFFICE_SQLITE = 1 };
/* How many there are to loop over: on a server both are the same (postgres_wrap.c). */
#define OFFICE_STORAGES (getenv("AUTOCRM_TEST_DB") ? 1 : 2)

static inline void office_open(office *o, int storage)
{
    acrm_error *err = NULL;

    if (storage == 0) {
        snprintf(o->path, sizeof o->path, "memory:");
    } else {
        snprintf(o->path, sizeof o->path, "/tmp/acrm_office_%ld.db", (long)getpid());
        unlink(o->path);
    }
    ck_assert_int_eq(acrm_open(o->path, NULL, &o->engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, &err), ACRM_OK);
}

static inline void office_close(office *o)
{
    char side[80];

    acrm_session_free(o->session);
    acrm_close(o->engine);
    if (strcmp(o->path, "memory:") == 0)
        return;
    unlink(o->path);
    snprintf(side, sizeof side, "%s-wal", o->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", o->path);
    unlink(side);
}

/* The caller frees the result. */
static inline acrm_value *office_call(office *o, const char *operation, const char *json)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, &err), ACRM_OK);
    int32_t st = acrm_call(o->session, operation, args, &out, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    acrm_value_free(args);
    return out;
}

static inline int64_t office_number(const acrm_value *map, const char *key)
{
    return acrm_value_int(acrm_value_get(map, key));
}

static inline int64_t office_count(office *o, const char *operation, const char *json)
{
    acrm_value *out = office_call(o, operation, json);
    int64_t n = office_number(out, "count");

    acrm_value_free(out);
    return n;
}

/* Expect a failure: its status, and the field and reason it names. */
static inline void office_refused(office *o, const char *operation, const char *json,
                                  int32_t status, const char *field, const char *reason)
{
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_call_json(o->session, operation, json, strlen(json), NULL, &err), status);
    ck_assert_str_eq(acrm_error_field(err), field);
    ck_assert_str_eq(acrm_error_reason(err), reason);
    acrm_error_free(err);
}

/* The text of a key of a result. */
static inline const char *office_text(const acrm_value *map, const char *key)
{
    return acrm_value_text(acrm_value_get(map, key), NULL);
}

#endif
