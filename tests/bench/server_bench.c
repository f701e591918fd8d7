/* SPDX-License-Identifier: MIT */
/*
 * Requests to the example server, against a libmicrohttpd handler that says hello, both with two
 * polling threads, kept busy by the same client over 32 connections. Ratios are of time: 0.6 times
 * as many requests a second is a ratio of 1.67.
 */
#include "http_load.h"

#include "autocrm/autocrm.h"

#include <microhttpd.h>
#include <signal.h>
#include <sys/wait.h>

enum { SERVER_CONNECTIONS = 32, SERVER_MANY = 200, SERVER_BATCH = 1000 };

typedef struct world {
    char path[128];
    long size;
    char (*ids)[37];
    uint64_t seed;
    long created;
    pid_t server, hello;
    int server_port, hello_port;
    load ours, theirs, creates, many;
} world;

static uint32_t server_random(world *w)
{
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->seed >> 33);
}

/* --- The handler that says hello --- */

static enum MHD_Result hello_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *size, void **seen)
{
    static char text[] = "Hello, world!";

    (void)cls;
    (void)url;
    (void)method;
    (void)version;
    (void)data;
    if (!*seen) {
        *seen = text;
        return MHD_YES;
    }
    if (*size > 0) {
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static void hello_start(world *w)
{
    int ports[2];

    if (pipe(ports) != 0)
        load_die("pipe");
    w->hello = fork();
    if (w->hello == 0) {
        const struct sockaddr_in address = { .sin_family = AF_INET,
                                             .sin_addr = { htonl(INADDR_LOOPBACK) } };
        struct MHD_Daemon *daemon = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, hello_handle, NULL,
            MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
        const union MHD_DaemonInfo *info =
            daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
        int port = info ? info->port : 0;
        if (write(ports[1], &port, sizeof port) != sizeof port)
            _exit(EXIT_FAILURE);
        for (;;)
            pause();
    }
    close(ports[1]);
    if (w->hello < 0 || read(ports[0], &w->hello_port, sizeof w->hello_port) <= 0 ||
        w->hello_port == 0)
        load_die("hello");
    close(ports[0]);
}

/* --- The server and its database --- */

static void server_fail(const char *what, const acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static size_t server_customer(world *w, char *out, size_t room)
{
    uint32_t n = server_random(w);

    return (size_t)snprintf(out, room, "{\"kind\":\"person\",\"given_name\":\"Ada%u\","
                            "\"family_name\":\"Rossi%u\",\"name\":\"Ada%u Rossi%u\","
                            "\"city\":\"Milano\",\"country\":\"IT\"}", n % 977, n % 8111, n % 977,
                            n % 8111);
}

static void server_batch(world *w, acrm_session *session, long from, long n)
{
    char *json = malloc((size_t)n * 256 + 64);
    size_t len = (size_t)sprintf(json, "{\"records\":[");
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    for (long i = 0; i < n; i++) {
        if (i > 0)
            json[len++] = ',';
        len += server_customer(w, json + len, 256);
    }
    len += (size_t)sprintf(json + len, "]}");
    if (acrm_call_json(session, "customer.create_many", json, len, &out, &err) != ACRM_OK)
        server_fail("customer.create_many", err);
    const char *at = strstr(acrm_buf_data(out), "\"ids\":[");
    for (long i = 0; at && i < n; i++) {
        at = strchr(at + (i == 0 ? 7 : 0), '"') + 1;
        memcpy(w->ids[from + i], at, 36);
        at += 38;
    }
    acrm_buf_free(out);
    free(json);
}

static void server_fill(world *w)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    acrm_error *err = NULL;

    if (acrm_open(w->path, &options, &engine, &err) != ACRM_OK ||
        acrm_session_new(engine, "system", &session, &err) != ACRM_OK)
        server_fail("open", err);
    w->ids = calloc((size_t)w->size, sizeof *w->ids);
    for (long i = 0; i < w->size; i += SERVER_BATCH)
        server_batch(w, session, i, SERVER_BATCH);
    acrm_session_free(session);
    acrm_close(engine);
}

static void server_start(world *w)
{
    char *const words[] = { (char[]){ BENCH_SERVER }, (char[]){ "--db" }, w->path,
                            (char[]){ "--listen" }, (char[]){ "127.0.0.1:0" }, (char[]){ "--as" },
                            (char[]){ "system" }, NULL };
    char line[200] = "";
    int out[2];

    if (pipe(out) != 0)
        load_die("pipe");
    w->server = fork();
    if (w->server == 0) {
        dup2(out[1], STDOUT_FILENO);
        if (!freopen("/dev/null", "w", stderr))
            _exit(EXIT_FAILURE);
        execv(words[0], words);
        _exit(EXIT_FAILURE);
    }
    close(out[1]);
    FILE *file = fdopen(out[0], "r");
    if (!file || !fgets(line, sizeof line, file) || !strrchr(line, ':'))
        load_die("the server does not start");
    w->server_port = (int)strtol(strrchr(line, ':') + 1, NULL, 10);
    fclose(file);
}

static long server_kilobytes(const world *w)
{
    char path[64], line[200];
    long kilobytes = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)w->server);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kilobytes = strtol(line + 6, NULL, 10);
    if (file)
        fclose(file);
    return kilobytes;
}

/* --- Requests --- */

