/* SPDX-License-Identifier: MIT */
/* Key accounts, targets, performance, forecast and commissions in the database. */
#include "support/speak.h"
#include "support/suite.h"
#include "modules/performance/performance.h"

#include <math.h>

static int64_t clock_now;

static int64_t read_clock(void *self)
{
    (void)self;
    return clock_now;
}

#define DAY INT64_C(86400000000)
#define START INT64_C(1782864000000000) /* 2026-07-01T00:00:00Z */

typedef struct yard {
    office o;
    id north, south, team, ann, bob, cid, customer, lead_ann, lead_bob, lead_cid;
    int n;
} yard;

static id person(yard *y, const char *login, id dealer, const char *role, const char *more)
{
    return make(&y->o, "user.create", "{'name':'The %s','login':'%s','dealer_id':'%s','role_id':"
                "'%s'%s}", login, login, dealer.text, role, more);
}

static void yard_open(yard *y, int storage)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = read_clock };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    office *o = &y->o;
    char role[37], more[80];

    clock_now = START;
    y->n = 0;
    snprintf(o->path, sizeof o->path, "memory:");
    if (storage == OFFICE_SQLITE) {
        snprintf(o->path, sizeof o->path, "/tmp/acrm_yard_%ld.db", (long)getpid());
        unlink(o->path);
    }
    ck_assert_int_eq(acrm_open(o->path, &options, &o->engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(o->engine, "system", &o->session, NULL), ACRM_OK);
    acrm_value *roles = call(o, "role.list", "{'where':{'name':'salesperson'}}");
    snprintf(role, sizeof role, "%s",
             office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"));
    acrm_value_free(roles);
    y->north = make(o, "dealer.create", "{'name':'North','code':'N'}");
    y->south = make(o, "dealer.create", "{'name':'South','code':'S'}");
    y->team = make(o, "team.create", "{'name':'New cars','dealer_id':'%s'}", y->north.text);
    snprintf(more, sizeof more, ",'team_id':'%s'", y->team.text);
    y->ann = person(y, "ann", y->north, role, more);
    y->bob = person(y, "bob", y->north, role, more);
    y->cid = person(y, "=cid", y->south, role, "");
    y->customer = make(o, "customer.create", "{'kind':'company','name':'Fleet Ltd'}");
    y->lead_ann = make(o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':'%s',"
                       "'model':'Vega','received_at':'2026-06-01T08:00:00Z'}", y->customer.text,
                       y->north.text, y->ann.text);
    y->lead_bob = make(o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':'%s',"
                       "'received_at':'2026-06-02T08:00:00Z'}", y->customer.text, y->north.text,
                       y->bob.text);
    y->lead_cid = make(o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':'%s',"
                       "'received_at':'2026-06-03T08:00:00Z'}", y->customer.text, y->south.text,
                       y->cid.text);
}

static id sell(yard *y, id lead, id dealer, const char *day, const char *total)
{
    return make(&y->o, "sales_contract.create", "{'number':'C-%d','customer_id':'%s','dealer_id':"
                "'%s','lead_id':'%s','status':'signed','signed_on':'%s','currency':'EUR','total':"
                "'%s','margin':'1000.00'}", ++y->n, y->customer.text, dealer.text, lead.text, day,
                total);
}

static void cancel(yard *y, id contract)
{
    acrm_value_free(call(&y->o, "sales_contract.update", "{'id':'%s','last_write_wins':true,"
                         "'status':'cancelled'}", contract.text));
}

static void sell_june(yard *y)
{
    sell(y, y->lead_ann, y->north, "2026-06-05", "20000.00");
    sell(y, y->lead_ann, y->north, "2026-06-30", "30000.00");
    sell(y, y->lead_bob, y->north, "2026-06-10", "25000.00");
    sell(y, y->lead_cid, y->south, "2026-06-11", "10000.00");
    sell(y, y->lead_ann, y->north, "2026-07-01", "99.00"); /* after the period */
    cancel(y, sell(y, y->lead_bob, y->north, "2026-06-12", "40000.00"));
}

static const acrm_value *row_of(const acrm_value *out, const char *key, const char *text)
{
    const acrm_value *rows = acrm_value_get(out, "rows");

    for (size_t i = 0; i < acrm_value_count(rows); i++) {
        const char *is = office_text(acrm_value_at(rows, i), key);
        if (is && strcmp(is, text) == 0)
            return acrm_value_at(rows, i);
    }
    ck_abort_msg("no row with %s %s", key, text);
    return NULL;
}

static double real_of(const acrm_value *map, const char *key)
{
    return acrm_value_real(acrm_value_get(map, key));
}

START_TEST(performance__people_teams_and_dealers_are_compared)
{
    yard y;
    yard_open(&y, _i);
    sell_june(&y);
    acrm_value *out = call(&y.o, "report.performance", "{'from_date':'2026-06-01','to_date':"
                           "'2026-06-30'}");
    const acrm_value *ann = row_of(out, "name", "The ann"), *bob = row_of(out, "name", "The bob");

    ck_assert_int_eq(office_number(ann, "contracts"), 2);
    ck_assert_int_eq(office_number(ann, "leads"), 1);
    ck_assert_str_eq(office_text(acrm_value_get(ann, "revenue"), "EUR"), "50000.00");
    ck_assert_str_eq(office_text(acrm_value_get(ann, "average"), "EUR"), "25000.00");
    ck_assert_double_eq_tol(real_of(ann, "share"), 0.5, 1e-9);
    ck_assert_double_eq_tol(real_of(ann, "conversion_period"), 2, 1e-9);
    ck_assert_double_eq_tol(real_of(ann, "conversion_cohort"), 0, 1e-9);
    ck_assert_int_eq(office_number(ann, "rank"), 1);
    ck_assert_int_eq(office_number(ann, "not_reached"), 1);
    ck_assert(acrm_value_type(acrm_value_get(ann, "response_p50_minutes")) == ACRM_NULL);
    ck_assert_int_eq(office_number(bob, "contracts"), 1);
    ck_assert_int_eq(office_number(bob, "cancelled"), 1);
    ck_assert_int_eq(office_number(bob, "rank"), 2);
    ck_assert_int_eq(office_number(row_of(out, "name", "The =cid"), "rank"), 2);
    ck_assert_int_eq(office_number(acrm_value_get(out, "total"), "contracts"), 4);
    acrm_value_free(out);
    out = call(&y.o, "report.performance", "{'group':'dealer','from_date':'2026-06-01','to_date':"
               "'2026-06-30'}");
    ck_assert_int_eq(office_number(row_of(out, "name", "North"), "contracts"), 3);
    ck_assert_double_eq_tol(real_of(row_of(out, "name", "North"), "share"), 0.75, 1e-9);
    acrm_value_free(out);
    out = call(&y.o, "report.performance", "{'group':'team','from_date':'2026-06-01','to_date':"
               "'2026-06-30','dealer_id':'%s'}", y.north.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "rows")), 1);
    ck_assert_int_eq(office_number(row_of(out, "name", "New cars"), "contracts"), 3);
    acrm_value_free(out);
    refused(&y.o, ACRM_E_INVALID, "range", "report.performance", "{'from_date':'2026-06-02',"
            "'to_date':'2026-06-01'}");
    office_close(&y.o);
}
END_TEST

