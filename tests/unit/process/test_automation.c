/* SPDX-License-Identifier: MIT */
/* Automation: rules run when they should, once, and never at the cost of the user's own work. */
#include "unit/process/works.h"

static works w;
static char rule[37], customer[37];

static void make_rule(const char *json)
{
    works_make(&w, rule, "automation_rule.create", json, 0);
}

static void make_customer(const char *more)
{
    works_make(&w, customer, "customer.create", "{'name':'Ada'%s}", more);
}

static void change(const char *fields)
{
    works_do(&w, "customer.update", "{'id':'%s','last_write_wins':true,%s}", customer, fields);
}

static int64_t runs(const char *outcome)
{
    return works_count(&w, "automation_run", "{'where':{'outcome':'%s'}}", outcome);
}

#define MARK "'actions':[{'operation':'interaction.create','args':{'customer_id':"                \
             "{'$field':'id'},'at':{'$now':true},'channel':'system','outcome':"                   \
             "{'$join':['was ',{'$old':'grade'},' is ',{'$field':'grade'}]}}}]"

START_TEST(automation__runs_when_a_record_is_made)
{
    works_open(&w, _i);
    make_rule("{'name':'hello','trigger':'created','entity':'customer',"
              "'condition':{'country':'IR'}," MARK "}");
    make_customer("");
    ck_assert_int_eq(works_count(&w, "interaction", "{}"), 0);
    make_customer(",'country':'IR','grade':'A'");
    ck_assert_int_eq(works_count(&w, "interaction", "{'where':{'outcome':'was  is A'}}"), 1);
    ck_assert_int_eq(runs("done"), 1);
    works_close(&w);
}
END_TEST

START_TEST(automation__a_condition_fires_when_it_comes_to_hold)
{
    works_open(&w, _i);
    make_rule("{'name':'vip','trigger':'changed','entity':'customer',"
              "'condition':{'grade':'A'}," MARK "}");
    make_customer(",'grade':'B'");
    change("'grade':'A'");
    change("'city':'Yazd'");
    change("'grade':'C'");
    change("'grade':'A'");
    ck_assert_int_eq(runs("done"), 2);
    ck_assert_int_eq(works_count(&w, "interaction", "{'where':{'outcome':'was B is A'}}"), 1);
    ck_assert_int_eq(works_count(&w, "interaction", "{'where':{'outcome':'was C is A'}}"), 1);
    works_close(&w);
}
END_TEST

START_TEST(automation__knows_what_was_before)
{
    works_open(&w, _i);
    make_rule("{'name':'lost','trigger':'changed','entity':'customer',"
              "'condition':{'grade':'C','$old':{'grade':{'$in':['A','B']}}}," MARK "}");
    make_customer(",'grade':'D'");
    change("'grade':'C'");
    ck_assert_int_eq(runs("done"), 0);
    change("'grade':'B'");
    change("'grade':'C'");
    ck_assert_int_eq(runs("done"), 1);
    change("'city':'Yazd'");
    ck_assert_int_eq(runs("done"), 1);
    works_close(&w);
}
END_TEST

START_TEST(automation__waits_for_certain_fields)
{
    works_open(&w, _i);
    make_rule("{'name':'moved','trigger':'changed','entity':'customer','fields':['city'],"
              MARK "}");
    make_customer("");
    change("'grade':'C'");
    ck_assert_int_eq(runs("done"), 0);
    change("'city':'Yazd'");
    change("'city':'Qom','grade':'D'");
    ck_assert_int_eq(runs("done"), 2);
    works_close(&w);
}
END_TEST

START_TEST(automation__a_rule_does_not_set_itself_off)
{
    works_open(&w, _i);
    make_rule("{'name':'itself','trigger':'changed','entity':'customer','fields':['city',"
              "'notes'],'actions':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
              "'last_write_wins':true,'notes':{'$join':[{'$field':'notes'},'x']}}}]}");
    make_customer("");
    change("'city':'Yazd'");
    works_expect(&w, "customer", customer, "notes", "x");
    ck_assert_int_eq(runs("done"), 1);
    ck_assert_int_eq(runs("loop"), 1);
    works_close(&w);
}
END_TEST

