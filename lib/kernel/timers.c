/* SPDX-License-Identifier: MIT */
/*
 * Timers: rows with a due time, done by engine.tick.
 *
 * A timer is taken off first and its work done after, in one savepoint: so the work may set the
 * same timer anew, and a failure puts everything back. A failed timer waits longer each time; when
 * it has failed too often it becomes an incident, which a person must look at.
 */
#include "kernel/entities.h"
#include "kernel/inside.h"

#include "base/json.h"

#include <string.h>

enum { TIMERS_BATCH = 100, TIMERS_LIMIT = 1000, TIMERS_ATTEMPTS_MAX = 6 };

/* How long a timer waits after its n-th failure, in seconds. */
static const int32_t timers_backoff[TIMERS_ATTEMPTS_MAX - 1] = { 60, 300, 1800, 7200, 28800 };

static const char timers_waiting[] = "waiting", timers_incident[] = "incident";

/* --- Setting --- */

static int32_t timers_find(acrm__call *call, const char *kind, const unsigned char subject[16],
                           acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_timer__subject_id, ACRM_FILTER_EQ, acrm__cell_id(subject) },
        { F_timer__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
    };
    const acrm__select select = { .entity = "timer", .terms = terms, .n_terms = 2,
                                  .as_system = true };

    return acrm__find_one(call, &select, out);
}

static int32_t timers_data(acrm__call *call, const acrm_value *data, acrm_cell *out)
{
    acrm__str json;

    *out = acrm__cell_null();
    if (!data)
        return ACRM_OK;
    acrm__str_init(&json, &call->session->engine->allocator);
    acrm__json_write(&json, data, 0);
    const char *text = json.failed ? NULL : acrm__arena_text(call->arena, json.data, json.len);
    if (text)
        *out = acrm__cell_textn(text, json.len);
    acrm__str_free(&json);
    return text ? ACRM_OK : acrm__nomem(call);
}

/* Set one that was looked for; NULL: there was none. */
static int32_t timers_put(acrm__call *call, acrm__rec *rec, const acrm__timer *timer,
                          const acrm_cell *data)
{
    bool fresh = !rec;

    if (fresh) {
        rec = acrm__new(call, "timer");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_timer__kind, acrm__cell_text(timer->kind));
        acrm__set(rec, F_timer__entity, acrm__cell_text(timer->entity));
        acrm__set(rec, F_timer__subject_id, acrm__cell_id(timer->subject));
    }
    acrm__set(rec, F_timer__due_at, acrm__cell_int(timer->due_at));
    acrm__set(rec, F_timer__data, *data);
    acrm__set(rec, F_timer__attempts, acrm__cell_int(0));
    acrm__set(rec, F_timer__state, acrm__cell_text(timers_waiting));
    acrm__set(rec, F_timer__last_error, acrm__cell_null());
    return fresh ? acrm__insert(call, rec) : acrm__update(call, rec);
}

static acrm__timer timers_of(const char *kind, const char *entity, const unsigned char subject[16],
                             int64_t due_at)
{
    acrm__timer timer = { .kind = kind, .entity = entity, .due_at = due_at };

    memcpy(timer.subject, subject, sizeof timer.subject);
    return timer;
}

int32_t acrm__timer_set(acrm__call *call, const char *kind, const char *entity,
                        const unsigned char subject[16], int64_t due_at, const acrm_value *data)
{
    const acrm__timer timer = timers_of(kind, entity, subject, due_at);
    acrm__rec *rec = NULL;
    acrm_cell json;
    int32_t st = timers_find(call, kind, subject, &rec);

    if (st == ACRM_OK)
        st = timers_data(call, data, &json);
    return st == ACRM_OK ? timers_put(call, rec, &timer, &json) : st;
}

int32_t acrm__timer_by(acrm__call *call, const char *kind, const char *entity,
                       const unsigned char subject[16], int64_t due_at)
{
    const acrm__timer timer = timers_of(kind, entity, subject, due_at);
    const acrm_cell none = acrm__cell_null();
    acrm__rec *rec = NULL;
    int32_t st = timers_find(call, kind, subject, &rec);

    if (st == ACRM_OK && rec && acrm__int(rec, F_timer__due_at) <= due_at &&
        strcmp(acrm__text(rec, F_timer__state), timers_waiting) == 0)
        return ACRM_OK;
    return st == ACRM_OK ? timers_put(call, rec, &timer, &none) : st;
}

