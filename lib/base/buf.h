/* SPDX-License-Identifier: MIT */
/* A growing byte string, always NUL-terminated; also the public acrm_buf. */
#ifndef ACRM_BASE_BUF_H
#define ACRM_BASE_BUF_H

#include "autocrm/value.h"
#include "base/alloc.h"

/* After a failed allocation `failed` stays set and further appends do nothing, so that writers
 * check once at the end. */
typedef struct acrm__str {
    acrm_allocator allocator;
    char *data;
    size_t len;
    size_t cap;
    bool failed;
} acrm__str;

void acrm__str_init(acrm__str *s, const acrm_allocator *allocator);
void acrm__str_free(acrm__str *s);
void acrm__str_clear(acrm__str *s); /* keeps the memory */
void acrm__str_add(acrm__str *s, const char *bytes, size_t len);
void acrm__str_puts(acrm__str *s, const char *text);
void acrm__str_putc(acrm__str *s, char c);
void acrm__str_int(acrm__str *s, int64_t n);
void acrm__str_format(acrm__str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Turn the string into a public buffer (transfer full); the string is empty afterwards. */
int32_t acrm__str_to_buf(acrm__str *s, acrm_buf **out);

#endif
