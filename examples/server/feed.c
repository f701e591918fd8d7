/* SPDX-License-Identifier: MIT */
/*
 * GET /v1/events: the feed as server-sent events, each with its number as id, so that a browser
 * which lost the connection goes on where it was (Last-Event-ID). One thread looks for new events,
 * woken by writes of this server and every second for those of others, and reads them for each
 * listener as that one: who may not see a record hears nothing of it.
 */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FEED_LISTENERS_MAX = 1000,
    FEED_PAGE = 100,
    FEED_HEARTBEAT_S = 15, /* tells proxies that it lives, and us that the other end does */
    FEED_LIFE_S = 300,     /* then the browser comes anew, and is asked anew who it is */
    FEED_PAUSE_NS = 30000000,
    FEED_BLOCK = 4096
};

typedef struct feed_listener {
    server *server;
    struct MHD_Connection *connection;
    char principal[SERVER_PRINCIPAL_MAX];
    acrm_value *types; /* NULL: all */
    int64_t seq, begun_us, heard_us;
    example_text text; /* to be sent, from `at` on */
    size_t at;
    bool suspended, ended, gone;
    struct feed_listener *next;
} feed_listener;

struct server_feed {
    server *server;
    pthread_mutex_t lock; /* of all below and of the listeners */
    pthread_cond_t wake;
    pthread_t thread;
    bool running, ending, news;
    long n;
    int64_t head;
    feed_listener *first;
};

/* --- Reading --- */

static bool feed_event(example_text *out, const acrm_value *event)
{
    acrm_buf *json = NULL;
    const char *type = acrm_value_text(acrm_value_get(event, "type"), NULL);

    if (acrm_value_print(event, 0, &json) != ACRM_OK)
        return false;
    example_putf(out, "id: %lld\nevent: %s\ndata: ",
                 (long long)acrm_value_int(acrm_value_get(event, "seq")), type ? type : "event");
    example_add(out, acrm_buf_data(json), acrm_buf_len(json));
    example_put(out, "\n\n");
    acrm_buf_free(json);
    return !out->failed;
}

/* What is behind `*seq`, as the listener sees it, at most a page; *seq goes on. */
static int32_t feed_read(const feed_listener *l, int64_t *seq, example_text *out,
                         acrm_error **error)
{
    acrm_session *session = NULL;
    acrm_value *args = NULL, *page = NULL;
    int32_t st = acrm_value_new(NULL, &args);

    if (st == ACRM_OK)
        st = acrm_value_set_map(args);
    if (st == ACRM_OK)
        st = acrm_value_set_int(acrm_value_put(args, "after"), *seq);
    if (st == ACRM_OK)
        st = acrm_value_set_int(acrm_value_put(args, "limit"), FEED_PAGE);
    if (st == ACRM_OK && l->types)
        st = acrm_value_set_copy(acrm_value_put(args, "types"), l->types);
    if (st == ACRM_OK)
        st = server_session_take(l->server->sessions, l->principal, &session, error);
    if (st == ACRM_OK)
        st = acrm_call(session, "event.list", args, &page, error);
    if (session)
        server_session_give(l->server->sessions, session);
    const acrm_value *items = acrm_value_get(page, "items");
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(items); i++)
        if (!feed_event(out, acrm_value_at(items, i)))
            st = ACRM_E_NOMEM;
    if (st == ACRM_OK)
        *seq = acrm_value_int(acrm_value_get(page, "last_seq"));
    acrm_value_free(args);
    acrm_value_free(page);
    return st;
}

/* The number of the last event; negative: it cannot be read. */
static int64_t feed_head(const server *s)
{
    acrm_session *session = NULL;
    acrm_value *out = NULL;
    int64_t head = -1;

    if (server_session_take(s->sessions, "system", &session, NULL) == ACRM_OK) {
        if (acrm_call(session, "engine.info", NULL, &out, NULL) == ACRM_OK)
            head = acrm_value_int(acrm_value_get(out, "last_event"));
        server_session_give(s->sessions, session);
    }
    acrm_value_free(out);
    return head;
}

/* --- The thread --- */

static void feed_resume(feed_listener *l)
{
    if (l->suspended) {
        l->suspended = false;
        MHD_resume_connection(l->connection);
    }
}

