/* SPDX-License-Identifier: MIT */
/* Input that is pulled piece by piece, and a window on it that grows with what is being read. */
#ifndef ACRM_MODULES_INTEGRATION_INPUT_H
#define ACRM_MODULES_INTEGRATION_INPUT_H

#include "base/alloc.h"

/* Puts up to cap bytes into buf: how many, 0 at the end of the input, or a negative status. */
typedef int64_t (*acrm__read_fn)(void *user, void *buf, size_t cap);

/* data[start..end) is read and not yet used up. */
typedef struct acrm__input {
    acrm_allocator allocator;
    acrm__read_fn read;
    void *user;
    char *data;
    size_t start;
    size_t end;
    size_t cap;
    uint64_t offset; /* of data[start] in the input */
    bool ended;
} acrm__input;

void acrm__input_init(acrm__input *in, const acrm_allocator *allocator, acrm__read_fn read,
                      void *user);
void acrm__input_free(acrm__input *in);
/* Read some more behind end, if there is any; positions relative to start stay. The window grows
 * when it is full. ACRM_OK, ACRM_E_NOMEM or what read() returned. */
int32_t acrm__input_more(acrm__input *in);
void acrm__input_skip(acrm__input *in, size_t n); /* use up n bytes of the window */
/* The most bytes, up to max, that do not cut a character of UTF-8. */
size_t acrm__input_cut(const char *text, size_t len, size_t max);

#endif
