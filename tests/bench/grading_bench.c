/* SPDX-License-Identifier: MIT */
/* Profiles and grades of all customers, against the SQL that a specialist would write over the same
 * rows; and what an event costs. */
#include "bench.h"

#include "autocrm/autocrm.h"

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

enum { GRADING_BATCH = 1000, GRADING_TODAY = 20779 /* 2026-11-22 */ };

typedef struct world {
    acrm_engine *engine;
    acrm_session *session;
    sqlite3 *db; /* the hand's own connection to the same file */
    char path[80];
    uint64_t counter;
    long size, n;
    char (*ids)[40]; /* some customers */
} world;

static int64_t world_now(void *self)
{
    (void)self;
    return (INT64_C(86400) * GRADING_TODAY + 43200) * 1000000;
}

static void fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, err ? acrm_error_json(err) : "");
    exit(EXIT_FAILURE);
}

static void call(world *w, const char *operation, const char *json)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(w->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        fail(operation, err);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

static void sql_check(world *w, int rc, const char *sql)
{
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
        return;
    fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(w->db));
    exit(EXIT_FAILURE);
}

static void sql_run(world *w, const char *sql)
{
    sql_check(w, sqlite3_exec(w->db, sql, NULL, NULL, NULL), sql);
}

/* Every row of a query, for what it costs; the sum of its first column. */
static int64_t sql_rows(world *w, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t sum = 0;
    int rc;

    sql_check(w, sqlite3_prepare_v2(w->db, sql, -1, &stmt, NULL), sql);
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
        sum += sqlite3_column_int64(stmt, 0);
    sql_check(w, rc, sql);
    sqlite3_finalize(stmt);
    return sum;
}

/* Ids in order of time, as the library's are. */
static void sql_id(sqlite3_context *context, int argc, sqlite3_value **argv)
{
    world *w = sqlite3_user_data(context);
    unsigned char id[16];

    (void)argc, (void)argv;
    randombytes_buf(id, sizeof id);
    w->counter++;
    for (int i = 0; i < 8; i++)
        id[i] = (unsigned char)(w->counter >> (56 - 8 * i));
    sqlite3_result_blob(context, id, sizeof id, SQLITE_TRANSIENT);
}

/* --- The specialist's SQL --- */

#define SALES                                                                                     \
    "(SELECT customer_id,count(*) n,sum(total) v,sum(margin) m,min(signed_on) f,"                 \
    "max(signed_on) l,sum(total) FILTER (WHERE signed_on>20779-1095) rv,"                         \
    "count(*) FILTER (WHERE signed_on>20779-1095) rn FROM sales_contract "                        \
    "WHERE deleted_at IS NULL AND status IN ('signed','fulfilled') GROUP BY customer_id)"
#define TALKS                                                                                     \
    "(SELECT customer_id,count(*) FILTER (WHERE channel='visit') n,"                              \
    "max(at) FILTER (WHERE channel='visit')/86400000000 l,"                                       \
    "count(*) FILTER (WHERE channel<>'visit') cn,"                                                \
    "max(at) FILTER (WHERE channel<>'visit')/86400000000 cl,max(at)/86400000000 s,"               \
    "count(*) FILTER (WHERE channel='visit' AND at/86400000000>20779-1095) rn "                   \
    "FROM interaction WHERE deleted_at IS NULL AND effective=1 GROUP BY customer_id)"
#define CARS                                                                                      \
    "(SELECT o.customer_id,count(*) n,min(o.from_date) f,min(o.from_date+(15000-v.odometer%15000)"\
    "*365/15000) k FROM vehicle_ownership o JOIN vehicle v ON v.id=o.vehicle_id "                 \
    "WHERE o.deleted_at IS NULL AND o.to_date IS NULL GROUP BY o.customer_id)"
#define JOINED                                                                                    \
    "FROM customer c LEFT JOIN " SALES " s ON s.customer_id=c.id LEFT JOIN " TALKS                \
    " i ON i.customer_id=c.id LEFT JOIN " CARS " o ON o.customer_id=c.id "                        \
    "WHERE c.deleted_at IS NULL"
