/* SPDX-License-Identifier: MIT */
/* Intake: nothing twice, nothing lost. */
#include "support/alloc_fail.h"
#include "unit/sales/sales_world.h"

static sales_world w;

static void expect(const acrm_value *out, const char *outcome, const char *customer_outcome)
{
    ck_assert_str_eq(sales_text(out, "outcome"), outcome);
    ck_assert_str_eq(sales_text(out, "customer_outcome"), customer_outcome);
}

#define ALI "'customer':{'name':'Ali Rezaei','contact_points':[{'channel':'phone'," \
            "'value':'+98 912 123 4567'}]}"

START_TEST(intake__creates_what_is_new)
{
    w = sales_new(_i);
    acrm_value *out = sales_call(w.system, "lead.submit",
        "{'customer':{'given_name':'Sara','family_name':'Karimi','kind':'person','city':'Shiraz',"
        "'contact_points':[{'channel':'phone','value':'+989121234567'},{'channel':'email',"
        "'value':'sara@example.org'}]},'lead':{'make':'BMW','model':'X3','level':'A',"
        "'interest':'lease'},'source':'fair','provider':'portal','external_id':'77'}");
    expect(out, "created", "created");
    acrm_value *lead = sales_call(w.system, "lead.get",
                                  "{'id':'%s','include':['customer','source']}",
                                  sales_text(out, "lead_id"));
    ck_assert_str_eq(sales_text(lead, "status"), "new");
    ck_assert_str_eq(sales_text(lead, "external_id"), "77");
    ck_assert_str_eq(sales_text(lead, "source.code"), "fair");
    ck_assert_str_eq(sales_text(lead, "customer.name"), "Sara Karimi");
    ck_assert_str_eq(sales_text(lead, "received_at"), "2026-11-21T10:00:00Z");
    ck_assert_int_eq(sales_count(w.system, "contact_point", "{}"), 2);
    acrm_value_free(lead);
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

static const struct {
    const char *what, *second, *outcome, *customer;
    int leads, enquiries, customers;
} repeat_cases[] = {
    { "the same delivered again", "'provider':'p','external_id':'1'," ALI ",'lead':{'model':'X3'}",
      "unchanged", "unchanged", 1, 0, 1 },
    { "the same, with something changed",
      "'provider':'p','external_id':'1'," ALI ",'lead':{'model':'X5'}", "updated",
      "unchanged", 1, 0, 1 },
    { "the same, said to be resent",
      "'provider':'p','external_id':'1','resend':true," ALI ",'lead':{'model':'X3'}", "updated",
      "unchanged", 1, 0, 1 },
    { "the same id from another provider is another enquiry",
      "'provider':'q','external_id':'1'," ALI ",'lead':{'model':'X3'}", "attached", "matched", 1, 1,
      1 },
    { "the same wish again, written otherwise", ALI ",'lead':{'model':'x3'}", "attached", "matched",
      1, 1, 1 },
    { "the same wish in other letters", ALI ",'lead':{'model':'ｘ３'}", "attached", "matched", 1, 1,
      1 },
    { "the same customer without a model", ALI, "attached", "matched", 1, 1, 1 },
    { "another model is another lead", ALI ",'lead':{'model':'X5'}", "created", "matched", 2, 0,
      1 },
    { "another interest too", ALI ",'lead':{'model':'X3','interest':'service'}", "created",
      "matched", 2, 0, 1 },
    { "the same number in Persian digits and national form",
      "'customer':{'name':'Ali Rezaei','country':'IR','contact_points':[{'channel':'phone',"
      "'value':'۰۹۱۲۱۲۳۴۵۶۷'}]},'lead':{'model':'X3'}", "attached", "updated", 1, 1, 1 },
    { "the same number under another name is somebody else",
      "'customer':{'name':'Mina Ahmadi','contact_points':[{'channel':'phone',"
      "'value':'+989121234567'}]},'lead':{'model':'X3'}", "created", "created", 2, 0, 2 },
    { "a known customer with a new address for mail",
      "'customer':{'name':'Ali Rezaei','contact_points':[{'channel':'phone',"
      "'value':'+989121234567'},{'channel':'email','value':'ali@example.org'}]},"
      "'lead':{'model':'X3'}", "attached", "updated", 1, 1, 1 },
};

enum { REPEAT_CASES = sizeof repeat_cases / sizeof repeat_cases[0] };

START_TEST(intake__knows_what_it_has)
{
    const char *second = repeat_cases[_i / 2].second;

    w = sales_new(_i % 2);
    sales_do(w.system, "lead.submit",
             "{'provider':'p','external_id':'1'," ALI ",'lead':{'model':'X3'}}");
    acrm_value *out = sales_call(w.system, "lead.submit", "{%s}", second);
    ck_assert_msg(strcmp(sales_text(out, "outcome"), repeat_cases[_i / 2].outcome) == 0 &&
                  strcmp(sales_text(out, "customer_outcome"), repeat_cases[_i / 2].customer) == 0,
                  "%s: %s, %s", repeat_cases[_i / 2].what, sales_text(out, "outcome"),
                  sales_text(out, "customer_outcome"));
    ck_assert_int_eq(sales_count(w.system, "lead", "{}"), repeat_cases[_i / 2].leads);
    ck_assert_int_eq(sales_count(w.system, "lead_enquiry", "{}"), repeat_cases[_i / 2].enquiries);
    ck_assert_int_eq(sales_count(w.system, "interaction", "{}"), repeat_cases[_i / 2].enquiries);
    ck_assert_int_eq(sales_count(w.system, "customer", "{}"), repeat_cases[_i / 2].customers);
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

START_TEST(intake__delivers_an_attached_enquiry_once)
{
    w = sales_new(_i);
    sales_do(w.system, "lead.submit", "{" ALI ",'lead':{'model':'X3'}}");
    for (int n = 0; n < 3; n++) {
        acrm_value *out = sales_call(w.system, "lead.submit",
                                     "{" ALI ",'provider':'p','external_id':'2'}");
        expect(out, n == 0 ? "attached" : "unchanged", n == 0 ? "matched" : "unchanged");
        acrm_value_free(out);
    }
    ck_assert_int_eq(sales_count(w.system, "lead_enquiry", "{}"), 1);
    ck_assert_int_eq(sales_count(w.system, "lead", "{'resent_count':1}"), 1);
    sales_free(&w);
}
END_TEST

START_TEST(intake__begins_anew_when_the_lead_is_closed)
{
    char id[37];

    w = sales_new(_i);
    sales_create(w.system, "lead.submit", id, "{" ALI ",'lead':{'model':'X3'}}");
    sales_do(w.system, "lead.lose", "{'id':'%s','reason':'price'}", id);
    acrm_value *out = sales_call(w.system, "lead.submit", "{" ALI ",'lead':{'model':'X3'}}");
    expect(out, "created", "matched");
    acrm_value_free(out);
    sales_free(&w);
}
END_TEST

static const struct {
    const char *what, *args, *reason, *field;
} bad_cases[] = {
    { "no customer", "{'lead':{'model':'X3'}}", "required", "customer" },
    { "an unknown field of the customer", "{'customer':{'nane':'A'}}", "unknown_field",
      "customer.nane" },
    { "a customer without a name", "{'customer':{'city':'Shiraz'}}", "required", "name" },
    { "an unknown field of the lead", "{" ALI ",'lead':{'modell':'X3'}}", "unknown_field",
      "lead.modell" },
    { "a contact point of no known kind",
      "{'customer':{'name':'A','contact_points':[{'channel':'pigeon','value':'x'}]}}", "choice",
      "customer.contact_points[0].channel" },
    { "no such level", "{" ALI ",'lead':{'level':'Z'}}", "reference", "level" },
    { "a field that the library sets", "{" ALI ",'lead':{'status':'won'}}", "read_only",
      "lead.status" },
    { "from the future", "{" ALI ",'lead':{'received_at':'2027-01-01T00:00:00Z'}}", "range",
      "received_at" },
    { "a customer that is not there",
      "{'customer_id':'0190163d-8694-739b-aea5-966c26f8ad91'}", "reference", "customer_id" },
};

START_TEST(intake__refuses_by_name_and_keeps_nothing)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;
    char json[1024];

    w = sales_new(_i % 2);
    snprintf(json, sizeof json, "%s", bad_cases[_i / 2].args);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
    int32_t st = acrm_call(w.system, "lead.submit", args, &out, &err);
    ck_assert_msg(st != ACRM_OK, "%s", bad_cases[_i / 2].what);
    ck_assert_msg(strcmp(acrm_error_reason(err), bad_cases[_i / 2].reason) == 0 &&
                  strcmp(acrm_error_field(err), bad_cases[_i / 2].field) == 0, "%s: %s",
                  bad_cases[_i / 2].what, acrm_error_json(err));
    ck_assert_int_eq(sales_count(w.system, "customer", "{}"), 0);
    acrm_error_free(err);
    acrm_value_free(args);
    sales_free(&w);
}
END_TEST

/* Each allocation of a day's work fails once in turn: an error, no leak, nothing half written. */
START_TEST(intake__survives_every_allocation_failure)
{
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = sales_now };
    static const acrm_random random = { .struct_size = sizeof random, .fill = sales_fill };
    static const struct {
        const char *operation, *args;
    } day[] = {
        { "lead.submit", "{" ALI ",'lead':{'model':'X3'},'source':'web','provider':'p',"
                         "'external_id':'1'}" },
        { "lead.submit", "{" ALI ",'lead':{'model':'x3'},'provider':'p','external_id':'2'}" },
        { "report.funnel", "{'group':'source'}" },
        { "report.sources", "{}" },
        { "agenda.list", "{}" },
    };
    enum { STEPS = sizeof day / sizeof day[0] };

    for (size_t step = 0; step < STEPS; step++) {
        for (long n = 1;; n++) {
            alloc_fail state = { .fail_at = 0 };
            acrm_allocator port = alloc_fail_port(&state);
            const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                           .random = &random, .allocator = &port };
            acrm_error *err = NULL;
            int32_t st = ACRM_OK;

            sales_clock = SALES_START;
            sales_seed = 1;
            w = (sales_world){ .path = "" };
            ck_assert_int_eq(acrm_open("memory:", &options, &w.engine, NULL), ACRM_OK);
            ck_assert_int_eq(acrm_session_new(w.engine, "system", &w.system, NULL), ACRM_OK);
            char id[37], dealer[37];
            sales_dealer(&w, dealer, "N", "");
            sales_create(w.system, "distribution_rule.create", id, "{'name':'All','position':1,"
                         "'accept_within':'PT1H','condition':{'customer.kind':'person'}}");
            sales_do(w.system, "distribution_target.create", "{'rule_id':'%s','dealer_id':'%s'}",
                     id, dealer);
            for (size_t before = 0; before < step; before++)
                sales_do(w.system, day[before].operation, "%s", day[before].args);
            int64_t leads = sales_count(w.system, "lead", "{}");
            int64_t offers = sales_count(w.system, "lead_offer", "{}");
            state.fail_at = state.count + n;
            st = sales_status(w.system, day[step].operation, day[step].args, &err);
            bool failed = state.failures > 0;
            state.fail_at = 0;
            ck_assert_msg(failed ? st == ACRM_E_NOMEM || st == ACRM_OK : st == ACRM_OK, "%s: %s",
                          day[step].operation, acrm_error_json(err));
            if (st != ACRM_OK) {
                ck_assert_int_eq(sales_count(w.system, "lead", "{}"), leads);
                ck_assert_int_eq(sales_count(w.system, "lead_offer", "{}"), offers);
            }
            acrm_error_free(err);
            sales_free(&w);
            ck_assert_uint_eq(state.live_bytes, 0);
            if (!failed)
                break;
        }
    }
}
END_TEST

