/* SPDX-License-Identifier: MIT */
/* The club: rules, tiers, rewards, challenges, sources, cards, partners, on both storages. */
#include "loyalty_world.h"

#include <pthread.h>

static office o;
static char program[40], member[40];

static void open_club(int storage)
{
    loyalty_open(&o, storage, NULL);
    loyalty_made(&o, "loyalty_program.create",
                 loyalty_args("{'code':'club','name':'Club','currency':'EUR',"
                              "'cost_per_point':'0.005','return_policy':'unlimited'}"),
                 "id", program);
    loyalty_join(&o, program, member);
}

/* Any operation; the result's text under a key goes to `out` when it is given. */
static void does(const char *operation, const char *json, const char *key, char *out)
{
    acrm_value *made = office_call(&o, operation, json);

    if (out)
        snprintf(out, 40, "%s", office_text(made, key));
    acrm_value_free(made);
}

static int64_t number_of(const char *operation, const char *json, const char *key)
{
    acrm_value *made = office_call(&o, operation, json);
    int64_t n = office_number(made, key);

    acrm_value_free(made);
    return n;
}

static void text_is(const char *operation, const char *json, const char *key, const char *want)
{
    acrm_value *made = office_call(&o, operation, json);
    const char *text = office_text(made, key);

    ck_assert_msg(text ? want && strcmp(text, want) == 0 : !want, "%s: %s is %s", operation, key,
                  text ? text : "null");
    acrm_value_free(made);
}

static void rule(const char *code, const char *more)
{
    does("earning_rule.create", loyalty_args("{'program_id':'%s','code':'%s',%s}", program, code,
                                             more), NULL, NULL);
}

/* Record a purchase; the points it gave. */
static int64_t buys(const char *source, const char *amount, const char *more)
{
    return number_of("loyalty.record",
                     loyalty_args("{'member_id':'%s','kind':'purchase','source_id':'%s',"
                                  "'amount':'%s'%s}", member, source, amount, more), "points");
}

static void ladder(const char *more)
{
    does("tier_scheme.create",
         loyalty_args("{'program_id':'%s','tiers':[{'code':'blue','from':0},{'code':'silver',"
                      "'from':100},{'code':'gold','from':300}]%s}", program, more), NULL, NULL);
}

static const char *tier_now(void)
{
    static char tier[40];

    does("member.get", loyalty_args("{'id':'%s'}", member), "tier", tier);
    return tier;
}

/* --- Earning --- */

START_TEST(club__gives_points_by_rules_and_says_why)
{
    open_club(_i);
    rule("base", "'kind':'purchase','number':'1','unit':'10'");
    rule("oil", "'kind':'purchase','number':'5','unit':'10','line_categories':['oil']");
    rule("spring", "'gives':'factor','number':'2','valid_from':'2025-03-01',"
                   "'valid_until':'2025-03-31','condition':{'category':'service'}");
    rule("big", "'gives':'fixed','number':'50','condition':{'amount':{'$gte':'500.00 EUR'}},"
                "'caps':[{'period':'month','times':1}]");
    ck_assert_int_eq(buys("i1", "99.99", ""), 9);
    ck_assert_int_eq(buys("i1", "99.99", ""), 9);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 9);
    ck_assert_int_eq(buys("i2", "500.00", ""), 100);
    ck_assert_int_eq(buys("i3", "500.00", ""), 50);
    ck_assert_int_eq(buys("i4", "30.00", ",'lines':[{'amount':'20.00','category':'oil'},"
                                         "{'amount':'10.00'}]"), 13);
    loyalty_clock += 60 * LOYALTY_DAY;
    acrm_value *made = office_call(&o, "loyalty.record", loyalty_args(
        "{'member_id':'%s','kind':'purchase','source_id':'i5','amount':'500.00',"
        "'category':'service'}", member));
    ck_assert_int_eq(office_number(made, "points"), 200);
    const acrm_value *why = acrm_value_get(made, "explanation");
    ck_assert_uint_eq(acrm_value_count(why), 3);
    ck_assert_str_eq(office_text(acrm_value_at(why, 0), "rule"), "base");
    ck_assert_str_eq(office_text(acrm_value_at(why, 0), "factor"), "2");
    ck_assert_int_eq(office_number(acrm_value_at(why, 0), "points"), 100);
    acrm_value_free(made);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 9 + 100 + 50 + 13 + 200);
    office_close(&o);
}
END_TEST

