/* SPDX-License-Identifier: MIT */
/* The module party: its entities, operations and reactions. */
#include "modules/party/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/party/entities.def"
#define ACRM__ENTITIES_NAME party_entities
#include "kernel/declare_tables.h"

const acrm__module acrm__mod_party = {
    .name = "party",
    .help = "Customers and how to reach them",
    .entities = party_entities,
};
