/* SPDX-License-Identifier: MIT */
/*
 * Reads JSON (RFC 8259) strictly. The text is copied into the arena once and the texts of the
 * values point into that copy: a NUL takes the place of the closing quote, and escapes, which only
 * ever shrink, are undone in place. Children are gathered on a stack until their list or map
 * closes, then get one allocation of their exact size.
 */
#include "base/json.h"

#include "base/number.h"
#include "base/text.h"

#include <string.h>

enum {
    JSON_PAD = 8,      /* zero bytes behind the copy, so that a few can be looked at unasked */
    JSON_FIRST = 32,   /* entries that need no allocation */
    JSON_INT_DIGITS = 15 /* so many digits are always within +-(2^53 - 1) */
};

/* A value read but not yet in its list or map. */
typedef struct json_entry {
    const char *key; /* NULL in a list */
    uint32_t key_len;
    acrm_value value;
} json_entry;

typedef struct json_reader {
    acrm__arena *arena;
    acrm__json_fault *fault;
    char *text; /* our copy */
    size_t len;
    size_t at;
    json_entry *entries;
    size_t count;
    size_t cap;
    json_entry first[JSON_FIRST];
    size_t starts[ACRM__JSON_DEPTH_MAX]; /* of the children of each open list or map */
    size_t depth;
} json_reader;

static int32_t json_fail(json_reader *r, int32_t status, size_t offset, const char *expected)
{
    r->fault->offset = offset;
    r->fault->expected = expected;
    return status;
}

static int32_t json_expected(json_reader *r, const char *expected)
{
    return json_fail(r, ACRM_E_INVALID, r->at, expected);
}

static void json_space(json_reader *r)
{
    while (r->at < r->len) {
        char c = r->text[r->at];

        if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
            break;
        r->at++;
    }
}

/* The next byte, NUL at the end. */
static char json_peek(const json_reader *r)
{
    return r->text[r->at]; /* the copy ends in NULs */
}

/* Room for one more entry, which keeps the key that was put there ahead of its value. */
static int32_t json_grow(json_reader *r)
{
    size_t cap = r->cap * 2;
    json_entry *room = NULL;
    const acrm_allocator *a = &r->arena->allocator;

    if (r->count < r->cap)
        return ACRM_OK;
    if (r->entries == r->first) {
        room = acrm__alloc(a, cap * sizeof *room);
        if (room)
            memcpy(room, r->first, sizeof r->first);
    } else {
        room = acrm__resize(a, r->entries, r->cap * sizeof *room, cap * sizeof *room);
    }
    if (!room)
        return ACRM_E_NOMEM;
    r->entries = room;
    r->cap = cap;
    return ACRM_OK;
}

/* The offset of the first byte at or after `at` that is not plain text, or the end. */
static size_t json_plain(const json_reader *r, size_t at)
{
    return at + acrm__json_plain(r->text + at, r->len - at);
}

