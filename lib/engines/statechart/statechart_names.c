/* SPDX-License-Identifier: MIT */
/* What the names in a definition mean: entities, fields, roles, calendars, guards, actions, and the
 * transitions that limits and sub-processes lead to. */
#include "engines/statechart/statechart.h"

#include <string.h>

/* What the world says to a question; true when it has no say. */
static bool names_said(acrm__chart_reader *r, int32_t answer)
{
    if (answer < 0)
        r->status = answer;
    return answer != 0;
}

static void names_roles(acrm__chart_reader *r, const acrm_value *roles, const char *place)
{
    const acrm_statechart_world *w = r->world;

    for (size_t i = 0; w->role && i < acrm_value_count(roles); i++) {
        const char *role = acrm_value_text(acrm_value_at(roles, i), NULL);
        if (role && !names_said(r, w->role(w->self, role)))
            acrm__chart_fault(r, acrm__chart_place_at(r, place, i), "reference",
                              "there is no role %.64s; create it, or name one of role.list", role);
    }
}

static void names_fields(acrm__chart_reader *r, const acrm_value *fields, const char *place)
{
    const acrm_statechart_world *w = r->world;

    for (size_t i = 0; w->field && r->chart->entity && i < acrm_value_count(fields); i++) {
        const char *field = acrm_value_text(acrm_value_at(fields, i), NULL);
        if (field && !names_said(r, w->field(w->self, r->chart->entity, field)))
            acrm__chart_fault(r, acrm__chart_place_at(r, place, i), "unknown_field",
                              "%.64s has no field %.64s; see: autocrm describe %.64s",
                              r->chart->entity, field, r->chart->entity);
    }
}

static void names_guard(acrm__chart_reader *r, const acrm_value *guard, const char *place)
{
    const acrm_statechart_world *w = r->world;

    if (guard && w->guard && r->chart->entity && r->status == ACRM_OK)
        r->status = w->guard(w->self, r->chart->entity, guard, place, r->faults);
}

static void names_actions(acrm__chart_reader *r, const acrm_value *actions, const char *place)
{
    const acrm_statechart_world *w = r->world;

    if (acrm_value_count(actions) > ACRM__CHART_ACTIONS_MAX)
        acrm__chart_fault(r, place, "limit", "at most %d actions stand in one place",
                          ACRM__CHART_ACTIONS_MAX);
    for (size_t i = 0; i < acrm_value_count(actions) && r->status == ACRM_OK; i++) {
        const acrm_value *action = acrm_value_at(actions, i);
        const char *where = acrm__chart_place_at(r, place, i);
        if (acrm_value_type(action) != ACRM_MAP || !acrm__get_text(action, "operation"))
            acrm__chart_fault(r, where, "type", "an action is an object with the text operation "
                                                "and the object args");
        else if (w->action && r->chart->entity)
            r->status = w->action(w->self, r->chart->entity, action, where, r->faults);
    }
}

static void names_calendar(acrm__chart_reader *r, const char *calendar, const char *place)
{
    const acrm_statechart_world *w = r->world;

    if (calendar && w->calendar && !names_said(r, w->calendar(w->self, calendar)))
        acrm__chart_fault(r, acrm__chart_place(r, place, "calendar"), "reference",
                          "there is no calendar %.64s; create it, or write \"calendar\": false "
                          "for plain time", calendar);
}

/* `phase` NULL: the limit of the whole. */
static void names_limit(acrm__chart_reader *r, acrm__chart_limit *limit, const acrm_value *map,
                        int32_t phase, const char *place)
{
    const acrm_statechart_world *w = r->world;
    const char *name = acrm__get_text(map, "transition");
    const char *where = acrm__chart_place(r, place, "transition");

    if (!map)
        return;
    if (acrm__get_text(map, "calendar"))
        names_calendar(r, limit->calendar, place);
    names_actions(r, limit->actions, acrm__chart_place(r, place, "actions"));
    if (limit->escalate && w->role && !names_said(r, w->role(w->self, limit->escalate)))
        acrm__chart_fault(r, acrm__chart_place(r, place, "escalate"), "reference",
                          "there is no role %.64s; create it, or name one of role.list",
                          limit->escalate);
    if (!name)
        return;
    limit->transition = acrm__chart_transition_of(r->chart, name);
    if (limit->transition == ACRM__CHART_NONE)
        acrm__chart_fault(r, where, "reference",
                          "there is no transition %.64s; declare it in transitions", name);
    else if (phase == ACRM__CHART_NONE)
        acrm__chart_fault(r, where, "contradiction",
                          "the limit of the whole holds in every phase, a transition does not "
                          "leave every one; use event or escalate");
    else if (!r->chart->transitions[limit->transition].from[phase])
        acrm__chart_fault(r, where, "contradiction",
                          "%.64s does not leave this phase; add the phase to its from", name);
}

