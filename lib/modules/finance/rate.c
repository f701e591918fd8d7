/* SPDX-License-Identifier: MIT */
/* finance.apr, finance.day_count and finance.rates. */
#include "autocrm/apr.h"
#include "base/money.h"
#include "base/text.h"
#include "modules/finance/bind.h"
#include "modules/finance/finance.h"
#include "modules/finance/members_apr.h"

typedef struct rate_flow {
    acrm_flow flow;
    acrm_flow_time time;
} rate_flow;

static const acrm__fin_member rate_flows[] = {
    FIN_FLOW(FIN_AS_MEMBER, rate_flow)
    { .field = FIN_END }
};

static int32_t rate_put_apr(acrm__fin *fin, const acrm_apr_result *result, int32_t decimals)
{
    static const acrm__fin_member members[] = {
        FIN_APR_RESULT(FIN_AS_MEMBER, acrm_apr_result)
        { .field = FIN_END }
    };
    acrm_value *out = fin->call->out, *roots;
    char text[32];
    size_t len = acrm__print_decimal(result->percent_scaled, decimals, text);
    bool ok = result->outcome == ACRM_APR_UNIQUE ? acrm__put_textn(out, "percent", text, len)
                                                 : acrm__put_null(out, "percent");
    int32_t st = ok ? acrm__fin_put(fin, members, result, out) : acrm__nomem(fin->call);

    roots = st == ACRM_OK ? acrm__put_list(out, "roots") : NULL;
    ok = roots != NULL;
    for (int32_t i = 0; ok && i < result->root_count; i++) {
        acrm_value *root = acrm__value_in(roots->arena);
        ok = root && acrm_value_set_real(root, result->roots[i]) == ACRM_OK &&
             acrm__add_value(roots, root);
    }
    return ok || st != ACRM_OK ? st : acrm__nomem(fin->call);
}

/* In major units, as people read them: what each flow is worth at the rate. */
static int32_t rate_put_present(acrm__fin *fin, const acrm_apr_options *options,
                                const acrm_apr_result *result, const rate_flow *flows, size_t n)
{
    acrm_value *rows = acrm_value_get(fin->call->out, "rows");
    double present = 0, scale = 1;
    int32_t st = ACRM_OK;

    for (int32_t i = 0; i < fin->digits; i++)
        scale *= 10;
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        st = acrm_apr_present(options, result, &flows[i].flow, &flows[i].time, &present);
        if (st == ACRM_OK &&
            !acrm__put_real(acrm_value_at(rows, i), "present_value", present / scale))
            st = acrm__nomem(fin->call);
    }
    return st;
}

int32_t acrm__finance_apr(acrm__call *call)
{
    static const acrm__fin_member members[] = {
        FIN_APR(FIN_AS_MEMBER, acrm_apr_options)
        { .field = FIN_END }
    };
    acrm_apr_options options = { .struct_size = sizeof options, .start_day = ACRM_DAY_NONE };
    acrm_apr_result result = { .struct_size = sizeof result };
    acrm_issue issue = { .row = -1 };
    acrm_flow_time *times = NULL;
    acrm_flow *flows = NULL;
    rate_flow *given = NULL;
    size_t n = 0;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, members, &options);
    if (st == ACRM_OK)
        st = acrm__fin_rows(&fin, "flows", rate_flows, sizeof *given, FIN_FLOWS_MAX, &given, &n);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, n, sizeof *flows, &flows);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, n, sizeof *times, &times);
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        const acrm_value *row = acrm_value_at(acrm__arg(call, "flows"), i);
        const char *needed = options.timing == ACRM_APR_BY_DATE ? "day" : "whole";
        if (acrm_value_type(acrm_value_get(row, needed)) == ACRM_NULL)
            st = acrm__fin_row_fault(&fin, "flows", i, needed, "given");
        flows[i] = given[i].flow;
        times[i] = given[i].time;
        if (times[i].odd_den == 0)
            times[i].odd_den = 1;
    }
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_apr(&options, flows, n, times, &result, &issue), &issue);
    if (st == ACRM_OK)
        st = rate_put_apr(&fin, &result, options.decimals);
    if (st != ACRM_OK || !acrm__arg_bool(call, "explain", false))
        return st;
    for (size_t i = 0; i < n; i++)
        given[i].time = times[i];
    st = acrm__fin_put_rows(&fin, "rows", rate_flows, sizeof *given, given, n);
    return st == ACRM_OK && result.outcome == ACRM_APR_UNIQUE
               ? rate_put_present(&fin, &options, &result, given, n) : st;
}