START_TEST(club__takes_points_back_in_proportion)
{
    char event[40];

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1','unit':'1'");
    does("loyalty.record", loyalty_args("{'member_id':'%s','kind':'purchase','source_id':'i1',"
                                        "'amount':'100.50'}", member), "id", event);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 100);
    does("loyalty.take_back", loyalty_args("{'id':'%s','amount':'33.00'}", event), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 67); /* 100 * 67.50 / 100.50 */
    office_refused(&o, "loyalty.take_back", loyalty_args("{'id':'%s','amount':'70'}", event),
                   ACRM_E_INVALID, "amount", "range");
    does("loyalty.take_back", loyalty_args("{'source_id':'i1'}"), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 0);
    does("loyalty.take_back", loyalty_args("{'source_id':'i1'}"), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 0);
    office_close(&o);
}
END_TEST

START_TEST(club__refuses_bad_rules_with_their_place)
{
    static const struct {
        const char *more, *field, *reason;
    } bad[] = {
        { "'number':'1','condition':{'colour':'red'}", "condition.colour", "unknown_field" },
        { "'number':'1','condition':{'at':{'$lt':{'$now':'-P1D'}}}", "condition", "operator" },
        { "'number':'1.23456'", "number", "range" },
        { "'number':'2000000'", "number", "range" },
        { "'number':'1','unit':'0'", "unit", "range" },
        { "'number':'1','unit':'0.001'", "unit", "range" },
        { "'number':'1','caps':[{'period':'day','points':5},{'period':'hour','points':5}]",
          "caps[1]", "type" },
        { "'number':'1','caps':[{'period':'event','times':5}]", "caps", "range" },
        { "'number':'1','valid_from':'2025-02-01','valid_until':'2025-01-01'", "valid_until",
          "range" },
        { "'number':'1','line_categories':[1]", "line_categories", "type" },
        { "'number':'1','gives':'factor','caps':[{'period':'day','points':5}]", "caps", "range" },
    };

    open_club(OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        office_refused(&o, "earning_rule.create",
                       loyalty_args("{'program_id':'%s','code':'x',%s}", program, bad[i].more),
                       ACRM_E_INVALID, bad[i].field, bad[i].reason);
    ck_assert_int_eq(office_count(&o, "earning_rule.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(club__refuses_bad_events_and_leaves_the_ledger)
{
    static const struct {
        const char *more, *field, *reason;
        int32_t status;
    } bad[] = {
        { "'kind':'purchase','source_id':'a','amount':'1.234'", "amount", "format",
          ACRM_E_INVALID },
        { "'kind':'purchase','source_id':'a','amount':'1.00','currency':'USD'", "currency",
          "currency", ACRM_E_INVALID },
        { "'kind':'purchase','source_id':'a','amount':'1.00','at':'2030-01-01T00:00:00Z'", "at",
          "range", ACRM_E_INVALID },
        { "'kind':'purchase','source_id':'a','amount':'2.00','lines':[{'amount':'1.00'}]", "lines",
          "sum", ACRM_E_INVALID },
        { "'kind':'purchase','source_id':'a','lines':[{'amount':'1.00'},{'amount':1}]",
          "lines[1]", "type", ACRM_E_INVALID },
        { "'kind':'purchase','source_id':'a','amount':'90000000000000000.00'", "points", "range",
          ACRM_E_LIMIT },
        { "'kind':'stroll','source_id':'a'", "kind", "choice", ACRM_E_INVALID },
    };

    open_club(OFFICE_MEMORY);
    rule("base", "'kind':'purchase','number':'1'");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        office_refused(&o, "loyalty.record",
                       loyalty_args("{'member_id':'%s',%s}", member, bad[i].more), bad[i].status,
                       bad[i].field, bad[i].reason);
    office_refused(&o, "loyalty.record", loyalty_args("{'member_id':'%s','kind':'other',"
                                                      "'source_id':'a'}", program),
                   ACRM_E_NOTFOUND, "member_id", "reference");
    ck_assert_int_eq(office_count(&o, "loyalty_event.count", "{}"), 0);
    ck_assert_int_eq(office_count(&o, "points_transaction.count", "{}"), 0);
    office_close(&o);
}
END_TEST

/* --- Tiers --- */

START_TEST(club__lifts_at_once_and_lowers_at_the_review)
{
    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    ladder("");
    ck_assert_int_eq(buys("i1", "99.00", ""), 99);
    ck_assert_str_eq(tier_now(), "blue");
    buys("i2", "1.00", "");
    ck_assert_str_eq(tier_now(), "silver");
    does("loyalty.redeem", loyalty_args("{'member_id':'%s','points':100}", member), NULL, NULL);
    ck_assert_str_eq(tier_now(), "silver"); /* spending lowers no tier */
    text_is("tier.forecast", loyalty_args("{'member_id':'%s'}", member), "review_tier", "silver");
    loyalty_clock += 400 * LOYALTY_DAY; /* 2026-02: the year that ended keeps it */
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_str_eq(tier_now(), "silver");
    text_is("tier.forecast", loyalty_args("{'member_id':'%s'}", member), "review_tier", "blue");
    ck_assert_int_eq(number_of("tier.forecast", loyalty_args("{'member_id':'%s'}", member),
                               "keep_missing"), 100);
    loyalty_clock += 310 * LOYALTY_DAY; /* within 30 days of the review */
    does("engine.tick", "{}", NULL, NULL);
    acrm_value *list = office_call(&o, "event.list", "{\"types\":[\"tier.will_downgrade\"]}");
    const acrm_value *last = acrm_value_at(acrm_value_get(list, "items"), 0);
    ck_assert_ptr_nonnull(last);
    ck_assert_int_eq(office_number(acrm_value_get(last, "data"), "points_required_to_remain"),
                     100);
    acrm_value_free(list);
    loyalty_clock += 30 * LOYALTY_DAY;
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_str_eq(tier_now(), "blue");
    ck_assert_int_eq(office_count(&o, "tier_change.count", "{}"), 3);
    office_close(&o);
}
END_TEST

START_TEST(club__tells_the_past_anew)
{
    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    ladder("");
    loyalty_clock += 40 * LOYALTY_DAY;
    buys("i1", "90.00", "");
    ck_assert_str_eq(tier_now(), "blue");
    buys("i0", "10.00", ",'at':'2025-01-20T12:00:00Z'"); /* back-dated */
    ck_assert_str_eq(tier_now(), "silver");
    does("loyalty.take_back", "{\"source_id\":\"i0\"}", NULL, NULL);
    ck_assert_str_eq(tier_now(), "blue"); /* as if it had not been bought */
    ck_assert_int_eq(office_count(&o, "tier_change.count", "{}"), 1);
    does("tier.grant", loyalty_args("{'member_id':'%s','tier':'gold','cause':'a friend'}",
                                    member), NULL, NULL);
    ck_assert_str_eq(tier_now(), "gold");
    office_refused(&o, "tier.grant", loyalty_args("{'member_id':'%s','tier':'iron'}", member),
                   ACRM_E_INVALID, "tier", "choice");
    office_close(&o);
}
END_TEST

START_TEST(club__refuses_tiers_with_gaps_and_overlaps)
{
    static const struct {
        const char *tiers, *field;
    } bad[] = {
        { "[]", "tiers" },
        { "[{'code':'a','from':1}]", "tiers[0].from" },
        { "[{'code':'a','from':0,'until':50},{'code':'b','from':60}]", "tiers[0].until" },
        { "[{'code':'a','from':0,'until':70},{'code':'b','from':60}]", "tiers[0].until" },
        { "[{'code':'a','from':0},{'code':'b','from':60},{'code':'c','from':60}]",
          "tiers[2].from" },
        { "[{'code':'a','from':0},{'code':'a','from':60}]", "tiers[1].code" },
        { "[{'code':'a','from':'0'}]", "tiers[0].from" },
        { "[{'code':'a','from':0,'colour':'red'}]", "tiers[0].code" },
    };

    open_club(OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        office_refused(&o, "tier_scheme.create",
                       loyalty_args("{'program_id':'%s','tiers':%s}", program, bad[i].tiers),
                       ACRM_E_INVALID, bad[i].field, "tiers");
    office_refused(&o, "tier_scheme.create",
                   loyalty_args("{'program_id':'%s','window':'rolling','downgrade':'one_down',"
                                "'tiers':[{'code':'a','from':0}]}", program),
                   ACRM_E_INVALID, "downgrade", "range");
    office_close(&o);
}
END_TEST

START_TEST(club__keeps_the_higher_tier_at_a_merge)
{
    char other[40], first[40], second[40];

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    ladder("");
    loyalty_join(&o, program, other);
    does("tier.grant", loyalty_args("{'member_id':'%s','tier':'gold'}", other), NULL, NULL);
    buys("i1", "120.00", "");
    does("member.get", loyalty_args("{'id':'%s'}", member), "customer_id", first);
    does("member.get", loyalty_args("{'id':'%s'}", other), "customer_id", second);
    does("customer.merge", loyalty_args("{'id':'%s','others':['%s']}", first, second), NULL, NULL);
    ck_assert_str_eq(tier_now(), "gold");
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 120);
    does("customer.unmerge", loyalty_args("{'id':'%s'}", second), NULL, NULL);
    ck_assert_str_eq(tier_now(), "silver");
    text_is("member.get", loyalty_args("{'id':'%s'}", other), "tier", "gold");
    office_close(&o);
}
END_TEST

/* --- Rewards --- */

static void wash(const char *more)
{
    does("reward.create", loyalty_args("{'program_id':'%s','code':'wash','name':'Car wash',"
                                       "'kind':'car_wash','points':40%s}", program, more), NULL,
         NULL);
}

static const char *wants(const char *more)
{
    return loyalty_args("{'member_id':'%s','reward':'wash'%s}", member, more);
}

START_TEST(club__sells_no_more_than_there_is)
{
    char first[40], second[40];

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    buys("i1", "200.00", "");
    wash(",'stock':2,'per_member':2,'voucher_days':30");
    does("reward.reserve", wants(",'source_id':'r1'"), "id", first);
    does("reward.reserve", wants(",'source_id':'r1'"), "id", second);
    ck_assert_str_eq(first, second);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 160);
    office_refused(&o, "reward.reserve", wants(",'quantity':2"), ACRM_E_INVALID, "quantity",
                   "out_of_stock");
    does("reward.reserve", wants(""), "id", second);
    office_refused(&o, "reward.reserve", wants(""), ACRM_E_INVALID, "quantity", "out_of_stock");
    loyalty_clock += LOYALTY_DAY; /* both end by themselves */
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 200);
    office_refused(&o, "reward.confirm", loyalty_args("{'id':'%s'}", first), ACRM_E_CONFLICT, "id",
                   "ended");
    ck_assert_int_eq(office_count(&o, "redemption.count", "{\"where\":{\"status\":\"expired\"}}"),
                     2);
    does("reward.reserve", wants(",'quantity':2"), "id", first);
    office_refused(&o, "reward.reserve", wants(""), ACRM_E_INVALID, "quantity", "out_of_stock");
    does("reward.cancel", loyalty_args("{'id':'%s'}", first), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 200);
    does("reward.reserve", wants(",'quantity':2"), "id", first);
    does("reward.confirm", loyalty_args("{'id':'%s'}", first), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 120);
    does("reward.cancel", loyalty_args("{'id':'%s'}", first), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 200);
    ck_assert_int_eq(office_count(&o, "voucher.count", "{\"where\":{\"status\":\"cancelled\"}}"),
                     2);
    office_close(&o);
}
END_TEST

START_TEST(club__refuses_what_a_member_may_not_have)
{
    open_club(OFFICE_MEMORY);
    rule("base", "'kind':'purchase','number':'1'");
    ladder("");
    buys("i1", "50.00", "");
    wash(",'condition':{'tier':'gold'}");
    office_refused(&o, "reward.reserve", wants(""), ACRM_E_INVALID, "reward", "condition");
    acrm_value *list = office_call(&o, "reward.available", loyalty_args("{'member_id':'%s'}",
                                                                        member));
    const acrm_value *item = acrm_value_at(acrm_value_get(list, "items"), 0);
    ck_assert_str_eq(office_text(item, "reason"), "condition");
    acrm_value_free(list);
    does("reward.create", loyalty_args("{'program_id':'%s','code':'late','name':'L','points':1,"
                                       "'valid_until':'2025-01-09'}", program), NULL, NULL);
    does("reward.create", loyalty_args("{'program_id':'%s','code':'dear','name':'D',"
                                       "'points':5000}", program), NULL, NULL);
    does("reward.create", loyalty_args("{'program_id':'%s','code':'one','name':'O','points':1,"
                                       "'per_member':1,'per_period':'month'}", program), NULL,
         NULL);
    office_refused(&o, "reward.reserve", loyalty_args("{'member_id':'%s','reward':'late'}", member),
                   ACRM_E_INVALID, "reward", "not_valid");
    office_refused(&o, "reward.reserve", loyalty_args("{'member_id':'%s','reward':'none'}", member),
                   ACRM_E_NOTFOUND, "reward", "not_found");
    does("reward.reserve", loyalty_args("{'member_id':'%s','reward':'one'}", member), NULL, NULL);
    office_refused(&o, "reward.reserve", loyalty_args("{'member_id':'%s','reward':'one'}", member),
                   ACRM_E_INVALID, "quantity", "limit_reached");
    office_refused(&o, "reward.reserve", loyalty_args("{'member_id':'%s','reward':'dear'}", member),
                   ACRM_E_CONFLICT, "points", "insufficient");
    office_refused(&o, "reward.create",
                   loyalty_args("{'program_id':'%s','code':'c','name':'C','points':1,"
                                "'kind':'cash_out'}", program), ACRM_E_INVALID, "value",
                   "required");
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 49);
    office_close(&o);
}
END_TEST

START_TEST(club__takes_a_voucher_once)
{
    char redemption[40], code[40], lower[64] = "";

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    buys("i1", "200.00", "");
    wash(",'voucher_days':10");
    for (int twice = 0; twice < 2; twice++) {
        does("reward.reserve", wants(""), "id", redemption);
        acrm_value *made = office_call(&o, "reward.confirm", loyalty_args("{'id':'%s'}",
                                                                          redemption));
        snprintf(code, sizeof code, "%s",
                 acrm_value_text(acrm_value_at(acrm_value_get(made, "vouchers"), 0), NULL));
        acrm_value_free(made);
        ck_assert_uint_eq(strlen(code), 19);
    }
    for (size_t i = 0, n = 0; code[i]; i++)
        if (code[i] != '-')
            lower[n++] = (char)(code[i] >= 'A' ? code[i] + 32 : code[i]);
    text_is("voucher.check", loyalty_args("{'code':'%s'}", lower), "reason", NULL);
    does("voucher.redeem", loyalty_args("{'code':'%s'}", lower), NULL, NULL);
    office_refused(&o, "voucher.redeem", loyalty_args("{'code':'%s'}", code), ACRM_E_CONFLICT,
                   "code", "used");
    text_is("voucher.check", loyalty_args("{'code':'%s'}", code), "reason", "used");
    office_refused(&o, "reward.cancel", loyalty_args("{'id':'%s'}", redemption), ACRM_E_CONFLICT,
                   "id", "used");
    office_refused(&o, "voucher.check", "{\"code\":\"0000-0000-0000-0000\"}", ACRM_E_NOTFOUND,
                   "code", "not_found");
    does("reward.reserve", wants(""), "id", redemption);
    acrm_value *made = office_call(&o, "reward.confirm", loyalty_args("{'id':'%s'}", redemption));
    snprintf(code, sizeof code, "%s",
             acrm_value_text(acrm_value_at(acrm_value_get(made, "vouchers"), 0), NULL));
    acrm_value_free(made);
    loyalty_clock += 11 * LOYALTY_DAY;
    office_refused(&o, "voucher.redeem", loyalty_args("{'code':'%s'}", code), ACRM_E_CONFLICT,
                   "code", "expired");
    office_close(&o);
}
END_TEST

/* Each in a session of its own, until nothing is left. */
static void *grabs(void *got)
{
    acrm_session *session = NULL;
    char json[200];

    snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"reward\":\"wash\"}", member);
    if (acrm_session_new(o.engine, "system", &session, NULL) != ACRM_OK)
        return NULL;
    int32_t st;
    do {
        st = acrm_call_json(session, "reward.reserve", json, strlen(json), NULL, NULL);
        *(int *)got += st == ACRM_OK;
    } while (st == ACRM_OK || st == ACRM_E_BUSY);
    acrm_session_free(session);
    return NULL;
}

