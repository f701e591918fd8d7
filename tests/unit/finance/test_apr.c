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
        /* M43 has a charge a year before the drawdown: a second rate, 19 900 %, solves it too. */
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

/* Payments of one amount at one interval. */
struct stream {
    const char *first;
    int64_t amount;
    int32_t count, unit_kind, unit_count;
};

/*
 * The remaining examples of 12 CFR 1026 Appendix J (c), and figures that the public test suite of
 * FSharp.Finance.Personal states as confirmed with a spreadsheet. The unit-period is to be found
 * from the dates.
 */
static const struct {
    const char *id, *advanced_on;
    int64_t amount;
    struct stream streams[3];
    int64_t apr_scaled;
    int32_t unit_kind, unit_count;
} published[] = {
    { "(c)(1)(ii) long first period", "1978-02-10", 600000,
      { { "1978-04-01", 20000, 36, ACRM_UNIT_MONTH, 1 } }, 1182, ACRM_UNIT_MONTH, 1 },
    { "(c)(1)(iii) semimonthly, short first period", "1978-02-23", 500000,
      { { "1978-03-01", 21917, 24, ACRM_UNIT_SEMIMONTH, 1 } }, 1034, ACRM_UNIT_SEMIMONTH, 1 },
    { "(c)(1)(iv) quarterly, long first period", "1978-05-23", 1000000,
      { { "1978-10-01", 38500, 40, ACRM_UNIT_MONTH, 3 } }, 897, ACRM_UNIT_MONTH, 3 },
    { "(c)(1)(v) weekly, long first period", "1978-03-20", 50000,
      { { "1978-04-21", 1760, 30, ACRM_UNIT_WEEK, 1 } }, 1496, ACRM_UNIT_WEEK, 1 },
    { "(c)(2)(ii) four weeks, odd first payment", "1978-03-18", 40000,
      { { "1978-04-20", 3950, 1, ACRM_UNIT_WEEK, 4 },
        { "1978-05-18", 3831, 11, ACRM_UNIT_WEEK, 4 } }, 2850, ACRM_UNIT_WEEK, 4 },
    { "(c)(3)(i) odd final payment", "1978-01-10", 500000,
      { { "1978-02-10", 23000, 23, ACRM_UNIT_MONTH, 1 },
        { "1980-01-10", 28000, 1, ACRM_UNIT_MONTH, 1 } }, 1050, ACRM_UNIT_MONTH, 1 },
    { "(c)(3)(ii) two weeks, odd final payment", "1978-04-03", 20000,
      { { "1978-04-11", 950, 19, ACRM_UNIT_WEEK, 2 },
        { "1979-01-02", 3000, 1, ACRM_UNIT_WEEK, 2 } }, 1222, ACRM_UNIT_WEEK, 2 },
    { "(c)(4)(ii) two months, odd first and final", "1978-01-10", 800000,
      { { "1978-03-01", 44936, 1, ACRM_UNIT_MONTH, 2 },
        { "1978-05-01", 46500, 18, ACRM_UNIT_MONTH, 2 },
        { "1981-05-01", 20000, 1, ACRM_UNIT_MONTH, 2 } }, 730, ACRM_UNIT_MONTH, 2 },
    { "(c)(5)(i) single payment, term in days", "1978-01-03", 100000,
      { { "1978-09-15", 108000, 1, ACRM_UNIT_MONTH, 1 } }, 1145, ACRM_UNIT_DAY, 255 },
    { "(c)(5)(iii) single payment, one year and a half", "1978-01-17", 100000,
      { { "1979-07-17", 113519, 1, ACRM_UNIT_MONTH, 1 } }, 876, ACRM_UNIT_YEAR, 1 },
    { "(c)(5)(iv) single payment, two years", "1978-01-03", 100000,
      { { "1980-01-03", 124000, 1, ACRM_UNIT_MONTH, 1 } }, 1136, ACRM_UNIT_YEAR, 1 },
    { "F# quarterly, shorter first period", "1978-06-23", 1000000,
      { { "1978-10-01", 38500, 40, ACRM_UNIT_MONTH, 3 } }, 915, ACRM_UNIT_MONTH, 3 },
    { "F# quarterly, first period below one", "1978-07-23", 1000000,
      { { "1978-10-01", 38500, 40, ACRM_UNIT_MONTH, 3 } }, 932, ACRM_UNIT_MONTH, 3 },
    { "F# weekly, long first period", "2023-10-28", 100000,
      { { "2023-11-30", 25000, 5, ACRM_UNIT_WEEK, 1 } }, 17652, ACRM_UNIT_WEEK, 1 },
    { "F# weekly, regular", "2023-11-23", 100000,
      { { "2023-11-30", 25000, 5, ACRM_UNIT_WEEK, 1 } }, 41240, ACRM_UNIT_WEEK, 1 },
    { "F# weekly, short first period", "2023-11-24", 100000,
      { { "2023-11-30", 25000, 5, ACRM_UNIT_WEEK, 1 } }, 43430, ACRM_UNIT_WEEK, 1 },
    { "F# yearly", "2023-10-26", 100000,
      { { "2023-11-30", 50000, 5, ACRM_UNIT_MONTH, 12 } }, 7834, ACRM_UNIT_YEAR, 1 },
};

