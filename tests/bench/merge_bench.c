/* SPDX-License-Identifier: MIT */
/*
 * What a merge costs for each row it moves, and what undoing it costs, in files of many customers,
 * against C and SQL written by hand that move the same rows on a copy of the file: the update, the
 * journal row to undo it by, and the audit entry with its chain hash.
 */
#include "bench.h"

#include "base/value.h"
#include "crm_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { MERGE_RUNS = 5 };

static const long merge_sizes[] = { 10000, 100000, 1000000 };
static const long merge_rows[] = { 10, 1000, 100000 };

typedef struct merge_bench {
    acrm_engine *engine;
    acrm_session *session;
    char path[64], copy[72], ann[37], anna[37];
    long size, rows;
    /* by hand */
    baseline b;
    sqlite3_stmt *find, *move, *journal, *audit;
    unsigned char from[16], to[16];
} merge_bench;

static void merge_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "failed");
    exit(EXIT_FAILURE);
}

static void merge_call(merge_bench *m, const char *operation, const char *json, char id[37])
{
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    if (acrm_value_parse(NULL, json, strlen(json), &args, &err) != ACRM_OK ||
        acrm_call(m->session, operation, args, &out, &err) != ACRM_OK)
        merge_die(operation, err);
    if (id)
        snprintf(id, 37, "%s", acrm__get_text(out, "id"));
    acrm_value_free(args);
    acrm_value_free(out);
}

static void merge_sql(const char *path, const char *format, long n)
{
    sqlite3 *db = NULL;
    char sql[1024];

    snprintf(sql, sizeof sql, format, n, n);
    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, NULL))
        merge_die(sqlite3_errmsg(db), NULL);
    sqlite3_close(db);
}

/* The crowd is made by SQL: it only has to be there. */
static void merge_crowd(merge_bench *m)
{
    merge_sql(m->path,
              "INSERT INTO customer(id,version,created_at,updated_at,kind,name,vip_level) "
              "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM n WHERE x<%ld) "
              "SELECT cast(printf('%%016d',x) AS BLOB),1,1,1,'person','Crowd '||x,0 FROM n",
              m->size);
    merge_sql(m->path,
              "INSERT INTO interaction(id,version,created_at,updated_at,customer_id,at,channel) "
              "WITH RECURSIVE n(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM n WHERE x<%ld) "
              "SELECT cast(printf('%%016d',x) AS BLOB),1,1,1,"
              "cast(printf('%%016d',1+x*7919%%%ld) AS BLOB),x,'phone' FROM n", m->size);
}

static void merge_interactions(merge_bench *m)
{
    for (long done = 0; done < m->rows;) {
        acrm_value *args = NULL;
        acrm_error *err = NULL;
        if (acrm_value_new(NULL, &args) != ACRM_OK || acrm_value_set_map(args) != ACRM_OK)
            exit(EXIT_FAILURE);
        acrm_value *records = acrm__put_list(args, "records");
        for (long i = 0; i < 1000 && done < m->rows; i++, done++) {
            acrm_value *r = acrm__add_map(records);
            if (!acrm__put_text(r, "customer_id", m->anna) ||
                !acrm__put_text(r, "at", "2026-01-01T10:00:00Z") ||
                !acrm__put_text(r, "channel", "phone") ||
                !acrm__put_text(r, "subject", "Called about the service"))
                exit(EXIT_FAILURE);
        }
        if (acrm_call(m->session, "interaction.create_many", args, NULL, &err) != ACRM_OK)
            merge_die("interaction.create_many", err);
        acrm_value_free(args);
    }
}