/* Four hexadecimal digits, or -1. */
static int32_t json_hex(const char *text)
{
    int32_t value = 0;

    for (int i = 0; i < 4; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static size_t json_encode(char *to, uint32_t cp)
{
    size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const unsigned char json_lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

    for (size_t i = len - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (cp & 0x3F));
        cp >>= 6;
    }
    to[0] = (char)(json_lead[len] | cp);
    return len;
}

/* A \u escape, with its second half when it is a surrogate. */
static int32_t json_unicode(json_reader *r, uint32_t *cp)
{
    int32_t high = json_hex(r->text + r->at + 2); /* short text ends in NULs, which are no digits */
    int32_t low = 0;

    if (high < 0)
        return json_expected(r, "four hexadecimal digits after \\u");
    if (high == 0)
        return json_expected(r, "any character but U+0000");
    *cp = (uint32_t)high;
    if (high >= 0xDC00 && high <= 0xDFFF)
        return json_expected(r, "a high surrogate before this low one");
    if (high >= 0xD800 && high <= 0xDBFF) {
        const char *next = r->text + r->at + 6;

        low = next[0] == '\\' && next[1] == 'u' ? json_hex(next + 2) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return json_expected(r, "a low surrogate after this high one");
        *cp = 0x10000 + (((uint32_t)high - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
        r->at += 6;
    }
    r->at += 6;
    return ACRM_OK;
}

/* The escape at r->at, which becomes *len bytes at `to`. */
static int32_t json_escape(json_reader *r, char *to, size_t *len)
{
    static const char json_names[] = "\"\"\\\\//b\bf\fn\nr\rt\t"; /* letter, then its byte */
    char c = r->text[r->at + 1];
    uint32_t cp = 0;
    int32_t status = ACRM_OK;

    *len = 1;
    if (c == 'u') {
        status = json_unicode(r, &cp);
        if (status == ACRM_OK)
            *len = json_encode(to, cp);
        return status;
    }
    for (size_t i = 0; i + 1 < sizeof json_names; i += 2)
        if (json_names[i] == c) {
            *to = json_names[i + 1];
            r->at += 2;
            return ACRM_OK;
        }
    return json_expected(r, "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
}

/* The text whose opening quote is at r->at. */
static int32_t json_text(json_reader *r, const char **text, uint32_t *len)
{
    size_t begin = r->at + 1;
    size_t to = 0;

    r->at = json_plain(r, begin);
    to = r->at;
    while (json_peek(r) == '\\' && r->at < r->len) {
        size_t more = 0;
        size_t from = 0;
        int32_t status = json_escape(r, r->text + to, &more);

        if (status != ACRM_OK)
            return status;
        to += more;
        from = r->at;
        r->at = json_plain(r, from);
        memmove(r->text + to, r->text + from, r->at - from);
        to += r->at - from;
    }
    if (r->at >= r->len)
        return json_expected(r, "the closing quote of a text");
    if (json_peek(r) != '"')
        return json_expected(r, "an escape instead of a control character");
    r->text[to] = '\0';
    r->at++;
    *text = r->text + begin;
    *len = (uint32_t)(to - begin);
    return ACRM_OK;
}

static int32_t json_number(json_reader *r, acrm_value *value)
{
    size_t begin = r->at + (json_peek(r) == '-' ? 1 : 0);
    size_t at = begin;
    size_t stop = 0;
    size_t taken = 0;
    int64_t integer = 0;
    acrm__number number;
    char c = 0;

    while (at - begin <= JSON_INT_DIGITS && r->text[at] >= '0' && r->text[at] <= '9')
        integer = integer * 10 + (r->text[at++] - '0');
    c = r->text[at];
    if (at > begin && at - begin <= JSON_INT_DIGITS && c != '.' && c != 'e' && c != 'E'
        && (r->text[begin] != '0' || at - begin == 1)) {
        value->type = ACRM_INT;
        value->as.integer = begin > r->at ? -integer : integer;
        r->at = at;
        return ACRM_OK;
    }
    taken = acrm__number_read(r->text + r->at, r->len - r->at, &number, &stop);
    if (taken == 0)
        return json_fail(r, ACRM_E_INVALID, r->at + stop, "a number as JSON writes it");
    if (number.overflow)
        return json_expected(r, "a number within the range of a double");
    if (number.integral) {
        value->type = ACRM_INT;
        value->as.integer = number.integer;
    } else {
        bool whole = !memchr(r->text + r->at, '.', taken) && !memchr(r->text + r->at, 'e', taken)
                     && !memchr(r->text + r->at, 'E', taken);

        if (whole)
            return json_expected(r, "an integer within +-(2^53 - 1): send larger ones as text");
        value->type = ACRM_REAL;
        value->as.real = number.real;
    }
    r->at += taken;
    return ACRM_OK;
}

static int32_t json_literal(json_reader *r, acrm_value *value)
{
    static const struct {
        const char *name;
        size_t len;
        int32_t type;
        int64_t integer;
    } json_literals[] = {
        { "true", 4, ACRM_BOOL, 1 },
        { "false", 5, ACRM_BOOL, 0 },
        { "null", 4, ACRM_NULL, 0 },
    };

    for (size_t i = 0; i < sizeof json_literals / sizeof json_literals[0]; i++)
        if (r->len - r->at >= json_literals[i].len
            && memcmp(r->text + r->at, json_literals[i].name, json_literals[i].len) == 0) {
            value->type = json_literals[i].type;
            value->as.integer = json_literals[i].integer;
            r->at += json_literals[i].len;
            return ACRM_OK;
        }
    if (r->at == 0 && r->len >= 3 && memcmp(r->text, "\xEF\xBB\xBF", 3) == 0)
        return json_expected(r, "no byte order mark");
    return json_expected(r, "a value");
}

static int32_t json_open(json_reader *r, acrm_value *value)
{
    if (r->depth == ACRM__JSON_DEPTH_MAX)
        return json_fail(r, ACRM_E_LIMIT, r->at, "at most 64 levels of lists and maps");
    value->type = json_peek(r) == '{' ? ACRM_MAP : ACRM_LIST;
    r->starts[r->depth++] = r->count;
    r->at++;
    return ACRM_OK;
}

static bool json_in_map(const json_reader *r)
{
    return r->depth > 0 && r->entries[r->starts[r->depth - 1] - 1].value.type == ACRM_MAP;
}

/* A key and its colon, where one is due. */
static int32_t json_key(json_reader *r, json_entry *entry)
{
    int32_t status = ACRM_OK;

    if (json_peek(r) != '"')
        return json_expected(r, "a key in double quotes");
    status = json_text(r, &entry->key, &entry->key_len);
    if (status != ACRM_OK)
        return status;
    json_space(r);
    if (json_peek(r) != ':')
        return json_expected(r, "a colon after the key");
    r->at++;
    json_space(r);
    return ACRM_OK;
}

/* One element: its key in a map, and a scalar or the opening of a list or map. */
static int32_t json_element(json_reader *r)
{
    int32_t status = json_grow(r);
    json_entry *entry = NULL;
    acrm_value *value = NULL;

    if (status != ACRM_OK)
        return status;
    entry = &r->entries[r->count];
    *entry = (json_entry){ .value = { .arena = r->arena } };
    if (json_in_map(r) && (status = json_key(r, entry)) != ACRM_OK)
        return status;
    value = &entry->value;
    r->count++;
    switch (json_peek(r)) {
    case '"':
        value->type = ACRM_TEXT;
        return json_text(r, &value->as.text, &value->count);
    case '{':
    case '[':
        return json_open(r, value);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return json_number(r, value);
    default:
        return json_literal(r, value);
    }
}

static int32_t json_close_map(json_reader *r, acrm_value *map, const json_entry *from, size_t n)
{
    acrm_value *values = NULL;
    size_t again = 0;
    int32_t status = ACRM_OK;
    /* Pairs and values in one block. */
    char *block = acrm__arena_alloc(r->arena, n * (sizeof(acrm__pair) + sizeof(acrm_value)));

    if (!block)
        return ACRM_E_NOMEM;
    map->as.pairs = (acrm__pair *)(void *)block;
    values = (acrm_value *)(void *)(block + n * sizeof(acrm__pair));
    for (size_t i = 0; i < n; i++) {
        values[i] = from[i].value;
        map->as.pairs[i] = (acrm__pair){
            .key = from[i].key, .key_len = from[i].key_len, .value = &values[i]
        };
    }
    status = acrm__value_index(map, &again);
    if (status == ACRM_E_INVALID)
        return json_fail(r, status, (size_t)(from[again].key - r->text) - 1,
                         "a key that is not in this map yet");
    return status;
}

static int32_t json_close_list(json_reader *r, acrm_value *list, const json_entry *from, size_t n)
{
    acrm_value *values = NULL;
    char *block = acrm__arena_alloc(r->arena, n * (sizeof(acrm_value *) + sizeof(acrm_value)));

    if (!block)
        return ACRM_E_NOMEM;
    list->as.items = (acrm_value **)(void *)block;
    values = (acrm_value *)(void *)(block + n * sizeof(acrm_value *));
    for (size_t i = 0; i < n; i++) {
        values[i] = from[i].value;
        list->as.items[i] = &values[i];
    }
    return ACRM_OK;
}

/* The innermost list or map has ended: move its children out of the stack. */
static int32_t json_close(json_reader *r)
{
    size_t start = r->starts[--r->depth];
    size_t n = r->count - start;
    acrm_value *value = &r->entries[start - 1].value;

    r->count = start;
    r->at++;
    if (n == 0)
        return ACRM_OK;
    value->count = (uint32_t)n;
    value->cap = value->count;
    return value->type == ACRM_MAP ? json_close_map(r, value, r->entries + start, n)
                                   : json_close_list(r, value, r->entries + start, n);
}

static int32_t json_run(json_reader *r)
{
    bool opened = false;
    int32_t status = ACRM_OK;

    for (;;) {
        size_t depth = r->depth;

        json_space(r);
        status = json_element(r);
        if (status != ACRM_OK)
            return status;
        opened = r->depth > depth;
        /* After an element: close what ends here, then a comma must follow. */
        for (;;) {
            char end = json_in_map(r) ? '}' : ']';

            json_space(r);
            if (r->depth == 0)
                return r->at == r->len ? ACRM_OK : json_expected(r, "the end of the text");
            if (json_peek(r) != end)
                break;
            status = json_close(r);
            if (status != ACRM_OK)
                return status;
            opened = false;
        }
        if (opened)
            continue;
        if (json_peek(r) != ',')
            return json_expected(r, json_in_map(r) ? "a comma or }" : "a comma or ]");
        r->at++;
    }
}

static void json_locate(const char *json, acrm__json_fault *fault)
{
    size_t line_at = 0;

    fault->line = 1;
    for (size_t i = 0; i < fault->offset; i++)
        if (json[i] == '\n') {
            fault->line++;
            line_at = i + 1;
        }
    fault->column = (uint32_t)(fault->offset - line_at) + 1;
}

int32_t acrm__json_read(acrm__arena *arena, const char *json, size_t len, acrm_value **out,
                        acrm__json_fault *fault)
{
    json_reader r = { .arena = arena, .fault = fault, .cap = JSON_FIRST };
    acrm_value *root = NULL;
    int32_t status = ACRM_OK;
    size_t good = 0;

    if (len > ACRM__JSON_BYTES_MAX) {
        *fault = (acrm__json_fault){ .line = 1, .column = 1, .expected = "at most 64 MiB" };
        return ACRM_E_LIMIT;
    }
    good = acrm__utf8_fault(json, len);
    r.text = acrm__arena_alloc(arena, len + JSON_PAD);
    root = acrm__value_in(arena);
    if (!r.text || !root)
        return ACRM_E_NOMEM;
    if (len)
        memcpy(r.text, json, len);
    memset(r.text + good, 0, len - good + JSON_PAD);
    r.len = good; /* what lies before broken UTF-8 may be at fault even earlier */
    r.entries = r.first;
    status = json_run(&r);
    if (good < len && json[good] != '\0'
        && (status == ACRM_OK || (status == ACRM_E_INVALID && fault->offset >= good)))
        status = json_fail(&r, ACRM_E_INVALID, good, "well-formed UTF-8");
    else if (good < len && (status == ACRM_OK || fault->offset >= good))
        status = json_fail(&r, ACRM_E_INVALID, good, "no NUL byte");
    if (status == ACRM_OK) {
        *root = r.entries[0].value;
        *out = root;
    } else if (status != ACRM_E_NOMEM) {
        json_locate(json, fault);
    }
    if (r.entries != r.first)
        acrm__free(&arena->allocator, r.entries, r.cap * sizeof *r.entries);
    return status;
}

int32_t acrm__json_error(acrm_error **err, int32_t status, const acrm__json_fault *fault)
{
    if (status == ACRM_E_NOMEM)
        return acrm__error_nomem(err);
    return acrm__error(err, status, status == ACRM_E_LIMIT ? "limit" : "json", NULL,
                       "JSON line %u, column %u: expected %s", (unsigned)fault->line,
                       (unsigned)fault->column, fault->expected);
}

int32_t acrm_value_parse(const acrm_allocator *allocator, const char *json, size_t len,
                         acrm_value **out, acrm_error **err)
{
    acrm_value *root = NULL;
    acrm_value *read = NULL;
    acrm__json_fault fault;
    int32_t status = ACRM_OK;

    if (!out || (!json && len))
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "json or out is NULL");
    status = acrm_value_new(allocator, &root);
    if (status == ACRM_OK)
        status = acrm__json_read(root->arena, json, len, &read, &fault);
    if (status != ACRM_OK) {
        acrm_value_free(root);
        return acrm__json_error(err, status, &fault);
    }
    *root = *read;
    *out = root;
    return ACRM_OK;
}
