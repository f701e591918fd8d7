/* SPDX-License-Identifier: MIT */
/* Blocking keys: what two records of one person nearly always share, and few others do. */
#include "engines/match/match.h"

#include "base/text.h"

#include <string.h>

enum { KEYS_WORDS = 3, KEYS_ROOM = 2 * ACRM_MATCH_SOUND_BYTES + 80 };

static void keys_add(uint64_t *keys, size_t *n, char kind, const char *first, const char *second,
                     const void *salt, size_t salt_len)
{
    char bytes[KEYS_ROOM] = { kind };
    size_t len = 1, a = strlen(first), b = strlen(second);

    memcpy(bytes + len, first, a + 1);
    len += a + 1;
    memcpy(bytes + len, second, b + 1);
    len += b + 1;
    if (salt_len > KEYS_ROOM - len)
        salt_len = KEYS_ROOM - len;
    if (salt_len > 0)
        memcpy(bytes + len, salt, salt_len);
    uint64_t key = acrm__hash(bytes, len + salt_len);
    for (size_t i = 0; i < *n; i++)
        if (keys[i] == key)
            return;
    keys[(*n)++] = key;
}

/* Characters in order of their bytes, so that it does not matter where the surname stands. */
static void keys_han(const char *text, char out[ACRM_MATCH_SOUND_BYTES])
{
    size_t n = 0;

    for (; n + 4 <= ACRM_MATCH_SOUND_BYTES && text[n] && text[n + 1] && text[n + 2]; n += 3) {
        size_t at = n;
        for (; at > 0 && memcmp(text + n, out + at - 3, 3) < 0; at -= 3)
            memcpy(out + at, out + at - 3, 3);
        memcpy(out + at, text + n, 3);
    }
    out[n] = '\0';
}

/* The consonants of the first words; initials have none to speak of. Returns how many there are. */
static size_t keys_skeletons(const acrm_match_name *name, bool initials,
                             char skeletons[KEYS_WORDS][ACRM_MATCH_SOUND_BYTES])
{
    size_t words = 0;

    for (int32_t i = 0; i < name->n_words && words < KEYS_WORDS; i++) {
        const acrm_match_word *word = &name->words[i];
        if (word->initial && !initials)
            continue;
        if (word->script == ACRM_MATCH_HAN)
            keys_han(word->text, skeletons[words]);
        else if (word->script == ACRM_MATCH_OTHER)
            memcpy(skeletons[words], word->sound, ACRM_MATCH_SOUND_BYTES);
        else
            acrm__match_skeleton(word->sound, skeletons[words]);
        words++;
    }
    return words;
}

int32_t acrm_match_name_keys(const acrm_match_name *name, int32_t kind, const void *salt,
                             size_t salt_len, uint64_t *keys, size_t *count)
{
    char skeletons[KEYS_WORDS][ACRM_MATCH_SOUND_BYTES];
    size_t n = 0;

    if (!name || !keys || !count || (!salt && salt_len > 0) || name->struct_size < sizeof *name)
        return ACRM_E_MISUSE;
    if (kind != ACRM_MATCH_KEY_PAIRS && kind != ACRM_MATCH_KEY_LETTERS)
        return ACRM_E_INVALID;
    size_t words = keys_skeletons(name, kind == ACRM_MATCH_KEY_LETTERS, skeletons);
    for (size_t i = 0; i < words; i++) {
        char letter[2] = { skeletons[i][0], '\0' };
        if (kind == ACRM_MATCH_KEY_LETTERS)
            keys_add(keys, &n, 'l', letter, "", salt, salt_len);
        for (size_t j = i + 1; kind == ACRM_MATCH_KEY_PAIRS && j < words; j++) {
            bool turned = strcmp(skeletons[i], skeletons[j]) > 0;
            keys_add(keys, &n, 'p', skeletons[turned ? j : i], skeletons[turned ? i : j], salt,
                     salt_len);
        }
    }
    if (kind == ACRM_MATCH_KEY_PAIRS && words == 1)
        keys_add(keys, &n, 'w', skeletons[0], "", salt, salt_len);
    *count = n;
    return ACRM_OK;
}
