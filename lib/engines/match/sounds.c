/* SPDX-License-Identifier: MIT */
/* Words of Latin, Cyrillic and Arabic letters in one alphabet of sounds. */
#include "engines/match/match.h"

#include "base/digits.h"

#include <string.h>

/* Spellings of one sound in Latin letters, the longest first. */
static const struct {
    const char *letters, *sound;
} sounds_latin[] = {
    { "shch", "S" }, { "sch", "S" }, { "tch", "C" }, { "dzh", "j" }, { "dj", "j" },
    { "sh", "S" },   { "zh", "Z" },  { "ch", "C" },  { "kh", "x" },  { "gh", "g" },
    { "ph", "f" },   { "th", "t" },  { "ck", "k" },  { "ts", "c" },  { "tz", "c" },
    { "oo", "u" },   { "ou", "u" },  { "ee", "i" },  { "ce", "ce" }, { "ci", "ci" },
    { "cy", "ci" },  { "c", "k" },   { "x", "ks" },  { "q", "k" },   { "w", "v" },
    { "y", "i" },
};

static const struct {
    uint16_t letter;
    char sound[3];
} sounds_cyrillic[] = {
    { 0x430, "a" },  { 0x431, "b" }, { 0x432, "v" },  { 0x433, "g" },  { 0x434, "d" },
    { 0x435, "e" },  { 0x436, "Z" }, { 0x437, "z" },  { 0x438, "i" },  { 0x439, "i" },
    { 0x43A, "k" },  { 0x43B, "l" }, { 0x43C, "m" },  { 0x43D, "n" },  { 0x43E, "o" },
    { 0x43F, "p" },  { 0x440, "r" }, { 0x441, "s" },  { 0x442, "t" },  { 0x443, "u" },
    { 0x444, "f" },  { 0x445, "x" }, { 0x446, "c" },  { 0x447, "C" },  { 0x448, "S" },
    { 0x449, "S" },  { 0x44A, "" },  { 0x44B, "i" },  { 0x44C, "" },   { 0x44D, "e" },
    { 0x44E, "iu" }, { 0x44F, "ia" }, { 0x451, "e" }, { 0x454, "ie" }, { 0x456, "i" },
    { 0x457, "i" },  { 0x458, "i" }, { 0x491, "g" },
};

static const struct {
    uint16_t letter;
    char sound;
} sounds_arabic[] = {
    { 0x627, 'a' }, { 0x622, 'a' }, { 0x623, 'a' }, { 0x625, 'a' }, { 0x628, 'b' },
    { 0x67E, 'p' }, { 0x62A, 't' }, { 0x62B, 's' }, { 0x62C, 'j' }, { 0x686, 'C' },
    { 0x62D, 'h' }, { 0x62E, 'x' }, { 0x62F, 'd' }, { 0x630, 'z' }, { 0x631, 'r' },
    { 0x632, 'z' }, { 0x698, 'Z' }, { 0x633, 's' }, { 0x634, 'S' }, { 0x635, 's' },
    { 0x636, 'z' }, { 0x637, 't' }, { 0x638, 'z' }, { 0x63A, 'g' }, { 0x641, 'f' },
    { 0x642, 'g' }, { 0x643, 'k' }, { 0x6A9, 'k' }, { 0x6AF, 'g' }, { 0x644, 'l' },
    { 0x645, 'm' }, { 0x646, 'n' }, { 0x648, 'w' }, { 0x647, 'h' }, { 0x649, 'y' },
    { 0x64A, 'y' }, { 0x6CC, 'y' }, { 0x629, 'h' },
};

bool acrm__match_vowel(char sound)
{
    return sound == 'a' || sound == 'e' || sound == 'i' || sound == 'o' || sound == 'u';
}

int32_t acrm__match_script(const char *text, size_t len)
{
    uint32_t cp = 0;

    (void)acrm__utf8_next(text, len, &cp);
    if (len == 0)
        return ACRM_MATCH_OTHER;
    if (cp < 0x250)
        return ACRM_MATCH_LATIN;
    if (cp >= 0x400 && cp < 0x530)
        return ACRM_MATCH_CYRILLIC;
    if (cp >= 0x600 && cp < 0x780)
        return ACRM_MATCH_ARABIC;
    if ((cp >= 0x3400 && cp < 0xA000) || (cp >= 0x20000 && cp < 0x32400) ||
        (cp >= 0xF900 && cp < 0xFB00))
        return ACRM_MATCH_HAN;
    return ACRM_MATCH_OTHER;
}

/* Put sounds behind the others; a doubled one is one (a digit is not), and d before zh is j. */
static void sounds_put(char out[ACRM_MATCH_SOUND_BYTES], size_t *n, const char *sound)
{
    for (; *sound && *n + 1 < ACRM_MATCH_SOUND_BYTES; sound++) {
        bool digit = *sound >= '0' && *sound <= '9';
        if (*n > 0 && out[*n - 1] == *sound && !digit)
            continue;
        if (*n > 0 && out[*n - 1] == 'd' && *sound == 'Z')
            out[*n - 1] = 'j';
        else
            out[(*n)++] = *sound;
    }
    out[*n] = '\0';
}

