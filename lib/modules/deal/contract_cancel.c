/* SPDX-License-Identifier: MIT */
/* How a contract ends: handed over, or cancelled with what that costs and gives back. */
#include "modules/deal/deal.h"

#include "base/money.h"
#include "base/text.h"

static int32_t cancel_state(acrm__call *call, const acrm__rec *contract)
{
    bool withdraws = strcmp(acrm__arg_text(call, "cause"), "withdrawal") == 0;
    bool fulfilled = acrm__deal_is(contract, F_sales_contract__status, "fulfilled");

    if (acrm__deal_is(contract, F_sales_contract__status, "cancelled") ||
        (fulfilled && !withdraws))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the contract is %s",
                          acrm__text(contract, F_sales_contract__status));
    if (withdraws && acrm__deal_past(call, contract, F_sales_contract__withdraw_until))
        return acrm__fail(call, ACRM_E_CONFLICT, "withdrawal_over", "cause",
                          "the customer could withdraw until %s",
                          acrm__date_text(call, acrm__int(contract,
                                                          F_sales_contract__withdraw_until)));
    return ACRM_OK;
}

/* A draft and a withdrawal cost nothing, nor what is the dealer's doing. */
static int32_t cancel_fee(acrm__call *call, acrm__rec *contract)
{
    const char *cause = acrm__arg_text(call, "cause");
    const acrm_cell *rate = &contract->cells[F_sales_contract__cancel_fee_rate];
    bool free = acrm__deal_is(contract, F_sales_contract__status, "draft") ||
                strcmp(cause, "withdrawal") == 0 || strcmp(cause, "dealer") == 0;
    int64_t scaled = 0, most = 0;

    if (acrm__is_null(contract, F_sales_contract__currency))
        return ACRM_OK; /* made elsewhere, without amounts */
    if (rate->type == ACRM_CELL_TEXT && !free &&
        (!acrm__parse_decimal(rate->data, rate->size, 9, &scaled) ||
         !acrm__money_ratio(acrm__int(contract, F_sales_contract__total), scaled,
                            ACRM_DEAL_RATE_SCALE, ACRM__ROUND_HALF_UP, &most)))
        most = 0;
    acrm__set(contract, F_sales_contract__cancel_fee, acrm__cell_int(0));
    int32_t st = acrm__deal_put_as(call, contract, F_sales_contract__cancel_fee,
                                   acrm__arg(call, "fee"), "fee");
    int64_t fee = acrm__int(contract, F_sales_contract__cancel_fee);
    if (st == ACRM_OK && (fee < 0 || fee > most))
        st = acrm__fail(call, ACRM_E_INVALID, "range", "fee", "the fee may be 0 to %s",
                        acrm__deal_money(call, most, acrm__money_digits(contract->entity,
                                         F_sales_contract__total, contract->cells)));
    acrm__set(contract, F_sales_contract__refund,
              acrm__cell_int(acrm__int(contract, F_sales_contract__deposit_total) - fee));
    return st;
}

/* How many guarantees are to be given back. */
static int32_t cancel_guarantees(acrm__call *call, const acrm__rec *contract)
{
    const acrm__term terms[] = {
        { F_contract_guarantee__sales_contract_id, ACRM_FILTER_EQ, contract->cells[F_ID] },
        { F_contract_guarantee__state, ACRM_FILTER_EQ, acrm__cell_text("received") },
    };
    int64_t n = 0;
    int32_t st = acrm__count(call, &(acrm__select){ .entity = "contract_guarantee",
        .terms = terms, .n_terms = 2, .as_system = true }, &n);

    return st == ACRM_OK && !acrm__put_int(call->out, "guarantees_to_return", n)
               ? acrm__nomem(call) : st;
}

