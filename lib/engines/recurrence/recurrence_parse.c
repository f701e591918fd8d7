/* SPDX-License-Identifier: MIT */
/* Reading cron expressions, RRULEs and spans. */
#include "engines/recurrence/recurrence.h"

#include "base/civil.h"
#include "base/text.h"

#include <string.h>

/* --- Pieces --- */

static bool parse_number(const char *text, size_t len, int64_t least, int64_t most, int64_t *out)
{
    return len > 0 && acrm__parse_int(text, len, out) && *out >= least && *out <= most;
}

static bool parse_is(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* --- cron: minute hour day month weekday --- */

typedef struct parse_range {
    int32_t least, most;
} parse_range;

/* One of "*", "5", "1-5", with or without "/n". */
static bool parse_part(const char *text, size_t len, parse_range range, uint64_t *bits)
{
    const char *slash = memchr(text, '/', len);
    size_t head = slash ? (size_t)(slash - text) : len;
    const char *dash = memchr(text, '-', head);
    int64_t from = range.least, to = range.most, step = 1;

    if (slash && !parse_number(slash + 1, len - head - 1, 1, range.most, &step))
        return false;
    if (dash) {
        size_t first = (size_t)(dash - text);
        if (!parse_number(text, first, range.least, range.most, &from) ||
            !parse_number(dash + 1, head - first - 1, from, range.most, &to))
            return false;
    } else if (!parse_is(text, head, "*")) {
        if (!parse_number(text, head, range.least, range.most, &from))
            return false;
        to = slash ? range.most : from;
    }
    for (int64_t n = from; n <= to; n += step)
        *bits |= UINT64_C(1) << n;
    return true;
}

static bool parse_field(const char *text, size_t len, parse_range range, uint64_t *bits)
{
    *bits = 0;
    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t part = comma ? (size_t)(comma - text) : len;
        if (!parse_part(text, part, range, bits))
            return false;
        if (!comma)
            return true;
        text += part + 1;
        len -= part + 1;
    }
}

static const char *parse_cron(const char *text, acrm__recurrence *r)
{
    static const parse_range ranges[5] = { { 0, 59 }, { 0, 23 }, { 1, 31 }, { 1, 12 }, { 0, 7 } };
    uint64_t bits[5];
    bool any[5];

    for (size_t i = 0; i < 5; i++) {
        text += strspn(text, " ");
        size_t len = strcspn(text, " ");
        any[i] = parse_is(text, len, "*");
        if (!parse_field(text, len, ranges[i], &bits[i]))
            return "a cron expression has five parts: minute 0-59, hour 0-23, day 1-31, month "
                   "1-12, weekday 0-7 (0 and 7 are Sunday)";
        text += len;
    }
    if (text[strspn(text, " ")])
        return "a cron expression has five parts, this one has more";
    r->kind = ACRM__EVERY_CRON;
    r->minutes = bits[0];
    r->hours = (uint32_t)bits[1];
    r->month_days = (uint32_t)bits[2];
    r->months = (uint32_t)bits[3];
    r->weekdays = (uint32_t)bits[4] | (uint32_t)((bits[4] & 1) << 7);
    r->either = !any[2] && !any[4];
    return NULL;
}

/* --- RRULE --- */

typedef struct parse_rule {
    acrm__recurrence *r;
    bool has_day, has_month_day, has_month, has_hour, has_minute;
} parse_rule;

static const char parse_list_fault[] = "a number in this RRULE is out of range";

static const char *parse_list(const char *text, size_t len, int64_t least, int64_t most,
                              uint64_t *bits, uint32_t *from_last)
{
    *bits = 0;
    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t part = comma ? (size_t)(comma - text) : len;
        int64_t n;
        if (!parse_number(text, part, from_last ? -most : least, most, &n) ||
            (n >= 0 && n < least))
            return parse_list_fault;
        if (n < 0)
            *from_last |= 1u << -n;
        else
            *bits |= UINT64_C(1) << n;
        if (!comma)
            return NULL;
        text += part + 1;
        len -= part + 1;
    }
}

