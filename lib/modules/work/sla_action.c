/* SPDX-License-Identifier: MIT */
/*
 * Steps of an escalation chain. A step that is reached becomes a row with a timer of its own: what
 * it does may fail, and is then tried again, without holding up the clocks.
 */
#include "modules/work/sla.h"

#include <string.h>

static int32_t action_due(acrm__call *call, const acrm__sla_state *state, const acrm_value *step,
                          int64_t *due)
{
    bool tells = strcmp(acrm__get_text(step, "action"), "notify") == 0;

    *due = call->now;
    if (tells && acrm_calendar_next_open(state->book->terms.calendar, call->now, due) != ACRM_OK)
        *due = call->now; /* it never opens again: late is worse than at night */
    return ACRM_OK;
}

static void action_ref(acrm__rec *rec, uint32_t field, const acrm_value *step, const char *key,
                       unsigned char id[16])
{
    const char *text = acrm__get_text(step, key);

    if (text && acrm__uuid_parse(text, strlen(text), id))
        acrm__set(rec, field, acrm__cell_id(id));
}

int32_t acrm__sla_reached(acrm__call *call, const acrm__sla_state *state,
                          const acrm_sla_clock *clock, int32_t position)
{
    const acrm_value *step = acrm__sla_step(state->book, position);
    unsigned char user[16], role[16];
    acrm_cell json;
    int64_t due = 0;

    if (!step) /* of a chain that was changed since */
        return ACRM_OK;
    acrm__rec *rec = acrm__new(call, "sla_action");
    if (!rec)
        return acrm__nomem(call);
    int32_t st = action_due(call, state, step, &due);
    if (st == ACRM_OK)
        st = acrm__work_json_cell(call, step, &json);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_sla_action__item_id, state->item->cells[F_ID]);
    acrm__set(rec, F_sla_action__clock, acrm__cell_text(acrm__sla_clock_names[clock->clock]));
    acrm__set(rec, F_sla_action__position, acrm__cell_int(position));
    acrm__set(rec, F_sla_action__action, acrm__cell_text(acrm__get_text(step, "action")));
    action_ref(rec, F_sla_action__user_id, step, "user_id", user);
    action_ref(rec, F_sla_action__role_id, step, "role_id", role);
    acrm__set(rec, F_sla_action__reached_at, acrm__cell_int(call->now));
    acrm__set(rec, F_sla_action__due_at, acrm__cell_int(due));
    acrm__set(rec, F_sla_action__step, json);
    st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__timer_set(call, "sla.act", "sla_action", acrm__id(rec, F_ID), due,
                                           NULL)
                         : st;
}

/* --- Doing it --- */

typedef struct action_run {
    const acrm__rec *action, *item;
    const acrm_value *step;
    const char *entity;
    const unsigned char *subject;
} action_run;

static int32_t action_tell(acrm__call *call, const action_run *run)
{
    acrm_value *data = acrm__value_in(call->arena);
    bool ok = data && acrm_value_set_map(data) == ACRM_OK &&
              acrm__put_text(data, "user_id", acrm__get_text(run->step, "user_id")) &&
              acrm__put_text(data, "role_id", acrm__get_text(run->step, "role_id")) &&
              acrm__put_text(data, "clock", acrm__text(run->action, F_sla_action__clock)) &&
              acrm__put_int(data, "position", acrm__int(run->action, F_sla_action__position)) &&
              acrm__put_text(data, "action_id",
                             acrm__id_text(call, acrm__id(run->action, F_ID)));

    return ok ? acrm__emit(call, "sla.notify", run->entity, run->subject, data)
              : acrm__nomem(call);
}

