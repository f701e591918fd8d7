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
            int64_t want = plain_pays(&plan, at, at + own, units);
            if (!units)
                want = (want + 500000) / 1000000;
            ck_assert_int_eq(got, want);
            at += own;
            paid += got;
        }
        plan.cap = paid / 2;
        int64_t capped = 0, got = 0;
        at = 0;
        for (int c = 0; c < 8; c++) {
            ck_assert(acrm__commission_pays(&plan, at, 1, 0, capped, &got));
            capped += got;
            at++;
            ck_assert(capped <= plan.cap || got == 0);
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
    tcase_add_loop_test(t, performance__response_time_is_that_of_the_first_contact, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, target__is_told_beside_what_was_reached, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, target__what_cannot_be_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, forecast__tells_months_bounds_and_pipeline, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__is_explained_repeated_and_taken_back, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__a_draft_follows_what_changed, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, commission__a_bad_rule_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, account__is_planned_reviewed_and_seen_whole, 0, OFFICE_STORAGES);
    tcase_add_test(t, commission__agrees_with_a_plain_count);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
