/* SPDX-License-Identifier: MIT */
/* Orders on their way: plans, promises and slips, what is told late and twice, stops, papers, the
 * hand-over, and what the customer sees. */
#include "order_world.h"

/* An order of a small chain: registration, payment after 7 days (gate), customs after 10 (gate, two
 * papers), extras after payment (5, optional), delivery after both (3); tolerance 2. */
static void chain(world *w)
{
    world_do(w, "milestone_chain.create", world_args(
        "{'code':'short','name':'Short','definition':{'tolerance':2,"
        "'warranties':[{'name':'Two years','months':24,'km':60000}],"
        "'reminders':[{'name':'Call','kind':'call','days':3}],'milestones':["
        "{'code':'registration','visible':true},"
        "{'code':'payment','name':'Payment','after':['registration'],'days':7,'gate':true,"
        "'visible':true},"
        "{'code':'customs','after':['registration'],'days':10,'gate':true,"
        "'documents':['declaration','conformity']},"
        "{'code':'extras','after':['payment'],'days':5,'optional':true},"
        "{'code':'delivery','name':'Delivery','after':['customs','extras'],'days':3,"
        "'visible':true}]}}"));
    world_do(w, "milestone_code.create",
             "{\"source\":\"maker\",\"code\":\"4200\",\"milestone\":\"customs\"}");
    world_do(w, "milestone_code.create",
             "{\"source\":\"maker\",\"code\":\"4B00\",\"name\":\"Bayed\"}");
}

static void order(world *w, const char *number)
{
    char customer[40];

    snprintf(customer, sizeof customer, "%s",
             world_made(w, "customer.create", "{\"name\":\"Ada\"}"));
    world_made(w, "vehicle_order.create", world_args(
        "{'number':'%s','customer_id':'%s','chain':'short','model':'Model S'}", number,
        customer));
}

static const char *of(world *w, const char *path)
{
    return world_ask(w, "vehicle_order.plan", "{\"number\":\"A1\"}", path);
}

START_TEST(order__has_a_plan_from_the_first_day)
{
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    ck_assert_str_eq(of(&w, "milestones/4/planned_on"), "2026-01-20");
    ck_assert_str_eq(of(&w, "milestones/4/expected_on"), "2026-01-20");
    ck_assert_str_eq(of(&w, "milestones/4/because"), "extras");
    ck_assert_str_eq(of(&w, "expected_on"), "2026-01-20");
    ck_assert_str_eq(of(&w, "next/type"), "registration");
    office_close(&w.o);
}
END_TEST

START_TEST(order__slips_downstream_and_the_promise_stays)
{
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    world_do(&w, "vehicle_order.record", "{\"number\":\"A1\",\"code\":\"registration\"}");
    world_do(&w, "vehicle_order.promise", "{\"number\":\"A1\",\"on\":\"2026-01-20\"}");
    world_do(&w, "vehicle_order.record", world_args("{'number':'A1','code':'payment',"
             "'source':'maker','kind':'expected','expected_on':'2026-01-14'}"));
    ck_assert_str_eq(of(&w, "expected_on"), "2026-01-22"); /* two days: tolerated */
    world_do(&w, "vehicle_order.record", world_args("{'number':'A1','code':'payment',"
             "'source':'maker','kind':'expected','expected_on':'2026-01-16',"
             "'occurred_at':'2026-01-05T10:00:00Z'}"));
    ck_assert_str_eq(of(&w, "expected_on"), "2026-01-24");
    ck_assert_str_eq(of(&w, "promised_on"), "2026-01-20");
    ck_assert_str_eq(of(&w, "milestones/4/slip"), "4");
    office_close(&w.o);
}
END_TEST

START_TEST(order__hears_late_twice_and_out_of_order)
{
    static const char *const told[] = {
        "{'number':'A1','source':'maker','code':'4200','occurred_at':'2026-01-04T08:00:00Z'}",
        "{'number':'A1','source':'maker','code':'4B00','occurred_at':'2026-01-04T09:00:00Z'}",
        "{'number':'A1','source':'maker','code':'registration',"
        "'occurred_at':'2026-01-02T08:00:00Z'}",
        "{'number':'A1','source':'maker','code':'payment','occurred_at':'2026-01-03T08:00:00Z'}",
    };
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(world_ask(&w, "vehicle_order.record", world_args("%s", told[i]),
                                   "outcome"), "recorded");
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(world_ask(&w, "vehicle_order.record", world_args("%s", told[i]),
                                   "outcome"), "repeat");
    ck_assert_str_eq(of(&w, "milestone"), "customs");
    ck_assert_str_eq(of(&w, "milestones/2/oem_code"), "4200");
    ck_assert_int_eq(office_count(&w.o, "order_event.count", "{}"), 4);
    ck_assert_str_eq(of(&w, "milestones/4/expected_on"), "2026-01-11");
    /* Told differently under the same code and time: kept, and said so. */
    ck_assert_str_eq(world_ask(&w, "vehicle_order.record", world_args("{'number':'A1',"
        "'source':'maker','code':'4200','kind':'retracted','occurred_at':'2026-01-04T08:00:00Z'}"),
        "outcome"), "contradicts");
    ck_assert_str_eq(of(&w, "milestone"), "payment");
    office_refused(&w.o, "vehicle_order.record",
                   "{\"number\":\"A1\",\"source\":\"maker\",\"code\":\"9999\"}", ACRM_E_INVALID,
                   "code", "reference");
    office_refused(&w.o, "vehicle_order.record",
                   "{\"number\":\"A1\",\"code\":\"customs\",\"kind\":\"skipped\"}",
                   ACRM_E_INVALID, "code", "optional");
    office_close(&w.o);
}
END_TEST

