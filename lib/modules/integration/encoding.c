/* SPDX-License-Identifier: MIT */
/* Guessing the encoding of text, and turning it into UTF-8 as it streams by. */
#include "modules/integration/encoding.h"

#include "autocrm/status.h"
#include "base/digits.h"

#include <assert.h>
#include <string.h>

enum {
    ENCODING_CHAR_MAX = 4, /* bytes of one character, in or out */
    ENCODING_BAD = 0xFFFD
};

static const struct {
    int32_t encoding;
    const char *name; /* lower case; the first of an encoding is the one to show */
} encoding_names[] = {
    { ACRM__ENCODING_UTF8, "utf-8" },
    { ACRM__ENCODING_UTF8, "utf8" },
    { ACRM__ENCODING_UTF8, "us-ascii" },
    { ACRM__ENCODING_UTF8, "ascii" },
    { ACRM__ENCODING_UTF16LE, "utf-16le" },
    { ACRM__ENCODING_UTF16LE, "utf-16" },
    { ACRM__ENCODING_UTF16BE, "utf-16be" },
    { ACRM__ENCODING_1251, "windows-1251" },
    { ACRM__ENCODING_1251, "cp1251" },
    { ACRM__ENCODING_1252, "windows-1252" },
    { ACRM__ENCODING_1252, "cp1252" },
    { ACRM__ENCODING_1252, "iso-8859-1" }, /* by common usage: it holds all of it */
    { ACRM__ENCODING_1252, "latin1" },
    { ACRM__ENCODING_1256, "windows-1256" },
    { ACRM__ENCODING_1256, "cp1256" },
};

/* Code points of the bytes 0x80 to 0xFF. */
static const uint16_t encoding_pages[][128] = {
    [ACRM__ENCODING_1251 - ACRM__ENCODING_1251] = {
        0x0402, 0x0403, 0x201A, 0x0453, 0x201E, 0x2026, 0x2020, 0x2021,
        0x20AC, 0x2030, 0x0409, 0x2039, 0x040A, 0x040C, 0x040B, 0x040F,
        0x0452, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0xFFFD, 0x2122, 0x0459, 0x203A, 0x045A, 0x045C, 0x045B, 0x045F,
        0x00A0, 0x040E, 0x045E, 0x0408, 0x00A4, 0x0490, 0x00A6, 0x00A7,
        0x0401, 0x00A9, 0x0404, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x0407,
        0x00B0, 0x00B1, 0x0406, 0x0456, 0x0491, 0x00B5, 0x00B6, 0x00B7,
        0x0451, 0x2116, 0x0454, 0x00BB, 0x0458, 0x0405, 0x0455, 0x0457,
        0x0410, 0x0411, 0x0412, 0x0413, 0x0414, 0x0415, 0x0416, 0x0417,
        0x0418, 0x0419, 0x041A, 0x041B, 0x041C, 0x041D, 0x041E, 0x041F,
        0x0420, 0x0421, 0x0422, 0x0423, 0x0424, 0x0425, 0x0426, 0x0427,
        0x0428, 0x0429, 0x042A, 0x042B, 0x042C, 0x042D, 0x042E, 0x042F,
        0x0430, 0x0431, 0x0432, 0x0433, 0x0434, 0x0435, 0x0436, 0x0437,
        0x0438, 0x0439, 0x043A, 0x043B, 0x043C, 0x043D, 0x043E, 0x043F,
        0x0440, 0x0441, 0x0442, 0x0443, 0x0444, 0x0445, 0x0446, 0x0447,
        0x0448, 0x0449, 0x044A, 0x044B, 0x044C, 0x044D, 0x044E, 0x044F,
    },
    [ACRM__ENCODING_1252 - ACRM__ENCODING_1251] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
        0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
        0x00A0, 0x00A1, 0x00A2, 0x00A3, 0x00A4, 0x00A5, 0x00A6, 0x00A7,
        0x00A8, 0x00A9, 0x00AA, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
        0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7,
        0x00B8, 0x00B9, 0x00BA, 0x00BB, 0x00BC, 0x00BD, 0x00BE, 0x00BF,
        0x00C0, 0x00C1, 0x00C2, 0x00C3, 0x00C4, 0x00C5, 0x00C6, 0x00C7,
        0x00C8, 0x00C9, 0x00CA, 0x00CB, 0x00CC, 0x00CD, 0x00CE, 0x00CF,
        0x00D0, 0x00D1, 0x00D2, 0x00D3, 0x00D4, 0x00D5, 0x00D6, 0x00D7,
        0x00D8, 0x00D9, 0x00DA, 0x00DB, 0x00DC, 0x00DD, 0x00DE, 0x00DF,
        0x00E0, 0x00E1, 0x00E2, 0x00E3, 0x00E4, 0x00E5, 0x00E6, 0x00E7,
        0x00E8, 0x00E9, 0x00EA, 0x00EB, 0x00EC, 0x00ED, 0x00EE, 0x00EF,
        0x00F0, 0x00F1, 0x00F2, 0x00F3, 0x00F4, 0x00F5, 0x00F6, 0x00F7,
        0x00F8, 0x00F9, 0x00FA, 0x00FB, 0x00FC, 0x00FD, 0x00FE, 0x00FF,
    },
    [ACRM__ENCODING_1256 - ACRM__ENCODING_1251] = {
        0x20AC, 0x067E, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0679, 0x2039, 0x0152, 0x0686, 0x0698, 0x0688,
        0x06AF, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x06A9, 0x2122, 0x0691, 0x203A, 0x0153, 0x200C, 0x200D, 0x06BA,
        0x00A0, 0x060C, 0x00A2, 0x00A3, 0x00A4, 0x00A5, 0x00A6, 0x00A7,
        0x00A8, 0x00A9, 0x06BE, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
        0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7,
        0x00B8, 0x00B9, 0x061B, 0x00BB, 0x00BC, 0x00BD, 0x00BE, 0x061F,
        0x06C1, 0x0621, 0x0622, 0x0623, 0x0624, 0x0625, 0x0626, 0x0627,
        0x0628, 0x0629, 0x062A, 0x062B, 0x062C, 0x062D, 0x062E, 0x062F,
        0x0630, 0x0631, 0x0632, 0x0633, 0x0634, 0x0635, 0x0636, 0x00D7,
        0x0637, 0x0638, 0x0639, 0x063A, 0x0640, 0x0641, 0x0642, 0x0643,
        0x00E0, 0x0644, 0x00E2, 0x0645, 0x0646, 0x0647, 0x0648, 0x00E7,
        0x00E8, 0x00E9, 0x00EA, 0x00EB, 0x0649, 0x064A, 0x00EE, 0x00EF,
        0x064B, 0x064C, 0x064D, 0x064E, 0x00F4, 0x064F, 0x0650, 0x00F7,
        0x0651, 0x00F9, 0x0652, 0x00FB, 0x00FC, 0x200E, 0x200F, 0x06D2,
    },
};