START_TEST(performance__a_dealer_knows_its_rank_and_no_names)
{
    yard y;
    char role[37], who[50], args[] = "{'group':'dealer','among':'all','from_date':'2026-06-01',"
                                     "'to_date':'2026-06-30'}";
    yard_open(&y, _i);
    sell_june(&y);
    acrm_value *roles = call(&y.o, "role.list", "{'where':{'name':'dealer_manager'}}");
    snprintf(role, sizeof role, "%s",
             office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"));
    acrm_value_free(roles);
    id boss = person(&y, "boss", y.south, role, "");
    snprintf(who, sizeof who, "user:%s", boss.text);
    for (int few = 1; few >= 0; few--) {
        acrm_session *system = y.o.session;
        ck_assert_int_eq(acrm_session_new(y.o.engine, who, &y.o.session, NULL), ACRM_OK);
        acrm_value *out = call(&y.o, "report.performance", "%s", args);
        const acrm_value *rows = acrm_value_get(out, "rows"), *south = acrm_value_at(rows, 0);
        ck_assert_uint_eq(acrm_value_count(rows), 1);
        ck_assert_str_eq(office_text(south, "name"), "South");
        ck_assert_int_eq(office_number(acrm_value_get(out, "total"), "contracts"), 1);
        if (few) {
            ck_assert(acrm_value_type(acrm_value_get(south, "rank")) == ACRM_NULL);
            ck_assert(acrm_value_type(acrm_value_get(south, "share")) == ACRM_NULL);
            ck_assert_int_eq(office_number(out, "compared"), 2);
        } else {
            ck_assert_int_eq(office_number(south, "rank"), 5);
            ck_assert_int_eq(office_number(south, "quartile"), 4);
            ck_assert_double_eq_tol(real_of(south, "share"), 0.1, 1e-9);
        }
        acrm_value_free(out);
        acrm_session_free(y.o.session);
        y.o.session = system;
        for (int i = 0; few && i < 3; i++) { /* three more dealers, with two contracts each */
            id dealer = make(&y.o, "dealer.create", "{'name':'D%d','code':'D%d'}", i, i);
            for (int k = 0; k < 2; k++)
                sell(&y, y.lead_ann, dealer, "2026-06-06", "1.00");
        }
    }
    office_close(&y.o);
}
END_TEST

START_TEST(performance__response_time_is_that_of_the_first_contact)
{
    yard y;
    yard_open(&y, _i);
    clock_now = START + DAY;
    for (int i = 1; i <= 10; i++) {
        id lead = make(&y.o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':"
                       "'%s'}", y.customer.text, y.north.text, y.ann.text);
        clock_now += i * INT64_C(60000000);
        acrm_value_free(call(&y.o, "lead.contact", "{'id':'%s'}", lead.text));
    }
    acrm_value *out = call(&y.o, "report.performance", "{'from_date':'2026-07-02','to_date':"
                           "'2026-07-02'}");
    const acrm_value *ann = row_of(out, "name", "The ann");
    ck_assert_int_eq(office_number(ann, "leads"), 10);
    ck_assert_int_eq(office_number(ann, "not_reached"), 0);
    ck_assert_int_eq(office_number(ann, "response_p50_minutes"), 5);
    ck_assert_int_eq(office_number(ann, "response_p90_minutes"), 9);
    acrm_value_free(out);
    office_close(&y.o);
}
END_TEST

START_TEST(performance__response_time_is_told_in_open_hours_too)
{
    static const struct {
        int day, hour, minute; /* when it comes: the 3rd is a Friday */
        int minutes;           /* until the first contact */
    } leads[] = {
        { 3, 16, 50, 64 * 60 + 20 }, /* Monday 09:10: 20 minutes open */
        { 4, 10, 0, 47 * 60 + 15 },  /* Saturday to Monday 09:15: 15 */
        { 6, 10, 0, 7 },
        { 6, 16, 30, 17 * 60 },      /* Tuesday 09:30: 60 */
    };
    const int64_t minute = INT64_C(60000000);
    yard y;
    yard_open(&y, _i);
    const char *day = "['09:00-17:00']";
    id hours = make(&y.o, "calendar.create", "{'name':'Office','zone':'UTC','hours':{'mon':%s,"
                    "'tue':%s,'wed':%s,'thu':%s,'fri':%s}}", day, day, day, day, day);
    acrm_value_free(call(&y.o, "dealer.update", "{'id':'%s','calendar_id':'%s','last_write_wins':"
                         "true}", y.north.text, hours.text));
    for (int i = 0; i < 4; i++) {
        clock_now = START + (leads[i].day - 1) * DAY +
                    (leads[i].hour * 60 + leads[i].minute) * minute;
        id lead = make(&y.o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':"
                       "'%s'}", y.customer.text, y.north.text, y.ann.text);
        clock_now += leads[i].minutes * minute;
        acrm_value_free(call(&y.o, "lead.contact", "{'id':'%s'}", lead.text));
    }
    clock_now = START + 3 * DAY;
    id far = make(&y.o, "lead.create", "{'customer_id':'%s','dealer_id':'%s','owner_id':'%s'}",
                  y.customer.text, y.south.text, y.cid.text);
    clock_now += 2 * DAY;
    acrm_value_free(call(&y.o, "lead.contact", "{'id':'%s'}", far.text));
    acrm_value *out = call(&y.o, "report.performance", "{'from_date':'2026-07-03','to_date':"
                           "'2026-07-07'}");
    const acrm_value *ann = row_of(out, "name", "The ann"), *cid = row_of(out, "name", "The =cid");
    ck_assert_int_eq(office_number(ann, "response_p50_minutes"), 17 * 60);
    ck_assert_int_eq(office_number(ann, "response_p90_minutes"), 64 * 60 + 20);
    ck_assert_int_eq(office_number(ann, "response_p50_working_minutes"), 15);
    ck_assert_int_eq(office_number(ann, "response_p90_working_minutes"), 60);
    ck_assert_double_eq_tol(real_of(ann, "response_in_goal"), 0.5, 1e-9);
    /* Without hours the clock counts. */
    ck_assert_int_eq(office_number(cid, "response_p50_minutes"), 48 * 60);
    ck_assert_int_eq(office_number(cid, "response_p50_working_minutes"), 48 * 60);
    ck_assert_int_eq(office_number(acrm_value_get(out, "total"), "response_p50_working_minutes"),
                     20);
    acrm_value_free(out);
    out = call(&y.o, "report.performance", "{'from_date':'2026-07-03','to_date':'2026-07-07',"
               "'group':'dealer','goal':'PT1H'}");
    ck_assert_double_eq_tol(real_of(row_of(out, "name", "North"), "response_in_goal"), 1, 1e-9);
    acrm_value_free(out);
    office_close(&y.o);
}
END_TEST

static void target(yard *y, const char *of, const char *more)
{
    make(&y->o, "sales_target.create", "{'from_date':'2026-06-01','to_date':'2026-06-30'%s%s}", of,
         more);
}

START_TEST(target__is_told_beside_what_was_reached)
{
    yard y;
    char north[60], team[60], ann[60], bob[60];
    yard_open(&y, _i);
    sell_june(&y);
    snprintf(north, sizeof north, ",'dealer_id':'%s'", y.north.text);
    snprintf(team, sizeof team, ",'team_id':'%s'", y.team.text);
    snprintf(ann, sizeof ann, ",'user_id':'%s'", y.ann.text);
    snprintf(bob, sizeof bob, ",'user_id':'%s'", y.bob.text);
    target(&y, "", ",'measure':'units','units':10");
    target(&y, north, ",'measure':'units','units':6");
    target(&y, team, ",'measure':'units','units':5");
    target(&y, ann, ",'measure':'units','units':2");
    target(&y, bob, ",'measure':'units','units':2");
    target(&y, ann, ",'measure':'revenue','currency':'EUR','amount':'40000.00'");
    target(&y, ann, ",'measure':'leads','model':'Vega','units':4");
    acrm_value *out = call(&y.o, "report.targets", "{'on':'2026-06-15'}");
    const acrm_value *rows = acrm_value_get(out, "rows");
    static const struct {
        int64_t goal, actual, expected, distributed;
    } want[] = {
        { 10, 4, 5, 6 }, { 6, 3, 3, 5 }, { 5, 3, 2, 4 }, { 2, 2, 1, -1 }, { 2, 1, 1, -1 },
    };
    ck_assert_uint_eq(acrm_value_count(rows), 7);
    for (size_t i = 0; i < 5; i++) {
        const acrm_value *row = acrm_value_at(rows, i);
        ck_assert_int_eq(office_number(row, "goal"), want[i].goal);
        ck_assert_int_eq(office_number(row, "actual"), want[i].actual);
        ck_assert_int_eq(office_number(row, "expected"), want[i].expected);
        if (want[i].distributed < 0)
            ck_assert(acrm_value_type(acrm_value_get(row, "distributed")) == ACRM_NULL);
        else
            ck_assert_int_eq(office_number(row, "distributed"), want[i].distributed);
    }
    ck_assert_str_eq(office_text(acrm_value_at(rows, 5), "actual"), "50000.00");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(acrm_value_at(rows, 5), "exceeded")), 1);
    ck_assert_int_eq(office_number(acrm_value_at(rows, 6), "actual"), 1);
    acrm_value_free(out);
    out = call(&y.o, "report.targets", "{'on':'2026-06-15','dealer_id':'%s'}", y.south.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "rows")), 0);
    acrm_value_free(out);
    office_close(&y.o);
}
END_TEST

