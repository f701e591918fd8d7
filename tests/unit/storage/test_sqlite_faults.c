/* SPDX-License-Identifier: MIT */
/* What the SQLite adapter does when files, disks, processes and memory fail. */
#include "sqlite_file.h"
#include "support/alloc_fail.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static sqlite_file file;

static void sqlite_setup(void)
{
    sqlite_file_make(&file);
}

static void sqlite_teardown(void)
{
    sqlite_file_remove(&file);
}

static void sqlite_write_file(const char *path, const void *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
    fclose(out);
}

/* Run in a child, which may be killed or give up its rights. Returns its exit status, or -1. */
static int sqlite_in_child(void (*work)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        work();
        _exit(99);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(sqlite__a_folder_is_no_file)
{
    acrm_error *err = NULL;

    snprintf(file.path, sizeof file.path, "%s", file.folder);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, &err), ACRM_E_INVALID);
    sqlite_file_says(err, ACRM_E_INVALID, "is a folder");
}
END_TEST

START_TEST(sqlite__a_missing_file_or_folder_is_named)
{
    acrm_error *err = NULL;

    ck_assert_int_ne(sqlite_file_connect(&file, NULL, ACRM__SQLITE_NO_CREATE, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_NOTFOUND, file.path);
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, ACRM__SQLITE_READONLY, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_NOTFOUND, file.path);
    ck_assert_int_eq(access(file.path, F_OK), -1);
    snprintf(file.path, sizeof file.path, "%s/none/crm.db", file.folder);
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, 0, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_STORE, "check the path");
    sqlite_write_file(strcat(strcpy(file.path, file.folder), "/crm.db"), "", 0);
    strcat(file.path, "/x");
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, 0, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_STORE, "not a folder");
}
END_TEST

START_TEST(sqlite__an_empty_file_becomes_a_database)
{
    sqlite_write_file(file.path, "", 0);
    sqlite_file_open(&file);
    ck_assert_int_eq(sqlite_file_count(&file), 0);
}
END_TEST

START_TEST(sqlite__a_file_of_another_kind_is_left_alone)
{
    static const char text[] = "Dear customer, this is a letter and no database. Dear customer, "
                               "this is a letter and no database. Dear customer, this is a letter.";
    acrm_error *err = NULL;
    char back[sizeof text];

    sqlite_write_file(file.path, text, sizeof text);
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, 0, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_CORRUPT, "not an autocrm database");
    FILE *in = fopen(file.path, "rb");
    ck_assert_uint_eq(fread(back, 1, sizeof back, in), sizeof text);
    fclose(in);
    ck_assert_mem_eq(back, text, sizeof text);
}
END_TEST

START_TEST(sqlite__a_database_of_another_program_is_left_alone)
{
    acrm_error *err = NULL;
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;

    ck_assert_int_eq(sqlite3_open(file.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE theirs(a)", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, 0, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_CORRUPT, "not an autocrm database");
    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &stmt, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), "delete");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}
END_TEST

