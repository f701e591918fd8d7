/* SPDX-License-Identifier: MIT */
/* Service levels as a module: entities, operations and timers, in tables. */
#include "modules/modules.h"
#include "modules/work/sla.h"

#define ACRM__ENTITIES_DEF "modules/work/sla.def"
#define ACRM__ENTITIES_NAME sla_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

#define SLA_RECORD                                                                            \
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED,                              \
      .help = "The record: a case, a lead, an order" }
#define SLA_AT                                                                                \
    { .name = "at", .type = ACRM__T_INSTANT,                                                  \
      .help = "When it happened, when that was earlier; without it, now" }
#define SLA_ANSWER                                                                            \
    { .name = "item_id", .type = ACRM__T_ID, .help = "The sla_item of the record" },          \
    { .name = "state", .type = ACRM__T_ENUM, .choices = "running|paused|resolved",            \
      .help = "How it stands" },                                                              \
    { .name = "next_at", .type = ACRM__T_INSTANT, .help = "When the next thing is reached" }

static const acrm__field sla_start_in[] = {
    { .name = "entity", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Entity of the record" },
    SLA_RECORD,
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When it began; without it, now" },
    { .name = "priority", .type = ACRM__T_TEXT, .max = 64,
      .help = "Its priority; without it, that of its field priority" },
    { .name = "policy_id", .type = ACRM__T_REF, .target = "sla_policy",
      .help = "The policy; without it, the first that fits" },
    { .name = NULL }
};
static const acrm__field sla_start_out[] = {
    { .name = "policy_id", .type = ACRM__T_ID, .help = "The policy in force" },
    SLA_ANSWER,
    { .name = NULL }
};
static const acrm__field sla_answer_out[] = {
    SLA_ANSWER,
    { .name = NULL }
};
static const acrm__field sla_happen_in[] = {
    SLA_RECORD,
    { .name = "kind", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "message|reply|touch|priority|policy|resolved|reopened|closed",
      .help = "message: of the customer; reply: the customer was told something; touch: somebody "
              "worked on it; policy: choose the policy anew" },
    SLA_AT,
    { .name = "message_id", .type = ACRM__T_ID, .help = "The message that is to be answered" },
    { .name = "priority", .type = ACRM__T_TEXT, .max = 64, .help = "The new priority" },
    { .name = NULL }
};
static const acrm__field sla_pause_in[] = {
    SLA_RECORD,
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of the stop_reason" },
    SLA_AT,
    { .name = "until", .type = ACRM__T_INSTANT,
      .help = "Until then; without it, for as long as the reason allows or until resumed" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000,
      .help = "More about why; nothing personal" },
    { .name = NULL }
};
static const acrm__field sla_pause_out[] = {
    { .name = "pause_id", .type = ACRM__T_ID, .help = "The stop point" },
    { .name = "pause_state", .type = ACRM__T_ENUM, .choices = "requested|running|ended|refused",
      .help = "requested: somebody must agree by sla.approve first" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "When it ends by itself" },
    SLA_ANSWER,
    { .name = NULL }
};
static const acrm__field sla_resume_in[] = {
    SLA_RECORD,
    SLA_AT,
    { .name = "pause_id", .type = ACRM__T_REF, .target = "sla_pause",
      .help = "Only this stop point; without it, all that are in force" },
    { .name = NULL }
};
static const acrm__field sla_approve_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "sla_pause", .flags = ACRM__REQUIRED,
      .help = "The stop point" },
    { .name = "approve", .type = ACRM__T_BOOL, .preset = "true", .help = "false: refuse it" },
    { .name = NULL }
};
static const acrm__field sla_record_in[] = {
    SLA_RECORD,
    { .name = NULL }
};
static const acrm__field sla_status_in[] = {
    SLA_RECORD,
    { .name = "at", .type = ACRM__T_INSTANT, .help = "As of then; without it, now" },
    { .name = "all", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Also the responses and updates that have ended" },
    { .name = "zone", .type = ACRM__T_TEXT, .max = 64,
      .help = "Time zone to show times in; without it, that of the calendar" },
    { .name = "jalali", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Show Solar Hijri dates" },
    { .name = NULL }
};
static const acrm__field sla_status_out[] = {
    { .name = "item_id", .type = ACRM__T_ID, .help = "The sla_item of the record" },
    { .name = "entity", .type = ACRM__T_TEXT, .help = "Entity of the record" },
    { .name = "policy", .type = ACRM__T_TEXT, .help = "Name of the policy in force" },
    { .name = "priority", .type = ACRM__T_TEXT, .help = "Its priority" },
    { .name = "state", .type = ACRM__T_ENUM, .choices = "running|paused|resolved",
      .help = "How it stands" },
    { .name = "cycle", .type = ACRM__T_INT, .help = "1, and one more with each new beginning" },
    { .name = "next_at", .type = ACRM__T_INSTANT, .help = "When the next thing is reached" },
    { .name = "neglected_at", .type = ACRM__T_INSTANT,
      .help = "Since when nobody worked on it for too long" },
    { .name = "longest_update", .type = ACRM__T_DURATION,
      .help = "The longest time between two updates so far, in the time they are promised in" },
    { .name = "clocks", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In the order they began: clock, cycle, number, state, due (local), left, target, "
              "elapsed, paused, started_at, due_at, stopped_at, breached_at, explanation" },
    { .name = NULL }
};
static const acrm__field sla_verify_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "What is stored is what the history gives" },
    { .name = "clocks", .type = ACRM__T_INT, .help = "Clocks compared" },
    { .name = "differences", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "clock, cycle, number, field" },
    { .name = NULL }
};

