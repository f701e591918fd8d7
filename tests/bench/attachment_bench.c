/* SPDX-License-Identifier: MIT */
/* Keeping and reading attachments, against a hand's copy: the same cipher, hash, pieces and rows
 * in a file of the same settings, without records, audit or limits. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum {
    PIECE = 65536,
    SEALED = PIECE + crypto_secretstream_xchacha20poly1305_ABYTES,
    HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES
};

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    sqlite3 *db;
    sqlite3_stmt *put, *get;
    char path[80], hand_path[80], customer[40], kept[40];
    unsigned char *content, key[32];
    size_t size, at;
    uint64_t turn; /* each content is another one */
    uint64_t hand_turn;
} world;

static void fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "");
    exit(EXIT_FAILURE);
}

static void call(world *w, const char *operation, const char *json, char id[40])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, err);
    const char *at = id ? strstr(acrm_buf_data(out), "\"id\":\"") : NULL;
    if (at)
        snprintf(id, 40, "%.36s", at + 6);
    acrm_buf_free(out);
}

static int64_t give(void *user, void *dst, size_t cap)
{
    world *w = user;
    size_t n = w->size - w->at < cap ? w->size - w->at : cap;

    memcpy(dst, w->content + w->at, n);
    w->at += n;
    return (int64_t)n;
}

static int32_t take(void *user, const void *bytes, size_t len)
{
    world *w = user;

    memcpy(w->content + w->at, bytes, len);
    w->at += len;
    return ACRM_OK;
}

static void renew(world *w)
{
    w->turn++;
    memcpy(w->content + 1, &w->turn, sizeof w->turn);
    w->at = 0;
}

static void ours_add(void *user, long ops)
{
    world *w = user;
    char json[120];

    snprintf(json, sizeof json, "{\"id\":\"%s\",\"file_name\":\"x.bin\"}", w->customer);
    acrm_session_set_input(w->session, give, w);
    for (long i = 0; i < ops; i++) {
        renew(w);
        call(w, "attachment.add", json, w->kept);
    }
    acrm_session_set_input(w->session, NULL, NULL);
}

static void ours_read(void *user, long ops)
{
    world *w = user;
    char json[120];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", w->kept);
    acrm_session_set_output(w->session, take, w);
    for (long i = 0; i < ops; i++) {
        w->at = 0;
        call(w, "attachment.read", json, NULL);
    }
    acrm_session_set_output(w->session, NULL, NULL);
}

static void hand_row(world *w, uint32_t row, const void *bytes, size_t len)
{
    char name[48];
    int n = snprintf(name, sizeof name, "%032llx/%08x", (unsigned long long)w->hand_turn, row);

    sqlite3_bind_text(w->put, 1, name, n, SQLITE_STATIC);
    sqlite3_bind_blob(w->put, 2, bytes, (int)len, SQLITE_STATIC);
    if (sqlite3_step(w->put) != SQLITE_DONE)
        fail(sqlite3_errmsg(w->db), NULL);
    sqlite3_reset(w->put);
}

