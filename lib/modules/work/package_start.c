/* SPDX-License-Identifier: MIT */
/* A template becomes a package for one record: its tasks, who does them, the plan they are measured
 * against. */
#include "modules/work/package.h"

#include "base/civil.h"
#include "base/json.h"

/* --- Who does a task --- */

static const char *const start_open[] = { "waiting", "ready", "active", "blocked" };

static int32_t start_role(acrm__call *call, const char *name, acrm_cell *out)
{
    const acrm__entity *role = acrm__entity_of(call, "role");
    acrm__term term = { acrm__field_of(role, "name"), ACRM_FILTER_EQ, acrm__cell_text(name) };
    acrm__rec *found = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "role", .terms = &term,
                                                       .n_terms = 1, .as_system = true }, &found);
    *out = found ? found->cells[F_ID] : acrm__cell_null();
    return st;
}

/* Active users of the task's team, or else of its role, at the dealer. */
static int32_t start_users(acrm__call *call, const acrm__rec *task, const unsigned char *dealer,
                           acrm__recs *out)
{
    const acrm__entity *user = acrm__entity_of(call, "user");
    acrm__term terms[3] = { { acrm__field_of(user, "active"), ACRM_FILTER_EQ,
                              acrm__cell_int(1) } };
    size_t n = 1;
    acrm_cell role = acrm__cell_null();
    int32_t st = ACRM_OK;

    *out = (acrm__recs){ NULL, 0 };
    if (!acrm__is_null(task, F_work_package_task__team_id)) {
        terms[n++] = (acrm__term){ acrm__field_of(user, "team_id"), ACRM_FILTER_EQ,
                                   task->cells[F_work_package_task__team_id] };
    } else {
        st = start_role(call, acrm__text(task, F_work_package_task__role), &role);
        if (st != ACRM_OK || role.type == ACRM_CELL_NULL)
            return st;
        terms[n++] = (acrm__term){ acrm__field_of(user, "role_id"), ACRM_FILTER_EQ, role };
        if (dealer)
            terms[n++] = (acrm__term){ acrm__field_of(user, "dealer_id"), ACRM_FILTER_EQ,
                                       acrm__cell_id(dealer) };
    }
    return acrm__find(call, &(acrm__select){ .entity = "user", .terms = terms, .n_terms = n,
                                             .as_system = true }, out);
}

static int32_t start_load(acrm__call *call, const acrm__rec *user, int64_t *open)
{
    acrm_cell states[sizeof start_open / sizeof start_open[0]];
    acrm__term term = { F_work_package_task__owner_id, ACRM_FILTER_EQ, user->cells[F_ID] };
    acrm_filter_node in = { .op = ACRM_FILTER_IN, .column = F_work_package_task__state,
                            .values = states,
                            .n_values = (uint32_t)(sizeof states / sizeof states[0]) };

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        states[i] = acrm__cell_text(start_open[i]);
    return acrm__count(call, &(acrm__select){ .entity = "work_package_task", .terms = &term,
                                              .n_terms = 1, .where = &in, .as_system = true },
                       open);
}

static int32_t start_explain(acrm__call *call, acrm__rec *task, const acrm_value *explanation)
{
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, explanation, 0);
    const char *json = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    acrm__set(task, F_work_package_task__owner_explanation, acrm__cell_text(json));
    return json ? ACRM_OK : acrm__nomem(call);
}

/* The least loaded of some users. */
static int32_t start_least(acrm__call *call, acrm__rec *task, const acrm__recs *users,
                           acrm_value *list)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < users->count; i++) {
        int64_t open = 0;
        acrm_value *item = acrm__add_map(list);
        int32_t st = start_load(call, users->items[i], &open);
        bool ok = item && acrm__put_int(item, "open", open) &&
                  acrm__put_text(item, "user_id",
                                 acrm__id_text(call, acrm__id(users->items[i], F_ID)));
        if (st != ACRM_OK || !ok)
            return st != ACRM_OK ? st : acrm__nomem(call);
        if (open < least)
            acrm__set(task, F_work_package_task__owner_id, users->items[i]->cells[F_ID]);
        least = open < least ? open : least;
    }
    return ACRM_OK;
}

