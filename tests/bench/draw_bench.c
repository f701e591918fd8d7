/* SPDX-License-Identifier: MIT */
/* A draw against the bare hashes it needs: one of the list, one per entrant. */
#include "bench.h"

#include "autocrm/draw.h"

#include <sodium.h>

enum { DRAW_PICKS = 1000 };

typedef struct draw_world {
    long size;
    int32_t weighted;
    char hash[ACRM_DRAW_HASH_SIZE];
} draw_world;

static size_t draw_id(char out[24], long n)
{
    return (size_t)snprintf(out, 24, "entrant-%08ld", n);
}

static acrm_draw *draw_whole(const draw_world *w, uint32_t picks, char *hash)
{
    acrm_draw_options options = { .struct_size = sizeof options, .weighted = w->weighted,
        .picks = picks, .round = "bench", .seed = "seed", .list_hash = w->hash };
    acrm_draw *draw = NULL;
    char id[24];

    if (acrm_draw_new(NULL, &options, &draw, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    for (long i = 0; i < w->size; i++) {
        size_t len = draw_id(id, i);
        if (acrm_draw_add(draw, id, len, 1 + (uint32_t)(i % 9)) != ACRM_OK)
            exit(EXIT_FAILURE);
    }
    if (acrm_draw_finish(draw, hash) != ACRM_OK)
        exit(EXIT_FAILURE);
    return draw;
}

static void draw_ours(void *user, long ops)
{
    for (; ops > 0; ops--) {
        acrm_draw *draw = draw_whole(user, DRAW_PICKS, NULL);
        bench_keep(draw);
        acrm_draw_free(draw);
    }
}

static void draw_hashes(void *user, long ops)
{
    const draw_world *w = user;
    unsigned char key[32] = { 1 }, hash[32];
    char id[24];

    for (; ops > 0; ops--) {
        crypto_hash_sha256_state list;
        crypto_hash_sha256_init(&list);
        for (long i = 0; i < w->size; i++) {
            crypto_hash_sha256_state one;
            size_t len = draw_id(id, i);
            crypto_hash_sha256_update(&list, (const unsigned char *)id, len);
            crypto_hash_sha256_update(&list, (const unsigned char *)"\n", 1);
            crypto_hash_sha256_init(&one);
            crypto_hash_sha256_update(&one, key, sizeof key);
            crypto_hash_sha256_update(&one, (const unsigned char *)id, len);
            crypto_hash_sha256_final(&one, hash);
            bench_keep(hash);
        }
        crypto_hash_sha256_final(&list, hash);
        bench_keep(hash);
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (int32_t weighted = 0; weighted < 2; weighted++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            draw_world w = { .size = sizes[i], .weighted = weighted };
            if ((b.quick && i > 0) || (b.size && b.size != sizes[i]))
                continue;
            acrm_draw_free(draw_whole(&w, 0, w.hash));
            bench_compare(&b, &(bench_measure){
                .name = weighted ? "draw.weighted" : "draw.run", .size = w.size,
                .goal = weighted ? 3.0 : 1.5, .ours = draw_ours, .baseline = draw_hashes,
                .user = &w, .ops = sizes[i] > 100000 ? 1 : 100000 / sizes[i] });
        }
    return bench_end(&b);
}
