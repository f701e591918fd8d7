/* SPDX-License-Identifier: MIT */
/*
 * Asking, a part of engine.tick: one request after the other is marked, handed to its connector
 * outside of any transaction, and its answer kept. If the process ends in between, the mark runs
 * out and the request is asked again under the same key. A connector that could not answer three
 * times on end is left alone for the rest of the tick: one that hangs costs the others no more.
 */
#include "base/json.h"
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/connector/connector.h"
#include "modules/connector/entities.h"

#include <string.h>

enum {
    ASKING_ATTEMPTS_MAX = 10,
    ASKING_PATIENCE = 3,
    ASKING_PAUSE_LONGEST = 21600,
    ASKING_ASKED_PAUSE_MAX = 86400,
    ASKING_CONNECTORS = 32
};
#define ASKING_SECOND INT64_C(1000000)
#define ASKING_SPARE (INT64_C(60) * ASKING_SECOND) /* of a mark, over the limit of time */

typedef struct asking {
    int64_t answered, failed, again, left;
    int32_t patience[ASKING_CONNECTORS]; /* 0: left alone; by the order of the connectors */
} asking;

/* One request in hand. */
typedef struct asking_item {
    acrm__rec *rec;
    const acrm_connector *connector;
    acrm_connector_answer answer;
    acrm__str body;
    const char *fault; /* the body is no answer: why */
} asking_item;

/* --- Taking --- */

/* The first of a connector's in a state, by when it is due; NULL: none. */
static int32_t asking_first(acrm__call *call, const char *state, const char *connector,
                          acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_connector_request__state, ACRM_FILTER_EQ, acrm__cell_text(state) },
        { F_connector_request__connector, ACRM_FILTER_EQ, acrm__cell_text(connector) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "connector_request", .terms = terms,
        .n_terms = 2, .order = F_connector_request__next_at, .as_system = true }, out);
}

/* What of a connector is due first; *at is when, of one that is not due yet too. Marks that have
 * run out are due again. */
static int32_t asking_due(acrm__call *call, const char *connector, acrm__rec **out, bool *any,
                        int64_t *at)
{
    static const char *const states[] = { "sent", "queued" };
    int32_t st = ACRM_OK;

    *out = NULL;
    for (size_t i = 0; i < 2 && st == ACRM_OK; i++) {
        acrm__rec *rec = NULL;
        st = asking_first(call, states[i], connector, &rec);
        if (st != ACRM_OK || !rec)
            continue;
        int64_t due = acrm__int(rec, F_connector_request__next_at);
        if (!*any || due < *at)
            *at = due;
        *any = true;
        if (due <= call->now && !*out)
            *out = rec;
    }
    return st;
}

static int32_t asking_mark(acrm__call *call, acrm__rec *rec, const acrm_connector *connector)
{
    int64_t lease = connector->timeout_ms * INT64_C(1000) + ASKING_SPARE;

    acrm__set(rec, F_connector_request__state, acrm__cell_text("sent"));
    acrm__set(rec, F_connector_request__attempts,
              acrm__cell_int(acrm__int(rec, F_connector_request__attempts) + 1));
    acrm__set(rec, F_connector_request__next_at, acrm__cell_int(call->now + lease));
    return acrm__update(call, rec);
}

/* Take the next request of a connector; item->rec NULL: nothing is due. */
static int32_t asking_take(acrm__call *call, const acrm_connector *connector, asking_item *item)
{
    bool any = false;
    int64_t at = 0;
    int32_t st = acrm__begin(call);

    *item = (asking_item){ .connector = connector };
    if (st != ACRM_OK)
        return st;
    call->now = acrm__clock(call); /* the mark counts from here on */
    st = asking_due(call, connector->name, &item->rec, &any, &at);
    if (st == ACRM_OK && item->rec)
        st = asking_mark(call, item->rec, connector);
    if (st == ACRM_OK && item->rec)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

/* --- Asking --- */

static int32_t asking_write(void *to, const void *bytes, size_t size)
{
    asking_item *item = to;

    if (size > item->connector->answer_max - item->body.len) {
        item->fault = "answer_too_long";
        return ACRM_E_LIMIT;
    }
    acrm__str_add(&item->body, bytes, size);
    return item->body.failed ? ACRM_E_NOMEM : 0;
}

static int32_t asking_ask(acrm__call *call, asking_item *item)
{
    const acrm__rec *rec = item->rec;
    const char *key = acrm__id_text(call, acrm__id(rec, F_ID));
    const char *body = acrm__text(rec, F_connector_request__body);
    acrm__json_fault fault;
    acrm_value *parsed = NULL;

    body = body ? body : "{}"; /* the customer was erased */
    if (!key)
        return acrm__nomem(call);
    const acrm_connector_request request = {
        .struct_size = sizeof request, .key = key, .body = body, .body_len = strlen(body),
        .attempt = (int32_t)acrm__int(rec, F_connector_request__attempts),
        .name = acrm__text(rec, F_connector_request__name),
        .timeout_ms = item->connector->timeout_ms };
    item->answer = (acrm_connector_answer){ .struct_size = sizeof item->answer, .to = item,
                                            .write = asking_write };
    acrm__str_init(&item->body, &call->arena->allocator);
    if (item->connector->ask(item->connector->self, &request, &item->answer) != 0)
        item->answer.outcome = ACRM_ASKED_TEMPORARY;
    acrm__port_text(item->answer.reference, sizeof item->answer.reference);
    acrm__port_text(item->answer.reason, sizeof item->answer.reason);
    if (item->body.failed)
        return acrm__nomem(call);
    int32_t st = item->body.len > 0 && !item->fault
                     ? acrm__json_read(call->arena, item->body.data, item->body.len, &parsed,
                                       &fault) : ACRM_OK;
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st != ACRM_OK)
        item->fault = "no_json";
    return ACRM_OK;
}

