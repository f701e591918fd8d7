/* SPDX-License-Identifier: MIT */
/* Annuities and schedules against published figures and spreadsheets (tests/data/annuity.json). */
#include "autocrm/finance.h"
#include "support/suite.h"
#include "support/vectors.h"

static int digits_of(const cJSON *item)
{
    return vector_has(item, "minor_digits") ? (int)vector_int(item, "minor_digits") : 2;
}

static int64_t amount_of(const cJSON *item, const char *name)
{
    return vector_has(item, name) ? vector_minor(item, name, digits_of(item)) : 0;
}

/* "4.99" percent a year, or "0.08/12" a period. */
static int64_t rate_of(const cJSON *item)
{
    if (!vector_has(item, "nominal_annual_percent") && !vector_has(item, "rate_per_period"))
        return 0;
    if (vector_has(item, "nominal_annual_percent"))
        return vector_decimal(vector_text(item, "nominal_annual_percent"), 7);
    char text[32];
    snprintf(text, sizeof text, "%s", vector_text(item, "rate_per_period"));
    *strchr(text, '/') = '\0';
    return vector_decimal(text, 9);
}

static int32_t per_year_of(const cJSON *item)
{
    if (vector_has(item, "periods_per_year"))
        return (int32_t)vector_int(item, "periods_per_year");
    return vector_has(item, "rate_per_period")
               ? atoi(strchr(vector_text(item, "rate_per_period"), '/') + 1)
               : 12;
}

static int32_t timing_of(const cJSON *item)
{
    return vector_has(item, "due") && strcmp(vector_text(item, "due"), "advance") == 0
               ? ACRM_TIMING_ADVANCE
               : ACRM_TIMING_ARREARS;
}

static acrm_finance_terms terms_of(const cJSON *item)
{
    acrm_finance_terms terms;
    int32_t per_year = per_year_of(item);

    acrm_finance_terms_init(&terms);
    terms.rate = rate_of(item);
    terms.periods = vector_has(item, "periods") ? (int32_t)vector_int(item, "periods") : 1;
    terms.timing = timing_of(item);
    terms.period = per_year == 12  ? ACRM_PERIOD_MONTH
                   : per_year == 4 ? ACRM_PERIOD_QUARTER
                                   : ACRM_PERIOD_YEAR;
    ck_assert(per_year == 12 || per_year == 4 || per_year == 1);
    terms.price = amount_of(item, "present_value");
    terms.balloon = amount_of(item, "future_value");
    return terms;
}

/* The exact figure, cut to the decimals of the text: "575.3888510479" with 2 minor digits. */
static void check_exact(const cJSON *item, const acrm_exact_amount *got)
{
    const char *text = vector_text(item, "expect.unrounded");
    const char *point = strchr(text, '.');
    int places = (int)strlen(point + 1);
    int64_t want = vector_decimal(text, places);
    __extension__ typedef __int128 wide;
    wide have = (wide)got->whole * 1000000000000 + got->ppt; /* minor units * 10^12 */
    int drop = 12 + digits_of(item) - places;
    wide scale = 1;

    for (int i = 0; i < drop; i++)
        scale *= 10;
    int64_t rounded = (int64_t)((have + scale / 2) / scale);
    ck_assert_msg(rounded == want, "%s: %" PRId64 " is not %s", vector_id(item), rounded, text);
    if (vector_has(item, "expect.rounded"))
        ck_assert_msg(got->rounded == amount_of(item, "expect.rounded"), "%s", vector_id(item));
}

static const struct {
    const char *fn;
    int32_t what;
} annuity_figures[] = {
    { "payment", ACRM_ANNUITY_PAYMENT },
    { "interest_part", ACRM_ANNUITY_INTEREST },
    { "principal_part", ACRM_ANNUITY_PRINCIPAL },
    { "balance_after", ACRM_ANNUITY_BALANCE },
    { "present_value", ACRM_ANNUITY_PRESENT },
    { "future_value_of_savings", ACRM_ANNUITY_FUTURE },
};

