/* SPDX-License-Identifier: MIT */
/* The powers of ten that doubles reach, as their 64 highest bits. */
#ifndef ACRM_BASE_POWER_TABLE_H
#define ACRM_BASE_POWER_TABLE_H

#include <stdint.h>

enum { ACRM__POWER_MIN = -342, ACRM__POWER_MAX = 308 };

extern const uint64_t acrm__power_table[ACRM__POWER_MAX - ACRM__POWER_MIN + 1];

#endif
