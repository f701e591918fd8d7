/* SPDX-License-Identifier: MIT */
/* Fields given by a caller into a record, every fault named. */
#include "kernel/crud.h"

#include <string.h>

const char *const acrm__write_options[] = { "idempotency_key", "dry_run", "reason", NULL };

enum { ASSIGN_PLACE_SIZE = 192 };

/* Where a field stands, for messages: "records[3].name". */
static const char *assign_place(const char *path, const char *key, size_t len,
                                char room[ASSIGN_PLACE_SIZE])
{
    size_t prefix = strlen(path);

    if (prefix == 0 || prefix + len >= ASSIGN_PLACE_SIZE)
        return key;
    memcpy(room, path, prefix);
    memcpy(room + prefix, key, len + 1);
    return room;
}

static bool assign_skips(const char *const *skip, const char *key)
{
    for (; skip && *skip; skip++)
        if (strcmp(*skip, key) == 0)
            return true;
    return false;
}

static int32_t assign_unknown(const acrm__entity *entity, const char *key, size_t len,
                              const char *path, acrm_value *faults)
{
    const char *near = acrm__entity_suggest(entity, key, len);

    return acrm__fault(faults, path, "unknown_field", "%s has no field %s%s%s%s",
                       entity->def->name, key, near ? "; did you mean " : "", near ? near : "",
                       near ? "?" : "");
}

static const char *assign_refusal(acrm__call *call, const acrm__rec *rec, uint32_t n)
{
    uint32_t flags = rec->entity->fields[n].def.flags;

    if (flags & ACRM__READ_ONLY)
        return "is set by the library";
    if (flags & ACRM__IMMUTABLE && rec->before)
        return "cannot be changed once the record exists";
    if (!acrm__may_write_field(call, rec->entity, n))
        return "may not be set by this role";
    return NULL;
}

static int32_t assign_field(acrm__call *call, acrm__rec *rec, uint32_t n, const acrm_value *value,
                            const char *path, acrm_value *faults)
{
    const acrm__fieldinfo *f = &rec->entity->fields[n];
    acrm_cell cell;

    int32_t st = acrm__decode(call, f, value, path, &cell, faults);
    if (st != ACRM_OK)
        return st;
    const char *refusal = assign_refusal(call, rec, n);
    if (!refusal) {
        rec->cells[n] = cell;
        return ACRM_OK;
    }
    /* Giving back what was read is no change: so a record can be sent back whole. */
    if (rec->before && acrm__cell_equal(&cell, &rec->before[n]))
        return ACRM_OK;
    return acrm__fault(faults, path, "read_only", "%s %s", path, refusal);
}

static int32_t assign_money(const acrm__rec *rec, const char *path, acrm_value *faults)
{
    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        char room[ASSIGN_PLACE_SIZE];
        if (f->def.type != ACRM__T_MONEY)
            continue;
        const char *place = assign_place(path, f->def.name, f->name_len, room);
        int32_t st = acrm__decode_money(rec->entity, i, rec->cells, place, faults);
        if (st != ACRM_OK)
            return st;
    }
    return ACRM_OK;
}

int32_t acrm__assign(acrm__call *call, acrm__rec *rec, const acrm_value *fields, const char *path,
                     const char *const *skip, acrm_value *faults)
{
    const acrm__entity *entity = rec->entity;
    char room[ASSIGN_PLACE_SIZE];

    for (size_t i = 0; i < acrm_value_count(fields); i++) {
        size_t len;
        const char *key = acrm_value_key(fields, i, &len);
        uint32_t n = acrm__entity_field(entity, key, len);
        if (assign_skips(skip, key) ||
            (n == UINT32_MAX && acrm__entity_inverse(entity, key, len)))
            continue;
        const char *place = assign_place(path, key, len, room);
        bool known = n != UINT32_MAX && !(entity->fields[n].def.flags & ACRM__HIDDEN) &&
                     acrm__may_see_field(call, entity, n);
        int32_t st = known ? assign_field(call, rec, n, acrm_value_at(fields, i), place, faults)
                           : assign_unknown(entity, key, len, place, faults);
        if (st != ACRM_OK)
            return st;
    }
    return assign_money(rec, path, faults);
}
