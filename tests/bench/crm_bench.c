/* SPDX-License-Identifier: MIT */
/* Creating, reading, listing and grouping customers, against C and SQL written by hand. */
#include "bench.h"
#include "crm_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { CRM_BATCH = 1000 };

typedef struct crm {
    acrm_engine *engine;
    acrm_session *session;
    baseline hand;
    long size;
    unsigned char (*ids)[16]; /* of the hand's file */
    char (*id_texts)[37];     /* of the library's */
    uint64_t seed;
    char ours_path[128], hand_path[128];
} crm;

static uint32_t crm_random(crm *c)
{
    c->seed = c->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(c->seed >> 33);
}

static void crm_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void crm_call(crm *c, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(c->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        crm_fail(operation, err);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static const char *const crm_given[] = { "Ali", "Maryam", "Giulia", "Ivan", "Wei", "Sara", "Reza" };
static const char *const crm_family[] = { "Rezaei", "Ahmadi", "Rossi",
                                          "Petrov", "Zhang",  "Karimi" };
static const char *const crm_region[] = { "Tehran", "Isfahan", "Fars", "Lombardia", "Lazio" };

typedef struct crm_person {
    char given[40], family[40], name[96], match[96];
    const char *city, *region;
} crm_person;

static void crm_make(crm *c, crm_person *p)
{
    uint32_t n = crm_random(c);

    snprintf(p->given, sizeof p->given, "%s", crm_given[n % 7]);
    snprintf(p->family, sizeof p->family, "%s%u", crm_family[n / 7 % 6], n % 100000);
    snprintf(p->name, sizeof p->name, "%s %s", p->given, p->family);
    bool sorted = strcmp(p->given, p->family) < 0; /* as the library keeps names for matching */
    snprintf(p->match, sizeof p->match, "%s %s", sorted ? p->given : p->family,
             sorted ? p->family : p->given);
    for (char *ch = p->match; *ch; ch++)
        *ch = (char)(*ch >= 'A' && *ch <= 'Z' ? *ch + 32 : *ch);
    p->city = p->region = crm_region[n % 5];
}

static int crm_json(const crm_person *p, char *to, size_t size)
{
    return snprintf(to, size, "{\"name\":\"%s\",\"given_name\":\"%s\",\"family_name\":\"%s\","
                    "\"language\":\"fa\",\"city\":\"%s\",\"region\":\"%s\",\"country\":\"IR\","
                    "\"source\":\"web\"}", p->name, p->given, p->family, p->city, p->region);
}

static void crm_open(crm *c);

/* --- Create --- */

static void crm_ours_create(void *user, long ops)
{
    crm *c = user;
    crm_person p;
    char json[512];

    for (long i = 0; i < ops; i++) {
        crm_make(c, &p);
        crm_json(&p, json, sizeof json);
        crm_call(c, "customer.create", json);
    }
}

static void crm_hand_insert(crm *c)
{
    crm_person p;

    crm_make(c, &p);
    baseline_insert(&c->hand, &(baseline_person){ p.name, p.given, p.family, p.match, p.city,
                                                  p.region });
}

static void crm_hand_create(void *user, long ops)
{
    crm *c = user;

    for (long i = 0; i < ops; i++) {
        baseline_begin(&c->hand);
        crm_hand_insert(c);
        baseline_commit(&c->hand);
    }
}

static void crm_ours_batch(void *user, long ops)
{
    crm *c = user;
    char *json = malloc((size_t)ops * 400 + 64);
    size_t len = (size_t)sprintf(json, "{\"records\":[");
    crm_person p;

    for (long i = 0; i < ops; i++) {
        crm_make(c, &p);
        if (i)
            json[len++] = ',';
        len += (size_t)crm_json(&p, json + len, 400);
    }
    strcpy(json + len, "]}");
    crm_call(c, "customer.create_many", json);
    free(json);
}

static void crm_hand_batch(void *user, long ops)
{
    crm *c = user;

    baseline_begin(&c->hand);
    for (long i = 0; i < ops; i++)
        crm_hand_insert(c);
    baseline_commit(&c->hand);
}

/* --- Read --- */

static void crm_ours_get(void *user, long ops)
{
    crm *c = user;
    char json[64];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\"}", c->id_texts[crm_random(c) % c->size]);
        crm_call(c, "customer.get", json);
    }
}

