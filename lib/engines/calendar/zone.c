/* SPDX-License-Identifier: MIT */
/* Time zones: loading by name, and from UTC to the wall clock and back. */
#include "base/alloc.h"
#include "base/civil.h"
#include "engines/calendar/zone.h"

#include <assert.h>
#include <string.h>

enum {
    ZONE_FILE_MAX = 256 * 1024,
    ZONE_FILE_FIRST = 8 * 1024, /* holds every file of the usual distributions but the odd one */
    ZONE_NAME_MAX = 64,
    ZONE_REACH = 2 * ACRM__DAY_SECONDS /* farther than any offset */
};

static const char zone_directory[] = "/usr/share/zoneinfo";

/* Letters, digits and "_+-" in parts between "/"; no dot at all, so no way out of a directory. */
static bool zone_name_valid(const char *name)
{
    size_t part = 0, n = 0;

    for (; name[n] != '\0' && n <= ZONE_NAME_MAX; n++) {
        char c = name[n];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '+' || c == '-';
        if (!plain && (c != '/' || part == 0))
            return false;
        part = plain ? part + 1 : 0;
    }
    return part > 0 && n <= ZONE_NAME_MAX;
}

static int32_t zone_fault(acrm_issue *issue, const char *allowed, int32_t status)
{
    if (issue)
        *issue = (acrm_issue){ .field = "name", .allowed = allowed, .row = -1 };
    return status;
}

int32_t acrm_zone_source_directory(const char *directory, acrm_zone_source *out)
{
    union {
        const char *in;
        void *self;
    } path = { directory }; /* self is not const because other sources write through theirs */

    if (!directory || !out)
        return ACRM_E_MISUSE;
    *out = (acrm_zone_source){ .struct_size = sizeof *out, .self = path.self,
                               .read = acrm__zone_read_file };
    return ACRM_OK;
}

int32_t acrm_zone_load(const char *name, const acrm_zone_source *source,
                       const acrm_allocator *allocator, acrm_zone **out, acrm_issue *issue)
{
    acrm_zone_source from;
    size_t size = ZONE_FILE_FIRST, len = 0;

    if (!name || !out || (source && (source->struct_size < sizeof *source ||
                                     source->flags != 0 || !source->read)))
        return ACRM_E_MISUSE;
    if (!zone_name_valid(name))
        return zone_fault(issue, "an IANA zone name, e.g. Asia/Tehran", ACRM_E_INVALID);
    acrm_zone_source_directory(zone_directory, &from);
    if (source)
        from = *source;

    acrm_allocator own = acrm__allocator(allocator);
    uint8_t *bytes = acrm__alloc(&own, size);
    if (!bytes)
        return ACRM_E_NOMEM;
    int32_t status = from.read(from.self, name, bytes, size, &len);
    if (status == ACRM_OK && len > size && len <= ZONE_FILE_MAX) {
        acrm__free(&own, bytes, size);
        size = len;
        bytes = acrm__alloc(&own, size);
        status = bytes ? from.read(from.self, name, bytes, size, &len) : ACRM_E_NOMEM;
    }
    if (status == ACRM_OK && len > size)
        status = zone_fault(issue, "a zone file of at most 256 KiB", ACRM_E_CORRUPT);
    else if (status == ACRM_OK)
        status = acrm_zone_parse(bytes, len, &own, out, issue);
    else if (status == ACRM_E_NOTFOUND)
        zone_fault(issue, "a zone that is installed (package tzdata)", status);
    acrm__free(&own, bytes, size);
    return status;
}

void acrm_zone_free(acrm_zone *zone)
{
    if (!zone)
        return;
    acrm_allocator own = zone->allocator;
    acrm__free(&own, zone, zone->size);
}

/* The last change at or before a second. */
static size_t zone_index(const acrm_zone *zone, int64_t second)
{
    size_t low = 0, n = zone->n;

    while (n > 1) {
        size_t half = n / 2;
        if (zone->changes[low + half].at <= second)
            low += half;
        n -= half;
    }
    return low;
}

