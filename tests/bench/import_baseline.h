/* SPDX-License-Identifier: MIT */
/*
 * The import that a specialist would write by hand for one kind of file: plain CSV with columns
 * that are known, phone numbers of one country. It writes the rows that the library writes, with
 * audit chain, sealed personal part and event of each, in transactions of the same size.
 */
#ifndef TESTS_BENCH_IMPORT_BASELINE_H
#define TESTS_BENCH_IMPORT_BASELINE_H

#include "crm_baseline.h"

#include <ctype.h>
#include <stdbool.h>

enum { IMPORT_BASELINE_STEP = 250, IMPORT_BASELINE_CELLS = 6, IMPORT_BASELINE_TEXT = 128 };

#define IMPORT_BASELINE_HEAD "id,version,created_at,updated_at"

typedef struct import_baseline {
    baseline b; /* the file, ids, sealing and the head of the chain */
    sqlite3_stmt *find_lead, *find_enquiry, *find_contact, *find_open, *insert_customer,
        *insert_point, *insert_lead, *insert_timer, *insert_row, *insert_enquiry,
        *insert_interaction, *update_lead, *insert_job, *update_job, *insert_audit, *insert_event;
    unsigned char job[16];
    int64_t now;
    long position, created, attached, unchanged;
} import_baseline;

/* A row of the file: id,date,name,phone,email,model. */
typedef struct import_baseline_row {
    const char *cells[IMPORT_BASELINE_CELLS];
    int lens[IMPORT_BASELINE_CELLS];
    char phone[32], email[IMPORT_BASELINE_TEXT], match[IMPORT_BASELINE_TEXT];
    int64_t at;
} import_baseline_row;

enum { CELL_ID, CELL_DATE, CELL_NAME, CELL_PHONE, CELL_EMAIL, CELL_MODEL };

static void import_baseline_statements(import_baseline *h)
{
    baseline *b = &h->b;

    h->find_lead = baseline_prepare(b, "SELECT id,customer_id FROM lead WHERE provider='bench' AND "
        "external_id=?1 AND deleted_at IS NULL ORDER BY id LIMIT 1");
    h->find_enquiry = baseline_prepare(b, "SELECT lead_id FROM lead_enquiry WHERE "
        "provider='bench' AND external_id=?1 AND deleted_at IS NULL ORDER BY id LIMIT 1");
    h->find_contact = baseline_prepare(b, "SELECT customer_id,c.match_name FROM contact_point p "
        "JOIN customer c ON c.id=p.customer_id WHERE match_value=?1 AND p.deleted_at IS NULL "
        "AND c.deleted_at IS NULL LIMIT 50");
    h->find_open = baseline_prepare(b, "SELECT id,model,resent_count,version FROM lead WHERE "
        "customer_id=?1 AND closed_at IS NULL AND deleted_at IS NULL ORDER BY id DESC LIMIT 50");
    h->insert_customer = baseline_prepare(b, "INSERT INTO customer(" IMPORT_BASELINE_HEAD ",kind,"
        "name,match_name,country,vip_level,do_not_contact) "
        "VALUES(?1,1,?2,?2,'person',?3,?4,'IR',0,0)");
    h->insert_point = baseline_prepare(b, "INSERT INTO contact_point(" IMPORT_BASELINE_HEAD ","
        "customer_id,channel,value,match_value,preferred,valid) "
        "VALUES(?1,1,?2,?2,?3,?4,?5,?6,0,1)");
    h->insert_lead = baseline_prepare(b, "INSERT INTO lead(" IMPORT_BASELINE_HEAD ",customer_id,"
        "status,level,level_since,interest,channel,received_at,model,provider,external_id,"
        "resent_count,round,next_contact_at,next_agreed,attempts,contacts,neglect_step) "
        "VALUES(?1,1,?2,?2,?3,'new','C',?4,'buy','web',?4,?5,'bench',?6,0,0,?7,0,0,0,0)");
    h->insert_timer = baseline_prepare(b, "INSERT INTO timer(" IMPORT_BASELINE_HEAD ",kind,entity,"
        "subject_id,due_at,attempts,state) "
        "VALUES(?1,1,?2,?2,'lead.contact_due','lead',?3,?4,0,'waiting')");
    h->insert_row = baseline_prepare(b, "INSERT INTO import_row(" IMPORT_BASELINE_HEAD ",job_id,"
        "position,outcome,lead_id,customer_id,attempts) VALUES(?1,1,?2,?2,?3,?4,?5,?6,?7,1)");
    h->insert_enquiry = baseline_prepare(b, "INSERT INTO lead_enquiry(" IMPORT_BASELINE_HEAD ","
        "lead_id,at,provider,external_id) VALUES(?1,1,?2,?2,?3,?4,'bench',?5)");
    h->insert_interaction = baseline_prepare(b, "INSERT INTO interaction(" IMPORT_BASELINE_HEAD ","
        "customer_id,at,channel,direction,effective,subject_entity,subject_id) "
        "VALUES(?1,1,?2,?2,?3,?4,'system','in',1,'lead',?5)");
    h->update_lead = baseline_prepare(b, "UPDATE lead SET version=version+1,updated_at=?2,"
        "resent_count=?3 WHERE id=?1");
    h->insert_job = baseline_prepare(b, "INSERT INTO import_job(" IMPORT_BASELINE_HEAD ",source,"
        "format,status,position) VALUES(?1,1,?2,?2,'bench.csv','csv','running',0)");
    h->update_job = baseline_prepare(b, "UPDATE import_job SET version=version+1,updated_at=?2,"
        "position=?3,created_rows=?4,attached_rows=?5,unchanged_rows=?6 WHERE id=?1");
    h->insert_audit = baseline_prepare(b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',?3,?4,?5,"
        "?6,?7,?8,?9,NULL,?10)");
    h->insert_event = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,?3,?4,?5,'system',"
        "?6)");
}

