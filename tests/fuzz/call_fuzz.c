/* SPDX-License-Identifier: MIT */
/*
 * Any calls of any operations, on a fresh database in memory. Each line of the input is a call: the
 * operation's name and its arguments; a name that is none picks an operation by its bytes, and
 * "$id" in the arguments is the last id that a result had. What is read by operations that read the
 * session's input is the line itself. Every call ends with a status of the library, with a result
 * that is JSON or an error in words, and afterwards the audit chain is whole.
 */
#include "autocrm/autocrm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_MAX = 16, ARGS_MAX = 1 << 16 };

typedef struct calls {
    acrm_engine *engine;
    acrm_session *session;
    char id[37];
    const char *line; /* the session's input */
    size_t left;
    int64_t now;
    uint64_t seed;
} calls;

/* The operations, described once: the registry of a fresh database is always the same. */
static acrm_value *calls_registry;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t calls_now(void *self)
{
    return ((calls *)self)->now++;
}

static void calls_fill(void *self, void *bytes, size_t len)
{
    calls *c = self;

    for (size_t i = 0; i < len; i++) {
        c->seed = c->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((unsigned char *)bytes)[i] = (unsigned char)(c->seed >> 33);
    }
}

static int64_t calls_read(void *user, void *dst, size_t cap)
{
    calls *c = user;
    size_t n = c->left < cap ? c->left : cap;

    if (n)
        memcpy(dst, c->line, n);
    c->line += n;
    c->left -= n;
    return (int64_t)n;
}

static void calls_open(calls *c)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .self = c, .now = calls_now };
    const acrm_random random = { .struct_size = sizeof random, .self = c, .fill = calls_fill };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .random = &random };

    if (acrm_open("memory:", &options, &c->engine, NULL) != ACRM_OK
        || acrm_session_new(c->engine, "system", &c->session, NULL) != ACRM_OK)
        abort();
    acrm_session_set_input(c->session, calls_read, c);
}

static void calls_forget(void)
{
    acrm_value_free(calls_registry);
}

static void calls_describe(const calls *c)
{
    acrm_buf *text = NULL;

    if (acrm_describe(c->engine, "operations", &text, NULL) != ACRM_OK
        || acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &calls_registry, NULL)
               != ACRM_OK
        || atexit(calls_forget) != 0)
        abort();
    acrm_buf_free(text);
}

/* The operation that a line begins with, or one picked by its bytes. */
static const char *calls_operation(const char *name, size_t len)
{
    const acrm_value *operations = acrm_value_get(calls_registry, "operations");
    size_t count = acrm_value_count(operations);
    size_t pick = 0;

    for (size_t i = 0; i < count; i++) {
        const char *known = acrm_value_text(acrm_value_get(acrm_value_at(operations, i),
                                                           "name"), NULL);
        if (strlen(known) == len && memcmp(known, name, len) == 0)
            return known;
    }
    for (size_t i = 0; i < len; i++)
        pick = pick * 31 + (unsigned char)name[i];
    return acrm_value_text(acrm_value_get(acrm_value_at(operations, pick % count), "name"),
                           NULL);
}

static size_t calls_args(const calls *c, const char *text, size_t len, char *args)
{
    size_t n = 0;

    for (size_t i = 0; i < len && n + 40 < ARGS_MAX; i++) {
        if (len - i >= 3 && memcmp(text + i, "$id", 3) == 0 && c->id[0]) {
            memcpy(args + n, c->id, 36);
            n += 36;
            i += 2;
        } else {
            args[n++] = text[i];
        }
    }
    return n;
}

static void calls_remember(calls *c, const acrm_buf *out)
{
    static const char *const keys[] = { "id", "lead_id", "job_id" };
    acrm_value *result = NULL;

    if (acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &result, NULL) != ACRM_OK)
        abort();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t len = 0;
        const char *id = acrm_value_text(acrm_value_get(result, keys[i]), &len);
        if (id && len == 36)
            memcpy(c->id, id, 37);
    }
    acrm_value_free(result);
}

static void calls_one(calls *c, const char *line, size_t len, char *args)
{
    const char *space = memchr(line, ' ', len);
    size_t name = space ? (size_t)(space - line) : len;
    const char *operation = calls_operation(line, name);
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (strcmp(operation, "engine.backup") == 0) /* would write files */
        return;
    size_t n = calls_args(c, line + name, len - name, args);
    c->line = line;
    c->left = len;
    int32_t st = acrm_call_json(c->session, operation, args, n, &out, &err);
    if ((st == ACRM_OK) != (out != NULL) || acrm_error_code(err) != st)
        abort();
    if (st != ACRM_OK && (!acrm_error_message(err)[0] || st == ACRM_E_STORE
                          || st == ACRM_E_CORRUPT || st == ACRM_E_MISUSE))
        abort();
    if (out)
        calls_remember(c, out);
    acrm_buf_free(out);
    acrm_error_free(err);
}

static void calls_verify(calls *c)
{
    acrm_value *out = NULL;

    if (acrm_call(c->session, "audit.verify", NULL, &out, NULL) != ACRM_OK
        || !acrm_value_bool(acrm_value_get(out, "ok")))
        abort();
    acrm_value_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    calls c = { .now = INT64_C(1795255200000000), .seed = 1 };
    char *args = malloc(ARGS_MAX);
    const char *text = (const char *)data;

    if (!args)
        return 0;
    calls_open(&c);
    if (!calls_registry)
        calls_describe(&c);
    for (int i = 0; i < CALLS_MAX && size > 0; i++) {
        const char *end = memchr(text, '\n', size);
        size_t len = end ? (size_t)(end - text) : size;
        calls_one(&c, text, len, args);
        size -= len + (end ? 1 : 0);
        text += len + (end ? 1 : 0);
    }
    calls_verify(&c);
    acrm_session_free(c.session);
    acrm_close(c.engine);
    free(args);
    return 0;
}