START_TEST(sqlite__a_truncated_file_is_corrupt)
{
    acrm_error *err = NULL;
    struct stat info;

    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    for (unsigned i = 0; i < 2000; i++)
        ck_assert_int_eq(sqlite_file_put(&file, i, "some dealer with a name", NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
    sqlite_file_close(&file);
    ck_assert_int_eq(stat(file.path, &info), 0);
    for (off_t size = info.st_size - 4096; size > 0; size /= 2) {
        ck_assert_int_eq(truncate(file.path, size), 0);
        int32_t st = sqlite_file_connect(&file, NULL, 0, &err);
        if (st == ACRM_OK)
            st = file.ops.check(file.conn, &err);
        ck_assert_msg(st == ACRM_E_CORRUPT, "%s at %ld bytes", acrm_status_name(st), (long)size);
        ck_assert_ptr_nonnull(strstr(acrm_error_message(err), file.path));
        acrm_error_free(err);
        err = NULL;
        sqlite_file_close(&file);
    }
}
END_TEST

START_TEST(sqlite__a_damaged_page_is_found_by_the_check)
{
    acrm_error *err = NULL;

    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    for (unsigned i = 0; i < 500; i++)
        ck_assert_int_eq(sqlite_file_put(&file, i, "secret name", NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.check(file.conn, NULL), ACRM_OK);
    sqlite_file_close(&file);
    FILE *out = fopen(file.path, "r+b");
    fseek(out, 3 * 4096 + 10, SEEK_SET);
    for (int i = 0; i < 2000; i++)
        fputc(i * 7 % 251, out);
    fclose(out);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.check(file.conn, &err), ACRM_E_CORRUPT);
    ck_assert_ptr_null(strstr(acrm_error_message(err), "secret"));
    sqlite_file_says(err, ACRM_E_CORRUPT, "restore a backup");
}
END_TEST

/* What the administrator may write, this user may not. The log's index beside the file is shared
 * even by readers, so their folder must let them make it. */
static void sqlite_as_nobody(void)
{
    acrm_error *err = NULL;

    if (geteuid() == 0 && seteuid(65534) != 0)
        _exit(1);
    if (sqlite_file_connect(&file, NULL, 0, &err) != ACRM_E_READONLY
        || !strstr(acrm_error_message(err), file.path))
        _exit(2);
    acrm_error_free(err);
    err = NULL;
    if (sqlite_file_connect(&file, NULL, ACRM__SQLITE_READONLY, NULL) != ACRM_OK
        || file.ops.begin(file.conn, 1, NULL) != ACRM_E_READONLY
        || file.ops.begin(file.conn, 0, NULL) != ACRM_OK || sqlite_file_count(&file) != 1)
        _exit(4);
    file.ops.rollback(file.conn);
    sqlite_file_close(&file);
    _exit(0);
}

static void sqlite_as_nobody_in_foreign_folder(void)
{
    acrm_error *err = NULL;

    if (geteuid() == 0 && seteuid(65534) != 0)
        _exit(1);
    if (sqlite_file_connect(&file, NULL, ACRM__SQLITE_READONLY, &err) == ACRM_OK
        || !strstr(acrm_error_message(err), "permissions of the file and its folder"))
        _exit(2);
    acrm_error_free(err);
    err = NULL;
    snprintf(file.path, sizeof file.path, "%s/new.db", file.folder);
    if (sqlite_file_connect(&file, NULL, 0, &err) == ACRM_OK
        || !strstr(acrm_error_message(err), "permissions of the file and its folder"))
        _exit(3);
    acrm_error_free(err);
    _exit(0);
}

START_TEST(sqlite__a_read_only_file_or_folder_is_said_to_be)
{
    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_file_put(&file, 1, "a", NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
    sqlite_file_close(&file);
    ck_assert_int_eq(chmod(file.path, 0444), 0);
    ck_assert_int_eq(chmod(file.folder, 0755), 0);
    ck_assert_int_eq(sqlite_in_child(sqlite_as_nobody_in_foreign_folder), 0);
    ck_assert_int_eq(chmod(file.folder, 0777), 0);
    ck_assert_int_eq(sqlite_in_child(sqlite_as_nobody), 0);
}
END_TEST

/* No file may grow beyond a quarter of a megabyte, as when the disk is full. */
static void sqlite_on_full_disk(void)
{
    const struct rlimit limit = { 256 * 1024, 256 * 1024 };
    acrm_error *err = NULL;
    int32_t st = ACRM_OK;

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || file.ops.begin(file.conn, 1, NULL) != ACRM_OK)
        _exit(1);
    for (unsigned i = 10; st == ACRM_OK && i < 100000; i++)
        st = sqlite_file_put(&file, i, "a dealer with quite a long name", &err);
    if (st == ACRM_OK)
        st = file.ops.commit(file.conn, &err);
    if (st != ACRM_E_FULL || !strstr(acrm_error_message(err), "no space left"))
        _exit(2);
    acrm_error_free(err);
    /* The caller has not rolled back yet: no change may slip through on its own. */
    if (sqlite_file_put(&file, 5, "b", NULL) == ACRM_OK
        && file.ops.commit(file.conn, NULL) == ACRM_OK)
        _exit(3);
    file.ops.rollback(file.conn);
    if (file.ops.begin(file.conn, 0, NULL) != ACRM_OK || sqlite_file_count(&file) != 1)
        _exit(4);
    _exit(0);
}

START_TEST(sqlite__a_full_disk_undoes_the_transaction)
{
    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_file_put(&file, 1, "a", NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_in_child(sqlite_on_full_disk), 0);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_file_count(&file), 1);
    ck_assert_int_eq(file.ops.check(file.conn, NULL), ACRM_OK);
}
END_TEST

static void sqlite_dying_writer(void)
{
    sqlite_file_open(&file);
    for (unsigned i = 0; i < 3; i++) {
        if (file.ops.begin(file.conn, 1, NULL) != ACRM_OK
            || sqlite_file_put(&file, 2 * i, "a", NULL) != ACRM_OK
            || sqlite_file_put(&file, 2 * i + 1, "b", NULL) != ACRM_OK)
            _exit(1);
        if (i < 2 && file.ops.commit(file.conn, NULL) != ACRM_OK)
            _exit(2);
    }
    kill(getpid(), SIGKILL);
}

START_TEST(sqlite__a_killed_writer_leaves_what_it_committed)
{
    ck_assert_int_eq(sqlite_in_child(sqlite_dying_writer), -1);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_file_count(&file), 4);
    ck_assert_int_eq(file.ops.check(file.conn, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK); /* its lock died with it */
    file.ops.rollback(file.conn);
}
END_TEST

START_TEST(sqlite__a_file_locked_by_another_program_is_busy)
{
    acrm_error *err = NULL;
    sqlite3 *db = NULL;

    sqlite_file_open(&file);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite3_open(file.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL,
                                  NULL), SQLITE_OK);
    ck_assert_int_ne(sqlite_file_connect(&file, NULL, 0, &err), ACRM_OK);
    ck_assert_int_eq(acrm_error_retriable(err), 1);
    sqlite_file_says(err, ACRM_E_BUSY, file.path);
    sqlite3_close(db);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, NULL), ACRM_OK);
}
END_TEST

