/* SPDX-License-Identifier: MIT */
/* Reading a definition: grades, axes, rules. */
#include "engines/scoring/scoring_internal.h"

#include <string.h>

static const char scoring_top_keys[] = "kind|name|help|grades|axes|rules|map|other|stay_days";
static const char scoring_axis_keys[] = "name|help|bands|value|quantiles|best|margin|absent";
static const char scoring_rule_keys[] =
    "name|help|axis|when|value|points|table|each|per|least|most|absent";

enum { SCORING_STAY_MAX = 3660 };

/* Parts of quantiles by name: 1 is the worst. */
static const char *const scoring_parts[ACRM_SCORING_PARTS_MAX] = { "1", "2", "3", "4", "5",
                                                                   "6", "7", "8", "9", "10" };

/* Number of an input; -1: a fault was told. */
static int32_t scoring_input(acrm__scoring_reader *r, const acrm_value *map, const char *place)
{
    const char *name = acrm__scoring_name(r, map, place, "value");

    for (uint32_t i = 0; name && i < r->s->n_inputs; i++)
        if (strcmp(r->s->inputs[i].name, name) == 0)
            return (int32_t)i;
    if (name)
        acrm__scoring_fault(r, acrm__scoring_place(r, place, "value"), "unknown",
                            "there is no value %s to grade by", name);
    return -1;
}

/* --- Grades --- */

static void scoring_grades(acrm__scoring_reader *r, const acrm_value *definition)
{
    const acrm_value *list = acrm__scoring_list(r, definition, "", "grades",
                                                ACRM_SCORING_GRADES_MAX);

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        size_t len = 0;
        const char *place = acrm__scoring_place_at(r, "/grades", i);
        const char *name = acrm_value_text(acrm_value_at(list, i), &len);
        if (!name || len == 0 || len > 16)
            acrm__scoring_fault(r, place, "type", "expected a grade of at most 16 bytes");
        else if (acrm_scoring_grade_of(r->s, name) >= 0)
            acrm__scoring_fault(r, place, "duplicate", "%s is a grade already", name);
        else
            r->s->grades[r->s->n_grades++] = name;
    }
}

/* --- Axes --- */

static bool scoring_quantiles(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                              acrm__score_axis *axis)
{
    int64_t parts = 0;

    axis->kind = ACRM__SCORE_QUANTILES;
    if (acrm_value_get(item, "bands"))
        return acrm__scoring_fault(r, acrm__scoring_place(r, place, "bands"), "choice",
                                   "give bands or quantiles, not both");
    if (acrm_value_get(item, "margin"))
        return acrm__scoring_fault(r, acrm__scoring_place(r, place, "margin"), "choice",
                                   "quantiles have no margin; take stay_days");
    if (!acrm__scoring_int(r, item, place, "quantiles", 2, ACRM_SCORING_PARTS_MAX, 0, &parts))
        return false;
    axis->parts = (int32_t)parts;
    axis->bands.items = acrm__arena_array(&r->s->arena, (size_t)parts,
                                          sizeof *axis->bands.items);
    if (!axis->bands.items) {
        r->status = ACRM_E_NOMEM;
        return false;
    }
    axis->bands.n = (uint32_t)parts;
    for (int64_t i = 0; i < parts; i++)
        axis->bands.items[i].name = scoring_parts[i];
    return true;
}

/* An axis that is one value: which direction is the better, and where who has none belongs. */
static bool scoring_value_axis(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                               acrm__score_axis *axis)
{
    const char *best = acrm_value_text(acrm_value_get(item, "best"), NULL);
    const acrm_value *absent = acrm_value_get(item, "absent");
    bool quantiles = acrm_value_get(item, "quantiles") != NULL;

    axis->kind = ACRM__SCORE_VALUE;
    axis->input = scoring_input(r, item, place);
    bool ok = axis->input >= 0;
    if (!best || (strcmp(best, "high") != 0 && strcmp(best, "low") != 0))
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "best"),
                                 best ? "choice" : "required",
                                 "say which is the better: high or low; of a date the days since "
                                 "count, so the latest is low");
    axis->low = best && strcmp(best, "low") == 0;
    if (ok)
        ok = quantiles ? scoring_quantiles(r, item, place, axis)
                       : acrm__scoring_bands(r, item, place, "bands", axis->input, true,
                                             &axis->bands);
    if (!ok || (quantiles && !absent))
        return ok;
    axis->absent = acrm__scoring_band_named(&axis->bands,
                                            absent && acrm_value_text(absent, NULL)
                                                ? acrm_value_text(absent, NULL) : "");
    return axis->absent >= 0 ||
           acrm__scoring_fault(r, acrm__scoring_place(r, place, "absent"),
                               absent ? "unknown" : "required",
                               "name the band of those who have no such value");
}

