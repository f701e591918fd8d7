/* SPDX-License-Identifier: MIT */
/* CSV: right rows, wrong rows, hostile files; each file also byte by byte. */
#include "modules/integration/csv.h"

#include "source.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <stdio.h>

/* ---- a file as text: cells in [ ], a line per row, faults as "!kind@column" ---- */

static const char *const fault_names[] = { "", "quote", "open", "long", "rowlong", "columns",
                                           "nul", "encoding", "ragged" };

static void show_row(acrm__str *out, const acrm__csv_row *row)
{
    for (uint32_t i = 0; i < row->n_cells; i++) {
        acrm__str_putc(out, '[');
        if (row->cells[i].len > 40)
            acrm__str_format(out, "%zu bytes", row->cells[i].len);
        else
            acrm__str_add(out, row->cells[i].text, row->cells[i].len);
        acrm__str_putc(out, ']');
    }
    if (row->fault != ACRM__CSV_OK)
        acrm__str_format(out, "!%s@%u", fault_names[row->fault], (unsigned)row->column);
    acrm__str_putc(out, '\n');
}

/* Also checks what holds for every row: numbers, lines, and the raw text at its offset. */
static int32_t show_file(acrm__str *out, const char *text, size_t len, size_t piece,
                         char delimiter, const acrm_allocator *port)
{
    source s = { .text = text, .len = len, .piece = piece };
    acrm__csv csv;
    int32_t status = acrm__csv_init(&csv, port, source_read, &s, delimiter);
    uint64_t number = 0;
    uint64_t line = 0;

    acrm__str_init(out, NULL);
    while (status == ACRM_OK) {
        acrm__csv_row row;
        bool more = false;
        status = acrm__csv_next(&csv, &row, &more);
        if (status != ACRM_OK || !more)
            break;
        ck_assert_uint_eq(row.number, ++number);
        ck_assert_uint_gt(row.line, line);
        line = row.line;
        ck_assert_uint_le(row.offset + row.raw_len, len);
        ck_assert_mem_eq(row.raw, text + row.offset, row.raw_len);
        ck_assert(row.fault == ACRM__CSV_OK || acrm__csv_fault_text(row.fault) != NULL);
        show_row(out, &row);
    }
    acrm__csv_free(&csv);
    return status;
}

#define FILE_OF(text) text, sizeof text - 1

