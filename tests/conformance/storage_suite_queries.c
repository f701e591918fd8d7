/* SPDX-License-Identifier: MIT */
/* Storage suite: filters, order, pages, groups, limits. */
#include "conformance/storage_run.h"

#include <stdlib.h>

#define NODE(op_, column_, ...)                                                                   \
    { .op = ACRM_FILTER_##op_, .column = (column_),                                               \
      .values = (const acrm_cell[]){ __VA_ARGS__ }, .n_values = 1 }
#define IN(column_, n, ...)                                                                       \
    { .op = ACRM_FILTER_IN, .column = (column_), .values = (const acrm_cell[]){ __VA_ARGS__ },    \
      .n_values = (n) }
#define LIST(op_, n, ...)                                                                         \
    { .op = ACRM_FILTER_##op_, .children = (const acrm_filter_node[]){ __VA_ARGS__ },             \
      .n_children = (n) }
#define ANY(table_, theirs, ours, ...)                                                            \
    { .op = ACRM_FILTER_RELATED, .related = (table_), .related_column = (theirs),                 \
      .column = (ours), .children = (const acrm_filter_node[]){ __VA_ARGS__ }, .n_children = 1 }
#define INT(n) { .type = ACRM_CELL_INT, .integer = (n) }
#define REAL(x) { .type = ACRM_CELL_REAL, .real = (x) }
#define TEXT(t) { .type = ACRM_CELL_TEXT, .size = sizeof(t) - 1, .data = (t) }
#define NOTHING { .type = ACRM_CELL_NULL }
#define ALWAYS { .op = ACRM_FILTER_TRUE }
#define NEVER { .op = ACRM_FILTER_FALSE }

static const struct {
    unsigned id;
    const char *name, *phone;
    acrm_cell score, seen;
} query_customers[] = {
    { 1, "ali", "0912", REAL(1.5), INT(300) },
    { 2, "alireza", NULL, NOTHING, INT(100) },
    { 3, "reza", "0935", REAL(-2), NOTHING },
    { 4, "ALI", "09", REAL(1.5), INT(300) },
    { 5, "a_i", NULL, REAL(0), NOTHING },
    { 6, "\xd8\xb9\xd9\x84\xdb\x8c", "0", REAL(7), INT(-5) },
    { 7, "gone", "1", REAL(9), INT(1) }, /* deleted */
};

static const struct {
    unsigned id, customer;
    const char *model;
    int64_t day;
} query_vehicles[] = {
    { 1, 1, "x3", 10 }, { 2, 1, "x5", 20 }, { 3, 2, "x3", 30 }, { 4, 7, "x3", 40 },
    { 5, 0, "x3", 50 }, { 6, 3, "x7", 60 }, /* the last one is deleted */
};

static int query_fill(suite_run *r)
{
    static const uint32_t customer_deleted[] = { CUSTOMER_DELETED };
    static const uint32_t vehicle_deleted[] = { VEHICLE_DELETED };
    acrm_cell at = fix_int(1);
    int32_t changed = 0;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    for (size_t i = 0; i < sizeof query_customers / sizeof query_customers[0]; i++)
        EXPECT_OK(r, suite_put_customer(r, query_customers[i].id, query_customers[i].name,
                                        query_customers[i].phone, query_customers[i].score,
                                        query_customers[i].seen, err));
    for (size_t i = 0; i < sizeof query_vehicles / sizeof query_vehicles[0]; i++)
        EXPECT_OK(r, suite_put_vehicle(r, query_vehicles[i].id, query_vehicles[i].customer,
                                       query_vehicles[i].model, query_vehicles[i].day, err));
    acrm_cell key = fix_id(7);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, customer_deleted, &at, 1, NULL, NULL,
                               &changed, err));
    key = fix_id(6);
    EXPECT_OK(r, r->ops.update(r->conn, &fix_vehicle, &key, vehicle_deleted, &at, 1, NULL, NULL,
                               &changed, err));
    return 0;
}

