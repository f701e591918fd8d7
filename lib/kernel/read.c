/* SPDX-License-Identifier: MIT */
/* Reading records: by id, by conditions, and by raw queries of the storage port. */
#include "kernel/inside.h"

#include <string.h>

enum { READ_MERGED_MAX = 8 };

/* --- A row of any table by its key --- */

typedef struct read_row {
    acrm__arena *arena;
    acrm_cell *cells;
} read_row;

static int32_t read_row_take(void *user, const acrm_cell *cells, uint32_t n)
{
    read_row *row = user;

    row->cells = acrm__cells_copy(row->arena, cells, n);
    return row->cells ? 1 : ACRM_E_NOMEM;
}

int32_t acrm__row_by_key(acrm__call *call, const acrm_table *table, const acrm_cell *key,
                         const acrm_cell **cells)
{
    acrm_session *s = call->session;
    read_row row = { .arena = call->arena };

    int32_t st = s->engine->storage.lookup(s->conn, table, 0, key, 1, read_row_take, &row,
                                           call->err);
    if (st == ACRM_OK)
        *cells = row.cells;
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* --- Records --- */

typedef struct read_one {
    acrm__call *call;
    const acrm__entity *entity;
    acrm__rec *rec;
} read_one;

acrm__rec *acrm__rec_from_row(acrm__call *call, const acrm__entity *entity, const acrm_cell *cells)
{
    acrm__rec *rec = acrm__arena_zero(call->arena, sizeof *rec);
    acrm_cell *before = acrm__cells_copy(call->arena, cells, entity->n_fields);
    acrm_cell *now = acrm__arena_alloc(call->arena, entity->n_fields * sizeof *now);

    if (!rec || !before || !now)
        return NULL;
    memcpy(now, before, entity->n_fields * sizeof *now);
    *rec = (acrm__rec){ .entity = entity, .cells = now, .before = before,
                        .as_of = call->session->writes };
    return rec;
}

static int32_t read_one_row(void *user, const acrm_cell *cells, uint32_t n)
{
    read_one *one = user;

    (void)n;
    one->rec = acrm__rec_from_row(one->call, one->entity, cells);
    return one->rec ? 1 : ACRM_E_NOMEM;
}

int32_t acrm__load_any(acrm__call *call, const acrm__entity *entity, const unsigned char id[16],
                       acrm__rec **out)
{
    acrm_session *s = call->session;
    read_one one = { .call = call, .entity = entity };
    acrm_cell key = acrm__cell_blob(id, 16);
    bool visible = true;

    int32_t st = s->engine->storage.lookup(s->conn, &entity->table, F_ID, &key, 1, read_one_row,
                                           &one, call->err);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st == ACRM_OK && one.rec && !call->as_system)
        st = acrm__in_scope(call, one.rec, &visible);
    if (st == ACRM_OK)
        *out = visible ? one.rec : NULL;
    return st;
}

const unsigned char *acrm__merged_into(const acrm__rec *rec)
{
    return rec->entity->merged == UINT32_MAX || acrm__is_null(rec, F_DELETED_AT)
               ? NULL : acrm__id(rec, rec->entity->merged);
}

int32_t acrm__load_or_null(acrm__call *call, const acrm__entity *entity,
                           const unsigned char id[16], acrm__rec **out)
{
    int32_t st = acrm__load_any(call, entity, id, out);

    /* A merged record stands for the one it was merged into: one step, since merging that one too
     * moves this reference along. More only where somebody deleted in between. */
    for (int32_t i = 0; st == ACRM_OK && *out && !acrm__is_null(*out, F_DELETED_AT); i++) {
        const unsigned char *into = i < READ_MERGED_MAX ? acrm__merged_into(*out) : NULL;
        if (into)
            st = acrm__load_any(call, entity, into, out);
        else
            *out = NULL;
    }
    return st;
}

int32_t acrm__load(acrm__call *call, const char *entity, const unsigned char id[16],
                   const char *arg, acrm__rec **out)
{
    acrm__rec *rec = NULL;
    int32_t st = acrm__load_or_null(call, acrm__entity_of(call, entity), id, &rec);

    if (st != ACRM_OK)
        return st;
    if (!rec)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", arg ? arg : "id",
                          "there is no such %s", entity);
    acrm__references_see(call, rec, call->as_system);
    *out = rec;
    return ACRM_OK;
}

int32_t acrm__load_arg(acrm__call *call, const char *entity, const char *arg, acrm__rec **out)
{
    unsigned char id[16];

    if (!acrm__arg_id(call, arg, id))
        return acrm__fail(call, ACRM_E_INVALID, "required", arg, "%s is required", arg);
    return acrm__load(call, entity, id, arg, out);
}

