/* SPDX-License-Identifier: MIT */
/*
 * Rows changed and counted behind the library's back, in a file or in the database on a server that
 * stands for it (postgres_wrap.c).
 */
#ifndef TESTS_SUPPORT_UNDER_H
#define TESTS_SUPPORT_UNDER_H

#include <check.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(ACRM_HAVE_POSTGRES)
#include <libpq-fe.h>
#endif

/* Whether databases are on a server in this run. */
static inline bool under_server(void)
{
    const char *wanted = getenv("AUTOCRM_TEST_DB");

    return wanted && strcmp(wanted, "postgres") == 0;
}

/* Run a statement in a file: its number if it asks for one, else how many rows it changed. */
static inline int64_t under_file(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : sqlite3_changes(db);
    ck_assert_int_eq(sqlite3_finalize(st), SQLITE_OK);
    sqlite3_close(db);
    return n;
}

/* The name of the database that stands for a file. */
static inline void under_name(const char *path, char name[32])
{
    char line[64] = "";
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    snprintf(name, 32, "%.31s", strrchr(line, ' ') + 1);
}

/* The command that writes all rows of it as text. */
static inline void under_dump(const char *path, char command[256])
{
    char name[32];

    under_name(path, name);
    snprintf(command, 256, "pg_dump --data-only -U postgres -h '%s' %s 2>/dev/null",
             getenv("AUTOCRM_TEST_SERVER"), name);
}

#if defined(ACRM_HAVE_POSTGRES)
static inline int64_t under_database(const char *path, const char *sql)
{
    char name[32], url[256];

    under_name(path, name);
    snprintf(url, sizeof url, "postgres://postgres@/%s?host=%s", name,
             getenv("AUTOCRM_TEST_SERVER"));
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    bool asked = PQresultStatus(result) == PGRES_TUPLES_OK;
    ck_assert_msg(asked || PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", sql,
                  PQerrorMessage(conn));
    int64_t n = strtoll(asked ? PQgetvalue(result, 0, 0) : PQcmdTuples(result), NULL, 10);
    PQclear(result);
    PQfinish(conn);
    return n;
}
/* The address of a new, empty database on the server. */
static inline void under_new_database(char url[256])
{
    char sql[64];

    snprintf(url, 256, "postgres://postgres@/postgres?host=%s", getenv("AUTOCRM_TEST_SERVER"));
    PGconn *conn = PQconnectdb(url);
    snprintf(sql, sizeof sql, "CREATE DATABASE under%ld", (long)getpid());
    PGresult *result = PQexec(conn, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    snprintf(url, 256, "postgres://postgres@/under%ld?host=%s", (long)getpid(),
             getenv("AUTOCRM_TEST_SERVER"));
}
#else
#define under_database(path, sql) under_file(path, sql)
#define under_new_database(url) ((void)(url))
#endif

static inline int64_t under_do(const char *path, const char *sql)
{
    return under_server() ? under_database(path, sql) : under_file(path, sql);
}

#endif
