/* SPDX-License-Identifier: MIT */
/* What people do with endpoints: try one, look at it, have events sent once more, verify. */
#include "kernel/inside.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#include <string.h>

#define OPERATE_BUSY (INT64_C(900) * ACRM__WEBHOOK_SECOND)

/* --- webhook.test --- */

static int32_t operate_end(acrm__call *call, int32_t st)
{
    if (st == ACRM_OK)
        return acrm__commit(call);
    acrm__rollback(call);
    return st;
}

static int32_t operate_test_prepare(acrm__call *call, acrm__webhook_batch *batch)
{
    acrm__call system = *call;
    acrm__rec *delivery = NULL;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "id", &batch->endpoint);

    system.as_system = true;
    if (st == ACRM_OK)
        st = acrm__webhook_delivery_new(&system, batch->endpoint, "webhook.test",
                                        call->now + OPERATE_BUSY, &delivery);
    acrm__rec **one = acrm__arena_array(call->arena, 1, sizeof *one);
    if (st == ACRM_OK && !one)
        st = acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    one[0] = delivery;
    batch->deliveries = (acrm__recs){ one, 1 };
    return acrm__webhook_prepare(&system, batch);
}

int32_t acrm__webhook_test(acrm__call *call)
{
    const acrm_transport *transport = acrm__webhook_transport(call);
    acrm__webhook_batch batch = { .handed = 0 };
    int32_t st;

    if (!transport)
        return acrm__fail(call, ACRM_E_UNSUPPORTED, "transport", NULL,
                          "the host has no transport for webhooks");
    st = acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    st = operate_end(call, operate_test_prepare(call, &batch));
    if (st == ACRM_OK)
        st = acrm__webhook_hand_over(call, transport, &batch);
    acrm__webhook_secrets_wipe(&batch.secrets);
    if (st == ACRM_OK)
        st = acrm__begin(call);
    if (st != ACRM_OK)
        return st;
    st = acrm__webhook_keep_test(call, &batch);
    if (st == ACRM_OK)
        st = acrm__render(call, batch.deliveries.items[0], call->out);
    return operate_end(call, st);
}

/* --- webhook.replay --- */

/* The first event at or after an instant, by halving: numbers have no gaps, and their instants
 * grow as far as the host's clock did. */
static int32_t operate_seq_at(acrm__call *call, int64_t instant, int64_t last, int64_t *out)
{
    int64_t low = 1, high = last + 1;
    int32_t st = ACRM_OK;

    while (st == ACRM_OK && low < high) {
        int64_t middle = low + (high - low) / 2;
        acrm__feed_event *event = NULL;
        uint32_t n = 0;
        st = acrm__feed_read(call, &(acrm__feed_range){ .after = middle - 1, .until = middle,
                                 .limit = 1 }, &event, &n);
        if (n > 0 && event->at >= instant)
            high = middle;
        else
            low = middle + 1;
    }
    *out = low;
    return st;
}

static int32_t operate_replay_one(acrm__call *call, int64_t *n)
{
    acrm__rec *delivery = NULL;
    acrm__call system = *call;
    int32_t st = acrm__load_arg(call, "webhook_delivery", "delivery_id", &delivery);

    if (st == ACRM_OK && acrm__is_null(delivery, F_webhook_delivery__seq))
        return acrm__fail(call, ACRM_E_INVALID, "test", "delivery_id",
                          "a test is not sent again: webhook.test makes a new one");
    system.as_system = true;
    *n = 1;
    return st == ACRM_OK ? acrm__webhook_again(&system, delivery) : st;
}

static int32_t operate_bounds(acrm__call *call, acrm__rec *endpoint, acrm__webhook_range *all)
{
    acrm__rec *cursor = NULL;
    int64_t since = 0, until = 0, last = 0;
    int32_t st = acrm__webhook_cursor(call, endpoint, &cursor);

    if (st != ACRM_OK)
        return st;
    last = acrm__int(cursor, F_webhook_cursor__seq);
    all->until = last;
    if (!acrm__arg_time(call, "since", &since))
        return acrm__fail(call, ACRM_E_INVALID, "required", "since",
                          "give since, or delivery_id");
    st = operate_seq_at(call, since, last, &all->after);
    all->after--;
    if (st == ACRM_OK && acrm__arg_time(call, "until", &until)) {
        st = operate_seq_at(call, until, last, &all->until);
        all->until--;
    }
    return st;
}

/* A window of events in a transaction; what is done stays when the rest fails. */
static int32_t operate_replay_window(acrm__call *call, acrm__webhook_range *all, bool first,
                                     int64_t *n)
{
    acrm__rec *endpoint = NULL;
    acrm__call system = *call;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "endpoint_id", &endpoint);

    system.as_system = true;
    if (st == ACRM_OK && first)
        st = operate_bounds(&system, endpoint, all);
    acrm__webhook_range window = *all;
    if (window.until > window.after + ACRM__WEBHOOK_WINDOW)
        window.until = window.after + ACRM__WEBHOOK_WINDOW;
    if (st == ACRM_OK && window.after < window.until)
        st = acrm__webhook_enqueue(&system, endpoint, &window, n);
    all->after = window.until;
    return st;
}

