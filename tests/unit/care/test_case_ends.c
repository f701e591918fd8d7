/* SPDX-License-Identifier: MIT */
/* Cases: stopped, resolved, told, closed, called back, reopened, merged, compensated. */
#include "support/alloc_fail.h"
#include "unit/care/care_world.h"

static care_world c;

static void resolve(const char *id)
{
    sales_do(c.agent, "case.resolve",
             "{'id':'%s','resolution':'Painted','root_cause':'defect'}", id);
}

static void finish(const char *id)
{
    resolve(id);
    sales_do(c.agent, "case.tell", "{'id':'%s','channel':'phone','body':'It is painted'}", id);
    sales_do(c.agent, "case.close", "{'id':'%s'}", id);
}

START_TEST(case_stop__waits_and_goes_on_by_itself)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.resume", "{'id':'%s'}", id);
    sales_refuse(c.agent, ACRM_E_INVALID, "range", "case.stop", "{'id':'%s','reason':'part',"
                 "'until':'2026-11-21T10:00:00Z'}", id);
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'door ordered','waiting_for':'parts',"
             "'until':'2026-11-24T10:00:00Z'}", id);
    care_expect(&c, id, "waiting_for", "parts");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.stop", "{'id':'%s','reason':'x'}", id);
    care_tick(&c, 3 * SALES_DAY - 1);
    care_expect(&c, id, "status", "waiting");
    care_tick(&c, 1);
    care_expect(&c, id, "status", "open");
    care_expect(&c, id, "waiting_reason", "(none)");
    ck_assert_int_eq(care_events(&c, "case.resumed", id), 1);
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'door ordered'}", id);
    sales_do(c.agent, "case.resume", "{'id':'%s'}", id);
    care_tick(&c, 9 * SALES_DAY);
    ck_assert_int_eq(care_events(&c, "case.resumed", id), 2);
    care_free(&c);
}
END_TEST

START_TEST(case_close__needs_cause_telling_and_decisions)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.close", "{'id':'%s'}", id);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.tell", "{'id':'%s'}", id);
    sales_refuse(c.agent, ACRM_E_INVALID, "required", "case.resolve",
                 "{'id':'%s','resolution':'Painted'}", id);
    sales_refuse(c.agent, ACRM_E_INVALID, "reference", "case.resolve",
                 "{'id':'%s','resolution':'Painted','root_cause':'moon'}", id);
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'part'}", id);
    resolve(id);
    care_expect(&c, id, "status", "resolved");
    care_expect(&c, id, "waiting_since", "(none)");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.resolve",
                 "{'id':'%s','resolution':'again'}", id);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "not_told", "case.close", "{'id':'%s'}", id);
    sales_do(c.agent, "case.tell", "{'id':'%s','channel':'email','body':'It is painted'}", id);
    care_expect(&c, id, "told_channel", "email");
    sales_do(c.agent, "case.compensate", "{'id':'%s','kind':'money','currency':'EUR',"
             "'amount':'50.00'}", id);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "compensation", "case.close", "{'id':'%s'}", id);
    acrm_value *out = sales_call(c.system, "case_compensation.list", "{}");
    sales_do(c.system, "case_compensation.decide", "{'id':'%s','approve':false}",
             sales_text(out, "items.0.id"));
    acrm_value_free(out);
    sales_do(c.agent, "case.close", "{'id':'%s'}", id);
    care_expect(&c, id, "status", "closed");
    ck_assert_int_eq(sales_count(c.system, "case_message", "{'direction':'out'}"), 1);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.assign", "{'id':'%s'}", id);
    care_free(&c);
}
END_TEST

