/* SPDX-License-Identifier: MIT */
/* Keys that records share, each pair of key and record one row of a clustered table. */
#include "kernel/keys.h"

#include "base/text.h"
#include "kernel/inside.h"

#include <string.h>

static void keys_put(unsigned char *to, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(n >> (56 - 8 * i));
}

/* Two records of one key whose hashes are equal too would be one row: 1 in 2^64. */
static void keys_id(uint64_t key, const unsigned char record[16], unsigned char id[16])
{
    keys_put(id, key);
    keys_put(id + 8, acrm__hash(record, 16));
}

int32_t acrm__key_add(acrm__call *call, uint64_t key, const unsigned char record[16])
{
    acrm_session *s = call->session;
    unsigned char id[16];
    acrm_error *err = NULL;

    keys_id(key, record, id);
    const acrm_cell cells[] = {
        [ACRM__KEY_ID] = acrm__cell_blob(id, 16),
        [ACRM__KEY_RECORD] = acrm__cell_blob(record, 16),
    };
    int32_t st = s->engine->storage.insert(s->conn, &acrm__tables[ACRM__TABLE_KEY], cells, NULL,
                                           &err);
    if (st == ACRM_E_CONFLICT) { /* it has it already */
        acrm_error_free(err);
        return ACRM_OK;
    }
    if (call->err && err)
        *call->err = err;
    else
        acrm_error_free(err);
    return st;
}

int32_t acrm__key_remove(acrm__call *call, uint64_t key, const unsigned char record[16])
{
    acrm_session *s = call->session;
    unsigned char id[16];

    keys_id(key, record, id);
    const acrm_cell cell = acrm__cell_blob(id, 16);
    return s->engine->storage.remove(s->conn, &acrm__tables[ACRM__TABLE_KEY], &cell, NULL,
                                     NULL, call->err);
}

typedef struct keys_rows {
    acrm__key_row *rows;
    uint32_t room, count;
} keys_rows;

static int32_t keys_row(void *user, const acrm_cell *cells, uint32_t n)
{
    keys_rows *out = user;
    acrm__key_row *row = &out->rows[out->count];

    if (n != 2 || cells[ACRM__KEY_ID].size != 16 || cells[ACRM__KEY_RECORD].size != 16)
        return ACRM_E_CORRUPT;
    memcpy(row->id, cells[ACRM__KEY_ID].data, 16);
    memcpy(row->record, cells[ACRM__KEY_RECORD].data, 16);
    out->count++;
    return out->count == out->room;
}

/* Rows from `first` to `last`; NULL: from the beginning, to the end. */
static int32_t keys_range(acrm__call *call, const unsigned char *first, int32_t from,
                          const unsigned char *last, keys_rows *out)
{
    static const acrm_order by_id = { .expression = ACRM__KEY_ID };
    const acrm_cell low = acrm__cell_id(first), high = acrm__cell_id(last);
    const acrm_filter_node bounds[] = {
        { .op = from, .column = ACRM__KEY_ID, .values = &low, .n_values = 1 },
        { .op = ACRM_FILTER_LE, .column = ACRM__KEY_ID, .values = &high, .n_values = 1 },
    };
    const acrm_filter_node where = { .op = ACRM_FILTER_AND, .n_children = last ? 2 : 1,
                                     .children = bounds };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_KEY],
                               .where = first ? &where : NULL, .n_order = 1, .order = &by_id,
                               .limit = out->room };

    return acrm__query(call, &query, keys_row, out);
}

int32_t acrm__key_find(acrm__call *call, uint64_t key, acrm__key_row *rows, uint32_t room,
                       uint32_t *count)
{
    unsigned char first[16] = { 0 }, last[16];
    keys_rows out = { rows, room, 0 };

    memset(last, 0xFF, sizeof last);
    keys_put(first, key);
    keys_put(last, key);
    int32_t st = keys_range(call, first, ACRM_FILTER_GE, last, &out);
    if (st == ACRM_OK)
        *count = out.count;
    return st;
}

int32_t acrm__key_walk(acrm__call *call, const unsigned char *after, acrm__key_row *rows,
                       uint32_t room, uint32_t *count)
{
    keys_rows out = { rows, room, 0 };

    int32_t st = keys_range(call, after, ACRM_FILTER_GT, NULL, &out);
    if (st == ACRM_OK)
        *count = out.count;
    return st;
}

uint64_t acrm__key_of(const acrm__key_row *row)
{
    uint64_t key = 0;

    for (int i = 0; i < 8; i++)
        key = key << 8 | row->id[i];
    return key;
}
