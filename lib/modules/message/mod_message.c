/* SPDX-License-Identifier: MIT */
/* The module message: what is sent to customers, by what, and what comes back. */
#include "modules/message/entities.h"
#include "modules/message/message.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/message/entities.def"
#define ACRM__ENTITIES_NAME message_entities
#include "kernel/declare_tables.h"

#define MESSAGE_ID                                                                                \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "message",           \
      .help = "The message" }
#define MESSAGE_WHOM                                                                              \
    { .name = "snapshot_id", .type = ACRM__T_REF, .target = "segment_snapshot",                   \
      .help = "To the customers of this picture of a segment" },                                  \
    { .name = "segment_id", .type = ACRM__T_REF, .target = "segment",                             \
      .help = "or to those who satisfy its filter when their turn comes" },                       \
    { .name = "where", .type = ACRM__T_FILTER, .target = "customer",                              \
      .help = "or to those who satisfy this one" },                                               \
    { .name = "customer_ids", .type = ACRM__T_REF, .flags = ACRM__LIST, .target = "customer",     \
      .help = "or to these, at most 10000" },                                                     \
    { .name = "values", .type = ACRM__T_MAP,                                                      \
      .help = "What names in the template mean, before the customer's own fields" }
#define MESSAGE_WHEN                                                                              \
    { .name = "not_before", .type = ACRM__T_INSTANT, .help = "Not sent before" },                \
    { .name = "local_time", .type = ACRM__T_TIME,                                                \
      .help = "At this time of the day where the customer lives" },                              \
    { .name = "expires_after", .type = ACRM__T_DURATION, .min = 1, .max = INT64_MAX, \
      .help = "Refused when it has waited so much longer than it was to" }
