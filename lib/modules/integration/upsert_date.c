/* SPDX-License-Identifier: MIT */
/* Dates as people and spreadsheets write them, by a format or by their look, also Solar Hijri. */
#include "modules/integration/upsert.h"

#include "base/civil.h"

#include <stdio.h>
#include <string.h>

enum { DATE_YEAR, DATE_MONTH, DATE_DAY, DATE_HOUR, DATE_MINUTE, DATE_SECOND, DATE_PARTS };

static const struct {
    const char *token;
    int32_t part;
} date_tokens[] = {
    { "YYYY", DATE_YEAR }, { "YY", DATE_YEAR },   { "MM", DATE_MONTH }, { "M", DATE_MONTH },
    { "DD", DATE_DAY },    { "D", DATE_DAY },     { "HH", DATE_HOUR },  { "mm", DATE_MINUTE },
    { "ss", DATE_SECOND },
};

static const char date_jalali[] = "jalali ";

static bool date_token(const char *format, int32_t *part, size_t *len)
{
    for (size_t i = 0; i < sizeof date_tokens / sizeof date_tokens[0]; i++) {
        *len = strlen(date_tokens[i].token);
        if (strncmp(format, date_tokens[i].token, *len) == 0) {
            *part = date_tokens[i].part;
            return true;
        }
    }
    return false;
}

bool acrm__upsert_date_format_valid(const char *format)
{
    bool seen[DATE_PARTS] = { false };
    int32_t part;
    size_t len;

    if (strncmp(format, date_jalali, sizeof date_jalali - 1) == 0)
        format += sizeof date_jalali - 1;
    while (*format) {
        if (date_token(format, &part, &len)) {
            if (seen[part])
                return false;
            seen[part] = true;
            format += len;
        } else if (strchr("YMDHmsj", *format)) {
            return false;
        } else {
            format++;
        }
    }
    return seen[DATE_YEAR] && seen[DATE_MONTH] && seen[DATE_DAY] &&
           (!seen[DATE_SECOND] || seen[DATE_MINUTE]) && seen[DATE_HOUR] == seen[DATE_MINUTE];
}

static bool date_fail(acrm__upsert_fault *fault, const char *reason, const char *message)
{
    fault->reason = reason;
    snprintf(fault->message, sizeof fault->message, "%s", message);
    return false;
}

static bool date_make(const int32_t parts[DATE_PARTS], bool jalali, int32_t offset, int64_t *us)
{
    int32_t day;
    bool ok = jalali ? acrm__jalali_to_day(parts[DATE_YEAR], parts[DATE_MONTH], parts[DATE_DAY],
                                           &day)
                     : acrm__civil_to_day(parts[DATE_YEAR], parts[DATE_MONTH], parts[DATE_DAY],
                                          &day);

    if (!ok || parts[DATE_HOUR] > 23 || parts[DATE_MINUTE] > 59 || parts[DATE_SECOND] > 59)
        return false;
    *us = day * ACRM__DAY_US + ((parts[DATE_HOUR] * INT64_C(60) + parts[DATE_MINUTE]) * 60 +
                                parts[DATE_SECOND] - offset) * ACRM__SECOND_US;
    return true;
}

/* Up to `max` digits. */
static size_t date_number(const char *text, size_t len, size_t max, int32_t *out)
{
    size_t n = 0;

    *out = 0;
    for (; n < len && n < max && text[n] >= '0' && text[n] <= '9'; n++)
        *out = *out * 10 + (text[n] - '0');
    return n;
}

