/* SPDX-License-Identifier: MIT */
/* The PostgreSQL adapter on a server of its own: the promises of the port. */
#include "conformance/storage_fixture.h"
#include "conformance/storage_suite.h"
#include "storage/storage.h"
#include "support/postgres.h"
#include "support/suite.h"

enum { POSTGRES_SHORT_MS = 30 };

static postgres_server server;
static char schema[16], url[256];

static int postgres_open_store(void *user, acrm_storage_ops *ops, void **self)
{
    (void)user;
    if (postgres_schema(&server, schema, sizeof schema, url, sizeof url) != 0)
        return -1;
    int32_t st = acrm__postgres_open(NULL, url, 0, ops, self, NULL);
    if (st == ACRM_OK)
        acrm__postgres_set_busy(*self, POSTGRES_SHORT_MS);
    return st;
}

static void postgres_clean_store(void *user)
{
    (void)user;
    postgres_drop(&server, schema);
}

static const storage_suite_target target = { .open = postgres_open_store,
                                             .clean = postgres_clean_store };

START_TEST(postgres__keeps_the_promises_of_the_port)
{
    char message[1024] = "";

    ck_assert_msg(storage_suite_run(_i, &target, message, sizeof message) == 0, "%s: %s",
                  storage_suite_name(_i), message);
}
END_TEST

static Suite *postgres_suite(void)
{
    Suite *suite = suite_create("postgres");
    TCase *tc = tcase_create("conformance");
    int n = 0;

    while (storage_suite_name(n))
        n++;
    tcase_add_loop_test(tc, postgres__keeps_the_promises_of_the_port, 0, n);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(postgres_suite());
    int failed = 1;

    if (postgres_open(&server) == 0) {
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
    } else {
        fprintf(stderr, "no PostgreSQL server could be started\n");
    }
    srunner_free(runner);
    postgres_close(&server);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
