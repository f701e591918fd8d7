/* SPDX-License-Identifier: MIT */
/* Reading delivery status notifications: line by line, fields by their names. */
#include "engines/dsn/dsn.h"

#include <stdbool.h>
#include <string.h>

typedef struct dsn_line {
    const char *name, *value;
    size_t name_len, len;
} dsn_line;

static char dsn_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool dsn_is(const char *text, size_t len, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i < n; i++)
        if (i >= len || dsn_lower(text[i]) != word[i])
            return false;
    return len == n;
}

static void dsn_trim(const char **text, size_t *len)
{
    while (*len && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*len;
    }
    while (*len && strchr(" \t\r", (*text)[*len - 1]))
        --*len;
}

/* "Name: value" of a line; false for anything else. A folded value ends with its line: what is
 * wanted of it stands there. */
static bool dsn_field(const char *line, size_t len, dsn_line *out)
{
    const char *colon = memchr(line, ':', len);

    if (!colon || colon == line || line[0] == ' ' || line[0] == '\t')
        return false;
    *out = (dsn_line){ .name = line, .name_len = (size_t)(colon - line), .value = colon + 1,
                       .len = len - (size_t)(colon - line) - 1 };
    dsn_trim(&out->value, &out->len);
    return true;
}

/* Nothing that is no visible ASCII character is an address or an id. */
static bool dsn_copy(const char *text, size_t len, char *out, size_t size)
{
    if (len >= 2 && text[0] == '<' && text[len - 1] == '>') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= size)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] == 0x7f)
            return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* "rfc822; ada@example.com" */
static void dsn_address(const dsn_line *field, char out[ACRM__DSN_ADDRESS])
{
    const char *semicolon = memchr(field->value, ';', field->len);
    const char *text = semicolon ? semicolon + 1 : field->value;
    size_t len = field->len - (size_t)(text - field->value);

    dsn_trim(&text, &len);
    (void)dsn_copy(text, len, out, ACRM__DSN_ADDRESS);
}

static int32_t dsn_action(const dsn_line *field)
{
    static const struct {
        const char *word;
        int32_t action;
    } actions[] = {
        { "failed", ACRM__DSN_FAILED },       { "delayed", ACRM__DSN_DELAYED },
        { "delivered", ACRM__DSN_DELIVERED }, { "relayed", ACRM__DSN_RELAYED },
        { "expanded", ACRM__DSN_RELAYED },
    };
    size_t len = 0;

    while (len < field->len && !strchr(" \t(", field->value[len]))
        len++;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (dsn_is(field->value, len, actions[i].word))
            return actions[i].action;
    return ACRM__DSN_UNKNOWN;
}

/* "5.1.1", each number of at most three digits. */
static void dsn_status(const dsn_line *field, int32_t out[3])
{
    int32_t numbers[3] = { 0, 0, 0 };
    size_t at = 0;

    for (int32_t i = 0; i < 3; i++) {
        size_t digits = 0;
        for (; at < field->len && digits < 3 && field->value[at] >= '0' && field->value[at] <= '9';
             at++, digits++)
            numbers[i] = numbers[i] * 10 + (field->value[at] - '0');
        if (digits == 0 || (i < 2 && (at >= field->len || field->value[at++] != '.')))
            return;
    }
    if (numbers[0] == 2 || numbers[0] == 4 || numbers[0] == 5)
        memcpy(out, numbers, sizeof numbers);
}

/* What a notification says of one recipient begins with its address. */
static void dsn_take(acrm__dsn *out, const dsn_line *field, bool *original)
{
    bool first = dsn_is(field->name, field->name_len, "original-recipient");
    acrm__dsn_recipient *r = out->n_recipients ? &out->recipients[out->n_recipients - 1] : NULL;

    if (first || dsn_is(field->name, field->name_len, "final-recipient")) {
        bool same = *original && !first; /* the final one behind the original one */
        char address[ACRM__DSN_ADDRESS] = "";
        dsn_address(field, address);
        if (!same && address[0] && out->n_recipients < ACRM__DSN_RECIPIENTS_MAX) {
            r = &out->recipients[out->n_recipients++];
            *r = (acrm__dsn_recipient){ .action = ACRM__DSN_UNKNOWN };
            memcpy(r->address, address, sizeof address);
        }
        *original = first;
    } else if (r && dsn_is(field->name, field->name_len, "action")) {
        r->action = dsn_action(field);
    } else if (r && dsn_is(field->name, field->name_len, "status")) {
        dsn_status(field, r->status);
    } else if (dsn_is(field->name, field->name_len, "original-envelope-id")) {
        (void)dsn_copy(field->value, field->len, out->envelope, sizeof out->envelope);
    } else if (dsn_is(field->name, field->name_len, "message-id") && out->n_recipients) {
        (void)dsn_copy(field->value, field->len, out->message_id, sizeof out->message_id);
    }
}

size_t acrm__dsn_parse(const char *text, size_t len, acrm__dsn *out)
{
    bool original = false;

    *out = (acrm__dsn){ .n_recipients = 0 };
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line = end ? (size_t)(end - text) - at : len - at;
        dsn_line field;
        if (dsn_field(text + at, line, &field))
            dsn_take(out, &field, &original);
        at += line + 1;
    }
    return out->n_recipients;
}
