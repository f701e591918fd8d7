/* SPDX-License-Identifier: MIT */
/* Survivorship rules as data, and which of them holds for a field. */
#include "modules/merge/rule.h"

#include "base/json.h"
#include "modules/merge/entities.h"

#include <string.h>

static const char *const rule_names[ACRM__MERGE_RULES] = {
    [ACRM__MERGE_KEEP] = "keep",         [ACRM__MERGE_FILL] = "fill",
    [ACRM__MERGE_NEWEST] = "newest",     [ACRM__MERGE_OLDEST] = "oldest",
    [ACRM__MERGE_LONGEST] = "longest",   [ACRM__MERGE_COMPLETE] = "complete",
    [ACRM__MERGE_TRUSTED] = "trusted",   [ACRM__MERGE_LARGEST] = "largest",
    [ACRM__MERGE_SMALLEST] = "smallest", [ACRM__MERGE_UNION] = "union",
};

/* The built-in rules; a field not listed is filled. */
static const struct {
    const char *field, *leader; /* leader: the field whose record this one is taken from too */
    int32_t rule;
} rule_built_in[] = {
    { "title", "name", ACRM__MERGE_FILL },
    { "given_name", "name", ACRM__MERGE_FILL },
    { "family_name", "name", ACRM__MERGE_FILL },
    { "id_country", "national_id", ACRM__MERGE_FILL },
    { "region", "city", ACRM__MERGE_FILL },
    { "country", "city", ACRM__MERGE_FILL },
    { "owner_id", "dealer_id", ACRM__MERGE_FILL },
    { "source", NULL, ACRM__MERGE_OLDEST },
    { "vip_level", NULL, ACRM__MERGE_LARGEST },
    { "do_not_contact", NULL, ACRM__MERGE_LARGEST }, /* who said no once has said no */
    { "notes", NULL, ACRM__MERGE_UNION },
};
enum { RULE_BUILT_IN = sizeof rule_built_in / sizeof rule_built_in[0] };

static int32_t rule_number(const char *name)
{
    for (int32_t i = 0; name && i < ACRM__MERGE_RULES; i++)
        if (strcmp(rule_names[i], name) == 0)
            return i;
    return -1;
}

const char *acrm__merge_rule_leader(const char *field)
{
    for (size_t i = 0; i < RULE_BUILT_IN; i++)
        if (strcmp(rule_built_in[i].field, field) == 0)
            return rule_built_in[i].leader;
    return NULL;
}

static const acrm__rec *rule_stored(const acrm__recs *stored, const char *field)
{
    for (size_t i = 0; i < stored->count; i++)
        if (strcmp(acrm__text(stored->items[i], F_merge_rule__field), field) == 0)
            return stored->items[i];
    return NULL;
}

/* From the call, else as stored, under one name. */
static bool rule_given(const acrm__merge *merge, const acrm__recs *stored, const char *name,
                       const acrm__rec **rec, int32_t *rule)
{
    const char *given = acrm__get_text(merge->rules, name);

    *rec = given ? NULL : rule_stored(stored, name);
    if (*rec)
        given = acrm__text(*rec, F_merge_rule__rule);
    if (given)
        *rule = rule_number(given);
    return given != NULL;
}

int32_t acrm__merge_rule_find(const acrm__merge *merge, const acrm__recs *stored,
                              const char *field, acrm__merge_rule *out, bool *own)
{
    const acrm__rec *rec = NULL;
    int32_t rule = -1;
    acrm_value *trust = NULL;
    acrm__json_fault fault;

    *own = rule_given(merge, stored, field, &rec, &rule);
    for (size_t i = 0; rule < 0 && i < RULE_BUILT_IN; i++)
        if (strcmp(rule_built_in[i].field, field) == 0)
            rule = rule_built_in[i].rule;
    if (rule < 0 && !rule_given(merge, stored, "*", &rec, &rule))
        rule = ACRM__MERGE_FILL;
    *out = (acrm__merge_rule){ .rule = rule, .trust = merge->trust };
    if (merge->trust || !rec || acrm__is_null(rec, F_merge_rule__sources))
        return ACRM_OK;
    const acrm_cell *cell = &rec->cells[F_merge_rule__sources];
    if (acrm__json_read(merge->call->arena, cell->data, cell->size, &trust, &fault) != ACRM_OK)
        return acrm__nomem(merge->call); /* it was written as JSON */
    out->trust = trust;
    return ACRM_OK;
}

static uint32_t rule_field(const acrm__entity *customer, const char *name)
{
    uint32_t field = name ? acrm__field_of(customer, name) : UINT32_MAX;
    const uint32_t never = ACRM__READ_ONLY | ACRM__HIDDEN;

    return field == UINT32_MAX || customer->fields[field].def.flags & never ? UINT32_MAX : field;
}

int32_t acrm__merge_rule_check(acrm__call *call, const acrm__merge *merge)
{
    for (size_t i = 0; i < acrm_value_count(merge->rules); i++) {
        const char *name = acrm_value_key(merge->rules, i, NULL);
        if (strcmp(name, "*") != 0 && rule_field(merge->customer, name) == UINT32_MAX)
            return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "rules",
                              "rules: customer has no field %.63s that could be chosen", name);
        if (rule_number(acrm_value_text(acrm_value_at(merge->rules, i), NULL)) < 0)
            return acrm__fail(call, ACRM_E_INVALID, "choice", "rules",
                              "rules.%.63s must be keep, fill, newest, oldest, longest, complete, "
                              "trusted, largest, smallest or union", name);
    }
    for (size_t i = 0; i < acrm_value_count(merge->fields); i++) {
        const char *name = acrm_value_key(merge->fields, i, NULL);
        uint32_t field = rule_field(merge->customer, name);
        if (field == UINT32_MAX)
            return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "fields",
                              "fields: customer has no field %.63s that could be chosen", name);
        if (!acrm__may_write_field(call, merge->customer, field))
            return acrm__fail(call, ACRM_E_DENIED, "read_only", "fields",
                              "fields: %s may not be set by this role", name);
    }
    return ACRM_OK;
}

int32_t acrm__merge_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *field = acrm__text(rec, F_merge_rule__field);
    const acrm_cell *sources = &rec->cells[F_merge_rule__sources];
    const acrm__entity *customer = acrm__entity_of(call, "customer");

    (void)before;
    if (field && strcmp(field, "*") != 0 && rule_field(customer, field) == UINT32_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "field",
                          "customer has no field %.63s that could be chosen", field);
    if (sources->type == ACRM_CELL_TEXT && sources->size > 0 &&
        ((const char *)sources->data)[0] != '[')
        return acrm__fail(call, ACRM_E_INVALID, "type", "sources", "sources must be a list");
    return ACRM_OK;
}