/* The day `n` intervals after a stream's first. */
static int32_t stream_day(const struct stream *stream, int32_t n)
{
    int year;
    int month;
    int day;
    char text[64];

    if (stream->unit_kind == ACRM_UNIT_WEEK)
        return vector_day_of(stream->first) + 7 * stream->unit_count * n;
    ck_assert_int_eq(sscanf(stream->first, "%d-%d-%d", &year, &month, &day), 3);
    if (stream->unit_kind == ACRM_UNIT_SEMIMONTH) {
        day += 15 * (n % 2);
        n /= 2;
    }
    month += n * stream->unit_count - 1;
    snprintf(text, sizeof text, "%04d-%02d-%02d", year + month / 12, month % 12 + 1, day);
    return vector_day_of(text);
}

START_TEST(apr__agrees_with_more_published_figures_and_finds_their_unit_period)
{
    static acrm_flow flows[FLOWS];
    static acrm_flow_time times[FLOWS];

    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        size_t n = 0;
        flows[n++] = (acrm_flow){ .amount = published[i].amount,
                                  .kind = ACRM_FLOW_ADVANCE,
                                  .day = vector_day_of(published[i].advanced_on) };
        for (const struct stream *s = published[i].streams;
             s < published[i].streams + 3 && s->first != NULL; s++)
            for (int32_t k = 0; k < s->count; k++)
                flows[n++] = (acrm_flow){ .amount = s->amount,
                                          .kind = ACRM_FLOW_PAYMENT,
                                          .day = stream_day(s, k) };
        acrm_apr_options options = options_of(ACRM_APR_US_REGZ, ACRM_UNIT_AUTO, 0);
        acrm_apr_result got = solve(&options, flows, n, times, published[i].id);

        ck_assert_int_eq(got.outcome, ACRM_APR_UNIQUE);
        ck_assert_msg(got.percent_scaled == published[i].apr_scaled, "%s: %.4f", published[i].id,
                      got.percent);
        ck_assert_msg(got.unit_kind == published[i].unit_kind &&
                          got.unit_count == published[i].unit_count,
                      "%s: unit %d x %d", published[i].id, got.unit_count, got.unit_kind);
    }
}
END_TEST

