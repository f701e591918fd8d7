/* SPDX-License-Identifier: MIT */
/* Opening a case, against C and SQL written by hand that read and write the same rows; planning a
 * thousand tasks, against a bare pass over the same graph. */
#include "bench.h"
#include "crm_baseline.h"

#include "autocrm/autocrm.h"

#include <unistd.h>

enum { CARE_COLUMNS_MAX = 128, CARE_USERS = 5, PLAN_LINKS_EACH = 3 };

typedef struct care {
    acrm_engine *engine;
    acrm_session *session;
    baseline hand;
    sqlite3_stmt *reads[10], *counter, *insert_case, *insert_timer, *insert_search, *answer,
        *events[2];
    sqlite3_value *row[CARE_COLUMNS_MAX], *timer[CARE_COLUMNS_MAX];
    int columns, timer_columns, id_column, number_column, timer_id, timer_subject;
    char *changes, *event_data;
    long number;
    char customer[37], ours_path[64], hand_path[64];
} care;

static void care_fail(const char *what, acrm_error *err)
{
    fprintf(stderr, "%s: %s\n", what, acrm_error_json(err));
    exit(EXIT_FAILURE);
}

static void care_call(care *c, const char *operation, const char *json, char id[37])
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    if (acrm_call_json(c->session, operation, json, strlen(json), &out, &err) != ACRM_OK)
        care_fail(operation, err);
    const char *found = id ? strstr((const char *)acrm_buf_data(out), "\"id\":\"") : NULL;
    if (found)
        snprintf(id, 37, "%s", found + 6);
    bench_keep(acrm_buf_data(out));
    acrm_buf_free(out);
}

/* --- The two sides --- */

static void care_ours(void *user, long ops)
{
    care *c = user;
    char json[400];

    snprintf(json, sizeof json, "{\"type\":\"paint\",\"customer_id\":\"%s\",\"severity\":\"high\","
             "\"subject\":\"Scratched door\",\"description\":\"The left one, from the first day "
             "on, and nobody called me back\"}", c->customer);
    for (long i = 0; i < ops; i++)
        care_call(c, "case.open", json, NULL);
}

static void care_bind(sqlite3_stmt *stmt, sqlite3_value *const *row, int n)
{
    for (int i = 0; i < n; i++)
        sqlite3_bind_value(stmt, i + 1, row[i]);
}

static void care_audit(care *c, const unsigned char id[16], int64_t now)
{
    static const char plain[] = "{\"subject\":[null,\"Scratched door\"],\"description\":[null,"
        "\"The left one, from the first day on, and nobody called me back\"]}";
    baseline *b = &c->hand;
    unsigned char sealed[400];
    size_t len = baseline_seal(b->key, plain, sizeof plain - 1, sealed);
    crypto_generichash_state state;

    b->audit_seq++;
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, b->hash, 32);
    crypto_generichash_update(&state, (const unsigned char *)&b->audit_seq, 8);
    crypto_generichash_update(&state, (const unsigned char *)c->changes, strlen(c->changes));
    crypto_generichash_update(&state, sealed, len);
    crypto_generichash_final(&state, b->hash, 32);
    sqlite3_bind_int64(b->insert_audit, 1, b->audit_seq);
    sqlite3_bind_int64(b->insert_audit, 2, now);
    sqlite3_bind_blob(b->insert_audit, 3, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(b->insert_audit, 4, c->changes, -1, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_audit, 5, sealed, (int)len, SQLITE_STATIC);
    sqlite3_bind_blob(b->insert_audit, 6, b->hash, 32, SQLITE_STATIC);
    baseline_run(b, b->insert_audit);
    for (int i = 0; i < 2; i++) {
        sqlite3_bind_int64(c->events[i], 1, ++b->event_seq);
        sqlite3_bind_int64(c->events[i], 2, now);
        sqlite3_bind_blob(c->events[i], 3, id, 16, SQLITE_STATIC);
        if (i)
            sqlite3_bind_text(c->events[i], 4, c->event_data, -1, SQLITE_STATIC);
        baseline_run(b, c->events[i]);
    }
}