START_TEST(club__sells_no_more_than_there_is_to_many_at_once)
{
    pthread_t threads[4];
    int got[4] = { 0 }, all = 0;

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    buys("i1", "900.00", "");
    wash(",'stock':13");
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, grabs, &got[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        all += got[i];
    }
    ck_assert_int_eq(all, 13);
    ck_assert_int_eq(office_count(&o, "redemption.count", "{}"), 13);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 900 - 13 * 40);
    office_close(&o);
}
END_TEST

/* --- Challenges --- */

START_TEST(club__counts_challenges_and_gives_once)
{
    char badge[40];

    open_club(_i);
    rule("met", "'kind':'challenge','gives':'fixed','number':'7','qualifying':'0'");
    does("badge.create", "{\"code\":\"regular\",\"name\":\"Regular\"}", "id", badge);
    does("challenge.create", loyalty_args("{'program_id':'%s','code':'three','kind':'service',"
                                          "'target':'3','points':100,'badge_id':'%s'}", program,
                                          badge), NULL, NULL);
    does("challenge.create", loyalty_args("{'program_id':'%s','code':'months','goal':'streak',"
                                          "'kind':'service','target':'2','points':10,"
                                          "'repeats':true}", program), NULL, NULL);
    office_refused(&o, "challenge.create",
                   loyalty_args("{'program_id':'%s','code':'x','target':'1.5'}", program),
                   ACRM_E_INVALID, "target", "range");
    loyalty_clock += 100 * LOYALTY_DAY; /* 2025-04-20 */
    static const char *const days[] = { "2025-04-01", "2025-02-10", "2025-03-03", "2025-04-02" };
    static const int64_t balances[] = { 0, 0, 100 + 7 + 10 + 7, 100 + 7 + 10 + 7 };
    for (size_t i = 0; i < 4; i++) {
        does("loyalty.record", loyalty_args("{'member_id':'%s','kind':'service','source_id':'s%zu',"
                                            "'at':'%sT10:00:00Z'}", member, i, days[i]), NULL,
             NULL);
        ck_assert_int_eq(loyalty_has(&o, member, "available"), balances[i]);
    }
    ck_assert_int_eq(office_count(&o, "member_badge.count", "{}"), 1);
    acrm_value *list = office_call(&o, "challenge_progress.list",
                                   "{\"where\":{\"challenge.code\":\"months\"}}");
    const acrm_value *months = acrm_value_at(acrm_value_get(list, "items"), 0);
    ck_assert_int_eq(office_number(months, "value"), 3);
    ck_assert_int_eq(office_number(months, "times"), 1);
    acrm_value_free(list);
    office_close(&o);
}
END_TEST