int32_t acrm__contract_cancel(acrm__call *call)
{
    acrm__rec *contract;
    int32_t st = acrm__load_arg(call, "sales_contract", "id", &contract);

    if (st == ACRM_OK)
        st = cancel_state(call, contract);
    if (st == ACRM_OK)
        st = cancel_fee(call, contract);
    if (st == ACRM_OK)
        st = acrm__contract_unsell(call, contract);
    if (st != ACRM_OK)
        return st;
    acrm__set(contract, F_sales_contract__status, acrm__cell_text("cancelled"));
    acrm__set(contract, F_sales_contract__cancelled_at, acrm__cell_int(call->now));
    acrm__set(contract, F_sales_contract__cancel_cause,
              acrm__cell_text(acrm__arg_text(call, "cause")));
    acrm__set(contract, F_sales_contract__cancel_note,
              acrm__cell_text(acrm__arg_text(call, "note")));
    st = acrm__update(call, contract);
    if (st == ACRM_OK)
        st = acrm__contract_emit(call, contract, "sales_contract.cancelled");
    acrm_value *told = acrm__put_map(call->out, "contract");
    if (st == ACRM_OK)
        st = told ? acrm__render(call, contract, told) : acrm__nomem(call);
    return st == ACRM_OK ? cancel_guarantees(call, contract) : st;
}

/* --- Handed over --- */

/* What was given for a car is what it has cost. */
static int32_t fulfil_cost(acrm__call *call, const acrm__rec *contract, const acrm__rec *car,
                           const char *on)
{
    const acrm_cell *own = &car->cells[acrm__field_of(car->entity, "currency")];
    acrm__call system = acrm__deal_system(call);
    acrm_value *args = acrm__deal_map(call);

    if (own->type == ACRM_CELL_TEXT &&
        !acrm__cell_equal(own, &contract->cells[F_sales_contract__currency]))
        return ACRM_OK; /* its costs are in another currency */
    const char *id = acrm__id_text(call, acrm__id(car, F_ID));
    bool ok = args && acrm__put_text(args, "vehicle_id", id) &&
              acrm__put_text(args, "kind", "purchase") && acrm__put_text(args, "on", on) &&
              acrm__put_text(args, "reference", acrm__text(contract, F_sales_contract__number)) &&
              acrm__put_text(args, "currency", acrm__text(contract, F_sales_contract__currency)) &&
              acrm__put_value(args, "amount", acrm__deal_value(call, contract,
                                                               F_sales_contract__trade_in_total));
    return ok ? acrm__run(&system, "vehicle_cost.create", args, NULL) : acrm__nomem(call);
}

/* The car given in return comes into the stock, unless that was done already. */
static int32_t fulfil_trade_in(acrm__call *call, const acrm__rec *contract, int64_t on)
{
    acrm__rec *quote = NULL, *worth = NULL, *car = NULL;
    const unsigned char *dealer = acrm__id(contract, F_sales_contract__dealer_id);
    const char *day = acrm__date_text(call, on);
    acrm_value *args = acrm__deal_map(call);
    int32_t st = acrm__deal_follow(call, contract, F_sales_contract__quote_id, &quote);

    if (st == ACRM_OK && quote)
        st = acrm__deal_follow(call, quote, F_quote__appraisal_id, &worth);
    if (st == ACRM_OK && worth)
        st = acrm__deal_follow(call, worth, acrm__field_of(worth->entity, "vehicle_id"), &car);
    if (st != ACRM_OK || !car ||
        !acrm__deal_is(car, acrm__field_of(car->entity, "status"), "delivered"))
        return st;
    if (!args || !day || !acrm__put_text(args, "on", day) ||
        !acrm__put_text(args, "kind", "used") ||
        (dealer && !acrm__put_text(args, "dealer_id", acrm__id_text(call, dealer))))
        return acrm__nomem(call);
    st = acrm__deal_run(call, "vehicle.receive", acrm__id(car, F_ID), args, NULL);
    return st == ACRM_OK ? fulfil_cost(call, contract, car, day) : st;
}

static int32_t fulfil_contract(acrm__call *call, acrm__rec *contract, int64_t on)
{
    acrm__set(contract, F_sales_contract__status, acrm__cell_text("fulfilled"));
    acrm__set(contract, F_sales_contract__fulfilled_on, acrm__cell_int(on));
    int32_t st = acrm__update(call, contract);
    if (st == ACRM_OK)
        st = fulfil_trade_in(call, contract, on);
    return st == ACRM_OK ? acrm__contract_emit(call, contract, "sales_contract.fulfilled") : st;
}

