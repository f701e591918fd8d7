/* SPDX-License-Identifier: MIT */
/* Queries of the memory adapter: look at every row, sort what matches, give it out. */
#include "storage/memory/memory_internal.h"

#include "storage/bucket.h"
#include "storage/check.h"

#include <stdlib.h>

const acrm_cell *acrm__memory_cells(const acrm__memory_view *view, const acrm__memory_row *row,
                                    acrm__arena *arena)
{
    if (view->same && row->n_cells >= view->n_columns)
        return row->cells;
    acrm_cell *cells = acrm__arena_array(arena, view->n_columns, sizeof *cells);
    for (uint32_t i = 0; cells && i < view->n_columns; i++)
        cells[i] = *acrm__memory_cell(row, view->map[i]);
    return cells;
}

static int32_t memory_any(void *self, const acrm_filter_node *node, const acrm_cell *value,
                          uint32_t depth, bool *truth);

static int32_t memory_matches(acrm__memory_query *q, const acrm_filter_node *node,
                              const acrm__memory_view *view, const acrm__memory_row *row,
                              uint32_t depth, bool *truth)
{
    const acrm__filter_relations relations = { .self = q, .any = memory_any };
    const acrm__filter_row seen = {
        .table = view->table, .cells = acrm__memory_cells(view, row, &q->arena),
        .search = row->search,
    };

    if (!seen.cells)
        return ACRM_E_NOMEM;
    if (atomic_load(&q->conn->interrupted))
        return ACRM_E_INTERRUPTED;
    return acrm__filter_eval(node, &seen, &relations, depth, truth);
}

static int32_t memory_any(void *self, const acrm_filter_node *node, const acrm_cell *value,
                          uint32_t depth, bool *truth)
{
    acrm__memory_query *q = self;
    acrm__memory_view *view = NULL;
    int32_t st = acrm__memory_view_of(q->conn, node->related, &view, NULL);

    for (size_t i = 0; st == ACRM_OK && i < view->kept->n_rows && !*truth; i++) {
        const acrm__memory_row *row = view->kept->rows[i];
        const acrm_cell *deleted = node->related->deleted_at == UINT32_MAX
                                       ? NULL
                                       : acrm__memory_cell(row,
                                                           view->map[node->related->deleted_at]);
        if (acrm__cell_compare(acrm__memory_cell(row, view->map[node->related_column]), value) != 0
            || (deleted && deleted->type != ACRM_CELL_NULL))
            continue;
        st = memory_matches(q, &node->children[0], view, row, depth, truth);
    }
    return st;
}

bool acrm__memory_add_record(acrm__memory_query *q, acrm_cell *cells)
{
    if (q->n_records == q->cap_records) {
        size_t cap = q->cap_records ? q->cap_records * 2 : 64;
        acrm__memory_record *grown = acrm__resize(&q->conn->storage->allocator, q->records,
                                                  q->cap_records * sizeof *grown,
                                                  cap * sizeof *grown);
        if (!grown)
            return false;
        q->records = grown;
        q->cap_records = cap;
    }
    q->records[q->n_records++] = (acrm__memory_record){ .query = q, .cells = cells };
    return true;
}

static acrm_cell memory_operand(const acrm_expression *e, const acrm_cell *const *sources)
{
    const acrm_cell *cells = sources[e->source];
    int64_t start = 0;

    if (e->aggregate == ACRM_AGGREGATE_COUNT || !cells || cells[e->column].type == ACRM_CELL_NULL)
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    if (e->bucket == ACRM_BUCKET_NONE)
        return cells[e->column];
    if (!acrm__storage_bucket(e->bucket, e->bucket_is_days, e->offset_minutes,
                              cells[e->column].integer, &start))
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    return (acrm_cell){ .type = ACRM_CELL_INT, .integer = start };
}

/* The joined row of a source, or NULL cells' stand-in: NULL. */
static int32_t memory_join(acrm__memory_query *q, uint32_t k, const acrm_cell **sources)
{
    const acrm_join *join = &q->asked->joins[k];
    const acrm_cell *holder = sources[join->source];
    const acrm__memory_view *view = q->views[k + 1];
    size_t at = 0;

    sources[k + 1] = NULL;
    if (!holder || holder[join->column].type == ACRM_CELL_NULL
        || !acrm__memory_find_row(view->kept, &holder[join->column], &at))
        return ACRM_OK;
    sources[k + 1] = acrm__memory_cells(view, view->kept->rows[at], &q->arena);
    return sources[k + 1] ? ACRM_OK : ACRM_E_NOMEM;
}

