/* SPDX-License-Identifier: MIT */
/* What a process may do now, and why not: process.status, process.available. */
#include "kernel/entities.h"
#include "modules/process/entities.h"
#include "modules/process/step.h"

#include <string.h>

int32_t acrm__holds(acrm__call *call, const acrm__rec *rec, const acrm_value *condition, bool *out)
{
    const acrm_filter_node *node;
    acrm__call system = *call;

    *out = true;
    if (!condition)
        return ACRM_OK;
    system.as_system = true; /* whatever fields the role of who acts may see */
    int32_t st = acrm__filter(&system, rec->entity, condition, "guard", &node);
    return st == ACRM_OK ? acrm__matches(&system, rec, node, out) : st;
}

/* --- Roles --- */

static int32_t ask_role_name(acrm__call *call, const char **out)
{
    const acrm__principal *principal = &call->session->principal;
    const acrm__entity *users = acrm__entity_of(call, "user");
    acrm__call system = *call;
    acrm__rec *user, *role;

    system.as_system = true;
    if (principal->kind != ACRM__PRINCIPAL_USER) {
        *out = "customer";
        return ACRM_OK;
    }
    int32_t st = acrm__load(&system, "user", principal->id, NULL, &user);
    if (st == ACRM_OK)
        st = acrm__load(&system, "role", acrm__id(user, acrm__field_of(users, "role_id")), NULL,
                        &role);
    if (st == ACRM_OK)
        *out = acrm__text(role, F_role__name);
    return st;
}

int32_t acrm__has_role(acrm__call *call, const acrm_value *roles, bool *out)
{
    const char *own = NULL;

    *out = !roles || call->session->principal.kind == ACRM__PRINCIPAL_SYSTEM;
    if (*out)
        return ACRM_OK;
    int32_t st = ask_role_name(call, &own);
    for (size_t i = 0; st == ACRM_OK && !*out && i < acrm_value_count(roles); i++) {
        const char *role = acrm_value_text(acrm_value_at(roles, i), NULL);
        *out = role && strcmp(role, own) == 0;
    }
    return st;
}

/* --- Why not --- */

static int32_t ask_required(acrm__call *call, const acrm__walk *walk, const acrm_value *fields,
                            acrm_value *list)
{
    acrm_value *value = acrm__value_in(call->arena);
    int32_t st = value ? ACRM_OK : ACRM_E_NOMEM;

    for (size_t i = 0; i < acrm_value_count(fields) && st == ACRM_OK; i++) {
        const char *path = acrm_value_text(acrm_value_at(fields, i), NULL);
        st = acrm__path_value(call, walk->subject, path, value);
        if (st == ACRM_OK && acrm_value_type(value) == ACRM_NULL)
            st = acrm__fault(list, path, "required", "%.100s must be filled in first", path);
    }
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* Entries of a filter must all hold: those that do not are named one by one. */
static int32_t ask_guard(acrm__call *call, const acrm__walk *walk, const acrm_value *guard,
                         acrm_value *list)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < acrm_value_count(guard) && st == ACRM_OK; i++) {
        const char *key = acrm_value_key(guard, i, NULL);
        acrm_value *one = acrm__value_in(call->arena);
        bool holds;
        if (!one || acrm_value_set_map(one) != ACRM_OK ||
            !acrm__put_value(one, key, acrm_value_at(guard, i)))
            return acrm__nomem(call);
        st = acrm__holds(call, walk->subject, one, &holds);
        if (st == ACRM_OK && !holds)
            st = acrm__fault(list, key, "guard", "the condition on %.100s does not hold", key);
    }
    return st;
}

/* Who took the one transition last may not take the other. */
static int32_t ask_four_eyes(acrm__call *call, const acrm__walk *walk, const char *other,
                             acrm_value *list)
{
    const unsigned char *actor = acrm__actor(call);
    const acrm__term terms[] = {
        { F_process_step__instance_id, ACRM_FILTER_EQ, walk->instance->cells[F_ID] },
        { F_process_step__transition, ACRM_FILTER_EQ, acrm__cell_text(other) },
    };
    acrm__rec *step = NULL;

    if (!other || !actor)
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "process_step", .terms = terms,
                                                       .n_terms = 2, .descending = true,
                                                       .as_system = true }, &step);
    const unsigned char *before = st == ACRM_OK && step ? acrm__id(step, F_process_step__user_id)
                                                        : NULL;
    if (before && memcmp(before, actor, 16) == 0)
        st = acrm__fault(list, "four_eyes", "four_eyes",
                         "you took %.64s yourself; somebody else must do this", other);
    return st;
}

