/* SPDX-License-Identifier: MIT */
/* What the points of a programme may cost the business yet, when they expire, and how many of them
 * were never spent before. */
#include "modules/loyalty/ledger_ops.h"

#include "base/civil.h"
#include "base/money.h"
#include "base/text.h"
#include "modules/loyalty/ledger_book.h"

#include <string.h>

/* By age: up to so many months. */
static const int32_t liability_ages[] = { 3, 6, 12, 24, INT32_MAX };
enum { LIABILITY_AGES = sizeof liability_ages / sizeof liability_ages[0] };

typedef struct liability {
    acrm__call *call;
    acrm__rec *program;
    int64_t rate, scale; /* cost of a point in minor units: rate / scale */
    int32_t digits;
    acrm_value *list; /* being filled */
    int64_t ages[LIABILITY_AGES];
    int32_t today;
} liability;

/* The cost of a point as a fraction of minor units, exactly. */
static bool liability_rate(liability *l)
{
    const char *cost = acrm__text(l->program, F_loyalty_program__cost_per_point);
    const char *code = acrm__text(l->program, F_loyalty_program__currency);
    const char *point = cost ? strchr(cost, '.') : NULL;
    int32_t n = point ? (int32_t)strlen(point + 1) : 0;

    l->scale = 1;
    if (!cost || !code)
        return true;
    l->digits = acrm__currency_digits(code, strlen(code));
    if (n > 18 || !acrm__parse_decimal(cost, strlen(cost), n, &l->rate))
        return false;
    for (; n > l->digits; n--)
        if (!acrm__money_mul(l->scale, 10, &l->scale))
            return false;
    for (; n < l->digits; n++)
        if (!acrm__money_mul(l->rate, 10, &l->rate))
            return false;
    return true;
}

static bool liability_put(liability *l, acrm_value *map, int64_t points)
{
    char text[32];
    int64_t cost = 0;

    if (!acrm__put_int(map, "points", points))
        return false;
    if (acrm__is_null(l->program, F_loyalty_program__cost_per_point))
        return acrm__put_null(map, "cost");
    if (!acrm__money_ratio(points, l->rate, l->scale, ACRM__ROUND_HALF_UP, &cost))
        return acrm__put_null(map, "cost");
    acrm__print_decimal(cost, l->digits, text);
    return acrm__put_text(map, "cost", text);
}

/* --- Sums over lots --- */

static int32_t liability_query(liability *l, const acrm_expression *select, uint32_t n_group,
                               acrm_row_fn row, void *user)
{
    acrm__call *call = l->call;
    static const acrm_order order = { 0, 0 };
    const acrm_cell kind = acrm__cell_text("points"), none = acrm__cell_int(0);
    const acrm_filter_node spendable = { .op = ACRM_FILTER_EQ, .values = &kind, .n_values = 1,
                                         .column = F_points_account__kind };
    const acrm_filter_node parts[] = {
        { .op = ACRM_FILTER_EQ, .column = F_points_lot__program_id, .n_values = 1,
          .values = &l->program->cells[F_ID] },
        { .op = ACRM_FILTER_GT, .column = F_points_lot__remaining, .n_values = 1,
          .values = &none },
        { .op = ACRM_FILTER_RELATED, .column = F_points_lot__account_id, .n_children = 1,
          .children = &spendable, .related = &acrm__entity_of(call, "points_account")->table,
          .related_column = F_ID },
    };
    const acrm_filter_node all = { .op = ACRM_FILTER_AND, .n_children = 3, .children = parts };
    const acrm_query query = { .struct_size = sizeof query, .where = &all, .select = select,
                               .n_select = n_group + 1, .n_group = n_group, .order = &order,
                               .n_order = n_group ? 1 : 0,
                               .table = &acrm__entity_of(call, "points_lot")->table };

    return acrm__query(call, &query, row, user);
}