START_TEST(annuity__agrees_with_every_published_figure)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        for (size_t i = 0; i < sizeof annuity_figures / sizeof annuity_figures[0]; i++) {
            if (strcmp(vector_text(item, "fn"), annuity_figures[i].fn) != 0)
                continue;
            acrm_annuity annuity = { .struct_size = sizeof annuity,
                                     .timing = timing_of(item),
                                     .periods = (int32_t)vector_int(item, "periods"),
                                     .periods_per_year = per_year_of(item),
                                     .rate = rate_of(item),
                                     .present = amount_of(item, "present_value"),
                                     .future = amount_of(item, "future_value"),
                                     .payment = amount_of(item, "payment") };
            acrm_exact_amount got = { .struct_size = sizeof got };
            int32_t period = vector_has(item, "period") ? (int32_t)vector_int(item, "period") : 0;
            int32_t status = acrm_annuity_value(&annuity, annuity_figures[i].what, period, &got,
                                                NULL);
            ck_assert_msg(status == ACRM_OK, "%s: %d", vector_id(item), status);
            check_exact(item, &got);
            n++;
        }
    }
    ck_assert_uint_eq(n, 42);
    cJSON_Delete(root);
}
END_TEST

START_TEST(schedule__solves_every_published_payment)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        if (strcmp(vector_text(item, "fn"), "payment") != 0)
            continue;
        acrm_finance_terms terms = terms_of(item);
        acrm_schedule_summary sum = { .struct_size = sizeof sum };
        ck_assert_int_eq(acrm_schedule(&terms, NULL, 0, &sum, NULL), ACRM_OK);
        acrm_exact_amount got = { .whole = sum.exact_whole,
                                  .ppt = sum.exact_ppt,
                                  .rounded = sum.instalment };
        check_exact(item, &got);
        n++;
    }
    ck_assert_uint_eq(n, 23);
    cJSON_Delete(root);
}
END_TEST

static void check_table(const cJSON *item)
{
    acrm_finance_terms terms = terms_of(item);
    acrm_schedule_row rows[64];
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    bool equal = strcmp(vector_text(item, "kind"), "equal_principal") == 0;
    int32_t n = 0;

    terms.kind = equal ? ACRM_FINANCE_EQUAL_PRINCIPAL : ACRM_FINANCE_ANNUITY;
    ck_assert_int_eq(acrm_schedule(&terms, rows, 64, &sum, NULL), ACRM_OK);
    for (const cJSON *r = vector_get(item, "expect.rows")->child; r != NULL; r = r->next, n++) {
        int digits = digits_of(item);
        const char *id = vector_id(item);
        ck_assert_msg(rows[n].number == vector_int(r, "n"), "%s row %d", id, n + 1);
        ck_assert_msg(rows[n].opening == vector_minor(r, "opening", digits), "%s row %d", id,
                      n + 1);
        ck_assert_msg(rows[n].interest == vector_minor(r, "interest", digits), "%s row %d", id,
                      n + 1);
        ck_assert_msg(rows[n].principal == vector_minor(r, "principal", digits), "%s row %d", id,
                      n + 1);
        ck_assert_msg(rows[n].total == vector_minor(r, "payment", digits), "%s row %d", id, n + 1);
        ck_assert_msg(rows[n].closing == vector_minor(r, "closing", digits), "%s row %d", id,
                      n + 1);
    }
    ck_assert_int_eq(n, terms.periods);
    ck_assert_int_eq(sum.last_instalment, amount_of(item, "expect.last_payment"));
    ck_assert_int_eq(sum.interest, amount_of(item, "expect.total_interest"));
    if (!equal)
        ck_assert_int_eq(sum.instalment, amount_of(item, "expect.regular_payment"));
    ck_assert_int_eq(sum.rows, n + (terms.balloon > 0 ? 1 : 0));
    if (terms.balloon > 0 && terms.timing == ACRM_TIMING_ARREARS)
        ck_assert_int_eq(rows[n].total, terms.balloon);
    if (vector_has(item, "expect.end_of_term"))
        ck_assert_int_eq(rows[n].total, amount_of(item, "expect.end_of_term.payment"));
}