/* --- Conditions --- */

const acrm_filter_node *acrm__where(acrm__call *call, const acrm__term *terms, size_t n)
{
    acrm_filter_node *nodes = acrm__arena_array(call->arena, n + 1, sizeof *nodes);
    acrm_cell *values = acrm__arena_array(call->arena, n ? n : 1, sizeof *values);

    if (!nodes || !values)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        values[i] = terms[i].value;
        nodes[i + 1] = (acrm_filter_node){ .op = terms[i].op, .column = terms[i].field,
                                           .values = &values[i], .n_values = 1 };
    }
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = (uint32_t)n,
                                   .children = nodes + 1 };
    return nodes;
}

const acrm_filter_node *acrm__where_in(acrm__call *call, uint32_t field, const acrm_cell *values,
                                       size_t n)
{
    acrm_filter_node *node = acrm__arena_zero(call->arena, sizeof *node);

    if (node)
        *node = (acrm_filter_node){ .op = ACRM_FILTER_IN, .column = field, .values = values,
                                    .n_values = (uint32_t)n };
    return node;
}

const acrm_filter_node *acrm__and(acrm__call *call, const acrm_filter_node *a,
                                  const acrm_filter_node *b)
{
    if (!a || !b)
        return a ? a : b;
    acrm_filter_node *nodes = acrm__arena_array(call->arena, 3, sizeof *nodes);
    if (!nodes)
        return NULL;
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = 2, .children = nodes + 1 };
    nodes[1] = *a;
    nodes[2] = *b;
    return nodes;
}

int32_t acrm__where_visible(acrm__call *call, const acrm__entity *entity,
                            const acrm_filter_node *where, int32_t deleted,
                            const acrm_filter_node **out)
{
    const acrm_filter_node *scope = NULL;
    acrm__term live = { F_DELETED_AT, deleted == ACRM__DELETED_ONLY ? ACRM_FILTER_NE
                                                                    : ACRM_FILTER_EQ,
                        acrm__cell_null() };

    if (!call->as_system) {
        int32_t st = acrm__scope(call, entity, &scope);
        if (st != ACRM_OK)
            return st;
    }
    if (deleted != ACRM__DELETED_WITH) {
        const acrm_filter_node *node = acrm__where(call, &live, 1);
        if (!node)
            return acrm__nomem(call);
        const acrm_filter_node *one = &node->children[0];
        where = where ? acrm__and(call, one, where) : one;
        if (!where)
            return acrm__nomem(call);
    }
    if (scope) {
        where = acrm__and(call, where, scope);
        if (!where)
            return acrm__nomem(call);
    }
    *out = where;
    return ACRM_OK;
}

/* --- Lists --- */

typedef struct read_list {
    acrm__call *call;
    const acrm__entity *entity;
    acrm__rec **items;
    size_t count, cap;
} read_list;

