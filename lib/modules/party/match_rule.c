/* SPDX-License-Identifier: MIT */
/* Match rules read from their JSON: conditions with $and and $or over fields, checked by name. */
#include "modules/party/match_rule.h"

#include "base/json.h"
#include "kernel/registry.h"
#include "modules/party/entities.h"
#include "modules/party/match_internal.h"

#include <string.h>

static const char *const rule_hows[] = {
    [RULE_EXACT] = "exact", [RULE_FUZZY] = "fuzzy", [RULE_AGREES] = "agrees",
    [RULE_DIFFERS] = "differs",
};

static const char *const rule_channels[] = { "phone", "email", "address", "messenger", "fax",
                                             "web" };

/* --- Reading --- */

typedef struct rule_reader {
    acrm__call *call;
    acrm__rule *rule;
    const acrm_value *values[ACRM__RULE_NODES]; /* the JSON of each node */
    const char *paths[ACRM__RULE_NODES];
} rule_reader;

static int32_t rule_refuse(const rule_reader *r, uint32_t n, const char *reason, const char *what)
{
    return acrm__fail(r->call, ACRM_E_INVALID, reason, r->paths[n], "%s %s", r->paths[n], what);
}

static bool rule_percent(const acrm_value *map, const char *key, int32_t *out)
{
    const acrm_value *value = acrm_value_get(map, key);
    int64_t n = acrm_value_int(value);

    if (!value)
        return true;
    if (acrm_value_type(value) != ACRM_INT || n < 0 || n > 100)
        return false;
    *out = (int32_t)n;
    return true;
}

static int32_t rule_how(const char *text)
{
    for (int32_t i = 0; text && i < (int32_t)(sizeof rule_hows / sizeof rule_hows[0]); i++)
        if (strcmp(rule_hows[i], text) == 0)
            return i;
    return text ? -1 : RULE_EXACT;
}

static bool rule_field(const rule_reader *r, acrm__rule_node *node)
{
    const acrm__entity *customer = acrm__entity_of(r->call, "customer");
    uint32_t n = acrm__field_of(customer, node->name);

    for (size_t i = 0; i < sizeof rule_channels / sizeof rule_channels[0]; i++)
        if (strcmp(rule_channels[i], node->name) == 0) {
            node->field = UINT32_MAX;
            return true;
        }
    node->field = n;
    return n != UINT32_MAX && n >= F_SYSTEM_COUNT &&
           !(customer->fields[n].def.flags & ACRM__HIDDEN);
}

static int32_t rule_leaf(rule_reader *r, uint32_t n)
{
    static const char *const keys[] = { "field", "how", "at_least", "weight" };
    const acrm_value *map = r->values[n];
    acrm__rule_node *node = &r->rule->nodes[n];
    size_t known = 0;

    node->op = RULE_LEAF;
    node->name = acrm__get_text(map, "field");
    node->how = rule_how(acrm__get_text(map, "how"));
    node->at_least = node->how == RULE_FUZZY ? 80 : 100;
    if (!node->name)
        return rule_refuse(r, n, "required", "needs a field, $and or $or");
    if (!rule_field(r, node)) {
        const char *near = acrm__entity_suggest(acrm__entity_of(r->call, "customer"), node->name,
                                                strlen(node->name));
        return acrm__fail(r->call, ACRM_E_INVALID, "unknown_field", r->paths[n],
                          "%s: there is no field %.60s of customer, nor such contact points%s%s",
                          r->paths[n], node->name, near ? "; did you mean " : "",
                          near ? near : "");
    }
    if (node->how < 0)
        return rule_refuse(r, n, "choice", "has a how that is not exact, fuzzy, agrees or differs");
    if (!rule_percent(map, "at_least", &node->at_least) ||
        !rule_percent(map, "weight", &node->weight))
        return rule_refuse(r, n, "range", "has an at_least or weight that is not 0 to 100");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        known += acrm_value_get(map, keys[i]) != NULL;
    if (known != acrm_value_count(map))
        return rule_refuse(r, n, "unknown_field",
                           "may have field, how, at_least and weight, nothing else");
    return ACRM_OK;
}