static bool scoring_axis_margin(acrm__scoring_reader *r, const acrm_value *item,
                                const char *place, acrm__score_axis *axis)
{
    const acrm_value *margin = acrm_value_get(item, "margin");
    const char *at = acrm__scoring_place(r, place, "margin");

    if (!margin || axis->kind == ACRM__SCORE_QUANTILES)
        return true;
    if (!acrm__scoring_quantity(r, margin, at, axis->input, &axis->margin))
        return false;
    return axis->margin >= 0 || acrm__scoring_fault(r, at, "limit", "a margin is not negative");
}

static void scoring_axis(acrm__scoring_reader *r, const acrm_value *item, const char *place)
{
    acrm_scoring *s = r->s;
    acrm__score_axis *axis = &s->axes[s->n_axes];

    axis->input = -1;
    if (!acrm__scoring_object(r, item, place, scoring_axis_keys))
        return;
    axis->name = acrm__scoring_name(r, item, place, "name");
    if (axis->name && strcmp(axis->name, "grade") == 0) {
        acrm__scoring_fault(r, acrm__scoring_place(r, place, "name"), "choice",
                            "an axis cannot be called grade: entries of the map have that member");
        return;
    }
    for (uint32_t i = 0; axis->name && i < s->n_axes; i++)
        if (strcmp(s->axes[i].name, axis->name) == 0) {
            acrm__scoring_fault(r, acrm__scoring_place(r, place, "name"), "duplicate",
                                "two axes are called %s", axis->name);
            return;
        }
    bool ok = axis->name != NULL;
    if (acrm_value_get(item, "value"))
        ok = scoring_value_axis(r, item, place, axis) && ok;
    else if (acrm_value_get(item, "quantiles"))
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "value"), "required",
                                 "quantiles are cut from a value");
    else
        ok = acrm__scoring_bands(r, item, place, "bands", -1, true, &axis->bands) && ok;
    if (ok && scoring_axis_margin(r, item, place, axis))
        s->n_axes++;
}

/* --- Rules --- */

static bool scoring_rule_axis(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                              acrm__score_rule *rule)
{
    const char *name = acrm_value_text(acrm_value_get(item, "axis"), NULL);
    const char *at = acrm__scoring_place(r, place, "axis");

    if (!name && r->s->n_axes > 1)
        return acrm__scoring_fault(r, at, "required", "name the axis that its points are for");
    for (rule->axis = 0; name && rule->axis < r->s->n_axes; rule->axis++)
        if (strcmp(r->s->axes[rule->axis].name, name) == 0)
            break;
    if (rule->axis == r->s->n_axes)
        return r->axes_known && acrm__scoring_fault(r, at, "unknown", "there is no axis %.64s",
                                   name ? name : "");
    return r->s->axes[rule->axis].kind == ACRM__SCORE_POINTS ||
           acrm__scoring_fault(r, at, "choice", "this axis is a value, it takes no points");
}

static bool scoring_rule_each(acrm__scoring_reader *r, const acrm_value *item, const char *place,
                              acrm__score_rule *rule)
{
    const acrm_value *per = acrm_value_get(item, "per");
    const int64_t max = ACRM_SCORING_POINTS_MAX;
    bool ok = acrm__scoring_int(r, item, place, "each", -max, max, 0, &rule->each);

    rule->kind = ACRM__SCORE_EACH;
    rule->per = 1;
    ok = acrm__scoring_int(r, item, place, "least", -max, max, -max, &rule->least) && ok;
    ok = acrm__scoring_int(r, item, place, "most", -max, max, max, &rule->most) && ok;
    if (ok && per)
        ok = acrm__scoring_quantity(r, per, acrm__scoring_place(r, place, "per"), rule->input,
                                    &rule->per);
    if (ok && rule->per < 1)
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "per"), "limit",
                                 "per must be above 0");
    if (ok && rule->least > rule->most)
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "most"), "order",
                                 "most must not be below least");
    return ok;
}