static void import_baseline_close(import_baseline *h)
{
    sqlite3_stmt *const own[] = { h->find_lead, h->find_enquiry, h->find_contact, h->find_open,
        h->insert_customer, h->insert_point, h->insert_lead, h->insert_timer, h->insert_row,
        h->insert_enquiry, h->insert_interaction, h->update_lead, h->insert_job, h->update_job,
        h->insert_audit, h->insert_event };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    baseline_close(&h->b);
}

/* --- Audit and event of a row that was written --- */

static const char *import_baseline_id_text(const unsigned char id[16], char text[37])
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;

    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        text[n++] = hex[id[i] >> 4];
        text[n++] = hex[id[i] & 15];
    }
    text[n] = '\0';
    return text;
}

typedef struct import_baseline_trace {
    const char *operation, *entity, *action, *type;
    const unsigned char *id, *subject, *key;
    const char *changes, *personal, *data;
} import_baseline_trace;

static void import_baseline_event(import_baseline *h, const char *type, const char *entity,
                                  const unsigned char *id, const char *data)
{
    sqlite3_stmt *s = h->insert_event;

    sqlite3_bind_int64(s, 1, ++h->b.event_seq);
    sqlite3_bind_int64(s, 2, h->now);
    sqlite3_bind_text(s, 3, type, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, entity, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, data, -1, SQLITE_STATIC);
    baseline_run(&h->b, s);
}

static void import_baseline_audit(import_baseline *h, const import_baseline_trace *t)
{
    baseline *b = &h->b;
    sqlite3_stmt *s = h->insert_audit;
    crypto_generichash_state state;
    unsigned char sealed[512];
    size_t sealed_len = 0;

    if (t->personal)
        sealed_len = baseline_seal(t->key, t->personal, strlen(t->personal), sealed);
    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, (const unsigned char *)&h->now, 8);
    crypto_generichash_update(&state, (const unsigned char *)t->type, strlen(t->type));
    crypto_generichash_update(&state, t->id, 16);
    crypto_generichash_update(&state, (const unsigned char *)t->changes, strlen(t->changes));
    crypto_generichash_update(&state, sealed, sealed_len);
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(s, 1, b->audit_seq);
    sqlite3_bind_int64(s, 2, h->now);
    sqlite3_bind_text(s, 3, t->operation, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, t->entity, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, t->id, 16, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, t->action, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 7, t->changes, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 8, t->subject, 16, SQLITE_STATIC);
    sqlite3_bind_blob(s, 9, sealed_len ? sealed : NULL, (int)sealed_len, SQLITE_STATIC);
    sqlite3_bind_blob(s, 10, b->hash, 32, SQLITE_STATIC);
    baseline_run(b, s);
    import_baseline_event(h, t->type, t->entity, t->id, t->data);
}

