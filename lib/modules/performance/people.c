/* SPDX-License-Identifier: MIT */
/* report.performance: volume, share, conversion and response time of dealers, teams, people. */
#include "modules/performance/performance.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

typedef struct people_row {
    unsigned char id[16];
    bool none; /* records of nobody */
    int64_t leads, won, not_reached, contracts, cancelled, in_goal;
    acrm__purse revenue, margin;
    int64_t *waited, *worked; /* of each lead that was reached; worked: in open hours, seconds */
    size_t n, cap;
    int64_t rank, quartile; /* 0: too few are compared to tell */
} people_row;

/* A lead that was reached. */
typedef struct people_answer {
    people_row *row;
    unsigned char dealer[16]; /* zeros: none */
    int64_t received_at, waited, worked;
} people_answer;

typedef struct people_run {
    acrm__call *call;
    const char *entity; /* dealer, team or user */
    people_row **rows;
    size_t n, cap;
    uint32_t *slots; /* row + 1, by id; a power of two, at most half full */
    size_t n_slots;
    people_answer *answers;
    size_t n_answers, cap_answers;
    int64_t goal; /* seconds */
    int64_t whole, compared; /* contracts of all that are compared, and how many these are */
    people_row total;
} people_run;

enum { PEOPLE_FEW = 5 }; /* among fewer, who ranks where would tell whose figures are whose */

/* --- Rows by id --- */

static size_t people_slot(const people_run *run, const unsigned char id[16])
{
    uint64_t hash;

    memcpy(&hash, id + 8, sizeof hash);
    hash = (hash ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15);
    size_t slot = (size_t)(hash >> 32) & (run->n_slots - 1);
    while (run->slots[slot] && memcmp(run->rows[run->slots[slot] - 1]->id, id, 16) != 0)
        slot = (slot + 1) & (run->n_slots - 1);
    return slot;
}

static bool people_grow(people_run *run)
{
    size_t cap = run->cap ? run->cap * 2 : 64;
    people_row **rows = acrm__arena_array(run->call->arena, cap, sizeof *rows);
    uint32_t *slots = acrm__arena_array(run->call->arena, cap * 2, sizeof *slots);

    if (!rows || !slots)
        return false;
    if (run->n)
        memcpy(rows, run->rows, run->n * sizeof *rows);
    run->rows = rows;
    run->slots = slots;
    run->cap = cap;
    run->n_slots = cap * 2;
    for (size_t i = 0; i < run->n; i++)
        run->slots[people_slot(run, rows[i]->id)] = (uint32_t)i + 1;
    return true;
}

static people_row *people_of(people_run *run, const unsigned char id[16], bool has)
{
    static const unsigned char nobody[16];

    if (!has)
        id = nobody;
    if (run->n == run->cap && !people_grow(run))
        return NULL;
    size_t slot = people_slot(run, id);
    if (run->slots[slot])
        return run->rows[run->slots[slot] - 1];
    people_row *row = acrm__arena_zero(run->call->arena, sizeof *row);
    if (!row)
        return NULL;
    memcpy(row->id, id, 16);
    row->none = !has;
    run->rows[run->n++] = row;
    run->slots[slot] = (uint32_t)run->n;
    return row;
}

/* --- What happened --- */

static int32_t people_contract(void *user, const acrm__contract *c)
{
    people_run *run = user;
    people_row *row = strcmp(run->entity, "dealer") == 0 ? people_of(run, c->dealer, c->has_dealer)
                    : strcmp(run->entity, "team") == 0   ? people_of(run, c->team, c->has_team)
                                                         : people_of(run, c->user, c->has_user);

    if (!row)
        return ACRM_E_NOMEM;
    if (c->cancelled) {
        row->cancelled++;
        run->total.cancelled++;
        return 0;
    }
    row->contracts++;
    run->total.contracts++;
    int32_t st = acrm__purse_add(run->call, &row->revenue, c->currency, c->total);
    if (st == ACRM_OK)
        st = acrm__purse_add(run->call, &row->margin, c->currency, c->margin);
    if (st == ACRM_OK)
        st = acrm__purse_add(run->call, &run->total.revenue, c->currency, c->total);
    return st == ACRM_OK ? acrm__purse_add(run->call, &run->total.margin, c->currency, c->margin)
                         : st;
}

