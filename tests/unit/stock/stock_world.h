/* SPDX-License-Identifier: MIT */
/* A dealer with a clock, customers and vehicles. */
#ifndef TESTS_UNIT_STOCK_WORLD_H
#define TESTS_UNIT_STOCK_WORLD_H

#include "support/fake_connector.h"
#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define WORLD_START INT64_C(1795255200000000) /* 2026-11-21T10:00:00Z, a Saturday */
#define WORLD_SECOND INT64_C(1000000)
#define WORLD_HOUR (3600 * WORLD_SECOND)
#define WORLD_DAY (86400 * WORLD_SECOND)

typedef struct world {
    office o;
    fake_connector guide; /* a valuation */
    char north[40], south[40]; /* dealers */
    char ada[40], bob[40], cyd[40]; /* customers */
} world;

static int64_t world_clock;

static int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

/* JSON with ' for ", formatted. Lives until the third call after it. */
static const char *world_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *world_args(const char *format, ...)
{
    static char rooms[3][4096];
    static int turn;
    char *room = rooms[turn = (turn + 1) % 3];
    va_list args;

    va_start(args, format);
    vsnprintf(room, sizeof rooms[0], format, args);
    va_end(args);
    for (char *p = room; *p; p++)
        if (*p == '\'')
            *p = '"';
    return room;
}

static void world_do(world *w, const char *operation, const char *args)
{
    acrm_value_free(office_call(&w->o, operation, args));
}

/* The text at a key of an operation's result ("" when null), which lives until the fourth call. */
static const char *world_get(world *w, const char *operation, const char *args, const char *key)
{
    static char rooms[4][2048];
    static int turn;
    char *room = rooms[turn = (turn + 1) % 4];
    acrm_value *out = office_call(&w->o, operation, args);
    const char *text = office_text(out, key);

    snprintf(room, sizeof rooms[0], "%s", text ? text : "");
    acrm_value_free(out);
    return room;
}

static void world_keep(world *w, char id[40], const char *operation, const char *args)
{
    snprintf(id, 40, "%s", world_get(w, operation, args, "id"));
}

static void world_open(world *w, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_connector port = fake_connector_port(&w->guide, "guide");
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL, .connectors = &port,
                                   .n_connectors = 1 };
    acrm_error *err = NULL;

    memset(w, 0, sizeof *w);
    world_clock = WORLD_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_stock_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    ck_assert_msg(acrm_open(w->o.path, &options, &w->o.engine, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
    world_keep(w, w->north, "dealer.create", world_args("{'name':'North','code':'N'}"));
    world_keep(w, w->south, "dealer.create", world_args("{'name':'South','code':'S'}"));
    world_keep(w, w->ada, "customer.create", world_args("{'name':'Ada'}"));
    world_keep(w, w->bob, "customer.create", world_args("{'name':'Bob'}"));
    world_keep(w, w->cyd, "customer.create", world_args("{'name':'Cyd'}"));
}

/* A vehicle of the dealer North; `more` begins with a comma. */
static void world_car(world *w, char id[40], const char *more)
{
    world_keep(w, id, "vehicle.create", world_args(
        "{'make':'Fiat','model':'Panda','dealer_id':'%s','status':'in_stock'%s}", w->north, more));
}

/* Its status. */
static const char *world_status(world *w, const char *car)
{
    return world_get(w, "vehicle.get", world_args("{'id':'%s'}", car), "status");
}

/* Act as a user with a role of such permissions, of the dealer North; the session before. */
static acrm_session *world_as(world *w, const char *principal)
{
    acrm_session *before = w->o.session;

    ck_assert_int_eq(acrm_session_new(w->o.engine, principal, &w->o.session, NULL), ACRM_OK);
    return before;
}

static void world_back(world *w, acrm_session *before)
{
    acrm_session_free(w->o.session);
    w->o.session = before;
}

/* A member of staff as a principal. */
static void world_user(world *w, char principal[48], const char *login, const char *role,
                       const char *dealer)
{
    acrm_value *roles = office_call(&w->o, "role.list", world_args("{'where':{'name':'%s'}}",
                                                                   role));
    char id[40];

    world_keep(w, id, "user.create", world_args(
        "{'name':'%s','login':'%s','dealer_id':'%s','role_id':'%s'}", login, login, dealer,
        office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id")));
    acrm_value_free(roles);
    snprintf(principal, 48, "user:%s", id);
}

#endif
