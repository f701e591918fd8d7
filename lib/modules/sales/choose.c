/* SPDX-License-Identifier: MIT */
/* Who should have a lead: the first rule that fits, its dealers in order, a user of the best. */
#include "modules/sales/sales.h"

#include "base/json.h"
#include "engines/filter/eval.h"

enum { CHOOSE_SHOWN_MAX = 50 }; /* candidates written down in an explanation */

/* A dealer, or a user of it, that could take the lead. */
typedef struct choose_option {
    const acrm__rec *target; /* of dealers, NULL: the customer's or the lead's own */
    const acrm__rec *holder; /* dealer or user */
    int64_t weight, assigned, open, last_at;
    const char *excluded; /* why not; NULL: it can */
    bool tried;
    int64_t deficit; /* leads it is behind its share, times the sum of weights */
} choose_option;

typedef struct choose_list {
    choose_option *items;
    size_t count;
    const char *strategy;
} choose_list;

typedef struct choose_run {
    acrm__call *call;
    const acrm__rec *lead;
    acrm__rec *customer; /* loaded when something asks for it */
    acrm__rec *rule;
    acrm__recs tried;    /* offers of this round */
    choose_list dealers;
    acrm__sales_pick *pick;
    acrm_value *shown_users;
} choose_run;

/* --- Rules --- */

static int32_t choose_customer(acrm__call *call, const acrm__rec *lead, acrm__rec **customer)
{
    return *customer ? ACRM_OK
                     : acrm__load(call, "customer", acrm__id(lead, F_lead__customer_id),
                                  "customer_id", customer);
}

typedef struct choose_relations {
    acrm__call *call;
    const acrm__rec *lead;
    acrm__rec **customer;
    acrm__filter_relations port;
} choose_relations;

static int32_t choose_any_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)cells;
    (void)n;
    *(bool *)user = true;
    return 1;
}

/* The customer is kept, since most rules ask about it; other relations are asked of the storage. */
static int32_t choose_related(void *self, const acrm_filter_node *node, const acrm_cell *value,
                              uint32_t depth, bool *truth)
{
    choose_relations *r = self;
    acrm__call *call = r->call;
    const acrm__entity *customer = acrm__entity_of(call, "customer");
    acrm_filter_node nodes[4];
    acrm_cell null = acrm__cell_null();

    if (node->related == &customer->table && node->related_column == F_ID &&
        acrm__cell_equal(value, &r->lead->cells[F_lead__customer_id])) {
        int32_t st = choose_customer(call, r->lead, r->customer);
        acrm__filter_row row = { .table = &customer->table };
        if (st != ACRM_OK)
            return st;
        row.cells = (*r->customer)->cells;
        return acrm__filter_eval(&node->children[0], &row, &r->port, depth, truth);
    }
    *truth = false;
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = 3, .children = nodes + 1 };
    nodes[1] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = node->related_column,
                                   .values = value, .n_values = 1 };
    nodes[2] = node->children[0];
    nodes[3] = (acrm_filter_node){ .op = ACRM_FILTER_TRUE };
    if (node->related->deleted_at != UINT32_MAX)
        nodes[3] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = node->related->deleted_at,
                                       .values = &null, .n_values = 1 };
    acrm_query query = { .struct_size = sizeof query, .table = node->related, .where = nodes,
                         .limit = 1 };
    return acrm__query(call, &query, choose_any_row, truth);
}

int32_t acrm__sales_rule_fits(acrm__call *call, const acrm__rec *rule, const acrm__rec *lead,
                              acrm__rec **customer, bool *fits)
{
    const acrm_cell *json = &rule->cells[F_distribution_rule__condition];
    choose_relations relations = { .call = call, .lead = lead, .customer = customer };
    acrm__filter_row row = { .table = &lead->entity->table, .cells = lead->cells };
    const acrm_filter_node *where;
    acrm_value *condition;
    acrm__json_fault fault;

    *fits = true;
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &condition, &fault);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    st = acrm__filter(call, lead->entity, condition, "condition", &where);
    if (st != ACRM_OK)
        return st;
    relations.port = (acrm__filter_relations){ .self = &relations, .any = choose_related };
    st = acrm__filter_eval(where, &row, &relations.port, 0, fits);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* A condition that does not parse is refused when the rule is written, not when a lead comes. */