START_TEST(target__what_cannot_be_is_refused)
{
    yard y;
    yard_open(&y, _i);
    const char *create = "sales_target.create";
    const char *june = "'from_date':'2026-06-01','to_date':'2026-06-30'";

    target(&y, "", ",'measure':'units','units':10");
    refused(&y.o, ACRM_E_CONFLICT, "unique", create, "{%s,'measure':'units','units':9}", june);
    refused(&y.o, ACRM_E_INVALID, "required", create, "{%s,'measure':'units'}", june);
    refused(&y.o, ACRM_E_INVALID, "required", create, "{%s,'measure':'margin'}", june);
    refused(&y.o, ACRM_E_INVALID, "not_allowed", create, "{%s,'measure':'leads','units':1,"
            "'currency':'EUR','amount':'1.00'}", june);
    refused(&y.o, ACRM_E_INVALID, "not_allowed", create, "{%s,'measure':'units','units':1,"
            "'dealer_id':'%s','user_id':'%s'}", june, y.north.text, y.ann.text);
    refused(&y.o, ACRM_E_INVALID, "range", create, "{'from_date':'2026-06-02','to_date':"
            "'2026-06-01','measure':'units','units':1}");
    office_close(&y.o);
}
END_TEST

START_TEST(forecast__tells_months_bounds_and_pipeline)
{
    yard y;
    yard_open(&y, _i);
    for (int month = 1; month <= 24; month++) /* 2024-07 .. 2026-06: 1, 2 in turn */
        for (int i = 0; i < 1 + month % 2; i++) {
            char day[16];
            snprintf(day, sizeof day, "%d-%02d-10", 2024 + (month + 5) / 12, (month + 5) % 12 + 1);
            sell(&y, y.lead_ann, y.north, day, "10000.00");
        }
    acrm_value *pipeline = call(&y.o, "pipeline.list", "{}");
    id of;
    snprintf(of.text, sizeof of.text, "%s",
             office_text(acrm_value_at(acrm_value_get(pipeline, "items"), 0), "id"));
    acrm_value_free(pipeline);
    make(&y.o, "opportunity.create", "{'customer_id':'%s','name':'Ten cars','pipeline_id':'%s',"
         "'probability':40,'currency':'EUR','amount':'100000.00','expected_close':'2026-08-20',"
         "'dealer_id':'%s'}", y.customer.text, of.text, y.north.text);
    acrm_value *out = call(&y.o, "forecast.sales", "{'history':36,'season':2,'method':"
                           "'seasonal_naive'}");
    ck_assert_str_eq(office_text(out, "method"), "seasonal_naive");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "history")), 24);
    const acrm_value *months = acrm_value_get(out, "months");
    ck_assert_uint_eq(acrm_value_count(months), 3);
    ck_assert_str_eq(office_text(acrm_value_at(months, 0), "month"), "2026-07");
    ck_assert_double_eq_tol(real_of(acrm_value_at(months, 0), "value"), 2, 1e-9);
    ck_assert_double_eq_tol(real_of(acrm_value_at(months, 1), "value"), 1, 1e-9);
    ck_assert_double_eq_tol(real_of(acrm_value_at(months, 1), "pipeline"), 0.4, 1e-9);
    ck_assert_int_eq(office_number(acrm_value_at(months, 1), "open_deals"), 1);
    ck_assert_double_eq_tol(real_of(acrm_value_at(months, 0), "low"), 2, 1e-9);
    acrm_value_free(out);
    out = call(&y.o, "forecast.sales", "{'measure':'revenue','currency':'EUR','season':2,"
               "'method':'seasonal_naive','dealer_id':'%s'}", y.north.text);
    months = acrm_value_get(out, "months");
    ck_assert_str_eq(office_text(acrm_value_at(months, 0), "value"), "20000.00");
    ck_assert_str_eq(office_text(acrm_value_at(months, 1), "pipeline"), "40000.00");
    acrm_value_free(out);
    out = call(&y.o, "forecast.sales", "{'dealer_id':'%s'}", y.south.text);
    ck_assert(acrm_value_type(acrm_value_get(out, "method")) == ACRM_NULL);
    acrm_value_free(out);
    refused(&y.o, ACRM_E_INVALID, "required", "forecast.sales", "{'measure':'revenue'}");
    office_close(&y.o);
}
END_TEST

