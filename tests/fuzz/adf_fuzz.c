/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as ADF: items whose numbers, offsets and raw texts hold together, and that come out the
 * same however the input is cut. A prospect's own raw text, read again, gives the same prospect.
 */
#include "base/json.h"
#include "modules/integration/adf.h"

#include "../unit/integration/source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first prospect of a text, as JSON. */
static void print_first(const char *text, size_t len, acrm__str *out)
{
    source s = { .text = text, .len = len };
    acrm__adf *adf = NULL;
    acrm__adf_item item;
    bool more = false;

    acrm__str_clear(out);
    if (acrm__adf_new(NULL, source_read, &s, 0, &adf) != 0)
        abort();
    if (acrm__adf_next(adf, &item, &more) != 0)
        abort();
    if (more && item.prospect != NULL)
        acrm__json_write(out, item.prospect, 0);
    acrm__adf_free(adf);
}

static void print_all(const uint8_t *data, size_t size, size_t piece, acrm__str *out)
{
    source s = { .text = (const char *)data, .len = size, .piece = piece };
    acrm__adf *adf = NULL;
    acrm__str again;
    uint64_t number = 0;

    acrm__str_init(&again, NULL);
    if (acrm__adf_new(NULL, source_read, &s, 0, &adf) != 0)
        abort();
    for (;;) {
        acrm__adf_item item;
        bool more = false;
        if (acrm__adf_next(adf, &item, &more) != 0)
            abort();
        if (!more)
            break;
        if (item.number != ++number || (item.prospect == NULL) == (item.reason == NULL))
            abort();
        size_t from = out->len;
        if (item.prospect != NULL)
            acrm__json_write(out, item.prospect, 0);
        else
            acrm__str_puts(out, item.reason);
        if (item.prospect != NULL && piece == 0) {
            print_first(item.raw, item.raw_len, &again);
            if (again.len != out->len - from || memcmp(again.data, out->data + from, again.len))
                abort();
        }
        acrm__str_putc(out, '\n');
    }
    acrm__adf_free(adf);
    acrm__str_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
#ifdef ACRM_HAVE_EXPAT
    acrm__str whole;
    acrm__str pieces;

    acrm__str_init(&whole, NULL);
    acrm__str_init(&pieces, NULL);
    print_all(data, size, 0, &whole);
    print_all(data, size, 3, &pieces);
    if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
        abort();
    acrm__str_free(&whole);
    acrm__str_free(&pieces);
#else
    (void)data;
    (void)size;
    (void)print_all;
#endif
    return 0;
}
