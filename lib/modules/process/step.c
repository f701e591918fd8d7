/* SPDX-License-Identifier: MIT */
/* What moves a process: starting, transitions, automatic ones, ends, and processes within it. */
#include "modules/process/step.h"

#include "kernel/entities.h"
#include "modules/process/entities.h"

#include <string.h>

enum { STEP_AUTOMATIC_MAX = 50 };

/* The rights of who wrote the definition: it was checked when it was loaded. */
static acrm__call step_system(const acrm__call *call)
{
    acrm__call system = *call;

    system.as_system = true;
    return system;
}

bool acrm__is_open(const acrm__rec *instance)
{
    return strcmp(acrm__text(instance, F_process_instance__status), "open") == 0;
}

/* --- Loading --- */

static int32_t step_subject(acrm__call *call, acrm__walk *walk)
{
    acrm__call system = step_system(call);
    const char *name = acrm__text(walk->instance, F_process_instance__entity);
    const acrm__entity *entity = acrm__registry_entity(call->session->registry, name,
                                                       strlen(name));
    acrm__rec *rec = NULL;

    int32_t st = entity ? acrm__load_any(&system, entity,
                                         acrm__id(walk->instance,
                                                  F_process_instance__subject_id), &rec)
                        : ACRM_OK;
    if (st == ACRM_OK && !rec)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "subject_id",
                          "the %.64s of this process is gone", name);
    if (st == ACRM_OK)
        walk->subject = rec;
    return st;
}

int32_t acrm__walk_load(acrm__call *call, const unsigned char id[16], acrm__walk *out)
{
    acrm__walk walk = { 0 };

    int32_t st = acrm__load(call, "process_instance", id, "id", &walk.instance);
    if (st == ACRM_OK)
        st = acrm__process_chart(call, acrm__id(walk.instance, F_process_instance__definition_id),
                                 &walk.chart);
    if (st == ACRM_OK)
        st = step_subject(call, &walk);
    if (st == ACRM_OK)
        *out = walk;
    return st;
}

/* As everything is after actions that may have changed it. */
static int32_t step_reload(acrm__call *call, acrm__walk *walk)
{
    acrm__call system = step_system(call);

    return acrm__walk_load(&system, acrm__id(walk->instance, F_ID), walk);
}

/* --- Pieces of a step --- */

static int32_t step_actions(acrm__call *call, const acrm__walk *walk, const acrm_value *actions)
{
    acrm__call system = step_system(call);
    const acrm__scene scene = { .entity = walk->subject->entity, .record = walk->subject,
                                .instance = walk->instance };

    return actions ? acrm__actions_run(&system, &scene, actions, NULL) : ACRM_OK;
}

int32_t acrm__step_record(acrm__call *call, const acrm__rec *instance, const acrm__step *step)
{
    acrm__call system = step_system(call);
    acrm__rec *rec = acrm__new(call, "process_step");

    if (!rec)
        return acrm__nomem(call);
    acrm__set(rec, F_process_step__instance_id, instance->cells[F_ID]);
    acrm__set(rec, F_process_step__at, acrm__cell_int(call->now));
    acrm__set(rec, F_process_step__cause, acrm__cell_text(step->cause));
    acrm__set(rec, F_process_step__transition, acrm__cell_text(step->transition));
    acrm__set(rec, F_process_step__from_phase, acrm__cell_text(step->from));
    acrm__set(rec, F_process_step__to_phase, acrm__cell_text(step->to));
    acrm__set(rec, F_process_step__user_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(rec, F_process_step__note, acrm__cell_text(step->note));
    return acrm__insert(&system, rec);
}

int32_t acrm__process_emit(acrm__call *call, const char *type, const acrm__rec *instance,
                           const char *key, const char *value)
{
    acrm_value *data = acrm__value_in(call->arena);
    const char *subject = acrm__id_text(call, acrm__id(instance, F_process_instance__subject_id));
    const char *code = acrm__text(instance, F_process_instance__code);

    bool ok = data && subject && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "code", code) &&
              acrm__put_text(data, "phase", acrm__text(instance, F_process_instance__phase)) &&
              acrm__put_text(data, "entity", acrm__text(instance, F_process_instance__entity)) &&
              acrm__put_text(data, "subject_id", subject) &&
              (!key || acrm__put_text(data, key, value));
    return ok ? acrm__emit(call, type, "process_instance", acrm__id(instance, F_ID), data)
              : acrm__nomem(call);
}

