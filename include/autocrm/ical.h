/* SPDX-License-Identifier: MIT */
/** iCalendar texts (RFC 5545): appointments as calendar programs read them; pure computing. */
#ifndef AUTOCRM_ICAL_H
#define AUTOCRM_ICAL_H

#include "autocrm/calendar.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a calendar text is for (METHOD of RFC 5546). */
enum {
    ACRM_ICAL_FEED = 0,    /**< no METHOD: a file or a subscribed feed */
    ACRM_ICAL_PUBLISH = 1,
    ACRM_ICAL_REQUEST = 2, /**< an invitation to its attendees */
    ACRM_ICAL_CANCEL = 3   /**< takes an invitation back */
};

/** STATUS of an event. */
enum {
    ACRM_ICAL_CONFIRMED = 0,
    ACRM_ICAL_TENTATIVE = 1,
    ACRM_ICAL_CANCELLED = 2
};

/** ROLE of an attendee. */
enum {
    ACRM_ICAL_REQUIRED = 0,
    ACRM_ICAL_OPTIONAL = 1,
    ACRM_ICAL_CHAIR = 2
};

/** PARTSTAT of an attendee. */
enum {
    ACRM_ICAL_NEEDS_ACTION = 0,
    ACRM_ICAL_ACCEPTED = 1,
    ACRM_ICAL_DECLINED = 2,
    ACRM_ICAL_MAYBE = 3 /**< TENTATIVE */
};

/** Limits of one text. */
enum {
    ACRM_ICAL_EVENTS_MAX = 100000,
    ACRM_ICAL_ATTENDEES_MAX = 1000, /**< of one event */
    ACRM_ICAL_TEXT_MAX = 65536      /**< bytes of one text member */
};

/**
 * Somebody who holds or attends an event. Texts are NUL-terminated UTF-8. Its members are fixed for
 * good, so it carries no struct_size.
 * @since 0.1
 */
typedef struct acrm_ical_person {
    const char *name;  /**< (optional) any text: quoted as RFC 5545 and RFC 6868 tell */
    const char *email; /**< written as a mailto: URI */
    int32_t role;      /**< ACRM_ICAL_REQUIRED ...; of attendees */
    int32_t answer;    /**< ACRM_ICAL_NEEDS_ACTION ...; of attendees */
} acrm_ical_person;

/**
 * An event. Set struct_size and clear the rest first. Texts are NUL-terminated UTF-8 and may hold
 * anything: what separates properties is escaped, other control characters are left out. Instants
 * are microseconds since 1970-01-01T00:00:00Z and written to the second.
 * @since 0.1
 */
typedef struct acrm_ical_event {
    uint32_t struct_size;    /**< sizeof(acrm_ical_event), as you compiled it */
    int32_t status;          /**< ACRM_ICAL_CONFIRMED ... */
    const char *uid;         /**< the same for ever, in all feeds of the world */
    int64_t stamp;           /**< when this text was made (DTSTAMP) */
    int64_t changed;         /**< when the event was last changed (LAST-MODIFIED); 0: not told */
    int64_t start;
    int64_t end;             /**< 0 or @c start: an event without length */
    int32_t sequence;        /**< raised with each change; a lower one is ignored by readers */
    int32_t alarm;           /**< 1: remind of it */
    int32_t alarm_s;         /**< so many seconds before it starts, 0..31536000 */
    int32_t shows_free;      /**< 1: does not make its holder busy (TRANSPARENT) */
    const char *summary;     /**< (optional) */
    const char *description; /**< (optional) */
    const char *location;    /**< (optional) */
    const char *category;    /**< (optional) */
    const acrm_ical_person *organizer; /**< (optional) */
    const acrm_ical_person *attendees; /**< (optional) */
    size_t attendees_count;
} acrm_ical_event;

/**
 * A calendar. Set struct_size and clear the rest first.
 * @since 0.1
 */
typedef struct acrm_ical_calendar {
    uint32_t struct_size;   /**< sizeof(acrm_ical_calendar), as you compiled it */
    int32_t method;         /**< ACRM_ICAL_FEED ... */
    const char *name;       /**< (optional) how programs call the calendar */
    const acrm_zone *zone;  /**< (optional) times are told by its clock; in UTC when NULL */
    const char *zone_name;  /**< its IANA name; with @c zone only */
    const acrm_ical_event *events; /**< NULL is allowed for 0 */
    size_t events_count;
} acrm_ical_calendar;

/**
 * Write a calendar: CRLF line ends, lines folded at 75 octets and never within a character, the
 * zone as a VTIMEZONE made of its changes over the years of the events. A time of day that comes
 * twice (clocks set back) is written in UTC when it is the second one, since a zone's name and
 * clock tell the first (RFC 5545, 3.3.5).
 *
 * @param calendar   what to write; kept nowhere
 * @param allocator  (optional) where the memory comes from; copied
 * @param[out] out   (transfer full) the text; acrm_buf_free() it; untouched on failure
 * @param[out] issue (optional) the fault, its row an index into the events; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL, a wrong struct_size, a NULL list with a count
 *   ACRM_E_INVALID  an unknown method, status, role or answer; a missing uid or e-mail address; an
 *                   end before its start; a number, an instant out of range; text that is no UTF-8
 *   ACRM_E_LIMIT    more than ACRM_ICAL_..._MAX
 *   ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_ical_write(const acrm_ical_calendar *calendar,
                                 const acrm_allocator *allocator, acrm_buf **out,
                                 acrm_issue *issue);

#ifdef __cplusplus
}
#endif

#endif
