/* SPDX-License-Identifier: MIT */
/* Rows of a file in whatever format. */
#include "modules/integration/rows.h"

#include <stdio.h>
#include <string.h>

static const char *const rows_formats[] = {
    [ACRM__ROWS_ADF] = "adf", [ACRM__ROWS_CSV] = "csv", [ACRM__ROWS_JSONL] = "jsonl",
    [ACRM__ROWS_VCARD] = "vcard",
};

int32_t acrm__rows_format(const char *name)
{
    for (int32_t i = ACRM__ROWS_ADF; name && i <= ACRM__ROWS_VCARD; i++)
        if (strcmp(rows_formats[i], name) == 0)
            return i;
    return ACRM__ROWS_AUTO;
}

const char *acrm__rows_format_name(int32_t format)
{
    return rows_formats[format];
}

/* --- The input as it comes, with its beginning read ahead --- */

static int64_t rows_read_raw(void *user, void *buf, size_t cap)
{
    acrm__rows *rows = user;
    size_t left = rows->raw_len - rows->raw_at;

    if (left == 0)
        return rows->read(rows->user, buf, cap);
    if (left > cap)
        left = cap;
    memcpy(buf, rows->raw_head + rows->raw_at, left);
    rows->raw_at += left;
    return (int64_t)left;
}

static int32_t rows_read_raw_ahead(acrm__rows *rows)
{
    while (rows->raw_len < sizeof rows->raw_head) {
        int64_t n = rows->read(rows->user, rows->raw_head + rows->raw_len,
                               sizeof rows->raw_head - rows->raw_len);
        if (n < 0)
            return (int32_t)n;
        if (n == 0)
            break;
        rows->raw_len += (size_t)n;
    }
    return ACRM_OK;
}

static bool rows_is_vcard(const acrm__rows *rows)
{
    static const char mark[] = "begin:vcard";
    size_t i = 0, n = 0;

    if (rows->raw_len >= 3 && memcmp(rows->raw_head, "\xEF\xBB\xBF", 3) == 0)
        i = 3;
    while (i < rows->raw_len && strchr(" \t\r\n", rows->raw_head[i]))
        i++;
    for (; i + n < rows->raw_len && mark[n]; n++) {
        char c = rows->raw_head[i + n];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != mark[n])
            return false;
    }
    return mark[n] == '\0';
}

/* Folds of a vCard may cut characters: its encoding is told without them. */
static int32_t rows_vcard_encoding(const acrm__rows *rows)
{
    char sample[sizeof rows->raw_head];
    size_t n = 0;

    for (size_t i = 0; i < rows->raw_len; i++) {
        bool crlf = i + 2 < rows->raw_len && rows->raw_head[i] == '\r';
        size_t end = crlf ? i + 1 : i;
        if (rows->raw_head[end] == '\n' && end + 1 < rows->raw_len &&
            (rows->raw_head[end + 1] == ' ' || rows->raw_head[end + 1] == '\t'))
            i = end + 1;
        else
            sample[n++] = rows->raw_head[i];
    }
    return acrm__encoding_detect(sample, n);
}

/* --- The decoded input, with its beginning read ahead --- */

static int64_t rows_read(void *user, void *buf, size_t cap)
{
    acrm__rows *rows = user;
    size_t left = rows->head_len - rows->head_at;

    if (left == 0)
        return acrm__decoder_read(&rows->decoder, buf, cap);
    if (left > cap)
        left = cap;
    memcpy(buf, rows->head + rows->head_at, left);
    rows->head_at += left;
    return (int64_t)left;
}

static int32_t rows_read_ahead(acrm__rows *rows)
{
    while (rows->head_len + 8 < sizeof rows->head) {
        int64_t n = acrm__decoder_read(&rows->decoder, rows->head + rows->head_len,
                                       sizeof rows->head - rows->head_len);
        if (n < 0)
            return (int32_t)n;
        if (n == 0)
            break;
        rows->head_len += (size_t)n;
    }
    return ACRM_OK;
}

/* A document begins with <, a JSON line with {; a mail around an ADF document names it early. */
static int32_t rows_guess(const acrm__rows *rows)
{
    size_t i = 0;

    while (i < rows->head_len && strchr(" \t\r\n", rows->head[i]))
        i++;
    if (i < rows->head_len && rows->head[i] == '{')
        return ACRM__ROWS_JSONL;
    for (size_t k = i; k + 5 < rows->head_len; k++)
        if (memcmp(rows->head + k, "<?xml", 5) == 0 || memcmp(rows->head + k, "<?ADF", 5) == 0 ||
            memcmp(rows->head + k, "<?adf", 5) == 0 || memcmp(rows->head + k, "<adf>", 5) == 0)
            return ACRM__ROWS_ADF;
    return i < rows->head_len && rows->head[i] == '<' ? ACRM__ROWS_ADF : ACRM__ROWS_CSV;
}

