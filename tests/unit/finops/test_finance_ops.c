/* SPDX-License-Identifier: MIT */
/* Schedules, solving, leases and rates as operations, against outside truth. */
#include "finops_world.h"

#include <math.h>

/* A percentage as a fraction: "4.99" is "0.0499". */
static void fraction(const char *percent, char out[32])
{
    int64_t ppb = vector_decimal(percent, 7);

    snprintf(out, 32, "%" PRId64 ".%09" PRId64, ppb / 1000000000, ppb % 1000000000);
}

static const char *period_word(int64_t per_year)
{
    static const struct {
        int64_t per_year;
        const char *word;
    } words[] = { { 12, "month" },    { 4, "quarter" },    { 2, "half_year" }, { 1, "year" },
                  { 13, "four_weeks" }, { 26, "two_weeks" }, { 52, "week" },     { 365, "day" } };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].per_year == per_year)
            return words[i].word;
    return NULL;
}

static cJSON *schedule_of(const cJSON *item, const char *more)
{
    char rate[32];

    fraction(vector_text(item, "nominal_annual_percent"), rate);
    return finops("finance.schedule",
                  "{'currency':'%s','price':'%s','balloon':'%s','rate':'%s','periods':%" PRId64
                  ",'period':'%s','timing':'%s'%s}",
                  vector_text(item, "currency"), vector_text(item, "present_value"),
                  vector_text(item, "future_value"), rate, vector_int(item, "periods"),
                  period_word(vector_int(item, "periods_per_year")), vector_text(item, "due"),
                  more);
}

START_TEST(schedule__makes_the_payments_of_the_spreadsheets)
{
    cJSON *root = vectors_load("annuity.json");
    int n = 0;

    VECTORS_EACH(item, root)
    {
        if (strcmp(vector_text(item, "fn"), "payment") != 0 ||
            !vector_has(item, "nominal_annual_percent") ||
            !period_word(vector_int(item, "periods_per_year")) ||
            vector_decimal(vector_text(item, "present_value"), 6) == 0)
            continue;
        cJSON *out = schedule_of(item, "");
        const char *currency = vector_text(item, "currency");
        int digits = (int)vector_int(item, "minor_digits");
        ck_assert_msg(vector_minor(out, "instalment", digits) ==
                          vector_minor(item, "expect.rounded", digits),
                      "%s %s: %s", vector_id(item), currency, vector_text(out, "instalment"));
        cJSON_Delete(out);
        n++;
    }
    ck_assert_int_ge(n, 15);
    cJSON_Delete(root);
}
END_TEST

START_TEST(schedule__makes_the_tables_of_the_spreadsheets)
{
    static const char *const columns[] = { "opening", "interest", "principal" };
    cJSON *root = vectors_load("annuity.json");
    int n = 0;

    VECTORS_EACH(item, root)
    {
        if (strcmp(vector_text(item, "fn"), "amortisation_table") != 0 ||
            strcmp(vector_text(item, "due"), "arrears") != 0)
            continue;
        bool annuity = strcmp(vector_text(item, "kind"), "annuity") == 0;
        int digits = (int)vector_int(item, "minor_digits");
        cJSON *out = schedule_of(item, annuity ? "" : ",'kind':'equal_principal'");
        const cJSON *row = vector_get(out, "rows")->child;
        for (const cJSON *want = vector_get(item, "expect.rows")->child; want;
             want = want->next, row = row->next)
            for (size_t c = 0; c < 3; c++)
                ck_assert_msg(vector_minor(row, columns[c], digits) ==
                                  vector_minor(want, columns[c], digits),
                              "%s row %" PRId64 " %s", vector_id(item), vector_int(want, "n"),
                              columns[c]);
        cJSON_Delete(out);
        n++;
    }
    ck_assert_int_ge(n, 4);
    cJSON_Delete(root);
}
END_TEST

