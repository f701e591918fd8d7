/* SPDX-License-Identifier: MIT */
/* The vCard reader: content lines into cards, broken ones told apart from good ones. */
#include "engines/vcard/vcard_internal.h"

#include "base/text.h"

#include <string.h>

enum { READ_FAULTS_MAX = 20, READ_LIST_MAX = 1000 };

struct acrm_vcard_reader {
    acrm_allocator allocator;
    acrm__vcard_lines lines;
    acrm__arena arena;    /* of the card given out */
    acrm__str value;      /* of the property in hand, decoded */
    acrm__str text;       /* a part of it, unescaped */
    acrm_value *card;
    int64_t number;
    int64_t line;         /* on which the card began */
    bool begun;           /* the BEGIN of the next card was read already */
    int32_t depth;        /* cards within this one */
    bool agent;           /* the last line may be followed by a card within this one */
    const char *reason, *message; /* of a broken card */
    int64_t fault_line;
};

int32_t acrm_vcard_reader_new(acrm_read_fn read, void *user, const acrm_allocator *allocator,
                              acrm_vcard_reader **out)
{
    acrm_allocator memory = acrm__allocator(allocator);

    if (!read || !out)
        return ACRM_E_MISUSE;
    acrm_vcard_reader *reader = acrm__alloc_zero(&memory, sizeof *reader);
    if (!reader)
        return ACRM_E_NOMEM;
    reader->allocator = memory;
    acrm__arena_init(&reader->arena, &memory);
    acrm__str_init(&reader->value, &memory);
    acrm__str_init(&reader->text, &memory);
    if (acrm__vcard_lines_init(&reader->lines, read, user, &memory) != ACRM_OK) {
        acrm_vcard_reader_free(reader);
        return ACRM_E_NOMEM;
    }
    *out = reader;
    return ACRM_OK;
}

void acrm_vcard_reader_free(acrm_vcard_reader *reader)
{
    if (!reader)
        return;
    acrm_allocator memory = reader->allocator;
    acrm__vcard_lines_free(&reader->lines);
    acrm__arena_free(&reader->arena);
    acrm__str_free(&reader->value);
    acrm__str_free(&reader->text);
    acrm__free(&memory, reader, sizeof *reader);
}

/* --- What is wrong --- */

static void read_break(acrm_vcard_reader *r, const char *reason, const char *message)
{
    if (r->reason)
        return;
    r->reason = reason;
    r->message = message;
    r->fault_line = r->lines.begins_at;
}

/* Something that was mended. */
static bool read_note(acrm_vcard_reader *r, const char *reason)
{
    static const struct {
        const char *reason, *message;
    } notes[] = {
        { "folding", "a continuation line lacks the blank it must begin with" },
        { "encoding", "bytes that are no text in the encoding said" },
        { "charset", "a character set that is not known; read as UTF-8" },
        { "syntax", "a line that is no property" },
    };
    const char *message = "";
    acrm_value *faults = acrm_value_get(r->card, "faults");

    if (!faults)
        faults = acrm__put_list(r->card, "faults");
    if (faults && acrm_value_count(faults) >= READ_FAULTS_MAX)
        return true;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (strcmp(notes[i].reason, reason) == 0)
            message = notes[i].message;
    acrm_value *note = faults ? acrm__add_map(faults) : NULL;
    return note && acrm__put_int(note, "line", r->lines.begins_at) &&
           acrm__put_text(note, "reason", reason) && acrm__put_text(note, "message", message);
}

/* --- Kinds of properties --- */

/* The unescaped text of a part of the value; in r->text. */
static void read_part(acrm_vcard_reader *r, size_t from, size_t to)
{
    acrm__str_clear(&r->text);
    acrm__vcard_unescape(r->value.data + from, to - from, &r->text);
}

static bool read_put_part(acrm_vcard_reader *r, acrm_value *map, const char *key)
{
    return !r->text.failed && acrm__put_textn(map, key, r->text.data, r->text.len);
}

