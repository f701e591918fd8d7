/* SPDX-License-Identifier: MIT */
/*
 * A draw over entrants that are kept in a file: frozen, run and run again by draw.verify, against
 * the same engine fed by hand-written SQL. Once each: a draw is frozen and run once. Memory, beyond
 * SQLite's own page cache, must not grow with the list. A million only by --size.
 */
#include "bench.h"

#include "autocrm/autocrm.h"
#include "autocrm/draw.h"

#include <sqlite3.h>
#include <unistd.h>

enum { DRAW_PICKS = 1000, DRAW_BATCH = 1000, LIMIT_KIB = 8192 };

typedef struct world {
    char path[64], round[40];
    long size;
    size_t live, peak; /* bytes that the library has from the host */
    acrm_engine *engine;
    acrm_session *session;
    sqlite3 *db;
} world;

static void *count(void *self, void *ptr, size_t old_size, size_t new_size)
{
    world *w = self;
    void *block = NULL;

    if (new_size > 0)
        block = realloc(ptr, new_size);
    else
        free(ptr);
    if (block || new_size == 0)
        w->live += new_size - old_size;
    w->peak = w->live > w->peak ? w->live : w->peak;
    return block;
}

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static acrm_value *call(world *w, const char *operation, const char *json)
{
    acrm_value *value = NULL;
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK ||
        acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &value, NULL) != ACRM_OK)
        stop(operation, acrm_error_json(err));
    acrm_buf_free(out);
    return value;
}

/* Customers, and an entry of each, in no order of the list. */
static void fill(world *w)
{
    char *json = malloc(DRAW_BATCH * 160 + 64);
    acrm_value *made = call(w, "draw_round.create", "{\"name\":\"bench\",\"places\":900,"
                                                    "\"reserves\":100}");

    snprintf(w->round, sizeof w->round, "%s", acrm_value_text(acrm_value_get(made, "id"), NULL));
    acrm_value_free(made);
    for (long done = 0; done < w->size; done += DRAW_BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = done; i < done + DRAW_BATCH; i++)
            len += (size_t)sprintf(json + len, "%s{\"name\":\"C %ld\"}", i > done ? "," : "", i);
        strcpy(json + len, "]}");
        made = call(w, "customer.create_many", json);
        const acrm_value *ids = acrm_value_get(made, "ids");
        len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = 0; i < DRAW_BATCH; i++)
            len += (size_t)sprintf(json + len, "%s{\"draw_round_id\":\"%s\",\"customer_id\":\"%s\","
                                   "\"entrant\":\"R%08lx\"}", i > 0 ? "," : "", w->round,
                                   acrm_value_text(acrm_value_at(ids, (size_t)i), NULL),
                                   (unsigned long)(done + i) * 2654435761UL & 0xffffffffUL);
        strcpy(json + len, "]}");
        acrm_value_free(made);
        acrm_value_free(call(w, "draw_entrant.create_many", json));
    }
    free(json);
}

/* --- By hand --- */