/* Few dates: what the unit-period is then. */
static const struct {
    const char *days[6];
    int32_t unit_kind, unit_count;
    const char *rule;
} few_dates[] = {
    { { "2024-12-31", "2025-01-15", "2025-01-31" }, ACRM_UNIT_SEMIMONTH, 1, "two halves" },
    { { "2025-01-01", "2025-01-15", "2025-02-01", "2025-02-15", "2025-03-01", "2025-03-15" },
      ACRM_UNIT_SEMIMONTH, 1, "the 1st and the 15th, four of five times two weeks apart" },
    { { "2023-02-01", "2023-03-01", "2025-02-01", "2025-03-01" }, ACRM_UNIT_MONTH, 1,
      "four weeks that are Februaries" },
    { { "2023-03-01", "2023-03-29", "2023-04-26" }, ACRM_UNIT_WEEK, 4, "four weeks that are not" },
    { { "2023-03-01", "2023-03-11", "2023-03-21" }, ACRM_UNIT_WEEK, 1, "ten days: the average" },
    { { "2023-03-01", "2023-06-20", "2024-01-02" }, ACRM_UNIT_WEEK, 22, "153.5 days: 22 weeks" },
    { { "2023-03-01", "2025-03-01" }, ACRM_UNIT_YEAR, 1, "a single payment, at most a year" },
};

START_TEST(apr__finds_the_unit_period_of_few_dates)
{
    for (size_t i = 0; i < sizeof few_dates / sizeof few_dates[0]; i++) {
        acrm_flow flows[6];
        acrm_flow_time times[6];
        size_t n = 0;
        for (; n < 6 && few_dates[i].days[n] != NULL; n++)
            flows[n] = (acrm_flow){ .amount = n == 0 ? 1000 : 600,
                                    .kind = n == 0 ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT,
                                    .day = vector_day_of(few_dates[i].days[n]) };
        acrm_apr_options options = options_of(ACRM_APR_US_REGZ, ACRM_UNIT_AUTO, 0);
        acrm_apr_result got = solve(&options, flows, n, times, few_dates[i].rule);
        ck_assert_msg(got.unit_kind == few_dates[i].unit_kind &&
                          got.unit_count == few_dates[i].unit_count,
                      "%s: %d x %d", few_dates[i].rule, got.unit_count, got.unit_kind);
    }
}
END_TEST

/* Flows timed in months: { month, amount }, an advance when positive. */
struct net {
    int32_t month;
    int64_t amount;
};

static size_t net_flows(const struct net *rows, size_t n, acrm_flow *flows, acrm_flow_time *times)
{
    for (size_t k = 0; k < n; k++) {
        bool advance = rows[k].amount > 0;
        flows[k] = (acrm_flow){ .amount = advance ? rows[k].amount : -rows[k].amount,
                                .kind = advance ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT };
        times[k] = (acrm_flow_time){ rows[k].month, 0, 1 };
    }
    return n;
}

/* The same flows mean two things: 5 000 repaid by 36 x 166.07, Regulation Z 12.00 %, EU 12.7 %. */
START_TEST(apr__us_is_nominal_and_eu_is_effective)
{
    acrm_flow flows[37];
    acrm_flow_time times[37];

    for (int32_t k = 0; k < 37; k++) {
        flows[k] = (acrm_flow){ .amount = k == 0 ? 500000 : 16607,
                                .kind = k == 0 ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT };
        times[k] = (acrm_flow_time){ k, 0, 1 };
    }
    acrm_apr_options options = options_of(ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1);
    options.timing = ACRM_APR_BY_PERIOD;
    acrm_apr_result us = solve(&options, flows, 37, times, "us");
    options.method = ACRM_APR_EU_ANNEX_I;
    options.decimals = 1;
    acrm_apr_result eu = solve(&options, flows, 37, times, "eu");
    acrm_rate_terms terms = { .struct_size = sizeof terms, .per_year = 12 };
    double effective = 0;

    ck_assert_int_eq(us.percent_scaled, 1200);
    ck_assert_int_eq(eu.percent_scaled, 127);
    ck_assert_int_eq(acrm_rate_convert(&terms, ACRM_RATE_NOMINAL, ACRM_RATE_EFFECTIVE, us.percent,
                                       &effective, NULL),
                     ACRM_OK);
    ck_assert_double_eq_tol(effective, eu.percent, 1e-9);
    ck_assert_str_eq(us.formula, "us.regz.j.b8");
    ck_assert_str_eq(eu.formula, "eu.annex1.months");
    ck_assert_double_eq_tol(us.period_rate * 1200, us.percent, 1e-9);
}
END_TEST

