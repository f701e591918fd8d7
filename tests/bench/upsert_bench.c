/* SPDX-License-Identifier: MIT */
/* Importing customers by their numbers, all of them new, then again with a tenth of them changed,
 * against C and SQL written by hand. */
#define _GNU_SOURCE /* timegm */
#include "bench.h"
#include "upsert_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

typedef struct upsert_side {
    char path[128];
    double first[BENCH_RUNS_MAX], again[BENCH_RUNS_MAX];
    long created, updated, unchanged;
} upsert_side;

typedef struct upsert_file {
    char *text;
    size_t len, at;
} upsert_file;

static void upsert_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void upsert_make_file(upsert_file *file, long rows, bool changed)
{
    static const char *const cities[] = { "Tehran", "Isfahan", "Shiraz", "Tabriz" };

    *file = (upsert_file){ .text = malloc((size_t)rows * 120 + 100) };
    file->len = (size_t)sprintf(file->text, "external_id,name,phone,email,city\n");
    for (long i = 0; i < rows; i++)
        file->len += (size_t)sprintf(file->text + file->len,
            "N%ld,Reza Karimi%ld,0912%07ld,r%ld@example.com,%s\n", i, i, i, i,
            cities[(i + (changed && i % 10 == 0)) % 4]);
}

static int64_t upsert_read(void *user, void *dst, size_t cap)
{
    upsert_file *file = user;
    size_t n = file->len - file->at < cap ? file->len - file->at : cap;

    memcpy(dst, file->text + file->at, n);
    file->at += n;
    return (int64_t)n;
}

static void upsert_open(const char *path, acrm_engine **engine, acrm_session **session)
{
    acrm_error *err = NULL;

    if (acrm_open(path, NULL, engine, &err) != ACRM_OK ||
        acrm_session_new(*engine, "system", session, &err) != ACRM_OK)
        upsert_fail("open", err);
}

static void upsert_remove(const char *path)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char name[160];

    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

/* A new file, made by the library for either side. */
static void upsert_prepare(const upsert_side *side)
{
    acrm_engine *engine;
    acrm_session *session;

    upsert_remove(side->path);
    upsert_open(side->path, &engine, &session);
    acrm_session_free(session);
    acrm_close(engine);
}

static long upsert_count(const acrm_value *out, const char *key)
{
    return (long)acrm_value_int(acrm_value_get(out, key));
}

static void upsert_ours(upsert_side *side, upsert_file *file, bool match, int64_t *statements)
{
    const char *args = match ? "{\"source\":\"b\",\"entity\":\"customer\",\"country\":\"IR\"}"
                             : "{\"source\":\"b\",\"entity\":\"customer\",\"country\":\"IR\","
                               "\"duplicates\":\"create\"}";
    acrm_engine *engine;
    acrm_session *session;
    acrm_value *map = NULL, *out = NULL;
    acrm_error *err = NULL;

    upsert_open(side->path, &engine, &session);
    file->at = 0;
    acrm_session_set_input(session, upsert_read, file);
    *statements = acrm_session_statements(session);
    if (acrm_value_parse(NULL, args, strlen(args), &map, &err) != ACRM_OK ||
        acrm_call(session, "import.upsert", map, &out, &err) != ACRM_OK)
        upsert_fail("import.upsert", err);
    *statements = acrm_session_statements(session) - *statements;
    side->created = upsert_count(out, "created");
    side->updated = upsert_count(out, "updated");
    side->unchanged = upsert_count(out, "unchanged");
    acrm_value_free(map);
    acrm_value_free(out);
    acrm_session_free(session);
    acrm_close(engine);
}

static void upsert_hand(upsert_side *side, const upsert_file *file, bool match)
{
    upsert_baseline hand;

    upsert_baseline_run(&hand, side->path, file->text, file->len, match);
    side->created = hand.created;
    side->updated = hand.updated;
    side->unchanged = hand.unchanged;
}

