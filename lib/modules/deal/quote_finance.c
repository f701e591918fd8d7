/* SPDX-License-Identifier: MIT */
/* How a quote is paid: instalments or a lease by the finance engine, with the annual percentage
 * rate, kept with the quote as it was shown. */
#include "modules/deal/deal.h"

#include "base/civil.h"

/* What of each row of a schedule is kept. */
static const char *const finance_row[] = { "number", "due_day", "total", "interest", "principal",
                                           "closing", "fee", "insurance", "tax", "kind" };

/* What the quote itself says, and the terms may not. */
static int32_t finance_own(acrm__call *call, const acrm_value *terms)
{
    static const char *const own[] = { "currency", "price", "deposit", "cash_down", "trade_in",
                                       "trade_in_debt", "prior_debt", "explain" };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (acrm_value_get(terms, own[i]))
            return acrm__fail(call, ACRM_E_INVALID, "of_quote", "finance",
                              "finance.%s is that of the quote", own[i]);
    return ACRM_OK;
}

/* The arguments of the engine: the terms, and the amounts of the quote by their names there. */
static acrm_value *finance_args(acrm__call *call, const acrm__rec *quote, const acrm_value *terms)
{
    const char *deposit = acrm__deal_is(quote, F_quote__payment, "lease") ? "cash_down"
                                                                          : "deposit";
    const char *debt = deposit[0] == 'c' ? "prior_debt" : "trade_in_debt";
    const struct {
        const char *name;
        uint32_t field;
    } amounts[] = {
        { "currency", F_quote__currency }, { "price", F_quote__total },
        { deposit, F_quote__deposit_total }, { "trade_in", F_quote__trade_in_total },
        { debt, F_quote__debt_total },
    };
    acrm_value *args = acrm__deal_map(call);
    bool ok = args != NULL;

    for (size_t i = 0; ok && i < acrm_value_count(terms); i++) {
        const char *key = acrm_value_key(terms, i, NULL);
        ok = strcmp(key, "apr_method") == 0 ||
             acrm__put_value(args, key, acrm_value_at(terms, i));
    }
    for (size_t i = 0; ok && i < sizeof amounts / sizeof amounts[0]; i++) {
        const acrm_value *value = acrm__deal_value(call, quote, amounts[i].field);
        ok = value && acrm__put_value(args, amounts[i].name, value);
    }
    return ok ? args : NULL;
}

/* --- The annual percentage rate --- */

static bool finance_flow(acrm_value *flows, const char *kind, const acrm_value *amount,
                         const char *day)
{
    acrm_value *flow = acrm__add_map(flows);

    return flow && acrm__put_text(flow, "kind", kind) && acrm__put_value(flow, "amount", amount) &&
           acrm__put_text(flow, "day", day);
}

/* Not every set of flows has one rate; then there is none to tell. */
static int32_t finance_apr_run(acrm__call *call, void *user)
{
    struct {
        acrm__rec *quote;
        const acrm_value *args;
    } *of = user;
    acrm_value *out = NULL, *args = acrm__value_in(call->arena);
    int32_t st = args && acrm__value_copy(args, of->args)
                     ? acrm__run(call, "finance.apr", args, &out) : acrm__nomem(call);

    if (st == ACRM_OK && acrm_value_type(acrm_value_get(out, "percent")) == ACRM_TEXT)
        st = acrm__deal_put(call, of->quote, F_quote__apr, acrm_value_get(out, "percent"));
    return st;
}

