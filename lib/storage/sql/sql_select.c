/* SPDX-License-Identifier: MIT */
/* Queries as SELECT statements: sources, selected expressions, pages, groups, order. */
#include "storage/sql/sql.h"
#include "storage/check.h"

static const char *const sql_aggregates[] = {
    [ACRM_AGGREGATE_NONE] = "",
    [ACRM_AGGREGATE_COUNT] = "count(*",
    [ACRM_AGGREGATE_SUM] = "sum(",
    [ACRM_AGGREGATE_MIN] = "min(",
    [ACRM_AGGREGATE_MAX] = "max(",
    [ACRM_AGGREGATE_AVG] = "avg(",
    [ACRM_AGGREGATE_COUNT_DISTINCT] = "count(DISTINCT ",
};

static acrm__sql_scope sql_source(const acrm_query *query, uint32_t source)
{
    return (acrm__sql_scope){ .table = acrm__storage_source(query, source), .letter = 's',
                              .number = source };
}

/* An expression without its aggregate. */
static void sql_operand(acrm__sql *sql, const acrm_query *query, const acrm_expression *e)
{
    acrm__sql_scope scope = sql_source(query, e->source);

    if (e->bucket != ACRM_BUCKET_NONE)
        sql->dialect->bucket(sql, &scope, e);
    else
        acrm__sql_column(sql, &scope, e->column);
}

void acrm__sql_all_columns(acrm__sql *sql, const acrm_table *table)
{
    const acrm__sql_scope scope = { .table = table, .letter = 's' };

    for (uint32_t i = 0; i < table->n_columns; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sql_column(sql, &scope, i);
    }
}

static bool sql_as_hex(const acrm__sql *sql, const acrm_query *query, const acrm_expression *e)
{
    return sql->dialect->blobs_unordered
           && (e->aggregate == ACRM_AGGREGATE_MIN || e->aggregate == ACRM_AGGREGATE_MAX)
           && acrm__storage_source(query, e->source)->columns[e->column].type == ACRM_CELL_BLOB;
}

static void sql_expression(acrm__sql *sql, const acrm_query *query, const acrm_expression *e)
{
    bool hex = sql_as_hex(sql, query, e);

    acrm__sql_puts(sql, hex ? "decode(" : "");
    acrm__sql_puts(sql, sql_aggregates[e->aggregate]);
    acrm__sql_puts(sql, hex ? "encode(" : "");
    if (e->aggregate != ACRM_AGGREGATE_COUNT)
        sql_operand(sql, query, e);
    acrm__sql_puts(sql, e->aggregate == ACRM_AGGREGATE_AVG ? sql->dialect->average_of : "");
    acrm__sql_puts(sql, hex ? ",'hex') COLLATE \"C\"),'hex'" : "");
    acrm__sql_puts(sql, e->aggregate != ACRM_AGGREGATE_NONE ? ")" : "");
}

static void sql_expressions(acrm__sql *sql, const acrm_query *query)
{
    if (query->n_select == 0 && sql->columns)
        acrm__str_add(&sql->text, sql->columns->data, sql->columns->len);
    else if (query->n_select == 0)
        acrm__sql_all_columns(sql, query->table);
    for (uint32_t i = 0; i < query->n_select; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        sql_expression(sql, query, &query->select[i]);
    }
}

static void sql_from(acrm__sql *sql, const acrm_query *query)
{
    acrm__sql_puts(sql, " FROM ");
    acrm__sql_name(sql, query->table->name);
    acrm__sql_puts(sql, " AS s0");
    for (uint32_t i = 0; i < query->n_joins; i++) {
        acrm__sql_scope holder = sql_source(query, query->joins[i].source);
        acrm__sql_scope joined = sql_source(query, i + 1);
        acrm__sql_puts(sql, " LEFT JOIN ");
        acrm__sql_name(sql, joined.table->name);
        acrm__sql_puts(sql, " AS s");
        acrm__str_int(&sql->text, joined.number);
        acrm__sql_puts(sql, " ON ");
        acrm__sql_column(sql, &joined, 0);
        acrm__sql_puts(sql, " = ");
        acrm__sql_column(sql, &holder, query->joins[i].column);
    }
}

