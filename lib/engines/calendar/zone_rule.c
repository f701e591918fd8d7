/* SPDX-License-Identifier: MIT */
/* The POSIX TZ rule in the footer of a TZif file: it tells the offsets of all later years. */
#include "base/civil.h"
#include "engines/calendar/zone.h"

#include <assert.h>

typedef struct zone_rule_cursor {
    const char *at, *end;
} zone_rule_cursor;

static bool zone_rule_take(zone_rule_cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool zone_rule_number(zone_rule_cursor *c, int32_t min, int32_t max, int32_t *out)
{
    int32_t value = 0;
    const char *first = c->at;

    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - first < 4)
        value = value * 10 + (*c->at++ - '0');
    if (c->at == first || value < min || value > max)
        return false;
    *out = value;
    return true;
}

/* Three letters or more, or anything of letters, digits and signs between < and >. */
static bool zone_rule_name(zone_rule_cursor *c)
{
    const char *first = c->at;
    bool quoted = zone_rule_take(c, '<');
    ptrdiff_t length = 0;

    for (; c->at < c->end; c->at++, length++) {
        bool letter = (*c->at >= 'A' && *c->at <= 'Z') || (*c->at >= 'a' && *c->at <= 'z');
        bool other = (*c->at >= '0' && *c->at <= '9') || *c->at == '+' || *c->at == '-';
        if (!letter && !(quoted && other))
            break;
    }
    if (quoted && !zone_rule_take(c, '>'))
        c->at = first;
    return c->at != first && length >= 3;
}

/* [+-]h[h[h]][:mm[:ss]] with at most `hours` hours. */
static bool zone_rule_time(zone_rule_cursor *c, int32_t hours, int32_t *seconds)
{
    int32_t h = 0, m = 0, s = 0;
    int32_t sign = zone_rule_take(c, '-') ? -1 : 1;

    if (sign == 1)
        zone_rule_take(c, '+');
    if (!zone_rule_number(c, 0, hours, &h))
        return false;
    if (zone_rule_take(c, ':')) {
        if (!zone_rule_number(c, 0, 59, &m))
            return false;
        if (zone_rule_take(c, ':') && !zone_rule_number(c, 0, 59, &s))
            return false;
    }
    *seconds = sign * (h * 3600 + m * 60 + s);
    return true;
}

static bool zone_rule_day(zone_rule_cursor *c, acrm__zone_day *day)
{
    bool ok = zone_rule_take(c, ',');

    *day = (acrm__zone_day){ .kind = 'D', .time = 2 * 3600 };
    if (ok && zone_rule_take(c, 'M')) {
        day->kind = 'M';
        ok = zone_rule_number(c, 1, 12, &day->month) && zone_rule_take(c, '.') &&
             zone_rule_number(c, 1, 5, &day->week) && zone_rule_take(c, '.') &&
             zone_rule_number(c, 0, 6, &day->weekday);
    } else if (ok && zone_rule_take(c, 'J')) {
        day->kind = 'J';
        ok = zone_rule_number(c, 1, 365, &day->day);
    } else if (ok) {
        ok = zone_rule_number(c, 0, 365, &day->day);
    }
    if (ok && zone_rule_take(c, '/'))
        ok = zone_rule_time(c, 167, &day->time);
    return ok;
}

bool acrm__zone_rule_parse(const char *text, size_t len, acrm__zone_rule *rule)
{
    zone_rule_cursor c = { text, text + len };
    acrm__zone_rule read = { .has_dst = false };
    int32_t west = 0; /* POSIX counts offsets west of Greenwich */

    if (!zone_rule_name(&c) || !zone_rule_time(&c, 24, &west))
        return false;
    read.standard = read.dst = -west;
    if (c.at < c.end) {
        read.has_dst = true;
        read.dst = read.standard + 3600;
        if (!zone_rule_name(&c))
            return false;
        if (c.at < c.end && *c.at != ',') {
            if (!zone_rule_time(&c, 24, &west))
                return false;
            read.dst = -west;
        }
        if (!zone_rule_day(&c, &read.start) || !zone_rule_day(&c, &read.end) || c.at != c.end)
            return false;
    }
    *rule = read;
    return true;
}

/* The local second, counted from 1970 without regard to offsets, at which a rule strikes. */
static int64_t zone_rule_moment(const acrm__zone_day *rule, int32_t year)
{
    int32_t day = 0;
    bool valid = acrm__civil_to_day(year, rule->kind == 'M' ? rule->month : 1, 1, &day);

    assert(valid);
    (void)valid;
    if (rule->kind == 'M') {
        int32_t length = acrm__civil_month_length(year, rule->month);
        int32_t first = (rule->weekday - acrm__weekday(day) % 7 + 7) % 7;
        int32_t of_month = first + (rule->week - 1) * 7;
        day += of_month < length ? of_month : of_month - 7;
    } else if (rule->kind == 'J') {
        day += rule->day - 1 + (acrm__civil_leap(year) && rule->day >= 60);
    } else {
        day += rule->day;
    }
    return (int64_t)day * ACRM__DAY_SECONDS + rule->time;
}

void acrm__zone_rule_year(const acrm__zone_rule *rule, int32_t year, int64_t *start, int64_t *end)
{
    assert(rule->has_dst);
    *start = zone_rule_moment(&rule->start, year) - rule->standard;
    *end = zone_rule_moment(&rule->end, year) - rule->dst;
}