START_TEST(case_reopen__within_its_time_by_hand_or_by_message)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.reopen", "{'id':'%s','reason':'x'}",
                 id);
    finish(id);
    sales_do(c.agent, "case.reopen", "{'id':'%s','reason':'peels off'}", id);
    care_expect(&c, id, "status", "reopened");
    care_expect(&c, id, "told_at", "(none)");
    sales_do(c.agent, "case.stop", "{'id':'%s','reason':'part'}", id);
    sales_do(c.agent, "case.resume", "{'id':'%s'}", id);
    care_expect(&c, id, "status", "reopened");
    finish(id);
    sales_advance(30 * SALES_DAY);
    sales_do(c.customer, "case.message", "{'id':'%s','body':'It peels off'}", id);
    care_expect(&c, id, "status", "reopened"); /* on its last second */
    finish(id);
    sales_advance(30 * SALES_DAY + 1);
    sales_do(c.customer, "case.message", "{'id':'%s','body':'It peels off'}", id);
    care_expect(&c, id, "status", "closed");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "too_late", "case.reopen",
                 "{'id':'%s','reason':'peels off'}", id);
    acrm_value *rec = care_get(&c, id);
    ck_assert_int_eq(sales_int(rec, "reopen_count"), 2);
    acrm_value_free(rec);
    care_free(&c);
}
END_TEST

START_TEST(case_callback__asks_tries_again_and_reopens)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.callback",
                 "{'id':'%s','outcome':'satisfied'}", id);
    finish(id);
    care_expect(&c, id, "callback_at", "2026-11-23T10:00:00Z");
    care_tick(&c, 2 * SALES_DAY);
    care_tick(&c, 0);
    ck_assert_int_eq(care_events(&c, "case.callback_due", id), 1);
    ck_assert_int_eq(sales_count(c.system, "activity", "{'kind':'call','status':'open',"
                                 "'owner_id':'%s'}", c.agent_id), 1);
    for (int i = 1; i <= 3; i++) {
        sales_do(c.agent, "case.callback", "{'id':'%s','outcome':'unreached'}", id);
        ck_assert_int_eq(sales_count(c.system, "activity", "{'status':'open'}"), 0);
        care_tick(&c, 2 * SALES_DAY);
        ck_assert_int_eq(sales_count(c.system, "activity", "{'status':'open'}"), i < 3);
    }
    sales_do(c.agent, "case.callback", "{'id':'%s','outcome':'dissatisfied',"
             "'notes':'It peels off'}", id);
    care_expect(&c, id, "status", "reopened");
    care_expect(&c, id, "callback_outcome", "dissatisfied");
    ck_assert_int_eq(sales_count(c.system, "case_message", "{'direction':'internal'}"), 1);
    finish(id);
    care_expect(&c, id, "callback_outcome", "(none)");
    care_tick(&c, 2 * SALES_DAY);
    sales_do(c.agent, "case.callback", "{'id':'%s','outcome':'satisfied'}", id);
    care_expect(&c, id, "status", "closed");
    ck_assert_int_eq(sales_count(c.system, "activity", "{'status':'open'}"), 0);
    care_free(&c);
}
END_TEST

START_TEST(case_callback__calls_nobody_who_was_erased)
{
    char id[37];

    c = care_new(_i);
    care_open(&c, id, "");
    resolve(id);
    sales_do(c.agent, "case.tell", "{'id':'%s','channel':'phone','body':'It is painted'}", id);
    acrm_value *rec = care_get(&c, id);
    sales_do(c.system, "privacy.erase", "{'customer_id':'%s','basis':'Art. 17','reason':'asked'}",
             sales_text(rec, "customer_id"));
    acrm_value_free(rec);
    sales_do(c.agent, "case.close", "{'id':'%s'}", id);
    care_tick(&c, 2 * SALES_DAY);
    ck_assert_int_eq(care_events(&c, "case.callback_due", id), 0);
    ck_assert_int_eq(sales_count(c.system, "timer", "{'subject_id':'%s'}", id), 0);
    care_free(&c);
}
END_TEST