static int32_t finance_apr(acrm__call *call, acrm__rec *quote, const acrm_value *plan,
                           const char *method, const acrm_value *advance, const char *start)
{
    const acrm_value *rows = acrm_value_get(plan, "rows");
    acrm_value *args = acrm__deal_map(call);
    struct {
        acrm__rec *quote;
        const acrm_value *args;
    } of = { quote, args };
    acrm_error *failure = NULL;
    bool ok = args &&
              acrm__put_value(args, "currency", acrm__deal_value(call, quote, F_quote__currency)) &&
              acrm__put_text(args, "method", method ? method : "eu_annex_i");
    acrm_value *flows = ok ? acrm__put_list(args, "flows") : NULL;

    ok = flows && finance_flow(flows, "advance", advance, start);
    for (size_t i = 0; ok && i < acrm_value_count(rows); i++) {
        const acrm_value *row = acrm_value_at(rows, i);
        const acrm_value *counted = acrm_value_get(row, "counted");
        const char *day = acrm__get_text(row, "pay_day");
        ok = finance_flow(flows, "payment", counted ? counted : acrm_value_get(row, "total"),
                          day ? day : acrm__get_text(row, "due_day"));
    }
    if (!ok)
        return acrm__nomem(call);
    int32_t st = acrm__attempt(call, finance_apr_run, &of, &failure);
    acrm_error_free(failure);
    return st;
}

/* --- The plan as it is kept --- */

static bool finance_is_zero(const acrm_value *value)
{
    const char *text = acrm_value_text(value, NULL);

    return text && text[strspn(text, "0.")] == '\0';
}

static acrm_value *finance_plan(acrm__call *call, const acrm_value *result)
{
    acrm_value *plan = acrm__deal_map(call);
    const acrm_value *rows = acrm_value_get(result, "rows");
    acrm_value *list = plan ? acrm__put_list(plan, "rows") : NULL;

    for (size_t i = 0; list && i < acrm_value_count(result); i++) {
        const char *key = acrm_value_key(result, i, NULL);
        if (strcmp(key, "rows") != 0 && strcmp(key, "explanation") != 0 &&
            !acrm__put_value(plan, key, acrm_value_at(result, i)))
            return NULL;
    }
    for (size_t i = 0; list && i < acrm_value_count(rows); i++) {
        const acrm_value *row = acrm_value_at(rows, i);
        acrm_value *kept = acrm__add_map(list);
        for (size_t k = 0; kept && k < sizeof finance_row / sizeof finance_row[0]; k++) {
            const acrm_value *value = acrm_value_get(row, finance_row[k]);
            bool extra = k >= 6 && k < 9;
            if (value && !(extra && finance_is_zero(value)) &&
                !acrm__put_value(kept, finance_row[k], value))
                return NULL;
        }
        if (!kept)
            return NULL;
    }
    return list ? plan : NULL;
}

static int32_t finance_keep(acrm__call *call, acrm__rec *quote, const acrm_value *terms,
                            const acrm_value *plan, const char *const names[4])
{
    static const uint32_t fields[] = { F_quote__financed, F_quote__instalment, F_quote__balloon,
                                       F_quote__finance_total };
    int32_t st = plan ? acrm__deal_put(call, quote, F_quote__finance_terms, terms)
                      : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__deal_put(call, quote, F_quote__finance_plan, plan);
    for (size_t i = 0; st == ACRM_OK && i < 4; i++) {
        const acrm_value *value = acrm_value_get(plan, names[i]);
        st = acrm__deal_put(call, quote, fields[i],
                            value ? value : acrm_value_get(terms, names[i]));
    }
    return st;
}

/* --- Credit and lease --- */

static int32_t finance_credit(acrm__call *call, acrm__rec *quote, const acrm_value *terms)
{
    static const char *const names[4] = { "financed", "instalment", "balloon", "total" };
    acrm_value *args = finance_args(call, quote, terms), *result = NULL;
    const char *start = acrm__get_text(terms, "start_day");

    if (!start)
        start = acrm__date_text(call, acrm__int(quote, F_quote__priced_on));
    if (!args || !start || !acrm__put_text(args, "start_day", start))
        return acrm__nomem(call);
    int32_t st = acrm__run(call, "finance.schedule", args, &result);
    if (st == ACRM_OK)
        st = finance_keep(call, quote, terms, finance_plan(call, result), names);
    if (st == ACRM_OK)
        st = acrm__deal_put(call, quote, F_quote__periods, acrm_value_get(args, "periods"));
    return st == ACRM_OK ? finance_apr(call, quote, result, acrm__get_text(terms, "apr_method"),
                                       acrm_value_get(result, "advance_counted"), start)
                         : st;
}

