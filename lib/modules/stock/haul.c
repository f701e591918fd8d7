/* SPDX-License-Identifier: MIT */
/* Vehicles from one dealer to another: asked for, sent, received, called off. */
#include "modules/stock/entities.h"
#include "modules/stock/stock.h"

int32_t acrm__haul_of(acrm__call *call, const acrm__rec *car, acrm__rec **out)
{
    const acrm__term term = { F_vehicle_transfer__open_id, ACRM_FILTER_EQ, car->cells[F_ID] };

    *out = NULL;
    return acrm__find_one(call, &(acrm__select){ .entity = "vehicle_transfer", .terms = &term,
        .n_terms = 1, .as_system = true }, out);
}

static int32_t haul_load(acrm__call *call, const char *state, acrm__rec **transfer,
                         acrm__rec **car)
{
    acrm__call system = *call;
    int32_t st = acrm__load_arg(call, "vehicle_transfer", "transfer_id", transfer);

    if (st != ACRM_OK)
        return st;
    if (state && !acrm__stock_is(*transfer, F_vehicle_transfer__state, state))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "transfer_id",
                          "the transfer is %s, not %s",
                          acrm__text(*transfer, F_vehicle_transfer__state), state);
    system.as_system = true; /* who receives it does not see it before it is theirs */
    return acrm__load(&system, "vehicle", acrm__id(*transfer, F_vehicle_transfer__vehicle_id),
                      "transfer_id", car);
}

static int32_t haul_set(acrm__call *call, acrm__rec *transfer, const char *state,
                        const char *event)
{
    bool over = strcmp(state, "sent") != 0;

    acrm__set(transfer, F_vehicle_transfer__state, acrm__cell_text(state));
    acrm__set(transfer, over ? F_vehicle_transfer__ended_at : F_vehicle_transfer__sent_at,
              acrm__cell_int(call->now));
    if (over)
        acrm__set(transfer, F_vehicle_transfer__open_id, acrm__cell_null());
    int32_t st = acrm__update(call, transfer);
    return st == ACRM_OK ? acrm__emit(call, event, "vehicle_transfer", acrm__id(transfer, F_ID),
                                      NULL) : st;
}

static int32_t haul_step(acrm__call *call, acrm__rec *transfer, const char *state,
                         const char *event)
{
    int32_t st = haul_set(call, transfer, state, event);

    return st == ACRM_OK ? acrm__render(call, transfer, call->out) : st;
}

int32_t acrm__haul_leave(acrm__call *call, const acrm__rec *car)
{
    acrm__call system = *call;
    acrm__rec *transfer = NULL;
    int32_t st = acrm__haul_of(call, car, &transfer);

    if (st != ACRM_OK || !transfer)
        return st;
    if (acrm__stock_is(transfer, F_vehicle_transfer__state, "sent"))
        return acrm__fail(call, ACRM_E_CONFLICT, "transfer", "id",
                          "the vehicle is on its way to another dealer: "
                          "vehicle.transfer_receive takes it in");
    system.as_system = true; /* of the transfer: the vehicle is what the caller may see */
    return haul_set(&system, transfer, "cancelled", "vehicle_transfer.cancelled");
}

/* It leaves, or is there again; its status follows while nobody has it. */
static int32_t haul_place(acrm__call *call, acrm__rec *car, const char *place)
{
    if (acrm__stock_is(car, F_vehicle__status, acrm__text(car, F_vehicle__place)))
        acrm__set(car, F_vehicle__status, acrm__cell_text(place));
    acrm__set(car, F_vehicle__place, acrm__cell_text(place));
    return acrm__update(call, car);
}