static void upsert_same(const upsert_side *a, const upsert_side *b)
{
    if (a->created == b->created && a->updated == b->updated && a->unchanged == b->unchanged)
        return;
    fprintf(stderr, "the two differ: %ld/%ld/%ld and %ld/%ld/%ld\n", a->created, a->updated,
            a->unchanged, b->created, b->updated, b->unchanged);
    exit(EXIT_FAILURE);
}

typedef struct upsert_files {
    upsert_file first, again;
    int64_t first_statements, again_statements;
} upsert_files;

/* Both passes of both sides, interleaved. */
static void upsert_run(upsert_side *ours, upsert_side *hand, upsert_files *files, bool match,
                       int run, long rows)
{
    upsert_prepare(ours);
    double begin = bench_now_us();
    upsert_ours(ours, &files->first, match, &files->first_statements);
    ours->first[run] = (bench_now_us() - begin) / (double)rows;
    upsert_prepare(hand);
    begin = bench_now_us();
    upsert_hand(hand, &files->first, match);
    hand->first[run] = (bench_now_us() - begin) / (double)rows;
    upsert_same(ours, hand);
    begin = bench_now_us();
    upsert_ours(ours, &files->again, match, &files->again_statements);
    ours->again[run] = (bench_now_us() - begin) / (double)rows;
    begin = bench_now_us();
    upsert_hand(hand, &files->again, match);
    hand->again[run] = (bench_now_us() - begin) / (double)rows;
    upsert_same(ours, hand);
}

static void upsert_measure(bench *b, long rows, const char *name, bool match)
{
    upsert_side ours = { .path = "" }, hand = { .path = "" };
    upsert_files files;
    double both[2][BENCH_RUNS_MAX];
    char label[60];

    snprintf(ours.path, sizeof ours.path, "/tmp/upsert_ours_%ld_%ld.db", rows, (long)getpid());
    snprintf(hand.path, sizeof hand.path, "/tmp/upsert_hand_%ld_%ld.db", rows, (long)getpid());
    upsert_make_file(&files.first, rows, false);
    upsert_make_file(&files.again, rows, true);
    for (int i = 0; i < b->runs; i++) {
        upsert_run(&ours, &hand, &files, match, i, rows);
        both[0][i] = ours.first[i] + ours.again[i];
        both[1][i] = hand.first[i] + hand.again[i];
    }
    snprintf(label, sizeof label, "%s.new", name);
    bench_print(b, label, rows, bench_median(ours.first, b->runs),
                bench_median(hand.first, b->runs), "us/row", 2.0);
    snprintf(label, sizeof label, "%s.again", name);
    bench_print(b, label, rows, bench_median(ours.again, b->runs),
                bench_median(hand.again, b->runs), "us/row", 2.0);
    snprintf(label, sizeof label, "%s.both", name);
    bench_print(b, label, rows, bench_median(both[0], b->runs) / 2,
                bench_median(both[1], b->runs) / 2, "us/row", 2.0);
    snprintf(label, sizeof label, "%s.statements_new", name);
    bench_print(b, label, rows, (double)files.first_statements / (double)rows, 0,
                "statements/row", 0);
    snprintf(label, sizeof label, "%s.statements_again", name);
    bench_print(b, label, rows, (double)files.again_statements / (double)rows, 0,
                "statements/row", 0);
    upsert_remove(ours.path);
    upsert_remove(hand.path);
    free(files.first.text);
    free(files.again.text);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (int i = 0; i < 3; i++) { /* a million rows only when they are asked for */
        if (!bench_wants_size(&b, sizes[i], sizes[0]) || (i == 2 && b.size != sizes[i]))
            continue;
        if (bench_wanted(&b, "upsert.plain"))
            upsert_measure(&b, sizes[i], "upsert.plain", false);
        if (bench_wanted(&b, "upsert.match"))
            upsert_measure(&b, sizes[i], "upsert.match", true);
    }
    return bench_end(&b);
}
