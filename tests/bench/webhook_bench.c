/* SPDX-License-Identifier: MIT */
/* Webhooks: signing against the bare HMAC, deliveries from the feed against rows written by hand,
 * and a tick with nothing to tell beside a long feed against the same beside a short one. */
#include "bench.h"

#include "autocrm/webhook.h"
#include "kernel/inside.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum { HOOK_ENDPOINTS = 3, HOOK_EMIT = 50000, HOOK_FEW = 100 };

/* --- Signing --- */

static const char hook_secret[] = "whsec_J7sfMSPaOhpXIgCcFkXCTALm7/0KlymKf5AAeAO3OT8=";

typedef struct hook_text {
    char *body;
    size_t len;
} hook_text;

static void hook_sign_ours(void *user, long ops)
{
    const hook_text *text = user;
    char out[ACRM_WEBHOOK_SIGNATURE_MAX];

    for (long i = 0; i < ops; i++) {
        acrm_webhook_sign(hook_secret, "0190163d-8694-739b-aea5-966c26f8ad91", 1795255200,
                          text->body, text->len, out, NULL);
        bench_keep(out);
    }
}

static void hook_sign_bare(void *user, long ops)
{
    const hook_text *text = user;
    static const unsigned char key[crypto_auth_hmacsha256_KEYBYTES] = { 1 };
    unsigned char mac[crypto_auth_hmacsha256_BYTES];

    for (long i = 0; i < ops; i++) {
        crypto_auth_hmacsha256(mac, (const unsigned char *)text->body, text->len, key);
        bench_keep(mac);
    }
}

static void hook_sign(bench *b)
{
    static const long sizes[] = { 256, 1024, 16384 };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        hook_text text = { calloc(1, (size_t)sizes[i]), (size_t)sizes[i] };
        if (!b->quick || i == 0)
            bench_compare(b, &(bench_measure){ .name = "webhook.sign", .size = sizes[i],
                                               .ours = hook_sign_ours, .baseline = hook_sign_bare,
                                               .user = &text });
        free(text.body);
    }
}

/* --- A database with a feed and endpoints --- */

typedef struct hook_side {
    acrm_engine *engine;
    acrm_session *session;
    char path[64];
    sqlite3 *db; /* of the hand-written side */
    int64_t cursor;
    unsigned char endpoints[HOOK_ENDPOINTS][16];
} hook_side;

typedef struct hook_sides {
    hook_side ours, theirs;
    long n;
} hook_sides;

static void hook_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static int32_t hook_submit(void *self, const acrm_outgoing *message, acrm_sent *sent)
{
    (void)self;
    (void)message;
    sent->outcome = ACRM_SENT_DELIVERED;
    return 0;
}

static void hook_call(hook_side *side, const char *operation, const char *args)
{
    acrm_error *err = NULL;

    if (acrm_call_json(side->session, operation, args, strlen(args), NULL, &err) != ACRM_OK)
        hook_die(operation, err);
}

static void hook_emit(hook_side *side, long n)
{
    static const unsigned char record[16] = { 7 };
    acrm_error *err = NULL;
    acrm__call call;

    if (acrm__session_enter(side->session, &err) != ACRM_OK)
        hook_die("enter", err);
    acrm__call_init(&call, side->session, &err);
    call.as_system = true;
    for (long done = 0; done < n; done += HOOK_EMIT) {
        if (acrm__begin(&call) != ACRM_OK)
            hook_die("begin", err);
        for (long i = done; i < n && i < done + HOOK_EMIT; i++)
            if (acrm__emit(&call, "bench.happened", "customer", record, NULL) != ACRM_OK)
                hook_die("emit", err);
        if (acrm__commit(&call) != ACRM_OK)
            hook_die("commit", err);
    }
    acrm__session_leave(side->session);
}

