/* SPDX-License-Identifier: MIT */
/* Paths of the server's own: whether it lives, whether it can serve, what it offers. */
#include "server.h"

#include "server_signin.h"

#include <string.h>

static void own_healthz(server_request *r)
{
    server_reply_text(r, 200, "application/json", "{\"status\":\"ok\"}", 15);
    server_reply_header(r, "Cache-Control", "no-store");
}

/* Ready is who can read the database. */
static void own_readyz(server_request *r)
{
    acrm_session *session = NULL;
    int32_t st = r->server->stopping
                     ? ACRM_E_BUSY
                     : server_session_take(r->server->sessions, "system", &session, NULL);

    if (st == ACRM_OK) {
        st = acrm_call_json(session, "engine.info", NULL, 0, NULL, NULL);
        server_session_give(r->server->sessions, session);
    }
    if (st != ACRM_OK) {
        server_reply_problem(r, 503, "not_ready", r->server->stopping
                                                      ? "the server is stopping"
                                                      : "the database cannot be read");
        return;
    }
    server_reply_text(r, 200, "application/json", "{\"status\":\"ready\"}", 18);
    server_reply_header(r, "Cache-Control", "no-store");
}

static void own_openapi(server_request *r)
{
    acrm_buf *out = NULL;
    acrm_error *error = NULL;
    int32_t st = acrm_describe(r->server->engine, "openapi", &out, &error);

    if (st == ACRM_OK)
        server_reply_buf(r, 200, "application/json", out);
    else
        server_reply_error(r, st, error);
    server_reply_header(r, "Cache-Control", "private, max-age=60");
    acrm_error_free(error);
}

const server_route server_own_routes[] = {
    { .path = "/healthz", .run = own_healthz, .open = true, .quick = true },
    { .path = "/readyz", .run = own_readyz, .open = true },
    { .path = "/metrics", .run = server_metrics, .open = true },
    { .path = "/openapi.json", .run = own_openapi },
    { .path = "/v1/events", .run = server_feed_listen, .params = server_feed_params,
      .n_params = SERVER_FEED_PARAMS },
    { .path = "/signin", .method = SERVER_POST, .run = signin_in, .open = true },
    { .path = "/signin/code", .method = SERVER_POST, .run = signin_code, .open = true },
    { .path = "/signin/reset", .method = SERVER_POST, .run = signin_reset, .open = true },
    { .path = "/signout", .method = SERVER_POST, .run = signin_out },
    { .path = "/signout/everywhere", .method = SERVER_POST, .run = signin_out_everywhere },
    { .path = "/me", .run = signin_me },
    { .path = NULL },
};
