/* SPDX-License-Identifier: MIT */
/* The points ledger: what each operation does, and what it refuses. */
#include "loyalty_world.h"

#include "base/civil.h"
#include "support/under.h"


typedef struct club {
    office o;
    char program[40], ada[40], bob[40];
} club;

static void club_open(club *c, int storage, const char *zone, const char *terms)
{
    loyalty_open(&c->o, storage, zone);
    loyalty_made(&c->o, "loyalty_program.create",
                 loyalty_args("{'code':'club','name':'Club'%s}", terms), "id", c->program);
    loyalty_join(&c->o, c->program, c->ada);
    loyalty_join(&c->o, c->program, c->bob);
}

static void club_do(club *c, const char *operation, const char *json)
{
    acrm_value_free(office_call(&c->o, operation, json));
}

static void club_earn(club *c, const char *member, int points, const char *source)
{
    club_do(c, "loyalty.earn", loyalty_args("{'member_id':'%s','points':%d,'source_id':'%s'}",
                                            member, points, source));
}

static void club_at(const char *minute)
{
    char text[40];

    snprintf(text, sizeof text, "%s:00Z", minute);
    ck_assert(acrm__instant_parse(text, strlen(text), &loyalty_clock));
}

static void club_proved(club *c)
{
    acrm_value *proof = office_call(&c->o, "loyalty.verify", "{}");

    ck_assert(acrm_value_bool(acrm_value_get(proof, "ok")));
    ck_assert_int_gt(office_number(proof, "entries"), 0);
    acrm_value_free(proof);
}

START_TEST(ledger__points_end_at_midnight_in_the_zone_of_the_programme)
{
    club c;

    club_open(&c, OFFICE_MEMORY, "UTC", ",'zone':'Asia/Tehran','expire_days':1");
    club_at("2025-03-01T21:00"); /* 00:30 on the 2nd in Tehran */
    club_earn(&c, c.ada, 10, "a");
    club_at("2025-03-02T20:29"); /* 23:59 on the 2nd */
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 10);
    club_at("2025-03-02T20:30");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    club_do(&c, "engine.tick", "{}");
    acrm_value *rows = office_call(&c.o, "points_transaction.list", "{\"where\":{\"kind\":"
                                   "\"expire\"}}");
    const acrm_value *items = acrm_value_get(rows, "items");
    ck_assert_uint_eq(acrm_value_count(items), 1);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "at"), "2025-03-02T20:30:00Z");
    acrm_value_free(rows);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__pending_points_wait_for_the_beginning_of_a_day_week_or_month)
{
    static const struct {
        const char *round, *before, *after;
    } rows[] = {
        { "none", "2025-03-08T09:59", "2025-03-08T10:00" },
        { "day", "2025-03-08T23:59", "2025-03-09T00:00" },
        { "week", "2025-03-09T23:59", "2025-03-10T00:00" }, /* a Monday */
        { "month", "2025-03-31T23:59", "2025-04-01T00:00" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        club c;
        char terms[80];
        snprintf(terms, sizeof terms, ",'pending_days':7,'pending_round':'%s'", rows[i].round);
        club_open(&c, OFFICE_MEMORY, NULL, terms);
        club_at("2025-03-01T10:00");
        club_earn(&c, c.ada, 10, "a");
        club_at(rows[i].before);
        ck_assert_int_eq(loyalty_has(&c.o, c.ada, "pending"), 10);
        ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
        office_refused(&c.o, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':1}",
                       c.ada), ACRM_E_CONFLICT, "points", "insufficient");
        club_at(rows[i].after);
        ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 10);
        club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':10}", c.ada));
        club_proved(&c);
        office_close(&c.o);
    }
}
END_TEST