static void read_trim(acrm__str *s)
{
    size_t from = 0, to = s->len;

    while (to > 0 && strchr(" \t\r\n", s->data[to - 1]))
        to--;
    while (from < to && strchr(" \t\r\n", s->data[from]))
        from++;
    if (s->cap == 0)
        return;
    memmove(s->data, s->data + from, to - from);
    s->len = to - from;
    s->data[s->len] = '\0';
}

static void read_lower(acrm__str *s)
{
    for (size_t i = 0; i < s->len; i++)
        if (s->data[i] >= 'A' && s->data[i] <= 'Z')
            s->data[i] = (char)(s->data[i] + 32);
}

static acrm_value *read_list(acrm_vcard_reader *r, const char *key)
{
    acrm_value *list = acrm_value_get(r->card, key);

    return list ? list : acrm__put_list(r->card, key);
}

/* The first one counts; of notes all. */
static bool read_text(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    const char *old = acrm__get_text(r->card, key);
    bool note = strcmp(key, "note") == 0;

    (void)p;
    if (old && !note)
        return true;
    acrm__str_clear(&r->text);
    if (old) {
        acrm__str_puts(&r->text, old);
        acrm__str_putc(&r->text, '\n');
    }
    acrm__vcard_unescape(r->value.data, r->value.len, &r->text);
    read_trim(&r->text);
    if (strcmp(key, "kind") == 0)
        read_lower(&r->text);
    return r->text.len == 0 || read_put_part(r, r->card, key);
}

/* Components between semicolons under the keys given; what is beyond them is dropped. */
static bool read_components(acrm_vcard_reader *r, acrm_value *map, const char *const *keys,
                            size_t n)
{
    const acrm__str *v = &r->value;
    size_t at = 0;
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        size_t end = at <= v->len ? acrm__vcard_component(v->data, v->len, at, ';') : at;
        acrm__str_clear(&r->text);
        if (at <= v->len)
            read_part(r, at, end < v->len ? end : v->len);
        read_trim(&r->text);
        ok = read_put_part(r, map, keys[i]);
        at = end + 1;
    }
    return ok;
}

static bool read_n(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    static const char *const keys[] = { "family", "given", "additional", "prefix", "suffix" };

    (void)p;
    if (acrm_value_get(r->card, key))
        return true;
    acrm_value *map = acrm__put_map(r->card, key);
    return map && read_components(r, map, keys, 5);
}

/* Carets mean something since version 4. */
static void read_param(acrm_vcard_reader *r, const char *text, size_t len)
{
    const char *version = acrm__get_text(r->card, "version");

    acrm__str_clear(&r->text);
    if (version && version[0] == '4')
        acrm__vcard_uncaret(text, len, &r->text);
    else
        acrm__str_add(&r->text, text, len);
}

