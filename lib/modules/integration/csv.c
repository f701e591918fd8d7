/* SPDX-License-Identifier: MIT */
/* Reads CSV row by row from a window on the input. */
#include "modules/integration/csv.h"

#include "autocrm/status.h"

#include <string.h>

enum {
    CSV_SAMPLE = 65536,
    CSV_SAMPLE_ROWS = 200,
    CSV_END = -1 /* no byte: the input is over */
};

static const char csv_delimiters[] = { ',', ';', '\t', '|' };

static const char *const csv_faults[] = {
    [ACRM__CSV_OK] = NULL,
    [ACRM__CSV_QUOTE] = "there is text behind a closing quote",
    [ACRM__CSV_OPEN] = "a quote is never closed",
    [ACRM__CSV_CELL_LONG] = "the cell is longer than 1 MiB",
    [ACRM__CSV_ROW_LONG] = "the row is longer than 4 MiB",
    [ACRM__CSV_COLUMNS] = "the row has more than 4096 cells",
    [ACRM__CSV_NUL] = "the cell holds a NUL byte",
    [ACRM__CSV_ENCODING] = "the cell holds bytes that are no text in the file's encoding",
    [ACRM__CSV_RAGGED] = "the row has not as many cells as the first row",
};

const char *acrm__csv_fault_text(int32_t fault)
{
    return csv_faults[fault];
}

/* ---- the dialect ---- */

/* Delimiters outside quotes in the row at *at, which moves behind it. */
static uint32_t csv_count(const char *text, size_t len, char delimiter, size_t *at, bool *whole)
{
    bool quoted = false;
    uint32_t n = 0;
    size_t i = *at;

    for (; i < len; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '\n' || text[i] == '\r'))
            break;
        else if (!quoted && text[i] == delimiter)
            n++;
    }
    *whole = i < len;
    while (i < len && (text[i] == '\n' || text[i] == '\r'))
        i++;
    *at = i;
    return n;
}

/* How many in a thousand rows have as many delimiters as the first; 0 when that has none. */
static uint32_t csv_evenness(const char *text, size_t len, char delimiter, uint32_t *first)
{
    uint32_t rows = 0;
    uint32_t same = 0;
    size_t at = 0;
    bool whole = true;

    *first = 0;
    while (at < len && rows < CSV_SAMPLE_ROWS) {
        uint32_t n = csv_count(text, len, delimiter, &at, &whole);
        if (!whole && rows > 0) /* cut by the end of the sample, perhaps */
            break;
        if (rows++ == 0)
            *first = n;
        same += n == *first;
    }
    return *first == 0 ? 0 : same * 1000 / rows;
}

char acrm__csv_detect(const char *sample, size_t len)
{
    char best = ',';
    uint32_t best_even = 0;
    uint32_t best_first = 0;

    for (size_t i = 0; i < sizeof csv_delimiters; i++) {
        uint32_t first = 0;
        uint32_t even = csv_evenness(sample, len, csv_delimiters[i], &first);
        if (even > best_even || (even == best_even && first > best_first)) {
            best = csv_delimiters[i];
            best_even = even;
            best_first = first;
        }
    }
    return best;
}

/* "sep=;" as the first line, as spreadsheets write it. */
static void csv_take_separator_line(acrm__csv *csv)
{
    const char *text = csv->in.data + csv->in.start;
    size_t len = csv->in.end - csv->in.start;
    size_t end = 5;

    if (len < 5 || memcmp(text, "sep=", 4) != 0)
        return;
    while (end < len && text[end] != '\n' && text[end] != '\r')
        end++;
    if (end > 5 || memchr(csv_delimiters, text[4], sizeof csv_delimiters) == NULL)
        return;
    csv->delimiter = text[4];
    if (end + 1 < len && text[end] == '\r' && text[end + 1] == '\n')
        end++;
    acrm__input_skip(&csv->in, end < len ? end + 1 : end);
    csv->line = 2;
}

