/* SPDX-License-Identifier: MIT */
/* The pieces of the module marketing. */
#ifndef ACRM_MODULES_MARKETING_MARKETING_H
#define ACRM_MODULES_MARKETING_MARKETING_H

#include "kernel/call.h"

/* segment.c */
int32_t acrm__segment_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* The filter kept in a field, as a value. */
int32_t acrm__segment_read_filter(acrm__call *call, const acrm__rec *rec, uint32_t field,
                                  acrm_value **out);
int32_t acrm__segment_preview(acrm__call *call);
int32_t acrm__segment_count(acrm__call *call);
int32_t acrm__segment_members(acrm__call *call);

/* ids.c: sets of ids, in order. */
typedef struct acrm__ids {
    acrm_allocator allocator;
    unsigned char *items; /* 16 bytes each */
    size_t count, cap;
} acrm__ids;

void acrm__ids_init(acrm__ids *ids, const acrm_allocator *allocator);
void acrm__ids_free(acrm__ids *ids);
/* The ids in a column of rows; reads with one statement, then puts them in order. */
int32_t acrm__ids_read(acrm__call *call, acrm__ids *ids, const acrm_table *table, uint32_t column,
                       const acrm_filter_node *where);

/* How two sets differ; an id of either is given to `each` with what it is. */
enum { ACRM__IDS_ENTERED = 0, ACRM__IDS_LEFT, ACRM__IDS_STAYED, ACRM__IDS_KINDS };
typedef int32_t (*acrm__ids_fn)(void *user, int32_t kind, const unsigned char id[16]);
/* `each` may be NULL. counts has ACRM__IDS_KINDS places. */
int32_t acrm__ids_compare(const acrm__ids *before, const acrm__ids *after, int64_t *counts,
                          acrm__ids_fn each, void *user);

/* snapshot.c */
int32_t acrm__segment_snapshot(acrm__call *call);
int32_t acrm__segment_compare(acrm__call *call);
int32_t acrm__segment_drop(acrm__call *call);
int32_t acrm__segment_snapshot_page(acrm__call *call, const acrm__rec *snapshot, uint32_t limit,
                                    acrm__recs *out);

#endif
