/* SPDX-License-Identifier: MIT */
/*
 * Whether a message may leave now, asked when it is about to: the customer's wishes, then caps,
 * then quiet hours. A transactional message passes caps and quiet hours, never a suppression.
 */
#include "kernel/inside.h"
#include "modules/message/entities.h"
#include "modules/message/message.h"

#include <string.h>

static int32_t policy_customer(acrm__call *call, const acrm__rec *message, acrm__verdict *out)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, message->cells[F_message__customer_id] };
    acrm__rec *customer = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "customer", .terms = &by_id,
        .n_terms = 1, .as_system = true }, &customer);
    if (st == ACRM_OK &&
        (!customer || !acrm__is_null(customer, acrm__field_of(customer->entity, "erased_at"))))
        out->refused = "erased";
    return st;
}

static int32_t policy_consent(acrm__call *call, const acrm__rec *message, acrm__verdict *out)
{
    acrm_value *args = acrm__value_in(call->arena), *answer = NULL;
    const char *customer = acrm__id_text(call, acrm__id(message, F_message__customer_id));
    bool ok = args && customer && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "customer_id", customer) &&
              acrm__put_text(args, "purpose", acrm__text(message, F_message__purpose)) &&
              acrm__put_text(args, "channel", acrm__text(message, F_message__channel));

    if (!ok)
        return acrm__nomem(call);
    int32_t st = acrm__run(call, "consent.check", args, &answer);
    if (st == ACRM_OK && !acrm_value_bool(acrm_value_get(answer, "allowed")))
        out->refused = acrm_value_text(acrm_value_get(answer, "reason"), NULL);
    return st;
}

/* The address must still be the customer's and valid. */
static int32_t policy_address(acrm__call *call, const acrm__rec *message, acrm__verdict *out)
{
    const unsigned char *id = acrm__id(message, F_message__contact_point_id);
    acrm__rec *point = NULL;

    if (!id)
        return ACRM_OK;
    const acrm__entity *entity = acrm__entity_of(call, "contact_point");
    acrm__term by_id = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(id) };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "contact_point",
        .terms = &by_id, .n_terms = 1, .as_system = true }, &point);
    if (st == ACRM_OK && (!point || !acrm__int(point, acrm__field_of(entity, "valid"))))
        out->refused = "address";
    return st;
}

/* The instant from which on one more message fits: when the most-th last one leaves the window. */
static int32_t policy_cap(acrm__call *call, const acrm__rec *message, const char *channel,
                          int64_t most, int64_t within, acrm__verdict *out)
{
    int64_t since = call->now - within * INT64_C(1000000);
    const acrm__term terms[] = {
        { F_message__customer_id, ACRM_FILTER_EQ, message->cells[F_message__customer_id] },
        { F_message__sent_at, ACRM_FILTER_GT, acrm__cell_int(since) },
        { F_message__transactional, ACRM_FILTER_EQ, acrm__cell_int(0) },
        { F_message__channel, ACRM_FILTER_EQ, acrm__cell_text(channel) },
    };
    acrm__recs sent = { NULL, 0 };
    int64_t until = most == 0 ? INT64_MAX : 0;

    if (most == 0) {
        out->refused = "cap";
        return ACRM_OK;
    }
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message", .terms = terms,
        .n_terms = channel ? 4 : 3, .order = F_message__sent_at, .descending = true,
        .limit = (uint32_t)most, .as_system = true }, &sent);
    if (st != ACRM_OK || (int64_t)sent.count < most)
        return st;
    until = acrm__int(sent.items[sent.count - 1], F_message__sent_at) +
            within * INT64_C(1000000);
    if (until > out->until) {
        out->moved = "cap";
        out->until = until;
    }
    return ACRM_OK;
}

static int32_t policy_caps(acrm__call *call, const acrm__rec *message, const acrm__rec *preference,
                           acrm__verdict *out)
{
    const char *channel = acrm__text(message, F_message__channel);
    acrm__recs caps = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "message_cap", .as_system = true },
                            &caps);
    for (size_t i = 0; st == ACRM_OK && i < caps.count && !out->refused; i++) {
        const char *own = acrm__text(caps.items[i], F_message_cap__channel);
        if (!own || strcmp(own, channel) == 0)
            st = policy_cap(call, message, own, acrm__int(caps.items[i], F_message_cap__most),
                            acrm__int(caps.items[i], F_message_cap__within), out);
    }
    uint32_t weekly = preference ? acrm__field_of(preference->entity, "max_per_week") : 0;
    if (st == ACRM_OK && preference && !acrm__is_null(preference, weekly))
        st = policy_cap(call, message, NULL, acrm__int(preference, weekly),
                        INT64_C(7) * 86400, out);
    return st;
}

static int32_t policy_quiet(acrm__call *call, const acrm__rec *message,
                            const acrm__rec *preference, acrm__verdict *out)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    const acrm__term by_channel = { F_quiet_hours__channel, ACRM_FILTER_EQ,
                                    message->cells[F_message__channel] };
    int64_t at = out->until > call->now ? out->until : call->now;
    acrm_zone *own = NULL;
    acrm__rec *hours = NULL;
    uint32_t from = preference ? acrm__field_of(preference->entity, "quiet_from") : 0;
    bool wish = preference && !acrm__is_null(preference, from);

    int32_t st = wish ? ACRM_OK
                      : acrm__find_one(call, &(acrm__select){ .entity = "quiet_hours",
                            .terms = &by_channel, .n_terms = 1, .as_system = true }, &hours);
    if (st != ACRM_OK || (!wish && !hours))
        return st;
    const char *name = preference
                           ? acrm__text(preference, acrm__field_of(preference->entity, "zone"))
                           : NULL;
    if (name && acrm_zone_load(name, NULL, &call->arena->allocator, &own, NULL) == ACRM_OK)
        zone = own;
    int64_t end =
        wish ? acrm__message_quiet_end(zone, acrm__int(preference, from),
                                       acrm__int(preference, acrm__field_of(preference->entity,
                                                                            "quiet_to")), at)
             : acrm__message_quiet_end(zone, acrm__int(hours, F_quiet_hours__quiet_from),
                                       acrm__int(hours, F_quiet_hours__quiet_to), at);
    acrm_zone_free(own);
    if (end > at) {
        out->moved = out->moved ? out->moved : "quiet";
        out->until = end;
    }
    return ACRM_OK;
}

static int32_t policy_preference(acrm__call *call, const acrm__rec *message, acrm__rec **out)
{
    const acrm__entity *entity = acrm__entity_of(call, "preference");
    const acrm__term of = { acrm__field_of(entity, "customer_id"), ACRM_FILTER_EQ,
                            message->cells[F_message__customer_id] };

    return acrm__find_one(call, &(acrm__select){ .entity = "preference", .terms = &of,
                                                 .n_terms = 1, .as_system = true }, out);
}

int32_t acrm__message_policy(acrm__call *call, const acrm__rec *message, acrm__verdict *out)
{
    acrm__rec *preference = NULL;

    *out = (acrm__verdict){ .until = 0 };
    int32_t st = policy_customer(call, message, out);
    if (st == ACRM_OK && !out->refused)
        st = policy_consent(call, message, out);
    if (st == ACRM_OK && !out->refused)
        st = policy_address(call, message, out);
    if (st != ACRM_OK || out->refused || acrm__int(message, F_message__transactional))
        return st;
    st = policy_preference(call, message, &preference);
    if (st == ACRM_OK)
        st = policy_caps(call, message, preference, out);
    if (st == ACRM_OK && !out->refused)
        st = policy_quiet(call, message, preference, out);
    return st;
}
