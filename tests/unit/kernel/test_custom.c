/* SPDX-License-Identifier: MIT */
/* Entities and fields added at run time: as good as declared ones, or refused. */
#include "unit/kernel/world.h"

static world w;

static void add_plate(void)
{
    world_do(w.system, "schema.add_field",
             "{'entity':'deal','name':'x_plate','type':'text','help':'Licence plate','max':12,"
             "'unique':true,'searchable':true}");
}

START_TEST(custom__fields_are_used_at_once_and_after_reopening)
{
    char id[37];

    w = world_new(WORLD_SQLITE);
    world_create(w.system, "deal.create", id, "{'title':'before'}");
    add_plate();
    for (int round = 0; round < 2; round++) {
        acrm_value *out = world_call(w.system, "deal.get", "{'id':'%s'}", id);
        ck_assert_ptr_nonnull(acrm_value_get(out, "x_plate"));
        ck_assert_int_eq(acrm_value_type(acrm_value_get(out, "x_plate")), ACRM_NULL);
        acrm_value_free(out);
        world_do(w.system, "deal.create", "{'title':'t','x_plate':'B-AB 12%d'}", round);
        world_refuse(w.system, ACRM_E_CONFLICT, "duplicate", "deal.create",
                     "{'title':'t','x_plate':'B-AB 12%d'}", round);
        world_refuse(w.system, ACRM_E_INVALID, "range", "deal.create",
                     "{'title':'t','x_plate':'far too long a plate'}");
        ck_assert_int_eq(world_count(w.system, "deal.count", "{'x_plate':'B-AB 120'}"), 1);
        ck_assert_int_eq(world_count(w.system, "deal.count", "{'$search':'ab 12'}"), round + 1);
        world_close(&w);
        world_open(&w, w.path, NULL);
        ck_assert_int_eq(w.engine->registry->epoch, 1);
    }
    world_free(&w);
}
END_TEST

START_TEST(custom__entities_have_all_that_declared_ones_have)
{
    char client[37], id[37], role[37], worker[37], garage[37];

    w = world_new(_i);
    world_create(w.system, "garage.create", garage, "{'name':'G'}");
    world_create(w.system, "client.create", client, "{'name':'Ada','garage_id':'%s'}", garage);
    world_do(w.system, "schema.add_entity",
             "{'name':'x_survey','help':'A survey','label_field':'x_title',"
             "'customer_field':'x_client_id','owner_field':'x_worker_id','fields':["
             "{'name':'x_title','type':'text','help':'Title','required':true},"
             "{'name':'x_client_id','type':'ref','target':'client','inverse':'x_surveys',"
             "'help':'Who'},"
             "{'name':'x_worker_id','type':'ref','target':'worker','help':'Owner'},"
             "{'name':'x_mood','type':'enum','choices':['good','bad'],'preset':'good',"
             "'help':'Mood'},"
             "{'name':'x_answer','type':'text','personal':true,'help':'Answer'},"
             "{'name':'x_score','type':'int','min':0,'max':10,'help':'Score'}]}");
    world_create(w.system, "x_survey.create", id,
                 "{'x_title':'T','x_client_id':'%s','x_answer':'lonely','x_score':7}", client);
    world_refuse(w.system, ACRM_E_INVALID, "required", "x_survey.create", "{}");
    world_refuse(w.system, ACRM_E_INVALID, "range", "x_survey.create",
                 "{'x_title':'T','x_score':11}");
    world_refuse(w.system, ACRM_E_INVALID, "choice", "x_survey.create",
                 "{'x_title':'T','x_mood':'ugly'}");
    world_refuse(w.system, ACRM_E_INVALID, "reference", "x_survey.create",
                 "{'x_title':'T','x_client_id':'%s'}", id);
    acrm_value *out = world_call(w.system, "x_survey.get", "{'id':'%s'}", id);
    ck_assert_str_eq(world_text(out, "x_mood"), "good");
    acrm_value_free(out);
    ck_assert_int_eq(world_count(w.system, "client.count",
                                 "{'x_surveys':{'$any':{'x_score':{'$gt':5}}}}"), 1);
    ck_assert_int_eq(world_count(w.system, "x_survey.count", "{'x_client.name':'Ada'}"), 1);
    out = world_call(w.system, "event.list", "{'types':['x_survey.*']}");
    ck_assert_str_eq(world_text(out, "items.0.type"), "x_survey.created");
    acrm_value_free(out);
    out = world_call(w.system, "x_survey.history", "{'id':'%s'}", id);
    ck_assert_str_eq(world_text(out, "items.0.changes.x_answer.1"), "lonely");
    acrm_value_free(out);
    world_do(w.system, "world.erase", "{'id':'%s'}", client);
    out = world_call(w.system, "x_survey.history", "{'id':'%s'}", id);
    ck_assert_ptr_null(world_at(out, "items.0.changes.x_answer"));
    acrm_value_free(out);
    world_create(w.system, "role.create", role,
                 "{'name':'own','permissions':['*'],'scopes':{'*':'own'}}");
    world_create(w.system, "worker.create", worker, "{'name':'W','role_id':'%s'}", role);
    world_do(w.system, "x_survey.create", "{'x_title':'mine','x_worker_id':'%s'}", worker);
    acrm_session *s = world_session(&w, "user", worker);
    ck_assert_int_eq(world_count(s, "x_survey.count", "{}"), 1);
    acrm_session_free(s);
    acrm_buf *buf = NULL;
    ck_assert_int_eq(acrm_describe(w.engine, "entities", &buf, NULL), ACRM_OK);
    ck_assert_ptr_nonnull(strstr(acrm_buf_data(buf), "\"owner\":\"x_worker_id\""));
    acrm_buf_free(buf);
    world_free(&w);
}
END_TEST

