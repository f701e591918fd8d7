/* SPDX-License-Identifier: MIT */
/* HTML as plain text: tags dropped, blocks on lines of their own, entities as characters, the
 * addresses of links behind their words. */
#include "mime.h"

#include <string.h>
#include <strings.h>

typedef struct html_text {
    example_text *out;
    size_t from; /* where this text begins in out */
    bool space;  /* one is due before the next word */
    const char *link; /* the address of the link that is open, in the source; NULL: none */
    size_t link_len;
} html_text;

static const char html_text_spaces[] = " \t\r\n\f";

static void html_text_word(html_text *h, const char *bytes, size_t len)
{
    bool begins = h->out->len == h->from || h->out->data[h->out->len - 1] == '\n';

    if (h->space && !begins)
        example_add(h->out, " ", 1);
    h->space = false;
    example_add(h->out, bytes, len);
}

/* End the line; `most` line ends in a row. */
static void html_text_line(html_text *h, size_t most)
{
    size_t have = 0;

    while (have < h->out->len - h->from && h->out->data[h->out->len - 1 - have] == '\n')
        have++;
    if (h->out->len > h->from && have < most)
        example_add(h->out, "\n\n", most - have);
    h->space = false;
}

static bool html_text_is(const char *tag, size_t len, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == len && strncasecmp(tag, *names, len) == 0)
            return true;
    return false;
}

/* Behind the end of an element whose content is no text. */
static const char *html_text_skip(const char *p, const char *name, size_t len)
{
    for (; *p; p++)
        if (p[0] == '<' && p[1] == '/' && strncasecmp(p + 2, name, len) == 0)
            break;
    return p;
}

/* The address of a link, whose tag lies between `p` and `end`, if it is one to the web. */
static void html_text_link(html_text *h, const char *p, const char *end)
{
    h->link = NULL;
    for (; p + 6 < end; p++) {
        if (strncasecmp(p, " href=", 6) != 0)
            continue;
        p += 6;
        bool quoted = *p == '"' || *p == '\'';
        const char stop[] = { quoted ? *p : ' ', quoted ? '\0' : '>', '\0' };
        p += quoted;
        if (strncasecmp(p, "http://", 7) != 0 && strncasecmp(p, "https://", 8) != 0)
            return;
        h->link = p;
        h->link_len = strcspn(p, stop);
        if (h->link_len > (size_t)(end - p))
            h->link_len = (size_t)(end - p);
        return;
    }
}

static const char *html_text_entity(html_text *h, const char *p);

/* The link ends: its address follows its words, unless they are the address. */
static void html_text_link_end(html_text *h)
{
    const char *at = h->link, *end = at ? at + h->link_len : NULL;
    size_t len = h->link_len;

    h->link = NULL;
    if (!at || (h->out->len - h->from >= len &&
                memcmp(h->out->data + h->out->len - len, at, len) == 0))
        return;
    h->space = true;
    html_text_word(h, "<", 1);
    while (at < end) {
        size_t n = strcspn(at, "&");
        n = n < (size_t)(end - at) ? n : (size_t)(end - at);
        html_text_word(h, at, n);
        at += n;
        if (at < end)
            at = html_text_entity(h, at);
    }
    html_text_word(h, ">", 1);
}

/* `p` is behind "<". Where the text goes on. */
static const char *html_text_tag(html_text *h, const char *p)
{
    static const char *const breaks[] = { "br", "tr", "li", "div", NULL };
    static const char *const blocks[] = { "p", "h1", "h2", "h3", "h4", "table", "ul", "ol",
                                          "blockquote", "hr", NULL };
    static const char *const hidden[] = { "style", "script", "title", NULL };

    if (strncmp(p, "!--", 3) == 0) {
        const char *end = strstr(p, "-->");
        return end ? end + 3 : p + strlen(p);
    }
    bool closes = *p == '/';
    const char *name = p + closes;
    size_t len = strcspn(name, " \t\r\n\f/>");
    p = name + strcspn(name, ">");
    p += *p == '>';
    if (html_text_is(name, len, breaks))
        html_text_line(h, 1);
    else if (html_text_is(name, len, blocks))
        html_text_line(h, 2);
    else if (len == 1 && (*name | 0x20) == 'a' && closes)
        html_text_link_end(h);
    else if (len == 1 && (*name | 0x20) == 'a')
        html_text_link(h, name, p);
    else if (!closes && html_text_is(name, len, hidden))
        return html_text_skip(p, name, len);
    if (!closes && len == 2 && strncasecmp(name, "li", 2) == 0)
        example_put(h->out, "- ");
    return p;
}

static void html_text_utf8(html_text *h, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

    for (size_t i = n; i-- > 1; c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(first[n] | c);
    html_text_word(h, bytes, n);
}

/* &#39; or &#x27;: 0 when it is none that can be written. */
static uint32_t html_text_number(const char *p, size_t len)
{
    bool hex = len > 2 && (p[1] == 'x' || p[1] == 'X');
    uint32_t c = 0;

    for (size_t i = hex ? 2 : 1; i < len; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *at = strchr(digits, p[i]);
        uint32_t digit = at ? (uint32_t)(at - digits) : 99;
        digit = digit > 15 && digit < 22 ? digit - 6 : digit;
        if (digit >= (hex ? 16u : 10u) || c > 0x10ffff)
            return 0;
        c = c * (hex ? 16 : 10) + digit;
    }
    return c < 0x20 || c == 0x7f || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : c;
}

/* `p` is at "&". Where the text goes on. */
static const char *html_text_entity(html_text *h, const char *p)
{
    static const struct {
        const char *name;
        uint32_t character;
    } entities[] = { { "amp", '&' },     { "lt", '<' },       { "gt", '>' },
                     { "quot", '"' },    { "apos", '\'' },    { "nbsp", 0xa0 },
                     { "euro", 0x20ac }, { "ndash", 0x2013 }, { "hellip", 0x2026 } };
    size_t len = strcspn(p + 1, "; &<");
    uint32_t c = 0;

    if (len < 12 && p[1 + len] == ';') {
        if (p[1] == '#')
            c = html_text_number(p + 1, len);
        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
            if (strlen(entities[i].name) == len && strncmp(p + 1, entities[i].name, len) == 0)
                c = entities[i].character;
    }
    if (c == 0) {
        html_text_word(h, "&", 1);
        return p + 1;
    }
    html_text_utf8(h, c);
    return p + len + 2;
}

void example_html_text(example_text *out, const char *html)
{
    html_text h = { .out = out, .from = out->len };

    while (*html && !out->failed) {
        size_t spaces = strspn(html, html_text_spaces);
        h.space = h.space || spaces > 0;
        html += spaces;
        if (*html == '<') {
            html = html_text_tag(&h, html + 1);
        } else if (*html == '&') {
            html = html_text_entity(&h, html);
        } else if (*html) {
            size_t n = strcspn(html, " \t\r\n\f<&");
            html_text_word(&h, html, n);
            html += n;
        }
    }
    html_text_line(&h, 1);
    if (out->len > h.from + 1 && out->data[out->len - 2] == '\n')
        out->data[--out->len] = '\0';
}
