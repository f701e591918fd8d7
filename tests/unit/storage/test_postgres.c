/* SPDX-License-Identifier: MIT */
/* The PostgreSQL adapter on a server of its own: the promises of the port, and troubles. */
#include "autocrm/autocrm.h"
#include "conformance/storage_fixture.h"
#include "conformance/storage_suite.h"
#include "storage/postgres/postgres_pq.h"
#include "storage/storage.h"
#include "support/postgres.h"
#include "support/suite.h"

#include <pthread.h>

enum { POSTGRES_SHORT_MS = 30 };

static postgres_server server;
static char schema[16], url[256];

static int postgres_open_store(void *user, acrm_storage_ops *ops, void **self)
{
    (void)user;
    if (postgres_schema(&server, schema, sizeof schema, url, sizeof url) != 0)
        return -1;
    int32_t st = acrm__postgres_open(NULL, url, 0, ops, self, NULL);
    if (st == ACRM_OK)
        acrm__postgres_set_busy(*self, POSTGRES_SHORT_MS);
    return st;
}

static void postgres_clean_store(void *user)
{
    (void)user;
    postgres_drop(&server, schema);
}

static const storage_suite_target target = { .open = postgres_open_store,
                                             .clean = postgres_clean_store };

START_TEST(postgres__keeps_the_promises_of_the_port)
{
    char message[1024] = "";

    ck_assert_msg(storage_suite_run(_i, &target, message, sizeof message) == 0, "%s: %s",
                  storage_suite_name(_i), message);
}
END_TEST

/* ---- troubles ---- */

START_TEST(postgres__a_machine_without_libpq_is_told)
{
    /* None at all, and one that is something else. */
    const char *const libraries[] = { "libpq.so.none", "libsqlite3.so.0" };
    acrm_error *err = NULL;
    acrm__pq pq;

    ck_assert_int_eq(acrm__pq_load(libraries[_i], &pq, &err), ACRM_E_UNSUPPORTED);
    ck_assert_str_eq(acrm_error_reason(err), "libpq");
    ck_assert(strstr(acrm_error_message(err), libraries[_i]));
    acrm_error_free(err);
}
END_TEST

/* Open a place by the public face; its status, and the error's reason and message in `told`. */
static int32_t postgres_try(const char *where, uint32_t flags, char *told, size_t size)
{
    const acrm_options options = { .struct_size = sizeof options, .flags = flags };
    acrm_engine *engine = NULL;
    acrm_error *err = NULL;
    int32_t st = acrm_open(where, &options, &engine, &err);

    snprintf(told, size, "%s: %s", acrm_error_reason(err), acrm_error_message(err));
    acrm_error_free(err);
    acrm_close(engine);
    return st;
}

static const struct {
    const char *user, *rest; /* of the address */
    int32_t status;
    const char *reason;
} postgres_refusals[] = {
    { "locked:hush", "/postgres?host=%s", ACRM_E_DENIED, "credentials" },
    { "barred:hush", "/postgres?host=%s", ACRM_E_DENIED, "credentials" },
    { "nobody:hush", "/postgres?host=%s", ACRM_E_DENIED, "credentials" },
    { "postgres:hush", "/nowhere?host=%s", ACRM_E_NOTFOUND, "open" },
    { "postgres:hush", "/postgres?host=%s/empty", ACRM_E_STORE, "unreachable" },
    { "postgres:hush", "127.0.0.1:1/postgres", ACRM_E_STORE, "unreachable" },
    { "postgres:hush", "/postgres?host=%s&hush=hush", ACRM_E_INVALID, "url" },
    { "postgres:hush", "/post%%zzgres", ACRM_E_INVALID, "url" },
    { "postgres:hush", "/postgres?host=%s&options=-csearch_path%%3Dnone", ACRM_E_INVALID,
      "schema" },
};

