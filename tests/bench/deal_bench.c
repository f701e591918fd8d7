/* SPDX-License-Identifier: MIT */
/* A quote of forty lines priced and kept, against C and SQL written by hand that write the same
 * rows. */
#include "bench.h"
#include "crm_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { DEAL_LINES = 40, DEAL_COLUMNS_MAX = 80 };

/* Rows of a table as the library wrote them, to be written again with ids of their own. */
typedef struct rows {
    sqlite3_stmt *insert;
    sqlite3_value *cells[DEAL_LINES][DEAL_COLUMNS_MAX];
    int n, columns, id, parent;
} rows;

typedef struct deal {
    acrm_engine *engine;
    acrm_session *session;
    baseline hand;
    rows quote, lines;
    sqlite3_stmt *reads[3], *counter, *answer;
    char *changes, customer[37], user[37], *json, ours_path[64], hand_path[64];
    long number;
} deal;

static void deal_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "");
    exit(EXIT_FAILURE);
}

static void deal_call(deal *d, const char *operation, const char *json, char id[37])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(d->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        deal_fail(operation, err);
    const char *found = id ? strstr((const char *)acrm_buf_data(out), "\"id\":\"") : NULL;
    if (found)
        snprintf(id, 37, "%s", found + 6);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

/* --- The two sides --- */

static void deal_ours(void *user, long ops)
{
    deal *d = user;

    for (long i = 0; i < ops; i++)
        deal_call(d, "quote.create", d->json, NULL);
}

static void deal_write(rows *r, baseline *b, int row, const unsigned char id[16],
                       const unsigned char *parent)
{
    for (int i = 0; i < r->columns; i++)
        sqlite3_bind_value(r->insert, i + 1, r->cells[row][i]);
    sqlite3_bind_blob(r->insert, r->id + 1, id, 16, SQLITE_STATIC);
    if (parent)
        sqlite3_bind_blob(r->insert, r->parent + 1, parent, 16, SQLITE_STATIC);
    baseline_run(b, r->insert);
}

static void deal_audit(deal *d, const unsigned char id[16], int64_t now)
{
    baseline *b = &d->hand;
    crypto_generichash_state state;

    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, (const unsigned char *)d->changes, strlen(d->changes));
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(b->insert_audit, 1, b->audit_seq);
    sqlite3_bind_int64(b->insert_audit, 2, now);
    sqlite3_bind_blob(b->insert_audit, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_audit, 4, d->changes, -1, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_audit, 6, b->hash, 32, SQLITE_STATIC);
    baseline_run(b, b->insert_audit);
    sqlite3_bind_int64(b->insert_event, 1, ++b->event_seq);
    sqlite3_bind_int64(b->insert_event, 2, now);
    sqlite3_bind_blob(b->insert_event, 3, id, 16, SQLITE_STATIC);
    baseline_run(b, b->insert_event);
}

static void deal_hand_create(deal *d)
{
    baseline *b = &d->hand;
    unsigned char id[16], line[16];
    int64_t now = baseline_now();
    char number[40];
    int at = d->quote.parent;

    baseline_begin(b);
    for (size_t i = 0; i < sizeof d->reads / sizeof d->reads[0]; i++) {
        while (sqlite3_step(d->reads[i]) == SQLITE_ROW)
            bench_keep(sqlite3_column_blob(d->reads[i], 0));
        sqlite3_reset(d->reads[i]);
    }
    sqlite3_bind_int64(d->counter, 1, ++d->number);
    baseline_run(b, d->counter);
    baseline_id(b, now, id);
    snprintf(number, sizeof number, "Q-N-2026-%06ld", d->number);
    for (int i = 0; i < d->quote.columns; i++)
        sqlite3_bind_value(d->quote.insert, i + 1, d->quote.cells[0][i]);
    sqlite3_bind_blob(d->quote.insert, d->quote.id + 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(d->quote.insert, at + 1, number, -1, SQLITE_STATIC);
    baseline_run(b, d->quote.insert);
    for (int i = 0; i < d->lines.n; i++) {
        baseline_id(b, now, line);
        deal_write(&d->lines, b, i, line, id);
    }
    deal_audit(d, id, now);
    sqlite3_bind_blob(d->answer, 1, id, 16, SQLITE_STATIC);
    baseline_answer(b, d->answer);
    baseline_commit(b);
}

static void deal_hand(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        deal_hand_create(user);
}

/* --- Preparing --- */

static void deal_copy(deal *d, rows *r, const char *table, int n, const char *parent)
{
    char sql[8192];

    snprintf(sql, sizeof sql, "SELECT * FROM (SELECT * FROM \"%s\" ORDER BY _row DESC LIMIT %d) "
             "ORDER BY _row", table, n);
    sqlite3_stmt *last = baseline_prepare(&d->hand, sql);
    r->columns = sqlite3_column_count(last) - 1; /* without _row */
    while (sqlite3_step(last) == SQLITE_ROW && r->n < DEAL_LINES) {
        for (int i = 0; i < r->columns; i++)
            r->cells[r->n][i] = sqlite3_value_dup(sqlite3_column_value(last, i + 1));
        r->n++;
    }
    size_t len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO \"%s\"(", table);
    for (int i = 0; i < r->columns; i++) {
        const char *name = sqlite3_column_name(last, i + 1);
        r->id = strcmp(name, "id") == 0 ? i : r->id;
        r->parent = strcmp(name, parent) == 0 ? i : r->parent;
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s\"%s\"", i ? "," : "", name);
    }
    len += (size_t)snprintf(sql + len, sizeof sql - len, ") VALUES(");
    for (int i = 0; i < r->columns; i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s?", i ? "," : "");
    snprintf(sql + len, sizeof sql - len, ")");
    sqlite3_finalize(last);
    r->insert = baseline_prepare(&d->hand, sql);
}

