/* SPDX-License-Identifier: MIT */
/* process.migrate: running processes onto another revision, on purpose. process.simulate: where
 * records would go, without sending them. */
#include "base/error.h"
#include "modules/process/entities.h"
#include "modules/process/step.h"

#include <string.h>

enum { MIGRATE_MAX = 10000, SIMULATE_SAMPLE = 20, SIMULATE_STEPS = 50 };

/* --- process.migrate --- */

static int32_t migrate_find(acrm__call *call, const char *code, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_process_instance__code, ACRM_FILTER_EQ, acrm__cell_text(code) },
        { F_process_instance__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
    };

    return acrm__find(call, &(acrm__select){ .entity = "process_instance", .terms = terms,
                                             .n_terms = 2, .limit = MIGRATE_MAX }, out);
}

/* The phase a process comes into: what the map says, or the one of the same code. */
static int32_t migrate_phase(const acrm_statechart *to, const acrm_value *map, const char *phase)
{
    const char *named = acrm__get_text(map, phase);

    return acrm__chart_phase_of(to, named ? named : phase);
}

/* The map itself: each phase it names is there, and open. */
static int32_t migrate_check(acrm__call *call, const acrm_statechart *to, const acrm_value *map,
                             acrm_value *faults)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(map); i++) {
        const char *name = acrm_value_text(acrm_value_at(map, i), NULL);
        int32_t phase = acrm__chart_phase_of(to, name);
        const char *place = acrm__arena_format(call->arena, "map.%.64s",
                                               acrm_value_key(map, i, NULL));
        if (!place)
            return ACRM_E_NOMEM;
        if (phase == ACRM__CHART_NONE)
            st = acrm__fault(faults, place, "reference", "the new revision has no such phase");
        else if (to->phases[phase].end)
            st = acrm__fault(faults, place, "contradiction",
                             "a running process does not come into an end");
    }
    return st;
}

static bool migrate_told(const acrm_value *faults, const char *place)
{
    for (size_t i = 0; i < acrm_value_count(faults); i++)
        if (strcmp(acrm__get_text(acrm_value_at(faults, i), "field"), place) == 0)
            return true;
    return false;
}