static const struct {
    const char *what;
    const char *text;
    size_t len;
    const char *want;
} files[] = {
    { "nothing", FILE_OF(""), "" },
    { "one cell, no line end", FILE_OF("a"), "[a]\n" },
    { "LF", FILE_OF("a,b\n1,2\n"), "[a][b]\n[1][2]\n" },
    { "CRLF", FILE_OF("a,b\r\n1,2\r\n"), "[a][b]\n[1][2]\n" },
    { "CR", FILE_OF("a,b\r1,2\r"), "[a][b]\n[1][2]\n" },
    { "mixed line ends", FILE_OF("a,b\r1,2\n3,4\r\n5,6"), "[a][b]\n[1][2]\n[3][4]\n[5][6]\n" },
    { "a mark at the start", FILE_OF("\xEF\xBB\xBF" "a,b\n"), "[a][b]\n" },
    { "blank lines and rows of empty cells",
      FILE_OF("\n\r\n\na,b\n\n,\n1,2\n\n\n\"\",\n"), "[a][b]\n[1][2]\n" },
    { "a row of blanks is a row", FILE_OF("a,b\n ,\n"), "[a][b]\n[ ][]\n" },
    { "semicolons", FILE_OF("a;b\n1,5;2,5\n"), "[a][b]\n[1,5][2,5]\n" },
    { "tabs", FILE_OF("a\tb\n1\t\n\t2\n"), "[a][b]\n[1][]\n[][2]\n" },
    { "bars", FILE_OF("a|b\n1|2\n"), "[a][b]\n[1][2]\n" },
    { "sep line", FILE_OF("sep=;\r\na;b,c\n1;2\n"), "[a][b,c]\n[1][2]\n" },
    { "one column", FILE_OF("name\nAna\nBob\n"), "[name]\n[Ana]\n[Bob]\n" },
    { "quotes", FILE_OF("\"a\",\"b,c\"\n\"1\n2\",\"3\"\"4\"\n"), "[a][b,c]\n[1\n2][3\"4]\n" },
    { "only quotes", FILE_OF("a,b\n\"\"\"\",\"\"\"\"\"\"\n"), "[a][b]\n[\"][\"\"]\n" },
    { "CRLF within quotes", FILE_OF("a,b\r\n\"1\r\n2\",3\r\n"), "[a][b]\n[1\r\n2][3]\n" },
    { "blanks around quotes", FILE_OF("a,b\n  \"x, y\" ,\"z\"\t\n"), "[a][b]\n[x, y][z]\n" },
    { "blanks without quotes stay", FILE_OF("a,b\n  x , y\n"), "[a][b]\n[  x ][ y]\n" },
    { "a quote within a cell is a quote", FILE_OF("a,b\n5\" pipe,it's\n"),
      "[a][b]\n[5\" pipe][it's]\n" },
    { "text behind quotes", FILE_OF("a,b\n\"x\"y,2\n3,4\n"),
      "[a][b]\n[x\"y][2]!quote@1\n[3][4]\n" },
    { "a stray quote costs its own line only",
      FILE_OF("a,b\n1,\"two\n3,\"four\"\n5,6\n"), "[a][b]\n[1]!open@2\n[3][four]\n[5][6]\n" },
    { "a stray quote with none behind it",
      FILE_OF("a,b\n\"1,two\n3,4\n5,6\n"), "[a][b]\n!open@1\n[3][4]\n[5][6]\n" },
    { "an open quote on the last line", FILE_OF("a,b\n1,\"two"), "[a][b]\n[1][two]!open@2\n" },
    { "few cells", FILE_OF("a,b,c\n1,2\n3\n4,5,6\n"),
      "[a][b][c]\n[1][2]!ragged@3\n[3]!ragged@2\n[4][5][6]\n" },
    { "many cells", FILE_OF("a,b\n1,2,3\n1,2,,\n"), "[a][b]\n[1][2][3]!ragged@3\n[1][2]\n" },
    { "NUL", FILE_OF("a,b\n1,2\0003\n4,5\n"), "[a][b]\n[1][2\0003]!nul@2\n[4][5]\n" },
    { "not in the encoding", FILE_OF("a,b\n\xEF\xBB\xBF" "1\xEF\xBF\xBD,2\n"),
      "[a][b]\n[\xEF\xBB\xBF" "1\xEF\xBF\xBD][2]!encoding@1\n" },
    { "Persian", FILE_OF("\xD9\x86\xD8\xA7\xD9\x85;\xD8\xB4\xD9\x87\xD8\xB1\n"
                         "\xD8\xB2\xD9\x87\xD8\xB1\xD8\xA7;"
                         "\xD8\xAA\xD9\x87\xD8\xB1\xD8\xA7\xD9\x86\n"),
      "[\xD9\x86\xD8\xA7\xD9\x85][\xD8\xB4\xD9\x87\xD8\xB1]\n"
      "[\xD8\xB2\xD9\x87\xD8\xB1\xD8\xA7][\xD8\xAA\xD9\x87\xD8\xB1\xD8\xA7\xD9\x86]\n" },
};

START_TEST(csv__reads_the_table)
{
    static const size_t pieces[] = { 0, 1, 2, 7 };

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        acrm__str out;
        ck_assert_int_eq(show_file(&out, files[_i].text, files[_i].len, pieces[i], 0, NULL),
                         ACRM_OK);
        ck_assert_msg(out.len >= strlen(files[_i].want) &&
                      memcmp(out.data, files[_i].want, strlen(files[_i].want)) == 0,
                      "%s, pieces of %zu:\n%s", files[_i].what, pieces[i], out.data);
        ck_assert(memchr(files[_i].want, 0, out.len) != NULL || out.len == strlen(files[_i].want));
        acrm__str_free(&out);
    }
}
END_TEST

