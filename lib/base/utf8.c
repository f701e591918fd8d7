/* SPDX-License-Identifier: MIT */
/* Checking and measuring UTF-8. */
#include "base/digits.h"
#include "base/text.h"
#include "base/width_table.h"

#include <string.h>

size_t acrm__utf8_fault(const char *text, size_t len)
{
    static const uint64_t utf8_high = 0x8080808080808080;
    static const uint64_t utf8_ones = 0x0101010101010101;
    size_t at = 0;

    while (at < len) {
        uint32_t cp = 0;
        uint64_t word = 0;
        size_t taken = 0;

        /* Eight bytes at once while all are ASCII and none is NUL. */
        while (len - at >= sizeof word) {
            memcpy(&word, text + at, sizeof word);
            if (((word | (word - utf8_ones)) & utf8_high) != 0)
                break;
            at += sizeof word;
        }
        while (at < len && (unsigned char)(text[at] - 1) < 0x7F)
            at++;
        taken = acrm__utf8_next(text + at, len - at, &cp);
        if (taken == 0)
            break;
        if (cp == ACRM__UTF8_BAD || cp == 0)
            return at;
        at += taken;
    }
    return len;
}

bool acrm__utf8_valid(const char *text, size_t len)
{
    return acrm__utf8_fault(text, len) == len;
}

size_t acrm__utf8_count(const char *text, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static bool utf8_in(const acrm__width_range *ranges, size_t count, uint32_t cp)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (cp > ranges[middle].last)
            low = middle + 1;
        else if (cp < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

size_t acrm__utf8_width(const char *text, size_t len)
{
    size_t width = 0;

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;

        at += acrm__utf8_next(text + at, len - at, &cp);
        if (cp >= ' ' && cp < 0x7F)
            width++;
        else if (utf8_in(acrm__width_wide, acrm__width_wide_count, cp))
            width += 2;
        else if (!utf8_in(acrm__width_zero, acrm__width_zero_count, cp))
            width++;
    }
    return width;
}
