/* SPDX-License-Identifier: MIT */
/* The whole library with a clock to be set, predictable randomness, and calls with JSON literals.
 * The tests run on memory and on SQLite. */
#ifndef TESTS_UNIT_SALES_WORLD_H
#define TESTS_UNIT_SALES_WORLD_H

#include "autocrm/autocrm.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define SALES_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z, a Saturday */
#define SALES_HOUR INT64_C(3600)
#define SALES_DAY (24 * SALES_HOUR)

enum { SALES_MEMORY = 0, SALES_SQLITE = 1, SALES_STORAGES = 2 };

typedef struct sales_world {
    acrm_engine *engine;
    acrm_session *system;
    char path[64];
} sales_world;

static int64_t sales_clock = SALES_START;
static uint64_t sales_seed = 1;

static int64_t sales_now(void *self)
{
    (void)self;
    return sales_clock;
}

static void sales_fill(void *self, void *bytes, size_t len)
{
    unsigned char *to = bytes;

    (void)self;
    for (size_t i = 0; i < len; i++) {
        sales_seed = sales_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        to[i] = (unsigned char)(sales_seed >> 33);
    }
}

static void sales_advance(int64_t seconds)
{
    sales_clock += seconds * 1000000;
}

static void sales_remove(const sales_world *w)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[80];

    for (size_t i = 0; w->path[0] && i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
        unlink(path);
    }
}

static sales_world sales_new(int storage)
{
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = sales_now };
    static const acrm_random random = { .struct_size = sizeof random, .fill = sales_fill };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .random = &random, .flags = ACRM_OPEN_SYNC_NORMAL };
    sales_world w = { .path = "" };
    acrm_error *err = NULL;

    sales_clock = SALES_START;
    sales_seed = 1;
    if (storage == SALES_SQLITE)
        snprintf(w.path, sizeof w.path, "/tmp/acrm-sales-%ld.db", (long)getpid());
    sales_remove(&w);
    int32_t st = acrm_open(w.path[0] ? w.path : "memory:", &options, &w.engine, &err);
    ck_assert_msg(st == ACRM_OK, "open: %s", acrm_error_json(err));
    st = acrm_session_new(w.engine, "system", &w.system, &err);
    ck_assert_msg(st == ACRM_OK, "session: %s", acrm_error_json(err));
    return w;
}

static void sales_free(sales_world *w)
{
    acrm_session_free(w->system);
    acrm_close(w->engine);
    sales_remove(w);
}

static acrm_session *sales_user(sales_world *w, const char *id)
{
    char text[64];
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    snprintf(text, sizeof text, "user:%s", id);
    int32_t st = acrm_session_new(w->engine, text, &session, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", text, acrm_error_json(err));
    return session;
}

/* --- Calls: arguments as JSON with ' for ", printf rules. --- */

static int32_t sales_try(acrm_session *session, acrm_value **out, acrm_error **err,
                         const char *operation, const char *format, va_list list)
{
    char json[8192];
    acrm_value *args = NULL;

    vsnprintf(json, sizeof json, format, list);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_msg(acrm_value_parse(NULL, json, strlen(json), &args, NULL) == ACRM_OK, "%s", json);
    int32_t st = acrm_call(session, operation, args, out, err);
    acrm_value_free(args);
    return st;
}

/* The result is freed by the caller. */
static acrm_value *sales_call(acrm_session *session, const char *operation, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));
static acrm_value *sales_call(acrm_session *session, const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = sales_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    return out;
}

static void sales_do(acrm_session *session, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void sales_do(acrm_session *session, const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = sales_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    acrm_value_free(out);
}

static void sales_refuse(acrm_session *session, int32_t want, const char *reason,
                         const char *operation, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static void sales_refuse(acrm_session *session, int32_t want, const char *reason,
                         const char *operation, const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = sales_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == want, "%s: wanted %s, got %s: %s", operation, acrm_status_name(want),
                  acrm_status_name(st), acrm_error_json(err));
    ck_assert_str_eq(acrm_error_reason(err), reason);
    acrm_error_free(err);
}

/* Only how it ended. */
static int32_t sales_status(acrm_session *session, const char *operation, const char *args,
                            acrm_error **err)
{
    char json[2048];
    acrm_value *value = NULL, *out = NULL;

    snprintf(json, sizeof json, "%s", args);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &value, NULL), ACRM_OK);
    int32_t st = acrm_call(session, operation, value, &out, err);
    acrm_value_free(value);
    acrm_value_free(out);
    return st;
}

