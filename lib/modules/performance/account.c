/* SPDX-License-Identifier: MIT */
/* Key accounts: plans as they are written, their reviews, and how they stand. */
#include "modules/performance/performance.h"

#include "base/civil.h"
#include "base/json.h"

#include <string.h>

static const char account_timer[] = "account_plan.review";

static bool account_runs(const acrm__rec *rec)
{
    const char *status = acrm__text(rec, F_account_plan__status);

    return acrm__is_null(rec, F_DELETED_AT) && status &&
           (strcmp(status, "active") == 0 || strcmp(status, "draft") == 0);
}

/* Competitors: maps, each with a name. */
static int32_t account_competition(acrm__call *call, const acrm__rec *rec)
{
    const acrm_cell *json = &rec->cells[F_account_plan__competition];
    acrm__json_fault fault;
    acrm_value *list;

    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &list, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(call->err, st, &fault);
    bool right = acrm_value_type(list) == ACRM_LIST;
    for (size_t i = 0; right && i < acrm_value_count(list); i++)
        right = acrm_value_type(acrm_value_at(list, i)) == ACRM_MAP &&
                acrm__get_text(acrm_value_at(list, i), "name");
    return right ? ACRM_OK : acrm__fail(call, ACRM_E_INVALID, "type", "competition",
                                        "competition must be a list of maps, each with a name");
}

int32_t acrm__account_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    int64_t at = 0;

    if (acrm__is_null(rec, F_account_plan__from_date) ||
        acrm__is_null(rec, F_account_plan__to_date))
        return ACRM_OK; /* refused next, by name */
    if (acrm__int(rec, F_account_plan__to_date) < acrm__int(rec, F_account_plan__from_date))
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                          "to_date must not be before from_date");
    if (!acrm__is_null(rec, F_account_plan__market_units) &&
        acrm__int(rec, F_account_plan__expected_units) >
            acrm__int(rec, F_account_plan__market_units))
        return acrm__fail(call, ACRM_E_INVALID, "range", "expected_units",
                          "of us it cannot buy more than of anybody");
    int32_t st = account_competition(call, rec);
    if (st != ACRM_OK)
        return st;
    if (!before && acrm__is_null(rec, F_account_plan__review_due))
        acrm__set(rec, F_account_plan__review_due,
                  acrm__cell_int(acrm__today(call) +
                                 acrm__int(rec, F_account_plan__review_every) / 86400));
    if (!account_runs(rec) || acrm__is_null(rec, F_account_plan__review_due))
        return acrm__timer_cancel(call, account_timer, acrm__id(rec, F_ID));
    if (!acrm__day_start(call, (int32_t)acrm__int(rec, F_account_plan__review_due), &at))
        return acrm__fail(call, ACRM_E_INVALID, "range", "review_due", "the day is out of range");
    return acrm__timer_set(call, account_timer, "account_plan", acrm__id(rec, F_ID), at, NULL);
}

int32_t acrm__account_step_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *status = acrm__text(rec, F_account_step__status);
    bool done = status && strcmp(status, "done") == 0;

    (void)before;
    if (done && acrm__is_null(rec, F_account_step__done_on))
        acrm__set(rec, F_account_step__done_on, acrm__cell_int(acrm__today(call)));
    else if (!done)
        acrm__set(rec, F_account_step__done_on, acrm__cell_null());
    return ACRM_OK;
}

