/* SPDX-License-Identifier: MIT */
/* Writes a calendar as RFC 5545 text. */
#include "base/civil.h"
#include "engines/calendar/zone.h"
#include "engines/ical/ical_internal.h"

static int64_t ical_second(int64_t instant)
{
    return acrm__floor_div(instant, ACRM__SECOND_US);
}

/* "DTSTART;TZID=Europe/Rome:20250610T090000", or in UTC where the wall clock would not tell it. */
static void ical_time(acrm__ical_out *out, const acrm_ical_calendar *calendar, const char *name,
                      int64_t instant)
{
    int64_t second = ical_second(instant), shift = 0, local = second;
    bool utc = !calendar->zone;

    if (!utc) {
        local = second + acrm__zone_find(calendar->zone, second, &shift)->offset;
        utc = acrm__zone_to_utc(calendar->zone, local, NULL) != second;
    }
    acrm__ical_raw(out, name);
    if (!utc) {
        acrm__ical_raw(out, ";TZID=");
        acrm__ical_parameter(out, calendar->zone_name);
    }
    acrm__ical_raw(out, ":");
    acrm__ical_stamp(out, utc ? second : local, utc);
    acrm__ical_end(out);
}

static void ical_utc(acrm__ical_out *out, const char *name, int64_t instant)
{
    acrm__ical_raw(out, name);
    acrm__ical_raw(out, ":");
    acrm__ical_stamp(out, ical_second(instant), true);
    acrm__ical_end(out);
}

static void ical_person(acrm__ical_out *out, const char *name, const acrm_ical_person *person,
                        bool attends)
{
    static const char *const roles[] = { "REQ-PARTICIPANT", "OPT-PARTICIPANT", "CHAIR" };
    static const char *const answers[] = { "NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE" };

    acrm__ical_raw(out, name);
    if (person->name && *person->name) {
        acrm__ical_raw(out, ";CN=");
        acrm__ical_parameter(out, person->name);
    }
    if (attends) {
        acrm__ical_raw(out, ";ROLE=");
        acrm__ical_raw(out, roles[person->role]);
        acrm__ical_raw(out, ";PARTSTAT=");
        acrm__ical_raw(out, answers[person->answer]);
    }
    acrm__ical_raw(out, ":");
    acrm__ical_mailto(out, person->email);
    acrm__ical_end(out);
}

/* A reminder must say something, even of an event without a summary. */
static void ical_alarm(acrm__ical_out *out, const acrm_ical_event *event)
{
    bool summary = event->summary && *event->summary;

    acrm__ical_put(out, "BEGIN", "VALARM");
    acrm__ical_put(out, "ACTION", "DISPLAY");
    acrm__ical_put_text(out, "DESCRIPTION", summary ? event->summary : "Reminder");
    acrm__ical_raw(out, "TRIGGER:-PT");
    acrm__str_int(&out->line, event->alarm_s);
    acrm__ical_raw(out, "S");
    acrm__ical_end(out);
    acrm__ical_put(out, "END", "VALARM");
}

static void ical_event(acrm__ical_out *out, const acrm_ical_calendar *calendar,
                       const acrm_ical_event *event)
{
    static const char *const statuses[] = { "CONFIRMED", "TENTATIVE", "CANCELLED" };

    acrm__ical_put(out, "BEGIN", "VEVENT");
    acrm__ical_put_text(out, "UID", event->uid);
    ical_utc(out, "DTSTAMP", event->stamp);
    if (event->changed)
        ical_utc(out, "LAST-MODIFIED", event->changed);
    acrm__ical_put_int(out, "SEQUENCE", event->sequence);
    ical_time(out, calendar, "DTSTART", event->start);
    if (ical_second(event->end) > ical_second(event->start))
        ical_time(out, calendar, "DTEND", event->end);
    acrm__ical_put_text(out, "SUMMARY", event->summary);
    acrm__ical_put_text(out, "DESCRIPTION", event->description);
    acrm__ical_put_text(out, "LOCATION", event->location);
    acrm__ical_put_text(out, "CATEGORIES", event->category);
    acrm__ical_put(out, "STATUS", statuses[event->status]);
    if (event->shows_free)
        acrm__ical_put(out, "TRANSP", "TRANSPARENT");
    if (event->organizer)
        ical_person(out, "ORGANIZER", event->organizer, false);
    for (size_t i = 0; i < event->attendees_count; i++)
        ical_person(out, "ATTENDEE", &event->attendees[i], true);
    if (event->alarm && event->status != ACRM_ICAL_CANCELLED)
        ical_alarm(out, event);
    acrm__ical_put(out, "END", "VEVENT");
}

/* The seconds between which the zone's clock must be told. */
static void ical_range(const acrm_ical_calendar *calendar, int64_t *from, int64_t *to)
{
    *from = calendar->events_count > 0 ? INT64_MAX : 0;
    *to = 0;
    for (size_t i = 0; i < calendar->events_count; i++) {
        const acrm_ical_event *event = &calendar->events[i];
        int64_t start = ical_second(event->start), end = ical_second(event->end);
        *from = start < *from ? start : *from;
        *to = start > *to ? start : *to;
        *to = end > *to ? end : *to;
    }
}

int32_t acrm_ical_write(const acrm_ical_calendar *calendar, const acrm_allocator *allocator,
                        acrm_buf **out, acrm_issue *issue)
{
    static const char *const methods[] = { NULL, "PUBLISH", "REQUEST", "CANCEL" };
    acrm_allocator own = acrm__allocator(allocator);
    acrm__ical_out text;
    int64_t from, to;

    if (!calendar || !out)
        return ACRM_E_MISUSE;
    int32_t st = acrm__ical_check(calendar, issue);
    if (st != ACRM_OK)
        return st;
    acrm__str_init(&text.text, &own);
    acrm__str_init(&text.line, &own);
    acrm__ical_put(&text, "BEGIN", "VCALENDAR");
    acrm__ical_put(&text, "VERSION", "2.0");
    acrm__ical_put(&text, "PRODID", "-//autocrm//libautocrm//EN");
    acrm__ical_put(&text, "CALSCALE", "GREGORIAN");
    if (methods[calendar->method])
        acrm__ical_put(&text, "METHOD", methods[calendar->method]);
    acrm__ical_put_text(&text, "X-WR-CALNAME", calendar->name);
    if (calendar->zone) {
        ical_range(calendar, &from, &to);
        acrm__ical_zone(&text, calendar, from, to);
    }
    for (size_t i = 0; i < calendar->events_count && !text.text.failed; i++)
        ical_event(&text, calendar, &calendar->events[i]);
    acrm__ical_put(&text, "END", "VCALENDAR");
    st = acrm__str_to_buf(&text.text, out);
    acrm__str_free(&text.text);
    acrm__str_free(&text.line);
    return st;
}
