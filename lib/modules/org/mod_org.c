/* SPDX-License-Identifier: MIT */
/* The module org: dealers, teams and users. */
#include "modules/org/entities.h"
#include "modules/modules.h"
#include "modules/org/org.h"

#define ACRM__ENTITIES_DEF "modules/org/entities.def"
#define ACRM__ENTITIES_NAME org_entities
#include "kernel/declare_tables.h"

static const acrm__hook org_hooks[] = {
    { .entity = "dealer", .before_write = acrm__org_dealer_write },
    { .entity = NULL },
};

const acrm__module acrm__mod_org = {
    .name = "org",
    .help = "Dealers, teams and users",
    .entities = org_entities,
    .hooks = org_hooks,
    .seed = acrm__org_seed,
    .principals = "user customer",
    .principal = acrm__org_principal,
};
