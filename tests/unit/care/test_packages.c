/* SPDX-License-Identifier: MIT */
/* Work packages: chosen, planned, worked through, late, and drawn. */
#include "unit/care/care_world.h"

static care_world c;
static char package[37], calendar_id[37];

#define TEMPLATE                                                                               \
    "{'code':'delivery','name':'Delivery <1>','entity':'customer','position':5,"               \
    "'calendar_id':'%s','tasks':["                                                             \
    "{'code':'pdi','name':'Inspect','duration':'PT4H','role':'service_advisor'},"              \
    "{'code':'wash','name':'Wash','duration':'PT2H','depends_on':['pdi'],'target':'PT3H'},"    \
    "{'code':'papers','name':'Papers & plates','duration':'PT8H'},"                            \
    "{'code':'handover','name':'Hand over','duration':'PT1H','depends_on':['wash','papers']},"  \
    "{'code':'call','name':'Call the customer','duration':'PT1H','depends_on':["               \
    "{'task':'papers','kind':'start_start','lag':'PT2H'}]}]}"

/* Monday to Friday 9 to 17 in Berlin. Begins on Friday, 23 October 2026 at 13:00 there: the clocks
 * go back on Sunday. */
static void packages_new(int storage)
{
    c = care_new(storage);
    sales_clock = INT64_C(1792753200000000); /* 2026-10-23T11:00:00Z */
    sales_create(c.system, "calendar.create", calendar_id, "{'name':'Works','zone':'Europe/Berlin',"
                 "'hours':{'mon':['09:00-17:00'],'tue':['09:00-17:00'],'wed':['09:00-17:00'],"
                 "'thu':['09:00-17:00'],'fri':['09:00-17:00']}}");
    sales_do(c.system, "work_package_template.create", TEMPLATE, calendar_id);
}

static void package_start(void)
{
    acrm_value *out = sales_call(c.system, "work_package.start",
                                 "{'entity':'customer','id':'%s'}", c.customer_id);
    snprintf(package, sizeof package, "%s", sales_text(out, "id"));
    acrm_value_free(out);
}

static void task_id(const char *code, char id[37])
{
    acrm_value *out = sales_call(c.system, "work_package_task.list",
                                 "{'where':{'package_id':'%s','code':'%s'}}", package, code);
    snprintf(id, 37, "%s", sales_text(out, "items.0.id"));
    acrm_value_free(out);
}

static void task_do(const char *verb, const char *code)
{
    char id[37], operation[64];

    task_id(code, id);
    snprintf(operation, sizeof operation, "work_package_task.%s", verb);
    bool why = strcmp(verb, "block") == 0 || strcmp(verb, "skip") == 0;
    sales_do(c.system, operation, why ? "{'id':'%s','reason':'no water'}" : "{'id':'%s'}", id);
}

static void task_state(const char *code, const char *want)
{
    acrm_value *out = sales_call(c.system, "work_package_task.list",
                                 "{'where':{'package_id':'%s','code':'%s'}}", package, code);
    ck_assert_msg(strcmp(sales_text(out, "items.0.state"), want) == 0, "%s is %s, not %s", code,
                  sales_text(out, "items.0.state"), want);
    acrm_value_free(out);
}

static void expect_plan(const char *path, const char *want)
{
    acrm_value *out = sales_call(c.system, "work_package.plan", "{'id':'%s'}", package);
    ck_assert_msg(strcmp(sales_text(out, path), want) == 0, "%s is %s, not %s", path,
                  sales_text(out, path), want);
    acrm_value_free(out);
}

START_TEST(package__is_planned_over_a_weekend_and_a_change_of_clocks)
{
    packages_new(_i);
    package_start();
    expect_plan("tasks.0.expected_start", "2026-10-23T11:00:00Z");
    expect_plan("tasks.0.expected_finish", "2026-10-23T15:00:00Z"); /* 17:00, summer time */
    expect_plan("tasks.1.expected_start", "2026-10-26T08:00:00Z");  /* 9:00, winter time */
    expect_plan("tasks.2.expected_finish", "2026-10-26T12:00:00Z");
    expect_plan("expected_finish", "2026-10-26T13:00:00Z");
    expect_plan("planned_finish", "2026-10-26T13:00:00Z");
    expect_plan("critical_path.0", "papers");
    expect_plan("critical_path.1", "handover");
    expect_plan("tasks.4.expected_start", "2026-10-23T13:00:00Z");
    acrm_value *out = sales_call(c.system, "work_package.plan", "{'id':'%s'}", package);
    ck_assert_uint_eq(sales_length(out, "critical_path"), 2);
    ck_assert_int_eq(sales_int(out, "tasks.0.total_float_seconds"), 2 * 3600);
    ck_assert_int_eq(sales_int(out, "tasks.1.free_float_seconds"), 2 * 3600);
    ck_assert_str_eq(sales_text(out, "tasks.3.after.1"), "papers");
    acrm_value_free(out);
    out = sales_call(c.system, "work_package.plan",
                     "{'id':'%s','zone':'Europe/Berlin','jalali':true}", package);
    ck_assert_str_eq(sales_text(out, "expected"), "1405-08-04 14:00");
    ck_assert_str_eq(sales_text(out, "tasks.1.start"), "1405-08-04 09:00");
    acrm_value_free(out);
    task_state("pdi", "ready");
    task_state("papers", "ready");
    task_state("wash", "waiting");
    task_state("call", "waiting");
    care_free(&c);
}
END_TEST

