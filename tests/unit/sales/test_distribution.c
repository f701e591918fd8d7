/* SPDX-License-Identifier: MIT */
/* Distribution: fair by weights, never beyond capacity, and nothing lost on the way. */
#include "unit/sales/sales_world.h"

static sales_world w;

typedef struct business {
    char dealers[3][37], sellers[3][2][37], rule[37], targets[3][37];
} business;

static business b;

/* Three dealers with two sellers each, and a rule with these weights. */
static void begin(int storage, const char *rule, const int weights[3], const char *dealer_more,
                  const char *seller_more)
{
    static const char *const codes[] = { "N", "S", "W" };

    w = sales_new(storage);
    sales_create(w.system, "distribution_rule.create", b.rule, "{'name':'All','position':1%s}",
                 rule);
    for (int d = 0; d < 3; d++) {
        sales_dealer(&w, b.dealers[d], codes[d], dealer_more);
        for (int s = 0; s < 2; s++) {
            char login[16];
            snprintf(login, sizeof login, "%s%d", codes[d], s);
            sales_seller(&w, b.sellers[d][s], login, b.dealers[d], seller_more);
        }
        sales_create(w.system, "distribution_target.create", b.targets[d],
                     "{'rule_id':'%s','dealer_id':'%s','weight':%d}", b.rule, b.dealers[d],
                     weights[d]);
    }
}

static const int even[3] = { 1, 1, 1 };

/* Every counter must be what counting gives. */
static void expect_loads(void)
{
    acrm_value *loads = sales_call(w.system, "lead_load.list", "{'limit':1000}");

    for (size_t i = 0; i < sales_length(loads, "items"); i++) {
        const acrm_value *load = acrm_value_at(sales_at(loads, "items"), i);
        const char *entity = sales_text(load, "entity");
        bool user = strcmp(entity, "user") == 0;
        if (strcmp(entity, "distribution_target") == 0)
            continue;
        ck_assert_int_eq(sales_int(load, "open"),
                         sales_count(w.system, "lead", "{'%s':'%s','status':{'$nin':['won',"
                                     "'lost']}}", user ? "owner_id" : "dealer_id",
                                     sales_text(load, "subject_id")));
    }
    acrm_value_free(loads);
}

static void expect_offer(const char *lead, int n, const char *outcome)
{
    char path[32];
    acrm_value *out = sales_call(w.system, "lead.explain", "{'id':'%s'}", lead);

    snprintf(path, sizeof path, "offers.%d.outcome", n);
    ck_assert_str_eq(sales_text(out, path), outcome);
    acrm_value_free(out);
}

START_TEST(distribution__gives_each_dealer_its_share)
{
    static const int weights[3] = { 5, 3, 2 };
    enum { LEADS = 1000 };
    char id[37];

    begin(_i, "", weights, "", "");
    for (int n = 1; n <= LEADS; n++) {
        sales_lead(&w, id, n, "");
        if (n % 100 != 0 && n != 7)
            continue;
        for (int d = 0; d < 3; d++) {
            int64_t got = sales_count(w.system, "lead", "{'dealer_id':'%s'}", b.dealers[d]);
            double want = n * weights[d] / 10.0;
            ck_assert_msg((double)got > want - 1 && (double)got < want + 1,
                          "dealer %d has %lld of %d", d, (long long)got, n);
            for (int s = 0; s < 2; s++) {
                int64_t own = sales_count(w.system, "lead", "{'owner_id':'%s'}", b.sellers[d][s]);
                ck_assert_int_le(2 * own - got, 1);
                ck_assert_int_ge(2 * own - got, -1);
            }
        }
    }
    sales_free(&w);
}
END_TEST

