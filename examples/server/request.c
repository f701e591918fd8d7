/* SPDX-License-Identifier: MIT */
/* A request from its first byte to its last: what is not as it must be is refused here. */
#include "server.h"

#include "server_auth.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { REQUEST_NEW, REQUEST_BODY, REQUEST_WAITS, REQUEST_DONE };
enum { REQUEST_TARGET_MAX = 8000, REQUEST_DISCARD_MAX = 1 << 20 };

int64_t server_now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static const char *const request_header_names[SERVER_HEADERS] = {
    [SERVER_ACCEPT] = "Accept",
    [SERVER_ACCEPT_ENCODING] = "Accept-Encoding",
    [SERVER_AUTHORIZATION] = "Authorization",
    [SERVER_CONTENT_ENCODING] = "Content-Encoding",
    [SERVER_CONTENT_LENGTH] = "Content-Length",
    [SERVER_CONTENT_TYPE] = "Content-Type",
    [SERVER_COOKIE] = "Cookie",
    [SERVER_FORWARDED] = "Forwarded",
    [SERVER_HOST] = "Host",
    [SERVER_IDEMPOTENCY_KEY] = "Idempotency-Key",
    [SERVER_IF_MATCH] = "If-Match",
    [SERVER_IF_NONE_MATCH] = "If-None-Match",
    [SERVER_LAST_EVENT_ID] = "Last-Event-ID",
    [SERVER_ORIGIN] = "Origin",
    [SERVER_SEC_FETCH_SITE] = "Sec-Fetch-Site",
    [SERVER_TRANSFER_ENCODING] = "Transfer-Encoding",
    [SERVER_USER_AGENT] = "User-Agent",
    [SERVER_X_CSRF_TOKEN] = "X-CSRF-Token",
    [SERVER_X_FORWARDED_FOR] = "X-Forwarded-For",
    [SERVER_X_FORWARDED_PROTO] = "X-Forwarded-Proto"
};

const char *server_header(const server_request *r, int which)
{
    return r->headers[which];
}

/* --- Who is at the other end --- */

static void request_address(const server_request *r, char out[SERVER_PEER_MAX])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    socklen_t size = !address                        ? 0
                     : address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                      : sizeof(struct sockaddr_in);

    out[0] = '\0';
    if (address)
        getnameinfo(address, size, out, SERVER_PEER_MAX, NULL, 0, NI_NUMERICHOST);
    if (strncmp(out, "::ffff:", 7) == 0)
        memmove(out, out + 7, strlen(out + 7) + 1);
}

static bool request_trusted(const server_request *r, const char *peer)
{
    const server_options *o = &r->server->options;

    for (int i = 0; i < o->n_trusted; i++)
        if (strcmp(o->trusted[i], peer) == 0)
            return true;
    return false;
}

void server_peer(const server_request *r, char out[SERVER_PEER_MAX])
{
    const char *told = server_header(r, SERVER_X_FORWARDED_FOR);
    unsigned char bytes[16];

    request_address(r, out);
    if (!told || !request_trusted(r, out))
        return;
    /* The last one: it is what our proxy saw; what is before it anybody can write. */
    const char *comma = strrchr(told, ',');
    const char *last = comma ? comma + 1 : told;
    last += strspn(last, " ");
    if (inet_pton(AF_INET, last, bytes) == 1 || inet_pton(AF_INET6, last, bytes) == 1)
        snprintf(out, SERVER_PEER_MAX, "%s", last);
}

static bool request_secure(const server_request *r)
{
    const char *told = server_header(r, SERVER_X_FORWARDED_PROTO);
    char peer[SERVER_PEER_MAX];

    if (r->server->options.tls_cert)
        return true;
    if (!told || strcmp(told, "https") != 0)
        return false;
    request_address(r, peer);
    return request_trusted(r, peer);
}

/* --- The target --- */

