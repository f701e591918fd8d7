/* SPDX-License-Identifier: MIT */
/* The pieces of the module connector. */
#ifndef ACRM_MODULES_CONNECTOR_CONNECTOR_H
#define ACRM_MODULES_CONNECTOR_CONNECTOR_H

#include "kernel/call.h"

/* inquiry.c */
int32_t acrm__connector_request(acrm__call *call);
int32_t acrm__connector_retry(acrm__call *call);
int32_t acrm__connector_expire(acrm__call *call, const acrm__timer *timer);
/* The state of a request has become final: keep it, and raise its event. */
int32_t acrm__connector_end(acrm__call *call, acrm__rec *rec, const char *state,
                            const char *reason);

/* asking.c */
int32_t acrm__connector_tick(acrm__call *call);

#endif
