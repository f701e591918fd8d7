/* SPDX-License-Identifier: MIT */
/* The pieces of the module configuration: models, options, rules, prices and what stands on them.
 */
#ifndef ACRM_MODULES_CATALOG_CONFIGURATION_H
#define ACRM_MODULES_CATALOG_CONFIGURATION_H

#include "kernel/call.h"
#include "kernel/registry.h"

#define ACRM__ENTITIES_DEF "modules/catalog/configuration.def"
#include "kernel/declare_fields.h"

/* --- model.c: makes, models, trims, options and rules as they are written --- */

int32_t acrm__model_make_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__model_model_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__model_trim_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__model_option_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__model_offer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__model_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* The list of codes of a JSON field, checked; *out NULL: the field is null. */
int32_t acrm__model_codes(acrm__call *call, const acrm__rec *rec, uint32_t field,
                          const acrm_value **out);

/* --- price.c: price lists as they are written --- */

int32_t acrm__price_list_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__price_item_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
