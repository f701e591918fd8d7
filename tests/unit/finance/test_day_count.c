/* SPDX-License-Identifier: MIT */
/* Day counts against the published tables, ISDA's paper, and a day-by-day second implementation. */
#include "autocrm/day_count.h"
#include "support/suite.h"
#include "support/vectors.h"

static acrm_day_count_rule rule_of(int32_t convention)
{
    return (acrm_day_count_rule){ .struct_size = sizeof(acrm_day_count_rule),
                                  .convention = convention,
                                  .termination = ACRM_DAY_NONE };
}

static int32_t convention_of(const char *name)
{
    int32_t convention = 0;

    if (strcmp(name, "30/360 Bond Basis (ISDA)") == 0)
        name = "30/360 Bond Basis";
    ck_assert_msg(acrm_day_count_by_name(name, &convention) == ACRM_OK, "%s", name);
    return convention;
}

START_TEST(day_count__agrees_with_every_published_case)
{
    cJSON *root = vectors_load("daycount.json");
    size_t n = 0;

    VECTORS_EACH (item, root) {
        acrm_day_count_rule rule = rule_of(convention_of(vector_text(item, "convention")));
        if (vector_has(item, "termination_date"))
            rule.termination = vector_day(item, "termination_date");
        acrm_year_fraction got = { 0 };
        int32_t status = acrm_day_count(&rule, vector_day(item, "start"), vector_day(item, "end"),
                                        &got, NULL);
        int64_t num;
        int64_t den;
        vector_fraction(vector_text(item, "expect.fraction_exact"), &num, &den);

        ck_assert_msg(status == ACRM_OK, "%s: %d", vector_id(item), status);
        ck_assert_msg(got.num == num && got.den == den,
                      "%s: %" PRId64 "/%" PRId64 " is not %" PRId64 "/%" PRId64, vector_id(item),
                      got.num, got.den, num, den);
        ck_assert_msg(got.days == vector_int(item, "expect.days"), "%s", vector_id(item));
        n++;
    }
    ck_assert_uint_eq(n, 80);
    cJSON_Delete(root);
}
END_TEST

/* ISDA, "EMU and market conventions: recent developments" (1998), the six worked Actual/Actual
 * periods with their ISMA (today ICMA) figures; a regular date and the period's months given. */
static const struct {
    const char *start, *end, *anchor;
    int32_t months, month_end;
    const char *fraction;
    const char *rule;
} icma_rows[] = {
    { "2003-11-01", "2004-05-01", "2003-11-01", 6, 0, "1/2", "a regular half year" },
    { "1999-02-01", "1999-07-01", "1999-07-01", 12, 0, "150/365", "a short first year" },
    { "1999-07-01", "2000-07-01", "1999-07-01", 12, 0, "1", "the regular year after it" },
    { "2002-08-15", "2003-07-15", "2003-07-15", 6, 0, "1/2+153/368", "a long first half year" },
    { "2003-07-15", "2004-01-15", "2003-07-15", 6, 0, "1/2", "the regular half year after it" },
    { "1999-07-30", "2000-01-30", "1999-07-30", 6, 0, "1/2", "a regular half year on the 30th" },
    { "2000-01-30", "2000-06-30", "2000-01-30", 6, 0, "152/364", "a short final half year" },
    { "1999-11-30", "2000-04-30", "1999-11-30", 3, 1, "1/4+61/368", "a long final quarter" },
};

START_TEST(day_count__icma_splits_irregular_periods_as_the_isda_paper)
{
    for (size_t i = 0; i < sizeof icma_rows / sizeof icma_rows[0]; i++) {
        acrm_day_count_rule rule = rule_of(ACRM_DAYS_ACT_ACT_ICMA);
        rule.anchor = vector_day_of(icma_rows[i].anchor);
        rule.period_months = icma_rows[i].months;
        rule.month_end = icma_rows[i].month_end;
        acrm_year_fraction got = { 0 };
        int64_t num;
        int64_t den;
        vector_fraction(icma_rows[i].fraction, &num, &den);

        ck_assert_int_eq(acrm_day_count(&rule, vector_day_of(icma_rows[i].start),
                                        vector_day_of(icma_rows[i].end), &got, NULL),
                         ACRM_OK);
        ck_assert_msg(got.num * den == num * got.den, "%s: %" PRId64 "/%" PRId64,
                      icma_rows[i].rule, got.num, got.den);
    }
}
END_TEST