START_TEST(apr__the_charges_flag_says_what_counts)
{
    acrm_flow flows[] = {
        { .amount = 1000000, .kind = ACRM_FLOW_ADVANCE, .day = vector_day_of("2025-01-15") },
        { .amount = 20000, .kind = ACRM_FLOW_CHARGE, .counts = ACRM_COUNTS_EU,
          .day = vector_day_of("2025-01-15") },
        { .amount = 30000, .kind = ACRM_FLOW_CHARGE, .counts = ACRM_COUNTS_US,
          .day = vector_day_of("2025-01-15") },
        { .amount = 40000, .kind = ACRM_FLOW_CHARGE, .day = vector_day_of("2025-01-15") },
        { .amount = 1100000, .kind = ACRM_FLOW_PAYMENT, .day = vector_day_of("2026-01-15") },
    };
    acrm_flow_time times[5];
    acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, ACRM_UNIT_YEAR, 1);
    acrm_apr_result got = solve(&options, flows, 5, times, "eu");
    ck_assert_double_eq_tol(got.percent, (1100000.0 / 980000 - 1) * 100, 1e-9);
    ck_assert_int_eq(got.charges_counted, 20000);
    ck_assert_int_eq(got.charges_left_out, 70000);

    options.method = ACRM_APR_US_REGZ;
    got = solve(&options, flows, 5, times, "us");
    ck_assert_double_eq_tol(got.percent, (1100000.0 / 970000 - 1) * 100, 1e-9);
    ck_assert_int_eq(got.charges_counted, 30000);
    ck_assert_int_eq(got.charges_left_out, 60000);
}
END_TEST

/* Each row: what the search must say, and the yearly EU rates it must name. */
static const struct {
    const char *rule;
    struct net rows[8];
    size_t n;
    int32_t outcome;
    int32_t root_count;
    double roots[3];
} outcomes[] = {
    { "repaid at once with nothing left to repay", { { 0, 100 }, { 0, -100 } }, 2,
      ACRM_APR_NONE, 0, { 0 } },
    { "fees eat the whole advance", { { 0, 100 }, { 0, -100 }, { 12, -50 } }, 3, ACRM_APR_NONE, 0,
      { 0 } },
    { "nothing advanced", { { 0, -100 }, { 1, -50 } }, 2, ACRM_APR_NONE, 0, { 0 } },
    { "nothing repaid", { { 0, 100 } }, 1, ACRM_APR_NONE, 0, { 0 } },
    { "a negative rate", { { 0, 100 }, { 12, -90 } }, 2, ACRM_APR_UNIQUE, 1, { -10 } },
    { "two rates: 100, -230, 132 has 10 % and 20 %",
      { { 0, 100 }, { 12, -230 }, { 24, 132 } }, 3, ACRM_APR_SEVERAL, 2, { 10, 20 } },
    { "three rates: 0, 10 and 50 %", { { 0, 1000 }, { 12, -3600 }, { 24, 4250 }, { 36, -1650 } }, 4,
      ACRM_APR_SEVERAL, 3, { 0, 10, 50 } },
    { "no rate between two changes of sign", { { 0, 100 }, { 12, -200 }, { 24, 150 } }, 3,
      ACRM_APR_NONE, 0, { 0 } },
    { "a second advance after the first payment, still one rate",
      { { 0, 100000 }, { 12, -11000 }, { 24, 48400 }, { 36, -173030 } }, 4, ACRM_APR_UNIQUE, 1,
      { 10 } },
    { "a rate beyond the range", { { 0, 1 }, { 1, -900 } }, 2, ACRM_APR_OUTSIDE, 0, { 0 } },
    { "a double rate cannot be proven", { { 0, 100 }, { 12, -220 }, { 24, 121 } }, 3,
      ACRM_APR_UNDECIDED, 0, { 0 } },
    { "nor two that rounding cannot tell apart",
      { { 0, 100000000000000 }, { 12, -220000000000000 }, { 24, 120999999999999 } }, 3,
      ACRM_APR_UNDECIDED, 0, { 0 } },
    { "two that it can", { { 0, 100000000 }, { 12, -220000000 }, { 24, 120999999 } }, 3,
      ACRM_APR_SEVERAL, 2, { 9.99, 10.01 } },
};