static const struct {
    const char *what;
    acrm_filter_node filter;
    const char *ids;
} query_cases[] = {
    { "true is all rows, deleted ones too", ALWAYS, "#1;#2;#3;#4;#5;#6;#7;" },
    { "false is none", NEVER, "" },
    { "an empty AND is true", { .op = ACRM_FILTER_AND }, "#1;#2;#3;#4;#5;#6;#7;" },
    { "an empty OR is false", { .op = ACRM_FILTER_OR }, "" },
    { "texts are equal by their bytes", NODE(EQ, CUSTOMER_NAME, TEXT("ali")), "#1;" },
    { "equal to NULL tests for NULL", NODE(EQ, CUSTOMER_PHONE, NOTHING), "#2;#5;" },
    { "different from NULL tests for a value", NODE(NE, CUSTOMER_PHONE, NOTHING),
      "#1;#3;#4;#6;#7;" },
    { "NULL differs from a value", NODE(NE, CUSTOMER_SEEN, INT(300)), "#2;#3;#5;#6;#7;" },
    { "NULL is not below a value", NODE(LT, CUSTOMER_SEEN, INT(100)), "#6;#7;" },
    { "NULL is not at or below a value", NODE(LE, CUSTOMER_SEEN, INT(100)), "#2;#6;#7;" },
    { "nothing is above NULL", NODE(GT, CUSTOMER_SEEN, NOTHING), "" },
    { "nothing is at or above NULL", NODE(GE, CUSTOMER_SEEN, NOTHING), "" },
    { "not below is true for NULL", LIST(NOT, 1, NODE(LT, CUSTOMER_SEEN, INT(100))),
      "#1;#2;#3;#4;#5;" },
    { "not above NULL is true for all", LIST(NOT, 1, NODE(GT, CUSTOMER_SEEN, NOTHING)),
      "#1;#2;#3;#4;#5;#6;#7;" },
    { "not not is the same", LIST(NOT, 1, LIST(NOT, 1, NODE(GT, CUSTOMER_SEEN, INT(100)))),
      "#1;#4;" },
    { "a real column compares with an integer", NODE(LT, CUSTOMER_SCORE, INT(1)), "#3;#5;" },
    { "an integer column compares with a real", NODE(GT, CUSTOMER_SEEN, REAL(99.5)),
      "#1;#2;#4;" },
    { "an integer equals a real of its value", NODE(EQ, CUSTOMER_SEEN, REAL(100)), "#2;" },
    { "in none is false", IN(CUSTOMER_SEEN, 0, INT(0)), "" },
    { "in some", IN(CUSTOMER_SEEN, 2, INT(300), INT(-5)), "#1;#4;#6;" },
    { "in with NULL tests for NULL too", IN(CUSTOMER_SEEN, 2, INT(-5), NOTHING), "#3;#5;#6;" },
    { "in only NULL", IN(CUSTOMER_SEEN, 1, NOTHING), "#3;#5;" },
    { "not in is true for NULL", LIST(NOT, 1, IN(CUSTOMER_SEEN, 1, INT(300))),
      "#2;#3;#5;#6;#7;" },
    { "not in with NULL is false for NULL", LIST(NOT, 1, IN(CUSTOMER_SEEN, 2, INT(300), NOTHING)),
      "#2;#6;#7;" },
    { "contains is by the bytes", NODE(CONTAINS, CUSTOMER_NAME, TEXT("li")), "#1;#2;" },
    { "contains knows no wildcard", NODE(CONTAINS, CUSTOMER_NAME, TEXT("_")), "#5;" },
    { "everything contains nothing, but for NULL", NODE(CONTAINS, CUSTOMER_PHONE, TEXT("")),
      "#1;#3;#4;#6;#7;" },
    { "starts is by the bytes", NODE(STARTS, CUSTOMER_NAME, TEXT("al")), "#1;#2;" },
    { "starts may be the whole text", NODE(STARTS, CUSTOMER_PHONE, TEXT("0912")), "#1;" },
    { "starts goes by letters beyond ASCII", NODE(STARTS, CUSTOMER_NAME, TEXT("\xd8\xb9\xd9\x84")),
      "#6;" },
    { "starts with nothing is any text, but for NULL", NODE(STARTS, CUSTOMER_PHONE, TEXT("")),
      "#1;#3;#4;#6;#7;" },
    { "not starts is true for NULL", LIST(NOT, 1, NODE(STARTS, CUSTOMER_PHONE, TEXT("0"))),
      "#2;#5;#7;" },
    { "and, or", LIST(OR, 2, LIST(AND, 2, NODE(EQ, CUSTOMER_SEEN, INT(300)),
                                  NODE(EQ, CUSTOMER_NAME, TEXT("ALI"))),
                      NODE(EQ, CUSTOMER_NAME, TEXT("reza"))), "#3;#4;" },
    { "not goes over and, or",
      LIST(NOT, 1, LIST(OR, 2, NODE(LT, CUSTOMER_SCORE, INT(2)), NODE(EQ, CUSTOMER_SEEN, INT(1)))),
      "#2;#6;" },
    { "related: some row will do",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID, NODE(EQ, VEHICLE_MODEL, TEXT("x3"))),
      "#1;#2;#7;" },
    { "related: one row must do all",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
          LIST(AND, 2, NODE(EQ, VEHICLE_MODEL, TEXT("x3")), NODE(GT, VEHICLE_DAY, INT(15)))),
      "#2;#7;" },
    { "related: deleted rows do not count",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID, ALWAYS), "#1;#2;#7;" },
    { "not related: true without any row",
      LIST(NOT, 1, ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
                       NODE(EQ, VEHICLE_MODEL, TEXT("x3")))), "#3;#4;#5;#6;" },
    { "related with not inside",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
          LIST(NOT, 1, NODE(EQ, VEHICLE_MODEL, TEXT("x3")))), "#1;" },
    { "related by an index first",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
          { .op = ACRM_FILTER_EQ, .column = VEHICLE_ID, .n_values = 1,
            .values = &(const acrm_cell){ .type = ACRM_CELL_BLOB, .size = 16,
                                          .data = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3" } }),
      "#2;" },
    { "related to oneself, twice",
      ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
          ANY(&fix_customer, CUSTOMER_ID, VEHICLE_CUSTOMER,
              ANY(&fix_vehicle, VEHICLE_CUSTOMER, CUSTOMER_ID,
                  NODE(EQ, VEHICLE_MODEL, TEXT("x5"))))), "#1;" },
};

