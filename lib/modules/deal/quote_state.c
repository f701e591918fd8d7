/* SPDX-License-Identifier: MIT */
/* The life of a quote: issued, accepted, declined, expired or replaced. */
#include "modules/deal/deal.h"

static const char quote_timer[] = "quote.expires";

int32_t acrm__quote_need(acrm__call *call, const acrm__rec *quote, const char *state)
{
    return acrm__deal_is(quote, F_quote__state, state)
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the quote is %s",
                            acrm__text(quote, F_quote__state));
}

int32_t acrm__quote_emit(acrm__call *call, const acrm__rec *quote, const char *event)
{
    static const uint32_t told[] = {
        F_quote__number, F_quote__version_no, F_quote__customer_id, F_quote__dealer_id,
        F_quote__user_id, F_quote__lead_id, F_quote__vehicle_id, F_quote__configuration_id,
        F_quote__currency, F_quote__total, F_quote__discount_rate, F_quote__payment };
    acrm_value *data = acrm__deal_map(call);
    bool ok = data != NULL;

    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++) {
        const acrm_value *value = acrm__deal_value(call, quote, told[i]);
        ok = value && acrm__put_value(data, quote->entity->fields[told[i]].def.name, value);
    }
    return ok ? acrm__emit(call, event, "quote", acrm__id(quote, F_ID), data)
              : acrm__nomem(call);
}

int32_t acrm__quote_close(acrm__call *call, acrm__rec *quote, const char *state)
{
    const char *event = acrm__arena_format(call->arena, "quote.%s", state);

    if (!event)
        return acrm__nomem(call);
    acrm__set(quote, F_quote__state, acrm__cell_text(state));
    acrm__set(quote, F_quote__closed_at, acrm__cell_int(call->now));
    int32_t st = acrm__update(call, quote);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, quote_timer, acrm__id(quote, F_ID));
    return st == ACRM_OK ? acrm__quote_emit(call, quote, event) : st;
}

int32_t acrm__quote_issue(acrm__call *call)
{
    acrm__rec *quote;
    int64_t end = 0;
    int32_t st = acrm__load_arg(call, "quote", "id", &quote);

    if (st == ACRM_OK)
        st = acrm__quote_need(call, quote, "draft");
    if (st == ACRM_OK && acrm__deal_past(call, quote, F_quote__valid_until))
        st = acrm__fail(call, ACRM_E_CONFLICT, "expired", "id",
                        "the quote was valid until %s: revise it",
                        acrm__date_text(call, acrm__int(quote, F_quote__valid_until)));
    if (st == ACRM_OK && !acrm__deal_is(quote, F_quote__approval, "approved"))
        st = acrm__quote_may_give(call, quote);
    if (st == ACRM_OK)
        st = acrm__quote_still_good(call, quote);
    if (st != ACRM_OK)
        return st;
    acrm__set(quote, F_quote__state, acrm__cell_text("issued"));
    acrm__set(quote, F_quote__issued_at, acrm__cell_int(call->now));
    st = acrm__update(call, quote);
    if (st == ACRM_OK &&
        acrm__day_start(call, (int32_t)acrm__int(quote, F_quote__valid_until) + 1, &end))
        st = acrm__timer_set(call, quote_timer, "quote", acrm__id(quote, F_ID), end, NULL);
    if (st == ACRM_OK)
        st = acrm__quote_emit(call, quote, "quote.issued");
    return st == ACRM_OK ? acrm__render(call, quote, call->out) : st;
}

int32_t acrm__quote_expires(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *quote = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "quote"), timer->subject, &quote);

    if (st != ACRM_OK || !quote || !acrm__deal_is(quote, F_quote__state, "issued"))
        return st;
    return acrm__quote_close(call, quote, "expired");
}

int32_t acrm__quote_decline(acrm__call *call)
{
    const char *code = acrm__arg_text(call, "reason");
    const acrm__entity *reasons = acrm__entity_of(call, "lost_reason");
    const acrm__term term = { acrm__field_of(reasons, "code"), ACRM_FILTER_EQ,
                              acrm__cell_text(code) };
    acrm__rec *quote, *reason = NULL;
    int32_t st = acrm__load_arg(call, "quote", "id", &quote);

    if (st == ACRM_OK)
        st = acrm__quote_need(call, quote, "issued");
    if (st == ACRM_OK)
        st = acrm__find_one(call, &(acrm__select){ .entity = "lost_reason", .terms = &term,
                                                   .n_terms = 1, .as_system = true }, &reason);
    if (st == ACRM_OK && !reason)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "reason",
                        "reason must be the code of a lost_reason");
    if (st != ACRM_OK)
        return st;
    acrm__set(quote, F_quote__lost_reason_id, reason->cells[F_ID]);
    acrm__set(quote, F_quote__competitor, acrm__cell_text(acrm__arg_text(call, "competitor")));
    st = acrm__quote_close(call, quote, "declined");
    return st == ACRM_OK ? acrm__render(call, quote, call->out) : st;
}
