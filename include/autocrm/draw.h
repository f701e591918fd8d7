/* SPDX-License-Identifier: MIT */
/**
 * Draws that anybody can run again: who wins follows from a frozen list and a public seed alone.
 *
 * The list is a text of one line per entrant, "ID\n" (weighted: "ID\tWEIGHT\n"), in the order of
 * the bytes of the ids, each once. Its SHA-256 is published before anybody can know the seed. Then
 *
 *     key    = SHA-256("autocrm draw\n" ALGORITHM "\n" ROUND "\n" HASH-OF-THE-LIST "\n" SEED)
 *     ticket = SHA-256(key ID)
 *
 * and the entrants with the smallest tickets win, in the order of the tickets; those behind them
 * are the reserves. No number is ever cut down to a range, so that there is nothing to be biased by
 * a remainder: while SHA-256 cannot be told from chance, all orders are equally likely.
 *
 * With weights (algorithm sha256-weighted-1) the order is by score = floor(L / weight), then by
 * ticket; L is -log2 of the ticket's first 64 bits as a fraction (plus one half of the last bit),
 * with 57 binary digits after the point, all in whole numbers (docs/draw.md has it in ten lines).
 * An entrant then comes before another with chances as their weights are, drawn without
 * replacement (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006); whole
 * numbers make chances differ from that by less than one in 10^9.
 *
 * SHA-256: FIPS 180-4.
 */
#ifndef AUTOCRM_DRAW_H
#define AUTOCRM_DRAW_H

#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A list being read and those who win so far. One thread at a time. */
typedef struct acrm_draw acrm_draw;

/** Limits, and sizes of texts with their NUL. */
enum {
    ACRM_DRAW_ID_MAX = 256,         /**< bytes of an entrant's id */
    ACRM_DRAW_SEED_MAX = 4096,      /**< bytes of a seed */
    ACRM_DRAW_WEIGHT_MAX = 1000000, /**< weight of an entrant */
    ACRM_DRAW_PICKS_MAX = 10000000, /**< winners and reserves together */
    ACRM_DRAW_PARTS_MAX = 64,       /**< parts of a seed */
    ACRM_DRAW_HASH_SIZE = 65        /**< a hash in hexadecimal */
};

/** How a draw is run. @since 0.1 */
typedef struct acrm_draw_options {
    uint32_t struct_size;  /**< sizeof(acrm_draw_options), as you compiled it */
    int32_t weighted;      /**< 1: entrants have weights */
    uint32_t picks;        /**< winners and reserves together; 0: the list is hashed only */
    const char *round;     /**< (nullable when picks is 0) name of the draw: one line */
    const char *seed;      /**< (nullable when picks is 0) the public seed */
    const char *list_hash; /**< (nullable when picks is 0) the frozen list's hash, hexadecimal */
} acrm_draw_options;

/**
 * Begin a draw, or the hashing of a list.
 * @param allocator (nullable) where the memory comes from; copied; NULL: the C library
 * @param[out] out  (transfer full) acrm_draw_free() it; untouched on failure
 * @param[out] err  (transfer full)(optional) `field` names the option
 * @return ACRM_OK, ACRM_E_INVALID (an option is missing, too long or no hash), ACRM_E_NOMEM,
 *         ACRM_E_MISUSE (NULL, unknown struct_size). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_draw_new(const acrm_allocator *allocator, const acrm_draw_options *options,
                               acrm_draw **out, acrm_error **err);

/** Free. @param draw (nullable) @since 0.1 */
ACRM_API void acrm_draw_free(acrm_draw *draw);

/**
 * The next entrant of the list. Memory grows with the winners and reserves only.
 * @param id     its id, 1 to 256 bytes without control characters; copied if it may win
 * @param len    bytes of it
 * @param weight 1 to 1,000,000; not looked at when the draw is not weighted
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the id or the weight is out of range
 *   ACRM_E_CONFLICT the id is not behind the one before: twice in the list, or not in order
 *   ACRM_E_NOMEM    out of memory: the draw cannot go on
 *   ACRM_E_MISUSE   NULL, or the draw is finished or failed
 * @since 0.1
 */
ACRM_API int32_t acrm_draw_add(acrm_draw *draw, const char *id, size_t len, uint32_t weight);

/**
 * The list is complete.
 * @param[out] hash of ACRM_DRAW_HASH_SIZE bytes (optional): the hash of the list that was read,
 *                  also when it is not the frozen one
 * @return ACRM_OK, ACRM_E_CONFLICT (it is not the list of options.list_hash: nothing was drawn),
 *         ACRM_E_MISUSE (NULL, or the draw is finished or failed). @since 0.1
 */
ACRM_API int32_t acrm_draw_finish(acrm_draw *draw, char *hash);

/** The number of entrants so far. @since 0.1 */
ACRM_API uint64_t acrm_draw_entrants(const acrm_draw *draw);

/** The number of picks of a finished draw: as asked for, or all entrants when there are fewer.
 * @since 0.1 */
ACRM_API size_t acrm_draw_picks(const acrm_draw *draw);

/**
 * The n-th pick, from 0; the winners come first, then the reserves.
 * @param[out] len    (optional) bytes of the id
 * @param[out] ticket of ACRM_DRAW_HASH_SIZE bytes (optional): its ticket
 * @return (nullable)(transfer none) the id, NUL-terminated; NULL past the last, or before
 *         acrm_draw_finish() succeeded. @since 0.1
 */
ACRM_API const char *acrm_draw_pick(const acrm_draw *draw, size_t n, size_t *len, char *ticket);

/** The algorithm's id, "sha256-rank-1" or "sha256-weighted-1". Any thread. @since 0.1 */
ACRM_API const char *acrm_draw_algorithm(int32_t weighted);

/**
 * What somebody who gives a part of the seed publishes before: the SHA-256 of it. Reveal the part
 * after the list is frozen.
 * @param[out] commit of ACRM_DRAW_HASH_SIZE bytes
 * @return ACRM_OK, ACRM_E_INVALID (empty or longer than 4096 bytes), ACRM_E_MISUSE (NULL). Any
 *         thread. @since 0.1
 */
ACRM_API int32_t acrm_draw_commit(const char *part, size_t len, char *commit);

/**
 * The seed of several parts: the SHA-256 of, for each part in the order of the commits, its commit
 * and the part itself, each with a line feed behind it.
 * @param parts     the revealed parts
 * @param lens      bytes of each
 * @param n         1 to 64
 * @param[out] seed of ACRM_DRAW_HASH_SIZE bytes
 * @return ACRM_OK, ACRM_E_INVALID (a part is empty, too long or given twice; n out of range),
 *         ACRM_E_MISUSE (NULL). Any thread. @since 0.1
 */
ACRM_API int32_t acrm_draw_seed(const char *const *parts, const size_t *lens, size_t n, char *seed);

#ifdef __cplusplus
}
#endif

#endif