START_TEST(ledger__activity_makes_all_points_last_anew)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'expiry':'activity','expire_months':1");
    club_at("2025-03-01T10:00");
    club_earn(&c, c.ada, 100, "a");
    club_at("2025-03-31T10:00");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':1}", c.ada));
    club_at("2025-04-29T23:59");
    club_do(&c, "engine.tick", "{}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 99);
    club_at("2025-04-30T00:00");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    club_do(&c, "engine.tick", "{}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__expired_points_given_back_live_on_for_the_window)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'expire_days':10,'reinstate_days':5");
    club_at("2025-03-01T10:00");
    club_earn(&c, c.ada, 100, "a");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':60,'source_id':'r'}",
                                               c.ada));
    club_at("2025-03-13T10:00"); /* expired on the 11th */
    club_do(&c, "loyalty.reverse", "{\"of_source_id\":\"r\",\"points\":50}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 50);
    club_at("2025-03-16T00:00");
    club_do(&c, "engine.tick", "{}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    club_do(&c, "loyalty.reverse", "{\"of_source_id\":\"r\"}"); /* the other 10: at once */
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__a_reservation_ends_by_itself)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'reserve_minutes':30");
    club_earn(&c, c.ada, 100, "a");
    club_do(&c, "loyalty.reserve", loyalty_args("{'member_id':'%s','points':80,'source_id':'h'}",
                                                c.ada));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "reserved"), 80);
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 20);
    loyalty_clock += INT64_C(31) * 60000000;
    club_do(&c, "engine.tick", "{}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 100);
    office_refused(&c.o, "loyalty.confirm", "{\"of_source_id\":\"h\"}", ACRM_E_CONFLICT, "of_id",
                   "state");
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__a_household_spends_together_and_each_gets_its_own_back)
{
    club c;
    char home[40], customers[2][40];

    club_open(&c, OFFICE_MEMORY, NULL, ",'pooling':'household'");
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.ada), "customer_id",
                 customers[0]);
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.bob), "customer_id",
                 customers[1]);
    loyalty_made(&c.o, "household.create", loyalty_args("{'name':'H','head_id':'%s'}",
                                                        customers[0]), "id", home);
    club_do(&c, "household_member.create", loyalty_args(
        "{'household_id':'%s','customer_id':'%s','role':'partner'}", home, customers[1]));
    club_earn(&c, c.ada, 30, "a");
    club_earn(&c, c.bob, 50, "b");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "pool"), 80);
    office_refused(&c.o, "loyalty.redeem", loyalty_args(
        "{'member_id':'%s','points':40,'own_only':true}", c.ada), ACRM_E_CONFLICT, "points",
        "insufficient");
    office_refused(&c.o, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':81}", c.ada),
                   ACRM_E_CONFLICT, "points", "insufficient");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':70,'source_id':'r'}",
                                               c.ada));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    ck_assert_int_eq(loyalty_has(&c.o, c.bob, "available"), 10);
    acrm_value *again = office_call(&c.o, "loyalty.redeem", loyalty_args(
        "{'member_id':'%s','points':70,'source_id':'r'}", c.ada));
    ck_assert(acrm_value_bool(acrm_value_get(again, "duplicate")));
    ck_assert_int_eq(office_number(again, "points"), 70);
    acrm_value_free(again);
    club_do(&c, "loyalty.reverse", "{\"of_source_id\":\"r\",\"points\":45}");
    ck_assert_int_eq(loyalty_has(&c.o, c.bob, "available"), 50);
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 5);
    club_do(&c, "loyalty.reverse", "{\"of_source_id\":\"r\"}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 30);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

/* A user of a role, as a session. */
static acrm_session *club_user(club *c, const char *login, const char *permissions)
{
    char role[40], user[40], who[64];
    acrm_session *session = NULL;

    loyalty_made(&c->o, "role.create", loyalty_args(
        "{'name':'%s','label':'x','permissions':[%s],'scopes':{'*':'all'}}", login, permissions),
        "id", role);
    loyalty_made(&c->o, "user.create", loyalty_args("{'name':'%s','login':'%s','role_id':'%s'}",
                                                    login, login, role), "id", user);
    snprintf(who, sizeof who, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(c->o.engine, who, &session, NULL), ACRM_OK);
    return session;
}

START_TEST(ledger__an_adjustment_takes_four_eyes)
{
    club c;
    char fix[40];
    acrm_session *system;

    club_open(&c, OFFICE_MEMORY, NULL, ",'four_eyes_from':50");
    acrm_session *asks = club_user(&c, "asks", "'loyalty.*','*.get'");
    acrm_session *decides = club_user(&c, "decides", "'loyalty.*','*.get'");
    system = c.o.session;
    c.o.session = asks;
    club_do(&c, "loyalty.adjust", loyalty_args("{'member_id':'%s','points':49,'cause':'small'}",
                                               c.ada));
    loyalty_made(&c.o, "loyalty.adjust", loyalty_args(
        "{'member_id':'%s','points':500,'cause':'lost bill','source_id':'x'}", c.ada), "id", fix);
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 49);
    office_refused(&c.o, "loyalty.approve", loyalty_args("{'id':'%s'}", fix), ACRM_E_DENIED, "id",
                   "four_eyes");
    c.o.session = decides;
    club_do(&c, "loyalty.approve", loyalty_args("{'id':'%s'}", fix));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 549);
    office_refused(&c.o, "loyalty.reject", loyalty_args("{'id':'%s'}", fix), ACRM_E_CONFLICT, "id",
                   "state");
    c.o.session = asks;
    loyalty_made(&c.o, "loyalty.adjust", loyalty_args(
        "{'member_id':'%s','points':-600,'cause':'error'}", c.ada), "id", fix);
    c.o.session = decides;
    office_refused(&c.o, "loyalty.approve", loyalty_args("{'id':'%s'}", fix), ACRM_E_CONFLICT,
                   "points", "insufficient");
    club_do(&c, "loyalty.reject", loyalty_args("{'id':'%s'}", fix));
    c.o.session = system;
    club_proved(&c);
    acrm_session_free(asks);
    acrm_session_free(decides);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__a_customer_sees_the_own_statement_only)
{
    club c;
    char customer[40], who[64];
    acrm_session *system;

    club_open(&c, OFFICE_MEMORY, NULL, "");
    club_earn(&c, c.ada, 10, "a");
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.ada), "customer_id", customer);
    snprintf(who, sizeof who, "customer:%s", customer);
    system = c.o.session;
    ck_assert_int_eq(acrm_session_new(c.o.engine, who, &c.o.session, NULL), ACRM_OK);
    acrm_value *own = office_call(&c.o, "loyalty.statement", loyalty_args("{'member_id':'%s'}",
                                                                          c.ada));
    ck_assert_int_eq(office_number(own, "closing"), 10);
    acrm_value_free(own);
    office_refused(&c.o, "loyalty.statement", loyalty_args("{'member_id':'%s'}", c.bob),
                   ACRM_E_NOTFOUND, "member_id", "reference");
    office_refused(&c.o, "loyalty.earn", loyalty_args("{'member_id':'%s','points':1}", c.ada),
                   ACRM_E_DENIED, "", "permission");
    acrm_session_free(c.o.session);
    c.o.session = system;
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__bad_input_names_the_field_and_moves_nothing)
{
    club c;
    char card[40], customer[40];

    club_open(&c, OFFICE_MEMORY, NULL, ",'transaction_max':1000");
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.ada), "customer_id", customer);
    loyalty_made(&c.o, "member_card.create", loyalty_args(
        "{'number':'77 01','customer_id':'%s','expires_on':'2025-01-09'}", customer), "id", card);
    club_earn(&c, c.ada, 100, "a");
    const struct {
        const char *operation, *json;
        int32_t status;
        const char *field, *reason;
    } rows[] = {
        { "loyalty.earn", "{'member_id':'0190163d-8694-739b-aea5-966c26f8ad91','points':1}",
          ACRM_E_NOTFOUND, "member_id", "reference" },
        { "loyalty.earn", "{'points':1}", ACRM_E_INVALID, "member_id", "required" },
        { "loyalty.earn", "{'member_id':'$','points':0}", ACRM_E_INVALID, "points", "range" },
        { "loyalty.earn", "{'member_id':'$','points':-5}", ACRM_E_INVALID, "points", "range" },
        { "loyalty.earn", "{'member_id':'$','points':1001}", ACRM_E_LIMIT, "points", "limit" },
        { "loyalty.earn", "{'member_id':'$','points':99,'source_id':'a'}", ACRM_E_CONFLICT,
          "source_id", "source" },
        { "loyalty.redeem", "{'member_id':'$','points':99,'source_id':'a'}", ACRM_E_CONFLICT,
          "source_id", "source" },
        { "loyalty.earn", "{'member_id':'$','points':9,'expires_on':'2025-01-10'}",
          ACRM_E_INVALID, "expires_on", "range" },
        { "loyalty.earn", "{'member_id':'$','points':9,'at':'2025-01-11T00:00:00Z'}",
          ACRM_E_INVALID, "at", "future_dated" },
        { "loyalty.earn", "{'member_id':'$','points':9,'at':'2020-01-11T00:00:00Z'}",
          ACRM_E_INVALID, "at", "back_dated" },
        { "loyalty.earn", "{'member_id':'$','amount':'12.50'}", ACRM_E_INVALID, "amount",
          "required" },
        { "loyalty.earn", "{'member_id':'$','points':1,'qualifying':-1}", ACRM_E_INVALID,
          "qualifying", "range" },
        { "loyalty.redeem", "{'member_id':'$','points':101}", ACRM_E_CONFLICT, "points",
          "insufficient" },
        { "loyalty.redeem", "{'card':'7701','points':1}", ACRM_E_CONFLICT, "card",
          "card_expired" },
        { "loyalty.redeem", "{'card':'7702','points':1}", ACRM_E_NOTFOUND, "card", "reference" },
        { "loyalty.redeem", "{'card':'7701','program':'none','points':1}", ACRM_E_NOTFOUND,
          "program", "reference" },
        { "loyalty.reverse", "{'of_source_id':'zzz'}", ACRM_E_NOTFOUND, "of_source_id",
          "reference" },
        { "loyalty.reverse", "{'of_source_id':'a','points':101}", ACRM_E_CONFLICT, "points",
          "reversed" },
        { "loyalty.reverse", "{'of_source_id':'a','points':0}", ACRM_E_INVALID, "points",
          "range" },
        { "loyalty.confirm", "{'of_source_id':'a'}", ACRM_E_CONFLICT, "of_id", "state" },
        { "loyalty.transfer", "{'member_id':'$','to_id':'$','points':1}", ACRM_E_INVALID, "to_id",
          "same" },
        { "loyalty.adjust", "{'member_id':'$','points':0,'cause':'x'}", ACRM_E_INVALID, "points",
          "range" },
        { "loyalty.statement", "{'member_id':'$','from':'2025-02-01','to':'2025-01-01'}",
          ACRM_E_INVALID, "from", "range" },
        { "loyalty_program.create", "{'code':'x','name':'x','zone':'Mars/Base'}", ACRM_E_INVALID,
          "zone", "zone" },
        { "loyalty_program.create", "{'code':'x','name':'x','cost_per_point':'1'}",
          ACRM_E_INVALID, "currency", "required" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char json[512];
        size_t n = 0;
        for (const char *p = rows[i].json; *p; p++)
            if (*p == '$')
                n += (size_t)snprintf(json + n, sizeof json - n, "%s", c.ada);
            else
                json[n++] = *p;
        json[n] = '\0';
        office_refused(&c.o, rows[i].operation, loyalty_args("%s", json), rows[i].status,
                       rows[i].field, rows[i].reason);
        ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 100);
    }
    club_do(&c, "member.update", loyalty_args("{'id':'%s','version':1,'status':'blocked'}",
                                              c.ada));
    office_refused(&c.o, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':1}", c.ada),
                   ACRM_E_CONFLICT, "member_id", "member_blocked");
    ck_assert_int_eq(office_count(&c.o, "points_transaction.count", "{}"), 2);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__points_that_fit_no_number_are_refused)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, "");
    club_do(&c, "loyalty.earn", loyalty_args(
        "{'member_id':'%s','points':9007199254740991,'qualifying':0}", c.ada));
    office_refused(&c.o, "loyalty.earn", loyalty_args(
        "{'member_id':'%s','points':1,'qualifying':0}", c.ada), ACRM_E_LIMIT, "points",
        "overflow");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), INT64_C(9007199254740991));
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__what_is_told_after_the_clock_was_set_back_comes_after_all_before)
{
    club c;

    club_open(&c, OFFICE_SQLITE, NULL, "");
    club_earn(&c, c.ada, 100, "a");
    loyalty_clock -= INT64_C(1000000);
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':40}", c.ada));
    club_do(&c, "loyalty.transfer", loyalty_args(
        "{'member_id':'%s','to_id':'%s','points':10}", c.ada, c.bob));
    loyalty_clock -= INT64_C(1000000);
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':10}", c.bob));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 50);
    ck_assert_int_eq(loyalty_has(&c.o, c.bob, "available"), 0);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__burning_leaves_qualifying_points_alone)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'return_policy':'unlimited'");
    club_earn(&c, c.ada, 100, "a");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':90}", c.ada));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "qualifying"), 100);
    club_do(&c, "loyalty.reverse", "{\"of_source_id\":\"a\",\"points\":25}");
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "qualifying"), 75);
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), -15);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__a_statement_adds_up_and_tells_the_lots)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'expire_months':12");
    club_at("2025-01-20T10:00");
    club_earn(&c, c.ada, 100, "a");
    club_at("2025-02-03T10:00");
    club_earn(&c, c.ada, 40, "b");
    club_at("2025-02-10T10:00");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':110}", c.ada));
    acrm_value *s = office_call(&c.o, "loyalty.statement", loyalty_args(
        "{'member_id':'%s','from':'2025-02-01','to':'2025-02-28'}", c.ada));
    const acrm_value *items = acrm_value_get(s, "items");
    ck_assert_int_eq(office_number(s, "opening"), 100);
    ck_assert_int_eq(office_number(s, "closing"), 30);
    ck_assert_uint_eq(acrm_value_count(items), 2);
    const acrm_value *lots = acrm_value_get(acrm_value_at(items, 1), "lots");
    ck_assert_uint_eq(acrm_value_count(lots), 2);
    ck_assert_int_eq(office_number(acrm_value_at(lots, 0), "points"), 100);
    ck_assert_str_eq(office_text(acrm_value_at(lots, 0), "expires_on"), "2026-01-20");
    ck_assert_int_eq(office_number(acrm_value_at(lots, 1), "points"), 10);
    acrm_value_free(s);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__liability_tells_cost_by_month_and_age)
{
    club c;

    club_open(&c, OFFICE_MEMORY, NULL, ",'expire_months':12,'cost_per_point':'0.0125',"
                                       "'currency':'EUR'");
    club_at("2025-01-20T10:00");
    club_earn(&c, c.ada, 1000, "a");
    club_at("2025-12-20T10:00");
    club_earn(&c, c.bob, 500, "b");
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':200}", c.ada));
    acrm_value *out = office_call(&c.o, "loyalty.liability", "{}");
    const acrm_value *all = acrm_value_get(out, "outstanding");
    const acrm_value *months = acrm_value_get(out, "by_expiry");
    const acrm_value *ages = acrm_value_get(out, "by_age");
    ck_assert_int_eq(office_number(all, "points"), 1300);
    ck_assert_str_eq(office_text(all, "cost"), "16.25");
    ck_assert_uint_eq(acrm_value_count(months), 2);
    ck_assert_str_eq(office_text(acrm_value_at(months, 0), "month"), "2026-01-01");
    ck_assert_int_eq(office_number(acrm_value_at(months, 0), "points"), 800);
    ck_assert_int_eq(office_number(acrm_value_at(ages, 0), "points"), 500);
    ck_assert_int_eq(office_number(acrm_value_at(ages, 2), "points"), 800);
    acrm_value_free(out);
    club_at("2026-02-01T10:00");
    club_do(&c, "engine.tick", "{}");
    out = office_call(&c.o, "loyalty.liability", "{}");
    ck_assert(acrm_value_real(acrm_value_get(out, "breakage")) == 0.8);
    acrm_value_free(out);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__verify_names_the_row_that_was_tampered_with)
{
    static const struct {
        const char *sql, *entity, *field;
    } rows[] = {
        { "UPDATE points_lot SET remaining=remaining+1 WHERE qty=7", "points_lot", "remaining" },
        { "UPDATE points_account SET available=available-5 WHERE available>0 AND kind='points'",
          "points_account", "available" },
        { "UPDATE points_entry SET points=8 WHERE points=7", "points_transaction", "available" },
        { "UPDATE points_transaction SET available=9 WHERE source_id='a'", "points_transaction",
          "available" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        club c;
        bool named = false;
        club_open(&c, OFFICE_SQLITE, NULL, "");
        club_do(&c, "loyalty.earn", loyalty_args(
            "{'member_id':'%s','points':7,'source_id':'a','qualifying':0}", c.ada));
        club_proved(&c);
        ck_assert_int_gt(under_do(c.o.path, rows[i].sql), 0);
        acrm_value *proof = office_call(&c.o, "loyalty.verify", "{}");
        const acrm_value *faults = acrm_value_get(proof, "faults");
        ck_assert(!acrm_value_bool(acrm_value_get(proof, "ok")));
        for (size_t k = 0; k < acrm_value_count(faults); k++)
            named |= strcmp(office_text(acrm_value_at(faults, k), "entity"), rows[i].entity) == 0 &&
                     strcmp(office_text(acrm_value_at(faults, k), "field"), rows[i].field) == 0;
        ck_assert_msg(named, "%s", rows[i].sql);
        acrm_value_free(proof);
        office_close(&c.o);
    }
}
END_TEST

START_TEST(ledger__unmerging_brings_back_what_is_left_with_its_end)
{
    club c;
    char customers[2][40], held[40];

    club_open(&c, OFFICE_SQLITE, NULL, ",'expire_months':12");
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.ada), "customer_id",
                 customers[0]);
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.bob), "customer_id",
                 customers[1]);
    club_earn(&c, c.ada, 100, "a");
    loyalty_clock += LOYALTY_DAY;
    club_earn(&c, c.bob, 50, "b");
    loyalty_made(&c.o, "loyalty.reserve", loyalty_args("{'member_id':'%s','points':20}", c.bob),
                 "transaction", held);
    club_do(&c, "customer.merge", loyalty_args("{'id':'%s','others':['%s']}", customers[0],
                                               customers[1]));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 130);
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "reserved"), 20);
    ck_assert_int_eq(loyalty_has(&c.o, c.bob, "available"), 130); /* it stands for the other */
    club_do(&c, "loyalty.cancel", loyalty_args("{'of_id':'%s'}", held));
    club_do(&c, "loyalty.redeem", loyalty_args("{'member_id':'%s','points':110}", c.ada));
    club_proved(&c);
    club_do(&c, "customer.unmerge", loyalty_args("{'id':'%s'}", customers[1]));
    ck_assert_int_eq(loyalty_has(&c.o, c.ada, "available"), 0);
    ck_assert_int_eq(loyalty_has(&c.o, c.bob, "available"), 40);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

