/* SPDX-License-Identifier: MIT */
/* The module grading: profiles of customers, and their grades. */
#include "modules/grading/grading.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/grading/entities.def"
#define ACRM__ENTITIES_NAME grading_entities
#include "kernel/declare_tables.h"

#define GRADING_CUSTOMER                                                                          \
    { .name = "customer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "customer", \
      .help = "Whose" }
#define GRADING_KIND                                                                              \
    { .name = "kind", .type = ACRM__T_TEXT, .max = 64, .preset = "\"customer\"",                 \
      .help = "Kind of the scheme" }
#define GRADING_MOVED                                                                             \
    { .name = "moved", .type = ACRM__T_INT, .help = "Grades that moved" }
#define GRADING_RECORD(entity)                                                                    \
    { .name = "record", .type = ACRM__T_RECORD, .target = entity,                                \
      .help = "The record, its fields at top level" }

static const acrm__field grading_profile_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "customer",
      .help = "Which customer" },
    { .name = NULL }
};
static const acrm__field grading_profile_out[] = {
    { .name = "profile", .type = ACRM__T_RECORD, .target = "customer_profile",
      .help = "Value, recency, frequency, state, what is expected, as of today" },
    { .name = "reasons", .type = ACRM__T_MAP,
      .help = "next_service and repurchase: every day that speaks for one, by what, of which "
              "vehicle; the earliest counts" },
    { .name = "grades", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Grades in force: kind, grade, since" },
    { .name = NULL }
};
static const acrm__field grading_load_in[] = {
    { .name = "definition", .type = ACRM__T_JSON, .flags = ACRM__REQUIRED,
      .help = "Kind, grades, axes, rules, map (docs/grading.md)" },
    { .name = "activate", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Put it in force at once" },
    { .name = NULL }
};
static const acrm__field grading_scheme_out[] = { GRADING_RECORD("grade_scheme"),
                                                  { .name = NULL } };
static const acrm__field grading_check_in[] = {
    { .name = "definition", .type = ACRM__T_JSON, .flags = ACRM__REQUIRED, .help = "The scheme" },
    { .name = NULL }
};
static const acrm__field grading_check_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "It would load" },
    { .name = "faults", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Field (JSON Pointer), reason and message of each" },
    { .name = NULL }
};
static const acrm__field grading_scheme_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "grade_scheme",
      .help = "Which revision" },
    { .name = NULL }
};
static const acrm__field grading_run_in[] = {
    { .name = "restart", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Begin anew, though an earlier run was cut short" },
    { .name = "events", .type = ACRM__T_INT, .min = 0, .max = 1000000, .preset = "1000",
      .help = "So many moves raise customer.graded or customer.state_changed; the rest none" },
    { .name = "step", .type = ACRM__T_INT, .min = 1, .max = 100000, .preset = "16384",
      .help = "Customers of one step, a transaction; more are faster and take more memory" },
    { .name = NULL }
};
static const acrm__field grading_run_out[] = {
    { .name = "run_id", .type = ACRM__T_ID, .help = "Record of the run" },
    { .name = "customers", .type = ACRM__T_INT, .help = "Customers passed" },
    { .name = "changed", .type = ACRM__T_INT, .help = "Profiles that changed, new ones too" },
    GRADING_MOVED,
    { .name = NULL }
};
static const acrm__field grading_explain_in[] = { GRADING_CUSTOMER, GRADING_KIND,
                                                  { .name = NULL } };
static const acrm__field grading_explain_out[] = {
    { .name = "kind", .type = ACRM__T_TEXT, .help = "Kind of the scheme" },
    { .name = "scheme_id", .type = ACRM__T_ID, .help = "The scheme in force" },
    { .name = "revision", .type = ACRM__T_INT, .help = "Its revision" },
    { .name = "grade", .type = ACRM__T_TEXT, .help = "The grade in force; null: none yet" },
    { .name = "explanation", .type = ACRM__T_MAP,
      .help = "As of now: grade, computed (without hysteresis), why, axes, rules with value and "
              "points" },
    { .name = "by_hand", .type = ACRM__T_MAP, .help = "Grade given by hand: grade, floor, until" },
    { .name = "below_since", .type = ACRM__T_DATE,
      .help = "Since when it would be lower, were it not for stay_days" },
    { .name = "next_review", .type = ACRM__T_DATE,
      .help = "First day on which time alone may move it" },
    { .name = "history", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The last 20 grades, the newest first: grade, previous, since, until, cause, "
              "inputs" },
    { .name = NULL }
};
static const acrm__field grading_simulate_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "grade_scheme", .help = "A revision" },
    { .name = "definition", .type = ACRM__T_JSON,
      .help = "Instead of one: a scheme that is not kept yet" },
    { .name = "limit", .type = ACRM__T_INT, .min = 0, .max = 10000, .preset = "20",
      .help = "Customers who would move to name" },
    { .name = NULL }
};
static const acrm__field grading_simulate_out[] = {
    { .name = "customers", .type = ACRM__T_INT, .help = "Customers with a profile" },
    { .name = "moved", .type = ACRM__T_INT, .help = "Of them would move" },
    { .name = "moves", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "From, to, customers: how many go where; from null: had none" },
    { .name = "movers", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The first who would: customer_id, from, to" },
    { .name = NULL }
};
static const acrm__field grading_set_in[] = {
    GRADING_CUSTOMER, GRADING_KIND,
    { .name = "grade", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 16,
      .help = "A grade of the scheme" },
    { .name = "floor", .type = ACRM__T_BOOL, .preset = "false",
      .help = "A better one that is computed comes before it" },
    { .name = "until", .type = ACRM__T_DATE, .help = "Last day; without it until released" },
    { .name = "why", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1000, .help = "Why" },
    { .name = NULL }
};
static const acrm__field grading_set_out[] = { GRADING_RECORD("grade_override"), GRADING_MOVED,
                                               { .name = NULL } };
static const acrm__field grading_one_in[] = { GRADING_CUSTOMER, { .name = NULL } };
static const acrm__field grading_moved_out[] = { GRADING_MOVED, { .name = NULL } };

static const acrm__op grading_ops[] = {
    { .name = "customer.profile", .in = grading_profile_in, .out = grading_profile_out,
      .run = acrm__customer_profile,
      .help = "What is known of a customer's value and habits, and what to expect, with reasons" },
    { .name = "grade.load", .flags = ACRM__OP_WRITE, .in = grading_load_in,
      .out = grading_scheme_out, .run = acrm__grade_load,
      .help = "Take a scheme in as the next revision of its kind, checked" },
    { .name = "grade.check", .in = grading_check_in, .out = grading_check_out,
      .run = acrm__grade_check, .help = "Tell the faults of a scheme, each with its place" },
    { .name = "grade.activate", .flags = ACRM__OP_WRITE, .in = grading_scheme_in,
      .out = grading_scheme_out, .run = acrm__grade_activate,
      .help = "Put a revision in force; the one before is retired" },
    { .name = "grade.retire", .flags = ACRM__OP_WRITE, .in = grading_scheme_in,
      .out = grading_scheme_out, .run = acrm__grade_retire,
      .help = "Put a revision out of force; grades stay as they are" },
    { .name = "grade.run", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = grading_run_in,
      .out = grading_run_out, .run = acrm__grade_run,
      .help = "Compute profiles and grades of all customers; goes on where it was cut short" },
    { .name = "grade.refresh", .flags = ACRM__OP_WRITE, .in = grading_one_in,
      .out = grading_moved_out, .run = acrm__grade_refresh,
      .help = "Compute profile and grades of one customer at once" },
    { .name = "grade.explain", .in = grading_explain_in, .out = grading_explain_out,
      .run = acrm__grade_explain, .help = "Tell a grade point by point, and how it came about" },
    { .name = "grade.simulate", .in = grading_simulate_in, .out = grading_simulate_out,
      .run = acrm__grade_simulate,
      .help = "How many would move from which grade to which by a scheme; writes nothing" },
    { .name = "grade.set", .flags = ACRM__OP_WRITE, .in = grading_set_in, .out = grading_set_out,
      .run = acrm__grade_set, .help = "Give a grade by hand, or a least one, for a time" },
    { .name = "grade.release", .flags = ACRM__OP_WRITE, .in = grading_explain_in,
      .out = grading_moved_out, .run = acrm__grade_release,
      .help = "Take back a grade given by hand" },
    { .name = NULL }
};

/* Records that say something about a customer: a change of one makes the profile due. */
#define GRADING_MARKS(name)                                                                       \
    { .entity = name, .before_write = acrm__mark_write, .moved = acrm__mark_write }

static const acrm__hook grading_hooks[] = {
    { .entity = "profile_policy", .before_write = acrm__policy_write },
    { .entity = "customer", .before_write = acrm__mark_customer },
    { .entity = "vehicle", .before_write = acrm__mark_vehicle },
    GRADING_MARKS("sales_contract"),
    GRADING_MARKS("interaction"),
    GRADING_MARKS("lead"),
    GRADING_MARKS("opportunity"),
    GRADING_MARKS("activity"),
    GRADING_MARKS("case"),
    GRADING_MARKS("case_compensation"),
    GRADING_MARKS("consent"),
    GRADING_MARKS("preference"),
    GRADING_MARKS("vehicle_ownership"),
    GRADING_MARKS("member_card"),
    GRADING_MARKS("contact_point"),
    GRADING_MARKS("tagging"),
    GRADING_MARKS("relationship"),
    GRADING_MARKS("household_member"),
    GRADING_MARKS("grade_override"),
    { .entity = NULL }
};

static const acrm__reaction grading_reactions[] = {
    { .type = "customer.merged", .run = acrm__mark_merged },
    { .type = "customer.unmerged", .run = acrm__mark_merged },
    { .type = "customer.restricted", .run = acrm__mark_event },
    { .type = "customer.unrestricted", .run = acrm__mark_event },
    { .type = "customer.erasing", .run = acrm__mark_erasing },
    { .type = NULL }
};

const acrm__module acrm__mod_grading = {
    .name = "grading",
    .help = "Profiles and grades of customers",
    .entities = grading_entities,
    .ops = grading_ops,
    .hooks = grading_hooks,
    .reactions = grading_reactions,
    .tick = acrm__grading_tick,
};
