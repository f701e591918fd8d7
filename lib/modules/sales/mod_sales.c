/* SPDX-License-Identifier: MIT */
/* The module sales: its entities, operations and reactions. */
#include "modules/sales/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/sales/entities.def"
#define ACRM__ENTITIES_NAME sales_entities
#include "kernel/declare_tables.h"

const acrm__module acrm__mod_sales = {
    .name = "sales",
    .help = "Leads, their distribution and follow-up, activities and pipelines",
    .entities = sales_entities,
};
