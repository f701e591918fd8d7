/* SPDX-License-Identifier: MIT */
/*
 * The part of engine.tick that tells endpoints of events: cursors are moved on, then what is due is
 * handed over in rounds, some of each endpoint, outside of any transaction.
 *
 * An endpoint's deliveries are handed over by one process at a time: its cursor says until when. If
 * the process ends meanwhile they are handed over again after that, under the same id. Long before
 * that no more is handed over, and what is left of a batch stays as it is. After a failure an
 * endpoint is left alone for the rest of the tick, so one that hangs costs the others one time
 * limit of the transport.
 */
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <string.h>

enum {
    TICK_WINDOWS = 100, /* of events an endpoint and tick: the rest waits for the next one */
    TICK_FORGET = 200   /* deliveries forgotten a tick */
};
#define TICK_BUSY (INT64_C(900) * ACRM__WEBHOOK_SECOND)
#define TICK_HOLD (INT64_C(300) * ACRM__WEBHOOK_SECOND) /* no more is handed over after that */
#define TICK_SKEW (INT64_C(60) * ACRM__WEBHOOK_SECOND)  /* between the clocks of hosts */
#define TICK_MINUTE (INT64_C(60) * ACRM__WEBHOOK_SECOND)
#define TICK_KEPT (INT64_C(30) * 86400 * ACRM__WEBHOOK_SECOND)

typedef struct tick_hook {
    acrm__rec *endpoint, *cursor;
} tick_hook;

typedef struct tick {
    const acrm_transport *transport;
    acrm__webhook_told told;
    int64_t left;
    bool behind, due, old;
    int64_t next_at; /* 0: nothing waits */
} tick;

static int32_t tick_hooks(acrm__call *call, tick_hook **out, size_t *n)
{
    const acrm__term enabled = { F_webhook_endpoint__enabled, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs endpoints = { NULL, 0 }, cursors = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "webhook_endpoint",
        .terms = &enabled, .n_terms = 1, .as_system = true }, &endpoints);

    *n = 0;
    if (st == ACRM_OK && endpoints.count > 0)
        st = acrm__find(call, &(acrm__select){ .entity = "webhook_cursor", .as_system = true },
                        &cursors);
    tick_hook *hooks = acrm__arena_array(call->arena, endpoints.count + 1, sizeof *hooks);
    if (st == ACRM_OK && !hooks)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < endpoints.count; i++)
        for (size_t k = 0; k < cursors.count; k++)
            if (memcmp(acrm__id(cursors.items[k], F_webhook_cursor__endpoint_id),
                       acrm__id(endpoints.items[i], F_ID), 16) == 0)
                hooks[(*n)++] = (tick_hook){ endpoints.items[i], cursors.items[k] };
    *out = hooks;
    return st;
}

static int32_t tick_due(acrm__call *call, const tick_hook *hook, int64_t until, uint32_t limit,
                        acrm__recs *out)
{
    const acrm__term due[] = {
        { F_webhook_delivery__endpoint_id, ACRM_FILTER_EQ, hook->endpoint->cells[F_ID] },
        { F_webhook_delivery__status, ACRM_FILTER_EQ, acrm__cell_text("waiting") },
        { F_webhook_delivery__next_at, ACRM_FILTER_LE, acrm__cell_int(until) },
    };

    return acrm__find(call, &(acrm__select){ .entity = "webhook_delivery", .terms = due,
        .n_terms = 3, .order = F_webhook_delivery__next_at, .limit = limit, .as_system = true },
        out);
}

/* How many more its rate allows now: a bucket that fills within a minute. */
static int64_t tick_room(const acrm__call *call, const tick_hook *hook, int64_t *step)
{
    int64_t used = acrm__int(hook->cursor, F_webhook_cursor__paced_at);

    *step = 0;
    if (acrm__is_null(hook->endpoint, F_webhook_endpoint__per_minute))
        return INT64_MAX;
    *step = TICK_MINUTE / acrm__int(hook->endpoint, F_webhook_endpoint__per_minute);
    return (call->now + TICK_MINUTE - (used > call->now ? used : call->now)) / *step;
}

