/* SPDX-License-Identifier: MIT */
/* Folds text for matching. */
#include "base/digits.h"
#include "base/text.h"

void acrm__digits_ascii(const char *text, size_t len, acrm__str *out)
{
    size_t plain = 0; /* where what is not yet copied begins */

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        size_t taken = acrm__utf8_next(text + at, len - at, &cp);
        int digit = cp >= 0x80 ? acrm__digit_value(cp) : -1;

        if (digit >= 0) {
            acrm__str_add(out, text + plain, at - plain);
            acrm__str_putc(out, (char)('0' + digit));
            plain = at + taken;
        }
        at += taken;
    }
    acrm__str_add(out, text + plain, len - plain);
}

void acrm__fold(const char *text, size_t len, acrm__str *out)
{
    size_t begin = out->len;
    bool space = false;

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        size_t taken = acrm__utf8_next(text + at, len - at, &cp);
        int digit = acrm__digit_value(cp);
        char c = (char)(cp < 0x80 ? cp : 0);

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (digit >= 0)
            c = (char)('0' + digit);
        if (cp == ACRM__UTF8_BAD || (cp < 0x80 && digit < 0 && (c < 'a' || c > 'z'))) {
            space = out->len > begin;
        } else {
            if (space)
                acrm__str_putc(out, ' ');
            space = false;
            if (c)
                acrm__str_putc(out, c);
            else
                acrm__str_add(out, text + at, taken);
        }
        at += taken;
    }
}

size_t acrm__utf8_width(const char *text, size_t len)
{
    return acrm__utf8_count(text, len);
}