/* Only what a path of ours can be: no empty or dotted segment, no escaped slash, no control. */
static bool request_path(char *path)
{
    if (*path != '/' || strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../"))
        return false;
    for (const char *p = path; *p; p++)
        if (*p == '%' && (strncmp(p, "%2f", 3) == 0 || strncmp(p, "%2F", 3) == 0))
            return false;
    if (!server_unescape(path, false))
        return false;
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\' || (*p == '/' && p[1] == '.'))
            return false;
    return true;
}

static bool request_target(server_request *r)
{
    size_t len = strlen(r->target);

    if (len == 0 || len > REQUEST_TARGET_MAX)
        return false;
    r->path = r->target;
    r->query = r->target + len;
    char *mark = strchr(r->target, '?');
    if (mark) {
        *mark = '\0';
        r->query = mark + 1;
    }
    return request_path(r->target);
}

/* --- Headers --- */

/* Not to be there twice: two readers of HTTP could read them in two ways. */
static bool request_header_once(int which)
{
    return which == SERVER_HOST || which == SERVER_CONTENT_LENGTH ||
           which == SERVER_TRANSFER_ENCODING;
}

typedef struct request_seen {
    server_request *request;
    bool wrong;
} request_seen;

static enum MHD_Result request_look(void *cls, enum MHD_ValueKind kind, const char *key,
                                    const char *value)
{
    request_seen *seen = cls;
    const char **headers = seen->request->headers;
    char first = (char)(*key & ~0x20);
    int which = 0;

    (void)kind;
    while (which < SERVER_HEADERS && (*request_header_names[which] != first ||
                                      strcasecmp(key, request_header_names[which]) != 0))
        which++;
    if (which == SERVER_HEADERS)
        return MHD_YES;
    seen->wrong = seen->wrong || (headers[which] && request_header_once(which));
    if (!headers[which])
        headers[which] = value ? value : "";
    return MHD_YES;
}

/* false: they say two things. */
static bool request_headers(server_request *r)
{
    request_seen seen = { .request = r };

    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, request_look, &seen);
    const char *encoding = server_header(r, SERVER_TRANSFER_ENCODING);
    return !seen.wrong && !(encoding && strcasecmp(encoding, "chunked") != 0) &&
           !(encoding && server_header(r, SERVER_CONTENT_LENGTH));
}

static bool request_is_json(const char *type)
{
    static const char json[] = "application/json";

    return type && strncasecmp(type, json, sizeof json - 1) == 0 &&
           (!type[sizeof json - 1] || strchr("; ", type[sizeof json - 1]));
}

static bool request_refuse(server_request *r, unsigned status, const char *reason,
                           const char *detail)
{
    server_reply_problem(r, status, reason, detail);
    return false;
}

static bool request_has_body(const server_request *r)
{
    const char *length = server_header(r, SERVER_CONTENT_LENGTH);

    return server_header(r, SERVER_TRANSFER_ENCODING) || (length && strcmp(length, "0") != 0);
}

/* The body's kind and length, as far as the headers tell. */
static bool request_body(server_request *r)
{
    const char *length = server_header(r, SERVER_CONTENT_LENGTH), *type;
    bool some = request_has_body(r);

    if (server_header(r, SERVER_CONTENT_ENCODING))
        return request_refuse(r, 415, "encoding", "bodies are taken uncompressed");
    if (length && (strlen(length) > 12 || atoll(length) > r->server->options.body_max))
        return request_refuse(r, 413, "body", "the body is longer than this server takes");
    type = server_header(r, SERVER_CONTENT_TYPE);
    if (some && r->method == SERVER_GET)
        return request_refuse(r, 400, "body", "a GET request has no body");
    if (some && !request_is_json(type)) {
        if (!r->route->takes_bytes)
            return request_refuse(r, 415, "media_type", "the body must be application/json");
        r->bytes = true;
    }
    return true;
}

/* A page of another site may not make the browser write here. */
static bool request_same_site(const server_request *r)
{
    const char *origin = server_header(r, SERVER_ORIGIN), *host = server_header(r, SERVER_HOST);
    const char *site = server_header(r, SERVER_SEC_FETCH_SITE);

    if (r->method == SERVER_GET)
        return true;
    if (site && strcmp(site, "cross-site") == 0)
        return false;
    const char *name = origin ? strstr(origin, "://") : NULL;
    return !origin || (name && host && strcasecmp(name + 3, host) == 0);
}

