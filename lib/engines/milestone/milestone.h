/* SPDX-License-Identifier: MIT */
/* The inside of milestone chains. */
#ifndef ACRM_ENGINES_MILESTONE_H
#define ACRM_ENGINES_MILESTONE_H

#include "autocrm/milestone.h"
#include "base/alloc.h"
#include "base/value.h"

#include <stdbool.h>

typedef struct acrm__milestone {
    const char *code;
    const acrm_value *data;
    uint64_t after;  /* bits of those right before it */
    uint64_t before; /* bits of all before it */
    uint32_t flags;
    int32_t days;
    int32_t rank;    /* the longest way to it */
} acrm__milestone;

struct acrm_milestone_chain {
    acrm__arena own;
    const acrm_value *definition;
    acrm__milestone items[ACRM_MILESTONE_MAX];
    uint8_t order[ACRM_MILESTONE_MAX]; /* each behind those before it */
    int32_t count;
    int32_t tolerance;
};

/* milestone_read.c: fill in a chain from chain->definition; faults are listed. ACRM_OK or
 * ACRM_E_NOMEM. */
int32_t acrm__milestone_read(acrm_milestone_chain *chain, acrm_value *faults);

#endif