START_TEST(schedule__agrees_with_every_published_table)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        if (strcmp(vector_text(item, "fn"), "amortisation_table") != 0)
            continue;
        check_table(item);
        n++;
    }
    ck_assert_uint_eq(n, 8);
    cJSON_Delete(root);
}
END_TEST

START_TEST(schedule__knows_the_bank_formula_of_iran)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        if (strcmp(vector_text(item, "fn"), "iran_simple_profit") != 0)
            continue;
        acrm_finance_terms terms = terms_of(item);
        acrm_schedule_summary sum = { .struct_size = sizeof sum };
        terms.kind = ACRM_FINANCE_FLAT_AVERAGE;
        ck_assert_int_eq(acrm_schedule(&terms, NULL, 0, &sum, NULL), ACRM_OK);
        ck_assert_int_eq(sum.interest, amount_of(item, "expect.total_profit"));
        int64_t want = vector_decimal(vector_text(item, "expect.instalment_unrounded"), 6);
        ck_assert_int_eq(sum.exact_whole * 1000000 + (sum.exact_ppt + 500000) / 1000000, want);
        n++;
    }
    ck_assert_uint_eq(n, 2);
    cJSON_Delete(root);
}
END_TEST

START_TEST(solve__finds_every_published_rate_and_term)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        const char *fn = vector_text(item, "fn");
        bool rate = strcmp(fn, "rate") == 0;
        if (!rate && strcmp(fn, "periods") != 0)
            continue;
        acrm_finance_terms terms = terms_of(item);
        acrm_solution got = { .struct_size = sizeof got };
        ck_assert_int_eq(acrm_finance_solve(&terms, rate ? ACRM_SOLVE_RATE : ACRM_SOLVE_TERM,
                                            amount_of(item, "payment"), &got, NULL),
                         ACRM_OK);
        ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_ONE);
        if (rate) {
            int64_t want = vector_decimal(
                vector_text(item, "expect.nominal_annual_percent"), 7);
            ck_assert_msg((got.value + 5) / 10 == want / 10, "%s: %" PRId64, vector_id(item),
                          got.value);
        } else {
            ck_assert_int_eq(got.value, vector_int(item, "expect.whole_periods_up"));
            ck_assert_double_eq_tol(got.periods, vector_number(item, "expect.periods"), 5e-7);
        }
        n++;
    }
    ck_assert_uint_eq(n, 7);
    cJSON_Delete(root);
}
END_TEST

START_TEST(solve__finds_every_published_price)
{
    cJSON *root = vectors_load("annuity.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        if (strcmp(vector_text(item, "fn"), "present_value") != 0)
            continue;
        acrm_finance_terms terms = terms_of(item);
        acrm_solution got = { .struct_size = sizeof got };
        ck_assert_int_eq(acrm_finance_solve(&terms, ACRM_SOLVE_PRICE, amount_of(item, "payment"),
                                            &got, NULL),
                         ACRM_OK);
        ck_assert_int_eq(got.solutions, ACRM_SOLUTIONS_ONE);
        ck_assert_msg(got.value == amount_of(item, "expect.rounded"), "%s: %" PRId64,
                      vector_id(item), got.value);
        ck_assert_int_eq(got.instalment, amount_of(item, "payment"));
        n++;
    }
    ck_assert_uint_eq(n, 3);
    cJSON_Delete(root);
}
END_TEST

static Suite *annuity_suite(void)
{
    Suite *suite = suite_create("annuity");
    TCase *tc = tcase_create("annuity");

    tcase_add_test(tc, annuity__agrees_with_every_published_figure);
    tcase_add_test(tc, schedule__solves_every_published_payment);
    tcase_add_test(tc, schedule__agrees_with_every_published_table);
    tcase_add_test(tc, schedule__knows_the_bank_formula_of_iran);
    tcase_add_test(tc, solve__finds_every_published_rate_and_term);
    tcase_add_test(tc, solve__finds_every_published_price);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(annuity_suite)