/* --- What comes by itself --- */

START_TEST(club__takes_contracts_and_gives_back)
{
    char customer[40], contract[40];

    open_club(_i);
    rule("sale", "'kind':'purchase','number':'1','unit':'100'");
    does("earning_source.create",
         loyalty_args("{'code':'sale','program_id':'%s','entity':'sales_contract',"
                      "'condition':{'status':'fulfilled'},'cancelled':{'status':'cancelled'},"
                      "'kind':'purchase','amount_field':'total'}", program), NULL, NULL);
    office_refused(&o, "earning_source.create",
                   loyalty_args("{'code':'x','program_id':'%s','entity':'sales_contract',"
                                "'kind':'purchase','amount_field':'price'}", program),
                   ACRM_E_INVALID, "amount_field", "unknown_field");
    does("member.get", loyalty_args("{'id':'%s'}", member), "customer_id", customer);
    does("sales_contract.create", loyalty_args("{'number':'C1','customer_id':'%s','currency':'EUR',"
                                               "'total':'25000.00'}", customer), "id", contract);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 0);
    for (int twice = 0; twice < 2; twice++) {
        does("sales_contract.update", loyalty_args("{'id':'%s','last_write_wins':true,"
             "'status':'fulfilled','total':'%d.00'}", contract, 25000 + twice), NULL, NULL);
        ck_assert_int_eq(loyalty_has(&o, member, "available"), 250);
    }
    does("sales_contract.update", loyalty_args("{'id':'%s','last_write_wins':true,"
                                               "'status':'cancelled'}", contract), NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 0);
    office_close(&o);
}
END_TEST