START_TEST(ledger__erasing_a_customer_closes_the_membership_and_keeps_the_ledger)
{
    club c;
    char customer[40];

    club_open(&c, OFFICE_MEMORY, NULL, "");
    club_earn(&c, c.ada, 100, "a");
    club_do(&c, "loyalty.adjust", loyalty_args(
        "{'member_id':'%s','points':-10,'cause':'Ada said so'}", c.ada));
    loyalty_made(&c.o, "member.get", loyalty_args("{'id':'%s'}", c.ada), "customer_id", customer);
    club_do(&c, "privacy.erase", loyalty_args("{'customer_id':'%s','basis':'Art. 17','reason':'x'}",
                                              customer));
    office_refused(&c.o, "loyalty.earn", loyalty_args("{'member_id':'%s','points':1}", c.ada),
                   ACRM_E_CONFLICT, "member_id", "member_closed");
    acrm_value *rows = office_call(&c.o, "points_adjustment.list", "{}");
    const acrm_value *row = acrm_value_at(acrm_value_get(rows, "items"), 0);
    ck_assert_str_ne(office_text(row, "cause"), "Ada said so");
    acrm_value_free(rows);
    club_proved(&c);
    office_close(&c.o);
}
END_TEST

/* --- What is dated back --- */

typedef struct late_op {
    char kind;
    int day, points, of;
} late_op;

