/* SPDX-License-Identifier: MIT */
/* Sets of ids in order, sixteen bytes each, so that a million customers are compared in memory. */
#include "modules/marketing/marketing.h"

#include <stdlib.h>
#include <string.h>

void acrm__ids_init(acrm__ids *ids, const acrm_allocator *allocator)
{
    *ids = (acrm__ids){ .allocator = *allocator };
}

void acrm__ids_free(acrm__ids *ids)
{
    acrm__free(&ids->allocator, ids->items, ids->cap * 16);
    ids->items = NULL;
    ids->count = ids->cap = 0;
}

static int32_t ids_row(void *user, const acrm_cell *cells, uint32_t n)
{
    acrm__ids *ids = user;

    (void)n;
    if (ids->count == ids->cap) {
        size_t cap = ids->cap ? ids->cap * 2 : 1024;
        unsigned char *grown = acrm__resize(&ids->allocator, ids->items, ids->cap * 16, cap * 16);
        if (!grown)
            return ACRM_E_NOMEM;
        ids->items = grown;
        ids->cap = cap;
    }
    memcpy(ids->items + 16 * ids->count++, cells[0].data, 16);
    return 0;
}

static int ids_order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

/* Rows mostly come in the order in which they were made, which is that of their ids. */
static void ids_sort(acrm__ids *ids)
{
    for (size_t i = 1; i < ids->count; i++)
        if (ids_order(ids->items + 16 * (i - 1), ids->items + 16 * i) > 0) {
            qsort(ids->items, ids->count, 16, ids_order);
            return;
        }
}

int32_t acrm__ids_read(acrm__call *call, acrm__ids *ids, const acrm_table *table, uint32_t column,
                       const acrm_filter_node *where)
{
    const acrm_expression select = { .column = column };
    const acrm_query query = { .struct_size = sizeof query, .table = table, .where = where,
                               .n_select = 1, .select = &select };

    int32_t st = acrm__query(call, &query, ids_row, ids);
    if (st == ACRM_OK)
        ids_sort(ids);
    return st;
}

int32_t acrm__ids_compare(const acrm__ids *before, const acrm__ids *after, int64_t *counts,
                          acrm__ids_fn each, void *user)
{
    size_t b = 0, a = 0;
    int32_t st = ACRM_OK;

    memset(counts, 0, ACRM__IDS_KINDS * sizeof *counts);
    while (st == ACRM_OK && (b < before->count || a < after->count)) {
        const unsigned char *was = before->items + 16 * b, *is = after->items + 16 * a;
        int order = b == before->count ? 1 : a == after->count ? -1 : memcmp(was, is, 16);
        int32_t kind = order > 0 ? ACRM__IDS_ENTERED : order < 0 ? ACRM__IDS_LEFT
                                                                 : ACRM__IDS_STAYED;
        counts[kind]++;
        if (each)
            st = each(user, kind, order < 0 ? was : is);
        b += order <= 0;
        a += order >= 0;
    }
    return st;
}
