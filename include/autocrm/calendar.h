/* SPDX-License-Identifier: MIT */
/** Business time, time zones, and Gregorian and Solar Hijri dates: pure computing, no database. */
#ifndef AUTOCRM_CALENDAR_H
#define AUTOCRM_CALENDAR_H

#include "autocrm/issue.h"
#include "autocrm/port/allocator.h"
#include "autocrm/port/zone_source.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Units everywhere here: an instant is microseconds since 1970-01-01T00:00:00Z, a day is days
 * since 1970-01-01, a time of day is seconds since midnight on the local clock, an amount of
 * business time is microseconds. Instants and days run from year 1 to year 9999.
 */

/** The calendars a civil date can be told in. */
enum {
    ACRM_DATE_GREGORIAN = 1, /**< proleptic Gregorian, years 1 to 9999 */
    ACRM_DATE_JALALI = 2     /**< Solar Hijri by the equinox (1403 is leap), years 1178 to 1633 */
};

/**
 * The day number of a date.
 * @param kind      ACRM_DATE_...
 * @param[out] out  days since 1970-01-01; untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, or ACRM_E_INVALID for an unknown kind or a date that
 *         does not exist or is out of the calendar's years
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_date_to_day(int32_t kind, int32_t year, int32_t month, int32_t day,
                                  int32_t *out);

/**
 * The date of a day number.
 * @param kind        ACRM_DATE_...
 * @param day_number  days since 1970-01-01
 * @param[out] year   untouched on failure, as the next two
 * @param[out] month  1..12
 * @param[out] day    1..31
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, or ACRM_E_INVALID for an unknown kind or a day out of
 *         the calendar's years
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_date_from_day(int32_t kind, int32_t day_number, int32_t *year,
                                    int32_t *month, int32_t *day);

/**
 * The day a number of months later (or earlier), on the same day of the month, or on the month's
 * last day when it is shorter.
 * @param kind      ACRM_DATE_...: whose months
 * @param months    -120000..120000
 * @param[out] out  untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, or ACRM_E_INVALID for an unknown kind or a result out
 *         of the calendar's years
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_date_add_months(int32_t kind, int32_t day, int64_t months, int32_t *out);

/**
 * The number of days in a month.
 * @param kind ACRM_DATE_...
 * @return 28..31, or 0 for an unknown kind or a month that does not exist
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_date_month_length(int32_t kind, int32_t year, int32_t month);

/**
 * The day of the week by ISO 8601.
 * @return 1 Monday .. 7 Sunday, or 0 for a day out of range
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_date_weekday(int32_t day);

/** A time zone; immutable, may be read by any thread; free with acrm_zone_free(). */
typedef struct acrm_zone acrm_zone;

/** How often a local wall-clock time occurs. */
enum {
    ACRM_LOCAL_ONCE = 1,
    ACRM_LOCAL_GAP = 2,  /**< never: the clock jumps over it */
    ACRM_LOCAL_TWICE = 3 /**< twice: the clock is set back over it */
};

/**
 * An instant on a zone's wall clock. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_local {
    uint32_t struct_size;
    int32_t day;             /**< local date, days since 1970-01-01 */
    int32_t second;          /**< of the local day, 0..86399 */
    int32_t microsecond;     /**< of the second */
    int32_t offset_s;        /**< seconds ahead of UTC */
    int32_t daylight_saving; /**< 1 or 0 */
} acrm_local;

/**
 * Read a zone from the bytes of a TZif file (RFC 9636, versions 1 and later). Years behind the
 * last listed change follow the POSIX TZ rule of the footer. Leap seconds are refused.
 * @param bytes       the file
 * @param len         its length
 * @param allocator   (optional) where the memory comes from; copied
 * @param[out] out    (transfer full) free with acrm_zone_free(); untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, ACRM_E_CORRUPT for anything but a sound TZif file,
 *         ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_zone_parse(const void *bytes, size_t len, const acrm_allocator *allocator,
                                 acrm_zone **out, acrm_issue *issue);

/**
 * Load a zone by its IANA name, e.g. "Asia/Tehran".
 * @param name        NUL-terminated; letters, digits and "_+-/"
 * @param source      (optional) where the files come from; without it /usr/share/zoneinfo
 * @param allocator   (optional) where the memory comes from; copied
 * @param[out] out    (transfer full) free with acrm_zone_free(); untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE    a NULL, or a source without its size or function, or with flags
 *   ACRM_E_INVALID   not the form of a zone's name
 *   ACRM_E_NOTFOUND  the source has no such zone
 *   ACRM_E_CORRUPT   the file is damaged, too large, or has leap seconds
 *   ACRM_E_STORE     the file cannot be read; or what else the source returned
 *   ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_zone_load(const char *name, const acrm_zone_source *source,
                                const acrm_allocator *allocator, acrm_zone **out,
                                acrm_issue *issue);

/**
 * A zone source that reads the files of another directory.
 * @param directory  (borrowed as long as the source is used) NUL-terminated path
 * @param[out] out   filled in
 * @return ACRM_OK, or ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_zone_source_directory(const char *directory, acrm_zone_source *out);

/**
 * Free a zone. Calendars made with it keep a copy of their own.
 * @param zone (optional)
 * @since 0.1
 */
