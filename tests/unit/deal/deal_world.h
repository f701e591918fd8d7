/* SPDX-License-Identifier: MIT */
/* A dealer with a customer and cars, and a clock that the tests turn. */
#ifndef TESTS_UNIT_DEAL_WORLD_H
#define TESTS_UNIT_DEAL_WORLD_H

#include "support/fake_connector.h"
#include "support/office.h"

#include <stdarg.h>
#include <stdbool.h>

#define DEAL_DAY INT64_C(86400000000)
#define DEAL_START INT64_C(1736499600000000) /* 2025-01-10T09:00:00Z */

static int64_t deal_clock;

static int64_t deal_now(void *self)
{
    (void)self;
    return deal_clock;
}

/* JSON with ' for ", formatted. Lives until the fourth call after it. */
static const char *deal_json(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *deal_json(const char *format, ...)
{
    static char rooms[4][4096];
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

/* Call, and keep the text under a key of the result (of a map: its id) where that is wanted. */
static void deal_does(office *o, const char *operation, const char *json, const char *key,
                      char out[72])
{
    acrm_value *made = office_call(o, operation, json);
    const acrm_value *at = key ? acrm_value_get(made, key) : NULL;

    if (acrm_value_type(at) == ACRM_MAP)
        at = acrm_value_get(at, "id");
    if (key) {
        ck_assert_msg(acrm_value_type(at) == ACRM_TEXT, "%s: no %s", operation, key);
        snprintf(out, 72, "%s", acrm_value_text(at, NULL));
    }
    acrm_value_free(made);
}

/* Whether a field of a record is this text. */
static inline void deal_is(office *o, const char *entity, const char *id, const char *field,
                    const char *want)
{
    char operation[64], got[72];

    snprintf(operation, sizeof operation, "%s.get", entity);
    deal_does(o, operation, deal_json("{'id':'%s'}", id), field, got);
    ck_assert_msg(strcmp(got, want) == 0, "%s of the %s is %s, not %s", field, entity, got, want);
}

typedef struct deal_world {
    office o;
    fake_connector service; /* named "sign" */
    char dealer[72], customer[72], car[72];
} deal_world;

static void deal_open(deal_world *w, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = deal_now };
    const acrm_connector service = fake_connector_port(&w->service, "sign");
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .connectors = &service, .n_connectors = 1 };
    acrm_error *err = NULL;

    memset(&w->service, 0, sizeof w->service);
    deal_clock = DEAL_START;
    snprintf(w->o.path, sizeof w->o.path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(w->o.path, sizeof w->o.path, "/tmp/acrm_deal_%ld.db", (long)getpid());
        unlink(w->o.path);
    }
    ck_assert_int_eq(acrm_open(w->o.path, &options, &w->o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w->o.engine, "system", &w->o.session, &err), ACRM_OK);
    deal_does(&w->o, "dealer.create", deal_json("{'name':'North Cars','code':'NORTH'}"), "id",
              w->dealer);
    deal_does(&w->o, "customer.create", deal_json("{'name':'Ada Example'}"), "id", w->customer);
    deal_does(&w->o, "vehicle.create",
              deal_json("{'make':'Exemplar','model':'X5','kind':'new','status':'in_stock',"
                        "'dealer_id':'%s'}", w->dealer), "id", w->car);
}

/* A quote of a car at 20,000 without tax of 19 %, with `more` arguments. */
static const char *deal_quote(const deal_world *w, const char *more)
{
    return deal_json("{'customer_id':'%s','dealer_id':'%s','vehicle_id':'%s','tax_rate':'0.19'"
                     "%s%s%s}", w->customer, w->dealer, w->car,
                     strstr(more, "'currency'") ? "" : ",'currency':'EUR'",
                     strstr(more, "'lines'") ? "" : ",'lines':[{'kind':'vehicle','code':'X5',"
                     "'name':'Exemplar X5','amount':'20000.00'}]", more);
}

static inline void deal_issue(deal_world *w, const char *more, char quote[72])
{
    deal_does(&w->o, "quote.create", deal_quote(w, more), "id", quote);
    deal_does(&w->o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
}

/* From the start to a contract that waits for signatures. */
static inline void deal_contract(deal_world *w, const char *more, const char *accept,
                                 char contract[72])
{
    char quote[72];

    deal_issue(w, more, quote);
    deal_does(&w->o, "quote.accept", deal_json("{'id':'%s'%s}", quote, accept), "contract",
              contract);
}

/* Act as a user with a role; the system's session is given back. */
static inline acrm_session *deal_as(deal_world *w, const char *login, const char *role,
                                    char user[72])
{
    acrm_session *system = w->o.session;
    acrm_error *err = NULL;
    char list[64] = "", who[80];
    acrm_value *roles = office_call(&w->o, "role.list",
                                    deal_json("{'where':{'name':'%s'}}", role));

    snprintf(list, sizeof list, "%s",
             office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"));
    acrm_value_free(roles);
    deal_does(&w->o, "user.create",
              deal_json("{'name':'U','login':'%s','role_id':'%s','dealer_id':'%s'}", login, list,
                        w->dealer), "id", user);
    snprintf(who, sizeof who, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(w->o.engine, who, &w->o.session, &err), ACRM_OK);
    return system;
}

#endif