static void care_hand_open(care *c)
{
    baseline *b = &c->hand;
    unsigned char id[16], timer[16];
    int64_t now = baseline_now();
    char number[40];

    baseline_begin(b);
    for (size_t i = 0; i < sizeof c->reads / sizeof c->reads[0]; i++) {
        while (sqlite3_step(c->reads[i]) == SQLITE_ROW)
            bench_keep(sqlite3_column_blob(c->reads[i], 0));
        sqlite3_reset(c->reads[i]);
    }
    baseline_id(b, now, id);
    baseline_id(b, now, timer);
    snprintf(number, sizeof number, "D01-2026-%06ld", ++c->number);
    sqlite3_bind_int64(c->counter, 1, c->number);
    baseline_run(b, c->counter);
    care_bind(c->insert_timer, c->timer, c->timer_columns);
    sqlite3_bind_blob(c->insert_timer, c->timer_id, timer, 16, SQLITE_STATIC);
    sqlite3_bind_blob(c->insert_timer, c->timer_subject, id, 16, SQLITE_STATIC);
    baseline_run(b, c->insert_timer);
    care_bind(c->insert_case, c->row, c->columns);
    sqlite3_bind_blob(c->insert_case, c->id_column, id, 16, SQLITE_STATIC);
    sqlite3_bind_text(c->insert_case, c->number_column, number, -1, SQLITE_STATIC);
    baseline_run(b, c->insert_case);
    sqlite3_bind_int64(c->insert_search, 1, sqlite3_last_insert_rowid(b->db));
    baseline_run(b, c->insert_search);
    care_audit(c, id, now);
    sqlite3_bind_blob(c->answer, 1, id, 16, SQLITE_STATIC);
    baseline_answer(b, c->answer);
    baseline_commit(b);
}

static void care_hand(void *user, long ops)
{
    for (long i = 0; i < ops; i++)
        care_hand_open(user);
}

/* --- Preparing --- */

/* An INSERT with a parameter for each column, and the values of the last row. */
static sqlite3_stmt *care_copy(care *c, const char *table, sqlite3_value **row, int *columns)
{
    char sql[8192];
    sqlite3_stmt *last;

    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY _row DESC LIMIT 1", table);
    last = baseline_prepare(&c->hand, sql);
    baseline_check(&c->hand, sqlite3_step(last), sql);
    *columns = sqlite3_column_count(last) - 1; /* without _row */
    size_t len = (size_t)snprintf(sql, sizeof sql, "INSERT INTO \"%s\"(", table);
    for (int i = 0; i < *columns; i++) {
        row[i] = sqlite3_value_dup(sqlite3_column_value(last, i + 1));
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s\"%s\"", i ? "," : "",
                                sqlite3_column_name(last, i + 1));
    }
    len += (size_t)snprintf(sql + len, sizeof sql - len, ") VALUES(");
    for (int i = 0; i < *columns; i++)
        len += (size_t)snprintf(sql + len, sizeof sql - len, "%s?", i ? "," : "");
    snprintf(sql + len, sizeof sql - len, ")");
    sqlite3_finalize(last);
    return baseline_prepare(&c->hand, sql);
}

static char *care_text(care *c, const char *sql)
{
    sqlite3_stmt *stmt = baseline_prepare(&c->hand, sql);
    char *text = NULL;

    if (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *found = (const char *)sqlite3_column_text(stmt, 0);
        text = malloc(strlen(found) + 1);
        strcpy(text, found);
    }
    sqlite3_finalize(stmt);
    return text;
}

static int care_column(care *c, const char *table, const char *name)
{
    char sql[200];

    snprintf(sql, sizeof sql, "SELECT cid FROM pragma_table_info('%s') WHERE name='%s'", table,
             name);
    return (int)baseline_scalar(&c->hand, sql);
}

