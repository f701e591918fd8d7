/* SPDX-License-Identifier: MIT */
/* Members of the structs of schedules: name, member, value of the first word, type, help. */
#ifndef ACRM_MODULES_FINANCE_MEMBERS_SCHEDULE_H
#define ACRM_MODULES_FINANCE_MEMBERS_SCHEDULE_H

#include "modules/finance/members.h"

#define FIN_TERMS(M, S)                                                                           \
    M(S, price, price, 0, MONEY, .help = "Price of the vehicle")                                  \
    M(S, deposit, deposit, 0, MONEY, .help = "Paid in cash at signing")                           \
    M(S, trade_in, trade_in, 0, MONEY, .help = "Allowed for the old vehicle")                     \
    M(S, trade_in_debt, trade_in_debt, 0, MONEY,                                                  \
      .help = "Still owed on the old vehicle, and financed along")                                \
    M(S, rate, rate, 0, DECIMAL, .unit = "a year",                                                \
      .help = "Nominal yearly rate as a fraction: 0.0725 is 7.25 %; 0 to 10")                     \
    M(S, periods, periods, 0, INT, .min = 1, .max = FIN_ROWS_MAX, .preset = "1",                  \
      .help = "Number of periods")                                                                \
    M(S, kind, kind, 0, ENUM,                                                                     \
      .choices = "annuity|equal_principal|interest_only|flat|flat_average|murabaha",              \
      .preset = "\"annuity\"", .help = "How it is repaid")                                        \
    M(S, period, period, 0, ENUM,                                                                 \
      .choices = "month|quarter|half_year|year|four_weeks|two_weeks|week|day",                    \
      .preset = "\"month\"", .help = "Length of a period")                                        \
    M(S, timing, timing, 0, ENUM, .choices = "arrears|advance", .preset = "\"arrears\"",          \
      .help = "Whether instalments fall due at the end or the beginning of a period")             \
    M(S, balloon, balloon, 0, MONEY, .help = "Due at the end in a row of its own")                \
    M(S, instalment, instalment, 0, MONEY, .help = "The instalment, when it is given")            \
    M(S, profit, profit, 0, MONEY, .help = "The agreed profit, of kind murabaha")                 \
    M(S, day_count, day_count, 0, ENUM, .choices = "nominal|" FIN_DAY_COUNTS,                     \
      .preset = "\"nominal\"",                                                                    \
      .help = "Fraction of a year in a period; nominal: one over the periods of a year")          \
    M(S, start_day, start_day, 0, DATE, .help = "First day of interest; without it no dates")     \
    M(S, first_due_day, first_due_day, 0, DATE,                                                   \
      .help = "Day of the first instalment; without it one period after the start")               \
    M(S, due_dom, due_dom, 0, INT, .min = 0, .max = 31, .preset = "0",                            \
      .help = "Day of the month that due days aim at; 0: the first one's")                        \
    M(S, month_end, month_end, 0, BOOL, .preset = "false",                                        \
      .help = "A first day that ends its month makes all end theirs")                             \
    M(S, calendar, calendar, 0, ENUM, .choices = "gregorian|jalali", .preset = "\"gregorian\"",   \
      .help = "Whose months count")                                                               \
    M(S, first_period, first_period, 0, ENUM, .choices = "spread|add|own_line",                   \
      .preset = "\"spread\"", .help = "Where the interest of odd first days goes")                \
    M(S, move, move, 0, ENUM,                                                                     \
      .choices = "none|following|preceding|modified_following|modified_preceding|next_due",       \
      .preset = "\"none\"", .help = "Where an instalment on a closed day goes")                   \
    M(S, move_interest, move_interest, 0, BOOL, .preset = "false",                                \
      .help = "Interest runs to the moved day")                                                   \
    M(S, grace_principal, grace_principal, 0, INT, .min = 0, .max = FIN_ROWS_MAX, .preset = "0",  \
      .help = "So many first periods pay interest only")                                          \
    M(S, grace_interest, grace_interest, 0, INT, .min = 0, .max = FIN_ROWS_MAX, .preset = "0",    \
      .help = "So many first periods pay nothing")                                                \
    M(S, interest_free, interest_free, 0, INT, .min = 0, .max = FIN_ROWS_MAX, .preset = "0",      \
      .help = "So many first periods bear no interest")                                           \
    M(S, unpaid, unpaid, 0, ENUM, .choices = "capitalise|with_next",                              \
      .preset = "\"capitalise\"",                                                                 \
      .help = "What becomes of interest in a period without payment")                             \
    M(S, skip_months, skip_months, 0, INT, .flags = ACRM__LIST, .min = 1, .max = 12,              \
      .help = "Months (1 to 12) in which nothing is paid")                                        \
    M(S, spread, spread, 0, ENUM, .choices = "even|digits", .preset = "\"even\"",                 \
      .help = "How the cost of flat, flat_average and murabaha is laid on the instalments")       \
    M(S, rounding, rounding, 0, ENUM, .choices = FIN_ROUNDINGS, .preset = "\"half_up\"",          \
      .help = "Rounding of interest, charges and tax")                                            \
    M(S, instalment_rounding, instalment_rounding, 0, ENUM, .choices = FIN_ROUNDINGS,             \
      .preset = "\"half_up\"", .help = "Rounding of instalments and parts of principal")          \
    M(S, round_unit, round_unit, 0, MONEY,                                                        \
      .help = "Interest, charges and tax are multiples of it; without it the smallest amount")    \
    M(S, instalment_unit, instalment_unit, 0, MONEY,                                              \
      .help = "Instalments are multiples of it; without it the smallest amount")                  \
    M(S, tail, tail, 0, MONEY, .help = "A rest up to this is paid with the instalment before it") \
    M(S, tax_on, tax_on, 0, ENUM,                                                                 \
      .choices = "none|price|price_net_trade_in|payment|interest", .preset = "\"none\"",          \
      .help = "What tax is laid on")                                                              \
    M(S, tax_rate, tax_rate, 0, DECIMAL, .help = "Tax as a fraction: 0.19 is 19 %; 0 to 10")      \
    M(S, tax_financed, tax_financed, 0, BOOL, .preset = "false",                                  \
      .help = "Tax on the price is financed, not paid at signing")