/* Called with the lock held, gives it up while it reads. */
static void feed_serve(server_feed *feed, feed_listener *l, int64_t now_us)
{
    example_text text = { 0 };
    int64_t seq = l->seq;
    int32_t st = ACRM_OK;

    if (l->ended || l->gone || l->at < l->text.len)
        return; /* it has not taken what it was given before */
    if (seq < feed->head) {
        pthread_mutex_unlock(&feed->lock);
        st = feed_read(l, &seq, &text, NULL);
        pthread_mutex_lock(&feed->lock);
    }
    if (l->gone) {
        example_text_free(&text);
        return;
    }
    if (text.len == 0 && now_us - l->heard_us > (int64_t)FEED_HEARTBEAT_S * 1000000)
        example_putf(&text, "id: %lld\n: \n\n", (long long)seq);
    l->ended = st != ACRM_OK || now_us - l->begun_us > (int64_t)FEED_LIFE_S * 1000000;
    l->seq = seq;
    if (text.len > 0) {
        l->heard_us = now_us;
        example_text_free(&l->text);
        l->text = text;
        l->at = 0;
    } else {
        example_text_free(&text);
    }
    if (l->ended || l->text.len > l->at)
        feed_resume(l);
    feed->news = feed->news || l->seq < feed->head;
}

static void feed_drop(feed_listener *l)
{
    acrm_value_free(l->types);
    example_text_free(&l->text);
    free(l);
}

/* Those whose connection ended. Only this thread takes them out of the list. */
static void feed_bury(server_feed *feed)
{
    for (feed_listener **at = &feed->first; *at;) {
        feed_listener *l = *at;
        if (l->gone) {
            *at = l->next;
            feed->n--;
            feed_drop(l);
        } else {
            at = &l->next;
        }
    }
}

static void *feed_main(void *cls)
{
    server_feed *feed = cls;
    const struct timespec pause = { 0, FEED_PAUSE_NS };
    struct timespec until;

    pthread_mutex_lock(&feed->lock);
    while (!feed->ending) {
        feed_bury(feed);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        while (!feed->news && !feed->ending &&
               (!feed->first ? pthread_cond_wait(&feed->wake, &feed->lock)
                             : pthread_cond_timedwait(&feed->wake, &feed->lock, &until)) == 0)
            ;
        feed->news = false;
        if (!feed->first || feed->ending)
            continue;
        pthread_mutex_unlock(&feed->lock);
        nanosleep(&pause, NULL); /* what is written together is read together */
        int64_t head = feed_head(feed->server), now_us = server_now_us();
        pthread_mutex_lock(&feed->lock);
        feed->head = head > feed->head ? head : feed->head;
        for (feed_listener *l = feed->first; l && !feed->ending; l = l->next)
            feed_serve(feed, l, now_us);
    }
    for (feed_listener *l = feed->first; l; l = l->next) {
        l->ended = true;
        if (!l->gone)
            feed_resume(l);
    }
    pthread_mutex_unlock(&feed->lock);
    return NULL;
}

void server_feed_wake(server_feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    if (feed->first && !feed->news) {
        feed->news = true;
        pthread_cond_signal(&feed->wake);
    }
    pthread_mutex_unlock(&feed->lock);
}

server_feed *server_feed_new(server *s)
{
    server_feed *feed = calloc(1, sizeof *feed);

    if (!feed)
        return NULL;
    feed->server = s;
    pthread_mutex_init(&feed->lock, NULL);
    pthread_cond_init(&feed->wake, NULL);
    feed->running = pthread_create(&feed->thread, NULL, feed_main, feed) == 0;
    return feed;
}

void server_feed_end(server_feed *feed)
{
    if (!feed || !feed->running)
        return;
    pthread_mutex_lock(&feed->lock);
    feed->ending = true;
    pthread_cond_signal(&feed->wake);
    pthread_mutex_unlock(&feed->lock);
    pthread_join(feed->thread, NULL);
    feed->running = false;
}

void server_feed_free(server_feed *feed)
{
    if (!feed)
        return;
    for (feed_listener *l = feed->first, *next; l; l = next) {
        next = l->next;
        feed_drop(l);
    }
    pthread_cond_destroy(&feed->wake);
    pthread_mutex_destroy(&feed->lock);
    free(feed);
}

