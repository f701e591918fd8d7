/* SPDX-License-Identifier: MIT */
/* The shipped adapters keep the promises of the storage port. */
#include "conformance/storage_suite.h"
#include "storage/storage.h"
#include "support/suite.h"

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
} storage_targets[] = {
    { "SQLite file", { .open = storage_open_file, .clean = storage_clean_file } },
    { "SQLite in memory", { .open = storage_open_memory_file } },
    { "memory", { .open = storage_open_memory } },
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

static Suite *storage_suite(void)
{
    Suite *suite = suite_create("storage");
    TCase *tc = tcase_create("conformance");
    int n = 0;

    while (storage_suite_name(n))
        n++;
    tcase_add_loop_test(tc, storage__adapters_keep_the_promises_of_the_port, 0,
                        n * STORAGE_TARGETS);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(storage_suite)
