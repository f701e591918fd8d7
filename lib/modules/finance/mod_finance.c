/* SPDX-License-Identifier: MIT */
/* The module finance: calculators for instalments, leases and rates. They keep nothing. */
#include "modules/finance/bind.h"
#include "modules/finance/finance.h"
#include "modules/finance/members_apr.h"
#include "modules/finance/members_lease.h"
#include "modules/finance/members_schedule.h"
#include "modules/finance/members_servicing.h"
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
      .help = "The schedule: number, due_day, total, interest, principal, closing, opening, "
              "accrued, fee, insurance, tax, counted (in an APR), kind, pay_day, flags" },
    FIN_SUMMARY(FIN_AS_FIELD, )
    FIN_EXPLANATION,
    FIN_END
};
static const acrm__field finance_solve_in[] = {
    FIN_CURRENCY,
    FIN_SOUGHT(FIN_AS_FIELD, )
    FIN_TERMS(FIN_AS_FIELD, )
    FIN_TERMS_LISTS,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_solve_out[] = {
    FIN_SOLVED,
    FIN_SOLUTION(FIN_AS_FIELD, )
    FIN_EXPLANATION,
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
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_lease_end_out[] = {
    FIN_LEASE_SETTLEMENT(FIN_AS_FIELD, )
    FIN_EXPLANATION,
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
      .help = "If explained: the flows with their times, whole + odd_num / odd_den, and their "
              "present value at the rate; those values sum to 0" },
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
    { .name = "formula", .type = ACRM__T_TEXT, .help = "How the convention counts" },
    FIN_END
};
static const acrm__field finance_rates_in[] = {
    FIN_RATES_FROM(FIN_AS_FIELD, )
    { .name = "value", .type = ACRM__T_REAL, .flags = ACRM__REQUIRED,
      .help = "The rate in percent; a money factor as it is" },
    FIN_RATES(FIN_AS_FIELD, )
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_rates_out[] = {
    { .name = "nominal", .type = ACRM__T_REAL, .unit = "percent", .help = "Nominal, a year" },
    { .name = "effective", .type = ACRM__T_REAL, .unit = "percent", .help = "Effective, a year" },
    { .name = "periodic", .type = ACRM__T_REAL, .unit = "percent", .help = "Of a period" },
    { .name = "flat", .type = ACRM__T_REAL, .unit = "percent",
      .help = "A year, on the first principal, for the whole term" },
    { .name = "money_factor", .type = ACRM__T_REAL, .help = "Rent factor of a lease" },
    { .name = "explanation", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "If asked for: figure and formula, by way of the rate i of a period; m periods a "
              "year, n instalments" },
    FIN_END
};

/* --- After signing --- */

#define FIN_DUE_KEYS                                                                              \
    "number, day, penalty, fee, interest, principal, and each with _paid"

static const acrm__field finance_allocate_in[] = {
    FIN_CURRENCY,
    FIN_PAID(FIN_AS_FIELD, )
    FIN_ALLOCATION(FIN_AS_FIELD, )
    FIN_ORDER,
    FIN_DUES,
    FIN_END
};
static const acrm__field finance_allocate_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What went where, in order: due (position from 0), part, when, amount" },
    { .name = "dues", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The dues after it: " FIN_DUE_KEYS },
    { .name = "allocated", .type = ACRM__T_MONEY, .help = "All that the dues took" },
    { .name = "rest", .type = ACRM__T_MONEY, .help = "What no due could take" },
    FIN_END
};
static const acrm__field finance_penalty_in[] = {
    FIN_CURRENCY,
    FIN_PENALTY_KIND(FIN_AS_FIELD, )
    { .name = "from", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "First day charged" },
    { .name = "to", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED,
      .help = "Day after the last one charged" },
    FIN_PENALTY(FIN_AS_FIELD, )
    FIN_INTEREST(FIN_AS_FIELD, , "act_365f")
    FIN_DUES,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_penalty_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The dues with their penalties: " FIN_DUE_KEYS },
    { .name = "charged", .type = ACRM__T_MONEY, .help = "All penalties of these days" },
    FIN_PENALTIES,
    FIN_END
};
static const acrm__field finance_arrears_in[] = {
    FIN_CURRENCY,
    { .name = "day", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED,
      .help = "Day to judge by; a due of that day is not overdue" },
    { .name = "buckets", .type = ACRM__T_INT, .flags = ACRM__LIST, .min = 1, .max = 36600,
      .preset = "[30,60,90]", .unit = "days", .help = "Where buckets end; the last has no end" },
    { .name = "pauses", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Up to 1000 stretches that do not age: first, last (the day after)" },
    FIN_ARREARS(FIN_AS_FIELD, )
    FIN_DUES,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_arrears_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The buckets: age_min, age_max, dues, and what they lack: penalty, fee, interest, "
              "principal" },
    FIN_ARREARS_RESULT(FIN_AS_FIELD, )
    { .name = "explanation", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "If asked for, each due before the day: due (position from 0), calendar_days, "
              "paused_days, age, finding (overdue, paid, floor, in_grace), bucket (-1: none), "
              "unpaid" },
    FIN_END
};
static const acrm__field finance_settlement_in[] = {
    FIN_CURRENCY,
    { .name = "day", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED, .help = "Day of settlement" },
    FIN_SETTLEMENT(FIN_AS_FIELD, )
    FIN_INTEREST(FIN_AS_FIELD, , "nominal")
    FIN_DUES,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_settlement_out[] = {
    FIN_SETTLEMENT_QUOTE(FIN_AS_FIELD, )
    FIN_EXPLANATION,
    FIN_END
};
static const acrm__field finance_prepay_in[] = {
    FIN_CURRENCY,
    FIN_PAID(FIN_AS_FIELD, )
    FIN_PREPAY_MODE(FIN_AS_FIELD, )
    FIN_RECAST(FIN_AS_FIELD, )
    FIN_INTEREST(FIN_AS_FIELD, , "nominal")
    FIN_DUES,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_restructure_in[] = {
    FIN_CURRENCY,
    { .name = "day", .type = ACRM__T_DATE, .flags = ACRM__REQUIRED,
      .help = "First day of interest of the new dues" },
    FIN_RESTRUCTURE(FIN_AS_FIELD, )
    FIN_RECAST(FIN_AS_FIELD, )
    FIN_INTEREST(FIN_AS_FIELD, , "nominal")
    FIN_DUES,
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_recast_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The new dues: " FIN_DUE_KEYS },
    FIN_RECAST_RESULT(FIN_AS_FIELD, )
    FIN_EXPLANATION,
    FIN_END
};
static const acrm__field finance_replay_in[] = {
    FIN_CURRENCY,
    FIN_REPLAY(FIN_AS_FIELD, )
    FIN_REPLAY_KIND(FIN_AS_FIELD, )
    FIN_PENALTY(FIN_AS_FIELD, )
    FIN_INTEREST(FIN_AS_FIELD, , "act_365f")
    FIN_ALLOCATION(FIN_AS_FIELD, )
    FIN_ORDER,
    FIN_DUES,
    { .name = "events", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The history in the order of booking, up to 3660: kind (payment, reversal, charge), "
              "day, amount; of: position from 0 of the event reversed, or of the due charged; "
              "part (penalty, fee)" },
    FIN_EXPLAIN,
    FIN_END
};
static const acrm__field finance_replay_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The dues as they stand: " FIN_DUE_KEYS },
    { .name = "events", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Of each event: reversed_by (-1: none), place in the order of days, rest" },
    { .name = "allocated", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What went where: event, due, part, when, amount" },
    FIN_PENALTIES,
    FIN_END
};

#define FIN_FLAGS (ACRM__OP_PUBLIC | ACRM__OP_SINGLE)

static const acrm__op finance_ops[] = {
    { .name = "finance.schedule", .flags = ACRM__OP_PUBLIC, .in = finance_schedule_in,
      .out = finance_schedule_out, .run = acrm__finance_schedule,
      .help = "Work out an instalment schedule" },
    { .name = "finance.solve", .flags = ACRM__OP_PUBLIC, .in = finance_solve_in,
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
    { .name = "finance.allocate", .flags = FIN_FLAGS, .in = finance_allocate_in,
      .out = finance_allocate_out, .run = acrm__finance_allocate,
      .help = "Tell which dues a payment pays" },
    { .name = "finance.penalty", .flags = FIN_FLAGS, .in = finance_penalty_in,
      .out = finance_penalty_out, .run = acrm__finance_penalty,
      .help = "Charge the penalties of overdue amounts" },
    { .name = "finance.arrears", .flags = FIN_FLAGS, .in = finance_arrears_in,
      .out = finance_arrears_out, .run = acrm__finance_arrears,
      .help = "Tell how late a contract is, by ages" },
    { .name = "finance.settlement", .flags = FIN_FLAGS, .in = finance_settlement_in,
      .out = finance_settlement_out, .run = acrm__finance_settlement,
      .help = "Quote the early end of a contract" },
    { .name = "finance.prepay", .flags = FIN_FLAGS, .in = finance_prepay_in,
      .out = finance_recast_out, .run = acrm__finance_prepay,
      .help = "Write the later dues anew after principal is repaid early" },
    { .name = "finance.restructure", .flags = FIN_FLAGS, .in = finance_restructure_in,
      .out = finance_recast_out, .run = acrm__finance_restructure,
      .help = "Replace the unpaid dues of a contract by new ones" },
    { .name = "finance.replay", .flags = FIN_FLAGS, .in = finance_replay_in,
      .out = finance_replay_out, .run = acrm__finance_replay,
      .help = "Play a payment history again, with reversals and late bookings" },
    { .name = NULL }
};

const acrm__module acrm__mod_finance = {
    .name = "finance",
    .help = "Instalments, leases, annual percentage rates and what follows a signature",
    .ops = finance_ops,
};
