/* SPDX-License-Identifier: MIT */
/* The pieces of the module catalog. */
#ifndef ACRM_MODULES_CATALOG_CATALOG_H
#define ACRM_MODULES_CATALOG_CATALOG_H

#include "kernel/call.h"

/* vehicle.c */
int32_t acrm__catalog_vehicle_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__catalog_ownership_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
