/* SPDX-License-Identifier: MIT */
/* The pieces of the module configuration: models, options, rules, prices and what stands on them.
 */
#ifndef ACRM_MODULES_CATALOG_CONFIGURATION_H
#define ACRM_MODULES_CATALOG_CONFIGURATION_H

#include "engines/configuration/configuration.h"
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

/* --- catalogue.c: what a trim offers, compiled --- */

typedef struct acrm__catalogue_option {
    unsigned char id[16];
    const char *code, *name, *kind;
} acrm__catalogue_option;

typedef struct acrm__catalogue_rule {
    unsigned char id[16];
    const char *name;
} acrm__catalogue_rule;

typedef struct acrm__catalogue {
    struct acrm__catalogue *next;
    unsigned char trim[16], model[16], make[16];
    const char *code, *name;
    int32_t model_year, from_day, to_day; /* year 0: none; always: INT32_MIN, INT32_MAX */
    int32_t since, until; /* days between which rules and offers are these */
    bool active;
    acrm__catalogue_option *options; /* offered or named by a rule; by code */
    acrm__catalogue_rule *rules;
    uint32_t n_options, n_rules;
    acrm_configuration *compiled;
} acrm__catalogue;

/* What a trim offers on a day; lent until the transaction ends. */
int32_t acrm__catalogue_of(acrm__call *call, const unsigned char trim[16], int32_t on,
                           const acrm__catalogue **out);
/* The same made anew with a rule as it is being written in place of the one stored (NULL: as they
 * are stored), or without it. */
int32_t acrm__catalogue_with(acrm__call *call, const unsigned char trim[16], int32_t on,
                             const acrm__rec *rule, bool without, acrm__catalogue **out);
/* The days of a valid_from and valid_to; INT32_MIN and INT32_MAX without them. */
void acrm__catalogue_days(const acrm__rec *rec, uint32_t from, uint32_t to, int32_t days[2]);
/* An option by its code; ACRM_CONFIGURATION_NONE. */
uint32_t acrm__catalogue_find(const acrm__catalogue *catalogue, const char *code);
/* A hook's end: what it was made of changes. */
int32_t acrm__catalogue_changed(acrm__call *call);

/* --- contradict.c --- */

/* Refuse a rule that makes something impossible; the codes it names must exist. */
int32_t acrm__contradict_rule(acrm__call *call, const acrm__rec *rule);
int32_t acrm__contradictions(acrm__call *call);

/* --- choice.c: a choice judged --- */

typedef struct acrm__choice {
    const acrm__catalogue *catalogue;
    uint32_t *chosen; /* numbers of those that are known */
    size_t n;
    int32_t on;
    acrm_value *faults;  /* a list of maps, as configuration.check tells them */
    unsigned char *vehicle;
} acrm__choice;

/* Judge a list of codes for a trim on a day. */
int32_t acrm__choice_judge(acrm__call *call, const unsigned char trim[16],
                           const acrm_value *codes, int32_t on, acrm__choice *out);
int32_t acrm__configuration_check(acrm__call *call);

/* --- listed.c: a choice priced by the lists --- */

int32_t acrm__configuration_price(acrm__call *call);
int32_t acrm__configuration_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- price.c: price lists as they are written --- */

int32_t acrm__price_list_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__price_item_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