static id commission(yard *y, const char *code, const char *more)
{
    return make(&y->o, "commission_rule.create", "{'code':'%s','name':'%s','from_date':"
                "'2026-01-01','currency':'EUR'%s}", code, code, more);
}

static char *lines_of(yard *y, const char *run)
{
    static char text[512];
    acrm_value *out = call(&y->o, "commission_line.list", "{'where':{'run_id':'%s'},'include':"
                           "['user'],'order':['created_at','id']}", run);
    const acrm_value *items = acrm_value_get(out, "items");

    text[0] = '\0';
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *line = acrm_value_at(items, i);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s %s%s;",
                 office_text(acrm_value_get(line, "user"), "login"), office_text(line, "amount"),
                 strcmp(office_text(line, "kind"), "earned") == 0 ? "" : " back");
    }
    acrm_value_free(out);
    return text;
}

START_TEST(commission__is_explained_repeated_and_taken_back)
{
    yard y;
    yard_open(&y, _i);
    id first = sell(&y, y.lead_ann, y.north, "2026-06-05", "20000.00");
    sell(&y, y.lead_ann, y.north, "2026-06-30", "30000.00");
    sell(&y, y.lead_bob, y.north, "2026-06-10", "25000.00");
    char manager[120];
    snprintf(manager, sizeof manager, ",'measure':'revenue','steps':[{'from':'10000.00','pay':"
             "'0.01'},{'from':'40000.00','pay':'0.02'}],'manager_id':'");
    commission(&y, "units", ",'measure':'units','steps':[{'from':2,'pay':'100.00'}]");
    char more[220];
    snprintf(more, sizeof more, "%s%s','manager_share':'0.1'", manager, y.cid.text);
    commission(&y, "revenue", more);
    acrm_value *run = call(&y.o, "commission.run", "{'from_date':'2026-06-01','to_date':"
                           "'2026-06-30'}");
    char own[37];
    snprintf(own, sizeof own, "%s", office_text(run, "id"));
    ck_assert_int_eq(office_number(run, "lines"), 7);
    acrm_value_free(run);
    /* ann: second car 100; 10,000 at 1 % = 100, then 20,000 at 1 % and 10,000 at 2 % = 400. */
    ck_assert_str_eq(strstr(lines_of(&y, own), "ann 100.00;") ? "yes" : lines_of(&y, own), "yes");
    acrm_value *csv = call(&y.o, "commission.export", "{'id':'%s'}", own);
    const char *text = office_text(csv, "csv");
    ck_assert_ptr_nonnull(strstr(text, "\"ann\",\"The ann\",2026-06-01,2026-06-30,EUR,550.00,3"));
    ck_assert_ptr_nonnull(strstr(text, "\"bob\",\"The bob\",2026-06-01,2026-06-30,EUR,135.00,1"));
    ck_assert_ptr_nonnull(strstr(text, "\"'=cid\",\"The =cid\",2026-06-01,2026-06-30,EUR,"
                                       "65.00,3"));
    acrm_value_free(csv);
    int64_t events = count(&y.o, "commission_line", "{'version':1}");
    acrm_value_free(call(&y.o, "commission.run", "{'from_date':'2026-06-01','to_date':"
                         "'2026-06-30'}"));
    ck_assert_int_eq(count(&y.o, "commission_line", "{'version':1}"), events);
    acrm_value_free(call(&y.o, "commission.approve", "{'id':'%s'}", own));
    refused(&y.o, ACRM_E_CONFLICT, "state", "commission.approve", "{'id':'%s'}", own);
    refused(&y.o, ACRM_E_CONFLICT, "state", "commission.run", "{'from_date':'2026-06-01',"
            "'to_date':'2026-06-30'}");
    refused(&y.o, ACRM_E_CONFLICT, "overlap", "commission.run", "{'from_date':'2026-06-15',"
            "'to_date':'2026-07-14'}");
    cancel(&y, first);
    run = call(&y.o, "commission.run", "{'from_date':'2026-07-01','to_date':'2026-07-31'}");
    snprintf(own, sizeof own, "%s", office_text(run, "id"));
    acrm_value_free(run);
    ck_assert_str_eq(lines_of(&y, own), "ann -90.00 back;=cid -10.00 back;");
    acrm_value_free(call(&y.o, "commission.run", "{'from_date':'2026-07-01','to_date':"
                         "'2026-07-31'}"));
    ck_assert_str_eq(lines_of(&y, own), "ann -90.00 back;=cid -10.00 back;");
    acrm_value_free(call(&y.o, "commission.approve", "{'id':'%s'}", own));
    run = call(&y.o, "commission.run", "{'from_date':'2026-08-01','to_date':'2026-08-31'}");
    ck_assert_int_eq(office_number(run, "lines"), 0);
    acrm_value_free(run);
    office_close(&y.o);
}
END_TEST

