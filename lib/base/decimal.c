/* SPDX-License-Identifier: MIT */
/* Exact integers and decimals to and from text. */
#include "base/text.h"

#include <string.h>

static size_t decimal_digits(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* Take one more digit: value * 10 - digit, kept negative as that range reaches further. */
static bool decimal_push(int64_t *value, int digit)
{
    return !__builtin_mul_overflow(*value, 10, value)
           && !__builtin_sub_overflow(*value, digit, value);
}

/* Take exactly `digits` fraction digits, zeros where the text has fewer; more must be zeros. */
static bool decimal_fraction(const char *text, size_t len, int32_t digits, int64_t *value)
{
    for (size_t i = 0; i < len || digits > 0; i++) {
        int digit = i < len ? text[i] - '0' : 0;

        if (digits-- > 0) {
            if (!decimal_push(value, digit))
                return false;
        } else if (digit != 0) {
            return false;
        }
    }
    return true;
}

bool acrm__parse_decimal(const char *text, size_t len, int32_t digits, int64_t *out)
{
    bool negative = len > 0 && text[0] == '-';
    size_t begin = len > 0 && (negative || text[0] == '+') ? 1 : 0;
    size_t whole = decimal_digits(text, len, begin);
    size_t fraction = whole < len ? whole + 1 : len;
    int64_t value = 0;

    if (whole == begin)
        return false;
    if (whole < len
        && (text[whole] != '.' || fraction == len || decimal_digits(text, len, fraction) != len))
        return false;
    for (size_t i = begin; i < whole; i++)
        if (!decimal_push(&value, text[i] - '0'))
            return false;
    if (!decimal_fraction(text + fraction, len - fraction, digits, &value)
        || (!negative && value == INT64_MIN))
        return false;
    *out = negative ? value : -value;
    return true;
}

bool acrm__parse_int(const char *text, size_t len, int64_t *out)
{
    return len > 0 && !memchr(text, '.', len) && acrm__parse_decimal(text, len, 0, out);
}

size_t acrm__print_decimal(int64_t scaled, int32_t digits, char dst[32])
{
    char reversed[32];
    size_t count = 0;
    size_t len = 0;
    uint64_t rest = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;

    for (int32_t place = 0; rest > 0 || place <= digits; place++) {
        if (place == digits && digits > 0)
            reversed[count++] = '.';
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (scaled < 0)
        dst[len++] = '-';
    while (count > 0)
        dst[len++] = reversed[--count];
    dst[len] = '\0';
    return len;
}
