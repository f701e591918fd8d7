/* SPDX-License-Identifier: MIT */
/* A database with a clock to be set and a customer, for the tests of consents. */
#ifndef TESTS_UNIT_CONSENT_WORLD_H
#define TESTS_UNIT_CONSENT_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define CONSENT_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z */

typedef struct consent_world {
    office o;
    char customer[40];
} consent_world;

static int64_t consent_clock;

static int64_t consent_now(void *self)
{
    (void)self;
    return consent_clock;
}

/* JSON with ' for ", formatted. Lives until the second call after it. */
static const char *consent_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *consent_args(const char *format, ...)
{
    static char rooms[2][2048];
    static int turn;
    char *room = rooms[turn ^= 1];
    va_list args;

    va_start(args, format);
    vsnprintf(room, sizeof rooms[0], format, args);
    va_end(args);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void consent_open(consent_world *w, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = consent_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    acrm_error *err = NULL;

    consent_clock = CONSENT_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_consent_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    ck_assert_int_eq(acrm_open(w->o.path, &options, &w->o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
    acrm_value *out = office_call(&w->o, "customer.create", "{\"name\":\"Ada Example\"}");
    snprintf(w->customer, sizeof w->customer, "%s", office_text(out, "id"));
    acrm_value_free(out);
}

/* Call with the customer and further arguments; the caller frees the result. */
static acrm_value *consent_call(consent_world *w, const char *operation, const char *more)
{
    return office_call(&w->o, operation, consent_args("{'customer_id':'%s'%s%s}", w->customer,
                                                      *more ? "," : "", more));
}

static void consent_do(consent_world *w, const char *operation, const char *more)
{
    acrm_value_free(consent_call(w, operation, more));
}

static void consent_refused(consent_world *w, const char *operation, const char *more,
                            int32_t status, const char *field, const char *reason)
{
    office_refused(&w->o, operation, consent_args("{'customer_id':'%s'%s%s}", w->customer,
                                                  *more ? "," : "", more), status, field, reason);
}

/* What consent.check says of a purpose and channel. */
static void consent_is(consent_world *w, const char *purpose, const char *channel, bool allowed,
                       const char *reason)
{
    char more[120];

    snprintf(more, sizeof more, "'purpose':'%s','channel':'%s'", purpose, channel);
    acrm_value *out = consent_call(w, "consent.check", more);
    ck_assert_msg(strcmp(office_text(out, "reason"), reason) == 0 &&
                  (acrm_value_bool(acrm_value_get(out, "allowed")) != 0) == allowed,
                  "%s by %s is %s, not %s", purpose, channel, office_text(out, "reason"), reason);
    acrm_value_free(out);
}

#endif
