/* SPDX-License-Identifier: MIT */
/* The kernel as a module: its entities and operations, in tables. */
#include "kernel/entities.h"
#include "kernel/inside.h"

#define ACRM__ENTITIES_DEF "kernel/entities.def"
#define ACRM__ENTITIES_NAME kernel_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

static const acrm__field kernel_info_in[] = {
    { .name = "counts", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Count the records of each entity too" },
    { .name = NULL }
};
static const acrm__field kernel_info_out[] = {
    { .name = "version", .type = ACRM__T_TEXT, .help = "Version of the library" },
    { .name = "schema", .type = ACRM__T_INT, .help = "Schema version of the database" },
    { .name = "now", .type = ACRM__T_INSTANT, .help = "What the clock says" },
    { .name = "zone", .type = ACRM__T_TEXT, .help = "Time zone of the business" },
    { .name = "principal", .type = ACRM__T_TEXT, .help = "Who this session acts as" },
    { .name = "keys", .type = ACRM__T_ENUM, .choices = "provider|database",
      .help = "Where the master key comes from" },
    { .name = "durable", .type = ACRM__T_BOOL, .help = "Commits survive a crash of the machine" },
    { .name = "read_only", .type = ACRM__T_BOOL, .help = "The database was opened for reading" },
    { .name = "entities", .type = ACRM__T_INT, .help = "Number of entities" },
    { .name = "operations", .type = ACRM__T_INT, .help = "Number of operations" },
    { .name = "last_event", .type = ACRM__T_INT,
      .help = "Number of the last event, for who sees them all" },
    { .name = "limits", .type = ACRM__T_MAP, .help = "Published limits by name" },
    { .name = "counts", .type = ACRM__T_MAP, .help = "Visible records by entity, if asked for" },
    { .name = NULL }
};
static const acrm__field kernel_backup_in[] = {
    { .name = "path", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED,
      .help = "File to write; it must not exist" },
    { .name = NULL }
};
static const acrm__field kernel_backup_out[] = {
    { .name = "path", .type = ACRM__T_TEXT, .help = "The file written" },
    { .name = NULL }
};
static const acrm__field kernel_copy_in[] = {
    { .name = "to", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED,
      .help = "File, or postgres:// address, that holds no database yet" },
    { .name = NULL }
};
static const acrm__field kernel_copy_out[] = {
    { .name = "rows", .type = ACRM__T_INT, .help = "Rows copied and compared" },
    { .name = NULL }
};
static const acrm__field kernel_check_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "Nothing wrong was found" },
    { .name = "storage", .type = ACRM__T_TEXT, .help = "ok, or the first fault of the storage" },
    { .name = "audit", .type = ACRM__T_MAP, .help = "What audit.verify says" },
    { .name = NULL }
};
static const acrm__field kernel_tick_in[] = {
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000000, .preset = "1000",
      .help = "Most timers to do in this call" },
    { .name = "until", .type = ACRM__T_INSTANT,
      .help = "Only timers due by then; not in the future; without it, by now" },
    { .name = NULL }
};
static const acrm__field kernel_tick_out[] = {
    { .name = "fired", .type = ACRM__T_INT, .help = "Timers done" },
    { .name = "failed", .type = ACRM__T_INT, .help = "Timers that failed and will be tried again" },
    { .name = "incidents", .type = ACRM__T_INT, .help = "Timers given up; see timer.list" },
    { .name = "next_due_at", .type = ACRM__T_INSTANT,
      .help = "When to call again for timers; null when none waits" },
    { .name = "messages", .type = ACRM__T_MAP,
      .help = "Messages sent, failed, refused and moved, and next_at, when the next one is due" },
    { .name = "connectors", .type = ACRM__T_MAP,
      .help = "Requests to other systems answered, failed and to be asked again, and next_at" },
    { .name = "codes", .type = ACRM__T_MAP,
      .help = "Codes to sign in with, sent and failed, when the host has a transport" },
    { .name = "profiles", .type = ACRM__T_MAP,
      .help = "Customers whose profile was due and computed, and their grades that moved" },
    { .name = NULL }
};
static const acrm__field kernel_timer_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "timer", .flags = ACRM__REQUIRED,
      .help = "Which timer" },
    { .name = NULL }
};
static const acrm__field kernel_timer_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "timer", .help = "The timer" },
    { .name = NULL }
};
static const acrm__field kernel_verify_in[] = {
    { .name = "seq", .type = ACRM__T_INT, .min = 1, .max = INT64_MAX,
      .help = "Number of an entry whose hash was noted outside the database" },
    { .name = "hash", .type = ACRM__T_TEXT, .max = 64, .help = "That hash, in hexadecimal" },
    { .name = NULL }
};
static const acrm__field kernel_verify_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "The chain is whole" },
    { .name = "entries", .type = ACRM__T_INT, .help = "Entries that were found good" },
    { .name = "hash", .type = ACRM__T_TEXT,
      .help = "Hash of the last of them; note it elsewhere to prove later that nothing was "
              "rewritten" },
    { .name = "broken_seq", .type = ACRM__T_INT, .help = "Number of the first bad entry" },
    { .name = "fault", .type = ACRM__T_ENUM,
      .choices = "missing|changed|rewritten|cut|head|extra", .help = "What is wrong with it" },
    { .name = "message", .type = ACRM__T_TEXT, .help = "The same for people" },
    { .name = NULL }
};
static const acrm__field kernel_audit_in[] = {
    { .name = "entity", .type = ACRM__T_TEXT, .help = "Only about records of this entity" },
    { .name = "record", .type = ACRM__T_ID, .help = "Only about this record" },
    { .name = "actor", .type = ACRM__T_TEXT,
      .help = "Only by this actor: system, user:UUID or customer:UUID" },
    { .name = "operation", .type = ACRM__T_TEXT, .help = "Only of this operation" },
    { .name = "action", .type = ACRM__T_TEXT, .help = "Only this action: create, update ..." },
    { .name = "since", .type = ACRM__T_INSTANT, .help = "Not before this instant" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before this instant" },
    { .name = "newest_first", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Newest entries first" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "100",
      .help = "Entries a page" },
    { .name = "after", .type = ACRM__T_INT, .help = "The next of the page before" },
    { .name = NULL }
};
static const acrm__field kernel_audit_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Entries: seq, at, actor, operation, entity, record, action, reason, changes as "
              "{field: [before, after]}, personal (sealed or erased) when there is more" },
    { .name = "next", .type = ACRM__T_INT,
      .help = "Pass as after to get the next page; null at the end" },
    { .name = NULL }
};
static const acrm__field kernel_event_in[] = {
    { .name = "after", .type = ACRM__T_INT, .min = 0, .max = INT64_MAX, .preset = "0",
      .help = "Events after this number; keep last_seq and pass it the next time" },
    { .name = "types", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these types, such as lead.created or lead.*" },
    { .name = "entity", .type = ACRM__T_TEXT, .help = "Only about records of this entity" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "100",
      .help = "Events a page" },
    { .name = "cloudevents", .type = ACRM__T_BOOL, .preset = "false",
      .help = "As CloudEvents 1.0: specversion, id, source, type, subject, time, data" },
    { .name = "source", .type = ACRM__T_TEXT, .max = 512, .preset = "\"/autocrm\"",
      .help = "The source that CloudEvents name" },
    { .name = NULL }
};
static const acrm__field kernel_event_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Events in order: seq, at, type, entity, record, actor, data" },
    { .name = "last_seq", .type = ACRM__T_INT,
      .help = "Number up to which the feed was looked at: after, the next time" },
    { .name = "next", .type = ACRM__T_INT,
      .help = "Pass as after to get the next page; null at the end" },
    { .name = NULL }
};
static const acrm__field kernel_add_entity_in[] = {
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 60,
      .help = "Its name, which starts with x_" },
    { .name = "label", .type = ACRM__T_TEXT, .max = 256, .help = "Name for people" },
    { .name = "help", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1024,
      .help = "What it is for" },
    { .name = "label_field", .type = ACRM__T_TEXT, .max = 60,
      .help = "Its field that names a record for people" },
    { .name = "dealer_field", .type = ACRM__T_TEXT, .max = 60,
      .help = "Its ref field with the dealer a record belongs to" },
    { .name = "owner_field", .type = ACRM__T_TEXT, .max = 60,
      .help = "Its ref field with the user who owns a record" },
    { .name = "customer_field", .type = ACRM__T_TEXT, .max = 60,
      .help = "Its ref field with the customer who may see a record" },
    { .name = "via_field", .type = ACRM__T_TEXT, .max = 60,
      .help = "Its ref field: who may see that record may see this one" },
    { .name = "fields", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Its fields, each as the parameters of schema.add_field without entity" },
    { .name = NULL }
};
static const acrm__field kernel_entity_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "custom_entity", .help = "The entity" },
    { .name = NULL }
};
static const acrm__field kernel_add_field_in[] = {
    { .name = "entity", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 60,
      .help = "Entity that gets the field" },
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 60,
      .help = "Its name, which starts with x_" },
    { .name = "label", .type = ACRM__T_TEXT, .max = 256, .help = "Name for people" },
    { .name = "help", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1024,
      .help = "What it holds" },
    { .name = "type", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "ref|text|bool|int|real|decimal|money|instant|date|time|duration|enum|json",
      .help = "Its type" },
    { .name = "target", .type = ACRM__T_TEXT, .max = 60, .help = "Entity a ref field refers to" },
    { .name = "inverse", .type = ACRM__T_TEXT, .max = 60,
      .help = "Name, starting with x_, under which the target sees the records" },
    { .name = "choices", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Values of an enum field" },
    { .name = "currency", .type = ACRM__T_TEXT, .max = 60,
      .help = "Field with the currency of a money field; without it, currency" },
    { .name = "preset", .type = ACRM__T_JSON, .help = "Default" },
    { .name = "unit", .type = ACRM__T_TEXT, .max = 32, .help = "Unit of its values" },
    { .name = "min", .type = ACRM__T_INT, .help = "Least value; goes together with max" },
    { .name = "max", .type = ACRM__T_INT, .help = "Greatest value; of text, most bytes" },
    { .name = "required", .type = ACRM__T_BOOL,
      .help = "Records written from now on must have it" },
    { .name = "unique", .type = ACRM__T_BOOL, .help = "No two live records share a value" },
    { .name = "indexed", .type = ACRM__T_BOOL, .help = "Finding by it is fast" },
    { .name = "searchable", .type = ACRM__T_BOOL, .help = "$search finds its words" },
    { .name = "personal", .type = ACRM__T_BOOL,
      .help = "Personal data: sealed in the audit, absent from events" },
    { .name = NULL }
};
static const acrm__field kernel_field_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "custom_field", .help = "The field" },
    { .name = NULL }
};
static const acrm__field kernel_retire_in[] = {
    { .name = "entity", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 60,
      .help = "Custom entity to retire, or the entity of the field" },
    { .name = "field", .type = ACRM__T_TEXT, .max = 60, .help = "Custom field to retire" },
    { .name = NULL }
};
static const acrm__field kernel_retire_out[] = {
    { .name = "record", .type = ACRM__T_MAP, .help = "The declaration, retired" },
    { .name = NULL }
};

