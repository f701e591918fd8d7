/* SPDX-License-Identifier: MIT */
/* An order being done: what orders and what follows them share. */
#ifndef ACRM_MODULES_LOYALTY_LEDGER_ORDER_H
#define ACRM_MODULES_LOYALTY_LEDGER_ORDER_H

#include "modules/loyalty/ledger_book.h"

typedef struct acrm__order_run {
    acrm__call call; /* as the system: a household's points are not for the caller's scope to say */
    acrm__book book;
    const acrm__ledger_order *order;
    acrm__ledger_order own; /* of what follows: with the member that it is about */
    const char *kind;
    int64_t at;
    acrm__book_txn *txn; /* the main one */
    acrm__rec *of;
    bool spends;
} acrm__order_run;

/* Check an order. *done: it was told before, and *out is what was done then. */
int32_t acrm__order_begin(acrm__order_run *run, acrm__call *call, const acrm__ledger_order *order,
                          const char *kind, acrm__ledger_done *out, bool *done);
/* A transaction of the order's kind; `main` NULL: the main one. */
int32_t acrm__order_txn(acrm__order_run *run, acrm__book_account *account, int64_t points,
                        acrm__book_txn *main, acrm__book_txn **out);
/* Do it in its place in time. */
int32_t acrm__order_do(acrm__order_run *run, acrm__book_txn *txn);
int32_t acrm__order_end(acrm__order_run *run, acrm__ledger_done *out);
/* What a transaction and its parts moved of the same kind of points. */
int32_t acrm__order_total(acrm__call *call, const acrm__rec *txn, int64_t *out);
/* How much of a transaction was reversed, by how many reversals. */
int32_t acrm__order_reversed(acrm__call *call, const acrm__rec *txn, int64_t *points, size_t *n);

/* ledger_household.c: others of the member's household in the programme. */
int32_t acrm__ledger_household(acrm__call *call, const acrm__rec *program,
                               const acrm__rec *member, acrm__recs *out);

#endif