/* Each rule makes a record that sets the next one off, and the last the first: ever new records. */
START_TEST(automation__a_chain_has_an_end)
{
    works_open(&w, _i);
    make_rule("{'name':'more','trigger':'created','entity':'customer','actions':["
              "{'operation':'customer.create','args':{'name':'Again'}}]}");
    make_customer("");
    ck_assert_int_eq(works_count(&w, "customer", "{}"), 5);
    ck_assert_int_eq(runs("done"), 4);
    ck_assert_int_eq(runs("depth"), 1);
    works_close(&w);
}
END_TEST

START_TEST(automation__a_failure_is_an_incident_and_not_the_users)
{
    works_open(&w, _i);
    make_rule("{'name':'bad','trigger':'created','entity':'customer','actions':["
              "{'operation':'interaction.create','args':{'customer_id':{'$field':'id'},'at':"
              "{'$now':true},'channel':'system'}},"
              "{'operation':'customer.update','args':{'id':{'$field':'owner_id'},"
              "'last_write_wins':true,'city':'Yazd'}}]}");
    make_customer("");
    works_expect(&w, "customer", customer, "name", "Ada");
    ck_assert_int_eq(works_count(&w, "interaction", "{}"), 0); /* the rule was undone whole */
    ck_assert_int_eq(runs("failed"), 1);
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'retrying'}}"), 1);
    static const int waits[] = { 60, 60, 300, 1800, 7200, 28800 };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'open'}}"), 0);
        works_advance(&w, waits[i]);
        works_tick(&w);
    }
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'open'}}"), 1);
    acrm_value *list = works_call(&w, "incident.list", "{}");
    char incident[37];
    snprintf(incident, sizeof incident, "%s",
             office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
    acrm_value_free(list);
    works_do(&w, "incident.retry", "{'id':'%s'}", incident);
    works_expect(&w, "incident", incident, "state", "open");
    works_do(&w, "automation_rule.update", "{'id':'%s','last_write_wins':true,'actions':["
             "{'operation':'customer.update','args':{'id':{'$field':'id'},'last_write_wins':true,"
             "'city':'Yazd'}}]}", rule);
    works_do(&w, "incident.retry", "{'id':'%s'}", incident);
    works_expect(&w, "incident", incident, "state", "resolved");
    works_expect(&w, "customer", customer, "city", "Yazd");
    works_close(&w);
}
END_TEST

START_TEST(automation__mends_itself_when_the_cause_is_gone)
{
    char user[37], role[37];

    works_open(&w, _i);
    works_make(&w, role, "role.create", "{'name':'robot','permissions':['interaction.create'],"
                                        "'scopes':{'*':'all'}}");
    works_make(&w, user, "user.create", "{'name':'Robot','login':'robot','role_id':'%s',"
                                        "'active':false}", role);
    char json[1024];
    snprintf(json, sizeof json, "{'name':'as','trigger':'created','entity':'customer',"
                                "'run_as_id':'%s'," MARK "}", user);
    make_rule(json);
    make_customer("");
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'retrying'}}"), 1);
    works_do(&w, "user.update", "{'id':'%s','active':true,'last_write_wins':true}", user);
    works_advance(&w, 60);
    works_tick(&w);
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'resolved'}}"), 1);
    ck_assert_int_eq(works_count(&w, "interaction", "{}"), 1);
    acrm_value *list = works_call(&w, "interaction.list", "{}");
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "created_by"),
                     user);
    acrm_value_free(list);
    works_do(&w, "role.update", "{'id':'%s','permissions':['customer.get'],"
                                "'last_write_wins':true}", role);
    make_customer("");
    ck_assert_int_eq(works_count(&w, "incident", "{'where':{'state':'retrying'}}"), 1);
    works_close(&w);
}
END_TEST

START_TEST(automation__leaves_imports_alone_unless_told)
{
    works_open(&w, _i);
    make_rule("{'name':'one','trigger':'created','entity':'customer'," MARK "}");
    works_do(&w, "customer.create_many", "{'records':[{'name':'A'},{'name':'B'}]}");
    ck_assert_int_eq(runs("done"), 0);
    works_do(&w, "automation_rule.update",
             "{'id':'%s','run_on_import':true,'last_write_wins':true}", rule);
    works_do(&w, "customer.create_many", "{'records':[{'name':'A'},{'name':'B'}]}");
    ck_assert_int_eq(runs("done"), 2);
    works_close(&w);
}
END_TEST