START_TEST(postgres__says_why_it_cannot_be_opened_and_keeps_the_secret)
{
    char rest[200], where[300], told[600];

    postgres_admin(&server, "DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'other';"
                            "DROP ROLE IF EXISTS barred; CREATE ROLE barred LOGIN");
    snprintf(rest, sizeof rest, postgres_refusals[_i].rest, server.folder);
    snprintf(where, sizeof where, "postgres://%s@%s", postgres_refusals[_i].user, rest);
    int32_t st = postgres_try(where, 0, told, sizeof told);
    ck_assert_msg(st == postgres_refusals[_i].status, "%s: %s", acrm_status_name(st), told);
    ck_assert_msg(strncmp(told, postgres_refusals[_i].reason,
                          strlen(postgres_refusals[_i].reason)) == 0, "%s", told);
    ck_assert_msg(!strstr(told, "hush"), "%s", told);
}
END_TEST

/* How many tables there are in the schema. */
static int postgres_tables(void)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT 1 FROM pg_tables WHERE schemaname='%s'", schema);
    PGresult *result = PQexec(server.admin, sql);
    int n = PQntuples(result);
    PQclear(result);
    return n;
}

static void postgres_setup(const char *sql)
{
    char text[256];

    ck_assert_int_eq(postgres_schema(&server, schema, sizeof schema, url, sizeof url), 0);
    snprintf(text, sizeof text, "SET search_path=%s; %s; SET search_path=public", schema, sql);
    ck_assert_int_eq(postgres_admin(&server, text), 0);
}

#define POSTGRES_STORE(format, version)                                                           \
    "CREATE TABLE acrm_store(format bigint,version bigint,writes bigint);"                        \
    "INSERT INTO acrm_store VALUES(" #format "," #version ",7)"

static const struct {
    const char *setup;
    uint32_t flags;
    int32_t status;
    const char *reason;
    int tables; /* afterwards */
} postgres_troubles[] = {
    { "CREATE TABLE customers(id int)", 0, ACRM_E_CORRUPT, "foreign", 1 },
    { "CREATE VIEW dealers AS SELECT 1", 0, ACRM_E_CORRUPT, "foreign", 0 },
    { "SELECT 1", ACRM_OPEN_NO_CREATE, ACRM_E_NOTFOUND, "open", 0 },
    { "SELECT 1", ACRM_OPEN_READONLY, ACRM_E_NOTFOUND, "open", 0 },
    { POSTGRES_STORE(1, 999999), 0, ACRM_E_VERSION, "schema", 1 },
    { POSTGRES_STORE(2, 1), 0, ACRM_E_VERSION, "format", 1 },
    { POSTGRES_STORE(1, 0) "; DELETE FROM acrm_store", 0, ACRM_E_CORRUPT, "corrupt", 1 },
    { POSTGRES_STORE(1, 0), ACRM_OPEN_READONLY, ACRM_E_READONLY, "schema", 1 },
};

START_TEST(postgres__leaves_alone_what_it_cannot_use)
{
    char told[600];

    postgres_setup(postgres_troubles[_i].setup);
    int32_t st = postgres_try(url, postgres_troubles[_i].flags, told, sizeof told);
    ck_assert_msg(st == postgres_troubles[_i].status, "%s: %s", acrm_status_name(st), told);
    ck_assert_msg(strncmp(told, postgres_troubles[_i].reason,
                          strlen(postgres_troubles[_i].reason)) == 0, "%s", told);
    ck_assert_int_eq(postgres_tables(), postgres_troubles[_i].tables);
    postgres_drop(&server, schema);
}
END_TEST

