/* SPDX-License-Identifier: MIT */
/* Quotas of dealers and who waits for a car. */
#include "modules/order/allocation.h"

int32_t acrm__allocation_order_gone(acrm__call *call, const acrm__rec *order)
{
    (void)call;
    (void)order;
    return ACRM_OK;
}
