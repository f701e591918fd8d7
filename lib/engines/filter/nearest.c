/* SPDX-License-Identifier: MIT */
/* Which of the known names a mistyped one was probably meant to be. */
#include "engines/filter/nearest.h"

#include <stdint.h>
#include <string.h>

enum {
    NEAREST_NAME = 40 /* longer names get no suggestion */
};

static size_t nearest_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance in bytes, a swap of neighbours counting once; both shorter than NEAREST_NAME. */
static size_t nearest_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NEAREST_NAME + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *now = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = nearest_min(nearest_min(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = nearest_min(now[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b_len];
}

const char *acrm__nearest(const char *name, size_t len,
                          const char *(*at)(const void *user, size_t n), const void *user)
{
    size_t best = len <= 4 ? 2 : 3; /* nearer than this */
    const char *nearest = NULL;
    const char *other;

    if (len < 2 || len > NEAREST_NAME)
        return NULL;
    for (size_t n = 0; (other = at(user, n)) != NULL; n++) {
        size_t other_len = strlen(other);
        if (other_len > NEAREST_NAME)
            continue;
        size_t distance = nearest_distance(name, len, other, other_len);
        if (distance < best) {
            best = distance;
            nearest = other;
        }
    }
    return nearest;
}
