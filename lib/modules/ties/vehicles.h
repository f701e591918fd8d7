/* SPDX-License-Identifier: MIT */
/* A customer's vehicles, as the catalogue keeps them. */
#ifndef ACRM_MODULES_TIES_VEHICLES_H
#define ACRM_MODULES_TIES_VEHICLES_H

#include "kernel/call.h"

/* Append the vehicles that a customer has now: vehicle, role, customer_id, since. */
int32_t acrm__ties_vehicles(acrm__call *call, const acrm__rec *customer, acrm_value *list);
/* customer.fleet: a company's people and vehicles, each with who drives it. */
int32_t acrm__ties_fleet(acrm__call *call);

#endif
