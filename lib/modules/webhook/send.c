/* SPDX-License-Identifier: MIT */
/* Deliveries of one endpoint: bodies and keys, handing over, and what came of it. */
#include "base/text.h"
#include "engines/webhook/key.h"
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <sodium.h>
#include <string.h>

enum {
    SEND_ATTEMPTS_MAX = 10,
    SEND_PAUSE_OF_ALL = 300, /* seconds that an endpoint's failure holds up its others at most */
    SEND_PAUSE_MAX = 86400,
    SEND_GONE = 410
};
#define SEND_FAILING (INT64_C(5) * 86400 * ACRM__WEBHOOK_SECOND)

/* Seconds to the next attempt, as the Standard Webhooks specification proposes. */
static const int32_t send_pauses[SEND_ATTEMPTS_MAX - 1] = { 5, 300, 1800, 7200, 18000, 36000,
                                                            50400, 72000, 86400 };

const acrm_transport *acrm__webhook_transport(const acrm__call *call)
{
    const acrm_transport *t;

    for (size_t i = 0; (t = acrm__transport_at(call, i)) != NULL; i++)
        if (t->channels & ACRM_CHANNEL_WEBHOOK)
            return t;
    return NULL;
}

/* --- What handing over needs --- */

/* The events of a batch, in the order of its deliveries; record NULL of those without one. */
static int32_t send_events(acrm__call *call, const acrm__webhook_batch *batch,
                           const acrm__feed_event **out)
{
    int64_t low = INT64_MAX, high = 0;
    size_t n = batch->deliveries.count;
    acrm__feed_event *found = NULL;
    uint32_t n_found = 0;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < n; i++) {
        int64_t seq = acrm__int(batch->deliveries.items[i], F_webhook_delivery__seq);
        low = seq < low ? seq : low;
        high = seq > high ? seq : high;
    }
    /* Mostly they lie together. */
    bool together = (uint64_t)(high - low) < 8 * n;
    if (together)
        st = acrm__feed_read(call, &(acrm__feed_range){ .after = low - 1, .until = high,
                                 .limit = (uint32_t)(high - low + 1) }, &found, &n_found);
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        int64_t seq = acrm__int(batch->deliveries.items[i], F_webhook_delivery__seq);
        if (!together)
            st = acrm__feed_read(call, &(acrm__feed_range){ .after = seq - 1, .until = seq,
                                     .limit = 1 }, &found, &n_found);
        for (uint32_t k = 0; st == ACRM_OK && k < n_found; k++)
            if (found[k].seq == seq)
                out[i] = &found[k];
    }
    return st;
}

typedef struct send_bodies {
    acrm__webhook_batch *batch;
    const acrm__feed_event **events;
} send_bodies;

static int32_t send_make_bodies(acrm__call *call, void *data)
{
    const send_bodies *made = data;
    acrm__webhook_batch *batch = made->batch;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < batch->deliveries.count; i++)
        if (made->events[i])
            st = acrm__webhook_body(call, batch->endpoint, made->events[i], &batch->bodies[i]);
    return st;
}

