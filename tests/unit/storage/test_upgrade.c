/* SPDX-License-Identifier: MIT */
/*
 * Databases that earlier revisions of the schema wrote (tests/data/upgrade) open with nothing lost,
 * also when the upgrade is killed at any moment; what cannot be upgraded is left as it is.
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

static const char *const revisions[] = { "leads", "care", "loyalty" };
enum { REVISIONS = sizeof revisions / sizeof revisions[0], CALLS = 4000 };

static char path[64];

static void upgrade_remove(void)
{
    static const char *const sides[] = { "", "-wal", "-shm", "-journal" };
    char side[80];

    for (size_t i = 0; i < 4; i++) {
        snprintf(side, sizeof side, "%s%s", path, sides[i]);
        unlink(side);
    }
}

static void upgrade_setup(void)
{
    snprintf(path, sizeof path, "/tmp/acrm_upgrade_%ld.db", (long)getpid());
    upgrade_remove();
}

static char *upgrade_read(const char *name, size_t *len)
{
    FILE *in = fopen(name, "rb");
    struct stat info;

    ck_assert_msg(in && stat(name, &info) == 0, "cannot read %s", name);
    char *text = malloc((size_t)info.st_size + 1);
    *len = fread(text, 1, (size_t)info.st_size, in);
    text[*len] = '\0';
    fclose(in);
    return text;
}

static char *upgrade_data(const char *revision, const char *kind, size_t *len)
{
    char name[512];

    snprintf(name, sizeof name, "%s/upgrade/%s.%s", ACRM_TEST_DATA, revision, kind);
    return upgrade_read(name, len);
}

static void upgrade_exec(const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, &message);
    ck_assert_msg(rc == SQLITE_OK, "%s", message);
    sqlite3_close(db);
}

/* The file as that revision left it. */
static void upgrade_make(const char *revision)
{
    size_t len;
    char *sql = upgrade_data(revision, "sql", &len);

    upgrade_remove();
    upgrade_exec(sql);
    free(sql);
}

/* --- Nothing is lost --- */

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

/* Each record has all the values it had. */
static void upgrade_records(acrm_session *session, const char *entity, const acrm_value *records)
{
    char operation[80], json[80];

    for (size_t i = 0; i < acrm_value_count(records); i++) {
        const acrm_value *then = acrm_value_at(records, i);
        snprintf(operation, sizeof operation, "%s.list", entity);
        snprintf(json, sizeof json, "{\"where\":{\"id\":\"%s\"},\"deleted\":\"with\"}",
                 acrm_value_text(acrm_value_get(then, "id"), NULL));
        acrm_value *page = upgrade_call(session, operation, json);
        const acrm_value *now = acrm_value_at(acrm_value_get(page, "items"), 0);
        ck_assert_msg(now, "a %s is lost", entity);
        for (size_t k = 0; k < acrm_value_count(then); k++) {
            const char *key = acrm_value_key(then, k, NULL);
            upgrade_same(entity, key, acrm_value_get(then, key), acrm_value_get(now, key));
        }
        acrm_value_free(page);
    }
}

