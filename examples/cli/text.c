/* SPDX-License-Identifier: MIT */
/* Memory, growing text, files and instants for the command line tool. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void *cli_grow(void *old, size_t size)
{
    void *data = realloc(old, size ? size : 1);

    if (!data) {
        fputs("autocrm: out of memory\n", stderr);
        exit(CLI_FAILED);
    }
    return data;
}

void *cli_alloc(size_t size)
{
    return memset(cli_grow(NULL, size), 0, size);
}

char *cli_copy(const char *text, size_t len)
{
    char *copy = cli_alloc(len + 1);

    if (len > 0)
        memcpy(copy, text, len);
    return copy;
}

void cli_add(cli_text *text, const char *bytes, size_t len)
{
    if (text->len + len + 1 > text->cap) {
        text->cap = (text->len + len + 1) * 2;
        text->data = cli_grow(text->data, text->cap);
    }
    if (len > 0)
        memcpy(text->data + text->len, bytes, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void cli_addf(cli_text *text, const char *format, ...)
{
    va_list list, again;

    va_start(list, format);
    va_copy(again, list);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (len >= 0) {
        char *line = cli_alloc((size_t)len + 1);
        vsnprintf(line, (size_t)len + 1, format, again);
        cli_add(text, line, (size_t)len);
        free(line);
    }
    va_end(again);
}

bool cli_read_stream(FILE *in, cli_text *out)
{
    char block[65536];
    size_t n;

    cli_add(out, "", 0);
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        cli_add(out, block, n);
    return !ferror(in);
}

bool cli_read_file(const char *path, cli_text *out)
{
    if (strcmp(path, "-") == 0)
        return cli_read_stream(stdin, out);
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    bool ok = cli_read_stream(in, out);
    fclose(in);
    return ok;
}

/* --- Instants: 2026-11-21, 2026-11-21T08:00, 2026-11-21T08:00:00.5Z, ...+03:30 --- */

static bool text_digits(const char **at, int count, int64_t *out)
{
    int64_t value = 0;

    for (int i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    *out = value;
    return true;
}

static bool text_mark(const char **at, char mark)
{
    if (**at != mark)
        return false;
    ++*at;
    return true;
}

static int64_t text_days(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year; /* years that begin in March */
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool text_zone(const char **at, int64_t *seconds)
{
    int64_t hours, minutes;
    int sign = **at == '-' ? -1 : 1;

    *seconds = 0;
    if (**at == '\0' || text_mark(at, 'Z'))
        return true;
    if (!text_mark(at, '+') && !text_mark(at, '-'))
        return false;
    if (!text_digits(at, 2, &hours) || !text_mark(at, ':') || !text_digits(at, 2, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* T08:00, a blank for the T, with seconds and their fraction or without; none: midnight. */
static bool text_time(const char **at, int64_t *micros)
{
    int64_t hour, minute, second = 0, fraction = 0;

    *micros = 0;
    if (!text_mark(at, 'T') && !text_mark(at, ' '))
        return true;
    if (!text_digits(at, 2, &hour) || !text_mark(at, ':') || !text_digits(at, 2, &minute))
        return false;
    if (text_mark(at, ':') && !text_digits(at, 2, &second))
        return false;
    if (text_mark(at, '.'))
        for (int64_t unit = 100000; **at >= '0' && **at <= '9'; ++*at, unit /= 10)
            fraction += unit * (**at - '0');
    *micros = ((hour * 60 + minute) * 60 + second) * 1000000 + fraction;
    return hour <= 23 && minute <= 59 && second <= 59;
}

bool cli_parse_instant(const char *text, int64_t *micros)
{
    int64_t year, month, day, time, zone;

    if (!text_digits(&text, 4, &year) || !text_mark(&text, '-') ||
        !text_digits(&text, 2, &month) || !text_mark(&text, '-') || !text_digits(&text, 2, &day))
        return false;
    if (!text_time(&text, &time) || !text_zone(&text, &zone) || *text != '\0')
        return false;
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *micros = (text_days(year, month, day) * 86400 - zone) * 1000000 + time;
    return true;
}

int cli_distance(const char *a, const char *b)
{
    int row[64];
    size_t length = strlen(b);

    if (length >= 63 || strlen(a) >= 63)
        return 64;
    for (size_t j = 0; j <= length; j++)
        row[j] = (int)j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= length; j++) {
            int cost = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
        }
    }
    return row[length];
}