/* --- Keeping --- */

/* 15 seconds, a minute, four ... at most six hours, each a fifth more or less. */
static int64_t asking_pause(acrm__call *call, const asking_item *item)
{
    int64_t pause = 15, attempts = acrm__int(item->rec, F_connector_request__attempts);
    unsigned char random[2];

    for (int64_t i = 1; i < attempts && pause < ASKING_PAUSE_LONGEST; i++)
        pause *= 4;
    pause = pause > ASKING_PAUSE_LONGEST ? ASKING_PAUSE_LONGEST : pause;
    acrm__random_bytes(call->session->engine, random, sizeof random);
    pause += pause * ((random[0] | random[1] << 8) % 401 - 200) / 1000;
    if (item->answer.retry_after > pause)
        pause = item->answer.retry_after;
    return pause > ASKING_ASKED_PAUSE_MAX ? ASKING_ASKED_PAUSE_MAX : pause;
}

static int32_t asking_again(acrm__call *call, const asking_item *item, const char *reason)
{
    acrm__rec *rec = item->rec;
    int64_t next = call->now + asking_pause(call, item) * ASKING_SECOND;
    int64_t until = acrm__int(rec, F_connector_request__until);

    if (acrm__int(rec, F_connector_request__attempts) >= ASKING_ATTEMPTS_MAX)
        return acrm__connector_end(call, rec, "dead", reason);
    if (until && next >= until)
        return acrm__connector_end(call, rec, "dead", "too_late");
    acrm__set(rec, F_connector_request__state, acrm__cell_text("queued"));
    acrm__set(rec, F_connector_request__reason, acrm__cell_text(reason));
    acrm__set(rec, F_connector_request__next_at, acrm__cell_int(next));
    return acrm__update(call, rec);
}

static int32_t asking_outcome(acrm__call *call, void *user)
{
    const asking_item *item = user;
    const acrm_connector_answer *answer = &item->answer;
    const char *reason = answer->reason[0] ? answer->reason : NULL;
    acrm__rec *rec = item->rec;
    bool keeps = (answer->outcome == ACRM_ASKED_ANSWERED ||
                  answer->outcome == ACRM_ASKED_REFUSED) && !item->fault && item->body.len > 0;

    acrm__set(rec, F_connector_request__code,
              answer->code ? acrm__cell_int(answer->code) : acrm__cell_null());
    if (answer->reference[0])
        acrm__set(rec, F_connector_request__reference, acrm__cell_text(answer->reference));
    if (keeps)
        acrm__set(rec, F_connector_request__answer,
                  acrm__cell_textn(item->body.data, item->body.len));
    switch (answer->outcome) {
    case ACRM_ASKED_ANSWERED:
        return item->fault ? acrm__connector_end(call, rec, "failed", item->fault)
                           : acrm__connector_end(call, rec, "answered", NULL);
    case ACRM_ASKED_REFUSED:
        return acrm__connector_end(call, rec, "refused", reason ? reason : "refused");
    case ACRM_ASKED_PERMANENT:
        return acrm__connector_end(call, rec, "failed", reason ? reason : "permanent");
    default:
        return asking_again(call, item, reason ? reason : "no_answer");
    }
}

/* What is done with an answer, by reactions, may fail: the answer is kept all the same, for
 * somebody to look at and to ask again; but nothing of somebody who was erased meanwhile. */
