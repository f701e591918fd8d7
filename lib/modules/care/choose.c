/* SPDX-License-Identifier: MIT */
/* Who should have a case: the first rule that fits, its queue or team, the user it picks. */
#include "modules/care/care.h"

enum { CHOOSE_SHOWN_MAX = 50 }; /* candidates written down in an explanation */

typedef struct choose_option {
    const acrm__rec *user;
    int64_t open, last_at;
    const char *excluded; /* why not; NULL: can have it */
} choose_option;

typedef struct choose_run {
    acrm__call *call;
    acrm__rec *rec;
    const char *pick, *skill; /* NULL: none */
    int64_t capacity;         /* 0: no limit */
    choose_option *items;
    size_t count;
    acrm_value *explanation;
} choose_run;

/* --- Rules --- */

/* A condition that does not read is refused when the rule is written, not when a case comes. */
int32_t acrm__care_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_filter_node *where;
    bool any = !acrm__is_null(rec, F_case_assignment_rule__queue_id) ||
               !acrm__is_null(rec, F_case_assignment_rule__team_id) ||
               !acrm__is_null(rec, F_case_assignment_rule__user_id);

    (void)before;
    if (!any)
        return acrm__fail(call, ACRM_E_INVALID, "required", "queue_id",
                          "a rule needs a queue, a team or a user to give cases to");
    return acrm__care_condition(call, &rec->cells[F_case_assignment_rule__condition], &where);
}