int32_t acrm__encoding_by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof encoding_names / sizeof *encoding_names; i++) {
        const char *known = encoding_names[i].name;
        size_t at = 0;
        while (at < len && known[at] != '\0' &&
               known[at] == (name[at] >= 'A' && name[at] <= 'Z' ? name[at] + 32 : name[at]))
            at++;
        if (at == len && known[at] == '\0')
            return encoding_names[i].encoding;
    }
    return ACRM__ENCODING_NONE;
}

const char *acrm__encoding_name(int32_t encoding)
{
    for (size_t i = 0; i < sizeof encoding_names / sizeof *encoding_names; i++)
        if (encoding_names[i].encoding == encoding)
            return encoding_names[i].name;
    return NULL;
}

/* ---- detection ---- */

/* What the letters of a text are, for judging which of them go together. */
enum {
    LETTER_NONE,
    LETTER_LATIN,    /* ASCII */
    LETTER_LOWER,    /* Latin with diacritics */
    LETTER_UPPER,
    LETTER_CYRILLIC,
    LETTER_CYRILLIC_UPPER,
    LETTER_ARABIC
};

static bool encoding_between(uint32_t cp, uint32_t first, uint32_t last)
{
    return cp >= first && cp <= last;
}

static int encoding_letter(uint32_t cp)
{
    if (encoding_between(cp | 0x20, 'a', 'z'))
        return LETTER_LATIN;
    if (cp < 0xC0 || cp == 0xD7 || cp == 0xF7)
        return LETTER_NONE;
    if (encoding_between(cp, 0xC0, 0xDE) || cp == 0x152 || cp == 0x160 || cp == 0x178 ||
        cp == 0x17D)
        return LETTER_UPPER;
    if (encoding_between(cp, 0xDF, 0x17E) || cp == 0x192)
        return LETTER_LOWER;
    if (encoding_between(cp, 0x400, 0x42F) || cp == 0x490)
        return LETTER_CYRILLIC_UPPER;
    if (encoding_between(cp, 0x430, 0x45F) || cp == 0x491)
        return LETTER_CYRILLIC;
    return encoding_between(cp, 0x621, 0x6D2) ? LETTER_ARABIC : LETTER_NONE;
}

/* How well two neighbouring letters go together, at least one of them not ASCII: a script agrees
 * with itself; capitals do not follow small letters within a word. */
