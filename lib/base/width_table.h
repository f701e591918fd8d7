/* SPDX-License-Identifier: MIT */
/* Code points that take no column or two columns on a terminal, as sorted ranges. */
#ifndef ACRM_BASE_WIDTH_TABLE_H
#define ACRM_BASE_WIDTH_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct acrm__width_range {
    uint32_t first;
    uint32_t last;
} acrm__width_range;

extern const acrm__width_range acrm__width_zero[];
extern const size_t acrm__width_zero_count;
extern const acrm__width_range acrm__width_wide[];
extern const size_t acrm__width_wide_count;

#endif