#define VALUES                                                                                    \
    "c.id,'EUR',coalesce(s.v,0),coalesce(s.m,0),coalesce(s.rv,0),0,0,coalesce(s.n,0),s.f,s.l,"    \
    "coalesce(i.n,0),i.l,0,coalesce(i.cn,0),i.cl,0,0,0,coalesce(o.n,0),0,"                        \
    "coalesce(s.rn,0)+coalesce(i.rn,0),max(coalesce(s.l,i.s),coalesce(i.s,s.l)),"                 \
    "CASE WHEN s.l IS NULL AND i.s IS NULL THEN 'new' "                                           \
    "WHEN 20779-max(coalesce(s.l,i.s),coalesce(i.s,s.l))<=365 THEN 'active' "                     \
    "WHEN 20779-max(coalesce(s.l,i.s),coalesce(i.s,s.l))<=1095 THEN 'passive' ELSE 'lost' END,"   \
    "coalesce(s.rn,0)+coalesce(i.rn,0)>=3,min(max(o.f,coalesce(i.l,o.f))+365,o.k),"               \
    "CASE WHEN o.k<max(o.f,coalesce(i.l,o.f))+365 THEN 'mileage' ELSE 'time' END,"                \
    "o.f+1461,'vehicle_age',20779,"                                                               \
    "86400000000*(max(coalesce(s.l,i.s),coalesce(i.s,s.l))+366)"
#define POINTS                                                                                    \
    "(min(p.lifetime_value/100000,60)) v,"                                                        \
    "(CASE WHEN 20779-p.last_seen_on<90 THEN 20 WHEN 20779-p.last_seen_on<365 THEN 10 ELSE 0 END" \
    "+min(2*p.frequency,10)) e"

static const char hand_aggregate[] = "SELECT coalesce(s.v,0)," VALUES " " JOINED;
static const char hand_all[] =
    "BEGIN IMMEDIATE;"
    "INSERT INTO customer_profile(id,version,created_at,updated_at,customer_id,currency,"
    "lifetime_value,lifetime_margin,recent_value,complaint_cost,uncounted,purchases,"
    "first_purchase_on,last_purchase_on,visits,last_visit_on,leads,contacts,last_contact_on,"
    "activities,complaints,open_complaints,vehicles,consents,frequency,last_seen_on,state,regular,"
    "next_service_on,next_service_by,repurchase_on,repurchase_by,computed_on,due_at) "
    "SELECT new_id(),1,1,1," VALUES " " JOINED ";"
    "INSERT INTO customer_grade(id,version,created_at,updated_at,customer_id,kind,grade,since,"
    "cause,scheme_id,score,inputs) SELECT new_id(),1,1,1,customer_id,'customer',"
    "CASE WHEN v>=20 AND e>=15 THEN 'A' WHEN v>=20 OR e>=15 THEN 'B' ELSE 'C' END,1,'first',"
    "(SELECT id FROM grade_scheme),v,printf('[[%d,%d],[[%d,%d],[%d,%d],[%d,%d]]]',v,e,x,v,y,e,z,e)"
    " FROM (SELECT p.customer_id,p.lifetime_value x,20779-p.last_seen_on y,p.frequency z," POINTS
    " FROM customer_profile p);"
    "UPDATE customer SET grade=(SELECT g.grade FROM customer_grade g WHERE g.customer_id="
    "customer.id AND g.kind='customer' AND g.until IS NULL AND g.deleted_at IS NULL) "
    "WHERE deleted_at IS NULL;"
    "COMMIT";

/* --- Sides --- */

static void forget(void *user, long ops)
{
    (void)ops;
    sql_run(user, "DELETE FROM customer_grade; DELETE FROM customer_profile; "
                  "DELETE FROM grade_run; UPDATE customer SET grade=NULL; "
                  "PRAGMA wal_checkpoint(TRUNCATE)");
}

static void ours_run(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        call(user, "grade.run", "{\"events\":0}");
}

static void hand_run(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        sql_run(user, hand_all);
}

static void hand_look(void *user, long ops)
{
    for (long i = 0; i < ops; i++) {
        int64_t sum = sql_rows(user, hand_aggregate);
        bench_keep(&sum);
    }
}

static void ours_event(void *user, long ops)
{
    world *w = user;
    char json[256];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"at\":\"2026-11-21T09:00:00Z\","
                 "\"channel\":\"visit\"}", w->ids[w->n++ % GRADING_BATCH]);
        call(w, "interaction.create", json);
    }
    call(w, "engine.tick", "{\"limit\":100000}");
}

static void plain_event(void *user, long ops)
{
    world *w = user;
    char json[256];

    for (long i = 0; i < ops; i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"vip_level\":%ld,\"last_write_wins\":true}",
                 w->ids[w->n % GRADING_BATCH], (w->n / GRADING_BATCH) % 9);
        w->n++;
        call(w, "customer.update", json);
    }
}

/* --- The world --- */

