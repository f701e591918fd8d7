/* SPDX-License-Identifier: MIT */
/*
 * A time zone as a VTIMEZONE: each change of the clock in the years that matter is a STANDARD or
 * DAYLIGHT part of its own. Changes are facts and rules are guesses about them: so no RRULE, which
 * would also be wrong for the years before a country changed its law.
 */
#include "base/civil.h"
#include "engines/calendar/zone.h"
#include "engines/ical/ical_internal.h"

#include <stdlib.h>

/* 1601-01-01, local: the day from which readers count what has always been so. */
#define ICAL_ALWAYS INT64_C(-11644473600)

static void ical_offset(acrm__ical_out *out, const char *name, int32_t offset)
{
    int32_t size = abs(offset);

    acrm__str_format(&out->line, "%s:%c%02d%02d", name, offset < 0 ? '-' : '+', (int)(size / 3600),
                     (int)(size / 60 % 60));
    if (size % 60 != 0) /* local mean times of long ago */
        acrm__str_format(&out->line, "%02d", (int)(size % 60));
    acrm__ical_end(out);
}

/* From `local` on, by the clock that was in force until then, `change` holds. */
static void ical_part_of_zone(acrm__ical_out *out, int64_t local, int32_t from,
                              const acrm__zone_change *change)
{
    const char *kind = change->dst ? "DAYLIGHT" : "STANDARD";

    acrm__ical_put(out, "BEGIN", kind);
    acrm__ical_raw(out, "DTSTART:");
    acrm__ical_stamp(out, local, false);
    acrm__ical_end(out);
    ical_offset(out, "TZOFFSETFROM", from);
    ical_offset(out, "TZOFFSETTO", change->offset);
    acrm__ical_put(out, "END", kind);
}

void acrm__ical_zone(acrm__ical_out *out, const acrm_ical_calendar *calendar, int64_t from,
                     int64_t to)
{
    const acrm_zone *zone = calendar->zone;
    int64_t shift = 0;
    const acrm__zone_change *change = acrm__zone_find(zone, from, &shift);
    const acrm__zone_change *last = zone->changes + zone->n - 1;
    bool first = change == zone->changes;
    int32_t before = first ? change->offset : change[-1].offset;

    acrm__ical_put(out, "BEGIN", "VTIMEZONE");
    acrm__ical_put_text(out, "TZID", calendar->zone_name);
    ical_part_of_zone(out, first ? ICAL_ALWAYS : change->at + shift + before, before, change);
    while (change != last && change[1].at + shift <= to) {
        from = change[1].at + shift;
        ical_part_of_zone(out, from + change->offset, change->offset, &change[1]);
        change = acrm__zone_find(zone, from, &shift);
    }
    acrm__ical_put(out, "END", "VTIMEZONE");
}