int32_t acrm__sales_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *json = &rec->cells[F_distribution_rule__condition];
    const acrm_filter_node *where;
    acrm_value *condition;
    acrm__json_fault fault;

    (void)before;
    if (json->type != ACRM_CELL_TEXT || !acrm__changed(rec, F_distribution_rule__condition))
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &condition, &fault);
    if (st != ACRM_OK)
        return acrm__json_error(call->err, st, &fault);
    return acrm__filter(call, acrm__entity_of(call, "lead"), condition, "condition", &where);
}

static int32_t choose_rule(choose_run *run, bool *configured)
{
    acrm__term active = { F_distribution_rule__active, ACRM_FILTER_EQ, acrm__cell_int(1) };
    acrm__recs rules;

    int32_t st = acrm__find(run->call, &(acrm__select){
        .entity = "distribution_rule", .terms = &active, .n_terms = 1,
        .order = F_distribution_rule__position, .as_system = true }, &rules);
    if (st != ACRM_OK)
        return st;
    *configured = rules.count > 0;
    for (size_t i = 0; i < rules.count && !run->rule; i++) {
        bool fits = false;
        st = acrm__sales_rule_fits(run->call, rules.items[i], run->lead, &run->customer, &fits);
        if (st != ACRM_OK)
            return st;
        if (fits)
            run->rule = rules.items[i];
    }
    return ACRM_OK;
}

/* --- What was tried in this round --- */

static int32_t choose_tried(choose_run *run)
{
    acrm__term term = { F_lead_offer__lead_id, ACRM_FILTER_EQ, run->lead->cells[F_ID] };
    int64_t round = acrm__int(run->lead, F_lead__round);

    if (round == 0)
        return ACRM_OK;
    return acrm__find(run->call, &(acrm__select){ .entity = "lead_offer", .terms = &term,
                                                  .n_terms = 1, .order = F_ID,
                                                  .descending = true, .limit = (uint32_t)round,
                                                  .as_system = true }, &run->tried);
}

static bool choose_was_tried(const choose_run *run, uint32_t field, const unsigned char *id)
{
    for (size_t i = 0; i < run->tried.count; i++)
        if (acrm__sales_same(acrm__id(run->tried.items[i], field), id))
            return true;
    return false;
}

/* --- Order among options --- */

static bool choose_full(const acrm__rec *holder, int64_t open)
{
    uint32_t field = acrm__field_of(holder->entity, "lead_capacity");
    return !acrm__is_null(holder, field) && open >= acrm__int(holder, field);
}

static bool choose_holds(const acrm_cell *cell, const acrm_cell *id)
{
    return cell->type == ACRM_CELL_BLOB && acrm__cell_equal(cell, id);
}

/* The lead itself takes no room where it is still counted. */
static void choose_load(const acrm__rec *lead, choose_option *option, const acrm__rec *load)
{
    const acrm_cell *stored = lead->before, *id = &option->holder->cells[F_ID];
    bool here = choose_holds(&stored[F_lead__dealer_id], id) ||
                choose_holds(&stored[F_lead__owner_id], id);

    option->open = load ? acrm__int(load, F_lead_load__open) - here : 0;
    if (load && !acrm__is_null(load, F_lead_load__last_at))
        option->last_at = acrm__int(load, F_lead_load__last_at);
    if (!option->excluded && choose_full(option->holder, option->open))
        option->excluded = "capacity";
}

/* How far each option that can take the lead is behind its share of what these were given, counting
 * the one to give now. */
static void choose_deficits(choose_list *list)
{
    int64_t weights = 0, given = 1;

    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].excluded)
            continue;
        weights += list->items[i].weight;
        given += list->items[i].assigned;
    }
    for (size_t i = 0; i < list->count; i++)
        list->items[i].deficit = list->items[i].weight * given - weights * list->items[i].assigned;
}