START_TEST(apr__says_when_there_is_no_rate_or_more_than_one)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        acrm_flow flows[8];
        acrm_flow_time times[8];
        size_t n = net_flows(outcomes[i].rows, outcomes[i].n, flows, times);
        acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, ACRM_UNIT_MONTH, 1);
        options.timing = ACRM_APR_BY_PERIOD;
        acrm_apr_result got = solve(&options, flows, n, times, outcomes[i].rule);

        ck_assert_msg(got.outcome == outcomes[i].outcome, "%s: %d", outcomes[i].rule, got.outcome);
        ck_assert_msg(got.root_count == outcomes[i].root_count, "%s: %d", outcomes[i].rule,
                      got.root_count);
        for (int32_t k = 0; k < got.root_count; k++)
            ck_assert_msg(fabs(got.roots[k] - outcomes[i].roots[k]) < 1e-4, "%s: %f",
                          outcomes[i].rule, got.roots[k]);
        ck_assert_int_eq(got.outcome == ACRM_APR_UNIQUE, !isnan(got.percent));

        /* Yearly flows mean the same rates by the US method with years as unit-periods. */
        options.method = ACRM_APR_US_REGZ;
        options.unit_kind = ACRM_UNIT_YEAR;
        bool yearly = true;
        for (size_t k = 0; k < n; k++) {
            yearly = yearly && times[k].whole % 12 == 0;
            times[k].whole /= 12;
        }
        if (!yearly)
            continue;
        got = solve(&options, flows, n, times, outcomes[i].rule);
        ck_assert_msg(got.outcome == outcomes[i].outcome, "%s, US: %d", outcomes[i].rule,
                      got.outcome);
        for (int32_t k = 0; k < got.root_count; k++)
            ck_assert_msg(fabs(got.roots[k] - outcomes[i].roots[k]) < 1e-4, "%s, US: %f",
                          outcomes[i].rule, got.roots[k]);
    }
}
END_TEST

START_TEST(apr__the_one_rate_may_lie_outside_the_range)
{
    static const struct {
        double low, high;
        int32_t outcome;
    } searched[] = {
        { 5, 15, ACRM_APR_UNIQUE },  { 9.9, 10.1, ACRM_APR_UNIQUE },
        { 20, 50, ACRM_APR_OUTSIDE }, { -50, 9.9, ACRM_APR_OUTSIDE },
        { 10.1, 11, ACRM_APR_OUTSIDE },
    };
    static const struct net rows[] = { { 0, 100 }, { 12, -110 } };
    acrm_flow flows[2];
    acrm_flow_time times[2];
    acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, ACRM_UNIT_MONTH, 1);
    size_t n = net_flows(rows, 2, flows, times);

    options.timing = ACRM_APR_BY_PERIOD;
    for (size_t i = 0; i < sizeof searched / sizeof searched[0]; i++) {
        options.percent_low = searched[i].low;
        options.percent_high = searched[i].high;
        acrm_apr_result got = solve(&options, flows, n, times, "range");
        ck_assert_int_eq(got.outcome, searched[i].outcome);
        ck_assert_int_eq(got.percent_scaled, got.outcome == ACRM_APR_UNIQUE ? 1000 : 0);
    }
}
END_TEST

