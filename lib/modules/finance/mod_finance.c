/* SPDX-License-Identifier: MIT */
/* The module finance: calculators for instalments, leases and rates. They keep nothing. */
#include "modules/finance/bind.h"
#include "modules/finance/finance.h"
#include "modules/finance/members_apr.h"
#include "modules/finance/members_lease.h"
#include "modules/finance/members_schedule.h"
#include "modules/modules.h"

/* --- Schedules --- */

static const acrm__field finance_schedule_in[] = {
    FIN_CURRENCY,
    FIN_TERMS(FIN_AS_FIELD, )
    FIN_TERMS_LISTS,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_schedule_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The schedule: number, kind, due_day, pay_day, opening, accrued, interest, "
              "principal, fee, insurance, tax, total, counted (in an APR), closing, flags" },
    FIN_SUMMARY(FIN_AS_FIELD, )
    FIN_EXPLANATION,
    FIN_END
};
static const acrm__field finance_solve_in[] = {
    FIN_CURRENCY,
    FIN_SOUGHT(FIN_AS_FIELD, )
    FIN_TERMS(FIN_AS_FIELD, )
    FIN_TERMS_LISTS,
    FIN_END
};
static const acrm__field finance_solve_out[] = {
    FIN_SOLVED,
    FIN_SOLUTION(FIN_AS_FIELD, )
    FIN_END
};

/* --- Leases --- */

static const acrm__field finance_lease_in[] = {
    FIN_CURRENCY,
    FIN_LEASE(FIN_AS_FIELD, )
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_lease_out[] = {
    FIN_LEASE_QUOTE(FIN_AS_FIELD, )
    FIN_EXPLANATION,
    FIN_END
};
static const acrm__field finance_lease_end_in[] = {
    FIN_CURRENCY,
    FIN_LEASE(FIN_AS_FIELD, )
    FIN_LEASE_RETURN(FIN_AS_FIELD, )
    FIN_END
};
static const acrm__field finance_lease_end_out[] = {
    FIN_LEASE_SETTLEMENT(FIN_AS_FIELD, )
    FIN_END
};

/* --- Rates --- */

static const acrm__field finance_apr_in[] = {
    FIN_CURRENCY,
    FIN_APR(FIN_AS_FIELD, )
    { .name = "flows", .type = ACRM__T_MAP, .flags = ACRM__LIST | ACRM__REQUIRED,
      .help = "Up to 10000: kind (advance, payment, charge), amount, day; of charges counts (us, "
              "eu); by period whole and, of a fraction, odd_num and odd_den" },
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_apr_out[] = {
    { .name = "percent", .type = ACRM__T_DECIMAL, .unit = "percent",
      .help = "The annual percentage rate, rounded half up; null unless unique" },
    FIN_APR_RESULT(FIN_AS_FIELD, )
    { .name = "roots", .type = ACRM__T_REAL, .flags = ACRM__LIST,
      .help = "All rates that solve the equation, in percent" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "If explained: the flows with their times, whole + odd_num / odd_den" },
    FIN_END
};
static const acrm__field finance_day_count_in[] = {
    FIN_DAY_COUNT(FIN_AS_FIELD, )
    { .name = "start", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "First day" },
    { .name = "end", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED,
      .help = "Day after the last one that counts" },
    FIN_END
};
static const acrm__field finance_day_count_out[] = {
    { .name = "exact", .type = ACRM__T_TEXT, .help = "Fraction of a year in lowest terms" },
    { .name = "fraction", .type = ACRM__T_DECIMAL, .help = "The same to 12 decimals, half up" },
    FIN_YEAR_FRACTION(FIN_AS_FIELD, )
    FIN_END
};
static const acrm__field finance_rates_in[] = {
    FIN_RATES_FROM(FIN_AS_FIELD, )
    { .name = "value", .type = ACRM__T_REAL, .flags = ACRM__REQUIRED,
      .help = "The rate in percent; a money factor as it is" },
    FIN_RATES(FIN_AS_FIELD, )
    FIN_END
};
static const acrm__field finance_rates_out[] = {
    { .name = "nominal", .type = ACRM__T_REAL, .unit = "percent", .help = "Nominal, a year" },
    { .name = "effective", .type = ACRM__T_REAL, .unit = "percent", .help = "Effective, a year" },
    { .name = "periodic", .type = ACRM__T_REAL, .unit = "percent", .help = "Of a period" },
    { .name = "flat", .type = ACRM__T_REAL, .unit = "percent",
      .help = "A year, on the first principal, for the whole term" },
    { .name = "money_factor", .type = ACRM__T_REAL, .help = "Rent factor of a lease" },
    FIN_END
};

#define FIN_FLAGS (ACRM__OP_PUBLIC | ACRM__OP_SINGLE)

static const acrm__op finance_ops[] = {
    { .name = "finance.schedule", .flags = FIN_FLAGS, .in = finance_schedule_in,
      .out = finance_schedule_out, .run = acrm__finance_schedule,
      .help = "Work out an instalment schedule" },
    { .name = "finance.solve", .flags = FIN_FLAGS, .in = finance_solve_in,
      .out = finance_solve_out, .run = acrm__finance_solve,
      .help = "Find the payment, rate, term, price, deposit, balloon or trade-in of a contract" },
    { .name = "finance.apr", .flags = FIN_FLAGS, .in = finance_apr_in, .out = finance_apr_out,
      .run = acrm__finance_apr, .help = "Annual percentage rate of flows, by US or EU law" },
    { .name = "finance.rates", .flags = FIN_FLAGS, .in = finance_rates_in,
      .out = finance_rates_out, .run = acrm__finance_rates,
      .help = "Convert a rate to the other ways of quoting it" },
    { .name = "finance.day_count", .flags = FIN_FLAGS, .in = finance_day_count_in,
      .out = finance_day_count_out, .run = acrm__finance_day_count,
      .help = "Fraction of a year between two dates" },
    { .name = "finance.lease", .flags = FIN_FLAGS, .in = finance_lease_in,
      .out = finance_lease_out, .run = acrm__finance_lease, .help = "Quote a lease" },
    { .name = "finance.lease_end", .flags = FIN_FLAGS, .in = finance_lease_end_in,
      .out = finance_lease_end_out, .run = acrm__finance_lease_end,
      .help = "What ending a lease costs, by return or purchase" },
    { .name = NULL }
};

const acrm__module acrm__mod_finance = {
    .name = "finance",
    .help = "Instalments, leases, annual percentage rates and what follows a signature",
    .ops = finance_ops,
};
