/* SPDX-License-Identifier: MIT */
/*
 * Reading lead files: CSV against a bare search for delimiters, with and without decoding; JSON
 * lines against the reader on lines already found; ADF against expat alone.
 */
#include "bench.h"

#include "modules/integration/adf.h"
#include "modules/integration/csv.h"
#include "modules/integration/encoding.h"
#include "modules/integration/jsonl.h"

#include "../unit/integration/source.h"

#ifdef ACRM_HAVE_EXPAT
#include <expat.h>
#endif

static const char csv_line[] = "Ana Garc\xC3\xAD" "a,+34 612 345 678,ana@example.com,"
                               "\"Madrid, ES\",web,2026-11-21,Golf,\"says \"\"soon\"\"\"\r\n";
static const char json_line[] = "{\"name\":\"Ana Garc\xC3\xAD" "a\",\"phone\":\"+34 612 345 678\","
                                "\"email\":\"ana@example.com\",\"city\":\"Madrid\","
                                "\"year\":2024}\n";
static const char adf_prospect[] =
    "<prospect><id source=\"web\">1</id><requestdate>2026-11-21T08:30:00Z</requestdate><vehicle>"
    "<year>2024</year><make>Fiat</make><model>Panda</model></vehicle><customer><contact>"
    "<name part=\"first\">Ana</name><name part=\"last\">Garc\xC3\xAD" "a</name>"
    "<email>ana@example.com</email><phone>+34 612 345 678</phone></contact></customer>"
    "</prospect>\n";

typedef struct file {
    char *text;
    size_t len;
} file;

static void fail(const char *what)
{
    fprintf(stderr, "lead_files_bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static file make_file(const char *before, const char *line, long rows, const char *after)
{
    size_t each = strlen(line);
    size_t head = strlen(before);
    file f = { .len = head + each * (size_t)rows + strlen(after) };

    f.text = malloc(f.len + 1);
    if (f.text == NULL)
        fail("no memory");
    memcpy(f.text, before, head);
    for (long i = 0; i < rows; i++)
        memcpy(f.text + head + (size_t)i * each, line, each);
    strcpy(f.text + head + each * (size_t)rows, after);
    return f;
}

static uint64_t csv_run(acrm__read_fn read, void *user)
{
    acrm__csv csv;
    acrm__csv_row row;
    uint64_t bytes = 0;
    bool more = true;

    if (acrm__csv_init(&csv, NULL, read, user, 0) != ACRM_OK)
        fail("csv");
    while (acrm__csv_next(&csv, &row, &more) == ACRM_OK && more)
        for (uint32_t i = 0; i < row.n_cells; i++)
            bytes += row.cells[i].len;
    acrm__csv_free(&csv);
    return bytes;
}

static void csv_ours(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        source s = { .text = f->text, .len = f->len };
        uint64_t bytes = csv_run(source_read, &s);
        bench_keep(&bytes);
    }
}

/* No quotes, no checks, no streaming: where the delimiters are. */
static void csv_bare(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        uint64_t bytes = 0;
        const char *from = f->text;
        for (const char *p = f->text; p < f->text + f->len; p++) {
            if (*p != ',' && *p != '\n')
                continue;
            bytes += (uint64_t)(p - from);
            from = p + 1;
        }
        bench_keep(&bytes);
    }
}

static void csv_decoded(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        source s = { .text = f->text, .len = f->len };
        acrm__decoder d;
        if (acrm__decoder_init(&d, NULL, source_read, &s, ACRM__ENCODING_NONE, false) != ACRM_OK)
            fail("decoder");
        uint64_t bytes = csv_run(acrm__decoder_read, &d);
        acrm__decoder_free(&d);
        bench_keep(&bytes);
    }
}

static void jsonl_ours(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        source s = { .text = f->text, .len = f->len };
        acrm__jsonl jsonl;
        acrm__jsonl_row row;
        bool more = true;
        acrm__jsonl_init(&jsonl, NULL, source_read, &s);
        while (acrm__jsonl_next(&jsonl, &row, &more) == ACRM_OK && more)
            if (row.value == NULL)
                fail("jsonl");
        acrm__jsonl_free(&jsonl);
    }
}

static void jsonl_bare(void *user, long ops)
{
    const file *f = user;
    acrm__arena arena;

    acrm__arena_init(&arena, NULL);
    for (long i = 0; i < ops; i++) {
        for (size_t at = 0; at < f->len; at += sizeof json_line - 1) {
            acrm_value *value = NULL;
            acrm__json_fault fault;
            acrm__arena_reset(&arena);
            if (acrm__json_read(&arena, f->text + at, sizeof json_line - 2, &value, &fault) != 0)
                fail("json");
            bench_keep(value);
        }
    }
    acrm__arena_free(&arena);
}

#ifdef ACRM_HAVE_EXPAT
static void adf_ours(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        source s = { .text = f->text, .len = f->len };
        acrm__adf *adf = NULL;
        acrm__adf_item item;
        bool more = true;
        if (acrm__adf_new(NULL, source_read, &s, 0, &adf) != ACRM_OK)
            fail("adf");
        while (acrm__adf_next(adf, &item, &more) == ACRM_OK && more)
            if (item.prospect == NULL)
                fail(item.message);
        acrm__adf_free(adf);
    }
}

static void XMLCALL adf_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    bench_keep(user);
    bench_keep(name);
}

static void XMLCALL adf_end(void *user, const XML_Char *name)
{
    bench_keep(user);
    bench_keep(name);
}

static void XMLCALL adf_text(void *user, const XML_Char *text, int len)
{
    bench_keep(user);
    bench_keep(text);
    bench_keep(&len);
}

static void adf_bare(void *user, long ops)
{
    const file *f = user;

    for (long i = 0; i < ops; i++) {
        XML_Parser parser = XML_ParserCreate("UTF-8");
        XML_SetElementHandler(parser, adf_start, adf_end);
        XML_SetCharacterDataHandler(parser, adf_text);
        for (size_t at = 0; at < f->len; at += 16384) {
            size_t n = f->len - at < 16384 ? f->len - at : 16384;
            if (XML_Parse(parser, f->text + at, (int)n, at + n == f->len) != XML_STATUS_OK)
                fail("expat");
        }
        XML_ParserFree(parser);
    }
}
#endif

int main(int argc, char **argv)
{
    static const long sizes[] = { 1000, 10000, 100000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        file csv = make_file("", csv_line, sizes[i], "");
        file json = make_file("", json_line, sizes[i], "");
        bench_compare(&b, &(bench_measure){ .name = "csv.read", .size = sizes[i], .goal = 4,
                                            .ours = csv_ours, .baseline = csv_bare,
                                            .user = &csv });
        bench_compare(&b, &(bench_measure){ .name = "csv.decode", .size = sizes[i], .goal = 2,
                                            .ours = csv_decoded, .baseline = csv_ours,
                                            .user = &csv });
        bench_compare(&b, &(bench_measure){ .name = "jsonl.read", .size = sizes[i], .goal = 1.5,
                                            .ours = jsonl_ours, .baseline = jsonl_bare,
                                            .user = &json });
#ifdef ACRM_HAVE_EXPAT
        file adf = make_file("<?xml version=\"1.0\"?><adf>", adf_prospect, sizes[i], "</adf>");
        bench_compare(&b, &(bench_measure){ .name = "adf.read", .size = sizes[i], .goal = 2.5,
                                            .ours = adf_ours, .baseline = adf_bare,
                                            .user = &adf });
        free(adf.text);
#endif
        free(csv.text);
        free(json.text);
    }
    return bench_end(&b);
}