/* From when on something may be handed over to it. */
static int64_t tick_open(const acrm__call *call, const tick_hook *hook)
{
    int64_t busy = acrm__int(hook->cursor, F_webhook_cursor__busy_until);
    int64_t resume = acrm__int(hook->cursor, F_webhook_cursor__resume_at), step = 0;
    int64_t at = busy > resume ? busy : resume;

    if (tick_room(call, hook, &step) > 0)
        return at;
    int64_t paced = acrm__int(hook->cursor, F_webhook_cursor__paced_at) - TICK_MINUTE + step;
    return paced > at ? paced : at;
}

/* --- Looking, in a read transaction: a tick without work keeps no writer waiting --- */

static int32_t tick_look_old(acrm__call *call, tick *t)
{
    acrm__rec *first = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "webhook_delivery",
                                                       .as_system = true }, &first);

    t->old = st == ACRM_OK && first && acrm__int(first, F_CREATED_AT) < call->now - TICK_KEPT;
    return st;
}

static int32_t tick_look_each(acrm__call *call, tick *t)
{
    tick_hook *hooks = NULL;
    size_t n = 0;
    int64_t head = 0;
    int32_t st = tick_hooks(call, &hooks, &n);

    t->behind = t->due = false;
    t->next_at = 0;
    if (st == ACRM_OK && n > 0)
        st = acrm__feed_head(call, &head);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        acrm__recs first = { NULL, 0 };
        int64_t open = tick_open(call, &hooks[i]);
        t->behind |= acrm__int(hooks[i].cursor, F_webhook_cursor__seq) < head;
        st = tick_due(call, &hooks[i], INT64_MAX, 1, &first);
        if (st != ACRM_OK || first.count == 0)
            continue;
        int64_t at = acrm__int(first.items[0], F_webhook_delivery__next_at);
        at = at > open ? at : open;
        t->due |= at <= call->now;
        t->next_at = t->next_at == 0 || at < t->next_at ? at : t->next_at;
    }
    return st;
}

static int32_t tick_look(acrm__call *call, tick *t)
{
    int32_t st = acrm__transaction_begin(call, false);

    if (st != ACRM_OK)
        return st;
    st = tick_look_each(call, t);
    if (st == ACRM_OK)
        st = tick_look_old(call, t);
    acrm__transaction_rollback(call->session);
    return st;
}

/* --- A step of one endpoint, whose failure stops it alone --- */

typedef struct tick_step {
    tick *t;
    tick_hook *hook;
    int64_t head;
    acrm__webhook_batch *batch;
    bool more;
} tick_step;

static int32_t tick_guarded(acrm__call *call, tick_step *step,
                            int32_t (*part)(acrm__call *call, void *user))
{
    acrm_error *failure = NULL;
    int32_t st = acrm__attempt(call, part, step, &failure);

    if (st == ACRM_OK && failure) {
        acrm__rec *endpoint = NULL;
        const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, step->hook->endpoint->cells[F_ID] };
        if (step->batch)
            step->batch->deliveries.count = 0;
        st = acrm__find_one(call, &(acrm__select){ .entity = "webhook_endpoint", .terms = &by_id,
            .n_terms = 1, .as_system = true }, &endpoint);
        if (st == ACRM_OK && endpoint)
            st = acrm__webhook_stop(call, endpoint, "fault");
    }
    acrm_error_free(failure);
    return st;
}

static int32_t tick_enqueue(acrm__call *call, void *user)
{
    tick_step *step = user;
    acrm__rec *cursor = step->hook->cursor;
    acrm__webhook_range range = { .after = acrm__int(cursor, F_webhook_cursor__seq) };

    range.until = range.after + ACRM__WEBHOOK_WINDOW;
    step->more |= range.until < step->head;
    range.until = range.until < step->head ? range.until : step->head;
    int32_t st = acrm__webhook_enqueue(call, step->hook->endpoint, &range,
                                       &step->t->told.queued);
    acrm__set(cursor, F_webhook_cursor__seq, acrm__cell_int(range.until));
    return st == ACRM_OK ? acrm__update(call, cursor) : st;
}