/* ACT/ACT ISDA counted one day at a time. */
START_TEST(day_count__actual_actual_agrees_with_counting_day_by_day)
{
    acrm_day_count_rule rule = rule_of(ACRM_DAYS_ACT_ACT_ISDA);
    int32_t jan_1 = vector_day_of("1895-01-01");
    int32_t year = 1895;
    int32_t leap = 0;
    int32_t start = jan_1 + 17;

    for (int32_t day = jan_1; day < jan_1 + 50000; day++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        if (day >= start) {
            acrm_year_fraction got = { 0 };
            ck_assert_int_eq(acrm_day_count(&rule, start, day, &got, NULL), ACRM_OK);
            ck_assert_int_eq(got.leap_days, leap);
            ck_assert_int_eq(got.days, day - start);
            ck_assert(got.num * 133590 ==
                      got.den * (leap * INT64_C(365) + (day - start - leap) * INT64_C(366)));
            leap += is_leap ? 1 : 0;
        }
        if (day + 1 == jan_1 + (is_leap ? 366 : 365)) {
            jan_1 = day + 1;
            year++;
            if (year > 2030)
                break;
        }
    }
    ck_assert_int_gt(year, 2030);
}
END_TEST

START_TEST(day_count__nothing_passes_within_one_day)
{
    for (int32_t convention = 1; convention <= 8; convention++) {
        acrm_day_count_rule rule = rule_of(convention);
        int32_t day = vector_day_of("2008-02-29");
        rule.termination = day;
        rule.anchor = day;
        rule.period_months = 3;
        acrm_year_fraction got = { 0 };

        ck_assert_int_eq(acrm_day_count(&rule, day, day, &got, NULL), ACRM_OK);
        ck_assert_int_eq(got.num, 0);
        ck_assert_int_eq(got.den, 1);
        ck_assert_int_eq(got.days, 0);
    }
}
END_TEST

START_TEST(day_count__parts_of_an_additive_convention_add_up)
{
    static const int32_t additive[] = { ACRM_DAYS_ACT_360, ACRM_DAYS_ACT_365F,
                                        ACRM_DAYS_ACT_ACT_ISDA, ACRM_DAYS_ACT_ACT_ICMA };

    for (size_t i = 0; i < 4; i++) {
        acrm_day_count_rule rule = rule_of(additive[i]);
        rule.anchor = vector_day_of("2023-08-31");
        rule.period_months = 3;
        rule.month_end = 1;
        int32_t a = vector_day_of("2019-03-17");
        int32_t c = vector_day_of("2024-11-02");
        acrm_year_fraction whole = { 0 };
        ck_assert_int_eq(acrm_day_count(&rule, a, c, &whole, NULL), ACRM_OK);
        for (int32_t b = a; b <= c; b += 7) {
            acrm_year_fraction x = { 0 };
            acrm_year_fraction y = { 0 };
            ck_assert_int_eq(acrm_day_count(&rule, a, b, &x, NULL), ACRM_OK);
            ck_assert_int_eq(acrm_day_count(&rule, b, c, &y, NULL), ACRM_OK);
            double sum = (double)x.num / (double)x.den + (double)y.num / (double)y.den;
            ck_assert_double_eq_tol(sum, (double)whole.num / (double)whole.den, 1e-12);
        }
    }
}
END_TEST

START_TEST(day_count__names_lead_back_to_their_convention)
{
    int32_t convention = 0;

    for (int32_t c = 1; c <= 8; c++) {
        ck_assert_int_eq(acrm_day_count_by_name(acrm_day_count_name(c), &convention), ACRM_OK);
        ck_assert_int_eq(convention, c);
    }
    ck_assert_ptr_null(acrm_day_count_name(0));
    ck_assert_ptr_null(acrm_day_count_name(9));
    ck_assert_int_eq(acrm_day_count_by_name("act/365f", &convention), ACRM_OK);
    ck_assert_int_eq(acrm_day_count_by_name("30/360", &convention), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_day_count_by_name("", &convention), ACRM_E_NOTFOUND);
    ck_assert_int_eq(acrm_day_count_by_name(NULL, &convention), ACRM_E_MISUSE);
}
END_TEST

