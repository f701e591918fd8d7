/* SPDX-License-Identifier: MIT */
/* The module org: its entities, operations and reactions. */
#include "modules/org/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/org/entities.def"
#define ACRM__ENTITIES_NAME org_entities
#include "kernel/declare_tables.h"

const acrm__module acrm__mod_org = {
    .name = "org",
    .help = "Dealers, teams and users",
    .entities = org_entities,
};