/* Whether a comes before b. Equal ones: who has waited longest, then who was there first. */
static bool choose_before(const choose_list *list, const choose_option *a, const choose_option *b)
{
    if (a->tried != b->tried)
        return !a->tried;
    if (!list->strategy || strcmp(list->strategy, "least_loaded") == 0) {
        if (a->open != b->open)
            return a->open < b->open;
    } else if (strcmp(list->strategy, "weighted") == 0 && a->deficit != b->deficit) {
        return a->deficit > b->deficit;
    }
    if (a->last_at != b->last_at)
        return a->last_at < b->last_at;
    return memcmp(acrm__id(a->holder, F_ID), acrm__id(b->holder, F_ID), 16) < 0;
}

static choose_option *choose_best(const choose_list *list)
{
    choose_option *best = NULL;

    for (size_t i = 0; i < list->count; i++) {
        choose_option *option = &list->items[i];
        if (!option->excluded && (!best || choose_before(list, option, best)))
            best = option;
    }
    return best;
}

/* --- Users of a dealer --- */

static int32_t choose_has_skill(acrm__call *call, const acrm__rec *user, const char *skill,
                                bool *out)
{
    const acrm_cell *json = &user->cells[acrm__field_of(user->entity, "skills")];
    acrm_value *skills = NULL;
    acrm__json_fault fault;

    *out = false;
    if (json->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, json->data, json->size, &skills, &fault);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    for (size_t i = 0; i < acrm_value_count(skills) && !*out; i++) {
        const char *have = acrm_value_text(acrm_value_at(skills, i), NULL);
        *out = have && strcmp(have, skill) == 0;
    }
    return ACRM_OK;
}

static int32_t choose_user_fits(choose_run *run, choose_option *option)
{
    const char *skill = run->rule ? acrm__text(run->rule, F_distribution_rule__skill) : NULL;
    bool has = true;
    int32_t st = skill ? choose_has_skill(run->call, option->holder, skill, &has) : ACRM_OK;

    if (!has)
        option->excluded = "skill";
    else if (choose_was_tried(run, F_lead_offer__user_id, acrm__id(option->holder, F_ID)))
        option->excluded = "tried";
    return st;
}

static int32_t choose_show(acrm__call *call, const choose_list *list, const char *key,
                           acrm_value *into)
{
    for (size_t i = 0; i < list->count && i < CHOOSE_SHOWN_MAX; i++) {
        const choose_option *option = &list->items[i];
        acrm_value *item = acrm__add_map(into);
        bool ok = item &&
                  acrm__put_text(item, key, acrm__id_text(call, acrm__id(option->holder, F_ID))) &&
                  acrm__put_int(item, "open", option->open);
        if (ok && option->target)
            ok = acrm__put_int(item, "weight", option->weight) &&
                 acrm__put_int(item, "assigned", option->assigned);
        if (ok && option->tried)
            ok = acrm__put_bool(item, "tried", true);
        if (ok && option->excluded)
            ok = acrm__put_text(item, "excluded", option->excluded);
        if (!ok)
            return acrm__nomem(call);
    }
    return ACRM_OK;
}

static int32_t choose_users(choose_run *run, const acrm__rec *dealer, choose_list *list)
{
    acrm__call *call = run->call;
    const acrm__entity *user = acrm__entity_of(call, "user");
    const acrm__term terms[] = {
        { acrm__field_of(user, "dealer_id"), ACRM_FILTER_EQ, dealer->cells[F_ID] },
        { acrm__field_of(user, "takes_leads"), ACRM_FILTER_EQ, acrm__cell_int(1) },
        { acrm__field_of(user, "active"), ACRM_FILTER_EQ, acrm__cell_int(1) },
    };
    acrm__recs users, loads;

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "user", .terms = terms, .n_terms = 3,
                                                   .as_system = true }, &users);
    if (st != ACRM_OK)
        return st;
    acrm_cell *ids = acrm__arena_array(call->arena, users.count + 1, sizeof *ids);
    list->items = acrm__arena_array(call->arena, users.count + 1, sizeof *list->items);
    if (!ids || !list->items)
        return acrm__nomem(call);
    list->count = users.count;
    for (size_t i = 0; i < users.count; i++)
        ids[i] = users.items[i]->cells[F_ID];
    st = acrm__sales_loads(call, ids, (uint32_t)users.count, &loads);
    for (size_t i = 0; i < users.count && st == ACRM_OK; i++) {
        list->items[i] = (choose_option){ .holder = users.items[i], .last_at = INT64_MIN };
        st = choose_user_fits(run, &list->items[i]);
        choose_load(run->lead, &list->items[i], acrm__sales_load_of(&loads, ids[i].data));
    }
    return st;
}

