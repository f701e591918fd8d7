/* SPDX-License-Identifier: MIT */
/*
 * Who is connected, and for how long it may be so. MHD knows only silence: a client that sends a
 * byte now and then would stay for ever, and idle connections could fill all places. Here each one
 * has a deadline for its request and for its body, and when places grow short the ones that have
 * been idle longest are closed.
 */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { WATCH_REPLY_S = 300 };

struct server_peer_state {
    int fd, state;
    int64_t since_us;
    struct server_peer_state *before, *after; /* of the same state, oldest first */
};

typedef struct watch_list {
    server_peer_state *first, *last;
    long n;
} watch_list;

static struct {
    pthread_mutex_t lock;
    watch_list lists[SERVER_CONNECTION_STATES];
    long max;
    int64_t limits_us[SERVER_CONNECTION_STATES]; /* 0: none */
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };

void server_watch_limits(long connections, long idle_s)
{
    watch.max = connections;
    watch.limits_us[SERVER_IDLE] = idle_s * 1000000;
    watch.limits_us[SERVER_BODY] = 2 * idle_s * 1000000;
    watch.limits_us[SERVER_REPLYING] = (int64_t)WATCH_REPLY_S * 1000000;
}

static void watch_out(server_peer_state *peer)
{
    watch_list *list = &watch.lists[peer->state];

    *(peer->before ? &peer->before->after : &list->first) = peer->after;
    *(peer->after ? &peer->after->before : &list->last) = peer->before;
    list->n--;
}

static void watch_in(server_peer_state *peer, int state, int64_t now_us)
{
    watch_list *list = &watch.lists[state];

    peer->state = state;
    peer->since_us = now_us;
    peer->before = list->last;
    peer->after = NULL;
    *(list->last ? &list->last->after : &list->first) = peer;
    list->last = peer;
    list->n++;
}

/* MHD notices and closes it: its descriptor is its own until server_watch() is told. */
static void watch_shut(server_peer_state *peer, int64_t now_us, const char *why)
{
    shutdown(peer->fd, SHUT_RDWR);
    watch_out(peer);
    watch_in(peer, SERVER_SHUT, now_us);
    server_count_refused(why);
}

void server_watch(void *cls, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode what)
{
    const union MHD_ConnectionInfo *info;
    server_peer_state *peer = *context;

    (void)cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        peer = calloc(1, sizeof *peer);
        *context = peer;
        if (!peer)
            return;
        peer->fd = info->connect_fd;
        int64_t now_us = server_now_us();
        pthread_mutex_lock(&watch.lock);
        watch_in(peer, SERVER_IDLE, now_us);
        long n = 0;
        for (int i = 0; i < SERVER_SHUT; i++)
            n += watch.lists[i].n;
        if (n > watch.max && watch.lists[SERVER_IDLE].first)
            watch_shut(watch.lists[SERVER_IDLE].first, now_us, "connections");
        pthread_mutex_unlock(&watch.lock);
    } else if (peer) {
        pthread_mutex_lock(&watch.lock);
        watch_out(peer);
        pthread_mutex_unlock(&watch.lock);
        free(peer);
        *context = NULL;
    }
}

void server_watch_state(const server_request *r, int state, int64_t now_us)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    server_peer_state *peer = info ? info->socket_context : NULL;

    if (!peer)
        return;
    pthread_mutex_lock(&watch.lock);
    if (peer->state != SERVER_SHUT) {
        watch_out(peer);
        watch_in(peer, state, now_us);
    }
    pthread_mutex_unlock(&watch.lock);
}

void server_watch_sweep(void)
{
    static const char *const why[SERVER_CONNECTION_STATES] = {
        [SERVER_IDLE] = "idle", [SERVER_BODY] = "slow_body", [SERVER_REPLYING] = "slow_reader"
    };
    int64_t now_us = server_now_us();

    pthread_mutex_lock(&watch.lock);
    for (int i = 0; i < SERVER_SHUT; i++)
        while (watch.limits_us[i] && watch.lists[i].first &&
               now_us - watch.lists[i].first->since_us > watch.limits_us[i])
            watch_shut(watch.lists[i].first, now_us, why[i]);
    pthread_mutex_unlock(&watch.lock);
}

long server_watch_count(int state)
{
    pthread_mutex_lock(&watch.lock);
    long n = watch.lists[state].n;
    pthread_mutex_unlock(&watch.lock);
    return n;
}