/* What it told once, it tells still, and it can be worked with. */
static void upgrade_check(const char *revision)
{
    static const char again[] = "{\"kind\":\"company\",\"name\":\"Zamyad\",\"city\":\"Tehran\","
                                "\"idempotency_key\":\"k1\"}";
    size_t len;
    char *text = upgrade_data(revision, "json", &len);
    acrm_engine *engine = NULL;
    acrm_session *session = NULL;
    acrm_value *told = NULL;
    acrm_error *err = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, text, len, &told, NULL), ACRM_OK);
    free(text);
    int32_t st = acrm_open(path, NULL, &engine, &err);
    ck_assert_msg(st == ACRM_OK, "%s: %s", revision, acrm_error_json(err));
    ck_assert_int_eq(acrm_session_new(engine, "system", &session, NULL), ACRM_OK);
    for (size_t i = 0; i < acrm_value_count(told); i++) {
        const char *entity = acrm_value_key(told, i, NULL);
        if (strcmp(entity, "audit") != 0)
            upgrade_records(session, entity, acrm_value_get(told, entity));
    }
    acrm_value *chain = upgrade_call(session, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(chain, "ok")));
    ck_assert_int_ge(acrm_value_int(acrm_value_get(chain, "entries")),
                     acrm_value_int(acrm_value_get(acrm_value_get(told, "audit"), "entries")));
    acrm_value_free(chain);
    acrm_value_free(upgrade_call(session, "engine.check", "{}"));
    acrm_value_free(upgrade_call(session, "customer.create", again)); /* the key is known still */
    acrm_value *all = upgrade_call(session, "customer.count", "{\"deleted\":\"with\"}");
    ck_assert_int_eq(acrm_value_int(acrm_value_get(all, "count")),
                     (int64_t)acrm_value_count(acrm_value_get(told, "customer")));
    acrm_value_free(all);
    acrm_value_free(upgrade_call(session, "lead.submit", "{\"customer\":{\"name\":\"New\"}}"));
    acrm_value_free(upgrade_call(session, "engine.tick", "{}"));
    acrm_session_free(session);
    acrm_close(engine);
    acrm_value_free(told);
}

START_TEST(upgrade__loses_nothing)
{
    upgrade_make(revisions[_i]);
    upgrade_check(revisions[_i]);
}
END_TEST

/* --- Killed half-way --- */

static void upgrade_die(void *unused)
{
    (void)unused;
    kill(getpid(), SIGKILL);
}

/* Open in a process that dies at the n-th call of the storage; whether it did. */
static bool upgrade_killed(long n)
{
    faulty f = { .fail_at = n, .happen = upgrade_die };
    acrm_engine *engine = NULL;
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (acrm__sqlite_open(NULL, path, 0, &f.inner, &f.self, NULL) == ACRM_OK) {
            const acrm_storage_ops ops = faulty_ops(&f);
            if (acrm_open_storage(&ops, &f, NULL, &engine, NULL) == ACRM_OK)
                _exit(0);
        }
        _exit(1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

START_TEST(upgrade__killed_half_way_is_begun_anew)
{
    long n = 1;

    upgrade_make(revisions[_i]);
    while (n < CALLS && upgrade_killed(n))
        n += 37;
    ck_assert_int_gt(n, 100);
    upgrade_check(revisions[_i]);
    upgrade_make(revisions[_i]);
    ck_assert(upgrade_killed(60)); /* in the midst of the tables */
    upgrade_check(revisions[_i]);
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

    upgrade_make("leads");
    upgrade_exec("PRAGMA journal_mode=WAL");
    upgrade_exec(refusals[_i].prepare);
    char *then = upgrade_read(path, &before);
    int32_t st = acrm_open(path, &options, &engine, &err);
    ck_assert_msg(st == refusals[_i].status, "%s: %s", acrm_status_name(st),
                  acrm_error_message(err));
    ck_assert_str_eq(acrm_error_reason(err), refusals[_i].reason);
    acrm_error_free(err);
    char *now = upgrade_read(path, &after);
    ck_assert_uint_eq(before, after);
    ck_assert_mem_eq(then, now, before);
    free(then);
    free(now);
}
END_TEST

static Suite *upgrade_suite(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *tc = tcase_create("upgrade");

    tcase_add_checked_fixture(tc, upgrade_setup, upgrade_remove);
    tcase_add_loop_test(tc, upgrade__loses_nothing, 0, REVISIONS);
    tcase_add_loop_test(tc, upgrade__killed_half_way_is_begun_anew, 0, REVISIONS);
    tcase_add_loop_test(tc, upgrade__leaves_alone_what_it_cannot_use, 0,
                        sizeof refusals / sizeof refusals[0]);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(upgrade_suite)
