/* SPDX-License-Identifier: MIT */
/* How languages write numbers, amounts and dates: one row each (Unicode CLDR's usual forms). */
#ifndef ENGINES_TEMPLATE_LOCALE_H
#define ENGINES_TEMPLATE_LOCALE_H

#include <stdbool.h>
#include <stddef.h>

/* Patterns of dates: d day, D two digits, M two digits of the month, N its name, Y year; all else
 * stands for itself. Of amounts: 1 the number, C the code. */
typedef struct acrm__locale {
    const char *language;
    const char *group, *point; /* thousands, decimals */
    const char *zero;          /* digit 0 of the script */
    const char *amount;
    const char *date, *date_long;
    bool jalali;
    const char *const *months, *const *jalali_months;
} acrm__locale;

/* By the first part of a BCP 47 tag; English for NULL and for languages without a row. */
const acrm__locale *acrm__locale_of(const char *language);

#endif