/* A value of a result, by keys and indexes: "items.0.level". */
static const acrm_value *sales_at(const acrm_value *value, const char *path)
{
    char step[64];

    while (*path) {
        size_t n = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)n, path);
        value = acrm_value_type(value) == ACRM_LIST
                    ? acrm_value_at(value, (size_t)strtoul(step, NULL, 10))
                    : acrm_value_get(value, step);
        path += path[n] ? n + 1 : n;
    }
    return value;
}

static const char *sales_text(const acrm_value *value, const char *path)
{
    const char *text = acrm_value_text(sales_at(value, path), NULL);
    return text ? text : "(none)";
}

static int64_t sales_int(const acrm_value *value, const char *path)
{
    return acrm_value_int(sales_at(value, path));
}

static size_t sales_length(const acrm_value *value, const char *path)
{
    return acrm_value_count(sales_at(value, path));
}

/* Create a record and give its id. */
static void sales_create(acrm_session *session, const char *operation, char id[37],
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
static void sales_create(acrm_session *session, const char *operation, char id[37],
                         const char *format, ...)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    va_list list;

    va_start(list, format);
    int32_t st = sales_try(session, &out, &err, operation, format, list);
    va_end(list);
    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    bool submitted = strcmp(operation, "lead.submit") == 0;
    snprintf(id, 37, "%s", sales_text(out, submitted ? "lead_id" : "id"));
    acrm_value_free(out);
}

static int64_t sales_count(acrm_session *session, const char *entity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int64_t sales_count(acrm_session *session, const char *entity, const char *format, ...)
{
    char where[1024], operation[64];
    va_list list;

    va_start(list, format);
    vsnprintf(where, sizeof where, format, list);
    va_end(list);
    snprintf(operation, sizeof operation, "%s.count", entity);
    acrm_value *out = sales_call(session, operation, "{'where':%s}", where);
    int64_t n = sales_int(out, "count");
    acrm_value_free(out);
    return n;
}

/* A field of a record must be this text ("(none)": null). */
static void sales_expect(sales_world *w, const char *entity, const char *id, const char *field,
                         const char *want)
{
    char operation[64];

    snprintf(operation, sizeof operation, "%s.get", entity);
    acrm_value *out = sales_call(w->system, operation, "{'id':'%s'}", id);
    ck_assert_msg(strcmp(sales_text(out, field), want) == 0, "%s.%s is %s, not %s", entity, field,
                  sales_text(out, field), want);
    acrm_value_free(out);
}

static int64_t sales_get_int(sales_world *w, const char *entity, const char *id,
                             const char *field)
{
    char operation[64];

    snprintf(operation, sizeof operation, "%s.get", entity);
    acrm_value *out = sales_call(w->system, operation, "{'id':'%s'}", id);
    int64_t n = sales_int(out, field);
    acrm_value_free(out);
    return n;
}

static void sales_events(sales_world *w, const char *type, int64_t want)
{
    acrm_value *out = sales_call(w->system, "event.list", "{'types':['%s'],'limit':10000}", type);
    ck_assert_msg((int64_t)sales_length(out, "items") == want, "%zu events %s, not %lld",
                  sales_length(out, "items"), type, (long long)want);
    acrm_value_free(out);
}

static void sales_tick(sales_world *w)
{
    acrm_value *out = sales_call(w->system, "engine.tick", "{'limit':100000}");
    ck_assert_int_eq(sales_int(out, "failed"), 0);
    acrm_value_free(out);
}

/* --- A small business --- */

static void sales_dealer(sales_world *w, char id[37], const char *code, const char *more)
{
    sales_create(w->system, "dealer.create", id, "{'name':'Dealer %s','code':'%s'%s}", code, code,
                 more);
}

static void sales_seller(sales_world *w, char id[37], const char *login, const char *dealer,
                         const char *more)
{
    acrm_value *role = sales_call(w->system, "role.list", "{'where':{'name':'salesperson'}}");

    sales_create(w->system, "user.create", id,
                 "{'name':'Seller %s','login':'%s','dealer_id':'%s','role_id':'%s',"
                 "'takes_leads':true%s}",
                 login, login, dealer, sales_text(role, "items.0.id"), more);
    acrm_value_free(role);
}

/* A lead of a new customer with this phone number's last digits. */
static void sales_lead(sales_world *w, char id[37], int phone, const char *fields)
{
    sales_create(w->system, "lead.submit", id,
                 "{'customer':{'name':'Customer %d','contact_points':[{'channel':'phone',"
                 "'value':'+98912%07d'}]},'lead':{%s}}",
                 phone, phone, fields);
}

#endif
