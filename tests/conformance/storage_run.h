/* SPDX-License-Identifier: MIT */
/* What the files of the storage suite share. */
#ifndef AUTOCRM_CONFORMANCE_STORAGE_RUN_H
#define AUTOCRM_CONFORMANCE_STORAGE_RUN_H

#include "conformance/storage_fixture.h"

#include <stdio.h>
#include <string.h>

/* One run of one test: a store, its first connection with the tables made, and the verdict. */
typedef struct suite_run {
    acrm_storage_ops ops;
    void *self;
    void *conn;
    char *message;
    size_t message_size;
} suite_run;

/* Note the failure; always 1. */
int suite_fail(suite_run *r, const char *file, int line, const char *what, const char *got);

/* Leave the test with a failure unless the promise holds. */
#define EXPECT(r, truth)                                                                          \
    do {                                                                                          \
        if (!(truth))                                                                             \
            return suite_fail(r, __FILE__, __LINE__, #truth, "");                                 \
    } while (0)
#define EXPECT_OK(r, call) EXPECT_STATUS(r, ACRM_OK, call)
#define EXPECT_STATUS(r, want, call)                                                              \
    do {                                                                                          \
        acrm_error *expect_err = NULL;                                                            \
        acrm_error **err = &expect_err;                                                           \
        int32_t expect_st = (call);                                                               \
        int expect_bad = expect_st != (want);                                                     \
        if (expect_bad)                                                                           \
            suite_fail(r, __FILE__, __LINE__, #call, acrm_error_message(expect_err));             \
        acrm_error_free(expect_err);                                                              \
        if (expect_bad)                                                                           \
            return 1;                                                                             \
    } while (0)
#define EXPECT_ROWS(r, want, rows)                                                                \
    do {                                                                                          \
        if (strcmp((want), (rows).text) != 0)                                                     \
            return suite_fail(r, __FILE__, __LINE__, "rows are not " #want, (rows).text);         \
    } while (0)

int32_t suite_put_dealer(suite_run *r, unsigned id, const char *name, acrm_error **err);
/* Its search text is its name. */
int32_t suite_put_customer(suite_run *r, unsigned id, const char *name, const char *phone,
                           acrm_cell score, acrm_cell seen, acrm_error **err);
int32_t suite_put_vehicle(suite_run *r, unsigned id, unsigned customer, const char *model,
                          int64_t day, acrm_error **err);
/* All rows with this value. */
int32_t suite_find(suite_run *r, const acrm_table *table, uint32_t column, acrm_cell value,
                   fix_rows *rows, acrm_error **err);
/* The keys of the rows that match, in order of the key. */
int32_t suite_select_ids(suite_run *r, const acrm_table *table, const acrm_filter_node *where,
                         fix_rows *rows, acrm_error **err);
int32_t suite_ask(suite_run *r, const acrm_query *query, fix_rows *rows, acrm_error **err);

/* The tests, a file a table that ends with a NULL name. */
typedef struct suite_test {
    const char *name;
    int (*test)(suite_run *r);
} suite_test;

extern const suite_test storage_row_tests[];
extern const suite_test storage_query_tests[];
extern const suite_test storage_schema_tests[];
extern const suite_test storage_session_tests[];

#endif