static size_t sounds_of_latin(const char *text, size_t len, char out[ACRM_MATCH_SOUND_BYTES])
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t at = 0; at < len;) {
        size_t taken = 1;
        char single[2] = { text[at], '\0' };
        const char *sound = single;
        for (size_t i = 0; i < sizeof sounds_latin / sizeof sounds_latin[0]; i++) {
            if (sounds_latin[i].letters[0] != text[at])
                continue;
            size_t size = strlen(sounds_latin[i].letters);
            if (size <= len - at && memcmp(text + at, sounds_latin[i].letters, size) == 0) {
                sound = sounds_latin[i].sound;
                taken = size;
                break;
            }
        }
        sounds_put(out, &n, sound);
        at += taken;
    }
    /* Sara and Sarah, Fatemeh and Fateme: a last h behind a vowel is not heard. */
    if (n > 2 && out[n - 1] == 'h' && acrm__match_vowel(out[n - 2]))
        out[--n] = '\0';
    return n;
}

static const char *sounds_cyrillic_of(uint32_t cp)
{
    if (cp >= 0x430 && cp <= 0x44F) /* the table begins with the alphabet */
        return sounds_cyrillic[cp - 0x430].sound;
    for (size_t i = 0; i < sizeof sounds_cyrillic / sizeof sounds_cyrillic[0]; i++)
        if (sounds_cyrillic[i].letter == cp)
            return sounds_cyrillic[i].sound;
    return "";
}

static const char *sounds_arabic_of(uint32_t cp, bool first, char room[2])
{
    room[0] = room[1] = '\0';
    if (cp == 0x639 && first) /* ain is heard as its vowel, which is not written */
        room[0] = 'a';
    for (size_t i = 0; i < sizeof sounds_arabic / sizeof sounds_arabic[0]; i++)
        if (sounds_arabic[i].letter == cp)
            room[0] = sounds_arabic[i].sound;
    return room;
}

static void sounds_of_letters(const char *text, size_t len, int32_t script,
                              char out[ACRM_MATCH_SOUND_BYTES])
{
    size_t n = 0;

    out[0] = '\0';
    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        char room[2];
        bool first = at == 0;
        at += acrm__utf8_next(text + at, len - at, &cp);
        char plain[2] = { cp < 0x80 ? (char)cp : '\0', '\0' };
        sounds_put(out, &n, plain[0] ? plain
                            : script == ACRM_MATCH_CYRILLIC ? sounds_cyrillic_of(cp)
                                                            : sounds_arabic_of(cp, first, room));
    }
    if (script != ACRM_MATCH_ARABIC || n < 2 || out[n - 1] != 'h')
        return;
    /* A last heh is heard as a vowel behind a consonant and not at all behind a vowel. */
    if (acrm__match_vowel(out[n - 2]))
        out[n - 1] = '\0';
    else
        out[n - 1] = 'e';
}

void acrm__match_sound(const char *text, size_t len, int32_t script,
                       char out[ACRM_MATCH_SOUND_BYTES])
{
    if (script == ACRM_MATCH_LATIN) {
        (void)sounds_of_latin(text, len, out);
    } else if (script == ACRM_MATCH_CYRILLIC || script == ACRM_MATCH_ARABIC) {
        sounds_of_letters(text, len, script, out);
    } else {
        size_t n = len < ACRM_MATCH_SOUND_BYTES ? len : ACRM_MATCH_SOUND_BYTES - 1;
        memcpy(out, text, n);
        out[n] = '\0';
    }
}

/* Sounds that spellings confuse are of one class. */
static char sounds_class(char sound)
{
    switch (sound) {
    case 'g': case 'x': case 'q':
        return 'k';
    case 'z': case 'c':
        return 's';
    case 'C': case 'Z': case 'j':
        return 'S';
    default:
        return sound;
    }
}

void acrm__match_skeleton(const char *sound, char out[ACRM_MATCH_SOUND_BYTES])
{
    size_t n = 0;

    for (size_t i = 0; sound[i]; i++) {
        char c = sounds_class(sound[i]);
        bool weak = acrm__match_vowel(c) || c == 'w' || c == 'y' || c == 'v' || c == 'h' ||
                    (i > 0 && sound[i] == 'x'); /* an h in Latin, a kha in Cyrillic letters */
        if (i == 0 && weak)
            c = c == 'h' ? 'k' : c == 'v' || c == 'w' ? 'v' : 'a';
        else if (weak)
            continue;
        if (n == 0 || out[n - 1] != c || (c >= '0' && c <= '9'))
            out[n++] = c;
    }
    out[n] = '\0';
}
