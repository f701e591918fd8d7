/* SPDX-License-Identifier: MIT */
/* Importing a CSV file of leads, a tenth of them repeats, against C and SQL written by hand. */
#define _GNU_SOURCE /* timegm */
#include "bench.h"
#include "import_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

typedef struct import_side {
    char path[128];
    double took[BENCH_RUNS_MAX];
    long created, attached;
} import_side;

typedef struct import_file {
    char *text;
    size_t len, at;
} import_file;

static void import_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void import_make_file(import_file *file, long rows)
{
    static const char *const models[] = { "Tiggo 7", "Arrizo 6", "Omoda 5", "Jaecoo 7" };
    uint64_t seed = 42;

    *file = (import_file){ .text = malloc((size_t)rows * 140 + 100) };
    file->len = (size_t)sprintf(file->text, "id,date,name,phone,email,model\n");
    for (long i = 0; i < rows; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        long who = i % 10 == 9 ? (long)((seed >> 33) % (uint64_t)i) : i; /* somebody again */
        file->len += (size_t)sprintf(file->text + file->len,
            "L%ld,2026-01-%02ldT10:00:00Z,Reza Karimi%ld,0912%07ld,r%ld@example.com,%s\n", i,
            1 + i % 28, who, who, who, models[who % 4]);
    }
}

static int64_t import_read(void *user, void *dst, size_t cap)
{
    import_file *file = user;
    size_t n = file->len - file->at < cap ? file->len - file->at : cap;

    memcpy(dst, file->text + file->at, n);
    file->at += n;
    return (int64_t)n;
}

static void import_open(const char *path, acrm_engine **engine, acrm_session **session)
{
    acrm_error *err = NULL;

    if (acrm_open(path, NULL, engine, &err) != ACRM_OK ||
        acrm_session_new(*engine, "system", session, &err) != ACRM_OK)
        import_fail("open", err);
}

static void import_close(acrm_engine *engine, acrm_session *session)
{
    acrm_session_free(session);
    acrm_close(engine);
}

static void import_remove(const char *path)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char name[160];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

/* A new file, made by the library for either side. */
static void import_prepare(import_side *side)
{
    acrm_engine *engine;
    acrm_session *session;

    import_remove(side->path);
    import_open(side->path, &engine, &session);
    import_close(engine, session);
}

static void import_ours(import_side *side, import_file *file, int64_t *statements)
{
    static const char args[] = "{\"source\":\"bench.csv\",\"provider\":\"bench\","
                               "\"country\":\"IR\"}";
    acrm_engine *engine;
    acrm_session *session;
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    import_open(side->path, &engine, &session);
    file->at = 0;
    acrm_session_set_input(session, import_read, file);
    *statements = acrm_session_statements(session);
    if (acrm_call_json(session, "import.run", args, strlen(args), &out, &err) != ACRM_OK)
        import_fail("import.run", err);
    *statements = acrm_session_statements(session) - *statements;
    const char *created = strstr(acrm_buf_data(out), "\"created\":");
    const char *attached = strstr(acrm_buf_data(out), "\"attached\":");
    side->created = created ? strtol(created + 10, NULL, 10) : 0;
    side->attached = attached ? strtol(attached + 11, NULL, 10) : 0;
    acrm_buf_free(out);
    import_close(engine, session);
}

static void import_hand(import_side *side, const import_file *file)
{
    import_baseline hand;

    import_baseline_run(&hand, side->path, file->text, file->len);
    side->created = hand.created;
    side->attached = hand.attached;
}

static void import_measure(bench *b, long rows)
{
    import_side ours = { .path = "" }, hand = { .path = "" };
    import_file file;
    int64_t statements = 0;

    snprintf(ours.path, sizeof ours.path, "/tmp/import_ours_%ld_%ld.db", rows, (long)getpid());
    snprintf(hand.path, sizeof hand.path, "/tmp/import_hand_%ld_%ld.db", rows, (long)getpid());
    import_make_file(&file, rows);
    for (int i = 0; i < b->runs; i++) {
        import_prepare(&ours);
        double begin = bench_now_us();
        import_ours(&ours, &file, &statements);
        ours.took[i] = (bench_now_us() - begin) / (double)rows;
        import_prepare(&hand);
        begin = bench_now_us();
        import_hand(&hand, &file);
        hand.took[i] = (bench_now_us() - begin) / (double)rows;
        if (ours.created != hand.created || ours.attached != hand.attached) {
            fprintf(stderr, "the two differ: %ld and %ld created, %ld and %ld attached\n",
                    ours.created, hand.created, ours.attached, hand.attached);
            exit(EXIT_FAILURE);
        }
    }
    double our_us = bench_median(ours.took, b->runs), hand_us = bench_median(hand.took, b->runs);
    bench_print(b, "import.csv", rows, our_us, hand_us, "us/row", 2.0);
    bench_print(b, "import.csv_rate", rows, 1e6 / our_us, 1e6 / hand_us, "rows/s", 0);
    bench_print(b, "import.csv_statements", rows, (double)statements / (double)rows, 0,
                "statements/row", 0);
    import_remove(ours.path);
    import_remove(hand.path);
    free(file.text);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (int i = 0; i < 3; i++) /* a million rows only when they are asked for */
        if (bench_wanted(&b, "import.csv") && bench_wants_size(&b, sizes[i], sizes[0]) &&
            (i < 2 || b.size == sizes[i]))
            import_measure(&b, sizes[i]);
    return bench_end(&b);
}
