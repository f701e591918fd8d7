/* SPDX-License-Identifier: MIT */
/* Storage suite: rows, transactions, rules. */
#include "conformance/storage_run.h"

#include <string.h>

static int test_rows_come_back(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", "0912", fix_real(1.5), fix_int(-7), err));
    EXPECT_OK(r, suite_put_customer(r, 2, "", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, fix_id(1), &rows, err));
    EXPECT_ROWS(r, "#1,ali,0912,1.5,-7,-,-;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, fix_id(2), &rows, err));
    EXPECT_ROWS(r, "#2,,-,-,-,-,-;", rows);
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, fix_id(3), &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_NAME, fix_text("ali"), &rows, err));
    EXPECT(r, rows.count == 1);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_keys_of_each_type(suite_run *r)
{
    fix_rows rows;
    acrm_cell entry[ENTRY_COLUMNS] = { fix_int(7), fix_text("seven") };
    acrm_cell setting[SETTING_COLUMNS] = { fix_text("zone"), fix_int(210) };

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, r->ops.insert(r->conn, &fix_entry, entry, "seven", err));
    EXPECT_OK(r, r->ops.insert(r->conn, &fix_setting, setting, NULL, err));
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.insert(r->conn, &fix_entry, entry, "seven", err));
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.insert(r->conn, &fix_setting, setting, NULL, err));
    EXPECT_OK(r, suite_find(r, &fix_entry, ENTRY_SEQ, fix_int(7), &rows, err));
    EXPECT_ROWS(r, "7,seven;", rows);
    EXPECT_OK(r, suite_find(r, &fix_setting, SETTING_KEY, fix_text("zone"), &rows, err));
    EXPECT_ROWS(r, "zone,210;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

enum { MANY_ROWS = 200 };

/* Keys k000, k001 ... with their numbers; row `twice` has the key of the first. */
static void many_rows(char keys[MANY_ROWS][8], acrm_cell cells[MANY_ROWS * SETTING_COLUMNS],
                      int twice)
{
    for (int i = 0; i < MANY_ROWS; i++) {
        int n = i == twice ? 0 : i;
        const char text[] = { 'k', (char)('0' + n / 100), (char)('0' + n / 10 % 10),
                              (char)('0' + n % 10), '\0' };
        memcpy(keys[i], text, sizeof text);
        cells[i * SETTING_COLUMNS + SETTING_KEY] = fix_text(keys[i]);
        cells[i * SETTING_COLUMNS + SETTING_VALUE] = fix_int(i);
    }
}

static int test_many_rows_at_once(suite_run *r)
{
    static char keys[MANY_ROWS][8];
    static acrm_cell cells[MANY_ROWS * SETTING_COLUMNS];
    fix_rows rows;

    if (!r->ops.insert_many) /* it is optional */
        return 0;
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    many_rows(keys, cells, -1);
    EXPECT_OK(r, r->ops.insert_many(r->conn, &fix_setting, cells, MANY_ROWS, err));
    EXPECT_OK(r, r->ops.insert_many(r->conn, &fix_setting, cells, 0, err));
    EXPECT_OK(r, suite_find(r, &fix_setting, SETTING_KEY, fix_text("k000"), &rows, err));
    EXPECT_ROWS(r, "k000,0;", rows);
    EXPECT_OK(r, suite_find(r, &fix_setting, SETTING_KEY, fix_text("k063"), &rows, err));
    EXPECT_ROWS(r, "k063,63;", rows);
    EXPECT_OK(r, suite_find(r, &fix_setting, SETTING_KEY, fix_text("k199"), &rows, err));
    EXPECT_ROWS(r, "k199,199;", rows);
    r->ops.rollback(r->conn);
    for (int twice = 1; twice < MANY_ROWS; twice += 66) { /* in a batch, and behind the last one */
        EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
        many_rows(keys, cells, twice);
        EXPECT_STATUS(r, ACRM_E_CONFLICT,
                      r->ops.insert_many(r->conn, &fix_setting, cells, MANY_ROWS, err));
        r->ops.rollback(r->conn);
    }
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_find(r, &fix_setting, SETTING_KEY, fix_text("k000"), &rows, err));
    EXPECT_ROWS(r, "", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_update_and_remove(suite_run *r)
{
    static const uint32_t columns[] = { CUSTOMER_SCORE, CUSTOMER_NAME };
    const acrm_cell cells[] = { fix_real(9), fix_text("reza") };
    int32_t changed = -1;
    acrm_cell key = fix_id(1);
    acrm_cell other = fix_id(5);
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, columns, cells, 2, "ali", "reza",
                               &changed, err));
    EXPECT(r, changed == 1);
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, key, &rows, err));
    EXPECT_ROWS(r, "#1,reza,0912,9,-,-,-;", rows);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &other, columns, cells, 2, NULL, NULL,
                               &changed, err));
    EXPECT(r, changed == 0);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &other, NULL, &changed, err));
    EXPECT(r, changed == 0);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "reza", &changed, err));
    EXPECT(r, changed == 1);
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, key, &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_rollback_undoes_everything(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.set_schema_version(r->conn, 9, err));
    r->ops.rollback(r->conn);
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, NULL, &rows, err));
    EXPECT_ROWS(r, "", rows);
    int64_t version = -1;
    EXPECT_OK(r, r->ops.schema_version(r->conn, &version, err));
    EXPECT(r, version == 0);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_savepoints_nest(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "a", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, suite_put_dealer(r, 2, "b", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, suite_put_dealer(r, 3, "c", err));
    EXPECT_OK(r, r->ops.rollback_to(r->conn, err));
    EXPECT_OK(r, suite_put_dealer(r, 4, "d", err));
    EXPECT_OK(r, r->ops.savepoint(r->conn, err));
    EXPECT_OK(r, suite_put_dealer(r, 5, "e", err));
    EXPECT_OK(r, r->ops.release(r->conn, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;#2;#4;#5;", rows);
    EXPECT_OK(r, r->ops.rollback_to(r->conn, err));
    EXPECT_OK(r, suite_put_dealer(r, 6, "f", err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;#6;", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_unique_among_the_living(suite_run *r)
{
    static const uint32_t deleted[] = { CUSTOMER_DELETED };
    acrm_error *taken = NULL;
    int32_t changed = 0;
    acrm_cell key = fix_id(1);
    acrm_cell at = fix_int(1);

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", "0912", fix_null(), fix_null(), err));
    int32_t st = suite_put_customer(r, 2, "reza", "0912", fix_null(), fix_null(), &taken);
    int named = st == ACRM_E_CONFLICT && strcmp(acrm_error_field(taken), "phone") == 0
                && strcmp(acrm_error_reason(taken), "duplicate") == 0
                && !strstr(acrm_error_message(taken), "0912");
    acrm_error_free(taken);
    EXPECT(r, named);
    EXPECT_OK(r, suite_put_customer(r, 3, "no phone", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_put_customer(r, 4, "none either", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, deleted, &at, 1, NULL, NULL, &changed,
                               err));
    EXPECT_OK(r, suite_put_customer(r, 2, "reza", "0912", fix_null(), fix_null(), err));
    at = fix_null();
    EXPECT_STATUS(r, ACRM_E_CONFLICT, r->ops.update(r->conn, &fix_customer, &key, deleted, &at, 1,
                                                    NULL, NULL, &changed, err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_references_are_checked_at_commit(suite_run *r)
{
    fix_rows rows;
    int32_t changed = 0;
    acrm_cell key = fix_id(1);

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_vehicle(r, 10, 1, "x3", 0, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_vehicle(r, 11, 2, "x5", 0, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_vehicle, NULL, &rows, err));
    EXPECT_ROWS(r, "#10;", rows);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "ali", &changed, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_bad_cells_are_refused(suite_run *r)
{
    static const uint32_t name[] = { CUSTOMER_NAME };
    acrm_cell null = fix_null();
    acrm_cell number = fix_int(3);
    acrm_cell key = fix_id(1);
    int32_t changed = 0;
    acrm_cell cells[CUSTOMER_COLUMNS] = { fix_id(9), fix_null() };

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali", NULL, fix_null(), fix_null(), err));
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

static int test_search_follows_the_rows(suite_run *r)
{
    static const uint32_t name[] = { CUSTOMER_NAME };
    acrm_cell words = fix_text("kar ali");
    const acrm_filter_node search = { .op = ACRM_FILTER_SEARCH, .values = &words, .n_values = 1 };
    acrm_cell key = fix_id(2);
    acrm_cell renamed = fix_text("reza");
    int32_t changed = 0;
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "ali karimi", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_put_customer(r, 2, "karim alizade", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_put_customer(r, 3, "akarim ali", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;#2;", rows);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, name, &renamed, 1, "karim alizade",
                               "reza", &changed, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;", rows);
    words = fix_text("rez");
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#2;", rows);
    EXPECT_OK(r, r->ops.remove(r->conn, &fix_customer, &key, "reza", &changed, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "", rows);
    words = fix_text(" ");
    EXPECT_OK(r, suite_select_ids(r, &fix_customer, &search, &rows, err));
    EXPECT_ROWS(r, "#1;#3;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

const suite_test storage_row_tests[] = {
    { "rows come back as they went in", test_rows_come_back },
    { "a key may be an id, a number or a text", test_keys_of_each_type },
    { "many rows go in at once, or none", test_many_rows_at_once },
    { "update and remove change one row by its key", test_update_and_remove },
    { "a rollback undoes everything", test_rollback_undoes_everything },
    { "savepoints nest", test_savepoints_nest },
    { "a unique index of the living leaves out the deleted", test_unique_among_the_living },
    { "references are checked at commit", test_references_are_checked_at_commit },
    { "cells that do not fit are refused", test_bad_cells_are_refused },
    { "search follows the rows", test_search_follows_the_rows },
    { NULL, NULL },
};
