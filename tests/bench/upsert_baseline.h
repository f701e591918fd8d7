/* SPDX-License-Identifier: MIT */
/*
 * The upsert that a specialist would write by hand for one kind of file: plain CSV with columns
 * that are known, customers known by one number. It writes the rows that the library writes, with
 * audit chain, sealed personal part and event of each, in transactions of the same size.
 */
#ifndef TESTS_BENCH_UPSERT_BASELINE_H
#define TESTS_BENCH_UPSERT_BASELINE_H

#include "import_baseline.h"

enum { UPSERT_NR, UPSERT_NAME, UPSERT_PHONE, UPSERT_EMAIL, UPSERT_CITY, UPSERT_CELLS };

typedef struct upsert_baseline {
    import_baseline h;
    sqlite3_stmt *find, *insert, *point, *update, *find_key, *row, *find_contact, *find_points,
        *shared;
    bool match; /* look for the same person under another number first */
    long created, updated, unchanged;
} upsert_baseline;

typedef struct upsert_baseline_row {
    const char *cells[UPSERT_CELLS];
    int lens[UPSERT_CELLS];
    char phone[32], match[IMPORT_BASELINE_TEXT];
} upsert_baseline_row;

static void upsert_baseline_statements(upsert_baseline *u)
{
    baseline *b = &u->h.b;

    u->find = baseline_prepare(b, "SELECT id,version,name,city FROM customer WHERE external_id=?1 "
        "AND deleted_at IS NULL ORDER BY id LIMIT 2");
    u->insert = baseline_prepare(b, "INSERT INTO customer(" IMPORT_BASELINE_HEAD ",kind,name,"
        "match_name,city,vip_level,external_id,do_not_contact) "
        "VALUES(?1,1,?2,?2,'person',?3,?4,?5,0,?6,0)");
    u->point = baseline_prepare(b, "INSERT INTO contact_point(" IMPORT_BASELINE_HEAD ","
        "customer_id,channel,value,match_value,country,preferred,valid) "
        "VALUES(?1,1,?2,?2,?3,?4,?5,?6,'IR',0,1)");
    u->update = baseline_prepare(b, "UPDATE customer SET version=?2,updated_at=?3,city=?4 "
        "WHERE id=?1");
    u->find_key = baseline_prepare(b, "SELECT key FROM acrm_subject_key WHERE id=?1");
    u->find_contact = baseline_prepare(b, "SELECT customer_id FROM contact_point WHERE "
        "match_value=?1 AND deleted_at IS NULL LIMIT 50");
    u->shared = baseline_prepare(b, "INSERT INTO acrm_key(id,record_id) VALUES(?1,?2)");
    u->find_points = baseline_prepare(b, "SELECT channel,match_value FROM contact_point WHERE "
        "customer_id=?1 AND deleted_at IS NULL");
    u->row = baseline_prepare(b, "INSERT INTO import_row(" IMPORT_BASELINE_HEAD ",job_id,position,"
        "outcome,record_id,record_version,journal,children,customer_id,attempts) "
        "VALUES(?1,1,?2,?2,?3,?4,?5,?6,?7,?8,?9,?6,1)");
}

static void upsert_baseline_close(upsert_baseline *u)
{
    sqlite3_stmt *const own[] = { u->find, u->insert, u->point, u->update, u->find_key, u->row,
                                  u->find_contact, u->find_points, u->shared };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    import_baseline_close(&u->h);
}

static const char *upsert_baseline_parse(const char *p, const char *end, upsert_baseline_row *row)
{
    int n;

    for (int i = 0; i < UPSERT_CELLS; i++) {
        const char *stop = memchr(p, i + 1 < UPSERT_CELLS ? ',' : '\n', (size_t)(end - p));
        row->cells[i] = p;
        row->lens[i] = (int)(stop - p);
        p = stop + 1;
    }
    snprintf(row->phone, sizeof row->phone, "+98%.*s", row->lens[UPSERT_PHONE] - 1,
             row->cells[UPSERT_PHONE] + 1);
    for (n = 0; n < row->lens[UPSERT_NAME]; n++)
        row->match[n] = (char)tolower((unsigned char)row->cells[UPSERT_NAME][n]);
    row->match[n] = '\0';
    return p;
}

