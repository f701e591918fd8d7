/* SPDX-License-Identifier: MIT */
/* Where the phases lead: every one is reached, each has a way to an end, nothing runs for ever by
 * itself, and limits agree with each other. */
#include "engines/statechart/statechart.h"

#include <string.h>

/* Mark what is reached from the marked phases, along transitions or against them. */
static void check_spread(const acrm_statechart *chart, bool *marked, bool backwards)
{
    bool grew = true;

    while (grew) {
        grew = false;
        for (int32_t t = 0; t < chart->n_transitions; t++) {
            const acrm__chart_transition *edge = &chart->transitions[t];
            for (int32_t p = 0; edge->to != ACRM__CHART_NONE && p < chart->n_phases; p++) {
                int32_t source = backwards ? edge->to : p, target = backwards ? p : edge->to;
                if (edge->from[p] && marked[source] && !marked[target])
                    grew = marked[target] = true;
            }
        }
    }
}

static const char *check_place(acrm__chart_reader *r, int32_t phase)
{
    return acrm__chart_place_at(r, "/phases", (size_t)phase);
}

static bool check_leaves(const acrm_statechart *chart, int32_t phase)
{
    for (int32_t t = 0; t < chart->n_transitions; t++)
        if (chart->transitions[t].from[phase])
            return true;
    return false;
}

static const char *check_code(const acrm__chart_phase *phase)
{
    return phase->code ? phase->code : "this phase";
}

static void check_reach(acrm__chart_reader *r, bool *reached, bool *ending)
{
    const acrm_statechart *chart = r->chart;
    bool any_end = false;

    for (int32_t p = 0; p < chart->n_phases; p++) {
        reached[p] = p == chart->start;
        ending[p] = chart->phases[p].end;
        any_end |= ending[p];
    }
    check_spread(chart, reached, false);
    check_spread(chart, ending, true);
    if (!any_end)
        acrm__chart_fault(r, "/phases", "no_end",
                          "no phase ends the process; give the last ones \"end\": true");
    for (int32_t p = 0; p < chart->n_phases; p++) {
        if (!reached[p])
            acrm__chart_fault(r, check_place(r, p), "unreachable",
                              "nothing leads from the start to %.64s; add a transition to it, or "
                              "take it away", check_code(&chart->phases[p]));
        if (ending[p] || (!any_end && check_leaves(chart, p)))
            continue;
        acrm__chart_fault(r, check_place(r, p), "no_exit",
                          check_leaves(chart, p)
                              ? "%.64s lies on a cycle without an exit; add a transition that "
                                "leads towards an end"
                              : "no transition leaves %.64s; add one, or give it \"end\": true",
                          check_code(&chart->phases[p]));
    }
}

/* Automatic transitions without a guard that lead round in a circle. */
static void check_endless(acrm__chart_reader *r)
{
    const acrm_statechart *chart = r->chart;
    int32_t n = chart->n_phases;
    bool *seen = acrm__arena_array(r->chart->arena, (size_t)n + 1, sizeof *seen);

    if (!seen) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    for (int32_t p = 0; p < n; p++) {
        int32_t at = p, next = p;
        memset(seen, 0, (size_t)n);
        while (at != ACRM__CHART_NONE && !seen[at]) {
            seen[at] = true;
            next = ACRM__CHART_NONE;
            for (int32_t t = 0; t < chart->n_transitions && next == ACRM__CHART_NONE; t++)
                if (chart->transitions[t].automatic && !chart->transitions[t].guard &&
                    chart->transitions[t].from[at])
                    next = chart->transitions[t].to;
            at = next;
        }
        if (at == p)
            acrm__chart_fault(r, check_place(r, p), "endless",
                              "automatic transitions without a guard lead from %.64s back to it "
                              "for ever; give one a guard", check_code(&chart->phases[p]));
    }
}

/* The least time a limit can mean, for comparing limits of one kind of time. */
static int64_t check_seconds(const acrm__duration *span)
{
    return ((int64_t)span->months * 28 + span->days) * ACRM__DAY_SECONDS + span->seconds;
}

static bool check_same_time(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_limits(acrm__chart_reader *r)
{
    const acrm__chart_limit *whole = &r->chart->limit;

    for (int32_t p = 0; whole->after && p < r->chart->n_phases; p++) {
        const acrm__chart_limit *part = &r->chart->phases[p].limit;
        if (part->after && check_same_time(part->calendar, whole->calendar) &&
            check_seconds(&part->span) > check_seconds(&whole->span))
            acrm__chart_fault(r, acrm__chart_place(r, check_place(r, p), "limit"), "contradiction",
                              "%.64s may last %.32s, the whole only %.32s; shorten it or lengthen "
                              "/limit", check_code(&r->chart->phases[p]), part->after,
                              whole->after);
    }
}

void acrm__chart_check(acrm__chart_reader *r)
{
    size_t n = (size_t)r->chart->n_phases;
    bool *marks = acrm__arena_array(r->chart->arena, 2 * n + 1, sizeof *marks);

    if (!marks) {
        r->status = ACRM_E_NOMEM;
        return;
    }
    if (r->chart->start != ACRM__CHART_NONE)
        check_reach(r, marks, marks + n);
    check_endless(r);
    check_limits(r);
}
