/* SPDX-License-Identifier: MIT */
/*
 * Finding duplicates: for one new customer among many, and over all of them. The baseline is what
 * is written by hand: indexed SQL for customers of the same number or the same folded name.
 */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sqlite3.h>
#include <unistd.h>

enum { MATCH_BATCH = 1000, MATCH_GIVEN = 400, MATCH_FAMILY = 30000 };

typedef struct match_bench {
    acrm_engine *engine;
    acrm_session *session;
    sqlite3 *db;
    sqlite3_stmt *by_phone, *by_name;
    long size;
    uint64_t seed;
    char path[128];
} match_bench;

static uint32_t match_random(match_bench *m)
{
    m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(m->seed >> 33);
}

static void match_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static acrm_buf *match_call(match_bench *m, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(m->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        match_fail(operation, err);
    return out;
}

/* --- People: names of syllables, common ones far more often than rare ones --- */

typedef struct match_person {
    char given[32], family[40], born[24];
    long phone;
    uint32_t city;
} match_person;

static void match_word(uint32_t n, char *to)
{
    static const char *const syllables[] = { "ma", "re", "ti", "lo", "ku", "san", "ber", "dil",
                                             "gor", "nav", "pe", "fi", "sha", "zo", "lin", "tar" };
    size_t len = 0;

    do {
        len += (size_t)sprintf(to + len, "%s", syllables[n % 16]);
        n /= 16;
    } while (n > 0 || len < 4);
    to[0] = (char)(to[0] - 32);
}

static uint32_t match_skewed(match_bench *m, uint32_t n)
{
    double a = match_random(m) % 100000 / 100000.0;

    return (uint32_t)(a * a * n);
}

static void match_person_of(match_bench *m, match_person *p, long serial)
{
    match_word(match_skewed(m, MATCH_GIVEN) + 16, p->given);
    match_word(match_skewed(m, MATCH_FAMILY) + 300, p->family);
    snprintf(p->born, sizeof p->born, "%u-%02u-%02u", 1940 + match_random(m) % 65,
             1 + match_random(m) % 12, 1 + match_random(m) % 28);
    p->phone = serial;
    p->city = match_random(m) % 200;
}

/* One in thirty is typed again, with the names turned round. */
static size_t match_json(const match_person *p, bool again, char *to)
{
    return (size_t)sprintf(to, "{\"name\":\"%s %s\",\"birth_date\":\"%s\",\"city\":\"City %u\","
                           "\"country\":\"IR\",\"contact_points\":[{\"channel\":\"phone\","
                           "\"value\":\"+98912%07ld\"}]}", again ? p->family : p->given,
                           again ? p->given : p->family, p->born, p->city, p->phone);
}

static void match_fill(match_bench *m)
{
    char *json = malloc(MATCH_BATCH * 400 + 64);
    match_person p = { .phone = 0 };

    for (long done = 0; done < m->size; done += MATCH_BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = 0; i < MATCH_BATCH; i++) {
            bool again = i > 0 && match_random(m) % 30 == 0;
            if (!again)
                match_person_of(m, &p, done + i);
            if (i)
                json[len++] = ',';
            len += match_json(&p, again, json + len);
        }
        strcpy(json + len, "]}");
        acrm_buf_free(match_call(m, "customer.create_many", json));
    }
    free(json);
}

/* --- One new customer --- */

static void match_ours_one(void *user, long ops)
{
    match_bench *m = user;
    match_person p;
    char json[400];

    for (long i = 0; i < ops; i++) {
        match_person_of(m, &p, (long)(match_random(m) % (uint32_t)(2 * m->size)));
        match_json(&p, false, json);
        acrm_buf_free(match_call(m, "customer.match", json));
    }
}

