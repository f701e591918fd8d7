/* SPDX-License-Identifier: MIT */
/* The module care: its entities, operations and rules, in tables. */
#include "modules/care/care.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/care/entities.def"
#define ACRM__ENTITIES_NAME care_entities
#include "kernel/declare_tables.h"

#define CHANNELS "visit|phone|email|sms|messenger|web|letter|event|system"
#define CASE_ID { .name = "id", .type = ACRM__T_REF, .target = "case", \
                  .flags = ACRM__REQUIRED, .help = "Which case" }

/* --- Parameters and results --- */

static const acrm__field care_case_in[] = { CASE_ID, { .name = NULL } };
static const acrm__field care_case_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "case",
      .help = "The case, its fields at top level" },
    { .name = NULL }
};
static const acrm__field care_compensation_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "case_compensation",
      .help = "The compensation, its fields at top level" },
    { .name = NULL }
};
static const acrm__field care_open_in[] = {
    { .name = "type", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of the case_type" },
    { .name = "customer", .type = ACRM__T_RECORD, .target = "customer",
      .help = "Whose case it is: its fields, with contact_points; a known customer is recognised, "
              "otherwise one is created" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",
      .help = "Whose case it is, when that is known" },
    { .name = "subject", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "In one line" },
    { .name = "description", .type = ACRM__T_TEXT, .max = 65536,
      .help = "In the customer's words" },
    { .name = "channel", .type = ACRM__T_ENUM, .choices = CHANNELS, .help = "How it came in" },
    { .name = "topic", .type = ACRM__T_TEXT, .max = 64, .help = "What it is about, as a code" },
    { .name = "severity", .type = ACRM__T_ENUM, .choices = "low|medium|high|critical",
      .help = "How bad it is for the customer" },
    { .name = "risk", .type = ACRM__T_ENUM, .choices = "none|low|medium|high",
      .help = "What may come of it" },
    { .name = "vehicle_id", .type = ACRM__T_REF, .target = "vehicle",
      .help = "Vehicle it is about" },
    { .name = "vin", .type = ACRM__T_TEXT, .max = 40, .help = "Its VIN, when that is known" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Dealer it is with; by default the caller's, or the customer's" },
    { .name = "opened_at", .type = ACRM__T_INSTANT,
      .help = "When the customer brought it; now without it" },
    { .name = "fields", .type = ACRM__T_RECORD, .target = "case",
      .help = "Further fields of the case, such as its type's custom ones" },
    { .name = "provider", .type = ACRM__T_TEXT, .max = 200, .help = "Who delivers it" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 200,
      .help = "The provider's id of it: delivered again, it makes no second case" },
    { .name = NULL }
};
static const acrm__field care_open_out[] = {
    { .name = "outcome", .type = ACRM__T_ENUM, .choices = "created|unchanged",
      .help = "unchanged: it was delivered before" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "The customer" },
    { .name = "customer_outcome", .type = ACRM__T_ENUM, .choices = "named|matched|created",
      .help = "named by the caller, recognised, or new" },
    { .name = "case", .type = ACRM__T_RECORD, .target = "case", .help = "The case" },
    { .name = NULL }
};
static const acrm__field care_assign_in[] = {
    CASE_ID,
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "To whom" },
    { .name = "queue_id", .type = ACRM__T_REF, .target = "case_queue",
      .help = "To which queue; without user_id as it picks. With neither, by the rules anew" },
    { .name = NULL }
};
static const acrm__field care_hand_over_in[] = {
    CASE_ID,
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "To whom" },
    { .name = "queue_id", .type = ACRM__T_REF, .target = "case_queue", .help = "To which queue" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field care_reason_in[] = {
    CASE_ID,
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field care_prioritise_in[] = {
    CASE_ID,
    { .name = "priority", .type = ACRM__T_ENUM, .choices = "low|normal|high|urgent",
      .help = "The priority from now on; without it the table decides again" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 300, .help = "Why" },
    { .name = NULL }
};
static const acrm__field care_message_in[] = {
    CASE_ID,
    { .name = "direction", .type = ACRM__T_ENUM, .choices = "in|out|internal",
      .preset = "\"in\"",
      .help = "in: from the customer; out: to the customer; internal: among ourselves" },
    { .name = "channel", .type = ACRM__T_ENUM, .choices = CHANNELS, .preset = "\"phone\"",
      .help = "How" },
    { .name = "body", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 65536,
      .help = "What was said" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = "provider", .type = ACRM__T_TEXT, .max = 200, .help = "Who delivers it" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 200,
      .help = "The provider's id of it: delivered again, it makes no second message" },
    { .name = NULL }
};
static const acrm__field care_reply_in[] = {
    CASE_ID,
    { .name = "channel", .type = ACRM__T_ENUM, .choices = CHANNELS, .preset = "\"email\"",
      .help = "How" },
    { .name = "body", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 65536,
      .help = "What we say" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = NULL }
};
static const acrm__field care_messages_in[] = {
    CASE_ID,
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "200",
      .help = "Messages at most" },
    { .name = NULL }
};
static const acrm__field care_messages_out[] = {
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "case_message",
      .help = "Of the case and its duplicates, oldest first" },
    { .name = NULL }
};
static const acrm__field care_status_in[] = {
    CASE_ID,
    { .name = "zone", .type = ACRM__T_TEXT, .max = 64,
      .help = "IANA time zone to show times in; without it the business's" },
    { .name = "jalali", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Show Solar Hijri dates" },
    { .name = NULL }
};
static const acrm__field care_status_out[] = {
    { .name = "number", .type = ACRM__T_TEXT, .help = "Its number" },
    { .name = "kind", .type = ACRM__T_TEXT, .help = "What it is" },
    { .name = "type", .type = ACRM__T_TEXT, .help = "Name of its type" },
    { .name = "status", .type = ACRM__T_TEXT, .help = "Its state" },
    { .name = "priority", .type = ACRM__T_TEXT, .help = "Its priority" },
    { .name = "owner", .type = ACRM__T_TEXT, .help = "Who works on it" },
    { .name = "queue", .type = ACRM__T_TEXT, .help = "Queue it is in" },
    { .name = "waiting_for", .type = ACRM__T_TEXT, .help = "What it waits for" },
    { .name = "next", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Operations that are possible now" },
    { .name = "times", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In order: what, at (instant), local (on the clock of zone), passed" },
    { .name = "clocks", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Its service level clocks, as sla.status tells them" },
    { .name = "priority_explanation", .type = ACRM__T_MAP, .help = "Why this priority" },
    { .name = "assignment_explanation", .type = ACRM__T_MAP, .help = "Why this owner" },
    { .name = "legal_explanation", .type = ACRM__T_MAP, .help = "Why this legal deadline" },
    { .name = NULL }
};
static const acrm__field care_stop_in[] = {
    CASE_ID,
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = "waiting_for", .type = ACRM__T_ENUM,
      .choices = "customer|parts|supplier|manufacturer|insurer|expert|manager|other",
      .preset = "\"other\"",
      .help = "What it waits for; one that waits for the customer goes on with the customer's "
              "next message" },
    { .name = "stop_reason", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the stop_reason for which its service level clocks stand still; without it "
              "the one called like waiting_for, with or without waiting_for_ in front" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "It goes on by itself then" },
    { .name = NULL }
};
static const acrm__field care_resolve_in[] = {
    CASE_ID,
    { .name = "resolution", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 16000,
      .help = "What was done about it" },
    { .name = "root_cause", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the root_cause; some types need it" },
    { .name = NULL }
};
static const acrm__field care_tell_in[] = {
    CASE_ID,
    { .name = "channel", .type = ACRM__T_ENUM, .choices = CHANNELS, .preset = "\"phone\"",
      .help = "How the customer was told" },
    { .name = "body", .type = ACRM__T_TEXT, .max = 65536,
      .help = "What was said: kept as a message of the case" },
    { .name = NULL }
};
static const acrm__field care_duplicate_in[] = {
    CASE_ID,
    { .name = "of_id", .type = ACRM__T_REF, .target = "case", .flags = ACRM__REQUIRED,
      .help = "The main case" },
    { .name = NULL }
};
static const acrm__field care_callback_in[] = {
    CASE_ID,
    { .name = "outcome", .type = ACRM__T_ENUM, .choices = "satisfied|dissatisfied|unreached",
      .flags = ACRM__REQUIRED,
      .help = "What the customer said; dissatisfied opens the case again, unreached tries again" },
    { .name = "notes", .type = ACRM__T_TEXT, .max = 16000,
      .help = "Kept as an internal message of the case" },
    { .name = NULL }
};
static const acrm__field care_compensate_in[] = {
    CASE_ID,
    { .name = "kind", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "money|voucher|repair|parts|courtesy_car|points|other", .help = "What is given" },
    { .name = "currency", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 3,
      .help = "Currency of amount" },
    { .name = "amount", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 40,
      .help = "What it is worth, as decimal text" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "Why, and what exactly" },
    { .name = NULL }
};
static const acrm__field care_report_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "Cases opened from then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Cases opened before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "group", .type = ACRM__T_ENUM,
      .choices = "type|kind|root_cause|topic|priority|channel|dealer|owner|month",
      .help = "A row for each" },
    { .name = NULL }
};
#define CARE_COUNTS "cases, open, waiting, resolved, closed, reopened, duplicates, " \
    "right_first_time, legal_missed, promised, response_missed, resolution_missed, " \
    "response_hit_rate, resolution_hit_rate, right_first_time_rate, p50_response_minutes, " \
    "p90_response_minutes, p50_resolution_minutes, p90_resolution_minutes, satisfied, dissatisfied"
static const acrm__field care_report_out[] = {
    { .name = "total", .type = ACRM__T_MAP, .help = "Of all of them: " CARE_COUNTS },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The same for each group, most cases first" },
    { .name = NULL }
};
static const acrm__field care_decide_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "case_compensation",
      .flags = ACRM__REQUIRED, .help = "Which compensation" },
    { .name = "approve", .type = ACRM__T_BOOL, .flags = ACRM__REQUIRED,
      .help = "true: allowed; false: refused" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 300, .help = "Why" },
    { .name = NULL }
};

/* --- Operations --- */

#define CARE_OP(name_, in_, run_, help_)                                                         \
    { .name = name_, .flags = ACRM__OP_WRITE, .in = in_, .out = care_case_out, .run = run_,      \
      .help = help_ }

static const acrm__op care_ops[] = {
    { .name = "case.open", .flags = ACRM__OP_WRITE, .in = care_open_in, .out = care_open_out,
      .run = acrm__care_open,
      .help = "Take in a complaint, question, request or idea: recognise the customer, give it a "
              "number, a priority, its deadline and somebody to work on it" },
    CARE_OP("case.assign", care_assign_in, acrm__care_assign,
            "Give a case to somebody, to a queue, or by the rules anew"),
    CARE_OP("case.hand_over", care_hand_over_in, acrm__care_hand_over,
            "Hand a case over to another, who accepts or declines it"),
    CARE_OP("case.accept", care_case_in, acrm__care_accept, "Accept a case that was handed over"),
    CARE_OP("case.decline", care_reason_in, acrm__care_decline,
            "Decline a case that was handed over: it goes back"),
    CARE_OP("case.prioritise", care_prioritise_in, acrm__care_prioritise,
            "Set the priority of a case by hand, or leave it to the table again"),
    CARE_OP("case.message", care_message_in, acrm__care_message,
            "Record a message of a case: from the customer, to the customer, or internal"),
    CARE_OP("case.reply", care_reply_in, acrm__care_reply, "Answer the customer of a case"),
    { .name = "case.messages", .in = care_messages_in, .out = care_messages_out,
      .run = acrm__care_messages,
      .help = "The messages of a case and its duplicates, together" },
    { .name = "case.status", .in = care_status_in, .out = care_status_out,
      .run = acrm__care_status,
      .help = "How a case stands: what is due when, who has it, what can be done, and why" },
    CARE_OP("case.stop", care_stop_in, acrm__care_stop,
            "Stop a case's clock while it waits for something"),
    CARE_OP("case.resume", care_case_in, acrm__care_resume, "Let a stopped case go on"),
    CARE_OP("case.resolve", care_resolve_in, acrm__care_resolve,
            "Note that a case is settled, how, and why it came about"),
    CARE_OP("case.tell", care_tell_in, acrm__care_tell,
            "Note that the customer was told what came of a resolved case"),
    CARE_OP("case.close", care_case_in, acrm__care_close,
            "Close a resolved case whose customer was told"),
    CARE_OP("case.reopen", care_reason_in, acrm__care_reopen,
            "Open a resolved or closed case again"),
    CARE_OP("case.duplicate", care_duplicate_in, acrm__care_duplicate,
            "Make a case a duplicate of another: it follows that one from then on"),
    CARE_OP("case.callback", care_callback_in, acrm__care_callback,
            "Note what the customer said when called back after closing"),
    CARE_OP("case.check_entitlement", care_case_in, acrm__care_check_entitlement,
            "Check again whether the customer is entitled to it, as the case's type says"),
    { .name = "case.compensate", .flags = ACRM__OP_WRITE, .in = care_compensate_in,
      .out = care_compensation_out, .run = acrm__care_compensate,
      .help = "Propose a compensation; within the limit of the caller's role it is allowed at "
              "once" },
    { .name = "case_compensation.decide", .flags = ACRM__OP_WRITE, .in = care_decide_in,
      .out = care_compensation_out, .run = acrm__care_decide,
      .help = "Allow or refuse a proposed compensation, within the limit of the caller's role" },
    { .name = "report.cases", .in = care_report_in, .out = care_report_out,
      .run = acrm__care_report,
      .help = "Cases by type, root cause and more: how many, how fast, promises kept" },
    { .name = NULL }
};

static const acrm__hook care_hooks[] = {
    { .entity = "case", .before_write = acrm__care_case_write },
    { .entity = "case_type", .before_write = acrm__care_type_write },
    { .entity = "case_legal_rule", .before_write = acrm__care_legal_rule_write },
    { .entity = "case_assignment_rule", .before_write = acrm__care_rule_write },
    { .entity = "case_compensation_limit", .before_write = acrm__care_limit_write },
    { .entity = NULL }
};

static const acrm__reaction care_reactions[] = {
    { .type = "case.created", .run = acrm__care_case_created },
    { .type = "case.updated", .run = acrm__care_case_changed },
    { .type = "case.*", .run = acrm__care_outside },
    { .type = "sla.breached", .run = acrm__care_breached },
    { .type = NULL }
};

static const acrm__timer_kind care_timers[] = {
    { .kind = "case.legal", .run = acrm__care_legal_due,
      .help = "Warns of a case's legal deadline, and notes that it was missed" },
    { .kind = "case.resume", .run = acrm__care_resume_due,
      .help = "Lets a stopped case go on at the agreed time" },
    { .kind = "case.callback", .run = acrm__care_callback_due,
      .help = "Plans the call that asks the customer whether all is well" },
    { .kind = NULL }
};

const acrm__module acrm__mod_care = {
    .name = "care",
    .help = "Complaints, questions, requests and ideas",
    .entities = care_entities,
    .ops = care_ops,
    .hooks = care_hooks,
    .reactions = care_reactions,
    .timers = care_timers,
};