/* What one lead costs does not grow with what is there already. */
START_TEST(intake__takes_a_constant_number_of_statements)
{
    char id[37], dealer[37], seller[37], rule[37], target[37];
    int64_t cost[2][3];

    w = sales_new(SALES_SQLITE);
    sales_dealer(&w, dealer, "N", "");
    sales_seller(&w, seller, "n", dealer, "");
    sales_create(w.system, "distribution_rule.create", rule, "{'name':'All','position':1}");
    sales_create(w.system, "distribution_target.create", target,
                 "{'rule_id':'%s','dealer_id':'%s'}", rule, dealer);
    sales_lead(&w, id, 1, "'model':'X3'");
    for (int round = 0; round < 2; round++) {
        int64_t start = acrm_session_statements(w.system);
        sales_lead(&w, id, 1000 + round, "'model':'X3'");
        cost[round][0] = acrm_session_statements(w.system) - start;
        sales_lead(&w, id, 1000 + round, "'model':'X3'");
        cost[round][1] = acrm_session_statements(w.system) - start - cost[round][0];
        start = acrm_session_statements(w.system);
        sales_do(w.system, "lead.contact", "{'id':'%s'}", id);
        cost[round][2] = acrm_session_statements(w.system) - start;
        for (int n = 0; n < 50 && round == 0; n++)
            sales_lead(&w, id, 100 + n, "'model':'X3'");
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cost[0][i], cost[1][i]);
    ck_assert_msg(cost[0][0] <= 80 && cost[0][1] <= 40 && cost[0][2] <= 45,
                  "new %lld, attached %lld, contact %lld", (long long)cost[0][0],
                  (long long)cost[0][1], (long long)cost[0][2]);
    sales_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("intake");
    TCase *cases = tcase_create("intake");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, intake__creates_what_is_new, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, intake__knows_what_it_has, 0, 2 * REPEAT_CASES);
    tcase_add_loop_test(cases, intake__delivers_an_attached_enquiry_once, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, intake__begins_anew_when_the_lead_is_closed, 0, SALES_STORAGES);
    tcase_add_loop_test(cases, intake__refuses_by_name_and_keeps_nothing, 0,
                        2 * (int)(sizeof bad_cases / sizeof bad_cases[0]));
    tcase_add_test(cases, intake__survives_every_allocation_failure);
    tcase_add_test(cases, intake__takes_a_constant_number_of_statements);
    suite_add_tcase(suite, cases);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
