/* SPDX-License-Identifier: MIT */
/** Names and other signs of people compared: across scripts, word orders and typing slips. */
#ifndef AUTOCRM_MATCH_H
#define AUTOCRM_MATCH_H

#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    ACRM_MATCH_WORDS = 8,       /**< words of a name that are looked at */
    ACRM_MATCH_TEXT_BYTES = 48, /**< of a word, with its NUL; what is longer is cut */
    ACRM_MATCH_SOUND_BYTES = 32,
    ACRM_MATCH_KEYS = 8         /**< most keys that one call makes */
};

/** Scripts that words are told apart by. */
enum {
    ACRM_MATCH_OTHER = 0,
    ACRM_MATCH_LATIN = 1,
    ACRM_MATCH_CYRILLIC = 2,
    ACRM_MATCH_ARABIC = 3, /**< Persian too */
    ACRM_MATCH_HAN = 4     /**< a name of characters is one word */
};

/** How two words, or two names, are alike: flags. */
enum {
    ACRM_MATCH_EQUAL = 1,     /**< the same, letter by letter, after folding */
    ACRM_MATCH_SPELLING = 2,  /**< other letters for the same sounds, in one script */
    ACRM_MATCH_SCRIPT = 4,    /**< the same sounds in two scripts */
    ACRM_MATCH_SLIP = 8,      /**< alike but for a slip or two */
    ACRM_MATCH_INITIAL = 16,  /**< one is the other's first letter */
    ACRM_MATCH_ENDING = 32,   /**< only the last vowel differs, as between a man's and a woman's */
    ACRM_MATCH_ORDER = 64,    /**< the words come in another order */
    ACRM_MATCH_JOINED = 128,  /**< two words of the one are one word of the other */
    ACRM_MATCH_MISSING = 256, /**< one has words that the other has not */
    ACRM_MATCH_DIFFERENT = 512,
    ACRM_MATCH_UNKNOWN = 1024 /**< in scripts that cannot be compared: it may be the same */
};

/** A word of a name, prepared. Its members are fixed for good. @since 0.1 */
typedef struct acrm_match_word {
    char text[ACRM_MATCH_TEXT_BYTES];   /**< folded, in its own script */
    char sound[ACRM_MATCH_SOUND_BYTES]; /**< its sounds in letters common to all scripts */
    int32_t script;                     /**< ACRM_MATCH_LATIN ... */
    int32_t initial;                    /**< 1: it is one letter that stands for a word */
} acrm_match_word;

/** A name, prepared: read it once, compare it often. Set struct_size before the call.
 * @since 0.1 */
typedef struct acrm_match_name {
    uint32_t struct_size; /**< sizeof(acrm_match_name), as you compiled it */
    int32_t n_words;      /**< 0: nothing in the text is a name */
    acrm_match_word words[ACRM_MATCH_WORDS];
} acrm_match_name;

/** What became of one word in a comparison. Its members are fixed for good. @since 0.1 */
typedef struct acrm_match_pair {
    int32_t a, b;       /**< numbers of the words; with ACRM_MATCH_JOINED of the first of two */
    int32_t similarity; /**< 0 to 100 */
    int32_t how;        /**< ACRM_MATCH_EQUAL ... */
} acrm_match_pair;

/** How alike two names are, and why. Set struct_size before the call. @since 0.1 */
typedef struct acrm_match_likeness {
    uint32_t struct_size; /**< sizeof(acrm_match_likeness), as you compiled it */
    int32_t similarity;   /**< 0 to 100 */
    int32_t how;          /**< the flags of its pairs, and ORDER, MISSING */
    int32_t n_pairs;
    acrm_match_pair pairs[ACRM_MATCH_WORDS];
} acrm_match_likeness;

