/* SPDX-License-Identifier: MIT */
/* Runs all benchmarks that were built beside it, one after the other, with the options given. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const bench_names[] = { BENCH_NAMES };

static int bench_one(const char *folder, size_t folder_len, const char *name, char **argv)
{
    char path[PATH_MAX];
    int status = 0;
    pid_t child = 0;

    if (snprintf(path, sizeof path, "%.*s%s_bench", (int)folder_len, folder, name)
        >= (int)sizeof path)
        return EXIT_FAILURE;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        argv[0] = path;
        execv(path, argv);
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        _exit(EXIT_FAILURE);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const char *own = argv[0];
    const char *slash = strrchr(own, '/');
    int failed = EXIT_SUCCESS;

    (void)argc;
    for (size_t i = 0; i < sizeof bench_names / sizeof bench_names[0]; i++)
        if (bench_one(own, slash ? (size_t)(slash - own) + 1 : 0, bench_names[i], argv) != 0)
            failed = EXIT_FAILURE;
    return failed;
}