static void *sqlite_create_in_thread(void *user)
{
    sqlite_file *mine = user;
    intptr_t st = sqlite_file_connect(mine, NULL, 0, NULL);

    return (void *)st;
}

START_TEST(sqlite__several_may_create_the_file_at_once)
{
    enum { THREADS = 6 };
    static sqlite_file files[THREADS];
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        files[i] = file;
        files[i].busy_ms = 10000;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, sqlite_create_in_thread, &files[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *st = NULL;
        pthread_join(threads[i], &st);
        ck_assert_int_eq((intptr_t)st, ACRM_OK);
    }
    for (int i = 0; i < THREADS; i++)
        sqlite_file_close(&files[i]);
}
END_TEST

/* SQLite does not wait of itself for whom it meets while it changes the journal's mode. */
START_TEST(sqlite__a_file_on_its_way_to_wal_is_waited_for)
{
    const struct timespec a_while = { 0, 100000000 };
    sqlite3 *db = NULL;
    pthread_t thread;
    void *st = NULL;

    sqlite_file_open(&file);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite3_open(file.path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE", NULL, NULL,
                                  NULL), SQLITE_OK);
    file.busy_ms = 10000;
    ck_assert_int_eq(pthread_create(&thread, NULL, sqlite_create_in_thread, &file), 0);
    nanosleep(&a_while, NULL);
    ck_assert_int_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    pthread_join(thread, &st);
    ck_assert_int_eq((intptr_t)st, ACRM_OK);
    sqlite3_close(db);
    sqlite_file_close(&file);
}
END_TEST

/* ---- interruption from another thread ---- */

static void *sqlite_interrupt_later(void *user)
{
    sqlite_file *f = user;

    const struct timespec soon = { 0, 30000000 };

    nanosleep(&soon, NULL);
    f->ops.interrupt(f->conn, 1);
    return NULL;
}

START_TEST(sqlite__a_long_query_ends_when_interrupted)
{
    static const acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    static const acrm_cell nothing = { .type = ACRM_CELL_TEXT, .size = 1, .data = "?" };
    static const acrm_filter_node leaf = { .op = ACRM_FILTER_CONTAINS, .column = DEALER_NAME,
                                           .values = &nothing, .n_values = 1 };
    static const acrm_filter_node related = {
        .op = ACRM_FILTER_RELATED, .column = DEALER_NAME, .related = &fix_dealer,
        .related_column = DEALER_NAME, .children = &leaf, .n_children = 1,
    };
    static const acrm_filter_node unlike = { .op = ACRM_FILTER_NOT, .children = &related,
                                             .n_children = 1 };
    acrm_filter_node nodes[3];
    acrm_query query = { .struct_size = sizeof query, .table = &fix_dealer, .n_select = 1,
                         .select = &count };
    pthread_t thread;
    fix_rows rows = { .count = 0 };

    /* A cross product, about as bad as a query can be. */
    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    for (unsigned i = 0; i < 30000; i++)
        ck_assert_int_eq(sqlite_file_put(&file, i, "same", NULL), ACRM_OK);
    for (int i = 0; i < 3; i++)
        nodes[i] = (acrm_filter_node){ .op = ACRM_FILTER_RELATED, .column = DEALER_ID,
                                       .related = &fix_dealer, .related_column = DEALER_ID,
                                       .children = i < 2 ? &nodes[i + 1] : &unlike,
                                       .n_children = 1 };
    query.where = nodes;
    ck_assert_int_eq(pthread_create(&thread, NULL, sqlite_interrupt_later, &file), 0);
    int32_t st = ACRM_OK;
    for (int i = 0; i < 1000 && st == ACRM_OK; i++)
        st = file.ops.query(file.conn, &query, fix_collect, &rows, NULL);
    pthread_join(thread, NULL);
    ck_assert_int_eq(st, ACRM_E_INTERRUPTED);
    file.ops.interrupt(file.conn, 0);
    file.ops.rollback(file.conn);
    ck_assert_int_eq(sqlite_file_count(&file), 0);
}
END_TEST

