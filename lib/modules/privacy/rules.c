/* SPDX-License-Identifier: MIT */
/* Retention rules: which records they are about, until when, and what holds an erasure up. */
#include "modules/privacy/privacy.h"

#include "base/civil.h"
#include "base/json.h"
#include "modules/privacy/entities.h"

#include <string.h>

/* --- The rules themselves --- */

int32_t acrm__privacy_rules(acrm__call *call, const char *action, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_retention_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_retention_rule__action, ACRM_FILTER_EQ, acrm__cell_text(action) },
    };

    return acrm__find(call, &(acrm__select){ .entity = "retention_rule", .terms = terms,
                                             .n_terms = action ? 2 : 1, .as_system = true }, out);
}

int32_t acrm__privacy_condition(acrm__call *call, const acrm__rec *rule,
                                const acrm_filter_node **out)
{
    const char *name = acrm__text(rule, F_retention_rule__entity);
    const acrm_cell *json = &rule->cells[F_retention_rule__condition];
    const acrm__entity *entity = acrm__entity_of(call, name);
    acrm__json_fault fault;
    acrm_value *filter;

    *out = NULL;
    if (!entity)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", "entity",
                          "there is no entity named %.63s", name);
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &filter, &fault);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call)
                                  : acrm__fail(call, ACRM_E_INVALID, "json", "condition",
                                               "condition is no JSON");
    return acrm__filter(call, entity, filter, "condition", out);
}

static bool rules_dated(const acrm__entity *entity, uint32_t field)
{
    return field != UINT32_MAX && (entity->fields[field].def.type == ACRM__T_DATE ||
                                   entity->fields[field].def.type == ACRM__T_INSTANT);
}

int32_t acrm__privacy_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *name = acrm__text(rec, F_retention_rule__entity);
    const char *date = acrm__text(rec, F_retention_rule__date_field);
    const char *action = acrm__text(rec, F_retention_rule__action);
    const acrm_filter_node *where;

    (void)before;
    if (!name || !action)
        return ACRM_OK; /* refused as required in a moment */
    int32_t st = acrm__privacy_condition(call, rec, &where);
    if (st != ACRM_OK)
        return st;
    const acrm__entity *entity = acrm__entity_of(call, name);
    if (date && !rules_dated(entity, acrm__field_of(entity, date)))
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "date_field",
                          "%s has no date or instant of that name", name);
    bool customer = strcmp(name, "customer") == 0, erase = strcmp(action, "erase") == 0;
    bool acts = erase || strcmp(action, "anonymise") == 0 || strcmp(action, "delete") == 0;
    if (acts && customer != erase)
        return acrm__fail(call, ACRM_E_INVALID, "entity", "entity",
                          "customers are erased, other records anonymised or deleted");
    if (strcmp(action, "hold") != 0 && acrm__int(rec, F_retention_rule__months) == 0 &&
        acrm__int(rec, F_retention_rule__days) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "required", "months",
                          "a rule needs months or days");
    return ACRM_OK;
}

/* --- Time --- */

static int32_t rules_day(const acrm__call *call, int64_t instant)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    acrm_local local = { .struct_size = sizeof local };

    if (zone && acrm_zone_to_local(zone, instant, &local) == ACRM_OK)
        return local.day;
    return (int32_t)acrm__floor_div(instant, ACRM__DAY_US);
}

int32_t acrm__privacy_today(const acrm__call *call)
{
    return rules_day(call, call->now);
}

bool acrm__privacy_until(acrm__call *call, const acrm__rec *rule, const acrm__rec *rec,
                         int32_t *day)
{
    const char *name = acrm__text(rule, F_retention_rule__date_field);
    uint32_t field = acrm__field_of(rec->entity, name ? name : "created_at");
    int32_t from;

    if (!rules_dated(rec->entity, field) || acrm__is_null(rec, field))
        return false;
    from = rec->entity->fields[field].def.type == ACRM__T_DATE
               ? (int32_t)acrm__int(rec, field) : rules_day(call, acrm__int(rec, field));
    if (!acrm__civil_add_months(from, acrm__int(rule, F_retention_rule__months), &from))
        return false;
    *day = from + (int32_t)acrm__int(rule, F_retention_rule__days);
    return *day <= ACRM__DAY_MAX;
}

