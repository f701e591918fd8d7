/* SPDX-License-Identifier: MIT */
/* One template to many: each customer gets it once, whoever breaks the run off. */
#include "unit/message/message_world.h"

#define MANY "'run':'spring','channel':'sms','template':'ready','values':{'car':'E1'}"

static void run_customers(world *w, int n)
{
    for (int i = 0; i < n; i++)
        world_do(w, "customer.create", world_args(
            "{'name':'Customer %d','language':'%s','region':'R','contact_points':["
            "{'channel':'phone','value':'+39 333 20%05d'}]}", i, i % 2 ? "it" : "fr", i));
}

static int64_t run_many(world *w, const char *more, const char *what)
{
    acrm_value *out = office_call(&w->o, "message.send_many", world_args("{" MANY "%s}", more));
    int64_t n = office_number(out, what);

    acrm_value_free(out);
    return n;
}

static int64_t run_count(world *w, const char *where)
{
    return office_count(&w->o, "message.count", world_args("{'where':%s}", where));
}

START_TEST(run__gives_each_customer_one_message_in_steps)
{
    world w;
    world_open(&w, _i);
    run_customers(&w, 300);
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'},'limit':100", "ordered"), 100);
    world_do(&w, "customer.create", world_args("{'name':'Late','region':'R'}"));
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'}", "ordered"), 300);
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'}", "no_address"), 1);
    ck_assert_int_eq(run_count(&w, "{'status':'queued'}"), 300);
    ck_assert_int_eq(run_count(&w, "{'status':'refused','reason':'address'}"), 1);
    ck_assert_int_eq(run_count(&w, "{'language':'it'}"), 150); /* French falls back to English */
    ck_assert_int_eq(office_count(&w.o, "message.count",
        world_args("{'where':{'customer.region':{'$ne':'R'}}}")), 0);
    office_refused(&w.o, "message.send_many", world_args("{" MANY ",'where':{}}"),
                   ACRM_E_CONFLICT, "run", "other_run");
    ck_assert_int_eq(world_tick(&w, "sent"), 300);
    acrm_value_free(office_call(&w.o, "audit.verify", "{}"));
    office_close(&w.o);
}
END_TEST

START_TEST(run__takes_a_snapshot_a_segment_or_a_list)
{
    world w;
    char id[40], ids[200];
    world_open(&w, _i);
    run_customers(&w, 10);
    acrm_value *out = office_call(&w.o, "segment.create", world_args(
        "{'name':'All of R','filter':{'region':'R'}}"));
    snprintf(id, sizeof id, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "segment.snapshot", world_args("{'id':'%s'}", id));
    snprintf(ids, sizeof ids, "%s", office_text(out, "id"));
    acrm_value_free(out);
    world_do(&w, "customer.create", world_args("{'name':'New','region':'R'}"));
    ck_assert_int_eq(run_many(&w, world_args(",'snapshot_id':'%s'", ids), "ordered"), 10);
    out = office_call(&w.o, "message.send_many", world_args(
        "{'run':'b','channel':'sms','template':'ready','segment_id':'%s','allow_missing':true}",
        id));
    ck_assert_int_eq(office_number(out, "ordered"), 10);
    ck_assert_int_eq(office_number(out, "no_address"), 1);
    acrm_value_free(out);
    out = office_call(&w.o, "message.send_many", world_args(
        "{'run':'c','channel':'sms','template':'ready','customer_ids':['%s','%s']}", w.customer,
        w.customer));
    ck_assert_int_eq(office_number(out, "missing"), 1); /* twice in the list, once in the run */
    ck_assert_int_eq(office_number(out, "ordered"), 0);
    acrm_value_free(out);
    ck_assert_int_eq(run_count(&w, "{'reason':'missing car'}"), 1);
    office_refused(&w.o, "message.send_many", world_args("{" MANY "}"), ACRM_E_INVALID,
                   "snapshot_id", "required");
    office_refused(&w.o, "message.send_many", world_args(
        "{'run':'d','channel':'fax','template':'ready','where':{}}"), ACRM_E_NOTFOUND,
        "template", "reference");
    office_close(&w.o);
}
END_TEST

START_TEST(run__a_merged_customer_gets_it_once)
{
    world w;
    char other[40];
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "customer.create", world_args(
        "{'name':'Ada B','contact_points':[{'channel':'phone','value':'+39 333 9999999'}]}"));
    snprintf(other, sizeof other, "%s", office_text(out, "id"));
    acrm_value_free(out);
    ck_assert_int_eq(run_many(&w, ",'where':{},'limit':1", "ordered"), 1);
    world_do(&w, "customer.merge", world_args("{'id':'%s','others':['%s'],'reason':'one'}", other,
                                              w.customer));
    ck_assert_int_eq(run_many(&w, ",'where':{}", "ordered"), 1);
    ck_assert_int_eq(run_many(&w, ",'where':{}", "had_already"), 1);
    office_close(&w.o);
}
END_TEST