static void care_hand_prepare(care *c)
{
    static const char *const reads[] = {
        "SELECT * FROM case_type WHERE code='paint' AND deleted_at IS NULL LIMIT 1",
        "SELECT * FROM customer ORDER BY _row DESC LIMIT 1",
        "SELECT * FROM dealer WHERE code='D01' LIMIT 1",
        "SELECT * FROM case_counter WHERE series LIKE 'D01-%' LIMIT 1",
        "SELECT * FROM case_priority_rule WHERE active=1 AND deleted_at IS NULL ORDER BY position",
        "SELECT * FROM case_legal_rule WHERE active=1 AND deleted_at IS NULL ORDER BY position",
        "SELECT * FROM case_assignment_rule WHERE active=1 AND deleted_at IS NULL "
        "ORDER BY position",
        "SELECT * FROM case_queue WHERE code='care' AND deleted_at IS NULL",
        "SELECT * FROM user WHERE team_id=(SELECT id FROM team LIMIT 1) AND active=1 "
        "AND deleted_at IS NULL",
        "SELECT owner_id,count(*) FROM \"case\" WHERE owner_id IN (SELECT id FROM user WHERE "
        "team_id=(SELECT id FROM team LIMIT 1)) AND status IN ('new','open','waiting','reopened') "
        "AND deleted_at IS NULL GROUP BY owner_id",
    };
    baseline *b = &c->hand;

    baseline_open(b, c->hand_path);
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++)
        c->reads[i] = baseline_prepare(b, reads[i]);
    c->counter = baseline_prepare(b, "UPDATE case_counter SET last=?1,version=version+1");
    c->insert_case = care_copy(c, "case", c->row, &c->columns);
    c->insert_timer = care_copy(c, "timer", c->timer, &c->timer_columns);
    c->id_column = care_column(c, "case", "id");
    c->number_column = care_column(c, "case", "number");
    c->timer_id = care_column(c, "timer", "id");
    c->timer_subject = care_column(c, "timer", "subject_id");
    c->insert_search = baseline_prepare(b, "INSERT INTO case__search(rowid,text) "
                                        "VALUES(?1,'scratched door')");
    c->answer = baseline_prepare(b, "SELECT * FROM \"case\" WHERE id=?1");
    sqlite3_finalize(b->insert_audit);
    b->insert_audit = baseline_prepare(b, "INSERT INTO acrm_audit VALUES(?1,?2,'system',"
        "'case.open','case',?3,'create',?4,?3,?5,NULL,?6)");
    c->events[0] = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,'case.created','case',"
                                    "?3,'system',NULL)");
    c->events[1] = baseline_prepare(b, "INSERT INTO acrm_event VALUES(?1,?2,'case.opened','case',"
                                    "?3,'system',?4)");
    c->changes = care_text(c, "SELECT changes FROM acrm_audit WHERE entity='case' AND "
                           "action='create' LIMIT 1");
    c->event_data = care_text(c, "SELECT data FROM acrm_event WHERE type='case.opened' LIMIT 1");
    c->number = (long)baseline_scalar(b, "SELECT last FROM case_counter");
}

static void care_office(care *c)
{
    char dealer[37], team[37], queue[37], role[37], json[400];

    care_call(c, "dealer.create", "{\"name\":\"North\",\"code\":\"D01\"}", dealer);
    snprintf(json, sizeof json, "{\"name\":\"Care\",\"dealer_id\":\"%s\"}", dealer);
    care_call(c, "team.create", json, team);
    care_call(c, "role.list", "{\"where\":{\"name\":\"service_advisor\"}}", role);
    for (int i = 0; i < CARE_USERS; i++) {
        snprintf(json, sizeof json, "{\"name\":\"u%d\",\"login\":\"u%d\",\"role_id\":\"%s\","
                 "\"dealer_id\":\"%s\",\"team_id\":\"%s\"}", i, i, role, dealer, team);
        care_call(c, "user.create", json, NULL);
    }
    snprintf(json, sizeof json, "{\"code\":\"care\",\"name\":\"Care\",\"team_id\":\"%s\","
             "\"pick\":\"least_loaded\"}", team);
    care_call(c, "case_queue.create", json, queue);
    snprintf(json, sizeof json, "{\"code\":\"paint\",\"name\":\"Paint\",\"kind\":\"complaint\","
             "\"queue_id\":\"%s\"}", queue);
    care_call(c, "case_type.create", json, NULL);
    care_call(c, "case_priority_rule.create",
              "{\"position\":1,\"severity\":\"high\",\"priority\":\"high\"}", NULL);
    care_call(c, "case_legal_rule.create", "{\"position\":1,\"days\":20,\"law\":\"Any\"}", NULL);
    snprintf(json, sizeof json, "{\"name\":\"Ada\",\"dealer_id\":\"%s\"}", dealer);
    care_call(c, "customer.create", json, c->customer);
}