static bool late_do(club *c, const late_op *op, int n)
{
    char json[256], at[40];
    int32_t st;

    snprintf(at, sizeof at, "2025-%02d-%02dT12:%02d:00Z", 2 + op->day / 28, 1 + op->day % 28, n);
    if (op->kind == 'v')
        snprintf(json, sizeof json, "{'of_source_id':'s%d','source_id':'s%d','at':'%s'}", op->of, n,
                 at);
    else
        snprintf(json, sizeof json, "{'member_id':'%s','points':%d,'source_id':'s%d','source':"
                 "'s%d','at':'%s'%s}", c->ada, op->points, n, n, at,
                 op->kind == 'p' ? ",'expires_on':'2025-06-20'" : "");
    const char *text = loyalty_args("%s", json);
    st = acrm_call_json(c->o.session, op->kind == 'v' ? "loyalty.reverse" : op->kind == 'r'
                        ? "loyalty.redeem" : "loyalty.earn", text, strlen(text), NULL, NULL);
    ck_assert(st == ACRM_OK || st == ACRM_E_CONFLICT || st == ACRM_E_NOTFOUND ||
              st == ACRM_E_INVALID);
    return st == ACRM_OK;
}

static void late_lots(club *c, char *out, size_t size)
{
    acrm_value *page = office_call(&c->o, "points_lot.list",
        "{\"where\":{\"account.kind\":\"points\"},\"order\":[\"earned_at\",\"qty\"]}");
    const acrm_value *items = acrm_value_get(page, "items");
    size_t n = 0;

    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *lot = acrm_value_at(items, i);
        if (office_number(lot, "qty") > 0)
            n += (size_t)snprintf(out + n, size - n, "%d/%d/%d ", (int)office_number(lot, "qty"),
                                  (int)office_number(lot, "remaining"),
                                  (int)office_number(lot, "expired"));
    }
    acrm_value_free(page);
}

