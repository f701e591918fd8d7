/* SPDX-License-Identifier: MIT */
/* Every role against every operation, from the registry alone. */
#ifndef TESTS_SCENARIO_ACCESS_MATRIX_H
#define TESTS_SCENARIO_ACCESS_MATRIX_H

#include "life.h"

/* In a database full of others' records: what a role does not permit is denied, and whoever works
 * elsewhere, or is another customer, reaches none of the records. Fails the test otherwise. */
void access_matrix(host *h);

#endif