/* Row scopes go by the record's dealer, owner and customer as they are now. */
static void step_scope(acrm__walk *walk)
{
    const acrm__entity *entity = walk->subject->entity;
    const struct {
        uint32_t from, to;
    } fields[] = {
        { entity->dealer, F_process_instance__dealer_id },
        { entity->owner, F_process_instance__owner_id },
        { entity->customer, F_process_instance__customer_id },
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].from != UINT32_MAX)
            acrm__set(walk->instance, fields[i].to, walk->subject->cells[fields[i].from]);
}

/* --- Processes within --- */

static int32_t step_parts(acrm__call *call, const acrm__rec *instance, acrm__recs *out)
{
    const acrm__term terms[] = {
        { F_process_instance__parent_id, ACRM_FILTER_EQ, instance->cells[F_ID] },
        { F_process_instance__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
    };

    return acrm__find(call, &(acrm__select){ .entity = "process_instance", .terms = terms,
                                             .n_terms = 2, .as_system = true }, out);
}

int32_t acrm__has_parts(acrm__call *call, const acrm__walk *walk, int32_t phase, bool *out)
{
    acrm__recs parts = { NULL, 0 };
    int32_t st = walk->chart->phases[phase].process ? step_parts(call, walk->instance, &parts)
                                                    : ACRM_OK;

    if (st == ACRM_OK)
        *out = parts.count > 0;
    return st;
}

static int32_t step_start_part(acrm__call *call, const acrm__walk *walk,
                               const acrm__chart_phase *phase)
{
    acrm__call system = step_system(call);
    const acrm__rec *instance = walk->instance;
    acrm_value *args = acrm__value_in(call->arena);
    const char *subject = acrm__id_text(call, acrm__id(instance, F_process_instance__subject_id));
    const char *parent = acrm__id_text(call, acrm__id(instance, F_ID));

    bool ok = args && subject && parent && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "code", phase->process) &&
              acrm__put_text(args, "subject_id", subject) &&
              acrm__put_text(args, "parent_id", parent);
    return ok ? acrm__run(&system, "process.start", args, NULL) : acrm__nomem(call);
}

/* A phase left while its process still runs takes that along. */
static int32_t step_stop_parts(acrm__call *call, const acrm__walk *walk, int32_t phase)
{
    acrm__call system = step_system(call);
    acrm__recs parts = { NULL, 0 };
    int32_t st = walk->chart->phases[phase].process ? step_parts(call, walk->instance, &parts)
                                                    : ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < parts.count; i++) {
        acrm__walk part;
        st = acrm__walk_load(&system, acrm__id(parts.items[i], F_ID), &part);
        if (st == ACRM_OK) {
            acrm__set(part.instance, F_process_instance__parent_id, acrm__cell_null());
            st = acrm__walk_end(&system, &part, "cancelled", "cancelled", "cancel", NULL);
        }
    }
    return st;
}

/* The process that waited goes on by the transition that its phase names for this outcome. */
static int32_t step_resume(acrm__call *call, const acrm__rec *part)
{
    const unsigned char *id = acrm__id(part, F_process_instance__parent_id);
    acrm__call system = step_system(call);
    acrm__walk parent;

    if (!id)
        return ACRM_OK;
    int32_t st = acrm__walk_load(&system, id, &parent);
    if (st != ACRM_OK || !acrm__is_open(parent.instance))
        return st;
    int32_t at = acrm__chart_phase_of(parent.chart,
                                      acrm__text(parent.instance, F_process_instance__phase));
    const acrm_value *then = parent.chart->phases[at].then;
    const char *code = parent.chart->phases[at].process;
    const char *outcome = acrm__text(part, F_process_instance__outcome);
    if (!code || strcmp(code, acrm__text(part, F_process_instance__code)) != 0)
        return ACRM_OK;
    const acrm_value *name = outcome ? acrm_value_get(then, outcome) : NULL;
    if (!name)
        name = acrm_value_get(then, "*");
    int32_t t = acrm__chart_transition_of(parent.chart, acrm_value_text(name, NULL));
    return t == ACRM__CHART_NONE ? ACRM_OK
                                 : acrm__walk_take(&system, &parent, t, "part", NULL);
}