ACRM_API void acrm_zone_free(acrm_zone *zone);

/**
 * An instant on the zone's wall clock.
 * @param us        the instant
 * @param[out] out  struct_size set by the caller; untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or a wrong struct_size, ACRM_E_INVALID for an instant
 *         out of range
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_zone_to_local(const acrm_zone *zone, int64_t us, acrm_local *out);

/**
 * The instant of a local wall-clock time. A time the clock jumps over moves forward by the jump;
 * of one that occurs twice the first is taken (as RFC 5545, section 3.3.5, does).
 * @param day        local date
 * @param second     0..86400 of that date; 86400 is the next midnight
 * @param[out] us    untouched on failure
 * @param[out] kind  (optional) ACRM_LOCAL_...; untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, ACRM_E_INVALID for a time out of range
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_zone_to_instant(const acrm_zone *zone, int32_t day, int32_t second,
                                      int64_t *us, int32_t *kind);

/** The years a business calendar answers for, by its own zone's clock. */
enum {
    ACRM_CALENDAR_YEAR_FIRST = 1970,
    ACRM_CALENDAR_YEAR_LAST = 2254
};

/** Limits of a calendar's definition. */
enum {
    ACRM_CALENDAR_HOURS_MAX = 168,        /**< weekly intervals */
    ACRM_CALENDAR_DATED_MAX = 10000,      /**< shifts, and as many breaks */
    ACRM_CALENDAR_HOLIDAYS_MAX = 2000,
    ACRM_CALENDAR_HOLIDAY_DAYS_MAX = 92,  /**< longest yearly holiday */
    ACRM_CALENDAR_NAME_MAX = 200          /**< bytes of a holiday's name */
};

/**
 * A weekly interval. It includes @c from and excludes @c to. With @c to before @c from it runs
 * over midnight and belongs to the day it starts on. Intervals that touch or overlap are one.
 * @since 0.1
 */
typedef struct acrm_calendar_hours {
    int32_t weekday; /**< 1 Monday .. 7 Sunday */
    int32_t from;    /**< 0..86399 */
    int32_t to;      /**< 1..86400, not equal to @c from; 86400 is 24:00 */
} acrm_calendar_hours;

/**
 * An interval on one date, as a shift (the date's weekly hours are ignored) or a break (closed).
 * From and to as in acrm_calendar_hours.
 * @since 0.1
 */
typedef struct acrm_calendar_dated {
    int32_t day; /**< local date */
    int32_t from;
    int32_t to;
} acrm_calendar_dated;

/** When a holiday comes. */
enum {
    ACRM_HOLIDAY_ONCE = 1,         /**< on one date */
    ACRM_HOLIDAY_YEARLY = 2,       /**< each Gregorian year; 29 February only in leap years */
    ACRM_HOLIDAY_JALALI_YEARLY = 3 /**< each Solar Hijri year; 30 Esfand only in leap years */
};

/**
 * A holiday closes whole local dates from midnight to midnight, also the part of a night shift
 * that falls on them. What a night shift has left on the day behind stays open.
 * @since 0.1
 */
typedef struct acrm_calendar_holiday {
    const char *name; /**< (optional, copied) NUL-terminated UTF-8 */
    int32_t kind;     /**< ACRM_HOLIDAY_... */
    int32_t month;    /**< yearly kinds: 1..12 of that calendar; else 0 */
    int32_t day;      /**< once: local date in days since 1970-01-01; yearly kinds: day of month */
    int32_t days;     /**< length, 1..92 */
} acrm_calendar_holiday;

/**
 * What a calendar is made of. Set struct_size. A list may be NULL when its count is 0.
 * @since 0.1
 */
typedef struct acrm_calendar_definition {
    uint32_t struct_size;
    const acrm_zone *zone; /**< (optional, copied) UTC when NULL */
    const acrm_calendar_hours *hours;
    size_t hours_count;
    const acrm_calendar_dated *shifts;
    size_t shifts_count;
    const acrm_calendar_dated *breaks;
    size_t breaks_count;
    const acrm_calendar_holiday *holidays;
    size_t holidays_count;
} acrm_calendar_definition;

/** A span of time: includes @c from, excludes @c to. @since 0.1 */
typedef struct acrm_span {
    int64_t from;
    int64_t to;
} acrm_span;

/** A business calendar; immutable, may be read by any thread; free with acrm_calendar_free(). */
typedef struct acrm_calendar acrm_calendar;