static void care_open(care *c)
{
    acrm_error *err = NULL;

    if (acrm_open(c->ours_path, NULL, &c->engine, &err) != ACRM_OK ||
        acrm_session_new(c->engine, "system", &c->session, &err) != ACRM_OK)
        care_fail("open", err);
}

static void care_close(care *c)
{
    acrm_session_free(c->session);
    acrm_close(c->engine);
}

static void care_remove(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm", ".key" };
    char name[80];

    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* Old cases are closed, so that few are open for each user, as it is in life. */
static void care_prepare(care *c, long size)
{
    char command[200];
    sqlite3 *db = NULL;

    snprintf(c->ours_path, sizeof c->ours_path, "/tmp/care_bench_%ld_ours.db", (long)getpid());
    snprintf(c->hand_path, sizeof c->hand_path, "/tmp/care_bench_%ld_hand.db", (long)getpid());
    care_remove(c->ours_path);
    care_remove(c->hand_path);
    care_open(c);
    care_office(c);
    for (long done = 0; done < size; done += 1000) {
        care_ours(c, 1000);
        care_close(c);
        if (sqlite3_open(c->ours_path, &db) != SQLITE_OK ||
            sqlite3_exec(db, "UPDATE \"case\" SET status='closed'; PRAGMA wal_checkpoint(TRUNCATE)",
                         NULL, NULL, NULL) != SQLITE_OK)
            care_fail("close", NULL);
        sqlite3_close(db);
        care_open(c);
    }
    snprintf(command, sizeof command, "cp %s %s", c->ours_path, c->hand_path);
    if (system(command) != 0)
        care_fail("copy", NULL);
    care_hand_prepare(c);
}

static void care_end(care *c)
{
    sqlite3_stmt *const own[] = { c->counter, c->insert_case, c->insert_timer, c->insert_search,
                                  c->answer, c->events[0], c->events[1] };

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        sqlite3_finalize(own[i]);
    for (size_t i = 0; i < sizeof c->reads / sizeof c->reads[0]; i++)
        sqlite3_finalize(c->reads[i]);
    for (int i = 0; i < c->columns; i++)
        sqlite3_value_free(c->row[i]);
    for (int i = 0; i < c->timer_columns; i++)
        sqlite3_value_free(c->timer[i]);
    baseline_close(&c->hand);
    care_close(c);
    care_remove(c->ours_path);
    care_remove(c->hand_path);
    free(c->changes);
    free(c->event_data);
}

/* --- Planning --- */

typedef struct plan_world {
    acrm_plan plan;
    acrm_plan_task *tasks;
    acrm_plan_link *links;
    acrm_plan_times *times;
    acrm_calendar *calendar;
    int32_t *waiting, *order, *first, *next;
    int64_t *finish;
    uint64_t seed;
} plan_world;

static int32_t plan_random(plan_world *w, int32_t below)
{
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int32_t)((w->seed >> 33) % (uint64_t)below);
}

static void plan_ours(void *user, long ops)
{
    plan_world *w = user;

    for (long i = 0; i < ops; i++) {
        int64_t finish = 0;
        if (acrm_plan_compute(&w->plan, NULL, w->times, &finish, NULL) != ACRM_OK)
            exit(EXIT_FAILURE);
        bench_keep(w->times);
    }
}

/* Lists of successors, an order, and the longest path in plain numbers: no more. */
static void plan_bare_once(plan_world *w)
{
    int32_t n = (int32_t)w->plan.tasks_count, links = (int32_t)w->plan.links_count, ordered = 0;

    for (int32_t i = 0; i < n; i++) {
        w->waiting[i] = 0;
        w->first[i] = -1;
        w->finish[i] = 0;
    }
    for (int32_t i = 0; i < links; i++) {
        w->next[i] = w->first[w->links[i].from];
        w->first[w->links[i].from] = i;
        w->waiting[w->links[i].to]++;
    }
    for (int32_t i = 0; i < n; i++)
        if (w->waiting[i] == 0)
            w->order[ordered++] = i;
    for (int32_t k = 0; k < ordered; k++) {
        int32_t at = w->order[k];
        w->finish[at] += w->tasks[at].duration;
        for (int32_t l = w->first[at]; l >= 0; l = w->next[l]) {
            int32_t to = w->links[l].to;
            if (w->finish[at] > w->finish[to])
                w->finish[to] = w->finish[at];
            if (--w->waiting[to] == 0)
                w->order[ordered++] = to;
        }
    }
}

