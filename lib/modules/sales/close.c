/* SPDX-License-Identifier: MIT */
/* How leads end, and how lost ones are taken up again. */
#include "kernel/inside.h"
#include "modules/sales/sales.h"

int32_t acrm__sales_lost_reason(acrm__call *call, acrm__rec **out)
{
    const char *code = acrm__arg_text(call, "reason");
    acrm__term term = { F_lost_reason__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lost_reason", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "reason",
                        "reason must be the code of a lost_reason");
    return st;
}

static int32_t close_lead(acrm__call *call, acrm__rec *lead, const char *status)
{
    acrm__call system = acrm__sales_system(call);
    const char *event = strcmp(status, "won") == 0 ? "lead.won" : "lead.lost";
    int32_t st = ACRM_OK;

    if (acrm__sales_is(lead, F_lead__status, "offered"))
        st = acrm__sales_answer_offer(&system, lead, "pending", "accepted", NULL);
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__status, acrm__cell_text(status));
    acrm__set(lead, F_lead__closed_at, acrm__cell_int(call->now));
    st = acrm__update(&system, lead);
    if (st == ACRM_OK)
        st = acrm__emit(call, event, "lead", acrm__id(lead, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(call, lead, call->out) : st;
}

int32_t acrm__sales_lead_win(acrm__call *call)
{
    acrm__rec *lead;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    return st == ACRM_OK ? close_lead(call, lead, "won") : st;
}

int32_t acrm__sales_lead_lose(acrm__call *call)
{
    acrm__rec *lead, *reason = NULL;
    int64_t day;
    int32_t st = acrm__load_arg(call, "lead", "id", &lead);

    if (st == ACRM_OK)
        st = acrm__sales_need_open(call, lead);
    if (st == ACRM_OK)
        st = acrm__sales_lost_reason(call, &reason);
    if (st != ACRM_OK)
        return st;
    acrm__set(lead, F_lead__lost_reason_id, reason->cells[F_ID]);
    acrm__set(lead, F_lead__competitor, acrm__cell_text(acrm__arg_text(call, "competitor")));
    if (acrm__arg_time(call, "win_back_at", &day))
        acrm__set(lead, F_lead__win_back_at, acrm__cell_int(day));
    return close_lead(call, lead, "lost");
}

/* A new lead for the same wish, with the same dealer and user when they can still take it. */
int32_t acrm__sales_win_back(acrm__call *call, const acrm__timer *timer)
{
    static const uint32_t kept[] = {
        F_lead__customer_id, F_lead__subject, F_lead__interest, F_lead__source_id,
        F_lead__channel, F_lead__dealer_id, F_lead__vehicle_condition, F_lead__make,
        F_lead__model, F_lead__trim, F_lead__model_year, F_lead__currency, F_lead__budget };
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__rec *lost = NULL, *lead;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "lead", .terms = &term,
                                                       .n_terms = 1 }, &lost);
    if (st != ACRM_OK || !lost || !acrm__sales_is(lost, F_lead__status, "lost"))
        return st;
    lead = acrm__new(call, "lead");
    if (!lead)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        acrm__set(lead, kept[i], lost->cells[kept[i]]);
    acrm__set(lead, F_lead__previous_lead_id, lost->cells[F_ID]);
    return acrm__insert(call, lead);
}

/* --- What was won by a contract is open again when that is cancelled --- */

/* Another contract of the lead stands. */
static int32_t close_stands(acrm__call *call, const acrm_cell *lead, bool *out)
{
    const acrm__entity *contract = acrm__entity_of(call, "sales_contract");
    const acrm__term terms[] = {
        { acrm__field_of(contract, "lead_id"), ACRM_FILTER_EQ, *lead },
        { acrm__field_of(contract, "status"), ACRM_FILTER_NE, acrm__cell_text("cancelled") },
    };
    int64_t n = 0;
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "sales_contract", .terms = terms,
                                                    .n_terms = 2, .as_system = true }, &n);

    *out = n > 0;
    return st;
}

/* Its owner gets in touch at once. */
static int32_t close_reopen(acrm__call *call, acrm__rec *lead)
{
    bool placed = acrm__id(lead, F_lead__owner_id) != NULL;

    acrm__set(lead, F_lead__status, acrm__cell_text(placed ? "accepted" : "new"));
    acrm__set(lead, F_lead__closed_at, acrm__cell_null());
    acrm__set(lead, F_lead__next_contact_at, acrm__cell_int(call->now));
    acrm__set(lead, F_lead__next_agreed, acrm__cell_int(1));
    int32_t st = acrm__update(call, lead);
    return st == ACRM_OK ? acrm__emit(call, "lead.reopened", "lead", acrm__id(lead, F_ID), NULL)
                         : st;
}

int32_t acrm__sales_contract_cancelled(acrm__call *call, const acrm__event *event)
{
    const acrm__entity *contracts = acrm__entity_of(call, "sales_contract");
    const acrm__entity *quotes = acrm__entity_of(call, "quote");
    acrm__rec *contract = NULL, *lead = NULL, *quote = NULL;
    bool stands = false;
    int32_t st = acrm__load_or_null(call, contracts, event->id, &contract);
    const unsigned char *of = contract ? acrm__id(contract, acrm__field_of(contracts, "lead_id"))
                                       : NULL;
    const unsigned char *by = contract ? acrm__id(contract, acrm__field_of(contracts, "quote_id"))
                                       : NULL;

    if (st == ACRM_OK && of)
        st = acrm__load_or_null(call, acrm__entity_of(call, "lead"), of, &lead);
    if (st == ACRM_OK && lead)
        st = close_stands(call, &lead->cells[F_ID], &stands);
    if (st == ACRM_OK && lead && !stands && acrm__sales_is(lead, F_lead__status, "won"))
        st = close_reopen(call, lead);
    if (st == ACRM_OK && by && !stands)
        st = acrm__load_or_null(call, quotes, by, &quote);
    const unsigned char *deal = quote ? acrm__id(quote, acrm__field_of(quotes, "opportunity_id"))
                                      : NULL;
    return st == ACRM_OK && deal ? acrm__sales_opportunity_reopen(call, deal) : st;
}

/* --- Who is being erased wants nothing any more --- */

static int32_t close_activities(acrm__call *call, const acrm__event *event)
{
    const acrm__term terms[] = {
        { F_activity__customer_id, ACRM_FILTER_EQ, acrm__cell_id(event->id) },
        { F_activity__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
    };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "activity", .terms = terms,
                                                   .n_terms = 2, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm__set(found.items[i], F_activity__status, acrm__cell_text("cancelled"));
        st = acrm__update(call, found.items[i]);
    }
    return st;
}

int32_t acrm__sales_customer_erasing(acrm__call *call, const acrm__event *event)
{
    const acrm__term term = { F_lead__customer_id, ACRM_FILTER_EQ, acrm__cell_id(event->id) };
    acrm__recs found = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "lead", .terms = &term,
                                                   .n_terms = 1, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        if (acrm__sales_open(found.items[i]))
            st = close_lead(call, found.items[i], "lost");
    return st == ACRM_OK ? close_activities(call, event) : st;
}
