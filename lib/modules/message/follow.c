/* SPDX-License-Identifier: MIT */
/* What readers of messages do: open them, follow their links, want no more of them. The token is
 * who they are; the host answers for nobody else's. */
#include "base/value.h"
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"
#include "modules/message/tracking.h"

#include <string.h>

/* The message of the call's token; *out NULL: it is no more. */
static int32_t follow_message(acrm__call *call, int32_t purpose, acrm__token *token,
                              acrm__rec **out)
{
    if (!acrm__token_read(call->session->engine, acrm__arg_text(call, "token"), purpose, token))
        return acrm__fail(call, ACRM_E_DENIED, "token", "token",
                          "this token is not one of this database, or not one for this");
    if (token->expires < call->now / 1000000)
        return acrm__fail(call, ACRM_E_DENIED, "expired", "token", "this token has expired");
    return acrm__load_or_null(call, acrm__entity_of(call, "message"), token->message, out);
}

/* The row that counts it; *first: it was not done before. */
static int32_t follow_count(acrm__call *call, const acrm__rec *message, const char *kind,
                            uint32_t position, const char *url, bool *first)
{
    const acrm__term terms[] = {
        { F_message_link__message_id, ACRM_FILTER_EQ, message->cells[F_ID] },
        { F_message_link__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
        { F_message_link__position, ACRM_FILTER_EQ, acrm__cell_int(position) },
    };
    acrm__rec *rec = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "message_link", .terms = terms,
                                                       .n_terms = 3, .as_system = true }, &rec);

    *first = st == ACRM_OK && !rec;
    if (*first) {
        rec = acrm__new(call, "message_link");
        if (!rec)
            return acrm__nomem(call);
        for (size_t i = 0; i < 3; i++)
            acrm__set(rec, terms[i].field, terms[i].value);
        acrm__set(rec, F_message_link__customer_id, message->cells[F_message__customer_id]);
        acrm__set(rec, F_message_link__template_id, message->cells[F_message__template_id]);
        acrm__set(rec, F_message_link__url, acrm__cell_text(url));
        acrm__set(rec, F_message_link__first_at, acrm__cell_int(call->now));
    }
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_message_link__times,
              acrm__cell_int(acrm__int(rec, F_message_link__times) + 1));
    acrm__set(rec, F_message_link__last_at, acrm__cell_int(call->now));
    return *first ? acrm__insert(call, rec) : acrm__update(call, rec);
}

static int32_t follow_done(acrm__call *call, const acrm__rec *message, const char *event,
                           bool first)
{
    int32_t st = ACRM_OK;

    if (first && message)
        st = acrm__emit(call, event, "message", acrm__id(message, F_ID), NULL);
    return st == ACRM_OK && !acrm__put_bool(call->out, "first", first) ? acrm__nomem(call) : st;
}

int32_t acrm__message_opened(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *message = NULL;
    acrm__token token;
    bool first = false;

    system.as_system = true;
    int32_t st = follow_message(&system, ACRM__TOKEN_OPEN, &token, &message);
    if (st == ACRM_OK && message)
        st = follow_count(&system, message, "open", 0, NULL, &first);
    return st == ACRM_OK ? follow_done(&system, message, "message.opened", first) : st;
}

/* Where a link of the message led; *out NULL: its text is no more. */
static int32_t follow_url(acrm__call *call, const acrm__rec *message, uint32_t n,
                          const char **out)
{
    const char *body = acrm__text(message, F_message__body);
    acrm__str url;

    *out = NULL;
    acrm__str_init(&url, &call->arena->allocator);
    bool found = body && acrm__link_at(body, acrm__int(message, F_message__html) != 0, n, &url);
    if (found && !url.failed)
        *out = acrm__arena_text(call->arena, url.data, url.len);
    acrm__str_free(&url);
    return found && !*out ? acrm__nomem(call) : ACRM_OK;
}

int32_t acrm__message_clicked(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *message = NULL;
    const char *url = NULL;
    acrm__token token;
    bool first = false;

    system.as_system = true;
    int32_t st = follow_message(&system, ACRM__TOKEN_CLICK, &token, &message);
    if (st == ACRM_OK && message)
        st = follow_url(&system, message, token.link, &url);
    if (st == ACRM_OK && message)
        st = follow_count(&system, message, "click", token.link, url, &first);
    if (st == ACRM_OK && !acrm__put_text(call->out, "url", url))
        st = acrm__nomem(call);
    return st == ACRM_OK ? follow_done(&system, message, "message.clicked", first) : st;
}

/* --- Unsubscribing --- */

static int32_t follow_withdraw(acrm__call *call, const acrm__rec *message, acrm_value *args,
                               bool *already)
{
    acrm_value *answer = NULL;
    const char *proof = acrm__arena_format(call->arena, "link in message %s",
                                           acrm__id_text(call, acrm__id(message, F_ID)));
    int32_t st = acrm__run(call, "consent.check", args, &answer);

    if (st != ACRM_OK)
        return st;
    const char *reason = acrm_value_text(acrm_value_get(answer, "reason"), NULL);
    *already = reason && (strcmp(reason, "withdrawn") == 0 || strcmp(reason, "refused") == 0);
    if (*already)
        return ACRM_OK;
    bool ok = proof && acrm__put_text(args, "source", "unsubscribe link") &&
              acrm__put_text(args, "proof", proof);
    return ok ? acrm__run(call, "consent.withdraw", args, &answer) : acrm__nomem(call);
}

int32_t acrm__message_unsubscribe(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *message = NULL, *customer = NULL;
    acrm_value *args = acrm__value_in(call->arena);
    acrm__token token;
    bool first = false, already = true;

    system.as_system = true;
    int32_t st = follow_message(&system, ACRM__TOKEN_UNSUBSCRIBE, &token, &message);
    if (st == ACRM_OK && message)
        st = acrm__load_or_null(&system, acrm__entity_of(call, "customer"),
                                acrm__id(message, F_message__customer_id), &customer);
    if (st == ACRM_OK && customer) {
        const char *id = acrm__id_text(call, acrm__id(customer, F_ID));
        const char *channel = acrm__text(message, F_message__channel);
        const char *purpose = acrm__text(message, F_message__purpose);
        bool ok = args && id && acrm_value_set_map(args) == ACRM_OK &&
                  acrm__put_text(args, "customer_id", id) &&
                  acrm__put_text(args, "channel", channel) &&
                  acrm__put_text(args, "purpose", purpose) &&
                  acrm__put_text(call->out, "channel", channel) &&
                  acrm__put_text(call->out, "purpose", purpose);
        st = ok ? follow_withdraw(&system, message, args, &already) : acrm__nomem(call);
        if (st == ACRM_OK)
            st = follow_count(&system, message, "unsubscribe", 0, NULL, &first);
    }
    if (st == ACRM_OK && !acrm__put_bool(call->out, "already", already))
        st = acrm__nomem(call);
    return st == ACRM_OK ? follow_done(&system, message, "message.unsubscribed", first) : st;
}
