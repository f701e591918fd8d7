/* SPDX-License-Identifier: MIT */
/* The vCard writer: one card as RFC 2426 or RFC 6350 wants it. */
#include "engines/vcard/vcard_internal.h"

#include "base/error.h"

#include <string.h>

enum { WRITE_LINE_MAX = 75 };

typedef struct write_run {
    const acrm_value *card;
    int32_t version;
    acrm__str out;
    acrm__str line; /* the content line in hand, not folded yet */
    acrm_error **err;
} write_run;

static int32_t write_type_fault(write_run *w, const char *key)
{
    return acrm__error(w->err, ACRM_E_INVALID, "type", key, "%s is not of the type it must be",
                       key);
}

/* Fold: at most 75 octets a line, the blank of a continuation counting, no character cut. */
static void write_end(write_run *w)
{
    const acrm__str *line = &w->line;
    size_t at = 0, room = WRITE_LINE_MAX;

    while (line->len - at > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char)line->data[at + n] & 0xC0) == 0x80)
            n--;
        acrm__str_add(&w->out, line->data + at, n);
        acrm__str_puts(&w->out, "\r\n ");
        at += n;
        room = WRITE_LINE_MAX - 1;
    }
    acrm__str_add(&w->out, line->data + at, line->len - at);
    acrm__str_puts(&w->out, "\r\n");
    w->out.failed |= line->failed;
    acrm__str_clear(&w->line);
}

static void write_value(write_run *w, const acrm_value *value)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    if (text)
        acrm__vcard_escape(text, len, &w->line);
}

static void write_simple(write_run *w, const char *name, const char *text)
{
    acrm__str_puts(&w->line, name);
    acrm__str_putc(&w->line, ':');
    acrm__str_puts(&w->line, text);
    write_end(w);
}

/* A parameter's value: no quote and no line end can stand in it but by RFC 6868. */
static void write_param(write_run *w, const char *name, const char *text, size_t len)
{
    bool quoted = false;

    for (size_t i = 0; i < len; i++)
        quoted |= strchr(",;:", text[i]) != NULL;
    acrm__str_putc(&w->line, ';');
    acrm__str_puts(&w->line, name);
    acrm__str_puts(&w->line, quoted ? "=\"" : "=");
    for (size_t i = 0; i < len; i++) {
        const char *caret = text[i] == '\n' ? "^n" : text[i] == '"' ? "^'" : "^^";
        if (!strchr("\n\"^", text[i]))
            acrm__str_putc(&w->line, text[i]);
        else if (w->version == ACRM_VCARD_4)
            acrm__str_puts(&w->line, caret);
        else
            acrm__str_putc(&w->line, text[i] == '\n' ? ' ' : text[i] == '"' ? '\'' : '^');
    }
    if (quoted)
        acrm__str_putc(&w->line, '"');
}

static int32_t write_params(write_run *w, const acrm_value *item)
{
    const acrm_value *types = acrm_value_get(item, "types");
    const acrm_value *pref = acrm_value_get(item, "pref");
    size_t len;

    if (types && acrm_value_type(types) != ACRM_LIST)
        return write_type_fault(w, "types");
    for (size_t i = 0; i < acrm_value_count(types); i++) {
        const char *type = acrm_value_text(acrm_value_at(types, i), &len);
        if (!type)
            return write_type_fault(w, "types");
        write_param(w, "TYPE", type, len);
    }
    if (acrm_value_type(pref) == ACRM_INT && w->version == ACRM_VCARD_4)
        acrm__str_format(&w->line, ";PREF=%d", (int)acrm_value_int(pref));
    else if (acrm_value_type(pref) == ACRM_INT && acrm_value_int(pref) == 1)
        write_param(w, "TYPE", "pref", 4);
    return ACRM_OK;
}

/* --- Kinds of properties --- */

static int32_t write_text(write_run *w, const char *name, const acrm_value *value, const char *key)
{
    if (acrm_value_type(value) != ACRM_TEXT)
        return write_type_fault(w, key);
    acrm__str_puts(&w->line, name);
    acrm__str_putc(&w->line, ':');
    write_value(w, value);
    write_end(w);
    return ACRM_OK;
}

