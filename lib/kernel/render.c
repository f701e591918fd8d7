/* SPDX-License-Identifier: MIT */
/* Records as maps of what the session may see of them. */
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
    *out = (acrm__view){ .entity = entity };
    out->fields = acrm__arena_alloc(call->arena, entity->n_fields * sizeof *out->fields);
    if (!out->fields)
        return acrm__nomem(call);
    for (uint32_t i = 0; i < entity->n_fields; i++) {
        const acrm__fieldinfo *f = &entity->fields[i];
        if (f->def.flags & ACRM__HIDDEN || !acrm__may_see_field(call, entity, i))
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

int32_t acrm__render(acrm__call *call, const acrm__rec *rec, acrm_value *into)
{
    acrm__view view;
    int32_t st = acrm__view_make(call, rec->entity, NULL, &view);

    return st == ACRM_OK ? acrm__view_render(call, &view, rec->cells, into) : st;
}