static void hand_add(void *user, long ops)
{
    world *w = user;
    static unsigned char plain[PIECE], sealed[SEALED];
    unsigned char header[HEADER], hash[32];
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state sum;

    for (long i = 0; i < ops; i++) {
        uint32_t row = 0;
        renew(w);
        w->hand_turn = w->turn;
        crypto_hash_sha256_init(&sum);
        crypto_secretstream_xchacha20poly1305_init_push(&stream, header, w->key);
        sqlite3_exec(w->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        hand_row(w, row++, header, sizeof header);
        while (w->at < w->size) {
            unsigned long long len = 0;
            int64_t n = give(w, plain, sizeof plain);
            crypto_hash_sha256_update(&sum, plain, (unsigned long long)n);
            crypto_secretstream_xchacha20poly1305_push(&stream, sealed, &len, plain,
                (unsigned long long)n, NULL, 0, w->at == w->size ? 3 : 0);
            hand_row(w, row++, sealed, (size_t)len);
        }
        crypto_hash_sha256_final(&sum, hash);
        bench_keep(hash);
        if (sqlite3_exec(w->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            fail("commit", NULL);
    }
}

static void hand_read(void *user, long ops)
{
    world *w = user;
    static unsigned char plain[PIECE];
    unsigned char hash[32];
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state sum;

    for (long i = 0; i < ops; i++) {
        unsigned char tag = 0;
        crypto_hash_sha256_init(&sum);
        w->at = 0;
        for (uint32_t row = 0; tag != 3; row++) {
            char name[48];
            unsigned long long len = 0;
            int n = snprintf(name, sizeof name, "%032llx/%08x", (unsigned long long)w->hand_turn,
                             row);
            sqlite3_bind_text(w->get, 1, name, n, SQLITE_STATIC);
            if (sqlite3_step(w->get) != SQLITE_ROW)
                fail("a row is missing", NULL);
            const unsigned char *bytes = sqlite3_column_blob(w->get, 0);
            if (row == 0)
                crypto_secretstream_xchacha20poly1305_init_pull(&stream, bytes, w->key);
            else if (crypto_secretstream_xchacha20poly1305_pull(&stream, plain, &len, &tag, bytes,
                         (unsigned long long)sqlite3_column_bytes(w->get, 0), NULL, 0) != 0)
                fail("a row does not open", NULL);
            crypto_hash_sha256_update(&sum, plain, len);
            take(w, plain, (size_t)len);
            sqlite3_reset(w->get);
        }
        crypto_hash_sha256_final(&sum, hash);
        bench_keep(hash);
    }
}

static void drop(const char *path)
{
    char side[100];

    unlink(path);
    snprintf(side, sizeof side, "%s-wal", path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", path);
    unlink(side);
}

static void world_open(world *w, size_t size)
{
    acrm_error *err = NULL;

    *w = (world){ .size = size, .content = malloc(size) };
    randombytes_buf(w->content, size);
    w->content[0] = 0;
    randombytes_buf(w->key, sizeof w->key);
    snprintf(w->path, sizeof w->path, "/tmp/acrm_attachment_bench_%ld.db", (long)getpid());
    snprintf(w->hand_path, sizeof w->hand_path, "/tmp/acrm_attachment_hand_%ld.db",
             (long)getpid());
    drop(w->path);
    drop(w->hand_path);
    if (acrm_open(w->path, NULL, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        fail("open", err);
    call(w, "customer.create", "{\"name\":\"Ada Example\"}", w->customer);
    call(w, "attachment_limit.create",
         "{\"entity\":\"*\",\"file_max\":1099511627776,\"total_max\":1099511627776}", NULL);
    sqlite3_open(w->hand_path, &w->db);
    sqlite3_exec(w->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                 "CREATE TABLE piece(name TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)", NULL, NULL,
                 NULL);
    if (sqlite3_prepare_v2(w->db, "INSERT INTO piece VALUES(?1,?2)", -1, &w->put, NULL) ||
        sqlite3_prepare_v2(w->db, "SELECT bytes FROM piece WHERE name=?1", -1, &w->get, NULL))
        fail(sqlite3_errmsg(w->db), NULL);
}

static void world_close(world *w)
{
    sqlite3_finalize(w->put);
    sqlite3_finalize(w->get);
    sqlite3_close(w->db);
    acrm_session_free(w->session);
    acrm_close(w->engine);
    drop(w->path);
    drop(w->hand_path);
    free(w->content);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 100000, 1000000, 16000000 }; /* bytes */
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        world w;
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        world_open(&w, (size_t)sizes[i]);
        ours_add(&w, 1);
        hand_add(&w, 1);
        bench_compare(&b, &(bench_measure){ .name = "attachment.add", .size = sizes[i],
            .goal = 1.5, .ours = ours_add, .baseline = hand_add, .user = &w, .ops = 4 });
        bench_compare(&b, &(bench_measure){ .name = "attachment.read", .size = sizes[i],
            .goal = 1.5, .ours = ours_read, .baseline = hand_read, .user = &w });
        world_close(&w);
    }
    return bench_end(&b);
}
