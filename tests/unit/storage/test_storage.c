/* SPDX-License-Identifier: MIT */
/* The shipped adapters keep the promises of the storage port. */
#include "conformance/storage_fixture.h"
#include "conformance/storage_suite.h"
#include "storage/storage.h"
#include "support/suite.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { STORAGE_BUSY_MS = 30 };

static char storage_path[64];

static int storage_open_file(void *user, acrm_storage_ops *ops, void **self)
{
    (void)user;
    snprintf(storage_path, sizeof storage_path, "/tmp/autocrm-storage-%ld.db", (long)getpid());
    int32_t st = acrm__sqlite_open(NULL, storage_path, 0, ops, self, NULL);

    if (st == ACRM_OK)
        acrm__sqlite_set_busy(*self, STORAGE_BUSY_MS);
    return st;
}

static void storage_clean_file(void *user)
{
    char name[80];

    (void)user;
    unlink(storage_path);
    snprintf(name, sizeof name, "%s-wal", storage_path);
    unlink(name);
    snprintf(name, sizeof name, "%s-shm", storage_path);
    unlink(name);
}

static int storage_open_memory_file(void *user, acrm_storage_ops *ops, void **self)
{
    (void)user;
    int32_t st = acrm__sqlite_open(NULL, ":memory:", 0, ops, self, NULL);

    if (st == ACRM_OK)
        acrm__sqlite_set_busy(*self, STORAGE_BUSY_MS);
    return st;
}

static int storage_open_memory(void *user, acrm_storage_ops *ops, void **self)
{
    (void)user;
    int32_t st = acrm__memory_open(NULL, ops, self, NULL);

    if (st == ACRM_OK)
        acrm__memory_set_busy(*self, STORAGE_BUSY_MS);
    return st;
}

static const struct {
    const char *name;
    storage_suite_target target;
    void (*set_busy)(void *self, int32_t milliseconds);
} storage_targets[] = {
    { "SQLite file", { .open = storage_open_file, .clean = storage_clean_file },
      acrm__sqlite_set_busy },
    { "SQLite in memory", { .open = storage_open_memory_file }, acrm__sqlite_set_busy },
    { "memory", { .open = storage_open_memory }, acrm__memory_set_busy },
};

enum { STORAGE_TARGETS = sizeof storage_targets / sizeof storage_targets[0] };

START_TEST(storage__adapters_keep_the_promises_of_the_port)
{
    int target = _i % STORAGE_TARGETS;
    int test = _i / STORAGE_TARGETS;
    char message[1024] = "";

    ck_assert_msg(storage_suite_run(test, &storage_targets[target].target, message,
                                    sizeof message) == 0,
                  "%s: %s: %s", storage_targets[target].name, storage_suite_name(test), message);
}
END_TEST

/* ---- connections of several threads ---- */

enum { STORAGE_THREADS = 4, STORAGE_TURNS = 25 };

typedef struct storage_worker {
    const acrm_storage_ops *ops;
    void *self;
    int32_t status;
} storage_worker;

static int32_t storage_take_number(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[SETTING_VALUE].integer;
    return 0;
}

/* Count one further, in a transaction of its own. */
static int32_t storage_count_on(const storage_worker *worker, void *conn)
{
    static const uint32_t column[] = { SETTING_VALUE };
    acrm_cell key = { .type = ACRM_CELL_TEXT, .size = 1, .data = "n" };
    int64_t number = 0;
    int32_t changed = 0;
    int32_t st = worker->ops->begin(conn, 1, NULL);

    if (st != ACRM_OK)
        return st;
    st = worker->ops->lookup(conn, &fix_setting, SETTING_KEY, &key, 1, storage_take_number, &number,
                             NULL);
    const acrm_cell next = { .type = ACRM_CELL_INT, .integer = number + 1 };
    if (st == ACRM_OK)
        st = worker->ops->update(conn, &fix_setting, &key, column, &next, 1, NULL, NULL, &changed,
                                 NULL);
    if (st == ACRM_OK)
        return worker->ops->commit(conn, NULL);
    worker->ops->rollback(conn);
    return st;
}

static void *storage_work(void *user)
{
    storage_worker *worker = user;
    void *conn = NULL;

    worker->status = worker->ops->connect(worker->self, &conn, NULL);
    for (int i = 0; i < STORAGE_TURNS && worker->status == ACRM_OK; i++)
        worker->status = storage_count_on(worker, conn);
    if (conn)
        worker->ops->disconnect(conn);
    return NULL;
}

START_TEST(storage__connections_work_in_parallel)
{
    const storage_suite_target *target = &storage_targets[_i].target;
    acrm_storage_ops ops;
    void *self = NULL;
    void *conn = NULL;
    pthread_t threads[STORAGE_THREADS];
    storage_worker workers[STORAGE_THREADS];
    acrm_cell cells[SETTING_COLUMNS] = { fix_text("n"), fix_int(0) };
    int64_t number = 0;

    ck_assert_int_eq(target->open(NULL, &ops, &self), ACRM_OK);
    storage_targets[_i].set_busy(self, 60000);
    ck_assert_int_eq(ops.connect(self, &conn, NULL), ACRM_OK);
    ck_assert_int_eq(ops.begin(conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(ops.ensure_table(conn, &fix_setting, NULL), ACRM_OK);
    ck_assert_int_eq(ops.insert(conn, &fix_setting, cells, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(ops.commit(conn, NULL), ACRM_OK);
    for (int i = 0; i < STORAGE_THREADS; i++) {
        workers[i] = (storage_worker){ .ops = &ops, .self = self };
        ck_assert_int_eq(pthread_create(&threads[i], NULL, storage_work, &workers[i]), 0);
    }
    for (int i = 0; i < STORAGE_THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(workers[i].status, ACRM_OK);
    }
    ck_assert_int_eq(ops.lookup(conn, &fix_setting, SETTING_KEY, &cells[0], 1, storage_take_number,
                                &number, NULL), ACRM_OK);
    ck_assert_int_eq(number, STORAGE_THREADS * STORAGE_TURNS);
    ops.disconnect(conn);
    ops.destroy(self);
    if (target->clean)
        target->clean(NULL);
}
END_TEST

static Suite *storage_suite(void)
{
    Suite *suite = suite_create("storage");
    TCase *tc = tcase_create("conformance");
    int n = 0;

    while (storage_suite_name(n))
        n++;
    tcase_add_loop_test(tc, storage__adapters_keep_the_promises_of_the_port, 0,
                        n * STORAGE_TARGETS);
    tcase_add_loop_test(tc, storage__connections_work_in_parallel, 0, STORAGE_TARGETS);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(storage_suite)