static void merge_session(merge_bench *m)
{
    const acrm_options options = { .struct_size = sizeof options,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    if (acrm_open(m->path, &options, &m->engine, &err) != ACRM_OK ||
        acrm_session_new(m->engine, "system", &m->session, &err) != ACRM_OK)
        merge_die("open", err);
}

static void merge_unlink(const char *path)
{
    char side[96];

    unlink(path);
    snprintf(side, sizeof side, "%s-wal", path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", path);
    unlink(side);
}

static void merge_read_id(const char *text, unsigned char id[16])
{
    char hex[33];
    size_t n = 0;

    for (const char *p = text; *p; p++)
        if (*p != '-')
            hex[n++] = *p;
    hex[n] = '\0';
    if (sodium_hex2bin(id, 16, hex, n, NULL, NULL, NULL) != 0)
        merge_die("an id", NULL);
}

static void merge_open(merge_bench *m)
{
    char json[128];

    snprintf(m->path, sizeof m->path, "/tmp/acrm-merge-bench-%ld.db", (long)getpid());
    snprintf(m->copy, sizeof m->copy, "%s.copy", m->path);
    merge_unlink(m->path);
    merge_unlink(m->copy);
    merge_session(m);
    acrm_session_free(m->session);
    acrm_close(m->engine);
    merge_crowd(m);
    merge_session(m);
    merge_call(m, "customer.create", "{\"name\":\"Ann\"}", m->ann);
    merge_call(m, "customer.create", "{\"name\":\"Anna\"}", m->anna);
    merge_interactions(m);
    snprintf(json, sizeof json, "{\"path\":\"%s\"}", m->copy);
    merge_call(m, "engine.backup", json, NULL);
    baseline_open(&m->b, m->copy);
    sqlite3_exec(m->b.db, "PRAGMA synchronous=NORMAL; PRAGMA journal_mode=WAL;", NULL, NULL, NULL);
    m->find = baseline_prepare(&m->b, "SELECT id FROM interaction WHERE customer_id=?1");
    m->move = baseline_prepare(&m->b, "UPDATE interaction SET customer_id=?2,version=version+1,"
        "updated_at=?3 WHERE id=?1");
    m->journal = baseline_prepare(&m->b, "INSERT INTO customer_merge_item(id,version,created_at,"
        "updated_at,merge_id,position,action,entity,record_id,field,from_id,to_id,row_version) "
        "VALUES(?1,1,?2,?2,NULL,?3,'moved','interaction',?4,'customer_id',?5,?6,2)");
    m->audit = baseline_prepare(&m->b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',"
        "'customer.merge','interaction',?3,'update',?4,?5,NULL,NULL,?6)");
    merge_read_id(m->anna, m->from);
    merge_read_id(m->ann, m->to);
}

static void merge_close(merge_bench *m)
{
    sqlite3_stmt *const own[] = { m->find, m->move, m->journal, m->audit };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    baseline_close(&m->b);
    acrm_session_free(m->session);
    acrm_close(m->engine);
    merge_unlink(m->path);
    merge_unlink(m->copy);
}

/* --- By hand: there and, as the undoing, back --- */

static void merge_hand_audit(merge_bench *m, const unsigned char id[16], int64_t now)
{
    char changes[128], from[33], to[33];
    crypto_generichash_state state;
    baseline *b = &m->b;

    sodium_bin2hex(from, sizeof from, m->from, 16);
    sodium_bin2hex(to, sizeof to, m->to, 16);
    int n = snprintf(changes, sizeof changes, "{\"customer_id\":[\"%s\",\"%s\"]}", from, to);
    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, id, 16);
    crypto_generichash_update(&state, (const unsigned char *)changes, (size_t)n);
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(m->audit, 1, b->audit_seq);
    sqlite3_bind_int64(m->audit, 2, now);
    sqlite3_bind_blob(m->audit, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(m->audit, 4, changes, n, SQLITE_STATIC);
    sqlite3_bind_blob(m->audit, 5, m->to, 16, SQLITE_STATIC);
    sqlite3_bind_blob(m->audit, 6, b->hash, 32, SQLITE_STATIC);
    baseline_run(b, m->audit);
}

static void merge_hand(merge_bench *m, bool journal)
{
    baseline *b = &m->b;
    int64_t now = baseline_now();
    unsigned char (*ids)[16] = malloc((size_t)m->rows * sizeof *ids), item[16];
    long n = 0;

    baseline_begin(b);
    sqlite3_bind_blob(m->find, 1, m->from, 16, SQLITE_STATIC);
    while (sqlite3_step(m->find) == SQLITE_ROW && n < m->rows)
        memcpy(ids[n++], sqlite3_column_blob(m->find, 0), 16);
    sqlite3_reset(m->find);
    for (long i = 0; i < n; i++) {
        sqlite3_bind_blob(m->move, 1, ids[i], 16, SQLITE_STATIC);
        sqlite3_bind_blob(m->move, 2, m->to, 16, SQLITE_STATIC);
        sqlite3_bind_int64(m->move, 3, now);
        baseline_run(b, m->move);
        merge_hand_audit(m, ids[i], now);
        if (!journal)
            continue;
        baseline_id(b, now, item);
        sqlite3_bind_blob(m->journal, 1, item, 16, SQLITE_STATIC);
        sqlite3_bind_int64(m->journal, 2, now);
        sqlite3_bind_int64(m->journal, 3, i);
        sqlite3_bind_blob(m->journal, 4, ids[i], 16, SQLITE_STATIC);
        sqlite3_bind_blob(m->journal, 5, m->from, 16, SQLITE_STATIC);
        sqlite3_bind_blob(m->journal, 6, m->to, 16, SQLITE_STATIC);
        baseline_run(b, m->journal);
    }
    baseline_commit(b);
    for (int i = 0; i < 16; i++) {
        unsigned char byte = m->from[i];
        m->from[i] = m->to[i];
        m->to[i] = byte;
    }
    if (n != m->rows)
        merge_die("rows are missing", NULL);
    free(ids);
}

/* --- Both, in turn --- */

static double merge_timed(merge_bench *m, const char *operation, const char *json)
{
    double begin = bench_now_us();

    merge_call(m, operation, json, NULL);
    return bench_now_us() - begin;
}

static double merge_timed_hand(merge_bench *m, bool journal)
{
    double begin = bench_now_us();

    merge_hand(m, journal);
    return bench_now_us() - begin;
}

static void merge_measure(bench *b, merge_bench *m)
{
    double there[BENCH_RUNS_MAX], back[BENCH_RUNS_MAX], hand_there[BENCH_RUNS_MAX],
        hand_back[BENCH_RUNS_MAX], rows = (double)m->rows;
    int runs = b->runs < BENCH_RUNS ? b->runs : MERGE_RUNS;
    char merge[160], unmerge[64], name[48];

    snprintf(merge, sizeof merge, "{\"id\":\"%s\",\"others\":[\"%s\"]}", m->ann, m->anna);
    snprintf(unmerge, sizeof unmerge, "{\"id\":\"%s\"}", m->ann);
    for (int i = 0; i < runs; i++) {
        there[i] = merge_timed(m, "customer.merge", merge) / rows;
        hand_there[i] = merge_timed_hand(m, true) / rows;
        back[i] = merge_timed(m, "customer.unmerge", unmerge) / rows;
        hand_back[i] = merge_timed_hand(m, false) / rows;
    }
    snprintf(name, sizeof name, "merge.rows_%ld", m->rows);
    bench_print(b, name, m->size, bench_median(there, runs), bench_median(hand_there, runs),
                "us/row", 0);
    snprintf(name, sizeof name, "unmerge.rows_%ld", m->rows);
    bench_print(b, name, m->size, bench_median(back, runs), bench_median(hand_back, runs),
                "us/row", 0);
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);

    for (size_t s = 0; s < sizeof merge_sizes / sizeof merge_sizes[0]; s++) {
        for (size_t r = 0; r < sizeof merge_rows / sizeof merge_rows[0]; r++) {
            merge_bench *m = NULL;
            if (!bench_wants_size(&b, merge_sizes[s], merge_sizes[0]) ||
                (b.quick && merge_rows[r] > 1000))
                continue;
            m = calloc(1, sizeof *m);
            m->size = merge_sizes[s];
            m->rows = merge_rows[r];
            merge_open(m);
            merge_measure(&b, m);
            merge_close(m);
            free(m);
        }
    }
    return bench_end(&b);
}