START_TEST(automation__rests_when_told_and_goes_by_priority)
{
    works_open(&w, _i);
    make_rule("{'name':'late','trigger':'created','entity':'customer','priority':200,"
              "'actions':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
              "'last_write_wins':true,'notes':{'$join':[{'$field':'notes'},'2']}}}]}");
    make_rule("{'name':'early','trigger':'created','entity':'customer','priority':5,"
              "'actions':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
              "'last_write_wins':true,'notes':{'$join':[{'$field':'notes'},'1']}}}]}");
    make_customer("");
    works_expect(&w, "customer", customer, "notes", "12");
    works_do(&w, "automation_rule.update", "{'id':'%s','active':false,'last_write_wins':true}",
             rule);
    make_customer("");
    works_expect(&w, "customer", customer, "notes", "2");
    works_close(&w);
}
END_TEST

START_TEST(automation__remembers_dates)
{
    works_open(&w, _i);
    make_rule("{'name':'birthday','trigger':'date','entity':'customer',"
              "'date_field':'birth_date','offset_days':-2,'at':'09:30:00','zone':'Asia/Tehran',"
              "'condition':{'kind':'person'}," MARK "}");
    make_customer(",'birth_date':'2026-11-24'");
    make_customer(",'birth_date':'2026-11-25'");
    works_tick(&w);
    w.now = (int64_t)(WORKS_NOON + 18 * 3600 - 1) * 1000000; /* 09:29:59 in Tehran */
    works_tick(&w);
    ck_assert_int_eq(runs("done"), 0);
    works_advance(&w, 1);
    works_tick(&w);
    works_tick(&w);
    ck_assert_int_eq(runs("done"), 1);
    works_advance(&w, 5 * 86400); /* nobody ticked: the days are made up for */
    works_tick(&w);
    ck_assert_int_eq(runs("done"), 2);
    works_close(&w);
}
END_TEST

START_TEST(automation__goes_by_a_schedule_over_many)
{
    char schedule[37], json[1024];
    works_open(&w, _i);
    works_make(&w, schedule, "schedule.create", "{'code':'daily','rule':'0 8 * * *'}");
    snprintf(json, sizeof json, "{'name':'all','trigger':'schedule','schedule_id':'%s',"
             "'entity':'customer','condition':{'grade':'A'}," MARK "}", schedule);
    make_rule(json);
    for (int i = 0; i < 5; i++) {
        acrm_value *args = NULL;
        acrm_error *err = NULL;
        ck_assert_int_eq(acrm_value_new(NULL, &args), ACRM_OK);
        acrm_value_set_map(args);
        acrm_value *records = acrm_value_put(args, "records");
        acrm_value_set_list(records);
        for (int k = 0; k < 90; k++) {
            acrm_value *one = acrm_value_add(records);
            acrm_value_set_map(one);
            acrm_value_set_text(acrm_value_put(one, "name"), "N", 1);
            acrm_value_set_text(acrm_value_put(one, "grade"), k % 2 ? "A" : "B", 1);
        }
        ck_assert_int_eq(acrm_call(w.o.session, "customer.create_many", args, NULL, &err), ACRM_OK);
        acrm_value_free(args);
    }
    works_advance(&w, 86400);
    works_tick(&w);
    ck_assert_int_eq(runs("done"), 225);
    works_tick(&w);
    ck_assert_int_eq(runs("done"), 225);
    works_close(&w);
}
END_TEST

START_TEST(automation__takes_events_from_outside)
{
    int32_t status;

    works_open(&w, _i);
    make_rule("{'name':'paid','trigger':'event','event_type':'inbound.payment','entity':"
              "'customer','actions':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
              "'last_write_wins':true,'grade':{'$event':'data.grade'}}}]}");
    make_customer("");
    works_do(&w, "event.raise", "{'type':'inbound.payment','entity':'customer','record':'%s',"
                                "'data':{'grade':'P'}}", customer);
    works_expect(&w, "customer", customer, "grade", "P");
    free(works_error(&w, &status, "event.raise", "{'type':'lead.won'}"));
    ck_assert_int_eq(status, ACRM_E_INVALID);
    works_close(&w);
}
END_TEST

START_TEST(automation__is_tried_without_doing_it)
{
    works_open(&w, _i);
    make_customer(",'grade':'B'");
    change("'grade':'A'");
    change("'grade':'B'");
    make_rule("{'name':'vip','trigger':'changed','entity':'customer',"
              "'condition':{'grade':'A'}," MARK "}");
    acrm_value *out = works_call(&w, "automation_rule.test", "{'id':'%s','record_id':'%s'}", rule,
                                 customer);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "fits")), 0);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "misses")), 1);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "actions")), 1);
    ck_assert_int_eq(office_number(out, "events"), 2);
    acrm_value_free(out);
    ck_assert_int_eq(works_count(&w, "interaction", "{}"), 0);
    works_close(&w);
}
END_TEST

