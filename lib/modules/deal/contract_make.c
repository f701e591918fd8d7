/* SPDX-License-Identifier: MIT */
/* quote.accept: a quote becomes a contract, and nobody else can have the car. */
#include "modules/deal/deal.h"

#include "base/civil.h"

int32_t acrm__contract_emit(acrm__call *call, const acrm__rec *contract, const char *event)
{
    static const uint32_t told[] = {
        F_sales_contract__number, F_sales_contract__customer_id, F_sales_contract__dealer_id,
        F_sales_contract__user_id, F_sales_contract__quote_id, F_sales_contract__vehicle_id,
        F_sales_contract__lead_id, F_sales_contract__currency, F_sales_contract__total,
        F_sales_contract__payment, F_sales_contract__signed_on, F_sales_contract__document_hash,
        F_sales_contract__cancel_cause, F_sales_contract__cancel_fee, F_sales_contract__refund };
    acrm_value *data = acrm__deal_map(call);
    acrm__rec *quote = NULL;
    int32_t st = data ? acrm__deal_follow(call, contract, F_sales_contract__quote_id, &quote)
                      : acrm__nomem(call);
    bool ok = st == ACRM_OK;

    for (size_t i = 0; ok && i < sizeof told / sizeof told[0]; i++) {
        const acrm_value *value = acrm__deal_value(call, contract, told[i]);
        ok = value && (acrm_value_type(value) == ACRM_NULL ||
                       acrm__put_value(data, contract->entity->fields[told[i]].def.name, value));
    }
    if (ok && quote && acrm__id(quote, F_quote__configuration_id))
        ok = acrm__put_text(data, "configuration_id",
                            acrm__id_text(call, acrm__id(quote, F_quote__configuration_id)));
    if (ok && quote && acrm__id(quote, F_quote__appraisal_id))
        ok = acrm__put_text(data, "appraisal_id",
                            acrm__id_text(call, acrm__id(quote, F_quote__appraisal_id)));
    if (st != ACRM_OK)
        return st;
    return ok ? acrm__emit(call, event, "sales_contract", acrm__id(contract, F_ID), data)
              : acrm__nomem(call);
}

/* The fields that a contract has from its quote. */
static const struct {
    uint32_t contract, quote;
} contract_from[] = {
    { F_sales_contract__quote_id, F_ID },
    { F_sales_contract__customer_id, F_quote__customer_id },
    { F_sales_contract__dealer_id, F_quote__dealer_id },
    { F_sales_contract__user_id, F_quote__user_id },
    { F_sales_contract__lead_id, F_quote__lead_id },
    { F_sales_contract__vehicle_id, F_quote__vehicle_id },
    { F_sales_contract__currency, F_quote__currency },
    { F_sales_contract__language, F_quote__language },
    { F_sales_contract__payment, F_quote__payment },
    { F_sales_contract__total, F_quote__total },
    { F_sales_contract__net_total, F_quote__net_total },
    { F_sales_contract__tax_total, F_quote__tax_total },
    { F_sales_contract__trade_in_total, F_quote__trade_in_total },
    { F_sales_contract__payable, F_quote__payable },
    { F_sales_contract__deposit_total, F_quote__deposit_total },
    { F_sales_contract__due, F_quote__due },
};

/* The day of the last instalment, or of the end of the lease. */
static int32_t contract_end(acrm__call *call, const acrm__rec *quote, acrm__rec *contract)
{
    const acrm_value *plan = acrm__deal_value(call, quote, F_quote__finance_plan);
    const acrm_value *rows = acrm_value_get(plan, "rows");
    size_t n = acrm_value_count(rows);
    const acrm_value *day = n ? acrm_value_get(acrm_value_at(rows, n - 1), "due_day") : NULL;

    return plan ? acrm__deal_put(call, contract, F_sales_contract__ends_on, day)
                : acrm__nomem(call);
}