static int32_t people_lead(void *user, const acrm__lead_result *l)
{
    people_run *run = user;
    people_row *row = strcmp(run->entity, "dealer") == 0 ? people_of(run, l->dealer, l->has_dealer)
                    : strcmp(run->entity, "team") == 0   ? people_of(run, l->team, l->has_team)
                                                         : people_of(run, l->user, l->has_user);
    people_row *rows[] = { row, &run->total };

    for (size_t i = 0; row && i < 2; i++) {
        rows[i]->leads++;
        rows[i]->won += l->won;
        rows[i]->not_reached += !l->reached;
    }
    if (!row || !l->reached)
        return row ? 0 : ACRM_E_NOMEM;
    if (run->n_answers == run->cap_answers) {
        size_t cap = run->cap_answers ? run->cap_answers * 2 : 64;
        people_answer *more = acrm__arena_array(run->call->arena, cap, sizeof *more);
        if (!more)
            return ACRM_E_NOMEM;
        if (run->n_answers)
            memcpy(more, run->answers, run->n_answers * sizeof *more);
        run->answers = more;
        run->cap_answers = cap;
    }
    people_answer *answer = &run->answers[run->n_answers++];
    *answer = (people_answer){ .row = row, .received_at = l->received_at, .waited = l->waited,
                               .worked = l->waited / ACRM__SECOND_US };
    if (l->has_dealer)
        memcpy(answer->dealer, l->dealer, 16);
    return 0;
}

/* --- In open hours --- */

/* How much of the waiting the dealers were open. Leads of no dealer wait around the clock. */
static int32_t people_worked(people_run *run)
{
    acrm__call *call = run->call;
    static const unsigned char none[16];
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    bool ok = args && acrm_value_set_map(args) == ACRM_OK;
    acrm_value *spans = ok ? acrm__put_list(args, "spans") : NULL;
    acrm_value *dealers = spans ? acrm__put_list(args, "dealer_ids") : NULL;
    size_t n = 0;

    ok = dealers != NULL;
    for (size_t i = 0; ok && i < run->n_answers; i++) {
        const people_answer *answer = &run->answers[i];
        if (memcmp(answer->dealer, none, 16) == 0)
            continue;
        ok = acrm__add_text(spans, acrm__instant_text(call, answer->received_at)) &&
             acrm__add_text(spans, acrm__instant_text(call, answer->received_at +
                                                                answer->waited)) &&
             acrm__add_text(dealers, acrm__id_text(call, answer->dealer));
    }
    int32_t st = ok ? acrm__run(call, "calendar.between", args, &out) : acrm__nomem(call);
    const acrm_value *each = st == ACRM_OK ? acrm_value_get(out, "each") : NULL;
    for (size_t i = 0; st == ACRM_OK && i < run->n_answers; i++)
        if (memcmp(run->answers[i].dealer, none, 16) != 0)
            run->answers[i].worked = acrm_value_int(acrm_value_at(each, n++));
    return st;
}

static bool people_add(people_run *run, people_row *row, const people_answer *answer)
{
    if (row->n == row->cap) {
        size_t cap = row->cap ? row->cap * 2 : 16;
        int64_t *waited = acrm__arena_array(run->call->arena, cap, sizeof *waited);
        int64_t *worked = acrm__arena_array(run->call->arena, cap, sizeof *worked);
        if (!waited || !worked)
            return false;
        if (row->n) {
            memcpy(waited, row->waited, row->n * sizeof *waited);
            memcpy(worked, row->worked, row->n * sizeof *worked);
        }
        row->waited = waited;
        row->worked = worked;
        row->cap = cap;
    }
    row->in_goal += answer->worked <= run->goal;
    row->waited[row->n] = answer->waited / ACRM__SECOND_US;
    row->worked[row->n++] = answer->worked;
    return true;
}

