/* SPDX-License-Identifier: MIT */
/* Operations on processes: start, transition, cancel; and what changes of their records bring. */
#include "base/error.h"
#include "modules/process/entities.h"
#include "modules/process/step.h"

#include <string.h>

/* --- Starting --- */

static int32_t instance_key(acrm__call *call, const acrm__walk *walk, const char **out)
{
    acrm_value *value = acrm__value_in(call->arena);
    const char *given = acrm__arg_text(call, "business_key");
    size_t len;

    if (!value)
        return acrm__nomem(call);
    *out = given ? given : acrm__id_text(call, acrm__id(walk->subject, F_ID));
    if (given || !walk->chart->key)
        return *out ? ACRM_OK : acrm__nomem(call);
    int32_t st = acrm__path_value(call, walk->subject, walk->chart->key, value);
    if (st != ACRM_OK)
        return st;
    const char *text = acrm_value_text(value, &len);
    if (acrm_value_type(value) == ACRM_INT)
        text = acrm__arena_format(call->arena, "%lld", (long long)acrm_value_int(value));
    else if (!text)
        return acrm__fail(call, ACRM_E_INVALID, "required", walk->chart->key,
                          "%.64s tells what the process is about; fill it in first",
                          walk->chart->key);
    *out = text;
    return text ? ACRM_OK : acrm__nomem(call);
}

static int32_t instance_refuse_second(acrm__call *call, const char *open_key)
{
    acrm__term term = { F_process_instance__open_key, ACRM_FILTER_EQ, acrm__cell_text(open_key) };
    acrm__rec *other = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "process_instance",
                                                       .terms = &term, .n_terms = 1,
                                                       .as_system = true }, &other);
    if (st == ACRM_OK && other)
        st = acrm__fail(call, ACRM_E_CONFLICT, "open", "business_key",
                        "such a process is open already: %s",
                        acrm__id_text(call, acrm__id(other, F_ID)));
    return st;
}

static int32_t instance_subject(acrm__call *call, const acrm__rec *definition, acrm__walk *walk)
{
    const char *name = acrm__text(definition, F_process_definition__entity);
    unsigned char id[16];

    if (!acrm__registry_entity(call->session->registry, name, strlen(name)))
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "code",
                          "the entity %.64s of this process is gone", name);
    (void)acrm__arg_id(call, "subject_id", id);
    return acrm__load(call, name, id, "subject_id", &walk->subject);
}

static int32_t instance_new(acrm__call *call, const acrm__rec *definition, acrm__walk *walk)
{
    acrm__rec *rec = acrm__new(call, "process_instance");
    const char *code = acrm__text(definition, F_process_definition__code), *key = NULL;
    unsigned char *parent = acrm__arena_alloc(call->arena, 16);

    if (!rec || !parent)
        return acrm__nomem(call);
    int32_t st = instance_key(call, walk, &key);
    if (st != ACRM_OK)
        return st;
    const char *open_key = acrm__arena_format(call->arena, "%s:%s", code, key);
    if (!open_key)
        return acrm__nomem(call);
    if (strlen(key) > 256)
        return acrm__fail(call, ACRM_E_INVALID, "range", "business_key",
                          "a business key has at most 256 bytes");
    acrm__set(rec, F_process_instance__definition_id, definition->cells[F_ID]);
    acrm__set(rec, F_process_instance__code, acrm__cell_text(code));
    acrm__set(rec, F_process_instance__entity,
              definition->cells[F_process_definition__entity]);
    acrm__set(rec, F_process_instance__subject_id, walk->subject->cells[F_ID]);
    acrm__set(rec, F_process_instance__business_key, acrm__cell_text(key));
    acrm__set(rec, F_process_instance__open_key, acrm__cell_text(open_key));
    if (acrm__arg_id(call, "parent_id", parent))
        acrm__set(rec, F_process_instance__parent_id, acrm__cell_id(parent));
    walk->instance = rec;
    return instance_refuse_second(call, open_key);
}