static void import_baseline_new(import_baseline *h, sqlite3_stmt *s, unsigned char id[16])
{
    baseline_id(&h->b, h->now, id);
    sqlite3_bind_blob(s, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, h->now);
}

/* --- The rows of a lead --- */

static void import_baseline_point(import_baseline *h, const unsigned char customer[16],
                                  const unsigned char key[32], const char *channel,
                                  const char *value, int len, const char *match)
{
    sqlite3_stmt *s = h->insert_point;
    unsigned char id[16];
    char changes[300], personal[400], customer_text[37];

    import_baseline_new(h, s, id);
    sqlite3_bind_blob(s, 3, customer, 16, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, channel, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, value, len, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, match, -1, SQLITE_STATIC);
    baseline_run(&h->b, s);
    snprintf(changes, sizeof changes, "{\"customer_id\":[null,\"%s\"],\"channel\":[null,\"%s\"],"
             "\"preferred\":[null,false],\"valid\":[null,true]}",
             import_baseline_id_text(customer, customer_text), channel);
    snprintf(personal, sizeof personal, "{\"value\":[null,\"%.*s\"],\"match_value\":[null,\"%s\"]}",
             len, value, match);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "contact_point", .action = "create", .type = "contact_point.created", .id = id,
        .subject = customer, .key = key, .changes = changes, .personal = personal });
}

static void import_baseline_customer(import_baseline *h, const import_baseline_row *row,
                                     unsigned char id[16])
{
    baseline *b = &h->b;
    sqlite3_stmt *s = h->insert_customer;
    unsigned char key[32], wrapped[72];
    char personal[300];

    import_baseline_new(h, s, id);
    randombytes_buf(key, sizeof key);
    sqlite3_bind_blob(b->insert_key, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_key, 2, wrapped, (int)baseline_seal(b->key, key, 32, wrapped),
                      SQLITE_STATIC);
    baseline_run(b, b->insert_key);
    sqlite3_bind_text(s, 3, row->cells[CELL_NAME], row->lens[CELL_NAME], SQLITE_STATIC);
    sqlite3_bind_text(s, 4, row->match, -1, SQLITE_STATIC);
    baseline_run(b, s);
    sqlite3_bind_int64(b->insert_search, 1, sqlite3_last_insert_rowid(b->db));
    sqlite3_bind_text(b->insert_search, 2, row->match, -1, SQLITE_STATIC);
    baseline_run(b, b->insert_search);
    snprintf(personal, sizeof personal, "{\"name\":[null,\"%.*s\"]}", row->lens[CELL_NAME],
             row->cells[CELL_NAME]);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "customer", .action = "create", .type = "customer.created", .id = id,
        .subject = id, .key = key, .personal = personal,
        .changes = "{\"kind\":[null,\"person\"],\"country\":[null,\"IR\"],\"vip_level\":[null,0],"
                   "\"do_not_contact\":[null,false]}" });
    import_baseline_point(h, id, key, "phone", row->cells[CELL_PHONE], row->lens[CELL_PHONE],
                          row->phone);
    import_baseline_point(h, id, key, "email", row->cells[CELL_EMAIL], row->lens[CELL_EMAIL],
                          row->email);
}

