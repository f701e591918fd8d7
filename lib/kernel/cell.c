/* SPDX-License-Identifier: MIT */
/* Cells and records in memory: making, reading and comparing them. */
#include "kernel/inside.h"

#include <string.h>

acrm_cell acrm__cell_null(void)
{
    return (acrm_cell){ .type = ACRM_CELL_NULL };
}

acrm_cell acrm__cell_int(int64_t integer)
{
    return (acrm_cell){ .type = ACRM_CELL_INT, .integer = integer };
}

acrm_cell acrm__cell_real(double real)
{
    return (acrm_cell){ .type = ACRM_CELL_REAL, .real = real };
}

acrm_cell acrm__cell_text(const char *text)
{
    return text ? acrm__cell_textn(text, strlen(text)) : acrm__cell_null();
}

acrm_cell acrm__cell_textn(const char *text, size_t len)
{
    return (acrm_cell){ .type = ACRM_CELL_TEXT, .size = (uint32_t)len, .data = text };
}

acrm_cell acrm__cell_blob(const void *bytes, size_t len)
{
    return (acrm_cell){ .type = ACRM_CELL_BLOB, .size = (uint32_t)len, .data = bytes };
}

acrm_cell acrm__cell_id(const unsigned char id[16])
{
    return id ? acrm__cell_blob(id, 16) : acrm__cell_null();
}

bool acrm__cell_equal(const acrm_cell *a, const acrm_cell *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case ACRM_CELL_INT:
        return a->integer == b->integer;
    case ACRM_CELL_REAL:
        return !(a->real < b->real) && !(a->real > b->real);
    case ACRM_CELL_TEXT:
    case ACRM_CELL_BLOB:
        return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
    default:
        return true;
    }
}

acrm_cell *acrm__cells_copy(acrm__arena *arena, const acrm_cell *cells, uint32_t n)
{
    size_t bytes = 0;
    acrm_cell *copy = acrm__arena_alloc(arena, n * sizeof *copy);

    if (!copy)
        return NULL;
    memcpy(copy, cells, n * sizeof *copy);
    for (uint32_t i = 0; i < n; i++)
        if (cells[i].type == ACRM_CELL_TEXT || cells[i].type == ACRM_CELL_BLOB)
            bytes += (size_t)cells[i].size + 1;
    char *to = bytes ? acrm__arena_alloc(arena, bytes) : NULL;
    if (bytes && !to)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (cells[i].type != ACRM_CELL_TEXT && cells[i].type != ACRM_CELL_BLOB)
            continue;
        if (cells[i].size)
            memcpy(to, cells[i].data, cells[i].size);
        to[cells[i].size] = '\0';
        copy[i].data = to;
        to += cells[i].size + 1;
    }
    return copy;
}

const acrm__entity *acrm__entity_of(const acrm__call *call, const char *name)
{
    return acrm__registry_entity(call->session->registry, name, strlen(name));
}

uint32_t acrm__field_of(const acrm__entity *entity, const char *name)
{
    return acrm__entity_field(entity, name, strlen(name));
}

acrm__rec *acrm__new(acrm__call *call, const char *entity)
{
    const acrm__entity *e = acrm__entity_of(call, entity);
    acrm__rec *rec = acrm__arena_zero(call->arena, sizeof *rec);

    if (!rec)
        return NULL;
    rec->entity = e;
    rec->cells = acrm__arena_array(call->arena, e->n_fields, sizeof *rec->cells);
    return rec->cells ? rec : NULL;
}

void acrm__set(acrm__rec *rec, uint32_t field, acrm_cell cell)
{
    rec->cells[field] = cell;
}

bool acrm__is_null(const acrm__rec *rec, uint32_t field)
{
    return rec->cells[field].type == ACRM_CELL_NULL;
}

const char *acrm__text(const acrm__rec *rec, uint32_t field)
{
    return rec->cells[field].type == ACRM_CELL_TEXT ? rec->cells[field].data : NULL;
}

int64_t acrm__int(const acrm__rec *rec, uint32_t field)
{
    return rec->cells[field].type == ACRM_CELL_INT ? rec->cells[field].integer : 0;
}

const unsigned char *acrm__id(const acrm__rec *rec, uint32_t field)
{
    const acrm_cell *cell = &rec->cells[field];
    return cell->type == ACRM_CELL_BLOB && cell->size == 16 ? cell->data : NULL;
}

bool acrm__changed(const acrm__rec *rec, uint32_t field)
{
    return !rec->before || !acrm__cell_equal(&rec->cells[field], &rec->before[field]);
}