/* The review is due: the owner gets a task. */
int32_t acrm__account_due(acrm__call *call, const acrm__timer *timer)
{
    const acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    const acrm__select select = { .entity = "account_plan", .terms = &term, .n_terms = 1 };
    acrm__rec *plan, *task;
    int32_t st = acrm__find_one(call, &select, &plan);

    if (st != ACRM_OK || !plan || !account_runs(plan))
        return st;
    task = acrm__new(call, "activity");
    const char *subject = acrm__arena_format(call->arena, "Review the account plan %s",
                                             acrm__text(plan, F_account_plan__name));
    const struct {
        const char *field;
        acrm_cell value;
    } set[] = {
        { "customer_id", plan->cells[F_account_plan__customer_id] },
        { "kind", acrm__cell_text("task") },
        { "subject", acrm__cell_text(subject) },
        { "due_at", acrm__cell_int(call->now) },
        { "owner_id", plan->cells[F_account_plan__owner_id] },
        { "dealer_id", plan->cells[F_account_plan__dealer_id] },
    };
    if (!task || !subject)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(task, acrm__field_of(task->entity, set[i].field), set[i].value);
    st = acrm__insert(call, task);
    return st == ACRM_OK ? acrm__emit(call, "account_plan.review_due", "account_plan",
                                      timer->subject, NULL)
                         : st;
}

int32_t acrm__account_review(acrm__call *call)
{
    acrm__rec *plan;
    int64_t next;
    int32_t st = acrm__load_arg(call, "account_plan", "id", &plan);

    if (st != ACRM_OK)
        return st;
    if (!account_runs(plan))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the plan has ended");
    if (!acrm__arg_time(call, "next_on", &next))
        next = acrm__today(call) + acrm__int(plan, F_account_plan__review_every) / 86400;
    if (next <= acrm__today(call))
        return acrm__fail(call, ACRM_E_INVALID, "range", "next_on", "next_on must be later");
    acrm__set(plan, F_account_plan__reviewed_at, acrm__cell_int(call->now));
    acrm__set(plan, F_account_plan__review_note, acrm__cell_text(acrm__arg_text(call, "note")));
    acrm__set(plan, F_account_plan__review_due, acrm__cell_int(next));
    st = acrm__update(call, plan);
    return st == ACRM_OK ? acrm__render(call, plan, call->out) : st;
}

/* --- account_plan.view --- */

enum { ACCOUNT_GROUP_MAX = 1000 };

typedef struct account_view {
    acrm__call *call;
    unsigned char (*customers)[16]; /* the account and its subsidiaries */
    size_t n;
    int64_t units;
    acrm__purse value;
} account_view;

static bool account_has(const account_view *view, const unsigned char customer[16])
{
    for (size_t i = 0; i < view->n; i++)
        if (memcmp(view->customers[i], customer, 16) == 0)
            return true;
    return false;
}

static int32_t account_contract(void *user, const acrm__contract *c)
{
    account_view *view = user;

    if (c->cancelled || !account_has(view, c->customer))
        return 0;
    view->units++;
    return acrm__purse_add(view->call, &view->value, c->currency, c->total);
}

/* The subsidiaries of the account while the plan runs, and theirs. */
static int32_t account_group(account_view *view, const acrm__rec *plan)
{
    acrm__call *call = view->call;
    const acrm__entity *tie = acrm__entity_of(call, "relationship");
    const acrm__term kind = { acrm__field_of(acrm__entity_of(call, "relationship_type"), "code"),
                              ACRM_FILTER_EQ, acrm__cell_text("group") };
    acrm__rec *group = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "relationship_type",
        .terms = &kind, .n_terms = 1, .as_system = true }, &group);

    view->customers = acrm__arena_array(call->arena, ACCOUNT_GROUP_MAX, 16);
    if (!view->customers)
        return acrm__nomem(call);
    memcpy(view->customers[view->n++], acrm__id(plan, F_account_plan__customer_id), 16);
    for (size_t i = 0; st == ACRM_OK && group && i < view->n; i++) {
        const acrm__term terms[] = {
            { acrm__field_of(tie, "type_id"), ACRM_FILTER_EQ, group->cells[F_ID] },
            { acrm__field_of(tie, "from_id"), ACRM_FILTER_EQ, acrm__cell_id(view->customers[i]) },
        };
        acrm__recs found = { NULL, 0 };
        st = acrm__find(call, &(acrm__select){ .entity = "relationship", .terms = terms,
            .n_terms = 2, .as_system = true }, &found);
        for (size_t k = 0; st == ACRM_OK && k < found.count; k++) {
            const acrm__rec *one = found.items[k];
            const unsigned char *id = acrm__id(one, acrm__field_of(tie, "to_id"));
            uint32_t until = acrm__field_of(tie, "until");
            if (account_has(view, id) ||
                (!acrm__is_null(one, until) &&
                 acrm__int(one, until) < acrm__int(plan, F_account_plan__from_date)))
                continue;
            if (view->n == ACCOUNT_GROUP_MAX)
                return acrm__fail(call, ACRM_E_LIMIT, "limit", "id",
                                  "the account has more than %d subsidiaries", ACCOUNT_GROUP_MAX);
            memcpy(view->customers[view->n++], id, 16);
        }
    }
    return st;
}

