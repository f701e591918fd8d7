/* SPDX-License-Identifier: MIT */
/* Storage suite: changes of the schema. */
#include "conformance/storage_run.h"

/* The dealer table as a later version declares it: another order, new columns, new indexes. */
static const acrm_column wider_columns[] = {
    { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL },
    { "city", ACRM_CELL_TEXT, 0, NULL },
    { "name", ACRM_CELL_TEXT, 0, NULL },
    { "deleted_at", ACRM_CELL_INT, 0, NULL },
    { "rank", ACRM_CELL_INT, ACRM_COLUMN_NOT_NULL, NULL },
    { "parent_id", ACRM_CELL_BLOB, 0, &fix_dealer },
};
static const uint32_t wider_by_name[] = { 2 };
static const uint32_t wider_by_city[] = { 1 };
static const acrm_index wider_indexes[] = {
    { "name", wider_by_name, 1, ACRM_INDEX_UNIQUE },
    { "city", wider_by_city, 1, 0 },
};
static const acrm_table wider = {
    .name = "dealer", .number = 50, .columns = wider_columns, .n_columns = 6, .deleted_at = 3,
    .indexes = wider_indexes, .n_indexes = 2,
};

static int test_columns_are_added(suite_run *r)
{
    fix_rows rows;
    acrm_cell row[] = { fix_id(2), fix_text("paris"), fix_text("b"), fix_null(), fix_int(4),
                        fix_id(1) };
    acrm_cell bare[] = { fix_id(3), fix_text("rome"), fix_text("c"), fix_null(), fix_null(),
                         fix_null() };

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "a", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.ensure_table(r->conn, &wider, err));
    EXPECT_OK(r, r->ops.ensure_table(r->conn, &wider, err)); /* again changes nothing */
    EXPECT_OK(r, r->ops.insert(r->conn, &wider, row, NULL, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.insert(r->conn, &wider, bare, NULL, err));
    EXPECT_OK(r, suite_find(r, &wider, 0, fix_id(1), &rows, err));
    EXPECT_ROWS(r, "#1,-,a,-,-,-;", rows);
    EXPECT_OK(r, suite_find(r, &wider, 1, fix_text("paris"), &rows, err));
    EXPECT_ROWS(r, "#2,paris,b,-,4,#1;", rows);
    /* What knows only the old columns still reads and writes them. */
    EXPECT_OK(r, suite_find(r, &fix_dealer, DEALER_ID, fix_id(2), &rows, err));
    EXPECT_ROWS(r, "#2,b,-;", rows);
    EXPECT_STATUS(r, ACRM_E_CONFLICT, suite_put_dealer(r, 4, "b", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_undeclared_indexes_go(suite_run *r)
{
    acrm_table narrow = wider;

    if (!(r->ops.flags & ACRM_STORAGE_DURABLE)) /* it has no tables of an earlier version */
        return 0;
    narrow.number = 51;
    narrow.indexes = &wider_indexes[1];
    narrow.n_indexes = 1;
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.ensure_table(r->conn, &wider, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "same", err));
    EXPECT_OK(r, r->ops.ensure_table(r->conn, &narrow, err));
    EXPECT_OK(r, suite_put_dealer(r, 2, "same", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_schema_changes_roll_back(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "same", err));
    EXPECT_OK(r, suite_put_dealer(r, 2, "same", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.ensure_table(r->conn, &wider, err));
    r->ops.rollback(r->conn);
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.drop_column(r->conn, &fix_dealer, "name", err));
    r->ops.rollback(r->conn);
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_find(r, &fix_dealer, DEALER_NAME, fix_text("same"), &rows, err));
    EXPECT_ROWS(r, "#1,same,-;#2,same,-;", rows);
    EXPECT_OK(r, suite_put_dealer(r, 3, "same", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_drops(suite_run *r)
{
    static const acrm_column left_columns[] = {
        { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL },
        { "model", ACRM_CELL_TEXT, 0, NULL },
    };
    static const acrm_table left = { .name = "vehicle", .number = 60, .columns = left_columns,
                                     .n_columns = 2, .deleted_at = UINT32_MAX };
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", "09", fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_put_vehicle(r, 5, 1, "x3", 7, err));
    EXPECT_OK(r, r->ops.drop_index(r->conn, &fix_customer, "phone", err));
    EXPECT_OK(r, r->ops.drop_index(r->conn, &fix_customer, "phone", err)); /* not there: fine */
    EXPECT_OK(r, suite_put_customer(r, 2, "reza", "09", fix_null(), fix_null(), err));
    /* Together with its index; a second time there is nothing to do. */
    EXPECT_OK(r, r->ops.drop_column(r->conn, &fix_vehicle, "customer_id", err));
    EXPECT_OK(r, r->ops.drop_column(r->conn, &fix_vehicle, "customer_id", err));
    EXPECT_OK(r, r->ops.drop_column(r->conn, &fix_vehicle, "day", err));
    EXPECT_OK(r, suite_find(r, &left, 0, fix_id(5), &rows, err));
    EXPECT_ROWS(r, "#5,x3;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_schema_version(suite_run *r)
{
    int64_t version = -1;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.schema_version(r->conn, &version, err));
    EXPECT(r, version == 0);
    EXPECT_OK(r, r->ops.set_schema_version(r->conn, 12, err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, r->ops.schema_version(r->conn, &version, err));
    EXPECT(r, version == 12);
    r->ops.rollback(r->conn);
    return 0;
}

const suite_test storage_schema_tests[] = {
    { "columns and indexes are added to a table with rows", test_columns_are_added },
    { "indexes that are declared no more are dropped", test_undeclared_indexes_go },
    { "schema changes roll back", test_schema_changes_roll_back },
    { "indexes and columns are dropped", test_drops },
    { "the schema version is kept", test_schema_version },
    { NULL, NULL },
};