static void names_then(acrm__chart_reader *r, int32_t n, const char *place)
{
    const acrm__chart_phase *phase = &r->chart->phases[n];
    const acrm_statechart_world *w = r->world;
    const char *where = acrm__chart_place(r, place, "then");

    if (!phase->process != !phase->then)
        acrm__chart_fault(r, where, phase->process ? "required" : "contradiction",
                          "process and then go together: which process runs in this phase, and "
                          "which transition follows from its outcome (\"*\" for any)");
    if (phase->process && w->process && r->chart->entity &&
        !names_said(r, w->process(w->self, phase->process, r->chart->entity)))
        acrm__chart_fault(r, acrm__chart_place(r, place, "process"), "reference",
                          "there is no active process %.64s over %.64s; load and activate it first",
                          phase->process, r->chart->entity);
    for (size_t i = 0; i < acrm_value_count(phase->then); i++) {
        const char *name = acrm_value_text(acrm_value_at(phase->then, i), NULL);
        int32_t t = acrm__chart_transition_of(r->chart, name);
        if (t == ACRM__CHART_NONE || !r->chart->transitions[t].from[n])
            acrm__chart_fault(r, acrm__chart_place(r, where, acrm_value_key(phase->then, i, NULL)),
                              "reference", "no transition of this name leaves this phase");
    }
    if (phase->then && !acrm_value_get(phase->then, "*"))
        acrm__chart_fault(r, where, "required",
                          "say by \"*\" what follows from any other outcome");
}

static void names_phase(acrm__chart_reader *r, int32_t n)
{
    acrm__chart_phase *phase = &r->chart->phases[n];
    const char *place = acrm__chart_place_at(r, "/phases", (size_t)n);
    const acrm_value *map = acrm_value_at(acrm_value_get(r->chart->definition, "phases"),
                                          (size_t)n);
    const acrm_value *limit = acrm_value_get(map, "limit");

    names_actions(r, phase->entry, acrm__chart_place(r, place, "entry"));
    names_actions(r, phase->exit, acrm__chart_place(r, place, "exit"));
    if (acrm_value_type(limit) == ACRM_MAP)
        names_limit(r, &phase->limit, limit, n, acrm__chart_place(r, place, "limit"));
    names_then(r, n, place);
    if (phase->end && (limit || phase->exit || phase->process))
        acrm__chart_fault(r, place, "contradiction",
                          "a process is over in a phase with end; take limit, exit and process "
                          "away, or end");
}

static void names_transition(acrm__chart_reader *r, int32_t n)
{
    const acrm__chart_transition *t = &r->chart->transitions[n];
    const char *place = acrm__chart_place_at(r, "/transitions", (size_t)n);

    names_guard(r, t->guard, acrm__chart_place(r, place, "guard"));
    names_roles(r, t->roles, acrm__chart_place(r, place, "roles"));
    names_fields(r, t->required, acrm__chart_place(r, place, "required"));
    names_actions(r, t->actions, acrm__chart_place(r, place, "actions"));
    if (t->four_eyes && acrm__chart_transition_of(r->chart, t->four_eyes) == ACRM__CHART_NONE)
        acrm__chart_fault(r, acrm__chart_place(r, place, "four_eyes"), "reference",
                          "there is no transition %.64s; name the one that somebody else must "
                          "have taken", t->four_eyes);
    for (int32_t i = 0; i < r->chart->n_phases; i++)
        if (t->from[i] && r->chart->phases[i].end)
            acrm__chart_fault(r, acrm__chart_place(r, place, "from"), "contradiction",
                              "a process is over in %.64s, nothing leads on from there",
                              r->chart->phases[i].code ? r->chart->phases[i].code : "it");
}

static void names_ends(acrm__chart_reader *r)
{
    for (size_t i = 0; i < acrm_value_count(r->chart->end_when); i++) {
        const acrm_value *end = acrm_value_at(r->chart->end_when, i);
        const acrm_value *when = acrm_value_get(end, "when");
        const acrm_value *actions = acrm_value_get(end, "actions");
        const char *place = acrm__chart_place_at(r, "/end_when", i);
        if (acrm_value_type(when) == ACRM_MAP)
            names_guard(r, when, acrm__chart_place(r, place, "when"));
        if (acrm_value_type(actions) == ACRM_LIST)
            names_actions(r, actions, acrm__chart_place(r, place, "actions"));
    }
}

void acrm__chart_names(acrm__chart_reader *r)
{
    acrm_statechart *chart = r->chart;
    const acrm_statechart_world *w = r->world;
    const acrm_value *limit = acrm_value_get(chart->definition, "limit");

    if (chart->entity && w->entity && !names_said(r, w->entity(w->self, chart->entity))) {
        acrm__chart_fault(r, "/entity", "reference",
                          "there is no entity %.64s; see: autocrm describe", chart->entity);
        chart->entity = NULL; /* nothing can be said about its fields */
    }
    if (chart->key && chart->entity && w->field &&
        !names_said(r, w->field(w->self, chart->entity, chart->key)))
        acrm__chart_fault(r, "/key", "unknown_field", "%.64s has no field %.64s", chart->entity,
                          chart->key);
    names_calendar(r, chart->calendar, "");
    names_roles(r, chart->roles, "/roles");
    if (acrm_value_type(limit) == ACRM_MAP)
        names_limit(r, &chart->limit, limit, ACRM__CHART_NONE, "/limit");
    names_ends(r);
    for (int32_t i = 0; i < chart->n_phases && r->status == ACRM_OK; i++)
        names_phase(r, i);
    for (int32_t i = 0; i < chart->n_transitions && r->status == ACRM_OK; i++)
        names_transition(r, i);
}
