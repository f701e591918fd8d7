/* SPDX-License-Identifier: MIT */
/* Handlers of the ledger's operations, hooks and timers. */
#ifndef ACRM_MODULES_LOYALTY_LEDGER_OPS_H
#define ACRM_MODULES_LOYALTY_LEDGER_OPS_H

#include "modules/loyalty/ledger.h"

/* ledger_ops.c */
int32_t acrm__loyalty_earn(acrm__call *call);
int32_t acrm__loyalty_redeem(acrm__call *call);
int32_t acrm__loyalty_reserve(acrm__call *call);
int32_t acrm__loyalty_confirm(acrm__call *call);
int32_t acrm__loyalty_cancel(acrm__call *call);
int32_t acrm__loyalty_reverse(acrm__call *call);
int32_t acrm__loyalty_transfer(acrm__call *call);
int32_t acrm__loyalty_balance(acrm__call *call);
int32_t acrm__loyalty_reservation_ended(acrm__call *call, const acrm__timer *timer);
/* ledger_adjust.c */
int32_t acrm__loyalty_adjust(acrm__call *call);
int32_t acrm__loyalty_approve(acrm__call *call);
int32_t acrm__loyalty_reject(acrm__call *call);
/* ledger_statement.c, ledger_liability.c, ledger_verify.c */
int32_t acrm__loyalty_statement(acrm__call *call);
int32_t acrm__loyalty_liability(acrm__call *call);
int32_t acrm__loyalty_verify(acrm__call *call);
/* ledger_tick.c */
int32_t acrm__ledger_tick(acrm__call *call);
/* ledger_member.c */
int32_t acrm__ledger_program_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ledger_member_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ledger_customer_erased(acrm__call *call, const acrm__event *event);
int32_t acrm__ledger_balance_alone(acrm__call *call, const acrm__rec *member, int32_t kind,
                                   int64_t at, acrm__ledger_balance *out);
/* ledger_merge.c */
int32_t acrm__ledger_member_moved(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