static int test_filters(suite_run *r)
{
    if (query_fill(r))
        return 1;
    for (size_t i = 0; i < sizeof query_cases / sizeof query_cases[0]; i++) {
        fix_rows rows;
        EXPECT_OK(r, suite_select_ids(r, &fix_customer, &query_cases[i].filter, &rows, err));
        if (strcmp(rows.text, query_cases[i].ids) != 0)
            return suite_fail(r, __FILE__, __LINE__, query_cases[i].what, rows.text);
    }
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

/* A key on either side, and the column that is NULL for some, in either direction. */
static const struct {
    acrm_order order[2];
    const char *ids;
} order_cases[] = {
    { { { CUSTOMER_SEEN, 0 }, { CUSTOMER_ID, 0 } }, "#3;#5;#6;#7;#2;#1;#4;" },
    { { { CUSTOMER_SEEN, 1 }, { CUSTOMER_ID, 1 } }, "#4;#1;#2;#7;#6;#5;#3;" },
    { { { CUSTOMER_SEEN, 1 }, { CUSTOMER_ID, 0 } }, "#1;#4;#2;#7;#6;#3;#5;" },
    { { { CUSTOMER_SEEN, 0 }, { CUSTOMER_ID, 1 } }, "#5;#3;#6;#7;#2;#4;#1;" },
    { { { CUSTOMER_SCORE, 1 }, { CUSTOMER_ID, 0 } }, "#7;#6;#1;#4;#5;#3;#2;" },
    { { { CUSTOMER_NAME, 0 }, { CUSTOMER_ID, 0 } }, "#4;#5;#1;#2;#7;#3;#6;" },
};

/* Takes the ids, and the order cells of the last row as the next position. */
typedef struct order_page {
    fix_rows rows;
    uint32_t columns[2];
    acrm_cell after[2];
    char kept[2][32];
} order_page;

static int32_t order_take(void *user, const acrm_cell *cells, uint32_t n)
{
    order_page *page = user;

    (void)n;
    for (int i = 0; i < 2; i++) {
        page->after[i] = cells[page->columns[i]];
        if (page->after[i].type == ACRM_CELL_TEXT || page->after[i].type == ACRM_CELL_BLOB) {
            memcpy(page->kept[i], page->after[i].data, page->after[i].size);
            page->after[i].data = page->kept[i];
        }
    }
    return fix_collect(&page->rows, cells, 1);
}

static int test_order_and_pages(suite_run *r)
{
    if (query_fill(r))
        return 1;
    for (size_t i = 0; i < sizeof order_cases / sizeof order_cases[0]; i++) {
        for (uint32_t limit = 0; limit < 4; limit++) {
            order_page page = { .columns = { order_cases[i].order[0].expression,
                                             order_cases[i].order[1].expression } };
            acrm_query query = { .struct_size = sizeof query, .table = &fix_customer,
                                 .n_order = 2, .order = order_cases[i].order, .limit = limit };
            uint32_t before = 0;
            do {
                acrm_cell after[2] = { page.after[0], page.after[1] };
                char kept[2][32];
                memcpy(kept, page.kept, sizeof kept);
                for (int k = 0; k < 2; k++)
                    if (after[k].data)
                        after[k].data = kept[k];
                query.after = page.rows.count > 0 ? after : NULL;
                before = page.rows.count;
                EXPECT_OK(r, r->ops.query(r->conn, &query, order_take, &page, err));
            } while (limit > 0 && page.rows.count > before);
            EXPECT_ROWS(r, order_cases[i].ids, page.rows);
        }
    }
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_joins(suite_run *r)
{
    static const acrm_join joins[] = {
        { .source = 0, .column = VEHICLE_CUSTOMER, .table = &fix_customer },
        { .source = 1, .column = CUSTOMER_DEALER, .table = &fix_dealer },
    };
    static const acrm_expression select[] = {
        { .column = VEHICLE_ID }, { .source = 1, .column = CUSTOMER_NAME },
        { .source = 2, .column = DEALER_NAME },
    };
    static const acrm_order order[] = { { 1, 1 }, { 0, 0 } };
    static const acrm_query query = {
        .struct_size = sizeof query, .table = &fix_vehicle, .joins = joins, .n_joins = 2,
        .n_select = 3, .select = select, .n_order = 2, .order = order,
    };
    static const uint32_t dealer[] = { CUSTOMER_DEALER };
    acrm_cell key = fix_id(1);
    acrm_cell id = fix_id(9);
    int32_t changed = 0;
    fix_rows rows;

    if (query_fill(r))
        return 1;
    EXPECT_OK(r, suite_put_dealer(r, 9, "north", err));
    EXPECT_OK(r, r->ops.update(r->conn, &fix_customer, &key, dealer, &id, 1, NULL, NULL, &changed,
                               err));
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "#6,reza,-;#4,gone,-;#3,alireza,-;#1,ali,north;#2,ali,north;#5,-,-;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_groups(suite_run *r)
{
    static const acrm_join join = { .column = VEHICLE_CUSTOMER, .table = &fix_customer };
    static const acrm_expression select[] = {
        { .source = 1, .column = CUSTOMER_SEEN },
        { .aggregate = ACRM_AGGREGATE_COUNT },
        { .column = VEHICLE_DAY, .aggregate = ACRM_AGGREGATE_SUM },
        { .column = VEHICLE_DAY, .aggregate = ACRM_AGGREGATE_MIN },
        { .column = VEHICLE_MODEL, .aggregate = ACRM_AGGREGATE_MAX },
        { .column = VEHICLE_DAY, .aggregate = ACRM_AGGREGATE_AVG },
        { .column = VEHICLE_MODEL, .aggregate = ACRM_AGGREGATE_COUNT_DISTINCT },
        { .source = 1, .column = CUSTOMER_SCORE, .aggregate = ACRM_AGGREGATE_SUM },
    };
    static const acrm_order order[] = { { 1, 1 }, { 0, 1 } };
    acrm_query query = {
        .struct_size = sizeof query, .table = &fix_vehicle, .joins = &join, .n_joins = 1,
        .n_select = 8, .select = select, .n_group = 1, .n_order = 2, .order = order,
    };
    static const acrm_filter_node never = { .op = ACRM_FILTER_FALSE };
    fix_rows rows;

    if (query_fill(r))
        return 1;
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "300,2,30,10,x5,15,2,3;-,2,110,50,x7,55,2,-2;100,1,30,30,x3,30,1,-;"
                   "1,1,40,40,x3,40,1,9;", rows);
    query.limit = 1;
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "300,2,30,10,x5,15,2,3;", rows);
    query.where = &never;
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "", rows);
    query = (acrm_query){ .struct_size = sizeof query, .table = &fix_vehicle, .where = &never,
                          .n_select = 3, .select = select + 1 };
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "0,-,-;", rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

/* 2023-11-14T22:13:20Z, a Tuesday, and the day number of its civil day. */
#define INSTANT INT64_C(1700000000000000)
#define HOUR INT64_C(3600000000)
#define DAY (24 * HOUR)
#define MIDNIGHT (INT64_C(19675) * DAY)
#define US(days) (INT64_C(days) * DAY)

static const struct {
    const char *what;
    acrm_expression bucket;
    int64_t value, start;
} bucket_cases[] = {
    { "hour", { .bucket = ACRM_BUCKET_HOUR }, INSTANT, MIDNIGHT + 22 * HOUR },
    { "hour of a zone with half hours", { .bucket = ACRM_BUCKET_HOUR, .offset_minutes = 210 },
      INSTANT, MIDNIGHT + 21 * HOUR + HOUR / 2 },
    { "day", { .bucket = ACRM_BUCKET_DAY }, INSTANT, MIDNIGHT },
    { "day of a zone, already the next", { .bucket = ACRM_BUCKET_DAY, .offset_minutes = 210 },
      INSTANT, MIDNIGHT + DAY - 210 * HOUR / 60 },
    { "week from Monday", { .bucket = ACRM_BUCKET_WEEK }, INSTANT, MIDNIGHT - DAY },
    { "month", { .bucket = ACRM_BUCKET_MONTH }, INSTANT, US(19662) },
    { "quarter", { .bucket = ACRM_BUCKET_QUARTER }, INSTANT, US(19631) },
    { "year", { .bucket = ACRM_BUCKET_YEAR }, INSTANT, US(19358) },
    { "before 1970", { .bucket = ACRM_BUCKET_DAY }, -1, -DAY },
    { "week of a day number", { .bucket = ACRM_BUCKET_WEEK, .bucket_is_days = 1 }, 19675, 19674 },
    { "month of a day number", { .bucket = ACRM_BUCKET_MONTH, .bucket_is_days = 1 }, 19675,
      19662 },
    { "hour of a day number is the day", { .bucket = ACRM_BUCKET_HOUR, .bucket_is_days = 1 },
      19675, 19675 },
};

static int test_buckets(suite_run *r)
{
    fix_rows rows;
    char want[64];

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    for (unsigned i = 0; i < sizeof bucket_cases / sizeof bucket_cases[0]; i++) {
        acrm_cell name = fix_text(bucket_cases[i].what);
        acrm_expression select[] = { bucket_cases[i].bucket,
                                     { .aggregate = ACRM_AGGREGATE_COUNT } };
        const acrm_filter_node where = { .op = ACRM_FILTER_EQ, .column = CUSTOMER_NAME,
                                         .values = &name, .n_values = 1 };
        const acrm_query query = { .struct_size = sizeof query, .table = &fix_customer,
                                   .where = &where, .n_select = 2, .select = select,
                                   .n_group = 1 };
        select[0].column = CUSTOMER_SEEN;
        EXPECT_OK(r, suite_put_customer(r, i, bucket_cases[i].what, NULL, fix_null(),
                                        fix_int(bucket_cases[i].value), err));
        EXPECT_OK(r, suite_ask(r, &query, &rows, err));
        snprintf(want, sizeof want, "%lld,1;", (long long)bucket_cases[i].start);
        if (strcmp(rows.text, want) != 0)
            return suite_fail(r, __FILE__, __LINE__, bucket_cases[i].what, rows.text);
    }
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_sum_overflow(suite_run *r)
{
    static const acrm_expression sum = { .column = CUSTOMER_SEEN,
                                         .aggregate = ACRM_AGGREGATE_SUM };
    static const acrm_query query = { .struct_size = sizeof query, .table = &fix_customer,
                                      .n_select = 1, .select = &sum };
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "a", NULL, fix_null(), fix_int(INT64_MAX), err));
    EXPECT_OK(r, suite_ask(r, &query, &rows, err));
    EXPECT_ROWS(r, "9223372036854775807;", rows);
    EXPECT_OK(r, suite_put_customer(r, 2, "b", NULL, fix_null(), fix_int(1), err));
    EXPECT_STATUS(r, ACRM_E_LIMIT, suite_ask(r, &query, &rows, err));
    r->ops.rollback(r->conn);
    return 0;
}

