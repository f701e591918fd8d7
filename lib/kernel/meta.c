/* SPDX-License-Identifier: MIT */
/* Small facts kept in the meta table, by name. */
#include "kernel/inside.h"

#include <string.h>

/* Keys of tables are 16 bytes: the name, padded with zeros. */
static acrm_cell meta_key(const char *name, char key[16])
{
    memset(key, 0, 16);
    memcpy(key, name, strnlen(name, 16));
    return acrm__cell_blob(key, 16);
}

int32_t acrm__meta_get(acrm__call *call, const char *name, int32_t column, acrm_cell *out)
{
    const acrm_cell *cells = NULL;
    char key[16];
    acrm_cell key_cell = meta_key(name, key);

    int32_t st = acrm__row_by_key(call, &acrm__tables[ACRM__TABLE_META], &key_cell, &cells);
    if (st == ACRM_OK)
        *out = cells ? cells[column] : acrm__cell_null();
    return st;
}

int32_t acrm__meta_change(acrm__call *call, const char *name, int32_t column, acrm_cell value)
{
    acrm_session *s = call->session;
    const uint32_t columns[] = { (uint32_t)column };
    char key[16];
    const acrm_cell cell = meta_key(name, key);

    return s->engine->storage.update(s->conn, &acrm__tables[ACRM__TABLE_META], &cell, columns,
                                     &value, 1, NULL, NULL, NULL, call->err);
}

int32_t acrm__meta_put(acrm__call *call, const char *name, int32_t column, acrm_cell value)
{
    acrm_session *s = call->session;
    const acrm_storage_ops *storage = &s->engine->storage;
    const acrm_table *table = &acrm__tables[ACRM__TABLE_META];
    uint32_t columns[] = { (uint32_t)column };
    char key[16];
    acrm_cell row[4] = { [ACRM__META_KEY] = meta_key(name, key) };
    int32_t changed = 0;

    int32_t st = storage->update(s->conn, table, &row[ACRM__META_KEY], columns, &value, 1, NULL,
                                 NULL, &changed, call->err);
    if (st != ACRM_OK || changed)
        return st;
    row[column] = value;
    return storage->insert(s->conn, table, row, NULL, call->err);
}
