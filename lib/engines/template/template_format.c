/* SPDX-License-Identifier: MIT */
/* Values in the formats of a language: numbers, amounts, dates, times. */
#include "base/civil.h"
#include "base/text.h"
#include "base/value.h"
#include "engines/template/template_internal.h"
#include "engines/template/template_locale.h"

#include <string.h>

static const char *const format_names[ACRM__FORMAT_COUNT] = {
    [ACRM__FORMAT_PLAIN] = "text",         [ACRM__FORMAT_NUMBER] = "number",
    [ACRM__FORMAT_MONEY] = "money",        [ACRM__FORMAT_DATE] = "date",
    [ACRM__FORMAT_DATE_LONG] = "date_long", [ACRM__FORMAT_TIME] = "time",
    [ACRM__FORMAT_DATETIME] = "datetime",
};

int32_t acrm__template_format_of(const char *name, size_t len)
{
    for (int32_t i = 0; i < ACRM__FORMAT_COUNT; i++)
        if (strlen(format_names[i]) == len && memcmp(format_names[i], name, len) == 0)
            return i;
    return -1;
}

/* --- Numbers --- */

/* ASCII digits in the digits of the script, if that was asked for. */
static void format_digits(const acrm__locale *locale, bool native, const char *text, size_t len,
                          acrm__str *out)
{
    for (size_t i = 0; i < len; i++) {
        if (!native || text[i] < '0' || text[i] > '9' || locale->zero[1] == '\0') {
            acrm__str_putc(out, text[i]);
            continue;
        }
        size_t zero = strlen(locale->zero); /* the ten digits differ in their last byte only */
        acrm__str_add(out, locale->zero, zero - 1);
        acrm__str_putc(out, (char)(locale->zero[zero - 1] + (text[i] - '0')));
    }
}

/* A plain number as the language writes it: "-1234567.50". */
static bool format_number(const acrm__locale *locale, bool native, const char *text, size_t len,
                          acrm__str *out)
{
    size_t sign = len > 0 && text[0] == '-', whole = sign;

    while (whole < len && text[whole] >= '0' && text[whole] <= '9')
        whole++;
    size_t fraction = whole < len && text[whole] == '.' ? whole + 1 : whole, end = fraction;
    while (end < len && text[end] >= '0' && text[end] <= '9')
        end++;
    if (whole == sign || end != len || (fraction > whole && fraction == len))
        return false;
    acrm__str_add(out, text, sign);
    for (size_t i = sign; i < whole; i++) {
        if (i > sign && (whole - i) % 3 == 0)
            acrm__str_puts(out, locale->group);
        format_digits(locale, native, text + i, 1, out);
    }
    if (fraction > whole) {
        acrm__str_puts(out, locale->point);
        format_digits(locale, native, text + fraction, len - fraction, out);
    }
    return true;
}

/* A value's number as plain text; NULL when it has none. */
static const char *format_number_of(const acrm_value *value, acrm__str *room, size_t *len)
{
    char digits[32];

    switch (acrm_value_type(value)) {
    case ACRM_TEXT:
        return acrm_value_text(value, len);
    case ACRM_INT:
        acrm__str_int(room, acrm_value_int(value));
        break;
    case ACRM_REAL:
        acrm__str_add(room, digits, acrm__print_real(acrm_value_real(value), digits));
        break;
    default:
        return NULL;
    }
    *len = room->len;
    return room->data;
}

static int32_t format_amount(const acrm__locale *locale, bool native, const acrm_value *value,
                             const acrm_value *currency, acrm__str *out)
{
    acrm__str room, number;
    size_t len = 0;
    bool ok;

    acrm__str_init(&room, &out->allocator);
    acrm__str_init(&number, &out->allocator);
    const char *text = format_number_of(value, &room, &len);
    ok = text != NULL && format_number(locale, native, text, len, &number);
    const char *code = currency != NULL ? acrm_value_text(currency, NULL) : NULL;
    if (ok && (code == NULL || code[0] == '\0'))
        acrm__str_add(out, number.data, number.len);
    for (const char *p = locale->amount; ok && code != NULL && code[0] != '\0' && *p; p++) {
        if (*p == '1')
            acrm__str_add(out, number.data, number.len);
        else if (*p == 'C')
            acrm__str_puts(out, code);
        else
            acrm__str_putc(out, *p);
    }
    out->failed = out->failed || room.failed || number.failed;
    acrm__str_free(&room);
    acrm__str_free(&number);
    return ok ? ACRM_OK : ACRM_E_INVALID;
}

/* --- Dates and times --- */

