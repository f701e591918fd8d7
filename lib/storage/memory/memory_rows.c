/* SPDX-License-Identifier: MIT */
/* Rows of the memory adapter one at a time: insert, update, remove, look up, and their rules. */
#include "storage/memory/memory_internal.h"

#include "storage/check.h"

#include <string.h>

/* Whether an index speaks of this row: not with a NULL in it, nor deleted when only the living
 * count. */
static bool memory_indexed(const acrm__memory_table *t, const acrm__memory_index *index,
                           const acrm__memory_row *row)
{
    if (index->flags & ACRM_INDEX_LIVE && t->deleted_at != UINT32_MAX
        && acrm__memory_cell(row, t->deleted_at)->type != ACRM_CELL_NULL)
        return false;
    for (uint32_t i = 0; i < index->n_columns; i++)
        if (acrm__memory_cell(row, index->columns[i])->type == ACRM_CELL_NULL)
            return false;
    return true;
}

static bool memory_same_values(const acrm__memory_index *index, const acrm__memory_row *a,
                               const acrm__memory_row *b)
{
    for (uint32_t i = 0; i < index->n_columns; i++)
        if (acrm__cell_compare(acrm__memory_cell(a, index->columns[i]),
                               acrm__memory_cell(b, index->columns[i])) != 0)
            return false;
    return true;
}

const char *acrm__memory_duplicate(const acrm__memory_table *t, const acrm__memory_row *row,
                                   const acrm__memory_row *except)
{
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const acrm__memory_index *index = &t->indexes[i];
        if (!(index->flags & ACRM_INDEX_UNIQUE) || !memory_indexed(t, index, row))
            continue;
        for (size_t k = 0; k < t->n_rows; k++)
            if (t->rows[k] != except && memory_same_values(index, row, t->rows[k])
                && memory_indexed(t, index, t->rows[k]))
                return t->columns[index->columns[0]].name;
    }
    return NULL;
}

/* The first reference of a row that leads nowhere. */
static const char *memory_dangling_row(const acrm__memory_storage *storage,
                                       const acrm__memory_table *t, const acrm__memory_row *row)
{
    for (uint32_t i = 0; i < t->n_columns; i++) {
        const acrm_cell *cell = acrm__memory_cell(row, i);
        size_t at = 0;
        if (!t->columns[i].references || cell->type == ACRM_CELL_NULL)
            continue;
        uint32_t place = acrm__memory_find_table(storage, t->columns[i].references);
        if (place == UINT32_MAX || !acrm__memory_find_row(storage->tables[place], cell, &at))
            return t->columns[i].name;
    }
    return NULL;
}

/* A column that still refers to a key of table `name` that is gone. */
static const char *memory_left_behind(const acrm__memory_storage *storage, const char *name,
                                      const acrm_cell *key)
{
    for (uint32_t i = 0; i < storage->n_tables; i++) {
        const acrm__memory_table *t = storage->tables[i];
        for (uint32_t c = 0; c < t->n_columns; c++) {
            if (!t->columns[c].references || strcmp(t->columns[c].references, name) != 0)
                continue;
            for (size_t k = 0; k < t->n_rows; k++)
                if (acrm__cell_compare(acrm__memory_cell(t->rows[k], c), key) == 0)
                    return t->columns[c].name;
        }
    }
    return NULL;
}

const char *acrm__memory_dangling(acrm__memory_conn *conn)
{
    const acrm__memory_storage *storage = conn->storage;

    for (size_t i = 0; i < conn->n_log; i++) {
        const acrm__memory_undo *undo = &conn->log[i];
        size_t at = 0;
        if (undo->kind != ACRM__MEMORY_UNDO_ROW)
            continue;
        const acrm__memory_table *t = storage->tables[undo->table];
        const acrm_cell *key = undo->after ? &undo->after->cells[0] : &undo->before->cells[0];
        const char *column = acrm__memory_find_row(t, key, &at)
                                 ? memory_dangling_row(storage, t, t->rows[at])
                                 : memory_left_behind(storage, t->name, key);
        if (column)
            return column;
    }
    return NULL;
}

