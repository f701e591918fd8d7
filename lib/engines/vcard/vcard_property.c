/* SPDX-License-Identifier: MIT */
/* A content line taken apart: group, name, parameters, value. */
#include "engines/vcard/vcard_internal.h"

#include <string.h>

static char property_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool property_name_char(char c)
{
    char u = property_upper(c);

    return (u >= 'A' && u <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool acrm__vcard_same(acrm__vcard_slice a, const char *word)
{
    size_t i = 0;

    while (i < a.len && word[i] && property_upper(a.text[i]) == property_upper(word[i]))
        i++;
    return i == a.len && word[i] == '\0';
}

/* Length of the name, group included; 0: there is none. */
static size_t property_name_len(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && (property_name_char(text[i]) || text[i] == '.'))
        i++;
    return i;
}

bool acrm__vcard_is_property(const char *text, size_t len, bool folded)
{
    size_t n = property_name_len(text, len);

    return n > 0 && n < len && (text[n] == ':' || text[n] == ';') &&
           (folded || memchr(text + n, ':', len - n) != NULL);
}

static acrm__vcard_slice property_own_name(const char *text, size_t len)
{
    size_t n = property_name_len(text, len), from = 0;

    for (size_t i = 0; i < n; i++)
        if (text[i] == '.')
            from = i + 1;
    return (acrm__vcard_slice){ text + from, n - from };
}

bool acrm__vcard_is_media(const char *text, size_t len)
{
    static const char *const media[] = { "PHOTO", "LOGO", "SOUND", "KEY" };
    acrm__vcard_slice name = property_own_name(text, len);
    const char *end = name.text + name.len;

    if (end == text + len || (*end != ';' && *end != ':'))
        return false;
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++)
        if (acrm__vcard_same(name, media[i]))
            return true;
    return false;
}

/* One value of a parameter; *at moves behind it. Quotes may hold any mark. */
static acrm__vcard_slice property_param_value(const char *text, size_t len, size_t *at)
{
    size_t from = *at, end;

    if (from < len && text[from] == '"') {
        const char *close = memchr(text + from + 1, '"', len - from - 1);
        end = close ? (size_t)(close - text) : len;
        *at = end < len ? end + 1 : len;
        return (acrm__vcard_slice){ text + from + 1, end - from - 1 };
    }
    end = from;
    while (end < len && !strchr(",;:", text[end]))
        end++;
    *at = end;
    return (acrm__vcard_slice){ text + from, end - from };
}

static void property_type(acrm__vcard_property *p, acrm__vcard_slice type)
{
    /* "cell,voice" within one pair of quotes is a list too. */
    const char *comma = type.len ? memchr(type.text, ',', type.len) : NULL;

    while (type.len > 0) {
        size_t n = comma ? (size_t)(comma - type.text) : type.len;
        acrm__vcard_slice one = { type.text, n };
        if (acrm__vcard_same(one, "pref") && p->pref == 0)
            p->pref = 1;
        if (n > 0 && p->n_types < ACRM__VCARD_TYPES_MAX)
            p->types[p->n_types++] = one;
        type.text += comma ? n + 1 : n;
        type.len -= comma ? n + 1 : n;
        comma = type.len ? memchr(type.text, ',', type.len) : NULL;
    }
}

static void property_encoding(acrm__vcard_property *p, acrm__vcard_slice value)
{
    if (acrm__vcard_same(value, "b") || acrm__vcard_same(value, "base64"))
        p->base64 = true;
    else if (acrm__vcard_same(value, "quoted-printable"))
        p->quoted_printable = true;
}

static void property_pref(acrm__vcard_property *p, acrm__vcard_slice value)
{
    int32_t n = 0;

    for (size_t i = 0; i < value.len && value.text[i] >= '0' && value.text[i] <= '9' && n < 100;
         i++)
        n = n * 10 + (value.text[i] - '0');
    p->pref = n < 1 || n > 100 ? p->pref : n;
}

static void property_param(acrm__vcard_property *p, acrm__vcard_slice name, acrm__vcard_slice value)
{
    if (acrm__vcard_same(name, "type"))
        property_type(p, value);
    else if (acrm__vcard_same(name, "encoding"))
        property_encoding(p, value);
    else if (acrm__vcard_same(name, "pref"))
        property_pref(p, value);
    else if (acrm__vcard_same(name, "charset"))
        p->charset = value;
    else if (acrm__vcard_same(name, "label"))
        p->label = value;
    else if (acrm__vcard_same(name, "value"))
        p->uri |= acrm__vcard_same(value, "uri") || acrm__vcard_same(value, "url");
    else if (acrm__vcard_same(name, "x-apple-omit-year"))
        p->omit_year = true;
}

/* ";TYPE=home,work", or bare words as in version 2.1: ";HOME;QUOTED-PRINTABLE". *at is at the
 * semicolon; it ends at the next one or at the colon. */
static void property_params(acrm__vcard_property *p, const char *text, size_t len, size_t *at)
{
    size_t from = *at + 1, end = from;

    while (end < len && !strchr("=;:", text[end]))
        end++;
    acrm__vcard_slice name = { text + from, end - from };
    *at = end;
    if (end == len || text[end] != '=') {
        property_encoding(p, name);
        if (!p->quoted_printable || !acrm__vcard_same(name, "quoted-printable"))
            property_type(p, name);
        return;
    }
    do {
        *at += 1;
        size_t before = *at;
        property_param(p, name, property_param_value(text, len, at));
        if (*at == before && *at < len && text[*at] != ',' && text[*at] != ';' && text[*at] != ':')
            *at += 1;
    } while (*at < len && text[*at] == ',');
}

bool acrm__vcard_property_parse(const char *text, size_t len, acrm__vcard_property *out)
{
    acrm__vcard_slice name = property_own_name(text, len);
    size_t at = property_name_len(text, len);

    *out = (acrm__vcard_property){ .n_types = 0 };
    if (name.len == 0)
        return false;
    if (name.text > text)
        out->group = (acrm__vcard_slice){ text, (size_t)(name.text - text) - 1 };
    for (size_t i = 0; name.len < ACRM__VCARD_NAME_MAX && i < name.len; i++)
        out->name[i] = property_upper(name.text[i]);
    while (at < len && text[at] == ';')
        property_params(out, text, len, &at);
    while (at < len && text[at] != ':') /* what follows a closing quote by mistake */
        at++;
    if (at == len)
        return false;
    out->value = (acrm__vcard_slice){ text + at + 1, len - at - 1 };
    return true;
}