START_TEST(distribution__never_goes_beyond_capacity)
{
    char id[37];

    begin(_i, "", even, ",'lead_capacity':3", ",'lead_capacity':2");
    for (int n = 1; n <= 12; n++)
        sales_lead(&w, id, n, "");
    for (int d = 0; d < 3; d++) {
        ck_assert_int_eq(sales_count(w.system, "lead", "{'dealer_id':'%s'}", b.dealers[d]), 3);
        for (int s = 0; s < 2; s++)
            ck_assert_int_le(sales_count(w.system, "lead", "{'owner_id':'%s'}", b.sellers[d][s]),
                             2);
    }
    ck_assert_int_eq(sales_count(w.system, "lead", "{'status':'new'}"), 3);
    sales_events(&w, "lead.unplaced", 3);
    expect_loads();

    /* By hand neither, unless it is forced; and what ends makes room. */
    acrm_value *full = sales_call(w.system, "lead.list", "{'where':{'dealer_id':'%s'}}",
                                  b.dealers[0]);
    sales_refuse(w.system, ACRM_E_CONFLICT, "capacity", "lead.assign",
                 "{'id':'%s','user_id':'%s'}", id, b.sellers[0][0]);
    sales_do(w.system, "lead.win", "{'id':'%s'}", sales_text(full, "items.0.id"));
    sales_do(w.system, "lead.distribute", "{'id':'%s'}", id);
    sales_expect(&w, "lead", id, "dealer_id", b.dealers[0]);
    expect_loads();
    sales_do(w.system, "lead.delete", "{'id':'%s','last_write_wins':true}",
             sales_text(full, "items.1.id"));
    expect_loads();
    sales_do(w.system, "lead.restore", "{'id':'%s'}", sales_text(full, "items.1.id"));
    sales_do(w.system, "lead.recall", "{'id':'%s','reason':'test'}",
             sales_text(full, "items.2.id"));
    expect_loads();
    sales_do(w.system, "lead.assign", "{'id':'%s','user_id':'%s','force':true}", id,
             b.sellers[1][0]);
    sales_expect(&w, "lead", id, "dealer_id", b.dealers[1]);
    expect_loads();
    acrm_value_free(full);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__waits_in_the_dealers_hours)
{
    char id[37];

    begin(_i, ",'accept_within':'PT2H'", even, "", "");
    acrm_value *hours = sales_call(w.system, "calendar.list", "{}");
    acrm_value *dealers = sales_call(w.system, "dealer.list", "{}");
    const acrm_value *items = acrm_value_get(dealers, "items");
    for (size_t i = 0; i < acrm_value_count(items); i++)
        sales_do(w.system, "dealer.update", "{'id':'%s','last_write_wins':true,"
                 "'calendar_id':'%s'}", sales_text(acrm_value_at(items, i), "id"),
                 sales_text(acrm_value_at(acrm_value_get(hours, "items"), 0), "id"));
    sales_lead(&w, id, 1, "");
    sales_expect(&w, "lead", id, "accept_by", "2026-11-23T10:00:00Z"); /* it is Saturday */
    acrm_value_free(hours);
    acrm_value_free(dealers);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__is_accepted_by_the_user_it_was_offered_to)
{
    char id[37];

    begin(_i, ",'accept_within':'PT2H'", even, "", "");
    sales_lead(&w, id, 1, "");
    sales_expect(&w, "lead", id, "status", "offered");
    sales_expect(&w, "lead", id, "accept_by", "2026-11-21T12:00:00Z");
    acrm_value *lead = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
    acrm_session *owner = sales_user(&w, sales_text(lead, "owner_id"));
    int other = strcmp(sales_text(lead, "owner_id"), b.sellers[0][0]) == 0;
    acrm_session *stranger = sales_user(&w, b.sellers[0][other]);
    sales_refuse(stranger, ACRM_E_NOTFOUND, "reference", "lead.accept", "{'id':'%s'}", id);
    sales_do(owner, "lead.accept", "{'id':'%s'}", id);
    sales_refuse(owner, ACRM_E_CONFLICT, "state", "lead.accept", "{'id':'%s'}", id);
    sales_refuse(owner, ACRM_E_CONFLICT, "state", "lead.decline", "{'id':'%s','reason':'x'}", id);
    sales_expect(&w, "lead", id, "status", "accepted");
    sales_expect(&w, "lead", id, "accept_by", "(none)");
    expect_offer(id, 0, "accepted");
    sales_events(&w, "lead.offered", 1);
    sales_events(&w, "lead.accepted", 1);
    sales_advance(3 * SALES_HOUR);
    sales_tick(&w);
    sales_events(&w, "lead.expired", 0);
    acrm_value_free(lead);
    acrm_session_free(owner);
    acrm_session_free(stranger);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__goes_on_when_it_is_declined)
{
    char id[37], first[37];

    begin(_i, ",'accept_within':'PT2H'", even, "", "");
    sales_lead(&w, id, 1, "");
    acrm_value *lead = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
    snprintf(first, sizeof first, "%s", sales_text(lead, "dealer_id"));
    acrm_session *owner = sales_user(&w, sales_text(lead, "owner_id"));
    acrm_value_free(lead);
    sales_refuse(owner, ACRM_E_INVALID, "required", "lead.decline", "{'id':'%s'}", id);
    acrm_value *out = sales_call(owner, "lead.decline", "{'id':'%s','reason':'too far'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "offered");
    ck_assert_str_ne(sales_text(out, "dealer_id"), first);
    ck_assert_int_eq(sales_int(out, "round"), 2);
    acrm_value_free(out);
    sales_refuse(owner, ACRM_E_NOTFOUND, "reference", "lead.get", "{'id':'%s'}", id);
    expect_offer(id, 0, "declined");
    expect_offer(id, 1, "pending");
    expect_loads();
    acrm_session_free(owner);
    sales_free(&w);
}
END_TEST

/* Three rounds of two hours each, every time another dealer; then head office has it again. */
START_TEST(distribution__expires_and_ends_at_head_office)
{
    char id[37];

    begin(_i, ",'accept_within':'PT2H','max_rounds':3", even, "", "");
    sales_lead(&w, id, 1, "");
    for (int round = 1; round <= 3; round++) {
        ck_assert_int_eq(sales_get_int(&w, "lead", id, "round"), round);
        sales_advance(2 * SALES_HOUR - 1);
        sales_tick(&w);
        sales_events(&w, "lead.expired", round - 1);
        sales_advance(1);
        sales_tick(&w);
        sales_events(&w, "lead.expired", round);
        expect_loads();
    }
    sales_expect(&w, "lead", id, "status", "new");
    sales_expect(&w, "lead", id, "dealer_id", "(none)");
    sales_events(&w, "lead.unplaced", 1);
    acrm_value *out = sales_call(w.system, "lead.explain", "{'id':'%s'}", id);
    ck_assert_uint_eq(sales_length(out, "offers"), 3);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < i; k++) {
            char a[32], c[32];
            snprintf(a, sizeof a, "offers.%d.dealer_id", i);
            snprintf(c, sizeof c, "offers.%d.dealer_id", k);
            ck_assert_str_ne(sales_text(out, a), sales_text(out, c));
        }
    acrm_value_free(out);
    sales_do(w.system, "lead.distribute", "{'id':'%s'}", id); /* begins anew */
    sales_expect(&w, "lead", id, "status", "offered");
    sales_free(&w);
}
END_TEST

