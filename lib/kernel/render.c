/* SPDX-License-Identifier: MIT */
/* Records as maps of what the session may see of them, or at once as JSON. */
#include "base/civil.h"
#include "base/json.h"
#include "base/text.h"
#include "kernel/crud.h"

#include <string.h>

static bool render_wanted(const acrm_value *names, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < acrm_value_count(names); i++) {
        size_t n;
        const char *text = acrm_value_text(acrm_value_at(names, i), &n);
        if (text && n == len && memcmp(text, name, n) == 0)
            return true;
    }
    return false;
}

static int32_t render_check_names(acrm__call *call, const acrm__entity *entity,
                                  const acrm_value *names)
{
    for (size_t i = 0; i < acrm_value_count(names); i++) {
        size_t len;
        const char *name = acrm_value_text(acrm_value_at(names, i), &len);
        if (acrm__entity_field(entity, name, len) == UINT32_MAX)
            return acrm__fail(call, ACRM_E_INVALID, "unknown_field", "fields",
                              "%s has no field %s", entity->def->name, name);
    }
    return ACRM_OK;
}

int32_t acrm__view_make(acrm__call *call, const acrm__entity *entity, const acrm_value *names,
                        acrm__view *out)
{
    bool ruled = acrm__has_field_rules(call);

    *out = (acrm__view){ .entity = entity };
    out->fields = acrm__arena_alloc(call->arena, entity->n_fields * sizeof *out->fields);
    if (!out->fields)
        return acrm__nomem(call);
    for (uint32_t i = 0; i < entity->n_fields; i++) {
        const acrm__fieldinfo *f = &entity->fields[i];
        if (f->def.flags & ACRM__HIDDEN || (ruled && !acrm__may_see_field(call, entity, i)))
            continue;
        if (!names || i == F_ID || render_wanted(names, f->def.name))
            out->fields[out->n_fields++] = i;
    }
    return names ? render_check_names(call, entity, names) : ACRM_OK;
}

