/* SPDX-License-Identifier: MIT */
/* What is counted, and /metrics in the text format of Prometheus 0.0.4. */
#include "server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { METRICS_STATUS_MAX = 600, METRICS_BUCKETS = 14, METRICS_REASONS_MAX = 48 };

static const struct {
    const char *text;
    int64_t us;
} metrics_buckets[METRICS_BUCKETS] = {
    { "0.0005", 500 }, { "0.001", 1000 },  { "0.0025", 2500 }, { "0.005", 5000 },
    { "0.01", 10000 }, { "0.025", 25000 }, { "0.05", 50000 },  { "0.1", 100000 },
    { "0.25", 250000 }, { "0.5", 500000 }, { "1", 1000000 },   { "2.5", 2500000 },
    { "5", 5000000 },  { "10", 10000000 },
};

static struct {
    _Atomic uint64_t statuses[METRICS_STATUS_MAX];
    _Atomic uint64_t buckets[METRICS_BUCKETS + 1];
    _Atomic uint64_t us, bytes_in;
    _Atomic uint64_t ticks, tick_failures, timers, tick_us;
    pthread_mutex_t lock;
    struct {
        const char *reason;
        uint64_t n;
    } reasons[METRICS_REASONS_MAX];
    time_t started;
} metrics = { .lock = PTHREAD_MUTEX_INITIALIZER };

void server_metrics_begin(void)
{
    metrics.started = time(NULL);
}

void server_count_refused(const char *reason)
{
    pthread_mutex_lock(&metrics.lock);
    for (size_t i = 0; i < METRICS_REASONS_MAX; i++) {
        if (!metrics.reasons[i].reason)
            metrics.reasons[i].reason = reason;
        if (strcmp(metrics.reasons[i].reason, reason) == 0) {
            metrics.reasons[i].n++;
            break;
        }
    }
    pthread_mutex_unlock(&metrics.lock);
}

void server_count_request(const server_request *r, int64_t took_us)
{
    size_t bucket = 0;

    while (bucket < METRICS_BUCKETS && took_us > metrics_buckets[bucket].us)
        bucket++;
    atomic_fetch_add_explicit(&metrics.buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics.us, (uint64_t)took_us, memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics.bytes_in, r->body.len, memory_order_relaxed);
    if (r->status < METRICS_STATUS_MAX)
        atomic_fetch_add_explicit(&metrics.statuses[r->status], 1, memory_order_relaxed);
    if (r->refused)
        server_count_refused(r->refused);
}

void server_count_tick(bool ok, int64_t timers, int64_t took_us)
{
    metrics.ticks++;
    metrics.tick_failures += !ok;
    metrics.timers += (uint64_t)timers;
    metrics.tick_us += (uint64_t)took_us;
}

/* --- /metrics --- */

static void metrics_head(example_text *out, const char *name, const char *type, const char *help)
{
    example_putf(out, "# HELP autocrm_%s %s\n# TYPE autocrm_%s %s\n", name, help, name, type);
}

static void metrics_one(example_text *out, const char *name, const char *type, const char *help,
                        double value)
{
    metrics_head(out, name, type, help);
    example_putf(out, "autocrm_%s %.15g\n", name, value);
}

