/* SPDX-License-Identifier: MIT */
/* Members of the structs of contracts after signing. */
#ifndef ACRM_MODULES_FINANCE_MEMBERS_SERVICING_H
#define ACRM_MODULES_FINANCE_MEMBERS_SERVICING_H

#include "modules/finance/members.h"

#define FIN_DUES                                                                                  \
    { .name = "dues", .type = ACRM__T_MAP, .flags = ACRM__LIST | ACRM__REQUIRED,                  \
      .help = "The contract, up to 3660 by ascending day: number, day, what is due (penalty, "    \
              "fee, interest, principal) and what of it is paid (penalty_paid, fee_paid, "        \
              "interest_paid, principal_paid)" }

#define FIN_DUE(M, S)                                                                             \
    M(S, number, number, 0, INT, .help = "")                                                      \
    M(S, day, day, 0, DATE, .flags = ACRM__REQUIRED)                                              \
    M(S, penalty, due[ACRM_PART_PENALTY], 0, MONEY, .help = "")                                   \
    M(S, fee, due[ACRM_PART_FEE], 0, MONEY, .help = "")                                           \
    M(S, interest, due[ACRM_PART_INTEREST], 0, MONEY, .help = "")                                 \
    M(S, principal, due[ACRM_PART_PRINCIPAL], 0, MONEY, .help = "")                               \
    M(S, penalty_paid, paid[ACRM_PART_PENALTY], 0, MONEY, .help = "")                             \
    M(S, fee_paid, paid[ACRM_PART_FEE], 0, MONEY, .help = "")                                     \
    M(S, interest_paid, paid[ACRM_PART_INTEREST], 0, MONEY, .help = "")                           \
    M(S, principal_paid, paid[ACRM_PART_PRINCIPAL], 0, MONEY, .help = "")

#define FIN_INTEREST(M, S, PRESET)                                                                \
    M(S, rate, interest.rate, 0, DECIMAL, .help = "Yearly rate as a fraction; 0 to 10")           \
    M(S, day_count, interest.day_count, 0, ENUM, .choices = "nominal|" FIN_DAY_COUNTS,            \
      .preset = "\"" PRESET "\"", .help = "How interest counts days; not act_act_icma")           \
    M(S, per_year, interest.per_year, 0, INT, .min = 1, .max = 366, .preset = "12",               \
      .help = "Periods in a year, for day_count nominal")                                         \
    M(S, rounding, interest.rounding, 0, ENUM, .choices = FIN_ROUNDINGS,                          \
      .preset = "\"half_up\"", .help = "Rounding of each amount")                                 \
    M(S, round_unit, interest.round_unit, 0, MONEY,                                               \
      .help = "Amounts are multiples of it; without it the smallest amount")

#define FIN_ALLOCATION(M, S)                                                                      \
    M(S, mode, mode, 0, ENUM, .choices = "horizontal|vertical", .preset = "\"horizontal\"",       \
      .help = "Due by due, or part by part over all dues")                                        \
    M(S, future, future, 0, ENUM, .choices = "next|last|spread", .preset = "\"next\"",            \
      .help = "Which later dues take money that comes early")
#define FIN_ORDER                                                                                 \
    { .name = "steps", .type = ACRM__T_TEXT, .flags = ACRM__LIST,                                 \
      .help = "Order of allocation: when (past_due, due, in_advance) and part (penalty, fee, "    \
              "interest, principal), such as past_due.interest; without it in this very order" }

#define FIN_ALLOCATED(M, S)                                                                       \
    M(S, due, due, 0, INT, .help = "")                                                            \
    M(S, part, part, 0, ENUM, .choices = FIN_PARTS)                                               \
    M(S, when, when, 0, ENUM, .choices = "past_due|due|in_advance")                               \
    M(S, amount, amount, 0, MONEY, .help = "")

