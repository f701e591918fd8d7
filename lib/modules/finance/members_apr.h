/* SPDX-License-Identifier: MIT */
/* Members of the structs of annual percentage rates, day counts and conversions of rates. */
#ifndef ACRM_MODULES_FINANCE_MEMBERS_APR_H
#define ACRM_MODULES_FINANCE_MEMBERS_APR_H

#include "modules/finance/members.h"

#define FIN_APR_METHODS "us_regz|eu_annex_i|eu_days_365|eu_days_365_25"
#define FIN_APR_UNITS "auto|day|week|semimonth|month|year"

#define FIN_APR(M, S)                                                                             \
    M(S, method, method, 1, ENUM, .flags = ACRM__REQUIRED, .choices = FIN_APR_METHODS,            \
      .help = "Regulation Z Appendix J, 2008/48/EC Annex I, or days over 365 or 365.25")          \
    M(S, timing, timing, 0, ENUM, .choices = "by_date|by_period", .preset = "\"by_date\"",        \
      .help = "Whether flows have a day, or whole and odd periods")                               \
    M(S, unit_kind, unit_kind, 0, ENUM, .choices = FIN_APR_UNITS, .preset = "\"month\"",          \
      .help = "Unit-period or regular period; auto: found from the dates")                        \
    M(S, unit_count, unit_count, 0, INT, .min = 1, .max = 365, .preset = "1",                     \
      .help = "Units in a unit-period")                                                           \
    M(S, decimals, decimals, 0, INT, .min = 0, .max = 9, .preset = "2",                           \
      .help = "Decimals of the percentage")                                                       \
    M(S, start_day, start_day, 0, DATE,                                                           \
      .help = "us_regz: when the finance charge begins, if that is before the first advance")     \
    M(S, percent_low, percent_low, 0, REAL, .unit = "percent",                                    \
      .help = "Only rates above it are looked for")                                               \
    M(S, percent_high, percent_high, 0, REAL, .unit = "percent", .help = "And only below it")

#define FIN_FLOW(M, S)                                                                            \
    M(S, kind, flow.kind, 1, ENUM, .flags = ACRM__REQUIRED, .choices = "advance|payment|charge")  \
    M(S, amount, flow.amount, 0, MONEY, .flags = ACRM__REQUIRED)                                  \
    M(S, day, flow.day, 0, DATE, .help = "")                                                      \
    M(S, counts, flow.counts, 0, ENUM, .flags = ACRM__LIST, .choices = "us|eu")                   \
    M(S, whole, time.whole, 0, INT, .min = -10000000, .max = 10000000)                            \
    M(S, odd_num, time.odd_num, 0, INT, .min = 0, .max = 10000000)                                \
    M(S, odd_den, time.odd_den, 0, INT, .min = 0, .max = 10000000)

#define FIN_APR_RESULT(M, S)                                                                      \
    M(S, outcome, outcome, 1, ENUM, .choices = "unique|none|several|outside|undecided",           \
      .help = "How many rates solve the equation")                                                \
    M(S, percent_exact, percent, 0, REAL, .unit = "percent",                                      \
      .help = "The rate before rounding; null unless unique")                                     \
    M(S, period_rate, period_rate, 0, REAL, .help = "Rate of a unit-period as a fraction")        \
    M(S, periods_per_year, periods_per_year, 0, REAL, .help = "Unit-periods in a year")           \
    M(S, unit_kind, unit_kind, 0, ENUM, .choices = FIN_APR_UNITS, .help = "Unit-period used")     \
    M(S, unit_count, unit_count, 0, INT, .help = "Units in it")                                   \
    M(S, start_day, start_day, 0, DATE, .help = "Day of time 0")                                  \
    M(S, advanced, advanced, 0, MONEY, .help = "All advances")                                    \
    M(S, paid, paid, 0, MONEY, .help = "All payments")                                            \
    M(S, charges_counted, charges_counted, 0, MONEY, .help = "Charges that count")                \
    M(S, charges_left_out, charges_left_out, 0, MONEY, .help = "Charges that do not")             \
    M(S, formula, formula, 0, TEXT, .help = "Name of the formula")

#define FIN_DAY_COUNT(M, S)                                                                       \
    M(S, convention, convention, 1, ENUM, .flags = ACRM__REQUIRED, .choices = FIN_DAY_COUNTS,     \
      .help = "Day-count convention")                                                             \
    M(S, termination, termination, 0, DATE, .help = "30e_360_isda: the day the contract ends")    \
    M(S, anchor, anchor, 0, DATE,                                                                 \
      .help = "act_act_icma: first or last day of a regular period; without it start")            \
    M(S, period_months, period_months, 0, INT, .min = 0, .max = 12, .preset = "0",                \
      .help = "act_act_icma: months of a regular period: 1, 2, 3, 4, 6 or 12")                    \
    M(S, month_end, month_end, 0, BOOL, .preset = "false",                                        \
      .help = "act_act_icma: regular periods end with the month")

#define FIN_YEAR_FRACTION(M, S)                                                                   \
    M(S, days, days, 0, INT, .help = "Days counted")                                              \
    M(S, leap_days, leap_days, 0, INT, .help = "act_act_isda: of them in leap years")

#define FIN_RATES_FROM(M, S)                                                                      \
    M(S, from, per_year, 1, ENUM, .flags = ACRM__REQUIRED,                                        \
      .choices = "nominal|effective|periodic|flat|money_factor", .help = "What value is")

#define FIN_RATES(M, S)                                                                           \
    M(S, per_year, per_year, 0, INT, .min = 1, .max = 366, .preset = "12",                        \
      .help = "Periods in a year")                                                                \
    M(S, periods, periods, 0, INT, .min = 1, .max = 12000, .preset = "12",                        \
      .help = "Instalments of the term, for flat rates")                                          \
    M(S, advance, advance, 0, BOOL, .preset = "false",                                            \
      .help = "Instalments at the beginning of a period, for flat rates")

#endif