START_TEST(csv_detect__finds_the_delimiter)
{
    static const struct {
        const char *sample;
        char want;
    } cases[] = {
        { "", ',' },
        { "a", ',' },
        { "a;b;c\n1,5;2,5;3\n", ';' },
        { "a;b\n\"x,y,z\";2\n\"p,q,r\";3\n", ';' },
        { "a\tb\n1, 2\t3; 4\n", '\t' },
        { "name|note\nA|x, y\nB|p, q\n", '|' },
        { "name,note\nA,x; y\nB,p\n", ',' },
        { "a,b;c\n1,2;3\n4,5;6\n", ',' }, /* as good as each other: the first of the list */
        { "\"a;b;c;d\",e\n\"a\",e\n", ',' },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(acrm__csv_detect(cases[i].sample, strlen(cases[i].sample)) == cases[i].want,
                      "%s", cases[i].sample);
}
END_TEST

START_TEST(csv__keeps_to_the_delimiter_it_is_given)
{
    acrm__str out;

    ck_assert_int_eq(show_file(&out, FILE_OF("sep=;,x\na,b;c\n"), 0, ';', NULL), ACRM_OK);
    ck_assert_str_eq(out.data, "[sep=][,x]\n[a,b][c]\n");
    acrm__str_free(&out);
}
END_TEST

START_TEST(csv__names_lines_and_offsets)
{
    static const char text[] = "a,b\r\n\r\n\"x\r\ny\",1\r\n2,3\r\n";
    static const struct {
        uint64_t line;
        uint64_t offset;
        const char *raw;
    } want[] = { { 1, 0, "a,b" }, { 3, 7, "\"x\r\ny\",1" }, { 5, 17, "2,3" } };
    source s = { .text = text, .len = sizeof text - 1 };
    acrm__csv csv;

    ck_assert_int_eq(acrm__csv_init(&csv, NULL, source_read, &s, 0), ACRM_OK);
    for (size_t i = 0; i < 3; i++) {
        acrm__csv_row row;
        bool more = false;
        ck_assert_int_eq(acrm__csv_next(&csv, &row, &more), ACRM_OK);
        ck_assert(more);
        ck_assert_uint_eq(row.line, want[i].line);
        ck_assert_uint_eq(row.offset, want[i].offset);
        ck_assert_uint_eq(row.raw_len, strlen(want[i].raw));
        ck_assert_mem_eq(row.raw, want[i].raw, row.raw_len);
    }
    ck_assert_uint_eq(csv.blank, 1);
    acrm__csv_free(&csv);
}
END_TEST

/* before, n times `fill`, after */
static char *long_text(const char *before, char fill, size_t n, const char *after, size_t *len)
{
    *len = strlen(before) + n + strlen(after);
    char *text = malloc(*len + 1);
    memcpy(text, before, strlen(before));
    memset(text + strlen(before), fill, n);
    memcpy(text + strlen(before) + n, after, strlen(after) + 1);
    return text;
}

static const struct {
    const char *what;
    const char *before;
    char fill;
    size_t n;
    const char *after;
    const char *want;
} long_files[] = {
    { "a cell of just the limit", "a,b\n1,", 'x', ACRM__CSV_CELL_MAX, "\n2,3\n",
      "[a][b]\n[1][1048576 bytes]\n[2][3]\n" },
    { "one byte more", "a,b\n1,", 'x', ACRM__CSV_CELL_MAX + 1, "\n2,3\n",
      "[a][b]\n!long@2\n[2][3]\n" },
    { "10 MB", "a,b\n1,", 'x', 10 << 20, ",z\r\n2,3\n", "[a][b]\n!long@2\n[2][3]\n" },
    { "10 MB at the end", "a,b\n", 'x', 10 << 20, "", "[a][b]\n!long@1\n" },
    { "quoted, of just the limit", "a,b\n1,\"", 'x', ACRM__CSV_CELL_MAX, "\"\n2,3\n",
      "[a][b]\n[1][1048576 bytes]\n[2][3]\n" },
    { "quoted 10 MB", "a,b\n1,\"", 'x', 10 << 20, "\"\n2,3\n", "[a][b]\n!long@2\n[2][3]\n" },
    { "quoted 10 MB with a line end", "a,b\n1,\"p\n", 'x', 10 << 20, "\"\n2,3\n",
      "[a][b]\n[1]!long@2\n!long@1\n[2][3]\n" },
    { "10,000 cells", "a,b\n", ',', 10000, "\n2,3\n", "[a][b]\n!columns@4097\n[2][3]\n" },
    { "2 MB of line ends", "a,b\n1,2", '\n', 2 << 20, "3,4\n", "[a][b]\n[1][2]\n[3][4]\n" },
};

START_TEST(csv__bounds_cells_rows_and_memory)
{
    size_t len = 0;
    char *text = long_text(long_files[_i].before, long_files[_i].fill, long_files[_i].n,
                           long_files[_i].after, &len);
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    acrm__str out;

    ck_assert_int_eq(show_file(&out, text, len, 0, 0, &port), ACRM_OK);
    ck_assert_msg(strcmp(out.data, long_files[_i].want) == 0, "%s: %s", long_files[_i].what,
                  out.data);
    ck_assert_uint_eq(state.live_bytes, 0);
    ck_assert_uint_lt(state.peak_bytes, 5 << 20);
    acrm__str_free(&out);
    free(text);
}
END_TEST

START_TEST(csv__bounds_a_row_of_many_long_cells)
{
    size_t cell = 0;
    char *one = long_text("", 'x', 1000000, ",", &cell);
    size_t len = 4 + 9 * cell + 5;
    char *text = malloc(len);
    acrm__str out;

    memcpy(text, "a,b\n", 4);
    for (int i = 0; i < 9; i++)
        memcpy(text + 4 + (size_t)i * cell, one, cell);
    memcpy(text + len - 5, "\n2,3\n", 5);
    ck_assert_int_eq(show_file(&out, text, len, 0, 0, NULL), ACRM_OK);
    ck_assert_str_eq(out.data, "[a][b]\n!rowlong@0\n[2][3]\n");
    acrm__str_free(&out);
    free(text);
    free(one);
}
END_TEST

START_TEST(csv__streams_in_flat_memory)
{
    enum { ROWS = 200000 };
    static const char row_text[] = "Ana,\"1, \"\"x\"\"\",+34 612 345 678,ana@example.com\r\n";
    size_t len = ROWS * (sizeof row_text - 1);
    char *text = malloc(len);
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    source s = { .text = text, .len = len };
    acrm__csv csv;
    acrm__csv_row row;
    bool more = true;
    uint64_t cells = 0;

    for (size_t i = 0; i < ROWS; i++)
        memcpy(text + i * (sizeof row_text - 1), row_text, sizeof row_text - 1);
    ck_assert_int_eq(acrm__csv_init(&csv, &port, source_read, &s, 0), ACRM_OK);
    for (;;) {
        ck_assert_int_eq(acrm__csv_next(&csv, &row, &more), ACRM_OK);
        if (!more)
            break;
        ck_assert_int_eq(row.fault, ACRM__CSV_OK);
        cells += row.n_cells;
    }
    ck_assert_uint_eq(cells, 4 * ROWS);
    ck_assert_uint_lt(state.peak_bytes, 300000);
    acrm__csv_free(&csv);
    ck_assert_uint_eq(state.live_bytes, 0);
    free(text);
}
END_TEST

START_TEST(csv__hands_on_failures)
{
    static const char text[] = "a,b\n\"1 \"\"x\"\"\",2\n\"3\n\",4\n";

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm__str out;
        int32_t status = show_file(&out, text, sizeof text - 1, 3, 0, &port);
        acrm__str_free(&out);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, ACRM_OK);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
    }
    for (size_t at = 1; at < 90000; at += 17001) {
        size_t len = 0;
        char *file = long_text("a,b\n1,", 'x', 100000, "\n", &len);
        source s = { .text = file, .len = len, .piece = 4096, .fail_at = at };
        acrm__csv csv;
        acrm__csv_row row;
        bool more = true;
        int32_t status = acrm__csv_init(&csv, NULL, source_read, &s, 0);
        while (status == ACRM_OK && more)
            status = acrm__csv_next(&csv, &row, &more);
        ck_assert_int_eq(status, ACRM_E_STORE);
        acrm__csv_free(&csv);
        free(file);
    }
}
END_TEST

