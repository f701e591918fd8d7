/* SPDX-License-Identifier: MIT */
/* Responses, and problem documents (RFC 9457) with pointers (RFC 6901) to the fields. */
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void reply_set(server_request *r, unsigned status, const char *type,
                      struct MHD_Response *response)
{
    if (r->response)
        MHD_destroy_response(r->response);
    r->response = response;
    r->status = status;
    if (!response)
        return;
    if (type)
        MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
}

void server_reply_text(server_request *r, unsigned status, const char *type, const char *text,
                       size_t len)
{
    /* MHD copies; it takes no const pointer. */
    char *copy = malloc(len + 1);

    if (copy && len > 0)
        memcpy(copy, text, len);
    reply_set(r, status, type,
              copy ? MHD_create_response_from_buffer(len, copy, MHD_RESPMEM_MUST_FREE) : NULL);
}

static void reply_free(void *cls)
{
    acrm_buf_free(cls);
}

void server_reply_buf(server_request *r, unsigned status, const char *type, acrm_buf *buf)
{
    union {
        const char *in;
        void *out;
    } data = { .in = acrm_buf_data(buf) };

    reply_set(r, status, type,
              MHD_create_response_from_buffer_with_free_callback_cls(acrm_buf_len(buf), data.out,
                                                                     reply_free, buf));
    if (!r->response)
        acrm_buf_free(buf);
}

void server_reply_file(server_request *r, const char *type, int file, uint64_t size)
{
    reply_set(r, 200, type, MHD_create_response_from_fd64(size, file));
    if (!r->response)
        close(file);
}

void server_reply_stream(server_request *r, const char *type, size_t block,
                         MHD_ContentReaderCallback read, void *arg, void (*gone)(void *arg))
{
    reply_set(r, 200, type,
              MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, read, arg, gone));
    if (!r->response)
        gone(arg);
    r->streams = true;
}

void server_reply_header(server_request *r, const char *name, const char *value)
{
    if (r->response && !strpbrk(value, "\r\n"))
        MHD_add_response_header(r->response, name, value);
}

bool server_reply_same(server_request *r, const char *match, const char *etag)
{
    if (strcmp(match, "*") != 0 && !strstr(match, etag))
        return false;
    server_reply_text(r, 304, NULL, "", 0);
    server_reply_header(r, "ETag", etag);
    return true;
}

/* --- Problems --- */

static void reply_member(example_text *out, const char *key, const char *text)
{
    server_put_json(out, key, strlen(key));
    example_put(out, ":");
    server_put_json(out, text, strlen(text));
}

static const char *reply_title(unsigned status)
{
    const char *title = MHD_get_reason_phrase_for(status);

    return title ? title : "Error";
}

static void reply_problem_text(server_request *r, unsigned status, const example_text *text)
{
    if (text->failed)
        server_reply_text(r, 500, "application/problem+json", "{}", 2);
    else
        server_reply_text(r, status, "application/problem+json", text->data, text->len);
    server_reply_header(r, "Cache-Control", "no-store");
}

static void reply_problem_begin(example_text *out, unsigned status, const char *detail)
{
    example_putf(out, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,",
                 reply_title(status), status);
    reply_member(out, "detail", detail);
}

void server_reply_problem(server_request *r, unsigned status, const char *reason,
                          const char *detail)
{
    example_text out = { 0 };

    reply_problem_begin(&out, status, detail);
    example_put(&out, ",");
    reply_member(&out, "reason", reason);
    example_put(&out, "}");
    reply_problem_text(r, status, &out);
    example_text_free(&out);
    r->refused = reason;
}

