/* SPDX-License-Identifier: MIT */
/* The free operations list and count: filter, order, keyset paging. */
#include "base/json.h"
#include "base/text.h"
#include "kernel/crud.h"

#include <string.h>

enum { LIST_ORDER_MAX = 8 };

static int32_t list_deleted(const acrm__call *call)
{
    const char *text = acrm__arg_text(call, "deleted");

    if (strcmp(text, "with") == 0)
        return ACRM__DELETED_WITH;
    return strcmp(text, "only") == 0 ? ACRM__DELETED_ONLY : ACRM__DELETED_WITHOUT;
}

int32_t acrm__crud_where(acrm__call *call, const acrm_filter_node **out)
{
    const acrm_value *filter = acrm__arg(call, "where");
    const acrm_filter_node *where = NULL;

    if (filter) {
        int32_t st = acrm__filter(call, call->entity, filter, "where", &where);
        if (st != ACRM_OK)
            return st;
    }
    return acrm__where_visible(call, call->entity, where, list_deleted(call), out);
}

/* --- Order --- */

typedef struct list_order {
    acrm_order terms[LIST_ORDER_MAX + 1];
    uint32_t n;
} list_order;

static int32_t list_order_term(acrm__call *call, const char *text, size_t len, list_order *out)
{
    bool descending = len > 0 && text[0] == '-';

    text += descending;
    len -= descending;
    uint32_t field = acrm__entity_field(call->entity, text, len);
    if (field == UINT32_MAX || call->entity->fields[field].def.flags & ACRM__HIDDEN ||
        !acrm__may_see_field(call, call->entity, field)) {
        const char *near = acrm__entity_suggest(call->entity, text, len);
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "order",
                          "%s has no field %.*s to sort by%s%s%s", call->entity->def->name,
                          (int)len, text, near ? "; did you mean " : "", near ? near : "",
                          near ? "?" : "");
    }
    if (call->entity->fields[field].def.flags & ACRM__ENCRYPTED)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "order",
                          "%.*s is encrypted and cannot be sorted by", (int)len, text);
    out->terms[out->n++] = (acrm_order){ field, descending };
    return ACRM_OK;
}

static int32_t list_order_read(acrm__call *call, list_order *out)
{
    const acrm_value *order = acrm__arg(call, "order");
    size_t n = acrm_value_count(order);

    *out = (list_order){ .n = 0 };
    if (n > LIST_ORDER_MAX)
        return acrm__fail(call, ACRM_E_LIMIT, "limit", "order", "at most %d fields to sort by",
                          LIST_ORDER_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t len;
        const char *text = acrm_value_text(acrm_value_at(order, i), &len);
        int32_t st = list_order_term(call, text, len, out);
        if (st != ACRM_OK)
            return st;
        if (out->terms[out->n - 1].expression == F_ID)
            return ACRM_OK;
    }
    bool descending = out->n > 0 && out->terms[out->n - 1].descending;
    out->terms[out->n++] = (acrm_order){ F_ID, descending };
    return ACRM_OK;
}

/* --- Position: base64 of a JSON list, the order's own text first, then a text per term --- */

static void list_order_text(const acrm__call *call, const list_order *order, acrm__str *out)
{
    acrm__str_puts(out, call->entity->def->name);
    for (uint32_t i = 0; i < order->n; i++) {
        acrm__str_putc(out, order->terms[i].descending ? '-' : '+');
        acrm__str_puts(out, call->entity->fields[order->terms[i].expression].def.name);
    }
}

static void list_cell_text(const acrm_cell *cell, acrm__str *out)
{
    char real[32];

    switch (cell->type) {
    case ACRM_CELL_INT:
        acrm__str_putc(out, 'i');
        acrm__str_int(out, cell->integer);
        break;
    case ACRM_CELL_REAL:
        acrm__str_putc(out, 'r');
        acrm__str_add(out, real, acrm__print_real(cell->real, real));
        break;
    case ACRM_CELL_TEXT:
        acrm__str_putc(out, 't');
        acrm__str_add(out, cell->data, cell->size);
        break;
    case ACRM_CELL_BLOB:
        acrm__str_putc(out, 'b');
        acrm__base64_print(cell->data, cell->size, out);
        break;
    default:
        acrm__str_putc(out, 'n');
        break;
    }
}

