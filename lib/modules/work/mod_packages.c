/* SPDX-License-Identifier: MIT */
/* The module packages: work packages, in tables. */
#include "modules/modules.h"
#include "modules/work/package.h"

#define ACRM__ENTITIES_DEF "modules/work/package.def"
#define ACRM__ENTITIES_NAME packages_entities
#include "kernel/declare_tables.h"

#define PACKAGE_ID { .name = "id", .type = ACRM__T_REF, .target = "work_package", \
                     .flags = ACRM__REQUIRED, .help = "Which work package" }
#define TASK_ID { .name = "id", .type = ACRM__T_REF, .target = "work_package_task", \
                  .flags = ACRM__REQUIRED, .help = "Which task" }
#define PACKAGE_SUBJECT                                                                        \
    { .name = "entity", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,              \
      .help = "Entity of the record it is for" },                                              \
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "The record" },       \
    { .name = "sale_type", .type = ACRM__T_TEXT, .max = 64, .help = "Type of the sale" },      \
    { .name = "customer_type", .type = ACRM__T_TEXT, .max = 64,                                \
      .help = "Type of the customer; by default its kind" },                                   \
    { .name = "service", .type = ACRM__T_TEXT, .max = 64, .help = "The service" },             \
    { .name = "contract", .type = ACRM__T_TEXT, .max = 64, .help = "Type of the contract" }
#define PACKAGE_ENDS                                                                           \
    { .name = "id", .type = ACRM__T_ID, .help = "The work package" },                          \
    { .name = "name", .type = ACRM__T_TEXT, .help = "Its name" },                              \
    { .name = "status", .type = ACRM__T_TEXT, .help = "Its state" },                           \
    { .name = "started_at", .type = ACRM__T_INSTANT, .help = "Planned from then" },            \
    { .name = "planned_finish", .type = ACRM__T_INSTANT, .help = "When it should be done" },   \
    { .name = "expected_finish", .type = ACRM__T_INSTANT, .help = "When it will be done" },    \
    { .name = "finished_at", .type = ACRM__T_INSTANT, .help = "When it was done" },            \
    { .name = "planned", .type = ACRM__T_TEXT, .help = "Planned finish on the clock of zone" },  \
    { .name = "expected", .type = ACRM__T_TEXT, .help = "Expected finish likewise" },          \
    { .name = "delay_seconds", .type = ACRM__T_INT, .unit = "s",                               \
      .help = "From planned to expected finish, by the clock; 0: it is on time" }

