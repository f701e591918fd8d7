/* SPDX-License-Identifier: MIT */
/* Input that is pulled piece by piece, and a window on it that grows with what is being read. */
#include "modules/integration/input.h"

#include "autocrm/status.h"

#include <assert.h>
#include <string.h>

enum { INPUT_PIECE = 65536 };

void acrm__input_init(acrm__input *in, const acrm_allocator *allocator, acrm__read_fn read,
                      void *user)
{
    *in = (acrm__input){ .allocator = acrm__allocator(allocator), .read = read, .user = user };
}

void acrm__input_free(acrm__input *in)
{
    acrm__free(&in->allocator, in->data, in->cap);
    in->data = NULL;
    in->cap = 0;
}

int32_t acrm__input_more(acrm__input *in)
{
    size_t used = in->end - in->start;
    int64_t n;

    if (in->ended)
        return ACRM_OK;
    if (in->start > 0 && in->cap - in->end < INPUT_PIECE) {
        memmove(in->data, in->data + in->start, used);
        in->start = 0;
        in->end = used;
    }
    if (in->cap - in->end < INPUT_PIECE) {
        size_t cap = in->cap == 0 ? 2 * INPUT_PIECE : 2 * in->cap;
        char *grown = acrm__resize(&in->allocator, in->data, in->cap, cap);
        if (grown == NULL)
            return ACRM_E_NOMEM;
        in->data = grown;
        in->cap = cap;
    }
    n = in->read(in->user, in->data + in->end, INPUT_PIECE);
    if (n < 0)
        return (int32_t)n;
    assert(n <= INPUT_PIECE);
    in->ended = n == 0;
    in->end += (size_t)n;
    return ACRM_OK;
}

void acrm__input_skip(acrm__input *in, size_t n)
{
    assert(n <= in->end - in->start);
    in->start += n;
    in->offset += n;
}

size_t acrm__input_cut(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && (text[max] & 0xC0) == 0x80)
        max--;
    return max;
}