int32_t acrm__haul_request(acrm__call *call)
{
    unsigned char to[16];
    acrm__rec *car = NULL, *open = NULL, *transfer = acrm__new(call, "vehicle_transfer");
    int32_t st = transfer ? acrm__load_arg(call, "vehicle", "id", &car) : acrm__nomem(call);

    if (st == ACRM_OK)
        st = acrm__haul_of(call, car, &open);
    if (st == ACRM_OK && open)
        return acrm__fail(call, ACRM_E_CONFLICT, "transfer", "id",
                          "a transfer of the vehicle is under way");
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(car, F_vehicle__place))
        return acrm__fail(call, ACRM_E_CONFLICT, "status", "id", "the vehicle is %s",
                          acrm__text(car, F_vehicle__status));
    acrm__arg_id(call, "to_dealer_id", to);
    const unsigned char *from = acrm__id(car, F_vehicle__dealer_id);
    if (!from || memcmp(from, to, 16) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_dealer_id",
                          from ? "the vehicle is with this dealer" : "the vehicle has no dealer");
    acrm__set(transfer, F_vehicle_transfer__vehicle_id, car->cells[F_ID]);
    acrm__set(transfer, F_vehicle_transfer__open_id, car->cells[F_ID]);
    acrm__set(transfer, F_vehicle_transfer__from_dealer_id, acrm__cell_id(from));
    acrm__set(transfer, F_vehicle_transfer__to_dealer_id, acrm__cell_id(to));
    acrm__set(transfer, F_vehicle_transfer__cause, acrm__cell_text(acrm__arg_text(call, "cause")));
    acrm__set(transfer, F_vehicle_transfer__requested_at, acrm__cell_int(call->now));
    acrm__set(transfer, F_vehicle_transfer__requested_by_id, acrm__cell_id(acrm__actor(call)));
    st = acrm__insert(call, transfer);
    return st == ACRM_OK ? acrm__render(call, transfer, call->out) : st;
}

int32_t acrm__haul_send(acrm__call *call)
{
    acrm__rec *transfer = NULL, *car = NULL;
    int32_t st = haul_load(call, "requested", &transfer, &car);

    if (st != ACRM_OK)
        return st;
    if (!acrm__stock_is(car, F_vehicle__place, "in_stock"))
        return acrm__fail(call, ACRM_E_CONFLICT, "status", "transfer_id",
                          "the vehicle does not stand in stock");
    st = acrm__drive_out(call, car);
    if (st == ACRM_OK)
        st = haul_place(call, car, "in_transit");
    return st == ACRM_OK ? haul_step(call, transfer, "sent", "vehicle_transfer.sent") : st;
}

int32_t acrm__haul_receive(acrm__call *call)
{
    unsigned char *location = acrm__arena_alloc(call->arena, 16);
    acrm__rec *transfer = NULL, *car = NULL;
    int32_t st = location ? haul_load(call, "sent", &transfer, &car) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    acrm__set(car, F_vehicle__dealer_id, transfer->cells[F_vehicle_transfer__to_dealer_id]);
    acrm__set(car, F_vehicle__at_dealer_since, acrm__cell_int(acrm__today(call)));
    acrm__set(car, F_vehicle__location_id,
              acrm__arg_id(call, "location_id", location) ? acrm__cell_id(location)
                                                          : acrm__cell_null());
    st = acrm__stock_odometer(call, car, "odometer");
    if (st == ACRM_OK)
        st = haul_place(call, car, "in_stock");
    return st == ACRM_OK ? haul_step(call, transfer, "received", "vehicle_transfer.received") : st;
}

int32_t acrm__haul_cancel(acrm__call *call)
{
    acrm__rec *transfer = NULL, *car = NULL;
    int32_t st = haul_load(call, NULL, &transfer, &car);

    if (st != ACRM_OK)
        return st;
    bool sent = acrm__stock_is(transfer, F_vehicle_transfer__state, "sent");
    if (!sent && !acrm__stock_is(transfer, F_vehicle_transfer__state, "requested"))
        return acrm__fail(call, ACRM_E_CONFLICT, "state", "transfer_id", "the transfer is over");
    if (sent)
        st = haul_place(call, car, "in_stock");
    return st == ACRM_OK ? haul_step(call, transfer, "cancelled", "vehicle_transfer.cancelled")
                         : st;
}
