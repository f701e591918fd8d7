/* SPDX-License-Identifier: MIT */
/* Transactions and savepoints, with all that must follow the rows: audit chain, queued events,
 * caches, and the registry that a schema change installs. */
#include "kernel/blob.h"
#include "kernel/inside.h"

static void transaction_forget(acrm_session *s)
{
    acrm__gather_end(s);
    acrm__references_forget(s);
    acrm__seal_forget(s);
    s->events_head = s->events_tail = NULL;
    s->n_events = 0;
    s->n_marks = 0;
    s->access_changed = false;
    s->in_transaction = 0;
}

int32_t acrm__transaction_begin(acrm__call *call, bool write)
{
    acrm_session *s = call->session;

    acrm__cache_trim(s, false);
    int32_t st = s->engine->storage.begin(s->conn, write, call->err);

    acrm__keeps_settle(s);
    if (st != ACRM_OK)
        return st;
    s->in_transaction = write ? 2 : 1;
    if (write) /* others may have written while it waited: what is done later happens later */
        call->now = acrm__clock(call);
    return ACRM_OK;
}

/* Other threads may have read what was committed, and what came after it, before this one. */
static void transaction_install(acrm_session *s)
{
    acrm__registry *staged = s->staged, *now = s->engine->registry;

    s->staged = NULL;
    do {
        if (now->epoch > staged->epoch) {
            staged->older = NULL;
            acrm__registry_free(staged);
            s->registry = now;
            return;
        }
        staged->older = now;
    } while (!atomic_compare_exchange_weak(&s->engine->registry, &now, staged));
    s->registry = staged;
}

static void transaction_unstage(acrm_session *s)
{
    if (!s->staged)
        return;
    s->staged->older = NULL; /* the engine still has it */
    acrm__registry_free(s->staged);
    s->staged = NULL;
}

int32_t acrm__transaction_commit(acrm__call *call)
{
    acrm_session *s = call->session;
    bool write = s->in_transaction == 2;
    int32_t st = acrm__gather_flush(call);

    if (st == ACRM_OK && write)
        st = acrm__chain_store(call);
    if (st == ACRM_OK && s->access_changed)
        st = acrm__access_raise(call);
    if (st == ACRM_OK)
        st = s->engine->storage.commit(s->conn, call->err);
    if (st != ACRM_OK) {
        acrm__transaction_rollback(s);
        return st;
    }
    if (s->access_changed)
        atomic_fetch_add(&s->engine->access_epoch, 1);
    if (s->staged)
        transaction_install(s);
    acrm__blob_committed(s);
    transaction_forget(s);
    return ACRM_OK;
}

void acrm__transaction_rollback(acrm_session *session)
{
    session->engine->storage.rollback(session->conn);
    session->chain.valid = session->chain.changed = false;
    acrm__blob_undone(session, NULL);
    transaction_unstage(session);
    transaction_forget(session);
}

/* --- Steps --- */

int32_t acrm__begin(acrm__call *call)
{
    return acrm__transaction_begin(call, true);
}

int32_t acrm__commit(acrm__call *call)
{
    int32_t st = acrm__react(call);

    if (st != ACRM_OK) {
        acrm__transaction_rollback(call->session);
        return st;
    }
    return acrm__transaction_commit(call);
}

void acrm__rollback(acrm__call *call)
{
    acrm__transaction_rollback(call->session);
}

int32_t acrm__savepoint(acrm__call *call)
{
    acrm_session *s = call->session;

    if (s->n_marks == ACRM__CALL_DEPTH_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", NULL, "savepoints are nested too deeply");
    int32_t st = acrm__gather_flush(call);
    if (st == ACRM_OK)
        st = s->engine->storage.savepoint(s->conn, call->err);
    if (st == ACRM_OK)
        s->marks[s->n_marks++] = (acrm__mark){ .chain = s->chain, .events_tail = s->events_tail,
                                               .n_events = s->n_events,
                                               .blobs = s->blobs };
    return st;
}

int32_t acrm__release(acrm__call *call)
{
    acrm_session *s = call->session;

    s->n_marks--;
    return s->engine->storage.release(s->conn, call->err);
}

int32_t acrm__rollback_to(acrm__call *call)
{
    acrm_session *s = call->session;
    acrm__mark mark = s->marks[--s->n_marks];

    int32_t st = s->engine->storage.rollback_to(s->conn, call->err);
    acrm__gather_drop(s);
    s->chain = mark.chain;
    s->events_tail = mark.events_tail;
    s->n_events = mark.n_events;
    if (s->events_tail)
        s->events_tail->next = NULL;
    else
        s->events_head = NULL;
    acrm__blob_undone(s, mark.blobs);
    transaction_unstage(s);
    acrm__references_forget(s);
    acrm__seal_forget(s);
    return st;
}