static bool sql_term_nullable(const acrm_query *query, uint32_t term)
{
    acrm_expression whole;
    const acrm_expression *e = acrm__storage_order_expression(query, term, &whole);

    return e->source > 0 || e->bucket != ACRM_BUCKET_NONE
           || !(e->column == 0 || query->table->columns[e->column].flags & ACRM_COLUMN_NOT_NULL);
}

/* Whether an index gives the rows in order of the first term, so that entering it at the position
 * beats filtering everything. */
static bool sql_order_indexed(const acrm_query *query)
{
    acrm_expression whole;
    const acrm_expression *e = acrm__storage_order_expression(query, 0, &whole);

    if (e->source > 0 || e->bucket != ACRM_BUCKET_NONE)
        return false;
    for (uint32_t i = 0; i < query->table->n_indexes; i++)
        if (query->table->indexes[i].columns[0] == e->column)
            return true;
    return e->column == 0;
}

/*
 * A row comparison fits when all terms have one direction and the position has no NULL. Ascending,
 * rows with NULLs come before the position, and the comparison leaves them out. Descending, they
 * come after it, so only the first term may have them: those rows make up a page of their own.
 */
static bool sql_row_comparable(const acrm_query *query)
{
    bool descending = query->order[0].descending;

    for (uint32_t i = 0; i < query->n_order; i++) {
        if (!query->order[i].descending != !descending || query->after[i].type == ACRM_CELL_NULL)
            return false;
        if (descending && i > 0 && sql_term_nullable(query, i))
            return false;
    }
    return true;
}

uint32_t acrm__sql_pages(const acrm_query *query, acrm__sql_page pages[ACRM__PAGES_MAX])
{
    uint32_t n = 0;

    if (!query->after) {
        pages[0] = (acrm__sql_page){ .kind = ACRM__PAGE_ALL };
        return 1;
    }
    bool tail = query->order[0].descending && sql_term_nullable(query, 0);
    bool indexed = sql_order_indexed(query);
    if (sql_row_comparable(query) && (indexed || !tail)) {
        pages[n++] = (acrm__sql_page){ .kind = ACRM__PAGE_ROW };
        if (tail)
            pages[n++] = (acrm__sql_page){ .kind = ACRM__PAGE_NULLS };
        return n;
    }
    if (!indexed) {
        pages[0] = (acrm__sql_page){ .kind = ACRM__PAGE_LOGIC };
        return 1;
    }
    for (uint32_t term = query->n_order; term-- > 0;) {
        bool null = query->after[term].type == ACRM_CELL_NULL;
        bool descending = query->order[term].descending;
        if (descending && null)
            continue; /* nothing comes after NULL */
        pages[n++] = (acrm__sql_page){ .kind = ACRM__PAGE_STEP, .term = term };
        if (descending && sql_term_nullable(query, term))
            pages[n++] = (acrm__sql_page){ .kind = ACRM__PAGE_NULLS, .term = term };
    }
    return n;
}

static void sql_order_operand(acrm__sql *sql, const acrm_query *query, uint32_t term)
{
    acrm_expression whole;

    sql_operand(sql, query, acrm__storage_order_expression(query, term, &whole));
}

static void sql_same(acrm__sql *sql, const acrm_query *query, uint32_t term)
{
    sql_order_operand(sql, query, term);
    if (query->after[term].type == ACRM_CELL_NULL) {
        acrm__sql_puts(sql, " IS NULL");
    } else {
        acrm__sql_puts(sql, " = ");
        acrm__sql_bind(sql, &query->after[term]);
    }
}

/* The term lies beyond the position; NULLs after a descending one are not included. */
static void sql_beyond(acrm__sql *sql, const acrm_query *query, uint32_t term)
{
    bool null = query->after[term].type == ACRM_CELL_NULL;

    if (null && query->order[term].descending) {
        acrm__sql_puts(sql, "FALSE");
        return;
    }
    sql_order_operand(sql, query, term);
    if (null) {
        acrm__sql_puts(sql, " IS NOT NULL");
        return;
    }
    acrm__sql_puts(sql, query->order[term].descending ? " < " : " > ");
    acrm__sql_bind(sql, &query->after[term]);
}

