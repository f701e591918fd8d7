/* SPDX-License-Identifier: MIT */
/* Groups and aggregates of the memory adapter. */
#include "storage/memory/memory_internal.h"

#include <stdlib.h>

/* The records from `first`, `n` of them, that make up one group. */
typedef struct memory_run {
    const acrm__memory_record *first;
    size_t n;
    acrm__arena *arena;
} memory_run;

static int memory_by_group(const void *a, const void *b)
{
    const acrm__memory_record *x = a;
    const acrm__memory_record *y = b;

    for (uint32_t i = 0; i < x->query->asked->n_group; i++) {
        int order = acrm__cell_compare(&x->cells[i], &y->cells[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

static int memory_by_cell(const void *a, const void *b)
{
    return acrm__cell_compare(a, b);
}

static const acrm_cell *memory_run_cell(const memory_run *run, size_t i, uint32_t column)
{
    return &run->first[i].cells[column];
}

static int32_t memory_count(const memory_run *run, uint32_t column, acrm_cell *out)
{
    (void)column;
    *out = (acrm_cell){ .type = ACRM_CELL_INT, .integer = (int64_t)run->n };
    return ACRM_OK;
}

/* An integer while all are integers, else a real. */
static int32_t memory_sum(const memory_run *run, uint32_t column, acrm_cell *out)
{
    acrm_cell sum = { .type = ACRM_CELL_NULL };

    for (size_t i = 0; i < run->n; i++) {
        const acrm_cell *cell = memory_run_cell(run, i, column);
        if (cell->type == ACRM_CELL_NULL)
            continue;
        if (sum.type == ACRM_CELL_NULL)
            sum.type = cell->type;
        if (cell->type == ACRM_CELL_REAL)
            sum.real += cell->real;
        else if (__builtin_add_overflow(sum.integer, cell->integer, &sum.integer))
            return ACRM_E_LIMIT;
    }
    *out = sum;
    return ACRM_OK;
}

static int32_t memory_least(const memory_run *run, uint32_t column, acrm_cell *out)
{
    acrm_cell least = { .type = ACRM_CELL_NULL };

    for (size_t i = 0; i < run->n; i++) {
        const acrm_cell *cell = memory_run_cell(run, i, column);
        if (cell->type != ACRM_CELL_NULL
            && (least.type == ACRM_CELL_NULL || acrm__cell_compare(cell, &least) < 0))
            least = *cell;
    }
    *out = least;
    return ACRM_OK;
}

static int32_t memory_greatest(const memory_run *run, uint32_t column, acrm_cell *out)
{
    acrm_cell greatest = { .type = ACRM_CELL_NULL };

    for (size_t i = 0; i < run->n; i++) {
        const acrm_cell *cell = memory_run_cell(run, i, column);
        if (acrm__cell_compare(cell, &greatest) > 0)
            greatest = *cell;
    }
    *out = greatest;
    return ACRM_OK;
}

static int32_t memory_average(const memory_run *run, uint32_t column, acrm_cell *out)
{
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i < run->n; i++) {
        const acrm_cell *cell = memory_run_cell(run, i, column);
        if (cell->type == ACRM_CELL_NULL)
            continue;
        sum += cell->type == ACRM_CELL_REAL ? cell->real : (double)cell->integer;
        n++;
    }
    *out = n > 0 ? (acrm_cell){ .type = ACRM_CELL_REAL, .real = sum / (double)n }
                 : (acrm_cell){ .type = ACRM_CELL_NULL };
    return ACRM_OK;
}

static int32_t memory_count_distinct(const memory_run *run, uint32_t column, acrm_cell *out)
{
    acrm_cell *cells = run->n > 0 ? acrm__arena_array(run->arena, run->n, sizeof *cells) : NULL;
    int64_t distinct = 0;
    size_t n = 0;

    if (run->n > 0 && !cells)
        return ACRM_E_NOMEM;
    for (size_t i = 0; i < run->n; i++)
        if (memory_run_cell(run, i, column)->type != ACRM_CELL_NULL)
            cells[n++] = *memory_run_cell(run, i, column);
    if (n > 1)
        qsort(cells, n, sizeof *cells, memory_by_cell);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || acrm__cell_compare(&cells[i - 1], &cells[i]) != 0;
    *out = (acrm_cell){ .type = ACRM_CELL_INT, .integer = distinct };
    return ACRM_OK;
}

static int32_t (*const memory_aggregates[])(const memory_run *run, uint32_t column,
                                            acrm_cell *out) = {
    [ACRM_AGGREGATE_COUNT] = memory_count,
    [ACRM_AGGREGATE_SUM] = memory_sum,
    [ACRM_AGGREGATE_MIN] = memory_least,
    [ACRM_AGGREGATE_MAX] = memory_greatest,
    [ACRM_AGGREGATE_AVG] = memory_average,
    [ACRM_AGGREGATE_COUNT_DISTINCT] = memory_count_distinct,
};

/* One run becomes one record. */
static int32_t memory_fold(acrm__memory_query *q, const memory_run *run, acrm_error **err)
{
    acrm_cell *cells = acrm__arena_array(&q->arena, q->n_cells, sizeof *cells);

    if (!cells)
        return acrm__error_nomem(err);
    for (uint32_t i = 0; i < q->n_cells; i++) {
        int32_t aggregate = q->asked->select[i].aggregate;
        int32_t st = ACRM_OK;
        if (aggregate == ACRM_AGGREGATE_NONE)
            cells[i] = *memory_run_cell(run, 0, i);
        else
            st = memory_aggregates[aggregate](run, i, &cells[i]);
        if (st == ACRM_E_LIMIT)
            return acrm__error(err, st, "overflow", NULL, "the sum does not fit into 64 bits");
        if (st != ACRM_OK)
            return acrm__error_nomem(err);
    }
    return acrm__memory_add_record(q, cells) ? ACRM_OK : acrm__error_nomem(err);
}

int32_t acrm__memory_group(acrm__memory_query *q, acrm_error **err)
{
    acrm__memory_record *rows = q->records;
    size_t n = q->n_records;
    size_t cap = q->cap_records;
    int32_t st = ACRM_OK;

    q->records = NULL;
    q->n_records = 0;
    q->cap_records = 0;
    if (n > 1)
        qsort(rows, n, sizeof *rows, memory_by_group);
    memory_run run = { .first = rows, .arena = &q->arena };
    for (size_t i = 0; st == ACRM_OK && i < n; i++) {
        run.n++;
        if (i + 1 < n && memory_by_group(&rows[i], &rows[i + 1]) == 0)
            continue;
        st = memory_fold(q, &run, err);
        run.first = rows + i + 1;
        run.n = 0;
    }
    if (st == ACRM_OK && n == 0 && q->asked->n_group == 0)
        st = memory_fold(q, &run, err);
    acrm__free(&q->conn->storage->allocator, rows, cap * sizeof *rows);
    return st;
}
