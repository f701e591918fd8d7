/* SPDX-License-Identifier: MIT */
/*
 * Signing in over HTTP. The library knows who may and counts who fails; here is what browsers need:
 * a cookie that scripts cannot read, and a token that pages of other sites do not know.
 */
#include "server_signin.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SIGNIN_AT_ONCE = 2 /* each takes memory and a worker for a while */ };

static const char signin_plain[] = "autocrm", signin_secure[] = "__Host-autocrm";

static const char *signin_name(const server_request *r)
{
    return r->secure || r->server->options.secure_cookies ? signin_secure : signin_plain;
}

/* --- What a request carries --- */

static bool signin_take(signin_ticket *out, const char *text, size_t len)
{
    if (len == 0 || len >= sizeof out->token || out->token[0])
        return false;
    for (size_t i = 0; i < len; i++)
        if (!strchr(EXAMPLE_LETTERS "-_", text[i]) || !text[i])
            return false;
    memcpy(out->token, text, len);
    out->token[len] = '\0';
    return true;
}

bool signin_ticket_read(const server_request *r, signin_ticket *out)
{
    const char *bearer = server_header(r, SERVER_AUTHORIZATION), *name = signin_name(r);
    const char *cookies = server_header(r, SERVER_COOKIE);
    size_t n = strlen(name);

    *out = (signin_ticket){ .cookie = false };
    if (bearer)
        return strncasecmp(bearer, "Bearer ", 7) == 0 &&
               signin_take(out, bearer + 7, strlen(bearer + 7));
    for (const char *p = cookies; p && *p; p += strcspn(p, ";"), p += *p == ';') {
        p += strspn(p, " ");
        if (strncmp(p, name, n) != 0 || p[n] != '=')
            continue;
        if (!signin_take(out, p + n + 1, strcspn(p + n + 1, "; ")))
            return false;
        out->cookie = true;
    }
    return true;
}

/* --- Calls to the library, as the host --- */

static bool signin_put(acrm_value *map, const char *key, const char *text)
{
    acrm_value *value = acrm_value_put(map, key);

    return value && acrm_value_set_text(value, text, strlen(text)) == ACRM_OK;
}

static acrm_value *signin_args(void)
{
    acrm_value *map = NULL;

    if (acrm_value_new(NULL, &map) == ACRM_OK && acrm_value_set_map(map) == ACRM_OK)
        return map;
    acrm_value_free(map);
    return NULL;
}

/* Takes the arguments. */
static int32_t signin_call(server_request *r, const char *principal, const char *operation,
                           acrm_value *args, acrm_value **out, acrm_error **error)
{
    acrm_session *session = NULL;
    int32_t st = args ? server_session_take(r->server->sessions, principal, &session, error)
                      : ACRM_E_NOMEM;

    if (st == ACRM_OK) {
        st = acrm_call(session, operation, args, out, error);
        server_session_give(r->server->sessions, session);
    }
    acrm_value_free(args);
    return st;
}

static int64_t signin_wait(const acrm_error *error)
{
    const char *json = acrm_error_json(error);
    acrm_value *map = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &map, NULL) != ACRM_OK)
        return 1;
    const acrm_value *first = acrm_value_at(acrm_value_get(map, "fields"), 0);
    int64_t wait = acrm_value_int(acrm_value_get(first, "retry_after"));
    acrm_value_free(map);
    return wait > 0 ? wait : 1;
}

/* What went wrong, as HTTP has it. */
static void signin_failed(server_request *r, int32_t st, const acrm_error *error)
{
    const char *reason = acrm_error_reason(error);
    char seconds[24];

    if (st == ACRM_E_LIMIT && strcmp(reason, "throttled") == 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)signin_wait(error));
        server_reply_problem(r, 429, "throttled", acrm_error_message(error));
        server_reply_header(r, "Retry-After", seconds);
    } else if (st == ACRM_E_DENIED &&
               (strcmp(reason, "signin") == 0 || strcmp(reason, "signed_out") == 0)) {
        bool in = strcmp(reason, "signin") == 0;
        server_reply_problem(r, 401, in ? "signin" : "signed_out", acrm_error_message(error));
        server_reply_header(r, "WWW-Authenticate", "Bearer");
    } else {
        server_reply_error(r, st, error);
    }
}

/* --- Cookies --- */

static void signin_cookie(server_request *r, const char *token)
{
    char line[256];

    snprintf(line, sizeof line, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", signin_name(r),
             token, signin_name(r) == signin_secure ? "; Secure" : "",
             *token ? "" : "; Max-Age=0");
    server_reply_header(r, "Set-Cookie", line);
}

/* --- Each request --- */

/* Kept to the minute, by a worker: the thread that polls waits for no writer. */
typedef struct signin_seen {
    server_job job;
    server *server;
    char token[SIGNIN_TOKEN_MAX];
} signin_seen;