static void sql_page_row(acrm__sql *sql, const acrm_query *query)
{
    acrm__sql_puts(sql, "(");
    for (uint32_t i = 0; i < query->n_order; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        sql_order_operand(sql, query, i);
    }
    acrm__sql_puts(sql, query->order[0].descending ? ") < (" : ") > (");
    for (uint32_t i = 0; i < query->n_order; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : "");
        acrm__sql_bind(sql, &query->after[i]);
    }
    acrm__sql_puts(sql, ")");
}

static void sql_page_logic(acrm__sql *sql, const acrm_query *query)
{
    for (uint32_t i = 0; i < query->n_order; i++) {
        acrm__sql_puts(sql, "(");
        sql_beyond(sql, query, i);
        if (query->order[i].descending && query->after[i].type != ACRM_CELL_NULL
            && sql_term_nullable(query, i)) {
            acrm__sql_puts(sql, " OR ");
            sql_order_operand(sql, query, i);
            acrm__sql_puts(sql, " IS NULL");
        }
        if (i + 1 < query->n_order) {
            acrm__sql_puts(sql, " OR (");
            sql_same(sql, query, i);
            acrm__sql_puts(sql, " AND ");
        }
    }
    for (uint32_t i = 0; i < query->n_order; i++)
        acrm__sql_puts(sql, i + 1 < query->n_order ? "))" : ")");
}

static void sql_page_step(acrm__sql *sql, const acrm_query *query, const acrm__sql_page *page)
{
    for (uint32_t i = 0; i < page->term; i++) {
        sql_same(sql, query, i);
        acrm__sql_puts(sql, " AND ");
    }
    if (page->kind == ACRM__PAGE_STEP) {
        sql_beyond(sql, query, page->term);
    } else {
        sql_order_operand(sql, query, page->term);
        acrm__sql_puts(sql, " IS NULL");
    }
}

static void sql_where(acrm__sql *sql, const acrm_query *query, const acrm__sql_page *page)
{
    acrm__sql_scope scope = sql_source(query, 0);
    bool filter = query->where && query->where->op != ACRM_FILTER_TRUE;

    if (!filter && page->kind == ACRM__PAGE_ALL)
        return;
    acrm__sql_puts(sql, " WHERE ");
    if (filter)
        acrm__sql_filter(sql, &scope, query->where);
    if (page->kind == ACRM__PAGE_ALL)
        return;
    if (filter)
        acrm__sql_puts(sql, " AND ");
    if (page->kind == ACRM__PAGE_ROW)
        sql_page_row(sql, query);
    else if (page->kind == ACRM__PAGE_LOGIC)
        sql_page_logic(sql, query);
    else
        sql_page_step(sql, query, page);
}

/* The key is never NULL, and its own index is in the database's usual order. */
static bool sql_term_is_key(const acrm_query *query, uint32_t term)
{
    acrm_expression whole;
    const acrm_expression *e = acrm__storage_order_expression(query, term, &whole);

    return e->source == 0 && e->column == 0 && e->bucket == ACRM_BUCKET_NONE
           && e->aggregate == ACRM_AGGREGATE_NONE;
}

void acrm__sql_select(acrm__sql *sql, const acrm_query *query, const acrm__sql_page *page,
                      int64_t limit)
{
    const acrm_cell bound = { .type = ACRM_CELL_INT, .integer = limit };

    acrm__sql_puts(sql, "SELECT ");
    sql_expressions(sql, query);
    sql_from(sql, query);
    sql_where(sql, query, page);
    for (uint32_t i = 0; i < query->n_group; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : " GROUP BY ");
        acrm__str_int(&sql->text, (int64_t)i + 1);
    }
    for (uint32_t i = 0; i < query->n_order; i++) {
        acrm__sql_puts(sql, i > 0 ? "," : " ORDER BY ");
        acrm__str_int(&sql->text, (int64_t)query->order[i].expression + 1);
        acrm__sql_puts(sql, query->order[i].descending ? " DESC" : "");
        if (!sql_term_is_key(query, i))
            acrm__sql_puts(sql, query->order[i].descending ? sql->dialect->nulls_last
                                                           : sql->dialect->nulls_first);
    }
    if (limit > 0) {
        acrm__sql_puts(sql, " LIMIT ");
        acrm__sql_bind(sql, &bound);
    }
}