/* contact_points[1].value: /contact_points/1/value. */
static void reply_pointer(example_text *out, const char *field)
{
    example_put(out, "\"#");
    for (const char *p = field; *p; p++) {
        if (p == field && *p != '[')
            example_put(out, "/");
        if (*p == '.' || *p == '[')
            example_put(out, "/");
        else if (*p == '~')
            example_put(out, "~0");
        else if (*p == '/')
            example_put(out, "~1");
        else if (*p == '"' || *p == '\\' || (unsigned char)*p < 0x20)
            example_putf(out, "\\u%04x", (unsigned)(unsigned char)*p);
        else if (*p != ']')
            example_add(out, p, 1);
    }
    example_put(out, "\"");
}

static void reply_pointers(example_text *out, const acrm_value *fields)
{
    example_put(out, ",\"errors\":[");
    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        const acrm_value *one = acrm_value_at(fields, i);
        const char *field = acrm_value_text(acrm_value_get(one, "field"), NULL);
        const char *message = acrm_value_text(acrm_value_get(one, "message"), NULL);
        example_put(out, i ? ",{" : "{");
        reply_member(out, "detail", message ? message : "");
        example_put(out, ",\"pointer\":");
        reply_pointer(out, field ? field : "");
        example_put(out, "}");
    }
    example_put(out, "]");
}

static unsigned reply_status(int32_t status)
{
    static const struct {
        int32_t status;
        unsigned http;
    } map[] = {
        { ACRM_E_INVALID, 422 }, { ACRM_E_NOTFOUND, 404 },    { ACRM_E_CONFLICT, 409 },
        { ACRM_E_DENIED, 403 },  { ACRM_E_UNSUPPORTED, 501 }, { ACRM_E_LIMIT, 413 },
        { ACRM_E_BUSY, 503 },    { ACRM_E_READONLY, 503 },    { ACRM_E_INTERRUPTED, 503 },
        { ACRM_E_FULL, 507 },
    };

    for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
        if (map[i].status == status)
            return map[i].http;
    return 500;
}

/* What holds for preconditions: RFC 9110, 13.1.1, and RFC 6585, 3. */
static unsigned reply_precondition(const server_request *r, int32_t status,
                                   const acrm_error *error)
{
    bool guarded = r->route && r->route->verb &&
                   (strcmp(r->route->verb, "update") == 0 || strcmp(r->route->verb, "delete") == 0);

    if (guarded && status == ACRM_E_CONFLICT && server_header(r, SERVER_IF_MATCH) &&
        strcmp(acrm_error_reason(error), "stale_version") == 0)
        return 412;
    if (guarded && status == ACRM_E_INVALID && strcmp(acrm_error_field(error), "version") == 0 &&
        strcmp(acrm_error_reason(error), "required") == 0)
        return 428;
    /* The path's own {id}, when it is none: there is nothing at that path. */
    if (status == ACRM_E_INVALID && r->route && r->route->id &&
        strcmp(acrm_error_field(error), r->route->id) == 0)
        return 404;
    bool json = status == ACRM_E_INVALID && strcmp(acrm_error_reason(error), "json") == 0;
    return json ? 400 : reply_status(status);
}

void server_reply_error(server_request *r, int32_t status, const acrm_error *error)
{
    const char *json = acrm_error_json(error);
    unsigned http = reply_precondition(r, status, error);
    acrm_value *whole = NULL;
    example_text out = { 0 };

    reply_problem_begin(&out, http, error ? acrm_error_message(error) : acrm_status_text(status));
    if (strlen(json) > 2)
        example_putf(&out, ",%s", json + 1);
    else
        example_put(&out, "}");
    if (acrm_value_parse(NULL, json, strlen(json), &whole, NULL) == ACRM_OK &&
        acrm_value_get(whole, "fields") && out.len > 0) {
        out.data[--out.len] = '\0'; /* before the last brace */
        reply_pointers(&out, acrm_value_get(whole, "fields"));
        example_put(&out, "}");
    }
    acrm_value_free(whole);
    reply_problem_text(r, http, &out);
    if (http == 503)
        server_reply_header(r, "Retry-After", "1");
    example_text_free(&out);
    r->refused = error && *acrm_error_reason(error) ? "call" : "error";
}
