/* SPDX-License-Identifier: MIT */
/* Two threads: one does what has fallen due, one closes whose time is up and writes the log. */
#include "server.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { TICK_LIMIT = 200, TICK_TRIM_S = 5 };

struct server_tick {
    server *server;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool ending, ticks;
    acrm_session *running; /* to be interrupted at the end */
    pthread_t tick, sweep;
};

/* false: it is time to end. */
static bool tick_wait(server_tick *t, long seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&t->lock);
    while (!t->ending && pthread_cond_timedwait(&t->wake, &t->lock, &until) == 0)
        ;
    bool go_on = !t->ending;
    pthread_mutex_unlock(&t->lock);
    return go_on;
}

static void tick_running(server_tick *t, acrm_session *session)
{
    pthread_mutex_lock(&t->lock);
    t->running = session;
    pthread_mutex_unlock(&t->lock);
}

/* Whether more is due already. */
static bool tick_once(server_tick *t, acrm_session *session)
{
    int64_t started_us = server_now_us(), done = 0;
    acrm_value *args = NULL, *out = NULL;
    acrm_error *error = NULL;
    int32_t st = acrm_value_new(NULL, &args);

    if (st == ACRM_OK)
        st = acrm_value_set_map(args);
    if (st == ACRM_OK)
        st = acrm_value_set_int(acrm_value_put(args, "limit"), TICK_LIMIT);
    if (st == ACRM_OK)
        st = acrm_call(session, "engine.tick", args, &out, &error);
    if (st == ACRM_OK)
        done = acrm_value_int(acrm_value_get(out, "fired"));
    else if (st != ACRM_E_INTERRUPTED)
        server_log("error", "tick", "status", acrm_status_name(st), "reason",
                   acrm_error_reason(error), NULL);
    server_count_tick(st == ACRM_OK, done, server_now_us() - started_us);
    acrm_error_free(error);
    acrm_value_free(args);
    acrm_value_free(out);
    server_cache_wrote(t->server->cache);
    if (done > 0)
        server_feed_wake(t->server->feed);
    return done >= TICK_LIMIT;
}

/* The session has nothing to do until the next tick. */
static void tick_lend(server_tick *t, acrm_session *session)
{
    if (t->server->hold)
        server_hold_lend(t->server->hold, session);
}

static void *tick_main(void *cls)
{
    server_tick *t = cls;
    acrm_session *session = NULL;
    acrm_error *error = NULL;

    if (acrm_session_new(t->server->engine, "system", &session, &error) != ACRM_OK)
        server_log("error", "tick", "reason", acrm_error_reason(error), NULL);
    acrm_error_free(error);
    tick_running(t, session);
    while (session) {
        bool more = tick_once(t, session);
        tick_lend(t, session);
        bool go_on = tick_wait(t, more ? 0 : t->server->options.tick_s);
        tick_lend(t, NULL);
        if (!go_on)
            break;
    }
    tick_running(t, NULL);
    acrm_session_free(session);
    return NULL;
}

static void *tick_sweep(void *cls)
{
    server_tick *t = cls;

    for (unsigned seconds = 1; tick_wait(t, 1); seconds++) {
        server_watch_sweep();
        if (t->server->hold)
            server_hold_sweep(t->server->hold);
        server_log_flush();
        if (seconds % TICK_TRIM_S != 0)
            continue;
        server_sessions_sweep(t->server->sessions);
        malloc_trim(0); /* what a crowd needed is given back when it has gone */
    }
    return NULL;
}

server_tick *server_tick_new(server *s)
{
    server_tick *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->server = s;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->wake, NULL);
    if (pthread_create(&t->sweep, NULL, tick_sweep, t) != 0) {
        free(t);
        return NULL;
    }
    t->ticks = s->options.tick_s > 0 && pthread_create(&t->tick, NULL, tick_main, t) == 0;
    return t;
}

void server_tick_free(server_tick *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->ending = true;
    if (t->running)
        acrm_interrupt(t->running, 1); /* what is done stays done, the rest is due again */
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->sweep, NULL);
    if (t->ticks)
        pthread_join(t->tick, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}
