/* SPDX-License-Identifier: MIT */
/* The module consent: what customers allow, wish and refuse. */
#include "modules/consent/entities.h"
#include "modules/modules.h"
#include "modules/consent/consent.h"

#define ACRM__ENTITIES_DEF "modules/consent/entities.def"
#define ACRM__ENTITIES_NAME consent_entities
#include "kernel/declare_tables.h"

#define CONSENT_CUSTOMER                                                                          \
    { .name = "customer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "customer", \
      .help = "Whose consent" }
#define CONSENT_PURPOSE                                                                           \
    { .name = "purpose", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,               \
      .help = "Code of the consent_purpose" }
#define CONSENT_CHANNEL                                                                           \
    { .name = "channel", .type = ACRM__T_ENUM, .choices = CONSENT_CHANNELS,                      \
      .preset = "\"any\"", .help = "By what; any: by whatever is not decided by itself" }
#define CONSENT_PROOF                                                                             \
    { .name = "source", .type = ACRM__T_TEXT, .max = 100,                                        \
      .help = "Where it came from: web form, call, paper" },                                     \
    { .name = "proof", .type = ACRM__T_TEXT, .max = 4000,                                        \
      .help = "What proves it: words said, address and time of a form" },                        \
    { .name = "proof_attachment_id", .type = ACRM__T_ID,                                         \
      .help = "The attachment that proves it" },                                                 \
    { .name = "document_version", .type = ACRM__T_TEXT, .max = 64,                               \
      .help = "Version of the text that was agreed to" }
#define CONSENT_TERMS                                                                             \
    { .name = "lawful_basis", .type = ACRM__T_ENUM, .choices = CONSENT_BASES,                    \
      .help = "What it rests on; the purpose's without it" },                                    \
    { .name = "expires_at", .type = ACRM__T_INSTANT,                                             \
      .help = "From when on it holds no longer; by the purpose's valid_for without it" }

static const acrm__field consent_give_in[] = {
    CONSENT_CUSTOMER, CONSENT_PURPOSE, CONSENT_CHANNEL, CONSENT_PROOF, CONSENT_TERMS,
    { .name = "given_at", .type = ACRM__T_INSTANT,
      .help = "When, at most five minutes ago; now without it" },
    { .name = NULL }
};
static const acrm__field consent_record_in[] = {
    CONSENT_CUSTOMER, CONSENT_PURPOSE, CONSENT_CHANNEL, CONSENT_PROOF, CONSENT_TERMS,
    { .name = "given_at", .type = ACRM__T_INSTANT, .flags = ACRM__REQUIRED,
      .help = "When it was decided" },
    { .name = "state", .type = ACRM__T_ENUM, .choices = "granted|withdrawn|refused",
      .preset = "\"granted\"", .help = "What was decided" },
    { .name = NULL }
};
static const acrm__field consent_confirm_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "consent",
      .help = "The pending consent" },
    CONSENT_PROOF,
    { .name = NULL }
};
static const acrm__field consent_row_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "consent",
      .help = "The row of the ledger, its fields at top level" },
    { .name = NULL }
};
static const acrm__field consent_withdraw_in[] = {
    CONSENT_CUSTOMER,
    { .name = "purpose", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the consent_purpose; without it all of them" },
    CONSENT_CHANNEL, CONSENT_PROOF,
    { .name = NULL }
};
static const acrm__field consent_withdraw_out[] = {
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "consent",
      .help = "The rows of the ledger" },
    { .name = NULL }
};
static const acrm__field consent_check_in[] = {
    CONSENT_CUSTOMER, CONSENT_PURPOSE,
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "phone|sms|email|letter|fax|push|messenger", .help = "By what" },
    { .name = "at", .type = ACRM__T_INSTANT, .help = "At which instant; now without it" },
    { .name = NULL }
};
static const acrm__field consent_check_out[] = {
    { .name = "allowed", .type = ACRM__T_BOOL, .help = "Whether the customer may be contacted" },
    { .name = "reason", .type = ACRM__T_TEXT,
      .help = "granted, not_required; or why not: never_given, unconfirmed, expired, withdrawn, "
              "refused, suppressed, do_not_contact, restricted" },
    { .name = "consent", .type = ACRM__T_RECORD, .target = "consent",
      .help = "The row of the ledger that decided it, or null" },
    { .name = "suppression", .type = ACRM__T_RECORD, .target = "contact_suppression",
      .help = "The suppression that decided it, or null" },
    { .name = NULL }
};
static const acrm__field consent_check_many_in[] = {
    { .name = "customer_ids", .type = ACRM__T_REF, .flags = ACRM__REQUIRED | ACRM__LIST,
      .target = "customer", .help = "Who, at most 1000" },
    CONSENT_PURPOSE,
    { .name = "channel", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED,
      .choices = "phone|sms|email|letter|fax|push|messenger", .help = "By what" },
    { .name = NULL }
};
static const acrm__field consent_check_many_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In the order given: allowed and reason as consent.check; a customer who is not "
              "there is not allowed, for the reason unknown" },
    { .name = NULL }
};
static const acrm__field consent_state_in[] = { CONSENT_CUSTOMER, { .name = NULL } };
static const acrm__field consent_state_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Every purpose by every channel: purpose, channel, allowed, reason, given_at, "
              "expires_at, source, consent_id" },
    { .name = NULL }
};