START_TEST(case_duplicate__follows_its_main_case)
{
    char main_id[37], same[37], other[37], third[37], customer[37];

    c = care_new(_i);
    care_open(&c, main_id, "");
    care_open(&c, same, "");
    care_open(&c, third, "");
    sales_create(c.system, "customer.create", customer, "{'name':'Ali','dealer_id':'%s'}",
                 c.dealer);
    acrm_value *out = sales_call(c.system, "case.open", "{'type':'paint','customer_id':'%s',"
                                 "'subject':'Door'}", customer);
    snprintf(other, sizeof other, "%s", sales_text(out, "case.id"));
    acrm_value_free(out);
    sales_do(c.agent, "case.message", "{'id':'%s','body':'one'}", main_id);
    sales_do(c.agent, "case.message", "{'id':'%s','body':'two'}", same);
    sales_refuse(c.agent, ACRM_E_INVALID, "cycle", "case.duplicate", "{'id':'%s','of_id':'%s'}",
                 same, same);
    sales_do(c.agent, "case.duplicate", "{'id':'%s','of_id':'%s'}", third, same);
    sales_do(c.agent, "case.duplicate", "{'id':'%s','of_id':'%s'}", same, main_id);
    care_expect(&c, third, "duplicate_of_id", main_id); /* one level only */
    sales_do(c.agent, "case.duplicate", "{'id':'%s','of_id':'%s'}", other, third);
    care_expect(&c, other, "duplicate_of_id", main_id);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "duplicate", "case.resolve",
                 "{'id':'%s','resolution':'x'}", same);
    out = sales_call(c.agent, "case.messages", "{'id':'%s'}", main_id);
    ck_assert_uint_eq(sales_length(out, "items"), 2);
    acrm_value_free(out);
    resolve(main_id);
    care_expect(&c, same, "status", "resolved");
    sales_do(c.agent, "case.tell", "{'id':'%s'}", main_id);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "not_told", "case.close", "{'id':'%s'}", main_id);
    sales_do(c.agent, "case.tell", "{'id':'%s'}", other); /* the other customer too */
    sales_do(c.agent, "case.close", "{'id':'%s'}", main_id);
    care_expect(&c, other, "status", "closed");
    care_expect(&c, third, "status", "closed");
    sales_do(c.agent, "case.reopen", "{'id':'%s','reason':'x'}", main_id);
    care_expect(&c, other, "told_at", "(none)");
    care_expect(&c, same, "status", "reopened");
    care_free(&c);
}
END_TEST