/* --- Rules over a person's records --- */

int32_t acrm__privacy_fitting(const acrm__reach *reach, const acrm__rec *rule, bool **out)
{
    acrm__call *call = reach->call;
    const acrm__entity *entity = acrm__entity_of(call, acrm__text(rule, F_retention_rule__entity));
    const acrm_filter_node *where = NULL;
    acrm__recs found = { NULL, 0 };

    *out = NULL;
    int32_t st = acrm__privacy_condition(call, rule, &where);
    const acrm__reached *of = entity ? &reach->of[entity->number] : NULL;
    if (st != ACRM_OK || !of || of->n == 0)
        return st;
    acrm_cell *ids = acrm__arena_array(call->arena, of->n, sizeof *ids);
    bool *flags = acrm__arena_array(call->arena, of->n, sizeof *flags);
    if (!ids || !flags)
        return acrm__nomem(call);
    for (uint32_t i = 0; i < of->n; i++)
        ids[i] = of->items[i]->cells[F_ID];
    const acrm_filter_node in = { .op = ACRM_FILTER_IN, .column = F_ID, .values = ids,
                                  .n_values = of->n };
    const acrm_filter_node *both = acrm__and(call, &in, where);
    if (!both)
        return acrm__nomem(call);
    st = acrm__find(call, &(acrm__select){ .entity = entity->def->name, .where = both,
                                           .as_system = true }, &found);
    for (size_t k = 0; k < found.count; k++)
        for (uint32_t i = 0; i < of->n; i++)
            if (of->own[i] && memcmp(acrm__id(of->items[i], F_ID),
                                     acrm__id(found.items[k], F_ID), 16) == 0) {
                flags[i] = true;
                *out = flags;
            }
    return st;
}

/* --- Holds --- */

static bool rules_hold_stands(const acrm__call *call, const acrm__rec *hold)
{
    return acrm__is_null(hold, F_DELETED_AT) &&
           (acrm__is_null(hold, F_legal_hold__until) ||
            acrm__int(hold, F_legal_hold__until) >= acrm__privacy_today(call));
}

static void rules_add(acrm__str *text, const char *name)
{
    if (text->len)
        acrm__str_puts(text, ", ");
    acrm__str_puts(text, name);
}

int32_t acrm__privacy_holds(const acrm__reach *reach)
{
    acrm__call *call = reach->call;
    const acrm__reached *holds = &reach->of[acrm__entity_of(call, "legal_hold")->number];
    acrm__recs rules = { NULL, 0 };
    acrm__str text;
    bool *flags;
    int32_t st = acrm__privacy_rules(call, "hold", &rules);

    acrm__str_init(&text, &call->session->engine->allocator);
    for (uint32_t i = 0; i < holds->n; i++)
        if (rules_hold_stands(call, holds->items[i]))
            rules_add(&text, acrm__text(holds->items[i], F_legal_hold__cause));
    for (size_t i = 0; st == ACRM_OK && i < rules.count; i++) {
        st = acrm__privacy_fitting(reach, rules.items[i], &flags);
        if (st == ACRM_OK && flags)
            rules_add(&text, acrm__text(rules.items[i], F_retention_rule__name));
    }
    if (st == ACRM_OK && text.failed)
        st = acrm__nomem(call);
    else if (st == ACRM_OK && text.len)
        st = acrm__fail(call, ACRM_E_CONFLICT, "held", "customer_id",
                        "the erasure is held up by: %.400s", text.data);
    acrm__str_free(&text);
    return st;
}