static bool read_types(acrm_vcard_reader *r, const acrm__vcard_property *p, acrm_value *map)
{
    acrm_value *types = acrm__put_list(map, "types");
    bool ok = types && (p->pref == 0 || acrm__put_int(map, "pref", p->pref));

    for (uint32_t i = 0; ok && i < p->n_types; i++) {
        char word[2 * ACRM__VCARD_NAME_MAX]; /* carets may double it */
        size_t n = 0;
        if (acrm__vcard_same(p->types[i], "pref") || p->types[i].len >= sizeof word)
            continue;
        for (; n < p->types[i].len; n++) {
            char c = p->types[i].text[n];
            word[n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        }
        if (!acrm__utf8_valid(word, n)) /* it says nothing anyway */
            continue;
        read_param(r, word, n);
        if (r->text.len >= ACRM__VCARD_NAME_MAX)
            continue;
        acrm_value *type = r->text.failed ? NULL : acrm_value_add(types);
        ok = type && acrm_value_set_text(type, r->text.data, r->text.len) == ACRM_OK;
    }
    return ok;
}

static bool read_label(acrm_vcard_reader *r, const acrm__vcard_property *p, acrm_value *map)
{
    acrm__vcard_property label = { .value = p->label };
    const char *fault;

    if (p->label.len == 0)
        return true;
    acrm__str_clear(&r->value);
    acrm__vcard_decode(&label, &r->value, &fault);
    read_param(r, r->value.data, r->value.len);
    return read_put_part(r, map, "label");
}

static bool read_adr(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    static const char *const keys[] = { "po_box", "extended", "street", "city", "region",
                                        "postal_code", "country" };
    acrm_value *list = read_list(r, key);

    if (acrm_value_count(list) >= READ_LIST_MAX)
        return true;
    acrm_value *map = list ? acrm__add_map(list) : NULL;
    return map && read_components(r, map, keys, 7) && read_types(r, p, map) &&
           read_label(r, p, map);
}

static bool read_contact(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    static const char *const schemes[] = { "tel:", "mailto:" };
    acrm_value *list = read_list(r, key);

    if (acrm_value_count(list) >= READ_LIST_MAX)
        return true;
    read_part(r, 0, r->value.len);
    read_trim(&r->text);
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(schemes[i]);
        while (r->text.len >= n && acrm__vcard_same((acrm__vcard_slice){ r->text.data, n },
                                                    schemes[i])) {
            r->text.len -= n;
            memmove(r->text.data, r->text.data + n, r->text.len + 1);
        }
    }
    if (r->text.len == 0)
        return !r->text.failed && list;
    acrm_value *map = list ? acrm__add_map(list) : NULL;
    bool ok = map && read_put_part(r, map, "value") && read_types(r, p, map);
    if (ok && p->group.len > 0 && p->group.len < ACRM__VCARD_NAME_MAX)
        ok = acrm__put_textn(map, "group", p->group.text, p->group.len);
    return ok && read_label(r, p, map);
}

/* Names of a group's values, as address books of telephones write them. */
static bool read_group_label(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    static const char *const lists[] = { "tel", "email", "impp" };

    (void)key;
    read_part(r, 0, r->value.len);
    if (r->text.len > 8 && memcmp(r->text.data, "_$!<", 4) == 0 && /* _$!<Mobile>!$_ */
        memcmp(r->text.data + r->text.len - 4, ">!$_", 4) == 0) {
        r->text.len -= 8;
        memmove(r->text.data, r->text.data + 4, r->text.len);
        r->text.data[r->text.len] = '\0';
    }
    for (size_t i = 0; p->group.len && i < 3; i++) {
        acrm_value *list = acrm_value_get(r->card, lists[i]);
        for (size_t k = 0; k < acrm_value_count(list); k++) {
            acrm_value *item = acrm_value_at(list, k);
            const char *group = acrm__get_text(item, "group");
            if (group && acrm__vcard_same(p->group, group) && !read_put_part(r, item, "label"))
                return false;
        }
    }
    return true;
}

/* Components of an organisation, names of categories, addresses of pages. */
static bool read_words(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    char mark = strcmp(key, "org") == 0 ? ';' : ',';
    acrm_value *list = read_list(r, key);

    (void)p;
    for (size_t at = 0; list && at <= r->value.len; ) {
        size_t end = acrm__vcard_component(r->value.data, r->value.len, at, mark);
        if (strcmp(key, "url") == 0 || end > r->value.len)
            end = r->value.len;
        read_part(r, at, end);
        read_trim(&r->text);
        bool full = acrm_value_count(list) >= READ_LIST_MAX;
        acrm_value *item = full || r->text.len == 0 ? NULL : acrm_value_add(list);
        if (!full && r->text.len > 0 &&
            (!item || acrm_value_set_text(item, r->text.data, r->text.len) != ACRM_OK))
            return false;
        at = end + 1;
    }
    return list != NULL;
}

static bool read_is_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