/* Lists that belong to the terms. */
#define FIN_TERMS_LISTS                                                                           \
    { .name = "charges", .type = ACRM__T_MAP, .flags = ACRM__LIST,                                \
      .help = "Up to 64: kind (fee, insurance), when (upfront, financed, periodic, final), "      \
              "basis (fixed, of_price, of_loan, of_balance), amount or rate, flags (in_apr, "     \
              "taxed)" },                                                                         \
    { .name = "steps", .type = ACRM__T_MAP, .flags = ACRM__LIST,                                  \
      .help = "Other instalments from a period on: from, what (share, amount), and share (a "      \
              "fraction of the solved one) or amount" },                                          \
    { .name = "closed_weekdays", .type = ACRM__T_ENUM, .flags = ACRM__LIST,                       \
      .choices = "monday|tuesday|wednesday|thursday|friday|saturday|sunday",                      \
      .help = "Closed days of the week, for move" },                                              \
    { .name = "closed_days", .type = ACRM__T_DATE, .flags = ACRM__LIST,                           \
      .help = "Closed dates, up to 3660, for move" },                                             \
    { .name = "calendar_id", .type = ACRM__T_REF, .target = "calendar",                           \
      .help = "A calendar of the database, whose days without business are closed too, for move" }

#define FIN_CHARGE(M, S)                                                                          \
    M(S, kind, kind, 0, ENUM, .choices = "fee|insurance")                                         \
    M(S, when, when, 0, ENUM, .choices = "upfront|financed|periodic|final")                       \
    M(S, basis, basis, 0, ENUM, .choices = "fixed|of_price|of_loan|of_balance")                   \
    M(S, amount, amount, 0, MONEY, .help = "")                                                    \
    M(S, rate, rate, 0, DECIMAL, .help = "")                                                      \
    M(S, flags, flags, 0, ENUM, .flags = ACRM__LIST, .choices = "in_apr|taxed")

#define FIN_STEP(M, S)                                                                            \
    M(S, from, from, 0, INT, .flags = ACRM__REQUIRED)                                             \
    M(S, what, what, 0, ENUM, .choices = "share|amount")                                          \
    M(S, share, share, 0, DECIMAL, .help = "")                                                    \
    M(S, amount, amount, 0, MONEY, .help = "")