/**
 * Make a calendar. Shifts replace the weekly hours of their date, then breaks and holidays are
 * taken away. Boundaries are local wall-clock times, resolved as by acrm_zone_to_instant(); what
 * lies between is real time, so that a night over a clock change has an hour more or less.
 *
 * @param definition  copied; nothing of it is kept
 * @param allocator   (optional) where the memory comes from; copied
 * @param[out] out    (transfer full) free with acrm_calendar_free(); untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL, a wrong struct_size, or a NULL list with a count
 *   ACRM_E_INVALID  a member out of its range, or a calendar that is never open
 *   ACRM_E_LIMIT    a list longer than its limit
 *   ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_calendar_new(const acrm_calendar_definition *definition,
                                   const acrm_allocator *allocator, acrm_calendar **out,
                                   acrm_issue *issue);

/**
 * The calendar that is open when both others are. Dates and years are the first one's; a business
 * day is one of both on which they have time in common.
 * @param allocator   (optional) where the memory comes from; copied
 * @param[out] out    (transfer full) free with acrm_calendar_free(); untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL, ACRM_E_INVALID when they are never open together,
 *         ACRM_E_NOMEM
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_calendar_intersect(const acrm_calendar *a, const acrm_calendar *b,
                                         const acrm_allocator *allocator, acrm_calendar **out,
                                         acrm_issue *issue);

/**
 * Free a calendar.
 * @param calendar (optional)
 * @since 0.1
 */
ACRM_API void acrm_calendar_free(acrm_calendar *calendar);

/*
 * The questions. All of them: any thread; ACRM_E_MISUSE for a NULL; ACRM_E_LIMIT when the
 * question or its answer lies outside ACRM_CALENDAR_YEAR_FIRST..LAST, which is also what comes of
 * asking for time that a calendar with its last shift in the past will never have. Outputs are
 * untouched on failure. None loops over days: the cost does not grow with the distance.
 */

/**
 * The earliest instant at which an amount of business time has passed since an instant: when an
 * opening is used up exactly, that is its end. For a negative amount the latest instant from
 * which that much passes until @p start. For 0, @p start itself.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_add(const acrm_calendar *calendar, int64_t start, int64_t amount,
                                   int64_t *out);

/**
 * The business time from one instant to another; negative when @p to is before @p from.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_between(const acrm_calendar *calendar, int64_t from, int64_t to,
                                       int64_t *amount);

/**
 * The earliest instant at which an amount of business time outside the pauses has passed since an
 * instant. A pause that begins at the deadline no longer moves it.
 * @param amount        0 or more
 * @param pauses        spans in which the clock stands still, by ascending @c from; may overlap
 * @param pauses_count  NULL is allowed for 0
 * @return also ACRM_E_INVALID for a negative amount, a span that ends before it begins, or spans
 *         that are not in order
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_deadline(const acrm_calendar *calendar, int64_t start,
                                        int64_t amount, const acrm_span *pauses,
                                        size_t pauses_count, int64_t *out);

/**
 * The business time between two instants outside the pauses; 0 when @p to is before @p from.
 * @param pauses  as in acrm_calendar_deadline()
 * @return also ACRM_E_INVALID for spans as told there
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_elapsed(const acrm_calendar *calendar, int64_t from, int64_t to,
                                       const acrm_span *pauses, size_t pauses_count,
                                       int64_t *amount);

/**
 * The first open instant at or after an instant.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_next_open(const acrm_calendar *calendar, int64_t at, int64_t *out);

/**
 * The instant itself when it is open, else the end of the last opening before it.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_previous_open(const acrm_calendar *calendar, int64_t at,
                                             int64_t *out);

/**
 * Whether an instant is open.
 * @param[out] out 1 or 0
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_is_open(const acrm_calendar *calendar, int64_t at, int32_t *out);

/**
 * The opening an instant lies in, or else the next one.
 * @param[out] out  its ends; an opening that lasts to the last year ends with it
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_period(const acrm_calendar *calendar, int64_t at, acrm_span *out);

/**
 * Whether a local date is a business day: it has hours of its own (weekly or by a shift) and is
 * no holiday, and some of its time is open. A night shift makes a business day of the day it
 * starts on.
 * @param[out] out 1 or 0
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_is_business_day(const acrm_calendar *calendar, int32_t day,
                                               int32_t *out);

/**
 * The number of business days from one local date to another, the first one included, the last
 * one not; negative when @p to is before @p from.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_business_days(const acrm_calendar *calendar, int32_t from,
                                             int32_t to, int32_t *days);

/**
 * Go n business days on, to the same time of day there, and from that to the next open instant.
 * For n below 0: n business days back, and from that to the previous open instant. For 0: the
 * next open instant.
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_add_days(const acrm_calendar *calendar, int64_t start, int32_t n,
                                        int64_t *out);

/**
 * The name of the holiday a local date is, the first one defined if there are several.
 * @param[out] name  (transfer none) lives as long as the calendar; "" for a holiday without name
 * @return also ACRM_E_NOTFOUND when the date is no holiday
 * @since 0.1
 */
ACRM_API int32_t acrm_calendar_holiday_name(const acrm_calendar *calendar, int32_t day,
                                            const char **name);

#ifdef __cplusplus
}
#endif

#endif