START_TEST(commission__a_draft_follows_what_changed)
{
    yard y;
    yard_open(&y, _i);
    id car = sell(&y, y.lead_ann, y.north, "2026-06-05", "20000.00");
    id rule = commission(&y, "units", ",'measure':'units','steps':[{'from':1,'pay':'100.00'}]");
    acrm_value *run = call(&y.o, "commission.run", "{'from_date':'2026-06-01','to_date':"
                           "'2026-06-30'}");
    char own[37];

    snprintf(own, sizeof own, "%s", office_text(run, "id"));
    acrm_value_free(run);
    ck_assert_str_eq(lines_of(&y, own), "ann 100.00;");
    acrm_value_free(call(&y.o, "commission_rule.update", "{'id':'%s','version':1,'steps':"
                         "[{'from':1,'pay':'120.00'}]}", rule.text));
    acrm_value_free(call(&y.o, "commission.run", "{'from_date':'2026-06-01','to_date':"
                         "'2026-06-30'}"));
    ck_assert_str_eq(lines_of(&y, own), "ann 120.00;");
    ck_assert_int_eq(count(&y.o, "commission_line", "{'rule_version':2}"), 1);
    cancel(&y, car);
    acrm_value_free(call(&y.o, "commission.run", "{'from_date':'2026-06-01','to_date':"
                         "'2026-06-30'}"));
    ck_assert_str_eq(lines_of(&y, own), "");
    office_close(&y.o);
}
END_TEST

START_TEST(commission__a_bad_rule_is_refused)
{
    static const struct {
        const char *reason, *more;
    } rows[] = {
        { "type", ",'measure':'units','steps':[]" },
        { "type", ",'measure':'units','steps':{}" },
        { "range", ",'measure':'units','steps':[{'from':1}]" },
        { "range", ",'measure':'units','steps':[{'from':-1,'pay':'1.00'}]" },
        { "range", ",'measure':'units','steps':[{'from':2,'pay':'1.00'},{'from':2,'pay':'2.00'}]" },
        { "range", ",'measure':'margin','steps':[{'from':'0.00','pay':'1.5'}]" },
        { "range", ",'measure':'units','steps':[{'from':1,'pay':'1.00'}],'manager_share':'2'" },
        { "required", ",'measure':'units','steps':[{'from':1,'pay':'1.00'}],'manager_share':"
                      "'0.5'" },
        { "range", ",'measure':'units','steps':[{'from':1,'pay':'1.00'}],'to_date':"
                   "'2025-01-01'" },
    };
    yard y;
    yard_open(&y, _i);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refused(&y.o, ACRM_E_INVALID, rows[i].reason, "commission_rule.create", "{'code':'X',"
                "'name':'X','from_date':'2026-01-01','currency':'EUR'%s}", rows[i].more);
    office_close(&y.o);
}
END_TEST

/* --- What a plan pays, against a plain loop over vehicles or cents --- */

static int64_t plain_pays(const acrm__commission_plan *plan, int64_t from, int64_t to, bool units)
{
    int64_t sum = 0;

    for (int64_t at = from; at < to; at++)
        for (size_t i = plan->n; i-- > 0;)
            if (at >= plan->steps[i].from - (units && plan->steps[i].from > 0)) {
                sum += plan->steps[i].pay;
                break;
            }
    return sum;
}

static uint32_t dice_state;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

