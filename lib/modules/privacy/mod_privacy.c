/* SPDX-License-Identifier: MIT */
/* The module privacy: its entities, operations and rules. */
#include "modules/privacy/entities.h"
#include "modules/modules.h"
#include "modules/privacy/privacy.h"

#define ACRM__ENTITIES_DEF "modules/privacy/entities.def"
#define ACRM__ENTITIES_NAME privacy_entities
#include "kernel/declare_tables.h"

#define CUSTOMER                                                                                  \
    { .name = "customer_id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED,                         \
      .help = "Which customer" }

static const acrm__field privacy_export_in[] = {
    CUSTOMER,
    { .name = "history", .type = ACRM__T_BOOL, .preset = "true",
      .help = "With the changes of each record and who made them" },
    { .name = "content", .type = ACRM__T_BOOL, .preset = "false",
      .help = "With the contents of attachments, base64, of at most 4 MiB each" },
    { .name = "entities", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these entities; all without it" },
    { .name = "after", .type = ACRM__T_ID,
      .help = "Only records behind this one: where an entity's part says after, call again with "
              "that entity and this" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 100000, .preset = "10000",
      .help = "Records of an entity at most" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 500, .help = "Why, for the audit" },
    { .name = NULL }
};
static const acrm__field privacy_export_out[] = {
    { .name = "document", .type = ACRM__T_TEXT, .help = "autocrm.person" },
    { .name = "format", .type = ACRM__T_INT, .help = "1" },
    { .name = "made_at", .type = ACRM__T_INSTANT, .help = "When" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "Who" },
    { .name = "entities", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "By entity: entity, help, fields, records (with their history), after" },
    { .name = "timeline", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Oldest first: at, entity, id" },
    { .name = "records", .type = ACRM__T_INT, .help = "Records in it" },
    { .name = NULL }
};
static const acrm__field privacy_erase_in[] = {
    CUSTOMER,
    { .name = "basis", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "Legal ground, such as GDPR Art. 17(1)(b)" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500,
      .help = "What led to it, without a name: it is kept" },
    { .name = "reimport", .type = ACRM__T_ENUM, .choices = "refuse|flag", .preset = "\"refuse\"",
      .help = "What comes of a record that brings a phone number, e-mail address or identifier of "
              "the person again" },
    { .name = "version", .type = ACRM__T_INT, .min = 1, .max = INT64_MAX,
      .help = "Version of the customer that was looked at; refused when it has changed since" },
    { .name = NULL }
};
static const acrm__field privacy_erase_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "erasure",
      .help = "The erasure, its fields at top level" },
    { .name = NULL }
};
static const acrm__field privacy_sweep_out[] = {
    { .name = "erasures", .type = ACRM__T_INT, .help = "Erasures whose bytes are gone now" },
    { .name = NULL }
};
static const acrm__field privacy_certificate_in[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "Which erasure" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "Or whose" },
    { .name = NULL }
};
static const acrm__field privacy_certificate_out[] = {
    { .name = "erasure", .type = ACRM__T_RECORD, .target = "erasure", .help = "As data" },
    { .name = "text", .type = ACRM__T_TEXT, .help = "As text, for people" },
    { .name = "valid", .type = ACRM__T_BOOL, .help = "It is as it was made" },
    { .name = NULL }
};
static const acrm__field privacy_restrict_in[] = {
    CUSTOMER,
    { .name = "basis", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "Legal ground, such as GDPR Art. 18(1)(a)" },
    { .name = NULL }
};
static const acrm__field privacy_lift_in[] = {
    CUSTOMER,
    { .name = "reason", .type = ACRM__T_TEXT, .max = 500, .help = "Why, for the audit" },
    { .name = NULL }
};
static const acrm__field privacy_restriction_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "restriction",
      .help = "The restriction, its fields at top level" },
    { .name = NULL }
};
static const acrm__field privacy_readmit_in[] = {
    { .name = "phone", .type = ACRM__T_TEXT, .max = 100, .help = "Phone number as typed" },
    { .name = "email", .type = ACRM__T_TEXT, .max = 254, .help = "E-mail address" },
    { .name = "national_id", .type = ACRM__T_TEXT, .max = 40, .help = "National identifier" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2,
      .help = "Country to read national phone numbers by, ISO 3166-1 alpha-2" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500,
      .help = "Why, for the audit" },
    { .name = NULL }
};
static const acrm__field privacy_readmit_out[] = {
    { .name = "removed", .type = ACRM__T_INT, .help = "Values taken off the list" },
    { .name = NULL }
};
static const acrm__field privacy_retention_in[] = {
    { .name = "rule", .type = ACRM__T_TEXT, .max = 100, .help = "Only the rule of this name" },
    { .name = "preview", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Only count what would be done" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000000, .preset = "10000",
      .help = "Records at most" },
    { .name = NULL }
};
static const acrm__field privacy_retention_out[] = {
    { .name = "rules", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "By rule: rule, entity, action, basis, matched, done, held, failed" },
    { .name = "preview", .type = ACRM__T_BOOL, .help = "Nothing was done" },
    { .name = "matched", .type = ACRM__T_INT, .help = "Records whose time is over" },
    { .name = "done", .type = ACRM__T_INT, .help = "Done now" },
    { .name = "held", .type = ACRM__T_INT, .help = "Held up: tried again next time" },
    { .name = "failed", .type = ACRM__T_INT, .help = "Refused for another reason" },
    { .name = "more", .type = ACRM__T_BOOL, .help = "The limit was reached: run it again" },
    { .name = NULL }
};

