/* SPDX-License-Identifier: MIT */
/*
 * Addresses that webhooks may go to. Who may write an endpoint must not be able to make the host
 * ask its own machine or network: literal addresses are judged here, those that a name leads to by
 * the host's transport.
 */
#include "modules/webhook/webhook.h"

#include <string.h>

enum { URL_HOST_MAX = 253, URL_GROUPS = 8 };

/* A URL's host and what it is. */
typedef struct url_parts {
    bool secure;
    bool bracketed; /* IPv6 */
    char host[URL_HOST_MAX + 1]; /* lower case, without brackets and the last full stop */
} url_parts;

static char url_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool url_begins(const char *text, const char *prefix)
{
    while (*prefix && url_lower(*text) == *prefix) {
        text++;
        prefix++;
    }
    return *prefix == '\0';
}

static bool url_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n >= m && strcmp(text + n - m, suffix) == 0;
}

/* ":8443" up to `end`. */
static bool url_port(const char *at, const char *end)
{
    int32_t port = 0;

    if (at == end)
        return true;
    if (*at++ != ':' || at == end)
        return false;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9' || port > 65535)
            return false;
        port = port * 10 + (*at - '0');
    }
    return port > 0 && port <= 65535;
}

/* A character of a name, or of an address in brackets. Names of other scripts are xn--... */
static bool url_host_char(char c, bool bracketed)
{
    if ((c >= '0' && c <= '9') || c == '.')
        return true;
    if (bracketed)
        return c == ':' || (c >= 'a' && c <= 'f');
    return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

static const char *url_take_host(const char *authority, const char *end, url_parts *out)
{
    const char *host = authority + (*authority == '['), *stop = host;
    size_t n = 0;

    out->bracketed = host > authority;
    if (out->bracketed)
        stop = memchr(host, ']', (size_t)(end - host));
    else
        while (stop < end && *stop != ':')
            stop++;
    if (!stop || !url_port(stop + out->bracketed, end) || stop == host ||
        stop - host > URL_HOST_MAX)
        return "url";
    for (; host < stop; host++) {
        out->host[n] = url_lower(*host);
        if (!url_host_char(out->host[n++], out->bracketed))
            return "url";
    }
    if (out->host[n - 1] == '.')
        n--;
    out->host[n] = '\0';
    return n > 0 ? NULL : "url";
}

static const char *url_take_apart(const char *url, url_parts *out)
{
    for (const char *p = url; *p; p++)
        if (*p <= 0x20 || *p >= 0x7f || strchr("\\\"<>^`{|}#", *p))
            return "url";
    out->secure = url_begins(url, "https://");
    if (!out->secure && !url_begins(url, "http://"))
        return "scheme";
    const char *authority = url + (out->secure ? 8 : 7);
    const char *end = authority + strcspn(authority, "/?");
    if (memchr(authority, '@', (size_t)(end - authority)))
        return "credentials";
    return url_take_host(authority, end, out);
}

/* --- Addresses --- */

/* Four decimal numbers; those that are written otherwise ("0x7f.1", "2130706433") are no address
 * here, though some resolvers take them for one. */
static bool url_ipv4(const char *text, uint32_t *out)
{
    uint32_t address = 0;

    for (int32_t i = 0; i < 4; i++) {
        size_t n = strspn(text, "0123456789");
        uint32_t part = 0;
        if (n == 0 || n > 3 || (n > 1 && *text == '0'))
            return false;
        for (size_t k = 0; k < n; k++)
            part = part * 10 + (uint32_t)(text[k] - '0');
        text += n;
        if (part > 255 || *text != (i < 3 ? '.' : '\0'))
            return false;
        text += i < 3;
        address = address << 8 | part;
    }
    *out = address;
    return true;
}

/* Ranges that are not of the public internet. IANA's special-purpose address registry. */
static bool url_ipv4_inner(uint32_t address)
{
    static const struct {
        uint32_t prefix, bits;
    } ranges[] = {
        { 0x00000000, 8 },  { 0x0A000000, 8 },  { 0x64400000, 10 }, { 0x7F000000, 8 },
        { 0xA9FE0000, 16 }, { 0xAC100000, 12 }, { 0xC0000000, 24 }, { 0xC0000200, 24 },
        { 0xC0A80000, 16 }, { 0xC6120000, 15 }, { 0xC6336400, 24 }, { 0xCB007100, 24 },
        { 0xE0000000, 3 },
    };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (address >> (32 - ranges[i].bits) == ranges[i].prefix >> (32 - ranges[i].bits))
            return true;
    return false;
}

/* One group of hexadecimal digits, and the colon behind it unless there are two. */
static bool url_group(const char **text, uint32_t *out)
{
    size_t len = strspn(*text, "0123456789abcdef");

    *out = 0;
    if (len == 0 || len > 4)
        return false;
    for (; len > 0; len--, ++*text)
        *out = *out << 4 | (uint32_t)(**text <= '9' ? **text - '0' : **text - 'a' + 10);
    if (**text == ':' && (*text)[1] != ':')
        return *++*text != '\0';
    return **text == '\0' || **text == ':';
}

/* Groups, "::" once, the last two perhaps as IPv4. */
static bool url_ipv6(const char *text, uint32_t groups[URL_GROUPS])
{
    int32_t n = 0, gap = -1;
    uint32_t tail = 0;

    while (*text && n < URL_GROUPS) {
        if (strncmp(text, "::", 2) == 0 && gap < 0) {
            gap = n;
            text += 2;
        } else if (n < URL_GROUPS - 1 && url_ipv4(text, &tail)) {
            groups[n++] = tail >> 16;
            groups[n++] = tail & 0xFFFF;
            text += strlen(text);
        } else if (!url_group(&text, &groups[n++])) {
            return false;
        }
    }
    if (*text || (gap < 0) != (n == URL_GROUPS))
        return false;
    for (int32_t i = URL_GROUPS - 1, from = n - 1; gap >= 0 && i >= gap; i--)
        groups[i] = i >= URL_GROUPS - (n - gap) ? groups[from--] : 0;
    return true;
}

/* Public are 2000::/3 without documentation and the tunnels that lead to IPv4. */
static bool url_ipv6_inner(const uint32_t groups[URL_GROUPS])
{
    return groups[0] >> 13 != 1 || groups[0] == 0x2002 ||
           (groups[0] == 0x2001 && (groups[1] == 0 || groups[1] == 0x0DB8));
}

static const char *url_judge(const url_parts *parts)
{
    static const char *const inner[] = { "localhost", ".localhost", ".local", ".internal",
                                         ".home.arpa", ".lan" };
    uint32_t groups[URL_GROUPS], address = 0;
    const char *last = strrchr(parts->host, '.');

    if (parts->bracketed)
        return url_ipv6(parts->host, groups) && !url_ipv6_inner(groups) ? NULL : "address";
    if (url_ipv4(parts->host, &address))
        return url_ipv4_inner(address) ? "address" : NULL;
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
        if (url_ends(parts->host, inner[i]))
            return "address";
    /* A name without a full stop is of the inner network; one that ends in a number an address. */
    if (!last || (last[1] >= '0' && last[1] <= '9'))
        return "address";
    return NULL;
}

const char *acrm__webhook_url_fault(const char *url, bool internal)
{
    url_parts parts = { .secure = false };
    const char *fault = url_take_apart(url, &parts);

    if (fault || internal)
        return fault;
    if (!parts.secure)
        return "https";
    return url_judge(&parts);
}
