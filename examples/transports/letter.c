/* SPDX-License-Identifier: MIT */
/* Letters and faxes as pages of HTML to print. */
#include "letter.h"

#include <autocrm/template.h>

#include <string.h>
#include <strings.h>

enum { LETTER_DEPTH_MAX = 64 };

/* A4; the window of a DL envelope is 20 mm from the side and 45 mm from the top (DIN 5008, form B),
 * on the right where envelopes have it there. */
static const char letter_style[] =
    "@page { size: A4; margin: 20mm; }\n"
    "body { margin: 0; }\n"
    ".letter { position: relative; break-after: page; page-break-after: always;\n"
    "  font: 11pt/1.4 serif; overflow-wrap: anywhere; }\n"
    ".letter:last-child { break-after: auto; page-break-after: auto; }\n"
    ".window { position: absolute; top: 25mm; left: 0; width: 85mm; height: 45mm;\n"
    "  overflow: hidden; }\n"
    ".right .window { left: auto; right: 0; }\n"
    ".sender { font-size: 7pt; border-bottom: 0.2mm solid; margin-bottom: 2mm; }\n"
    ".address, .text { white-space: pre-line; unicode-bidi: plaintext; }\n"
    ".letter h1 { font-size: 12pt; margin: 0 0 5mm; }\n"
    ".content { padding-top: 78mm; }\n"
    ".fax .content { padding-top: 0; }\n";

static bool letter_window_right(const char *country)
{
    static const char *const right[] = { "BE", "CH", "ES", "FR", "IR", "IT", "LU", "PT" };

    for (size_t i = 0; country && i < sizeof right / sizeof right[0]; i++)
        if (strcasecmp(right[i], country) == 0)
            return true;
    return false;
}

void example_letter_head(example_text *out, const char *country)
{
    example_putf(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Letters</title>"
                 "<style>\n%s</style></head><body class=\"%s\">\n", letter_style,
                 letter_window_right(country) ? "right" : "left");
}

void example_letter_foot(example_text *out)
{
    example_put(out, "</body></html>\n");
}

static void letter_window(example_text *out, const acrm_outgoing *message, const char *sender,
                          const char *country)
{
    example_text block = { 0 };

    example_put(out, "<div class=\"window\">");
    if (sender) {
        example_put(out, "<div class=\"sender\">");
        example_put_html(out, sender);
        example_put(out, "</div>");
    }
    example_put(out, "<div class=\"address\">");
    example_address_block(&block, message->name, message->to, message->country, country);
    if (block.data)
        example_put_html(out, block.data);
    example_put(out, "</div></div>\n");
    out->failed = out->failed || block.failed;
    example_text_free(&block);
}

void example_letter_page(example_text *out, const acrm_outgoing *message, const char *sender,
                         const char *country)
{
    bool fax = message->channel == ACRM_CHANNEL_FAX;
    const char *language = message->language ? message->language : "";

    example_putf(out, "<section class=\"letter%s\" lang=\"", fax ? " fax" : "");
    example_put_html(out, language);
    example_putf(out, "\" dir=\"%s\">\n", acrm_language_right_to_left(language) ? "rtl" : "ltr");
    if (!fax)
        letter_window(out, message, sender, country);
    example_put(out, "<div class=\"content\">\n");
    if (fax) {
        example_put(out, "<p class=\"number\">Fax: ");
        example_put_html(out, message->to);
        example_put(out, message->name ? "<br>" : "");
        example_put_html(out, message->name ? message->name : "");
        example_put(out, "</p>\n");
    }
    if (message->subject) {
        example_put(out, "<h1>");
        example_put_html(out, message->subject);
        example_put(out, "</h1>\n");
    }
    if (message->html) {
        example_put(out, message->body);
    } else {
        example_put(out, "<div class=\"text\">");
        example_put_html(out, message->body);
        example_put(out, "</div>");
    }
    example_put(out, "\n</div>\n</section>\n");
}

/* --- Is a body closed? --- */

typedef struct letter_tag {
    const char *name;
    size_t len;
} letter_tag;

static bool letter_named(const letter_tag *tag, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == tag->len && strncasecmp(tag->name, *names, tag->len) == 0)
            return true;
    return false;
}

/* Behind the ">" of a tag; a ">" within quotes does not end it. NULL: it has no end. */
static const char *letter_tag_end(const char *p)
{
    char quote = '\0';

    for (; *p; p++) {
        if (quote)
            quote = *p == quote ? '\0' : quote;
        else if (*p == '"' || *p == '\'')
            quote = *p;
        else if (*p == '>')
            return p + 1;
    }
    return NULL;
}

/* Those whose closing tag may be left out. */
static const char *const letter_optional[] = { "p",  "li", "dt", "dd", "tr", "td", "th",
                                               "thead", "tbody", "tfoot", "option", NULL };

static bool letter_close(letter_tag *open, size_t *depth, const letter_tag *tag)
{
    while (*depth > 0) {
        const letter_tag *top = &open[--*depth];
        if (top->len == tag->len && strncasecmp(top->name, tag->name, tag->len) == 0)
            return true;
        if (!letter_named(top, letter_optional))
            return false;
    }
    return false;
}

/* Take in one tag; `p` is at its name. */
static bool letter_take(letter_tag *open, size_t *depth, const char *p, const char *end)
{
    static const char *const empty[] = { "br",   "hr",    "img", "wbr", "col", "area", "meta",
                                         "link", "input", NULL };
    /* What the page around it has already, and what would swallow or move the pages behind it. */
    static const char *const never[] = { "script", "html", "head", "body", "base", "plaintext",
                                         "frameset", "textarea", "title", "xmp", "iframe", NULL };
    bool closes = *p == '/';
    const letter_tag tag = { p + closes, strcspn(p + closes, " \t\r\n\f/>") };

    if (letter_named(&tag, never))
        return false;
    if (closes)
        return letter_close(open, depth, &tag);
    if (letter_named(&tag, empty) || end[-2] == '/')
        return letter_named(&tag, empty);
    if (*depth == LETTER_DEPTH_MAX)
        return false;
    open[(*depth)++] = tag;
    return true;
}

bool example_letter_closed(const char *html)
{
    letter_tag open[LETTER_DEPTH_MAX];
    size_t depth = 0;

    for (const char *p = strchr(html, '<'); p; p = strchr(p, '<')) {
        char next = p[1] == '/' ? p[2] : p[1];
        const char *end = p + 1;
        if (strncmp(p, "<!--", 4) == 0) {
            end = strstr(p + 4, "-->");
            if (!end)
                return false;
        } else if (next == '!' || next == '?') {
            return false;
        } else if ((next | 0x20) >= 'a' && (next | 0x20) <= 'z') {
            end = letter_tag_end(p);
            if (!end || !letter_take(open, &depth, p + 1, end))
                return false;
        }
        p = end;
    }
    while (depth > 0 && letter_named(&open[depth - 1], letter_optional))
        depth--;
    return depth == 0;
}