START_TEST(order__stops_move_it)
{
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    world_do(&w, "vehicle_order.hold", world_args("{'number':'A1','milestone':'customs',"
             "'cause':'strike','from':'2026-01-06'}"));
    world_clock += 10 * WORLD_DAY; /* the 15th */
    world_do(&w, "vehicle_order.record", world_args("{'number':'A1','code':'registration',"
             "'occurred_at':'2026-01-05T08:00:00Z'}"));
    world_do(&w, "vehicle_order.record", world_args("{'number':'A1','code':'payment',"
             "'occurred_at':'2026-01-06T08:00:00Z'}"));
    ck_assert_str_eq(of(&w, "milestones/2/expected_on"), "2026-01-24"); /* held until today */
    ck_assert_str_eq(of(&w, "milestones/2/tentative"), "true");
    for (int day = 0; day < 3; day++) { /* each day anew, though nothing is overdue */
        world_clock += WORLD_DAY;
        world_do(&w, "engine.tick", "{}");
    }
    ck_assert_str_eq(of(&w, "milestones/2/expected_on"), "2026-01-27");
    world_do(&w, "vehicle_order.resume", "{\"number\":\"A1\",\"on\":\"2026-01-20\"}");
    ck_assert_str_eq(of(&w, "milestones/2/expected_on"), "2026-01-29");
    ck_assert_str_eq(of(&w, "milestones/2/because"), "hold");
    ck_assert_str_eq(of(&w, "expected_on"), "2026-02-01");
    office_refused(&w.o, "vehicle_order.resume", "{\"number\":\"A1\",\"on\":\"2026-01-20\"}",
                   ACRM_E_CONFLICT, "hold_id", "state");
    office_close(&w.o);
}
END_TEST

START_TEST(order__is_told_to_be_overdue_by_the_clock)
{
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    world_do(&w, "vehicle_order.record", "{\"number\":\"A1\",\"code\":\"registration\"}");
    for (int day = 0; day < 12; day++) {
        world_clock += WORLD_DAY;
        world_do(&w, "engine.tick", "{}");
    }
    ck_assert_str_eq(of(&w, "milestones/1/expected_on"), "2026-01-17"); /* today */
    ck_assert_str_eq(of(&w, "milestones/1/because"), "today");
    ck_assert_str_eq(of(&w, "expected_on"), "2026-01-25");
    ck_assert_str_eq(of(&w, "tentative"), "true");
    office_close(&w.o);
}
END_TEST

/* How many events of a type there are. */
static int events(world *w, const char *type)
{
    acrm_value *out = office_call(&w->o, "event.list", world_args("{'types':['%s'],'limit':1000}",
                                                                  type));
    int n = (int)acrm_value_count(acrm_value_get(out, "items"));

    acrm_value_free(out);
    return n;
}

