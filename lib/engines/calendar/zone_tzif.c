/* SPDX-License-Identifier: MIT */
/* Reads a TZif file (RFC 9636) into the list of a zone's changes. */
#include "base/alloc.h"
#include "base/civil.h"
#include "engines/calendar/zone.h"

#include <assert.h>
#include <string.h>

enum {
    TZIF_HEADER = 44,
    TZIF_TYPE = 6,             /* bytes of a local time type record */
    TZIF_CHANGES_MAX = 10000,
    TZIF_OFFSET_MIN = -89999,  /* RFC 9636, 3.2: more than -25 and less than 26 hours */
    TZIF_OFFSET_MAX = 93599,
    TZIF_RULE_YEARS = 403,     /* a whole period and what a look around its ends needs */
    TZIF_LAST_DAY = 2567655 /* 9000-01-01: the rule's period still ends before 9999 */
};

/* The counts of a header, in the order they are stored. */
typedef struct tzif_header {
    uint32_t isut, isstd, leap, time, type, chars;
} tzif_header;

/* One data block, cut into its arrays. */
typedef struct tzif_block {
    const uint8_t *times, *indexes, *types, *chars, *isstd, *isut;
    tzif_header n;
    size_t time_size; /* 4 or 8 bytes */
} tzif_block;

static const char tzif_field[] = "bytes";

static uint32_t tzif_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int32_t tzif_i32(const uint8_t *p)
{
    uint32_t u = tzif_u32(p);

    return u <= INT32_MAX ? (int32_t)u : -(int32_t)(UINT32_MAX - u) - 1;
}

static int64_t tzif_time(const tzif_block *block, size_t i)
{
    const uint8_t *p = block->times + i * block->time_size;

    if (block->time_size == 4)
        return tzif_i32(p);
    return (int64_t)tzif_i32(p) * (INT64_C(1) << 32) + tzif_u32(p + 4);
}

static bool tzif_header_read(const uint8_t *bytes, size_t len, tzif_header *out)
{
    static const char magic[] = "TZif";

    if (len < TZIF_HEADER || memcmp(bytes, magic, 4) != 0 ||
        (bytes[4] != '\0' && bytes[4] < '2'))
        return false;
    const uint8_t *p = bytes + 20;
    *out = (tzif_header){ tzif_u32(p), tzif_u32(p + 4), tzif_u32(p + 8), tzif_u32(p + 12),
                          tzif_u32(p + 16), tzif_u32(p + 20) };
    return true;
}

/* The bytes of a data block. */
static uint64_t tzif_block_size(const tzif_header *n, size_t time_size)
{
    return (uint64_t)n->time * (time_size + 1) + (uint64_t)n->type * TZIF_TYPE + n->chars +
           (uint64_t)n->leap * (time_size + 4) + n->isstd + n->isut;
}

static bool tzif_flags_valid(const uint8_t *flags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (flags[i] > 1)
            return false;
    return true;
}

/* What is wrong with a block's counts and indicators, or NULL. */
static const char *tzif_counts_fault(const tzif_block *b)
{
    if (b->n.leap != 0)
        return "no leap second records; use the zone outside \"right/\"";
    if (b->n.type < 1 || b->n.type > 256 || b->n.chars < 1)
        return "1..256 local time types and their names";
    if (b->n.time > TZIF_CHANGES_MAX)
        return "at most 10000 changes";
    if ((b->n.isstd != 0 && b->n.isstd != b->n.type) ||
        (b->n.isut != 0 && b->n.isut != b->n.type) ||
        !tzif_flags_valid(b->isstd, b->n.isstd) || !tzif_flags_valid(b->isut, b->n.isut))
        return "one indicator of 0 or 1 for each type";
    return NULL;
}

/* What is wrong with a block's types and changes, or NULL. */
static const char *tzif_entries_fault(const tzif_block *b)
{
    for (size_t i = 0; i < b->n.type; i++) {
        const uint8_t *type = b->types + i * TZIF_TYPE;
        int32_t offset = tzif_i32(type);
        if (offset < TZIF_OFFSET_MIN || offset > TZIF_OFFSET_MAX || type[4] > 1)
            return "offsets of more than -25 and less than 26 hours";
        if (type[5] >= b->n.chars || !memchr(b->chars + type[5], 0, b->n.chars - type[5]))
            return "a name for each type";
    }
    for (size_t i = 0; i < b->n.time; i++) {
        if (b->indexes[i] >= b->n.type)
            return "changes to types the file has";
        if (i > 0 && tzif_time(b, i) <= tzif_time(b, i - 1))
            return "changes in ascending order";
    }
    if (b->n.time > 0 &&
        tzif_time(b, b->n.time - 1) > (int64_t)TZIF_LAST_DAY * ACRM__DAY_SECONDS)
        return "changes before the year 9000";
    return NULL;
}