/* A local day and second from a date, a time or an instant; -1 for what the text has not. */
static bool format_moment(const acrm_template_options *options, const acrm_value *value,
                          int32_t *day, int32_t *second)
{
    size_t len = 0;
    const char *text = acrm_value_type(value) == ACRM_TEXT ? acrm_value_text(value, &len) : NULL;
    acrm_local local = { .struct_size = sizeof local };
    int64_t us;

    *second = -1;
    *day = INT32_MIN;
    if (text == NULL)
        return false;
    if (acrm__date_parse(text, len, day) || acrm__time_parse(text, len, false, second))
        return true;
    if (!acrm__instant_parse(text, len, &us))
        return false;
    if (options->zone != NULL && acrm_zone_to_local(options->zone, us, &local) == ACRM_OK) {
        *day = local.day;
        *second = local.second;
        return true;
    }
    *day = (int32_t)acrm__floor_div(us, ACRM__DAY_US);
    *second = (int32_t)(acrm__floor_mod(us, ACRM__DAY_US) / ACRM__SECOND_US);
    return true;
}

static void format_int(const acrm__locale *locale, bool native, int32_t n, int32_t width,
                       acrm__str *out)
{
    char digits[8];
    int32_t at = 8;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (8 - at < width)
        digits[--at] = '0';
    format_digits(locale, native, digits + at, (size_t)(8 - at), out);
}

static void format_date(const acrm__locale *locale, const acrm_template_options *options,
                        int32_t day, bool in_words, acrm__str *out)
{
    bool native = options->native_digits != 0;
    bool jalali = options->dates == ACRM_DATES_JALALI ||
                  (options->dates == ACRM_DATES_BY_LANGUAGE && locale->jalali);
    acrm__civil date;

    /* Dates beyond the years of the Solar Hijri tables are written in the Gregorian calendar. */
    if (!jalali || !acrm__jalali_from_day(day, &date)) {
        acrm__civil_from_day(day, &date);
        jalali = false;
    }
    for (const char *p = in_words ? locale->date_long : locale->date; *p; p++) {
        if (*p == 'Y')
            format_int(locale, native, date.year, 4, out);
        else if (*p == 'M' || *p == 'D')
            format_int(locale, native, *p == 'M' ? date.month : date.day, 2, out);
        else if (*p == 'd')
            format_int(locale, native, date.day, 1, out);
        else if (*p == 'N')
            acrm__str_puts(out, (jalali ? locale->jalali_months
                                        : locale->months)[date.month - 1]);
        else
            acrm__str_putc(out, *p);
    }
}

static void format_time(const acrm__locale *locale, bool native, int32_t second, acrm__str *out)
{
    format_int(locale, native, second / 3600, 2, out);
    acrm__str_putc(out, ':');
    format_int(locale, native, second / 60 % 60, 2, out);
}

static int32_t format_when(int32_t format, const acrm__locale *locale, const acrm_value *value,
                           const acrm_template_options *options, acrm__str *out)
{
    bool native = options->native_digits != 0;
    bool with_time = format == ACRM__FORMAT_TIME || format == ACRM__FORMAT_DATETIME;
    bool with_date = format != ACRM__FORMAT_TIME;
    int32_t day, second;

    if (!format_moment(options, value, &day, &second) || (with_time && second < 0) ||
        (with_date && (day < ACRM__DAY_MIN || day > ACRM__DAY_MAX)))
        return ACRM_E_INVALID;
    if (with_date)
        format_date(locale, options, day, format == ACRM__FORMAT_DATE_LONG, out);
    if (with_date && with_time)
        acrm__str_putc(out, ' ');
    if (with_time)
        format_time(locale, native, second, out);
    return ACRM_OK;
}

/* --- All --- */

static void format_plain(const acrm_value *value, acrm__str *out)
{
    size_t len = 0;

    if (acrm_value_type(value) == ACRM_BOOL) {
        acrm__str_puts(out, acrm_value_bool(value) ? "true" : "false");
        return;
    }
    acrm__str room;
    acrm__str_init(&room, &out->allocator);
    const char *text = format_number_of(value, &room, &len); /* NULL: a list, a map, bytes */
    if (text != NULL)
        acrm__str_add(out, text, len);
    out->failed = out->failed || room.failed;
    acrm__str_free(&room);
}

int32_t acrm__template_format(int32_t format, const acrm_value *value, const acrm_value *currency,
                              const acrm_template_options *options, acrm__str *out)
{
    const acrm__locale *locale = acrm__locale_of(options->language);
    bool native = options->native_digits != 0;

    switch (format) {
    case ACRM__FORMAT_PLAIN:
        format_plain(value, out);
        return ACRM_OK;
    case ACRM__FORMAT_NUMBER:
        return format_amount(locale, native, value, NULL, out);
    case ACRM__FORMAT_MONEY:
        if (acrm_value_type(value) == ACRM_MAP) {
            currency = acrm_value_get(value, "currency");
            value = acrm_value_get(value, "amount");
        }
        return value != NULL ? format_amount(locale, native, value, currency, out)
                             : ACRM_E_INVALID;
    default:
        return format_when(format, locale, value, options, out);
    }
}
