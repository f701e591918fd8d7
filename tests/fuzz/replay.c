/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over the files of its corpus without a fuzzer, as an ordinary test: each file
 * as it is, cut short, and with bytes changed at random from a fixed seed.
 *
 * Usage: replay [--changes N] [--seed N] FILE-OR-FOLDER...
 */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_CUTS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct replay {
    uint64_t seed;
    long changes; /* changed variants of each file */
    long inputs;  /* run so far */
    long files;
} replay;

static uint64_t replay_random(replay *state)
{
    /* xorshift64*, by G. Marsaglia and S. Vigna. */
    state->seed ^= state->seed >> 12;
    state->seed ^= state->seed << 25;
    state->seed ^= state->seed >> 27;
    return state->seed * 0x2545F4914F6CDD1D;
}

/* In memory of exactly its size, so that a sanitizer sees every step beyond it. */
static void replay_input(replay *state, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        exit(EXIT_FAILURE);
    if (size)
        memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    state->inputs++;
}

static void replay_changed(replay *state, uint8_t *data, size_t size)
{
    for (size_t i = 1 + replay_random(state) % 4; i > 0; i--) {
        size_t at = replay_random(state) % size;
        size_t from = replay_random(state) % size;
        size_t len = replay_random(state) % 16 + 1;

        switch (replay_random(state) % 4) {
        case 0:
            data[at] = (uint8_t)replay_random(state);
            break;
        case 1:
            data[at] ^= (uint8_t)(1 << replay_random(state) % 8);
            break;
        case 2:
            data[at] = (uint8_t)"{}[]\",:\\u0-9e.'<>&;$\n\0\xFF"[replay_random(state) % 24];
            break;
        default:
            len = len < size - at ? len : size - at;
            len = len < size - from ? len : size - from;
            memmove(data + at, data + from, len);
            break;
        }
    }
}

static void replay_file(replay *state, const char *path)
{
    FILE *in = fopen(path, "rb");
    long size = 0;
    uint8_t *data = NULL;
    uint8_t *changed = NULL;

    if (!in || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(EXIT_FAILURE);
    }
    rewind(in);
    data = malloc((size_t)size + 1);
    changed = malloc((size_t)size + 1);
    if (!data || !changed || fread(data, 1, (size_t)size, in) != (size_t)size) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(EXIT_FAILURE);
    }
    fclose(in);
    state->files++;
    replay_input(state, data, (size_t)size);
    for (long i = 0; i < REPLAY_CUTS && i < size; i++)
        replay_input(state, data,
                     size <= REPLAY_CUTS ? (size_t)i : replay_random(state) % (size_t)size);
    for (long i = 0; i < state->changes && size > 0; i++) {
        memcpy(changed, data, (size_t)size);
        replay_changed(state, changed, (size_t)size);
        replay_input(state, changed, (size_t)size);
    }
    free(data);
    free(changed);
}

static void replay_path(replay *state, const char *path)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, NULL, alphasort);
    char file[4096];

    if (count < 0) {
        replay_file(state, path);
        return;
    }
    for (int i = 0; i < count; i++) {
        if (names[i]->d_name[0] != '.') {
            (void)snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
            replay_file(state, file);
        }
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    replay state = { .seed = 20, .changes = 100 };
    int at = 1;

    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        if (strcmp(argv[at], "--changes") == 0)
            state.changes = strtol(argv[at + 1], NULL, 10);
        else if (strcmp(argv[at], "--seed") == 0)
            state.seed = strtoull(argv[at + 1], NULL, 10) | 1;
    }
    for (; at < argc; at++)
        replay_path(&state, argv[at]);
    printf("%ld inputs from %ld files\n", state.inputs, state.files);
    return state.files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