int32_t acrm__csv_init(acrm__csv *csv, const acrm_allocator *allocator, acrm__read_fn read,
                       void *user, char delimiter)
{
    int32_t status = ACRM_OK;

    *csv = (acrm__csv){ .delimiter = delimiter, .line = 1 };
    acrm__input_init(&csv->in, allocator, read, user);
    acrm__str_init(&csv->unquoted, allocator);
    acrm__str_init(&csv->raw, allocator);
    while (status == ACRM_OK && !csv->in.ended && csv->in.end < CSV_SAMPLE)
        status = acrm__input_more(&csv->in);
    if (status != ACRM_OK)
        return status;
    if (csv->in.end >= 3 && memcmp(csv->in.data, "\xEF\xBB\xBF", 3) == 0)
        acrm__input_skip(&csv->in, 3);
    if (delimiter == 0)
        csv_take_separator_line(csv);
    if (csv->delimiter == 0) {
        size_t len = csv->in.end - csv->in.start;
        csv->delimiter = acrm__csv_detect(csv->in.data + csv->in.start,
                                          len < CSV_SAMPLE ? len : CSV_SAMPLE);
    }
    csv->stops[(unsigned char)csv->delimiter] = 1;
    csv->stops['\n'] = 1;
    csv->stops['\r'] = 1;
    return ACRM_OK;
}

void acrm__csv_free(acrm__csv *csv)
{
    acrm__free(&csv->in.allocator, csv->spans, csv->cap * sizeof *csv->spans);
    acrm__free(&csv->in.allocator, csv->cells, csv->cap * sizeof *csv->cells);
    acrm__str_free(&csv->unquoted);
    acrm__str_free(&csv->raw);
    acrm__input_free(&csv->in);
}

/* ---- cells ---- */

/* A row being read; positions count from the start of the window, which stays put meanwhile. */
typedef struct csv_scan {
    size_t at;
    size_t cut;     /* first line end within the quotes now open; 0: none */
    int32_t fault;
    uint32_t column;
    bool skip;      /* the row is too long: pass over the rest of it */
    bool over;      /* the row ended */
    int32_t status;
} csv_scan;

/* The byte at `at`, or CSV_END; reads on when need be. */
static int csv_byte(acrm__csv *csv, csv_scan *scan, size_t at)
{
    while (csv->in.end - csv->in.start <= at) {
        if (csv->in.ended)
            return CSV_END;
        scan->status = acrm__input_more(&csv->in);
        if (scan->status != ACRM_OK)
            return CSV_END;
    }
    return (unsigned char)csv->in.data[csv->in.start + at];
}

static void csv_fault(csv_scan *scan, int32_t fault, uint32_t column)
{
    if (scan->fault == ACRM__CSV_OK) {
        scan->fault = fault;
        scan->column = column;
    }
}

static bool csv_is_end(const acrm__csv *csv, int byte)
{
    return byte == CSV_END || csv->stops[byte];
}

/* On to the next delimiter or line end, or as far as a cell may be long. */
static int csv_plain(acrm__csv *csv, csv_scan *scan, size_t from)
{
    for (;;) {
        int byte = csv_byte(csv, scan, scan->at);
        if (csv_is_end(csv, byte))
            return byte;
        const char *data = csv->in.data + csv->in.start;
        size_t end = csv->in.end - csv->in.start;
        if (end > from + ACRM__CSV_CELL_MAX + 1)
            end = from + ACRM__CSV_CELL_MAX + 1;
        while (scan->at < end && !csv->stops[(unsigned char)data[scan->at]])
            scan->at++;
        if (scan->at - from > ACRM__CSV_CELL_MAX) {
            scan->skip = true;
            csv_fault(scan, ACRM__CSV_CELL_LONG, csv->n_spans + 1);
            return byte;
        }
    }
}

/* Over the bytes that mean nothing within quotes, as far as the window and a cell reach. */
static void csv_pass_text(const acrm__csv *csv, csv_scan *scan, size_t from)
{
    const char *data = csv->in.data + csv->in.start;
    size_t end = csv->in.end - csv->in.start;
    size_t at = scan->at;

    if (end > from + ACRM__CSV_CELL_MAX + 1)
        end = from + ACRM__CSV_CELL_MAX + 1;
    while (at < end && data[at] != '"' && data[at] != '\n' && data[at] != '\r')
        at++;
    scan->at = at;
}