static int encoding_pair(int a, int b)
{
    static const int scripts[] = { 0, 1, 1, 1, 2, 2, 3 };

    if (a == LETTER_NONE || b == LETTER_NONE || (a == LETTER_LATIN && b == LETTER_LATIN))
        return 0;
    if (scripts[a] != scripts[b])
        return -3;
    if ((a == LETTER_LOWER && b == LETTER_UPPER) ||
        (a == LETTER_CYRILLIC && b == LETTER_CYRILLIC_UPPER))
        return -2;
    return scripts[a] == 1 && a != LETTER_LATIN && b != LETTER_LATIN ? 0 : 1;
}

static int64_t encoding_score(const unsigned char *text, size_t len, int32_t encoding)
{
    const uint16_t *page = encoding_pages[encoding - ACRM__ENCODING_1251];
    int64_t score = 0;
    int last = LETTER_NONE;

    for (size_t i = 0; i < len; i++) {
        uint32_t cp = text[i] < 0x80 ? text[i] : page[text[i] - 0x80];
        int letter = encoding_letter(cp);
        score += cp == ENCODING_BAD ? -10 : encoding_pair(last, letter);
        last = letter;
    }
    return score;
}

/* UTF-16 without a mark: every delimiter, digit and line end has a zero byte on its own side. */
static int32_t encoding_detect_utf16(const unsigned char *text, size_t len)
{
    size_t zeros[2] = { 0, 0 };

    for (size_t i = 0; i < len; i++)
        zeros[i & 1] += text[i] == 0;
    if (zeros[1] > len / 20 && zeros[0] <= zeros[1] / 20)
        return ACRM__ENCODING_UTF16LE;
    if (zeros[0] > len / 20 && zeros[1] <= zeros[0] / 20)
        return ACRM__ENCODING_UTF16BE;
    return ACRM__ENCODING_NONE;
}

/* Well-formed up to a character that the end of the sample may have cut. */
static bool encoding_is_utf8(const unsigned char *text, size_t len)
{
    size_t at = 0;
    uint32_t cp = 0;

    while (at < len) {
        size_t step = acrm__utf8_next((const char *)text + at, len - at, &cp);
        if (cp == ACRM__UTF8_BAD)
            return at > 0 && len - at < ENCODING_CHAR_MAX && text[at] >= 0xC2;
        at += step;
    }
    return true;
}

int32_t acrm__encoding_detect(const void *sample, size_t len)
{
    static const int32_t pages[] = { ACRM__ENCODING_1252, ACRM__ENCODING_1251,
                                     ACRM__ENCODING_1256 };
    const unsigned char *text = sample;
    int32_t best = ACRM__ENCODING_1252;
    int64_t best_score = INT64_MIN;

    if (len >= 2 && text[0] == 0xFF && text[1] == 0xFE)
        return ACRM__ENCODING_UTF16LE;
    if (len >= 2 && text[0] == 0xFE && text[1] == 0xFF)
        return ACRM__ENCODING_UTF16BE;
    if (encoding_detect_utf16(text, len) != ACRM__ENCODING_NONE)
        return encoding_detect_utf16(text, len);
    if (encoding_is_utf8(text, len))
        return ACRM__ENCODING_UTF8;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        int64_t score = encoding_score(text, len, pages[i]);
        if (score > best_score) {
            best_score = score;
            best = pages[i];
        }
    }
    return best;
}

/* ---- decoding ---- */

/* Read until the buffer is full or the input ends. */
static int32_t encoding_fill(acrm__decoder *d)
{
    if (d->start > 0) {
        memmove(d->data, d->data + d->start, d->end - d->start);
        d->end -= d->start;
        d->start = 0;
    }
    while (!d->ended && d->end < ACRM__ENCODING_SAMPLE) {
        int64_t n = d->read(d->user, d->data + d->end, ACRM__ENCODING_SAMPLE - d->end);
        if (n < 0)
            return (int32_t)n;
        d->ended = n == 0;
        d->end += (size_t)n;
    }
    return ACRM_OK;
}

int32_t acrm__decoder_init(acrm__decoder *d, const acrm_allocator *allocator, acrm__read_fn read,
                           void *user, int32_t encoding, bool strict)
{
    static const unsigned char marks[][3] = { { 0xEF, 0xBB, 0xBF }, { 0xFF, 0xFE, 0 },
                                              { 0xFE, 0xFF, 0 } };
    int32_t status;

    *d = (acrm__decoder){ .allocator = acrm__allocator(allocator), .read = read, .user = user,
                          .strict = strict, .encoding = encoding };
    d->data = acrm__alloc(&d->allocator, ACRM__ENCODING_SAMPLE);
    if (d->data == NULL)
        return ACRM_E_NOMEM;
    status = encoding_fill(d);
    if (status != ACRM_OK) {
        acrm__decoder_free(d);
        return status;
    }
    if (encoding == ACRM__ENCODING_NONE)
        d->encoding = acrm__encoding_detect(d->data, d->end);
    if (d->encoding <= ACRM__ENCODING_UTF16BE) {
        size_t size = d->encoding == ACRM__ENCODING_UTF8 ? 3 : 2;
        if (d->end >= size &&
            memcmp(d->data, marks[d->encoding - ACRM__ENCODING_UTF8], size) == 0)
            d->start = size;
    }
    d->offset = d->start;
    return ACRM_OK;
}

