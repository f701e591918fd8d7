/* SPDX-License-Identifier: MIT */
/*
 * Export and erasure of one person with some twenty records, among many customers: the baseline is
 * the same person among a thousand, so that the ratio tells whether the cost grows with the others.
 * The sweep, which writes the file anew, is told apart in seconds.
 */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { PRIVACY_SMALL = 1000, PRIVACY_BATCH = 1000, PRIVACY_PEOPLE = 120, PRIVACY_ROWS = 8 };

typedef struct privacy_world {
    acrm_engine *engine;
    acrm_session *session;
    char path[96];
    char people[PRIVACY_PEOPLE][40]; /* those with records */
    int erased, exported;
} privacy_world;

typedef struct privacy_pair {
    privacy_world large, small;
} privacy_pair;

static void privacy_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void privacy_call(privacy_world *w, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        privacy_fail(operation, err);
    acrm_buf_free(out);
}

/* Customers with a phone number each. */
static void privacy_fill(privacy_world *w, long from, long n)
{
    size_t room = (size_t)n * 160 + 64, len;
    char *json = malloc(room);

    if (!json)
        exit(EXIT_FAILURE);
    len = (size_t)snprintf(json, room, "{\"records\":[");
    for (long i = from; i < from + n; i++)
        len += (size_t)snprintf(json + len, room - len,
                                "%s{\"name\":\"Person %ld\",\"contact_points\":[{\"channel\":"
                                "\"phone\",\"value\":\"+98912%07ld\"}]}", i > from ? "," : "", i,
                                i);
    snprintf(json + len, room - len, "]}");
    privacy_call(w, "customer.create_many", json);
    free(json);
}

static void privacy_person(privacy_world *w, int number)
{
    char json[512];
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    snprintf(json, sizeof json, "{\"name\":\"Somebody %d\",\"notes\":\"a note\",\"contact_points\":"
             "[{\"channel\":\"email\",\"value\":\"s%d@example.org\"}]}", number, number);
    if (acrm_call_json(w->session, "customer.create", json, strlen(json), &out, &err) != ACRM_OK)
        privacy_fail("customer.create", err);
    const char *id = strstr(acrm_buf_data(out), "\"id\":\"") + 6;
    snprintf(w->people[number], sizeof w->people[number], "%.36s", id);
    acrm_buf_free(out);
    for (int i = 0; i < PRIVACY_ROWS; i++) {
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"at\":\"2026-01-0%dT10:00:00Z\","
                 "\"channel\":\"phone\",\"subject\":\"call\",\"body\":\"said\"}",
                 w->people[number], 1 + i);
        privacy_call(w, "interaction.create", json);
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"due_at\":\"2027-01-0%dT10:00:00Z\","
                 "\"subject\":\"ring\"}", w->people[number], 1 + i);
        privacy_call(w, "activity.create", json);
    }
}

static void privacy_open(privacy_world *w, const char *name, long size)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    *w = (privacy_world){ .erased = 0 };
    snprintf(w->path, sizeof w->path, "/tmp/acrm-privacy-%ld-%s.db", (long)getpid(), name);
    if (acrm_open(w->path, &options, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        privacy_fail("open", err);
    for (long i = 0; i < size; i += PRIVACY_BATCH)
        privacy_fill(w, i, size - i < PRIVACY_BATCH ? size - i : PRIVACY_BATCH);
    for (int i = 0; i < PRIVACY_PEOPLE; i++)
        privacy_person(w, i);
}

static void privacy_close(privacy_world *w)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[128];

    acrm_session_free(w->session);
    acrm_close(w->engine);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", w->path, ends[i]);
        unlink(path);
    }
}

/* --- Export --- */

static void privacy_export(privacy_world *w, long ops)
{
    char json[128];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\"}",
                 w->people[w->exported++ % PRIVACY_PEOPLE]);
        privacy_call(w, "privacy.export", json);
    }
}

static void privacy_export_large(void *user, long ops)
{
    privacy_export(&((privacy_pair *)user)->large, ops);
}

static void privacy_export_small(void *user, long ops)
{
    privacy_export(&((privacy_pair *)user)->small, ops);
}

/* --- Erase --- */

static void privacy_erase(privacy_world *w, long ops)
{
    char json[200];

    for (long i = 0; i < ops; i++) {
        if (w->erased == PRIVACY_PEOPLE) {
            fputs("nobody is left to be erased: fewer runs, please\n", stderr);
            exit(EXIT_FAILURE);
        }
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"basis\":\"x\",\"reason\":\"y\"}",
                 w->people[w->erased++]);
        privacy_call(w, "privacy.erase", json);
    }
}

static void privacy_erase_large(void *user, long ops)
{
    privacy_erase(&((privacy_pair *)user)->large, ops);
}

static void privacy_erase_small(void *user, long ops)
{
    privacy_erase(&((privacy_pair *)user)->small, ops);
}

/* --- Sweep: against a plain copy of the file's bytes --- */

static double privacy_copy(const char *path)
{
    static char buffer[1 << 16];
    double begin = bench_now_us();
    FILE *in = fopen(path, "rb"), *out = tmpfile();
    size_t n;

    if (!in || !out)
        exit(EXIT_FAILURE);
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
        fwrite(buffer, 1, n, out);
    fflush(out);
    fsync(fileno(out));
    fclose(in);
    fclose(out);
    return bench_now_us() - begin;
}

static void privacy_sweep(bench *b, privacy_world *w, long size)
{
    double took[3], copied[3];

    if (!bench_wanted(b, "privacy.sweep"))
        return;
    for (int i = 0; i < 3; i++) {
        double begin = bench_now_us();
        privacy_call(w, "privacy.sweep", "{}");
        took[i] = (bench_now_us() - begin) / 1e6;
        copied[i] = privacy_copy(w->path) / 1e6;
    }
    bench_print(b, "privacy.sweep_against_a_copy", size, bench_median(took, 3),
                bench_median(copied, 3), "s", 0);
}

static void privacy_size(bench *b, long size)
{
    privacy_pair *pair = malloc(sizeof *pair);

    if (!pair)
        exit(EXIT_FAILURE);
    privacy_open(&pair->large, "large", size);
    privacy_open(&pair->small, "small", PRIVACY_SMALL);
    bench_compare(b, &(bench_measure){
        .name = "privacy.export_against_1000_customers", .size = size, .goal = 1.5,
        .ours = privacy_export_large, .baseline = privacy_export_small, .user = pair, .ops = 10 });
    bench_compare(b, &(bench_measure){
        .name = "privacy.erase_against_1000_customers", .size = size, .goal = 1.5,
        .ours = privacy_erase_large, .baseline = privacy_erase_small, .user = pair, .ops = 5 });
    privacy_sweep(b, &pair->large, size);
    privacy_close(&pair->large);
    privacy_close(&pair->small);
    free(pair);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (b.size ? i == 0 : i == 0 || !b.quick)
            privacy_size(&b, b.size ? b.size : sizes[i]);
    return bench_end(&b);
}