static int32_t tick_enqueue_all(acrm__call *call, tick *t, bool *more)
{
    tick_hook *hooks = NULL;
    size_t n = 0;
    tick_step step = { .t = t };
    int32_t st = acrm__begin(call);

    *more = false;
    if (st != ACRM_OK)
        return st;
    st = tick_hooks(call, &hooks, &n);
    if (st == ACRM_OK)
        st = acrm__feed_head(call, &step.head);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        step.hook = &hooks[i];
        if (acrm__int(hooks[i].cursor, F_webhook_cursor__seq) < step.head)
            st = tick_guarded(call, &step, tick_enqueue);
    }
    *more = step.more;
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

/* --- Handing over, a round of all endpoints --- */

static int32_t tick_take(acrm__call *call, void *user)
{
    tick_step *step = user;
    tick_hook *hook = step->hook;
    acrm__webhook_batch *batch = step->batch;
    int64_t each = 0, room = tick_room(call, hook, &each);
    int64_t used = acrm__int(hook->cursor, F_webhook_cursor__paced_at);

    room = room < step->t->left ? room : step->t->left;
    room = room < ACRM__WEBHOOK_BATCH ? room : ACRM__WEBHOOK_BATCH;
    if (room <= 0 || tick_open(call, hook) > call->now)
        return ACRM_OK;
    *batch = (acrm__webhook_batch){ .endpoint = hook->endpoint, .cursor = hook->cursor };
    int32_t st = tick_due(call, hook, call->now, (uint32_t)room, &batch->deliveries);
    if (st != ACRM_OK || batch->deliveries.count == 0)
        return st;
    st = acrm__webhook_prepare(call, batch);
    acrm__set(hook->cursor, F_webhook_cursor__busy_until, acrm__cell_int(call->now + TICK_BUSY));
    if (each > 0)
        acrm__set(hook->cursor, F_webhook_cursor__paced_at,
                  acrm__cell_int((used > call->now ? used : call->now) +
                                 each * (int64_t)batch->deliveries.count));
    if (st == ACRM_OK)
        st = acrm__update(call, hook->cursor);
    if (st == ACRM_OK)
        step->t->left -= (int64_t)batch->deliveries.count;
    return st;
}

static int32_t tick_take_all(acrm__call *call, tick *t, acrm__webhook_batch **batches, size_t *n)
{
    tick_hook *hooks = NULL;
    tick_step step = { .t = t };
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = tick_hooks(call, &hooks, n);
    *batches = acrm__arena_array(call->arena, *n + 1, sizeof **batches);
    if (st == ACRM_OK && !*batches)
        st = acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < *n; i++) {
        step.hook = &hooks[i];
        step.batch = &(*batches)[i];
        st = tick_guarded(call, &step, tick_take);
    }
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

/* Whether somebody else has the endpoint, or had it: then what they kept counts. */
static int32_t tick_lost(acrm__call *call, const acrm__webhook_batch *batch, bool *out)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, batch->cursor->cells[F_ID] };
    acrm__rec *cursor = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "webhook_cursor",
        .terms = &by_id, .n_terms = 1, .as_system = true }, &cursor);

    *out = st == ACRM_OK &&
           (!cursor || acrm__int(cursor, F_webhook_cursor__busy_until) !=
                           acrm__int(batch->cursor, F_webhook_cursor__busy_until));
    return st;
}

static int32_t tick_keep_all(acrm__call *call, tick *t, acrm__webhook_batch *batches, size_t n)
{
    int64_t taken = call->now;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    call->now = acrm__clock(call);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        bool lost = false;
        if (batches[i].deliveries.count == 0)
            continue;
        if (call->now - taken >= TICK_BUSY - TICK_SKEW)
            st = tick_lost(call, &batches[i], &lost);
        if (st == ACRM_OK && !lost)
            st = acrm__webhook_keep(call, &batches[i], &t->told);
        t->left += (int64_t)batches[i].deliveries.count - batches[i].handed;
    }
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

