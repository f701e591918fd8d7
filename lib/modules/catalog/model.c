/* SPDX-License-Identifier: MIT */
/* Makes, models, trims, options and rules as they are written. */
#include "modules/catalog/configuration.h"

#include "base/json.h"

#include <string.h>

enum { MODEL_CODES_MAX = 256 };

static int32_t model_code(acrm__rec *rec, uint32_t code, uint32_t name)
{
    if (acrm__is_null(rec, code) && rec->cells[name].type == ACRM_CELL_TEXT &&
        rec->cells[name].size <= 32)
        acrm__set(rec, code, rec->cells[name]);
    return ACRM_OK;
}

int32_t acrm__model_make_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)call, (void)before;
    return model_code(rec, F_vehicle_make__code, F_vehicle_make__name);
}

int32_t acrm__model_model_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)call, (void)before;
    return model_code(rec, F_vehicle_model__code, F_vehicle_model__name);
}

int32_t acrm__model_trim_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *json = &rec->cells[F_vehicle_trim__specifications];

    (void)before;
    if (!acrm__is_null(rec, F_vehicle_trim__from_date) &&
        !acrm__is_null(rec, F_vehicle_trim__to_date) &&
        acrm__int(rec, F_vehicle_trim__to_date) < acrm__int(rec, F_vehicle_trim__from_date))
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                          "to_date must not be before from_date");
    if (json->type == ACRM_CELL_TEXT && *(const char *)json->data != '{')
        return acrm__fail(call, ACRM_E_INVALID, "type", "specifications",
                          "specifications must be a map");
    (void)model_code(rec, F_vehicle_trim__code, F_vehicle_trim__name);
    return acrm__catalogue_changed(call);
}

int32_t acrm__model_option_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const unsigned char *make = acrm__id(rec, F_vehicle_option__make_id);
    const unsigned char *of = acrm__id(rec, F_vehicle_option__model_id);
    acrm__rec *model;

    (void)before;
    if (!of && !make)
        return acrm__fail(call, ACRM_E_INVALID, "required", "make_id",
                          "an option is of a make or of a model");
    int32_t st = acrm__catalogue_changed(call);
    if (st != ACRM_OK || !of || !acrm__changed(rec, F_vehicle_option__model_id))
        return st;
    st = acrm__load(call, "vehicle_model", of, "model_id", &model);
    if (st != ACRM_OK)
        return st;
    const unsigned char *its = acrm__id(model, F_vehicle_model__make_id);
    if (make && memcmp(make, its, 16) != 0)
        return acrm__fail(call, ACRM_E_INVALID, "mismatch", "make_id",
                          "the model is of another make");
    acrm__set(rec, F_vehicle_option__make_id, acrm__cell_id(its));
    return ACRM_OK;
}

static int32_t model_days(acrm__call *call, const acrm__rec *rec, uint32_t from, uint32_t to)
{
    int32_t days[2];

    acrm__catalogue_days(rec, from, to, days);
    return days[1] >= days[0] ? ACRM_OK
                              : acrm__fail(call, ACRM_E_INVALID, "range", "valid_to",
                                           "valid_to must not be before valid_from");
}

int32_t acrm__model_offer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *trim, *option, *model;
    int32_t st = model_days(call, rec, F_trim_option__valid_from, F_trim_option__valid_to);

    if (st == ACRM_OK)
        st = acrm__catalogue_changed(call);
    if (st != ACRM_OK || before)
        return st;
    st = acrm__load(call, "vehicle_trim", acrm__id(rec, F_trim_option__trim_id), "trim_id",
                            &trim);
    if (st == ACRM_OK)
        st = acrm__load(call, "vehicle_option", acrm__id(rec, F_trim_option__option_id),
                        "option_id", &option);
    if (st == ACRM_OK)
        st = acrm__load(call, "vehicle_model", acrm__id(trim, F_vehicle_trim__model_id), "trim_id",
                        &model);
    if (st != ACRM_OK)
        return st;
    const unsigned char *of = acrm__id(option, F_vehicle_option__model_id);
    if (memcmp(acrm__id(option, F_vehicle_option__make_id),
               acrm__id(model, F_vehicle_model__make_id), 16) != 0 ||
        (of && memcmp(of, acrm__id(model, F_ID), 16) != 0))
        return acrm__fail(call, ACRM_E_INVALID, "mismatch", "option_id",
                          "the option is of another make or model than the trim");
    return ACRM_OK;
}

int32_t acrm__model_codes(acrm__call *call, const acrm__rec *rec, uint32_t field,
                          const acrm_value **out)
{
    const acrm_cell *json = &rec->cells[field];
    const char *name = rec->entity->fields[field].def.name;
    acrm__json_fault fault;
    acrm_value *list;

    *out = NULL;
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &list, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(call->err, st, &fault);
    if (acrm_value_type(list) != ACRM_LIST || acrm_value_count(list) > MODEL_CODES_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "type", name,
                          "%s must be a list of at most %d codes", name, MODEL_CODES_MAX);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const char *code = acrm_value_text(acrm_value_at(list, i), NULL);
        bool again = false;
        for (size_t k = 0; code && k < i && !again; k++)
            again = strcmp(code, acrm_value_text(acrm_value_at(list, k), NULL)) == 0;
        if (code && !again)
            continue;
        const char *path = acrm__arena_format(call->arena, "%s[%zu]", name, i);
        return path ? acrm__fail(call, ACRM_E_INVALID, code ? "duplicate" : "type", path,
                                 code ? "%s repeats a code" : "%s must be the code of an option",
                                 path)
                    : acrm__nomem(call);
    }
    *out = list;
    return ACRM_OK;
}

int32_t acrm__model_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *kind = acrm__text(rec, F_option_rule__kind);
    const acrm_value *when, *then;

    (void)before;
    if (acrm__is_null(rec, F_option_rule__model_id) == acrm__is_null(rec, F_option_rule__trim_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "model_id",
                          "a rule is of a model or of a trim: name one of them");
    int32_t st = acrm__model_codes(call, rec, F_option_rule__when_options, &when);
    if (st == ACRM_OK)
        st = acrm__model_codes(call, rec, F_option_rule__then_options, &then);
    if (st == ACRM_OK)
        st = model_days(call, rec, F_option_rule__valid_from, F_option_rule__valid_to);
    if (st != ACRM_OK || !kind)
        return st;
    if (acrm_value_count(then) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "required", "then_options",
                          "then_options must name an option");
    if (strcmp(kind, "package") == 0 && acrm_value_count(when) != 1)
        return acrm__fail(call, ACRM_E_INVALID, "required", "when_options",
                          "when_options of a package must be the code of the package");
    if (acrm__int(rec, F_option_rule__any) && strcmp(kind, "requires") != 0)
        return acrm__fail(call, ACRM_E_INVALID, "not_allowed", "any", "only requires has any");
    if (acrm__int(rec, F_option_rule__mandatory) && strcmp(kind, "one_of") != 0)
        return acrm__fail(call, ACRM_E_INVALID, "not_allowed", "mandatory",
                          "only one_of has mandatory");
    st = acrm__catalogue_changed(call);
    return st == ACRM_OK && acrm__is_null(rec, F_DELETED_AT) ? acrm__contradict_rule(call, rec)
                                                             : st;
}
