/* SPDX-License-Identifier: MIT */
/* Instants as people read them: on the clock of a zone, in either calendar. */
#ifndef ACRM_KERNEL_WALL_H
#define ACRM_KERNEL_WALL_H

#include "kernel/inside.h"

typedef struct acrm__wall {
    acrm_zone *loaded;     /* NULL: the business's own clock */
    const acrm_zone *zone; /* NULL: UTC */
    bool jalali;
} acrm__wall;

/* By the arguments zone (an IANA name) and jalali of the call, where it has them; INVALID naming
 * zone. */
int32_t acrm__wall_open(acrm__call *call, acrm__wall *out);
void acrm__wall_close(acrm__wall *wall);
/* The local day (days since 1970-01-01) and second of an instant. */
void acrm__wall_at(const acrm__wall *wall, int64_t at, int32_t *day, int32_t *second);
/* Where a local day begins. */
int64_t acrm__wall_midnight(const acrm__wall *wall, int32_t day);
/* "2026-11-21", or "1405-08-30". */
const char *acrm__wall_date(acrm__call *call, const acrm__wall *wall, int32_t day);
/* "2026-11-21 13:30"; NULL: no memory. */
const char *acrm__wall_text(acrm__call *call, const acrm__wall *wall, int64_t at);

#endif
