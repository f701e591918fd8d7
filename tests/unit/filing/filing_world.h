/* SPDX-License-Identifier: MIT */
/* An office with a dealer, two users and customers, for the tests of what is filed. */
#ifndef TESTS_UNIT_FILING_WORLD_H
#define TESTS_UNIT_FILING_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

/* Not every test uses all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

typedef char filing_id[40];

/* JSON with ' for ", formatted. Lives until the second call after it. */
static const char *filing_args(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *filing_args(const char *format, ...)
{
    static char rooms[2][4096];
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

/* Make a record and keep its id. */
static void filing_make(office *o, const char *operation, const char *json, filing_id id)
{
    acrm_value *out = office_call(o, operation, json);

    snprintf(id, sizeof(filing_id), "%s", office_text(out, "id"));
    acrm_value_free(out);
}

typedef struct filing_staff {
    filing_id north, south, ann, bob, customer, other;
} filing_staff;

/* Two dealers, Ann a salesperson of the one and Bob of the other, each with a customer. */
static void filing_staff_make(office *o, filing_staff *staff)
{
    filing_id role;
    acrm_value *out = office_call(o, "role.list",
                                  "{\"where\":{\"name\":\"salesperson\"}}");

    snprintf(role, sizeof role, "%s",
             office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));
    acrm_value_free(out);
    filing_make(o, "dealer.create", "{\"name\":\"North\",\"code\":\"N\"}", staff->north);
    filing_make(o, "dealer.create", "{\"name\":\"South\",\"code\":\"S\"}", staff->south);
    filing_make(o, "user.create", filing_args("{'name':'Ann','login':'ann','role_id':'%s',"
        "'dealer_id':'%s'}", role, staff->north), staff->ann);
    filing_make(o, "user.create", filing_args("{'name':'Bob','login':'bob','role_id':'%s',"
        "'dealer_id':'%s'}", role, staff->south), staff->bob);
    filing_make(o, "customer.create", filing_args("{'name':'Ada Example','dealer_id':'%s'}",
        staff->north), staff->customer);
    filing_make(o, "customer.create", filing_args("{'name':'Ben Example','dealer_id':'%s'}",
        staff->south), staff->other);
}

/* The same office as somebody else; free the session. */
static office filing_as(office *o, const char *kind, const filing_id who)
{
    office other = *o;
    char principal[64];

    snprintf(principal, sizeof principal, "%s:%s", kind, who);
    ck_assert_int_eq(acrm_session_new(o->engine, principal, &other.session, NULL), ACRM_OK);
    return other;
}

/* How many items a list of the result has. */
static size_t filing_items(office *o, const char *operation, const char *json, const char *list)
{
    acrm_value *out = office_call(o, operation, json);
    size_t n = acrm_value_count(acrm_value_get(out, list));

    acrm_value_free(out);
    return n;
}

#endif