/* How many seconds of whole periods to take off, so that the listed changes tell the answer. */
static int64_t zone_periods(const acrm_zone *zone, int64_t second)
{
    if (zone->repeats_from == INT64_MAX || second < zone->repeats_from + ACRM__ZONE_PERIOD)
        return 0;
    return (second - zone->repeats_from) / ACRM__ZONE_PERIOD * ACRM__ZONE_PERIOD;
}

const acrm__zone_change *acrm__zone_find(const acrm_zone *zone, int64_t second, int64_t *shift)
{
    *shift = zone_periods(zone, second);
    return &zone->changes[zone_index(zone, second - *shift)];
}

int64_t acrm__zone_to_utc(const acrm_zone *zone, int64_t local, int32_t *kind)
{
    int64_t periods = zone_periods(zone, local), found = INT64_MIN;
    int32_t times = 0;

    local -= periods;
    size_t i = zone_index(zone, local - ZONE_REACH);
    int64_t forward = local - zone->changes[i].offset;
    for (; i < zone->n && (i == 0 || zone->changes[i].at <= local + ZONE_REACH); i++) {
        int64_t utc = local - zone->changes[i].offset;
        bool begun = utc >= zone->changes[i].at;
        if (begun && (i + 1 == zone->n || utc < zone->changes[i + 1].at)) {
            found = times++ == 0 ? utc : found;
        } else if (begun) {
            forward = utc; /* the clock had passed it: the offset before the gap, if it is one */
        }
    }
    if (kind)
        *kind = times == 0 ? ACRM_LOCAL_GAP : times == 1 ? ACRM_LOCAL_ONCE : ACRM_LOCAL_TWICE;
    return (times == 0 ? forward : found) + periods;
}

int64_t acrm__zone_cursor_utc(acrm__zone_cursor *cursor, int64_t local)
{
    if (local >= cursor->from && local < cursor->to)
        return local - cursor->offset;

    const acrm_zone *zone = cursor->zone;
    int64_t shift = zone_periods(zone, local);
    size_t i = zone_index(zone, local - shift);
    bool first = i == 0, last = i + 1 == zone->n;

    cursor->offset = zone->changes[i].offset;
    cursor->from = first ? ACRM__DAY_MIN * (int64_t)ACRM__DAY_SECONDS
                         : zone->changes[i].at + shift + ZONE_REACH;
    cursor->to = last ? cursor->from + ACRM__ZONE_PERIOD
                      : zone->changes[i + 1].at + shift - ZONE_REACH;
    return acrm__zone_to_utc(zone, local, NULL);
}

int32_t acrm_zone_to_local(const acrm_zone *zone, int64_t us, acrm_local *out)
{
    if (!zone || !out || out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    if (us < ACRM__INSTANT_MIN || us > ACRM__INSTANT_MAX)
        return ACRM_E_INVALID;

    int64_t second = acrm__floor_div(us, ACRM__SECOND_US), shift = 0;
    const acrm__zone_change *change = acrm__zone_find(zone, second, &shift);
    int64_t day = acrm__floor_div(second + change->offset, ACRM__DAY_SECONDS);

    out->day = (int32_t)day;
    out->second = (int32_t)(second + change->offset - day * ACRM__DAY_SECONDS);
    out->microsecond = (int32_t)(us - second * ACRM__SECOND_US);
    out->offset_s = change->offset;
    out->daylight_saving = change->dst;
    return ACRM_OK;
}

int32_t acrm_zone_to_instant(const acrm_zone *zone, int32_t day, int32_t second, int64_t *us,
                             int32_t *kind)
{
    if (!zone || !us)
        return ACRM_E_MISUSE;
    if (day < ACRM__DAY_MIN || day > ACRM__DAY_MAX || second < 0 || second > ACRM__DAY_SECONDS)
        return ACRM_E_INVALID;

    int32_t found = ACRM_LOCAL_ONCE;
    int64_t utc = acrm__zone_to_utc(zone, (int64_t)day * ACRM__DAY_SECONDS + second, &found);
    if (utc < ACRM__INSTANT_MIN / ACRM__SECOND_US || utc > ACRM__INSTANT_MAX / ACRM__SECOND_US)
        return ACRM_E_INVALID;
    *us = utc * ACRM__SECOND_US;
    if (kind)
        *kind = found;
    return ACRM_OK;
}