static acrm_value *action_arguments(acrm__call *call, const action_run *run)
{
    const acrm_value *given = acrm_value_get(run->step, "arguments");
    acrm_value *args = acrm__value_in(call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK;

    for (size_t i = 0; ok && i < acrm_value_count(given); i++)
        ok = acrm__put_value(args, acrm_value_key(given, i, NULL), acrm_value_at(given, i));
    ok = ok && acrm__put_text(args, "id", acrm__id_text(call, run->subject));
    return ok ? args : NULL;
}

/* By the entity's own operation where it has one, else by a plain update of the field. */
static int32_t action_change(acrm__call *call, const action_run *run, const char *verb,
                             const char *argument, const char *field, const char *value)
{
    acrm_value *args = action_arguments(call, run);
    const char *operation = acrm__arena_format(call->arena, "%s.%s", run->entity, verb);
    bool own = operation && acrm__operation_exists(call, operation);

    if (!own)
        operation = acrm__arena_format(call->arena, "%s.update", run->entity);
    bool ok = args && operation && acrm__put_text(args, own ? argument : field, value) &&
              (own ? acrm__put_text(args, "reason", "service level")
                   : acrm__put_bool(args, "last_write_wins", true));
    return ok ? acrm__run(call, operation, args, NULL) : acrm__nomem(call);
}

static int32_t action_reassign(acrm__call *call, const action_run *run)
{
    return action_change(call, run, "assign", "user_id",
                         acrm__entity_of(call, run->entity)->def->owner,
                         acrm__get_text(run->step, "user_id"));
}

/* The clocks move, and so does the record when it has a priority of its own. */
static int32_t action_raise(acrm__call *call, const action_run *run)
{
    const char *to = acrm__get_text(run->step, "raise_to");
    acrm__rec *item = NULL;
    int32_t st = ACRM_OK;

    if (acrm__field_of(acrm__entity_of(call, run->entity), "priority") != UINT32_MAX)
        st = action_change(call, run, "prioritise", "priority", "priority", to);
    if (st == ACRM_OK)
        st = acrm__react(call); /* the record's module may have told the clocks already */
    return st == ACRM_OK ? acrm__sla_happen(call, run->subject, ACRM_SLA_PRIORITY, to, &item)
                         : st;
}

static int32_t action_do(acrm__call *call, const action_run *run)
{
    const char *action = acrm__text(run->action, F_sla_action__action);
    const char *operation = acrm__get_text(run->step, "operation");

    if (strcmp(action, "notify") == 0)
        return action_tell(call, run);
    if (strcmp(action, "reassign") == 0)
        return action_reassign(call, run);
    if (strcmp(action, "raise_priority") == 0)
        return action_raise(call, run);
    acrm_value *args = action_arguments(call, run);
    return args ? acrm__run(call, operation, args, NULL) : acrm__nomem(call);
}

/* What was resolved before a step's turn came is not given to somebody else or raised any more; but
 * who was to be told is told. */
static bool action_is_moot(const action_run *run)
{
    return acrm__int(run->item, F_sla_item__open) == 0 &&
           strcmp(acrm__text(run->action, F_sla_action__action), "notify") != 0;
}

int32_t acrm__sla_act(acrm__call *call, const acrm__timer *timer)
{
    acrm__rec *action = NULL, *item = NULL;
    action_run run;

    int32_t st = acrm__load(call, "sla_action", timer->subject, NULL, &action);
    if (st == ACRM_OK)
        st = acrm__load(call, "sla_item", acrm__id(action, F_sla_action__item_id), NULL, &item);
    if (st != ACRM_OK)
        return st;
    run = (action_run){ .action = action, .item = item,
                        .entity = acrm__text(item, F_sla_item__entity),
                        .subject = acrm__id(item, F_sla_item__subject_id) };
    st = acrm__work_json(call, action, F_sla_action__step, &run.step);
    bool moot = action_is_moot(&run);
    if (st == ACRM_OK && !moot)
        st = action_do(call, &run);
    if (st != ACRM_OK)
        return st;
    acrm__set(action, F_sla_action__lapsed, acrm__cell_int(moot));
    acrm__set(action, F_sla_action__done_at, acrm__cell_int(call->now));
    return acrm__update(call, action);
}
