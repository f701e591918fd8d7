/* SPDX-License-Identifier: MIT */
/* One UTF-8 code point at a time, and the decimal digits of every script. */
#include "base/digits.h"

/*
 * The zeros of all decimal digits; Unicode promises that 1 to 9 follow each in order. Sorted, one
 * row per block of scripts.
 */
static const uint32_t digits_zero[] = {
    0x30,    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   /* ASCII, Arabic */
    0xB66,   0xBE6,   0xC66,   0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   /* Indic, Thai, Lao */
    0xF20,   0x1040,  0x1090,  0x17E0,  0x1810,  0x1946,  0x19D0,  0x1A80,  /* Tibet to Tai Tham */
    0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,  0xA900,  /* Bali to Kayah Li */
    0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, /* Java, full width */
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, /* Sora to Takri */
    0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, /* Ahom to Mro */
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, /* mathematical */
    0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,                                     /* Wancho to legacy */
};

enum { DIGITS_ZEROS = sizeof digits_zero / sizeof digits_zero[0] };

/* Code points beyond ASCII that carry no meaning between digits. Sorted. */
static const struct {
    uint16_t first, last;
} digits_separators[] = {
    { 0xA0, 0xA0 },     /* no-break space */
    { 0xAD, 0xAD },     /* soft hyphen */
    { 0xB7, 0xB7 },     /* middle dot */
    { 0x61C, 0x61C },   /* Arabic letter mark */
    { 0x180E, 0x180E }, /* Mongolian vowel separator */
    { 0x2000, 0x2015 }, /* spaces, zero-width and bidirectional marks, hyphens and dashes */
    { 0x2028, 0x202F }, /* separators, embeddings, narrow space */
    { 0x2043, 0x2043 }, /* hyphen bullet */
    { 0x205F, 0x206F }, /* mathematical space, word joiner, isolates */
    { 0x2212, 0x2212 }, /* minus sign */
    { 0x3000, 0x3000 }, /* ideographic space */
    { 0x30FB, 0x30FC }, /* katakana middle dot and long mark */
    { 0xFEFF, 0xFEFF }, /* byte order mark */
    { 0xFF08, 0xFF09 }, /* full-width brackets */
    { 0xFF0D, 0xFF0F }, /* full-width hyphen, dot, slash */
    { 0xFF1A, 0xFF1A }, /* full-width colon */
    { 0xFF3B, 0xFF3B }, /* full-width square brackets and tilde */
    { 0xFF3D, 0xFF3D },
    { 0xFF5E, 0xFF5E },
};

size_t acrm__utf8_next(const char *text, size_t len, uint32_t *cp)
{
    /* By number of continuation bytes: the least value that needs them. */
    static const uint32_t digits_least[] = { 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)text;
    size_t more;
    uint32_t value;

    if (len == 0)
        return 0;
    *cp = ACRM__UTF8_BAD;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 1;
    more = p[0] < 0xE0 ? 1 : p[0] < 0xF0 ? 2 : 3;
    if (len <= more)
        return 1;
    value = p[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    if (value < digits_least[more] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 1;
    *cp = value;
    return more + 1;
}

int acrm__digit_value(uint32_t cp)
{
    size_t low = 0, high = DIGITS_ZEROS;

    if (cp < 0x80)
        return cp >= '0' && cp <= '9' ? (int)(cp - '0') : -1;
    while (high - low > 1) { /* the last zero at or before cp */
        size_t mid = low + (high - low) / 2;

        if (digits_zero[mid] <= cp)
            low = mid;
        else
            high = mid;
    }
    return cp - digits_zero[low] <= 9 ? (int)(cp - digits_zero[low]) : -1;
}

char acrm__plain_character(uint32_t cp)
{
    int digit = acrm__digit_value(cp);

    if (digit >= 0)
        return (char)('0' + digit);
    if ((cp >= 0xFF21 && cp <= 0xFF3A) || (cp >= 0xFF41 && cp <= 0xFF5A)) /* full width */
        cp -= 0xFF21 - 'A';
    if (cp >= 'a' && cp <= 'z')
        return (char)(cp - 'a' + 'A');
    return cp >= 'A' && cp <= 'Z' ? (char)cp : '\0';
}

bool acrm__digit_separator(uint32_t cp)
{
    for (size_t i = 0; i < sizeof digits_separators / sizeof digits_separators[0]; i++)
        if (cp >= digits_separators[i].first && cp <= digits_separators[i].last)
            return true;
    return false;
}
