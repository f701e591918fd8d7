/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes calendar definitions: 16 bytes of zone choice and list lengths, then records of 16 bytes.
 * A calendar that is accepted must answer every question in agreement with itself.
 */
#include "autocrm/calendar.h"

#include <stdint.h>
#include <string.h>

enum { RECORD = 16, MOST = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

/* The next record's four numbers; zeros behind the end. */
static void input_take(input *in, int32_t out[4])
{
    size_t n = in->left < RECORD ? in->left : RECORD;

    memset(out, 0, RECORD);
    if (n > 0)
        memcpy(out, in->at, n);
    in->at += n;
    in->left -= n;
}

static void demand(int32_t yes)
{
    if (!yes)
        __builtin_trap();
}

static acrm_zone *zone_of(int32_t choice)
{
    static const char *const footers[] = { "UTC0", "EST5EDT,M3.2.0,M11.1.0",
                                           "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                           "AAA-12BBB-13,J1/0,J365/24" };
    const char *footer = footers[(uint32_t)choice % 4];
    uint8_t file[256], *p = file;
    acrm_zone *zone = NULL;

    for (int block = 0; block < 2; block++, p += 54) {
        memset(p, 0, 54);
        memcpy(p, "TZif2", 5);
        p[39] = 1;
        p[43] = 4;
        memcpy(p + 50, "UTC", 4);
    }
    *p++ = '\n';
    memcpy(p, footer, strlen(footer));
    p += strlen(footer);
    *p++ = '\n';
    demand(acrm_zone_parse(file, (size_t)(p - file), NULL, &zone, NULL) == ACRM_OK);
    return zone;
}

static void check_time(const acrm_calendar *c, int64_t at, int64_t amount)
{
    int64_t due = 0, part = 0, next = 0;
    int32_t open = 0;
    acrm_span span;

    int32_t status = acrm_calendar_add(c, at, amount, &due);
    demand(status == ACRM_OK || status == ACRM_E_LIMIT);
    /* The very end of the last year is told by add, but no question may be asked there. */
    if (status == ACRM_OK && amount > 0 &&
        acrm_calendar_between(c, at, due - 1, &part) == ACRM_OK) {
        demand(part == amount - 1);
        demand(acrm_calendar_is_open(c, due - 1, &open) == ACRM_OK && open == 1);
    } else if (status == ACRM_OK) {
        demand(acrm_calendar_between(c, at, due, &part) == ACRM_OK && part == amount);
    }
    status = acrm_calendar_next_open(c, at, &next);
    demand(status == ACRM_OK || status == ACRM_E_LIMIT);
    if (status == ACRM_OK) {
        demand(acrm_calendar_is_open(c, next, &open) == ACRM_OK && open == 1 && next >= at);
        demand(acrm_calendar_between(c, at, next, &part) == ACRM_OK && part == 0);
        demand(acrm_calendar_period(c, at, &span) == ACRM_OK && span.from <= next &&
               next < span.to);
        demand(acrm_calendar_between(c, next, span.to - 1, &part) == ACRM_OK &&
               part == span.to - 1 - next);
    }
    status = acrm_calendar_previous_open(c, at, &next);
    if (status == ACRM_OK)
        demand(acrm_calendar_between(c, next, at, &part) == ACRM_OK && part == 0 && next <= at);
}

static void check_days(const acrm_calendar *c, int32_t day)
{
    int32_t is = 0, days = 0;
    const char *name = NULL;

    if (acrm_calendar_is_business_day(c, day, &is) != ACRM_OK ||
        acrm_calendar_business_days(c, day, day + 1, &days) != ACRM_OK)
        return;
    demand(is == days);
    if (acrm_calendar_holiday_name(c, day, &name) == ACRM_OK)
        demand(is == 0 && name != NULL);
}

static void check(const acrm_calendar *c, const int32_t extra[4])
{
    const int64_t second = 1000000;
    int64_t at = ((int64_t)(uint32_t)extra[0] + 86400 * 366) * second + extra[1] % second;

    for (int64_t i = 0; i < 40; i++, at += 123457 * second * (i + 1)) {
        check_time(c, at, (i - 10) * 3571 * second + (i % 3) * (extra[2] % 999));
        check_days(c, (int32_t)(at / second / 86400));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = { data, size };
    int32_t head[4], row[4], extra[4];
    acrm_calendar_hours hours[MOST];
    acrm_calendar_dated dated[2][MOST];
    acrm_calendar_holiday holidays[MOST];
    size_t n[4];
    acrm_calendar *calendar = NULL, *both = NULL;

    input_take(&in, head);
    input_take(&in, extra);
    acrm_zone *zone = zone_of(head[0]);
    for (size_t i = 0; i < 4; i++)
        n[i] = ((uint32_t)head[1] >> 8 * i) % MOST;
    for (size_t i = 0; i < n[0]; i++) {
        input_take(&in, row);
        hours[i] = (acrm_calendar_hours){ row[0], row[1], row[2] };
    }
    for (size_t list = 0; list < 2; list++)
        for (size_t i = 0; i < n[1 + list]; i++) {
            input_take(&in, row);
            dated[list][i] = (acrm_calendar_dated){ row[0], row[1], row[2] };
        }
    for (size_t i = 0; i < n[3]; i++) {
        input_take(&in, row);
        holidays[i] = (acrm_calendar_holiday){ .name = row[0] & 8 ? "holiday" : NULL,
                                               .kind = row[0] & 7, .month = row[1],
                                               .day = row[2], .days = row[3] };
    }

    acrm_calendar_definition d = {
        .struct_size = sizeof d, .zone = head[2] & 1 ? NULL : zone, .hours = hours,
        .hours_count = n[0], .shifts = dated[0], .shifts_count = n[1], .breaks = dated[1],
        .breaks_count = n[2], .holidays = holidays, .holidays_count = n[3],
    };
    acrm_issue issue = { .field = NULL };
    int32_t status = acrm_calendar_new(&d, NULL, &calendar, &issue);
    demand((status == ACRM_OK) == (calendar != NULL));
    demand(status == ACRM_OK || (status == ACRM_E_INVALID && issue.field && issue.allowed));
    if (calendar) {
        check(calendar, extra);
        demand(acrm_calendar_intersect(calendar, calendar, NULL, &both, NULL) == ACRM_OK);
        check(both, extra);
    }
    acrm_calendar_free(both);
    acrm_calendar_free(calendar);
    acrm_zone_free(zone);
    return 0;
}