int32_t acrm__walk_refusals(acrm__call *call, const acrm__walk *walk, int32_t transition,
                            bool by_person, acrm_value *list)
{
    const acrm__chart_transition *t = &walk->chart->transitions[transition];
    const char *phase = acrm__text(walk->instance, F_process_instance__phase);
    int32_t at = acrm__chart_phase_of(walk->chart, phase);
    bool allowed = true, waits = false, holds = true;

    if (!acrm__is_open(walk->instance))
        return acrm__fault(list, "status", "closed", "the process is over");
    if (!t->from[at])
        return acrm__fault(list, "phase", "phase", "%.64s does not leave the phase %.64s", t->name,
                           phase);
    int32_t st = by_person ? acrm__has_role(call, t->roles, &allowed) : ACRM_OK;
    if (st == ACRM_OK && !allowed)
        st = acrm__fault(list, "roles", "role", "this is not for your role");
    if (st == ACRM_OK && by_person)
        st = ask_four_eyes(call, walk, t->four_eyes, list);
    if (st == ACRM_OK)
        st = ask_required(call, walk, t->required, list);
    if (st == ACRM_OK)
        st = acrm__holds(call, walk->subject, t->guard, &holds);
    if (st == ACRM_OK && !holds)
        st = ask_guard(call, walk, t->guard, list);
    if (st == ACRM_OK)
        st = acrm__has_parts(call, walk, at, &waits);
    if (st == ACRM_OK && waits)
        st = acrm__fault(list, "phase", "waits", "the process %.64s within it is not over",
                         walk->chart->phases[at].process);
    return st;
}

/* --- Operations --- */

static int32_t ask_transition(acrm__call *call, const acrm__walk *walk, int32_t t,
                              acrm_value *items)
{
    const acrm__chart_transition *one = &walk->chart->transitions[t];
    acrm_value *refusals = acrm__value_in(call->arena);
    acrm_value *item = acrm__add_map(items);

    if (!refusals || !item || acrm_value_set_list(refusals) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__walk_refusals(call, walk, t, true, refusals);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_text(item, "name", one->name) &&
              acrm__put_text(item, "label", one->label) &&
              acrm__put_text(item, "to", walk->chart->phases[one->to].code) &&
              acrm__put_bool(item, "automatic", one->automatic) &&
              acrm__put_bool(item, "possible", acrm_value_count(refusals) == 0) &&
              acrm__put_value(item, "refusals", refusals);
    return ok ? ACRM_OK : acrm__nomem(call);
}

static int32_t ask_transitions(acrm__call *call, const acrm__walk *walk, acrm_value *items)
{
    int32_t at = acrm__chart_phase_of(walk->chart,
                                      acrm__text(walk->instance, F_process_instance__phase));
    int32_t st = items ? ACRM_OK : acrm__nomem(call);

    for (int32_t t = 0; st == ACRM_OK && acrm__is_open(walk->instance) &&
                        t < walk->chart->n_transitions; t++)
        if (walk->chart->transitions[t].from[at])
            st = ask_transition(call, walk, t, items);
    return st;
}

int32_t acrm__process_available(acrm__call *call)
{
    unsigned char id[16];
    acrm__walk walk;

    (void)acrm__arg_id(call, "id", id);
    int32_t st = acrm__walk_load(call, id, &walk);
    return st == ACRM_OK ? ask_transitions(call, &walk, acrm__put_list(call->out, "items")) : st;
}

static int32_t ask_steps(acrm__call *call, const acrm__rec *instance, acrm_value *items)
{
    acrm__term of = { F_process_step__instance_id, ACRM_FILTER_EQ, instance->cells[F_ID] };
    acrm__recs steps = { NULL, 0 };

    int32_t st = items ? acrm__find(call, &(acrm__select){ .entity = "process_step", .terms = &of,
                                                           .n_terms = 1, .as_system = true },
                                    &steps)
                       : acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < steps.count; i++) {
        acrm_value *item = acrm__add_map(items);
        st = item ? acrm__render(call, steps.items[i], item) : acrm__nomem(call);
    }
    return st;
}

int32_t acrm__process_status(acrm__call *call)
{
    unsigned char id[16];
    acrm__walk walk;

    (void)acrm__arg_id(call, "id", id);
    int32_t st = acrm__walk_load(call, id, &walk);
    if (st != ACRM_OK)
        return st;
    int32_t at = acrm__chart_phase_of(walk.chart,
                                      acrm__text(walk.instance, F_process_instance__phase));
    acrm_value *instance = acrm__put_map(call->out, "process");
    if (!instance || !acrm__put_text(call->out, "name", walk.chart->name) ||
        !acrm__put_text(call->out, "phase", walk.chart->phases[at].name))
        return acrm__nomem(call);
    st = acrm__render(call, walk.instance, instance);
    if (st == ACRM_OK)
        st = ask_steps(call, walk.instance, acrm__put_list(call->out, "steps"));
    return st == ACRM_OK ? ask_transitions(call, &walk, acrm__put_list(call->out, "available"))
                         : st;
}
