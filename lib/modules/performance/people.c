/* SPDX-License-Identifier: MIT */
/* report.performance: volume, share, conversion and response time of dealers, teams, people. */
#include "modules/performance/performance.h"

#include "base/civil.h"

#include <stdlib.h>
#include <string.h>

typedef struct people_row {
    unsigned char id[16];
    bool none; /* records of nobody */
    int64_t leads, won, not_reached, contracts, cancelled;
    acrm__purse revenue, margin;
    int64_t *waited; /* one for each lead that was reached */
    size_t n, cap;
    int64_t rank, quartile;
} people_row;

typedef struct people_run {
    acrm__call *call;
    const char *entity; /* dealer, team or user */
    people_row **rows;
    size_t n, cap;
    uint32_t *slots; /* row + 1, by id; a power of two, at most half full */
    size_t n_slots;
    people_row total;
} people_run;

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

static bool people_wait(acrm__call *call, people_row *row, const acrm__lead_result *l)
{
    row->leads++;
    row->won += l->won;
    if (!l->reached) {
        row->not_reached++;
        return true;
    }
    if (row->n == row->cap) {
        size_t cap = row->cap ? row->cap * 2 : 16;
        int64_t *waited = acrm__arena_array(call->arena, cap, sizeof *waited);
        if (!waited)
            return false;
        if (row->n)
            memcpy(waited, row->waited, row->n * sizeof *waited);
        row->waited = waited;
        row->cap = cap;
    }
    row->waited[row->n++] = l->waited;
    return true;
}

static int32_t people_lead(void *user, const acrm__lead_result *l)
{
    people_run *run = user;
    people_row *row = strcmp(run->entity, "dealer") == 0 ? people_of(run, l->dealer, l->has_dealer)
                    : strcmp(run->entity, "team") == 0   ? people_of(run, l->team, l->has_team)
                                                         : people_of(run, l->user, l->has_user);

    return row && people_wait(run->call, row, l) && people_wait(run->call, &run->total, l)
               ? 0 : ACRM_E_NOMEM;
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

static bool people_rate(acrm_value *map, const char *key, int64_t part, int64_t whole)
{
    return whole > 0 ? acrm__put_real(map, key, (double)part / (double)whole)
                     : acrm__put_null(map, key);
}

/* Nearest rank. */
static bool people_minutes(acrm_value *map, const char *key, const people_row *row, size_t percent)
{
    return row->n ? acrm__put_int(map, key, row->waited[(row->n * percent + 99) / 100 - 1] /
                                                (60 * INT64_C(1000000)))
                  : acrm__put_null(map, key);
}

static bool people_put(const people_run *run, acrm_value *to, people_row *row)
{
    acrm_value *average = acrm__put_map(to, "average");

    if (row->n)
        qsort(row->waited, row->n, sizeof *row->waited, people_number_order);
    /* The average of amounts in whole minor units, rounded towards zero. */
    bool done = average != NULL;
    for (size_t i = 0; done && i < row->revenue.n; i++)
        done = acrm__result_money(average, row->revenue.items[i].currency,
                                  row->revenue.items[i].currency,
                                  row->revenue.items[i].amount / row->contracts);
    return done && acrm__put_int(to, "leads", row->leads) &&
           acrm__put_int(to, "contracts", row->contracts) &&
           acrm__put_int(to, "cancelled", row->cancelled) &&
           people_rate(to, "share", row->contracts, run->total.contracts) &&
           acrm__purse_put(to, "revenue", &row->revenue) &&
           acrm__purse_put(to, "margin", &row->margin) &&
           people_rate(to, "conversion_cohort", row->won, row->leads) &&
           people_rate(to, "conversion_period", row->contracts, row->leads) &&
           people_minutes(to, "response_p50_minutes", row, 50) &&
           people_minutes(to, "response_p90_minutes", row, 90) &&
           acrm__put_int(to, "not_reached", row->not_reached);
}

static int32_t people_tell(const people_run *run, acrm_value *to, people_row *row)
{
    const char *name = NULL;
    int32_t st = row->none ? ACRM_OK : acrm__result_name(run->call, run->entity, row->id, &name);

    if (st != ACRM_OK)
        return st;
    return acrm__put_text(to, "id", row->none ? NULL : acrm__id_text(run->call, row->id)) &&
                   acrm__put_text(to, "name", name) && people_put(run, to, row) &&
                   acrm__put_int(to, "rank", row->rank) &&
                   acrm__put_int(to, "quartile", row->quartile)
               ? ACRM_OK : acrm__nomem(run->call);
}

int32_t acrm__report_performance(acrm__call *call)
{
    people_run run = { .call = call, .entity = acrm__arg_text(call, "group") };
    unsigned char dealer_id[16];
    const unsigned char *dealer = acrm__arg_id(call, "dealer_id", dealer_id) ? dealer_id : NULL;
    int32_t from, to, st = acrm__result_days(call, &from, &to);

    if (st == ACRM_OK)
        st = acrm__contracts(call, from, to, dealer, false, people_contract, &run);
    if (st == ACRM_OK)
        st = acrm__lead_results(call, from, to, dealer, people_lead, &run);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    people_rank(&run);
    acrm_value *rows = acrm__put_list(call->out, "rows");
    for (size_t i = 0; st == ACRM_OK && i < run.n; i++) {
        acrm_value *row = rows ? acrm__add_map(rows) : NULL;
        st = row ? people_tell(&run, row, run.rows[i]) : acrm__nomem(call);
    }
    if (st != ACRM_OK)
        return st;
    acrm_value *total = acrm__put_map(call->out, "total");
    return total && people_put(&run, total, &run.total) &&
                   acrm__put_text(call->out, "from_date", acrm__date_text(call, from)) &&
                   acrm__put_text(call->out, "to_date", acrm__date_text(call, to))
               ? ACRM_OK : acrm__nomem(call);
}
