/* SPDX-License-Identifier: MIT */
/*
 * Databases that earlier revisions wrote (tests/data/upgrade, which tells how they are made) open
 * with nothing lost and as good as new ones, also when the upgrade is killed or fails at any
 * moment; what cannot be upgraded is left as it is.
 */
#include "autocrm/autocrm.h"
#include "storage/storage.h"
#include "support/faulty.h"
#include "support/suite.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* By what was new in them, oldest first. */
static const char *const revisions[] = {
    "01_leads",    "02_cases",  "03_processes", "04_privacy", "05_sla",
    "06_messages", "07_webhooks", "08_grades",  "09_club",    "10_signin",
    "11_orders",   "12_performance", "13_stock",
};
enum { REVISIONS = sizeof revisions / sizeof revisions[0], STRIDE = 173, CALLS_MAX = 20000 };

/* Weeks after those lives: what they left to be done is due. */
#define UPGRADE_NOW INT64_C(1800000000000000) /* 2027-01-15T08:00:00Z */

static char path[64], old[64], fresh[64];

static void upgrade_remove_one(const char *name)
{
    static const char *const sides[] = { "", "-wal", "-shm", "-journal" };
    char side[80];

    for (size_t i = 0; i < 4; i++) {
        snprintf(side, sizeof side, "%s%s", name, sides[i]);
        unlink(side);
    }
}

static void upgrade_remove(void)
{
    upgrade_remove_one(path);
    upgrade_remove_one(old);
}

static void upgrade_names(void)
{
    snprintf(path, sizeof path, "/tmp/acrm_upgrade_%ld.db", (long)getpid());
    snprintf(old, sizeof old, "/tmp/acrm_upgrade_%ld_old.db", (long)getpid());
    snprintf(fresh, sizeof fresh, "/tmp/acrm_upgrade_%ld_new.db", (long)getpid());
}

/* All that a command or a file gives. */
static char *upgrade_read(FILE *in, const char *name, size_t *len)
{
    size_t cap = 1 << 16;
    char *text = malloc(cap);

    ck_assert_msg(in && text, "cannot read %s", name);
    *len = 0;
    for (size_t n; (n = fread(text + *len, 1, cap - *len - 1, in)) > 0;) {
        *len += n;
        if (*len == cap - 1)
            text = realloc(text, cap *= 2);
        ck_assert_ptr_nonnull(text);
    }
    text[*len] = '\0';
    return text;
}

static char *upgrade_data(const char *revision, const char *kind)
{
    char command[600];
    size_t len;

    snprintf(command, sizeof command, "gzip -dc '%s/upgrade/%s.%s.gz'", ACRM_TEST_DATA, revision,
             kind);
    FILE *in = popen(command, "r");
    char *text = upgrade_read(in, command, &len);
    ck_assert_msg(pclose(in) == 0 && len > 0, "%s failed", command);
    return text;
}

static char *upgrade_bytes(const char *name, size_t *len)
{
    FILE *in = fopen(name, "rb");
    char *bytes = upgrade_read(in, name, len);

    fclose(in);
    return bytes;
}