static void import_baseline_lead(import_baseline *h, const import_baseline_row *row,
                                 const unsigned char customer[16], unsigned char id[16])
{
    sqlite3_stmt *s = h->insert_lead, *timer = h->insert_timer;
    int64_t week = INT64_C(7) * 86400 * 1000000;
    unsigned char timer_id[16];
    char changes[1000], customer_text[37], due[32];
    time_t due_s = (time_t)((row->at + week) / 1000000);
    struct tm tm;

    import_baseline_new(h, s, id);
    sqlite3_bind_blob(s, 3, customer, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, row->at);
    sqlite3_bind_text(s, 5, row->cells[CELL_MODEL], row->lens[CELL_MODEL], SQLITE_STATIC);
    sqlite3_bind_text(s, 6, row->cells[CELL_ID], row->lens[CELL_ID], SQLITE_STATIC);
    sqlite3_bind_int64(s, 7, row->at + week);
    baseline_run(&h->b, s);
    strftime(due, sizeof due, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&due_s, &tm));
    snprintf(changes, sizeof changes, "{\"customer_id\":[null,\"%s\"],\"status\":[null,\"new\"],"
             "\"level\":[null,\"C\"],\"level_since\":[null,\"%.*s\"],\"interest\":[null,\"buy\"],"
             "\"channel\":[null,\"web\"],\"received_at\":[null,\"%.*s\"],\"model\":[null,\"%.*s\"],"
             "\"provider\":[null,\"bench\"],\"external_id\":[null,\"%.*s\"],"
             "\"resent_count\":[null,0],\"round\":[null,0],\"next_contact_at\":[null,\"%s\"],"
             "\"next_agreed\":[null,false],\"attempts\":[null,0],\"contacts\":[null,0],"
             "\"neglect_step\":[null,0]}", import_baseline_id_text(customer, customer_text),
             row->lens[CELL_DATE], row->cells[CELL_DATE], row->lens[CELL_DATE],
             row->cells[CELL_DATE], row->lens[CELL_MODEL], row->cells[CELL_MODEL],
             row->lens[CELL_ID], row->cells[CELL_ID], due);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "lead", .action = "create", .type = "lead.created", .id = id,
        .subject = customer, .changes = changes });
    import_baseline_new(h, timer, timer_id);
    sqlite3_bind_blob(timer, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(timer, 4, row->at + week + INT64_C(3) * 86400 * 1000000);
    baseline_run(&h->b, timer);
}

/* To a lead of the same customer about the same model that is open. */
static void import_baseline_attach(import_baseline *h, const import_baseline_row *row,
                                   const unsigned char customer[16], const unsigned char lead[16],
                                   int64_t resent)
{
    sqlite3_stmt *s = h->insert_enquiry;
    unsigned char enquiry[16], interaction[16];
    char changes[600], data[100], lead_text[37], customer_text[37];

    import_baseline_id_text(lead, lead_text);
    import_baseline_id_text(customer, customer_text);
    import_baseline_new(h, s, enquiry);
    sqlite3_bind_blob(s, 3, lead, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, row->at);
    sqlite3_bind_text(s, 5, row->cells[CELL_ID], row->lens[CELL_ID], SQLITE_STATIC);
    baseline_run(&h->b, s);
    snprintf(changes, sizeof changes, "{\"lead_id\":[null,\"%s\"],\"at\":[null,\"%.*s\"],"
             "\"provider\":[null,\"bench\"],\"external_id\":[null,\"%.*s\"]}", lead_text,
             row->lens[CELL_DATE], row->cells[CELL_DATE], row->lens[CELL_ID], row->cells[CELL_ID]);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "lead_enquiry", .action = "create", .type = "lead_enquiry.created",
        .id = enquiry, .changes = changes });
    s = h->insert_interaction;
    import_baseline_new(h, s, interaction);
    sqlite3_bind_blob(s, 3, customer, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, row->at);
    sqlite3_bind_blob(s, 5, lead, 16, SQLITE_STATIC);
    baseline_run(&h->b, s);
    snprintf(changes, sizeof changes, "{\"customer_id\":[null,\"%s\"],\"at\":[null,\"%.*s\"],"
             "\"channel\":[null,\"system\"],\"direction\":[null,\"in\"],\"effective\":[null,true],"
             "\"subject_entity\":[null,\"lead\"],\"subject_id\":[null,\"%s\"]}", customer_text,
             row->lens[CELL_DATE], row->cells[CELL_DATE], lead_text);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "interaction", .action = "create", .type = "interaction.created",
        .id = interaction, .subject = customer, .changes = changes });
    sqlite3_bind_blob(h->update_lead, 1, lead, 16, SQLITE_STATIC);
    sqlite3_bind_int64(h->update_lead, 2, h->now);
    sqlite3_bind_int64(h->update_lead, 3, resent + 1);
    baseline_run(&h->b, h->update_lead);
    snprintf(changes, sizeof changes, "{\"resent_count\":[%d,%d]}", (int)resent, (int)resent + 1);
    snprintf(data, sizeof data, "{\"changes\":%.60s,\"personal\":[]}", changes);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "lead.submit",
        .entity = "lead", .action = "update", .type = "lead.updated", .id = lead,
        .subject = customer, .changes = changes, .data = data });
    import_baseline_event(h, "lead.attached", "lead", lead, NULL);
}

