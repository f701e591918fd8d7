/* SPDX-License-Identifier: MIT */
#include "base/money.h"
#include "support/suite.h"

#include <math.h>
#include <string.h>

static uint64_t money_state = 20;

/* A random number of at most so many bits, of either sign. */
static int64_t money_random(int bits)
{
    money_state = money_state * 6364136223846793005 + 1442695040888963407;
    int64_t value = (int64_t)(money_state >> (64 - bits));

    money_state = money_state * 6364136223846793005 + 1442695040888963407;
    return money_state >> 63 ? -value : value;
}

START_TEST(money__sums_and_products_tell_overflow)
{
    int64_t out = 77;

    ck_assert(acrm__money_add(INT64_MAX - 1, 1, &out) && out == INT64_MAX);
    ck_assert(acrm__money_sub(INT64_MIN + 1, 1, &out) && out == INT64_MIN);
    ck_assert(acrm__money_mul(-3, 5, &out) && out == -15);
    ck_assert(!acrm__money_add(INT64_MAX, 1, &out));
    ck_assert(!acrm__money_add(INT64_MIN, -1, &out));
    ck_assert(!acrm__money_sub(INT64_MIN, 1, &out));
    ck_assert(!acrm__money_sub(0, INT64_MIN, &out));
    ck_assert(!acrm__money_mul(INT64_MIN, -1, &out));
    ck_assert(!acrm__money_mul(INT64_MAX / 2 + 1, 2, &out));
    ck_assert_int_eq(out, -15);
}
END_TEST

