/* SPDX-License-Identifier: MIT */
/* Contracts, their parties and guarantees as they are written: what is agreed on stays. */
#include "modules/deal/deal.h"

#include "base/text.h"
#include "kernel/registry.h"

/* --- The contract --- */

static int32_t contract_number(acrm__call *call, acrm__rec *rec)
{
    const acrm_cell *cell = &rec->cells[F_sales_contract__number];
    acrm__str number;

    if (cell->type != ACRM_CELL_TEXT || !acrm__changed(rec, F_sales_contract__number))
        return ACRM_OK;
    acrm__str_init(&number, &call->arena->allocator);
    acrm__digits_ascii(cell->data, cell->size, &number);
    const char *kept = number.failed ? NULL
                                     : acrm__arena_text(call->arena, number.data, number.len);
    acrm__str_free(&number);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(rec, F_sales_contract__number, acrm__cell_text(kept));
    return ACRM_OK;
}

/* What the quote or the operations say; what the document shows, once there is one. */
static int32_t contract_keeps(acrm__call *call, const acrm__rec *rec)
{
    static const uint32_t quoted[] = {
        F_sales_contract__status, F_sales_contract__signed_on, F_sales_contract__currency,
        F_sales_contract__total, F_sales_contract__dealer_id, F_sales_contract__lead_id,
        F_sales_contract__opened_at, F_DELETED_AT };
    static const uint32_t shown[] = {
        F_sales_contract__number, F_sales_contract__language, F_sales_contract__terms,
        F_sales_contract__guarantee_required, F_sales_contract__withdraw_days,
        F_sales_contract__cancel_fee_rate };
    bool signing = !acrm__is_null(rec, F_sales_contract__document_hash);

    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++)
        if (acrm__changed(rec, quoted[i]))
            return acrm__fail(call, ACRM_E_CONFLICT, "of_quote",
                              rec->entity->fields[quoted[i]].def.name,
                              "of a contract from a quote only its operations change %s",
                              rec->entity->fields[quoted[i]].def.name);
    for (size_t i = 0; signing && i < sizeof shown / sizeof shown[0]; i++)
        if (acrm__changed(rec, shown[i]))
            return acrm__fail(call, ACRM_E_CONFLICT, "signed",
                              rec->entity->fields[shown[i]].def.name,
                              "what is being signed can no longer be changed");
    if (acrm__changed(rec, F_sales_contract__vehicle_id) &&
        rec->before[F_sales_contract__vehicle_id].type != ACRM_CELL_NULL)
        return acrm__fail(call, ACRM_E_CONFLICT, "of_quote", "vehicle_id",
                          "the contract has its car");
    return ACRM_OK;
}

/* Written by the free operations or an import, not by an operation of contracts. */
static bool contract_by_hand(const acrm__call *call)
{
    return call->entity != NULL || acrm__is_import(call);
}

int32_t acrm__contract_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    int32_t st = ACRM_OK;

    if (acrm__is_null(rec, F_sales_contract__opened_at))
        acrm__set(rec, F_sales_contract__opened_at, acrm__cell_int(call->now));
    if (acrm__deal_is(rec, F_sales_contract__status, "signed") &&
        acrm__is_null(rec, F_sales_contract__signed_on))
        return acrm__fail(call, ACRM_E_INVALID, "required", "signed_on",
                          "signed_on is required of a signed contract");
    if (before && contract_by_hand(call) && !acrm__is_null(before, F_sales_contract__quote_id))
        st = contract_keeps(call, rec);
    return st == ACRM_OK ? contract_number(call, rec) : st;
}

/* --- What belongs to it --- */

/* Parties and guarantees of what is signed stay as they are. */
static int32_t contract_part_open(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                  acrm__rec **contract)
{
    int32_t st = acrm__deal_follow(call, rec, field, contract);

    if (st != ACRM_OK || !*contract || !contract_by_hand(call))
        return st;
    return acrm__is_null(*contract, F_sales_contract__document_hash)
               ? ACRM_OK
               : acrm__fail(call, ACRM_E_CONFLICT, "signed", "sales_contract_id",
                            "the contract is being signed: its parties stay");
}

int32_t acrm__contract_party_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *contract = NULL;

    (void)before;
    return contract_part_open(call, rec, F_contract_party__sales_contract_id, &contract);
}

int32_t acrm__contract_guarantee_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    bool paper = acrm__deal_is(rec, F_contract_guarantee__kind, "cheque") ||
                 acrm__deal_is(rec, F_contract_guarantee__kind, "bank_letter");
    acrm__rec *contract = NULL;

    (void)before;
    if (paper && acrm__is_null(rec, F_contract_guarantee__number))
        return acrm__fail(call, ACRM_E_INVALID, "required", "number",
                          "a cheque or bank letter has a number");
    if (acrm__deal_is(rec, F_contract_guarantee__kind, "guarantor") &&
        acrm__is_null(rec, F_contract_guarantee__customer_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer_id",
                          "the guarantor must be named");
    int32_t st = acrm__deal_follow(call, rec, F_contract_guarantee__sales_contract_id, &contract);
    if (st != ACRM_OK || !contract)
        return st;
    const acrm_cell *currency = &contract->cells[F_sales_contract__currency];
    if (!acrm__cell_equal(&rec->cells[F_contract_guarantee__currency], currency))
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "the currency of the contract is %s",
                          currency->type == ACRM_CELL_TEXT ? (const char *)currency->data
                                                           : "not known");
    return ACRM_OK;
}
