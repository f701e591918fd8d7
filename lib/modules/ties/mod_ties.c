/* SPDX-License-Identifier: MIT */
/* The module ties: how customers hang together. */
#include "modules/modules.h"
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"
#include "modules/ties/vehicles.h"

#define ACRM__ENTITIES_DEF "modules/ties/entities.def"
#define ACRM__ENTITIES_NAME ties_entities
#include "kernel/declare_tables.h"

static const acrm__field ties_relate_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "The one" },
    { .name = "type", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 40,
      .help = "What the one is to the other: either side of a relationship_type" },
    { .name = "to", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .target = "customer",
      .help = "The other" },
    { .name = "since", .type = ACRM__T_DATE, .help = "First day" },
    { .name = "until", .type = ACRM__T_DATE, .help = "Last day" },
    { .name = "notes", .type = ACRM__T_TEXT, .max = 2000, .help = "Free notes" },
    { .name = NULL }
};
static const acrm__field ties_relate_out[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "The relationship, with all its other fields" },
    { .name = NULL }
};
static const acrm__field ties_relationships_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which customer" },
    { .name = "role", .type = ACRM__T_TEXT, .max = 40, .help = "Only who is this to it: child" },
    { .name = "ended", .type = ACRM__T_BOOL, .preset = "false", .help = "Those that are over too" },
    { .name = NULL }
};
static const acrm__field ties_relationships_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "role (what the other is to this one), label, customer, since, until, notes, "
              "relationship_id" },
    { .name = NULL }
};
static const acrm__field ties_network_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which customer" },
    { .name = "steps", .type = ACRM__T_INT, .min = 1, .max = 2, .preset = "2",
      .help = "How far to go" },
    { .name = NULL }
};
static const acrm__field ties_network_out[] = {
    { .name = "customers", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Nearest first, the one asked about with steps 0: steps, id, name, kind, vip_level" },
    { .name = "ties", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "kind (relationship or household), from, to, role (what to is to from)" },
    { .name = "cut", .type = ACRM__T_BOOL, .help = "There are more than the 200 or 1,000 shown" },
    { .name = NULL }
};
static const acrm__field ties_household_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which household" },
    { .name = NULL }
};
static const acrm__field ties_household_out[] = {
    { .name = "household", .type = ACRM__T_RECORD, .target = "household", .help = "The household" },
    { .name = "members", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The head first: role, customer, since, until" },
    { .name = "vehicles", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What they drive now: vehicle, role, customer_id, since" },
    { .name = NULL }
};
static const acrm__field ties_fleet_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which company" },
    { .name = NULL }
};
static const acrm__field ties_fleet_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "Vehicles that it has now" },
    { .name = "vehicles", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "vehicle, role, customer_id, since, users (who else has to do with it)" },
    { .name = "people", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Who is related to the company: role, id, name, kind, vip_level" },
    { .name = NULL }
};
static const acrm__field ties_vip_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which customer" },
    { .name = "level", .type = ACRM__T_INT, .flags = ACRM__REQUIRED, .min = 0, .max = 9,
      .help = "Level from now on; 0: no VIP" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1024,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field ties_vip_out[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "The customer, with all its other fields" },
    { .name = NULL }
};

static const acrm__op ties_ops[] = {
    { .name = "customer.relate", .flags = ACRM__OP_WRITE, .in = ties_relate_in,
      .out = ties_relate_out, .run = acrm__ties_relate,
      .help = "Say what one customer is to another" },
    { .name = "customer.relationships", .in = ties_relationships_in,
      .out = ties_relationships_out, .run = acrm__ties_relationships,
      .help = "Who a customer is related to, seen from its side" },
    { .name = "customer.network", .in = ties_network_in, .out = ties_network_out,
      .run = acrm__ties_network, .help = "The people and companies around a customer" },
    { .name = "customer.fleet", .in = ties_fleet_in, .out = ties_fleet_out,
      .run = acrm__ties_fleet, .help = "A company's people and vehicles" },
    { .name = "customer.set_vip", .flags = ACRM__OP_WRITE, .in = ties_vip_in,
      .out = ties_vip_out, .run = acrm__ties_set_vip,
      .help = "Change a customer's VIP level, with the reason" },
    { .name = "household.view", .in = ties_household_in, .out = ties_household_out,
      .run = acrm__ties_household, .help = "A household with its members and vehicles" },
    { .name = NULL }
};

static const acrm__hook ties_hooks[] = {
    { .entity = "relationship_type", .before_write = acrm__ties_type_write },
    { .entity = "relationship", .before_write = acrm__ties_relationship_write },
    { .entity = "household_member", .before_write = acrm__ties_member_write },
    { .entity = "customer", .before_write = acrm__ties_vip_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_ties = {
    .name = "ties",
    .help = "Relationships, households and VIP customers",
    .entities = ties_entities,
    .ops = ties_ops,
    .hooks = ties_hooks,
    .seeds = "relationship_type",
    .seed = acrm__ties_seed,
};
