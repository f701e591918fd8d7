/* SPDX-License-Identifier: MIT */
/* The module ledger: programmes, their members and the points these earn, hold and spend. */
#include "modules/loyalty/ledger.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/loyalty/ledger.def"
#define ACRM__ENTITIES_NAME ledger_entities
#include "kernel/declare_tables.h"

const acrm__module acrm__mod_ledger = {
    .name = "ledger",
    .help = "Programmes, their members, and points by lots",
    .entities = ledger_entities,
};