START_TEST(custom__things_can_be_retired_and_brought_back_with_their_data)
{
    w = world_new(_i);
    add_plate();
    world_do(w.system, "deal.create", "{'title':'t','x_plate':'AB'}");
    world_do(w.system, "schema.retire", "{'entity':'deal','field':'x_plate'}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_field", "deal.create",
                 "{'title':'t','x_plate':'CD'}");
    world_do(w.system, "deal.create", "{'title':'t'}");
    world_refuse(w.system, ACRM_E_NOTFOUND, "reference", "schema.retire",
                 "{'entity':'deal','field':'x_plate'}");
    world_refuse(w.system, ACRM_E_NOTFOUND, "reference", "schema.retire", "{'entity':'deal'}");
    world_refuse(w.system, ACRM_E_NOTFOUND, "reference", "schema.retire",
                 "{'entity':'deal','field':'title'}");
    world_refuse(w.system, ACRM_E_CONFLICT, "duplicate", "schema.add_field",
                 "{'entity':'deal','name':'x_plate','type':'int','help':'h'}");
    add_plate();
    ck_assert_int_eq(world_count(w.system, "deal.count", "{'x_plate':'AB'}"), 1);
    ck_assert_int_eq(world_count(w.system, "custom_field.count", "{'retired':false}"), 1);
    world_refuse(w.system, ACRM_E_CONFLICT, "duplicate", "schema.add_field",
                 "{'entity':'deal','name':'x_plate','type':'text','help':'h'}");
    world_do(w.system, "schema.add_entity", "{'name':'x_thing','help':'h'}");
    world_do(w.system, "x_thing.create", "{}");
    world_do(w.system, "schema.add_field",
             "{'entity':'x_thing','name':'x_other_id','type':'ref','target':'x_thing',"
             "'help':'h'}");
    world_do(w.system, "schema.retire", "{'entity':'x_thing'}");
    world_refuse(w.system, ACRM_E_NOTFOUND, "operation", "x_thing.list", "{}");
    world_do(w.system, "schema.add_entity", "{'name':'x_thing','help':'h'}");
    ck_assert_int_eq(world_count(w.system, "x_thing.count", "{'x_other_id':null}"), 1);
    world_free(&w);
}
END_TEST

START_TEST(custom__a_retired_entity_must_not_be_referred_to)
{
    w = world_new(_i);
    world_do(w.system, "schema.add_entity", "{'name':'x_thing','help':'h'}");
    world_do(w.system, "schema.add_field",
             "{'entity':'deal','name':'x_thing_id','type':'ref','target':'x_thing','help':'h'}");
    world_refuse(w.system, ACRM_E_INVALID, "declaration", "schema.retire",
                 "{'entity':'x_thing'}");
    world_do(w.system, "x_thing.create", "{}");
    world_do(w.system, "schema.retire", "{'entity':'deal','field':'x_thing_id'}");
    world_do(w.system, "schema.retire", "{'entity':'x_thing'}");
    world_free(&w);
}
END_TEST