static void request_allow(server_request *r, unsigned status, unsigned allowed)
{
    char list[64] = "OPTIONS";

    for (int m = 0; m < SERVER_METHODS; m++)
        if (allowed & 1u << m)
            snprintf(list + strlen(list), sizeof list - strlen(list), ", %s%s",
                     server_method_name(m), m == SERVER_GET ? ", HEAD" : "");
    if (status == 405)
        server_reply_problem(r, status, "method", "this path does not have that method");
    else
        server_reply_text(r, status, NULL, "", 0);
    server_reply_header(r, "Allow", list);
}

static bool request_route(server_request *r, const char *method)
{
    static const server_route page = { .path = "/", .run = server_pages, .quick = true };
    unsigned allowed = 0;

    r->method = strcmp(method, "HEAD") == 0 ? SERVER_GET : -1;
    for (int m = 0; m < SERVER_METHODS; m++)
        if (strcmp(method, server_method_name(m)) == 0)
            r->method = m;
    r->route = server_routes_find(r->server->routes, r->method, r->path, r->id, &allowed);
    /* Entities of the user's own may be younger than the table. */
    if (!r->route && !allowed && strncmp(r->path, "/v1/x_", 6) == 0 &&
        server_routes_read(r->server))
        r->route = server_routes_find(r->server->routes, r->method, r->path, r->id, &allowed);
    if (r->route)
        return true;
    if (allowed) {
        request_allow(r, strcmp(method, "OPTIONS") == 0 ? 204 : 405, allowed);
        return false;
    }
    if (strncmp(r->path, "/v1/", 4) == 0 || r->server->pages < 0) {
        acrm_error *error = acrm_error_new(ACRM_E_NOTFOUND, "path", NULL,
                                           "there is nothing at this path");
        server_reply_error(r, ACRM_E_NOTFOUND, error);
        acrm_error_free(error);
        return false;
    }
    if (r->method != SERVER_GET) {
        request_allow(r, 405, 1u << SERVER_GET);
        return false;
    }
    r->route = &page;
    return true;
}

/* false: it was refused. */
static bool request_check(server_request *r, const char *method)
{
    if (!request_headers(r))
        return request_refuse(r, 400, "headers", "the headers contradict each other");
    if (!request_target(r))
        return request_refuse(r, 400, "path", "the path is none that this server has");
    if (!request_route(r, method))
        return false;
    if (!request_same_site(r))
        return request_refuse(r, 403, "origin", "requests of other sites are refused");
    r->secure = request_secure(r);
    return request_body(r) && (r->route->run == server_pages || r->route->open || server_auth(r));
}

/* --- The life of a request --- */

static void request_work(void *arg)
{
    server_request *r = arg;

    server_request_run(r);
    MHD_resume_connection(r->connection);
}

void *server_request_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
    size_t len = strlen(uri) + 1;
    server_request *r = malloc(sizeof *r + len);

    if (!r)
        return NULL;
    *r = (server_request){ .server = cls, .connection = connection, .method = -1,
                           .started_us = server_now_us(), .target = (char *)(r + 1), .query = "",
                           .path = "", .job = { .run = request_work, .arg = r } };
    memcpy(r->target, uri, len);
    return r;
}

void server_request_run(server_request *r)
{
    if (r->overflow)
        server_reply_problem(r, 413, "body", "the body is longer than this server takes");
    else if (r->route->run)
        r->route->run(r);
    else
        server_call(r);
    r->stage = REQUEST_DONE;
}

/* What was answered before, if nothing has changed. */
static bool request_from_cache(server_request *r)
{
    const char *match = server_header(r, SERVER_IF_NONE_MATCH);

    if (!r->route->kept || r->server->remote || server_export_wanted(r))
        return false;
    r->answer = server_cache_find(r);
    if (!r->answer)
        return false;
    r->status = 200;
    if (match && server_reply_same(r, match, r->answer->etag)) {
        server_answer_free(r->answer);
        r->answer = NULL;
    }
    r->stage = REQUEST_DONE;
    return true;
}

