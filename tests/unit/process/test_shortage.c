/* SPDX-License-Identifier: MIT */
/* Memory that ends within processes and rules: an error, no leak, nothing half done, and no
 * incident, for it is the machine's fault and not the rule's. */
#include "support/alloc_fail.h"
#include "unit/process/works.h"

static works w;
static alloc_fail state;
static char customer[37], process[37];

static void open_short(void)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .self = &w, .now = works_now };
    acrm_allocator port = alloc_fail_port(&state);
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .allocator = &port };
    acrm_error *err = NULL;

    state = (alloc_fail){ .fail_at = 0 };
    w.now = (int64_t)WORKS_NOON * 1000000;
    snprintf(w.o.path, sizeof w.o.path, "memory:");
    ck_assert_int_eq(acrm_open(w.o.path, &options, &w.o.engine, &err), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.o.engine, "system", &w.o.session, &err), ACRM_OK);
}

static void prepare(void)
{
    works_do(&w, "process_definition.load",
             "{'activate':true,'definition':{'code':'p','name':'P','entity':'customer','start':"
             "'a','phases':[{'code':'a','limit':{'after':'PT1H','event':'late'}},{'code':'b',"
             "'entry':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
             "'last_write_wins':true,'grade':'B'}}]},{'code':'c','end':true}],'transitions':["
             "{'name':'go','from':['a'],'to':'b','guard':{'kind':'person'}},"
             "{'name':'on','from':['b'],'to':'c','automatic':true,'guard':{'grade':'B'}}]}}");
    works_do(&w, "automation_rule.create",
             "{'name':'r','trigger':'changed','entity':'customer','condition':{'grade':'B',"
             "'$old':{'grade':null}},'actions':[{'operation':'interaction.create','args':{"
             "'customer_id':{'$field':'id'},'at':{'$now':true},'channel':'system'}}]}");
    works_do(&w, "schedule.create", "{'code':'s','rule':'every PT1H','operation':"
             "'customer.create','args':{'name':'Tick'}}");
    works_make(&w, customer, "customer.create", "{'name':'Ada'}");
    works_make(&w, process, "process.start", "{'code':'p','subject_id':'%s'}", customer);
}

static int64_t rows(void)
{
    return works_count(&w, "process_step", "{}") + works_count(&w, "interaction", "{}") +
           works_count(&w, "automation_run", "{}") + works_count(&w, "customer", "{}");
}

static const struct {
    const char *operation, *args;
    int64_t later_s, more_rows;
} steps[] = {
    { "process.transition", "{\"id\":\"%s\",\"transition\":\"go\"}", 0, 4 },
    { "process.status", "{\"id\":\"%s\"}", 0, 0 },
    { "process.available", "{\"id\":\"%s\"}", 0, 0 },
    { "engine.tick", "{}", 3600, 1 },
};

START_TEST(shortage__leaves_nothing_half_done)
{
    char json[256];

    open_short();
    prepare();
    works_advance(&w, steps[_i].later_s);
    snprintf(json, sizeof json, steps[_i].args, process);
    for (long n = 1;; n += 3) {
        acrm_error *err = NULL;
        acrm_buf *out = NULL;
        int64_t before = rows();
        state.count = state.failures = 0;
        state.fail_at = n;
        int32_t st = acrm_call_json(w.o.session, steps[_i].operation, json, strlen(json), &out,
                                    &err);
        long failures = state.failures;
        state.fail_at = 0;
        ck_assert_int_eq(acrm_error_code(err), st);
        acrm_error_free(err);
        acrm_buf_free(out);
        ck_assert_int_eq(works_count(&w, "incident", "{}"), 0);
        if (st == ACRM_OK) { /* rarely it can do without what failed */
            ck_assert_int_eq(rows(), before + steps[_i].more_rows);
            break;
        }
        ck_assert_int_gt(failures, 0);
        ck_assert_msg(st == ACRM_E_NOMEM, "%s: allocation %ld gave %s", steps[_i].operation, n,
                      acrm_status_name(st));
        if (strcmp(steps[_i].operation, "engine.tick") != 0) /* its finished batches stay */
            ck_assert_int_eq(rows(), before);
    }
    works_close(&w);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("shortage");
    TCase *t = tcase_create("shortage");

    tcase_add_loop_test(t, shortage__leaves_nothing_half_done, 0,
                        (int)(sizeof steps / sizeof steps[0]));
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
