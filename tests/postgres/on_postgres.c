/* SPDX-License-Identifier: MIT */
/*
 * Runs test programs, one after the other, on one PostgreSQL server that all share
 * (postgres_wrap.c): on_postgres PROGRAM... Says what failed; the last line sums up the checks.
 */
#include "autocrm/autocrm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

typedef struct tally {
    long checks, failures;
} tally;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Its output goes on, its counts are taken out. */
static bool run(const char *program, tally *sum)
{
    char line[4096];
    const char *name = strrchr(program, '/');
    double begun = seconds();
    long checks = 0, failures = 0, errors = 0;
    bool told = false;
    FILE *out = popen(program, "r");

    if (!out)
        return false;
    while (fgets(line, sizeof line, out)) {
        if (sscanf(line, "%*d%%: Checks: %ld, Failures: %ld, Errors: %ld", &checks, &failures,
                   &errors) == 3) {
            sum->checks += checks;
            sum->failures += failures + errors;
            told = true;
        } else if (strncmp(line, "Running suite", 13) != 0) {
            fputs(line, stdout);
        }
    }
    int status = pclose(out);
    bool good = status == 0 && told && failures + errors == 0;
    printf("%-32s %5.1f s  %4ld checks%s\n", name ? name + 1 : program, seconds() - begun, checks,
           good ? "" : "  FAILED");
    fflush(stdout);
    if (!good && failures + errors == 0) { /* it broke off, or leaks */
        sum->checks++;
        sum->failures++;
    }
    return good;
}

int main(int argc, char **argv)
{
    acrm_engine *engine = NULL;
    tally sum = { 0, 0 };
    bool good = true;

    setenv("AUTOCRM_TEST_DB", "postgres", 1);
    setenv("CK_FORK", "no", 1); /* or each test would begin with a connection of its own */
    if (acrm_open("memory:", NULL, &engine, NULL) != ACRM_OK) /* starts the server */
        return EXIT_FAILURE;
    acrm_close(engine);
    for (int i = 1; i < argc; i++)
        good &= run(argv[i], &sum);
    printf("%ld checks, %ld failures\n", sum.checks, sum.failures);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
