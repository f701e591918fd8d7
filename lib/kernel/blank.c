/* SPDX-License-Identifier: MIT */
/* Taking the personal values out of a record, as the registry declares them. */
#include "kernel/inside.h"

#include <string.h>

static const char blank_text[] = "erased";

/* What stands where something is required: the same for everybody, but where it must be unique. */
static acrm_cell blank_required(acrm__call *call, const acrm__rec *rec, uint32_t i)
{
    const acrm__fieldinfo *f = &rec->entity->fields[i];
    const char *text = blank_text;

    if (acrm__storage_type(&f->def) == ACRM_CELL_INT)
        return acrm__cell_int(f->def.min > 0 ? f->def.min : 0);
    if (acrm__storage_type(&f->def) == ACRM_CELL_REAL)
        return acrm__cell_real(f->def.min > 0 ? (double)f->def.min : 0);
    if (f->def.type == ACRM__T_ENUM)
        text = f->choices[0];
    else if (f->def.type == ACRM__T_JSON)
        text = "null";
    else if (f->def.type == ACRM__T_DECIMAL)
        text = "0";
    else if (f->def.flags & ACRM__UNIQUE)
        text = acrm__arena_format(call->arena, "%s-%s", blank_text,
                                  acrm__id_text(call, acrm__id(rec, F_ID)));
    return acrm__cell_text(text);
}

int32_t acrm__blank(acrm__call *call, acrm__rec *rec, uint32_t *n)
{
    *n = 0;
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__field *def = &rec->entity->fields[i].def;
        bool sealed = (def->flags & ACRM__ENCRYPTED) != 0;
        acrm_cell blank = acrm__cell_null();
        if (!(def->flags & ACRM__PERSONAL) && !acrm__field_has(def, ACRM__T_BYTES))
            continue;
        if (rec->cells[i].type == ACRM_CELL_NULL)
            continue;
        if (def->flags & ACRM__REQUIRED && !sealed) {
            blank = blank_required(call, rec, i);
            if (blank.type == ACRM_CELL_NULL)
                return acrm__nomem(call);
        }
        if (acrm__cell_equal(&rec->cells[i], &blank))
            continue;
        rec->cells[i] = blank;
        *n += !acrm__field_has(def, ACRM__T_BYTES);
    }
    return ACRM_OK;
}

int32_t acrm__seal_apart(acrm__call *call, acrm__rec *rec)
{
    const unsigned char *own = acrm__id(rec, F_ID);

    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__field *def = &rec->entity->fields[i].def;
        const char *plain;
        size_t len;
        if (!(def->flags & ACRM__ENCRYPTED) || rec->cells[i].type != ACRM_CELL_BLOB)
            continue;
        int32_t st = acrm__open_field(call, rec->entity, i, rec->cells, &plain, &len);
        if (st == ACRM_OK && plain)
            st = acrm__seal(call, own, def->name, plain, len, &rec->cells[i]);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}
