/* SPDX-License-Identifier: MIT */
/* Draws: a list hashed as it goes by, and a heap of the smallest tickets. */
#include "autocrm/draw.h"

#include "base/alloc.h"
#include "base/error.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { DRAW_HASH = crypto_hash_sha256_BYTES, DRAW_FIRST_ROOM = 16, DRAW_ROUND_MAX = 200 };

typedef struct draw_pick {
    uint64_t score;
    unsigned char ticket[DRAW_HASH];
    char *id; /* len bytes and a NUL */
    size_t len;
} draw_pick;

struct acrm_draw {
    acrm_allocator allocator;
    crypto_hash_sha256_state list;
    unsigned char key[DRAW_HASH], frozen[DRAW_HASH];
    draw_pick *picks; /* a heap, the last to win on top; in the end in order */
    size_t n_picks, room;
    uint32_t wanted;
    bool weighted, over, failed, done;
    uint64_t entrants;
    size_t last_len;
    char last[ACRM_DRAW_ID_MAX];
};

const char *acrm_draw_algorithm(int32_t weighted)
{
    return weighted ? "sha256-weighted-1" : "sha256-rank-1";
}

static void draw_hex(const unsigned char hash[DRAW_HASH], char out[ACRM_DRAW_HASH_SIZE])
{
    sodium_bin2hex(out, ACRM_DRAW_HASH_SIZE, hash, DRAW_HASH);
}

static bool draw_unhex(const char *hex, unsigned char out[DRAW_HASH])
{
    size_t n = 0;

    return strlen(hex) == (size_t)2 * DRAW_HASH &&
           sodium_hex2bin(out, DRAW_HASH, hex, (size_t)2 * DRAW_HASH, NULL, &n, NULL) == 0 &&
           n == DRAW_HASH;
}

/* Text of one line, without control characters. */
static bool draw_line(const char *text, size_t len, size_t max)
{
    if (len == 0 || len > max)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return true;
}

/* --- Beginning --- */

static int32_t draw_check(const acrm_draw_options *options, unsigned char frozen[DRAW_HASH],
                          acrm_error **err)
{
    if (options->picks == 0)
        return ACRM_OK;
    if (options->picks > ACRM_DRAW_PICKS_MAX)
        return acrm__error(err, ACRM_E_INVALID, "range", "picks",
                           "picks must be at most 10,000,000");
    if (!options->round || !draw_line(options->round, strlen(options->round), DRAW_ROUND_MAX))
        return acrm__error(err, ACRM_E_INVALID, "format", "round",
                           "round must be one line of up to 200 bytes");
    if (!options->seed || !options->seed[0] || strlen(options->seed) > ACRM_DRAW_SEED_MAX)
        return acrm__error(err, ACRM_E_INVALID, "range", "seed",
                           "seed must have 1 to 4096 bytes");
    if (!options->list_hash || !draw_unhex(options->list_hash, frozen))
        return acrm__error(err, ACRM_E_INVALID, "format", "list_hash",
                           "list_hash must be the 64 hexadecimal digits of a SHA-256");
    return ACRM_OK;
}

static void draw_key(acrm_draw *draw, const acrm_draw_options *options)
{
    const char *texts[] = { "autocrm draw", acrm_draw_algorithm(options->weighted),
                            options->round, NULL, options->seed };
    char hash[ACRM_DRAW_HASH_SIZE];
    crypto_hash_sha256_state state;

    draw_hex(draw->frozen, hash);
    texts[3] = hash;
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < 5; i++) {
        if (i > 0)
            crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
        crypto_hash_sha256_update(&state, (const unsigned char *)texts[i], strlen(texts[i]));
    }
    crypto_hash_sha256_final(&state, draw->key);
}

int32_t acrm_draw_new(const acrm_allocator *allocator, const acrm_draw_options *options,
                      acrm_draw **out, acrm_error **err)
{
    acrm_allocator own = acrm__allocator(allocator);
    unsigned char frozen[DRAW_HASH] = { 0 };

    if (!options || !out || options->struct_size != sizeof *options)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "options of this library's struct_size and a place are needed");
    int32_t st = draw_check(options, frozen, err);
    if (st != ACRM_OK)
        return st;
    acrm_draw *draw = acrm__alloc_zero(&own, sizeof *draw);
    if (!draw)
        return acrm__error_nomem(err);
    draw->allocator = own;
    draw->wanted = options->picks;
    draw->weighted = options->weighted != 0;
    memcpy(draw->frozen, frozen, sizeof frozen);
    crypto_hash_sha256_init(&draw->list);
    if (draw->wanted > 0)
        draw_key(draw, options);
    *out = draw;
    return ACRM_OK;
}

static void draw_drop(acrm_draw *draw, draw_pick *pick)
{
    acrm__free(&draw->allocator, pick->id, pick->id ? pick->len + 1 : 0);
}