static void upgrade_exec(const char *name, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    ck_assert_int_eq(sqlite3_open(name, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA synchronous=OFF", NULL, NULL, NULL), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &message);
    ck_assert_msg(rc == SQLITE_OK, "%s", message);
    sqlite3_close(db);
}

static void upgrade_copy(const char *from, const char *to)
{
    size_t len;
    char *bytes = upgrade_bytes(from, &len);

    upgrade_remove_one(to);
    FILE *out = fopen(to, "wb");
    ck_assert(out && fwrite(bytes, 1, len, out) == len && fclose(out) == 0);
    free(bytes);
}

/* The file as that revision left it, twice: one to be upgraded, one to compare with. */
static void upgrade_make(const char *revision)
{
    char *sql = upgrade_data(revision, "sql");

    upgrade_remove();
    upgrade_exec(old, sql);
    upgrade_copy(old, path);
    free(sql);
}

static int64_t upgrade_clock(void *self)
{
    return *(const int64_t *)self;
}

static void upgrade_open(const char *name, acrm_engine **engine)
{
    static int64_t now = UPGRADE_NOW;
    const acrm_clock clock = { .struct_size = sizeof clock, .self = &now, .now = upgrade_clock };
    const acrm_options options = { .struct_size = sizeof options, .clock = &clock,
                                   .flags = ACRM_OPEN_SYNC_NORMAL };
    acrm_error *err = NULL;

    int32_t st = acrm_open(name, &options, engine, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
}

/* --- The files, side by side --- */

static sqlite3 *upgrade_beside(void)
{
    sqlite3 *db = NULL;
    char sql[200];

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    snprintf(sql, sizeof sql, "ATTACH '%s' AS old; ATTACH '%s' AS fresh", old, fresh);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    return db;
}

/* The statement gives no row. */
static void upgrade_none(sqlite3 *db, const char *what, const char *sql)
{
    char row[400] = "";
    sqlite3_stmt *stmt = NULL;

    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    if (sqlite3_step(stmt) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *cell = (const char *)sqlite3_column_text(stmt, i);
            size_t len = strlen(row);
            snprintf(row + len, sizeof row - len, " %s", cell ? cell : "NULL");
        }
    sqlite3_finalize(stmt);
    ck_assert_msg(row[0] == '\0', "%s:%s", what, row);
}

#define TABLES_OF(schema)                                                                         \
    schema ".sqlite_schema AS m WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND"  \
           " m.name NOT LIKE '%\\_\\_search\\_%' ESCAPE '\\'"

/* Every row of every table is there with all its values. What an opening itself notes is not. */
static void upgrade_rows(sqlite3 *db)
{
    static const char of[] =
        "SELECT m.name, (SELECT group_concat('\"' || c.name || '\"')"
        " FROM pragma_table_xinfo(m.name, 'old') AS c) FROM " TABLES_OF("old");
    sqlite3_stmt *stmt = NULL;

    ck_assert_int_eq(sqlite3_prepare_v2(db, of, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        const char *columns = (const char *)sqlite3_column_text(stmt, 1);
        const char *but = strcmp(name, "acrm_meta") == 0
                              ? " WHERE substr(id, 1, 12) NOT IN (CAST('schema_print' AS BLOB),"
                                " CAST('chain_head' || x'0000' AS BLOB))" : "";
        /* The number of a row may be gone with the need for it. */
        const char *row = strstr(columns, "\"_row\",");
        char *sql = sqlite3_mprintf("SELECT %s FROM old.\"%w\"%s EXCEPT SELECT %s FROM main.\"%w\"",
                                    row ? row + 7 : columns, name, but, row ? row + 7 : columns,
                                    name);
        upgrade_none(db, name, sql);
        sqlite3_free(sql);
    }
    sqlite3_finalize(stmt);
}

#define COLUMNS_OF(schema)                                                                        \
    " FROM " schema ".sqlite_schema AS m, pragma_table_xinfo(m.name, '" schema "') AS c"          \
    " WHERE m.type = 'table'"

/* What there is of a schema is what a new database has. */
static const struct {
    const char *what, *sql;
} same_schema[] = {
    { "not there", "SELECT type, name FROM fresh.sqlite_schema"
                   " EXCEPT SELECT type, name FROM main.sqlite_schema" },
    { "another index", "SELECT name, sql FROM fresh.sqlite_schema WHERE type = 'index'"
                       " EXCEPT SELECT name, sql FROM main.sqlite_schema" },
    { "an index of an earlier revision",
      "SELECT name FROM main.sqlite_schema WHERE type = 'index' AND tbl_name IN"
      " (SELECT name FROM fresh.sqlite_schema) AND name NOT LIKE '%\\_\\_x\\_%' ESCAPE '\\'"
      " EXCEPT SELECT name FROM fresh.sqlite_schema" },
    { "another column", "SELECT m.name, c.name, c.type, c.pk" COLUMNS_OF("fresh")
                        " EXCEPT SELECT m.name, c.name, c.type, c.pk" COLUMNS_OF("main") },
    { "a column from nowhere",
      "SELECT m.name, c.name" COLUMNS_OF("main") " AND c.name NOT LIKE 'x\\_%' ESCAPE '\\'"
      " AND m.name IN (SELECT name FROM fresh.sqlite_schema)"
      " EXCEPT SELECT m.name, c.name" COLUMNS_OF("fresh")
      " EXCEPT SELECT m.name, c.name" COLUMNS_OF("old") },
    { "may be empty now",
      "SELECT m.name, c.name" COLUMNS_OF("main") " AND c.\"notnull\" AND NOT c.pk"
      " AND c.name NOT LIKE 'x\\_%' ESCAPE '\\' AND m.name IN"
      " (SELECT name FROM fresh.sqlite_schema)"
      " EXCEPT SELECT m.name, c.name" COLUMNS_OF("fresh") " AND c.\"notnull\"" },
    { "may not be empty now", "SELECT m.name, c.name" COLUMNS_OF("fresh") " AND c.\"notnull\""
      " AND (m.name, c.name) IN (SELECT m.name, c.name" COLUMNS_OF("old") ")"
      " EXCEPT SELECT m.name, c.name" COLUMNS_OF("main") " AND c.\"notnull\"" },
    { "refers", "SELECT m.name, f.\"from\", f.\"table\" FROM fresh.sqlite_schema AS m,"
                " pragma_foreign_key_list(m.name, 'fresh') AS f WHERE m.type = 'table'"
                " EXCEPT SELECT m.name, f.\"from\", f.\"table\" FROM main.sqlite_schema AS m,"
                " pragma_foreign_key_list(m.name, 'main') AS f WHERE m.type = 'table'" },
    { "another form", "SELECT name, sql LIKE '%WITHOUT ROWID' FROM fresh.sqlite_schema"
                      " WHERE type = 'table' EXCEPT"
                      " SELECT name, sql LIKE '%WITHOUT ROWID' FROM main.sqlite_schema" },
    { "a trigger or view",
      "SELECT name FROM main.sqlite_schema WHERE type IN ('trigger', 'view')" },
    { "leads nowhere", "SELECT \"table\", parent FROM main.pragma_foreign_key_check" },
};

static void upgrade_schema(sqlite3 *db)
{
    for (size_t i = 0; i < sizeof same_schema / sizeof same_schema[0]; i++)
        upgrade_none(db, same_schema[i].what, same_schema[i].sql);
}

/* The file is as it was. */
static void upgrade_untouched(void)
{
    sqlite3 *db = upgrade_beside();

    upgrade_none(db, "made", "SELECT name, sql FROM main.sqlite_schema"
                             " EXCEPT SELECT name, sql FROM old.sqlite_schema");
    upgrade_none(db, "gone", "SELECT name, sql FROM old.sqlite_schema"
                             " EXCEPT SELECT name, sql FROM main.sqlite_schema");
    upgrade_none(db, "meta", "SELECT * FROM old.acrm_meta EXCEPT SELECT * FROM main.acrm_meta");
    upgrade_rows(db);
    sqlite3_close(db);
}

/* --- What it told then --- */

static acrm_value *upgrade_call(acrm_session *session, const char *operation, const char *json)
{
    acrm_value *out = NULL;
    acrm_error *err = NULL;
    acrm_buf *text = NULL;

    int32_t st = acrm_call_json(session, operation, json, strlen(json), &text, &err);
    ck_assert_msg(st == ACRM_OK, "%s %s: %s", operation, json, acrm_error_json(err));
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &out, NULL),
                     ACRM_OK);
    acrm_buf_free(text);
    return out;
}

static void upgrade_same(const char *where, const char *key, const acrm_value *then,
                         const acrm_value *now)
{
    acrm_buf *a = NULL, *b = NULL;

    ck_assert_int_eq(acrm_value_print(then, 0, &a), ACRM_OK);
    ck_assert_int_eq(acrm_value_print(now, 0, &b), ACRM_OK);
    ck_assert_msg(strcmp(acrm_buf_data(a), acrm_buf_data(b)) == 0, "%s.%s was %s, is %s", where,
                  key, acrm_buf_data(a), acrm_buf_data(b));
    acrm_buf_free(a);
    acrm_buf_free(b);
}

static const acrm_value *upgrade_find(const acrm_value *items, const char *id)
{
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        const acrm_value *item = acrm_value_at(items, i);
        if (strcmp(acrm_value_text(acrm_value_get(item, "id"), NULL), id) == 0)
            return item;
    }
    return NULL;
}

/* A record has all the values it had. */
static void upgrade_record(const char *entity, const acrm_value *then, const acrm_value *items)
{
    const acrm_value *now = upgrade_find(items, acrm_value_text(acrm_value_get(then, "id"), NULL));

    ck_assert_msg(now, "a %s is lost", entity);
    for (size_t k = 0; k < acrm_value_count(then); k++) {
        const char *key = acrm_value_key(then, k, NULL);
        upgrade_same(entity, key, acrm_value_get(then, key), acrm_value_get(now, key));
    }
}

/* Each line is the name of an entity, or a record of it. */
static void upgrade_told(acrm_session *session, char *told)
{
    char entity[64] = "", operation[80];
    acrm_value *page = NULL;
    long records = 0;

    for (char *line = strtok(told, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line != '{') {
            acrm_value_free(page);
            snprintf(entity, sizeof entity, "%.60s", line);
            snprintf(operation, sizeof operation, "%s.list", entity);
            page = upgrade_call(session, operation, "{\"limit\":1000,\"deleted\":\"with\"}");
            continue;
        }
        acrm_value *then = NULL;
        ck_assert_int_eq(acrm_value_parse(NULL, line, strlen(line), &then, NULL), ACRM_OK);
        upgrade_record(entity, then, acrm_value_get(page, "items"));
        acrm_value_free(then);
        records++;
    }
    acrm_value_free(page);
    ck_assert_int_gt(records, 100);
}

/* It can be worked with, as the code of today means it. */
static void upgrade_work(acrm_session *session)
{
    acrm_value *chain = upgrade_call(session, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(chain, "ok")));
    acrm_value_free(chain);
    acrm_value *sound = upgrade_call(session, "engine.check", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(sound, "ok")));
    acrm_value_free(sound);
    acrm_value *found = upgrade_call(session, "customer.list", "{\"where\":{\"$search\":\"ada\"},"
                                                               "\"deleted\":\"with\"}");
    ck_assert_uint_gt(acrm_value_count(acrm_value_get(found, "items")), 0);
    acrm_value_free(found);
    acrm_value_free(upgrade_call(session, "lead.submit", "{\"customer\":{\"name\":\"New\"}}"));
    for (int i = 0; i < 3; i++)
        acrm_value_free(upgrade_call(session, "engine.tick", "{}"));
}

