/* SPDX-License-Identifier: MIT */
/*
 * Forecasts of a series with bounds by what the same method got wrong before. Pure.
 *
 * Methods: the value of the season before; simple exponential smoothing; Holt and Winters' additive
 * smoothing of level, trend and season. Their parameters are those of a fixed grid with the least
 * sum of squared one-step errors.
 *
 * Bounds: the method is fitted anew at each of the last origins and its errors at each distance
 * are taken down. The half width at distance h is the ceil((k + 1) * level)-th smallest of the k
 * absolute errors there (the largest when there are fewer: `short_of` is set), and no less than at
 * h - 1.
 */
#ifndef ACRM_ENGINES_FORECAST_H
#define ACRM_ENGINES_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ACRM__FORECAST_LENGTH_MAX = 240,
    ACRM__FORECAST_HORIZON_MAX = 24,
    ACRM__FORECAST_SEASON_MAX = 24,
    ACRM__FORECAST_ORIGINS_MAX = 36
};

enum {
    ACRM__FORECAST_AUTO = 0, /* the one with the least mean absolute error before */
    ACRM__FORECAST_SEASONAL_NAIVE,
    ACRM__FORECAST_EXPONENTIAL,
    ACRM__FORECAST_HOLT_WINTERS,
    ACRM__FORECAST_METHODS
};

typedef struct acrm__forecast_out {
    int32_t method;
    double values[ACRM__FORECAST_HORIZON_MAX];
    double half_width[ACRM__FORECAST_HORIZON_MAX];
    double mae;       /* of all errors at all distances before */
    int32_t origins;
    bool short_of;    /* too few origins for bounds of that level: they are wider than none */
} acrm__forecast_out;

/* The forecast by one method without bounds; false: the series is too short for it. */
bool acrm__forecast_by(int32_t method, const double *series, size_t n, size_t season,
                       size_t horizon, double *values);
/* All of it. level: 0.5 to 0.99, in hundredths. False: too short for any origin. */
bool acrm__forecast(int32_t method, const double *series, size_t n, size_t season, size_t horizon,
                    int32_t level, acrm__forecast_out *out);

#endif