/* Quietly: a key that was dropped is no error. */
static int32_t render_unseal(acrm__call *call, const unsigned char *subject, const char *context,
                             const acrm_cell *cell, const char **plain, size_t *len)
{
    acrm__call quiet = *call;
    acrm_error *err = NULL;

    quiet.err = &err;
    int32_t st = acrm__unseal(&quiet, subject, context, cell, plain, len);
    if (st != ACRM_OK && st != ACRM_E_NOTFOUND && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return st;
}

/* A record that the law keeps beyond its customer's erasure has a key of its own. */
int32_t acrm__open_field(acrm__call *call, const acrm__entity *entity, uint32_t field,
                         const acrm_cell *cells, const char **plain, size_t *len)
{
    const acrm_cell *owner = entity->subject == UINT32_MAX ? NULL : &cells[entity->subject];
    const unsigned char *subject = owner && owner->type == ACRM_CELL_BLOB ? owner->data : NULL;
    const char *context = entity->fields[field].def.name;

    *plain = NULL;
    *len = 0;
    int32_t st = render_unseal(call, subject, context, &cells[field], plain, len);
    if (st == ACRM_E_NOTFOUND && entity->subject != F_ID)
        st = render_unseal(call, cells[F_ID].data, context, &cells[field], plain, len);
    return st == ACRM_E_NOTFOUND ? ACRM_OK : st;
}

static int32_t render_encrypted(acrm__call *call, const acrm__entity *entity, uint32_t n,
                                const acrm_cell *cells, acrm_value *out)
{
    const char *plain;
    size_t len;
    int32_t st = acrm__open_field(call, entity, n, cells, &plain, &len);

    if (st != ACRM_OK)
        return st;
    return plain ? acrm_value_set_text(out, plain, len) : acrm_value_set_null(out);
}

static int32_t render_cell(acrm__call *call, const acrm__entity *entity, uint32_t n,
                           const acrm_cell *cells, acrm_value *out)
{
    const acrm__fieldinfo *f = &entity->fields[n];
    int32_t digits = 0;

    if (cells[n].type == ACRM_CELL_NULL)
        return ACRM_OK;
    if (f->def.flags & ACRM__ENCRYPTED && cells[n].type == ACRM_CELL_BLOB)
        return render_encrypted(call, entity, n, cells, out);
    if (f->def.type == ACRM__T_MONEY)
        digits = acrm__money_digits(entity, n, cells);
    return acrm__encode(call, f, &cells[n], digits, out);
}

int32_t acrm__view_render(acrm__call *call, const acrm__view *view, const acrm_cell *cells,
                          acrm_value *into)
{
    acrm__arena *arena = into->arena;
    acrm_value *values = acrm__arena_array(arena, view->n_fields, sizeof *values);
    acrm__pair *pairs = acrm__arena_array(arena, view->n_fields, sizeof *pairs);

    if (!values || !pairs)
        return acrm__nomem(call);
    for (uint32_t i = 0; i < view->n_fields; i++) {
        uint32_t n = view->fields[i];
        const acrm__fieldinfo *f = &view->entity->fields[n];
        const char *key = f->def.name; /* of static storage, but for custom fields */
        if (f->def.flags & ACRM__CUSTOM)
            key = acrm__arena_text(arena, key, f->name_len);
        if (!key)
            return acrm__nomem(call);
        values[i].arena = arena;
        pairs[i] = (acrm__pair){ .key = key, .key_len = f->name_len, .value = &values[i] };
        int32_t st = render_cell(call, view->entity, n, cells, &values[i]);
        if (st != ACRM_OK)
            return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    }
    into->type = ACRM_MAP;
    into->as.pairs = pairs;
    into->count = into->cap = view->n_fields;
    into->index_size = 0;
    return ACRM_OK;
}

/* --- The same without a map in between: a row that writes itself --- */

typedef struct render_row {
    acrm__self self;
    acrm__view view;
    const acrm_cell *cells;
    acrm_value **read; /* by place, of fields that had to be read before; NULL: of none */
} render_row;

static void render_text(acrm__str *out, const char *text, size_t len)
{
    char *to = acrm__str_room(out, len + 2);

    if (!to)
        return;
    to[0] = '"';
    memcpy(to + 1, text, len);
    to[len + 1] = '"';
    to[len + 2] = '\0';
    out->len += len + 2;
}

static void render_int(acrm__str *out, const render_row *row, uint32_t n)
{
    const acrm__fieldinfo *f = &row->view.entity->fields[n];
    int64_t integer = row->cells[n].integer;
    char text[ACRM__DURATION_SIZE];
    int32_t digits = f->def.type == ACRM__T_MONEY
                         ? acrm__money_digits(row->view.entity, n, row->cells) : 0;

    if (f->def.type == ACRM__T_BOOL) {
        acrm__str_puts(out, integer ? "true" : "false");
        return;
    }
    size_t len = acrm__print_int(f, integer, digits, text);
    if (len)
        render_text(out, text, len);
    else
        acrm__str_int(out, integer);
}

static void render_blob(acrm__str *out, const acrm__fieldinfo *f, const acrm_cell *cell)
{
    char id[37];

    if (cell->size == 16 && f->def.type != ACRM__T_BYTES) {
        acrm__uuid_print(cell->data, id);
        render_text(out, id, 36);
        return;
    }
    acrm__str_putc(out, '"');
    acrm__base64_print(cell->data, cell->size, out);
    acrm__str_putc(out, '"');
}

static void render_row_cell(acrm__str *out, const render_row *row, uint32_t n)
{
    const acrm_cell *cell = &row->cells[n];
    char real[32];

    switch (cell->type) {
    case ACRM_CELL_INT:
        render_int(out, row, n);
        break;
    case ACRM_CELL_REAL:
        acrm__str_add(out, real, acrm__print_real(cell->real, real));
        break;
    case ACRM_CELL_TEXT:
        acrm__json_write_text(out, cell->data, cell->size);
        break;
    case ACRM_CELL_BLOB:
        render_blob(out, &row->view.entity->fields[n], cell);
        break;
    default:
        acrm__str_add(out, "null", 4);
        break;
    }
}

static void render_row_write(const acrm__self *self, acrm__str *out)
{
    const render_row *row = (const render_row *)(const void *)self;

    acrm__str_putc(out, '{');
    for (uint32_t i = 0; i < row->view.n_fields; i++) {
        uint32_t n = row->view.fields[i];
        const acrm__fieldinfo *f = &row->view.entity->fields[n];
        char *to = acrm__str_room(out, f->name_len + 4); /* names hold nothing to escape */
        if (!to)
            return;
        *to = ',';
        to += i > 0;
        *to++ = '"';
        memcpy(to, f->def.name, f->name_len);
        memcpy(to + f->name_len, "\":", 3);
        out->len += f->name_len + 3 + (i > 0);
        if (row->read && row->read[i])
            acrm__json_write(out, row->read[i], 0);
        else
            render_row_cell(out, row, n);
    }
    acrm__str_putc(out, '}');
}

/* What can fail: text is checked, what is encrypted is opened, what is JSON is read. */
static int32_t render_row_read(acrm__call *call, render_row *row, uint32_t i)
{
    uint32_t n = row->view.fields[i];
    const acrm__fieldinfo *f = &row->view.entity->fields[n];
    const acrm_cell *cell = &row->cells[n];
    bool sealed = f->def.flags & ACRM__ENCRYPTED && cell->type == ACRM_CELL_BLOB;

    if (cell->type == ACRM_CELL_TEXT && f->def.type != ACRM__T_JSON)
        return acrm__utf8_valid(cell->data, cell->size) ? ACRM_OK : ACRM_E_INVALID;
    if (!sealed && cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    if (!row->read)
        row->read = acrm__arena_array(call->arena, row->view.n_fields, sizeof *row->read);
    acrm_value *value = row->read ? acrm__value_in(call->arena) : NULL;
    if (!value)
        return ACRM_E_NOMEM;
    row->read[i] = value;
    return render_cell(call, row->view.entity, n, row->cells, value);
}

int32_t acrm__view_lay(acrm__call *call, const acrm__view *view, const acrm_cell *cells,
                       acrm_value *into)
{
    render_row *row = acrm__arena_alloc(call->arena, sizeof *row);
    int32_t st = row ? ACRM_OK : ACRM_E_NOMEM;

    if (row)
        *row = (render_row){ .self = { render_row_write }, .view = *view, .cells = cells };
    for (uint32_t i = 0; i < view->n_fields && st == ACRM_OK; i++)
        st = render_row_read(call, row, i);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    into->type = ACRM__SELF;
    into->as.self = &row->self;
    return ACRM_OK;
}

int32_t acrm__render(acrm__call *call, const acrm__rec *rec, acrm_value *into)
{
    acrm__view view;
    int32_t st = acrm__view_make(call, rec->entity, NULL, &view);

    return st == ACRM_OK ? acrm__view_render(call, &view, rec->cells, into) : st;
}
