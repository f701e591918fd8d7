/* SPDX-License-Identifier: MIT */
/* Reports and pipelines: sums add up, no step is larger than the one before. */
#include "unit/sales/sales_world.h"

static sales_world w;

enum { SOURCES = 3, LEADS = 60 };

/* A lead an hour, each third from another source; ends of every kind. */
static void fill(int storage)
{
    static const char *const codes[SOURCES] = { "web", "fair", "ads" };
    char dealer[2][37], seller[2][37], id[37], source[37];

    w = sales_new(storage);
    for (int d = 0; d < 2; d++) {
        sales_dealer(&w, dealer[d], d ? "S" : "N", "");
        sales_seller(&w, seller[d], d ? "s" : "n", dealer[d], "");
    }
    sales_create(w.system, "lead_source.create", source,
                 "{'code':'fair','name':'Fair','currency':'EUR','cost_per_lead':'10.01'}");
    for (int n = 0; n < LEADS; n++) {
        sales_create(w.system, "lead.submit", id,
                     "{'customer':{'name':'C %d','contact_points':[{'channel':'phone',"
                     "'value':'+98912%07d'}]},'lead':{%s'model':'X3'},'source':'%s'}", n, n, "",
                     codes[n % SOURCES]);
        if (n % 5 != 0)
            sales_do(w.system, "lead.assign", "{'id':'%s','user_id':'%s'}", id, seller[n % 2]);
        sales_advance(60 * (n + 1));
        if (n % 2 == 0)
            sales_do(w.system, "lead.contact", "{'id':'%s'}", id);
        if (n % 4 == 0 || n % 7 == 0)
            sales_do(w.system, "lead.win", "{'id':'%s'}", id);
        else if (n % 3 == 0)
            sales_do(w.system, "lead.lose", "{'id':'%s','reason':'%s'}", id,
                     n % 9 ? "price" : "competitor");
    }
}

START_TEST(reports__of_sources_sum_to_the_total)
{
    static const char *const columns[] = { "leads", "enquiries", "reached", "won", "lost", "open" };

    fill(_i);
    sales_do(w.system, "lead.submit", "{'customer':{'name':'C 59','contact_points':[{'channel':"
             "'phone','value':'+989120000059'}]},'lead':{'model':'X3'},'source':'fair'}");
    acrm_value *out = sales_call(w.system, "report.sources", "{}");
    ck_assert_uint_eq(sales_length(out, "rows"), SOURCES);
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        char path[32];
        int64_t sum = 0;
        for (int i = 0; i < SOURCES; i++) {
            snprintf(path, sizeof path, "rows.%d.%s", i, columns[c]);
            sum += sales_int(out, path);
        }
        snprintf(path, sizeof path, "total.%s", columns[c]);
        ck_assert_int_eq(sales_int(out, path), sum);
    }
    ck_assert_int_eq(sales_int(out, "total.leads"), sales_count(w.system, "lead", "{}"));
    ck_assert_int_eq(sales_int(out, "total.won"),
                     sales_count(w.system, "lead", "{'status':'won'}"));
    ck_assert_int_eq(sales_int(out, "total.enquiries"), 1);
    for (int i = 0; i < SOURCES; i++) {
        char path[32];
        snprintf(path, sizeof path, "rows.%d.source", i);
        if (strcmp(sales_text(out, path), "fair") != 0)
            continue;
        snprintf(path, sizeof path, "rows.%d.cost", i); /* 20 leads at 10.01 */
        ck_assert_str_eq(sales_text(out, path), "200.20");
        snprintf(path, sizeof path, "rows.%d.won", i);
        ck_assert_int_eq(sales_int(out, path), 7);
        snprintf(path, sizeof path, "rows.%d.cost_per_sale", i);
        ck_assert_str_eq(sales_text(out, path), "28.60");
    }
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

static void expect_falling(const acrm_value *funnel)
{
    int64_t above = INT64_MAX;

    for (size_t i = 0; i < sales_length(funnel, "stages"); i++) {
        const acrm_value *stage = acrm_value_at(sales_at(funnel, "stages"), i);
        ck_assert_int_le(sales_int(stage, "count"), above);
        above = sales_int(stage, "count");
    }
    ck_assert_int_eq(sales_int(funnel, "stages.0.count"),
                     above + sales_int(funnel, "lost") + sales_int(funnel, "open"));
}