/* --- Operations --- */

static const acrm__op kernel_ops[] = {
    { .name = "engine.info", .in = kernel_info_in, .out = kernel_info_out,
      .run = acrm__engine_info, .help = "Version, zone, keys, limits and sizes" },
    { .name = "engine.backup", .flags = ACRM__OP_STEPS, .in = kernel_backup_in,
      .out = kernel_backup_out, .run = acrm__engine_backup,
      .help = "Copy the whole database to a file while others work" },
    { .name = "engine.copy", .flags = ACRM__OP_STEPS, .in = kernel_copy_in,
      .out = kernel_copy_out, .run = acrm__engine_copy,
      .help = "Copy the whole database, keys included, to an empty file or server" },
    { .name = "engine.check", .out = kernel_check_out, .run = acrm__engine_check,
      .help = "Check the storage and prove the audit chain" },
    { .name = "engine.tick", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = kernel_tick_in,
      .out = kernel_tick_out, .run = acrm__tick,
      .help = "Do the work that has fallen due; call it every few seconds" },
    { .name = "timer.retry", .flags = ACRM__OP_WRITE, .in = kernel_timer_in,
      .out = kernel_timer_out, .run = acrm__timer_retry,
      .help = "Let a timer that was given up fall due again at once" },
    { .name = "audit.verify", .in = kernel_verify_in, .out = kernel_verify_out,
      .run = acrm__audit_verify, .help = "Prove that no audit entry was changed or removed" },
    { .name = "audit.list", .in = kernel_audit_in, .out = kernel_audit_out,
      .run = acrm__audit_list, .help = "Who did what when, page by page" },
    { .name = "event.list", .in = kernel_event_in, .out = kernel_event_out,
      .run = acrm__event_list, .help = "The feed of domain events in their gapless order" },
    { .name = "schema.add_entity", .flags = ACRM__OP_WRITE, .in = kernel_add_entity_in,
      .out = kernel_entity_out, .run = acrm__schema_add_entity,
      .help = "Add an entity with a table of its own" },
    { .name = "schema.add_field", .flags = ACRM__OP_WRITE, .in = kernel_add_field_in,
      .out = kernel_field_out, .run = acrm__schema_add_field,
      .help = "Add a field to any entity as a column of its table" },
    { .name = "schema.retire", .flags = ACRM__OP_WRITE, .in = kernel_retire_in,
      .out = kernel_retire_out, .run = acrm__schema_retire,
      .help = "Take a custom entity or field out of use; its data is kept" },
    { .name = NULL }
};

static const acrm__hook kernel_hooks[] = {
    { .entity = "role", .before_write = acrm__role_before_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_kernel = {
    .name = "kernel",
    .help = "The engine itself: roles, timers, audit, events, custom entities and fields",
    .entities = kernel_entities,
    .ops = kernel_ops,
    .hooks = kernel_hooks,
};
