/* SPDX-License-Identifier: MIT */
/* Civil time as text: RFC 3339 instants, dates, times of day, and ISO 8601 durations. */
#include "base/civil.h"

#include <assert.h>
#include <string.h>

enum { CIVIL_TEXT_DURATION_PARTS = 7 };

/* The parts of a duration in the only order they may come in. */
static const struct {
    char letter;
    bool time; /* stands behind the `T` */
    int32_t months, days, seconds;
} civil_text_parts[CIVIL_TEXT_DURATION_PARTS] = {
    { 'Y', false, 12, 0, 0 },  { 'M', false, 1, 0, 0 },  { 'W', false, 0, 7, 0 },
    { 'D', false, 0, 1, 0 },   { 'H', true, 0, 0, 3600 }, { 'M', true, 0, 0, 60 },
    { 'S', true, 0, 0, 1 },
};

static const int64_t civil_text_days_max = ACRM__DAY_MAX - ACRM__DAY_MIN;

/* Reads exactly n digits; -1 when there are fewer. */
static int32_t civil_text_digits(const char *text, size_t n)
{
    int32_t value = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Writes n digits, with zeros in front, and returns where the next character goes. */
static char *civil_text_put(char *out, int32_t value, size_t n)
{
    for (size_t i = n; i-- > 0; value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + n;
}

static char *civil_text_put_date(char *out, int32_t day)
{
    acrm__civil date;

    acrm__civil_from_day(day, &date);
    out = civil_text_put(out, date.year, 4);
    *out++ = '-';
    out = civil_text_put(out, date.month, 2);
    *out++ = '-';
    return civil_text_put(out, date.day, 2);
}

static char *civil_text_put_time(char *out, int32_t seconds)
{
    out = civil_text_put(out, seconds / 3600, 2);
    *out++ = ':';
    out = civil_text_put(out, seconds / 60 % 60, 2);
    *out++ = ':';
    return civil_text_put(out, seconds % 60, 2);
}

static size_t civil_text_end(char *end, const char *start)
{
    *end = '\0';
    return (size_t)(end - start);
}

bool acrm__date_parse(const char *text, size_t len, int32_t *day)
{
    if (len != ACRM__DATE_SIZE - 1 || text[4] != '-' || text[7] != '-')
        return false;
    return acrm__civil_to_day(civil_text_digits(text, 4), civil_text_digits(text + 5, 2),
                              civil_text_digits(text + 8, 2), day);
}

size_t acrm__date_print(int32_t day, char out[ACRM__DATE_SIZE])
{
    return civil_text_end(civil_text_put_date(out, day), out);
}

bool acrm__time_parse(const char *text, size_t len, bool allow_24, int32_t *seconds)
{
    if ((len != 5 && len != 8) || text[2] != ':' || (len == 8 && text[5] != ':'))
        return false;

    int32_t h = civil_text_digits(text, 2), m = civil_text_digits(text + 3, 2);
    int32_t s = len == 8 ? civil_text_digits(text + 6, 2) : 0;
    if (h < 0 || m < 0 || m > 59 || s < 0 || s > 59)
        return false;

    int32_t total = h * 3600 + m * 60 + s;
    if (total > ACRM__DAY_SECONDS - !allow_24)
        return false;
    *seconds = total;
    return true;
}

size_t acrm__time_print(int32_t seconds, char out[ACRM__TIME_SIZE])
{
    assert(seconds >= 0 && seconds <= ACRM__DAY_SECONDS);
    return civil_text_end(civil_text_put_time(out, seconds), out);
}

/* Reads `.f` to `.ffffff` at *at, if there is one, as microseconds. */
static bool civil_text_fraction(const char *text, size_t len, size_t *at, int32_t *us)
{
    size_t n = 0;
    int32_t value = 0;

    *us = 0;
    if (*at >= len || text[*at] != '.')
        return true;
    ++*at;
    while (*at + n < len && text[*at + n] >= '0' && text[*at + n] <= '9' && n <= 6)
        n++;
    if (n < 1 || n > 6)
        return false;
    value = civil_text_digits(text + *at, n);
    for (size_t i = n; i < 6; i++)
        value *= 10;
    *at += n;
    *us = value;
    return true;
}

/* Reads the offset, which must be the whole text, as seconds ahead of UTC. */
static bool civil_text_offset(const char *text, size_t len, int32_t *offset)
{
    if (len == 1 && (text[0] == 'Z' || text[0] == 'z')) {
        *offset = 0;
        return true;
    }
    if ((len != 3 && len != 5 && len != 6) || (text[0] != '+' && text[0] != '-') ||
        (len == 6 && text[3] != ':'))
        return false;

    int32_t h = civil_text_digits(text + 1, 2);
    int32_t m = len == 3 ? 0 : civil_text_digits(text + len - 2, 2);
    if (h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *offset = (h * 3600 + m * 60) * (text[0] == '-' ? -1 : 1);
    return true;
}

bool acrm__instant_parse(const char *text, size_t len, int64_t *us)
{
    int32_t day = 0, seconds = 0, fraction = 0, offset = 0;
    size_t at = 19; /* the date, the separator, the time */

    if (len <= at || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
        !acrm__date_parse(text, 10, &day) ||
        !acrm__time_parse(text + 11, 8, false, &seconds) ||
        !civil_text_fraction(text, len, &at, &fraction) ||
        !civil_text_offset(text + at, len - at, &offset))
        return false;

    int64_t value = day * ACRM__DAY_US + (seconds - offset) * ACRM__SECOND_US + fraction;
    if (value < ACRM__INSTANT_MIN || value > ACRM__INSTANT_MAX)
        return false;
    *us = value;
    return true;
}

size_t acrm__instant_print(int64_t us, char out[ACRM__INSTANT_SIZE])
{
    assert(us >= ACRM__INSTANT_MIN && us <= ACRM__INSTANT_MAX);

    int64_t day = acrm__floor_div(us, ACRM__DAY_US);
    int64_t of_day = us - day * ACRM__DAY_US;
    int32_t fraction = (int32_t)(of_day % ACRM__SECOND_US);
    char *end = civil_text_put_date(out, (int32_t)day);

    *end++ = 'T';
    end = civil_text_put_time(end, (int32_t)(of_day / ACRM__SECOND_US));
    if (fraction != 0) {
        *end++ = '.';
        end = civil_text_put(end, fraction, 6);
    }
    *end++ = 'Z';
    return civil_text_end(end, out);
}

/* Reads digits up to the first other character; the value stays below 10^12. */
static bool civil_text_number(const char *text, size_t len, size_t *at, int64_t *value)
{
    size_t first = *at;

    *value = 0;
    while (*at < len && text[*at] >= '0' && text[*at] <= '9') {
        *value = *value * 10 + (text[*at] - '0');
        if (*value >= INT64_C(1000000000000))
            return false;
        ++*at;
    }
    return *at > first;
}

/* The row of a part letter at or behind row `from`, or CIVIL_TEXT_DURATION_PARTS. */
static size_t civil_text_part(char letter, bool time, size_t from)
{
    size_t i = from;

    while (i < CIVIL_TEXT_DURATION_PARTS &&
           (civil_text_parts[i].letter != letter || civil_text_parts[i].time != time))
        i++;
    return i;
}

bool acrm__duration_parse(const char *text, size_t len, acrm__duration *out)
{
    int64_t months = 0, days = 0, seconds = 0, value = 0;
    size_t at = len > 0 && (text[0] == '-' || text[0] == '+');
    int32_t sign = at == 1 && text[0] == '-' ? -1 : 1;
    bool time = false;

    if (at >= len || text[at++] != 'P' || at >= len)
        return false;
    for (size_t part = 0; at < len; part++) {
        if (!time && text[at] == 'T') {
            time = true;
            at++;
        }
        if (!civil_text_number(text, len, &at, &value) || at >= len)
            return false;
        part = civil_text_part(text[at++], time, part);
        if (part == CIVIL_TEXT_DURATION_PARTS)
            return false;
        months += value * civil_text_parts[part].months;
        days += value * civil_text_parts[part].days;
        seconds += value * civil_text_parts[part].seconds;
    }
    if (months > ACRM__MONTHS_MAX || days > civil_text_days_max ||
        seconds > civil_text_days_max * ACRM__DAY_SECONDS)
        return false;
    *out = (acrm__duration){ .months = (int32_t)months * sign, .days = (int32_t)days * sign,
                             .seconds = seconds * sign };
    return true;
}

/* Writes a number and its letter, or nothing when it is zero. */
static char *civil_text_put_part(char *out, int64_t value, char letter)
{
    char digits[20];
    size_t n = 0;

    if (value == 0)
        return out;
    for (; value > 0; value /= 10)
        digits[n++] = (char)('0' + value % 10);
    while (n > 0)
        *out++ = digits[--n];
    *out++ = letter;
    return out;
}

size_t acrm__duration_print(const acrm__duration *duration, char out[ACRM__DURATION_SIZE])
{
    int64_t months = duration->months, days = duration->days, seconds = duration->seconds;
    char *end = out;

    if ((months < 0 || days < 0 || seconds < 0) && (months > 0 || days > 0 || seconds > 0))
        return 0;
    if (months == 0 && days == 0 && seconds == 0) {
        memcpy(out, "PT0S", sizeof "PT0S");
        return sizeof "PT0S" - 1;
    }
    if (months < 0 || days < 0 || seconds < 0) {
        if (seconds == INT64_MIN)
            return 0;
        months = -months;
        days = -days;
        seconds = -seconds;
        *end++ = '-';
    }
    *end++ = 'P';
    end = civil_text_put_part(end, months / 12, 'Y');
    end = civil_text_put_part(end, months % 12, 'M');
    end = civil_text_put_part(end, days, 'D');
    if (seconds != 0)
        *end++ = 'T';
    end = civil_text_put_part(end, seconds / 3600, 'H');
    end = civil_text_put_part(end, seconds / 60 % 60, 'M');
    end = civil_text_put_part(end, seconds % 60, 'S');
    return civil_text_end(end, out);
}
