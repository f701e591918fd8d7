/* SPDX-License-Identifier: MIT */
/* The priority of a case: from the table subject x severity x risk, or by hand. */
#include "modules/care/care.h"

static const struct {
    uint32_t rule, rec;
    bool shown;
} priority_terms[] = {
    { F_case_priority_rule__type_id, F_case__type_id, false },
    { F_case_priority_rule__topic, F_case__topic, true },
    { F_case_priority_rule__severity, F_case__severity, true },
    { F_case_priority_rule__risk, F_case__risk, true },
};

enum { PRIORITY_TERMS = sizeof priority_terms / sizeof priority_terms[0] };

static bool priority_fits(const acrm__rec *rule, const acrm__rec *rec)
{
    for (size_t i = 0; i < PRIORITY_TERMS; i++)
        if (!acrm__is_null(rule, priority_terms[i].rule) &&
            !acrm__cell_equal(&rule->cells[priority_terms[i].rule],
                              &rec->cells[priority_terms[i].rec]))
            return false;
    return true;
}

static int32_t priority_explain(acrm__call *call, acrm__rec *rec, const acrm__rec *rule)
{
    acrm_value *map = acrm__care_map(call);
    bool ok = map && acrm__put_text(map, "priority", acrm__text(rec, F_case__priority)) &&
              acrm__put_text(map, "rule_id",
                             rule ? acrm__id_text(call, acrm__id(rule, F_ID)) : NULL);

    if (ok && rule)
        ok = acrm__put_int(map, "position", acrm__int(rule, F_case_priority_rule__position));
    for (size_t i = 0; ok && i < PRIORITY_TERMS; i++)
        if (priority_terms[i].shown)
            ok = acrm__put_text(map, rec->entity->fields[priority_terms[i].rec].def.name,
                                acrm__text(rec, priority_terms[i].rec));
    if (ok && !rule)
        ok = acrm__put_text(map, "because", "no row of the priority table fits");
    return ok ? acrm__care_json(call, map, &rec->cells[F_case__priority_explanation])
              : acrm__nomem(call);
}

int32_t acrm__care_priority(acrm__call *call, acrm__rec *rec)
{
    acrm__term active = { F_case_priority_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    const acrm__rec *rule = NULL;
    acrm__recs rules;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "case_priority_rule",
        .terms = &active, .n_terms = 1, .order = F_case_priority_rule__position,
        .as_system = true }, &rules);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < rules.count && !rule; i++)
        if (priority_fits(rules.items[i], rec))
            rule = rules.items[i];
    acrm__set(rec, F_case__priority, rule ? rule->cells[F_case_priority_rule__priority]
                                          : acrm__cell_text("normal"));
    return priority_explain(call, rec, rule);
}

int32_t acrm__care_prioritise(acrm__call *call)
{
    const char *priority = acrm__arg_text(call, "priority");
    acrm__call system = acrm__care_system(call);
    const char *was;
    acrm__rec *rec;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st != ACRM_OK)
        return st;
    was = acrm__text(rec, F_case__priority);
    acrm__set(rec, F_case__priority_by_hand, acrm__cell_int(priority != NULL));
    if (priority) {
        acrm_value *map = acrm__care_map(call);
        bool ok = map && acrm__put_text(map, "priority", priority) &&
                  acrm__put_bool(map, "by_hand", true) && acrm__put_text(map, "was", was);
        acrm__set(rec, F_case__priority, acrm__cell_text(priority));
        st = ok ? acrm__care_json(call, map, &rec->cells[F_case__priority_explanation])
                : acrm__nomem(call);
    } else {
        st = acrm__care_priority(&system, rec);
    }
    if (st == ACRM_OK)
        st = acrm__care_save(&system, rec);
    if (st == ACRM_OK && strcmp(was, acrm__text(rec, F_case__priority)) != 0)
        st = acrm__care_emit(call, "case.prioritised", rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