static void signin_see(void *arg)
{
    signin_seen *seen = arg;
    server_request r = { .server = seen->server };
    acrm_value *args = signin_args(), *out = NULL;

    if (args && !signin_put(args, "token", seen->token)) {
        acrm_value_free(args);
        args = NULL;
    }
    (void)signin_call(&r, "system", "signin.check", args, &out, NULL);
    acrm_value_free(out);
    free(seen);
}

static void signin_keep_seen(server_request *r, const signin_ticket *ticket)
{
    signin_seen *seen = calloc(1, sizeof *seen);

    if (!seen)
        return;
    *seen = (signin_seen){ .job = { .run = signin_see, .arg = seen }, .server = r->server };
    memcpy(seen->token, ticket->token, sizeof seen->token);
    if (!server_work_add(r->server->work, &seen->job))
        free(seen); /* the next request will do */
}

static int32_t signin_check(server_request *r, const signin_ticket *ticket, acrm_value **out,
                            acrm_error **error)
{
    acrm_value *args = signin_args();
    acrm_value *seen = args && signin_put(args, "token", ticket->token)
                           ? acrm_value_put(args, "seen") : NULL;

    if (!seen || acrm_value_set_bool(seen, 0) != ACRM_OK) {
        acrm_value_free(args);
        return ACRM_E_NOMEM;
    }
    return signin_call(r, "system", "signin.check", args, out, error);
}

/* Compared in the same time wherever they differ. */
static bool signin_csrf(server_request *r, const acrm_value *who)
{
    const char *sent = server_header(r, SERVER_X_CSRF_TOKEN);
    const char *kept = acrm_value_text(acrm_value_get(who, "csrf"), NULL);
    unsigned differs = 1;

    if (sent && kept && strlen(sent) == strlen(kept)) {
        differs = 0;
        for (size_t i = 0; kept[i]; i++)
            differs |= (unsigned)(unsigned char)sent[i] ^ (unsigned)(unsigned char)kept[i];
    }
    if (differs)
        server_reply_problem(r, 403, "csrf", "the header X-CSRF-Token is not the one of /me");
    return !differs;
}

bool signin_known(server_request *r, const signin_ticket *ticket)
{
    acrm_value *who = NULL;
    acrm_error *error = NULL;
    int32_t st = signin_check(r, ticket, &who, &error);
    bool known = st == ACRM_OK;

    if (!known) {
        signin_failed(r, st, error);
        if (ticket->cookie && r->status == 401)
            signin_cookie(r, "");
    } else if (ticket->cookie && r->method != SERVER_GET) {
        known = signin_csrf(r, who);
    }
    if (known) {
        snprintf(r->principal, sizeof r->principal, "%s",
                 acrm_value_text(acrm_value_get(who, "principal"), NULL));
        if (acrm_value_bool(acrm_value_get(who, "stale")))
            signin_keep_seen(r, ticket);
    }
    acrm_value_free(who);
    acrm_error_free(error);
    return known;
}

/* --- Bodies of the routes --- */

/* Texts of the body under the names that a route has; NULL: a problem was replied. */
static acrm_value *signin_body(server_request *r, const char *const *names)
{
    acrm_value *body = NULL, *args = signin_args();
    acrm_error *error = NULL;
    int32_t st = acrm_value_parse(NULL, r->body.data ? r->body.data : "", r->body.len, &body,
                                  &error);
    bool ok = args && st == ACRM_OK && acrm_value_type(body) == ACRM_MAP;

    for (size_t i = 0; ok && i < acrm_value_count(body); i++) {
        const char *key = acrm_value_key(body, i, NULL);
        const char *text = acrm_value_text(acrm_value_at(body, i), NULL);
        size_t k = 0;
        while (names[k] && strcmp(names[k], key) != 0)
            k++;
        ok = names[k] && text && acrm_value_type(acrm_value_at(body, i)) == ACRM_TEXT &&
             signin_put(args, key, text);
    }
    acrm_value_free(body);
    acrm_error_free(error);
    if (ok)
        return args;
    acrm_value_free(args);
    server_reply_problem(r, st == ACRM_OK ? 422 : 400, st == ACRM_OK ? "body" : "json",
                         "the body must be an object with the texts that this path takes");
    return NULL;
}

/* Where from and by what: of IPv6, the network that one subscriber has. */
static bool signin_from(server_request *r, acrm_value *args, bool agent)
{
    char peer[SERVER_PEER_MAX];
    const char *program = server_header(r, SERVER_USER_AGENT);
    unsigned char six[16];

    server_peer(r, peer);
    if (inet_pton(AF_INET6, peer, six) == 1) {
        memset(six + 8, 0, 8);
        inet_ntop(AF_INET6, six, peer, sizeof peer);
    }
    for (size_t i = 0; program && program[i]; i++)
        if (program[i] < 0x20 || program[i] > 0x7e || i >= 250)
            program = NULL;
    return (!*peer || signin_put(args, "peer", peer)) &&
           (!agent || !program || signin_put(args, "agent", program));
}