/* Put a row in place of another one, noting it. Takes over `after`. */
static int32_t memory_replace(acrm__memory_conn *conn, const acrm__memory_view *view,
                              acrm__memory_row *before, acrm__memory_row *after, acrm_error **err)
{
    const acrm_allocator *a = &conn->storage->allocator;
    const char *column = after ? acrm__memory_duplicate(view->kept, after, before) : NULL;
    int32_t st = ACRM_OK;

    if (column)
        st = acrm__error(err, ACRM_E_CONFLICT, "duplicate", column,
                         "another record already has this value of %s", column);
    if (st == ACRM_OK)
        st = acrm__memory_reserve_undo(conn, err);
    if (st == ACRM_OK && !before)
        st = acrm__memory_reserve_row(a, view->kept, err);
    if (st != ACRM_OK) {
        acrm__memory_row_unref(a, after);
        return st;
    }
    const acrm__memory_undo undo = {
        .kind = ACRM__MEMORY_UNDO_ROW, .table = view->place, .after = after,
        .before = before ? acrm__memory_row_ref(before) : NULL,
    };
    acrm__memory_push_undo(conn, &undo);
    acrm__memory_set_row(a, view->kept, before, after);
    return ACRM_OK;
}

int32_t acrm__memory_insert(void *conn, const acrm_table *table, const acrm_cell *cells,
                            const char *search, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_view *view = NULL;
    size_t at = 0;
    int32_t st = acrm__memory_may_write(c, err);

    for (uint32_t i = 0; st == ACRM_OK && i < table->n_columns; i++)
        st = acrm__storage_check_cell(table, i, &cells[i], err);
    if (st == ACRM_OK)
        st = acrm__memory_view_of(c, table, &view, err);
    if (st == ACRM_OK && acrm__memory_find_row(view->kept, &cells[0], &at))
        st = acrm__error(err, ACRM_E_CONFLICT, "duplicate", table->columns[0].name,
                         "another record already has this value of %s", table->columns[0].name);
    if (st != ACRM_OK)
        return st;
    uint32_t n = view->kept->n_columns;
    acrm_cell *laid = acrm__alloc_zero(&c->storage->allocator, n * sizeof *laid);
    acrm__memory_row *row = NULL;
    if (laid) {
        for (uint32_t i = 0; i < table->n_columns; i++)
            laid[view->map[i]] = cells[i];
        row = acrm__memory_row_new(&c->storage->allocator, laid, n,
                                   table->flags & ACRM_TABLE_SEARCH ? search : NULL);
    }
    acrm__free(&c->storage->allocator, laid, n * sizeof *laid);
    return row ? memory_replace(c, view, NULL, row, err) : acrm__error_nomem(err);
}

/* An adapter that keeps no search text relies on being told the old one: notice a wrong one. */
static int32_t memory_check_search(const acrm_table *table, const acrm__memory_row *row,
                                   const char *search, acrm_error **err)
{
    const char *kept = row->search ? row->search : "";

    if (!(table->flags & ACRM_TABLE_SEARCH) || strcmp(kept, search ? search : "") == 0)
        return ACRM_OK;
    return acrm__error(err, ACRM_E_MISUSE, "search", NULL,
                       "the old search text given for a row of %s is not the one it has",
                       table->name);
}

/* The row with some cells and perhaps the search text changed. */
static acrm__memory_row *memory_changed(const acrm_allocator *a, const acrm__memory_view *view,
                                        const acrm__memory_row *row, const uint32_t *columns,
                                        const acrm_cell *cells, uint32_t n_columns,
                                        const char *search)
{
    uint32_t n = view->kept->n_columns;
    acrm_cell *laid = acrm__alloc_zero(a, n * sizeof *laid);
    acrm__memory_row *changed = NULL;

    if (!laid)
        return NULL;
    for (uint32_t i = 0; i < row->n_cells; i++)
        laid[i] = row->cells[i];
    for (uint32_t i = 0; i < n_columns; i++)
        laid[view->map[columns[i]]] = cells[i];
    changed = acrm__memory_row_new(a, laid, n, search);
    acrm__free(a, laid, n * sizeof *laid);
    return changed;
}

