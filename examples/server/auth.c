/* SPDX-License-Identifier: MIT */
/* Who signed in, by cookie or bearer token; or, to try things out, everybody is the one that --as
 * names, on a machine that nobody else reaches. */
#include "server_auth.h"

#include "server_signin.h"

#include <string.h>
#include <strings.h>

bool server_auth_check(const server *s)
{
    if (!s->options.as)
        return true;
    if (!s->loopback) {
        fprintf(stderr, "autocrm-server: --as is for trying things out: only with --listen "
                "127.0.0.1 or [::1]\n");
        return false;
    }
    if (strlen(s->options.as) >= SERVER_PRINCIPAL_MAX) {
        fprintf(stderr, "autocrm-server: --as takes system, user:UUID or customer:UUID\n");
        return false;
    }
    return true;
}

/* A page of the web may have its name lead here: then Host is that name. */
static bool auth_local_host(const server_request *r)
{
    static const char *const hosts[] = { "localhost", "127.0.0.1", "[::1]" };
    const char *host = server_header(r, SERVER_HOST);

    for (size_t i = 0; host && i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t len = strlen(hosts[i]);
        if (strncasecmp(host, hosts[i], len) == 0 && (!host[len] || host[len] == ':'))
            return true;
    }
    return false;
}

static bool auth_as(server_request *r, const char *as)
{
    if (!auth_local_host(r)) {
        server_reply_problem(r, 403, "host", "with --as only this machine's own name is answered");
        return false;
    }
    memcpy(r->principal, as, strlen(as) + 1); /* its length was checked at the start */
    return true;
}

bool server_auth(server_request *r)
{
    const char *as = r->server->options.as;
    signin_ticket ticket;

    if (!signin_ticket_read(r, &ticket)) {
        server_reply_problem(r, 401, "token", "one Bearer token or one cookie of ours is needed");
        server_reply_header(r, "WWW-Authenticate", "Bearer");
        return false;
    }
    if (ticket.token[0])
        return signin_known(r, &ticket);
    if (as)
        return auth_as(r, as);
    server_reply_problem(r, 401, "sign_in", "sign in first");
    server_reply_header(r, "WWW-Authenticate", "Bearer");
    return false;
}
