/* SPDX-License-Identifier: MIT */
/*
 * Everything that can fail around the library fails in turn: each allocation, and each call of the
 * storage, once or until the operation gives up. Each time the operation says so, leaves no trace,
 * and goes through when it is tried again.
 *
 * ACRM_FAULTS_STRIDE in the environment: look at every n-th fault only (1: all, the default).
 */
#include "life.h"
#include "storage/storage.h"
#include "support/faulty.h"
#include "support/suite.h"

#include <string.h>

/* --- Faults of either kind --- */

typedef struct fault {
    const char *name;
    int32_t code; /* what the operation then answers */
    bool storage; /* else memory */
    bool for_ever;
} fault;

static const fault faults[] = {
    { "an allocation", ACRM_E_NOMEM, false, false },
    { "all allocations from one on", ACRM_E_NOMEM, false, true },
    { "the storage, once", ACRM_E_STORE, true, false },
    { "the storage, for good", ACRM_E_STORE, true, true },
    { "a busy storage", ACRM_E_BUSY, true, true },
    { "a full disk", ACRM_E_FULL, true, false },
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static void arm(host *h, faulty *f, const fault *what, long nth)
{
    if (what->storage) {
        f->count = f->failures = 0;
        f->fail_at = nth;
        f->for_ever = what->for_ever;
        f->code = what->code;
    } else {
        h->memory.count = h->memory.failures = 0;
        h->memory.fail_at = nth;
        h->memory.for_ever = what->for_ever;
    }
}

/* The number of faults that came to pass. */
static long disarm(host *h, faulty *f)
{
    long failures = h->memory.failures + f->failures;

    h->memory.fail_at = h->memory.failures = 0;
    f->fail_at = f->failures = 0;
    return failures;
}

static int64_t last_audit(host *h)
{
    acrm_value *out = host_call(h->session, "audit.list", "{'newest_first':true,'limit':1}");
    int64_t seq = host_int(out, "items.0.seq");

    acrm_value_free(out);
    return seq;
}

static bool in_steps(const life_step *step)
{
    return strncmp(step->operation, "import.", 7) == 0
           || strcmp(step->operation, "privacy.sweep") == 0
           || strcmp(step->operation, "engine.tick") == 0;
}

/* One step under all faults of a kind, until it goes through untouched. */
static void take_under_faults(life *l, faulty *f, const fault *what, const life_step *step,
                              long stride)
{
    host *h = l->host;

    h->now += step->later_s * HOST_SECOND;
    for (long n = 1;; n += stride) {
        acrm_error *err = NULL;
        int64_t before = last_audit(h);
        arm(h, f, what, n);
        int32_t st = life_take(l, step, &err);
        long failures = disarm(h, f);
        ck_assert_msg(acrm_error_code(err) == st, "%s: %s %ld: %s with the error %s",
                      step->operation, what->name, n, acrm_status_name(st), acrm_error_json(err));
        acrm_error_free(err);
        if (failures && st != step->want) {
            ck_assert_msg(st == what->code, "%s: %s %ld gave %s", step->operation, what->name, n,
                          acrm_status_name(st));
            ck_assert_msg(in_steps(step) || last_audit(h) == before, "%s: %s %ld left a trace",
                          step->operation, what->name, n);
            continue;
        }
        ck_assert_msg(st == step->want, "%s: %s", step->operation, acrm_status_name(st));
        /* Rarely an operation can do without what failed: what was written then is done. */
        if (!failures || last_audit(h) != before)
            return;
    }
}

static long stride_of(void)
{
    const char *text = getenv("ACRM_FAULTS_STRIDE");

    return text && atol(text) > 0 ? atol(text) : 1;
}

static void live_under_faults(const fault *what, const life_step *steps, long stride)
{
    host h;
    faulty f = { .self = NULL };
    acrm_error *err = NULL;

    host_init(&h);
    ck_assert_int_eq(acrm__memory_open(NULL, &f.inner, &f.self, NULL), ACRM_OK);
    const acrm_storage_ops ops = faulty_ops(&f);
    int32_t st = host_open_storage(&h, &ops, &f, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    life l = { .host = &h };
    for (const life_step *step = steps; step->operation; step++)
        take_under_faults(&l, &f, what, step, stride);
    host_verify(h.session);
    host_close(&h);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
}

START_TEST(faults__leave_no_trace_in_a_short_life)
{
    live_under_faults(&faults[_i], life_short, stride_of());
}
END_TEST

START_TEST(faults__leave_no_trace_in_a_long_life)
{
    live_under_faults(&faults[_i], life_long, stride_of());
}
END_TEST

/* Three customers become one in two merges and three again. */
static const life_step merging[] = {
    { "schema.add_entity", "{'name':'x_pet','help':'Pet','customer_field':'x_of','fields':["
                           "{'name':'x_of','type':'ref','target':'customer','help':'Of'},"
                           "{'name':'x_name','type':'text','personal':true,'help':'Name'}]}" },
    { "customer.create", "{'name':'Ann','contact_points':[{'channel':'email','value':"
                         "'a@example.com'}]}", .save = "ann=id" },
    { "customer.create", "{'name':'Anna','national_id':'1','contact_points':[{'channel':'email',"
                         "'value':'A@example.com'},{'channel':'web','value':'example.com'}]}",
      .save = "anna=id" },
    { "customer.create", "{'name':'A.'}", .save = "top=id" },
    { "x_pet.create", "{'x_of':'$anna','x_name':'Rex'}" },
    { "customer.merge", "{'id':'$ann','others':['$anna'],'rules':{'name':'longest'}}",
      .save = "first=merge_id" },
    { "customer.merge", "{'id':'$top','others':['$ann'],'dry_run':true}" },
    { "customer.merge", "{'id':'$top','others':['$ann']}" },
    { "customer.unmerge", "{'merge_id':'$first'}", .want = ACRM_E_CONFLICT },
    { "customer.unmerge", "{'id':'$ann'}" },
    { "customer.unmerge", "{'merge_id':'$first'}" },
    { NULL, NULL }
};

START_TEST(faults__leave_no_trace_in_merges)
{
    live_under_faults(&faults[_i], merging, stride_of());
}
END_TEST

/* A case from its opening to a call-back that opens it again, and a work package. */
static const life_step caring[] = {
    { "customer.create", "{'name':'Ann'}", .save = "ann=id" },
    { "case_queue.create", "{'code':'q','name':'Q'}", .save = "queue=id" },
    { "case_type.create", "{'code':'c','name':'C','kind':'complaint','queue_id':'$queue',"
                          "'callback_after':'PT1H','required':['topic']}" },
    { "case_priority_rule.create", "{'position':1,'severity':'high','priority':'high'}" },
    { "case_legal_rule.create", "{'position':1,'days':3,'unit':'business_days','law':'Any'}" },
    { "case.open", "{'type':'c','customer_id':'$ann','subject':'One','topic':'door'}",
      .save = "one=case.id" },
    { "case.open", "{'type':'c','customer_id':'$ann','subject':'Two','topic':'door',"
                   "'severity':'high'}", .save = "two=case.id" },
    { "case.duplicate", "{'id':'$two','of_id':'$one'}" },
    { "case.reply", "{'id':'$one','body':'We look at it'}" },
    { "case.stop", "{'id':'$one','reason':'parts','until':'2026-11-22T10:00:00Z'}" },
    { "case.message", "{'id':'$one','body':'When?'}" },
    { "case.resolve", "{'id':'$one','resolution':'Done'}" },
    { "case.close", "{'id':'$one'}", .want = ACRM_E_CONFLICT },
    { "case.tell", "{'id':'$one','body':'Done'}" },
    { "case.close", "{'id':'$one'}" },
    { "engine.tick", "{}", .later_s = 3 * 86400 },
    { "case.callback", "{'id':'$one','outcome':'dissatisfied'}" },
    { "report.cases", "{'group':'type'}" },
    { "work_package_template.create", "{'code':'p','name':'P','entity':'customer','position':1,"
      "'tasks':[{'code':'a','name':'A','duration':'PT1H','target':'PT2H'},"
      "{'code':'b','name':'B','duration':'PT1H','depends_on':['a']}]}" },
    { "work_package.start", "{'entity':'customer','id':'$ann'}", .save = "pack=id" },
    { "work_package_task.list", "{'where':{'code':'a'}}", .save = "task=items.0.id" },
    { "work_package_task.finish", "{'id':'$task'}" },
    { "engine.tick", "{}", .later_s = 5 * 86400 },
    { "work_package.plan", "{'id':'$pack'}" },
    { "work_package.gantt", "{'id':'$pack','jalali':true}" },
    { NULL, NULL }
};

START_TEST(faults__leave_no_trace_in_care)
{
    live_under_faults(&faults[_i], caring, stride_of());
}
END_TEST

/* A person is restricted, given a copy of its data, and erased. */
static const life_step privacy[] = {
    { "customer.create", "{'name':'Ann','national_id':'1','idempotency_key':'k','contact_points':["
                         "{'channel':'email','value':'ann@example.com'}]}", .save = "ann=id" },
    { "interaction.create", "{'customer_id':'$ann','at':'2026-11-21T09:00:00Z','channel':'phone',"
                            "'body':'said'}" },
    { "activity.create", "{'customer_id':'$ann','subject':'ring',"
                         "'due_at':'2026-11-26T09:00:00Z'}" },
    { "retention_rule.create", "{'name':'calls','entity':'interaction','action':'keep',"
                               "'months':120,'basis':'law'}" },
    { "privacy.restrict", "{'customer_id':'$ann','basis':'Art. 18'}" },
    { "privacy.lift", "{'customer_id':'$ann'}" },
    { "privacy.export", "{'customer_id':'$ann'}" },
    { "privacy.erase", "{'customer_id':'$ann','basis':'Art. 17','reason':'by letter'}" },
    { "privacy.sweep", "{}" },
    { "privacy.certificate", "{'customer_id':'$ann'}" },
    { "customer.create", "{'name':'B','contact_points':[{'channel':'email','value':"
                         "'ann@example.com'}]}", .want = ACRM_E_CONFLICT },
    { NULL, NULL }
};

START_TEST(faults__leave_no_trace_in_privacy)
{
    live_under_faults(&faults[_i], privacy, 3 * stride_of()); /* an erasure has many calls */
}
END_TEST

/* A quote becomes a contract that is signed and cancelled. */
static const life_step dealing[] = {
    { "customer.create", "{'name':'Ann','language':'fa'}", .save = "ann=id" },
    { "vehicle.create", "{'make':'Exemplar','status':'in_stock','kind':'new'}", .save = "car=id" },
    { "quote.create", "{'customer_id':'$ann','vehicle_id':'$car','currency':'EUR','tax_rate':"
                      "'0.2','lines':[{'kind':'vehicle','amount':'20000'},{'kind':'discount',"
                      "'rate':'0.1'}],'deposit':'1000','payment':'credit','finance':"
                      "{'rate':'0.05','periods':2}}", .save = "one=id" },
    { "quote.revise", "{'id':'$one','payment':'lease','finance':{'money_factor':'0.001',"
                      "'months':2,'residual':'9000'}}", .save = "two=id" },
    { "quote.compare", "{'ids':['$one','$two']}" },
    { "quote.submit", "{'id':'$two'}" },
    { "quote.approve", "{'id':'$two'}" },
    { "quote.issue", "{'id':'$two'}" },
    { "quote.render", "{'id':'$two'}" },
    { "quote.accept", "{'id':'$two'}", .save = "deal=contract.id" },
    { "sales_contract.request_signature", "{'id':'$deal','connector':'sign'}" },
    { "sales_contract.sign", "{'id':'$deal'}" },
    { "sales_contract.verify", "{'id':'$deal'}" },
    { "sales_contract.cancel", "{'id':'$deal','cause':'withdrawal'}" },
    { NULL, NULL }
};

START_TEST(faults__leave_no_trace_in_deals)
{
    live_under_faults(&faults[_i], dealing, 7 * stride_of()); /* a document has many calls */
}
END_TEST

/* A catalogue is made and priced, its sales are counted, paid for and foreseen. */
static const life_step selling[] = {
    { "vehicle_make.create", "{'name':'Northstar'}", .save = "make=id" },
    { "vehicle_model.create", "{'make_id':'$make','name':'Polaris'}", .save = "model=id" },
    { "vehicle_trim.create", "{'model_id':'$model','name':'Base'}", .save = "trim=id" },
    { "vehicle_option.create", "{'model_id':'$model','code':'TOW','name':'Tow bar'}",
      .save = "tow=id" },
    { "vehicle_option.create", "{'make_id':'$make','code':'ESP','name':'ESP'}", .save = "esp=id" },
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$esp'}" },
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$tow'}" },
    { "option_rule.create", "{'name':'R','model_id':'$model','kind':'requires','when_options':"
                            "['TOW'],'then_options':['ESP']}" },
    { "option_rule.create", "{'name':'X','model_id':'$model','kind':'excludes','when_options':"
                            "['TOW'],'then_options':['ESP']}", .want = ACRM_E_INVALID },
    { "price_list.create", "{'name':'2026','make_id':'$make','currency':'EUR','valid_from':"
                           "'2026-01-01','tax_rate':'0.19'}", .save = "prices=id" },
    { "price_item.create", "{'price_list_id':'$prices','trim_id':'$trim','currency':'EUR',"
                           "'amount':'20000.00'}" },
    { "price_item.create", "{'price_list_id':'$prices','option_id':'$esp','currency':'EUR',"
                           "'amount':'1.00'}" },
    { "configuration.check", "{'trim_id':'$trim','options':['TOW','NIX']}" },
    { "configuration.price", "{'trim_id':'$trim','options':['ESP']}" },
    { "configuration.contradictions", "{'model_id':'$model'}" },
    { "configuration.create", "{'trim_id':'$trim','options':['ESP']}" },
    { "role.list", "{'where':{'name':'salesperson'}}", .save = "role=items.0.id" },
    { "user.create", "{'name':'Ann','login':'ann','role_id':'$role'}", .save = "ann=id" },
    { "customer.create", "{'name':'Bo'}", .save = "bo=id" },
    { "lead.create", "{'customer_id':'$bo','owner_id':'$ann'}", .save = "lead=id" },
    { "sales_contract.create", "{'number':'C-1','customer_id':'$bo','lead_id':'$lead','status':"
                               "'signed','signed_on':'2026-10-05','currency':'EUR','total':"
                               "'20000.00'}" },
    { "account_plan.create", "{'name':'Key','customer_id':'$bo','from_date':'2026-01-01',"
                             "'to_date':'2026-12-31','steps':[{'title':'Visit'}]}",
      .save = "plan=id" },
    { "account_plan.review", "{'id':'$plan'}" },
    { "account_plan.view", "{'id':'$plan'}" },
    { "sales_target.create", "{'user_id':'$ann','from_date':'2026-10-01','to_date':'2026-10-31',"
                             "'measure':'units','units':10}" },
    { "report.targets", "{'on':'2026-10-21'}" },
    { "report.performance", "{'from_date':'2026-10-01','to_date':'2026-10-31'}" },
    { "forecast.sales", "{'history':12}" },
    { "commission_rule.create", "{'code':'base','name':'Base','from_date':'2026-01-01','measure':"
                                "'units','currency':'EUR','steps':[{'from':1,'pay':'50.00'}]}" },
    { "commission.run", "{'from_date':'2026-10-01','to_date':'2026-10-31'}", .save = "pay=id" },
    { "commission.export", "{'id':'$pay'}" },
    { "commission.approve", "{'id':'$pay'}" },
    { NULL, NULL }
};

START_TEST(faults__leave_no_trace_in_selling)
{
    live_under_faults(&faults[_i], selling, 5 * stride_of());
}
END_TEST

START_TEST(faults__let_nothing_half_open)
{
    const fault *what = &faults[_i];

    for (long n = 1;; n += what->storage ? 1 : 7 * stride_of()) {
        host h;
        faulty f = { .self = NULL };
        acrm_error *err = NULL;

        host_init(&h);
        ck_assert_int_eq(acrm__memory_open(NULL, &f.inner, &f.self, NULL), ACRM_OK);
        arm(&h, &f, what, n);
        const acrm_storage_ops ops = faulty_ops(&f);
    int32_t st = host_open_storage(&h, &ops, &f, &err);
        long failures = disarm(&h, &f);
        ck_assert_int_eq(acrm_error_code(err), st);
        acrm_error_free(err);
        if (st == ACRM_OK)
            host_verify(h.session);
        host_close(&h);
        ck_assert_uint_eq(h.memory.live_bytes, 0);
        if (!failures)
            break;
        ck_assert_msg(st == what->code || st == ACRM_OK, "%s %ld gave %s", what->name, n,
                      acrm_status_name(st));
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("faults");
    TCase *t = tcase_create("faults");

    tcase_add_loop_test(t, faults__leave_no_trace_in_a_short_life, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_a_long_life, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_merges, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_care, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_privacy, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_deals, 0, FAULTS);
    tcase_add_loop_test(t, faults__leave_no_trace_in_selling, 0, FAULTS);
    tcase_add_loop_test(t, faults__let_nothing_half_open, 0, FAULTS);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
