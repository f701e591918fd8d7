/* SPDX-License-Identifier: MIT */
/* JSON lines: right and wrong lines, limits, memory. */
#include "modules/integration/jsonl.h"

#include "source.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

static int32_t show_file(acrm__str *out, const char *text, size_t len, size_t piece,
                         const acrm_allocator *port)
{
    source s = { .text = text, .len = len, .piece = piece };
    acrm__jsonl jsonl;
    int32_t status = ACRM_OK;
    uint64_t number = 0;

    acrm__str_init(out, NULL);
    acrm__jsonl_init(&jsonl, port, source_read, &s);
    while (status == ACRM_OK) {
        acrm__jsonl_row row;
        bool more = false;
        status = acrm__jsonl_next(&jsonl, &row, &more);
        if (status != ACRM_OK || !more)
            break;
        ck_assert_uint_eq(row.number, ++number);
        ck_assert_uint_le(row.offset + row.raw_len, len);
        ck_assert_mem_eq(row.raw, text + row.offset, row.raw_len);
        ck_assert_int_eq(row.value == NULL, row.fault != NULL);
        acrm__str_format(out, "%d:", (int)row.line);
        if (row.value != NULL)
            acrm__json_write(out, row.value, 0);
        else
            acrm__str_format(out, "!%u", (unsigned)row.column);
        acrm__str_putc(out, '\n');
    }
    acrm__jsonl_free(&jsonl);
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
    { "blank lines", FILE_OF("\n  \r\n\t\n"), "" },
    { "lines", FILE_OF("{\"a\":1}\n{\"b\":\"x\"}\n"), "1:{\"a\":1}\n2:{\"b\":\"x\"}\n" },
    { "CRLF, a mark, no last end", FILE_OF("\xEF\xBB\xBF{\"a\":1}\r\n\r\n{\"b\":2}"),
      "1:{\"a\":1}\n3:{\"b\":2}\n" },
    { "wrong lines between right ones",
      FILE_OF("{\"a\":1}\n{\"a\":}\n[1]\n5\n{\"a\":1} x\n{\"a\":2}\n"),
      "1:{\"a\":1}\n2:!6\n3:!1\n4:!1\n5:!9\n6:{\"a\":2}\n" },
    { "a NUL, a bad byte, a doubled key",
      FILE_OF("{\"a\":\"\0\"}\n{\"a\":\"\xFF\"}\n{\"a\":1,\"a\":2}\n{}\n"),
      "1:!7\n2:!7\n3:!8\n4:{}\n" },
    { "cut at the end", FILE_OF("{\"a\":1}\n{\"a\""), "1:{\"a\":1}\n2:!5\n" },
};

START_TEST(jsonl__reads_the_table)
{
    static const size_t pieces[] = { 0, 1, 5 };

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        acrm__str out;
        ck_assert_int_eq(show_file(&out, files[_i].text, files[_i].len, pieces[i], NULL), ACRM_OK);
        ck_assert_msg(strcmp(out.data, files[_i].want) == 0, "%s:\n%s", files[_i].what, out.data);
        acrm__str_free(&out);
    }
}
END_TEST

START_TEST(jsonl__bounds_lines_and_memory)
{
    static const char *const ends[] = { "\n{\"b\":2}\n", "" };
    static const size_t sizes[] = { ACRM__JSONL_LINE_MAX - 8, ACRM__JSONL_LINE_MAX - 7, 10 << 20 };

    for (size_t i = 0; i < 6; i++) {
        size_t n = sizes[i / 2];
        const char *end = ends[i % 2];
        size_t len = 6 + n + 2 + strlen(end);
        char *text = malloc(len + 1);
        alloc_fail state = { 0 };
        acrm_allocator port = alloc_fail_port(&state);
        acrm__str out;
        memcpy(text, "{\"a\":\"", 6);
        memset(text + 6, 'x', n);
        memcpy(text + 6 + n, "\"}", 2);
        memcpy(text + 8 + n, end, strlen(end) + 1);
        ck_assert_int_eq(show_file(&out, text, len, 0, &port), ACRM_OK);
        bool fits = n + 8 <= ACRM__JSONL_LINE_MAX;
        ck_assert_int_eq(strncmp(out.data, fits ? "1:{\"a\":\"x" : "1:!1048577\n", 9), 0);
        ck_assert_int_eq(strstr(out.data, "\n2:{\"b\":2}\n") != NULL, *end != '\0');
        ck_assert_uint_lt(state.peak_bytes, 8 << 20);
        ck_assert_uint_eq(state.live_bytes, 0);
        acrm__str_free(&out);
        free(text);
    }
}
END_TEST

START_TEST(jsonl__streams_in_flat_memory)
{
    enum { ROWS = 50000 };
    static const char line[] = "{\"name\":\"Ana\",\"phones\":[\"+34 612 345 678\"],\"n\":12}\n";
    size_t len = ROWS * (sizeof line - 1);
    char *text = malloc(len);
    alloc_fail state = { 0 };
    acrm_allocator port = alloc_fail_port(&state);
    source s = { .text = text, .len = len };
    acrm__jsonl jsonl;
    acrm__jsonl_row row;
    bool more = true;

    for (size_t i = 0; i < ROWS; i++)
        memcpy(text + i * (sizeof line - 1), line, sizeof line - 1);
    acrm__jsonl_init(&jsonl, &port, source_read, &s);
    while (more) {
        ck_assert_int_eq(acrm__jsonl_next(&jsonl, &row, &more), ACRM_OK);
        ck_assert(!more || row.value != NULL);
    }
    ck_assert_uint_eq(jsonl.rows, ROWS);
    ck_assert_uint_lt(state.peak_bytes, 300000);
    acrm__jsonl_free(&jsonl);
    ck_assert_uint_eq(state.live_bytes, 0);
    free(text);
}
END_TEST

START_TEST(jsonl__hands_on_failures)
{
    static const char text[] = "{\"a\":[1,2,{\"b\":\"x\"}]}\n\n{\"a\":1}\n";

    for (long n = 1;; n++) {
        alloc_fail state = { .fail_at = n };
        acrm_allocator port = alloc_fail_port(&state);
        acrm__str out;
        int32_t status = show_file(&out, text, sizeof text - 1, 0, &port);
        acrm__str_free(&out);
        ck_assert_uint_eq(state.live_bytes, 0);
        if (state.failures == 0) {
            ck_assert_int_eq(status, ACRM_OK);
            break;
        }
        ck_assert_int_eq(status, ACRM_E_NOMEM);
    }
    source s = { .text = text, .len = sizeof text - 1, .piece = 1, .fail_at = 5 };
    acrm__jsonl jsonl;
    acrm__jsonl_row row;
    bool more = true;
    acrm__jsonl_init(&jsonl, NULL, source_read, &s);
    ck_assert_int_eq(acrm__jsonl_next(&jsonl, &row, &more), ACRM_E_STORE);
    acrm__jsonl_free(&jsonl);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("jsonl");
    TCase *tc = tcase_create("jsonl");

    tcase_add_loop_test(tc, jsonl__reads_the_table, 0, sizeof files / sizeof *files);
    tcase_add_test(tc, jsonl__bounds_lines_and_memory);
    tcase_add_test(tc, jsonl__streams_in_flat_memory);
    tcase_add_test(tc, jsonl__hands_on_failures);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
