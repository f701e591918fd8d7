/* SPDX-License-Identifier: MIT */
/*
 * CSV as it comes: RFC 4180 with any of four delimiters, any line end, and rows that are wrong
 * told apart from rows that are right. Streams: memory depends on the longest row alone.
 *
 * The input is UTF-8 (encoding.h makes it so). Blank lines and rows of empty cells are passed
 * over. Quotes mean something at the start of a cell only (blanks before them aside).
 */
#ifndef ACRM_MODULES_INTEGRATION_CSV_H
#define ACRM_MODULES_INTEGRATION_CSV_H

#include "base/buf.h"
#include "modules/integration/input.h"

enum {
    ACRM__CSV_CELL_MAX = 1024 * 1024,    /* bytes of a cell */
    ACRM__CSV_ROW_MAX = 4 * 1024 * 1024, /* bytes of a row */
    ACRM__CSV_COLUMNS_MAX = 4096,
    ACRM__CSV_RAW_MAX = 65536 /* bytes kept of a row beyond one of the limits above */
};

/* What is wrong with a row. */
enum {
    ACRM__CSV_OK = 0,
    ACRM__CSV_QUOTE = 1,     /* text behind a closing quote; the cells are the best reading */
    ACRM__CSV_OPEN = 2,      /* a quote that is never closed; the row ends with its line */
    ACRM__CSV_CELL_LONG = 3, /* beyond ACRM__CSV_CELL_MAX; passed over, without cells, or, when
                                it began with a quote and held line ends, as for OPEN */
    ACRM__CSV_ROW_LONG = 4,  /* beyond ACRM__CSV_ROW_MAX; likewise */
    ACRM__CSV_COLUMNS = 5,   /* beyond ACRM__CSV_COLUMNS_MAX; likewise */
    ACRM__CSV_NUL = 6,       /* a NUL byte */
    ACRM__CSV_ENCODING = 7,  /* U+FFFD: what was there was not in the file's encoding */
    ACRM__CSV_RAGGED = 8     /* not as many cells as the first row, empty ones behind aside */
};

typedef struct acrm__csv_cell {
    const char *text; /* not NUL-terminated */
    size_t len;
} acrm__csv_cell;

/* Lives until the next one is asked for. */
typedef struct acrm__csv_row {
    uint64_t number; /* from 1, the header counting, blank ones not */
    uint64_t line;   /* on which it begins, from 1 */
    uint64_t offset; /* of its first byte in the UTF-8 input */
    const char *raw; /* the row as it stands, without its line end */
    size_t raw_len;
    const acrm__csv_cell *cells;
    uint32_t n_cells;
    int32_t fault;   /* ACRM__CSV_OK ... */
    uint32_t column; /* of the fault, from 1; 0 for ROW_LONG */
} acrm__csv_row;

typedef struct acrm__csv_span {
    size_t at; /* from the start of the row */
    size_t len;
    bool doubled; /* it has doubled quotes */
} acrm__csv_span;

typedef struct acrm__csv {
    acrm__input in;
    char delimiter;       /* as given or found */
    uint32_t n_columns;   /* cells of the first row; 0 before it */
    uint64_t rows;        /* given out so far */
    uint64_t blank;       /* passed over so far */
    uint64_t line;        /* of the next byte */
    unsigned char stops[256]; /* ends of a plain cell */
    acrm__csv_span *spans;
    uint32_t n_spans;
    uint32_t cap;         /* of spans and cells */
    acrm__csv_cell *cells;
    acrm__str unquoted;   /* cells with doubled quotes, without the doubling */
    acrm__str raw;        /* the beginning of a row that was too long */
} acrm__csv;

/* The delimiter that divides a sample most evenly: , ; tab or |. */
char acrm__csv_detect(const char *sample, size_t len);

/* delimiter 0: look at the first 64 KiB, or at a first line "sep=;". Reads the beginning.
 * ACRM_OK, ACRM_E_NOMEM or what `read` returned; acrm__csv_free() it in any case. */
int32_t acrm__csv_init(acrm__csv *csv, const acrm_allocator *allocator, acrm__read_fn read,
                       void *user, char delimiter);
void acrm__csv_free(acrm__csv *csv);

/* The next row; *more is false at the end of the input. ACRM_OK also for rows with a fault;
 * ACRM_E_NOMEM or what `read` returned end the reading. */
int32_t acrm__csv_next(acrm__csv *csv, acrm__csv_row *row, bool *more);

/* What a fault is, for people: "a quote is never closed". NULL for ACRM__CSV_OK. */
const char *acrm__csv_fault_text(int32_t fault);

#endif
