/* SPDX-License-Identifier: MIT */
/* Tables of the memory adapter: their rows, and their shape as it is declared. */
#include "storage/memory/memory_internal.h"

#include <string.h>

/* What to make of a table: its old shape, if any, with a declaration laid over it or with a column
 * or an index taken away. */
typedef struct memory_change {
    const acrm__memory_table *old;
    const acrm_table *declared;
    uint32_t drop_column; /* of old, or UINT32_MAX */
    const char *drop_index;
} memory_change;

static bool memory_has_data(const acrm_cell *cell)
{
    return cell->type == ACRM_CELL_TEXT || cell->type == ACRM_CELL_BLOB;
}

acrm__memory_row *acrm__memory_row_new(const acrm_allocator *a, const acrm_cell *cells,
                                       uint32_t n_cells, const char *search)
{
    size_t head = sizeof(acrm__memory_row) + n_cells * sizeof *cells;
    size_t size = head + (search ? strlen(search) + 1 : 0);

    for (uint32_t i = 0; i < n_cells; i++)
        size += memory_has_data(&cells[i]) ? cells[i].size : 0;
    acrm__memory_row *row = acrm__alloc(a, size);
    if (!row)
        return NULL;
    *row = (acrm__memory_row){ .refs = 1, .n_cells = n_cells, .size = size };
    char *to = (char *)row + head;
    for (uint32_t i = 0; i < n_cells; i++) {
        row->cells[i] = cells[i];
        if (!memory_has_data(&cells[i]))
            continue;
        if (cells[i].size > 0)
            memcpy(to, cells[i].data, cells[i].size);
        row->cells[i].data = to;
        to += cells[i].size;
    }
    if (search) {
        memcpy(to, search, strlen(search) + 1);
        row->search = to;
    }
    return row;
}

acrm__memory_row *acrm__memory_row_ref(acrm__memory_row *row)
{
    row->refs++;
    return row;
}

void acrm__memory_row_unref(const acrm_allocator *a, acrm__memory_row *row)
{
    if (row && --row->refs == 0)
        acrm__free(a, row, row->size);
}

void acrm__memory_table_free(const acrm_allocator *a, acrm__memory_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n_rows; i++)
        acrm__memory_row_unref(a, t->rows[i]);
    acrm__free(a, t->rows, t->cap_rows * sizeof(*t->rows));
    acrm__arena_free(&t->arena);
    acrm__free(a, t, sizeof *t);
}

uint32_t acrm__memory_find_table(const acrm__memory_storage *storage, const char *name)
{
    for (uint32_t i = 0; i < storage->n_tables; i++)
        if (strcmp(storage->tables[i]->name, name) == 0)
            return i;
    return UINT32_MAX;
}

uint32_t acrm__memory_find_column(const acrm__memory_table *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return i;
    return UINT32_MAX;
}

const acrm_cell *acrm__memory_cell(const acrm__memory_row *row, uint32_t column)
{
    static const acrm_cell null = { .type = ACRM_CELL_NULL };

    return column < row->n_cells ? &row->cells[column] : &null;
}

