/* SPDX-License-Identifier: MIT */
/* The module performance: key accounts, targets, what people and dealers reach, what comes next,
 * commissions. */
#include "modules/performance/performance.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/performance/entities.def"
#define ACRM__ENTITIES_NAME performance_entities
#include "kernel/declare_tables.h"

#define PERFORMANCE_PERIOD                                                                        \
    { .name = "from_date", .type = ACRM__T_DATE, .help = "First day; defaults to this month's" }, \
    { .name = "to_date", .type = ACRM__T_DATE, .help = "Last day; defaults to that month's" },    \
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",                               \
      .help = "Of this dealer alone" }
#define PERFORMANCE_RECORD(entity_, help_)                                                        \
    { .name = "record", .type = ACRM__T_RECORD, .target = entity_, .help = help_ }
#define PERFORMANCE_WHICH(entity_)                                                                \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = entity_,              \
      .help = "Which" }

static const acrm__field performance_report_in[] = {
    PERFORMANCE_PERIOD,
    { .name = "group", .type = ACRM__T_ENUM, .choices = "dealer|team|user", .preset = "\"user\"",
      .help = "Who is compared" },
    { .name = "among", .type = ACRM__T_ENUM, .choices = "visible|all", .preset = "\"visible\"",
      .help = "all: rank, quartile and share among all there are, though only rows that one may "
              "see are told; null among fewer than 5" },
    { .name = "goal", .type = ACRM__T_DURATION, .preset = "\"PT15M\"",
      .help = "Open hours within which a lead is to be reached" },
    { .name = NULL }
};
static const acrm__field performance_report_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Best first: id, name, leads, contracts, cancelled, share, revenue, margin, average "
              "(each by currency), conversion_cohort, conversion_period, response_p50_minutes and "
              "response_p90_minutes (by the clock), response_p50_working_minutes and "
              "response_p90_working_minutes (in the dealer's hours), response_in_goal, "
              "not_reached, rank, quartile" },
    { .name = "total", .type = ACRM__T_MAP, .help = "All of them together" },
    { .name = "compared", .type = ACRM__T_INT, .help = "How many are ranked" },
    { .name = "formula", .type = ACRM__T_TEXT, .help = "How the figures are made, with a version" },
    { .name = "from_date", .type = ACRM__T_DATE, .help = "First day" },
    { .name = "to_date", .type = ACRM__T_DATE, .help = "Last day" },
    { .name = NULL }
};
static const acrm__field performance_targets_in[] = {
    { .name = "on", .type = ACRM__T_DATE,
      .help = "Targets whose period holds this day; defaults to today" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Of this dealer, its teams and people" },
    { .name = NULL }
};
static const acrm__field performance_targets_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "id, kind, of (all, dealer, team, user), of_id, name, measure, model, currency, "
              "from_date, to_date, goal, actual, expected (by the days gone), attained, on_course, "
              "exceeded, distributed (goals of those below), undistributed" },
    { .name = NULL }
};
static const acrm__field performance_forecast_in[] = {
    { .name = "measure", .type = ACRM__T_ENUM, .choices = "units|revenue",
      .preset = "\"units\"", .help = "Contracts, or their total" },
    { .name = "currency", .type = ACRM__T_TEXT, .max = 3, .help = "Of revenue: which" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "Of this dealer" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "Of this person" },
    { .name = "model", .type = ACRM__T_TEXT, .max = 100, .help = "Of this model" },
    { .name = "history", .type = ACRM__T_INT, .min = 2, .max = 240, .preset = "36",
      .unit = "months", .help = "Whole months looked at" },
    { .name = "horizon", .type = ACRM__T_INT, .min = 1, .max = 24, .preset = "3",
      .unit = "months", .help = "Months told, this one first" },
    { .name = "season", .type = ACRM__T_INT, .min = 1, .max = 24, .preset = "12",
      .unit = "months", .help = "Length of a season" },
    { .name = "level", .type = ACRM__T_INT, .min = 50, .max = 99, .preset = "80", .unit = "%",
      .help = "How often the truth is to lie within the bounds" },
    { .name = "method", .type = ACRM__T_ENUM,
      .choices = "auto|seasonal_naive|exponential|holt_winters", .preset = "\"auto\"",
      .help = "auto: the one that was least wrong so far" },
    { .name = NULL }
};
static const acrm__field performance_forecast_out[] = {
    { .name = "method", .type = ACRM__T_TEXT, .help = "The method; null: too little history" },
    { .name = "level", .type = ACRM__T_INT, .unit = "%", .help = "Of the bounds" },
    { .name = "currency", .type = ACRM__T_TEXT, .help = "Of revenue" },
    { .name = "origins", .type = ACRM__T_INT, .help = "Past months it was tried at" },
    { .name = "short_of_history", .type = ACRM__T_BOOL,
      .help = "Too few of them for bounds of that level" },
    { .name = "mean_error", .type = ACRM__T_JSON, .help = "Mean absolute error there" },
    { .name = "history", .type = ACRM__T_MAP, .flags = ACRM__LIST, .help = "month, value" },
    { .name = "months", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "month, value, low, high; pipeline: open deals by their chance, and open_deals" },
    { .name = NULL }
};
static const acrm__field performance_run_in[] = { PERFORMANCE_PERIOD, { .name = NULL } };
static const acrm__field performance_run_out[] = { PERFORMANCE_RECORD("commission_run", "The run"),
                                                   { .name = NULL } };
