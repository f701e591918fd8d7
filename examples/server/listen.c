/* SPDX-License-Identifier: MIT */
/* Where the server is reached: address, TLS, limits of connections. */
#include "server.h"

#include "server_auth.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>

/* "127.0.0.1:8080", "[::1]:8080". */
static bool listen_address(server *s, struct sockaddr_storage *out)
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
static void listen_descriptors(server *s)
{
    enum { LISTEN_SPARE = 256 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    rlim_t wanted = (rlim_t)s->options.connections + LISTEN_SPARE;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted && limit.rlim_cur > 2 * LISTEN_SPARE)
        s->options.connections = (long)limit.rlim_cur - LISTEN_SPARE;
}

/* Its formats hold no data; its arguments may. */
static void listen_mhd_log(void *cls, const char *format, va_list list)
{
    char line[120];

    (void)cls;
    (void)list;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(format, "\n"), format);
    server_log("warning", "http", "message", line, NULL);
}

bool server_listen(server *s)
{
    enum { LISTEN_CONNECTION_BYTES = 16384, LISTEN_MORE = 128 /* those that are being closed */ };
    struct sockaddr_storage address = { 0 };
    example_text cert = { 0 }, key = { 0 };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = { { MHD_OPTION_END, 0, NULL }, { MHD_OPTION_END, 0, NULL },
                                    { MHD_OPTION_END, 0, NULL } };

    if (!listen_address(s, &address))
        return server_fail("--listen takes ADDRESS:PORT, not", s->options.listen) == 0;
    if (!server_auth_check(s))
        return false;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (s->options.tls_cert) {
        if (!example_read_file(s->options.tls_cert, 1 << 20, &cert) ||
            !example_read_file(s->options.tls_key, 1 << 20, &key))
            return server_fail("the certificate or its key cannot be read", "") == 0;
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data };
        tls[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, key.data };
    }
    listen_descriptors(s);
    server_watch_limits(s->options.connections, s->options.idle_s);
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, server_request_handle, s,
        MHD_OPTION_EXTERNAL_LOGGER, listen_mhd_log, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)s->options.threads,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(s->options.connections + LISTEN_MORE),
        MHD_OPTION_NOTIFY_CONNECTION, server_watch, s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LISTEN_CONNECTION_BYTES,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, server_request_begin, s,
        MHD_OPTION_NOTIFY_COMPLETED, server_request_end, s,
        MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (key.data)
        memset(key.data, 0, key.cap);
    example_text_free(&cert);
    example_text_free(&key);
    return s->daemon || server_fail("cannot listen at", s->options.listen) == 0;
}

void server_ready(const server *s)
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