START_TEST(distribution__refuses_a_late_acceptance)
{
    char id[37];

    begin(_i, ",'accept_within':'PT2H'", even, "", "");
    sales_lead(&w, id, 1, "");
    sales_advance(2 * SALES_HOUR);
    acrm_value *out = sales_call(w.system, "lead.accept", "{'id':'%s','dry_run':true}", id);
    acrm_value_free(out); /* to the second it is in time */
    sales_advance(1);
    sales_refuse(w.system, ACRM_E_CONFLICT, "expired", "lead.accept", "{'id':'%s'}", id);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__is_recalled)
{
    char id[37];

    begin(_i, "", even, "", "");
    sales_lead(&w, id, 1, "");
    sales_expect(&w, "lead", id, "status", "accepted");
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "lead.distribute", "{'id':'%s'}", id);
    sales_do(w.system, "lead.recall", "{'id':'%s','reason':'no answer'}", id);
    sales_expect(&w, "lead", id, "status", "new");
    sales_expect(&w, "lead", id, "owner_id", "(none)");
    expect_offer(id, 0, "recalled");
    ck_assert_int_eq(sales_count(w.system, "activity", "{'status':'open'}"), 0);
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "lead.recall", "{'id':'%s','reason':'x'}",
                 id);
    sales_do(w.system, "lead.distribute", "{'id':'%s'}", id);
    acrm_value *before = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
    sales_do(w.system, "lead.recall", "{'id':'%s','reason':'x','redistribute':true}", id);
    acrm_value *after = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
    ck_assert_str_ne(sales_text(before, "dealer_id"), sales_text(after, "dealer_id"));
    ck_assert_int_eq(sales_count(w.system, "activity", "{'status':'open'}"), 1);
    acrm_value_free(before);
    acrm_value_free(after);
    expect_loads();
    sales_free(&w);
}
END_TEST

