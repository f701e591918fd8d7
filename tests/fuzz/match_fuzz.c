/* SPDX-License-Identifier: MIT */
/* Fuzzes the matching engine: the first byte says how long the first of two texts is. */
#include "autocrm/match.h"
#include "bytes.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_same(const acrm_match_name *name)
{
    acrm_match_likeness out = { .struct_size = sizeof out };

    fuzz_check(acrm_match_name_compare(name, name, &out) == ACRM_OK);
    fuzz_check(name->n_words == 0 ? out.similarity == 0 : out.similarity == 100);
}

static void fuzz_keys(const acrm_match_name *name, const uint8_t *salt, size_t size)
{
    uint64_t keys[ACRM_MATCH_KEYS];
    size_t n = 99;

    for (int32_t kind = ACRM_MATCH_KEY_PAIRS; kind <= ACRM_MATCH_KEY_LETTERS; kind++) {
        fuzz_check(acrm_match_name_keys(name, kind, salt, size, keys, &n) == ACRM_OK);
        fuzz_check(n <= ACRM_MATCH_KEYS);
        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++)
                fuzz_check(keys[i] != keys[k]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm_match_name a = { .struct_size = sizeof a }, b = { .struct_size = sizeof b };
    acrm_match_likeness there = { .struct_size = sizeof there }, back = there;
    int32_t x = -1, y = -1;

    if (size == 0)
        return 0;
    size_t first = data[0] < size - 1 ? data[0] : size - 1;
    const char *p = (const char *)data + 1, *q = p + first;
    size_t rest = size - 1 - first;
    fuzz_check(acrm_match_name_read(p, first, &a) == ACRM_OK);
    fuzz_check(acrm_match_name_read(q, rest, &b) == ACRM_OK);
    fuzz_check(a.n_words <= ACRM_MATCH_WORDS && b.n_words <= ACRM_MATCH_WORDS);
    fuzz_check(acrm_match_name_compare(&a, &b, &there) == ACRM_OK);
    fuzz_check(acrm_match_name_compare(&b, &a, &back) == ACRM_OK);
    fuzz_check(there.similarity >= 0 && there.similarity <= 100 && there.n_pairs <= 8);
    for (int32_t i = 0; i < there.n_pairs; i++)
        fuzz_check(there.pairs[i].a < a.n_words && there.pairs[i].b < b.n_words);
    fuzz_same(&a);
    fuzz_keys(&a, data, size);
    fuzz_check(acrm_match_text_compare(p, first, q, rest, &x) == ACRM_OK);
    fuzz_check(acrm_match_text_compare(q, rest, p, first, &y) == ACRM_OK);
    fuzz_check(x == y && x >= 0 && x <= 100);
    return 0;
}
