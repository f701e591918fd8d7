/* SPDX-License-Identifier: MIT */
/* The main function of a test program: runs one suite and exits non-zero on any failure. */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include <check.h>
#include <stdlib.h>

#define ACRM_TEST_MAIN(make_suite)                                                                \
    int main(void)                                                                                \
    {                                                                                             \
        SRunner *runner = srunner_create(make_suite());                                           \
        srunner_run_all(runner, CK_NORMAL);                                                       \
        int failed = srunner_ntests_failed(runner);                                               \
        srunner_free(runner);                                                                     \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                         \
    }

#endif