static void crm_ours_get_value(void *user, long ops)
{
    crm *c = user;
    acrm_value *args = NULL, *out = NULL;
    acrm_error *err = NULL;

    acrm_value_new(NULL, &args);
    acrm_value_set_map(args);
    for (long i = 0; i < ops; i++) {
        acrm_value_set_text(acrm_value_put(args, "id"), c->id_texts[crm_random(c) % c->size], 36);
        if (acrm_call(c->session, "customer.get", args, &out, &err) != ACRM_OK)
            crm_fail("get", err);
        bench_keep(out);
        acrm_value_free(out);
    }
    acrm_value_free(args);
}

static void crm_hand_get(void *user, long ops)
{
    crm *c = user;

    for (long i = 0; i < ops; i++) {
        sqlite3_bind_blob(c->hand.get, 1, c->ids[crm_random(c) % c->size], 16, SQLITE_STATIC);
        baseline_answer(&c->hand, c->hand.get);
    }
}

static void crm_ours_phone(void *user, long ops)
{
    crm *c = user;
    char json[96];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"where\":{\"match_value\":\"+98912%07u\"}}",
                 (unsigned)(crm_random(c) % c->size));
        crm_call(c, "contact_point.list", json);
    }
}

static void crm_hand_phone(void *user, long ops)
{
    crm *c = user;
    char phone[32];

    for (long i = 0; i < ops; i++) {
        int n = snprintf(phone, sizeof phone, "+98912%07u", (unsigned)(crm_random(c) % c->size));
        sqlite3_bind_text(c->hand.by_phone, 1, phone, n, SQLITE_STATIC);
        baseline_answer(&c->hand, c->hand.by_phone);
    }
}

static void crm_ours_list(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        crm_call(user, "customer.list", "{\"where\":{\"country\":\"IR\",\"kind\":\"person\"}}");
}

static void crm_hand_list(void *user, long ops)
{
    crm *c = user;

    for (long i = 0; i < ops; i++) {
        sqlite3_bind_text(c->hand.list, 1, "IR", 2, SQLITE_STATIC);
        sqlite3_bind_text(c->hand.list, 2, "person", 6, SQLITE_STATIC);
        baseline_answer(&c->hand, c->hand.list);
    }
}

static void crm_ours_aggregate(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        crm_call(user, "customer.aggregate", "{\"group\":[\"region\"]}");
}

static void crm_hand_aggregate(void *user, long ops)
{
    crm *c = user;

    for (long i = 0; i < ops; i++)
        baseline_answer(&c->hand, c->hand.aggregate);
}

/* --- One customer with all that belongs to it --- */

enum { CRM_RELATED = 200 };

static void crm_fill_view(crm *c, char *id, size_t size)
{
    acrm_value *args = NULL, *out = NULL, *records;
    acrm_error *err = NULL;

    acrm_value_new(NULL, &args);
    acrm_value_set_map(args);
    acrm_value_set_text(acrm_value_put(args, "name"), "Everybody Known", 15);
    if (acrm_call(c->session, "customer.create", args, &out, &err) != ACRM_OK)
        crm_fail("customer.create", err);
    snprintf(id, size, "%s", acrm_value_text(acrm_value_get(out, "id"), NULL));
    acrm_value_free(out);
    acrm_value_set_map(args);
    records = acrm_value_put(args, "records");
    acrm_value_set_list(records);
    for (int i = 0; i < CRM_RELATED; i++) {
        acrm_value *record = acrm_value_add(records);
        acrm_value_set_map(record);
        acrm_value_set_text(acrm_value_put(record, "customer_id"), id, 36);
        acrm_value_set_text(acrm_value_put(record, "channel"), "phone", 5);
        acrm_value_set_text(acrm_value_put(record, "at"), "2026-01-01T10:00:00Z", 20);
        acrm_value_set_text(acrm_value_put(record, "subject"), "A call", 6);
    }
    if (acrm_call(c->session, "interaction.create_many", args, NULL, &err) != ACRM_OK)
        crm_fail("interaction.create_many", err);
    acrm_value_free(args);
}

/* An absolute figure: microseconds, and statements in place of a baseline. */
static void crm_view(bench *b, crm *c)
{
    char id[40], json[80];
    double took[BENCH_RUNS_MAX];
    int64_t statements = 0;

    if (!bench_wanted(b, "customer.view360"))
        return;
    crm_fill_view(c, id, sizeof id);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"limit\":200}", id);
    for (int i = 0; i < b->runs; i++) {
        statements = acrm_session_statements(c->session);
        double begin = bench_now_us();
        crm_call(c, "customer.view360", json);
        took[i] = bench_now_us() - begin;
        statements = acrm_session_statements(c->session) - statements;
    }
    bench_print(b, "customer.view360_against_1_ms", c->size, bench_median(took, b->runs), 1000,
                "us", 1);
    bench_print(b, "customer.view360_statements", c->size, (double)statements, 0, "statements", 0);
}