static void upsert_baseline_point(upsert_baseline *u, const unsigned char customer[16],
                                  const unsigned char key[32], const char *channel,
                                  const char *value, int len, const char *match, int match_len,
                                  unsigned char id[16])
{
    sqlite3_stmt *s = u->point;
    char changes[300], personal[400], customer_text[37];

    import_baseline_new(&u->h, s, id);
    sqlite3_bind_blob(s, 3, customer, 16, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, channel, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, value, len, SQLITE_STATIC);
    sqlite3_bind_text(s, 6, match, match_len, SQLITE_STATIC);
    baseline_run(&u->h.b, s);
    snprintf(changes, sizeof changes, "{\"customer_id\":[null,\"%s\"],\"channel\":[null,\"%s\"],"
             "\"country\":[null,\"IR\"],\"preferred\":[null,false],\"valid\":[null,true]}",
             import_baseline_id_text(customer, customer_text), channel);
    snprintf(personal, sizeof personal,
             "{\"value\":[null,\"%.*s\"],\"match_value\":[null,\"%.*s\"]}", len, value, match_len,
             match);
    import_baseline_audit(&u->h, &(import_baseline_trace){ .operation = "import.upsert",
        .entity = "contact_point", .action = "create", .type = "contact_point.created", .id = id,
        .subject = customer, .key = key, .changes = changes, .personal = personal });
}

/* By which somebody like this one is found: two of the name, one of the number. */
static void upsert_baseline_shared(upsert_baseline *u, const unsigned char id[16])
{
    unsigned char key[16];

    for (int i = 0; i < 3; i++) {
        randombytes_buf(key, sizeof key);
        sqlite3_bind_blob(u->shared, 1, key, 16, SQLITE_STATIC);
        sqlite3_bind_blob(u->shared, 2, id, 16, SQLITE_STATIC);
        baseline_run(&u->h.b, u->shared);
    }
}

/* The customer, its key, its search text and both ways to reach it. */
static void upsert_baseline_create(upsert_baseline *u, const upsert_baseline_row *row,
                                   unsigned char id[16], char children[300])
{
    baseline *b = &u->h.b;
    sqlite3_stmt *s = u->insert;
    unsigned char key[32], wrapped[72], phone[16], email[16];
    char personal[300], changes[300], texts[2][37];

    import_baseline_new(&u->h, s, id);
    randombytes_buf(key, sizeof key);
    sqlite3_bind_blob(b->insert_key, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_key, 2, wrapped, (int)baseline_seal(b->key, key, 32, wrapped),
                      SQLITE_STATIC);
    baseline_run(b, b->insert_key);
    sqlite3_bind_text(s, 3, row->cells[UPSERT_NAME], row->lens[UPSERT_NAME], SQLITE_STATIC);
    sqlite3_bind_text(s, 4, row->match, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, row->cells[UPSERT_CITY], row->lens[UPSERT_CITY], SQLITE_STATIC);
    sqlite3_bind_text(s, 6, row->cells[UPSERT_NR], row->lens[UPSERT_NR], SQLITE_STATIC);
    baseline_run(b, s);
    sqlite3_bind_int64(b->insert_search, 1, sqlite3_last_insert_rowid(b->db));
    sqlite3_bind_text(b->insert_search, 2, row->match, -1, SQLITE_STATIC);
    baseline_run(b, b->insert_search);
    snprintf(personal, sizeof personal, "{\"name\":[null,\"%.*s\"],\"city\":[null,\"%.*s\"]}",
             row->lens[UPSERT_NAME], row->cells[UPSERT_NAME], row->lens[UPSERT_CITY],
             row->cells[UPSERT_CITY]);
    snprintf(changes, sizeof changes, "{\"kind\":[null,\"person\"],\"vip_level\":[null,0],"
             "\"external_id\":[null,\"%.*s\"],\"do_not_contact\":[null,false]}",
             row->lens[UPSERT_NR], row->cells[UPSERT_NR]);
    import_baseline_audit(&u->h, &(import_baseline_trace){ .operation = "import.upsert",
        .entity = "customer", .action = "create", .type = "customer.created", .id = id,
        .subject = id, .key = key, .personal = personal, .changes = changes });
    upsert_baseline_shared(u, id);
    upsert_baseline_point(u, id, key, "phone", row->cells[UPSERT_PHONE], row->lens[UPSERT_PHONE],
                          row->phone, (int)strlen(row->phone), phone);
    upsert_baseline_point(u, id, key, "email", row->cells[UPSERT_EMAIL], row->lens[UPSERT_EMAIL],
                          row->cells[UPSERT_EMAIL], row->lens[UPSERT_EMAIL], email);
    snprintf(children, 300, "[{\"entity\":\"contact_point\",\"id\":\"%s\",\"version\":1},"
             "{\"entity\":\"contact_point\",\"id\":\"%s\",\"version\":1}]",
             import_baseline_id_text(phone, texts[0]), import_baseline_id_text(email, texts[1]));
}