/* A user of this dealer; a dealer without any user who takes leads can have it for itself, unless
 * a skill is asked for or it had its turn. */
static int32_t choose_within(choose_run *run, choose_option *dealer, bool *found)
{
    acrm__call *call = run->call;
    choose_list users = { NULL, 0, NULL };
    acrm__sales_pick *pick = run->pick;

    int32_t st = choose_users(run, dealer->holder, &users);
    if (st != ACRM_OK)
        return st;
    choose_option *best = choose_best(&users);
    bool itself = users.count == 0 && !dealer->tried &&
                  (!run->rule || acrm__is_null(run->rule, F_distribution_rule__skill));
    *found = best || itself;
    if (!*found) {
        dealer->excluded = users.count ? "no_user_free" : "no_user";
        return ACRM_OK;
    }
    pick->dealer_id = acrm__id(dealer->holder, F_ID);
    pick->user_id = best ? acrm__id(best->holder, F_ID) : NULL;
    pick->target_id = dealer->target ? acrm__id(dealer->target, F_ID) : NULL;
    run->shown_users = acrm__put_list(pick->explanation, "users");
    return run->shown_users ? choose_show(call, &users, "user_id", run->shown_users)
                            : acrm__nomem(call);
}

/* --- The customer's own people --- */

static int32_t choose_holder(choose_run *run, const char *entity, const unsigned char *id,
                             choose_option *out, bool *can)
{
    acrm__call *call = run->call;
    acrm_cell cell = acrm__cell_id(id);
    acrm__recs loads;
    acrm__term terms[] = { { F_ID, ACRM_FILTER_EQ, cell } };

    acrm__rec *holder = NULL;
    *can = false;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = terms,
                                                       .n_terms = 1, .as_system = true }, &holder);
    if (st != ACRM_OK || !holder)
        return st;
    *out = (choose_option){ .holder = holder, .last_at = INT64_MIN };
    st = acrm__sales_loads(call, &cell, 1, &loads);
    if (st != ACRM_OK)
        return st;
    choose_load(run->lead, out, acrm__sales_load_of(&loads, id));
    *can = !out->excluded && acrm__int(holder, acrm__field_of(holder->entity, "active"));
    return ACRM_OK;
}

static int32_t choose_kept(choose_run *run, bool *found)
{
    acrm__call *call = run->call;
    choose_option dealer, user;
    bool can = false;

    int32_t st = choose_customer(call, run->lead, &run->customer);
    if (st != ACRM_OK)
        return st;
    const acrm__entity *customer = run->customer->entity;
    const unsigned char *owner = acrm__id(run->customer, acrm__field_of(customer, "owner_id"));
    const unsigned char *home = acrm__id(run->customer, acrm__field_of(customer, "dealer_id"));
    if (owner && !choose_was_tried(run, F_lead_offer__user_id, owner)) {
        st = choose_holder(run, "user", owner, &user, &can);
        if (st == ACRM_OK && can) {
            home = acrm__id(user.holder, acrm__field_of(user.holder->entity, "dealer_id"));
            *run->pick = (acrm__sales_pick){ .explanation = run->pick->explanation,
                                             .user_id = owner };
        }
    }
    if (st != ACRM_OK || !home || choose_was_tried(run, F_lead_offer__dealer_id, home)) {
        run->pick->user_id = NULL;
        return st;
    }
    st = choose_holder(run, "dealer", home, &dealer, &can);
    if (st != ACRM_OK || !can) {
        run->pick->user_id = NULL;
        return st;
    }
    run->pick->dealer_id = home;
    *found = true;
    if (!run->pick->user_id)
        st = choose_within(run, &dealer, found);
    if (st == ACRM_OK && *found && !acrm__put_text(run->pick->explanation, "kept", "customer"))
        st = acrm__nomem(call);
    return st;
}

