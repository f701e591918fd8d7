/* SPDX-License-Identifier: MIT */
/* Forecasts of a series with bounds by what the same method got wrong before. */
#include "engines/forecast/forecast.h"

#include <stdlib.h>

static const double forecast_grid[] = { 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9 };
enum { FORECAST_GRID = sizeof forecast_grid / sizeof forecast_grid[0] };

static bool forecast_naive(const double *y, size_t n, size_t season, size_t horizon,
                           double *values)
{
    if (n < season)
        return false;
    for (size_t h = 0; h < horizon; h++)
        values[h] = y[n - season + h % season];
    return true;
}

/* --- Simple exponential smoothing --- */

static double forecast_smooth(const double *y, size_t n, double alpha, double *level)
{
    double sum = 0, l = y[0];

    for (size_t t = 1; t < n; t++) {
        double error = y[t] - l;
        sum += error * error;
        l += alpha * error;
    }
    *level = l;
    return sum;
}

static bool forecast_exponential(const double *y, size_t n, size_t horizon, double *values)
{
    double best = -1, level = 0, found = 0;

    if (n < 3)
        return false;
    for (size_t a = 0; a < FORECAST_GRID; a++) {
        double sum = forecast_smooth(y, n, forecast_grid[a], &level);
        if (best < 0 || sum < best) {
            best = sum;
            found = level;
        }
    }
    for (size_t h = 0; h < horizon; h++)
        values[h] = found;
    return true;
}

/* --- Holt and Winters, additive --- */

typedef struct forecast_state {
    double level, trend, season[ACRM__FORECAST_SEASON_MAX];
} forecast_state;

/* Level and season from the first season, trend from the first two. */
static void forecast_begin(const double *y, size_t season, forecast_state *s)
{
    double first = 0, second = 0;

    for (size_t i = 0; i < season; i++) {
        first += y[i];
        second += y[season + i];
    }
    s->level = first / (double)season;
    s->trend = (second - first) / (double)season / (double)season;
    for (size_t i = 0; i < season; i++)
        s->season[i] = y[i] - s->level;
}

static double forecast_winters(const double *y, size_t n, size_t season, const double grid[3],
                               forecast_state *s)
{
    double sum = 0;

    forecast_begin(y, season, s);
    for (size_t t = season; t < n; t++) {
        double *seasonal = &s->season[t % season];
        double error = y[t] - (s->level + s->trend + *seasonal);
        double level = s->level + s->trend + grid[0] * error;
        sum += error * error;
        s->trend += grid[0] * grid[1] * error;
        s->level = level;
        *seasonal += grid[2] * (1 - grid[0]) * error;
    }
    return sum;
}

static bool forecast_holt_winters(const double *y, size_t n, size_t season, size_t horizon,
                                  double *values)
{
    forecast_state s, found = { 0, 0, { 0 } };
    double best = -1;

    if (n < 2 * season + 1)
        return false;
    for (size_t i = 0; i < FORECAST_GRID * FORECAST_GRID * FORECAST_GRID; i++) {
        const double grid[3] = { forecast_grid[i / FORECAST_GRID / FORECAST_GRID],
                                 forecast_grid[i / FORECAST_GRID % FORECAST_GRID],
                                 forecast_grid[i % FORECAST_GRID] };
        double sum = forecast_winters(y, n, season, grid, &s);
        if (best < 0 || sum < best) {
            best = sum;
            found = s;
        }
    }
    for (size_t h = 0; h < horizon; h++)
        values[h] = found.level + (double)(h + 1) * found.trend + found.season[(n + h) % season];
    return true;
}

bool acrm__forecast_by(int32_t method, const double *series, size_t n, size_t season,
                       size_t horizon, double *values)
{
    switch (method) {
    case ACRM__FORECAST_SEASONAL_NAIVE:
        return forecast_naive(series, n, season, horizon, values);
    case ACRM__FORECAST_EXPONENTIAL:
        return forecast_exponential(series, n, horizon, values);
    default:
        return forecast_holt_winters(series, n, season, horizon, values);
    }
}

/* --- What it got wrong before --- */

typedef struct forecast_errors {
    double at[ACRM__FORECAST_HORIZON_MAX][ACRM__FORECAST_ORIGINS_MAX];
    size_t n[ACRM__FORECAST_HORIZON_MAX];
    double sum;
    size_t count, origins;
} forecast_errors;

static int forecast_order(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void forecast_backtest(int32_t method, const double *y, size_t n, size_t season,
                              size_t horizon, forecast_errors *e)
{
    double values[ACRM__FORECAST_HORIZON_MAX];

    *e = (forecast_errors){ .sum = 0 };
    for (size_t origin = n - 1; origin > 0 && e->origins < ACRM__FORECAST_ORIGINS_MAX; origin--) {
        if (!acrm__forecast_by(method, y, origin, season, horizon, values))
            break;
        e->origins++;
        for (size_t h = 0; h < horizon && origin + h < n; h++) {
            double error = y[origin + h] - values[h];
            error = error < 0 ? -error : error;
            e->at[h][e->n[h]++] = error;
            e->sum += error;
            e->count++;
        }
    }
}

static void forecast_bounds(forecast_errors *e, size_t horizon, int32_t level,
                            acrm__forecast_out *out)
{
    double widest = 0;

    for (size_t h = 0; h < horizon; h++) {
        size_t k = e->n[h], rank = ((k + 1) * (size_t)level + 99) / 100;
        if (k)
            qsort(e->at[h], k, sizeof e->at[h][0], forecast_order);
        out->short_of |= rank > k;
        double half = k == 0 ? widest : e->at[h][(rank > k ? k : rank) - 1];
        widest = half > widest ? half : widest;
        out->half_width[h] = widest;
    }
}

bool acrm__forecast(int32_t method, const double *series, size_t n, size_t season, size_t horizon,
                    int32_t level, acrm__forecast_out *out)
{
    acrm__forecast_out found = { .method = 0 };
    forecast_errors errors;
    int32_t first = method ? method : ACRM__FORECAST_SEASONAL_NAIVE;
    int32_t last = method ? method : ACRM__FORECAST_METHODS - 1;

    if (n < 2 || n > ACRM__FORECAST_LENGTH_MAX || season < 1 ||
        season > ACRM__FORECAST_SEASON_MAX || horizon < 1 || horizon > ACRM__FORECAST_HORIZON_MAX)
        return false;
    for (int32_t m = first; m <= last; m++) {
        forecast_backtest(m, series, n, season, horizon, &errors);
        if (errors.count == 0)
            continue;
        double mae = errors.sum / (double)errors.count;
        if (found.method && found.mae <= mae)
            continue;
        found = (acrm__forecast_out){ .method = m, .mae = mae,
                                      .origins = (int32_t)errors.origins };
        forecast_bounds(&errors, horizon, level, &found);
    }
    if (!found.method ||
        !acrm__forecast_by(found.method, series, n, season, horizon, found.values))
        return false;
    *out = found;
    return true;
}