/* The first by the library, for the events; the rest as rows alone, which is much faster. */
static void fill_customers(world *w)
{
    char *json = malloc(GRADING_BATCH * 100 + 64), sql[512];
    size_t len = (size_t)sprintf(json, "{\"records\":[");

    for (long i = 0; i < GRADING_BATCH; i++)
        len += (size_t)sprintf(json + len, "%s{\"name\":\"Customer %ld\"}", i ? "," : "", i);
    strcpy(json + len, "]}");
    call(w, "customer.create_many", json);
    free(json);
    snprintf(sql, sizeof sql, "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i+1 FROM n "
             "WHERE i+1<%ld) INSERT INTO customer(id,version,created_at,updated_at,kind,name,"
             "region,vip_level,do_not_contact) SELECT new_id(),1,1,1,'person','Customer '||i,"
             "'Lombardia',0,0 FROM n", w->size);
    sql_run(w, sql);
}

/* Rows in an order that is not that of their customers, as in life. */
static void fill_rows(world *w)
{
    char sql[2048];
    const char *numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n "
                          "WHERE i+1<%ld) ";
    char many[256];

    sql_run(w, "PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE; CREATE TEMP TABLE who(i INTEGER PRIMARY "
               "KEY,id BLOB); INSERT INTO who(id) SELECT id FROM customer ORDER BY id");
    snprintf(many, sizeof many, numbers, w->size * 3 / 2);
    snprintf(sql, sizeof sql, "INSERT INTO sales_contract(id,version,created_at,updated_at,number,"
             "customer_id,status,opened_at,signed_on,currency,total,margin) %s SELECT new_id(),1,1,"
             "1,'N'||i,(SELECT id FROM who WHERE who.i=1+(n.i*7919)%%%ld),"
             "CASE i%%8 WHEN 0 THEN 'draft' ELSE 'signed' END,1,20779-(i*31)%%2500,'EUR',"
             "(i*37)%%4000000,(i*37)%%90000 FROM n", many, w->size);
    sql_run(w, sql);
    snprintf(many, sizeof many, numbers, w->size * 3);
    snprintf(sql, sizeof sql, "INSERT INTO interaction(id,version,created_at,updated_at,"
             "customer_id,at,channel,direction,effective) %s SELECT new_id(),1,1,1,"
             "(SELECT id FROM who WHERE who.i=1+(n.i*104729)%%%ld),"
             "86400000000*(20779-(i*29)%%2500),CASE i%%4 WHEN 0 THEN 'visit' WHEN 1 THEN 'email' "
             "ELSE 'phone' END,'in',1 FROM n", many, w->size);
    sql_run(w, sql);
    snprintf(many, sizeof many, numbers, w->size / 2);
    snprintf(sql, sizeof sql, "INSERT INTO vehicle(id,version,created_at,updated_at,make,model,"
             "odometer,odometer_on) %s SELECT new_id(),1,1,1,'Alfa','Uno',(i*997)%%90000,20779 "
             "FROM n", many);
    sql_run(w, sql);
    snprintf(sql, sizeof sql, "INSERT INTO vehicle_ownership(id,version,created_at,updated_at,"
             "vehicle_id,customer_id,role,from_date) SELECT new_id(),1,1,1,v.id,(SELECT id FROM "
             "who WHERE who.i=1+(v.rowid*15485863)%%%ld),'owner',20779-(v.rowid*17)%%2000 "
             "FROM vehicle v", w->size);
    sql_run(w, sql);
    sql_run(w, "DROP TABLE who; COMMIT; PRAGMA foreign_keys=ON; PRAGMA wal_checkpoint(TRUNCATE)");
}