/* --- Ends --- */

int32_t acrm__walk_end(acrm__call *call, acrm__walk *walk, const char *status, const char *outcome,
                       const char *cause, const char *note)
{
    acrm__rec *instance = walk->instance;
    const char *phase = acrm__text(instance, F_process_instance__phase);

    acrm__set(instance, F_process_instance__status, acrm__cell_text(status));
    acrm__set(instance, F_process_instance__outcome, acrm__cell_text(outcome));
    acrm__set(instance, F_process_instance__ended_at, acrm__cell_int(call->now));
    acrm__set(instance, F_process_instance__open_key, acrm__cell_null());
    acrm__set(instance, F_process_instance__due_at, acrm__cell_null());
    int32_t st = acrm__update(call, instance);
    if (st == ACRM_OK && cause)
        st = acrm__step_record(call, instance, &(acrm__step){ .cause = cause, .from = phase,
                                                              .note = note });
    if (st == ACRM_OK)
        st = acrm__limit_clear(call, instance);
    if (st == ACRM_OK)
        st = step_stop_parts(call, walk, acrm__chart_phase_of(walk->chart, phase));
    if (st == ACRM_OK)
        st = acrm__process_emit(call, "process.ended", instance, "outcome", outcome);
    return st == ACRM_OK ? step_resume(call, instance) : st;
}

/* --- One step --- */

/* What follows from being in a phase now: its actions, its end, its limit, its own process. */
static int32_t step_enter(acrm__call *call, acrm__walk *walk, const acrm_value *const actions[3])
{
    int32_t at = acrm__chart_phase_of(walk->chart,
                                      acrm__text(walk->instance, F_process_instance__phase));
    const acrm__chart_phase *phase = &walk->chart->phases[at];
    int32_t st = acrm__limit_set(call, walk);
    bool acted = false;

    for (int i = 0; i < 3 && st == ACRM_OK; i++) {
        st = step_actions(call, walk, actions[i]);
        acted |= actions[i] != NULL;
    }
    if (st == ACRM_OK && acted &&
        !(acrm__is_fresh(call, walk->instance) && acrm__is_fresh(call, walk->subject)))
        st = step_reload(call, walk);
    if (st != ACRM_OK || !acrm__is_open(walk->instance) ||
        strcmp(acrm__text(walk->instance, F_process_instance__phase), phase->code) != 0)
        return st; /* an action led on already */
    if (phase->end)
        return acrm__walk_end(call, walk, "ended", phase->outcome, NULL, NULL);
    return phase->process ? step_start_part(call, walk, phase) : ACRM_OK;
}

static int32_t step_take(acrm__call *call, acrm__walk *walk, int32_t transition, const char *cause,
                         const char *note)
{
    const acrm__chart_transition *t = &walk->chart->transitions[transition];
    const acrm__chart_phase *to = &walk->chart->phases[t->to];
    const char *from = acrm__text(walk->instance, F_process_instance__phase);
    int32_t at = acrm__chart_phase_of(walk->chart, from);
    const acrm_value *const actions[3] = { walk->chart->phases[at].exit, t->actions, to->entry };

    int32_t st = step_stop_parts(call, walk, at);
    if (st != ACRM_OK)
        return st;
    acrm__set(walk->instance, F_process_instance__phase, acrm__cell_text(to->code));
    acrm__set(walk->instance, F_process_instance__phase_since, acrm__cell_int(call->now));
    step_scope(walk);
    st = acrm__limit_plan(call, walk);
    if (st == ACRM_OK)
        st = acrm__update(call, walk->instance);
    if (st == ACRM_OK)
        st = acrm__step_record(call, walk->instance,
                               &(acrm__step){ .cause = cause, .transition = t->name, .from = from,
                                              .to = to->code, .note = note });
    if (st == ACRM_OK)
        st = acrm__process_emit(call, "process.entered", walk->instance, "transition", t->name);
    return st == ACRM_OK ? step_enter(call, walk, actions) : st;
}

