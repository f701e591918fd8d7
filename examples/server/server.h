/* SPDX-License-Identifier: MIT */
/*
 * autocrm-server: the library's operations over HTTP. What its files know of each other.
 *
 * A request goes: request.c reads and checks it, auth says who asks, route.c which operation is
 * meant, args.c makes its arguments, call.c runs it on a session of session.c, and MHD sends the
 * response. Short reads run on the thread that polls connections; everything else is handed to the
 * threads of work.c, so that nothing slow keeps others waiting.
 */
#ifndef AUTOCRM_SERVER_H
#define AUTOCRM_SERVER_H

#include "connectors.h"
#include "text.h"
#include "transports.h"

#include <autocrm/autocrm.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { SERVER_PRINCIPAL_MAX = 64, SERVER_ID_MAX = 65, SERVER_ETAG_MAX = 64, SERVER_PEER_MAX = 64 };

typedef struct server server;
typedef struct server_request server_request;

/* --- options.c --- */

enum { SERVER_TRUSTED_MAX = 8 };

typedef struct server_options {
    const char *db, *key, *zone, *listen, *pages, *as, *now, *tls_cert, *tls_key;
    const char *outbox[EXAMPLE_OUTBOX_MAX];
    const char *connectors[EXAMPLE_CONNECTORS_MAX];
    const char *trusted[SERVER_TRUSTED_MAX]; /* proxies whose X-Forwarded-* are believed */
    int n_outbox, n_connectors, n_trusted;
    long threads, workers, connections, body_max, idle_s, tick_s, grace_s;
    bool secure_cookies; /* a proxy in front speaks HTTPS */
    bool log_all; /* each request, not only refused and failed ones */
} server_options;

/* 0: go on; else end with this exit status less one. */
int server_options_read(server_options *o, int argc, char **argv);

/* --- route.c: which operation a path means --- */

enum { SERVER_GET, SERVER_POST, SERVER_PATCH, SERVER_DELETE, SERVER_METHODS };

/* How an argument is written in a query. */
enum { SERVER_ARG_TEXT, SERVER_ARG_RAW, SERVER_ARG_LIST, SERVER_ARG_JSON };

typedef struct server_param {
    const char *name;
    int kind; /* SERVER_ARG_* */
} server_param;

/* What a request does. */
typedef struct server_route {
    const char *path; /* "/v1/leads/{id}/assign" */
    int method;
    const char *operation; /* NULL: the server's own, by `run` */
    const char *id;        /* (nullable) the argument that {id} is */
    const char *verb;      /* (nullable) "create", "get", "list" ... */
    void (*run)(server_request *r);
    bool open;        /* nobody need be known */
    bool quick;       /* short enough for the thread that polls */
    bool writes;
    bool steps; /* in transactions of its own */
    bool kept;  /* cache.c keeps its answers */
    bool takes_bytes; /* the body is what the operation reads, the query its arguments */
    bool gives_bytes;
    const server_param *params;
    size_t n_params;
} server_route;

typedef struct server_routes server_routes;

/* Reads them from the registry, if it has grown since. Whether there are new ones. */
bool server_routes_read(server *s);
void server_routes_free(server_routes *routes);
/* NULL: there is none; `allowed`: methods that the path has (bits). `id` gets {id}. */
const server_route *server_routes_find(const server_routes *routes, int method, const char *path,
                                       char id[SERVER_ID_MAX], unsigned *allowed);
const char *server_method_name(int method);

/* --- work.c: threads for what may take long --- */

typedef struct server_job {
    void (*run)(void *arg);
    void *arg;
    struct server_job *next;
} server_job;

typedef struct server_work server_work;

server_work *server_work_new(long threads);
/* The job is its owner's, who keeps it until it has run. false: the queue is full. */
bool server_work_add(server_work *work, server_job *job);
size_t server_work_queued(server_work *work);
/* What is queued is still done, nothing more is taken. */
void server_work_end(server_work *work);
void server_work_free(server_work *work);

/* --- cache.c: answers given before --- */

/* A response that several requests may send, and its entity tag. */
typedef struct server_answer {
    _Atomic int refs;
    struct MHD_Response *response;
    char etag[SERVER_ETAG_MAX];
} server_answer;

/* What changes with each change of the data that this server or the feed knows of. */
typedef struct server_stamp {
    uint64_t writes;
    int64_t event, at_us;
} server_stamp;

/* --- request.c --- */

