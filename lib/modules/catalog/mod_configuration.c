/* SPDX-License-Identifier: MIT */
/* The module configuration: what can be sold, at which price. */
#include "modules/catalog/configuration.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/catalog/configuration.def"
#define ACRM__ENTITIES_NAME configuration_entities
#include "kernel/declare_tables.h"

static const acrm__hook configuration_hooks[] = {
    { .entity = "vehicle_make", .before_write = acrm__model_make_write },
    { .entity = "vehicle_model", .before_write = acrm__model_model_write },
    { .entity = "vehicle_trim", .before_write = acrm__model_trim_write },
    { .entity = "vehicle_option", .before_write = acrm__model_option_write },
    { .entity = "trim_option", .before_write = acrm__model_offer_write },
    { .entity = "option_rule", .before_write = acrm__model_rule_write },
    { .entity = "price_list", .before_write = acrm__price_list_write },
    { .entity = "price_item", .before_write = acrm__price_item_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_configuration = {
    .name = "configuration",
    .help = "Makes, models, trims, options and their rules; price lists; configurations",
    .entities = configuration_entities,
    .hooks = configuration_hooks,
};
