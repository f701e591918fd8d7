/* SPDX-License-Identifier: MIT */
/*
 * Benchmarks: ours against a baseline in the same process, runs interleaved, medians printed as
 * one JSON line per measure. Options: --quick, --size N, --runs N, --only NAME.
 */
#ifndef TESTS_SUPPORT_BENCH_H
#define TESTS_SUPPORT_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BENCH_RUNS_MAX = 101 };

typedef struct bench_options {
    bool quick;
    size_t size;      /* 0: the measure's own */
    int runs;         /* odd, so that there is a middle one */
    const char *only; /* NULL: every measure */
} bench_options;

/* What a measure runs: `n` operations on `context`. Returns something that depends on them all. */
typedef uint64_t (*bench_work)(void *context, size_t n);

typedef struct bench_measure {
    const char *name; /* "phone.parse" */
    size_t size;      /* how many operations in a run */
    size_t quick_size;
    bench_work ours, baseline;
    void *context;
    const char *goal; /* in words: "1 us/op" */
} bench_measure;

static volatile uint64_t bench_sink; /* keeps the work from being optimised away */

static inline bench_options bench_parse(int argc, char **argv)
{
    bench_options options = { .runs = 7 };

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--quick") == 0) {
            options.quick = true;
            continue;
        }
        if (value && strcmp(argv[i], "--size") == 0) {
            options.size = (size_t)strtoull(value, NULL, 10);
        } else if (value && strcmp(argv[i], "--runs") == 0) {
            options.runs = (int)strtol(value, NULL, 10) | 1;
        } else if (value && strcmp(argv[i], "--only") == 0) {
            options.only = value;
        } else {
            fprintf(stderr, "usage: %s [--quick] [--size N] [--runs N] [--only NAME]\n", argv[0]);
            exit(EXIT_FAILURE);
        }
        i++;
    }
    if (options.runs < 5 || options.runs > BENCH_RUNS_MAX)
        options.runs = options.runs < 5 ? 5 : BENCH_RUNS_MAX;
    return options;
}

static inline double bench_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline double bench_time(bench_work work, void *context, size_t n)
{
    double start = bench_now_us();

    bench_sink = bench_sink + work(context, n);
    return (bench_now_us() - start) / (double)n;
}

static inline int bench_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static inline void bench_run(const bench_options *options, const bench_measure *measure)
{
    double ours[BENCH_RUNS_MAX], baseline[BENCH_RUNS_MAX];
    size_t n = options->size ? options->size : options->quick ? measure->quick_size : measure->size;
    size_t middle = (size_t)options->runs / 2;

    if (options->only && strcmp(options->only, measure->name) != 0)
        return;
    for (int i = 0; i < options->runs; i++) {
        ours[i] = bench_time(measure->ours, measure->context, n);
        baseline[i] = bench_time(measure->baseline, measure->context, n);
    }
    qsort(ours, (size_t)options->runs, sizeof ours[0], bench_order);
    qsort(baseline, (size_t)options->runs, sizeof baseline[0], bench_order);
    printf("{\"bench\":\"%s\",\"size\":%zu,\"ours\":%.4f,\"baseline\":%.4f,\"unit\":\"us/op\","
           "\"ratio\":%.2f,\"goal\":\"%s\"}\n",
           measure->name, n, ours[middle], baseline[middle], ours[middle] / baseline[middle],
           measure->goal);
}

#endif