bool acrm__memory_find_row(const acrm__memory_table *t, const acrm_cell *key, size_t *at)
{
    size_t low = 0;
    size_t high = t->n_rows;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (acrm__cell_compare(&t->rows[middle]->cells[0], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return low < t->n_rows && acrm__cell_compare(&t->rows[low]->cells[0], key) == 0;
}

int32_t acrm__memory_reserve_row(const acrm_allocator *a, acrm__memory_table *t, acrm_error **err)
{
    if (t->n_rows < t->cap_rows)
        return ACRM_OK;
    size_t cap = t->cap_rows ? t->cap_rows * 2 : 16;
    acrm__memory_row **grown = acrm__resize(a, t->rows, t->cap_rows * sizeof(*grown),
                                            cap * sizeof(*grown));
    if (!grown)
        return acrm__error_nomem(err);
    t->rows = grown;
    t->cap_rows = cap;
    return ACRM_OK;
}

void acrm__memory_set_row(const acrm_allocator *a, acrm__memory_table *t,
                          const acrm__memory_row *before, acrm__memory_row *after)
{
    size_t at = 0;

    acrm__memory_find_row(t, before ? &before->cells[0] : &after->cells[0], &at);
    if (before && after) {
        acrm__memory_row_unref(a, t->rows[at]);
        t->rows[at] = acrm__memory_row_ref(after);
    } else if (before) {
        acrm__memory_row_unref(a, t->rows[at]);
        memmove(&t->rows[at], &t->rows[at + 1], (t->n_rows - at - 1) * sizeof(*t->rows));
        t->n_rows--;
    } else {
        memmove(&t->rows[at + 1], &t->rows[at], (t->n_rows - at) * sizeof(*t->rows));
        t->rows[at] = acrm__memory_row_ref(after);
        t->n_rows++;
    }
}

static const char *memory_name(acrm__memory_table *t, const char *name)
{
    return acrm__arena_text(&t->arena, name, strlen(name));
}

static bool memory_add_column(acrm__memory_table *t, const char *name, const char *references)
{
    acrm__memory_column *column = &t->columns[t->n_columns];

    column->name = memory_name(t, name);
    column->references = references ? memory_name(t, references) : NULL;
    t->n_columns++;
    return column->name && (column->references || !references);
}

static bool memory_shape_columns(acrm__memory_table *t, const memory_change *change)
{
    const acrm__memory_table *old = change->old;
    const acrm_table *declared = change->declared;
    uint32_t n = (old ? old->n_columns : 0) + (declared ? declared->n_columns : 0);

    t->columns = acrm__arena_array(&t->arena, n, sizeof *t->columns);
    if (!t->columns)
        return false;
    for (uint32_t i = 0; old && i < old->n_columns; i++)
        if (i != change->drop_column
            && !memory_add_column(t, old->columns[i].name, old->columns[i].references))
            return false;
    for (uint32_t i = 0; declared && i < declared->n_columns; i++) {
        const acrm_column *column = &declared->columns[i];
        if (acrm__memory_find_column(t, column->name) == UINT32_MAX
            && !memory_add_column(t, column->name,
                                  column->references ? column->references->name : NULL))
            return false;
    }
    t->deleted_at = UINT32_MAX;
    if (declared && declared->deleted_at != UINT32_MAX)
        t->deleted_at = acrm__memory_find_column(t, declared->columns[declared->deleted_at].name);
    else if (old && old->deleted_at != UINT32_MAX)
        t->deleted_at = acrm__memory_find_column(t, old->columns[old->deleted_at].name);
    return true;
}

/* An index over columns given by their names; dropped with any of them. */
static bool memory_add_index(acrm__memory_table *t, const char *name, uint32_t flags,
                             const char *const *columns, uint32_t n)
{
    acrm__memory_index *index = &t->indexes[t->n_indexes];

    *index = (acrm__memory_index){ .name = memory_name(t, name), .flags = flags };
    index->columns = acrm__arena_array(&t->arena, n, sizeof *index->columns);
    if (!index->name || !index->columns)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        index->columns[i] = acrm__memory_find_column(t, columns[i]);
        if (index->columns[i] == UINT32_MAX)
            return true;
    }
    index->n_columns = n;
    t->n_indexes++;
    return true;
}

static bool memory_declares_index(const acrm_table *declared, const char *name)
{
    for (uint32_t i = 0; declared && i < declared->n_indexes; i++)
        if (strcmp(declared->indexes[i].name, name) == 0)
            return true;
    return false;
}

static bool memory_old_indexes(acrm__memory_table *t, const memory_change *change,
                               const char **names)
{
    const acrm__memory_table *old = change->old;

    for (uint32_t i = 0; old && i < old->n_indexes; i++) {
        const acrm__memory_index *index = &old->indexes[i];
        if (memory_declares_index(change->declared, index->name)
            || (change->drop_index && strcmp(change->drop_index, index->name) == 0))
            continue;
        for (uint32_t k = 0; k < index->n_columns; k++)
            names[k] = old->columns[index->columns[k]].name;
        if (!memory_add_index(t, index->name, index->flags, names, index->n_columns))
            return false;
    }
    return true;
}

static bool memory_shape_indexes(acrm__memory_table *t, const memory_change *change)
{
    const acrm_table *declared = change->declared;
    uint32_t n = (change->old ? change->old->n_indexes : 0) + (declared ? declared->n_indexes : 0);
    uint32_t widest = (change->old ? change->old->n_columns : 0) + t->n_columns;
    const char **names = acrm__arena_array(&t->arena, widest, sizeof(*names));

    if (n == 0)
        return true;
    t->indexes = acrm__arena_array(&t->arena, n, sizeof *t->indexes);
    if (!names || !t->indexes || !memory_old_indexes(t, change, names))
        return false;
    for (uint32_t i = 0; declared && i < declared->n_indexes; i++) {
        const acrm_index *index = &declared->indexes[i];
        for (uint32_t k = 0; k < index->n_columns; k++)
            names[k] = declared->columns[index->columns[k]].name;
        if (!memory_add_index(t, index->name, index->flags, names, index->n_columns))
            return false;
    }
    return true;
}

/* The row without one of its cells. */
static acrm__memory_row *memory_row_without(const acrm_allocator *a, acrm__memory_table *t,
                                            const acrm__memory_row *row, uint32_t column)
{
    acrm_cell *cells = acrm__arena_array(&t->arena, row->n_cells, sizeof *cells);
    uint32_t n = 0;

    if (!cells)
        return NULL;
    for (uint32_t i = 0; i < row->n_cells; i++)
        if (i != column)
            cells[n++] = row->cells[i];
    return acrm__memory_row_new(a, cells, n, row->search);
}

static bool memory_shape_rows(const acrm_allocator *a, acrm__memory_table *t,
                              const memory_change *change)
{
    const acrm__memory_table *old = change->old;

    if (!old || old->n_rows == 0)
        return true;
    t->rows = acrm__alloc(a, old->n_rows * sizeof(*t->rows));
    if (!t->rows)
        return false;
    t->cap_rows = old->n_rows;
    for (; t->n_rows < old->n_rows; t->n_rows++) {
        acrm__memory_row *row = old->rows[t->n_rows];
        if (change->drop_column < row->n_cells)
            row = memory_row_without(a, t, row, change->drop_column);
        else
            acrm__memory_row_ref(row);
        if (!row)
            return false;
        t->rows[t->n_rows] = row;
    }
    return true;
}

static int32_t memory_shape(const acrm_allocator *a, const memory_change *change,
                            acrm__memory_table **out, acrm_error **err)
{
    acrm__memory_table *t = acrm__alloc_zero(a, sizeof *t);

    if (!t)
        return acrm__error_nomem(err);
    acrm__arena_init(&t->arena, a);
    t->name = memory_name(t, change->old ? change->old->name : change->declared->name);
    if (!t->name || !memory_shape_columns(t, change) || !memory_shape_indexes(t, change)
        || !memory_shape_rows(a, t, change)) {
        acrm__memory_table_free(a, t);
        return acrm__error_nomem(err);
    }
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *column = acrm__memory_duplicate(t, t->rows[i], t->rows[i]);
        if (column) {
            int32_t st = acrm__error(err, ACRM_E_CONFLICT, "duplicate", column,
                                     "another record already has this value of %s", column);
            acrm__memory_table_free(a, t);
            return st;
        }
    }
    *out = t;
    return ACRM_OK;
}

