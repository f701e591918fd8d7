/* SPDX-License-Identifier: MIT */
/* The module org: dealers, teams and users. */
#include "modules/org/entities.h"
#include "modules/modules.h"
#include "modules/org/org.h"

#define ACRM__ENTITIES_DEF "modules/org/entities.def"
#define ACRM__ENTITIES_NAME org_entities
#include "kernel/declare_tables.h"

static const acrm__field org_presets_in[] = {
    { .name = "reset", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Bring those that are there back to what they are in a new database" },
    { .name = NULL }
};
static const acrm__field org_presets_out[] = {
    { .name = "created", .type = ACRM__T_INT, .help = "Roles that were missing" },
    { .name = "updated", .type = ACRM__T_INT, .help = "Roles that were different" },
    { .name = NULL }
};
static const acrm__op org_ops[] = {
    { .name = "role.install_presets", .flags = ACRM__OP_WRITE, .in = org_presets_in,
      .out = org_presets_out, .run = acrm__org_install_presets,
      .help = "Make the roles that a new database begins with, as of this version" },
    { .name = NULL }
};

static const acrm__hook org_hooks[] = {
    { .entity = "dealer", .before_write = acrm__org_dealer_write },
    { .entity = NULL },
};

const acrm__module acrm__mod_org = {
    .name = "org",
    .help = "Dealers, teams and users",
    .entities = org_entities,
    .ops = org_ops,
    .hooks = org_hooks,
    .seeds = "role",
    .seed = acrm__org_seed,
    .principals = "user customer",
    .principal = acrm__org_principal,
};
