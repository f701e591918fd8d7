/* SPDX-License-Identifier: MIT */
/* Insides of the phone engine: the numbering table and the scanner of typed text. */
#ifndef ACRM_ENGINES_PHONE_H
#define ACRM_ENGINES_PHONE_H

#include "autocrm/phone.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One country's numbering facts; phone_table.c explains the columns. */
typedef struct acrm__phone_country {
    const char *iso;
    uint16_t code;
    uint8_t min, max; /* digits of a national number */
    const char *trunk;
    const char *intl; /* comma-separated */
    const char *groups;
    const char *leading; /* NULL, or the leading digits that set it apart from its code's owner */
    const char *rules;
} acrm__phone_country;

/* What the numbering plan says about a national number. */
typedef struct acrm__phone_verdict {
    int32_t validity;
    int32_t kind;
    int area; /* digits of the area code, 0 if the plan has none or we do not know */
} acrm__phone_verdict;

/* The country of an ISO code in either case, or NULL. */
const acrm__phone_country *acrm__phone_by_iso(const char *iso);

/* Country number `n` in order of ISO codes, or NULL. */
const acrm__phone_country *acrm__phone_country_at(size_t n);

/*
 * Splits an international number: sets `*code_len` to the digits of its calling code and returns
 * the country, among those that share the code the one whose leading digits match. NULL when the
 * code is not assigned.
 */
const acrm__phone_country *acrm__phone_by_number(const char *digits, size_t n, size_t *code_len);

/* The country a national number of the plan of `home` belongs to: `home`, or one with its code. */
const acrm__phone_country *acrm__phone_owner(const acrm__phone_country *home, const char *national,
                                             size_t n);

acrm__phone_verdict acrm__phone_judge(const acrm__phone_country *country, const char *national,
                                      size_t n);

enum { ACRM__PHONE_DIGITS_MAX = 32, ACRM__PHONE_EXTENSION_MAX = 20 };

/* A typed text taken apart. */
typedef struct acrm__phone_scan {
    char digits[ACRM__PHONE_DIGITS_MAX + 1]; /* ASCII, NUL-terminated */
    size_t n;
    bool plus;         /* international */
    size_t paren_zero; /* digits before a "(0)", or SIZE_MAX */
    char extension[ACRM__PHONE_EXTENSION_MAX + 1];
    const char *reason; /* NULL if the text is one number */
    size_t reason_at;
} acrm__phone_scan;

void acrm__phone_scan_text(const char *text, size_t len, acrm__phone_scan *out);

#endif
