/* SPDX-License-Identifier: MIT */
/*
 * What a specialist would write by hand instead of the library: C and SQL on a file with the same
 * schema and settings, writing the same rows (customer, its data key, its key for matching, audit
 * with chain hash and sealed personal part, event, search, chain head) and answering with the same
 * JSON.
 */
#ifndef TESTS_BENCH_CRM_BASELINE_H
#define TESTS_BENCH_CRM_BASELINE_H

#include <sodium.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct baseline {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert_customer, *insert_key, *insert_match, *insert_audit,
        *insert_event, *insert_search, *update_head, *get, *by_phone, *list, *aggregate;
    int64_t audit_seq, event_seq;
    unsigned char hash[32], key[32];
    uint64_t id_ms;
    uint32_t id_counter;
    char *out;
    size_t out_len, out_cap;
} baseline;

static inline void baseline_check(baseline *b, int rc, const char *doing)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        fprintf(stderr, "baseline: %s: %s\n", doing, sqlite3_errmsg(b->db));
        exit(EXIT_FAILURE);
    }
}

static inline sqlite3_stmt *baseline_prepare(baseline *b, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    baseline_check(b, sqlite3_prepare_v3(b->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL),
                   sql);
    return stmt;
}

static inline void baseline_run(baseline *b, sqlite3_stmt *stmt)
{
    baseline_check(b, sqlite3_step(stmt), sqlite3_sql(stmt));
    sqlite3_reset(stmt);
}

#define BASELINE_CUSTOMER                                                                         \
    "id,version,created_at,created_by,updated_at,updated_by,deleted_at,kind,name,title,given_name,"\
    "family_name,match_name,national_id,national_id_blind,id_country,tax_id,birth_date,language," \
    "city,region,country,dealer_id,owner_id,grade,vip_level,source,do_not_contact,notes"

static inline int64_t baseline_scalar(baseline *b, const char *sql)
{
    sqlite3_stmt *stmt = baseline_prepare(b, sql);
    int64_t n = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;

    sqlite3_finalize(stmt);
    return n;
}

/* The file was made by the library: same tables, same indexes. */
static inline void baseline_open(baseline *b, const char *path)
{
    memset(b, 0, sizeof *b);
    baseline_check(b, sqlite3_open(path, &b->db), "open");
    sqlite3_exec(b->db, "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL;", NULL, NULL, NULL);
    b->begin = baseline_prepare(b, "BEGIN IMMEDIATE");
    b->commit = baseline_prepare(b, "COMMIT");
    b->insert_customer = baseline_prepare(b, "INSERT INTO customer(" BASELINE_CUSTOMER ") VALUES("
        "?1,1,?2,NULL,?2,NULL,NULL,'person',?3,NULL,?4,?5,?6,NULL,NULL,NULL,NULL,NULL,'fa',?7,?8,"
        "'IR',NULL,NULL,NULL,0,'web',0,NULL)");
    b->insert_key = baseline_prepare(b, "INSERT INTO acrm_subject_key VALUES(?1,?2,NULL)");
    b->insert_match = baseline_prepare(b, "INSERT INTO acrm_key VALUES(?1,?2)");
    b->insert_audit = baseline_prepare(b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',"
        "'customer.create','customer',?3,'create',?4,?3,?5,NULL,?6)");
    b->insert_event = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,"
        "'customer.created','customer',?3,'system',NULL)");
    b->insert_search = baseline_prepare(b,
        "INSERT INTO customer__search(rowid,text) VALUES(?1,?2)");
    b->update_head = baseline_prepare(b, "UPDATE acrm_meta SET bytes=?1 WHERE id=?2");
    b->get = baseline_prepare(b, "SELECT " BASELINE_CUSTOMER " FROM customer WHERE id=?1");
    b->by_phone = baseline_prepare(b, "SELECT id,version,created_at,created_by,updated_at,"
        "updated_by,deleted_at,customer_id,channel,value,match_value,label,country,preferred,valid"
        " FROM contact_point WHERE match_value=?1 AND deleted_at IS NULL ORDER BY id LIMIT 51");
    b->list = baseline_prepare(b, "SELECT " BASELINE_CUSTOMER " FROM customer WHERE "
        "deleted_at IS NULL AND country=?1 AND kind=?2 ORDER BY id LIMIT 51");
    b->aggregate = baseline_prepare(b, "SELECT region,count(*) FROM customer "
        "WHERE deleted_at IS NULL GROUP BY region ORDER BY region");
    b->audit_seq = baseline_scalar(b, "SELECT max(seq) FROM acrm_audit");
    b->event_seq = baseline_scalar(b, "SELECT max(seq) FROM acrm_event");
}