int32_t acrm__timer_cancel(acrm__call *call, const char *kind, const unsigned char subject[16])
{
    acrm__rec *rec = NULL;
    int32_t st = timers_find(call, kind, subject, &rec);

    return st == ACRM_OK && rec ? acrm__purge(call, rec) : st;
}

/* --- Ticking --- */

typedef struct timers_tick {
    int64_t until;
    int64_t limit;
    int64_t fired, failed, incidents;
} timers_tick;

static int32_t timers_due(acrm__call *call, const timers_tick *tick, uint32_t limit,
                          acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_timer__state, ACRM_FILTER_EQ, acrm__cell_text(timers_waiting) },
        { F_timer__due_at, ACRM_FILTER_LE, acrm__cell_int(tick->until) },
    };
    const acrm__select select = { .entity = "timer", .terms = terms, .n_terms = 2,
                                  .order = F_timer__due_at, .limit = limit, .as_system = true };

    return acrm__find(call, &select, out);
}

/* The next due time, in a read transaction of its own, so that a tick with nothing to do neither
 * waits for a writer nor keeps one waiting. */
static int32_t timers_next(acrm__call *call, bool *any, int64_t *due_at)
{
    const acrm__term waiting = { F_timer__state, ACRM_FILTER_EQ, acrm__cell_text(timers_waiting) };
    const acrm__select select = { .entity = "timer", .terms = &waiting, .n_terms = 1,
                                  .order = F_timer__due_at, .as_system = true };
    acrm__rec *rec = NULL;
    int32_t st = acrm__transaction_begin(call, false);

    if (st != ACRM_OK)
        return st;
    st = acrm__find_one(call, &select, &rec);
    if (st == ACRM_OK && rec)
        *due_at = acrm__int(rec, F_timer__due_at);
    *any = st == ACRM_OK && rec;
    acrm__transaction_rollback(call->session);
    return st;
}

const acrm__timer_kind *acrm__timer_kind_of(const char *kind)
{
    for (size_t m = 0; acrm__modules[m]; m++)
        for (const acrm__timer_kind *k = acrm__modules[m]->timers; k && k->kind; k++)
            if (strcmp(k->kind, kind) == 0)
                return k;
    return NULL;
}

static int32_t timers_run(acrm__call *call, const acrm__rec *rec)
{
    const acrm__timer_kind *kind = acrm__timer_kind_of(acrm__text(rec, F_timer__kind));
    const acrm_cell *json = &rec->cells[F_timer__data];
    acrm__timer timer = { .kind = acrm__text(rec, F_timer__kind),
                          .entity = acrm__text(rec, F_timer__entity),
                          .due_at = acrm__int(rec, F_timer__due_at),
                          .attempts = acrm__int(rec, F_timer__attempts) };
    acrm_value *args = acrm__value_in(call->arena), *out = acrm__value_in(call->arena);
    acrm_value *data = NULL;
    acrm__json_fault fault;
    acrm__call inner = *call;

    if (!kind)
        return acrm__fail(call, ACRM_E_UNSUPPORTED, "timer", "kind",
                          "no module does timers of the kind %.100s", timer.kind);
    if (!args || !out || acrm_value_set_map(args) || acrm_value_set_map(out))
        return acrm__nomem(call);
    if (json->type == ACRM_CELL_TEXT &&
        acrm__json_read(call->arena, json->data, json->size, &data, &fault) != ACRM_OK)
        return acrm__fail(call, ACRM_E_CORRUPT, "timer", "data", "the timer's data is no JSON");
    memcpy(timer.id, acrm__id(rec, F_ID), sizeof timer.id);
    memcpy(timer.subject, acrm__id(rec, F_timer__subject_id), sizeof timer.subject);
    timer.data = data;
    inner.args = args;
    inner.out = out;
    inner.depth = call->depth + 1;
    return kind->run(&inner, &timer);
}

static int32_t timers_failed(acrm__call *call, acrm__rec *rec, const acrm_error *err,
                             timers_tick *tick)
{
    int64_t attempts = acrm__int(rec, F_timer__attempts) + 1;
    bool incident = attempts >= TIMERS_ATTEMPTS_MAX;
    const char *text = acrm__arena_format(call->arena, "%.63s: %.900s", acrm_error_reason(err),
                                          acrm_error_message(err));

    if (!text)
        return acrm__nomem(call);
    acrm__set(rec, F_timer__attempts, acrm__cell_int(attempts));
    acrm__set(rec, F_timer__last_error, acrm__cell_text(text));
    tick->failed++;
    if (!incident) {
        int64_t wait = timers_backoff[attempts - 1] * INT64_C(1000000);
        acrm__set(rec, F_timer__due_at, acrm__cell_int(call->now + wait));
        return acrm__update(call, rec);
    }
    tick->incidents++;
    acrm__set(rec, F_timer__state, acrm__cell_text(timers_incident));
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__emit(call, "timer.incident", "timer", acrm__id(rec, F_ID), NULL);
    return st == ACRM_OK ? acrm__react(call) : st;
}

