/* SPDX-License-Identifier: MIT */
/* A text that grows, and faults in words. */
#include "text.h"
#include "transports.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *example_room(example_text *text, size_t len)
{
    if (text->failed || len >= SIZE_MAX / 2 - text->len) {
        text->failed = true;
        return NULL;
    }
    if (text->len + len + 1 > text->cap) {
        size_t cap = text->cap ? text->cap * 2 : 512;
        if (cap < text->len + len + 1)
            cap = text->len + len + 1;
        char *grown = realloc(text->data, cap);
        if (!grown) {
            text->failed = true;
            return NULL;
        }
        text->data = grown;
        text->cap = cap;
    }
    return text->data + text->len;
}

void example_add(example_text *text, const char *bytes, size_t len)
{
    char *room = example_room(text, len);

    if (!room)
        return;
    if (len > 0)
        memcpy(room, bytes, len);
    room[len] = '\0';
    text->len += len;
}

void example_put(example_text *text, const char *words)
{
    example_add(text, words, strlen(words));
}

void example_putf(example_text *text, const char *format, ...)
{
    va_list args, again;
    char *room = example_room(text, 127);
    size_t have = room ? text->cap - text->len : 0;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(room, have, format, args);
    if (len < 0)
        room = NULL;
    else if (room && (size_t)len >= have && (room = example_room(text, (size_t)len)) != NULL)
        vsnprintf(room, (size_t)len + 1, format, again);
    if (room)
        text->len += (size_t)len;
    else
        text->failed = true;
    va_end(again);
    va_end(args);
}

void example_put_html(example_text *text, const char *words)
{
    static const struct {
        char sign;
        const char *entity;
    } entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" } };

    while (*words) {
        size_t plain = strcspn(words, "&<>\"");
        example_add(text, words, plain);
        words += plain;
        for (size_t i = 0; *words && i < sizeof entities / sizeof entities[0]; i++)
            if (entities[i].sign == *words) {
                example_put(text, entities[i].entity);
                words++;
                break;
            }
    }
}

void example_put_percent(example_text *text, const char *words)
{
    static const char plain[] = EXAMPLE_LETTERS "-._~";

    for (; *words; words++) {
        if (strchr(plain, *words))
            example_add(text, words, 1);
        else
            example_putf(text, "%%%02X", (unsigned)(unsigned char)*words);
    }
}

void example_clear(example_text *text)
{
    text->len = 0;
    text->failed = false;
    if (text->data)
        text->data[0] = '\0';
}

void example_text_free(example_text *text)
{
    free(text->data);
    *text = (example_text){ NULL, 0, 0, false };
}

bool example_wrong(example_fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return false;
}

bool example_read_file(const char *path, size_t max, example_text *out)
{
    FILE *in = fopen(path, "r");
    char block[4096];
    size_t n;

    if (!in)
        return false;
    while (out->len <= max && (n = fread(block, 1, sizeof block, in)) > 0)
        example_add(out, block, n);
    bool ok = !ferror(in) && !out->failed;
    fclose(in);
    if (ok && out->len > max) {
        errno = EFBIG;
        ok = false;
    }
    return ok;
}