static int32_t instance_answer(acrm__call *call, const acrm__walk *walk)
{
    acrm__call system = *call;
    acrm__rec *rec = walk->instance;
    int32_t st = ACRM_OK;

    system.as_system = true;
    if (!acrm__is_fresh(call, rec))
        st = acrm__load(&system, "process_instance", acrm__id(rec, F_ID), NULL, &rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__process_start(acrm__call *call)
{
    acrm__walk walk = { 0 };
    acrm__rec *definition;
    bool allowed = true;

    int32_t st = acrm__process_find_active(call, acrm__arg_text(call, "code"),
                                           acrm__arg_int(call, "revision", 0), &definition);
    if (st == ACRM_OK)
        st = acrm__process_chart(call, acrm__id(definition, F_ID), &walk.chart);
    if (st == ACRM_OK)
        st = instance_subject(call, definition, &walk);
    if (st == ACRM_OK && !call->as_system)
        st = acrm__has_role(call, walk.chart->roles, &allowed);
    if (st == ACRM_OK && !allowed)
        st = acrm__fail(call, ACRM_E_DENIED, "role", "roles",
                        "starting this process is not for your role");
    if (st == ACRM_OK)
        st = instance_new(call, definition, &walk);
    if (st == ACRM_OK)
        st = acrm__walk_begin(call, &walk);
    return st == ACRM_OK ? instance_answer(call, &walk) : st;
}

/* --- Transitions --- */

static int32_t instance_refused(acrm__call *call, const acrm_value *refusals)
{
    const char *reason = acrm__get_text(acrm_value_at(refusals, 0), "reason");
    int32_t code = ACRM_E_INVALID;

    if (strcmp(reason, "role") == 0 || strcmp(reason, "four_eyes") == 0)
        code = ACRM_E_DENIED;
    else if (strcmp(reason, "closed") == 0 || strcmp(reason, "phase") == 0 ||
             strcmp(reason, "waits") == 0)
        code = ACRM_E_CONFLICT;
    return acrm__error_fields(call->err, code, refusals);
}

/* Fields of the record to fill in along with the transition, by the record's own operation. */
static int32_t instance_fields(acrm__call *call, acrm__walk *walk)
{
    const acrm_value *fields = acrm__arg(call, "fields");
    acrm_value *args = acrm__value_in(call->arena);
    const char *entity = walk->subject->entity->def->name;
    const char *id = acrm__id_text(call, acrm__id(walk->subject, F_ID));
    const char *operation = acrm__arena_format(call->arena, "%s.update", entity);

    if (!fields)
        return ACRM_OK;
    if (!args || !id || !operation || !acrm__value_copy(args, fields) ||
        !acrm__put_text(args, "id", id) || !acrm__put_bool(args, "last_write_wins", true))
        return acrm__nomem(call);
    if (!call->as_system && !acrm__may_run(call, operation))
        return acrm__fail(call, ACRM_E_DENIED, "permission", "fields",
                          "this session may not call %.100s", operation);
    int32_t st = acrm__run(call, operation, args, NULL);
    return st == ACRM_OK ? acrm__walk_load(call, acrm__id(walk->instance, F_ID), walk) : st;
}

int32_t acrm__process_transition(acrm__call *call)
{
    acrm_value *refusals = acrm__value_in(call->arena);
    const char *name = acrm__arg_text(call, "transition");
    unsigned char id[16];
    acrm__walk walk;

    if (!refusals || acrm_value_set_list(refusals) != ACRM_OK)
        return acrm__nomem(call);
    (void)acrm__arg_id(call, "id", id);
    int32_t st = acrm__walk_load(call, id, &walk);
    if (st == ACRM_OK)
        st = instance_fields(call, &walk);
    if (st != ACRM_OK)
        return st;
    int32_t t = acrm__chart_transition_of(walk.chart, name);
    if (t == ACRM__CHART_NONE)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "transition",
                          "this process has no transition %.64s; see process.available", name);
    st = acrm__walk_refusals(call, &walk, t, true, refusals);
    if (st == ACRM_OK && acrm_value_count(refusals) > 0)
        return instance_refused(call, refusals);
    if (st == ACRM_OK)
        st = acrm__walk_take(call, &walk, t, "transition", acrm__arg_text(call, "note"));
    return st == ACRM_OK ? instance_answer(call, &walk) : st;
}

int32_t acrm__process_cancel(acrm__call *call)
{
    unsigned char id[16];
    acrm__walk walk;

    (void)acrm__arg_id(call, "id", id);
    int32_t st = acrm__walk_load(call, id, &walk);
    if (st == ACRM_OK && !acrm__is_open(walk.instance))
        st = acrm__fail(call, ACRM_E_CONFLICT, "closed", "status", "the process is over");
    if (st == ACRM_OK)
        st = acrm__walk_end(call, &walk, "cancelled", "cancelled", "cancel",
                            acrm__arg_text(call, "note"));
    return st == ACRM_OK ? instance_answer(call, &walk) : st;
}

/* --- Records that change --- */

static int32_t instance_end_when(acrm__call *call, acrm__walk *walk)
{
    const acrm_value *list = walk->chart->end_when;

    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *one = acrm_value_at(list, i);
        const acrm__scene scene = { .entity = walk->subject->entity, .record = walk->subject,
                                    .instance = walk->instance };
        bool holds;
        int32_t st = acrm__holds(call, walk->subject, acrm_value_get(one, "when"), &holds);
        if (st != ACRM_OK)
            return st;
        if (!holds)
            continue;
        st = acrm__walk_end(call, walk, "ended", acrm__get_text(one, "outcome"), "end_when", NULL);
        const acrm_value *actions = acrm_value_get(one, "actions");
        return st == ACRM_OK && actions ? acrm__actions_run(call, &scene, actions, NULL) : st;
    }
    return ACRM_OK;
}

static int32_t instance_moved(acrm__call *call, const acrm__rec *instance)
{
    acrm__walk walk;
    int32_t st = acrm__walk_load(call, acrm__id(instance, F_ID), &walk);

    if (st != ACRM_OK || !acrm__is_open(walk.instance))
        return st;
    st = instance_end_when(call, &walk);
    return st == ACRM_OK ? acrm__walk_settle(call, &walk) : st;
}

int32_t acrm__process_changed(acrm__call *call, const acrm__event *event)
{
    const acrm__term terms[] = {
        { F_process_instance__subject_id, ACRM_FILTER_EQ, acrm__cell_id(event->id) },
        { F_process_instance__status, ACRM_FILTER_EQ, acrm__cell_text("open") },
    };
    acrm__recs open = { NULL, 0 };
    bool watches = false;

    if (!event->before) /* no change of a record */
        return ACRM_OK;
    int32_t st = acrm__process_watches(call, event->entity, &watches);
    if (st == ACRM_OK && watches)
        st = acrm__find(call, &(acrm__select){ .entity = "process_instance", .terms = terms,
                                               .n_terms = 2, .as_system = true }, &open);
    for (size_t i = 0; st == ACRM_OK && i < open.count; i++)
        st = instance_moved(call, open.items[i]);
    return st;
}