/* --- Dealers of a rule --- */

static int32_t choose_targets(choose_run *run, acrm__recs *targets, acrm__recs *dealers,
                              acrm__recs *loads)
{
    acrm__call *call = run->call;
    acrm__term term = { F_distribution_target__rule_id, ACRM_FILTER_EQ, run->rule->cells[F_ID] };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "distribution_target",
                                                   .terms = &term, .n_terms = 1,
                                                   .as_system = true }, targets);
    if (st != ACRM_OK)
        return st;
    acrm_cell *ids = acrm__arena_array(call->arena, 2 * targets->count + 1, sizeof *ids);
    if (!ids)
        return acrm__nomem(call);
    for (size_t i = 0; i < targets->count; i++) {
        ids[i] = targets->items[i]->cells[F_distribution_target__dealer_id];
        ids[targets->count + i] = targets->items[i]->cells[F_ID];
    }
    st = acrm__sales_find_in(call, "dealer", F_ID, ids, (uint32_t)targets->count, dealers);
    return st == ACRM_OK ? acrm__sales_loads(call, ids, 2 * (uint32_t)targets->count, loads) : st;
}

static const acrm__rec *choose_dealer_of(const acrm__recs *dealers, const acrm__rec *target)
{
    const unsigned char *id = acrm__id(target, F_distribution_target__dealer_id);

    for (size_t i = 0; i < dealers->count; i++)
        if (acrm__sales_same(acrm__id(dealers->items[i], F_ID), id))
            return dealers->items[i];
    return NULL;
}

static void choose_option_of(const choose_run *run, const acrm__rec *target,
                             const acrm__rec *dealer, const acrm__recs *loads, choose_option *out)
{
    const acrm__rec *share = acrm__sales_load_of(loads, acrm__id(target, F_ID));
    const unsigned char *wanted = acrm__id(run->lead, F_lead__dealer_id);

    *out = (choose_option){ .target = target, .holder = dealer, .last_at = INT64_MIN,
                            .weight = acrm__int(target, F_distribution_target__weight),
                            .assigned = share ? acrm__int(share, F_lead_load__assigned) : 0 };
    if (!acrm__int(dealer, acrm__field_of(dealer->entity, "active")))
        out->excluded = "inactive";
    else if (out->weight == 0)
        out->excluded = "weight";
    else if (wanted && !acrm__sales_same(wanted, acrm__id(dealer, F_ID)))
        out->excluded = "other_dealer";
    choose_load(run->lead, out, acrm__sales_load_of(loads, acrm__id(dealer, F_ID)));
    if (share && !acrm__is_null(share, F_lead_load__last_at))
        out->last_at = acrm__int(share, F_lead_load__last_at);
    out->tried = choose_was_tried(run, F_lead_offer__dealer_id, acrm__id(dealer, F_ID));
}

static int32_t choose_dealers(choose_run *run)
{
    acrm__recs targets, dealers = { NULL, 0 }, loads = { NULL, 0 };
    choose_list *list = &run->dealers;

    int32_t st = choose_targets(run, &targets, &dealers, &loads);
    if (st != ACRM_OK)
        return st;
    list->strategy = acrm__text(run->rule, F_distribution_rule__strategy);
    list->items = acrm__arena_array(run->call->arena, targets.count + 1, sizeof *list->items);
    if (!list->items)
        return acrm__nomem(run->call);
    for (size_t i = 0; i < targets.count; i++) {
        const acrm__rec *dealer = choose_dealer_of(&dealers, targets.items[i]);
        if (dealer)
            choose_option_of(run, targets.items[i], dealer, &loads, &list->items[list->count++]);
    }
    choose_deficits(list);
    return ACRM_OK;
}