static sqlite3_stmt *prepared(const world *w, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(w->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        stop(sql, sqlite3_errmsg(w->db));
    return stmt;
}

static acrm_draw *list_by_hand(const world *w, const char *seed, char hash[ACRM_DRAW_HASH_SIZE])
{
    const acrm_draw_options options = { .struct_size = sizeof options, .round = "bench",
        .picks = seed ? DRAW_PICKS : 0, .seed = seed, .list_hash = seed ? hash : NULL };
    sqlite3_stmt *list = prepared(w, "SELECT entrant, weight FROM draw_entrant"
                                     " WHERE draw_round_id = (SELECT id FROM draw_round)"
                                     " AND deleted_at IS NULL AND state <> 'excluded'"
                                     " ORDER BY entrant");
    acrm_draw *draw = NULL;

    if (acrm_draw_new(NULL, &options, &draw, NULL) != ACRM_OK)
        stop("draw", "");
    while (sqlite3_step(list) == SQLITE_ROW)
        if (acrm_draw_add(draw, (const char *)sqlite3_column_text(list, 0),
                          (size_t)sqlite3_column_bytes(list, 0),
                          (uint32_t)sqlite3_column_int(list, 1)) != ACRM_OK)
            stop("draw", "");
    if (acrm_draw_finish(draw, hash) != ACRM_OK)
        stop("draw", "another list");
    sqlite3_finalize(list);
    return draw;
}

/* Whoever takes part twice, and the hash of the list. */
static void freeze_by_hand(const world *w, char hash[ACRM_DRAW_HASH_SIZE])
{
    sqlite3_stmt *twice = prepared(w, "UPDATE draw_entrant SET state = 'excluded' WHERE EXISTS"
                                      " (SELECT 1 FROM draw_entrant AS o WHERE o.draw_round_id ="
                                      " draw_entrant.draw_round_id AND o.customer_id ="
                                      " draw_entrant.customer_id AND o.id < draw_entrant.id)");

    if (sqlite3_step(twice) != SQLITE_DONE)
        stop("freeze", sqlite3_errmsg(w->db));
    sqlite3_finalize(twice);
    acrm_draw_free(list_by_hand(w, NULL, hash));
}

/* With `write` what was drawn is put down, else compared. */
static void draw_by_hand(const world *w, char hash[ACRM_DRAW_HASH_SIZE], bool write)
{
    acrm_draw *draw = list_by_hand(w, "seed", hash);
    sqlite3_stmt *each = prepared(w, write ? "UPDATE draw_entrant SET position = ?1, ticket = ?2"
                                             " WHERE draw_round_id = (SELECT id FROM draw_round)"
                                             " AND entrant = ?3 AND deleted_at IS NULL"
                                           : "SELECT 1 FROM draw_entrant WHERE position = ?1 AND"
                                             " ticket = ?2 AND draw_round_id ="
                                             " (SELECT id FROM draw_round) AND entrant = ?3"
                                             " AND deleted_at IS NULL");
    char ticket[ACRM_DRAW_HASH_SIZE];

    for (size_t i = 0; i < DRAW_PICKS; i++) {
        const char *id = acrm_draw_pick(draw, i, NULL, ticket);
        sqlite3_bind_int64(each, 1, (int64_t)i + 1);
        sqlite3_bind_text(each, 2, ticket, -1, SQLITE_STATIC);
        sqlite3_bind_text(each, 3, id, -1, SQLITE_STATIC);
        if (sqlite3_step(each) != (write ? SQLITE_DONE : SQLITE_ROW))
            stop("pick", sqlite3_errmsg(w->db));
        sqlite3_reset(each);
    }
    sqlite3_finalize(each);
    acrm_draw_free(draw);
}

/* --- Measures --- */

static void verify(void *user, long ops)
{
    world *w = user;

    for (; ops > 0; ops--) {
        acrm_value *out = call(w, "draw.verify", "{\"name\":\"bench\"}");
        if (!acrm_value_bool(acrm_value_get(out, "ok")))
            stop("draw.verify", "not the same");
        acrm_value_free(out);
    }
}

static void verify_by_hand(void *user, long ops)
{
    const world *w = user;
    char hash[ACRM_DRAW_HASH_SIZE];
    sqlite3_stmt *round = prepared(w, "SELECT list_hash FROM draw_round");

    sqlite3_step(round);
    snprintf(hash, sizeof hash, "%s", (const char *)sqlite3_column_text(round, 0));
    sqlite3_finalize(round);
    for (; ops > 0; ops--) {
        sqlite3_exec(w->db, "BEGIN", NULL, NULL, NULL);
        draw_by_hand(w, hash, false);
        sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL);
    }
}

/* By hand first, and undone; then ours for good. */
static void once(bench *b, world *w, const char *name, const char *operation, const char *json,
                 char hash[ACRM_DRAW_HASH_SIZE])
{
    double begin = bench_now_us(), hand, ours;

    sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (hash[0])
        draw_by_hand(w, hash, true);
    else
        freeze_by_hand(w, hash);
    hand = bench_now_us() - begin;
    sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
    begin = bench_now_us();
    acrm_value_free(call(w, operation, json));
    ours = bench_now_us() - begin;
    bench_print(b, name, w->size, ours / 1000, hand / 1000, "ms", 3.0);
}

static void measure(bench *b, long size)
{
    world w = { .size = size };
    const acrm_allocator allocator = { .struct_size = sizeof allocator, .self = &w,
                                       .resize = count };
    const acrm_options options = { .struct_size = sizeof options, .allocator = &allocator,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    char hash[ACRM_DRAW_HASH_SIZE] = "", side[80];

    snprintf(w.path, sizeof w.path, "/tmp/acrm_draw_%ld.db", (long)getpid());
    unlink(w.path);
    if (acrm_open(w.path, &options, &w.engine, NULL) != ACRM_OK ||
        acrm_session_new(w.engine, "system", &w.session, NULL) != ACRM_OK ||
        sqlite3_open(w.path, &w.db) != SQLITE_OK)
        stop(w.path, "");
    fill(&w);
    const size_t before = w.live;
    w.peak = before;
    once(b, &w, "draw.freeze_stored", "draw.freeze", "{\"name\":\"bench\"}", hash);
    once(b, &w, "draw.run_stored", "draw.run", "{\"name\":\"bench\",\"seed\":\"seed\"}", hash);
    bench_compare(b, &(bench_measure){ .name = "draw.verify_stored", .size = size, .goal = 1.5,
                      .ours = verify, .baseline = verify_by_hand, .user = &w, .ops = 1 });
    bench_print(b, "draw.memory_stored", size, (double)(w.peak - before) / 1024,
                LIMIT_KIB, "KiB", 1.0);
    sqlite3_close(w.db);
    acrm_session_free(w.session);
    acrm_close(w.engine);
    unlink(w.path);
    snprintf(side, sizeof side, "%s-wal", w.path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", w.path);
    unlink(side);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (b.size ? b.size == sizes[i] : i == 0 || (i == 1 && !b.quick))
            measure(&b, sizes[i]);
    return bench_end(&b);
}
