/* SPDX-License-Identifier: MIT */
/* The module process: its entities, operations and rules. */
#include "modules/process/entities.h"
#include "modules/modules.h"
#include "modules/process/rule.h"
#include "modules/process/step.h"

#define ACRM__ENTITIES_DEF "modules/process/entities.def"
#define ACRM__ENTITIES_NAME process_entities
#include "kernel/declare_tables.h"

#define PROCESS_ID { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, \
                     .help = "Which process" }
#define PROCESS_NOTE { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "Why" }

static const acrm__field process_load_in[] = {
    { .name = "definition", .type = ACRM__T_MAP, .flags = ACRM__REQUIRED,
      .help = "The definition (docs/processes.md), which may hold its code" },
    { .name = "code", .type = ACRM__T_TEXT, .max = 64, .help = "Code, when it holds none" },
    { .name = "activate", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Put it to use at once" },
    { .name = NULL }
};
static const acrm__field process_check_in[] = {
    { .name = "definition", .type = ACRM__T_MAP, .flags = ACRM__REQUIRED,
      .help = "The definition (docs/processes.md)" },
    { .name = "code", .type = ACRM__T_TEXT, .max = 64, .help = "Code, when it holds none" },
    { .name = NULL }
};
static const acrm__field process_check_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "It would load" },
    { .name = "faults", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Every fault: field (a JSON pointer), reason, message" },
    { .name = NULL }
};
static const acrm__field process_definition_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which revision" },
    { .name = NULL }
};
static const acrm__field process_definition_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "process_definition",
      .help = "The revision, its fields at top level" },
    { .name = NULL }
};
static const acrm__field process_start_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Which process" },
    { .name = "subject_id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED,
      .help = "The record that takes it" },
    { .name = "revision", .type = ACRM__T_INT, .min = 1, .max = 1000000,
      .help = "The revision that is expected to be active" },
    { .name = "business_key", .type = ACRM__T_TEXT, .max = 256,
      .help = "What it is about, when the definition does not say" },
    { .name = "parent_id", .type = ACRM__T_ID, .help = "The process that waits for it" },
    { .name = NULL }
};
static const acrm__field process_instance_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "process_instance",
      .help = "The process, its fields at top level" },
    { .name = NULL }
};
static const acrm__field process_transition_in[] = {
    PROCESS_ID,
    { .name = "transition", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Name of the transition" },
    { .name = "fields", .type = ACRM__T_MAP,
      .help = "Fields of the record to fill in along with it" },
    PROCESS_NOTE,
    { .name = NULL }
};
static const acrm__field process_cancel_in[] = {
    PROCESS_ID,
    PROCESS_NOTE,
    { .name = NULL }
};
static const acrm__field process_id_in[] = {
    PROCESS_ID,
    { .name = NULL }
};
static const acrm__field process_available_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Transitions of the phase: name, label, to, automatic, possible, refusals (field, "
              "reason, message)" },
    { .name = NULL }
};
static const acrm__field process_status_out[] = {
    { .name = "process", .type = ACRM__T_RECORD, .target = "process_instance",
      .help = "The process" },
    { .name = "name", .type = ACRM__T_TEXT, .help = "What the process is called" },
    { .name = "phase", .type = ACRM__T_TEXT, .help = "What its phase is called" },
    { .name = "steps", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "process_step",
      .help = "The way it came, oldest first" },
    { .name = "available", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Transitions of the phase, as process.available gives them" },
    { .name = NULL }
};

static const acrm__field process_migrate_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Which process" },
    { .name = "revision", .type = ACRM__T_INT, .min = 1, .max = 1000000,
      .help = "Onto which revision; without it the active one" },
    { .name = "map", .type = ACRM__T_MAP,
      .help = "Old phase to new phase, for those that are called otherwise now" },
    { .name = NULL }
};
static const acrm__field process_migrate_out[] = {
    { .name = "moved", .type = ACRM__T_INT, .help = "Processes moved" },
    { .name = "kept", .type = ACRM__T_INT, .help = "Processes that were there already" },
    { .name = NULL }
};
static const acrm__field process_simulate_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .max = 64, .help = "Which process" },
    { .name = "revision", .type = ACRM__T_INT, .min = 1, .max = 1000000,
      .help = "A certain revision; without it the active one" },
    { .name = "definition", .type = ACRM__T_MAP, .help = "One that is not loaded yet instead" },
    { .name = "where", .type = ACRM__T_FILTER, .help = "Which records; without it all" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "1000",
      .help = "The newest so many" },
    { .name = NULL }
};
static const acrm__field process_simulate_out[] = {
    { .name = "records", .type = ACRM__T_INT, .help = "Records looked at" },
    { .name = "phases", .type = ACRM__T_MAP,
      .help = "By phase: how many records would come to rest there by themselves" },
    { .name = "transitions", .type = ACRM__T_MAP,
      .help = "By transition: for how many it would be open from there" },
    { .name = "sample", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Twenty of them: id, phase, open (names of transitions)" },
    { .name = NULL }
};
static const acrm__field process_diagram_in[] = {
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Which process" },
    { .name = "revision", .type = ACRM__T_INT, .min = 1, .max = 1000000,
      .help = "A certain revision; without it the active one" },
    { .name = "format", .type = ACRM__T_ENUM, .choices = "svg|mermaid", .preset = "\"svg\"",
      .help = "svg: a drawing; mermaid: text for Mermaid" },
    { .name = "phase", .type = ACRM__T_TEXT, .max = 64, .help = "A phase to mark" },
    { .name = NULL }
};
static const acrm__field process_diagram_out[] = {
    { .name = "revision", .type = ACRM__T_INT, .help = "The revision drawn" },
    { .name = "diagram", .type = ACRM__T_TEXT, .help = "The drawing or the text" },
    { .name = NULL }
};

static const acrm__field process_event_in[] = {
    { .name = "type", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 128,
      .help = "Its type, which begins with inbound." },
    { .name = "entity", .type = ACRM__T_TEXT, .max = 64, .help = "Entity of the record" },
    { .name = "record", .type = ACRM__T_ID, .help = "The record it is about" },
    { .name = "data", .type = ACRM__T_MAP,
      .help = "What it tells; it stays in the event feed and must hold nothing personal" },
    { .name = NULL }
};
static const acrm__field process_event_out[] = {
    { .name = "type", .type = ACRM__T_TEXT, .help = "The type raised" },
    { .name = NULL }
};
static const acrm__field process_test_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which rule" },
    { .name = "record_id", .type = ACRM__T_ID, .help = "What it would do with this record" },
    { .name = "day", .type = ACRM__T_DATE,
      .help = "Of a date or schedule: whom it would be about on this day" },
    { .name = "since", .type = ACRM__T_DURATION, .preset = "\"P7D\"",
      .help = "How far back to look for events that would have set it off" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "1000",
      .help = "Events looked at, or records told, at most" },
    { .name = NULL }
};
static const acrm__field process_test_out[] = {
    { .name = "fits", .type = ACRM__T_BOOL, .help = "The record fits the condition" },
    { .name = "misses", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Entries of the condition that do not hold of it" },
    { .name = "actions", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Operations with their arguments filled in, as they would be run" },
    { .name = "events", .type = ACRM__T_INT, .help = "Past events looked at" },
    { .name = "would", .type = ACRM__T_INT, .help = "How many would have set it off" },
    { .name = "would_fire", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Those, newest first: at, record; of a day with actions" },
    { .name = NULL }
};
static const acrm__field process_purge_in[] = {
    { .name = "older_than", .type = ACRM__T_DURATION, .preset = "\"P90D\"",
      .help = "How long entries are kept" },
    { .name = NULL }
};
static const acrm__field process_purge_out[] = {
    { .name = "removed", .type = ACRM__T_INT, .help = "Entries removed, 1000 at most" },
    { .name = NULL }
};
static const acrm__field process_incident_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which incident" },
    { .name = NULL }
};
static const acrm__field process_incident_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "incident",
      .help = "The incident, its fields at top level" },
    { .name = NULL }
};
static const acrm__field process_preview_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which schedule" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 100, .preset = "10",
      .help = "How many times" },
    { .name = NULL }
};
static const acrm__field process_preview_out[] = {
    { .name = "items", .type = ACRM__T_INSTANT, .flags = ACRM__LIST, .help = "The next times" },
    { .name = NULL }
};

