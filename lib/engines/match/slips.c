/* SPDX-License-Identifier: MIT */
/* What it takes to turn the sounds of one word into another's, in tenths of a typing slip. */
#include "engines/match/match.h"

#include <string.h>

enum { SLIPS_WHOLE = 10 };

/* How the spellings of two scripts relate. */
enum { SLIPS_ONE_SCRIPT, SLIPS_CYRILLIC, SLIPS_ARABIC };

static const struct {
    int32_t vowels;     /* one vowel for another */
    int32_t confusable; /* consonants of one class */
    int32_t h;          /* an h more or less */
} slips_costs[] = {
    [SLIPS_ONE_SCRIPT] = { 7, 6, 5 },
    [SLIPS_CYRILLIC] = { 4, 2, 3 },
    [SLIPS_ARABIC] = { 1, 2, 3 },
};

/* Consonants that transliterations confuse; each group is one class. */
static const char *const slips_classes[] = { "kgxhC", "szc", "SCZj", "jgZ", "vwbf", "td", "cCS" };

static bool slips_alike(char a, char b)
{
    for (size_t i = 0; i < sizeof slips_classes / sizeof slips_classes[0]; i++)
        if (strchr(slips_classes[i], a) && strchr(slips_classes[i], b))
            return true;
    return false;
}

static bool slips_soft(char sound)
{
    return acrm__match_vowel(sound) || sound == 'w' || sound == 'y';
}

static int32_t slips_replace(char a, char b, int32_t relation)
{
    if (a == b)
        return 0;
    if (relation == SLIPS_ARABIC) { /* waw and yeh are consonants or vowels */
        char wild = a == 'w' || a == 'y' ? a : b, other = wild == a ? b : a;
        if (wild == 'w' && (other == 'v' || other == 'u' || other == 'o'))
            return 0;
        if (wild == 'y' && (other == 'i' || other == 'e'))
            return 0;
        if ((wild == 'w' || wild == 'y') && acrm__match_vowel(other))
            return 6; /* they stand for no other vowel: Hasan is not Hosein */
    }
    if (slips_soft(a) && slips_soft(b))
        return slips_costs[relation].vowels;
    return slips_alike(a, b) ? slips_costs[relation].confusable : SLIPS_WHOLE;
}

/* One sound more. `written`: it stands in the Arabic word, and is missing in the other. */
static int32_t slips_extra(char sound, int32_t relation, bool written)
{
    if (sound == 'h')
        return slips_costs[relation].h;
    if (relation == SLIPS_CYRILLIC && acrm__match_vowel(sound))
        return sound == 'i' ? 2 : 5;
    if (relation != SLIPS_ARABIC || !slips_soft(sound))
        return SLIPS_WHOLE;
    if (written)
        return 5;
    /* Short vowels are not written; a long i or u is. */
    return sound == 'i' ? 6 : sound == 'u' ? 3 : 1;
}

/* A last e that the other script does not write is mute, or a woman's name. */
static int32_t slips_mute(const char *sound, size_t at, size_t len, int32_t relation)
{
    return relation != SLIPS_ONE_SCRIPT && at + 1 == len && acrm__match_vowel(sound[at]) ? 5 : 0;
}

static int32_t slips_least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

int32_t acrm__match_slips(const acrm_match_word *a, const acrm_match_word *b)
{
    int32_t rows[3][ACRM_MATCH_SOUND_BYTES];
    int32_t relation = SLIPS_ONE_SCRIPT;
    const char *x = a->sound, *y = b->sound;
    size_t n = strlen(x), m = strlen(y);
    int32_t *above = rows[0], *last = rows[1], *row = rows[2];
    bool written = a->script == ACRM_MATCH_ARABIC;

    if (a->script != b->script)
        relation = written || b->script == ACRM_MATCH_ARABIC ? SLIPS_ARABIC : SLIPS_CYRILLIC;
    last[0] = 0;
    for (size_t j = 1; j <= m; j++)
        last[j] = last[j - 1] + slips_extra(y[j - 1], relation, !written);
    for (size_t i = 1; i <= n; i++) {
        row[0] = last[0] + slips_extra(x[i - 1], relation, written);
        for (size_t j = 1; j <= m; j++) {
            int32_t cost = last[j - 1] + slips_replace(x[i - 1], y[j - 1], relation);
            cost = slips_least(cost, last[j] + slips_extra(x[i - 1], relation, written) +
                                         slips_mute(x, i - 1, n, relation));
            cost = slips_least(cost, row[j - 1] + slips_extra(y[j - 1], relation, !written) +
                                         slips_mute(y, j - 1, m, relation));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                cost = slips_least(cost, above[j - 2] + SLIPS_WHOLE);
            row[j] = cost;
        }
        int32_t *free_row = above;
        above = last;
        last = row;
        row = free_row;
    }
    return last[m];
}
