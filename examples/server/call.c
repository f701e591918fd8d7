/* SPDX-License-Identifier: MIT */
/* Running the operation that a request means. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

enum { CALL_LINK_MAX = 4096, CALL_OUT_MAX = 256 << 20 };

/* --- What the response says about itself --- */

/* The version at the beginning of a record's JSON; 0: there is none. */
static long long call_version(const char *json)
{
    static const char key[] = "\"version\":";
    const char *at = strncmp(json, "{\"id\":\"", 7) == 0 ? strchr(json + 7, '"') : NULL;

    if (!at || at[1] != ',' || strncmp(at + 2, key, sizeof key - 1) != 0)
        return 0;
    return strtoll(at + 2 + sizeof key - 1, NULL, 10);
}

static uint64_t call_hash(const char *data, size_t len)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ len, word;

    for (; len >= sizeof word; data += sizeof word, len -= sizeof word) {
        memcpy(&word, data, sizeof word);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    for (; len > 0; data++, len--)
        hash = (hash ^ (unsigned char)*data) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 29;
}

/* "7-..." of a record, its version first, for If-Match; else of the bytes alone. */
static void call_etag(const acrm_buf *out, long long version, char etag[SERVER_ETAG_MAX])
{
    static const char hex[] = "0123456789abcdef";
    enum { CALL_HASH_DIGITS = 16 };
    uint64_t hash = call_hash(acrm_buf_data(out), acrm_buf_len(out));
    char digits[24];
    size_t n = sizeof digits;

    *etag++ = '"';
    if (version > 0)
        digits[--n] = '-';
    for (; version > 0; version /= 10)
        digits[--n] = (char)('0' + version % 10);
    memcpy(etag, digits + n, sizeof digits - n);
    etag += sizeof digits - n;
    for (int i = CALL_HASH_DIGITS; i > 0; i--, hash >>= 4)
        etag[i - 1] = hex[hash & 15];
    etag[CALL_HASH_DIGITS] = '"';
    etag[CALL_HASH_DIGITS + 1] = '\0';
}

/* Link to the next page: the same query with its own `after`. */
static void call_link(server_request *r, const char *json, size_t len)
{
    static const char key[] = "\"next\":\"";
    const char *at = json + len;
    example_text link = { 0 };

    if (len < sizeof key || strncmp(at - 2, "\"}", 2) != 0)
        return;
    for (at -= 3; at > json && *at != '"'; at--)
        ;
    const char *next = at + 1;
    if (at - json < (long)sizeof key || strncmp(next - sizeof key + 1, key, sizeof key - 1) != 0)
        return;
    example_putf(&link, "<%s?", r->path);
    for (const char *p = r->query; *p;) {
        size_t n = strcspn(p, "&");
        if (n > 0 && strncmp(p, "after=", 6) != 0) {
            example_add(&link, p, n);
            example_put(&link, "&");
        }
        p += n + (p[n] == '&');
    }
    example_put(&link, "after=");
    char *end = strdup(next);
    if (end) {
        end[strcspn(end, "\"")] = '\0';
        example_put_percent(&link, end);
    }
    free(end);
    example_put(&link, ">; rel=\"next\"");
    if (!link.failed && link.len < CALL_LINK_MAX && !strpbrk(link.data, " <>\"") == 0)
        server_reply_header(r, "Link", link.data);
    example_text_free(&link);
}

static void call_done(server_request *r, acrm_buf *out)
{
    const server_route *route = r->route;
    const char *match = route->method == SERVER_GET ? server_header(r, SERVER_IF_NONE_MATCH) : NULL;
    bool created = route->verb && strcmp(route->verb, "create") == 0;
    char etag[SERVER_ETAG_MAX], location[160];

    const char *data = acrm_buf_data(out);
    size_t len = acrm_buf_len(out);
    long long version = call_version(data);
    call_etag(out, version, etag);
    if (match && server_reply_same(r, match, etag)) {
        acrm_buf_free(out);
        return;
    }
    server_reply_buf(r, created && version > 0 ? 201 : 200, "application/json", out);
    if (route->method == SERVER_GET || version > 0)
        server_reply_header(r, "ETag", etag);
    server_reply_header(r, "Cache-Control", "private, no-cache");
    if (created && version > 0) {
        snprintf(location, sizeof location, "%s/%.36s", route->path, data + 7);
        server_reply_header(r, "Location", location);
    }
    if (route->verb && strcmp(route->verb, "list") == 0)
        call_link(r, data, len);
    if (route->kept)
        server_cache_keep(r, etag, len);
}