/* ---- random files: written by the rules of RFC 4180, read back ---- */

static uint64_t random_state;

static uint32_t pick(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 32) % n);
}

START_TEST(csv__reads_back_what_was_written)
{
    static const char *const parts[] = { "a", "bc ", ",", ";", "\"", "\n", "\r\n", "\xD8\xA7",
                                         "'", "\t", " ", "12.5" };
    static const char delimiters[] = ",;\t|";
    static const char *const ends[] = { "\n", "\r\n", "\r" };

    random_state = UINT64_C(0x2545F4914F6CDD1D) + (uint64_t)_i;
    for (int round = 0; round < 300; round++) {
        char delimiter = delimiters[pick(4)];
        const char *end = ends[pick(3)];
        uint32_t columns = 1 + pick(6);
        acrm__str file;
        acrm__str want;
        acrm__str got;
        acrm__str_init(&file, NULL);
        acrm__str_init(&want, NULL);
        for (uint32_t r = 1 + pick(5); r > 0; r--) {
            for (uint32_t c = 0; c < columns; c++) {
                acrm__str cell;
                acrm__str_init(&cell, NULL);
                acrm__str_puts(&cell, c == 0 ? "x" : ""); /* no row is blank */
                for (uint32_t k = pick(5); k > 0; k--)
                    acrm__str_puts(&cell, parts[pick(12)]);
                acrm__str_format(&want, "[%s]", cell.data);
                if (c > 0)
                    acrm__str_putc(&file, delimiter);
                acrm__str_putc(&file, '"');
                for (size_t k = 0; k < cell.len; k++)
                    acrm__str_add(&file, cell.data[k] == '"' ? "\"\"" : cell.data + k,
                                  cell.data[k] == '"' ? 2 : 1);
                acrm__str_putc(&file, '"');
                acrm__str_free(&cell);
            }
            acrm__str_putc(&want, '\n');
            acrm__str_puts(&file, r > 1 || pick(2) ? end : "");
        }
        ck_assert_int_eq(show_file(&got, file.data, file.len, pick(3), delimiter, NULL), ACRM_OK);
        ck_assert_str_eq(got.data, want.data);
        acrm__str_free(&file);
        acrm__str_free(&want);
        acrm__str_free(&got);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("csv");
    TCase *tc = tcase_create("csv");

    tcase_add_loop_test(tc, csv__reads_the_table, 0, sizeof files / sizeof *files);
    tcase_add_test(tc, csv_detect__finds_the_delimiter);
    tcase_add_test(tc, csv__keeps_to_the_delimiter_it_is_given);
    tcase_add_test(tc, csv__names_lines_and_offsets);
    tcase_add_loop_test(tc, csv__bounds_cells_rows_and_memory, 0,
                        sizeof long_files / sizeof *long_files);
    tcase_add_test(tc, csv__bounds_a_row_of_many_long_cells);
    tcase_add_test(tc, csv__streams_in_flat_memory);
    tcase_add_test(tc, csv__hands_on_failures);
    tcase_add_loop_test(tc, csv__reads_back_what_was_written, 0, 8);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