START_TEST(money__each_rounding_does_what_its_name_says)
{
    /* tenths, then: half up, half even, down, up, floor, ceiling */
    static const int64_t rows[][7] = {
        { 10, 1, 1, 1, 1, 1, 1 },       { 11, 1, 1, 1, 2, 1, 2 },
        { 15, 2, 2, 1, 2, 1, 2 },       { 16, 2, 2, 1, 2, 1, 2 },
        { 25, 3, 2, 2, 3, 2, 3 },       { 5, 1, 0, 0, 1, 0, 1 },
        { -10, -1, -1, -1, -1, -1, -1 }, { -11, -1, -1, -1, -2, -2, -1 },
        { -15, -2, -2, -1, -2, -2, -1 }, { -16, -2, -2, -1, -2, -2, -1 },
        { -25, -3, -2, -2, -3, -3, -2 }, { -5, -1, 0, 0, -1, -1, 0 },
        { 0, 0, 0, 0, 0, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int32_t mode = 0; mode < 6; mode++) {
            int64_t out = 0;

            ck_assert(acrm__money_ratio(rows[i][0], 1, 10, mode, &out));
            ck_assert_msg(out == rows[i][mode + 1], "%d tenths by mode %d: %d",
                          (int)rows[i][0], (int)mode, (int)out);
            ck_assert(acrm__money_ratio(rows[i][0], -3, -30, mode, &out));
            ck_assert_int_eq(out, rows[i][mode + 1]);
            ck_assert(acrm__money_ratio(-rows[i][0], 7, -70, mode, &out));
            ck_assert_int_eq(out, rows[i][mode + 1]);
        }
}
END_TEST

START_TEST(money__ratio_is_exact_to_the_edge)
{
    int64_t out = 77;

    ck_assert(acrm__money_ratio(INT64_MAX, INT64_MAX, INT64_MAX, 0, &out) && out == INT64_MAX);
    ck_assert(acrm__money_ratio(INT64_MIN, INT64_MIN, INT64_MIN, 0, &out) && out == INT64_MIN);
    ck_assert(acrm__money_ratio(INT64_MAX, 2, 3, ACRM__ROUND_HALF_UP, &out));
    ck_assert_int_eq(out, INT64_C(6148914691236517205));
    ck_assert(acrm__money_ratio(INT64_MIN, 1, INT64_MIN, 0, &out) && out == 1);
    ck_assert(!acrm__money_ratio(1, 1, 0, 0, &out));
    ck_assert(!acrm__money_ratio(INT64_MIN, 1, -1, 0, &out));
    ck_assert(!acrm__money_ratio(INT64_MAX, 3, 2, 0, &out));
    ck_assert_int_eq(out, 1);
}
END_TEST

START_TEST(money__ratio_agrees_with_long_double)
{
    static long double (*const round_modes[])(long double) = {
        roundl, rintl, truncl, NULL, floorl, ceill
    };

    for (int i = 0; i < 20000; i++) {
        int64_t a = money_random(20);
        int64_t num = money_random(20);
        int64_t den = money_random(12);
        int32_t mode = i % 6;
        int64_t out = 0;

        if (den == 0 || !round_modes[mode])
            continue;
        if (!acrm__money_ratio(a, num, den, mode, &out)
            || out != (int64_t)round_modes[mode]((long double)a * num / den))
            ck_abort_msg("%d * %d / %d by mode %d: %d", (int)a, (int)num, (int)den, (int)mode,
                         (int)out);
    }
}
END_TEST

START_TEST(money__allocation_follows_the_weights)
{
    static const struct {
        int64_t total;
        int64_t weights[4];
        int64_t parts[4];
        size_t n;
    } rows[] = {
        { 100, { 1, 1, 1 }, { 34, 33, 33 }, 3 },     { -100, { 1, 1, 1 }, { -34, -33, -33 }, 3 },
        { 100, { 50, 30, 20 }, { 50, 30, 20 }, 3 },  { 10, { 0, 1, 0 }, { 0, 10, 0 }, 3 },
        { 5, { 3, 7 }, { 2, 3 }, 2 },                { 2, { 1, 1, 1, 1 }, { 1, 1, 0, 0 }, 4 },
        { 0, { 1, 2 }, { 0, 0 }, 2 },                { 7, { 5 }, { 7 }, 1 },
        { 101, { 1, 3 }, { 25, 76 }, 2 },            { 10, { 1, 1, 4 }, { 2, 2, 6 }, 3 },
        { INT64_MIN, { 1 }, { INT64_MIN }, 1 },      { INT64_MAX, { 0, 9 }, { 0, INT64_MAX }, 2 },
        { INT64_MAX, { INT64_MAX, INT64_MAX }, { INT64_MAX / 2 + 1, INT64_MAX / 2 }, 2 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t parts[4] = { 0 };

        ck_assert(acrm__money_allocate(rows[i].total, rows[i].weights, rows[i].n, parts));
        for (size_t j = 0; j < rows[i].n; j++)
            ck_assert_msg(parts[j] == rows[i].parts[j], "row %zu, part %zu: %lld", i, j,
                          (long long)parts[j]);
    }
}
END_TEST

START_TEST(money__allocation_refuses_bad_weights)
{
    static const int64_t zero[] = { 0, 0 };
    static const int64_t negative[] = { 3, -1 };
    int64_t parts[2] = { 8, 9 };

    ck_assert(!acrm__money_allocate(5, zero, 2, parts));
    ck_assert(!acrm__money_allocate(5, negative, 2, parts));
    ck_assert(!acrm__money_allocate(5, zero, 0, parts));
    ck_assert_int_eq(parts[0], 8);
}
END_TEST

/* The obvious way: the leftover units one by one to the largest remainder, the first of equals. */
static void money_allocate_slowly(int64_t total, const int64_t *weights, size_t n, int64_t *parts)
{
    int64_t rests[64];
    int64_t sum = 0;
    int64_t left = total;

    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    for (size_t i = 0; i < n; i++) {
        parts[i] = total * weights[i] / sum;
        rests[i] = total * weights[i] % sum;
        left -= parts[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (rests[i] > rests[best])
                best = i;
        parts[best]++;
        rests[best] = -1;
    }
}

START_TEST(money__allocation_agrees_with_the_obvious_way)
{
    for (int round = 0; round < 5000; round++) {
        int64_t weights[40];
        int64_t parts[40];
        int64_t expected[40];
        size_t n = (size_t)(round % 40) + 1;
        int64_t total = llabs(money_random(30));
        int64_t sum = 0;

        for (size_t i = 0; i < n; i++) {
            weights[i] = llabs(money_random(round % 3 == 0 ? 3 : 20));
            sum += weights[i];
        }
        if (sum == 0)
            continue;
        money_allocate_slowly(total, weights, n, expected);
        ck_assert(acrm__money_allocate(total, weights, n, parts));
        if (memcmp(parts, expected, n * sizeof parts[0]) != 0)
            ck_abort_msg("round %d differs", round);
    }
}
END_TEST

START_TEST(currency__digits_follow_iso_4217)
{
    static const struct {
        const char *code;
        int32_t digits;
    } rows[] = {
        { "EUR", 2 }, { "USD", 2 }, { "JPY", 0 }, { "KRW", 0 }, { "KWD", 3 }, { "BHD", 3 },
        { "TND", 3 }, { "CLF", 4 }, { "UYW", 4 }, { "CLP", 0 }, { "IRR", 0 }, { "CNY", 2 },
        { "AED", 2 }, { "ZWG", 2 }, { "XAU", -1 }, { "XXX", -1 }, { "eur", -1 }, { "EU", -1 },
        { "EURO", -1 }, { "", -1 }, { "AAA", -1 }, { "ZZZ", -1 }, { "DEM", -1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(acrm__currency_digits(rows[i].code, strlen(rows[i].code)) == rows[i].digits,
                      "%s", rows[i].code);
}
END_TEST

START_TEST(currency__table_is_sorted_and_found_by_code)
{
    const char *last = "";
    int32_t digits = -1;
    size_t n = 0;

    for (const char *code; (code = acrm__currency_at(n, &digits)) != NULL; n++) {
        ck_assert_uint_eq(strlen(code), 3);
        ck_assert_int_lt(strcmp(last, code), 0);
        ck_assert_int_eq(acrm__currency_digits(code, 3), digits);
        last = code;
    }
    ck_assert_uint_gt(n, 160);
    ck_assert_ptr_nonnull(acrm__currency_at(0, NULL));
}
END_TEST

static Suite *money_suite(void)
{
    Suite *suite = suite_create("money");
    TCase *tc = tcase_create("money");

    tcase_add_test(tc, money__sums_and_products_tell_overflow);
    tcase_add_test(tc, money__each_rounding_does_what_its_name_says);
    tcase_add_test(tc, money__ratio_is_exact_to_the_edge);
    tcase_add_test(tc, money__ratio_agrees_with_long_double);
    tcase_add_test(tc, money__allocation_follows_the_weights);
    tcase_add_test(tc, money__allocation_refuses_bad_weights);
    tcase_add_test(tc, money__allocation_agrees_with_the_obvious_way);
    tcase_add_test(tc, currency__digits_follow_iso_4217);
    tcase_add_test(tc, currency__table_is_sorted_and_found_by_code);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(money_suite)
