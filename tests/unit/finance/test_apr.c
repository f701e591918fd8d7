/* SPDX-License-Identifier: MIT */
/* The annual percentage rate against the examples of the US regulation and of the EU. */
#include "autocrm/apr.h"
#include "support/suite.h"
#include "support/vectors.h"

#include <math.h>

enum { FLOWS = 1024 };

static acrm_apr_options options_of(int32_t method, int32_t unit_kind, int32_t unit_count)
{
    return (acrm_apr_options){ .struct_size = sizeof(acrm_apr_options),
                               .method = method,
                               .timing = ACRM_APR_BY_DATE,
                               .unit_kind = unit_kind,
                               .unit_count = unit_count,
                               .decimals = 2,
                               .start_day = ACRM_DAY_NONE };
}

static acrm_apr_result solve(const acrm_apr_options *options, const acrm_flow *flows, size_t n,
                             acrm_flow_time *times, const char *id)
{
    acrm_apr_result result = { .struct_size = sizeof result };
    acrm_issue issue = { 0 };
    int32_t status = acrm_apr(options, flows, n, times, &result, &issue);

    ck_assert_msg(status == ACRM_OK, "%s: %d %s", id, status, issue.field);
    return result;
}

static int32_t unit_of(const char *kind)
{
    static const char *const names[] = { "auto", "day", "week", "semimonth", "month", "year" };

    for (int32_t i = 0; i < 6; i++)
        if (strcmp(kind, names[i]) == 0)
            return i;
    ck_abort_msg("unit %s", kind);
    return 0;
}

/* The rows of a Regulation Z case, and their published t and f. */
static size_t regz_flows(const cJSON *item, acrm_flow *flows, acrm_flow_time *times)
{
    static const char *const lists[] = { "advances", "payments" };
    size_t n = 0;

    for (int32_t list = 0; list < 2; list++) {
        for (const cJSON *row = vector_get(item, lists[list])->child; row; row = row->next, n++) {
            int64_t num;
            int64_t den;
            ck_assert_uint_lt(n, FLOWS);
            vector_fraction(vector_text(row, "f"), &num, &den);
            flows[n] = (acrm_flow){ .amount = vector_minor(row, "amount", 2),
                                    .kind = list == 0 ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT,
                                    .day = vector_day(row, "date") };
            times[n] = (acrm_flow_time){ (int32_t)vector_int(row, "t"), (int32_t)num,
                                         (int32_t)den };
        }
    }
    return n;
}

static void check_regz(const cJSON *item, const acrm_apr_result *got, int decimals)
{
    double solved = vector_number(item, "expect.apr_percent_solved");

    ck_assert_int_eq(got->outcome, ACRM_APR_UNIQUE);
    ck_assert_msg(fabs(got->percent - solved) < 6e-7, "%s: %.9f is not %.6f", vector_id(item),
                  got->percent, solved);
    ck_assert_msg(got->percent_scaled == vector_minor(item, "expect.apr_percent", decimals), "%s",
                  vector_id(item));
    ck_assert_int_eq(got->paid + got->charges_counted - got->advanced,
                     vector_minor(item, "expect.finance_charge", 2));
}

START_TEST(apr__agrees_with_regulation_z_from_dates_and_from_unit_periods)
{
    static acrm_flow flows[FLOWS];
    static acrm_flow_time given[FLOWS];
    static acrm_flow_time times[FLOWS];
    cJSON *root = vectors_load("apr_regz.json");
    size_t cases = 0;

    VECTORS_EACH (item, root) {
        size_t n = regz_flows(item, flows, given);
        int decimals = (int)vector_int(item, "expect.decimals");
        acrm_apr_options options = options_of(ACRM_APR_US_REGZ,
                                              unit_of(vector_text(item, "unit_period.kind")),
                                              (int32_t)vector_int(item, "unit_period.count"));
        options.decimals = decimals;
        acrm_apr_result got = solve(&options, flows, n, times, vector_id(item));
        check_regz(item, &got, decimals);
        ck_assert_double_eq(got.periods_per_year, vector_number(item, "unit_periods_per_year"));
        for (size_t k = 0; k < n; k++)
            ck_assert_msg(times[k].whole == given[k].whole &&
                              (int64_t)times[k].odd_num * given[k].odd_den ==
                                  (int64_t)given[k].odd_num * times[k].odd_den,
                          "%s row %zu: %d + %d/%d", vector_id(item), k, times[k].whole,
                          times[k].odd_num, times[k].odd_den);

        /* The unit-period the regulation uses is also the one found from the dates. */
        options.unit_kind = ACRM_UNIT_AUTO;
        got = solve(&options, flows, n, times, vector_id(item));
        check_regz(item, &got, decimals);
        ck_assert_msg(got.unit_count == vector_int(item, "unit_period.count"), "%s",
                      vector_id(item));

        options.timing = ACRM_APR_BY_PERIOD;
        options.unit_kind = got.unit_kind;
        options.unit_count = got.unit_count;
        got = solve(&options, flows, n, given, vector_id(item));
        check_regz(item, &got, decimals);
        cases++;
    }
    ck_assert_uint_eq(cases, 12);
    cJSON_Delete(root);
}
END_TEST