#define MESSAGE_TEXT                                                                              \
    { .name = "customer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "customer", \
      .help = "To whom" },                                                                        \
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,                          \
      .choices = MESSAGE_CHANNELS, .help = "By what" },                                           \
    { .name = "template", .type = ACRM__T_TEXT, .max = 64,                                       \
      .help = "Code of a message_template; or give body" },                                       \
    { .name = "values", .type = ACRM__T_MAP,                                                     \
      .help = "What names in the template mean, before the customer's own fields" },              \
    { .name = "subject", .type = ACRM__T_TEXT, .max = 1000, .help = "Without a template" },      \
    { .name = "body", .type = ACRM__T_TEXT, .max = 262144,                                       \
      .help = "Without a template; it may have names in {{}} too" },                              \
    { .name = "html", .type = ACRM__T_BOOL, .preset = "false",                                   \
      .help = "The body given is HTML" },                                                         \
    { .name = "purpose", .type = ACRM__T_TEXT, .max = 64,                                        \
      .help = "Code of the consent_purpose, without a template" },                                \
    { .name = "language", .type = ACRM__T_TEXT, .max = 35,                                       \
      .help = "BCP 47 tag; the customer's language without it" },                                 \
    { .name = "to", .type = ACRM__T_TEXT, .max = 500,                                            \
      .help = "Number or address; the customer's contact point without it" }

static const acrm__field message_preview_in[] = { MESSAGE_TEXT, { .name = NULL } };
static const acrm__field message_preview_out[] = {
    { .name = "to", .type = ACRM__T_TEXT, .help = "Number or address, or null: there is none" },
    { .name = "subject", .type = ACRM__T_TEXT, .help = "Subject line" },
    { .name = "body", .type = ACRM__T_TEXT, .help = "Text" },
    { .name = "language", .type = ACRM__T_TEXT, .help = "Of the text" },
    { .name = "missing", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Names without a value" },
    { .name = "allowed", .type = ACRM__T_BOOL, .help = "Whether it would be sent, now or later" },
    { .name = "reason", .type = ACRM__T_TEXT,
      .help = "Why not, or why not now: as consent.check, address, cap, quiet" },
    { .name = "not_before", .type = ACRM__T_INSTANT, .help = "Not now: from when on" },
    { .name = NULL }
};
static const acrm__field message_send_in[] = {
    MESSAGE_TEXT,
    { .name = "attachment_ids", .type = ACRM__T_REF, .flags = ACRM__LIST, .target = "attachment",
      .help = "Files to go with it, at most 16 of at most 4 MiB each" },
    MESSAGE_WHEN,
    { .name = "priority", .type = ACRM__T_INT, .min = 0, .max = 9, .preset = "5",
      .help = "Of those due, the lowest number leaves first" },
    { .name = "once", .type = ACRM__T_TEXT, .max = 255,
      .help = "Ordered again with the same text, it is the same message" },
    { .name = "allow_missing", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Leave names without a value empty" },
    { .name = "subject_entity", .type = ACRM__T_TEXT, .max = 64, .help = "What it is about" },
    { .name = "subject_id", .type = ACRM__T_ID, .help = "What it is about" },
    { .name = NULL }
};
static const acrm__field message_many_in[] = {
    { .name = "run", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "Name of the run: under it each customer gets the message once, however often this "
              "is called" },
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = MESSAGE_CHANNELS, .help = "By what" },
    { .name = "template", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of a message_template" },
    MESSAGE_WHOM,
    MESSAGE_WHEN,
    { .name = "priority", .type = ACRM__T_INT, .min = 0, .max = 9, .preset = "5",
      .help = "Of those due, the lowest number leaves first" },
    { .name = "allow_missing", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Leave names without a value empty" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = INT64_MAX,
      .help = "Come to so many customers in this call, and to the others in the next" },
    { .name = NULL }
};
static const acrm__field message_many_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "message_run",
      .help = "The run, its fields at top level" },
    { .name = NULL }
};
static const acrm__field message_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "message",
      .help = "The message, its fields at top level" },
    { .name = NULL }
};
static const acrm__field message_recall_in[] = {
    { .name = "once", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 255,
      .help = "The text it was ordered under" },
    { .name = NULL }
};
static const acrm__field message_recall_out[] = {
    { .name = "recalled", .type = ACRM__T_BOOL, .help = "It waited, and is cancelled now" },
    { .name = NULL }
};
static const acrm__field message_setup_in[] = {
    { .name = "definition", .type = ACRM__T_MAP, .flags = ACRM__REQUIRED,
      .help = "Lists of templates, schedules and rules (docs/triggers.md)" },
    { .name = NULL }
};
static const acrm__field message_setup_out[] = {
    { .name = "created", .type = ACRM__T_INT, .help = "Records made" },
    { .name = "updated", .type = ACRM__T_INT, .help = "Records that were there, brought to it" },
    { .name = NULL }
};
static const acrm__field message_rehearse_in[] = {
    { .name = "rule", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "Name of an automation_rule" },
    { .name = "day", .type = ACRM__T_DATE, .help = "On which day; today without it" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "100",
      .help = "So many messages at most" },
    { .name = NULL }
};
static const acrm__field message_rehearse_out[] = {
    { .name = "would", .type = ACRM__T_INT, .help = "How many records it would be about" },
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Each message: customer_id, channel, and what message.preview tells; or error" },
    { .name = NULL }
};
static const acrm__field message_id_in[] = { MESSAGE_ID, { .name = NULL } };
static const acrm__field message_outbox_out[] = {
    { .name = "queued", .type = ACRM__T_INT, .help = "Waiting" },
    { .name = "sending", .type = ACRM__T_INT, .help = "Being handed over" },
    { .name = "sent", .type = ACRM__T_INT, .help = "Taken by a transport" },
    { .name = "delivered", .type = ACRM__T_INT, .help = "Arrived" },
    { .name = "refused", .type = ACRM__T_INT, .help = "By consent or wish" },
    { .name = "failed", .type = ACRM__T_INT, .help = "By the transport, for good" },
    { .name = "dead", .type = ACRM__T_INT, .help = "Tried too often" },
    { .name = "cancelled", .type = ACRM__T_INT, .help = "By people" },
    { .name = "next_at", .type = ACRM__T_INSTANT, .help = "When the next one is due" },
    { .name = NULL }
};
static const acrm__field message_dead_out[] = {
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "message",
      .help = "The dead ones, the newest 200" },
    { .name = NULL }
};
static const acrm__field message_receipt_in[] = {
    { .name = "transport", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "By which it went" },
    { .name = "reference", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 128,
      .help = "The transport's name for the message" },
    { .name = "outcome", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = MESSAGE_OUTCOMES,
      .help = "What became of it; failed: for a reason that is not the address's" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 128, .help = "In the transport's words" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 128,
      .help = "The transport's name for the receipt: told twice, it is believed once" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = NULL }
};
static const acrm__field message_receipt_out[] = {
    { .name = "accepted", .type = ACRM__T_BOOL, .help = "It was believed" },
    { .name = "refused", .type = ACRM__T_TEXT,
      .help = "Why it was kept and not believed: unknown, replayed, not_sent, contradiction" },
    { .name = "message", .type = ACRM__T_RECORD, .target = "message",
      .help = "The message as it is now, or null" },
    { .name = NULL }
};
static const acrm__field message_bounce_in[] = {
    { .name = "transport", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "By which the mail went that came back" },
    { .name = "mail", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1048576,
      .help = "The whole mail as it came" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 128,
      .help = "Its own Message-ID: told twice, it is believed once" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = NULL }
};
static const acrm__field message_bounce_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Of each recipient: recipient, outcome, status, accepted, refused" },
    { .name = NULL }
};
static const acrm__field message_receive_in[] = {
    { .name = "transport", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "By which it came" },
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = MESSAGE_CHANNELS, .help = "By what" },
    { .name = "from", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500,
      .help = "Number in E.164, or address" },
    { .name = "body", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 65536,
      .help = "Text" },
    { .name = "answers", .type = ACRM__T_TEXT, .max = 128,
      .help = "The transport's name for the message that it answers" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 128,
      .help = "The transport's name for this one: told twice, it is kept once" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When; now without it" },
    { .name = NULL }
};
static const acrm__field message_receive_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "inbound_message",
      .help = "The message, its fields at top level" },
    { .name = NULL }
};
static const acrm__field message_check_in[] = {
    { .name = "subject", .type = ACRM__T_TEXT, .max = 1000, .help = "Template of the subject" },
    { .name = "body", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 262144,
      .help = "Template of the text" },
    { .name = NULL }
};
static const acrm__field message_check_out[] = {
    { .name = "tags", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Its tags in order: kind, name, within, line" },
    { .name = NULL }
};

static const acrm__field message_check_many_in[] = {
    { .name = "template", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of a message_template" },
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = MESSAGE_CHANNELS, .help = "By what" },
    MESSAGE_WHOM,
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = INT64_MAX, .help = "Look at so many" },
    { .name = NULL }
};
static const acrm__field message_check_many_out[] = {
    { .name = "checked", .type = ACRM__T_INT, .help = "Customers looked at" },
    { .name = "lacking", .type = ACRM__T_INT, .help = "Of them for whom something is missing" },
    { .name = "no_address", .type = ACRM__T_INT, .help = "Of them without an address for it" },
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Each name without a value, a partial too: name, customers (how many), ids (of the "
              "first)" },
    { .name = NULL }
};

