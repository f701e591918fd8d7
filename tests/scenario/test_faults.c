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
#include "support/suite.h"

#include <string.h>

/* --- A storage that fails --- */

typedef struct faulty {
    acrm_storage_ops inner;
    void *self;
    long count;   /* calls so far */
    long fail_at; /* the call that fails, from 1; 0: none */
    bool for_ever;
    long failures;
    int32_t code;
} faulty;

typedef struct faulty_conn {
    faulty *storage;
    void *inner;
} faulty_conn;

static bool faulty_now(faulty *f)
{
    f->count++;
    if (!f->fail_at || f->count < f->fail_at || (f->count > f->fail_at && !f->for_ever))
        return false;
    f->failures++;
    return true;
}

static int32_t faulty_fail(const faulty *f, acrm_error **err)
{
    if (err)
        *err = acrm_error_new(f->code, "injected", NULL, "the storage was made to fail");
    return f->code;
}

#define FAULTY(conn) ((faulty_conn *)(conn))->storage
#define INNER(conn) ((faulty_conn *)(conn))->inner
/* A call that fails when its time has come, and is passed on otherwise. */
#define PASS(conn, call)                                                                          \
    (faulty_now(FAULTY(conn)) ? faulty_fail(FAULTY(conn), err) : FAULTY(conn)->inner.call)

static int32_t faulty_connect(void *self, void **conn, acrm_error **err)
{
    faulty *f = self;
    faulty_conn *c = NULL;

    if (faulty_now(f))
        return faulty_fail(f, err);
    c = malloc(sizeof *c);
    ck_assert_ptr_nonnull(c);
    *c = (faulty_conn){ .storage = f };
    int32_t st = f->inner.connect(f->self, &c->inner, err);
    if (st == ACRM_OK)
        *conn = c;
    else
        free(c);
    return st;
}

static void faulty_disconnect(void *conn)
{
    FAULTY(conn)->inner.disconnect(INNER(conn));
    free(conn);
}

static void faulty_destroy(void *self)
{
    faulty *f = self;

    if (f->inner.destroy)
        f->inner.destroy(f->self);
}

static int32_t faulty_begin(void *conn, int32_t write, acrm_error **err)
{
    return PASS(conn, begin(INNER(conn), write, err));
}

static int32_t faulty_commit(void *conn, acrm_error **err)
{
    if (faulty_now(FAULTY(conn))) {
        FAULTY(conn)->inner.rollback(INNER(conn));
        return faulty_fail(FAULTY(conn), err);
    }
    return FAULTY(conn)->inner.commit(INNER(conn), err);
}

static void faulty_rollback(void *conn)
{
    FAULTY(conn)->inner.rollback(INNER(conn));
}

static int32_t faulty_savepoint(void *conn, acrm_error **err)
{
    return PASS(conn, savepoint(INNER(conn), err));
}

static int32_t faulty_release(void *conn, acrm_error **err)
{
    return PASS(conn, release(INNER(conn), err));
}

static int32_t faulty_rollback_to(void *conn, acrm_error **err)
{
    return PASS(conn, rollback_to(INNER(conn), err));
}

static int64_t faulty_change_mark(void *conn)
{
    return FAULTY(conn)->inner.change_mark(INNER(conn));
}

static int32_t faulty_schema_version(void *conn, int64_t *version, acrm_error **err)
{
    return PASS(conn, schema_version(INNER(conn), version, err));
}

static int32_t faulty_set_schema_version(void *conn, int64_t version, acrm_error **err)
{
    return PASS(conn, set_schema_version(INNER(conn), version, err));
}

static int32_t faulty_ensure_table(void *conn, const acrm_table *table, acrm_error **err)
{
    return PASS(conn, ensure_table(INNER(conn), table, err));
}

static int32_t faulty_drop_index(void *conn, const acrm_table *table, const char *index,
                                 acrm_error **err)
{
    return PASS(conn, drop_index(INNER(conn), table, index, err));
}

static int32_t faulty_drop_column(void *conn, const acrm_table *table, const char *column,
                                  acrm_error **err)
{
    return PASS(conn, drop_column(INNER(conn), table, column, err));
}

static int32_t faulty_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                             const char *search, acrm_error **err)
{
    return PASS(conn, insert(INNER(conn), table, cells, search, err));
}

static int32_t faulty_update(void *conn, const acrm_table *table, const acrm_cell *key,
                             const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns,
                             const char *search_old, const char *search_new, int32_t *changed,
                             acrm_error **err)
{
    return PASS(conn, update(INNER(conn), table, key, columns, cells, n_columns, search_old,
                             search_new, changed, err));
}

static int32_t faulty_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                             const char *search, int32_t *changed, acrm_error **err)
{
    return PASS(conn, remove(INNER(conn), table, key, search, changed, err));
}

static int32_t faulty_lookup(void *conn, const acrm_table *table, uint32_t column,
                             const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                             acrm_error **err)
{
    return PASS(conn, lookup(INNER(conn), table, column, value, limit, row, user, err));
}

static int32_t faulty_query(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                            acrm_error **err)
{
    return PASS(conn, query(INNER(conn), query, row, user, err));
}

static int32_t faulty_check(void *conn, acrm_error **err)
{
    return FAULTY(conn)->inner.check ? PASS(conn, check(INNER(conn), err)) : ACRM_OK;
}

static const acrm_storage_ops faulty_ops = {
    .struct_size = sizeof faulty_ops,
    .connect = faulty_connect,
    .disconnect = faulty_disconnect,
    .destroy = faulty_destroy,
    .begin = faulty_begin,
    .commit = faulty_commit,
    .rollback = faulty_rollback,
    .savepoint = faulty_savepoint,
    .release = faulty_release,
    .rollback_to = faulty_rollback_to,
    .change_mark = faulty_change_mark,
    .schema_version = faulty_schema_version,
    .set_schema_version = faulty_set_schema_version,
    .ensure_table = faulty_ensure_table,
    .drop_index = faulty_drop_index,
    .drop_column = faulty_drop_column,
    .insert = faulty_insert,
    .update = faulty_update,
    .remove = faulty_remove,
    .lookup = faulty_lookup,
    .query = faulty_query,
    .check = faulty_check,
};

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
    int32_t st = host_open_storage(&h, &faulty_ops, &f, &err);
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
        int32_t st = host_open_storage(&h, &faulty_ops, &f, &err);
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
    tcase_add_loop_test(t, faults__let_nothing_half_open, 0, FAULTS);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