/* What the query selects of a row, before any aggregate. */
static int32_t memory_record_row(acrm__memory_query *q, const acrm__memory_row *row)
{
    const acrm_cell *sources[ACRM__STORAGE_JOINS_MAX + 1];
    acrm_cell *cells = acrm__arena_array(&q->arena, q->n_cells, sizeof *cells);

    sources[0] = acrm__memory_cells(q->views[0], row, &q->arena);
    if (!cells || !sources[0])
        return ACRM_E_NOMEM;
    for (uint32_t k = 0; k < q->asked->n_joins; k++) {
        int32_t st = memory_join(q, k, sources);
        if (st != ACRM_OK)
            return st;
    }
    for (uint32_t i = 0; i < q->n_cells; i++)
        cells[i] = q->asked->n_select ? memory_operand(&q->asked->select[i], sources)
                                      : sources[0][i];
    return acrm__memory_add_record(q, cells) ? ACRM_OK : ACRM_E_NOMEM;
}

static int32_t memory_scan(acrm__memory_query *q)
{
    const acrm__memory_table *t = q->views[0]->kept;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < t->n_rows; i++) {
        bool truth = true;
        if (q->asked->where)
            st = memory_matches(q, q->asked->where, q->views[0], t->rows[i], 0, &truth);
        if (st == ACRM_OK && truth)
            st = memory_record_row(q, t->rows[i]);
    }
    return st;
}

static int memory_by_order(const void *a, const void *b)
{
    const acrm__memory_record *x = a;
    const acrm__memory_record *y = b;
    const acrm_query *asked = x->query->asked;

    for (uint32_t i = 0; i < asked->n_order; i++) {
        uint32_t column = asked->order[i].expression;
        int order = acrm__cell_compare(&x->cells[column], &y->cells[column]);
        if (order != 0)
            return asked->order[i].descending ? -order : order;
    }
    return 0;
}

/* Whether a record lies strictly after the position. */
static bool memory_after(const acrm__memory_record *record)
{
    const acrm_query *asked = record->query->asked;

    for (uint32_t i = 0; i < asked->n_order; i++) {
        int order = acrm__cell_compare(&record->cells[asked->order[i].expression],
                                       &asked->after[i]);
        if (order != 0)
            return asked->order[i].descending ? order < 0 : order > 0;
    }
    return false;
}

static int32_t memory_give(acrm__memory_query *q, acrm_row_fn row, void *user, acrm_error **err)
{
    uint32_t given = 0;
    int32_t st = 0;

    if (q->asked->n_order > 0 && q->n_records > 1)
        qsort(q->records, q->n_records, sizeof *q->records, memory_by_order);
    for (size_t i = 0; st == 0 && i < q->n_records; i++) {
        if (q->asked->after && !memory_after(&q->records[i]))
            continue;
        if (q->asked->limit > 0 && given++ == q->asked->limit)
            break;
        if (atomic_load(&q->conn->interrupted))
            return acrm__memory_fail_interrupted(err);
        st = row(user, q->records[i].cells, q->n_cells);
    }
    return st > 0 ? ACRM_OK : st;
}

static int32_t memory_prepare(acrm__memory_query *q, acrm_error **err)
{
    uint32_t n = q->asked->n_joins + 1;
    int32_t st = ACRM_OK;

    q->n_cells = q->asked->n_select ? q->asked->n_select : q->asked->table->n_columns;
    q->views = acrm__arena_array(&q->arena, n, sizeof(*q->views));
    if (!q->views)
        return acrm__error_nomem(err);
    for (uint32_t i = 0; st == ACRM_OK && i < n; i++)
        st = acrm__memory_view_of(q->conn, acrm__storage_source(q->asked, i), &q->views[i], err);
    return st;
}

int32_t acrm__memory_query_rows(void *conn, const acrm_query *query, acrm_row_fn row, void *user,
                                acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_query q = { .conn = c, .asked = query };
    int32_t st = acrm__memory_may_read(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_query(query, err);
    if (st != ACRM_OK)
        return st;
    acrm__arena_init(&q.arena, &c->storage->allocator);
    st = memory_prepare(&q, err);
    if (st == ACRM_OK) {
        st = memory_scan(&q);
        if (st == ACRM_E_NOMEM)
            acrm__error_nomem(err);
        else if (st == ACRM_E_INTERRUPTED)
            acrm__memory_fail_interrupted(err);
        else if (st != ACRM_OK)
            acrm__error(err, st, "query", NULL, "the filter cannot be evaluated");
    }
    if (st == ACRM_OK && acrm__storage_grouped(query))
        st = acrm__memory_group(&q, err);
    if (st == ACRM_OK)
        st = memory_give(&q, row, user, err);
    acrm__free(&c->storage->allocator, q.records, q.cap_records * sizeof *q.records);
    acrm__arena_free(&q.arena);
    return st;
}
