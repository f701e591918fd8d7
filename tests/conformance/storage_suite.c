/* SPDX-License-Identifier: MIT */
/* The storage suite: its list of tests, and how one is run. */
#include "conformance/storage_suite.h"
#include "conformance/storage_run.h"

#define TABLES 5
static const acrm_table *const suite_tables[TABLES] = {
    &fix_dealer, &fix_customer, &fix_vehicle, &fix_entry, &fix_setting,
};

static const suite_test *const suite_files[] = {
    storage_row_tests, storage_query_tests, storage_schema_tests, storage_session_tests,
};

int suite_fail(suite_run *r, const char *file, int line, const char *what, const char *got)
{
    snprintf(r->message, r->message_size, "%s:%d: %s%s%s", file, line, what,
             *got ? "; got " : "", got);
    return 1;
}

int32_t suite_put_dealer(suite_run *r, unsigned id, const char *name, acrm_error **err)
{
    acrm_cell cells[DEALER_COLUMNS] = { fix_id(id), fix_text(name), fix_null() };

    return r->ops.insert(r->conn, &fix_dealer, cells, NULL, err);
}

int32_t suite_put_customer(suite_run *r, unsigned id, const char *name, const char *phone,
                           acrm_cell score, acrm_cell seen, acrm_error **err)
{
    acrm_cell cells[CUSTOMER_COLUMNS] = {
        fix_id(id), fix_text(name), phone ? fix_text(phone) : fix_null(), score, seen,
        fix_null(), fix_null(),
    };

    return r->ops.insert(r->conn, &fix_customer, cells, name, err);
}

int32_t suite_put_vehicle(suite_run *r, unsigned id, unsigned customer, const char *model,
                          int64_t day, acrm_error **err)
{
    acrm_cell cells[VEHICLE_COLUMNS] = {
        fix_id(id), customer ? fix_id(customer) : fix_null(), fix_text(model), fix_int(day),
        fix_null(),
    };

    return r->ops.insert(r->conn, &fix_vehicle, cells, NULL, err);
}

int32_t suite_find(suite_run *r, const acrm_table *table, uint32_t column, acrm_cell value,
                   fix_rows *rows, acrm_error **err)
{
    *rows = (fix_rows){ .count = 0 };
    return r->ops.lookup(r->conn, table, column, &value, 0, fix_collect, rows, err);
}

int32_t suite_ask(suite_run *r, const acrm_query *query, fix_rows *rows, acrm_error **err)
{
    *rows = (fix_rows){ .count = 0 };
    return r->ops.query(r->conn, query, fix_collect, rows, err);
}

int32_t suite_select_ids(suite_run *r, const acrm_table *table, const acrm_filter_node *where,
                         fix_rows *rows, acrm_error **err)
{
    const acrm_expression id = { .column = 0 };
    const acrm_order by_id = { .expression = 0 };
    const acrm_query query = {
        .struct_size = sizeof query, .table = table, .where = where, .n_select = 1, .select = &id,
        .n_order = 1, .order = &by_id,
    };

    return suite_ask(r, &query, rows, err);
}

static const suite_test *suite_at(int n)
{
    for (size_t f = 0; f < sizeof suite_files / sizeof suite_files[0]; f++)
        for (const suite_test *t = suite_files[f]; t->name; t++)
            if (n-- == 0)
                return t;
    return NULL;
}

const char *storage_suite_name(int n)
{
    const suite_test *test = suite_at(n);

    return test ? test->name : NULL;
}

static int run_prepare(suite_run *r)
{
    EXPECT_OK(r, r->ops.connect(r->self, &r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    for (int i = 0; i < TABLES; i++)
        EXPECT_OK(r, r->ops.ensure_table(r->conn, suite_tables[i], err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

int storage_suite_run(int n, const storage_suite_target *target, char *message,
                      size_t message_size)
{
    suite_run r = { .message = message, .message_size = message_size };

    if (target->open(target->user, &r.ops, &r.self) != 0)
        return suite_fail(&r, __FILE__, __LINE__, "the store cannot be opened", "");
    int bad = run_prepare(&r);
    if (!bad)
        bad = suite_at(n)->test(&r);
    if (r.conn)
        r.ops.disconnect(r.conn);
    if (r.ops.destroy)
        r.ops.destroy(r.self);
    if (target->clean)
        target->clean(target->user);
    return bad;
}