START_TEST(commission__agrees_with_a_plain_count)
{
    dice_state = 3;
    for (int i = 0; i < 2000; i++) {
        acrm__commission_plan plan = { .n = 1 + dice(4), .cap = -1,
                                       .measure = dice(2) ? ACRM__RESULT_UNITS
                                                          : ACRM__RESULT_MARGIN };
        bool units = plan.measure == ACRM__RESULT_UNITS;
        int64_t at = 0, paid = 0;
        for (size_t k = 0; k < plan.n; k++)
            plan.steps[k] = (acrm__commission_step){ (k ? plan.steps[k - 1].from + 1 : 0) +
                                                     dice(10), dice(units ? 500 : 1000000) };
        for (int c = 0; c < 8; c++) {
            int64_t own = units ? 1 : 1 + dice(20), got = -1;
            ck_assert(acrm__commission_pays(&plan, at, own, 0, paid, &got));
            int64_t want = plain_pays(&plan, 0, at + own, units);
            if (!units)
                want = (want + 500000) / 1000000;
            ck_assert_int_eq(paid + got, want);
            at += own;
            paid += got;
        }
        plan.cap = paid / 2;
        int64_t capped = 0, got = 0;
        at = 0;
        for (int c = 0; c < 8; c++) {
            ck_assert(acrm__commission_pays(&plan, at, 1, 0, capped, &got));
            capped += got;
            int64_t want = plain_pays(&plan, 0, ++at, units);
            if (!units)
                want = (want + 500000) / 1000000;
            ck_assert_int_eq(capped, want < plan.cap ? want : plan.cap);
        }
    }
    acrm__commission_plan all = { .n = 2, .cap = -1, .retroactive = true,
                                  .measure = ACRM__RESULT_UNITS,
                                  .steps = { { 1, 100 }, { 5, 150 } } };
    int64_t got = 0;
    ck_assert(acrm__commission_pays(&all, 0, 1, 4, 0, &got));
    ck_assert_int_eq(got, 100);
    ck_assert(acrm__commission_pays(&all, 0, 1, 5, 0, &got));
    ck_assert_int_eq(got, 150);
}
END_TEST

static int64_t cents(const char *text)
{
    bool minus = *text == '-';
    int64_t n = 0;

    for (text += minus; *text; text++)
        n = *text == '.' ? n : 10 * n + (*text - '0');
    return minus ? -n : n;
}

/* The lines of a run that fit a filter, added up. */
static int64_t paid(yard *y, const char *run, const char *where)
{
    acrm_value *out = call(&y->o, "commission_line.list", "{'where':{'run_id':'%s'%s},'limit':500}",
                           run, where);
    const acrm_value *items = acrm_value_get(out, "items");
    int64_t sum = 0;

    for (size_t i = 0; i < acrm_value_count(items); i++)
        sum += cents(office_text(acrm_value_at(items, i), "amount"));
    acrm_value_free(out);
    return sum;
}

static void run_of(yard *y, const char *from, const char *to, char own[37])
{
    acrm_value *run = call(&y->o, "commission.run", "{'from_date':'%s','to_date':'%s'}", from, to);

    snprintf(own, 37, "%s", office_text(run, "id"));
    acrm_value_free(run);
}

/* Random deals of three sellers by four rules, with parts for others: what the lines add up to is
 * what one multiplication of each seller's whole result gives, to the cent. */
START_TEST(commission__random_deals_reconcile_to_the_cent)
{
    static const char *const rules[] = {
        ",'measure':'revenue','steps':[{'from':'0','pay':'0.0033'},{'from':'50000.00','pay':"
        "'0.0077'}]",
        ",'measure':'revenue','retroactive':true,'steps':[{'from':'0','pay':'0.0013'},{'from':"
        "'60000.00','pay':'0.0029'}]",
        ",'measure':'revenue','cap':'333.33','steps':[{'from':'0','pay':'0.0091'}]",
        ",'measure':'units','retroactive':true,'steps':[{'from':1,'pay':'33.33'},{'from':3,'pay':"
        "'77.77'}]",
    };
    enum { RULES = 4, DEALS = 12 };
    yard y;
    id rule[RULES];
    int64_t sold[3] = { 0 }, units[3] = { 0 };
    char own[37], where[200];

    dice_state = 11;
    yard_open(&y, OFFICE_MEMORY);
    const id *leads[] = { &y.lead_ann, &y.lead_bob, &y.lead_cid };
    const id *sellers[] = { &y.ann, &y.bob, &y.cid };
    for (size_t r = 0; r < RULES; r++) {
        char code[] = "r0";
        code[1] += (char)r;
        rule[r] = commission(&y, code, rules[r]);
        make(&y.o, "commission_share.create", "{'rule_id':'%s','user_id':'%s','share':'0.07'}",
             rule[r].text, y.bob.text);
        make(&y.o, "commission_share.create", "{'rule_id':'%s','to':'lead_owner','share':"
             "'0.031'}", rule[r].text);
    }
    for (int i = 0; i < DEALS; i++) {
        char total[24], day[16];
        uint32_t who = dice(3), amount = 1000001 + dice(2000000);
        snprintf(total, sizeof total, "%u.%02u", amount / 100, amount % 100);
        snprintf(day, sizeof day, "2026-06-%02u", 1 + dice(30));
        id deal = sell(&y, *leads[who], y.north, day, total);
        if (dice(2))
            make(&y.o, "commission_split.create", "{'sales_contract_id':'%s','user_id':'%s',"
                 "'share':'0.333333'}", deal.text, sellers[(who + 1) % 3]->text);
        sold[who] += amount;
        units[who]++;
    }
    run_of(&y, "2026-06-01", "2026-06-30", own);
    for (size_t r = 0; r < RULES; r++) {
        int64_t want = 0;
        for (int s = 0; s < 3; s++) {
            int64_t low = sold[s] < 5000000 ? sold[s] : 5000000;
            int64_t by = r == 0 ? low * 33 + (sold[s] - low) * 77
                       : r == 1 ? sold[s] * (sold[s] > 6000000 ? 29 : 13)
                       : r == 2 ? sold[s] * 91
                                : units[s] * (units[s] >= 3 ? 7777 : 3333) * 10000;
            by = (by + 5000) / 10000;
            want += r == 2 && by > 33333 ? 33333 : by;
        }
        snprintf(where, sizeof where, ",'rule_id':'%s'", rule[r].text);
        ck_assert_int_eq(paid(&y, own, where), want);
    }
    office_close(&y.o);
}
END_TEST