START_TEST(apr__a_narrower_range_chooses_among_several_rates)
{
    static const struct net rows[] = { { 0, 100 }, { 12, -230 }, { 24, 132 } };
    acrm_flow flows[3];
    acrm_flow_time times[3];
    acrm_apr_options options = options_of(ACRM_APR_EU_ANNEX_I, ACRM_UNIT_MONTH, 1);
    size_t n = net_flows(rows, 3, flows, times);

    options.timing = ACRM_APR_BY_PERIOD;
    options.percent_high = 15;
    acrm_apr_result got = solve(&options, flows, n, times, "low");
    ck_assert_int_eq(got.outcome, ACRM_APR_UNIQUE);
    ck_assert_int_eq(got.percent_scaled, 1000);
    options.percent_low = 15;
    options.percent_high = 100;
    got = solve(&options, flows, n, times, "high");
    ck_assert_int_eq(got.percent_scaled, 2000);
    options.percent_low = 50;
    got = solve(&options, flows, n, times, "none");
    ck_assert_int_eq(got.outcome, ACRM_APR_NONE);
}
END_TEST

/* Month-ends and short months, measured back from the later day. */
static const struct {
    int32_t method, unit_kind, unit_count;
    const char *from, *to;
    int32_t whole;
    const char *odd;
    const char *rule;
} spans[] = {
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1, "2025-01-31", "2025-02-28", 1, "0", "month-ends" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1, "2024-02-29", "2025-02-28", 12, "0", "leap to common" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1, "2025-01-01", "2025-03-31", 3, "0",
      "two months and 30 days" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_SEMIMONTH, 1, "1978-02-23", "1978-03-01", 0, "6/15", "(c)(1)" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 3, "1978-05-23", "1978-10-01", 1, "39/90", "(c)(1)" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_YEAR, 1, "1978-01-17", "1979-07-17", 1, "1/2", "whole months" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_YEAR, 1, "1978-01-17", "1979-07-20", 1, "184/365", "days" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 12, "1978-01-17", "1979-01-17", 1, "0",
      "12 months are a year" },
    { ACRM_APR_US_REGZ, ACRM_UNIT_DAY, 255, "1978-01-03", "1978-09-15", 1, "0", "the term" },
    { ACRM_APR_EU_ANNEX_I, ACRM_UNIT_YEAR, 1, "2024-02-29", "2025-02-28", 1, "0", "month-ends" },
    { ACRM_APR_EU_DAYS_365, 0, 0, "1994-01-01", "1995-07-01", 546, "0", "calendar days" },
};

START_TEST(apr__measures_time_back_from_the_later_day)
{
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        acrm_apr_options options = options_of(spans[i].method, spans[i].unit_kind,
                                              spans[i].unit_count);
        acrm_flow_time got = { 0 };
        int64_t num;
        int64_t den;
        vector_fraction(spans[i].odd, &num, &den);

        ck_assert_int_eq(acrm_apr_interval(&options, vector_day_of(spans[i].from),
                                           vector_day_of(spans[i].to), &got, NULL),
                         ACRM_OK);
        ck_assert_msg(got.whole == spans[i].whole && got.odd_num * den == num * got.odd_den,
                      "%s %s..%s: %d + %d/%d", spans[i].rule, spans[i].from, spans[i].to, got.whole,
                      got.odd_num, got.odd_den);
    }
}
END_TEST

/* A contract on the 31st has whole months, though February ends on the 28th. */
START_TEST(apr__a_month_end_series_has_whole_months)
{
    static const char *const days[] = { "2024-12-15", "2025-01-30", "2025-02-28", "2025-03-30",
                                        "2025-04-30" };
    acrm_flow flows[5];
    acrm_flow_time times[5];
    acrm_apr_options options = options_of(ACRM_APR_US_REGZ, ACRM_UNIT_AUTO, 0);

    for (int32_t k = 0; k < 5; k++)
        flows[k] = (acrm_flow){ .amount = k == 0 ? 100000 : 26000,
                                .kind = k == 0 ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT,
                                .day = vector_day_of(days[k]) };
    solve(&options, flows, 5, times, "30th");
    for (int32_t k = 1; k < 5; k++) {
        ck_assert_int_eq(times[k].whole, k);
        ck_assert_int_eq(times[k].odd_num, 15);
    }
}
END_TEST