static bool list_cell_read(acrm__call *call, const char *text, size_t len, acrm_cell *out)
{
    int64_t integer;
    double real;
    size_t size;
    unsigned char *bytes;

    switch (len ? text[0] : '\0') {
    case 'i':
        *out = acrm__parse_int(text + 1, len - 1, &integer) ? acrm__cell_int(integer)
                                                            : acrm__cell_null();
        return out->type == ACRM_CELL_INT;
    case 'r':
        *out = acrm__parse_real(text + 1, len - 1, &real) ? acrm__cell_real(real)
                                                          : acrm__cell_null();
        return out->type == ACRM_CELL_REAL;
    case 't':
        *out = acrm__cell_textn(text + 1, len - 1);
        return true;
    case 'b':
        bytes = acrm__arena_alloc(call->arena, len);
        if (!bytes || !acrm__base64_parse(text + 1, len - 1, bytes, &size))
            return false;
        *out = acrm__cell_blob(bytes, size);
        return true;
    case 'n':
        *out = acrm__cell_null();
        return len == 1;
    default:
        return false;
    }
}

static int32_t list_position_write(acrm__call *call, const list_order *order,
                                   const acrm_cell *cells, acrm_value *out)
{
    acrm__str json, text;

    acrm__str_init(&json, &call->arena->allocator);
    acrm__str_init(&text, &call->arena->allocator);
    list_order_text(call, order, &text);
    acrm__str_putc(&json, '[');
    acrm__json_write_text(&json, text.data ? text.data : "", text.len);
    for (uint32_t i = 0; i < order->n; i++) {
        acrm__str_clear(&text);
        list_cell_text(&cells[order->terms[i].expression], &text);
        acrm__str_putc(&json, ',');
        acrm__json_write_text(&json, text.data ? text.data : "", text.len);
    }
    acrm__str_putc(&json, ']');
    acrm__str_clear(&text);
    if (!json.failed)
        acrm__base64_print(json.data, json.len, &text);
    int32_t st = json.failed || text.failed ? ACRM_E_NOMEM
                                            : acrm_value_set_text(out, text.data, text.len);
    acrm__str_free(&json);
    acrm__str_free(&text);
    return st == ACRM_OK ? ACRM_OK : acrm__nomem(call);
}

static const acrm_value *list_position_parse(acrm__call *call, const char *after)
{
    size_t len = strlen(after), size;
    unsigned char *bytes = acrm__arena_alloc(call->arena, len + 1);
    acrm_value *list;
    acrm__json_fault fault;

    if (!bytes || !acrm__base64_parse(after, len, bytes, &size) ||
        acrm__json_read(call->arena, (const char *)bytes, size, &list, &fault) != ACRM_OK)
        return NULL;
    return list;
}

static int32_t list_position_read(acrm__call *call, const list_order *order,
                                  const acrm_cell **out)
{
    const char *after = acrm__arg_text(call, "after");
    acrm_cell *cells;
    acrm__str text;
    bool same;

    *out = NULL;
    if (!after)
        return ACRM_OK;
    const acrm_value *list = list_position_parse(call, after);
    cells = acrm__arena_array(call->arena, order->n, sizeof *cells);
    acrm__str_init(&text, &call->arena->allocator);
    list_order_text(call, order, &text);
    const char *of = acrm_value_text(acrm_value_at(list, 0), NULL);
    same = of && cells && !text.failed && strcmp(of, text.data) == 0 &&
           acrm_value_count(list) == order->n + 1;
    acrm__str_free(&text);
    for (uint32_t i = 0; same && i < order->n; i++) {
        size_t len = 0;
        const char *cell = acrm_value_text(acrm_value_at(list, i + 1), &len);
        same = cell && list_cell_read(call, cell, len, &cells[i]);
    }
    if (!same)
        return acrm__fail(call, ACRM_E_INVALID, "format", "after",
                          "after must be the next of a list in the same order");
    *out = cells;
    return ACRM_OK;
}