START_TEST(schedule__reconciles_to_the_cent)
{
    static const char *const cases[] = {
        "'price':'24990','deposit':'3000','rate':'0.0499','periods':60",
        "'price':'24990','rate':'0.0725','periods':37,'timing':'advance','balloon':'8000'",
        "'price':'24990','rate':'0.1','periods':24,'kind':'equal_principal','grace_principal':3",
        "'price':'24990','rate':'0.1','periods':24,'kind':'flat','spread':'digits'",
        "'price':'24990','profit':'3333.33','periods':24,'kind':'murabaha'",
        "'price':'24990','rate':'0.05','periods':24,'start_day':'2026-01-31','day_count':'act_360',"
        "'skip_months':[7,8],'move':'following','closed_weekdays':['saturday','sunday'],"
        "'closed_days':['2026-12-25'],'tax_on':'interest','tax_rate':'0.19',"
        "'charges':[{'kind':'fee','when':'financed','basis':'of_loan','rate':'0.01'},"
        "{'kind':'insurance','when':'periodic','amount':'12.50','flags':['in_apr','taxed']}]",
    };
    static const char *const columns[] = { "interest", "principal", "fee", "insurance", "tax",
                                           "total" };
    cJSON *out = finops("finance.schedule", "{'currency':'EUR',%s}", cases[_i]);
    const cJSON *rows = vector_get(out, "rows");
    int64_t parts = 0;

    for (size_t c = 0; c < 6; c++) {
        ck_assert_int_eq(finops_sum(rows, columns[c]), vector_minor(out, columns[c], 2));
        parts += c < 5 ? vector_minor(out, columns[c], 2) : 0;
    }
    ck_assert_int_eq(parts, vector_minor(out, "total", 2));
    ck_assert_int_eq(vector_minor(out, "principal", 2), vector_minor(out, "financed", 2));
    const cJSON *last = cJSON_GetArrayItem(rows, cJSON_GetArraySize(rows) - 1);
    ck_assert_str_eq(vector_text(last, "closing"), "0.00");
    cJSON_Delete(out);
}
END_TEST

/* The same closed days, kept in a calendar of the database. */
START_TEST(schedule__moves_off_the_holidays_of_a_calendar)
{
    acrm_session *system = NULL;
    char id[40];
    ck_assert_int_eq(acrm_session_new(finops_engine, "system", &system, NULL), ACRM_OK);
    cJSON *out = finops_run(system, "calendar.create",
                            "{\"name\":\"Bank\",\"zone\":\"Europe/Rome\",\"hours\":{"
                            "\"mon\":[\"09:00-17:00\"],\"tue\":[\"09:00-17:00\"],"
                            "\"wed\":[\"09:00-17:00\"],\"thu\":[\"09:00-17:00\"],"
                            "\"fri\":[\"09:00-17:00\"]},\"days\":[{\"name\":\"Christmas\","
                            "\"date\":\"2026-12-24\",\"until\":\"2026-12-25\"}]}");
    acrm_session_free(system);
    snprintf(id, sizeof id, "%s", vector_text(out, "id"));
    cJSON_Delete(out);
    cJSON *lists = finops("finance.schedule",
                          "{'currency':'EUR','price':'1200','rate':'0.06','periods':12,"
                          "'start_day':'2026-10-25','move':'following','closed_weekdays':"
                          "['saturday','sunday'],'closed_days':['2026-12-24','2026-12-25']}");
    cJSON *calendar = finops("finance.schedule",
                             "{'currency':'EUR','price':'1200','rate':'0.06','periods':12,"
                             "'start_day':'2026-10-25','move':'following','calendar_id':'%s'}",
                             id);
    ck_assert(cJSON_Compare(lists, calendar, 1));
    ck_assert_str_eq(vector_text(cJSON_GetArrayItem(vector_get(calendar, "rows"), 1), "pay_day"),
                     "2026-12-28");
    cJSON_Delete(lists);
    cJSON_Delete(calendar);
    finops_refuse("finance.schedule", ACRM_E_NOTFOUND, "calendar_id",
                  "{'currency':'EUR','price':'1200','periods':12,'start_day':'2026-10-25',"
                  "'move':'following','calendar_id':'018f0000-0000-7000-8000-000000000000'}");
}
END_TEST

