/* SPDX-License-Identifier: MIT */
/*
 * Short reads of a SQLite file cost two system calls to lock and unlock it, and those of several
 * threads wait for one another in the kernel. While one session of this process reads, the others
 * need none. So while many reads come, one session is held, anew every few milliseconds; never
 * while anybody writes, since the log of changes cannot be given back under who still reads it.
 */
#include "server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    HOLD_US = 20000,          /* at a time */
    HOLD_NEAR_US = 1000,      /* reads that follow one another so closely are many */
    HOLD_OWN_US = 50000,      /* none for so long after a write of ours */
    HOLD_OTHERS_US = 200000,  /* after one that was seen */
    HOLD_IDLE_US = 200000     /* no longer when reads have ceased */
};

struct server_hold {
    pthread_mutex_t lock;
    acrm_session *session; /* NULL: nobody lends one */
    bool held;
    int64_t event;             /* the last one when it was looked at */
    _Atomic int64_t next_us;   /* nothing is to be done before */
    _Atomic int64_t read_us;   /* the last read since then */
};

server_hold *server_hold_new(void)
{
    server_hold *hold = calloc(1, sizeof *hold);

    if (hold)
        pthread_mutex_init(&hold->lock, NULL);
    return hold;
}

void server_hold_free(server_hold *hold)
{
    if (!hold)
        return;
    pthread_mutex_destroy(&hold->lock);
    free(hold);
}

static void hold_end(server_hold *hold)
{
    if (hold->held)
        acrm_session_hold(hold->session, 0, NULL);
    hold->held = false;
}

void server_hold_lend(server_hold *hold, acrm_session *session)
{
    pthread_mutex_lock(&hold->lock);
    hold_end(hold);
    hold->session = session;
    pthread_mutex_unlock(&hold->lock);
}

static void hold_again(server_hold *hold, int64_t now_us)
{
    int64_t event = hold->event;

    if (!hold->session)
        return;
    hold->held = acrm_session_hold(hold->session, 1, NULL) == ACRM_OK;
    hold->event = hold->held ? server_last_event(hold->session) : -1;
    if (hold->held && hold->event == event) {
        hold->next_us = now_us + HOLD_US;
    } else {
        hold_end(hold);
        hold->next_us = now_us + HOLD_OTHERS_US;
    }
}

void server_hold_read(server_hold *hold, int64_t now_us)
{
    if (now_us < atomic_load_explicit(&hold->next_us, memory_order_relaxed))
        return;
    int64_t before_us = atomic_exchange(&hold->read_us, now_us);
    if (now_us - before_us > HOLD_NEAR_US || pthread_mutex_trylock(&hold->lock) != 0)
        return;
    if (now_us >= hold->next_us)
        hold_again(hold, now_us);
    pthread_mutex_unlock(&hold->lock);
}

void server_hold_write(server_hold *hold)
{
    pthread_mutex_lock(&hold->lock);
    hold_end(hold);
    hold->next_us = server_now_us() + HOLD_OWN_US;
    pthread_mutex_unlock(&hold->lock);
}

void server_hold_sweep(server_hold *hold)
{
    pthread_mutex_lock(&hold->lock);
    if (server_now_us() - hold->next_us > HOLD_IDLE_US)
        hold_end(hold);
    pthread_mutex_unlock(&hold->lock);
}
