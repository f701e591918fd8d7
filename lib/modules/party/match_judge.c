/* SPDX-License-Identifier: MIT */
/* What match rules say of two customers, and why. */
#include "modules/party/entities.h"
#include "modules/party/match_internal.h"
#include "modules/party/match_rule.h"

#include "kernel/registry.h"

#include <string.h>

enum { JUDGE_CONTACT_SLIP = 85 };

/* How one field of two customers compares. */
typedef struct judge_field {
    bool known; /* both have it */
    int32_t similarity;
    int32_t how;
} judge_field;

typedef struct judge_pair {
    const acrm__subject *a, *b;
    bool named; /* the names were compared already */
    judge_field name;
} judge_pair;

/* --- Fields --- */

/* The names most alike of all that both go by. */
static judge_field judge_names(judge_pair *pair)
{
    acrm_match_likeness likeness = { .struct_size = sizeof likeness };
    judge_field best = { .known = false };

    if (pair->named)
        return pair->name;
    for (int32_t i = 0; i < pair->a->n_names; i++)
        for (int32_t k = 0; k < pair->b->n_names; k++) {
            (void)acrm_match_name_compare(&pair->a->names[i], &pair->b->names[k], &likeness);
            /* Characters and letters do not contradict each other. */
            if (likeness.similarity == 0 && likeness.how & ACRM_MATCH_UNKNOWN)
                continue;
            if (!best.known || likeness.similarity > best.similarity)
                best = (judge_field){ true, likeness.similarity, likeness.how };
        }
    pair->named = true;
    pair->name = best;
    return best;
}

static judge_field judge_contacts(const judge_pair *pair, const char *channel, bool fuzzy)
{
    bool slips = strcmp(channel, "phone") == 0 || strcmp(channel, "email") == 0;
    judge_field out = { .known = false };

    for (int32_t i = 0; i < pair->a->n_contacts; i++) {
        const acrm__subject_contact *x = &pair->a->contacts[i];
        if (strcmp(x->channel, channel) != 0)
            continue;
        for (int32_t k = 0; k < pair->b->n_contacts; k++) {
            const acrm__subject_contact *y = &pair->b->contacts[k];
            int32_t similarity = 0;
            if (strcmp(y->channel, channel) != 0)
                continue;
            out.known = true;
            size_t n = strlen(x->value), m = strlen(y->value), longer = n > m ? n : m;
            if (strcmp(x->value, y->value) == 0)
                similarity = 100;
            else if (fuzzy)
                (void)acrm_match_text_compare(x->value, n, y->value, m, &similarity);
            /* Of numbers and e-mail addresses one slip is likely, two are another's. */
            if (slips && similarity < 100)
                similarity = (100 - similarity) * (int32_t)longer < 200 && similarity > 0
                                 ? JUDGE_CONTACT_SLIP : 0;
            if (similarity > out.similarity)
                out.similarity = similarity;
        }
    }
    out.how = out.similarity == 100 ? ACRM_MATCH_EQUAL
                                    : out.similarity ? ACRM_MATCH_SLIP : ACRM_MATCH_DIFFERENT;
    return out;
}

static judge_field judge_cells(const judge_pair *pair, uint32_t field)
{
    const acrm__fieldinfo *f = &pair->a->rec->entity->fields[field];
    uint32_t n = f->blind == UINT32_MAX ? field : f->blind;
    const acrm_cell *x = &pair->a->rec->cells[n], *y = &pair->b->rec->cells[n];
    judge_field out = { .known = x->type != ACRM_CELL_NULL && y->type != ACRM_CELL_NULL };

    if (!out.known)
        return out;
    if (acrm__cell_equal(x, y))
        out.similarity = 100;
    else if (f->def.type == ACRM__T_DATE)
        (void)acrm_match_date_compare((int32_t)x->integer, (int32_t)y->integer, &out.similarity);
    else if (f->def.type == ACRM__T_TEXT && f->blind == UINT32_MAX)
        (void)acrm_match_text_compare(x->data, x->size, y->data, y->size, &out.similarity);
    out.how = out.similarity == 100 ? ACRM_MATCH_EQUAL
                                    : out.similarity ? ACRM_MATCH_SLIP : ACRM_MATCH_DIFFERENT;
    return out;
}

static bool judge_leaf(judge_pair *pair, const acrm__rule_node *node, judge_field *out)
{
    if (node->field == UINT32_MAX)
        *out = judge_contacts(pair, node->name, node->at_least < 100);
    else if (node->field == F_customer__name)
        *out = judge_names(pair);
    else
        *out = judge_cells(pair, node->field);
    bool alike = out->known && out->similarity >= node->at_least;
    switch (node->how) {
    case RULE_AGREES:
        return alike || !out->known;
    case RULE_DIFFERS:
        return out->known && !alike;
    default:
        return alike;
    }
}

