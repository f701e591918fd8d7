/* SPDX-License-Identifier: MIT */
/* The inside of the matching engine. */
#ifndef ACRM_ENGINES_MATCH_MATCH_H
#define ACRM_ENGINES_MATCH_MATCH_H

#include "autocrm/match.h"
#include "base/buf.h"

enum {
    ACRM__MATCH_INPUT_MAX = 256, /* bytes of a text that count */
    ACRM__MATCH_FOLD_ROOM = 4096
};

/* Room on the caller's stack for a folded text. */
typedef struct acrm__match_room {
    acrm__str text;
    char bytes[ACRM__MATCH_FOLD_ROOM];
} acrm__match_room;

/* Fold the first bytes of a text into room->text, without any allocation. */
void acrm__match_fold(acrm__match_room *room, const char *text, size_t len);

/*
 * sounds.c. The sounds of a folded word, NUL-terminated. Letters: the vowels a e i o u; p b t d k g
 * f v s z m n r l h as in English; x as in Khan, S sh, C ch, Z zh, j as in jam, c ts or a soft c;
 * w and y the Arabic letters that may be vowels too; digits. Doubled letters are one.
 */
int32_t acrm__match_script(const char *text, size_t len);
void acrm__match_sound(const char *text, size_t len, int32_t script,
                       char out[ACRM_MATCH_SOUND_BYTES]);
/* The consonants of sounds by their class, with 'a' for a vowel at the beginning. */
void acrm__match_skeleton(const char *sound, char out[ACRM_MATCH_SOUND_BYTES]);
bool acrm__match_vowel(char sound);

/* slips.c. Tenths of a slip between two words by their sounds. */
int32_t acrm__match_slips(const acrm_match_word *a, const acrm_match_word *b);

/* name.c. Likeness of two words, and how. */
int32_t acrm__match_words(const acrm_match_word *a, const acrm_match_word *b, int32_t *how);

#endif