static const acrm__field performance_run_which[] = { PERFORMANCE_WHICH("commission_run"),
                                                     { .name = NULL } };
static const acrm__field performance_export_out[] = {
    { .name = "csv", .type = ACRM__T_TEXT,
      .help = "login,name,from_date,to_date,currency,amount,lines: one row a person and currency" },
    { .name = "rows", .type = ACRM__T_INT, .help = "Rows" },
    { .name = "status", .type = ACRM__T_TEXT, .help = "Of the run: draft or approved" },
    { .name = NULL }
};
static const acrm__field performance_review_in[] = {
    PERFORMANCE_WHICH("account_plan"),
    { .name = "note", .type = ACRM__T_TEXT, .max = 8000, .help = "What it found" },
    { .name = "next_on", .type = ACRM__T_DATE,
      .help = "Next review; defaults to one interval from today" },
    { .name = NULL }
};
static const acrm__field performance_plan_out[] = { PERFORMANCE_RECORD("account_plan", "The plan"),
                                                    { .name = NULL } };
static const acrm__field performance_plan_which[] = { PERFORMANCE_WHICH("account_plan"),
                                                      { .name = NULL } };
static const acrm__field performance_view_out[] = {
    { .name = "plan", .type = ACRM__T_RECORD, .target = "account_plan", .help = "The plan" },
    { .name = "buying_centre", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Its people, with role and stance" },
    { .name = "team", .type = ACRM__T_MAP, .flags = ACRM__LIST, .help = "Ours" },
    { .name = "steps", .type = ACRM__T_MAP, .flags = ACRM__LIST, .help = "The win plan" },
    { .name = "steps_done", .type = ACRM__T_INT, .help = "Steps done" },
    { .name = "steps_open", .type = ACRM__T_INT, .help = "Steps open" },
    { .name = "customers", .type = ACRM__T_INT,
      .help = "The account and its subsidiaries, whose contracts count" },
    { .name = "units", .type = ACRM__T_INT, .help = "Contracts signed in its period" },
    { .name = "value", .type = ACRM__T_MAP, .help = "Their total by currency" },
    { .name = "attained", .type = ACRM__T_REAL, .help = "units of expected_units" },
    { .name = "share", .type = ACRM__T_REAL, .help = "units of market_units" },
    { .name = "review_overdue", .type = ACRM__T_BOOL, .help = "A review is due" },
    { .name = NULL }
};

static const acrm__op performance_ops[] = {
    { .name = "report.performance", .in = performance_report_in, .out = performance_report_out,
      .run = acrm__report_performance,
      .help = "Compare dealers, teams or people: volume, share, conversion, response time" },
    { .name = "report.targets", .in = performance_targets_in, .out = performance_targets_out,
      .run = acrm__report_targets, .help = "Targets and quotas beside what was reached" },
    { .name = "forecast.sales", .in = performance_forecast_in, .out = performance_forecast_out,
      .run = acrm__forecast_sales,
      .help = "Forecast sales by month, with bounds by what it got wrong before" },
    { .name = "commission.run", .flags = ACRM__OP_WRITE, .in = performance_run_in,
      .out = performance_run_out, .run = acrm__commission_run,
      .help = "Compute the commissions of a period, or anew; take back those of cancelled "
              "contracts" },
    { .name = "commission.approve", .flags = ACRM__OP_WRITE, .in = performance_run_which,
      .out = performance_run_out, .run = acrm__commission_approve,
      .help = "Close a run: its lines stay as they are" },
    { .name = "commission.export", .in = performance_run_which, .out = performance_export_out,
      .run = acrm__commission_export, .help = "A run as CSV for the payroll" },
    { .name = "account_plan.review", .flags = ACRM__OP_WRITE, .in = performance_review_in,
      .out = performance_plan_out, .run = acrm__account_review,
      .help = "Note a review of an account plan, and when the next is due" },
    { .name = "account_plan.view", .in = performance_plan_which, .out = performance_view_out,
      .run = acrm__account_view, .help = "An account plan with all of it, and how it stands" },
    { .name = NULL }
};

static const acrm__hook performance_hooks[] = {
    { .entity = "account_plan", .before_write = acrm__account_write },
    { .entity = "account_step", .before_write = acrm__account_step_write },
    { .entity = "sales_target", .before_write = acrm__target_write },
    { .entity = "commission_rule", .before_write = acrm__commission_rule_write },
    { .entity = "commission_share", .before_write = acrm__commission_share_write },
    { .entity = "commission_split", .before_write = acrm__commission_split_write },
    { .entity = NULL }
};

static const acrm__reaction performance_reactions[] = {
    { .type = "sales_contract.created", .run = acrm__result_contract },
    { .type = "sales_contract.updated", .run = acrm__result_contract },
    { .type = NULL }
};

static const acrm__timer_kind performance_timers[] = {
    { .kind = "account_plan.review", .run = acrm__account_due,
      .help = "The review of an account plan is due: its owner gets a task" },
    { .kind = NULL }
};

const acrm__module acrm__mod_performance = {
    .name = "performance",
    .help = "Key accounts, targets, performance, forecast, commissions",
    .entities = performance_entities,
    .ops = performance_ops,
    .hooks = performance_hooks,
    .reactions = performance_reactions,
    .timers = performance_timers,
};
