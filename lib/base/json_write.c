/* SPDX-License-Identifier: MIT */
/* Writes values as JSON. */
#include "base/json.h"

#include "base/text.h"

#include <string.h>

enum { JSON_INDENT_MAX = 16 };

/* Whether none of eight bytes is a control character, a quote or a backslash. */
static bool json_word_plain(uint64_t word)
{
    static const uint64_t json_ones = 0x0101010101010101;
    static const uint64_t json_highs = 0x8080808080808080;
    uint64_t quote = word ^ json_ones * '"';
    uint64_t slash = word ^ json_ones * '\\';

    uint64_t found = ((word - json_ones * 0x20) & ~word) | ((quote - json_ones) & ~quote)
                     | ((slash - json_ones) & ~slash);

    return (found & json_highs) == 0;
}

/* The same of a text of less than eight bytes: two reads that overlap have all of it. */
static bool json_short_plain(const char *text, size_t len)
{
    uint32_t low = 0x61616161;
    uint32_t high = 0x61616161;

    if (len >= sizeof low) {
        memcpy(&low, text, sizeof low);
        memcpy(&high, text + len - sizeof high, sizeof high);
    } else if (len > 0) {
        const char ends[sizeof low] = { text[0], text[len / 2], text[len - 1], 'a' };

        memcpy(&low, ends, sizeof low);
    }
    return json_word_plain((uint64_t)high << 32 | low);
}