static const acrm__field packages_choose_in[] = { PACKAGE_SUBJECT, { .name = NULL } };
static const acrm__field packages_choose_out[] = {
    { .name = "template", .type = ACRM__T_RECORD, .target = "work_package_template",
      .help = "The template; null: none fits" },
    { .name = "tried", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In order: template, fits, fault (what of it does not fit)" },
    { .name = NULL }
};
static const acrm__field packages_start_in[] = {
    PACKAGE_SUBJECT,
    { .name = "template", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the template; without it work_package.choose decides" },
    { .name = "start_at", .type = ACRM__T_INSTANT, .help = "Plan from then; without it, from now" },
    { .name = NULL }
};
static const acrm__field packages_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "work_package",
      .help = "The work package, its fields at top level" },
    { .name = NULL }
};
static const acrm__field packages_task_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "work_package_task",
      .help = "The task, its fields at top level" },
    { .name = NULL }
};
static const acrm__field packages_reason_in[] = {
    PACKAGE_ID,
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field packages_plan_out[] = {
    PACKAGE_ENDS,
    { .name = "critical_path", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Codes of the tasks whose slip moves the end" },
    { .name = "tasks", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Each with id, code, name, state, owner_id, after, planned, expected and latest "
              "start and finish, start and finish (expected, on the clock of zone), "
              "total_float_seconds, free_float_seconds (business time), critical, target_at" },
    { .name = NULL }
};
static const acrm__field packages_progress_out[] = {
    PACKAGE_ENDS,
    { .name = "percent", .type = ACRM__T_INT, .unit = "%", .help = "Done, by planned time" },
    { .name = "tasks", .type = ACRM__T_MAP, .help = "How many tasks are in each state" },
    { .name = "next", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Codes of the tasks that are ready or active" },
    { .name = "late", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Codes of those that are late against the plan" },
    { .name = NULL }
};
static const acrm__field packages_shown_in[] = {
    PACKAGE_ID,
    { .name = "zone", .type = ACRM__T_TEXT, .max = 64,
      .help = "IANA time zone to show times in; without it the business's" },
    { .name = "jalali", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Show Solar Hijri dates" },
    { .name = NULL }
};
static const acrm__field packages_gantt_out[] = {
    { .name = "svg", .type = ACRM__T_TEXT, .help = "The chart as SVG" },
    { .name = NULL }
};
static const acrm__field packages_task_at_in[] = {
    TASK_ID,
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When it was; without it, now" },
    { .name = NULL }
};
static const acrm__field packages_task_finish_in[] = {
    TASK_ID,
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When it was; without it, now" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 4000, .help = "Note" },
    { .name = NULL }
};
static const acrm__field packages_task_reason_in[] = {
    TASK_ID,
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field packages_task_in[] = { TASK_ID, { .name = NULL } };
static const acrm__field packages_reassign_in[] = {
    TASK_ID,
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "To whom; without it, by team or role to the least loaded" },
    { .name = NULL }
};
static const acrm__field packages_productivity_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "Tasks done from then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Tasks done before then" },
    { .name = "group", .type = ACRM__T_ENUM, .choices = "user|team", .preset = "\"user\"",
      .help = "A row for each" },
    { .name = NULL }
};
static const acrm__field packages_productivity_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "user or team, id, tasks, on_time, late, on_time_rate, mean_planned_minutes, "
              "mean_worked_minutes (business time), worked_per_planned" },
    { .name = NULL }
};

#define PACKAGE_TASK_OP(name_, in_, run_, help_)                                               \
    { .name = name_, .flags = ACRM__OP_WRITE, .in = in_, .out = packages_task_out,             \
      .run = run_, .help = help_ }

static const acrm__op packages_ops[] = {
    { .name = "work_package.choose", .in = packages_choose_in, .out = packages_choose_out,
      .run = acrm__package_choose, .help = "Tell which work package a record gets, and why" },
    { .name = "work_package.start", .flags = ACRM__OP_WRITE, .in = packages_start_in,
      .out = packages_out, .run = acrm__package_start,
      .help = "Make the tasks of a work package for a record, with their owners and their plan" },
    { .name = "work_package.cancel", .flags = ACRM__OP_WRITE, .in = packages_reason_in,
      .out = packages_out, .run = acrm__package_cancel, .help = "Call a work package off" },
    { .name = "work_package.plan", .in = packages_shown_in, .out = packages_plan_out,
      .run = acrm__package_plan,
      .help = "The times of a work package as things are: critical path, floats, expected end" },
    { .name = "work_package.progress", .in = packages_shown_in, .out = packages_progress_out,
      .run = acrm__package_progress, .help = "How far a work package is, and what is late" },
    { .name = "work_package.gantt", .in = packages_shown_in, .out = packages_gantt_out,
      .run = acrm__package_gantt, .help = "A work package as a Gantt chart" },
    PACKAGE_TASK_OP("work_package_task.start", packages_task_at_in, acrm__package_task_start,
                    "Begin a task that is ready"),
    PACKAGE_TASK_OP("work_package_task.finish", packages_task_finish_in,
                    acrm__package_task_finish, "A task is done; what waited for it is ready"),
    PACKAGE_TASK_OP("work_package_task.block", packages_task_reason_in, acrm__package_task_block,
                    "Something is in the way of a task"),
    PACKAGE_TASK_OP("work_package_task.unblock", packages_task_in, acrm__package_task_unblock,
                    "Nothing is in the way of a task any more"),
    PACKAGE_TASK_OP("work_package_task.skip", packages_task_reason_in, acrm__package_task_skip,
                    "Leave a task out; what waited for it goes on"),
    PACKAGE_TASK_OP("work_package_task.reassign", packages_reassign_in,
                    acrm__package_task_reassign, "Give a task to another"),
    { .name = "report.productivity", .in = packages_productivity_in,
      .out = packages_productivity_out, .run = acrm__package_productivity,
      .help = "Tasks done by users or teams: how many, on time, against planned time" },
    { .name = NULL }
};

static const acrm__hook packages_hooks[] = {
    { .entity = "work_package_template", .before_write = acrm__package_template_write },
    { .entity = "work_package_task", .before_write = acrm__package_task_write },
    { .entity = NULL }
};

static const acrm__reaction packages_reactions[] = {
    { .type = "work_package_task_template.*", .run = acrm__package_template_changed },
    { .type = NULL }
};

static const acrm__timer_kind packages_timers[] = {
    { .kind = "work_package.watch", .run = acrm__package_due,
      .help = "Tells when tasks miss their plan or target, and when the package will be late" },
    { .kind = NULL }
};

const acrm__module acrm__mod_packages = {
    .name = "packages",
    .help = "Work packages: dependent tasks with owners and plans",
    .entities = packages_entities,
    .ops = packages_ops,
    .hooks = packages_hooks,
    .reactions = packages_reactions,
    .timers = packages_timers,
};
