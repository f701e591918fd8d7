/* SPDX-License-Identifier: MIT */
/* A text in memory as input that is pulled, in pieces of a chosen size, and that may fail. */
#ifndef TESTS_INTEGRATION_SOURCE_H
#define TESTS_INTEGRATION_SOURCE_H

#include "autocrm/status.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct source {
    const char *text;
    size_t len;
    size_t at;
    size_t piece;   /* bytes at once; 0: as many as are asked for */
    size_t fail_at; /* the read that would begin here or later fails; 0: none does */
} source;

static inline int64_t source_read(void *user, void *buf, size_t cap)
{
    source *s = user;
    size_t n = s->len - s->at;

    if (s->fail_at > 0 && s->at >= s->fail_at)
        return ACRM_E_STORE;
    n = n < cap ? n : cap;
    n = s->piece > 0 && n > s->piece ? s->piece : n;
    memcpy(buf, s->text + s->at, n);
    s->at += n;
    return (int64_t)n;
}

#endif
