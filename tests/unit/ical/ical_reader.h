/* SPDX-License-Identifier: MIT */
/* A small reader of iCalendar texts, apart from the writer: unfolds, splits, resolves zones. */
#ifndef TESTS_UNIT_ICAL_READER_H
#define TESTS_UNIT_ICAL_READER_H

#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every text must keep (RFC 5545, 3.1), then the same with its folds taken out. malloc()ed. */
static inline char *ical_unfold(const char *text, size_t len)
{
    char *out = malloc(len + 1);
    size_t n = 0, line = 0;

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r') {
            ck_assert_msg(i + 1 < len && text[i + 1] == '\n', "a CR without its LF");
            ck_assert_msg(line > 0 && line <= 75, "a line of %zu octets", line);
            line = 0;
            if (i + 2 < len && text[i + 2] == ' ') {
                ck_assert_msg(((unsigned char)text[i + 3] & 0xc0) != 0x80, "a cut character");
                i += 2;
                line = 1;
                continue;
            }
            out[n++] = '\n';
            i++;
            continue;
        }
        ck_assert_msg(c >= 0x20 || c == '\t', "a control character %02x", c);
        ck_assert_msg(c != 0x7f, "DEL");
        out[n++] = (char)c;
        line++;
    }
    ck_assert_msg(line == 0, "the last line does not end");
    out[n] = '\0';
    return out;
}

/* The first line "NAME..." after `from` within the unfolded text; its length without the end. */
static inline const char *ical_line(const char *from, const char *name, size_t *len)
{
    size_t n = strlen(name);

    for (const char *p = from; p && *p; p = strchr(p, '\n') + 1) {
        *len = strcspn(p, "\n");
        if (strncmp(p, name, n) == 0 && (p[n] == ':' || p[n] == ';'))
            return p;
    }
    return NULL;
}

static inline bool ical_has_line(const char *unfolded, const char *wanted)
{
    size_t n = strlen(wanted);

    for (const char *p = unfolded; *p; p = strchr(p, '\n') + 1)
        if (strncmp(p, wanted, n) == 0 && p[n] == '\n')
            return true;
    return false;
}

static inline int ical_count(const char *text, const char *part)
{
    int count = 0;

    for (const char *p = strstr(text, part); p; p = strstr(p + 1, part))
        count++;
    return count;
}

static inline int ical_number(const char *at, int digits)
{
    int n = 0;

    for (int i = 0; i < digits; i++) {
        ck_assert_msg(at[i] >= '0' && at[i] <= '9', "no digit in a time");
        n = n * 10 + (at[i] - '0');
    }
    return n;
}

/* Days since 1970 by counting years and months, the slow and plain way. */
static inline int64_t ical_days(int year, int month, int day)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t days = 0;

    for (int y = 1970; y < year; y++)
        days += (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 366 : 365;
    for (int y = year; y < 1970; y++)
        days -= (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += lengths[m - 1];
    if (month > 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        days++;
    return days + day - 1;
}

/* 20250610T090000 as a local second. */
static inline int64_t ical_local(const char *at)
{
    ck_assert_int_eq(at[8], 'T');
    return ical_days(ical_number(at, 4), ical_number(at + 4, 2), ical_number(at + 6, 2)) * 86400 +
           ical_number(at + 9, 2) * 3600 + ical_number(at + 11, 2) * 60 + ical_number(at + 13, 2);
}

/* "+0130" or "-001545" in seconds. */
static inline int64_t ical_offset_value(const char *at)
{
    int64_t n = ical_number(at + 1, 2) * 3600 + ical_number(at + 3, 2) * 60;

    if (at[5] >= '0' && at[5] <= '9')
        n += ical_number(at + 5, 2);
    return *at == '-' ? -n : n;
}

/* The UTC second of a local one by the text's only VTIMEZONE: the last part begun counts, begun
 * being told in UTC by the part's own offsets, so that a doubled hour is its first one. */
static inline int64_t ical_resolve(const char *unfolded, int64_t local)
{
    const char *at = strstr(unfolded, "BEGIN:VTIMEZONE");
    int64_t best_begin = INT64_MIN, best = INT64_MIN;
    size_t len;

    ck_assert_ptr_nonnull(at);
    while ((at = ical_line(at, "DTSTART", &len)) != NULL) {
        const char *end = strstr(unfolded, "END:VTIMEZONE");
        if (at > end)
            break;
        int64_t begin = ical_local(strchr(at, ':') + 1);
        const char *from = ical_line(at, "TZOFFSETFROM", &len);
        const char *to = ical_line(at, "TZOFFSETTO", &len);
        int64_t before = ical_offset_value(strchr(from, ':') + 1);
        int64_t after = ical_offset_value(strchr(to, ':') + 1);
        int64_t utc_begin = begin - before;
        /* A local time is of this part when by the clock before it the change is over. */
        bool begun = local - before >= utc_begin;
        if (begun && utc_begin > best_begin) {
            best_begin = utc_begin;
            best = local - after;
        }
        at += len;
        at = strchr(at, '\n') + 1;
    }
    return best;
}

/* The instant (in seconds) that a line such as DTSTART tells. */
static inline int64_t ical_time_of(const char *unfolded, const char *name)
{
    size_t len;
    const char *event = strstr(unfolded, "BEGIN:VEVENT");
    const char *line = ical_line(event, name, &len);

    ck_assert_msg(line != NULL, "no %s", name);
    const char *value = strrchr(line, ':');
    for (const char *p = line; p < line + len; p++)
        if (*p == ':')
            value = p;
    int64_t local = ical_local(value + 1);
    bool utc = value[16] == 'Z';
    ck_assert_msg(!(utc && strncmp(line + strlen(name), ";TZID", 5) == 0), "TZID with a Z");
    return utc ? local : ical_resolve(unfolded, local);
}

/* A TEXT value read back (3.3.11). malloc()ed. */
static inline char *ical_unescape(const char *value, size_t len)
{
    char *out = malloc(len + 1);
    size_t n = 0;

    ck_assert_ptr_nonnull(out);
    for (size_t i = 0; i < len; i++) {
        if (value[i] != '\\') {
            ck_assert_msg(value[i] != ',' && value[i] != ';', "an unescaped %c", value[i]);
            out[n++] = value[i];
            continue;
        }
        i++;
        ck_assert_msg(i < len && strchr("\\,;nN", value[i]), "an escape of nothing");
        out[n++] = value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
    }
    out[n] = '\0';
    return out;
}

#endif
