/* SPDX-License-Identifier: MIT */
/*
 * Answers to lists, counts and aggregates, for who asks the same again. One is given only while
 * the feed of events ends where it ended and this server has written nothing since, and for a
 * second at most, for what changes by time alone.
 */
#include "server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_SLOTS = 32, CACHE_BODY_MAX = 65536, CACHE_KEY_MAX = 1024, CACHE_LIFE_US = 1000000,
       CACHE_GRACE_US = 100000 };

typedef struct cache_slot {
    server_answer *answer;
    server_stamp stamp;
    char *key;
} cache_slot;

struct server_cache {
    pthread_mutex_t lock;
    _Atomic uint64_t writes;
    cache_slot slots[CACHE_SLOTS];
};

server_cache *server_cache_new(void)
{
    server_cache *cache = calloc(1, sizeof *cache);

    if (cache)
        pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void server_answer_free(server_answer *answer)
{
    if (!answer || --answer->refs > 0)
        return;
    MHD_destroy_response(answer->response);
    free(answer);
}

void server_cache_free(server_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < CACHE_SLOTS; i++) {
        server_answer_free(cache->slots[i].answer);
        free(cache->slots[i].key);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

void server_cache_wrote(server_cache *cache)
{
    cache->writes++;
}

/* Where the data is now. false: it cannot be told. */
static bool cache_stamp(const server *s, server_stamp *out)
{
    acrm_session *session = NULL;

    *out = (server_stamp){ .writes = s->cache->writes, .event = -1, .at_us = server_now_us() };
    if (server_session_take(s->sessions, "system", &session, NULL) == ACRM_OK) {
        out->event = server_last_event(session);
        server_session_give(s->sessions, session);
    }
    return out->event >= 0;
}

/* Who asks, and for what. NULL: too long to be kept. */
static cache_slot *cache_slot_of(const server_request *r, char key[CACHE_KEY_MAX])
{
    uint64_t hash = UINT64_C(14695981039346656037);
    int len = snprintf(key, CACHE_KEY_MAX, "%s %s?%s", r->principal, r->path, r->query);

    if (len < 0 || len >= CACHE_KEY_MAX)
        return NULL;
    for (const char *p = key; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return &r->server->cache->slots[(hash ^ hash >> 31) % CACHE_SLOTS];
}

server_answer *server_cache_find(server_request *r)
{
    server_cache *cache = r->server->cache;
    server_answer *answer = NULL;
    char key[CACHE_KEY_MAX];
    cache_slot *slot = cache_slot_of(r, key);

    if (slot && r->server->hold)
        server_hold_read(r->server->hold, r->started_us);
    if (!slot || !cache_stamp(r->server, &r->stamp)) {
        r->stamp.at_us = 0;
        return NULL;
    }
    pthread_mutex_lock(&cache->lock);
    bool same = slot->answer && slot->stamp.event == r->stamp.event &&
                slot->stamp.writes == r->stamp.writes && strcmp(slot->key, key) == 0;
    if (same && r->stamp.at_us - slot->stamp.at_us < CACHE_LIFE_US) {
        answer = slot->answer;
        answer->refs++;
    } else if (same) { /* this one makes it anew: the others need not do so at the same time */
        slot->stamp.at_us = r->stamp.at_us - CACHE_LIFE_US + CACHE_GRACE_US;
    }
    pthread_mutex_unlock(&cache->lock);
    return answer;
}

void server_cache_keep(server_request *r, const char *etag, size_t len)
{
    server_cache *cache = r->server->cache;
    char key[CACHE_KEY_MAX];
    cache_slot *slot = len <= CACHE_BODY_MAX && r->stamp.at_us ? cache_slot_of(r, key) : NULL;
    server_answer *answer = slot ? malloc(sizeof *answer) : NULL;
    char *copy = answer ? strdup(key) : NULL;

    if (!copy || !r->response) {
        free(answer);
        free(copy);
        return;
    }
    *answer = (server_answer){ .refs = 2, .response = r->response };
    snprintf(answer->etag, sizeof answer->etag, "%s", etag);
    r->response = NULL;
    r->answer = answer;
    pthread_mutex_lock(&cache->lock);
    const cache_slot old = *slot;
    *slot = (cache_slot){ answer, r->stamp, copy };
    pthread_mutex_unlock(&cache->lock);
    server_answer_free(old.answer);
    free(old.key);
}
