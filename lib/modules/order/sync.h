/* SPDX-License-Identifier: MIT */
/* Feeds of other sales systems: rows that are told of orders, idempotent and in any order. */
#ifndef ACRM_MODULES_ORDER_SYNC_H
#define ACRM_MODULES_ORDER_SYNC_H

#include "modules/order/order.h"

#define ACRM__ENTITIES_DEF "modules/order/sync.def"
#include "kernel/declare_fields.h"

enum { ACRM__SYNC_STEP = 250, ACRM__SYNC_LINE_MAX = 65536 };
enum { ACRM__SYNC_APPLIED = 0, ACRM__SYNC_REPEAT, ACRM__SYNC_WAITING, ACRM__SYNC_CONFLICT,
       ACRM__SYNC_REJECTED, ACRM__SYNC_OUTCOMES };

/* An order that rows of the step are about. */
typedef struct acrm__sync_order {
    acrm__order order;
    const char *number;
    bool dirty;
} acrm__sync_order;

typedef struct acrm__sync {
    acrm__call *call;
    acrm__rec *source, *run;
    const char *code; /* of the source */
    acrm__sync_order *orders;
    size_t n_orders;
    acrm__rec **rows; /* of the step, to be put down */
    size_t n_rows;
    const char *chain; /* looked up last, in the step; NULL: none was */
    const acrm__rec *chain_rec;
    int64_t counts[ACRM__SYNC_OUTCOMES];
    int64_t caught_up;
    int64_t position;
} acrm__sync;

/* What came of a row. */
typedef struct acrm__sync_verdict {
    int32_t outcome;
    const char *reason; /* NULL: none */
    char message[300];
    acrm__sync_order *order; /* NULL: unknown */
} acrm__sync_verdict;

/* sync_row.c: tell what a row says. Failures are of the machine only. */
int32_t acrm__sync_take(acrm__sync *sync, const acrm_value *row, acrm__sync_verdict *out);
/* Work the orders of the step out that something was told of, and list what is disputed. */
int32_t acrm__sync_settle(acrm__sync *sync);

/* sync_conflict.c */
/* List a conflict, resolved at once where a rule says how. */
int32_t acrm__sync_conflict_put(acrm__sync *sync, acrm__sync_order *order, const char *kind,
                                const char *type, const char *ours, const char *theirs);
int32_t acrm__sync_resolve(acrm__call *call);

/* sync.c: operations */
int32_t acrm__sync_import(acrm__call *call);
int32_t acrm__sync_pull(acrm__call *call);
int32_t acrm__sync_retry(acrm__call *call);
int32_t acrm__sync_dismiss(acrm__call *call);
int32_t acrm__sync_answered(acrm__call *call, const acrm__event *event);

#endif