static inline void baseline_close(baseline *b)
{
    sqlite3_stmt *const own[] = { b->begin, b->commit, b->insert_customer, b->insert_key,
                                  b->insert_match, b->insert_audit, b->insert_event,
                                  b->insert_search,
                                  b->update_head, b->get, b->by_phone, b->list, b->aggregate };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    sqlite3_close(b->db);
    free(b->out);
}

static inline int64_t baseline_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A version 7 id. */
static inline void baseline_id(baseline *b, int64_t now, unsigned char id[16])
{
    uint64_t ms = (uint64_t)now / 1000;

    randombytes_buf(id, 16);
    b->id_counter = ms == b->id_ms ? b->id_counter + 1 : 0;
    b->id_ms = ms;
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(ms >> (40 - 8 * i));
    id[6] = (unsigned char)(0x70 | ((b->id_counter >> 8) & 0x0f));
    id[7] = (unsigned char)b->id_counter;
    id[8] = (unsigned char)(0x80 | (id[8] & 0x3f));
}

static inline size_t baseline_seal(const unsigned char key[32], const void *plain, size_t len,
                            unsigned char *out)
{
    unsigned long long n = 0;

    randombytes_buf(out, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 24, &n, plain, len, NULL, 0, NULL, out, key);
    return 24 + (size_t)n;
}

typedef struct baseline_person {
    const char *name, *given, *family, *match, *city, *region;
} baseline_person;

static inline void baseline_insert(baseline *b, const baseline_person *p)
{
    unsigned char id[16], key[32], match[16], sealed[600], wrapped[72];
    char plain[600];
    int64_t now = baseline_now();
    static const char changes[] = "{\"kind\":[null,\"person\"],\"language\":[null,\"fa\"],"
        "\"region\":[null,\"Tehran\"],\"country\":[null,\"IR\"],\"vip_level\":[null,0],"
        "\"source\":[null,\"web\"],\"do_not_contact\":[null,false]}";
    crypto_generichash_state state;

    baseline_id(b, now, id);
    randombytes_buf(key, sizeof key);
    sqlite3_bind_blob(b->insert_key, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_key, 2, wrapped, (int)baseline_seal(b->key, key, 32, wrapped),
                      SQLITE_STATIC);
    baseline_run(b, b->insert_key);
    randombytes_buf(match, sizeof match); /* a hash of the name's consonants, and of the id */
    sqlite3_bind_blob(b->insert_match, 1, match, 16, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_match, 2, id, 16, SQLITE_STATIC);
    baseline_run(b, b->insert_match);
    sqlite3_bind_blob(b->insert_customer, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(b->insert_customer, 2, now);
    sqlite3_bind_text(b->insert_customer, 3, p->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_customer, 4, p->given, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_customer, 5, p->family, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_customer, 6, p->match, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_customer, 7, p->city, -1, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_customer, 8, p->region, -1, SQLITE_STATIC);
    baseline_run(b, b->insert_customer);
    sqlite3_bind_int64(b->insert_search, 1, sqlite3_last_insert_rowid(b->db));
    sqlite3_bind_text(b->insert_search, 2, p->match, -1, SQLITE_STATIC);
    baseline_run(b, b->insert_search);
    int n = snprintf(plain, sizeof plain,
                     "{\"name\":[null,\"%s\"],\"given_name\":[null,\"%s\"],"
                     "\"family_name\":[null,\"%s\"],\"city\":[null,\"%s\"]}",
                     p->name, p->given, p->family, p->city);
    size_t sealed_len = baseline_seal(key, plain, (size_t)n, sealed);
    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, (const unsigned char *)changes, sizeof changes - 1);
    crypto_generichash_update(&state, sealed, sealed_len);
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(b->insert_audit, 1, b->audit_seq);
    sqlite3_bind_int64(b->insert_audit, 2, now);
    sqlite3_bind_blob(b->insert_audit, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_audit, 4, changes, sizeof changes - 1, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_audit, 5, sealed, (int)sealed_len, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_audit, 6, b->hash, 32, SQLITE_STATIC);
    baseline_run(b, b->insert_audit);
    sqlite3_bind_int64(b->insert_event, 1, ++b->event_seq);
    sqlite3_bind_int64(b->insert_event, 2, now);
    sqlite3_bind_blob(b->insert_event, 3, id, 16, SQLITE_STATIC);
    baseline_run(b, b->insert_event);
}