static bool finance_lease_row(acrm__call *call, acrm_value *rows, int32_t start, int64_t month,
                              const acrm_value *amount)
{
    acrm_value *row = acrm__add_map(rows);
    int32_t day = start;
    const char *text = acrm__civil_add_months(start, month, &day) ? acrm__date_text(call, day)
                                                                  : NULL;

    return row && text && acrm__put_int(row, "number", month + 1) &&
           acrm__put_text(row, "due_day", text) && acrm__put_value(row, "total", amount);
}

/* The payments of a lease, the first at signing, each month from there; NULL: no memory. */
static acrm_value *finance_lease_rows(acrm__call *call, acrm_value *into, int32_t start,
                                      int64_t months, const acrm_value *payment)
{
    acrm_value *rows = acrm__put_list(into, "rows");

    for (int64_t i = 0; rows && i < months; i++)
        if (!finance_lease_row(call, rows, start, i, payment))
            return NULL;
    return rows;
}

/* For its rate: what is paid without tax, and the value of the car at the end. */
static int32_t finance_lease_apr(acrm__call *call, acrm__rec *quote, const acrm_value *result,
                                 int64_t months, const char *method)
{
    int32_t start = (int32_t)acrm__int(quote, F_quote__priced_on);
    acrm_value *plan = acrm__deal_map(call);
    acrm_value *rows = plan ? finance_lease_rows(call, plan, start, months,
                                                 acrm_value_get(result, "base_payment")) : NULL;

    if (!rows || !finance_lease_row(call, rows, start, months, acrm_value_get(result, "residual")))
        return acrm__nomem(call);
    return finance_apr(call, quote, plan, method, acrm_value_get(result, "adjusted_cost"),
                       acrm__date_text(call, start));
}

static int32_t finance_lease(acrm__call *call, acrm__rec *quote, const acrm_value *terms)
{
    static const char *const names[4] = { "adjusted_cost", "payment", "residual",
                                          "payments_total" };
    acrm_value *args = finance_args(call, quote, terms), *result = NULL;
    int64_t months = acrm_value_int(acrm_value_get(terms, "months"));
    int32_t st = args ? acrm__run(call, "finance.lease", args, &result) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    acrm_value *told = acrm__value_in(call->arena);
    bool ok = told && acrm__value_copy(told, result) &&
              finance_lease_rows(call, told, (int32_t)acrm__int(quote, F_quote__priced_on),
                                 months, acrm_value_get(result, "payment"));
    st = ok ? finance_keep(call, quote, terms, finance_plan(call, told), names)
            : acrm__nomem(call);
    acrm__set(quote, F_quote__periods, acrm__cell_int(months));
    return st == ACRM_OK ? finance_lease_apr(call, quote, result, months,
                                             acrm__get_text(terms, "apr_method"))
                         : st;
}

int32_t acrm__quote_finance(acrm__call *call, acrm__rec *quote, const acrm_value *terms)
{
    bool cash = acrm__is_null(quote, F_quote__payment) ||
                acrm__deal_is(quote, F_quote__payment, "cash");

    if (cash && terms)
        return acrm__fail(call, ACRM_E_INVALID, "payment", "finance",
                          "finance goes with the payment credit or lease");
    if (cash)
        return ACRM_OK;
    if (!terms)
        return acrm__fail(call, ACRM_E_INVALID, "required", "finance",
                          "finance is required: the terms of the %s",
                          acrm__text(quote, F_quote__payment));
    int32_t st = finance_own(call, terms);
    if (st == ACRM_OK && acrm__int(quote, F_quote__due) <= 0)
        st = acrm__fail(call, ACRM_E_INVALID, "range", "finance",
                        "there is nothing left to finance");
    if (st != ACRM_OK)
        return st;
    return acrm__deal_is(quote, F_quote__payment, "lease") ? finance_lease(call, quote, terms)
                                                           : finance_credit(call, quote, terms);
}