static enum MHD_Result request_send_shared(server_request *r)
{
    enum MHD_Result result = MHD_queue_response(r->connection, r->status, r->answer->response);

    server_answer_free(r->answer);
    r->answer = NULL;
    return result;
}

static enum MHD_Result request_send(server_request *r)
{
    if (!r->response && !r->answer)
        return MHD_NO;
    server_watch_state(r, r->streams ? SERVER_STREAMING : SERVER_REPLYING,
                       r->waited ? server_now_us() : r->started_us);
    if (r->answer)
        return request_send_shared(r);
    if (r->server->stopping)
        server_reply_header(r, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(r->connection, r->status, r->response);
    MHD_destroy_response(r->response);
    r->response = NULL;
    return result;
}

static enum MHD_Result request_take(server_request *r, const char *data, size_t *size)
{
    if (r->body.len + *size > (size_t)r->server->options.body_max) {
        r->overflow = true; /* MHD answers at the end of the body only */
        r->discarded += *size;
    } else {
        example_add(&r->body, data, *size);
    }
    *size = 0;
    return r->discarded > REQUEST_DISCARD_MAX || r->body.failed ? MHD_NO : MHD_YES;
}

/* Whatever asks a database elsewhere waits for the network. */
static bool request_is_quick(const server_request *r)
{
    return r->route->quick && !(r->route->operation && r->server->remote);
}

static enum MHD_Result request_hand_over(server_request *r)
{
    bool write = r->route->writes && !r->route->steps;

    if (request_from_cache(r))
        return request_send(r);
    r->stage = REQUEST_WAITS;
    r->waited = true;
    server_watch_state(r, SERVER_RUNNING, server_now_us());
    MHD_suspend_connection(r->connection);
    if (server_work_add(write ? r->server->writes : r->server->work, &r->job))
        return MHD_YES;
    server_reply_problem(r, 503, "overload", "too much waits to be done: try again");
    server_reply_header(r, "Retry-After", "1");
    r->stage = REQUEST_DONE;
    MHD_resume_connection(r->connection);
    return MHD_YES;
}

enum MHD_Result server_request_handle(void *cls, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **con_cls)
{
    server_request *r = *con_cls;

    (void)cls;
    (void)connection;
    (void)url;
    (void)version;
    if (!r)
        return MHD_NO;
    if (r->stage == REQUEST_NEW) {
        r->stage = REQUEST_BODY;
        if (request_check(r, method)) {
            r->waited = request_has_body(r);
            if (r->waited)
                server_watch_state(r, SERVER_BODY, r->started_us);
            return MHD_YES;
        }
        r->stage = REQUEST_DONE;
        /* Answered before its body, the connection ends; without one it goes on. */
        return request_has_body(r) ? request_send(r) : MHD_YES;
    }
    if (r->stage == REQUEST_BODY && *size > 0)
        return request_take(r, data, size);
    if (r->stage == REQUEST_BODY && !request_is_quick(r))
        return request_hand_over(r);
    if (r->stage == REQUEST_BODY)
        server_request_run(r);
    return r->stage == REQUEST_DONE ? request_send(r) : MHD_YES;
}

void server_request_end(void *cls, struct MHD_Connection *connection, void **con_cls,
                        enum MHD_RequestTerminationCode why)
{
    server_request *r = *con_cls;
    int64_t now_us = server_now_us();

    (void)cls;
    (void)connection;
    if (!r)
        return;
    server_watch_state(r, SERVER_IDLE, now_us);
    if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK && !r->refused)
        r->refused = "cut";
    server_count_request(r, now_us - r->started_us);
    if (r->refused || r->status >= 500 || r->server->options.log_all)
        server_log_request(r, now_us - r->started_us);
    if (r->response)
        MHD_destroy_response(r->response);
    server_answer_free(r->answer);
    example_text_free(&r->body);
    free(r);
    *con_cls = NULL;
}