static int32_t rule_branch(rule_reader *r, uint32_t n, const char *key)
{
    const acrm_value *list = acrm_value_get(r->values[n], key);
    size_t count = acrm_value_count(list);

    r->rule->nodes[n].op = strcmp(key, "$and") == 0 ? RULE_AND : RULE_OR;
    if (acrm_value_type(list) != ACRM_LIST || count == 0 || acrm_value_count(r->values[n]) != 1)
        return rule_refuse(r, n, "type", "must hold a list under $and or $or, and nothing else");
    if (r->rule->n_nodes + count > ACRM__RULE_NODES)
        return acrm__fail(r->call, ACRM_E_LIMIT, "limit", "conditions",
                          "a match rule has at most %d conditions", ACRM__RULE_NODES);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = r->rule->n_nodes++;
        r->rule->nodes[at].parent = n;
        r->values[at] = acrm_value_at(list, i);
        r->paths[at] = acrm__arena_format(r->call->arena, "%s.%s[%zu]", r->paths[n], key, i);
        if (!r->paths[at])
            return acrm__nomem(r->call);
    }
    return ACRM_OK;
}

/* Breadth first, so that each node stands behind its parent and nothing recurs. */
static int32_t rule_read(acrm__call *call, acrm__rule *rule, const acrm_value *conditions)
{
    rule_reader r = { .call = call, .rule = rule, .values = { conditions },
                      .paths = { "conditions" } };
    int32_t st = ACRM_OK;

    rule->nodes = acrm__arena_array(call->arena, ACRM__RULE_NODES, sizeof *rule->nodes);
    rule->n_nodes = 1;
    if (!rule->nodes)
        return acrm__nomem(call);
    for (uint32_t n = 0; n < rule->n_nodes && st == ACRM_OK; n++) {
        if (acrm_value_type(r.values[n]) != ACRM_MAP)
            return rule_refuse(&r, n, "type", "must be an object");
        if (acrm_value_get(r.values[n], "$and"))
            st = rule_branch(&r, n, "$and");
        else if (acrm_value_get(r.values[n], "$or"))
            st = rule_branch(&r, n, "$or");
        else
            st = rule_leaf(&r, n);
    }
    return st;
}

static int32_t rule_of(acrm__call *call, const acrm__rec *rec, acrm__rule *out)
{
    const acrm_cell *cell = &rec->cells[F_match_rule__conditions];
    acrm_value *conditions = NULL;
    acrm__json_fault fault;

    *out = (acrm__rule){ .rec = rec, .name = acrm__text(rec, F_match_rule__name),
                         .review = (int32_t)acrm__int(rec, F_match_rule__review),
                         .automatic = acrm__is_null(rec, F_match_rule__automatic)
                             ? ACRM__RULE_NEVER
                             : (int32_t)acrm__int(rec, F_match_rule__automatic) };
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK; /* refused as a required field in a moment */
    if (acrm__json_read(call->arena, cell->data, cell->size, &conditions, &fault) != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "type", "conditions", "conditions must be JSON");
    return rule_read(call, out, conditions);
}

int32_t acrm__party_match_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rule rule;

    (void)before;
    int32_t st = rule_of(call, rec, &rule);
    if (st == ACRM_OK && rule.automatic < rule.review)
        return acrm__fail(call, ACRM_E_INVALID, "range", "automatic",
                          "automatic must not be below review");
    return st;
}

int32_t acrm__rules_load(acrm__call *call, acrm__rules *out)
{
    const acrm__term active = { F_match_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "match_rule", .terms = &active,
        .n_terms = 1, .order = F_match_rule__position, .as_system = true }, &found);
    if (st != ACRM_OK)
        return st;
    acrm__rule *rules = acrm__arena_array(call->arena, found.count + 1, sizeof *rules);
    if (!rules)
        return acrm__nomem(call);
    for (size_t i = 0; i < found.count && st == ACRM_OK; i++)
        st = rule_of(call, found.items[i], &rules[i]);
    if (st == ACRM_OK)
        *out = (acrm__rules){ rules, found.count };
    return st;
}