void acrm_draw_free(acrm_draw *draw)
{
    if (!draw)
        return;
    acrm_allocator own = draw->allocator;
    for (size_t i = 0; i < draw->n_picks; i++)
        draw_drop(draw, &draw->picks[i]);
    acrm__free(&own, draw->picks, draw->room * sizeof *draw->picks);
    acrm__free(&own, draw, sizeof *draw);
}

/* --- Tickets --- */

/* The upper half of the square of a fixed-point number in [1, 2), 63 digits after the point; *two:
 * it is 2 or more. Multiplied in halves: no type of 128 bits is needed. */
static uint64_t draw_square(uint64_t x, bool *two)
{
    uint64_t hi = x >> 32, lo = x & UINT32_MAX;
    uint64_t mid = hi * lo;
    uint64_t low = lo * lo + (mid << 33);
    uint64_t high = hi * hi + (mid >> 31) + (low < mid << 33);

    *two = high >> 63;
    return *two ? high : high << 1 | low >> 63;
}

/* -log2((x + 1/2) / 2^64) with 57 binary digits after the point. */
static uint64_t draw_log(uint64_t x)
{
    uint64_t whole = 64, fraction = 0;
    bool half = true, two = false; /* the half bit behind x */

    while (!(x >> 63)) {
        x = x << 1 | (half ? 1 : 0);
        half = false;
        whole--;
    }
    /* The fraction is x / 2^63 * 2^(whole - 65), and 1 <= x / 2^63 < 2. */
    for (int i = 0; i < 57; i++) {
        x = draw_square(x, &two);
        fraction = fraction << 1 | (two ? 1 : 0);
    }
    return ((65 - whole) << 57) - fraction;
}

static void draw_ticket(const acrm_draw *draw, const char *id, size_t len, uint32_t weight,
                        draw_pick *pick)
{
    crypto_hash_sha256_state state;
    uint64_t x = 0;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, draw->key, sizeof draw->key);
    crypto_hash_sha256_update(&state, (const unsigned char *)id, len);
    crypto_hash_sha256_final(&state, pick->ticket);
    for (size_t i = 0; i < 8; i++)
        x = x << 8 | pick->ticket[i];
    pick->score = draw->weighted ? draw_log(x) / weight : 0;
}

/* Less than 0: a wins before b. Tickets of two entrants differ. */
static int draw_order(const draw_pick *a, const draw_pick *b)
{
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    return memcmp(a->ticket, b->ticket, DRAW_HASH);
}

/* --- The heap --- */

static void draw_swap(draw_pick *a, draw_pick *b)
{
    draw_pick kept = *a;

    *a = *b;
    *b = kept;
}

static void draw_sink(draw_pick *heap, size_t at, size_t n)
{
    for (size_t child = 2 * at + 1; child < n; at = child, child = 2 * at + 1) {
        if (child + 1 < n && draw_order(&heap[child], &heap[child + 1]) < 0)
            child++;
        if (draw_order(&heap[at], &heap[child]) >= 0)
            return;
        draw_swap(&heap[at], &heap[child]);
    }
}

static void draw_rise(draw_pick *heap, size_t at)
{
    while (at > 0 && draw_order(&heap[(at - 1) / 2], &heap[at]) < 0) {
        draw_swap(&heap[(at - 1) / 2], &heap[at]);
        at = (at - 1) / 2;
    }
}

static bool draw_make_room(acrm_draw *draw)
{
    size_t room = draw->room ? draw->room * 2 : DRAW_FIRST_ROOM;

    if (draw->n_picks < draw->room)
        return true;
    if (room > draw->wanted)
        room = draw->wanted;
    draw_pick *grown = acrm__resize(&draw->allocator, draw->picks,
                                    draw->room * sizeof *grown, room * sizeof *grown);
    if (!grown)
        return false;
    draw->picks = grown;
    draw->room = room;
    return true;
}

static bool draw_keep(acrm_draw *draw, const draw_pick *pick, const char *id)
{
    bool full = draw->n_picks == draw->wanted;

    if (full && draw_order(pick, &draw->picks[0]) > 0)
        return true;
    char *copy = acrm__alloc(&draw->allocator, pick->len + 1);
    if (!copy || (!full && !draw_make_room(draw))) {
        acrm__free(&draw->allocator, copy, copy ? pick->len + 1 : 0);
        return false;
    }
    memcpy(copy, id, pick->len);
    copy[pick->len] = '\0';
    if (full) {
        draw_drop(draw, &draw->picks[0]);
        draw->picks[0] = *pick;
        draw->picks[0].id = copy;
        draw_sink(draw->picks, 0, draw->n_picks);
    } else {
        draw->picks[draw->n_picks] = *pick;
        draw->picks[draw->n_picks].id = copy;
        draw_rise(draw->picks, draw->n_picks++);
    }
    return true;
}

/* --- The list --- */

static bool draw_behind(const acrm_draw *draw, const char *id, size_t len)
{
    size_t shorter = len < draw->last_len ? len : draw->last_len;
    int order = memcmp(draw->last, id, shorter);

    return draw->entrants == 0 || order < 0 || (order == 0 && draw->last_len < len);
}