START_TEST(commission__parts_make_the_whole)
{
    yard y;
    char own[37], more[200];
    yard_open(&y, _i);
    snprintf(more, sizeof more, ",'measure':'units','steps':[{'from':1,'pay':'100.01'}],"
             "'manager_share':'0.1','manager_id':'%s'", y.cid.text);
    id rule = commission(&y, "units", more);
    id deal = sell(&y, y.lead_ann, y.north, "2026-06-05", "20000.00");
    const char *share = "commission_share.create", *split = "commission_split.create";

    make(&y.o, share, "{'rule_id':'%s','user_id':'%s','share':'0.3'}", rule.text, y.bob.text);
    id owner = make(&y.o, share, "{'rule_id':'%s','to':'lead_owner','share':'0.05'}", rule.text);
    make(&y.o, split, "{'sales_contract_id':'%s','user_id':'%s','share':'0.5'}", deal.text,
         y.bob.text);
    run_of(&y, "2026-06-01", "2026-06-30", own);
    /* 10 % + 30 % + 5 % (ann's own lead), then half of the 55.01 left; a cent to the first. */
    ck_assert_str_eq(lines_of(&y, own), "ann 27.51;=cid 10.00;bob 30.00;ann 5.00;bob 27.50;");
    ck_assert_int_eq(paid(&y, own, ""), 10001);
    ck_assert_int_eq(paid(&y, own, ",'explain':{'$ne':null}"), 10001);
    refused(&y.o, ACRM_E_INVALID, "range", share, "{'rule_id':'%s','user_id':'%s','share':'0.56'}",
            rule.text, y.bob.text);
    refused(&y.o, ACRM_E_INVALID, "range", "commission_rule.update", "{'id':'%s','manager_share':"
            "'0.7','last_write_wins':true}", rule.text);
    refused(&y.o, ACRM_E_INVALID, "range", "commission_share.update", "{'id':'%s','share':'0.61',"
            "'last_write_wins':true}", owner.text);
    refused(&y.o, ACRM_E_INVALID, "required", share, "{'rule_id':'%s','share':'0.1'}", rule.text);
    refused(&y.o, ACRM_E_INVALID, "not_allowed", share, "{'rule_id':'%s','to':'lead_owner',"
            "'user_id':'%s','share':'0.1'}", rule.text, y.bob.text);
    refused(&y.o, ACRM_E_INVALID, "range", split, "{'sales_contract_id':'%s','user_id':'%s',"
            "'share':'0.6'}", deal.text, y.cid.text);
    refused(&y.o, ACRM_E_INVALID, "range", split, "{'sales_contract_id':'%s','user_id':'%s',"
            "'share':'-0.1'}", deal.text, y.cid.text);
    acrm_value_free(call(&y.o, "commission.approve", "{'id':'%s'}", own));
    refused(&y.o, ACRM_E_CONFLICT, "state", split, "{'sales_contract_id':'%s','user_id':'%s',"
            "'share':'0.1'}", deal.text, y.cid.text);
    office_close(&y.o);
}
END_TEST

START_TEST(commission__what_came_late_is_paid_once_by_the_next_run)
{
    yard y;
    char may[37], june[37], july[37], august[37];
    yard_open(&y, _i);
    commission(&y, "units", ",'measure':'units','steps':[{'from':1,'pay':'100.00'},{'from':2,"
               "'pay':'150.00'}]");
    sell(&y, y.lead_ann, y.north, "2026-06-05", "20000.00");
    run_of(&y, "2026-06-01", "2026-06-30", june);
    acrm_value_free(call(&y.o, "commission.approve", "{'id':'%s'}", june));
    /* Drawn up in time, signed in time, entered when June was paid. */
    id draft = make(&y.o, "sales_contract.create", "{'number':'L-1','customer_id':'%s',"
                    "'dealer_id':'%s','lead_id':'%s','currency':'EUR','total':'1.00'}",
                    y.customer.text, y.north.text, y.lead_ann.text);
    ck_assert_int_eq(count(&y.o, "commission_late", "{}"), 0);
    acrm_value_free(call(&y.o, "sales_contract.update", "{'id':'%s','status':'signed','signed_on':"
                         "'2026-06-30','last_write_wins':true}", draft.text));
    acrm_value_free(call(&y.o, "sales_contract.update", "{'id':'%s','status':'fulfilled',"
                         "'last_write_wins':true}", draft.text));
    id gone = sell(&y, y.lead_bob, y.north, "2026-06-20", "30000.00");
    cancel(&y, gone);
    ck_assert_int_eq(count(&y.o, "commission_late", "{'run_id':null}"), 2);
    run_of(&y, "2026-05-01", "2026-05-31", may); /* an earlier period does not take it */
    ck_assert_str_eq(lines_of(&y, may), "");
    sell(&y, y.lead_ann, y.north, "2026-07-02", "20000.00");
    for (int again = 0; again < 2; again++) {
        run_of(&y, "2026-07-01", "2026-07-31", july);
        ck_assert_str_eq(lines_of(&y, july), "ann 100.00;ann 150.00;");
    }
    acrm_value_free(call(&y.o, "commission.approve", "{'id':'%s'}", july));
    run_of(&y, "2026-08-01", "2026-08-31", august);
    ck_assert_str_eq(lines_of(&y, august), "");
    cancel(&y, draft);
    run_of(&y, "2026-08-01", "2026-08-31", august);
    ck_assert_str_eq(lines_of(&y, august), "ann -100.00 back;");
    office_close(&y.o);
}
END_TEST

