/* SPDX-License-Identifier: MIT */
/*
 * Points: earning and spending on a member with few and with very many entries, against C and SQL
 * written by hand that writes the same rows in one transaction each; and a run in which 1,000 lots
 * expire beside very many that wait, against the same beside ten thousand.
 */
#include "bench.h"
#include "crm_baseline.h"

#include "kernel/inside.h"
#include "modules/loyalty/ledger.h"

#include <unistd.h>

enum { LOYALTY_BATCH = 2000, LOYALTY_FEW = 10000, LOYALTY_DUE = 1000, LOYALTY_PER_MEMBER = 10 };

#define LOYALTY_DAY INT64_C(86400000000)

typedef struct loyalty_side {
    acrm_engine *engine;
    acrm_session *session;
    char path[64], member[37], program[37];
    long members;
    int64_t now;
} loyalty_side;

static void loyalty_die(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static int64_t loyalty_now(void *self)
{
    return ((loyalty_side *)self)->now;
}

static void loyalty_call(loyalty_side *side, const char *operation, const char *json, char id[37])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(side->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        loyalty_die(operation, err);
    if (id) {
        const char *at = strstr(acrm_buf_data(out), "\"id\":\"");
        snprintf(id, 37, "%s", at + 6);
    }
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static void loyalty_open(loyalty_side *side, bool create)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = loyalty_now, .self = side };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    if (acrm_open(side->path, &options, &side->engine, &err) != ACRM_OK ||
        acrm_session_new(side->engine, "system", &side->session, &err) != ACRM_OK)
        loyalty_die("open", err);
    if (create)
        loyalty_call(side, "loyalty_program.create",
                     "{\"code\":\"club\",\"name\":\"Club\",\"expire_months\":36}", side->program);
}

static void loyalty_new(loyalty_side *side, const char *name)
{
    *side = (loyalty_side){ .now = INT64_C(1795255200000000) };
    snprintf(side->path, sizeof side->path, "/tmp/acrm_loyalty_%s_%ld.db", name, (long)getpid());
    loyalty_open(side, true);
}

static void loyalty_close(loyalty_side *side)
{
    acrm_session_free(side->session);
    acrm_close(side->engine);
}