START_TEST(sqlite__a_wait_for_a_lock_ends_when_interrupted)
{
    sqlite_file other = file;
    pthread_t thread;

    sqlite_file_open(&file);
    snprintf(other.path, sizeof other.path, "%s", file.path);
    ck_assert_int_eq(sqlite_file_connect(&other, NULL, 0, NULL), ACRM_OK);
    acrm__sqlite_set_busy(other.self, 20000);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, sqlite_interrupt_later, &other), 0);
    ck_assert_int_eq(other.ops.begin(other.conn, 1, NULL), ACRM_E_INTERRUPTED);
    pthread_join(thread, NULL);
    file.ops.rollback(file.conn);
    sqlite_file_close(&other);
}
END_TEST

/* ---- memory ---- */

/* Something of everything. */
static int32_t sqlite_scenario(const acrm_storage_ops *ops, void *conn)
{
    static const acrm_cell words = { .type = ACRM_CELL_TEXT, .size = 2, .data = "al" };
    static const acrm_filter_node terms[] = {
        { .op = ACRM_FILTER_SEARCH, .values = &words, .n_values = 1 },
        { .op = ACRM_FILTER_STARTS, .column = CUSTOMER_NAME, .values = &words, .n_values = 1 },
    };
    static const acrm_filter_node where = { .op = ACRM_FILTER_AND, .children = terms,
                                            .n_children = 2 };
    static const acrm_query query = { .struct_size = sizeof query, .table = &fix_customer,
                                      .where = &where, .limit = 3 };
    static const acrm_expression group[] = {
        { .column = CUSTOMER_SEEN, .bucket = ACRM_BUCKET_DAY },
        { .column = CUSTOMER_NAME, .aggregate = ACRM_AGGREGATE_COUNT_DISTINCT },
    };
    static const acrm_query grouped = { .struct_size = sizeof grouped, .table = &fix_customer,
                                        .n_select = 2, .select = group, .n_group = 1 };
    static const uint32_t columns[] = { CUSTOMER_NAME };
    acrm_cell cells[CUSTOMER_COLUMNS] = { fix_id(1), fix_text("ali"),
                                          [CUSTOMER_SEEN] = fix_int(5) };
    acrm_cell name = fix_text("alireza");
    fix_rows rows = { .count = 0 };
    int32_t changed = 0;
    int32_t st = ops->begin(conn, 1, NULL);

    if (st == ACRM_OK)
        st = ops->ensure_table(conn, &fix_dealer, NULL);
    if (st == ACRM_OK)
        st = ops->ensure_table(conn, &fix_customer, NULL);
    if (st == ACRM_OK)
        st = ops->savepoint(conn, NULL);
    if (st == ACRM_OK)
        st = ops->insert(conn, &fix_customer, cells, "ali", NULL);
    if (st == ACRM_OK)
        st = ops->release(conn, NULL);
    if (st == ACRM_OK)
        st = ops->update(conn, &fix_customer, &cells[0], columns, &name, 1, "ali", "alireza",
                         &changed, NULL);
    if (st == ACRM_OK)
        st = ops->query(conn, &query, fix_collect, &rows, NULL);
    if (st == ACRM_OK)
        st = ops->query(conn, &grouped, fix_collect, &rows, NULL);
    if (st == ACRM_OK)
        st = ops->lookup(conn, &fix_customer, CUSTOMER_NAME, &name, 0, fix_collect, &rows, NULL);
    if (st == ACRM_OK)
        st = ops->remove(conn, &fix_customer, &cells[0], "alireza", &changed, NULL);
    if (st == ACRM_OK)
        st = ops->drop_column(conn, &fix_customer, "score", NULL);
    if (st == ACRM_OK)
        st = ops->commit(conn, NULL);
    ops->rollback(conn);
    if (st == ACRM_OK)
        ck_assert_str_eq(rows.text, "#1,alireza,-,-,5,-,-;0,1;#1,alireza,-,-,5,-,-;");
    return st;
}

