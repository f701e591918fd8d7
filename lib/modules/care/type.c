/* SPDX-License-Identifier: MIT */
/* Record types: which fields their cases must have, and which custom ones they may have. */
#include "modules/care/care.h"

#include "base/json.h"

static const uint32_t type_lists[] = { F_case_type__required, F_case_type__required_to_resolve,
                                       F_case_type__custom_fields };

/* --- When a type is written: its lists name fields of case --- */

static int32_t type_fault(acrm__call *call, const char *list, const char *name)
{
    const acrm__entity *entity = acrm__entity_of(call, "case");
    const char *near = name ? acrm__entity_suggest(entity, name, strlen(name)) : NULL;

    if (!name)
        return acrm__fail(call, ACRM_E_INVALID, "type", list, "%s must be a list of names of "
                          "fields of case", list);
    return acrm__fail(call, ACRM_E_INVALID, "unknown_field", list, "case has no such field %.64s%s"
                      "%s%s", name, near ? "; did you mean " : "", near ? near : "",
                      near ? "?" : "");
}

static int32_t type_check_list(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    const acrm__entity *entity = acrm__entity_of(call, "case");
    const char *list = rec->entity->fields[field].def.name;
    bool custom_only = field == F_case_type__custom_fields;
    acrm_value *names;

    int32_t st = acrm__care_read(call, &rec->cells[field], &names);
    if (st != ACRM_OK || !names)
        return st;
    if (acrm_value_type(names) != ACRM_LIST)
        return type_fault(call, list, NULL);
    for (size_t i = 0; i < acrm_value_count(names); i++) {
        const char *name = acrm_value_text(acrm_value_at(names, i), NULL);
        uint32_t n = name ? acrm__field_of(entity, name) : UINT32_MAX;
        bool known = n != UINT32_MAX && !(entity->fields[n].def.flags & ACRM__HIDDEN) &&
                     (!custom_only || entity->fields[n].def.flags & ACRM__CUSTOM);
        if (!known)
            return type_fault(call, list, name);
    }
    return ACRM_OK;
}

int32_t acrm__care_type_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *operation = acrm__text(rec, F_case_type__entitlement);
    int32_t st = ACRM_OK;

    (void)before;
    for (size_t i = 0; i < sizeof type_lists / sizeof type_lists[0] && st == ACRM_OK; i++)
        if (acrm__changed(rec, type_lists[i]))
            st = type_check_list(call, rec, type_lists[i]);
    if (st == ACRM_OK && operation && acrm__changed(rec, F_case_type__entitlement) &&
        !acrm__registry_op(call->session->registry, operation, strlen(operation)))
        st = acrm__fail(call, ACRM_E_INVALID, "operation", "entitlement",
                        "there is no operation %.100s to check the entitlement with", operation);
    if (st == ACRM_OK && acrm__changed(rec, F_case_type__process))
        st = acrm__care_check_process(call, acrm__text(rec, F_case_type__process));
    return st;
}

/* --- When a case is written --- */

static int32_t type_missing(const acrm__rec *type, const acrm_value *names, const acrm__rec *rec,
                            bool all, acrm_value *faults)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < acrm_value_count(names) && st == ACRM_OK; i++) {
        const char *name = acrm_value_text(acrm_value_at(names, i), NULL);
        uint32_t n = name ? acrm__field_of(rec->entity, name) : UINT32_MAX;
        bool asked = n != UINT32_MAX && (all || acrm__changed(rec, n)); /* none when retired */
        if (asked && acrm__is_null(rec, n))
            st = acrm__fault(faults, name, "required", "%s is required of cases of the type %s",
                             name, acrm__text(type, F_case_type__code));
    }
    return st;
}

static bool type_holds(const acrm_value *names, const char *name)
{
    for (size_t i = 0; i < acrm_value_count(names); i++) {
        const char *item = acrm_value_text(acrm_value_at(names, i), NULL);
        if (item && strcmp(item, name) == 0)
            return true;
    }
    return false;
}

static int32_t type_foreign(const acrm__rec *type, const acrm_value *names, const acrm__rec *rec,
                            acrm_value *faults)
{
    int32_t st = ACRM_OK;

    for (uint32_t n = F_case__count; names && n < rec->entity->n_fields && st == ACRM_OK; n++) {
        const char *name = rec->entity->fields[n].def.name;
        if (!acrm__is_null(rec, n) && acrm__changed(rec, n) && !type_holds(names, name))
            st = acrm__fault(faults, name, "not_of_type", "cases of the type %s have no field %s",
                             acrm__text(type, F_case_type__code), name);
    }
    return st;
}

int32_t acrm__care_type_check(acrm__call *call, const acrm__rec *type, uint32_t list,
                              const acrm__rec *rec, bool all)
{
    acrm_value *faults = acrm__value_in(call->arena), *required, *custom;

    if (acrm__is_null(type, list) && acrm__is_null(type, F_case_type__custom_fields))
        return ACRM_OK;
    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__care_read(call, &type->cells[list], &required);
    if (st == ACRM_OK)
        st = acrm__care_read(call, &type->cells[F_case_type__custom_fields], &custom);
    if (st == ACRM_OK)
        st = type_missing(type, required, rec, all, faults);
    if (st == ACRM_OK)
        st = type_foreign(type, custom, rec, faults);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    if (acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return ACRM_OK;
}