/* --- Row scope: a dealer's session against the system's --- */

typedef struct crm_scoped {
    crm *c;
    char unscoped[128]; /* the same rows by a filter */
    acrm_session *dealer;
    acrm_session *system;
} crm_scoped;

static void crm_scoped_list(void *user, long ops)
{
    crm_scoped *scoped = user;

    scoped->c->session = scoped->dealer;
    for (long i = 0; i < ops; i++)
        crm_call(scoped->c, "customer.list", "{\"where\":{\"country\":\"DE\"}}");
    scoped->c->session = scoped->system;
}

static void crm_unscoped_list(void *user, long ops)
{
    crm_scoped *scoped = user;

    for (long i = 0; i < ops; i++)
        crm_call(scoped->c, "customer.list", scoped->unscoped);
}

static void crm_create_id(crm *c, const char *operation, const char *json, char id[40])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(c->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        crm_fail(operation, err);
    snprintf(id, 40, "%.36s", strstr(acrm_buf_data(out), "\"id\":\"") + 6);
    acrm_buf_free(out);
}

static void crm_scope(bench *b, crm *c)
{
    char dealer[40], role[40], user[40], json[400], principal[64];
    crm_scoped scoped = { .c = c, .system = c->session };
    acrm_error *err = NULL;

    if (!bench_wanted(b, "customer.list_scoped"))
        return;
    crm_create_id(c, "dealer.create", "{\"name\":\"Bench\",\"code\":\"BENCH\"}", dealer);
    crm_create_id(c, "role.list", "{\"where\":{\"name\":\"dealer_manager\"}}", role);
    snprintf(json, sizeof json, "{\"name\":\"Manager\",\"login\":\"m\",\"dealer_id\":\"%s\","
             "\"role_id\":\"%s\"}", dealer, role);
    crm_create_id(c, "user.create", json, user);
    for (int i = 0; i < 200; i++) {
        snprintf(json, sizeof json, "{\"name\":\"Scoped %d\",\"country\":\"DE\","
                 "\"dealer_id\":\"%s\"}", i, dealer);
        crm_call(c, "customer.create", json);
    }
    snprintf(scoped.unscoped, sizeof scoped.unscoped,
             "{\"where\":{\"country\":\"DE\",\"dealer_id\":\"%s\"}}", dealer);
    snprintf(principal, sizeof principal, "user:%s", user);
    if (acrm_session_new(c->engine, principal, &scoped.dealer, &err) != ACRM_OK)
        crm_fail("session", err);
    bench_compare(b, &(bench_measure){ .name = "customer.list_scoped", .size = c->size,
        .goal = 1.2, .ours = crm_scoped_list, .baseline = crm_unscoped_list, .user = &scoped });
    acrm_session_free(scoped.dealer);
}

/* --- Opening an existing database, in milliseconds --- */

static void crm_reopen(bench *b, crm *c)
{
    double took[BENCH_RUNS_MAX];

    if (!bench_wanted(b, "engine.open"))
        return;
    for (int i = 0; i < b->runs; i++) {
        acrm_session_free(c->session);
        acrm_close(c->engine);
        double begin = bench_now_us();
        crm_open(c);
        took[i] = (bench_now_us() - begin) / 1000;
    }
    bench_print(b, "engine.open_against_10_ms", c->size, bench_median(took, b->runs), 10, "ms", 1);
}

/* --- A database of a size, filled once for both sides --- */

static void crm_open(crm *c)
{
    acrm_error *err = NULL;

    if (acrm_open(c->ours_path, NULL, &c->engine, &err) != ACRM_OK ||
        acrm_session_new(c->engine, "system", &c->session, &err) != ACRM_OK)
        crm_fail("open", err);
}