/* The first row of a CSV names its columns. */
static int32_t rows_csv_header(acrm__rows *rows, const acrm__csv_row *row)
{
    acrm__arena *arena = &rows->names;

    rows->columns = acrm__arena_array(arena, row->n_cells ? row->n_cells : 1, sizeof(char *));
    rows->header = acrm__arena_text(arena, row->raw, row->raw_len);
    if (!rows->columns || !rows->header)
        return ACRM_E_NOMEM;
    for (uint32_t i = 0; i < row->n_cells; i++) {
        const acrm__csv_cell *cell = &row->cells[i];
        rows->columns[i] = cell->len ? acrm__arena_text(arena, cell->text, cell->len)
                                     : acrm__arena_format(arena, "column %u", i + 1);
        if (!rows->columns[i])
            return ACRM_E_NOMEM;
    }
    rows->n_columns = row->n_cells;
    return ACRM_OK;
}

static int32_t rows_open_csv(acrm__rows *rows, const acrm_allocator *allocator, char delimiter)
{
    acrm__csv_row row;
    bool more = false;

    int32_t st = acrm__csv_init(&rows->csv, allocator, rows_read, rows, delimiter);
    if (st == ACRM_OK)
        st = acrm__csv_next(&rows->csv, &row, &more);
    return st == ACRM_OK && more ? rows_csv_header(rows, &row) : st;
}

static int32_t rows_open_vcard(acrm__rows *rows, const acrm_allocator *allocator,
                               int32_t encoding)
{
    if (encoding == ACRM__ENCODING_NONE)
        encoding = rows_vcard_encoding(rows);
    if (encoding == ACRM__ENCODING_UTF8) { /* the reader unfolds before it looks at characters */
        rows->decoder.encoding = encoding;
        return acrm_vcard_reader_new(rows_read_raw, rows, allocator, &rows->vcard);
    }
    int32_t st = acrm__decoder_init(&rows->decoder, allocator, rows_read_raw, rows, encoding,
                                    false);
    return st == ACRM_OK ? acrm_vcard_reader_new(rows_read, rows, allocator, &rows->vcard) : st;
}

int32_t acrm__rows_open(acrm__rows *rows, acrm__call *call, int32_t format, int32_t encoding,
                        char delimiter, acrm__read_fn read, void *user)
{
    const acrm_allocator *allocator = &call->arena->allocator;

    memset(rows, 0, sizeof *rows);
    rows->call = call;
    rows->read = read;
    rows->user = user;
    acrm__arena_init(&rows->names, allocator);
    int32_t st = rows_read_raw_ahead(rows);
    if (st == ACRM_OK && (format == ACRM__ROWS_VCARD || (!format && rows_is_vcard(rows)))) {
        rows->format = ACRM__ROWS_VCARD;
        return rows_open_vcard(rows, allocator, encoding);
    }
    if (st == ACRM_OK)
        st = acrm__decoder_init(&rows->decoder, allocator, rows_read_raw, rows, encoding, false);
    if (st == ACRM_OK)
        st = rows_read_ahead(rows);
    if (st != ACRM_OK)
        return st;
    rows->format = format ? format : rows_guess(rows);
    switch (rows->format) {
    case ACRM__ROWS_ADF:
        return acrm__adf_new(allocator, rows_read, rows, 0, &rows->adf);
    case ACRM__ROWS_JSONL:
        acrm__jsonl_init(&rows->jsonl, allocator, rows_read, rows);
        return ACRM_OK;
    default:
        return rows_open_csv(rows, allocator, delimiter);
    }
}

void acrm__rows_close(acrm__rows *rows)
{
    if (rows->format == ACRM__ROWS_ADF)
        acrm__adf_free(rows->adf);
    else if (rows->format == ACRM__ROWS_JSONL)
        acrm__jsonl_free(&rows->jsonl);
    else if (rows->format == ACRM__ROWS_CSV)
        acrm__csv_free(&rows->csv);
    else
        acrm_vcard_reader_free(rows->vcard);
    acrm__decoder_free(&rows->decoder);
    acrm__arena_free(&rows->names);
}

/* --- CSV --- */

static const char *const rows_csv_reasons[] = {
    [ACRM__CSV_QUOTE] = "quote",     [ACRM__CSV_OPEN] = "quote",
    [ACRM__CSV_CELL_LONG] = "limit", [ACRM__CSV_ROW_LONG] = "limit",
    [ACRM__CSV_COLUMNS] = "limit",   [ACRM__CSV_NUL] = "nul",
    [ACRM__CSV_ENCODING] = "encoding", [ACRM__CSV_RAGGED] = "columns",
};

