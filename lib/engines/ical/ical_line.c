/* SPDX-License-Identifier: MIT */
/* Content lines of RFC 5545: values escaped, parameters quoted, lines folded. */
#include "base/civil.h"
#include "engines/ical/ical_internal.h"

#include <string.h>

enum { ICAL_LINE_MAX = 75 /* octets, without the CRLF */ };

void acrm__ical_raw(acrm__ical_out *out, const char *text)
{
    acrm__str_puts(&out->line, text);
}

/* Characters that a reader may take for the end of something, or that RFC 5545 forbids. */
static bool ical_control(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte < 0x20 || byte == 0x7f;
}

void acrm__ical_text(acrm__ical_out *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\' || *p == ',' || *p == ';') {
            acrm__str_putc(&out->line, '\\');
            acrm__str_putc(&out->line, *p);
        } else if (*p == '\n' || (*p == '\r' && p[1] != '\n')) {
            acrm__str_puts(&out->line, "\\n");
        } else if (*p == '\t' || !ical_control(*p)) {
            acrm__str_putc(&out->line, *p);
        }
    }
}

void acrm__ical_parameter(acrm__ical_out *out, const char *text)
{
    bool quoted = strpbrk(text, ",;:") != NULL;

    if (quoted)
        acrm__str_putc(&out->line, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            acrm__str_puts(&out->line, "^'");
        else if (*p == '^')
            acrm__str_puts(&out->line, "^^");
        else if (*p == '\n' || (*p == '\r' && p[1] != '\n'))
            acrm__str_puts(&out->line, "^n");
        else if (*p == '\t' || !ical_control(*p))
            acrm__str_putc(&out->line, *p);
    }
    if (quoted)
        acrm__str_putc(&out->line, '"');
}

void acrm__ical_mailto(acrm__ical_out *out, const char *email)
{
    static const char hex[] = "0123456789ABCDEF", plain[] = "@.+-_!$'*~";

    acrm__str_puts(&out->line, "mailto:");
    for (const char *p = email; *p; p++) {
        unsigned char c = (unsigned char)*p;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || strchr(plain, c)) {
            acrm__str_putc(&out->line, *p);
        } else {
            acrm__str_putc(&out->line, '%');
            acrm__str_putc(&out->line, hex[c >> 4]);
            acrm__str_putc(&out->line, hex[c & 15]);
        }
    }
}

/* The longest part of at most `room` octets that ends between two characters. */
static size_t ical_part(const char *text, size_t left, size_t room)
{
    if (left <= room)
        return left;
    while (((unsigned char)text[room] & 0xc0) == 0x80)
        room--;
    return room;
}

void acrm__ical_end(acrm__ical_out *out)
{
    const char *at = out->line.data;
    size_t left = out->line.len, room = ICAL_LINE_MAX;

    for (;;) {
        size_t n = ical_part(at, left, room);
        acrm__str_add(&out->text, at, n);
        acrm__str_puts(&out->text, "\r\n");
        at += n;
        left -= n;
        if (left == 0)
            break;
        acrm__str_putc(&out->text, ' ');
        room = ICAL_LINE_MAX - 1;
    }
    out->text.failed = out->text.failed || out->line.failed;
    acrm__str_clear(&out->line);
}

void acrm__ical_put(acrm__ical_out *out, const char *name, const char *value)
{
    acrm__ical_raw(out, name);
    acrm__ical_raw(out, ":");
    acrm__ical_raw(out, value);
    acrm__ical_end(out);
}

void acrm__ical_put_text(acrm__ical_out *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    acrm__ical_raw(out, name);
    acrm__ical_raw(out, ":");
    acrm__ical_text(out, value);
    acrm__ical_end(out);
}

void acrm__ical_put_int(acrm__ical_out *out, const char *name, int64_t value)
{
    acrm__ical_raw(out, name);
    acrm__ical_raw(out, ":");
    acrm__str_int(&out->line, value);
    acrm__ical_end(out);
}

void acrm__ical_stamp(acrm__ical_out *out, int64_t second, bool utc)
{
    int64_t day = acrm__floor_div(second, ACRM__DAY_SECONDS);
    int32_t of_day = (int32_t)(second - day * ACRM__DAY_SECONDS);
    acrm__civil date;

    acrm__civil_from_day((int32_t)day, &date);
    acrm__str_format(&out->line, "%04d%02d%02dT%02d%02d%02d%s", (int)date.year, (int)date.month,
                     (int)date.day, (int)(of_day / 3600), (int)(of_day / 60 % 60),
                     (int)(of_day % 60), utc ? "Z" : "");
}