static void upgrade_check(const char *revision)
{
    char *told = upgrade_data(revision, "told");
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;

    upgrade_open(path, &engine);
    sqlite3 *db = upgrade_beside();
    upgrade_rows(db);
    upgrade_schema(db);
    sqlite3_close(db);
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    upgrade_told(session, told);
    upgrade_work(session);
    acrm_session_free(session);
    acrm_close(engine);
    free(told);
}

START_TEST(upgrade__loses_nothing)
{
    upgrade_make(revisions[_i]);
    upgrade_check(revisions[_i]);
}
END_TEST

/* --- Killed, or failing, half-way --- */

static void upgrade_die(void *unused)
{
    (void)unused;
    kill(getpid(), SIGKILL);
}

/* Open by a storage whose n-th call fails, or kills. */
static int32_t upgrade_try(long n, int32_t code, void (*happen)(void *))
{
    faulty f = { .fail_at = n, .happen = happen, .code = code };
    acrm_engine *engine = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm__sqlite_open(NULL, path, ACRM__SQLITE_SYNC_NORMAL, &f.inner, &f.self,
                                       NULL), ACRM_OK);
    const acrm_storage_ops ops = faulty_ops(&f);
    int32_t st = acrm_open_storage(&ops, &f, NULL, &engine, &err);
    ck_assert_int_eq(st == ACRM_OK, err == NULL);
    acrm_error_free(err);
    if (st == ACRM_OK)
        acrm_close(engine);
    return st;
}