#define FIN_ROW(M, S)                                                                             \
    M(S, number, number, 0, INT, .help = "")                                                      \
    M(S, due_day, due_day, 0, DATE, .help = "")                                                   \
    M(S, total, total, 0, MONEY, .help = "")                                                      \
    M(S, interest, interest, 0, MONEY, .help = "")                                                \
    M(S, principal, principal, 0, MONEY, .help = "")                                              \
    M(S, closing, closing, 0, MONEY, .help = "")                                                  \
    M(S, opening, opening, 0, MONEY, .help = "")                                                  \
    M(S, accrued, accrued, 0, MONEY, .help = "")                                                  \
    M(S, fee, fee, 0, MONEY, .help = "")                                                          \
    M(S, insurance, insurance, 0, MONEY, .help = "")                                              \
    M(S, tax, tax, 0, MONEY, .help = "")                                                          \
    M(S, counted, counted, 0, MONEY, .help = "")                                                  \
    M(S, kind, kind, 0, ENUM, .choices = "instalment|first_interest|balloon")                     \
    M(S, pay_day, pay_day, 0, DATE, .help = "")                                                   \
    M(S, flags, flags, 0, ENUM, .flags = ACRM__LIST,                                              \
      .choices = "holiday|interest_only|negative|last|moved")

#define FIN_SUMMARY(M, S)                                                                         \
    M(S, instalment, instalment, 0, MONEY,                                                        \
      .help = "The regular instalment: principal and interest")                                   \
    M(S, last_instalment, last_instalment, 0, MONEY,                                              \
      .help = "The last instalment: it takes what rounding has left")                             \
    M(S, price_tax, price_tax, 0, MONEY, .help = "Tax on the price")                              \
    M(S, financed, financed, 0, MONEY, .help = "Amount financed")                                 \
    M(S, upfront, upfront, 0, MONEY,                                                              \
      .help = "Upfront charges, their tax, and tax on the price if not financed")                 \
    M(S, advance_counted, advance_counted, 0, MONEY,                                              \
      .help = "Amount financed less the charges flagged in_apr: the advance of an APR")           \
    M(S, principal, principal, 0, MONEY, .help = "All principal: the amount financed")            \
    M(S, interest, interest, 0, MONEY, .help = "All interest")                                    \
    M(S, fee, fee, 0, MONEY, .help = "All fees of the rows")                                      \
    M(S, insurance, insurance, 0, MONEY, .help = "All insurance of the rows")                     \
    M(S, tax, tax, 0, MONEY, .help = "All tax of the rows")                                       \
    M(S, total, total, 0, MONEY, .help = "All that the rows pay")                                 \
    M(S, negative_rows, negative_rows, 0, INT,                                                    \
      .help = "Rows whose instalment is less than the interest")                                  \
    M(S, first_negative, first_negative, 0, INT, .help = "Number of the first of them, or 0")

#define FIN_SOUGHT(M, S)                                                                          \
    M(S, unknown, solutions, 0, ENUM, .flags = ACRM__REQUIRED,                                    \
      .choices = "payment|rate|term|price|deposit|balloon|trade_in",                              \
      .help = "What to look for; its own parameter is ignored")

#define FIN_SOLUTION(M, S)                                                                        \
    M(S, solutions, solutions, 0, ENUM, .choices = "none|one|all",                                \
      .help = "How many values solve it; one: up to rounding")                                    \
    M(S, instalment, instalment, 0, MONEY, .help = "The instalment at value")                     \
    M(S, reach_low, reach_low, 0, MONEY, .help = "No value makes a smaller instalment")           \
    M(S, reach_high, reach_high, 0, MONEY, .help = "No value makes a larger one")                 \
    M(S, periods, periods, 0, REAL, .help = "Of a term: the exact number of periods")

#define FIN_SOLVED                                                                                \
    { .name = "value", .type = ACRM__T_TEXT,                                                      \
      .help = "The amount, rate or number of periods; without a solution the nearest" },          \
    { .name = "lowest", .type = ACRM__T_TEXT, .help = "All values from here" },                   \
    { .name = "highest", .type = ACRM__T_TEXT, .help = "to here give exactly that instalment" }

#endif
