/* SPDX-License-Identifier: MIT */
/* Sessions: somebody acting on an engine, one call at a time. */
#include "base/error.h"
#include "kernel/inside.h"

#include <string.h>

static const acrm_value session_no_args = { .type = ACRM_MAP };
static const acrm__op session_own_op = { .name = "engine.open" };
static const acrm__opinfo session_own_info = { .name = "engine.open", .op = &session_own_op,
                                               .entity = UINT32_MAX };

/* A clock set back by more than this was wrong before. */
enum { SESSION_STEP_US = 60000000 };

int64_t acrm__clock(const acrm__call *call)
{
    acrm_engine *engine = call->session->engine;
    long long latest = atomic_load(&engine->latest);
    int64_t now = engine->clock.now(engine->clock.self);

    do {
        if (now < latest && latest - now <= SESSION_STEP_US)
            return latest;
    } while (!atomic_compare_exchange_weak(&engine->latest, &latest, now));
    return now;
}

void acrm__clock_after(acrm__call *call, int64_t at)
{
    if (at <= call->now || at - call->now > SESSION_STEP_US)
        return;
    call->now = at + 1000; /* the next millisecond: ids begin with it, and tell the order */
    long long latest = atomic_load(&call->session->engine->latest);
    while (call->now > latest &&
           !atomic_compare_exchange_weak(&call->session->engine->latest, &latest, call->now))
        ; /* another thread told a time meanwhile: the later one stays */
}

void acrm__call_init(acrm__call *call, acrm_session *session, acrm_error **err)
{
    *call = (acrm__call){ .session = session, .info = &session_own_info,
                          .args = &session_no_args, .arena = &session->arena, .err = err };
    call->now = acrm__clock(call);
}

int32_t acrm__session_enter(acrm_session *session, acrm_error **err)
{
    int idle = 0;

    if (!session || session->magic != ACRM__SESSION_MAGIC)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "no session was given");
    if (!atomic_compare_exchange_strong(&session->in_use, &idle, 1))
        return acrm__error(err, ACRM_E_MISUSE, "in_use", NULL,
                           "the session is in use: by another thread, or by the call that called "
                           "this callback");
    acrm__arena_reset(&session->arena);
    if (!session->held)
        session->registry = session->engine->registry;
    return ACRM_OK;
}

void acrm__session_leave(acrm_session *session)
{
    atomic_store(&session->in_use, 0);
}

static int32_t session_connect(acrm_engine *engine, void **conn, acrm_error **err)
{
    pthread_mutex_lock(&engine->lock);
    void *spare = engine->spare;
    engine->spare = NULL;
    pthread_mutex_unlock(&engine->lock);
    if (!spare)
        return engine->storage.connect(engine->storage_self, conn, err);
    *conn = spare;
    return ACRM_OK;
}

/* A session that acts as the system, without looking anything up. */
int32_t acrm__session_open(acrm_engine *engine, acrm_session **out, acrm_error **err)
{
    acrm_session *s = acrm__alloc_zero(&engine->allocator, sizeof *s);

    if (!s)
        return acrm__error_nomem(err);
    s->magic = ACRM__SESSION_MAGIC;
    s->engine = acrm__engine_ref(engine);
    s->registry = engine->registry;
    s->principal.text = "system";
    atomic_init(&s->refs, 1);
    acrm__arena_init(&s->arena, &engine->allocator);
    int32_t st = session_connect(engine, &s->conn, err);
    if (st != ACRM_OK) {
        s->conn = NULL;
        acrm_session_free(s);
        return st;
    }
    *out = s;
    return ACRM_OK;
}

int32_t acrm_session_set_principal(acrm_session *session, const char *principal, acrm_error **err)
{
    acrm__call call;
    int32_t st = acrm__session_enter(session, err);

    if (st != ACRM_OK)
        return st;
    acrm__call_init(&call, session, err);
    call.as_system = true;
    st = principal ? acrm__transaction_begin(&call, false)
                   : acrm__error(err, ACRM_E_MISUSE, "handle", NULL, "a principal is needed");
    if (st == ACRM_OK) {
        st = acrm__principal_load(&call, principal);
        acrm__transaction_rollback(session);
        acrm__cache_trim(session, true); /* nothing of one is kept for another */
    }
    acrm__session_leave(session);
    return st;
}

