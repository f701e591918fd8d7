/* SPDX-License-Identifier: MIT */
/*
 * What every benchmark shares: options, a timer, runs interleaved with a baseline, and one JSON
 * line per measure with the ratio of the medians. A benchmark is one program:
 *
 *     int main(int argc, char **argv)
 *     {
 *         bench b = bench_begin(argc, argv);
 *         bench_compare(&b, &(bench_measure){ .name = "json.read", .size = 400, .goal = 1.0,
 *                       .ours = read_ours, .baseline = read_cjson, .user = &document });
 *         return bench_end(&b);
 *     }
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BENCH_RUNS = 7, BENCH_RUNS_MAX = 101 };

typedef struct bench {
    bool quick;       /* --quick: the smallest size, short runs */
    long size;        /* --size N, or 0: only this size */
    const char *only; /* --only NAME, or NULL: measures whose name contains NAME */
    int runs;         /* --runs N: of each side */
    int measures;
} bench;

/* Do something `ops` times. */
typedef void (*bench_fn)(void *user, long ops);

typedef struct bench_measure {
    const char *name;
    long size;
    double goal; /* the ratio not to exceed; 0: none is set */
    bench_fn ours;
    bench_fn baseline;
    bench_fn before; /* optional: untimed, before each run of either side */
    /* optional: microseconds of processor time that a side has taken so far, where it runs in a
     * process of its own; then there is a line for that too, by the name and "_cpu" */
    double (*spent_us)(const void *user, bool ours);
    void *user;
    long ops; /* of a run; 0: as many as take long enough to time */
} bench_measure;

static inline bench bench_begin(int argc, char **argv)
{
    bench b = { .runs = BENCH_RUNS };

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";

        if (strcmp(argv[i], "--quick") == 0) {
            b.quick = true;
            continue;
        }
        if (strcmp(argv[i], "--size") == 0)
            b.size = strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--only") == 0)
            b.only = value;
        else if (strcmp(argv[i], "--runs") == 0)
            b.runs = (int)strtol(value, NULL, 10);
        else {
            fprintf(stderr, "usage: %s [--quick] [--size N] [--only NAME] [--runs N]\n", argv[0]);
            exit(EXIT_FAILURE);
        }
        i++;
    }
    if (b.runs < 1 || b.runs > BENCH_RUNS_MAX)
        b.runs = BENCH_RUNS;
    return b;
}

/* Whether the options ask for a measure; also for benchmarks with a costly preparation. */
static inline bool bench_wanted(const bench *b, const char *name)
{
    return !b->only || strstr(name, b->only) != NULL;
}

/* Whether the options ask for a size out of those a benchmark has, the smallest first. */
static inline bool bench_wants_size(const bench *b, long size, long smallest)
{
    return b->size ? size == b->size : !b->quick || size == smallest;
}

/* Take it that this result is used, so that computing it is not optimised away. */
static inline void bench_keep(const void *result)
{
    __asm__ volatile("" : : "r"(result) : "memory");
}

static inline double bench_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static inline int bench_order(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static inline double bench_median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, bench_order);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* One line for figures in any unit that were taken elsewhere. */
static inline void bench_print(bench *b, const char *name, long size, double ours, double baseline,
                               const char *unit, double goal)
{
    printf("{\"bench\":\"%s\",\"size\":%ld,\"ours\":%.4g,\"baseline\":%.4g,\"unit\":\"%s\","
           "\"ratio\":%.3f",
           name, size, ours, baseline, unit, baseline > 0 ? ours / baseline : 0);
    if (goal > 0)
        printf(",\"goal\":%g", goal);
    puts("}");
    fflush(stdout);
    b->measures++;
}

static inline double bench_run(const bench_measure *m, bench_fn fn, long ops)
{
    double begin = 0;

    if (m->before)
        m->before(m->user, ops);
    begin = bench_now_us();
    fn(m->user, ops);
    return bench_now_us() - begin;
}

/* Microseconds of an operation; *cpu: those of processor time, 0 if the measure cannot tell. */
static inline double bench_run_cpu(const bench_measure *m, bool ours, long ops, double *cpu)
{
    double begin = m->spent_us ? m->spent_us(m->user, ours) : 0;
    double took = bench_run(m, ours ? m->ours : m->baseline, ops);

    *cpu = m->spent_us ? (m->spent_us(m->user, ours) - begin) / (double)ops : 0;
    return took / (double)ops;
}

static inline void bench_compare(bench *b, const bench_measure *m)
{
    double ours[BENCH_RUNS_MAX], ours_cpu[BENCH_RUNS_MAX];
    double baseline[BENCH_RUNS_MAX], baseline_cpu[BENCH_RUNS_MAX];
    char cpu_name[64];
    double enough = b->quick ? 2000 : 20000; /* microseconds of the slower side in a run */
    long ops = m->ops ? m->ops : 1;

    if (!bench_wanted(b, m->name))
        return;
    while (!m->ops && ops < 1L << 30) {
        double took = bench_run(m, m->ours, ops);
        double other = bench_run(m, m->baseline, ops);

        if (took > enough || other > enough)
            break;
        ops *= 2;
    }
    for (int i = 0; i < b->runs; i++) {
        ours[i] = bench_run_cpu(m, true, ops, &ours_cpu[i]);
        baseline[i] = bench_run_cpu(m, false, ops, &baseline_cpu[i]);
    }
    bench_print(b, m->name, m->size, bench_median(ours, b->runs), bench_median(baseline, b->runs),
                "us/op", m->goal);
    snprintf(cpu_name, sizeof cpu_name, "%s_cpu", m->name);
    if (m->spent_us)
        bench_print(b, cpu_name, m->size, bench_median(ours_cpu, b->runs),
                    bench_median(baseline_cpu, b->runs), "us/op", 0);
}

static inline int bench_end(const bench *b)
{
    (void)b;
    return EXIT_SUCCESS;
}

#endif