START_TEST(order__speaks_of_a_slip_past_the_tolerance_only)
{
    world w;

    world_open(&w, OFFICE_MEMORY);
    chain(&w);
    order(&w, "A1");
    world_do(&w, "vehicle_order.record", "{\"number\":\"A1\",\"code\":\"registration\"}");
    for (int day = 13; day <= 20; day++) /* planned for the 12th */
        world_do(&w, "vehicle_order.record", world_args("{'number':'A1','code':'payment',"
                 "'source':'maker','kind':'expected','expected_on':'2026-01-%02d','revision':%d}",
                 day, day));
    /* slips of 1 to 8: told at 3, then when it grew by more than 2 again */
    ck_assert_int_eq(events(&w, "order.slipped"), 2);
    ck_assert_int_eq(events(&w, "order.milestone"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(order__is_handed_over_when_nothing_stands_before_it)
{
    static const char vin[] = "1M8GDM9AXKP042788";
    acrm_error *err = NULL;
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    ck_assert_int_eq(acrm_call_json(w.o.session, "vehicle_order.deliver", "{\"number\":\"A1\"}", 15,
                                    NULL, &err), ACRM_E_CONFLICT);
    ck_assert_ptr_nonnull(strstr(acrm_error_json(err), "declaration is missing"));
    acrm_error_free(err);
    acrm_value *list = office_call(&w.o, "vehicle_order.blockers", "{\"number\":\"A1\"}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(list, "blockers")), 5);
    acrm_value_free(list);
    world_do(&w, "vehicle_order.record", "{\"number\":\"A1\",\"code\":\"payment\"}");
    world_do(&w, "vehicle_order.record", world_args("{'number':'A1','source':'maker',"
             "'code':'4200','vin':'%s'}", vin));
    world_do(&w, "vehicle_order.document",
             "{\"number\":\"A1\",\"milestone\":\"customs\",\"document\":\"declaration\"}");
    ck_assert_str_eq(world_ask(&w, "vehicle_order.blockers", "{\"number\":\"A1\"}",
                               "blockers/0/reason"), "document");
    world_do(&w, "vehicle_order.document",
             "{\"number\":\"A1\",\"milestone\":\"customs\",\"document\":\"conformity\"}");
    ck_assert_str_eq(world_ask(&w, "vehicle_order.blockers", world_args("{'vin':'%s'}", vin),
                               "ready"), "true");
    world_do(&w, "vehicle_order.deliver", "{\"number\":\"A1\",\"odometer\":12}");
    ck_assert_str_eq(of(&w, "state"), "delivered");
    ck_assert_str_eq(world_ask(&w, "vehicle_ownership.list", "{}", "items/0/from_date"),
                     "2026-01-05");
    ck_assert_str_eq(world_ask(&w, "warranty.list", "{}", "items/0/to_date"), "2028-01-04");
    ck_assert_str_eq(world_ask(&w, "activity.list", "{}", "items/0/due_at"),
                     "2026-01-08T09:00:00Z");
    office_refused(&w.o, "vehicle_order.deliver", "{\"number\":\"A1\"}", ACRM_E_CONFLICT, "id",
                   "closed");
    office_close(&w.o);
}
END_TEST

START_TEST(order__becomes_one_vehicle_only)
{
    static const char vin[] = "1M8GDM9AXKP042788", other[] = "1B3BR65EXSV201546";
    char first[40];
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    snprintf(first, sizeof first, "%s", w.id);
    world_do(&w, "vehicle.create", world_args("{'vin':'%s','model':'S'}", vin));
    world_do(&w, "vehicle_order.identify", world_args("{'id':'%s','vin':'%s'}", first, vin));
    world_do(&w, "vehicle_order.identify", world_args("{'id':'%s','vin':'%s'}", first, vin));
    ck_assert_int_eq(office_count(&w.o, "vehicle.count", "{}"), 1);
    office_refused(&w.o, "vehicle_order.identify",
                   world_args("{'id':'%s','vin':'%s'}", first, other), ACRM_E_CONFLICT, "vin",
                   "contradicts");
    office_refused(&w.o, "vehicle_order.identify",
                   world_args("{'id':'%s','vin':'1M8GDM9A0KP042788'}", first), ACRM_E_INVALID,
                   "vin", "format");
    order(&w, "A2");
    office_refused(&w.o, "vehicle_order.identify", world_args("{'id':'%s','vin':'%s'}", w.id, vin),
                   ACRM_E_CONFLICT, "vin", "contradicts");
    world_do(&w, "vehicle_order.cancel", "{\"number\":\"A1\",\"cause\":\"changed mind\"}");
    world_do(&w, "vehicle_order.identify", world_args("{'id':'%s','vin':'%s'}", w.id, vin));
    ck_assert_int_eq(office_count(&w.o, "vehicle.count", "{}"), 1);
    office_close(&w.o);
}
END_TEST

START_TEST(order__keeps_its_version_of_the_chain)
{
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    world_do(&w, "milestone_chain.create", world_args("{'code':'short','name':'Shorter',"
             "'definition':{'milestones':[{'code':'delivery','days':1}]}}"));
    order(&w, "A2");
    ck_assert_str_eq(of(&w, "milestones/4/type"), "delivery");
    ck_assert_str_eq(world_ask(&w, "vehicle_order.plan", "{\"number\":\"A2\"}",
                               "milestones/0/expected_on"), "2026-01-06");
    office_refused(&w.o, "milestone_chain.create", "{\"code\":\"x\",\"name\":\"X\","
                   "\"definition\":{\"milestones\":[{\"code\":\"a\",\"after\":[\"b\"]}]}}",
                   ACRM_E_INVALID, "/milestones/0/after/0", "reference");
    office_close(&w.o);
}
END_TEST

START_TEST(order__comes_from_a_signed_contract_and_goes_with_it)
{
    char customer[40], car[40], quote[40], contract[40];
    world w;

    world_open(&w, _i);
    snprintf(customer, sizeof customer, "%s",
             world_made(&w, "customer.create", "{\"name\":\"Ada\"}"));
    snprintf(car, sizeof car, "%s", world_made(&w, "vehicle.create",
             "{\"make\":\"Exemplar\",\"kind\":\"new\",\"status\":\"in_stock\"}"));
    snprintf(quote, sizeof quote, "%s", world_made(&w, "quote.create", world_args(
        "{'customer_id':'%s','vehicle_id':'%s','currency':'EUR','tax_rate':'0.2',"
        "'lines':[{'kind':'vehicle','amount':'20000'}]}", customer, car)));
    world_do(&w, "quote.issue", world_args("{'id':'%s'}", quote));
    snprintf(contract, sizeof contract, "%s", world_ask(&w, "quote.accept",
             world_args("{'id':'%s','number':'C-1'}", quote), "contract/id"));
    ck_assert_int_eq(office_count(&w.o, "vehicle_order.count", "{}"), 0);
    world_do(&w, "sales_contract.sign", world_args("{'id':'%s'}", contract));
    acrm_value *list = office_call(&w.o, "vehicle_order.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    ck_assert_str_eq(world_at(list, "items/0/number"), "C-1");
    ck_assert_str_eq(world_at(list, "items/0/chain"), "domestic");
    ck_assert_str_eq(world_at(list, "items/0/vehicle_id"), car);
    ck_assert_str_eq(world_at(list, "items/0/customer_id"), customer);
    acrm_value_free(list);
    ck_assert_str_eq(world_ask(&w, "vehicle_order.status", "{\"number\":\"C-1\"}", "next/type"),
                     "allocation"); /* the signature registers it */
    world_do(&w, "sales_contract.cancel", world_args("{'id':'%s','cause':'customer'}",
                                                     contract));
    ck_assert_str_eq(world_ask(&w, "vehicle_order.status", "{\"number\":\"C-1\"}", "state"),
                     "cancelled");
    office_close(&w.o);
}
END_TEST

START_TEST(order__shows_the_customer_what_is_theirs)
{
    acrm_session *ada = NULL, *system;
    char customer[40], who[60];
    world w;

    world_open(&w, _i);
    chain(&w);
    order(&w, "A1");
    snprintf(customer, sizeof customer, "%s",
             world_ask(&w, "vehicle_order.get", world_args("{'id':'%s'}", w.id), "customer_id"));
    order(&w, "A2");
    world_do(&w, "vehicle_order.record", "{\"number\":\"A1\",\"code\":\"registration\"}");
    snprintf(who, sizeof who, "customer:%s", customer);
    ck_assert_int_eq(acrm_session_new(w.o.engine, who, &ada, NULL), ACRM_OK);
    system = w.o.session;
    w.o.session = ada;
    acrm_value *status = office_call(&w.o, "vehicle_order.status", "{\"number\":\"A1\"}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(status, "milestones")), 3);
    ck_assert_str_eq(world_at(status, "next/type"), "payment");
    ck_assert_str_eq(world_at(status, "next/expected_on"), "2026-01-12");
    ck_assert_str_eq(world_at(status, "milestones/0/slip"), "absent");
    acrm_value_free(status);
    office_refused(&w.o, "vehicle_order.status", "{\"number\":\"A2\"}", ACRM_E_NOTFOUND, "number",
                   "reference");
    office_refused(&w.o, "vehicle_order.plan", "{\"number\":\"A1\"}", ACRM_E_DENIED, "",
                   "permission");
    w.o.session = system;
    acrm_session_free(ada);
    office_close(&w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("order");
    TCase *t = tcase_create("tracking");

    tcase_add_loop_test(t, order__has_a_plan_from_the_first_day, 0, 2);
    tcase_add_loop_test(t, order__slips_downstream_and_the_promise_stays, 0, 2);
    tcase_add_loop_test(t, order__hears_late_twice_and_out_of_order, 0, 2);
    tcase_add_loop_test(t, order__stops_move_it, 0, 2);
    tcase_add_loop_test(t, order__is_told_to_be_overdue_by_the_clock, 0, 2);
    tcase_add_test(t, order__speaks_of_a_slip_past_the_tolerance_only);
    tcase_add_loop_test(t, order__is_handed_over_when_nothing_stands_before_it, 0, 2);
    tcase_add_loop_test(t, order__becomes_one_vehicle_only, 0, 2);
    tcase_add_loop_test(t, order__keeps_its_version_of_the_chain, 0, 2);
    tcase_add_loop_test(t, order__comes_from_a_signed_contract_and_goes_with_it, 0, 2);
    tcase_add_loop_test(t, order__shows_the_customer_what_is_theirs, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