/* The key that seals what concerns a customer. */
static void upsert_baseline_key(upsert_baseline *u, const unsigned char id[16],
                                unsigned char key[32])
{
    sqlite3_bind_blob(u->find_key, 1, id, 16, SQLITE_STATIC);
    if (sqlite3_step(u->find_key) == SQLITE_ROW) { /* wrapped with another key: any will do */
        const unsigned char *wrapped = sqlite3_column_blob(u->find_key, 0);
        memcpy(key, wrapped + 24, 32);
    }
    sqlite3_reset(u->find_key);
}

static size_t upsert_baseline_update(upsert_baseline *u, const upsert_baseline_row *row,
                                     const unsigned char id[16], int64_t version, const char *city,
                                     unsigned char journal[400])
{
    sqlite3_stmt *s = u->update;
    unsigned char key[32];
    char personal[200], plain[200];

    upsert_baseline_key(u, id, key);
    sqlite3_bind_blob(s, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, version + 1);
    sqlite3_bind_int64(s, 3, u->h.now);
    sqlite3_bind_text(s, 4, row->cells[UPSERT_CITY], row->lens[UPSERT_CITY], SQLITE_STATIC);
    baseline_run(&u->h.b, s);
    snprintf(personal, sizeof personal, "{\"city\":[\"%s\",\"%.*s\"]}", city,
             row->lens[UPSERT_CITY], row->cells[UPSERT_CITY]);
    import_baseline_audit(&u->h, &(import_baseline_trace){ .operation = "import.upsert",
        .entity = "customer", .action = "update", .type = "customer.updated", .id = id,
        .subject = id, .key = key, .personal = personal, .changes = "",
        .data = "{\"changes\":{},\"personal\":[\"city\"]}" });
    snprintf(plain, sizeof plain, "%s", personal);
    return baseline_seal(key, plain, strlen(plain), journal);
}

static bool upsert_baseline_known(upsert_baseline *u, const char *value, int len)
{
    sqlite3_bind_text(u->find_contact, 1, value, len, SQLITE_STATIC);
    bool found = sqlite3_step(u->find_contact) == SQLITE_ROW;
    sqlite3_reset(u->find_contact);
    return found;
}