static bool scoring_rule_points(acrm__scoring_reader *r, const acrm_value *item,
                                const char *place, acrm__score_rule *rule)
{
    bool table = acrm_value_get(item, "table"), each = acrm_value_get(item, "each");
    bool flat = acrm_value_get(item, "points"), value = acrm_value_get(item, "value");
    const int64_t max = ACRM_SCORING_POINTS_MAX;

    if (table + each + flat != 1)
        return acrm__scoring_fault(r, place, "choice",
                                   "a rule gives points by one of points, table and each");
    if (flat && (value || rule->condition < 0))
        return acrm__scoring_fault(r, acrm__scoring_place(r, place, value ? "value" : "when"),
                                   value ? "choice" : "required",
                                   "points are given when a filter holds: give it as when, and no "
                                   "value");
    if (flat)
        return acrm__scoring_int(r, item, place, "points", -max, max, 0, &rule->points);
    rule->input = scoring_input(r, item, place);
    if (rule->input < 0)
        return false;
    bool ok = acrm__scoring_int(r, item, place, "absent", -max, max, 0, &rule->absent);
    rule->kind = ACRM__SCORE_TABLE;
    return ok && (table ? acrm__scoring_bands(r, item, place, "table", rule->input, false,
                                              &rule->table)
                        : scoring_rule_each(r, item, place, rule));
}

static void scoring_rule(acrm__scoring_reader *r, const acrm_value *item, const char *place)
{
    acrm_scoring *s = r->s;
    acrm__score_rule *rule = &s->rules[s->n_rules];
    const acrm_value *when = acrm_value_get(item, "when");

    *rule = (acrm__score_rule){ .input = -1, .condition = -1 };
    if (!acrm__scoring_object(r, item, place, scoring_rule_keys))
        return;
    rule->name = acrm__scoring_name(r, item, place, "name");
    bool ok = rule->name != NULL;
    for (uint32_t i = 0; ok && i < s->n_rules; i++)
        if (strcmp(s->rules[i].name, rule->name) == 0)
            ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "name"), "duplicate",
                                     "two rules are called %s", rule->name);
    if (when && acrm_value_type(when) != ACRM_MAP)
        ok = acrm__scoring_fault(r, acrm__scoring_place(r, place, "when"), "type",
                                 "expected a filter, an object");
    if (when && ok) {
        rule->condition = (int32_t)s->n_conditions;
        s->conditions[s->n_conditions++] = when;
    }
    ok = scoring_rule_axis(r, item, place, rule) && ok;
    ok = scoring_rule_points(r, item, place, rule) && ok;
    s->n_rules += ok;
}

static void scoring_rules(acrm__scoring_reader *r, const acrm_value *definition)
{
    bool has[ACRM_SCORING_AXES_MAX] = { false };
    const acrm_value *list = acrm_value_get(definition, "rules");

    if (list)
        list = acrm__scoring_list(r, definition, "", "rules", ACRM_SCORING_RULES_MAX);
    for (size_t i = 0; i < acrm_value_count(list); i++)
        scoring_rule(r, acrm_value_at(list, i), acrm__scoring_place_at(r, "/rules", i));
    for (uint32_t i = 0; i < r->s->n_rules; i++)
        has[r->s->rules[i].axis] = true;
    for (uint32_t i = 0; i < r->s->n_axes && acrm_value_count(r->faults) == 0; i++)
        if (r->s->axes[i].kind == ACRM__SCORE_POINTS && !has[i])
            acrm__scoring_fault(r, "/rules", "required", "no rule gives points to the axis %s",
                                r->s->axes[i].name);
}

/* --- All of it --- */

void acrm__scoring_read(acrm__scoring_reader *r, const acrm_value *definition)
{
    int64_t stay = 0;

    if (!acrm__scoring_object(r, definition, "", scoring_top_keys))
        return;
    scoring_grades(r, definition);
    const acrm_value *axes = acrm__scoring_list(r, definition, "", "axes", ACRM_SCORING_AXES_MAX);
    for (size_t i = 0; i < acrm_value_count(axes); i++)
        scoring_axis(r, acrm_value_at(axes, i), acrm__scoring_place_at(r, "/axes", i));
    r->axes_known = r->s->n_axes == acrm_value_count(axes);
    scoring_rules(r, definition);
    acrm__scoring_int(r, definition, "", "stay_days", 0, SCORING_STAY_MAX, 0, &stay);
    r->s->stay_days = (int32_t)stay;
    if (acrm_value_count(r->faults) == 0 && r->status == ACRM_OK)
        acrm__scoring_map(r, definition);
}
