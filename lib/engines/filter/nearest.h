/* SPDX-License-Identifier: MIT */
/* Which of the known names a mistyped one was probably meant to be. */
#ifndef ACRM_ENGINES_FILTER_NEAREST_H
#define ACRM_ENGINES_FILTER_NEAREST_H

#include <stddef.h>

/*
 * The name most like `name` among those that `at` gives (NULL past the end): at most two edits
 * away, one for names of two to four bytes; the first of equals. NULL when none is that near.
 * An edit adds, drops or changes a byte or swaps two neighbours.
 */
const char *acrm__nearest(const char *name, size_t len,
                          const char *(*at)(const void *user, size_t n), const void *user);

#endif