/* Integers beyond 2^53 have neighbours that no double can tell apart. */
static const struct {
    acrm_filter_node filter;
    const char *ids;
} exact_cases[] = {
    { NODE(GT, CUSTOMER_SEEN, REAL(9007199254740992.0)), "#2;#3;" },
    { NODE(EQ, CUSTOMER_SEEN, REAL(9007199254740992.0)), "#1;" },
    { NODE(LT, CUSTOMER_SEEN, REAL(9223372036854775808.0)), "#1;#2;#3;#4;" },
    { NODE(GE, CUSTOMER_SEEN, REAL(9223372036854775808.0)), "" },
    { NODE(LE, CUSTOMER_SEEN, REAL(-9223372036854775808.0)), "#4;" },
    { NODE(LT, CUSTOMER_SEEN, REAL(-1e300)), "" },
    { NODE(EQ, CUSTOMER_SEEN, INT(INT64_C(9007199254740993))), "#2;" },
};

static int test_exact_numbers(suite_run *r)
{
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 1, err));
    EXPECT_OK(r, suite_put_customer(r, 1, "a", NULL, fix_null(),
                                    fix_int(INT64_C(9007199254740992)), err));
    EXPECT_OK(r, suite_put_customer(r, 2, "b", NULL, fix_null(),
                                    fix_int(INT64_C(9007199254740993)), err));
    EXPECT_OK(r, suite_put_customer(r, 3, "c", NULL, fix_null(), fix_int(INT64_MAX), err));
    EXPECT_OK(r, suite_put_customer(r, 4, "d", NULL, fix_null(), fix_int(INT64_MIN), err));
    for (size_t i = 0; i < sizeof exact_cases / sizeof exact_cases[0]; i++) {
        EXPECT_OK(r, suite_select_ids(r, &fix_customer, &exact_cases[i].filter, &rows, err));
        EXPECT_ROWS(r, exact_cases[i].ids, rows);
    }
    r->ops.rollback(r->conn);
    return 0;
}