START_TEST(account__is_planned_reviewed_and_seen_whole)
{
    yard y;
    yard_open(&y, _i);
    sell_june(&y);
    id boss = make(&y.o, "customer.create", "{'name':'The Boss'}");
    id plan = make(&y.o, "account_plan.create", "{'name':'Fleet 2026','customer_id':'%s',"
                   "'owner_id':'%s','dealer_id':'%s','from_date':'2026-01-01','to_date':"
                   "'2026-12-31','expected_units':8,'market_units':20,'currency':'EUR',"
                   "'expected_value':'200000.00','decision_process':'A board in May',"
                   "'competition':[{'name':'Rival','units':12}],'buying_centre':[{'customer_id':"
                   "'%s','role':'decider','stance':'champion','influence':5}],'steps':[{'title':"
                   "'Visit','due_on':'2026-07-10'},{'title':'Offer'}],'team':[{'user_id':'%s',"
                   "'role':'lead'}]}", y.customer.text, y.ann.text, y.north.text, boss.text,
                   y.ann.text);
    acrm_value *out = call(&y.o, "account_plan.view", "{'id':'%s'}", plan.text);

    ck_assert_int_eq(office_number(out, "units"), 5);
    ck_assert_str_eq(office_text(acrm_value_get(out, "value"), "EUR"), "85099.00");
    ck_assert_double_eq_tol(real_of(out, "attained"), 0.625, 1e-9);
    ck_assert_double_eq_tol(real_of(out, "share"), 0.25, 1e-9);
    ck_assert_int_eq(office_number(out, "steps_open"), 2);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "buying_centre")), 1);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "team")), 1);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "review_overdue")), 0);
    ck_assert_str_eq(office_text(acrm_value_get(out, "plan"), "review_due"), "2026-07-31");
    const acrm_value *step = acrm_value_at(acrm_value_get(out, "steps"), 0);
    acrm_value *done = call(&y.o, "account_step.update", "{'id':'%s','version':1,'status':'done'}",
                            office_text(step, "id"));
    ck_assert_str_eq(office_text(done, "done_on"), "2026-07-01");
    acrm_value_free(done);
    acrm_value_free(out);
    clock_now = START + 30 * DAY;
    acrm_value_free(call(&y.o, "engine.tick", "{}"));
    ck_assert_int_eq(count(&y.o, "activity", "{'kind':'task','owner_id':'%s'}", y.ann.text), 1);
    out = call(&y.o, "account_plan.view", "{'id':'%s'}", plan.text);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "review_overdue")), 1);
    ck_assert_int_eq(office_number(out, "steps_done"), 1);
    acrm_value_free(out);
    out = call(&y.o, "account_plan.review", "{'id':'%s','note':'On course'}", plan.text);
    ck_assert_str_eq(office_text(out, "review_due"), "2026-08-30");
    acrm_value_free(out);
    /* What the subsidiaries buy, and theirs, counts. */
    const acrm_value *item;
    acrm_value *types = call(&y.o, "relationship_type.list", "{'where':{'code':'group'}}");
    item = acrm_value_at(acrm_value_get(types, "items"), 0);
    id before = y.customer, of = y.customer;
    for (int i = 0; i < 3; i++) {
        id next = make(&y.o, "customer.create", "{'kind':'company','name':'Sub %d'}", i);
        make(&y.o, "relationship.create", "{'type_id':'%s','from_id':'%s','to_id':'%s'%s}",
             office_text(item, "id"), of.text, next.text,
             i == 2 ? ",'until':'2025-12-31'" : "");
        of = y.customer = next;
        sell(&y, y.lead_ann, y.north, "2026-06-06", "1.00");
    }
    y.customer = before;
    acrm_value_free(types);
    out = call(&y.o, "account_plan.view", "{'id':'%s'}", plan.text);
    ck_assert_int_eq(office_number(out, "customers"), 3);
    ck_assert_int_eq(office_number(out, "units"), 7);
    acrm_value_free(out);
    refused(&y.o, ACRM_E_INVALID, "range", "account_plan.review", "{'id':'%s','next_on':"
            "'2026-07-01'}", plan.text);
    acrm_value_free(call(&y.o, "account_plan.update", "{'id':'%s','last_write_wins':true,"
                         "'status':'won'}", plan.text));
    refused(&y.o, ACRM_E_CONFLICT, "state", "account_plan.review", "{'id':'%s'}", plan.text);
    refused(&y.o, ACRM_E_INVALID, "range", "account_plan.create", "{'name':'X','customer_id':'%s',"
            "'from_date':'2026-01-01','to_date':'2026-12-31','expected_units':8,'market_units':2}",
            y.customer.text);
    refused(&y.o, ACRM_E_INVALID, "type", "account_plan.create", "{'name':'X','customer_id':'%s',"
            "'from_date':'2026-01-01','to_date':'2026-12-31','competition':[1]}",
            y.customer.text);
    office_close(&y.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("performance");
    TCase *t = tcase_create("performance");

    tcase_add_loop_test(t, performance__people_teams_and_dealers_are_compared, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, performance__a_dealer_knows_its_rank_and_no_names, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, performance__response_time_is_that_of_the_first_contact, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, performance__response_time_is_told_in_open_hours_too, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, target__is_told_beside_what_was_reached, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, target__what_cannot_be_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, forecast__tells_months_bounds_and_pipeline, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__is_explained_repeated_and_taken_back, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__a_draft_follows_what_changed, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__a_bad_rule_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__parts_make_the_whole, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__what_came_late_is_paid_once_by_the_next_run, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, commission__random_deals_reconcile_to_the_cent);
    tcase_add_loop_test(t, account__is_planned_reviewed_and_seen_whole, 0, OFFICE_STORAGES);
    tcase_add_test(t, commission__agrees_with_a_plain_count);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