static void metrics_requests(example_text *out)
{
    uint64_t sum = 0;

    metrics_head(out, "http_requests_total", "counter", "Requests by the status of the answer");
    for (size_t i = 100; i < METRICS_STATUS_MAX; i++)
        if (metrics.statuses[i])
            example_putf(out, "autocrm_http_requests_total{status=\"%zu\"} %llu\n", i,
                         (unsigned long long)metrics.statuses[i]);
    metrics_head(out, "http_request_seconds", "histogram", "From a request's first byte to the "
                 "last of the answer");
    for (size_t i = 0; i <= METRICS_BUCKETS; i++) {
        sum += metrics.buckets[i];
        example_putf(out, "autocrm_http_request_seconds_bucket{le=\"%s\"} %llu\n",
                     i < METRICS_BUCKETS ? metrics_buckets[i].text : "+Inf",
                     (unsigned long long)sum);
    }
    example_putf(out, "autocrm_http_request_seconds_sum %.6f\n"
                 "autocrm_http_request_seconds_count %llu\n", (double)metrics.us / 1e6,
                 (unsigned long long)sum);
    metrics_head(out, "refused_total", "counter", "Requests and connections refused or cut, by "
                 "reason");
    pthread_mutex_lock(&metrics.lock);
    for (size_t i = 0; i < METRICS_REASONS_MAX && metrics.reasons[i].reason; i++)
        example_putf(out, "autocrm_refused_total{reason=\"%s\"} %llu\n", metrics.reasons[i].reason,
                     (unsigned long long)metrics.reasons[i].n);
    pthread_mutex_unlock(&metrics.lock);
}

static double metrics_resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    char line[128] = "";
    char *end = line;

    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    strtol(line, &end, 10);
    return (double)strtol(end, NULL, 10) * (double)sysconf(_SC_PAGESIZE);
}

static void metrics_rest(const server *s, example_text *out)
{
    static const char *const states[SERVER_CONNECTION_STATES] = {
        [SERVER_IDLE] = "idle", [SERVER_BODY] = "body", [SERVER_RUNNING] = "running",
        [SERVER_REPLYING] = "replying", [SERVER_STREAMING] = "streaming", [SERVER_SHUT] = "shut"
    };

    metrics_head(out, "connections", "gauge", "Connections by what they are doing");
    for (int i = 0; i < SERVER_CONNECTION_STATES; i++)
        example_putf(out, "autocrm_connections{state=\"%s\"} %ld\n", states[i],
                     server_watch_count(i));
    metrics_one(out, "queued", "gauge", "Requests that wait for a worker",
                (double)(server_work_queued(s->work) + server_work_queued(s->writes)));
    metrics_one(out, "sessions", "gauge", "Sessions kept", server_sessions_count(s->sessions));
    metrics_one(out, "request_body_bytes_total", "counter", "Bytes of bodies taken",
                (double)metrics.bytes_in);
    metrics_one(out, "ticks_total", "counter", "Calls of engine.tick", (double)metrics.ticks);
    metrics_one(out, "tick_failures_total", "counter", "Calls of engine.tick that failed",
                (double)metrics.tick_failures);
    metrics_one(out, "tick_seconds_total", "counter", "Time spent in engine.tick",
                (double)metrics.tick_us / 1e6);
    metrics_one(out, "timers_total", "counter", "Timers done", (double)metrics.timers);
    metrics_one(out, "resident_memory_bytes", "gauge", "Memory in use", metrics_resident());
    metrics_one(out, "start_time_seconds", "gauge", "When the server started",
                (double)metrics.started);
    metrics_head(out, "build_info", "gauge", "The version");
    example_putf(out, "autocrm_build_info{version=\"%s\"} 1\n", acrm_version());
}

/* For who runs on this machine: a proxy tells for whom it asks. */
void server_metrics(server_request *r)
{
    char peer[SERVER_PEER_MAX];
    example_text out = { 0 };

    server_peer(r, peer);
    if ((strncmp(peer, "127.", 4) != 0 && strcmp(peer, "::1") != 0) ||
        server_header(r, SERVER_X_FORWARDED_FOR) || server_header(r, SERVER_FORWARDED)) {
        server_reply_problem(r, 403, "metrics", "metrics are told to this machine alone");
        return;
    }
    metrics_requests(&out);
    metrics_rest(r->server, &out);
    if (out.failed)
        server_reply_problem(r, 500, "memory", "there is no memory left");
    else
        server_reply_text(r, 200, "text/plain; version=0.0.4; charset=utf-8", out.data, out.len);
    example_text_free(&out);
}
