/* SPDX-License-Identifier: MIT */
/* The age of the stock and how fast it turns, on a day. */
#include "base/money.h"
#include "base/text.h"
#include "kernel/inside.h"
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

/* Ages up to so many days; the last has no end. */
static const int64_t ageing_ends[] = { 30, 60, 90, 180, INT64_MAX };
enum {
    AGEING_BUCKETS = sizeof ageing_ends / sizeof ageing_ends[0],
    AGEING_KINDS = 5,
    AGEING_YEAR = 365
};
static const char *const ageing_kinds[AGEING_KINDS] = { "new", "used", "demo", "km0", "company" };

typedef struct ageing_sum {
    int64_t stock, stock_days, sold, sold_days;
} ageing_sum;

typedef struct ageing {
    int64_t on, window;
    const char *currency; /* NULL: no costs */
    int64_t n[AGEING_BUCKETS], cost[AGEING_BUCKETS];
    ageing_sum all, kinds[AGEING_KINDS];
} ageing;

static ageing_sum *ageing_of(ageing *a, const acrm_cell *kind)
{
    for (size_t i = 0; i < AGEING_KINDS; i++)
        if (kind->type == ACRM_CELL_TEXT && kind->size == strlen(ageing_kinds[i]) &&
            memcmp(kind->data, ageing_kinds[i], kind->size) == 0)
            return &a->kinds[i];
    return NULL;
}

/* kind, arrived_on, currency, vehicles, their costs */
static int32_t ageing_stock_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    ageing *a = user;
    ageing_sum *kind = ageing_of(a, &cells[0]);
    int64_t age = a->on - cells[1].integer, n = cells[3].integer;
    size_t bucket = 0;

    (void)n_cells;
    while (age > ageing_ends[bucket])
        bucket++;
    a->n[bucket] += n;
    if (a->currency && cells[2].type == ACRM_CELL_TEXT && cells[2].size == strlen(a->currency) &&
        memcmp(cells[2].data, a->currency, cells[2].size) == 0 && cells[4].type == ACRM_CELL_INT)
        a->cost[bucket] += cells[4].integer;
    for (ageing_sum *sum = &a->all; sum; sum = sum == kind ? NULL : kind) {
        sum->stock += n;
        sum->stock_days += n * age;
    }
    return 0;
}

/* kind, vehicles, their days in stock */
static int32_t ageing_sold_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    ageing *a = user;
    ageing_sum *kind = ageing_of(a, &cells[0]);

    (void)n_cells;
    for (ageing_sum *sum = &a->all; sum; sum = sum == kind ? NULL : kind) {
        sum->sold += cells[1].integer;
        sum->sold_days += cells[2].type == ACRM_CELL_INT ? cells[2].integer : 0;
    }
    return 0;
}

static int32_t ageing_read(acrm__call *call, ageing *a, const acrm__term *terms, size_t n,
                           const acrm_filter_node *more, const acrm_expression *select,
                           uint32_t n_select, uint32_t n_group, acrm_row_fn row)
{
    const acrm__entity *entity = acrm__entity_of(call, "vehicle");
    const acrm_filter_node *where = acrm__where(call, terms, n);

    where = where && more ? acrm__and(call, where, more) : where;
    if (!where)
        return acrm__nomem(call);
    int32_t st = acrm__where_visible(call, entity, where, ACRM__DELETED_WITHOUT, &where);
    const acrm_query query = { .struct_size = sizeof query, .table = &entity->table,
                               .where = where, .n_select = n_select, .select = select,
                               .n_group = n_group };
    return st == ACRM_OK ? acrm__query(call, &query, row, a) : st;
}