static int32_t write_words(write_run *w, const char *name, const acrm_value *list, const char *key)
{
    bool url = strcmp(key, "url") == 0;

    if (acrm_value_type(list) != ACRM_LIST)
        return write_type_fault(w, key);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        size_t len;
        const char *text = acrm_value_text(acrm_value_at(list, i), &len);
        if (!text)
            return write_type_fault(w, key);
        if (i == 0 || url) {
            acrm__str_puts(&w->line, name);
            acrm__str_putc(&w->line, ':');
        } else {
            acrm__str_putc(&w->line, strcmp(key, "org") == 0 ? ';' : ',');
        }
        if (url) /* a URI is not escaped */
            acrm__str_add(&w->line, text, strcspn(text, "\r\n"));
        else
            acrm__vcard_escape(text, len, &w->line);
        if (url)
            write_end(w);
    }
    if (w->line.len)
        write_end(w);
    return ACRM_OK;
}

/* Commas part the names of a component, so they stay as they are; the rest is escaped. */
static void write_component(write_run *w, const acrm_value *value, bool commas)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    for (size_t at = 0; text && at < len;) {
        const char *comma = commas ? memchr(text + at, ',', len - at) : NULL;
        size_t n = comma ? (size_t)(comma - text) - at : len - at;
        acrm__vcard_escape(text + at, n, &w->line);
        if (comma)
            acrm__str_putc(&w->line, ',');
        at += n + (comma != NULL);
    }
}

static int32_t write_n(write_run *w, const char *name, const acrm_value *map, const char *key)
{
    static const char *const keys[] = { "family", "given", "additional", "prefix", "suffix" };

    if (map && acrm_value_type(map) != ACRM_MAP)
        return write_type_fault(w, key);
    acrm__str_puts(&w->line, name);
    for (size_t i = 0; i < 5; i++) {
        acrm__str_putc(&w->line, i == 0 ? ':' : ';');
        write_component(w, acrm_value_get(map, keys[i]), i >= 2);
    }
    write_end(w);
    return ACRM_OK;
}

static int32_t write_adr(write_run *w, const char *name, const acrm_value *list, const char *key)
{
    static const char *const keys[] = { "po_box", "extended", "street", "city", "region",
                                        "postal_code", "country" };

    if (acrm_value_type(list) != ACRM_LIST)
        return write_type_fault(w, key);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        size_t len = 0;
        const char *label = acrm_value_text(acrm_value_get(item, "label"), &len);
        if (acrm_value_type(item) != ACRM_MAP)
            return write_type_fault(w, key);
        acrm__str_puts(&w->line, name);
        int32_t st = write_params(w, item);
        if (st != ACRM_OK)
            return st;
        if (label && w->version == ACRM_VCARD_4)
            write_param(w, "LABEL", label, len);
        for (size_t k = 0; k < 7; k++) {
            acrm__str_putc(&w->line, k == 0 ? ':' : ';');
            write_component(w, acrm_value_get(item, keys[k]), false);
        }
        write_end(w);
    }
    return ACRM_OK;
}

static int32_t write_contact(write_run *w, const char *name, const acrm_value *list,
                             const char *key)
{
    if (acrm_value_type(list) != ACRM_LIST)
        return write_type_fault(w, key);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        const acrm_value *value = acrm_value_get(item, "value");
        if (acrm_value_type(value) != ACRM_TEXT)
            return write_type_fault(w, key);
        acrm__str_puts(&w->line, name);
        int32_t st = write_params(w, item);
        if (st != ACRM_OK)
            return st;
        acrm__str_putc(&w->line, ':');
        write_value(w, value);
        write_end(w);
    }
    return ACRM_OK;
}

static bool write_is_digits(const char *text, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool write_is_yearless(const char *text, size_t len)
{
    return len == 7 && memcmp(text, "--", 2) == 0 && text[4] == '-' &&
           write_is_digits(text, 2, 2) && write_is_digits(text, 5, 2);
}

static bool write_is_date(const char *text, size_t len)
{
    return len == 10 && text[4] == '-' && text[7] == '-' && write_is_digits(text, 0, 4) &&
           write_is_digits(text, 5, 2) && write_is_digits(text, 8, 2);
}

/* "1990-03-21", or "--03-21": version 3 knows no date without a year, but a sign for it that
 * address books agree on. */
static int32_t write_bday(write_run *w, const char *name, const acrm_value *value, const char *key)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    bool yearless = text && write_is_yearless(text, len), whole = text && write_is_date(text, len);

    if (!text)
        return write_type_fault(w, key);
    acrm__str_puts(&w->line, name);
    if (yearless && w->version == ACRM_VCARD_3)
        acrm__str_puts(&w->line, ";X-APPLE-OMIT-YEAR=1604:1604-");
    else
        acrm__str_putc(&w->line, ':');
    for (size_t i = yearless && w->version == ACRM_VCARD_3 ? 2 : 0; i < len; i++) {
        bool dash = text[i] == '-' && w->version == ACRM_VCARD_4 && (whole || (yearless && i > 1));
        if (!dash && !strchr("\r\n", text[i]))
            acrm__vcard_escape(text + i, 1, &w->line);
    }
    write_end(w);
    return ACRM_OK;
}