/* Headers that something is made of. */
enum {
    SERVER_ACCEPT, SERVER_ACCEPT_ENCODING, SERVER_AUTHORIZATION,
    SERVER_CONTENT_ENCODING, SERVER_CONTENT_LENGTH, SERVER_CONTENT_TYPE,
    SERVER_COOKIE, SERVER_FORWARDED, SERVER_HOST,
    SERVER_IDEMPOTENCY_KEY, SERVER_IF_MATCH, SERVER_IF_NONE_MATCH,
    SERVER_LAST_EVENT_ID, SERVER_ORIGIN, SERVER_SEC_FETCH_SITE,
    SERVER_TRANSFER_ENCODING, SERVER_USER_AGENT, SERVER_X_CSRF_TOKEN,
    SERVER_X_FORWARDED_FOR, SERVER_X_FORWARDED_PROTO,
    SERVER_HEADERS
};

struct server_request {
    server *server;
    struct MHD_Connection *connection;
    int64_t started_us;
    char *target;      /* the raw path; behind its NUL the raw query */
    const char *query; /* "" when there is none */
    const char *path;  /* checked and decoded */
    int method;        /* SERVER_GET ...; HEAD counts as GET */
    int stage;
    const server_route *route;
    const char *headers[SERVER_HEADERS]; /* the first of each name; NULL: there is none */
    char id[SERVER_ID_MAX];
    char principal[SERVER_PRINCIPAL_MAX];
    bool secure; /* over TLS, ours or the proxy's */
    example_text body;
    bool bytes; /* the body is what the operation reads: its arguments are in the query */
    bool overflow;
    size_t discarded;
    struct MHD_Response *response;
    server_answer *answer; /* (nullable) sent instead of `response` */
    server_stamp stamp;
    unsigned status;
    const char *refused; /* (nullable) a word, for the log */
    bool waited;  /* for its body or a worker */
    bool streams; /* the response has no known end */
    server_job job;
};