START_TEST(distribution__follows_the_first_rule_that_fits)
{
    static const struct {
        const char *what, *customer, *lead;
        int dealer; /* -1: nobody */
    } cases[] = {
        { "a condition over the customer", "'region':'North'", "", 0 },
        { "a condition over the lead itself", "'region':'East'", "'model':'X3'", 1 },
        { "a condition over a related source", "'region':'East'", "'source_id':'%s'", 2 },
        { "the order of rules decides", "'region':'North'", "'model':'X3'", 0 },
        { "no rule fits", "'region':'East'", "'model':'X5'", -1 },
    };
    static const char *const conditions[] = {
        "{'customer.region':'North'}", "{'model':'X3'}", "{'source.code':'fair'}",
    };
    char rule[37], id[37], source[37], text[128];

    w = sales_new(_i);
    sales_create(w.system, "lead_source.create", source, "{'code':'fair','name':'Fair'}");
    for (int d = 0; d < 3; d++) {
        char code[2] = { (char)('A' + d), 0 };
        sales_dealer(&w, b.dealers[d], code, "");
        sales_create(w.system, "distribution_rule.create", rule,
                     "{'name':'R','position':%d,'condition':%s}", d, conditions[d]);
        sales_create(w.system, "distribution_target.create", id,
                     "{'rule_id':'%s','dealer_id':'%s'}", rule, b.dealers[d]);
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, i == 2 ? "'source_id':'%s'" : "%s",
                 i == 2 ? source : cases[i].lead);
        sales_create(w.system, "lead.submit", id,
                     "{'customer':{'name':'Customer %zu',%s},'lead':{%s}}", i, cases[i].customer,
                     text);
        acrm_value *lead = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
        ck_assert_msg(strcmp(sales_text(lead, "dealer_id"),
                             cases[i].dealer < 0 ? "(none)" : b.dealers[cases[i].dealer]) == 0,
                      "%s", cases[i].what);
        acrm_value_free(lead);
    }
    sales_refuse(w.system, ACRM_E_INVALID, "unknown_field", "distribution_rule.create",
                 "{'name':'bad','position':9,'condition':{'modell':'X3'}}");
    sales_free(&w);
}
END_TEST

START_TEST(distribution__keeps_customers_with_their_people)
{
    char customer[37], id[37];

    begin(_i, "", even, "", ",'lead_capacity':1");
    sales_create(w.system, "customer.create", customer, "{'name':'Old friend','owner_id':'%s'}",
                 b.sellers[2][1]);
    sales_create(w.system, "lead.create", id, "{'customer_id':'%s','model':'A'}", customer);
    sales_expect(&w, "lead", id, "owner_id", b.sellers[2][1]);
    sales_expect(&w, "lead", id, "dealer_id", b.dealers[2]);
    sales_create(w.system, "lead.create", id, "{'customer_id':'%s','model':'B'}", customer);
    acrm_value *lead = sales_call(w.system, "lead.get", "{'id':'%s'}", id);
    ck_assert_str_ne(sales_text(lead, "owner_id"), b.sellers[2][1]); /* has no room for two */
    ck_assert_str_eq(sales_text(lead, "status"), "accepted");
    acrm_value_free(lead);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__asks_for_skills_and_respects_a_given_dealer)
{
    char id[37], rule[37];

    begin(_i, ",'condition':{'model':'EV'},'skill':'ev'", even, "", "");
    sales_lead(&w, id, 1, "'model':'EV'");
    sales_expect(&w, "lead", id, "status", "new"); /* nobody has it */
    sales_do(w.system, "user.update", "{'id':'%s','skills':['fleet','ev'],'last_write_wins':true}",
             b.sellers[1][1]);
    sales_do(w.system, "lead.distribute", "{'id':'%s'}", id);
    sales_expect(&w, "lead", id, "owner_id", b.sellers[1][1]);

    sales_create(w.system, "distribution_rule.create", rule, "{'name':'Rest','position':2}");
    char lead[64];
    snprintf(lead, sizeof lead, "'dealer_id':'%s'", b.dealers[2]);
    sales_lead(&w, id, 2, lead);
    sales_expect(&w, "lead", id, "dealer_id", b.dealers[2]);
    sales_expect(&w, "lead", id, "status", "accepted");
    sales_free(&w);
}
END_TEST