static int32_t sqlite_with_memory(const acrm_allocator *port, bool memory)
{
    acrm_storage_ops ops;
    void *self = NULL;
    void *conn = NULL;
    int32_t st = memory ? acrm__memory_open(port, &ops, &self, NULL)
                        : acrm__sqlite_open(port, ":memory:", 0, &ops, &self, NULL);

    if (st != ACRM_OK)
        return st;
    st = ops.connect(self, &conn, NULL);
    if (st == ACRM_OK) {
        st = sqlite_scenario(&ops, conn);
        ops.disconnect(conn);
    }
    ops.destroy(self);
    return st;
}

START_TEST(storage__every_failing_allocation_is_an_error_and_no_leak)
{
    for (int forever = 0; forever < 2; forever++) {
        for (long n = 1;; n++) {
            alloc_fail state = { .fail_at = n, .for_ever = forever };
            acrm_allocator port = alloc_fail_port(&state);
            int32_t st = sqlite_with_memory(&port, _i == 1);
            ck_assert_uint_eq(state.live_bytes, 0);
            ck_assert_int_eq(st, state.failures > 0 ? ACRM_E_NOMEM : ACRM_OK);
            if (state.failures == 0)
                break;
        }
    }
}
END_TEST

/* Statements are finalised, kept ones are few: SQLite's own memory tells. */
START_TEST(sqlite__statements_do_not_pile_up)
{
    sqlite3_int64 before = sqlite3_memory_used();
    sqlite3_int64 early = 0;

    sqlite_file_open(&file);
    for (int i = 0; i < 3000; i++) {
        acrm_expression select[12];
        acrm_query query = { .struct_size = sizeof query, .table = &fix_dealer, .n_select = 12,
                             .select = select };
        fix_rows rows = { .count = 0 };
        for (int bit = 0; bit < 12; bit++) /* a different text each time */
            select[bit] = (acrm_expression){ .column = i >> bit & 1 ? DEALER_NAME : DEALER_ID };
        ck_assert_int_eq(file.ops.query(file.conn, &query, fix_collect, &rows, NULL), ACRM_OK);
        if (i == 200)
            early = sqlite3_memory_used();
    }
    ck_assert_int_lt(sqlite3_memory_used(), early + early / 4);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite3_memory_used(), before);
}
END_TEST

static Suite *sqlite_faults_suite(void)
{
    Suite *suite = suite_create("sqlite_faults");
    TCase *tc = tcase_create("faults");

    sqlite3_initialize();
    tcase_add_checked_fixture(tc, sqlite_setup, sqlite_teardown);
    tcase_add_test(tc, sqlite__a_folder_is_no_file);
    tcase_add_test(tc, sqlite__a_missing_file_or_folder_is_named);
    tcase_add_test(tc, sqlite__an_empty_file_becomes_a_database);
    tcase_add_test(tc, sqlite__a_file_of_another_kind_is_left_alone);
    tcase_add_test(tc, sqlite__a_database_of_another_program_is_left_alone);
    tcase_add_test(tc, sqlite__a_truncated_file_is_corrupt);
    tcase_add_test(tc, sqlite__a_damaged_page_is_found_by_the_check);
    tcase_add_test(tc, sqlite__a_read_only_file_or_folder_is_said_to_be);
    tcase_add_test(tc, sqlite__a_full_disk_undoes_the_transaction);
    tcase_add_test(tc, sqlite__a_killed_writer_leaves_what_it_committed);
    tcase_add_test(tc, sqlite__a_file_locked_by_another_program_is_busy);
    tcase_add_test(tc, sqlite__several_may_create_the_file_at_once);
    tcase_add_test(tc, sqlite__a_file_on_its_way_to_wal_is_waited_for);
    tcase_add_test(tc, sqlite__a_long_query_ends_when_interrupted);
    tcase_add_test(tc, sqlite__a_wait_for_a_lock_ends_when_interrupted);
    tcase_add_loop_test(tc, storage__every_failing_allocation_is_an_error_and_no_leak, 0, 2);
    tcase_add_test(tc, sqlite__statements_do_not_pile_up);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(sqlite_faults_suite)