/* 19900321, 1990-03-21T00:00:00Z, --0321, --03-21 to 1990-03-21 or --03-21; others stay. */
static bool read_bday(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    char date[11];
    acrm__str *t = &r->text;

    if (acrm_value_get(r->card, key))
        return true;
    read_part(r, 0, r->value.len);
    read_trim(t);
    char *time = t->len ? memchr(t->data, 'T', t->len) : NULL;
    if (time && time > t->data) {
        *time = '\0';
        t->len = (size_t)(time - t->data);
    }
    bool yearless = t->len >= 2 && memcmp(t->data, "--", 2) == 0;
    size_t head = yearless ? 2 : 4;
    bool dense = t->len == head + 4 && read_is_digits(t->data + head, 4) &&
                 (yearless || read_is_digits(t->data, 4));
    if (dense) {
        memcpy(date, t->data, head);
        size_t n = head;
        if (!yearless)
            date[n++] = '-';
        memcpy(date + n, t->data + head, 2);
        date[n + 2] = '-';
        memcpy(date + n + 3, t->data + head + 2, 2);
        acrm__str_clear(t);
        acrm__str_add(t, date, n + 5);
    }
    if (p->omit_year && t->len == 10) {
        t->data[3] = '-';
        t->data[2] = '-';
        memmove(t->data, t->data + 2, 2);
        memmove(t->data + 2, t->data + 5, 6);
        t->len = 7;
    }
    return t->len == 0 || read_put_part(r, r->card, key);
}

static bool read_photo(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p)
{
    (void)p;
    if (acrm_value_get(r->card, key))
        return true;
    acrm_value *map = acrm__put_map(r->card, key);
    return map && acrm__put_int(map, "bytes", (int64_t)r->lines.skipped);
}

static const struct {
    const char *name, *key;
    bool (*read)(acrm_vcard_reader *r, const char *key, const acrm__vcard_property *p);
} read_properties[] = {
    { "FN", "fn", read_text },
    { "N", "n", read_n },
    { "TEL", "tel", read_contact },
    { "EMAIL", "email", read_contact },
    { "ADR", "adr", read_adr },
    { "ORG", "org", read_words },
    { "TITLE", "title", read_text },
    { "ROLE", "role", read_text },
    { "BDAY", "bday", read_bday },
    { "NOTE", "note", read_text },
    { "KIND", "kind", read_text },
    { "X-ADDRESSBOOKSERVER-KIND", "kind", read_text },
    { "CATEGORIES", "categories", read_words },
    { "UID", "uid", read_text },
    { "REV", "rev", read_text },
    { "LANG", "lang", read_text },
    { "URL", "url", read_words },
    { "IMPP", "impp", read_contact },
    { "PHOTO", "photo", read_photo },
    { "VERSION", "version", read_text },
    { "X-ABLABEL", "", read_group_label },
};

enum { READ_PROPERTIES = sizeof read_properties / sizeof read_properties[0] };

static bool read_property(acrm_vcard_reader *r, const acrm__vcard_property *p)
{
    const char *fault = NULL;
    bool ok = true;

    for (size_t i = 0; i < READ_PROPERTIES; i++) {
        if (strcmp(read_properties[i].name, p->name) != 0)
            continue;
        acrm__str_clear(&r->value);
        acrm__str_clear(&r->text);
        acrm__vcard_decode(p, &r->value, &fault);
        ok = read_properties[i].read(r, read_properties[i].key, p) && !r->value.failed &&
             !r->text.failed && (!fault || read_note(r, fault));
        break;
    }
    return ok && (!r->lines.mended || read_note(r, "folding"));
}

/* --- Cards --- */

static bool read_is(const acrm__vcard_property *p, const char *name)
{
    acrm__vcard_slice v = p->value;

    while (v.len > 0 && strchr(" \t", v.text[v.len - 1]))
        v.len--;
    while (v.len > 0 && strchr(" \t", v.text[0])) {
        v.text++;
        v.len--;
    }
    return strcmp(p->name, name) == 0 && acrm__vcard_same(v, "vcard");
}