static int32_t read_list_row(void *user, const acrm_cell *cells, uint32_t n)
{
    read_list *list = user;

    (void)n;
    if (list->count == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 16;
        acrm__rec **items = acrm__arena_array(list->call->arena, cap, sizeof *items);
        if (!items)
            return ACRM_E_NOMEM;
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    acrm__rec *rec = acrm__rec_from_row(list->call, list->entity, cells);
    if (!rec)
        return ACRM_E_NOMEM;
    list->items[list->count++] = rec;
    return 0;
}

static int32_t read_condition(acrm__call *call, const acrm__entity *entity,
                              const acrm__select *select, const acrm_filter_node **out)
{
    const acrm_filter_node *where = select->where;
    bool as_system = call->as_system;

    if (select->n_terms) {
        const acrm_filter_node *terms = acrm__where(call, select->terms, select->n_terms);
        where = terms ? acrm__and(call, terms, where) : NULL;
        if (!where)
            return acrm__nomem(call);
    }
    call->as_system |= select->as_system;
    int32_t st = acrm__where_visible(call, entity, where,
                                     select->with_deleted ? ACRM__DELETED_WITH
                                                          : ACRM__DELETED_WITHOUT, out);
    call->as_system = as_system;
    return st;
}

/* Records by one indexed field, in order of creation and past the row scope: the storage's fast
 * path needs no query to be written. */
static bool read_is_lookup(const acrm__call *call, const acrm__entity *entity,
                           const acrm__select *select)
{
    if (select->n_terms != 1 || select->where || select->order != F_ID || select->descending ||
        !(call->as_system || select->as_system))
        return false;
    const acrm__term *term = &select->terms[0];
    uint32_t flags = entity->fields[term->field].def.flags;
    return term->op == ACRM_FILTER_EQ && term->value.type != ACRM_CELL_NULL &&
           (term->field == F_ID || flags & ACRM__INDEXED);
}

typedef struct read_lookup {
    read_list *list;
    uint32_t limit;
    bool with_deleted;
} read_lookup;

static int32_t read_lookup_row(void *user, const acrm_cell *cells, uint32_t n)
{
    read_lookup *lookup = user;

    if (!lookup->with_deleted && cells[F_DELETED_AT].type != ACRM_CELL_NULL)
        return 0;
    int32_t st = read_list_row(lookup->list, cells, n);
    if (st != ACRM_OK)
        return st;
    return lookup->limit && lookup->list->count == lookup->limit ? 1 : 0;
}

static int32_t read_by_field(acrm__call *call, const acrm__select *select, read_list *list)
{
    acrm_session *s = call->session;
    read_lookup lookup = { .list = list, .limit = select->limit,
                           .with_deleted = select->with_deleted };

    return s->engine->storage.lookup(s->conn, &list->entity->table, select->terms[0].field,
                                     &select->terms[0].value, 0, read_lookup_row, &lookup,
                                     call->err);
}

static bool read_is_named(const acrm__select *select, uint32_t field)
{
    for (size_t i = 0; i < select->n_terms; i++)
        if (select->terms[i].field == field && select->terms[i].op == ACRM_FILTER_EQ &&
            select->terms[i].value.type != ACRM_CELL_NULL)
            return true;
    return false;
}

/* Whether the terms name every field of a unique index: then there is one record at most, and
 * nothing to sort. */
static bool read_is_one(const acrm__entity *entity, const acrm__select *select)
{
    for (uint32_t i = 0; i < entity->table.n_indexes && !select->with_deleted; i++) {
        const acrm_index *index = &entity->table.indexes[i];
        uint32_t n = 0;
        while (n < index->n_columns && read_is_named(select, index->columns[n]))
            n++;
        if (index->flags & ACRM_INDEX_UNIQUE && n == index->n_columns)
            return true;
    }
    return false;
}

static int32_t read_by_query(acrm__call *call, const acrm__select *select, read_list *list)
{
    acrm_session *s = call->session;
    const acrm__entity *entity = list->entity;
    acrm_order order[] = { { select->order, select->descending }, { F_ID, select->descending } };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .order = order,
                         .n_order = select->order == F_ID ? 1 : 2, .limit = select->limit };

    if (read_is_one(entity, select))
        query.n_order = 0;
    int32_t st = read_condition(call, entity, select, &query.where);
    if (st == ACRM_OK)
        st = s->engine->storage.query(s->conn, &query, read_list_row, list, call->err);
    return st;
}

int32_t acrm__find(acrm__call *call, const acrm__select *select, acrm__recs *out)
{
    read_list list = { .call = call, .entity = acrm__entity_of(call, select->entity) };

    int32_t st = read_is_lookup(call, list.entity, select) ? read_by_field(call, select, &list)
                                                           : read_by_query(call, select, &list);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    *out = (acrm__recs){ list.items, list.count };
    return ACRM_OK;
}

int32_t acrm__find_one(acrm__call *call, const acrm__select *select, acrm__rec **out)
{
    acrm__select one = *select;
    acrm__recs found;

    one.limit = 1;
    int32_t st = acrm__find(call, &one, &found);
    if (st != ACRM_OK)
        return st;
    *out = found.count ? found.items[0] : NULL;
    if (*out && !select->with_deleted)
        acrm__references_see(call, *out, call->as_system || select->as_system);
    return ACRM_OK;
}

static int32_t read_count_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].integer;
    return 1;
}

int32_t acrm__count(acrm__call *call, const acrm__select *select, int64_t *out)
{
    acrm_session *s = call->session;
    const acrm__entity *entity = acrm__entity_of(call, select->entity);
    acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .n_select = 1,
                         .select = &count };

    int32_t st = read_condition(call, entity, select, &query.where);
    if (st == ACRM_OK)
        st = s->engine->storage.query(s->conn, &query, read_count_row, out, call->err);
    return st;
}

int32_t acrm__query(acrm__call *call, const acrm_query *query, acrm_row_fn row, void *user)
{
    acrm_session *s = call->session;
    bool trace = query->table == &acrm__tables[ACRM__TABLE_AUDIT] ||
                 query->table == &acrm__tables[ACRM__TABLE_EVENT];
    int32_t st = trace ? acrm__gather_flush(call) : ACRM_OK;

    if (st == ACRM_OK)
        st = s->engine->storage.query(s->conn, query, row, user, call->err);

    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