START_TEST(club__never_stops_a_record_for_its_points)
{
    char customer[40];

    open_club(OFFICE_MEMORY);
    rule("sale", "'kind':'purchase','number':'1000000'");
    does("earning_source.create",
         loyalty_args("{'code':'sale','program_id':'%s','entity':'sales_contract',"
                      "'kind':'purchase','amount_field':'total'}", program), NULL, NULL);
    does("member.get", loyalty_args("{'id':'%s'}", member), "customer_id", customer);
    does("sales_contract.create", loyalty_args("{'number':'C1','customer_id':'%s','currency':'EUR',"
                                               "'total':'90000000.00'}", customer), NULL, NULL);
    ck_assert_int_eq(office_count(&o, "loyalty_event.count", "{}"), 0);
    acrm_value *list = office_call(&o, "event.list", "{\"types\":[\"earning_source.failed\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    acrm_value_free(list);
    office_close(&o);
}
END_TEST

START_TEST(club__remembers_birthdays)
{
    char customer[40];

    open_club(_i);
    rule("birthday", "'kind':'birthday','gives':'fixed','number':'50','qualifying':'0'");
    does("member.get", loyalty_args("{'id':'%s'}", member), "customer_id", customer);
    does("customer.update", loyalty_args("{'id':'%s','last_write_wins':true,"
                                         "'birth_date':'1980-02-29'}", customer), NULL, NULL);
    loyalty_clock += 49 * LOYALTY_DAY; /* 2025-02-28 */
    does("engine.tick", "{}", NULL, NULL);
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 50);
    loyalty_clock += 365 * LOYALTY_DAY;
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 100);
    office_close(&o);
}
END_TEST

