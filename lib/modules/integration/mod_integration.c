/* SPDX-License-Identifier: MIT */
/* The module integration: its entities, operations and reactions. */
#include "modules/integration/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/integration/entities.def"
#define ACRM__ENTITIES_NAME integration_entities
#include "kernel/declare_tables.h"

const acrm__module acrm__mod_integration = {
    .name = "integration",
    .help = "Imports and exports",
    .entities = integration_entities,
};
