/* SPDX-License-Identifier: MIT */
/* The pieces of the module order. */
#ifndef ACRM_MODULES_ORDER_ORDER_H
#define ACRM_MODULES_ORDER_ORDER_H

#include "autocrm/milestone.h"
#include "kernel/call.h"
#include "modules/order/entities.h"

#include <string.h>

/* --- way.c: chains --- */

/* A version of a chain, kept by the session; lent until the transaction ends. */
typedef struct acrm__order_way {
    acrm_milestone_chain *chain;
    acrm_calendar *calendar; /* working days; NULL: all days */
    const acrm_value *definition;
    size_t count;
    size_t end; /* number of the last milestone */
    acrm__arena arena;
} acrm__order_way;

int32_t acrm__order_way_of(acrm__call *call, const unsigned char chain[16],
                           const acrm__order_way **out);
int32_t acrm__order_chain_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__order_seed(acrm__call *call);
/* What people call a milestone. */
const char *acrm__order_name(const acrm__order_way *way, size_t n);

/* --- track.c: an order with all that is known of it --- */

/* What is told of an order. Texts are lent. */
typedef struct acrm__order_word {
    const char *source, *code, *type, *kind, *note; /* type NULL: a side event */
    int64_t at, revision, authority;
    int32_t expected; /* ACRM_MILESTONE_NO_DAY: none */
    bool tentative;
} acrm__order_word;

typedef struct acrm__order {
    acrm__call *call;
    acrm__rec *rec;
    const acrm__order_way *way;
    acrm__recs milestones, events, holds;
    size_t kept; /* of the events: those that are put down already */
    bool fresh;  /* the milestones are not */
    acrm_milestone_state states[ACRM_MILESTONE_MAX];
} acrm__order;

enum { ACRM__ORDER_NEW = 0, ACRM__ORDER_REPEAT, ACRM__ORDER_CONTRADICTS };

int32_t acrm__order_open(acrm__call *call, acrm__rec *rec, acrm__order *out);
/* Add what is told; the dates follow at acrm__order_settle(). *verdict: a repeat is not added;
 * something told differently before, under the same code and time, is added, but says so. */
int32_t acrm__order_tell(acrm__order *order, const acrm__order_word *word, int32_t *verdict);
/* Whether a milestone was reached by all that was told so far, and when. */
int32_t acrm__order_reached(acrm__order *order, size_t milestone, bool *out, int64_t *when);
/* Work out the dates and put down what changed, with the events that follow. */
int32_t acrm__order_settle(acrm__order *order);
/* A new order whose milestones are made as soon as it is settled. Whoever inserts the order with
 * this as the call's cause settles it, too; else the reaction to the insertion does. */
extern const char acrm__order_later[];
int32_t acrm__order_make(acrm__call *call, acrm__rec *rec, acrm__order *out);
int32_t acrm__order_created(acrm__call *call, const acrm__event *event);
/* Put new rows of one entity down, many at a time. */
int32_t acrm__order_append(acrm__call *call, acrm__rec *const *recs, size_t n);
int32_t acrm__order_overdue(acrm__call *call, const acrm__timer *timer);
int32_t acrm__order_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* The order of an id, number or VIN; NOTFOUND names the argument. */
int32_t acrm__order_named(acrm__call *call, acrm__order *out);
/* Of an open order; CONFLICT otherwise. */
int32_t acrm__order_is_open(acrm__call *call, const acrm__rec *rec);
/* What a code of a source means: the milestone, or NULL for a side event. *known: it is declared,
 * or a milestone of the chain itself. */
int32_t acrm__order_meaning(acrm__call *call, const acrm__order_way *way, const char *source,
                            const char *code, const char **type, bool *known);

/* --- identity.c: which vehicle it is --- */

/* The order's vehicle by its VIN: the one that is linked, known by VIN or by the order's number; or
 * a new one. CONFLICT when the order or the vehicle has another. */
int32_t acrm__order_identify(acrm__call *call, acrm__rec *rec, const char *vin);

/* --- steps.c: operations --- */
int32_t acrm__order_record(acrm__call *call);
int32_t acrm__order_promise(acrm__call *call);
int32_t acrm__order_hold(acrm__call *call);
int32_t acrm__order_resume(acrm__call *call);
int32_t acrm__order_document(acrm__call *call);
int32_t acrm__order_identify_op(acrm__call *call);

/* --- show.c --- */
int32_t acrm__order_plan(acrm__call *call);
int32_t acrm__order_status(acrm__call *call);
int32_t acrm__order_blockers(acrm__call *call);
/* A list of maps: field, reason, message. */
int32_t acrm__order_blockers_of(acrm__order *order, acrm_value *list);

/* --- handover.c --- */
int32_t acrm__order_deliver(acrm__call *call);
int32_t acrm__order_cancel(acrm__call *call);
/* Cancel an open order. */
int32_t acrm__order_drop(acrm__call *call, acrm__rec *rec, const char *reason);
int32_t acrm__order_contract_signed(acrm__call *call, const acrm__event *event);
int32_t acrm__order_contract_cancelled(acrm__call *call, const acrm__event *event);

#endif