START_TEST(reports__of_the_funnel_fill_skipped_steps)
{
    static const char *const groups[] = { "dealer", "user", "source", "channel", "level", "month" };

    fill(_i);
    acrm_value *all = sales_call(w.system, "report.funnel", "{}");
    ck_assert_int_eq(sales_int(all, "stages.0.count"), LEADS);
    ck_assert_int_eq(sales_int(all, "stages.3.count"),
                     sales_count(w.system, "lead", "{'status':'won'}"));
    expect_falling(all);
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        acrm_value *out = sales_call(w.system, "report.funnel", "{'group':'%s'}", groups[g]);
        for (int s = 0; s < 4; s++) {
            char path[48];
            int64_t sum = 0;
            for (size_t i = 0; i < sales_length(out, "rows"); i++) {
                snprintf(path, sizeof path, "rows.%zu.stages.%d.count", i, s);
                sum += sales_int(out, path);
            }
            snprintf(path, sizeof path, "stages.%d.count", s);
            ck_assert_int_eq(sum, sales_int(all, path));
        }
        for (size_t i = 0; i < sales_length(out, "rows"); i++)
            expect_falling(acrm_value_at(sales_at(out, "rows"), i));
        acrm_value_free(out);
    }
    acrm_value *none = sales_call(w.system, "report.funnel", "{'until':'2026-11-21T10:00:00Z'}");
    ck_assert_int_eq(sales_int(none, "stages.0.count"), 0);
    acrm_value_free(none);
    acrm_value_free(all);
    sales_free(&w);
}
END_TEST