static const struct {
    const char *field;
    int64_t row;
    size_t n;
    acrm_apr_options options;
    acrm_flow flows[3];
} bad[] = {
#define GOOD                                                                                      \
    {                                                                                             \
        { 100, ACRM_FLOW_ADVANCE, 0, 0 }, { 60, ACRM_FLOW_PAYMENT, 0, 31 },                       \
        {                                                                                         \
            60, ACRM_FLOW_PAYMENT, 0, 59                                                          \
        }                                                                                         \
    }
#define OPTIONS(...) { sizeof(acrm_apr_options), __VA_ARGS__ }
    { "flows", -1, 0, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.method", -1, 3, OPTIONS(0, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.method", -1, 3, OPTIONS(5, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.timing", -1, 3, OPTIONS(1, 2, 4, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.unit_kind", -1, 3, OPTIONS(1, 0, 6, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.unit_kind", -1, 3, OPTIONS(2, 0, 3, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.unit_kind", -1, 3, OPTIONS(1, 1, 0, 1, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.unit_count", -1, 3, OPTIONS(1, 0, 4, 13, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.unit_count", -1, 3, OPTIONS(2, 0, 4, 3, 2, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.decimals", -1, 3, OPTIONS(1, 0, 4, 1, 10, ACRM_DAY_NONE, 0, 0), GOOD },
    { "options.start_day", -1, 3, OPTIONS(2, 0, 4, 1, 2, 0, 0, 0), GOOD },
    { "options.percent_low", -1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 5, 5), GOOD },
    { "options.percent_low", -1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, NAN), GOOD },
    { "options.percent_low", -1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, -100, 0), GOOD },
    { "flows.amount", 1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, 0 }, { 0, 2, 0, 31 }, { 60, 2, 0, 59 } } },
    { "flows.amount", 0, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { INT64_MIN, 1, 0, 0 }, { 1, 2, 0, 31 }, { 60, 2, 0, 59 } } },
    { "flows.amount", 2, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { INT64_MAX - 5, 1, 0, 0 }, { 4, 2, 0, 31 }, { 2, 3, 3, 59 } } },
    { "flows.kind", 2, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, 0 }, { 60, 2, 0, 31 }, { 60, 4, 0, 59 } } },
    { "flows.kind", -1, 2, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 2, 0, 0 }, { 60, 2, 0, 31 } } },
    { "flows.counts", 1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, 0 }, { 60, 2, 1, 31 }, { 60, 2, 0, 59 } } },
    { "flows.day", 2, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, 0 }, { 60, 2, 0, 59 }, { 60, 2, 0, 31 } } },
    { "flows.day", 1, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, 40 }, { 60, 2, 0, 31 }, { 60, 2, 0, 59 } } },
    { "flows.day", 0, 3, OPTIONS(1, 0, 4, 1, 2, ACRM_DAY_NONE, 0, 0),
      { { 100, 1, 0, INT32_MAX }, { 60, 2, 0, 31 }, { 60, 2, 0, 59 } } },
};