/* --- Simulation --- */

START_TEST(club__simulates_and_writes_nothing)
{
    open_club(_i);
    rule("base", "'kind':'purchase','number':'1','unit':'10','caps':[{'period':'day',"
                 "'points':15}]");
    for (int i = 0; i < 10; i++) {
        char source[8];
        snprintf(source, sizeof source, "i%d", i);
        buys(source, "100.00", "");
        loyalty_clock += LOYALTY_DAY / 2;
    }
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 75);
    int64_t rows = office_count(&o, "loyalty_event.count", "{}");
    acrm_value *same = office_call(&o, "loyalty.simulate",
                                   "{\"from\":\"2025-01-01\",\"to\":\"2025-12-31\"}");
    ck_assert_int_eq(office_number(same, "given"), 75);
    ck_assert_int_eq(office_number(same, "difference"), 0);
    acrm_value_free(same);
    acrm_value *other = office_call(&o, "loyalty.simulate", loyalty_args(
        "{'from':'2025-01-01','to':'2025-12-31','rules':[{'code':'base','kind':'purchase',"
        "'number':'2','unit':'10'},{'code':'x2','gives':'factor','number':'1.5'}]}"));
    ck_assert_int_eq(office_number(other, "points"), 300);
    ck_assert_int_eq(office_number(other, "difference"), 225);
    ck_assert_str_eq(office_text(other, "cost"), "1.50");
    ck_assert_str_eq(office_text(other, "cost_difference"), "1.13");
    const acrm_value *band = acrm_value_at(acrm_value_get(other, "bands"), 2);
    ck_assert_int_eq(office_number(band, "members"), 1);
    acrm_value_free(other);
    ck_assert_int_eq(office_count(&o, "loyalty_event.count", "{}"), rows);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 75);
    office_refused(&o, "loyalty.simulate", loyalty_args(
        "{'from':'2025-01-01','to':'2025-12-31','rules':[{'code':'a','number':'1'},{'code':'b',"
        "'number':'1','condition':{'kindd':'x'}}]}"), ACRM_E_INVALID, "rules[1].condition.kindd",
        "unknown_field");
    office_refused(&o, "loyalty.simulate", loyalty_args(
        "{'from':'2025-01-01','to':'2025-12-31','rules':[{'code':'a','number':'1','x':2}]}"),
        ACRM_E_INVALID, "rules[0].x", "unknown_field");
    office_close(&o);
}
END_TEST