int32_t acrm__package_owner(acrm__call *call, acrm__rec *task, const acrm_cell *user,
                            const unsigned char *dealer)
{
    acrm_value *explanation = acrm__value_in(call->arena), *list = NULL;
    bool named = user && user->type != ACRM_CELL_NULL;
    bool ruled = !named && (!acrm__is_null(task, F_work_package_task__team_id) ||
                            !acrm__is_null(task, F_work_package_task__role));
    acrm__recs users = { NULL, 0 };
    int32_t st = ACRM_OK;

    if (!explanation || acrm_value_set_map(explanation) != ACRM_OK ||
        !acrm__put_text(explanation, "by", named ? "user" : "load"))
        return acrm__nomem(call);
    acrm__set(task, F_work_package_task__owner_id, named ? *user : acrm__cell_null());
    if (ruled) {
        list = acrm__put_list(explanation, "candidates");
        st = list ? start_users(call, task, dealer, &users) : acrm__nomem(call);
        if (st == ACRM_OK)
            st = start_least(call, task, &users, list);
    }
    return st == ACRM_OK ? start_explain(call, task, explanation) : st;
}

/* --- The package --- */

static acrm_cell start_cell(const acrm__rec *subject, const char *field)
{
    uint32_t n = acrm__field_of(subject->entity, field);
    return n == UINT32_MAX ? acrm__cell_null() : subject->cells[n];
}

static int32_t start_template(acrm__call *call, const acrm__rec *subject, acrm__rec **out,
                              acrm_value *explanation)
{
    const char *code = acrm__arg_text(call, "template");
    acrm__term term = { F_work_package_template__code, ACRM_FILTER_EQ, acrm__cell_text(code) };

    if (!code) {
        int32_t st = acrm__package_pick(call, subject, out, explanation);
        return st == ACRM_OK && !*out
                   ? acrm__fail(call, ACRM_E_NOTFOUND, "template", "template",
                                "no work package template fits this %s; work_package.choose tells "
                                "why", subject->entity->def->name)
                   : st;
    }
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "work_package_template",
        .terms = &term, .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", "template",
                        "there is no work_package_template with the code %.64s", code);
    return st == ACRM_OK && !acrm__put_bool(explanation, "by_hand", true) ? acrm__nomem(call) : st;
}

/* One open package of a template for a record. */
static int32_t start_once(acrm__call *call, const acrm__rec *subject, const acrm__rec *template)
{
    const acrm__term terms[] = {
        { F_work_package__subject_id, ACRM_FILTER_EQ, subject->cells[F_ID] },
        { F_work_package__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
        { F_work_package__template_id, ACRM_FILTER_EQ, template->cells[F_ID] },
    };
    acrm__rec *open = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "work_package", .terms = terms,
                                                       .n_terms = 3, .as_system = true }, &open);
    return st == ACRM_OK && open
               ? acrm__fail(call, ACRM_E_CONFLICT, "exists", "template",
                            "the package %s is at work for this record already",
                            acrm__text(template, F_work_package_template__code))
               : st;
}

static int32_t start_package(acrm__call *call, const acrm__rec *subject,
                             const acrm__rec *template, const acrm_value *explanation,
                             acrm__rec **out)
{
    acrm__rec *rec = acrm__new(call, "work_package");
    bool is_customer = strcmp(subject->entity->def->name, "customer") == 0;
    int64_t at = call->now;
    acrm__str text;

    if (!rec)
        return acrm__nomem(call);
    acrm__arg_time(call, "start_at", &at);
    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, explanation, 0);
    const char *json = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    acrm__str_free(&text);
    const struct {
        uint32_t field;
        acrm_cell value;
    } set[] = {
        { F_work_package__template_id, template->cells[F_ID] },
        { F_work_package__name, template->cells[F_work_package_template__name] },
        { F_work_package__subject_entity, acrm__cell_text(subject->entity->def->name) },
        { F_work_package__subject_id, subject->cells[F_ID] },
        { F_work_package__customer_id,
          is_customer ? subject->cells[F_ID] : start_cell(subject, "customer_id") },
        { F_work_package__dealer_id, start_cell(subject, "dealer_id") },
        { F_work_package__owner_id, start_cell(subject, "owner_id") },
        { F_work_package__calendar_id, template->cells[F_work_package_template__calendar_id] },
        { F_work_package__started_at, acrm__cell_int(at) },
        { F_work_package__choice_explanation, acrm__cell_text(json) },
    };
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(rec, set[i].field, set[i].value);
    *out = rec;
    return json ? acrm__insert(call, rec) : acrm__nomem(call);
}

static const uint32_t start_same[][2] = {
    { F_work_package_task__code, F_work_package_task_template__code },
    { F_work_package_task__name, F_work_package_task_template__name },
    { F_work_package_task__duration, F_work_package_task_template__duration },
    { F_work_package_task__depends_on, F_work_package_task_template__depends_on },
    { F_work_package_task__calendar_id, F_work_package_task_template__calendar_id },
    { F_work_package_task__role, F_work_package_task_template__role },
    { F_work_package_task__team_id, F_work_package_task_template__team_id },
    { F_work_package_task__target, F_work_package_task_template__target },
};