START_TEST(postgres__a_role_without_rights_and_a_reading_server_are_read_only)
{
    char told[600], where[256];

    postgres_setup("SELECT 1");
    postgres_admin(&server, "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN");
    postgres_url(&server, schema, "guest", where, sizeof where);
    ck_assert_int_eq(postgres_try(where, 0, told, sizeof told), ACRM_E_INVALID);
    char sql[128];
    snprintf(sql, sizeof sql, "GRANT USAGE ON SCHEMA %s TO guest", schema);
    postgres_admin(&server, sql);
    ck_assert_msg(postgres_try(where, 0, told, sizeof told) == ACRM_E_READONLY, "%s", told);
    postgres_admin(&server, "ALTER ROLE guest SET default_transaction_read_only=on");
    ck_assert_msg(postgres_try(where, 0, told, sizeof told) == ACRM_E_READONLY, "%s", told);
    ck_assert_int_eq(postgres_tables(), 0);
    postgres_admin(&server, "REVOKE ALL ON SCHEMA public FROM guest");
    postgres_drop(&server, schema);
    postgres_admin(&server, "DROP ROLE guest");
}
END_TEST

/* ---- a connection that is lost ---- */

typedef struct postgres_store {
    acrm_storage_ops ops;
    void *self, *conn;
} postgres_store;

static void postgres_store_open(postgres_store *s)
{
    ck_assert_int_eq(postgres_open_store(NULL, &s->ops, &s->self), 0);
    ck_assert_int_eq(s->ops.connect(s->self, &s->conn, NULL), ACRM_OK);
    ck_assert_int_eq(s->ops.begin(s->conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(s->ops.ensure_table(s->conn, &fix_setting, NULL), ACRM_OK);
    ck_assert_int_eq(s->ops.commit(s->conn, NULL), ACRM_OK);
}

static void postgres_store_close(postgres_store *s)
{
    s->ops.disconnect(s->conn);
    s->ops.destroy(s->self);
    postgres_drop(&server, schema);
}

static int32_t postgres_put(postgres_store *s, const char *key)
{
    const acrm_cell cells[SETTING_COLUMNS] = { fix_text(key), fix_int(1) };

    return s->ops.insert(s->conn, &fix_setting, cells, NULL, NULL);
}

static uint32_t postgres_count(postgres_store *s)
{
    const acrm_query all = { .struct_size = sizeof all, .table = &fix_setting };
    fix_rows rows = { .count = 0 };

    acrm_error *err = NULL;
    int32_t st = s->ops.query(s->conn, &all, fix_collect, &rows, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_message(err));
    return rows.count;
}

static void postgres_kill_others(void)
{
    postgres_admin(&server, "SELECT pg_terminate_backend(pid,5000) FROM pg_stat_activity"
                            " WHERE pid<>pg_backend_pid() AND backend_type='client backend'");
}

START_TEST(postgres__a_connection_lost_while_idle_is_made_anew)
{
    postgres_store s;

    postgres_store_open(&s);
    int64_t mark = s.ops.change_mark(s.conn);
    postgres_kill_others();
    ck_assert_uint_eq(postgres_count(&s), 0); /* a look-up alone */
    postgres_kill_others();
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "a"), ACRM_OK);
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_OK);
    postgres_kill_others();
    ck_assert_int_eq(s.ops.begin(s.conn, 0, NULL), ACRM_OK);
    ck_assert_uint_eq(postgres_count(&s), 1);
    ck_assert_int_ne(s.ops.change_mark(s.conn), mark);
    s.ops.rollback(s.conn);
    postgres_store_close(&s);
}
END_TEST

START_TEST(postgres__a_connection_lost_in_a_transaction_undoes_it)
{
    postgres_store s;
    acrm_error *err = NULL;

    postgres_store_open(&s);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "a"), ACRM_OK);
    postgres_kill_others();
    ck_assert_int_eq(postgres_put(&s, "b"), ACRM_E_STORE);
    ck_assert_int_eq(postgres_put(&s, "c"), ACRM_E_STORE); /* nor anything more */
    s.ops.rollback(s.conn);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "d"), ACRM_OK);
    postgres_kill_others();
    ck_assert_int_eq(s.ops.commit(s.conn, &err), ACRM_E_STORE);
    ck_assert_str_eq(acrm_error_reason(err), "commit_unknown");
    acrm_error_free(err);
    ck_assert_uint_eq(postgres_count(&s), 0);
    postgres_store_close(&s);
}
END_TEST