START_TEST(schedule__moves_off_closed_days_and_flags_its_rows)
{
    cJSON *out = finops("finance.schedule",
                        "{'currency':'EUR','price':'1200','periods':3,'start_day':'2026-11-24',"
                        "'move':'following','closed_weekdays':['saturday','sunday'],"
                        "'closed_days':['2026-12-24','2026-12-25']}");
    const cJSON *row = vector_get(out, "rows")->child;

    ck_assert_str_eq(vector_text(row, "due_day"), "2026-12-24");
    ck_assert_str_eq(vector_text(row, "pay_day"), "2026-12-28");
    ck_assert_str_eq(vector_get(row, "flags")->child->valuestring, "moved");
    cJSON_Delete(out);
}
END_TEST

START_TEST(schedule__explains_each_figure_that_it_gives)
{
    cJSON *out = finops("finance.schedule",
                        "{'currency':'EUR','price':'16875','rate':'0.052','periods':12,"
                        "'explain':true}");
    const cJSON *row = vector_get(out, "rows")->child;
    int interests = 0;

    for (const cJSON *line = vector_get(out, "explanation")->child; line; line = line->next) {
        if (strcmp(vector_text(line, "figure"), "interest") != 0)
            continue;
        int64_t n = vector_int(line, "row");
        const cJSON *own = cJSON_GetArrayItem(vector_get(out, "rows"), (int)n);
        ck_assert_str_eq(vector_text(line, "base"), vector_text(own, "opening"));
        ck_assert_str_eq(vector_text(line, "rounded"), vector_text(own, "interest"));
        interests++;
        if (n == 0) {
            ck_assert_str_eq(vector_text(line, "exact"), "73.12500000000000");
            ck_assert_str_eq(vector_text(line, "rounding"), "half_up");
        }
    }
    ck_assert_int_eq(interests, 12);
    ck_assert_str_eq(vector_text(row, "interest"), "73.13");
    cJSON_Delete(out);
}
END_TEST

START_TEST(solve__finds_what_makes_the_instalment)
{
    static const struct {
        const char *unknown, *terms, *value;
    } cases[] = {
        { "payment", "'price':'24990','rate':'0.0499','periods':48", "575.39" },
        { "price", "'rate':'0','periods':10,'instalment':'100'", "1000.00" },
        { "deposit", "'price':'1500','rate':'0','periods':10,'instalment':'100'", "500.00" },
        { "trade_in", "'price':'1500','rate':'0','periods':10,'instalment':'100'", "500.00" },
        { "balloon", "'price':'1500','rate':'0','periods':10,'instalment':'100'", "500.00" },
        { "term", "'price':'200000','rate':'0.06','instalment':'1500'", "221" },
    };
    cJSON *out = finops("finance.solve", "{'currency':'EUR','unknown':'%s',%s}",
                        cases[_i].unknown, cases[_i].terms);

    ck_assert_str_eq(vector_text(out, "value"), cases[_i].value);
    ck_assert_str_eq(vector_text(out, "solutions"), "one");
    cJSON_Delete(out);
}
END_TEST

START_TEST(solve__finds_the_rates_of_the_spreadsheets)
{
    cJSON *root = vectors_load("annuity.json");
    int n = 0;

    VECTORS_EACH(item, root)
    {
        if (strcmp(vector_text(item, "fn"), "rate") != 0)
            continue;
        cJSON *out = finops("finance.solve",
                            "{'currency':'%s','unknown':'rate','price':'%s','balloon':'%s',"
                            "'instalment':'%s','periods':%" PRId64 ",'timing':'%s',"
                            "'period':'%s'}",
                            vector_text(item, "currency"), vector_text(item, "present_value"),
                            vector_text(item, "future_value"), vector_text(item, "payment"),
                            vector_int(item, "periods"), vector_text(item, "due"),
                            period_word(vector_int(item, "periods_per_year")));
        /* The published figure is to 6 decimals of a percent; the instalment that it makes is
         * rounded, so the two differ by what lowest to highest spans. */
        double want = vector_number(item, "expect.nominal_annual_percent") / 100;
        double value = strtod(vector_text(out, "value"), NULL);
        ck_assert_msg(value > want - 1e-8 && value < want + 1e-8, "%s: %.9f", vector_id(item),
                      value);
        cJSON_Delete(out);
        n++;
    }
    ck_assert_int_ge(n, 3);
    cJSON_Delete(root);
}
END_TEST