static const struct {
    const char *rule, *place, *reason;
} faults[] = {
    { "'trigger':'created','actions':[]", "/entity", "required" },
    { "'trigger':'created','entity':'custmer','actions':[]", "/entity", "reference" },
    { "'trigger':'created','entity':'timer','actions':[]", "/entity", "contradiction" },
    { "'trigger':'created','entity':'customer','actions':[]", "/actions", "required" },
    { "'trigger':'created','entity':'customer','actions':[{}]", "/actions/0/operation",
      "required" },
    { "'trigger':'created','entity':'customer','actions':[{'operation':'customer.creat'}]",
      "/actions/0/operation", "reference" },
    { "'trigger':'created','entity':'customer','actions':[{'operation':'customer.list'}]",
      "/actions/0/operation", "contradiction" },
    { "'trigger':'created','entity':'customer','condition':{'grad':'A'},'actions':[{'operation':"
      "'customer.create','args':{'nam':'x'}}]", "/actions/0/args/nam", "unknown_field" },
    { "'trigger':'created','entity':'customer','condition':{'grad':'A'},'actions':[]",
      "/condition/grad", "unknown_field" },
    { "'trigger':'created','entity':'customer','condition':{'$old':{'grade':'A'}},'actions':[]",
      "/condition/$old", "contradiction" },
    { "'trigger':'changed','entity':'customer','fields':['grad'],'actions':[]", "/fields/0",
      "unknown_field" },
    { "'trigger':'date','entity':'customer','date_field':'grade','actions':[]", "/date_field",
      "unknown_field" },
    { "'trigger':'schedule','actions':[]", "/schedule_id", "required" },
    { "'trigger':'event','actions':[]", "/event_type", "required" },
    { "'trigger':'date','entity':'customer','date_field':'birth_date','zone':'Mars/Base',"
      "'actions':[{'operation':'customer.create','args':{'name':'x'}}]", "/zone", "reference" },
};

START_TEST(automation__a_faulty_rule_is_refused_with_the_place)
{
    int32_t status;
    char want[128];

    works_open(&w, OFFICE_MEMORY);
    char *error = works_error(&w, &status, "automation_rule.create", "{'name':'x',%s}",
                              faults[_i].rule);
    ck_assert_int_eq(status, ACRM_E_INVALID);
    snprintf(want, sizeof want, "\"field\":\"%s\"", faults[_i].place);
    ck_assert_msg(strstr(error, want) != NULL, "%s", error);
    snprintf(want, sizeof want, "\"reason\":\"%s\"", faults[_i].reason);
    ck_assert_msg(strstr(error, want) != NULL, "%s", error);
    free(error);
    works_close(&w);
}
END_TEST

START_TEST(automation__a_write_that_is_undone_changes_no_rules)
{
    int32_t status;

    works_open(&w, _i);
    make_customer("");
    works_do(&w, "automation_rule.create", "{'name':'never','trigger':'created','entity':"
             "'customer'," MARK ",'dry_run':true}");
    make_customer("");
    free(works_error(&w, &status, "automation_rule.create_many", "{'records':["
         "{'name':'a','trigger':'created','entity':'customer'," MARK "},{'name':'a'}]}"));
    ck_assert_int_eq(status, ACRM_E_INVALID);
    make_customer("");
    ck_assert_int_eq(works_count(&w, "interaction", "{}"), 0);
    works_close(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("automation");
    TCase *t = tcase_create("automation");

    tcase_add_loop_test(t, automation__runs_when_a_record_is_made, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__a_condition_fires_when_it_comes_to_hold, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__knows_what_was_before, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__waits_for_certain_fields, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__a_rule_does_not_set_itself_off, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__a_chain_has_an_end, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__a_failure_is_an_incident_and_not_the_users, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__mends_itself_when_the_cause_is_gone, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__leaves_imports_alone_unless_told, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__rests_when_told_and_goes_by_priority, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__remembers_dates, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__goes_by_a_schedule_over_many, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__takes_events_from_outside, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__is_tried_without_doing_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, automation__a_faulty_rule_is_refused_with_the_place, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_loop_test(t, automation__a_write_that_is_undone_changes_no_rules, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
