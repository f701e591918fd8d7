/* SPDX-License-Identifier: MIT */
/* forecast.sales: signed contracts by month, what comes next with its bounds, and the pipeline. */
#include "modules/performance/performance.h"

#include "base/civil.h"
#include "base/money.h"
#include "engines/forecast/forecast.h"

#include <string.h>

enum { FORESEE_MONTHS = ACRM__FORECAST_LENGTH_MAX };

typedef struct foresee_run {
    acrm__call *call;
    unsigned char user[16];
    bool of_user;
    const char *model, *currency; /* currency NULL: units */
    int32_t first;                /* month of the first value: 12 * year + month - 1 */
    size_t n, horizon;
    double values[FORESEE_MONTHS];
    double weight[ACRM__FORECAST_HORIZON_MAX]; /* of the pipeline; of this month first */
    int64_t open[ACRM__FORECAST_HORIZON_MAX];
} foresee_run;

static int32_t foresee_month(int32_t day)
{
    acrm__civil date;

    acrm__civil_from_day(day, &date);
    return date.year * 12 + date.month - 1;
}

static int32_t foresee_day(int32_t month)
{
    int32_t day = 0;

    (void)acrm__civil_to_day(month / 12, month % 12 + 1, 1, &day);
    return day;
}

static int32_t foresee_contract(void *user, const acrm__contract *c)
{
    foresee_run *run = user;
    int32_t at = foresee_month(c->signed_on) - run->first;

    if (c->cancelled || at < 0 || (size_t)at >= run->n ||
        (run->of_user && !(c->has_user && memcmp(c->user, run->user, 16) == 0)) ||
        (run->model && strcmp(run->model, c->model) != 0) ||
        (run->currency && strcmp(run->currency, c->currency) != 0))
        return 0;
    run->values[at] += run->currency ? (double)c->total : 1;
    return 0;
}

/* --- The pipeline: open deals by the month they are expected to close in --- */

static int32_t foresee_deals(foresee_run *run, const unsigned char *dealer)
{
    acrm__call *call = run->call;
    const acrm__entity *deals = acrm__entity_of(call, "opportunity");
    const acrm__entity *stages = acrm__entity_of(call, "stage");
    uint32_t close = acrm__field_of(deals, "expected_close");
    uint32_t owner = acrm__field_of(deals, "owner_id");
    int32_t begin = foresee_month(acrm__today(call));
    const acrm__term terms[] = {
        { acrm__field_of(deals, "status"), ACRM_FILTER_EQ, acrm__cell_text("open") },
        { close, ACRM_FILTER_GE, acrm__cell_int(foresee_day(begin)) },
        { close, ACRM_FILTER_LT, acrm__cell_int(foresee_day(begin + (int32_t)run->horizon)) },
        { acrm__field_of(deals, "dealer_id"), ACRM_FILTER_EQ, acrm__cell_id(dealer) },
    };
    const acrm__select select = { .entity = "opportunity", .terms = terms,
                                  .n_terms = dealer ? 4 : 3 };
    acrm__recs found;
    int32_t st = acrm__find(call, &select, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++) {
        const acrm__rec *deal = found.items[i];
        const unsigned char *by = acrm__id(deal, owner);
        const char *currency = acrm__text(deal, acrm__field_of(deals, "currency"));
        uint32_t chance = acrm__field_of(deals, "probability");
        int64_t percent = acrm__int(deal, chance);
        if ((run->of_user && !(by && memcmp(by, run->user, 16) == 0)) ||
            (run->currency && !(currency && strcmp(currency, run->currency) == 0)))
            continue;
        if (acrm__is_null(deal, chance)) {
            acrm__rec *stage;
            st = acrm__load(call, "stage", acrm__id(deal, acrm__field_of(deals, "stage_id")),
                            "stage_id", &stage);
            percent = st == ACRM_OK ? acrm__int(stage, acrm__field_of(stages, "probability")) : 0;
        }
        int32_t at = foresee_month((int32_t)acrm__int(deal, close)) - begin;
        run->open[at]++;
        run->weight[at] += (double)percent / 100 *
            (run->currency ? (double)acrm__int(deal, acrm__field_of(deals, "amount")) : 1);
    }
    return st;
}

/* --- Telling --- */

/* Vehicles as they come out; money in whole minor units. */
static bool foresee_put(const foresee_run *run, acrm_value *to, const char *key, double value)
{
    return run->currency ? acrm__result_money(to, key, run->currency,
                                              (int64_t)(value < 0 ? value - 0.5 : value + 0.5))
                         : acrm__put_real(to, key, value);
}

static const char *foresee_name(acrm__call *call, int32_t month)
{
    return acrm__arena_format(call->arena, "%04d-%02d", month / 12, month % 12 + 1);
}

