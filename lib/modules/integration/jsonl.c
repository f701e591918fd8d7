/* SPDX-License-Identifier: MIT */
/* Reads JSON lines from a window on the input. */
#include "modules/integration/jsonl.h"

#include "autocrm/status.h"

#include <string.h>

void acrm__jsonl_init(acrm__jsonl *jsonl, const acrm_allocator *allocator, acrm__read_fn read,
                      void *user)
{
    *jsonl = (acrm__jsonl){ .line = 1 };
    acrm__input_init(&jsonl->in, allocator, read, user);
    acrm__arena_init(&jsonl->arena, allocator);
}

void acrm__jsonl_free(acrm__jsonl *jsonl)
{
    acrm__arena_free(&jsonl->arena);
    acrm__input_free(&jsonl->in);
}

/* The length of the line at the start of the window: up to a line feed, the end of the input, or
 * one byte more than a line may have. */
static int32_t jsonl_find_end(acrm__jsonl *jsonl, size_t *len, bool *ended)
{
    acrm__input *in = &jsonl->in;
    size_t at = 0;

    for (;;) {
        size_t held = in->end - in->start;
        const char *found = held == at ? NULL :
                            memchr(in->data + in->start + at, '\n', held - at);
        at = found != NULL ? (size_t)(found - in->data) - in->start : held;
        *ended = found != NULL;
        if (found != NULL || in->ended || at > ACRM__JSONL_LINE_MAX) {
            *len = at;
            return ACRM_OK;
        }
        int32_t status = acrm__input_more(in);
        if (status != ACRM_OK)
            return status;
    }
}

/* Pass over the rest of a line that is too long; its line feed stays. */
static int32_t jsonl_skip(acrm__jsonl *jsonl)
{
    acrm__input *in = &jsonl->in;

    for (;;) {
        size_t held = in->end - in->start;
        const char *found = held == 0 ? NULL : memchr(in->data + in->start, '\n', held);
        acrm__input_skip(in, found == NULL ? held :
                         (size_t)(found - in->data) - in->start);
        if (found != NULL || in->ended)
            return ACRM_OK;
        int32_t status = acrm__input_more(in);
        if (status != ACRM_OK)
            return status;
    }
}

static bool jsonl_is_blank(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

static int32_t jsonl_parse(acrm__jsonl *jsonl, acrm__jsonl_row *row)
{
    acrm__json_fault fault = { 0 };
    acrm_value *value = NULL;
    int32_t status = acrm__json_read(&jsonl->arena, row->raw, row->raw_len, &value, &fault);

    if (status == ACRM_E_NOMEM)
        return status;
    if (status != ACRM_OK) {
        row->fault = fault.expected;
        row->column = fault.column;
    } else if (acrm_value_type(value) != ACRM_MAP) {
        row->fault = "expected an object";
        row->column = 1;
    } else {
        row->value = value;
    }
    return ACRM_OK;
}

/* Pass over blank lines; the window then begins with a line of `len` bytes, or is empty. */
static int32_t jsonl_to_line(acrm__jsonl *jsonl, size_t *len, bool *ended)
{
    acrm__input *in = &jsonl->in;

    for (;;) {
        acrm__input_skip(in, jsonl->pending);
        jsonl->pending = 0;
        int32_t status = jsonl_find_end(jsonl, len, ended);
        if (status != ACRM_OK)
            return status;
        if (in->offset == 0 && *len >= 3 &&
            memcmp(in->data + in->start, "\xEF\xBB\xBF", 3) == 0) {
            jsonl->pending = 3;
            continue;
        }
        if ((*len == 0 && !*ended) || *len > ACRM__JSONL_LINE_MAX ||
            !jsonl_is_blank(in->data + in->start, *len))
            return ACRM_OK;
        jsonl->pending = *len + (*ended ? 1 : 0);
        jsonl->line++;
    }
}

/* A line that is too long: its beginning is kept, the rest passed over. */
static int32_t jsonl_give_long(acrm__jsonl *jsonl, acrm__jsonl_row *row)
{
    int32_t status;

    row->raw_len = acrm__input_cut(row->raw, row->raw_len, ACRM__JSONL_RAW_MAX);
    row->raw = acrm__arena_text(&jsonl->arena, row->raw, row->raw_len);
    if (row->raw == NULL)
        return ACRM_E_NOMEM;
    row->fault = "the line is longer than 1 MiB";
    row->column = ACRM__JSONL_LINE_MAX + 1;
    status = jsonl_skip(jsonl);
    jsonl->pending = jsonl->in.start < jsonl->in.end ? 1 : 0;
    return status;
}

int32_t acrm__jsonl_next(acrm__jsonl *jsonl, acrm__jsonl_row *row, bool *more)
{
    acrm__input *in = &jsonl->in;
    size_t len = 0;
    bool ended = false;
    int32_t status = jsonl_to_line(jsonl, &len, &ended);

    if (status != ACRM_OK)
        return status;
    *more = len > 0;
    if (len == 0)
        return ACRM_OK;
    acrm__arena_reset(&jsonl->arena);
    *row = (acrm__jsonl_row){ .number = ++jsonl->rows, .line = jsonl->line++,
                              .offset = in->offset, .raw = in->data + in->start,
                              .raw_len = len };
    if (len > ACRM__JSONL_LINE_MAX)
        return jsonl_give_long(jsonl, row);
    jsonl->pending = len + (ended ? 1 : 0);
    if (row->raw[len - 1] == '\r')
        row->raw_len--;
    return jsonl_parse(jsonl, row);
}
