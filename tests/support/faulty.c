/* SPDX-License-Identifier: MIT */
/* A storage that fails, or at whose calls something happens. */
#include "support/faulty.h"

#include <check.h>
#include <stdlib.h>

typedef struct faulty_conn {
    faulty *storage;
    void *inner;
} faulty_conn;

static bool faulty_now(faulty *f)
{
    f->count++;
    if (!f->fail_at || f->count < f->fail_at || (f->count > f->fail_at && !f->for_ever))
        return false;
    f->failures++;
    if (f->happen)
        f->happen(f->user);
    return !f->happen;
}

static int32_t faulty_fail(const faulty *f, acrm_error **err)
{
    if (err)
        *err = acrm_error_new(f->code, "injected", NULL, "the storage was made to fail");
    return f->code;
}

#define FAULTY(conn) ((faulty_conn *)(conn))->storage
#define INNER(conn) ((faulty_conn *)(conn))->inner
/* A call that fails when its time has come, and is passed on otherwise. */
#define PASS(conn, call)                                                                          \
    (faulty_now(FAULTY(conn)) ? faulty_fail(FAULTY(conn), err) : FAULTY(conn)->inner.call)

static int32_t faulty_connect(void *self, void **conn, acrm_error **err)
{
    faulty *f = self;
    faulty_conn *c = NULL;

    if (faulty_now(f))
        return faulty_fail(f, err);
    c = malloc(sizeof *c);
    ck_assert_ptr_nonnull(c);
    *c = (faulty_conn){ .storage = f };
    int32_t st = f->inner.connect(f->self, &c->inner, err);
    if (st == ACRM_OK)
        *conn = c;
    else
        free(c);
    return st;
}

static void faulty_disconnect(void *conn)
{
    FAULTY(conn)->inner.disconnect(INNER(conn));
    free(conn);
}

static void faulty_destroy(void *self)
{
    faulty *f = self;

    if (f->inner.destroy)
        f->inner.destroy(f->self);
}

static int32_t faulty_begin(void *conn, int32_t write, acrm_error **err)
{
    return PASS(conn, begin(INNER(conn), write, err));
}

static int32_t faulty_commit(void *conn, acrm_error **err)
{
    if (faulty_now(FAULTY(conn))) {
        FAULTY(conn)->inner.rollback(INNER(conn));
        return faulty_fail(FAULTY(conn), err);
    }
    return FAULTY(conn)->inner.commit(INNER(conn), err);
}

static void faulty_rollback(void *conn)
{
    FAULTY(conn)->inner.rollback(INNER(conn));
}

static int32_t faulty_savepoint(void *conn, acrm_error **err)
{
    return PASS(conn, savepoint(INNER(conn), err));
}

static int32_t faulty_release(void *conn, acrm_error **err)
{
    return PASS(conn, release(INNER(conn), err));
}

static int32_t faulty_rollback_to(void *conn, acrm_error **err)
{
    return PASS(conn, rollback_to(INNER(conn), err));
}

static int64_t faulty_change_mark(void *conn)
{
    return FAULTY(conn)->inner.change_mark(INNER(conn));
}

static int32_t faulty_schema_version(void *conn, int64_t *version, acrm_error **err)
{
    return PASS(conn, schema_version(INNER(conn), version, err));
}

static int32_t faulty_set_schema_version(void *conn, int64_t version, acrm_error **err)
{
    return PASS(conn, set_schema_version(INNER(conn), version, err));
}

static int32_t faulty_ensure_table(void *conn, const acrm_table *table, acrm_error **err)
{
    return PASS(conn, ensure_table(INNER(conn), table, err));
}

static int32_t faulty_drop_index(void *conn, const acrm_table *table, const char *index,
                                 acrm_error **err)
{
    return PASS(conn, drop_index(INNER(conn), table, index, err));
}

static int32_t faulty_drop_column(void *conn, const acrm_table *table, const char *column,
                                  acrm_error **err)
{
    return PASS(conn, drop_column(INNER(conn), table, column, err));
}

static int32_t faulty_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                             const char *search, acrm_error **err)
{
    return PASS(conn, insert(INNER(conn), table, cells, search, err));
}

static int32_t faulty_update(void *conn, const acrm_table *table, const acrm_cell *key,
                             const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns,
                             const char *search_old, const char *search_new, int32_t *changed,
                             acrm_error **err)
{
    return PASS(conn, update(INNER(conn), table, key, columns, cells, n_columns, search_old,
                             search_new, changed, err));
}

static int32_t faulty_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                             const char *search, int32_t *changed, acrm_error **err)
{
    return PASS(conn, remove(INNER(conn), table, key, search, changed, err));
}

static int32_t faulty_lookup(void *conn, const acrm_table *table, uint32_t column,
                             const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                             acrm_error **err)
{
    return PASS(conn, lookup(INNER(conn), table, column, value, limit, row, user, err));
}

static int32_t faulty_query(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                            acrm_error **err)
{
    return PASS(conn, query(INNER(conn), query, row, user, err));
}

static int32_t faulty_check(void *conn, acrm_error **err)
{
    return FAULTY(conn)->inner.check ? PASS(conn, check(INNER(conn), err)) : ACRM_OK;
}

static int32_t faulty_insert_many(void *conn, const acrm_table *table, const acrm_cell *cells,
                                  uint32_t n_rows, acrm_error **err)
{
    return PASS(conn, insert_many(INNER(conn), table, cells, n_rows, err));
}

acrm_storage_ops faulty_ops(const faulty *f)
{
    return (acrm_storage_ops){
        .struct_size = sizeof(acrm_storage_ops),
        .connect = faulty_connect,
        .disconnect = faulty_disconnect,
        .destroy = faulty_destroy,
        .begin = faulty_begin,
        .commit = faulty_commit,
        .rollback = faulty_rollback,
        .savepoint = faulty_savepoint,
        .release = faulty_release,
        .rollback_to = faulty_rollback_to,
        .change_mark = faulty_change_mark,
        .schema_version = faulty_schema_version,
        .set_schema_version = faulty_set_schema_version,
        .ensure_table = faulty_ensure_table,
        .drop_index = faulty_drop_index,
        .drop_column = faulty_drop_column,
        .insert = faulty_insert,
        .update = faulty_update,
        .remove = faulty_remove,
        .lookup = faulty_lookup,
        .query = faulty_query,
        .check = faulty_check,
        .insert_many = f->inner.insert_many ? faulty_insert_many : NULL,
    };
}