START_TEST(postgres__comes_back_with_its_server)
{
    postgres_store s;

    postgres_store_open(&s);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "a"), ACRM_OK);
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "b"), ACRM_OK);
    postgres_halt(&server, SIGQUIT); /* as in a crash */
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_E_STORE);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_E_STORE);
    ck_assert_int_eq(postgres_run(&server), 0);
    ck_assert_uint_eq(postgres_count(&s), 1);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(postgres_put(&s, "b"), ACRM_OK);
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_OK);
    postgres_store_close(&s);
}
END_TEST

/* ---- what is told late ---- */

START_TEST(postgres__a_late_failure_undoes_the_whole_transaction)
{
    postgres_store s;
    acrm_table late = fix_setting;
    const acrm_cell cells[SETTING_COLUMNS] = { fix_text("a"), fix_int(1) };

    late.flags |= ACRM_TABLE_LATE;
    postgres_store_open(&s);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.savepoint(s.conn, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.insert(s.conn, &late, cells, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.insert(s.conn, &late, cells, NULL, NULL), ACRM_OK); /* sent only */
    ck_assert_int_eq(postgres_put(&s, "b"), ACRM_E_STORE);
    ck_assert_int_eq(s.ops.rollback_to(s.conn, NULL), ACRM_E_STORE); /* it cannot be mended */
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_E_STORE);
    ck_assert_uint_eq(postgres_count(&s), 0);
    late.flags = ACRM_TABLE_LEAN | ACRM_TABLE_SET;
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.insert(s.conn, &late, cells, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.insert(s.conn, &late, cells, NULL, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_OK);
    ck_assert_uint_eq(postgres_count(&s), 1);
    postgres_store_close(&s);
}
END_TEST

static int32_t postgres_count_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)cells;
    (void)n;
    ++*(uint32_t *)user;
    return 0;
}

/* Longer than what is taken at once, with other reads in between. */
START_TEST(postgres__long_answers_come_in_parts)
{
    enum { MANY = 12345, SOME = 7000 };
    postgres_store s;
    static char keys[MANY][8];
    static acrm_cell cells[MANY * SETTING_COLUMNS];
    acrm_query all = { .struct_size = sizeof all, .table = &fix_setting };
    uint32_t n = 0;

    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "k%05d", i);
        cells[i * SETTING_COLUMNS] = fix_text(keys[i]);
        cells[i * SETTING_COLUMNS + 1] = fix_int(i);
    }
    postgres_store_open(&s);
    ck_assert_int_eq(s.ops.begin(s.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.insert_many(s.conn, &fix_setting, cells, MANY, NULL), ACRM_OK);
    ck_assert_int_eq(s.ops.query(s.conn, &all, postgres_count_row, &n, NULL), ACRM_OK);
    ck_assert_uint_eq(n, MANY); /* within a writing transaction */
    ck_assert_int_eq(s.ops.commit(s.conn, NULL), ACRM_OK);
    n = 0;
    all.limit = SOME;
    ck_assert_int_eq(s.ops.query(s.conn, &all, postgres_count_row, &n, NULL), ACRM_OK);
    ck_assert_uint_eq(n, SOME); /* and alone */
    postgres_store_close(&s);
}
END_TEST

