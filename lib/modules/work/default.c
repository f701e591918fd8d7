/* SPDX-License-Identifier: MIT */
/* Of some entities exactly one record is the default: making another one so takes it from the
 * first, and it can be given up in no other way. */
#include "modules/work/work.h"

#include <string.h>

static int32_t default_others(acrm__call *call, const acrm__rec *rec, uint32_t field,
                              acrm__recs *out)
{
    const acrm__term terms[] = {
        { field, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };

    return acrm__find(call, &(acrm__select){ .entity = rec->entity->def->name, .terms = terms,
                                             .n_terms = 2, .as_system = true }, out);
}

int32_t acrm__work_default_kept(acrm__call *call, const acrm__rec *rec, const acrm__rec *before,
                                uint32_t field)
{
    bool is = acrm__int(rec, field) && acrm__is_null(rec, F_DELETED_AT);
    acrm__recs others = { NULL, 0 };

    if (!before || !acrm__int(before, field) || is)
        return ACRM_OK;
    int32_t st = default_others(call, rec, field, &others);
    if (st == ACRM_OK && others.count == 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "default", rec->entity->fields[field].def.name,
                        "this %s is the default; make another one the default first",
                        rec->entity->def->name);
    return st;
}

int32_t acrm__work_default_taken(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    acrm__recs others = { NULL, 0 };
    int32_t st = ACRM_OK;

    if (acrm__int(rec, field) && acrm__is_null(rec, F_DELETED_AT))
        st = default_others(call, rec, field, &others);
    for (size_t i = 0; i < others.count && st == ACRM_OK; i++) {
        acrm__set(others.items[i], field, acrm__cell_int(0));
        st = acrm__update(call, others.items[i]);
    }
    return st;
}