/* The next BEGIN; what stands between cards is passed over. */
static int32_t read_begin(acrm_vcard_reader *r, bool *more)
{
    acrm__vcard_property p;
    int32_t st = ACRM_OK;

    *more = true;
    while (!r->begun && st == ACRM_OK && *more) {
        acrm__str_clear(&r->lines.raw);
        st = acrm__vcard_lines_next(&r->lines, more);
        r->begun = st == ACRM_OK && *more &&
                   acrm__vcard_property_parse(r->lines.line.data, r->lines.line.len, &p) &&
                   read_is(&p, "BEGIN");
    }
    r->begun = false;
    r->line = r->lines.begins_at;
    acrm__str_clear(&r->lines.raw);
    acrm__str_puts(&r->lines.raw, "BEGIN:VCARD\r\n");
    return st;
}

/* One line of a card; *end: the card ends with it. */
static int32_t read_line(acrm_vcard_reader *r, size_t *raw_len, bool *end)
{
    const acrm__vcard_lines *lines = &r->lines;
    acrm__vcard_property p;
    bool nested = r->agent;

    r->agent = false;
    if (lines->too_long)
        read_break(r, "limit", "a property over 64 KiB, or a card over 256 KiB");
    if (!acrm__vcard_property_parse(lines->line.data, lines->line.len, &p))
        return read_note(r, "syntax") ? ACRM_OK : ACRM_E_NOMEM;
    if (read_is(&p, "BEGIN")) {
        if (nested || r->depth > 0) {
            r->depth++;
            return ACRM_OK;
        }
        read_break(r, "truncated", "the card does not end before the next one begins");
        r->begun = *end = true;
        return ACRM_OK;
    }
    *raw_len = lines->raw.len;
    if (read_is(&p, "END")) {
        *end = r->depth == 0;
        r->depth -= r->depth > 0;
        return ACRM_OK;
    }
    r->agent = strcmp(p.name, "AGENT") == 0 && p.value.len == 0;
    if (r->depth > 0 || r->reason)
        return ACRM_OK;
    return read_property(r, &p) ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t read_card(acrm_vcard_reader *r, size_t *raw_len)
{
    static const char *const enough[] = { "fn", "n", "org", "tel", "email" };
    bool end = false, more = true, found = false;
    int32_t st = ACRM_OK;

    *raw_len = r->lines.raw.len;
    while (st == ACRM_OK && !end) {
        st = acrm__vcard_lines_next(&r->lines, &more);
        if (st == ACRM_OK && !more) {
            read_break(r, "truncated", "the input ends within the card");
            return ACRM_OK;
        }
        if (st == ACRM_OK)
            st = read_line(r, raw_len, &end);
    }
    for (size_t i = 0; i < sizeof enough / sizeof enough[0]; i++)
        found = found || acrm_value_get(r->card, enough[i]) != NULL;
    if (!found)
        read_break(r, "name", "the card has no name, no number and no address");
    return st;
}

int32_t acrm_vcard_next(acrm_vcard_reader *reader, acrm_vcard *out)
{
    size_t raw_len = 0;
    bool more = false;

    if (!reader || !out || out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    acrm__arena_reset(&reader->arena);
    reader->reason = reader->message = NULL;
    reader->fault_line = 0;
    reader->depth = 0;
    reader->agent = false;
    reader->card = acrm__value_in(&reader->arena);
    int32_t st = reader->card ? acrm_value_set_map(reader->card) : ACRM_E_NOMEM;
    if (st == ACRM_OK)
        st = read_begin(reader, &more);
    if (st == ACRM_OK && more)
        st = read_card(reader, &raw_len);
    if (st != ACRM_OK)
        return st;
    reader->number += more;
    *out = (acrm_vcard){ .struct_size = out->struct_size, .more = more, .number = reader->number,
                         .line = reader->line, .card = reader->reason ? NULL : reader->card,
                         .raw = reader->lines.raw.data, .raw_len = raw_len,
                         .reason = reader->reason, .message = reader->message,
                         .fault_line = reader->fault_line };
    return ACRM_OK;
}