static int32_t liability_month(void *user, const acrm_cell *cells, uint32_t n)
{
    liability *l = user;
    acrm_value *item = acrm__add_map(l->list);
    const char *month = cells[0].type == ACRM_CELL_INT
                            ? acrm__date_text(l->call, cells[0].integer) : NULL;

    (void)n;
    bool ok = item && acrm__put_text(item, "month", month) &&
              liability_put(l, item, cells[1].integer);
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t liability_age(void *user, const acrm_cell *cells, uint32_t n)
{
    liability *l = user;
    acrm__civil then, now;
    int32_t age, i = 0;

    (void)n;
    acrm__civil_from_day((int32_t)acrm__floor_div(cells[0].integer, ACRM__DAY_US), &then);
    acrm__civil_from_day(l->today, &now);
    age = (now.year - then.year) * 12 + now.month - then.month;
    while (age > liability_ages[i])
        i++;
    l->ages[i] += cells[1].integer;
    return ACRM_OK;
}

static int32_t liability_by_month(liability *l)
{
    static const acrm_expression by_expiry[] = {
        { .column = F_points_lot__expires_on, .bucket = ACRM_BUCKET_MONTH, .bucket_is_days = 1 },
        { .column = F_points_lot__remaining, .aggregate = ACRM_AGGREGATE_SUM },
    };
    static const acrm_expression by_age[] = {
        { .column = F_points_lot__earned_at, .bucket = ACRM_BUCKET_MONTH },
        { .column = F_points_lot__remaining, .aggregate = ACRM_AGGREGATE_SUM },
    };
    acrm__call *call = l->call;

    l->list = acrm__put_list(call->out, "by_expiry");
    int32_t st = l->list ? liability_query(l, by_expiry, 1, liability_month, l)
                         : acrm__nomem(call);
    if (st == ACRM_OK)
        st = liability_query(l, by_age, 1, liability_age, l);
    acrm_value *ages = acrm__put_list(call->out, "by_age");
    bool ok = ages != NULL;
    for (int32_t i = 0; ok && i < LIABILITY_AGES; i++) {
        acrm_value *item = acrm__add_map(ages);
        ok = item && (liability_ages[i] == INT32_MAX
                          ? acrm__put_null(item, "months")
                          : acrm__put_int(item, "months", liability_ages[i])) &&
             liability_put(l, item, l->ages[i]);
    }
    return st == ACRM_OK && !ok ? acrm__nomem(call) : st;
}

/* --- Sums over accounts --- */

enum { LIABILITY_AVAILABLE, LIABILITY_PENDING, LIABILITY_RESERVED, LIABILITY_EARNED,
       LIABILITY_SPENT, LIABILITY_EXPIRED, LIABILITY_SUMS };

static int32_t liability_take(void *user, const acrm_cell *cells, uint32_t n)
{
    int64_t *sums = user;

    for (uint32_t i = 0; i < n; i++)
        sums[i] = cells[i].type == ACRM_CELL_INT ? cells[i].integer : 0;
    return ACRM_OK;
}

static int32_t liability_accounts(liability *l, bool owing, int64_t sums[LIABILITY_SUMS])
{
    acrm_expression select[LIABILITY_SUMS];
    acrm__call *call = l->call;
    const acrm__term terms[] = {
        { F_points_account__program_id, ACRM_FILTER_EQ, l->program->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ, acrm__cell_text("points") },
        { F_points_account__available, ACRM_FILTER_LT, acrm__cell_int(0) },
    };

    memset(select, 0, sizeof select);
    for (uint32_t i = 0; i < LIABILITY_SUMS; i++)
        select[i] = (acrm_expression){ .column = F_points_account__available + i,
                                       .aggregate = ACRM_AGGREGATE_SUM };
    const acrm_query query = { .struct_size = sizeof query, .select = select,
                               .n_select = LIABILITY_SUMS,
                               .table = &acrm__entity_of(call, "points_account")->table,
                               .where = acrm__where(call, terms, owing ? 3 : 2) };
    memset(sums, 0, LIABILITY_SUMS * sizeof *sums);
    return query.where ? acrm__query(call, &query, liability_take, sums) : acrm__nomem(call);
}

static bool liability_total(liability *l, const char *name, int64_t points)
{
    acrm_value *map = acrm__put_map(l->call->out, name);

    return map && liability_put(l, map, points);
}

int32_t acrm__loyalty_liability(acrm__call *call)
{
    acrm__call system = *call;
    liability l = { .call = &system };
    int64_t sums[LIABILITY_SUMS], owed[LIABILITY_SUMS];
    int32_t st = acrm__ledger_program_named(call, &l.program);

    system.as_system = true;
    if (st == ACRM_OK && !liability_rate(&l))
        st = acrm__fail(call, ACRM_E_INVALID, "range", "cost_per_point",
                        "the cost of a point has too many digits");
    if (st == ACRM_OK)
        st = acrm__ledger_day(call, l.program, call->now, &l.today);
    if (st == ACRM_OK)
        st = liability_accounts(&l, false, sums);
    if (st == ACRM_OK)
        st = liability_accounts(&l, true, owed);
    if (st != ACRM_OK)
        return st;
    int64_t debt = -owed[LIABILITY_AVAILABLE];
    int64_t available = sums[LIABILITY_AVAILABLE] + debt;
    int64_t ended = sums[LIABILITY_SPENT] + sums[LIABILITY_EXPIRED];
    bool ok = acrm__put_text(call->out, "program",
                             acrm__text(l.program, F_loyalty_program__code)) &&
              acrm__put_text(call->out, "currency",
                             acrm__text(l.program, F_loyalty_program__currency)) &&
              liability_total(&l, "available", available) &&
              liability_total(&l, "pending", sums[LIABILITY_PENDING]) &&
              liability_total(&l, "reserved", sums[LIABILITY_RESERVED]) &&
              liability_total(&l, "outstanding", available + sums[LIABILITY_PENDING] +
                              sums[LIABILITY_RESERVED]) &&
              liability_total(&l, "owed_by_members", debt) &&
              acrm__put_int(call->out, "earned", sums[LIABILITY_EARNED]) &&
              acrm__put_int(call->out, "spent", sums[LIABILITY_SPENT]) &&
              acrm__put_int(call->out, "expired", sums[LIABILITY_EXPIRED]) &&
              (ended ? acrm__put_real(call->out, "breakage",
                                      (double)sums[LIABILITY_EXPIRED] / (double)ended)
                     : acrm__put_null(call->out, "breakage"));
    return ok ? liability_by_month(&l) : acrm__nomem(call);
}