/* The instalment that the explanation of the solved contract arrives at is the one asked for. */
START_TEST(solve__explains_the_contract_it_finds)
{
    static const char *const unknowns[] = { "rate", "price", "deposit", "balloon", "trade_in" };

    for (size_t i = 0; i < sizeof unknowns / sizeof unknowns[0]; i++) {
        char args[200];
        snprintf(args, sizeof args, "{'currency':'EUR','unknown':'%s','price':'24990','periods':48,"
                 "'rate':'0.04','instalment':'550.00','explain':true}", unknowns[i]);
        cJSON *out = finops("finance.solve", args);
        const cJSON *steps = cJSON_GetObjectItemCaseSensitive(out, "explanation");
        const cJSON *first = cJSON_GetArrayItem(steps, 0);
        ck_assert_msg(cJSON_GetArraySize(steps) >= 2 * 48, "%s", unknowns[i]);
        ck_assert_str_eq(vector_text(first, "figure"), "instalment");
        ck_assert_str_eq(vector_text(first, "rounded"), "550.00");
        cJSON_Delete(out);
    }
}
END_TEST

START_TEST(solve__says_when_nothing_solves_it)
{
    cJSON *out = finops("finance.solve", "{'currency':'EUR','unknown':'rate','price':'1200',"
                                         "'periods':12,'instalment':'50'}");

    ck_assert_str_eq(vector_text(out, "solutions"), "none");
    ck_assert_str_eq(vector_text(out, "reach_low"), "100.00");
    cJSON_Delete(out);
}
END_TEST

/* --- Rates --- */

static void add_flow(cJSON *list, const char *kind, const cJSON *row)
{
    cJSON *flow = cJSON_CreateObject();
    const char *odd = vector_text(row, "f");

    cJSON_AddStringToObject(flow, "kind", kind);
    cJSON_AddStringToObject(flow, "amount", vector_text(row, "amount"));
    cJSON_AddStringToObject(flow, "day", vector_text(row, "date"));
    cJSON_AddNumberToObject(flow, "whole", (double)vector_int(row, "t"));
    if (strchr(odd, '/')) {
        cJSON_AddNumberToObject(flow, "odd_num", strtod(odd, NULL));
        cJSON_AddNumberToObject(flow, "odd_den", strtod(strchr(odd, '/') + 1, NULL));
    }
    cJSON_AddItemToArray(list, flow);
}

/* What all flows are worth at the rate that was found, advances against the rest. */
static void values_balance(const cJSON *out)
{
    double sum = 0, all = 0;

    for (const cJSON *row = vector_get(out, "rows")->child; row; row = row->next) {
        double value = vector_number(row, "present_value");
        sum += value;
        all += fabs(value);
    }
    ck_assert_double_gt(all, 0);
    ck_assert_double_le(fabs(sum), all * 1e-9);
}

START_TEST(apr__is_that_of_appendix_j)
{
    cJSON *root = vectors_load("apr_regz.json");

    VECTORS_EACH(item, root)
    {
        cJSON *args = cJSON_CreateObject(), *flows = cJSON_AddArrayToObject(args, "flows");
        cJSON_AddStringToObject(args, "currency", "USD");
        cJSON_AddStringToObject(args, "method", "us_regz");
        cJSON_AddStringToObject(args, "timing", _i ? "by_date" : "by_period");
        cJSON_AddStringToObject(args, "unit_kind", vector_text(item, "unit_period.kind"));
        cJSON_AddNumberToObject(args, "unit_count", vector_number(item, "unit_period.count"));
        cJSON_AddNumberToObject(args, "decimals", vector_number(item, "expect.decimals"));
        for (const cJSON *row = vector_get(item, "advances")->child; row; row = row->next)
            add_flow(flows, "advance", row);
        for (const cJSON *row = vector_get(item, "payments")->child; row; row = row->next)
            add_flow(flows, "payment", row);
        cJSON_AddTrueToObject(args, "explain");
        char *json = cJSON_PrintUnformatted(args);
        cJSON *out = finops_run(finops_session, "finance.apr", json);
        values_balance(out);
        ck_assert_msg(strcmp(vector_text(out, "percent"),
                             vector_text(item, "expect.apr_percent")) == 0,
                      "%s: %s", vector_id(item), vector_text(out, "percent"));
        cJSON_Delete(out);
        cJSON_Delete(args);
        free(json);
    }
    cJSON_Delete(root);
}
END_TEST

