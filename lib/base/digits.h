/* SPDX-License-Identifier: MIT */
/* One UTF-8 code point at a time, and the decimal digits of every script. */
#ifndef ACRM_BASE_DIGITS_H
#define ACRM_BASE_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a malformed sequence decodes to: no code point has this value. */
#define ACRM__UTF8_BAD UINT32_MAX

/*
 * Decodes the code point at the start of `len` bytes. Returns the bytes it takes: 1 to 4, or 0
 * when `len` is 0 (then `*cp` is untouched). Overlong forms, surrogates, values above U+10FFFF,
 * stray and missing continuation bytes give ACRM__UTF8_BAD and 1, so that a caller who goes on
 * loses one byte at a time and never runs past the end. NUL is a code point like any other.
 */
size_t acrm__utf8_next(const char *text, size_t len, uint32_t *cp);

/* The value 0 to 9 of a decimal digit of any script (General_Category Nd of Unicode 15), or -1. */
int acrm__digit_value(uint32_t cp);

/*
 * The ASCII digit or capital letter that a code point stands for in an identifier: a digit of any
 * script, a Latin letter of either case, full width too. 0 if it stands for none.
 */
char acrm__plain_character(uint32_t cp);

/*
 * True for code points beyond ASCII that people put between the digits of one number: spaces,
 * dashes, dots, brackets in their Unicode and full-width forms, zero-width and bidirectional marks.
 */
bool acrm__digit_separator(uint32_t cp);

#endif