#define FIN_PENALTY(M, S)                                                                         \
    M(S, parts, parts, 0, ENUM, .flags = ACRM__LIST, .choices = FIN_PARTS,                        \
      .help = "What bears penalties when it is overdue (not penalty); without it all others")     \
    M(S, amount, amount, 0, MONEY, .help = "The penalty, of kind fixed")                          \
    M(S, grace_days, grace_days, 0, INT, .min = 0, .max = 366, .preset = "0", .unit = "days",     \
      .help = "Nothing is charged in so many days after the due day")                             \
    M(S, grace_counts, grace_counts, 0, BOOL, .preset = "false",                                  \
      .help = "Once grace is over, its days are charged too")                                     \
    M(S, floor, floor, 0, MONEY, .help = "Dues that lack no more bear no penalty")                \
    M(S, due_cap, due_cap, 0, MONEY, .help = "Most for one due; 0: no cap")                       \
    M(S, due_cap_rate, due_cap_rate, 0, DECIMAL,                                                  \
      .help = "Most for one due, as a fraction of it; 0: no cap")                                 \
    M(S, total_cap, total_cap, 0, MONEY, .help = "Most for the contract; 0: no cap")
#define FIN_PENALTY_KIND(M, S)                                                                    \
    M(S, kind, kind, 0, ENUM, .flags = ACRM__REQUIRED, .choices = "interest|share|fixed",         \
      .help = "Interest on what is overdue, a share of it once, or an amount once")
#define FIN_REPLAY_KIND(M, S)                                                                     \
    M(S, penalty, kind, -1, ENUM, .choices = "none|interest|share|fixed",                         \
      .preset = "\"none\"", .help = "Penalties to charge between the events")

#define FIN_ARREARS(M, S)                                                                         \
    M(S, grace_days, grace_days, 0, INT, .min = 0, .max = 366, .preset = "0", .unit = "days",     \
      .help = "Dues not older than this are not overdue")                                         \
    M(S, floor, floor, 0, MONEY, .help = "Dues that lack no more are not overdue")                \
    M(S, held_bucket, held_bucket, 0, INT, .min = -1, .max = 31, .preset = "-1",                  \
      .help = "Bucket the contract was in, kept until nothing is overdue; -1: none")
#define FIN_PAUSE(M, S)                                                                           \
    M(S, first, first, 0, DATE, .flags = ACRM__REQUIRED)                                          \
    M(S, last, last, 0, DATE, .flags = ACRM__REQUIRED)
#define FIN_UNPAID(M, S)                                                                          \
    M(S, penalty, unpaid[ACRM_PART_PENALTY], 0, MONEY, .help = "Penalties overdue")               \
    M(S, fee, unpaid[ACRM_PART_FEE], 0, MONEY, .help = "Fees overdue")                            \
    M(S, interest, unpaid[ACRM_PART_INTEREST], 0, MONEY, .help = "Interest overdue")              \
    M(S, principal, unpaid[ACRM_PART_PRINCIPAL], 0, MONEY, .help = "Principal overdue")
#define FIN_BUCKET(M, S)                                                                          \
    M(S, age_min, age_min, 0, INT, .help = "")                                                    \
    M(S, age_max, age_max, 0, INT, .help = "")                                                    \
    M(S, dues, dues, 0, INT, .help = "")                                                          \
    FIN_UNPAID(M, S)
#define FIN_ARREARS_RESULT(M, S)                                                                  \
    M(S, overdue, dues, 0, INT, .help = "How many dues are overdue")                              \
    M(S, bucket, bucket, 0, INT, .help = "The contract's bucket, counted from 0; -1: none")       \
    M(S, since_day, since_day, 0, DATE, .help = "Day of the oldest overdue due")                  \
    M(S, age, age, 0, INT, .unit = "days", .help = "Its age, pauses taken off")                   \
    FIN_UNPAID(M, S)                                                                              \
    M(S, total, total, 0, MONEY, .help = "All that is overdue")