START_TEST(apr__is_that_of_the_commission)
{
    cJSON *root = vectors_load("apr_eu.json");
    int n = 0;

    VECTORS_EACH(item, root)
    {
        long num, den;
        bool months = vector_has(item, "flows");
        for (const cJSON *row = months ? vector_get(item, "flows")->child : NULL; row;
             row = row->next) {
            const char *t = vector_text(row, "t");
            num = strtol(t, NULL, 10);
            den = strchr(t, '/') ? strtol(strchr(t, '/') + 1, NULL, 10) : 1;
            months = months && 12 % den == 0 && num >= 0;
        }
        if (!months)
            continue;
        cJSON *args = cJSON_CreateObject(), *flows = cJSON_AddArrayToObject(args, "flows");
        cJSON_AddStringToObject(args, "currency", "EUR");
        cJSON_AddStringToObject(args, "method", "eu_annex_i");
        cJSON_AddStringToObject(args, "timing", "by_period");
        cJSON_AddNumberToObject(args, "decimals", vector_number(item, "expect.decimals"));
        for (const cJSON *row = vector_get(item, "flows")->child; row; row = row->next) {
            const char *t = vector_text(row, "t"), *kind = vector_text(row, "kind");
            num = strtol(t, NULL, 10);
            den = strchr(t, '/') ? strtol(strchr(t, '/') + 1, NULL, 10) : 1;
            cJSON *flow = cJSON_CreateObject();
            cJSON_AddStringToObject(flow, "kind", strcmp(kind, "drawdown") == 0 ? "advance"
                                                  : strcmp(kind, "repayment") == 0 ? "payment"
                                                                                   : "charge");
            cJSON_AddStringToObject(flow, "amount", vector_text(row, "amount"));
            cJSON_AddNumberToObject(flow, "whole", (double)(num * 12 / den));
            if (strcmp(kind, "charge") == 0)
                cJSON_AddItemToArray(cJSON_AddArrayToObject(flow, "counts"),
                                     cJSON_CreateString("eu"));
            cJSON_AddItemToArray(flows, flow);
        }
        cJSON_AddTrueToObject(args, "explain");
        char *json = cJSON_PrintUnformatted(args);
        cJSON *out = finops_run(finops_session, "finance.apr", json);
        values_balance(out);
        ck_assert_msg(strcmp(vector_text(out, "percent"),
                             vector_text(item, "expect.aprc_percent")) == 0,
                      "%s: %s", vector_id(item), vector_text(out, "percent"));
        cJSON_Delete(out);
        cJSON_Delete(args);
        free(json);
        n++;
    }
    ck_assert_int_ge(n, 20);
    cJSON_Delete(root);
}
END_TEST

