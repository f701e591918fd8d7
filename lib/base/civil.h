/* SPDX-License-Identifier: MIT */
/*
 * Civil time: day numbers, Gregorian and Solar Hijri dates, instants, durations and their texts.
 *
 * A day number counts days since 1970-01-01 (int32), an instant counts microseconds since
 * 1970-01-01T00:00:00Z (int64, no leap seconds). Dates are proleptic Gregorian, years 1 to 9999.
 * A parse function returns false and leaves its output alone when the text is not exactly one
 * valid value; a print function writes a NUL-terminated text and returns its length.
 */
#ifndef ACRM_LIB_BASE_CIVIL_H
#define ACRM_LIB_BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ACRM__DAY_MIN = -719162, /* 0001-01-01 */
    ACRM__DAY_MAX = 2932896, /* 9999-12-31 */
    ACRM__DAY_SECONDS = 86400,
    ACRM__JALALI_YEAR_MIN = 1178,
    ACRM__JALALI_YEAR_MAX = 1633,
    ACRM__JALALI_DAY_MIN = -62377, /* 1178-01-01 = 1799-03-21 */
    ACRM__JALALI_DAY_MAX = 104172, /* 1633-12-29 = 2255-03-20 */
    ACRM__MONTHS_MAX = 120000, /* longest span in months, durations included */
    ACRM__DATE_SIZE = 11, /* buffers for the print functions, the NUL included */
    ACRM__TIME_SIZE = 9,
    ACRM__INSTANT_SIZE = 28,
    ACRM__DURATION_SIZE = 64
};

#define ACRM__SECOND_US INT64_C(1000000)
#define ACRM__DAY_US (ACRM__DAY_SECONDS * ACRM__SECOND_US)
#define ACRM__INSTANT_MIN (ACRM__DAY_MIN * ACRM__DAY_US)
#define ACRM__INSTANT_MAX ((ACRM__DAY_MAX + 1) * ACRM__DAY_US - 1)

typedef struct acrm__civil {
    int32_t year, month, day; /* month 1..12, day 1..31 */
} acrm__civil;

/* Months, days and seconds are kept apart: none has a fixed length in the next. */
typedef struct acrm__duration {
    int32_t months, days;
    int64_t seconds;
} acrm__duration;

/* Quotient rounded down and the remainder that goes with it (0 <= mod < b); b > 0. */
int64_t acrm__floor_div(int64_t a, int64_t b);
int64_t acrm__floor_mod(int64_t a, int64_t b);

/* Gregorian dates. */
bool acrm__civil_valid(int32_t year, int32_t month, int32_t day);
bool acrm__civil_leap(int32_t year);
int32_t acrm__civil_month_length(int32_t year, int32_t month); /* month 1..12 */
bool acrm__civil_to_day(int32_t year, int32_t month, int32_t day, int32_t *out);
void acrm__civil_from_day(int32_t day, acrm__civil *out); /* day in ACRM__DAY_MIN..MAX */
int32_t acrm__weekday(int32_t day); /* ISO 8601: Monday 1 .. Sunday 7 */
/* The same day of the month, or the month's last one when it has fewer days. */
bool acrm__civil_add_months(int32_t day, int64_t months, int32_t *out);

/* Solar Hijri (Jalali) dates; false outside ACRM__JALALI_YEAR_MIN..MAX. */
bool acrm__jalali_valid(int32_t year, int32_t month, int32_t day);
bool acrm__jalali_leap(int32_t year);
int32_t acrm__jalali_month_length(int32_t year, int32_t month); /* 0 when not a month */
bool acrm__jalali_to_day(int32_t year, int32_t month, int32_t day, int32_t *out);
bool acrm__jalali_add_months(int32_t day, int64_t months, int32_t *out);

/* Days from 1178-01-01 to the first day of each year; month << 5 | day for each day of a year. */
extern const int32_t acrm__jalali_starts[];
extern const uint16_t acrm__jalali_dates[];

/* Two look-ups; in the header because reports ask for every row. */
static inline bool acrm__jalali_from_day(int32_t day, acrm__civil *out)
{
    uint32_t since = (uint32_t)day - (uint32_t)ACRM__JALALI_DAY_MIN;

    if (since > (uint32_t)(ACRM__JALALI_DAY_MAX - ACRM__JALALI_DAY_MIN))
        return false;

    /* 2^21 / 5742 is a little under a year's mean length: never low, at most one year high. */
    uint32_t year = (since + 2) * 5742 >> 21;
    year -= since < (uint32_t)acrm__jalali_starts[year];
    uint32_t date = acrm__jalali_dates[since - (uint32_t)acrm__jalali_starts[year]];

    *out = (acrm__civil){ ACRM__JALALI_YEAR_MIN + (int32_t)year, (int32_t)(date >> 5),
                          (int32_t)(date & 31) };
    return true;
}

/* `YYYY-MM-DD`. */
bool acrm__date_parse(const char *text, size_t len, int32_t *day);
size_t acrm__date_print(int32_t day, char out[ACRM__DATE_SIZE]);

/* `HH:MM` or `HH:MM:SS` as seconds of the day; prints seconds always. 24:00 only if asked for. */
bool acrm__time_parse(const char *text, size_t len, bool allow_24, int32_t *seconds);
size_t acrm__time_print(int32_t seconds, char out[ACRM__TIME_SIZE]);

/*
 * RFC 3339. Read: `T`, `t` or a space between, up to six fraction digits, offset `Z`, `z`,
 * `+hh:mm`, `+hhmm` or `+hh`; a second of 60 is refused. Printed: always `Z`, a fraction of six
 * digits only when it is not zero.
 */
bool acrm__instant_parse(const char *text, size_t len, int64_t *us);
size_t acrm__instant_print(int64_t us, char out[ACRM__INSTANT_SIZE]);

/*
 * ISO 8601 durations: `PT4H`, `P180D`, `-P1W`, `P1Y6M`, `P1DT12H`. Weeks become days, years
 * months; no fractions. Printing needs parts of one sign and returns 0 without it.
 */
bool acrm__duration_parse(const char *text, size_t len, acrm__duration *out);
size_t acrm__duration_print(const acrm__duration *duration, char out[ACRM__DURATION_SIZE]);

typedef enum acrm__bucket {
    ACRM__BUCKET_HOUR,
    ACRM__BUCKET_DAY,
    ACRM__BUCKET_WEEK, /* ISO 8601: from Monday */
    ACRM__BUCKET_MONTH,
    ACRM__BUCKET_QUARTER,
    ACRM__BUCKET_YEAR
} acrm__bucket;

/* Where the bucket that holds an instant begins, on a clock offset_min minutes ahead of UTC. */
bool acrm__bucket_start(acrm__bucket bucket, int64_t us, int32_t offset_min, int64_t *start);

#endif
