/* SPDX-License-Identifier: MIT */
/* Database files that are not as they should be: each a clear error, and no file is harmed. */
#include "life.h"
#include "support/suite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static void setup(void)
{
    host_path(path, "files");
}

static void teardown(void)
{
    host_remove(path);
    rmdir(path);
}

/* A good database with a short life in it. */
static void make_database(void)
{
    host h;

    host_init(&h);
    ck_assert_int_eq(host_open(&h, path, 0, NULL), ACRM_OK);
    life l = { .host = &h };
    life_live(&l, life_short);
    host_close(&h);
}

static void write_file(const char *data, size_t len)
{
    FILE *out = fopen(path, "wb");

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(data, 1, len, out), len);
    ck_assert_int_eq(fclose(out), 0);
}

static host_str read_file(void)
{
    host_str text = { NULL, 0, 0 };
    char piece[4096];
    FILE *in = fopen(path, "rb");

    ck_assert_ptr_nonnull(in);
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;)
        host_str_add(&text, piece, n);
    fclose(in);
    return text;
}

static void sql(const char *statement)
{
    sqlite3 *db = NULL;
    char *message = NULL;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, statement, NULL, NULL, &message);
    ck_assert_msg(rc == SQLITE_OK, "%s: %s", statement, message);
    sqlite3_close(db);
}

/* Opening must fail with one of two statuses and words for people that tell the file. */
static void refuse_open(uint32_t flags, int32_t want, int32_t or_want)
{
    host h;
    acrm_error *err = NULL;

    host_init(&h);
    int32_t st = host_open(&h, path, flags, &err);
    ck_assert_msg(st == want || st == or_want, "%s: %s", acrm_status_name(st),
                  acrm_error_json(err));
    ck_assert_str_ne(acrm_error_message(err), "");
    ck_assert_str_ne(acrm_error_reason(err), "");
    acrm_error_free(err);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
}

START_TEST(files__a_missing_file_is_not_made_when_told_so)
{
    refuse_open(ACRM_OPEN_NO_CREATE, ACRM_E_NOTFOUND, ACRM_E_NOTFOUND);
    refuse_open(ACRM_OPEN_READONLY, ACRM_E_NOTFOUND, ACRM_E_NOTFOUND);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(files__a_folder_is_no_database)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    refuse_open(0, ACRM_E_INVALID, ACRM_E_INVALID);
}
END_TEST

START_TEST(files__a_path_into_nowhere_is_told)
{
    host h;
    acrm_error *err = NULL;

    host_init(&h);
    ck_assert_int_ne(host_open(&h, "/no/such/folder/at/all.db", 0, &err), ACRM_OK);
    ck_assert_ptr_nonnull(strstr(acrm_error_message(err), "/no/such/folder/at/all.db"));
    acrm_error_free(err);
}
END_TEST

START_TEST(files__a_foreign_file_is_left_alone)
{
    static const char text[] = "Dear reader, this is a letter and no database. ..................."
                               "......................................................";
    write_file(text, sizeof text);
    refuse_open(0, ACRM_E_CORRUPT, ACRM_E_CORRUPT);
    host_str after = read_file();
    ck_assert_uint_eq(after.len, sizeof text);
    ck_assert_mem_eq(after.data, text, sizeof text);
    free(after.data);
}
END_TEST

START_TEST(files__a_foreign_sqlite_database_is_left_alone)
{
    sql("CREATE TABLE album (title TEXT); INSERT INTO album VALUES ('x')");
    refuse_open(0, ACRM_E_CORRUPT, ACRM_E_CORRUPT);
    sql("INSERT INTO album VALUES ('y')");
}
END_TEST

START_TEST(files__a_truncated_file_is_found_out)
{
    make_database();
    host_str whole = read_file();

    for (size_t part = 1; part < 8; part++) {
        host h;
        acrm_error *err = NULL;
        write_file(whole.data, whole.len * part / 8);
        host_init(&h);
        int32_t st = host_open(&h, path, 0, &err);
        if (st == ACRM_OK) {
            /* It may open; the check must then find the damage. */
            acrm_buf *out = NULL;
            st = host_try(h.session, "engine.check", "{}", &out, &err);
            ck_assert(st == ACRM_E_CORRUPT || st == ACRM_E_STORE
                      || (st == ACRM_OK && strstr(acrm_buf_data(out), "\"ok\":false")));
            acrm_buf_free(out);
        } else {
            ck_assert_msg(st == ACRM_E_CORRUPT, "%zu/8: %s", part, acrm_error_json(err));
        }
        acrm_error_free(err);
        host_close(&h);
        ck_assert_uint_eq(h.memory.live_bytes, 0);
        host_remove(path);
    }
    free(whole.data);
}
END_TEST

START_TEST(files__a_newer_schema_is_not_touched)
{
    make_database();
    sql("PRAGMA user_version = 9999");
    host_str before = read_file();
    refuse_open(0, ACRM_E_VERSION, ACRM_E_VERSION);
    refuse_open(ACRM_OPEN_READONLY, ACRM_E_VERSION, ACRM_E_VERSION);
    host_str after = read_file();
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, after.len);
    free(before.data);
    free(after.data);
}
END_TEST

