/* SPDX-License-Identifier: MIT */
/* autocrm-server: opens, listens, waits for its end. */
#define _DEFAULT_SOURCE /* timegm */
#define _XOPEN_SOURCE 700 /* strptime */
#include "server.h"

#include "server_auth.h"
#include "transports.h"

#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int main_fail(const char *what, const char *why)
{
    fprintf(stderr, "autocrm-server: %s%s%s\n", what, *why ? ": " : "", why);
    return 1;
}

/* --- The database --- */

static unsigned char main_secret[ACRM_KEY_BYTES];

static int32_t main_key(void *self, unsigned char key[ACRM_KEY_BYTES])
{
    (void)self;
    memcpy(key, main_secret, ACRM_KEY_BYTES);
    return ACRM_OK;
}

static bool main_key_read(const char *path)
{
    example_text text = { 0 };
    bool ok = example_read_file(path, 256, &text) && text.len >= 2 * ACRM_KEY_BYTES;

    for (size_t i = 0; ok && i < ACRM_KEY_BYTES; i++) {
        char pair[3] = { text.data[2 * i], text.data[2 * i + 1], '\0' };
        char *end = NULL;
        main_secret[i] = (unsigned char)strtoul(pair, &end, 16);
        ok = end == pair + 2;
    }
    if (text.data)
        memset(text.data, 0, text.cap);
    example_text_free(&text);
    return ok;
}

/* FILE.key, or what --key says. */
static bool main_key_find(const server_options *o, bool *found)
{
    const char *db = strncmp(o->db, "sqlite:", 7) == 0 ? o->db + 7 : o->db;
    example_text path = { 0 };

    *found = false;
    if (strcmp(db, "memory:") == 0 && !o->key)
        return true;
    if (o->key)
        example_put(&path, o->key);
    else
        example_putf(&path, "%s.key", strstr(db, "://") ? "postgres" : db);
    *found = path.data && (o->key || access(path.data, F_OK) == 0);
    bool ok = !*found || main_key_read(path.data);
    if (!ok)
        main_fail("this is no key file that can be read", path.data);
    example_text_free(&path);
    return ok;
}

static bool main_outbox(const server_options *o, example_outbox *outbox)
{
    example_fault fault = { "" };

    for (int i = 0; i < o->n_outbox; i++)
        if (!example_outbox_add(outbox, o->outbox[i], stdout, &fault)) {
            main_fail("--outbox", fault.text);
            return false;
        }
    return true;
}

/* --now: a clock that stands still. */
static int64_t main_still_us;

static int64_t main_clock(void *self)
{
    (void)self;
    return main_still_us;
}

static bool main_now(const char *text)
{
    struct tm parts = { 0 };
    char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    double part = end ? strtod(end, &end) : 0;

    main_still_us = (int64_t)timegm(&parts) * 1000000 + (int64_t)(part * 1e6 + 0.5);
    return end && part < 1 && strcmp(end, "Z") == 0;
}

static bool main_open(server *s, example_outbox *outbox)
{
    const acrm_keys keys = { .struct_size = sizeof keys, .get = main_key };
    const acrm_clock clock = { .struct_size = sizeof clock, .now = main_clock };
    acrm_options options = { .struct_size = sizeof options, .zone = s->options.zone };
    acrm_error *error = NULL;
    bool found;

    if (!main_key_find(&s->options, &found) || !main_outbox(&s->options, outbox))
        return false;
    if (s->options.now && !main_now(s->options.now))
        return main_fail("--now takes an instant such as 2026-11-21T08:00:00Z, not",
                         s->options.now) == 0;
    options.clock = s->options.now ? &clock : NULL;
    options.keys = found ? &keys : NULL;
    options.flags = strcmp(s->options.db, "memory:") == 0 ? 0 : ACRM_OPEN_NO_CREATE;
    options.transports = outbox->transports;
    options.n_transports = outbox->n;
    if (acrm_open(s->options.db, &options, &s->engine, &error) != ACRM_OK)
        main_fail("the database", acrm_error_message(error));
    acrm_error_free(error);
    return s->engine != NULL;
}

/* --- Listening --- */

/* "127.0.0.1:8080", "[::1]:8080". */
static bool main_address(server *s, struct sockaddr_storage *out)
{
    const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                    .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char host[128];
    const char *words = s->options.listen, *colon = strrchr(words, ':');
    size_t len = colon ? (size_t)(colon - words) : 0;
    bool boxed = len > 1 && words[0] == '[' && words[len - 1] == ']';

    if (!colon || len - 2 * boxed >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(len - 2 * boxed), words + boxed);
    if (getaddrinfo(len ? host : NULL, colon + 1, &hints, &found) != 0)
        return false;
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (out->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)out;
        s->loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    } else {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)out;
        s->loopback = ntohl(four->sin_addr.s_addr) >> 24 == 127;
    }
    return true;
}