static int test_large_filters(suite_run *r)
{
    enum { MANY = 10000, DEEP = 200 };
    acrm_cell *values = calloc(MANY, sizeof *values);
    acrm_filter_node *nodes = calloc(MANY, sizeof *nodes);
    acrm_filter_node where = { .op = ACRM_FILTER_IN, .column = CUSTOMER_SEEN, .values = values,
                               .n_values = MANY };
    fix_rows many = { .count = 0 }, terms = { .count = 0 }, all = { .count = 0 };
    int bad = query_fill(r);

    for (int i = 0; i < MANY; i++) {
        values[i] = fix_int(i);
        nodes[i] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = CUSTOMER_SEEN,
                                       .values = &values[i], .n_values = 1 };
    }
    int32_t in = suite_select_ids(r, &fix_customer, &where, &many, NULL);
    where = (acrm_filter_node){ .op = ACRM_FILTER_OR, .children = nodes, .n_children = 1000 };
    int32_t any = suite_select_ids(r, &fix_customer, &where, &terms, NULL);
    for (int i = 0; i < MANY; i++)
        nodes[i].op = ACRM_FILTER_NE;
    where.op = ACRM_FILTER_AND;
    int32_t every = suite_select_ids(r, &fix_customer, &where, &all, NULL);
    for (int i = 0; i < DEEP; i++)
        nodes[i] = (acrm_filter_node){ .op = i + 1 < DEEP ? ACRM_FILTER_NOT : ACRM_FILTER_TRUE,
                                       .children = &nodes[i + 1], .n_children = i + 1 < DEEP };
    fix_rows none;
    int32_t deep = suite_select_ids(r, &fix_customer, nodes, &none, NULL);
    free(values);
    free(nodes);
    EXPECT(r, !bad && in == ACRM_OK && any == ACRM_OK && every == ACRM_OK);
    EXPECT_ROWS(r, "#1;#2;#4;#7;", many);
    EXPECT_ROWS(r, "#1;#2;#4;#7;", terms);
    EXPECT_ROWS(r, "#3;#5;#6;", all);
    EXPECT(r, deep == ACRM_E_LIMIT);
    r->ops.rollback(r->conn);
    return 0;
}