START_TEST(package__goes_on_as_its_tasks_are_done)
{
    char id[37];

    packages_new(_i);
    package_start();
    task_id("wash", id);
    sales_refuse(c.system, ACRM_E_CONFLICT, "state", "work_package_task.start", "{'id':'%s'}", id);
    task_do("start", "papers");
    task_state("call", "ready"); /* start to start */
    task_do("start", "pdi");
    sales_advance(3 * 3600);
    task_do("finish", "pdi");
    task_state("wash", "ready");
    task_do("block", "wash");
    task_do("unblock", "wash");
    task_do("skip", "wash");
    task_state("handover", "waiting");
    acrm_value *out = sales_call(c.system, "work_package.progress", "{'id':'%s'}", package);
    ck_assert_int_eq(sales_int(out, "percent"), 37); /* 6 of 16 hours */
    ck_assert_int_eq(sales_int(out, "tasks.done"), 1);
    ck_assert_str_eq(sales_text(out, "next.0"), "papers");
    acrm_value_free(out);
    task_id("pdi", id);
    sales_refuse(c.system, ACRM_E_CONFLICT, "state", "work_package_task.finish", "{'id':'%s'}", id);
    out = sales_call(c.system, "work_package_task.get", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "worked"), "PT3H");
    ck_assert_int_eq(sales_int(out, "on_time"), 1);
    acrm_value_free(out);
    sales_advance(1);
    task_do("finish", "papers");
    expect_plan("expected_finish", "2026-10-26T08:00:01Z"); /* an hour, a second too late */
    task_do("finish", "call");
    task_do("finish", "handover");
    out = sales_call(c.system, "work_package.get", "{'id':'%s'}", package);
    ck_assert_str_eq(sales_text(out, "status"), "done");
    ck_assert_str_eq(sales_text(out, "finished_at"), "2026-10-23T14:00:01Z");
    acrm_value_free(out);
    ck_assert_int_eq(care_events(&c, "work_package.done", package), 1);
    sales_refuse(c.system, ACRM_E_CONFLICT, "state", "work_package.cancel",
                 "{'id':'%s','reason':'x'}", package);
    care_free(&c);
}
END_TEST

START_TEST(package__tells_of_each_delay_once)
{
    char pdi[37], wash[37];

    packages_new(_i);
    package_start();
    task_id("pdi", pdi);
    task_id("wash", wash);
    care_tick(&c, 0);
    ck_assert_int_eq(care_events(&c, "work_package.delayed", package), 0);
    care_tick(&c, 1); /* the papers, which are critical, should have begun */
    care_tick(&c, 1);
    ck_assert_int_eq(care_events(&c, "work_package.delayed", package), 1);
    care_tick(&c, 4 * 3600);
    ck_assert_int_eq(care_events(&c, "work_package_task.late", pdi), 1);
    sales_clock = INT64_C(1793005200000000); /* Monday, 9:00 there */
    care_tick(&c, 0);
    ck_assert_int_eq(care_events(&c, "work_package_task.late", pdi), 1);
    task_do("finish", "pdi");
    task_do("finish", "papers"); /* at once: all is well again */
    ck_assert_int_eq(care_events(&c, "work_package.caught_up", package), 1);
    care_tick(&c, 3 * 3600);
    ck_assert_int_eq(care_events(&c, "work_package_task.target_missed", wash), 0);
    ck_assert_int_eq(care_events(&c, "work_package.delayed", package), 2);
    care_tick(&c, 1);
    ck_assert_int_eq(care_events(&c, "work_package_task.target_missed", wash), 1);
    care_tick(&c, SALES_DAY);
    ck_assert_int_eq(care_events(&c, "work_package.delayed", package), 2);
    ck_assert_int_eq(care_events(&c, "work_package_task.target_missed", wash), 1);
    care_free(&c);
}
END_TEST

