/* SPDX-License-Identifier: MIT */
/* What a write changed, as JSON. */
#ifndef ACRM_KERNEL_CHANGES_H
#define ACRM_KERNEL_CHANGES_H

#include "kernel/inside.h"

typedef struct acrm__changes {
    acrm__str plain;    /* {"level":["B","A"]}; empty: nothing */
    acrm__str personal; /* the same of personal fields */
    acrm__str names;    /* ["name"]: the personal fields that changed */
    bool failed;
} acrm__changes;

/* Compare a record with what it was before; free the result, also after a failure. */
int32_t acrm__changes_write(acrm__call *call, const acrm__rec *rec, acrm__changes *out);
void acrm__changes_free(acrm__changes *changes);

#endif