void acrm__decoder_free(acrm__decoder *d)
{
    acrm__free(&d->allocator, d->data, d->data == NULL ? 0 : ACRM__ENCODING_SAMPLE);
    d->data = NULL;
}

/* One UTF-16 character; ENCODING_BAD with *bad set for half a pair or half a unit. */
static uint32_t encoding_utf16(const unsigned char *in, size_t left, bool little, size_t *size,
                               bool *bad)
{
    uint32_t high;
    uint32_t low;

    *size = left < 2 ? left : 2;
    *bad = left < 2;
    if (left < 2)
        return ENCODING_BAD;
    high = little ? in[0] | in[1] << 8 : in[1] | in[0] << 8;
    if (!encoding_between(high, 0xD800, 0xDFFF))
        return high;
    if (left >= 4 && high <= 0xDBFF) {
        low = little ? in[2] | in[3] << 8 : in[3] | in[2] << 8;
        if (encoding_between(low, 0xDC00, 0xDFFF)) {
            *size = 4;
            return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    *bad = true;
    return ENCODING_BAD;
}

static uint32_t encoding_next(const acrm__decoder *d, size_t *size, bool *bad)
{
    const unsigned char *in = d->data + d->start;
    size_t left = d->end - d->start;
    uint32_t cp = 0;

    *size = 1;
    *bad = false;
    switch (d->encoding) {
    case ACRM__ENCODING_UTF8:
        *size = acrm__utf8_next((const char *)in, left, &cp);
        *bad = cp == ACRM__UTF8_BAD;
        return *bad ? ENCODING_BAD : cp;
    case ACRM__ENCODING_UTF16LE:
    case ACRM__ENCODING_UTF16BE:
        return encoding_utf16(in, left, d->encoding == ACRM__ENCODING_UTF16LE, size, bad);
    default:
        cp = in[0] < 0x80 ? in[0] : encoding_pages[d->encoding - ACRM__ENCODING_1251][in[0] - 0x80];
        *bad = cp == ENCODING_BAD;
        return cp;
    }
}

static size_t encoding_put(uint32_t cp, unsigned char *out)
{
    if (cp < 0x80) {
        out[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (unsigned char)(0xC0 | cp >> 6);
        out[1] = (unsigned char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (unsigned char)(0xE0 | cp >> 12);
        out[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (unsigned char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (unsigned char)(0xF0 | cp >> 18);
    out[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (unsigned char)(0x80 | (cp & 0x3F));
    return 4;
}

/* ASCII goes through unchanged in every encoding but UTF-16. */
static size_t encoding_copy_ascii(acrm__decoder *d, unsigned char *out, size_t cap)
{
    const unsigned char *in = d->data + d->start;
    size_t max = d->end - d->start < cap ? d->end - d->start : cap;
    size_t n = 0;

    if (d->encoding == ACRM__ENCODING_UTF16LE || d->encoding == ACRM__ENCODING_UTF16BE)
        return 0;
    while (n < max && in[n] < 0x80) {
        out[n] = in[n];
        n++;
    }
    d->start += n;
    d->offset += n;
    return n;
}

int64_t acrm__decoder_read(void *decoder, void *buf, size_t cap)
{
    acrm__decoder *d = decoder;
    unsigned char *out = buf;
    size_t used = 0;

    assert(cap >= ENCODING_CHAR_MAX);
    while (cap - used >= ENCODING_CHAR_MAX) {
        size_t size = 0;
        bool bad = false;
        if (!d->ended && d->end - d->start < ENCODING_CHAR_MAX) {
            int32_t status = encoding_fill(d);
            if (status != ACRM_OK)
                return status;
        }
        if (d->start == d->end)
            break;
        size_t ascii = encoding_copy_ascii(d, out + used, cap - used);
        used += ascii;
        if (ascii > 0)
            continue;
        uint32_t cp = encoding_next(d, &size, &bad);
        if (bad) {
            if (d->faults++ == 0)
                d->fault_offset = d->offset;
            if (d->strict)
                return ACRM_E_INVALID;
        }
        used += encoding_put(cp, out + used);
        d->start += size;
        d->offset += size;
    }
    return (int64_t)used;
}