static int32_t people_answers(people_run *run)
{
    int32_t st = people_worked(run);
    bool ok = true;

    for (size_t i = 0; st == ACRM_OK && ok && i < run->n_answers; i++)
        ok = people_add(run, run->answers[i].row, &run->answers[i]) &&
             people_add(run, &run->total, &run->answers[i]);
    return ok ? st : ACRM_E_NOMEM;
}

/* --- Comparison --- */

static int people_number_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The most contracts first; then the fewest leads they took. */
static int people_order(const void *a, const void *b)
{
    const people_row *x = *(people_row *const *)a, *y = *(people_row *const *)b;

    if (x->contracts != y->contracts)
        return x->contracts > y->contracts ? -1 : 1;
    if (x->leads != y->leads)
        return x->leads < y->leads ? -1 : 1;
    return memcmp(x->id, y->id, 16);
}

static void people_rank(people_run *run)
{
    if (run->n)
        qsort(run->rows, run->n, sizeof *run->rows, people_order);
    for (size_t i = 0; i < run->n; i++) {
        const people_row *before = i ? run->rows[i - 1] : NULL;
        run->rows[i]->rank = before && before->contracts == run->rows[i]->contracts
                                 ? before->rank : (int64_t)i + 1;
        run->rows[i]->quartile = 1 + 4 * (run->rows[i]->rank - 1) / (int64_t)run->n;
    }
}

/* Among all, also those whose rows are not shown. */
static int32_t people_among_all(people_run *run, int32_t from, int32_t to,
                                const unsigned char *dealer)
{
    people_run all = { .call = run->call, .entity = run->entity };
    int32_t st = acrm__contracts(run->call, from, to, dealer, true, people_contract, &all);

    for (size_t i = 0; st == ACRM_OK && i < run->n; i++)
        if (!people_of(&all, run->rows[i]->id, !run->rows[i]->none))
            st = ACRM_E_NOMEM;
    if (st != ACRM_OK)
        return st;
    bool few = all.n < PEOPLE_FEW;
    people_rank(&all);
    run->compared = (int64_t)all.n;
    run->whole = few ? 0 : all.total.contracts;
    for (size_t i = 0; i < run->n; i++)
        for (size_t k = 0; k < all.n; k++)
            if (memcmp(run->rows[i]->id, all.rows[k]->id, 16) == 0) {
                run->rows[i]->rank = few ? 0 : all.rows[k]->rank;
                run->rows[i]->quartile = few ? 0 : all.rows[k]->quartile;
            }
    return ACRM_OK;
}

static bool people_rate(acrm_value *map, const char *key, int64_t part, int64_t whole)
{
    return whole > 0 ? acrm__put_real(map, key, (double)part / (double)whole)
                     : acrm__put_null(map, key);
}

/* Nearest rank, by the clock and in open hours. */
static bool people_minutes(acrm_value *map, const people_row *row)
{
    const struct {
        const char *key;
        const int64_t *seconds;
        size_t percent;
    } told[] = {
        { "response_p50_minutes", row->waited, 50 },
        { "response_p90_minutes", row->waited, 90 },
        { "response_p50_working_minutes", row->worked, 50 },
        { "response_p90_working_minutes", row->worked, 90 },
    };
    bool done = true;

    if (row->n) {
        qsort(row->waited, row->n, sizeof *row->waited, people_number_order);
        qsort(row->worked, row->n, sizeof *row->worked, people_number_order);
    }
    for (size_t i = 0; done && i < sizeof told / sizeof told[0]; i++)
        done = row->n ? acrm__put_int(map, told[i].key,
                                      told[i].seconds[(row->n * told[i].percent + 99) / 100 - 1] /
                                          60)
                      : acrm__put_null(map, told[i].key);
    return done && people_rate(map, "response_in_goal", row->in_goal, row->leads);
}