static const acrm__op consent_ops[] = {
    { .name = "consent.give", .flags = ACRM__OP_WRITE, .in = consent_give_in,
      .out = consent_row_out, .run = acrm__consent_give,
      .help = "Keep that a customer consents now; pending where it must be confirmed" },
    { .name = "consent.record", .flags = ACRM__OP_WRITE, .in = consent_record_in,
      .out = consent_row_out, .run = acrm__consent_record,
      .help = "Keep a decision of the past, with its proof" },
    { .name = "consent.confirm", .flags = ACRM__OP_WRITE, .in = consent_confirm_in,
      .out = consent_row_out, .run = acrm__consent_confirm,
      .help = "Confirm a pending consent (double opt-in)" },
    { .name = "consent.withdraw", .flags = ACRM__OP_WRITE, .in = consent_withdraw_in,
      .out = consent_withdraw_out, .run = acrm__consent_withdraw,
      .help = "Keep that a customer consents no longer" },
    { .name = "consent.check", .in = consent_check_in, .out = consent_check_out,
      .run = acrm__consent_check,
      .help = "Tell whether a customer may be contacted, and what decides it" },
    { .name = "consent.check_many", .in = consent_check_many_in, .out = consent_check_many_out,
      .run = acrm__consent_check_many,
      .help = "The same for many customers, in as many steps as for one" },
    { .name = "consent.state", .in = consent_state_in, .out = consent_state_out,
      .run = acrm__consent_state, .help = "What a customer allows: purposes by channels" },
    { .name = NULL }
};

static const acrm__hook consent_hooks[] = {
    { .entity = "consent_purpose", .before_write = acrm__consent_purpose_write },
    { .entity = "contact_suppression", .before_write = acrm__consent_suppression_write },
    { .entity = "preference", .before_write = acrm__consent_preference_write },
    { .entity = NULL }
};

static const acrm__timer_kind consent_timers[] = {
    { .kind = "consent.expired", .run = acrm__consent_expired,
      .help = "Tell that a consent has come to its end" },
    { .kind = NULL }
};

const acrm__module acrm__mod_consent = {
    .name = "consent",
    .help = "What customers allow, wish and refuse",
    .entities = consent_entities,
    .ops = consent_ops,
    .hooks = consent_hooks,
    .timers = consent_timers,
    .seeds = "consent_purpose",
    .seed = acrm__consent_seed,
};