static const acrm_filter_node bad_filters[] = {
    { .op = 99 },
    { .op = -1 },
    { .op = ACRM_FILTER_EQ, .column = CUSTOMER_SEEN },
    NODE(EQ, CUSTOMER_COLUMNS, INT(1)),
    NODE(EQ, CUSTOMER_SEEN, TEXT("1")),
    NODE(EQ, CUSTOMER_NAME, INT(1)),
    NODE(CONTAINS, CUSTOMER_SEEN, TEXT("1")),
    NODE(STARTS, CUSTOMER_NAME, NOTHING),
    LIST(NOT, 2, ALWAYS, ALWAYS),
    { .op = ACRM_FILTER_RELATED, .column = CUSTOMER_ID, .n_children = 1,
      .children = &(const acrm_filter_node)ALWAYS },
    ANY(&fix_vehicle, VEHICLE_COLUMNS, CUSTOMER_ID, ALWAYS),
};

static int test_bad_queries_are_refused(suite_run *r)
{
    static const acrm_cell words = TEXT("a");
    static const acrm_filter_node search = { .op = ACRM_FILTER_SEARCH, .values = &words,
                                             .n_values = 1 };
    fix_rows rows;

    EXPECT_OK(r, r->ops.begin(r->conn, 0, err));
    for (size_t i = 0; i < sizeof bad_filters / sizeof bad_filters[0]; i++)
        EXPECT_STATUS(r, ACRM_E_INVALID, suite_select_ids(r, &fix_customer, &bad_filters[i],
                                                          &rows, err));
    EXPECT_STATUS(r, ACRM_E_INVALID, suite_select_ids(r, &fix_dealer, &search, &rows, err));
    r->ops.rollback(r->conn);
    return 0;
}