/* --- Streams --- */

typedef struct call_stream {
    const char *data;
    size_t len;
    example_text out;
} call_stream;

static int64_t call_read(void *user, void *dst, size_t cap)
{
    call_stream *stream = user;
    size_t n = stream->len < cap ? stream->len : cap;

    if (n > 0)
        memcpy(dst, stream->data, n);
    stream->data += n;
    stream->len -= n;
    return (int64_t)n;
}

static int32_t call_write(void *user, const void *bytes, size_t len)
{
    call_stream *stream = user;

    if (stream->out.len + len > CALL_OUT_MAX)
        return ACRM_E_LIMIT;
    example_add(&stream->out, bytes, len);
    return stream->out.failed ? ACRM_E_NOMEM : ACRM_OK;
}

/* A file that somebody put there is never shown as a page of ours. */
static void call_file(server_request *r, call_stream *stream, const acrm_buf *out)
{
    acrm_value *about = NULL;

    acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &about, NULL);
    const char *type = acrm_value_text(acrm_value_get(about, "media_type"), NULL);
    const char *name = acrm_value_text(acrm_value_get(about, "file_name"), NULL);
    example_text words = { 0 };
    bool plain = type && strspn(type, EXAMPLE_LETTERS "/.+-") == strlen(type);
    server_reply_text(r, 200, plain ? type : "application/octet-stream",
                      stream->out.data ? stream->out.data : "", stream->out.len);
    example_put(&words, "attachment; filename*=UTF-8''");
    example_put_percent(&words, name ? name : "file");
    if (!words.failed)
        server_reply_header(r, "Content-Disposition", words.data);
    server_reply_header(r, "Content-Security-Policy", "sandbox; default-src 'none'");
    server_reply_header(r, "Cache-Control", "private, no-store");
    example_text_free(&words);
    acrm_value_free(about);
}

void server_call(server_request *r)
{
    example_text args = { 0 };
    call_stream stream = { r->body.data, r->body.len, { 0 } };
    acrm_session *session = NULL;
    acrm_buf *out = NULL;
    acrm_error *error = NULL;
    server *s = r->server;

    if (server_export_wanted(r)) {
        server_export(r);
        return;
    }
    if (!server_args(r, &args)) {
        example_text_free(&args);
        return;
    }
    if (s->hold && r->route->writes)
        server_hold_write(s->hold);
    else if (s->hold && r->route->quick)
        server_hold_read(s->hold, r->started_us);
    int32_t st = server_session_take(s->sessions, r->principal, &session, &error);
    if (st == ACRM_OK && r->bytes)
        acrm_session_set_input(session, call_read, &stream);
    if (st == ACRM_OK && r->route->gives_bytes)
        acrm_session_set_output(session, call_write, &stream);
    if (st == ACRM_OK) {
        st = acrm_call_json(session, r->route->operation, args.data, args.len, &out, &error);
        if (r->bytes)
            acrm_session_set_input(session, NULL, NULL);
        if (r->route->gives_bytes)
            acrm_session_set_output(session, NULL, NULL);
        server_session_give(s->sessions, session);
    }
    if (r->route->writes) {
        server_cache_wrote(s->cache);
        server_feed_wake(s->feed);
    }
    if (st != ACRM_OK) {
        server_reply_error(r, st, error);
    } else if (r->route->gives_bytes) {
        call_file(r, &stream, out);
        acrm_buf_free(out);
    } else {
        call_done(r, out);
    }
    acrm_error_free(error);
    example_text_free(&args);
    example_text_free(&stream.out);
}