/* More statements than a connection keeps prepared: they are forgotten between transactions. */
START_TEST(postgres__keeps_statements_within_bounds)
{
    enum { MANY = 700 };
    static acrm_cell values[MANY];
    postgres_store s;

    for (int i = 0; i < MANY; i++)
        values[i] = fix_int(i);
    postgres_store_open(&s);
    for (uint32_t i = 1; i <= MANY; i++) {
        const acrm_filter_node in = { .op = ACRM_FILTER_IN, .column = 1, .values = values,
                                      .n_values = i };
        const acrm_query some = { .struct_size = sizeof some, .table = &fix_setting, .where = &in };
        fix_rows rows = { .count = 0 };
        acrm_error *err = NULL;
        ck_assert_int_eq(s.ops.begin(s.conn, i % 3 == 0, &err), ACRM_OK);
        int32_t st = s.ops.query(s.conn, &some, fix_collect, &rows, &err);
        ck_assert_msg(st == ACRM_OK, "%u: %s", i, acrm_error_message(err));
        s.ops.rollback(s.conn);
    }
    postgres_store_close(&s);
}
END_TEST

/* ---- moving ---- */

typedef struct postgres_office {
    acrm_engine *engine;
    acrm_session *session;
} postgres_office;

static postgres_office postgres_enter(const char *where)
{
    postgres_office o;
    acrm_error *err = NULL;

    ck_assert_msg(acrm_open(where, NULL, &o.engine, &err) == ACRM_OK, "%s",
                  acrm_error_message(err));
    ck_assert_int_eq(acrm_session_new(o.engine, "system", &o.session, &err), ACRM_OK);
    return o;
}

static void postgres_leave(postgres_office *o)
{
    acrm_session_free(o->session);
    acrm_close(o->engine);
}

/* The result of an operation as JSON, or the reason of its error; the caller frees it. */
static char *postgres_say(const postgres_office *o, const char *operation, const char *json)
{
    acrm_error *err = NULL;
    acrm_buf *out = NULL;
    int32_t st = acrm_call_json(o->session, operation, json, strlen(json), &out, &err);
    char *text = strdup(st == ACRM_OK ? acrm_buf_data(out) : acrm_error_reason(err));

    acrm_buf_free(out);
    acrm_error_free(err);
    return text;
}

static void postgres_copy(const postgres_office *o, const char *to, const char *want)
{
    char args[400];

    snprintf(args, sizeof args, "{\"to\":\"%s\"}", to);
    char *said = postgres_say(o, "engine.copy", args);
    ck_assert_msg(strstr(said, want), "%s", said);
    free(said);
}

/* ---- lost against others ---- */

/* The server itself says 40001 to the first so many inserts of customers. */
static void postgres_serialise(int times)
{
    char sql[700];

    snprintf(sql, sizeof sql,
             "SET search_path=%s;CREATE SEQUENCE IF NOT EXISTS lost;ALTER SEQUENCE lost RESTART;"
             "CREATE OR REPLACE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF"
             " nextval('%s.lost')<=%d THEN RAISE EXCEPTION USING ERRCODE='40001';END IF;"
             "RETURN NEW;END$$;DROP TRIGGER IF EXISTS lose ON customer;"
             "CREATE TRIGGER lose BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION lose();"
             "SET search_path=public", schema, schema, times);
    ck_assert_int_eq(postgres_admin(&server, sql), 0);
}

START_TEST(postgres__tries_again_what_lost_to_another)
{
    postgres_setup("SELECT 1");
    postgres_office o = postgres_enter(url);
    postgres_serialise(3);
    char *said = postgres_say(&o, "customer.create", "{\"name\":\"Ada\"}");
    ck_assert_msg(*said == '{', "%s", said);
    free(said);
    postgres_serialise(1000); /* it gives up in the end, and says what to do */
    said = postgres_say(&o, "customer.create", "{\"name\":\"Bob\"}");
    ck_assert_str_eq(said, "serialization");
    free(said);
    said = postgres_say(&o, "customer.count", "{}");
    ck_assert_str_eq(said, "{\"count\":1}");
    free(said);
    said = postgres_say(&o, "audit.verify", "{}");
    ck_assert_msg(strstr(said, "\"ok\":true"), "%s", said);
    free(said);
    postgres_leave(&o);
    postgres_drop(&server, schema);
}
END_TEST

