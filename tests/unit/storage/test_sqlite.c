/* SPDX-License-Identifier: MIT */
/* What is SQLite's own of the adapter: settings, indexes in use, backup, text of statements. */
#include "sqlite_file.h"
#include "storage/sqlite/sqlite_internal.h"

static sqlite_file file;

static void sqlite_setup(void)
{
    sqlite_file_make(&file);
}

static void sqlite_teardown(void)
{
    sqlite_file_remove(&file);
}

static int64_t sqlite_pragma(const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    acrm__sqlite_conn *conn = file.conn;

    ck_assert_int_eq(sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

START_TEST(sqlite__settings_are_the_promised_ones)
{
    sqlite3_stmt *stmt = NULL;

    sqlite_file_open(&file);
    acrm__sqlite_conn *conn = file.conn;
    ck_assert_int_eq(sqlite_pragma("PRAGMA synchronous"), 2);
    ck_assert_int_eq(sqlite_pragma("PRAGMA foreign_keys"), 1);
    ck_assert_int_eq(sqlite_pragma("PRAGMA application_id"), 0x6143524d);
    ck_assert_int_eq(sqlite_pragma("SELECT strict FROM pragma_table_list WHERE name = 'dealer'"),
                     1);
    ck_assert_int_eq(sqlite3_prepare_v2(conn->db, "SELECT \"no such column\" FROM dealer", -1,
                                        &stmt, NULL), SQLITE_ERROR);
    ck_assert_int_eq(sqlite3_prepare_v2(conn->db, "PRAGMA journal_mode", -1, &stmt, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(stmt, 0), "wal");
    sqlite3_finalize(stmt);
    ck_assert_uint_eq(file.ops.flags, ACRM_STORAGE_DURABLE | ACRM_STORAGE_BACKUP);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, ACRM__SQLITE_SYNC_NORMAL, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_pragma("PRAGMA synchronous"), 1);
    ck_assert_uint_eq(file.ops.flags, ACRM_STORAGE_BACKUP);
}
END_TEST

/* ---- plans ---- */

static const acrm_cell text_a = { .type = ACRM_CELL_TEXT, .size = 1, .data = "a" };
static const acrm_cell int_5 = { .type = ACRM_CELL_INT, .integer = 5 };
static const acrm_cell none = { .type = ACRM_CELL_NULL };
static const acrm_cell id_1 = { .type = ACRM_CELL_BLOB, .size = 16, .data = "0123456789abcdef" };
static const acrm_cell after_seen[] = { { .type = ACRM_CELL_INT, .integer = 5 },
                                        { .type = ACRM_CELL_BLOB, .size = 16,
                                          .data = "0123456789abcdef" } };
static const acrm_cell after_null[] = { { .type = ACRM_CELL_NULL },
                                        { .type = ACRM_CELL_BLOB, .size = 16,
                                          .data = "0123456789abcdef" } };
static const acrm_order seen_up[] = { { CUSTOMER_SEEN, 0 }, { CUSTOMER_ID, 0 } };
static const acrm_order seen_down[] = { { CUSTOMER_SEEN, 1 }, { CUSTOMER_ID, 1 } };
static const acrm_order seen_mixed[] = { { CUSTOMER_SEEN, 1 }, { CUSTOMER_ID, 0 } };
static const acrm_order name_up[] = { { CUSTOMER_NAME, 0 }, { CUSTOMER_ID, 0 } };
static const acrm_filter_node alive = { .op = ACRM_FILTER_EQ, .column = CUSTOMER_DELETED,
                                        .values = &none, .n_values = 1 };
static const acrm_filter_node phone_terms[] = {
    { .op = ACRM_FILTER_EQ, .column = CUSTOMER_PHONE, .values = &text_a, .n_values = 1 },
    { .op = ACRM_FILTER_EQ, .column = CUSTOMER_DELETED, .values = &none, .n_values = 1 },
};
static const acrm_filter_node living_phone = { .op = ACRM_FILTER_AND, .children = phone_terms,
                                               .n_children = 2 };
static const acrm_filter_node starts = { .op = ACRM_FILTER_STARTS, .column = CUSTOMER_NAME,
                                         .values = &text_a, .n_values = 1 };
static const acrm_filter_node customer_named = { .op = ACRM_FILTER_EQ, .column = CUSTOMER_NAME,
                                                 .values = &text_a, .n_values = 1 };
static const acrm_filter_node owner_named = {
    .op = ACRM_FILTER_RELATED, .column = VEHICLE_CUSTOMER, .related = &fix_customer,
    .related_column = CUSTOMER_ID, .children = &customer_named, .n_children = 1,
};
static const acrm_filter_node young = { .op = ACRM_FILTER_GT, .column = VEHICLE_DAY,
                                        .values = &int_5, .n_values = 1 };
static const acrm_filter_node has_young = {
    .op = ACRM_FILTER_RELATED, .column = CUSTOMER_ID, .related = &fix_vehicle,
    .related_column = VEHICLE_CUSTOMER, .children = &young, .n_children = 1,
};
static const acrm_filter_node searched = { .op = ACRM_FILTER_SEARCH, .values = &text_a,
                                           .n_values = 1 };
static const acrm_filter_node one = { .op = ACRM_FILTER_EQ, .column = CUSTOMER_ID, .values = &id_1,
                                      .n_values = 1 };

/* Each page of each query goes by an index, and never sorts. */
static const struct {
    const char *what;
    acrm_query query;
    const char *uses; /* in the plan of every page */
} plan_cases[] = {
    { "a list goes by its index",
      { .table = &fix_customer, .order = seen_up, .n_order = 2, .limit = 50 }, "customer__seen" },
    { "a list backwards",
      { .table = &fix_customer, .order = seen_down, .n_order = 2, .limit = 50, .where = &alive },
      "customer__seen" },
    { "an index of one column ends with the key",
      { .table = &fix_customer, .order = name_up, .n_order = 2, .limit = 50 }, "customer__name" },
    { "a page enters the index at its position",
      { .table = &fix_customer, .order = seen_up, .n_order = 2, .limit = 50, .after = after_seen },
      "customer__seen ((seen,id)>(?,?))" },
    { "so it does after NULL",
      { .table = &fix_customer, .order = seen_up, .n_order = 2, .limit = 50, .after = after_null },
      "SEARCH s0 USING INDEX customer__seen" },
    { "and backwards",
      { .table = &fix_customer, .order = seen_down, .n_order = 2, .limit = 50,
        .after = after_seen }, "SEARCH s0 USING INDEX customer__seen" },
    { "and backwards after NULL",
      { .table = &fix_customer, .order = seen_down, .n_order = 2, .limit = 50,
        .after = after_null }, "SEARCH s0 USING INDEX customer__seen" },
    { "one value, filtered alive", { .table = &fix_customer, .where = &living_phone },
      "customer__phone (phone=?)" },
    { "a beginning is a range", { .table = &fix_customer, .where = &starts },
      "customer__name (name>? AND name<?)" },
    { "by the key", { .table = &fix_customer, .where = &one }, "(id=?)" },
    { "a selective relation is asked first", { .table = &fix_vehicle, .where = &owner_named },
      "vehicle__customer (customer_id=?)" },
    { "another one is asked row by row", { .table = &fix_customer, .where = &has_young },
      "vehicle__customer (customer_id=?)" },
    { "a search gives the rows", { .table = &fix_customer, .where = &searched },
      "INTEGER PRIMARY KEY (rowid=?)" },
};

static void sqlite_plan(const acrm_query *query, const acrm__sql_page *page, char *plan,
                        size_t size)
{
    acrm__sqlite_conn *conn = file.conn;
    sqlite3_stmt *stmt = NULL;
    size_t len = 0;

    acrm__sql_clear(&conn->sql);
    acrm__sql_puts(&conn->sql, "EXPLAIN QUERY PLAN ");
    acrm__sql_select(&conn->sql, query, page, query->limit);
    ck_assert_int_eq(sqlite3_prepare_v2(conn->db, conn->sql.text.data, -1, &stmt, NULL),
                     SQLITE_OK);
    plan[0] = '\0';
    while (sqlite3_step(stmt) == SQLITE_ROW)
        len += (size_t)snprintf(plan + len, size - len, "%s; ",
                                (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
}

static void sqlite_file_tables(void)
{
    sqlite_file_open(&file);
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.ensure_table(file.conn, &fix_customer, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.ensure_table(file.conn, &fix_vehicle, NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
}

START_TEST(sqlite__queries_go_by_an_index_and_do_not_sort)
{
    acrm__sql_page pages[ACRM__PAGES_MAX];
    char plan[2048];

    sqlite_file_tables();
    uint32_t n = acrm__sql_pages(&plan_cases[_i].query, pages);
    for (uint32_t i = 0; i < n; i++) {
        sqlite_plan(&plan_cases[_i].query, &pages[i], plan, sizeof plan);
        ck_assert_msg(strstr(plan, plan_cases[_i].uses) && !strstr(plan, "TEMP B-TREE"),
                      "%s: page %u: %s", plan_cases[_i].what, i, plan);
    }
}
END_TEST

static const struct {
    const char *what;
    const acrm_order *order;
    const acrm_cell *after;
    uint32_t pages;
} page_cases[] = {
    { "ascending, NULLs before the position are left out", seen_up, after_seen, 1 },
    { "descending, NULLs follow on a page of their own", seen_down, after_seen, 2 },
    { "in mixed directions each step is a page", seen_mixed, after_seen, 3 },
    { "after NULL, ascending", seen_up, after_null, 2 },
    { "after NULL, descending", seen_down, after_null, 1 },
};

START_TEST(sqlite__a_page_takes_few_statements)
{
    acrm__sql_page pages[ACRM__PAGES_MAX];
    const acrm_query query = { .table = &fix_customer, .n_order = 2,
                               .order = page_cases[_i].order, .after = page_cases[_i].after };

    ck_assert_msg(acrm__sql_pages(&query, pages) == page_cases[_i].pages, "%s",
                  page_cases[_i].what);
}
END_TEST

/* The end of the range of texts with a beginning: text too, as other databases insist. */
static const struct {
    const char *prefix, *end;
} successor_cases[] = {
    { "a", "b" },
    { "a\x7f", "a\xc2\x80" },
    { "\xdf\xbf", "\xe0\xa0\x80" },
    { "\xed\x9f\xbf", "\xee\x80\x80" }, /* U+D7FF: surrogates are skipped */
    { "\xef\xbf\xbf", "\xf0\x90\x80\x80" },
    { "a\xf4\x8f\xbf\xbf", "b" }, /* U+10FFFF is the last */
    { "\xf4\x8f\xbf\xbf", NULL },
    { "", NULL },
};

START_TEST(sqlite__the_end_of_a_beginning_is_valid_text)
{
    acrm_cell prefix = fix_text(successor_cases[_i].prefix);
    const acrm_filter_node node = { .op = ACRM_FILTER_STARTS, .column = CUSTOMER_NAME,
                                    .values = &prefix, .n_values = 1 };
    const acrm__sql_scope scope = { .table = &fix_customer, .letter = 's' };
    const char *end = successor_cases[_i].end;
    acrm__arena arena;
    acrm__sql sql;

    acrm__arena_init(&arena, NULL);
    acrm__sql_init(&sql, NULL, &arena, &acrm__sqlite_dialect);
    acrm__sql_filter(&sql, &scope, &node);
    ck_assert_uint_eq(sql.n_binds, end ? 2 : 1);
    if (end) {
        ck_assert_uint_eq(sql.binds[1].size, strlen(end));
        ck_assert_mem_eq(sql.binds[1].data, end, strlen(end));
    }
    acrm__sql_free(&sql);
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(sqlite__other_dialects_number_their_placeholders)
{
    acrm__sql_dialect dialect = acrm__sqlite_dialect;
    const acrm_query query = { .table = &fix_customer, .n_order = 2, .order = seen_up,
                               .where = &customer_named, .limit = 7 };
    const acrm__sql_page page = { .kind = ACRM__PAGE_ALL };
    acrm__arena arena;
    acrm__sql sql;

    dialect.numbered = true;
    dialect.nulls_first = " NULLS FIRST";
    acrm__arena_init(&arena, NULL);
    acrm__sql_init(&sql, NULL, &arena, &dialect);
    acrm__sql_select(&sql, &query, &page, query.limit);
    ck_assert_str_eq(sql.text.data,
                     "SELECT s0.\"id\",s0.\"name\",s0.\"phone\",s0.\"score\",s0.\"seen\","
                     "s0.\"dealer_id\",s0.\"deleted_at\" FROM \"customer\" AS s0 WHERE "
                     "s0.\"name\" = $1 ORDER BY 5 NULLS FIRST,1 LIMIT $2");
    acrm__sql_free(&sql);
    acrm__arena_free(&arena);
}
END_TEST

START_TEST(sqlite__a_call_is_one_statement)
{
    fix_rows rows = { .count = 0 };
    acrm_cell key = fix_id(1);

    sqlite_file_tables();
    int64_t before = file.ops.statements(file.conn);
    ck_assert_int_eq(file.ops.lookup(file.conn, &fix_customer, 0, &key, 1, fix_collect, &rows,
                                     NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.statements(file.conn), before + 1);
    ck_assert_int_eq(sqlite_file_count(&file), 0);
    ck_assert_int_eq(file.ops.statements(file.conn), before + 2);
}
END_TEST

/* ---- backup ---- */

typedef struct sqlite_copying {
    sqlite_file *writer;
    int calls;
    int64_t total;
    int32_t answer;
} sqlite_copying;

/* Somebody writes while the copy is made. */
static int32_t sqlite_progress_writes(void *user, int64_t done, int64_t total)
{
    sqlite_copying *copying = user;
    sqlite_file *w = copying->writer;

    ck_assert_int_le(done, total);
    copying->total = total;
    if (copying->calls++ == 0) {
        ck_assert_int_eq(w->ops.begin(w->conn, 1, NULL), ACRM_OK);
        ck_assert_int_eq(sqlite_file_put(w, 1000000, "late", NULL), ACRM_OK);
        ck_assert_int_eq(w->ops.commit(w->conn, NULL), ACRM_OK);
    }
    return copying->answer;
}

static void sqlite_fill(unsigned n)
{
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    for (unsigned i = 0; i < n; i++)
        ck_assert_int_eq(sqlite_file_put(&file, i, "a dealer with quite a long name, indeed a name "
                                         "that fills pages", NULL), ACRM_OK);
    ck_assert_int_eq(file.ops.commit(file.conn, NULL), ACRM_OK);
}

START_TEST(sqlite__a_backup_is_a_whole_database_while_others_write)
{
    sqlite_file writer = file;
    sqlite_copying copying = { .writer = &writer };
    char path[sizeof file.path];
    struct stat info;

    sqlite_file_open(&file);
    sqlite_fill(50000);
    ck_assert_int_eq(sqlite_file_connect(&writer, NULL, 0, NULL), ACRM_OK);
    snprintf(path, sizeof path, "%s/copy", file.folder);
    ck_assert_int_eq(file.ops.backup(file.conn, path, sqlite_progress_writes, &copying, NULL),
                     ACRM_OK);
    ck_assert_int_gt(copying.calls, 1);
    ck_assert_int_eq(sqlite_file_count(&file), 50001);
    sqlite_file_close(&writer);
    sqlite_file_close(&file);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    snprintf(file.path, sizeof file.path, "%s", path);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, ACRM__SQLITE_READONLY, NULL), ACRM_OK);
    ck_assert_int_eq(sqlite_file_count(&file), 50000);
    ck_assert_int_eq(file.ops.check(file.conn, NULL), ACRM_OK);
    sqlite_file_close(&file);
    ck_assert_int_eq(sqlite_file_connect(&file, NULL, 0, NULL), ACRM_OK);
}
END_TEST

START_TEST(sqlite__a_backup_that_fails_leaves_nothing)
{
    sqlite_file writer = file;
    sqlite_copying copying = { .writer = &writer, .answer = 1 };
    acrm_error *err = NULL;
    char path[sizeof file.path];

    sqlite_file_open(&file);
    sqlite_fill(2000);
    ck_assert_int_eq(sqlite_file_connect(&writer, NULL, 0, NULL), ACRM_OK);
    snprintf(path, sizeof path, "%s/copy", file.folder);
    ck_assert_int_eq(file.ops.backup(file.conn, path, sqlite_progress_writes, &copying, &err),
                     ACRM_E_INTERRUPTED);
    sqlite_file_says(err, ACRM_E_INTERRUPTED, "progress");
    ck_assert_int_eq(access(path, F_OK), -1);
    sqlite_file_close(&writer);
    ck_assert_int_ne(file.ops.backup(file.conn, file.path, NULL, NULL, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_INVALID, "exists already");
    ck_assert_int_ne(file.ops.backup(file.conn, "/nowhere/at/all", NULL, NULL, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_STORE, "/nowhere/at/all");
    ck_assert_int_eq(file.ops.begin(file.conn, 1, NULL), ACRM_OK);
    ck_assert_int_ne(file.ops.backup(file.conn, path, NULL, NULL, &err), ACRM_OK);
    sqlite_file_says(err, ACRM_E_MISUSE, "transaction that writes");
    file.ops.rollback(file.conn);
    ck_assert_int_eq(sqlite_file_count(&file), 2001);
}
END_TEST

/* KiB of pages that a connection holds when it has read everything. */
static int64_t sqlite_pages(void *conn)
{
    sqlite_file reader = { .ops = file.ops, .conn = conn };
    int now = 0, most = 0;

    ck_assert_int_eq(sqlite_file_count(&reader), 50000);
    sqlite3_db_status(((acrm__sqlite_conn *)conn)->db, SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0);
    return now / 1024;
}

START_TEST(sqlite__connections_share_the_memory_of_pages)
{
    enum { MANY = 10, ABOUT = 2300 };
    void *conns[MANY];
    int64_t together = 0;

    sqlite_file_open(&file);
    sqlite_fill(50000); /* more than they may hold */
    int64_t alone = sqlite_pages(file.conn);
    ck_assert_int_gt(alone, ABOUT / 2);
    ck_assert_int_lt(alone, ABOUT);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(file.ops.connect(file.self, &conns[i], NULL), ACRM_OK);
    for (int i = 0; i < MANY; i++)
        together += sqlite_pages(conns[i]);
    together += sqlite_pages(file.conn);
    ck_assert_int_gt(together, alone);
    ck_assert_int_lt(together, ABOUT * (MANY + 1) / 8); /* no less than an eighth each */
    for (int i = 0; i < MANY; i++)
        file.ops.disconnect(conns[i]);
    ck_assert_int_gt(sqlite_pages(file.conn), ABOUT / 2);
}
END_TEST

static Suite *sqlite_suite(void)
{
    Suite *suite = suite_create("sqlite");
    TCase *tc = tcase_create("sqlite");

    tcase_add_checked_fixture(tc, sqlite_setup, sqlite_teardown);
    tcase_add_test(tc, sqlite__settings_are_the_promised_ones);
    tcase_add_loop_test(tc, sqlite__queries_go_by_an_index_and_do_not_sort, 0,
                        sizeof plan_cases / sizeof plan_cases[0]);
    tcase_add_loop_test(tc, sqlite__a_page_takes_few_statements, 0,
                        sizeof page_cases / sizeof page_cases[0]);
    tcase_add_loop_test(tc, sqlite__the_end_of_a_beginning_is_valid_text, 0,
                        sizeof successor_cases / sizeof successor_cases[0]);
    tcase_add_test(tc, sqlite__other_dialects_number_their_placeholders);
    tcase_add_test(tc, sqlite__a_call_is_one_statement);
    tcase_add_test(tc, sqlite__a_backup_is_a_whole_database_while_others_write);
    tcase_add_test(tc, sqlite__a_backup_that_fails_leaves_nothing);
    tcase_add_test(tc, sqlite__connections_share_the_memory_of_pages);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(sqlite_suite)