size_t acrm__json_plain(const char *text, size_t len)
{
    uint64_t word = 0;
    size_t at = 0;

    for (; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (!json_word_plain(word))
            break;
    }
    if (len - at < sizeof word && json_short_plain(text + at, len - at))
        return len;
    while (at < len && (unsigned char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

static void json_write_escape(acrm__str *out, char c)
{
    static const char json_hex[] = "0123456789abcdef";
    static const char json_names[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* byte, then its letter */
    char escape[6] = { '\\', 'u', '0', '0', json_hex[c >> 4 & 15], json_hex[c & 15] };

    for (size_t i = 0; i + 1 < sizeof json_names; i += 2)
        if (json_names[i] == c) {
            escape[1] = json_names[i + 1];
            acrm__str_add(out, escape, 2);
            return;
        }
    acrm__str_add(out, escape, sizeof escape);
}

void acrm__json_write_text(acrm__str *out, const char *text, size_t len)
{
    size_t plain = acrm__json_plain(text, len);
    size_t at = plain;
    char *to = acrm__str_room(out, plain + 2);

    if (!to)
        return;
    *to++ = '"';
    if (plain > 0)
        memcpy(to, text, plain);
    to += plain;
    *to++ = '"';
    *to = '\0';
    out->len += plain + 2;
    if (at == len)
        return;
    acrm__str_cut(out, out->len - 1); /* the quote comes behind the rest */
    while (at < len) {
        json_write_escape(out, text[at++]);
        plain = acrm__json_plain(text + at, len - at);
        acrm__str_add(out, text + at, plain);
        at += plain;
    }
    acrm__str_putc(out, '"');
}

static void json_write_line(acrm__str *out, int32_t indent, size_t depth)
{
    static const char json_spaces[JSON_INDENT_MAX + 1] = "                ";

    if (indent <= 0)
        return;
    if (indent > JSON_INDENT_MAX)
        indent = JSON_INDENT_MAX;
    acrm__str_putc(out, '\n');
    for (size_t i = 0; i < depth; i++)
        acrm__str_add(out, json_spaces, (size_t)indent);
}

/* A scalar, or the opening of a list or map. */
static void json_write_head(acrm__str *out, const acrm_value *value)
{
    char text[32];

    switch (acrm_value_type(value)) {
    case ACRM_BOOL:
        acrm__str_puts(out, value->as.integer ? "true" : "false");
        break;
    case ACRM_INT:
        acrm__str_add(out, text, acrm__print_decimal(value->as.integer, 0, text));
        break;
    case ACRM_REAL:
        acrm__str_add(out, text, acrm__print_real(value->as.real, text));
        break;
    case ACRM_TEXT:
        acrm__json_write_text(out, value->as.text, value->count);
        break;
    case ACRM_BYTES:
        acrm__str_putc(out, '"');
        acrm__base64_print(value->as.text, value->count, out);
        acrm__str_putc(out, '"');
        break;
    case ACRM__SELF:
        value->as.self->write(value->as.self, out);
        break;
    case ACRM_LIST:
        acrm__str_putc(out, '[');
        break;
    case ACRM_MAP:
        acrm__str_putc(out, '{');
        break;
    default:
        acrm__str_add(out, "null", 4);
        break;
    }
}

typedef struct json_frame {
    const acrm_value *value;
    uint32_t next;
} json_frame;

/* The key of a pair on one line, which is nearly always plain. */
static void json_write_key(acrm__str *out, const acrm__pair *pair, bool first)
{
    size_t len = pair->key_len;
    char *to = NULL;

    if (acrm__json_plain(pair->key, len) == len)
        to = acrm__str_room(out, len + 4);
    if (!to) { /* or without memory: then nothing is written */
        if (!first)
            acrm__str_putc(out, ',');
        acrm__json_write_text(out, pair->key, len);
        acrm__str_putc(out, ':');
        return;
    }
    out->len += len + (first ? 3 : 4);
    if (!first)
        *to++ = ',';
    *to++ = '"';
    if (len > 0)
        memcpy(to, pair->key, len);
    memcpy(to + len, "\":", 3);
}

/* What stands before the next child: comma, line, key. Returns the child. */
static const acrm_value *json_write_next(acrm__str *out, json_frame *frame, int32_t indent,
                                         size_t depth)
{
    const acrm_value *value = frame->value;
    const acrm__pair *pair = NULL;

    if (value->type == ACRM_MAP && indent <= 0) {
        pair = &value->as.pairs[frame->next++];
        json_write_key(out, pair, frame->next == 1);
        return pair->value;
    }
    if (frame->next > 0)
        acrm__str_putc(out, ',');
    json_write_line(out, indent, depth);
    if (value->type == ACRM_LIST)
        return value->as.items[frame->next++];
    pair = &value->as.pairs[frame->next++];
    acrm__json_write_text(out, pair->key, pair->key_len);
    acrm__str_add(out, ": ", 2);
    return pair->value;
}

int32_t acrm__json_write(acrm__str *out, const acrm_value *value, int32_t indent)
{
    json_frame frames[ACRM__JSON_DEPTH_MAX];
    size_t depth = 0;

    for (;;) {
        json_write_head(out, value);
        if (value && (value->type == ACRM_LIST || value->type == ACRM_MAP)) {
            if (depth == ACRM__JSON_DEPTH_MAX)
                return ACRM_E_LIMIT;
            frames[depth++] = (json_frame){ .value = value };
        }
        while (depth > 0 && frames[depth - 1].next == frames[depth - 1].value->count) {
            depth--;
            if (frames[depth].value->count > 0)
                json_write_line(out, indent, depth);
            acrm__str_putc(out, frames[depth].value->type == ACRM_LIST ? ']' : '}');
        }
        if (depth == 0 || out->failed)
            break;
        value = json_write_next(out, &frames[depth - 1], indent, depth);
    }
    return out->failed ? ACRM_E_NOMEM : ACRM_OK;
}

int32_t acrm_value_print(const acrm_value *value, int32_t indent, acrm_buf **out)
{
    acrm__str text;
    int32_t status = ACRM_OK;

    if (!value || !out || indent < 0 || indent > JSON_INDENT_MAX)
        return ACRM_E_MISUSE;
    acrm__str_init(&text, &value->arena->allocator);
    status = acrm__json_write(&text, value, indent);
    if (status == ACRM_OK)
        status = acrm__str_to_buf(&text, out);
    acrm__str_free(&text);
    return status;
}
