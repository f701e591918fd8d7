/* SPDX-License-Identifier: MIT */
/* What a row changes in a record, before it is written: for people, and for undoing it. */
#include "modules/integration/upsert.h"

#include <string.h>

static int32_t diff_unseal(acrm__call *call, const acrm__rec *rec, const acrm_cell *cells,
                           uint32_t field, acrm_value *out)
{
    const acrm__entity *entity = rec->entity;
    const unsigned char *subject = entity->subject == UINT32_MAX ? NULL
                                                                 : acrm__id(rec, entity->subject);
    acrm__call quiet = *call;
    acrm_error *error = NULL;
    const char *plain;
    size_t len;

    quiet.err = &error;
    int32_t st = acrm__unseal(&quiet, subject, entity->fields[field].def.name, &cells[field],
                              &plain, &len);
    if (st != ACRM_OK && st != ACRM_E_NOTFOUND && call->err)
        *call->err = error;
    else
        acrm_error_free(error);
    if (st == ACRM_E_NOTFOUND) /* erased */
        return acrm_value_set_null(out);
    return st == ACRM_OK ? acrm_value_set_text(out, plain, len) : st;
}

int32_t acrm__upsert_cell(acrm__call *call, const acrm__rec *rec, const acrm_cell *cells,
                          uint32_t field, acrm_value *out)
{
    const acrm__fieldinfo *f = &rec->entity->fields[field];

    if (f->def.flags & ACRM__ENCRYPTED && cells[field].type == ACRM_CELL_BLOB)
        return diff_unseal(call, rec, cells, field, out);
    int32_t digits = f->def.type == ACRM__T_MONEY ? acrm__money_digits(rec->entity, field, cells)
                                                  : 0;
    return acrm__encode(call, f, &cells[field], digits, out);
}

static int32_t diff_pair(acrm__call *call, const acrm__rec *rec, uint32_t field, bool named,
                         acrm_value *into)
{
    const char *name = rec->entity->fields[field].def.name;
    acrm_value *pair = named ? acrm__put_map(into, name) : acrm__put_list(into, name);
    acrm_value *from = pair ? named ? acrm_value_put(pair, "from") : acrm_value_add(pair) : NULL;
    acrm_value *to = from ? named ? acrm_value_put(pair, "to") : acrm_value_add(pair) : NULL;

    if (!to)
        return ACRM_E_NOMEM;
    int32_t st = rec->before ? acrm__upsert_cell(call, rec, rec->before, field, from)
                             : acrm_value_set_null(from);
    return st == ACRM_OK ? acrm__upsert_cell(call, rec, rec->cells, field, to) : st;
}

int32_t acrm__upsert_diff(acrm__call *call, const acrm__rec *rec, const acrm_value *given,
                          acrm_value *journal, acrm_value *shown)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = F_SYSTEM_COUNT; st == ACRM_OK && i < rec->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &rec->entity->fields[i];
        uint32_t flags = f->def.flags;
        bool absent = !rec->before && (rec->cells[i].type == ACRM_CELL_NULL ||
                                       (f->preset && !acrm_value_get(given, f->def.name)));
        if (absent || flags & (ACRM__HIDDEN | ACRM__READ_ONLY) || !acrm__changed(rec, i))
            continue;
        if (journal)
            st = diff_pair(call, rec, i, false, journal);
        if (st == ACRM_OK && shown && acrm__may_see_field(call, rec->entity, i))
            st = diff_pair(call, rec, i, true, shown);
    }
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
