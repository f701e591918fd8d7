/* SPDX-License-Identifier: MIT */
/* Draws and allocations: who gets one of too few cars. */
#ifndef ACRM_MODULES_ORDER_ALLOCATION_H
#define ACRM_MODULES_ORDER_ALLOCATION_H

#include "kernel/call.h"

/* allocation.c */
int32_t acrm__allocation_order_gone(acrm__call *call, const acrm__rec *order);

#endif