static int32_t query_stop(void *user, const acrm_cell *cells, uint32_t n)
{
    fix_rows *rows = user;

    fix_collect(rows, cells, n);
    return rows->count == 2 ? 1 : 0;
}

static int32_t query_refuse(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)user;
    (void)cells;
    (void)n;
    return ACRM_E_DENIED;
}

static int test_callbacks_may_stop_or_fail(suite_run *r)
{
    const acrm_expression id = { .column = 0 };
    const acrm_order by_id = { 0, 0 };
    const acrm_query query = { .struct_size = sizeof query, .table = &fix_customer, .n_select = 1,
                               .select = &id, .n_order = 1, .order = &by_id };
    fix_rows rows = { .count = 0 };
    acrm_cell name = fix_text("ali");

    if (query_fill(r))
        return 1;
    EXPECT_OK(r, r->ops.query(r->conn, &query, query_stop, &rows, err));
    EXPECT_ROWS(r, "#1;#2;", rows);
    EXPECT_STATUS(r, ACRM_E_DENIED, r->ops.query(r->conn, &query, query_refuse, NULL, err));
    EXPECT_STATUS(r, ACRM_E_DENIED, r->ops.lookup(r->conn, &fix_customer, CUSTOMER_NAME, &name, 0,
                                                  query_refuse, NULL, err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

/* For each customer, the same query and look-up again, from within. */
typedef struct query_nest {
    suite_run *r;
    const acrm_query *query;
    uint32_t depth;
    fix_rows rows;
} query_nest;

static int32_t query_again(void *user, const acrm_cell *cells, uint32_t n)
{
    query_nest *nest = user;
    acrm_cell value = cells[0];
    unsigned char id[16];
    int32_t st = fix_collect(&nest->rows, cells, n);

    memcpy(id, cells[0].data, 16);
    value.data = id;
    if (st != 0 || nest->depth == 2)
        return st;
    nest->depth++;
    st = nest->r->ops.query(nest->r->conn, nest->query, query_again, nest, NULL);
    if (st == 0)
        st = nest->r->ops.lookup(nest->r->conn, &fix_vehicle, VEHICLE_CUSTOMER, &value, 0,
                                 fix_collect, &nest->rows, NULL);
    nest->depth--;
    return st;
}

static int test_reads_nest(suite_run *r)
{
    static const acrm_expression id = { .column = 0 };
    static const acrm_order by_id = { 0, 0 };
    acrm_cell words = fix_text("al");
    const acrm_filter_node where = { .op = ACRM_FILTER_SEARCH, .values = &words, .n_values = 1 };
    const acrm_query query = { .struct_size = sizeof query, .table = &fix_customer,
                               .where = &where, .n_select = 1, .select = &id, .n_order = 1,
                               .order = &by_id, .limit = 2 };
    query_nest nest = { .r = r, .query = &query };

    if (query_fill(r))
        return 1;
    EXPECT_OK(r, r->ops.query(r->conn, &query, query_again, &nest, err));
    EXPECT_ROWS(r, "#1;#1;#1;#2;#1,#1,x3,10,-;#2,#1,x5,20,-;#2;#1;#2;#3,#2,x3,30,-;"
                   "#1,#1,x3,10,-;#2,#1,x5,20,-;#2;#1;#1;#2;#1,#1,x3,10,-;#2,#1,x5,20,-;"
                   "#2;#1;#2;#3,#2,x3,30,-;#3,#2,x3,30,-;", nest.rows);
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

static int test_lookup(suite_run *r)
{
    fix_rows rows = { .count = 0 };
    acrm_cell owner = fix_id(1);
    acrm_cell null = fix_null();

    if (query_fill(r))
        return 1;
    EXPECT_OK(r, suite_find(r, &fix_vehicle, VEHICLE_MODEL, fix_text("x3"), &rows, err));
    EXPECT_ROWS(r, "#1,#1,x3,10,-;#3,#2,x3,30,-;#4,#7,x3,40,-;#5,-,x3,50,-;", rows);
    EXPECT_OK(r, suite_find(r, &fix_vehicle, VEHICLE_MODEL, fix_text("x7"), &rows, err));
    EXPECT_ROWS(r, "#6,#3,x7,60,1;", rows);
    rows = (fix_rows){ .count = 0 };
    EXPECT_OK(r, r->ops.lookup(r->conn, &fix_vehicle, VEHICLE_CUSTOMER, &owner, 1, fix_collect,
                               &rows, err));
    EXPECT_ROWS(r, "#1,#1,x3,10,-;", rows);
    EXPECT_STATUS(r, ACRM_E_INVALID, r->ops.lookup(r->conn, &fix_vehicle, VEHICLE_CUSTOMER, &null,
                                                   1, fix_collect, &rows, err));
    EXPECT_OK(r, r->ops.commit(r->conn, err));
    return 0;
}

const suite_test storage_query_tests[] = {
    { "filters have two truth values", test_filters },
    { "pages follow the order without gap or overlap", test_order_and_pages },
    { "joins give NULL where there is no row", test_joins },
    { "groups and aggregates", test_groups },
    { "date buckets", test_buckets },
    { "a sum that overflows is an error", test_sum_overflow },
    { "numbers compare exactly", test_exact_numbers },
    { "large filters work, deep ones are refused", test_large_filters },
    { "filters that make no sense are refused", test_bad_queries_are_refused },
    { "a row callback may stop or fail", test_callbacks_may_stop_or_fail },
    { "reads nest in row callbacks", test_reads_nest },
    { "look-up by any column, in order of the key", test_lookup },
    { NULL, NULL },
};