static void session_let_go(acrm_session *session)
{
    if (session->held)
        acrm__transaction_rollback(session);
    session->held = false;
}

/* The transaction's first read, which fixes what it sees, and the registry that goes with it. */
static int32_t session_settle(acrm__call *call)
{
    acrm_session *session = call->session;
    acrm_cell epoch;
    bool changed;
    int32_t st = acrm__custom_refresh(call, &changed);

    session->registry = session->engine->registry;
    if (st == ACRM_OK)
        st = acrm__meta_get(call, "schema_epoch", ACRM__META_NUMBER, &epoch);
    if (st == ACRM_OK && session->registry->epoch !=
                             (epoch.type == ACRM_CELL_INT ? epoch.integer : 0))
        st = acrm__fail(call, ACRM_E_BUSY, "schema", NULL,
                        "the schema is being changed; try again");
    return st;
}

int32_t acrm_session_hold(acrm_session *session, int32_t on, acrm_error **err)
{
    acrm__call call;
    int32_t st = acrm__session_enter(session, err);

    if (st != ACRM_OK)
        return st;
    session_let_go(session);
    acrm__call_init(&call, session, err);
    if (on)
        st = acrm__transaction_begin(&call, false);
    if (on && st == ACRM_OK) {
        st = session_settle(&call);
        session->held = true;
        if (st != ACRM_OK)
            session_let_go(session);
    }
    acrm__session_leave(session);
    return st;
}

int32_t acrm_session_new(acrm_engine *engine, const char *principal, acrm_session **out,
                         acrm_error **err)
{
    acrm_session *s = NULL;

    if (!engine || engine->magic != ACRM__ENGINE_MAGIC || !principal || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "an engine, a principal and a place for the session are needed");
    int32_t st = acrm__session_open(engine, &s, err);
    if (st != ACRM_OK)
        return st;
    st = acrm_session_set_principal(s, principal, err);
    if (st != ACRM_OK) {
        acrm_session_free(s);
        return st;
    }
    *out = s;
    return ACRM_OK;
}

void acrm__session_unref(acrm_session *session)
{
    if (atomic_fetch_sub(&session->refs, 1) != 1)
        return;
    acrm_engine *engine = session->engine;
    session_let_go(session);
    acrm__references_free(session);
    acrm__seal_forget(session);
    acrm__cache_trim(session, true);
    acrm__principal_free(&session->principal);
    acrm__keeps_free(session);
    acrm__arena_free(&session->arena);
    if (session->conn)
        engine->storage.disconnect(session->conn);
    session->magic = 0;
    acrm_allocator allocator = engine->allocator;
    acrm__free(&allocator, session, sizeof *session);
    acrm_close(engine);
}

void acrm_session_free(acrm_session *session)
{
    if (session && session->magic == ACRM__SESSION_MAGIC)
        acrm__session_unref(session);
}

void acrm_interrupt(acrm_session *session, int32_t on)
{
    if (!session || session->magic != ACRM__SESSION_MAGIC)
        return;
    atomic_store(&session->interrupted, on != 0);
    if (session->engine->storage.interrupt)
        session->engine->storage.interrupt(session->conn, on != 0);
}

void acrm_session_set_progress(acrm_session *session, acrm_progress_fn progress, void *user)
{
    if (!session || session->magic != ACRM__SESSION_MAGIC)
        return;
    session->progress = progress;
    session->progress_user = user;
}

void acrm_session_set_input(acrm_session *session, acrm_read_fn read, void *user)
{
    if (!session || session->magic != ACRM__SESSION_MAGIC)
        return;
    session->read = read;
    session->read_user = user;
}

void acrm_session_set_output(acrm_session *session, acrm_write_fn write, void *user)
{
    if (!session || session->magic != ACRM__SESSION_MAGIC)
        return;
    session->write = write;
    session->write_user = user;
}

int64_t acrm_session_statements(const acrm_session *session)
{
    if (!session || session->magic != ACRM__SESSION_MAGIC || !session->engine->storage.statements)
        return -1;
    return session->engine->storage.statements(session->conn);
}