/* Every phase that a process is in and that has no place in the new revision. */
static int32_t migrate_missing(acrm__call *call, const acrm_statechart *to, const acrm_value *map,
                               const acrm__recs *found, acrm_value *faults)
{
    for (size_t i = 0; i < found->count; i++) {
        const char *phase = acrm__text(found->items[i], F_process_instance__phase);
        int32_t target = migrate_phase(to, map, phase);
        const char *place = acrm__arena_format(call->arena, "map.%s", phase);
        if (!place)
            return ACRM_E_NOMEM;
        if ((target != ACRM__CHART_NONE && !to->phases[target].end) || migrate_told(faults, place))
            continue;
        int32_t st = acrm__fault(faults, place, "required",
                                 "processes are in %.64s; say which phase they come into", phase);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

static int32_t migrate_one(acrm__call *call, acrm__rec *instance, const acrm__rec *definition,
                           const acrm_statechart *to, const acrm_value *map)
{
    const char *from = acrm__text(instance, F_process_instance__phase);
    int32_t phase = migrate_phase(to, map, from);
    acrm__walk walk;

    int32_t st = acrm__walk_load(call, acrm__id(instance, F_ID), &walk);
    if (st != ACRM_OK)
        return st;
    walk.chart = to;
    acrm__set(walk.instance, F_process_instance__definition_id, definition->cells[F_ID]);
    acrm__set(walk.instance, F_process_instance__phase, acrm__cell_text(to->phases[phase].code));
    st = acrm__limit_plan(call, &walk); /* from when it came into the phase */
    if (st == ACRM_OK)
        st = acrm__update(call, walk.instance);
    if (st == ACRM_OK)
        st = acrm__step_record(call, walk.instance,
                               &(acrm__step){ .cause = "migrate", .from = from,
                                              .to = to->phases[phase].code });
    if (st == ACRM_OK)
        st = acrm__limit_set(call, &walk);
    return st == ACRM_OK ? acrm__walk_settle(call, &walk) : st;
}

int32_t acrm__process_migrate(acrm__call *call)
{
    const char *code = acrm__arg_text(call, "code");
    const acrm_value *map = acrm__arg(call, "map");
    acrm_value *faults = acrm__value_in(call->arena);
    const acrm_statechart *to;
    acrm__recs found = { NULL, 0 };
    int64_t moved = 0, kept = 0;
    acrm__rec *definition;

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__process_find_active(call, code, acrm__arg_int(call, "revision", 0),
                                           &definition);
    if (st == ACRM_OK)
        st = acrm__process_chart(call, acrm__id(definition, F_ID), &to);
    if (st == ACRM_OK)
        st = migrate_find(call, code, &found);
    if (st == ACRM_OK)
        st = migrate_check(call, to, map, faults);
    if (st == ACRM_OK)
        st = migrate_missing(call, to, map, &found, faults);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const acrm_cell *own = &found.items[i]->cells[F_process_instance__definition_id];
        if (acrm__cell_equal(own, &definition->cells[F_ID])) {
            kept++;
            continue;
        }
        st = migrate_one(call, found.items[i], definition, to, map);
        moved++;
    }
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    bool ok = st != ACRM_OK || (acrm__put_int(call->out, "moved", moved) &&
                                acrm__put_int(call->out, "kept", kept));
    return ok ? st : acrm__nomem(call);
}

/* --- process.simulate --- */

typedef struct simulate_run {
    acrm__call *call;
    const acrm_statechart *chart;
    int64_t *phases;      /* records that come to rest there */
    int64_t *transitions; /* records whose way on is open */
    acrm_value *items;
} simulate_run;

static int32_t simulate_possible(const simulate_run *run, acrm__rec *rec, int32_t t, bool *out)
{
    const acrm__chart_transition *one = &run->chart->transitions[t];
    acrm_value *value = acrm__value_in(run->call->arena);
    int32_t st = value ? acrm__holds(run->call, rec, one->guard, out) : ACRM_E_NOMEM;

    for (size_t i = 0; st == ACRM_OK && *out && i < acrm_value_count(one->required); i++) {
        st = acrm__path_value(run->call, rec,
                              acrm_value_text(acrm_value_at(one->required, i), NULL), value);
        *out = acrm_value_type(value) != ACRM_NULL;
    }
    return st;
}

/* Along the automatic transitions that the record's values open. */
static int32_t simulate_rest(const simulate_run *run, acrm__rec *rec, int32_t *phase)
{
    int32_t st = ACRM_OK;
    bool moved = true;

    *phase = run->chart->start;
    for (int32_t i = 0; st == ACRM_OK && moved && i < SIMULATE_STEPS; i++) {
        moved = false;
        for (int32_t t = 0; st == ACRM_OK && !moved && t < run->chart->n_transitions; t++) {
            const acrm__chart_transition *one = &run->chart->transitions[t];
            if (!one->automatic || !one->from[*phase])
                continue;
            st = simulate_possible(run, rec, t, &moved);
            if (moved)
                *phase = one->to;
        }
    }
    return st;
}

static int32_t simulate_one(const simulate_run *run, acrm__rec *rec)
{
    acrm__call *call = run->call;
    int32_t phase;
    acrm_value *open = NULL;
    int32_t st = simulate_rest(run, rec, &phase);

    if (st != ACRM_OK)
        return st;
    run->phases[phase]++;
    if (acrm_value_count(run->items) < SIMULATE_SAMPLE) {
        acrm_value *item = acrm__add_map(run->items);
        bool ok = item && acrm__put_text(item, "id", acrm__id_text(call, acrm__id(rec, F_ID))) &&
                  acrm__put_text(item, "phase", run->chart->phases[phase].code);
        open = ok ? acrm__put_list(item, "open") : NULL;
        if (!open)
            return ACRM_E_NOMEM;
    }
    for (int32_t t = 0; st == ACRM_OK && t < run->chart->n_transitions; t++) {
        bool possible = false;
        if (!run->chart->transitions[t].from[phase])
            continue;
        st = simulate_possible(run, rec, t, &possible);
        run->transitions[t] += possible;
        if (possible && open && !acrm__add_text(open, run->chart->transitions[t].name))
            st = ACRM_E_NOMEM;
    }
    return st;
}

static bool simulate_result(const simulate_run *run, size_t n)
{
    acrm__call *call = run->call;
    acrm_value *phases = acrm__put_map(call->out, "phases");
    acrm_value *transitions = acrm__put_map(call->out, "transitions");
    bool ok = phases && transitions && acrm__put_int(call->out, "records", (int64_t)n);

    for (int32_t p = 0; ok && p < run->chart->n_phases; p++)
        if (run->phases[p])
            ok = acrm__put_int(phases, run->chart->phases[p].code, run->phases[p]);
    for (int32_t t = 0; ok && t < run->chart->n_transitions; t++)
        if (run->transitions[t])
            ok = acrm__put_int(transitions, run->chart->transitions[t].name,
                               run->transitions[t]);
    return ok;
}

int32_t acrm__process_simulate(acrm__call *call)
{
    const acrm_value *given = acrm__arg(call, "definition");
    simulate_run run = { .call = call };
    const acrm_filter_node *where = NULL;
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__process_given(call, given, &run.chart);
    if (st != ACRM_OK)
        return st;
    const acrm__entity *entity = acrm__registry_entity(call->session->registry, run.chart->entity,
                                                       strlen(run.chart->entity));
    if (!entity)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "code",
                          "the entity %.64s of this process is gone", run.chart->entity);
    if (acrm__arg(call, "where"))
        st = acrm__filter(call, entity, acrm__arg(call, "where"), "where", &where);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){
            .entity = run.chart->entity, .where = where, .descending = true,
            .limit = (uint32_t)acrm__arg_int(call, "limit", 1000) }, &found);
    run.phases = acrm__arena_array(call->arena, (size_t)run.chart->n_phases + 1,
                                   sizeof *run.phases);
    run.transitions = acrm__arena_array(call->arena, (size_t)run.chart->n_transitions + 1,
                                        sizeof *run.transitions);
    run.items = acrm__put_list(call->out, "sample");
    if (!run.phases || !run.transitions || !run.items)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        st = simulate_one(&run, found.items[i]);
    if (st == ACRM_E_NOMEM || (st == ACRM_OK && !simulate_result(&run, found.count)))
        return acrm__nomem(call);
    return st;
}