static int32_t memory_reserve_table(acrm__memory_storage *storage, acrm_error **err)
{
    acrm__memory_table **grown = acrm__resize(&storage->allocator, storage->tables,
                                              storage->cap_tables * sizeof(*grown),
                                              (storage->cap_tables + 16) * sizeof(*grown));
    if (!grown)
        return acrm__error_nomem(err);
    storage->tables = grown;
    storage->cap_tables += 16;
    return ACRM_OK;
}

/* Put the new shape in place, noting the old one. */
static int32_t memory_reshape(acrm__memory_conn *conn, uint32_t place, const memory_change *change,
                              acrm_error **err)
{
    acrm__memory_storage *storage = conn->storage;
    acrm__memory_table *shape = NULL;
    int32_t st = acrm__memory_reserve_undo(conn, err);

    if (st == ACRM_OK && storage->n_tables == storage->cap_tables)
        st = memory_reserve_table(storage, err);
    if (st == ACRM_OK)
        st = memory_shape(&storage->allocator, change, &shape, err);
    if (st != ACRM_OK)
        return st;
    const acrm__memory_undo undo = {
        .kind = ACRM__MEMORY_UNDO_TABLE, .table = place,
        .shape = place < storage->n_tables ? storage->tables[place] : NULL,
    };
    acrm__memory_push_undo(conn, &undo);
    storage->tables[place] = shape;
    storage->n_tables += place == storage->n_tables;
    storage->shape++;
    return ACRM_OK;
}