START_TEST(custom__changes_that_fail_or_are_tried_leave_nothing)
{
    w = world_new(_i);
    world_do(w.system, "schema.add_field",
             "{'entity':'deal','name':'x_a','type':'text','help':'h','dry_run':true}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_field", "deal.create",
                 "{'title':'t','x_a':'1'}");
    world_refuse(w.system, ACRM_E_INVALID, "declaration", "schema.add_entity",
                 "{'name':'x_b','help':'h','label_field':'x_none'}");
    world_refuse(w.system, ACRM_E_NOTFOUND, "operation", "x_b.list", "{}");
    ck_assert_int_eq(world_count(w.system, "custom_entity.count", "{}"), 0);
    ck_assert_int_eq(world_count(w.system, "custom_field.count", "{}"), 0);
    world_do(w.system, "schema.add_field",
             "{'entity':'deal','name':'x_a','type':'int','help':'h'}");
    world_do(w.system, "deal.create", "{'title':'t','x_a':1}");
    acrm_value *out = world_call(w.system, "audit.verify", "{}");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 1);
    acrm_value_free(out);
    world_free(&w);
}
END_TEST

/* Another process has an engine of its own on the same file. */
START_TEST(custom__things_of_another_process_are_known_at_the_next_call)
{
    world second = { .path = "" };
    char id[37];

    w = world_new(WORLD_SQLITE);
    world_create(w.system, "deal.create", id, "{'title':'t'}");
    world_open(&second, w.path, NULL);
    world_do(second.system, "schema.add_entity", "{'name':'x_thing','help':'h'}");
    world_do(w.system, "x_thing.create", "{}");
    add_plate();
    world_do(second.system, "deal.create", "{'title':'t','x_plate':'AB'}");
    ck_assert_int_eq(world_count(second.system, "deal.count", "{'x_plate':'AB'}"), 1);
    world_do(second.system, "schema.add_field",
             "{'entity':'deal','name':'x_b','type':'int','help':'h'}");
    world_do(w.system, "deal.create", "{'title':'once'}");
    ck_assert_int_eq(world_count(w.system, "deal.count", "{'title':'once'}"), 1);
    world_do(w.system, "schema.add_field",
             "{'entity':'deal','name':'x_c','type':'int','help':'h'}");
    world_clock += 1000000;
    for (int i = 0; i < 2; i++) {
        acrm_value *out = world_call(i ? w.system : second.system, "deal.get", "{'id':'%s'}", id);
        ck_assert_ptr_nonnull(acrm_value_get(out, "x_b"));
        ck_assert_ptr_nonnull(acrm_value_get(out, "x_c"));
        acrm_value_free(out);
    }
    world_do(second.system, "schema.retire", "{'entity':'deal','field':'x_c'}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_field", "deal.create",
                 "{'title':'t','x_c':1}");
    world_close(&second);
    world_free(&w);
}
END_TEST

START_TEST(custom__sessions_of_one_engine_see_a_change_at_once)
{
    acrm_session *other = NULL;

    w = world_new(_i);
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &other, NULL), ACRM_OK);
    add_plate();
    world_do(other, "deal.create", "{'title':'t','x_plate':'AB'}");
    world_do(other, "schema.retire", "{'entity':'deal','field':'x_plate'}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_field", "deal.create",
                 "{'title':'t','x_plate':'CD'}");
    acrm_session_free(other);
    world_free(&w);
}
END_TEST

static const struct {
    const char *what, *field, *reason;
} slips[] = {
    { "a name without x_", "'name':'plate','type':'text'", "format" },
    { "a name that is only x_", "'name':'x_','type':'text'", "format" },
    { "capitals", "'name':'x_Plate','type':'text'", "format" },
    { "two underscores", "'name':'x_a__b','type':'text'", "format" },
    { "an underscore at the end", "'name':'x_a_','type':'text'", "format" },
    { "other letters", "'name':'x_\xc3\xa4','type':'text'", "format" },
    { "an unknown type", "'name':'x_a','type':'varchar'", "choice" },
    { "a ref without target", "'name':'x_a','type':'ref'", "combination" },
    { "a ref to nothing", "'name':'x_a','type':'ref','target':'nothing'", "declaration" },
    { "a target of text", "'name':'x_a','type':'text','target':'deal'", "combination" },
    { "an inverse that is taken", "'name':'x_a','type':'ref','target':'deal','inverse':'notes'",
      "combination" },
    { "an enum without choices", "'name':'x_a','type':'enum'", "combination" },
    { "choices that are none", "'name':'x_a','type':'enum','choices':[]", "format" },
    { "a choice with a bar", "'name':'x_a','type':'enum','choices':['a|b']", "format" },
    { "a choice twice", "'name':'x_a','type':'enum','choices':['a','b','a']", "format" },
    { "choices of text", "'name':'x_a','type':'text','choices':['a']", "combination" },
    { "money without a currency", "'name':'x_a','type':'money'", "declaration" },
    { "a currency of text", "'name':'x_a','type':'text','currency':'title'", "combination" },
    { "limits the wrong way round", "'name':'x_a','type':'int','min':5,'max':4", "combination" },
    { "one limit of a number", "'name':'x_a','type':'int','max':4", "combination" },
    { "limits that leave one value", "'name':'x_a','type':'int','min':4,'max':4", "combination" },
    { "a least length of text", "'name':'x_a','type':'text','min':1,'max':4", "combination" },
    { "no room for text", "'name':'x_a','type':'text','max':0", "combination" },
    { "limits of a date", "'name':'x_a','type':'date','max':4", "combination" },
    { "unique truths", "'name':'x_a','type':'bool','unique':true", "combination" },
    { "searchable numbers", "'name':'x_a','type':'int','searchable':true", "combination" },
    { "a default that is no number", "'name':'x_a','type':'int','preset':'x'", "type" },
    { "a default out of range", "'name':'x_a','type':'int','min':1,'max':3,'preset':7", "range" },
    { "a default that is no choice", "'name':'x_a','type':'enum','choices':['a'],'preset':'b'",
      "choice" },
};