static void loyalty_unlink(const loyalty_side *side)
{
    char other[80];

    unlink(side->path);
    snprintf(other, sizeof other, "%s-wal", side->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", side->path);
    unlink(other);
}

static void loyalty_join(loyalty_side *side)
{
    char customer[37], json[160];

    loyalty_call(side, "customer.create", "{\"name\":\"Ada\"}", customer);
    snprintf(json, sizeof json, "{\"program_id\":\"%s\",\"customer_id\":\"%s\"}", side->program,
             customer);
    loyalty_call(side, "member.create", json, side->member);
    side->members++;
}

/* Many orders in one transaction: ours to prepare with, not to measure. */
static void loyalty_orders(loyalty_side *side, const char *const *members, long n, int64_t points,
                           int32_t expires_on, bool spend)
{
    acrm__call call;
    acrm_error *err = NULL;
    acrm__arena arena;

    if (acrm__session_enter(side->session, &err) != ACRM_OK)
        loyalty_die("enter", err);
    acrm__call_init(&call, side->session, &err);
    call.as_system = true;
    if (acrm__begin(&call) != ACRM_OK)
        loyalty_die("begin", err);
    acrm__arena_init(&arena, &side->engine->allocator);
    acrm__arena *outer = call.arena;
    for (long i = 0; i < n; i++) {
        unsigned char id[16];
        acrm__rec *member = NULL;
        acrm__ledger_done done;
        acrm__ledger_order order = { .points = points, .expires_on = expires_on };
        if (!acrm__uuid_parse(members[i], 36, id) ||
            acrm__load(&call, "member", id, "id", &member) != ACRM_OK)
            loyalty_die("member", err);
        order.member = member;
        if (acrm__ledger_earn(&call, &order, &done) != ACRM_OK ||
            (spend && acrm__ledger_redeem(&call, &order, &done) != ACRM_OK))
            loyalty_die("order", err);
        if (acrm__react(&call) != ACRM_OK)
            loyalty_die("react", err);
        acrm__arena_reset(&arena);
    }
    call.arena = outer;
    if (acrm__commit(&call) != ACRM_OK)
        loyalty_die("commit", err);
    acrm__arena_free(&arena);
    acrm__session_leave(side->session);
}

/* --- One member with many entries --- */

typedef struct loyalty_both {
    loyalty_side ours, hand;
    baseline base;
    sqlite3_stmt *member, *program, *known, *account, *lots, *add_txn, *add_audit, *add_event,
        *add_lot, *add_entry, *set_account, *set_lot;
    unsigned char member_id[16], account_id[16], program_id[16];
    long turn;
} loyalty_both;

static void loyalty_fill(loyalty_side *side, long entries)
{
    const char *members[LOYALTY_BATCH];

    loyalty_join(side);
    for (long i = 0; i < LOYALTY_BATCH; i++)
        members[i] = side->member;
    loyalty_orders(side, members, 5, 100000, 0, false);
    for (long left = entries / 2 - 2; left > 0; left -= LOYALTY_BATCH)
        loyalty_orders(side, members, left < LOYALTY_BATCH ? left : LOYALTY_BATCH, 10, 0, true);
}

static void loyalty_copy(const char *from, const char *to)
{
    static char room[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");

    if (!in || !out)
        exit(EXIT_FAILURE);
    for (size_t n; (n = fread(room, 1, sizeof room, in)) > 0;)
        fwrite(room, 1, n, out);
    fclose(in);
    fclose(out);
}

static void loyalty_id_of(baseline *b, const char *sql, unsigned char id[16])
{
    sqlite3_stmt *stmt = baseline_prepare(b, sql);

    if (sqlite3_step(stmt) == SQLITE_ROW)
        memcpy(id, sqlite3_column_blob(stmt, 0), 16);
    sqlite3_finalize(stmt);
}

static void loyalty_hand_open(loyalty_both *both)
{
    baseline *b = &both->base;

    baseline_open(b, both->hand.path);
    sqlite3_exec(b->db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    loyalty_id_of(b, "SELECT id FROM member", both->member_id);
    loyalty_id_of(b, "SELECT id FROM loyalty_program", both->program_id);
    loyalty_id_of(b, "SELECT id FROM points_account WHERE kind='points'", both->account_id);
    both->member = baseline_prepare(b, "SELECT * FROM member WHERE id=?1 AND deleted_at IS NULL");
    both->program = baseline_prepare(b, "SELECT * FROM loyalty_program WHERE id=?1");
    both->known = baseline_prepare(b, "SELECT id FROM points_transaction WHERE source_id=?1 AND "
        "program_id=?2 AND deleted_at IS NULL");
    both->account = baseline_prepare(b, "SELECT * FROM points_account WHERE member_id=?1 AND "
        "kind='points' AND deleted_at IS NULL");
    both->lots = baseline_prepare(b, "SELECT id,remaining FROM points_lot WHERE account_id=?1 AND "
        "state='active' ORDER BY sort_key,activates_at,id LIMIT 32");
    both->add_txn = baseline_prepare(b, "INSERT INTO points_transaction(id,version,created_at,"
        "updated_at,account_id,program_id,kind,at,points,available,pending,reserved,source_id) "
        "VALUES(?1,1,?2,?2,?3,?4,?5,?2,?6,?7,0,0,?8)");
    both->add_audit = baseline_prepare(b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',?7,"
        "'points_transaction',?3,'create',?4,NULL,NULL,NULL,?6)");
    both->add_event = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,"
        "'points_transaction.created','points_transaction',?3,'system',NULL)");
    both->add_lot = baseline_prepare(b, "INSERT INTO points_lot(id,version,created_at,updated_at,"
        "account_id,program_id,transaction_id,state,qty,remaining,reserved,expired,earned_at,"
        "activates_at,expires_at,expires_on,sort_key,wake_at) VALUES(?1,1,?2,?2,?3,?4,?5,'active',"
        "?6,?6,0,0,?2,?2,?7,?8,?7,?7)");
    both->add_entry = baseline_prepare(b, "INSERT INTO points_entry(id,version,created_at,"
        "updated_at,transaction_id,posted_id,lot_id,debit,credit,points) "
        "VALUES(?1,1,?2,?2,?3,?3,?4,?5,?6,?7)");
    both->set_account = baseline_prepare(b, "UPDATE points_account SET version=version+1,"
        "updated_at=?2,available=available+?3,earned=earned+?4,spent=spent+?5,last_at=?2 "
        "WHERE id=?1");
    both->set_lot = baseline_prepare(b, "UPDATE points_lot SET version=version+1,updated_at=?2,"
        "remaining=remaining-?3,state=CASE WHEN remaining=?3 THEN 'empty' ELSE state END,"
        "wake_at=CASE WHEN remaining=?3 THEN NULL ELSE wake_at END WHERE id=?1");
}

static void loyalty_hand_close(loyalty_both *both)
{
    sqlite3_stmt *const own[] = { both->member, both->program, both->known, both->account,
                                  both->lots, both->add_txn, both->add_audit, both->add_event,
                                  both->add_lot, both->add_entry, both->set_account,
                                  both->set_lot };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    baseline_close(&both->base);
}

static void loyalty_hand_read(baseline *b, sqlite3_stmt *stmt, const unsigned char *id)
{
    sqlite3_bind_blob(stmt, 1, id, 16, SQLITE_STATIC);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        bench_keep(sqlite3_column_blob(stmt, 0));
    sqlite3_reset(stmt);
    (void)b;
}

static void loyalty_hand_traces(loyalty_both *both, const unsigned char *id, int64_t now,
                                const char *operation, int points, const char *source)
{
    baseline *b = &both->base;
    crypto_generichash_state state;
    char changes[400];
    int n = snprintf(changes, sizeof changes, "{\"account_id\":[null,\"%s\"],\"program_id\":[null,"
                     "\"%s\"],\"kind\":[null,\"earn\"],\"at\":[null,\"2026-11-21T10:00:00Z\"],"
                     "\"points\":[null,%d],\"available\":[null,%d],\"pending\":[null,0],"
                     "\"reserved\":[null,0],\"source_id\":[null,\"%s\"]}", both->ours.member,
                     both->ours.program, points, points, source);

    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, (const unsigned char *)changes, (size_t)n);
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(both->add_audit, 1, b->audit_seq);
    sqlite3_bind_int64(both->add_audit, 2, now);
    sqlite3_bind_blob(both->add_audit, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(both->add_audit, 4, changes, n, SQLITE_STATIC);
    sqlite3_bind_blob(both->add_audit, 6, b->hash, 32, SQLITE_STATIC);
    sqlite3_bind_text(both->add_audit, 7, operation, -1, SQLITE_STATIC);
    baseline_run(b, both->add_audit);
    sqlite3_bind_int64(both->add_event, 1, ++b->event_seq);
    sqlite3_bind_int64(both->add_event, 2, now);
    sqlite3_bind_blob(both->add_event, 3, id, 16, SQLITE_STATIC);
    baseline_run(b, both->add_event);
}

static void loyalty_hand_entry(loyalty_both *both, const unsigned char *txn,
                               const unsigned char *lot, bool earn, int points, int64_t now)
{
    unsigned char id[16];

    baseline_id(&both->base, now, id);
    sqlite3_bind_blob(both->add_entry, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_entry, 2, now);
    sqlite3_bind_blob(both->add_entry, 3, txn, 16, SQLITE_STATIC);
    sqlite3_bind_blob(both->add_entry, 4, lot, 16, SQLITE_STATIC);
    sqlite3_bind_text(both->add_entry, 5, earn ? "issued" : "available", -1, SQLITE_STATIC);
    sqlite3_bind_text(both->add_entry, 6, earn ? "available" : "spent", -1, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_entry, 7, points);
    baseline_run(&both->base, both->add_entry);
}

static void loyalty_hand_lot(loyalty_both *both, const unsigned char *txn, int points,
                             int64_t now)
{
    int64_t expires = now - now % LOYALTY_DAY + 1096 * LOYALTY_DAY;
    unsigned char lot[16];

    baseline_id(&both->base, now, lot);
    sqlite3_bind_blob(both->add_lot, 1, lot, 16, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_lot, 2, now);
    sqlite3_bind_blob(both->add_lot, 3, both->account_id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(both->add_lot, 4, both->program_id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(both->add_lot, 5, txn, 16, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_lot, 6, points);
    sqlite3_bind_int64(both->add_lot, 7, expires);
    sqlite3_bind_int64(both->add_lot, 8, expires / LOYALTY_DAY);
    baseline_run(&both->base, both->add_lot);
    loyalty_hand_entry(both, txn, lot, true, points, now);
}

static void loyalty_hand_spend(loyalty_both *both, const unsigned char *txn, int points,
                               int64_t now)
{
    sqlite3_bind_blob(both->lots, 1, both->account_id, 16, SQLITE_STATIC);
    while (points > 0 && sqlite3_step(both->lots) == SQLITE_ROW) {
        unsigned char lot[16];
        int left = sqlite3_column_int(both->lots, 1), n = left < points ? left : points;
        memcpy(lot, sqlite3_column_blob(both->lots, 0), 16);
        sqlite3_bind_blob(both->set_lot, 1, lot, 16, SQLITE_STATIC);
        sqlite3_bind_int64(both->set_lot, 2, now);
        sqlite3_bind_int64(both->set_lot, 3, n);
        points -= n;
        if (points == 0)
            sqlite3_reset(both->lots);
        baseline_run(&both->base, both->set_lot);
        loyalty_hand_entry(both, txn, lot, false, n, now);
    }
    sqlite3_reset(both->lots);
}

static void loyalty_hand(loyalty_both *both, bool earn, int points)
{
    baseline *b = &both->base;
    int64_t now = both->hand.now;
    unsigned char txn[16];
    char source[40];

    snprintf(source, sizeof source, "hand%ld", both->turn++);
    baseline_run(b, b->begin);
    loyalty_hand_read(b, both->member, both->member_id);
    loyalty_hand_read(b, both->program, both->program_id);
    sqlite3_bind_text(both->known, 1, source, -1, SQLITE_STATIC);
    sqlite3_bind_blob(both->known, 2, both->program_id, 16, SQLITE_STATIC);
    baseline_run(b, both->known);
    loyalty_hand_read(b, both->account, both->member_id);
    baseline_id(b, now, txn);
    sqlite3_bind_blob(both->add_txn, 1, txn, 16, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_txn, 2, now);
    sqlite3_bind_blob(both->add_txn, 3, both->account_id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(both->add_txn, 4, both->program_id, 16, SQLITE_STATIC);
    sqlite3_bind_text(both->add_txn, 5, earn ? "earn" : "redeem", -1, SQLITE_STATIC);
    sqlite3_bind_int64(both->add_txn, 6, points);
    sqlite3_bind_int64(both->add_txn, 7, earn ? points : -points);
    sqlite3_bind_text(both->add_txn, 8, source, -1, SQLITE_STATIC);
    baseline_run(b, both->add_txn);
    loyalty_hand_traces(both, txn, now, earn ? "loyalty.earn" : "loyalty.redeem", points, source);
    if (earn)
        loyalty_hand_lot(both, txn, points, now);
    else
        loyalty_hand_spend(both, txn, points, now);
    sqlite3_bind_blob(both->set_account, 1, both->account_id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(both->set_account, 2, now);
    sqlite3_bind_int64(both->set_account, 3, earn ? points : -points);
    sqlite3_bind_int64(both->set_account, 4, earn ? points : 0);
    sqlite3_bind_int64(both->set_account, 5, earn ? 0 : points);
    baseline_run(b, both->set_account);
    baseline_commit(b);
}

static void loyalty_ours(loyalty_both *both, const char *operation, int points)
{
    char json[200];

    snprintf(json, sizeof json, "{\"member_id\":\"%s\",\"points\":%d,\"source_id\":\"ours%ld\"%s}",
             both->ours.member, points, both->turn++,
             operation[8] == 'e' ? ",\"qualifying\":0" : "");
    loyalty_call(&both->ours, operation, json, NULL);
}

static void loyalty_ours_earn(void *user, long ops)
{
    while (ops-- > 0)
        loyalty_ours(user, "loyalty.earn", 10);
}

static void loyalty_hand_earn(void *user, long ops)
{
    while (ops-- > 0)
        loyalty_hand(user, true, 10);
}

static void loyalty_ours_redeem(void *user, long ops)
{
    while (ops-- > 0)
        loyalty_ours(user, "loyalty.redeem", 3);
}

static void loyalty_hand_redeem(void *user, long ops)
{
    while (ops-- > 0)
        loyalty_hand(user, false, 3);
}

static void loyalty_entries(bench *b, long entries)
{
    static loyalty_both both;

    memset(&both, 0, sizeof both);
    loyalty_new(&both.ours, "ours");
    loyalty_fill(&both.ours, entries);
    loyalty_close(&both.ours);
    both.hand = both.ours;
    snprintf(both.hand.path, sizeof both.hand.path, "/tmp/acrm_loyalty_hand_%ld.db",
             (long)getpid());
    loyalty_copy(both.ours.path, both.hand.path);
    both.ours.now += LOYALTY_DAY;
    both.hand.now += LOYALTY_DAY;
    loyalty_open(&both.ours, false);
    loyalty_hand_open(&both);
    bench_compare(b, &(bench_measure){ .name = "loyalty.earn", .size = entries, .goal = 1.5,
                                       .ours = loyalty_ours_earn, .baseline = loyalty_hand_earn,
                                       .user = &both, .ops = b->quick ? 50 : 400 });
    bench_compare(b, &(bench_measure){ .name = "loyalty.redeem", .size = entries, .goal = 1.5,
                                       .ours = loyalty_ours_redeem,
                                       .baseline = loyalty_hand_redeem, .user = &both,
                                       .ops = b->quick ? 50 : 400 });
    loyalty_hand_close(&both);
    loyalty_close(&both.ours);
    loyalty_unlink(&both.ours);
    loyalty_unlink(&both.hand);
}

/* --- Expiry --- */

typedef struct loyalty_sides {
    loyalty_side few, many;
    char (*due)[37]; /* members of each side, the few's first */
} loyalty_sides;

enum { LOYALTY_DUE_MEMBERS = LOYALTY_DUE / LOYALTY_PER_MEMBER };

static void loyalty_wait(loyalty_side *side, long lots, char (*due)[37])
{
    const char *members[LOYALTY_BATCH];
    static char names[LOYALTY_BATCH / LOYALTY_PER_MEMBER][37];
    long kept = 0;

    for (long done = 0; done < lots; done += LOYALTY_BATCH) {
        for (long i = 0; i < LOYALTY_BATCH / LOYALTY_PER_MEMBER; i++) {
            loyalty_join(side);
            memcpy(names[i], side->member, 37);
            for (long k = 0; k < LOYALTY_PER_MEMBER; k++)
                members[i * LOYALTY_PER_MEMBER + k] = names[i];
            if (kept < LOYALTY_DUE_MEMBERS)
                memcpy(due[kept++], side->member, 37);
        }
        loyalty_orders(side, members, LOYALTY_BATCH, 10, 0, false);
    }
}

static void loyalty_make_due(loyalty_side *side, char (*due)[37])
{
    const char *members[LOYALTY_DUE];
    int32_t tomorrow = (int32_t)(side->now / LOYALTY_DAY) + 1;

    for (long i = 0; i < LOYALTY_DUE; i++)
        members[i] = due[i / LOYALTY_PER_MEMBER];
    loyalty_orders(side, members, LOYALTY_DUE, 10, tomorrow, false);
    side->now += LOYALTY_DAY;
}

static void loyalty_tick(loyalty_side *side)
{
    loyalty_call(side, "engine.tick", "{}", NULL);
}

static void loyalty_before(void *user, long ops)
{
    loyalty_sides *sides = user;

    (void)ops;
    loyalty_tick(&sides->few);
    loyalty_tick(&sides->many);
    loyalty_make_due(&sides->few, sides->due);
    loyalty_make_due(&sides->many, sides->due + LOYALTY_DUE_MEMBERS);
}

static void loyalty_expire_ours(void *user, long ops)
{
    (void)ops;
    loyalty_tick(&((loyalty_sides *)user)->many);
}

static void loyalty_expire_few(void *user, long ops)
{
    (void)ops;
    loyalty_tick(&((loyalty_sides *)user)->few);
}

static void loyalty_expiry(bench *b, long lots)
{
    static char due[2 * LOYALTY_DUE_MEMBERS][37];
    loyalty_sides sides = { .due = due };

    loyalty_new(&sides.few, "few");
    loyalty_new(&sides.many, "many");
    loyalty_wait(&sides.few, LOYALTY_FEW, due);
    loyalty_wait(&sides.many, lots, due + LOYALTY_DUE_MEMBERS);
    bench_compare(b, &(bench_measure){ .name = "loyalty.expire_1000", .size = lots, .goal = 1.5,
                                       .ours = loyalty_expire_ours,
                                       .baseline = loyalty_expire_few, .before = loyalty_before,
                                       .user = &sides, .ops = 1 });
    loyalty_close(&sides.few);
    loyalty_close(&sides.many);
    loyalty_unlink(&sides.few);
    loyalty_unlink(&sides.many);
}

int main(int argc, char **argv)
{
    static const long entries[] = { 10, 1000, 100000 };
    static const long lots[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (bench_wants_size(&b, entries[i], entries[1]) &&
            (bench_wanted(&b, "loyalty.earn") || bench_wanted(&b, "loyalty.redeem")))
            loyalty_entries(&b, entries[i]);
    for (size_t i = 0; i < sizeof lots / sizeof lots[0]; i++)
        if (bench_wants_size(&b, lots[i], lots[0]) && bench_wanted(&b, "loyalty.expire_1000"))
            loyalty_expiry(&b, lots[i]);
    return bench_end(&b);
}