START_TEST(files__a_database_opened_for_reading_is_read)
{
    host h;
    acrm_buf *out = NULL;
    acrm_error *err = NULL;

    make_database();
    host_init(&h);
    int32_t st = host_open(&h, path, ACRM_OPEN_READONLY, &err);
    ck_assert_msg(st == ACRM_OK, "%s", acrm_error_json(err));
    ck_assert_int_gt(host_count(h.session, "customer", "{}"), 0);
    st = host_try(h.session, "customer.create", "{'name':'x'}", &out, &err);
    ck_assert_msg(st == ACRM_E_READONLY, "%s", acrm_status_name(st));
    acrm_error_free(err);
    host_close(&h);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
}
END_TEST

START_TEST(files__a_file_without_the_right_to_write_is_told)
{
    host h;
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    if (geteuid() == 0) /* to whom everything is allowed */
        return;
    make_database();
    ck_assert_int_eq(chmod(path, 0400), 0);
    host_init(&h);
    int32_t st = host_open(&h, path, 0, &err);
    if (st == ACRM_OK)
        st = host_try(h.session, "customer.create", "{'name':'x'}", &out, &err);
    ck_assert_msg(st == ACRM_E_READONLY, "%s", acrm_error_json(err));
    acrm_error_free(err);
    host_close(&h);
}
END_TEST

START_TEST(files__a_locked_database_is_busy)
{
    sqlite3 *db = NULL;
    host h;
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    make_database();
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    host_init(&h);
    ck_assert_int_eq(host_open(&h, path, 0, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    /* Readers go on beside the writer; the waiting writer is called off. */
    ck_assert_int_gt(host_count(h.session, "customer", "{}"), 0);
    acrm_interrupt(h.session, 1);
    int32_t st = host_try(h.session, "customer.create", "{'name':'x'}", &out, &err);
    ck_assert_msg(st == ACRM_E_BUSY || st == ACRM_E_INTERRUPTED, "%s", acrm_status_name(st));
    acrm_error_free(err);
    acrm_interrupt(h.session, 0);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(db);
    acrm_value_free(host_call(h.session, "customer.create", "{'name':'x'}"));
    host_verify(h.session);
    host_close(&h);
}
END_TEST

/* Another process writes to the same file at the same time: both get all they asked for. */
START_TEST(files__two_processes_share_a_database)
{
    enum { EACH = 60 };
    char args[64];
    int status = 0;

    make_database();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    host h;
    host_init(&h);
    h.seed = child ? 11 : 22;
    int32_t st = host_open(&h, path, ACRM_OPEN_SYNC_NORMAL, NULL);
    for (int i = 0; st == ACRM_OK && i < EACH; i++) {
        snprintf(args, sizeof args, "{'name':'%s %d'}", child ? "Parent" : "Child", i);
        acrm_buf *out = NULL;
        st = host_try(h.session, "customer.create", args, &out, NULL);
        acrm_buf_free(out);
    }
    if (child == 0) {
        host_close(&h);
        _exit(st == ACRM_OK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(st, ACRM_OK);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(host_count(h.session, "customer", "{'$search':'parent'}"), EACH);
    ck_assert_int_eq(host_count(h.session, "customer", "{'$search':'child'}"), EACH);
    host_verify(h.session);
    host_close(&h);
}
END_TEST

START_TEST(files__a_backup_is_a_database)
{
    char copy[64];
    char args[128];
    host h;
    acrm_error *err = NULL;
    acrm_buf *out = NULL;

    make_database();
    host_path(copy, "copy");
    host_init(&h);
    ck_assert_int_eq(host_open(&h, path, 0, NULL), ACRM_OK);
    int64_t customers = host_count(h.session, "customer", "{}");
    snprintf(args, sizeof args, "{'path':'%s'}", copy);
    int64_t entries = host_verify(h.session);
    acrm_value_free(host_call(h.session, "engine.backup", args));
    int32_t st = host_try(h.session, "engine.backup", args, &out, &err);
    ck_assert_msg(st != ACRM_OK, "a backup wrote over another file");
    acrm_error_free(err);
    host_close(&h);
    host_init(&h);
    ck_assert_int_eq(host_open(&h, copy, ACRM_OPEN_NO_CREATE, NULL), ACRM_OK);
    ck_assert_int_eq(host_count(h.session, "customer", "{}"), customers);
    /* The copy tells who made it. */
    ck_assert_int_eq(host_verify(h.session), entries + 1);
    host_close(&h);
    host_remove(copy);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("files");
    TCase *t = tcase_create("files");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, files__a_missing_file_is_not_made_when_told_so);
    tcase_add_test(t, files__a_folder_is_no_database);
    tcase_add_test(t, files__a_path_into_nowhere_is_told);
    tcase_add_test(t, files__a_foreign_file_is_left_alone);
    tcase_add_test(t, files__a_foreign_sqlite_database_is_left_alone);
    tcase_add_test(t, files__a_truncated_file_is_found_out);
    tcase_add_test(t, files__a_newer_schema_is_not_touched);
    tcase_add_test(t, files__a_database_opened_for_reading_is_read);
    tcase_add_test(t, files__a_file_without_the_right_to_write_is_told);
    tcase_add_test(t, files__a_locked_database_is_busy);
    tcase_add_test(t, files__two_processes_share_a_database);
    tcase_add_test(t, files__a_backup_is_a_database);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
