/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a CSV file, through the decoder: rows whose numbers, offsets and cells hold
 * together. Two readings in pieces of different sizes must find the same rows.
 */
#include "modules/integration/csv.h"
#include "modules/integration/encoding.h"

#include "../unit/integration/source.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t check_file(const uint8_t *data, size_t size, size_t piece)
{
    source s = { .text = (const char *)data, .len = size, .piece = piece };
    uint64_t hash = 14695981039346656037u;
    uint64_t offset = 0;
    acrm__decoder decoder;
    acrm__csv csv;

    if (acrm__decoder_init(&decoder, NULL, source_read, &s, ACRM__ENCODING_NONE, false) != 0 ||
        acrm__csv_init(&csv, NULL, acrm__decoder_read, &decoder, 0) != 0)
        abort();
    for (;;) {
        acrm__csv_row row;
        bool more = false;
        if (acrm__csv_next(&csv, &row, &more) != 0)
            abort();
        if (!more)
            break;
        if (row.number != csv.rows || row.offset < offset ||
            (row.fault != ACRM__CSV_OK && acrm__csv_fault_text(row.fault) == NULL))
            abort();
        offset = row.offset + row.raw_len;
        hash = (hash ^ (uint64_t)row.fault) * 1099511628211u;
        for (uint32_t i = 0; i < row.n_cells; i++)
            for (size_t k = 0; k < row.cells[i].len; k++)
                hash = (hash ^ (unsigned char)row.cells[i].text[k]) * 1099511628211u;
    }
    acrm__csv_free(&csv);
    acrm__decoder_free(&decoder);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (check_file(data, size, 0) != check_file(data, size, 3))
        abort();
    return 0;
}