START_TEST(custom__fields_with_a_slip_are_refused)
{
    w = world_new(_i % 2);
    world_refuse(w.system, ACRM_E_INVALID, slips[_i / 2].reason, "schema.add_field",
                 "{'entity':'deal','help':'h',%s}", slips[_i / 2].field);
    ck_assert_int_eq(world_count(w.system, "custom_field.count", "{}"), 0);
    /* In the list of an entity there is one check less by the dispatcher, and none less by us. */
    acrm_error *err = NULL;
    char json[512];
    snprintf(json, sizeof json, "{'name':'x_e','help':'h','fields':[{'help':'h',%s}]}",
             slips[_i / 2].field);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    ck_assert_int_eq(acrm_call_json(w.system, "schema.add_entity", json, strlen(json), NULL, &err),
                     ACRM_E_INVALID);
    acrm_error_free(err);
    ck_assert_int_eq(world_count(w.system, "custom_entity.count", "{}"), 0);
    world_free(&w);
}
END_TEST

START_TEST(custom__entities_with_a_slip_are_refused)
{
    w = world_new(WORLD_MEMORY);
    world_refuse(w.system, ACRM_E_INVALID, "format", "schema.add_entity",
                 "{'name':'survey','help':'h'}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_entity", "schema.add_field",
                 "{'entity':'none','name':'x_a','type':'int','help':'h'}");
    world_refuse(w.system, ACRM_E_INVALID, "unknown_field", "schema.add_entity",
                 "{'name':'x_e','help':'h','fields':[{'name':'x_a','type':'int','help':'h',"
                 "'colour':'red'}]}");
    world_refuse(w.system, ACRM_E_INVALID, "type", "schema.add_entity",
                 "{'name':'x_e','help':'h','fields':[{'name':'x_a','type':'int','help':'h',"
                 "'unique':1}]}");
    world_refuse(w.system, ACRM_E_INVALID, "required", "schema.add_entity",
                 "{'name':'x_e','help':'h','fields':[{'name':'x_a','type':'int'}]}");
    world_refuse(w.system, ACRM_E_INVALID, "type", "schema.add_entity",
                 "{'name':'x_e','help':'h','owner_field':'x_a','fields':[{'name':'x_a',"
                 "'type':'int','help':'h'}]}");
    world_refuse(w.system, ACRM_E_CONFLICT, "duplicate", "schema.add_entity",
                 "{'name':'x_e','help':'h','fields':[{'name':'x_a','type':'int','help':'h'},"
                 "{'name':'x_a','type':'int','help':'h'}]}");
    world_do(w.system, "schema.add_entity", "{'name':'x_e','help':'h'}");
    world_refuse(w.system, ACRM_E_CONFLICT, "duplicate", "schema.add_entity",
                 "{'name':'x_e','help':'h'}");
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("custom");
    TCase *t = tcase_create("custom");

    tcase_add_test(t, custom__fields_are_used_at_once_and_after_reopening);
    tcase_add_loop_test(t, custom__entities_have_all_that_declared_ones_have, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, custom__things_can_be_retired_and_brought_back_with_their_data, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, custom__a_retired_entity_must_not_be_referred_to, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, custom__changes_that_fail_or_are_tried_leave_nothing, 0,
                        WORLD_STORAGES);
    tcase_add_test(t, custom__things_of_another_process_are_known_at_the_next_call);
    tcase_add_loop_test(t, custom__sessions_of_one_engine_see_a_change_at_once, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, custom__fields_with_a_slip_are_refused, 0,
                        2 * (int)(sizeof slips / sizeof slips[0]));
    tcase_add_test(t, custom__entities_with_a_slip_are_refused);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
