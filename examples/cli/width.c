/* SPDX-License-Identifier: MIT */
/* How many columns of a terminal a text takes: 0 for marks that combine, 2 for wide letters. */
#include "cli.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct width_range {
    uint32_t first, last;
} width_range;

/* Marks that stand on the letter before them, and characters that are not seen (Unicode general
 * categories Mn, Me and Cf) of the scripts in use. */
static const width_range width_zero[] = {
    { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x05bf, 0x05bf },
    { 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x05c7, 0x05c7 }, { 0x0610, 0x061a },
    { 0x061c, 0x061c }, { 0x064b, 0x065f }, { 0x0670, 0x0670 }, { 0x06d6, 0x06dc },
    { 0x06df, 0x06e4 }, { 0x06e7, 0x06e8 }, { 0x06ea, 0x06ed }, { 0x0711, 0x0711 },
    { 0x0730, 0x074a }, { 0x0900, 0x0902 }, { 0x093a, 0x093a }, { 0x093c, 0x093c },
    { 0x0941, 0x0948 }, { 0x094d, 0x094d }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a },
    { 0x0e47, 0x0e4e }, { 0x1ab0, 0x1ace }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
    { 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x2066, 0x206f }, { 0x20d0, 0x20f0 },
    { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
    { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef },
};

/* East Asian Width W and F (Unicode Standard Annex 11), and emoji. */
static const width_range width_two[] = {
    { 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x23e9, 0x23ec },   { 0x2614, 0x2615 },
    { 0x26a1, 0x26a1 },   { 0x2705, 0x2705 },   { 0x274c, 0x274c },   { 0x2e80, 0x3029 },
    { 0x302e, 0x303e },   { 0x3041, 0x3098 },   { 0x309b, 0x3247 },   { 0x3250, 0x4dbf },
    { 0x4e00, 0xa4c6 },   { 0xa960, 0xa97c },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
    { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6b },   { 0xff01, 0xff60 },   { 0xffe0, 0xffe6 },
    { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool width_in(const width_range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].first;
}

static size_t width_decode(const unsigned char *at, uint32_t *code)
{
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

    *code = size == 1 ? at[0] : at[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return i; /* not UTF-8: what came so far is one character */
        *code = *code << 6 | (at[i] & 0x3f);
    }
    return size;
}

static int width_of(uint32_t code)
{
    if (width_in(width_zero, sizeof width_zero / sizeof width_zero[0], code))
        return 0;
    return width_in(width_two, sizeof width_two / sizeof width_two[0], code) ? 2 : 1;
}

int cli_width(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    int columns = 0;
    uint32_t code;

    while (*at) {
        at += width_decode(at, &code);
        columns += width_of(code);
    }
    return columns;
}

size_t cli_fit(const char *text, int columns)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t code;

    while (*at) {
        size_t size = width_decode(at, &code);
        columns -= width_of(code);
        if (columns < 0)
            break;
        at += size;
    }
    return (size_t)(at - (const unsigned char *)text);
}

int cli_terminal_columns(void)
{
    struct winsize size;
    const char *given;
    long columns;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    given = getenv("COLUMNS");
    columns = given ? strtol(given, NULL, 10) : 0;
    return columns >= 20 && columns <= 10000 ? (int)columns : 80;
}