/* --- List --- */

typedef struct list_run {
    acrm__call *call;
    const list_order *order;
    acrm__view view;
    acrm_value *items, *next;
    bool keep; /* records too, for the relations to include */
    acrm__rec **records;
    acrm_value **rendered;
    uint32_t count, limit;
    const acrm_cell *last;
} list_run;

static int32_t list_row(void *user, const acrm_cell *cells, uint32_t n)
{
    list_run *run = user;

    if (run->count == run->limit) { /* one more than asked for: there is a next page */
        int32_t st = list_position_write(run->call, run->order, run->last, run->next);
        return st == ACRM_OK ? 1 : st;
    }
    acrm_value *item = acrm_value_add(run->items);
    bool printed = run->call->printed && !run->keep;
    const acrm_cell *own = printed ? acrm__cells_copy(run->call->arena, cells, n) : cells;
    if (!item || !own)
        return ACRM_E_NOMEM;
    int32_t st = printed ? acrm__view_lay(run->call, &run->view, own, item)
                         : acrm__view_render(run->call, &run->view, cells, item);
    if (st != ACRM_OK)
        return st;
    if (run->keep) {
        run->records[run->count] = acrm__rec_from_row(run->call, run->view.entity, cells);
        run->rendered[run->count] = item;
        if (!run->records[run->count])
            return ACRM_E_NOMEM;
    }
    if (++run->count == run->limit) {
        run->last = printed ? own : acrm__cells_copy(run->call->arena, cells, n);
        return run->last ? 0 : ACRM_E_NOMEM;
    }
    return 0;
}

static int32_t list_prepare(acrm__call *call, list_run *run)
{
    run->call = call;
    run->limit = (uint32_t)acrm__arg_int(call, "limit", 50);
    run->items = acrm__put_list(call->out, "items");
    run->next = acrm_value_put(call->out, "next");
    run->keep = acrm__arg(call, "include") != NULL;
    if (run->keep) {
        run->records = acrm__arena_array(call->arena, run->limit, sizeof(acrm__rec *));
        run->rendered = acrm__arena_array(call->arena, run->limit, sizeof(acrm_value *));
    }
    if (!run->items || !run->next || (run->keep && (!run->records || !run->rendered)))
        return acrm__nomem(call);
    return acrm__view_make(call, call->entity, acrm__arg(call, "fields"), &run->view);
}

int32_t acrm__crud_list(acrm__call *call)
{
    list_order order;
    list_run run = { .order = &order };
    acrm_query query = { .struct_size = sizeof query, .table = &call->entity->table };

    int32_t st = list_prepare(call, &run);
    if (st == ACRM_OK)
        st = list_order_read(call, &order);
    if (st == ACRM_OK)
        st = list_position_read(call, &order, &query.after);
    if (st == ACRM_OK)
        st = acrm__crud_where(call, &query.where);
    if (st != ACRM_OK)
        return st;
    query.order = order.terms;
    query.n_order = order.n;
    query.limit = run.limit + 1;
    st = acrm__query(call, &query, list_row, &run);
    if (st == ACRM_OK && run.keep)
        st = acrm__include(call, call->entity, acrm__arg(call, "include"), run.records,
                           run.rendered, run.count);
    return st;
}

/* --- Count --- */

static int32_t list_count_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)n;
    *(int64_t *)user = cells[0].integer;
    return 1;
}

int32_t acrm__crud_count(acrm__call *call)
{
    acrm_expression count = { .aggregate = ACRM_AGGREGATE_COUNT };
    acrm_query query = { .struct_size = sizeof query, .table = &call->entity->table,
                         .n_select = 1, .select = &count };
    int64_t n = 0;

    int32_t st = acrm__crud_where(call, &query.where);
    if (st == ACRM_OK)
        st = acrm__query(call, &query, list_count_row, &n);
    if (st == ACRM_OK && !acrm__put_int(call->out, "count", n))
        st = acrm__nomem(call);
    return st;
}