static const acrm__op privacy_ops[] = {
    { .name = "privacy.export", .flags = ACRM__OP_WRITE, .in = privacy_export_in,
      .out = privacy_export_out, .run = acrm__privacy_export,
      .help = "Everything about a person as one document, past row scopes; audited" },
    { .name = "privacy.erase", .flags = ACRM__OP_WRITE, .in = privacy_erase_in,
      .out = privacy_erase_out, .run = acrm__privacy_erase,
      .help = "Take a person's data out for good; records stay, without it" },
    { .name = "privacy.sweep", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .out = privacy_sweep_out, .run = acrm__privacy_sweep,
      .help = "Make the storage forget the bytes of what was erased: file, search index, log" },
    { .name = "privacy.certificate", .in = privacy_certificate_in,
      .out = privacy_certificate_out, .run = acrm__privacy_certificate,
      .help = "The certificate of an erasure, as data and as text" },
    { .name = "privacy.restrict", .flags = ACRM__OP_WRITE, .in = privacy_restrict_in,
      .out = privacy_restriction_out, .run = acrm__privacy_restrict,
      .help = "Keep a customer's data and use it no more, until lifted" },
    { .name = "privacy.lift", .flags = ACRM__OP_WRITE, .in = privacy_lift_in,
      .out = privacy_restriction_out, .run = acrm__privacy_lift,
      .help = "End a customer's restriction" },
    { .name = "privacy.readmit", .flags = ACRM__OP_WRITE, .in = privacy_readmit_in,
      .out = privacy_readmit_out, .run = acrm__privacy_readmit,
      .help = "Take values off the list of those that must not come back" },
    { .name = "privacy.retention_run", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .in = privacy_retention_in, .out = privacy_retention_out,
      .run = acrm__privacy_retention_run,
      .help = "Do what the retention rules ask for, or count it" },
    { .name = NULL }
};

static const acrm__hook privacy_hooks[] = {
    { .entity = "customer", .before_write = acrm__privacy_customer_write },
    { .entity = "contact_point", .before_write = acrm__privacy_contact_write },
    { .entity = "retention_rule", .before_write = acrm__privacy_rule_write },
    { .entity = NULL }
};

static const acrm__reaction privacy_reactions[] = {
    { .type = "retention_rule.created", .run = acrm__privacy_rule_made },
    { .type = NULL }
};

static const acrm__timer_kind privacy_timers[] = {
    { .kind = "privacy.kept", .run = acrm__privacy_kept_due,
      .help = "The law no longer keeps a record of somebody who was erased" },
    { .kind = "privacy.retention", .run = acrm__privacy_retention_due,
      .help = "A retention rule looks at its records" },
    { .kind = NULL }
};

const acrm__module acrm__mod_privacy = {
    .name = "privacy",
    .help = "A person's rights over its data: export, erasure, restriction, retention",
    .entities = privacy_entities,
    .ops = privacy_ops,
    .hooks = privacy_hooks,
    .reactions = privacy_reactions,
    .timers = privacy_timers,
};
