/* SPDX-License-Identifier: MIT */
/* What comes back: receipts, replies, bounces, and words by which customers want no more. */
#include "base/text.h"
#include "base/value.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

/* --- Receipts --- */

static int32_t inbound_find(acrm__call *call, const char *transport, const char *reference,
                            acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_message__reference, ACRM_FILTER_EQ, acrm__cell_text(reference) },
        { F_message__transport, ACRM_FILTER_EQ, acrm__cell_text(transport) },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "message", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t inbound_suppress(acrm__call *call, const acrm_cell *customer, const char *channel,
                                const char *cause, const acrm_cell *point)
{
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    const char *id = acrm__id_text(call, customer->data);
    bool ok = args && id && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "customer_id", id) &&
              acrm__put_text(args, "channel", channel) && acrm__put_text(args, "cause", cause);

    if (ok && point && point->type != ACRM_CELL_NULL)
        ok = acrm__put_text(args, "contact_point_id", acrm__id_text(call, point->data));
    return ok ? acrm__run(call, "contact_suppression.create", args, &out) : acrm__nomem(call);
}

/* The address is marked; a complaint keeps the customer from all messages of the channel. */
int32_t acrm__message_bounced(acrm__call *call, const acrm__rec *message, const char *cause)
{
    const acrm_cell *point_id = &message->cells[F_message__contact_point_id];
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, *point_id };
    acrm__rec *point = NULL;
    int32_t st = ACRM_OK;

    if (strcmp(cause, "bounced") != 0 || point_id->type == ACRM_CELL_NULL)
        return inbound_suppress(call, &message->cells[F_message__customer_id],
                                acrm__text(message, F_message__channel), cause, point_id);
    st = acrm__find_one(call, &(acrm__select){ .entity = "contact_point", .terms = &by_id,
        .n_terms = 1, .as_system = true }, &point);
    if (st != ACRM_OK || !point)
        return st;
    acrm__set(point, acrm__field_of(point->entity, "valid"), acrm__cell_int(0));
    return acrm__update(call, point);
}

static int32_t inbound_outcome(acrm__call *call, acrm__rec *rec, const char *outcome)
{
    const char *status = acrm__text(rec, F_message__status);
    const char *reason = acrm__arg_text(call, "reason");
    int64_t at = call->now;

    (void)acrm__arg_time(call, "at", &at);
    if (strcmp(outcome, "delivered") == 0 || strcmp(outcome, "read") == 0) {
        if (strcmp(status, "delivered") == 0)
            return ACRM_OK;
        acrm__set(rec, F_message__status, acrm__cell_text("delivered"));
        acrm__set(rec, F_message__delivered_at, acrm__cell_int(at));
        return acrm__update(call, rec);
    }
    if (strcmp(status, "failed") == 0)
        return ACRM_OK;
    acrm__set(rec, F_message__status, acrm__cell_text("failed"));
    acrm__set(rec, F_message__reason, acrm__cell_text(reason ? reason : outcome));
    int32_t st = acrm__update(call, rec);
    if (st == ACRM_OK && strcmp(outcome, "failed") != 0)
        st = acrm__message_bounced(call, rec, outcome);
    return st;
}

int32_t acrm__message_receipt(acrm__call *call)
{
    const char *reference = acrm__arg_text(call, "reference");
    acrm__rec *rec = NULL;
    int32_t st = inbound_find(call, acrm__arg_text(call, "transport"), reference, &rec);

    if (st == ACRM_OK && !rec)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "reference",
                          "no message went by this transport under this reference");
    if (st == ACRM_OK)
        st = inbound_outcome(call, rec, acrm__arg_text(call, "outcome"));
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* --- Messages from customers --- */

/* Words by which people end messages, folded; a message is one of them and nothing more. */
static const char *const inbound_stops[] = {
    "stop", "stopall", "end", "quit", "cancel", "unsubscribe", "remove", "arret", "annulla",
    "disiscrivi", "стоп", "отписаться", "отмена", "退订", "取消", "لغو", "توقف",
};

static int32_t inbound_is_stop(acrm__call *call, const char *body, bool *stop)
{
    acrm__str folded, word;

    *stop = false;
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__str_init(&word, &call->arena->allocator);
    acrm__fold(body, strlen(body), &folded);
    for (size_t i = 0; i < sizeof inbound_stops / sizeof inbound_stops[0] && !*stop; i++) {
        acrm__str_clear(&word);
        acrm__fold(inbound_stops[i], strlen(inbound_stops[i]), &word);
        *stop = word.len == folded.len && memcmp(word.data, folded.data, word.len) == 0;
    }
    bool failed = folded.failed || word.failed;
    acrm__str_free(&folded);
    acrm__str_free(&word);
    return failed ? acrm__nomem(call) : ACRM_OK;
}