/* The entrant's line, into the hash. */
static void draw_hash_line(acrm_draw *draw, const char *id, size_t len, uint32_t weight)
{
    char line[ACRM_DRAW_ID_MAX + 16];
    char digits[12];
    size_t n = 0;

    memcpy(line, id, len);
    if (draw->weighted) {
        line[len++] = '\t';
        do
            digits[n++] = (char)('0' + weight % 10);
        while ((weight /= 10) > 0);
        while (n > 0)
            line[len++] = digits[--n];
    }
    line[len++] = '\n';
    crypto_hash_sha256_update(&draw->list, (const unsigned char *)line, len);
}

int32_t acrm_draw_add(acrm_draw *draw, const char *id, size_t len, uint32_t weight)
{
    draw_pick pick = { .len = len };

    if (!draw || !id || draw->over || draw->failed)
        return ACRM_E_MISUSE;
    if (!draw_line(id, len, ACRM_DRAW_ID_MAX) ||
        (draw->weighted && (weight < 1 || weight > ACRM_DRAW_WEIGHT_MAX)))
        return ACRM_E_INVALID;
    if (!draw_behind(draw, id, len))
        return ACRM_E_CONFLICT;
    if (draw->wanted > 0) {
        draw_ticket(draw, id, len, weight, &pick);
        draw->failed = !draw_keep(draw, &pick, id);
        if (draw->failed)
            return ACRM_E_NOMEM;
    }
    draw_hash_line(draw, id, len, weight);
    memcpy(draw->last, id, len);
    draw->last_len = len;
    draw->entrants++;
    return ACRM_OK;
}

int32_t acrm_draw_finish(acrm_draw *draw, char *hash)
{
    unsigned char got[DRAW_HASH];

    if (!draw || draw->over || draw->failed)
        return ACRM_E_MISUSE;
    crypto_hash_sha256_final(&draw->list, got);
    draw->over = true;
    if (hash)
        draw_hex(got, hash);
    if (draw->wanted > 0 && memcmp(got, draw->frozen, DRAW_HASH) != 0)
        return ACRM_E_CONFLICT;
    for (size_t n = draw->n_picks; n > 1; n--) {
        draw_swap(&draw->picks[0], &draw->picks[n - 1]);
        draw_sink(draw->picks, 0, n - 1);
    }
    draw->done = true;
    return ACRM_OK;
}

uint64_t acrm_draw_entrants(const acrm_draw *draw)
{
    return draw ? draw->entrants : 0;
}

size_t acrm_draw_picks(const acrm_draw *draw)
{
    return draw && draw->done ? draw->n_picks : 0;
}

const char *acrm_draw_pick(const acrm_draw *draw, size_t n, size_t *len, char *ticket)
{
    if (n >= acrm_draw_picks(draw))
        return NULL;
    if (len)
        *len = draw->picks[n].len;
    if (ticket)
        draw_hex(draw->picks[n].ticket, ticket);
    return draw->picks[n].id;
}

/* --- The seed --- */

int32_t acrm_draw_commit(const char *part, size_t len, char *commit)
{
    unsigned char hash[DRAW_HASH];

    if (!part || !commit)
        return ACRM_E_MISUSE;
    if (len < 1 || len > ACRM_DRAW_SEED_MAX)
        return ACRM_E_INVALID;
    crypto_hash_sha256(hash, (const unsigned char *)part, len);
    draw_hex(hash, commit);
    return ACRM_OK;
}

int32_t acrm_draw_seed(const char *const *parts, const size_t *lens, size_t n, char *seed)
{
    char commits[ACRM_DRAW_PARTS_MAX][ACRM_DRAW_HASH_SIZE];
    size_t order[ACRM_DRAW_PARTS_MAX];
    unsigned char hash[DRAW_HASH];
    crypto_hash_sha256_state state;

    if (!parts || !lens || !seed)
        return ACRM_E_MISUSE;
    if (n < 1 || n > ACRM_DRAW_PARTS_MAX)
        return ACRM_E_INVALID;
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        int32_t st = acrm_draw_commit(parts[i], lens[i], commits[i]);
        if (st != ACRM_OK)
            return st;
        for (; at > 0 && strcmp(commits[order[at - 1]], commits[i]) > 0; at--)
            order[at] = order[at - 1];
        if (at > 0 && strcmp(commits[order[at - 1]], commits[i]) == 0)
            return ACRM_E_INVALID;
        order[at] = i;
    }
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++) {
        crypto_hash_sha256_update(&state, (const unsigned char *)commits[order[i]],
                                  ACRM_DRAW_HASH_SIZE - 1);
        crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
        crypto_hash_sha256_update(&state, (const unsigned char *)parts[order[i]],
                                  lens[order[i]]);
        crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
    }
    crypto_hash_sha256_final(&state, hash);
    draw_hex(hash, seed);
    return ACRM_OK;
}
