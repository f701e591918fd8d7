/* SPDX-License-Identifier: MIT */
/* Storage suite: transactions of one and of two connections, interruption. */
#include "conformance/storage_run.h"

static int test_misuse_is_refused(suite_run *r)
{
    fix_rows rows;

    EXPECT_STATUS(r, ACRM_E_MISUSE, suite_put_dealer(r, 1, "a", err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, r->ops.savepoint(r->conn, err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, r->ops.begin(r->conn, 0, err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, suite_put_dealer(r, 1, "a", err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, r->ops.release(r->conn, err));
    EXPECT_STATUS(r, ACRM_E_MISUSE, r->ops.rollback_to(r->conn, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    r->ops.rollback(r->conn);
    r->ops.rollback(r->conn); /* none open: nothing happens */
    return 0;
}

static int test_reads_may_stand_alone(suite_run *r)
{
    static const acrm_order order[] = { { CUSTOMER_SEEN, 1 }, { CUSTOMER_ID, 0 } };
    acrm_cell after[] = { fix_int(9), fix_id(0) };
    acrm_query query = { .struct_size = sizeof query, .table = &fix_customer, .n_order = 2,
                         .order = order, .after = after };
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "a", NULL, fix_null(), fix_int(9), err));
    EXPECT_OK(r, suite_put_customer(r, 2, "b", NULL, fix_null(), fix_null(), err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, suite_find(r, &fix_customer, CUSTOMER_ID, fix_id(2), &rows, err));
    EXPECT_ROWS(r, "#2,b,-,-,-,-,-;", rows);
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "#1,a,-,-,9,-,-;#2,b,-,-,-,-,-;", rows);
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err)); /* nothing was left open */
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_failed_commit_is_rolled_back(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_vehicle(r, 1, 99, "x", 0, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.commit(r->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err)); /* a new one may start at once */
    EXPECT_OK(r, suite_select_ids(r, &fix_vehicle, NULL, &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int with_other(suite_run *r, int (*test)(suite_run *r, suite_run *other))
{
    suite_run other = *r;

    other.conn = NULL;
    EXPECT_OK(r, r->ops.connect(r->self, &other.conn, err));
    int bad = test(r, &other);
    r->ops.rollback(r->conn);
    other.ops.disconnect(other.conn);
    return bad;
}

static int two_writers(suite_run *r, suite_run *other)
{
    acrm_error *busy = NULL;
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "a", err));
    int32_t st = other->ops.begin(other->conn, 1, &busy);
    int32_t retriable = acrm_error_retriable(busy);
    acrm_error_free(busy);
    EXPECT(r, st == ACRM_E_BUSY && retriable == 1);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    EXPECT_OK(r, other->ops.begin(other->conn, 1, err));
    EXPECT_OK(r, suite_select_ids(other, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "#1;", rows);
    EXPECT_OK(r, other->ops.commit(other->conn, err));
    return 0;
}

static int test_two_writers(suite_run *r)
{
    return with_other(r, two_writers);
}

/* A reader either waits for the writer or does not see what is not committed. */
static int unfinished_work(suite_run *r, suite_run *other)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "a", err));
    int32_t st = other->ops.begin(other->conn, 0, NULL);
    if (st == ACRM_OK)
        st = suite_select_ids(other, &fix_dealer, NULL, &rows, NULL);
    other->ops.rollback(other->conn);
    EXPECT(r, st == ACRM_E_BUSY || (st == ACRM_OK && rows.count == 0));
    r->ops.rollback(r->conn);
    return 0;
}

static int test_unfinished_work_is_not_seen(suite_run *r)
{
    return with_other(r, unfinished_work);
}

/* A reader sees one state throughout, whatever is committed meanwhile. */
static int steady_reader(suite_run *r, suite_run *other)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    int32_t st = other->ops.begin(other->conn, 1, NULL);
    if (st == ACRM_OK) {
        st = suite_put_dealer(other, 1, "a", NULL);
        if (st == ACRM_OK)
            st = other->ops.commit(other->conn, NULL);
    }
    other->ops.rollback(other->conn);
    EXPECT(r, st == ACRM_OK || st == ACRM_E_BUSY);
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "", rows);
    r->ops.rollback(r->conn);
    return 0;
}

static int test_a_reader_sees_one_state(suite_run *r)
{
    return with_other(r, steady_reader);
}

static int change_marks(suite_run *r, suite_run *other)
{
    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    int64_t before = r->ops.change_mark(r->conn);
    r->ops.rollback(r->conn);
    EXPECT_OK(r, other->ops.begin(other->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(other, 1, "a", err));
    EXPECT_OK(r, other->ops.commit(other->conn, err));
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    int64_t after = r->ops.change_mark(r->conn);
    r->ops.rollback(r->conn);
    EXPECT(r, before != after);
    return 0;
}

static int test_change_mark(suite_run *r)
{
    return r->ops.change_mark ? with_other(r, change_marks) : 0;
}

static int test_interrupt(suite_run *r)
{
    fix_rows rows;

    if (!r->ops.interrupt)
        return 0;
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_dealer(r, 1, "a", err));
    r->ops.interrupt(r->conn, 1);
    EXPECT_STATUS(r, ACRM_E_INTERRUPTED, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_STATUS(r, ACRM_E_INTERRUPTED, suite_put_dealer(r, 2, "b", err));
    EXPECT_STATUS(r, ACRM_E_INTERRUPTED, r->ops.commit(r->conn, err));
    EXPECT_STATUS(r, ACRM_E_INTERRUPTED, r->ops.begin(r->conn, 0, err));
    r->ops.interrupt(r->conn, 0);
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_select_ids(r, &fix_dealer, NULL, &rows, err));
    EXPECT_ROWS(r, "", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int32_t interrupt_from_row(void *user, const acrm_cell *cells, uint32_t n)
{
    suite_run *r = user;

    (void)cells;
    (void)n;
    r->ops.interrupt(r->conn, 1);
    return 0;
}

/* As from another thread while a query runs. */
static int test_interrupt_while_reading(suite_run *r)
{
    const acrm_query query = { .struct_size = sizeof query, .table = &fix_dealer };

    if (!r->ops.interrupt)
        return 0;
    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    for (unsigned i = 0; i < 200; i++)
        EXPECT_OK(r, suite_put_dealer(r, i, "a", err));
    EXPECT_STATUS(r, ACRM_E_INTERRUPTED, r->ops.query(r->conn, &query, interrupt_from_row, r,
                                                      err));
    r->ops.interrupt(r->conn, 0);
    r->ops.rollback(r->conn);
    return 0;
}

const suite_test storage_session_tests[] = {
    { "calls out of turn are refused", test_misuse_is_refused },
    { "look-ups and queries may stand alone", test_reads_may_stand_alone },
    { "a commit that fails has rolled back", test_failed_commit_is_rolled_back },
    { "of two writers one is told to wait", test_two_writers },
    { "unfinished work is not seen by others", test_unfinished_work_is_not_seen },
    { "a reader sees one state throughout", test_a_reader_sees_one_state },
    { "the change mark tells of other connections", test_change_mark },
    { "an interrupted connection refuses until told otherwise", test_interrupt },
    { "an interruption ends a running query", test_interrupt_while_reading },
    { NULL, NULL },
};