static inline void baseline_begin(baseline *b)
{
    baseline_run(b, b->begin);
}

static inline void baseline_commit(baseline *b)
{
    static const char name[16] = "audit_head";
    unsigned char head[80];

    memset(head, 1, sizeof head);
    memcpy(head + 16, b->hash, 32);
    sqlite3_bind_blob(b->update_head, 1, head, sizeof head, SQLITE_STATIC);
    sqlite3_bind_blob(b->update_head, 2, name, 16, SQLITE_STATIC);
    baseline_run(b, b->update_head);
    baseline_run(b, b->commit);
}

/* --- Answers as JSON --- */

static inline void baseline_put(baseline *b, const char *text, size_t len)
{
    if (b->out_len + len + 1 > b->out_cap) {
        b->out_cap = (b->out_len + len + 1) * 2;
        b->out = realloc(b->out, b->out_cap);
    }
    memcpy(b->out + b->out_len, text, len);
    b->out_len += len;
}

static inline void baseline_put_text(baseline *b, const char *text, size_t len)
{
    baseline_put(b, "\"", 1);
    for (size_t i = 0, start = 0; i <= len; i++) {
        if (i < len && (unsigned char)text[i] >= 0x20 && text[i] != '"' && text[i] != '\\')
            continue;
        baseline_put(b, text + start, i - start);
        start = i;
        if (i < len) {
            char escape[8];
            int n = snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)text[i]);
            baseline_put(b, escape, (size_t)n);
            start = i + 1;
        }
    }
    baseline_put(b, "\"", 1);
}

static inline void baseline_put_id(baseline *b, const unsigned char *id)
{
    static const char hex[] = "0123456789abcdef";
    char text[38] = "\"";
    size_t n = 1;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        text[n++] = hex[id[i] >> 4];
        text[n++] = hex[id[i] & 15];
    }
    baseline_put(b, text, n);
    baseline_put(b, "\"", 1);
}

static inline void baseline_put_instant(baseline *b, int64_t us)
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    char text[48];

    gmtime_r(&seconds, &tm);
    int n = snprintf(text, sizeof text, "\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\"",
                     tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                     tm.tm_sec, (int)(us % 1000000));
    baseline_put(b, text, (size_t)n);
}

static inline void baseline_put_row(baseline *b, sqlite3_stmt *stmt)
{
    int n = sqlite3_column_count(stmt);

    baseline_put(b, "{", 1);
    for (int i = 0; i < n; i++) {
        const char *name = sqlite3_column_name(stmt, i);
        char number[32];
        if (i)
            baseline_put(b, ",", 1);
        baseline_put(b, "\"", 1);
        baseline_put(b, name, strlen(name));
        baseline_put(b, "\":", 2);
        switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_NULL:
            baseline_put(b, "null", 4);
            break;
        case SQLITE_BLOB:
            baseline_put_id(b, sqlite3_column_blob(stmt, i));
            break;
        case SQLITE_TEXT:
            baseline_put_text(b, (const char *)sqlite3_column_text(stmt, i),
                              (size_t)sqlite3_column_bytes(stmt, i));
            break;
        default:
            if (i == 2 || i == 4) {
                baseline_put_instant(b, sqlite3_column_int64(stmt, i));
                break;
            }
            baseline_put(b, number, (size_t)snprintf(number, sizeof number, "%lld",
                         (long long)sqlite3_column_int64(stmt, i)));
        }
    }
    baseline_put(b, "}", 1);
}

static inline void baseline_answer(baseline *b, sqlite3_stmt *stmt)
{
    b->out_len = 0;
    while (sqlite3_step(stmt) == SQLITE_ROW)
        baseline_put_row(b, stmt);
    sqlite3_reset(stmt);
    baseline_put(b, "", 1);
}

#endif
