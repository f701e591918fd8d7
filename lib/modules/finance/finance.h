/* SPDX-License-Identifier: MIT */
/* The handlers of the module finance. */
#ifndef ACRM_MODULES_FINANCE_FINANCE_H
#define ACRM_MODULES_FINANCE_FINANCE_H

#include "kernel/call.h"

int32_t acrm__finance_schedule(acrm__call *call);
int32_t acrm__finance_solve(acrm__call *call);
int32_t acrm__finance_lease(acrm__call *call);
int32_t acrm__finance_lease_end(acrm__call *call);
int32_t acrm__finance_apr(acrm__call *call);
int32_t acrm__finance_day_count(acrm__call *call);
int32_t acrm__finance_rates(acrm__call *call);
int32_t acrm__finance_allocate(acrm__call *call);
int32_t acrm__finance_penalty(acrm__call *call);
int32_t acrm__finance_arrears(acrm__call *call);
int32_t acrm__finance_replay(acrm__call *call);
int32_t acrm__finance_settlement(acrm__call *call);
int32_t acrm__finance_prepay(acrm__call *call);
int32_t acrm__finance_restructure(acrm__call *call);

#endif