/* --- Rules --- */

/* Whether the conditions hold. Each node stands behind its parent: leaves are done before. */
static bool judge_holds(judge_pair *pair, const acrm__rule *rule, judge_field *fields, bool *holds)
{
    for (uint32_t n = 0; n < rule->n_nodes; n++)
        holds[n] = rule->nodes[n].op == RULE_AND;
    for (uint32_t n = rule->n_nodes; n-- > 0;) {
        const acrm__rule_node *node = &rule->nodes[n];
        if (node->op == RULE_LEAF)
            holds[n] = judge_leaf(pair, node, &fields[n]);
        if (n == 0)
            break;
        if (rule->nodes[node->parent].op == RULE_AND)
            holds[node->parent] = holds[node->parent] && holds[n];
        else
            holds[node->parent] = holds[node->parent] || holds[n];
    }
    return holds[0];
}

static void judge_rule(judge_pair *pair, const acrm__rule *rule, acrm__verdict *out)
{
    judge_field fields[ACRM__RULE_NODES];
    bool holds[ACRM__RULE_NODES];
    acrm_match_sign signs[ACRM__RULE_NODES];

    out->rule = NULL;
    out->n_signs = 0;
    if (rule->n_nodes == 0 || !judge_holds(pair, rule, fields, holds))
        return;
    for (uint32_t n = 0; n < rule->n_nodes; n++) {
        const acrm__rule_node *node = &rule->nodes[n];
        holds[n] = holds[n] && holds[node->parent];
        if (node->op != RULE_LEAF || !holds[n] || !fields[n].known || node->weight == 0 ||
            node->how == RULE_DIFFERS)
            continue;
        signs[out->n_signs] = (acrm_match_sign){ fields[n].similarity, node->weight };
        out->signs[out->n_signs++] = (acrm__told){ node->name, fields[n].similarity, node->weight,
                                                   fields[n].how };
    }
    (void)acrm_match_score(signs, out->n_signs, &out->score);
    out->automatic = out->score >= rule->automatic;
    if (out->score >= rule->review)
        out->rule = rule;
}

void acrm__rules_judge(const acrm__rules *rules, const acrm__subject *a, const acrm__subject *b,
                       acrm__verdict *out)
{
    judge_pair pair = { .a = a, .b = b };
    acrm__verdict now;

    out->rule = NULL;
    out->score = 0;
    out->automatic = false;
    out->n_signs = 0;
    for (size_t i = 0; i < rules->count; i++) {
        judge_rule(&pair, &rules->items[i], &now);
        if (now.rule && (!out->rule || now.automatic > out->automatic ||
                         (now.automatic == out->automatic && now.score > out->score)))
            *out = now;
    }
}

static bool judge_put_how(const acrm__told *sign, acrm_value *map)
{
    static const struct {
        int32_t flag;
        const char *word;
    } words[] = {
        { ACRM_MATCH_SPELLING, "spelling" }, { ACRM_MATCH_SCRIPT, "script" },
        { ACRM_MATCH_SLIP, "slip" },         { ACRM_MATCH_INITIAL, "initial" },
        { ACRM_MATCH_ENDING, "ending" },     { ACRM_MATCH_ORDER, "order" },
        { ACRM_MATCH_JOINED, "joined" },     { ACRM_MATCH_MISSING, "missing" },
        { ACRM_MATCH_DIFFERENT, "different" },
    };
    acrm_value *list = acrm__put_list(map, "how");
    bool ok = list != NULL;

    if (ok && (sign->how & ~ACRM_MATCH_ORDER) == ACRM_MATCH_EQUAL)
        ok = acrm__add_text(list, "equal");
    for (size_t i = 0; ok && i < sizeof words / sizeof words[0]; i++)
        if (sign->how & words[i].flag)
            ok = acrm__add_text(list, words[i].word);
    return ok;
}

bool acrm__verdict_explain(const acrm__verdict *verdict, acrm_value *list)
{
    bool ok = true;

    for (size_t i = 0; ok && i < verdict->n_signs; i++) {
        const acrm__told *sign = &verdict->signs[i];
        acrm_value *map = acrm__add_map(list);
        ok = map && acrm__put_text(map, "field", sign->field) && judge_put_how(sign, map) &&
             acrm__put_int(map, "similarity", sign->similarity) &&
             acrm__put_int(map, "weight", sign->weight);
    }
    return ok;
}
