/* SPDX-License-Identifier: MIT */
/* Draws and allocations: who gets one of too few cars. */
#ifndef ACRM_MODULES_ORDER_ALLOCATION_H
#define ACRM_MODULES_ORDER_ALLOCATION_H

#include "kernel/call.h"

/* draw_list.c */
int32_t acrm__draw_round_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__draw_entrant_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__draw_freeze(acrm__call *call);
int32_t acrm__draw_export(acrm__call *call);

/* draw_run.c */
int32_t acrm__draw_run(acrm__call *call);
int32_t acrm__draw_verify(acrm__call *call);
/* Each line of the frozen list, in order. */
typedef int32_t (*acrm__draw_line_fn)(void *user, const acrm_cell *row);
int32_t acrm__draw_each(acrm__call *call, const acrm__rec *round, acrm__draw_line_fn line,
                        void *user);
int32_t acrm__draw_load(acrm__call *call, acrm__rec **out);

/* allocation.c */
int32_t acrm__allocation_order_gone(acrm__call *call, const acrm__rec *order);
int32_t acrm__allocation_request_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__allocation_run(acrm__call *call);
int32_t acrm__allocation_accept(acrm__call *call);
int32_t acrm__allocation_cancel(acrm__call *call);
int32_t acrm__allocation_jump(acrm__call *call);
int32_t acrm__allocation_waiting(acrm__call *call);
int32_t acrm__allocation_due(acrm__call *call, const acrm__timer *timer);

#endif