static void crm_fill(crm *c)
{
    char *json = malloc(CRM_BATCH * 480 + 64);
    acrm_buf *out = NULL;
    acrm_error *err = NULL;
    crm_person p;

    for (long done = 0; done < c->size; done += CRM_BATCH) {
        size_t len = (size_t)sprintf(json, "{\"records\":[");
        for (long i = 0; i < CRM_BATCH; i++) {
            crm_make(c, &p);
            if (i)
                json[len++] = ',';
            len += (size_t)crm_json(&p, json + len, 400) - 1;
            len += (size_t)sprintf(json + len, ",\"contact_points\":[{\"channel\":\"phone\","
                                   "\"value\":\"+98912%07ld\"}]}", done + i);
        }
        strcpy(json + len, "]}");
        if (acrm_call_json(c->session, "customer.create_many", json, strlen(json), &out, &err) !=
            ACRM_OK)
            crm_fail("fill", err);
        acrm_buf_free(out);
    }
    free(json);
}

static void crm_load_ids(crm *c)
{
    sqlite3_stmt *stmt = baseline_prepare(&c->hand, "SELECT id FROM customer ORDER BY id");
    static const char hex[] = "0123456789abcdef";

    for (long i = 0; i < c->size && sqlite3_step(stmt) == SQLITE_ROW; i++) {
        memcpy(c->ids[i], sqlite3_column_blob(stmt, 0), 16);
        size_t n = 0;
        for (int k = 0; k < 16; k++) {
            if (k == 4 || k == 6 || k == 8 || k == 10)
                c->id_texts[i][n++] = '-';
            c->id_texts[i][n++] = hex[c->ids[i][k] >> 4];
            c->id_texts[i][n++] = hex[c->ids[i][k] & 15];
        }
    }
    sqlite3_finalize(stmt);
}

/* Read a file once, so that neither side finds its own on the disk. */
static void crm_warm(const char *path)
{
    static char piece[1 << 20];
    FILE *file = fopen(path, "rb");

    while (file && fread(piece, 1, sizeof piece, file) == sizeof piece)
        bench_keep(piece);
    if (file)
        fclose(file);
}

static void crm_setup(crm *c, long size)
{
    char command[320];

    *c = (crm){ .size = size, .seed = 42 };
    snprintf(c->ours_path, sizeof c->ours_path, "/tmp/crm_bench_%ld_%ld.db", size, (long)getpid());
    snprintf(c->hand_path, sizeof c->hand_path, "/tmp/crm_hand_%ld_%ld.db", size, (long)getpid());
    crm_open(c);
    crm_fill(c);
    acrm_session_free(c->session);
    acrm_close(c->engine);
    snprintf(command, sizeof command, "cp %s %s", c->ours_path, c->hand_path);
    if (system(command) != 0)
        exit(EXIT_FAILURE);
    crm_open(c);
    baseline_open(&c->hand, c->hand_path);
    c->ids = calloc((size_t)size, sizeof *c->ids);
    c->id_texts = calloc((size_t)size, sizeof *c->id_texts);
    crm_load_ids(c);
    crm_warm(c->ours_path);
    crm_warm(c->hand_path);
}

static void crm_teardown(crm *c)
{
    static const char *const tails[] = { "", "-wal", "-shm" };
    char path[160];

    acrm_session_free(c->session);
    acrm_close(c->engine);
    baseline_close(&c->hand);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", c->ours_path, tails[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s%s", c->hand_path, tails[i]);
        unlink(path);
    }
    free(c->ids);
    free(c->id_texts);
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (int i = 0; i < 3; i++) {
        crm c;
        long size = sizes[i];
        if (!bench_wants_size(&b, size, sizes[0]))
            continue;
        crm_setup(&c, size);
        bench_compare(&b, &(bench_measure){ .name = "customer.get", .size = size, .goal = 1.3,
            .ours = crm_ours_get_value, .baseline = crm_hand_get, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "customer.get_json", .size = size,
            .ours = crm_ours_get, .baseline = crm_hand_get, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "contact_point.by_phone", .size = size,
            .goal = 1.3, .ours = crm_ours_phone, .baseline = crm_hand_phone, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "customer.list", .size = size, .goal = 1.2,
            .ours = crm_ours_list, .baseline = crm_hand_list, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "customer.aggregate", .size = size,
            .goal = 1.1, .ours = crm_ours_aggregate, .baseline = crm_hand_aggregate, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "customer.create", .size = size, .goal = 1.25,
            .ours = crm_ours_create, .baseline = crm_hand_create, .user = &c });
        bench_compare(&b, &(bench_measure){ .name = "customer.create_many", .size = size,
            .goal = 1.25, .ours = crm_ours_batch, .baseline = crm_hand_batch, .user = &c,
            .ops = CRM_BATCH });
        crm_view(&b, &c);
        crm_scope(&b, &c);
        crm_reopen(&b, &c);
        crm_teardown(&c);
    }
    return bench_end(&b);
}
