/* SPDX-License-Identifier: MIT */
/* Names taken apart into words that can be compared. */
#include "engines/match/match.h"

#include "base/digits.h"
#include "base/text.h"

#include <string.h>

/* Words that say nothing of who somebody is, as folding leaves them: titles, particles, legal
 * forms. Left out where other words remain. */
static const char *const name_idle[] = {
    "mr", "mrs", "ms", "miss", "dr", "doctor", "prof", "professor", "sir", "madam", "jr", "sr",
    "eng", "ing", "dott", "dottssa", "ssa", "sig", "sigra", "signor", "signora", "signorina",
    "avv", "rag", "geom", "arch", "seyed", "seyyed", "sayed", "sayyed", "seyyid", "haj", "haji",
    "de", "di", "da", "del", "della", "dello", "dei", "van", "von", "der", "den", "al", "el",
    "bin", "ibn", "bint", "la", "le", "lo", "y",
    "ltd", "llc", "llp", "inc", "co", "corp", "company", "gmbh", "ag", "spa", "srl", "snc", "plc",
    "\xD0\xB3\xD0\xBD", "\xD0\xB3\xD0\xB6\xD0\xB0", /* gn, gzha: Mr and Mrs in Russian */
    "\xD0\xB3\xD0\xBE\xD1\x81\xD0\xBF\xD0\xBE\xD0\xB4\xD0\xB8\xD0\xBD",
    "\xD0\xB3\xD0\xBE\xD1\x81\xD0\xBF\xD0\xBE\xD0\xB6\xD0\xB0",
    "\xD0\xBE\xD0\xBE\xD0\xBE", "\xD0\xB7\xD0\xB0\xD0\xBE", "\xD0\xBE\xD0\xB0\xD0\xBE",
    "\xD9\x85\xD9\x87\xD9\x86\xD8\xAF\xD8\xB3", /* mohandes */
    "\xD8\xA7\xD9\x82\xD8\xA7\xDB\x8C", "\xD8\xA7\xD9\x82\xD8\xA7",         /* agha */
    "\xD8\xA7\xD9\x82\xD8\xA7\xD9\x8A",
    "\xD8\xAE\xD8\xA7\xD9\x86\xD9\x85",         /* khanom */
    "\xD8\xAF\xDA\xA9\xD8\xAA\xD8\xB1", "\xD8\xAF\xD9\x83\xD8\xAA\xD8\xB1", /* doktor */
    "\xD8\xB3\xDB\x8C\xD8\xAF", "\xD8\xB3\xD9\x8A\xD8\xAF",                 /* seyyed */
    "\xD8\xB3\xDB\x8C\xD8\xAF\xD9\x87", "\xD8\xB3\xD9\x8A\xD8\xAF\xD9\x87",
    "\xD8\xAD\xD8\xA7\xD8\xAC", "\xD8\xAD\xD8\xA7\xD8\xAC\xDB\x8C",         /* haj */
    "\xD8\xB4\xD8\xB1\xDA\xA9\xD8\xAA", "\xD8\xB4\xD8\xB1\xD9\x83\xD8\xAA", /* sherkat: company */
};

/* Behind a Chinese name: Mr, Mrs, Miss, Ltd. */
static const char *const name_han_idle[] = {
    "\xE5\x85\x88\xE7\x94\x9F", "\xE5\xA5\xB3\xE5\xA3\xAB", "\xE5\xB0\x8F\xE5\xA7\x90",
    "\xE6\x9C\x89\xE9\x99\x90\xE5\x85\xAC\xE5\x8F\xB8", "\xE5\x85\xAC\xE5\x8F\xB8",
};

/* The one block a fold into room ever takes. */
static void *name_resize(void *self, void *ptr, size_t old_size, size_t new_size)
{
    acrm__match_room *room = self;

    (void)ptr;
    (void)old_size;
    return new_size > 0 && new_size <= sizeof room->bytes ? room->bytes : NULL;
}

void acrm__match_fold(acrm__match_room *room, const char *text, size_t len)
{
    const acrm_allocator allocator = { .struct_size = sizeof allocator, .self = room,
                                       .resize = name_resize };

    acrm__str_init(&room->text, &allocator);
    if (len > ACRM__MATCH_INPUT_MAX) {
        len = ACRM__MATCH_INPUT_MAX;
        while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
            len--; /* not within a character */
    }
    if (len > 0)
        acrm__fold(text, len, &room->text);
}

static bool name_is_idle(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof name_idle / sizeof name_idle[0]; i++)
        if (name_idle[i][0] == word[0] && strlen(name_idle[i]) == len &&
            memcmp(name_idle[i], word, len) == 0)
            return true;
    return false;
}

static size_t name_han_length(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof name_han_idle / sizeof name_han_idle[0]; i++) {
        size_t size = strlen(name_han_idle[i]);
        if (len > size && memcmp(word + len - size, name_han_idle[i], size) == 0)
            return len - size;
    }
    return len;
}

static void name_word(acrm_match_word *word, const char *text, size_t len)
{
    uint32_t cp;

    while (len >= ACRM_MATCH_TEXT_BYTES || (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80))
        len--;
    memset(word, 0, sizeof *word);
    memcpy(word->text, text, len);
    word->script = acrm__match_script(text, len);
    word->initial = word->script != ACRM_MATCH_HAN && acrm__utf8_next(text, len, &cp) == len;
    acrm__match_sound(text, len, word->script, word->sound);
}

/* Characters of a name are one word, with or without a space behind the surname. */
static bool name_joins(acrm_match_name *out, const char *text, size_t len)
{
    acrm_match_word *last = &out->words[out->n_words - 1];
    char joined[2 * ACRM_MATCH_TEXT_BYTES];

    if (out->n_words == 0 || last->script != ACRM_MATCH_HAN ||
        acrm__match_script(text, len) != ACRM_MATCH_HAN)
        return false;
    size_t have = strlen(last->text), more = len < ACRM_MATCH_TEXT_BYTES ? len
                                                                         : ACRM_MATCH_TEXT_BYTES;
    memcpy(joined, last->text, have);
    memcpy(joined + have, text, more);
    joined[have + more] = '\0';
    name_word(last, joined, have + more);
    return true;
}

static void name_words(acrm_match_name *out, const char *folded, bool idle_too)
{
    out->n_words = 0;
    for (const char *p = folded; *p && out->n_words < ACRM_MATCH_WORDS;) {
        size_t len = strcspn(p, " "), whole = len;
        len = name_han_length(p, len);
        if ((idle_too || !name_is_idle(p, len)) && !name_joins(out, p, len))
            name_word(&out->words[out->n_words++], p, len);
        p += whole;
        p += *p == ' ';
    }
}

int32_t acrm_match_name_read(const char *text, size_t len, acrm_match_name *out)
{
    acrm__match_room room;

    if ((!text && len > 0) || !out || out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    acrm__match_fold(&room, text, len);
    name_words(out, room.text.data, false);
    if (out->n_words == 0)
        name_words(out, room.text.data, true);
    return ACRM_OK;
}
