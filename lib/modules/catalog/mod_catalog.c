/* SPDX-License-Identifier: MIT */
/* The module catalog: vehicles. */
#include "modules/catalog/catalog.h"
#include "modules/catalog/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/catalog/entities.def"
#define ACRM__ENTITIES_NAME catalog_entities
#include "kernel/declare_tables.h"

static const acrm__hook catalog_hooks[] = {
    { .entity = "vehicle", .before_write = acrm__catalog_vehicle_write },
    { .entity = "vehicle_ownership", .before_write = acrm__catalog_ownership_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_catalog = {
    .name = "catalog",
    .help = "Vehicles and whose they are",
    .entities = catalog_entities,
    .hooks = catalog_hooks,
};