void *server_request_begin(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result server_request_handle(void *cls, struct MHD_Connection *connection,
                                      const char *url, const char *method, const char *version,
                                      const char *data, size_t *size, void **con_cls);
void server_request_end(void *cls, struct MHD_Connection *connection, void **con_cls,
                        enum MHD_RequestTerminationCode why);
/* Do it, on whatever thread. */
void server_request_run(server_request *r);

/* (nullable) `which`: SERVER_HOST ... */
const char *server_header(const server_request *r, int which);
/* The address of who asks, as the proxy tells it if that is trusted. */
void server_peer(const server_request *r, char out[SERVER_PEER_MAX]);

/* --- reply.c: what goes back; each call makes the response --- */

void server_reply_text(server_request *r, unsigned status, const char *type, const char *text,
                       size_t len);
void server_reply_buf(server_request *r, unsigned status, const char *type, acrm_buf *buf);
/* Closes the file, at once or when it is sent. */
void server_reply_file(server_request *r, const char *type, int file, uint64_t size);
/* `gone` is called once when the response has ended, however it did. */
void server_reply_stream(server_request *r, const char *type, size_t block,
                         MHD_ContentReaderCallback read, void *arg, void (*gone)(void *arg));
/* Adds to the response made before. Line breaks are refused. */
void server_reply_header(server_request *r, const char *name, const char *value);
/* 304, if what the client has (If-None-Match) is what it would get. */
bool server_reply_same(server_request *r, const char *match, const char *etag);
/* Problem documents, RFC 9457. */
void server_reply_problem(server_request *r, unsigned status, const char *reason,
                          const char *detail);
void server_reply_error(server_request *r, int32_t status, const acrm_error *error);

/* --- args.c --- */

/* The operation's arguments as JSON. false: a problem was replied. */
bool server_args(server_request *r, example_text *out);
void server_put_json(example_text *out, const char *text, size_t len); /* a quoted string */
/* %XX undone; `plus`: + is a space. NULL: bad escapes, U+0000 or no UTF-8. In place. */
bool server_unescape(char *text, bool plus);

/* --- call.c --- */

void server_call(server_request *r);

/* --- session.c --- */

typedef struct server_sessions server_sessions;

server_sessions *server_sessions_new(acrm_engine *engine);
void server_sessions_free(server_sessions *sessions);
/* A session of the principal that nobody else uses meanwhile. */
int32_t server_session_take(server_sessions *sessions, const char *principal, acrm_session **out,
                            acrm_error **err);
void server_session_give(server_sessions *sessions, acrm_session *session);
/* Those nobody asked for of late are not kept. */
void server_sessions_sweep(server_sessions *sessions);
/* End what is running. */
void server_sessions_interrupt(server_sessions *sessions);
int server_sessions_count(server_sessions *sessions);
/* The number of the last event that the session sees; negative: it cannot be told. */
int64_t server_last_event(acrm_session *session);

/* --- export.c: a list of any length --- */

bool server_export_wanted(const server_request *r);
void server_export(server_request *r);

/* --- cache.c --- */

typedef struct server_cache server_cache;

server_cache *server_cache_new(void);
void server_cache_free(server_cache *cache);
/* This server wrote. */
void server_cache_wrote(server_cache *cache);
/* NULL: it must be made; then r->stamp says as of when. */
server_answer *server_cache_find(server_request *r);
/* Takes the request's response over, which from now on is r->answer. */
void server_cache_keep(server_request *r, const char *etag, size_t len);
void server_answer_free(server_answer *answer);

/* --- hold.c: reads of a file without system calls --- */

typedef struct server_hold server_hold;

server_hold *server_hold_new(void);
void server_hold_free(server_hold *hold);
/* A session that nobody uses until another one, or NULL, is lent. */
void server_hold_lend(server_hold *hold, acrm_session *session);
/* A short read is about to be done; a write; nothing, for a second or so. */
void server_hold_read(server_hold *hold, int64_t now_us);
void server_hold_write(server_hold *hold);
void server_hold_sweep(server_hold *hold);

/* --- feed.c: server-sent events --- */

enum { SERVER_FEED_PARAMS = 2 };

typedef struct server_feed server_feed;

extern const server_param server_feed_params[SERVER_FEED_PARAMS];
server_feed *server_feed_new(server *s);
/* Something may have happened. */
void server_feed_wake(server_feed *feed);
void server_feed_listen(server_request *r);
/* All listeners' streams end; then, when their connections have, what is left of them. */
void server_feed_end(server_feed *feed);
void server_feed_free(server_feed *feed);

/* --- tick.c --- */

typedef struct server_tick server_tick;

server_tick *server_tick_new(server *s);
void server_tick_free(server_tick *tick);

/* --- watch.c: connections and their deadlines --- */

enum {
    SERVER_IDLE,      /* no request, or not all of its head */
    SERVER_BODY,      /* its body comes */
    SERVER_RUNNING,   /* it is done */
    SERVER_REPLYING,  /* the response goes */
    SERVER_STREAMING, /* the same, without an end that is known */
    SERVER_SHUT,      /* closed by us, MHD does not know yet */
    SERVER_CONNECTION_STATES
};

typedef struct server_peer_state server_peer_state;

void server_watch_limits(long connections, long idle_s);
void server_watch(void *cls, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode what);
void server_watch_state(const server_request *r, int state, int64_t now_us);
/* Close those whose time is up. */
void server_watch_sweep(void);
long server_watch_count(int state);

/* --- metrics.c --- */

void server_metrics_begin(void);
void server_count_refused(const char *reason);
void server_count_request(const server_request *r, int64_t took_us);
void server_count_tick(bool ok, int64_t timers, int64_t took_us);
void server_metrics(server_request *r);

/* --- pages.c --- */

int server_pages_open(const char *folder); /* a descriptor, -1: it cannot be read */
void server_pages(server_request *r);

/* --- own.c: /healthz, /readyz, /openapi.json --- */

extern const server_route server_own_routes[];

/* --- log.c: one line of JSON each --- */

void server_log_open(FILE *file);
void server_log_request(const server_request *r, int64_t took_us);
/* Pairs of key and text, ended by NULL. */
__attribute__((sentinel)) void server_log(const char *level, const char *event, ...);
void server_log_flush(void);
void server_log_close(void);

/* --- open.c, listen.c, main.c --- */

struct server {
    server_options options;
    example_outbox outbox;
    example_connectors connectors;
    acrm_engine *engine;
    server_routes *_Atomic routes;
    server_sessions *sessions;
    server_work *work;
    server_work *writes; /* one thread, where the storage takes one writer at a time */
    server_cache *cache;
    server_hold *hold; /* NULL: the database is no file */
    server_feed *feed;
    server_tick *tick;
    struct MHD_Daemon *daemon;
    int pages;     /* descriptor of the folder, -1: none */
    bool loopback; /* only this machine reaches it */
    bool remote;   /* the database is another machine's */
    _Atomic bool stopping;
};

/* Each tells on stderr why not. */
bool server_open(server *s);
bool server_listen(server *s);
/* The line that says where. */
void server_ready(const server *s);
/* The database and its ways out. */
void server_shut(server *s);
int server_fail(const char *what, const char *why); /* always 1 */
int64_t server_now_us(void); /* monotonic */

#endif