/* --- A listener's connection --- */

static ssize_t feed_send(void *cls, uint64_t at, char *to, size_t max)
{
    feed_listener *l = cls;
    server_feed *feed = l->server->feed;

    (void)at;
    pthread_mutex_lock(&feed->lock);
    size_t n = l->text.len - l->at;
    if (n > 0) {
        n = n < max ? n : max;
        memcpy(to, l->text.data + l->at, n);
        l->at += n;
    } else if (!l->ended && !feed->ending) {
        l->suspended = true;
        MHD_suspend_connection(l->connection);
    }
    bool ended = n == 0 && (l->ended || feed->ending);
    pthread_mutex_unlock(&feed->lock);
    return ended ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static void feed_gone(void *cls)
{
    feed_listener *l = cls;
    server_feed *feed = l->server->feed;

    pthread_mutex_lock(&feed->lock);
    l->gone = true;
    feed->news = true;
    pthread_cond_signal(&feed->wake);
    pthread_mutex_unlock(&feed->lock);
}

/* ?types=lead.*,case.created and ?after=N; Last-Event-ID counts more than after. */
static bool feed_asks(server_request *r, feed_listener *l)
{
    const char *last = server_header(r, SERVER_LAST_EVENT_ID);
    example_text args = { 0 };
    acrm_value *map = NULL;
    acrm_error *error = NULL;
    bool ok = server_args(r, &args);

    if (!ok) {
        example_text_free(&args);
        return false;
    }
    int32_t st = acrm_value_parse(NULL, args.data, args.len, &map, &error);
    if (st == ACRM_OK && acrm_value_type(acrm_value_get(map, "types")) == ACRM_LIST) {
        st = acrm_value_new(NULL, &l->types);
        if (st == ACRM_OK)
            st = acrm_value_set_copy(l->types, acrm_value_get(map, "types"));
    }
    const acrm_value *after = acrm_value_get(map, "after");
    l->seq = acrm_value_type(after) == ACRM_INT ? acrm_value_int(after) : -1;
    if (last && *last && strlen(last) < 17 && strspn(last, "0123456789") == strlen(last))
        l->seq = strtoll(last, NULL, 10);
    if (st == ACRM_OK && l->seq < 0)
        l->seq = feed_head(r->server);
    /* The first page is read here: who may not listen is told so. */
    if (st == ACRM_OK)
        st = feed_read(l, &l->seq, &l->text, &error);
    if (st != ACRM_OK)
        server_reply_error(r, st, error);
    acrm_error_free(error);
    acrm_value_free(map);
    example_text_free(&args);
    return st == ACRM_OK;
}

void server_feed_listen(server_request *r)
{
    server_feed *feed = r->server->feed;
    feed_listener *l = calloc(1, sizeof *l);
    int64_t now_us = server_now_us();

    if (!l) {
        server_reply_problem(r, 500, "memory", "there is no memory left");
        return;
    }
    *l = (feed_listener){ .server = r->server, .connection = r->connection, .begun_us = now_us,
                          .heard_us = now_us };
    snprintf(l->principal, sizeof l->principal, "%s", r->principal);
    if (!feed_asks(r, l)) {
        feed_drop(l);
        return;
    }
    pthread_mutex_lock(&feed->lock);
    bool room = feed->n < FEED_LISTENERS_MAX && !feed->ending;
    if (room) {
        l->next = feed->first;
        feed->first = l;
        feed->n++;
        feed->news = true;
        pthread_cond_signal(&feed->wake);
    }
    pthread_mutex_unlock(&feed->lock);
    if (!room) {
        feed_drop(l);
        server_reply_problem(r, 503, "listeners", "too many listen already");
        return;
    }
    server_reply_stream(r, "text/event-stream", FEED_BLOCK, feed_send, l, feed_gone);
    server_reply_header(r, "Cache-Control", "no-store");
    server_reply_header(r, "X-Accel-Buffering", "no");
}

const server_param server_feed_params[] = {
    { "types", SERVER_ARG_LIST },
    { "after", SERVER_ARG_RAW },
};
