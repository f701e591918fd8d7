/* SPDX-License-Identifier: MIT */
/* Grading one subject: measures, bands, the grade, and whether hysteresis holds it. */
#include "engines/scoring/scoring.h"
#include "engines/scoring/scoring_internal.h"

#include "base/civil.h"

#include <string.h>

/* --- Inputs --- */

bool acrm__scoring_value(const acrm_scoring *s, const acrm_scoring_facts *facts, int32_t input,
                         int64_t *out)
{
    if (input < 0 || !facts->present[input])
        return false;
    *out = facts->values[input];
    if (s->inputs[input].type == ACRM_SCORING_DAY &&
        __builtin_sub_overflow(facts->today, facts->values[input], out))
        *out = facts->values[input] < 0 ? INT64_MAX : INT64_MIN;
    return true;
}

uint32_t acrm__scoring_axes(const acrm_scoring *scoring)
{
    return scoring->n_axes;
}

uint32_t acrm__scoring_rules(const acrm_scoring *scoring)
{
    return scoring->n_rules;
}

bool acrm__scoring_rule_value(const acrm_scoring *scoring, const acrm_scoring_facts *facts,
                              uint32_t rule, int64_t *out)
{
    return acrm__scoring_value(scoring, facts, scoring->rules[rule].input, out);
}

/* Days since a day grow by one a day: the first later day on which they reach a limit. */
static void evaluate_next(const acrm_scoring_facts *facts, int64_t value, int64_t limit,
                          int32_t *next)
{
    int64_t wait;

    if (limit == INT64_MAX || limit == INT64_MIN ||
        __builtin_sub_overflow(limit, value, &wait) || wait <= 0 ||
        wait > ACRM__DAY_MAX - facts->today)
        return;
    if (*next == ACRM_SCORING_NO_DAY || facts->today + (int32_t)wait < *next)
        *next = facts->today + (int32_t)wait;
}

/* --- Rules --- */

/* Exact whatever the size: what overflows lies beyond `least` or `most`. */
static int64_t evaluate_each(const acrm__score_rule *rule, int64_t value)
{
    int64_t times = acrm__floor_div(value, rule->per), points;

    if (__builtin_mul_overflow(times, rule->each, &points))
        points = (times < 0) == (rule->each < 0) ? INT64_MAX : INT64_MIN;
    return points < rule->least ? rule->least : points > rule->most ? rule->most : points;
}

static int64_t evaluate_rule(const acrm_scoring *s, const acrm__score_rule *rule,
                             const acrm_scoring_facts *facts, int32_t *next)
{
    bool day = rule->input >= 0 && s->inputs[rule->input].type == ACRM_SCORING_DAY;
    int64_t value = 0;

    if (rule->condition >= 0 && !facts->conditions[rule->condition])
        return 0;
    if (rule->kind == ACRM__SCORE_FLAT)
        return rule->points;
    if (!acrm__scoring_value(s, facts, rule->input, &value))
        return rule->absent;
    if (rule->kind == ACRM__SCORE_EACH) {
        int64_t step = acrm__floor_div(value, rule->per) + 1;
        if (day && !__builtin_mul_overflow(step, rule->per, &step))
            evaluate_next(facts, value, step, next);
        return evaluate_each(rule, value);
    }
    const acrm__score_band *band = &rule->table.items[acrm__scoring_band_of(&rule->table, value)];
    if (day)
        evaluate_next(facts, value, band->to, next);
    return band->points;
}

/* --- Axes --- */

static int32_t evaluate_part(const acrm__score_axis *axis, const int64_t *cuts, int64_t key)
{
    int32_t part = 0;

    while (part < axis->parts - 1 && cuts[part] <= key)
        part++;
    return part;
}

/* As the value shifted by the margin to the better side would be seen. */
static int64_t evaluate_shift(const acrm__score_axis *axis, int64_t measure)
{
    int64_t shifted;

    if (axis->low ? __builtin_sub_overflow(measure, axis->margin, &shifted)
                  : __builtin_add_overflow(measure, axis->margin, &shifted))
        return axis->low ? INT64_MIN : INT64_MAX;
    return shifted;
}

