/* SPDX-License-Identifier: MIT */
/* The pieces of the module stock. */
#ifndef ACRM_MODULES_STOCK_STOCK_H
#define ACRM_MODULES_STOCK_STOCK_H

#include "kernel/call.h"

#include <string.h>

#define ACRM__STOCK_DAY (INT64_C(86400) * 1000000)

/* Whether an ENUM or TEXT field of a record has this value. */
static inline bool acrm__stock_is(const acrm__rec *rec, uint32_t field, const char *value)
{
    const char *text = acrm__text(rec, field);

    return text && strcmp(text, value) == 0;
}

/* vehicle.c */
int32_t acrm__stock_vehicle_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__stock_ownership_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* vin.c */
int32_t acrm__stock_vin(acrm__call *call);
/* What a mistyped VIN meant, perhaps; NULL: nothing is likely. */
const char *acrm__stock_vin_meant(acrm__call *call, const char *text, size_t len);

/* cost.c */
int32_t acrm__stock_cost_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__stock_card(acrm__call *call);

/* hold.c: whom a vehicle is kept for. The status of the vehicle follows. */
typedef struct acrm__hold {
    const unsigned char *customer, *lead; /* lead (nullable) */
    const char *purpose;
    const char *subject_entity;           /* (nullable) */
    const unsigned char *subject_id;
    int64_t until;                        /* 0: for good */
} acrm__hold;
/* The reservation that has a vehicle; NULL: none. */
int32_t acrm__hold_of(acrm__call *call, const acrm__rec *car, acrm__rec **out);
/* What stands against keeping a vehicle: it was sold, delivered, scrapped. */
int32_t acrm__hold_allowed(acrm__call *call, const acrm__rec *car);
/* Keep it, or take a place in the queue; the customer's own reservation is carried on. */
int32_t acrm__hold_take(acrm__call *call, acrm__rec *car, const acrm__hold *hold, bool queue,
                        acrm__rec **out);
/* Sell it to a customer for whom nobody else's reservation stands in the way. */
int32_t acrm__hold_use(acrm__call *call, acrm__rec *car, const acrm__hold *hold, acrm__rec **out);
/* A reservation ends as `state`; the next in the queue gets the vehicle. `car` may be NULL. */
int32_t acrm__hold_end(acrm__call *call, acrm__rec *car, acrm__rec *rec, const char *state);
/* A vehicle that nobody has: the first in the queue gets it. */
int32_t acrm__hold_next(acrm__call *call, acrm__rec *car);
int32_t acrm__hold_timer(acrm__call *call, const acrm__timer *timer);
int32_t acrm__stock_reserve(acrm__call *call);
int32_t acrm__stock_release(acrm__call *call);

/* life.c */
int32_t acrm__stock_ship(acrm__call *call);
int32_t acrm__stock_receive(acrm__call *call);
int32_t acrm__stock_sell(acrm__call *call);
int32_t acrm__stock_unsell(acrm__call *call);
int32_t acrm__stock_deliver(acrm__call *call);
int32_t acrm__stock_scrap(acrm__call *call);
/* A reading that goes back, or a day that has not come, is refused; else it is set. */
int32_t acrm__stock_odometer(acrm__call *call, acrm__rec *car, const char *arg);

/* haul.c: from dealer to dealer. */
int32_t acrm__haul_of(acrm__call *call, const acrm__rec *car, acrm__rec **out); /* NULL: none */
/* The vehicle leaves the stock: a transfer that was only asked for is called off; CONFLICT: it is
 * on its way. */
int32_t acrm__haul_leave(acrm__call *call, const acrm__rec *car);
int32_t acrm__haul_request(acrm__call *call);
int32_t acrm__haul_send(acrm__call *call);
int32_t acrm__haul_receive(acrm__call *call);
int32_t acrm__haul_cancel(acrm__call *call);

/* drive.c */
int32_t acrm__drive_out(acrm__call *call, const acrm__rec *car); /* CONFLICT: it is on a drive */
int32_t acrm__drive_book(acrm__call *call);
int32_t acrm__drive_start(acrm__call *call);
int32_t acrm__drive_finish(acrm__call *call);
int32_t acrm__drive_cancel(acrm__call *call);
int32_t acrm__drive_no_show(acrm__call *call);
int32_t acrm__drive_overdue(acrm__call *call, const acrm__timer *timer);

/* ageing.c */
int32_t acrm__stock_report(acrm__call *call);

#endif
