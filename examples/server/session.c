/* SPDX-License-Identifier: MIT */
/* Sessions kept for who asks again; each is used by one thread at a time. */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    SESSION_KEPT_MAX = 128, SESSION_IDLE_MAX = 24, SESSION_ENOUGH = 2, SESSION_IDLE_US = 20000000
};

typedef struct session_entry {
    acrm_session *session; /* NULL: free */
    char principal[SERVER_PRINCIPAL_MAX];
    bool busy;
    pthread_t by; /* who gave it back: its caches are that one's processor's */
    uint64_t used;
    int64_t given_us; /* back */
} session_entry;

struct server_sessions {
    acrm_engine *engine;
    pthread_mutex_t lock;
    uint64_t uses;
    size_t idle, n; /* only the first n entries were ever used */
    session_entry entries[SESSION_KEPT_MAX];
};

server_sessions *server_sessions_new(acrm_engine *engine)
{
    server_sessions *sessions = calloc(1, sizeof *sessions);

    if (sessions) {
        sessions->engine = engine;
        pthread_mutex_init(&sessions->lock, NULL);
    }
    return sessions;
}

void server_sessions_free(server_sessions *sessions)
{
    if (!sessions)
        return;
    for (size_t i = 0; i < sessions->n; i++)
        acrm_session_free(sessions->entries[i].session);
    pthread_mutex_destroy(&sessions->lock);
    free(sessions);
}

static session_entry *session_idle(server_sessions *sessions, const char *principal)
{
    session_entry *best = NULL;
    bool best_own = false;

    for (size_t i = 0; i < sessions->n; i++) {
        session_entry *e = &sessions->entries[i];
        bool own = pthread_equal(e->by, pthread_self());
        /* This thread's own, or else the one used last: its caches are warm, and the others grow
         * old and go. */
        if (e->session && !e->busy && (!best || (own != best_own ? own : e->used > best->used)) &&
            strcmp(e->principal, principal) == 0) {
            best = e;
            best_own = own;
        }
    }
    return best;
}

/* Of somebody else, the one used longest ago, when there are enough: to open one takes long. */
static session_entry *session_other(server_sessions *sessions)
{
    session_entry *oldest = NULL;

    if (sessions->idle < SESSION_ENOUGH)
        return NULL;
    for (size_t i = 0; i < sessions->n; i++) {
        session_entry *e = &sessions->entries[i];
        if (e->session && !e->busy && strcmp(e->principal, "system") != 0 &&
            (!oldest || e->used < oldest->used))
            oldest = e;
    }
    return oldest;
}

/* An idle one, made to act as the principal. NULL: there is none; on failure it is given back. */
static session_entry *session_again(server_sessions *sessions, const char *principal, int32_t *st,
                                    acrm_error **err)
{
    pthread_mutex_lock(&sessions->lock);
    session_entry *entry = session_idle(sessions, principal);
    bool same = entry != NULL;
    if (!entry)
        entry = session_other(sessions);
    if (entry) {
        entry->busy = true;
        entry->used = ++sessions->uses;
        sessions->idle--;
    }
    pthread_mutex_unlock(&sessions->lock);
    *st = ACRM_OK;
    if (!entry || same)
        return entry;
    *st = acrm_session_set_principal(entry->session, principal, err);
    if (*st == ACRM_OK)
        snprintf(entry->principal, sizeof entry->principal, "%s", principal);
    else
        server_session_give(sessions, entry->session);
    return entry;
}

int32_t server_session_take(server_sessions *sessions, const char *principal, acrm_session **out,
                            acrm_error **err)
{
    acrm_session *made = NULL;
    int32_t st;

    session_entry *entry = session_again(sessions, principal, &st, err);
    if (entry) {
        if (st == ACRM_OK)
            *out = entry->session;
        return st;
    }
    st = acrm_session_new(sessions->engine, principal, &made, err);
    if (st != ACRM_OK)
        return st;
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < SESSION_KEPT_MAX && !entry; i++)
        if (!sessions->entries[i].session) {
            entry = &sessions->entries[i];
            sessions->n = i < sessions->n ? sessions->n : i + 1;
        }
    if (entry) { /* without room it is not kept */
        *entry = (session_entry){ .session = made, .busy = true, .used = ++sessions->uses };
        snprintf(entry->principal, sizeof entry->principal, "%s", principal);
    }
    pthread_mutex_unlock(&sessions->lock);
    *out = made;
    return ACRM_OK;
}

/* The idle one that was used longest ago is no longer kept. */
static acrm_session *session_oldest(server_sessions *sessions)
{
    session_entry *oldest = NULL;

    for (size_t i = 0; i < sessions->n; i++) {
        session_entry *e = &sessions->entries[i];
        if (e->session && !e->busy && (!oldest || e->used < oldest->used))
            oldest = e;
    }
    acrm_session *session = oldest->session;
    oldest->session = NULL;
    sessions->idle--;
    return session;
}

void server_session_give(server_sessions *sessions, acrm_session *session)
{
    acrm_session *extra = session;

    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < sessions->n; i++)
        if (sessions->entries[i].session == session) {
            sessions->entries[i].busy = false;
            sessions->entries[i].by = pthread_self();
            sessions->entries[i].given_us = server_now_us();
            extra = ++sessions->idle > SESSION_IDLE_MAX ? session_oldest(sessions) : NULL;
            break;
        }
    pthread_mutex_unlock(&sessions->lock);
    acrm_session_free(extra);
}

void server_sessions_sweep(server_sessions *sessions)
{
    int64_t old_us = server_now_us() - SESSION_IDLE_US;
    acrm_session *ended[SESSION_KEPT_MAX];
    size_t n = 0;

    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < sessions->n; i++) {
        session_entry *e = &sessions->entries[i];
        if (!e->session || e->busy || e->given_us > old_us)
            continue;
        ended[n++] = e->session;
        e->session = NULL;
        sessions->idle--;
    }
    pthread_mutex_unlock(&sessions->lock);
    while (n > 0)
        acrm_session_free(ended[--n]);
}

void server_sessions_interrupt(server_sessions *sessions)
{
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < sessions->n; i++)
        if (sessions->entries[i].session && sessions->entries[i].busy)
            acrm_interrupt(sessions->entries[i].session, 1);
    pthread_mutex_unlock(&sessions->lock);
}

int64_t server_last_event(acrm_session *session)
{
    acrm_value *info = NULL;
    int64_t event = -1;

    if (acrm_call(session, "engine.info", NULL, &info, NULL) == ACRM_OK)
        event = acrm_value_int(acrm_value_get(info, "last_event"));
    acrm_value_free(info);
    return event;
}

int server_sessions_count(server_sessions *sessions)
{
    int n = 0;

    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < sessions->n; i++)
        n += sessions->entries[i].session != NULL;
    pthread_mutex_unlock(&sessions->lock);
    return n;
}