static const acrm__op process_ops[] = {
    { .name = "process_definition.load", .flags = ACRM__OP_WRITE, .in = process_load_in,
      .out = process_definition_out, .run = acrm__process_load,
      .help = "Take in a definition as the next revision of its code" },
    { .name = "process_definition.check", .in = process_check_in, .out = process_check_out,
      .run = acrm__process_check, .help = "Tell whether a definition would load, and why not" },
    { .name = "process_definition.activate", .flags = ACRM__OP_WRITE,
      .in = process_definition_in, .out = process_definition_out, .run = acrm__process_activate,
      .help = "Let new processes take this revision" },
    { .name = "process_definition.retire", .flags = ACRM__OP_WRITE, .in = process_definition_in,
      .out = process_definition_out, .run = acrm__process_retire,
      .help = "Let no new process take this revision" },
    { .name = "process_definition.diagram", .in = process_diagram_in,
      .out = process_diagram_out, .run = acrm__process_diagram,
      .help = "Draw a process: its phases and transitions" },
    { .name = "process.start", .flags = ACRM__OP_WRITE, .in = process_start_in,
      .out = process_instance_out, .run = acrm__process_start,
      .help = "Send a record through a process" },
    { .name = "process.transition", .flags = ACRM__OP_WRITE, .in = process_transition_in,
      .out = process_instance_out, .run = acrm__process_transition,
      .help = "Lead a process on" },
    { .name = "process.cancel", .flags = ACRM__OP_WRITE, .in = process_cancel_in,
      .out = process_instance_out, .run = acrm__process_cancel,
      .help = "Call a process off" },
    { .name = "process.migrate", .flags = ACRM__OP_WRITE, .in = process_migrate_in,
      .out = process_migrate_out, .run = acrm__process_migrate,
      .help = "Move running processes onto another revision" },
    { .name = "process.simulate", .in = process_simulate_in, .out = process_simulate_out,
      .run = acrm__process_simulate,
      .help = "Tell where records would go, without sending them" },
    { .name = "process.available", .in = process_id_in, .out = process_available_out,
      .run = acrm__process_available,
      .help = "Which transitions are possible now, and why not the others" },
    { .name = "process.status", .in = process_id_in, .out = process_status_out,
      .run = acrm__process_status,
      .help = "Where a process is, how it came there, what may follow" },
    { .name = "event.raise", .flags = ACRM__OP_WRITE, .in = process_event_in,
      .out = process_event_out, .run = acrm__event_raise,
      .help = "Take in an event from outside, for rules to act on" },
    { .name = "automation_rule.test", .in = process_test_in, .out = process_test_out,
      .run = acrm__rule_test, .help = "Tell what a rule would do, without doing it" },
    { .name = "automation_run.purge", .flags = ACRM__OP_WRITE, .in = process_purge_in,
      .out = process_purge_out, .run = acrm__run_purge,
      .help = "Remove old entries of the automation log" },
    { .name = "schedule.preview", .in = process_preview_in, .out = process_preview_out,
      .run = acrm__schedule_preview, .help = "Tell when a schedule comes due next" },
    { .name = "incident.retry", .flags = ACRM__OP_WRITE, .in = process_incident_in,
      .out = process_incident_out, .run = acrm__incident_retry,
      .help = "Try again what failed" },
    { .name = "incident.dismiss", .flags = ACRM__OP_WRITE, .in = process_incident_in,
      .out = process_incident_out, .run = acrm__incident_dismiss,
      .help = "Settle what failed without trying again" },
    { .name = NULL }
};