/* The records of a plan under a key; of steps also how many are done and open. */
static int32_t account_list(acrm__call *call, const acrm__rec *plan, const char *entity,
                            const char *key, int64_t *done, int64_t *left)
{
    const acrm__entity *of = acrm__entity_of(call, entity);
    const acrm__term term = { acrm__field_of(of, "account_plan_id"), ACRM_FILTER_EQ,
                              plan->cells[F_ID] };
    const acrm__select select = { .entity = entity, .terms = &term, .n_terms = 1 };
    acrm_value *list = acrm__put_list(call->out, key);
    acrm__recs found;
    int32_t st = list ? acrm__find(call, &select, &found) : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        acrm_value *one = acrm__add_map(list);
        const char *status = done ? acrm__text(found.items[i], F_account_step__status) : NULL;
        st = one ? acrm__render(call, found.items[i], one) : acrm__nomem(call);
        if (status) {
            *done += strcmp(status, "done") == 0;
            *left += strcmp(status, "open") == 0;
        }
    }
    return st;
}

static bool account_rate(acrm_value *map, const char *key, int64_t part, int64_t whole)
{
    return whole ? acrm__put_real(map, key, (double)part / (double)whole)
                 : acrm__put_null(map, key);
}

static int32_t account_put(const account_view *view, const acrm__rec *plan, int64_t done,
                           int64_t left)
{
    acrm__call *call = view->call;
    bool overdue = account_runs(plan) && !acrm__is_null(plan, F_account_plan__review_due) &&
                   acrm__int(plan, F_account_plan__review_due) <= acrm__today(call);

    return acrm__put_int(call->out, "steps_done", done) &&
                   acrm__put_int(call->out, "steps_open", left) &&
                   acrm__put_int(call->out, "customers", (int64_t)view->n) &&
                   acrm__put_int(call->out, "units", view->units) &&
                   acrm__purse_put(call->out, "value", &view->value) &&
                   account_rate(call->out, "attained", view->units,
                                acrm__int(plan, F_account_plan__expected_units)) &&
                   account_rate(call->out, "share", view->units,
                                acrm__int(plan, F_account_plan__market_units)) &&
                   acrm__put_bool(call->out, "review_overdue", overdue)
               ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__account_view(acrm__call *call)
{
    account_view view = { .call = call };
    acrm__rec *plan;
    int64_t done = 0, left = 0;
    int32_t st = acrm__load_arg(call, "account_plan", "id", &plan);

    if (st != ACRM_OK)
        return st;
    st = account_group(&view, plan);
    if (st == ACRM_OK)
        st = acrm__contracts(call, (int32_t)acrm__int(plan, F_account_plan__from_date),
                             (int32_t)acrm__int(plan, F_account_plan__to_date), NULL, false,
                             account_contract, &view);
    acrm_value *out = st == ACRM_OK ? acrm__put_map(call->out, "plan") : NULL;
    if (st == ACRM_OK)
        st = out ? acrm__render(call, plan, out) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = account_list(call, plan, "account_member", "buying_centre", NULL, NULL);
    if (st == ACRM_OK)
        st = account_list(call, plan, "account_team", "team", NULL, NULL);
    if (st == ACRM_OK)
        st = account_list(call, plan, "account_step", "steps", &done, &left);
    return st == ACRM_OK ? account_put(&view, plan, done, left) : st;
}
