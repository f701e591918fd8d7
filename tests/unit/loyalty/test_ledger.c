/* SPDX-License-Identifier: MIT */
/* The points ledger: what each operation does, and what it refuses. */
#include "loyalty_world.h"

static Suite *make_suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *t = tcase_create("ledger");

    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
