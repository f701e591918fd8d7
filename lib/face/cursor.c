/* SPDX-License-Identifier: MIT */
/* Cursors: a list operation walked record by record, its pages fetched as needed. */
#include "base/error.h"
#include "base/value.h"
#include "kernel/inside.h"

#include <string.h>

struct acrm_cursor {
    uint32_t magic;
    acrm_session *session; /* a reference */
    char *operation;
    size_t operation_len;
    acrm_value *args; /* with the `after` of the page to fetch next */
    acrm_value *page; /* NULL: not fetched yet */
    size_t at;        /* in its items */
    bool ended;
};

void acrm_cursor_free(acrm_cursor *cursor)
{
    if (!cursor || cursor->magic != ACRM__CURSOR_MAGIC)
        return;
    acrm_allocator allocator = cursor->session->engine->allocator;
    acrm_session *session = cursor->session;

    cursor->magic = 0;
    acrm_value_free(cursor->args);
    acrm_value_free(cursor->page);
    if (cursor->operation)
        acrm__free(&allocator, cursor->operation, cursor->operation_len + 1);
    acrm__free(&allocator, cursor, sizeof *cursor);
    acrm_session_free(session);
}

/* A copy of its own: the caller may free the arguments, and a page sets `after` in them. */
static int32_t cursor_take_args(acrm_cursor *cursor, const acrm_value *args, acrm_error **err)
{
    if (args && acrm_value_type(args) != ACRM_MAP)
        return acrm__error(err, ACRM_E_INVALID, "type", NULL, "the arguments must be an object");
    if (acrm_value_new(&cursor->session->engine->allocator, &cursor->args) != ACRM_OK ||
        acrm_value_set_map(cursor->args) != ACRM_OK ||
        (args && !acrm__value_copy(cursor->args, args)))
        return acrm__error_nomem(err);
    return ACRM_OK;
}

int32_t acrm_cursor_new(acrm_session *session, const char *operation, const acrm_value *args,
                        acrm_cursor **out, acrm_error **err)
{
    acrm_cursor *cursor;

    if (!session || session->magic != ACRM__SESSION_MAGIC || !operation || !out)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "a session, an operation and a place for the cursor are needed");
    cursor = acrm__alloc_zero(&session->engine->allocator, sizeof *cursor);
    if (!cursor)
        return acrm__error_nomem(err);
    cursor->magic = ACRM__CURSOR_MAGIC;
    cursor->session = session;
    atomic_fetch_add(&session->refs, 1);
    cursor->operation_len = strlen(operation);
    cursor->operation = acrm__alloc(&session->engine->allocator, cursor->operation_len + 1);
    if (cursor->operation)
        memcpy(cursor->operation, operation, cursor->operation_len + 1);
    int32_t st = cursor->operation ? cursor_take_args(cursor, args, err) : acrm__error_nomem(err);
    if (st != ACRM_OK) {
        acrm_cursor_free(cursor);
        return st;
    }
    *out = cursor;
    return ACRM_OK;
}

static int32_t cursor_fetch(acrm_cursor *cursor, acrm_error **err)
{
    acrm_value *page = NULL;
    int32_t st = acrm_call(cursor->session, cursor->operation, cursor->args, &page, err);

    if (st != ACRM_OK)
        return st;
    if (acrm_value_type(acrm_value_get(page, "items")) != ACRM_LIST) {
        acrm_value_free(page);
        return acrm__error(err, ACRM_E_INVALID, "operation", NULL,
                           "%.100s gives no list that a cursor could walk", cursor->operation);
    }
    const acrm_value *next = acrm_value_get(page, "next");
    cursor->ended = acrm_value_type(next) == ACRM_NULL;
    if (!cursor->ended) {
        acrm_value *after = acrm_value_put(cursor->args, "after");
        if (!after || !acrm__value_copy(after, next)) {
            acrm_value_free(page);
            return acrm__error_nomem(err);
        }
    }
    acrm_value_free(cursor->page);
    cursor->page = page;
    cursor->at = 0;
    return ACRM_OK;
}

int32_t acrm_cursor_next(acrm_cursor *cursor, const acrm_value **item, acrm_error **err)
{
    if (!cursor || cursor->magic != ACRM__CURSOR_MAGIC || !item)
        return acrm__error(err, ACRM_E_MISUSE, "handle", NULL,
                           "a cursor and a place for the item are needed");
    for (;;) {
        const acrm_value *items = acrm_value_get(cursor->page, "items");
        if (cursor->at < acrm_value_count(items)) {
            *item = acrm_value_at(items, cursor->at++);
            return ACRM_OK;
        }
        if (cursor->page && cursor->ended) {
            *item = NULL;
            return ACRM_OK;
        }
        int32_t st = cursor_fetch(cursor, err);
        if (st != ACRM_OK)
            return st;
    }
}