static int32_t choose_rule(choose_run *run, const acrm__rec **out)
{
    acrm__term active = { F_case_assignment_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs rules;

    *out = NULL;
    int32_t st = acrm__find(run->call, &(acrm__select){ .entity = "case_assignment_rule",
        .terms = &active, .n_terms = 1, .order = F_case_assignment_rule__position,
        .as_system = true }, &rules);
    for (size_t i = 0; st == ACRM_OK && i < rules.count && !*out; i++) {
        const acrm_filter_node *where;
        bool fits = false;
        st = acrm__care_condition(run->call,
                                  &rules.items[i]->cells[F_case_assignment_rule__condition],
                                  &where);
        if (st == ACRM_OK)
            st = acrm__care_fits(run->call, where, run->rec, &fits);
        if (fits)
            *out = rules.items[i];
    }
    return st;
}

/* --- Users of a team and what they have already --- */

static const char *const choose_open[] = { "new", "open", "waiting", "reopened" };

static int32_t choose_load_row(void *user, const acrm_cell *cells, uint32_t n)
{
    choose_run *run = user;

    (void)n;
    for (size_t i = 0; i < run->count; i++)
        if (acrm__cell_equal(&run->items[i].user->cells[F_ID], &cells[0]))
            run->items[i].open = cells[1].integer;
    return 0;
}

static int32_t choose_loads(choose_run *run)
{
    acrm_cell open[sizeof choose_open / sizeof choose_open[0]], null = acrm__cell_null();
    acrm_cell *ids = acrm__arena_array(run->call->arena, run->count + 1, sizeof *ids);
    acrm_expression select[2] = { { .column = F_case__owner_id },
                                  { .aggregate = ACRM_AGGREGATE_COUNT } };
    acrm_order order = { 0, 0 };

    if (!ids)
        return acrm__nomem(run->call);
    if (run->count == 0)
        return ACRM_OK;
    for (size_t i = 0; i < run->count; i++)
        ids[i] = run->items[i].user->cells[F_ID];
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        open[i] = acrm__cell_text(choose_open[i]);
    const acrm_filter_node terms[] = {
        { .op = ACRM_FILTER_IN, .column = F_case__owner_id, .values = ids,
          .n_values = (uint32_t)run->count },
        { .op = ACRM_FILTER_IN, .column = F_case__status, .values = open,
          .n_values = (uint32_t)(sizeof open / sizeof open[0]) },
        { .op = ACRM_FILTER_EQ, .column = F_DELETED_AT, .values = &null, .n_values = 1 },
    };
    const acrm_filter_node all = { .op = ACRM_FILTER_AND, .n_children = 3, .children = terms };
    acrm_query query = { .struct_size = sizeof query, .where = &all, .select = select,
                         .table = &acrm__entity_of(run->call, "case")->table, .n_select = 2,
                         .n_group = 1, .order = &order, .n_order = 1 };
    return acrm__query(run->call, &query, choose_load_row, run);
}

static int32_t choose_last(choose_run *run, choose_option *option)
{
    acrm__term term = { F_case__owner_id, ACRM_FILTER_EQ, option->user->cells[F_ID] };
    acrm__rec *last = NULL;

    int32_t st = acrm__find_one(run->call, &(acrm__select){ .entity = "case", .terms = &term,
        .n_terms = 1, .order = F_case__assigned_at, .descending = true, .as_system = true },
        &last);
    if (st == ACRM_OK && last)
        option->last_at = acrm__int(last, F_case__assigned_at);
    return st;
}

static int32_t choose_has_skill(choose_run *run, const acrm__rec *user, bool *out)
{
    acrm_value *skills;
    int32_t st = acrm__care_read(run->call,
                                 &user->cells[acrm__field_of(user->entity, "skills")], &skills);

    *out = !run->skill;
    for (size_t i = 0; st == ACRM_OK && run->skill && i < acrm_value_count(skills); i++) {
        const char *have = acrm_value_text(acrm_value_at(skills, i), NULL);
        *out = *out || (have && strcmp(have, run->skill) == 0);
    }
    return st;
}

static int32_t choose_users(choose_run *run, const acrm_cell *team)
{
    const acrm__entity *user = acrm__entity_of(run->call, "user");
    const acrm__term terms[] = {
        { acrm__field_of(user, "team_id"), ACRM_FILTER_EQ, *team },
        { acrm__field_of(user, "active"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs users;

    int32_t st = acrm__find(run->call, &(acrm__select){ .entity = "user", .terms = terms,
                                                        .n_terms = 2, .as_system = true },
                            &users);
    if (st != ACRM_OK)
        return st;
    run->items = acrm__arena_array(run->call->arena, users.count + 1, sizeof *run->items);
    if (!run->items)
        return acrm__nomem(run->call);
    run->count = users.count;
    for (size_t i = 0; i < users.count; i++)
        run->items[i] = (choose_option){ .user = users.items[i] };
    st = choose_loads(run);
    for (size_t i = 0; st == ACRM_OK && i < run->count; i++) {
        choose_option *option = &run->items[i];
        bool has = true;
        st = choose_has_skill(run, option->user, &has);
        if (st == ACRM_OK && strcmp(run->pick, "round_robin") == 0)
            st = choose_last(run, option);
        option->excluded = !has ? "skill"
                           : run->capacity > 0 && option->open >= run->capacity ? "capacity"
                                                                                : NULL;
    }
    return st;
}

/* --- The best of them --- */

static bool choose_before(const choose_run *run, const choose_option *a, const choose_option *b)
{
    bool turns = strcmp(run->pick, "round_robin") == 0;
    int64_t x = turns ? a->last_at : a->open, y = turns ? b->last_at : b->open;

    if (x != y)
        return x < y;
    return memcmp(acrm__id(a->user, F_ID), acrm__id(b->user, F_ID), 16) < 0;
}

static const choose_option *choose_best(const choose_run *run)
{
    const choose_option *best = NULL;

    for (size_t i = 0; i < run->count; i++)
        if (!run->items[i].excluded && (!best || choose_before(run, &run->items[i], best)))
            best = &run->items[i];
    return best;
}

static int32_t choose_show(choose_run *run)
{
    acrm_value *list = acrm__put_list(run->explanation, "candidates");
    bool ok = list && acrm__put_text(run->explanation, "pick", run->pick);

    for (size_t i = 0; ok && i < run->count && i < CHOOSE_SHOWN_MAX; i++) {
        const choose_option *option = &run->items[i];
        acrm_value *item = acrm__add_map(list);
        ok = item &&
             acrm__put_text(item, "user_id",
                            acrm__id_text(run->call, acrm__id(option->user, F_ID))) &&
             acrm__put_int(item, "open", option->open) &&
             (!option->excluded || acrm__put_text(item, "excluded", option->excluded));
    }
    return ok ? ACRM_OK : acrm__nomem(run->call);
}

static int32_t choose_from_team(choose_run *run, const acrm_cell *team, acrm_cell *user)
{
    int32_t st = choose_users(run, team);

    if (st == ACRM_OK)
        st = choose_show(run);
    const choose_option *best = st == ACRM_OK ? choose_best(run) : NULL;
    if (best)
        *user = best->user->cells[F_ID];
    return st;
}

static int32_t choose_from_queue(choose_run *run, const acrm__rec *queue, acrm_cell *user)
{
    const char *code = acrm__text(queue, F_case_queue__code);

    acrm__set(run->rec, F_case__queue_id, queue->cells[F_ID]);
    if (!acrm__put_text(run->explanation, "queue", code))
        return acrm__nomem(run->call);
    run->pick = acrm__text(queue, F_case_queue__pick);
    run->capacity = acrm__int(queue, F_case_queue__capacity);
    if (!run->pick || strcmp(run->pick, "none") == 0 ||
        acrm__is_null(queue, F_case_queue__team_id))
        return ACRM_OK;
    return choose_from_team(run, &queue->cells[F_case_queue__team_id], user);
}

/* --- Writing it down --- */

static int32_t choose_user(choose_run *run, const acrm_cell *user)
{
    acrm__rec *rec = run->rec;
    const char *id = user->type == ACRM_CELL_BLOB ? acrm__id_text(run->call, user->data) : NULL;
    bool moved = !acrm__cell_equal(user, &rec->cells[F_case__owner_id]);

    acrm__set(rec, F_case__owner_id, *user);
    if (moved)
        acrm__set(rec, F_case__assigned_at, id ? acrm__cell_int(run->call->now)
                                               : acrm__cell_null());
    if (!acrm__put_text(run->explanation, "user_id", id))
        return acrm__nomem(run->call);
    return acrm__care_json(run->call, run->explanation,
                           &rec->cells[F_case__assignment_explanation]);
}

static int32_t choose_by_rule(choose_run *run, const acrm__rec *rule, acrm_cell *user)
{
    acrm__rec *queue, *named;
    bool ok = acrm__put_text(run->explanation, "rule_id",
                             acrm__id_text(run->call, acrm__id(rule, F_ID))) &&
              acrm__put_text(run->explanation, "rule",
                             acrm__text(rule, F_case_assignment_rule__name));

    run->skill = acrm__text(rule, F_case_assignment_rule__skill);
    int32_t st = ok ? acrm__care_follow(run->call, rule, F_case_assignment_rule__queue_id, &queue)
                    : acrm__nomem(run->call);
    if (st == ACRM_OK)
        st = acrm__care_follow(run->call, rule, F_case_assignment_rule__user_id, &named);
    if (st != ACRM_OK)
        return st;
    if (queue)
        st = choose_from_queue(run, queue, user);
    if (st == ACRM_OK && named && acrm__int(named, acrm__field_of(named->entity, "active")))
        *user = named->cells[F_ID];
    if (st != ACRM_OK || user->type != ACRM_CELL_NULL ||
        acrm__is_null(rule, F_case_assignment_rule__team_id))
        return st;
    run->pick = "least_loaded";
    return choose_from_team(run, &rule->cells[F_case_assignment_rule__team_id], user);
}

static bool choose_start(choose_run *run)
{
    run->explanation = acrm__care_map(run->call);
    return run->explanation != NULL;
}

int32_t acrm__care_place(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    choose_run run = { .call = call, .rec = rec };
    const acrm__rec *rule = NULL;
    acrm_cell user = acrm__cell_null();
    acrm__rec *queue = NULL;

    if (!choose_start(&run))
        return acrm__nomem(call);
    int32_t st = choose_rule(&run, &rule);
    if (st == ACRM_OK && rule)
        st = choose_by_rule(&run, rule, &user);
    else if (st == ACRM_OK)
        st = acrm__care_follow(call, type, F_case_type__queue_id, &queue);
    if (st == ACRM_OK && !rule && !queue && !acrm__put_text(run.explanation, "because",
            "no assignment rule fits, and the type has no queue"))
        st = acrm__nomem(call);
    if (st == ACRM_OK && queue)
        st = choose_from_queue(&run, queue, &user);
    return st == ACRM_OK ? choose_user(&run, &user) : st;
}

int32_t acrm__care_enqueue(acrm__call *call, acrm__rec *rec, const acrm__rec *queue)
{
    choose_run run = { .call = call, .rec = rec };
    acrm_cell user = acrm__cell_null();

    if (!choose_start(&run))
        return acrm__nomem(call);
    int32_t st = choose_from_queue(&run, queue, &user);
    return st == ACRM_OK ? choose_user(&run, &user) : st;
}