START_TEST(day_count__is_that_of_the_published_cases)
{
    static const struct {
        const char *name, *word;
    } words[] = { { "ACT/ACT ISDA", "act_act_isda" }, { "ACT/365F", "act_365f" },
                  { "30/360 Bond Basis (ISDA)", "30_360_bond" },
                  { "30E/360 ISDA", "30e_360_isda" }, { "30E/360", "30e_360" },
                  { "30/360 US", "30_360_us" }, { "ACT/360", "act_360" } };
    cJSON *root = vectors_load("daycount.json");

    VECTORS_EACH(item, root)
    {
        const char *word = NULL, *end = vector_has(item, "termination_date")
                                            ? vector_text(item, "termination_date") : NULL;
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strcmp(words[i].name, vector_text(item, "convention")) == 0)
                word = words[i].word;
        ck_assert_ptr_nonnull(word);
        cJSON *out = finops("finance.day_count",
                            "{'convention':'%s','start':'%s','end':'%s'%s%s%s}", word,
                            vector_text(item, "start"), vector_text(item, "end"),
                            end ? ",'termination':'" : "", end ? end : "", end ? "'" : "");
        ck_assert_msg(strcmp(vector_text(out, "fraction"),
                             vector_text(item, "expect.fraction")) == 0,
                      "%s: %s", vector_id(item), vector_text(out, "fraction"));
        ck_assert_int_eq(vector_int(out, "days"), vector_int(item, "expect.days"));
        cJSON_Delete(out);
    }
    cJSON_Delete(root);
}
END_TEST

START_TEST(rates__convert_there_and_back)
{
    cJSON *out = finops("finance.rates", "{'from':'nominal','value':12}");

    ck_assert_double_eq_tol(vector_number(out, "effective"), 12.6825030131970, 1e-10);
    ck_assert_double_eq_tol(vector_number(out, "periodic"), 1, 1e-12);
    ck_assert_double_eq_tol(vector_number(out, "money_factor"), 0.005, 1e-14);
    cJSON_Delete(out);
    out = finops("finance.rates", "{'from':'money_factor','value':0.005,'explain':true}");
    ck_assert_double_eq_tol(vector_number(out, "nominal"), 12, 1e-12);
    const cJSON *steps = vector_get(out, "explanation");
    ck_assert_int_eq(cJSON_GetArraySize(steps), 6);
    ck_assert_str_eq(vector_text(steps->child, "formula"), "i = money factor * 24 / m");
    ck_assert_str_eq(vector_text(steps->child->next, "formula"), "nominal = i * m");
    cJSON_Delete(out);
}
END_TEST

/* --- Leases --- */

#define LEASE                                                                                     \
    "'currency':'USD','price':'21000','residual':'13110','money_factor':'0.00125','months':36"

START_TEST(lease__rounds_its_payment_once)
{
    cJSON *out = finops("finance.lease", "{" LEASE ",'explain':true}");

    ck_assert_str_eq(vector_text(out, "payment"), "261.80");
    ck_assert_str_eq(vector_text(out, "payments_total"), "9424.80");
    ck_assert_int_ge(cJSON_GetArraySize(vector_get(out, "explanation")), 3);
    cJSON_Delete(out);
}
END_TEST

START_TEST(lease_end__is_the_residual_at_the_end)
{
    cJSON *out = finops("finance.lease_end", "{" LEASE ",'month':36,'distance_year':15000,"
                                             "'excess_rate':'200','distance':46000,"
                                             "'purchase_fee':'300','disposition_fee':'395',"
                                             "'explain':true}");
    const cJSON *steps = vector_get(out, "explanation");

    ck_assert_str_eq(vector_text(out, "balance"), "13110.00");
    ck_assert_int_eq(vector_int(out, "excess_distance"), 1000);
    ck_assert_str_eq(vector_text(out, "excess_charge"), "200.00");
    ck_assert_str_eq(vector_text(out, "to_return"), "595.00");
    ck_assert_str_eq(vector_text(out, "to_buy"), "13410.00");
    ck_assert_int_eq(cJSON_GetArraySize(steps), 4);
    ck_assert_str_eq(vector_text(steps->child, "figure"), "balance");
    ck_assert_str_eq(vector_text(steps->child, "rounded"), "13110.00");
    ck_assert_str_eq(vector_text(steps->child->next, "rounded"), "200.00");
    ck_assert_str_eq(vector_text(steps->child->next->next, "rounded"), "595.00");
    cJSON_Delete(out);
}
END_TEST

/* --- Refusals --- */

