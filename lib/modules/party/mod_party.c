/* SPDX-License-Identifier: MIT */
/* The module party: its entities, operations and rules. */
#include "modules/party/entities.h"
#include "modules/modules.h"
#include "modules/party/party.h"
#include "modules/party/review.h"
#include "modules/party/subject.h"

static const acrm__field party_customer_options[] = {
    { .name = "duplicates", .type = ACRM__T_ENUM, .choices = "allow|warn|refuse",
      .preset = "\"allow\"",
      .help = "warn: those who may be the same go on the review list; refuse: fail when a match "
              "rule is sure that it is a known customer" },
    { .name = NULL }
};

#define ACRM__ENTITIES_DEF "modules/party/entities.def"
#define ACRM__ENTITIES_NAME party_entities
#include "kernel/declare_tables.h"

#define HELP_COUNTRY "Country to read national phone numbers by, ISO 3166-1 alpha-2"

static const acrm__field party_match_in[] = {
    { .name = "id", .type = ACRM__T_ID,
      .help = "A customer whose duplicates are sought, instead of the fields below" },
    { .name = "name", .type = ACRM__T_TEXT, .max = 300, .help = "Full name" },
    { .name = "given_name", .type = ACRM__T_TEXT, .max = 150, .help = "Given name" },
    { .name = "family_name", .type = ACRM__T_TEXT, .max = 150, .help = "Family name" },
    { .name = "also_known_as", .type = ACRM__T_TEXT, .max = 300, .help = "Another name" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "person|company",
      .help = "Person or company" },
    { .name = "birth_date", .type = ACRM__T_DATE, .help = "Date of birth or foundation" },
    { .name = "city", .type = ACRM__T_TEXT, .max = 100, .help = "City" },
    { .name = "national_id", .type = ACRM__T_TEXT, .max = 40, .help = "National identifier" },
    { .name = "tax_id", .type = ACRM__T_TEXT, .max = 40, .help = "Tax number" },
    { .name = "contact_points", .type = ACRM__T_RECORD, .flags = ACRM__LIST,
      .target = "contact_point", .help = "Contact points: channel, value, country" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2, .help = HELP_COUNTRY },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 64, .preset = "20",
      .help = "Candidates at most" },
    { .name = NULL }
};
static const acrm__field party_match_out[] = {
    { .name = "customer_id", .type = ACRM__T_ID, .help = "The customer it is, or null" },
    { .name = "candidates", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Who it could be, best first: customer_id, name, score (0-100), same, automatic, "
              "rule, reasons, signs (field, how, similarity, weight)" },
    { .name = NULL }
};
static const acrm__field party_identify_in[] = {
    { .name = "text", .type = ACRM__T_TEXT, .max = 300,
      .help = "Anything: phone number, e-mail address, national id, name, contract number, plate, "
              "VIN, member card" },
    { .name = "kind", .type = ACRM__T_TEXT, .max = 64,
      .help = "What the text is, when it is known: a kind that some field identifies by" },
    { .name = "phone", .type = ACRM__T_TEXT, .max = 100, .help = "Phone number as typed" },
    { .name = "email", .type = ACRM__T_TEXT, .max = 254, .help = "E-mail address" },
    { .name = "national_id", .type = ACRM__T_TEXT, .max = 40, .help = "National identifier" },
    { .name = "tax_id", .type = ACRM__T_TEXT, .max = 40, .help = "Tax number" },
    { .name = "name", .type = ACRM__T_TEXT, .max = 300, .help = "Name, or the beginning of it" },
    { .name = "contract_number", .type = ACRM__T_TEXT, .max = 64, .help = "Number of a contract" },
    { .name = "plate", .type = ACRM__T_TEXT, .max = 40, .help = "Plate of a vehicle" },
    { .name = "vin", .type = ACRM__T_TEXT, .max = 40, .help = "VIN of a vehicle" },
    { .name = "member_card", .type = ACRM__T_TEXT, .max = 64, .help = "Number of a member card" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2, .help = HELP_COUNTRY },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 50, .preset = "10",
      .help = "Candidates at most" },
    { .name = NULL }
};
static const acrm__field party_identify_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Candidates, best first: customer, score (0-100), reasons" },
    { .name = NULL }
};
static const acrm__field party_duplicates_in[] = {
    { .name = "restart", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Begin anew, though an earlier scan was cut short" },
    { .name = "rebuild", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Begin anew, and make the keys of all customers first" },
    { .name = "steps", .type = ACRM__T_INT, .min = 1, .max = INT64_MAX,
      .help = "Stop after so many steps; the next call goes on" },
    { .name = NULL }
};
static const acrm__field party_duplicates_out[] = {
    { .name = "scan_id", .type = ACRM__T_ID, .help = "Record of the scan" },
    { .name = "finished", .type = ACRM__T_BOOL, .help = "false: the next call goes on" },
    { .name = "keys", .type = ACRM__T_INT, .help = "Keys passed, in all steps so far" },
    { .name = "compared", .type = ACRM__T_INT, .help = "Pairs compared" },
    { .name = "found", .type = ACRM__T_INT, .help = "Pairs put on the review list" },
    { .name = "automatic", .type = ACRM__T_INT,
      .help = "Of them, past a rule's automatic threshold" },
    { .name = "changed", .type = ACRM__T_INT, .help = "Pairs known already that changed" },
    { .name = "too_common", .type = ACRM__T_INT,
      .help = "Keys that too many customers share to say anything" },
    { .name = NULL }
};
static const acrm__field party_accept_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which pair" },
    { .name = "survivor_id", .type = ACRM__T_ID,
      .help = "Which of the two stays; without it the older" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "Why" },
    { .name = NULL }
};
static const acrm__field party_decide_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which pair" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "Why" },
    { .name = NULL }
};
static const acrm__field party_decide_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "duplicate_candidate",
      .help = "The pair as it is now" },
    { .name = NULL }
};
static const acrm__field party_accept_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "duplicate_candidate",
      .help = "The pair as it was decided" },
    { .name = "merge", .type = ACRM__T_MAP, .help = "The result of customer.merge" },
    { .name = NULL }
};
static const acrm__field party_timeline_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which customer" },
    { .name = "before", .type = ACRM__T_INSTANT, .help = "Only what is older than this" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 200, .preset = "50",
      .help = "Entries at most" },
    { .name = NULL }
};
static const acrm__field party_timeline_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Newest first: at, entity, record" },
    { .name = "before", .type = ACRM__T_INSTANT,
      .help = "Pass as before to go on; null at the end" },
    { .name = NULL }
};
static const acrm__field party_view_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which customer" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 200, .preset = "20",
      .help = "Records of each kind at most" },
    { .name = NULL }
};
static const acrm__field party_view_out[] = {
    { .name = "customer", .type = ACRM__T_RECORD, .target = "customer", .help = "The customer" },
    { .name = "related", .type = ACRM__T_MAP,
      .help = "By relation: count, and the newest records as items" },
    { .name = NULL }
};