static int32_t send_headers(acrm__call *call, acrm__webhook_batch *batch)
{
    const acrm__rec *endpoint = batch->endpoint;
    const char *plain = NULL;
    size_t len = 0;
    int32_t st = ACRM_OK;

    if (!acrm__is_null(endpoint, F_webhook_endpoint__headers))
        st = acrm__open_field(call, endpoint->entity, F_webhook_endpoint__headers,
                              endpoint->cells, &plain, &len);
    if (st == ACRM_OK) {
        batch->headers = acrm__arena_text(call->arena, plain ? plain : "", len);
        st = batch->headers ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__webhook_prepare(acrm__call *call, acrm__webhook_batch *batch)
{
    const unsigned char *user = acrm__id(batch->endpoint, F_webhook_endpoint__user_id);
    size_t n = batch->deliveries.count;
    const acrm__rec *first = batch->deliveries.items[0];
    send_bodies made = { .batch = batch };

    batch->bodies = acrm__arena_array(call->arena, n, sizeof *batch->bodies);
    batch->sent = acrm__arena_array(call->arena, n, sizeof *batch->sent);
    made.events = acrm__arena_array(call->arena, n, sizeof *made.events);
    if (!batch->bodies || !batch->sent || !made.events)
        return acrm__nomem(call);
    bool test = acrm__is_null(first, F_webhook_delivery__seq);
    int32_t st = test ? acrm__webhook_test_body(call, batch->endpoint,
                                                acrm__id_text(call, acrm__id(first, F_ID)),
                                                &batch->bodies[0])
                      : send_events(call, batch, made.events);
    if (st == ACRM_OK && !test)
        st = user ? acrm__act_as(call, user, send_make_bodies, &made)
                  : send_make_bodies(call, &made);
    if (st == ACRM_OK)
        st = send_headers(call, batch);
    if (st == ACRM_OK)
        st = acrm__webhook_secrets_load(call, batch->endpoint, &batch->secrets);
    if (st == ACRM_OK && batch->secrets.n == 0)
        st = acrm__fail(call, ACRM_E_CORRUPT, "key", "id", "the endpoint has no key");
    return st;
}

/* --- Handing over --- */

/* All signatures, parted by blanks; NULL: no memory. */
static const char *send_signatures(acrm__call *call, const acrm__webhook_batch *batch,
                                   const char *id, const char *body)
{
    char one[ACRM_WEBHOOK_SIGNATURE_MAX];
    char *all = acrm__arena_zero(call->arena, batch->secrets.n * sizeof one);
    size_t len = 0;

    for (uint32_t i = 0; all && i < batch->secrets.n; i++) {
        if (acrm__webhook_sign(&call->arena->allocator, batch->secrets.keys[i], id,
                               call->now / ACRM__WEBHOOK_SECOND, body, strlen(body), one,
                               NULL) != ACRM_OK)
            return NULL;
        if (i > 0)
            all[len++] = ' ';
        memcpy(all + len, one, strlen(one));
        len += strlen(one);
    }
    return all;
}

static bool send_arrived(const acrm_sent *sent)
{
    return sent->outcome == ACRM_SENT_ACCEPTED || sent->outcome == ACRM_SENT_DELIVERED;
}

int32_t acrm__webhook_hand_over(acrm__call *call, const acrm_transport *transport,
                                acrm__webhook_batch *batch)
{
    acrm_outgoing_header headers[ACRM__WEBHOOK_HEADERS_OWN + ACRM__WEBHOOK_HEADERS_MAX];
    const acrm__rec *delivery = batch->deliveries.items[batch->handed];
    const char *body = batch->bodies[batch->handed];
    const char *id = acrm__id_text(call, acrm__id(delivery, F_ID));
    const char *at = acrm__arena_format(call->arena, "%lld",
                                        (long long)(call->now / ACRM__WEBHOOK_SECOND));
    char *own = acrm__arena_text(call->arena, batch->headers, strlen(batch->headers));
    acrm_sent *sent = &batch->sent[batch->handed];
    uint32_t n = 0;

    *sent = (acrm_sent){ .struct_size = sizeof *sent };
    if (!body) { /* its event is no longer there */
        batch->handed++;
        return ACRM_OK;
    }
    const char *signatures = id ? send_signatures(call, batch, id, body) : NULL;
    if (!id || !at || !own || !signatures)
        return acrm__nomem(call);
    headers[0] = (acrm_outgoing_header){ "content-type", "application/cloudevents+json" };
    headers[1] = (acrm_outgoing_header){ "webhook-id", id };
    headers[2] = (acrm_outgoing_header){ "webhook-timestamp", at };
    headers[3] = (acrm_outgoing_header){ "webhook-signature", signatures };
    (void)acrm__webhook_headers(own, headers + ACRM__WEBHOOK_HEADERS_OWN, &n);
    const acrm_outgoing message = {
        .struct_size = sizeof message, .channel = ACRM_CHANNEL_WEBHOOK, .key = id, .body = body,
        .attempt = (int32_t)acrm__int(delivery, F_webhook_delivery__attempts) + 1,
        .to = acrm__text(batch->endpoint, F_webhook_endpoint__url),
        .name = acrm__text(batch->endpoint, F_webhook_endpoint__name),
        .headers = headers, .n_headers = n + ACRM__WEBHOOK_HEADERS_OWN };
    if (transport->submit(transport->self, &message, sent) != 0)
        *sent = (acrm_sent){ .struct_size = sizeof *sent };
    acrm__port_text(sent->reason, sizeof sent->reason);
    batch->handed++;
    batch->failed = !send_arrived(sent);
    sodium_memzero(own, strlen(batch->headers));
    return ACRM_OK;
}

/* --- Keeping what came of it --- */

static void send_set_outcome(acrm__call *call, acrm__rec *delivery, const acrm_sent *sent,
                             const char *status)
{
    bool coded = sent->code > 0 && sent->code < 1000;
    const char *reason = sent->reason[0] ? sent->reason : coded ? "refused" : "no_answer";

    acrm__set(delivery, F_webhook_delivery__status, acrm__cell_text(status));
    acrm__set(delivery, F_webhook_delivery__attempts,
              acrm__cell_int(acrm__int(delivery, F_webhook_delivery__attempts) + 1));
    acrm__set(delivery, F_webhook_delivery__attempted_at, acrm__cell_int(call->now));
    acrm__set(delivery, F_webhook_delivery__code,
              coded ? acrm__cell_int(sent->code) : acrm__cell_null());
    acrm__set(delivery, F_webhook_delivery__reason,
              acrm__cell_text(send_arrived(sent) ? NULL : reason));
    acrm__set(delivery, F_webhook_delivery__next_at, acrm__cell_null());
}

/* Seconds of a schedule in microseconds, a tenth more or less by chance, but no less than the
 * other side asked for. */
static int64_t send_pause(int64_t seconds, int64_t chance, const acrm_sent *sent)
{
    int64_t asked = sent->retry_after < SEND_PAUSE_MAX ? sent->retry_after : SEND_PAUSE_MAX;
    int64_t pause = seconds * (ACRM__WEBHOOK_SECOND / 1000) * (900 + chance);

    return asked * ACRM__WEBHOOK_SECOND > pause ? asked * ACRM__WEBHOOK_SECOND : pause;
}

static int32_t send_failed(acrm__call *call, acrm__webhook_batch *batch, acrm__rec *delivery,
                           const acrm_sent *sent)
{
    int64_t attempts = acrm__int(delivery, F_webhook_delivery__attempts) + 1;
    int64_t failures = acrm__int(batch->cursor, F_webhook_cursor__failures) + 1;
    int64_t all = send_pauses[failures < SEND_ATTEMPTS_MAX ? failures - 1 : SEND_ATTEMPTS_MAX - 2];
    bool dead = attempts >= SEND_ATTEMPTS_MAX || sent->code == SEND_GONE;
    unsigned char random[2];

    acrm__random_bytes(call->session->engine, random, sizeof random);
    int64_t chance = (random[0] | random[1] << 8) % 201;
    send_set_outcome(call, delivery, sent, dead ? "dead" : "waiting");
    if (!dead)
        acrm__set(delivery, F_webhook_delivery__next_at,
                  acrm__cell_int(call->now + send_pause(send_pauses[attempts - 1], chance, sent)));
    if (all > SEND_PAUSE_OF_ALL)
        all = SEND_PAUSE_OF_ALL;
    acrm__set(batch->cursor, F_webhook_cursor__failures, acrm__cell_int(failures));
    acrm__set(batch->cursor, F_webhook_cursor__resume_at,
              acrm__cell_int(call->now + send_pause(all, chance, sent)));
    if (acrm__is_null(batch->cursor, F_webhook_cursor__failing_since))
        acrm__set(batch->cursor, F_webhook_cursor__failing_since, acrm__cell_int(call->now));
    if (!acrm__int(batch->endpoint, F_webhook_endpoint__enabled))
        return ACRM_OK;
    if (sent->code == SEND_GONE)
        return acrm__webhook_stop(call, batch->endpoint, "gone");
    if (call->now - acrm__int(batch->cursor, F_webhook_cursor__failing_since) >= SEND_FAILING)
        return acrm__webhook_stop(call, batch->endpoint, "failing");
    return ACRM_OK;
}

static void send_succeeded(acrm__call *call, acrm__webhook_batch *batch)
{
    acrm__set(batch->cursor, F_webhook_cursor__failures, acrm__cell_int(0));
    acrm__set(batch->cursor, F_webhook_cursor__failing_since, acrm__cell_null());
    acrm__set(batch->cursor, F_webhook_cursor__resume_at, acrm__cell_null());
    acrm__set(batch->cursor, F_webhook_cursor__delivered_at, acrm__cell_int(call->now));
}

int32_t acrm__webhook_keep(acrm__call *call, acrm__webhook_batch *batch, acrm__webhook_told *told)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < batch->handed; i++) {
        acrm__rec *delivery = batch->deliveries.items[i];
        const acrm_sent *sent = &batch->sent[i];
        if (!batch->bodies[i]) {
            acrm__set(delivery, F_webhook_delivery__status, acrm__cell_text("dropped"));
        } else if (send_arrived(sent)) {
            send_set_outcome(call, delivery, sent, "delivered");
            send_succeeded(call, batch);
            told->delivered++;
        } else {
            st = send_failed(call, batch, delivery, sent);
            told->failed++;
        }
        if (st == ACRM_OK)
            st = acrm__update(call, delivery);
    }
    acrm__set(batch->cursor, F_webhook_cursor__busy_until, acrm__cell_null());
    return st == ACRM_OK ? acrm__update(call, batch->cursor) : st;
}

int32_t acrm__webhook_keep_test(acrm__call *call, acrm__webhook_batch *batch)
{
    const acrm_sent *sent = &batch->sent[0];

    send_set_outcome(call, batch->deliveries.items[0], sent,
                     send_arrived(sent) ? "delivered" : "dead");
    return acrm__update(call, batch->deliveries.items[0]);
}