static bool date_by_format(const char *text, size_t len, const char *format, int32_t offset,
                           int64_t *us, acrm__upsert_fault *fault)
{
    bool jalali = strncmp(format, date_jalali, sizeof date_jalali - 1) == 0;
    int32_t parts[DATE_PARTS] = { 0 }, part;
    const char *wanted = jalali ? format + sizeof date_jalali - 1 : format;
    size_t at = 0, n;

    while (*wanted) {
        if (date_token(wanted, &part, &n)) {
            size_t digits = date_number(text + at, len - at, part == DATE_YEAR ? n : 2,
                                        &parts[part]);
            if (digits == 0 || (part == DATE_YEAR && digits != n))
                break;
            if (part == DATE_YEAR && n == 2)
                parts[part] += jalali ? 1300 : parts[part] < 70 ? 2000 : 1900;
            at += digits;
            wanted += n;
        } else {
            if (at == len || text[at] != *wanted)
                break;
            at++;
            wanted++;
        }
    }
    if (*wanted || at < len || !date_make(parts, jalali, offset, us)) {
        fault->reason = "format";
        snprintf(fault->message, sizeof fault->message, "the date is not of the format %.60s",
                 format);
        return false;
    }
    return true;
}

typedef struct date_numbers {
    int32_t values[DATE_PARTS];
    size_t digits[DATE_PARTS];
    size_t n;
    char mark; /* between the first two */
} date_numbers;

static bool date_read(const char *text, size_t len, date_numbers *out)
{
    *out = (date_numbers){ .n = 0 };
    for (size_t i = 0; i < len;) {
        if (text[i] < '0' || text[i] > '9') {
            if (out->n == 1 && !out->mark)
                out->mark = text[i];
            if ((text[i] >= 'a' && text[i] <= 'z') ||
                (text[i] >= 'A' && text[i] <= 'Z' && text[i] != 'T'))
                return false;
            i++;
            continue;
        }
        if (out->n == DATE_PARTS)
            return false;
        out->digits[out->n] = date_number(text + i, len - i, 9, &out->values[out->n]);
        i += out->digits[out->n++];
    }
    return true;
}

static const char date_unread[] = "the date cannot be read: write 2026-11-21, or give its format";

/* "3/4/1990", "21.03.1990", "01/01/1370": which is the day? *jalali by the year. */
static bool date_year_last(const date_numbers *d, int32_t parts[DATE_PARTS], bool *jalali,
                           acrm__upsert_fault *fault)
{
    int32_t a = d->values[0], b = d->values[1], year = d->values[2];

    if (d->digits[2] != 4)
        return date_fail(fault, "format", date_unread);
    *jalali = year >= 1200 && year <= 1500;
    if (d->mark != '.' && !*jalali && a <= 12 && b <= 12 && a != b)
        return date_fail(fault, "ambiguous",
                         "day and month cannot be told apart: give the column a format such as "
                         "DD/MM/YYYY");
    bool month_first = d->mark != '.' && b > 12;
    parts[DATE_YEAR] = year;
    parts[DATE_MONTH] = month_first ? a : b;
    parts[DATE_DAY] = month_first ? b : a;
    return true;
}

static bool date_by_look(const char *text, size_t len, int32_t offset, int64_t *us,
                         acrm__upsert_fault *fault)
{
    date_numbers d;
    int32_t parts[DATE_PARTS];

    if (acrm__instant_parse(text, len, us))
        return true;
    if (!date_read(text, len, &d))
        return date_fail(fault, "format", date_unread);
    if (d.n == 1 && d.digits[0] == 8) { /* 20261121 */
        d = (date_numbers){ .values = { d.values[0] / 10000, d.values[0] / 100 % 100,
                                        d.values[0] % 100 }, .digits = { 4, 2, 2 }, .n = 3 };
    }
    if (d.n != 3 && d.n != 5 && d.n != 6)
        return date_fail(fault, "format", date_unread);
    memcpy(parts, d.values, sizeof parts);
    bool jalali = d.digits[0] == 4 && parts[0] >= 1200 && parts[0] <= 1500;
    if (d.digits[0] != 4 && !date_year_last(&d, parts, &jalali, fault))
        return false;
    return date_make(parts, jalali, offset, us) || date_fail(fault, "format", date_unread);
}

bool acrm__upsert_date(const char *text, size_t len, const char *format, int32_t offset,
                       int64_t *us, acrm__upsert_fault *fault)
{
    return format ? date_by_format(text, len, format, offset, us, fault)
                  : date_by_look(text, len, offset, us, fault);
}
