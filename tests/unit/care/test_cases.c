/* SPDX-License-Identifier: MIT */
/* Cases: intake, the table of priorities, the law's deadline, and the way to the end and back. */
#include "unit/care/care_world.h"

static care_world c;

/* --- Intake --- */

START_TEST(case_open__gives_number_type_dealer_and_owner)
{
    c = care_new(_i);
    acrm_value *out = sales_call(c.system, "case.open",
        "{'type':'paint','customer':{'name':'Sara Karimi','contact_points':[{'channel':'phone',"
        "'value':'+98 912 123 4567'}]},'subject':'Scratched door','severity':'high',"
        "'channel':'web','provider':'portal','external_id':'17'}");
    ck_assert_str_eq(sales_text(out, "outcome"), "created");
    ck_assert_str_eq(sales_text(out, "customer_outcome"), "matched");
    ck_assert_str_eq(sales_text(out, "customer_id"), c.customer_id);
    ck_assert_str_eq(sales_text(out, "case.number"), "D01-2026-000001");
    ck_assert_str_eq(sales_text(out, "case.kind"), "complaint");
    ck_assert_str_eq(sales_text(out, "case.status"), "new");
    ck_assert_str_eq(sales_text(out, "case.dealer_id"), c.dealer);
    ck_assert_str_eq(sales_text(out, "case.queue_id"), c.queue);
    ck_assert_str_eq(sales_text(out, "case.owner_id"), c.agent_id);
    ck_assert_str_eq(sales_text(out, "case.opened_at"), "2026-11-21T10:00:00Z");
    ck_assert_int_eq(care_events(&c, "case.opened", sales_text(out, "case.id")), 1);
    acrm_value_free(out);
    out = sales_call(c.system, "case.open", "{'type':'paint','customer_id':'%s',"
                     "'subject':'again','provider':'portal','external_id':'17'}", c.customer_id);
    ck_assert_str_eq(sales_text(out, "outcome"), "unchanged");
    ck_assert_str_eq(sales_text(out, "case.number"), "D01-2026-000001");
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

START_TEST(case_open__creates_whom_it_does_not_know)
{
    c = care_new(_i);
    acrm_value *out = sales_call(c.agent, "case.open", "{'type':'paint','subject':'Noise',"
        "'customer':{'name':'Ali Rezaei','contact_points':[{'channel':'email',"
        "'value':'ali@example.org'}]}}");
    ck_assert_str_eq(sales_text(out, "customer_outcome"), "created");
    ck_assert_str_eq(sales_text(out, "case.dealer_id"), c.dealer); /* the agent's */
    ck_assert_int_eq(sales_count(c.system, "contact_point", "{}"), 2);
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

/* 2026-12-31T20:30Z is the new year's first midnight in Tehran. */
START_TEST(case_number__has_a_series_for_each_dealer_and_year)
{
    char id[37];

    c = care_new(_i);
    sales_clock = INT64_C(1798749000000000); /* 2026-12-31T20:30:00Z */
    care_open(&c, id, ",'opened_at':'2026-12-31T20:29:59Z'");
    care_expect(&c, id, "number", "D01-2026-000001");
    care_open(&c, id, "");
    care_expect(&c, id, "number", "D01-2027-000001");
    care_open(&c, id, ",'opened_at':'2026-12-31T20:29:59Z'");
    care_expect(&c, id, "number", "D01-2026-000002");
    care_free(&c);
}
END_TEST

static const struct {
    const char *what, *args, *reason;
    int32_t status;
} open_refusals[] = {
    { "an unknown type", "{'type':'nope','subject':'x','customer_id':'%s'}", "reference",
      ACRM_E_INVALID },
    { "no customer", "{'type':'paint','subject':'x'}", "required", ACRM_E_INVALID },
    { "a time to come",
      "{'type':'paint','subject':'x','customer_id':'%s','opened_at':'2027-01-01T00:00:00Z'}",
      "range", ACRM_E_INVALID },
};

START_TEST(case_open__refuses)
{
    size_t n = sizeof open_refusals / sizeof open_refusals[0];

    c = care_new(_i);
    for (size_t i = 0; i < n; i++) {
        char args[400];
        const char *mark = strstr(open_refusals[i].args, "%s");
        int head = mark ? (int)(mark - open_refusals[i].args) : 0;
        snprintf(args, sizeof args, "%.*s%s%s", head, open_refusals[i].args,
                 mark ? c.customer_id : "", mark ? mark + 2 : open_refusals[i].args);
        sales_refuse(c.system, open_refusals[i].status, open_refusals[i].reason, "case.open",
                     "%s", args);
    }
    ck_assert_int_eq(sales_count(c.system, "case", "{}"), 0);
    care_free(&c);
}
END_TEST

START_TEST(case_type__says_what_its_cases_hold)
{
    char id[37];

    c = care_new(_i);
    sales_refuse(c.system, ACRM_E_INVALID, "unknown_field", "case_type.create",
                 "{'code':'a','name':'A','kind':'idea','required':['vim']}");
    sales_refuse(c.system, ACRM_E_INVALID, "unknown_field", "case_type.create",
                 "{'code':'a','name':'A','kind':'idea','custom_fields':['vin']}");
    sales_do(c.system, "schema.add_field", "{'entity':'case','name':'x_odometer','type':'int',"
             "'help':'Kilometres'}");
    sales_do(c.system, "schema.add_field", "{'entity':'case','name':'x_colour','type':'text',"
             "'help':'Colour'}");
    sales_do(c.system, "case_type.create", "{'code':'engine','name':'Engine','kind':'complaint',"
             "'required':['vin','x_odometer'],'required_to_resolve':['topic'],"
             "'custom_fields':['x_odometer']}");
    sales_refuse(c.system, ACRM_E_INVALID, "required", "case.open", "{'type':'engine',"
                 "'customer_id':'%s','subject':'Noise','vin':'1'}", c.customer_id);
    sales_refuse(c.system, ACRM_E_INVALID, "not_of_type", "case.open", "{'type':'engine',"
                 "'customer_id':'%s','subject':'Noise','vin':'1','fields':{'x_odometer':5,"
                 "'x_colour':'red'}}", c.customer_id);
    acrm_value *out = sales_call(c.system, "case.open", "{'type':'engine','customer_id':'%s',"
        "'subject':'Noise','vin':'1','fields':{'x_odometer':5}}", c.customer_id);
    snprintf(id, sizeof id, "%s", sales_text(out, "case.id"));
    ck_assert_int_eq(sales_int(out, "case.x_odometer"), 5);
    acrm_value_free(out);
    sales_refuse(c.system, ACRM_E_INVALID, "required", "case.update",
                 "{'id':'%s','vin':null,'last_write_wins':true}", id);
    sales_refuse(c.system, ACRM_E_INVALID, "required", "case.resolve",
                 "{'id':'%s','resolution':'Done'}", id);
    sales_do(c.system, "case.update", "{'id':'%s','topic':'engine','last_write_wins':true}", id);
    sales_do(c.system, "case.resolve", "{'id':'%s','resolution':'Done'}", id);
    care_free(&c);
}
END_TEST

/* --- Priority --- */

static const struct {
    const char *what, *given, *priority;
} priority_cases[] = {
    { "danger goes before all", ",'topic':'brakes','severity':'low','risk':'high'", "urgent" },
    { "brakes are high", ",'topic':'brakes','severity':'medium'", "high" },
    { "critical ones are high too", ",'topic':'paint','severity':'critical'", "high" },
    { "small ones are low", ",'severity':'low'", "low" },
    { "what no row fits is normal", ",'severity':'medium'", "normal" },
};

START_TEST(case_priority__follows_the_table)
{
    char id[37];

    c = care_new(_i);
    sales_do(c.system, "case_priority_rule.create", "{'position':1,'risk':'high',"
             "'priority':'urgent'}");
    sales_do(c.system, "case_priority_rule.create", "{'position':2,'topic':'brakes',"
             "'priority':'high'}");
    sales_do(c.system, "case_priority_rule.create", "{'position':3,'severity':'critical',"
             "'priority':'high'}");
    sales_do(c.system, "case_priority_rule.create", "{'position':4,'severity':'low','risk':'none',"
             "'priority':'low'}");
    for (size_t i = 0; i < sizeof priority_cases / sizeof priority_cases[0]; i++) {
        care_open(&c, id, priority_cases[i].given);
        acrm_value *rec = care_get(&c, id);
        ck_assert_msg(strcmp(sales_text(rec, "priority"), priority_cases[i].priority) == 0, "%s",
                      priority_cases[i].what);
        ck_assert_str_eq(sales_text(rec, "priority_explanation.priority"),
                         priority_cases[i].priority);
        acrm_value_free(rec);
    }
    sales_do(c.system, "case.update", "{'id':'%s','risk':'high','last_write_wins':true}", id);
    care_expect(&c, id, "priority", "urgent");
    sales_do(c.agent, "case.prioritise", "{'id':'%s','priority':'low','reason':'joke'}", id);
    care_expect(&c, id, "priority_explanation.was", "urgent");
    sales_do(c.system, "case.update", "{'id':'%s','risk':'none','last_write_wins':true}", id);
    care_expect(&c, id, "priority", "low"); /* by hand stays */
    sales_do(c.system, "case.prioritise", "{'id':'%s'}", id);
    care_expect(&c, id, "priority", "normal");
    ck_assert_int_eq(care_events(&c, "case.prioritised", id), 2);
    care_free(&c);
}
END_TEST

/* --- The law's deadline --- */

START_TEST(case_legal__counts_days_by_jurisdiction)
{
    char id[37];

    c = care_new(_i);
    sales_do(c.system, "case_legal_rule.create", "{'position':1,'kind':'complaint',"
             "'country':'DE','days':14,'law':'Other'}");
    sales_do(c.system, "case_legal_rule.create", "{'position':2,'kind':'complaint',"
             "'country':'IR','days':20,'law':'Consumer act','warn_before':'PT48H'}");
    care_open(&c, id, "");
    acrm_value *rec = care_get(&c, id);
    /* Opened on 21 November in Tehran, which is 3.5 hours ahead: ends with 11 December. */
    ck_assert_str_eq(sales_text(rec, "legal_due"), "2026-12-11T20:30:00Z");
    ck_assert_str_eq(sales_text(rec, "legal_explanation.law"), "Consumer act");
    ck_assert_str_eq(sales_text(rec, "legal_explanation.country_of"), "customer");
    ck_assert_str_eq(sales_text(rec, "legal_explanation.last_day"), "2026-12-11");
    acrm_value_free(rec);
    sales_clock = INT64_C(1796848199000000); /* 2026-12-09T20:29:59Z */
    care_tick(&c, 0);
    ck_assert_int_eq(care_events(&c, "case.legal_warning", id), 0);
    care_tick(&c, 1);
    care_tick(&c, 1);
    ck_assert_int_eq(care_events(&c, "case.legal_warning", id), 1);
    care_tick(&c, 48 * 3600 - 3);
    ck_assert_int_eq(care_events(&c, "case.legal_missed", id), 0);
    care_tick(&c, 2);
    care_tick(&c, 3600);
    ck_assert_int_eq(care_events(&c, "case.legal_missed", id), 1);
    care_expect(&c, id, "legal_missed_at", "2026-12-11T20:30:00Z");
    care_free(&c);
}
END_TEST

START_TEST(case_legal__counts_business_days_of_a_calendar)
{
    char id[37], hours[37];

    c = care_new(_i);
    sales_create(c.system, "calendar.create", hours, "{'name':'Office','zone':'Asia/Tehran',"
                 "'hours':{'sat':['08:00-16:00'],'sun':['08:00-16:00'],'mon':['08:00-16:00'],"
                 "'tue':['08:00-16:00'],'wed':['08:00-16:00']}}");
    sales_do(c.system, "calendar_day.create", "{'calendar_id':'%s','name':'Feast',"
             "'date':'2026-11-23'}", hours);
    sales_do(c.system, "case_legal_rule.create", "{'position':1,'days':5,'unit':'business_days',"
             "'calendar_id':'%s','law':'Own rule'}", hours);
    care_open(&c, id, ""); /* on Saturday: Sunday, Tuesday, Wednesday, Saturday, Sunday */
    care_expect(&c, id, "legal_explanation.last_day", "2026-11-29");
    care_expect(&c, id, "legal_due", "2026-11-29T20:30:00Z");
    care_free(&c);
}
END_TEST

START_TEST(case__knows_its_vehicle_by_vin)
{
    char id[37], vehicle[37];

    c = care_new(_i);
    sales_create(c.system, "vehicle.create", vehicle,
                 "{'vin':'1M8GDM9AXKP042788','make':'MCI','model':'102'}");
    care_open(&c, id, ",'vin':'1M8GDM9AXKP042788'");
    care_expect(&c, id, "vehicle_id", vehicle);
    acrm_value *out = sales_call(c.system, "case.open", "{'type':'paint','customer_id':'%s',"
                                 "'subject':'x','vehicle_id':'%s'}", c.customer_id, vehicle);
    ck_assert_str_eq(sales_text(out, "case.vin"), "1M8GDM9AXKP042788");
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

START_TEST(case_legal__is_met_by_telling_the_customer)
{
    char id[37];

    c = care_new(_i);
    sales_do(c.system, "case_legal_rule.create", "{'position':1,'days':1,'law':'Any'}");
    care_open(&c, id, "");
    sales_do(c.agent, "case.resolve", "{'id':'%s','resolution':'x','root_cause':'defect'}", id);
    sales_do(c.agent, "case.tell", "{'id':'%s'}", id);
    care_tick(&c, 5 * SALES_DAY);
    ck_assert_int_eq(care_events(&c, "case.legal_missed", id), 0);
    sales_do(c.agent, "case.reopen", "{'id':'%s','reason':'not so'}", id);
    care_tick(&c, 1);
    ck_assert_int_eq(care_events(&c, "case.legal_missed", id), 1);
    care_free(&c);
}
END_TEST

/* --- Who works on it --- */

START_TEST(case_assign__follows_rules_load_skill_and_capacity)
{
    char id[37], first[37];

    c = care_new(_i);
    care_open(&c, first, "");
    care_expect(&c, first, "owner_id", c.agent_id);
    care_open(&c, id, "");
    care_expect(&c, id, "owner_id", c.second_id); /* who has fewer */
    sales_do(c.system, "case_queue.update", "{'id':'%s','capacity':1,'last_write_wins':true}",
             c.queue);
    care_open(&c, id, "");
    care_expect(&c, id, "owner_id", "(none)");
    care_expect(&c, id, "queue_id", c.queue);
    care_expect(&c, id, "assignment_explanation.candidates.1.excluded", "capacity");
    sales_do(c.system, "user.update", "{'id':'%s','skills':['ev'],'last_write_wins':true}",
             c.second_id);
    sales_refuse(c.system, ACRM_E_INVALID, "unknown_field", "case_assignment_rule.create",
                 "{'name':'x','position':1,'condition':{'colour':'red'},'queue_id':'%s'}",
                 c.queue);
    sales_refuse(c.system, ACRM_E_INVALID, "required", "case_assignment_rule.create",
                 "{'name':'x','position':1}");
    sales_do(c.system, "case_assignment_rule.create", "{'name':'Batteries','position':1,"
             "'condition':{'topic':'battery','customer.country':'IR'},'team_id':'%s',"
             "'skill':'ev'}", c.team);
    care_open(&c, id, ",'topic':'battery'");
    care_expect(&c, id, "owner_id", c.second_id);
    care_expect(&c, id, "assignment_explanation.rule", "Batteries");
    care_expect(&c, id, "assignment_explanation.candidates.0.excluded", "skill");
    sales_do(c.agent, "case.assign", "{'id':'%s','user_id':'%s'}", first, c.second_id);
    care_expect(&c, first, "owner_id", c.second_id);
    sales_do(c.manager, "case.assign", "{'id':'%s'}", first);
    care_expect(&c, first, "owner_id", c.agent_id); /* by the rules: who has room */
    care_free(&c);
}
END_TEST

START_TEST(case_assign__takes_turns)
{
    char id[37];

    c = care_new(_i);
    sales_do(c.system, "case_queue.update", "{'id':'%s','pick':'round_robin',"
             "'last_write_wins':true}", c.queue);
    for (int i = 0; i < 4; i++) {
        care_open(&c, id, "");
        care_expect(&c, id, "owner_id", i % 2 ? c.second_id : c.agent_id);
        sales_advance(60);
    }
    care_free(&c);
}
END_TEST

START_TEST(case_hand_over__is_accepted_or_goes_back)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.accept", "{'id':'%s'}", id);
    sales_do(c.agent, "case.hand_over", "{'id':'%s','user_id':'%s','reason':'holiday'}", id,
             c.second_id);
    care_expect(&c, id, "owner_id", c.second_id);
    sales_do(c.agent, "case.decline", "{'id':'%s','reason':'no time'}", id);
    care_expect(&c, id, "owner_id", c.agent_id);
    sales_do(c.agent, "case.hand_over", "{'id':'%s','user_id':'%s','reason':'ill'}", id,
             c.second_id);
    sales_do(c.agent, "case.accept", "{'id':'%s'}", id);
    care_expect(&c, id, "owner_id", c.second_id);
    ck_assert_int_eq(sales_count(c.system, "case_handover", "{'outcome':'accepted'}"), 1);
    acrm_value *rec = care_get(&c, id);
    ck_assert_int_eq(sales_int(rec, "handovers"), 2);
    acrm_value_free(rec);
    care_free(&c);
}
END_TEST

/* --- Messages --- */

START_TEST(case_message__answers_wakes_and_shows)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_do(c.agent, "case.message", "{'id':'%s','direction':'internal','body':'known issue'}",
             id);
    care_expect(&c, id, "status", "new");
    sales_advance(600);
    sales_do(c.agent, "case.reply", "{'id':'%s','body':'We look at it'}", id);
    care_expect(&c, id, "status", "open");
    care_expect(&c, id, "first_response_at", "2026-11-21T10:10:00Z");
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'which door?','waiting_for':'customer'}",
             id);
    care_expect(&c, id, "status", "waiting");
    sales_do(c.customer, "case.message", "{'id':'%s','body':'the left one','channel':'web',"
             "'provider':'portal','external_id':'m1','direction':'internal'}", id);
    sales_do(c.customer, "case.message", "{'id':'%s','body':'the left one','channel':'web',"
             "'provider':'portal','external_id':'m1'}", id);
    care_expect(&c, id, "status", "open");
    acrm_value *out = sales_call(c.agent, "case.messages", "{'id':'%s'}", id);
    ck_assert_uint_eq(sales_length(out, "items"), 3);
    ck_assert_str_eq(sales_text(out, "items.2.direction"), "in");
    acrm_value_free(out);
    out = sales_call(c.customer, "case.messages", "{'id':'%s'}", id);
    ck_assert_uint_eq(sales_length(out, "items"), 2); /* not what we say among ourselves */
    acrm_value_free(out);
    out = sales_call(c.customer, "case.get", "{'id':'%s','include':['messages','compensations',"
                     "'handover_steps']}", id);
    ck_assert_uint_eq(sales_length(out, "messages"), 2);
    acrm_value_free(out);
    out = sales_call(c.system, "customer.timeline", "{'id':'%s'}", c.customer_id);
    ck_assert_uint_eq(sales_length(out, "items"), 4); /* the case and its messages */
    acrm_value_free(out);
    sales_refuse(c.agent, ACRM_E_INVALID, "range", "case.message",
                 "{'id':'%s','body':'x','at':'2026-11-21T09:00:00Z'}", id);
    care_free(&c);
}
END_TEST

