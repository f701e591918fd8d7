/* SPDX-License-Identifier: MIT */
/* Members of the structs of leases. */
#ifndef ACRM_MODULES_FINANCE_MEMBERS_LEASE_H
#define ACRM_MODULES_FINANCE_MEMBERS_LEASE_H

#include "modules/finance/members.h"

#define FIN_LEASE(M, S)                                                                           \
    M(S, price, price, 0, MONEY, .help = "Agreed value of the vehicle")                           \
    M(S, months, months, 0, INT, .min = 1, .max = 1200, .preset = "1", .unit = "months",          \
      .help = "Number of payments; the first is due at signing")                                  \
    M(S, money_factor, money_factor, 0, DECIMAL, .unit = "a month",                               \
      .help = "Money factor, such as 0.00125; a yearly rate over 24")                             \
    M(S, residual, residual, 0, MONEY, .help = "Value at the end; or residual_base and its rate") \
    M(S, residual_base, residual_base, 0, MONEY, .help = "What the residual is a rate of")        \
    M(S, residual_rate, residual_rate, 0, DECIMAL, .help = "The residual as a fraction of that")  \
    M(S, capitalised_fees, capitalised_fees, 0, MONEY, .help = "Fees that are financed along")    \
    M(S, upfront_fees, upfront_fees, 0, MONEY, .help = "Fees paid at signing")                    \
    M(S, prior_debt, prior_debt, 0, MONEY, .help = "Still owed on the trade-in")                  \
    M(S, cash_down, cash_down, 0, MONEY, .help = "Cash that reduces the cost")                    \
    M(S, trade_in, trade_in, 0, MONEY, .help = "Allowed for the old vehicle")                     \
    M(S, rebate, rebate, 0, MONEY, .help = "Rebate that reduces the cost")                        \
    M(S, security_deposit, security_deposit, 0, MONEY,                                            \
      .help = "One security deposit, given back at the end")                                      \
    M(S, security_deposits, security_deposits, 0, INT, .min = 0, .max = 24, .preset = "0",        \
      .help = "How many of them")                                                                 \
    M(S, factor_cut, factor_cut, 0, DECIMAL, .help = "What each lowers the money factor by")      \
    M(S, tax_on, tax_on, 0, ENUM, .choices = "none|payment|total|price", .preset = "\"none\"",    \
      .help = "What tax is laid on; total and price: due at signing")                             \
    M(S, tax_rate, tax_rate, 0, DECIMAL, .help = "Tax as a fraction")                             \
    M(S, tax_capitalised, tax_capitalised, 0, BOOL, .preset = "false",                            \
      .help = "Tax due at signing is capitalised")                                                \
    M(S, zero_drive_off, zero_drive_off, 0, BOOL, .preset = "false",                              \
      .help = "All that is due at signing is capitalised")                                        \
    M(S, disposition_fee, disposition_fee, 0, MONEY, .help = "For giving the vehicle back")       \
    M(S, purchase_fee, purchase_fee, 0, MONEY, .help = "For buying it")                           \
    M(S, distance_year, distance_year, 0, INT, .min = 0, .max = 1000000000, .preset = "0",        \
      .unit = "km or mi", .help = "Distance allowed a year")                                      \
    M(S, excess_rate, excess_rate, 0, MONEY, .help = "For each 1000 beyond it")                   \
    M(S, round_unit, round_unit, 0, MONEY,                                                        \
      .help = "Payments and tax are multiples of it; without it the smallest amount")             \
    M(S, rounding, rounding, 0, ENUM, .choices = FIN_ROUNDINGS, .preset = "\"half_up\"",          \
      .help = "Rounding of payments and tax")

#define FIN_LEASE_QUOTE(M, S)                                                                     \
    M(S, payment, payment, 0, MONEY, .help = "Each payment, with its tax")                        \
    M(S, base_payment, base_payment, 0, MONEY, .help = "Depreciation and rent, rounded once")     \
    M(S, payment_tax, payment_tax, 0, MONEY, .help = "Tax in each payment")                       \
    M(S, depreciation, depreciation, 0, MONEY, .help = "Depreciation of a month, for display")    \
    M(S, rent, rent, 0, MONEY, .help = "Rent charge of a month, for display")                     \
    M(S, gross_cost, gross_cost, 0, MONEY, .help = "Price and all that is capitalised")           \
    M(S, reduction, reduction, 0, MONEY, .help = "Cash, trade-in and rebate")                     \
    M(S, adjusted_cost, adjusted_cost, 0, MONEY, .help = "Gross cost less the reduction")         \
    M(S, residual, residual, 0, MONEY, .help = "Value at the end")                                \
    M(S, money_factor, money_factor, 0, DECIMAL, .help = "Money factor after the deposits")       \
    M(S, rate, rate, 0, DECIMAL, .help = "About the yearly rate: money factor * 24")              \
    M(S, capitalised_tax, capitalised_tax, 0, MONEY, .help = "Tax in the gross cost")             \
    M(S, upfront_tax, upfront_tax, 0, MONEY, .help = "Tax at signing")                            \
    M(S, drive_off, drive_off, 0, MONEY, .help = "Due at signing")                                \
    M(S, payments_total, payments_total, 0, MONEY, .help = "All payments")                        \
    M(S, cost_total, cost_total, 0, MONEY,                                                        \
      .help = "All that is paid and not given back, without the trade-in")                        \
    M(S, distance_allowed, distance_allowed, 0, INT, .help = "Over the term, rounded down")

#define FIN_LEASE_RETURN(M, S)                                                                    \
    M(S, month, month, 0, INT, .flags = ACRM__REQUIRED, .min = 0, .max = 1200,                    \
      .help = "Whole months gone by")                                                             \
    M(S, realised, realised, 0, MONEY, .help = "What the vehicle fetches, for an early return")   \
    M(S, unpaid, unpaid, 0, MONEY, .help = "Payments and penalties still open")                   \
    M(S, early_fee, early_fee, 0, MONEY, .help = "For ending before the last month")              \
    M(S, distance, distance, 0, INT, .min = 0, .max = 1000000000, .preset = "0",                  \
      .unit = "km or mi", .help = "Distance driven")

#define FIN_LEASE_SETTLEMENT(M, S)                                                                \
    M(S, to_return, to_return, 0, MONEY, .help = "To pay when the vehicle is given back")         \
    M(S, to_buy, to_buy, 0, MONEY, .help = "To pay when it is bought")                            \
    M(S, balance, balance, 0, MONEY, .help = "By the constant-yield method")                      \
    M(S, buyout_tax, buyout_tax, 0, MONEY, .help = "Tax in to_buy")                               \
    M(S, excess_distance, excess_distance, 0, INT, .help = "Beyond the allowance so far")         \
    M(S, excess_charge, excess_charge, 0, MONEY, .help = "What that costs")

#endif