static void rows_csv_fault(acrm__rows *rows, const acrm__csv_row *row, acrm__rows_item *item)
{
    item->reason = rows_csv_reasons[row->fault];
    item->message = acrm__csv_fault_text(row->fault);
    if (row->column > 0 && row->column <= rows->n_columns)
        item->place = rows->columns[row->column - 1];
    else if (row->column > 0) {
        snprintf(rows->place, sizeof rows->place, "column %u", row->column);
        item->place = rows->place;
    }
}

/* Columns of the same name keep each its value: "phone", "phone 2" ... */
static int32_t rows_csv_map(acrm__rows *rows, const acrm__csv_row *row, acrm__rows_item *item)
{
    acrm__arena *arena = rows->call->arena;
    acrm_value *map = acrm__value_in(arena);
    bool ok = map && acrm_value_set_map(map) == ACRM_OK;

    for (uint32_t i = 0; ok && i < row->n_cells && i < rows->n_columns; i++) {
        const char *name = rows->columns[i];
        if (row->cells[i].len == 0)
            continue;
        if (acrm_value_get(map, name))
            name = acrm__arena_format(arena, "%s %u", name, i + 1);
        ok = name && acrm__put_textn(map, name, row->cells[i].text, row->cells[i].len);
    }
    item->row = map;
    return ok ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t rows_csv(acrm__rows *rows, acrm__rows_item *item, bool *more)
{
    acrm__csv_row row;

    int32_t st = acrm__csv_next(&rows->csv, &row, more);
    if (st != ACRM_OK || !*more)
        return st;
    *item = (acrm__rows_item){ .number = row.number - 1, .raw = row.raw, .raw_len = row.raw_len,
                               .place = "" };
    if (row.fault != ACRM__CSV_OK) {
        rows_csv_fault(rows, &row, item);
        return ACRM_OK;
    }
    return rows_csv_map(rows, &row, item);
}

static int32_t rows_jsonl(acrm__rows *rows, acrm__rows_item *item, bool *more)
{
    acrm__jsonl_row row;

    int32_t st = acrm__jsonl_next(&rows->jsonl, &row, more);
    if (st != ACRM_OK || !*more)
        return st;
    *item = (acrm__rows_item){ .number = row.number, .raw = row.raw, .raw_len = row.raw_len,
                               .place = "" };
    if (row.value) {
        acrm_value *copy = acrm__value_in(rows->call->arena);
        if (!copy || !acrm__value_copy(copy, row.value))
            return ACRM_E_NOMEM;
        item->row = copy;
    }
    if (row.fault) {
        snprintf(rows->place, sizeof rows->place, "byte %u", row.column);
        item->reason = "json";
        item->message = row.fault;
        item->place = rows->place;
    }
    return ACRM_OK;
}

static int32_t rows_adf(acrm__rows *rows, acrm__rows_item *item, bool *more)
{
    acrm__adf_item found;

    int32_t st = acrm__adf_next(rows->adf, &found, more);
    if (st == ACRM_OK && *more)
        *item = (acrm__rows_item){ .number = found.number, .raw = found.raw,
                                   .raw_len = found.raw_len, .row = found.prospect,
                                   .reason = found.reason, .message = found.message,
                                   .place = found.place };
    return st;
}

static int32_t rows_vcard(acrm__rows *rows, acrm__rows_item *item, bool *more)
{
    acrm_vcard card = { .struct_size = sizeof card };

    int32_t st = acrm_vcard_next(rows->vcard, &card);
    *more = card.more != 0;
    if (st != ACRM_OK || !*more)
        return st;
    *item = (acrm__rows_item){ .number = (uint64_t)card.number, .raw = card.raw,
                               .raw_len = card.raw_len, .place = "", .reason = card.reason,
                               .message = card.message };
    if (card.fault_line > 0) {
        snprintf(rows->place, sizeof rows->place, "line %lld", (long long)card.fault_line);
        item->place = rows->place;
    }
    return card.card ? acrm__rows_of_card(rows->call->arena, card.card, &item->row) : ACRM_OK;
}

int32_t acrm__rows_next(acrm__rows *rows, acrm__rows_item *item, bool *more)
{
    switch (rows->format) {
    case ACRM__ROWS_ADF:
        return rows_adf(rows, item, more);
    case ACRM__ROWS_JSONL:
        return rows_jsonl(rows, item, more);
    case ACRM__ROWS_VCARD:
        return rows_vcard(rows, item, more);
    default:
        return rows_csv(rows, item, more);
    }
}