static const acrm__op party_ops[] = {
    { .name = "customer.match", .in = party_match_in, .out = party_match_out,
      .run = acrm__party_match,
      .help = "Tell whether somebody is a known customer, candidates ranked and explained" },
    { .name = "customer.duplicates", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .in = party_duplicates_in, .out = party_duplicates_out, .run = acrm__party_duplicates,
      .help = "Compare all customers and put those that may be one on the review list" },
    { .name = "duplicate_candidate.accept", .flags = ACRM__OP_WRITE, .in = party_accept_in,
      .out = party_accept_out, .run = acrm__party_review_accept,
      .help = "They are one: merge them" },
    { .name = "duplicate_candidate.reject", .flags = ACRM__OP_WRITE, .in = party_decide_in,
      .out = party_decide_out, .run = acrm__party_review_reject,
      .help = "They are two: take the pair off the review list for good" },
    { .name = "duplicate_candidate.reopen", .flags = ACRM__OP_WRITE, .in = party_decide_in,
      .out = party_decide_out, .run = acrm__party_review_reopen,
      .help = "Put a rejected pair back on the review list" },
    { .name = "customer.identify", .in = party_identify_in, .out = party_identify_out,
      .run = acrm__party_identify, .help = "Find out who somebody is, candidates ranked" },
    { .name = "customer.timeline", .in = party_timeline_in, .out = party_timeline_out,
      .run = acrm__party_timeline, .help = "Everything that passed with a customer, newest first" },
    { .name = "customer.view360", .in = party_view_in, .out = party_view_out,
      .run = acrm__party_view360, .help = "One customer with all that belongs to it" },
    { .name = NULL }
};

static const acrm__hook party_hooks[] = {
    { .entity = "customer", .before_write = acrm__party_customer_write,
      .blanked = acrm__party_customer_keys },
    { .entity = "contact_point", .before_write = acrm__party_contact_point_write,
      .moved = acrm__party_contact_point_keys, .blanked = acrm__party_contact_point_keys },
    { .entity = "match_rule", .before_write = acrm__party_match_rule_write },
    { .entity = "duplicate_candidate", .before_write = acrm__party_review_write },
    { .entity = NULL }
};

static const acrm__reaction party_reactions[] = {
    { .type = "lead.accepted", .run = acrm__party_lead_taken },
    { .type = "lead.assigned", .run = acrm__party_lead_taken },
    { .type = "customer.duplicates_asked", .run = acrm__party_suspected },
    { .type = NULL }
};

const acrm__module acrm__mod_party = {
    .name = "party",
    .help = "Customers and how to reach them",
    .entities = party_entities,
    .ops = party_ops,
    .hooks = party_hooks,
    .reactions = party_reactions,
    .seeds = "match_rule",
    .seed = acrm__party_match_seed,
};