static bool memory_same_index(const acrm__memory_table *t, const acrm_table *declared,
                              const acrm_index *index)
{
    for (uint32_t i = 0; i < t->n_indexes; i++) {
        const acrm__memory_index *kept = &t->indexes[i];
        if (strcmp(kept->name, index->name) != 0)
            continue;
        bool same = kept->flags == index->flags && kept->n_columns == index->n_columns;
        for (uint32_t k = 0; same && k < index->n_columns; k++)
            same = strcmp(t->columns[kept->columns[k]].name,
                          declared->columns[index->columns[k]].name) == 0;
        return same;
    }
    return false;
}

static bool memory_same_shape(const acrm__memory_table *t, const acrm_table *declared)
{
    for (uint32_t i = 0; i < declared->n_columns; i++)
        if (acrm__memory_find_column(t, declared->columns[i].name) == UINT32_MAX)
            return false;
    for (uint32_t i = 0; i < declared->n_indexes; i++)
        if (!memory_same_index(t, declared, &declared->indexes[i]))
            return false;
    return true;
}

int32_t acrm__memory_ensure_table(void *conn, const acrm_table *table, acrm_error **err)
{
    acrm__memory_conn *c = conn;
    acrm__memory_storage *storage = c->storage;
    int32_t st = acrm__memory_may_write(c, err);

    if (st == ACRM_OK && table->flags & ACRM_TABLE_SEARCH && table->flags & ACRM_TABLE_LEAN)
        st = acrm__error(err, ACRM_E_INVALID, "schema", NULL,
                         "table %s cannot be both lean and searched", table->name);
    if (st != ACRM_OK)
        return st;
    uint32_t place = acrm__memory_find_table(storage, table->name);
    memory_change change = { .declared = table, .drop_column = UINT32_MAX };
    if (place == UINT32_MAX)
        place = storage->n_tables;
    else
        change.old = storage->tables[place];
    if (change.old && memory_same_shape(change.old, table))
        return ACRM_OK;
    return memory_reshape(c, place, &change, err);
}

/* Drop an index or a column, whichever is named, where it is. */
static int32_t memory_drop(acrm__memory_conn *conn, const acrm_table *table, const char *index,
                           const char *column, acrm_error **err)
{
    int32_t st = acrm__memory_may_write(conn, err);
    uint32_t place = acrm__memory_find_table(conn->storage, table->name);

    if (st != ACRM_OK || place == UINT32_MAX)
        return st;
    memory_change change = { .old = conn->storage->tables[place], .drop_index = index,
                             .drop_column = UINT32_MAX };
    if (column) {
        change.drop_column = acrm__memory_find_column(change.old, column);
        if (change.drop_column == UINT32_MAX)
            return ACRM_OK;
    }
    return memory_reshape(conn, place, &change, err);
}

int32_t acrm__memory_drop_index(void *conn, const acrm_table *table, const char *index,
                                acrm_error **err)
{
    return memory_drop(conn, table, index, NULL, err);
}

int32_t acrm__memory_drop_column(void *conn, const acrm_table *table, const char *column,
                                 acrm_error **err)
{
    return memory_drop(conn, table, NULL, column, err);
}
