/* SPDX-License-Identifier: MIT */
/* JSON: reading and printing against cJSON, and against the copy of the bytes that is the floor. */
#include "bench.h"

#include "autocrm/value.h"
#include "base/json.h"

#include <cjson/cJSON.h>

typedef struct document {
    char *text;
    size_t len;
    acrm_value *value;
    cJSON *tree;
    char *copy;
} document;

static const char json_record[] =
    "{\"id\":\"019322a4-7c10-7b3e-9d4e-0a1b2c3d4e5f\",\"version\":7,\"first_name\":\"Anna-Lena\","
    "\"last_name\":\"M\xC3\xBCller\",\"level\":\"H\","
    "\"phones\":[\"+491701234567\",\"+4989123456\"],"
    "\"email\":\"anna.mueller@example.org\",\"budget\":\"42500.00\",\"currency\":\"EUR\","
    "\"test_drive\":true,\"trade_in\":null,\"score\":0.725,\"mileage\":48200,\"source\":\"web\","
    "\"note\":\"Wants the estate, calls back \\\"after six\\\"\",\"at\":\"2026-11-21T08:30:00Z\"}";

static void json_die(const char *why)
{
    fprintf(stderr, "json_bench: %s\n", why);
    exit(EXIT_FAILURE);
}

static void read_ours(void *user, long ops)
{
    const document *d = user;

    for (; ops > 0; ops--) {
        acrm_value *value = NULL;

        if (acrm_value_parse(NULL, d->text, d->len, &value, NULL) != ACRM_OK)
            json_die("cannot read");
        acrm_value_free(value);
    }
}

static void read_cjson(void *user, long ops)
{
    const document *d = user;

    for (; ops > 0; ops--)
        cJSON_Delete(cJSON_ParseWithLength(d->text, d->len));
}

static void print_ours(void *user, long ops)
{
    const document *d = user;

    for (; ops > 0; ops--) {
        acrm_buf *buf = NULL;

        if (acrm_value_print(d->value, 0, &buf) != ACRM_OK)
            json_die("cannot print");
        acrm_buf_free(buf);
    }
}

static void print_cjson(void *user, long ops)
{
    const document *d = user;

    for (; ops > 0; ops--)
        cJSON_free(cJSON_PrintUnformatted(d->tree));
}

static void both_ours(void *user, long ops)
{
    const document *d = user;

    for (; ops > 0; ops--) {
        acrm_value *value = NULL;
        acrm_buf *buf = NULL;

        if (acrm_value_parse(NULL, d->text, d->len, &value, NULL) != ACRM_OK
            || acrm_value_print(value, 0, &buf) != ACRM_OK)
            json_die("cannot read and print");
        acrm_buf_free(buf);
        acrm_value_free(value);
    }
}

static void copy_bytes(void *user, long ops)
{
    document *d = user;

    for (; ops > 0; ops--) {
        memcpy(d->copy, d->text, d->len);
        bench_keep(d->copy);
    }
}

/* One record, or a list of as many as fill the size. */
static document document_make(size_t size)
{
    size_t record = sizeof json_record - 1;
    size_t records = size > 2 * record ? size / (record + 1) : 1;
    document d = { .text = malloc(records * (record + 1) + 2) };
    char *to = d.text;

    if (records > 1)
        *to++ = '[';
    for (size_t i = 0; i < records; i++) {
        if (i > 0)
            *to++ = ',';
        memcpy(to, json_record, record);
        to += record;
    }
    if (records > 1)
        *to++ = ']';
    d.len = (size_t)(to - d.text);
    d.copy = malloc(d.len);
    d.tree = cJSON_ParseWithLength(d.text, d.len);
    if (!d.tree || acrm_value_parse(NULL, d.text, d.len, &d.value, NULL) != ACRM_OK)
        json_die("the document is wrong");
    return d;
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 400, 100 * 1024 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        document d;

        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        d = document_make((size_t)sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "json.read", .size = sizes[i], .goal = 1.0,
                      .ours = read_ours, .baseline = read_cjson, .user = &d });
        bench_compare(&b, &(bench_measure){ .name = "json.print", .size = sizes[i], .goal = 1.0,
                      .ours = print_ours, .baseline = print_cjson, .user = &d });
        bench_compare(&b, &(bench_measure){ .name = "json.read_and_print.to_memcpy",
                      .size = sizes[i], .ours = both_ours, .baseline = copy_bytes, .user = &d });
        free(d.text);
        free(d.copy);
        cJSON_Delete(d.tree);
        acrm_value_free(d.value);
    }
    return bench_end(&b);
}