static void hook_open(hook_side *side, const char *name)
{
    const acrm_transport transport = { .struct_size = sizeof transport, .name = "bench",
                                       .channels = ACRM_CHANNEL_WEBHOOK, .submit = hook_submit };
    const acrm_options options = { .struct_size = sizeof options, .transports = &transport,
                                   .n_transports = 1, .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    *side = (hook_side){ .engine = NULL };
    snprintf(side->path, sizeof side->path, "/tmp/acrm_hook_%s_%ld.db", name, (long)getpid());
    if (acrm_open(side->path, &options, &side->engine, &err) != ACRM_OK ||
        acrm_session_new(side->engine, "system", &side->session, &err) != ACRM_OK)
        hook_die("open", err);
    /* At one a minute, so that it is the rows that are measured. */
    for (int i = 0; i < HOOK_ENDPOINTS; i++)
        hook_call(side, "webhook_endpoint.create",
                  "{\"name\":\"x\",\"url\":\"https://example.com/\",\"types\":[\"bench.*\"],"
                  "\"per_minute\":1}");
}

static void hook_close(hook_side *side)
{
    char other[80];

    sqlite3_close(side->db);
    acrm_session_free(side->session);
    acrm_close(side->engine);
    unlink(side->path);
    snprintf(other, sizeof other, "%s-wal", side->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", side->path);
    unlink(other);
}

/* --- Deliveries --- */

static void hook_before(void *user, long ops)
{
    hook_sides *sides = user;

    hook_call(&sides->ours, "engine.tick", "{}");
    sqlite3_stmt *head = NULL;
    sqlite3_prepare_v2(sides->theirs.db, "SELECT max(seq) FROM acrm_event", -1, &head, NULL);
    sqlite3_step(head);
    sides->theirs.cursor = sqlite3_column_int64(head, 0);
    sqlite3_finalize(head);
    hook_emit(&sides->ours, ops);
    hook_emit(&sides->theirs, ops);
}

static void hook_enqueue_ours(void *user, long ops)
{
    hook_sides *sides = user;

    (void)ops;
    hook_call(&sides->ours, "engine.tick", "{}");
}

static void hook_enqueue_hand(void *user, long ops)
{
    hook_sides *sides = user;
    hook_side *side = &sides->theirs;
    sqlite3_stmt *read = NULL, *write = NULL;
    unsigned char id[16] = { 1 };
    uint64_t number = (uint64_t)side->cursor * HOOK_ENDPOINTS;
    int64_t now = 1795255200000000;

    sqlite3_prepare_v2(side->db, "SELECT seq, type FROM acrm_event WHERE seq > ? AND type GLOB "
                       "'bench.*' ORDER BY seq LIMIT 1000", -1, &read, NULL);
    sqlite3_prepare_v2(side->db, "INSERT INTO webhook_delivery (id, version, created_at, "
                       "updated_at, endpoint_id, seq, type, status, attempts, next_at) VALUES "
                       "(?, 1, ?, ?, ?, ?, ?, 'waiting', 0, ?)", -1, &write, NULL);
    for (long done = 0; done < ops;) {
        long n = 0;
        sqlite3_exec(side->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        sqlite3_bind_int64(read, 1, side->cursor);
        while (sqlite3_step(read) == SQLITE_ROW) {
            side->cursor = sqlite3_column_int64(read, 0);
            for (int e = 0; e < HOOK_ENDPOINTS; e++) {
                number++;
                for (int k = 0; k < 8; k++)
                    id[8 - k] = (unsigned char)(number >> (8 * k));
                sqlite3_bind_blob(write, 1, id, 16, SQLITE_STATIC);
                sqlite3_bind_int64(write, 2, now);
                sqlite3_bind_int64(write, 3, now);
                sqlite3_bind_blob(write, 4, side->endpoints[e], 16, SQLITE_STATIC);
                sqlite3_bind_int64(write, 5, side->cursor);
                sqlite3_bind_text(write, 6, (const char *)sqlite3_column_text(read, 1), -1,
                                  SQLITE_STATIC);
                sqlite3_bind_int64(write, 7, now);
                if (sqlite3_step(write) != SQLITE_DONE) {
                    fprintf(stderr, "by hand: %s\n", sqlite3_errmsg(side->db));
                    exit(EXIT_FAILURE);
                }
                sqlite3_reset(write);
            }
            n++;
        }
        sqlite3_reset(read);
        sqlite3_exec(side->db, "COMMIT", NULL, NULL, NULL);
        done += n;
        if (n == 0)
            break;
    }
    sqlite3_finalize(read);
    sqlite3_finalize(write);
}

static void hook_by_hand(hook_side *side)
{
    sqlite3_stmt *all = NULL;
    int n = 0;

    if (sqlite3_open(side->path, &side->db) != SQLITE_OK)
        exit(EXIT_FAILURE);
    sqlite3_exec(side->db, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON", NULL, NULL, NULL);
    sqlite3_prepare_v2(side->db, "SELECT id FROM webhook_endpoint", -1, &all, NULL);
    while (sqlite3_step(all) == SQLITE_ROW && n < HOOK_ENDPOINTS)
        memcpy(side->endpoints[n++], sqlite3_column_blob(all, 0), 16);
    sqlite3_finalize(all);
}

static void hook_enqueue(bench *b)
{
    static const long sizes[] = { 10000, 100000 };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        hook_sides sides;
        if (!bench_wants_size(b, sizes[i], sizes[0]) || !bench_wanted(b, "webhook.enqueue"))
            continue;
        hook_open(&sides.ours, "ours");
        hook_open(&sides.theirs, "hand");
        hook_by_hand(&sides.theirs);
        bench_compare(b, &(bench_measure){ .name = "webhook.enqueue", .size = sizes[i],
                                           .goal = 2.0, .ours = hook_enqueue_ours,
                                           .baseline = hook_enqueue_hand, .before = hook_before,
                                           .user = &sides, .ops = sizes[i] });
        hook_close(&sides.ours);
        hook_close(&sides.theirs);
    }
}

/* --- A tick with nothing to tell --- */

static void hook_idle_ours(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        hook_call(&((hook_sides *)user)->ours, "engine.tick", "{}");
}

static void hook_idle_few(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        hook_call(&((hook_sides *)user)->theirs, "engine.tick", "{}");
}

static void hook_idle(bench *b)
{
    static const long sizes[] = { 10000, 100000, 1000000 };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        hook_sides sides;
        if (!bench_wants_size(b, sizes[i], sizes[0]) || !bench_wanted(b, "webhook.idle_tick"))
            continue;
        for (int side = 0; side < 2; side++) {
            hook_side *s = side ? &sides.theirs : &sides.ours;
            hook_open(s, side ? "few" : "many");
            hook_emit(s, side ? HOOK_FEW : sizes[i]);
            for (int k = 0; k < 3; k++) /* all rows are there, and the rate is used up */
                hook_call(s, "engine.tick", "{}");
        }
        while (sizes[i] > 200000 && i + 1 == sizeof sizes / sizeof sizes[0]) {
            for (int k = 0; k < 10; k++)
                hook_call(&sides.ours, "engine.tick", "{}");
            break;
        }
        bench_compare(b, &(bench_measure){ .name = "webhook.idle_tick", .size = sizes[i],
                                           .goal = 1.5, .ours = hook_idle_ours,
                                           .baseline = hook_idle_few, .user = &sides });
        hook_close(&sides.ours);
        hook_close(&sides.theirs);
    }
}

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv);

    hook_sign(&b);
    hook_enqueue(&b);
    hook_idle(&b);
    return bench_end(&b);
}
