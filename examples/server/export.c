/* SPDX-License-Identifier: MIT */
/*
 * A list as application/x-ndjson: all its records, one a line, read by a cursor as the client takes
 * them. `limit` is how many in all. When reading fails midway the connection is cut, so that a
 * part is never taken for the whole.
 */
#include "server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { EXPORT_PAGE = 500, EXPORT_BYTES = 65536, EXPORT_BLOCK = 32768, EXPORT_MAX = 32 };

typedef struct export_job {
    server_job job; /* reading the next part */
    server *server;
    struct MHD_Connection *connection;
    acrm_session *session;
    acrm_cursor *cursor;
    int64_t left; /* records; negative: all */
    example_text text;
    size_t at;
    bool ended, failed;
} export_job;

static _Atomic int export_running;

static void export_free(void *cls)
{
    export_job *e = cls;

    acrm_cursor_free(e->cursor);
    if (e->session)
        server_session_give(e->server->sessions, e->session);
    example_text_free(&e->text);
    free(e);
    export_running--;
}

/* The next lines. Out parameters: error, when it is asked for. */
static int32_t export_fill(export_job *e, acrm_error **error)
{
    const acrm_value *item = NULL;
    int32_t st = ACRM_OK;

    example_clear(&e->text);
    e->at = 0;
    while (st == ACRM_OK && !e->ended && e->text.len < EXPORT_BYTES) {
        acrm_buf *line = NULL;
        item = NULL;
        if (e->left != 0)
            st = acrm_cursor_next(e->cursor, &item, error);
        e->ended = st == ACRM_OK && !item;
        if (item)
            st = acrm_value_print(item, 0, &line);
        if (line) {
            example_add(&e->text, acrm_buf_data(line), acrm_buf_len(line));
            example_put(&e->text, "\n");
        }
        acrm_buf_free(line);
        e->left -= e->left > 0;
        st = e->text.failed ? ACRM_E_NOMEM : st;
    }
    return st;
}

static void export_more(void *cls)
{
    export_job *e = cls;

    e->failed = e->server->stopping || export_fill(e, NULL) != ACRM_OK;
    MHD_resume_connection(e->connection);
}

static ssize_t export_send(void *cls, uint64_t at, char *to, size_t max)
{
    export_job *e = cls;
    size_t n = e->text.len - e->at;

    (void)at;
    if (e->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n > 0) {
        n = n < max ? n : max;
        memcpy(to, e->text.data + e->at, n);
        e->at += n;
        return (ssize_t)n;
    }
    if (e->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    MHD_suspend_connection(e->connection);
    if (!server_work_add(e->server->work, &e->job)) {
        e->failed = true;
        MHD_resume_connection(e->connection);
    }
    return 0;
}

static int32_t export_begin(server_request *r, export_job *e, const example_text *json,
                            acrm_error **error)
{
    acrm_value *args = NULL;
    int32_t st = acrm_value_parse(NULL, json->data, json->len, &args, error);
    const acrm_value *limit = acrm_value_get(args, "limit");

    e->left = acrm_value_type(limit) == ACRM_INT && acrm_value_int(limit) > 0
                  ? acrm_value_int(limit) : -1;
    if (st == ACRM_OK && (!limit || e->left > 0)) /* a wrong one the library tells of */
        st = acrm_value_set_int(acrm_value_put(args, "limit"), EXPORT_PAGE);
    if (st == ACRM_OK)
        st = server_session_take(r->server->sessions, r->principal, &e->session, error);
    if (st == ACRM_OK)
        st = acrm_cursor_new(e->session, r->route->operation, args, &e->cursor, error);
    if (st == ACRM_OK)
        st = export_fill(e, error);
    acrm_value_free(args);
    return st;
}

bool server_export_wanted(const server_request *r)
{
    const char *accept = r->route->verb && strcmp(r->route->verb, "list") == 0
                             ? server_header(r, SERVER_ACCEPT) : NULL;

    return accept && strstr(accept, "application/x-ndjson") != NULL;
}

void server_export(server_request *r)
{
    example_text json = { 0 };
    acrm_error *error = NULL;
    export_job *e = calloc(1, sizeof *e);

    if (!e) {
        server_reply_problem(r, 500, "memory", "there is no memory left");
        return;
    }
    *e = (export_job){ .job = { .run = export_more, .arg = e }, .server = r->server,
                       .connection = r->connection };
    bool room = ++export_running <= EXPORT_MAX, ok = room && server_args(r, &json);
    int32_t st = ok ? export_begin(r, e, &json, &error) : ACRM_OK;
    if (!room)
        server_reply_problem(r, 503, "exports", "too many exports are running: try again");
    else if (st != ACRM_OK)
        server_reply_error(r, st, error);
    if (!ok || st != ACRM_OK) {
        export_free(e);
    } else {
        server_reply_stream(r, "application/x-ndjson", EXPORT_BLOCK, export_send, e, export_free);
        server_reply_header(r, "Cache-Control", "private, no-store");
    }
    acrm_error_free(error);
    example_text_free(&json);
}
