/* SPDX-License-Identifier: MIT */
/* From the price of a vehicle to the amount financed: tax, deposit, trade-in and charges. */
#include "engines/finance/schedule_internal.h"

#include "engines/finance/finance_internal.h"

int64_t acrm__plan_tax(const acrm__plan *plan, const char *figure, int64_t base)
{
    acrm__ratio rate = { .num = plan->t->tax_rate, .den = ACRM_RATE_ONE };

    return acrm__plan_part(plan, figure, "taxable amount * tax_rate", base, rate, 0);
}

int64_t acrm__plan_charge(const acrm__plan *plan, const acrm_finance_charge *charge, int64_t base)
{
    acrm__ratio rate = { .num = charge->rate, .den = ACRM_RATE_ONE };

    if (charge->basis == ACRM_CHARGE_FIXED)
        return charge->amount;
    if (charge->basis == ACRM_CHARGE_OF_PRICE)
        base = plan->t->price;
    return acrm__plan_part(plan,
                           charge->kind == ACRM_CHARGE_FEE ? "fee" : "insurance",
                           "basis of the charge * its rate", base, rate, 0);
}

static int32_t deal_limit(const acrm__plan *plan, const char *field, int64_t row,
                          const char *allowed)
{
    return acrm__issue(plan->issue, ACRM_E_LIMIT, field, row, allowed);
}

/* The charges of one time, with their tax; counted: those of them flagged IN_APR. All of them
 * together stay far below 2^62: at most 64 of at most 2 * 10^15. */
static int32_t deal_charges(const acrm__plan *plan, int32_t when, int64_t loan, int64_t *sum,
                            int64_t *counted)
{
    const acrm_finance_terms *t = plan->t;

    *sum = 0;
    *counted = 0;
    for (size_t i = 0; i < t->charges_len; i++) {
        const acrm_finance_charge *charge = &t->charges[i];
        if (charge->when != when)
            continue;
        int64_t tax = 0;
        int64_t amount = acrm__plan_charge(plan, charge, loan);
        if (amount > ACRM_FINANCE_AMOUNT_MAX)
            return deal_limit(plan, "charges", (int64_t)i, "a charge up to 1000000000000000");
        if ((charge->flags & ACRM_CHARGE_TAXED) != 0 && t->tax_on != ACRM_TAX_NONE)
            tax = acrm__plan_tax(plan, "tax on a charge", amount);
        if (tax > ACRM_FINANCE_AMOUNT_MAX)
            return deal_limit(plan, "tax_rate", -1, "tax up to 1000000000000000");
        *sum += amount + tax;
        *counted += (charge->flags & ACRM_CHARGE_IN_APR) != 0 ? amount + tax : 0;
    }
    return ACRM_OK;
}

static int32_t deal_check_loan(const acrm__plan *plan, int64_t loan, int64_t min)
{
    if (loan > ACRM_FINANCE_AMOUNT_MAX)
        return deal_limit(plan, "price", -1, "an amount financed up to 1000000000000000");
    if (loan < min)
        return acrm__issue(plan->issue, ACRM_E_INVALID, "price", -1,
                           "more than deposit and trade_in together");
    return ACRM_OK;
}

static int64_t deal_price_tax(const acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;

    if (t->tax_on == ACRM_TAX_PRICE)
        return acrm__plan_tax(plan, "tax on the price", t->price);
    if (t->tax_on == ACRM_TAX_PRICE_NET_TRADE_IN && t->price > t->trade_in)
        return acrm__plan_tax(plan, "tax on the price", t->price - t->trade_in);
    return 0;
}

int32_t acrm__plan_deal(acrm__plan *plan)
{
    const acrm_finance_terms *t = plan->t;
    int64_t added = 0;
    int64_t added_counted = 0;
    int64_t paid = 0;
    int64_t paid_counted = 0;

    plan->price_tax = deal_price_tax(plan);
    if (plan->price_tax > ACRM_FINANCE_AMOUNT_MAX)
        return deal_limit(plan, "tax_rate", -1, "tax up to 1000000000000000");
    int64_t loan = t->price + (t->tax_financed ? plan->price_tax : 0) - t->deposit -
                   t->trade_in + t->trade_in_debt;
    int32_t status = deal_check_loan(plan, loan, 0);
    if (status == ACRM_OK)
        status = deal_charges(plan, ACRM_CHARGE_FINANCED, loan, &added, &added_counted);
    if (status == ACRM_OK)
        status = deal_check_loan(plan, loan += added, 1);
    if (status == ACRM_OK && t->balloon > loan)
        status = acrm__issue(plan->issue, ACRM_E_INVALID, "balloon", -1, "0..amount financed");
    if (status == ACRM_OK)
        status = deal_charges(plan, ACRM_CHARGE_UPFRONT, loan, &paid, &paid_counted);
    if (status != ACRM_OK)
        return status;
    plan->loan = loan;
    plan->balloon = t->kind == ACRM_FINANCE_INTEREST_ONLY ? loan : t->balloon;
    plan->upfront = paid + (t->tax_financed ? 0 : plan->price_tax);
    plan->advance_counted = loan - added_counted - paid_counted;
    return ACRM_OK;
}
