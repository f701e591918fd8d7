/* SPDX-License-Identifier: MIT */
/* A text that grows, for what the transports write. */
#ifndef AUTOCRM_EXAMPLES_TRANSPORTS_TEXT_H
#define AUTOCRM_EXAMPLES_TRANSPORTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The letters and digits of ASCII, for strspn(). */
#define EXAMPLE_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* Begins as zero. When memory ends, `failed` is set and the rest is dropped. */
typedef struct example_text {
    char *data; /* ends in a NUL; NULL while nothing was written */
    size_t len, cap;
    bool failed;
} example_text;

void example_add(example_text *text, const char *bytes, size_t len);
void example_put(example_text *text, const char *words);
__attribute__((format(printf, 2, 3))) void example_putf(example_text *text, const char *format,
                                                        ...);
/* With & < > " as entities. */
void example_put_html(example_text *text, const char *words);
/* Bytes that are not unreserved in a URL as %XX. */
void example_put_percent(example_text *text, const char *words);
/* Room for `len` more bytes: writing them and adding to len is up to the caller. NULL: failed. */
char *example_room(example_text *text, size_t len);
/* Keep the memory for the next text. */
void example_clear(example_text *text);
void example_text_free(example_text *text);
/* A whole file of at most `max` bytes; false: it cannot be read or is longer. */
bool example_read_file(const char *path, size_t max, example_text *out);

#endif