static int32_t flow_kind_of(const char *kind)
{
    if (strcmp(kind, "drawdown") == 0)
        return ACRM_FLOW_ADVANCE;
    return strcmp(kind, "charge") == 0 ? ACRM_FLOW_CHARGE : ACRM_FLOW_PAYMENT;
}

static size_t eu_flows(const cJSON *item, acrm_flow *flows, acrm_flow_time *times, bool *dated)
{
    size_t n = 0;

    *dated = true;
    for (const cJSON *row = vector_get(item, "flows")->child; row != NULL; row = row->next, n++) {
        int64_t num;
        int64_t den;
        ck_assert_uint_lt(n, FLOWS);
        vector_fraction(vector_text(row, "t"), &num, &den);
        flows[n] = (acrm_flow){ .amount = vector_minor(row, "amount", 2),
                                .kind = flow_kind_of(vector_text(row, "kind")) };
        flows[n].counts = flows[n].kind == ACRM_FLOW_CHARGE ? ACRM_COUNTS_EU : 0;
        times[n] = (acrm_flow_time){ 0, (int32_t)num, (int32_t)den };
        if (vector_has(row, "date"))
            flows[n].day = vector_day(row, "date");
        else
            *dated = false;
    }
    return n;
}

/* The method and period by which the case's dates give the case's times. */
static acrm_apr_options eu_dated_options(const char *id)
{
    if (id[0] == 'D')
        return options_of(ACRM_APR_EU_DAYS_365, 0, 0);
    return options_of(ACRM_APR_EU_ANNEX_I,
                      strcmp(id, "M2c") == 0 ? ACRM_UNIT_YEAR : ACRM_UNIT_MONTH, 1);
}

static void check_eu(const cJSON *item, const acrm_apr_result *got)
{
    double solved = vector_number(item, "expect.aprc_percent_solved_from_these_flows");
    int decimals = (int)vector_int(item, "expect.decimals");

    ck_assert_msg(got->outcome == ACRM_APR_UNIQUE, "%s: %d", vector_id(item), got->outcome);
    ck_assert_msg(fabs(got->percent - solved) < 6e-7, "%s: %.9f is not %.6f", vector_id(item),
                  got->percent, solved);
    ck_assert_int_eq(got->percent_scaled, vector_minor(item, "expect.aprc_percent", decimals));
}

START_TEST(apr__agrees_with_the_commissions_examples)
{
    static acrm_flow flows[FLOWS];
    static acrm_flow_time given[FLOWS];
    static acrm_flow_time times[FLOWS];
    cJSON *root = vectors_load("apr_eu.json");
    size_t solved = 0;
    size_t dated_cases = 0;

    VECTORS_EACH (item, root) {
        if (!vector_has(item, "flows"))
            continue;
        bool dated;
        size_t n = eu_flows(item, flows, given, &dated);
        acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, ACRM_UNIT_YEAR, 1);
        options.timing = ACRM_APR_BY_PERIOD;
        options.decimals = (int32_t)vector_int(item, "expect.decimals");
        /* M43 has a charge a year before the drawdown, so a second rate, 19 900 %, solves it too. */
        options.percent_low = -99;
        options.percent_high = 1000;
        acrm_apr_result got = solve(&options, flows, n, given, vector_id(item));
        check_eu(item, &got);
        solved++;
        if (!dated)
            continue;

        int32_t decimals = options.decimals;
        options = eu_dated_options(vector_id(item));
        options.decimals = decimals;
        got = solve(&options, flows, n, times, vector_id(item));
        check_eu(item, &got);
        dated_cases++;
    }
    ck_assert_uint_eq(solved, 28);
    ck_assert_uint_eq(dated_cases, 3);
    cJSON_Delete(root);
}
END_TEST

START_TEST(apr__measures_intervals_as_annex_i_remark_c)
{
    cJSON *root = vectors_load("apr_eu.json");
    size_t cases = 0;

    VECTORS_EACH (item, root) {
        if (!vector_has(item, "from"))
            continue;
        const char *period = vector_text(item, "regular_period");
        acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, unit_of(period), 1);
        acrm_flow_time got = { 0 };
        int64_t num;
        int64_t den;
        vector_fraction(vector_text(item, "expect.years_exact"), &num, &den);
        int64_t per_year = strcmp(period, "month") == 0  ? 12
                           : strcmp(period, "week") == 0 ? 52
                                                         : 1;

        ck_assert_int_eq(acrm_apr_interval(&options, vector_day(item, "from"),
                                           vector_day(item, "to"), &got, NULL),
                         ACRM_OK);
        ck_assert_msg((got.whole * (int64_t)got.odd_den + got.odd_num * per_year) * den ==
                          num * per_year * got.odd_den,
                      "%s: %d + %d/%d", vector_id(item), got.whole, got.odd_num, got.odd_den);
        cases++;
    }
    ck_assert_uint_eq(cases, 10);
    cJSON_Delete(root);
}
END_TEST

static Suite *apr_suite(void)
{
    Suite *suite = suite_create("apr");
    TCase *tc = tcase_create("apr");

    tcase_add_test(tc, apr__agrees_with_regulation_z_from_dates_and_from_unit_periods);
    tcase_add_test(tc, apr__agrees_with_the_commissions_examples);
    tcase_add_test(tc, apr__measures_intervals_as_annex_i_remark_c);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(apr_suite)
