/* SPDX-License-Identifier: MIT */
/* Content lines of a vCard stream: unfolded, mended where the folding is broken, bounded. */
#include "engines/vcard/vcard_internal.h"

#include <assert.h>
#include <string.h>

enum { LINES_WINDOW = 65536, LINES_SNIFF = 64 };

int32_t acrm__vcard_lines_init(acrm__vcard_lines *lines, acrm_read_fn read, void *user,
                               const acrm_allocator *allocator)
{
    *lines = (acrm__vcard_lines){ .read = read, .user = user,
                                  .allocator = acrm__allocator(allocator), .line_number = 1 };
    acrm__str_init(&lines->line, &lines->allocator);
    acrm__str_init(&lines->raw, &lines->allocator);
    lines->window = acrm__alloc(&lines->allocator, LINES_WINDOW);
    return lines->window ? ACRM_OK : ACRM_E_NOMEM;
}

void acrm__vcard_lines_free(acrm__vcard_lines *lines)
{
    acrm__free(&lines->allocator, lines->window, lines->window ? LINES_WINDOW : 0);
    acrm__str_free(&lines->line);
    acrm__str_free(&lines->raw);
}

/* At least `want` bytes in the window, if the input has so many. */
static int32_t lines_fill(acrm__vcard_lines *lines, size_t want)
{
    while (!lines->ended && lines->end - lines->start < want) {
        if (lines->start > 0) {
            memmove(lines->window, lines->window + lines->start, lines->end - lines->start);
            lines->end -= lines->start;
            lines->start = 0;
        }
        int64_t n = lines->read(lines->user, lines->window + lines->end,
                                LINES_WINDOW - lines->end);
        if (n < 0)
            return (int32_t)n;
        assert((size_t)n <= LINES_WINDOW - lines->end);
        lines->ended = n == 0;
        lines->end += (size_t)n;
    }
    return ACRM_OK;
}

static void lines_keep(acrm__vcard_lines *lines, const char *text, size_t len, bool media)
{
    size_t room = ACRM_VCARD_LINE_MAX - lines->line.len;
    size_t kept = media ? 0 : len < room ? len : room;

    acrm__str_add(&lines->line, text, kept);
    if (media)
        lines->skipped += len;
    else
        lines->too_long |= kept < len;
    if (lines->raw.len + kept <= ACRM_VCARD_CARD_MAX)
        acrm__str_add(&lines->raw, text, kept);
    else
        lines->too_long = true;
}

/* A picture's line is kept up to its colon only. */
static size_t lines_head(const acrm__vcard_lines *lines, size_t len)
{
    const char *text = lines->window + lines->start;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        quoted ^= text[i] == '"';
        if (text[i] == ':' && !quoted)
            return i + 1;
    }
    return len;
}

/* The rest of a line of the file, up to and with its end. `media`: its value is not kept. */
static int32_t lines_take(acrm__vcard_lines *lines, bool first, bool *media)
{
    bool more = true, kept = first || !*media;

    if (first) {
        int32_t st = lines_fill(lines, ACRM__VCARD_NAME_MAX + LINES_SNIFF);
        if (st != ACRM_OK)
            return st;
        *media = acrm__vcard_is_media(lines->window + lines->start, lines->end - lines->start);
    }
    while (more) {
        int32_t st = lines_fill(lines, LINES_WINDOW / 2);
        if (st != ACRM_OK)
            return st;
        const char *text = lines->window + lines->start;
        size_t left = lines->end - lines->start;
        const char *end = left ? memchr(text, '\n', left) : NULL;
        size_t len = end ? (size_t)(end - text) : left;
        size_t used = end ? len + 1 : len;
        if (end && len > 0 && text[len - 1] == '\r')
            len--;
        size_t head = *media && first ? lines_head(lines, len) : 0;
        lines_keep(lines, text, head, false);
        lines_keep(lines, text + head, len - head, *media);
        first = false;
        lines->start += used;
        more = !end && !lines->ended;
    }
    lines->line_number++;
    if (kept && lines->line.len > 0 && lines->raw.len < ACRM_VCARD_CARD_MAX)
        acrm__str_puts(&lines->raw, "\r\n");
    return ACRM_OK;
}