static void deal_hand_prepare(deal *d)
{
    static const char *const reads[] = {
        "SELECT * FROM customer ORDER BY _row DESC LIMIT 1",
        "SELECT * FROM dealer WHERE code='N' LIMIT 1",
        "SELECT * FROM deal_counter WHERE series LIKE 'Q-N-%' LIMIT 1",
    };
    baseline *b = &d->hand;

    baseline_open(b, d->hand_path);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++)
        d->reads[i] = baseline_prepare(b, reads[i]);
    d->counter = baseline_prepare(b, "UPDATE deal_counter SET last=?1,version=version+1");
    deal_copy(d, &d->quote, "quote", 1, "number");
    deal_copy(d, &d->lines, "quote_line", DEAL_LINES, "quote_id");
    d->answer = baseline_prepare(b, "SELECT * FROM quote WHERE id=?1");
    sqlite3_finalize(b->insert_audit);
    b->insert_audit = baseline_prepare(b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',"
        "'quote.create','quote',?3,'create',?4,?3,?5,NULL,?6)");
    sqlite3_finalize(b->insert_event);
    b->insert_event = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,'quote.created',"
                                       "'quote',?3,'system',NULL)");
    sqlite3_stmt *audit = baseline_prepare(b, "SELECT changes FROM acrm_audit WHERE "
                                           "entity='quote' ORDER BY seq DESC LIMIT 1");
    baseline_check(b, sqlite3_step(audit), "audit");
    d->changes = sqlite3_mprintf("%s", sqlite3_column_text(audit, 0));
    sqlite3_finalize(audit);
    d->number = (long)baseline_scalar(b, "SELECT last FROM deal_counter");
}

static void deal_lines(deal *d)
{
    size_t cap = 16384, len;

    d->json = malloc(cap);
    len = (size_t)snprintf(d->json, cap, "{\"customer_id\":\"%s\",\"dealer_id\":\"%s\","
                           "\"currency\":\"EUR\",\"tax_rate\":\"0.19\",\"lines\":["
                           "{\"kind\":\"vehicle\",\"name\":\"X5\",\"amount\":\"39999.00\"}",
                           d->customer, d->user);
    for (int i = 1; i < DEAL_LINES - 1; i++)
        len += (size_t)snprintf(d->json + len, cap - len, ",{\"kind\":\"%s\",\"code\":\"C%03d\","
                                "\"name\":\"Option number %d\",\"amount\":\"%d.%02d\"}",
                                i < 30 ? "option" : "accessory", i, i, 100 + 7 * i, i);
    snprintf(d->json + len, cap - len, ",{\"kind\":\"discount\",\"rate\":\"0.05\"}]}");
}

static void deal_prepare(deal *d, long size)
{
    char command[400], json[200];
    acrm_error *err = NULL;

    snprintf(d->ours_path, sizeof d->ours_path, "/tmp/deal_bench_%ld_ours.db", (long)getpid());
    snprintf(d->hand_path, sizeof d->hand_path, "/tmp/deal_bench_%ld_hand.db", (long)getpid());
    if (acrm_open(d->ours_path, NULL, &d->engine, &err) != ACRM_OK ||
        acrm_session_new(d->engine, "system", &d->session, &err) != ACRM_OK)
        deal_fail("open", err);
    deal_call(d, "dealer.create", "{\"name\":\"North\",\"code\":\"N\"}", d->user);
    snprintf(json, sizeof json, "{\"name\":\"Ada\",\"dealer_id\":\"%s\"}", d->user);
    deal_call(d, "customer.create", json, d->customer);
    deal_lines(d);
    deal_ours(d, size);
    snprintf(command, sizeof command, "sqlite3 %s 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null "
             "2>&1; cp %s %s", d->ours_path, d->ours_path, d->hand_path);
    acrm_session_free(d->session); /* so that all of it is in the file */
    acrm_close(d->engine);
    if (system(command) != 0)
        deal_fail("copy", NULL);
    if (acrm_open(d->ours_path, NULL, &d->engine, &err) != ACRM_OK ||
        acrm_session_new(d->engine, "system", &d->session, &err) != ACRM_OK)
        deal_fail("open", err);
    deal_hand_prepare(d);
}

static void deal_drop(rows *r)
{
    sqlite3_finalize(r->insert);
    for (int row = 0; row < r->n; row++)
        for (int i = 0; i < r->columns; i++)
            sqlite3_value_free(r->cells[row][i]);
}

static void deal_end(deal *d)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".key" };
    char name[80];

    for (size_t i = 0; i < sizeof d->reads / sizeof d->reads[0]; i++)
        sqlite3_finalize(d->reads[i]);
    sqlite3_finalize(d->counter);
    sqlite3_finalize(d->answer);
    deal_drop(&d->quote);
    deal_drop(&d->lines);
    sqlite3_free(d->changes);
    baseline_close(&d->hand);
    acrm_session_free(d->session);
    acrm_close(d->engine);
    free(d->json);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", d->ours_path, ends[i]);
        unlink(name);
        snprintf(name, sizeof name, "%s%s", d->hand_path, ends[i]);
        unlink(name);
    }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 100, 1000, 10000 };
    static deal d;
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        memset(&d, 0, sizeof d);
        deal_prepare(&d, sizes[i]);
        bench_compare(&b, &(bench_measure){ .name = "deal.quote", .size = sizes[i], .goal = 2,
                      .ours = deal_ours, .baseline = deal_hand, .user = &d });
        deal_end(&d);
    }
    return bench_end(&b);
}