static int32_t start_task(acrm__call *call, const acrm__rec *package, const acrm__rec *template,
                          acrm__rec **out)
{
    acrm__rec *task = acrm__new(call, "work_package_task");

    if (!task)
        return acrm__nomem(call);
    acrm__set(task, F_work_package_task__package_id, package->cells[F_ID]);
    for (size_t i = 0; i < sizeof start_same / sizeof start_same[0]; i++)
        acrm__set(task, start_same[i][0], template->cells[start_same[i][1]]);
    int32_t st = acrm__package_owner(call, task,
                                     &template->cells[F_work_package_task_template__user_id],
                                     acrm__id(package, F_work_package__dealer_id));
    if (st == ACRM_OK)
        st = acrm__insert(call, task);
    *out = task;
    return st;
}

static int32_t start_tasks(acrm__call *call, acrm__package_state *state,
                           const acrm__package_graph *templates)
{
    int32_t st = ACRM_OK;

    state->graph = *templates;
    state->graph.tasks.items = acrm__arena_array(call->arena, templates->tasks.count + 1,
                                                 sizeof *state->graph.tasks.items);
    if (!state->graph.tasks.items)
        return acrm__nomem(call);
    for (size_t i = 0; st == ACRM_OK && i < templates->tasks.count; i++)
        st = start_task(call, state->package, templates->tasks.items[i],
                        &state->graph.tasks.items[i]);
    if (st == ACRM_OK)
        st = acrm__package_compute(call, state, ACRM_PLAN_NONE);
    if (st != ACRM_OK)
        return st;
    acrm__set(state->package, F_work_package__planned_finish, acrm__cell_int(state->finish));
    for (size_t i = 0; i < state->graph.tasks.count; i++) {
        acrm__set(state->graph.tasks.items[i], F_work_package_task__planned_start,
                  acrm__cell_int(state->times[i].earliest_start));
        acrm__set(state->graph.tasks.items[i], F_work_package_task__planned_finish,
                  acrm__cell_int(state->times[i].earliest_finish));
    }
    return acrm__package_replan(call, state);
}

int32_t acrm__package_start(acrm__call *call)
{
    acrm__call system = *call;
    acrm__package_state state = { .package = NULL };
    acrm__package_graph templates;
    acrm_value *explanation = acrm__value_in(call->arena);
    acrm__rec *subject, *template = NULL;

    system.as_system = true;
    if (!explanation || acrm_value_set_map(explanation) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__package_subject(call, &subject);
    if (st == ACRM_OK)
        st = start_template(call, subject, &template, explanation);
    if (st == ACRM_OK)
        st = start_once(call, subject, template);
    if (st == ACRM_OK)
        st = acrm__package_template_tasks(&system, acrm__id(template, F_ID), &templates);
    if (st == ACRM_OK && templates.tasks.count == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "empty", "template", "the template %s has no tasks",
                        acrm__text(template, F_work_package_template__code));
    if (st == ACRM_OK)
        st = start_package(&system, subject, template, explanation, &state.package);
    if (st == ACRM_OK)
        st = start_tasks(&system, &state, &templates);
    if (st == ACRM_OK)
        st = acrm__emit(call, "work_package.started", "work_package",
                        acrm__id(state.package, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(&system, state.package, call->out) : st;
}

static int32_t start_skip_open(acrm__call *call, acrm__rec *package)
{
    acrm__package_state state;
    int32_t st = acrm__package_load(call, package, &state);

    for (size_t i = 0; st == ACRM_OK && i < state.graph.tasks.count; i++) {
        acrm__rec *task = state.graph.tasks.items[i];
        if (acrm__package_is(task, F_work_package_task__state, "done"))
            continue;
        acrm__set(task, F_work_package_task__state, acrm__cell_text("skipped"));
        st = acrm__update(call, task);
    }
    return st;
}

int32_t acrm__package_cancel(acrm__call *call)
{
    acrm__call system = *call;
    acrm__rec *package;

    system.as_system = true;
    int32_t st = acrm__load_arg(call, "work_package", "id", &package);
    if (st == ACRM_OK && !acrm__package_is(package, F_work_package__status, "active"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the work package is %s",
                        acrm__text(package, F_work_package__status));
    if (st != ACRM_OK)
        return st;
    acrm__set(package, F_work_package__status, acrm__cell_text("cancelled"));
    acrm__set(package, F_work_package__finished_at, acrm__cell_int(call->now));
    st = acrm__update(&system, package);
    if (st == ACRM_OK)
        st = start_skip_open(&system, package);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(&system, "work_package.watch", acrm__id(package, F_ID));
    if (st == ACRM_OK)
        st = acrm__emit(call, "work_package.cancelled", "work_package", acrm__id(package, F_ID),
                        NULL);
    return st == ACRM_OK ? acrm__render(call, package, call->out) : st;
}