/* Told in any order, it comes out as if told in time. */
START_TEST(ledger__what_is_dated_back_comes_out_as_if_told_in_time)
{
    enum { OPS = 12, TRIES = 60 };
    uint64_t seed = 7;
    int compared = 0;

    for (int t = 0; t < TRIES; t++) {
        late_op ops[OPS];
        int order[OPS];
        club in_time, late;
        char a[2000] = "", b[2000] = "";
        bool all = true;
        const char *terms = t % 2 ? ",'expire_days':40,'return_policy':'unlimited'"
                                  : ",'expire_days':40,'consume':'oldest_earned'";
        for (int i = 0, day = 0; i < OPS; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            uint32_t x = (uint32_t)(seed >> 33);
            day += (int)(x % 9);
            ops[i] = (late_op){ "eeeprrv"[i < 3 ? 0 : x / 9 % 7], day,
                                (int)(20 + x / 64 % 80) >> (i < 3 ? 0 : 1),
                                (int)(x / 4096) % (i + 1) };
            order[i] = i;
        }
        for (int i = OPS - 1; i > 0; i--) { /* what follows another is told after it */
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int k = (int)((seed >> 33) % (uint32_t)(i + 1)), keep = order[i];
            order[i] = order[k];
            order[k] = keep;
        }
        club_open(&in_time, OFFICE_MEMORY, NULL, terms);
        club_open(&late, OFFICE_MEMORY, NULL, terms);
        club_at("2025-12-01T00:00");
        bool done[OPS], told[OPS];
        for (int i = 0; i < OPS; i++)
            done[i] = late_do(&in_time, &ops[i], i);
        for (int pass = 0; pass < OPS; pass++)
            for (int i = 0; i < OPS; i++) { /* refused now, it may be possible later */
                int n = order[i];
                if (pass == 0)
                    told[n] = !done[n];
                if (!told[n])
                    told[n] = late_do(&late, &ops[n], n);
            }
        for (int i = 0; i < OPS; i++)
            all &= told[i];
        club_do(&in_time, "engine.tick", "{}");
        club_do(&late, "engine.tick", "{}");
        club_proved(&late);
        if (all) {
            late_lots(&in_time, a, sizeof a);
            late_lots(&late, b, sizeof b);
            ck_assert_msg(strcmp(a, b) == 0, "try %d: %s, told late %s", t, a, b);
            compared++;
        }
        office_close(&in_time.o);
        office_close(&late.o);
    }
    ck_assert_int_gt(compared, TRIES / 2);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *t = tcase_create("ledger");

    tcase_add_test(t, ledger__points_end_at_midnight_in_the_zone_of_the_programme);
    tcase_add_test(t, ledger__pending_points_wait_for_the_beginning_of_a_day_week_or_month);
    tcase_add_test(t, ledger__activity_makes_all_points_last_anew);
    tcase_add_test(t, ledger__expired_points_given_back_live_on_for_the_window);
    tcase_add_test(t, ledger__a_reservation_ends_by_itself);
    tcase_add_test(t, ledger__a_household_spends_together_and_each_gets_its_own_back);
    tcase_add_test(t, ledger__an_adjustment_takes_four_eyes);
    tcase_add_test(t, ledger__a_customer_sees_the_own_statement_only);
    tcase_add_test(t, ledger__bad_input_names_the_field_and_moves_nothing);
    tcase_add_test(t, ledger__points_that_fit_no_number_are_refused);
    tcase_add_test(t, ledger__what_is_told_after_the_clock_was_set_back_comes_after_all_before);
    tcase_add_test(t, ledger__burning_leaves_qualifying_points_alone);
    tcase_add_test(t, ledger__a_statement_adds_up_and_tells_the_lots);
    tcase_add_test(t, ledger__liability_tells_cost_by_month_and_age);
    tcase_add_test(t, ledger__verify_names_the_row_that_was_tampered_with);
    tcase_add_test(t, ledger__unmerging_brings_back_what_is_left_with_its_end);
    tcase_add_test(t, ledger__erasing_a_customer_closes_the_membership_and_keeps_the_ledger);
    tcase_add_test(t, ledger__what_is_dated_back_comes_out_as_if_told_in_time);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