/* Each connection is a descriptor; as many as the system lets us. */
static void main_descriptors(server *s)
{
    enum { MAIN_SPARE = 256 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = (rlim_t)s->options.connections + MAIN_SPARE;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted && limit.rlim_cur > 2 * MAIN_SPARE)
        s->options.connections = (long)limit.rlim_cur - MAIN_SPARE;
}

/* Its formats hold no data; its arguments may. */
static void main_mhd_log(void *cls, const char *format, va_list list)
{
    char line[120];

    (void)cls;
    (void)list;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(format, "\n"), format);
    server_log("warning", "http", "message", line, NULL);
}

static bool main_listen(server *s)
{
    enum { MAIN_CONNECTION_BYTES = 16384, MAIN_MORE = 128 /* those that are being closed */ };
    struct sockaddr_storage address = { 0 };
    example_text cert = { 0 }, key = { 0 };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = { { MHD_OPTION_END, 0, NULL }, { MHD_OPTION_END, 0, NULL },
                                    { MHD_OPTION_END, 0, NULL } };

    if (!main_address(s, &address))
        return main_fail("--listen takes ADDRESS:PORT, not", s->options.listen) == 0;
    if (!server_auth_check(s))
        return false;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (s->options.tls_cert) {
        if (!example_read_file(s->options.tls_cert, 1 << 20, &cert) ||
            !example_read_file(s->options.tls_key, 1 << 20, &key))
            return main_fail("the certificate or its key cannot be read", "") == 0;
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data };
        tls[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, key.data };
    }
    main_descriptors(s);
    server_watch_limits(s->options.connections, s->options.idle_s);
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, server_request_handle, s,
        MHD_OPTION_EXTERNAL_LOGGER, main_mhd_log, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)s->options.threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(s->options.connections + MAIN_MORE),
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->options.idle_s,
        MHD_OPTION_NOTIFY_CONNECTION, server_watch, s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MAIN_CONNECTION_BYTES,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, server_request_begin, s,
        MHD_OPTION_NOTIFY_COMPLETED, server_request_end, s,
        MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (key.data)
        memset(key.data, 0, key.cap);
    example_text_free(&cert);
    example_text_free(&key);
    return s->daemon || main_fail("cannot listen at", s->options.listen) == 0;
}

static void main_ready(const server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    const char *colon = strrchr(s->options.listen, ':');
    char where[256];

    snprintf(where, sizeof where, "%s://%.*s:%u", s->options.tls_cert ? "https" : "http",
             (int)(colon - s->options.listen), s->options.listen,
             info ? (unsigned)info->port : 0u);
    printf("Listening at %s\n", where);
    fflush(stdout);
    server_log("info", "start", "version", acrm_version(), "listen", where, NULL);
}

/* --- From beginning to end --- */

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
    if (listening >= 0)
        close(listening);
    server_feed_free(s->feed);
}

int main(int argc, char **argv)
{
    server s = { .pages = -1 };
    example_outbox outbox = { 0 };
    sigset_t signals;
    int number, result = server_options_read(&s.options, argc, argv);

    if (result)
        return result - 1;
    mallopt(M_ARENA_MAX, 2); /* more would keep more than is in use */
    main_signals(&signals);
    server_log_open(stderr);
    result = 1;
    if (s.options.pages && (s.pages = server_pages_open(s.options.pages)) < 0)
        return main_fail("cannot read the pages", s.options.pages);
    if (!main_open(&s, &outbox))
        goto done;
    s.sessions = server_sessions_new(s.engine);
    s.work = server_work_new(s.options.workers);
    s.writes = server_work_new(strstr(s.options.db, "://") ? s.options.workers : 1);
    s.cache = server_cache_new();
    s.feed = server_feed_new(&s);
    server_metrics_begin();
    if (!s.sessions || !s.work || !s.writes || !s.cache || !s.feed ||
        !server_routes_read(&s) || !main_listen(&s))
        goto done;
    s.tick = server_tick_new(&s);
    main_ready(&s);
    sigwait(&signals, &number);
    result = 0;
done:
    main_stop(&s);
    server_sessions_free(s.sessions);
    server_routes_free(s.routes);
    acrm_close(s.engine);
    example_outbox_close(&outbox, NULL, NULL);
    if (s.pages >= 0)
        close(s.pages);
    server_log_close();
    return result;
}