static const struct {
    const char *name, *key;
    int32_t (*write)(write_run *w, const char *name, const acrm_value *value, const char *key);
    int32_t since; /* version that has it */
} write_properties[] = {
    { "KIND", "kind", write_text, ACRM_VCARD_4 },
    { "UID", "uid", write_text, ACRM_VCARD_3 },
    { "ORG", "org", write_words, ACRM_VCARD_3 },
    { "TITLE", "title", write_text, ACRM_VCARD_3 },
    { "ROLE", "role", write_text, ACRM_VCARD_3 },
    { "BDAY", "bday", write_bday, ACRM_VCARD_3 },
    { "LANG", "lang", write_text, ACRM_VCARD_4 },
    { "TEL", "tel", write_contact, ACRM_VCARD_3 },
    { "EMAIL", "email", write_contact, ACRM_VCARD_3 },
    { "IMPP", "impp", write_contact, ACRM_VCARD_3 },
    { "ADR", "adr", write_adr, ACRM_VCARD_3 },
    { "URL", "url", write_words, ACRM_VCARD_3 },
    { "CATEGORIES", "categories", write_words, ACRM_VCARD_3 },
    { "NOTE", "note", write_text, ACRM_VCARD_3 },
    { "REV", "rev", write_text, ACRM_VCARD_3 },
};

/* FN as it is, or of the parts of N, or the organisation. */
static bool write_display_name(write_run *w)
{
    static const char *const parts[] = { "prefix", "given", "additional", "family", "suffix" };
    const acrm_value *n = acrm_value_get(w->card, "n");
    const char *fn = acrm__get_text(w->card, "fn");
    bool given = fn && *fn;

    acrm__str_puts(&w->line, "FN:");
    size_t empty = w->line.len;
    if (given)
        write_value(w, acrm_value_get(w->card, "fn"));
    for (size_t i = 0; !given && i < sizeof parts / sizeof parts[0]; i++) {
        const char *part = acrm__get_text(n, parts[i]);
        if (!part || !*part)
            continue;
        if (w->line.len > empty)
            acrm__str_putc(&w->line, ' ');
        write_value(w, acrm_value_get(n, parts[i]));
    }
    if (w->line.len == empty)
        write_value(w, acrm_value_at(acrm_value_get(w->card, "org"), 0));
    bool named = w->line.len > empty;
    write_end(w);
    return named;
}

static int32_t write_card(write_run *w)
{
    acrm__str_puts(&w->out, "BEGIN:VCARD\r\n");
    write_simple(w, "VERSION", w->version == ACRM_VCARD_3 ? "3.0" : "4.0");
    if (!write_display_name(w))
        return acrm__error(w->err, ACRM_E_INVALID, "required", "fn",
                           "a card needs a name: fn, n or org");
    const acrm_value *n = acrm_value_get(w->card, "n");
    int32_t st = n || w->version == ACRM_VCARD_3 ? write_n(w, "N", n, "n") : ACRM_OK;
    for (size_t i = 0; st == ACRM_OK && i < sizeof write_properties / sizeof write_properties[0];
         i++) {
        const acrm_value *value = acrm_value_get(w->card, write_properties[i].key);
        if (acrm_value_type(value) != ACRM_NULL && write_properties[i].since <= w->version)
            st = write_properties[i].write(w, write_properties[i].name, value,
                                           write_properties[i].key);
    }
    acrm__str_puts(&w->out, "END:VCARD\r\n");
    return st;
}

int32_t acrm_vcard_write(const acrm_value *card, int32_t version, const acrm_allocator *allocator,
                         acrm_buf **out, acrm_error **err)
{
    acrm_allocator memory = acrm__allocator(allocator);
    write_run w = { .card = card, .version = version, .err = err };

    if (!card || !out)
        return ACRM_E_MISUSE;
    if (version != ACRM_VCARD_3 && version != ACRM_VCARD_4)
        return acrm__error(err, ACRM_E_INVALID, "choice", "version", "version must be 3 or 4");
    acrm__str_init(&w.out, &memory);
    acrm__str_init(&w.line, &memory);
    int32_t st = write_card(&w);
    if (st == ACRM_OK && (w.out.failed || acrm__str_to_buf(&w.out, out) != ACRM_OK))
        st = acrm__error_nomem(err);
    acrm__str_free(&w.out);
    acrm__str_free(&w.line);
    return st;
}
