/* SPDX-License-Identifier: MIT */
/* Folds text for matching. The tables are made by tools/unicode_tables.py. */
#include "base/digits.h"
#include "base/fold_table.h"
#include "base/text.h"

#include <string.h>

enum {
    FOLD_CHUNK = 256,
    FOLD_HANGUL = 0xAC00, /* syllables, in the order of their parts (Unicode, section 3.12) */
    FOLD_HANGUL_END = 0xD7A4,
    FOLD_HANGUL_LEAD = 0x1100,
    FOLD_HANGUL_VOWEL = 0x1161,
    FOLD_HANGUL_TAIL = 0x11A7,
    FOLD_HANGUL_VOWELS = 21,
    FOLD_HANGUL_TAILS = 28
};

/* Gathers what is written, with spaces put between words only. */
typedef struct fold_writer {
    acrm__str *out;
    bool begun; /* a letter or digit was written */
    bool space; /* something else came after it */
    size_t len;
    char chunk[FOLD_CHUNK];
} fold_writer;

static void fold_flush(fold_writer *w)
{
    acrm__str_add(w->out, w->chunk, w->len);
    w->len = 0;
}

static void fold_put(fold_writer *w, const char *bytes, size_t len)
{
    if (w->len + len + 1 > FOLD_CHUNK)
        fold_flush(w);
    if (w->space && w->begun)
        w->chunk[w->len++] = ' ';
    w->space = false;
    w->begun = true;
    if (len == 1)
        w->chunk[w->len] = *bytes;
    else
        memcpy(w->chunk + w->len, bytes, len);
    w->len += len;
}

/* Text of the table, which may hold spaces. */
static void fold_put_pool(fold_writer *w, const unsigned char *entry)
{
    const char *text = (const char *)entry + 1;
    size_t begin = 0;

    for (size_t i = 0; i <= *entry; i++)
        if (i == *entry || text[i] == ' ') {
            if (i > begin)
                fold_put(w, text + begin, i - begin);
            w->space = w->space || i < *entry;
            begin = i + 1;
        }
}

/* A conjoining letter of Hangul, which takes three bytes. */
static void fold_put_jamo(fold_writer *w, uint32_t cp)
{
    const char bytes[3] = { (char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 63)),
                            (char)(0x80 | (cp & 63)) };

    fold_put(w, bytes, sizeof bytes);
}

static void fold_put_hangul(fold_writer *w, uint32_t cp)
{
    uint32_t tail = (cp - FOLD_HANGUL) % FOLD_HANGUL_TAILS;
    uint32_t rest = (cp - FOLD_HANGUL) / FOLD_HANGUL_TAILS;

    fold_put_jamo(w, FOLD_HANGUL_LEAD + rest / FOLD_HANGUL_VOWELS);
    fold_put_jamo(w, FOLD_HANGUL_VOWEL + rest % FOLD_HANGUL_VOWELS);
    if (tail > 0)
        fold_put_jamo(w, FOLD_HANGUL_TAIL + tail);
}

/* Whether a Cyrillic i is followed by the breve that makes another letter of it. */
static bool fold_is_short_i(uint32_t cp, const char *next, size_t len)
{
    return (cp == 0x418 || cp == 0x438) && len >= 2 && memcmp(next, "\xCC\x86", 2) == 0;
}

static void fold_one(fold_writer *w, uint32_t cp, const char *bytes, size_t len)
{
    uint16_t code = 0;

    if (cp >= FOLD_HANGUL && cp < FOLD_HANGUL_END) {
        fold_put_hangul(w, cp);
        return;
    }
    if (cp < ACRM__FOLD_END)
        code = acrm__fold_pages[acrm__fold_index[cp / ACRM__FOLD_PAGE]][cp % ACRM__FOLD_PAGE];
    else /* tags and variation selectors are invisible; the rest is private or not assigned */
        code = cp >= 0xE0000 && cp <= 0xE0FFF ? ACRM__FOLD_DROP : ACRM__FOLD_SPACE;
    if (code == ACRM__FOLD_KEEP)
        fold_put(w, bytes, len);
    else if (code == ACRM__FOLD_SPACE)
        w->space = true;
    else if (code != ACRM__FOLD_DROP)
        fold_put_pool(w, acrm__fold_pool + code - ACRM__FOLD_TEXT);
}

void acrm__fold(const char *text, size_t len, acrm__str *out)
{
    fold_writer w = { .out = out };

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        size_t taken = acrm__utf8_next(text + at, len - at, &cp);

        if (fold_is_short_i(cp, text + at + taken, len - at - taken)) {
            fold_put(&w, "\xD0\xB9", 2);
            taken += 2;
        } else {
            fold_one(&w, cp, text + at, taken);
        }
        at += taken;
    }
    fold_flush(&w);
}

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