static void take_ids(world *w)
{
    sqlite3_stmt *stmt = NULL;
    const char *sql = "SELECT lower(hex(id)) FROM customer ORDER BY rowid LIMIT 1000";

    w->ids = calloc(GRADING_BATCH, sizeof *w->ids);
    sql_check(w, sqlite3_prepare_v2(w->db, sql, -1, &stmt, NULL), sql);
    for (long i = 0; i < GRADING_BATCH && sqlite3_step(stmt) == SQLITE_ROW; i++) {
        const char *h = (const char *)sqlite3_column_text(stmt, 0);
        snprintf(w->ids[i], 40, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
    }
    sqlite3_finalize(stmt);
}

static const char scheme[] =
    "{\"activate\":true,\"definition\":{\"kind\":\"customer\",\"grades\":[\"A\",\"B\",\"C\"],"
    "\"axes\":[{\"name\":\"value\",\"bands\":[{\"name\":\"low\",\"to\":20},{\"name\":\"high\","
    "\"from\":20}]},{\"name\":\"engagement\",\"bands\":[{\"name\":\"cold\",\"to\":15},"
    "{\"name\":\"warm\",\"from\":15}]}],\"rules\":[{\"name\":\"turnover\",\"axis\":\"value\","
    "\"value\":\"lifetime_value\",\"each\":1,\"per\":\"1000.00\",\"most\":60},"
    "{\"name\":\"recent\",\"axis\":\"engagement\",\"value\":\"last_seen_on\",\"table\":["
    "{\"to\":90,\"points\":20},{\"from\":90,\"to\":365,\"points\":10},{\"from\":365,\"points\":0}"
    "]},{\"name\":\"often\",\"axis\":\"engagement\",\"value\":\"frequency\",\"each\":2,"
    "\"most\":10}],\"map\":[{\"grade\":\"A\",\"value\":[\"high\"],\"engagement\":[\"warm\"]},"
    "{\"grade\":\"B\",\"value\":[\"high\"],\"engagement\":[\"cold\"]},"
    "{\"grade\":\"B\",\"value\":[\"low\"],\"engagement\":[\"warm\"]}],\"other\":\"C\"}}";

static void world_open(world *w, long size)
{
    const acrm_clock clock = { .struct_size = sizeof clock, .now = world_now };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    *w = (world){ .counter = 1, .size = size };
    snprintf(w->path, sizeof w->path, "/tmp/acrm_grading_bench_%ld.db", (long)getpid());
    unlink(w->path);
    if (acrm_open(w->path, &options, &w->engine, &err) != ACRM_OK ||
        acrm_session_new(w->engine, "system", &w->session, &err) != ACRM_OK)
        fail("open", err);
    sql_check(w, sqlite3_open(w->path, &w->db), "open");
    sql_run(w, "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; "
               "PRAGMA secure_delete=ON"); /* as the library's own connection has it */
    sql_check(w, sqlite3_create_function(w->db, "new_id", 0, SQLITE_UTF8, w, sql_id, NULL, NULL),
              "new_id");
    fill_customers(w);
    fill_rows(w);
    take_ids(w);
    call(w, "profile_policy.create", "{\"name\":\"House\",\"currency\":\"EUR\"}");
    call(w, "grade.load", scheme);
}

static void world_close(world *w)
{
    char side[100];

    sqlite3_close(w->db);
    acrm_session_free(w->session);
    acrm_close(w->engine);
    free(w->ids);
    unlink(w->path);
    snprintf(side, sizeof side, "%s-wal", w->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", w->path);
    unlink(side);
}

/* The same sums and grades by both: else the figures mean nothing. */
static void check(world *w)
{
    static const char *const sums[] = {
        "SELECT sum(lifetime_value) FROM customer_profile",
        "SELECT sum(frequency) FROM customer_profile",
        "SELECT sum(last_seen_on) FROM customer_profile",
        "SELECT count(*) FROM customer_profile WHERE state='active'",
        "SELECT count(*) FROM customer_grade",
        "SELECT count(*) FROM customer WHERE grade='A'",
        "SELECT count(*) FROM customer WHERE grade='B'",
        "SELECT sum(vehicles) FROM customer_profile",
    };
    int64_t was[8];

    forget(w, 0);
    hand_run(w, 1);
    for (int i = 0; i < 8; i++)
        was[i] = sql_rows(w, sums[i]);
    forget(w, 0);
    ours_run(w, 1);
    for (int i = 0; i < 8; i++)
        if (was[i] != sql_rows(w, sums[i])) {
            fprintf(stderr, "%s: %lld by hand, %lld by the library\n", sums[i],
                    (long long)was[i], (long long)sql_rows(w, sums[i]));
            exit(EXIT_FAILURE);
        }
}

int main(int argc, char **argv)
{
    static const long sizes[] = { 10000, 100000, 1000000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        world w;
        if (!bench_wants_size(&b, sizes[i], sizes[0]))
            continue;
        world_open(&w, sizes[i]);
        check(&w);
        bench_compare(&b, &(bench_measure){ .name = "grading.run_first", .size = sizes[i],
            .goal = 2, .ops = 1, .ours = ours_run, .baseline = hand_run, .before = forget,
            .user = &w });
        forget(&w, 0);
        ours_run(&w, 1);
        bench_compare(&b, &(bench_measure){ .name = "grading.run_again", .size = sizes[i],
            .goal = 2, .ops = 1, .ours = ours_run, .baseline = hand_look, .user = &w });
        bench_compare(&b, &(bench_measure){ .name = "grading.event", .size = sizes[i], .ops = 200,
            .ours = ours_event, .baseline = plain_event, .user = &w });
        world_close(&w);
    }
    return bench_end(&b);
}