static const acrm__hook process_hooks[] = {
    { .entity = "automation_rule", .before_write = acrm__rule_write },
    { .entity = "schedule", .before_write = acrm__schedule_write },
    { .entity = NULL }
};

static const acrm__reaction process_reactions[] = {
    { .type = "*", .run = acrm__process_changed },
    { .type = "*", .run = acrm__automate },
    { .type = "timer.incident", .run = acrm__incident_of_timer },
    { .type = NULL }
};

static const acrm__timer_kind process_timers[] = {
    { .kind = "process.limit", .run = acrm__limit_due, .help = "A phase lasts too long" },
    { .kind = "process.total", .run = acrm__limit_total_due, .help = "A process lasts too long" },
    { .kind = "schedule.due", .run = acrm__schedule_due, .help = "A schedule comes due" },
    { .kind = "automation.sweep", .run = acrm__sweep_due,
      .help = "A rule goes through its records" },
    { .kind = "automation.log", .run = acrm__run_sweep,
      .help = "Old entries of the automation log are removed" },
    { .kind = "incident.retry", .run = acrm__incident_due, .help = "What failed is tried again" },
    { .kind = NULL }
};

const acrm__module acrm__mod_process = {
    .name = "process",
    .help = "Processes, schedules, automation and incidents",
    .entities = process_entities,
    .ops = process_ops,
    .hooks = process_hooks,
    .reactions = process_reactions,
    .timers = process_timers,
};