/* Quoted-printable breaks its lines by a = at their end, without a blank on the next. */
static bool lines_soft_break(const acrm__vcard_lines *lines)
{
    static const char word[] = "QUOTED-PRINTABLE";
    const char *colon = memchr(lines->line.data, ':', lines->line.len);
    size_t head = colon ? (size_t)(colon - lines->line.data) : 0;

    if (!colon || lines->line.data[lines->line.len - 1] != '=')
        return false;
    for (size_t i = 0; i + sizeof word - 1 <= head; i++)
        if (acrm__vcard_same((acrm__vcard_slice){ lines->line.data + i, sizeof word - 1 }, word))
            return true;
    return false;
}

static bool lines_is_bound(const acrm__vcard_lines *lines)
{
    const acrm__str *line = &lines->line;
    const char *colon = line->len ? memchr(line->data, ':', line->len) : NULL;
    acrm__vcard_slice name = { line->data, colon ? (size_t)(colon - line->data) : 0 };

    return acrm__vcard_same(name, "BEGIN") || acrm__vcard_same(name, "END");
}

/* Whether the next line of the file goes on with the one in hand; *blank: with a blank to drop. */
static int32_t lines_goes_on(acrm__vcard_lines *lines, bool *blank, bool *on)
{
    int32_t st = lines_fill(lines, LINES_WINDOW / 2);
    const char *text = lines->window + lines->start;
    size_t left = lines->end - lines->start;

    *on = *blank = false;
    if (st != ACRM_OK || left == 0 || text[0] == '\n' || text[0] == '\r')
        return st;
    if (text[0] == ' ' || text[0] == '\t') {
        *on = *blank = true;
        return ACRM_OK;
    }
    const char *end = memchr(text, '\n', left);
    size_t len = end ? (size_t)(end - text) : left;
    /* Of long parameters the colon may come behind a fold. */
    bool folded = end && len + 1 < left && (end[1] == ' ' || end[1] == '\t');
    *on = lines->line.len > 0 && !lines_is_bound(lines) &&
          !acrm__vcard_is_property(text, len, folded);
    lines->mended |= *on;
    return ACRM_OK;
}

static int32_t lines_unfold(acrm__vcard_lines *lines)
{
    bool media = false, blank, on = true;

    int32_t st = lines_take(lines, true, &media);
    while (st == ACRM_OK && on) {
        if (!media && lines->line.len > 0 && lines_soft_break(lines)) {
            acrm__str_cut(&lines->line, lines->line.len - 1);
            if (lines->start == lines->end && lines->ended)
                break;
            st = lines_take(lines, false, &media);
            continue;
        }
        st = lines_goes_on(lines, &blank, &on);
        if (st != ACRM_OK || !on)
            break;
        if (blank && !media)
            acrm__str_add(&lines->raw, " ", 1);
        lines->start += blank;
        st = lines_take(lines, false, &media);
    }
    return st;
}

int32_t acrm__vcard_lines_next(acrm__vcard_lines *lines, bool *more)
{
    int32_t st = ACRM_OK;

    acrm__str_clear(&lines->line);
    lines->skipped = 0;
    lines->mended = lines->too_long = false;
    do {
        st = lines_fill(lines, 3);
        if (st != ACRM_OK)
            return st;
        *more = lines->start < lines->end;
        if (!*more)
            return ACRM_OK;
        if (lines->line_number == 1 && lines->end - lines->start >= 3 &&
            memcmp(lines->window + lines->start, "\xEF\xBB\xBF", 3) == 0)
            lines->start += 3;
        lines->begins_at = lines->line_number;
        st = lines_unfold(lines);
        if (lines->line.failed || lines->raw.failed)
            st = ACRM_E_NOMEM;
    } while (st == ACRM_OK && lines->line.len == 0);
    return st;
}