/* On to the quote that closes; CSV_END at the end of the input, 0 for a cell that is too long. */
static int csv_to_quote(acrm__csv *csv, csv_scan *scan, acrm__csv_span *span)
{
    for (;;) {
        int byte = csv_byte(csv, scan, scan->at);
        if (byte == CSV_END)
            return byte;
        if (scan->at - span->at > ACRM__CSV_CELL_MAX)
            return 0;
        if (byte == '"') {
            if (csv_byte(csv, scan, scan->at + 1) != '"')
                return byte;
            span->doubled = true;
            scan->at += 2;
            continue;
        }
        if (scan->cut == 0 && (byte == '\n' || byte == '\r'))
            scan->cut = scan->at;
        scan->at++;
        csv_pass_text(csv, scan, span->at);
    }
}

/*
 * From behind an opening quote to the end of the cell. Where the quotes do not work out (text
 * behind them, no end, too long) and they hold a line end, the quote is most likely a stray one:
 * the row then ends with the line of the quote, so that the rows behind it are not lost.
 */
static int csv_quoted(acrm__csv *csv, csv_scan *scan, acrm__csv_span *span)
{
    uint32_t column = csv->n_spans + 1;
    int byte;

    span->at = scan->at;
    scan->cut = 0;
    byte = csv_to_quote(csv, scan, span);
    span->len = scan->at - span->at;
    if (byte != '"') {
        csv_fault(scan, byte == CSV_END ? ACRM__CSV_OPEN : ACRM__CSV_CELL_LONG, column);
        scan->skip = scan->cut == 0 && byte != CSV_END;
        return byte;
    }
    do {
        byte = csv_byte(csv, scan, ++scan->at);
    } while (byte == ' ' || (byte == '\t' && csv->delimiter != '\t'));
    if (csv_is_end(csv, byte)) {
        scan->cut = 0;
        return byte;
    }
    csv_fault(scan, scan->cut > 0 ? ACRM__CSV_OPEN : ACRM__CSV_QUOTE, column);
    if (scan->cut > 0)
        return byte;
    byte = csv_plain(csv, scan, span->at);
    span->len = scan->at - span->at; /* with the quote and what is behind it */
    span->doubled = false;
    return byte;
}

/* One cell and what ends it: a delimiter, a line end or CSV_END. */
static int csv_cell(acrm__csv *csv, csv_scan *scan, acrm__csv_span *span)
{
    size_t from = scan->at;
    int byte = csv_byte(csv, scan, scan->at);

    *span = (acrm__csv_span){ .at = from };
    while (byte == ' ' || (byte == '\t' && csv->delimiter != '\t'))
        byte = csv_byte(csv, scan, ++scan->at);
    if (byte == '"') {
        scan->at++;
        return csv_quoted(csv, scan, span);
    }
    byte = csv_plain(csv, scan, from);
    span->len = scan->at - from;
    return byte;
}

static int32_t csv_grow(acrm__csv *csv)
{
    const acrm_allocator *allocator = &csv->in.allocator;
    uint32_t cap = csv->cap == 0 ? 32 : 2 * csv->cap;
    acrm__csv_cell *cells = acrm__alloc(allocator, cap * sizeof *cells);
    acrm__csv_span *spans = acrm__alloc(allocator, cap * sizeof *spans);

    if (cells == NULL || spans == NULL) {
        acrm__free(allocator, cells, cap * sizeof *cells);
        acrm__free(allocator, spans, cap * sizeof *spans);
        return ACRM_E_NOMEM;
    }
    if (csv->n_spans > 0)
        memcpy(spans, csv->spans, csv->n_spans * sizeof *spans);
    acrm__free(allocator, csv->cells, csv->cap * sizeof *cells);
    acrm__free(allocator, csv->spans, csv->cap * sizeof *spans);
    csv->cells = cells;
    csv->spans = spans;
    csv->cap = cap;
    return ACRM_OK;
}