/* In a process that dies at the n-th call of the storage; whether it did. */
static bool upgrade_killed(long n)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(upgrade_try(n, 0, upgrade_die) == ACRM_OK ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static const char *const stopped[] = { "01_leads", "07_webhooks" }; /* the most is to be done */

/* At every call of the storage with AUTOCRM_STRIDE=1. */
static long upgrade_stride(void)
{
    const char *text = getenv("AUTOCRM_STRIDE");
    long stride = text ? strtol(text, NULL, 10) : STRIDE;

    return stride > 0 ? stride : STRIDE;
}

START_TEST(upgrade__killed_half_way_is_begun_anew)
{
    long n = 3, stride = upgrade_stride();

    upgrade_make(stopped[_i]);
    for (; n < CALLS_MAX && upgrade_killed(n); n += stride)
        upgrade_untouched();
    ck_assert_int_gt(n, 400);
    upgrade_check(stopped[_i]);
}
END_TEST

START_TEST(upgrade__failing_half_way_is_undone)
{
    static const int32_t codes[] = { ACRM_E_STORE, ACRM_E_FULL, ACRM_E_NOMEM, ACRM_E_BUSY };
    long n = 1, stride = upgrade_stride();
    int32_t st = ACRM_E_STORE;

    upgrade_make(stopped[_i]);
    for (; n < CALLS_MAX && st != ACRM_OK; n += stride) {
        st = upgrade_try(n, codes[n % 4], NULL);
        if (st != ACRM_OK)
            upgrade_untouched();
    }
    ck_assert_int_gt(n, 400);
    upgrade_check(stopped[_i]);
}
END_TEST

/* --- Refused, and left as it is --- */

static const struct {
    const char *prepare;
    uint32_t flags;
    int32_t status;
    const char *reason;
} refusals[] = {
    { "PRAGMA user_version=99", 0, ACRM_E_VERSION, "schema" },
    { "PRAGMA user_version=99", ACRM_OPEN_READONLY, ACRM_E_VERSION, "schema" },
    { "", ACRM_OPEN_NO_UPGRADE, ACRM_E_VERSION, "schema" },
    { "", ACRM_OPEN_READONLY, ACRM_E_READONLY, "schema" },
    { "CREATE TABLE note(text)", 0, ACRM_E_CORRUPT, "foreign" },
    { "CREATE VIEW note AS SELECT 1", 0, ACRM_E_CORRUPT, "foreign" },
    { "PRAGMA application_id=7", 0, ACRM_E_CORRUPT, "foreign" },
};

START_TEST(upgrade__leaves_alone_what_it_cannot_use)
{
    const acrm_options options = { .struct_size = sizeof options, .flags = refusals[_i].flags };
    acrm_engine *engine = NULL;
    acrm_error *err = NULL;
    size_t before, after;

    upgrade_make("01_leads");
    upgrade_exec(path, "PRAGMA journal_mode=WAL");
    upgrade_exec(path, refusals[_i].prepare);
    char *then = upgrade_bytes(path, &before);
    int32_t st = acrm_open(path, &options, &engine, &err);
    ck_assert_msg(st == refusals[_i].status, "%s: %s", acrm_status_name(st),
                  acrm_error_message(err));
    ck_assert_str_eq(acrm_error_reason(err), refusals[_i].reason);
    acrm_error_free(err);
    char *now = upgrade_bytes(path, &after);
    ck_assert_uint_eq(before, after);
    ck_assert_mem_eq(then, now, before);
    free(then);
    free(now);
}
END_TEST

/* A new database, made once. */
static void upgrade_begin(void)
{
    acrm_engine *engine = NULL;

    upgrade_names();
    upgrade_remove_one(fresh);
    upgrade_open(fresh, &engine);
    acrm_close(engine);
}

static void upgrade_end(void)
{
    upgrade_remove_one(fresh);
}

/* --- What is kept --- */

/* Changes that need more than new tables, columns and indexes. */
static const struct {
    const char *what, *sql;
} kept[] = {
    { "a table or column is gone or another one",
      "SELECT m.name, c.name, c.type, c.pk" COLUMNS_OF("old") " AND c.name NOT LIKE 'x\\_%' ESCAPE"
      " '\\' AND m.name NOT IN (SELECT name FROM old.custom_entity)"
      " EXCEPT SELECT m.name, c.name, c.type, c.pk" COLUMNS_OF("fresh") },
    { "a unique index is gone or another one",
      "SELECT name, sql FROM old.sqlite_schema WHERE sql LIKE 'CREATE UNIQUE%' AND tbl_name IN"
      " (SELECT name FROM fresh.sqlite_schema) AND name NOT LIKE '%\\_\\_x\\_%' ESCAPE '\\'"
      " EXCEPT SELECT name, sql FROM fresh.sqlite_schema" },
    { "another form", "SELECT name, sql LIKE '%WITHOUT ROWID' FROM old.sqlite_schema WHERE name IN"
                      " (SELECT name FROM fresh.sqlite_schema WHERE type = 'table') EXCEPT"
                      " SELECT name, sql LIKE '%WITHOUT ROWID' FROM fresh.sqlite_schema" },
    { "a column may or must be empty now",
      "SELECT m.name, c.name, c.\"notnull\"" COLUMNS_OF("old") " AND (m.name, c.name) IN"
      " (SELECT m.name, c.name" COLUMNS_OF("fresh") ")"
      " EXCEPT SELECT m.name, c.name, c.\"notnull\"" COLUMNS_OF("fresh") },
};

START_TEST(upgrade__is_tried_with_the_last_schema_that_was_not_just_added_to)
{
    char what[300];

    upgrade_make(revisions[REVISIONS - 1]);
    sqlite3 *db = upgrade_beside();
    snprintf(what, sizeof what, "since tests/data/upgrade/%s the schema changed by more than "
             "additions (%s): keep a database of the revision before, as tests/data/upgrade/"
             "README.md tells", revisions[REVISIONS - 1], kept[_i].what);
    upgrade_none(db, what, kept[_i].sql);
    sqlite3_close(db);
}
END_TEST

static Suite *upgrade_suite(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *tc = tcase_create("upgrade");

    tcase_add_unchecked_fixture(tc, upgrade_begin, upgrade_end);
    tcase_add_checked_fixture(tc, upgrade_remove, upgrade_remove);
    tcase_add_loop_test(tc, upgrade__loses_nothing, 0, REVISIONS);
    tcase_add_loop_test(tc, upgrade__killed_half_way_is_begun_anew, 0, 2);
    tcase_add_loop_test(tc, upgrade__failing_half_way_is_undone, 0, 2);
    tcase_add_loop_test(tc, upgrade__leaves_alone_what_it_cannot_use, 0,
                        sizeof refusals / sizeof refusals[0]);
    tcase_add_loop_test(tc, upgrade__is_tried_with_the_last_schema_that_was_not_just_added_to, 0,
                        sizeof kept / sizeof kept[0]);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(upgrade_suite)
