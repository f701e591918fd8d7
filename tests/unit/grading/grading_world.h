/* SPDX-License-Identifier: MIT */
/* A database with a clock that the test sets, a policy, and schemes. */
#ifndef TESTS_UNIT_GRADING_WORLD_H
#define TESTS_UNIT_GRADING_WORLD_H

#include "support/office.h"
#include "support/suite.h"

#include <stdarg.h>
#include <stdbool.h>

enum { WORLD_DAY0 = 20600 }; /* 2026-05-27 */

static int64_t world_clock;

static inline int64_t world_now(void *self)
{
    (void)self;
    return world_clock;
}

/* Noon of a day counted from the first. */
static inline void world_day(int32_t day)
{
    world_clock = (INT64_C(86400) * (WORLD_DAY0 + day) + 43200) * 1000000;
}

/* JSON with apostrophes for quotes, formatted. */
static inline const char *world_json(const char *format, ...)
{
    static char text[8192];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    return text;
}

static inline void world_do(office *o, const char *operation, const char *json)
{
    acrm_value_free(office_call(o, operation, json));
}

/* Make a record; its id. */
static inline void world_make(office *o, const char *operation, const char *json, char id[40])
{
    acrm_value *out = office_call(o, operation, json);

    snprintf(id, 40, "%s", office_text(out, "id"));
    acrm_value_free(out);
}

static inline void world_open(office *o, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .zone = "UTC" };
    acrm_error *err = NULL;

    world_day(0);
    snprintf(o->path, sizeof o->path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(o->path, sizeof o->path, "/tmp/acrm_grading_%ld.db", (long)getpid());
        unlink(o->path);
    }
    ck_assert_msg(acrm_open(o->path, &options, &o->engine, &err) == ACRM_OK, "%s",
                  acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, &err), ACRM_OK);
    world_do(o, "profile_policy.create",
             world_json("{'name':'House','currency':'EUR','active_days':90,'lost_days':300,"
                        "'frequency_days':200,'regular_min':3,'model_cycles':["
                        "{'make':'Alfa','model':'Uno','months':24},{'make':'Beta','months':60}]}"));
}

#define WORLD_SCHEME                                                                              \
    "'kind':'customer','name':'House','grades':['A','B','C'],'axes':["                            \
    "{'name':'value','margin':5,'bands':[{'name':'low','to':20},{'name':'high','from':20}]},"     \
    "{'name':'engagement','bands':[{'name':'cold','to':10},{'name':'warm','from':10}]}],"         \
    "'rules':[{'name':'turnover','axis':'value','value':'lifetime_value','each':1,"               \
    "'per':'1000.00','most':60},"                                                                 \
    "{'name':'company','axis':'value','when':{'kind':'company'},'points':10},"                    \
    "{'name':'cases','axis':'value','value':'complaints','each':-3,'least':-9},"                  \
    "{'name':'recent','axis':'engagement','value':'last_seen_on','table':["                       \
    "{'to':30,'points':10},{'from':30,'to':120,'points':5},{'from':120,'points':0}]},"            \
    "{'name':'often','axis':'engagement','value':'frequency','each':2,'most':8},"                 \
    "{'name':'agreed','axis':'engagement','value':'consents','each':1,'most':2}],"                \
    "'map':[{'grade':'A','value':['high'],'engagement':['warm']},"                                \
    "{'grade':'B','value':['high'],'engagement':['cold']},"                                       \
    "{'grade':'B','value':['low'],'engagement':['warm']}],'other':'C'"

static inline void world_scheme(office *o, const char *definition)
{
    char text[4096];

    snprintf(text, sizeof text, "{'definition':{%s},'activate':true}", definition);
    world_do(o, "grade.load", world_json("%s", text));
}

/* How many profiles a tick computed. */
static inline int64_t world_tick(office *o)
{
    acrm_value *out = office_call(o, "engine.tick", "{\"limit\":100000}");
    int64_t n = office_number(acrm_value_get(out, "profiles"), "computed");

    acrm_value_free(out);
    return n;
}

/* Today, as a date. */
static inline void world_date(char text[16])
{
    int32_t year, month, day;

    ck_assert_int_eq(acrm_date_from_day(ACRM_DATE_GREGORIAN,
                                        (int32_t)(world_clock / INT64_C(86400000000)), &year,
                                        &month, &day), ACRM_OK);
    snprintf(text, 16, "%04d-%02d-%02d", (int)year % 10000, (int)month % 100, (int)day % 100);
}

/* Signed today, unless `more` says when. */
static inline void world_contract(office *o, const char *customer, int n, const char *more)
{
    char text[2048], today[16];

    world_date(today);
    snprintf(text, sizeof text, "{'number':'N%d','customer_id':'%s','status':'signed',"
                                "'currency':'EUR'%s%s%s%s}", n, customer,
             strstr(more, "signed_on") ? "" : ",'signed_on':'",
             strstr(more, "signed_on") ? "" : today, strstr(more, "signed_on") ? "" : "'", more);
    world_do(o, "sales_contract.create", world_json("%s", text));
}

static inline void world_is_grade(office *o, const char *customer, const char *grade)
{
    acrm_value *out = office_call(o, "customer.get", world_json("{'id':'%s'}", customer));
    const char *is = office_text(out, "grade");

    ck_assert_msg((!is && !grade) || (is && grade && strcmp(is, grade) == 0), "%s, not %s",
                  is ? is : "none", grade ? grade : "none");
    acrm_value_free(out);
}

#endif
