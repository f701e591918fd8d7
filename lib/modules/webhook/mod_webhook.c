/* SPDX-License-Identifier: MIT */
/* The module webhook: other systems are told of events. */
#include "modules/modules.h"
#include "modules/webhook/entities.h"
#include "modules/webhook/webhook.h"

#define ACRM__ENTITIES_DEF "modules/webhook/entities.def"
#define ACRM__ENTITIES_NAME webhook_entities
#include "kernel/declare_tables.h"

#define WEBHOOK_KEY                                                                               \
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "hmac|ed25519", .preset = "\"hmac\"",      \
      .help = "Of a new key: a secret that both sides share, or a pair of which receivers have "  \
              "the public one" },                                                                 \
    { .name = "secret", .type = ACRM__T_TEXT, .max = 95,                                          \
      .help = "A key of your own (whsec_ or whsk_) instead of a new one" }
#define WEBHOOK_ENDPOINT                                                                          \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "webhook_endpoint",   \
      .help = "The endpoint" }
#define WEBHOOK_RECORD                                                                            \
    { .name = "record", .type = ACRM__T_RECORD, .target = "webhook_endpoint",                     \
      .help = "The endpoint, its fields at top level" }

static const acrm__field webhook_create_in[] = {
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 100,
      .help = "Name for people" },
    { .name = "url", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 2048,
      .help = "Where to: https, without user and password" },
    { .name = "internal", .type = ACRM__T_BOOL, .preset = "false",
      .help = "It may be of this machine or an inner network, and plain http" },
    { .name = "types", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Types of events, such as lead.created or lead.*; all without it" },
    { .name = "condition", .type = ACRM__T_MAP, .help = "Filter over the event" },
    { .name = "per_minute", .type = ACRM__T_INT, .min = 1, .max = 100000,
      .help = "So many deliveries a minute" },
    { .name = "headers", .type = ACRM__T_TEXT, .max = 8192,
      .help = "Further headers, one \"Name: value\" a line" },
    { .name = "source", .type = ACRM__T_TEXT, .max = 512, .preset = "\"/autocrm\"",
      .help = "The source that its CloudEvents name" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "It is told only what this user may see; who sees only a part is the user" },
    { .name = "with_record", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Send the record along, as the user may see it" },
    WEBHOOK_KEY,
    { .name = NULL }
};
static const acrm__field webhook_create_out[] = {
    WEBHOOK_RECORD,
    { .name = "secret", .type = ACRM__T_TEXT,
      .help = "HMAC: the key, for the receiver; it is shown only now" },
    { .name = "public_key", .type = ACRM__T_TEXT, .help = "Ed25519: the key for receivers" },
    { .name = NULL }
};
static const acrm__field webhook_rotate_in[] = {
    WEBHOOK_ENDPOINT,
    { .name = "grace", .type = ACRM__T_DURATION, .min = 0, .max = 2592000, .preset = "\"P1D\"",
      .help = "How long the old key signs along" },
    WEBHOOK_KEY,
    { .name = NULL }
};
static const acrm__field webhook_endpoint_in[] = { WEBHOOK_ENDPOINT, { .name = NULL } };
static const acrm__field webhook_endpoint_out[] = { WEBHOOK_RECORD, { .name = NULL } };
static const acrm__field webhook_enable_in[] = {
    WEBHOOK_ENDPOINT,
    { .name = "skip", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Drop what waits and what happened meanwhile, instead of sending it now" },
    { .name = NULL }
};
static const acrm__field webhook_delivery_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "webhook_delivery",
      .help = "The delivery, its fields at top level" },
    { .name = NULL }
};
static const acrm__field webhook_replay_in[] = {
    { .name = "delivery_id", .type = ACRM__T_REF, .target = "webhook_delivery",
      .help = "This one" },
    { .name = "endpoint_id", .type = ACRM__T_REF, .target = "webhook_endpoint",
      .help = "Or all of this endpoint" },
    { .name = "since", .type = ACRM__T_INSTANT, .help = "of events from then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "and before then" },
    { .name = NULL }
};
static const acrm__field webhook_replay_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "So many deliveries wait now" },
    { .name = NULL }
};
static const acrm__field webhook_status_out[] = {
    { .name = "url", .type = ACRM__T_TEXT, .help = "Where to" },
    { .name = "enabled", .type = ACRM__T_BOOL, .help = "Whether it is told of events" },
    { .name = "disabled_reason", .type = ACRM__T_TEXT, .help = "Why not" },
    { .name = "behind", .type = ACRM__T_INT, .help = "Events it was not asked about yet" },
    { .name = "waiting", .type = ACRM__T_INT, .help = "Deliveries to be handed over" },
    { .name = "dead", .type = ACRM__T_INT, .help = "Deliveries tried too often" },
    { .name = "failures", .type = ACRM__T_INT, .help = "Failures since the last success" },
    { .name = "failing_since", .type = ACRM__T_INSTANT, .help = "The first of them" },
    { .name = "delivered_at", .type = ACRM__T_INSTANT, .help = "The last success" },
    { .name = "resume_at", .type = ACRM__T_INSTANT, .help = "It is left alone until then" },
    { .name = NULL }
};
static const acrm__field webhook_verify_in[] = {
    { .name = "key", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 95,
      .help = "whsec_ or whpk_ key" },
    { .name = "id", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 255,
      .help = "Header webhook-id" },
    { .name = "timestamp", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Header webhook-timestamp" },
    { .name = "signature", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 8192,
      .help = "Header webhook-signature" },
    { .name = "body", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1048576,
      .help = "The body, exactly as it came" },
    { .name = "tolerance", .type = ACRM__T_INT, .min = 0, .max = 86400, .preset = "300",
      .unit = "s", .help = "How far the timestamp may differ from the clock" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "When it came; now without it" },
    { .name = NULL }
};
static const acrm__field webhook_verify_out[] = {
    { .name = "genuine", .type = ACRM__T_BOOL, .help = "Whether it is by who has the key, now" },
    { .name = "reason", .type = ACRM__T_TEXT,
      .help = "Why not: timestamp, too_old, too_new, signature" },
    { .name = NULL }
};

static const acrm__op webhook_ops[] = {
    { .name = "webhook_endpoint.create", .flags = ACRM__OP_WRITE | ACRM__OP_SECRET,
      .in = webhook_create_in, .out = webhook_create_out, .run = acrm__webhook_endpoint_create,
      .help = "Make an endpoint that is told of events from now on; shows its key once" },
    { .name = "webhook_endpoint.rotate", .flags = ACRM__OP_WRITE | ACRM__OP_SECRET,
      .in = webhook_rotate_in, .out = webhook_create_out, .run = acrm__webhook_endpoint_rotate,
      .help = "Replace an endpoint's key; shows the new one once" },
    { .name = "webhook_endpoint.enable", .flags = ACRM__OP_WRITE, .in = webhook_enable_in,
      .out = webhook_endpoint_out, .run = acrm__webhook_endpoint_enable,
      .help = "Go on telling an endpoint, from where it was left off" },
    { .name = "webhook_endpoint.disable", .flags = ACRM__OP_WRITE, .in = webhook_endpoint_in,
      .out = webhook_endpoint_out, .run = acrm__webhook_endpoint_disable,
      .help = "Tell an endpoint no more" },
    { .name = "webhook.test", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = webhook_endpoint_in,
      .out = webhook_delivery_out, .run = acrm__webhook_test,
      .help = "Send an event webhook.test to an endpoint, now" },
    { .name = "webhook.replay", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .in = webhook_replay_in, .out = webhook_replay_out, .run = acrm__webhook_replay,
      .help = "Send a delivery again, or all that an endpoint should have had of a time" },
    { .name = "webhook.status", .in = webhook_endpoint_in, .out = webhook_status_out,
      .run = acrm__webhook_status, .help = "How far an endpoint is, and how it does" },
    { .name = "webhook.verify", .flags = ACRM__OP_PUBLIC | ACRM__OP_SINGLE,
      .in = webhook_verify_in, .out = webhook_verify_out, .run = acrm__webhook_verify_call,
      .help = "Verify the signature of a webhook that was received" },
    { .name = NULL }
};

static const acrm__hook webhook_hooks[] = {
    { .entity = "webhook_endpoint", .before_write = acrm__webhook_endpoint_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_webhook = {
    .name = "webhook",
    .help = "Other systems are told of events",
    .entities = webhook_entities,
    .ops = webhook_ops,
    .hooks = webhook_hooks,
    .tick = acrm__webhook_tick,
};