/* Audit and events are put down many at a time: what a rule undoes must not be among them. */
START_TEST(run__rules_that_fail_leave_the_audit_whole)
{
    world w;
    world_open(&w, _i);
    run_customers(&w, 70);
    world_do(&w, "automation_rule.create", world_args(
        "{'name':'fails','trigger':'created','entity':'message','actions':["
        "{'operation':'tag.add','args':{'id':{'$field':'customer_id'},'names':['written'],"
        "'create':true}},{'operation':'message.cancel','args':{'id':{'$field':'id'}}},"
        "{'operation':'message.cancel','args':{'id':{'$field':'id'}}}]}"));
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'}", "ordered"), 70);
    ck_assert_int_eq(office_count(&w.o, "automation_run.count",
                                  "{\"where\":{\"outcome\":\"failed\"}}"), 70);
    ck_assert_int_eq(office_count(&w.o, "tag.count", "{}"), 0);
    ck_assert_int_eq(run_count(&w, "{'status':'queued'}"), 70);
    acrm_value *out = office_call(&w.o, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(out, "ok")));
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(run__leaves_at_the_time_of_day_where_each_customer_lives)
{
    world w; /* it is 10:00 in UTC, 11:00 in Rome, 13:30 in Tehran */
    world_open(&w, _i);
    world_do(&w, "customer.create", world_args(
        "{'name':'Sara','region':'R','country':'IR','contact_points':[{'channel':'phone',"
        "'value':'+98 912 345 6789'}]}"));
    world_do(&w, "customer.create", world_args(
        "{'name':'Bea','region':'R','contact_points':[{'channel':'phone',"
        "'value':'+39 333 7654321'}]}"));
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'},'local_time':'12:00:00'", "ordered"),
                     2);
    ck_assert_int_eq(run_count(&w, "{'next_at':'2026-11-21T11:00:00Z'}"), 1);
    ck_assert_int_eq(run_count(&w, "{'next_at':'2026-11-22T08:30:00Z'}"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(run__what_would_be_missing_is_told_before)
{
    world w;
    world_open(&w, _i);
    run_customers(&w, 9);
    world_do(&w, "message_template.create", world_args(
        "{'code':'born','channel':'sms','language':'en','purpose':'service',"
        "'body':'{{name}} {{birth_date}} {{> foot}}'}"));
    world_do(&w, "customer.create", world_args(
        "{'name':'Bo','region':'R','birth_date':'1990-01-01'}"));
    acrm_value *out = office_call(&w.o, "template.check_many", world_args(
        "{'template':'born','channel':'sms','where':{'region':'R'}}"));
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_int_eq(office_number(out, "checked"), 10);
    ck_assert_int_eq(office_number(out, "lacking"), 10);
    ck_assert_int_eq(office_number(out, "no_address"), 1);
    ck_assert_uint_eq(acrm_value_count(items), 2);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "name"), "birth_date");
    ck_assert_int_eq(office_number(acrm_value_at(items, 0), "customers"), 9);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(acrm_value_at(items, 0), "ids")), 5);
    ck_assert_ptr_nonnull(strstr(office_text(acrm_value_at(items, 1), "name"), "foot"));
    acrm_value_free(out);
    world_do(&w, "message_template.create", world_args(
        "{'code':'foot','channel':'sms','language':'en','purpose':'service','body':'Bye.'}"));
    world_do(&w, "message_template.create", world_args(
        "{'code':'foot','channel':'sms','language':'it','purpose':'service','body':'Ciao.'}"));
    out = office_call(&w.o, "template.check_many", world_args(
        "{'template':'born','channel':'sms','where':{'region':'R'}}"));
    ck_assert_int_eq(office_number(out, "lacking"), 9);
    acrm_value_free(out);
    out = office_call(&w.o, "message.preview", world_args(
        "{'customer_id':'%s','channel':'sms','template':'born','values':{'birth_date':'x'}}",
        w.customer));
    ck_assert_str_eq(office_text(out, "body"), "Ada Bianchi x Bye."); /* as the text around it */
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(run__costs_few_statements_a_message)
{
    world w;
    world_open(&w, OFFICE_SQLITE);
    run_customers(&w, 256);
    int64_t before = acrm_session_statements(w.o.session);
    ck_assert_int_eq(run_many(&w, ",'where':{'region':'R'}", "ordered"), 256);
    double order = (double)(acrm_session_statements(w.o.session) - before) / 256;
    before = acrm_session_statements(w.o.session);
    ck_assert_int_eq(world_tick(&w, "sent"), 256);
    double tick = (double)(acrm_session_statements(w.o.session) - before) / 256;
    printf("statements of a message among 256: ordered %.2f, sent %.2f\n", order, tick);
    ck_assert(order < 4 && tick < 5);
    office_close(&w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("message_run");
    TCase *c = tcase_create("run");

    tcase_add_loop_test(c, run__gives_each_customer_one_message_in_steps, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, run__takes_a_snapshot_a_segment_or_a_list, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, run__a_merged_customer_gets_it_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, run__rules_that_fail_leave_the_audit_whole, 0, OFFICE_STORAGES);
    tcase_add_loop_test(c, run__leaves_at_the_time_of_day_where_each_customer_lives, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(c, run__what_would_be_missing_is_told_before, 0, OFFICE_STORAGES);
    tcase_add_test(c, run__costs_few_statements_a_message);
    suite_add_tcase(s, c);
    return s;
}

ACRM_TEST_MAIN(suite)
