/* SPDX-License-Identifier: MIT */
/*
 * What a session keeps between calls: parsed rules and definitions, good until they change.
 *
 * Each kind has an epoch in the database, a random number that a write of the rules replaces within
 * its transaction: so a rolled back write is never mistaken for another. The epoch is read again
 * only when another connection committed something, or when this transaction changed the rules.
 */
#include "kernel/inside.h"

#include <string.h>

static const int64_t keep_unknown = INT64_MIN;

static int64_t keep_mark(const acrm_session *session)
{
    const acrm_storage_ops *storage = &session->engine->storage;

    return storage->change_mark ? storage->change_mark(session->conn) : keep_unknown;
}

static void keep_free(acrm_session *session, acrm__keep *keep)
{
    acrm__arena_free(&keep->arena);
    acrm__free(&session->engine->allocator, keep, sizeof *keep);
}

static void keep_free_list(acrm_session *session, acrm__keep **list)
{
    while (*list) {
        acrm__keep *next = (*list)->next;
        keep_free(session, *list);
        *list = next;
    }
}

void acrm__keeps_free(acrm_session *session)
{
    keep_free_list(session, &session->keeps);
    keep_free_list(session, &session->keeps_old);
}

void acrm__keeps_settle(acrm_session *session)
{
    for (acrm__keep *keep = session->keeps; keep; keep = keep->next)
        keep->dirty = false;
    keep_free_list(session, &session->keeps_old);
}

static acrm__keep *keep_new(acrm_session *session, const char *name)
{
    const acrm_allocator *allocator = &session->engine->allocator;
    acrm__keep *keep = acrm__alloc_zero(allocator, sizeof *keep);

    if (!keep)
        return NULL;
    keep->name = name;
    keep->mark = keep_unknown;
    acrm__arena_init(&keep->arena, allocator);
    keep->next = session->keeps;
    session->keeps = keep;
    return keep;
}

/* Who iterates over the old content may go on: it is freed with the next transaction. */
static acrm__keep *keep_replace(acrm_session *session, acrm__keep *keep)
{
    acrm__keep **at = &session->keeps;
    bool dirty = keep->dirty;

    acrm__keep *fresh = keep_new(session, keep->name);
    if (!fresh)
        return NULL;
    while (*at != keep)
        at = &(*at)->next;
    *at = keep->next;
    keep->next = session->keeps_old;
    session->keeps_old = keep;
    fresh->dirty = dirty;
    return fresh;
}

static acrm__keep *keep_find(acrm_session *session, const char *name)
{
    for (acrm__keep *keep = session->keeps; keep; keep = keep->next)
        if (strcmp(keep->name, name) == 0)
            return keep;
    return NULL;
}

int32_t acrm__keep_open(acrm__call *call, const char *name, acrm__keep **out)
{
    acrm_session *session = call->session;
    acrm__keep *keep = keep_find(session, name);
    int64_t mark = keep_mark(session), epoch;
    acrm_cell cell;

    if (!keep && !(keep = keep_new(session, name)))
        return acrm__nomem(call);
    bool same = keep->data && keep->registry == session->registry;
    if (same && !keep->dirty && mark == keep->mark && mark != keep_unknown) {
        *out = keep;
        return ACRM_OK;
    }
    int32_t st = acrm__meta_get(call, name, ACRM__META_NUMBER, &cell);
    if (st != ACRM_OK)
        return st;
    epoch = cell.type == ACRM_CELL_INT ? cell.integer : 0;
    if (keep->data && !(same && epoch == keep->epoch)) {
        keep = keep_replace(session, keep);
        if (!keep)
            return acrm__nomem(call);
    }
    keep->epoch = epoch;
    keep->registry = session->registry;
    keep->mark = keep->dirty ? keep_unknown : mark;
    *out = keep;
    return ACRM_OK;
}

int32_t acrm__keep_outdate(acrm__call *call, const char *name)
{
    acrm_session *session = call->session;
    acrm__keep *keep = keep_find(session, name);
    unsigned char id[16];
    int64_t epoch = 0;

    if (!keep && !(keep = keep_new(session, name)))
        return acrm__nomem(call);
    keep->dirty = true;
    keep->mark = keep_unknown;
    acrm__engine_uuid(session->engine, call->now, id);
    for (size_t i = 9; i < sizeof id; i++)
        epoch = epoch << 8 | id[i];
    return acrm__meta_put(call, name, ACRM__META_NUMBER, acrm__cell_int(epoch));
}