static int32_t contract_fill(acrm__call *call, const acrm__rec *quote, acrm__rec *contract)
{
    static const uint32_t taken[] = {
        F_sales_contract__number, F_sales_contract__terms, F_sales_contract__withdraw_days,
        F_sales_contract__cancel_fee_rate, F_sales_contract__guarantee_required,
        F_sales_contract__language };
    acrm__rec *dealer = NULL;
    const char *number = NULL;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof contract_from / sizeof contract_from[0]; i++)
        acrm__set(contract, contract_from[i].contract, quote->cells[contract_from[i].quote]);
    for (size_t i = 0; st == ACRM_OK && i < sizeof taken / sizeof taken[0]; i++)
        st = acrm__deal_put(call, contract, taken[i],
                            acrm__arg(call, contract->entity->fields[taken[i]].def.name));
    if (st == ACRM_OK && acrm__is_null(contract, F_sales_contract__number)) {
        st = acrm__deal_follow(call, quote, F_quote__dealer_id, &dealer);
        if (st == ACRM_OK)
            st = acrm__deal_number(call, "C", dealer, &number);
        acrm__set(contract, F_sales_contract__number, acrm__cell_text(number));
    }
    return st == ACRM_OK ? contract_end(call, quote, contract) : st;
}

/* The trim that is to be ordered. The contract stands on its configuration: it is not changed any
 * more. */
static int32_t contract_configured(acrm__call *call, const acrm__rec *quote, acrm__rec *contract)
{
    acrm__rec *configuration = NULL;
    acrm_value *args = acrm__deal_map(call);
    int32_t st = acrm__deal_follow(call, quote, F_quote__configuration_id, &configuration);

    if (st != ACRM_OK || !configuration)
        return st;
    const acrm__entity *entity = configuration->entity;
    const char *state = acrm__text(configuration, acrm__field_of(entity, "state"));
    acrm__set(contract, F_sales_contract__trim_id,
              configuration->cells[acrm__field_of(entity, "trim_id")]);
    if (!state || strcmp(state, "open") != 0)
        return ACRM_OK;
    if (!args || !acrm__put_text(args, "state", "used") ||
        !acrm__put_bool(args, "last_write_wins", true))
        return acrm__nomem(call);
    return acrm__deal_run(call, "configuration.update", acrm__id(configuration, F_ID), args, NULL);
}

static int32_t contract_buyer(acrm__call *call, const acrm__rec *contract)
{
    acrm__rec *party = acrm__new(call, "contract_party");

    if (!party)
        return acrm__nomem(call);
    acrm__set(party, F_contract_party__sales_contract_id, contract->cells[F_ID]);
    acrm__set(party, F_contract_party__customer_id,
              contract->cells[F_sales_contract__customer_id]);
    acrm__set(party, F_contract_party__role, acrm__cell_text("buyer"));
    return acrm__insert(call, party);
}

int32_t acrm__quote_accept(acrm__call *call)
{
    acrm__rec *quote, *contract = acrm__new(call, "sales_contract");
    int32_t st = contract ? acrm__load_arg(call, "quote", "id", &quote) : acrm__nomem(call);

    if (st == ACRM_OK && acrm__deal_past(call, quote, F_quote__valid_until) &&
        !acrm__deal_is(quote, F_quote__state, "accepted"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "expired", "id",
                        "the quote was valid until %s: revise it",
                        acrm__date_text(call, acrm__int(quote, F_quote__valid_until)));
    if (st == ACRM_OK)
        st = acrm__quote_need(call, quote, "issued");
    if (st == ACRM_OK)
        st = acrm__quote_still_good(call, quote);
    if (st == ACRM_OK)
        st = acrm__quote_trade_in_free(call, quote);
    if (st == ACRM_OK)
        st = contract_fill(call, quote, contract);
    if (st == ACRM_OK)
        st = contract_configured(call, quote, contract);
    if (st == ACRM_OK)
        st = acrm__insert(call, contract);
    if (st == ACRM_OK)
        st = contract_buyer(call, contract);
    if (st == ACRM_OK)
        st = acrm__quote_hold(call, quote, contract);
    if (st == ACRM_OK)
        st = acrm__quote_close(call, quote, "accepted");
    if (st != ACRM_OK)
        return st;
    acrm_value *told = acrm__put_map(call->out, "contract");
    acrm_value *own = acrm__put_map(call->out, "quote");
    if (!told || !own)
        return acrm__nomem(call);
    st = acrm__render(call, contract, told);
    return st == ACRM_OK ? acrm__render(call, quote, own) : st;
}