/* The lead came with its dealer, and no target says more about that one. */
static int32_t choose_own_dealer(choose_run *run)
{
    const unsigned char *wanted = acrm__id(run->lead, F_lead__dealer_id);
    choose_list *list = &run->dealers;
    choose_option option = { NULL };
    bool can;

    if (!wanted || choose_best(list))
        return ACRM_OK;
    for (size_t i = 0; i < list->count; i++)
        if (acrm__sales_same(acrm__id(list->items[i].holder, F_ID), wanted))
            return ACRM_OK; /* it is a target, but cannot take it now */
    int32_t st = choose_holder(run, "dealer", wanted, &option, &can);
    if (st != ACRM_OK || !option.holder)
        return st;
    if (!can && !option.excluded)
        option.excluded = "inactive";
    option.tried = choose_was_tried(run, F_lead_offer__dealer_id, wanted);
    list->items[list->count++] = option; /* there is room for one more than targets */
    return ACRM_OK;
}

static int32_t choose_among(choose_run *run, bool *found)
{
    acrm__call *call = run->call;
    choose_option *best;
    int32_t st = choose_dealers(run);

    if (st == ACRM_OK)
        st = choose_own_dealer(run);
    while (st == ACRM_OK && !*found && (best = choose_best(&run->dealers)) != NULL)
        st = choose_within(run, best, found);
    acrm_value *shown = st == ACRM_OK ? acrm__put_list(run->pick->explanation, "dealers") : NULL;
    if (st == ACRM_OK)
        st = shown ? choose_show(call, &run->dealers, "dealer_id", shown) : acrm__nomem(call);
    if (st == ACRM_OK && !*found)
        run->pick->unplaced = run->dealers.count ? "no_candidate" : "no_target";
    return st;
}

int32_t acrm__sales_choose(acrm__call *call, const acrm__rec *lead, acrm__sales_pick *pick,
                           bool *configured)
{
    choose_run run = { .call = call, .lead = lead, .pick = pick };
    bool found = false;

    *pick = (acrm__sales_pick){ .explanation = acrm__value_in(call->arena) };
    if (!pick->explanation || acrm_value_set_map(pick->explanation) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = choose_rule(&run, configured);
    if (st != ACRM_OK)
        return st;
    if (!run.rule) {
        pick->unplaced = "no_rule";
        return ACRM_OK;
    }
    if (acrm__int(lead, F_lead__round) >= acrm__int(run.rule, F_distribution_rule__max_rounds)) {
        pick->unplaced = "max_rounds";
        return ACRM_OK;
    }
    bool ok = acrm__put_text(pick->explanation, "rule",
                             acrm__text(run.rule, F_distribution_rule__name)) &&
              acrm__put_text(pick->explanation, "strategy",
                             acrm__text(run.rule, F_distribution_rule__strategy)) &&
              acrm__put_int(pick->explanation, "round", acrm__int(lead, F_lead__round) + 1);
    st = ok ? choose_tried(&run) : acrm__nomem(call);
    if (st == ACRM_OK && acrm__int(run.rule, F_distribution_rule__keep_owner) &&
        !acrm__id(lead, F_lead__dealer_id))
        st = choose_kept(&run, &found);
    if (st == ACRM_OK && !found)
        st = choose_among(&run, &found);
    pick->rule = run.rule;
    return st;
}

int32_t acrm__sales_check_capacity(acrm__call *call, const acrm__rec *holder, const char *field)
{
    acrm_cell id = holder->cells[F_ID];
    acrm__recs loads;

    int32_t st = acrm__sales_loads(call, &id, 1, &loads);
    if (st != ACRM_OK)
        return st;
    const acrm__rec *load = acrm__sales_load_of(&loads, id.data);
    if (!choose_full(holder, load ? acrm__int(load, F_lead_load__open) : 0))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "capacity", field,
                      "%s has no room for another lead; force gives it all the same", field);
}