#define FIN_ARREARS_LINE(M, S)                                                                    \
    M(S, due, due, 0, INT, .help = "")                                                            \
    M(S, calendar_days, calendar_days, 0, INT, .help = "")                                        \
    M(S, paused_days, paused_days, 0, INT, .help = "")                                            \
    M(S, age, age, 0, INT, .help = "")                                                            \
    M(S, finding, finding, 0, ENUM, .choices = "overdue|paid|floor|in_grace")                     \
    M(S, bucket, bucket, 0, INT, .help = "")                                                      \
    M(S, unpaid, unpaid, 0, MONEY, .help = "")
#define FIN_PENALTY_LINE(M, S)                                                                    \
    M(S, from, from, 0, DATE, .help = "")                                                         \
    M(S, to, to, 0, DATE, .help = "")                                                             \
    M(S, before, before, 0, MONEY, .help = "")                                                    \
    M(S, room, room, 0, MONEY, .help = "")                                                        \
    M(S, charged, amount, 0, MONEY, .help = "")

#define FIN_SETTLEMENT(M, S)                                                                      \
    M(S, start_day, start_day, 0, DATE, .flags = ACRM__REQUIRED,                                  \
      .help = "First day of interest of the contract")                                            \
    M(S, method, method, 0, ENUM, .choices = "to_day|to_next_due|all|by_days|by_digits",          \
      .preset = "\"to_day\"", .help = "Up to when interest is paid")                              \
    M(S, refund, refund, 0, ENUM, .choices = "none|by_days|by_interest", .preset = "\"none\"",    \
      .help = "How costs paid at signing are paid back")                                          \
    M(S, costs, costs, 0, MONEY, .help = "Costs paid at signing")                                 \
    M(S, fee, fee, 0, MONEY, .help = "A fixed compensation")                                      \
    M(S, fee_rate, fee_rate, 0, DECIMAL, .help = "Of the principal repaid early")                 \
    M(S, fee_rate_short, fee_rate_short, 0, DECIMAL,                                              \
      .help = "The same when short_days or fewer remain")                                         \
    M(S, short_days, short_days, 0, INT, .min = 0, .max = 36600, .preset = "365", .unit = "days", \
      .help = "See fee_rate_short")                                                               \
    M(S, fee_within_interest, fee_within_interest, 0, BOOL, .preset = "false",                    \
      .help = "The compensation is at most the interest saved")                                   \
    M(S, fee_free, fee_free, 0, MONEY,                                                            \
      .help = "No compensation when at most this is repaid early")
#define FIN_SETTLEMENT_QUOTE(M, S)                                                                \
    M(S, total, total, 0, MONEY, .help = "To pay; below 0 the lender pays")                       \
    M(S, principal, principal, 0, MONEY, .help = "All unpaid principal")                          \
    M(S, principal_early, principal_early, 0, MONEY, .help = "Of it, due after the day")          \
    M(S, interest_due, interest_due, 0, MONEY, .help = "Unpaid of the dues up to the day")        \
    M(S, interest_running, interest_running, 0, MONEY, .help = "Earned since the last due")       \
    M(S, interest_prepaid, interest_prepaid, 0, MONEY, .help = "Already paid of later dues")      \
    M(S, interest_saved, interest_saved, 0, MONEY, .help = "What later dues would have borne")    \
    M(S, fees, fees, 0, MONEY, .help = "Unpaid fees")                                             \
    M(S, penalties, penalties, 0, MONEY, .help = "Unpaid penalties")                              \
    M(S, compensation, compensation, 0, MONEY, .help = "For repaying early")                      \
    M(S, refund, refund, 0, MONEY, .help = "Of costs paid at signing")                            \
    M(S, days_left, days_left, 0, INT, .unit = "days", .help = "To the last due")

#define FIN_RECAST(M, S)                                                                          \
    M(S, start_day, start_day, 0, DATE, .flags = ACRM__REQUIRED,                                  \
      .help = "First day of interest of the contract")                                            \
    M(S, instalment, instalment, 0, MONEY,                                                        \
      .help = "Of mode shorten: principal and interest of each; without it the next due's")       \
    M(S, balloon, balloon, 0, MONEY, .help = "Of mode lower: kept for the last due")
