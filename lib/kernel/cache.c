/* SPDX-License-Identifier: MIT */
/* What a session has made from records that never change again: found by the record's id as long as
 * it is among the last used. Nothing in it can be out of date. */
#include "kernel/inside.h"

#include <string.h>

enum { CACHE_KEPT = 24 };

struct acrm__cached {
    struct acrm__cached *next; /* in the order of last use */
    unsigned char id[16];
    void *thing;
    acrm__drop_fn drop;
};

static void cache_drop(acrm_session *session, struct acrm__cached *cached)
{
    cached->drop(&session->engine->allocator, cached->thing);
    acrm__free(&session->engine->allocator, cached, sizeof *cached);
}

void *acrm__cache_find(acrm__call *call, const unsigned char id[16])
{
    struct acrm__cached **at = &call->session->cached;

    for (; *at; at = &(*at)->next) {
        struct acrm__cached *found = *at;
        if (memcmp(found->id, id, sizeof found->id) != 0)
            continue;
        *at = found->next;
        found->next = call->session->cached;
        call->session->cached = found;
        return found->thing;
    }
    return NULL;
}

int32_t acrm__cache_keep(acrm__call *call, const unsigned char id[16], void *thing,
                         acrm__drop_fn drop)
{
    acrm_session *session = call->session;
    struct acrm__cached *cached = acrm__alloc(&session->engine->allocator, sizeof *cached);

    if (!cached) {
        drop(&session->engine->allocator, thing);
        return acrm__nomem(call);
    }
    *cached = (struct acrm__cached){ .next = session->cached, .thing = thing, .drop = drop };
    memcpy(cached->id, id, sizeof cached->id);
    session->cached = cached;
    return ACRM_OK;
}

const acrm_allocator *acrm__cache_allocator(const acrm__call *call)
{
    return &call->session->engine->allocator;
}

void acrm__cache_trim(acrm_session *session, bool all)
{
    struct acrm__cached **at = &session->cached;

    for (int32_t i = 0; *at && !all && i < CACHE_KEPT; i++)
        at = &(*at)->next;
    struct acrm__cached *cached = *at;
    *at = NULL;
    while (cached) {
        struct acrm__cached *next = cached->next;
        cache_drop(session, cached);
        cached = next;
    }
}
