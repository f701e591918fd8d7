/* SPDX-License-Identifier: MIT */
/*
 * The log: one JSON object a line. Of requests it has the route, never the path, the query, a body,
 * an address or a header, so that nothing personal and no secret can be in it.
 */
#include "server.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

enum { LOG_FLUSH_BYTES = 32768 };

static struct {
    pthread_mutex_t lock;
    FILE *file;
    example_text text;
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER };

void server_log_open(FILE *file)
{
    log_state.file = file;
}

static void log_flush(void)
{
    if (log_state.file && log_state.text.len > 0) {
        fwrite(log_state.text.data, 1, log_state.text.len, log_state.file);
        fflush(log_state.file);
    }
    example_clear(&log_state.text);
}

static void log_begin(example_text *line, const char *level, const char *event)
{
    struct timespec now;
    struct tm parts;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    example_putf(line, "{\"at\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\",\"level\":\"%s\","
                 "\"event\":\"%s\"", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                 parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1000000, level, event);
}

void server_log(const char *level, const char *event, ...)
{
    va_list list;
    const char *key, *value;

    pthread_mutex_lock(&log_state.lock);
    log_begin(&log_state.text, level, event);
    va_start(list, event);
    while ((key = va_arg(list, const char *)) != NULL) {
        value = va_arg(list, const char *);
        example_putf(&log_state.text, ",\"%s\":", key);
        server_put_json(&log_state.text, value ? value : "", value ? strlen(value) : 0);
    }
    va_end(list);
    example_put(&log_state.text, "}\n");
    log_flush();
    pthread_mutex_unlock(&log_state.lock);
}

void server_log_request(const server_request *r, int64_t took_us)
{
    bool bad = r->status >= 500;
    example_text *text = &log_state.text;

    pthread_mutex_lock(&log_state.lock);
    log_begin(text, bad ? "error" : r->refused ? "warning" : "info", "request");
    example_putf(text, ",\"method\":\"%s\",\"route\":\"%s\",\"status\":%u,\"us\":%lld",
                 server_method_name(r->method), r->route ? r->route->path : "", r->status,
                 (long long)took_us);
    if (r->refused)
        example_putf(text, ",\"reason\":\"%s\"", r->refused);
    example_put(text, "}\n");
    if (bad || text->len >= LOG_FLUSH_BYTES)
        log_flush();
    pthread_mutex_unlock(&log_state.lock);
}

void server_log_flush(void)
{
    pthread_mutex_lock(&log_state.lock);
    log_flush();
    pthread_mutex_unlock(&log_state.lock);
}

void server_log_close(void)
{
    pthread_mutex_lock(&log_state.lock);
    log_flush();
    example_text_free(&log_state.text);
    pthread_mutex_unlock(&log_state.lock);
}