/* One after the other of each endpoint, so that none waits for another. */
static int32_t tick_hand_over(acrm__call *call, const tick *t, acrm__webhook_batch *batches,
                              size_t n)
{
    acrm__call each = *call;
    int32_t st = ACRM_OK;

    for (uint32_t k = 0; st == ACRM_OK && k < ACRM__WEBHOOK_BATCH; k++)
        for (size_t i = 0; st == ACRM_OK && i < n; i++) {
            if (k >= batches[i].deliveries.count || batches[i].failed)
                continue;
            each.now = acrm__clock(call); /* receivers refuse what was signed minutes ago */
            if (each.now - call->now >= TICK_HOLD)
                return ACRM_OK;
            st = acrm__webhook_hand_over(&each, t->transport, &batches[i]);
        }
    return st;
}

static int32_t tick_round(acrm__call *call, tick *t)
{
    acrm__webhook_batch *batches = NULL;
    size_t n = 0;
    int32_t st = tick_take_all(call, t, &batches, &n);

    if (st == ACRM_OK)
        st = tick_hand_over(call, t, batches, n);
    for (size_t i = 0; batches && i < n; i++)
        acrm__webhook_secrets_wipe(&batches[i].secrets);
    return st == ACRM_OK ? tick_keep_all(call, t, batches, n) : st;
}

/* --- Forgetting --- */

/* The oldest first: ids begin with the time. */
static int32_t tick_forget(acrm__call *call)
{
    acrm__recs old = { NULL, 0 };
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = acrm__find(call, &(acrm__select){ .entity = "webhook_delivery", .limit = TICK_FORGET,
                                           .as_system = true }, &old);
    for (size_t i = 0; st == ACRM_OK && i < old.count; i++)
        if (acrm__int(old.items[i], F_CREATED_AT) < call->now - TICK_KEPT)
            st = acrm__purge(call, old.items[i]);
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

/* --- All of it --- */

static int32_t tick_work(acrm__call *call, tick *t)
{
    bool more = t->behind;
    int32_t st = ACRM_OK;

    for (int32_t i = 0; st == ACRM_OK && more && i < TICK_WINDOWS; i++) {
        st = tick_enqueue_all(call, t, &more);
        acrm__arena_reset(call->arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "webhooks", t->told.queued, 0);
    }
    if (st == ACRM_OK && t->behind)
        st = tick_look(call, t);
    while (st == ACRM_OK && t->due && t->left > 0) {
        st = tick_round(call, t);
        acrm__arena_reset(call->arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "webhooks", t->told.delivered + t->told.failed, 0);
        call->now = acrm__clock(call); /* a round may take long */
        if (st == ACRM_OK)
            st = tick_look(call, t);
    }
    if (st == ACRM_OK && t->old)
        st = tick_forget(call);
    return st;
}

int32_t acrm__webhook_tick(acrm__call *call)
{
    acrm__call own = *call;
    tick t = { .transport = acrm__webhook_transport(call),
               .left = acrm__arg_int(call, "limit", 1000) };

    if (!t.transport)
        return ACRM_OK;
    int32_t st = tick_look(&own, &t);
    if (st == ACRM_OK)
        st = tick_work(&own, &t);
    if (st != ACRM_OK)
        return st;
    if (t.behind) /* the rest of a long feed */
        t.next_at = own.now;
    acrm_value *told = acrm__put_map(call->out, "webhooks");
    bool ok = told && acrm__put_int(told, "queued", t.told.queued) &&
              acrm__put_int(told, "delivered", t.told.delivered) &&
              acrm__put_int(told, "failed", t.told.failed) &&
              acrm__put_text(told, "next_at",
                             t.next_at ? acrm__instant_text(call, t.next_at) : NULL);
    return ok ? ACRM_OK : acrm__nomem(call);
}
