/* SPDX-License-Identifier: MIT */
/*
 * Errors. One allocation holds the object and all its texts, the JSON included, so that reading an
 * error cannot fail. It comes from the C library: an error may outlive the engine it came from.
 */
#include "base/error.h"

#include "base/buf.h"
#include "base/digits.h"
#include "base/json.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ERROR_MESSAGE_MAX = 1024 }; /* longer messages are cut */

struct acrm_error {
    acrm__str block; /* of this object and its texts, which follow */
    int32_t code;
    int32_t retriable;
    const char *message;
    const char *field;
    const char *reason;
    const char *json;
};

static const acrm_error error_nomem = {
    .code = ACRM_E_NOMEM,
    .retriable = 1,
    .message = "out of memory",
    .field = "",
    .reason = "memory",
    .json = "{\"code\":-1,\"name\":\"ACRM_E_NOMEM\",\"message\":\"out of memory\",\"field\":\"\","
            "\"reason\":\"memory\",\"retriable\":true}",
};

static acrm_error *error_shared(void)
{
    return (acrm_error *)(uintptr_t)&error_nomem; /* never written to: handed out as opaque */
}

/* Whether the same call may succeed later without a change by the caller. */
static bool error_may_pass(int32_t code, const char *reason)
{
    return code == ACRM_E_BUSY || code == ACRM_E_NOMEM || strcmp(reason, "connection") == 0;
}

/* One line of well-formed text: control characters become spaces, broken bytes U+FFFD. */
static void error_add_line(acrm__str *s, const char *text)
{
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        size_t taken = acrm__utf8_next(text + at, len - at, &cp);

        if (cp == ACRM__UTF8_BAD)
            acrm__str_puts(s, "\xEF\xBF\xBD");
        else if (cp < 0x20 || cp == 0x7F)
            acrm__str_putc(s, ' ');
        else
            acrm__str_add(s, text + at, taken);
        at += taken;
    }
    acrm__str_putc(s, '\0');
}

static void error_add_member(acrm__str *s, const char *name, size_t text_at, size_t next_at)
{
    /* The text lies in the same string, which moves when it grows. */
    if (!acrm__str_room(s, (next_at - text_at) * 6 + 64))
        return;
    acrm__str_puts(s, name);
    acrm__json_write_text(s, s->data + text_at, next_at - text_at - 1);
}

static acrm_error *error_make(int32_t code, const char *reason, const char *field,
                              const char *message, const acrm_value *fields)
{
    acrm__str s;
    acrm_error *error = NULL;
    size_t message_at = sizeof *error;
    size_t field_at = 0;
    size_t reason_at = 0;
    size_t json_at = 0;

    acrm__str_init(&s, NULL);
    if (acrm__str_room(&s, message_at))
        s.len = message_at;
    error_add_line(&s, message);
    field_at = s.len;
    error_add_line(&s, field);
    reason_at = s.len;
    error_add_line(&s, reason);
    json_at = s.len;
    acrm__str_puts(&s, "{\"code\":");
    acrm__str_int(&s, code);
    acrm__str_puts(&s, ",\"name\":\"");
    acrm__str_puts(&s, acrm_status_name(code));
    error_add_member(&s, "\",\"message\":", message_at, field_at);
    error_add_member(&s, ",\"field\":", field_at, reason_at);
    error_add_member(&s, ",\"reason\":", reason_at, json_at);
    acrm__str_puts(&s, error_may_pass(code, reason) ? ",\"retriable\":true"
                                                    : ",\"retriable\":false");
    if (fields) {
        acrm__str_puts(&s, ",\"fields\":");
        if (acrm__json_write(&s, fields, 0) != ACRM_OK)
            s.failed = true;
    }
    acrm__str_putc(&s, '}');
    if (s.failed) {
        acrm__str_free(&s);
        return error_shared();
    }
    error = (acrm_error *)(void *)s.data;
    *error = (acrm_error){ .block = s,
                           .code = code,
                           .retriable = error_may_pass(code, reason),
                           .message = s.data + message_at,
                           .field = s.data + field_at,
                           .reason = s.data + reason_at,
                           .json = s.data + json_at };
    return error;
}

acrm_error *acrm_error_new(int32_t code, const char *reason, const char *field,
                           const char *message)
{
    return error_make(code, reason ? reason : "", field ? field : "",
                      message ? message : acrm_status_text(code), NULL);
}

void acrm_error_free(acrm_error *error)
{
    if (error && error != &error_nomem) {
        acrm__str block = error->block;

        acrm__str_free(&block);
    }
}

int32_t acrm_error_code(const acrm_error *error)
{
    return error ? error->code : ACRM_OK;
}

const char *acrm_error_message(const acrm_error *error)
{
    return error ? error->message : "";
}

const char *acrm_error_field(const acrm_error *error)
{
    return error ? error->field : "";
}

const char *acrm_error_reason(const acrm_error *error)
{
    return error ? error->reason : "";
}

int32_t acrm_error_retriable(const acrm_error *error)
{
    return error ? error->retriable : 0;
}

const char *acrm_error_json(const acrm_error *error)
{
    return error ? error->json : "{}";
}

/* Where text of `len` bytes can be cut without breaking a character. */
static size_t error_cut(const char *text, size_t len)
{
    while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--;
    return len;
}

int32_t acrm__error(acrm_error **err, int32_t code, const char *reason, const char *field,
                    const char *format, ...)
{
    char message[ERROR_MESSAGE_MAX];
    va_list args;
    int len = 0;

    if (!err)
        return code;
    va_start(args, format);
    len = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (len < 0)
        message[0] = '\0';
    else if ((size_t)len >= sizeof message)
        memcpy(message + error_cut(message, sizeof message - sizeof "..."), "...", sizeof "...");
    *err = acrm_error_new(code, reason, field, message);
    return code;
}

int32_t acrm__error_fields(acrm_error **err, int32_t code, const acrm_value *fields)
{
    const acrm_value *first = acrm_value_at(fields, 0);
    const char *field = acrm__get_text(first, "field");
    const char *reason = acrm__get_text(first, "reason");
    const char *message = acrm__get_text(first, "message");

    if (err)
        *err = error_make(code, reason ? reason : "", field ? field : "",
                          message ? message : acrm_status_text(code), fields);
    return code;
}

int32_t acrm__error_nomem(acrm_error **err)
{
    if (err)
        *err = error_shared();
    return ACRM_E_NOMEM;
}
