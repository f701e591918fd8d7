/* SPDX-License-Identifier: MIT */
/* Ordering messages, and what people do with those that wait or failed. */
#include "base/value.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

enum { ORDER_DEAD_MAX = 200 };

/* What is to be sent, to whom. */
typedef struct order {
    acrm__rec *customer;
    acrm__rec *point;
    acrm__composed text;
    const char *recipient;
} order;

static int32_t order_read(acrm__call *call, order *o)
{
    const char *channel = acrm__arg_text(call, "channel");
    int32_t st = acrm__load_arg(call, "customer", "customer_id", &o->customer);

    if (st == ACRM_OK)
        st = acrm__message_compose(call, o->customer, &o->text);
    o->recipient = acrm__arg_text(call, "to");
    if (st == ACRM_OK && !o->recipient)
        st = acrm__message_point(call, acrm__id(o->customer, F_ID), channel, &o->point);
    if (st == ACRM_OK && o->point)
        o->recipient = acrm__message_recipient(o->point, channel);
    return st;
}

/* The record as it would be kept. */
static acrm__rec *order_record(acrm__call *call, const order *o)
{
    acrm__rec *rec = acrm__new(call, "message");
    unsigned char subject[16];

    if (!rec)
        return NULL;
    acrm__set(rec, F_message__customer_id, o->customer->cells[F_ID]);
    acrm__set(rec, F_message__at, acrm__cell_int(call->now));
    acrm__set(rec, F_message__channel, acrm__cell_text(acrm__arg_text(call, "channel")));
    acrm__set(rec, F_message__purpose, acrm__cell_text(o->text.purpose));
    if (o->text.template_)
        acrm__set(rec, F_message__template_id, o->text.template_->cells[F_ID]);
    acrm__set(rec, F_message__transactional, acrm__cell_int(o->text.transactional));
    if (o->point)
        acrm__set(rec, F_message__contact_point_id, o->point->cells[F_ID]);
    acrm__set(rec, F_message__recipient, acrm__cell_text(o->recipient));
    acrm__set(rec, F_message__subject, acrm__cell_text(o->text.subject));
    acrm__set(rec, F_message__body, acrm__cell_text(o->text.body));
    acrm__set(rec, F_message__html, acrm__cell_int(o->text.html));
    acrm__set(rec, F_message__language, acrm__cell_text(o->text.language));
    acrm__set(rec, F_message__priority, acrm__cell_int(acrm__arg_int(call, "priority", 5)));
    acrm__set(rec, F_message__status, acrm__cell_text("queued"));
    acrm__set(rec, F_message__moved, acrm__cell_int(0));
    acrm__set(rec, F_message__attempts, acrm__cell_int(0));
    acrm__set(rec, F_message__idempotency, acrm__cell_text(acrm__arg_text(call, "once")));
    acrm__set(rec, F_message__subject_entity,
              acrm__cell_text(acrm__arg_text(call, "subject_entity")));
    if (acrm__arg_id(call, "subject_id", subject)) {
        unsigned char *copy = acrm__arena_alloc(call->arena, sizeof subject);
        if (!copy)
            return NULL;
        memcpy(copy, subject, sizeof subject);
        acrm__set(rec, F_message__subject_id, acrm__cell_id(copy));
    }
    return rec;
}

int32_t acrm__message_preview(acrm__call *call)
{
    order o = { .customer = NULL };
    acrm__verdict verdict = { .until = 0 };
    acrm__policy *policy = NULL;
    int32_t st = order_read(call, &o);
    acrm__rec *rec = st == ACRM_OK ? order_record(call, &o) : NULL;

    if (st != ACRM_OK)
        return st;
    if (!rec)
        return acrm__nomem(call);
    st = acrm__policy_read(call, &rec, 1, &policy);
    if (st == ACRM_OK)
        st = acrm__policy_judge(call, policy, 0, &verdict);
    acrm__policy_close(policy);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(call->out, "to", o.recipient) &&
              acrm__put_text(call->out, "subject", o.text.subject) &&
              acrm__put_text(call->out, "body", o.text.body) &&
              acrm__put_text(call->out, "language", o.text.language) &&
              acrm__put_value(call->out, "missing", o.text.missing) &&
              acrm__put_bool(call->out, "allowed", !verdict.refused) &&
              acrm__put_text(call->out, "reason",
                             verdict.refused ? verdict.refused : verdict.moved) &&
              acrm__put_text(call->out, "not_before",
                             verdict.moved ? acrm__instant_text(call, verdict.until) : NULL);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* The message ordered before under the same text, if any. */
static int32_t order_again(acrm__call *call, acrm__rec **out)
{
    const char *once = acrm__arg_text(call, "once");
    const acrm__term named = { F_message__idempotency, ACRM_FILTER_EQ, acrm__cell_text(once) };

    return once ? acrm__find_one(call, &(acrm__select){ .entity = "message", .terms = &named,
                                     .n_terms = 1 }, out)
                : ACRM_OK;
}

static int32_t order_missing(acrm__call *call, const acrm_value *missing)
{
    if (acrm_value_count(missing) == 0 || acrm__arg_bool(call, "allow_missing", false))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "missing", "values",
                      "there is no value for %.100s (%zu missing in all); give them in values, or "
                      "allow_missing", acrm_value_text(acrm_value_at(missing, 0), NULL),
                      acrm_value_count(missing));
}