#define FIN_PREPAY_MODE(M, S)                                                                     \
    M(S, mode, mode, 0, ENUM, .choices = "shorten|lower|last", .preset = "\"shorten\"",           \
      .help = "Fewer dues, lower instalments, or fewer dues with the parts of principal kept")
#define FIN_RESTRUCTURE(M, S)                                                                     \
    M(S, mode, mode, 0, ENUM, .choices = "shorten|lower", .preset = "\"lower\"",                  \
      .help = "Pay instalment until nothing is left, or level instalments over periods")          \
    M(S, periods, periods, 0, INT, .flags = ACRM__REQUIRED, .min = 1, .max = FIN_ROWS_MAX,        \
      .help = "New dues; with shorten the most")                                                  \
    M(S, first_due_day, first_due_day, 0, DATE, .flags = ACRM__REQUIRED,                          \
      .help = "Day of the first new due")                                                         \
    M(S, step_months, step_months, 0, INT, .min = 0, .max = 12, .preset = "1",                    \
      .help = "Months between dues, or 0 for step_days")                                          \
    M(S, step_days, step_days, 0, INT, .min = 0, .max = 366, .preset = "0",                       \
      .help = "Days between dues")                                                                \
    M(S, interest_only, interest_only, 0, INT, .min = 0, .max = FIN_ROWS_MAX, .preset = "0",      \
      .help = "So many first dues without principal")                                             \
    M(S, capitalise, capitalise, 0, ENUM, .flags = ACRM__LIST, .choices = "penalty|fee|interest", \
      .help = "Unpaid amounts added to the principal; the others are forgiven")
#define FIN_RECAST_RESULT(M, S)                                                                   \
    M(S, instalment, instalment, 0, MONEY, .help = "Principal and interest of the regular due")   \
    M(S, principal, principal, 0, MONEY, .help = "Owed by the new dues")                          \
    M(S, interest, interest, 0, MONEY, .help = "Of all new dues")                                 \
    M(S, interest_saved, interest_saved, 0, MONEY, .help = "Against the dues replaced")           \
    M(S, capitalised, capitalised, 0, MONEY, .help = "Added to the principal")                    \
    M(S, forgiven, forgiven, 0, MONEY, .help = "Unpaid amounts that were not")

/* A payment: the struct of an event has its day and amount. */
#define FIN_PAID(M, S)                                                                            \
    M(S, day, day, 0, DATE, .flags = ACRM__REQUIRED, .help = "Value day of the payment")          \
    M(S, amount, amount, 0, MONEY, .flags = ACRM__REQUIRED, .help = "What is paid")

#define FIN_REPLAY(M, S)                                                                          \
    M(S, start_day, start_day, 0, DATE, .flags = ACRM__REQUIRED, .help = "No event is before it") \
    M(S, to_day, to_day, 0, DATE, .flags = ACRM__REQUIRED,                                        \
      .help = "Penalties are charged up to it; no event is after it")
#define FIN_EVENT_INDEX(M, S) M(S, event, event, 0, INT, .help = "")
#define FIN_EVENT(M, S)                                                                           \
    M(S, kind, kind, 0, ENUM, .choices = "payment|reversal|charge")                               \
    M(S, day, day, 0, DATE, .flags = ACRM__REQUIRED)                                              \
    M(S, amount, amount, 0, MONEY, .help = "")                                                    \
    M(S, of, of, 0, INT, .min = 0, .max = FIN_ROWS_MAX)                                           \
    M(S, part, part, 0, ENUM, .choices = "penalty|fee")
#define FIN_EVENT_RESULT(M, S)                                                                    \
    M(S, reversed_by, reversed_by, 0, INT, .help = "")                                            \
    M(S, place, place, 0, INT, .help = "")                                                        \
    M(S, rest, rest, 0, MONEY, .help = "")

#endif