/* The call centre reached the customer before anybody had the lead. */
START_TEST(distribution__takes_a_lead_that_is_worked_on_by_nobody)
{
    char id[37];

    begin(_i, ",'active':false", even, "", "");
    sales_lead(&w, id, 1, "");
    sales_do(w.system, "lead.contact", "{'id':'%s'}", id);
    sales_expect(&w, "lead", id, "status", "working");
    sales_do(w.system, "distribution_rule.update",
             "{'id':'%s','active':true,'last_write_wins':true}", b.rule);
    acrm_value *out = sales_call(w.system, "lead.distribute", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "working");
    ck_assert_str_ne(sales_text(out, "owner_id"), "(none)");
    acrm_value_free(out);
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "lead.distribute", "{'id':'%s'}", id);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__hides_explanations_by_field_rules)
{
    char id[37], role[37], user[37];

    begin(_i, "", even, "", "");
    sales_lead(&w, id, 1, "");
    sales_create(w.system, "role.create", role,
                 "{'name':'blind','permissions':['*'],'scopes':{'*':'all'},"
                 "'field_rules':{'lead_offer':{'hidden':['explanation']}}}");
    sales_create(w.system, "user.create", user, "{'name':'B','login':'b','role_id':'%s'}", role);
    acrm_session *session = sales_user(&w, user);
    acrm_value *out = sales_call(session, "lead.explain", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "offers.0.outcome"), "accepted");
    ck_assert_ptr_null(sales_at(out, "offers.0.explanation"));
    acrm_value_free(out);
    acrm_session_free(session);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__by_other_strategies)
{
    static const struct {
        const char *strategy;
        int closes; /* leads of the first dealer that are closed before the last comes */
        bool first; /* the last then goes to the first dealer */
    } cases[] = {
        { "'strategy':'least_loaded'", 1, true },
        { "'strategy':'round_robin'", 0, true },
    };
    char id[37], rule[64];

    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        snprintf(rule, sizeof rule, ",%s", cases[c].strategy);
        begin(_i, rule, even, "", "");
        for (int n = 1; n <= 6; n++) {
            sales_advance(60);
            sales_lead(&w, id, n, "");
        }
        for (int d = 0; d < 3; d++)
            ck_assert_int_eq(sales_count(w.system, "lead", "{'dealer_id':'%s'}", b.dealers[d]), 2);
        if (cases[c].closes) {
            acrm_value *of = sales_call(w.system, "lead.list", "{'where':{'dealer_id':'%s'}}",
                                        b.dealers[0]);
            sales_do(w.system, "lead.win", "{'id':'%s'}", sales_text(of, "items.0.id"));
            acrm_value_free(of);
        }
        sales_lead(&w, id, 7, "");
        sales_expect(&w, "lead", id, "dealer_id", b.dealers[0]);
        sales_free(&w);
    }
}
END_TEST

/* A dealer that joins later gets its share from then on, not all that it missed. */
START_TEST(distribution__does_not_flood_a_new_dealer)
{
    char id[37], dealer[37], target[37];

    begin(_i, "", even, "", "");
    for (int n = 1; n <= 30; n++)
        sales_lead(&w, id, n, "");
    sales_dealer(&w, dealer, "NEW", "");
    sales_create(w.system, "distribution_target.create", target,
                 "{'rule_id':'%s','dealer_id':'%s'}", b.rule, dealer);
    for (int n = 31; n <= 38; n++)
        sales_lead(&w, id, n, "");
    ck_assert_int_eq(sales_count(w.system, "lead", "{'dealer_id':'%s'}", dealer), 2);
    sales_free(&w);
}
END_TEST

START_TEST(distribution__stays_fair_after_a_restart)
{
    char id[37];
    acrm_error *err = NULL;

    begin(SALES_SQLITE, "", even, "", "");
    for (int n = 1; n <= 2; n++)
        sales_lead(&w, id, n, "");
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = sales_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock };
    acrm_session_free(w.system);
    acrm_close(w.engine);
    ck_assert_int_eq(acrm_open(w.path, &options, &w.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &w.system, &err), ACRM_OK);
    sales_lead(&w, id, 3, "");
    for (int d = 0; d < 3; d++)
        ck_assert_int_eq(sales_count(w.system, "lead", "{'dealer_id':'%s'}", b.dealers[d]), 1);
    sales_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("distribution");
    TCase *cases = tcase_create("distribution");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, distribution__gives_each_dealer_its_share, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__never_goes_beyond_capacity, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__waits_in_the_dealers_hours, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__is_accepted_by_the_user_it_was_offered_to, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__goes_on_when_it_is_declined, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__expires_and_ends_at_head_office, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__refuses_a_late_acceptance, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__is_recalled, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__follows_the_first_rule_that_fits, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__keeps_customers_with_their_people, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__asks_for_skills_and_respects_a_given_dealer, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__takes_a_lead_that_is_worked_on_by_nobody, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__hides_explanations_by_field_rules, 0,
                        SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__by_other_strategies, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, distribution__does_not_flood_a_new_dealer, 0, SALES_STORAGES);
    tcase_add_test(cases, distribution__stays_fair_after_a_restart);
    suite_add_tcase(suite, cases);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