static int32_t order_when(acrm__call *call, const order *o, acrm__rec *rec)
{
    const acrm__entity *entity = acrm__entity_of(call, "preference");
    const acrm__term of = { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ,
                            o->customer->cells[F_ID] };
    acrm__rec *own = NULL;
    int32_t st = ACRM_OK;

    if (acrm__arg(call, "local_time"))
        st = acrm__find_one(call, &(acrm__select){ .entity = "preference", .terms = &of,
            .n_terms = 1, .as_system = true }, &own);
    return st == ACRM_OK ? acrm__message_when(call, rec, own, o->point, o->customer) : st;
}

int32_t acrm__message_send(acrm__call *call)
{
    order o = { .customer = NULL };
    acrm__rec *rec = NULL;
    int32_t st = order_again(call, &rec);

    if (st != ACRM_OK || rec)
        return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
    st = order_read(call, &o);
    if (st == ACRM_OK)
        st = order_missing(call, o.text.missing);
    if (st == ACRM_OK && !o.recipient)
        return acrm__fail(call, ACRM_E_INVALID, "address", "to",
                          "the customer has no valid contact point for this channel; give to, or "
                          "add one");
    if (st != ACRM_OK)
        return st;
    rec = order_record(call, &o);
    if (!rec)
        return acrm__nomem(call);
    st = order_when(call, &o, rec);
    if (st == ACRM_OK)
        st = acrm__message_files(call, o.customer, &rec->cells[F_message__files]);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* --- What people do --- */

static bool order_is(const acrm__rec *rec, const char *status)
{
    return strcmp(acrm__text(rec, F_message__status), status) == 0;
}

static int32_t order_change(acrm__call *call, acrm__rec *rec, const char *status)
{
    acrm__set(rec, F_message__status, acrm__cell_text(status));
    int32_t st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

static int32_t order_wrong(acrm__call *call, const acrm__rec *rec, const char *allowed)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "status", "id",
                      "the message is %s; allowed are those that are %s",
                      acrm__text(rec, F_message__status), allowed);
}

int32_t acrm__message_cancel(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "message", "id", &rec);

    if (st == ACRM_OK && !order_is(rec, "queued"))
        return order_wrong(call, rec, "queued");
    return st == ACRM_OK ? order_change(call, rec, "cancelled") : st;
}

int32_t acrm__message_recall(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = order_again(call, &rec);

    if (st != ACRM_OK)
        return st;
    bool waits = rec && order_is(rec, "queued");
    if (waits) {
        acrm__set(rec, F_message__status, acrm__cell_text("cancelled"));
        st = acrm__update(call, rec);
    }
    return st == ACRM_OK && !acrm__put_bool(call->out, "recalled", waits) ? acrm__nomem(call) : st;
}

int32_t acrm__message_retry(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "message", "id", &rec);

    if (st != ACRM_OK)
        return st;
    if (!order_is(rec, "dead") && !order_is(rec, "failed") && !order_is(rec, "refused"))
        return order_wrong(call, rec, "dead, failed or refused");
    acrm__set(rec, F_message__attempts, acrm__cell_int(0));
    acrm__set(rec, F_message__moved, acrm__cell_int(0));
    acrm__set(rec, F_message__reason, acrm__cell_null());
    acrm__set(rec, F_message__next_at, acrm__cell_int(call->now));
    return order_change(call, rec, "queued");
}

int32_t acrm__message_drop(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_arg(call, "message", "id", &rec);

    if (st == ACRM_OK && !order_is(rec, "dead") && !order_is(rec, "failed"))
        return order_wrong(call, rec, "dead or failed");
    return st == ACRM_OK ? order_change(call, rec, "cancelled") : st;
}

/* --- Looking --- */

int32_t acrm__message_outbox(acrm__call *call)
{
    static const char *const states[] = { "queued", "sending", "sent", "delivered", "refused",
                                          "failed", "dead", "cancelled" };
    const acrm__term queued = { F_message__status, ACRM_FILTER_EQ, acrm__cell_text("queued") };
    acrm__rec *next = NULL;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof states / sizeof states[0] && st == ACRM_OK; i++) {
        const acrm__term is = { F_message__status, ACRM_FILTER_EQ, acrm__cell_text(states[i]) };
        int64_t n = 0;
        st = acrm__count(call, &(acrm__select){ .entity = "message", .terms = &is, .n_terms = 1 },
                         &n);
        if (st == ACRM_OK && !acrm__put_int(call->out, states[i], n))
            st = acrm__nomem(call);
    }
    if (st == ACRM_OK)
        st = acrm__find_one(call, &(acrm__select){ .entity = "message", .terms = &queued,
            .n_terms = 1, .order = F_message__next_at }, &next);
    if (st != ACRM_OK)
        return st;
    const char *at = next ? acrm__instant_text(call, acrm__int(next, F_message__next_at)) : NULL;
    return acrm__put_text(call->out, "next_at", at) ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__message_dead(acrm__call *call)
{
    const acrm__term dead = { F_message__status, ACRM_FILTER_EQ, acrm__cell_text("dead") };
    acrm_value *items = acrm__put_list(call->out, "items");
    acrm__recs found = { NULL, 0 };

    int32_t st = items ? ACRM_OK : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "message", .terms = &dead, .n_terms = 1,
            .order = F_message__next_at, .descending = true, .limit = ORDER_DEAD_MAX }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *item = acrm__add_map(items);
        st = item ? acrm__render(call, found.items[i], item) : acrm__nomem(call);
    }
    return st;
}