/* Lead n is reached n + 1 minutes after it came in, every second one: 1, 3, ... 59 minutes. */
START_TEST(reports__of_response_times_are_nearest_ranks)
{
    fill(_i);
    acrm_value *out = sales_call(w.system, "report.response_times", "{}");
    ck_assert_int_eq(sales_int(out, "reached"), 30);
    ck_assert_int_eq(sales_int(out, "not_reached"), 30);
    ck_assert_int_eq(sales_int(out, "p50_minutes"), 29);
    ck_assert_int_eq(sales_int(out, "p90_minutes"), 53);
    ck_assert_int_eq(sales_int(out, "p50_working_minutes"), 29); /* no dealer has hours */
    ck_assert_int_eq(sales_int(out, "p90_working_minutes"), 53);
    acrm_value_free(out);
    /* With the hours of offices most wait while none is open: it begins on a Saturday. */
    acrm_value *calendars = sales_call(w.system, "calendar.list", "{}");
    acrm_value *dealers = sales_call(w.system, "dealer.list", "{}");
    for (size_t i = 0; i < sales_length(dealers, "items"); i++) {
        char path[32];
        snprintf(path, sizeof path, "items.%zu.id", i);
        acrm_value_free(sales_call(w.system, "dealer.update", "{'id':'%s','calendar_id':'%s',"
                                   "'last_write_wins':true}", sales_text(dealers, path),
                                   sales_text(calendars, "items.0.id")));
    }
    acrm_value_free(calendars);
    acrm_value_free(dealers);
    out = sales_call(w.system, "report.response_times", "{}");
    ck_assert_int_eq(sales_int(out, "p90_minutes"), 53);
    ck_assert_int_eq(sales_int(out, "p50_working_minutes"), 0);
    ck_assert_int_lt(sales_int(out, "p90_working_minutes"), 53);
    acrm_value_free(out);
    out = sales_call(w.system, "report.response_times", "{'group':'source'}");
    ck_assert_uint_eq(sales_length(out, "rows"), SOURCES);
    acrm_value_free(out);
    out = sales_call(w.system, "report.lost_reasons", "{}");
    ck_assert_int_eq(sales_int(out, "total"), sales_count(w.system, "lead", "{'status':'lost'}"));
    ck_assert_str_eq(sales_text(out, "rows.0.reason"), "price");
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

START_TEST(reports__show_a_dealer_its_own)
{
    fill(_i);
    acrm_value *roles = sales_call(w.system, "role.list", "{'where':{'name':'dealer_manager'}}");
    acrm_value *dealers = sales_call(w.system, "dealer.list", "{'where':{'code':'N'}}");
    char manager[37];
    sales_create(w.system, "user.create", manager,
                 "{'name':'Manager','login':'m','dealer_id':'%s','role_id':'%s'}",
                 sales_text(dealers, "items.0.id"), sales_text(roles, "items.0.id"));
    acrm_session *session = sales_user(&w, manager);
    int64_t own = sales_count(w.system, "lead", "{'dealer.code':'N'}");
    acrm_value *out = sales_call(session, "report.funnel", "{}");
    ck_assert_int_eq(sales_int(out, "stages.0.count"), own);
    acrm_value_free(out);
    out = sales_call(session, "report.sources", "{}");
    ck_assert_int_eq(sales_int(out, "total.leads"), own);
    acrm_value_free(out);
    acrm_session_free(session);
    acrm_value_free(roles);
    acrm_value_free(dealers);
    sales_free(&w);
}
END_TEST

/* --- Pipelines --- */

static char customer[37], pipeline[37], stages[7][37];

static void begin_pipeline(int storage)
{
    w = sales_new(storage);
    sales_create(w.system, "customer.create", customer, "{'name':'A'}");
    acrm_value *out = sales_call(w.system, "stage.list", "{'order':['position']}");
    ck_assert_uint_eq(sales_length(out, "items"), 7);
    for (int i = 0; i < 7; i++) {
        char path[32];
        snprintf(path, sizeof path, "items.%d.id", i);
        snprintf(stages[i], sizeof stages[i], "%s", sales_text(out, path));
    }
    snprintf(pipeline, sizeof pipeline, "%s", sales_text(out, "items.0.pipeline_id"));
    acrm_value_free(out);
}

START_TEST(pipeline__moves_deals_and_remembers)
{
    char deal[37], other[37], foreign[37];

    begin_pipeline(_i);
    sales_create(w.system, "opportunity.create", deal, "{'customer_id':'%s','name':'X3'}",
                 customer);
    sales_expect(&w, "opportunity", deal, "stage_id", stages[0]);
    ck_assert_int_eq(sales_get_int(&w, "opportunity", deal, "probability"), 10);
    sales_advance(2 * SALES_DAY);
    sales_do(w.system, "opportunity.move", "{'id':'%s','stage_id':'%s'}", deal, stages[2]);
    sales_do(w.system, "opportunity.move", "{'id':'%s','stage_id':'%s'}", deal, stages[2]);
    ck_assert_int_eq(sales_get_int(&w, "opportunity", deal, "probability"), 50);
    ck_assert_int_eq(sales_count(w.system, "stage_change", "{}"), 2);
    ck_assert_int_eq(sales_count(w.system, "stage_change", "{'stayed':'P2D'}"), 1);
    sales_refuse(w.system, ACRM_E_INVALID, "state", "opportunity.move",
                 "{'id':'%s','stage_id':'%s'}", deal, stages[5]);
    sales_create(w.system, "pipeline.create", other, "{'name':'Fleet'}");
    sales_create(w.system, "stage.create", foreign,
                 "{'pipeline_id':'%s','name':'First','position':1}", other);
    sales_refuse(w.system, ACRM_E_INVALID, "pipeline", "opportunity.move",
                 "{'id':'%s','stage_id':'%s'}", deal, foreign);
    sales_refuse(w.system, ACRM_E_INVALID, "reference", "opportunity.lose",
                 "{'id':'%s','reason':'weather'}", deal);
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "opportunity.review", "{'id':'%s'}", deal);
    sales_do(w.system, "opportunity.lose", "{'id':'%s','reason':'price','competitor':'Other'}",
             deal);
    sales_expect(&w, "opportunity", deal, "status", "lost");
    sales_refuse(w.system, ACRM_E_CONFLICT, "state", "opportunity.win", "{'id':'%s'}", deal);
    sales_do(w.system, "opportunity.review", "{'id':'%s','reason':'availability'}", deal);
    sales_expect(&w, "opportunity", deal, "reviewed_at", "2026-11-23T10:00:00Z");
    acrm_value *out = sales_call(w.system, "report.lost_reasons", "{'of':'opportunities'}");
    ck_assert_str_eq(sales_text(out, "rows.0.reason"), "availability");
    ck_assert_str_eq(sales_text(out, "rows.0.competitor"), "Other");
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

/* Ten deals: one ends at each stage or goes on; some jump over stages, some come back. */
START_TEST(pipeline__funnel_counts_the_furthest_stage)
{
    static const struct {
        int path[4]; /* stages moved to, -1: no more */
        char end;    /* w, l, or o for open */
    } deals[] = {
        { { -1 }, 'o' }, { { -1 }, 'l' }, { { 1, -1 }, 'o' }, { { 1, 2, -1 }, 'l' },
        { { 2, -1 }, 'o' }, { { 4, -1 }, 'w' }, { { -1 }, 'w' }, { { 3, 1, -1 }, 'o' },
    };
    static const int64_t want[] = { 8, 6, 5, 3, 2, 2 }; /* won stage last */
    char deal[37];

    begin_pipeline(_i);
    for (size_t d = 0; d < sizeof deals / sizeof deals[0]; d++) {
        sales_create(w.system, "opportunity.create", deal, "{'customer_id':'%s','name':'D'}",
                     customer);
        for (int i = 0; i < 4 && deals[d].path[i] > 0; i++) {
            sales_advance(SALES_DAY);
            sales_do(w.system, "opportunity.move", "{'id':'%s','stage_id':'%s'}", deal,
                     stages[deals[d].path[i]]);
        }
        sales_advance(SALES_HOUR);
        if (deals[d].end == 'w')
            sales_do(w.system, "opportunity.win", "{'id':'%s'}", deal);
        else if (deals[d].end == 'l')
            sales_do(w.system, "opportunity.lose", "{'id':'%s','reason':'price'}", deal);
    }
    acrm_value *out = sales_call(w.system, "report.funnel", "{'pipeline_id':'%s'}", pipeline);
    for (int i = 0; i < 6; i++) {
        char path[32];
        snprintf(path, sizeof path, "stages.%d.count", i);
        ck_assert_int_eq(sales_int(out, path), want[i]);
    }
    expect_falling(out);
    acrm_value_free(out);
    out = sales_call(w.system, "report.stage_times", "{'pipeline_id':'%s'}", pipeline);
    ck_assert_uint_eq(sales_length(out, "rows"), 5);
    ck_assert_int_eq(sales_int(out, "rows.0.left"), 7);
    ck_assert_int_eq(sales_int(out, "rows.0.waiting"), 1);
    ck_assert_int_eq(sales_int(out, "rows.0.p50_hours"), 24);
    ck_assert_int_eq(sales_int(out, "rows.0.over_limit"), 1); /* it may stay 7 days */
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

START_TEST(pipeline__wins_the_lead_with_the_deal)
{
    char lead[37], deal[37];

    begin_pipeline(_i);
    sales_create(w.system, "lead.create", lead, "{'customer_id':'%s'}", customer);
    sales_create(w.system, "opportunity.create", deal,
                 "{'customer_id':'%s','lead_id':'%s','name':'X3'}", customer, lead);
    sales_do(w.system, "opportunity.win", "{'id':'%s'}", deal);
    sales_expect(&w, "lead", lead, "status", "won");
    sales_events(&w, "lead.won", 1);
    sales_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("reports");
    TCase *cases = tcase_create("reports");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, reports__of_sources_sum_to_the_total, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, reports__of_the_funnel_fill_skipped_steps, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, reports__of_response_times_are_nearest_ranks, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, reports__show_a_dealer_its_own, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, pipeline__moves_deals_and_remembers, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, pipeline__funnel_counts_the_furthest_stage, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, pipeline__wins_the_lead_with_the_deal, 0, SALES_STORAGES);
    suite_add_tcase(suite, cases);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