static const char *parse_by_day(parse_rule *p, const char *text, size_t len)
{
    static const char names[7][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
    acrm__recurrence *r = p->r;

    r->weekdays = 0;
    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t part = comma ? (size_t)(comma - text) : len;
        int64_t nth = 0;
        int32_t day = 0;
        for (int32_t i = 0; part >= 2 && i < 7; i++)
            if (memcmp(text + part - 2, names[i], 2) == 0)
                day = i + 1;
        if (day == 0 || (part > 2 && (!parse_number(text, part - 2, -5, 5, &nth) || nth == 0)))
            return "BYDAY takes MO, TU, WE, TH, FR, SA, SU, with a number from -5 to 5 in front";
        if (nth && r->n_nth < ACRM__RECURRENCE_DAYS_MAX) {
            r->nth[r->n_nth] = (int8_t)nth;
            r->nth_day[r->n_nth++] = (int8_t)day;
        } else {
            r->weekdays |= 1u << day;
        }
        if (!comma)
            break;
        text += part + 1;
        len -= part + 1;
    }
    return r->n_nth && r->weekdays ? "BYDAY takes numbers for all its days or for none" : NULL;
}

static const char *parse_freq(acrm__recurrence *r, const char *text, size_t len)
{
    static const struct {
        const char *name;
        int32_t kind;
    } kinds[] = {
        { "DAILY", ACRM__EVERY_DAY },     { "WEEKLY", ACRM__EVERY_WEEK },
        { "MONTHLY", ACRM__EVERY_MONTH }, { "YEARLY", ACRM__EVERY_YEAR },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (parse_is(text, len, kinds[i].name)) {
            r->kind = kinds[i].kind;
            return NULL;
        }
    return "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY; for shorter ones write every PT1H";
}

static const char *parse_rule_part(parse_rule *p, const char *name, size_t name_len,
                                   const char *text, size_t len)
{
    acrm__recurrence *r = p->r;
    uint64_t bits = 0;
    int64_t n;
    const char *fault = NULL;

    if (parse_is(name, name_len, "FREQ"))
        return parse_freq(r, text, len);
    if (parse_is(name, name_len, "RSCALE")) {
        r->calendar = parse_is(text, len, "PERSIAN") ? ACRM_DATE_JALALI : ACRM_DATE_GREGORIAN;
        return parse_is(text, len, "PERSIAN") || parse_is(text, len, "GREGORIAN")
                   ? NULL : "RSCALE is GREGORIAN or PERSIAN";
    }
    if (parse_is(name, name_len, "INTERVAL")) {
        if (!parse_number(text, len, 1, 1000, &n))
            return "INTERVAL is a number from 1 to 1000";
        r->interval = (int32_t)n;
    } else if (parse_is(name, name_len, "BYDAY")) {
        p->has_day = true;
        return parse_by_day(p, text, len);
    } else if (parse_is(name, name_len, "BYMONTHDAY")) {
        fault = parse_list(text, len, 1, 31, &bits, &r->last_days);
        r->month_days = (uint32_t)bits;
        p->has_month_day = true;
    } else if (parse_is(name, name_len, "BYMONTH")) {
        fault = parse_list(text, len, 1, 12, &bits, NULL);
        r->months = (uint32_t)bits;
        p->has_month = true;
    } else if (parse_is(name, name_len, "BYHOUR")) {
        fault = parse_list(text, len, 0, 23, &bits, NULL);
        r->hours = (uint32_t)bits;
        p->has_hour = true;
    } else if (parse_is(name, name_len, "BYMINUTE")) {
        fault = parse_list(text, len, 0, 59, &r->minutes, NULL);
        p->has_minute = true;
    } else {
        return "an RRULE here has RSCALE, FREQ, INTERVAL, BYMONTH, BYMONTHDAY, BYDAY, BYHOUR and "
               "BYMINUTE; for an end give ends_at";
    }
    return fault;
}

/* RFC 5545: what is not said comes from the beginning. */
static const char *parse_defaults(parse_rule *p, const acrm_local *start)
{
    acrm__recurrence *r = p->r;
    acrm__civil date;

    acrm__recurrence_date(r, start->day, &date);
    if (r->kind == ACRM__EVERY_SPAN)
        return "an RRULE begins with FREQ";
    if (r->n_nth && r->kind != ACRM__EVERY_MONTH)
        return "numbers before the days of BYDAY need FREQ=MONTHLY";
    if (!p->has_hour)
        r->hours = 1u << (start->second / 3600);
    if (!p->has_minute)
        r->minutes = p->has_hour ? 1 : UINT64_C(1) << (start->second / 60 % 60);
    if (!p->has_month)
        r->months = r->kind == ACRM__EVERY_YEAR ? 1u << date.month : 0x1ffe;
    if (!p->has_day)
        r->weekdays = r->kind == ACRM__EVERY_WEEK ? 1u << acrm__weekday(start->day) : 0xfe;
    if (!p->has_month_day) {
        bool by_date = r->kind == ACRM__EVERY_MONTH || r->kind == ACRM__EVERY_YEAR;
        r->month_days = by_date && !p->has_day ? 1u << date.day : 0xfffffffe;
    }
    return NULL;
}

static const char *parse_rrule(const char *text, const acrm_local *start, acrm__recurrence *r)
{
    parse_rule p = { .r = r };

    r->kind = ACRM__EVERY_SPAN;
    r->interval = 1;
    while (*text) {
        size_t len = strcspn(text, ";");
        const char *equals = memchr(text, '=', len);
        size_t name = equals ? (size_t)(equals - text) : len;
        const char *fault = equals ? parse_rule_part(&p, text, name, equals + 1, len - name - 1)
                                   : "parts of an RRULE are NAME=VALUE, separated by ;";
        if (fault)
            return fault;
        text += len + (text[len] == ';');
    }
    return parse_defaults(&p, start);
}

/* --- every PT15M --- */

static const char *parse_every(const char *text, acrm__recurrence *r)
{
    acrm__duration span;

    text += strspn(text, " ");
    if (!acrm__duration_parse(text, strlen(text), &span) || span.months ||
        span.days < 0 || span.seconds < 0 || span.days > 3660 || span.seconds > 366 * 86400)
        return "every is followed by an ISO 8601 duration without months, such as PT15M";
    r->kind = ACRM__EVERY_SPAN;
    r->span = (span.days * (int64_t)ACRM__DAY_SECONDS + span.seconds) * ACRM__SECOND_US;
    return r->span < 60 * ACRM__SECOND_US ? "every is at least PT1M" : NULL;
}

const char *acrm__recurrence_parse(const char *text, const acrm_zone *zone, int64_t start,
                                   acrm__recurrence *out)
{
    acrm_local local = { .struct_size = sizeof local };
    acrm__recurrence r = { .start = start };
    const char *fault;
    int64_t first;

    local.day = (int32_t)acrm__floor_div(start, ACRM__DAY_US);
    local.second = (int32_t)(acrm__floor_mod(start, ACRM__DAY_US) / ACRM__SECOND_US);
    if (zone && acrm_zone_to_local(zone, start, &local) != ACRM_OK)
        return "the beginning is out of range";
    r.start_day = local.day;
    if (strncmp(text, "every ", 6) == 0)
        fault = parse_every(text + 6, &r);
    else if (memchr(text, '=', strlen(text)))
        fault = parse_rrule(text, &local, &r);
    else
        fault = parse_cron(text, &r);
    if (!fault && !acrm__recurrence_next(&r, zone, start - 1, &first))
        fault = "this never comes due";
    if (!fault)
        *out = r;
    return fault;
}
