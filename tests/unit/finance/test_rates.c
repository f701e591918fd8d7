/* SPDX-License-Identifier: MIT */
/* Rate conversions: published pairs, and every way there and back. */
#include "autocrm/apr.h"
#include "support/suite.h"

#include <math.h>
#include <string.h>

static const struct {
    int32_t per_year, periods, advance, from, to;
    double value, expected, tolerance;
    const char *rule;
} conversions[] = {
    { 12, 0, 0, ACRM_RATE_NOMINAL, ACRM_RATE_EFFECTIVE, 12, 12.682503013196977, 1e-12,
      "12 % monthly is 12.68 % a year" },
    { 12, 0, 0, ACRM_RATE_EFFECTIVE, ACRM_RATE_NOMINAL, 12.682503013196977, 12, 1e-12, "back" },
    { 4, 0, 0, ACRM_RATE_NOMINAL, ACRM_RATE_PERIODIC, 10, 2.5, 0, "a quarter of 10 %" },
    { 12, 0, 0, ACRM_RATE_MONEY_FACTOR, ACRM_RATE_NOMINAL, 0.00125, 3, 1e-15, "MF x 2400" },
    { 12, 0, 0, ACRM_RATE_NOMINAL, ACRM_RATE_MONEY_FACTOR, 3, 0.00125, 1e-18, "and back" },
    { 1, 0, 0, ACRM_RATE_NOMINAL, ACRM_RATE_EFFECTIVE, 7.25, 7.25, 1e-13, "yearly compounding" },
    { 12, 1, 0, ACRM_RATE_FLAT, ACRM_RATE_NOMINAL, 12, 12, 1e-9, "of one: flat is nominal" },
    { 12, 2, 0, ACRM_RATE_FLAT, ACRM_RATE_PERIODIC, 12, 1.3304028738, 1e-9, "2 x 0.51 repay 1" },
    { 12, 24, 0, ACRM_RATE_FLAT, ACRM_RATE_NOMINAL, 0, 0, 1e-9, "nothing is nothing" },
    { 12, 36, 0, ACRM_RATE_NOMINAL, ACRM_RATE_FLAT, 0, 0, 1e-9, "nothing is nothing" },
};

START_TEST(rates__convert_by_their_definitions)
{
    for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
        acrm_rate_terms terms = { .struct_size = sizeof terms,
                                  .per_year = conversions[i].per_year,
                                  .periods = conversions[i].periods,
                                  .advance = conversions[i].advance };
        double expected = conversions[i].expected;
        double got = 0;

        ck_assert_int_eq(acrm_rate_convert(&terms, conversions[i].from, conversions[i].to,
                                           conversions[i].value, &got, NULL),
                         ACRM_OK);
        ck_assert_msg(fabs(got - expected) <= conversions[i].tolerance, "%s: %.15f",
                      conversions[i].rule, got);
    }
}
END_TEST

START_TEST(rates__come_back_from_every_conversion)
{
    static const double values[] = { 0.25, 1, 4.5, 12, 60, 500 };

    for (int32_t from = 1; from <= 5; from++)
        for (int32_t to = 1; to <= 5; to++)
            for (size_t v = 0; v < 6; v++)
                for (int32_t advance = 0; advance <= 1; advance++) {
                    acrm_rate_terms terms = { .struct_size = sizeof terms,
                                              .per_year = 12,
                                              .periods = 48,
                                              .advance = advance };
                    double value = from == ACRM_RATE_MONEY_FACTOR ? values[v] / 2400 : values[v];
                    double there = 0;
                    double back = 0;
                    int32_t status = acrm_rate_convert(&terms, from, to, value, &there, NULL);
                    if (status != ACRM_OK) { /* beyond the range, or no such rate in advance */
                        ck_assert(values[v] == 500);
                        continue;
                    }
                    ck_assert_int_eq(acrm_rate_convert(&terms, to, from, there, &back, NULL),
                                     ACRM_OK);
                    ck_assert_msg(fabs(back - value) <= 1e-9 * value, "%d to %d of %g: %.12g", from,
                                  to, value, back);
                }
}
END_TEST

/* A flat loan's instalments, discounted at the rate found, repay the principal. */
START_TEST(rates__a_flat_rate_is_the_rate_its_instalments_bear)
{
    for (int32_t n = 1; n <= 120; n++) {
        acrm_rate_terms terms = { .struct_size = sizeof terms, .per_year = 12, .periods = n };
        double percent = 0;
        double sum = 0;

        ck_assert_int_eq(acrm_rate_convert(&terms, ACRM_RATE_FLAT, ACRM_RATE_PERIODIC, 7, &percent,
                                           NULL),
                         ACRM_OK);
        for (int32_t k = 1; k <= n; k++)
            sum += (1 + 0.07 * n / 12) / n / pow(1 + percent / 100, k);
        ck_assert_double_eq_tol(sum, 1, 1e-12);
    }
}
END_TEST

static const struct {
    acrm_rate_terms terms;
    int32_t from, to;
    double value;
    const char *field;
} bad[] = {
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 0, 1, 5, "from" },
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 1, 6, 5, "to" },
    { { sizeof(acrm_rate_terms), 0, 12, 0 }, 1, 2, 5, "terms.per_year" },
    { { sizeof(acrm_rate_terms), 367, 12, 0 }, 1, 2, 5, "terms.per_year" },
    { { sizeof(acrm_rate_terms), 12, 0, 0 }, 4, 2, 5, "terms.periods" },
    { { sizeof(acrm_rate_terms), 12, 12001, 0 }, 2, 4, 5, "terms.periods" },
    { { sizeof(acrm_rate_terms), 12, 12, 2 }, 4, 2, 5, "terms.advance" },
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 4, 2, -1, "value" },
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 1, 2, NAN, "value" },
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 1, 2, INFINITY, "value" },
    { { sizeof(acrm_rate_terms), 12, 12, 0 }, 1, 2, -100, "value" },
    { { sizeof(acrm_rate_terms), 366, 12, 0 }, 1, 2, 1e8, "value" },
    { { sizeof(acrm_rate_terms), 12, 1, 1 }, 4, 1, 5, "value" },
};

START_TEST(rates__refuse_bad_input_by_field)
{
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        acrm_issue issue = { 0 };
        double got = 77;

        ck_assert_int_eq(acrm_rate_convert(&bad[i].terms, bad[i].from, bad[i].to, bad[i].value,
                                           &got, &issue),
                         ACRM_E_INVALID);
        ck_assert_str_eq(issue.field, bad[i].field);
        ck_assert_double_eq(got, 77);
    }
    double got = 0;
    ck_assert_int_eq(acrm_rate_convert(NULL, 1, 2, 5, &got, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_rate_convert(&bad[0].terms, 1, 2, 5, NULL, NULL), ACRM_E_MISUSE);
}
END_TEST

static Suite *rates_suite(void)
{
    Suite *suite = suite_create("rates");
    TCase *tc = tcase_create("rates");

    tcase_add_test(tc, rates__convert_by_their_definitions);
    tcase_add_test(tc, rates__come_back_from_every_conversion);
    tcase_add_test(tc, rates__a_flat_rate_is_the_rate_its_instalments_bear);
    tcase_add_test(tc, rates__refuse_bad_input_by_field);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(rates_suite)
