/* SPDX-License-Identifier: MIT */
/*
 * What a specialist would write by hand to order one text to many customers: a query for who they
 * are, snprintf for the text, and the rows that the library writes: message, audit with chain hash
 * and sealed personal part, event, in transactions of the same size.
 */
#ifndef TESTS_BENCH_MESSAGE_BASELINE_H
#define TESTS_BENCH_MESSAGE_BASELINE_H

#include "import_baseline.h"

enum { MESSAGE_BASELINE_STEP = 256 };

typedef struct message_baseline {
    import_baseline h;
    sqlite3_stmt *who, *insert, *run;
    unsigned char run_id[16], template_id[16];
    char code[64];
} message_baseline;

static void message_baseline_open(message_baseline *m, const char *path)
{
    memset(m, 0, sizeof *m);
    baseline_open(&m->h.b, path);
    import_baseline_statements(&m->h);
    m->who = baseline_prepare(&m->h.b, "SELECT c.id,c.name,p.id,p.match_value,k.key FROM customer "
        "c LEFT JOIN contact_point p ON p.customer_id=c.id AND p.channel='phone' AND p.valid=1 AND "
        "p.deleted_at IS NULL JOIN acrm_subject_key k ON k.id=c.id WHERE c.deleted_at IS NULL AND "
        "c.id>?1 ORDER BY c.id LIMIT 256");
    m->insert = baseline_prepare(&m->h.b, "INSERT INTO message(" IMPORT_BASELINE_HEAD ","
        "customer_id,at,channel,purpose,template_id,transactional,contact_point_id,recipient,body,"
        "html,language,priority,status,next_at,moved,attempts,idempotency,run_id) VALUES(?1,1,?2,"
        "?2,?3,?2,'sms','service',?4,0,?5,?6,?7,0,'en',5,'queued',?8,0,0,?9,?10)");
    m->run = baseline_prepare(&m->h.b, "INSERT INTO message_run(" IMPORT_BASELINE_HEAD ",code,"
        "template,channel,args,state,ordered,no_address,missing,had_already) VALUES(?1,1,?2,?2,?3,"
        "'offer','sms','{}','running',0,0,0,0)");
    sqlite3_stmt *text = baseline_prepare(&m->h.b, "SELECT id FROM message_template LIMIT 1");
    if (sqlite3_step(text) == SQLITE_ROW)
        memcpy(m->template_id, sqlite3_column_blob(text, 0), 16);
    sqlite3_finalize(text);
}

static void message_baseline_close(message_baseline *m)
{
    sqlite3_finalize(m->who);
    sqlite3_finalize(m->insert);
    sqlite3_finalize(m->run);
    import_baseline_close(&m->h);
}

static void message_baseline_one(message_baseline *m, sqlite3_stmt *row)
{
    static const unsigned char engine_key[32];
    sqlite3_stmt *s = m->insert;
    unsigned char id[16], key[32] = { 0 };
    char body[300], idempotency[110], changes[1200], personal[400], texts[4][37], at[32];
    const unsigned char *customer = sqlite3_column_blob(row, 0), *wrapped;
    const char *to = (const char *)sqlite3_column_text(row, 3);
    time_t now = (time_t)(m->h.now / 1000000);
    struct tm tm;

    wrapped = sqlite3_column_blob(row, 4);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, wrapped + 24, 48, NULL, 0,
                                                   wrapped, engine_key) != 0)
        memset(key, 1, sizeof key); /* the engine's own key is not known here: only the work is */
    snprintf(body, sizeof body, "Dear %s, your car is due for its service. Call us or answer YES, "
             "and we bring you a courtesy car.", sqlite3_column_text(row, 1));
    import_baseline_id_text(customer, texts[0]);
    snprintf(idempotency, sizeof idempotency, "%s:%s", m->code, texts[0]);
    import_baseline_new(&m->h, s, id);
    sqlite3_bind_blob(s, 3, customer, 16, SQLITE_STATIC);
    sqlite3_bind_blob(s, 4, m->template_id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, sqlite3_column_blob(row, 2), 16, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, to, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 7, body, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 8, m->h.now);
    sqlite3_bind_text(s, 9, idempotency, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 10, m->run_id, 16, SQLITE_STATIC);
    baseline_run(&m->h.b, s);
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    snprintf(changes, sizeof changes, "{\"customer_id\":[null,\"%s\"],\"at\":[null,\"%s\"],"
             "\"channel\":[null,\"sms\"],\"purpose\":[null,\"service\"],\"template_id\":"
             "[null,\"%s\"],\"transactional\":[null,false],\"contact_point_id\":[null,\"%s\"],"
             "\"html\":[null,false],\"language\":[null,\"en\"],\"priority\":[null,5],\"status\":"
             "[null,\"queued\"],\"next_at\":[null,\"%s\"],\"moved\":[null,0],\"attempts\":[null,0],"
             "\"idempotency\":[null,\"%s\"],\"run_id\":[null,\"%s\"]}", texts[0], at,
             import_baseline_id_text(m->template_id, texts[1]),
             import_baseline_id_text(sqlite3_column_blob(row, 2), texts[2]), at, idempotency,
             import_baseline_id_text(m->run_id, texts[3]));
    snprintf(personal, sizeof personal, "{\"recipient\":[null,\"%s\"],\"body\":[null,\"%s\"]}",
             to, body);
    import_baseline_audit(&m->h, &(import_baseline_trace){ .operation = "message.send_many",
        .entity = "message", .action = "create", .type = "message.created", .id = id,
        .subject = customer, .key = key, .changes = changes, .personal = personal });
}

/* Everybody, a page in a transaction. */
static long message_baseline_run(message_baseline *m, const char *code)
{
    unsigned char after[16] = { 0 };
    long done = 0, page;

    snprintf(m->code, sizeof m->code, "%s", code);
    m->h.now = baseline_now();
    baseline_begin(&m->h.b);
    import_baseline_new(&m->h, m->run, m->run_id);
    sqlite3_bind_text(m->run, 3, code, -1, SQLITE_STATIC);
    baseline_run(&m->h.b, m->run);
    baseline_commit(&m->h.b);
    do {
        baseline_begin(&m->h.b);
        m->h.now = baseline_now();
        sqlite3_bind_blob(m->who, 1, after, 16, SQLITE_STATIC);
        for (page = 0; sqlite3_step(m->who) == SQLITE_ROW; page++) {
            message_baseline_one(m, m->who);
            memcpy(after, sqlite3_column_blob(m->who, 0), 16);
        }
        sqlite3_reset(m->who);
        baseline_commit(&m->h.b);
        done += page;
    } while (page == MESSAGE_BASELINE_STEP);
    return done;
}

#endif