int32_t acrm__webhook_replay(acrm__call *call)
{
    acrm__webhook_range all = { .again = true };
    acrm__arena arena;
    acrm__call step = *call;
    int64_t n = 0;
    int32_t st = ACRM_OK;
    bool one = acrm__arg(call, "delivery_id") != NULL, first = true;

    if (one == (acrm__arg(call, "endpoint_id") != NULL))
        return acrm__fail(call, ACRM_E_INVALID, "required", one ? "delivery_id" : "endpoint_id",
                          "give either delivery_id, or endpoint_id and since");
    acrm__arena_init(&arena, &call->session->engine->allocator);
    step.arena = &arena;
    while (st == ACRM_OK && (first || all.after < all.until)) {
        st = acrm__begin(&step);
        if (st != ACRM_OK)
            break;
        st = operate_end(&step, one ? operate_replay_one(&step, &n)
                                    : operate_replay_window(&step, &all, first, &n));
        first = false;
        acrm__arena_reset(&arena);
        if (st == ACRM_OK)
            st = acrm__progress(call, "webhooks", n, 0);
    }
    acrm__arena_free(&arena);
    if (st == ACRM_OK && !acrm__put_int(call->out, "count", n))
        st = acrm__nomem(call);
    return st;
}

/* --- webhook.status --- */

static int32_t operate_count(acrm__call *call, const acrm__rec *endpoint, const char *status)
{
    const acrm__term terms[] = {
        { F_webhook_delivery__endpoint_id, ACRM_FILTER_EQ, endpoint->cells[F_ID] },
        { F_webhook_delivery__status, ACRM_FILTER_EQ, acrm__cell_text(status) },
    };
    int64_t n = 0;
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "webhook_delivery", .terms = terms,
                                                    .n_terms = 2, .as_system = true }, &n);

    return st == ACRM_OK && !acrm__put_int(call->out, status, n) ? acrm__nomem(call) : st;
}

static bool operate_instant(acrm__call *call, const char *key, const acrm__rec *rec,
                            uint32_t field)
{
    const char *text = acrm__is_null(rec, field)
                           ? NULL : acrm__instant_text(call, acrm__int(rec, field));

    return (text || acrm__is_null(rec, field)) && acrm__put_text(call->out, key, text);
}

int32_t acrm__webhook_status(acrm__call *call)
{
    acrm__rec *endpoint = NULL, *cursor = NULL;
    int64_t head = 0;
    int32_t st = acrm__load_arg(call, "webhook_endpoint", "id", &endpoint);

    if (st == ACRM_OK)
        st = acrm__webhook_cursor(call, endpoint, &cursor);
    if (st == ACRM_OK)
        st = acrm__feed_head(call, &head);
    if (st != ACRM_OK)
        return st;
    bool enabled = acrm__int(endpoint, F_webhook_endpoint__enabled) != 0;
    bool ok = acrm__put_text(call->out, "url", acrm__text(endpoint, F_webhook_endpoint__url)) &&
              acrm__put_bool(call->out, "enabled", enabled) &&
              acrm__put_text(call->out, "disabled_reason",
                             acrm__text(endpoint, F_webhook_endpoint__disabled_reason)) &&
              acrm__put_int(call->out, "behind",
                            head - acrm__int(cursor, F_webhook_cursor__seq));
    st = ok ? operate_count(call, endpoint, "waiting") : acrm__nomem(call);
    if (st == ACRM_OK)
        st = operate_count(call, endpoint, "dead");
    ok = st == ACRM_OK &&
         acrm__put_int(call->out, "failures", acrm__int(cursor, F_webhook_cursor__failures)) &&
         operate_instant(call, "failing_since", cursor, F_webhook_cursor__failing_since) &&
         operate_instant(call, "delivered_at", cursor, F_webhook_cursor__delivered_at) &&
         operate_instant(call, "resume_at", cursor, F_webhook_cursor__resume_at);
    return st == ACRM_OK && !ok ? acrm__nomem(call) : st;
}

/* --- webhook.verify --- */

int32_t acrm__webhook_verify_call(acrm__call *call)
{
    const char *body = acrm__arg_text(call, "body"), *key = acrm__arg_text(call, "key");
    acrm_error *err = NULL;
    int64_t at = call->now;

    (void)acrm__arg_time(call, "at", &at);
    int32_t st = acrm_webhook_verify(&key, 1, acrm__arg_text(call, "id"),
                                     acrm__arg_text(call, "timestamp"),
                                     acrm__arg_text(call, "signature"), body, strlen(body),
                                     at / ACRM__WEBHOOK_SECOND,
                                     (int32_t)acrm__arg_int(call, "tolerance",
                                                            ACRM_WEBHOOK_TOLERANCE), &err);
    bool ok = acrm__put_bool(call->out, "genuine", st == ACRM_OK) &&
              acrm__put_text(call->out, "reason", st == ACRM_OK ? NULL : acrm_error_reason(err));
    if (st == ACRM_OK || st == ACRM_E_DENIED)
        st = ok ? ACRM_OK : acrm__nomem(call);
    else
        st = st == ACRM_E_NOMEM ? acrm__nomem(call)
                                : acrm__fail(call, st, acrm_error_reason(err),
                                             acrm_error_field(err), "%s",
                                             acrm_error_message(err));
    acrm_error_free(err);
    return st;
}