static int32_t asking_untaken(acrm__call *call, asking_item *item, const acrm_error *failure)
{
    bool erased = strcmp(acrm_error_reason(failure), "erased") == 0;
    acrm__rec *rec = NULL;
    int32_t st = acrm__load(call, "connector_request", acrm__id(item->rec, F_ID), NULL, &rec);

    if (st != ACRM_OK)
        return st;
    if (item->body.len > 0 && !item->fault && !erased)
        acrm__set(rec, F_connector_request__answer,
                  acrm__cell_textn(item->body.data, item->body.len));
    acrm__set(rec, F_connector_request__state, acrm__cell_text("failed"));
    acrm__set(rec, F_connector_request__reason, acrm__cell_text(erased ? "erased" : "not_taken"));
    acrm__set(rec, F_connector_request__next_at, acrm__cell_null());
    acrm__set(rec, F_connector_request__ended_at, acrm__cell_int(call->now));
    return acrm__update(call, rec);
}

/* Whether somebody else has ended it or asks it anew meanwhile: then theirs counts. */
static int32_t asking_lost(acrm__call *call, const asking_item *item, bool *out)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load(call, "connector_request", acrm__id(item->rec, F_ID), NULL, &rec);

    *out = st == ACRM_E_NOTFOUND ||
           (st == ACRM_OK && acrm__int(rec, F_VERSION) != acrm__int(item->rec, F_VERSION));
    return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
}

static int32_t asking_keep(acrm__call *call, asking_item *item, asking *t)
{
    acrm_error *failure = NULL;
    bool lost = false;
    int32_t st = acrm__begin(call);

    if (st != ACRM_OK)
        return st;
    call->now = acrm__clock(call);
    st = asking_lost(call, item, &lost);
    if (st == ACRM_OK && !lost)
        st = acrm__attempt(call, asking_outcome, item, &failure);
    if (st == ACRM_OK && failure)
        st = asking_untaken(call, item, failure);
    acrm_error_free(failure);
    if (st == ACRM_OK)
        st = acrm__commit(call);
    else
        acrm__rollback(call);
    const char *state = acrm__text(item->rec, F_connector_request__state);
    t->answered += strcmp(state, "answered") == 0;
    t->again += strcmp(state, "queued") == 0;
    t->failed += strcmp(state, "answered") != 0 && strcmp(state, "queued") != 0;
    return st;
}

/* --- Rounds --- */

/* One request of each connector that has any due, so that none waits for another. */
static int32_t asking_round(acrm__call *call, asking *t, bool *more)
{
    const acrm_connector *connector;
    int32_t st = ACRM_OK;

    *more = false;
    for (size_t i = 0; st == ACRM_OK && (connector = acrm__connector_at(call, i)); i++) {
        asking_item item = { .rec = NULL };
        if (t->patience[i] == 0 || t->left == 0)
            continue;
        st = asking_take(call, connector, &item);
        if (st != ACRM_OK || !item.rec) {
            t->patience[i] = 0;
            continue;
        }
        t->left--;
        st = asking_ask(call, &item);
        if (st == ACRM_OK)
            st = asking_keep(call, &item, t);
        acrm__str_free(&item.body);
        t->patience[i] = item.answer.outcome != ACRM_ASKED_TEMPORARY ? ASKING_PATIENCE
                                                                     : t->patience[i] - 1;
        *more = true;
        acrm__arena_reset(call->arena);
    }
    return st;
}

/* Whether anything is due, in a read transaction: a tick without work keeps no writer waiting. */
static int32_t asking_next(acrm__call *call, bool *any, int64_t *at)
{
    const acrm_connector *connector;
    int32_t st = acrm__transaction_begin(call, false);

    *any = false;
    for (size_t i = 0; st == ACRM_OK && (connector = acrm__connector_at(call, i)); i++) {
        acrm__rec *rec = NULL;
        st = asking_due(call, connector->name, &rec, any, at);
    }
    acrm__transaction_rollback(call->session);
    return st;
}

int32_t acrm__connector_tick(acrm__call *whole)
{
    acrm__call own = *whole, *call = &own;
    asking t = { .left = acrm__arg_int(call, "limit", 1000) };
    bool any = false, more = true;
    int64_t next = 0;

    if (!acrm__connector_at(call, 0))
        return ACRM_OK;
    for (size_t i = 0; i < ASKING_CONNECTORS; i++)
        t.patience[i] = ASKING_PATIENCE;
    int32_t st = asking_next(call, &any, &next);
    while (st == ACRM_OK && any && next <= call->now && more && t.left > 0) {
        st = asking_round(call, &t, &more);
        if (st == ACRM_OK)
            st = acrm__progress(call, "connectors", t.answered + t.failed + t.again, 0);
    }
    if (st == ACRM_OK && t.left < acrm__arg_int(call, "limit", 1000))
        st = asking_next(call, &any, &next);
    if (st != ACRM_OK)
        return st;
    acrm_value *told = acrm__put_map(call->out, "connectors");
    bool ok = told && acrm__put_int(told, "answered", t.answered) &&
              acrm__put_int(told, "failed", t.failed) && acrm__put_int(told, "again", t.again) &&
              acrm__put_text(told, "next_at", any ? acrm__instant_text(call, next) : NULL);
    return ok ? ACRM_OK : acrm__nomem(call);
}