START_TEST(apr__refuses_bad_input_by_field_and_row)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        acrm_flow_time times[3];
        acrm_apr_result got = { .struct_size = sizeof got, .paid = 77 };
        acrm_issue issue = { 0 };
        int32_t status = acrm_apr(&bad[i].options, bad[i].flows, bad[i].n, times, &got, &issue);

        ck_assert_msg(status == ACRM_E_INVALID, "row %zu: %d", i, status);
        ck_assert_msg(strcmp(issue.field, bad[i].field) == 0, "row %zu: %s", i, issue.field);
        ck_assert_msg(issue.row == bad[i].row, "row %zu: %" PRId64, i, issue.row);
        ck_assert(issue.allowed != NULL && issue.allowed[0] != '\0');
        ck_assert_int_eq(got.paid, 77);
    }
    acrm_flow_time times[3] = { { 0 } };
    acrm_apr_result got = { .struct_size = sizeof got };
    acrm_apr_options options = options_of(ACRM_APR_US_REGZ, ACRM_UNIT_MONTH, 1);
    const acrm_flow *flows = bad[0].flows;
    ck_assert_int_eq(acrm_apr(&options, flows, 100001, times, &got, NULL), ACRM_E_LIMIT);
    ck_assert_int_eq(acrm_apr(NULL, flows, 3, times, &got, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_apr(&options, NULL, 3, times, &got, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_apr(&options, flows, 3, NULL, &got, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_apr(&options, flows, 3, times, NULL, NULL), ACRM_E_MISUSE);
    options.timing = ACRM_APR_BY_PERIOD; /* odd_den 0 */
    ck_assert_int_eq(acrm_apr(&options, flows, 3, times, &got, NULL), ACRM_E_INVALID);
    options.struct_size = 1;
    ck_assert_int_eq(acrm_apr(&options, flows, 3, times, &got, NULL), ACRM_E_MISUSE);
}
END_TEST

/* The largest call allowed ends soon, also when the count of rates must be searched. */
START_TEST(apr__the_largest_call_ends_soon)
{
    acrm_flow *flows = calloc(ACRM_APR_FLOWS_MAX, sizeof *flows);
    acrm_flow_time *times = calloc(ACRM_APR_FLOWS_MAX, sizeof *times);
    acrm_apr_options options = options_of(ACRM_APR_EU_DAYS_365, 0, 0);

    ck_assert(flows != NULL && times != NULL);
    for (int32_t k = 0; k < ACRM_APR_FLOWS_MAX; k++)
        flows[k] = (acrm_flow){ .amount = k == 0 ? 1000000000 : 50000,
                                .kind = k == 0 ? ACRM_FLOW_ADVANCE : ACRM_FLOW_PAYMENT,
                                .day = k };
    acrm_apr_result got = solve(&options, flows, ACRM_APR_FLOWS_MAX, times, "daily");
    ck_assert_int_eq(got.outcome, ACRM_APR_UNIQUE);
    ck_assert_int_lt(got.iterations, 40);
    ck_assert_double_eq_tol(got.percent, 1.8287397644, 1e-9); /* 99 999 daily payments of 1/20000 */

    for (int32_t k = 1; k < ACRM_APR_FLOWS_MAX; k += 2)
        flows[k].kind = ACRM_FLOW_ADVANCE;
    got = solve(&options, flows, ACRM_APR_FLOWS_MAX, times, "daily, up and down");
    ck_assert_int_ne(got.outcome, 0);
    free(flows);
    free(times);
}
END_TEST

static Suite *apr_suite(void)
{
    Suite *suite = suite_create("apr");
    TCase *tc = tcase_create("apr");

    tcase_add_test(tc, apr__agrees_with_regulation_z_from_dates_and_from_unit_periods);
    tcase_add_test(tc, apr__agrees_with_the_commissions_examples);
    tcase_add_test(tc, apr__measures_intervals_as_annex_i_remark_c);
    tcase_add_test(tc, apr__agrees_with_more_published_figures_and_finds_their_unit_period);
    tcase_add_test(tc, apr__finds_the_unit_period_of_few_dates);
    tcase_add_test(tc, apr__us_is_nominal_and_eu_is_effective);
    tcase_add_test(tc, apr__the_charges_flag_says_what_counts);
    tcase_add_test(tc, apr__says_when_there_is_no_rate_or_more_than_one);
    tcase_add_test(tc, apr__the_one_rate_may_lie_outside_the_range);
    tcase_add_test(tc, apr__a_narrower_range_chooses_among_several_rates);
    tcase_add_test(tc, apr__measures_time_back_from_the_later_day);
    tcase_add_test(tc, apr__a_month_end_series_has_whole_months);
    tcase_add_test(tc, apr__refuses_bad_input_by_field_and_row);
    tcase_add_test(tc, apr__the_largest_call_ends_soon);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(apr_suite)