static const struct {
    int32_t convention, start, end, anchor, months, month_end;
    const char *field;
} refused[] = {
    { 0, 0, 1, 0, 3, 0, "rule.convention" },
    { 9, 0, 1, 0, 3, 0, "rule.convention" },
    { ACRM_DAYS_ACT_360, ACRM_DAY_MIN - 1, 1, 0, 3, 0, "start" },
    { ACRM_DAYS_ACT_360, ACRM_DAY_NONE, 1, 0, 3, 0, "start" },
    { ACRM_DAYS_ACT_360, 0, ACRM_DAY_MAX + 1, 0, 3, 0, "end" },
    { ACRM_DAYS_30E_360, 0, INT32_MAX, 0, 3, 0, "end" },
    { ACRM_DAYS_30E_360, 2, 1, 0, 3, 0, "end" },
    { ACRM_DAYS_ACT_ACT_ICMA, 0, 1, ACRM_DAY_NONE, 3, 0, "rule.anchor" },
    { ACRM_DAYS_ACT_ACT_ICMA, 0, 1, 0, 0, 0, "rule.period_months" },
    { ACRM_DAYS_ACT_ACT_ICMA, 0, 1, 0, 5, 0, "rule.period_months" },
    { ACRM_DAYS_ACT_ACT_ICMA, 0, 1, 0, 13, 0, "rule.period_months" },
    { ACRM_DAYS_ACT_ACT_ICMA, 0, 1, 0, 3, 2, "rule.month_end" },
};

START_TEST(day_count__refuses_bad_input_by_field)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        acrm_day_count_rule rule = rule_of(refused[i].convention);
        rule.anchor = refused[i].anchor;
        rule.period_months = refused[i].months;
        rule.month_end = refused[i].month_end;
        acrm_year_fraction got = { .num = 77 };
        acrm_issue issue = { 0 };

        ck_assert_int_eq(acrm_day_count(&rule, refused[i].start, refused[i].end, &got, &issue),
                         ACRM_E_INVALID);
        ck_assert_str_eq(issue.field, refused[i].field);
        ck_assert_ptr_nonnull(issue.allowed);
        ck_assert_int_eq(issue.row, -1);
        ck_assert_int_eq(got.num, 77);
    }
    acrm_year_fraction got = { 0 };
    acrm_day_count_rule rule = rule_of(1);
    ck_assert_int_eq(acrm_day_count(NULL, 0, 1, &got, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_day_count(&rule, 0, 1, NULL, NULL), ACRM_E_MISUSE);
    rule.struct_size--;
    ck_assert_int_eq(acrm_day_count(&rule, 0, 1, &got, NULL), ACRM_E_MISUSE);
}
END_TEST

START_TEST(day_count__works_to_the_ends_of_the_calendar)
{
    for (int32_t convention = 1; convention <= 8; convention++) {
        acrm_day_count_rule rule = rule_of(convention);
        rule.period_months = 1;
        int32_t margin = convention == ACRM_DAYS_ACT_ACT_ICMA ? 366 : 0;
        acrm_year_fraction got = { 0 };

        ck_assert_int_eq(acrm_day_count(&rule, ACRM_DAY_MIN + margin, ACRM_DAY_MAX - margin, &got,
                                        NULL),
                         ACRM_OK);
        ck_assert_double_eq_tol((double)got.num / (double)got.den, 9999 - margin / 183, 150);
    }
}
END_TEST

static Suite *day_count_suite(void)
{
    Suite *suite = suite_create("day_count");
    TCase *tc = tcase_create("day_count");

    tcase_add_test(tc, day_count__agrees_with_every_published_case);
    tcase_add_test(tc, day_count__icma_splits_irregular_periods_as_the_isda_paper);
    tcase_add_test(tc, day_count__actual_actual_agrees_with_counting_day_by_day);
    tcase_add_test(tc, day_count__nothing_passes_within_one_day);
    tcase_add_test(tc, day_count__parts_of_an_additive_convention_add_up);
    tcase_add_test(tc, day_count__names_lead_back_to_their_convention);
    tcase_add_test(tc, day_count__refuses_bad_input_by_field);
    tcase_add_test(tc, day_count__works_to_the_ends_of_the_calendar);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(day_count_suite)
