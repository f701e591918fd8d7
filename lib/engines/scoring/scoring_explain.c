/* SPDX-License-Identifier: MIT */
/* An answer told point by point. */
#include "engines/scoring/scoring_internal.h"

#include "base/text.h"

static const char *const explain_why[] = {
    [ACRM_SCORING_SAME] = "same", [ACRM_SCORING_MOVED] = "moved",
    [ACRM_SCORING_HELD_MARGIN] = "held_margin", [ACRM_SCORING_HELD_STAY] = "held_stay",
};

/* A quantity as definitions write it. */
static bool explain_quantity(const acrm_scoring *s, acrm_value *map, const char *key,
                             int32_t input, int64_t value)
{
    char text[32];

    if (input < 0 || s->inputs[input].type != ACRM_SCORING_MONEY)
        return acrm__put_int(map, key, value);
    size_t len = acrm__print_decimal(value, s->inputs[input].digits, text);
    return acrm__put_textn(map, key, text, len);
}

/* What the measure lacks to the next better band. */
static bool explain_lacks(const acrm_scoring *s, const acrm__score_axis *axis, int64_t measure,
                          int32_t band, acrm_value *item)
{
    int32_t better = axis->low ? band - 1 : band + 1;
    int64_t lacks;

    if (axis->kind == ACRM__SCORE_QUANTILES || better < 0 || better >= (int32_t)axis->bands.n)
        return true;
    const acrm__score_band *to = &axis->bands.items[better];
    if (axis->low ? __builtin_sub_overflow(measure, to->to - 1, &lacks)
                  : __builtin_sub_overflow(to->from, measure, &lacks))
        return true;
    return acrm__put_text(item, "next_band", to->name) &&
           explain_quantity(s, item, "lacks", axis->input, lacks);
}

static bool explain_axis(const acrm_scoring *s, const acrm_scoring_facts *facts,
                         const acrm_scoring_result *result, uint32_t a, acrm_value *item)
{
    const acrm__score_axis *axis = &s->axes[a];
    int64_t value;
    bool known = axis->kind == ACRM__SCORE_POINTS ||
                 acrm__scoring_value(s, facts, axis->input, &value);
    bool ok = item && acrm__put_text(item, "name", axis->name) &&
              (axis->input < 0 || acrm__put_text(item, "value", s->inputs[axis->input].name));

    if (!ok || result->bands[a] < 0)
        return false;
    ok = known ? explain_quantity(s, item, "measure", axis->input, result->measures[a])
               : acrm__put_null(item, "measure");
    ok = ok && acrm__put_text(item, "band", axis->bands.items[result->bands[a]].name);
    return ok && (!known || explain_lacks(s, axis, result->measures[a], result->bands[a], item));
}

static bool explain_rule(const acrm_scoring *s, const acrm_scoring_facts *facts,
                         const acrm_scoring_result *result, uint32_t i, acrm_value *item)
{
    const acrm__score_rule *rule = &s->rules[i];
    int64_t value;
    bool ok = item && acrm__put_text(item, "name", rule->name) &&
              acrm__put_text(item, "axis", s->axes[rule->axis].name);

    if (ok && rule->condition >= 0)
        ok = acrm__put_bool(item, "holds", facts->conditions[rule->condition]);
    if (ok && rule->input >= 0) {
        ok = acrm__put_text(item, "of", s->inputs[rule->input].name) &&
             (acrm__scoring_value(s, facts, rule->input, &value)
                  ? explain_quantity(s, item, "value", rule->input, value)
                  : acrm__put_null(item, "value"));
    }
    return ok && acrm__put_int(item, "points", result->points[i]);
}

static bool explain_sound(const acrm_scoring *s, const acrm_scoring_facts *facts,
                          const acrm_scoring_result *result)
{
    return s && facts && facts->struct_size >= sizeof *facts && result &&
           result->struct_size >= sizeof *result && result->grade >= 0 &&
           result->grade < (int32_t)s->n_grades && result->computed >= 0 &&
           result->computed < (int32_t)s->n_grades && result->why >= ACRM_SCORING_SAME &&
           result->why <= ACRM_SCORING_HELD_STAY;
}

int32_t acrm_scoring_explain(const acrm_scoring *scoring, const acrm_scoring_facts *facts,
                             const acrm_scoring_result *result, acrm_value *into)
{
    const acrm_scoring *s = scoring;

    if (!into || !explain_sound(s, facts, result))
        return ACRM_E_MISUSE;
    bool ok = acrm_value_set_map(into) == ACRM_OK &&
              acrm__put_text(into, "grade", s->grades[result->grade]) &&
              acrm__put_text(into, "computed", s->grades[result->computed]) &&
              acrm__put_text(into, "why", explain_why[result->why]);
    acrm_value *axes = ok ? acrm__put_list(into, "axes") : NULL;
    for (uint32_t a = 0; axes && a < s->n_axes; a++)
        ok = ok && explain_axis(s, facts, result, a, acrm__add_map(axes));
    acrm_value *rules = ok ? acrm__put_list(into, "rules") : NULL;
    for (uint32_t i = 0; rules && i < s->n_rules; i++)
        ok = ok && explain_rule(s, facts, result, i, acrm__add_map(rules));
    return ok && axes && rules ? ACRM_OK : ACRM_E_NOMEM;
}