static const struct {
    const char *operation;
    int32_t status;
    const char *field, *args;
} refusals[] = {
    { "finance.schedule", ACRM_E_INVALID, "currency", "{'price':'1'}" },
    { "finance.schedule", ACRM_E_INVALID, "currency", "{'currency':'EURO','price':'1'}" },
    { "finance.schedule", ACRM_E_INVALID, "currency", "{'currency':'XYZ','price':'1'}" },
    { "finance.schedule", ACRM_E_INVALID, "price", "{'currency':'EUR','price':'1.234'}" },
    { "finance.schedule", ACRM_E_INVALID, "price", "{'currency':'EUR','price':1.5}" },
    { "finance.schedule", ACRM_E_INVALID, "price", "{'currency':'EUR','price':'-1'}" },
    { "finance.schedule", ACRM_E_INVALID, "price", "{'currency':'EUR'}" },
    { "finance.schedule", ACRM_E_INVALID, "price", "{'currency':'EUR','price':'99999999999999'}" },
    { "finance.schedule", ACRM_E_INVALID, "rate", "{'currency':'EUR','price':'1','rate':0.05}" },
    { "finance.schedule", ACRM_E_INVALID, "rate", "{'currency':'EUR','price':'1','rate':'11'}" },
    { "finance.schedule", ACRM_E_INVALID, "rate",
      "{'currency':'EUR','price':'1','rate':'0.1234567891'}" },
    { "finance.schedule", ACRM_E_INVALID, "periods", "{'currency':'EUR','periods':0}" },
    { "finance.schedule", ACRM_E_INVALID, "periods", "{'currency':'EUR','periods':3661}" },
    { "finance.schedule", ACRM_E_INVALID, "kind", "{'currency':'EUR','kind':'annuities'}" },
    { "finance.schedule", ACRM_E_INVALID, "start_day",
      "{'currency':'EUR','price':'1','start_day':'2026-02-30'}" },
    { "finance.schedule", ACRM_E_INVALID, "start_day",
      "{'currency':'EUR','price':'1','skip_months':[7]}" },
    { "finance.schedule", ACRM_E_INVALID, "skip_months[1]",
      "{'currency':'EUR','price':'1','skip_months':[7,13]}" },
    { "finance.schedule", ACRM_E_INVALID, "first_due_day",
      "{'currency':'EUR','price':'1','start_day':'2026-02-03','first_due_day':'2026-01-01'}" },
    { "finance.schedule", ACRM_E_INVALID, "closed_weekdays[0]",
      "{'currency':'EUR','price':'1','closed_weekdays':['sonntag']}" },
    { "finance.schedule", ACRM_E_INVALID, "balloon",
      "{'currency':'EUR','price':'1','balloon':'2'}" },
    { "finance.schedule", ACRM_E_INVALID, "charges[1].rate",
      "{'currency':'EUR','price':'1','charges':[{},{'rate':'-0.1'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "charges[0].kind",
      "{'currency':'EUR','price':'1','charges':[{'kind':'bribe'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "charges[0].amout",
      "{'currency':'EUR','price':'1','charges':[{'amout':'1'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "charges[0].flags[0]",
      "{'currency':'EUR','price':'1','charges':[{'flags':['x']}]}" },
    { "finance.schedule", ACRM_E_INVALID, "steps[0].from",
      "{'currency':'EUR','price':'1','steps':[{'share':'1'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "steps[0].share",
      "{'currency':'EUR','price':'1','steps':[{'from':1,'share':'-1'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "steps[0].amount",
      "{'currency':'EUR','price':'1','steps':[{'from':1,'what':'amount','amount':'-1'}]}" },
    { "finance.schedule", ACRM_E_INVALID, "round_unit",
      "{'currency':'EUR','price':'1','round_unit':'0'}" },
    { "finance.schedule", ACRM_E_LIMIT, "explain",
      "{'currency':'EUR','price':'9000','periods':3000,'explain':true}" },
    { "finance.solve", ACRM_E_INVALID, "unknown", "{'currency':'EUR','price':'1'}" },
    { "finance.solve", ACRM_E_INVALID, "instalment",
      "{'currency':'EUR','price':'1','unknown':'rate'}" },
    { "finance.apr", ACRM_E_INVALID, "flows", "{'currency':'EUR','method':'us_regz'}" },
    { "finance.apr", ACRM_E_INVALID, "flows", "{'currency':'EUR','method':'us_regz','flows':[]}" },
    { "finance.apr", ACRM_E_INVALID, "method", "{'currency':'EUR','method':'uk','flows':[]}" },
    { "finance.apr", ACRM_E_INVALID, "flows[0].day",
      "{'currency':'EUR','method':'us_regz','flows':[{'kind':'advance','amount':'1'}]}" },
    { "finance.apr", ACRM_E_INVALID, "flows[0].amount",
      "{'currency':'EUR','method':'us_regz','flows':[{'kind':'advance','amount':'0',"
      "'day':'2026-01-01'}]}" },
    { "finance.apr", ACRM_E_INVALID, "flows[0].kind",
      "{'currency':'EUR','method':'us_regz','flows':[{'kind':'gift','amount':'1'}]}" },
    { "finance.apr", ACRM_E_INVALID, "decimals",
      "{'currency':'EUR','method':'us_regz','decimals':10,'flows':[]}" },
    { "finance.day_count", ACRM_E_INVALID, "convention",
      "{'convention':'30_360','start':'2026-01-01','end':'2026-01-01'}" },
    { "finance.day_count", ACRM_E_INVALID, "end",
      "{'convention':'act_360','start':'2026-01-02','end':'2026-01-01'}" },
    { "finance.day_count", ACRM_E_INVALID, "period_months",
      "{'convention':'act_act_icma','start':'2026-01-02','end':'2026-02-01'}" },
    { "finance.rates", ACRM_E_INVALID, "value", "{'from':'flat','value':-1}" },
    { "finance.rates", ACRM_E_INVALID, "from", "{'from':'usurious','value':1}" },
    { "finance.lease", ACRM_E_INVALID, "residual",
      "{'currency':'USD','price':'100','residual':'101','months':36}" },
    { "finance.lease", ACRM_E_INVALID, "months", "{'currency':'USD','price':'100','months':0}" },
    { "finance.lease", ACRM_E_INVALID, "cash_down",
      "{'currency':'USD','price':'100','zero_drive_off':true,'cash_down':'1'}" },
    { "finance.lease_end", ACRM_E_INVALID, "month", "{" LEASE ",'month':37}" },
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

START_TEST(finance__names_the_field_that_is_wrong)
{
    finops_refuse(refusals[_i].operation, refusals[_i].status, refusals[_i].field,
                  refusals[_i].args);
}
END_TEST

static Suite *finance_ops_suite(void)
{
    Suite *s = suite_create("finance_ops");
    TCase *t = tcase_create("operations");

    tcase_add_checked_fixture(t, finops_open, finops_close);
    tcase_add_test(t, schedule__makes_the_payments_of_the_spreadsheets);
    tcase_add_test(t, schedule__makes_the_tables_of_the_spreadsheets);
    tcase_add_loop_test(t, schedule__reconciles_to_the_cent, 0, 6);
    tcase_add_test(t, schedule__moves_off_closed_days_and_flags_its_rows);
    tcase_add_test(t, schedule__moves_off_the_holidays_of_a_calendar);
    tcase_add_test(t, schedule__explains_each_figure_that_it_gives);
    tcase_add_loop_test(t, solve__finds_what_makes_the_instalment, 0, 6);
    tcase_add_test(t, solve__finds_the_rates_of_the_spreadsheets);
    tcase_add_test(t, solve__explains_the_contract_it_finds);
    tcase_add_test(t, solve__says_when_nothing_solves_it);
    tcase_add_loop_test(t, apr__is_that_of_appendix_j, 0, 2);
    tcase_add_test(t, apr__is_that_of_the_commission);
    tcase_add_test(t, day_count__is_that_of_the_published_cases);
    tcase_add_test(t, rates__convert_there_and_back);
    tcase_add_test(t, lease__rounds_its_payment_once);
    tcase_add_test(t, lease_end__is_the_residual_at_the_end);
    tcase_add_loop_test(t, finance__names_the_field_that_is_wrong, 0, REFUSALS);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(finance_ops_suite)
