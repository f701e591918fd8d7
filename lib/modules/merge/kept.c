/* SPDX-License-Identifier: MIT */
/* Cells as JSON values and back, exactly: as kept by a merge to be restored. */
#include "base/text.h"
#include "modules/merge/merge.h"

int32_t acrm__merge_kept_put(acrm__call *call, const acrm__rec *rec, uint32_t field,
                             acrm_value *map, const char *key)
{
    acrm_cell cell;
    bool ok = false;
    int32_t st = acrm__merge_plain(call, rec, field, &cell);

    if (st != ACRM_OK)
        return st;
    switch (cell.type) {
    case ACRM_CELL_INT: /* as text: JSON numbers end at 2^53 */
        ok = acrm__put_text(map, key, acrm__arena_format(call->arena, "%lld",
                                                         (long long)cell.integer));
        break;
    case ACRM_CELL_REAL:
        ok = acrm__put_real(map, key, cell.real);
        break;
    case ACRM_CELL_TEXT:
        ok = acrm__put_textn(map, key, cell.data, cell.size);
        break;
    case ACRM_CELL_BLOB: /* a reference: other bytes are made by the library from what is kept */
        ok = acrm__put_text(map, key, acrm__id_text(call, cell.data));
        break;
    default:
        ok = acrm__put_null(map, key);
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__merge_kept_cell(acrm__call *call, const acrm__fieldinfo *field,
                              const acrm_value *value, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);
    unsigned char *id;
    int64_t integer;

    *out = acrm__cell_null();
    if (!value || acrm_value_type(value) == ACRM_NULL)
        return ACRM_OK;
    if (field->def.type == ACRM__T_REAL) {
        *out = acrm__cell_real(acrm_value_real(value));
    } else if (acrm__storage_type(&field->def) == ACRM_CELL_INT) {
        if (text && acrm__parse_decimal(text, len, 0, &integer))
            *out = acrm__cell_int(integer);
    } else if (field->def.type == ACRM__T_REF || field->def.type == ACRM__T_ID) {
        id = acrm__arena_alloc(call->arena, 16);
        if (!id)
            return acrm__nomem(call);
        if (text && acrm__uuid_parse(text, len, id))
            *out = acrm__cell_blob(id, 16);
    } else if (text) {
        *out = acrm__cell_textn(text, len);
    }
    return ACRM_OK;
}
