/* SPDX-License-Identifier: MIT */
/* Dates as leads write them. */
#include "base/civil.h"
#include "modules/integration/adf_internal.h"

/* What is left of the text. */
typedef struct adf_cursor {
    const char *text;
    size_t len;
} adf_cursor;

static bool adf_take(adf_cursor *c, const char *any)
{
    for (; c->len > 0 && *any != '\0'; any++) {
        if (*c->text != *any)
            continue;
        c->text++;
        c->len--;
        return true;
    }
    return false;
}

/* Between `least` and `most` digits. */
static bool adf_number(adf_cursor *c, int least, int most, int32_t *out)
{
    int32_t n = 0;
    int digits = 0;

    while (c->len > 0 && digits < most && *c->text >= '0' && *c->text <= '9') {
        n = n * 10 + (*c->text++ - '0');
        c->len--;
        digits++;
    }
    *out = n;
    return digits >= least;
}

/* Seconds east of UTC; a zone that is not there gives false with *named false. */
static bool adf_zone(adf_cursor *c, int32_t *seconds, bool *named)
{
    bool east = c->len > 0 && *c->text == '+';
    int32_t hours = 0;
    int32_t minutes = 0;

    *named = true;
    *seconds = 0;
    if (adf_take(c, "Zz"))
        return true;
    if (!adf_take(c, "+-")) {
        *named = false;
        return true;
    }
    if (!adf_number(c, 1, 2, &hours))
        return false;
    if (adf_take(c, ":") || c->len > 0)
        adf_number(c, 1, 2, &minutes);
    *seconds = (hours * 60 + minutes) * 60 * (east ? 1 : -1);
    return hours <= 14 && minutes <= 59;
}

static bool adf_time(adf_cursor *c, int64_t *us)
{
    int32_t hour = 0;
    int32_t minute = 0;
    int32_t second = 0;
    int64_t fraction = 0;

    if (!adf_number(c, 1, 2, &hour) || !adf_take(c, ":") || !adf_number(c, 2, 2, &minute) ||
        (adf_take(c, ":") && !adf_number(c, 2, 2, &second)))
        return false;
    if (adf_take(c, ".,")) {
        int32_t digit = 0;
        int64_t unit = ACRM__SECOND_US;
        while (adf_number(c, 1, 1, &digit)) {
            unit /= 10;
            fraction += digit * unit;
        }
    }
    *us = ((hour * 60 + minute) * INT64_C(60) + second) * ACRM__SECOND_US + fraction;
    return hour <= 23 && minute <= 59 && second <= 59;
}

acrm__adf_date_kind acrm__adf_date(const char *text, size_t len, int32_t offset_min, int32_t *day,
                                   int64_t *us, bool *zoned)
{
    adf_cursor c = { text, len };
    int32_t year = 0;
    int32_t month = 0;
    int32_t date = 0;
    int32_t number = 0;
    int32_t zone = 0;
    int64_t time = 0;

    if (!adf_number(&c, 4, 4, &year) || !adf_take(&c, "-/") || !adf_number(&c, 1, 2, &month) ||
        !adf_take(&c, "-/") || !adf_number(&c, 1, 2, &date) ||
        !acrm__civil_to_day(year, month, date, &number))
        return ACRM__ADF_DATE_NONE;
    *day = number;
    if (c.len == 0)
        return ACRM__ADF_DATE_DAY;
    if (!adf_take(&c, "Tt "))
        return ACRM__ADF_DATE_NONE;
    while (adf_take(&c, " "))
        ;
    if (!adf_time(&c, &time))
        return ACRM__ADF_DATE_NONE;
    while (adf_take(&c, " "))
        ;
    if (!adf_zone(&c, &zone, zoned) || c.len > 0)
        return ACRM__ADF_DATE_NONE;
    *us = number * ACRM__DAY_US + time -
          (*zoned ? zone : offset_min * INT64_C(60)) * ACRM__SECOND_US;
    if (*us < ACRM__INSTANT_MIN || *us > ACRM__INSTANT_MAX)
        return ACRM__ADF_DATE_NONE;
    return ACRM__ADF_DATE_INSTANT;
}