static size_t ageing_about(acrm__call *call, unsigned char dealer[16], acrm__term *terms)
{
    size_t n = 0;

    if (acrm__arg_id(call, "dealer_id", dealer))
        terms[n++] = (acrm__term){ F_vehicle__dealer_id, ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    if (acrm__arg_text(call, "kind"))
        terms[n++] = (acrm__term){ F_vehicle__kind, ACRM_FILTER_EQ,
                                   acrm__cell_text(acrm__arg_text(call, "kind")) };
    return n;
}

/* Not sold yet on that day: by the status it has now, or sold after it. */
static int32_t ageing_stock(acrm__call *call, ageing *a)
{
    static const acrm_expression select[] = {
        { .column = F_vehicle__kind },
        { .column = F_vehicle__arrived_on },
        { .column = F_vehicle__currency },
        { .aggregate = ACRM_AGGREGATE_COUNT },
        { .column = F_vehicle__cost, .aggregate = ACRM_AGGREGATE_SUM },
    };
    const acrm_cell free_now[] = { acrm__cell_text("in_stock"), acrm__cell_text("reserved") };
    const acrm_cell on = acrm__cell_int(a->on), in_stock = acrm__cell_text("in_stock");
    const acrm_filter_node here[] = {
        { .op = ACRM_FILTER_EQ, .column = F_vehicle__place, .values = &in_stock, .n_values = 1 },
        { .op = ACRM_FILTER_IN, .column = F_vehicle__status, .values = free_now, .n_values = 2 } };
    const acrm_filter_node either[] = {
        { .op = ACRM_FILTER_AND, .n_children = 2, .children = here },
        { .op = ACRM_FILTER_GT, .column = F_vehicle__sold_on, .values = &on, .n_values = 1 } };
    const acrm_filter_node unsold = { .op = ACRM_FILTER_OR, .n_children = 2, .children = either };
    unsigned char dealer[16];
    acrm__term terms[3];
    size_t n = ageing_about(call, dealer, terms);

    terms[n++] = (acrm__term){ F_vehicle__arrived_on, ACRM_FILTER_LE, on };
    return ageing_read(call, a, terms, n, &unsold, select, 5, 3, ageing_stock_row);
}

static int32_t ageing_sold(acrm__call *call, ageing *a)
{
    static const acrm_expression select[] = {
        { .column = F_vehicle__kind },
        { .aggregate = ACRM_AGGREGATE_COUNT },
        { .column = F_vehicle__days_to_sell, .aggregate = ACRM_AGGREGATE_SUM },
    };
    unsigned char dealer[16];
    acrm__term terms[4];
    size_t n = ageing_about(call, dealer, terms);

    terms[n++] = (acrm__term){ F_vehicle__sold_on, ACRM_FILTER_LE, acrm__cell_int(a->on) };
    terms[n++] = (acrm__term){ F_vehicle__sold_on, ACRM_FILTER_GT,
                               acrm__cell_int(a->on - a->window) };
    return ageing_read(call, a, terms, n, NULL, select, 3, 1, ageing_sold_row);
}

/* --- What it tells --- */

static bool ageing_ratio(acrm_value *map, const char *key, double part, double whole)
{
    return whole > 0 ? acrm__put_real(map, key, part / whole) : acrm__put_null(map, key);
}

static bool ageing_put(const ageing *a, acrm_value *map, const ageing_sum *sum)
{
    return acrm__put_int(map, "in_stock", sum->stock) && acrm__put_int(map, "sold", sum->sold) &&
           ageing_ratio(map, "average_age_in_stock", (double)sum->stock_days,
                        (double)sum->stock) &&
           ageing_ratio(map, "average_age_sold", (double)sum->sold_days, (double)sum->sold) &&
           ageing_ratio(map, "turn", (double)sum->sold * AGEING_YEAR,
                        (double)a->window * (double)sum->stock);
}

static bool ageing_buckets(acrm__call *call, const ageing *a, int32_t digits)
{
    acrm_value *list = acrm__put_list(call->out, "buckets");
    char text[32];
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < AGEING_BUCKETS; i++) {
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_int(item, "from_days", i ? ageing_ends[i - 1] + 1 : 0) &&
             (i + 1 < AGEING_BUCKETS ? acrm__put_int(item, "to_days", ageing_ends[i])
                                     : acrm__put_null(item, "to_days")) &&
             acrm__put_int(item, "vehicles", a->n[i]);
        if (ok && a->currency) {
            (void)acrm__print_decimal(a->cost[i], digits, text);
            ok = acrm__put_text(item, "cost", text);
        }
    }
    return ok;
}

static bool ageing_kinds_put(acrm__call *call, const ageing *a)
{
    acrm_value *list = acrm__put_list(call->out, "kinds");
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < AGEING_KINDS; i++) {
        if (!a->kinds[i].stock && !a->kinds[i].sold)
            continue;
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_text(item, "kind", ageing_kinds[i]) &&
             ageing_put(a, item, &a->kinds[i]);
    }
    return ok;
}

int32_t acrm__stock_report(acrm__call *call)
{
    ageing a = { .window = acrm__arg_int(call, "days", AGEING_YEAR),
                 .currency = acrm__arg_text(call, "currency") };
    int32_t digits = a.currency ? acrm__currency_digits(a.currency, strlen(a.currency)) : 0;

    if (digits < 0)
        return acrm__fail(call, ACRM_E_INVALID, "currency", "currency",
                          "currency is no code of ISO 4217");
    if (!acrm__arg_time(call, "on", &a.on))
        a.on = acrm__today(call);
    if (a.on > acrm__today(call))
        return acrm__fail(call, ACRM_E_INVALID, "range", "on", "on must not lie in the future");
    int32_t st = ageing_stock(call, &a);
    if (st == ACRM_OK)
        st = ageing_sold(call, &a);
    if (st != ACRM_OK)
        return st;
    /* When those sold were younger than those left, only fresh stock moves. */
    bool fresh = a.all.stock > 0 && a.all.sold > 0 &&
                 (double)a.all.sold_days / (double)a.all.sold <
                     (double)a.all.stock_days / (double)a.all.stock;
    bool ok = acrm__put_text(call->out, "formula", "stock/1") &&
              acrm__put_text(call->out, "on", acrm__date_text(call, a.on)) &&
              acrm__put_int(call->out, "days", a.window) && ageing_put(&a, call->out, &a.all) &&
              acrm__put_bool(call->out, "only_fresh_moves", fresh) &&
              ageing_buckets(call, &a, digits) && ageing_kinds_put(call, &a);
    return ok ? ACRM_OK : acrm__nomem(call);
}
