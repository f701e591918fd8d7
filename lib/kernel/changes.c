/* SPDX-License-Identifier: MIT */
/* What a write changed, as JSON for the audit and the event feed: the plain part and, apart from
 * it, the personal part, which is sealed before it is kept. */
#include "kernel/changes.h"

#include "base/json.h"

static void changes_value(acrm__call *call, acrm__changes *out, acrm__str *to,
                          const acrm__fieldinfo *field, const acrm_cell *cell, int32_t digits)
{
    acrm_value *value;

    if (cell->type == ACRM_CELL_NULL) {
        acrm__str_puts(to, "null");
    } else if (field->def.flags & ACRM__ENCRYPTED) {
        acrm__str_puts(to, "\"encrypted\"");
    } else if (cell->type == ACRM_CELL_TEXT && field->def.type == ACRM__T_JSON) {
        acrm__str_add(to, cell->data, cell->size);
    } else if (cell->type == ACRM_CELL_TEXT) {
        acrm__json_write_text(to, cell->data, cell->size);
    } else if (cell->type == ACRM_CELL_INT && field->def.type == ACRM__T_INT) {
        acrm__str_int(to, cell->integer);
    } else {
        value = acrm__value_in(call->arena);
        if (!value || acrm__encode(call, field, cell, digits, value) != ACRM_OK) {
            out->failed = true;
            return;
        }
        acrm__json_write(to, value, 0);
    }
}

static void changes_field(acrm__call *call, acrm__changes *out, const acrm__rec *rec, uint32_t i)
{
    static const acrm_cell absent = { .type = ACRM_CELL_NULL };
    const acrm__fieldinfo *f = &rec->entity->fields[i];
    const acrm_cell *before = rec->told ? rec->told : rec->before;
    bool personal = (f->def.flags & ACRM__PERSONAL) != 0;
    acrm__str *to = personal ? &out->personal : &out->plain;
    int32_t digits = f->def.type == ACRM__T_MONEY
                         ? acrm__money_digits(rec->entity, i, rec->cells) : 0;

    acrm__str_putc(to, to->len ? ',' : '{');
    acrm__json_write_text(to, f->def.name, f->name_len);
    acrm__str_puts(to, ":[");
    changes_value(call, out, to, f, before ? &before[i] : &absent, digits);
    acrm__str_putc(to, ',');
    changes_value(call, out, to, f, &rec->cells[i], digits);
    acrm__str_putc(to, ']');
    if (personal) {
        acrm__str_putc(&out->names, out->names.len ? ',' : '[');
        acrm__json_write_text(&out->names, f->def.name, f->name_len);
    }
}

static void changes_end(acrm__str *s, char closing)
{
    if (s->len)
        acrm__str_putc(s, closing);
}

int32_t acrm__changes_write(acrm__call *call, const acrm__rec *rec, acrm__changes *out)
{
    const acrm_allocator *allocator = &call->arena->allocator;

    *out = (acrm__changes){ 0 };
    acrm__str_init(&out->plain, allocator);
    acrm__str_init(&out->personal, allocator);
    acrm__str_init(&out->names, allocator);
    for (uint32_t i = F_DELETED_AT; i < rec->entity->n_fields; i++) {
        bool absent = rec->cells[i].type == ACRM_CELL_NULL && !rec->before;
        bool changed = rec->told ? !acrm__cell_equal(&rec->cells[i], &rec->told[i])
                                 : acrm__changed(rec, i);
        if (!absent && changed && !(rec->entity->fields[i].def.flags & ACRM__HIDDEN))
            changes_field(call, out, rec, i);
    }
    changes_end(&out->plain, '}');
    changes_end(&out->personal, '}');
    changes_end(&out->names, ']');
    out->failed |= out->plain.failed || out->personal.failed || out->names.failed;
    return out->failed ? acrm__nomem(call) : ACRM_OK;
}

void acrm__changes_free(acrm__changes *changes)
{
    acrm__str_free(&changes->plain);
    acrm__str_free(&changes->personal);
    acrm__str_free(&changes->names);
}