static void *postgres_update(void *user)
{
    const postgres_office *o = user;

    return postgres_say(o, "customer.update",
                        "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"last_write_wins\":true,"
                        "\"city\":\"Paris\"}");
}

/* How many lines a question has. */
static int postgres_lines(const char *sql)
{
    PGresult *result = PQexec(server.admin, sql);
    int n = PQntuples(result);

    PQclear(result);
    return n;
}

static void postgres_await(const char *sql)
{
    for (int i = 0; i < 250 && postgres_lines(sql) == 0; i++)
        postgres_nap();
    ck_assert_msg(postgres_lines(sql) > 0, "%s: never", sql);
}

/* Another program holds the row and then wants the gate, which the library holds while it waits for
 * the row. The library looks first whether it is a deadlock, loses, and tries again. */
START_TEST(postgres__tries_again_after_a_deadlock)
{
    static const char waits[] = "SELECT 1 FROM pg_stat_activity WHERE usename='crm' AND"
                                " wait_event_type='Lock'";
    char sql[200], where[256];
    pthread_t thread;
    void *said;

    postgres_setup("SELECT 1");
    ck_assert_int_eq(postgres_admin(&server, "DROP ROLE IF EXISTS crm;CREATE ROLE crm LOGIN"
                                             " SUPERUSER;ALTER ROLE crm SET deadlock_timeout="
                                             "'500ms'"), 0);
    postgres_url(&server, schema, "crm", where, sizeof where);
    postgres_office o = postgres_enter(where);
    free(postgres_say(&o, "customer.create", "{\"name\":\"Ada\"}"));
    snprintf(sql, sizeof sql, "UPDATE %s.customer SET id='\\x01890a5dac96774bbcceb302099a8057'",
             schema);
    ck_assert_int_eq(postgres_admin(&server, sql), 0);
    snprintf(sql, sizeof sql, "SET deadlock_timeout='20s';BEGIN;UPDATE %s.customer SET city=''",
             schema);
    ck_assert_int_eq(postgres_admin(&server, sql), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, postgres_update, &o), 0);
    postgres_await(waits);
    snprintf(sql, sizeof sql, "UPDATE %s.acrm_store SET format=format;ROLLBACK", schema);
    ck_assert_int_eq(postgres_admin(&server, sql), 0); /* which waits until the library gives way */
    ck_assert_int_eq(pthread_join(thread, &said), 0);
    ck_assert_msg(strstr(said, "\"city\":\"Paris\""), "%s", (char *)said);
    free(said);
    postgres_leave(&o); /* then it is counted */
    postgres_await("SELECT 1 FROM pg_stat_database WHERE deadlocks>0");
    postgres_drop(&server, schema);
    postgres_admin(&server, "DROP ROLE crm");
}
END_TEST

/* ---- copies ---- */

/* ---- a host that hangs ---- */

static volatile int postgres_hangs;

/* Random bytes are drawn for an id, in the middle of a writing transaction. */
static void postgres_fill(void *self, void *bytes, size_t len)
{
    static unsigned char next;

    (void)self;
    if (postgres_hangs) {
        postgres_hangs = 0;
        raise(SIGSTOP);
    }
    for (size_t i = 0; i < len; i++)
        ((unsigned char *)bytes)[i] = (unsigned char)(next++ ^ getpid());
}

/* Creates customers until it was stopped and let go on; exits with their number. */
static void postgres_hang(void)
{
    const acrm_random random = { .struct_size = sizeof random, .fill = postgres_fill };
    const acrm_options options = { .struct_size = sizeof options, .random = &random };
    acrm_storage_ops ops;
    void *self;
    postgres_office o;
    int n = 0;

    if (acrm__postgres_open(NULL, url, 0, &ops, &self, NULL) != ACRM_OK)
        _exit(100);
    acrm__postgres_set_idle(self, 300);
    if (acrm_open_storage(&ops, self, &options, &o.engine, NULL) != ACRM_OK ||
        acrm_session_new(o.engine, "system", &o.session, NULL) != ACRM_OK)
        _exit(101);
    for (postgres_hangs = 1; postgres_hangs; n++)
        if (acrm_call_json(o.session, "customer.create", "{\"name\":\"A\"}", 12, NULL, NULL) !=
            ACRM_OK)
            _exit(102);
    postgres_leave(&o);
    _exit(n);
}

