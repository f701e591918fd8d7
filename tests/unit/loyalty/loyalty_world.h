/* SPDX-License-Identifier: MIT */
/* A database with a clock to be set, for the tests of the points ledger. */
#ifndef TESTS_UNIT_LOYALTY_WORLD_H
#define TESTS_UNIT_LOYALTY_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define LOYALTY_DAY INT64_C(86400000000)
#define LOYALTY_START INT64_C(1736467200000000) /* 2025-01-10T00:00:00Z */

static int64_t loyalty_clock;

static int64_t loyalty_now(void *self)
{
    (void)self;
    return loyalty_clock;
}

/* JSON with ' for ", formatted. Lives until the fourth call after it. */
static const char *loyalty_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *loyalty_args(const char *format, ...)
{
    static char rooms[4][2048];
    static int turn;
    char *room = rooms[turn++ & 3];
    va_list args;

    va_start(args, format);
    vsnprintf(room, sizeof rooms[0], format, args);
    va_end(args);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void loyalty_open(office *o, int storage, const char *zone)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = loyalty_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .zone = zone };
    acrm_error *err = NULL;

    loyalty_clock = LOYALTY_START;
    snprintf(o->path, sizeof o->path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(o->path, sizeof o->path, "/tmp/acrm_loyalty_%ld.db", (long)getpid());
        unlink(o->path);
    }
    ck_assert_int_eq(acrm_open(o->path, &options, &o->engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, &err), ACRM_OK);
}

/* The text under a key of a result that is freed. */
static void loyalty_made(office *o, const char *operation, const char *json, const char *key,
                         char out[40])
{
    acrm_value *made = office_call(o, operation, json);
    const acrm_value *at = acrm_value_get(made, key);

    if (acrm_value_type(at) == ACRM_MAP)
        at = acrm_value_get(at, "id");
    snprintf(out, 40, "%s", acrm_value_text(at, NULL));
    acrm_value_free(made);
}

/* A new customer in a programme. */
static void loyalty_join(office *o, const char *program, char member[40])
{
    char customer[40];

    loyalty_made(o, "customer.create", "{\"name\":\"Ada\"}", "id", customer);
    loyalty_made(o, "member.create", loyalty_args("{'program_id':'%s','customer_id':'%s'}", program,
                                                  customer), "id", member);
}

static int64_t loyalty_has(office *o, const char *member, const char *what)
{
    acrm_value *out = office_call(o, "loyalty.balance", loyalty_args("{'member_id':'%s'}", member));
    int64_t n = office_number(out, what);

    acrm_value_free(out);
    return n;
}

#endif
