/* SPDX-License-Identifier: MIT */
/* What refers to a record, whichever module declared it. */
#ifndef ACRM_KERNEL_RELATIONS_H
#define ACRM_KERNEL_RELATIONS_H

#include "kernel/call.h"

typedef struct acrm__relation {
    const char *name;            /* as the record's side calls it: "leads" */
    const acrm__entity *entity;  /* what is on the other side */
    uint32_t field;              /* its field that refers to the record */
    const acrm__rec *record;
} acrm__relation;

/* The n-th relation of a record; false past the last one. */
bool acrm__relation_at(const acrm__call *call, const acrm__rec *record, uint32_t n,
                       acrm__relation *out);
/* Render related records newest first (by their timeline field, else by creation) into a list;
 * `before` (NULL or a NULL cell: none) is an instant: only those older than it. One statement. */
int32_t acrm__relation_list(acrm__call *call, const acrm__relation *relation,
                            const acrm_cell *before, uint32_t limit, acrm_value *items);
int32_t acrm__relation_count(acrm__call *call, const acrm__relation *relation, int64_t *out);

#endif
