/* SPDX-License-Identifier: MIT */
/* autocrm-server: from beginning to end. */
#include "server.h"

#include <malloc.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAIN_LARGE = 131072 }; /* bytes, as the C library begins with */

int server_fail(const char *what, const char *why)
{
    fprintf(stderr, "autocrm-server: %s%s%s\n", what, *why ? ": " : "", why);
    return 1;
}

static void main_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigprocmask(SIG_BLOCK, set, NULL); /* before any thread: all of them inherit it */
    signal(SIGPIPE, SIG_IGN);
}

static bool main_busy(void)
{
    return server_watch_count(SERVER_RUNNING) + server_watch_count(SERVER_REPLYING) +
               server_watch_count(SERVER_BODY) > 0;
}

static void main_stop(server *s)
{
    const struct timespec moment = { 0, 20000000 };
    int listening = s->daemon ? MHD_quiesce_daemon(s->daemon) : -1;

    s->stopping = true;
    server_log("info", "stop", NULL);
    server_tick_free(s->tick);
    server_feed_end(s->feed);
    for (int64_t until = server_now_us() + s->options.grace_s * 1000000;
         s->daemon && main_busy() && server_now_us() < until;)
        nanosleep(&moment, NULL);
    if (s->sessions && main_busy())
        server_sessions_interrupt(s->sessions);
    if (s->work)
        server_work_end(s->work); /* nothing waits for a worker any more: MHD can end */
    if (s->writes)
        server_work_end(s->writes);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    server_work_free(s->work);
    server_work_free(s->writes);
    server_cache_free(s->cache);
    server_hold_free(s->hold);
    if (listening >= 0)
        close(listening);
    server_feed_free(s->feed);
}

int main(int argc, char **argv)
{
    server s = { .pages = -1 };
    sigset_t signals;
    int number, result = server_options_read(&s.options, argc, argv);

    if (result)
        return result - 1;
    mallopt(M_ARENA_MAX, 2); /* more would keep more than is in use */
    /* Without these the first large block that is freed, at the start, makes the C library keep
     * twice as much from then on. */
    mallopt(M_MMAP_THRESHOLD, MAIN_LARGE);
    mallopt(M_TRIM_THRESHOLD, MAIN_LARGE);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* it counts under one lock of all threads */
    main_signals(&signals);
    server_log_open(stderr);
    result = 1;
    if (s.options.pages && (s.pages = server_pages_open(s.options.pages)) < 0)
        return server_fail("cannot read the pages", s.options.pages);
    if (!server_open(&s))
        goto done;
    s.sessions = server_sessions_new(s.engine);
    s.work = server_work_new(s.options.workers);
    s.remote = strstr(s.options.db, "://") != NULL;
    s.writes = server_work_new(s.remote ? s.options.workers : 1);
    s.cache = server_cache_new();
    if (!s.remote && strcmp(s.options.db, "memory:") != 0)
        s.hold = server_hold_new();
    s.feed = server_feed_new(&s);
    server_metrics_begin();
    if (!s.sessions || !s.work || !s.writes || !s.cache || !s.feed ||
        !server_routes_read(&s) || !server_listen(&s))
        goto done;
    s.tick = server_tick_new(&s);
    server_ready(&s);
    sigwait(&signals, &number);
    result = 0;
done:
    main_stop(&s);
    server_sessions_free(s.sessions);
    server_routes_free(s.routes);
    server_shut(&s);
    if (s.pages >= 0)
        close(s.pages);
    server_log_close();
    return result;
}
