/* SPDX-License-Identifier: MIT */
/* A folder with a database file for tests of the SQLite adapter. */
#ifndef TESTS_UNIT_STORAGE_SQLITE_FILE_H
#define TESTS_UNIT_STORAGE_SQLITE_FILE_H

#include "conformance/storage_fixture.h"
#include "storage/storage.h"
#include "support/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct sqlite_file {
    char folder[64];
    char path[96];
    int32_t busy_ms;
    acrm_storage_ops ops;
    void *self, *conn;
} sqlite_file;

static inline void sqlite_file_make(sqlite_file *f)
{
    *f = (sqlite_file){ .folder = "/tmp/autocrm-sqlite-XXXXXX", .busy_ms = 30 };
    ck_assert_ptr_nonnull(mkdtemp(f->folder));
    snprintf(f->path, sizeof f->path, "%s/crm.db", f->folder);
}

/* Open and connect. Returns the status of the connection; the error is the caller's. */
static inline int32_t sqlite_file_connect(sqlite_file *f, const acrm_allocator *allocator,
                                          uint32_t flags, acrm_error **err)
{
    int32_t st = acrm__sqlite_open(allocator, f->path, flags, &f->ops, &f->self, err);

    if (st != ACRM_OK)
        return st;
    acrm__sqlite_set_busy(f->self, f->busy_ms);
    st = f->ops.connect(f->self, &f->conn, err);
    if (st != ACRM_OK) {
        f->ops.destroy(f->self);
        f->self = NULL;
    }
    return st;
}

static inline void sqlite_file_close(sqlite_file *f)
{
    if (f->conn)
        f->ops.disconnect(f->conn);
    if (f->self)
        f->ops.destroy(f->self);
    f->conn = NULL;
    f->self = NULL;
}

/* Connect and make the table of dealers. */
static inline void sqlite_file_open(sqlite_file *f)
{
    ck_assert_int_eq(sqlite_file_connect(f, NULL, 0, NULL), ACRM_OK);
    ck_assert_int_eq(f->ops.begin(f->conn, 1, NULL), ACRM_OK);
    ck_assert_int_eq(f->ops.ensure_table(f->conn, &fix_dealer, NULL), ACRM_OK);
    ck_assert_int_eq(f->ops.commit(f->conn, NULL), ACRM_OK);
}

static inline int32_t sqlite_file_put(sqlite_file *f, unsigned id, const char *name,
                                      acrm_error **err)
{
    acrm_cell cells[DEALER_COLUMNS] = { fix_id(id), fix_text(name), fix_null() };

    return f->ops.insert(f->conn, &fix_dealer, cells, NULL, err);
}

static inline int64_t sqlite_file_count(sqlite_file *f)
{
    const acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    const acrm_query query = { .struct_size = sizeof query, .table = &fix_dealer, .n_select = 1,
                               .select = &count };
    fix_rows rows = { .count = 0 };

    ck_assert_int_eq(f->ops.query(f->conn, &query, fix_collect, &rows, NULL), ACRM_OK);
    return strtoll(rows.text, NULL, 10);
}

static inline void sqlite_file_remove(sqlite_file *f)
{
    sqlite_file_close(f);
    chmod(f->folder, 0700);
    DIR *folder = opendir(f->folder);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        char name[400];
        snprintf(name, sizeof name, "%s/%s", f->folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    if (folder)
        closedir(folder);
    rmdir(f->folder);
}

/* The error names the place and says something of it; frees it. */
#define sqlite_file_says(err, code, words)                                                        \
    do {                                                                                          \
        ck_assert_msg(acrm_error_code(err) == (code), "%s: %s",                                   \
                      acrm_status_name(acrm_error_code(err)), acrm_error_message(err));           \
        ck_assert_msg(strstr(acrm_error_message(err), words) != NULL, "%s",                       \
                      acrm_error_message(err));                                                   \
        acrm_error_free(err);                                                                     \
        (err) = NULL;                                                                             \
    } while (0)

#endif
