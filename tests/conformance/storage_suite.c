/* SPDX-License-Identifier: MIT */
/* The promises of the storage port as tests that any adapter can be run through. */
#include "conformance/storage_suite.h"
#include "conformance/storage_fixture.h"

#include <stdio.h>
#include <string.h>

/* One run of one test: a store, its first connection with the tables made, and the verdict. */
typedef struct run {
    acrm_storage_ops ops;
    void *self;
    void *conn;
    char *message;
    size_t message_size;
} run;

static int run_fail(run *r, int line, const char *what, const char *got)
{
    snprintf(r->message, r->message_size, "line %d: %s%s%s", line, what, *got ? "; got " : "", got);
    return 1;
}

/* Leave the test with a failure unless the promise holds. */
#define EXPECT(r, truth)                                                                          \
    do {                                                                                          \
        if (!(truth))                                                                             \
            return run_fail(r, __LINE__, #truth, "");                                             \
    } while (0)
#define EXPECT_OK(r, call) EXPECT_STATUS(r, ACRM_OK, call)
#define EXPECT_STATUS(r, want, call)                                                              \
    do {                                                                                          \
        acrm_error *expect_err = NULL;                                                            \
        acrm_error **err = &expect_err;                                                           \
        int32_t expect_st = (call);                                                               \
        int expect_bad = expect_st != (want);                                                     \
        if (expect_bad)                                                                           \
            run_fail(r, __LINE__, #call, acrm_error_message(expect_err));                         \
        acrm_error_free(expect_err);                                                              \
        if (expect_bad)                                                                           \
            return 1;                                                                             \
    } while (0)
#define EXPECT_ROWS(r, want, rows)                                                                \
    do {                                                                                          \
        if (strcmp((want), (rows).text) != 0)                                                     \
            return run_fail(r, __LINE__, "rows are not " #want, (rows).text);                     \
    } while (0)

#define TABLES 5
static const acrm_table *const suite_tables[TABLES] = {
    &fix_dealer, &fix_customer, &fix_vehicle, &fix_entry, &fix_setting,
};

static int32_t put_dealer(run *r, unsigned id, const char *name, acrm_error **err)
{
    acrm_cell cells[DEALER_COLUMNS] = { fix_id(id), fix_text(name), fix_null() };

    return r->ops.insert(r->conn, &fix_dealer, cells, NULL, err);
}

static int32_t put_customer(run *r, unsigned id, const char *name, const char *phone,
                            acrm_cell score, acrm_cell seen, acrm_error **err)
{
    acrm_cell cells[CUSTOMER_COLUMNS] = {
        fix_id(id), fix_text(name), phone ? fix_text(phone) : fix_null(), score, seen,
        fix_null(), fix_null(),
    };

    return r->ops.insert(r->conn, &fix_customer, cells, name, err);
}

static int32_t put_vehicle(run *r, unsigned id, unsigned customer, const char *model, int64_t day,
                           acrm_error **err)
{
    acrm_cell cells[VEHICLE_COLUMNS] = {
        fix_id(id), customer ? fix_id(customer) : fix_null(), fix_text(model), fix_int(day),
        fix_null(),
    };

    return r->ops.insert(r->conn, &fix_vehicle, cells, NULL, err);
}

static int32_t find(run *r, const acrm_table *table, uint32_t column, acrm_cell value,
                    fix_rows *rows, acrm_error **err)
{
    *rows = (fix_rows){ .count = 0 };
    return r->ops.lookup(r->conn, table, column, &value, 0, fix_collect, rows, err);
}

/* The ids of the customers that match, in order of id. */
static int32_t select_ids(run *r, const acrm_table *table, const acrm_filter_node *where,
                          fix_rows *rows, acrm_error **err)
{
    const acrm_expression id = { .column = 0 };
    const acrm_order by_id = { .expression = 0 };
    const acrm_query query = {
        .struct_size = sizeof query, .table = table, .where = where, .n_select = 1, .select = &id,
        .n_order = 1, .order = &by_id,
    };

    *rows = (fix_rows){ .count = 0 };
    return r->ops.query(r->conn, &query, fix_collect, rows, err);
}

static int test_rows_come_back(run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", "0912", fix_real(1.5), fix_int(-7), err));
    EXPECT_OK(r, put_customer(r, 2, "", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_ID, fix_id(1), &rows, err));
    EXPECT_ROWS(r, "#1,ali,0912,1.5,-7,-,-;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_ID, fix_id(2), &rows, err));
    EXPECT_ROWS(r, "#2,,-,-,-,-,-;", rows);
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_ID, fix_id(3), &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_NAME, fix_text("ali"), &rows, err));
    EXPECT(r, rows.count == 1);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_keys_of_each_type(run *r)
{
    fix_rows rows;
    acrm_cell entry[ENTRY_COLUMNS] = { fix_int(7), fix_text("seven") };
    acrm_cell setting[SETTING_COLUMNS] = { fix_text("zone"), fix_int(210) };

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.insert(r->conn, &fix_entry, entry, "seven", err));
    EXPECT_OK(r, r->ops.insert(r->conn, &fix_setting, setting, NULL, err));
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.insert(r->conn, &fix_entry, entry, "seven", err));
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.insert(r->conn, &fix_setting, setting, NULL, err));
    EXPECT_OK(r, find(r, &fix_entry, ENTRY_SEQ, fix_int(7), &rows, err));
    EXPECT_ROWS(r, "7,seven;", rows);
    EXPECT_OK(r, find(r, &fix_setting, SETTING_KEY, fix_text("zone"), &rows, err));
    EXPECT_ROWS(r, "zone,210;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_update_and_remove(run *r)
{
    static const uint32_t columns[] = { CUSTOMER_SCORE, CUSTOMER_NAME };
    const acrm_cell cells[] = { fix_real(9), fix_text("reza") };
    int32_t changed = -1;
    acrm_cell key = fix_id(1);
    acrm_cell other = fix_id(5);
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, columns, cells, 2, "ali", "reza",
                               &changed, err));
    EXPECT(r, changed == 1);
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_ID, key, &rows, err));
    EXPECT_ROWS(r, "#1,reza,0912,9,-,-,-;", rows);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &other, columns, cells, 2, NULL, NULL,
                               &changed, err));
    EXPECT(r, changed == 0);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &other, NULL, &changed, err));
    EXPECT(r, changed == 0);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "reza", &changed, err));
    EXPECT(r, changed == 1);
    EXPECT_OK(r, find(r, &fix_customer, CUSTOMER_ID, key, &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_rollback_undoes_everything(run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.set_schema_version(r->conn, 9, err));
    r->ops.rollback(r->conn);
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, select_ids(r, &fix_customer, NULL, &rows, err));
    EXPECT_ROWS(r, "", rows);
    int64_t version = -1;
    EXPECT_OK(r, r->ops.schema_version(r->conn, &version, err));
    EXPECT(r, version == 0);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_savepoints_nest(run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_dealer(r, 1, "a", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, put_dealer(r, 2, "b", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, put_dealer(r, 3, "c", err));
    EXPECT_OK(r, r->ops.rollback_to(r->conn, err));
    EXPECT_OK(r, put_dealer(r, 4, "d", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, put_dealer(r, 5, "e", err));
    EXPECT_OK(r, r->ops.release(r->conn, err));
    EXPECT_OK(r, select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;#2;#4;#5;", rows);
    EXPECT_OK(r, r->ops.rollback_to(r->conn, err));
    EXPECT_OK(r, put_dealer(r, 6, "f", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;#6;", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_unique_among_the_living(run *r)
{
    static const uint32_t deleted[] = { CUSTOMER_DELETED };
    acrm_error *taken = NULL;
    int32_t changed = 0;
    acrm_cell key = fix_id(1);
    acrm_cell at = fix_int(1);

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    int32_t st = put_customer(r, 2, "reza", "0912", fix_null(), fix_null(), &taken);
    int named = st == ACRM_E_CONFLICT && strcmp(acrm_error_field(taken), "phone") == 0
                && strcmp(acrm_error_reason(taken), "duplicate") == 0
                && !strstr(acrm_error_message(taken), "0912");
    acrm_error_free(taken);
    EXPECT(r, named);
    EXPECT_OK(r, put_customer(r, 3, "no phone", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, put_customer(r, 4, "none either", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, deleted, &at, 1, NULL, NULL, &changed,
                               err));
    EXPECT_OK(r, put_customer(r, 2, "reza", "0912", fix_null(), fix_null(), err));
    at = fix_null();
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.update(r->conn, &fix_customer, &key, deleted, &at, 1,
                                                    NULL, NULL, &changed, err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_references_are_checked_at_commit(run *r)
{
    fix_rows rows;
    int32_t changed = 0;
    acrm_cell key = fix_id(1);

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_vehicle(r, 10, 1, "x3", 0, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_vehicle(r, 11, 2, "x5", 0, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, select_ids(r, &fix_vehicle, NULL, &rows, err));
    EXPECT_ROWS(r, "#10;", rows);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "ali", &changed, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, select_ids(r, &fix_customer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_bad_cells_are_refused(run *r)
{
    static const uint32_t name[] = { CUSTOMER_NAME };
    acrm_cell null = fix_null();
    acrm_cell number = fix_int(3);
    acrm_cell key = fix_id(1);
    int32_t changed = 0;
    acrm_cell cells[CUSTOMER_COLUMNS] = { fix_id(9), fix_null() };

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali", NULL, fix_null(), fix_null(), err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.insert(r->conn, &fix_customer, cells, NULL, err));
    cells[CUSTOMER_NAME] = fix_text("x");
    cells[CUSTOMER_SEEN] = fix_text("not a number");
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.insert(r->conn, &fix_customer, cells, NULL, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.update(r->conn, &fix_customer, &key, name, &null, 1,
                                                   NULL, NULL, &changed, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.update(r->conn, &fix_customer, &key, name, &number, 1,
                                                   NULL, NULL, &changed, err));
    r->ops.rollback(r->conn);
    return 0;
}

static int test_search_follows_the_rows(run *r)
{
    static const uint32_t name[] = { CUSTOMER_NAME };
    acrm_cell words = fix_text("kar ali");
    const acrm_filter_node search = { .op = ACRM_FILTER_SEARCH, .values = &words, .n_values = 1 };
    acrm_cell key = fix_id(2);
    acrm_cell renamed = fix_text("reza");
    int32_t changed = 0;
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, put_customer(r, 1, "ali karimi", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, put_customer(r, 2, "karim alizade", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, put_customer(r, 3, "akarim ali", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;#2;", rows);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, name, &renamed, 1, "karim alizade",
                               "reza", &changed, err));
    EXPECT_OK(r, select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;", rows);
    words = fix_text("rez");
    EXPECT_OK(r, select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#2;", rows);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "reza", &changed, err));
    EXPECT_OK(r, select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "", rows);
    words = fix_text(" ");
    EXPECT_OK(r, select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;#3;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static const struct {
    const char *name;
    int (*test)(run *r);
} suite_tests[] = {
    { "rows come back as they went in", test_rows_come_back },
    { "a key may be an id, a number or a text", test_keys_of_each_type },
    { "update and remove change one row by its key", test_update_and_remove },
    { "a rollback undoes everything", test_rollback_undoes_everything },
    { "savepoints nest", test_savepoints_nest },
    { "a unique index of the living leaves out the deleted", test_unique_among_the_living },
    { "references are checked at commit", test_references_are_checked_at_commit },
    { "cells that do not fit are refused", test_bad_cells_are_refused },
    { "search follows the rows", test_search_follows_the_rows },
};

const char *storage_suite_name(int n)
{
    return n >= 0 && (size_t)n < sizeof suite_tests / sizeof suite_tests[0] ? suite_tests[n].name
                                                                            : NULL;
}

static int run_prepare(run *r)
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
    run r = { .message = message, .message_size = message_size };

    if (target->open(target->user, &r.ops, &r.self) != 0)
        return run_fail(&r, __LINE__, "the store cannot be opened", "");
    int bad = run_prepare(&r);
    if (!bad)
        bad = suite_tests[n].test(&r);
    if (r.conn)
        r.ops.disconnect(r.conn);
    if (r.ops.destroy)
        r.ops.destroy(r.self);
    if (target->clean)
        target->clean(target->user);
    return bad;
}
