/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as vCards: cards come out the same however the input is cut, and a card that was read
 * is written, read and written again to the same text.
 */
#include "autocrm/vcard.h"
#include "base/json.h"

#include "../unit/integration/source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first card of a text, written; empty when there is none. */
static void write_first(const char *text, size_t len, int32_t version, acrm__str *out)
{
    source s = { .text = text, .len = len };
    acrm_vcard card = { .struct_size = sizeof card };
    acrm_vcard_reader *reader = NULL;
    acrm_buf *buf = NULL;

    acrm__str_clear(out);
    if (acrm_vcard_reader_new(source_read, &s, NULL, &reader) != ACRM_OK ||
        acrm_vcard_next(reader, &card) != ACRM_OK)
        abort();
    if (card.card && acrm_vcard_write(card.card, version, NULL, &buf, NULL) == ACRM_OK)
        acrm__str_add(out, acrm_buf_data(buf), acrm_buf_len(buf));
    acrm_buf_free(buf);
    acrm_vcard_reader_free(reader);
}

static void print_all(const uint8_t *data, size_t size, size_t piece, acrm__str *out)
{
    source s = { .text = (const char *)data, .len = size, .piece = piece };
    acrm_vcard_reader *reader = NULL;
    int64_t number = 0;

    if (acrm_vcard_reader_new(source_read, &s, NULL, &reader) != ACRM_OK)
        abort();
    for (;;) {
        acrm_vcard card = { .struct_size = sizeof card };
        if (acrm_vcard_next(reader, &card) != ACRM_OK)
            abort();
        if (!card.more)
            break;
        if (card.number != ++number || (card.card == NULL) == (card.reason == NULL))
            abort();
        if (card.card)
            acrm__json_write(out, card.card, 0);
        else
            acrm__str_puts(out, card.reason);
        acrm__str_add(out, card.raw, card.raw_len);
    }
    acrm_vcard_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    acrm__str whole, pieces;

    acrm__str_init(&whole, NULL);
    acrm__str_init(&pieces, NULL);
    print_all(data, size, 0, &whole);
    print_all(data, size, 3, &pieces);
    if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
        abort();
    for (int32_t version = ACRM_VCARD_3; version <= ACRM_VCARD_4; version++) {
        write_first((const char *)data, size, version, &whole);
        write_first(whole.data, whole.len, version, &pieces);
        if (whole.len != pieces.len || memcmp(whole.data, pieces.data, whole.len) != 0)
            abort();
    }
    acrm__str_free(&whole);
    acrm__str_free(&pieces);
    return 0;
}
