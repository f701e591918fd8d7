/* SPDX-License-Identifier: MIT */
/* The module configuration: what can be sold, at which price. */
#include "modules/catalog/configuration.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/catalog/configuration.def"
#define ACRM__ENTITIES_NAME configuration_entities
#include "kernel/declare_tables.h"

#define CONFIGURATION_CHOICE                                                                      \
    { .name = "trim_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "vehicle_trim",  \
      .help = "The trim" },                                                                       \
    { .name = "options", .type = ACRM__T_TEXT, .flags = ACRM__LIST, .max = 32,                    \
      .help = "Codes of the options chosen; standard ones need not be named" },                   \
    { .name = "on", .type = ACRM__T_DATE, .help = "Day to judge by; defaults to today" }

static const acrm__field configuration_check_in[] = { CONFIGURATION_CHOICE, { .name = NULL } };
static const acrm__field configuration_check_out[] = {
    { .name = "valid", .type = ACRM__T_BOOL, .help = "Nothing is wrong with it" },
    { .name = "vehicle", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Codes of all that is in the vehicle" },
    { .name = "breaches", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "All that is wrong: field, reason (not_offered, missing, excluded, "
              "package_incomplete, too_many, none_chosen, unknown, duplicate, not_sold), option, "
              "other, rule_id, message" },
    { .name = "proposal", .type = ACRM__T_MAP,
      .help = "The valid choice with the fewest changes: outcome (found, impossible, limit), "
              "changes, options, add, remove; null when it is valid" },
    { .name = NULL }
};
static const acrm__field configuration_price_in[] = {
    CONFIGURATION_CHOICE,
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Dealer; country and region default to its own" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2, .help = "Country of the price list" },
    { .name = "region", .type = ACRM__T_TEXT, .max = 100, .help = "Sales region" },
    { .name = "customer_group", .type = ACRM__T_TEXT, .max = 64, .help = "Group of customers" },
    { .name = "price_list_id", .type = ACRM__T_REF, .target = "price_list",
      .help = "This list and no other; else the one that fits best" },
    { .name = NULL }
};
static const acrm__field configuration_price_out[] = {
    { .name = "currency", .type = ACRM__T_TEXT, .help = "Currency of all amounts" },
    { .name = "base", .type = ACRM__T_TEXT, .help = "Price of the trim" },
    { .name = "lines", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Components: kind, code, name, amount, why (price, trim_price, standard, included), "
              "package, price_item_id" },
    { .name = "net", .type = ACRM__T_TEXT, .help = "Total without tax" },
    { .name = "tax", .type = ACRM__T_TEXT, .help = "Tax, rounded once" },
    { .name = "total", .type = ACRM__T_TEXT, .help = "Total with tax: net and tax" },
    { .name = "priced_on", .type = ACRM__T_DATE, .help = "Day of the prices" },
    { .name = "price_list_id", .type = ACRM__T_ID, .help = "The list" },
    { .name = "explain", .type = ACRM__T_MAP,
      .help = "price_lists (with why each is the one or not), tax_rate, includes_tax, rounding, "
              "rounded_by (part of a minor unit)" },
    { .name = NULL }
};
static const acrm__field configuration_contradictions_in[] = {
    { .name = "trim_id", .type = ACRM__T_REF, .target = "vehicle_trim",
      .help = "This trim" },
    { .name = "model_id", .type = ACRM__T_REF, .target = "vehicle_model",
      .help = "Or all trims of this model" },
    { .name = "on", .type = ACRM__T_DATE,
      .help = "What is so on this day or will be; defaults to today" },
    { .name = NULL }
};
static const acrm__field configuration_contradictions_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "How many" },
    { .name = "trims", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Trims with contradictions: trim_id, name, from_date, to_date, contradictions "
              "(kind: nothing, option, group or unknown; option, rules, message)" },
    { .name = NULL }
};

static const acrm__op configuration_ops[] = {
    { .name = "configuration.check", .in = configuration_check_in,
      .out = configuration_check_out, .run = acrm__configuration_check,
      .help = "Tell what is wrong with chosen options, all at once, and the nearest way out" },
    { .name = "configuration.price", .in = configuration_price_in,
      .out = configuration_price_out, .run = acrm__configuration_price,
      .help = "Price chosen options by the list of the day, each component explained" },
    { .name = "configuration.contradictions", .in = configuration_contradictions_in,
      .out = configuration_contradictions_out, .run = acrm__contradictions,
      .help = "Find options that can never be chosen, and the rules that rule them out" },
    { .name = NULL }
};

static const acrm__hook configuration_hooks[] = {
    { .entity = "vehicle_make", .before_write = acrm__model_make_write },
    { .entity = "vehicle_model", .before_write = acrm__model_model_write },
    { .entity = "vehicle_trim", .before_write = acrm__model_trim_write },
    { .entity = "vehicle_option", .before_write = acrm__model_option_write },
    { .entity = "trim_option", .before_write = acrm__model_offer_write },
    { .entity = "option_rule", .before_write = acrm__model_rule_write },
    { .entity = "price_list", .before_write = acrm__price_list_write },
    { .entity = "price_item", .before_write = acrm__price_item_write },
    { .entity = "configuration", .before_write = acrm__configuration_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_configuration = {
    .name = "configuration",
    .help = "Makes, models, trims, options and their rules; price lists; configurations",
    .entities = configuration_entities,
    .ops = configuration_ops,
    .hooks = configuration_hooks,
};