/* The first automatic transition that is possible, or none. */
static int32_t step_automatic(acrm__call *call, const acrm__walk *walk, int32_t *out)
{
    int32_t at = acrm__chart_phase_of(walk->chart,
                                      acrm__text(walk->instance, F_process_instance__phase));

    *out = ACRM__CHART_NONE;
    for (int32_t t = 0; t < walk->chart->n_transitions; t++) {
        const acrm__chart_transition *one = &walk->chart->transitions[t];
        acrm_value *refusals = acrm__value_in(call->arena);
        if (!one->automatic || !one->from[at])
            continue;
        if (!refusals || acrm_value_set_list(refusals) != ACRM_OK)
            return acrm__nomem(call);
        int32_t st = acrm__walk_refusals(call, walk, t, false, refusals);
        if (st != ACRM_OK)
            return st;
        if (acrm_value_count(refusals) == 0) {
            *out = t;
            return ACRM_OK;
        }
    }
    return ACRM_OK;
}

int32_t acrm__walk_settle(acrm__call *call, acrm__walk *walk)
{
    int32_t t = ACRM__CHART_NONE, st = ACRM_OK;

    if (!walk->chart->has_automatic)
        return ACRM_OK;
    for (int i = 0; i < STEP_AUTOMATIC_MAX && st == ACRM_OK; i++) {
        if (!acrm__is_open(walk->instance))
            return ACRM_OK;
        st = step_automatic(call, walk, &t);
        if (st != ACRM_OK || t == ACRM__CHART_NONE)
            return st;
        st = step_take(call, walk, t, "automatic", NULL);
    }
    return st != ACRM_OK ? st
                         : acrm__fail(call, ACRM_E_LIMIT, "endless", NULL,
                                      "automatic transitions of %.64s go on without end; check "
                                      "their guards",
                                      acrm__text(walk->instance, F_process_instance__code));
}

int32_t acrm__walk_take(acrm__call *call, acrm__walk *walk, int32_t transition, const char *cause,
                        const char *note)
{
    int32_t st = step_take(call, walk, transition, cause, note);

    return st == ACRM_OK ? acrm__walk_settle(call, walk) : st;
}

/* --- Beginning --- */

int32_t acrm__walk_begin(acrm__call *call, acrm__walk *walk)
{
    const acrm__chart_phase *phase = &walk->chart->phases[walk->chart->start];
    const acrm_value *const actions[3] = { phase->entry, NULL, NULL };

    acrm__set(walk->instance, F_process_instance__phase, acrm__cell_text(phase->code));
    acrm__set(walk->instance, F_process_instance__started_at, acrm__cell_int(call->now));
    acrm__set(walk->instance, F_process_instance__phase_since, acrm__cell_int(call->now));
    step_scope(walk);
    int32_t st = acrm__limit_plan(call, walk);
    if (st == ACRM_OK)
        st = acrm__limit_plan_total(call, walk);
    if (st == ACRM_OK)
        st = acrm__insert(call, walk->instance);
    if (st == ACRM_OK)
        st = acrm__step_record(call, walk->instance,
                               &(acrm__step){ .cause = "start", .to = phase->code });
    if (st == ACRM_OK)
        st = acrm__limit_total(call, walk);
    if (st == ACRM_OK)
        st = acrm__process_emit(call, "process.started", walk->instance, NULL, NULL);
    if (st == ACRM_OK)
        st = acrm__process_emit(call, "process.entered", walk->instance, NULL, NULL);
    if (st == ACRM_OK)
        st = step_enter(call, walk, actions);
    return st == ACRM_OK ? acrm__walk_settle(call, walk) : st;
}