START_TEST(package__is_chosen_by_sale_customer_service_and_contract)
{
    packages_new(_i);
    sales_do(c.system, "work_package_template.create", "{'code':'fleet','name':'Fleet',"
             "'entity':'customer','position':1,'customer_type':'company','tasks':["
             "{'code':'a','name':'A','duration':'PT1H'}]}");
    sales_do(c.system, "work_package_template.create", "{'code':'vip','name':'VIP',"
             "'entity':'customer','position':2,'condition':{'vip_level':{'$gt':0}},'tasks':["
             "{'code':'a','name':'A','duration':'PT1H'}]}");
    sales_do(c.system, "work_package_template.create", "{'code':'leased','name':'Leased',"
             "'entity':'customer','position':3,'contract':'leasing','sale_type':'new',"
             "'service':'delivery','tasks':[{'code':'a','name':'A','duration':'PT1H'}]}");
    acrm_value *out = sales_call(c.system, "work_package.choose",
                                 "{'entity':'customer','id':'%s'}", c.customer_id);
    ck_assert_str_eq(sales_text(out, "template.code"), "delivery");
    ck_assert_str_eq(sales_text(out, "tried.0.fault"), "customer_type");
    ck_assert_str_eq(sales_text(out, "tried.1.fault"), "condition");
    ck_assert_str_eq(sales_text(out, "tried.2.fault"), "sale_type");
    acrm_value_free(out);
    out = sales_call(c.system, "work_package.choose", "{'entity':'customer','id':'%s',"
                     "'sale_type':'new','service':'delivery','contract':'leasing'}",
                     c.customer_id);
    ck_assert_str_eq(sales_text(out, "template.code"), "leased");
    acrm_value_free(out);
    sales_do(c.system, "customer.update", "{'id':'%s','vip_level':1,'last_write_wins':true}",
             c.customer_id);
    out = sales_call(c.system, "work_package.start", "{'entity':'customer','id':'%s'}",
                     c.customer_id);
    ck_assert_str_eq(sales_text(out, "name"), "VIP");
    ck_assert_str_eq(sales_text(out, "choice_explanation.tried.1.template"), "vip");
    acrm_value_free(out);
    sales_refuse(c.system, ACRM_E_CONFLICT, "exists", "work_package.start",
                 "{'entity':'customer','id':'%s'}", c.customer_id);
    sales_refuse(c.system, ACRM_E_NOTFOUND, "template", "work_package.start",
                 "{'entity':'dealer','id':'%s'}", c.dealer);
    sales_refuse(c.system, ACRM_E_INVALID, "entity", "work_package.start",
                 "{'entity':'ship','id':'%s'}", c.dealer);
    sales_refuse(c.system, ACRM_E_INVALID, "reference", "work_package.start",
                 "{'entity':'customer','id':'%s','template':'nope'}", c.customer_id);
    care_free(&c);
}
END_TEST

static const struct {
    const char *what, *tasks, *reason;
} bad_templates[] = {
    { "a circle", "{'code':'a','name':'A','duration':'PT1H','depends_on':['b']},"
                  "{'code':'b','name':'B','duration':'PT1H','depends_on':['a']}", "cycle" },
    { "a task that waits for itself",
      "{'code':'a','name':'A','duration':'PT1H','depends_on':['a']}", "cycle" },
    { "an unknown task", "{'code':'a','name':'A','duration':'PT1H','depends_on':['x']}",
      "unknown_task" },
    { "an unknown kind", "{'code':'a','name':'A','duration':'PT1H'},{'code':'b','name':'B',"
      "'duration':'PT1H','depends_on':[{'task':'a','kind':'end_end'}]}", "choice" },
    { "a lag in months", "{'code':'a','name':'A','duration':'PT1H'},{'code':'b','name':'B',"
      "'duration':'PT1H','depends_on':[{'task':'a','lag':'P1M'}]}", "range" },
    { "an unknown member", "{'code':'a','name':'A','duration':'PT1H'},{'code':'b','name':'B',"
      "'duration':'PT1H','depends_on':[{'task':'a','delay':'PT1H'}]}", "unknown_field" },
    { "no list", "{'code':'a','name':'A','duration':'PT1H','depends_on':'b'}", "type" },
};

