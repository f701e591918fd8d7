/* SPDX-License-Identifier: MIT */
/* A growing byte string, always NUL-terminated; also the public acrm_buf. */
#ifndef ACRM_BASE_BUF_H
#define ACRM_BASE_BUF_H

#include "autocrm/value.h"
#include "base/alloc.h"

/* After a failed allocation `failed` stays set and further appends do nothing, so that writers
 * check once at the end. `data` is never NULL, and always has a NUL at data[len]. */
typedef struct acrm__str {
    acrm_allocator allocator;
    char *data;
    size_t len;
    size_t cap; /* 0: nothing is allocated yet and data is a constant "" */
    bool failed;
} acrm__str;

void acrm__str_init(acrm__str *s, const acrm_allocator *allocator);
void acrm__str_free(acrm__str *s);
void acrm__str_clear(acrm__str *s); /* keeps the memory */
void acrm__str_cut(acrm__str *s, size_t len); /* drop what lies behind the first len bytes */
/* Room for `more` bytes and a NUL at the end of data, for writers who then add to len themselves
 * and put the NUL; NULL (and failed) when memory is short. */
char *acrm__str_room(acrm__str *s, size_t more);
void acrm__str_add(acrm__str *s, const char *bytes, size_t len);
void acrm__str_puts(acrm__str *s, const char *text);
void acrm__str_putc(acrm__str *s, char c);
void acrm__str_int(acrm__str *s, int64_t n);
/* printf rules; floating point would follow the host's locale: use acrm__print_real(). */
void acrm__str_format(acrm__str *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Turn the string into a public buffer (transfer full); the string is empty afterwards. Allocates
 * nothing unless the string never held a byte. ACRM_E_NOMEM when it failed, now or before. */
int32_t acrm__str_to_buf(acrm__str *s, acrm_buf **out);

#endif
