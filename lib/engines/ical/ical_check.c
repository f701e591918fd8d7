/* SPDX-License-Identifier: MIT */
/* What an iCalendar text may be asked to hold. */
#include "base/civil.h"
#include "base/text.h"
#include "engines/ical/ical_internal.h"

#include <string.h>

enum { ICAL_ALARM_MAX = 31536000 };

/* 1970-01-01 to 9998-12-31: a local time is then always a date that can be written. */
#define ICAL_INSTANT_MAX (ACRM__INSTANT_MAX - 366 * ACRM__DAY_US)

static int32_t ical_fault(acrm_issue *issue, int32_t status, int64_t row, const char *field,
                          const char *allowed)
{
    if (issue)
        *issue = (acrm_issue){ .field = field, .allowed = allowed, .row = row };
    return status;
}

typedef struct ical_member {
    const char *field;
    const char *text;
} ical_member;

static int32_t ical_texts(const ical_member *members, size_t n, int64_t row, acrm_issue *issue)
{
    for (size_t i = 0; i < n; i++) {
        size_t len = members[i].text ? strlen(members[i].text) : 0;
        if (len > ACRM_ICAL_TEXT_MAX)
            return ical_fault(issue, ACRM_E_LIMIT, row, members[i].field, "at most 65536 bytes");
        if (len > 0 && !acrm__utf8_valid(members[i].text, len))
            return ical_fault(issue, ACRM_E_INVALID, row, members[i].field, "UTF-8");
    }
    return ACRM_OK;
}

static int32_t ical_check_person(const acrm_ical_person *person, int64_t row, bool attends,
                                 acrm_issue *issue)
{
    const ical_member members[] = {
        { attends ? "events.attendees.name" : "events.organizer.name", person->name },
        { attends ? "events.attendees.email" : "events.organizer.email", person->email },
    };

    if (!person->email || !*person->email)
        return ical_fault(issue, ACRM_E_INVALID, row, members[1].field, "an e-mail address");
    if (attends && (person->role < ACRM_ICAL_REQUIRED || person->role > ACRM_ICAL_CHAIR))
        return ical_fault(issue, ACRM_E_INVALID, row, "events.attendees.role", "ACRM_ICAL_...");
    if (attends && (person->answer < ACRM_ICAL_NEEDS_ACTION || person->answer > ACRM_ICAL_MAYBE))
        return ical_fault(issue, ACRM_E_INVALID, row, "events.attendees.answer", "ACRM_ICAL_...");
    return ical_texts(members, 2, row, issue);
}

static int32_t ical_check_people(const acrm_ical_event *event, int64_t row, acrm_issue *issue)
{
    int32_t st = ACRM_OK;

    if (event->attendees_count > 0 && !event->attendees)
        return ACRM_E_MISUSE;
    if (event->attendees_count > ACRM_ICAL_ATTENDEES_MAX)
        return ical_fault(issue, ACRM_E_LIMIT, row, "events.attendees_count", "at most 1000");
    if (event->organizer)
        st = ical_check_person(event->organizer, row, false, issue);
    for (size_t i = 0; st == ACRM_OK && i < event->attendees_count; i++)
        st = ical_check_person(&event->attendees[i], row, true, issue);
    return st;
}

static int32_t ical_check_times(const acrm_ical_event *event, int64_t row, acrm_issue *issue)
{
    const struct {
        const char *field;
        int64_t at;
    } times[] = {
        { "events.stamp", event->stamp },
        { "events.changed", event->changed },
        { "events.start", event->start },
        { "events.end", event->end },
    };

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        if (times[i].at < 0 || times[i].at > ICAL_INSTANT_MAX)
            return ical_fault(issue, ACRM_E_INVALID, row, times[i].field,
                              "an instant of the years 1970 to 9998");
    if (event->end != 0 && event->end < event->start)
        return ical_fault(issue, ACRM_E_INVALID, row, "events.end", "0, or not before the start");
    return ACRM_OK;
}

static int32_t ical_check_event(const acrm_ical_event *event, int64_t row, acrm_issue *issue)
{
    const ical_member members[] = {
        { "events.uid", event->uid },
        { "events.summary", event->summary },
        { "events.description", event->description },
        { "events.location", event->location },
        { "events.category", event->category },
    };

    if (event->struct_size != sizeof *event)
        return ACRM_E_MISUSE;
    if (!event->uid || !*event->uid)
        return ical_fault(issue, ACRM_E_INVALID, row, "events.uid", "a name for the event");
    if (event->status < ACRM_ICAL_CONFIRMED || event->status > ACRM_ICAL_CANCELLED)
        return ical_fault(issue, ACRM_E_INVALID, row, "events.status", "ACRM_ICAL_...");
    if (event->sequence < 0)
        return ical_fault(issue, ACRM_E_INVALID, row, "events.sequence", "0 or more");
    if (event->alarm_s < 0 || event->alarm_s > ICAL_ALARM_MAX)
        return ical_fault(issue, ACRM_E_INVALID, row, "events.alarm_s", "0..31536000");
    int32_t st = ical_check_times(event, row, issue);
    if (st == ACRM_OK)
        st = ical_texts(members, sizeof members / sizeof members[0], row, issue);
    return st == ACRM_OK ? ical_check_people(event, row, issue) : st;
}

int32_t acrm__ical_check(const acrm_ical_calendar *calendar, acrm_issue *issue)
{
    const ical_member members[] = { { "name", calendar->name },
                                    { "zone_name", calendar->zone_name } };

    if (calendar->struct_size != sizeof *calendar ||
        (calendar->events_count > 0 && !calendar->events))
        return ACRM_E_MISUSE;
    if (calendar->method < ACRM_ICAL_FEED || calendar->method > ACRM_ICAL_CANCEL)
        return ical_fault(issue, ACRM_E_INVALID, -1, "method", "ACRM_ICAL_...");
    if (calendar->zone && (!calendar->zone_name || !*calendar->zone_name))
        return ical_fault(issue, ACRM_E_INVALID, -1, "zone_name", "the zone's name");
    if (calendar->events_count > ACRM_ICAL_EVENTS_MAX)
        return ical_fault(issue, ACRM_E_LIMIT, -1, "events_count", "at most 100000");
    int32_t st = ical_texts(members, 2, -1, issue);
    for (size_t i = 0; st == ACRM_OK && i < calendar->events_count; i++)
        st = ical_check_event(&calendar->events[i], (int64_t)i, issue);
    return st;
}