START_TEST(case_compensate__is_allowed_within_the_limits_of_a_role)
{
    char id[37], role[37], item[37];

    c = care_new(_i);
    care_open(&c, id, "");
    care_role(&c, "dealer_manager", role);
    sales_do(c.system, "case_compensation_limit.create", "{'role_id':'%s','currency':'EUR',"
             "'amount':'100.00'}", role);
    sales_do(c.system, "case_compensation_limit.create", "{'role_id':'%s','currency':'EUR',"
             "'kind':'voucher','amount':'300.00'}", role);
    sales_refuse(c.system, ACRM_E_CONFLICT, "unique", "case_compensation_limit.create",
                 "{'role_id':'%s','currency':'EUR','amount':'1.00'}", role);
    acrm_value *out = sales_call(c.agent, "case.compensate", "{'id':'%s','kind':'money',"
                                 "'currency':'EUR','amount':'100.01','note':'waited long'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "proposed"); /* the agent's role may nothing */
    snprintf(item, sizeof item, "%s", sales_text(out, "id"));
    acrm_value_free(out);
    sales_refuse(c.manager, ACRM_E_DENIED, "limit", "case_compensation.decide",
                 "{'id':'%s','approve':true}", item);
    sales_do(c.system, "case_compensation.decide", "{'id':'%s','approve':true,'reason':'ok'}",
             item);
    sales_refuse(c.system, ACRM_E_CONFLICT, "state", "case_compensation.decide",
                 "{'id':'%s','approve':true}", item);
    out = sales_call(c.manager, "case.compensate", "{'id':'%s','kind':'money','currency':'EUR',"
                     "'amount':'100.00'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "approved");
    ck_assert_str_eq(sales_text(out, "decided_by_id"), c.manager_id);
    acrm_value_free(out);
    out = sales_call(c.manager, "case.compensate", "{'id':'%s','kind':'voucher','currency':'EUR',"
                     "'amount':'300.00'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "approved");
    acrm_value_free(out);
    out = sales_call(c.manager, "case.compensate", "{'id':'%s','kind':'money','currency':'IRR',"
                     "'amount':'1'}", id);
    ck_assert_str_eq(sales_text(out, "status"), "proposed"); /* no limit in this currency */
    acrm_value_free(out);
    sales_refuse(c.manager, ACRM_E_INVALID, "format", "case.compensate",
                 "{'id':'%s','kind':'money','currency':'EUR','amount':'1.001'}", id);
    care_free(&c);
}
END_TEST

START_TEST(case_entitlement__is_asked_and_never_loses_a_case)
{
    char id[37];

    c = care_new(_i);
    sales_refuse(c.system, ACRM_E_INVALID, "operation", "case_type.update",
                 "{'id':'%s','entitlement':'contract.nope','last_write_wins':true}", c.type);
    /* customer.get takes an id and answers no "entitled"; here it fails, the id being a case's. */
    sales_do(c.system, "case_type.update",
             "{'id':'%s','entitlement':'customer.get','last_write_wins':true}", c.type);
    care_open(&c, id, "");
    care_expect(&c, id, "entitlement.error", "reference");
    sales_do(c.system, "case_type.update",
             "{'id':'%s','entitlement':'case.get','last_write_wins':true}", c.type);
    sales_do(c.agent, "case.check_entitlement", "{'id':'%s'}", id);
    care_expect(&c, id, "entitlement.subject", "Scratched door");
    sales_do(c.system, "case_type.update",
             "{'id':'%s','entitlement':null,'last_write_wins':true}", c.type);
    sales_refuse(c.agent, ACRM_E_CONFLICT, "state", "case.check_entitlement", "{'id':'%s'}", id);
    care_free(&c);
}
END_TEST

static void in_phase(const char *case_id, const char *phase)
{
    acrm_value *rec = care_get(&c, case_id);
    acrm_value *out = sales_call(c.system, "process_instance.get", "{'id':'%s'}",
                                 sales_text(rec, "process_id"));
    ck_assert_str_eq(sales_text(out, "phase"), phase);
    acrm_value_free(out);
    acrm_value_free(rec);
}

START_TEST(case_process__is_gone_through_and_never_loses_a_case)
{
    char id[37];

    c = care_new(_i);
    sales_refuse(c.system, ACRM_E_INVALID, "process", "case_type.update",
                 "{'id':'%s','process':'path','last_write_wins':true}", c.type);
    acrm_value *out = sales_call(c.system, "process_definition.load", "{'activate':true,"
        "'definition':{'code':'path','name':'Path','entity':'case','start':'received','phases':["
        "{'code':'received'},{'code':'answered'},{'code':'done','end':true}],'transitions':["
        "{'name':'answer','from':['received'],'to':'answered','automatic':true,"
        "'guard':{'first_response_at':{'$ne':null}}},"
        "{'name':'end','from':['answered'],'to':'done','automatic':true,"
        "'guard':{'status':'closed'}}]}}");
    sales_do(c.system, "case_type.update", "{'id':'%s','process':'path',"
             "'last_write_wins':true}", c.type);
    care_open(&c, id, "");
    in_phase(id, "received");
    sales_do(c.agent, "case.reply", "{'id':'%s','body':'We look at it'}", id);
    in_phase(id, "answered");
    finish(id);
    in_phase(id, "done");
    sales_do(c.system, "process_definition.retire", "{'id':'%s'}", sales_text(out, "id"));
    acrm_value_free(out);
    care_open(&c, id, "");
    ck_assert_int_eq(care_events(&c, "case.process_failed", id), 1);
    care_expect(&c, id, "process_id", "(none)");
    care_free(&c);
}
END_TEST

START_TEST(case_status__tells_times_on_the_clock_asked_for)
{
    char id[37];

    c = care_new(_i);
    sales_do(c.system, "case_legal_rule.create", "{'position':1,'days':20,'law':'Act'}");
    care_open(&c, id, "");
    acrm_value *out = sales_call(c.agent, "case.status", "{'id':'%s','zone':'Asia/Tehran',"
                                 "'jalali':true}", id);
    ck_assert_str_eq(sales_text(out, "times.0.what"), "opened");
    ck_assert_str_eq(sales_text(out, "times.0.local"), "1405-08-30 13:30");
    ck_assert_str_eq(sales_text(out, "times.1.what"), "due by law");
    ck_assert_str_eq(sales_text(out, "times.1.local"), "1405-09-21 00:00");
    ck_assert_str_eq(sales_text(out, "next.0"), "case.reply");
    ck_assert_str_eq(sales_text(out, "owner"), "agent");
    ck_assert_str_eq(sales_text(out, "legal_explanation.law"), "Act");
    acrm_value_free(out);
    resolve(id);
    out = sales_call(c.agent, "case.status", "{'id':'%s'}", id);
    ck_assert_str_eq(sales_text(out, "next.1"), "case.reopen"); /* not told yet */
    acrm_value_free(out);
    sales_refuse(c.agent, ACRM_E_INVALID, "zone", "case.status",
                 "{'id':'%s','zone':'Mars/Base'}", id);
    out = sales_call(c.customer, "case.get", "{'id':'%s'}", id);
    ck_assert_ptr_null(sales_at(out, "assignment_explanation")); /* ours alone */
    ck_assert_str_eq(sales_text(out, "status"), "resolved");
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

START_TEST(report_cases__counts_by_group)
{
    char one[37], two[37], three[37];

    c = care_new(_i);
    care_open(&c, one, ",'topic':'door'");
    care_open(&c, two, ",'topic':'door'");
    care_open(&c, three, ",'topic':'roof'");
    sales_advance(1800);
    sales_do(c.agent, "case.reply", "{'id':'%s','body':'x'}", one);
    sales_do(c.agent, "case.hand_over", "{'id':'%s','user_id':'%s','reason':'ill'}", two,
             c.second_id);
    sales_advance(1800);
    finish(one);
    finish(two);
    acrm_value *out = sales_call(c.system, "report.cases", "{'group':'topic'}");
    ck_assert_int_eq(sales_int(out, "total.cases"), 3);
    ck_assert_int_eq(sales_int(out, "total.open"), 1);
    ck_assert_str_eq(sales_text(out, "rows.0.topic"), "door");
    ck_assert_int_eq(sales_int(out, "rows.0.cases"), 2);
    ck_assert_int_eq(sales_int(out, "rows.0.right_first_time"), 1); /* the other changed hands */
    ck_assert_int_eq(sales_int(out, "rows.0.p50_response_minutes"), 30);
    ck_assert_int_eq(sales_int(out, "rows.0.p90_resolution_minutes"), 60);
    acrm_value_free(out);
    out = sales_call(c.manager, "report.cases", "{'group':'root_cause','dealer_id':'%s',"
                     "'from':'2026-11-21T10:00:00Z','until':'2026-11-21T10:00:01Z'}", c.dealer);
    ck_assert_str_eq(sales_text(out, "rows.0.root_cause"), "Paint defect");
    ck_assert_int_eq(sales_int(out, "rows.0.closed"), 2);
    acrm_value_free(out);
    out = sales_call(c.system, "report.cases", "{'until':'2026-11-21T10:00:00Z'}");
    ck_assert_int_eq(sales_int(out, "total.cases"), 0);
    ck_assert_int_eq(acrm_value_type(sales_at(out, "total.response_hit_rate")), ACRM_NULL);
    acrm_value_free(out);
    care_free(&c);
}
END_TEST

/* The n-th allocation of each step fails, for every n, until the step goes through; what failed
 * left nothing behind. */
START_TEST(case__survives_every_allocation_failure)
{
    static const struct {
        const char *operation, *args;
    } steps[] = {
        { "case.open", "{'type':'q','subject':'Why?','customer':{'name':'Ada'},"
                       "'severity':'high'}" },
        { "case.message", "{'id':'%s','body':'Hello'}" },
        { "case.stop", "{'id':'%s','reason':'part','until':'2026-11-24T10:00:00Z'}" },
        { "case.compensate", "{'id':'%s','kind':'money','currency':'EUR','amount':'1.00'}" },
        { "case.resolve", "{'id':'%s','resolution':'Done'}" },
        { "case.tell", "{'id':'%s','body':'Done'}" },
        { "case.close", "{'id':'%s'}" },
        { "case.callback", "{'id':'%s','outcome':'dissatisfied','notes':'No'}" },
    };
    static const acrm_clock clock = { .struct_size = sizeof clock, .now = sales_now };
    alloc_fail state = { .fail_at = 0 };
    acrm_allocator port = alloc_fail_port(&state);
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .allocator = &port };
    sales_world w = { .path = "" };
    char id[37] = "", args[300];

    sales_clock = SALES_START;
    ck_assert_int_eq(acrm_open("memory:", &options, &w.engine, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_session_new(w.engine, "system", &w.system, NULL), ACRM_OK);
    sales_do(w.system, "case_type.create", "{'code':'q','name':'Q','kind':'question',"
             "'required':['subject'],'callback_after':'PT1H'}");
    sales_do(w.system, "case_priority_rule.create", "{'position':1,'severity':'high',"
             "'priority':'high'}");
    sales_do(w.system, "case_legal_rule.create", "{'position':1,'days':9,'law':'Any'}");
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int32_t st = ACRM_E_NOMEM;
        const char *mark = strstr(steps[i].args, "%s");
        int head = mark ? (int)(mark - steps[i].args) : 0;
        snprintf(args, sizeof args, "%.*s%s%s", head, steps[i].args, mark ? id : "",
                 mark ? mark + 2 : steps[i].args);
        for (long n = 1; st != ACRM_OK; n++) {
            acrm_error *err = NULL;
            int64_t cases = sales_count(w.system, "case", "{}");
            int64_t messages = sales_count(w.system, "case_message", "{}");
            state.failures = 0;
            state.fail_at = state.count + n;
            st = sales_status(w.system, steps[i].operation, args, &err);
            state.fail_at = 0;
            ck_assert_msg(st == ACRM_E_NOMEM || st == ACRM_OK, "%s: %s", steps[i].operation,
                          acrm_error_json(err));
            acrm_error_free(err);
            if (st == ACRM_OK)
                break;
            ck_assert_int_eq(sales_count(w.system, "case", "{}"), cases);
            ck_assert_int_eq(sales_count(w.system, "case_message", "{}"), messages);
        }
        acrm_value *list = sales_call(w.system, "case.list", "{}");
        snprintf(id, sizeof id, "%s", sales_text(list, "items.0.id"));
        acrm_value_free(list);
    }
    acrm_session_free(w.system);
    acrm_close(w.engine);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

Suite *case_ends_suite(void);
Suite *case_ends_suite(void)
{
    const TTest *const tests[] = {
        case_stop__waits_and_goes_on_by_itself, case_close__needs_cause_telling_and_decisions,
        case_reopen__within_its_time_by_hand_or_by_message,
        case_callback__asks_tries_again_and_reopens, case_callback__calls_nobody_who_was_erased,
        case_duplicate__follows_its_main_case,
        case_compensate__is_allowed_within_the_limits_of_a_role,
        case_entitlement__is_asked_and_never_loses_a_case, report_cases__counts_by_group,
        case_status__tells_times_on_the_clock_asked_for,
        case_process__is_gone_through_and_never_loses_a_case,
    };
    Suite *s = suite_create("case_ends");
    TCase *tc = tcase_create("case_ends");

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(tc, tests[i], 0, SALES_STORAGES);
    tcase_add_test(tc, case__survives_every_allocation_failure);
    suite_add_tcase(s, tc);
    return s;
}
ACRM_TEST_MAIN(case_ends_suite)