static bool foresee_history(const foresee_run *run, acrm_value *out)
{
    acrm_value *history = acrm__put_list(out, "history");
    bool done = history != NULL;

    for (size_t i = 0; done && i < run->n; i++) {
        acrm_value *one = acrm__add_map(history);
        done = one && acrm__put_text(one, "month",
                                     foresee_name(run->call, run->first + (int32_t)i)) &&
               foresee_put(run, one, "value", run->values[i]);
    }
    return done;
}

/* Fewer than none are not sold. */
static bool foresee_bounds(const foresee_run *run, acrm_value *to, double value, double half)
{
    double low = value - half, high = value + half;

    return foresee_put(run, to, "value", value < 0 ? 0 : value) &&
           foresee_put(run, to, "low", low < 0 ? 0 : low) &&
           foresee_put(run, to, "high", high < 0 ? 0 : high);
}

static bool foresee_tell(const foresee_run *run, const acrm__forecast_out *found, bool bounded,
                         acrm_value *out)
{
    acrm__call *call = run->call;
    int32_t next = foresee_month(acrm__today(call));
    acrm_value *months = foresee_history(run, out) ? acrm__put_list(out, "months") : NULL;
    bool done = months != NULL;

    for (size_t h = 0; done && h < run->horizon; h++) {
        acrm_value *one = acrm__add_map(months);
        done = one && acrm__put_text(one, "month", foresee_name(call, next + (int32_t)h)) &&
               (!bounded || foresee_bounds(run, one, found->values[h], found->half_width[h])) &&
               foresee_put(run, one, "pipeline", run->weight[h]) &&
               acrm__put_int(one, "open_deals", run->open[h]);
    }
    return done;
}

static int32_t foresee_method(const acrm__call *call)
{
    static const char *const names[] = { "auto", "seasonal_naive", "exponential", "holt_winters" };
    const char *name = acrm__arg_text(call, "method");
    int32_t m = 0;

    while (m < ACRM__FORECAST_METHODS - 1 && strcmp(names[m], name) != 0)
        m++;
    return m;
}

int32_t acrm__forecast_sales(acrm__call *call)
{
    static const char *const methods[] = { NULL, "seasonal_naive", "exponential", "holt_winters" };
    unsigned char dealer_id[16];
    const unsigned char *dealer = acrm__arg_id(call, "dealer_id", dealer_id) ? dealer_id : NULL;
    foresee_run *run = acrm__arena_zero(call->arena, sizeof *run);
    acrm__forecast_out found = { .method = 0 };

    if (!run)
        return acrm__nomem(call);
    run->call = call;
    run->of_user = acrm__arg_id(call, "user_id", run->user);
    run->model = acrm__arg_text(call, "model");
    run->n = (size_t)acrm__arg_int(call, "history", 36);
    run->horizon = (size_t)acrm__arg_int(call, "horizon", 3);
    run->first = foresee_month(acrm__today(call)) - (int32_t)run->n;
    if (strcmp(acrm__arg_text(call, "measure"), "revenue") == 0 &&
        !(run->currency = acrm__arg_text(call, "currency")))
        return acrm__fail(call, ACRM_E_INVALID, "required", "currency",
                          "a forecast of revenue is in one currency");
    int32_t st = acrm__contracts(call, foresee_day(run->first),
                                 foresee_day(run->first + (int32_t)run->n) - 1, dealer, false,
                                 foresee_contract, run);
    if (st == ACRM_OK)
        st = foresee_deals(run, dealer);
    if (st != ACRM_OK)
        return st;
    size_t skip = 0; /* before the first contract there was no business to forecast */
    while (skip < run->n && run->values[skip] <= 0)
        skip++;
    memmove(run->values, run->values + skip, (run->n - skip) * sizeof *run->values);
    run->n -= skip;
    run->first += (int32_t)skip;
    bool bounded = acrm__forecast(foresee_method(call), run->values, run->n,
                                  (size_t)acrm__arg_int(call, "season", 12), run->horizon,
                                  (int32_t)acrm__arg_int(call, "level", 80), &found);
    acrm_value *out = call->out;
    bool done = acrm__put_text(out, "method", methods[found.method]) &&
                acrm__put_int(out, "level", acrm__arg_int(call, "level", 80)) &&
                acrm__put_text(out, "currency", run->currency) &&
                acrm__put_int(out, "origins", found.origins) &&
                acrm__put_bool(out, "short_of_history", !bounded || found.short_of) &&
                (bounded ? foresee_put(run, out, "mean_error", found.mae)
                         : acrm__put_null(out, "mean_error")) &&
                foresee_tell(run, &found, bounded, out);
    return done ? ACRM_OK : acrm__nomem(call);
}