/* Cells up to the end of the row; scan->at is then at its line end. */
static void csv_scan_row(acrm__csv *csv, csv_scan *scan)
{
    csv->n_spans = 0;
    while (!scan->over && scan->status == ACRM_OK) {
        if (csv->n_spans == ACRM__CSV_COLUMNS_MAX) {
            csv_fault(scan, ACRM__CSV_COLUMNS, csv->n_spans + 1);
            scan->skip = true;
            return;
        }
        if (csv->n_spans == csv->cap && (scan->status = csv_grow(csv)) != ACRM_OK)
            return;
        int byte = csv_cell(csv, scan, &csv->spans[csv->n_spans]);
        if (scan->status != ACRM_OK || scan->skip)
            return;
        if (scan->cut > 0) {
            scan->at = scan->cut;
            return;
        }
        csv->n_spans++;
        if (scan->at > ACRM__CSV_ROW_MAX) {
            csv_fault(scan, ACRM__CSV_ROW_LONG, 0);
            scan->skip = true;
            return;
        }
        if (byte == CSV_END || byte != (unsigned char)csv->delimiter)
            scan->over = true;
        else
            scan->at++;
    }
}

/* ---- rows ---- */

static uint64_t csv_count_lines(const char *text, size_t len)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n' || (text[i] == '\r' && (i + 1 == len || text[i + 1] != '\n'));
    return lines;
}

/* Use up the line end at the start of the window, if there is one. */
static int32_t csv_take_line_end(acrm__csv *csv)
{
    csv_scan scan = { 0 };
    int byte = csv_byte(csv, &scan, 0);

    if (byte == '\r' || byte == '\n') {
        bool two = byte == '\r' && csv_byte(csv, &scan, 1) == '\n';
        if (scan.status != ACRM_OK)
            return scan.status;
        acrm__input_skip(&csv->in, two ? 2 : 1);
        csv->line++;
    }
    return scan.status;
}

/* Pass over the rest of a line without keeping it. */
static int32_t csv_skip_line(acrm__csv *csv)
{
    csv_scan scan = { 0 };

    while (csv_byte(csv, &scan, 0) != CSV_END) {
        const char *data = csv->in.data + csv->in.start;
        size_t len = csv->in.end - csv->in.start;
        size_t n = 0;
        while (n < len && data[n] != '\n' && data[n] != '\r')
            n++;
        acrm__input_skip(&csv->in, n);
        if (n < len)
            break;
    }
    return scan.status;
}

/* Bytes of the row that no cell may have, each in the first cell that has them. */
static void csv_check_bytes(const acrm__csv *csv, csv_scan *scan)
{
    static const struct {
        const char *bytes;
        size_t len;
        int32_t fault;
    } bad[] = { { "\0", 1, ACRM__CSV_NUL }, { "\xEF\xBF\xBD", 3, ACRM__CSV_ENCODING } };
    const char *raw = csv->in.data + csv->in.start;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *found = raw;
        size_t left = scan->at;
        uint32_t column = 0;
        while (left >= bad[i].len &&
               (found = memchr(found, bad[i].bytes[0], left)) != NULL) {
            left = scan->at - (size_t)(found - raw);
            if (left >= bad[i].len && memcmp(found, bad[i].bytes, bad[i].len) == 0)
                break;
            found++;
            left--;
        }
        if (found == NULL || left < bad[i].len)
            continue;
        while (column + 1 < csv->n_spans && csv->spans[column + 1].at <= (size_t)(found - raw))
            column++;
        csv_fault(scan, bad[i].fault, column + 1);
    }
}

/* The text of the cells; the window does not move from here on. */
static int32_t csv_finish_cells(acrm__csv *csv)
{
    const char *raw = csv->in.data + csv->in.start;

    acrm__str_clear(&csv->unquoted);
    for (uint32_t i = 0; i < csv->n_spans; i++) {
        const char *from = raw + csv->spans[i].at;
        const char *end = from + csv->spans[i].len;
        if (!csv->spans[i].doubled)
            continue;
        for (const char *quote; (quote = memchr(from, '"', (size_t)(end - from))) != NULL;) {
            acrm__str_add(&csv->unquoted, from, (size_t)(quote + 1 - from));
            from = quote + 2;
        }
        acrm__str_add(&csv->unquoted, from, (size_t)(end - from));
    }
    if (csv->unquoted.failed)
        return ACRM_E_NOMEM;
    for (size_t i = 0, used = 0; i < csv->n_spans; i++) {
        const acrm__csv_span *span = &csv->spans[i];
        csv->cells[i] = (acrm__csv_cell){ raw + span->at, span->len };
        if (!span->doubled)
            continue;
        size_t quotes = 0;
        for (size_t k = 0; k < span->len; k++)
            quotes += raw[span->at + k] == '"';
        csv->cells[i] = (acrm__csv_cell){ csv->unquoted.data + used, span->len - quotes / 2 };
        used += csv->cells[i].len;
    }
    return ACRM_OK;
}