/**
 * Take a name apart. It is folded (case, diacritics, letter variants, all decimal digits), titles,
 * particles and legal forms are left out where other words remain ("Dr.", "van", "Ltd"), and each
 * word is given its sounds in letters that Latin, Persian, Arabic and Cyrillic spellings of it
 * share. Nothing is allocated.
 *
 * @param text      UTF-8, of which the first 256 bytes count; may be NULL if @p len is 0
 * @param len       its length in bytes
 * @param[out] out  the words; untouched on failure
 * @return ACRM_OK whatever the text, or
 *   ACRM_E_MISUSE  @p text or @p out is NULL, or out's struct_size is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_name_read(const char *text, size_t len, acrm_match_name *out);

/**
 * Compare two names. Each word is paired with the one most like it, in whatever order. Words are
 * alike when they are equal (100), sound the same in one script (98) or in two (97), or differ by
 * few slips (a weighted edit distance with transpositions, in which short vowels, that Persian does
 * not write, cost little between scripts; less than 60 counts half). An initial counts 70, a last
 * vowel that differs at most 60 (Ivanov and Ivanova are two people). The worst pair counts 60 %,
 * the mean of all 40 %; a word that the other has not costs 4, and one shared word of several is 70
 * at most.
 *
 * Chinese names are compared by their characters, with surname first or last. With other scripts
 * they cannot be compared (ACRM_MATCH_UNKNOWN): give a transcription as a further name.
 *
 * @param a, b      prepared names
 * @param[out] out  the finding; untouched on failure
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE  a pointer is NULL, or a struct_size too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_name_compare(const acrm_match_name *a, const acrm_match_name *b,
                                         acrm_match_likeness *out);

/**
 * How alike two texts are, 0 to 100, by the slips between them (insertion, deletion, replacement,
 * transposition; Damerau-Levenshtein, optimal string alignment) over the length of the longer. Both
 * are folded first. Two empty texts are alike. For addresses, cities, numbers.
 *
 * @param a, a_len, b, b_len  UTF-8, of which the first 256 bytes count; NULL if the length is 0
 * @param[out] similarity     untouched on failure
 * @return ACRM_OK, or ACRM_E_MISUSE when a pointer is NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_text_compare(const char *a, size_t a_len, const char *b, size_t b_len,
                                         int32_t *similarity);

/**
 * How alike two civil dates are: 100 the same, 85 day and month in each other's place, 80 one digit
 * of YYYY-MM-DD wrong or two neighbours swapped, else 0.
 *
 * @param a, b             days since 1970-01-01
 * @param[out] similarity  untouched on failure
 * @return ACRM_OK, ACRM_E_INVALID for a day outside the years 1 to 9999, ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_date_compare(int32_t a, int32_t b, int32_t *similarity);

/** One sign that two records are of the same person. Its members are fixed for good. @since 0.1 */
typedef struct acrm_match_sign {
    int32_t similarity; /**< 0 to 100 */
    int32_t weight;     /**< 0 to 100: how sure the sign alone makes it, when similarity is 100 */
} acrm_match_sign;

/**
 * Add signs up, each to what the others left open: 100 (1 - product of (1 - weight x similarity)).
 *
 * @param signs       may be NULL if @p n is 0
 * @param n           how many
 * @param[out] score  0 to 100, rounded down; untouched on failure
 * @return ACRM_OK, ACRM_E_INVALID for a member outside 0 to 100, ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_score(const acrm_match_sign *signs, size_t n, int32_t *score);

/** What acrm_match_name_keys() makes keys of. */
enum {
    ACRM_MATCH_KEY_PAIRS = 1,   /**< each two of the first words; of a single word, the word */
    ACRM_MATCH_KEY_LETTERS = 2  /**< the first sound of each word: with @p salt, a birth date */
};

/**
 * Blocking keys of a name: two spellings of it, in Latin, Persian or Cyrillic letters and in any
 * order, share one most of the time; of a million names few do. They are made of the consonants.
 *
 * @param name        a prepared name
 * @param kind        ACRM_MATCH_KEY_PAIRS or ACRM_MATCH_KEY_LETTERS
 * @param salt        bytes that must be equal too, such as a city or a date; NULL if none
 * @param salt_len    their number
 * @param[out] keys   room for ACRM_MATCH_KEYS
 * @param[out] count  how many were written, each another
 * @return ACRM_OK, ACRM_E_INVALID for an unknown kind, or
 *   ACRM_E_MISUSE  a pointer is NULL, or name's struct_size too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_match_name_keys(const acrm_match_name *name, int32_t kind, const void *salt,
                                      size_t salt_len, uint64_t *keys, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