static int32_t timers_do(acrm__call *call, void *user)
{
    acrm__rec *rec = user;
    int32_t st = acrm__purge(call, rec);

    return st == ACRM_OK ? timers_run(call, rec) : st;
}

static int32_t timers_one(acrm__call *call, acrm__rec *rec, timers_tick *tick)
{
    acrm_error *failure = NULL;
    int32_t st = acrm__attempt(call, timers_do, rec, &failure);

    if (st == ACRM_OK && !failure)
        tick->fired++;
    else if (st == ACRM_OK)
        st = timers_failed(call, rec, failure, tick);
    acrm_error_free(failure);
    return st;
}

/* One transaction. *done is true when nothing more is due. */
static int32_t timers_batch(acrm__call *call, timers_tick *tick, bool *done)
{
    int64_t left = tick->limit - tick->fired - tick->failed;
    uint32_t limit = left < TIMERS_BATCH ? (uint32_t)left : TIMERS_BATCH;
    acrm__recs due = { NULL, 0 };
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    st = timers_due(call, tick, limit, &due);
    for (size_t i = 0; i < due.count && st == ACRM_OK; i++)
        st = timers_one(call, due.items[i], tick);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    *done = due.count < limit || left <= (int64_t)due.count;
    return st;
}

static int32_t timers_result(acrm__call *call, const timers_tick *tick)
{
    bool any = false;
    int64_t next = 0;
    int32_t st = timers_next(call, &any, &next);

    if (st != ACRM_OK)
        return st;
    const char *text = any ? acrm__instant_text(call, next) : NULL;
    bool ok = (!any || text) && acrm__put_int(call->out, "fired", tick->fired) &&
              acrm__put_int(call->out, "failed", tick->failed) &&
              acrm__put_int(call->out, "incidents", tick->incidents) &&
              acrm__put_text(call->out, "next_due_at", text);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* What modules do besides timers, one after the other. */
static int32_t timers_modules(acrm__call *call)
{
    int32_t st = ACRM_OK;

    for (size_t m = 0; acrm__modules[m] && st == ACRM_OK; m++) {
        if (acrm__modules[m]->tick)
            st = acrm__modules[m]->tick(call);
        acrm__arena_reset(call->arena);
    }
    return st;
}

int32_t acrm__tick(acrm__call *call)
{
    timers_tick tick = { .until = call->now, .limit = acrm__arg_int(call, "limit", TIMERS_LIMIT) };
    acrm__call batch = *call;
    acrm__arena arena; /* one batch's memory, so that a long tick needs no more than a short one */
    bool any = false, done;
    int64_t next = 0, until;
    int32_t st;

    if (acrm__arg_time(call, "until", &until)) {
        if (until > call->now)
            return acrm__fail(call, ACRM_E_INVALID, "range", "until",
                              "until lies in the future; timers do not fire before they are due");
        tick.until = until;
    }
    st = timers_next(call, &any, &next);
    done = !any || next > tick.until;
    acrm__arena_init(&arena, &call->session->engine->allocator);
    batch.arena = &arena;
    batch.as_system = true;
    while (st == ACRM_OK && !done) {
        st = timers_batch(&batch, &tick, &done);
        acrm__arena_reset(&arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "tick", tick.fired + tick.failed, tick.limit);
        if (st == ACRM_OK && done && tick.fired + tick.failed < tick.limit) {
            st = timers_next(call, &any, &next); /* what the work itself has made due */
            done = !any || next > tick.until;
        }
    }
    if (st == ACRM_OK)
        st = timers_modules(&batch);
    acrm__arena_free(&arena);
    return st == ACRM_OK ? timers_result(call, &tick) : st;
}

int32_t acrm__timer_retry(acrm__call *call)
{
    acrm__rec *rec;
    int32_t st = acrm__load_arg(call, "timer", "id", &rec);

    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_timer__state, acrm__cell_text(timers_waiting));
    acrm__set(rec, F_timer__attempts, acrm__cell_int(0));
    acrm__set(rec, F_timer__due_at, acrm__cell_int(call->now));
    st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = acrm__audit(call, &(acrm__audit_entry){ .entity = rec->entity,
                                                     .record = acrm__id(rec, F_ID),
                                                     .action = "retry" });
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