/* --- Reading the file and knowing what is there already --- */

static const char *import_baseline_parse(const char *p, const char *end, import_baseline_row *row)
{
    struct tm tm = { .tm_isdst = 0 };
    char text[IMPORT_BASELINE_TEXT];
    int n = 0;

    for (int i = 0; i < IMPORT_BASELINE_CELLS; i++) {
        char until = i + 1 < IMPORT_BASELINE_CELLS ? ',' : '\n';
        const char *stop = memchr(p, until, (size_t)(end - p));
        row->cells[i] = p;
        row->lens[i] = (int)(stop - p);
        p = stop + 1;
    }
    snprintf(text, sizeof text, "%.*s", row->lens[CELL_DATE], row->cells[CELL_DATE]);
    sscanf(text, "%d-%d-%dT%d:%d:%dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
           &tm.tm_min, &tm.tm_sec);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    row->at = (int64_t)timegm(&tm) * 1000000;
    for (int i = 0; i < row->lens[CELL_PHONE] && n < 20; i++) /* digits, country code for the 0 */
        if (row->cells[CELL_PHONE][i] >= '0' && row->cells[CELL_PHONE][i] <= '9')
            text[n++] = row->cells[CELL_PHONE][i];
    snprintf(row->phone, sizeof row->phone, "+98%.*s", n - 1, text + 1);
    for (n = 0; n < row->lens[CELL_EMAIL]; n++)
        row->email[n] = (char)tolower((unsigned char)row->cells[CELL_EMAIL][n]);
    row->email[n] = '\0';
    for (n = 0; n < row->lens[CELL_NAME]; n++)
        row->match[n] = (char)tolower((unsigned char)row->cells[CELL_NAME][n]);
    row->match[n] = '\0';
    return p;
}

static bool import_baseline_find(sqlite3_stmt *s, unsigned char id[16])
{
    bool found = sqlite3_step(s) == SQLITE_ROW;

    if (found)
        memcpy(id, sqlite3_column_blob(s, 0), 16);
    sqlite3_reset(s);
    return found;
}

static bool import_baseline_by_key(sqlite3_stmt *s, const import_baseline_row *row,
                                   unsigned char lead[16])
{
    sqlite3_bind_text(s, 1, row->cells[CELL_ID], row->lens[CELL_ID], SQLITE_STATIC);
    return import_baseline_find(s, lead);
}

static bool import_baseline_by_contact(import_baseline *h, const char *contact,
                                       const import_baseline_row *row, unsigned char customer[16])
{
    sqlite3_stmt *s = h->find_contact;
    bool found = false;

    sqlite3_bind_text(s, 1, contact, -1, SQLITE_STATIC);
    while (!found && sqlite3_step(s) == SQLITE_ROW) {
        found = strcmp((const char *)sqlite3_column_text(s, 1), row->match) == 0;
        memcpy(customer, sqlite3_column_blob(s, 0), 16);
    }
    sqlite3_reset(s);
    return found;
}

