/* SPDX-License-Identifier: MIT */
/* Texts of vCards: transfer encodings, character sets, escapes. */
#include "engines/vcard/vcard_internal.h"

#include "base/text.h"

#include <string.h>

/* Windows-1252 where it differs from ISO 8859-1: 0x80 to 0x9F. */
static const uint16_t text_1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

static int32_t text_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void text_quoted_printable(acrm__vcard_slice from, acrm__str *out)
{
    for (size_t i = 0; i < from.len; i++) {
        int32_t high = i + 2 < from.len && from.text[i] == '=' ? text_hex(from.text[i + 1]) : -1;
        int32_t low = high >= 0 ? text_hex(from.text[i + 2]) : -1;
        if (low < 0) {
            acrm__str_putc(out, from.text[i]);
            continue;
        }
        acrm__str_putc(out, (char)(high * 16 + low));
        i += 2;
    }
}

static void text_base64(acrm__vcard_slice from, acrm__str *out, const char **fault)
{
    acrm__str dense;
    size_t n = 0;

    acrm__str_init(&dense, &out->allocator);
    for (size_t i = 0; i < from.len; i++)
        if (!strchr(" \t", from.text[i]))
            acrm__str_putc(&dense, from.text[i]);
    char *room = acrm__str_room(out, dense.len / 4 * 3 + 3);
    bool ok = room && !dense.failed &&
              acrm__base64_parse(dense.data, dense.len, (unsigned char *)room, &n);
    if (ok)
        out->len += n;
    else if (!out->failed)
        *fault = "encoding";
    if (out->cap)
        out->data[out->len] = '\0';
    out->failed |= dense.failed;
    acrm__str_free(&dense);
}

static void text_put(acrm__str *out, uint32_t cp)
{
    if (cp < 0x80) {
        acrm__str_putc(out, (char)cp);
    } else if (cp < 0x800) {
        acrm__str_putc(out, (char)(0xC0 | cp >> 6));
        acrm__str_putc(out, (char)(0x80 | (cp & 0x3F)));
    } else {
        acrm__str_putc(out, (char)(0xE0 | cp >> 12));
        acrm__str_putc(out, (char)(0x80 | (cp >> 6 & 0x3F)));
        acrm__str_putc(out, (char)(0x80 | (cp & 0x3F)));
    }
}

static bool text_is_latin(acrm__vcard_slice charset)
{
    static const char *const names[] = { "iso-8859-1", "iso-8859-15", "windows-1252", "cp1252",
                                         "latin1" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (acrm__vcard_same(charset, names[i]))
            return true;
    return false;
}

static void text_latin(const acrm__str *bytes, acrm__str *out)
{
    for (size_t i = 0; i < bytes->len; i++) {
        unsigned char c = (unsigned char)bytes->data[i];
        text_put(out, c == 0 ? 0xFFFD : c >= 0x80 && c < 0xA0 ? text_1252[c - 0x80] : c);
    }
}

/* What is no UTF-8, and U+0000, becomes U+FFFD. */
static void text_utf8(const acrm__str *bytes, acrm__str *out, const char **fault)
{
    size_t at = 0;

    while (at < bytes->len) {
        size_t good = acrm__utf8_fault(bytes->data + at, bytes->len - at);
        acrm__str_add(out, bytes->data + at, good);
        at += good;
        if (at == bytes->len)
            break;
        *fault = "encoding";
        text_put(out, 0xFFFD);
        at++;
        while (at < bytes->len && ((unsigned char)bytes->data[at] & 0xC0) == 0x80)
            at++;
    }
}

void acrm__vcard_decode(const acrm__vcard_property *property, acrm__str *out, const char **fault)
{
    acrm__vcard_slice charset = property->charset;
    acrm__str bytes;

    *fault = NULL;
    acrm__str_init(&bytes, &out->allocator);
    if (property->quoted_printable)
        text_quoted_printable(property->value, &bytes);
    else if (property->base64)
        text_base64(property->value, &bytes, fault);
    else
        acrm__str_add(&bytes, property->value.text, property->value.len);
    if (charset.len && text_is_latin(charset)) {
        text_latin(&bytes, out);
    } else {
        if (charset.len && !acrm__vcard_same(charset, "utf-8") &&
            !acrm__vcard_same(charset, "us-ascii"))
            *fault = "charset";
        text_utf8(&bytes, out, fault);
    }
    out->failed |= bytes.failed;
    acrm__str_free(&bytes);
}

void acrm__vcard_unescape(const char *text, size_t len, acrm__str *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r') /* no value holds one */
            continue;
        if (text[i] != '\\' || i + 1 == len) {
            acrm__str_putc(out, text[i]);
            continue;
        }
        i++;
        if (text[i] != '\r')
            acrm__str_putc(out, text[i] == 'n' || text[i] == 'N' ? '\n' : text[i]);
    }
}

size_t acrm__vcard_component(const char *text, size_t len, size_t from, char mark)
{
    while (from < len && text[from] != mark)
        from += text[from] == '\\' && from + 1 < len ? 2 : 1;
    return from;
}

void acrm__vcard_escape(const char *text, size_t len, acrm__str *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r')
            continue;
        if (strchr("\\,;\n", text[i]) && text[i])
            acrm__str_putc(out, '\\');
        acrm__str_putc(out, text[i] == '\n' ? 'n' : text[i]);
    }
}

void acrm__vcard_uncaret(const char *text, size_t len, acrm__str *out)
{
    for (size_t i = 0; i < len; i++) {
        char next = i + 1 < len && text[i] == '^' ? text[i + 1] : '\0';
        i += next == 'n' || next == '\'' || next == '^';
        acrm__str_putc(out, next == 'n' ? '\n' : next == '\'' ? '"' : text[i]);
    }
}