/* The customer behind an address: the one it belongs to alone. */
static int32_t inbound_customer(acrm__call *call, acrm__rec *rec)
{
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    const char *sender = acrm__arg_text(call, "from"), *channel = acrm__arg_text(call, "channel");
    bool number = strcmp(channel, "sms") == 0 || strcmp(channel, "phone") == 0 ||
                  strcmp(channel, "fax") == 0;
    acrm__str normal;
    acrm__recs points = { NULL, 0 };

    acrm__str_init(&normal, &call->arena->allocator);
    if (strcmp(channel, "email") != 0 ||
        !acrm__email_normalise(sender, strlen(sender), &normal)) {
        acrm__str_clear(&normal);
        for (const char *p = sender; *p; p++) /* E.164, as transports tell it */
            if (!number || (*p >= '0' && *p <= '9') || (*p == '+' && p == sender))
                acrm__str_putc(&normal, *p);
    }
    const char *value = normal.failed ? NULL
                                      : acrm__arena_text(call->arena, normal.data, normal.len);
    acrm__str_free(&normal);
    if (!value)
        return acrm__nomem(call);
    const acrm__term is = { acrm__field_of(entity, "match_value"), ACRM_FILTER_EQ,
                            acrm__cell_text(value) };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "contact_point", .terms = &is,
        .n_terms = 1, .limit = 20, .as_system = true }, &points);
    uint32_t owner = acrm__field_of(entity, "customer_id");
    bool one = points.count > 0;
    for (size_t i = 1; st == ACRM_OK && i < points.count; i++)
        one = one && acrm__cell_equal(&points.items[i]->cells[owner],
                                      &points.items[0]->cells[owner]);
    if (st == ACRM_OK && one)
        acrm__set(rec, F_inbound_message__customer_id, points.items[0]->cells[owner]);
    return st;
}

/* Whether it came before under the same name. */
static int32_t inbound_again(acrm__call *call, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_inbound_message__external_id, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "external_id")) },
        { F_inbound_message__transport, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "transport")) },
    };

    if (!acrm__arg_text(call, "external_id"))
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "inbound_message", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t inbound_fill(acrm__call *call, acrm__rec *rec, bool stop)
{
    const char *answers = acrm__arg_text(call, "answers");
    acrm__rec *message = NULL;
    int64_t at = call->now;
    int32_t st = ACRM_OK;

    (void)acrm__arg_time(call, "at", &at);
    acrm__set(rec, F_inbound_message__at, acrm__cell_int(at));
    acrm__set(rec, F_inbound_message__channel, acrm__cell_text(acrm__arg_text(call, "channel")));
    acrm__set(rec, F_inbound_message__kind, acrm__cell_text(stop ? "stop" : "reply"));
    acrm__set(rec, F_inbound_message__sender, acrm__cell_text(acrm__arg_text(call, "from")));
    acrm__set(rec, F_inbound_message__body, acrm__cell_text(acrm__arg_text(call, "body")));
    acrm__set(rec, F_inbound_message__transport,
              acrm__cell_text(acrm__arg_text(call, "transport")));
    acrm__set(rec, F_inbound_message__external_id,
              acrm__cell_text(acrm__arg_text(call, "external_id")));
    if (answers)
        st = inbound_find(call, acrm__arg_text(call, "transport"), answers, &message);
    if (st != ACRM_OK || !message)
        return st == ACRM_OK ? inbound_customer(call, rec) : st;
    acrm__set(rec, F_inbound_message__message_id, message->cells[F_ID]);
    acrm__set(rec, F_inbound_message__customer_id, message->cells[F_message__customer_id]);
    return ACRM_OK;
}

int32_t acrm__message_receive(acrm__call *call)
{
    acrm__rec *rec = NULL;
    bool stop = false;
    int32_t st = inbound_again(call, &rec);

    if (st != ACRM_OK || rec)
        return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
    rec = acrm__new(call, "inbound_message");
    st = rec ? inbound_is_stop(call, acrm__arg_text(call, "body"), &stop) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = inbound_fill(call, rec, stop);
    if (st == ACRM_OK)
        st = acrm__insert(call, rec);
    if (st == ACRM_OK)
        st = acrm__emit(call, stop ? "message.stopped" : "message.received", "inbound_message",
                        acrm__id(rec, F_ID), NULL);
    if (st == ACRM_OK && stop && !acrm__is_null(rec, F_inbound_message__customer_id))
        st = inbound_suppress(call, &rec->cells[F_inbound_message__customer_id],
                              acrm__arg_text(call, "channel"), "unsubscribed", NULL);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
