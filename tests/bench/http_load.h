/* SPDX-License-Identifier: MIT */
/*
 * A client that keeps many connections of this machine busy: each sends its next request when the
 * answer to the one before is whole. One thread, epoll, keep-alive.
 */
#ifndef TESTS_BENCH_HTTP_LOAD_H
#define TESTS_BENCH_HTTP_LOAD_H

#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOAD_CONNECTIONS_MAX = 1024, LOAD_REQUEST_MAX = 4096, LOAD_ANSWER_MAX = 1 << 20 };

/* Writes the n-th request, tells its length. */
typedef size_t (*load_fn)(void *user, long n, char request[LOAD_REQUEST_MAX]);

typedef struct load_connection {
    int fd;
    size_t got, want; /* bytes of the answer; want 0: its head is not whole */
    double sent_us;
    char head[1024];
    size_t head_len;
} load_connection;

typedef struct load {
    int epoll, n;
    load_connection connections[LOAD_CONNECTIONS_MAX];
    double *took_us; /* (nullable) of each request, in the order they ended */
    long ended, failed, expected;
    char *room;
} load;

static inline void load_die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static inline void load_open(load *l, int port, int n, long expected_status)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int one = 1;

    *l = (load){ .epoll = epoll_create1(0), .n = n, .expected = expected_status };
    l->room = malloc(LOAD_ANSWER_MAX);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < n; i++) {
        load_connection *c = &l->connections[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
            load_die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
        if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
            load_die("epoll");
    }
}

static inline void load_close(load *l)
{
    for (int i = 0; i < l->n; i++)
        close(l->connections[i].fd);
    close(l->epoll);
    free(l->room);
}

static inline void load_send(load_connection *c, load_fn fn, void *user, long n)
{
    char request[LOAD_REQUEST_MAX];
    size_t len = fn(user, n, request);

    c->got = c->want = c->head_len = 0;
    c->sent_us = bench_now_us();
    if (send(c->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        load_die("send");
}

/* The answer's head is in c->head: how long it is altogether. */
static inline void load_head(load *l, load_connection *c)
{
    char *end = strstr(c->head, "\r\n\r\n"), *length;

    if (!end)
        return;
    length = strstr(c->head, "Content-Length: ");
    if (!length || length > end) {
        errno = 0;
        load_die("an answer without a length");
    }
    c->want = (size_t)(end - c->head) + 4 + strtoul(length + 16, NULL, 10);
    if (strtol(c->head + 9, NULL, 10) != l->expected && l->failed++ == 0)
        fprintf(stderr, "load: %.300s\n", c->head);
}

/* Whether the answer is whole. */
static inline bool load_read(load *l, load_connection *c)
{
    ssize_t n = recv(c->fd, l->room, LOAD_ANSWER_MAX, 0);

    if (n <= 0)
        load_die("recv");
    if (!c->want) {
        size_t room = sizeof c->head - 1 - c->head_len, part = (size_t)n < room ? (size_t)n : room;
        memcpy(c->head + c->head_len, l->room, part);
        c->head_len += part;
        c->head[c->head_len] = '\0';
        load_head(l, c);
    }
    c->got += (size_t)n;
    return c->want && c->got >= c->want;
}

/* `ops` requests in all. */
static inline void load_run(load *l, load_fn fn, void *user, long ops)
{
    struct epoll_event events[256];
    long sent = 0, running = 0;

    l->ended = 0;
    for (int i = 0; i < l->n && sent < ops; i++, running++)
        load_send(&l->connections[i], fn, user, sent++);
    while (running > 0) {
        int n = epoll_wait(l->epoll, events, 256, 10000);
        if (n <= 0)
            load_die("no answer in 10 seconds");
        for (int i = 0; i < n; i++) {
            load_connection *c = &l->connections[events[i].data.u32];
            if (!load_read(l, c))
                continue;
            if (l->took_us)
                l->took_us[l->ended] = bench_now_us() - c->sent_us;
            l->ended++;
            if (sent < ops)
                load_send(c, fn, user, sent++);
            else
                running--;
        }
    }
}

#endif