int32_t acrm__finance_day_count(acrm__call *call)
{
    static const acrm__fin_member members[] = {
        FIN_DAY_COUNT(FIN_AS_MEMBER, acrm_day_count_rule)
        { .field = FIN_END }
    };
    static const acrm__fin_member results[] = {
        FIN_YEAR_FRACTION(FIN_AS_MEMBER, acrm_year_fraction)
        { .field = FIN_END }
    };
    const int64_t trillion = INT64_C(1000000000000);
    int64_t start = 0, end = 0, fraction = 0;
    acrm_issue issue = { .row = -1 };
    acrm_year_fraction year;
    char text[32];
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    acrm__arg_time(call, "start", &start);
    acrm__arg_time(call, "end", &end);
    acrm_day_count_rule rule = { .struct_size = sizeof rule, .termination = ACRM_DAY_NONE,
                                 .anchor = (int32_t)start };
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, members, &rule);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_day_count(&rule, (int32_t)start, (int32_t)end, &year,
                                                   &issue), &issue);
    if (st != ACRM_OK)
        return st;
    const char *exact = acrm__arena_format(call->arena, "%lld/%lld", (long long)year.num,
                                           (long long)year.den);
    if (!exact || !acrm__put_text(call->out, "exact", exact))
        return acrm__nomem(call);
    bool fits = acrm__money_ratio(year.num, trillion, year.den, ACRM__ROUND_HALF_UP, &fraction);
    size_t len = acrm__print_decimal(fraction, 12, text);
    if (!(fits ? acrm__put_textn(call->out, "fraction", text, len)
               : acrm__put_null(call->out, "fraction")))
        return acrm__nomem(call);
    if (!acrm__put_text(call->out, "formula", acrm_day_count_formula(rule.convention)))
        return acrm__nomem(call);
    return acrm__fin_put(&fin, results, &year, call->out);
}

static const struct {
    const char *name;
    int32_t rate;
} rate_results[] = {
    { "nominal", ACRM_RATE_NOMINAL },   { "effective", ACRM_RATE_EFFECTIVE },
    { "periodic", ACRM_RATE_PERIODIC }, { "flat", ACRM_RATE_FLAT },
    { "money_factor", ACRM_RATE_MONEY_FACTOR },
};
enum { RATE_RESULTS = sizeof rate_results / sizeof rate_results[0] };

static int32_t rate_explain(acrm__call *call, int32_t from)
{
    acrm_value *list = acrm__put_list(call->out, "explanation");
    acrm_value *map = list ? acrm__add_map(list) : NULL;
    bool ok = map && acrm__put_text(map, "figure", "i") &&
              acrm__put_text(map, "formula", acrm_rate_formula(from, 1));

    for (size_t i = 0; i < RATE_RESULTS && ok; i++) {
        map = acrm__add_map(list);
        ok = map && acrm__put_text(map, "figure", rate_results[i].name) &&
             acrm__put_text(map, "formula", acrm_rate_formula(rate_results[i].rate, 0));
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__finance_rates(acrm__call *call)
{
    static const acrm__fin_member members[] = {
        FIN_RATES(FIN_AS_MEMBER, acrm_rate_terms)
        { .field = FIN_END }
    };
    static const acrm__fin_member from[] = {
        FIN_RATES_FROM(FIN_AS_MEMBER, acrm_rate_terms)
        { .field = FIN_END }
    };
    acrm_rate_terms terms = { .struct_size = sizeof terms }, source = { 0 };
    double value = acrm_value_real(acrm__arg(call, "value")), converted = 0;
    acrm_issue issue = { .row = -1 };
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, members, &terms);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, from, &source);
    for (size_t i = 0; i < RATE_RESULTS && st == ACRM_OK; i++) {
        st = acrm__fin_answer(&fin, acrm_rate_convert(&terms, source.per_year,
                                                      rate_results[i].rate, value, &converted,
                                                      &issue), &issue);
        if (st == ACRM_OK && !acrm__put_real(call->out, rate_results[i].name, converted))
            st = acrm__nomem(call);
    }
    return st == ACRM_OK && acrm__arg_bool(call, "explain", false)
               ? rate_explain(call, source.per_year) : st;
}