int32_t acrm__memory_update(void *conn, const acrm_table *table, const acrm_cell *key,
                            const uint32_t *columns, const acrm_cell *cells, uint32_t n_columns,
                            const char *search_old, const char *search_new, int32_t *changed,
                            acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_view *view = NULL;
    size_t at = 0;
    bool searched = search_old || search_new;
    int32_t st = acrm__memory_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_update(table, key, columns, cells, n_columns, err);
    if (st == ACRM_OK)
        st = acrm__memory_view_of(c, table, &view, err);
    if (st != ACRM_OK)
        return st;
    if (!acrm__memory_find_row(view->kept, key, &at)) {
        if (changed)
            *changed = 0;
        return ACRM_OK;
    }
    acrm__memory_row *before = view->kept->rows[at];
    if (searched)
        st = memory_check_search(table, before, search_old, err);
    if (st != ACRM_OK)
        return st;
    acrm__memory_row *after = memory_changed(&c->storage->allocator, view, before, columns, cells,
                                             n_columns, searched ? search_new : before->search);
    st = after ? memory_replace(c, view, before, after, err) : acrm__error_nomem(err);
    if (st == ACRM_OK && changed)
        *changed = 1;
    return st;
}

int32_t acrm__memory_remove(void *conn, const acrm_table *table, const acrm_cell *key,
                            const char *search, int32_t *changed, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_view *view = NULL;
    size_t at = 0;
    int32_t st = acrm__memory_may_write(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, 0, key, err);
    if (st == ACRM_OK)
        st = acrm__memory_view_of(c, table, &view, err);
    if (st != ACRM_OK)
        return st;
    bool found = acrm__memory_find_row(view->kept, key, &at);
    if (found)
        st = memory_check_search(table, view->kept->rows[at], search, err);
    if (found && st == ACRM_OK)
        st = memory_replace(c, view, view->kept->rows[at], NULL, err);
    if (st == ACRM_OK && changed)
        *changed = found;
    return st;
}

/* The row with this key, found by halving. */
static int32_t memory_lookup_key(acrm__memory_conn *conn, const acrm_table *table,
                                 const acrm_cell *key, acrm_row_fn row, void *user,
                                 acrm_error **err)
{
    acrm__memory_view *view = NULL;
    acrm__arena arena;
    size_t at = 0;
    int32_t st = acrm__memory_view_of(conn, table, &view, err);

    if (st != ACRM_OK || !acrm__memory_find_row(view->kept, key, &at))
        return st;
    acrm__arena_init(&arena, &conn->storage->allocator);
    const acrm_cell *cells = acrm__memory_cells(view, view->kept->rows[at], &arena);
    st = cells ? row(user, cells, table->n_columns) : acrm__error_nomem(err);
    acrm__arena_free(&arena);
    return st > 0 ? ACRM_OK : st;
}

int32_t acrm__memory_lookup(void *conn, const acrm_table *table, uint32_t column,
                            const acrm_cell *value, uint32_t limit, acrm_row_fn row, void *user,
                            acrm_error **err)
{
    acrm__memory_conn *c = conn;
    const acrm_filter_node where = { .op = ACRM_FILTER_EQ, .column = column, .values = value,
                                     .n_values = 1 };
    const acrm_order by_key = { .expression = 0 };
    const acrm_query query = { .struct_size = sizeof query, .table = table, .where = &where,
                               .n_order = 1, .order = &by_key, .limit = limit };
    int32_t st = acrm__memory_may_read(c, err);

    if (st == ACRM_OK)
        st = acrm__storage_check_value(table, column, value, err);
    if (st != ACRM_OK)
        return st;
    return column == 0 ? memory_lookup_key(c, table, value, row, user, err)
                       : acrm__memory_query_rows(conn, &query, row, user, err);
}
