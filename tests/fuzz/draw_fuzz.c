/* SPDX-License-Identifier: MIT */
/* Any bytes as a list of entrants, one a line: what is in order is drawn, and again with fewer
 * picks, which are the first of the others. */
#include "autocrm/draw.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_list(acrm_draw *draw, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t len = end ? (size_t)(end - text) - at : size - at;
        int32_t st = acrm_draw_add(draw, text + at, len, 1 + (uint32_t)len * 7919 % 1000000);
        if (st != ACRM_OK && st != ACRM_E_INVALID && st != ACRM_E_CONFLICT)
            abort();
        at += len + 1;
    }
}

static acrm_draw *run(const char *text, size_t size, int32_t weighted, uint32_t picks)
{
    acrm_draw_options options = { .struct_size = sizeof options, .weighted = weighted };
    char hash[ACRM_DRAW_HASH_SIZE];
    acrm_draw *draw = NULL;

    if (acrm_draw_new(NULL, &options, &draw, NULL) != ACRM_OK)
        abort();
    read_list(draw, text, size);
    if (acrm_draw_finish(draw, hash) != ACRM_OK)
        abort();
    acrm_draw_free(draw);
    options.picks = picks;
    options.round = "fuzz";
    options.seed = "seed";
    options.list_hash = hash;
    if (acrm_draw_new(NULL, &options, &draw, NULL) != ACRM_OK)
        abort();
    read_list(draw, text, size);
    if (acrm_draw_finish(draw, NULL) != ACRM_OK)
        abort();
    return draw;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int32_t weighted = 0; weighted < 2; weighted++) {
        acrm_draw *all = run((const char *)data, size, weighted, 1000);
        acrm_draw *few = run((const char *)data, size, weighted, 3);
        if (acrm_draw_picks(all) != (acrm_draw_entrants(all) < 1000 ? acrm_draw_entrants(all)
                                                                    : 1000))
            abort();
        for (size_t i = 0; i < acrm_draw_picks(few); i++)
            if (strcmp(acrm_draw_pick(all, i, NULL, NULL), acrm_draw_pick(few, i, NULL, NULL)) != 0)
                abort();
        acrm_draw_free(all);
        acrm_draw_free(few);
    }
    return 0;
}