START_TEST(case__is_seen_by_its_customer_only)
{
    char id[37], other[37], text[64];
    acrm_session *stranger = NULL;

    c = care_new(_i);
    care_open(&c, id, "");
    sales_create(c.system, "customer.create", other, "{'name':'Ali'}");
    snprintf(text, sizeof text, "customer:%s", other);
    ck_assert_int_eq(acrm_session_new(c.w.engine, text, &stranger, NULL), ACRM_OK);
    sales_refuse(stranger, ACRM_E_NOTFOUND, "reference", "case.message",
                 "{'id':'%s','body':'x'}", id);
    ck_assert_int_eq(sales_status(stranger, "case.resolve", "{}", NULL), ACRM_E_DENIED);
    acrm_value *out = sales_call(stranger, "case.open", "{'type':'paint','subject':'Mine'}");
    ck_assert_str_eq(sales_text(out, "customer_id"), other);
    acrm_value_free(out);
    out = sales_call(c.customer, "case.list", "{}");
    ck_assert_uint_eq(sales_length(out, "items"), 1);
    acrm_value_free(out);
    acrm_session_free(stranger);
    care_free(&c);
}
END_TEST

Suite *cases_suite(void);
Suite *cases_suite(void)
{
    const TTest *const tests[] = {
        case_open__gives_number_type_dealer_and_owner, case_open__creates_whom_it_does_not_know,
        case_number__has_a_series_for_each_dealer_and_year, case_open__refuses,
        case_type__says_what_its_cases_hold, case_priority__follows_the_table,
        case_legal__counts_days_by_jurisdiction, case_legal__is_met_by_telling_the_customer,
        case_legal__counts_business_days_of_a_calendar, case__knows_its_vehicle_by_vin,
        case_assign__follows_rules_load_skill_and_capacity, case_assign__takes_turns,
        case_hand_over__is_accepted_or_goes_back, case_message__answers_wakes_and_shows,
        case__is_seen_by_its_customer_only,
    };
    Suite *s = suite_create("cases");
    TCase *tc = tcase_create("cases");

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(tc, tests[i], 0, SALES_STORAGES);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(cases_suite)
