/* SPDX-License-Identifier: MIT */
/* What a get costs by the C call with JSON text, beside which each language is put: bench DATABASE
 * prints its microseconds of processor time, bench DATABASE fill makes the customers first (see
 * bindings/bench.py). */
#include <autocrm/autocrm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BENCH_SIZE = 10000, BENCH_BATCH = 1000, BENCH_GETS = 5000, BENCH_RUNS = 9 };

static char bench_ids[BENCH_SIZE][37];

static void bench_must(int32_t status, acrm_error *err)
{
    if (status == ACRM_OK)
        return;
    fprintf(stderr, "bench: %s\n", err != NULL ? acrm_error_json(err) : acrm_status_name(status));
    exit(EXIT_FAILURE);
}

static void bench_fill(acrm_session *session)
{
    static char json[BENCH_BATCH * 32 + 32];
    acrm_error *err = NULL;

    for (int start = 0; start < BENCH_SIZE; start += BENCH_BATCH) {
        int len = snprintf(json, sizeof json, "{\"records\":[");

        for (int n = start; n < start + BENCH_BATCH; n++)
            len += snprintf(json + len, sizeof json - (size_t)len, "%s{\"name\":\"Customer %06d\"}",
                            n > start ? "," : "", n);
        len += snprintf(json + len, sizeof json - (size_t)len, "]}");
        bench_must(acrm_call_json(session, "customer.create_many", json, (size_t)len, NULL, &err),
                   err);
    }
}

static void bench_read_ids(acrm_session *session)
{
    acrm_cursor *cursor = NULL;
    const acrm_value *item = NULL;
    acrm_value *args = NULL;
    acrm_error *err = NULL;

    acrm_value_new(NULL, &args);
    acrm_value_set_map(args);
    acrm_value_set_int(acrm_value_put(args, "limit"), BENCH_BATCH);
    bench_must(acrm_cursor_new(session, "customer.list", args, &cursor, &err), err);
    for (int n = 0; n < BENCH_SIZE; n++) {
        bench_must(acrm_cursor_next(cursor, &item, &err), err);
        memcpy(bench_ids[n], acrm_value_text(acrm_value_get(item, "id"), NULL), 37);
    }
    acrm_cursor_free(cursor);
    acrm_value_free(args);
}

static void bench_gets(acrm_session *session)
{
    char json[64];
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    for (long n = 0; n < BENCH_GETS; n++) {
        int len = snprintf(json, sizeof json, "{\"id\":\"%s\"}", bench_ids[n * 7919 % BENCH_SIZE]);

        bench_must(acrm_call_json(session, "customer.get", json, (size_t)len, &out, &err), err);
        acrm_buf_free(out);
    }
}

static int bench_order(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
    acrm_options options = { .struct_size = sizeof options, .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    acrm_error *err = NULL;
    double runs[BENCH_RUNS];

    if (argc < 2)
        return EXIT_FAILURE;
    bench_must(acrm_open(argv[1], &options, &engine, &err), err);
    bench_must(acrm_session_new(engine, "system", &session, &err), err);
    if (argc > 2)
        bench_fill(session);
    bench_read_ids(session);
    for (int run = 0; run < BENCH_RUNS; run++) {
        clock_t begin = clock();

        bench_gets(session);
        runs[run] = (double)(clock() - begin) * 1e6 / CLOCKS_PER_SEC / BENCH_GETS;
    }
    qsort(runs, BENCH_RUNS, sizeof runs[0], bench_order);
    printf("%.3f\n", runs[BENCH_RUNS / 2]);
    acrm_session_free(session);
    acrm_close(engine);
    return 0;
}
