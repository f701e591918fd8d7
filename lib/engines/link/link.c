/* SPDX-License-Identifier: MIT */
/* Links in the text of a message. */
#include "engines/link/link.h"

#include <string.h>

static const char link_mark[] = ACRM__LINK_UNSUBSCRIBE;

static char link_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool link_begins(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    if (len < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (link_lower(text[i]) != word[i])
            return false;
    return true;
}

/* Whether http:// or https:// begins here; the mark does not count. */
static bool link_is_web(const char *text, size_t len)
{
    return (link_begins(text, len, "https://") || link_begins(text, len, "http://")) &&
           !link_begins(text, len, link_mark);
}

static bool link_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* --- HTML --- */

static size_t link_skip_space(const char *text, size_t at, size_t end)
{
    while (at < end && link_is_space(text[at]))
        at++;
    return at;
}

/* The value of an attribute, quoted or not; where it ends. */
static size_t link_value(const char *text, size_t at, size_t end, acrm__link *out)
{
    char quote = at < end && (text[at] == '"' || text[at] == '\'') ? text[at] : '\0';

    out->at = at += quote != '\0';
    while (at < end && (quote ? text[at] != quote : !link_is_space(text[at])))
        at++;
    out->len = at - out->at;
    return at + (quote && at < end);
}

/* The value of href within a tag, which ends at `end`; false when it has none. */
static bool link_href(const char *text, size_t at, size_t end, acrm__link *out)
{
    while (at < end) {
        while (at < end && (link_is_space(text[at]) || text[at] == '/'))
            at++;
        size_t name = at;
        while (at < end && text[at] != '=' && !link_is_space(text[at]))
            at++;
        bool href = at - name == 4 && link_begins(text + name, 4, "href");
        at = link_skip_space(text, at, end);
        if (at == end || text[at] != '=')
            continue; /* an attribute without a value */
        at = link_value(text, link_skip_space(text, at + 1, end), end, out);
        if (href)
            return true;
    }
    return false;
}

/* Where a tag ends: at the > that is not within quotes. */
static size_t link_tag_end(const char *text, size_t len, size_t at)
{
    char quote = '\0';

    for (; at < len; at++) {
        if (quote)
            quote = text[at] == quote ? '\0' : quote;
        else if (text[at] == '"' || text[at] == '\'')
            quote = text[at];
        else if (text[at] == '>')
            return at;
    }
    return len;
}

static bool link_next_html(const char *text, size_t len, size_t *pos, acrm__link *out)
{
    for (size_t at = *pos; at < len;) {
        const char *open = memchr(text + at, '<', len - at);
        if (!open)
            break;
        at = (size_t)(open - text) + 1;
        if (len - at >= 3 && memcmp(text + at, "!--", 3) == 0) {
            const char *close = strstr(text + at, "-->");
            at = close ? (size_t)(close - text) + 3 : len;
            continue;
        }
        size_t end = link_tag_end(text, len, at);
        bool anchor = len - at >= 2 && link_lower(text[at]) == 'a' && link_is_space(text[at + 1]);
        if (anchor && link_href(text, at + 2, end, out) &&
            link_is_web(text + out->at, out->len)) {
            *pos = end;
            return true;
        }
        at = end;
    }
    *pos = len;
    return false;
}

/* --- Plain text --- */

static bool link_next_plain(const char *text, size_t len, size_t *pos, acrm__link *out)
{
    for (size_t at = *pos; at < len; at++) {
        size_t end = at;
        if ((text[at] != 'h' && text[at] != 'H') || !link_is_web(text + at, len - at))
            continue;
        while (end < len && (unsigned char)text[end] > 0x20 && !strchr("<>\"`", text[end]))
            end++;
        while (end > at && strchr(".,;:!?)]}'*_", text[end - 1])) /* ends the sentence */
            end--;
        *out = (acrm__link){ at, end - at };
        *pos = end;
        if (out->len > strlen("https://"))
            return true;
        at = end > at ? end - 1 : at;
    }
    *pos = len;
    return false;
}

bool acrm__link_next(const char *text, size_t len, bool html, size_t *pos, acrm__link *out)
{
    return html ? link_next_html(text, len, pos, out) : link_next_plain(text, len, pos, out);
}

/* --- One of them --- */

static void link_resolve(const char *from, size_t len, acrm__str *out)
{
    static const struct {
        const char *entity;
        char is;
    } entities[] = {
        { "&amp;", '&' }, { "&#38;", '&' }, { "&quot;", '"' }, { "&#34;", '"' },
        { "&#39;", '\'' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&#x27;", '\'' },
    };

    for (size_t i = 0; i < len;) {
        size_t taken = 1;
        char c = from[i];
        for (size_t k = 0; c == '&' && k < sizeof entities / sizeof entities[0]; k++) {
            size_t n = strlen(entities[k].entity);
            if (len - i >= n && memcmp(from + i, entities[k].entity, n) == 0) {
                c = entities[k].is;
                taken = n;
                break;
            }
        }
        acrm__str_putc(out, c);
        i += taken;
    }
}

bool acrm__link_at(const char *text, bool html, uint32_t n, acrm__str *out)
{
    size_t len = strlen(text), pos = 0;
    acrm__link link;

    for (uint32_t i = 0; i < ACRM__LINKS_MAX && acrm__link_next(text, len, html, &pos, &link);
         i++) {
        if (i < n)
            continue;
        if (link.len > ACRM__LINK_URL_MAX)
            return false;
        if (html)
            link_resolve(text + link.at, link.len, out);
        else
            acrm__str_add(out, text + link.at, link.len);
        return true;
    }
    return false;
}

/* --- Replacing --- */

/* A stretch of the text between links. */
static void link_stretch(const char *from, size_t len, const char *unsubscribe, acrm__str *out)
{
    size_t n = sizeof link_mark - 1;

    while (unsubscribe && len >= n) {
        const char *found = strstr(from, link_mark);
        if (!found || (size_t)(found - from) > len - n)
            break;
        acrm__str_add(out, from, (size_t)(found - from));
        acrm__str_puts(out, unsubscribe);
        len -= (size_t)(found - from) + n;
        from = found + n;
    }
    acrm__str_add(out, from, len);
}

/* Where the pixel goes: before the last </body>, else at the end. */
static size_t link_body_end(const char *text, size_t len)
{
    for (size_t i = len; i-- > 0;)
        if (text[i] == '<' && link_begins(text + i, len - i, "</body"))
            return i;
    return len;
}

void acrm__link_rewrite(const char *text, bool html, acrm__link_fn fn, void *user,
                        const char *unsubscribe, const char *pixel, acrm__str *out)
{
    size_t len = strlen(text), pos = 0, done = 0;
    size_t end = html && pixel ? link_body_end(text, len) : len;
    acrm__link link;

    for (uint32_t n = 0; fn && n < ACRM__LINKS_MAX && acrm__link_next(text, end, html, &pos, &link);
         n++) {
        const char *other = link.len <= ACRM__LINK_URL_MAX ? fn(user, n) : NULL;
        if (!other)
            continue;
        link_stretch(text + done, link.at - done, unsubscribe, out);
        acrm__str_puts(out, other);
        done = link.at + link.len;
    }
    link_stretch(text + done, end - done, unsubscribe, out);
    if (html && pixel) {
        acrm__str_puts(out, "<img src=\"");
        acrm__str_puts(out, pixel);
        acrm__str_puts(out, "\" width=\"1\" height=\"1\" alt=\"\">");
    }
    acrm__str_add(out, text + end, len - end);
}
