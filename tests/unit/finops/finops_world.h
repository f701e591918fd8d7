/* SPDX-License-Identifier: MIT */
/* Calls of the calculators by JSON, made by a salesperson on an empty database in memory. */
#ifndef TESTS_UNIT_FINOPS_WORLD_H
#define TESTS_UNIT_FINOPS_WORLD_H

#include "autocrm/autocrm.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <stdarg.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

static acrm_engine *finops_engine;
static acrm_session *finops_session;

static cJSON *finops_run(acrm_session *session, const char *operation, const char *json)
{
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    int32_t st = acrm_call_json(session, operation, json, strlen(json), &buf, &err);

    ck_assert_msg(st == ACRM_OK, "%s %s: %s", operation, json, acrm_error_json(err));
    cJSON *out = cJSON_Parse(acrm_buf_data(buf));
    ck_assert_ptr_nonnull(out);
    acrm_buf_free(buf);
    return out;
}

/* A session of somebody who may do little. */
static void finops_open(void)
{
    acrm_session *system = NULL;
    acrm_error *err = NULL;
    char json[512];

    ck_assert_int_eq(acrm_open("memory:", NULL, &finops_engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(finops_engine, "system", &system, &err), ACRM_OK);
    cJSON *role = finops_run(system, "role.create", "{\"name\":\"guest\",\"permissions\":[]}");
    snprintf(json, sizeof json, "{\"name\":\"Guest\",\"login\":\"guest\",\"role_id\":\"%s\"}",
             vector_text(role, "id"));
    cJSON *user = finops_run(system, "user.create", json);
    snprintf(json, sizeof json, "user:%s", vector_text(user, "id"));
    ck_assert_int_eq(acrm_session_new(finops_engine, json, &finops_session, &err), ACRM_OK);
    cJSON_Delete(role);
    cJSON_Delete(user);
    acrm_session_free(system);
}

static void finops_close(void)
{
    acrm_session_free(finops_session);
    acrm_close(finops_engine);
}

/* Arguments as JSON with ' for ", printf rules. */
static void finops_json(char *json, size_t size, const char *format, va_list list)
{
    int n = vsnprintf(json, size, format, list);

    ck_assert_int_lt(n, (int)size);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
}

static cJSON *finops(const char *operation, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static cJSON *finops(const char *operation, const char *format, ...)
{
    char json[4096];
    va_list list;

    va_start(list, format);
    finops_json(json, sizeof json, format, list);
    va_end(list);
    return finops_run(finops_session, operation, json);
}

/* A refused call, and the field it names. */
static void finops_refuse(const char *operation, int32_t want, const char *field, const char *args)
{
    acrm_error *err = NULL;
    acrm_buf *buf = NULL;
    char json[4096];

    snprintf(json, sizeof json, "%s", args);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    int32_t st = acrm_call_json(finops_session, operation, json, strlen(json), &buf, &err);
    ck_assert_msg(st == want, "%s %s: %s, wanted %s: %s", operation, args, acrm_status_name(st),
                  acrm_status_name(want), err ? acrm_error_json(err) : "");
    ck_assert_ptr_nonnull(err);
    ck_assert_msg(acrm_error_field(err) && strcmp(acrm_error_field(err), field) == 0,
                  "%s %s: wanted %s: %s", operation, args, field, acrm_error_json(err));
    acrm_error_free(err);
}

/* The sum of a column of amounts with two digits. */
static int64_t finops_sum(const cJSON *rows, const char *column)
{
    int64_t sum = 0;

    for (const cJSON *row = rows->child; row; row = row->next)
        sum += vector_decimal(vector_text(row, column), 2);
    return sum;
}

#endif
