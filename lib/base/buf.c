/* SPDX-License-Identifier: MIT */
/* A growing byte string, which turns into a public buffer without a further allocation. */
#include "base/buf.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { STR_CAP_MIN = 256 };

/* In front of the bytes in the same allocation, filled in when the string becomes a buffer. */
struct acrm_buf {
    acrm_allocator allocator;
    size_t len;
    size_t cap;
};

static const char str_empty[1] = "";

static char *str_nothing(void)
{
    return (char *)(uintptr_t)str_empty; /* never written to: cap is 0 */
}

static acrm_buf *str_block(const acrm__str *s)
{
    return (acrm_buf *)(void *)s->data - 1;
}

void acrm__str_init(acrm__str *s, const acrm_allocator *allocator)
{
    *s = (acrm__str){ .allocator = acrm__allocator(allocator), .data = str_nothing() };
}

void acrm__str_free(acrm__str *s)
{
    if (s->cap)
        acrm__free(&s->allocator, str_block(s), sizeof(acrm_buf) + s->cap);
    s->data = str_nothing();
    s->len = 0;
    s->cap = 0;
    s->failed = false;
}

void acrm__str_clear(acrm__str *s)
{
    s->len = 0;
    s->failed = false;
    if (s->cap)
        s->data[0] = '\0';
}

void acrm__str_cut(acrm__str *s, size_t len)
{
    if (len < s->len) {
        s->len = len;
        s->data[len] = '\0';
    }
}

/* Grow to hold `need` bytes with the NUL. */
static bool str_grow(acrm__str *s, size_t need)
{
    size_t cap = s->cap ? s->cap : need > STR_CAP_MIN ? need : STR_CAP_MIN;
    acrm_buf *block = NULL;

    while (cap < need)
        cap *= 2; /* need is at most SIZE_MAX / 4 */
    block = acrm__resize(&s->allocator, s->cap ? str_block(s) : NULL,
                         s->cap ? sizeof *block + s->cap : 0, sizeof *block + cap);
    if (!block)
        return false;
    s->data = (char *)(block + 1);
    s->cap = cap;
    s->data[s->len] = '\0';
    return true;
}

char *acrm__str_room(acrm__str *s, size_t more)
{
    if (s->failed)
        return NULL;
    if (more >= s->cap - s->len
        && (more > SIZE_MAX / 8 || s->len > SIZE_MAX / 8 || !str_grow(s, s->len + more + 1))) {
        s->failed = true;
        return NULL;
    }
    return s->data + s->len;
}

void acrm__str_add(acrm__str *s, const char *bytes, size_t len)
{
    char *to = acrm__str_room(s, len);

    if (!to)
        return;
    if (len)
        memcpy(to, bytes, len);
    to[len] = '\0';
    s->len += len;
}

void acrm__str_puts(acrm__str *s, const char *text)
{
    acrm__str_add(s, text, strlen(text));
}

void acrm__str_putc(acrm__str *s, char c)
{
    acrm__str_add(s, &c, 1);
}

void acrm__str_int(acrm__str *s, int64_t n)
{
    char text[32];

    acrm__str_add(s, text, acrm__print_decimal(n, 0, text));
}

void acrm__str_format(acrm__str *s, const char *format, ...)
{
    va_list args;
    int len = 0;
    char *to = acrm__str_room(s, 64);
    size_t room = to ? s->cap - s->len : 0;

    if (!to)
        return;
    va_start(args, format);
    len = vsnprintf(to, room, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len >= room) {
        to[0] = '\0';
        to = acrm__str_room(s, (size_t)len);
        if (!to)
            return;
        va_start(args, format);
        len = vsnprintf(to, (size_t)len + 1, format, args);
        va_end(args);
    }
    if (len < 0)
        s->failed = true; /* longer than an int can tell */
    else
        s->len += (size_t)len;
    s->data[s->len] = '\0';
}

int32_t acrm__str_to_buf(acrm__str *s, acrm_buf **out)
{
    acrm_buf *block = NULL;

    if (!acrm__str_room(s, 0))
        return ACRM_E_NOMEM;
    block = str_block(s);
    *block = (acrm_buf){ .allocator = s->allocator, .len = s->len, .cap = s->cap };
    s->data = str_nothing();
    s->len = 0;
    s->cap = 0;
    *out = block;
    return ACRM_OK;
}

const char *acrm_buf_data(const acrm_buf *buf)
{
    return buf ? (const char *)(buf + 1) : "";
}

size_t acrm_buf_len(const acrm_buf *buf)
{
    return buf ? buf->len : 0;
}

void acrm_buf_free(acrm_buf *buf)
{
    if (buf) {
        acrm_allocator allocator = buf->allocator;

        acrm__free(&allocator, buf, sizeof *buf + buf->cap);
    }
}