static void evaluate_axis(const acrm_scoring *s, uint32_t a, const acrm_scoring_facts *facts,
                          acrm_scoring_result *out, int32_t *shifted)
{
    const acrm__score_axis *axis = &s->axes[a];
    bool day = axis->input >= 0 && s->inputs[axis->input].type == ACRM_SCORING_DAY;
    int64_t value = 0;
    bool known = axis->kind == ACRM__SCORE_POINTS ||
                 acrm__scoring_value(s, facts, axis->input, &value);

    if (axis->kind != ACRM__SCORE_POINTS)
        out->measures[a] = value;
    if (!known) {
        out->bands[a] = shifted[a] = axis->absent;
        return;
    }
    if (axis->kind == ACRM__SCORE_QUANTILES) {
        int64_t key = facts->values[axis->input];
        bool reversed = axis->low != day;
        key = !reversed ? key : key == INT64_MIN ? INT64_MAX : -key;
        out->bands[a] = shifted[a] = evaluate_part(axis, facts->cuts[a], key);
        return;
    }
    out->bands[a] = acrm__scoring_band_of(&axis->bands, out->measures[a]);
    int64_t better = evaluate_shift(axis, out->measures[a]);
    shifted[a] = acrm__scoring_band_of(&axis->bands, better);
    if (day) {
        evaluate_next(facts, value, axis->bands.items[out->bands[a]].to, &out->next_on);
        evaluate_next(facts, better, axis->bands.items[shifted[a]].to, &out->next_on);
    }
}

/* --- Hysteresis: up at once, down only when it is meant --- */

static void evaluate_hold(const acrm_scoring *s, const acrm_scoring_facts *facts, int32_t shifted,
                          acrm_scoring_result *out)
{
    out->grade = out->computed;
    out->why = out->computed == facts->grade ? ACRM_SCORING_SAME : ACRM_SCORING_MOVED;
    out->below_since = ACRM_SCORING_NO_DAY;
    if (facts->grade == ACRM_SCORING_NONE || out->computed <= facts->grade)
        return;
    if (shifted <= facts->grade) {
        out->grade = facts->grade;
        out->why = ACRM_SCORING_HELD_MARGIN;
        return;
    }
    if (s->stay_days == 0)
        return;
    int32_t since = facts->below_since == ACRM_SCORING_NO_DAY ||
                            facts->below_since > facts->today
                        ? facts->today : facts->below_since;
    if (facts->today - since >= s->stay_days)
        return;
    out->grade = facts->grade;
    out->why = ACRM_SCORING_HELD_STAY;
    out->below_since = since;
    evaluate_next(facts, facts->today - since, s->stay_days, &out->next_on);
}

static bool evaluate_sound(const acrm_scoring *s, const acrm_scoring_facts *facts)
{
    return facts->today >= ACRM__DAY_MIN && facts->today <= ACRM__DAY_MAX &&
           facts->grade >= ACRM_SCORING_NONE && facts->grade < (int32_t)s->n_grades &&
           (facts->below_since == ACRM_SCORING_NO_DAY || facts->below_since >= ACRM__DAY_MIN);
}

int32_t acrm_scoring_evaluate(const acrm_scoring *scoring, const acrm_scoring_facts *facts,
                              acrm_scoring_result *out)
{
    int32_t shifted[ACRM_SCORING_AXES_MAX] = { 0 };
    const acrm_scoring *s = scoring;

    if (!s || !facts || facts->struct_size < sizeof *facts || !out ||
        out->struct_size < sizeof *out ||
        (s->n_inputs > 0 && (!facts->values || !facts->present)) ||
        (s->n_conditions > 0 && !facts->conditions))
        return ACRM_E_MISUSE;
    if (!evaluate_sound(s, facts))
        return ACRM_E_INVALID;
    for (uint32_t a = 0; a < s->n_axes; a++)
        if (s->axes[a].kind == ACRM__SCORE_QUANTILES && !facts->cuts[a])
            return ACRM_E_CONFLICT;
    memset(out->measures, 0, sizeof out->measures);
    memset(out->points, 0, sizeof out->points);
    memset(out->bands, -1, sizeof out->bands);
    out->next_on = ACRM_SCORING_NO_DAY;
    for (uint32_t i = 0; i < s->n_rules; i++) {
        out->points[i] = evaluate_rule(s, &s->rules[i], facts, &out->next_on);
        out->measures[s->rules[i].axis] += out->points[i];
    }
    for (uint32_t a = 0; a < s->n_axes; a++)
        evaluate_axis(s, a, facts, out, shifted);
    out->computed = s->map[acrm__scoring_cell(s, out->bands)];
    evaluate_hold(s, facts, s->map[acrm__scoring_cell(s, shifted)], out);
    return ACRM_OK;
}