/* --- Cards and partners --- */

static bool luhn(const char *number)
{
    int sum = 0;

    for (size_t i = 0; i < 16; i++) {
        int digit = number[i] - '0';
        sum += i % 2 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    }
    return strlen(number) == 16 && sum % 10 == 0;
}

START_TEST(club__knows_members_by_good_cards)
{
    char card[40], number[40];

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    does("member_card.issue", loyalty_args("{'member_id':'%s','expires_on':'2025-06-30'}", member),
         "number", number);
    ck_assert(luhn(number));
    acrm_value *list = office_call(&o, "member_card.list", "{}");
    snprintf(card, sizeof card, "%s",
             office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
    acrm_value_free(list);
    ck_assert_int_eq(number_of("loyalty.record", loyalty_args("{'card':'%s','kind':'purchase',"
        "'source_id':'c1','amount':'5.00'}", number), "points"), 5);
    does("member_card.replace", loyalty_args("{'id':'%s'}", card), "number", number);
    ck_assert(luhn(number));
    office_refused(&o, "member_card.block", loyalty_args("{'id':'%s'}", card), ACRM_E_CONFLICT,
                   "id", "closed");
    loyalty_clock += 180 * LOYALTY_DAY;
    office_refused(&o, "loyalty.record", loyalty_args("{'card':'%s','kind':'purchase',"
        "'source_id':'c2','amount':'5.00'}", number), ACRM_E_CONFLICT, "card", "card_expired");
    office_close(&o);
}
END_TEST

START_TEST(club__settles_with_partners)
{
    char partner[40], redemption[40];

    open_club(_i);
    rule("base", "'kind':'purchase','number':'1'");
    does("loyalty_partner.create", "{\"code\":\"fuel\",\"name\":\"Fuel\",\"earn_price\":\"0.01\","
                                   "\"spend_price\":\"0.004\"}", "id", partner);
    buys("p1", "150.50", loyalty_args(",'partner_id':'%s'", partner));
    buys("p2", "99.00", "");
    wash("");
    does("reward.reserve", wants(loyalty_args(",'partner_id':'%s'", partner)), "id", redemption);
    does("reward.confirm", loyalty_args("{'id':'%s'}", redemption), NULL, NULL);
    acrm_value *sums = office_call(&o, "loyalty_partner.settlement", loyalty_args(
        "{'partner_id':'%s','from':'2025-01-01','to':'2025-01-31'}", partner));
    ck_assert_int_eq(office_number(sums, "points_earned"), 150);
    ck_assert_int_eq(office_number(sums, "points_spent"), 40);
    ck_assert_str_eq(office_text(sums, "owed_to_us"), "1.50");
    ck_assert_str_eq(office_text(sums, "owed_by_us"), "0.16");
    acrm_value_free(sums);
    does("loyalty_partner.update", loyalty_args("{'id':'%s','last_write_wins':true,"
                                                "'active':false}", partner), NULL, NULL);
    office_refused(&o, "loyalty.record", loyalty_args("{'member_id':'%s','kind':'purchase',"
        "'source_id':'p3','amount':'5.00','partner_id':'%s'}", member, partner), ACRM_E_INVALID,
        "partner_id", "inactive");
    office_close(&o);
}
END_TEST

START_TEST(club__is_made_by_the_definition_that_is_shipped)
{
    char json[16384];
    FILE *in = fopen(ACRM_TEST_DATA "/../../examples/definitions/dealer_club.json", "rb");

    ck_assert_ptr_nonnull(in);
    json[fread(json, 1, sizeof json - 1, in)] = '\0';
    fclose(in);
    loyalty_open(&o, _i, "Europe/Berlin");
    loyalty_made(&o, "loyalty_program.create", json, "id", program);
    loyalty_join(&o, program, member);
    ck_assert_int_eq(buys("car", "25000.00", ""), 1250);
    ck_assert_str_eq(tier_now(), "sport");
    for (int i = 0; i < 3; i++)
        does("loyalty.record", loyalty_args("{'member_id':'%s','kind':'service','source_id':'s%d',"
             "'lines':[{'amount':'99.90'},{'amount':'40.50','category':'oil'}]}", member, i), NULL,
             NULL);
    /* 99 + 40 by line, and 20 for the oil; then three visits make 300. */
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 0); /* they wait for two weeks */
    ck_assert_int_eq(loyalty_has(&o, member, "pending"), 1250 + 3 * 159 + 300);
    loyalty_clock += 15 * LOYALTY_DAY;
    does("engine.tick", "{}", NULL, NULL);
    ck_assert_int_eq(loyalty_has(&o, member, "available"), 1250 + 3 * 159 + 300);
    does("reward.reserve", loyalty_args("{'member_id':'%s','reward':'cash'}", member), NULL, NULL);
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("club");
    TCase *t = tcase_create("club");

#define BOTH(test) tcase_add_loop_test(t, test, 0, OFFICE_STORAGES)
    BOTH(club__gives_points_by_rules_and_says_why);
    BOTH(club__takes_points_back_in_proportion);
    tcase_add_test(t, club__refuses_bad_rules_with_their_place);
    tcase_add_test(t, club__refuses_bad_events_and_leaves_the_ledger);
    BOTH(club__lifts_at_once_and_lowers_at_the_review);
    BOTH(club__tells_the_past_anew);
    tcase_add_test(t, club__refuses_tiers_with_gaps_and_overlaps);
    BOTH(club__keeps_the_higher_tier_at_a_merge);
    BOTH(club__sells_no_more_than_there_is);
    BOTH(club__sells_no_more_than_there_is_to_many_at_once);
    tcase_add_test(t, club__refuses_what_a_member_may_not_have);
    BOTH(club__takes_a_voucher_once);
    BOTH(club__counts_challenges_and_gives_once);
    BOTH(club__takes_contracts_and_gives_back);
    tcase_add_test(t, club__never_stops_a_record_for_its_points);
    BOTH(club__remembers_birthdays);
    BOTH(club__simulates_and_writes_nothing);
    BOTH(club__knows_members_by_good_cards);
    BOTH(club__settles_with_partners);
    BOTH(club__is_made_by_the_definition_that_is_shipped);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