/* Finds the block to use (64-bit where there is one) and the footer's text. */
static const char *tzif_open(const uint8_t *bytes, size_t len, tzif_block *out,
                             const char **footer, size_t *footer_len)
{
    tzif_header n;
    size_t at = TZIF_HEADER, time_size = 4;
    bool has_footer = false;

    if (!tzif_header_read(bytes, len, &n))
        return "a TZif file";
    if (bytes[4] != '\0') { /* the 32-bit block is for old readers: go to the second one */
        uint64_t skip = TZIF_HEADER + tzif_block_size(&n, 4);
        if (skip > len || !tzif_header_read(bytes + skip, len - (size_t)skip, &n))
            return "a second header behind the 32-bit data";
        at = (size_t)skip + TZIF_HEADER;
        time_size = 8;
        has_footer = true;
    }
    if (tzif_block_size(&n, time_size) > len - at)
        return "the whole file: it is cut off";

    const uint8_t *p = bytes + at;
    *out = (tzif_block){ .times = p, .n = n, .time_size = time_size };
    out->indexes = out->times + n.time * time_size;
    out->types = out->indexes + n.time;
    out->chars = out->types + n.type * (size_t)TZIF_TYPE;
    out->isstd = out->chars + n.chars + n.leap * (time_size + 4);
    out->isut = out->isstd + n.isstd;
    *footer = "";
    *footer_len = 0;
    if (has_footer) {
        const uint8_t *start = out->isut + n.isut;
        size_t left = (size_t)(bytes + len - start);
        const uint8_t *end = left > 1 ? memchr(start + 1, '\n', left - 1) : NULL;
        if (!end || start[0] != '\n')
            return "a footer between two line ends";
        *footer = (const char *)start + 1;
        *footer_len = (size_t)(end - start - 1);
    }
    const char *fault = tzif_counts_fault(out);
    return fault ? fault : tzif_entries_fault(out);
}

/* Appends a change, unless nothing changes; one at the same second is replaced. */
static void tzif_append(acrm_zone *zone, int64_t at, int32_t offset, int32_t dst)
{
    acrm__zone_change *last = &zone->changes[zone->n - 1];

    if (zone->n > 1 && last->at == at) {
        zone->n--;
        last--;
    }
    if (last->offset != offset || last->dst != dst)
        zone->changes[zone->n++] = (acrm__zone_change){ at, offset, dst };
}

/* Writes out the footer's rule for a period of 400 years behind the last listed change. */
static void tzif_append_rule(acrm_zone *zone, const acrm__zone_rule *rule, bool listed)
{
    int64_t last = listed ? zone->changes[zone->n - 1].at : INT64_MIN;
    int32_t first_year = 1;
    acrm__civil date;

    if (!rule->has_dst)
        return;
    if (last >= ACRM__DAY_MIN * (int64_t)ACRM__DAY_SECONDS) {
        acrm__civil_from_day((int32_t)acrm__floor_div(last, ACRM__DAY_SECONDS), &date);
        first_year = date.year;
    }
    for (int32_t year = first_year; year < first_year + TZIF_RULE_YEARS; year++) {
        int64_t start = 0, end = 0;
        acrm__zone_rule_year(rule, year, &start, &end);
        /* At one and the same second daylight saving wins: that is how "all year" is written. */
        if (start < end && start > last)
            tzif_append(zone, start, rule->dst, 1);
        if (end > last)
            tzif_append(zone, end, rule->standard, 0);
        if (start >= end && start > last)
            tzif_append(zone, start, rule->dst, 1);
    }
    int32_t day = 0;
    bool valid = acrm__civil_to_day(first_year + 1, 1, 1, &day);
    assert(valid);
    (void)valid;
    zone->repeats_from = (int64_t)(day + 2) * ACRM__DAY_SECONDS;
}

int32_t acrm_zone_parse(const void *bytes, size_t len, const acrm_allocator *allocator,
                        acrm_zone **out, acrm_issue *issue)
{
    tzif_block block;
    acrm__zone_rule rule = { .has_dst = false };
    const char *footer = NULL, *fault = NULL;
    size_t footer_len = 0;

    if (!bytes || !out)
        return ACRM_E_MISUSE;
    fault = tzif_open(bytes, len, &block, &footer, &footer_len);
    if (!fault && footer_len > 0 && !acrm__zone_rule_parse(footer, footer_len, &rule))
        fault = "a footer with a POSIX TZ rule";
    if (fault) {
        if (issue)
            *issue = (acrm_issue){ .field = tzif_field, .allowed = fault, .row = -1 };
        return ACRM_E_CORRUPT;
    }

    acrm_allocator own = acrm__allocator(allocator);
    size_t most = 2 + block.n.time + (rule.has_dst ? 2 * TZIF_RULE_YEARS : 0);
    size_t size = sizeof(acrm_zone) + most * sizeof(acrm__zone_change);
    acrm_zone *zone = acrm__alloc(&own, size);
    if (!zone)
        return ACRM_E_NOMEM;
    *zone = (acrm_zone){ .allocator = own, .size = size, .n = 1, .repeats_from = INT64_MAX };

    zone->changes[0] = (acrm__zone_change){ INT64_MIN, tzif_i32(block.types), block.types[4] };
    if (footer_len > 0 && block.n.time == 0)
        zone->changes[0] = (acrm__zone_change){ INT64_MIN, rule.standard, 0 };
    for (size_t i = 0; i < block.n.time; i++) {
        const uint8_t *type = block.types + block.indexes[i] * (size_t)TZIF_TYPE;
        tzif_append(zone, tzif_time(&block, i), tzif_i32(type), type[4]);
    }
    tzif_append_rule(zone, &rule, block.n.time > 0);
    assert(sizeof(acrm_zone) + zone->n * sizeof(acrm__zone_change) <= size);
    *out = zone;
    return ACRM_OK;
}
