/* SPDX-License-Identifier: MIT */
/* UTF-8 text: checking, decimal digits of all scripts, folding for matching, and exact numbers. */
#ifndef ACRM_BASE_TEXT_H
#define ACRM_BASE_TEXT_H

#include "base/buf.h"

/* True for well-formed UTF-8 (no overlong forms, no surrogates, up to U+10FFFF) without U+0000. */
bool acrm__utf8_valid(const char *text, size_t len);
/* Offset of the first byte that breaks the above, or len. */
size_t acrm__utf8_fault(const char *text, size_t len);
/* Number of code points of valid UTF-8. */
size_t acrm__utf8_count(const char *text, size_t len);
/* Columns that valid UTF-8 takes on a terminal: 0 for combining marks and formatting characters,
 * 2 for East Asian wide and emoji, else 1. */
size_t acrm__utf8_width(const char *text, size_t len);

/*
 * Fold for matching and searching, by the rules of tools/unicode_tables.py: compatibility
 * decomposition and case folding of Unicode; no diacritics (a-umlaut is a, sharp s is ss, o-slash
 * is o, Cyrillic io is ie while short i stays a letter of its own); Arabic and Persian letter
 * variants unified (yeh, kaf, heh, alef, waw; harakat, tatweel, ZWNJ and all other invisible
 * characters dropped); Hebrew points dropped; every decimal digit as ASCII; full-width and
 * half-width forms unified; Hangul taken apart into its letters; everything but letters and digits
 * turned into a single space, no space at either end, broken bytes too. Indic, Thai and Japanese
 * marks are spelling and stay. Appends to `out`. Folding twice changes nothing.
 */
void acrm__fold(const char *text, size_t len, acrm__str *out);

/* Fold an e-mail address: trimmed, lower case, digits as ASCII. False if it is not of the shape
 * local@domain (RFC 5321 lengths, one @ outside quotes, a domain of at least one label). */
bool acrm__email_normalise(const char *text, size_t len, acrm__str *out);

/* Decimal digits of any script to ASCII; all else as it is. */
void acrm__digits_ascii(const char *text, size_t len, acrm__str *out);

/* Exact numbers from text (sign, digits); false when the text is anything but one such number or
 * overflows. */
bool acrm__parse_int(const char *text, size_t len, int64_t *out);
/* A plain decimal (sign, digits, optional fraction) scaled by 10^digits; false when it has more
 * fraction digits than that (trailing zeros aside) or overflows: nothing is rounded. */
bool acrm__parse_decimal(const char *text, size_t len, int32_t digits, int64_t *out);
/* The reverse: exactly `digits` fraction digits (at most 18). Returns the length. */
size_t acrm__print_decimal(int64_t scaled, int32_t digits, char dst[32]);
/* A finite double by the shortest text that reads back the same, as JSON wants it ("1.5", "1e21";
 * integers beyond 2^53 with an exponent, zero of either sign as "0"). The reader takes the grammar
 * of JSON, rounds to nearest and refuses what is beyond the range of a double. Locale-independent
 * both ways. */
bool acrm__parse_real(const char *text, size_t len, double *out);
size_t acrm__print_real(double real, char dst[32]);

/* Base64 (RFC 4648, padded). The decoder refuses any other text; dst may be the size of
 * (len / 4) * 3. */
void acrm__base64_print(const void *bytes, size_t len, acrm__str *out);
bool acrm__base64_parse(const char *text, size_t len, unsigned char *dst, size_t *dst_len);

/* Hash of a short key for tables (FNV-1a style, not for hostile input of unbounded size). */
uint64_t acrm__hash(const void *bytes, size_t len);

#endif