static bool csv_is_blank(const acrm__csv *csv, uint32_t from)
{
    for (uint32_t i = from; i < csv->n_spans; i++)
        if (csv->spans[i].len > 0)
            return false;
    return true;
}

/* Give out the row that `scan` found; the window keeps it until the next one is asked for. */
static int32_t csv_give(acrm__csv *csv, csv_scan *scan, acrm__csv_row *row)
{
    int32_t status;

    csv_check_bytes(csv, scan);
    if (csv->rows > 0 && csv->n_spans > csv->n_columns && csv_is_blank(csv, csv->n_columns))
        csv->n_spans = csv->n_columns;
    if (csv->rows > 0 && csv->n_spans != csv->n_columns)
        csv_fault(scan, ACRM__CSV_RAGGED,
                  1 + (csv->n_spans < csv->n_columns ? csv->n_spans : csv->n_columns));
    status = csv_finish_cells(csv);
    if (status != ACRM_OK)
        return status;
    if (csv->rows == 0)
        csv->n_columns = csv->n_spans;
    csv->rows++;
    *row = (acrm__csv_row){ .number = csv->rows, .line = csv->line, .offset = csv->in.offset,
                            .raw = csv->in.data + csv->in.start, .raw_len = scan->at,
                            .cells = csv->cells, .n_cells = csv->n_spans,
                            .fault = scan->fault, .column = scan->column };
    csv->line += csv_count_lines(row->raw, row->raw_len);
    acrm__input_skip(&csv->in, scan->at); /* moves no byte: the row stays where it is */
    return ACRM_OK;
}

/* A row that is too long: its beginning is kept, the rest passed over. */
static int32_t csv_give_long(acrm__csv *csv, const csv_scan *scan, acrm__csv_row *row)
{
    const char *raw = csv->in.data + csv->in.start;

    acrm__str_clear(&csv->raw);
    acrm__str_add(&csv->raw, raw, acrm__input_cut(raw, scan->at, ACRM__CSV_RAW_MAX));
    if (csv->raw.failed)
        return ACRM_E_NOMEM;
    csv->rows++;
    *row = (acrm__csv_row){ .number = csv->rows, .line = csv->line, .offset = csv->in.offset,
                            .raw = csv->raw.data, .raw_len = csv->raw.len,
                            .fault = scan->fault, .column = scan->column };
    csv->line += csv_count_lines(raw, scan->at);
    acrm__input_skip(&csv->in, scan->at);
    return csv_skip_line(csv);
}

int32_t acrm__csv_next(acrm__csv *csv, acrm__csv_row *row, bool *more)
{
    for (;;) {
        csv_scan scan = { 0 };
        int32_t status = csv->rows + csv->blank > 0 ? csv_take_line_end(csv) : ACRM_OK;
        if (status != ACRM_OK)
            return status;
        if (csv_byte(csv, &scan, 0) == CSV_END) {
            *more = false;
            return scan.status;
        }
        csv_scan_row(csv, &scan);
        if (scan.status != ACRM_OK)
            return scan.status;
        *more = true;
        if (scan.skip)
            return csv_give_long(csv, &scan, row);
        if (scan.fault != ACRM__CSV_OK || !csv_is_blank(csv, 0))
            return csv_give(csv, &scan, row);
        csv->blank++;
        csv->line += csv_count_lines(csv->in.data + csv->in.start, scan.at);
        acrm__input_skip(&csv->in, scan.at);
    }
}