static void match_hand_rows(sqlite3_stmt *stmt)
{
    long sum = 0;

    while (sqlite3_step(stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            sum += sqlite3_column_bytes(stmt, i);
    bench_keep(&sum);
    sqlite3_reset(stmt);
}

static void match_hand_one(void *user, long ops)
{
    match_bench *m = user;
    match_person p;
    char phone[32], name[96];

    for (long i = 0; i < ops; i++) {
        match_person_of(m, &p, (long)(match_random(m) % (uint32_t)(2 * m->size)));
        snprintf(phone, sizeof phone, "+98912%07ld", p.phone);
        bool sorted = strcmp(p.given, p.family) < 0; /* as names are kept for matching */
        snprintf(name, sizeof name, "%s %s", sorted ? p.given : p.family,
                 sorted ? p.family : p.given);
        for (char *c = name; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        sqlite3_bind_text(m->by_phone, 1, phone, -1, SQLITE_STATIC);
        match_hand_rows(m->by_phone);
        sqlite3_bind_text(m->by_name, 1, name, -1, SQLITE_STATIC);
        match_hand_rows(m->by_name);
    }
}

static sqlite3_stmt *match_prepare(match_bench *m, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(m->db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n", sqlite3_errmsg(m->db));
        exit(EXIT_FAILURE);
    }
    return stmt;
}

static void match_one(bench *b, match_bench *m)
{
    if (sqlite3_open_v2(m->path, &m->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        exit(EXIT_FAILURE);
    m->by_phone = match_prepare(m, "SELECT c.id,c.name,c.birth_date,c.city FROM contact_point p "
        "JOIN customer c ON c.id=p.customer_id WHERE p.match_value=?1 AND p.deleted_at IS NULL "
        "AND c.deleted_at IS NULL LIMIT 32");
    m->by_name = match_prepare(m, "SELECT c.id,c.name,c.birth_date,c.city,p.match_value "
        "FROM customer c LEFT JOIN contact_point p ON p.customer_id=c.id WHERE c.match_name=?1 "
        "AND c.deleted_at IS NULL LIMIT 32");
    bench_compare(b, &(bench_measure){ .name = "match.one", .size = m->size,
        .ours = match_ours_one, .baseline = match_hand_one, .user = m,
        .ops = b->quick ? 200 : 2000 });
    double began = bench_now_us();
    long ops = b->quick ? 200 : 2000;
    match_ours_one(m, ops);
    bench_print(b, "match.one_against_2_ms", m->size, (bench_now_us() - began) / (double)ops, 2000,
                "us/op", 1);
    sqlite3_finalize(m->by_phone);
    sqlite3_finalize(m->by_name);
    sqlite3_close(m->db);
}

/* --- All of them --- */

/* Kilobytes of a line of /proc/self/status; 0 where there is none. */
static long match_memory(const char *name)
{
    FILE *in = fopen("/proc/self/status", "r");
    char line[200];
    long kb = 0;

    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, name, strlen(name)) == 0)
            kb = strtol(line + strlen(name), NULL, 10);
    if (in)
        fclose(in);
    return kb;
}

static double match_hand_scan(match_bench *m)
{
    if (sqlite3_open_v2(m->path, &m->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        exit(EXIT_FAILURE);
    double began = bench_now_us();
    sqlite3_stmt *same_phone = match_prepare(m, "SELECT a.customer_id,b.customer_id FROM "
        "contact_point a JOIN contact_point b ON b.match_value=a.match_value AND b.id>a.id");
    sqlite3_stmt *same_name = match_prepare(m, "SELECT a.id,b.id FROM customer a JOIN customer b "
        "ON b.match_name=a.match_name AND b.id>a.id");
    match_hand_rows(same_phone);
    match_hand_rows(same_name);
    sqlite3_finalize(same_phone);
    sqlite3_finalize(same_name);
    double took = bench_now_us() - began;
    sqlite3_close(m->db);
    return took;
}

static void match_scan(bench *b, match_bench *m)
{
    if (!bench_wanted(b, "match.scan"))
        return;
    double hand = match_hand_scan(m);
    long before = match_memory("VmHWM:");
    double began = bench_now_us();
    acrm_buf *out = match_call(m, "customer.duplicates", "{}");
    double took = bench_now_us() - began;
    fprintf(stderr, "%.*s\n", (int)acrm_buf_len(out), acrm_buf_data(out));
    acrm_buf_free(out);
    bench_print(b, "match.scan", m->size, took / 1e6, hand / 1e6, "s", 0);
    bench_print(b, "match.scan_per_customer", m->size, took / (double)m->size,
                hand / (double)m->size, "us", 0);
    bench_print(b, "match.scan_memory_growth", m->size,
                (double)(match_memory("VmHWM:") - before) / 1024, 0, "MB", 0);
    bench_print(b, "match.scan_memory_peak", m->size, (double)match_memory("VmHWM:") / 1024, 0,
                "MB", 0);
}

/* --- Two names, against the edit distance of their letters --- */

static const char *const match_names[][2] = {
    { "Mohammad Ahmadi", "\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF\xDB\x8C \xD9\x85\xD8\xAD\xD9\x85"
      "\xD8\xAF" },
    { "Marco Bellini", "Bellini Mraco" },
};

static void match_ours_names(void *user, long ops)
{
    acrm_match_name a = { .struct_size = sizeof a }, b = { .struct_size = sizeof b };
    acrm_match_likeness l = { .struct_size = sizeof l };

    (void)user;
    for (long i = 0; i < ops; i++) {
        acrm_match_name_read(match_names[i % 2][0], strlen(match_names[i % 2][0]), &a);
        acrm_match_name_read(match_names[i % 2][1], strlen(match_names[i % 2][1]), &b);
        acrm_match_name_compare(&a, &b, &l);
        bench_keep(&l);
    }
}

static void match_hand_names(void *user, long ops)
{
    unsigned row[64];

    (void)user;
    for (long i = 0; i < ops; i++) {
        const char *a = match_names[i % 2][0], *b = match_names[i % 2][1];
        size_t n = strlen(a), k = strlen(b);
        for (size_t j = 0; j <= k; j++)
            row[j] = (unsigned)j;
        for (size_t x = 1; x <= n; x++) {
            unsigned diagonal = row[0];
            row[0] = (unsigned)x;
            for (size_t j = 1; j <= k; j++) {
                unsigned cost = diagonal + (a[x - 1] != b[j - 1]);
                unsigned least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
                diagonal = row[j];
                row[j] = cost < least ? cost : least;
            }
        }
        bench_keep(row);
    }
}

static void match_size(bench *b, long size)
{
    match_bench m = { .size = size, .seed = 11 };
    acrm_error *err = NULL;
    char side[160];

    snprintf(m.path, sizeof m.path, "/tmp/acrm_match_bench_%ld.db", (long)getpid());
    unlink(m.path);
    if (acrm_open(m.path, NULL, &m.engine, &err) != ACRM_OK ||
        acrm_session_new(m.engine, "system", &m.session, &err) != ACRM_OK)
        match_fail("open", err);
    match_fill(&m);
    if (bench_wanted(b, "match.one"))
        match_one(b, &m);
    match_scan(b, &m);
    acrm_session_free(m.session);
    acrm_close(m.engine);
    unlink(m.path);
    snprintf(side, sizeof side, "%s-wal", m.path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", m.path);
    unlink(side);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    bench_compare(&b, &(bench_measure){ .name = "match.names", .size = 2,
        .ours = match_ours_names, .baseline = match_hand_names });
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (bench_wants_size(&b, sizes[i], sizes[0]))
            match_size(&b, sizes[i]);
    return bench_end(&b);
}
