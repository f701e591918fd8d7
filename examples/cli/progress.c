/* SPDX-License-Identifier: MIT */
/* A bar on standard error, when that is a terminal, for work that takes longer than a moment. */
#include "cli.h"

#include <time.h>
#include <unistd.h>

enum { PROGRESS_BAR = 30, PROGRESS_PER_SECOND = 10 };

static int64_t progress_ticks(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * PROGRESS_PER_SECOND +
           now.tv_nsec / (1000000000 / PROGRESS_PER_SECOND);
}

static int32_t progress_draw(void *user, const char *what, int64_t done, int64_t total)
{
    cli *c = user;
    int64_t now = progress_ticks(), percent;

    if (cli_interrupted())
        return 1;
    if (c->quiet || now == c->drawn_at || !isatty(STDERR_FILENO))
        return 0;
    c->drawn_at = now;
    total = total > 0 ? total : c->total;
    percent = total > 0 ? (done < total ? done : total) * 100 / total : 0;
    fprintf(stderr, "\r\033[K%s [", c->doing ? c->doing : what);
    for (int64_t i = 0; i < PROGRESS_BAR; i++)
        fputc(i < percent * PROGRESS_BAR / 100 ? '#' : '.', stderr);
    if (total > 0)
        fprintf(stderr, "] %3lld%%", (long long)percent);
    else
        fprintf(stderr, "] %lld", (long long)done);
    fflush(stderr);
    return 0;
}

void cli_progress_begin(cli *c, const char *doing, int64_t total)
{
    c->doing = doing;
    c->total = total;
    c->drawn_at = progress_ticks();
    acrm_session_set_progress(c->session, progress_draw, c);
}

void cli_progress_end(cli *c)
{
    if (isatty(STDERR_FILENO) && !c->quiet)
        fputs("\r\033[K", stderr);
    acrm_session_set_progress(c->session, NULL, NULL);
}