int32_t acrm__contract_fulfil(acrm__call *call)
{
    acrm__rec *contract;
    int64_t on = acrm__today(call);
    int32_t st = acrm__load_arg(call, "sales_contract", "id", &contract);

    if (st == ACRM_OK && !acrm__deal_is(contract, F_sales_contract__status, "signed"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the contract is %s",
                        acrm__text(contract, F_sales_contract__status));
    if (st != ACRM_OK)
        return st;
    acrm__arg_time(call, "on", &on);
    st = fulfil_contract(call, contract, on);
    return st == ACRM_OK ? acrm__render(call, contract, call->out) : st;
}

/* The order of a contract was delivered: the contract is fulfilled. */
int32_t acrm__contract_delivered(acrm__call *call, const acrm__event *event)
{
    acrm__rec *order = NULL, *contract = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, "vehicle_order"), event->id,
                                    &order);

    if (st == ACRM_OK && order)
        st = acrm__deal_follow(call, order, acrm__field_of(order->entity, "sales_contract_id"),
                               &contract);
    if (st != ACRM_OK || !contract ||
        !acrm__deal_is(contract, F_sales_contract__status, "signed"))
        return st;
    return fulfil_contract(call, contract, acrm__today(call));
}

/* --- Proof --- */

/* The lines are those that were quoted, make its totals, and the contract's. */
static int32_t verify_quote(acrm__call *call, const acrm__rec *contract, bool *lines, bool *totals)
{
    acrm__rec *quote = NULL;
    acrm__recs found = { NULL, 0 };
    acrm_deal_part *parts;
    acrm_deal_totals t;
    int32_t st = acrm__deal_follow(call, contract, F_sales_contract__quote_id, &quote);

    if (st != ACRM_OK || !quote)
        return st;
    st = acrm__quote_lines(call, quote, &found);
    const char *hash = st == ACRM_OK ? acrm__quote_lines_hash(call, found.items, found.count)
                                     : NULL;
    if (st == ACRM_OK && !hash)
        st = acrm__nomem(call);
    if (st != ACRM_OK)
        return st;
    *lines = acrm__deal_is(quote, F_quote__lines_hash, hash);
    st = acrm__quote_reckon(call, quote, found.items, found.count, &parts, &t, NULL);
    *totals = st == ACRM_OK && t.total == acrm__int(quote, F_quote__total) &&
              t.tax == acrm__int(quote, F_quote__tax_total) &&
              t.due == acrm__int(quote, F_quote__due) &&
              t.total == acrm__int(contract, F_sales_contract__total) &&
              t.net == acrm__int(contract, F_sales_contract__net_total) &&
              t.tax == acrm__int(contract, F_sales_contract__tax_total) &&
              t.payable == acrm__int(contract, F_sales_contract__payable) &&
              t.due == acrm__int(contract, F_sales_contract__due);
    return st == ACRM_E_NOMEM ? st : ACRM_OK;
}

int32_t acrm__contract_verify(acrm__call *call)
{
    acrm__rec *contract, *document = NULL;
    bool lines = true, totals = true, same = true;
    int32_t st = acrm__load_arg(call, "sales_contract", "id", &contract);

    if (st == ACRM_OK)
        st = verify_quote(call, contract, &lines, &totals);
    if (st == ACRM_OK && !acrm__is_null(contract, F_sales_contract__document_hash)) {
        st = acrm__document_kept(call, acrm__id(contract, F_ID), &document);
        const char *html = document ? acrm__text(document, F_deal_document__html) : NULL;
        const char *hash = html ? acrm__deal_hash(call, html, strlen(html)) : NULL;
        same = hash && acrm__deal_is(contract, F_sales_contract__document_hash, hash);
    }
    bool ok = st != ACRM_OK ||
              (acrm__put_bool(call->out, "whole", lines && totals && same) &&
               acrm__put_bool(call->out, "lines", lines) &&
               acrm__put_bool(call->out, "totals", totals) &&
               acrm__put_bool(call->out, "document", same));
    return ok ? st : acrm__nomem(call);
}
