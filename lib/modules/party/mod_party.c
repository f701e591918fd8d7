/* SPDX-License-Identifier: MIT */
/* The module party: its entities, operations and rules. */
#include "modules/party/entities.h"
#include "modules/modules.h"
#include "modules/party/party.h"

#define ACRM__ENTITIES_DEF "modules/party/entities.def"
#define ACRM__ENTITIES_NAME party_entities
#include "kernel/declare_tables.h"

#define HELP_COUNTRY "Country to read national phone numbers by, ISO 3166-1 alpha-2"

static const acrm__field party_match_in[] = {
    { .name = "name", .type = ACRM__T_TEXT, .help = "Full name" },
    { .name = "national_id", .type = ACRM__T_TEXT, .max = 40, .help = "National identifier" },
    { .name = "contact_points", .type = ACRM__T_RECORD, .flags = ACRM__LIST,
      .target = "contact_point", .help = "Contact points: channel, value, country" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2, .help = HELP_COUNTRY },
    { .name = NULL }
};
static const acrm__field party_match_out[] = {
    { .name = "customer_id", .type = ACRM__T_ID, .help = "The customer it is, or null" },
    { .name = "candidates", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Who it could be: customer_id, score (0-100), reasons, same" },
    { .name = NULL }
};
static const acrm__field party_identify_in[] = {
    { .name = "text", .type = ACRM__T_TEXT, .max = 300,
      .help = "Anything: a phone number, e-mail address, national id or name" },
    { .name = "phone", .type = ACRM__T_TEXT, .max = 100, .help = "Phone number as typed" },
    { .name = "email", .type = ACRM__T_TEXT, .max = 254, .help = "E-mail address" },
    { .name = "national_id", .type = ACRM__T_TEXT, .max = 40, .help = "National identifier" },
    { .name = "name", .type = ACRM__T_TEXT, .max = 300, .help = "Name, or the beginning of it" },
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
      .help = "Tell whether somebody is a known customer, by exact signs" },
    { .name = "customer.identify", .in = party_identify_in, .out = party_identify_out,
      .run = acrm__party_identify, .help = "Find out who somebody is, candidates ranked" },
    { .name = "customer.timeline", .in = party_timeline_in, .out = party_timeline_out,
      .run = acrm__party_timeline, .help = "Everything that passed with a customer, newest first" },
    { .name = "customer.view360", .in = party_view_in, .out = party_view_out,
      .run = acrm__party_view360, .help = "One customer with all that belongs to it" },
    { .name = NULL }
};

static const acrm__hook party_hooks[] = {
    { .entity = "customer", .before_write = acrm__party_customer_write },
    { .entity = "contact_point", .before_write = acrm__party_contact_point_write },
    { .entity = NULL }
};

static const acrm__reaction party_reactions[] = {
    { .type = "lead.accepted", .run = acrm__party_lead_taken },
    { .type = "lead.assigned", .run = acrm__party_lead_taken },
    { .type = NULL }
};

const acrm__module acrm__mod_party = {
    .name = "party",
    .help = "Customers and how to reach them",
    .entities = party_entities,
    .ops = party_ops,
    .hooks = party_hooks,
    .reactions = party_reactions,
};