static bool import_baseline_open_lead(import_baseline *h, const import_baseline_row *row,
                                      const unsigned char customer[16], unsigned char lead[16],
                                      int64_t *resent)
{
    sqlite3_stmt *s = h->find_open;
    bool found = false;

    sqlite3_bind_blob(s, 1, customer, 16, SQLITE_STATIC);
    while (!found && sqlite3_step(s) == SQLITE_ROW) {
        found = sqlite3_column_bytes(s, 1) == row->lens[CELL_MODEL] &&
                memcmp(sqlite3_column_text(s, 1), row->cells[CELL_MODEL],
                       (size_t)row->lens[CELL_MODEL]) == 0;
        memcpy(lead, sqlite3_column_blob(s, 0), 16);
        *resent = sqlite3_column_int64(s, 2);
    }
    sqlite3_reset(s);
    return found;
}

static void import_baseline_one(import_baseline *h, const import_baseline_row *row)
{
    unsigned char lead[16], customer[16], id[16];
    const char *outcome = "created";
    bool known = import_baseline_by_key(h->find_lead, row, lead) ||
                 import_baseline_by_key(h->find_enquiry, row, lead);
    int64_t resent = 0;

    if (known) {
        outcome = "unchanged";
        h->unchanged++;
    } else if (!import_baseline_by_contact(h, row->phone, row, customer) &&
               !import_baseline_by_contact(h, row->email, row, customer)) {
        import_baseline_customer(h, row, customer);
        import_baseline_lead(h, row, customer, lead);
        h->created++;
    } else if (import_baseline_open_lead(h, row, customer, lead, &resent)) {
        import_baseline_attach(h, row, customer, lead, resent);
        outcome = "attached";
        h->attached++;
    } else {
        import_baseline_lead(h, row, customer, lead);
        h->created++;
    }
    sqlite3_stmt *s = h->insert_row;
    import_baseline_new(h, s, id);
    sqlite3_bind_blob(s, 3, h->job, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, ++h->position);
    sqlite3_bind_text(s, 5, outcome, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, lead, 16, SQLITE_STATIC);
    sqlite3_bind_blob(s, 7, known ? NULL : customer, 16, SQLITE_STATIC);
    baseline_run(&h->b, s);
}

static void import_baseline_job(import_baseline *h)
{
    sqlite3_stmt *s = h->update_job;
    char changes[200], data[260];

    sqlite3_bind_blob(s, 1, h->job, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, h->now);
    sqlite3_bind_int64(s, 3, h->position);
    sqlite3_bind_int64(s, 4, h->created);
    sqlite3_bind_int64(s, 5, h->attached);
    sqlite3_bind_int64(s, 6, h->unchanged);
    baseline_run(&h->b, s);
    snprintf(changes, sizeof changes, "{\"position\":%ld,\"created_rows\":%ld}", h->position,
             h->created);
    snprintf(data, sizeof data, "{\"changes\":%s,\"personal\":[]}", changes);
    import_baseline_audit(h, &(import_baseline_trace){ .operation = "import.run",
        .entity = "import_job", .action = "update", .type = "import_job.updated", .id = h->job,
        .changes = changes, .data = data });
}

static inline void import_baseline_run(import_baseline *h, const char *path, const char *csv,
                                       size_t len)
{
    const char *end = csv + len, *p = (const char *)memchr(csv, '\n', len) + 1;
    import_baseline_row row;

    memset(h, 0, sizeof *h);
    baseline_open(&h->b, path);
    import_baseline_statements(h);
    h->now = baseline_now();
    baseline_begin(&h->b);
    import_baseline_new(h, h->insert_job, h->job);
    baseline_run(&h->b, h->insert_job);
    baseline_commit(&h->b);
    while (p < end) {
        baseline_begin(&h->b);
        h->now = baseline_now();
        for (int i = 0; i < IMPORT_BASELINE_STEP && p < end; i++) {
            p = import_baseline_parse(p, end, &row);
            import_baseline_one(h, &row);
        }
        import_baseline_job(h);
        baseline_commit(&h->b);
    }
    import_baseline_close(h);
}

#endif