static size_t ask_get(void *user, long n, char request[LOAD_REQUEST_MAX])
{
    world *w = user;

    (void)n;
    return (size_t)sprintf(request, "GET /v1/customers/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                           w->ids[server_random(w) % (uint32_t)w->size]);
}

static size_t ask_list(void *user, long n, char request[LOAD_REQUEST_MAX])
{
    (void)user;
    (void)n;
    return (size_t)sprintf(request, "GET /v1/customers?limit=50 HTTP/1.1\r\n"
                           "Host: 127.0.0.1\r\n\r\n");
}

static size_t ask_create(void *user, long n, char request[LOAD_REQUEST_MAX])
{
    char body[256];
    size_t len = server_customer(user, body, sizeof body);

    (void)n;
    return (size_t)sprintf(request, "POST /v1/customers HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", len,
                           body);
}

static void ours_get(void *user, long ops)
{
    load_run(&((world *)user)->ours, ask_get, user, ops);
}

static void ours_list(void *user, long ops)
{
    load_run(&((world *)user)->ours, ask_list, user, ops);
}

static void ours_create(void *user, long ops)
{
    load_run(&((world *)user)->creates, ask_create, user, ops);
}

static void hello_get(void *user, long ops)
{
    load_run(&((world *)user)->theirs, ask_get, user, ops);
}

static void hello_create(void *user, long ops)
{
    load_run(&((world *)user)->theirs, ask_create, user, ops);
}

/* Of the process alone: what the client takes is not in it. */
static double server_spent(const void *user, bool ours)
{
    const world *w = user;
    struct timespec spent = { 0 };
    clockid_t clock;

    if (clock_getcpuclockid(ours ? w->server : w->hello, &clock) == 0)
        clock_gettime(clock, &spent);
    return (double)spent.tv_sec * 1e6 + (double)spent.tv_nsec / 1e3;
}

/* --- p99 and memory --- */

static size_t ask_mixed(void *user, long n, char request[LOAD_REQUEST_MAX])
{
    return n % 50 == 7 ? ask_list(user, n, request) : ask_get(user, n, request);
}

/* Nobody is told apart from somebody with a wrong password: both take a hash of it, and memory. */
static size_t ask_signin(void *user, long n, char request[LOAD_REQUEST_MAX])
{
    (void)user;
    return (size_t)sprintf(request, "POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                           "Content-Type: application/json\r\nContent-Length: 37\r\n\r\n"
                           "{\"login\":\"ada%03ld\",\"password\":\"wrong\"}", n % 1000);
}

/* What is resident after all kinds of requests, sign-ins too. */
static void server_memory(bench *b, const world *w, const char *name)
{
    static load signin;

    if (!bench_wanted(b, "server.memory"))
        return;
    load_open(&signin, w->server_port, 2, 401);
    load_run(&signin, ask_signin, NULL, 4);
    load_close(&signin);
    if (signin.failed > 0)
        exit(EXIT_FAILURE);
    bench_print(b, name, w->size, (double)server_kilobytes(w) / 1024, 20, "MB", 1);
}

static void server_many(bench *b, world *w, long ops)
{
    static double took[1000000];
    double begin, us;

    if (!bench_wanted(b, "server.p99"))
        return;
    load_open(&w->many, w->server_port, SERVER_MANY, 200);
    load_run(&w->many, ask_mixed, w, 2000);
    w->many.took_us = took;
    begin = bench_now_us();
    load_run(&w->many, ask_mixed, w, ops);
    us = bench_now_us() - begin;
    qsort(took, (size_t)ops, sizeof *took, bench_order);
    /* Against the time that a request would wait if all were served in turn, none unfairly. */
    bench_print(b, "server.p99_200", w->size, took[ops * 99 / 100] / 1000,
                us / (double)ops * SERVER_MANY / 1000, "ms", 3);
    server_memory(b, w, "server.memory_200");
    load_close(&w->many);
}

static void server_measure(bench *b, world *w)
{
    load_open(&w->ours, w->server_port, SERVER_CONNECTIONS, 200);
    load_open(&w->creates, w->server_port, SERVER_CONNECTIONS, 201);
    load_open(&w->theirs, w->hello_port, SERVER_CONNECTIONS, 200);
    bench_compare(b, &(bench_measure){ .name = "server.get", .size = w->size, .goal = 1.67,
                  .ours = ours_get, .baseline = hello_get, .spent_us = server_spent, .user = w,
                  .ops = b->quick ? 4000 : 20000 });
    bench_compare(b, &(bench_measure){ .name = "server.list50", .size = w->size, .goal = 3.33,
                  .ours = ours_list, .baseline = hello_get, .spent_us = server_spent, .user = w,
                  .ops = b->quick ? 2000 : 10000 });
    bench_compare(b, &(bench_measure){ .name = "server.create", .size = w->size,
                  .ours = ours_create, .baseline = hello_create, .user = w,
                  .ops = b->quick ? 1000 : 5000 });
    server_memory(b, w, "server.memory");
    load_close(&w->ours);
    load_close(&w->creates);
    server_many(b, w, b->quick ? 20000 : 200000);
    if (w->ours.failed + w->creates.failed + w->many.failed > 0)
        exit(EXIT_FAILURE);
    load_close(&w->theirs);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000 };
    static world w;
    bench b = bench_begin(argc, argv);
    char folder[] = "/tmp/server_bench_XXXXXX", command[160];

    for (size_t i = 0; i < 2; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]) || !mkdtemp(folder))
            continue;
        w = (world){ .size = sizes[i], .seed = 7 };
        snprintf(w.path, sizeof w.path, "%s/crm.db", folder);
        server_fill(&w);
        hello_start(&w);
        server_start(&w);
        server_measure(&b, &w);
        kill(w.server, SIGTERM);
        kill(w.hello, SIGTERM);
        waitpid(w.server, NULL, 0);
        waitpid(w.hello, NULL, 0);
        free(w.ids);
        snprintf(command, sizeof command, "rm -r %s", folder);
        if (system(command) != 0)
            return EXIT_FAILURE;
        memcpy(folder, "/tmp/server_bench_XXXXXX", sizeof folder);
    }
    return bench_end(&b);
}
