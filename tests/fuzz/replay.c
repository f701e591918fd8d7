/* SPDX-License-Identifier: MIT */
/*
 * A main for fuzz targets without libFuzzer: runs each file of a corpus folder, each of its
 * beginnings, and inputs mutated from it by a fixed seed. A crash or a sanitizer's report fails it.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_INPUT_MAX = 1 << 20, REPLAY_PREFIXES_MAX = 512, REPLAY_MUTANTS = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t replay_state = 0x9E3779B97F4A7C15u;

static uint32_t replay_random(void)
{
    replay_state ^= replay_state << 13;
    replay_state ^= replay_state >> 7;
    replay_state ^= replay_state << 17;
    return (uint32_t)(replay_state >> 32);
}

/* A copy of its own size, so that a sanitizer sees a read past the end. */
static void replay_one(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        exit(EXIT_FAILURE);
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void replay_mutants(uint8_t *data, size_t size)
{
    uint8_t *mutant = malloc(size + 1);

    if (!mutant)
        exit(EXIT_FAILURE);
    for (int i = 0; size > 0 && i < REPLAY_MUTANTS; i++) {
        size_t len = size;

        memcpy(mutant, data, size);
        for (uint32_t edits = 1 + replay_random() % 4; edits > 0; edits--) {
            size_t at = replay_random() % len;

            switch (replay_random() % 4) {
            case 0:
                mutant[at] = (uint8_t)replay_random();
                break;
            case 1:
                mutant[at] ^= (uint8_t)(1u << replay_random() % 8);
                break;
            case 2:
                mutant[at] = data[replay_random() % size];
                break;
            default:
                memmove(mutant + at, mutant + at + 1, len - at - 1);
                len = len > 1 ? len - 1 : len;
                break;
            }
        }
        replay_one(mutant, len);
    }
    free(mutant);
}

static int replay_file(const char *folder, const char *name, uint8_t *data)
{
    char path[4096];
    FILE *in;
    size_t size;

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return -1;
    in = fopen(path, "rb");
    if (!in)
        return -1;
    size = fread(data, 1, REPLAY_INPUT_MAX, in);
    fclose(in);
    replay_one(data, size);
    for (size_t len = 0; len < size && len < REPLAY_PREFIXES_MAX; len++)
        replay_one(data, len);
    replay_mutants(data, size);
    return 0;
}

int main(int argc, char **argv)
{
    uint8_t *data = malloc(REPLAY_INPUT_MAX);
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    int files = 0, failed = 0;

    if (data && folder) {
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            if (entry->d_name[0] == '.')
                continue;
            files++;
            failed += replay_file(argv[1], entry->d_name, data) != 0;
        }
    }
    if (folder)
        closedir(folder);
    free(data);
    printf("%d passed, %d failed\n", files - failed, failed);
    return files > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
