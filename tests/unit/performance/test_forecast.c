/* SPDX-License-Identifier: MIT */
/* Forecasts against a plain second implementation, and bounds against simulated series. */
#include "engines/forecast/forecast.h"
#include "support/suite.h"

#include <math.h>

enum { LENGTH = 72, SEASON = 12, HORIZON = 6 };

static uint32_t dice_state;

static double dice(void)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (double)(dice_state >> 8) / 16777216.0;
}

/* Nearly normal: the sum of twelve. */
static double noise(void)
{
    double sum = -6;

    for (int i = 0; i < 12; i++)
        sum += dice();
    return sum;
}

/* --- The plain implementation: arrays of everything, as in a textbook --- */

static const double grid[] = { 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9 };

static double plain_winters(const double *y, int n, int m, double alpha, double beta, double gamma,
                            int horizon, double *out)
{
    double level[256], trend[256], season[256], sum = 0;
    double first = 0, second = 0;

    for (int i = 0; i < m; i++) {
        first += y[i] / m;
        second += y[m + i] / m;
    }
    level[m - 1] = first;
    trend[m - 1] = (second - first) / m;
    for (int i = 0; i < m; i++)
        season[i] = y[i] - first;
    for (int t = m; t < n; t++) {
        double expected = level[t - 1] + trend[t - 1] + season[t - m];
        sum += (y[t] - expected) * (y[t] - expected);
        level[t] = alpha * (y[t] - season[t - m]) + (1 - alpha) * (level[t - 1] + trend[t - 1]);
        trend[t] = beta * (level[t] - level[t - 1]) + (1 - beta) * trend[t - 1];
        /* Of the level before: the error correction form of the same method. */
        season[t] = gamma * (1 - alpha) * (y[t] - level[t - 1] - trend[t - 1]) +
                    (1 - gamma * (1 - alpha)) * season[t - m];
    }
    for (int h = 1; h <= horizon; h++)
        out[h - 1] = level[n - 1] + h * trend[n - 1] + season[n - m + (h - 1) % m];
    return sum;
}

static void plain_best_winters(const double *y, int n, int m, int horizon, double *out)
{
    double best = INFINITY, values[24];

    for (int a = 0; a < 7; a++)
        for (int b = 0; b < 7; b++)
            for (int g = 0; g < 7; g++) {
                double sum = plain_winters(y, n, m, grid[a], grid[b], grid[g], horizon, values);
                if (sum < best * (1 - 1e-12)) {
                    best = sum;
                    for (int h = 0; h < horizon; h++)
                        out[h] = values[h];
                }
            }
}

static void make_series(double *y, int n, double trend, double swing, double rough)
{
    double phase = dice();

    for (int t = 0; t < n; t++)
        y[t] = 100 + trend * t + swing * sin(6.283185307179586 * (t % SEASON / 12.0 + phase)) +
               rough * noise();
}

START_TEST(forecast__agrees_with_a_plain_implementation)
{
    dice_state = 5;
    for (int i = 0; i < 40; i++) {
        double y[LENGTH], ours[HORIZON], plain[HORIZON];
        int n = 25 + (int)(dice() * (LENGTH - 25));
        make_series(y, n, dice() - 0.5, 20 * dice(), 5);
        ck_assert(acrm__forecast_by(ACRM__FORECAST_HOLT_WINTERS, y, (size_t)n, SEASON, HORIZON,
                                    ours));
        plain_best_winters(y, n, SEASON, HORIZON, plain);
        for (int h = 0; h < HORIZON; h++)
            ck_assert_double_eq_tol(ours[h], plain[h], 1e-6);
        ck_assert(acrm__forecast_by(ACRM__FORECAST_SEASONAL_NAIVE, y, (size_t)n, SEASON, HORIZON,
                                    ours));
        for (int h = 0; h < HORIZON; h++)
            ck_assert(ours[h] == y[n - SEASON + h]); /* NOLINT: the very number */
    }
}
END_TEST

START_TEST(forecast__bounds_hold_as_often_as_they_say)
{
    static const struct {
        int32_t method, level;
        double trend, swing, rough;
    } rows[] = {
        { ACRM__FORECAST_EXPONENTIAL, 80, 0, 0, 10 },
        { ACRM__FORECAST_SEASONAL_NAIVE, 80, 0, 30, 10 },
        { ACRM__FORECAST_HOLT_WINTERS, 80, 0.5, 30, 10 },
        { ACRM__FORECAST_EXPONENTIAL, 90, 0, 0, 10 },
    };

    dice_state = 77;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        int inside = 0, all = 0;
        for (int i = 0; i < 60; i++) {
            double y[LENGTH + 3];
            acrm__forecast_out out;
            make_series(y, LENGTH + 3, rows[r].trend, rows[r].swing, rows[r].rough);
            ck_assert(acrm__forecast(rows[r].method, y, LENGTH, SEASON, 3, rows[r].level, &out));
            ck_assert(!out.short_of);
            for (int h = 0; h < 3; h++, all++)
                inside += fabs(y[LENGTH + h] - out.values[h]) <= out.half_width[h];
        }
        double rate = (double)inside / all;
        ck_assert_msg(rate > rows[r].level / 100.0 - 0.08 && rate < rows[r].level / 100.0 + 0.12,
                      "row %zu: %f", r, rate);
    }
}
END_TEST

START_TEST(forecast__the_method_that_was_least_wrong_is_taken)
{
    double y[LENGTH];
    acrm__forecast_out out;

    dice_state = 9;
    make_series(y, LENGTH, 0, 0, 10);
    ck_assert(acrm__forecast(ACRM__FORECAST_AUTO, y, LENGTH, SEASON, HORIZON, 80, &out));
    ck_assert_int_eq(out.method, ACRM__FORECAST_EXPONENTIAL);
    make_series(y, LENGTH, 2, 60, 1);
    ck_assert(acrm__forecast(ACRM__FORECAST_AUTO, y, LENGTH, SEASON, HORIZON, 80, &out));
    ck_assert_int_eq(out.method, ACRM__FORECAST_HOLT_WINTERS);
    for (size_t h = 1; h < HORIZON; h++)
        ck_assert(out.half_width[h] >= out.half_width[h - 1]);
}
END_TEST

START_TEST(forecast__short_history_is_told)
{
    static const double y[] = { 3, 4, 5, 6, 7, 8 };
    acrm__forecast_out out;

    ck_assert(!acrm__forecast(ACRM__FORECAST_AUTO, y, 1, 12, 3, 80, &out));
    ck_assert(!acrm__forecast(ACRM__FORECAST_HOLT_WINTERS, y, 6, 12, 3, 80, &out));
    ck_assert(acrm__forecast(ACRM__FORECAST_AUTO, y, 6, 12, 3, 80, &out));
    ck_assert_int_eq(out.method, ACRM__FORECAST_EXPONENTIAL);
    ck_assert(out.short_of);
    ck_assert(!acrm__forecast(ACRM__FORECAST_AUTO, y, 6, 25, 3, 80, &out));
    ck_assert(!acrm__forecast(ACRM__FORECAST_AUTO, y, 6, 12, 25, 80, &out));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("forecast");
    TCase *t = tcase_create("forecast");

    tcase_add_test(t, forecast__agrees_with_a_plain_implementation);
    tcase_add_test(t, forecast__bounds_hold_as_often_as_they_say);
    tcase_add_test(t, forecast__the_method_that_was_least_wrong_is_taken);
    tcase_add_test(t, forecast__short_history_is_told);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