/* Whether both ways to reach a known customer are there already. */
static bool upsert_baseline_reachable(upsert_baseline *u, const upsert_baseline_row *row,
                                      const unsigned char id[16])
{
    sqlite3_stmt *s = u->find_points;
    int found = 0;

    sqlite3_bind_blob(s, 1, id, 16, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *value = (const char *)sqlite3_column_text(s, 1);
        size_t len = strlen(value);
        found += strcmp(value, row->phone) == 0 ||
                 (len == (size_t)row->lens[UPSERT_EMAIL] &&
                  memcmp(value, row->cells[UPSERT_EMAIL], len) == 0);
    }
    sqlite3_reset(s);
    return found == 2;
}

static void upsert_baseline_one(upsert_baseline *u, const upsert_baseline_row *row)
{
    sqlite3_stmt *s = u->find;
    unsigned char id[16], row_id[16], journal[400];
    char children[300] = "", city[100] = "";
    size_t journal_len = 0;
    const char *outcome = "created";
    int64_t version = 0;

    sqlite3_bind_text(s, 1, row->cells[UPSERT_NR], row->lens[UPSERT_NR], SQLITE_STATIC);
    if (sqlite3_step(s) == SQLITE_ROW) {
        memcpy(id, sqlite3_column_blob(s, 0), 16);
        version = sqlite3_column_int64(s, 1);
        snprintf(city, sizeof city, "%s", (const char *)sqlite3_column_text(s, 3));
    }
    sqlite3_reset(s);
    bool same = version > 0 && (int)strlen(city) == row->lens[UPSERT_CITY] &&
                memcmp(city, row->cells[UPSERT_CITY], strlen(city)) == 0;
    if (version > 0 && !upsert_baseline_reachable(u, row, id)) {
        fprintf(stderr, "a contact is missing\n");
        exit(EXIT_FAILURE);
    }
    if (version == 0 && u->match &&
        (upsert_baseline_known(u, row->phone, (int)strlen(row->phone)) ||
         upsert_baseline_known(u, row->cells[UPSERT_EMAIL], row->lens[UPSERT_EMAIL])))
        return;
    if (version == 0) {
        upsert_baseline_create(u, row, id, children);
        version = 1;
        u->created++;
    } else if (same) {
        outcome = "unchanged";
        u->unchanged++;
    } else {
        journal_len = upsert_baseline_update(u, row, id, version, city, journal);
        version++;
        snprintf(children, sizeof children, "[]");
        outcome = "updated";
        u->updated++;
    }
    s = u->row;
    import_baseline_new(&u->h, s, row_id);
    sqlite3_bind_blob(s, 3, u->h.job, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, ++u->h.position);
    sqlite3_bind_text(s, 5, outcome, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(s, 7, version);
    sqlite3_bind_blob(s, 8, journal_len ? journal : NULL, (int)journal_len, SQLITE_STATIC);
    sqlite3_bind_text(s, 9, children[0] ? children : NULL, -1, SQLITE_STATIC);
    baseline_run(&u->h.b, s);
}

static void upsert_baseline_run(upsert_baseline *u, const char *path, const char *csv, size_t len,
                                bool match)
{
    const char *end = csv + len, *p = (const char *)memchr(csv, '\n', len) + 1;
    upsert_baseline_row row;

    memset(u, 0, sizeof *u);
    u->match = match;
    baseline_open(&u->h.b, path);
    import_baseline_statements(&u->h);
    upsert_baseline_statements(u);
    u->h.now = baseline_now();
    baseline_begin(&u->h.b);
    import_baseline_new(&u->h, u->h.insert_job, u->h.job);
    baseline_run(&u->h.b, u->h.insert_job);
    baseline_commit(&u->h.b);
    while (p < end) {
        baseline_begin(&u->h.b);
        u->h.now = baseline_now();
        for (int i = 0; i < IMPORT_BASELINE_STEP && p < end; i++) {
            p = upsert_baseline_parse(p, end, &row);
            upsert_baseline_one(u, &row);
        }
        import_baseline_job(&u->h);
        baseline_commit(&u->h.b);
    }
    upsert_baseline_close(u);
}

#endif