/* A host that was stopped while it wrote keeps the others waiting for a moment, not for ever; what
 * it did is undone, and done again when it goes on. */
START_TEST(postgres__a_host_that_hangs_lets_others_write)
{
    char want[32];
    int status = 0;

    postgres_setup("SELECT 1");
    postgres_office o = postgres_enter(url);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        postgres_hang();
    ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
    ck_assert_msg(WIFSTOPPED(status), "%d", WEXITSTATUS(status));
    char *said = postgres_say(&o, "customer.create", "{\"name\":\"Bob\"}");
    ck_assert_msg(*said == '{', "%s", said);
    free(said);
    kill(child, SIGCONT);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) < 100, "%d", WEXITSTATUS(status));
    snprintf(want, sizeof want, "{\"count\":%d}", WEXITSTATUS(status) + 1);
    said = postgres_say(&o, "customer.count", "{}");
    ck_assert_str_eq(said, want);
    free(said);
    said = postgres_say(&o, "audit.verify", "{}");
    ck_assert_msg(strstr(said, "\"ok\":true"), "%s", said);
    free(said);
    postgres_leave(&o);
    postgres_drop(&server, schema);
}
END_TEST

START_TEST(postgres__leaves_backups_to_the_server)
{
    char path[64];
    acrm_error *err = NULL;

    postgres_setup("SELECT 1");
    postgres_office o = postgres_enter(url);
    snprintf(path, sizeof path, "/tmp/acrm_backup_%ld.db", (long)getpid());
    char json[100];
    int len = snprintf(json, sizeof json, "{\"path\":\"%s\"}", path);
    ck_assert_int_eq(acrm_call_json(o.session, "engine.backup", json, (size_t)len, NULL, &err),
                     ACRM_E_UNSUPPORTED);
    ck_assert_msg(strstr(acrm_error_message(err), "engine.copy"), "%s", acrm_error_message(err));
    acrm_error_free(err);
    ck_assert_int_ne(access(path, F_OK), 0);
    char *said = postgres_say(&o, "engine.check", "{}");
    ck_assert_msg(strstr(said, "\"ok\":true"), "%s", said);
    free(said);
    postgres_leave(&o);
    postgres_drop(&server, schema);
}
END_TEST

static const char *const postgres_history[][2] = {
    { "schema.add_field", "{\"entity\":\"customer\",\"name\":\"x_shoe\",\"type\":\"int\","
                          "\"help\":\"Size of shoes\"}" },
    { "customer.create", "{\"kind\":\"person\",\"given_name\":\"Ali\",\"family_name\":\"Rezai\","
                         "\"national_id\":\"0499370899\",\"x_shoe\":44}" },
    { "customer.create", "{\"kind\":\"company\",\"name\":\"Zamyad\"}" },
};

static const char *const postgres_questions[][2] = {
    { "customer.list", "{}" },
    { "customer.list", "{\"where\":{\"$search\":\"reza\"}}" },
    { "event.list", "{}" },
    { "audit.verify", "{}" },
};