static void plan_bare(void *user, long ops)
{
    plan_world *w = user;

    for (long i = 0; i < ops; i++) {
        plan_bare_once(w);
        bench_keep(w->finish);
    }
}

static void plan_measure(bench *b, long size)
{
    acrm_calendar_hours hours[5];
    acrm_calendar_definition definition = { .struct_size = sizeof definition, .hours = hours,
                                            .hours_count = 5 };
    plan_world w = { .seed = 1 };
    size_t n = (size_t)size, links = n * PLAN_LINKS_EACH;

    for (int32_t i = 0; i < 5; i++)
        hours[i] = (acrm_calendar_hours){ i + 1, 9 * 3600, 17 * 3600 };
    if (acrm_calendar_new(&definition, NULL, &w.calendar, NULL) != ACRM_OK)
        exit(EXIT_FAILURE);
    w.tasks = calloc(n, sizeof *w.tasks);
    w.links = calloc(links, sizeof *w.links);
    w.times = calloc(n, sizeof *w.times);
    w.waiting = calloc(n, sizeof *w.waiting);
    w.order = calloc(n, sizeof *w.order);
    w.first = calloc(n, sizeof *w.first);
    w.next = calloc(links, sizeof *w.next);
    w.finish = calloc(n, sizeof *w.finish);
    for (size_t i = 0; i < n; i++)
        w.tasks[i] = (acrm_plan_task){ (1 + plan_random(&w, 8)) * INT64_C(3600000000),
                                       ACRM_PLAN_NONE, ACRM_PLAN_NONE, ACRM_PLAN_NONE, 0, 0 };
    for (size_t i = 0; i < links; i++) { /* each to one of the next fifty */
        int32_t from = plan_random(&w, (int32_t)n - 1);
        int32_t room = (int32_t)n - 1 - from;
        w.links[i] = (acrm_plan_link){ from, from + 1 + plan_random(&w, room < 50 ? room : 50),
                                       ACRM_PLAN_FINISH_START, 0, 0 };
    }
    const acrm_calendar *calendars[] = { w.calendar };
    w.plan = (acrm_plan){ .struct_size = sizeof w.plan, .start = INT64_C(1795255200000000),
                          .now = ACRM_PLAN_NONE, .tasks = w.tasks, .tasks_count = n,
                          .links = w.links, .links_count = links, .calendars = calendars,
                          .calendars_count = 1 };
    bench_compare(b, &(bench_measure){ .name = "care.plan", .size = size, .ours = plan_ours,
                                       .baseline = plan_bare, .user = &w });
    free(w.tasks);
    free(w.links);
    free(w.times);
    free(w.waiting);
    free(w.order);
    free(w.first);
    free(w.next);
    free(w.finish);
    acrm_calendar_free(w.calendar);
}

int main(int argc, char **argv)
{
    static const long opens[] = { 1000, 10000, 100000 }, plans[] = { 1000, 10000 };
    bench b = bench_begin(argc, argv);

    for (size_t i = 0; bench_wanted(&b, "care.plan") && i < 2; i++)
        if (bench_wants_size(&b, plans[i], plans[0]))
            plan_measure(&b, plans[i]);
    for (size_t i = 0; bench_wanted(&b, "care.open") && i < 3; i++) {
        care c = { .columns = 0 };
        if (!bench_wants_size(&b, opens[i], opens[0]))
            continue;
        care_prepare(&c, opens[i]);
        bench_compare(&b, &(bench_measure){ .name = "care.open", .size = opens[i],
                      .ours = care_ours, .baseline = care_hand, .user = &c, .ops = 200 });
        care_end(&c);
    }
    return bench_end(&b);
}