static bool people_put(const people_run *run, acrm_value *to, const people_row *row)
{
    acrm_value *average = acrm__put_map(to, "average");

    /* The average of amounts in whole minor units, rounded towards zero. */
    bool done = average != NULL;
    for (size_t i = 0; done && i < row->revenue.n; i++)
        done = acrm__result_money(average, row->revenue.items[i].currency,
                                  row->revenue.items[i].currency,
                                  row->revenue.items[i].amount / row->contracts);
    return done && acrm__put_int(to, "leads", row->leads) &&
           acrm__put_int(to, "contracts", row->contracts) &&
           acrm__put_int(to, "cancelled", row->cancelled) &&
           people_rate(to, "share", row->contracts, run->whole) &&
           acrm__purse_put(to, "revenue", &row->revenue) &&
           acrm__purse_put(to, "margin", &row->margin) &&
           people_rate(to, "conversion_cohort", row->won, row->leads) &&
           people_rate(to, "conversion_period", row->contracts, row->leads) &&
           people_minutes(to, row) && acrm__put_int(to, "not_reached", row->not_reached);
}

static int32_t people_tell(const people_run *run, acrm_value *to, const people_row *row)
{
    const char *name = NULL;
    int32_t st = row->none ? ACRM_OK : acrm__result_name(run->call, run->entity, row->id, &name);

    if (st != ACRM_OK)
        return st;
    return acrm__put_text(to, "id", row->none ? NULL : acrm__id_text(run->call, row->id)) &&
                   acrm__put_text(to, "name", name) && people_put(run, to, row) &&
                   (row->rank ? acrm__put_int(to, "rank", row->rank) &&
                                    acrm__put_int(to, "quartile", row->quartile)
                              : acrm__put_null(to, "rank") && acrm__put_null(to, "quartile"))
               ? ACRM_OK : acrm__nomem(run->call);
}

int32_t acrm__report_performance(acrm__call *call)
{
    people_run run = { .call = call, .entity = acrm__arg_text(call, "group") };
    unsigned char dealer_id[16];
    const unsigned char *dealer = acrm__arg_id(call, "dealer_id", dealer_id) ? dealer_id : NULL;
    int32_t from, to, st = acrm__result_days(call, &from, &to);

    (void)acrm__arg_time(call, "goal", &run.goal);
    if (st == ACRM_OK)
        st = acrm__contracts(call, from, to, dealer, false, people_contract, &run);
    if (st == ACRM_OK)
        st = acrm__lead_results(call, from, to, dealer, people_lead, &run);
    if (st == ACRM_OK)
        st = people_answers(&run);
    people_rank(&run);
    run.compared = (int64_t)run.n;
    run.whole = run.total.contracts;
    if (st == ACRM_OK && strcmp(acrm__arg_text(call, "among"), "all") == 0)
        st = people_among_all(&run, from, to, dealer);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    acrm_value *rows = acrm__put_list(call->out, "rows");
    for (size_t i = 0; st == ACRM_OK && i < run.n; i++) {
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        st = row ? people_tell(&run, row, run.rows[i]) : acrm__nomem(call);
    }
    if (st != ACRM_OK)
        return st;
    acrm_value *total = acrm__put_map(call->out, "total");
    return total && people_put(&run, total, &run.total) &&
                   acrm__put_int(call->out, "compared", run.compared) &&
                   acrm__put_text(call->out, "formula", "performance/2") &&
                   acrm__put_text(call->out, "from_date", acrm__date_text(call, from)) &&
                   acrm__put_text(call->out, "to_date", acrm__date_text(call, to))
               ? ACRM_OK : acrm__nomem(call);
}