START_TEST(postgres__a_database_moves_there_and_back)
{
    char path[64], *said;

    postgres_setup("SELECT 1");
    snprintf(path, sizeof path, "/tmp/acrm_moved_%ld.db", (long)getpid());
    unlink(path);
    postgres_office here = postgres_enter("memory:");
    for (size_t i = 0; i < sizeof postgres_history / sizeof postgres_history[0]; i++) {
        said = postgres_say(&here, postgres_history[i][0], postgres_history[i][1]);
        ck_assert_msg(*said == '{', "%s: %s", postgres_history[i][0], said);
        free(said);
    }
    postgres_copy(&here, url, "rows");
    postgres_copy(&here, url, "not_empty");
    postgres_office there = postgres_enter(url);
    for (size_t i = 0; i < sizeof postgres_questions / sizeof postgres_questions[0]; i++) {
        char *a = postgres_say(&here, postgres_questions[i][0], postgres_questions[i][1]);
        char *b = postgres_say(&there, postgres_questions[i][0], postgres_questions[i][1]);
        /* The refused copy was noted in the audit too. */
        ck_assert_msg(i == 3 ? strstr(b, "\"ok\":true") != NULL : strcmp(a, b) == 0, "%s\n%s", a,
                      b);
        free(a);
        free(b);
    }
    postgres_copy(&there, path, "rows");
    postgres_copy(&there, path, "not_empty");
    postgres_office back = postgres_enter(path);
    said = postgres_say(&back, "audit.verify", "{}");
    ck_assert_msg(strstr(said, "\"ok\":true"), "%s", said);
    free(said);
    said = postgres_say(&back, "customer.list", "{\"where\":{\"$search\":\"reza\"}}");
    ck_assert_msg(strstr(said, "\"x_shoe\":44"), "%s", said);
    free(said);
    postgres_leave(&back);
    postgres_leave(&there);
    postgres_leave(&here);
    unlink(path);
    postgres_drop(&server, schema);
}
END_TEST

static Suite *postgres_suite(void)
{
    Suite *suite = suite_create("postgres");
    TCase *tc = tcase_create("conformance");
    int n = 0;

    while (storage_suite_name(n))
        n++;
    tcase_add_loop_test(tc, postgres__keeps_the_promises_of_the_port, 0, n);
    suite_add_tcase(suite, tc);
    tc = tcase_create("troubles");
    tcase_add_loop_test(tc, postgres__says_why_it_cannot_be_opened_and_keeps_the_secret, 0,
                        sizeof postgres_refusals / sizeof postgres_refusals[0]);
    tcase_add_loop_test(tc, postgres__leaves_alone_what_it_cannot_use, 0,
                        sizeof postgres_troubles / sizeof postgres_troubles[0]);
    tcase_add_loop_test(tc, postgres__a_machine_without_libpq_is_told, 0, 2);
    tcase_add_test(tc, postgres__a_role_without_rights_and_a_reading_server_are_read_only);
    tcase_add_test(tc, postgres__a_connection_lost_while_idle_is_made_anew);
    tcase_add_test(tc, postgres__a_connection_lost_in_a_transaction_undoes_it);
    tcase_add_test(tc, postgres__comes_back_with_its_server);
    tcase_add_test(tc, postgres__a_late_failure_undoes_the_whole_transaction);
    tcase_add_test(tc, postgres__long_answers_come_in_parts);
    tcase_add_test(tc, postgres__keeps_statements_within_bounds);
    tcase_add_test(tc, postgres__tries_again_what_lost_to_another);
    tcase_add_test(tc, postgres__tries_again_after_a_deadlock);
    tcase_add_test(tc, postgres__a_host_that_hangs_lets_others_write);
    tcase_add_test(tc, postgres__leaves_backups_to_the_server);
    tcase_add_test(tc, postgres__a_database_moves_there_and_back);
    suite_add_tcase(suite, tc);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(postgres_suite());
    int failed = 1;

    if (postgres_find(&server) != 0) { /* no server is installed */
        srunner_free(runner);
        return 77;
    }
    if (postgres_open(&server) == 0) {
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
    } else {
        fprintf(stderr, "no PostgreSQL server could be started\n");
    }
    srunner_free(runner);
    postgres_close(&server);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