/* --- Operations --- */

static const acrm__op sla_ops[] = {
    { .name = "sla.start", .flags = ACRM__OP_WRITE, .in = sla_start_in, .out = sla_start_out,
      .run = acrm__sla_op_start, .help = "Watch the service levels of a record from now on" },
    { .name = "sla.happen", .flags = ACRM__OP_WRITE, .in = sla_happen_in, .out = sla_answer_out,
      .run = acrm__sla_op_happen, .help = "Tell the clocks of a record what happened" },
    { .name = "sla.pause", .flags = ACRM__OP_WRITE, .in = sla_pause_in, .out = sla_pause_out,
      .run = acrm__sla_op_pause, .help = "Let clocks stand still for a reason" },
    { .name = "sla.resume", .flags = ACRM__OP_WRITE, .in = sla_resume_in, .out = sla_answer_out,
      .run = acrm__sla_op_resume, .help = "Let them go on" },
    { .name = "sla.approve", .flags = ACRM__OP_WRITE, .in = sla_approve_in, .out = sla_pause_out,
      .run = acrm__sla_op_approve, .help = "Agree to a stop point that was asked for, or refuse" },
    { .name = "sla.status", .in = sla_status_in, .out = sla_status_out,
      .run = acrm__sla_op_status, .help = "What is due when, what is left, and why" },
    { .name = "sla.recompute", .flags = ACRM__OP_WRITE, .in = sla_record_in,
      .out = sla_answer_out, .run = acrm__sla_op_recompute,
      .help = "Bring the clocks of a record up to now from its history" },
    { .name = "sla.verify", .in = sla_record_in, .out = sla_verify_out,
      .run = acrm__sla_op_verify, .help = "Compare what is stored with what the history gives" },
    { .name = NULL }
};

static const acrm__hook sla_hooks[] = {
    { .entity = "sla_policy", .before_write = acrm__sla_policy_write },
    { .entity = "sla_target", .before_write = acrm__sla_target_write },
    { .entity = "sla_escalation", .before_write = acrm__sla_escalation_write },
    { .entity = "stop_reason", .before_write = acrm__sla_reason_write },
    { .entity = NULL }
};

static const acrm__reaction sla_reactions[] = {
    { .type = "sla_policy.*", .run = acrm__sla_policy_changed },
    { .type = "sla_target.*", .run = acrm__sla_part_changed },
    { .type = "sla_escalation.*", .run = acrm__sla_part_changed },
    { .type = NULL }
};

static const acrm__timer_kind sla_timers[] = {
    { .kind = "sla.due", .run = acrm__sla_due, .help = "A clock has reached something" },
    { .kind = "sla.act", .run = acrm__sla_act, .help = "Do a step of an escalation chain" },
    { .kind = "sla.renew", .run = acrm__sla_renew,
      .help = "Compute anew what is open under terms that have changed" },
    { .kind = NULL }
};

const acrm__module acrm__mod_sla = {
    .name = "sla",
    .help = "Service levels: policies, clocks, stop points, escalation",
    .entities = sla_entities,
    .ops = sla_ops,
    .hooks = sla_hooks,
    .reactions = sla_reactions,
    .timers = sla_timers,
    .seeds = "stop_reason",
    .seed = acrm__sla_seed,
};