static void signin_reply(server_request *r, unsigned status, const acrm_value *map)
{
    acrm_buf *buf = NULL;

    if (!map) {
        server_reply_text(r, 204, NULL, "", 0);
    } else if (acrm_value_print(map, 0, &buf) == ACRM_OK) {
        server_reply_buf(r, status, "application/json", buf);
    } else {
        server_reply_error(r, ACRM_E_NOMEM, NULL);
    }
    server_reply_header(r, "Cache-Control", "no-store");
}

/* An attempt, unless too many are under way. */
static int32_t signin_attempt(server_request *r, const char *operation, acrm_value *args,
                              acrm_value **out)
{
    static atomic_int running;
    acrm_error *error = NULL;
    int32_t st = ACRM_E_BUSY;

    bool free_place = atomic_fetch_add(&running, 1) < SIGNIN_AT_ONCE;
    if (free_place && signin_from(r, args, r->route->run == signin_in))
        st = signin_call(r, "system", operation, args, out, &error);
    else
        acrm_value_free(args);
    atomic_fetch_sub(&running, 1);
    if (st != ACRM_OK)
        signin_failed(r, st, error);
    acrm_error_free(error);
    return st;
}

void signin_in(server_request *r)
{
    static const char *const names[] = { "login", "password", "code", NULL };
    acrm_value *args = signin_body(r, names), *out = NULL;

    if (!args)
        return;
    bool code = acrm_value_get(args, "code") != NULL;
    if (signin_attempt(r, code ? "signin.code" : "signin.password", args, &out) != ACRM_OK)
        return;
    char token[SIGNIN_TOKEN_MAX];
    snprintf(token, sizeof token, "%s", acrm_value_text(acrm_value_get(out, "token"), NULL));
    acrm_value *shown = acrm_value_put(out, "token");
    if (shown)
        acrm_value_set_null(shown); /* the cookie has it, and no script */
    signin_reply(r, 200, out);
    signin_cookie(r, token);
    acrm_value_free(out);
}

void signin_code(server_request *r)
{
    static const char *const names[] = { "login", "channel", "purpose", NULL };
    acrm_value *args = signin_body(r, names), *out = NULL;

    if (args && signin_attempt(r, "signin.request_code", args, &out) == ACRM_OK)
        signin_reply(r, 202, out);
    acrm_value_free(out);
}

void signin_reset(server_request *r)
{
    static const char *const names[] = { "login", "code", "password", NULL };
    acrm_value *args = signin_body(r, names), *out = NULL;

    if (args && signin_attempt(r, "signin.reset", args, &out) == ACRM_OK)
        signin_reply(r, 204, NULL);
    acrm_value_free(out);
}

static void signin_end(server_request *r, const char *operation)
{
    acrm_value *args = signin_args(), *out = NULL;
    acrm_error *error = NULL;
    signin_ticket ticket;
    int32_t st = ACRM_E_NOMEM;

    if (args && signin_ticket_read(r, &ticket) && signin_put(args, "token", ticket.token)) {
        st = signin_call(r, "system", operation, args, &out, &error);
        args = NULL;
    }
    acrm_value_free(args);
    if (st == ACRM_OK) {
        signin_reply(r, 204, NULL);
        signin_cookie(r, "");
    } else {
        signin_failed(r, st, error);
    }
    acrm_value_free(out);
    acrm_error_free(error);
}

void signin_out(server_request *r)
{
    signin_end(r, "signin.out");
}

void signin_out_everywhere(server_request *r)
{
    signin_end(r, "signin.out_everywhere");
}

/* Who that is, with what the pages need to go on. */
void signin_me(server_request *r)
{
    static const char *const more[] = { "csrf", "expires_at", "must_change", NULL };
    acrm_value *me = NULL, *who = NULL;
    acrm_error *error = NULL;
    signin_ticket ticket;
    int32_t st = signin_call(r, r->principal, "signin.me", signin_args(), &me, &error);

    if (st == ACRM_OK && signin_ticket_read(r, &ticket) && ticket.token[0])
        st = signin_check(r, &ticket, &who, &error);
    for (size_t i = 0; st == ACRM_OK && more[i]; i++) {
        const acrm_value *from = acrm_value_get(who, more[i]);
        acrm_value *to = acrm_value_put(me, more[i]);
        st = to && (!from || acrm_value_set_copy(to, from) == ACRM_OK) ? ACRM_OK : ACRM_E_NOMEM;
    }
    if (st == ACRM_OK)
        signin_reply(r, 200, me);
    else
        signin_failed(r, st, error);
    acrm_value_free(me);
    acrm_value_free(who);
    acrm_error_free(error);
}
