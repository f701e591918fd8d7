/* SPDX-License-Identifier: MIT */
/* Handlers of the operations every entity has for free, and the pieces they share. */
#ifndef ACRM_KERNEL_CRUD_H
#define ACRM_KERNEL_CRUD_H

#include "kernel/inside.h"

int32_t acrm__crud_create(acrm__call *call);
int32_t acrm__crud_create_many(acrm__call *call);
int32_t acrm__crud_get(acrm__call *call);
int32_t acrm__crud_update(acrm__call *call);
int32_t acrm__crud_delete(acrm__call *call);
int32_t acrm__crud_restore(acrm__call *call);
int32_t acrm__crud_list(acrm__call *call);
int32_t acrm__crud_count(acrm__call *call);
int32_t acrm__crud_aggregate(acrm__call *call);
int32_t acrm__crud_history(acrm__call *call);

/* kernel/assign.c: fields of a map into a record, every fault named under `path`. `skip` ends with
 * NULL: keys that are not fields. Keys that are to-many relations are left for the caller. */
int32_t acrm__assign(acrm__call *call, acrm__rec *rec, const acrm_value *fields, const char *path,
                     const char *const *skip, acrm_value *faults);
/* The reserved options of every write: idempotency_key, dry_run, reason. */
extern const char *const acrm__write_options[];

/* kernel/render.c: what of a record is shown. */
typedef struct acrm__view {
    const acrm__entity *entity;
    uint32_t *fields; /* numbers */
    uint32_t n_fields;
} acrm__view;

/* The fields named by `names` (NULL: all), without those the session may not see. */
int32_t acrm__view_make(acrm__call *call, const acrm__entity *entity, const acrm_value *names,
                        acrm__view *out);
/* A row of cells as a map. */
int32_t acrm__view_render(acrm__call *call, const acrm__view *view, const acrm_cell *cells,
                          acrm_value *into);

/* The same for a result that is only printed (call->printed): the row, which must stay until then,
 * writes itself as JSON, and nothing can be put into it. */
int32_t acrm__view_lay(acrm__call *call, const acrm__view *view, const acrm_cell *cells,
                       acrm_value *into);

/* kernel/include.c: put the related records named by `include` into rendered records, with one
 * query a relation. records[i] was rendered into items[i]. */
int32_t acrm__include(acrm__call *call, const acrm__entity *entity, const acrm_value *include,
                      acrm__rec *const *records, acrm_value *const *items, size_t n);

/* Where and scope of list, count and aggregate. */
int32_t acrm__crud_where(acrm__call *call, const acrm_filter_node **out);

#endif
