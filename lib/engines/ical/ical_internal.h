/* SPDX-License-Identifier: MIT */
/* The inside of the iCalendar writer: content lines, checks, and time zones. */
#ifndef ACRM_LIB_ENGINES_ICAL_ICAL_INTERNAL_H
#define ACRM_LIB_ENGINES_ICAL_ICAL_INTERNAL_H

#include "autocrm/ical.h"
#include "base/buf.h"

/* --- ical_line.c: content lines. A line is put together in `out` and folded when it ends. --- */

/* "NAME" or "NAME;PARAM=value", then the value; each line ends with acrm__ical_end(). */
typedef struct acrm__ical_out {
    acrm__str text; /* finished lines */
    acrm__str line; /* the line being written */
} acrm__ical_out;

/* Append to the line as it is: names, separators, values made by this writer. */
void acrm__ical_raw(acrm__ical_out *out, const char *text);
/* A TEXT value (3.3.11): backslash, comma, semicolon and line ends escaped. */
void acrm__ical_text(acrm__ical_out *out, const char *text);
/* A parameter's value (3.2, RFC 6868), quoted where it must be. */
void acrm__ical_parameter(acrm__ical_out *out, const char *text);
/* An e-mail address as a mailto: URI (RFC 6068). */
void acrm__ical_mailto(acrm__ical_out *out, const char *email);
/* Fold the line, end it with CRLF, and begin the next. */
void acrm__ical_end(acrm__ical_out *out);
/* A whole line "NAME:value" of trusted text, and one of a TEXT value (nothing when it is NULL). */
void acrm__ical_put(acrm__ical_out *out, const char *name, const char *value);
void acrm__ical_put_text(acrm__ical_out *out, const char *name, const char *value);
void acrm__ical_put_int(acrm__ical_out *out, const char *name, int64_t value);
/* 20250610T090000 of a local second; with "Z" behind it when `utc`. */
void acrm__ical_stamp(acrm__ical_out *out, int64_t second, bool utc);

/* --- ical_check.c --- */
int32_t acrm__ical_check(const acrm_ical_calendar *calendar, acrm_issue *issue);

/* --- ical_zone.c --- */
/* The VTIMEZONE of the calendar's zone over the seconds from..to. */
void acrm__ical_zone(acrm__ical_out *out, const acrm_ical_calendar *calendar, int64_t from,
                     int64_t to);

#endif