START_TEST(package_template__is_refused_with_the_place)
{
    packages_new(_i);
    for (size_t i = 0; i < sizeof bad_templates / sizeof bad_templates[0]; i++)
        sales_refuse(c.system, ACRM_E_INVALID, bad_templates[i].reason,
                     "work_package_template.create", "{'code':'bad','name':'Bad',"
                     "'entity':'customer','position':1,'tasks':[%s]}", bad_templates[i].tasks);
    sales_refuse(c.system, ACRM_E_INVALID, "entity", "work_package_template.create",
                 "{'code':'bad','name':'Bad','entity':'ship','position':1}");
    sales_refuse(c.system, ACRM_E_INVALID, "unknown_field", "work_package_template.create",
                 "{'code':'bad','name':'Bad','entity':'customer','position':1,"
                 "'condition':{'colour':'red'}}");
    sales_do(c.system, "work_package_template.create", "{'code':'none','name':'None',"
             "'entity':'customer','position':1}");
    sales_refuse(c.system, ACRM_E_CONFLICT, "empty", "work_package.start",
                 "{'entity':'customer','id':'%s','template':'none'}", c.customer_id);
    care_free(&c);
}
END_TEST

START_TEST(package_task__has_an_owner_by_load_and_can_change_it)
{
    char id[37];

    packages_new(_i);
    package_start();
    task_id("pdi", id);
    acrm_value *out = sales_call(c.system, "work_package_task.get", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "owner_id"), c.agent_id);
    ck_assert_str_eq(sales_text(out, "owner_explanation.by"), "load");
    ck_assert_uint_eq(sales_length(out, "owner_explanation.candidates"), 2);
    acrm_value_free(out);
    sales_do(c.system, "work_package_task.reassign", "{'id':'%s','user_id':'%s'}", id,
             c.manager_id);
    out = sales_call(c.system, "work_package_task.get", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "owner_id"), c.manager_id);
    acrm_value_free(out);
    sales_do(c.agent, "work_package_task.start", "{'id':'%s'}", id);
    sales_advance(5 * 3600); /* 4 of them open */
    sales_do(c.system, "work_package_task.finish", "{'id':'%s','note':'rust'}", id);
    out = sales_call(c.system, "report.productivity", "{}");
    ck_assert_uint_eq(sales_length(out, "rows"), 1);
    ck_assert_str_eq(sales_text(out, "rows.0.user"), "manager");
    ck_assert_int_eq(sales_int(out, "rows.0.tasks"), 1);
    ck_assert_int_eq(sales_int(out, "rows.0.late"), 1);
    ck_assert_int_eq(sales_int(out, "rows.0.mean_planned_minutes"), 240);
    ck_assert_int_eq(sales_int(out, "rows.0.mean_worked_minutes"), 240);
    acrm_value_free(out);
    sales_refuse(c.system, ACRM_E_CONFLICT, "state", "work_package_task.reassign",
                 "{'id':'%s'}", id);
    care_free(&c);
}
END_TEST

START_TEST(package__is_drawn_with_its_dates_and_no_markup_of_others)
{
    packages_new(_i);
    package_start();
    acrm_value *out = sales_call(c.system, "work_package.gantt",
                                 "{'id':'%s','jalali':true,'zone':'Asia/Tehran'}", package);
    const char *svg = sales_text(out, "svg");
    ck_assert_ptr_nonnull(strstr(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\""));
    ck_assert_ptr_nonnull(strstr(svg, "Delivery &lt;1&gt;"));
    ck_assert_ptr_nonnull(strstr(svg, "Papers &amp; plates"));
    ck_assert_ptr_nonnull(strstr(svg, "1405-08-01 14:30")); /* now, in Tehran */
    ck_assert_ptr_nonnull(strstr(svg, "class=\"critical\""));
    ck_assert_ptr_nonnull(strstr(svg, "class=\"today\""));
    acrm_value_free(out);
    out = sales_call(c.system, "work_package.gantt", "{'id':'%s'}", package);
    ck_assert_ptr_nonnull(strstr(sales_text(out, "svg"), "2026-10-23 11:00"));
    acrm_value_free(out);
    sales_refuse(c.system, ACRM_E_INVALID, "zone", "work_package.gantt",
                 "{'id':'%s','zone':'Mars/Base'}", package);
    sales_do(c.system, "work_package.cancel", "{'id':'%s','reason':'sold elsewhere'}", package);
    task_state("pdi", "skipped");
    care_free(&c);
}
END_TEST

Suite *packages_suite(void);
Suite *packages_suite(void)
{
    const TTest *const tests[] = {
        package__is_planned_over_a_weekend_and_a_change_of_clocks,
        package__goes_on_as_its_tasks_are_done, package__tells_of_each_delay_once,
        package__is_chosen_by_sale_customer_service_and_contract,
        package_template__is_refused_with_the_place,
        package_task__has_an_owner_by_load_and_can_change_it,
        package__is_drawn_with_its_dates_and_no_markup_of_others,
    };
    Suite *s = suite_create("packages");
    TCase *tc = tcase_create("packages");

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(tc, tests[i], 0, SALES_STORAGES);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(packages_suite)