static const acrm__op message_ops[] = {
    { .name = "template.check", .flags = ACRM__OP_PUBLIC | ACRM__OP_SINGLE,
      .in = message_check_in, .out = message_check_out, .run = acrm__message_template_check,
      .help = "Check a template and list its tags" },
    { .name = "template.check_many", .in = message_check_many_in,
      .out = message_check_many_out, .run = acrm__message_check_many,
      .help = "Tell for which of many customers a template would have empty places" },
    { .name = "message.preview", .in = message_preview_in, .out = message_preview_out,
      .run = acrm__message_preview,
      .help = "Show a message as it would be sent, and whether it would be" },
    { .name = "message.send", .flags = ACRM__OP_WRITE, .in = message_send_in, .out = message_out,
      .run = acrm__message_send, .help = "Order a message; engine.tick sends it" },
    { .name = "message.send_many", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .in = message_many_in, .out = message_many_out, .run = acrm__message_send_many,
      .help = "Order a message to each of many customers, once; called again it goes on" },
    { .name = "message.cancel", .flags = ACRM__OP_WRITE, .in = message_id_in, .out = message_out,
      .run = acrm__message_cancel, .help = "Take back a message that waits" },
    { .name = "message.recall", .flags = ACRM__OP_WRITE, .in = message_recall_in,
      .out = message_recall_out, .run = acrm__message_recall,
      .help = "Take back the message ordered under a text, if it still waits" },
    { .name = "message.setup", .flags = ACRM__OP_WRITE, .in = message_setup_in,
      .out = message_setup_out, .run = acrm__message_setup,
      .help = "Load what triggers messages: templates, schedules and rules of one definition" },
    { .name = "message.rehearse", .in = message_rehearse_in, .out = message_rehearse_out,
      .run = acrm__message_rehearse,
      .help = "Show who would get which message from a rule on a day" },
    { .name = "message.retry", .flags = ACRM__OP_WRITE, .in = message_id_in, .out = message_out,
      .run = acrm__message_retry, .help = "Send a dead, failed or refused message after all" },
    { .name = "message.drop", .flags = ACRM__OP_WRITE, .in = message_id_in, .out = message_out,
      .run = acrm__message_drop, .help = "Give a dead or failed message up" },
    { .name = "message.outbox", .out = message_outbox_out, .run = acrm__message_outbox,
      .help = "How many messages are where" },
    { .name = "message.dead", .out = message_dead_out, .run = acrm__message_dead,
      .help = "Messages that were tried too often" },
    { .name = "message.bounce", .flags = ACRM__OP_WRITE, .in = message_bounce_in,
      .out = message_bounce_out, .run = acrm__message_bounce,
      .help = "Take in a mail that tells what was not delivered" },
    { .name = "message.receipt", .flags = ACRM__OP_WRITE, .in = message_receipt_in,
      .out = message_receipt_out, .run = acrm__message_receipt,
      .help = "Tell what became of a message that was sent" },
    { .name = "message.receive", .flags = ACRM__OP_WRITE, .in = message_receive_in,
      .out = message_receive_out, .run = acrm__message_receive,
      .help = "Take in a message from a customer" },
    { .name = NULL }
};

static const acrm__hook message_hooks[] = {
    { .entity = "message_template", .before_write = acrm__message_template_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_message = {
    .name = "message",
    .help = "Messages to customers and from them",
    .entities = message_entities,
    .ops = message_ops,
    .hooks = message_hooks,
    .tick = acrm__message_tick,
};
